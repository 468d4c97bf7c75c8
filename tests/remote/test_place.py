import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.accounts import ListedAccount
from rulesync.answer import Hidden, Missing
from rulesync.errors import ApiError, NetworkError, RulesyncError
from rulesync.remote import Reader, Writer, client
from rulesync.remote.transport import LARGEST_ANSWER
from rulesync.rule import Status
from rulesync.ruleset import ActualRule, Refresh
from rulesync.sandbox import Sandbox
from rulesync.wire import platform, v1
from tests.clocks import NOON, FakeClock

URL = "https://api.test/api/v1"
KEY = "sk_0123456789"
READS = {"listing", "marked", "look", "refresh", "accounts", "balances", "executions", "server_time"}
Handler = Callable[[httpx.Request], httpx.Response]


@contextmanager
def api(server: httpx.BaseTransport | Handler, key: str = KEY, **options: Any) -> Iterator[Writer]:  # noqa: ANN401  # a Writer's
    """Yield a Writer to a server, with time that only passes where somebody sleeps."""
    transport = server if isinstance(server, httpx.BaseTransport) else httpx.MockTransport(server)
    clock = FakeClock().clock
    with client(URL, key, v1, per_minute=10_000, transport=transport, clock=clock, random=Random(1)) as connection:
        yield Writer(connection, v1, **options)


@contextmanager
def box_api(box: Sandbox, key: str | None = None, **options: Any) -> Iterator[Writer]:  # noqa: ANN401  # a Writer's
    with api(httpx.WSGITransport(app=box.wsgi), key or box.key, **options) as writer:
        yield writer


def noting(seen: list[httpx.Request], answer: httpx.Response) -> Handler:
    """Return a server that notes each request and has one answer."""

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return handle


def data(payload: object, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"data": payload}, headers=headers)


def no(status: int, code: str = "nope", message: str = "no way") -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": message}})


def rule(rule_id: str = "rule_1", **more: object) -> dict[str, object]:
    trigger = {"type": "MANUAL", "account_id": "acc_1"}
    return {"id": rule_id, "status": "disabled", "trigger": trigger, "steps": [], **more}


def server(by_path: Mapping[str, httpx.Response]) -> Handler:
    """Return a server that gives each path below the base its answer, and to any other a plain 404."""

    def handle(request: httpx.Request) -> httpx.Response:
        answer = by_path.get(request.url.path.removeprefix("/api/v1"), httpx.Response(404, text="nothing here"))
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return handle


def everything(rows: object) -> list[str]:
    assert isinstance(rows, tuple)
    return [row.id for row in rows]


# Reading


