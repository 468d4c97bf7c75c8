"""The documented rules API: snake_case, enumerations in mixed case, `request_id` + `data`, cursor pages.

The v1 write endpoints are announced, not yet live. Names seen in no v1 document (limits, schedules, most action types)
follow the platform API's, in v1's casing; that is a reading, not a fact.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rulesync.accounts import ListedAccount
from rulesync.ownership import split
from rulesync.rule import (
    Amount,
    FixedAmount,
    LastStatementBalance,
    NextPaymentMinimum,
    Percentage,
    PercentageOfLiability,
    RoundDown,
    Rule,
    Status,
    Text,
    TopUp,
    TotalAmountDue,
    fold,
)
from rulesync.ruleset import ActualRule, Extra, ListedRule
from rulesync.runs import Run, RunStatus
from rulesync.wire.decode import Decoded, UnknownShapeError, decode_rule, parse_instant
from rulesync.wire.encode import Json, encode_rule, instant
from rulesync.wire.spelling import Spelling

name = "v1"
base_url = "https://api.getsequence.io/api/v1"
rules_path = "/rules"
accounts_path = "/accounts"
list_rules_scope = "LIST_RULES"
read_rules_scope = "READ_RULES"
list_accounts_scope = "LIST_ACCOUNTS"
read_executions_scope = "READ_RULE_EXECUTIONS"
_PAGE_SIZE = 100

ACTION_TYPES: Mapping[type[Amount], str] = {
    FixedAmount: "fixed_amount",
    Percentage: "percentage",
    TopUp: "top_up",
    RoundDown: "round_down",
    NextPaymentMinimum: "next_payment_minimum",
    TotalAmountDue: "total_amount_due",
    LastStatementBalance: "last_statement_balance",
    PercentageOfLiability: "percentage_liability_balance",
}
_SPELLING = Spelling(
    field=lambda name: name,
    action_types=ACTION_TYPES,
    status=str.lower,
    account_type=str.lower,
    response_only=frozenset({"id", "created_at", "updated_at", "deleted_at", "is_supported", "trigger_type", "source"}),
)


def authorization(key: str) -> str:
    """Return the value of the Authorization header."""
    return f"ApiKey {key}"


def encode(rule: Rule, extras: Iterable[Extra] = ()) -> Json:
    """Return the body of a create or a replace that says exactly this rule."""
    return encode_rule(rule, _SPELLING, extras)


def decode(body: object) -> Decoded:
    """Return the rule that a request or answer body says; its description is as it stands there.

    Raises:
        UnknownShapeError: the body is no rule.
    """
    return decode_rule(body, _SPELLING)


def actual(body: object) -> ActualRule:
    """Return a rule from the `data` of an answer to GET, POST or PUT, its marker taken out of the description.

    Raises:
        UnknownShapeError: the body is no rule, or has no id.
    """
    decoded = decode(body)
    row = listed(body)
    rule = decoded.rule
    if rule.description is not None:
        rule = replace(rule, description=Text.of(split(rule.description.raw)[0]))
    return ActualRule(row.id, rule, row.marker, row.updated_at, row.created_at, decoded.extras)


def listed(row: object) -> ListedRule:
    """Return a row of the list of rules.

    Raises:
        UnknownShapeError: the row has no id.
    """
    fields = _object(row)
    nickname, description, status = fields.get("nickname"), fields.get("description"), fields.get("status")
    return ListedRule(
        id=_text(fields, "id"),
        nickname=fold(nickname) or None if isinstance(nickname, str) else None,
        marker=split(description)[1] if isinstance(description, str) else None,
        status=Status[status.upper()] if isinstance(status, str) and status.upper() in Status.__members__ else None,
        updated_at=_moment(fields.get("updated_at")),
        created_at=_moment(fields.get("created_at")),
    )


def is_deleted(body: object) -> bool:
    """Tell whether a row or body is of a rule that was deleted and is still shown."""
    return isinstance(body, Mapping) and body.get("deleted_at") is not None


def account(row: object) -> ListedAccount:
    """Return a row of the list of accounts; what it does not tell, or tells in no way that is known, is None.

    Raises:
        UnknownShapeError: the row has no id or type.
    """
    fields = _object(row)
    name, kind, beneficiary = fields.get("name"), fields.get("external_account_type"), fields.get("beneficiary_name")
    source, destination = fields.get("can_be_source"), fields.get("can_be_destination")
    return ListedAccount(
        _text(fields, "id"),
        name if isinstance(name, str) else None,
        _text(fields, "type").lower(),
        external_type=kind.upper() if isinstance(kind, str) else None,
        can_be_source=source if isinstance(source, bool) else None,
        can_be_destination=destination if isinstance(destination, bool) else None,
        beneficiary=beneficiary if isinstance(beneficiary, str) else None,
        deleted=is_deleted(row),
    )


def balance(body: object) -> int | None:
    """Return the cents that an account holds, the larger of what is there and what is available; None if not told.

    Raises:
        UnknownShapeError: the body is no account.
    """
    told = _object(body).get("balance")
    if not isinstance(told, Mapping):
        return None
    cents = [told.get(name) for name in ("balance_in_cents", "available_balance_in_cents")]
    return max((each for each in cents if isinstance(each, int) and not isinstance(each, bool)), default=None)


def executions(rule_id: str) -> tuple[str, Mapping[str, str]]:
    """Return path and query of the newest page of a rule's runs, which v1 lists newest first."""
    return "/rule-executions", {"rule_id": rule_id, "first": str(_PAGE_SIZE)}


