"""One sandbox: the state, the WSGI application over it, and the hands of the people who use the app."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rulesync.sandbox import household as believable
from rulesync.sandbox import journal, keys, v1
from rulesync.sandbox.api import Api
from rulesync.sandbox.app import App
from rulesync.sandbox.app_calls import People
from rulesync.sandbox.application import Application
from rulesync.sandbox.faults import Faults
from rulesync.sandbox.inspection import Inspection
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.store import Snapshot, Store

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

_FIRST = "Household"


def utc_now() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


class Sandbox:
    """The Sequence API and app on one state, held open until `close()` or the end of a `with`.

    `state` is a file that survives restarts; None is memory. `clock` gives instants with an offset; everything the
    sandbox dates comes from it. `requests_per_minute` None is no limit. A `household` moves in only where the state is
    empty. Raises StateError for a file that is no state. Rules and accounts go in and out as v1 spells them; calls on a
    rule that does not exist raise Refusal (404).

    `faults` are failures to happen on purpose, `quirks` how the server may differ; both live in this object, never in
    the state. `sleep` is how a fault lets seconds pass.
    """

    def __init__(
        self,
        state: Path | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
        requests_per_minute: int | None = 100,
        household: bool = True,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = Store(state)
        self._clock = clock
        self.faults = Faults()
        self.quirks = Quirks()
        self._people = People(self._store, clock, self.quirks)
        self._api = Api(self._store, clock, requests_per_minute, self.faults, self.quirks, sleep)
        self.key = self.add_organisation(_FIRST, household=household)
        first = self._organisation(_FIRST)
        inspection = Inspection(self._store, first, self.faults, self.quirks)
        self.wsgi: WSGIApplication = Application(self._api, App(self._store, self._people, inspection, first), clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the state; a file keeps everything."""
        self._store.close()

    @property
    def rules_page_size(self) -> int | None:
        """How many rules a page of the list has; None, as the reference has it, is one page without `page_info`."""
        return self.quirks.rules_page_size

    @rules_page_size.setter
    def rules_page_size(self, size: int | None) -> None:
        self.quirks.rules_page_size = size

    # Sweeps

    def snapshot(self) -> Snapshot:
        """The whole state as it is now: rules, accounts, keys, runs, kept answers and the log."""
        return self._store.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Take the state back to a snapshot of this sandbox.

        Faults and quirks stay set, and a rate limit stays as used up as it is; views no longer lag behind, and requests
        that were to arrive later never do.
        """
        self._store.restore(snapshot)
        self.faults.settle()

    # Organisations and keys

    def add_organisation(self, name: str, *, household: bool = False) -> str:
        """The first key, with every scope, of the organisation with this name, which is made if there is none."""
        with self._store.transaction():
            found = self._store.organisation(name)
            if found is not None:
                return self._store.first_key(found)
            number = self._store.add_organisation(name)
            if household:
                believable.seed(self._store, number, self._clock())
            return keys.new_key(self._store, number, keys.EVERY_SCOPE)

    def add_key(self, scopes: Mapping[str, object], organisation: str | None = None) -> str:
        """A key with these scopes, each `"*"` or a list of ids; raises ValueError for a scope that does not exist."""
        return keys.new_key(self._store, self._organisation(organisation), scopes)

    # What people do in the app

    def activate(self, rule_id: str) -> dict[str, object]:
        """The rule, enabled."""
        return v1.rule(self._people.activate(rule_id))

    def pause(self, rule_id: str) -> dict[str, object]:
        """The rule, disabled."""
        return v1.rule(self._people.pause(rule_id))

    def edit(self, rule_id: str, **fields: object) -> dict[str, object]:
        """The rule with nickname, description, trigger or steps replaced, its status as it was."""
        return v1.rule(self._people.edit(rule_id, fields))

    def delete(self, rule_id: str) -> None:
        """Delete the rule."""
        self._people.delete(rule_id)

    def create_in_app(self, rule: Mapping[str, object], organisation: str | None = None) -> str:
        """The id of a new rule made of anything, kinds and fields that the API does not document included."""
        return self._people.create(self._organisation(organisation), rule).id

    def open_account(self, account: Mapping[str, object], organisation: str | None = None) -> str:
        """The id of a new account: `name`, `type`, and what differs from what its type has; the balance in cents."""
        return self._people.open_account(self._organisation(organisation), account).id

    def delete_account(self, account_id: str, organisation: str | None = None) -> None:
        """Delete the account; rules that name it stay as they are."""
        self._people.delete_account(self._organisation(organisation), account_id)

    # What rules do

    def run(self, rule_id: str, **told: object) -> str:
        """The id of a run, which moves no money: `status` (executed), `trigger_type` (manual), `created_at` (now)."""
        return self._people.run(rule_id, told).id

    def end_run(self, execution_id: str, status: str = "executed") -> None:
        """Let a run that is in progress end."""
        self._people.end_run(execution_id, {"status": status})

    # What is there

    def rules(self, organisation: str | None = None) -> list[dict[str, object]]:
        """The whole bodies of all rules that are not deleted, as `GET /rules/{id}` gives them, oldest first."""
        return [v1.rule(rule) for rule in self._store.rules(self._organisation(organisation))]

    def accounts(self, organisation: str | None = None) -> list[dict[str, object]]:
        """All accounts with their balances, as `GET /accounts/{id}` gives them, oldest first."""
        return [v1.account(account) for account in self._store.accounts(self._organisation(organisation)).values()]

    def log(self) -> list[dict[str, object]]:
        """All API requests in the order of arrival, as `GET /sandbox/log` gives them."""
        return journal.entries(self._store)

    def clear_log(self) -> None:
        """Forget all requests."""
        journal.clear(self._store)

    def _organisation(self, name: str | None) -> int:
        number = self._store.organisation(name or _FIRST)
        if number is None:
            raise ValueError(f"there is no organisation `{name}`")
        return number
