"""`rulesync github`: what the workflows do on GitHub besides plan, apply and drift."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rulesync.cli.given import Globals
from rulesync.cli.output import hide, say, say_error, show, show_line
from rulesync.clock import SYSTEM_CLOCK
from rulesync.config import ActionsRun, actions_run, keys
from rulesync.errors import ConfigError, FindingsError, StaleError, UsageError
from rulesync.patience import Patience

if TYPE_CHECKING:
    from rulesync.github import GitHub, Kind, Marker

_SECONDS = 600
_LARGEST = 64 * 1024 * 1024  # bytes
_WRITES = ("create", "update", "delete")
_COMMENT_BOT = click.option("--bot", metavar="LOGIN", help="Who the token is of; `github-actions[bot]` by default.")
_BRANCH = click.option("--branch", metavar="NAME", help="The branch that is applied; the repository's default one.")


@click.group(short_help="What the workflows do on GitHub: comment, issue, tip, digest.", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Keep one comment on a pull request and one issue of what drifted, and ask before an apply whether it may be.

    For workflows: GITHUB_TOKEN and what the runner sets are taken from the environment. See docs/ci.md.
    """
    if ctx.invoked_subcommand is None:
        show(ctx.get_help())


@command.command(short_help="What set this run off, as lines for a script.")
def event() -> int:
    """Print what set this run off, as lines of `name=value`; a value that there is none of is empty.

    `pull` is the number of the pull request, `head` its last commit, `base` the commit to compare with; `foreign` is
    `yes` where the run gets no secrets, since it is for a fork or for Dependabot.
    """
    run = actions_run()
    values = {
        "event": run.event if run.event.replace("_", "").isalpha() else "",
        "pull": run.pull or "",
        "head": run.head or "",
        "base": run.base or "",
        "foreign": "yes" if run.is_foreign else "no",
        "url": run.url or "",
    }
    show("".join(f"{name}={value}\n" for name, value in values.items()))
    return 0


@command.command(short_help="Refuse a commit that is not the tip of its branch.")
@_BRANCH
def tip(branch: str | None) -> int:
    """Refuse, with exit code 4, to go on for a commit that is not the tip of the branch that is applied.

    A run of last week that is run again would bring last week's rules back.
    """
    from rulesync.github import tip_of

    run = actions_run()
    commit, wanted = _applied(run, branch)
    with _github(run) as github:
        now = tip_of(github, wanted)
    if now != commit:
        message = f"`{commit}` is not the tip of `{wanted}` any more: that is `{now}`"
        raise StaleError(message, help="nothing was applied; the run of the newest commit applies what Git wants now")
    say(f"{commit} is the tip of {wanted}")
    return 0


@command.command(short_help="Print the digest of the plan that was reviewed.")
@_BRANCH
@_COMMENT_BOT
@click.pass_obj
def digest(options: Globals, branch: str | None, bot: str | None) -> int:
    """Print the digest of the plan that people saw on the pull request whose merge made this commit.

    Exits 3, and says why, if there is none: the commit was pushed, or the comment is gone or of an older commit.
    """
    from rulesync.github import Kind, Reviewed, merged_pull, reviewed_digest

    run = actions_run()
    commit, wanted = _applied(run, branch)
    with _github(run, bot) as github:
        pull = merged_pull(github, commit, wanted)
        found = (
            reviewed_digest(github, pull, _marker(options, Kind.PLAN))
            if pull
            else Reviewed(None, f"no pull request made `{commit}`: it was pushed to `{wanted}`")
        )
    if not found.digest:
        say_error(f"no plan of this commit was reviewed: {found.why}", None)
        return FindingsError.exit_code
    say(f"the plan was reviewed on pull request #{found.pull}")
    show(found.digest)
    return 0


@command.command(short_help="Keep one comment with a plan or a report on the pull request.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--body", type=click.Path(path_type=Path), required=True, help="The text, as Markdown.")
@click.option("--report", "is_report", is_flag=True, help="FILE is the report of an apply, not a plan.")
@_BRANCH
@_COMMENT_BOT
@click.pass_obj
def comment(options: Globals, file: Path, body: Path, is_report: bool, branch: str | None, bot: str | None) -> int:
    """Post the plan in FILE (JSON) on the pull request, as the text of --body, or edit the comment that is there.

    A report goes to the pull request whose merge made the commit. Where there is nothing to say and no comment, none is
    made. Where FILE is missing, the comment says that there is no plan, so that no old one stands there.
    """
    from rulesync.github import Kind, keep_comment
    from rulesync.render import hosted

    run = actions_run()
    kind = Kind.APPLY if is_report else Kind.PLAN
    value, text = _value(file), _text(body)
    if value is None or text is None:
        value, text = None, hosted.failed("apply" if is_report else "plan", run.url)
    with _github(run, bot) as github:
        pull, target = (_merged(github, run, branch), None) if is_report else _open(github, run)
        if pull is None:
            return 0
        if value is not None and not is_report:
            applied = branch or run.default_branch
            here = target == applied or None in {target, applied}
            text = hosted.plan(text, head=run.head, is_applied=here, writes=_writes(value), refused=_is_refused(value))
        marker = _marker(options, kind, {} if is_report else _facts(run, value))
        worth = value is None or (_tells(value) if is_report else _writes(value) or _is_refused(value))
        kept = keep_comment(github, pull, marker, text, worth_saying=worth)
    show_line(f"comment on #{pull}: {kept}")
    return 0


