"""The memory of the sandbox: one SQLite database, in a file that survives restarts or in memory.

Laws: one connection under one lock; whatever happens inside `transaction()` happens wholly or not at all. What was read
is remembered until it changes, by this process or another one: a page of a long list must not cost the whole of it.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from rulesync.sandbox.identifiers import identifier
from rulesync.sandbox.records import Account, Execution, Grant, Rule

_VERSION = 2
_SCHEMA = """
CREATE TABLE organisations (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE keys (number INTEGER PRIMARY KEY, secret TEXT NOT NULL UNIQUE, organisation INTEGER NOT NULL,
  scopes TEXT NOT NULL);
CREATE TABLE accounts (number INTEGER PRIMARY KEY, organisation INTEGER NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (organisation, id));
CREATE TABLE rules (number INTEGER PRIMARY KEY, organisation INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
  document TEXT NOT NULL, deleted_at TEXT);
CREATE TABLE executions (number INTEGER PRIMARY KEY, organisation INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
  rule_id TEXT NOT NULL, document TEXT NOT NULL);
CREATE TABLE answers (organisation INTEGER NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL, body BLOB NOT NULL, answered_at REAL NOT NULL, PRIMARY KEY (organisation, key));
CREATE TABLE journal (n INTEGER PRIMARY KEY, entry TEXT NOT NULL, status INTEGER, replayed INTEGER, error TEXT,
  committed INTEGER, fault TEXT);
"""
_TABLES = ("organisations", "keys", "accounts", "rules", "executions", "answers", "journal")
# What was noted under version 1 stays without a word on whether it was committed.
_SINCE_1 = "ALTER TABLE journal ADD COLUMN committed INTEGER; ALTER TABLE journal ADD COLUMN fault TEXT"
_LOCK_SECONDS = 10

_Value = TypeVar("_Value")


class StateError(Exception):
    """The state file cannot be used; the message says which and why."""


@dataclass(frozen=True)
class Snapshot:
    """The whole state at one moment, to be restored in the sandbox that it was taken from."""

    tables: Mapping[str, Sequence[tuple[object, ...]]] = field(repr=False)


class Store:
    """The open database; `close()` it. `state` None keeps everything in memory."""

    def __init__(self, state: Path | None) -> None:
        self._lock = threading.RLock()
        self._remembered: dict[tuple[str, int], Sequence[Any]] = {}
        self._version = 0
        try:
            self._connection = _open(state)
        except sqlite3.Error as error:
            raise StateError(f"the state file `{state}` cannot be used: {error}") from error

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes of the block together, or none when it raises; nobody else reads or writes meanwhile."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.rollback()
                self._remembered.clear()
                raise

    def snapshot(self) -> Snapshot:
        """Everything as it is now."""
        # Row by row, since SQLite cannot open a copy of a database with a write-ahead log in memory.
        with self.transaction():
            return Snapshot({table: self.rows(f"SELECT * FROM {table}") for table in _TABLES})  # noqa: S608  # our own names

    def restore(self, snapshot: Snapshot) -> None:
        """Everything as it was then."""
        with self.transaction():
            self._remembered.clear()
            for table, rows in snapshot.tables.items():
                self.rows(f"DELETE FROM {table}")  # noqa: S608  # our own names
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # as above

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """All rows that one statement gives."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def _write(self, statement: str, *values: object) -> None:
        """Change rules or accounts."""
        with self._lock:
            self._remembered.clear()
            self._connection.execute(statement, values)

    def _remember(self, what: str, organisation: int, read: Callable[[], Sequence[_Value]]) -> Sequence[_Value]:
        """What `read` gives, or gave when nobody had changed anything since."""
        with self._lock:
            version = _int(self._connection.execute("PRAGMA data_version").fetchone()[0])  # of other connections
            if version != self._version:
                self._remembered.clear()
                self._version = version
            if (what, organisation) not in self._remembered:
                self._remembered[what, organisation] = read()
            return self._remembered[what, organisation]

    # Organisations and keys

    def organisation(self, name: str) -> int | None:
        """The number of the organisation with this name."""
        return _first_int(self.rows("SELECT number FROM organisations WHERE name = ?", name))

    def organisations(self) -> dict[int, str]:
        """Every organisation's number and name, oldest first."""
        return {_int(number): str(name) for number, name in self.rows("SELECT * FROM organisations ORDER BY number")}

    def add_organisation(self, name: str) -> int:
        """A new, empty organisation."""
        return _int(self.rows("INSERT INTO organisations (name) VALUES (?) RETURNING number", name)[0][0])

    def add_key(self, grant: Grant) -> None:
        """Remember a key and what it may do."""
        scopes = json.dumps(dict(grant.scopes))
        self.rows(
            "INSERT INTO keys (secret, organisation, scopes) VALUES (?, ?, ?)", grant.secret, grant.organisation, scopes
        )

    def grant(self, secret: str) -> Grant | None:
        """What the key may do; None for a key that nobody was given."""
        found = self.rows("SELECT organisation, scopes FROM keys WHERE secret = ?", secret)
        return Grant(secret, _int(found[0][0]), _document(found[0][1])) if found else None

    def first_key(self, organisation: int) -> str:
        """The key that the organisation was made with."""
        return str(
            self.rows("SELECT secret FROM keys WHERE organisation = ? ORDER BY number LIMIT 1", organisation)[0][0]
        )

    # Accounts

    def accounts(self, organisation: int, *, even_deleted: bool = False) -> dict[str, Account]:
        """The organisation's accounts that are not deleted (unless told) by id, in order of creation."""
        accounts = self._remember("accounts", organisation, lambda: self._read_accounts(organisation))
        return {account.id: account for account in accounts if even_deleted or account.deleted_at is None}

    def _read_accounts(self, organisation: int) -> list[Account]:
        found = self.rows("SELECT document FROM accounts WHERE organisation = ? ORDER BY number", organisation)
        return [Account(**_document(document)) for (document,) in found]

    def add_account(self, organisation: int, account: Account) -> None:
        """Remember a new account."""
        document = json.dumps(asdict(account))
        statement = "INSERT INTO accounts (organisation, id, document) VALUES (?, ?, ?)"
        self._write(statement, organisation, account.id, document)

    def save_account(self, organisation: int, account: Account) -> None:
        """Put the account in the place of the one with its id."""
        document = json.dumps(asdict(account))
        statement = "UPDATE accounts SET document = ? WHERE organisation = ? AND id = ?"
        self._write(statement, document, organisation, account.id)

    # Rules

    def rules(self, organisation: int, *, even_deleted: bool = False) -> list[Rule]:
        """The organisation's rules that are not deleted (unless told), in order of creation."""
        rules = self._remember("rules", organisation, lambda: self._read_rules(organisation))
        return [rule for rule in rules if even_deleted or rule.deleted_at is None]

    def _read_rules(self, organisation: int) -> list[Rule]:
        statement = "SELECT document, number, deleted_at FROM rules WHERE organisation = ? ORDER BY number"
        return [_rule(row) for row in self.rows(statement, organisation)]

    def rule(self, organisation: int, rule_id: str, *, even_deleted: bool = False) -> Rule | None:
        """One rule; None when there is none, or it is deleted (unless told), or it is another organisation's."""
        statement = (
            "SELECT document, number, deleted_at FROM rules "
            "WHERE organisation = ? AND id = ? AND (? OR deleted_at IS NULL)"
        )
        found = self.rows(statement, organisation, rule_id, even_deleted)
        return _rule(found[0]) if found else None

    def owner(self, rule_id: str) -> int | None:
        """The organisation of a rule that is not deleted."""
        return _first_int(self.rows("SELECT organisation FROM rules WHERE id = ? AND deleted_at IS NULL", rule_id))

    def is_taken(self, table: str, organisation: int, name: str) -> bool:
        """Whether a rule (of anyone, deleted or not) or an account (of the organisation) bears this id."""
        if table == "rules":
            return bool(self.rows("SELECT 1 FROM rules WHERE id = ?", name))
        return bool(self.rows("SELECT 1 FROM accounts WHERE organisation = ? AND id = ?", organisation, name))

    def add_rule(self, organisation: int, rule: Rule) -> None:
        """Remember a new rule."""
        document = json.dumps(asdict(rule))
        self._write("INSERT INTO rules (organisation, id, document) VALUES (?, ?, ?)", organisation, rule.id, document)

    def save_rule(self, rule: Rule) -> None:
        """Put the rule in the place of the one with its id."""
        self._write("UPDATE rules SET document = ? WHERE id = ?", json.dumps(asdict(rule)), rule.id)

    def delete_rule(self, rule_id: str, at: str) -> None:
        """Hide the rule for good; it stays in the database, as the vendor says of deleted rules."""
        self._write("UPDATE rules SET deleted_at = ? WHERE id = ?", at, rule_id)

    # Executions

    def executions(self, organisation: int, rule_id: str) -> list[Execution]:
        """The runs of a rule, deleted or not, newest first."""
        found = self.rows(
            "SELECT document, number FROM executions WHERE organisation = ? AND rule_id = ?", organisation, rule_id
        )
        executions = [_execution(row) for row in found]
        return sorted(executions, key=lambda execution: (execution.created_at, execution.number), reverse=True)

    def execution(self, organisation: int, execution_id: str) -> Execution | None:
        """One run; None when the organisation has none with this id."""
        found = self.rows(
            "SELECT document, number FROM executions WHERE organisation = ? AND id = ?", organisation, execution_id
        )
        return _execution(found[0]) if found else None

    def add_execution(self, organisation: int, execution: Execution) -> None:
        """Remember a run of a rule."""
        self.rows(
            "INSERT INTO executions (organisation, id, rule_id, document) VALUES (?, ?, ?, ?)",
            organisation,
            execution.id,
            execution.rule_id,
            json.dumps(asdict(execution)),
        )

    def save_execution(self, execution: Execution) -> None:
        """Put the run in the place of the one with its id."""
        self.rows("UPDATE executions SET document = ? WHERE id = ?", json.dumps(asdict(execution)), execution.id)

    def new_id(self, prefix: str, table: str, at: datetime) -> str:
        """A fresh id, derived from how many there were: equal states under equal clocks give equal ids."""
        queries = {
            "accounts": "SELECT COALESCE(MAX(number), 0) FROM accounts",
            "rules": "SELECT COALESCE(MAX(number), 0) FROM rules",
            "executions": "SELECT COALESCE(MAX(number), 0) FROM executions",
        }
        return identifier(prefix, at, f"{table} {self.rows(queries[table])[0][0]}".encode())


def _open(state: Path | None) -> sqlite3.Connection:
    if state is not None:
        with suppress(OSError):  # what is wrong with it, SQLite says
            state.touch(mode=0o600)  # it holds the sandbox's keys, so a new one is for its owner alone
    connection = sqlite3.connect(
        state or ":memory:", timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    # A write-ahead log that is not flushed at each commit outlives a killed process, which is all we promise.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if not 0 <= version <= _VERSION:
        raise sqlite3.DatabaseError(f"it has version {version}, this sandbox reads versions up to {_VERSION}")
    if version < _VERSION:
        for statement in (_SINCE_1 if version else _SCHEMA).split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _document(text: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(str(text))
    return document


def _rule(row: tuple[object, ...]) -> Rule:
    deleted_at = None if row[2] is None else str(row[2])
    return Rule(**{**_document(row[0]), "number": _int(row[1]), "deleted_at": deleted_at})


def _execution(row: tuple[object, ...]) -> Execution:
    return Execution(**{**_document(row[0]), "number": _int(row[1])})


def _int(value: object) -> int:
    return int(str(value))


def _first_int(rows: list[tuple[object, ...]]) -> int | None:
    return _int(rows[0][0]) if rows else None
