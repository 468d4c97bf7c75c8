"""The pages of the app: the list at `/` and one page for each rule, as HTML without scripts or outside resources.

Law: whatever people write is shown, never run; a character that would turn or hide its neighbours is shown by number.
"""

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence

from rulesync.sandbox.records import Account, Rule
from rulesync.sandbox.words import Words, money, raw

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #1a7f4b; --wait: #9a6700; --accent: #2f5bea }
@media (prefers-color-scheme: dark) { :root { --good: #4cc38a; --wait: #e0a83a; --accent: #8da6ff } }
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0 } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
a { color: var(--accent) } small, .soft { opacity: .75 }
table { border-collapse: collapse; width: 100% } td, th { border-bottom: 1px solid var(--line); padding: .5rem .25rem;
  text-align: left; vertical-align: top } .money { text-align: right; font-variant-numeric: tabular-nums }
.status { display: inline-block; border: 1px solid; border-radius: 1rem; padding: 0 .7rem; font-size: .85rem }
.enabled { color: var(--good) } .disabled { color: var(--wait) }
.card { border: 1px solid var(--line); border-radius: .6rem; padding: .75rem 1rem; margin: .75rem 0;
  background: var(--soft) } .card p { margin: .2rem 0 } ol { margin: .3rem 0; padding-left: 1.4rem }
form { display: inline } button { font: inherit; padding: .45rem 1.2rem; border-radius: .4rem; cursor: pointer;
  border: 1px solid var(--line); background: transparent; color: inherit }
button.main { background: var(--accent); border-color: var(--accent); color: Canvas; font-weight: 600 }
code { overflow-wrap: anywhere }
"""
_TURNING_OR_HIDING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_HARMLESS = set("\t\n\r\u200c\u200d")  # white space, and what joins letters and pictures
_MARKER = re.compile(r"\[rulesync:([^\]@\s]+)(?:@[^\]\s]*)?\]")


def escape(text: str) -> str:
    """HTML that shows a text."""
    return html.escape("".join(map(_visible, text)))


def _visible(character: str) -> str:
    if character in _HARMLESS or unicodedata.category(character) not in _TURNING_OR_HIDING:
        return character
    return f"U+{ord(character):04X}"


def overview(households: Sequence[tuple[str, Sequence[Rule], Mapping[str, Account]]]) -> str:
    """The list at `/`: for each organisation its rules with status and link, and its accounts with balances."""
    parts = ["<h1>Sequence sandbox</h1><p class=soft>Play money on this machine. Only a person enables a rule.</p>"]
    for name, rules, accounts in households:
        if len(households) > 1:
            parts.append(f"<h1>{escape(name)}</h1>")
        parts += [_rules(rules, Words(accounts)), _accounts(accounts)]
    return _page("Sequence sandbox", "".join(parts))


def rule_page(rule: Rule, accounts: Mapping[str, Account]) -> str:
    """The page of one rule: what it does, who manages it, and the button that only a person presses."""
    words = Words(accounts)
    steps = rule.steps if isinstance(rule.steps, list) else [rule.steps]
    parts = [
        "<p><a href='/'>All rules</a></p>",
        f"<h1>{escape(_title(rule))}</h1><p>{_status(rule)} <small><code>{escape(rule.id)}</code></small></p>",
        _description(rule),
        f"<h2>Trigger</h2><div class=card><p>{escape(words.trigger(rule))}</p></div><h2>Steps</h2>",
        *(_step(index, step, words) for index, step in enumerate(steps)),
        _buttons(rule),
        f"<p class=soft><small>Made {escape(rule.created_at)}, changed {escape(rule.updated_at)}</small></p>",
    ]
    return _page(_title(rule), "".join(parts))


def message_page(title: str, message: str) -> str:
    """A page that says one sentence."""
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(message)}</p><p><a href='/'>All rules</a></p>")


def _page(title: str, body: str) -> str:
    head = "<meta charset=utf-8><meta name=viewport content='width=device-width, initial-scale=1'>"
    return (
        f"<!doctype html><html lang=en><head>{head}<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{body}</body></html>"
    )


def _rules(rules: Sequence[Rule], words: Words) -> str:
    rows = "".join(
        f"<tr><td><a href='{_link(rule)}'>{escape(_title(rule))}</a><br><small>{escape(words.trigger(rule))}"
        f"{_managed_word(rule)}</small></td><td>{_status(rule)}</td></tr>"
        for rule in rules
    )
    return f"<h2>Rules</h2><table>{rows or '<tr><td>There are no rules yet.'}</table>"


def _accounts(accounts: Mapping[str, Account]) -> str:
    rows = "".join(
        f"<tr><td>{escape(account.name)}<br><small><code>{escape(account.id)}</code></small></td>"
        f"<td>{escape(_kind(account))}</td>"
        f"<td class=money>{escape(money(account.balance.get('balance_in_cents')))}</td></tr>"
        for account in accounts.values()
    )
    return f"<h2>Accounts</h2><table>{rows or '<tr><td>There are no accounts yet.'}</table>"


def _kind(account: Account) -> str:
    kind = account.external_account_type or account.type
    return kind.replace("_", " ").lower() + (", owed" if kind == "LIABILITY" else "")


def _step(index: int, step: object, words: Words) -> str:
    actions = step.get("actions") if isinstance(step, dict) else None
    if not isinstance(step, dict) or not isinstance(actions, list):
        return f"<div class=card><p>{escape(raw(step))}</p></div>"
    condition = f"if {words.condition(step['conditions'])}" if step.get("conditions") else ""
    start = ", ".join(part for part in ("otherwise" if index else "", condition) if part)
    moves = "".join(f"<li>{escape(words.action(action))}</li>" for action in actions)
    return f"<div class=card><p>{escape(_sentence(start or 'always'))}</p><ol>{moves}</ol></div>"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _description(rule: Rule) -> str:
    text = _MARKER.sub("", rule.description or "").strip()
    said = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    manager = _manager(rule)
    if manager is None:
        return said
    where = f"Managed by rulesync as <code>{escape(manager)}</code>"
    return f"{said}<div class=card><p>{where}. Change it in Git: what is edited here drifts.</p></div>"


def _managed_word(rule: Rule) -> str:
    manager = _manager(rule)
    return f" · managed as {escape(manager)}" if manager else ""


def _manager(rule: Rule) -> str | None:
    """Who manages the rule, as the last marker of its description says."""
    found = _MARKER.findall(rule.description or "")
    return str(found[-1]) if found else None


def _buttons(rule: Rule) -> str:
    def button(verb: str, label: str, look: str) -> str:
        action = f"/app/rules/{escape(rule.id)}/{verb}"
        return f"<form method=post action='{action}'><button class='{look}'>{label}</button></form> "

    verb, label = ("pause", "Pause") if rule.status == "enabled" else ("activate", "Activate")
    return f"<p>{button(verb, label, 'main')}{button('delete', 'Delete', '')}</p>"


def _status(rule: Rule) -> str:
    return f"<span class='status {escape(rule.status)}'>{escape(_sentence(rule.status))}</span>"


def _title(rule: Rule) -> str:
    return rule.nickname or "Rule without a name"


def _link(rule: Rule) -> str:
    action = "" if rule.status == "enabled" else "?action=activateRule"
    return f"/map/rules/{escape(rule.id)}{action}"
