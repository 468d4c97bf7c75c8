"""Apply at a real terminal: it asks, and only `yes` is a yes."""

import os
import pty
import select
import sys

import pytest

from tests.cli.conftest import Household
from tests.hearing import hearing


def at_a_terminal(household: Household, answer: bytes, *arguments: str) -> tuple[int, str]:
    """Run apply, or what is given, at a pseudo-terminal, answer, and return its exit code and all that was shown."""
    command = [sys.executable, "-m", "rulesync", "-C", str(household.root), *(arguments or ["apply"])]
    with hearing():
        process, screen = pty.fork()
        if process == 0:
            os.execv(sys.executable, command)  # noqa: S606 - no shell is meant
    shown = b""
    try:
        while select.select([screen], [], [], 30)[0]:
            shown += os.read(screen, 65536)
            if answer and b"Only `yes`" in shown:
                os.write(screen, answer)
                answer = b""
    except OSError:  # the program ended, and its terminal with it
        pass
    finally:
        os.close(screen)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode()


def test_yes(household: Household) -> None:
    """A `yes` carries out the plan that was on the screen, edits made in the app included."""
    household.rule("save", 20)
    household.apply()
    household.percent("save", 10)

    code, screen = at_a_terminal(household, b"yes\n")

    assert 0 == code
    assert "overwrites an edit made in the app" in screen
    assert ["POST", "PUT"] == [write["method"] for write in household.writes()]


@pytest.mark.parametrize("answer", [b"y\n", b"no\n", b"\n", b"\x04", b"\x03"])
def test_anything_else(household: Household, answer: bytes) -> None:
    """Anything but `yes`, end of file and ^C included, writes nothing, and says so."""
    household.rule("save", 20)

    code, screen = at_a_terminal(household, answer)

    assert (130 if answer == b"\x03" else 1, []) == (code, household.writes())
    assert "not approved" in screen or "interrupted" in screen


def test_nothing_to_ask(household: Household) -> None:
    """Where there is nothing to do, nothing is asked."""
    household.rule("save", 20)
    household.apply()

    code, screen = at_a_terminal(household, b"")

    assert (0, False) == (code, "Only `yes`" in screen)
