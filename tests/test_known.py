"""Laws of what is known of a document."""

from dataclasses import replace

from rulesync.known import Known, Word
from rulesync.outline import outline
from tests.builders import a_rule


def test_what_is_known_compares_by_value() -> None:
    """What says the same is the same, and what another body is the same as is not."""
    word = Word("checking", typed=True, id="acc_1", type="pod")
    one, other = (
        Known(
            "save",
            None,
            None,
            protect=False,
            suppress={},
            words=(replace(word),),
            outline=outline(a_rule()),
            findings=(),
            around="around",
        )
        for _ in range(2)
    )
    assert one == other
    assert one != replace(other, same_as="body")
