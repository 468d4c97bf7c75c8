"""Small values for tests of the core: a plain rule, and both sides of a plan from it."""

from collections.abc import Sequence
from dataclasses import replace

from rulesync.findings import Location
from rulesync.ownership import Marker, digest
from rulesync.plan import Operation, Options, Plan, build
from rulesync.rule import Account, Action, DepositTrigger, FixedAmount, Rule, Status, Step, Text
from rulesync.ruleset import ActualRule, DesiredRule, ListedRule, Refresh

SCOPE = "household"
CHECKING = Account("acc_checking", "income_source")
SAVINGS = Account("acc_savings", "pod")


def a_rule(cents: int = 5000, *, nickname: str | None = "Save", status: Status = Status.ENABLED) -> Rule:
    """Return a rule that sends an amount from every deposit to savings."""
    step = Step(None, (Action(FixedAmount(cents), CHECKING, SAVINGS),))
    return Rule(nickname, Text.of("Saves a little"), status, DepositTrigger(CHECKING.id), (step,))


def desired(key: str, rule: Rule, pin: str | None = None, moved_from: str | None = None) -> DesiredRule:
    """Return a rule as Git wants it."""
    return DesiredRule(key, rule, Location(f"rules/{key}.yaml"), pin, moved_from)


def applied(key: str, rule: Rule, rule_id: str | None = None, scope: str = SCOPE) -> ActualRule:
    """Return a rule as the API holds it right after an apply: off, and with its marker."""
    marker = Marker(scope, key, digest(rule))
    return ActualRule(rule_id or f"rule_{key}", replace(rule, status=Status.DISABLED), marker, "2026-01-01T00:00:00Z")


def by_hand(rule_id: str, rule: Rule) -> ActualRule:
    """Return a rule that somebody made in the app."""
    return ActualRule(rule_id, rule, None, "2026-01-01T00:00:00Z")


def row(actual: ActualRule) -> ListedRule:
    """Return the list's row of a rule."""
    return ListedRule(actual.id, actual.rule.nickname, actual.marker, actual.rule.status, actual.updated_at)


def holding(actuals: Sequence[ActualRule]) -> Refresh:
    """Return what the API holds."""
    return Refresh(tuple(row(each) for each in actuals), {each.id: each for each in actuals})


def plan(wishes: Sequence[DesiredRule], actuals: Sequence[ActualRule], options: Options | None = None) -> Plan:
    """Return the plan from what the API holds to what Git wants."""
    return build(wishes, holding(actuals), SCOPE, options or Options())


def operations(made: Plan) -> dict[str, Operation]:
    """Return what a plan does, by key."""
    return {change.key: change.operation for change in made.changes}


def checks(made: Plan) -> list[str]:
    """Return the checks that a plan's findings come from."""
    return [finding.check for finding in made.findings]
