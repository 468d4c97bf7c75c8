"""One YAML document, read strictly: data, plus where every value stood.

Law: any bytes give documents or findings, never an exception. Nothing is guessed: a duplicate key, a bare `yes` and a
merge key are refused, since each hides from the reader what the machine will do.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import yaml

from rulesync.document import marks, plaintext, scalar, syntax
from rulesync.document.marks import Mark, Text
from rulesync.document.opening import load_text
from rulesync.findings import Finding, Location, error

MAX_DEPTH = 64
MAX_VALUES = 100_000
MAX_DOCUMENTS = 1_000
MAX_FINDINGS = 100

Data = dict[str, "Data"] | list["Data"] | scalar.Scalar

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST_AMOUNT = 20
_AMOUNT_AND_COMMA = re.compile(r"\$[0-9]{1,3}(?:,[0-9]{3})*,$")
_CENTS = re.compile(r"[0-9]{1,2}")
_YAML_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset({"!", _YAML_TAG + "str"})
_CONTAINER_TAGS = frozenset({"!", _YAML_TAG + "map", _YAML_TAG + "seq"})


@dataclass(frozen=True)
class Document:
    """One document of a file: plain data, and where each value of it stands.

    `sound` is false where findings speak of it: its data is then good enough to look for further errors, no more.
    """

    file: str
    data: Data
    mark: Mark
    text: Text
    sound: bool = True

    def at(self, path: Sequence[str | int] = ()) -> Location:
        """Return where the value at a path stands, or the last place on the way to it that exists."""
        key, mark = marks.follow(self.mark, path)
        return marks.locate(self.text, mark, key)

    def at_key(self, path: Sequence[str | int]) -> Location:
        """Return where the key of the value at a path stands, or the value itself where it has none."""
        key, mark = marks.follow(self.mark, path)
        return marks.locate(self.text, key or mark)

    def standing(self, path: Sequence[str | int]) -> tuple[str | int, ...]:
        """Return the parts of a path that stand in this document, leaving out those that only a validator put in."""
        return marks.standing(self.mark, path)


def load(
    path: Path, file: str, bare: Mapping[str, Collection[str]] = MappingProxyType({})
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Return the documents of a file and what is wrong with it; `file` is its name in findings, `bare` as in `read`."""
    text = load_text(path, file)
    return ((), (text,)) if isinstance(text, Finding) else parse(text, bare)


