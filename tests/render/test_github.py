import pytest

from rulesync.findings import Location, error, info, warning
from rulesync.render import github
from rulesync.render.checked import Checked


def lines(*findings: object) -> list[str]:
    return github.findings(Checked(findings)).splitlines()  # type: ignore[arg-type]  # findings


@pytest.mark.parametrize(
    ("say", "command"), [(error, "error"), (warning, "warning"), (info, "notice")], ids=["error", "warning", "info"]
)
def test_each_finding_is_a_command(say: object, command: str) -> None:
    """A finding is one command with its place, and `%`, `:` and `,` are escaped where a runner would read them."""
    found = say("a-b", "50 %, x:y", help="do", location=Location("a,b:c%.yaml", 3, 5, 4))  # type: ignore[operator]  # one of three
    expected = f"::{command} file=a%2Cb%3Ac%25.yaml,line=3,col=5,endColumn=9,title=a-b::50 %25, x:y; help: do"
    assert [expected] == lines(found)


def test_the_worst_are_shown() -> None:
    """Of each kind there are as many as GitHub shows, errors first, and the last line counts the others."""
    shown = lines(*(say("x", str(number)) for say in (info, warning, error) for number in range(12)))
    kinds = [line.split()[0] for line in shown]
    assert ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 10 == kinds
    assert "::notice title=rulesync::7 more findings; `rulesync validate` shows them all" == shown[-1]


def test_nothing_is_nothing() -> None:
    """Without findings there is no command."""
    assert [] == lines()


def test_files_are_named_from_the_top_of_the_repository() -> None:
    """What is said of a file in a directory of rules stands at the file as GitHub names it."""
    found = Checked((error("x", "y", location=Location("rules/a.yaml", 3, 5, 4)),))

    assert "::error file=money/our%2Crules/rules/a.yaml,line=3," in github.findings(found, "money/our,rules")
    assert "::error file=rules/a.yaml,line=3," in github.findings(found)
