import re
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, Household

FILL = """\
{% macro fill(to, amount) %}
- type: fixed_amount
  amount: {{ amount }}
  source: checking
  destination: {{ to }}
{% endmacro %}
"""
EACH = """\
{% import '_macros.yaml' as macros %}
{% for to, amount in envelopes.items() %}
---
key: fill/{{ to }}
nickname: Fill {{ to }}
trigger: {type: MANUAL, account: checking}
steps:
  - actions:
      {{ macros.fill(to, amount / 2) | indent(6) }}
{% endfor %}
"""


@pytest.fixture
def templated(household: Household) -> Household:
    """The household with two rules made by one template."""
    household.config(f"{CONFIG}vars: {{envelopes: {{savings: $900.00, fun: $45.00}}}}\n")
    for name, text in (("_macros", FILL), ("each", EACH)):
        household.rule(name, text=text)
    return household


def test_a_template_makes_rules(templated: Household) -> None:
    """A loop makes several rules, money is divided exactly, and once they are applied there is nothing to do."""
    templated.apply()
    amounts = {write["body"]["nickname"]: write["body"]["steps"][0]["actions"][0] for write in templated.writes()}
    assert {"Fill savings": 45_000, "Fill fun": 2_250} == {
        name: action["amount_in_cents"] for name, action in amounts.items()
    }
    assert 0 == templated.run("plan", "--detailed-exitcode").code


def test_a_value_of_the_command_line_counts_first(templated: Household) -> None:
    """`--var` and `--var-file` stand over rulesync.yaml, before the command or behind it."""
    (templated.root / "v.yaml").write_text("envelopes: {fun: $10.00}\n")
    rendered = templated.run("render", "--var-file", str(templated.root / "v.yaml"), "--format", "json").json["rules"]
    assert ["fill/fun"] == [rule["key"] for rule in rendered]
    assert 500 == rendered[0]["body"]["steps"][0]["actions"][0]["amount_in_cents"]
    refused = templated.run("validate", "--var", "envelopes=5")
    assert (3, True) == (refused.code, "there is no `items` in 5" in refused.out)
    assert 64 == templated.run("validate", "--var", "envelopes").code
    assert "did you mean `envelopes`?" in templated.run("validate", "--var", "envelope=5").err


def test_what_is_rendered_is_a_rule_file(templated: Household) -> None:
    """`render` prints documents that can stand in the place of the template, and plan to no change."""
    templated.apply()
    text = templated.run("render").out
    for file in (templated.root / "rules").iterdir():
        file.unlink()
    templated.rule("plain", text=text)

    assert 0 == templated.run("plan", "--detailed-exitcode").code
    assert "account_id: acc_01HABC4567" in text
    assert ["key: fill/fun"] == re.findall("^key: .*", templated.run("render", "fill/fun").out, re.MULTILINE)


def test_render_says_what_is_wrong(household: Household) -> None:
    """A key that no rule has, and a file with errors, are told apart; what can be rendered is."""
    household.rule("save")
    unknown = household.run("render", "sav")
    assert (64, True) == (unknown.code, "did you mean `save`?" in unknown.err)
    household.rule("broken", text="{{ boom }}")
    broken = household.run("render")
    assert (3, True, True) == (broken.code, "key: save" in broken.out, "`boom` is not defined" in broken.err)
    assert 3 == household.run("render", "broken").code


def test_names_are_looked_up_where_there_is_a_key(household: Household, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that is only named is looked up; without a key it stands as a question, and that is said."""
    household.config("scope: household\naccounts: {checking: {name: Checking}, savings: {name: Savings}}\n")
    household.rule("save")
    assert "acc_01HABC4567" in household.run("render").out
    monkeypatch.delenv("SEQUENCE_API_KEY")
    offline = household.run("render")
    assert (0, True, True) == (offline.code, '"?checking"' in offline.out, "there is no key" in offline.err)


def test_errors_point_into_the_template(templated: Household) -> None:
    """What the loader refuses in a rendered file is shown where a person wrote it, once for all rounds of a loop."""
    templated.rule("each", text=EACH.replace("nickname:", "nickanme:"))
    refused = templated.run("validate")
    assert 3 == refused.code
    assert ["rules/each.yaml:5:1"] == re.findall(r"--> (\S+)", refused.out)


def test_the_examples_are_shorter_than_what_they_say(household: Household) -> None:
    """The examples are shorter than the same rules by id, and plan to no change where the long form was applied."""
    examples = Path(__file__).parents[2] / "examples"
    shutil.copytree(examples, household.root, dirs_exist_ok=True)
    long = household.run("render").out
    shutil.rmtree(household.root / "rules")
    household.rule("long", text=long)
    household.apply()

    shutil.rmtree(household.root / "rules")
    shutil.copytree(examples / "rules", household.root / "rules")
    files = [file.read_text() for file in (household.root / "rules").rglob("*.*")]
    said = [line for text in files for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert len(said) < len([line for line in long.splitlines() if not line.startswith(("#", "---"))])
    assert sum(map(len, said)) < len(long)
    plan = household.run("plan", "--detailed-exitcode")
    assert (0, True) == (plan.code, plan.out.startswith("No changes."))
