"""What is said of rules that a key may not read, where the API lists only what it may: never that they are gone."""

import re
from typing import Any

import pytest

from tests.cli.conftest import Household
from tests.cli.test_platform import live, over_v1, some  # noqa: F401 - a fixture
from tests.cli.test_safety import commit

DOUBT = "the platform API lists only what the key may read, so whether `hidden` exists already is only known"
HELP = "give the key the permission `READ_RULES` for all rules"
LOOKALIKE = "missing: deleted in the app, or the key may not read it, which looks the same"


@pytest.fixture
def partly(live: Household, monkeypatch: pytest.MonkeyPatch) -> Household:  # noqa: F811 - the fixture
    """Two rules that were applied and enabled, and a key that may read one of them."""
    for name in ("seen", "hidden"):
        live.rule(name)
    over_v1(live, monkeypatch)
    commit(live)
    for name in ("seen", "hidden"):
        live.box.activate(live.id_of(name))
    some(live, monkeypatch, live.id_of("seen"))
    return live


def flat(text: str) -> str:
    """Return a text without the ends of its lines, nor what a format marks code with."""
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", "`", text)).replace("``", "`")


def unseen(value: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """Return the messages that say of rules that they may be there."""
    return [each["message"] for each in value["findings"] if each["check"] == "unseen"]


def test_drift_never_says_deleted(partly: Household) -> None:
    """What the base had and a key may not read is missing, with a note that says why that proves nothing."""
    done = partly.run("drift", "--base", "HEAD", "--format", "json")

    (hidden,) = done.json["resource_drift"]
    assert (2, "hidden", "missing", "unknown") == (done.code, hidden["name"], hidden["happened"], hidden["origin"])
    assert LOOKALIKE == hidden["note"]
    assert LOOKALIKE in flat(partly.run("drift", "--base", "HEAD").out)
    assert "not applied yet, or the key may not read it" in partly.run("drift").out
    assert "--accept" not in partly.run("drift").out


@pytest.mark.parametrize("shown", ["text", "markdown", "html"])
@pytest.mark.parametrize("command", [("drift",), ("drift", "--base", "HEAD"), ("status",)])
def test_every_format_says_what_is_not_seen(partly: Household, command: tuple[str, ...], shown: str) -> None:
    """Wherever drift and status tell of an absence, they say that it may be none, and what the key is to be given."""
    said = flat(partly.run(*command, "--format", shown).out)

    assert DOUBT in said
    assert HELP in said
    assert "deleted in the app since the last apply" not in said


def test_many_rules_are_counted(partly: Household) -> None:
    """Where many rules are not seen, some are named and the rest are counted."""
    for number in range(20):
        partly.rule(f"new-{number}", number + 1)

    (message,) = unseen(partly.run("drift", "--format", "json").json)

    assert "`hidden`, `new-0`, `new-1`, " in message
    assert " and 11 more exist already is only known" in message


def test_status_says_what_a_missing_rule_may_be(partly: Household) -> None:
    """Status says of a rule that is not seen that the key may not read it."""
    rules = {each["key"]: each for each in partly.run("status", "--format", "json").json["rules"]}

    assert ("enabled", "missing") == (rules["seen"]["state"], rules["hidden"]["state"])
    assert "not applied yet, deleted in the app, or the key may not read it" == rules["hidden"]["remark"]
    assert "2 rules: 1 enabled, 1 not seen" in partly.run("status").out


@pytest.mark.parametrize("shown", ["text", "markdown"])
def test_the_checklist_says_that_a_new_rule_may_be_there(partly: Household, shown: str) -> None:
    """A checklist that tells to make a rule says that the rule may be there, and only not for this key."""
    said = flat(partly.run("checklist", "--format", shown).out)

    assert "Make a rule: hidden" in said
    assert DOUBT in said.replace("\\", "")


def test_wait_says_what_it_could_not_look_at(partly: Household) -> None:
    """That no rule waits is said of those alone that the key may read; a rule that is not seen is not waited for."""
    done, value = partly.run("wait"), partly.run("wait", "--format", "json")

    assert (0, "No rule that the key may read waits for a person.") == (done.code, done.out.splitlines()[0])
    assert DOUBT in flat(done.out)
    assert 1 == len(unseen(value.json))
    named = partly.run("wait", "hidden")
    assert (1, True) == (named.code, "`hidden` is not in the app, or the key may not read it" in named.err)
    assert [] == unseen(partly.run("wait", "seen", "--timeout", "5", "--format", "json").json)


@pytest.mark.parametrize("base", [(), ("--base", "HEAD")])
def test_what_is_not_seen_is_not_accepted(partly: Household, base: tuple[str, ...]) -> None:
    """No patch takes a rule's file away because a key may not read the rule; the refusal says the way out."""
    done = partly.run("drift", *base, "--accept", "hidden")

    assert (3, "") == (done.code, done.out)
    (refusal,) = [line for line in done.err.splitlines() if line.startswith("error:")]
    assert "`hidden` cannot be accepted: that it was deleted is not certain" in refusal
    assert "the permission `READ_RULES` for all rules" in refusal


def test_what_the_key_sees_is_no_drift(partly: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that the key sees is no drift; one that nobody sees is missing, since no list tells what is left out."""
    monkeypatch.setenv("SEQUENCE_API_KEY", partly.box.key)
    assert 0 == partly.run("drift", "--base", "HEAD").code
    assert [] == unseen(partly.run("wait", "--format", "json").json)

    partly.box.delete(partly.id_of("hidden"))
    (gone,) = partly.run("drift", "--base", "HEAD", "--format", "json").json["resource_drift"]
    assert ("missing", LOOKALIKE) == (gone["happened"], gone["note"])
