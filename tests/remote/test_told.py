"""What a list does not tell is read from bodies before anything rests on it, and no more than that is read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any

import httpx
import pytest

from rulesync.errors import ApiError
from rulesync.ownership import Marker
from rulesync.plan import Operation, build, wanted
from rulesync.remote import Writer, client
from rulesync.remote.told import as_read, believed, hidden, moved, silent
from rulesync.rule import Status, Text
from rulesync.ruleset import ActualRule, DesiredRule, ListedRule, Refresh
from rulesync.wire import DIALECTS, Dialect, platform, v1
from tests.builders import SCOPE, a_rule, applied, by_hand, desired, row
from tests.clocks import NOON, FakeClock

OLD = "2026-01-01T00:00:00Z"
MARKER = Marker(SCOPE, "save", "1aaaaaaaaaaa")


class Server:
    """An API of one dialect with rules whose bodies are whole, and whose rows are as they are given."""

    def __init__(self, dialect: Dialect, rules: Mapping[str, str | None]) -> None:
        self.dialect, self.asked = dialect, list[str]()
        self.bodies = {name: self._body(name, text) for name, text in rules.items()}
        self.rows: dict[str, dict[str, Any]] = {name: self._row(name) for name in rules}
        self.refused: set[str] = set()

    def _body(self, name: str, text: str | None) -> dict[str, Any]:
        plain = a_rule(nickname=name, status=Status.DISABLED)
        described = replace(plain, description=Text.of(text) if text else None)
        stamps = ("updated_at", "created_at") if self.dialect is v1 else ("updatedAt", "createdAt")
        return {**self.dialect.encode(described), "id": name, **dict.fromkeys(stamps, OLD)}

    def _row(self, name: str) -> dict[str, Any]:
        return {field: value for field, value in self.bodies[name].items() if field not in {"trigger", "steps"}}

    def without_descriptions(self, *names: str) -> None:
        """Take the descriptions out of these rows, or of all."""
        for name in names or self.rows:
            self.rows[name].pop("description", None)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        name = request.url.path.rpartition("/")[2]
        if name == "rules":
            rows = list(self.rows.values())
            page = {"items": rows, "pagination": {"page": 1, "hasNextPage": False}}
            return httpx.Response(200, json={"data": rows if self.dialect is v1 else page})
        self.asked.append(name)
        if name in self.refused:
            return httpx.Response(403, json={"error": {"code": "forbidden", "message": "no"}})
        return httpx.Response(200, json={"data": self.bodies[name]})


@contextmanager
def reading(server: Server) -> Iterator[Writer]:
    transport = httpx.MockTransport(server)
    url, clock = "https://api.test/x", FakeClock().clock
    with client(
        url, "sk_0123456789", server.dialect, per_minute=10_000, transport=transport, clock=clock, random=Random(1)
    ) as opened:
        yield Writer(opened, server.dialect)


def refresh(server: Server, *wishes: DesiredRule, in_a_hurry: bool = False) -> Refresh:
    with reading(server) as reader:
        return reader.refresh(lambda listed: wanted(wishes, listed, SCOPE), in_a_hurry=in_a_hurry)


def held(key: str) -> str:
    return str(Marker(SCOPE, key, "1aaaaaaaaaaa"))


EVERY = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())


@EVERY
@pytest.mark.parametrize("in_a_hurry", [False, True])
def test_a_list_without_descriptions_makes_no_rule_look_new(dialect: Dialect, *, in_a_hurry: bool) -> None:
    """Where rows tell no description, the markers of the bodies bind rules, show orphans, and tell strangers."""
    server = Server(dialect, {"rule_1": held("save"), "rule_2": held("old"), "rule_3": "of a person"})
    server.without_descriptions()
    wish = desired("save", a_rule(9, nickname="rule_1"))

    found = refresh(server, wish, in_a_hurry=in_a_hurry)
    made = build([wish], found, SCOPE)

    assert [("save", Operation.UPDATE)] == [(change.key, change.operation) for change in made.changes]
    assert (["old"], ["rule_3"]) == ([each.key for each in made.orphans], [each.id for each in made.unmanaged])
    assert () == made.findings
    assert ["rule_1", "rule_2", "rule_3"] == sorted(server.asked)


@EVERY
def test_a_description_that_is_cut_makes_no_rule_look_new(dialect: Dialect) -> None:
    """Where a row hides the marker that its body bears, the body counts, and no other row is believed to bear none."""
    server = Server(dialect, {"rule_1": held("save"), "rule_2": held("old"), "rule_3": held("pinned")})
    for each in server.rows.values():
        each["description"] = each["description"][:10]
    pinned = desired("pinned", a_rule(9), pin="rule_3")

    made = build([pinned], refresh(server, pinned), SCOPE)

    assert ["old", "save"] == sorted(each.key for each in made.orphans)
    assert () == made.findings


def test_rows_as_documented_cost_nothing() -> None:
    """A row without a description bears no marker where others have one, or where that is told: it is not read."""
    plain = Server(v1, {"rule_1": held("save"), "rule_2": None, "rule_3": None})
    told = Server(platform, {"rule_1": held("save"), "rule_2": None, "rule_3": None})
    wish = desired("save", a_rule(nickname="rule_1"))

    assert "description" not in plain.rows["rule_2"]
    assert {"description": None}.items() <= told.rows["rule_2"].items()
    for server in (plain, told):
        assert ({"rule_1"}, ["rule_1"]) == (set(refresh(server, wish).bodies), server.asked)


def test_one_row_of_the_platform_that_tells_nothing() -> None:
    """The platform tells that there is no description, so a row that does not is read, and no other."""
    server = Server(platform, {"rule_1": held("save"), "rule_2": held("old"), "rule_3": None})
    server.without_descriptions("rule_2")
    wish = desired("save", a_rule(nickname="rule_1"))

    made = build([wish], refresh(server, wish), SCOPE)

    assert (["old"], {"rule_1", "rule_2"}) == ([each.key for each in made.orphans], set(server.asked))


@EVERY
def test_a_rule_that_tells_nothing_and_cannot_be_read_keeps_others_from_being_made(dialect: Dialect) -> None:
    """Where a rule may bear the marker of a new key, and nobody can tell, it is an error to make it."""
    server = Server(dialect, {"rule_1": held("save")})
    server.without_descriptions()
    server.refused = {"rule_1"}
    wish = desired("save", a_rule(9, nickname="another"))

    made = build([wish], refresh(server, wish), SCOPE)

    assert (["unread"], True) == ([each.check for each in made.findings], made.forbidden)


@EVERY
def test_the_body_counts_where_its_marker_is_another(dialect: Dialect) -> None:
    """A row that says another key's marker binds nothing: what the body says does."""
    server = Server(dialect, {"rule_1": held("other"), "rule_2": held("kept")})
    server.rows["rule_1"]["description"] = held("save")
    kept = replace(a_rule(nickname="rule_2"), description=None)
    wishes = [desired("save", a_rule(9, nickname="another")), desired("kept", kept)]

    made = build(wishes, refresh(server, *wishes), SCOPE)

    assert {"save": Operation.CREATE, "kept": Operation.NO_OP} == {each.key: each.operation for each in made.changes}
    assert ["other"] == [each.key for each in made.orphans]


