"""Rule files looked at by checks: YAML in, findings out, at one moment and with the accounts of the README."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rulesync import lint
from rulesync.accounts import AccountBook, ListedAccount
from rulesync.config import load as load_config
from rulesync.findings import Finding
from rulesync.lint import Surroundings, amounts, conditions, schedules, texts, together
from rulesync.lint.check import Check
from rulesync.source import load, resolve

OF_ONE_RULE = (*conditions.CHECKS, *amounts.CHECKS, *together.CHECKS, *schedules.CHECKS, *texts.CHECKS)
NOW = datetime(2027, 1, 2, 12, tzinfo=UTC)
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS: list[str] = re.findall(r"^```yaml\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
(CONFIG,) = [text for text in BLOCKS if text.startswith("# rulesync.yaml\n")]


def listed(
    account_id: str, name: str, kind: str, external: str | None = None, *, source: bool = True, owner: str = "Ada"
) -> ListedAccount:
    """Return an account as the API lists it; money can always go in."""
    return ListedAccount(
        account_id, name, kind, external, can_be_source=source, can_be_destination=True, beneficiary=owner
    )


OUTSIDE = "external_account"
LISTED = (
    listed("acc_01HABC4567", "Checking", "income_source"),
    listed("acc_01HSAV9999", "Savings", "pod"),
    listed("acc_01HRNY5555", "Rainy Day", "pod"),
    listed("acc_01HTAX3333", "Taxes", "pod"),
    listed("acc_01HBNK1111", "First Federal Checking", OUTSIDE, "DEPOSITORY"),
    listed("acc_01HCRD6666", "Visa Card", OUTSIDE, "LIABILITY", source=False),
    listed("acc_01HLON4444", "Car Loan", OUTSIDE, "LIABILITY", source=False),
    listed("acc_01HINV0000", "Brokerage", OUTSIDE, "INVESTMENT", source=False),
    listed("acc_01HRNT2222", "Rent", "pod"),
    listed("acc_01HBIL7777", "Bills", "pod"),
    listed("acc_01HFRM0001", "Firm", "pod", owner="Lovelace Ltd"),
    replace(listed("acc_01HOLD0001", "Old Savings", "pod"), deleted=True),
)
"""The accounts of the documentation: one of another owner, one that was deleted, and some that only take money in."""


def findings(
    root: Path, files: dict[str, str], *, with_list: bool = True, checks: Iterable[Check] = OF_ONE_RULE
) -> tuple[Finding, ...]:
    """Return what the checks say of rule files by name; `with_list` gives them the API's accounts."""
    (root / "rulesync.yaml").write_text(CONFIG, encoding="utf-8")
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    config = load_config(root, environ={})
    sources, book = load(config.root, config.rules), AccountBook(config.accounts, LISTED if with_list else None)
    desired, unresolved = resolve(sources, book, NOW.date())
    assert ((), ()) == (sources.findings, unresolved)
    around = Surroundings(book.listed, book.names(), NOW, config.checks, sources.locate)
    return lint.run(desired, around, checks)


def told(root: Path, text: str, *, with_list: bool = True) -> dict[str, tuple[str, str | None, str]]:
    """Return what is said of one rule file by check: the last such sentence, its help, and the text it points at."""
    found = findings(root, {"rules/save.yaml": text}, with_list=with_list)
    return {each.check: (each.message, each.help, _pointed_at(each)) for each in found}


def _pointed_at(finding: Finding) -> str:
    place = finding.location
    assert place
    assert place.text is not None
    return place.text[place.column - 1 : place.column - 1 + place.width]
