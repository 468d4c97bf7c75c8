"""What the platform dialect offers: reads, and the trigger of a rule; each call from its permission to its answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from rulesync.sandbox import documented, fault_views, keys, pages, platform, shape, v1, validation
from rulesync.sandbox.calls import Call, Route
from rulesync.sandbox.exchange import Refusal, Request, Response
from rulesync.sandbox.identifiers import instant, stamp
from rulesync.sandbox.records import EXECUTION_MODES, EXECUTION_STATUSES, Account, Execution, Grant, Rule

_TRIGGER_TYPES = ("MANUAL", "SEQUENCE_API", "SCHEDULED", "ON_FUNDS_TRANSFERRED", "REMOTE_API")
_STATES = ("ACTIVE", "ALL")
_ANY = "ALL"

_Item = TypeVar("_Item")


def _success(call: Call, status: int, data: object) -> Response:
    return platform.envelope(call.request_id, status, _spelling(call).finished(data))


def _spelling(call: Call) -> platform.Spelling:
    return platform.Spelling(call.store.accounts(call.organisation), call.quirks)


def _listed(
    call: Call, items: Sequence[_Item], show: Callable[[_Item], Mapping[str, object]], shift: int = 0
) -> Response:
    """The page of the list that was asked for, as `items` and `pagination`."""
    shown, pagination = pages.numbered(call.request, items, shift=shift)
    if call.quirks.no_has_next_page:
        del pagination["has_next_page"]
    return _success(call, 200, {"items": [show(item) for item in shown], "pagination": pagination})


# Rules


def _list_rules(call: Call) -> Response:
    """The rules that the key may read, oldest first, unless quirks say otherwise: the reference states neither."""
    stored = call.store.rules(call.organisation, even_deleted=call.quirks.lists_deleted_rules)
    is_first_page = call.request.query.get("page", "1") == "1"
    seen = call.lags.listed(call.met, call.organisation, stored, call.now, is_first_page=is_first_page)
    rules = fault_views.without_lost(call.met, seen)
    if not call.quirks.lists_unreadable_rules:
        rules = keys.covered(call.grant, "READ_RULES", rules)
    source = call.request.query.get("sourceId")
    if source == "":
        shape.refuse("sourceId", "must not be empty")
    if source is not None:
        rules = [rule for rule in rules if v1.main_source(rule) == source]
    if call.quirks.newest_first:
        rules = rules[::-1]
    return _listed(call, rules, lambda rule: _row(call, rule), fault_views.shift(call.met))


def _row(call: Call, rule: Rule) -> dict[str, object]:
    left_out = {"updated_at": call.quirks.no_updated_at_in_list, "status": call.quirks.no_status_in_list}
    item = platform.rule_item(rule, is_supported=documented.is_expressible(rule))
    return {name: value for name, value in item.items() if not left_out.get(name)}


def _get_rule(call: Call) -> Response:
    are_deleted_shown = call.met.find("deleted-rule-answers") is not None
    stored = call.store.rule(call.organisation, call.target, even_deleted=are_deleted_shown)
    seen = call.lags.looked_up(call.met, call.organisation, call.target, stored, call.now)
    return _success(call, 200, _spelling(call).rule(_readable(_existing(call, seen))))


def _trigger_rule(call: Call) -> Response:
    """The id of a run that is noted and moves no money (202); of an enabled rule, be it for real or a simulation."""
    asked = shape.fields("", call.request.json_object(), (), ("executeAmount", "simulation"))
    amount = asked.get("executeAmount")
    if amount is not None:
        shape.integer("executeAmount", amount, 0)
    is_simulation = shape.flag("simulation", asked.get("simulation", False))
    rule = _existing(call, call.store.rule(call.organisation, call.target, even_deleted=True))
    if rule.deleted_at is not None:
        raise Refusal(403, "INVALID_RULE", f"rule {shape.shown(rule.id)} is deleted")
    if _readable(rule).status != "enabled":
        raise Refusal(403, "RULE_DEACTIVATED", f"rule {shape.shown(rule.id)} is disabled")
    execution = Execution(
        id=call.store.new_id("rex", "executions", call.now),
        rule_id=rule.id,
        rule_name=rule.nickname,
        trigger_type="sequence_api",
        status="executed",
        created_at=stamp(call.now),
        outcome={"trigger_details": {"type": "sequence_api", "amount_in_cents": amount}},
        mode="simulation" if is_simulation else "live",
    )
    call.store.add_execution(call.organisation, execution)
    return _success(call, 202, {"execution_id": execution.id})


def _existing(call: Call, found: Rule | None) -> Rule:
    if found is None:
        raise Refusal(404, "RULE_NOT_FOUND", f"rule {shape.shown(call.target)} does not exist")
    return found


def _readable(rule: Rule) -> Rule:
    if not documented.is_expressible(rule):
        raise Refusal(403, "INVALID_RULE", f"rule {shape.shown(rule.id)} holds what the API does not support")
    return rule


# Accounts


def _list_accounts(call: Call) -> Response:
    """The accounts that the key may read, oldest first; deleted ones only where `state` asks for them."""
    query = call.request.query
    kind = None if "type" not in query else shape.choice("type", query["type"], _upper(validation.ACCOUNT_TYPES))
    state = shape.choice("state", query.get("state", "ACTIVE"), _STATES)
    stored = call.store.accounts(call.organisation, even_deleted=state == _ANY)
    accounts = keys.covered(call.grant, "READ_ACCOUNTS", list(stored.values()))
    return _listed(call, [each for each in accounts if kind in {None, each.type.upper()}], platform.account_item)


def _get_account(call: Call) -> Response:
    """One account, even a deleted one, which a list with `state=ALL` names: the reference does not say."""
    found: Account | None = call.store.accounts(call.organisation, even_deleted=True).get(call.target)
    if found is None:
        raise Refusal(404, "ACCOUNT_NOT_FOUND", f"account {shape.shown(call.target)} does not exist")
    return _success(call, 200, platform.account(found))


# Executions


def _list_executions(call: Call) -> Response:
    """The runs of one rule, newest first; simulations only where `executionMode` asks for them."""
    query = call.request.query
    status, trigger, mode = (
        None if name not in query else shape.choice(name, query[name], options)
        for name, options in (
            ("status", _upper(EXECUTION_STATUSES)),
            ("triggerType", _TRIGGER_TYPES),
            ("executionMode", (*_upper(EXECUTION_MODES), _ANY)),
        )
    )
    since, until = _bound(query, "from"), _bound(query, "to")
    _existing(call, call.store.rule(call.organisation, call.target, even_deleted=True))
    executions = [
        execution
        for execution in call.store.executions(call.organisation, call.target)
        if status in {None, execution.status.upper()}
        and trigger in {None, execution.trigger_type.upper()}
        and (mode or "LIVE") in {_ANY, execution.mode.upper()}
        and (since is None or since <= instant(execution.created_at))
        and (until is None or instant(execution.created_at) <= until)
    ]
    return _listed(call, executions, platform.execution)


def _bound(query: Mapping[str, str], name: str) -> datetime | None:
    return None if name not in query else shape.moment(name, query[name])


def _get_execution(call: Call) -> Response:
    found = call.store.execution(call.organisation, call.part)
    if found is None or found.rule_id != call.target:
        message = f"rule {shape.shown(call.target)} has no execution {shape.shown(call.part)}"
        raise Refusal(404, "RULE_EXECUTION_NOT_FOUND", message)
    return _success(call, 200, platform.execution(found))


def _upper(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(option.upper() for option in options)


# Permissions


def _listing(permission: str) -> Callable[[Grant, Request, str], None]:
    return lambda grant, _request, _target: keys.authorise_list(grant, permission)


def _target(permission: str) -> Callable[[Grant, Request, str], None]:
    return lambda grant, _request, target: keys.authorise(grant, permission, target)


ROUTES = (
    Route("GET", "/rules", _listing("READ_RULES"), _list_rules),
    Route("GET", "/rules/{id}", _target("READ_RULES"), _get_rule),
    Route("POST", "/rules/{id}/trigger", _target("TRIGGER_RULES"), _trigger_rule, is_write=True),
    Route("GET", "/rules/{id}/executions", _target("READ_RULES"), _list_executions),
    Route("GET", "/rules/{id}/executions/{part}", _target("READ_RULES"), _get_execution),
    Route("GET", "/accounts", _listing("READ_ACCOUNTS"), _list_accounts),
    Route("GET", "/accounts/{id}", _target("READ_ACCOUNTS"), _get_account),
)
