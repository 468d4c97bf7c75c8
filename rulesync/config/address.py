"""Where the API key may be sent, and where people may be: an address that is safe, or a sentence why it is not.

A pull request can edit files, so a file alone can name no host but the vendor's and this machine.
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

VENDOR = ".getsequence.io"
LONGEST = 1_000
_HOST_AND_PORT = re.compile(r"(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::[0-9]*)?", re.IGNORECASE)


class UnsafeAddressError(ValueError):
    """An address that may not be used; `help` says what may, `secret` that the address must not be shown."""

    def __init__(self, message: str, help: str | None = None, *, secret: bool = False) -> None:
        super().__init__(message)
        self.help = help
        self.secret = secret


def check(address: str, *, allowed_host: str | None = None, any_host: bool = False) -> str:
    """Return an address without a `/` at its end, if it may be used.

    Hosts are the vendor's, over https, and loopback; `allowed_host` is one more, and `any_host` allows all, for an
    address that the operator gave. Plain http stays on this machine in any case.

    Raises:
        UnsafeAddressError: the address may not be used.
    """
    parts = _parts(address)
    host = (parts.hostname or "").lower()
    if parts.scheme == "http" and not is_loopback(host):
        raise UnsafeAddressError("plain http would show the key to the network", "write `https://`")
    if not (any_host or is_loopback(host) or host.endswith(VENDOR) or host == (allowed_host or "").strip().lower()):
        advice = f"use `https://…{VENDOR}`, or set RULESYNC_ALLOW_HOST={host} where rulesync runs"
        raise UnsafeAddressError(f"`{host}` is not a host that a file may name", advice)
    return address.rstrip("/")


def _parts(address: str) -> SplitResult:
    if len(address) > LONGEST:
        raise UnsafeAddressError(f"an address has at most {LONGEST:,} characters")
    if not address.isascii() or not address.isprintable() or set(address) & set(" \\"):
        raise UnsafeAddressError("the address holds a space or another character that no address has")
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is no number
    except ValueError:
        raise UnsafeAddressError("this is no address", "write `https://host/path`") from None
    if "@" in parts.netloc:
        raise UnsafeAddressError(
            "an address cannot hold a user or a password", "remove what is before `@`", secret=True
        )
    if "?" in address or "#" in address:
        raise UnsafeAddressError("an address cannot have a query or a fragment", "end it before `?` or `#`")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UnsafeAddressError("an address begins with `https://` and a host", "write `https://host/path`")
    if not _HOST_AND_PORT.fullmatch(parts.netloc):
        raise UnsafeAddressError("the host holds a character, or a dot at a place, that no host has")
    if any(label.lower().startswith("xn--") for label in parts.hostname.split(".")):
        raise UnsafeAddressError("a host is written in plain letters here, not in the code `xn--…` for others")
    return parts


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def loopback_origin(address: str) -> str | None:
    """Return the scheme, host and port of an address on this machine, None for any other."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if is_loopback(parts.hostname or "") else None
