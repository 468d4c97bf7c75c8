"""A lexer that counts characters where Jinja's counts lines, so that an error can point to its column.

Jinja carries a number from each token to the syntax tree, the compiled code and its exceptions, and calls it the line.
Here it is the offset of the token in the template.
"""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress

from jinja2 import Environment, TemplateSyntaxError
from jinja2.lexer import Lexer

from rulesync.template.refusal import RefusedError

MOST_TOKENS = 50_000
_BEGINS = {"variable_begin", "block_begin", "raw_begin", "comment_begin"}
_BLOCKS = {"call", "for", "if", "macro"}
_OPENS, _CLOSES = set("([{"), set(")]}")
_SHALLOW = 10
_ENDS = {"variable_end", "block_end", "raw_end", "comment_end"}


class Tags:
    """Where the tags of a template stand."""

    def __init__(self) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []

    def begin(self, offset: int) -> None:
        """Note where a tag begins."""
        self._begins.append(offset)

    def end(self, offset: int) -> None:
        """Note where it ends."""
        self._ends.append(offset)

    def around(self, offset: int) -> tuple[int, int]:
        """Return where the tag begins and ends that stands around an offset; the offset alone where there is none."""
        index = bisect_right(self._begins, offset) - 1
        if index < 0:
            return offset, offset + 1
        end = self._ends[index] if index < len(self._ends) else offset + 1
        return (self._begins[index], end) if offset < end else (offset, offset + 1)


class OffsetLexer(Lexer):
    """Jinja's lexer, whose tokens bear their offset; `tags` has, by the name of a template, where its tags stand."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.tags: dict[str | None, Tags] = {}

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        """Yield each token with its offset, in place of its line."""
        tags = self.tags[name] = Tags()
        at = count = 0
        try:
            for _, token, value in super().tokeniter(source, name, filename, state):
                start = source.index(value, at)
                at, count = start + len(value), count + 1
                if count > MOST_TOKENS:
                    raise RefusedError("the template has too many tags", "split the file", offset=start, name=name)
                if token in _BEGINS:
                    tags.begin(start)
                elif token in _ENDS:
                    tags.end(start + len(value.rstrip()))
                yield start, token, value
        except TemplateSyntaxError as problem:
            problem.lineno = at
            raise

    def deepest(self, source: str) -> int:
        """Return the offset of what stands deepest inside of others, or in the tag with the most in it."""
        depth, deepest, at = 0, 0, 0
        inside, most, fullest, tag = 0, 0, 0, 0
        first = False
        with suppress(TemplateSyntaxError, RefusedError):
            for offset, kind, value in self.tokeniter(source, None):
                opens = value in _OPENS if kind == "operator" else first and value in _BLOCKS
                closes = value in _CLOSES if kind == "operator" else first and value.startswith("end")
                depth += opens - closes
                if depth > deepest:
                    deepest, at = depth, offset
                tag, inside = (offset, 0) if kind in _BEGINS else (tag, inside + 1)
                if inside > most:
                    most, fullest = inside, tag
                first = kind == "block_begin" or (first and kind == "whitespace")
        return at if deepest > _SHALLOW else fullest
