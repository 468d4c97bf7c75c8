import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.errors import ConfigError
from rulesync.plan import Operation
from rulesync.planfile.report_reading import LARGEST, load
from rulesync.planfile.reporting import report_json
from rulesync.planfile.writing import plan_json
from rulesync.report import Outcome, Report, Result
from rulesync.rule import Rule
from rulesync.ruleset import Extra
from tests.builders import SCOPE, a_rule, applied
from tests.planfile.test_reading import JSON
from tests.planfile.test_writing import CONTEXT, NOW, plan
from tests.strategies import rules

SENT = "0b1f6e5c-9a0d-4b7e-8c3f-2d1e0f9a8b7c"


def report(*results: Result, sent: str | None = SENT) -> Any:  # noqa: ANN401 - any JSON
    """Return the report of an update, once for each result."""
    made = plan({"a": a_rule(2)}, [applied("a", a_rule(1))])
    outcomes = tuple(Outcome(made.writes[0], result, idempotency_key=sent) for result in results)
    return json.loads(json.dumps(report_json(Report(NOW, NOW, outcomes), made, "d", CONTEXT)))


@given(rules(opaque=True))
def test_a_report_is_read_back_whole(rule: Rule) -> None:
    """What was there before comes back as it was, down to what is not known here."""
    was = replace(applied("a", rule), extras=(Extra(("priority",), "3"),))
    made = plan({"a": a_rule(2, nickname="other")}, [was])
    text = json.dumps(report_json(Report(NOW, NOW, (Outcome(made.changes[0], Result.UNKNOWN),)), made, "d", CONTEXT))

    (written,) = load(text, SCOPE, CONTEXT).written

    assert (was.rule, was.rule.nickname, was.extras) == (
        written.before,
        written.before and written.before.nickname,
        written.extras,
    )
    assert ("a", Operation.UPDATE, was.id) == (written.key, written.operation, written.rule_id)


def test_what_may_have_been_written() -> None:
    """Only what is done, altered or unknown may have been written; what was so already was not, and is named apart."""
    saved = load(json.dumps(report(*Result)), SCOPE, CONTEXT)
    so = load(json.dumps(report(Result.DONE, Result.UNKNOWN, sent=None)), SCOPE, CONTEXT)

    assert (3, ()) == (len(saved.written), saved.already)
    assert (1, ("a",)) == (len(so.written), so.already)


def test_one_change_told_twice() -> None:
    """A report that tells of one change twice is none that an apply wrote."""
    with pytest.raises(ConfigError, match="tells of one change twice"):
        load(json.dumps(report(Result.DONE, Result.DONE)), SCOPE, CONTEXT)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda value: value.update(scope="firm"), "the report is of the scope `firm`, and this is `household`"),
        (lambda value: value.update(workspace="x"), "the report is of the workspace `x`, and this is the default"),
        (lambda value: value["api"].update(base_url="https://x.test"), "the report is of the base URL"),
        (lambda value: value["api"].update(dialect="platform"), "the report is of the dialect"),
        (lambda value: value.update(format_version="2.0"), "of another version of its format"),
        (lambda value: value.pop("scope"), "cannot be understood, beginning with `scope`"),
        (lambda value: value["outcomes"][0].update(key="A b"), "beginning with `outcomes.0.key`"),
        (lambda value: value["outcomes"][0].update(before={"trigger": 1}), "`before` of `a` is no rule"),
    ],
)
def test_what_is_refused(change: Callable[[Any], object], words: str) -> None:
    """A report of another place, or one that cannot be understood, is refused with what is wrong."""
    value = report(Result.DONE)
    change(value)

    with pytest.raises(ConfigError) as refused:
        load(json.dumps(value), SCOPE, CONTEXT)

    assert words in refused.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "cannot be understood, beginning with `its first line`"),
        (json.dumps(plan_json(plan({"a": a_rule()}, []), CONTEXT)), "this is a plan"),
        (" " * (LARGEST + 1), "larger than 32 MiB"),
    ],
)
def test_what_is_no_report(text: str, words: str) -> None:
    """What is no report is called what it is."""
    with pytest.raises(ConfigError) as refused:
        load(text, SCOPE, CONTEXT)

    assert words in refused.value.message


@given(st.text() | JSON.map(json.dumps))
def test_anything_else_is_refused(text: str) -> None:
    """Whatever is no report is refused in one sentence."""
    with pytest.raises(ConfigError, match="the report"):
        load(text, SCOPE, CONTEXT)


@given(st.data())
def test_any_piece_replaced(data: st.DataObject) -> None:
    """A report with any JSON in any place is read or refused; nothing else happens."""
    value = report(Result.DONE)
    place: Any = data.draw(st.sampled_from([value, value["outcomes"][0], value["outcomes"][0]["before"], value["api"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)

    with suppress(ConfigError):
        load(json.dumps(value), SCOPE, CONTEXT)


def test_a_later_minor_version() -> None:
    """Fields that a later version adds to a report are ignored."""
    assert 1 == len(load(json.dumps(report(Result.DONE) | {"format_version": "1.9", "new": 1}), SCOPE, CONTEXT).written)
