"""Checks of conditions: what can never hold, what always does, and steps that nothing is left for."""

from collections.abc import Iterator, Sequence

from rulesync.findings import Severity
from rulesync.lint.check import Check, Path, Remark, Scene
from rulesync.lint.fields import comparisons, parts, steps, told, words
from rulesync.lint.intervals import Cases, cases
from rulesync.rule import Comparison, Condition, Fact, Opaque, Rule, Step, Trigger, ValueFact

Found = tuple[Path, Condition]


def unreachable_step(scene: Scene) -> Iterator[Remark]:
    """Remark on steps that never run, because one before them always does when they could."""
    for each in scene.rules:
        for index, reason in _unreachable(scene, each.rule):
            message = f"step {index + 1} is never reached: {reason}"
            advice = "put the narrower conditions first, or remove the step"
            yield Remark(each.key, message, ("steps", index), advice)


def _unreachable(scene: Scene, rule: Rule) -> Iterator[tuple[int, str]]:
    """Yield the steps that are never reached, and why; where cases are too many, only what follows a catch-all."""
    known = {index: step for index, step in enumerate(rule.steps) if isinstance(step, Step)}
    seen = _cases(scene, [step.condition for step in known.values()], rule.trigger)
    catch_all = next((index for index, step in known.items() if step.condition is None), None)
    earlier: dict[int, int] = {}
    taken = 0
    for index, step in known.items():
        holds = seen.of(step.condition) if seen else None
        if catch_all is not None and index > catch_all:
            yield index, f"step {catch_all + 1} has no conditions, so it runs in every case that is left"
        elif holds and not holds & ~taken:
            alone = next((number for number, mask in earlier.items() if not holds & ~mask), None)
            yield index, _why(alone)
        if holds is not None:
            earlier[index] = holds
            taken |= holds


def _cases(scene: Scene, conditions: Sequence[Condition | None], trigger: Trigger) -> Cases | None:
    """Return the cases of conditions of one rule, worked out once for all checks that ask."""
    given = [condition for condition in conditions if condition is not None]
    name = (id(trigger), *map(id, given))
    if name not in scene.memo:
        scene.memo[name] = cases(given, trigger)
    found = scene.memo[name]
    return found if isinstance(found, Cases) else None


def _why(alone: int | None) -> str:
    if alone is None:
        return "in each case in which it could run, one of the steps before it does"
    return f"step {alone + 1} runs in every case in which it could"


def never_holds(scene: Scene) -> Iterator[Remark]:
    """Remark on conditions that hold in no case."""
    for key, path, what, rule, step in _extreme(scene, always=False):
        whole = path == ("steps", step, "conditions")
        advice = f"step {step + 1} never runs: correct the condition, or remove the step"
        yield Remark(
            key,
            f"this can never hold{words(what, told(scene, rule))}",
            _place(path, what),
            advice if whole else "correct it, or leave it out",
        )


def always_holds(scene: Scene) -> Iterator[Remark]:
    """Remark on conditions that hold in every case."""
    for key, path, what, rule, _ in _extreme(scene, always=True):
        message = f"this always holds{words(what, told(scene, rule))}"
        yield Remark(
            key, message, _place(path, what), "leave it out, or correct it; a step without conditions always runs"
        )


def _extreme(scene: Scene, *, always: bool) -> Iterator[tuple[str, Path, Condition, Rule, int]]:
    """Yield the smallest conditions that hold in every case, or in none, each with its rule and its step."""
    for each in scene.rules:
        for path, step in steps(each.rule):
            seen = _cases(scene, [step.condition], each.rule.trigger) if step.condition is not None else None
            if step.condition is None or seen is None:
                continue
            _, found = _looked((*path, "conditions"), step.condition, seen, seen.all if always else 0)
            for inner, what in found:
                yield each.key, inner, what, each.rule, int(path[1])


def _looked(path: Path, what: Condition, seen: Cases, wanted: int) -> tuple[int, list[Found]]:
    """Return the cases in which a condition holds, and the smallest parts of it that hold in the wanted ones."""
    inside = [_looked(inner_path, inner, seen, wanted) for inner_path, inner in parts(path, what)]
    found = [each for _, within in inside for each in within]
    holds = seen.joined(what, [mask for mask, _ in inside])
    return holds, [(path, what)] if holds == wanted and not found else found


def _place(path: Path, what: Condition) -> Path:
    return (*path, "condition") if isinstance(what, Comparison) else path


def balance_of_nothing(scene: Scene) -> Iterator[Remark]:
    """Remark on balances of no account: neither the comparison names one, nor the trigger."""
    for each in scene.rules:
        trigger = each.rule.trigger
        if isinstance(trigger, Opaque) or trigger.account_id:
            continue
        for path, what in comparisons(each.rule):
            side = _balance(what)
            if side and not what.account_id:
                advice = "write `params: {account: …}` under the comparison, or give the trigger an `account`"
                yield Remark(each.key, "nobody says whose balance is meant", (*path, side), advice)


def incomparable(scene: Scene) -> Iterator[Remark]:
    """Remark on a day of the month that is held against money, or the reverse."""
    for each in scene.rules:
        for path, what in comparisons(each.rule):
            if what.value_fact is not None and (what.fact is Fact.DATE) is not (what.value_fact in _DAYS):
                message = f"{what.fact.value} is compared with {what.value_fact.value}, which is {_OTHER[what.fact]}"
                yield Remark(each.key, message, (*path, "value_fact"), _COMPARE[what.fact])


_DAYS = {ValueFact.DATE, ValueFact.LAST_DAY_OF_MONTH}
_OTHER = {Fact.DATE: "money", Fact.BALANCE: "no money", Fact.TRANSFER_AMOUNT: "no money"}
_AMOUNTS = "write an amount, `value: $500.00`, or another amount of the API's; for a day, compare the `DATE`"
_COMPARE = {
    Fact.DATE: "write a day, `value: 15` or `value_fact: LAST_DAY_OF_MONTH`; for money, compare the `BALANCE`",
    Fact.BALANCE: _AMOUNTS,
    Fact.TRANSFER_AMOUNT: _AMOUNTS,
}


def _balance(what: Comparison) -> str | None:
    """Return the side of a comparison that is a balance."""
    if what.fact is Fact.BALANCE:
        return "fact"
    return "value_fact" if what.value_fact is ValueFact.BALANCE else None


CHECKS: tuple[Check, ...] = (
    Check("unreachable-step", Severity.WARNING, unreachable_step),
    Check("never-holds", Severity.WARNING, never_holds),
    Check("always-holds", Severity.WARNING, always_holds),
    Check("balance-of-nothing", Severity.ERROR, balance_of_nothing),
    Check("incomparable", Severity.ERROR, incomparable),
)
