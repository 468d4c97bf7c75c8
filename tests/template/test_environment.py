import pytest
from jinja2 import UndefinedError

from rulesync.document import Text
from rulesync.template.environment import Method, TemplateEnvironment


def environment(**values: object) -> TemplateEnvironment:
    return TemplateEnvironment(values, lambda name: Text(name, ""))


def test_variables_come_before_functions() -> None:
    """A variable that is called like a function is the variable."""
    assert 5 == environment(range=5).globals["range"]


def test_what_is_missing_says_so_however_it_is_used() -> None:
    """A field that is not there is no silent nothing, be it of a mapping, a list, a text or a number."""
    made = environment()
    for thing in ({"a": 1}, [1], "x", 5):
        with pytest.raises(UndefinedError):
            str(made.getattr(thing, "b"))
    assert 1 == made.getitem({"a": 1}, "a")


def test_a_mapping_lends_a_few_methods() -> None:
    """What a mapping can do for a template is to be read."""
    held = environment().getattr({"a": 1}, "keys")
    assert isinstance(held, Method)
    assert ["a"] == list(held())  # type: ignore[call-overload]  # the keys of a mapping
