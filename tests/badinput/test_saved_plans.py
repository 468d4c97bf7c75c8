import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from rulesync.errors import ConfigError
from rulesync.planfile.reading import LARGEST, load
from rulesync.planfile.writing import digest_of
from tests.badinput.fuzzing import fuzz
from tests.badinput.holding import in_time, is_a_sentence
from tests.badinput.laws import saved_plan
from tests.badinput.mutations import saved_plan as a_plan
from tests.builders import SCOPE
from tests.planfile.test_writing import CONTEXT

EXAMPLES = int(os.environ.get("BADINPUT_EXAMPLES", "80"))
ODD: tuple[Any, ...] = (None, True, 0, -1, 10**300, 1e300, "", "\ud800", "x" * 1000, [], {}, [[]], {"a": {"a": None}})


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - any JSON
    """Return the path of everything in a plan."""
    if isinstance(value, dict):
        return [path, *(inner for name, held in value.items() for inner in places(held, (*path, name)))]
    if isinstance(value, list):
        return [path, *(inner for index, held in enumerate(value) for inner in places(held, (*path, index)))]
    return [path]


def without(path: tuple[Any, ...]) -> dict[str, Any]:
    """Return a plan that lacks what stands at a path."""
    value = json.loads(json.dumps(a_plan()))
    owner = value
    for part in path[:-1]:
        owner = owner[part]
    del owner[path[-1]]
    found: dict[str, Any] = value
    return found


def with_digest(change: Callable[[dict[str, Any]], object]) -> str:
    """Return a changed plan whose digest is that of its changes."""
    value = json.loads(json.dumps(a_plan()))
    change(value)
    value["digest"] = digest_of(SCOPE, CONTEXT, value["resource_changes"])
    return json.dumps(value)


def refusal(text: str) -> str:
    """Return why a plan is refused."""
    with in_time(), pytest.raises(ConfigError) as caught:
        load(text, SCOPE, CONTEXT)
    is_a_sentence(caught.value)
    return caught.value.message


def test_plans_with_changes() -> None:
    """Whatever is changed in a saved plan, with a new digest or without, it is what stands there or refused."""
    given, broken = fuzz("saved-plan", EXAMPLES, 7)
    assert (True, None) == (given >= EXAMPLES, broken)


def test_every_field_removed_and_every_field_odd() -> None:
    """A plan that lacks any of its fields, or holds in any of them what it cannot, is read as it stands or refused."""
    for number, path in enumerate(places(a_plan())[1:]):
        value = without(path)
        saved_plan(json.dumps(value).encode())
        owner: Any = value
        for part in path[:-1]:
            owner = owner[part]
        odd = ODD[number % len(ODD)]
        owner.insert(path[-1], odd) if isinstance(owner, list) else owner.update({path[-1]: odd})
        saved_plan(json.dumps(value).encode())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"scope":', '"scope": "x", "scope":', "a field stands twice"),
        ('"errored": false', '"errored": false, "x": NaN', "NaN is no number"),
        ('"errored": false', '"errored": false, "x": -Infinity', "-Infinity is no number"),
        ('"errored": false', '"errored": false, "x": 1e999', "a number beyond all bounds"),
        ('"errored": false', '"errored": false, "x": ' + "1" * 5000, "a number of 5000 digits"),
        ('"errored": false', '"errored": false, "x": ' + "[" * 300 + "]" * 300, "more than 250 levels"),
        ('"errored": false', '"errored": false, "x": ' + "[" * 100_000, "nested without end"),
        ('"errored": false', '"errored": false, "x": [' + "[]," * 2_000_000 + "1]", "more than 2,000,000 values"),
        ('"scope": "household"', '"scope": "house\\ud800"', ""),
        ("}", "", ""),
    ],
    ids=lambda text: text[:30],
)
def test_plans_of_two_meanings_or_of_none(old: str, new: str, why: str) -> None:
    """JSON that two readers may take for different things, or that exhausts one, is no plan."""
    message = refusal(json.dumps(a_plan()).replace(old, new, 1))
    assert message == "the plan file is no JSON that has one meaning" + (f": {why}" if why else "")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda plan: plan["resource_changes"].append(plan["resource_changes"][0]), "2 times"),
        (lambda plan: plan["resource_changes"][0].update(name="a b\n"), "is no key"),
        (lambda plan: plan["resource_changes"][0]["change"]["after"].update(priority=3), "what no rule file can say"),
        (lambda plan: plan["resource_changes"][0]["change"]["after"]["steps"].append({}), "what no rule file can say"),
        (lambda plan: plan.update(timestamp="0001-01-01T00:00:00+23:59"), "beginning with `timestamp`"),
        (lambda plan: plan.update(timestamp=0), "beginning with `timestamp`"),
        (lambda plan: plan.update(complete="yes"), "beginning with `complete`"),
        (lambda plan: plan.pop("errored"), "beginning with `errored`"),
        (lambda plan: plan.update(errored=True), "made with errors"),
        (lambda plan: plan.update(accounts={"acc_1": 1}), "beginning with `accounts`"),
        (lambda plan: plan.update(outcomes=[]), "the report of an apply, not a plan"),
    ],
)
def test_plans_that_say_what_cannot_be_done(change: Callable[[dict[str, Any]], object], why: str) -> None:
    """A plan whose digest fits is still refused where its changes make no sense together, or would lose something."""
    assert why in refusal(with_digest(change))


def test_large_plans_are_bounded() -> None:
    """Ten megabytes are read or refused in time, a million wrong values are one refusal, and more is not looked at."""
    with in_time():
        assert load(with_digest(lambda plan: plan.update(extra="x" * 10_000_000)), SCOPE, CONTEXT).plan.changes
    begun = with_digest(lambda plan: plan.update(more=1))
    wrong = begun.replace('"resource_changes": [', '"resource_changes": [' + "1," * 100_000)
    assert "beginning with `resource_changes.0`" in refusal(wrong)
    many = {str(number): number for number in range(100_000)}
    assert "`accounts`" in refusal(with_digest(lambda plan: plan.update(accounts=many)))
    assert "the plan file is larger than 32 MiB" == refusal(" " * (LARGEST + 1))
