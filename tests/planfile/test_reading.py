import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.errors import ConfigError
from rulesync.plan import Operation, Options, build
from rulesync.planfile.reading import load
from rulesync.planfile.writing import plan_json
from rulesync.rule import Rule
from rulesync.ruleset import Extra
from tests.builders import SCOPE, a_rule, applied, desired, holding
from tests.planfile.test_writing import CONTEXT, NOW, plan, rulesets


@given(rulesets, rulesets)
def test_a_plan_is_read_back_whole(before: dict[str, Rule], after: dict[str, Rule]) -> None:
    """A saved plan holds the same changes, down to what the plan saw, and has the same digest."""
    actuals = [replace(applied(key, rule), extras=(Extra(("priority",), "3"),)) for key, rule in before.items()]
    made = plan(after, actuals, prune=True)
    text = json.dumps(plan_json(made, CONTEXT))
    if made.errored:
        return

    saved = load(text, SCOPE, CONTEXT)

    assert (json.loads(text)["digest"], NOW) == (saved.digest, saved.made_at)
    for then, now in zip(made.changes, saved.plan.changes, strict=True):
        assert (then.operation, then.key, then.prior, then.origin) == (now.operation, now.key, now.prior, now.origin)
        assert (then.desired and then.desired.rule) == (now.desired and now.desired.rule)
        assert then.actual == now.actual or then.operation is Operation.CREATE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.text() | JSON.map(json.dumps))
def test_anything_else_is_refused(text: str) -> None:
    """What is no plan is refused in one sentence, whatever it is."""
    with pytest.raises(ConfigError, match="the plan file"):
        load(text, SCOPE, CONTEXT)


@given(st.data())
def test_any_piece_replaced(data: st.DataObject) -> None:
    """A plan with any JSON in any place is read or refused; nothing else happens."""
    value = json.loads(json.dumps(plan_json(plan({"a": a_rule(2)}, [applied("a", a_rule(1))]), CONTEXT)))
    place = value
    for _ in range(data.draw(st.integers(0, 4))):
        keys = (
            [key for key, inner in place.items() if isinstance(inner, dict) and inner]
            if isinstance(place, dict)
            else []
        )
        if keys:
            place = place[data.draw(st.sampled_from(keys))]
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)

    with suppress(ConfigError):
        assert load(json.dumps(value), SCOPE, CONTEXT).plan.scope == SCOPE


def test_what_was_put_off_stays_so() -> None:
    """A saved plan still tells what it put off."""
    held = replace(applied("a", a_rule()), rule=a_rule())
    wish = [desired("a", a_rule(nickname="New"))]
    made = build(wish, holding([held]), SCOPE, Options(defer_cosmetic=True))

    saved = load(json.dumps(plan_json(made, CONTEXT)), SCOPE, CONTEXT)

    assert ((), [True]) == (saved.plan.writes, [change.deferred for change in saved.plan.changes])
