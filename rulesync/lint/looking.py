"""Rules looked through: every check that is on, and what it remarks, as findings at their places.

Law: what a rule is excused from is not said of that rule, and nothing else is kept back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rulesync.accounts import ListedAccount
from rulesync.findings import Finding, Location, Severity, error, info, once, warning
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.table import CHECKS
from rulesync.ruleset import DesiredRule

IDS = tuple(sorted(check.id for check in CHECKS))
"""The ids of all checks."""

ACROSS = frozenset(check.id for check in CHECKS if check.across)
"""The ids of those that look across rules."""

_SAY = {Severity.ERROR: error, Severity.WARNING: warning, Severity.INFO: info}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known besides the rules.

    `accounts` is the API's list, None where it is not at hand; `names` are the names of accounts for people, by id.
    `now` is in UTC. `severities` are those that somebody chose, None for a check that is off. `locate` tells where a
    field of a rule stands, by the key of the rule and the path in its plain body. `known` stands for all of this but
    the time: what was said of one rule with the same is said again, and not looked for.
    """

    accounts: Sequence[ListedAccount] | None
    names: Mapping[str, str]
    now: datetime
    severities: Mapping[str, Severity | None]
    locate: Callable[[str, Path], Location | None]
    known: str | None = None


def run(rules: Sequence[DesiredRule], around: Surroundings, checks: Iterable[Check] = CHECKS) -> tuple[Finding, ...]:
    """Return what the checks say of the rules, in the order of files and lines."""
    listed = None if around.accounts is None else {account.id: account for account in around.accounts}
    before = [rule.known for rule in rules if rule.known and rule.known.around == around.known]
    passed = {known.key for known in before}
    fresh = [rule for rule in rules if rule.key not in passed]
    scene = Scene(rules, listed, around.names, around.now, _reader(around.locate))
    alone = replace(scene, rules=fresh)
    by_key = {rule.key: rule for rule in rules}
    found = [finding for check in checks for finding in _said(check, scene if check.across else alone, by_key, around)]
    found += [finding for known in before for finding in known.findings]
    return tuple(sorted(once(found), key=_place))


def _said(check: Check, scene: Scene, rules: Mapping[str, DesiredRule], around: Surroundings) -> Iterator[Finding]:
    severity = around.severities.get(check.id, check.severity)
    if severity is None:
        return
    for remark in check.look(scene):
        rule = rules[remark.key]
        if check.id not in rule.suppress:
            place = around.locate(remark.key, remark.path) or rule.location
            advice = _help(check, remark, rule)
            yield _SAY[severity](check.id, remark.message, help=advice, location=place, keys=(remark.key,))


def _help(check: Check, remark: Remark, rule: DesiredRule) -> str | None:
    """Return the way out, and that an excuse for the finding has run out where that is so."""
    lapsed = rule.lapsed.get(check.id)
    ended = f"its excuse ended on {lapsed.isoformat()}" if lapsed else None
    return "; ".join(filter(None, [remark.help, ended])) or None


def _reader(locate: Callable[[str, Path], Location | None]) -> Callable[[str, Path], str]:
    def written(key: str, path: Path) -> str:
        place = locate(key, path)
        if place is None or place.text is None:
            return ""
        return place.text[place.column - 1 : place.column - 1 + place.width]

    return written


def _place(finding: Finding) -> tuple[str, int, int, str]:
    place = finding.location
    return (place.file, place.line, place.column, finding.check) if place else ("", 0, 0, finding.check)
