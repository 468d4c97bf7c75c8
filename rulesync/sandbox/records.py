"""What the sandbox remembers: account, rule, execution and key as frozen values, in no dialect's envelope.

The inner documents (trigger, steps, balance) keep the product's words in snake case; a dialect spells them its way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Document = Mapping[str, object]

EXECUTION_STATUSES = ("in_progress", "executed", "partial", "failed")
EXECUTION_TRIGGERS = ("manual", "scheduled", "on_funds_transferred")
EXECUTION_MODES = ("live", "simulation")


@dataclass(frozen=True)
class Account:
    """A place where money is: `type` is `income_source`, `pod` or `external_account`; `balance` is in cents."""

    id: str
    name: str
    type: str
    external_account_type: str | None
    can_be_source: bool
    can_be_destination: bool
    beneficiary_name: str | None
    institution_name: str | None
    description: str | None
    balance: Document
    created_at: str
    updated_at: str
    deleted_at: str | None = None


@dataclass(frozen=True)
class Rule:
    """A rule as it is stored: `extra` holds what only the app knows, served as it is until a full replacement.

    `number` counts creations; the store gives it, and `deleted_at`.
    """

    id: str
    nickname: str | None
    description: str | None
    status: str
    trigger: object
    steps: object
    created_at: str
    updated_at: str
    extra: Document = field(default_factory=dict)
    number: int = 0
    deleted_at: str | None = None


@dataclass(frozen=True)
class Execution:
    """One run of a rule: `outcome` holds what only the detail shows; `mode` is `live` or `simulation`.

    `trigger_type` is a word of v1, or `sequence_api`, which v1 does not have.
    """

    id: str
    rule_id: str
    rule_name: str | None
    trigger_type: str
    status: str
    created_at: str
    outcome: Document
    number: int = 0
    mode: str = "live"


@dataclass(frozen=True)
class Grant:
    """What a key may do in its organisation: scope to `"*"` or to a list of ids."""

    secret: str
    organisation: int
    scopes: Mapping[str, object]
