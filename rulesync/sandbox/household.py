"""A believable household to start with: what one family has in the app before anything is in Git."""

import dataclasses
from datetime import datetime, timedelta

from rulesync.sandbox.identifiers import identifier, stamp
from rulesync.sandbox.records import Account, Document, Execution, Rule
from rulesync.sandbox.store import Store

_CHECKING, _SAVINGS, _RAINY_DAY, _TAXES = "acc_01HABC4567", "acc_01HSAV9999", "acc_01HRNY5555", "acc_01HTAX3333"
_RENT, _BILLS, _FUN, _BANK = "acc_01HRNT2222", "acc_01HBIL7777", "acc_01HFUN8888", "acc_01HBNK1111"
_CARD, _LOAN, _BROKERAGE = "acc_01HCRD6666", "acc_01HLON4444", "acc_01HINV0000"
_TYPES = {_CHECKING: "income_source"} | dict.fromkeys((_BANK, _CARD, _LOAN, _BROKERAGE), "external_account")
_FRIDAY, _NINE = 4, 9


def seed(store: Store, organisation: int, now: datetime) -> None:
    """Fill an empty organisation: eleven accounts, three rules made in the app, and a month of their runs."""
    for account in _accounts(now):
        store.add_account(organisation, account)
    rent, card, _ = (_add(store, organisation, rule, now) for rule in _rules(now))
    for rule, at, status, outcome in _runs(rent, card, now):
        kind = "scheduled" if rule is card else "on_funds_transferred"
        when = {"scheduled_time": stamp(at)} if rule is card else {"amount_in_cents": 185000}
        execution = Execution(
            id=store.new_id("rex", "executions", at),
            rule_id=rule.id,
            rule_name=rule.nickname,
            trigger_type=kind,
            status=status,
            created_at=stamp(at),
            outcome={"trigger_details": {"type": kind, **when}, **outcome, "transfer_ids": _transfers(at, outcome)},
        )
        store.add_execution(organisation, execution)


def _add(store: Store, organisation: int, rule: Rule, now: datetime) -> Rule:
    """The rule as added: under its own id, or a fresh one where another household in this state has it already."""
    if store.is_taken("rules", organisation, rule.id):
        rule = dataclasses.replace(rule, id=store.new_id("rule", "rules", now))
    store.add_rule(organisation, rule)
    return rule


def _accounts(now: datetime) -> list[Account]:
    card = {
        "last_statement_balance_in_cents": 84212,
        "last_statement_date": stamp(now - timedelta(days=12)),
        "next_payment_minimum_in_cents": 3500,
        "next_payment_due_date": stamp(now + timedelta(days=13)),
        "interest_rate_percentage": 21.9,
    }
    loan = {
        "next_payment_minimum_in_cents": 31840,
        "next_payment_due_date": stamp(now + timedelta(days=9)),
        "interest_rate_percentage": 6.4,
        "original_loan_amount_in_cents": 2150000,
    }
    return [
        _account(_CHECKING, "Checking", 412055, now),
        _account(_SAVINGS, "Savings", 1284000, now),
        _account(_RAINY_DAY, "Rainy Day", 350000, now),
        _account(_TAXES, "Taxes", 218730, now),
        _account(_RENT, "Rent", 96000, now),
        _account(_BILLS, "Bills", 61425, now),
        _account(_FUN, "Fun", 12000, now),
        _external(_account(_BANK, "First Federal Checking", 154210, now), "DEPOSITORY", "First Federal"),
        _external(_account(_CARD, "Visa Card", 127634, now, card), "LIABILITY", "First Federal"),
        _external(_account(_LOAN, "Car Loan", 1462190, now, loan), "LIABILITY", "Harbor Auto Finance"),
        _external(_account(_BROKERAGE, "Brokerage", 2590341, now), "INVESTMENT", "Northgate Securities"),
    ]


def _account(account_id: str, name: str, cents: int, now: datetime, balance: Document | None = None) -> Account:
    opened = stamp(now - timedelta(days=400))
    amounts = {"balance_in_cents": cents, "available_balance_in_cents": cents}
    updated = {"balance_last_updated_at": stamp(now - timedelta(hours=5))}
    return Account(
        id=account_id,
        name=name,
        type=_type(account_id),
        external_account_type=None,
        can_be_source=True,
        can_be_destination=account_id != _CHECKING,
        beneficiary_name="Alex Rivera",
        institution_name=None,
        description=None,
        balance={**amounts, **(balance or {}), **updated},
        created_at=opened,
        updated_at=opened,
    )


