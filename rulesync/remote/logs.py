"""Log records of the HTTP libraries, from which the key is masked, whoever switches them on.

They hold the headers of every answer, and a server may repeat there what it was sent.
"""

import logging
from collections import deque

from rulesync.secret import mask

_MOST_KEYS = 4_096  # that are in use at a time; a run has one for each workspace
_SPEAKERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))


class _Masking(logging.Filter):
    """Lets every record through, without the keys that it was told of."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: deque[str] = deque(maxlen=_MOST_KEYS)

    def hide(self, key: str) -> None:
        """Mask this key as well from now on."""
        if key not in self._keys:
            self._keys.append(key)

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the keys out of a record."""
        said = masked = record.getMessage()
        for key in tuple(self._keys):
            masked = mask(masked, key)
        if masked != said:
            record.msg, record.args = masked, ()
        return True


_MASKING = _Masking()


def hide(key: str) -> None:
    """Mask a key in all that the HTTP libraries log from now on."""
    _MASKING.hide(key)
    for name in _SPEAKERS:
        logging.getLogger(name).addFilter(_MASKING)  # once: a filter that is there already is not added again
