"""Names come from people and from the API: whatever is in them is shown, and obeyed by nothing.

A new renderer gets a row in `RENDERERS`, and a new format a function that holds its law.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulesync.cli import output
from rulesync.findings import Location, error
from rulesync.render import github, gitlab, html, junit, markdown, sarif, screen, terminal
from rulesync.render import json as render_json
from rulesync.render.checked import Checked
from rulesync.sandbox import app_pages
from rulesync.sandbox.records import Account, Rule
from tests.render.markdown.github import harmless
from tests.render.scenarios import PAUSES, PLANS, REPORTS, UNDOS, WAITS, drift, drift_of_all_kinds
from tests.render.values import replaced
from tests.security.conftest import Asked, Done, Said, Workshop, impostor

EVIL = [
    "\x1b[2J\x1b[1;31mred",
    "\x1b]0;title\x07\x1b]8;;https://evil.test\x1b\\link",
    "\x9b31m\x9d0;x\x9c",
    "\r+ all is well",
    "a\nb\n::error title=x::y",
    "\n::add-mask::x",
    "::set-output name=x::y",
    "  ::stop-commands::x",
    "##[error]x",
    "see ##[set-output name=x;]y and ##vso[task.setvariable variable=x]y",
    "word " * 30 + "::error::x " + "word " * 30 + "::warning::x",
    "\u202egnp.exe \u2066x\u2069 \u200f\u061c",
    "zero\u200bwidth\ufeff \u2060joined\u00ad",
    "\u2028::error::x\u2029\x85::error::x\x0b::error::x\x0c::error::x\x1c::error::x",
    "nul\x00\x08\x7f",
    "\ud800 half \udfff",
    "\U000e0041\U000e0042",
    "<script>alert(1)</script><img src=x onerror=alert(1)>\" ' &",
    "[x](javascript:alert(1)) | `x` | ![x](https://evil.test)",
    "</details>@here|`-something-nasty`",
    "@octocat #1 GH-1 o/r@deadbeef :tada: www.evil.test a@evil.test",
]
WORST = [EVIL[4], EVIL[7], EVIL[10], EVIL[15], " ".join(EVIL[:15]), "\n".join(EVIL[:15])]
"""For what takes its time."""

ELEMENTS = {"!doctype", "html", "head", "meta", "title", "style", "body", "h", "p", "a", "br", "code", "div", "span"}
ELEMENTS |= {"form", "button", "li", "ol", "small", "table", "td", "tr"}
OF_A_PAGE = {
    "article",
    "b",
    "bdi",
    "code",
    "dd",
    "del",
    "desc",
    "details",
    "dl",
    "dt",
    "figure",
    "footer",
    "g",
    "header",
}
OF_A_PAGE |= {
    "html",
    "i",
    "ins",
    "main",
    "mark",
    "path",
    "rect",
    "section",
    "summary",
    "svg",
    "tbody",
    "text",
    "th",
    "thead",
}
OF_A_PAGE |= {"ul", *(f"h{level}" for level in range(1, 7))} | ELEMENTS - {"button", "form", "h"}
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def on_a_terminal(text: str) -> None:
    """Hold that nothing but the end of a line moves, colours, hides or turns anything."""
    kept = [each for each in text if each not in "\n\u200c\u200d"]
    assert [] == [each for each in kept if unicodedata.category(each) in _HIDDEN]


def in_a_log(text: str) -> None:
    """Hold that no line is a command to a CI runner, which skips blanks and looks everywhere for `##[` and `##vso[`."""
    assert [] == [line for line in text.splitlines() if line.strip().startswith("::")]
    assert None is re.search(r"##\w*\[", text)


def as_json(text: str) -> None:
    """Hold that the text is JSON in UTF-8, and nothing besides."""
    assert json.loads(text.encode())


def as_commands(text: str) -> None:
    """Hold that each line is one command that annotates, whose properties are ours, and no other command is there."""
    properties = r"file=[^:,]*,line=\d+,col=\d+,endColumn=\d+,title=[^:,]*"
    for line in text.removesuffix("\n").split("\n") if text else ():
        assert re.fullmatch(rf"::(error|warning|notice) {properties}::[^\r\n]*", line)
    assert None is re.search(r"##\w*\[", text)


def as_xml(text: str) -> None:
    """Hold that the text is XML, of no elements but those of JUnit."""
    elements = {each.tag for each in ET.fromstring(text).iter()}
    assert {"testsuites", "testsuite", "testcase", "failure", "system-out"} >= elements


def as_html(text: str) -> None:
    """Hold that no element is there but those of the page, and no character that would turn or hide another."""
    assert ELEMENTS >= set(re.findall(r"<\s*/?\s*([a-zA-Z!]+)", text))
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", text)
    kept = [each for each in text if each not in "\n\t\r\u200c\u200d"]
    assert [] == [each for each in kept if unicodedata.category(each) in _HIDDEN]
    assert text.encode()


def as_page(text: str) -> None:
    """Hold that no element is there but those of a page, none that acts, no link but to the app."""
    assert OF_A_PAGE >= set(re.findall(r"<\s*/?\s*([a-zA-Z!][a-zA-Z0-9]*)", text))
    assert [] == re.findall(r"<[^>]*\son\w+\s*=", text)
    assert {"https:"} >= {link.partition("//")[0] for link in re.findall(r'href="([^"]*)"', text)}
    assert text.encode()


PAGE = (on_a_terminal, in_a_log, as_page)
MARKDOWN = (on_a_terminal, in_a_log, harmless)
"""Markdown may be printed into a log as well as posted."""
TERMINAL, JSON = (on_a_terminal, in_a_log), (on_a_terminal, in_a_log, as_json)
SHOWN: Sequence[Any] = [*PLANS.values(), drift(), drift_of_all_kinds()]
RENDERERS: Mapping[str, tuple[Sequence[Any], Callable[[Any], str], tuple[Callable[[str], None], ...]]] = {
    "plan": (SHOWN, lambda plan: terminal.plan(plan, color=False, next_command="x"), TERMINAL),
    "narrow plan": (SHOWN, lambda plan: terminal.plan(plan, color=False, width=20), TERMINAL),
    "drift": (SHOWN, lambda plan: terminal.drift(plan, color=False), TERMINAL),
    "status": (SHOWN, lambda plan: terminal.status(plan, color=False), TERMINAL),
    "undo": (list(UNDOS.values()), lambda plan: terminal.undo(plan, color=False), TERMINAL),
    "pause": (list(PAUSES.values()), lambda pause: terminal.pause(pause, color=False), TERMINAL),
    "report": (list(REPORTS.values()), lambda report: terminal.report(report, color=False), TERMINAL),
    "wait": (list(WAITS.values()), lambda value: terminal.wait(value, color=False), TERMINAL),
    "wait as JSON": (list(WAITS.values()), render_json.wait, JSON),
    "plan as Markdown": (SHOWN, markdown.plan, MARKDOWN),
    "drift as Markdown": (SHOWN, markdown.drift, MARKDOWN),
    "status as Markdown": (SHOWN, markdown.status, MARKDOWN),
    "report as Markdown": (list(REPORTS.values()), markdown.report, MARKDOWN),
    "plan as JSON": (SHOWN, render_json.plan, JSON),
    "plan as annotations": (SHOWN, lambda plan: github.plan(plan, plan["scope"]), (on_a_terminal, as_commands)),
    "plan as counts": (SHOWN, gitlab.plan, JSON),
    "drift as JSON": (SHOWN, render_json.drift, JSON),
    "plan as a page": (SHOWN, html.plan, PAGE),
    "drift as a page": (SHOWN, html.drift, PAGE),
    "status as a page": (SHOWN, html.status, PAGE),
    "report as a page": (list(REPORTS.values()), html.report, PAGE),
    "report as JSON": (list(REPORTS.values()), render_json.report, JSON),
}
"""What is shown, what makes a text of it, and the laws of its format."""
FINDINGS: Mapping[Callable[[Checked], str], tuple[Callable[[str], None], ...]] = {
    sarif.findings: JSON,
    github.findings: (on_a_terminal, as_commands),
    junit.findings: (on_a_terminal, in_a_log, as_xml),
}
"""The formats of findings alone, and their laws."""

_PIECES = [*"ab :#[]\n\r\x1b\u202e\u2028 ", "::", "##", "error"]
TEXTS = st.sampled_from(EVIL) | st.lists(st.sampled_from(_PIECES)).map("".join)


@pytest.mark.parametrize("renderer", RENDERERS)
@given(data=st.data())
def test_every_renderer(renderer: str, data: st.DataObject) -> None:
    """Whatever the names and texts of a plan or report are, no renderer makes a command of them."""
    values, render, laws = RENDERERS[renderer]
    value = replaced(data.draw(st.sampled_from(values)), lambda: data.draw(TEXTS))
    if "accounts" in value:
        value = {**value, "accounts": {account: data.draw(TEXTS) for account in value["accounts"]}}

    text = render(value)

    for law in laws:
        law(text)


@given(message=TEXTS, file=TEXTS, line=TEXTS, help=TEXTS)
def test_findings(message: str, file: str, line: str, help: str) -> None:
    """A finding shows a line of a file as it is read, not as it is obeyed, in text as in JSON."""
    found = [error("x", message, help=help, location=Location(file, 1, 2, 3, line))]

    for text in (terminal.findings(found, color=False), render_json.findings(found)):
        on_a_terminal(text)
        in_a_log(text)

    for render, laws in FINDINGS.items():
        for law in laws:
            law(render(Checked(found, [file])))


@given(TEXTS, TEXTS)
def test_lines(one: str, other: str) -> None:
    """A line of our own stays one line, and many stay as many."""
    for text in (screen.line(one), screen.lines(f"{one}\n{other}")):
        on_a_terminal(text)
        in_a_log(text)
    assert "\n" not in screen.line(one)


def test_what_is_said_about_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence that ends a command is one line, and so is its advice."""
    for text in EVIL:
        output.say_error(text, text)
        said = capsys.readouterr().err
        on_a_terminal(said)
        in_a_log(said)
        assert 2 == said.count("\n")