def _external(account: Account, kind: str, institution: str) -> Account:
    is_source = kind == "DEPOSITORY"
    return dataclasses.replace(
        account, external_account_type=kind, institution_name=institution, can_be_source=is_source
    )


def _type(account_id: str) -> str:
    return _TYPES.get(account_id, "pod")


def _rules(now: datetime) -> list[Rule]:
    """One enabled at every deposit, one enabled every week, one that nobody ever enabled."""
    rent = _action("fixed_amount", _RENT, _BANK, amount_in_cents=185000)
    rent["limit"] = {"period": "PER_MONTH", "amount_in_cents": 185000}
    card = _action("fixed_amount", _BILLS, _CARD, amount_in_cents=7500, up_to_enabled=True)
    fun = _action("top_up", _BILLS, _FUN, amount_in_cents=12000, up_to_enabled=True, group_index=1)
    invest = _action("percentage", _SAVINGS, _BROKERAGE, percentage_value=10, percentage_target="SOURCE_ACCOUNT")
    enough = {"condition": {"fact": "BALANCE", "operator": "GREATER_THAN", "value": 1500000}}
    schedule = {"schedule_type": "WEEKLY", "start_date": stamp(_friday(now) - timedelta(weeks=8))}
    made = stamp(now - timedelta(days=90))
    return [
        Rule(
            id="rule_01HRNT0001",
            nickname="Rent to the landlord's account",
            description="When the Rent pod is filled, the rent goes to First Federal, where the landlord collects it",
            status="enabled",
            trigger={"type": "ON_FUNDS_TRANSFERRED", "account_id": _RENT},
            steps=[{"actions": [rent]}],
            created_at=made,
            updated_at=made,
        ),
        Rule(
            id="rule_01HCRD0002",
            nickname="Card and fun money on Fridays",
            description=None,
            status="enabled",
            trigger={"type": "SCHEDULED", "account_id": _BILLS, **schedule},
            steps=[{"actions": [card, fun]}],
            created_at=made,
            updated_at=stamp(now - timedelta(days=41)),
        ),
        Rule(
            id="rule_01HINV0003",
            nickname="Invest what is too much in Savings",
            description="Tried once, switched off again",
            status="disabled",
            trigger={"type": "MANUAL", "account_id": _SAVINGS},
            steps=[{"conditions": enough, "actions": [invest]}],
            created_at=made,
            updated_at=made,
        ),
    ]


def _action(kind: str, source: str, destination: str, **fields: object) -> dict[str, object]:
    return {
        "type": kind,
        "source": {"id": source, "type": _type(source)},
        "destination": {"id": destination, "type": _type(destination)},
        "group_index": 0,
        "up_to_enabled": False,
        "is_direct_deposit": False,
    } | fields


def _runs(rent: Rule, card: Rule, now: datetime) -> list[tuple[Rule, datetime, str, dict[str, object]]]:
    """The last 30 days: rent that came too late by a day, and four Fridays, one of them short of money."""
    friday = _friday(now)
    short = _outcome(1, 0, 1, "INSUFFICIENT_FUNDS: Rent holds $960.00 of $1,850.00")
    partly = _outcome(2, 1, 1, "INSUFFICIENT_FUNDS: nothing was left in Bills for Fun")
    runs = [
        (rent, now - timedelta(days=29), "failed", short),
        (rent, now - timedelta(days=28), "executed", _outcome(1, 1, 0)),
        (card, friday - timedelta(weeks=3), "executed", _outcome(2, 2, 0)),
        (card, friday - timedelta(weeks=2), "partial", partly),
        (card, friday - timedelta(weeks=1), "executed", _outcome(2, 2, 0)),
        (card, friday, "executed", _outcome(2, 2, 0)),
    ]
    return sorted(runs, key=lambda run: run[1])


def _outcome(attempted: int, completed: int, failed: int, message: str | None = None) -> dict[str, object]:
    return {
        "step_index_matched": 0,
        "conditions_not_met": False,
        "transfers_attempted": attempted,
        "transfers_completed": completed,
        "transfers_failed": failed,
        "transfers_pending": 0,
    } | ({"error_message": message} if message else {})


def _transfers(at: datetime, outcome: Document) -> list[str]:
    made = int(str(outcome["transfers_attempted"]))
    return [identifier("txr", at, f"transfer {index}".encode()) for index in range(made)]


def _friday(now: datetime) -> datetime:
    """The last Friday at nine that is past."""
    at = now.replace(hour=_NINE, minute=0, second=0, microsecond=0) - timedelta(days=(now.weekday() - _FRIDAY) % 7)
    return at if at <= now else at - timedelta(weeks=1)
