"""Bodies of rules that are kept between runs, so that a refresh reads only what moved: a file of lines for each key.

Laws: what is found was kept by a holder of the same key, for the same address and dialect, and is the body of that very
id and `updated_at`. Whatever else stands in the file, and whatever is wrong with it, is as if nothing was kept.

A line is the seal of the rest, then the id, `updated_at`, when it was answered and the body as JSON. The seal takes the
API key to make, so that nobody without it can put a body in. Each line is one write at the end of the file, so that it
stays if the run is killed after it. All times are the API's own.
"""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from urllib.parse import urlsplit

from rulesync import private

SETTLED = timedelta(seconds=2)
"""How much older than its answer a body must be: two edits in one second have the same `updated_at`."""

LARGEST_FILE = 64 * 1024 * 1024  # bytes; ten thousand rules take about ten million
_LARGEST_LINE = 1024 * 1024
_LEAST_WASTE = 64  # lines; fewer are not worth a new file
_UNUSED = 90 * 86_400.0  # seconds; after them a file is taken away
_HOUR = 3600.0
_EARLIEST, _SPREAD = 0.5, 0.4  # of the time that a body is trusted: from where on, and over how much of it, it is due
_NAME = re.compile(r"[a-z0-9.-]+-[0-9a-f]{16}\.(?:lines|[0-9]+\.new)")


@dataclass(frozen=True, slots=True)
class Kept:
    """A body that was kept: its JSON, and the time of the answer that it came with, in UTC."""

    view: memoryview = field(repr=False)
    answered: datetime

    @property
    def text(self) -> bytes:
        """The JSON, which is not copied before somebody asks: there may be thousands, and few are looked at."""
        return bytes(self.view)

    def body(self) -> object:
        """Return the body as it was kept."""
        return json.loads(self.text)


