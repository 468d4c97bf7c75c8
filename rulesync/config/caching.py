"""Where things are kept between runs, and how far they are trusted: by the command line, else by the environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "RULESYNC_CACHE_DIR"
_OURS = "rulesync"


@dataclass(frozen=True, slots=True)
class Caching:
    """The directory of what is kept, None where there is none; `named` says that somebody asked for that very one.

    `bodies` says whether bodies of rules are taken from there; with `hours`, not those that were read so long ago.
    """

    directory: Path | None = None
    named: bool = False
    bodies: bool = False
    hours: float | None = None


def cache_directory(
    given: Path | None, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> tuple[Path | None, bool]:
    """Return the directory for what is kept between runs, and whether somebody named it; None where nobody knows one.

    Without a name it is where the system has such things: `XDG_CACHE_HOME` anywhere, else by the kind of system.
    """
    named = given or (Path(environ[VARIABLE]) if environ.get(VARIABLE) else None)
    if named is not None:
        return named, True
    home = environ.get("HOME", "")
    places = [Path(environ.get("XDG_CACHE_HOME", "")) / _OURS]
    if platform == "win32":
        places.append(Path(environ.get("LOCALAPPDATA", "")) / _OURS / "Cache")
    else:
        places.append(Path(home) / ("Library/Caches" if platform == "darwin" else ".cache") / _OURS)
    return next((place for place in places if place.is_absolute()), None), False
