import os
from pathlib import Path

import pytest

from tests.cli.conftest import Household

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema"


@pytest.mark.parametrize(("name", "file"), [("rule", "rule.schema.json"), ("config", "rulesync.schema.json")])
def test_what_is_published_is_what_is_printed(household: Household, name: str, file: str) -> None:
    """The schemas in docs/schema are those of this version; `make golden` rewrites them."""
    printed = household.run("schema", name)
    if os.environ.get("UPDATE_GOLDEN"):
        (PUBLISHED / file).write_text(printed.out, encoding="utf-8")

    assert (0, "") == (printed.code, printed.err)
    assert (PUBLISHED / file).read_text(encoding="utf-8") == printed.out


def test_rules_are_meant_if_nothing_is_said(household: Household) -> None:
    """Without a word, the schema of rule files is printed; with a wrong one, the right ones are named."""
    assert household.run("schema", "rule").out == household.run("schema").out
    wrong = household.run("schema", "rules")
    assert (64, True) == (wrong.code, "'rule', 'config'" in wrong.err)
