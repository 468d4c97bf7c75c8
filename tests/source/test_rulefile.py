import json

from hypothesis import given
from hypothesis import strategies as st

from rulesync.source.rulefile import RuleFile
from rulesync.wire import v1
from tests.strategies import rules


@given(rules())
def test_a_request_body_is_a_rule_file(rule: object) -> None:
    """Whatever can be sent to `POST /rules` is valid as it is."""
    RuleFile.model_validate(v1.encode(rule))  # type: ignore[arg-type]  # a canonical rule


@given(rules(), st.data())
def test_null_is_absent(rule: object, data: st.DataObject) -> None:
    """An optional field that is null says nothing: the file equals the one without it."""
    body = v1.encode(rule)  # type: ignore[arg-type]  # a canonical rule
    optional = ["key", "id", "moved_from", "suppress", *({"nickname", "description", "status"} - set(body))]
    nulls = dict.fromkeys(data.draw(st.lists(st.sampled_from(optional))))
    assert RuleFile.model_validate(body) == RuleFile.model_validate({**body, **nulls})


def test_the_shape_can_be_shown_to_editors() -> None:
    """The shape has a JSON Schema, in which money is text with a dollar sign."""
    schema = RuleFile.model_json_schema()
    assert ["steps", "trigger"] == sorted(schema["required"])
    assert (
        r"^\$[0-9]"
        in json.loads(json.dumps(schema))["$defs"]["FixedAmount"]["properties"]["amount"]["anyOf"][0]["pattern"]
    )
