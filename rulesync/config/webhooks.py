"""Where messages of what waits are posted: an address that is a secret, given by the operator and never by a file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rulesync.config.address import LONGEST, is_loopback
from rulesync.errors import ConfigError, UsageError

VARIABLE = "RULESYNC_WEBHOOK"
_SLACK = ("hooks.slack.com", "hooks.slack-gov.com")


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address to post to, and how: as `json`, or as a message in `slack`."""

    url: str = field(repr=False)
    host: str
    style: str


def webhook(given: str | None, style: str | None = None, environ: Mapping[str, str] = os.environ) -> Webhook | None:
    """Return where to post, as it was given on the command line, else in the environment; None where nobody asked.

    Raises:
        UsageError: what was given is no address that may be used; its words are not repeated.
        ConfigError: what the environment holds is none.
    """
    url = (environ.get(VARIABLE, "") if given is None else given).strip()
    if not url and given is None:
        return None
    reason = _reason(url)
    if reason is not None:
        advice = "give the whole address that the other side made for you, as in `https://hooks.example.org/…`"
        if given is not None:
            raise UsageError(f"`--webhook`: {reason}", help=advice)
        raise ConfigError(f"{VARIABLE}: {reason}", help=advice)
    host = (urlsplit(url).hostname or "").lower()
    return Webhook(url, host, style or ("slack" if host in _SLACK else "json"))


def _reason(url: str) -> str | None:
    """Return why nothing can be posted to an address, None where it can; a part of it might be the secret."""
    if len(url) > LONGEST:
        return f"an address has at most {LONGEST:,} characters"
    if not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>'):
        return "the address holds a space or another character that no address has"
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").lower(), parts.port  # the port raises where it is no number
    except ValueError:
        return "this is no address"
    if parts.scheme not in {"https", "http"} or not host:
        return "an address begins with `https://` and a host"
    if "@" in parts.netloc:
        return "an address cannot hold a user or a password"
    if "#" in url:
        return "an address cannot have a fragment"
    if parts.scheme == "http" and not is_loopback(host):
        return "plain http would show the address, which is a secret, to the network"
    return None
