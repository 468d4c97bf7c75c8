"""What a webhook is told, as JSON for a program, or as the text of a message in Slack.

Law: no text from elsewhere mentions anybody, makes a link or changes the layout of a message.
"""

import re
import unicodedata

from rulesync.planjson import AwaitedJson, NoticeJson, WaitingJson
from rulesync.render import view
from rulesync.render.jsontext import text

_MOST = 20  # rules in a message; more is a list that nobody reads there
_LONGEST_URL = 500
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")
_MARKUP = re.compile(r"[*_~`|]")
_NOWHERE = "\u200b"  # takes no room, and ends what a mention, an emoji or an address would be


def json(value: NoticeJson) -> str:
    """Return a notice as JSON text."""
    return text(value)


def slack(value: NoticeJson) -> str:
    """Return a notice as the body that an incoming webhook of Slack takes."""
    return text({"text": words(value)})


def words(value: NoticeJson) -> str:
    """Return a notice as the text of a message."""
    where = f"{value['scope']}, workspace {value['workspace']}" if value["workspace"] else value["scope"]
    if value["event"] == "not-as-applied":
        told, title = [_wrong(each) for each in value["rules"]], "Not what was applied, look at once"
    else:
        told, title = [_waits(each) for each in value["awaiting_enable"]], "Waiting for a person to enable"
    shown = told[:_MOST]
    if len(told) > _MOST:
        shown.append(f"and {len(told) - _MOST} more: `rulesync status` has them all")
    head = f"{title}: {view.plural(len(told), 'rule')} of {_harmless(where)}"
    return "\n".join([head, *(f"• {each}" for each in shown)])


def _waits(rule: WaitingJson) -> str:
    told = rule["since"] or ""
    since = f", at least since {told if _INSTANT.fullmatch(told) else _harmless(told)}" if told else ""
    return f"{_named(rule['key'], rule['nickname'])}{since}: {_link(rule['review_url'])}"


def _wrong(rule: AwaitedJson) -> str:
    return f"{_named(rule['key'], rule['nickname'])}: {_harmless(rule['note'] or '')}: {_link(rule['rule_url'])}"


def _named(key: str, nickname: str | None) -> str:
    return _harmless(view.name(key, nickname))


def _harmless(told: str) -> str:
    """Return a text that only shows itself: on one line, no mention, no link, no markup."""
    visible = "".join(" " if unicodedata.category(each) in _HIDDEN else each for each in told)
    visible = _MARKUP.sub("'", " ".join(visible.split()))
    escaped = visible.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[@#]|[:.](?=\S)", rf"\g<0>{_NOWHERE}", escaped)


def _link(url: str) -> str:
    """Return an address as Slack shows it; one that holds what no address of ours does is only told, never linked."""
    if len(url) <= _LONGEST_URL and re.fullmatch(r"https?://[A-Za-z0-9._~:/?=&%\[\]-]+", url):
        return f"<{url.replace('&', '&amp;')}>"
    return _harmless(view.shortened(url, _LONGEST_URL))
