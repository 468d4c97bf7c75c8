import pytest

from rulesync.accounts import AccountBook, AccountEntry, ListedAccount
from rulesync.rule import Account

LISTED = (
    ListedAccount("acc_1", "Checking", "income_source"),
    ListedAccount("acc_2", "Savings", "pod"),
    ListedAccount("acc_3", "Twin", "pod"),
    ListedAccount("acc_4", "Twin", "external_account"),
    ListedAccount("acc_5", None, "pod"),
)
ENTRIES = {
    "checking": AccountEntry(id="acc_1"),
    "savings": AccountEntry(id="acc_2", type="pod"),
    "by-name": AccountEntry(name="Savings"),
    "twin": AccountEntry(name="Twin"),
    "twin-pod": AccountEntry(name="Twin", type="pod"),
    "gone": AccountEntry(id="acc_9"),
    "typo": AccountEntry(name="Saving"),
}
BOOK = AccountBook(ENTRIES, LISTED)
OFFLINE = AccountBook(ENTRIES)


@pytest.mark.parametrize(
    ("word", "account"),
    [
        ("checking", Account("acc_1", "income_source")),
        ("savings", Account("acc_2", "pod")),
        ("by-name", Account("acc_2", "pod")),
        ("twin-pod", Account("acc_3", "pod")),
    ],
)
def test_names_that_stand_for_one_account(word: str, account: Account) -> None:
    """A name is an id, an id with its type, or an exact name that one account has."""
    assert account == BOOK.resolve(word)


@pytest.mark.parametrize(
    ("word", "message", "advice"),
    [
        ("twin", "2 accounts have the name `Twin`: `acc_3`, `acc_4`", "name one of them by `id:`"),
        ("gone", "no account has the id `acc_9`", "compare `accounts:`"),
        ("typo", "no account has the name `Saving`", "did you mean `Savings`?"),
        ("chekcing", "no account is named `chekcing`", "did you mean `checking`?"),
        ("zzz", "no account is named `zzz`", "add it to `accounts:`"),
    ],
)
def test_names_that_do_not(word: str, message: str, advice: str) -> None:
    """A name that stands for none or for several is refused, with a way out."""
    with pytest.raises(LookupError) as refused:
        BOOK.resolve(word)

    assert message in refused.value.args[0]
    assert advice in refused.value.args[1]


def test_an_account_that_was_deleted() -> None:
    """A name that only a deleted account has is told to be that, and is not what anybody could have meant."""
    was = ListedAccount("acc_6", "Rainy Day", "pod", deleted=True)
    entries = {"rainy": AccountEntry(name="Rainy Day"), "rain": AccountEntry(name="Rainy Dax")}
    others = {"Checking": "name another one in `accounts:`", "Rainy Days": "did you mean `Rainy Days`?"}
    for beside, advice in others.items():
        book = AccountBook(entries, (was, ListedAccount("acc_7", beside, "pod")))
        with pytest.raises(LookupError) as raised:
            book.resolve("rainy")
        assert ("`rainy`: the account with the name `Rainy Day` was deleted", advice) == raised.value.args

    with pytest.raises(LookupError) as raised:
        AccountBook(entries, (was,)).resolve("rain")
    assert "compare `accounts:` with what the app shows" == raised.value.args[1]


def test_an_id_with_its_type_is_believed() -> None:
    """What rulesync.yaml says in full needs no list, and is not held against one."""
    book = AccountBook({"savings": AccountEntry(id="acc_2", type="pod")}, ())

    assert Account("acc_2", "pod") == book.resolve("savings")


@pytest.mark.parametrize(
    ("words", "typed", "needed"),
    [(["savings"], True, False), (["checking"], True, True), (["checking"], False, False), (["by-name"], False, True)],
)
def test_when_the_list_is_needed(words: list[str], *, typed: bool, needed: bool) -> None:
    """The API is asked only where an id, or a type that matters, is not known."""
    assert needed is OFFLINE.needs_list(words, typed=typed)
    assert not BOOK.needs_list(words, typed=typed)


def test_names_for_people() -> None:
    """People read the name that the app shows; before it is known, ours, made readable."""
    assert {"acc_1": "Checking", "acc_2": "Savings", "acc_9": "Gone"} == OFFLINE.names()
    assert "Twin" == BOOK.names()["acc_3"]
    assert "acc_5" not in BOOK.names()
