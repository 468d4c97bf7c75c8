"""Checks of when rules run: schedules that mean another day than people think, and what has no value on a schedule."""

from collections.abc import Iterator
from dataclasses import replace

from rulesync.english import ordinal
from rulesync.findings import Severity
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.fields import UNKNOWN, actions, comparisons, told
from rulesync.rule import Base, Fact, ManualTrigger, Percentage, Rule, Schedule, ScheduledTrigger, ValueFact
from rulesync.ruleset import DesiredRule

_START: Path = ("trigger", "start_date")
_TYPE: Path = ("trigger", "schedule_type")
_TWICE_A_MONTH = frozenset({1, 15})
_IN_EVERY_MONTH = 28
_CALLED = "`EVERY_OTHER_WEEK` is every other week"


def no_deposit(scene: Scene) -> Iterator[Remark]:
    """Remark on the deposit in rules that run by the calendar, where there is none."""
    for each, _ in _scheduled(scene):
        for path, share in _deposits(each.rule):
            advice = "use the balance: `percentage_target: SOURCE_ACCOUNT`" if share else "compare the `BALANCE`"
            message = "a rule that runs by the calendar has no deposit"
            yield Remark(each.key, message, path, f"{advice}, or let the rule run `ON_FUNDS_TRANSFERRED`")


def deposit_by_hand(scene: Scene) -> Iterator[Remark]:
    """Remark on the deposit in rules that are run by hand, once for each rule."""
    for each in scene.rules:
        found = next(_deposits(each.rule), None) if isinstance(each.rule.trigger, ManualTrigger) else None
        if found:
            message = "run by hand, this rule has a deposit only if an amount is given"
            yield Remark(each.key, message, found[0], "give an amount whenever you run it, or use the balance")


def _deposits(rule: Rule) -> Iterator[tuple[Path, bool]]:
    """Yield where a rule speaks of a deposit, and whether it takes a share of it."""
    for path, what in comparisons(rule):
        if what.fact is Fact.TRANSFER_AMOUNT:
            yield (*path, "fact"), False
        elif what.value_fact is ValueFact.TRANSFER_AMOUNT:
            yield (*path, "value_fact"), False
    for path, action in actions(rule):
        if isinstance(action.amount, Percentage) and action.amount.base is Base.INCOMING_AMOUNT:
            yield (*path, "percentage_target"), True


def scheduled_source(scene: Scene) -> Iterator[Remark]:
    """Remark on sources that are not the account of the schedule, each once for each rule."""
    for each, trigger in _scheduled(scene):
        home = trigger.account_id
        seen: set[str] = set()
        for path, action in actions(each.rule):
            source = action.source.id
            if home is None or source in {home, *seen} or UNKNOWN in {home[:1], source[:1]}:
                continue
            seen.add(source)
            voice = replace(told(scene, each.rule), home=None)
            message = f"the money comes from {voice.account(source)}, and the schedule names {voice.account(home)}"
            advice = "by one of the vendor's texts they must be one account: make a rule for each source"
            yield Remark(each.key, message, (*path, "source"), advice)


def past_start(scene: Scene) -> Iterator[Remark]:
    """Remark on rules that were to run once, at a moment that has passed."""
    for each, trigger in _scheduled(scene, Schedule.ONE_TIME):
        if trigger.start < scene.now:
            message = f"this rule runs once, and {trigger.start:%Y-%m-%d %H:%M} UTC has passed"
            yield Remark(each.key, message, _START, "give it a new start; or remove the rule, if it has done its work")


def bi_weekly(scene: Scene) -> Iterator[Remark]:
    """Remark on what `BI_WEEKLY` means, where nothing suggests that it is meant otherwise."""
    for each, trigger in _scheduled(scene, Schedule.BI_WEEKLY):
        if trigger.start.day in _TWICE_A_MONTH:
            yield Remark(each.key, "`BI_WEEKLY` is the 1st and the 15th of each month", _TYPE, _CALLED)


def bi_weekly_start(scene: Scene) -> Iterator[Remark]:
    """Remark on `BI_WEEKLY` from a day on which such a rule does not run."""
    for each, trigger in _scheduled(scene, Schedule.BI_WEEKLY):
        if trigger.start.day not in _TWICE_A_MONTH:
            message = f"`BI_WEEKLY` is the 1st and the 15th of each month, and this starts on the {_day(trigger)}"
            yield Remark(
                each.key, message, _TYPE, f"{_CALLED}; if the 1st and the 15th are meant, start on one of them"
            )


def odd_week(scene: Scene) -> Iterator[Remark]:
    """Remark on every other week from a week in which such a rule does not run."""
    for each, trigger in _scheduled(scene, Schedule.EVERY_OTHER_WEEK):
        week = trigger.start.isocalendar().week
        if week % 2:
            message = f"`EVERY_OTHER_WEEK` runs in even weeks of the year (ISO), and this starts in week {week}"
            yield Remark(each.key, message, _START, "expect the first run a week later, or start in an even week")


def late_start_day(scene: Scene) -> Iterator[Remark]:
    """Remark on a day of the month that some months lack."""
    for each, trigger in _scheduled(scene, Schedule.MONTHLY):
        if trigger.start.day > _IN_EVERY_MONTH:
            message = f"not every month has a {_day(trigger)}"
            advice = f"start on the {ordinal(_IN_EVERY_MONTH)} or before: nobody says what happens in shorter months"
            yield Remark(each.key, message, _START, advice)


def _scheduled(scene: Scene, schedule: Schedule | None = None) -> Iterator[tuple[DesiredRule, ScheduledTrigger]]:
    """Yield the rules that run by the calendar, or by one schedule of it."""
    for each in scene.rules:
        trigger = each.rule.trigger
        if isinstance(trigger, ScheduledTrigger) and schedule in {None, trigger.schedule}:
            yield each, trigger


def _day(trigger: ScheduledTrigger) -> str:
    return ordinal(trigger.start.day)


CHECKS: tuple[Check, ...] = (
    Check("no-deposit", Severity.ERROR, no_deposit),
    Check("deposit-by-hand", Severity.INFO, deposit_by_hand),
    Check("scheduled-source", Severity.WARNING, scheduled_source),
    Check("past-start", Severity.WARNING, past_start),
    Check("bi-weekly", Severity.INFO, bi_weekly),
    Check("bi-weekly-start", Severity.WARNING, bi_weekly_start),
    Check("odd-week", Severity.INFO, odd_week),
    Check("late-start-day", Severity.WARNING, late_start_day),
)
