import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from rulesync.lint import IDS
from rulesync.lint.table import CHECKS
from tests.lint.scenes import findings

PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
_ENTRY = re.compile(
    r"^### `(?P<id>[a-z0-9-]+)`\n+\*(?P<severity>error|warning|info)\.\* (?P<text>[^#]+?)\n+"
    r"Bad:\n+```yaml\n(?P<bad>.*?)^```\n+"
    r"Good:\n+```yaml\n(?P<good>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Entry:
    """What the page says of a check."""

    id: str
    severity: str
    text: str
    bad: str
    good: str


ENTRIES = {match["id"]: Entry(**match.groupdict()) for match in _ENTRY.finditer(PAGE)}


def said(block: str, root: Path, *, with_list: bool = True) -> dict[str, str]:
    """Return the checks that speak of an example, each with how much it weighs."""
    name = re.fullmatch(r"# (rules/[a-z0-9/-]+\.yaml)", block.partition("\n")[0])
    assert name
    found = findings(root, {name[1]: block}, with_list=with_list, checks=CHECKS)
    return {finding.check: finding.severity.value for finding in found}


def test_every_check_has_its_entry() -> None:
    """Each check is on the page once, in the shape in which it is tested here, and nothing else is."""
    assert sorted(IDS) == sorted(ENTRIES)
    assert sorted(IDS) == sorted(re.findall(r"^### `(.+)`$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_examples_are_what_they_are_called(check: object, tmp_path: Path) -> None:
    """The bad example of a check has its finding, of the severity that the page names; the good one has not."""
    (known,) = [each for each in CHECKS if each is check]
    entry = ENTRIES[known.id]
    assert known.severity.value == entry.severity
    for name in ("bad", "good"):
        (tmp_path / name).mkdir()
    assert entry.severity == said(entry.bad, tmp_path / "bad").get(known.id)
    assert None is said(entry.good, tmp_path / "good").get(known.id)


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=lambda entry: entry.id)
def test_a_good_example_is_good(entry: Entry, tmp_path: Path) -> None:
    """A good example is free of errors, whichever check says them, and so it is without the API's accounts."""
    for name in ("listed", "offline"):
        (tmp_path / name).mkdir()
        assert "error" not in said(entry.good, tmp_path / name, with_list=name == "listed").values()
