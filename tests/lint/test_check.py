from rulesync.lint.check import Remark


def test_a_remark_speaks_of_the_whole_rule_unless_it_says_more() -> None:
    """A remark without a path is about the rule as a whole."""
    assert ((), None) == (Remark("a", "it is odd").path, Remark("a", "it is odd").help)
