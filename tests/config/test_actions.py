import json
from pathlib import Path
from typing import Any

import pytest

from rulesync.config import ActionsRun, actions_run
from rulesync.errors import ConfigError

HEAD, BASE, SHA = "a" * 40, "b" * 40, "c" * 40
RUNNER = {
    "GITHUB_API_URL": "https://ghe.example/api/v3",
    "GITHUB_SERVER_URL": "https://ghe.example",
    "GITHUB_REPOSITORY": "acme/money",
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_SHA": SHA,
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_RUN_ID": "77",
    "GITHUB_ACTOR": "ann",
    "GITHUB_TOKEN": "ghs_0123456789abcdef",
}
REPO = {"full_name": "acme/money", "default_branch": "main"}
PULL: dict[str, Any] = {
    "repository": REPO,
    "pull_request": {"number": 7, "head": {"sha": HEAD, "repo": REPO}, "base": {"sha": BASE, "repo": REPO}},
}


def told(tmp_path: Path, event: object = None, **environ: str) -> ActionsRun:
    file = tmp_path / "event.json"
    file.write_text(event if isinstance(event, str) else json.dumps(event))
    return actions_run({**RUNNER, "GITHUB_EVENT_PATH": str(file), **environ})


def test_a_pull_request(tmp_path: Path) -> None:
    """A run says which pull request it is for, and between which commits."""
    run = told(tmp_path, PULL)

    assert (7, HEAD, BASE, False) == (run.pull, run.head, run.base, run.is_foreign)
    assert ("https://ghe.example/api/v3", "acme/money", SHA, "main") == (
        run.api_url,
        run.repository,
        run.commit,
        run.default_branch,
    )
    assert "https://ghe.example/acme/money/actions/runs/77" == run.url
    assert "ghs_" not in repr(run)


@pytest.mark.parametrize(
    ("event", "base"),
    [
        ({"before": BASE}, BASE),
        ({"before": "0" * 40}, None),
        ({"merge_group": {"base_sha": BASE}}, BASE),
        ({"schedule": "17 5 * * *"}, None),
        (None, None),
        ([1], None),
    ],
)
def test_other_events(tmp_path: Path, event: object, base: str | None) -> None:
    """A push follows the tip before it, a new branch follows none, and other events say nothing of either."""
    run = told(tmp_path, event)

    assert (None, None, base, False) == (run.pull, run.head, run.base, run.is_foreign)


@pytest.mark.parametrize("repo", [{"full_name": "mallory/money"}, None, "acme/money"])
def test_a_fork(tmp_path: Path, repo: object) -> None:
    """A pull request from another repository, or from one that is gone, gets no secrets."""
    pull = {**PULL["pull_request"], "head": {"sha": HEAD, "repo": repo}}

    assert told(tmp_path, {**PULL, "pull_request": pull}).is_foreign


def test_dependabot(tmp_path: Path) -> None:
    """A run of Dependabot gets no secrets, whoever runs it again."""
    assert told(tmp_path, PULL, GITHUB_ACTOR="dependabot[bot]", GITHUB_TRIGGERING_ACTOR="ann").is_foreign


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("GITHUB_SHA", "main; rm", "commit"),
        ("GITHUB_SHA", "", "commit"),
        ("GITHUB_REF", "refs/tags/v1", "branch"),
        ("GITHUB_REF", "refs/heads/a b", "branch"),
        ("GITHUB_RUN_ID", "7/../8", "url"),
        ("GITHUB_SERVER_URL", "javascript:alert(1)", "url"),
        ("GITHUB_TOKEN", "", "token"),
    ],
)
def test_what_is_not_said(tmp_path: Path, name: str, value: str, field: str) -> None:
    """What the runner does not say, or says in no shape that it has, is none."""
    assert None is getattr(told(tmp_path, PULL, **{name: value}), field)


def test_nothing_of_the_author(tmp_path: Path) -> None:
    """Texts that the author of a pull request wrote are in nothing that a run says."""
    evil: dict[str, Any] = json.loads(json.dumps(PULL))
    words = "x\n::error::$(curl evil)"
    evil["pull_request"] |= {"title": words, "body": words, "number": words}
    evil["pull_request"]["head"] |= {"ref": words, "sha": words}
    evil["repository"]["default_branch"] = words

    assert words not in repr(told(tmp_path, evil, GITHUB_HEAD_REF=words))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"GITHUB_REPOSITORY": ""}, "no run of GitHub Actions"),
        ({"GITHUB_REPOSITORY": "a/../b"}, "no run of GitHub Actions"),
        ({"GITHUB_API_URL": "http://ghe.example"}, "GITHUB_API_URL: plain http"),
        ({"GITHUB_TOKEN": "two words"}, "GITHUB_TOKEN holds a space"),
        ({"GITHUB_EVENT_PATH": "/no/such/file"}, "holds no event"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, environ: dict[str, str], words: str) -> None:
    """A run that is none, an address that would show the token, and an event that cannot be read are refused."""
    with pytest.raises(ConfigError, match=words):
        told(tmp_path, PULL, **environ)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000])
def test_an_event_that_is_none(tmp_path: Path, text: str) -> None:
    """An event that is no JSON is refused."""
    with pytest.raises(ConfigError, match="holds no event"):
        told(tmp_path, text)


def test_without_an_event() -> None:
    """A script elsewhere needs no event, and asks the public GitHub."""
    run = actions_run({"GITHUB_REPOSITORY": "acme/money"})

    assert ("https://api.github.com", None, None, False) == (run.api_url, run.pull, run.url, run.is_foreign)
