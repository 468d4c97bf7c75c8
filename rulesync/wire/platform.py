"""The live platform API: camelCase, upper-case enumerations, explicit nulls, `requestId` + `data`, numbered pages.

It reads, and takes no writes: a method that it does not offer is answered 404 in plain text. A body is encoded all the
same, `status` included, so that what is read can be held against what would be said.
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

_PAGE_SIZE = 100

name = "platform"
base_url = "https://api.getsequence.io/platform/v1"
rules_path = "/rules"
accounts_path = "/accounts"
first_page: Mapping[str, str] = {"page": "1", "pageSize": str(_PAGE_SIZE)}
first_accounts: Mapping[str, str] = {**first_page, "state": "ALL"}
pages_shift = True
lists_all = False
describes_all = True
takes_writes = False
unsupported_code: str | None = "INVALID_RULE"
scope_noun = "permission"
list_rules_scope = "READ_RULES"
read_rules_scope = "READ_RULES"
list_accounts_scope = "READ_ACCOUNTS"
read_executions_scope = "READ_RULES"

ACTION_TYPES: Mapping[type[Amount], str] = {
    FixedAmount: "FIXED",
    Percentage: "PERCENTAGE",
    TopUp: "TOP_UP",
    RoundDown: "ROUND_DOWN",
    NextPaymentMinimum: "NEXT_PAYMENT_MINIMUM",
    TotalAmountDue: "TOTAL_AMOUNT_DUE",
    LastStatementBalance: "LAST_STATEMENT_BALANCE",
    PercentageOfLiability: "PERCENTAGE_LIABILITY_BALANCE",
}


def _camel(name: str) -> str:
    """Return `amountInCents` for `amount_in_cents`, and `name` for what v1 calls a nickname."""
    first, *others = name.split("_")
    return "name" if name == "nickname" else first + "".join(each.capitalize() for each in others)


_SPELLING = Spelling(
    field=_camel,
    action_types=ACTION_TYPES,
    status=str.upper,
    account_type=str.upper,
    response_only=frozenset({"id", "createdAt", "updatedAt", "deletedAt", "isSupported"}),
    nulls=True,
)


def authorization(key: str) -> str:
    """Return the value of the Authorization header."""
    return f"Bearer {key}"


def encode(rule: Rule, extras: Iterable[Extra] = ()) -> Json:
    """Return the body that says exactly this rule, every field that an action or a condition may have among it."""
    return encode_rule(rule, _SPELLING, extras)


def decode(body: object) -> Decoded:
    """Return the rule that a body says; its description is as it stands there.

    Raises:
        UnknownShapeError: the body is no rule.
    """
    return decode_rule(body, _SPELLING)


def actual(body: object) -> ActualRule:
    """Return a rule from the `data` of an answer, its marker taken out of the description.

    Raises:
        UnknownShapeError: the body is no rule, or has no id.
    """
    return answers.actual(decode(body), listed(body))


def listed(row: object) -> ListedRule:
    """Return a row of the list of rules, which says whether the API can show the rule.

    Raises:
        UnknownShapeError: the row has no id.
    """
    return answers.listed(row, _SPELLING)


def is_deleted(body: object) -> bool:
    """Tell whether a row or body is of a rule that was deleted and is still shown."""
    return answers.is_deleted(body, _SPELLING)


def is_missing(code: str | None) -> bool:
    """Tell whether a 404 with this code says that there is no such rule; no other 404 does."""
    return code == "RULE_NOT_FOUND"


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
    """Return path and query of the newest page of a rule's live runs, newest first."""
    return f"{rules_path}/{rule_id}/executions", {**first_page, "executionMode": "LIVE"}


def execution(row: object) -> Run:
    """Return a row of the list of runs; what it does not tell, or tells in no way that is known, is None or unknown.

    Raises:
        UnknownShapeError: the row has neither a status nor a time.
    """
    fields = answers.as_object(row)
    details = fields.get("triggerDetails")
    return answers.run(fields, _SPELLING, details.get("type") if isinstance(details, Mapping) else None)


def rows(payload: object) -> list[object]:
    """Return the rows of an answer to a list call.

    Raises:
        UnknownShapeError: the answer holds no list.
    """
    items = answers.as_object(answers.data(payload)).get("items")
    if not isinstance(items, list):
        raise UnknownShapeError("no list under `data.items`")
    return items


def run_rows(payload: object) -> list[object]:
    """Return the rows of an answer about runs, without simulations, which move no money."""
    return [row for row in rows(payload) if not (isinstance(row, Mapping) and row.get("executionMode") == "SIMULATION")]


def next_page(payload: object, query: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return the query of the next page, None on the last one.

    Where the answer does not say whether there is another, a page that is as full as it says that pages are may have
    one; where it says neither, any page may that is not empty.

    Raises:
        UnknownShapeError: it is another page than was asked for, or an empty one that is not the last.
    """
    found = len(rows(payload))
    told = answers.as_object(answers.data(payload)).get("pagination")
    pagination = told if isinstance(told, Mapping) else {}
    page, number = pagination.get("page"), int(query["page"])
    if isinstance(page, int) and page != number:
        raise UnknownShapeError(f"it is page {page}, and page {number} was asked for")
    more = pagination.get("hasNextPage")
    if not isinstance(more, bool):
        size = pagination.get("pageSize")
        more = 0 < (min(_PAGE_SIZE, size) if isinstance(size, int) and not isinstance(size, bool) else 1) <= found
    elif more and not found:
        raise UnknownShapeError(f"page {number} is empty, and not the last")
    return {**query, "page": str(number + 1)} if more else None


def data(payload: object) -> object:
    """Return what an answer is about, None where it holds nothing of the kind."""
    return answers.data(payload)


def request_id(payload: object) -> str | None:
    """Return the id that the server gave to the request."""
    return answers.request_id(payload, _SPELLING)


def refusal(payload: object) -> tuple[str | None, str | None]:
    """Return the code and the message of a refusal, each None where the server gave none."""
    return answers.refusal(payload)
