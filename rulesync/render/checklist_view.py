"""A plan as steps for a person in the app: what to open, what to type, and what to switch on or off.

Laws: what is to be typed is told whole, never shortened; who did every step has made the very rules that Git wants, so
that the next plan finds nothing to do. A rule that is made or changed in the app is bound by its marker line, as one
that rulesync wrote; who leaves that line out is asked by the next plan which rule is meant, and nothing is made twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rulesync import english
from rulesync.findings import Finding, Severity
from rulesync.ownership import Marker, digest, join
from rulesync.planjson import FORMAT_VERSION, FindingJson, PlanJson, ResourceJson
from rulesync.render import view
from rulesync.render.changes import lines
from rulesync.render.plan_view import operation, written
from rulesync.render.screen import Page
from rulesync.render.view import is_enabled, plural
from rulesync.rule import Rule, Step
from rulesync.wire import v1

_BY_A_PERSON = frozenset({"field-loss"})  # a person changes a field, and replaces no rule
_NEW = "look whether the app has it already; if so, leave it, and run `rulesync adopt {key} --id …` with its id"
_TITLES = {"create": "Make a rule", "update": "Change a rule", "delete": "Delete a rule", "enable": "Switch a rule on"}
_WHY = {
    "app": "the app changed it since the last apply; this puts Git's version back",
    "both": "Git and the app both changed it; this puts Git's version in place of the app's",
}
_ON = "switch it on, once all of it is so"
_TRIGGER = "trigger"
_TYPED = frozenset({"status", "description", "nickname"})  # told otherwise than as a difference


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do, and the lines to type as they stand, if any."""

    words: str
    copy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """All that is to be done about one rule, and where; `rule` is as it is afterwards, in v1's spelling."""

    operation: str
    key: str
    id: str | None
    nickname: str | None
    url: str
    why: str
    items: tuple[Item, ...]
    rule: Mapping[str, object] | None = None

    @property
    def title(self) -> str:
        """What is to be done, and with which rule."""
        return f"{_TITLES[self.operation]}: {view.name(self.key, self.nickname)}"


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """A checklist from top to bottom; `errors` forbid all of it, and there are no tasks then."""

    verdict: str
    place: str
    errors: tuple[Finding, ...]
    tasks: tuple[Task, ...]
    orphans: str
    remarks: tuple[Finding, ...]
    end: str


def checklist_view(plan: PlanJson, app_url: str) -> ChecklistView:
    """Return the steps of a plan; `app_url` is where the app is."""
    told = [each for each in plan["findings"] if each["check"] not in _BY_A_PERSON]
    errors = view.findings(told, Severity.ERROR)
    tasks = () if errors or plan["errored"] else tuple(_tasks(plan, app_url))
    return ChecklistView(
        verdict=_verdict(plan, errors, tasks),
        place=view.place(plan),
        errors=errors,
        tasks=tasks,
        orphans=_orphans(plan),
        remarks=(*view.findings(told, Severity.WARNING), *view.unseen(plan)),
        end="Then run `rulesync plan`: it has nothing to do if everything was done as it stands here." if tasks else "",
    )


def _verdict(plan: PlanJson, errors: tuple[Finding, ...], tasks: tuple[Task, ...]) -> str:
    if plan["errored"]:
        return "Nothing is to be done yet: not everything could be read."
    if errors:
        are = "error is" if len(errors) == 1 else "errors are"
        return f"Nothing is to be done before {len(errors)} {are} put right."
    part = "" if plan["complete"] else " Only the rules that were asked for are in this list."
    if not tasks:
        return f"Nothing is to be done in the app. It holds what Git wants.{part}"
    return f"{plural(len(tasks), 'thing')} to do in the app.{part}"


def _orphans(plan: PlanJson) -> str:
    deleted = {each["id"] for each in written(plan) if operation(each) == "delete"}
    left = [view.name(each["key"], each["nickname"]) for each in plan["orphans"] if each["id"] not in deleted]
    return f"Gone from Git, and deleting them is in this list with `--prune`: {', '.join(left)}" if left else ""


# Tasks


def _tasks(plan: PlanJson, app_url: str) -> Iterator[Task]:
    for change in written(plan):
        match operation(change):
            case "create":
                yield _create(change, plan, app_url)
            case "update":
                yield _update(change, plan)
            case _:
                yield _task("delete", change, (Item("delete the rule"),))
    for waiting in plan["awaiting_enable"]:
        items = (Item("switch it on"),)
        yield Task("enable", waiting["key"], waiting["id"], waiting["nickname"], waiting["review_url"], "", items)


def _task(doing: str, change: ResourceJson, items: tuple[Item, ...], rule: Mapping[str, object] | None = None) -> Task:
    url = (change["review_url"] or "").partition("?")[0]
    why = _WHY.get(change["origin"] or "", "")
    return Task(doing, change["name"], change["id"], change["nickname"], url, why, items, rule)


def _create(change: ResourceJson, plan: PlanJson, app_url: str) -> Task:
    rule, marker = _after(change), _marker(change, plan)
    nickname = (
        Item("give it this name", (rule.nickname,)) if rule.nickname else Item("give it any name; Git asks for none")
    )
    items = [Item(_NEW.format(key=change["name"])), nickname, *_rule_items(rule, plan["accounts"])]
    items.append(Item("write this description; the last line says whose rule it is", _description(rule, marker)))
    items.append(Item(_ON if is_enabled(change["change"]["after"]) else "leave it off"))
    return Task(
        "create", change["name"], None, change["nickname"], f"{app_url}/map", "", tuple(items), _whole(change, marker)
    )


