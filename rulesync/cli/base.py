"""The rules as Git had them at `--base REF`: what is protected there, and what is pinned.

Law: what is broken at the base does not keep the branch from mending it. It is read as loosely as it can be, and where
a file says anything like `protect:`, its rules count as protected.
"""

import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from rulesync import git, source
from rulesync.accounts import AccountBook, ListedAccount
from rulesync.cli.session import rules
from rulesync.config import Config, load
from rulesync.errors import ConfigError
from rulesync.findings import Finding, errors, named, warning
from rulesync.protection import Base
from rulesync.source import Sources

_MOST = 10
_PROTECT = re.compile(r"""^[\s{,-]*["']?protect["']?\s*:\s*(?!false\b|null\b|~|#|$)""", re.MULTILINE)
_KEY = re.compile(r"""^\s*["']?key["']?\s*:\s*["']?([a-z0-9._/-]+)""", re.MULTILINE)


@dataclass(frozen=True)
class AtBase:
    """What was read at the base, before the API's accounts are known; `loose` are keys that broken files protect.

    `read` is false where there may be rules of which nothing is known.
    """

    ref: str
    config: Config
    sources: Sources
    loose: frozenset[str]
    findings: tuple[Finding, ...]
    read: bool = True

    def resolved(self, listed: tuple[ListedAccount, ...] | None) -> Base:
        """Return it for the plan; names of accounts that stand for nothing cost a rule its content, not its shield."""
        desired, _ = source.resolve(self.sources, replace(AccountBook(self.config.accounts), listed=listed))
        sure = {draft.key for draft in self.sources.drafts if draft.protect}
        pins = {**self.config.ids, **self.sources.pins}
        keys = {draft.key for draft in self.sources.drafts} | self.sources.broken if self.read else None
        shielded = frozenset(sure | self.loose)
        known = None if keys is None else frozenset(keys)
        return Base(self.ref, self.config.scope, desired, shielded, pins, self.findings, known)


def read(config: Config, ref: str) -> AtBase:
    """Return what Git had at a commit, in place of the directory that a configuration lies in.

    Raises:
        ConfigError: Git cannot tell.
    """
    commit = git.resolve(config.root, ref)
    found = git.files(config.root, commit)
    with tempfile.TemporaryDirectory(prefix="rulesync-base-") as held:
        root = Path(held).resolve()
        if not any(file.path == config.file.name for file in found):
            return AtBase(ref, replace(config, ids={}), Sources((), (), 0), frozenset(), ())
        git.copy(config.root, [file for file in found if file.path == config.file.name], root)
        said: list[Finding] = []
        then = _config(config, root, ref, said)
        below = Path(then.rules).as_posix().strip("/") + "/"
        inside = [file for file in found if below == "./" or file.path.startswith(below)]
        git.copy(config.root, [file for file in inside if file.path != config.file.name], root)
        return _sources(then, ref, said)


def _config(config: Config, root: Path, ref: str, said: list[Finding]) -> Config:
    """Return the configuration at the base, the branch's own where that cannot be read."""
    try:
        then = load(root, Path(config.file.name), config.workspace)
        return replace(then, vars={**config.vars, **then.vars})  # what the command line gave is not in the file
    except ConfigError as problem:
        message = f"`{config.file.name}` at `{ref}` cannot be used: {problem.message}"
        said.append(warning("base", message, help="the base is read by the branch's own `rulesync.yaml` instead"))
        return replace(config, root=root, file=root / config.file.name)


def _sources(then: Config, ref: str, said: list[Finding]) -> AtBase:
    try:
        sources = rules(then)
    except ConfigError as problem:
        said.append(warning("base", f"no rules can be read at `{ref}`: {problem.message}"))
        return AtBase(ref, then, Sources((), (), 0), frozenset(), tuple(said), read=False)
    broken = sorted({each.location.file for each in errors(sources.findings) if each.location})
    if broken:
        files = named(broken, _MOST)
        message = f"files with errors at `{ref}` are read loosely, for what they protect and pin: {files}"
        said.append(warning("base", message, help="this is about the base; the branch may mend them"))
    sound = {draft.key for draft in sources.drafts}
    loose = {key for file in broken for key in _protected_in(then, file)} - sound
    return AtBase(ref, then, sources, frozenset(loose), tuple(said))


def _protected_in(then: Config, file: str) -> set[str]:
    """Return the keys that a broken file may protect: by its place, and those that it writes."""
    try:
        text = (then.root / file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    if not _PROTECT.search(text):
        return set()
    place = Path(file).with_suffix("").as_posix()
    return {place.removeprefix(Path(then.rules).as_posix().strip("/") + "/"), *_KEY.findall(text)}