def test_a_list_that_tells_nothing_is_completed_before_a_create() -> None:
    """Before rules are made, a row that tells no description is read if its rule may have moved since the plan."""
    server = Server(v1, {"rule_1": held("save"), "rule_2": held("old")})
    server.without_descriptions()
    server.rows["rule_1"]["updated_at"] = NOON.isoformat()
    with reading(server) as reader:
        rows = {each.id: each for each in reader.marked(NOON)}
        assert ["rule_1"] == server.asked
        assert (MARKER, None) == (rows["rule_1"].marker, rows["rule_2"].marker)
        assert [MARKER.key, "old"] == [each.marker.key for each in reader.marked(None) if each.marker]


def test_a_list_that_cannot_be_completed_is_an_error() -> None:
    """Before rules are made, a row that tells nothing and whose rule cannot be read ends the run."""
    server = Server(v1, {"rule_1": held("save")})
    server.without_descriptions()
    server.refused = {"rule_1"}

    with reading(server) as reader:
        assert 1 == len(reader.marked(NOON))
        with pytest.raises(ApiError, match="`rule_1` is listed without a description, and cannot be read: the key"):
            reader.marked(None)


def test_when_a_rule_may_have_moved() -> None:
    """A rule may have moved if nobody knows when it did, or if it did not much earlier than the moment."""
    rows = [
        ListedRule(f"rule_{at}", None, None, None, at, described=False)
        for at in (OLD, NOON.isoformat(), None, "whenever")
    ]

    assert [each.id for each in rows[1:]] == moved(rows, NOON)
    assert [each.id for each in rows] == moved(rows, None)
    told = [ListedRule(each.id, None, None, None, each.updated_at) for each in rows]
    assert [rows[1].id] == moved(told, NOON)
    assert [] == moved(told, None)
    assert [] == moved([replace(each, marker=MARKER) for each in told], NOON)


