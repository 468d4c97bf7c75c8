import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from rulesync.document import load, read
from rulesync.source.rulefile import RuleFile
from rulesync.source.ruleschema import rule_schema
from rulesync.wire import v1
from tests.schemas import Schema, without_words
from tests.source import test_rulefile_errors as refused
from tests.strategies import rules
from tests.test_docs import RULES


def daily(when: str) -> dict[str, Any]:
    return {"type": "SCHEDULED", "schedule_type": "DAILY", "start_date": when}


SCHEMA = Schema(rule_schema())
EXAMPLES = sorted(path for path in (Path(__file__).parents[2] / "examples" / "rules").rglob("*") if path.is_file())
REFUSED: list[str] = [
    text
    for mark in refused.test_each_error_is_a_sentence_at_its_place.pytestmark  # type: ignore[attr-defined]  # its cases
    for text, *_ in mark.args[1]
]
ONLY_LOADING_REFUSES: dict[str, dict[str, Any]] = {
    "a marker in a text": {"description": "[rulesync:a/b@123456789012]"},
    "the 29th of February, in a year that has none": {"trigger": daily("2027-02-29T09:00:00Z")},
    "an instant that is before the first year in UTC": {"trigger": daily("0001-01-01T00:00:00+01:00")},
}
"""What a schema cannot say: a marker has to be parsed, and a day of the calendar computed."""


def loads(value: object) -> bool:
    try:
        RuleFile.model_validate(value)
    except ValidationError:
        return False
    return True


def whole(value: object) -> object:
    """Return a value without floats that are whole: JSON Schema has one kind of number, and takes 5.0 for 5."""
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return value + 0.5 if isinstance(value, float) and value.is_integer() else value


def agree(value: object) -> None:
    assert loads(value) == SCHEMA.accepts(value), value


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.name)
def test_every_example_is_accepted(file: Path) -> None:
    """An editor finds nothing wrong with a rule file that is shown."""
    documents, _ = load(file, file.name)
    assert [True] * len(documents) == [SCHEMA.accepts(each.data) for each in documents]


@pytest.mark.parametrize("block", RULES, ids=str)
def test_every_rule_of_the_documentation_is_accepted(block: Any) -> None:  # noqa: ANN401 - a block of a page
    """An editor finds nothing wrong with a rule that is copied from a page."""
    ((document,), _) = read(block.text, block.file)
    assert SCHEMA.accepts(document.data)


@pytest.mark.parametrize("text", REFUSED)
def test_what_loading_refuses_is_refused(text: str) -> None:
    """Each document that is an error when it is loaded is one in the editor, but for floats that are whole."""
    ((document,), _) = read(text, "a.yaml")
    agree(whole(document.data))
    assert not SCHEMA.accepts(whole(document.data))


def test_everything_has_words() -> None:
    """Whatever field somebody points at, the editor says what it is."""
    assert [] == list(without_words(rule_schema()))


def _rule(**changes: object) -> dict[str, Any]:
    action = {"type": "fixed_amount", "amount": "$5", "source": "a", "destination": "b"}
    return {"trigger": {"type": "MANUAL", "account": "a"}, "steps": [{"actions": [action]}], **changes}


def _action(**changes: object) -> dict[str, Any]:
    action = {"type": "fixed_amount", "amount": "$5", "source": "a", "destination": "b", **changes}
    return _rule(steps=[{"actions": [action]}])


def _leaf(**changes: object) -> dict[str, Any]:
    rule = _rule()
    rule["steps"][0]["conditions"] = {"condition": {"fact": "BALANCE", "operator": "EQUALS", **changes}}
    return rule


def _start(when: str) -> dict[str, Any]:
    return _rule(trigger=daily(when))


MONEY = [
    "$5",
    "$1,234.50",
    "$12,34",
    "$1,234,567.5",
    "$5.005",
    "$.50",
    "5",
    "$",
    "-$5",
    " $5\n",
    "$5 $",
    "$٥",
    "$1,2345",
]
MONEY += ["$" + "9" * 19, "$" + "9" * 20, "$0012", "$1,23", "$1234,567", "$1.", "$ 5", ""]
KEYS = ["a", "a/b", "a/../b", "..", ".", "a/.", ".a", "a..b", "A", "", "/a", "a/", "a//b", "a\n", "x" * 100, "x" * 101]
INSTANTS = [
    "2027-01-31T09:00:00Z",
    "2027-01-31",
    "2027-01-31T09:00",
    "2027-01-31 09:00:00.5+05:30",
    "2027-13-01T09:00Z",
]
INSTANTS += ["2027-04-31T09:00Z", "2027-02-30T09:00Z", "2028-02-29T09:00Z", "2027-01-31T24:00Z", "2027-01-31T23:60Z"]
INSTANTS += ["2027-01-31T09:00:60Z", "0000-01-01T00:00Z", "2027-01-31T09:00+24:00", "2027-01-31T09:00:00.1234567Z"]
INSTANTS += ["2027-01-31T09:00+05:60", "2027-01-31T09:00:00Z\n", "2027-01-32T09:00Z", "2027-00-10T09:00Z"]


