import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rulesync.errors import ConfigError
from rulesync.git import File, below, committed_at, copy, files, head, resolve


def git(directory: Path, *arguments: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(directory), "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=clean).stdout.strip()


def commit(directory: Path) -> str:
    git(directory, "add", "-A")
    git(directory, "commit", "-q", "--allow-empty", "-m", "next")
    return git(directory, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with rules in a directory of it, links, and a name that Git would quote."""
    root = tmp_path / "repository"
    (root / "money" / "rules").mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "outside.yaml").write_text("outside")
    (root / "money" / "rulesync.yaml").write_bytes(b"scope: x\r\n\0")
    (root / "money" / "rules" / "é\n.yaml").write_text("")
    (root / "money" / "rules" / "inner.yaml").symlink_to("../rulesync.yaml")
    (root / "money" / "rules" / "outer.yaml").symlink_to("../../outside.yaml")
    (root / "money" / "rules" / "absolute.yaml").symlink_to("/etc/passwd")
    return root


def test_the_commit_that_is_checked_out(tmp_path: Path) -> None:
    """The commit is told where there is one, and nothing where there is none."""
    assert head(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert head(tmp_path) is None
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "first")

    assert git(tmp_path, "rev-parse", "HEAD") == head(tmp_path)
    assert head(tmp_path / "nowhere") is None


def test_when_a_commit_was_made(repository: Path) -> None:
    """A commit tells when it was made, and what is none tells nothing."""
    made = committed_at(repository, commit(repository))

    assert made is not None
    assert abs((datetime.now(UTC) - made).total_seconds()) < 60
    assert None is committed_at(repository, "0" * 40)


def test_files_of_another_commit(repository: Path, tmp_path: Path) -> None:
    """Files come out as their commit has them, byte for byte, from the directory that is asked about alone."""
    first = commit(repository)
    (repository / "money" / "rulesync.yaml").write_text("scope: y")
    commit(repository)
    money, into = repository / "money", tmp_path / "into"
    into.mkdir()

    assert first == resolve(money, "main~1")
    copy(money, files(money, first), into)

    assert b"scope: x\r\n\0" == (into / "rulesync.yaml").read_bytes()
    assert {"rulesync.yaml", "rules", "rules/é\n.yaml", "rules/inner.yaml"} == {
        path.relative_to(into).as_posix() for path in into.rglob("*")
    }
    assert (into / "rules" / "inner.yaml").is_symlink()
    assert "scope: y" == (money / "rulesync.yaml").read_text()
    assert "" == git(repository, "status", "--porcelain")


def test_no_filter_is_run(repository: Path, tmp_path: Path) -> None:
    """What a repository configures to be run on its files is not run, and neither is its work tree asked."""
    (repository / ".gitattributes").write_text("*.yaml filter=evil diff=evil\n")
    first = commit(repository)
    proof = tmp_path / "proof"
    for key in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "core.fsmonitor"):
        git(repository, "config", key, f"touch {proof}; cat")
    into = tmp_path / "into"
    into.mkdir()

    copy(repository, files(repository, resolve(repository, first)), into)

    assert not proof.exists()


def test_a_directory_that_was_not_there(repository: Path) -> None:
    """A directory that a commit does not have holds nothing there."""
    (repository / "later").mkdir()

    assert () == files(repository / "later", commit(repository))


def test_a_submodule_is_passed_over(repository: Path) -> None:
    """What another repository holds is no file of this one."""
    first = commit(repository)
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{first},money/module")
    git(repository, "commit", "-q", "-m", "module")

    assert [] == [file.path for file in files(repository / "money", "HEAD") if "module" in file.path]


@pytest.mark.parametrize("ref", ["", "-h", "--output=x", "a b", "a\0b", "a\nb"])
def test_what_is_no_name(repository: Path, ref: str) -> None:
    """What could be an option, or is no name of a commit, never reaches Git."""
    with pytest.raises(ConfigError, match="no name of a commit"):
        resolve(repository, ref)


def test_a_commit_that_is_not_here(repository: Path, tmp_path: Path) -> None:
    """A commit that Git does not know is to be fetched, and in a shallow clone that is said."""
    commit(repository)
    commit(repository)
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", str(shallow))

    with pytest.raises(ConfigError, match="knows no commit `origin/nowhere`") as plain:
        resolve(repository, "origin/nowhere")
    with pytest.raises(ConfigError, match="knows no commit `main~1`") as missing:
        resolve(shallow, "main~1")

    assert "git fetch origin nowhere" in (plain.value.help or "")
    assert "this clone is shallow" in (missing.value.help or "")


def test_no_repository(tmp_path: Path) -> None:
    """Outside of a repository, that is said, with what Git says."""
    with pytest.raises(ConfigError, match="lies in no Git repository") as refusal:
        resolve(tmp_path, "main")

    assert "without `--base`" in (refusal.value.help or "")


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Git there is a sentence and a way out."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigError, match="not installed"):
        resolve(tmp_path, "main")

    (tmp_path / "git").mkdir()
    with pytest.raises(ConfigError, match="cannot be run"):
        resolve(tmp_path, "main")


def test_a_git_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git is not waited for without an end."""
    (tmp_path / "git").write_text("#!/bin/sh\nexec /bin/sleep 20\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ConfigError, match="no answer"):
        resolve(tmp_path, "main", seconds=0.1)


def test_what_git_cannot_read(repository: Path, tmp_path: Path) -> None:
    """Objects that are missing are an error and never an absence."""
    commit(repository)

    with pytest.raises(ConfigError, match="cannot list"):
        files(repository, "0" * 40)
    with pytest.raises(ConfigError, match=r"cannot read `x\.yaml`"):
        copy(repository, [File("x.yaml", "0" * 40, 3, is_link=False)], tmp_path)


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/x", ".git/config", "a//b"])
def test_paths_that_lead_out(repository: Path, tmp_path: Path, path: str) -> None:
    """A path that no honest tree holds is not written."""
    into = tmp_path / "into"
    into.mkdir()

    copy(repository, [File(path, "0" * 40, 3, is_link=False)], into)

    assert [] == list(into.iterdir())


def test_too_much(repository: Path, tmp_path: Path) -> None:
    """What is too much to be rules is refused by number and by size, before anything is read."""
    for wanted in ([File("x", "0", 1, is_link=False)] * 10_001, [File("x", "0", 10**9, is_link=False)]):
        with pytest.raises(ConfigError, match="more than 10,000 files, or 64 MiB"):
            copy(repository, wanted, tmp_path)


def test_where_a_directory_is_to_lie(tmp_path: Path) -> None:
    """A directory is named from the top of its work tree without asking Git, also before it is there."""
    (tmp_path / "repository" / "money" / "rules").mkdir(parents=True)
    outside = below(tmp_path / "repository" / "money")
    (tmp_path / "repository" / ".git").write_text("gitdir: elsewhere\n")

    assert ("", "money/rules", "money/new", "") == (
        outside,
        below(tmp_path / "repository" / "money" / "rules"),
        below(tmp_path / "repository" / "money" / "new"),
        below(tmp_path / "repository"),
    )
