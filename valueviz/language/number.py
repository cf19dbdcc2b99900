"""Numbers and dates as text, in any language CLDR knows; the only module that knows Babel.

It knows no unit and no word. Babel is imported on the first number, so that talking stays cheap.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from valueviz.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

MINUS = "\u2212"
"""The true minus sign, as wide as a plus."""

FINEST = 6
"""More decimals are never printed: no measurement of a business process carries them."""

SIGNIFICANT = 3
"""Significant digits of a number whose precision nobody stated: enough to tell neighbours apart, not more."""

STEPS_PER_INTERVAL = 4
"""The last printed digit is at most a quarter of the interval: rounding moves an end by an eighth of it at most."""

LEAST_CONVERTED = 2
"""Decimals that a converted number may keep however large it is."""

_WIDE = Context(prec=400)
"""Wide enough for the largest float with all of its digits."""


def exact(value: float | Decimal) -> Decimal:
    """The shortest decimal that stands for a float; a value that is not finite is refused.

    >>> exact(2.85)
    Decimal('2.85')

    Raises:
        EvidenceError: "number_not_finite"; an absent number has no text.
    """
    decimal = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    if not decimal.is_finite():
        raise EvidenceError("number_not_finite", found=str(value))
    return decimal


def rounded(value: Decimal, digits: int) -> Decimal:
    """The value to `digits` decimals, halves away from zero as spreadsheets do; negative digits round to tens, hundreds.

    >>> rounded(Decimal("2.85"), 1), rounded(Decimal("12345"), -2)
    (Decimal('2.9'), Decimal('12300'))
    """
    shifted = value.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_UP, context=_WIDE)
    return Decimal(int(shifted)).scaleb(-digits) if digits > 0 else Decimal(int(shifted) * 10**-digits)


def digits_for(width: float) -> int:
    """Decimals no finer than an interval of that width supports; negative where tens or hundreds will do.

    The last digit is the largest power of ten that is at most a quarter of the interval.

    >>> digits_for(15), digits_for(0.8), digits_for(900)
    (0, 1, -2)

    Raises:
        EvidenceError: "number_not_finite".
    """
    size = abs(exact(width))
    if not size:
        return SIGNIFICANT - 1
    return min(FINEST, -(size / STEPS_PER_INTERVAL).adjusted())


def digits_of(value: Decimal) -> int:
    """Decimals for a number whose precision nobody stated: three significant digits, whole numbers in full.

    >>> digits_of(Decimal("2.8571")), digits_of(Decimal("1234.5")), digits_of(Decimal("0.0042"))
    (2, 0, 4)
    """
    if not value:
        return 0
    exponent = value.adjusted()
    wanted = SIGNIFICANT - 1 - exponent if exponent >= 0 else SIGNIFICANT - 2 - exponent
    return min(FINEST, max(0, wanted))


def legible(value: Decimal) -> Decimal:
    """A number that a conversion made: four significant digits, never fewer than two decimals.

    >>> legible(Decimal("21.683333333333334")), legible(Decimal("1205500")), legible(Decimal("0.0123456789"))
    (Decimal('21.68'), Decimal('1205500.00'), Decimal('0.01235'))
    """
    return rounded(value, max(LEAST_CONVERTED, SIGNIFICANT - value.adjusted())) if value else value


def significant(value: Decimal) -> Decimal:
    """The value to three significant digits.

    >>> significant(Decimal("999999"))
    Decimal('1000000')
    """
    return rounded(value, SIGNIFICANT - 1 - value.adjusted()) if value else value


def plain(value: Decimal, digits: int, *, locale: str, strip: bool = False) -> str:
    """The number with its thousands separators and a true minus; zero has no sign.

    Args:
        value: any finite decimal.
        digits: decimals shown; negative rounds to tens, hundreds …
        locale: a CLDR locale such as "zh_CN".
        strip: leaves out zeros at the end of the decimals.
    """
    number = rounded(value, digits)
    shown = max(0, digits)
    if strip and number:
        exponent = number.normalize().as_tuple().exponent
        shown = min(shown, max(0, -int(exponent)))
    elif strip:
        shown = 0
    # Babel quantizes in the current context, whose 28 digits are too few for numbers near the largest
    with localcontext(_WIDE):
        text: str = _pattern(shown).apply(abs(number), _known(locale))
    return MINUS + text if number < 0 else text


def dated(day: date, pattern: str, *, locale: str) -> str:
    """A date by a CLDR pattern such as "d MMM y"."""
    from babel.dates import format_date

    text: str = format_date(day, format=pattern, locale=_known(locale))
    return text


def listed(items: Sequence[str], *, locale: str) -> str:
    """Items joined as the language lists them: "a, b and c"."""
    from babel.lists import format_list

    text: str = format_list(list(items), locale=locale)
    return text


def is_currency(code: str) -> bool:
    """Whether a unit is the code of a currency (ISO 4217)."""
    if len(code) != len("CNY") or not code.isupper():
        return False
    from babel.numbers import is_currency as known

    return bool(known(code))


def currency_name(code: str, *, locale: str) -> str:
    """The name of a currency in a language: "美元"."""
    from babel.numbers import get_currency_name

    text: str = get_currency_name(code, locale=locale)
    return text


@lru_cache(maxsize=FINEST + 1)
def _pattern(digits: int) -> Any:
    from babel.numbers import parse_pattern

    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


@cache
def _known(locale: str) -> Any:
    from babel import Locale

    return Locale.parse(locale)
