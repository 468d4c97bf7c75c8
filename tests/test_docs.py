"""The documentation, executed: what it shows is run and loaded, and what the code can say stands in it."""

import ast
import http.client
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rulesync import errors
from rulesync.accounts import AccountBook
from rulesync.cli.main import COMMANDS
from rulesync.config import Config, load, without_ours
from rulesync.findings import Finding
from rulesync.sandbox import Sandbox, serve
from rulesync.source import load as load_rules
from rulesync.source import resolve

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MODULES = [path for path in sorted((ROOT / "rulesync").rglob("*.py")) if "sandbox" not in path.parts]
CHECK = re.compile(r"[a-z]+(?:-[a-z]+)*")
SAYERS = {"error", "info", "warning", "refuse", "complain", "_say", "say", "_finding"}
"""The functions whose first argument is the id of a check."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; a YAML block names its file in its first line, as a comment."""

    page: Path
    language: str
    text: str

    @property
    def file(self) -> str:
        """The name in the first line."""
        return self.text.partition("\n")[0].removeprefix("# ").strip()

    def __str__(self) -> str:
        return f"{self.page.name}:{self.file}"


def blocks(page: Path) -> list[Block]:
    return [Block(page, language, text) for language, text in _FENCE.findall(page.read_text(encoding="utf-8"))]


SHOWN = [
    page for page in PAGES if page.name != "checks.md"
]  # its blocks are wrong on purpose, and have a test of theirs
YAML = [block for page in SHOWN for block in blocks(page) if block.language in {"yaml", "yml"}]
CONFIGS = [block for block in YAML if block.file == "rulesync.yaml"]
RULES = [block for block in YAML if block not in CONFIGS and block.page.name != "checks.md"]  # see tests/lint


def configured(block: Block, root: Path) -> Config:
    (root / "rulesync.yaml").write_text(block.text, encoding="utf-8")
    return load(root, environ={})


# What pages hold


def test_every_yaml_block_is_a_file() -> None:
    """A reader who copies a block knows where to put it, and it is put there by the tests below."""
    assert CONFIGS
    assert RULES
    assert [] == [str(block) for block in RULES if not re.fullmatch(r"rules/[a-z0-9._/-]+\.yaml", block.file)]


@pytest.mark.parametrize("block", CONFIGS, ids=str)
def test_every_configuration_loads(block: Block, tmp_path: Path) -> None:
    """Every rulesync.yaml that is shown is one."""
    assert configured(block, tmp_path).accounts


@pytest.mark.parametrize("block", RULES, ids=str)
def test_every_rule_file_loads(block: Block, tmp_path: Path) -> None:
    """Every rule file that is shown loads without a finding, with the accounts of the README's rulesync.yaml."""
    config = configured(CONFIGS[0], tmp_path)
    file = tmp_path / block.file
    file.parent.mkdir(parents=True)
    file.write_text(block.text, encoding="utf-8")

    sources = load_rules(config.root, config.rules)
    desired, unresolved = resolve(sources, AccountBook(config.accounts))

    assert ((), ()) == (sources.findings, unresolved)
    assert [Path(block.file).relative_to("rules").with_suffix("").as_posix()] == [rule.key for rule in desired]


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link inside of the repository leads to a file, and to a heading where it names one."""
    broken = []
    for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = page.parent / parts.path if parts.path else page
        if not target.exists() or (parts.fragment and parts.fragment not in _anchors(target)):
            broken.append(link)

    assert [] == broken


# What the README promises


def test_the_readme_opens_with_two_commands() -> None:
    """Whoever opens the README sees at once how to see it work and how to test it."""
    top = "\n".join(README.splitlines()[:16])

    assert "make demo" in top
    assert "make test" in top


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_readme(command: str) -> None:
    """Every command has its row in the README."""
    assert f"| `rulesync {command}` |" in README


def _exit_codes(page: Path) -> dict[int, str]:
    text = page.read_text(encoding="utf-8")
    table = text.partition("| exit code | meaning |\n")[2].partition("\n\n")[0]
    return {int(code): meaning for code, meaning in re.findall(r"^\| (\d+) \| (.+) \|$", table, re.MULTILINE)}


def test_exit_codes() -> None:
    """The README and the reference give the same meaning to the same codes, which are those of the code."""
    told = _exit_codes(ROOT / "README.md")
    raised = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.RulesyncError)
    }

    assert told == _exit_codes(ROOT / "docs" / "reference" / "exit-codes.md")
    assert {0, 2, 5, 6, 70} | raised == set(told)


# What the code can say


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _said(tree: ast.Module) -> Iterator[str]:
    """Yield the checks that a module names: as a first argument, or at the head of a constant that is passed on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and _name(node.func) in SAYERS:
            yield from _text(node.args[0])
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple) and _is_passed_on(node, tree):
            yield from _text(node.value.elts[0])