def test_a_reader_sends_nothing_but_gets() -> None:
    """Whatever a Reader can do, and there is nothing beyond these reads, sends GETs and no body."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return data([rule(type="pod")] if request.url.path.endswith("s") else rule())

    assert {name for name in dir(Reader) if not name.startswith("_")} == READS
    with api(handle) as writer:
        reader = Reader(writer._client, v1)  # noqa: SLF001  # the same connection, without the right to write
        reader.listing()
        reader.accounts()
        reader.look("rule_1")
        reader.refresh(everything)
        reader.executions(["rule_1"])
    assert len(seen) == 6
    assert {(request.method, request.content) for request in seen} == {("GET", b"")}


def test_a_refresh_brings_the_list_and_the_bodies_that_are_wanted() -> None:
    """A refresh is one list call and one GET for each wanted rule, in the order of the list."""
    with Sandbox() as box, box_api(box) as writer:
        ids = [str(body["id"]) for body in box.rules()]
        found = writer.refresh(lambda rows: {row.id for row in rows[1:]})
        assert [row.id for row in found.listed] == ids
        assert list(found.bodies) == ids[1:]
        assert found.unreadable == {}
        assert [entry["method"] for entry in box.log()] == ["GET"] * len(ids)


def test_a_refresh_reads_pins_that_the_list_does_not_show() -> None:
    """An id that is wanted and not listed is read as well; if it is gone, it is in neither mapping."""
    answers = {"/rules": data([]), "/rules/rule_1": data(rule()), "/rules/rule_2": no(404), "/rules/rule_3": no(403)}
    with api(server(answers)) as writer:
        found = writer.refresh(lambda _: ["rule_1", "rule_2", "rule_3"])
    assert list(found.bodies) == ["rule_1"]
    assert list(found.unreadable) == ["rule_3"]


def test_a_rule_that_was_deleted_is_said_to_be() -> None:
    """A body that says that its rule was deleted is no rule; the list that still shows it is contradicted."""
    gone = rule(deleted_at="2026-03-01T00:00:00Z")
    with api(server({"/rules": data([rule()]), "/rules/rule_1": data(gone)})) as writer:
        listed = writer.refresh(everything)
    with api(server({"/rules": data([]), "/rules/rule_1": data(gone)})) as writer:
        pinned = writer.refresh(lambda _: ["rule_1"])

    assert (True, "it was deleted, and the API lists it still") == (
        listed.unreadable["rule_1"].deleted,
        listed.unreadable["rule_1"].reason,
    )
    assert Refresh((), {}, deleted=frozenset({"rule_1"})) == pinned


def test_a_rule_that_is_listed_and_not_found_is_unreadable() -> None:
    """A rule that the list shows is never taken for absent, whatever its GET says."""
    answers = {"/rules": data([rule(), rule("rule_2")]), "/rules/rule_1": no(404), "/rules/rule_2": no(500)}
    with api(server(answers)) as writer:
        found = writer.refresh(everything)
    assert found.bodies == {}
    assert {name: each.reason for name, each in found.unreadable.items()} == {
        "rule_1": "the API lists it, and does not find it; perhaps the key lacks the scope `READ_RULES` for it",
        "rule_2": "the API answered 500: nope: no way",
    }
    assert [each.listed.id for each in found.unreadable.values()] == ["rule_1", "rule_2"]


def test_status_and_marker_of_a_body_are_fresh() -> None:
    """What a refresh knows of a rule is from its GET, not from the list, which may lag behind."""
    marker = "[rulesync:home/auto-save@1aaaaaaaaaaa]"
    listed, fresh = rule(status="enabled"), rule(description=f"Saves\n{marker}")
    with api(server({"/rules": data([listed]), "/rules/rule_1": data(fresh)})) as writer:
        body = writer.refresh(everything).bodies["rule_1"]
    assert body.rule.status is Status.DISABLED
    assert str(body.marker) == marker


def test_progress_is_told_of_every_body() -> None:
    """A refresh tells how many bodies of how many it has read."""
    told: list[tuple[int, int]] = []
    with Sandbox() as box, box_api(box, progress=lambda done, total: told.append((done, total))) as writer:
        writer.refresh(everything)
        total = len(box.rules())
    assert told == [(done, total) for done in range(1, total + 1)]


def test_bodies_are_read_side_by_side() -> None:
    """A refresh has as many requests under way as it is told to."""
    together = threading.Barrier(4, timeout=5)

    def handle(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if name == "rules":
            return data([rule(f"rule_{number}") for number in range(8)])
        together.wait()
        return data(rule(name))

    with api(handle, parallel=4) as writer:
        assert len(writer.refresh(everything).bodies) == 8


def test_pages_are_followed_to_the_last() -> None:
    """A list in pages is the same as the list in one."""
    with Sandbox() as box, box_api(box) as writer:
        whole = writer.listing()
        like = {name: value for name, value in box.rules()[0].items() if name != "id"}
        for number in range(120):
            box.create_in_app({**like, "nickname": f"Rule {number}"})
        box.rules_page_size = 1
        box.clear_log()
        paged = writer.listing()
        assert paged[: len(whole)] == whole
        assert len(paged) == len(whole) + 120
        assert len(box.log()) > 1


def test_a_rule_listed_twice_is_one_rule() -> None:
    """An id that moves from one page to the next while they are read is one rule, as the later page shows it."""
    pages = {
        None: {"data": [rule(), rule("rule_2")], "page_info": {"has_next_page": True, "end_cursor": "c"}},
        "c": {"data": [rule(nickname="Later")], "page_info": {"has_next_page": False}},
    }
    with api(lambda request: httpx.Response(200, json=pages[request.url.params.get("after")])) as writer:
        assert [(row.id, row.nickname) for row in writer.listing()] == [("rule_1", "Later"), ("rule_2", None)]


@pytest.mark.parametrize("cursors", [["c"], ["a", "b"]])
def test_pages_in_a_circle_are_an_error(cursors: list[str]) -> None:
    """A server whose cursors come round again ends the run, not the patience."""
    count = iter(range(1000))

    def handle(_request: httpx.Request) -> httpx.Response:
        cursor = cursors[next(count) % len(cursors)]
        return httpx.Response(200, json={"data": [], "page_info": {"has_next_page": True, "end_cursor": cursor}})

    with api(handle) as writer, pytest.raises(ApiError, match="pages without end"):
        writer.listing()


def test_a_next_page_that_is_not_named_is_an_error() -> None:
    """Half a list is no list."""
    page = {"data": [], "page_info": {"has_next_page": True, "end_cursor": None}}
    with api(lambda _: httpx.Response(200, json=page)) as writer, pytest.raises(ApiError, match="hides the next page"):
        writer.listing()


def test_deleted_rows_are_left_out() -> None:
    """A rule that was deleted and is still shown does not exist, in the list as by id."""
    gone = rule(deleted_at="2026-03-01T00:00:00Z")
    with api(server({"/rules": data([gone, rule("rule_2")]), "/rules/rule_1": data(gone)})) as writer:
        assert [row.id for row in writer.listing()] == ["rule_2"]
        assert writer.look("rule_1") == Missing(deleted=True)


@pytest.mark.parametrize("row", [None, 7, [], {}, {"id": None}, {"id": ""}, {"id": ["x"]}])
def test_a_row_that_makes_no_sense_ends_the_run(row: object) -> None:
    """A row that cannot be understood might be ours, so it is never skipped."""
    with api(server({"/rules": data([rule(), row])})) as writer, pytest.raises(ApiError, match="makes no sense: no "):
        writer.listing()


def test_accounts_are_read() -> None:
    """The list of accounts gives id, name and type, what an account may do, and whose money it is."""
    with Sandbox() as box, box_api(box) as writer:
        first = box.accounts()[0]
        expected = ListedAccount(
            str(first["id"]),
            str(first["name"]),
            str(first["type"]),
            can_be_source=bool(first["can_be_source"]),
            can_be_destination=bool(first["can_be_destination"]),
            beneficiary=str(first["beneficiary_name"]),
        )
        assert writer.accounts()[0] == expected


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (data({"id": "acc_1", "balance": {"balance_in_cents": 5, "available_balance_in_cents": 7}}), {"acc_1": 7}),
        (data({"id": "acc_1", "balance": {"balance_in_cents": -5}}), {"acc_1": -5}),
        (data({"id": "acc_1", "balance": {"balance_in_cents": True}}), {}),
        (data({"id": "acc_1", "balance": None}), {}),
        (data(["x"]), {}),
        (httpx.Response(200, text="hello"), {}),
        (no(403), {}),
        (no(503), {}),
    ],
)
def test_balances_are_read_as_far_as_they_can_be(answer: httpx.Response, known: dict[str, int]) -> None:
    """A balance that cannot be read is missing, is asked for once, and ends nothing."""
    seen: list[httpx.Request] = []
    with api(noting(seen, answer)) as writer:
        assert known == writer.balances(["acc_1", "no/id"])
    assert ["/api/v1/accounts/acc_1"] == [request.url.path for request in seen]


def test_no_answer_is_no_balance() -> None:
    """Where nobody answers, no balance is known, and nobody waits for a second attempt."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with api(refuse) as writer:
        assert {} == writer.balances(["acc_1"])


