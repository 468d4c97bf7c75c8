from collections.abc import Mapping
from pathlib import Path

import pytest

from rulesync.accounts import AccountEntry
from rulesync.config import Config, load, load_all
from rulesync.errors import ConfigError
from rulesync.policy import Limits


def written(root: Path, text: str) -> Path:
    (root / "rulesync.yaml").write_text(text)
    return root


def loaded(root: Path, text: str, workspace: str | None = None, **environ: str) -> Config:
    return load(written(root, text), workspace=workspace, environ=environ)


def wrong(root: Path, text: str, environ: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    with pytest.raises(ConfigError) as refused:
        load(written(root, text), environ=environ or {})
    return [(str(each.location), each.message) for each in refused.value.findings]


FULL = """\
scope: household
rules: money
api:
  dialect: platform
  base_url: https://staging.getsequence.io/api/platform/v1/
  key_env: SEQUENCE_HOME_KEY
  app_url: http://localhost:8080
  requests_per_minute: 60
accounts:
  checking: acc_1
  savings: {id: acc_2, type: pod}
  rainy-day: {name: Rainy Day}
vars: {tax_percent: 25, names: [a, b]}
limits: {max_deletes: 3, max_updates_percent: 50}
ids: {old: rule_1}
workspaces:
  staging:
    api: {key_env: SEQUENCE_STAGING_KEY, requests_per_minute: 5}
    accounts: {checking: acc_9}
    vars: {tax_percent: 10}
    limits: {max_deletes: 0}
    ids: {auto-save: rule_77}
  empty: {rules: others, scope: other, api: {key_env: SEQUENCE_OTHER_KEY, dialect: v1, base_url: https://a.getsequence.io}}
"""


def test_everything_has_a_default(tmp_path: Path) -> None:
    """An empty file is a configuration."""
    config = loaded(tmp_path, "")
    assert Config(root=tmp_path, file=tmp_path / "rulesync.yaml") == config
    assert ("default", "rules", "v1") == (config.scope, config.rules, config.dialect)
    assert "https://api.getsequence.io/api/v1" == config.base_url
    assert ("https://app.getsequence.io", "SEQUENCE_API_KEY", None) == (config.app_url, config.key_env, config.key)


def test_a_dialect_has_its_own_address(tmp_path: Path) -> None:
    """Without an address, the dialect's own is used."""
    assert "https://api.getsequence.io/platform/v1" == loaded(tmp_path, "api: {dialect: platform}").base_url


def test_everything_can_be_said(tmp_path: Path) -> None:
    """Each field of the file arrives, and addresses have no `/` at their end."""
    expected = Config(
        root=tmp_path,
        file=tmp_path / "rulesync.yaml",
        scope="household",
        rules="money",
        dialect="platform",
        base_url="https://staging.getsequence.io/api/platform/v1",
        app_url="http://localhost:8080",
        key_env="SEQUENCE_HOME_KEY",
        key="sk_home",
        requests_per_minute=60,
        accounts={
            "checking": AccountEntry(id="acc_1"),
            "savings": AccountEntry(id="acc_2", type="pod"),
            "rainy-day": AccountEntry(name="Rainy Day"),
        },
        vars={"tax_percent": 25, "names": ["a", "b"]},
        limits=Limits(max_deletes=3, max_updates_percent=50),
        ids={"old": "rule_1"},
        workspaces=("empty", "staging"),
    )
    assert expected == loaded(tmp_path, FULL, SEQUENCE_HOME_KEY=" sk_home\n", SEQUENCE_API_KEY="sk_other")


def test_a_workspace_takes_what_is_safe_to_take(tmp_path: Path) -> None:
    """A workspace takes rules, vars, limits and the api's fields from above, but never an account, an id or the key."""
    config = loaded(tmp_path, FULL, "staging", SEQUENCE_STAGING_KEY="sk_s")
    assert ("staging", "household", "money", "platform") == (
        config.workspace,
        config.scope,
        config.rules,
        config.dialect,
    )
    assert ("https://staging.getsequence.io/api/platform/v1", 5) == (config.base_url, config.requests_per_minute)
    assert ("SEQUENCE_STAGING_KEY", "sk_s") == (config.key_env, config.key)
    assert ({"checking": AccountEntry(id="acc_9")}, {"auto-save": "rule_77"}) == (config.accounts, config.ids)
    assert {"tax_percent": 10, "names": ["a", "b"]} == config.vars
    assert Limits(max_deletes=0, max_updates_percent=50) == config.limits


def test_a_workspace_can_override_everything(tmp_path: Path) -> None:
    """What a workspace says itself counts, and without accounts it has none."""
    config = loaded(tmp_path, FULL, "empty")
    assert ("other", "others", "v1", "https://a.getsequence.io") == (
        config.scope,
        config.rules,
        config.dialect,
        config.base_url,
    )
    assert ({}, {}) == (config.accounts, config.ids)


def test_a_workspace_that_does_not_exist_is_named_with_the_nearest(tmp_path: Path) -> None:
    """A mistyped workspace is never the default one."""
    with pytest.raises(ConfigError, match=r"`rulesync\.yaml` has no workspace `stagin`") as refused:
        loaded(tmp_path, FULL, "stagin")
    assert "did you mean `staging`?" == refused.value.help


def test_two_workspaces_are_two_organisations(tmp_path: Path) -> None:
    """One key and one address twice would make two plans fight over one organisation."""
    text = "workspaces:\n  a: {api: {key_env: SEQUENCE_API_KEY}}\n  b: {api: {key_env: SEQUENCE_B_KEY}}\n"
    same = "the workspace `a` has the key and the address of the default workspace"
    assert [("rulesync.yaml:2:22", same)] == wrong(tmp_path, text)
    value = "the workspace `b` has the key and the address of the default workspace"
    environ = {"SEQUENCE_API_KEY": "sk_1", "SEQUENCE_B_KEY": "sk_1", "SEQUENCE_A_KEY": "sk_2"}
    assert [("rulesync.yaml:3:22", value)] == wrong(
        tmp_path, text.replace("{key_env: SEQUENCE_API", "{key_env: SEQUENCE_A"), environ
    )


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("ruels: x", "1:1", "rulesync.yaml has no field `ruels`"),
        ("- a", "1:1", "`rulesync.yaml` holds fields"),
        ("scope: a/b", "1:8", "`a/b` is no scope"),
        ("scope: 5", "1:8", "`scope` needs text"),
        ("rules: /etc", "1:8", "`rules` is a directory beside this file, not an absolute path"),
        ("rules: ./", "1:8", "`rules` is a directory beside this file, not the one that this file is in"),
        ("api: x", "1:6", "`api` needs fields"),
        ("api: {dialect: v2}", "1:16", "`v2` is no `dialect`"),
        ("api: {dialct: v1}", "1:7", "`api` has no field `dialct`"),
        ("api: {base_url: https://evil.com}", "1:17", "`base_url`: `evil.com` is not a host that a file may name"),
        ("api: {app_url: https://evil.com}", "1:16", "`app_url`: `evil.com` is not a host that a file may name"),
        ("api: {key_env: HOME}", "1:16", "`key_env` names no variable that a key is taken from"),
        ("api: {requests_per_minute: 0}", "1:28", "`requests_per_minute` needs a whole number, 1 or more"),
        ("accounts: {a: {type: pod}}", "1:15", "`a` needs either an `id` or a `name`"),
        ("accounts: {a: {id: x, name: z}}", "1:15", "`a` needs either an `id` or a `name`"),
        ("accounts: {a: {id: x, type: pods}}", "1:29", "`pods` is no `type`"),
        ("accounts:\n  a:\n", "2:3", "`a` stands for no account"),
        ("limits: {max_deletes: -1}", "1:23", "`max_deletes` needs a whole number, 0 or more"),
        ("limits: {max_updates_percent: 101}", "1:31", "`max_updates_percent` needs a number between 0 and 100"),
        ("ids: {a: a/b}", "1:10", "`a/b` is no id of a rule"),
        ("workspaces: {a: {}}", "1:17", "the workspace `a` needs a `key_env` of its own"),
        ("workspaces:\n  a:\n", "2:3", "the workspace `a` needs fields"),
        ("scope: yes", "1:8", "`yes` is a truth value to some readers of YAML and a word to others"),
        ("a: 1\n---\nb: 2", "3:1", "`rulesync.yaml` holds one document, not 2"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(tmp_path: Path, text: str, place: str, message: str) -> None:
    """Each error of the file is a sentence with line and column."""
    assert (f"rulesync.yaml:{place}", message) in wrong(tmp_path, text)


def test_all_errors_are_found_at_once_and_once(tmp_path: Path) -> None:
    """An error above is not repeated for each workspace that inherits it."""
    workspaces = "workspaces: {a: {api: {key_env: SEQUENCE_A}}, b: {api: {key_env: SEQUENCE_B}}}\n"
    text = f"scope: a/b\napi: {{dialect: v2}}\n{workspaces}"
    assert ["`a/b` is no scope", "`v2` is no `dialect`"] == [message for _, message in wrong(tmp_path, text)]


def test_a_key_in_a_file_is_never_shown(tmp_path: Path) -> None:
    """A key that somebody wrote into the file is not repeated in messages, lines or repr."""
    for text in (
        "api: {key: sk_live_hunter2}",
        "api: {key_env: sk_live_hunter2}",
        "api: {base_url: 'https://me:hunter2@api.getsequence.io'}",
    ):
        with pytest.raises(ConfigError) as refused:
            loaded(tmp_path, text)
        assert "hunter2" not in repr((refused.value, refused.value.help, refused.value.findings))
    assert "sk_live" not in repr(loaded(tmp_path, "", SEQUENCE_API_KEY="sk_live"))


def test_a_key_with_a_line_break_is_refused_unseen(tmp_path: Path) -> None:
    """A key that would break a header is refused without being shown."""
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, "", SEQUENCE_API_KEY="sk_a\nsk_b")
    (finding,) = refused.value.findings
    assert "the value of `SEQUENCE_API_KEY` holds a space or another character that no key has" == finding.message
    assert loaded(tmp_path, "", SEQUENCE_API_KEY=" ").key is None


def test_the_operator_decides_where_the_key_goes(tmp_path: Path) -> None:
    """The environment names any address over https, or allows a host that a file names; plain http stays here."""
    proxy = "api: {base_url: https://proxy.corp/x}"
    assert "https://proxy.corp/x" == loaded(tmp_path, proxy, RULESYNC_ALLOW_HOST="proxy.corp").base_url
    config = loaded(tmp_path, "", RULESYNC_BASE_URL="https://else.where/")
    assert ("https://else.where", True) == (config.base_url, config.base_url_overridden)
    assert "http://127.0.0.1:4000" == loaded(tmp_path, "", RULESYNC_BASE_URL="http://127.0.0.1:4000").base_url
    message = "RULESYNC_BASE_URL: plain http would show the key to the network"
    assert [("None", message)] == wrong(tmp_path, "", {"RULESYNC_BASE_URL": "http://else.where"})


def test_without_a_file_there_is_a_way_out(tmp_path: Path) -> None:
    """A directory without rulesync.yaml is an error that says what to do, as is a named file that is missing."""
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, environ={})
    assert f"no rulesync.yaml in `{tmp_path}`" == refused.value.message
    assert "run `rulesync init`, or pass -C with the directory that holds it" == refused.value.help
    with pytest.raises(ConfigError, match="no file"):
        load(tmp_path, Path("other.yaml"), environ={})


