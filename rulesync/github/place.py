"""GitHub's REST API as a place: looks that are tried again, changes that are never made twice.

Laws: the token goes to this one host in one header and stands in no message; every request, answer and wait is bounded.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from random import SystemRandom
from typing import Any

import httpx

from rulesync import __version__
from rulesync.clock import SYSTEM_CLOCK, Clock, http_date, retry_after
from rulesync.errors import ApiError, NetworkError
from rulesync.patience import Patience
from rulesync.remote import LONGEST_ATTEMPT, Bounded, Connections, Whole, hide
from rulesync.secret import mask

BOT = "github-actions[bot]"
"""Who writes with the token of a workflow; no person can have a name with brackets."""

Row = Mapping[str, Any]
ATTEMPTS = 4
PER_PAGE = 100
MOST_PAGES = 100
LONGEST_WAIT = 60.0  # seconds; who is asked to wait longer had better run again
_LARGEST_ANSWER = 32 * 1024 * 1024  # bytes
_FIRST_WAIT = 0.5
_SILENCE = 30.0
_SHORTEST_SECRET = 8
_LONGEST_WORDS = 300


class GitHub:
    """One repository on GitHub; `bot` is the login of whoever the token is of."""

    def __init__(self, client: httpx.Client, repository: str, bot: str, patience: Patience, clock: Clock) -> None:
        self.repository = repository
        self.bot = bot
        self._client = client
        self._patience = patience
        self._clock = clock

    @classmethod
    @contextmanager
    def open(  # each is a thing that a caller may want otherwise
        cls,
        api_url: str,
        token: str,
        repository: str,
        *,
        bot: str = BOT,
        patience: Patience | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> Iterator["GitHub"]:
        """Open it for as long as the block runs; no redirect is followed, and nothing taken from the environment."""
        hide(token)
        patience = patience or Patience(clock)
        whole = Whole(transport or Connections(httpx.create_ssl_context()), clock=clock, largest=_LARGEST_ANSWER)
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "User-Agent": f"rulesync/{__version__}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        with httpx.Client(
            base_url=f"{api_url}/",
            headers=headers,
            timeout=_SILENCE,
            transport=Bounded(whole, patience, longest=LONGEST_ATTEMPT),
            trust_env=False,
        ) as client:
            yield cls(client, repository, bot, patience, clock)

    def is_ours(self, row: Row) -> bool:
        """Tell whether a comment or an issue was written with our token, and not by a person."""
        user = row.get("user")
        return isinstance(user, dict) and (user.get("login"), user.get("type")) == (self.bot, "Bot")

    def get(self, path: str, **query: str | int) -> Any:  # noqa: ANN401 - any JSON
        """Return what stands at a path of the repository.

        Raises:
            ApiError: GitHub refuses, or answers what makes no sense; its `status` tells which.
            NetworkError: no answer came.
        """
        return self._repeated("GET", path, query=query)

    def rows(self, path: str, **query: str | int) -> Iterator[Row]:
        """Yield the rows of a list, page by page, as few pages as are asked for.

        Raises:
            ApiError, NetworkError: as for `get`, and for a list without an end.
        """
        for page in range(1, MOST_PAGES + 1):
            found = self.get(path, per_page=PER_PAGE, page=page, **query)
            if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
                raise ApiError(f"GitHub answered something that is no list of {path.rpartition('/')[2]}")
            yield from found
            if len(found) < PER_PAGE:
                return
        raise ApiError(f"there are more than {MOST_PAGES * PER_PAGE:,} {path.rpartition('/')[2]} to look through")

    def change(self, path: str, body: Row) -> Row:
        """Change what stands at a path; to do so twice is to do so once.

        Raises:
            ApiError, NetworkError: as for `get`.
        """
        return _row(self._repeated("PATCH", path, body))

    def make(self, path: str, body: Row, look: Callable[[], Row | None]) -> Row:
        """Make something new; where nobody knows whether it was made, `look` tells, before it is tried again.

        Raises:
            ApiError, NetworkError: as for `get`.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                return _row(self._once("POST", path, body))
            except (NetworkError, _PassingError) as problem:
                if found := look():
                    return found
                self.wait(attempt, getattr(problem, "seconds", None))
        return _row(self._once("POST", path, body))

    def wait(self, attempt: int, asked: float | None = None) -> None:
        """Wait before something is tried again: longer each time, and no shorter than was asked for."""
        backoff = _FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + SystemRandom().random() / 2)
        self._patience.sleep(max(asked or 0.0, backoff), "for GitHub")

    def _repeated(self, method: str, path: str, body: Row | None = None, query: Row | None = None) -> Any:  # noqa: ANN401 - any JSON
        for attempt in range(1, ATTEMPTS):
            try:
                return self._once(method, path, body, query)
            except NetworkError:
                self.wait(attempt)
            except _PassingError as problem:
                self.wait(attempt, problem.seconds)
        return self._once(method, path, body, query)

    def _once(self, method: str, path: str, body: Row | None = None, query: Row | None = None) -> Any:  # noqa: ANN401 - any JSON
        try:
            answer = self._client.request(method, f"repos/{self.repository}/{path}", json=body, params=query)
        except httpx.RequestError as problem:
            host = self._client.base_url.netloc.decode()
            words = "did not answer in time" if isinstance(problem, httpx.TimeoutException) else "could not be reached"
            advice = "run the job again; GitHub's state is told at https://www.githubstatus.com"
            raise NetworkError(f"`{host}` {words}", help=advice) from None
        if answer.is_success:
            return _json(answer)
        raise self._refusal(answer, method, path)

    def _refusal(self, answer: httpx.Response, method: str, path: str) -> ApiError:
        said = self._words(answer)
        status = answer.status_code
        message = f"GitHub refused `{method} {path}` with {status}" + (f": {said}" if said else "")
        seconds = _asked_to_wait(answer, said, self._clock)
        if seconds is not None and seconds > LONGEST_WAIT:
            advice = f"its limit of requests ends in {seconds:.0f} s: run the job again then"
            return ApiError(message, help=advice, status=status)
        if seconds is not None or answer.is_server_error:
            return _PassingError(message, status=status, seconds=seconds)
        return ApiError(message, help=_ADVICE.get(status), status=status)

    def _words(self, answer: httpx.Response) -> str:
        """Return what GitHub said, on one line and without the token, should it be repeated there."""
        try:
            told = _json(answer)
        except ApiError:
            return ""
        said = told.get("message") if isinstance(told, dict) else None
        token = str(self._client.headers["Authorization"]).removeprefix("Bearer ")
        return mask(" ".join(str(said or "").split())[:_LONGEST_WORDS], token)


