"""What must hold for any bytes: a named error or a sensible value, in bounded time, and never a write.

Each law takes the bytes of one input, and raises whatever the product raises besides its own errors, or its own.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rulesync import config, source
from rulesync.accounts import AccountBook, AccountEntry
from rulesync.errors import ConfigError
from rulesync.findings import errors
from rulesync.plan import Operation
from rulesync.planfile import reading
from rulesync.planfile.writing import digest_of, plan_json
from rulesync.render import terminal
from rulesync.wire import v1
from rulesync.wire.decode import UnknownShapeError
from tests.badinput.answers import any_answer, any_answer_to_a_write
from tests.badinput.holding import are_findings, hold, in_time, is_a_sentence
from tests.builders import SCOPE
from tests.planfile.test_writing import CONTEXT

BOOK = AccountBook({name: AccountEntry(f"acc_{name}", "pod") for name in ("checking", "savings", "visa")})


def rule_file(content: bytes, name: str = "a.yaml") -> None:
    """Any bytes in a rule file are rules or findings, and a rule never comes with an error of its file."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made)
        (root / "rules").mkdir()
        (root / "rules" / name).write_bytes(content)
        with in_time():
            sources = source.load(root, "rules")
            desired, unresolved = source.resolve(sources, BOOK)
            are_findings((*sources.findings, *unresolved))
    hold("one file is one file", when=sources.files == 1)
    for rule in desired:
        v1.encode(rule.rule)
    wrong = errors((*sources.findings, *unresolved))
    hold("what is not a rule is said", when=desired or wrong or not content.strip() or sources.findings)


def configuration(content: bytes) -> None:
    """Any bytes in rulesync.yaml are a configuration, or an error whose findings are told as those of a file."""
    with tempfile.TemporaryDirectory() as made, in_time():
        (Path(made) / "rulesync.yaml").write_bytes(content)
        try:
            loaded = config.load(Path(made), environ={})
        except ConfigError as problem:
            is_a_sentence(problem)
            are_findings(problem.findings)
            return
        hold("a file names no other host", when=_is_ours(loaded.base_url) and _is_ours(loaded.app_url))
        try:
            source.load(loaded.root, loaded.rules)
        except ConfigError as problem:
            is_a_sentence(problem)


def _is_ours(address: str) -> bool:
    host = address.split("//", 1)[1].split("/", 1)[0]
    return host.endswith(".getsequence.io") or host.startswith(("127.", "localhost", "[::1]", "[0")) or ":" in host


def saved_plan(content: bytes) -> None:
    """Any bytes given to `apply` are the plan that a reviewer saw, or refused in a sentence; also with a new digest."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return
    for each in (text, *_with_digest(text)):
        with in_time():
            try:
                saved = reading.load(each, SCOPE, CONTEXT)
            except ConfigError as problem:
                is_a_sentence(problem)
                continue
            shown = plan_json(saved.plan, CONTEXT)
            terminal.plan(shown, color=False).encode()
        before = {resource["name"]: resource["change"] for resource in json.loads(each)["resource_changes"]}
        for change in saved.plan.changes:
            hold("a change is one that stands there", when=[change.operation.value] == before[change.key]["actions"])
            hold("a write has its rule", when=change.desired or change.operation is not Operation.CREATE)


def _with_digest(text: str) -> Iterator[str]:
    """Yield the plan with the digest that its changes have, so that what lies behind that check is reached."""
    try:
        value: Any = json.loads(text)
        value["digest"] = digest_of(SCOPE, CONTEXT, value["resource_changes"])
        yield json.dumps(value)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return


def decoder(content: bytes) -> None:
    """Any JSON is a rule that can be compared, told and sent again, or of a shape that is not known."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return
    with in_time():
        for read in (v1.decode, v1.actual, v1.listed, v1.account):
            try:
                read(body)
            except UnknownShapeError as problem:
                hold("what is missed is said", when=str(problem))
        try:
            decoded = v1.decode(body)
        except UnknownShapeError:
            return
        again = v1.decode(v1.encode(decoded.rule, decoded.extras))
    hold("what was decoded, encoded and decoded is the same", when=decoded == again)


LAWS: Mapping[str, Callable[[bytes], None]] = {
    "rule-file": rule_file,
    "rule-json": lambda content: rule_file(content, "a.json"),
    "configuration": configuration,
    "saved-plan": saved_plan,
    "decoder": decoder,
    "answer": any_answer,
    "write-answer": any_answer_to_a_write,
}
"""The laws by name; an input that breaks one can be given to it again."""
