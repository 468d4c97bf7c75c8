"""Builds that are broken on purpose, one law each, to see that the judge tells them from the real one."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Edit:
    """One text of one file, that is there once, replaced by another."""

    file: str
    old: str
    new: str


_SEEN = 'seen: object = [prior.id, prior.updated_at, prior.status.name, prior.digest] if prior else "absent"'
_MAKER = '"POST", f"{scope}/{change.key}", None, None)'

BROKEN: Mapping[str, Sequence[Edit]] = {
    "a key without what the plan saw": [Edit("idempotency.py", _SEEN, 'seen: object = "anything"')],
    "a create's key with its body": [
        Edit("idempotency.py", 'intent.body if intent.method == "PUT" else None', "intent.body"),
        Edit("intent.py", _MAKER, _MAKER.replace("None)", "body(change, scope, dialect))")),
    ],
    "a retry under a fresh key": [
        Edit("apply/attempts.py", "key(meant, self.tried.generation)", "key(meant, 5 + self.tried.attempts)"),
    ],
    "a generation raised past a fresh refusal": [
        Edit(
            "protocol/answered.py",
            "if answer.remembered or _may_raise(",
            "if answer.remembered is not None or _may_raise(",
        ),
    ],
    "a generation raised past the first 404": [
        Edit(
            "protocol/answered.py",
            "    return Settle(\n        born + HORIZON,",
            "    return Walk() or Settle(\n        born,",
        ),
    ],
    "a PUT retried without reading again": [
        Edit("apply/attempts.py", "= self._look_first()", "= Send() if self.tried.attempts else self._look_first()"),
    ],
    "an unreadable rule taken for absent": [
        Edit(
            "remote/place.py",
            "return Refresh(listed, bodies, unreadable, answered, frozenset(deleted))",
            "return Refresh(tuple(row for row in listed if row.id not in unreadable), bodies, {})",
        ),
    ],
    "a look before an update that is not heeded": [
        Edit("protocol/before.py", "    return change.actual is not None and (\n", "    return True or (\n"),
    ],
    "a look by id believed of a deleted rule": [
        Edit(
            "protocol/answered.py", "is not Operation.CREATE or any(row.id == look.id for row in ours)", "is not None"
        ),
    ],
    "a rule made again while the list still lags": [
        Edit(
            "protocol/answered.py",
            "if _bears(change, look) and (age is None or age < SURELY_LISTED_AFTER):",
            "if False:",
        ),
    ],
}


_NEEDED = ("rulesync", "tests/sweep")
_BESIDE = ("__init__.py", "builders.py", "clocks.py", "strategies.py")


SEEN_AT: Mapping[str, int] = {
    "a create's key with its body": 32,
    "an unreadable rule taken for absent": 38,
    "a look by id believed of a deleted rule": 71,
    "a rule made again while the list still lags": 364,
}
"""The first schedule that tells, where it is none of the first twenty: the sweep of a broken build begins there."""


def build(directory: Path, edits: Sequence[Edit]) -> None:
    """Copy the program and its sweep into a directory, and break the copy.

    Raises:
        ValueError: a text is not there exactly once, so that nobody knows what would be broken.
    """
    for name in _NEEDED:
        shutil.copytree(ROOT / name, directory / name)  # compiled, as far as it is
    for file in (ROOT / "tests").glob("*.py"):
        if file.name in _BESIDE:
            shutil.copy(file, directory / "tests")
    for edit in edits:
        file = directory / "rulesync" / edit.file
        text = file.read_text()
        if text.count(edit.old) != 1:
            raise ValueError(f"{edit.file} has {text.count(edit.old)} times: {edit.old}")
        file.write_text(text.replace(edit.old, edit.new))
