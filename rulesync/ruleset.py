"""The two sides of a plan: rules as Git wants them, and rules as the API holds them, each with where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from rulesync.findings import Location
from rulesync.ownership import Marker
from rulesync.rule import Rule, Status


@dataclass(frozen=True, slots=True)
class DesiredRule:
    """A rule from Git under its key.

    `pin` is the id of a rule that already exists, `moved_from` the key it had before. `suppress` are the checks that
    this rule is excused from, with the reason, and `lapsed` those that it was excused from until a day (in UTC) that
    has passed. `protect` says that no plan may update or delete it unasked.
    """

    key: str
    rule: Rule
    location: Location
    pin: str | None = None
    moved_from: str | None = None
    suppress: Mapping[str, str] = field(default_factory=dict)
    lapsed: Mapping[str, date] = field(default_factory=dict)
    protect: bool = False


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A row of the API's list of rules: what is known of a rule before its body is read.

    `updated_at` and `created_at` are instants in UTC as ISO 8601 text, None where the list does not tell. A rule that
    is not `supported` exists, and the API has no words for it.
    """

    id: str
    nickname: str | None
    marker: Marker | None
    status: Status | None
    updated_at: str | None
    created_at: str | None = None
    supported: bool = True


@dataclass(frozen=True, slots=True)
class Extra:
    """A field that the API sent and that is not known here: where it stood, and its JSON text.

    What its path goes through has v1's names, whatever the dialect; its own name, the last, is as the API spells it.
    """

    path: tuple[str | int, ...]
    json: str

    def __str__(self) -> str:
        """Return the path as people write it: `steps[0].actions[1].priority`."""
        return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.path).removeprefix(".")


@dataclass(frozen=True, slots=True)
class ActualRule:
    """A rule as the API holds it.

    The description in `rule` is without the marker line, which is in `marker`. `extras` are shown, and keep the rule
    from being replaced, but they are no difference to anything in Git, which cannot speak of them.
    """

    id: str
    rule: Rule
    marker: Marker | None
    updated_at: str | None
    created_at: str | None = None
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class UnreadableRule:
    """A rule that the list shows and whose body could not be read: never an absence.

    `reason` is one sentence; `unsupported` says that no key could read it, since the API has no words for the rule.
    """

    listed: ListedRule
    reason: str
    unsupported: bool = False


@dataclass(frozen=True, slots=True)
class Refresh:
    """What the API holds: the whole list, and the bodies of the rules that were asked for."""

    listed: tuple[ListedRule, ...]
    bodies: Mapping[str, ActualRule]
    unreadable: Mapping[str, UnreadableRule] = field(default_factory=dict)

    @property
    def unread(self) -> tuple[str, ...]:
        """The ids of the rules whose bodies were asked for in vain; the list itself calls others unreadable."""
        return tuple(rule_id for rule_id, rule in self.unreadable.items() if rule.listed.supported)
