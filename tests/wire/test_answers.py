import pytest

from rulesync.ownership import Marker
from rulesync.rule import Status
from rulesync.ruleset import ListedRule
from rulesync.wire import DIALECTS, Dialect, platform, v1

EVERY = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())


@EVERY
def test_a_refusal_is_in_the_servers_words(dialect: Dialect) -> None:
    """Code and message are the server's own, and None where it gives none, or something else than words."""
    said = {"error": {"code": "RULE_NOT_FOUND", "message": "no such rule"}}

    assert ("RULE_NOT_FOUND", "no such rule") == dialect.refusal(said)
    assert (None, None) == dialect.refusal({"error": {"code": 7}})
    assert (None, None) == dialect.refusal({"error": "no"})
    assert (None, None) == dialect.refusal(None)


@EVERY
def test_what_is_not_told_is_not_made_up(dialect: Dialect) -> None:
    """A row of a rule needs an id alone, and one that says nothing of being supported is taken to be."""
    assert ListedRule("r", None, None, None, None) == dialect.listed({"id": "r"})
    assert {"id": "a", "data": None} == dialect.data({"data": {"id": "a", "data": None}})
    assert dialect.data("nothing") is None


@EVERY
def test_what_a_row_tells_of_a_description(dialect: Dialect) -> None:
    """A row tells its description if it has one, or says null; one without that field may have any."""
    told: list[dict[str, object]] = [{"description": "Saves"}, {"description": None}, {"description": 7}, {}]

    assert [True, True, False, False] == [dialect.listed({"id": "r", **each}).described for each in told]


@EVERY
def test_what_says_since_when_it_is_deleted(dialect: Dialect) -> None:
    """Only a row that says since when it is deleted is; a word for no time at all does not make it disappear."""
    name = "deleted_at" if dialect.name == "v1" else "deletedAt"
    told = ["2027-01-01T00:00:00Z", None, "", False, 0]

    assert [True, False, False, False, False] == [dialect.is_deleted({"id": "r", name: since}) for since in told]
    assert not dialect.is_deleted({"id": "r"})


def test_a_row_in_both_spellings_is_one_row() -> None:
    """A row of the list says the same in either dialect."""
    text = "Saves\n[rulesync:household/auto-save@1aaaaaaaaaaa]"
    one = v1.listed(
        {"id": "r", "nickname": " Auto  save ", "description": text, "status": "enabled", "updated_at": "2027-01-01"}
    )
    other = platform.listed(
        {"id": "r", "name": "Auto save", "description": text, "status": "ENABLED", "updatedAt": "2027-01-01T00:00:00Z"}
    )

    marker = Marker("household", "auto-save", "1aaaaaaaaaaa")
    assert ListedRule("r", "Auto save", marker, Status.ENABLED, "2027-01-01T00:00:00Z") == one == other


def test_an_account_in_both_spellings_is_one_account() -> None:
    """An account and its balance read the same in either dialect, a deleted one as deleted."""
    snake: dict[str, object] = {
        "id": "a",
        "name": "Visa",
        "type": "external_account",
        "external_account_type": "LIABILITY",
    }
    snake |= {"can_be_source": False, "can_be_destination": True, "deleted_at": "2027-01-01T00:00:00Z"}
    camel: dict[str, object] = {
        "id": "a",
        "name": "Visa",
        "type": "EXTERNAL_ACCOUNT",
        "externalAccountType": "LIABILITY",
    }
    camel |= {"canBeSource": False, "canBeDestination": True, "deletedAt": "2027-01-01T00:00:00Z"}

    assert v1.account(snake) == platform.account(camel)
    assert platform.account(camel).deleted
    cents = {"balanceInCents": 5, "availableBalanceInCents": 7}
    assert 7 == platform.balance({"balance": cents})
    assert platform.balance({"balance": None}) is None
