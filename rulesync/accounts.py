"""Names for accounts: what a rule file calls `checking` is, in the API, an id and a type."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rulesync.findings import did_you_mean
from rulesync.rule import Account

UNKNOWN = "?"
"""What the id of an account begins with whose name was not looked up, and the whole of a type that is not known."""

ACCOUNT_TYPES = ("income_source", "pod", "external_account")


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """An account as the API lists it; what it does not tell is None.

    `external_type` is `DEPOSITORY`, `INVESTMENT` or `LIABILITY`, `beneficiary` the name of the person or business that
    the money belongs to. A deleted account has no name that anybody could mean.
    """

    id: str
    name: str | None
    type: str
    external_type: str | None = None
    can_be_source: bool | None = None
    can_be_destination: bool | None = None
    beneficiary: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One entry of `accounts:` in rulesync.yaml: an id, an id with its type, or a name to look up."""

    id: str | None = None
    type: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AccountBook:
    """The names of rulesync.yaml, with the API's list of accounts once it was fetched (None before)."""

    entries: Mapping[str, AccountEntry] = field(default_factory=dict)
    listed: tuple[ListedAccount, ...] | None = None

    def needs_list(self, words: Iterable[str], *, typed: bool) -> bool:
        """Tell whether one of the names cannot be resolved without the API; `typed` where the type is needed too."""
        return self.listed is None and any(
            entry.id is None or (typed and entry.type is None)
            for entry in (self.entries.get(word) for word in words)
            if entry is not None
        )

    def resolve(self, word: str) -> Account:
        """Return the account that a name stands for.

        The type is empty where it is not known yet, and so is the id of a name that was not looked up: good enough to
        check a file offline, never sent.

        Raises:
            LookupError: nothing, or more than one account, has that name; the message is a sentence for people, and
                the second argument, where there is one, the advice.
        """
        entry = self.entries.get(word)
        if entry is None:
            advice = did_you_mean(word, self.entries) or "add it to `accounts:` in rulesync.yaml"
            raise LookupError(f"no account is named `{word}`", advice)
        if self.listed is None:
            return Account(entry.id or "", entry.type or "")
        if entry.id is not None and entry.type is not None:
            return Account(entry.id, entry.type)
        return self._look_up(word, entry, self.listed)

    def stands_for(self, word: str) -> Account:
        """Return what a name stands for, as far as that is known: an id or type that is not begins with `?`.

        Raises:
            LookupError: as for `resolve`.
        """
        account = self.resolve(word)
        return Account(account.id or f"{UNKNOWN}{word}", account.type or UNKNOWN)

    def _look_up(self, word: str, entry: AccountEntry, listed: tuple[ListedAccount, ...]) -> Account:
        found = [account for account in listed if _fits(account, entry)]
        sought = f"the id `{entry.id}`" if entry.id else f"the name `{entry.name}`"
        if entry.type:
            sought += f" and the type `{entry.type}`"
        if len(found) == 1:
            return Account(found[0].id, found[0].type)
        if found:
            ids = ", ".join(f"`{account.id}`" for account in found)
            raise LookupError(f"`{word}`: {len(found)} accounts have {sought}: {ids}", "name one of them by `id:`")
        kept = [account.name for account in listed if account.name and not account.deleted]
        near = did_you_mean(entry.name, kept) if entry.name else None
        if any(_fits(replace(account, deleted=False), entry) for account in listed):
            message = f"`{word}`: the account with {sought} was deleted"
            raise LookupError(message, near or "name another one in `accounts:`")
        raise LookupError(f"`{word}`: no account has {sought}", near or "compare `accounts:` with what the app shows")

    def names(self) -> dict[str, str]:
        """Return a name for people for each account id that has one: the API's, else the one in rulesync.yaml."""
        ours = {entry.id: _for_people(word) for word, entry in self.entries.items() if entry.id}
        theirs = {account.id: account.name for account in self.listed or () if account.name}
        return ours | theirs


def _fits(account: ListedAccount, entry: AccountEntry) -> bool:
    wanted = account.id == entry.id if entry.id is not None else account.name == entry.name and not account.deleted
    return wanted and entry.type in {None, account.type}


def _for_people(word: str) -> str:
    return word.replace("-", " ").replace("_", " ").title()