def _is_passed_on(node: ast.Assign, tree: ast.Module) -> bool:
    """Tell whether a constant is handed to a function, as the two doubts of `binding` are."""
    names = {target.id for target in node.targets if isinstance(target, ast.Name)}
    calls = (call for call in ast.walk(tree) if isinstance(call, ast.Call) and _name(call.func) == "_doubts")
    return any(isinstance(argument, ast.Name) and argument.id in names for call in calls for argument in call.args)


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _text(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHECK.fullmatch(node.value):
        yield node.value


def test_every_check_has_its_entry() -> None:
    """Every check that the code can name is in the list of findings, with a way out, and no other is."""
    checks = sorted({check for path in MODULES for check in _said(_tree(path))})
    page = (ROOT / "docs" / "reference" / "findings.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z-]+)` \| \S.* \| \S.* \|$", page, re.MULTILINE)

    assert {"possible-duplicate", "possible-rename", "field-loss", "cut-amount", "too-deep"} <= set(checks)
    assert checks == sorted(told)


def test_nobody_else_makes_findings() -> None:
    """A finding comes from `error` or `warning`, or from a saved plan or memory, so that the list above is complete."""
    makers = {
        str(path.relative_to(ROOT / "rulesync"))
        for path in MODULES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and _name(node.func) == Finding.__name__
    }

    assert {"findings.py", "planfile/reading.py", "recall.py", "render/view.py"} >= makers


def test_the_picture_of_the_house_is_the_one_that_is_checked() -> None:
    """The rows of the architecture are those of the import linter, and the list of decisions names each of them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (linter,) = [each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "layers"]
    decisions = ROOT / "docs" / "adr"
    listed = _LINK.findall((decisions / "README.md").read_text(encoding="utf-8"))

    assert "\n".join(linter["layers"]) in [block.text.strip() for block in blocks(ROOT / "docs" / "architecture.md")]
    assert sorted(path.name for path in decisions.glob("[0-9]*.md")) == listed


# The first quarter of an hour


@dataclass
class Story:
    """The README's story as it is run here: a directory, a sandbox, and the commands as a reader types them."""

    root: Path
    box: Sandbox
    address: str
    environment: dict[str, str]
    problems: list[str] = field(default_factory=list)

    def rule_id(self) -> str:
        """Return the id of the one managed rule."""
        (found,) = [str(rule["id"]) for rule in self.box.rules() if "[rulesync:" in str(rule.get("description"))]
        return found

    def remark(self, words: str) -> None:
        """Do what a remark that no reader sees asks for: what the prose tells the reader to do by hand."""
        if words == "activate":
            self.box.activate(self.rule_id())
        elif words.startswith("replace in "):
            file, _, change = words.removeprefix("replace in ").partition(": ")
            before, _, after = change.partition(" -> ")
            path = self.root / file
            assert before in path.read_text(encoding="utf-8")
            path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")

    def command(self, line: str, shown: Sequence[str]) -> None:
        """Run one command, and note every line shown that it did not print, in their order."""
        words = shlex.split(line)
        code = re.fullmatch(r"\(exit (\d+)\)", shown[-1]) if shown else None
        output, ended = self._curl(words) if words[0] == "curl" else self._rulesync(words)
        if ended != int(code[1] if code else 0):
            self.problems.append(f"`{line}` ended with {ended}:\n{output}")
        printed = iter(_plain(output).splitlines())
        for each in shown[: -1 if code else None]:
            if each.strip() not in {"", "…"} and _plain(each) not in printed:
                self.problems.append(f"`{line}` did not print (here):\n{each}\nbut:\n{output}")

    def _rulesync(self, words: list[str]) -> tuple[str, int]:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout, done.returncode

    def _curl(self, words: list[str]) -> tuple[str, int]:
        path = re.sub(r"rule_[0-9A-Z]+", self.rule_id(), urlsplit(words[-1]).path)
        app = http.client.HTTPConnection(self.address, timeout=10)
        app.request("POST", path, words[words.index("-d") + 1], {"Content-Type": "application/x-www-form-urlencoded"})
        status = app.getresponse().status
        app.close()
        return "", 0 if status < 400 else 22


def _plain(text: str) -> str:
    """Return a text without what differs from run to run: ids of rules, the port of the sandbox, and seconds spent."""
    for pattern, always in (
        (r"rule_[0-9A-Z]{26}", "rule_…"),
        (r"127\.0\.0\.1:\d+", "127.0.0.1:8787"),
        (r"; \d+ s$", "; 0 s"),
    ):
        text = re.sub(pattern, always, text, flags=re.MULTILINE)
    return text


def _steps(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield remarks (`<!-- story: … -->`) and commands (`$ …`), each with the lines that it shows."""
    step: tuple[str, list[str]] | None = None
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = line == "```console"
        elif remark := re.fullmatch(r"<!-- story: (.+) -->", line):
            yield from [step] if step else []
            step = (f"# {remark[1]}", [])
        elif fenced and line.startswith("$ "):
            yield from [step] if step else []
            step = (line[2:], [])
        elif fenced and step:
            step[1].append(line)
    yield from [step] if step else []


def test_the_first_quarter_of_an_hour(tmp_path: Path) -> None:
    """The README's story runs as it is written, prints what is shown, in that order, and ends as it says."""
    root = tmp_path / "household"
    root.mkdir()
    text = README.partition("<!-- story: begin -->")[2].partition("<!-- story: end -->")[0]
    with Sandbox() as box, serve(box) as server:
        ours = {"RULESYNC_BASE_URL": f"{server.url}/api/v1", "SEQUENCE_API_KEY": box.key, "COLUMNS": "80"}
        environment = {**without_ours(), **ours, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
        story = Story(root, box, f"127.0.0.1:{server.server_port}", environment)
        steps = list(_steps(text))
        for line, shown in steps:
            if line.startswith("# "):
                story.remark(line[2:])
            else:
                story.command(line, shown)

    assert [] == story.problems
    assert {"init", "plan", "apply", "status", "drift"} <= {line.split()[1] for line, _ in steps}
