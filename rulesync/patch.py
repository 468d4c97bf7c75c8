"""A change of one file as a patch that `git apply` takes, and as a person reads it."""

import difflib
import re

_PLAIN = re.compile(r"[!#-\[\]-~ ]*")
_NO_END = "\\ No newline at end of file\n"


def patch(path: str, before: str | None, after: str | None) -> str:
    """Return the patch from one text of a file to the other, None standing for no file; empty where both are equal.

    `path` goes from the top of the repository, with `/` between its parts.
    """
    if before == after:
        return ""
    one, other = (_named(prefix, path) for prefix in ("a/", "b/"))
    head = [f"diff --git {one} {other}\n"]
    if before is None:
        head += ["new file mode 100644\n"]
    elif after is None:
        head += ["deleted file mode 100644\n"]
    shown = [
        "--- " + ("/dev/null" if before is None else _ended(one)) + "\n",
        "+++ " + ("/dev/null" if after is None else _ended(other)) + "\n",
    ]
    lines = difflib.unified_diff(_lines(before or ""), _lines(after or ""))
    hunks = [line if line.endswith("\n") else f"{line}\n{_NO_END}" for line in list(lines)[2:]]
    return "".join([*head, *(shown if hunks else []), *hunks])


def _lines(text: str) -> list[str]:
    """Return the lines of a text, each with its end; only a line feed ends one, as Git has it."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _named(prefix: str, path: str) -> str:
    """Return a name as Git writes it: in quotes where it holds what is not plain."""
    name = prefix + path
    if _PLAIN.fullmatch(name):
        return name
    return '"' + "".join(_escaped(byte) for byte in name.encode("utf-8", "surrogateescape")) + '"'


def _escaped(byte: int) -> str:
    character = chr(byte)
    if character in '"\\':
        return f"\\{character}"
    return character if " " <= character <= "~" else f"\\{byte:03o}"


def _ended(name: str) -> str:
    """Return a name that a date could follow: with spaces in it, a tab says where it ends."""
    return f"{name}\t" if " " in name and not name.startswith('"') else name
