"""Looks for inputs that break a law, with as many examples as are asked for, and keeps what it finds."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from tests.badinput.laws import LAWS
from tests.badinput.mutations import INPUTS


@dataclass(frozen=True, slots=True)
class Violation:
    """An input that breaks a law, as small as it could be made, and what came of it."""

    law: str
    content: bytes
    what: str

    @property
    def replay(self) -> str:
        """The command that shows it again."""
        return f"python -m tests.badinput --replay {self.law}:{base64.urlsafe_b64encode(self.content).decode()}"


def replay(case: str) -> None:
    """Give an input to its law again, as `Violation.replay` spells it."""
    law, _, content = case.partition(":")
    LAWS[law](base64.urlsafe_b64decode(content))


def attempt(law: str, content: bytes) -> Violation | None:
    """Return the violation if an input breaks a law; a stack or a memory that is exhausted is one too."""
    try:
        LAWS[law](content)
    except (Exception, RecursionError, MemoryError) as problem:  # noqa: BLE001 - whatever comes is what is looked for
        return Violation(law, content, f"{type(problem).__name__}: {problem}")
    return None


def fuzz(
    law: str, examples: int, number: int, inputs: st.SearchStrategy[bytes] | None = None
) -> tuple[int, Violation | None]:
    """Return how many inputs were given to a law, and the smallest one found that breaks it."""
    given_inputs = 0
    last: bytes = b""

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(INPUTS[law] if inputs is None else inputs)
    def look(content: bytes) -> None:
        nonlocal given_inputs, last
        given_inputs += 1
        last = content
        LAWS[law](content)

    test: Callable[[], None] = look
    try:
        test()
    except (Exception, BaseExceptionGroup) as problem:  # noqa: BLE001 - as above
        found = problem.exceptions[0] if isinstance(problem, BaseExceptionGroup) else problem
        return given_inputs, attempt(law, last) or Violation(law, last, f"{type(found).__name__}: {found}")
    return given_inputs, None
