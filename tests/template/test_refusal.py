from rulesync.template import RefusedError


def test_a_refusal_says_what_and_perhaps_where() -> None:
    """A refusal carries its sentence and its way out, and a place only where somebody knew it."""
    problem = RefusedError("too much", "less", offset=3, name="_m.yaml")
    assert ("too much", "less", 3, "_m.yaml") == (problem.message, problem.help, problem.offset, problem.name)
    assert (None, None, None) == (RefusedError("no").help, RefusedError("no").offset, RefusedError("no").name)
