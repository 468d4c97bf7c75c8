"""What checks across rules look at: which rules run, every account that is spoken of, names and keys for people."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rulesync.english import Voice
from rulesync.lint.check import Path, Scene
from rulesync.lint.fields import UNKNOWN, actions
from rulesync.rule import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    LiabilityFigure,
    Opaque,
    Rule,
    Step,
    TopUp,
)
from rulesync.ruleset import DesiredRule

_MOST = 5


@dataclass(frozen=True, slots=True)
class Mention:
    """An account that a rule speaks of, and where; the type is None where the rule gives none, or does not know it."""

    path: Path
    id: str
    type: str | None = None

    @property
    def part(self) -> str:
        """What the account is to the rule: `trigger`, `params` of a condition, or the field of an action."""
        return str(self.path[-2] if self.path[-1] == "account_id" else self.path[-1])


def mentions(rule: Rule) -> Iterator[Mention]:
    """Yield every account that a rule speaks of, in the order of reading."""
    if not isinstance(rule.trigger, Opaque) and rule.trigger.account_id:
        yield Mention(("trigger", "account_id"), rule.trigger.account_id)
    for index, step in enumerate(rule.steps):
        if isinstance(step, Step) and step.condition is not None:
            yield from _asked(step.condition, ("steps", index, "conditions"))
    for path, action in actions(rule):
        nodes = {"source": action.source, "destination": action.destination}
        if isinstance(action.amount, TopUp) and isinstance(action.amount.target, LiabilityFigure):
            nodes[figure_field(action.amount.target)] = action.amount.target.account
        for name, node in nodes.items():
            yield Mention((*path, name), node.id, None if node.type == UNKNOWN else node.type)


def _asked(condition: Condition, path: Path) -> Iterator[Mention]:
    match condition:
        case Comparison(account_id=str(account_id)):
            yield Mention((*path, "condition", "params", "account_id"), account_id)
        case AllOf(inner) | AnyOf(inner):
            kind = "all" if isinstance(condition, AllOf) else "any"
            for index, each in enumerate(inner):
                yield from _asked(each, (*path, kind, index))
        case _:
            return


def figure_field(target: LiabilityFigure) -> str:
    """Return the field that names the liability whose figure a top-up aims at."""
    return f"{target.figure.name.lower()}_account"


def running(scene: Scene) -> Iterator[DesiredRule]:
    """Yield the rules that are to be enabled: the others move nothing."""
    return (each for each in scene.rules if each.outline.enabled)


def on_deposit(rules: Iterable[DesiredRule]) -> Iterator[tuple[DesiredRule, str]]:
    """Yield the rules that run when money arrives, each with the account that it watches."""
    for each in rules:
        if each.outline.watches is not None:
            yield each, each.outline.watches


def is_known(account_id: str) -> bool:
    """Tell whether an id is one, and not the name of an account that was not looked up."""
    return not account_id.startswith(UNKNOWN)


def naming(scene: Scene) -> Callable[[str], str]:
    """Return what gives an account's name for people; one that was not looked up goes by what the rule calls it."""
    voice = Voice(scene.names)

    def name(account_id: str) -> str:
        return voice.account(account_id) if is_known(account_id) else f"`{account_id.removeprefix(UNKNOWN)}`"

    return name


def listing(keys: Iterable[str]) -> str:
    """Return keys as a list for people, shortened where nobody would read all of it."""
    words = [f"`{key}`" for key in keys]
    if len(words) > _MOST:
        words[_MOST - 1 :] = [f"{len(words) - _MOST + 1} others"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
