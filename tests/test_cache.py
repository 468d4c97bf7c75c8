"""Bodies that are kept between runs: found again as they were, or not at all."""

import json
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync import cache
from rulesync.cache import Bodies
from tests.unprivileged import as_nobody, open_directory

URL = "https://api.test/api/v1"
KEY = "sk_0123456789"
THEN = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPELLED = "2026-03-02T12:00:00Z"
ANSWERED = THEN + timedelta(seconds=5)
NOW = THEN + timedelta(hours=1)
BODY: dict[str, Any] = {"id": "rule_1", "nickname": "Sparen ü", "steps": [1, 2.5, None, {"a\nb": "\u2028"}]}


def bodies(root: Path, **options: Any) -> Bodies:  # noqa: ANN401  # Bodies' own
    given = {"base_url": URL, "key": KEY, "dialect": "v1", **options}
    return Bodies(root / "cache", **given)


def keep(kept: Bodies, rule_id: str = "rule_1", body: object = BODY, answered: datetime | None = ANSWERED) -> None:
    kept.keep(rule_id, THEN, SPELLED, answered, body)


def found(kept: Bodies, rule_id: str = "rule_1", at: str = SPELLED, now: datetime | None = NOW) -> object:
    body = kept.find(rule_id, at, now)
    return body.body() if body else None


def the_file(root: Path) -> Path:
    (file,) = (root / "cache" / "bodies").iterdir()
    return file


def filled(root: Path) -> Path:
    """Return the file of a cache in which three bodies were kept."""
    kept = bodies(root)
    for name in ("rule_1", "rule_2", "rule_3"):
        keep(kept, name, {**BODY, "id": name})
    kept.close()
    return the_file(root)


def test_what_was_kept_is_found(tmp_path: Path) -> None:
    """A body is found as it was, in this run and in the next one, with the time of its answer."""
    kept = bodies(tmp_path)
    keep(kept)
    again = bodies(tmp_path)
    body = again.find("rule_1", SPELLED, NOW)

    assert BODY == found(kept) == found(again)
    assert body is not None
    assert (ANSWERED, 1, 0) == (body.answered, kept.added, again.added)


def test_only_the_very_state_is_found(tmp_path: Path) -> None:
    """Nothing is found for another rule, for another `updated_at`, or where nobody knows what time it is."""
    kept = bodies(tmp_path)
    keep(kept)

    assert [None] * 3 == [found(kept, "rule_2"), found(kept, at="2026-03-02T12:00:01Z"), found(kept, now=None)]


@pytest.mark.parametrize(
    "other", [{"key": "sk_9876543210"}, {"dialect": "platform"}, {"base_url": "https://b.test/v1"}]
)
def test_keys_dialects_and_addresses_are_apart(tmp_path: Path, other: dict[str, str]) -> None:
    """What one key read is nothing to another, and neither is what was read elsewhere or in another dialect."""
    keep(bodies(tmp_path))

    assert None is found(bodies(tmp_path, **other))


def test_the_key_stands_nowhere(tmp_path: Path) -> None:
    """Neither the name of the file nor what it holds has the key in it, and only its user may read it."""
    file = filled(tmp_path)

    assert KEY not in file.name + file.read_text()
    assert file.name.startswith("api.test-v1-")
    assert [0o600, 0o700] == [path.stat().st_mode & 0o777 for path in (file, file.parent)]


@pytest.mark.parametrize(("seconds", "kept"), [(-5, False), (0, False), (1.999, False), (2, True), (3600, True)])
def test_what_may_not_be_settled_is_not_kept(tmp_path: Path, seconds: float, kept: bool) -> None:  # noqa: FBT001
    """A body is kept only if it is two seconds older than its answer: a second edit may bear the same time."""
    at = bodies(tmp_path)
    keep(at, answered=THEN + timedelta(seconds=seconds))

    assert kept is (found(at) is not None)


