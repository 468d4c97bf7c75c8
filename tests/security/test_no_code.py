"""What stands in a file is data: nothing in it is run, opened, fetched or filled in from the machine."""

import json
from pathlib import Path

import pytest

from rulesync import document, source
from rulesync.config import load
from rulesync.errors import RulesyncError
from tests.security.conftest import CONFIG, RULE, Said, Workshop, impostor

TAGS = [
    "!!python/object/apply:os.system ['touch MARK']",
    "!!python/object/apply:subprocess.check_output [['touch', 'MARK']]",
    "!!python/object/new:os.system ['touch MARK']",
    "!!python/object:pathlib.Path {}",
    "!!python/name:os.system",
    "!!python/module:os",
    "!!python/tuple [1]",
    "!!python/bytes 'eA=='",
    "!<tag:yaml.org,2002:python/object/apply:os.system> ['touch MARK']",
    "!include /etc/hostname",
    "!env SEQUENCE_API_KEY",
    "!vault x",
    "!!binary 'eA=='",
    "!!set {a}",
    "!!timestamp 2027-01-01",
]
TEXTS = [
    "{{ 7*7 }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in [1] %}{% endfor %}",
    "${SEQUENCE_API_KEY}",
    "$(touch MARK)",
    "`touch MARK`",
    "%(key)s {key} {0.__class__}",
    "<%= 7*7 %>",
]
EVERYWHERE = [
    "nickname: {}",
    "trigger: {}",
    "steps: {}",
    "steps: [{}]",
    "id: {}",
    "{}",
    "? {}\n: x",
    "steps:\n  - actions:\n      - {{type: percentage, percentage_value: {}}}",
]


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("place", EVERYWHERE)
def test_a_tag_in_a_rule_file_runs_nothing(tmp_path: Path, tag: str, place: str) -> None:
    """A tag that would make something of a value is a finding wherever it stands, and makes nothing."""
    mark = tmp_path / "mark"
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "evil.yaml").write_text(place.format(tag.replace("MARK", str(mark))) + "\n")

    sources = source.load(tmp_path, "rules")

    assert not mark.exists()
    assert {"unknown-tag", "syntax"} & {finding.check for finding in sources.findings}


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("place", ["scope: {}", "{}", "accounts: {{savings: {}}}", "vars: {{x: {}}}", "? {}\n: x"])
def test_a_tag_in_the_configuration_runs_nothing(tmp_path: Path, tag: str, place: str) -> None:
    """The same holds for rulesync.yaml."""
    mark = tmp_path / "mark"
    (tmp_path / "rulesync.yaml").write_text(place.format(tag.replace("MARK", str(mark))) + "\n")

    with pytest.raises(RulesyncError) as caught:
        load(tmp_path, environ={"SEQUENCE_API_KEY": "sk_canary_0123456789"})

    assert not mark.exists()
    assert {"unknown-tag", "syntax"} & {finding.check for finding in getattr(caught.value, "findings", ())}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_itself(tmp_path: Path, text: str) -> None:
    """A text that another program would fill in stays as it is written, and nothing is run for it."""
    documents, findings = document.read(
        f"nickname: {json.dumps(text.replace('MARK', str(tmp_path / 'mark')))}", "a.yaml"
    )

    assert () == findings
    assert {"nickname": text.replace("MARK", str(tmp_path / "mark"))} == documents[0].data
    assert [] == list(tmp_path.iterdir())


def test_no_text_fetches_the_environment(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a file brings a variable of the machine into a plan."""
    monkeypatch.setenv("SECRET_OF_THE_RUNNER", "hunter2hunter2")
    spelled = "$SECRET_OF_THE_RUNNER ${SECRET_OF_THE_RUNNER} {{ env.SECRET_OF_THE_RUNNER }} %SECRET_OF_THE_RUNNER%"
    (workshop.root / "rules" / "save.yaml").write_text(RULE.replace("nickname: Save", f"nickname: '{spelled}'"))
    (workshop.root / "rulesync.yaml").write_text(f"{CONFIG}vars: {{x: '{spelled}'}}\n")

    with impostor(lambda _: Said()) as server:
        done = workshop.run(f"{server.url}/api/v1", "plan", "--format", "json")

    assert "hunter2hunter2" not in done.text


@pytest.mark.parametrize("rules", ["/etc", "~", "..", "../secrets", "rules/../../secrets", "link", "rules\0x"])
def test_rules_outside_of_the_directory(workshop: Workshop, rules: str) -> None:
    """A directory of rules that lies elsewhere is refused, and nothing of what is there is shown."""
    root = workshop.root / "household"
    secrets = workshop.root / "secrets"
    (root / "rules").mkdir(parents=True)
    secrets.mkdir()
    (secrets / "config.json").write_text('{"auth": "hunter2hunter2"}')
    (root / "link").symlink_to(secrets)
    (root / "rulesync.yaml").write_text(f"rules: {json.dumps(rules)}\n")

    done = workshop.run("http://127.0.0.1:9", "-C", str(root), "validate")

    assert (1, False) == (done.code, "hunter2" in done.text)


def test_links_out_of_the_directory(workshop: Workshop) -> None:
    """A file that is a link to somewhere else on this machine is refused, and nothing of what is there is shown."""
    root, secret = workshop.root / "household", workshop.root / "secret"
    (root / "rules" / "below").mkdir(parents=True)
    secret.write_text("AUTHORIZATION: hunter2hunter2\n")
    (root / "rules" / "a.yaml").symlink_to(secret)
    (root / "rules" / "below" / "b.json").symlink_to("/proc/self/environ")
    (root / "rules" / "c").symlink_to(workshop.root)
    (root / "rulesync.yaml").write_text("scope: x\n")
    as_rules = workshop.run("http://127.0.0.1:9", "-C", str(root), "validate")
    (root / "rulesync.yaml").unlink()
    (root / "rulesync.yaml").symlink_to(secret)
    as_configuration = workshop.run("http://127.0.0.1:9", "-C", str(root), "validate")

    assert (3, 3) == (as_rules.code, as_rules.out.count("unreadable-file"))
    assert (1, True) == (as_configuration.code, "is a link out of its directory" in as_configuration.err)
    assert "hunter2" not in as_rules.text + as_configuration.text
    assert "PATH=" not in as_rules.text


def test_bombs_are_defused() -> None:
    """Aliases that would unfold to billions of values, and lists in lists without end, are findings within a second."""
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    for text in (laughs, "[" * 100_000, "{a: " * 100_000, "&a [*a]", "x: &x {y: *x}"):
        _, findings = document.read(text, "a.yaml")
        assert findings
