"""The two sides of a plan: rules as Git wants them, and rules as the API holds them, each with where it came from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from rulesync.findings import Location
from rulesync.known import Known
from rulesync.outline import Outline, outline
from rulesync.ownership import Marker
from rulesync.rule import Rule, Status


@dataclass(frozen=True)
class DesiredRule:
    """A rule from Git under its key; `known` is what is known of it from before, where its file did not change.

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
    known: Known | None = field(default=None, compare=False)

    @property
    def outline(self) -> Outline:
        """What is looked at across all rules."""
        return self.known.outline if self.known else self._outline

    @cached_property
    def _outline(self) -> Outline:
        return outline(self.rule)

    @property
    def nickname(self) -> str | None:
        """The name that Git gives the rule."""
        return self.outline.nickname

    @property
    def status(self) -> Status:
        """What Git wants."""
        return Status.ENABLED if self.outline.enabled else Status.DISABLED

    def is_known_to_equal(self, actual: "ActualRule") -> bool:
        """Tell whether this very text and this very body were found to say the same before, their status aside."""
        return self.known is not None and self.known.same_as is not None and self.known.same_as == actual.fingerprint


class RecalledRule(DesiredRule):
    """A rule that is known from before; what it says, and where, is read when somebody asks for it."""

    _read: Callable[[], tuple[Rule, Location]]

    @classmethod
    def of(cls, known: Known, pin: str | None, read: Callable[[], tuple[Rule, Location]]) -> DesiredRule:
        """Return the rule that is known; `read` gives what it says, and where it stands."""
        self = object.__new__(cls)
        own = {"key": known.key, "pin": pin, "moved_from": known.moved_from, "suppress": known.suppress}
        _give(self, **own, lapsed=_NOTHING, protect=known.protect, known=known, _read=read)
        return self

    def __getattr__(self, name: str) -> object:
        """Return what was not read yet."""
        if name not in {"rule", "location"}:
            raise AttributeError(name)
        rule, location = self._read()
        _give(self, rule=rule, location=location)
        return rule if name == "rule" else location


_NOTHING: Mapping[str, date] = {}


def _give(frozen: object, **values: object) -> None:
    """Give attributes to a value that is being made; one by one, which takes less memory than a `__dict__` does."""
    for name, value in values.items():
        object.__setattr__(frozen, name, value)


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A row of the API's list of rules: what is known of a rule before its body is read.

    `updated_at` and `created_at` are instants in UTC as ISO 8601 text, None where the list does not tell. A rule that
    is not `supported` exists, and the API has no words for it. One that is not `described` may bear any marker: its row
    does not tell a description, not even that there is none.
    """

    id: str
    nickname: str | None
    marker: Marker | None
    status: Status | None
    updated_at: str | None
    created_at: str | None = None
    supported: bool = True
    described: bool = field(default=True, compare=False)

    def as_read(self, actual: "ActualRule") -> "ListedRule":
        """Return the row with the marker and the name that the rule's body tells.

        A body that tells no description, and did not move since the list, does not unsay the marker of its row.
        """
        did_not_move = actual.updated_at == self.updated_at
        untold = self.marker and not actual.marker and did_not_move and actual.rule.description is None
        marker = self.marker if untold else actual.marker
        # what is kept was taken for this row because both say one name, and is not understood for that
        nickname = None if isinstance(actual, KeptRule) else actual.rule.nickname
        if self.described and marker == self.marker and nickname in {None, self.nickname}:
            return self
        return replace(self, marker=marker, nickname=nickname or self.nickname, described=True)


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


@dataclass(frozen=True)
class ActualRule:
    """A rule as the API holds it; `fingerprint` stands for the body that it was read from, where that is kept.

    The description in `rule` is without the marker line, which is in `marker`. `extras` are shown, and keep the rule
    from being replaced, but they are no difference to anything in Git, which cannot speak of them.
    """

    id: str
    rule: Rule
    marker: Marker | None
    updated_at: str | None
    created_at: str | None = None
    extras: tuple[Extra, ...] = ()
    fingerprint: str | None = field(default=None, compare=False)

    @property
    def status(self) -> Status:
        """What the list says of it, or its body."""
        return self.rule.status


class KeptRule(ActualRule):
    """A rule whose body is kept and known; it is understood when somebody asks what it says."""

    _status: Status
    _read: "Callable[[], ActualRule]"

    @classmethod
    def of(cls, row: "ListedRule", fingerprint: str, read: "Callable[[], ActualRule]") -> ActualRule:
        """Return the rule of a row of the list that tells its status."""
        self = object.__new__(cls)
        own = {"id": row.id, "marker": row.marker, "updated_at": row.updated_at, "created_at": row.created_at}
        _give(self, **own, fingerprint=fingerprint, _status=row.status, _read=read)
        return self

    @property
    def status(self) -> Status:
        """What the list says of it."""
        return self._status

    def __getattr__(self, name: str) -> object:
        """Return what was not understood yet."""
        if name not in {"rule", "extras"}:
            raise AttributeError(name)
        read = self._read()
        _give(self, rule=read.rule, extras=read.extras)
        return read.rule if name == "rule" else read.extras


@dataclass(frozen=True, slots=True)
class UnreadableRule:
    """A rule that the list shows and whose body could not be read: never an absence.

    `reason` is one sentence; `unsupported` says that no key could read it, since the API has no words for the rule,
    `forbidden` that another key might, and `deleted` that its body says that it was deleted.
    """

    listed: ListedRule
    reason: str
    unsupported: bool = False
    forbidden: bool = False
    deleted: bool = False

    @property
    def advice(self) -> str:
        """What to do about it, by its cause: what no key can mend is not put to the key."""
        if self.deleted:
            return "nothing at all is written while the two disagree: try again; if it stays so, ask Sequence's support"
        if self.unsupported:
            return "nothing at all is written before its file is removed from Git, or it is one that the API can show"
        still = "nothing at all is written until it can be read"
        if self.forbidden:
            return f"{still}: give the key what it lacks, for this very rule"
        return f"{still}: it is the API's answer that is wrong, so try again, and ask the API's support if it stays"


@dataclass(frozen=True, slots=True)
class Refresh:
    """What the API holds: the whole list, and the bodies of the rules that were asked for.

    Where a body was read, its row has the marker and the name of the body. `cached` are the bodies that an earlier run
    read, by id, each with the API's time of that answer. `deleted` are ids that were asked for without being listed,
    and whose bodies say that they were deleted.
    """

    listed: tuple[ListedRule, ...]
    bodies: Mapping[str, ActualRule]
    unreadable: Mapping[str, UnreadableRule] = field(default_factory=dict)
    cached: Mapping[str, datetime] = field(default_factory=dict)
    deleted: frozenset[str] = frozenset()

    @property
    def unread(self) -> tuple[str, ...]:
        """The ids of the rules whose bodies were asked for in vain; the list itself calls others unreadable."""
        return tuple(rule_id for rule_id, rule in self.unreadable.items() if rule.listed.supported)
