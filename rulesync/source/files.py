"""The files of a directory that hold rules: which they are, the key that each gives, and what else lies there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rulesync.errors import ConfigError
from rulesync.findings import Finding, Location, error, warning

SUFFIXES = (".yaml", ".yml", ".json")


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
        ConfigError: there is no such directory.
    """
    top = root / rules
    if not top.is_dir():
        what = "is no directory" if top.exists() else "does not exist"
        raise ConfigError(f"the directory of rules `{rules}` {what}", help="make it, or say `rules:` in rulesync.yaml")
    found = Found()
    for path in _walk(top, root, found):
        _sort(path, top, root, found)
    return found


def _walk(top: Path, root: Path, found: Found) -> Iterator[Path]:
    """Yield what lies below a directory, links to directories too but nothing behind them."""

    def unreadable(problem: OSError) -> None:
        name = _name(Path(os.fsdecode(problem.filename)), root)
        reason = (problem.strerror or "unknown reason").lower()
        found.findings.append(_problem(name, f"cannot be read: {reason}"))

    for where, directories, names in os.walk(top, onerror=unreadable):
        directories[:] = sorted(name for name in directories if _counts(name))
        here = Path(where)
        yield from (here / name for name in directories if (here / name).is_symlink())
        yield from (here / name for name in sorted(names) if _counts(name))


def _counts(name: str) -> bool:
    return not name.startswith(("_", "."))


def _sort(path: Path, top: Path, root: Path, found: Found) -> None:
    name = _name(path, root)
    if path.is_symlink() and (path.is_dir() or not _inside(path, top)):
        found.findings.append(_problem(name, "is a link to a directory, or out of the directory of rules", _NO_LINKS))
    elif path.suffix in SUFFIXES:
        found.files.append(RuleFilePath(path, name, _name(path.with_suffix(""), top)))
    else:
        message = f"`{name}` is no rule file, so it is not read"
        advice = "rule files end in .yaml, .yml or .json; begin other names with `_`"
        found.findings.append(warning("ignored-file", message, help=advice, location=Location(name)))


def _inside(path: Path, top: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(top))


_NO_LINKS = "put the file itself here, so that Git and a review see what it says"


def _problem(name: str, what: str, advice: str | None = None) -> Finding:
    return error("unreadable-file", f"`{name}` {what}", help=advice, location=Location(name))


def _name(path: Path, root: Path) -> str:
    """Return a path as seen from a directory, with `/`, and printable whatever its bytes are."""
    return os.fsencode(Path(os.path.relpath(path, root)).as_posix()).decode("utf-8", "replace")
