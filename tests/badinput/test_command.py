import json
import os
from pathlib import Path

import pytest

from rulesync.sandbox import Sandbox, serve
from tests.badinput import bounded, mutations
from tests.badinput.bounded import Ended
from tests.badinput.mutations import saved_plan

BAD: dict[str, bytes] = {
    "a string that never ends": b'{"' + b'\\"' * 500_000,
    "ten megabytes": b"a: 1\n" * 2_000_000,
    "one line of errors": b"{" + b"".join(b"a%d: 1, " % number for number in range(50_000)) + b"}",
    "binary": bytes(range(256)) * 100,
}


def place(root: Path, rule: bytes, configuration: bytes) -> Path:
    """Make a directory with one rule file and a rulesync.yaml."""
    (root / "rules").mkdir()
    (root / "rules" / "a.yaml").write_bytes(rule)
    (root / "rules" / "a.json").write_bytes(rule)
    (root / "rulesync.yaml").write_bytes(configuration)
    return root


@pytest.mark.parametrize("name", BAD)
def test_the_command_ends_in_words(tmp_path: Path, name: str) -> None:
    """As a process with bounded memory and time, `validate` ends with 1 or 3 and a reason, whatever its files hold."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    of_rules = bounded.run(place(tmp_path / "one", BAD[name], b"scope: household\n"), ["validate"])
    of_config = bounded.run(place(tmp_path / "two", mutations.rule_files()[0], BAD[name]), ["validate"])

    assert (3, None, 1, None) == (of_rules.code, of_rules.complaint, of_config.code, of_config.complaint)


def test_nothing_is_written_for_bad_input(tmp_path: Path) -> None:
    """No command sends a write for broken rules, a broken plan, or a report in its place."""
    place(tmp_path, b"nickname: [", b"scope: household\n")
    os.mkfifo(tmp_path / "rules" / "pipe.yaml")
    (tmp_path / "plan.json").write_text(json.dumps(saved_plan())[:-30])
    (tmp_path / "report.json").write_text(json.dumps({"format_version": "1.0", "outcomes": []}))
    (tmp_path / "other.json").write_bytes(bytes(range(256)))
    with Sandbox() as box, serve(box) as server:
        environ = {"RULESYNC_BASE_URL": f"{server.url}/api/v1", "SEQUENCE_API_KEY": box.key}
        ended = [
            bounded.run(tmp_path, arguments, environ)
            for arguments in (
                ["apply", "--auto-approve"],
                *(["apply", str(tmp_path / name)] for name in ("plan.json", "report.json", "other.json")),
            )
        ]
        methods = {entry["method"] for entry in box.log()}

    assert {"GET"} >= methods
    assert [(3, None), (1, None), (1, None), (1, None)] == [(each.code, each.complaint) for each in ended]


@pytest.mark.parametrize(
    ("ended", "broken"),
    [
        (Ended(0, "valid: 1 rule", ""), False),
        (Ended(3, "error: no", ""), False),
        (Ended(1, "", "Traceback (most recent call last)"), True),
        (Ended(70, "", "error: this is a bug"), True),
        (Ended(-9, "", ""), True),
        (Ended(1, "", ""), True),
    ],
)
def test_what_counts_as_a_good_end(ended: Ended, *, broken: bool) -> None:
    """A good end has one of three codes, a reason unless all is well, and no traceback."""
    assert broken is (ended.complaint is not None)