def test_what_is_silent() -> None:
    """A row is silent if it tells nothing, unless that is how its dialect says that there is no description."""
    plain = ListedRule("rule_1", None, None, None, OLD, described=False)
    beyond = ListedRule("rule_2", None, None, None, OLD, supported=False, described=False)
    told = ListedRule("rule_3", None, MARKER, None, OLD)

    assert ["rule_1"] == silent(believed([plain, beyond, told], describes_all=True))
    assert ["rule_1"] == silent(believed([plain, beyond], describes_all=False))
    assert [] == silent(believed([plain, beyond, told], describes_all=False))


def test_a_body_that_tells_no_description_unsays_nothing() -> None:
    """A body without any description leaves its row its marker, unless it moved since; one with a text does not."""
    actual = applied("save", a_rule())
    listed = row(actual)
    bare = replace(actual, marker=None, rule=replace(actual.rule, description=None))
    later = ActualRule(bare.id, bare.rule, None, "2027-01-01T00:00:00Z")
    text = replace(bare.rule, description=Text.of("mine now"))

    assert (listed.marker, None) == (listed.as_read(bare).marker, listed.as_read(later).marker)
    assert listed.as_read(ActualRule(bare.id, text, None, bare.updated_at)).marker is None


def test_the_name_of_the_body_counts() -> None:
    """A row has the name of its body; one whose body tells no name keeps its own, and nothing else comes of it."""
    actual = by_hand("rule_1", a_rule(nickname="new"))
    listed = ListedRule("rule_1", "old", None, None, None)

    assert ["new"] == [each.nickname for each in as_read([listed], {"rule_1": actual})]
    assert listed is listed.as_read(by_hand("rule_1", a_rule(nickname=None)))
    assert listed is as_read([listed], {})[0]


def test_a_list_is_caught_hiding_markers() -> None:
    """A marker that is not in its row makes all rows without one doubtful, unless the rule moved meanwhile."""
    body = applied("save", a_rule())
    bare = ListedRule(body.id, "Save", None, Status.ENABLED, body.updated_at)
    other = ListedRule("rule_9", "Other", None, Status.ENABLED, OLD)
    then = ListedRule(body.id, "Save", None, Status.ENABLED, "2025-01-01T00:00:00Z")

    assert [body.id, "rule_9"] == hidden([bare, other], {body.id: body})
    assert [] == hidden([then, other], {body.id: body})
    assert [] == hidden([row(body), other], {body.id: body})
