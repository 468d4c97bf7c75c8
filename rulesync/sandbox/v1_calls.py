"""What v1 offers: each call from its key's permission to its answer, over the one table of routes."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime

from rulesync.sandbox import fault_views, fault_writes, keys, pages, shape, v1, validation
from rulesync.sandbox.calls import Call, Route
from rulesync.sandbox.exchange import Refusal, Request, Response
from rulesync.sandbox.identifiers import instant, stamp
from rulesync.sandbox.records import EXECUTION_STATUSES, EXECUTION_TRIGGERS, Account, Execution, Grant, Rule

_EXECUTIONS_PAGE = 20


def _success(call: Call, status: int, data: object, page_info: Mapping[str, object] | None = None) -> Response:
    return v1.envelope(call.request_id, status, data, page_info)


# Rules


def _list_rules(call: Call) -> Response:
    """Every rule, oldest first (the reference states no order), all at once unless the sandbox is told to page."""
    accounts = call.store.accounts(call.organisation)
    stored = call.store.rules(call.organisation)
    is_first_page = "after" not in call.request.query
    seen = call.lags.listed(call.met, call.organisation, stored, call.now, is_first_page=is_first_page)
    rules = fault_views.without_lost(call.met, seen)
    if source := call.request.query.get("source_id"):
        rules = [rule for rule in rules if v1.main_source(rule) == source]
    page_info = None
    if (size := call.quirks.rules_page_size) is not None:
        shift = fault_views.shift(call.met)
        rules, page_info = pages.page(
            call.request, rules, lambda rule: [rule.number], size, newest_first=False, shift=shift
        )
    return _success(call, 200, [_row(call, rule, accounts) for rule in rules], page_info)


def _row(call: Call, rule: Rule, accounts: Mapping[str, Account]) -> dict[str, object]:
    left_out = {"updated_at": call.quirks.no_updated_at_in_list, "status": call.quirks.no_status_in_list}
    return {name: value for name, value in v1.rule_item(rule, accounts).items() if not left_out.get(name)}


def _get_rule(call: Call) -> Response:
    are_deleted_shown = call.met.find("deleted-rule-answers") is not None
    stored = call.store.rule(call.organisation, call.target, even_deleted=are_deleted_shown)
    seen = call.lags.looked_up(call.met, call.organisation, call.target, stored, call.now)
    shown = v1.rule(_existing(call, seen))
    return _success(call, 200, v1.with_nulls(shown) if call.quirks.nulls_in_v1 else shown)


def _create_rule(call: Call) -> Response:
    """A new rule, disabled whatever status was asked for; 201 is our choice, the reference names no status."""
    at = stamp(call.now)
    asked = _written(call, call.store.new_id("rule", "rules", call.now), at)
    kept = fault_writes.stored(call.met, asked)
    call.store.add_rule(call.organisation, fault_writes.afterwards(call.met, kept))
    call.lags.plant(call.met, call.organisation, asked.id, None, call.now)
    return _success(call, 200 if call.quirks.create_answers_200 else 201, _answered(call, asked, kept))


def _replace_rule(call: Call) -> Response:
    """The rule as the body says and nothing more, disabled.

    The reference leaves open what happens when nothing differs; the sandbox disables and dates it all the same.
    """
    before = _rule(call)
    asked = dataclasses.replace(_written(call, before.id, before.created_at), updated_at=stamp(call.now))
    kept = fault_writes.stored(call.met, asked)
    call.store.save_rule(fault_writes.afterwards(call.met, kept))
    call.lags.plant(call.met, call.organisation, before.id, before, call.now)
    return _success(call, 200, _answered(call, asked, kept))


def _delete_rule(call: Call) -> Response:
    """The rule hidden for good; afterwards it answers 404, to a second delete as well."""
    before = _rule(call)
    call.store.delete_rule(before.id, stamp(call.now))
    call.lags.plant(call.met, call.organisation, before.id, before, call.now)
    return _success(call, 200, {"id": before.id}) if call.quirks.delete_answers_200 else _success(call, 204, None)


def _answered(call: Call, asked: Rule, kept: Rule) -> dict[str, object]:
    shown = v1.rule(fault_writes.answered(call.met, asked, kept))
    return shown if call.quirks.status_in_answers is None else {**shown, "status": call.quirks.status_in_answers}


def _written(call: Call, rule_id: str, created_at: str) -> Rule:
    body = validation.rule(call.request.json(), call.store.accounts(call.organisation))
    nickname, description = body.get("nickname"), body.get("description")
    return Rule(
        id=rule_id,
        nickname=None if nickname is None else str(nickname),
        description=None if description is None else str(description),
        status="disabled",
        trigger=body["trigger"],
        steps=body["steps"],
        created_at=created_at,
        updated_at=created_at,
    )


def _rule(call: Call) -> Rule:
    return _existing(call, call.store.rule(call.organisation, call.target))


def _existing(call: Call, found: Rule | None) -> Rule:
    if found is None:
        raise Refusal(404, "resource_not_found", f"rule {shape.shown(call.target)} does not exist")
    return found


# Accounts


def _list_accounts(call: Call) -> Response:
    kind = call.request.query.get("type")
    if kind is not None:
        shape.choice("type", kind, validation.ACCOUNT_TYPES)
    accounts = call.store.accounts(call.organisation).values()
    return _success(call, 200, [v1.account_item(account) for account in accounts if kind in {None, account.type}])


def _get_account(call: Call) -> Response:
    found: Account | None = call.store.accounts(call.organisation).get(call.target)
    if found is None:
        raise Refusal(404, "resource_not_found", f"account {shape.shown(call.target)} does not exist")
    return _success(call, 200, v1.account(found))


# Executions


def _list_executions(call: Call) -> Response:
    """The runs of one rule, newest first; none for a rule that nobody knows, since v1 lists no 404 here.

    Simulations are none of v1's: no document of it knows them.
    """
    query = call.request.query
    if not query.get("rule_id"):
        shape.refuse("rule_id", "is required")
    if "status" in query:
        shape.choice("status", query["status"], EXECUTION_STATUSES)
    if "trigger_type" in query:
        shape.choice("trigger_type", query["trigger_type"], EXECUTION_TRIGGERS)
    since, until = _bound(query, "from"), _bound(query, "to")
    executions = [
        execution
        for execution in call.store.executions(call.organisation, query["rule_id"])
        if execution.mode == "live"
        and query.get("status") in {None, execution.status}
        and query.get("trigger_type") in {None, v1.trigger_type(execution)}
        and (since is None or since <= instant(execution.created_at))
        and (until is None or instant(execution.created_at) <= until)
    ]
    shown, page_info = pages.page(call.request, executions, _place, _EXECUTIONS_PAGE, newest_first=True)
    return _success(call, 200, [v1.execution_item(execution) for execution in shown], page_info)


def _place(execution: Execution) -> list[str | int]:
    return [execution.created_at, execution.number]


def _bound(query: Mapping[str, str], name: str) -> datetime | None:
    return None if name not in query else shape.moment(name, query[name])


def _get_execution(call: Call) -> Response:
    found = call.store.execution(call.organisation, call.target)
    if found is None:
        raise Refusal(404, "resource_not_found", f"rule execution {shape.shown(call.target)} does not exist")
    keys.authorise(call.grant, "READ_RULE_EXECUTIONS", found.rule_id)
    return _success(call, 200, v1.execution(found))


# Permissions


def _listing(scope: str) -> Callable[[Grant, Request, str], None]:
    return lambda grant, _request, _target: keys.authorise_list(grant, scope)


def _target(scope: str) -> Callable[[Grant, Request, str], None]:
    return lambda grant, _request, target: keys.authorise(grant, scope, target or None)


def _permit_executions(grant: Grant, request: Request, _target: str) -> None:
    keys.authorise_list(grant, "READ_RULE_EXECUTIONS")
    if request.query.get("rule_id"):
        keys.authorise(grant, "READ_RULE_EXECUTIONS", request.query["rule_id"])


ROUTES = (
    Route("GET", "/rules", _listing("LIST_RULES"), _list_rules),
    Route("GET", "/rules/{id}", _target("READ_RULES"), _get_rule),
    Route("POST", "/rules", _target("WRITE_RULES"), _create_rule, is_write=True),
    Route("PUT", "/rules/{id}", _target("WRITE_RULES"), _replace_rule, is_write=True),
    Route("DELETE", "/rules/{id}", _target("WRITE_RULES"), _delete_rule, is_write=True),
    Route("GET", "/accounts", _listing("LIST_ACCOUNTS"), _list_accounts),
    Route("GET", "/accounts/{id}", _target("READ_ACCOUNTS"), _get_account),
    Route("GET", "/rule-executions", _permit_executions, _list_executions),
    Route("GET", "/rule-executions/{id}", _listing("READ_RULE_EXECUTIONS"), _get_execution),
)