@pytest.mark.parametrize("text", EVIL)
def test_pages_of_the_sandbox(text: str) -> None:
    """A page shows whatever a rule, an account or a household is called."""
    account = Account("acc_1", text, text, text, *(True, True), text, text, text, {}, text, text)
    rule = Rule(
        id="rule_1",
        nickname=text,
        description=f"{text}\n[rulesync:{text}/x@1]",
        trigger={"type": "MANUAL", "account_id": "acc_1", text: text},
        steps=[{"conditions": {text: text}, "actions": [{"type": text, "source": {"id": text}}]}, text],
        status="disabled",
        created_at=text,
        updated_at=text,
    )
    accounts = {"acc_1": account}

    for page in (
        app_pages.overview([(text, [rule], accounts), (text, [], {})]),
        app_pages.rule_page(rule, accounts),
        app_pages.message_page(text, text),
    ):
        as_html(page)


# The whole way: an API, and files, that say such things


def held(words: str) -> Callable[[Asked], Said]:
    """Return an API that says these words wherever it can."""
    rule: dict[str, Any] = {
        "id": "rule_1",
        "nickname": words,
        "description": f"{words}\n[rulesync:household/save@123456789012]",
        "status": "enabled",
        "trigger": {"type": "ON_FUNDS_TRANSFERRED", "account_id": words, words: words},
        "steps": [{"actions": [{"type": words, "note": words}]}],
        "updated_at": words,
        words: words,
    }
    others = [{**rule, "id": f"rule_{words}", "description": words}, {**rule, "id": words, "description": None}]

    def answer(asked: Asked) -> Said:
        if asked.path.endswith("/accounts"):
            return Said(body={"data": [{"id": words, "name": words, "type": words}]})
        return Said(body={"request_id": words, "data": [*others, rule] if asked.path.endswith("/rules") else rule})

    return answer


