"""Laws of rules that are known from before, when names of accounts are resolved."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rulesync import document
from rulesync.accounts import AccountBook, AccountEntry
from rulesync.document import Text
from rulesync.known import Known, Word
from rulesync.outline import outline
from rulesync.recall import KnownFiles, text_digest
from rulesync.ruleset import DesiredRule, RecalledRule
from rulesync.source import load, resolve

TEXT = """\
nickname: Save
trigger: {type: MANUAL, account: checking}
steps: [{actions: [{type: fixed_amount, amount: $5, source: checking, destination: savings}]}]
"""
BOOK = AccountBook({word: AccountEntry(f"acc_{word}", "pod") for word in ("checking", "savings")})


def recalled(root: Path, *words: Word) -> DesiredRule:
    """Return the rule of a directory, of which those words are known."""
    (root / "rules").mkdir(exist_ok=True)
    (root / "rules" / "save.yaml").write_text(TEXT)
    ((whole,), _) = resolve(load(root, "rules"), BOOK)
    memory = KnownFiles(root / "cache", "here", [])
    drawn = replace(outline(whole.rule), nickname="From memory")
    memory.keep(
        text_digest("rules/save.yaml", TEXT),
        [Known("save", None, None, protect=False, suppress={}, words=words, outline=drawn, findings=(), around="")],
    )
    memory.save()
    ((rule,), _) = resolve(load(root, "rules", known=KnownFiles(root / "cache", "here", [])), BOOK)
    return rule


def test_a_rule_is_recalled_where_its_names_stand_for_the_same(tmp_path: Path) -> None:
    """What is known is believed, and what is asked beyond it is read from the file."""
    rule = recalled(tmp_path, Word("checking", typed=True, id="acc_checking", type="pod"))
    assert isinstance(rule, RecalledRule)
    assert ("From memory", "Save") == (rule.nickname, rule.rule.nickname)
    assert ("rules/save.yaml:1:1", "save") == (str(rule.location), rule.key)


@pytest.mark.parametrize(
    "word",
    [
        Word("checking", typed=True, id="acc_other", type="pod"),
        Word("checking", typed=True, id="acc_checking", type="income_source"),
        Word("gone", typed=False, id="acc_gone", type="pod"),
    ],
)
def test_a_rule_is_read_where_a_name_stands_for_something_else(tmp_path: Path, word: Word) -> None:
    """Another id, another type where that counts, or nothing at all: the file is read."""
    assert "Save" == recalled(tmp_path, word).nickname


def test_a_type_that_does_not_count_may_change(tmp_path: Path) -> None:
    """Where a rule needs the id of an account alone, its type decides nothing."""
    rule = recalled(tmp_path, Word("checking", typed=False, id="acc_checking", type="income_source"))
    assert "From memory" == rule.nickname


def test_a_copy_of_a_recalled_rule_is_whole(tmp_path: Path) -> None:
    """A rule that is copied with another pin says what its file says, and has no other attribute."""
    rule = recalled(tmp_path, Word("checking", typed=True, id="acc_checking", type="pod"))
    copy = replace(rule, pin="rule_1")
    assert ("rule_1", rule.rule) == (copy.pin, copy.rule)
    with pytest.raises(AttributeError):
        rule.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_documents_of_one_file_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for each of many documents of a file that is known has it read once, not once for each."""
    (tmp_path / "rules").mkdir()
    text = "---\n".join(f"key: save-{number}\n{TEXT}" for number in range(5))
    (tmp_path / "rules" / "many.yaml").write_text(text)
    drawn = [(rule.key, outline(rule.rule)) for rule in resolve(load(tmp_path, "rules"), BOOK)[0]]
    memory = KnownFiles(tmp_path / "cache", "here", [])
    kept = [
        Known(key, None, None, protect=False, suppress={}, words=(), outline=each, findings=(), around="")
        for key, each in drawn
    ]
    memory.keep(text_digest("rules/many.yaml", text), kept)
    memory.save()
    rules, _ = resolve(load(tmp_path, "rules", known=KnownFiles(tmp_path / "cache", "here", [])), BOOK)
    reads: list[str] = []
    parse = document.parse

    def counted(text: Text, bare: Any) -> Any:  # noqa: ANN401  # as it is
        reads.append(text.file)
        return parse(text, bare)

    monkeypatch.setattr(document, "parse", counted)

    assert [f"rules/many.yaml:{1 + 5 * number}:1" for number in range(5)] == [str(rule.location) for rule in rules]
    assert ["rules/many.yaml"] == reads
