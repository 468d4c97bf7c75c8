"""A plan read back from its JSON: exactly what was reviewed, or a refusal."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from rulesync.errors import ConfigError
from rulesync.findings import Finding, Location, Severity
from rulesync.ownership import digest, split
from rulesync.plan import Change, Operation, Origin, Plan
from rulesync.planfile.writing import Context, digest_of
from rulesync.ruleset import ActualRule, DesiredRule
from rulesync.wire import v1

_AGAIN = "make a new plan with `rulesync plan --out FILE`"


class _Model(BaseModel):
    """Fields that are not known here are from a later minor version, and ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


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
    complete: bool
    digest: str
    timestamp: AwareDatetime
    accounts: dict[str, str]
    workspace: str | None
    scope: str
    api: _Api
    resource_changes: list[_Resource]
    findings: list[_Finding]


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
        changes = tuple(_change(resource) for resource in saved.resource_changes)
    except ValueError as problem:
        raise ConfigError(f"the plan file cannot be understood: {problem}", help=_AGAIN) from None
    findings = tuple(Finding(each.check, each.severity, each.message, each.help) for each in saved.findings)
    plan = Plan(saved.scope, changes, findings=findings, complete=saved.complete)
    return SavedPlan(plan, saved.digest, saved.timestamp, saved.accounts)


def _parse(text: str) -> tuple[dict[str, Any], _Plan]:
    try:
        raw = json.loads(text)
        return raw, _Plan.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "its first line"
        if place == "errored":
            raise ConfigError("the plan was made with errors, so nothing of it may be written", help=_AGAIN) from None
        raise ConfigError(f"the plan file cannot be understood, beginning with `{place}`", help=_AGAIN) from None
    except (ValueError, RecursionError):
        raise ConfigError("the plan file is no JSON", help=_AGAIN) from None


def _same_place(saved: _Plan, scope: str, context: Context) -> None:
    here = {
        "workspace": (saved.workspace, context.workspace),
        "scope": (saved.scope, scope),
        "dialect": (saved.api.dialect, context.dialect.name),
        "base URL": (saved.api.base_url, context.base_url),
    }
    for what, (then, now) in here.items():
        if then != now:
            raise ConfigError(f"the plan was made for the {what} `{then}`, and this is `{now}`", help=_AGAIN)


def _change(resource: _Resource) -> Change:
    operation, key = resource.change.actions[0], resource.name
    desired = _desired(resource) if resource.change.after is not None else None
    actual = _actual(resource) if resource.change.before is not None else None
    needs = {Operation.CREATE: (True, False), Operation.UPDATE: (True, True), Operation.DELETE: (False, True)}
    if needs.get(operation, (True, True)) != (desired is not None, actual is not None):
        raise ValueError(f"`{key}` cannot be a {operation}")
    return Change(operation, key, desired, actual, resource.origin)


def _desired(resource: _Resource) -> DesiredRule:
    location = Location(resource.file or "plan", resource.line or 1)
    return DesiredRule(resource.name, v1.decode(resource.change.after).rule, location)


def _actual(resource: _Resource) -> ActualRule:
    """Return what the plan saw; its description is told without the marker, which stands beside it."""
    if resource.id is None or resource.prior is None:
        raise ValueError(f"`{resource.name}` has no `id` or `prior`")
    decoded = v1.decode(resource.change.before)
    if digest(decoded.rule) != resource.prior.digest:
        raise ValueError(f"`{resource.name}`: `before` is not what its digest stands for")
    marker = split(resource.prior.marker)[1]
    return ActualRule(resource.id, decoded.rule, marker, resource.prior.updated_at, extras=decoded.extras)
