"""A report read back from its JSON: what a run may have written, or a refusal.

Law: any text gives a report or a `ConfigError`, in one sentence that says what is wrong with it.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationError

from rulesync.errors import ConfigError
from rulesync.ownership import KEY_PATTERN
from rulesync.plan import Operation
from rulesync.planfile.writing import Context
from rulesync.planjson import Command
from rulesync.report import Result
from rulesync.undo import Written
from rulesync.waiting import Awaited
from rulesync.wire import v1
from rulesync.wire.decode import UnknownShapeError
from rulesync.wire.strictly import parse

LARGEST = 32 * 1024 * 1024
"""Characters of a text that can be a report: thousands of rules."""

_HELP = "give the file that `--report` wrote, as it was written"
_DEEPEST = 250
_MAY_HAVE_WRITTEN = {Result.DONE, Result.ALTERED, Result.UNKNOWN}


class _Model(BaseModel):
    """Fields that are not known here are from a later minor version, and ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Outcome(_Model):
    key: Annotated[str, Field(pattern=rf"^(?:{KEY_PATTERN})$")]
    operation: Operation
    status: Result
    id: str | None
    before: dict[str, Any] | None
    idempotency_key: str | None
    digest: str | None = None


class _Waiting(_Model):
    key: Annotated[str, Field(pattern=rf"^(?:{KEY_PATTERN})$")]
    id: str
    nickname: str | None = None


class _Api(_Model):
    dialect: str
    base_url: str


class _Report(_Model):
    format_version: Annotated[str, Field(pattern=r"^1\.\d+$")]
    command: Command = "apply"
    workspace: str | None
    scope: str
    api: _Api
    outcomes: Annotated[list[_Outcome], FailFast()]
    awaiting_enable: Annotated[list[_Waiting], FailFast()] = []
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SavedReport:
    """A report that was read back: which command it is of, what that may have written, and what was so already.

    `error` is why the command ended early, None where it did not.
    """

    command: Command
    written: tuple[Written, ...]
    already: tuple[str, ...]
    error: str | None = None


def load(text: str, scope: str, context: Context) -> SavedReport:
    """Return the report that a file holds, to be undone here.

    Raises:
        ConfigError: it is no report, or one of a run in another place than `context`.
    """
    report = _parse(text)
    _same_place(report, scope, context)
    keys = [(each.operation, each.key, each.id, each.status) for each in report.outcomes]
    if len(set(keys)) != len(keys):
        raise ConfigError("the report cannot be understood: it tells of one change twice", help=_HELP)
    may_have = [each for each in report.outcomes if each.status in _MAY_HAVE_WRITTEN]
    sent = [each for each in may_have if each.status is not Result.DONE or each.idempotency_key is not None]
    already = tuple(each.key for each in may_have if each not in sent)
    return SavedReport(report.command, tuple(_written(each) for each in sent), already, report.error)


def awaited(text: str, scope: str, context: Context) -> tuple[Awaited, ...]:
    """Return the rules that wait for a person by a report, each with the digest that its apply left.

    Raises:
        ConfigError: it is no report, or one of a run in another place than `context`.
    """
    report = _parse(text)
    _same_place(report, scope, context, "a wait")
    left = {each.id: each.digest for each in report.outcomes if each.status is Result.DONE and each.digest}
    found = {each.id: each for each in report.awaiting_enable}
    return tuple(
        Awaited(each.key, each.id, each.nickname, frozenset({left[each.id]} if each.id in left else ()))
        for each in found.values()
    )


def _parse(text: str) -> _Report:
    if len(text) > LARGEST:
        raise ConfigError(f"the report is larger than {LARGEST // 1024 // 1024} MiB", help=_HELP)
    try:
        raw: object = parse(text, deepest=_DEEPEST)
    except (ValueError, RecursionError):
        raise ConfigError("the report is no JSON", help=_HELP) from None
    try:
        return _Report.model_validate(raw)
    except ValidationError as problem:
        place = problem.errors(include_url=False, include_context=False)[0]["loc"]
        raise ConfigError(_misfit(raw, [str(part) for part in place]), help=_HELP) from None


def _misfit(raw: object, place: list[str]) -> str:
    """Return what is wrong with JSON that is no report, beginning with one place of it."""
    if isinstance(raw, dict) and "resource_changes" in raw:
        return "this is a plan, and an undo takes the report of the apply that carried it out"
    if place[:1] == ["format_version"] and isinstance(raw, dict) and "format_version" in raw:
        return "the report is of another version of its format than 1"
    where = ".".join(place) or "its first line"
    return f"the report cannot be understood, beginning with `{where[:60]}`"


def _same_place(report: _Report, scope: str, context: Context, what_goes: str = "an undo") -> None:
    here = {
        "workspace": (report.workspace, context.workspace),
        "scope": (report.scope, scope),
        "dialect": (report.api.dialect, context.dialect.name),
        "base URL": (report.api.base_url, context.base_url),
    }
    for what, (then, now) in here.items():
        if then != now:
            named = [f"`{each}`" if each else "the default" for each in (then, now)]
            advice = (
                f"{what_goes} goes where the apply went: look at `--workspace`, rulesync.yaml and RULESYNC_BASE_URL"
            )
            raise ConfigError(f"the report is of the {what} {named[0]}, and this is {named[1]}", help=advice)


def _written(outcome: _Outcome) -> Written:
    if outcome.before is None:
        return Written(outcome.key, outcome.operation, outcome.id, left=outcome.digest)
    try:
        before = v1.decode(outcome.before)
    except UnknownShapeError as problem:
        raise ConfigError(
            f"the report cannot be understood: `before` of `{outcome.key}` is no rule ({problem})"
        ) from None
    return Written(outcome.key, outcome.operation, outcome.id, before.rule, before.extras, outcome.digest)