# Looking


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            httpx.Response(404, text="Route GET:/rules not found"),
            "the API answered 404, with something that is no JSON",
        ),
        (httpx.Response(404, json={"detail": "Not Found"}), "the API answered 404, with no reason"),
        (httpx.Response(404, json={"error": {"message": "hm"}}), "the API answered 404: hm"),
        (no(404, code=" "), "the API answered 404: no way"),
        (no(403), "the key may not read it, which takes the scope `READ_RULES` for this rule: nope: no way"),
        (no(503), "the API answered 503: nope: no way"),
        (no(429), "the API answered 429: nope: no way"),
        (httpx.Response(302, headers={"Location": "https://other.test/"}), "never followed"),
        (httpx.Response(200, text="hello"), "the API answered 200, with something that is no JSON"),
        (httpx.Response(204), "the API answered 204, with nothing"),
        (data(None), "the API answered with something that is no rule"),
        (data({"id": "rule_1"}), "the API answered with something that is no rule"),
        (data(rule("rule_2")), "the API answered with another rule"),
    ],
)
def test_only_the_api_itself_can_say_that_a_rule_is_gone(answer: httpx.Response, reason: str) -> None:
    """Whatever is not a rule and not the API's own 404 hides the rule; it never makes it absent."""
    with api(server({"/rules/rule_1": answer})) as writer:
        look = writer.look("rule_1")
    assert isinstance(look, Hidden)
    assert reason in look.reason