@pytest.mark.parametrize("rule_id", ["rule\n1", "\n", "rule_1\n"])
def test_an_id_that_breaks_its_line_is_left(tmp_path: Path, rule_id: str) -> None:
    """A body under an id with a line break in it, which would be two lines, is not kept, and is in nobody's way."""
    kept = bodies(tmp_path)
    keep(kept, rule_id)
    keep(kept)

    assert (1, None) == (kept.added, found(kept, rule_id))
    assert 1 == len(the_file(tmp_path).read_bytes().splitlines())
    assert BODY == found(bodies(tmp_path))


@pytest.mark.parametrize("body", [{"a": float("nan")}, {"a": "x" * 2_000_000}, {"a": {1, 2}}])
def test_what_cannot_be_kept_is_left(tmp_path: Path, body: object) -> None:
    """What is no JSON or too much of it is not kept, and neither is an answer without a time or an odd id."""
    kept = bodies(tmp_path)
    if isinstance(body, dict) and isinstance(body["a"], set):
        keep(kept, answered=None)
        keep(kept, "rule 1")
    else:
        keep(kept, body=body)

    assert (0, None, None) == (kept.added, kept.trouble, found(kept))


def test_the_last_word_counts(tmp_path: Path) -> None:
    """Of several bodies of a rule the last one counts."""
    kept = bodies(tmp_path)
    keep(kept)
    keep(kept, body={"id": "rule_1", "new": True})

    assert {"id": "rule_1", "new": True} == found(kept) == found(bodies(tmp_path))


@pytest.mark.parametrize("hours", [0, 1, 24])
def test_bodies_fall_due(tmp_path: Path, hours: int) -> None:
    """No body is found that is older than so many hours, and each one is that is not half as old."""
    kept = bodies(tmp_path, hours=hours)
    for number in range(100):
        keep(kept, f"rule_{number}")
    age = ANSWERED - THEN

    def alive(share: float) -> int:
        now = THEN + age + timedelta(hours=hours * share)
        return sum(found(kept, f"rule_{number}", now=now) is not None for number in range(100))

    assert 0 == alive(0.9)
    if hours:
        assert 100 == alive(0.49)
        assert 20 < alive(0.7) < 80, "they do not all fall due at once"


def test_a_body_from_the_future_is_not_believed(tmp_path: Path) -> None:
    """What was answered after now, by the API's clock, is not found."""
    kept = bodies(tmp_path)
    keep(kept)

    assert None is found(kept, now=ANSWERED - timedelta(seconds=1))


