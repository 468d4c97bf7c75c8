"""What an HTTP answer says: the API's data, or its refusal in words that a person can act on.

Laws: bytes from outside raise nothing here but an `ApiError`; the API key is in none of the words; the numbers of bank
accounts and cards are forgotten as they arrive.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus

from rulesync.clock import http_date, retry_after
from rulesync.errors import ApiError
from rulesync.rule import fold
from rulesync.secret import mask
from rulesync.wire import Dialect
from rulesync.wire.strictly import parse

KEYS_PAGE = "https://app.getsequence.io/account/api-keys"
_DEEPEST = 200  # lists and objects in each other; a rule of 64 nested conditions has fewer
_LONGEST_WORDS = 300  # characters; more of a server's message helps nobody
_LONGEST_TEXT = 2000  # characters of a page, which nobody is shown
_LONGEST_PAGE = 20_000  # bytes that are looked through for words
_NUMBERS = ("accountnumber", "routingnumber", "cardnumber", "iban", "bban", "sortcode")  # how names of such fields end


@dataclass(frozen=True, slots=True)
class Received:
    """A complete answer: its JSON parsed, its words cleaned.

    `payload` is None where `is_json` is False. `remembered` tells whether it was first given to another request, None
    where it does not say; `retry_after` is in seconds, `location` is where a redirect points. `text` is what a body
    says, without its tags, that holds neither data nor a refusal; None where it says nothing.
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
    text: str | None = field(repr=False)

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
        text=_clean(_words(body), asked.key, _LONGEST_TEXT)
        if code is message is dialect.data(payload) is None
        else None,
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


def refused(received: Received, doing: str, *, need: str | None, key_env: str) -> ApiError:
    """Return why the API did not do what it was asked; `doing` is a verb with its object, such as `list the rules`.

    `need` is what a key must have for it, such as "the scope `LIST_RULES`".
    """
    status = received.status
    if status == HTTPStatus.UNAUTHORIZED:
        advice = f"put a valid key into {key_env}; keys are made at {KEYS_PAGE}"
        return error(received, f"the API refused the key{said(received)}", help=advice)
    if status == HTTPStatus.FORBIDDEN and need:
        advice = f"give it {need} at {KEYS_PAGE}"
        return error(received, f"the key may not {doing}, which takes {need}{said(received)}", help=advice)
    return error(received, f"asked to {doing}, the API answered {status}{said(received)}", help=_advice(status))


def error(received: Received, sentence: str, *, help: str | None = None) -> ApiError:
    """Return an error about this answer, with the id to name to the API's support."""
    if received.request_id:
        sentence += f" (request `{received.request_id}`)"
    return ApiError(sentence, help=help, status=received.status, code=received.code, request_id=received.request_id)


def hidden(received: Received, need: str) -> str:
    """Return why a rule could not be read, as one sentence; `need` is what a key must have to read it."""
    if received.status == HTTPStatus.FORBIDDEN:
        return f"the key may not read it, which takes {need} for this rule{said(received)}"
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

    Refused is what has no one meaning within bounds: NaN, a field that stands twice, lists in lists without end. Halves
    of surrogate pairs, which no text may hold, become `?`; fields that hold the number of a bank account or a card are
    left out.
    """
    try:
        text = body.decode("utf-8-sig")
        value = parse(text, deepest=_DEEPEST, seen=_without_numbers)
        if "\\ud" in text.lower():
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except ValueError:
        return None, False
    return value, True


def _words(body: bytes) -> str:
    """Return what a page says, or any other body, as far as it matters."""
    return re.sub(r"<[^<>]*>", " ", body[:_LONGEST_PAGE].decode("utf-8", "replace"))


def _without_numbers(fields: dict[str, object]) -> dict[str, object]:
    numbers = [name for name in fields if _is_of_a_number(name)]
    return {name: value for name, value in fields.items() if name not in numbers} if numbers else fields


@lru_cache(maxsize=1024)
def _is_of_a_number(name: str) -> bool:
    return re.sub(r"[^a-z]", "", name.lower()).endswith(_NUMBERS)


def _clean(text: str | None, key: str, longest: int = _LONGEST_WORDS) -> str | None:
    """Return a server's text fit to be shown: on one line, visible, of bounded length and without the key.

    None stands for a text that shows nothing.
    """
    visible = "".join(character for character in fold(text or "") if character.isprintable())
    if not visible:
        return None
    shown = mask(visible, key)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
