"""What Git says of the directory that the rules lie in."""

import subprocess
from pathlib import Path


def head(directory: Path) -> str | None:
    """Return the commit that is checked out, None where there is none or no Git."""
    command = ["git", "-C", str(directory), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    commit = done.stdout.strip()
    return commit if done.returncode == 0 and commit.isalnum() else None