def _rule_items(rule: Rule, names: Mapping[str, str]) -> Iterator[Item]:
    """Yield what the rule does, its steps one by one; they are alternatives."""
    told = english.voice(rule, names)
    yield Item(f"let it run: {english.trigger(rule.trigger, told)}")
    for number, step in enumerate(rule.steps, 1):
        words = english.step_words(step, told) if isinstance(step, Step) else step.json
        lead = "" if len(rule.steps) == 1 else f"step {number}{'' if number == 1 else ', otherwise'}: "
        yield Item(f"{lead}{words}")


def _update(change: ResourceJson, plan: PlanJson) -> Task:
    marker, rule = _marker(change, plan), _after(change)
    shown = [line for line in lines(change, plan["accounts"]) if line.where not in _TYPED]
    wanted, live = is_enabled(change["change"]["after"]), is_enabled(change["change"]["before"])
    items = [Item("switch it off")] if live and not wanted else []  # first: no half of an edit is to move money
    items += [Item(view.one_line(line)) for line in shown]
    changed = {field["path"] for field in change["fields"]}
    if any(line.where == _TRIGGER for line in shown):
        items.append(Item("if the app keeps the trigger as it is, delete the rule and run `rulesync checklist` again"))
    if shown:
        items.append(Item(f"see that it does this now: {change['sentence_after']}"))
    if "nickname" in changed:
        items.append(Item("name it", (rule.nickname or "",)))
    items += _description_items(change, rule, marker)
    if wanted:
        items.append(Item("see that it is still on" if live else _ON))
    return _task("update", change, tuple(items), _whole(change, marker))


def _description_items(change: ResourceJson, rule: Rule, marker: Marker) -> Iterator[Item]:
    """Yield what becomes of the description, whose last line remembers what Git wanted of the rule."""
    if "description" in {field["path"] for field in change["fields"]}:
        yield Item("make this its description; the last line says whose rule it is", _description(rule, marker))
    elif change["prior"] is None or change["prior"]["marker"] != str(marker):
        words = "make this the last line of its description, in place of any such line that is there"
        yield Item(words, (str(marker),))


def _after(change: ResourceJson) -> Rule:
    return v1.decode(change["change"]["after"]).rule


def _marker(change: ResourceJson, plan: PlanJson) -> Marker:
    return Marker(plan["scope"], change["name"], digest(_after(change)))


def _description(rule: Rule, marker: Marker) -> tuple[str, ...]:
    return tuple(join(rule.description.raw if rule.description else None, marker).splitlines())


def _whole(change: ResourceJson, marker: Marker) -> Mapping[str, object]:
    return {**(change["change"]["after"] or {}), "description": "\n".join(_description(_after(change), marker))}


# As text and as JSON


def text(plan: PlanJson, app_url: str, *, color: bool, width: int = 100) -> str:
    """Return the checklist for a terminal, each task under its number."""
    told, page = checklist_view(plan, app_url), Page(color, width)
    page.put(told.verdict, "bold")
    page.put(told.place, "dim")
    for found in told.errors:
        _finding(page, found, "red")
    for number, task in enumerate(told.tasks, 1):
        page.gap()
        page.whole(f"{number}. {task.title}", "bold")
        page.whole(f"   {task.url}")
        if task.why:
            page.put(task.why, "yellow", indent=3)
        for item in task.items:
            page.put(f"[ ] {item.words}" + (":" if item.copy else ""), indent=3, hang=4)
            for line in item.copy:
                page.whole(f"         {line}")
    for found in told.remarks:
        _finding(page, found, "yellow")
    for words in (told.orphans, told.end):
        if words:
            page.gap()
            page.put(words)
    return page.text()


def _finding(page: Page, found: Finding, style: str) -> None:
    page.gap()
    place = f", at {found.location}" if found.location else ""
    page.put(f"{found.severity}: {found.message}{place}", style)
    if found.help:
        page.put(f"= help: {found.help}", indent=2, hang=2)


def checklist_json(plan: PlanJson, app_url: str) -> dict[str, object]:
    """Return the checklist as JSON: each task with its items, and the rule as it is afterwards, marker and all."""
    told = checklist_view(plan, app_url)
    header = ("rulesync_version", "timestamp", "workspace", "scope", "api", "errored", "complete", "digest")
    findings: list[FindingJson] = [each for each in plan["findings"] if each["check"] not in _BY_A_PERSON]
    return {
        "format_version": FORMAT_VERSION,
        **{name: plan[name] for name in header},  # type: ignore[literal-required]  # names of it
        "steps": [
            {
                "number": number,
                "operation": task.operation,
                "key": task.key,
                "id": task.id,
                "nickname": task.nickname,
                "url": task.url,
                "why": task.why or None,
                "items": [{"do": item.words, "copy": "\n".join(item.copy) or None} for item in task.items],
                "rule": task.rule,
            }
            for number, task in enumerate(told.tasks, 1)
        ],
        "orphans": plan["orphans"],
        "findings": findings,
    }
