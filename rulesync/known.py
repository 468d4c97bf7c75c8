"""What is known of a document of a rule file from before: what it said, and what was said of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from rulesync.findings import Finding
from rulesync.outline import Outline


@dataclass(frozen=True, slots=True)
class Word:
    """A name of an account in a rule file, whether its type counts as well, and what it stood for."""

    name: str
    typed: bool
    id: str
    type: str


@dataclass(frozen=True, slots=True)
class Known:
    """What one document of a rule file said, and what was said of it.

    `pin` is its `id:`, whichever workspace that counts in. `findings` are those of the checks that look at one rule
    alone, `around` stands for what else they depend on. `same_as` is the fingerprint of the body that the API held
    when nothing had to be written, None where there was no such body.
    """

    key: str
    pin: str | None
    moved_from: str | None
    protect: bool
    suppress: Mapping[str, str]
    words: tuple[Word, ...]
    outline: Outline
    findings: tuple[Finding, ...]
    around: str
    same_as: str | None = None
