"""Laws of the house that no linter holds: who reads the environment, how large a room may be, what a test must say."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "rulesync").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
CLIENT = [path for path in MODULES if "sandbox" not in path.parts]
LONGEST = 400
SHAPES = {"answer.py", "errors.py", "planjson.py", "ruleset.py", "spelling.py"}  # nouns without verbs
TOLD_ELSEWHERE = {
    "decode.py",
    "encode.py",
    "attempts.py",
    "closing.py",
}  # by the tests of the dialects, and of apply as a whole


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_small_and_says_what_it_is(path: Path) -> None:
    """A module has at most 400 lines and begins with the sentence that it is."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST
    assert ast.get_docstring(tree(path))


def test_only_the_configuration_reads_the_environment() -> None:
    """What the environment says reaches everybody else as a value."""
    readers = {
        path.relative_to(ROOT / "rulesync").parts[0]
        for path in MODULES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "putenv"}
    }

    assert {"config"} == readers


def test_only_the_command_line_prints_and_exits() -> None:
    """Nothing but the command line writes to standard output or error, or ends the process."""
    speakers = {
        path.relative_to(ROOT / "rulesync").parts[0]
        for path in MODULES
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id in {"print", "exit", "quit", "input"})
        or (isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr", "exit", "_exit"} and _of_sys(node))
    }

    assert {"cli", "__main__.py"} >= speakers


def _of_sys(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in {"sys", "os"}


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_a_test_says_its_law(path: Path) -> None:
    """Every test states, in one sentence, what it holds to be true."""
    tests = [
        node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]

    assert [] == [test.name for test in tests if not (ast.get_docstring(test) or "").strip().endswith(".")]
    assert tests


def test_each_module_has_a_test_of_its_own() -> None:
    """A module is tested by a file that is named after it, beside those of its room."""
    untested = [
        name(path)
        for path in CLIENT
        if path.name not in {"__init__.py", "__main__.py"} | SHAPES | TOLD_ELSEWHERE
        if path.parent.name not in {"cli", "render"}
        if not (ROOT / "tests" / path.parent.relative_to(ROOT / "rulesync") / f"test_{path.name}").is_file()
    ]

    assert [] == untested


def test_exceptions_to_the_type_checker_are_counted() -> None:
    """Whoever adds an exception raises this number, and is seen doing it."""
    text = "".join(path.read_text(encoding="utf-8") for path in MODULES)

    assert 8 >= text.count("type: ignore")
    assert 0 == text.count("pragma: no cover")
