"""A refresh with a cache says what one without it says."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.cache import Bodies
from rulesync.remote import Reader, client
from rulesync.rule import Status
from rulesync.ruleset import Refresh
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


def test_what_a_look_shows_takes_the_place_of_what_is_kept(tmp_path: Path) -> None:
    """What is kept and is not so, though the list shows no trace of it, is put right by the look before a write."""
    with a_place(tmp_path) as place:
        place.later(60)
        right = place.refresh(cached=False)
        row = right.listed[0]
        told = {"id": row.id, "updated_at": row.updated_at, "created_at": row.created_at, "status": "disabled"}
        body = {**told, "nickname": "a", **RULE, "steps": []}
        at = place.time.clock.now()
        assert place.bodies().keep(row.id, at - timedelta(seconds=60), str(row.updated_at), at, body)
        assert said(right) != said(place.refresh(cached=True))
        transport, clock = httpx.WSGITransport(app=place.box.wsgi), place.time.clock
        with client(place.url, place.box.key, v1, per_minute=10**6, transport=transport, clock=clock) as opened:
            Reader(opened, v1, cache=place.bodies()).look(row.id, before_write=True)

        assert said(right) == said(place.refresh(cached=True))


def test_what_is_not_shown_any_more_is_let_go(place: Place) -> None:
    """Once the API has refused to show a rule, what was kept of it counts no more."""
    place.refresh(cached=True)
    kept, key = place.box.key, place.box.add_key({"LIST_RULES": "*", "READ_RULES": place.ids[1:]})
    place.time.seconds += 60

    def refused(request: httpx.Request) -> httpx.Response:
        request.headers["Authorization"] = request.headers["Authorization"].replace(kept, key)
        return httpx.WSGITransport(app=place.box.wsgi).handle_request(request)

    place.box.quirks.lists_unreadable_rules = True
    transport, clock = httpx.MockTransport(refused), place.time.clock
    for hours in (0.0, None):
        with client(place.url, kept, place.dialect, per_minute=10**6, transport=transport, clock=clock) as opened:
            found = Reader(opened, place.dialect, cache=place.bodies(hours)).refresh(everything)
        assert [place.ids[0]] == list(found.unreadable)


def test_a_rule_is_known_again_from_the_first_read_on(place: Place) -> None:
    """What stands for a body is the same whether it was just read or kept, and another once the body is."""
    prints = [[each.fingerprint for each in place.refresh(cached=True).bodies.values()] for _ in range(2)]
    place.box.edit(place.ids[0], nickname="B")
    place.later(60)
    edited = [each.fingerprint for each in place.refresh(cached=True).bodies.values()]

    assert None not in prints[0]
    assert prints[0] == prints[1]
    assert [False, True, True] == [one == other for one, other in zip(prints[0], edited, strict=True)]


def test_bodies_are_read_again_after_some_hours(place: Place) -> None:
    """Bodies are read again when they are as old as was asked for, though the list shows no change."""
    place.refresh(cached=True)
    place.later(11 * 3600)
    assert 0 == place.bodies_read(lambda: place.refresh(cached=True, hours=24))
    place.later(11 * 3600)

    assert 3 == place.bodies_read(lambda: place.refresh(cached=True, hours=24))
    assert 0 == place.bodies_read(lambda: place.refresh(cached=True, hours=24))


def test_the_brake_knows_no_cache(place: Place) -> None:
    """A refresh in a hurry asks the API, and leaves nothing for others."""
    assert 3 == place.bodies_read(lambda: place.refresh(cached=True, in_a_hurry=True))
    assert 3 == place.bodies_read(lambda: place.refresh(cached=True))
    assert 3 == place.bodies_read(lambda: place.refresh(cached=True, in_a_hurry=True))


AT = "2026-03-01T00:00:00Z"
ROW: dict[str, Any] = {
    "id": "rule_1", "nickname": "a", "description": "d", "status": "disabled", "updated_at": AT, "created_at": AT
}  # fmt: skip
MARKED = {"description": "[rulesync:s/k@0123456789ab]"}


def looked_at(
    kept: dict[str, Any],
    listed: dict[str, Any],
    is_now: dict[str, Any],
    same: Collection[str | None] = (),
    before: Callable[[Reader], object] = lambda _: None,
) -> Refresh:
    """Refresh where a body is kept, the list says something of its rule, and the API would say what its body is now.

    `before` is what is done with the same reader before that.
    """

    def handle(request: httpx.Request) -> httpx.Response:
        date = {"Date": "Mon, 02 Mar 2026 12:00:00 GMT"}
        data: object = [listed] if request.url.path.endswith("/rules") else is_now
        return httpx.Response(200, json={"data": data}, headers=date)

    with (
        TemporaryDirectory() as directory,
        client(URLS["v1"], "sk_0123456789", v1, per_minute=100, transport=httpx.MockTransport(handle)) as opened,
    ):
        bodies = Bodies(Path(directory) / "cache", URLS["v1"], "sk_0123456789", "v1")
        bodies.keep("rule_1", datetime(2026, 3, 1, tzinfo=UTC), AT, datetime(2026, 3, 2, tzinfo=UTC), kept)
        reader = Reader(opened, v1, cache=bodies)
        before(reader)
        found = reader.refresh(everything, same=[each for each in same if each])
        bodies.close()
    return found


def test_a_body_that_agrees_with_the_list_is_not_read() -> None:
    """A body that is kept counts, whatever the API would say now, or nothing was shown below."""
    found = looked_at({**ROW, **RULE}, ROW, {**ROW, **RULE, "nickname": "now"})

    assert ("a", ["rule_1"]) == (found.bodies["rule_1"].rule.nickname, list(found.cached))


@pytest.mark.parametrize(
    "other",
    [
        {"nickname": "z"},
        MARKED,
        {"id": "rule_2"},
        {"status": "odd"},
        {"status": None},
        {"trigger": 1},
        {"deleted_at": AT},
        {"is_supported": False},
    ],
    ids=str,
)
def test_a_body_that_contradicts_the_list_is_read(other: dict[str, Any]) -> None:
    """Where a body says another name, marker or id than the list, no status, or that it is gone, the API is asked."""
    found = looked_at({**ROW, **RULE, **other}, ROW, {**ROW, **RULE, "nickname": "now"})

    assert ("now", {}) == (found.bodies["rule_1"].rule.nickname, dict(found.cached))


@pytest.mark.parametrize("other", [{"nickname": "z"}, MARKED], ids=str)
def test_a_body_that_was_understood_before_counts_with_its_row_alone(other: dict[str, Any]) -> None:
    """A list that says another name or marker has a body be read that was understood, though it was left untouched."""
    body = {**ROW, **RULE}
    before = looked_at(body, ROW, body).bodies["rule_1"].fingerprint
    found = looked_at(body, {**ROW, **other}, {**body, **other}, same=[before])

    assert before
    assert {} == dict(found.cached)
    assert looked_at(body, ROW, {**body, **other}, same=[before]).cached


@pytest.mark.parametrize("other", [{"nickname": "z"}, MARKED, {"is_supported": False}], ids=str)
def test_a_body_that_contradicts_its_row_is_never_known_again(other: dict[str, Any]) -> None:
    """What was just read and is not as the list has it bears no fingerprint: it would count next to that row then."""
    body = {**ROW, **RULE}
    agrees, contradicts = (looked_at({**body, "id": "rule_2"}, ROW, now) for now in (body, {**body, **other}))

    assert agrees.bodies["rule_1"].fingerprint
    assert None is contradicts.bodies["rule_1"].fingerprint


def test_what_cannot_be_kept_anew_is_let_go() -> None:
    """Where a look shows another body than is kept, and one that cannot be kept, none is found from then on."""
    huge = {**ROW, **RULE, "nickname": "now", "note": "x" * 2_000_000}
    found = looked_at({**ROW, **RULE}, ROW, huge, before=lambda reader: reader.look("rule_1"))

    assert ("now", {}) == (found.bodies["rule_1"].rule.nickname, dict(found.cached))


@pytest.mark.parametrize("change", [{"created_at": "2026-02-01T00:00:00Z"}, {"status": "enabled"}, {}], ids=str)
def test_a_fingerprint_stands_for_all_but_the_status(change: dict[str, Any]) -> None:
    """One and the same body has another fingerprint where the list says anything else of its rule, but the status."""
    body = {**ROW, **RULE}
    one, other = (looked_at(body, row, body).bodies["rule_1"].fingerprint for row in (ROW, {**ROW, **change}))

    assert one
    assert ("created_at" in change) is (one != other)


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
    """A rule that is wanted and not listed is read, though its body is kept: where the API has none, there is none."""
    place.refresh(cached=True)
    gone, there = place.ids[:2]
    place.box.delete(gone)
    place.later(60)
    transport = httpx.WSGITransport(app=place.box.wsgi)
    found: list[Refresh] = []
    with client(place.url, place.box.key, place.dialect, per_minute=100, transport=transport) as opened:
        reader = Reader(opened, place.dialect, cache=place.bodies())
        read = place.bodies_read(lambda: found.append(reader.refresh(lambda _: [gone, there])))

    assert (1, [there], [there]) == (read, list(found[0].bodies), list(found[0].cached))


def test_the_file_stays_small(place: Place) -> None:
    """However often rules change, what is kept of them is a few lines for each; those of rules that are gone go too."""
    place.refresh(cached=True)
    place.box.delete(place.ids[2])
    longest = 0
    for number in range(150):
        place.box.edit(place.ids[0], nickname=f"name {number}")
        place.later(60)
        place.refresh(cached=True)
        (file,) = (place.root / "cache" / "bodies").iterdir()
        longest = max(longest, len(file.read_bytes().splitlines()))

    assert longest < 100
    assert 0 == place.bodies_read(lambda: place.refresh(cached=True))


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
