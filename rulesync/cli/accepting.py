"""`drift --accept`: the app's version of rules as a patch of their files, or as a document to paste.

Law: no file is written, and what is printed is tried before: it says the app's rule and nothing else.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rulesync import document, git, importing, source
from rulesync.cli.output import holds_secret, say, show
from rulesync.cli.planning import Planned
from rulesync.config import Config
from rulesync.drift import Drift
from rulesync.errors import UsageError
from rulesync.findings import did_you_mean
from rulesync.patch import patch
from rulesync.render import screen
from rulesync.rule import Rule, Status

if TYPE_CHECKING:  # pydantic is dear to import
    from rulesync.source import Draft

_LARGEST = 1024 * 1024
_REFUSED = 3
_INSTEAD = {
    "missing": "whether it was deleted or is not applied yet is not known: say with `--base REF` what was applied",
    "marker-removed": "the rule has to be bound again: `rulesync adopt {key} --id {id}`",
    "unmanaged": "it has no rule file yet: `rulesync import {id}` writes one",
}
_NOT_SEEN = (
    "that it was deleted is not certain, since the key sees only what it may read: give it the {noun} `{need}` for all "
    "rules, and where the app lacks the rule all the same, take it out of `{file}` by hand"
)


class _CannotError(Exception):
    """Why a rule cannot be accepted, in a sentence."""


@dataclass
class _Files:
    """The rule files as they are, and as they would be once what was accepted stands in them."""

    root: Path
    before: dict[str, bytes | None] = field(default_factory=dict)
    after: dict[str, bytes | None] = field(default_factory=dict)

    def content(self, file: str) -> bytes | None:
        """Return what a file says by now, None where there is none."""
        if file not in self.after:
            self.before[file] = self.after[file] = self._read(file)
        return self.after[file]

    def _read(self, file: str) -> bytes | None:
        path = self.root / file
        if not os.path.lexists(path):
            return None
        try:
            return document.content(path.resolve(), _LARGEST)
        except OSError as problem:
            raise _CannotError(f"`{file}` cannot be read: {(problem.strerror or 'unknown reason').lower()}") from None

    def patches(self, prefix: str) -> str:
        """Return the patches of all files that change; their names go from the top of the repository."""
        return "".join(patch(prefix + file, _text(self.before[file]), _text(self.after[file])) for file in self.after)


def accept(config: Config, planned: Planned, drifts: Sequence[Drift], keys: Sequence[str]) -> int:
    """Print what makes Git say what the app holds, and return the exit code: 3 if some of it cannot be printed.

    Raises:
        UsageError: a key is that of no rule.
    """
    _check_known(planned, drifts, keys)
    by_key = {drift.change.key: drift for drift in drifts if drift.happened != "waiting"}
    files, documents, refused = _Files(config.root), list[str](), False
    for key in dict.fromkeys(keys):
        try:
            if key not in by_key:
                say(screen.line(f"`{key}`: there is nothing to accept: the app changed nothing about it"))
                continue
            documents += _accept(by_key[key], planned, files, config)
        except _CannotError as problem:
            say(screen.line(f"error: `{key}` cannot be accepted: {problem}"))
            refused = True
    below = git.below(config.root)
    text = files.patches(f"{below}/" if below else "") + "".join(documents)
    if holds_secret(text):
        say(
            "error: the API key of this run stands in what would be printed; take it out in the app, and make a new key"
        )
        return _REFUSED
    if text:
        show(text)
    return _REFUSED if refused else 0


def _check_known(planned: Planned, drifts: Sequence[Drift], keys: Sequence[str]) -> None:
    known = {change.key for change in planned.plan.changes} | {drift.change.key for drift in drifts}
    for key in keys:
        if key not in known:
            near = did_you_mean(key, known) or "`rulesync drift` and `rulesync status` list the keys"
            raise UsageError(f"`--accept {key}`: no rule has this key", help=near)


def _accept(drift: Drift, planned: Planned, files: _Files, config: Config) -> list[str]:
    """Put what the app holds into the files, or return it as a document.

    Raises:
        _CannotError: there is nothing to put, or it cannot be said.
    """
    change = drift.change
    spoken = planned.context.dialect
    if drift.happened == "missing" and not spoken.lists_all and change.desired:
        raise _CannotError(
            _NOT_SEEN.format(need=spoken.read_rules_scope, noun=spoken.scope_noun, file=change.desired.location.file)
        )
    if drift.happened in _INSTEAD:
        raise _CannotError(_INSTEAD[drift.happened].format(key=change.key, id=change.rule_id))
    draft = next((each for each in planned.seen.sources.drafts if each.key == change.key), None)
    if drift.happened == "deleted" and draft is not None:
        return _removed(draft, files)
    if change.actual is None:
        raise _CannotError("the rule cannot be read")
    why_not = importing.unsayable(change.actual)
    if why_not is not None:
        raise _CannotError(why_not)
    if draft is None or change.desired is None:
        return _added(change.key, change.actual.rule, planned, files, config)
    wish = _wish(drift, change.desired.rule, change.actual.rule)
    return _changed(draft, wish, planned, files)


def _wish(drift: Drift, desired: Rule, actual: Rule) -> Rule:
    """Return the app's rule as Git would say it: that it waits for a person is nothing that the app decided."""
    waits = desired.status is Status.ENABLED and drift.happened != "paused"
    nickname = None if desired.nickname is None else actual.nickname
    return replace(actual, nickname=nickname, status=Status.ENABLED if waits else actual.status)


