"""The canary of the whole test run: a test that lets an API key out fails, wherever the key shows.

Every key in these tests is shaped so that it is found: those of the sandbox by themselves, those made up by hand as
`sk_…` with ten letters or digits at the end. Looked for are they in all that is printed by the command line, in this
process or in one of its own; in every file below pytest's temporary directory, caches included; and in all log records,
those of httpx and httpcore among them, which are switched on for the whole run.

Not looked at are the state of a sandbox, which is the server's side, and what `rulesync sandbox` prints, which is how
its key is told.
"""

import logging
import os
import re
import subprocess
from collections.abc import Collection, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

_KEY = re.compile(r"sk_(?:[a-z]+_)?[0-9A-Za-z]{10,}")
_DISGUISED = (
    re.compile(r"sk(?:%5f|\\u005f)(?:[a-z]+(?:%5f|\\u005f))?[0-9a-z]{10,}", re.IGNORECASE),
    re.compile(r"c2tfc2FuZGJveF|NrX3NhbmRib3hf|za19zYW5kYm94X"),  # `sk_sandbox_` in base64, wherever it begins
    re.compile(r"QXBpS2V5IH[NMOP]"),  # a header of v1 in base64: `ApiKey s`, and its neighbours
)
_SQLITE = b"SQLite format 3\0"
SPEAKERS = ("httpx", "httpcore")


def keys_in(text: str) -> list[str]:
    """Return every key that a text holds, cut short, so that to say it is no leak either."""
    return [f"{found[0][:6]}…" for pattern in (_KEY, *_DISGUISED) for found in pattern.finditer(text)]


def is_of_a_sandbox(file: Path) -> bool:
    """Tell whether a file is the state of a sandbox, or what SQLite keeps beside it."""
    base = file.with_name(re.sub(r"-(wal|shm|journal)$", "", file.name))
    if not base.is_file():
        return False
    with base.open("rb") as stream:
        return stream.read(len(_SQLITE)) == _SQLITE


def keys_in_files(root: Path, passed_over: Collection[Path] = ()) -> list[str]:
    """Return every key in the files below a directory, each with its place."""
    found = []
    for directory, inner, names in os.walk(root):
        inner[:] = [name for name in inner if Path(directory, name) not in passed_over]
        for file in (Path(directory, name) for name in names):
            if file.is_file() and not file.is_symlink():
                keys = keys_in(file.read_bytes().decode("latin-1"))
                if keys and not is_of_a_sandbox(file):
                    found.append(f"a key ({keys[0]}) in the file {file.relative_to(root)}")
    return found


class Canary(logging.Handler):
    """What was let out since somebody asked, and the directories that were looked through."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []
        self.searched: set[Path] = set()

    def look(self, text: str | bytes | None, where: str) -> None:
        """Note the keys in a text."""
        told = text.decode("latin-1") if isinstance(text, bytes) else text or ""
        self._found += [f"a key ({key}) in {where}" for key in keys_in(told)]

    def search(self, root: Path) -> None:
        """Note the keys in the files below a directory, once."""
        self._found += keys_in_files(root, self.searched)
        self.searched.add(root)

    def emit(self, record: logging.LogRecord) -> None:
        """Note the keys in a log record."""
        self.look(record.getMessage(), f"a log record of {record.name}")

    def tell(self) -> list[str]:
        """Return what was found, and forget it."""
        found, self._found = self._found, []
        return found


CANARY = Canary()
_communicate = subprocess.Popen.communicate


def _watched(process: "subprocess.Popen[Any]", *arguments: Any, **options: Any) -> tuple[Any, Any]:  # noqa: ANN401 - as it is
    """Look through what a process said when it is collected."""
    out, err = _communicate(process, *arguments, **options)
    if not tells_its_key(process.args):
        CANARY.look(out, "the standard output of a process")
        CANARY.look(err, "the standard error of a process")
    return out, err


def tells_its_key(command: object) -> bool:
    """Tell whether a command line is `rulesync sandbox`, which prints the key of its sandbox."""
    return isinstance(command, list) and "sandbox" in command


def pytest_configure() -> None:
    """Look through every log record and every process from now on."""
    subprocess.Popen.communicate = _watched  # type: ignore[method-assign, assignment]  # no hook of pytest sees processes
    logging.getLogger().addHandler(CANARY)
    for name in SPEAKERS:
        logging.getLogger(name).setLevel(logging.DEBUG)


def pytest_unconfigure() -> None:
    """Leave everything as it was."""
    subprocess.Popen.communicate = _communicate  # type: ignore[method-assign]  # as above
    logging.getLogger().removeHandler(CANARY)
    for name in SPEAKERS:
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test that let a key out, as soon as it shows."""
    report = yield
    if report.when == "teardown":
        root = getattr(item, "funcargs", {}).get("tmp_path")
        if root is not None:
            CANARY.search(root)
    for title, text in report.sections:
        CANARY.look(text, title.lower())
    found = CANARY.tell()
    if found and report.passed:
        report.outcome = "failed"
        report.longrepr = "the canary: " + "; ".join(dict.fromkeys(found))
    return report


@pytest.fixture
def capsys(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """Capture as ever; what a test takes out is looked through."""
    read = capsys.readouterr

    def watched() -> Any:  # noqa: ANN401 - the type is pytest's own
        taken = read()
        CANARY.look(taken.out, "standard output")
        CANARY.look(taken.err, "standard error")
        return taken

    capsys.readouterr = watched  # type: ignore[method-assign]  # what is taken out reaches no report
    return capsys


@pytest.fixture(scope="session", autouse=True)
def _canary_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Look through everything that was written below the temporary directory, caches included, when all is over."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "caches"))
        yield
    CANARY.search(tmp_path_factory.getbasetemp())
    found = CANARY.tell()
    if found:
        pytest.fail("the canary: " + "; ".join(dict.fromkeys(found)), pytrace=False)
