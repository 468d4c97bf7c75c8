"""The values for templates that a command line gives, which count before those of rulesync.yaml."""

from collections.abc import Sequence
from pathlib import Path

from rulesync import document
from rulesync.config.sections import VARIABLE
from rulesync.document import Data
from rulesync.errors import ConfigError, UsageError
from rulesync.findings import Finding, error


def given(assignments: Sequence[str], files: Sequence[Path]) -> dict[str, Data]:
    """Return the values of `--var-file`, in their order, and over them those of `--var`.

    A value of `--var` is a number, `true`, `false` or `null` as JSON writes them, else text; `$5.00` is money.

    Raises:
        UsageError: an assignment is none.
        ConfigError: a file cannot be read, or holds something else than values by name.
    """
    values: dict[str, Data] = {}
    for file in files:
        values |= _of_file(file)
    for each in assignments:
        name, equals, value = each.partition("=")
        if not equals or not VARIABLE.fullmatch(name):
            raise UsageError(f"`--var {each}`: write NAME=VALUE, with letters, digits and `_` in the name")
        values[name] = document.word(value)
    return values


def _of_file(file: Path) -> dict[str, Data]:
    documents, findings = document.load(file, file.name)
    if not findings and len(documents) > 1:
        findings = (error("syntax", "a file of values holds one document", location=documents[1].at()),)
    held = documents[0].data if documents else {}
    if not findings and not isinstance(held, dict):
        findings = (error("invalid-value", "a file of values holds fields", location=documents[0].at()),)
    if not findings and isinstance(held, dict):
        findings = _names(documents[0], held) if documents else ()
    if findings or not isinstance(held, dict):
        raise ConfigError(f"`{file}` cannot be used as a file of values", findings=findings)
    return held


def _names(found: document.Document, held: dict[str, Data]) -> tuple[Finding, ...]:
    advice = "use letters, digits and `_`, a letter first"
    return tuple(
        error("invalid-value", f"`{name[:60]}` is no name for a variable", help=advice, location=found.at_key([name]))
        for name in held
        if not VARIABLE.fullmatch(name)
    )
