"""The words that every rendering shares: names, counts, reasons, and the pieces that a view is made of.

A view owns the words, the order and the totals, so that formats cannot disagree. Its texts are raw: each renderer makes
them harmless for the place where it puts them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rulesync.findings import Finding, Location, Severity, worst_first
from rulesync.planjson import (
    FindingJson,
    PauseJson,
    PlanJson,
    ReportJson,
    ResourceJson,
    RuleJson,
    WaitingJson,
    WaitJson,
)
from rulesync.render.attributes import Line

_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Block:
    """One rule of which something is said.

    `facts` is where it is, `reason` why it is here, `cost` what being off costs, `story` the rule in plain English,
    `lines` what differs.
    """

    symbol: str
    name: str
    facts: str = ""
    reason: str = ""
    cost: str = ""
    story: str | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A rule that waits for a person, and where."""

    name: str
    url: str


def plural(number: int, noun: str) -> str:
    """Return `1 rule`, `2 rules`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def name(key: str, nickname: str | None) -> str:
    """Return how a rule is called: its key and, where it has one, its nickname."""
    return f'{key} "{shortened(nickname)}"' if nickname else key


def shortened(text: str, longest: int = _LONGEST_NAME) -> str:
    """Return a text of at most so many characters, its middle left out where it is longer."""
    if len(text) <= longest:
        return text
    head = (longest - 1) * 2 // 3
    return f"{text[:head]}…{text[len(text) - (longest - 1 - head) :]}"


def facts(resource: ResourceJson) -> str:
    """Return where a rule is: its id and its place in Git, as far as it has them."""
    place = f"{resource['file']}:{resource['line'] or 1}" if resource["file"] else None
    return ", ".join(filter(None, [shortened(resource["id"] or "", 80), place]))


def place(value: PlanJson | PauseJson | ReportJson) -> str:
    """Return what something is about: its scope, its workspace and the API."""
    workspace = f", workspace {value['workspace']}" if value["workspace"] else ""
    return f"scope {value['scope']}{workspace}, at {value['api']['base_url']}"


def is_enabled(rule: RuleJson | None) -> bool:
    """Tell whether a rule in v1 spelling says that it is enabled."""
    return rule is not None and str(rule.get("status")).lower() == "enabled"


def links(waiting: Iterable[WaitingJson]) -> tuple[Link, ...]:
    """Return the rules that wait for a person, each with its link."""
    return tuple(Link(name(each["key"], each["nickname"]), each["review_url"]) for each in waiting)


def waiting_title(waiting: Sequence[Link]) -> str:
    """Return what stands above the links of rules that wait."""
    return "These rules wait for a person:" if len(waiting) > 1 else "This rule waits for a person:"


def findings(value: Iterable[FindingJson], *severities: Severity) -> tuple[Finding, ...]:
    """Return the findings of some severities, the worst first; the source lines are not in the JSON."""
    return worst_first(
        Finding(each["check"], Severity(each["severity"]), each["message"], each["help"], _location(each))
        for each in value
        if each["severity"] in severities
    )


def unseen(plan: PlanJson | WaitJson) -> tuple[Finding, ...]:
    """Return what says that rules which seem to be missing may be there, and only not shown to this key."""
    return findings((each for each in plan["findings"] if each["check"] == "unseen"), Severity.INFO)


def _location(finding: FindingJson) -> Location | None:
    if finding["file"] is None:
        return None
    return Location(finding["file"], finding["line"] or 1, finding["column"] or 1)


def counted(found: Sequence[Finding]) -> str:
    """Return `2 errors, 1 warning`, the empty text where there is nothing."""
    counts = [(severity, sum(each.severity is severity for each in found)) for severity in Severity]
    nouns = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}
    return ", ".join(plural(number, nouns[severity]) for severity, number in counts if number)


def sentence(text: str) -> str:
    """Return a text as a sentence: a capital letter at its beginning, a full stop at its end."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!")) else ".")


def one_line(line: Line) -> str:
    """Return one difference as the plan tells it: `20 % -> 25 % of the deposit`."""
    if line.text is not None:
        return f"{line.where}: {line.text}"
    if line.before is None:
        return f"{line.where}: + {line.after}{line.tail}"
    if line.after is None:
        return f"{line.where}: - {line.before}{line.tail}"
    return f"{line.where}: {line.before} -> {line.after}{line.tail}"


def two_sides(line: Line) -> str:
    """Return one difference as drift tells it: what Git wants, what the app holds."""
    if line.text is not None:
        return f"{line.where}: {line.text}"
    if line.before is None:
        return f"{line.where}: only the app has {line.after}{line.tail}"
    if line.after is None:
        return f"{line.where}: only Git has {line.before}{line.tail}"
    return f"{line.where}: Git wants {line.before}, the app holds {line.after}{line.tail}"


def unmanaged(plan: PlanJson) -> str:
    """Return how many rules are nobody's here, the empty text where there are none."""
    number = plan["summary"]["unmanaged"]
    hidden = sum(not rule["readable"] for rule in plan["unmanaged"])
    rest = f"; {hidden} of them cannot be read" if hidden else ""
    are = "is" if number == 1 else "are"
    return f"{plural(number, 'rule')} in the app {are} not managed here{rest}." if number else ""
