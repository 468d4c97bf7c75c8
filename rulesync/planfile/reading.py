"""A plan read back from its JSON: exactly what was reviewed, or a refusal.

Law: any text gives a plan or a `ConfigError`, in time and memory that its size bounds. What a reviewer and this reader
might take for different things (a field that stands twice, two changes of one rule) is refused.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    StrictBool,
    ValidationError,
)

from rulesync.errors import ConfigError
from rulesync.findings import Finding, Location, Severity
from rulesync.ownership import KEY_PATTERN, digest, split
from rulesync.plan import Change, Operation, Origin, Plan
from rulesync.planfile.writing import Context, digest_of
from rulesync.rule import opaque_parts
from rulesync.ruleset import ActualRule, DesiredRule
from rulesync.wire import v1
from rulesync.wire.strictly import parse

LARGEST = 32 * 1024 * 1024
"""Bytes of a file that can be a plan: thousands of rules."""

_AGAIN = "make a new plan with `rulesync plan --out FILE`"
_DEEPEST = 250  # an answer of the API may have 200 levels, and what of it is in a plan lies a few levels deeper
_LONGEST_QUOTE = 60
_KEY = re.compile(KEY_PATTERN)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T")


class _Model(BaseModel):
    """Fields that are not known here are from a later minor version, and ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _instant(value: object) -> object:
    if not isinstance(value, str) or _INSTANT.match(value) is None:
        raise ValueError("no instant")
    return value


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no day of the calendar") from None


def _texts(names: dict[str, Any]) -> dict[str, Any]:
    """Refuse what is no text, once and not a million times."""
    if not all(isinstance(name, str) for name in names.values()):
        raise ValueError("no text")
    return names


class _Prior(_Model):
    updated_at: str | None
    digest: str
    marker: str | None = None


class _Rules(_Model):
    actions: Annotated[list[Operation], Field(min_length=1, max_length=1)]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class _Resource(_Model):
    name: str
    change: _Rules
    id: str | None
    file: str | None
    line: int | None
    origin: Origin | None
    prior: _Prior | None
    deferred: StrictBool = False


class _Api(_Model):
    dialect: str
    base_url: str


class _Finding(_Model):
    check: str
    severity: Severity
    message: str
    help: str | None


