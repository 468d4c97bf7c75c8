import re

from rulesync.lint.looking import IDS
from rulesync.lint.table import CHECKS


def test_every_check_has_an_id_of_its_own() -> None:
    """The id of a check is words in lower case, or numbers, joined by hyphens, and that of no other check."""
    assert len(CHECKS) == len(set(IDS))
    assert [] == [each for each in IDS if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", each)]