class _PassingError(ApiError):
    """A refusal that may pass: by itself, or when so many `seconds` are over."""

    def __init__(self, message: str, *, status: int, seconds: float | None) -> None:
        super().__init__(message, help="run the job again", status=status)
        self.seconds = seconds


_RIGHTS = (
    "give the job the right in `permissions:`: `pull-requests: write` for comments, `issues: write` for issues, and "
    "`contents: read`"
)
_ADVICE: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "GITHUB_TOKEN is no token of this GitHub, or it has expired",
    HTTPStatus.FORBIDDEN: _RIGHTS,
    HTTPStatus.NOT_FOUND: f"GitHub also says so where a right is missing: {_RIGHTS}",
    HTTPStatus.GONE: "issues are switched off in this repository: switch them on in its settings",
}


def _asked_to_wait(answer: httpx.Response, said: str, clock: Clock) -> float | None:
    """Return the seconds that a limit of requests asks for, None where it is none that refuses."""
    if answer.status_code not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        return None
    now = http_date(answer.headers.get("Date")) or clock.now()
    asked = retry_after(answer.headers.get("Retry-After"), now)
    if asked is not None:
        return asked
    reset = answer.headers.get("X-RateLimit-Reset", "")
    if answer.headers.get("X-RateLimit-Remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(0.0, float(reset[:12]) - now.timestamp())
    is_limit = answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in said.lower()
    return LONGEST_WAIT if is_limit else None


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401 - any JSON
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        raise ApiError("GitHub answered something that is no JSON", status=answer.status_code) from None


def _row(value: object) -> Row:
    if not isinstance(value, dict):
        raise ApiError("GitHub answered something that is nothing like what was written")
    return value
