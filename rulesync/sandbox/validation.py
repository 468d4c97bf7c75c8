"""What the API accepts as a rule: fields, enums, ranges, and accounts that exist and may play their part.

Where the reference is unsure the sandbox is strict: an unknown field is refused, and so is the `name` of an account
node, which the vendor says to leave out.
"""

from collections.abc import Mapping

from rulesync.sandbox import conditions, shape
from rulesync.sandbox.identifiers import instant
from rulesync.sandbox.records import Account

ACCOUNT_TYPES = ("income_source", "pod", "external_account")
EXTERNAL_TYPES = ("DEPOSITORY", "INVESTMENT", "LIABILITY")
_STATUSES = ("enabled", "disabled")
TRIGGERS = ("ON_FUNDS_TRANSFERRED", "SCHEDULED", "MANUAL")
SCHEDULES = ("ONE_TIME", "DAILY", "WEEKLY", "BI_WEEKLY", "MONTHLY", "EVERY_OTHER_WEEK")
_PERIODS = ("PER_TRANSFER", "PER_WEEK", "PER_MONTH", "PER_YEAR")
_PERCENTAGE_TARGETS = ("INCOMING_AMOUNT", "SOURCE_ACCOUNT")
_TOP_UP_ACCOUNTS = ("next_payment_minimum_account", "current_balance_account", "last_statement_balance_account")
_TOP_UP_TARGETS = ("amount_in_cents", *_TOP_UP_ACCOUNTS)
_LIABILITY_ACTIONS = (
    "next_payment_minimum",
    "total_amount_due",
    "last_statement_balance",
    "percentage_liability_balance",
)
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "fixed_amount": ("amount_in_cents",),
    "percentage": ("percentage_value", "percentage_target"),
    "top_up": (),
    "round_down": ("amount_in_cents",),
    "next_payment_minimum": (),
    "total_amount_due": (),
    "last_statement_balance": (),
    "percentage_liability_balance": ("percentage_value",),
}
_ACTION_REQUIRED = ("type", "source", "destination", "group_index")
_ACTION_OPTIONAL = ("up_to_enabled", "is_direct_deposit", "limit", "ach_description")


def rule(body: object, accounts: Mapping[str, Account]) -> dict[str, object]:
    """The body of a create or a full replacement without its nulls; refuses (400) what is wrong, naming the place."""
    found = shape.fields("", body, ("status", "trigger", "steps"), ("nickname", "description"))
    shape.choice("status", found["status"], _STATUSES)
    for name in ("nickname", "description"):
        if name in found:
            shape.text(name, found[name])
    trigger = _trigger(found["trigger"], accounts)
    steps = enumerate(shape.items("steps", found["steps"]))
    checked = [_step(f"steps[{index}]", step, accounts, trigger) for index, step in steps]
    return {**found, "trigger": trigger, "steps": checked}


def _trigger(value: object, accounts: Mapping[str, Account]) -> dict[str, object]:
    kind = _kind("trigger", value, TRIGGERS)
    if kind == "SCHEDULED":
        # The reference is unsure whether a schedule needs an account; the sandbox takes both.
        trigger = shape.fields("trigger", value, ("type", "schedule_type", "start_date"), ("account_id",))
        shape.choice("trigger.schedule_type", trigger["schedule_type"], SCHEDULES)
        _check_instant("trigger.start_date", trigger["start_date"])
    else:
        trigger = shape.fields("trigger", value, ("type", "account_id"))
    if "account_id" in trigger:
        account = _account("trigger.account_id", trigger["account_id"], accounts)
        if not account.can_be_source:
            shape.refuse("trigger.account_id", f"account `{account.id}` cannot be a source")
    return trigger


def _step(
    place: str, value: object, accounts: Mapping[str, Account], trigger: Mapping[str, object]
) -> dict[str, object]:
    step = shape.fields(place, value, ("actions",), ("conditions",))
    if "conditions" in step:
        has_account = "account_id" in trigger
        here = shape.below(place, "conditions")
        step["conditions"] = conditions.check(here, step["conditions"], accounts, has_trigger_account=has_account)
    here = shape.below(place, "actions")
    actions = enumerate(shape.items(here, step["actions"]))
    step["actions"] = [_action(f"{here}[{index}]", action, accounts) for index, action in actions]
    return step


