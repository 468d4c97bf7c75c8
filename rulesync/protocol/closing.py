"""What is decided at the end about a write that the server accepted, from the closing list and a look by id."""

from dataclasses import replace

from rulesync.answer import Answer, Hidden, Look, Missing
from rulesync.ownership import Marker
from rulesync.plan import Change, Operation, is_met
from rulesync.protocol.before import is_as_planned
from rulesync.protocol.decision import End
from rulesync.report import Result
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, ListedRule


def proves(change: Change, answer: Answer, row: ListedRule | None, ours: Marker | None) -> bool:
    """Tell whether the closing list and a fresh answer together prove a write, without a look by id."""
    if answer.remembered is not False:
        return False
    if change.operation is Operation.DELETE:
        return row is None
    return (
        row is not None
        and answer.rule is not None
        and row.id == answer.rule.id
        and row.updated_at is not None
        and row.updated_at == answer.rule.updated_at
        and row.status is Status.DISABLED
        and row.nickname in {None, answer.rule.rule.nickname}
        and row.marker == ours == answer.rule.marker
        and is_met(change, _off(answer.rule))
    )


def may_not_show_yet(change: Change, look: Look) -> bool:
    """Tell whether a look after an accepted write shows what was there before it, as a view that lags would."""
    if change.operation is Operation.CREATE:
        return isinstance(look, Missing)
    return isinstance(look, ActualRule) and is_as_planned(change, look)


def closing(change: Change, look: Look, ours: Marker | None) -> End:
    """Decide from the closing look by id how a write came out that the server accepted."""
    if isinstance(look, Hidden):
        return End(Result.UNKNOWN, f"written, and it could not be read back: {look.reason}")
    if change.operation is Operation.DELETE:
        if isinstance(look, Missing):
            return End(Result.DONE)
        return End(Result.ALTERED, "the API accepted the delete, and the rule is still there", look)
    if isinstance(look, Missing):
        return End(Result.UNKNOWN, "the API accepted the write, and the rule cannot be found")
    if is_met(change, _off(look)):
        if look.marker != ours:
            return End(Result.ALTERED, "the marker line is missing from the description, or another", look)
        if not is_met(change, look):
            return End(Result.ALTERED, "the rule is live, and was to be off", look)
        return End(Result.DONE, actual=look)
    return End(Result.ALTERED, "the API holds something else than what was written", look)


def _off(actual: ActualRule) -> ActualRule:
    """Return the rule without regard to whether it is live, which is judged and said apart."""
    return replace(actual, rule=replace(actual.rule, status=Status.DISABLED))
