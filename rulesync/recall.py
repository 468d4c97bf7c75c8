"""What is known of rule files from before, so that a file that did not change need not be understood again.

Laws: what is found was kept of the very same text, under the same name, by the same code, in the same surroundings, and
by a holder of the same key where there is one; whatever is wrong with what was kept is as if nothing was. It only ever
lets a rule pass as one that did not change: what a rule does is shown from its file, and nothing is written by this.
"""

import contextlib
import hashlib
import hmac
import json
import os
import re
import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from sys import intern
from typing import Any

from rulesync import private
from rulesync.findings import Finding, Location, Severity
from rulesync.known import Known, Word
from rulesync.outline import Move, Outline

LARGEST_FILE = 64 * 1024 * 1024  # bytes
_UNUSED = 90 * 86_400.0  # seconds; after them a file is taken away
_LIBRARIES = ("jinja2", "markupsafe", "pydantic", "pydantic_core", "yaml")  # that decide what a text means
_NAME = re.compile(r"[0-9a-f]{24}(?:\.[0-9]+\.new)?")
_SEAL = 16  # hexadecimal digits
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class KnownFiles:
    """What is known of the files of one directory of rules, in a file of lines: a seal, the text's digest, the rest.

    `name` is whose they are. `surroundings` is all else that decides what a text means; with others, nothing is known.
    With a `secret`, nobody can make a seal who has it not. Where what stands there is not `believed`, nothing is
    known, and what is kept takes its place.
    """

    def __init__(
        self, directory: Path, name: object, surroundings: object, *, secret: str = "", believed: bool = True
    ) -> None:
        self._root = directory
        self._file = directory / "files" / digest(name)[:24]
        self._head = digest(surroundings).encode()
        self._secret = hashlib.sha256(f"rulesync files, seal\0{secret}".encode()).digest()
        self._believed = believed
        self._kept: dict[str, bytes] | None = None
        self._used: dict[str, bytes] = {}
        self._changed = False

    def find(self, text: str) -> tuple[Known, ...] | None:
        """Return what the documents of a text said, by the digest of the text; None where that is not known."""
        if self._kept is None:
            self._kept = self._read()
        line = self._kept.get(text) if self._believed else None
        if line is None:
            return None
        try:
            found = tuple(_known(each) for each in json.loads(line))
        except (ValueError, TypeError, AttributeError, RecursionError):  # no key is needed for the seal of `validate`
            return None
        self._used[text] = line
        return found

    def keep(self, text: str, documents: Sequence[Known]) -> None:
        """Keep what the documents of a text said."""
        line = _JSON.encode([_plain(each) for each in documents]).encode()
        if self._used.get(text) != line:
            self._used[text] = line
            self._changed = True

    def save(self) -> None:
        """Write what was used or kept, and nothing else, if it differs from what is there; where that fails, nothing.

        A file of another run that ends at the same time is replaced whole, which costs that one's memory and no more.
        """
        if not self._changed and len(self._used) == len(self._kept or ()):
            return
        with contextlib.suppress(OSError):
            directory = private.directory(self._root, self._file.parent.name)
            private.remove_unused(directory, _NAME, _UNUSED)
            lines = [self._head, *(self._sealed(text, line) for text, line in self._used.items())]
            os.close(private.put(self._file, b"\n".join(lines) + b"\n"))

    def _read(self) -> dict[str, bytes]:
        """Return the lines that are whole, by the digest of their text."""
        try:
            content = private.content(self._file, LARGEST_FILE)
        except OSError:
            return {}
        found = {}
        for line in content.split(b"\n")[1:] if content.startswith(self._head + b"\n") else ():
            seal, text, rest = line[:_SEAL], line[_SEAL + 1 : _SEAL + 65], line[_SEAL + 66 :]
            if hmac.compare_digest(seal, self._seal(text + rest)):
                found[text.decode("ascii", "replace")] = rest
        return found

    def _sealed(self, text: str, rest: bytes) -> bytes:
        name = text.encode("ascii")
        return b"%s %s %s" % (self._seal(name + rest), name, rest)

    def _seal(self, content: bytes) -> bytes:
        return hashlib.blake2b(content, key=self._secret, digest_size=_SEAL // 2).hexdigest().encode()


def build(top: str = str(Path(__file__).parent)) -> list[object]:
    """Return what tells this code from any other of the same version: its files, and what it stands on.

    Until there is a release, and on the machine of whoever changes rulesync, the version alone does not.

    Raises:
        OSError: its files cannot be looked at, as in an archive.
    """
    found: list[object] = [sys.version]
    waiting = [top]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.is_dir():
                    waiting.append(entry.path)
                elif entry.name.endswith(".py") and entry.is_file():
                    found.append(_told(entry.path, entry.stat()))
    for name in _LIBRARIES:
        spec = find_spec(name)  # which imports nothing
        found.append(_told(spec.origin, os.stat(spec.origin)) if spec and spec.origin else name)  # noqa: PTH116 - as above
    return found


def _told(path: str, stat: os.stat_result) -> object:
    return path, stat.st_size, stat.st_mtime_ns


def digest(value: object) -> str:
    """Return 64 hexadecimal digits that stand for a plain value, in which everything counts: kinds, and orders too."""
    return hashlib.blake2b(repr(value).encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()


def text_digest(name: str, content: str) -> str:
    """Return what a text is found by: 64 hexadecimal digits of its name and its content."""
    return hashlib.blake2b(f"{name}\0{content}".encode(), digest_size=32).hexdigest()


def _plain(known: Known) -> list[object]:
    drawn = known.outline
    outline = [drawn.nickname, drawn.enabled, drawn.watches, drawn.scheduled, drawn.moves, drawn.types]
    words = [[each.name, each.typed, each.id, each.type] for each in known.words]
    said = [_said(each) for each in known.findings]
    owner = [known.key, known.pin, known.moved_from, known.protect, dict(known.suppress)]
    return [*owner, words, outline, said, known.around, known.same_as]


def _known(plain: list[Any]) -> Known:
    """Return what was kept.

    Raises:
        ValueError, TypeError, AttributeError: it is not what was ever kept.
    """
    key, pin, moved_from, protect, suppress, words, outline, said, around, same_as = plain
    nickname, enabled, watches, scheduled, moves, types = outline
    if not isinstance(suppress, dict) or not all(
        isinstance(each, str | None) for each in (pin, moved_from, nickname, same_as, watches)
    ):
        raise TypeError("not as it was kept")
    ways = tuple(Move(step, at, intern(source), intern(destination)) for step, at, source, destination in moves)
    drawn = Outline(nickname, enabled, watches, scheduled, ways, tuple(_pair(*each) for each in types))
    meant, findings = tuple(_word(*each) for each in words), tuple(_finding(each, key) for each in said)
    return Known(key, pin, moved_from, protect, suppress or _NOTHING, meant, drawn, findings, intern(around), same_as)


_NOTHING: dict[str, str] = {}


@cache
def _word(name: str, typed: bool, account_id: str, kind: str) -> Word:  # noqa: FBT001  # as it is kept
    """Return a word; thousands of rules share a few."""
    return Word(name, typed, account_id, kind)


@cache
def _pair(account_id: str, kind: str) -> tuple[str, str]:
    """Return a pair; as above."""
    return account_id, kind


def _said(finding: Finding) -> list[object]:
    place = finding.location
    where = [place.file, place.line, place.column, place.width, place.text, place.used] if place else None
    return [finding.check, finding.severity.value, finding.message, finding.help, where]


def _finding(plain: list[Any], key: str) -> Finding:
    check, severity, message, advice, where = plain
    return Finding(check, Severity(severity), message, advice, Location(*where) if where else None, (key,))
