import time
from typing import Any

import httpx
import pytest

from rulesync.errors import ApiError, NetworkError, RulesyncError, StoppedError
from rulesync.github.place import ATTEMPTS, MOST_PAGES, PER_PAGE, GitHub
from rulesync.patience import Patience
from tests.clocks import FakeClock
from tests.github.conftest import opened
from tests.github.hub import BOT, REPOSITORY, TOKEN, Answer, Fault, Hub, person, refusal

BAD_GATEWAY = Answer(502, b"<html>Bad gateway</html>")


def failing(hub: Hub, method: str, *answers: Answer, late: bool = False) -> None:
    hub.faults += [Fault(method, answer, late) for answer in answers]


def test_all_pages(hub: Hub, github: GitHub) -> None:
    """A list is read to its end, a hundred at a time, and no page more."""
    for number in range(PER_PAGE * 2 + 50):
        hub.comment(1, person("ann"), str(number))

    assert [str(number) for number in range(250)] == [row["body"] for row in github.rows("issues/1/comments")]
    assert 3 == len(hub.asked)


def test_a_list_without_an_end(hub: Hub, github: GitHub) -> None:
    """A list that never ends is refused, not read for ever."""
    failing(hub, "GET", *[Answer(200, [{}] * PER_PAGE)] * MOST_PAGES)

    with pytest.raises(ApiError, match="more than 10,000 comments"):
        list(github.rows("issues/1/comments"))


@pytest.mark.parametrize("body", [b"no JSON", {"a": 1}, [1], b"[" * 100_000])
def test_answers_that_make_no_sense(hub: Hub, github: GitHub, body: object) -> None:
    """What is no list of rows is an error, never an empty list."""
    failing(hub, "GET", Answer(200, body))

    with pytest.raises(ApiError, match="GitHub answered something"):
        list(github.rows("issues/1/comments"))


@pytest.mark.parametrize("passing", [BAD_GATEWAY, Answer(500, {}), refusal(429, "slow down", Retry_After="2")])
def test_what_passes_is_tried_again(hub: Hub, passing: Answer) -> None:
    """A look that fails on the way is tried again a few times, after a wait that grows."""
    clock = FakeClock()
    failing(hub, "GET", *[passing] * (ATTEMPTS - 1))
    with opened(hub, clock.clock) as github:
        assert [] == list(github.rows("issues/1/comments"))

    assert ATTEMPTS - 1 == len(clock.sleeps)
    assert all(each >= 0.25 for each in clock.sleeps)


def test_what_does_not_pass(hub: Hub, github: GitHub) -> None:
    """After a few attempts the last refusal is told."""
    failing(hub, "GET", *[BAD_GATEWAY] * ATTEMPTS)

    with pytest.raises(ApiError, match=r"GitHub refused `GET issues/1/comments` with 502$"):
        list(github.rows("issues/1/comments"))
    assert ATTEMPTS == len(hub.asked)


@pytest.mark.parametrize(
    ("limited", "least", "most"),
    [
        (refusal(403, "You have exceeded a secondary rate limit", Retry_After="7"), 7, 7),
        (refusal(403, "You have exceeded a secondary rate limit"), 60, 60),
        (refusal(429, "exceeded", X_RateLimit_Remaining="0", X_RateLimit_Reset="RESET"), 10, 50),
    ],
)
def test_limits_are_waited_for(hub: Hub, limited: Answer, least: float, most: float) -> None:
    """A limit of requests is no refusal: it is waited for as long as it asks."""
    clock, soon = FakeClock(), str(int(time.time()) + 50)
    headers = {name: value.replace("RESET", soon) for name, value in limited.headers.items()}
    failing(hub, "GET", Answer(limited.status, limited.body, headers))
    with opened(hub, clock.clock) as github:
        github.get("issues/1/comments")

    (slept,) = clock.sleeps
    assert least <= slept <= most


def test_a_limit_that_lasts_too_long(hub: Hub, github: GitHub) -> None:
    """A limit that ends in an hour ends the run instead, and says when."""
    failing(hub, "GET", refusal(403, "API rate limit exceeded", Retry_After="3600"))

    with pytest.raises(ApiError) as told:
        github.get("issues/1/comments")

    assert "ends in 3600 s" in str(told.value.help)
    assert 1 == len(hub.asked)


@pytest.mark.parametrize(
    ("rights", "status", "advice"),
    [({}, 410, "issues are switched off"), ({"issues": "read"}, 403, "`issues: write` for issues")],
)
def test_refusals_are_final(hub: Hub, github: GitHub, rights: dict[str, str], status: int, advice: str) -> None:
    """What GitHub does not allow is asked once, and told with the right that is missing."""
    hub.rights = rights

    with pytest.raises(ApiError) as told:
        github.make("issues", {"title": "x", "body": "y"}, lambda: None)

    assert (status, 1) == (told.value.status, len(hub.asked))
    assert advice in str(told.value.help)


