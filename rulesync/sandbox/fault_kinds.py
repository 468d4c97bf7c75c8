"""The kinds of faults: the one table of what can be made to happen, to whom, and how; and a fault read by it."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from rulesync.sandbox import fault_answers as answers
from rulesync.sandbox import fault_writes, shape
from rulesync.sandbox.fault import Fault, Kind, Option, Reach

_COMMON = ("kind", "method", "path", "nth", "times", "chance", "seed")
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED)


def _seconds(place: str, value: object) -> None:
    if shape.number(place, value) < 0:
        shape.refuse(place, f"must not be below zero, not {shape.shown(value)}")


def _count(place: str, value: object) -> None:
    shape.integer(place, value, 0)


def _by(place: str, value: object) -> None:
    if shape.integer(place, value, -100, 100) == 0:
        shape.refuse(place, "must not be 0")


def _status(least: int, most: int) -> Option:
    known = [status.value for status in HTTPStatus if status not in _WITHOUT_BODY]

    def check(place: str, value: object) -> None:
        if shape.integer(place, value, least, most) not in known:
            shape.refuse(place, f"{shape.shown(value)} is no HTTP status with a body")

    return Option(least, check)


def _choice(*options: str) -> Option:
    return Option(options[0], partial(shape.choice, options=options))


_WRITE = Reach(("POST", "PUT", "DELETE"), "/rules*")
_PUT_IN = Reach(("POST", "PUT"), "/rules*")
_LIST = Reach(("GET",), "/rules")
_PAGE = Reach(("GET",), "/rules", is_later_page=True)
_GET = Reach(("GET",), "/rules/*", but_not="/rules/*/*")
_TERM = {"requests": Option(None, _count), "seconds": Option(None, _seconds)}
_WAIT = {"seconds": Option(1, _seconds)}
_FORM = _choice("html", "json", "empty")
_BAD = Option(500, _status(200, 599).check)

KINDS: Mapping[str, Kind] = {
    # The wire
    "connection-refused": Kind(
        "the connection is reset without a word as soon as it is known which request it is, and nothing is processed",
        early=answers.refused_connection,
    ),
    "closed-before-processing": Kind(
        "the connection ends without an answer, and nothing is processed", early=answers.closed_before
    ),
    "closed-after-commit": Kind(
        "the request is processed, a write committed, and the connection ends without an answer",
        late=answers.closed_after,
    ),
    "answer-cut": Kind(
        "the request is processed, and the connection ends after half of the announced body", late=answers.cut
    ),
    "answer-delayed": Kind(
        "the request is processed at once, and its answer comes `seconds` later", options=_WAIT, is_wait=True
    ),
    "processing-delayed": Kind(
        "the request is processed `seconds` later, even if its caller has given up by then",
        options=_WAIT,
        is_wait=True,
    ),
    "processing-slow": Kind(
        "processing takes `seconds`, during which the same idempotency key is answered 409",
        options=_WAIT,
        is_wait=True,
    ),
    "arrives-later": Kind(
        "the caller gives up at once, and the request is processed before the next API request once `requests` others "
        "(1 unless given) have overtaken it or the clock has moved by `seconds`",
        options=_TERM,
        late=answers.given_up,
    ),
    # Answers
    "rate-limited": Kind(
        "429 or another `status`, nothing is processed; `retry_after` says `seconds` as seconds or as date, or is none",
        options={
            "status": Option(429, _status(400, 599).check),
            "retry_after": _choice("seconds", "date", "none"),
            "seconds": Option(1, _count),
        },
        early=answers.rate_limited,
    ),
    "error-before-processing": Kind(
        "an answer of any `status` (500 unless given) in the `form` html, json or empty, and nothing is processed",
        options={"status": _BAD, "form": _FORM},
        early=answers.error_before,
    ),
    "error-after-commit": Kind(
        "the request is processed, a write committed, and answered with any `status` (500) in the `form` html, json "
        "or empty",
        options={"status": _BAD, "form": _FORM},
        late=answers.error_after,
    ),
    "in-flight": Kind(
        "409 as if the first request under the key still ran, and nothing is processed",
        reach=_WRITE,
        early=answers.in_flight,
    ),
    "rule-unreadable": Kind(
        "a rule that the list shows is answered with `status` (403 unless given, 4xx or 5xx) when it is read by id",
        reach=_GET,
        options={"status": Option(403, _status(400, 599).check)},
        early=answers.unreadable,
    ),
    # What is kept under an idempotency key
    "refusal-kept": Kind(
        "the write is refused with `status` (400 unless given, 4xx), and that is kept as the key's first answer",
        reach=_WRITE,
        options={"status": _status(400, 499)},
    ),
    "error-kept": Kind(
        "the write is answered with `status` (500 unless given, 5xx), with or without `effect`, and that is kept as "
        "the key's first answer",
        reach=_WRITE,
        options={"status": _status(500, 599), "effect": Option(default=False, check=shape.flag)},
    ),
    # What is stored
    "stored-altered": Kind(
        "the rule is stored otherwise than asked: `how` is last-line-dropped, lines-flattened, nickname-filled or "
        "number-changed; the `answer` shows what is stored or what was asked",
        reach=_PUT_IN,
        options={"how": _choice(*fault_writes.ALTERATIONS), "answer": _choice("stored", "asked")},
    ),
    "enabled-at-once": Kind("the rule is enabled in the second of its write, after its answer was made", reach=_PUT_IN),
    # What is seen
    "list-lags": Kind(
        "the next lists, `requests` of them (1 unless given) or those of `seconds`, show the rule as before this write",
        reach=_WRITE,
        options=_TERM,
    ),
    "get-lags": Kind(
        "the next reads by id, `requests` of them (1 unless given) or those of `seconds`, show the rule as before this "
        "write: 404 after a create, 200 after a delete",
        reach=_WRITE,
        options=_TERM,
    ),
    "list-loses-rule": Kind(
        "a list lacks the `rule` with this id, or the newest one",
        reach=_LIST,
        options={"rule": Option(None, shape.text)},
    ),
    "list-shifts": Kind(
        "a page after the first begins `by` rows too late (1 unless given), or too early below zero",
        reach=_PAGE,
        options={"by": Option(1, _by)},
    ),
    "deleted-rule-answers": Kind("a deleted rule is answered 200 when it is read by id", reach=_GET),
}


def fault(number: int, document: Mapping[str, object]) -> Fault:
    """The fault that the document describes with the parameters of `Faults.add`; refuses (400) what is none."""
    name = shape.choice("kind", document.get("kind"), KINDS)
    kind = KINDS[name]
    method, path, chance, nth = (document.get(each) for each in ("method", "path", "chance", "nth"))
    times, seed = document.get("times", 1), document.get("seed", 0)
    return Fault(
        id=number,
        kind=name,
        method=None if method is None else _method(name, kind, shape.text("method", method).upper()),
        path=None if path is None else shape.text("path", path),
        nth=None if nth is None else shape.integer("nth", nth, 1),
        times=None if times is None else shape.integer("times", times, 1),
        chance=None if chance is None else _share(chance),
        seed=shape.integer("seed", seed, 0),
        options=_options(name, kind, {each: value for each, value in document.items() if each not in _COMMON}),
    )


def _method(name: str, kind: Kind, method: str) -> str:
    if kind.reach.methods and method not in kind.reach.methods:
        shape.refuse("method", f"`{name}` happens to {', '.join(kind.reach.methods)} only")
    return method


def _share(value: object) -> float:
    if not 0 <= shape.number("chance", value) <= 1:
        shape.refuse("chance", f"must be from 0 to 1, not {shape.shown(value)}")
    return shape.number("chance", value)


def _options(name: str, kind: Kind, given: Mapping[str, object]) -> dict[str, object]:
    for each, value in given.items():
        if each not in kind.options:
            there = ", ".join(kind.options) or "none"
            shape.refuse(each, f"is no option of `{name}`; there are {there}")
        if value is not None or kind.options[each].default is not None:
            kind.options[each].check(each, value)
    if given.get("requests") is not None and given.get("seconds") is not None:
        shape.refuse("seconds", "cannot be given beside requests")
    return {each: given.get(each, option.default) for each, option in kind.options.items()}