def test_a_404_of_the_api_is_an_absence() -> None:
    """A rule that the API does not find, in its own words, is missing."""
    with Sandbox() as box, box_api(box) as writer:
        assert writer.look("rule_01NOPE") == Missing()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a?b", "a b", "a\x00", "é", "\ud800", "x" * 201])
def test_an_id_cannot_lead_elsewhere(name: str) -> None:
    """An id that would change the address that is asked is neither read nor written."""
    seen: list[httpx.Request] = []
    with api(noting(seen, data(rule()))) as writer:
        assert writer.look(name) == Hidden("its id cannot be part of an address")
        with pytest.raises(ApiError):
            writer.delete(name, idempotency_key="k")
        with pytest.raises(ApiError):
            writer.replace(name, {}, idempotency_key="k")
    assert seen == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
names = ["id", "status", "trigger", "steps", "type", "actions", "account_id", "amount_in_cents", "description"]
words = st.sampled_from(["rule_1", "enabled", "MANUAL", "fixed_amount", "SCHEDULED", "2026-01-01", ""])
rule_like = st.recursive(
    st.none() | words | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=6),
    max_leaves=20,
)
answer_bodies = st.one_of(
    json_values,
    st.fixed_dictionaries({"data": rule_like}, optional={"page_info": json_values, "request_id": json_values}),
    st.fixed_dictionaries({"error": st.fixed_dictionaries({"code": json_values, "message": json_values})}),
)


@settings(deadline=None)
@given(body=answer_bodies, status=st.sampled_from([200, 204, 302, 400, 401, 403, 404, 500]))
def test_any_answer_is_understood_or_refused(body: object, status: int) -> None:
    """Any JSON to any call is a result, a rule that is hidden, or an error in words; nothing else is ever raised."""
    content = json.dumps(body).encode()
    calls: list[Callable[[Writer], object]] = [
        Writer.listing,
        Writer.accounts,
        lambda writer: writer.look("rule_1"),
        lambda writer: writer.refresh(lambda _: ["rule_1"]),
        lambda writer: writer.create({}, idempotency_key="k"),
    ]
    with api(lambda _: httpx.Response(status, content=content)) as writer:
        for call in calls:
            with suppress(ApiError):
                call(writer)


def test_json_that_nests_without_end_is_refused() -> None:
    """A body as deep as a well is no rule and no list, and no crash."""
    deep = b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with api(lambda _: httpx.Response(200, content=deep)) as writer:
        assert isinstance(writer.look("rule_1"), Hidden)
        with pytest.raises(ApiError):
            writer.listing()


