"""What one rendering may cost, counted and not timed, so that the same template fails the same way everywhere."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from rulesync.template.refusal import RefusedError

MOST_STEPS = 100_000
MOST_TEXT = 4 * 1024 * 1024  # characters, of all that is put together on the way
MOST_ITEMS = 10_000
LONGEST = 100_000  # characters of one text
DEEPEST = 32
_PER_STEP = 10  # characters or items

Item = TypeVar("Item")


class Meter:
    """Counts the steps of one rendering and the characters that it puts together."""

    def __init__(self) -> None:
        self._steps = 0
        self._text = 0

    def step(self, text: int = 0) -> None:
        """Count one step, and text that it writes."""
        self._steps += 1
        self._text += text
        if self._steps > MOST_STEPS:
            raise RefusedError(f"the template goes on for more than {MOST_STEPS:,} steps", "does a loop never end?")
        if self._text > MOST_TEXT:
            raise RefusedError(f"the template writes more than {MOST_TEXT // 1024 // 1024} MiB", "split the file")

    def weigh(self, *values: object) -> None:
        """Count a step that goes through values, which takes the longer the longer they are."""
        sized = (value for value in values if isinstance(value, str | list | tuple | dict))
        self._steps += sum(map(len, sized)) // _PER_STEP
        self.step()

    def counted(self, items: Iterable[Item], text: int = 0) -> Iterator[Item]:
        """Yield the items, each a step that writes so much text."""
        for item in items:
            self.step(text)
            yield item


def bounded(value: object) -> object:
    """Return a value that is small enough to be used further, or refuse it."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise RefusedError(f"a text of more than {LONGEST:,} characters is put together")
    elif isinstance(value, list | tuple | Mapping):
        _count(value, 0, 0)
    return value


def _count(value: object, so_far: int, depth: int) -> int:
    """Return how many values there are so far, each as often as it is reached."""
    so_far += 1
    if so_far > MOST_ITEMS or depth > DEEPEST:
        raise RefusedError(f"a list of more than {MOST_ITEMS:,} values, or {DEEPEST} levels, is put together")
    if isinstance(value, Mapping):
        for inner in value.values():
            so_far = _count(inner, so_far, depth + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            so_far = _count(inner, so_far, depth + 1)
    return so_far