def test_a_wrong_token_is_not_repeated(hub: Hub) -> None:
    """A token that is refused is in no message, also where GitHub repeats it."""
    secret = "ghs_other9876543210"
    hub.faults.append(Fault("GET", refusal(401, f"Bad credentials: {secret}\nsee `x`")))
    with opened(hub, token=secret) as github, pytest.raises(ApiError) as told:
        github.get("issues")

    assert "Bad credentials: *** see `x`" in told.value.message
    assert secret not in f"{told.value} {told.value.help} {told.value!r}"


def test_nothing_is_made_twice(hub: Hub, github: GitHub) -> None:
    """Where an answer was lost, it is looked whether the thing was made, before it is made again."""
    failing(hub, "POST", BAD_GATEWAY, late=True)

    def look() -> Any:  # noqa: ANN401 - a row
        return next(iter(github.rows("issues/1/comments")), None)

    made = github.make("issues/1/comments", {"body": "hello"}, look)

    assert ("hello", ["hello"]) == (made["body"], hub.bodies(1))


@pytest.mark.parametrize("failures", [1, ATTEMPTS])
def test_what_was_not_made_is_made(hub: Hub, github: GitHub, failures: int) -> None:
    """Where nothing was made, it is tried again, a few times and no more."""
    failing(hub, "POST", *[BAD_GATEWAY] * failures)

    if failures == ATTEMPTS:
        with pytest.raises(ApiError, match="502"):
            github.make("issues/1/comments", {"body": "hello"}, lambda: None)
    else:
        github.make("issues/1/comments", {"body": "hello"}, lambda: None)

    assert ([] if failures == ATTEMPTS else ["hello"]) == hub.bodies(1)


def test_a_change_is_made_again(hub: Hub, github: GitHub) -> None:
    """A change whose answer was lost is sent again, since twice is once."""
    row = hub.comment(1, BOT, "old")
    failing(hub, "PATCH", BAD_GATEWAY, late=True)

    assert "new" == github.change(f"issues/comments/{row['id']}", {"body": "new"})["body"]
    assert ["new"] == hub.bodies(1)


def test_an_answer_that_is_nothing_like_it(hub: Hub, github: GitHub) -> None:
    """An answer to a change that is no row is an error."""
    failing(hub, "PATCH", Answer(200, []))

    with pytest.raises(ApiError, match="nothing like"):
        github.change("issues/1", {"body": "new"})


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (httpx.ConnectError("refused"), "could not be reached"),
        (httpx.ReadTimeout("slow"), "did not answer in time"),
    ],
)
def test_no_answer(problem: httpx.RequestError, words: str) -> None:
    """A GitHub that does not answer is told by its host alone, after a few attempts."""

    def answer(_: httpx.Request) -> httpx.Response:
        raise problem

    clock = FakeClock()
    transport = httpx.MockTransport(answer)
    with (
        GitHub.open("https://ghe.example/api/v3", TOKEN, REPOSITORY, transport=transport, clock=clock.clock) as github,
        pytest.raises(NetworkError, match=f"^`ghe.example` {words}$"),
    ):
        github.get("issues")
    assert ATTEMPTS - 1 == len(clock.sleeps)


def test_what_is_sent() -> None:
    """A request goes to the API of this GitHub, under its own path, with the token in one header."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[])

    with GitHub.open("https://ghe.example/api/v3", TOKEN, REPOSITORY, transport=httpx.MockTransport(answer)) as github:
        github.get("issues", state="all")

    (request,) = seen
    assert f"https://ghe.example/api/v3/repos/{REPOSITORY}/issues?state=all" == str(request.url)
    holding = [name for name, value in request.headers.items() if TOKEN in value]
    assert ["authorization"] == holding
    assert request.headers["User-Agent"].startswith("rulesync/")


def test_a_redirect_is_not_followed() -> None:
    """Nothing leads the token to another place."""
    transport = httpx.MockTransport(lambda _: httpx.Response(301, headers={"Location": "https://evil.example/"}))
    with (
        GitHub.open("https://ghe.example", TOKEN, REPOSITORY, transport=transport) as github,
        pytest.raises(ApiError, match="with 301"),
    ):
        github.get("issues")


def test_the_time_of_the_run(hub: Hub) -> None:
    """No wait goes on after the time of the run."""
    clock = FakeClock()
    failing(hub, "GET", refusal(429, "slow down", Retry_After="50"))
    patience = Patience(clock.clock, 20)

    with (
        GitHub.open(hub.url, TOKEN, REPOSITORY, patience=patience, clock=clock.clock) as github,
        pytest.raises(StoppedError) as told,
    ):
        github.get("issues")

    assert isinstance(told.value, RulesyncError)
    assert [] == clock.sleeps


@pytest.mark.parametrize(
    ("user", "ours"),
    [
        (BOT, True),
        ({"login": "github-actions[bot]", "type": "User"}, False),
        (person("github-actions"), False),
        ({"login": "other[bot]", "type": "Bot"}, False),
        (None, False),
        ("github-actions[bot]", False),
    ],
)
def test_who_wrote_it(github: GitHub, user: object, ours: object) -> None:
    """Only what our own account wrote is ours."""
    assert ours == github.is_ours({"user": user})
