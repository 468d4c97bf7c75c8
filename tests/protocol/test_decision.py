from rulesync.answer import Answer, Lost
from rulesync.protocol import Tried


def test_what_was_tried() -> None:
    """An attempt that may have arrived leaves a doubt, and a new key does not remove it."""
    doubted = Tried().again(Lost("cut off")).next_generation()

    assert Tried(attempts=0, generation=1, doubt=True) == doubted
    assert not Tried().again(Lost("refused", reached=False)).again(Answer(429)).doubt
    assert Tried(attempts=1, doubt=True, failures=1) == Tried().again(Answer(500))
    assert 1 == Tried(failures=1).again(Answer(500, remembered=True)).next_generation().failures