def shows_nothing_evil(done: Done) -> None:
    for text in (done.out, done.err):
        on_a_terminal(text)
        in_a_log(text)
    assert done.code in {0, 1, 2, 3, 4, 5, 64}
    assert "Traceback" not in done.err


@pytest.mark.parametrize("words", WORST)
def test_an_api_that_says_such_things(workshop: Workshop, words: str) -> None:
    """Every command shows what such an API says without obeying it, and what it writes is harmless to read again."""
    plan = workshop.root / "plan.json"
    with impostor(held(words)) as server:
        url = f"{server.url}/api/v1"
        for command in (
            ["plan", "--out", str(plan)],
            ["plan", "--format", "json"],
            ["drift"],
            ["drift", "--format", "json"],
            ["status"],
            ["status", "--format", "json"],
            ["plan", "--format", "markdown"],
            ["drift", "--format", "markdown"],
            ["status", "--format", "markdown"],
            ["doctor"],
            ["apply", str(plan), "--format", "markdown"],
            ["apply", str(plan)],
            ["apply", "--auto-approve", "--allow-field-loss"],
        ):
            shows_nothing_evil(workshop.run(url, *command))
        on_a_terminal(plan.read_text())


@pytest.mark.parametrize("words", WORST)
@pytest.mark.parametrize("field", ["scope", "workspace", "digest", "base_url"])
def test_a_plan_that_says_such_things(workshop: Workshop, words: str, field: str) -> None:
    """A plan file that was made for another place, or altered, is refused in one line, whatever it says there."""
    plan = workshop.root / "plan.json"
    with impostor(lambda _: Said()) as server:
        url = f"{server.url}/api/v1"
        workshop.run(url, "plan", "--out", str(plan))
        value = json.loads(plan.read_text())
        place = value["api"] if field == "base_url" else value
        assert field in place
        place[field] = words
        plan.write_text(json.dumps(value))
        done = workshop.run(url, "apply", str(plan))

    shows_nothing_evil(done)
    assert 1 == done.code