@given(data=st.data())
def test_damage_is_as_if_nothing_was_kept(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever happens to the file, each body is found as it was or not at all, and what is kept next is found."""
    root = tmp_path_factory.mktemp("damage")
    file = filled(root)
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, max(0, len(content) - 1)))
        match data.draw(st.sampled_from(["cut", "flip", "put", "repeat", "swap"])):
            case "cut":
                del content[place:]
            case "flip" if content:
                content[place] ^= data.draw(st.integers(1, 255))
            case "put":
                content[place:place] = data.draw(st.binary(max_size=40))
            case "repeat":
                content += content[place:]
            case "swap":
                content = bytearray(b"\n".join(reversed(bytes(content).split(b"\n"))))
    file.write_bytes(content)
    kept = bodies(root)
    for name in ("rule_1", "rule_2", "rule_3"):
        assert found(kept, name) in (None, {**BODY, "id": name})
    keep(kept, "rule_4", {"id": "rule_4"})
    kept.close()

    assert {"id": "rule_4"} == found(bodies(root), "rule_4")


def test_a_body_that_somebody_else_put_in(tmp_path: Path) -> None:
    """A line that was not made with the key is not believed, however well it is made."""
    file = filled(tmp_path)
    line = file.read_bytes().split(b"\n")[0]
    file.write_bytes(line.replace(b"Sparen", b"Stehle") + b"\n")
    other = bodies(tmp_path / "other", key="sk_9876543210")
    keep(other, body={"id": "rule_1", "evil": True})
    file.write_bytes(file.read_bytes() + the_file(tmp_path / "other").read_bytes())

    assert None is found(bodies(tmp_path))


@pytest.mark.parametrize("what", ["file", "link", "pipe", "nowhere", "bodies"])
def test_a_place_that_cannot_be_used(tmp_path: Path, what: str) -> None:
    """Where nothing can be kept nothing is found, nothing fails, nobody else's file is touched, and it says why."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    place = filled(tmp_path)
    place.unlink()
    match what:
        case "file":
            (tmp_path / "cache" / ".gitignore").unlink()
            place.parent.rmdir()
            (tmp_path / "cache").rmdir()
            (tmp_path / "cache").write_text("no directory")
        case "link":
            place.symlink_to(elsewhere)
        case "pipe":
            os.mkfifo(place)
        case "nowhere":
            place.symlink_to(tmp_path / "nowhere")
        case "bodies":
            place.parent.rmdir()
            place.parent.symlink_to(tmp_path)
    kept = bodies(tmp_path)
    keep(kept)
    keep(kept, "rule_2")

    assert (None, 0, "mine") == (found(kept), kept.added, elsewhere.read_text())
    assert kept.trouble
    kept.tidy(["rule_1"])
    kept.close()


def test_reading_where_nothing_can_be_written(tmp_path: Path) -> None:
    """Bodies are found on a disk that cannot be written to; what is new is not kept there."""
    file = filled(tmp_path)
    kept = bodies(tmp_path)
    assert found(kept) is not None
    file.unlink()
    file.mkdir()
    keep(kept, "rule_4")

    assert (0, "is a directory") == (kept.added, kept.trouble)
    assert found(kept) is not None


def test_a_disk_that_cannot_be_written_to() -> None:
    """On a disk that nobody may write to, what is kept is found, and what is new is not kept."""
    with open_directory() as root:
        file = filled(root)
        modes = {root / "cache": 0o555, file.parent: 0o555, file: 0o444}
        for path, mode in modes.items():
            path.chmod(mode)
        with as_nobody():
            kept = bodies(root)
            keep(kept, "rule_4")
            there = [found(kept, name) is not None for name in ("rule_1", "rule_4")]
        for path in modes:
            path.chmod(0o700)

    assert [True, False] == there
    assert kept.trouble


def test_a_file_beyond_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is too large is not read, and is begun anew; none grows beyond that."""
    monkeypatch.setattr(cache, "LARGEST_FILE", 2000)
    file = filled(tmp_path)
    file.write_bytes(b"x" * 3000)
    kept = bodies(tmp_path)
    for number in range(50):
        keep(kept, f"rule_{number}")
    again = bodies(tmp_path)

    assert 2000 > file.stat().st_size > 1000
    assert (True, False) == (found(again, "rule_0") is not None, found(again, "rule_49") is not None)


def test_what_is_of_no_use_goes(tmp_path: Path) -> None:
    """A file that is mostly old is made anew of what counts, and is added to as before; a small one is left."""
    kept = bodies(tmp_path)
    for number in range(200):
        keep(kept, "rule_1", {"id": "rule_1", "n": number})
        keep(kept, f"gone_{number}")
    before = the_file(tmp_path).stat().st_size
    kept.tidy(["rule_1", "rule_2"])
    keep(kept, "rule_2")
    kept.tidy(["rule_1", "rule_2"])
    again = bodies(tmp_path)

    assert before > 50 * the_file(tmp_path).stat().st_size
    assert 2 == len(the_file(tmp_path).read_bytes().splitlines())
    assert ({"id": "rule_1", "n": 199}, BODY, None) == (found(again), found(again, "rule_2"), found(again, "gone_1"))
    assert 0o600 == the_file(tmp_path).stat().st_mode & 0o777


def test_a_file_that_fills_up_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is half of what it may be is made anew of what counts, however few lines it has; before that not."""
    monkeypatch.setattr(cache, "LARGEST_FILE", 20_000)
    kept = bodies(tmp_path)
    lines = []
    for number in range(14):
        keep(kept, f"rule_{number % 2}", {"id": f"rule_{number % 2}", "text": "x" * 1000})
        kept.tidy(["rule_0", "rule_1"])
        lines.append(len(the_file(tmp_path).read_bytes().splitlines()))

    assert [*range(1, 9)] == lines[:8]
    assert 2 == min(lines[8:])
    assert all(found(bodies(tmp_path), name) for name in ("rule_0", "rule_1"))


def test_what_somebody_else_put_in_is_left_out(tmp_path: Path) -> None:
    """A line that was not made with the key is in no file that is made anew, though its rule is there."""
    theirs = bodies(tmp_path / "other", key="sk_9876543210")
    keep(theirs, "rule_2", {"id": "rule_2", "evil": True})
    filled(tmp_path).write_bytes(the_file(tmp_path / "other").read_bytes())
    kept = bodies(tmp_path)
    for _ in range(200):
        keep(kept)
    kept.tidy(["rule_1", "rule_2"])

    assert 1 == len(the_file(tmp_path).read_bytes().splitlines())
    assert (BODY, None) == (found(bodies(tmp_path)), found(bodies(tmp_path), "rule_2"))


def test_a_new_file_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file cannot be made anew the old one stays, and nothing is left over."""
    kept = bodies(tmp_path)
    for _ in range(200):
        keep(kept)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    kept.tidy(["rule_1"])

    assert "no space left on device" == kept.trouble
    assert BODY == found(bodies(tmp_path))
    assert 200 == len(the_file(tmp_path).read_bytes().splitlines())


def test_a_closed_cache_keeps_nothing_more(tmp_path: Path) -> None:
    """What arrives after the end is not kept, and opens nothing again."""
    kept = bodies(tmp_path)
    keep(kept)
    kept.close()
    keep(kept, "rule_2")

    assert (1, None) == (kept.added, found(kept, "rule_2"))


def test_several_write_at_once(tmp_path: Path) -> None:
    """Bodies that arrive at the same time, on threads and in several runs, are all kept whole."""
    runs = [bodies(tmp_path) for _ in range(3)]

    def work(at: int) -> None:
        for number in range(40):
            keep(runs[at % 3], f"rule_{at}_{number}")

    threads = [threading.Thread(target=work, args=(at,)) for at in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again = bodies(tmp_path)

    assert all(BODY == found(again, f"rule_{at}_{number}") for at in range(9) for number in range(40))


def test_loading_is_quick(tmp_path: Path) -> None:
    """A thousand bodies are found in a small part of a second."""
    kept = bodies(tmp_path)
    for number in range(1000):
        keep(kept, f"rule_{number}", {**BODY, "text": "x" * 900})
    again = bodies(tmp_path)
    begun = time.process_time()
    for number in range(1000):
        assert again.find(f"rule_{number}", SPELLED, NOW) is not None

    assert time.process_time() - begun < 0.5


def test_lines_that_are_none_are_passed_over_quickly(tmp_path: Path) -> None:
    """A megabyte of empty lines takes a small part of the time that it would if each was searched to the end."""
    filled(tmp_path).write_bytes(b"\n" * 1_000_000)
    begun = time.process_time()
    assert found(bodies(tmp_path)) is None

    assert time.process_time() - begun < 2


def test_what_is_in_use_stays(tmp_path: Path) -> None:
    """A file that was last written to long ago, and is read, is not taken away when something new is kept."""
    file, day = filled(tmp_path), 86_400
    os.utime(file, (time.time() - 91 * day,) * 2)
    unused = file.with_name("api.test-v1-0123456789abcdef.lines")
    unused.write_bytes(b"")
    os.utime(unused, (time.time() - 91 * day,) * 2)
    assert found(bodies(tmp_path)) is not None
    other = bodies(tmp_path, key="sk_of_another_organisation")
    keep(other)
    other.close()

    assert file.exists()
    assert not unused.exists()
    assert found(bodies(tmp_path), "rule_1") is not None


def test_a_line_can_be_read_by_people(tmp_path: Path) -> None:
    """A line is the seal, the id, `updated_at`, the second of the answer and the body."""
    _, rule_id, at, answered, text = filled(tmp_path).read_text().split("\n")[0].split(" ", 4)

    assert ("rule_1", SPELLED, ANSWERED.timestamp(), BODY) == (rule_id, at, float(answered), json.loads(text))
