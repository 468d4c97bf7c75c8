import subprocess
from pathlib import Path

from rulesync.git import head


def git(directory: Path, *arguments: str) -> str:
    command = ["git", "-C", str(directory), "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_that_is_checked_out(tmp_path: Path) -> None:
    """The commit is told where there is one, and nothing where there is none."""
    assert head(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert head(tmp_path) is None
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")

    assert git(tmp_path, "rev-parse", "HEAD") == head(tmp_path)
    assert head(tmp_path / "nowhere") is None
