from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rulesync.sandbox import Sandbox

Body = dict[str, Any]
RENT = "rule_01HRNT0001"
INVEST = "rule_01HINV0003"
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Origin": "http://127.0.0.1"}


def test_a_person_activates(api: httpx.Client, person: httpx.Client, body: Body) -> None:
    """The way of a rule: made disabled by the API, shown with a button, enabled by a person on its page."""
    rule_id = api.post("/rules", json=body).json()["data"]["id"]
    link = f"/map/rules/{rule_id}?action=activateRule"
    page = person.get(link)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"<form method=post action='/app/rules/{rule_id}/activate'><button class='main'>Activate" in page.text
    assert "Enabled" not in page.text
    pressed = person.post(f"/app/rules/{rule_id}/activate", headers=BROWSER)
    assert (303, f"/map/rules/{rule_id}") == (pressed.status_code, pressed.headers["Location"])
    after = person.get(pressed.headers["Location"]).text
    assert "Enabled" in after
    assert "Activate" not in after
    assert f"href='/map/rules/{rule_id}'" in person.get("/").text
    assert api.get(f"/rules/{rule_id}").json()["data"]["status"] == "enabled"


def test_a_page_in_plain_words(person: httpx.Client, api: httpx.Client, body: Body) -> None:
    """A page says in words what the rule does, with names and money as people write them, and who manages it."""
    rule_id = api.post("/rules", json=body).json()["data"]["id"]
    page = person.get(f"/map/rules/{rule_id}").text
    for words in (
        "When money arrives in Checking",
        "If the balance is more than $500.00",
        "Move 20 % of the incoming amount from Checking to Savings",
        "Move $50.00 from Checking to Rainy Day, or what there is",
        "Saves 20% of every incoming deposit</p>",
        "Managed by rulesync as <code>household/auto-save</code>",
    ):
        assert words in page
    assert "[rulesync:" not in page
    assert "managed as household/auto-save" in person.get("/").text


def test_the_list(person: httpx.Client, box: Sandbox) -> None:
    """The list shows every organisation's rules with status and link, and its accounts with their balances."""
    box.add_organisation("Neighbours & Co")
    page = person.get("/").text
    for words in ("Rent to the landlord&#x27;s account", "When somebody runs it by hand, on Savings", "$12,840.00"):
        assert words in page
    assert f"href='/map/rules/{INVEST}?action=activateRule'" in page
    assert "Neighbours &amp; Co" in page
    assert "There are no rules yet" in page


def test_pages_load_nothing(person: httpx.Client) -> None:
    """Pages run no scripts and load nothing from anywhere."""
    page = person.get(f"/map/rules/{RENT}")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not [word for word in ("<script", "http://", "https://", "url(") if word in page.text]


def test_everything_is_escaped(person: httpx.Client, box: Sandbox) -> None:
    """Whatever people write is shown, never run."""
    evil = "<script>alert('x')</script>"
    person.post("/app/accounts", json={"id": "acc_evil", "name": evil, "type": "pod"})
    rule = {
        "nickname": evil,
        "description": f"{evil}\n[rulesync:{evil.replace(' ', '')}/x@1]",
        "trigger": {"type": "MANUAL", "account_id": "acc_evil"},
        "steps": [{"conditions": {evil: 1}, "actions": [{"type": evil}]}, evil],
    }
    rule_id = box.create_in_app(rule)
    for path in ("/", f"/map/rules/{rule_id}", "/map/rules/<script>"):
        assert "<script" not in person.get(path, headers=BROWSER).text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KNOWN = ["fixed_amount", "percentage", "top_up", "SCHEDULED", "WEEKLY", "BALANCE", "PER_WEEK", "acc_01HABC4567"]
VALUES = JSON | st.sampled_from(KNOWN)


def objects(*names: str) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional={name: VALUES | st.fixed_dictionaries({"id": VALUES}) for name in names})


TRIGGERS = VALUES | objects("type", "account_id", "schedule_type", "start_date")
LEAVES = objects("fact", "operator", "value", "value_fact", "params")
CONDITIONS = VALUES | st.fixed_dictionaries({"any": st.lists(st.fixed_dictionaries({"condition": LEAVES}), max_size=2)})
ACTIONS = VALUES | objects("type", "source", "destination", "amount_in_cents", "limit", "current_balance_account")
STEPS = VALUES | st.fixed_dictionaries({"conditions": CONDITIONS, "actions": st.lists(ACTIONS, max_size=2)})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trigger=TRIGGERS, steps=VALUES | st.lists(STEPS, max_size=2))
def test_any_rule_can_be_shown(
    box: Sandbox, person: httpx.Client, api: httpx.Client, trigger: object, steps: object
) -> None:
    """Whatever the app holds, the list, the body and the page can show it."""
    rule_id = box.create_in_app({"trigger": trigger, "steps": steps})
    answers = [api.get("/rules"), api.get(f"/rules/{rule_id}"), person.get("/"), person.get(f"/map/rules/{rule_id}")]
    assert [answer.status_code for answer in answers] == [200] * 4
    box.delete(rule_id)
