"""The documented rules API: snake_case, enumerations in mixed case, `request_id` + `data`, cursor pages.

The v1 write endpoints are announced, not yet live. Names seen in no v1 document (limits, schedules, most action types)
follow the platform API's, in v1's casing; that is a reading, not a fact.
"""

from collections.abc import Iterable, Mapping

from rulesync.accounts import ListedAccount
from rulesync.rule import (
    Amount,
    FixedAmount,
    LastStatementBalance,
    NextPaymentMinimum,
    Percentage,
    PercentageOfLiability,
    RoundDown,
    Rule,
    TopUp,
    TotalAmountDue,
)
from rulesync.ruleset import ActualRule, Extra, ListedRule
from rulesync.runs import Run
from rulesync.wire import answers
from rulesync.wire.decode import Decoded, UnknownShapeError, decode_rule
from rulesync.wire.encode import Json, encode_rule
from rulesync.wire.spelling import Spelling

name = "v1"
base_url = "https://api.getsequence.io/api/v1"
rules_path = "/rules"
accounts_path = "/accounts"
first_page: Mapping[str, str] = {}
first_accounts: Mapping[str, str] = {}
pages_shift = False
lists_all = True
describes_all = False
takes_writes = True
unsupported_code: str | None = None
scope_noun = "scope"
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
    return answers.actual(decode(body), listed(body))


def listed(row: object) -> ListedRule:
    """Return a row of the list of rules.

    Raises:
        UnknownShapeError: the row has no id.
    """
    return answers.listed(row, _SPELLING)


def is_deleted(body: object) -> bool:
    """Tell whether a row or body is of a rule that was deleted and is still shown."""
    return answers.is_deleted(body, _SPELLING)


def is_missing(code: str | None) -> bool:
    """Tell whether a 404 with this code says that there is no such rule: one with no code comes from no API."""
    return code is not None


def account(row: object) -> ListedAccount:
    """Return a row of the list of accounts; what it does not tell, or tells in no way that is known, is None.

    Raises:
        UnknownShapeError: the row has no id or type.
    """
    return answers.account(row, _SPELLING)


def balance(body: object) -> int | None:
    """Return the cents that an account holds, the larger of what is there and what is available; None if not told.

    Raises:
        UnknownShapeError: the body is no account.
    """
    return answers.balance(body, _SPELLING)


def executions(rule_id: str) -> tuple[str, Mapping[str, str]]:
    """Return path and query of the newest page of a rule's runs, which v1 lists newest first."""
    return "/rule-executions", {"rule_id": rule_id, "first": str(_PAGE_SIZE)}


def execution(row: object) -> Run:
    """Return a row of the list of runs; what it does not tell, or tells in no way that is known, is None or unknown.

    Raises:
        UnknownShapeError: the row has neither a status nor a time.
    """
    fields = answers.as_object(row)
    return answers.run(fields, _SPELLING, fields.get("trigger_type"))


def rows(payload: object) -> list[object]:
    """Return the rows of an answer to a list call.

    Raises:
        UnknownShapeError: the answer holds no list.
    """
    data = answers.as_object(payload).get("data")
    if not isinstance(data, list):
        raise UnknownShapeError("no list under `data`")
    return data


def run_rows(payload: object) -> list[object]:
    """Return the rows of an answer about runs, all of which v1 takes to be live."""
    return rows(payload)


def next_page(payload: object, query: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return the query of the next page, None on the last one; v1 documents no pages for rules, yet may send some.

    Raises:
        UnknownShapeError: the answer says that there is more, and not where, or says it in no way that is known.
    """
    info = answers.as_object(payload).get("page_info")
    more = info.get("has_next_page") if isinstance(info, Mapping) else None
    if not isinstance(more, bool | None):
        raise UnknownShapeError("`has_next_page` is neither true nor false")
    if not more or not isinstance(info, Mapping):
        return None
    return {**query, "first": str(_PAGE_SIZE), "after": answers.word(info, "end_cursor")}


def data(payload: object) -> object:
    """Return what an answer is about, None where it holds nothing of the kind."""
    return answers.data(payload)


def request_id(payload: object) -> str | None:
    """Return the id of the request that this answer was first given to."""
    return answers.request_id(payload, _SPELLING)


def refusal(payload: object) -> tuple[str | None, str | None]:
    """Return the code and the message of a refusal, each None where the server gave none."""
    return answers.refusal(payload)
