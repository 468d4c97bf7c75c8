"""How wide the help is to be: as the terminal is, by the environment or by itself, within reason.

It is what `shutil` tells, whose import takes a tenth of the time of `--help`.
"""

import os
import sys
from collections.abc import Mapping

_UNKNOWN, _NARROWEST, _WIDEST, _MARGIN = 80, 50, 100, 2


def help_width(environ: Mapping[str, str] = os.environ) -> int:
    """Return the columns to set help in."""
    return max(_NARROWEST, min(_columns(environ.get("COLUMNS", "")), _WIDEST) - _MARGIN)


def _columns(told: str) -> int:
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return (os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0) or _UNKNOWN
    except (OSError, ValueError):
        return _UNKNOWN
