"""The API as a place: a Reader looks, a Writer is a Reader that may also create, replace and delete.

Laws: a Reader sends nothing but GETs; a write is one attempt; what cannot be read is an error, never an absence.
"""

import dataclasses
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus

import httpx

from rulesync.accounts import ListedAccount
from rulesync.answer import Answer, Hidden, Look, Missing
from rulesync.cache import Bodies
from rulesync.errors import ApiError, NetworkError, StoppedError
from rulesync.remote import executions, memory, told
from rulesync.remote.exchange import ID, SENSELESS, exchange
from rulesync.remote.listing import Pages
from rulesync.remote.parallel import each
from rulesync.remote.received import Received, hidden, refused, said
from rulesync.remote.sending import Client
from rulesync.remote.transport import (
    TooLargeError,
    network_error,
)
from rulesync.ruleset import ActualRule, ListedRule, Refresh, UnreadableRule
from rulesync.runs import History
from rulesync.wire import Dialect

_SHORT_SECONDS = 5.0  # for what is good to know, and not worth a wait

UNSUPPORTED = "the API can't show this rule; manage it in the app"


class Reader:
    """What the API holds, by GETs alone; `progress` is told how many bodies of how many a refresh has read.

    `cache` has bodies that earlier runs read. Nothing but a refresh takes any from there; what any look shows takes the
    place of what is kept, and what the API does not show any more is let go.
    """

    def __init__(
        self,
        client: Client,
        dialect: Dialect,
        *,
        parallel: int = 8,
        progress: Callable[[int, int], None] | None = None,
        key_env: str = "SEQUENCE_API_KEY",
        cache: Bodies | None = None,
    ) -> None:
        self._cache = cache
        self._client = client
        self._dialect = dialect
        self._parallel = parallel
        self._progress = progress
        self._key_env = key_env
        self._server_time: datetime | None = None
        self._tells_replays = True

    @property
    def server_time(self) -> datetime | None:
        """The API's clock, in UTC, when it last answered; None while it never told."""
        return self._server_time

    def listing(self, doubts: Callable[[Sequence[ListedRule]], bool] = lambda _: False) -> tuple[ListedRule, ...]:
        """Return every rule that the API lists, each id once, without those that are deleted.

        `doubts` tells whether something would be decided by what is missing: the list is then made sure of, where its
        pages may shift.

        Raises:
            ApiError: the API refused, a row makes no sense, or the list does not hold still.
            NetworkError: no answer.
        """
        dialect = self._dialect

        def row(value: object) -> ListedRule | None:
            return None if dialect.is_deleted(value) else dialect.listed(value)

        doing = "list the rules"

        def page(query: Mapping[str, str]) -> Received:
            return self._page(dialect.rules_path, query, doing, dialect.list_rules_scope)

        return Pages(dialect, dialect.first_page, page, row, doing).whole(doubts)

    def marked(self, since: datetime | None) -> tuple[ListedRule, ...]:
        """Return the list, with the errors of `listing` and `look`, so that it shows which rules bear a marker.

        Rows that show none are completed by their bodies, since a list may cut descriptions or leave them out; those
        that did not move `since` a moment are left.

        Raises:
            ApiError: also where a body cannot be read whose row does not tell its description.
        """
        listed = told.believed(self.listing(), describes_all=self._dialect.describes_all)
        moved = told.moved(listed, since)
        looks = each(self._look, moved, workers=self._parallel)
        unknown = told.silent(listed)
        for name, look in zip(moved, looks, strict=True):
            if isinstance(look, Hidden) and name in unknown:
                message = f"the rule `{name}` is listed without a description, and cannot be read: {look.reason}"
                raise ApiError(message, help="it may be one that would be made again, so it has to be known first")
        return told.as_read(listed, dict(zip(moved, looks, strict=True)))

    def accounts(self) -> tuple[ListedAccount, ...]:
        """Return every account that the API lists, deleted ones too, with the errors of `listing`.

        None may be missing: that a name is of one account alone is decided by what is not in the list.
        """
        dialect, doing = self._dialect, "list the accounts"

        def page(query: Mapping[str, str]) -> Received:
            return self._page(dialect.accounts_path, query, doing, dialect.list_accounts_scope)

        return Pages(dialect, dialect.first_accounts, page, dialect.account, doing).whole(lambda _: True)

    def balances(self, account_ids: Sequence[str]) -> Mapping[str, int]:
        """Return what accounts hold, in cents, by id, as far as one short attempt each can tell; nothing is raised."""
        found = each(self._balance, account_ids, workers=self._parallel)
        return {name: cents for name, cents in zip(account_ids, found, strict=True) if cents is not None}

    def _balance(self, account_id: str) -> int | None:
        if not ID.fullmatch(account_id):
            return None
        path = f"{self._dialect.accounts_path}/{account_id}"
        request = self._client.build_request("GET", path, silence=_SHORT_SECONDS, extensions={"attempts": 1})
        try:
            received = exchange(self._client, request, self._dialect)
            return self._dialect.balance(self._dialect.data(received.payload)) if received.is_success else None
        except (NetworkError, TooLargeError, *SENSELESS):
            return None

    def executions(self, rule_ids: Sequence[str]) -> Mapping[str, History]:
        """Return the newest runs of rules, by id, as far as one short attempt each can tell; nothing is raised."""
        return executions.newest(self._client, self._dialect, rule_ids, workers=self._parallel)

    def look(self, rule_id: str, *, before_write: bool = False) -> Look:
        """Return the rule as it is now; `Missing` only where the API itself says that there is none.

        A look `before_write` waits for the write's turn too, so that the rate limit does not come between the two.

        Raises:
            ApiError: the API refused the key.
            NetworkError: no answer.
        """
        return self._look(rule_id, before_write=before_write)

    def _look(self, rule_id: str, *, before_write: bool = False, row: ListedRule | None = None) -> Look:
        if not ID.fullmatch(rule_id):
            return Hidden("its id cannot be part of an address")
        try:
            received = self._get(f"{self._dialect.rules_path}/{rule_id}", {}, before_write=before_write)
        except TooLargeError:
            return Hidden("the answer is larger than any sensible one")
        look = self._found(rule_id, received)
        if self._cache is None:
            return look
        if isinstance(look, ActualRule):
            return memory.keep(self._cache, self._dialect, look, received, row)
        self._cache.forget(rule_id)
        return look

    def _found(self, rule_id: str, received: Received) -> Look:
        if received.status == HTTPStatus.UNAUTHORIZED:
            raise refused(received, "read a rule", need=None, key_env=self._key_env)
        if received.status == HTTPStatus.NOT_FOUND and self._dialect.is_missing(received.code):
            return Missing()
        if received.code is not None and received.code == self._dialect.unsupported_code:
            return Hidden(f"{UNSUPPORTED}{said(received)}", unsupported=True)
        if not received.is_success or not received.is_json:
            reason = hidden(received, self._need(self._dialect.read_rules_scope))
            return Hidden(reason, forbidden=received.status == HTTPStatus.FORBIDDEN)
        return self._seen(rule_id, self._dialect.data(received.payload))

    def _seen(self, rule_id: str, body: object) -> Look:
        try:
            found = self._dialect.listed(body) if self._dialect.is_deleted(body) else self._dialect.actual(body)
            if found.id != rule_id:
                return Hidden("the API answered with another rule")
            return found if isinstance(found, ActualRule) else Missing(deleted=True)
        except SENSELESS:
            return Hidden("the API answered with something that is no rule")

    def refresh(
        self,
        wanted: Callable[[Sequence[ListedRule]], Collection[str]],
        *,
        doubts: Callable[[Sequence[ListedRule]], bool] = lambda _: False,
        in_a_hurry: bool = False,
        same: Collection[str] = (),
    ) -> Refresh:
        """Return the list, and the bodies of the ids that `wanted` picks from it or adds to it; `doubts` as `listing`.

        Rows that do not tell a description are read before anything is picked. Where a body bears another marker than
        its row, the body counts, and `wanted` is asked once more; not so `in_a_hurry`.
        A rule that the list shows and a GET does not find is unreadable; one that neither shows is in neither mapping.
        One that the list calls unsupported is unreadable, whether picked or not, and not asked for. `in_a_hurry` gives
        each body two short attempts, and calls unreadable whatever that does not bring. Bodies that are kept, and whose
        fingerprints are among the `same`, are understood when somebody asks.

        Raises:
            ApiError: the API refused the list or the key, or a row makes no sense.
            NetworkError: no answer.
        """
        first = told.believed(self.listing(doubts), describes_all=self._dialect.describes_all)
        unreadable = {row.id: UnreadableRule(row, UNSUPPORTED, unsupported=True) for row in first if not row.supported}
        by_id = {row.id: row for row in first}
        looks: dict[str, Look] = {}
        cached: dict[str, datetime] = {}
        cache = None if in_a_hurry else self._cache

        def read(name: str) -> Look:
            return self._hasty_look(name) if in_a_hurry else self._look(name, row=by_id.get(name))

        def bring(ids: Collection[str]) -> tuple[ListedRule, ...]:
            """Look at what was not looked at yet, and return the rows as they are known then."""
            new = frozenset(ids) - unreadable.keys() - looks.keys()
            rows = [row for row in first if row.id in new]
            known = memory.remembered(cache, self._dialect, rows, self._server_time, same)
            cached.update({name: answered for name, (_, answered) in known.items()})
            asked = [*(row.id for row in rows), *sorted(new - {row.id for row in rows})]
            ids = [name for name in asked if name not in known]
            found = dict(zip(ids, each(read, ids, workers=self._parallel, progress=self._progress), strict=True))
            looks.update({name: known[name][0] if name in known else found[name] for name in asked})
            return told.as_read(first, looks)

        listed = bring(told.silent(first))
        while True:
            chosen = frozenset(wanted(listed))
            now = bring(chosen)
            if in_a_hurry or told.markers(now) == told.markers(listed):
                break
            listed = bring(told.hidden(first, looks))
        if cache:
            cache.tidy([row.id for row in first])
        return self._refreshed(now, {name: looks[name] for name in looks if name in chosen}, unreadable, cached)

    def _refreshed(
        self,
        listed: tuple[ListedRule, ...],
        looks: Mapping[str, Look],
        unreadable: dict[str, UnreadableRule],
        cached: Mapping[str, datetime],
    ) -> Refresh:
        """Return what was looked at, sorted into what the API holds, what it hides, and what it deleted."""
        rows = {row.id: row for row in listed}
        bodies, deleted = {}, set()
        for name, look in looks.items():
            row = rows.get(name, ListedRule(name, None, None, None, None))
            match look:
                case ActualRule():
                    bodies[name] = look
                case Hidden(reason, unsupported, forbidden):
                    unreadable[name] = UnreadableRule(row, reason, unsupported, forbidden)
                case Missing(gone) if name in rows:
                    why = "it was deleted, and the API lists it still" if gone else self._not_found()
                    unreadable[name] = UnreadableRule(row, why, forbidden=not gone, deleted=gone)
                case Missing(gone) if gone:
                    deleted.add(name)
        answered = {name: at for name, at in cached.items() if name in bodies}
        return Refresh(listed, bodies, unreadable, answered, frozenset(deleted))

    def _hasty_look(self, rule_id: str) -> Look:
        """Return the rule as it is now, if it comes soon; nothing is raised, so that no rule keeps others waiting."""
        if not ID.fullmatch(rule_id):
            return Hidden("its id cannot be part of an address")
        path = f"{self._dialect.rules_path}/{rule_id}"
        request = self._client.build_request("GET", path, silence=_SHORT_SECONDS, extensions={"attempts": 2})
        try:
            return self._found(rule_id, exchange(self._client, request, self._dialect))
        except (ApiError, NetworkError, StoppedError, TooLargeError) as problem:
            return Hidden(str(problem) or "it did not come in time")

    def _not_found(self) -> str:
        need = self._need(self._dialect.read_rules_scope)
        return f"the API lists it, and does not find it; perhaps the key lacks {need} for it"

    def _need(self, scope: str) -> str:
        """Return what a key needs, in the dialect's words."""
        return f"the {self._dialect.scope_noun} `{scope}`"

    def _page(self, path: str, query: Mapping[str, str], doing: str, scope: str) -> Received:
        try:
            received = self._get(path, query)
        except TooLargeError:
            raise ApiError(f"asked to {doing}, the API sent more than any sensible answer") from None
        if not received.is_success or not received.is_json:
            raise refused(received, doing, need=self._need(scope), key_env=self._key_env)
        return received

    def _get(self, path: str, query: Mapping[str, str], *, before_write: bool = False) -> Received:
        try:
            request = self._client.build_request("GET", path, query=query, extensions={"before_write": before_write})
        except httpx.InvalidURL:
            raise ApiError("the API names a next page that no address can hold") from None
        received = exchange(self._client, request, self._dialect)
        self._server_time = received.date or self._server_time
        if received.remembered:  # nobody remembers a GET: this server gives its own ids to requests
            self._tells_replays = False
        return received


