import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given

from rulesync.accounts import AccountBook, AccountEntry, ListedAccount
from rulesync.errors import ConfigError
from rulesync.rule import Rule
from rulesync.ruleset import DesiredRule
from rulesync.source import Sources, load, resolve
from rulesync.wire import v1
from tests.strategies import rules

BOOK = AccountBook({"checking": AccountEntry(id="acc_c", type="income_source"), "visa": AccountEntry(name="Visa")})
RULE = """\
nickname: {name}
trigger: {{type: MANUAL, account: checking}}
steps:
  - actions:
      - {{type: fixed_amount, amount: $5, source: checking, destination: visa}}
"""


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        file = root / "rules" / name.replace("__", "/").replace("_yaml", ".yaml").replace("_json", ".json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def said(sources: Sources) -> list[tuple[str, str, str]]:
    return [(str(each.location), each.check, each.message) for each in sources.findings]


def test_rules_come_in_the_order_of_their_keys(tmp_path: Path) -> None:
    """Whatever the order of files and documents, the desired rules are sorted by key, with their places."""
    several = "key: a/z\n" + RULE.format(name="Z") + "---\nkey: '0'\n" + RULE.format(name="Nil")
    write(tmp_path, b_yaml=RULE.format(name="B"), x_yaml=several, pay__day_yaml="# why\n" + RULE.format(name="P"))
    sources = load(tmp_path, "rules")
    desired, findings = resolve(sources, BOOK)
    assert ((), (), 3) == (sources.findings, findings, sources.files)
    assert [
        ("0", "Nil", "rules/x.yaml:8:1"),
        ("a/z", "Z", "rules/x.yaml:1:1"),
        ("b", "B", "rules/b.yaml:1:1"),
        ("pay/day", "P", "rules/pay/day.yaml:2:1"),
    ] == [(each.key, each.rule.nickname, str(each.location)) for each in desired]


def test_every_error_of_every_file_is_found_in_one_run(tmp_path: Path) -> None:
    """A file that cannot be read hides no error of another, and good rules still come out."""
    write(
        tmp_path,
        a_yaml="nickname: [x\n",
        b_yaml=RULE.format(name="B").replace("nickname", "nicknam"),
        c_yaml=RULE.format(name="yes").replace("$5", "5"),
        d_yaml=RULE.format(name="D"),
        e_yaml="# nothing\n",
        f_json="{",
    )
    sources = load(tmp_path, "rules")
    assert ["d"] == [draft.key for draft in sources.drafts]
    assert [
        ("rules/a.yaml:1:11", "syntax", "a `[` that opens here is never closed"),
        ("rules/b.yaml:1:1", "unknown-field", "a rule has no field `nicknam`"),
        (
            "rules/c.yaml:1:11",
            "ambiguous-value",
            "`yes` is a truth value to some readers of YAML and a word to others",
        ),
        ("rules/c.yaml:5:38", "invalid-value", "an amount needs its `$`"),
        ("rules/e.yaml:1:1", "empty-file", "`rules/e.yaml` holds no rule"),
        ("rules/f.json:1:2", "syntax", "a value is missing here"),
    ] == said(sources)


@pytest.mark.parametrize(("word", "meant"), [("on", "enabled"), ("No", "disabled"), ("true", "enabled")])
def test_a_status_that_says_yes_or_no(tmp_path: Path, word: str, meant: str) -> None:
    """Where no truth value can stand, the word that can is advised, and nothing else is said of it."""
    write(tmp_path, a_yaml=f"status: {word}\n" + RULE.format(name="A"))
    (finding,) = load(tmp_path, "rules").findings
    assert (f"`{word}` is no `status`", f"write `{meant}`") == (finding.message, finding.help)


def test_one_key_twice_leaves_neither(tmp_path: Path) -> None:
    """Two rules with one key are an error that names both places, and neither comes out."""
    write(tmp_path, a_yaml=RULE.format(name="A"), a_json=json.dumps({"key": "a", "steps": []}))
    sources = load(tmp_path, "rules")
    assert () == sources.drafts
    assert ("rules/a.yaml:1:1", "key", "the key `a` is also that of rules/a.json:1:9") in said(sources)


def test_pins_are_those_of_the_workspace(tmp_path: Path) -> None:
    """`id:` counts in the default workspace only; pins by key count where they are given; idle ones are told."""
    write(tmp_path, a_yaml="id: rule_1\n" + RULE.format(name="A"), b_yaml=RULE.format(name="B"))
    default = load(tmp_path, "rules", pins={"b": "rule_2", "c": "rule_3"})
    other = load(tmp_path, "rules", pins={"b": "rule_9"}, default_workspace=False)
    assert ["rule_1", "rule_2"] == [draft.pin for draft in default.drafts]
    assert [None, "rule_9"] == [draft.pin for draft in other.drafts]
    assert ["`ids:` pins `c`, which is the key of no rule"] == [finding.message for finding in default.findings]
    twice = load(tmp_path, "rules", pins={"b": "rule_1"})
    assert ["pin"] == [finding.check for finding in twice.findings]


def test_what_a_file_says_beside_the_rule_is_kept(tmp_path: Path) -> None:
    """The former key, the pin and the excused checks of a rule come with it."""
    write(
        tmp_path,
        a_yaml="moved_from: old\nid: rule_1\nsuppress: {possible-duplicate: on purpose}\n" + RULE.format(name="A"),
    )
    ((desired,), _) = resolve(load(tmp_path, "rules"), BOOK)
    assert isinstance(desired, DesiredRule)
    assert ("old", "rule_1", {"possible-duplicate": "on purpose"}) == (
        desired.moved_from,
        desired.pin,
        desired.suppress,
    )


def test_names_of_accounts_are_resolved_at_their_place(tmp_path: Path) -> None:
    """A name that stands for nothing is an error where it was written, and its rule does not come out."""
    write(tmp_path, a_yaml=RULE.format(name="A").replace("visa", "viza"), b_yaml=RULE.format(name="B"))
    sources = load(tmp_path, "rules")
    desired, (finding,) = resolve(sources, BOOK)
    assert ["b"] == [each.key for each in desired]
    assert ("rules/a.yaml:5:73", "no account is named `viza`", "did you mean `visa`?") == (
        str(finding.location),
        finding.message,
        finding.help,
    )
    assert ("checking", "visa", "viza") == tuple(sorted({word for draft in sources.drafts for word in draft.words}))


def test_the_list_of_accounts_is_asked_for_only_when_needed(tmp_path: Path) -> None:
    """A name that has its id and type needs no list; one without needs it until it was fetched."""
    sources = load(write(tmp_path, a_yaml=RULE.format(name="A")), "rules")
    known = AccountBook({word: AccountEntry(id=f"acc_{word}", type="pod") for word in ("checking", "visa")})
    assert not sources.needs_accounts(known)
    assert sources.needs_accounts(BOOK)
    assert not sources.needs_accounts(AccountBook(BOOK.entries, (ListedAccount("acc_v", "Visa", "pod"),)))


def test_a_field_of_a_rule_is_found(tmp_path: Path) -> None:
    """A check that knows a key and a path is told the line."""
    sources = load(write(tmp_path, a_yaml=RULE.format(name="A")), "rules")
    assert "rules/a.yaml:5:38" == str(sources.locate("a", ["steps", 0, "actions", 0, "amount_in_cents"]))
    assert sources.locate("b") is None


def test_a_missing_directory_is_never_an_empty_one(tmp_path: Path) -> None:
    """Without the directory nothing is known, which is an error and not "no rules"."""
    with pytest.raises(ConfigError):
        load(tmp_path, "rules")


@given(rule=rules())
def test_a_file_of_a_request_body_is_the_rule(rule: Rule, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A request body saved as a file, in JSON, is the desired rule, with nothing changed."""
    root = tmp_path_factory.mktemp("root")
    write(root, a_json=json.dumps(v1.encode(rule), indent=2))
    ((desired,), findings) = resolve(load(root, "rules"), AccountBook())
    assert (rule, ()) == (desired.rule, findings)


def test_importing_is_cheap() -> None:
    """Neither the import nor a command that loads no rules pays for pydantic or for the network."""
    code = "import sys, rulesync.source, rulesync.config; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    assert set() == {"pydantic", "httpx", "click", "deepdiff", "jinja2"} & set(loaded)


def test_a_mistake_in_a_macro_is_said_once_with_its_uses(tmp_path: Path) -> None:
    """What a macro became is wrong at one place, which the help of one finding says is used by two files."""
    macro = "{% macro when(a) %}\ntrigger: {type: MANUL, account: {{ a }}}\n{% endmacro %}\n"
    use = "{% import '_m.yaml' as m %}\nnickname: A\n{{ m.when('visa') }}\n" + RULE.format(name="A").partition("\n")[2]
    use = "".join(line for line in use.splitlines(keepends=True) if not line.startswith("trigger"))
    write(tmp_path, _m_yaml=macro, a_yaml=use, b_yaml=use)
    (finding,) = load(tmp_path, "rules").findings
    assert ("rules/_m.yaml:2:17", "`MANUL` is no type of trigger") == (str(finding.location), finding.message)
    assert "did you mean `MANUAL`?; it is used at rules/a.yaml:3:1, rules/b.yaml:3:1" == finding.help


@pytest.mark.parametrize("value", ["$1,234,50", "1:30, 2:30", "yes"])
def test_a_mistake_in_a_variable_is_said_once(tmp_path: Path, value: str) -> None:
    """What is wrong with a value that a template put somewhere is said once of that place, whoever finds it first."""
    write(tmp_path, a_yaml=RULE.format(name="A").replace("destination: visa", "destination: {{ to }} "))
    sources = load(tmp_path, "rules", variables={"to": value})
    assert 1 == len([*sources.findings, *resolve(sources, BOOK)[1]])
