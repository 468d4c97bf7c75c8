"""What a run of GitHub Actions says of itself: the variables of its runner, and the event that set it off.

Law: nothing of an event is taken but commits, numbers, names of repositories and branches, and each by its shape, since
the rest of it was written by whoever opened the pull request.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rulesync import document
from rulesync.config import address
from rulesync.errors import ConfigError

GITHUB = "https://api.github.com"
DEPENDABOT = "dependabot[bot]"  # whose runs get neither secrets nor a token that writes
_LARGEST_EVENT = 32 * 1024 * 1024  # bytes; GitHub sends at most 25 MB
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/(?!\.+\Z)[A-Za-z0-9_.-]{1,100}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_BRANCH = re.compile(r"(?!/)(?!.*(?:\.\.|//|@\{))[^\x00-\x20\x7f~^:?*\[\\]{1,250}(?<![./])")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class ActionsRun:
    """One run: where GitHub's API is, by which token, of which repository, for which commit of which branch.

    `pull` is the pull request that set it off and `head` the commit that its author pushed, `base` the commit that it
    is to be compared with: the tip of the branch before a push, or that which a pull request is for. Each is None where
    there is none. `is_foreign` says that the run gets no secrets: the pull request is of a fork, or of Dependabot.
    """

    api_url: str
    repository: str
    event: str
    commit: str | None
    branch: str | None
    url: str | None
    token: str | None = field(default=None, repr=False)
    pull: int | None = None
    head: str | None = None
    base: str | None = None
    default_branch: str | None = None
    is_foreign: bool = False


def actions_run(environ: Mapping[str, str] = os.environ) -> ActionsRun:
    """Return the run that this process is a part of.

    Raises:
        ConfigError: it is a part of none, or what the runner says makes no sense.
    """
    repository = environ.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(repository):
        advice = "`rulesync github` is for workflows; elsewhere, set GITHUB_REPOSITORY to `owner/name`"
        raise ConfigError("this is no run of GitHub Actions: GITHUB_REPOSITORY names no repository", help=advice)
    event = _event(environ.get("GITHUB_EVENT_PATH", ""))
    pull = _inner(event, "pull_request")
    author = _inner(_inner(pull, "head"), "repo").get("full_name") if pull else repository
    return ActionsRun(
        api_url=_api_url(environ.get("GITHUB_API_URL", "").strip() or GITHUB),
        repository=repository,
        event=environ.get("GITHUB_EVENT_NAME", ""),
        commit=_commit(environ.get("GITHUB_SHA")),
        branch=_branch(environ.get("GITHUB_REF", "")),
        url=_url(environ, repository),
        token=_token(environ.get("GITHUB_TOKEN", "").strip()),
        pull=_number(pull.get("number")),
        head=_commit(_inner(pull, "head").get("sha")),
        base=_commit(_inner(pull, "base").get("sha"))
        or _commit(_inner(event, "merge_group").get("base_sha"))
        or _commit(event.get("before")),
        default_branch=_name(_inner(event, "repository").get("default_branch")),
        is_foreign=author != repository or environ.get("GITHUB_ACTOR") == DEPENDABOT,
    )


def _event(path: str) -> Mapping[str, Any]:
    """Return the event, empty where the runner names none."""
    if not path:
        return {}
    try:
        event = json.loads(document.content(Path(path), _LARGEST_EVENT))
    except (OSError, ValueError, RecursionError):
        raise ConfigError(f"GITHUB_EVENT_PATH: `{path}` holds no event that can be read") from None
    return event if isinstance(event, dict) else {}


def _inner(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _api_url(written: str) -> str:
    try:
        return address.check(written, any_host=True)
    except address.UnsafeAddressError as problem:
        raise ConfigError(f"GITHUB_API_URL: {problem}", help=problem.help) from None


def _token(written: str) -> str | None:
    if written and not _TOKEN.fullmatch(written):
        raise ConfigError("the value of GITHUB_TOKEN holds a space or another character that no token has")
    return written or None


def _commit(value: object) -> str | None:
    """Return a commit, None for anything else and for the zeros by which GitHub says that there is none."""
    return value if isinstance(value, str) and _COMMIT.fullmatch(value) and value.strip("0") else None


def _branch(ref: str) -> str | None:
    return _name(ref.removeprefix("refs/heads/")) if ref.startswith("refs/heads/") else None


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and _BRANCH.fullmatch(value) else None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _url(environ: Mapping[str, str], repository: str) -> str | None:
    server, run = environ.get("GITHUB_SERVER_URL", "https://github.com"), environ.get("GITHUB_RUN_ID", "")
    if not run.isascii() or not run.isdigit():
        return None
    try:
        return f"{address.check(server, any_host=True)}/{repository}/actions/runs/{run}"
    except address.UnsafeAddressError:
        return None
