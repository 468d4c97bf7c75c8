"""Numbers of templates: exact money and exact numbers, and what may be done with them.

Law: nothing is rounded that nobody asked to round. Money goes with money; what is not whole cents, or has no end as a
decimal, can be computed with and cannot be written.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from rulesync.findings import did_you_mean
from rulesync.money import format_cents, parse_dollars
from rulesync.template.refusal import RefusedError

_LARGEST = 10**18
_MOST_DECIMALS = 9
_LARGEST_POWER = 32
_ROUNDINGS = {"down": ROUND_FLOOR, "up": ROUND_CEILING, "half-up": ROUND_HALF_UP, "half-even": ROUND_HALF_EVEN}

Number = int | Fraction


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """An amount in cents, which need not be whole as long as nobody writes it."""

    cents: Fraction

    def __eq__(self, other: object) -> bool:
        return self.cents == self._same(other, "compared")

    def __lt__(self, other: object) -> bool:
        return self.cents < self._same(other, "compared")

    def __le__(self, other: object) -> bool:
        return self.cents <= self._same(other, "compared")

    def __gt__(self, other: object) -> bool:
        return self.cents > self._same(other, "compared")

    def __ge__(self, other: object) -> bool:
        return self.cents >= self._same(other, "compared")

    def __hash__(self) -> int:
        return hash(self.cents)

    def __bool__(self) -> bool:
        return bool(self.cents)

    def _same(self, other: object, done: str) -> Fraction:
        value = exact(other)
        if not isinstance(value, Money):
            raise _unlike(self, value, done)
        return value.cents

    def __str__(self) -> str:
        """Return the amount as a rule file takes it; without commas, which would end a value inside of `{…}`."""
        if self.cents.denominator != 1:
            advice = "name a rounding: `| round('down')`, `'up'`, `'half-up'` or `'half-even'`, or use `split(…)`"
            raise RefusedError(f"{shown(self)} is not whole cents", advice)
        if self.cents < 0:
            raise RefusedError(f"{shown(self)} is less than nothing", "an amount in a rule is $0.00 or more")
        return format_cents(int(self.cents)).replace(",", "")


def exact(value: object) -> object:
    """Return a value with its numbers exact: `$5.00` is money, and a float is the decimal that was written."""
    match value:
        case bool():
            return value
        case float() | Decimal():
            return decimal(str(value))
        case str() if value.strip().startswith("$"):
            try:
                return Money(Fraction(parse_dollars(value)))
            except ValueError:
                return value
        case _:
            return value


def known(value: object) -> object:
    """Return a value from a file for use in templates, exact throughout."""
    match value:
        case Mapping():
            return {str(name): known(inner) for name, inner in value.items()}
        case list() | tuple():
            return [known(inner) for inner in value]
        case _:
            return exact(value)


def decimal(text: str) -> Number:
    """Return the number that a decimal says, exactly."""
    return _plain(_fraction(text))


def _fraction(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, OverflowError):
        raise RefusedError(f"`{text}` is no number that can be computed with") from None


def _plain(value: Fraction) -> Number:
    return int(value) if value.denominator == 1 else value


def written(value: Number) -> str:
    """Return a number as a rule file takes it."""
    number = Fraction(value)
    scaled = number * 10**_MOST_DECIMALS
    if scaled.denominator != 1:
        advice = "name a rounding, and to what: `| round('down', 0.01)`"
        raise RefusedError(f"{shown(value)} has no end as a decimal", advice)
    if number.denominator == 1:
        return str(int(number))
    with localcontext() as context:
        context.prec = 60
        return f"{(Decimal(int(scaled)) / 10**_MOST_DECIMALS).normalize():f}"


def shown(value: object) -> str:
    """Return a value for a message: money and numbers as people write them, cut where they have no end."""
    match value:
        case Money(cents) if cents.denominator == 1:
            return format_cents(int(cents))
        case Money(cents):
            sign, whole = ("-" if cents < 0 else ""), abs(cents)
            return f"{sign}${whole // 100:,}.{int(whole * 10) % 1000:03d}…"
        case Fraction():
            text = f"{float(value):.6f}".rstrip("0")
            return f"{text}…" if (value * 10**6).denominator != 1 else text
        case bool():
            return f"`{str(value).lower()}`"
        case None:
            return "nothing"
        case int():
            return f"{value:d}"
        case str():
            return f"`{value[:40]}`"
        case _:
            return "a list" if isinstance(value, list | tuple) else "a value of another kind"


def rounded(value: object, how: object = None, to: object = None) -> object:
    """Return money or a number, rounded to a multiple of `to`: by default a cent, or 1."""
    if not isinstance(how, str) or how not in _ROUNDINGS:
        near = did_you_mean(how, _ROUNDINGS) if isinstance(how, str) else None
        advice = near or "write `round('down')`, `'up'`, `'half-up'` or `'half-even'`"
        raise RefusedError("a rounding needs to say which way", advice)
    value = exact(value)
    if isinstance(value, Money):
        step = exact(to) if to is not None else Money(Fraction(1))
        if not isinstance(step, Money):
            raise RefusedError("money is rounded to an amount of money", "write it like `round('down', '$10.00')`")
        return Money(_to_multiple(value.cents, step.cents, _ROUNDINGS[how]))
    step = exact(to) if to is not None else 1
    return _plain(_to_multiple(Fraction(number(value)), Fraction(number(step)), _ROUNDINGS[how]))


def _to_multiple(value: Fraction, step: Fraction, how: str) -> Fraction:
    if step <= 0:
        raise RefusedError("what is rounded to must be more than 0")
    times = value / step
    low = Fraction(times.numerator // times.denominator)
    rest = times - low
    half = Fraction(1, 2)
    up = {
        ROUND_FLOOR: False,
        ROUND_CEILING: rest > 0,
        ROUND_HALF_UP: rest > half or (rest == half and times > 0),
        ROUND_HALF_EVEN: rest > half or (rest == half and int(low) % 2 == 1),
    }[how]
    return (low + up) * step


def number(value: object) -> Number:
    """Return a number, or refuse what is none."""
    value = exact(value)
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return value
    raise RefusedError(f"{shown(value)} is no number")


def split(amount: object, parts: object) -> list[Money]:
    """Return an amount in parts that add up to it to the cent: so many equal ones, or by weights.

    What cannot be shared equally goes to the first parts, a cent each.
    """
    total = exact(amount)
    if not isinstance(total, Money) or total.cents.denominator != 1:
        raise RefusedError(f"only whole cents can be split, not {shown(total)}", "write it like `split(rent, 3)`")
    weights = _weights(parts)
    whole = sum(weights)
    shares = [total.cents * weight / whole for weight in weights]
    cents = [share.numerator // share.denominator for share in shares]
    left = int(total.cents) - sum(cents)
    firsts = [index for index, weight in enumerate(weights) if weight][:left]
    return [Money(Fraction(each + (index in firsts))) for index, each in enumerate(cents)]


def _weights(parts: object) -> list[Fraction]:
    if isinstance(parts, list | tuple):
        weights = [Fraction(number(part)) for part in parts]
    else:
        count = number(parts)
        if not isinstance(count, int) or not 1 <= count <= 1_000:  # noqa: PLR2004  # more is no wish
            raise RefusedError(f"{shown(parts)} is no number of parts", "write a whole number, or a list of weights")
        weights = [Fraction(1)] * count
    if not weights or min(weights) < 0 or not sum(weights):
        raise RefusedError("weights are 0 or more, and not all of them 0")
    return weights


def add_up(values: Sequence[object]) -> object:
    """Return the sum of amounts, or of numbers; of nothing, 0."""
    total: object = None
    for value in values:
        total = exact(value) if total is None else operate("+", total, value)
    return 0 if total is None else total


def operate(sign: str, left: object, right: object) -> object:
    """Return what an operator makes of two values."""
    one, other = exact(left), exact(right)
    if isinstance(one, Money) or isinstance(other, Money):
        return _with_money(sign, one, other)
    if isinstance(one, str) and isinstance(other, str) and sign == "+":
        return one + other
    if isinstance(one, list) and isinstance(other, list) and sign == "+":
        return one + other
    if _is_number(one) and _is_number(other):
        return _bounded(_numbers(sign, number(one), number(other)))
    raise _unlike(one, other, f"used with `{sign}`")


def _is_number(value: object) -> bool:
    return isinstance(value, int | Fraction) and not isinstance(value, bool)


def _with_money(sign: str, one: object, other: object) -> object:
    match sign, one, other:
        case "+" | "-", Money(), Money():
            return _bounded(Money(_SIGNS[sign](one.cents, other.cents)))
        case "/", Money(), Money():
            return _plain(_divided(one.cents, other.cents))
        case "//", Money(), Money():
            return int(_divided(one.cents, other.cents) // 1)
        case "%", Money(), Money():
            _divided(one.cents, other.cents)
            return Money(one.cents % other.cents)
        case "*", Money(), _ if _is_number(other):
            return _bounded(Money(one.cents * number(other)))
        case "*", _, Money() if _is_number(one):
            return _bounded(Money(other.cents * number(one)))
        case "/", Money(), _ if _is_number(other):
            return Money(_divided(one.cents, Fraction(number(other))))
        case _:
            raise _unlike(one, other, f"used with `{sign}`")


_SIGNS: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {"+": operator.add, "-": operator.sub}


def _numbers(sign: str, one: Number, other: Number) -> Number:
    left, right = Fraction(one), Fraction(other)
    match sign:
        case "+":
            return _plain(left + right)
        case "-":
            return _plain(left - right)
        case "*":
            return _plain(left * right)
        case "/":
            return _plain(_divided(left, right))
        case "//":
            return int(_divided(left, right) // 1)
        case "%":
            _divided(left, right)
            return _plain(left % right)
        case _:
            if right.denominator != 1 or abs(right) > _LARGEST_POWER or abs(left) > _LARGEST:
                raise RefusedError(f"a power has a whole exponent of at most {_LARGEST_POWER}")
            _divided(Fraction(1), left if right < 0 else Fraction(1))
            return _plain(Fraction(left ** int(right)))


def _divided(one: Fraction, other: Fraction) -> Fraction:
    if not other:
        raise RefusedError("nothing can be divided by 0")
    return one / other


def _bounded(value: Money | Number) -> Money | Number:
    size = Fraction(value.cents if isinstance(value, Money) else value)
    if abs(size) > _LARGEST or size.denominator > _LARGEST:
        raise RefusedError("a number grows beyond all that can be meant")
    return value


def _unlike(one: object, other: object, done: str) -> RefusedError:
    advice = (
        "money goes with money: write `$5.00`, not `5`" if isinstance(one, Money) or isinstance(other, Money) else None
    )
    return RefusedError(f"{shown(one)} and {shown(other)} cannot be {done}", advice)


def negative(value: object) -> object:
    """Return a value with the other sign."""
    value = exact(value)
    return Money(-value.cents) if isinstance(value, Money) else -number(value)