def test_an_answer_beyond_bounds_is_refused() -> None:
    """An answer of more than 32 MiB is an error for a read, and of unknown effect for a write."""
    huge = b" " * (LARGEST_ANSWER + 1)
    with api(lambda _: httpx.Response(200, content=huge)) as writer:
        assert isinstance(writer.look("rule_1"), Hidden)
        with pytest.raises(ApiError, match="more than any sensible answer"):
            writer.listing()
        with pytest.raises(NetworkError) as caught:
            writer.create({}, idempotency_key="k")
    assert caught.value.reached is True


# Refusals


def test_a_key_that_is_refused_ends_the_run() -> None:
    """A 401 is an error at once, wherever it comes, with the place where keys are made."""
    with Sandbox() as box, box_api(box, "sk_nobody", key_env="SEQUENCE_STAGING_KEY") as writer:
        for call in (writer.listing, writer.accounts, lambda: writer.look("rule_1")):
            with pytest.raises(ApiError, match="the API refused the key: ") as caught:
                call()
            assert caught.value.status == 401
            assert "SEQUENCE_STAGING_KEY" in (caught.value.help or "")
            assert "https://app.getsequence.io/account/api-keys" in (caught.value.help or "")


def test_a_key_that_is_refused_amid_a_refresh_ends_it() -> None:
    """A key that is withdrawn while bodies are read ends the refresh."""
    answers = {"/rules": data([rule()]), "/rules/rule_1": no(401)}
    with api(server(answers)) as writer, pytest.raises(ApiError, match="refused the key"):
        writer.refresh(everything)


def test_a_missing_scope_is_named() -> None:
    """A key that lacks a scope is told which."""
    with Sandbox() as box:
        with box_api(box, box.add_key({"LIST_ACCOUNTS": "*"})) as writer, pytest.raises(ApiError, match="`LIST_RULES`"):
            writer.listing()
        with box_api(box, box.add_key({"LIST_RULES": "*"})) as writer:
            with pytest.raises(ApiError, match="`LIST_ACCOUNTS`"):
                writer.accounts()
            found = writer.refresh(everything)
        assert found.bodies == {}
        assert all("`READ_RULES`" in each.reason for each in found.unreadable.values())


def test_a_redirect_is_never_followed() -> None:
    """A redirect, which could carry the key elsewhere, is an error that says where it points."""
    hosts: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(307, headers={"Location": "https://other.test/rules"})

    with api(handle) as writer:
        with pytest.raises(ApiError, match=r"a redirect to `https://other\.test/rules`, which is never followed"):
            writer.listing()
        assert writer.create({}, idempotency_key="k").status == 307
    assert hosts == ["api.test", "api.test"]


# Writing


def test_writes_carry_their_key_and_come_back_as_answers() -> None:
    """A create, a replace and a delete do what they say, each under the idempotency key that it is given."""
    with Sandbox(clock=lambda: NOON) as box, box_api(box) as writer:
        before = writer.refresh(everything)
        body = v1.encode(next(iter(before.bodies.values())).rule)
        box.clear_log()
        made = writer.create(body, idempotency_key="key-1")
        assert made.rule is not None
        changed = writer.replace(made.rule.id, {**body, "nickname": "Étoile"}, idempotency_key="key-2")
        gone = writer.delete(made.rule.id, idempotency_key="key-3")
        assert [entry["idempotency_key"] for entry in box.log()] == ["key-1", "key-2", "key-3"]
        assert (made.status, changed.status, gone.status) == (201, 200, 204)
        assert changed.rule is not None
        assert changed.rule.rule.nickname == "Étoile"
        assert (made.remembered, changed.remembered, gone.remembered) == (False, False, None)
        assert (made.date, made.message, gone.message, gone.rule) == (NOON, None, None, None)
        assert writer.look(made.rule.id) == Missing()


def test_a_replayed_answer_is_told_from_a_fresh_one() -> None:
    """A second write under the same key is answered from memory, and the answer says so."""
    with Sandbox() as box, box_api(box) as writer:
        body = v1.encode(next(iter(writer.refresh(everything).bodies.values())).rule)
        first = writer.create(body, idempotency_key="key-1")
        second = writer.create(body, idempotency_key="key-1")
        assert (first.remembered, second.remembered) == (False, True)
        assert second.rule == first.rule


