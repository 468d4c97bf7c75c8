from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from rulesync.findings import Finding, Location, Severity, error, info, warning
from rulesync.known import Known
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.looking import Surroundings, run
from rulesync.outline import outline
from rulesync.ruleset import DesiredRule
from tests.builders import a_rule, desired

NOW = datetime(2027, 1, 2, tzinfo=UTC)


def look(scene: Scene) -> Iterator[Remark]:
    for each in scene.rules:
        written = scene.written(each.key, ("nickname",))
        yield Remark(each.key, f"`{each.key}` is called {written or 'nothing'}", ("nickname",), "mend it")


CHECK = Check("odd-rule", Severity.WARNING, look)
PLACE = Location("rules/a.yaml", 2, 11, 3, "nickname: Odd")


def locate(key: str, path: Path) -> Location | None:
    return PLACE if key == "a" and path == ("nickname",) else None


def said(
    *rules: DesiredRule, chosen: dict[str, Severity | None] | None = None, known: str | None = None
) -> tuple[Finding, ...]:
    return run(rules, Surroundings(None, {}, NOW, chosen or {}, locate, known), [CHECK])


A, B = desired("a", a_rule()), desired("b", a_rule())


def test_a_remark_is_a_finding_at_its_place() -> None:
    """A remark comes out where its field stands, or where its rule begins if nobody knows; it can read the field."""
    expected = (
        warning("odd-rule", "`a` is called Odd", help="mend it", location=PLACE, keys=("a",)),
        warning("odd-rule", "`b` is called nothing", help="mend it", location=B.location, keys=("b",)),
    )
    assert expected == said(B, A)


def test_a_check_weighs_what_somebody_chose() -> None:
    """A severity of one's own counts instead of the check's, and a check that is off says nothing."""
    for severity, say in ((Severity.ERROR, error), (Severity.INFO, info)):
        expected = (say("odd-rule", "`a` is called Odd", help="mend it", location=PLACE, keys=("a",)),)
        assert expected == said(A, chosen={"odd-rule": severity})
    assert () == said(A, chosen={"odd-rule": None})


def test_an_excuse_keeps_a_finding_back_as_long_as_it_lasts() -> None:
    """What a rule is excused from is not said of it; after the last day of an excuse it is, and says so."""
    assert [B.location] == [each.location for each in said(replace(A, suppress={"odd-rule": "it is"}), B)]
    (late,) = said(replace(A, lapsed={"odd-rule": date(2026, 12, 31)}))
    assert "mend it; its excuse ended on 2026-12-31" == late.help


def test_what_was_said_is_said_again_in_the_same_surroundings() -> None:
    """Of a rule that is known, what was said of it is said again; in other surroundings, or none, it is looked for."""
    before = warning("odd-rule", "`a` was called so before", location=PLACE, keys=("a",))
    known = Known(
        "a",
        None,
        None,
        protect=False,
        suppress={},
        words=(),
        outline=outline(a_rule()),
        findings=(before,),
        around="here",
    )
    a = replace(A, known=known)

    assert (before, *said(B)) == said(a, B, known="here")
    assert [said(A, B)] * 2 == [said(a, B, known=around) for around in ("elsewhere", None)]
