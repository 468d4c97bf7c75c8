import re

from hypothesis import given
from hypothesis import strategies as st

from rulesync.document import read
from rulesync.render import yaml
from rulesync.rule import Rule
from rulesync.wire import v1
from tests.strategies import rules, v1_json


@given(rules(opaque=True))
def test_a_rule_as_yaml_says_the_rule(rule: Rule) -> None:
    """What is printed is read back as the very body, and no text in it makes it a template."""
    body = v1_json(v1.encode(rule))
    text = yaml.rule("bills/rent", v1.encode(rule), "rules/a.yaml:1")
    (document,), findings = read(text, "a.yaml")

    assert () == findings
    assert isinstance(body, dict)
    assert {"key": "bills/rent", **body} == document.data
    assert None is re.search(r"\{[{%#]", text)


@given(st.text() | st.sampled_from(["yes", "Null", "010", "1e3", "~", "", "a: b", "- a", "#", "{{ x }}", "{%", "a  b"]))
def test_any_text_is_read_as_itself(text: str) -> None:
    """A text stays the same text, whatever it looks like."""
    (document,), findings = read(f"a: {yaml.scalar(text)}", "a.yaml")
    assert ((), {"a": text}) == (findings, document.data)


def test_it_reads_like_a_rule_file() -> None:
    """What holds no lists stands on one line, and what needs no quotes has none."""
    body = {
        "nickname": "Save a bit",
        "trigger": {"type": "MANUAL", "account_id": "acc_1"},
        "steps": [{"actions": [{}, 5]}],
    }
    expected = [
        "# rules/a.yaml:3",
        "key: a",
        "nickname: Save a bit",
        "trigger: {type: MANUAL, account_id: acc_1}",
        "steps:",
        "  - actions:",
        "      - {}",
        "      - 5",
    ]
    assert expected == yaml.rule("a", body, "rules/a.yaml:3").splitlines()
