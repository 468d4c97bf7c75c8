import httpx
import pytest

from rulesync.sandbox import Sandbox

INVEST = "rule_01HINV0003"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost:80", "[::1]:1", "127.9.9.9"])
def test_loopback_names(person: httpx.Client, host: str) -> None:
    """The app answers to the names of this machine, with the origin that belongs to them."""
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert person.get("/", headers=headers).status_code == 200
    assert person.post(f"/app/rules/{INVEST}/activate", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.168.0.1"},
        {"Host": "["},
        {"Host": "localhost:80", "Origin": "http://localhost:81"},
        {"Host": "localhost", "Origin": "https://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_other_sites_are_refused(person: httpx.Client, box: Sandbox, headers: dict[str, str]) -> None:
    """Neither a web site with a name that leads here nor a form on another page can read or press anything."""
    before = box.rules()
    answers = [
        person.get("/", headers=headers),
        person.get("/sandbox/log", headers=headers),
        person.post(f"/app/rules/{INVEST}/activate", headers=headers),
        person.post("/sandbox/keys", json={"scopes": {}}, headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert before == box.rules()