def _action(place: str, value: object, accounts: Mapping[str, Account]) -> dict[str, object]:
    kind = _kind(place, value, tuple(ACTIONS))
    optional = (*_ACTION_OPTIONAL, *_TOP_UP_TARGETS) if kind == "top_up" else _ACTION_OPTIONAL
    action = shape.fields(place, value, (*_ACTION_REQUIRED, *ACTIONS[kind]), optional)
    source = _node(shape.below(place, "source"), action["source"], accounts)
    destination = _node(shape.below(place, "destination"), action["destination"], accounts)
    _check_roles(place, kind, source, destination)
    _check_common(place, action)
    _check_amounts(place, kind, action)
    if kind == "top_up":
        _check_top_up(place, action, accounts)
    return action


def _check_roles(place: str, kind: str, source: Account, destination: Account) -> None:
    to = shape.below(place, "destination.id")
    if not source.can_be_source:
        shape.refuse(shape.below(place, "source.id"), f"account `{source.id}` cannot be a source")
    if not destination.can_be_destination:
        shape.refuse(to, f"account `{destination.id}` cannot be a destination")
    if kind in _LIABILITY_ACTIONS and destination.external_account_type != "LIABILITY":
        shape.refuse(to, f"account `{destination.id}` is no liability, which {kind} needs")
    if source.beneficiary_name and destination.beneficiary_name not in {None, source.beneficiary_name}:
        shape.refuse(to, f"account `{destination.id}` belongs to another beneficiary than the source")


def _check_common(place: str, action: dict[str, object]) -> None:
    shape.integer(shape.below(place, "group_index"), action["group_index"], 0)
    for name in ("up_to_enabled", "is_direct_deposit"):
        if name in action:
            shape.flag(shape.below(place, name), action[name])
    if "ach_description" in action:
        shape.text(shape.below(place, "ach_description"), action["ach_description"])
    if "limit" in action:
        here = shape.below(place, "limit")
        limit = shape.fields(here, action["limit"], ("period", "amount_in_cents"))
        shape.choice(shape.below(here, "period"), limit["period"], _PERIODS)
        shape.integer(shape.below(here, "amount_in_cents"), limit["amount_in_cents"], 0)


def _check_amounts(place: str, kind: str, action: Mapping[str, object]) -> None:
    if "amount_in_cents" in action:
        # A target of nothing is legal to top up to; a transfer of nothing is not.
        least = 0 if kind == "top_up" else 1
        shape.integer(shape.below(place, "amount_in_cents"), action["amount_in_cents"], least)
    if "percentage_value" in action:
        shape.percent(shape.below(place, "percentage_value"), action["percentage_value"])
    if "percentage_target" in action:
        shape.choice(shape.below(place, "percentage_target"), action["percentage_target"], _PERCENTAGE_TARGETS)


def _check_top_up(place: str, action: Mapping[str, object], accounts: Mapping[str, Account]) -> None:
    targets = [name for name in _TOP_UP_TARGETS if name in action]
    if len(targets) != 1:
        shape.refuse(place, f"must hold exactly one of {', '.join(_TOP_UP_TARGETS)}")
    if targets[0] in _TOP_UP_ACCOUNTS:
        _node(shape.below(place, targets[0]), action[targets[0]], accounts)


def _node(place: str, value: object, accounts: Mapping[str, Account]) -> Account:
    """The account that a node of `id` and `type` stands for."""
    node = shape.fields(place, value, ("id", "type"))
    account = _account(shape.below(place, "id"), node["id"], accounts)
    here = shape.below(place, "type")
    if shape.choice(here, node["type"], ACCOUNT_TYPES) != account.type:
        shape.refuse(here, f"account `{account.id}` is of type {account.type}, not {shape.shown(node['type'])}")
    return account


def _account(place: str, value: object, accounts: Mapping[str, Account]) -> Account:
    found = accounts.get(shape.text(place, value))
    if found is None:
        shape.refuse(place, f"account {shape.shown(value)} does not exist")
    return found


def _kind(place: str, value: object, options: tuple[str, ...]) -> str:
    """The `type` that decides which other fields there are."""
    if not isinstance(value, dict):
        shape.refuse(place, f"must be an object, not {shape.shown(value)}")
    if value.get("type") is None:
        shape.refuse(shape.below(place, "type"), "is required")
    return shape.choice(shape.below(place, "type"), value["type"], options)


def _check_instant(place: str, value: object) -> None:
    try:
        instant(shape.text(place, value))
    except ValueError:
        shape.refuse(
            place, f"must be a date and time with its offset, like 2026-10-05T09:00:00Z, not {shape.shown(value)}"
        )
