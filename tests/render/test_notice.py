import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulesync.planjson import AwaitedJson, NoticeJson
from rulesync.render import notice
from tests.render.values import awaited, odd, replaced, waiting

TEXTS = odd | st.sampled_from(
    [
        "<!channel>",
        "<@U012>",
        "@here",
        "#general",
        "</x|y>",
        "*b* _i_ ~s~ `c`",
        "&amp;",
        ":wave:",
        "https://evil.example/x",
        "a@b.example",
    ]
)


def told(*rules: AwaitedJson, waits: int = 0, workspace: str | None = None) -> NoticeJson:
    return {
        "format_version": "1.0",
        "rulesync_version": "0.1.0",
        "timestamp": "2027-01-01T23:00:00Z",
        "event": "not-as-applied" if rules else "waiting",
        "workspace": workspace,
        "scope": "household",
        "api": {"dialect": "v1", "base_url": "https://api.getsequence.io/api/v1"},
        "awaiting_enable": [waiting(f"rule-{number}") for number in range(waits)],
        "rules": list(rules),
    }


def test_what_waits() -> None:
    """A message says of whom it speaks, and names each rule with its link, the first twenty of them."""
    lines = notice.words(told(waits=22, workspace="firm")).splitlines()

    assert "Waiting for a person to enable: 22 rules of household, workspace firm" == lines[0]
    link = "<https://app.getsequence.io/map/rules/rule_rule-0?action=activateRule>"
    assert lines[1].startswith('• rule-0 "Auto-save on deposit", at least since 2026-12-31T09:00:00Z: ')
    assert lines[1].endswith(f": {link}")
    assert "• and 2 more: `rulesync status` has them all" == lines[-1]
    assert 22 == len(lines)


def test_what_is_wrong() -> None:
    """What was enabled and is not what was applied is another message."""
    text = notice.words(told(awaited("save", "altered", note="it is live, and holds something else")))

    assert text.startswith("Not what was applied, look at once: 1 rule of household\n• save")
    assert "it is live, and holds something else: <https://app.getsequence.io/map/rules/rule_save>" in text


@given(st.data())
def test_nobody_is_mentioned(data: st.DataObject) -> None:
    """Whatever a rule is called, a message mentions nobody, links nowhere else, has no markup, and keeps its lines."""
    value: Any = replaced(told(awaited("save", "altered", note="x"), waits=2), lambda: data.draw(TEXTS))
    event: Any = data.draw(st.sampled_from(["waiting", "not-as-applied"]))
    value["event"] = event

    body = notice.slack(value)
    text = json.loads(body)["text"]
    links = re.findall(r"<([^<>]*)>", text)

    assert ["text"] == list(json.loads(body))
    assert len(text.splitlines()) == 1 + len(value["awaiting_enable" if event == "waiting" else "rules"])
    assert all(re.fullmatch(r"https?://[^|<>@!]+", link) for link in links)
    rest = re.sub(r"<[^<>]*>|&(?:amp|lt|gt);", "", text)
    assert not set("<>&") & set(rest)
    assert not re.search(r"[@#][^\s\u200b]|[*_~|]", rest.replace("`rulesync status`", ""))


def test_json_is_the_value() -> None:
    """A program is told everything, as it is."""
    value = told(waits=1)

    assert value == json.loads(notice.json(value))
