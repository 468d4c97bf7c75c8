"""The fields of one rule that checks look at, each with its path in the plain body, and the names of its accounts."""

from collections.abc import Iterator

from rulesync.english import Voice, condition, voice
from rulesync.lint.check import Path, Scene
from rulesync.rule import Action, AllOf, AnyOf, Comparison, Condition, Rule, Step, accounts

UNKNOWN = "?"
"""What the id of an account begins with whose name was not looked up."""

_LONGEST = 160


def steps(rule: Rule) -> Iterator[tuple[Path, Step]]:
    """Yield the steps of a known kind."""
    for index, step in enumerate(rule.steps):
        if isinstance(step, Step):
            yield ("steps", index), step


def actions(rule: Rule) -> Iterator[tuple[Path, Action]]:
    """Yield the actions of a known kind."""
    for path, step in steps(rule):
        yield from step_actions(path, step)


def step_actions(path: Path, step: Step) -> Iterator[tuple[Path, Action]]:
    """Yield the actions of a step that are of a known kind."""
    for index, action in enumerate(step.actions):
        if isinstance(action, Action):
            yield (*path, "actions", index), action


def comparisons(rule: Rule) -> Iterator[tuple[Path, Comparison]]:
    """Yield every comparison in the conditions of a rule."""
    for path, step in steps(rule):
        if step.condition is not None:
            yield from _leaves((*path, "conditions"), step.condition)


def _leaves(path: Path, what: Condition) -> Iterator[tuple[Path, Comparison]]:
    if isinstance(what, Comparison):
        yield (*path, "condition"), what
    else:
        for inner_path, inner in parts(path, what):
            yield from _leaves(inner_path, inner)


def parts(path: Path, what: Condition) -> Iterator[tuple[Path, Condition]]:
    """Yield the conditions that a group is made of."""
    if isinstance(what, AllOf | AnyOf):
        kind = "all" if isinstance(what, AllOf) else "any"
        for index, inner in enumerate(what.conditions):
            yield (*path, kind, index), inner


def told(scene: Scene, rule: Rule) -> Voice:
    """Return the voice in which a rule's accounts are named; what was not looked up goes by the rule's own word."""
    words = {each: each.removeprefix(UNKNOWN) for each in accounts(rule) if each.startswith(UNKNOWN)}
    return voice(rule, {**words, **scene.names})


def words(what: Condition, voice: Voice) -> str:
    """Return `: ` and a condition in English, or nothing where it would be too long to read."""
    text = condition(what, voice)
    return f": {text}" if len(text) <= _LONGEST else ""
