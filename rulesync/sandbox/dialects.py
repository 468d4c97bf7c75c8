"""The dialects that the sandbox speaks, side by side over one state: where each is, and how it answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from rulesync.sandbox import platform, platform_calls, v1, v1_calls
from rulesync.sandbox.calls import Route
from rulesync.sandbox.exchange import Refusal, Response


@dataclass(frozen=True)
class Dialect:
    """One dialect below its base path: the scheme of its keys, its routes, and its way to refuse.

    `idempotency_key` is the form that such a key must have. With `echoes` a request id that is sent comes back; else
    the server's own is told, in the body alone.
    """

    base: str
    scheme: str
    routes: tuple[Route, ...]
    refusal: Callable[[str | None, Refusal], Response]
    idempotency_key: re.Pattern[str]
    echoes: bool


V1 = Dialect(v1.BASE, "ApiKey", v1_calls.ROUTES, v1.refusal, re.compile(r".+", re.DOTALL), echoes=True)
PLATFORM = Dialect(
    platform.BASE,
    "Bearer",
    platform_calls.ROUTES,
    platform.refusal,
    re.compile(r"[A-Za-z0-9._:/|-]{1,36}"),
    echoes=False,
)
DIALECTS = (V1, PLATFORM)


def of(path: str) -> Dialect | None:
    """The dialect that a path belongs to; None for the app's pages."""
    return next((each for each in DIALECTS if path == each.base or path.startswith(f"{each.base}/")), None)