def test_a_server_with_ids_of_its_own_never_tells_a_replay() -> None:
    """Where even a GET is answered under another id than ours, an id tells nothing about a write."""
    with api(lambda _: httpx.Response(200, json={"request_id": "req-42", "data": []})) as writer:
        assert writer.create({}, idempotency_key="k").remembered is True
        writer.listing()
        assert writer.create({}, idempotency_key="k").remembered is None


def test_a_refused_write_is_an_answer_with_the_words_of_the_server() -> None:
    """A refusal of any kind comes back, after one attempt, with code and message."""
    with Sandbox() as box, box_api(box) as writer:
        answer = writer.create({"nickname": 7}, idempotency_key="key-1")
        assert answer.status == 400
        assert answer.code == "invalid_parameters"
        assert answer.message
        assert answer.accepted is False
        assert len(box.log()) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(502, text="<html>"), "the API answered 502, with something that is no JSON"),
        (httpx.Response(500), "the API answered 500, with nothing"),
        (httpx.Response(200, text="fine"), "the API answered 200, with something that is no JSON"),
        (no(401, "unauthorized", "who are you"), "unauthorized: who are you"),
        (no(429, "slow_down", f"{KEY} is too fast"), "slow_down: *** is too fast"),
    ],
)
def test_a_write_that_is_not_answered_with_a_rule_says_what_came(answer: httpx.Response, reason: str) -> None:
    """What came instead of a rule is in the answer, in words, after one attempt."""
    seen: list[httpx.Request] = []

    with api(noting(seen, answer)) as writer:
        got = writer.replace("rule_1", {}, idempotency_key="k")
    assert (got.status, got.reason, got.rule) == (answer.status_code, reason, None)
    assert len(seen) == 1


def test_equal_bodies_are_equal_bytes() -> None:
    """The bytes of a write depend on the body alone, since servers compare them under one key."""
    seen: list[httpx.Request] = []
    with api(noting(seen, data({}))) as writer:
        writer.create({"nickname": "Étoile", "steps": [1, 2.5]}, idempotency_key="k")
    assert [request.content for request in seen] == ['{"nickname":"Étoile","steps":[1,2.5]}'.encode()]


# Real connections


