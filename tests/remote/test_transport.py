import gzip
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulesync.errors import Stop, StoppedError
from rulesync.patience import Patience
from rulesync.remote.budget import Budget
from rulesync.remote.transport import LONGEST_WAIT, Pacing, Retrying, TooLargeError, Whole, network_error
from tests.clocks import FakeClock

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
BACK_OFFS = [0.5, 1.0, 2.0, 4.0]
Handler = Callable[[httpx.Request], httpx.Response]


def get(transport: httpx.BaseTransport, method: str = "GET", *, before_write: bool = False) -> httpx.Response:
    extensions = {"before_write": before_write}
    return transport.handle_request(httpx.Request(method, "https://api.test/rules", extensions=extensions))


def answers(*outcomes: int | Exception | httpx.Response) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    """Return a server that answers so, one after the other, the last for ever, and the requests that it gets."""
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        outcome = outcomes[min(len(seen), len(outcomes) - 1)]
        seen.append(httpx.Request(request.method, request.url, headers=request.headers))
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome) if isinstance(outcome, int) else outcome

    return httpx.MockTransport(handle), seen


# Pacing


@settings(deadline=None)
@given(
    per_minute=st.integers(1, 200),
    gaps=st.lists(st.sampled_from([0.0, 0.0, 0.01, 0.3, 1.0, 30.0]), max_size=60),
    refused=st.dictionaries(st.integers(0, 59), st.sampled_from(["0", "1", "7", "90", "soon"]), max_size=5),
    looks=st.sets(st.integers(0, 59)),
    writes=st.sets(st.integers(0, 59)),
)
def test_no_window_of_time_sees_more_than_the_burst_and_the_rate(
    per_minute: int, gaps: list[float], refused: dict[int, str], looks: set[int], writes: set[int]
) -> None:
    """In any t seconds at most `per_minute` + t · `per_minute` / 60 requests go out, whatever the server answers."""
    fake = FakeClock()
    sent: list[float] = []

    def handle(_request: httpx.Request) -> httpx.Response:
        sent.append(fake.seconds)
        wait = refused.get(len(sent) - 1)
        return httpx.Response(200) if wait is None else httpx.Response(429, headers={"Retry-After": wait})

    pacing = Pacing(httpx.MockTransport(handle), Budget(per_minute, fake.clock), clock=fake.clock)
    for number, gap in enumerate(gaps):
        fake.seconds += gap
        get(pacing, "PUT" if number in writes else "GET", before_write=number in looks)
    for first, begin in enumerate(sent):
        for last in range(first, len(sent)):
            assert last - first + 1 <= per_minute + (sent[last] - begin) * per_minute / 60 + 1e-6


def test_a_burst_goes_out_at_once_and_the_rest_evenly() -> None:
    """The first 100 of 102 requests wait for nothing; the next ones 0.6 s each."""
    fake = FakeClock()
    server, _ = answers(200)
    pacing = Pacing(server, Budget(100, fake.clock), clock=fake.clock)
    for _ in range(102):
        get(pacing)
    assert fake.sleeps == pytest.approx([0.6, 0.6])


@pytest.mark.parametrize(("spent", "waits"), [(98, [0.6, 0.6]), (500, [0.6] * 4)])
def test_what_was_spent_before_is_not_given_again(spent: int, waits: list[float]) -> None:
    """Requests of the same key that went out just before are missing in the burst."""
    fake = FakeClock()
    server, _ = answers(200)
    pacing = Pacing(server, Budget(100, fake.clock, spent=spent), clock=fake.clock)
    for _ in range(4):
        get(pacing)
    assert fake.sleeps == pytest.approx(waits)


def test_no_wait_comes_between_a_look_and_its_write() -> None:
    """A look before a write waits for the turns of both, so that the write goes out at once; a look alone costs one."""
    fake, sent = FakeClock(), list[float]()

    def handle(_: httpx.Request) -> httpx.Response:
        sent.append(fake.seconds)
        return httpx.Response(200)

    pacing = Pacing(httpx.MockTransport(handle), Budget(60, fake.clock), clock=fake.clock)
    for _ in range(60):
        get(pacing)
    for _ in range(3):
        get(pacing, before_write=True)
        get(pacing, "PUT")
    get(pacing, before_write=True)
    get(pacing, before_write=True)
    get(pacing, "PUT")

    assert [2, 2, 4, 4, 6, 6, 8, 9, 9] == [round(each, 6) for each in sent[60:]]