@command.command(short_help="Keep one issue about what drifted.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--body", type=click.Path(path_type=Path), required=True, help="The text, as Markdown.")
@_COMMENT_BOT
@click.pass_obj
def issue(options: Globals, file: Path, body: Path, bot: str | None) -> int:
    """Open an issue about the drift in FILE (JSON), as the text of --body; edit, close or reopen the one that is there.

    Give it only what a complete look found: an issue is closed where FILE lists no drift.
    """
    from rulesync.github import Kind, keep_issue
    from rulesync.render import hosted

    run = actions_run()
    value, text = _value(file), _text(body)
    if value is None or text is None or not isinstance(value.get("resource_drift"), list):
        raise ConfigError(f"`{file}` and `{body}` hold no drift", help="write them with `rulesync drift --write`")
    drifted = value["resource_drift"]
    facts = {"drift": _fingerprint(drifted)} if drifted else {}
    marker = _marker(options, Kind.DRIFT, facts)
    said = hosted.drift(text) if drifted else hosted.agreed(run.url)
    heading = hosted.title(_workspace(options), len(drifted))
    with _github(run, bot) as github:
        kept = keep_issue(github, marker, heading, said, drifted=bool(drifted))
    show_line(f"issue: {kept}")
    return 0


@contextmanager
def _github(run: ActionsRun, bot: str | None = None) -> "Iterator[GitHub]":
    """Open GitHub for a run; its token is masked from here on."""
    from rulesync.github import BOT, GitHub

    if not run.token:
        advice = "give the step `GITHUB_TOKEN: ${{ github.token }}` in its `env:`"
        raise ConfigError("no token of GitHub: the environment variable GITHUB_TOKEN is not set", help=advice)
    hide(run.token, *keys())
    patience = Patience(SYSTEM_CLOCK, _SECONDS)
    with GitHub.open(run.api_url, run.token, run.repository, bot=bot or BOT, patience=patience) as github:
        yield github


def _applied(run: ActionsRun, branch: str | None) -> tuple[str, str]:
    """Return the commit that this run is for and the branch that is applied.

    Raises:
        StaleError: the run is for another branch.
        ConfigError: the runner does not say which.
    """
    wanted = branch or run.default_branch
    if not run.commit or not wanted:
        advice = "run it in a workflow, or name the branch with `--branch`"
        raise ConfigError("the runner names no commit or no default branch", help=advice)
    if run.branch != wanted:
        message = f"this run is for `{run.branch or run.event}`, and what is applied is `{wanted}`"
        raise StaleError(message, help="nothing was applied; rules reach the app from one branch only")
    return run.commit, wanted


def _open(github: "GitHub", run: ActionsRun) -> tuple[int | None, str | None]:
    """Return the pull request that set this run off, and its branch; None if there is none, or it has moved on."""
    from rulesync.github import open_pull

    if run.pull is None:
        say("no pull request set this run off, so that there is none to comment on")
        return None, None
    now = open_pull(github, run.pull)
    if run.head and now.head != run.head:
        say(f"pull request #{run.pull} has moved on to {now.head}: its comment is left to the run of that commit")
        return None, None
    return run.pull, now.target


def _merged(github: "GitHub", run: ActionsRun, branch: str | None) -> int | None:
    from rulesync.github import merged_pull

    commit, wanted = _applied(run, branch)
    pull = merged_pull(github, commit, wanted)
    if pull is None:
        say("no pull request made this commit, so that there is none to comment on")
    return int(pull["number"]) if pull else None


def _workspace(options: Globals) -> str | None:
    if options.every_workspace or len(options.workspaces) > 1:
        raise UsageError("a comment or an issue is of one workspace", help="name it with `--workspace NAME`")
    return next(iter(options.workspaces), None) or None


def _marker(options: Globals, kind: "Kind", facts: Mapping[str, str] | None = None) -> "Marker":
    from rulesync.github import Marker, place_of

    return Marker(kind, place_of(str(options.directory), _workspace(options)), facts or {})


def _facts(run: ActionsRun, plan: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what the comment remembers of a plan: of which commit, and its digest where it can be carried out."""
    facts = {"commit": run.head} if run.head else {}
    digest = plan.get("digest") if plan and not plan.get("errored") else None
    return {**facts, **({"digest": digest} if isinstance(digest, str) and digest else {})}


def _value(file: Path) -> Mapping[str, Any] | None:
    """Return the JSON of a file, None where there is no file or an empty one.

    Raises:
        ConfigError: it holds something else.
    """
    text = _text(file)
    if text is None:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise ConfigError(f"`{file}` holds no JSON of rulesync", help="write it with `--write json=FILE`")
    return value


def _text(file: Path) -> str | None:
    from rulesync import document

    try:
        return document.content(file, _LARGEST).decode("utf-8", "replace") or None
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise ConfigError(f"cannot read `{file}`: {(problem.strerror or 'unknown reason').lower()}") from None


def _writes(plan: Mapping[str, Any]) -> bool:
    summary = plan.get("summary")
    return isinstance(summary, dict) and any(summary.get(name) for name in _WRITES)


def _is_refused(plan: Mapping[str, Any]) -> bool:
    """Tell whether a plan cannot be carried out, which is worth a comment although it writes nothing."""
    findings = plan.get("findings")
    found = [each for each in findings if isinstance(each, dict)] if isinstance(findings, list) else []
    return bool(plan.get("errored")) or any(each.get("severity") == "error" for each in found)


def _tells(report: Mapping[str, Any]) -> bool:
    return bool(report.get("outcomes") or report.get("error"))


def _fingerprint(drifted: list[Any]) -> str:
    """Return what tells one drift from another: which rules, and what the app holds of them."""
    told = [
        [each.get(name) for name in ("name", "id", "happened", "fields", "change")] if isinstance(each, dict) else each
        for each in drifted
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
