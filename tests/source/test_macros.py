from pathlib import Path

import pytest

from rulesync.source.macros import macros
from rulesync.template import RefusedError


def test_a_file_of_macros_is_read(tmp_path: Path) -> None:
    """A file in the directory of rules whose name begins with `_` can be imported."""
    (tmp_path / "_m.yaml").write_text("text")
    found = macros(tmp_path, "rules", "_m.yaml")
    assert ("rules/_m.yaml", "text") == (found.file, found.content)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../_m.yaml",
        "m.yaml",
        "_m",
        "sub/_m.yaml",
        "_m.yaml/",
        "",
        "_m.json",
        "_" + "m" * 100 + "/x.yaml",
    ],
)
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    """Nothing else can be imported, whatever its name leads to."""
    (tmp_path / "_m.yaml").write_text("text")
    with pytest.raises(RefusedError) as problem:
        macros(tmp_path, "rules", name)
    assert problem.value.message.endswith("is nothing that a rule file may import")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A file that is missing, leads out of the directory, or is no text is refused, with a near name where one is."""
    rules = tmp_path / "rules"
    (rules / "_d.yaml").mkdir(parents=True)
    (rules / "_macros.yaml").write_text("text")
    (tmp_path / "secret").write_text("text")
    (rules / "_out.yaml").symlink_to(tmp_path / "secret")
    (rules / "_bytes.yaml").write_bytes(b"\xff")
    said = {}
    for name in ("_macro.yaml", "_out.yaml", "_d.yaml", "_bytes.yaml"):
        with pytest.raises(RefusedError) as problem:
            macros(rules, "rules", name)
        said[name] = problem.value.message
    assert {
        "_macro.yaml": "there is no `rules/_macro.yaml`",
        "_out.yaml": "`rules/_out.yaml` is a link out of the directory of rules",
        "_d.yaml": "`rules/_d.yaml` is not a regular file",
        "_bytes.yaml": "`rules/_bytes.yaml`: the file is not UTF-8",
    } == said
