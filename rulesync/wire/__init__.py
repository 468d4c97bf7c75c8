"""The spelling of a rule on the wire: one module a dialect, with everything that differs and nothing else."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from rulesync.accounts import ListedAccount
from rulesync.rule import Rule
from rulesync.ruleset import ActualRule, Extra, ListedRule
from rulesync.runs import Run
from rulesync.wire import platform, v1
from rulesync.wire.decode import Decoded
from rulesync.wire.encode import Json


class Dialect(Protocol):
    """What the rest of the house asks of a dialect; the modules of this package are its values.

    Functions that read an answer raise `decode.UnknownShapeError` where it cannot be what was asked for.
    """

    @property
    def name(self) -> str:
        """Return the word for it in rulesync.yaml."""
        ...

    @property
    def base_url(self) -> str:
        """Return where the vendor serves it."""
        ...

    @property
    def rules_path(self) -> str:
        """Return the path of the list of rules."""
        ...

    @property
    def accounts_path(self) -> str:
        """Return the path of the list of accounts."""
        ...

    @property
    def first_page(self) -> Mapping[str, str]:
        """Return the query of the first page of the list of rules."""
        ...

    @property
    def first_accounts(self) -> Mapping[str, str]:
        """Return the query of the first page of the list of accounts, deleted ones among them."""
        ...

    @property
    def pages_shift(self) -> bool:
        """Return whether what is changed between two pages may move a row from one to the other."""
        ...

    @property
    def lists_all(self) -> bool:
        """Return whether the list of rules also has those that the key may not read."""
        ...

    @property
    def describes_all(self) -> bool:
        """Return whether a row of the list of rules tells it where a rule has no description."""
        ...

    @property
    def takes_writes(self) -> bool:
        """Return whether rules can be created, replaced and deleted at all."""
        ...

    @property
    def unsupported_code(self) -> str | None:
        """Return the code by which it says that it has no words for a rule."""
        ...

    @property
    def scope_noun(self) -> str:
        """Return what it calls a thing that a key may do."""
        ...

    @property
    def list_rules_scope(self) -> str:
        """Return the scope that a key needs to list rules."""
        ...

    @property
    def read_rules_scope(self) -> str:
        """Return the scope that a key needs to read a rule."""
        ...

    @property
    def list_accounts_scope(self) -> str:
        """Return the scope that a key needs to list accounts."""
        ...

    @property
    def read_executions_scope(self) -> str:
        """Return the scope that a key needs to read the runs of a rule."""
        ...

    def authorization(self, key: str) -> str:
        """Return the value of the Authorization header."""
        ...

    def encode(self, rule: Rule, extras: Iterable[Extra] = ()) -> Json:
        """Return the body that says this rule, extras put back."""
        ...

    def decode(self, body: object) -> Decoded:
        """Return the rule that a body says."""
        ...

    def actual(self, body: object) -> ActualRule:
        """Return the rule that an answer is about."""
        ...

    def listed(self, row: object) -> ListedRule:
        """Return a row of the list of rules."""
        ...

    def is_deleted(self, body: object) -> bool:
        """Return whether a row or body is of a deleted rule."""
        ...

    def is_missing(self, code: str | None) -> bool:
        """Return whether a 404 with this code says that there is no such rule."""
        ...

    def account(self, row: object) -> ListedAccount:
        """Return a row of the list of accounts."""
        ...

    def balance(self, body: object) -> int | None:
        """Return the cents that an account holds."""
        ...

    def executions(self, rule_id: str) -> tuple[str, Mapping[str, str]]:
        """Return path and query of the newest page of a rule's runs."""
        ...

    def execution(self, row: object) -> Run:
        """Return a row of the list of runs."""
        ...

    def rows(self, payload: object) -> list[object]:
        """Return the rows of an answer to a list call."""
        ...

    def run_rows(self, payload: object) -> list[object]:
        """Return the rows of an answer about runs, without those that moved no money."""
        ...

    def next_page(self, payload: object, query: Mapping[str, str]) -> Mapping[str, str] | None:
        """Return the query of the page after the one that `query` asked for, None on the last."""
        ...

    def data(self, payload: object) -> object:
        """Return what an answer is about."""
        ...

    def request_id(self, payload: object) -> str | None:
        """Return the id of the request that this answer was first given to."""
        ...

    def refusal(self, payload: object) -> tuple[str | None, str | None]:
        """Return the server's code and message."""
        ...


DIALECTS: Mapping[str, Dialect] = {"v1": v1, "platform": platform}
