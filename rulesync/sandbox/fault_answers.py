"""The answers that faults put in the place of ours: errors in several dresses, and answers that never wholly come."""

import dataclasses
from datetime import datetime, timedelta
from http import HTTPStatus

from rulesync.sandbox.exchange import HTML, TEXT, Ending, Refusal, Response
from rulesync.sandbox.fault import Fault, Refuse
from rulesync.sandbox.identifiers import http_date

_CODES = {
    400: "invalid_parameters",
    401: "unauthorized",
    403: "forbidden",
    404: "resource_not_found",
    409: "request_in_progress",
    429: "rate_limit_exceeded",
}


def refused_connection(_fault: Fault, _refuse: Refuse, _now: datetime) -> Response:
    """A connection that is reset."""
    return Response(0, ending=Ending.REFUSED)


def closed_before(_fault: Fault, _refuse: Refuse, _now: datetime) -> Response:
    """A connection that ends without an answer."""
    return Response(0, ending=Ending.CLOSED)


def rate_limited(fault: Fault, refuse: Refuse, now: datetime) -> Response:
    """Try again later: with `Retry-After` in seconds, as a date, or without."""
    later = {
        "seconds": {"Retry-After": str(fault.integer("seconds"))},
        "date": {"Retry-After": http_date(now + timedelta(seconds=fault.seconds()))},
        "none": {},
    }
    answer = error(fault.integer("status"), refuse)
    return dataclasses.replace(answer, headers=later[fault.text("retry_after")])


def error_before(fault: Fault, refuse: Refuse, _now: datetime) -> Response:
    """An error of any status in the dress that the fault says."""
    return _dressed(fault, refuse)


def in_flight(_fault: Fault, refuse: Refuse, _now: datetime) -> Response:
    """409: the first request under the key is said to run still."""
    return error(409, refuse)


def unreadable(fault: Fault, refuse: Refuse, _now: datetime) -> Response:
    """A rule's body that is not shown."""
    return error(fault.integer("status"), refuse)


def closed_after(_fault: Fault, answer: Response, _refuse: Refuse) -> Response:
    """The answer that nobody hears."""
    return dataclasses.replace(answer, ending=Ending.CLOSED)


def given_up(_fault: Fault, answer: Response, _refuse: Refuse) -> Response:
    """The answer that came when nobody waited any longer."""
    return dataclasses.replace(answer, ending=Ending.GIVEN_UP)


def cut(_fault: Fault, answer: Response, _refuse: Refuse) -> Response:
    """The answer of which half is sent; one without a body is not sent at all."""
    return dataclasses.replace(answer, ending=Ending.CUT if answer.body else Ending.CLOSED)


def error_after(fault: Fault, answer: Response, refuse: Refuse) -> Response:
    """An error in the place of the answer."""
    return dataclasses.replace(_dressed(fault, refuse), replayed=answer.replayed)


def error(status: int, refuse: Refuse) -> Response:
    """An error as the API spells it, with a code that goes with its status."""
    said = HTTPStatus(status).phrase
    return refuse(Refusal(status, _CODES.get(status, "unexpected_error"), f"{said} (on purpose)"))


def _dressed(fault: Fault, refuse: Refuse) -> Response:
    status = fault.integer("status")
    if fault.text("form") == "json":
        return error(status, refuse)
    if fault.text("form") == "empty":
        return Response(status, content_type=TEXT)
    said = f"{status} {HTTPStatus(status).phrase}"
    page = f"<html><head><title>{said}</title></head><body><center><h1>{said}</h1></center></body></html>"
    return Response(status, page.encode(), HTML)
