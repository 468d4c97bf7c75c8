"""The workflows that `rulesync init --github` writes: those of examples/workflows, for this directory."""

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from rulesync import git
from rulesync.errors import UsageError

NAMES = ("plan", "apply", "drift")
PLACEHOLDER = ("OWNER/rulesync", "0" * 40)
"""Where rulesync is, and which commit of it to run, for whoever has not said it."""

_USES = re.compile(r"(?P<repository>[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)@(?P<commit>[0-9a-f]{40})")


def texts(root: Path, uses: str | None) -> Mapping[Path, str]:
    """Return the text of each workflow by its file, at the top of the repository that a directory lies in.

    Raises:
        UsageError: `uses` does not name a repository and a commit.
    """
    repository, commit = _parsed(uses) if uses is not None else PLACEHOLDER
    below = git.below(root)
    top = root.joinpath(*[".."] * len(Path(below).parts))
    suffix = "-" + re.sub(r"[^A-Za-z0-9]+", "-", below).strip("-") if below else ""
    found = {}
    for name in NAMES:
        text = files("rulesync").joinpath("callers", f"{name}.yml").read_text(encoding="utf-8")
        text = text.replace(PLACEHOLDER[0], repository).replace(PLACEHOLDER[1], commit)
        if below:
            text = text.replace("directory: .\n", f"directory: {json.dumps(below)}\n")
            text = text.replace(f"name: rulesync {name}\n", f"name: {json.dumps(f'rulesync {name} of {below}')}\n")
        found[top / ".github" / "workflows" / f"rulesync-{name}{suffix}.yml"] = text
    return found


def _parsed(uses: str) -> tuple[str, str]:
    match = _USES.fullmatch(uses)
    if not match:
        advice = "a branch or a tag can be moved; a commit cannot, and what runs has the key"
        raise UsageError(f"`--uses {uses}`: write OWNER/NAME@COMMIT, with all 40 characters of the commit", help=advice)
    return match["repository"], match["commit"]