class _Plan(_Model):
    format_version: Annotated[str, Field(pattern=r"^1\.\d+$")]
    errored: Literal[False]
    complete: StrictBool
    digest: str
    timestamp: Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_in_utc)]
    accounts: Annotated[dict[str, Any], AfterValidator(_texts)]
    workspace: str | None
    scope: str
    api: _Api
    resource_changes: Annotated[list[_Resource], FailFast()]
    findings: Annotated[list[_Finding], FailFast()]


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan that was read back: its digest, when the API was read for it (UTC), and the names of accounts then."""

    plan: Plan
    digest: str
    made_at: datetime
    names: dict[str, str]


def load(text: str, scope: str, context: Context) -> SavedPlan:
    """Return the plan that a file holds, to be carried out here.

    Raises:
        ConfigError: it is no plan, was made with errors, was altered, or was made for another place than `context`.
    """
    raw, saved = _parse(text)
    _same_place(saved, scope, context)
    if digest_of(scope, context, raw["resource_changes"]) != saved.digest:
        raise ConfigError("the plan file was altered: its digest is not that of its changes", help=_AGAIN)
    try:
        _check_apart(saved.resource_changes)
        changes = tuple(_change(resource) for resource in saved.resource_changes)
    except ValueError as problem:
        raise ConfigError(f"the plan file cannot be understood: {problem}", help=_AGAIN) from None
    findings = tuple(Finding(each.check, each.severity, each.message, each.help) for each in saved.findings)
    plan = Plan(saved.scope, changes, findings=findings, complete=saved.complete)
    return SavedPlan(plan, saved.digest, saved.timestamp, saved.accounts)


def _parse(text: str) -> tuple[dict[str, Any], _Plan]:
    if len(text) > LARGEST:
        raise ConfigError(f"the plan file is larger than {LARGEST // 1024 // 1024} MiB", help=_AGAIN)
    try:
        raw: Any = parse(text, deepest=_DEEPEST)
        if "\\ud" in text.lower():
            json.dumps(raw, ensure_ascii=False).encode()  # half a character fails here, and not when it is sent
        if isinstance(raw, dict) and "outcomes" in raw:
            raise ConfigError("this is the report of an apply, not a plan", help=_AGAIN)
        return raw, _Plan.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False)[0]
        place = _shown(".".join(str(part) for part in first["loc"])) or "its first line"
        if place == "errored" and first["type"] == "literal_error":
            raise ConfigError("the plan was made with errors, so nothing of it may be written", help=_AGAIN) from None
        raise ConfigError(f"the plan file cannot be understood, beginning with `{place}`", help=_AGAIN) from None
    except ValueError as problem:
        why = f": {problem}" if type(problem) is ValueError else ""
        raise ConfigError(f"the plan file is no JSON that has one meaning{why}", help=_AGAIN) from None


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…"


def _same_place(saved: _Plan, scope: str, context: Context) -> None:
    here = {
        "workspace": (saved.workspace, context.workspace),
        "scope": (saved.scope, scope),
        "dialect": (saved.api.dialect, context.dialect.name),
        "base URL": (saved.api.base_url, context.base_url),
    }
    for what, (then, now) in here.items():
        if then != now:
            raise ConfigError(
                f"the plan was made for the {what} `{_shown(str(then))}`, and this is `{now}`", help=_AGAIN
            )


def _check_apart(resources: Iterable[_Resource]) -> None:
    """Refuse two changes of one rule, whose order would decide, and a key that no marker can hold."""
    resources = tuple(resources)
    for names in ([each.name for each in resources], [each.id for each in resources if each.id is not None]):
        for name, count in Counter(names).items():
            if count > 1:
                raise ValueError(f"it changes `{_shown(name)}` {count} times")
    for each in resources:
        if not _KEY.fullmatch(each.name):
            raise ValueError(f"`{_shown(each.name)}` is no key")


def _change(resource: _Resource) -> Change:
    operation, key = resource.change.actions[0], resource.name
    desired = _desired(resource) if resource.change.after is not None else None
    actual = _actual(resource) if resource.change.before is not None else None
    needs = {Operation.CREATE: (True, False), Operation.UPDATE: (True, True), Operation.DELETE: (False, True)}
    if needs.get(operation, (True, True)) != (desired is not None, actual is not None):
        raise ValueError(f"`{key}` cannot be a {operation}")
    deferred = resource.deferred and operation is Operation.NO_OP
    return Change(operation, key, desired, actual, resource.origin, deferred=deferred)


def _desired(resource: _Resource) -> DesiredRule:
    """Return what the plan wants; Git can say nothing that is not known here, and would not be heard saying it."""
    decoded = v1.decode(resource.change.after)
    if decoded.extras or any(opaque_parts(decoded.rule)):
        raise ValueError(f"`{resource.name}`: `after` holds what no rule file can say")
    location = Location(resource.file or "plan", resource.line or 1)
    return DesiredRule(resource.name, decoded.rule, location)


def _actual(resource: _Resource) -> ActualRule:
    """Return what the plan saw; its description is told without the marker, which stands beside it."""
    if resource.id is None or resource.prior is None:
        raise ValueError(f"`{resource.name}` has no `id` or `prior`")
    decoded = v1.decode(resource.change.before)
    if digest(decoded.rule) != resource.prior.digest:
        raise ValueError(f"`{resource.name}`: `before` is not what its digest stands for")
    marker = split(resource.prior.marker)[1]
    return ActualRule(resource.id, decoded.rule, marker, resource.prior.updated_at, extras=decoded.extras)
