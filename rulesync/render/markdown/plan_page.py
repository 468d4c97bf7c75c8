"""A plan as Markdown, made for a comment on a pull request: what decides first, and everything else folded away."""

from collections.abc import Iterator, Sequence

from rulesync.planjson import PlanJson, ResourceJson
from rulesync.render import view
from rulesync.render.attributes import Line
from rulesync.render.lately import urgency
from rulesync.render.markdown import mermaid, pieces
from rulesync.render.markdown.environment import made
from rulesync.render.markdown.fitting import Item, Page, Part
from rulesync.render.markdown.pieces import Rank
from rulesync.render.plan_view import MOST_EDITS, PlanView, is_live, name, operation, plan_view, some, written
from rulesync.render.view import Block, Link, is_enabled

MOST_LINES = 40  # in one fold
_TEMPLATE = "plan"
_NOT_YET = "the report of the apply has its link"
_LATER = "After the apply, these wait for a person:"
_SIGNS = "+~-"


def page(value: PlanJson, *, alone: bool = True, link: str | None = None) -> Page:
    """Return a plan; one that is not `alone` has no heading of its own."""
    told = plan_view(value)
    parts = [
        *pieces.dangers("Look twice", told.dangers),
        *pieces.errors(told.errors),
        *_costs(value, told),
        *_counts(value, told),
        *_changes(value, told),
        *mermaid.parts(value["resource_changes"], value["accounts"]),
        *pieces.links(view.waiting_title(told.waiting), told.waiting),
        *pieces.links(_LATER, _later(value), Rank.LATER, "where, after the apply", "later link"),
        *_untouched(value, told),
        *pieces.remarks(told.remarks),
        *pieces.listed("Put off until the rule's next real change:", told.deferred, "deferred change", Rank.DEFERRED),
        *pieces.listed("To know:", [*told.notes, *filter(None, [told.hints])], "note", Rank.NOTES),
    ]
    top = pieces.top(_TEMPLATE if alone else "", told.place, told=told)
    return Page(top, tuple(parts), _end(value, link))


def _end(value: PlanJson, link: str | None) -> str:
    """Return the line at the end: which plan this is, of which commit, and when it was made."""
    digest = "" if value["errored"] else value["digest"]  # of what was seen; nobody can have that carried out
    facts = [("plan", digest), ("commit", value["commit"] or "")]
    return pieces.footer(facts, link, pieces.moment(value["timestamp"]), f"rulesync {value['rulesync_version']}")


def _counts(plan: PlanJson, told: PlanView) -> list[Part]:
    """Return how much is to be done; where nothing at all could be seen, zeros would say that there is nothing."""
    is_blind = plan["errored"] and not plan["resource_changes"]
    return [] if is_blind else [Part(made(_TEMPLATE, "summary", words=told.summary))]


def _costs(plan: PlanJson, told: PlanView) -> list[Part]:
    """Return what being off costs, the most urgent first, for what comes last goes first where there is no room."""
    pairs = [(urgency(change), block) for change, block in zip(written(plan), told.blocks, strict=True) if block.cost]
    items = tuple(Item(made(_TEMPLATE, "cost", block=each)) for _, each in sorted(pairs, key=lambda pair: pair[0]))
    head = made("pieces", "title", words="What being off costs")
    return [Part(head, items, "\n", noun="cost", rank=Rank.COSTS, share=0.5)] if items else []


# Changes


def _changes(plan: PlanJson, told: PlanView) -> list[Part]:
    pairs = list(zip(written(plan), told.blocks, strict=True))
    items = tuple(_change(change, block) for change, block in pairs)
    legend = [each for each in told.legend if each[0] in _SIGNS]
    head = made("pieces", "title", words="Changes") + made(_TEMPLATE, "legend", signs=legend)
    return [folds(head, items, "change")] if items else []


def folds(head: str, items: tuple[Item, ...], noun: str) -> Part:
    """Return items that are lines, each with more folded away in it."""
    return Part(head, items, "\n", noun=noun, rank=Rank.CHANGES, whole_rank=Rank.FOLDS, share=0.6)


def _change(change: ResourceJson, block: Block) -> Item:
    doing = operation(change)
    mark = ""
    if change["pauses"] and doing == "update":
        mark = "live, goes off"
    elif doing == "delete" and is_live(change):
        mark = "live"
    sides = [("Before", change["sentence_before"]), ("After", change["sentence_after"])]
    return folded(block, sides, [view.one_line(line) for line in block.lines], mark)


def folded(
    block: Block, sides: Sequence[tuple[str, str | None]], lines: Sequence[str], mark: str = "", otherwise: str = ""
) -> Item:
    """Return a rule as a line, with both of its sides in plain English and all that differs folded away.

    The line says what differs; where that is no list, `otherwise`, or the one side that there is.
    """
    words = some(lines, MOST_EDITS, "; ") or otherwise or next((said for _, said in sides if said), "")
    whole = made(
        _TEMPLATE,
        "whole_change",
        block=block,
        mark=mark,
        words=words,
        sides=_told_once([(title, said) for title, said in sides if said]),
        lines=lines[:MOST_LINES],
        more=max(0, len(lines) - MOST_LINES),
    )
    return Item(made(_TEMPLATE, "change", block=block, mark=mark, words=words), whole)


def _told_once(sides: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Return the sides, or one where they read the same: a change of a name, or of what no sentence tells."""
    same = len(sides) > 1 and len({said for _, said in sides}) == 1
    return [("The rule", sides[0][1])] if same else sides


def _later(plan: PlanJson) -> list[Link]:
    """Return the rules that will wait for a person once this is applied, and where, as far as that is known."""
    return [
        Link(name(change), change["review_url"] or _NOT_YET)
        for change in written(plan)
        if operation(change) != "delete" and is_enabled(change["change"]["after"])
    ]


# What stays


def _untouched(plan: PlanJson, told: PlanView) -> list[Part]:
    counts = {"changed in the app": len(told.drift), "gone from Git": len(told.orphans)}
    counts["not managed here"] = plan["summary"]["unmanaged"]
    parts = [told.unchanged.rstrip("."), *(f"{number} {what}" for what, number in counts.items() if number)]
    title = f"Not touched: {', '.join(filter(None, parts))}"
    if not (told.drift or told.orphans):
        return pieces.paragraph(" ".join(filter(None, [told.unchanged, told.unmanaged])))
    return pieces.rows(title, ("what", "rule", ""), list(_rows(told)), "row", Rank.UNTOUCHED)


def _rows(told: PlanView) -> Iterator[tuple[str, str, str]]:
    for block in told.drift:
        yield "changed in the app, left as it is", block.name, "; ".join([block.reason, *_sides(block.lines)])
    for orphan in told.orphans:
        yield "its key is gone from Git", orphan, "`--prune` would delete it"
    if told.unmanaged:
        yield "not managed here", told.unmanaged, ""


def _sides(lines: Sequence[Line]) -> list[str]:
    return [some([view.two_sides(line) for line in lines], MOST_EDITS, "; ")] if lines else []