def read(
    text: str | bytes, file: str, bare: Mapping[str, Collection[str]] = MappingProxyType({})
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Return the documents of a text, none for an empty one, and what is wrong with it.

    `bare` has, by the name of a field, the words that need no quotes below that field although readers of YAML
    disagree about them: where no truth value can stand, `off` is a word to everybody who reads the file.
    """
    decoded = plaintext.decode(text, file)
    return ((), (decoded,)) if isinstance(decoded, Finding) else parse(decoded, bare)


def parse(
    text: Text, bare: Mapping[str, Collection[str]] = MappingProxyType({})
) -> tuple[tuple[Document, ...], tuple[Finding, ...]]:
    """Return the documents of a text that was decoded, and what is wrong with it."""
    odd = plaintext.unprintable(text) if text.pieces else None
    if odd:
        return (), (odd,)
    reader = _Reader(text, bare)
    reader.read()
    return tuple(reader.documents), tuple(reader.findings)


_mark = partial(tuple.__new__, Mark)  # there is one for each value, so that it is made the short way


class _Offset(Protocol):
    index: int


class _Event(Protocol):
    """What is used of PyYAML's events; the attributes that an event lacks are never asked for."""

    start_mark: _Offset
    end_mark: _Offset
    anchor: str
    tag: str | None
    style: str | None
    value: str


def _events(text: str) -> Iterator[_Event]:
    """Return the parser's events, each made when it is asked for."""
    loader = _LOADER(text)
    return iter(loader.get_event, None)


class _StopReadingError(Exception):
    """What follows in the file cannot be read; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


@dataclass(slots=True)
class _Open:
    """A mapping or a list that is being read; `key` is the mapping's key that waits for its value."""

    start: int
    fields: dict[str, Data] | None
    items: list[Data]
    field_marks: dict[str, tuple[Mark, Mark]]
    item_marks: list[Mark]
    anchor: str | None
    values_before: int
    height: int = 1
    key: tuple[str | None, Mark] | None = None


@dataclass(slots=True)
class _Anchored:
    """A value with a name, its mark, and what an alias to it costs."""

    value: Data
    mark: Mark
    size: int
    height: int


@dataclass
class _Reader:
    """Builds documents from the parser's events, without recursion: depth is a number, never a stack overflow."""

    text: Text
    bare: Mapping[str, Collection[str]]
    documents: list[Document] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, _Anchored] = field(default_factory=dict)
    root: tuple[Data, Mark] = (None, Mark(0, 0, None, None))
    values: int = 0
    known_errors: int = 0

    def read(self) -> None:
        """Fill `documents`, up to the first place that cannot be read, and `findings`."""
        try:
            for event in _events(plaintext.as_yaml(self.text)):
                take = _TAKERS.get(type(event))
                if take is not None:
                    take(self, event)
        except _StopReadingError as stop:
            self.findings.append(stop.finding)
        except yaml.MarkedYAMLError as problem:
            self.findings.append(self._translated(problem))
        except yaml.YAMLError:
            self.findings.append(error("syntax", "this is not YAML", location=Location(self.text.file)))

    def take_document_end(self, _event: _Event) -> None:
        """Take the end of a document; one that says nothing is none."""
        data, mark = self.root
        if data is not None or mark.start != mark.end:
            if len(self.documents) == MAX_DOCUMENTS:
                message = f"the file holds more than {MAX_DOCUMENTS:,} documents"
                raise _StopReadingError(self._finding("too-large", message, mark, "split it into several files"))
            sound = len(self.findings) == self.known_errors
            self.documents.append(Document(self.text.file, data, mark, self.text, sound))
        self.known_errors, self.values, self.root = len(self.findings), 0, (None, Mark(0, 0, None, None))
        self.anchors.clear()

    def take_word(self, event: _Event) -> None:
        """Take a word, quoted or not, as a key or a value."""
        mark = _mark((event.start_mark.index, event.end_mark.index, None, None))
        self.values += 1
        if self.values > MAX_VALUES:
            self._count(0, mark)
        value: scalar.Scalar = event.value
        if event.tag is not None:
            if event.tag not in _SCALAR_TAGS:
                self._unknown_tag(event.tag, mark)
        elif not event.style:
            if value == "<<" and self._expects_key():
                self._merge_key(mark)
                return
            try:
                value = scalar.resolve(event.value)
            except scalar.AmbiguousWordError as problem:
                self._say_ambiguous(event.value, mark, problem)
        self._put(value, mark)
        if event.anchor:
            self.anchors[event.anchor] = _Anchored(value, mark, 1, 0)

    def _expects_key(self) -> bool:
        return bool(self.stack) and self.stack[-1].fields is not None and self.stack[-1].key is None

    def _say_ambiguous(self, word: str, mark: Mark, problem: scalar.AmbiguousWordError) -> None:
        if not self._is_bare(word) and not self._cut_amount(mark):
            self._say("ambiguous-value", str(problem), mark, problem.help)

    def _is_bare(self, word: str) -> bool:
        return any(each.key is not None and word in self.bare.get(each.key[0] or "", ()) for each in self.stack)

    def _cut_amount(self, mark: Mark) -> bool:
        """Say, if it is so, that a word is the rest of an amount whose comma ended the value."""
        before = self.text.content[max(0, mark.start - _LONGEST_AMOUNT) : mark.start]
        amount = _AMOUNT_AND_COMMA.search(before)
        if amount is None:
            return False
        whole = Mark(mark.start - len(amount[0]), mark.end, None, None)
        shown, rest = self.text.content[whole.start : whole.end], self.text.content[mark.start : mark.end]
        advice = f'put it in quotes: `"{shown}"`'
        if _CENTS.fullmatch(rest):
            advice = f"write `{amount[0].replace(',', '')}.{rest}`"
        self._say("cut-amount", "inside of `{…}` and `[…]` a comma ends a value", whole, advice)
        return True

    def take_mapping(self, event: _Event) -> None:
        """Take the beginning of a mapping."""
        self._start(event, {})

    def take_list(self, event: _Event) -> None:
        """Take the beginning of a list."""
        self._start(event, None)

    def _start(self, event: _Event, fields: dict[str, Data] | None) -> None:
        mark = _mark((event.start_mark.index, event.end_mark.index, None, None))
        self._count(1, mark)
        self._check_depth(len(self.stack) + 1, mark)
        if event.tag is not None and event.tag not in _CONTAINER_TAGS:
            self._unknown_tag(event.tag, mark)
        self.stack.append(_Open(mark.start, fields, [], {}, [], event.anchor, self.values - 1))

    def take_end(self, event: _Event) -> None:
        """Take the end of a mapping or a list, which is then a value like any other."""
        done = self.stack.pop()
        end = event.end_mark.index
        value: Data
        if done.fields is None:
            value, mark = done.items, Mark(done.start, end, None, done.item_marks)
        else:
            value, mark = done.fields, Mark(done.start, end, done.field_marks, None)
        self._rise(done.height)
        self._put(value, mark)
        if done.anchor:
            self.anchors[done.anchor] = _Anchored(value, mark, self.values - done.values_before, done.height)

    def take_alias(self, event: _Event) -> None:
        """Take a value that was named above, at what it costs to follow."""
        mark = Mark(event.start_mark.index, event.end_mark.index, None, None)
        known = self.anchors.get(event.anchor)
        if known is None:
            self._say(
                "syntax", f"nothing above is named `&{event.anchor}`", mark, "put text that begins with `*` in quotes"
            )
            known = _Anchored(None, mark, 1, 0)
        self._count(known.size, mark)
        self._check_depth(len(self.stack) + known.height, mark)
        self._rise(known.height)
        self._put(known.value, known.mark)

    def _rise(self, height: int) -> None:
        """Make what is open at least one higher than what is put into it."""
        if self.stack:
            self.stack[-1].height = max(self.stack[-1].height, height + 1)

    def _put(self, value: Data, mark: Mark) -> None:
        """Place a finished value into what is open, as a key, a value or an item."""
        if not self.stack:
            self.root = (value, mark)
            return
        into = self.stack[-1]
        if into.fields is None:
            into.items.append(value)
            into.item_marks.append(mark)
        elif into.key is None:
            into.key = (self._key(value, mark, into), mark)
        else:
            name, key_mark = into.key
            into.key = None
            if name is not None:
                into.fields[name] = value
                into.field_marks[name] = (key_mark, mark)

    def _key(self, value: Data, mark: Mark, into: _Open) -> str | None:
        """Return the name of a field, or None for one whose value is to be dropped."""
        if not isinstance(value, str):
            if self._cut_amount(mark):
                return None
            shown = self.text.content[mark.start : mark.end]
            advice = f'put it in quotes: `"{shown}"`' if shown and not isinstance(value, dict | list) else None
            self._say("key-not-text", "the name of a field must be text", mark, advice)
            return None
        if value in into.field_marks:
            first = self.text.location(*into.field_marks[value][0][:2])
            message = f"`{value}` stands here a second time; the first is on line {first.line}"
            self._say("duplicate-key", message, mark, "keep one of the two")
            return None
        return value

    def _merge_key(self, mark: Mark) -> None:
        self.stack[-1].key = (None, mark)
        advice = "repeat the fields, or write `name: *alias` to reuse a whole value"
        self._say("merge-key", "merge keys (`<<`) hide where a value comes from", mark, advice)

    def _unknown_tag(self, tag: str, mark: Mark) -> None:
        name = "!!" + tag.removeprefix(_YAML_TAG) if tag.startswith(_YAML_TAG) else tag
        self._say("unknown-tag", f"the tag `{name}` means nothing here", mark, "remove it")

    def _count(self, values: int, mark: Mark) -> None:
        self.values += values
        if self.values > MAX_VALUES:
            message = f"the document holds more than {MAX_VALUES:,} values once its aliases are followed"
            raise _StopReadingError(self._finding("too-large", message, mark, "split it into several files"))

    def _check_depth(self, depth: int, mark: Mark) -> None:
        if depth > MAX_DEPTH:
            raise _StopReadingError(self._too_deep(mark))

    def _too_deep(self, mark: Mark) -> Finding:
        return self._finding("too-deep", f"more than {MAX_DEPTH} levels are nested here", mark)

    def _say(self, check: str, message: str, mark: Mark, help: str | None = None) -> None:
        if len(self.findings) >= MAX_FINDINGS:
            message = f"more than {MAX_FINDINGS} errors; what follows was not read"
            raise _StopReadingError(self._finding("too-many-errors", message, mark))
        self.findings.append(self._finding(check, message, mark, help))

    def _finding(self, check: str, message: str, mark: Mark, help: str | None = None) -> Finding:
        advice = help and plaintext.one_line(help)
        place = self.text.location(mark.start, mark.end)
        return error(check, plaintext.one_line(message), help=advice, location=place)

    def _translated(self, problem: yaml.MarkedYAMLError) -> Finding:
        place = problem.problem_mark or problem.context_mark
        offset = place.index if place else 0
        if "nesting depth" in (problem.problem or ""):  # newer parsers have a limit of their own, beyond ours
            return self._too_deep(Mark(offset, offset + 1, None, None))
        content = self.text.content
        at_end = not content[offset:].strip()
        said = syntax.explain(problem.problem or "", problem.context, content[offset : offset + 1], at_end=at_end)
        if said.at_context and problem.context_mark:
            offset = problem.context_mark.index
        return error("syntax", said.message, help=said.help, location=self.text.location(offset, offset + 1))


_TAKERS: dict[type, Callable[[_Reader, _Event], None]] = {
    yaml.ScalarEvent: _Reader.take_word,
    yaml.AliasEvent: _Reader.take_alias,
    yaml.MappingStartEvent: _Reader.take_mapping,
    yaml.SequenceStartEvent: _Reader.take_list,
    yaml.MappingEndEvent: _Reader.take_end,
    yaml.SequenceEndEvent: _Reader.take_end,
    yaml.DocumentEndEvent: _Reader.take_document_end,
}
