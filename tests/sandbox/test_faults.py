import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from rulesync.sandbox import Refusal, Sandbox

Post = Callable[..., httpx.Response]
LIMITED = "rate-limited"


def hits(api: httpx.Client, count: int, path: str = "/rules") -> list[int]:
    """Say which of so many requests were refused."""
    return [turn for turn in range(1, count + 1) if api.get(path).status_code != 200]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [1]),
        ({"nth": 3}, [3]),
        ({"times": 2}, [1, 2]),
        ({"times": None}, [1, 2, 3, 4, 5, 6]),
        ({"nth": 5, "times": None}, [5, 6]),
        ({"nth": 2, "times": 3}, [2, 3, 4]),
        ({"chance": 0, "times": None}, []),
        ({"chance": 1.0, "times": None}, [1, 2, 3, 4, 5, 6]),
        ({"method": "get", "path": "/rules"}, [1]),
        ({"method": "GET", "path": "/r*s"}, [1]),
        ({"method": "POST"}, []),
        ({"path": "/rules/*"}, []),
        ({"path": "/Rules"}, []),
    ],
)
def test_which_requests(api: httpx.Client, box: Sandbox, settings: dict[str, Any], expected: list[int]) -> None:
    """Method, path, the nth, how many times, and chance say which requests meet a fault."""
    box.faults.add(LIMITED, **settings)
    assert expected == hits(api, 6)


def test_only_what_matches_counts(api: httpx.Client, box: Sandbox, person: httpx.Client) -> None:
    """The nth request is counted among those that match; the app and the inspection meet no faults at all."""
    box.faults.add(LIMITED, path="/accounts", nth=2, times=None)
    assert [*hits(api, 3), person.get("/").status_code, person.get("/sandbox/log").status_code] == [200, 200]
    assert hits(api, 3, "/accounts") == [2, 3]


def test_a_path_reaches_below_slashes(api: httpx.Client, box: Sandbox) -> None:
    """A star stands for anything, slashes too."""
    box.faults.add(LIMITED, path="/*", times=None)
    assert hits(api, 1, "/rules/rule_01HINV0003") == [1]


def test_chance_is_seeded(api: httpx.Client, box: Sandbox) -> None:
    """Equal seeds draw equally whatever other requests come in between, and other seeds otherwise."""
    drawn: list[list[int]] = []
    for seed in (1, 1, 2):
        box.faults.clear()
        box.faults.add(LIMITED, path="/rules", chance=0.5, times=None, seed=seed)
        box.faults.add(LIMITED, path="/accounts", chance=0.5, times=None, seed=len(drawn))
        found = []
        for turn in range(20):
            found += [turn] if hits(api, 1) else []
            hits(api, len(drawn), "/accounts")
        drawn.append(found)
    assert drawn[0] == drawn[1] != drawn[2]
    assert 0 < len(drawn[0]) < 20


def test_one_fault_decides(api: httpx.Client, box: Sandbox) -> None:
    """Of two faults that decide an answer the first does, and the other is left for the next request."""
    box.faults.add("error-after-commit", status=502)
    box.faults.add(LIMITED)
    assert [api.get("/rules").status_code for _ in range(3)] == [502, 429, 200]
    assert [entry.get("fault") for entry in box.log()] == ["error-after-commit", LIMITED, None]


def test_faults_go_together(post: Post, box: Sandbox) -> None:
    """Faults of different sorts are met by one request, and the log names them all."""
    for kind in ("stored-altered", "enabled-at-once", "answer-delayed", "error-after-commit"):
        box.faults.add(kind)
    assert post().status_code == 500
    assert box.rules()[-1]["status"] == "enabled"
    (entry,) = box.log()
    assert entry["fault"] == "stored-altered, enabled-at-once, answer-delayed, error-after-commit"


def test_what_is_not_processed_spends_nothing_else(post: Post, box: Sandbox) -> None:
    """A request that is not processed leaves what would change its processing to the next, but for waiting."""
    for kind in ("enabled-at-once", "processing-delayed", LIMITED):
        box.faults.add(kind)
    assert [post().status_code, post().status_code] == [429, 201]
    assert [entry.get("fault") for entry in box.log()] == ["processing-delayed, rate-limited", "enabled-at-once"]


def test_cleared(api: httpx.Client, post: Post, box: Sandbox) -> None:
    """After `clear` nothing fails, no view lags behind, and ids go on."""
    assert box.faults.add("list-lags", requests=9) == 1
    post()
    assert (box.faults.add(LIMITED), len(api.get("/rules").json())) == (2, 2)
    box.faults.clear()
    assert len(api.get("/rules").json()["data"]) == 4
    assert box.faults.documents() == []
    assert box.faults.add(LIMITED) == 3