def test_threads_share_one_rate() -> None:
    """Eight threads together are not faster than one."""
    fake = FakeClock()
    server, seen = answers(200)
    pacing = Pacing(server, Budget(60, fake.clock), clock=fake.clock)
    threads = [threading.Thread(target=lambda: [get(pacing) for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 160
    assert fake.seconds >= 100


@pytest.mark.parametrize(("header", "wait"), [("7", 7), ("3600", LONGEST_WAIT), ("0", 1), ("nonsense", 1), (None, 1)])
def test_nothing_goes_out_while_the_server_asks_to_wait(header: str | None, wait: float) -> None:
    """After a 429 the next request, of any method, waits for `Retry-After`, within bounds, and the burst is spent."""
    fake = FakeClock()
    server, _ = answers(httpx.Response(429, headers={"Retry-After": header} if header else {}), 200)
    pacing = Pacing(server, Budget(60, fake.clock), clock=fake.clock)
    get(pacing)
    get(pacing, "POST")
    get(pacing)
    assert fake.sleeps == pytest.approx([wait + 1, 1])


def test_a_turn_that_was_waited_for_is_void_after_a_429() -> None:
    """A thread that sleeps toward its turn while another gets a 429 waits anew."""
    fake = FakeClock()
    arrived, asleep = threading.Event(), threading.Event()
    sent: list[float] = []

    def handle(_request: httpx.Request) -> httpx.Response:
        sent.append(fake.seconds)
        if len(sent) > 1:
            return httpx.Response(200)
        arrived.set()
        asleep.wait(5)
        return httpx.Response(429, headers={"Retry-After": "50"})

    def sleep(seconds: float) -> None:
        asleep.set()
        refused.join(5)
        fake.clock.sleep(seconds)

    pacing = Pacing(httpx.MockTransport(handle), Budget(1, fake.clock), clock=replace(fake.clock, sleep=sleep))
    refused = threading.Thread(target=get, args=(pacing,))
    refused.start()
    arrived.wait(5)
    get(pacing)
    assert sent == [0, 50 + 60]


def test_waits_are_told_from_one_second_on() -> None:
    """Whoever watches is told of each wait of a second or more, and of no shorter one."""
    fake = FakeClock()
    told: list[tuple[float, str]] = []
    server, _ = answers(200)
    slow, fast = (
        Pacing(server, Budget(rate, fake.clock), clock=fake.clock, waiting=lambda *wait: told.append(wait))
        for rate in (30, 100)
    )
    for _ in range(31):
        get(slow)
    for _ in range(101):
        get(fast)
    ((seconds, why),) = told
    assert seconds == pytest.approx(2.0)
    assert why == "for the rate limit"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_turn_is_waited_for_that_comes_after_the_end(method: str) -> None:
    """A turn that would come too late is given back at once: nothing is said, slept or sent, and none is lost."""
    fake = FakeClock()
    told: list[tuple[float, str]] = []
    server, seen = answers(200)
    patience = Patience(fake.clock, 20)
    pacing = Pacing(
        server, Budget(1, fake.clock), clock=fake.clock, waiting=lambda *wait: told.append(wait), patience=patience
    )
    get(pacing)
    for _ in range(30):
        with pytest.raises(StoppedError, match="a wait of 60 s for the rate limit"):
            get(pacing, method)
    assert ([], [], 1) == (told, fake.sleeps, len(seen))
    with patience.proving():
        get(pacing)
    assert pytest.approx(60) == fake.seconds


def test_a_request_to_stop_ends_the_wait_for_a_turn() -> None:
    """Who is asked to stop while waiting for the rate limit does so within half a second, and sends nothing."""
    fake = FakeClock()
    server, seen = answers(200)
    patience = Patience(fake.clock)
    patience.heed(lambda: fake.seconds > 3)
    pacing = Pacing(server, Budget(1, fake.clock), clock=fake.clock, patience=patience)
    get(pacing)
    with pytest.raises(StoppedError) as stopped:
        get(pacing, "POST")
    assert (Stop.ASKED, 1) == (stopped.value.stop, len(seen))
    assert 3 < fake.seconds <= 3.6


# Retrying


def retrying(server: httpx.BaseTransport, fake: FakeClock, told: list[tuple[float, str]] | None = None) -> Retrying:
    waiting = None if told is None else lambda *wait: told.append(wait)
    return Retrying(server, clock=fake.clock, random=Random(7), waiting=waiting)


PASSING = [429, 500, 502, 503, 504, httpx.ReadTimeout(""), httpx.ConnectError(""), httpx.ReadError("")]


@pytest.mark.parametrize("fault", PASSING)
def test_a_get_outlives_a_fault_that_passes(fault: int | Exception) -> None:
    """A GET is tried again after a network error, a 429 or a 5xx."""
    server, seen = answers(fault, fault, fault, fault, 200)
    assert get(retrying(server, FakeClock())).status_code == 200
    assert len(seen) == 5


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_write_is_sent_once(fault: int | Exception, method: str) -> None:
    """A write is never repeated, whatever happens to it."""
    server, seen = answers(fault)
    fake = FakeClock()
    if isinstance(fault, int):
        assert get(retrying(server, fake), method).status_code == fault
    else:
        with pytest.raises(type(fault)):
            get(retrying(server, fake), method)
    assert len(seen) == 1
    assert fake.sleeps == []


@pytest.mark.parametrize("status", [200, 204, 302, 400, 401, 403, 404, 409])
def test_an_answer_that_would_not_change_is_taken_at_once(status: int) -> None:
    """Successes, redirects and refusals are not asked for twice."""
    server, seen = answers(status)
    assert get(retrying(server, FakeClock())).status_code == status
    assert len(seen) == 1


@pytest.mark.parametrize("fault", PASSING)
def test_attempts_end(fault: int | Exception) -> None:
    """Five attempts are all; what the last one brings is the result."""
    server, seen = answers(fault)
    fake = FakeClock()
    if isinstance(fault, int):
        assert get(retrying(server, fake)).status_code == fault
    else:
        with pytest.raises(type(fault)):
            get(retrying(server, fake))
    assert len(seen) == 5
    assert all(longest / 2 <= slept <= longest for slept, longest in zip(fake.sleeps, BACK_OFFS, strict=True))


def test_every_attempt_has_an_id_of_its_own() -> None:
    """No two attempts share an `X-Request-ID`, and each is a random UUID; a write has one as well."""
    server, seen = answers(500)
    transport = retrying(server, FakeClock())
    get(transport)
    get(transport, "POST")
    ids = [request.headers["X-Request-ID"] for request in seen]
    assert len(set(ids)) == 6
    assert all(UUID4.fullmatch(each) for each in ids)


@pytest.mark.parametrize(
    ("header", "at_least"), [("7", 7), ("7200", 60), ("Mon, 02 Mar 2026 12:00:30 GMT", 30), ("0", 0.25), ("?", 0.25)]
)
def test_a_retry_waits_as_long_as_it_is_asked_to(header: str, at_least: float) -> None:
    """`Retry-After`, in seconds or as a date, is waited for up to a minute, and is never shorter than the back-off."""
    server, _ = answers(httpx.Response(429, headers={"Retry-After": header}), 200)
    fake = FakeClock()
    told: list[tuple[float, str]] = []
    get(retrying(server, fake, told))
    assert at_least <= fake.sleeps[0] <= max(at_least, 0.5)
    assert [slept for slept in fake.sleeps if slept >= 1] == [seconds for seconds, _ in told]
    assert all(why.startswith("before trying again: ") for _, why in told)


def test_a_date_to_retry_after_is_measured_by_the_clock_of_the_server() -> None:
    """A `Retry-After` date is counted from the answer's own `Date`, since our clock may be wrong."""
    headers = {"Date": "Mon, 02 Mar 2020 12:00:00 GMT", "Retry-After": "Mon, 02 Mar 2020 12:00:09 GMT"}
    server, _ = answers(httpx.Response(503, headers=headers), 200)
    fake = FakeClock()
    get(retrying(server, fake))
    assert fake.sleeps == [9]


def test_no_retry_is_waited_for_that_comes_after_the_end() -> None:
    """Where the server asks to wait beyond the end of the run, the run ends at once and says why."""
    fake = FakeClock()
    server, seen = answers(httpx.Response(503, headers={"Retry-After": "40"}))
    transport = Retrying(server, clock=fake.clock, random=Random(7), patience=Patience(fake.clock, 30))
    with pytest.raises(StoppedError, match="a wait of 40 s before trying again: the API answered 503"):
        get(transport)
    assert (1, []) == (len(seen), fake.sleeps)


def test_the_last_silence_is_the_end_of_the_run() -> None:
    """A GET that met the end of the run says so, rather than that the server is slow."""
    fake = FakeClock()

    def handle(request: httpx.Request) -> httpx.Response:
        fake.seconds += 30
        raise httpx.ReadTimeout("", request=request)

    transport = Retrying(
        httpx.MockTransport(handle), clock=fake.clock, random=Random(7), patience=Patience(fake.clock, 30)
    )
    with pytest.raises(StoppedError, match="is up"):
        get(transport)


def test_a_bad_certificate_is_not_tried_again() -> None:
    """A certificate that cannot be trusted is said at once: another attempt would see the same one."""
    error = httpx.ConnectError("")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    server, seen = answers(error)
    with pytest.raises(httpx.ConnectError):
        get(retrying(server, FakeClock()))
    assert len(seen) == 1


# Reading whole


class Trickle(httpx.SyncByteStream):
    def __init__(self, fake: FakeClock, pause: float, chunks: int) -> None:
        self.fake, self.pause, self.chunks, self.closed = fake, pause, chunks, False

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(self.chunks):
            self.fake.seconds += self.pause
            yield b"1234"

    def close(self) -> None:  # noqa: D102  # httpx calls it
        self.closed = True


def whole(stream: Trickle, fake: FakeClock) -> Whole:
    return Whole(httpx.MockTransport(lambda _: httpx.Response(200, stream=stream)), clock=fake.clock, largest=400)


def test_an_answer_is_read_to_its_end_and_closed() -> None:
    """The body is there as soon as the answer is, and the connection is free again."""
    fake = FakeClock()
    stream = Trickle(fake, 0, 100)
    assert get(whole(stream, fake)).content == b"1234" * 100
    assert stream.closed


def test_an_answer_beyond_bounds_is_given_up() -> None:
    """An endless answer is neither kept in memory nor asked for again."""
    fake = FakeClock()
    stream = Trickle(fake, 0, 101)
    with pytest.raises(TooLargeError):
        get(retrying(whole(stream, fake), fake))
    assert stream.closed
    assert fake.sleeps == []


def test_an_answer_that_trickles_is_given_up() -> None:
    """A server cannot hold a run for ever by sending a little now and then."""
    fake = FakeClock()
    with pytest.raises(httpx.ReadTimeout):
        get(whole(Trickle(fake, 2, 100), fake))


def test_a_compressed_answer_is_unpacked_once() -> None:
    """What comes out is the body as it was meant, and no header says otherwise."""
    packed = httpx.Response(200, headers={"Content-Encoding": "gzip", "X-Other": "kept"}, content=gzip.compress(b"{}"))
    raw = httpx.Response(200, headers=packed.headers, stream=httpx.ByteStream(gzip.compress(b"{}")))
    answer = get(Whole(httpx.MockTransport(lambda _: raw), clock=FakeClock().clock))
    assert answer.content == b"{}"
    assert dict(answer.headers) == {"x-other": "kept", "content-length": "2"}


# Words


def caused(error: httpx.RequestError, cause: Exception) -> httpx.RequestError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "sentence", "reached"),
    [
        (caused(httpx.ConnectError("k"), socket.gaierror()), "the host `api.test` could not be found", False),
        (caused(httpx.ConnectError("k"), ConnectionRefusedError()), "`api.test` refused the connection", False),
        (
            caused(httpx.ConnectError("k"), ssl.SSLCertVerificationError()),
            "the certificate of `api.test` cannot be trusted",
            False,
        ),
        (caused(httpx.ConnectError("k"), ssl.SSLError()), "no secure connection to `api.test` could be made", False),
        (httpx.ConnectError("k"), "no connection to `api.test` could be made", False),
        (httpx.ConnectTimeout("k"), "`api.test` did not take the connection in time", False),
        (httpx.ReadTimeout("k"), "`api.test` did not answer in time", True),
        (httpx.WriteTimeout("k"), "`api.test` did not answer in time", True),
        (httpx.ReadError("k"), "the connection to `api.test` broke off", True),
        (httpx.WriteError("k"), "the connection to `api.test` broke off", True),
        (httpx.RemoteProtocolError("k"), "`api.test` ended the connection before its answer was complete", True),
        (httpx.DecodingError("k"), "the answer of `api.test` arrived damaged", True),
        (httpx.LocalProtocolError("k"), "the connection to `api.test` failed", True),
    ],
)
def test_a_failed_connection_is_one_sentence_that_names_the_host(
    error: httpx.RequestError, sentence: str, *, reached: bool
) -> None:
    """What broke is said with the host alone; only without a connection is it sure that nothing reached the server."""
    said = network_error(error, "api.test")
    assert (said.message, said.reached) == (sentence, reached)
