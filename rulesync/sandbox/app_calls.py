"""What people do in the app: make, edit, activate, pause and delete rules, and open accounts; no dialect, no key.

Law: the app may hold what no dialect documents, so nothing inside a trigger or a step is checked here. The reference
does not say whether `updated_at` moves when a person enables or pauses a rule; in the sandbox it does unless the quirk
`app_leaves_updated_at` says otherwise.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rulesync.sandbox import shape
from rulesync.sandbox.exchange import Refusal
from rulesync.sandbox.fault_writes import flat
from rulesync.sandbox.identifiers import stamp
from rulesync.sandbox.quirks import Quirks
from rulesync.sandbox.records import EXECUTION_STATUSES, EXECUTION_TRIGGERS, Account, Execution, Rule
from rulesync.sandbox.store import Store
from rulesync.sandbox.validation import ACCOUNT_TYPES, EXTERNAL_TYPES

_EDITABLE = ("nickname", "description", "trigger", "steps")
_RUN_OPTIONAL = ("status", "trigger_type", "created_at")
_SERVER_FIELDS = ("created_at", "updated_at")
_ACCOUNT_OPTIONAL = (
    "id",
    "external_account_type",
    "can_be_source",
    "can_be_destination",
    "beneficiary_name",
    "institution_name",
    "description",
    "balance_in_cents",
)


class People:
    """Someone at the app; every call answers with the rule or account as it is then, or refuses (404, 400)."""

    def __init__(self, store: Store, clock: Callable[[], datetime], quirks: Quirks) -> None:
        self._store = store
        self._clock = clock
        self._quirks = quirks

    def rule(self, rule_id: str) -> tuple[int, Rule]:
        """The rule and the organisation that owns it."""
        organisation = self._store.owner(rule_id)
        rule = None if organisation is None else self._store.rule(organisation, rule_id)
        if organisation is None or rule is None:
            raise Refusal(404, "resource_not_found", f"rule {shape.shown(rule_id)} does not exist")
        return organisation, rule

    def activate(self, rule_id: str) -> Rule:
        """Enable the rule: the one thing that only a person may do. An enabled one stays as it is."""
        return self._switch(rule_id, "enabled")

    def pause(self, rule_id: str) -> Rule:
        """Disable the rule; a disabled one stays as it is."""
        return self._switch(rule_id, "disabled")

    def _switch(self, rule_id: str, status: str) -> Rule:
        with self._store.transaction():
            _, rule = self.rule(rule_id)
            if rule.status == status:
                return rule
            switched = dataclasses.replace(rule, status=status)
            if not self._quirks.app_leaves_updated_at:
                return self._save(switched)
            self._store.save_rule(switched)
            return switched

    def edit(self, rule_id: str, changes: Mapping[str, object]) -> Rule:
        """The rule with nickname, description (null clears them), trigger or steps replaced; its status stays.

        As in the app, saving the form turns the line ends of the description into single spaces.
        """
        given = _editable(changes)
        with self._store.transaction():
            _, rule = self.rule(rule_id)
            edited = dataclasses.replace(rule, **given)
            return self._save(dataclasses.replace(edited, description=flat(edited.description)))

    def run(self, rule_id: str, told: Mapping[str, object]) -> Execution:
        """A run of the rule that is noted and moves no money.

        `status` is `executed` unless given, `trigger_type` `manual`, and `created_at` now. A disabled rule does not run
        now (403); what it did before can be told of it.
        """
        given = shape.fields("", dict(told), (), _RUN_OPTIONAL)
        with self._store.transaction():
            organisation, rule = self.rule(rule_id)
            at = self._clock() if given.get("created_at") is None else shape.moment("created_at", given["created_at"])
            if rule.status != "enabled" and given.get("created_at") is None:
                raise Refusal(403, "rule_deactivated", f"rule {shape.shown(rule_id)} is disabled")
            kind = shape.choice("trigger_type", given.get("trigger_type", "manual"), EXECUTION_TRIGGERS)
            execution = Execution(
                id=self._store.new_id("rex", "executions", at),
                rule_id=rule.id,
                rule_name=rule.nickname,
                trigger_type=kind,
                status=shape.choice("status", given.get("status", "executed"), EXECUTION_STATUSES),
                created_at=stamp(at),
                outcome={"trigger_details": {"type": kind}},
            )
            self._store.add_execution(organisation, execution)
            return execution

    def end_run(self, execution_id: str, told: Mapping[str, object]) -> Execution:
        """The run with another `status`, `executed` unless given."""
        given = shape.fields("", dict(told), (), ("status",))
        status = shape.choice("status", given.get("status", "executed"), EXECUTION_STATUSES)
        with self._store.transaction():
            for organisation in self._store.organisations():
                found = self._store.execution(organisation, execution_id)
                if found is not None:
                    ended = dataclasses.replace(found, status=status)
                    self._store.save_execution(ended)
                    return ended
        raise Refusal(404, "resource_not_found", f"rule execution {shape.shown(execution_id)} does not exist")

    def delete(self, rule_id: str) -> Rule:
        """The rule, which nobody sees from now on."""
        with self._store.transaction():
            _, rule = self.rule(rule_id)
            self._store.delete_rule(rule.id, stamp(self._clock()))
            return rule

    def create(self, organisation: int, body: Mapping[str, object]) -> Rule:
        """A rule made in the app from anything that has a trigger and steps; `status` is `disabled` unless given.

        Fields that no dialect documents are kept and served as they are; an `id` of one's own must be free.
        """
        at = self._clock()
        with self._store.transaction():
            rule_id = self._own_id("rules", organisation, body) or self._store.new_id("rule", "rules", at)
            rule = _made(rule_id, body, stamp(at))
            self._store.add_rule(organisation, rule)
            return rule

    def open_account(self, organisation: int, body: Mapping[str, object]) -> Account:
        """A new account: `name`, `type`, and what is not given as its type has it; the balance is in cents."""
        at = self._clock()
        with self._store.transaction():
            account_id = self._own_id("accounts", organisation, body) or self._store.new_id("acc", "accounts", at)
            account = _opened(account_id, body, stamp(at))
            self._store.add_account(organisation, account)
            return account

    def delete_account(self, organisation: int, account_id: str) -> Account:
        """The account, which only those see who ask for deleted ones; rules that name it stay as they are."""
        with self._store.transaction():
            found = self._store.accounts(organisation).get(account_id)
            if found is None:
                raise Refusal(404, "resource_not_found", f"account {shape.shown(account_id)} does not exist")
            deleted = dataclasses.replace(found, deleted_at=stamp(self._clock()))
            self._store.save_account(organisation, deleted)
            return deleted

    def _own_id(self, table: str, organisation: int, body: Mapping[str, object]) -> str | None:
        if body.get("id") is None:
            return None
        own = shape.text("id", body["id"])
        if not re.fullmatch(r"[A-Za-z0-9_-]+", own):
            shape.refuse("id", "must be letters, digits, hyphens and underscores")
        if self._store.is_taken(table, organisation, own):
            shape.refuse("id", f"{shape.shown(own)} is taken")
        return own

    def _save(self, rule: Rule) -> Rule:
        saved = dataclasses.replace(rule, updated_at=stamp(self._clock()))
        self._store.save_rule(saved)
        return saved


def _editable(changes: Mapping[str, object]) -> dict[str, Any]:
    for name in changes:
        if name not in _EDITABLE:
            shape.refuse(name, f"cannot be edited; there are {', '.join(_EDITABLE)}")
    _check_names(changes)
    return dict(changes)


def _check_names(body: Mapping[str, object]) -> None:
    for name in ("nickname", "description"):
        if body.get(name) is not None:
            shape.text(name, body[name])


def _made(rule_id: str, body: Mapping[str, object], at: str) -> Rule:
    _check_names(body)
    for name in ("trigger", "steps"):
        if name not in body:
            shape.refuse(name, "is required")
    known = ("id", "nickname", "description", "status", "trigger", "steps", *_SERVER_FIELDS)
    nickname, description = body.get("nickname"), body.get("description")
    return Rule(
        id=rule_id,
        nickname=None if nickname is None else str(nickname),
        description=None if description is None else str(description),
        status=shape.choice("status", body.get("status", "disabled"), ("enabled", "disabled")),
        trigger=body["trigger"],
        steps=body["steps"],
        created_at=at,
        updated_at=at,
        extra={name: value for name, value in body.items() if name not in known},
    )


def _opened(account_id: str, body: Mapping[str, object], at: str) -> Account:
    found = shape.fields("", dict(body), ("name", "type"), _ACCOUNT_OPTIONAL)
    kind = shape.choice("type", found["type"], ACCOUNT_TYPES)
    external = None
    if kind == "external_account":
        external = shape.choice("external_account_type", found.get("external_account_type"), EXTERNAL_TYPES)
    is_source = kind != "external_account" or external == "DEPOSITORY"
    cents = shape.integer("balance_in_cents", found.get("balance_in_cents", 0), -(10**15))
    return Account(
        id=account_id,
        name=shape.text("name", found["name"]),
        type=kind,
        external_account_type=external,
        can_be_source=shape.flag("can_be_source", found.get("can_be_source", is_source)),
        can_be_destination=shape.flag("can_be_destination", found.get("can_be_destination", kind != "income_source")),
        beneficiary_name=_optional_text(found, "beneficiary_name"),
        institution_name=_optional_text(found, "institution_name"),
        description=_optional_text(found, "description"),
        balance={"balance_in_cents": cents, "available_balance_in_cents": cents, "balance_last_updated_at": at},
        created_at=at,
        updated_at=at,
    )


def _optional_text(found: Mapping[str, object], name: str) -> str | None:
    return shape.text(name, found[name]) if name in found else None