def _changed(draft: "Draft", wish: Rule, planned: Planned, files: _Files) -> list[str]:
    file, book = draft.document.file, planned.seen.book
    files.content(file)
    before, now = files.before[file], files.after[file]
    index = source.index_of(before, draft) if before is not None else None
    after = source.accepted(now, index, draft, wish, book) if now is not None and index is not None else None
    if after is not None:
        _check_harmless(_text(after) or "", _text(now) or "")
        files.after[file] = after
        return []
    return [_document(draft, wish, planned)]


def _document(draft: "Draft", wish: Rule, planned: Planned) -> str:
    """Return the rule as a document, to be put by a person where her own is."""
    key, file = draft.key, draft.document.file
    data = draft.document.data if isinstance(draft.document.data, dict) else {}
    own, pin = (str(data[name]) if name in data else None for name in ("key", "id"))
    text = source.dump(wish, source.words(planned.seen.book), key=own, pin=pin)
    why_not = source.refusal(text, file if not file.endswith(".json") else "rule.yaml", key, wish, planned.seen.book)
    if why_not is not None:
        raise _CannotError(why_not)
    kept = [name for name in ("moved_from", "suppress", "protect") if name in data]
    rest = f"; keep its {', '.join(f'`{name}:`' for name in kept)}" if kept else ""
    say(screen.line(f"`{key}`: more than values differ, or a machine cannot edit its file, so this is no patch{rest}"))
    text = f"# to be pasted in place of the rule at {file}:{draft.document.at().line}\n{text}"
    _check_harmless(text)
    return text


def _added(key: str, rule: Rule, planned: Planned, files: _Files, config: Config) -> list[str]:
    """Make a new file for a rule whose key is gone from Git."""
    file = f"{Path(config.rules).as_posix().strip('/')}/{key}.yaml"
    if files.content(file) is not None:
        raise _CannotError(f"there is a file `{file}` already, which says another rule")
    text = source.dump(rule, source.words(planned.seen.book))
    why_not = source.refusal(text, file, key, rule, planned.seen.book)
    if why_not is not None:
        raise _CannotError(why_not)
    _check_harmless(text)
    files.after[file] = text.encode()
    return []


def _removed(draft: "Draft", files: _Files) -> list[str]:
    """Remove the file of a rule that was deleted in the app."""
    file = draft.document.file
    content = files.content(file)
    alone = content is not None and source.index_of(content, draft) == 0 and len(document.read(content, file)[0]) == 1
    if draft.document.text.pieces:
        raise _CannotError(f"it was deleted in the app: `{file}` is a template, so take the rule out of it by hand")
    if not alone:
        raise _CannotError(f"it was deleted in the app: take it out of `{file}`, which holds more than this rule")
    files.after[file] = None
    return []


def _check_harmless(text: str, before: str = "") -> None:
    """Refuse lines from the app that a terminal or a CI runner would obey; a person's own lines are her own.

    Raises:
        _CannotError: there are such lines.
    """
    known = set(before.split("\n"))
    new = (line for line in text.split("\n") if line not in known)
    # Tabs, and the ends of lines of Windows, are a person's way to write, and do nothing to anybody.
    if any(screen.line(line) != line for line in (line.removesuffix("\r").replace("\t", " ") for line in new)):
        raise _CannotError("a text in the app holds what a terminal or a CI runner would obey; write it by hand")


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "surrogateescape")