def execution(row: object) -> Run:
    """Return a row of the list of runs; what it does not tell, or tells in no way that is known, is None or unknown.

    Raises:
        UnknownShapeError: the row has neither a status nor a time.
    """
    fields = _object(row)
    rule_id, status, trigger = fields.get("rule_id"), fields.get("status"), fields.get("trigger_type")
    try:
        at = parse_instant(fields.get("created_at"))
    except UnknownShapeError:
        if not isinstance(status, str):
            raise
        at = None
    named = status.lower() if isinstance(status, str) else ""
    return Run(
        rule_id if isinstance(rule_id, str) else None,
        at,
        RunStatus(named) if named in set(RunStatus) else RunStatus.UNKNOWN,
        trigger.lower() if isinstance(trigger, str) else None,
    )


def rows(payload: object) -> list[object]:
    """Return the rows of an answer to a list call.

    Raises:
        UnknownShapeError: the answer holds no list.
    """
    data = _object(payload).get("data")
    if not isinstance(data, list):
        raise UnknownShapeError("no list under `data`")
    return data


def next_page(payload: object) -> Mapping[str, str] | None:
    """Return the query of the next page, None on the last one; v1 documents no pages for rules, yet may send some.

    Raises:
        UnknownShapeError: the answer says that there is more, and not where.
    """
    info = _object(payload).get("page_info")
    if not isinstance(info, Mapping) or info.get("has_next_page") is not True:
        return None
    return {"first": str(_PAGE_SIZE), "after": _text(info, "end_cursor")}


def data(payload: object) -> object:
    """Return what an answer is about, None where it holds nothing of the kind."""
    return payload.get("data") if isinstance(payload, Mapping) else None


def request_id(payload: object) -> str | None:
    """Return the id of the request that this answer was first given to."""
    value = payload.get("request_id") if isinstance(payload, Mapping) else None
    return value if isinstance(value, str) else None


def refusal(payload: object) -> tuple[str | None, str | None]:
    """Return the code and the message of a refusal, each None where the server gave none."""
    error = payload.get("error") if isinstance(payload, Mapping) else None
    if not isinstance(error, Mapping):
        return None, None
    code, message = error.get("code"), error.get("message")
    return code if isinstance(code, str) else None, message if isinstance(message, str) else None


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise UnknownShapeError("no object")
    return value


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise UnknownShapeError(f"no `{name}`")
    return value


def _moment(value: object) -> str | None:
    """Return an instant in one spelling, so that equal instants are equal texts; what is no instant stays as it is."""
    try:
        return instant(parse_instant(value))
    except UnknownShapeError:
        return value if isinstance(value, str) else None
