"""Where things are kept between runs."""

from pathlib import Path

import pytest

from rulesync.config import cache_directory

HOME = {"HOME": "/home/ann"}


@pytest.mark.parametrize(
    ("given", "environ", "platform", "expected"),
    [
        (None, HOME, "linux", (Path("/home/ann/.cache/rulesync"), False)),
        (None, HOME, "darwin", (Path("/home/ann/Library/Caches/rulesync"), False)),
        (None, {**HOME, "XDG_CACHE_HOME": "/var/x"}, "linux", (Path("/var/x/rulesync"), False)),
        (None, {**HOME, "XDG_CACHE_HOME": "relative"}, "linux", (Path("/home/ann/.cache/rulesync"), False)),
        (None, {**HOME, "XDG_CACHE_HOME": ""}, "linux", (Path("/home/ann/.cache/rulesync"), False)),
        (None, {"LOCALAPPDATA": "/c/ann/Local"}, "win32", (Path("/c/ann/Local/rulesync/Cache"), False)),
        (None, {}, "linux", (None, False)),
        (None, {}, "win32", (None, False)),
        (None, {**HOME, "RULESYNC_CACHE_DIR": "here"}, "linux", (Path("here"), True)),
        (None, {**HOME, "RULESYNC_CACHE_DIR": ""}, "linux", (Path("/home/ann/.cache/rulesync"), False)),
        (Path("given"), {**HOME, "RULESYNC_CACHE_DIR": "here"}, "linux", (Path("given"), True)),
    ],
)
def test_the_directory(
    given: Path | None, environ: dict[str, str], platform: str, expected: tuple[Path | None, bool]
) -> None:
    """The command line counts before the environment, and both before the place of the system; some have no place."""
    assert expected == cache_directory(given, environ, platform)
