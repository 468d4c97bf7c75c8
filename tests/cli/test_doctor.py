import pytest

from rulesync.sandbox import keys
from tests.cli.conftest import Household

EVERYTHING = {
    "LIST_RULES": "*",
    "READ_RULES": "*",
    "LIST_ACCOUNTS": "*",
    "READ_ACCOUNTS": "*",
    "WRITE_RULES": "*",
}


def lines(out: str) -> dict[str, str]:
    """Return whether each thing works, by its name."""
    checked = [line.split("  ") for line in out.splitlines() if line.startswith(("ok", "FAIL"))]
    return {next(part for part in parts[1:] if part.strip()).strip(): parts[0] for parts in checked}


def test_a_good_key(household: Household) -> None:
    """With a key that may do everything, everything works, and nothing was written."""
    household.rule("save")

    done = household.run("doctor")

    assert (0, {"ok"}) == (done.code, set(lines(done.out).values()))
    assert [] == household.writes()
    assert "announced by the vendor" in done.out
    assert "one of 3; whether the key may read the others was not tried" in done.out
    assert "Everything that was tried works." in done.out


@pytest.mark.parametrize(
    ("scope", "thing"),
    [("LIST_RULES", "list rules"), ("READ_RULES", "read a rule"), ("LIST_ACCOUNTS", "list accounts")],
)
def test_a_missing_scope(household: Household, monkeypatch: pytest.MonkeyPatch, scope: str, thing: str) -> None:
    """A scope that the key lacks is named as what to ask for; the rest is tried all the same."""
    household.rule("save")
    scopes: dict[str, object] = {name: value for name, value in EVERYTHING.items() if name != scope}
    monkeypatch.setenv("SEQUENCE_API_KEY", household.box.add_key(scopes))

    done = household.run("doctor")

    assert (1, [thing]) == (done.code, [name for name, state in lines(done.out).items() if state == "FAIL"])
    assert scope in done.out


def test_a_wrong_key(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong key is said once, with the API's words."""
    household.rule("save")
    monkeypatch.setenv("SEQUENCE_API_KEY", "sk_wrong_0123456789")

    done = household.run("doctor")

    assert (1, 1, False) == (done.code, done.out.count("FAIL"), "sk_wrong" in done.out)
    assert "unauthorized" in done.out


def test_no_key(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key, what can be tried offline is tried, and the key is asked for."""
    household.rule("save")
    monkeypatch.delenv("SEQUENCE_API_KEY")

    done = household.run("doctor")

    assert (1, "FAIL", "ok") == (done.code, lines(done.out)["key"], lines(done.out)["rule files"])


@pytest.mark.usefixtures("quick")
def test_an_unreachable_host(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that does not answer is named, and nothing further is tried."""
    household.rule("save")
    monkeypatch.setenv("RULESYNC_BASE_URL", "http://127.0.0.1:9/api/v1")

    done = household.run("doctor")

    assert (1, 1) == (done.code, done.out.count("FAIL"))
    assert "127.0.0.1:9" in done.out


def test_broken_rule_files(household: Household) -> None:
    """Rule files with errors are counted, and the rest is tried all the same."""
    household.rule("save", text="nickname: [")

    done = household.run("doctor")

    assert (1, "FAIL", "ok") == (done.code, lines(done.out)["rule files"], lines(done.out)["list accounts"])


def test_the_scopes_are_those_of_the_sandbox() -> None:
    """The scopes that these tests take away are scopes that there are."""
    assert set(EVERYTHING) <= set(keys.EVERY_SCOPE)
