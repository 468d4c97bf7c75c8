"""The shape of a plan and of a report as JSON: what tools read, and what every rendering for people is made from.

It speaks Terraform's plan JSON, so that policy tools and CI widgets read it as it is. Minor versions of
`format_version` add fields, and a reader ignores those that it does not know; another major version is refused.
"""

from typing import Any, Generic, Literal, NotRequired, TypedDict, TypeVar

FORMAT_VERSION = "1.0"

RuleJson = dict[str, Any]
Command = Literal["apply", "pause", "undo", "adopt"]
Happened = Literal[
    "enabled",
    "edited",
    "differs",
    "deleted",
    "missing",
    "marker-removed",
    "paused",
    "orphan",
    "unmanaged",
    "waiting",
]
Summary = TypedDict(
    "Summary",
    {
        "create": int,
        "update": int,
        "delete": int,
        "no-op": int,
        "awaiting_enable": int,
        "drifted": int,
        "orphaned": int,
        "unmanaged": int,
    },
)


class ChangeJson(TypedDict):
    """What happens to a rule; `before` and `after` are rules in v1 spelling, null where there is none."""

    actions: list[Literal["create", "update", "delete", "no-op"]]
    before: RuleJson | None
    after: RuleJson | None


class FieldJson(TypedDict):
    """One field that differs; an absent side is null. `path` is as in the v1 body: `steps[0].actions[0].limit`."""

    path: str
    before: Any
    after: Any


class PriorJson(TypedDict):
    """What the plan saw of the actual rule; `marker` is the line as it stood, null where there was none."""

    updated_at: str | None
    digest: str
    marker: str | None


class RunsJson(TypedDict):
    """What a rule did lately; times are in UTC.

    `next_at` is when it runs next by its schedule, null where none tells, and `next_about` that the vendor's documents
    leave this one open. `last_at` and `last_status` are of the newest run, null where none is known. `last_30_days` is
    how many runs there were, `at_least` that there may be more. `error` is why the runs are not known, null where they
    are; `last_30_days` and `in_progress` are null then.
    """

    next_at: str | None
    next_about: bool
    last_at: str | None
    last_status: Literal["in_progress", "executed", "partial", "failed", "unknown"] | None
    last_30_days: int | None
    at_least: bool
    in_progress: bool | None
    error: str | None


class ResourceJson(TypedDict):
    """One rule in a plan.

    `pauses` says that the rule is enabled now and that the write switches it off; `deferred` that nothing is written
    although `fields` differ. `note` is one sentence about what could not be told apart or known, or by which other key
    a rule is bound, null where there is nothing to say. `happened` is what became of a rule in the
    app, null in a change. `runs` is null where nobody looked, and for drift.
    """

    address: str
    type: Literal["sequence_rule"]
    name: str
    change: ChangeJson
    id: str | None
    nickname: str | None
    file: str | None
    line: int | None
    sentence_before: str | None
    sentence_after: str | None
    origin: Literal["git", "app", "both", "unknown"] | None
    pauses: bool
    deferred: bool
    prior: PriorJson | None
    fields: list[FieldJson]
    idempotency_key: str | None
    review_url: str | None
    note: str | None
    happened: Happened | None
    runs: RunsJson | None


class StateJson(TypedDict):
    """A managed rule as it is: its state, what is to say of it, and what it did lately; `runs` is null for orphans."""

    key: str
    id: str | None
    nickname: str | None
    state: Literal["waiting", "enabled", "disabled", "missing", "unknown"]
    remark: str
    review_url: str | None
    runs: RunsJson | None


class WaitingJson(TypedDict):
    """A rule that Git wants enabled and that only a person can enable, at `review_url`.

    `since` is its last write, in UTC, null where that is not known: it waits at least since then.
    """

    key: str
    id: str
    nickname: str | None
    review_url: str
    since: str | None


class OrphanJson(TypedDict):
    """A rule that bears our marker and whose key is gone from Git; `live` is null where the list does not tell."""

    key: str
    id: str
    nickname: str | None
    live: bool | None


class UnmanagedJson(TypedDict):
    """A rule that is nobody's, or another scope's.

    `readable` is false where its body was asked for and not given, or the API cannot show it; `reason` says which.
    """

    id: str
    nickname: str | None
    readable: bool
    reason: str | None


class FindingJson(TypedDict):
    """One thing to say about one place."""

    check: str
    severity: Literal["error", "warning", "info"]
    message: str
    help: str | None
    file: str | None
    line: int | None
    column: int | None


class RequestsJson(TypedDict):
    """What an apply will cost: requests, and seconds of waiting for the rate limit."""

    read: int
    write: int
    seconds_at_limit: int


class RefreshJson(TypedDict):
    """How the API was read: rules in its list, bodies that were read, and those that earlier runs had read.

    `oldest` is when the oldest of the latter was read, by the API's clock in UTC; null where there is none.
    """

    listed: int
    read: int
    cached: int
    oldest: str | None


class ApiJson(TypedDict):
    """Which API a plan was made against."""

    dialect: str
    base_url: str


