"""Laws of what is known of a document."""

from rulesync.known import Known, Word
from rulesync.outline import outline
from tests.builders import a_rule


def test_what_is_known_compares_by_value() -> None:
    """Two that say the same are the same, and one with another body is another."""
    words = (Word("checking", typed=True, id="acc_1", type="pod"),)
    one = Known(
        "save",
        None,
        None,
        protect=False,
        suppress={},
        words=words,
        outline=outline(a_rule()),
        findings=(),
        around="around",
    )
    other = Known(
        "save",
        None,
        None,
        protect=False,
        suppress={},
        words=words,
        outline=outline(a_rule()),
        findings=(),
        around="around",
        same_as="body",
    )
    assert one == Known(
        "save",
        None,
        None,
        protect=False,
        suppress={},
        words=words,
        outline=outline(a_rule()),
        findings=(),
        around="around",
    )
    assert one != other