def test_over_http(api: httpx.Client, person: httpx.Client, box: Sandbox) -> None:
    """Faults are set, listed with their counts, and cleared over HTTP, without a key."""
    settings = {"kind": "error-before-processing", "method": "GET", "path": "/rules*", "times": None, "status": 502}
    assert person.post("/sandbox/faults", json=settings).json() == {"id": 1}
    assert [api.get("/rules").status_code, api.get("/accounts").status_code] == [502, 200]
    listed = person.get("/sandbox/faults").json()
    rest = {"id": 1, "nth": None, "chance": None, "seed": 0, "form": "html", "seen": 1, "met": 1}
    assert listed["faults"] == [{**settings, **rest}] == box.faults.documents()
    assert listed["kinds"] == box.faults.kinds()
    assert person.delete("/sandbox/faults").status_code == 204
    assert api.get("/rules").status_code == 200


def test_over_http_from_elsewhere(person: httpx.Client, box: Sandbox) -> None:
    """Neither another site nor another name of this machine sets faults or quirks."""
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        answers = [
            person.post("/sandbox/faults", json={"kind": LIMITED}, headers=headers),
            person.delete("/sandbox/faults", headers=headers),
            person.put("/sandbox/quirks", json={"own_request_ids": True}, headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [403] * 3
    assert (box.faults.documents(), box.quirks.own_request_ids) == ([], False)
    assert person.patch("/sandbox/faults").status_code == 404


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "kind: must be one of connection-refused, "),
        ({"kind": "fire"}, "kind: must be one of connection-refused, "),
        ({"kind": LIMITED, "method": 1}, "method: must be a string"),
        ({"kind": "list-lags", "method": "GET"}, "method: `list-lags` happens to POST, PUT, DELETE only"),
        ({"kind": LIMITED, "path": 1}, "path: must be a string"),
        ({"kind": LIMITED, "nth": 0}, "nth: must be a whole number of at least 1"),
        ({"kind": LIMITED, "times": 0}, "times: must be a whole number of at least 1"),
        ({"kind": LIMITED, "chance": 1.5}, "chance: must be from 0 to 1, not `1.5`"),
        ({"kind": LIMITED, "seed": None}, "seed: must be a whole number"),
        (
            {"kind": LIMITED, "colour": 1},
            "colour: is no option of `rate-limited`; there are status, retry_after, seconds",
        ),
        ({"kind": "answer-cut", "at": 1}, "at: is no option of `answer-cut`; there are none"),
        ({"kind": LIMITED, "retry_after": "soon"}, "retry_after: must be one of seconds, date, none"),
        ({"kind": LIMITED, "seconds": None}, "seconds: must be a whole number"),
        ({"kind": "answer-delayed", "seconds": -1}, "seconds: must not be below zero, not `-1`"),
        ({"kind": "error-before-processing", "status": 299}, "status: `299` is no HTTP status with a body"),
        ({"kind": "error-after-commit", "status": 204}, "status: `204` is no HTTP status with a body"),
        ({"kind": "error-kept", "status": 404}, "status: must be a whole number from 500 to 599"),
        ({"kind": "error-kept", "effect": 1}, "effect: must be true or false"),
        ({"kind": "list-shifts", "by": 0}, "by: must not be 0"),
        ({"kind": "list-loses-rule", "rule": 1}, "rule: must be a string"),
        ({"kind": "list-lags", "requests": 1, "seconds": 1}, "seconds: cannot be given beside requests"),
    ],
)
def test_what_is_no_fault(person: httpx.Client, box: Sandbox, settings: dict[str, Any], message: str) -> None:
    """What is no fault is refused with the place and the reason, and nothing is set."""
    answer = person.post("/sandbox/faults", json=settings)
    assert (answer.status_code, answer.json()["error"]["message"][: len(message)]) == (400, message)
    with pytest.raises(Refusal) as caught:
        box.faults.set(settings)
    assert caught.value.message.startswith(message)
    assert box.faults.documents() == []


def test_every_kind_has_a_sentence(box: Sandbox) -> None:
    """Every kind says in one sentence what it does and names its options."""
    for kind, sentence in box.faults.kinds().items():
        assert sentence[0].islower() or sentence[0].isdigit()
        assert not sentence.endswith(".")
        number = box.faults.add(kind)
        options = set(box.faults.documents()[-1]) - {"id", "kind", "method", "path", "nth", "times", "chance", "seed"}
        assert all(f"`{option}`" in sentence for option in options - {"seen", "met"})
        assert number == len(box.faults.documents())


def test_many_threads(api: httpx.Client, box: Sandbox) -> None:
    """However many ask at once, a fault is met exactly as often as it says, and every request is counted."""
    box.faults.add(LIMITED, nth=5, times=7)
    barrier = threading.Barrier(8)

    def ask(_: int) -> list[int]:
        barrier.wait()
        return hits(api, 5)

    with ThreadPoolExecutor(8) as pool:
        assert sum(len(found) for found in pool.map(ask, range(8))) == 7
    (fault,) = box.faults.documents()
    assert (fault["seen"], fault["met"]) == (40, 7)


def test_faults_are_no_state(tmp_path: Any, box: Sandbox) -> None:  # noqa: ANN401  # a path
    """Faults and quirks end with the sandbox, even where its state survives."""
    with Sandbox(tmp_path / "state") as first:
        first.faults.add(LIMITED)
        first.quirks.own_request_ids = True
    with Sandbox(tmp_path / "state") as second:
        assert (second.faults.documents(), second.quirks) == ([], box.quirks)
