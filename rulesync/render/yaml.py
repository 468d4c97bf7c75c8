"""A rule as YAML: the plain body that the API gets, which is a rule file as well, whatever texts are in it."""

import json
import re
from collections.abc import Iterator, Mapping

from rulesync.planjson import RuleJson

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_TAG = re.compile(r"\{(?=[{%#])")


def rule(key: str, body: RuleJson, place: str) -> str:
    """Return a rule as a document of its own, below a comment that says where it is written."""
    lines = [f"# {place}", f"key: {scalar(key)}", *_fields(body, 0)]
    return "\n".join(lines) + "\n"


def scalar(value: object) -> str:
    """Return a text, a number or a truth value so that it is read as just that, and as no template."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    quoted = "".join(each if each.isprintable() else f"\\U{ord(each):08X}" for each in quoted)
    return _TAG.sub(r"\\x7b", quoted)


def _fields(fields: Mapping[str, object], depth: int) -> Iterator[str]:
    for name, value in fields.items():
        yield from _field(f"{'  ' * depth}{name}:", value, depth)


def _field(head: str, value: object, depth: int) -> Iterator[str]:
    match value:
        case Mapping() if value and not any(isinstance(inner, Mapping | list) for inner in value.values()):
            yield f"{head} {{{', '.join(f'{name}: {scalar(inner)}' for name, inner in value.items())}}}"
        case Mapping() if value:
            yield head
            yield from _fields(value, depth + 1)
        case list() if value:
            yield head
            for item in value:
                yield from _item(item, depth + 1)
        case _:
            yield f"{head} {scalar(value)}"


def _item(item: object, depth: int) -> Iterator[str]:
    """Yield the lines of an item, its first field on the line of the dash."""
    margin = "  " * depth
    if isinstance(item, Mapping) and item:
        first, *rest = _fields(item, depth + 1)
        yield f"{margin}- {first.lstrip()}"
        yield from rest
    else:
        yield f"{margin}- {scalar(item)}"
