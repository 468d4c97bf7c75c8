import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rulesync import config
from rulesync.errors import ConfigError
from tests.badinput import laws
from tests.badinput.fuzzing import fuzz
from tests.badinput.holding import are_findings, in_time, is_a_sentence
from tests.unprivileged import as_nobody, open_directory

EXAMPLES = int(os.environ.get("BADINPUT_EXAMPLES", "60"))
SIZE = 250_000


def test_configurations_with_changes() -> None:
    """Whatever is changed in a rulesync.yaml, it is a configuration or its errors, and no other host is named."""
    given, broken = fuzz("configuration", EXAMPLES, 7)
    assert (True, None) == (given >= EXAMPLES, broken)


def workspaces(count: int) -> bytes:
    lines = (b"  w%d: {api: {key_env: SEQUENCE_%d}}\n" % (number, number) for number in range(count))
    return b"workspaces:\n" + b"".join(lines)


ENDLESS: dict[str, Callable[[], bytes]] = {
    "unknown fields on one line": lambda: b"{" + b"".join(b"a%d: 1, " % n for n in range(SIZE // 13)) + b"}",
    "unknown fields": lambda: b"".join(b"a%d: 1\n" % n for n in range(SIZE // 13)),
    "workspaces": lambda: workspaces(SIZE // 45),
    "workspaces that are none": lambda: b"workspaces:\n" + b"".join(b"  w%d: 1\n" % n for n in range(SIZE // 12)),
    "values for each workspace": lambda: (
        b"vars:\n" + b"".join(b"  v%d: 1\n" % n for n in range(SIZE // 20)) + workspaces(100)
    ),
    "accounts": lambda: b"accounts:\n" + b"".join(b"  a%d: acc_1\n" % n for n in range(SIZE // 16)),
    "a name without end": lambda: b"accounts:\n  " + b"a" * SIZE + b": acc_1\n",
    "errors for each account": lambda: b"accounts:\n" + b"".join(b"  a%d: 1\n" % n for n in range(900)),
    "pins": lambda: b"ids:\n" + b"".join(b"  a%d: rule_%d\n" % (n, n) for n in range(SIZE // 20)),
    "pins that are none": lambda: b"ids:\n" + b"".join(b"  a%d: ' '\n" % n for n in range(SIZE // 14)),
    "keys on one line": lambda: b"{" + b"".join(b"key%d: key, " % n for n in range(SIZE // 15)) + b"}",
    "an address without end": lambda: b"api: {base_url: 'https://" + b"a" * SIZE + b"'}\n",
    "a directory without end": lambda: b"rules: " + b"a/" * (SIZE // 2) + b"\n",
    "documents": lambda: b"--- {}\n" * (SIZE // 7),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_configurations_that_are_made_to_be_slow(name: str) -> None:
    """Nothing that fits into rulesync.yaml keeps its reader busy, or fills its memory with one long line."""
    laws.configuration(ENDLESS[name]())


def test_two_thousand_workspaces_are_read(tmp_path: Path) -> None:
    """As many workspaces as are stated are read, one more is refused in one sentence."""
    (tmp_path / "rulesync.yaml").write_bytes(workspaces(2_000))
    assert 2_000 == len(config.load(tmp_path, environ={}).workspaces)

    (tmp_path / "rulesync.yaml").write_bytes(workspaces(2_001))
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path, environ={})
    assert ["`workspaces` holds more than 2,000 fields"] == [each.message for each in caught.value.findings]


@pytest.mark.parametrize("kind", ["pipe", "directory", "circle", "long"])
def test_a_configuration_that_is_no_file(tmp_path: Path, kind: str) -> None:
    """What is named and is no file is refused at once, in words, as is a name that no file can have."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    (tmp_path / "circle").symlink_to("circle")
    file = Path("long" * 100 if kind == "long" else kind)

    with in_time(), pytest.raises(ConfigError) as caught:
        config.load(tmp_path, file, environ={})

    is_a_sentence(caught.value)
    are_findings(caught.value.findings)
    assert ["unreadable-file"] == [each.check for each in caught.value.findings]


@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_configuration_that_may_not_be_read(mode: int) -> None:
    """A file, or a directory, without permission is an error that says so, and not that there is none."""
    with open_directory() as root:
        (root / "inner").mkdir()
        (root / "inner" / "rulesync.yaml").touch(mode=0o000)
        (root / "inner").chmod(mode)
        with as_nobody(), pytest.raises(ConfigError) as caught:
            config.load(root / "inner", environ={})
        (root / "inner").chmod(0o755)

    assert ["`rulesync.yaml` cannot be read: permission denied"] == [each.message for each in caught.value.findings]
