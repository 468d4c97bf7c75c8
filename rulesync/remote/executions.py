"""What rules did lately, as far as the newest page of each can tell: good to know, and never worth a failure.

Laws: at most one request for each rule, sent once and bounded in time and size, whatever the server does; nothing is
raised; what could not be read is said, and is no absence of runs.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from rulesync.errors import NetworkError, StoppedError
from rulesync.remote.exchange import ID, SENSELESS, exchange
from rulesync.remote.parallel import each
from rulesync.remote.received import Received
from rulesync.remote.sending import Client
from rulesync.remote.transport import TooLargeError
from rulesync.runs import History, Run
from rulesync.wire import Dialect

_SILENCE = 5.0  # seconds
_LONGEST = 10.0  # seconds for all of an answer
_LARGEST = 1024 * 1024  # bytes; a hundred runs take a twentieth of it


class _Enough(Exception):  # noqa: N818 - no error: the rest is left
    """The API is silent, or asked to be left alone: what it did not tell of one rule it is not asked of the next."""


def newest(client: Client, dialect: Dialect, rule_ids: Sequence[str], *, workers: int) -> Mapping[str, History]:
    """Return the newest runs of rules, by id; where the API does not answer, or says 429, the rest is not asked for."""
    enough: list[str] = []

    def one(rule_id: str) -> History:
        if enough:
            return History(unknown=enough[0])
        try:
            return _history(client, dialect, rule_id)
        except _Enough as reason:
            enough.append(str(reason))
            return History(unknown=str(reason))

    return dict(zip(rule_ids, each(one, rule_ids, workers=workers), strict=True))


def _history(client: Client, dialect: Dialect, rule_id: str) -> History:
    """Return the newest page of a rule's runs.

    It is asked for without a `from`: the last run counts however long ago it was, and the newest page is one page
    either way.
    """
    if not ID.fullmatch(rule_id):
        return History(unknown="its id cannot be part of an address")
    path, query = dialect.executions(rule_id)
    bounds = {"attempts": 1, "longest": _LONGEST, "largest": _LARGEST}
    request = client.build_request("GET", path, query=query, silence=_SILENCE, extensions=bounds)
    try:
        return _told(exchange(client, request, dialect), rule_id, query, dialect)
    except TooLargeError:
        return History(unknown="the API sent more than any sensible answer")
    except SENSELESS:
        return History(unknown="the API sent what makes no sense")
    except StoppedError as problem:
        raise _Enough(str(problem.stop)) from None
    except NetworkError:
        raise _Enough("no answer came in time") from None


def _told(received: Received, rule_id: str, query: Mapping[str, str], dialect: Dialect) -> History:
    """Return what an answer tells; runs of other rules, and rows that are none, are left out and not forgotten."""
    if received.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _Enough(f"the API answered 429{_words(received, rule_id)}")
    if received.status == HTTPStatus.FORBIDDEN:
        if received.code is not None and received.code == dialect.unsupported_code:
            return History(unknown="the API can't show this rule")
        return History(unknown=f"the key lacks the {dialect.scope_noun} `{dialect.read_executions_scope}`")
    if not received.is_success:
        return History(unknown=f"the API answered {received.status}{_words(received, rule_id)}")
    rows = dialect.run_rows(received.payload)
    runs = tuple(run for run in (_run(row, dialect) for row in rows) if run and run.rule_id in {rule_id, None})
    if rows and not runs:
        return History(unknown="the API sent nothing about this rule")
    return History(runs, more=len(runs) < len(rows) or _has_more(received.payload, query, dialect))


def _words(received: Received, rule_id: str) -> str:
    """Return what the API said, if anything; not its words that name the rule, so that all rules have one reason."""
    told = (each for each in (received.code, received.message) if each and rule_id not in each)
    return "".join(f": {each}" for each in told)


def _run(row: object, dialect: Dialect) -> Run | None:
    try:
        return dialect.execution(row)
    except SENSELESS:
        return None


def _has_more(payload: object, query: Mapping[str, str], dialect: Dialect) -> bool:
    try:
        return dialect.next_page(payload, query) is not None
    except SENSELESS:
        return True
