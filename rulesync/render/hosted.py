"""What is said around a plan, a report or drift where it stands on GitHub, to people who have no rulesync."""

from typing import Literal

Kind = Literal["plan", "apply"]

_FAILED: dict[Kind, str] = {
    "plan": (
        "**The plan could not be made.** Nothing is known of what merging this would do to the rules in the app, and "
        "where a review is asked for, merging it applies nothing."
    ),
    "apply": "**This could not be applied.** What was written, if anything, is not known.",
}
_AFTER_PLAN = (
    "this very plan is carried out and no other: if anything moves before that, nothing is written until somebody has "
    "looked again. A rule that is written stays off until a person switches it on."
)
_ELSEWHERE = (
    "This pull request is not for the branch that is applied: merging it carries nothing out. This is what would be "
    "done if its rules reached that branch as they are."
)
_REFUSED = "As it is, merging this applies nothing: what forbids the plan has to be put right before."
_AFTER_DRIFT = (
    "rulesync keeps this issue: it closes it when the app and Git agree again. Close it as *not planned*, and it stays "
    "closed until something else drifts."
)
_AGREED = "**Nothing drifts any more.** The rules in the app are what Git wants."


def failed(kind: Kind, run_url: str | None) -> str:
    """Return what is said where there is no text of the tool's own."""
    where = f"Why stands in the log of [the run]({run_url})." if run_url else "Why stands in the log of the run."
    return f"{_FAILED[kind]}\n\n{where}\n"


def plan(markdown: str, *, head: str | None, is_applied: bool, writes: bool, refused: bool) -> str:
    """Return a plan with what merging it means, at the commit `head`: where it would write anything, or is refused."""
    merged = f"When this is merged at {head}, " if head else "When this is merged, "
    meaning = _REFUSED if refused else (merged + _AFTER_PLAN if is_applied else _ELSEWHERE) if writes else ""
    return f"{markdown.rstrip()}\n\n{meaning}\n" if meaning else markdown


def drift(markdown: str) -> str:
    """Return what drifted, with what becomes of the issue."""
    return f"{markdown.rstrip()}\n\n{_AFTER_DRIFT}\n"


def agreed(run_url: str | None) -> str:
    """Return what an issue says when it is closed."""
    return f"{_AGREED}\n" + (f"\nSeen by [this run]({run_url}).\n" if run_url else "")


def title(workspace: str | None, drifted: int) -> str:
    """Return the title of the issue: of which workspace, and how many rules."""
    of = f" of `{workspace}`" if workspace else ""
    if not drifted:
        return f"Rules{of}: nothing drifts any more"
    rules = "1 rule is" if drifted == 1 else f"{drifted} rules are"
    return f"Rules{of}: {rules} not what Git wants"
