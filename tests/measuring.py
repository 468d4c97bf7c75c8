"""Whose lines are counted: those of tests that show one thing each, and not of those that try much, which repeat them.

Being counted makes a test take twice its time, and a process that it starts a tenth of a second more. Not counted is
what hypothesis tries, since a line that no example reaches is one that nobody has thought of, and what is in `MUCH`.
"""

import os
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

MUCH = (
    # what runs scripts, kills processes, or tries by the hundred
    "tests/actions/",
    "tests/badinput/",
    "tests/life/",
    "tests/sweep/",
    # what holds for every request, every renderer, every command or every page
    "tests/api/test_queries.py",
    "tests/scenarios/",
    "tests/security/",
    "tests/test_docs.py",
    "tests/test_house.py",
    # what runs commands again and again, at a terminal, or until a signal comes
    "tests/cli/test_cache.py",
    "tests/cli/test_import.py::test_moving_in_and_on",
    "tests/cli/test_knowing.py",
    "tests/cli/test_lately.py",
    "tests/cli/test_lean.py",
    "tests/cli/test_prompt.py",
    "tests/cli/test_story.py",
    "tests/cli/test_time.py",
    # what is about hundreds of rules, or about texts without end
    "tests/apply/test_time.py",
    "tests/lint/test_flow.py",
    "tests/lint/test_table.py",
    "tests/render/markdown/test_plan_page.py",
    "tests/render/markdown/test_several_pages.py",
    "tests/render/test_sarif.py",
    "tests/template/test_rendering.py::test_nothing_goes_on_for_ever",
)
"""The beginnings of the names of those that try much."""
_OF_PROCESSES = "COVERAGE_PROCESS_CONFIG"  # what has processes be measured


def tries_much(item: pytest.Item) -> bool:
    """Tell whether a test is one of those whose lines are not counted."""
    by_hypothesis = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    return by_hypothesis or item.nodeid.startswith(MUCH)


@contextmanager
def uncounted() -> Iterator[None]:
    """Count nothing in this thread, in those begun meanwhile, and in processes, for as long as the block runs."""
    here, elsewhere, processes = sys.gettrace(), threading.gettrace(), os.environ.pop(_OF_PROCESSES, None)
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(here)
        threading.settrace(elsewhere)
        if processes is not None:
            os.environ[_OF_PROCESSES] = processes


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test, with its fixtures, counted or not."""
    if not tries_much(item):
        return (yield)
    with uncounted():
        return (yield)
