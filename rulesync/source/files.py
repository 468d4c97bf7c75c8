"""The files of a directory that hold rules: which they are, the key that each gives, and what else lies there.

Law: what is read is what Git and a review show. A link may therefore lead to a file of the directory and nowhere else,
the directory itself is no link, and whatever is no file, or cannot be read, is an error and never an absence.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rulesync.errors import ConfigError
from rulesync.findings import Finding, Location, error, warning

SUFFIXES = (".yaml", ".yml", ".json")
MAX_ENTRIES = 10_000
MAX_DEPTH = 64
_LONGEST_QUOTE = 200
_HERE = Path()
_PLAIN = re.compile(r"/?[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


@dataclass(frozen=True, slots=True)
class RuleFilePath:
    """A file that holds rules: where it is, its name in findings, and the key that its place gives it."""

    path: Path
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class Found:
    """The rule files of a directory in the order of their names, and what is to be said about other files."""

    files: list[RuleFilePath] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def rule_files(root: Path, rules: str) -> Found:
    """Return the files below `root / rules` that hold rules; names that begin with `_` or `.` are passed over.

    Raises:
        ConfigError: there is no such directory, it is a link, or it holds more than it can sensibly hold.
    """
    top = root / rules
    _check_directory(top, root, rules)
    found = Found()
    for number, path in enumerate(_walk(top, root, found)):
        if number == MAX_ENTRIES:
            what = f"holds more than {MAX_ENTRIES:,} files"
            raise _unfit(rules, what, "say in `rules:` which directory holds the rules, and nothing else")
        _sort(path, top, root, found)
    return found


def _check_directory(top: Path, root: Path, rules: str) -> None:
    what, advice = None, "make it, or say `rules:` in rulesync.yaml"
    try:
        if not stat.S_ISDIR(top.stat().st_mode):
            what = "is no directory"
        elif os.path.realpath(top) != os.path.normpath(Path(os.path.realpath(root)) / rules):
            what, advice = "is a link, or lies behind one", _NO_LINKS
    except (FileNotFoundError, ValueError):  # a name with a NUL in it
        what = "does not exist"
    except OSError as problem:
        what = f"cannot be read: {_reason(problem)}"
    if what:
        raise _unfit(rules, what, advice)


def _unfit(rules: str, what: str, advice: str) -> ConfigError:
    return ConfigError(f"the directory of rules `{_printable(rules[:_LONGEST_QUOTE])}` {what}", help=advice)


def _walk(top: Path, root: Path, found: Found) -> Iterator[Path]:
    """Yield what lies below a directory, links to directories too but nothing behind them."""
    waiting = [(top, 0)]
    while waiting:
        where, depth = waiting.pop()
        try:
            with os.scandir(where) as entries:
                inside = sorted(
                    (not _leads_on(each), each.name, each.is_dir(follow_symlinks=False)) for each in entries
                )
        except OSError as problem:
            found.findings.append(_problem(_name(where, root), f"cannot be read: {_reason(problem)}"))
            continue
        counting = [(where / name, is_directory) for _, name, is_directory in inside if not name.startswith(("_", "."))]
        yield from (path for path, is_directory in counting if not is_directory)
        below = [path for path, is_directory in counting if is_directory]
        if below and depth == MAX_DEPTH:
            found.findings.append(_problem(_name(below[0], root), f"lies more than {MAX_DEPTH} directories deep"))
        else:
            waiting += [(path, depth + 1) for path in reversed(below)]


def _leads_on(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a directory, or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _sort(path: Path, top: Path, root: Path, found: Found) -> None:
    name = _name(path, root)
    try:
        astray = path.is_symlink() and (path.is_dir() or not _inside(path, top))
    except OSError as problem:
        found.findings.append(_problem(name, f"cannot be read: {_reason(problem)}"))
        return
    if astray:
        found.findings.append(_problem(name, "is a link to a directory, or out of the directory of rules", _NO_LINKS))
    elif path.suffix in SUFFIXES:
        found.files.append(RuleFilePath(path, name, _name(path, top)[: -len(path.suffix)]))
    else:
        message = f"`{name}` is no rule file, so it is not read"
        advice = "rule files end in .yaml, .yml or .json; begin other names with `_`"
        found.findings.append(warning("ignored-file", message, help=advice, location=Location(name)))


def _inside(path: Path, top: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(top))


_NO_LINKS = "put the file itself here, so that Git and a review see what it says"


def _problem(name: str, what: str, advice: str | None = None) -> Finding:
    return error("unreadable-file", f"`{name}` {what}", help=advice, location=Location(name))


def _reason(problem: OSError) -> str:
    return (problem.strerror or "unknown reason").lower()


def _name(path: Path, root: Path) -> str:
    """Return a path as seen from a directory, with `/`, and printable whatever its bytes are."""
    whole, above = str(path), "" if root == _HERE else f"{root}/"
    if _PLAIN.fullmatch(whole) and whole.startswith(above) and path.is_absolute() == root.is_absolute():
        return whole[len(above) :]  # as below, and most names are so
    return _printable(os.fsencode(Path(os.path.relpath(path, root)).as_posix()).decode("utf-8", "replace"))


def _printable(name: str) -> str:
    """Return a name on one line; what does not show itself, or turns others around, is a mark."""
    return "".join(character if character.isprintable() else "\ufffd" for character in name)