@pytest.mark.parametrize("words", WORST)
def test_a_refusal_that_says_such_things(workshop: Workshop, words: str) -> None:
    """The words of a refusal are shown on one line."""
    refusal = Said(403, {"request_id": words, "error": {"code": words, "message": words}})
    with impostor(lambda _: refusal) as server:
        for command in (["plan"], ["status", "--format", "json"], ["doctor"]):
            shows_nothing_evil(workshop.run(f"{server.url}/api/v1", *command))


@pytest.mark.parametrize("words", WORST)
def test_files_that_say_such_things(workshop: Workshop, words: str) -> None:
    """Every command shows what a pull request wrote without obeying it: in values, in names of fields, in plans."""
    quoted = json.dumps(words)
    files = {
        "rules/save.yaml": f"nickname: {quoted}\n{quoted}: {quoted}\ntrigger: {{type: {quoted}}}\nsteps: {quoted}\n",
        "rules/more.yaml": f"# {words.encode('utf-8', 'replace').decode()}\nnickname: {quoted}\n",
        "rulesync.yaml": f"scope: {quoted}\n{quoted}: 1\naccounts: {{{quoted}: {{name: {quoted}}}}}\nrules: {quoted}\n",
        "plan.json": json.dumps({"format_version": "1.0", "scope": words, "accounts": {words: 1}, words: words}),
    }
    with impostor(lambda _: Said()) as server:
        url = f"{server.url}/api/v1"
        for name, text in files.items():
            (workshop.root / name).write_text(text, encoding="utf-8")
            for command in (
                ["validate"],
                ["validate", "--format", "json"],
                ["validate", "--format", "sarif"],
                ["validate", "--format", "junit"],
                ["plan"],
                ["apply", str(workshop.root / "plan.json")],
            ):
                if (workshop.root / command[-1]).suffix != ".json" or name == "plan.json":
                    shows_nothing_evil(workshop.run(url, *command))


@pytest.mark.parametrize("words", [EVIL[0], EVIL[4], EVIL[7], EVIL[9]])
def test_names_on_the_command_line(workshop: Workshop, tmp_path: Path, words: str) -> None:
    """What stands in an argument, which may come from the name of a branch, is repeated harmlessly."""
    lines = (
        [words],
        ["plan", words],
        ["plan", "--target", words],
        ["--workspace", words, "plan"],
        ["--config", words, "plan"],
        ["plan", "--out", str(tmp_path / "no" / words)],
        ["plan", "--write", words],
        ["apply", words],
        ["-C", words, "status"],
    )
    with impostor(lambda _: Said()) as server:
        for arguments in lines:
            shows_nothing_evil(workshop.run(f"{server.url}/api/v1", *arguments))
