from pathlib import Path

from bench import corpus
from bench.rotation import ratio
from rulesync.accounts import AccountBook
from rulesync.config import load as load_config
from rulesync.source import load, resolve


def test_what_is_measured_is_in_order(tmp_path: Path) -> None:
    """The rules of the benchmark are as many as asked for, no two alike, and without a finding."""
    corpus.rules(tmp_path / "ours", 3)
    config = load_config(tmp_path / "ours", environ={})
    sources = load(config.root, config.rules)
    desired, unresolved = resolve(sources, AccountBook(config.accounts))
    assert ((), (), 3) == (sources.findings, unresolved, len({rule.rule for rule in desired}))
    assert 35 <= len((tmp_path / "ours" / "rules" / "rule-0.yaml").read_text().splitlines()) <= 45


def test_terraform_has_as_much_to_read(tmp_path: Path) -> None:
    """Terraform gets as many resources, a file each, of about the size of a rule."""
    corpus.rules(tmp_path / "ours", 2)
    corpus.resources(tmp_path / "theirs", 2)
    files = sorted((tmp_path / "theirs").glob("*.tf"))
    assert ["rule_0.tf", "rule_1.tf"] == [file.name for file in files]
    assert 0.7 <= files[0].stat().st_size / (tmp_path / "ours" / "rules" / "rule-0.yaml").stat().st_size <= 1.3


def test_a_ratio_is_taken_round_by_round() -> None:
    """A machine that gets slower in the middle does not change the ratio."""
    assert (0.5, 0.5, 0.5) == ratio([1.0, 10.0], [2.0, 20.0])
