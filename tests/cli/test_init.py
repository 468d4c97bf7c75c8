import json
import re
from pathlib import Path
from typing import Any

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


WORKFLOWS = Path(__file__).parents[2] / "examples" / "workflows"
NAMES = ("plan", "apply", "drift")


def test_workflows(fresh: Household) -> None:
    """With `--github` a start has the workflows of the examples besides, at the top of the repository."""
    done = fresh.run("init", "--github")

    written = {name: (fresh.root / ".github" / "workflows" / f"rulesync-{name}.yml").read_text() for name in NAMES}
    assert {name: (WORKFLOWS / f"{name}.yml").read_text() for name in NAMES} == written
    assert (0, True) == (done.code, "OWNER/rulesync" in done.out.splitlines()[-1])
    assert (fresh.root / "rulesync.yaml").exists()


def test_workflows_of_what_is_set_up(household: Household) -> None:
    """Where rulesync.yaml is there, the workflows are written alone, and once."""
    before = (household.root / "rulesync.yaml").read_text()
    commit = "0123456789abcdef0123456789abcdef01234567"

    done = household.run("init", "--github", "--uses", f"acme/rules.sync@{commit}")
    again = household.run("init", "--github")

    assert (0, 3) == (done.code, len(done.out.splitlines()))
    assert (1, before) == (again.code, (household.root / "rulesync.yaml").read_text())
    for name in NAMES:
        text = (household.root / ".github" / "workflows" / f"rulesync-{name}.yml").read_text()
        assert f"uses: acme/rules.sync/.github/workflows/{name}.yml@{commit}\n" in text
        assert f'rulesync-repository: acme/rules.sync\n      rulesync-commit: "{commit}"\n' in text
        assert not re.search(r"OWNER|0{40}", text)


def test_workflows_of_a_directory(fresh: Household) -> None:
    """Workflows for rules that lie deeper stand at the top of the repository, and name their directory."""
    (fresh.root / ".git").mkdir()
    deep = fresh.root / "money" / "our rules: all"
    deep.mkdir(parents=True)

    done = fresh.run("-C", str(deep), "init", "--github")

    workflows = fresh.root / ".github" / "workflows"
    assert ["rulesync-apply-money-our-rules-all.yml", "rulesync-drift-money-our-rules-all.yml"] == sorted(
        file.name for file in workflows.iterdir()
    )[:2]
    text = (workflows / "rulesync-plan-money-our-rules-all.yml").read_text()
    ((document,), _) = read(text.replace("on:\n", '"on":\n'), "plan.yml")
    value: Any = document.data
    assert 0 == done.code
    assert "money/our rules: all" == value["jobs"]["plan"]["with"]["directory"]
    assert "rulesync plan of money/our rules: all" == value["name"]


@pytest.mark.parametrize("arguments", [["--uses", "acme/r@" + "0" * 40], ["--github", "--uses", "acme/r@v1"]])
def test_workflows_that_are_not_pinned(fresh: Household, arguments: list[str]) -> None:
    """A tag or a branch is no commit, and without workflows there is nothing to pin."""
    done = fresh.run("init", *arguments)

    assert (64, []) == (done.code, [file for file in fresh.root.rglob("*") if file.is_file()])
