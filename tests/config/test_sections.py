from pathlib import Path

import pytest

from rulesync.config import Config, load
from rulesync.errors import ConfigError
from rulesync.findings import Severity
from rulesync.policy import Limits


def loaded(root: Path, text: str, workspace: str | None = None) -> Config:
    (root / "rulesync.yaml").write_text(text)
    return load(root, workspace=workspace, environ={})


def wrong(root: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        loaded(root, text)
    return [each.message for each in refused.value.findings]


def test_limits_are_counts_shares_and_money(tmp_path: Path) -> None:
    """A limit is a number of rules, a share of them, or an amount of money with its `$`."""
    text = (
        "limits: {max_creates: 1, max_updates: 2, max_deletes: 0, max_updates_percent: 50, max_deletes_percent: 5.5, "
        'max_at_stake: "$5,000.00"}'
    )
    assert Limits(1, 2, 0, 50, 5.5, 500_000) == loaded(tmp_path, text).limits


@pytest.mark.parametrize("amount", ["5000", "5000.0", "$5,0.00", "[]", "true"])
def test_an_amount_needs_its_dollar_sign(tmp_path: Path, amount: str) -> None:
    """A limit of money that is no amount is refused."""
    assert ["`max_at_stake` needs an amount"] == wrong(tmp_path, f'limits: {{max_at_stake: "{amount}"}}')
    assert ["`max_at_stake` needs an amount"] == wrong(tmp_path, f"limits:\n  max_at_stake: {amount}\n")[:1]


def test_a_name_for_a_variable_is_a_word(tmp_path: Path) -> None:
    """What a template cannot name is no variable."""
    assert {"rent": "$5.00", "Tax_2": 1} == loaded(tmp_path, "vars: {rent: $5.00, Tax_2: 1}").vars
    assert ["`a-b` is no name for a variable"] == wrong(tmp_path, "vars: {a-b: 1}")


def test_cosmetic_changes_are_applied_or_deferred(tmp_path: Path) -> None:
    """`cosmetic` is one of two words, and a workspace may choose its own."""
    text = "cosmetic: defer\nworkspaces: {firm: {api: {key_env: SEQUENCE_FIRM_KEY}, cosmetic: apply}}"
    assert ("defer", "apply") == (loaded(tmp_path, text).cosmetic, loaded(tmp_path, text, "firm").cosmetic)
    assert "apply" == loaded(tmp_path, "").cosmetic
    assert ["`never` is no `cosmetic`"] == wrong(tmp_path, "cosmetic: never")


def test_no_check_is_chosen_by_default(tmp_path: Path) -> None:
    """Without `checks`, every check weighs what it weighs, and an unknown one is refused."""
    none: dict[str, Severity | None] = {}
    assert none == loaded(tmp_path, "").checks
    assert ["`checks` has no field `no-such-check`"] == wrong(tmp_path, "checks: {no-such-check: off}")
