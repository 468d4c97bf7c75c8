"""The options that stand before the command, as they were given."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Globals:
    """The options that stand before the command, or that any command takes which knows of rules.

    `workspaces` are those that were named, none for the default one; `every_workspace` asks for all of them.
    `variables` are `name=value` as given, and `variable_files` are read before them. `link` is where a report that does
    not fit can be seen whole. `cache_dir` is where things are kept between runs; whether bodies of rules are taken from
    there is `cached`, and `cached_hours` how long they are trusted.
    """

    directory: Path
    config_file: Path | None
    workspaces: tuple[str, ...]
    color: str
    debug: bool
    every_workspace: bool = False
    variables: tuple[str, ...] = ()
    variable_files: tuple[Path, ...] = ()
    link: str | None = None
    cache_dir: Path | None = None
    cached: bool = False
    cached_hours: float | None = None
