"""What the API answered to one write, and what a look by id showed: the evidence that an apply decides from."""

from dataclasses import dataclass
from datetime import datetime

from rulesync.ruleset import ActualRule


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one attempt of a write.

    `remembered` is True where the server repeated an answer that it gave before (the answer's request id is not this
    attempt's), False where it acted now, None where the answer does not tell. `rule` is the rule that the answer is
    about, where it holds one. `date` is the server's clock in UTC, `retry_after` is in seconds. `text` is what the
    answer says that is neither a rule nor a refusal of the API, such as a page.
    """

    status: int
    rule: ActualRule | None = None
    remembered: bool | None = None
    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    date: datetime | None = None
    retry_after: float | None = None
    text: str | None = None

    @property
    def accepted(self) -> bool:
        """Whether the server says that it did what was asked."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx of HTTP

    @property
    def reason(self) -> str:
        """The server's own words, for people."""
        words = ": ".join(part for part in (self.code, self.message) if part)
        return words or f"the API answered {self.status}"


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer came to an attempt of a write; `reached` is False where the request surely never left."""

    reason: str
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """A look by id found no such rule; `deleted` says that the API still shows it, as deleted."""

    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Hidden:
    """A look by id could not tell: the rule may well exist.

    `reason` is one sentence; `unsupported` says that no key could read it, since the API has no words for the rule, and
    `forbidden` that another key might.
    """

    reason: str
    unsupported: bool = False
    forbidden: bool = False


Look = ActualRule | Missing | Hidden
