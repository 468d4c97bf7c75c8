import os
from pathlib import Path

import pytest

from rulesync.errors import ConfigError
from rulesync.source.files import RuleFilePath, rule_files
from tests.unprivileged import as_nobody, open_directory


def make(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def test_rule_files_are_found_in_order_with_their_keys(tmp_path: Path) -> None:
    """Files of three endings are found in all directories, but not where a name begins with `_` or `.`."""
    names = ["b.yaml", "a.yml", "c.json", "pay/tax.yaml", "_x.yaml", ".y.yaml", "_z/a.yaml", ".git/a.yaml"]
    make(tmp_path / "rules", *names)
    found = rule_files(tmp_path, "rules")
    assert [("rules/a.yml", "a"), ("rules/b.yaml", "b"), ("rules/c.json", "c"), ("rules/pay/tax.yaml", "pay/tax")] == [
        (file.name, file.key) for file in found.files
    ]
    assert [] == found.findings


def test_other_files_are_a_warning(tmp_path: Path) -> None:
    """A file that is not read is named, so that nobody waits for it to do something."""
    make(tmp_path / "rules", "a.yaml~", "notes.txt", "b.YAML")
    found = rule_files(tmp_path, "rules")
    assert [] == found.files
    assert ["ignored-file"] * 3 == [finding.check for finding in found.findings]
    assert "`rules/a.yaml~` is no rule file, so it is not read" == found.findings[0].message


def test_a_link_out_of_the_directory_is_refused(tmp_path: Path) -> None:
    """A link shows a review another text than is read, so it may lead to a file in the directory only."""
    make(tmp_path, "secret.yaml", "rules/a.yaml", "rules/sub/b.yaml")
    (tmp_path / "rules/out.yaml").symlink_to(tmp_path / "secret.yaml")
    (tmp_path / "rules/up").symlink_to(tmp_path)
    (tmp_path / "rules/in.yaml").symlink_to("a.yaml")
    (tmp_path / "rules/self.yaml").symlink_to("self.yaml")
    found = rule_files(tmp_path, "rules")
    assert ["a", "in", "self", "sub/b"] == [file.key for file in found.files]
    assert [
        "`rules/up` is a link to a directory, or out of the directory of rules",
        "`rules/out.yaml` is a link to a directory, or out of the directory of rules",
    ] == [finding.message for finding in found.findings]


def test_a_directory_that_is_missing_is_an_error(tmp_path: Path) -> None:
    """A directory that is not there, or a file in its place, is never "no rules"."""
    make(tmp_path, "file")
    with pytest.raises(ConfigError, match="the directory of rules `rules` does not exist"):
        rule_files(tmp_path, "rules")
    with pytest.raises(ConfigError, match="the directory of rules `file` is no directory"):
        rule_files(tmp_path, "file")


def test_a_directory_that_may_not_be_read_is_named() -> None:
    """What lies in a directory without permission is an error, not an absence; the rest is found."""
    with open_directory() as directory:
        make(directory / "rules", "a.yaml")
        (directory / "rules/closed").mkdir(mode=0)
        with as_nobody():
            found = rule_files(directory, "rules")

    assert ["`rules/closed` cannot be read: permission denied"] == [finding.message for finding in found.findings]
    assert ["rules/a.yaml"] == [file.name for file in found.files]


def test_a_name_that_is_not_utf_8_can_be_shown(tmp_path: Path) -> None:
    """A file name in another encoding is shown with a mark instead of breaking the output."""
    make(tmp_path / "rules")
    (tmp_path / "rules").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "rules") + b"/b\xe9.yaml")).touch()
    (file,) = rule_files(tmp_path, "rules").files
    assert "rules/b\ufffd.yaml" == file.name
    assert isinstance(file, RuleFilePath)


@pytest.mark.parametrize("start", [".", "below", "below/../below"])
@pytest.mark.parametrize("kind", ["absolute", "relative"])
def test_a_name_is_the_path_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, kind: str
) -> None:
    """However the root is spelled, a file is called by the way to it from there, and its key is the rest of it."""
    (tmp_path / "below").mkdir()
    make(tmp_path / start, "rules/a.yaml", "rules/b-c/d_e.yaml", "rules/é.yaml", "rules/with space.yaml")
    monkeypatch.chdir(tmp_path)
    root = tmp_path / start if kind == "absolute" else Path(start)
    found = rule_files(root, "rules").files
    assert ["a", "b-c/d_e", "with space", "é"] == sorted(file.key for file in found)
    assert [f"rules/{file.key}.yaml" for file in found] == [file.name for file in found]