def test_another_file_can_be_named(tmp_path: Path) -> None:
    """A named file is taken from the directory, and its own directory is then the root."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "my.yaml").write_text("scope: mine")
    config = load(tmp_path, Path("sub/my.yaml"), environ={})
    assert ("mine", tmp_path / "sub") == (config.scope, config.root)


SEVERAL = """\
scope: home
workspaces:
  firm: {api: {key_env: SEQUENCE_FIRM_KEY}}
  books: {api: {key_env: SEQUENCE_BOOKS_KEY, base_url: https://b.getsequence.io}}
"""


def test_all_workspaces_in_the_order_of_the_file(tmp_path: Path) -> None:
    """All are the default one and those of the file, each with its own key, even one that makes no sense."""
    environ = {"SEQUENCE_FIRM_KEY": "sk_firm", "SEQUENCE_BOOKS_KEY": "two words"}
    found = load_all(written(tmp_path, SEVERAL), environ=environ)

    assert [(None, None), ("firm", "sk_firm"), ("books", "two words")] == [(c.workspace, c.key) for c in found]
    assert {("books", "firm")} == {config.workspaces for config in found}
    assert "https://b.getsequence.io" == found[2].base_url
    assert load(tmp_path, workspace="firm", environ=environ) == found[1]


def test_some_workspaces_are_those_that_are_named(tmp_path: Path) -> None:
    """Those that are named come once each, in the order in which they are named; an unknown one is an error."""
    root = written(tmp_path, SEVERAL)

    found = load_all(root, None, ["books", None, "books"], {})

    assert ["books", None] == [config.workspace for config in found]
    with pytest.raises(ConfigError, match="has no workspace `frim`") as refused:
        load_all(root, None, ["frim"], {})
    assert "did you mean `firm`?" == refused.value.help


@pytest.mark.parametrize(
    ("top", "own"),
    [
        ("scope: home", True),
        ("accounts: {checking: acc_1}", True),
        ("ids: {save: rule_1}", True),
        ("api: {key_env: SEQUENCE_HOME_KEY}", True),
        ("api: {requests_per_minute: 50}", False),
        ("rules: money", False),
    ],
)
def test_the_default_workspace_is_one_of_all_if_the_file_speaks_of_it(tmp_path: Path, top: str, *, own: bool) -> None:
    """A top of the file that only says what the others share is no organisation; without others it is the only one."""
    workspaces = SEVERAL.partition("\n")[2]

    found = load_all(written(tmp_path, f"{top}\n{workspaces}"), environ={})

    assert own == (None in {config.workspace for config in found})
    assert [None] == [config.workspace for config in load_all(written(tmp_path, top), environ={})]


def test_one_address_for_all_is_told(tmp_path: Path) -> None:
    """An address from the environment is in every configuration, which says so; one that is unsafe is an error."""
    root = written(tmp_path, SEVERAL)

    found = load_all(root, environ={"RULESYNC_BASE_URL": "http://127.0.0.1:8787"})

    assert {("http://127.0.0.1:8787", True)} == {(each.base_url, each.base_url_overridden) for each in found}
    with pytest.raises(ConfigError):
        load_all(root, environ={"RULESYNC_BASE_URL": "http://elsewhere.example"})


def test_what_is_wrong_with_a_workspace_is_wrong_with_all(tmp_path: Path) -> None:
    """An error in the file is said whichever workspaces are meant."""
    with pytest.raises(ConfigError) as refused:
        load_all(written(tmp_path, SEVERAL + "  more: {}\n"), None, ["firm"], {})

    assert ["missing-field"] == [finding.check for finding in refused.value.findings]