@contextmanager
def talker(*speeches: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the URL of a server that reads a request, says one thing, and hangs up; and what it was asked."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for speech in speeches:
                connection, _ = listening.accept()
                with connection:
                    heard.append(connection.recv(65536))
                    connection.sendall(speech)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heard
        thread.join(5)


@contextmanager
def over_the_wire(url: str) -> Iterator[Writer]:
    with client(url, KEY, v1, per_minute=10_000, clock=FakeClock().clock) as connection:
        yield Writer(connection, v1)


CUT = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"data": ['
FULL = b'HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"data": []}'


def test_a_read_outlives_answers_that_are_cut_off() -> None:
    """A GET whose answer breaks off, in its head or its body, is asked again."""
    with talker(b"", b"HTTP/1.1 20", CUT, FULL) as (url, heard), over_the_wire(url) as writer:
        assert writer.listing() == ()
    assert len(heard) == 4


@pytest.mark.parametrize("speech", [b"", b"HTTP/1.1 201 Cre", CUT, b"nonsense\r\n\r\n"])
def test_a_write_whose_answer_is_cut_off_may_have_happened(speech: bytes) -> None:
    """A write without a complete answer is sent once, and said to be of unknown effect."""
    with talker(speech) as (url, heard), over_the_wire(url) as writer, pytest.raises(NetworkError) as caught:
        writer.create({}, idempotency_key="k")
    assert caught.value.reached is True
    assert len(heard) == 1


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def test_a_refused_connection_is_said_in_one_sentence() -> None:
    """Nobody listening is an error that names the place, and a write that surely never left."""
    port = closed_port()
    with over_the_wire(f"http://127.0.0.1:{port}") as writer:
        for call in (writer.listing, lambda: writer.create({}, idempotency_key="k")):
            with pytest.raises(NetworkError) as caught:
                call()
            assert caught.value.message == f"`127.0.0.1:{port}` refused the connection"
            assert caught.value.reached is False


def test_the_key_is_in_no_log_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    """With all logging on, over a real connection, to a server that repeats the key: it shows nowhere."""
    words = json.dumps({"error": {"code": "unauthorized", "message": f"ApiKey {KEY} is no key"}}).encode()
    speech = b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(words), words)
    with caplog.at_level(logging.DEBUG), talker(speech, speech) as (url, heard), over_the_wire(url) as writer:
        with pytest.raises(RulesyncError) as caught:
            writer.listing()
        answer = writer.create({}, idempotency_key="k")
        shown = [caplog.text, repr(writer), str(caught.value), repr(vars(caught.value)), repr(answer)]
    assert all(KEY.encode() in request for request in heard)
    assert "send_request_headers" in caplog.text
    assert KEY not in "".join(shown)


def test_certificates_are_checked_on_every_connection_that_has_one() -> None:
    """Over https nothing is said to a server that cannot prove who it is."""
    refused = pytest.raises(NetworkError, match="no secure connection")
    with talker(b"I am no TLS") as (url, heard), over_the_wire(url.replace("http", "https")) as writer, refused:
        writer.create({}, idempotency_key="k")
    assert all(KEY.encode() not in request for request in heard)


def test_a_refresh_of_nothing_is_empty() -> None:
    """Where nothing is wanted, only the list is read."""
    with api(server({"/rules": data([])})) as writer:
        assert writer.refresh(everything) == Refresh((), {}, {})


def test_what_is_read_is_what_was_written() -> None:
    """A rule that was created is found by id, equal to what the create answered."""
    with Sandbox() as box, box_api(box) as writer:
        template = next(iter(writer.refresh(everything).bodies.values()))
        made = writer.create(v1.encode(template.rule), idempotency_key="k").rule
        assert isinstance(made, ActualRule)
        assert writer.look(made.id) == made


# The platform dialect


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (no(404, "RULE_NOT_FOUND"), Missing()),
        (no(404, "ACCOUNT_NOT_FOUND"), Hidden("the API answered 404: ACCOUNT_NOT_FOUND: no way")),
        (httpx.Response(404, text="Cannot GET"), Hidden("the API answered 404, with something that is no JSON")),
        (
            no(403, "INVALID_RULE"),
            Hidden("the API can't show this rule; manage it in the app: INVALID_RULE: no way", unsupported=True),
        ),
        (
            no(403, "ACCESS_DENIED"),
            Hidden(
                "the key may not read it, which takes the permission `READ_RULES` for this rule: ACCESS_DENIED: no way",
                forbidden=True,
            ),
        ),
    ],
)
def test_only_the_api_itself_says_that_a_rule_is_missing(answer: httpx.Response, expected: object) -> None:
    """On the platform a rule is missing by one code alone; one that cannot be shown exists, as does one not allowed."""
    clock = FakeClock().clock
    transport = httpx.MockTransport(server({"/rules/rule_1": answer}))
    with client(
        URL, KEY, platform, per_minute=10_000, transport=transport, clock=clock, random=Random(1)
    ) as connection:
        assert expected == Reader(connection, platform).look("rule_1")


def test_the_runs_of_a_rule_that_the_api_cannot_show() -> None:
    """Why the runs of a rule are not known is said in the dialect's words."""
    answers = {"/rules/a/executions": no(403, "INVALID_RULE"), "/rules/b/executions": no(403, "ACCESS_DENIED")}
    clock = FakeClock().clock
    transport = httpx.MockTransport(server(answers))
    with client(
        URL, KEY, platform, per_minute=10_000, transport=transport, clock=clock, random=Random(1)
    ) as connection:
        found = Reader(connection, platform).executions(["a", "b"])
    assert ["the API can't show this rule", "the key lacks the permission `READ_RULES`"] == [
        each.unknown for each in found.values()
    ]
