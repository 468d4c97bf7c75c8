"""The tree of what can go wrong, each branch with the exit code that a script can act on.

    RulesyncError                 1   could not run
    ├── ConfigError               1   rulesync.yaml, the environment, or a file that cannot be read
    ├── ApiError                  1   the API answered, and said no or something that makes no sense
    ├── NetworkError              1   no answer at all
    ├── StoppedError              1   the time for the run is up, or somebody asked it to stop
    ├── FindingsError             3   validation, lint or policy said no
    ├── StaleError                4   the API moved since the plan
    ├── UsageError               64   the command line
    └── InterruptedRunError     130   ^C or SIGTERM

A message is one sentence in lower case without a full stop; `help` says what to do next.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from rulesync.findings import Finding


class RulesyncError(Exception):
    """Anything that ends a command early, in a sentence that a person can act on."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


class ConfigError(RulesyncError):
    """The configuration, the environment or a named file cannot be used; `findings` carry the places, if any."""

    def __init__(self, message: str, *, help: str | None = None, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, help=help)
        self.findings = tuple(findings)


class ApiError(RulesyncError):
    """The API refused a request, or gave an answer that cannot be understood.

    `status` is the HTTP status, `code` the server's own code and `request_id` the one to name to its support; each is
    None where the server gave none.
    """

    def __init__(
        self,
        message: str,
        *,
        help: str | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, help=help)
        self.status = status
        self.code = code
        self.request_id = request_id


class NetworkError(RulesyncError):
    """No answer came: refused, unresolved, cut off or too late.

    `reached` is False only where the request certainly never left for the server.
    """

    def __init__(self, message: str, *, help: str | None = None, reached: bool = True) -> None:
        super().__init__(message, help=help)
        self.reached = reached


class Stop(StrEnum):
    """Why a run begins nothing more, as the beginning of a sentence."""

    ASKED = "the run was interrupted"
    TIME_UP = "the time for this run was up"


class StoppedError(RulesyncError):
    """The run has ended, or would end in the middle of a wait; what was to be done or sent was not."""

    def __init__(self, message: str, stop: Stop, *, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.stop = stop


class FindingsError(RulesyncError):
    """Findings of severity error forbid to go on; they carry the places."""

    exit_code = 3

    def __init__(self, message: str, findings: Sequence[Finding], *, help: str | None = None) -> None:
        super().__init__(message, help=help)
        self.findings = tuple(findings)


class StaleError(RulesyncError):
    """What was planned no longer fits what the API holds."""

    exit_code = 4


class UsageError(RulesyncError):
    """The command line cannot mean anything."""

    exit_code = 64


class InterruptedRunError(RulesyncError):
    """A person or the machine asked the run to stop; what was done has been reported."""

    exit_code = 130