class Bodies:
    """What is kept of one organisation, as far as the key tells it, in files below a directory.

    With `hours`, no body is found that was read so many hours ago or more. Some fall due sooner, after half of them at
    the earliest, so that they do not all have to be read in one run, and each of them in a run that comes that often.
    `found` and `added` count what came out and what went in. It is safe to use from any thread.
    """

    def __init__(self, directory: Path, base_url: str, key: str, dialect: str, *, hours: float | None = None) -> None:
        about = f"{base_url}\0{dialect}\0{key}"
        host = re.sub(r"[^a-z0-9.-]", "-", (urlsplit(base_url).hostname or "").lower())[:100]
        name = hashlib.sha256(f"rulesync bodies, name\0{about}".encode()).hexdigest()[:16]
        self._seal = hashlib.sha256(f"rulesync bodies, seal 1\0{about}".encode()).digest()
        self._root = directory
        self._file = directory / "bodies" / f"{host or 'api'}-{dialect}-{name}.lines"
        self._hours = hours
        self._lock = Lock()
        self._lines: dict[bytes, memoryview] | None = None
        self._stream: int | None = None
        self._count = 0
        self._size = 0
        self._is_closed = False
        self.found = 0
        self.added = 0
        self._trouble: OSError | None = None

    @property
    def trouble(self) -> str | None:
        """Why nothing can be kept, None while it can."""
        return (self._trouble.strerror or "unknown reason").lower() if self._trouble else None

    def find(self, rule_id: str, updated_at: str, now: datetime | None) -> Kept | None:
        """Return the body that a rule had since `updated_at`; None if it is not kept, or due to be read again.

        `now` is the time by the API; where that is not known, nothing is found.
        """
        view = self._read().get(rule_id.encode())
        if view is None or now is None:
            return None
        seal, _, rest = bytes(view).partition(b" ")
        fields = rest.split(b" ", 3)
        if len(fields) < 4 or fields[1] != updated_at.encode() or not self._is_ours(seal, rest):  # noqa: PLR2004
            return None
        answered = datetime.fromtimestamp(int(fields[2]), UTC)
        if answered > now or self._is_due(now - answered, seal):
            return None
        self.found += 1
        return Kept(view[len(view) - len(fields[3]) :], answered)

    def keep(
        self, rule_id: str, updated_at: datetime, spelled: str, answered: datetime | None, body: object
    ) -> bytes | None:
        """Keep a body that came with an answer of that time, and return its JSON as it will be found.

        One that may not be settled, or that no line can hold, is left, and None returned. `spelled` is `updated_at` as
        the list spells it.
        """
        if answered is None or answered - updated_at < SETTLED or " " in rule_id + spelled:
            return None
        try:
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        except (ValueError, RecursionError):
            return None
        rest = b"%s %s %d %s" % (rule_id.encode(), spelled.encode(), int(answered.timestamp()), text)
        if not self._append(rule_id.encode(), rest):
            return None
        self.added += 1
        return text

    def forget(self, rule_id: str) -> None:
        """Let go of the body of a rule, if there is one, since the API does not show it any more."""
        name = rule_id.encode()
        if name in self._read():
            self._append(name, b"%s - 0 null" % name)

    def tidy(self, ids: Collection[str]) -> None:
        """Leave out what is of no use any more, where that is most of the file; `ids` are all that the API lists."""
        with self._lock:
            if self._stream is None or self._lines is None:
                return
            live = {each.encode() for each in ids} & self._lines.keys()
            if self._count <= 2 * len(live) + _LEAST_WASTE and self._size < LARGEST_FILE // 2:
                return
            try:
                self._rewrite([bytes(self._lines[each]) for each in live])
            except OSError as problem:
                self._trouble = problem

    def close(self) -> None:
        """Close the file; nothing more is kept."""
        with self._lock:
            self._is_closed = True
            if self._stream is not None:
                os.close(self._stream)
                self._stream = None

    # Lines

    def _sealed(self, rest: bytes) -> bytes:
        return hashlib.blake2b(rest, key=self._seal, digest_size=16).hexdigest().encode()

    def _is_ours(self, seal: bytes, rest: bytes) -> bool:
        return hmac.compare_digest(seal, self._sealed(rest))

    def _is_due(self, age: timedelta, seal: bytes) -> bool:
        """Tell whether a body has to be read again; its seal, which is as good as random, says how soon."""
        if self._hours is None:
            return False
        share = _EARLIEST + _SPREAD * int(seal[:4], 16) / 0xFFFF
        return age >= timedelta(seconds=self._hours * share * _HOUR)

    # The file

    def _read(self) -> Mapping[bytes, memoryview]:
        """Return the last line of each id, as they stand in the file."""
        with self._lock:
            if self._lines is None:
                self._lines = self._loaded()
            return self._lines

    def _loaded(self) -> dict[bytes, memoryview]:
        try:
            content = private.content(self._file, LARGEST_FILE, sealed=True)
        except OSError as problem:
            if not isinstance(problem, FileNotFoundError):
                self._trouble = problem
            return {}
        self._count = content.count(b"\n")
        return dict(_lines(content))

    def _append(self, name: bytes, rest: bytes) -> bool:
        """Write a line at the end, at once and in one piece, and tell whether that was done.

        Where it fails, nothing more is kept.
        """
        line = b"%s %s" % (self._sealed(rest), rest)
        if len(line) >= _LARGEST_LINE or b"\n" in line:
            return False
        self._read()
        with self._lock:
            if self._trouble or self._is_closed or self._lines is None:
                return False
            try:
                if self._stream is None:
                    self._stream = self._opened()
                if self._size + len(line) >= LARGEST_FILE:
                    return False
                private.write(self._stream, line + b"\n")
            except OSError as problem:
                self._trouble = problem
                return False
            self._lines[name] = memoryview(line)
            self._size += len(line) + 1
            self._count += 1
            return True

    def _opened(self) -> int:
        """Return the file opened for adding, at the beginning of a line; one that is beyond bounds is begun anew."""
        inner = private.directory(self._root, self._file.parent.name)
        stream = private.opened(self._file, private.APPEND)
        private.remove_unused(inner, _NAME, _UNUSED)
        try:
            told = os.fstat(stream)
            if told.st_size >= LARGEST_FILE:
                os.ftruncate(stream, 0)
            self._size = 0 if told.st_size >= LARGEST_FILE else told.st_size
            if self._size and os.lseek(stream, -1, os.SEEK_END) >= 0 and os.read(stream, 1) != b"\n":
                self._size += os.write(stream, b"\n")
        except BaseException:
            os.close(stream)
            raise
        return stream

    def _rewrite(self, lines: Collection[bytes]) -> None:
        """Put a file of these lines in the place of the old one at once, and go on adding to that."""
        content = b"".join(line + b"\n" for line in lines if self._is_ours(*line.split(b" ", 1)))
        stream = private.put(self._file, content)
        if self._stream is not None:
            os.close(self._stream)
        self._stream, self._size, self._count = stream, len(content), len(lines)


def _lines(content: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield each line that may be one, by the id in it, where it lies: nothing of it is copied."""
    whole, start = memoryview(content), 0
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        before = content.find(b" ", start, end)
        after = content.find(b" ", before + 1, end) if before >= 0 else -1
        if 0 <= before < after:
            yield content[before + 1 : after], whole[start:end]
        start = end + 1
