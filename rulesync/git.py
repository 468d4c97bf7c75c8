"""What Git says of the directory that the rules lie in: its commit, and its files as another commit has them.

Law: the work tree is not touched, and nothing that a repository configures is run: no hook, no filter, no shell.
"""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from rulesync.errors import ConfigError

MAX_FILES = 10_000
MAX_BYTES = 64 * 1024 * 1024
_SECONDS = 60
_PLAIN, _LINK = ("100644", "100755"), "120000"
_ENTRY = re.compile(rb"(?P<mode>[0-7]{6}) blob (?P<id>[0-9a-f]{40,64}) +(?P<size>[0-9]+)\t(?P<path>.+)", re.DOTALL)
_QUIET = ("git", "--no-replace-objects", "--no-optional-locks", "-c", "core.fsmonitor=false")


@dataclass(frozen=True, slots=True)
class File:
    """A file as a commit has it: its path from the directory that was asked about, and its size in bytes."""

    path: str
    id: str
    size: int
    is_link: bool


def head(directory: Path) -> str | None:
    """Return the commit that is checked out, None where there is none or no Git."""
    command = ["git", "-C", str(directory), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    commit = done.stdout.strip()
    return commit if done.returncode == 0 and commit.isalnum() else None


def below(directory: Path) -> str:
    """Return the path from the top of a work tree to a directory, there or not; empty at the top, and outside."""
    here = directory.absolute().resolve()
    top = next((each for each in (here, *here.parents) if (each / ".git").exists()), here)
    path = here.relative_to(top).as_posix()
    return "" if path == "." else path


def resolve(directory: Path, ref: str, *, seconds: float = _SECONDS) -> str:
    """Return the commit that a branch, a tag or a commit's name stands for; Git has so many seconds for an answer.

    Raises:
        ConfigError: it stands for none here, or there is no repository or no Git to ask.
    """
    if not ref or ref.startswith("-") or not ref.isprintable() or any(character.isspace() for character in ref):
        advice = "name a branch, a tag or a commit, as in `--base origin/main`"
        raise ConfigError("this is no name of a commit", help=advice)
    inside = _git(directory, "rev-parse", "--is-inside-work-tree", seconds=seconds)
    if inside.returncode != 0:
        said = inside.stderr.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"]
        advice = f"run it in a clone of the repository, or without `--base` (Git: {said[0]})"
        raise ConfigError(f"`{directory.absolute()}` lies in no Git repository that can be read", help=advice)
    found = _git(directory, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    commit = found.stdout.decode("ascii", "replace").strip()
    if found.returncode == 0 and commit.isalnum():
        return commit
    name = ref.removeprefix("origin/")
    advice = f"fetch it, as with `git fetch origin {name}`"
    if _git(directory, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        advice = f"this clone is shallow: run `git fetch --depth=1 origin {name}`, or clone with `fetch-depth: 0`"
    raise ConfigError(f"Git knows no commit `{ref}` here", help=advice)


def committed_at(directory: Path, commit: str) -> datetime | None:
    """Return when a commit was made, by the clock of whoever made it; None where Git does not tell."""
    done = _git(directory, "rev-list", "--max-count=1", "--timestamp", commit)
    seconds = done.stdout.decode("ascii", "replace").partition(" ")[0]
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def files(directory: Path, commit: str) -> tuple[File, ...]:
    """Return the files below a directory as a commit has them, none where it had no such directory; no submodules.

    Raises:
        ConfigError: Git cannot read them.
    """
    done = _git(directory, "ls-tree", "-r", "-z", "-l", commit)
    if done.returncode != 0:
        raise ConfigError(f"Git cannot list the files of `{commit}`", help="`git fsck` tells what is wrong with it")
    return tuple(_listed(done.stdout.split(b"\0")))


def _listed(lines: Iterable[bytes]) -> Iterator[File]:
    for line in lines:
        entry = _ENTRY.fullmatch(line)
        mode = entry["mode"].decode() if entry else ""
        if entry and mode in {*_PLAIN, _LINK}:
            yield File(os.fsdecode(entry["path"]), entry["id"].decode(), int(entry["size"]), mode == _LINK)


def copy(directory: Path, wanted: Sequence[File], into: Path) -> None:
    """Write files, as their commit has them, below a directory of ours; links that lead out of it are left out.

    Raises:
        ConfigError: they are too many or too large, or Git cannot read them.
    """
    if len(wanted) > MAX_FILES or sum(file.size for file in wanted) > MAX_BYTES:
        message = f"the rules at the base are more than {MAX_FILES:,} files, or {MAX_BYTES // 1024 // 1024} MiB"
        raise ConfigError(message, help="say in `rules:` which directory holds the rules, and nothing else")
    safe = [file for file in wanted if _is_safe(file.path)]
    asked = "".join(f"{file.id}\n" for file in safe).encode()
    done = _git(directory, "cat-file", "--batch", given=asked)
    rest = memoryview(done.stdout)
    links: list[tuple[Path, str]] = []
    for file in safe:
        head_line = f"{file.id} blob {file.size}\n".encode()
        start, end = len(head_line), len(head_line) + file.size
        if bytes(rest[:start]) != head_line or len(rest) < end:
            raise ConfigError(
                f"Git cannot read `{file.path}` at the base", help="`git fetch` may bring what is missing"
            )
        content, rest = bytes(rest[start:end]), rest[end + 1 :]
        path = into / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_link:
            path.write_bytes(content)
        elif _stays_inside(file.path, os.fsdecode(content)):
            links.append((path, os.fsdecode(content)))
    for path, target in links:  # last, so that nothing is written through one
        path.symlink_to(target)


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    return not {"", ".", ".."} & set(parts) and parts[0] != ".git"


def _stays_inside(path: str, target: str) -> bool:
    """Tell whether a link leads to somewhere below the directory, as far as its words go."""
    if not target or "\0" in target or target.startswith("/"):
        return False
    landing = os.path.normpath(PurePosixPath(path).parent / target)
    return landing != ".." and not landing.startswith("../")


def _git(
    directory: Path, *arguments: str, given: bytes = b"", seconds: float = _SECONDS
) -> "subprocess.CompletedProcess[bytes]":
    """Run Git where the rules lie.

    Raises:
        ConfigError: there is no Git, or it does not come to an end.
    """
    command = [*_QUIET, "-C", str(directory), *arguments]
    try:
        return subprocess.run(command, input=given, capture_output=True, timeout=seconds, check=False)
    except FileNotFoundError:
        raise ConfigError("Git is not installed, and `--base` needs it", help="install it, or leave `--base`") from None
    except subprocess.TimeoutExpired:
        raise ConfigError(f"Git gave no answer in {seconds:g} s", help="look whether `git status` works here") from None
    except OSError as problem:
        reason = (problem.strerror or "unknown reason").lower()
        raise ConfigError(f"Git cannot be run: {reason}", help="install it, or leave `--base`") from None
