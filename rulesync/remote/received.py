"""What an HTTP answer says: the API's data, or its refusal in words that a person can act on.

Laws: bytes from outside raise nothing here but an `ApiError`; the API key is in none of the words.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from rulesync.clock import http_date, retry_after
from rulesync.errors import ApiError
from rulesync.rule import fold
from rulesync.wire import Dialect

KEYS_PAGE = "https://app.getsequence.io/account/api-keys"
_LONGEST_WORDS = 300  # characters; more of a server's message helps nobody


@dataclass(frozen=True, slots=True)
class Received:
    """A complete answer: its JSON parsed, its words cleaned.

    `payload` is None where `is_json` is False. `remembered` tells whether it was first given to another request, None
    where it does not say; `retry_after` is in seconds, `location` is where a redirect points.
    """

    status: int
    payload: object = field(repr=False)
    is_json: bool
    is_empty: bool
    code: str | None
    message: str | None
    request_id: str | None
    remembered: bool | None
    location: str | None
    date: datetime | None
    retry_after: float | None

    @property
    def is_success(self) -> bool:
        """Tell whether the API did what was asked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True)
class Asked:
    """The request that an answer belongs to: its `X-Request-ID`, and the key that nobody may see."""

    id: str
    key: str = field(repr=False)


def receive(status: int, headers: Mapping[str, str], body: bytes, asked: Asked, dialect: Dialect) -> Received:
    """Return what an answer says; `headers` are found by their names in lower case."""
    payload, is_json = _parse(body)
    code, message = dialect.refusal(payload)
    first_id = dialect.request_id(payload)
    date = http_date(headers.get("date"))
    return Received(
        status=status,
        payload=payload,
        is_json=is_json,
        is_empty=not body.strip(),
        code=_clean(code, asked.key),
        message=_clean(message, asked.key),
        request_id=_clean(first_id or headers.get("x-request-id"), asked.key),
        remembered=None if first_id is None else first_id != asked.id,
        location=_clean(headers.get("location"), asked.key),
        date=date,
        retry_after=retry_after(headers.get("retry-after"), date),
    )


def said(received: Received) -> str:
    """Return what the API said, to stand behind a sentence: `: its words`, or `, with` what came instead."""
    words = ": ".join(part for part in (received.code, received.message) if part)
    if words:
        return f": {words}"
    if HTTPStatus.MULTIPLE_CHOICES <= received.status < HTTPStatus.BAD_REQUEST:
        return f", with a redirect to `{received.location}`, which is never followed"
    if received.is_empty:
        return ", with nothing"
    return ", with no reason" if received.is_json else ", with something that is no JSON"


def refused(received: Received, doing: str, *, scope: str | None, key_env: str) -> ApiError:
    """Return why the API did not do what it was asked; `doing` is a verb with its object, such as `list the rules`."""
    status = received.status
    if status == HTTPStatus.UNAUTHORIZED:
        advice = f"put a valid key into {key_env}; keys are made at {KEYS_PAGE}"
        return error(received, f"the API refused the key{said(received)}", help=advice)
    if status == HTTPStatus.FORBIDDEN and scope:
        advice = f"give it the scope `{scope}` at {KEYS_PAGE}"
        return error(received, f"the key may not {doing}, which takes the scope `{scope}`{said(received)}", help=advice)
    return error(received, f"asked to {doing}, the API answered {status}{said(received)}", help=_advice(status))


def error(received: Received, sentence: str, *, help: str | None = None) -> ApiError:
    """Return an error about this answer, with the id to name to the API's support."""
    if received.request_id:
        sentence += f" (request `{received.request_id}`)"
    return ApiError(sentence, help=help, status=received.status, code=received.code, request_id=received.request_id)


def hidden(received: Received, scope: str) -> str:
    """Return why a rule could not be read, as one sentence."""
    if received.status == HTTPStatus.FORBIDDEN:
        return f"the key may not read it, which takes the scope `{scope}` for this rule{said(received)}"
    return f"the API answered {received.status}{said(received)}"


def _advice(status: int) -> str | None:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "wait a minute, or lower `api.requests_per_minute`: other programs may use the same key"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "try again later; if it stays, ask the API's support"
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED} or status < HTTPStatus.BAD_REQUEST:
        return "compare `api.base_url` and `api.dialect` in rulesync.yaml with what the API offers"
    return None


def _parse(body: bytes) -> tuple[object, bool]:
    """Return the JSON in a body, and whether it is any.

    Refused are NaN and numbers beyond a double; halves of surrogate pairs, which no text may hold, become `?`.
    """
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_no_number, parse_float=_number)
        if "\\ud" in text.lower():
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None, False
    return value, True


def _number(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        _no_number(text)
    return value


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _clean(text: str | None, key: str) -> str | None:
    """Return a server's text fit to be shown: on one line, visible, of bounded length and without the key.

    None stands for a text that shows nothing.
    """
    visible = "".join(character for character in fold(text or "") if character.isprintable())
    if not visible:
        return None
    shown = visible.replace(key, "***") if key else visible
    return shown if len(shown) <= _LONGEST_WORDS else f"{shown[: _LONGEST_WORDS - 1]}…"
