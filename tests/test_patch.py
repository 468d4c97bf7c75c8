import subprocess
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rulesync.patch import patch

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "ü\u2028\n", "-- x\n", "\t\n"]), max_size=12)
TEXTS = st.builds(lambda lines, end: "".join(lines) + end, LINES, st.sampled_from(["", "no end", "\r"]))
PATHS = st.sampled_from(["a.yaml", "rules/a b.yaml", 'q"\\.yaml', "ü/é.yaml", "-.yaml", "b/ .yaml"])


def applied(path: str, before: str | None, text: str) -> str | None:
    """Return what Git makes of a file by a patch, None where no file is left."""
    with tempfile.TemporaryDirectory() as held:
        file = Path(held) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if before is not None:
            file.write_bytes(before.encode())
        command = ["git", "-C", held, "apply", "-"]
        subprocess.run(command, input=text.encode(), check=True, capture_output=True)
        return file.read_bytes().decode() if file.exists() else None


@settings(max_examples=25)
@given(PATHS, st.none() | TEXTS, st.none() | TEXTS)
@example("a.yaml", "a", "b")
@example("a.yaml", None, "")
@example("a.yaml", "", None)
def test_git_makes_the_one_of_the_other(path: str, before: str | None, after: str | None) -> None:
    """Applied to the one text, the patch gives the other, whatever the lines, their ends and the name of the file."""
    text = patch(path, before, after)

    assert (text == "") == (before == after)
    assert not text or after == applied(path, before, text)


def test_what_a_person_reads() -> None:
    """A patch has the lines that change, and three around them."""
    lines = [f"{number}\n" for number in range(9)]

    assert patch("rules/a.yaml", "".join(lines), "".join([*lines[:4], "x\n", *lines[5:]])) == (
        "diff --git a/rules/a.yaml b/rules/a.yaml\n--- a/rules/a.yaml\n+++ b/rules/a.yaml\n@@ -2,7 +2,7 @@\n"
        " 1\n 2\n 3\n-4\n+x\n 5\n 6\n 7\n"
    )