ODD_VALUES: list[Any] = [0, -1, 5.5, True, None, [], "5"]
JUDGED: list[Any] = [
    *(_action(amount=money) for money in MONEY),
    *(_leaf(value=money) for money in MONEY),
    *(_leaf(value=odd) for odd in ODD_VALUES),
    *(_leaf(fact="DATE", value=day) for day in (0, 1, 31, 32, "$5", None)),
    _leaf(fact="DATE", value_fact="LAST_DAY_OF_MONTH"),
    _leaf(fact="BALANCE", value=1, value_fact="BALANCE"),
    _leaf(fact="BALANCE", value=1, params={"account": "a", "account_id": "b"}),
    _leaf(fact="BALANCE", value=1, params={}),
    *(_rule(key=key) for key in KEYS),
    *(_rule(moved_from=key) for key in KEYS),
    *(_rule(id=rule_id) for rule_id in ("rule_1", "a b", "", "a\n", None)),
    *(_start(when) for when in INSTANTS),
    *(_rule(suppress={"possible-rename": excuse}) for excuse in ("x", "", None, {"reason": "x"}, {}, 5)),
    *(_rule(suppress={"possible-rename": {"reason": "x", "until": day}}) for day in ("2027-01-31", "x", None, 5)),
    _rule(suppress={"no-such-check": "x"}),
    _rule(protect=True),
    _rule(protect="yes"),
    _action(amount=None, amount_in_cents=5),
    _action(amount_in_cents=5),
    _action(amount=None, amount_in_cents="$5"),
    _action(amount=None, amount_in_cents=-5),
    _action(type="top_up"),
    _action(type="top_up", current_balance_account="a"),
    _action(type="top_up", amount=None, current_balance_account="a"),
    _action(type="top_up", amount=None, current_balance_account="a", next_payment_minimum_account="b"),
    _action(source={"id": "a", "type": "pod"}),
    _action(source={"id": "", "type": "pod"}),
    _action(source=""),
    _action(group_index=-1),
    _action(limit={"period": "PER_WEEK", "amount": "$5"}),
    _action(limit={"period": "PER_WEEK"}),
    _rule(trigger={"type": "SCHEDULED", "account": "a"}),
    _rule(steps=[]),
    _rule(steps=None),
    "text",
    [],
    None,
]


@pytest.mark.parametrize("value", JUDGED, ids=repr)
def test_each_shape(value: object) -> None:
    """Each way to write a value is judged alike, at and beyond its limits."""
    agree(value)


@pytest.mark.parametrize("given", [None, 0])
@pytest.mark.parametrize("target", ["INCOMING_AMOUNT", "SOURCE_ACCOUNT"])
@pytest.mark.parametrize("kind", ["percentage", "total_amount_due"])
def test_a_group_index_is_asked_for_where_it_decides(given: int | None, target: str, kind: str) -> None:
    """Several actions need a `group_index` each, unless all are percentages of one target."""
    share = {"type": "percentage", "percentage_value": 5, "percentage_target": "INCOMING_AMOUNT"}
    one = {**share, "source": "a", "destination": "b"}
    other = {**one, "percentage_target": target}
    if kind != "percentage":
        other = {"type": kind, "source": "a", "destination": "b"}
    for second in (other, {**other, "group_index": 1}):
        agree(_rule(steps=[{"actions": [{**one, "group_index": given}, second]}]))
        agree(_rule(steps=[{"actions": [second]}]))


@pytest.mark.parametrize("name", ONLY_LOADING_REFUSES)
def test_what_only_loading_refuses(name: str) -> None:
    """What is more than shape is accepted by the schema, refused when it is loaded, and listed."""
    value = _rule(**ONLY_LOADING_REFUSES[name])
    assert (False, True) == (loads(value), SCHEMA.accepts(value))


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, 1, -1, 31, 32, 1.5, "", "a", "$5.00", "$5.0.0", "A/b", "DATE", [], {}, [{}]]
).map(copy.deepcopy)  # what is drawn is changed in its turn
NAMES = ["account", "account_id", "amount", "amount_in_cents", "value", "value_fact", "any", "all", "condition", "type"]
NAMES += ["group_index", "limit", "params", "key", "id", "suppress", "oops", "source", "percentage_target", "fact"]


def _places(value: Any) -> list[Any]:  # noqa: ANN401 - any JSON
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value, *(place for each in inner for place in _places(each))] if isinstance(value, dict | list) else []


@settings(max_examples=200)
@given(rules(), st.data())
def test_mutations_are_judged_alike(rule: Any, data: st.DataObject) -> None:  # noqa: ANN401 - a canonical rule
    """A rule, and what becomes of it when fields are changed, added and removed, is accepted by both or by neither."""
    body = whole(copy.deepcopy(v1.encode(rule)))
    agree(body)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(_places(body)))
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if isinstance(place, dict) and data.draw(st.booleans()):
            place[data.draw(st.sampled_from(NAMES))] = data.draw(ODD)
        elif keys:
            key = data.draw(st.sampled_from(keys))
            if data.draw(st.booleans()):
                del place[key]
            else:
                place[key] = data.draw(ODD)
        agree(body)
