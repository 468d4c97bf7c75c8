"""Laws of the outline of a rule."""

from hypothesis import given

from rulesync.outline import Move, outline
from rulesync.rule import Action, Rule, Status, Step
from tests.strategies import rules


@given(rules())
def test_an_outline_has_every_move_of_every_known_action(rule: Rule) -> None:
    """Whatever a rule holds, its outline has one move for each action of a known kind, at its place, in order."""
    expected = [
        Move(number, at, action.source.id, action.destination.id)
        for number, step in enumerate(rule.steps)
        if isinstance(step, Step)
        for at, action in enumerate(step.actions)
        if isinstance(action, Action)
    ]
    drawn = outline(rule)
    assert (list(drawn.moves), drawn.nickname) == (expected, rule.nickname)
    assert drawn.enabled == (rule.status is Status.ENABLED)
