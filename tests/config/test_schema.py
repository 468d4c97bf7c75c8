from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from rulesync.config import load, loading, schema
from rulesync.document import read
from rulesync.errors import ConfigError
from rulesync.policy import Limits
from tests.config import test_loading as told
from tests.schemas import Schema, without_words
from tests.test_docs import CONFIGS

SCHEMA = Schema(schema.config_schema())
EXAMPLE = Path(__file__).parents[2] / "examples" / "rulesync.yaml"
ONLY_LOADING_REFUSES = {
    "api: {base_url: https://evil.com}": "which hosts are allowed is decided where rulesync runs",
    "api: {app_url: https://evil.com}": "as above",
    "api: {app_url: http://a.getsequence.io}": "as above: plain http is for this machine",
    "rules: a/../../b": "a path has to be followed to see where it leads",
    "workspaces: {a: {api: {key_env: SEQUENCE_API_KEY}}}": "two places have to be compared",
    "scope: yes": "readers of YAML disagree about it, and an editor reads a word",
    "a: 1\n---\nb: 2": "an editor looks at one document at a time",
}
REFUSED: list[str] = [
    text
    for mark in told.test_what_is_wrong_is_said_at_its_place.pytestmark  # type: ignore[attr-defined]  # its cases
    for text, *_ in mark.args[1]
]
MORE = """\
limits: {max_at_stake: "$5,000.00", max_deletes_percent: 5.5}
limits: {max_at_stake: "$5,0.00"}
limits: {max_at_stake: "5"}
limits: {max_at_stake: 5000}
limits: {max_deletes: null, max_creates: true}
limits: {max_updates: 1.5}
limits: {max_updates_percent: "50"}
limits: {oops: 1}
limits:
scope: " "
scope: null
rules: ../b
rules: ./../b
rules: ..b/c
rules: .
rules: ././
rules: ...
rules: ..
rules: ""
accounts: {a: ""}
accounts: {a: {id: x}}
accounts: {a: {id: x, name: null}}
accounts: {a: {name: x, type: pod, more: 1}}
accounts: {a: {}}
accounts: {a: 5}
accounts: []
vars: {a_b: {c: [1]}}
vars: {a-b: 1}
vars: {1a: 1}
checks: {no-such-check: "off"}
cosmetic: defer
cosmetic: never
ids: {a: rule_1, b: null}
ids: {a: ""}
ids: {a: 5}
api: {base_url: "http://localhost:80/x", app_url: "https://a.getsequence.io/@x"}
api: {base_url: "https://me@a.getsequence.io"}
api: {base_url: "https://a.getsequence.io/?x"}
api: {base_url: "https://a..getsequence.io"}
api: {base_url: "ftp://a.getsequence.io"}
api: {base_url: ""}
api: {key_env: SEQUENCE_}
api: {requests_per_minute: 1.5}
api: {dialect: null}
workspaces: {a/b: {api: {key_env: SEQUENCE_A}}}
workspaces: {a: {api: {key_env: SEQUENCE_A}, oops: 1}}
workspaces: {a: {api: {key_env: SEQUENCE_A, dialect: v3}}}
workspaces: {a: {api: {key_env: SEQUENCE_A}, workspaces: {}}}
workspaces: {a: {api: {key_env: null}}}
workspaces: {a: {api: {key_env: SEQUENCE_A}, scope: other, checks: {}}}
workspaces: null
""".splitlines()


def loads(root: Path, text: str) -> bool:
    (root / "rulesync.yaml").write_text(text)
    try:
        load(root, environ={})
    except ConfigError:
        return False
    return True


def data(text: str) -> Any:  # noqa: ANN401 - any YAML
    documents, _ = read(text, "rulesync.yaml")
    return documents[0].data


@pytest.mark.parametrize("text", [*(block.text for block in CONFIGS), EXAMPLE.read_text(), told.FULL])
def test_what_is_shown_is_accepted(tmp_path: Path, text: str) -> None:
    """An editor finds nothing wrong with a rulesync.yaml that is shown, or that says everything."""
    assert (True, True) == (loads(tmp_path, text), SCHEMA.accepts(data(text)))


@pytest.mark.parametrize("text", sorted({*REFUSED, *MORE} - set(ONLY_LOADING_REFUSES)))
def test_each_shape(tmp_path: Path, text: str) -> None:
    """Each shape of a field is accepted by both, the schema and loading, or by neither."""
    assert loads(tmp_path, text) == SCHEMA.accepts(data(text))


@pytest.mark.parametrize("text", [each for each in ONLY_LOADING_REFUSES if "---" not in each and "yes" not in each])
def test_what_only_loading_refuses(tmp_path: Path, text: str) -> None:
    """What is more than shape is accepted by the schema, refused when it is loaded, and listed with the reason."""
    assert (False, True) == (loads(tmp_path, text), SCHEMA.accepts(data(text)))


def test_both_know_the_same_fields() -> None:
    """A field that loading learns, and nobody tells the editors of, is noticed; so is one that is only told."""
    known = schema.config_schema()["properties"]
    assert {*loading.SECTIONS, "workspaces"} == set(known)
    assert set(loading.API) == set(known["api"]["properties"])
    assert {each.name for each in fields(Limits)} == set(known["limits"]["properties"])
    assert set(schema.SECTIONS) == set(loading.SECTIONS)


def test_everything_has_words() -> None:
    """Whatever field somebody points at, the editor says what it is."""
    assert [] == list(without_words(schema.config_schema()))
