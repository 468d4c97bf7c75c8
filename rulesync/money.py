"""Exact money: integer cents and exact percentages, and the way people write them."""

import re
from decimal import Decimal

_DOLLARS = re.compile(r"\$(?P<dollars>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<cents>\d{1,2}))?", re.ASCII)


def parse_dollars(text: str) -> int:
    """Return the cents of `$1,234.50`: a `$`, dollars with or without commas, at most two decimals.

    Raises:
        ValueError: the text is anything else, with a sentence that says what is expected.
    """
    match = _DOLLARS.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"`{text}` is not an amount: write dollars as `$50.00`, with at most two decimals")
    return int(match["dollars"].replace(",", "")) * 100 + int((match["cents"] or "").ljust(2, "0"))


def format_cents(cents: int) -> str:
    """Return cents as people write them: 123450 is `$1,234.50`, -5 is `-$0.05`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def percent(value: float | str | Decimal) -> Decimal:
    """Return a percentage as the exact decimal that JSON carries it as: 20, 20.0 and "20.00" are one value.

    It goes through a double on purpose, since that is what the API's JSON numbers are; what comes back is therefore
    what went in.
    """
    number = Decimal(repr(float(value)))
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def format_percent(value: Decimal) -> str:
    """Return a percentage as people write it: `20 %`, `33.3 %`."""
    return f"{value:f} %"
