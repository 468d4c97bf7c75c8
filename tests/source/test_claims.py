from rulesync.findings import Location
from rulesync.source.claims import Claim, clashes


def claim(key: str, line: int, **more: str) -> Claim:
    lines = {"key": line, "id": line + 1, "moved_from": line + 2}
    return Claim(key, lambda path: Location("rules/a.yaml", lines[path[0]]), **more)


def test_distinct_claims_stand() -> None:
    """Rules with keys, pins and former keys of their own do not clash."""
    assert [] == list(clashes([claim("a", 1, pin="rule_1", moved_from="x"), claim("b", 5, pin="rule_2")]))


def test_one_key_twice_names_both_places() -> None:
    """The second of two rules with one key is told where the first is, and neither counts."""
    ((indexes, finding),) = clashes([claim("a", 1), claim("a", 9)])
    assert (0, 1) == indexes
    assert "the key `a` is also that of rules/a.yaml:1:1" == finding.message
    assert "rules/a.yaml:9:1" == str(finding.location)


def test_one_id_pinned_twice_names_both_rules() -> None:
    """Two rules that pin one id are named with their keys."""
    ((_, finding),) = clashes([claim("a", 1, pin="rule_1"), claim("b", 9, pin="rule_1")])
    assert "`rule_1` is pinned by `b` and by `a`, which is rules/a.yaml:1:1" == finding.message
    assert "rules/a.yaml:10:1" == str(finding.location)


def test_a_key_that_is_alive_has_not_moved() -> None:
    """`moved_from` cannot name a key that Git still has, its own among them."""
    ((indexes, finding),) = clashes([claim("a", 1), claim("b", 4, moved_from="a")])
    assert (1,) == indexes
    assert "`a` has not moved: it is the key of rules/a.yaml:1:1" == finding.message
    assert "rules/a.yaml:6:1" == str(finding.location)
    assert 1 == len(list(clashes([claim("a", 1, moved_from="a")])))


def test_a_key_moves_to_one_place() -> None:
    """Two rules cannot both have had one key."""
    ((_, finding),) = clashes([claim("a", 1, moved_from="x"), claim("b", 4, moved_from="x")])
    assert "`x` became `b` and `a`, which is rules/a.yaml:1:1" == finding.message
