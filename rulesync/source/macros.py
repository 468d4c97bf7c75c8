"""The macros that rule files share: `_NAME.yaml` right in the directory of rules, and no other file."""

import os
import re
from pathlib import Path

from rulesync import document
from rulesync.document import Text
from rulesync.findings import Finding, did_you_mean
from rulesync.template import RefusedError

_NAME = re.compile(r"_[A-Za-z0-9._-]+\.ya?ml")


def macros(top: Path, rules: str, name: str) -> Text:
    """Return the text of a file of macros; `rules` is how its directory is called in findings.

    Raises:
        RefusedError: there is none, it cannot be read, or the name is that of another kind of file.
    """
    if not _NAME.fullmatch(name):
        shown = name if len(name) <= 60 else f"{name[:60]}…"  # noqa: PLR2004  # a line's worth
        advice = "macros live in a file `_NAME.yaml` in the directory of rules, and are imported by that name"
        raise RefusedError(f"`{shown}` is nothing that a rule file may import", advice)
    path = top / name
    if not path.exists():
        near = did_you_mean(name, (each.name for each in top.glob("_*.y*ml")))
        raise RefusedError(f"there is no `{rules}/{name}`", near)
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(top)):
        raise RefusedError(f"`{rules}/{name}` is a link out of the directory of rules", "put the file itself there")
    text = document.load_text(path, f"{rules}/{name}")
    if isinstance(text, Finding):
        named = name in text.message
        raise RefusedError(text.message if named else f"`{rules}/{name}`: {text.message}", text.help)
    return text
