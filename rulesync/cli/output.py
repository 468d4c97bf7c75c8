"""Where results and everything else go: results to standard output and to files, the rest to standard error.

Law: no key that this run was given leaves through here, whoever put it into a text.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import IO, TypeVar, cast

import click

from rulesync.errors import ConfigError, UsageError
from rulesync.findings import Finding
from rulesync.render import screen
from rulesync.secret import mask

Value = TypeVar("Value")

_SHORTEST_SECRET = 8  # characters; a shorter word is no key, and may be part of any text
_secrets: list[str] = []
_subject: ContextVar[str] = ContextVar("_subject", default="")


def hide(*secrets: str | None) -> None:
    """Mask the secrets of this run, and no others, in everything that is printed or written from now on."""
    _secrets[:] = {secret for secret in secrets if secret and len(secret) >= _SHORTEST_SECRET}


def hide_also(*secrets: str) -> None:
    """Mask further secrets of this run."""
    _secrets[:] = {*_secrets, *(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)}


def masked(text: str) -> str:
    """Return a text without the secrets of this run, for whoever sends it elsewhere."""
    return _masked(text)


def _masked(text: str) -> str:
    for secret in _secrets:
        text = mask(text, secret)
    return text


def holds_secret(text: str) -> bool:
    """Tell whether a key of this run stands in a text, so that it may go into no file as it is."""
    return _masked(text) != text


def colors(choice: str, *, err: bool = False) -> bool:
    """Tell whether to colour what goes to standard output (or error)."""
    if choice != "auto":
        return choice == "always"
    from rulesync.config import no_color

    stream = sys.stderr if err else sys.stdout
    return stream.isatty() and not no_color()


def width() -> int:
    """Return the columns to fill: the terminal's, within reason."""
    import shutil

    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))


def counted(number: int, noun: str) -> str:
    """Return `1 rule`, `2 rules`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")


def show(text: str) -> None:
    """Print a result; it is coloured already, or not meant to be.

    A reader that goes away is no reason to stop: what follows, a write perhaps, does not depend on being read.
    """
    try:
        click.echo(_masked(text), nl=not text.endswith("\n"), color=True)
        sys.stdout.flush()
    except BrokenPipeError:
        forsake()


def forsake() -> None:
    """Let everything further that is printed go nowhere, the flush at the end of the program included."""
    import os

    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def show_line(words: str) -> None:
    """Print a line that holds texts from elsewhere, made harmless."""
    show(screen.line(words))


@contextlib.contextmanager
def speaking_of(workspace: str) -> Iterator[None]:
    """Let all that is said meanwhile, here and on threads that are started from here, begin with a workspace's name."""
    before = _subject.set(workspace)
    try:
        yield
    finally:
        _subject.reset(before)


def is_one_of_several() -> bool:
    """Tell whether what is said now is about one workspace of several."""
    return bool(_subject.get())


def say(text: str) -> None:
    """Say something that is no result, and harmless already: progress, advice, findings.

    Nobody may be there to hear it, which is no reason to stop in the middle of a write.
    """
    if about := _subject.get():
        text = "\n".join(f"{about}: {each}" if each else each for each in text.rstrip("\n").split("\n"))
    with contextlib.suppress(OSError):
        click.echo(_masked(text), err=True, nl=not text.endswith("\n"), color=True)


def without_secrets(value: Value) -> Value:
    """Return JSON in which the keys of this run are masked, before a renderer wraps, cuts or escapes them."""
    if not isinstance(value, dict):
        return value
    import json

    return cast("Value", _masked_within(value)) if holds_secret(json.dumps(value, ensure_ascii=False)) else value


def _masked_within(value: object) -> object:
    if isinstance(value, dict):
        return {_masked_within(key): _masked_within(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked_within(inner) for inner in value]
    return _masked(value) if isinstance(value, str) else value


def say_error(message: str, advice: str | None) -> None:
    """Say why a command ended, and what to do, whatever texts from elsewhere are in that."""
    say(screen.line(f"error: {message}"))
    if advice:
        say(screen.line(f"  = help: {advice}"))


def say_traceback(problem: BaseException) -> None:
    """Say where in the program a bug showed; no values are told but those in the exception's own words."""
    import traceback

    say(screen.lines("".join(traceback.format_exception(problem)).rstrip("\n")))


def say_findings(findings: Sequence[Finding]) -> None:
    """Say findings with their places."""
    if findings:
        from rulesync.render import terminal

        say(terminal.findings(findings, color=colors("auto", err=True)))


def parse_writes(writes: Sequence[str], formats: Mapping[str, object]) -> dict[str, Path]:
    """Return the file of each `FORMAT=FILE`.

    Raises:
        UsageError: the format is unknown, or there is no file.
    """
    parsed = {}
    for each in writes:
        name, equals, file = each.partition("=")
        if not equals or not file or name not in formats:
            raise UsageError(f"`--write {each}`: write FORMAT=FILE, with one of {', '.join(formats)} as FORMAT")
        parsed[name] = Path(file)
    return parsed


def check_writable(*files: Path | None) -> None:
    """Refuse files that cannot be written before anything else is done, rather than after.

    Raises:
        ConfigError: a file cannot be written.
    """
    for file in files:
        if file is not None:
            new = not file.exists()
            _open(file, append=True).close()
            if new:
                file.resolve().unlink()  # what was made: where `file` is a link, what it leads to


def _open(file: Path, *, append: bool = False) -> IO[str]:
    """Open a file that only its owner can read, since it may name accounts."""
    import os
    import stat

    how = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
    try:
        stream = os.fdopen(os.open(file, how, 0o600), "w", encoding="utf-8")
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            os.fchmod(stream.fileno(), 0o600)
    except OSError as problem:
        raise ConfigError(f"cannot write `{file}`: {(problem.strerror or 'unknown reason').lower()}") from None
    return stream


def write_file(file: Path, text: str) -> None:
    """Write a file that only its owner can read, since it may name accounts.

    Raises:
        ConfigError: the file cannot be written.
    """
    try:
        with _open(file) as stream:
            stream.write(_masked(text))
    except OSError as problem:
        raise ConfigError(f"cannot write `{file}`: {(problem.strerror or 'unknown reason').lower()}") from None


def emit(
    value: Value,
    renderers: Mapping[str, Callable[[Value], str]],
    shown: str,
    writes: Mapping[str, Path],
) -> None:
    """Print a value in one format, and write it to files in others."""
    value = without_secrets(value)
    for name, file in writes.items():
        write_file(file, renderers[name](value))
    show(renderers[shown](value))
