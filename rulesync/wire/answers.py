"""What the answers of all dialects have in common: an object read field by field under the names of a spelling.

Law: what an answer does not tell, or tells in no way that is known, is None; only what cannot be what was asked for is
refused, with an `UnknownShapeError`.
"""

from collections.abc import Mapping
from dataclasses import replace

from rulesync.accounts import ListedAccount
from rulesync.ownership import split
from rulesync.rule import Status, Text, fold
from rulesync.ruleset import ActualRule, ListedRule
from rulesync.runs import Run, RunStatus
from rulesync.wire.decode import Decoded, UnknownShapeError, parse_instant
from rulesync.wire.encode import instant
from rulesync.wire.spelling import Spelling

_UNTOLD = object()


def as_object(value: object) -> Mapping[str, object]:
    """Return a value that is a JSON object."""
    if not isinstance(value, Mapping):
        raise UnknownShapeError("no object")
    return value


def word(fields: Mapping[str, object], name: str) -> str:
    """Return a field's text, which is not empty."""
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise UnknownShapeError(f"no `{name}`")
    return value


def actual(decoded: Decoded, row: ListedRule) -> ActualRule:
    """Return the rule of an answer, its marker taken out of the description."""
    rule = decoded.rule
    if rule.description is not None:
        rule = replace(rule, description=Text.of(split(rule.description.raw)[0]))
    return ActualRule(row.id, rule, row.marker, row.updated_at, row.created_at, decoded.extras)


def listed(row: object, spelling: Spelling) -> ListedRule:
    """Return a row of the list of rules; one that does not say that the API cannot show its rule is taken to be fine.

    Raises:
        UnknownShapeError: the row has no id.
    """
    fields = as_object(row)
    nickname, description = fields.get(spelling.field("nickname")), fields.get(spelling.field("description"), _UNTOLD)
    status = fields.get(spelling.field("status"))
    return ListedRule(
        id=word(fields, spelling.field("id")),
        nickname=fold(nickname) or None if isinstance(nickname, str) else None,
        marker=split(description)[1] if isinstance(description, str) else None,
        status=Status[status.upper()] if isinstance(status, str) and status.upper() in Status.__members__ else None,
        updated_at=_moment(fields.get(spelling.field("updated_at"))),
        created_at=_moment(fields.get(spelling.field("created_at"))),
        supported=fields.get(spelling.field("is_supported")) is not False,
        described=isinstance(description, str | None),
    )


def is_deleted(body: object, spelling: Spelling) -> bool:
    """Tell whether a row or body is of something that was deleted and is still shown."""
    return isinstance(body, Mapping) and bool(body.get(spelling.field("deleted_at")))


def account(row: object, spelling: Spelling) -> ListedAccount:
    """Return a row of the list of accounts.

    Raises:
        UnknownShapeError: the row has no id or type.
    """
    fields = as_object(row)
    kind = _text(fields, spelling.field("external_account_type"))
    return ListedAccount(
        word(fields, spelling.field("id")),
        _text(fields, "name"),
        word(fields, spelling.field("type")).lower(),
        external_type=kind.upper() if kind is not None else None,
        can_be_source=_flag(fields, spelling.field("can_be_source")),
        can_be_destination=_flag(fields, spelling.field("can_be_destination")),
        beneficiary=_text(fields, spelling.field("beneficiary_name")),
        deleted=is_deleted(row, spelling),
    )


def balance(body: object, spelling: Spelling) -> int | None:
    """Return the cents that an account holds, the larger of what is there and what is available; None if not told.

    Raises:
        UnknownShapeError: the body is no account.
    """
    told = as_object(body).get(spelling.field("balance"))
    if not isinstance(told, Mapping):
        return None
    cents = [told.get(spelling.field(name)) for name in ("balance_in_cents", "available_balance_in_cents")]
    return max((each for each in cents if isinstance(each, int) and not isinstance(each, bool)), default=None)


def run(fields: Mapping[str, object], spelling: Spelling, trigger: object) -> Run:
    """Return a row of the list of runs; `trigger` is what set it off, as the dialect spells it.

    Raises:
        UnknownShapeError: the row has neither a status nor a time.
    """
    status = fields.get(spelling.field("status"))
    try:
        at = parse_instant(fields.get(spelling.field("created_at")))
    except UnknownShapeError:
        if not isinstance(status, str):
            raise
        at = None
    named = status.lower() if isinstance(status, str) else ""
    return Run(
        _text(fields, spelling.field("rule_id")),
        at,
        RunStatus(named) if named in set(RunStatus) else RunStatus.UNKNOWN,
        trigger.lower() if isinstance(trigger, str) else None,
    )


def data(payload: object) -> object:
    """Return what an answer is about, None where it holds nothing of the kind."""
    return payload.get("data") if isinstance(payload, Mapping) else None


def request_id(payload: object, spelling: Spelling) -> str | None:
    """Return the id of the request that this answer was first given to."""
    return _text(payload, spelling.field("request_id")) if isinstance(payload, Mapping) else None


def refusal(payload: object) -> tuple[str | None, str | None]:
    """Return the code and the message of a refusal, each None where the server gave none."""
    error = payload.get("error") if isinstance(payload, Mapping) else None
    if not isinstance(error, Mapping):
        return None, None
    return _text(error, "code"), _text(error, "message")


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    return value if isinstance(value, str) else None


def _flag(fields: Mapping[str, object], name: str) -> bool | None:
    value = fields.get(name)
    return value if isinstance(value, bool) else None


def _moment(value: object) -> str | None:
    """Return an instant in one spelling, so that equal instants are equal texts; what is no instant stays as it is."""
    try:
        return instant(parse_instant(value))
    except UnknownShapeError:
        return value if isinstance(value, str) else None