class Writer(Reader):
    """A Reader that may also write; each write is one attempt, under the idempotency key that it is given.

    Every complete answer comes back as an `Answer`, refusals included; it tells replays from fresh answers only where
    no GET before was answered under an id that is not its own. Without one, `NetworkError` is raised, and
    what became of the write is unknown unless its `reached` is False.
    """

    def create(self, body: Mapping[str, object], *, idempotency_key: str) -> Answer:
        """Ask for a new rule."""
        return self._write("POST", self._dialect.rules_path, body, idempotency_key)

    def replace(self, rule_id: str, body: Mapping[str, object], *, idempotency_key: str) -> Answer:
        """Ask for the rule to become exactly what the body says."""
        return _about(rule_id, self._write("PUT", self._path(rule_id), body, idempotency_key))

    def delete(self, rule_id: str, *, idempotency_key: str) -> Answer:
        """Ask for the rule to be deleted."""
        return _about(rule_id, self._write("DELETE", self._path(rule_id), None, idempotency_key))

    def _path(self, rule_id: str) -> str:
        if not ID.fullmatch(rule_id):
            raise ApiError(f"`{rule_id}` is no id of a rule")
        return f"{self._dialect.rules_path}/{rule_id}"

    def _write(self, method: str, path: str, body: Mapping[str, object] | None, idempotency_key: str) -> Answer:
        headers, content = {"Idempotency-Key": idempotency_key}, None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        request = self._client.build_request(method, path, headers=headers, content=content)
        try:
            received = exchange(self._client, request, self._dialect)
        except TooLargeError as large:
            raise network_error(large, request.url.netloc.decode()) from None
        answer = _answer(received, self._dialect)
        return answer if self._tells_replays or not answer.remembered else dataclasses.replace(answer, remembered=None)


def _about(rule_id: str, answer: Answer) -> Answer:
    """Return an answer without the rule that it holds, if that is another one than was asked for: it proves nothing."""
    return answer if answer.rule is None or answer.rule.id == rule_id else dataclasses.replace(answer, rule=None)


def _answer(received: Received, dialect: Dialect) -> Answer:
    """Return what a write was answered; a success whose body is no rule is still a success."""
    rule = None
    if received.is_success:
        try:
            rule = dialect.actual(dialect.data(received.payload))
        except SENSELESS:
            rule = None
    return Answer(
        status=received.status,
        rule=rule,
        remembered=received.remembered,
        code=received.code,
        message=received.message if rule or received.code else _instead(received),
        request_id=received.request_id,
        date=received.date,
        retry_after=received.retry_after,
        text=received.text,
    )


def _instead(received: Received) -> str | None:
    """Return what is to be said of an answer that is neither a rule nor a refusal; nothing of an empty success."""
    if received.message or (received.is_success and received.is_empty):
        return received.message
    return f"the API answered {received.status}{said(received)}"
