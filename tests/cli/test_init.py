import json
from pathlib import Path

import pytest

from rulesync.document import read
from tests.cli.conftest import Done, Household
from tests.schemas import Schema


@pytest.fixture
def fresh(household: Household) -> Household:
    """Return an empty directory."""
    (household.root / "rulesync.yaml").unlink()
    return household


def test_a_start_that_is_valid(fresh: Household) -> None:
    """What init writes is valid, and plans to one new rule where the accounts have those names."""
    started = fresh.run("init")

    assert (0, 0) == (started.code, fresh.run("validate").code)
    plan = fresh.run("plan", "--format", "json")
    assert (0, 1) == (plan.code, plan.json["summary"]["create"])
    assert "default" != plan.json["scope"]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("rulesync.yaml", ".rulesync/rulesync.schema.json"),
        ("rules/first-rule.yaml", "../.rulesync/rule.schema.json"),
    ],
)
def test_editors_find_the_schema(fresh: Household, file: str, line: str) -> None:
    """Each file begins with the way to its schema, which is this version's own and accepts the file."""
    fresh.run("init")

    text = (fresh.root / file).read_text()
    schema = (fresh.root / file).parent / line
    ((document,), _) = read(text, file)
    assert f"# yaml-language-server: $schema={line}" == text.splitlines()[0]
    assert fresh.run("schema", "rule" if "rules/" in file else "config").out == schema.read_text()
    assert Schema(json.loads(schema.read_text())).accepts(document.data)


def test_nothing_is_overwritten(fresh: Household) -> None:
    """A file that is there stays as it is, and then nothing is written at all."""
    (fresh.root / "rules").mkdir()
    (fresh.root / "rules" / "first-rule.yaml").write_text("mine")

    done: Done = fresh.run("init")

    assert (1, True) == (done.code, "already there" in done.err)
    assert ["rules/first-rule.yaml"] == [
        str(file.relative_to(fresh.root)) for file in fresh.root.rglob("*") if file.is_file()
    ]
    assert "mine" == (fresh.root / "rules" / "first-rule.yaml").read_text()


@pytest.mark.parametrize(("name", "scope"), [("Our House", "our-house"), ("default", "my-rules"), ("é", "my-rules")])
def test_a_scope_of_its_own(fresh: Household, name: str, scope: str) -> None:
    """The scope is the directory's name in one word, and never the one that everybody has."""
    directory: Path = fresh.root / name
    directory.mkdir()

    fresh.run("-C", str(directory), "init")

    assert f"\nscope: {scope} " in (directory / "rulesync.yaml").read_text()


def test_a_scope_by_name(fresh: Household) -> None:
    """A scope that is given is taken; one that cannot be in a marker is refused."""
    assert 0 == fresh.run("init", "--scope", "firm").code
    assert "firm" == fresh.run("plan", "--format", "json").json["scope"]
    assert 64 == fresh.run("init", "--scope", "a/b").code