class PlanJson(TypedDict):
    """A plan. `timestamp` is in UTC; `digest` is of what would be done, not of when it was planned."""

    format_version: str
    rulesync_version: str
    timestamp: str
    errored: bool
    complete: bool
    digest: str
    commit: str | None
    accounts: dict[str, str]
    workspace: str | None
    scope: str
    api: ApiJson
    resource_changes: list[ResourceJson]
    resource_drift: list[ResourceJson]
    awaiting_enable: list[WaitingJson]
    orphans: list[OrphanJson]
    unmanaged: list[UnmanagedJson]
    findings: list[FindingJson]
    requests: RequestsJson
    summary: Summary
    refresh: NotRequired[RefreshJson]


class OutcomeJson(TypedDict):
    """What became of one change; `before` is the rule that was replaced, `fields` what came back altered.

    `digest` is that of the marker which the write leaves. `enabled` says what the last look at the rule showed, null
    where there was none or no rule is left. `rule_url` is where a person can look at it in the app.
    """

    key: str
    operation: Literal["create", "update", "delete"]
    status: Literal["done", "failed", "stale", "skipped", "altered", "unknown"]
    id: str | None
    nickname: str | None
    before: RuleJson | None
    fields: list[FieldJson]
    idempotency_key: str | None
    request_id: str | None
    error: str | None
    live: bool
    digest: str | None
    enabled: bool | None
    rule_url: str | None


class ReportSummary(TypedDict):
    """How many changes came out how."""

    created: int
    updated: int
    deleted: int
    failed: int
    stale: int
    skipped: int
    altered: int
    unknown: int


class ReportJson(TypedDict):
    """What a command that writes did. Times are in UTC; `error` is why it could not even begin, null where it could."""

    format_version: str
    command: Command
    workspace: str | None
    scope: str
    api: ApiJson
    started_at: str
    finished_at: str
    plan_digest: str
    summary: ReportSummary
    outcomes: list[OutcomeJson]
    awaiting_enable: list[WaitingJson]
    error: str | None


class AwaitedJson(TypedDict):
    """A rule that a wait was for, as it was last seen.

    `state` is `enabled` where it is live and holds what was applied, `altered` where it is live and holds something
    else; `fields` then say what, where Git's side is known. `since` is its last write. `note` is one sentence, or null.
    """

    key: str
    id: str
    nickname: str | None
    state: Literal["enabled", "altered", "gone", "waiting", "unreadable"]
    since: str | None
    before: RuleJson | None
    after: RuleJson | None
    fields: list[FieldJson]
    note: str | None
    review_url: str
    rule_url: str


class WaitSummary(TypedDict):
    """How many rules that were waited for are in which state."""

    enabled: int
    altered: int
    gone: int
    waiting: int
    unreadable: int


class WaitJson(TypedDict):
    """How a wait ended. `timed_out` says that its time was up before the last rule was enabled.

    `findings` speak of rules that the key may not read. `error` is why it could not even begin, null where it could.
    """

    format_version: str
    rulesync_version: str
    timestamp: str
    workspace: str | None
    scope: str
    api: ApiJson
    accounts: dict[str, str]
    timed_out: bool
    rules: list[AwaitedJson]
    awaiting_enable: list[WaitingJson]
    findings: list[FindingJson]
    summary: WaitSummary
    error: str | None


class NoticeJson(TypedDict):
    """What a webhook is told: that rules wait for a person, or that some are not as they were applied."""

    format_version: str
    rulesync_version: str
    timestamp: str
    event: Literal["waiting", "not-as-applied"]
    workspace: str | None
    scope: str
    api: ApiJson
    awaiting_enable: list[WaitingJson]
    rules: list[AwaitedJson]


Each = TypeVar("Each", PlanJson, ReportJson, WaitJson)


class FailedJson(TypedDict):
    """A workspace of which no plan or report could be made, and why."""

    workspace: str | None
    error: str
    help: str | None


class SeveralJson(TypedDict, Generic[Each]):
    """Plans or reports of several workspaces; `summary` is the sum of theirs.

    A workspace that `failed` is among the `workspaces` too, with a plan or a report that says so.
    """

    format_version: str
    rulesync_version: str
    timestamp: str
    workspaces: list[Each]
    summary: dict[str, int]
    failed: list[FailedJson]


class PausedJson(TypedDict):
    """A rule that the brake is about.

    `at_stake` is what one run can move at most, in cents, null where there is no known limit. `why_not` is why it
    cannot be switched off from here, null where it can.
    """

    key: str
    id: str
    nickname: str | None
    sentence: str | None
    at_stake: int | None
    why_not: str | None
    rule_url: str


class PauseJson(TypedDict):
    """What a pause does, for a person to read: `rules` in the order of writing; `off` are off already.

    `untouched` are rules that may be live and that nobody manages here; their key is empty.
    """

    workspace: str | None
    scope: str
    api: ApiJson
    rules: list[PausedJson]
    off: list[PausedJson]
    unreadable: list[PausedJson]
    untouched: list[PausedJson]
