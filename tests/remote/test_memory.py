"""A refresh with a cache says what one without it says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.cache import Bodies
from rulesync.remote import Reader, client
from rulesync.rule import Status
from rulesync.ruleset import ListedRule, Refresh
from rulesync.sandbox import Sandbox
from rulesync.wire import DIALECTS, v1
from tests.clocks import FakeClock

URLS = {"v1": "https://api.test/api/v1", "platform": "https://api.test/platform/v1"}
TRIGGER = {"type": "ON_FUNDS_TRANSFERRED", "account_id": "acc_1"}
ACTION = {
    "type": "fixed_amount",
    "amount_in_cents": 5000,
    "source": {"id": "acc_1", "type": "income_source"},
    "destination": {"id": "acc_2", "type": "pod"},
    "group_index": 0,
    "up_to_enabled": False,
}
RULE = {"trigger": TRIGGER, "steps": [{"actions": [ACTION]}]}


class Place:
    """A sandbox with three rules, one cache, and readers that use it or do without."""

    def __init__(self, root: Path, dialect: str = "v1") -> None:
        self.root, self.time = root, FakeClock()
        self.dialect, self.url = DIALECTS[dialect], URLS[dialect]
        self.box = Sandbox(clock=self.time.clock.now, requests_per_minute=None, household=False)
        self.ids = [self.box.create_in_app({"nickname": n, **RULE}) for n in "abc"]

    def bodies(self, hours: float | None = None) -> Bodies:
        """Open the cache."""
        return Bodies(self.root / "cache", self.url, self.box.key, self.dialect.name, hours=hours)

    def refresh(self, *, cached: bool, hours: float | None = None, in_a_hurry: bool = False) -> Refresh:
        """Refresh, as a run of its own does."""
        transport, clock, dialect = httpx.WSGITransport(app=self.box.wsgi), self.time.clock, self.dialect
        with client(self.url, self.box.key, dialect, per_minute=10**6, transport=transport, clock=clock) as opened:
            cache = self.bodies(hours) if cached else None
            found = Reader(opened, dialect, cache=cache).refresh(everything, in_a_hurry=in_a_hurry)
            if cache:
                cache.close()
        return found

    def bodies_read(self, work: Callable[[], object]) -> int:
        """Return how many bodies the API was asked for meanwhile."""
        self.box.clear_log()
        work()
        return sum("/v1/rules/" in str(each["path"]) for each in self.box.log())

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.time.seconds += seconds


def everything(rows: object) -> list[str]:
    assert isinstance(rows, tuple)
    return [row.id for row in rows]


def said(refresh: Refresh) -> object:
    return (refresh.listed, list(refresh.bodies.items()), dict(refresh.unreadable))


@contextmanager
def a_place(root: Path, dialect: str = "v1") -> Iterator[Place]:
    place = Place(root, dialect)
    try:
        yield place
    finally:
        place.box.close()


@pytest.fixture(params=sorted(URLS))
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    with a_place(tmp_path, request.param) as made:
        made.later(60)
        yield made


def test_what_did_not_move_is_not_read(place: Place) -> None:
    """A second refresh asks for the list alone, and says the same, in the same order."""
    first = place.refresh(cached=True)
    place.later(60)
    second: list[Refresh] = []

    assert 0 == place.bodies_read(lambda: second.append(place.refresh(cached=True)))
    assert said(first) == said(second[0]) == said(place.refresh(cached=False))
    assert (set(), set(place.ids)) == (set(first.cached), set(second[0].cached))


def test_only_what_moved_is_read(place: Place) -> None:
    """After an edit in the app, that rule alone is read."""
    place.refresh(cached=True)
    place.box.edit(place.ids[1], nickname="B")
    place.later(60)
    found: list[Refresh] = []

    assert 1 == place.bodies_read(lambda: found.append(place.refresh(cached=True)))
    assert "B" == found[0].bodies[place.ids[1]].rule.nickname
    assert 0 == place.bodies_read(lambda: place.refresh(cached=True))


def test_the_status_is_that_of_the_list(place: Place) -> None:
    """A rule that was switched on without a trace in `updated_at` is enabled, though its body was kept before."""
    place.refresh(cached=True)
    place.box.quirks.app_leaves_updated_at = True
    place.box.activate(place.ids[0])
    found: list[Refresh] = []

    assert 0 == place.bodies_read(lambda: found.append(place.refresh(cached=True)))
    assert Status.ENABLED is found[0].bodies[place.ids[0]].rule.status
    assert said(found[0]) == said(place.refresh(cached=False))


@pytest.mark.parametrize("quirk", ["no_status_in_list", "no_updated_at_in_list"])
def test_a_list_that_does_not_tell(place: Place, quirk: str) -> None:
    """Where the list tells no status or no time of the last change, everything is read each time."""
    place.refresh(cached=True)
    setattr(place.box.quirks, quirk, True)

    assert 3 == place.bodies_read(lambda: place.refresh(cached=True))


def test_a_second_edit_in_the_same_second_is_seen(place: Place) -> None:
    """A body that was read between two edits of one second is not trusted, for both bear the same time."""
    place.box.edit(place.ids[0], nickname="one")
    place.refresh(cached=True)
    place.box.edit(place.ids[0], nickname="two")
    place.later(60)

    assert "two" == place.refresh(cached=True).bodies[place.ids[0]].rule.nickname


def test_a_refresh_past_the_cache_fills_it(place: Place) -> None:
    """With no hours of trust everything is read, and kept for the next one."""
    place.refresh(cached=True)

    assert 3 == place.bodies_read(lambda: place.refresh(cached=True, hours=0))
    assert 0 == place.bodies_read(lambda: place.refresh(cached=True))


def test_bodies_are_read_again_after_some_hours(place: Place) -> None:
    """Bodies are read again when they are as old as was asked for, though the list shows no change."""
    place.refresh(cached=True)
    place.later(11 * 3600)
    assert 0 == place.bodies_read(lambda: place.refresh(cached=True, hours=24))
    place.later(11 * 3600)

    assert 3 == place.bodies_read(lambda: place.refresh(cached=True, hours=24))
    assert 0 == place.bodies_read(lambda: place.refresh(cached=True, hours=24))


def test_the_brake_and_looks_know_no_cache(place: Place) -> None:
    """A refresh in a hurry, and a look at a rule, ask the API, and leave nothing for others."""
    assert 3 == place.bodies_read(lambda: place.refresh(cached=True, in_a_hurry=True))
    assert 3 == place.bodies_read(lambda: place.refresh(cached=True))
    assert 3 == place.bodies_read(lambda: place.refresh(cached=True, in_a_hurry=True))


@pytest.mark.parametrize(
    "other",
    [
        {"nickname": "z"},
        {"description": "[rulesync:s/k@0123456789ab]"},
        {"id": "rule_2"},
        {"status": "odd"},
        {"trigger": 1},
    ],
)
def test_a_body_that_contradicts_the_list_is_read(tmp_path: Path, other: dict[str, Any]) -> None:
    """A body that says another name, marker or id than the list, or nothing sensible, is not taken for the rule."""
    at = "2026-03-01T00:00:00Z"
    row = {"id": "rule_1", "nickname": "a", "description": "d", "status": "disabled", "updated_at": at}
    body = {**row, **RULE}
    with a_place(tmp_path) as place:
        kept = place.bodies()
        kept.keep("rule_1", place.time.clock.now().replace(day=1), at, place.time.clock.now(), {**body, **other})

        def handle(request: httpx.Request) -> httpx.Response:
            date = {"Date": "Mon, 02 Mar 2026 12:00:00 GMT"}
            data: object = [row] if request.url.path.endswith("/rules") else body
            return httpx.Response(200, json={"data": data}, headers=date)

        with client(URLS["v1"], "sk_0123456789", v1, per_minute=100, transport=httpx.MockTransport(handle)) as opened:
            found = Reader(opened, v1, cache=kept).refresh(everything)

    assert ("a", {}) == (found.bodies["rule_1"].rule.nickname, dict(found.cached))


def test_a_row_that_tells_no_description(tmp_path: Path) -> None:
    """A body is taken for a row that says nothing of a marker, and its marker counts."""
    at, marker = "2026-03-01T00:00:00Z", "[rulesync:s/k@0123456789ab]"
    row = {"id": "rule_1", "nickname": "a", "status": "disabled", "updated_at": at}
    with a_place(tmp_path) as place:
        kept, now = place.bodies(), place.time.clock.now()
        kept.keep("rule_1", now.replace(day=1), at, now, {**row, **RULE, "description": marker})

        def handle(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"data": [row]}, headers={"Date": "Mon, 02 Mar 2026 12:00:00 GMT"})

        with client(URLS["v1"], "sk_0123456789", v1, per_minute=100, transport=httpx.MockTransport(handle)) as opened:
            found = Reader(opened, v1, cache=kept).refresh(everything)

    assert ({"rule_1"}, marker) == (set(found.cached), str(found.listed[0].marker))
    assert found.bodies["rule_1"].fingerprint is None


def test_a_row_that_nobody_can_date_is_never_from_the_cache(place: Place) -> None:
    """A rule that is wanted and not listed is read."""
    rows = (ListedRule("rule_x", None, None, None, None),)
    assert "rule_x" not in {row.id for row in rows if row.updated_at}
    place.refresh(cached=True)
    transport = httpx.WSGITransport(app=place.box.wsgi)
    with client(place.url, place.box.key, place.dialect, per_minute=100, transport=transport) as opened:
        found = Reader(opened, place.dialect, cache=place.bodies()).refresh(lambda listed: ["rule_x", listed[0].id])

    assert [place.ids[0]] == list(found.bodies) == list(found.cached)


QUIRKS = ("no_status_in_list", "no_updated_at_in_list", "app_leaves_updated_at")
STEP = st.one_of(
    st.tuples(st.just("edit"), st.integers(0, 5), st.sampled_from("abcdefgh")),
    st.tuples(st.just("switch"), st.integers(0, 5)),
    st.tuples(st.just("delete"), st.integers(0, 5)),
    st.tuples(st.just("create"), st.sampled_from("abc")),
    st.tuples(st.just("later"), st.sampled_from([0.1, 0.4, 0.9, 1.0, 1.5, 2.0, 2.1, 3.0, 60.0, 5000.0])),
    st.tuples(
        st.just("quirk"), st.sampled_from(["no_status_in_list", "no_updated_at_in_list", "app_leaves_updated_at"])
    ),
    st.tuples(st.just("refresh"), st.sampled_from([None, 0, 1, 24])),
    st.tuples(st.just("damage"), st.integers(0, 2**32)),
)


@given(steps=st.lists(STEP, max_size=25), hours=st.sampled_from([None, 1]), dialect=st.sampled_from(sorted(URLS)))
@settings(max_examples=60)
def test_the_cache_never_changes_an_answer(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]], hours: float | None, dialect: str
) -> None:
    """Whatever people do in the app, whatever becomes of the file, and however time passes: both say the same."""
    with a_place(tmp_path_factory.mktemp("law"), dialect) as place:
        for step in [("later", 60), ("refresh", None), *steps, ("refresh", hours)]:
            _take(place, step)
        assert said(place.refresh(cached=True)) == said(place.refresh(cached=False))


def _take(place: Place, step: tuple[Any, ...]) -> None:
    there = [str(rule["id"]) for rule in place.box.rules()]
    match step:
        case ("edit", at, nickname) if there:
            place.box.edit(there[at % len(there)], nickname=nickname)
        case ("switch", at) if there:
            rule = place.box.rules()[at % len(there)]
            (place.box.pause if rule["status"] == "enabled" else place.box.activate)(str(rule["id"]))
        case ("delete", at) if len(there) > 1:
            place.box.delete(there[at % len(there)])
        case ("create", nickname):
            place.box.create_in_app({"nickname": nickname, **RULE})
        case ("later", seconds):
            place.later(seconds)
        case ("quirk", name):
            setattr(place.box.quirks, name, not getattr(place.box.quirks, name))
        case ("refresh", hours):
            assert said(place.refresh(cached=True, hours=hours)) == said(place.refresh(cached=False))
        case ("damage", seed):
            _damage(place, Random(seed))


def _damage(place: Place, random: Random) -> None:
    for file in (place.root / "cache" / "bodies").glob("*"):
        content = bytearray(file.read_bytes())
        match random.choice(["gone", "cut", "flip", "twice", "garbage"]):
            case "gone":
                file.unlink()
                return
            case "cut":
                del content[random.randrange(len(content) + 1) :]
            case "flip" if content:
                content[random.randrange(len(content))] ^= random.randrange(1, 256)
            case "twice":
                content += bytes(content)
            case "garbage":
                content += random.randbytes(50)
        file.write_bytes(content)
