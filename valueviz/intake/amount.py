"""The grammar of numbers as people write them; anything outside it is refused, nothing is guessed.

Taken: a sign (also the true minus), thousands only where they are well formed, one decimal mark, an exponent,
full-width digits, parentheses for negative, a percent sign. Refused: words, NaN, infinity, hexadecimal,
underscores, currency signs, numbers beyond double precision.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Decimal = Literal[".", ","]

MISSING = frozenset({"", "NA"})
"""What stands for a value that was not measured."""

LONGEST = 60
"""Characters of the longest number: a double never needs more than half of them."""

NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)

_EXPONENT_AND_SIGN = r"([eE][+-]?\d{1,4})?(\s?%)?"
_NUMBER: dict[Decimal, re.Pattern[str]] = {
    ".": re.compile(r"([+-]?)((?:\d{1,3}(?:[,’ ]\d{3})+|\d+)(?:\.\d*)?|\.\d+)" + _EXPONENT_AND_SIGN),
    ",": re.compile(r"([+-]?)((?:\d{1,3}(?:[.’ ]\d{3})+|\d+)(?:,\d*)?|,\d+)" + _EXPONENT_AND_SIGN),
}
_COMMA_DECIMAL = re.compile(r"[+\-−(]?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3})+,\d+)\)?\s?%?")
_COMMA_THOUSANDS = re.compile(r"[+\-−(]?\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)\)?\s?%?")
_COMMA_EITHER = re.compile(r"[+\-−(]?[1-9]\d{0,2},\d{3}\)?\s?%?")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as read: its value (None = not measured), whether it carries a percent sign, or why it is none."""

    value: float | None = None
    percent: bool = False
    reason: str | None = None


def read_amount(text: str, *, decimal: Decimal = ".") -> Amount:
    """The number a cell states.

    >>> read_amount("1,203.4").value, read_amount("（４．１）").value, read_amount("−7%")
    (1203.4, -4.1, Amount(value=-7.0, percent=True, reason=None))
    >>> read_amount("1_000").reason, read_amount("inf").reason, read_amount("NA").reason
    ('not_a_number', 'not_finite', None)
    """
    if len(text) > LONGEST:
        return Amount(reason="not_a_number")
    plain = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
    if plain in MISSING:
        return Amount()
    if NOT_FINITE.fullmatch(plain):
        return Amount(reason="not_finite")
    negative = plain.startswith("(") and plain.endswith(")")
    found = _NUMBER[decimal].fullmatch(plain[1:-1].strip() if negative else plain)
    if found is None or (negative and found[1]):
        return Amount(reason="not_a_number")
    group = "," if decimal == "." else "."
    body = found[2].replace(group, "").replace(" ", "").replace("’", "").replace(",", ".")
    value = float(f"{found[1]}{body}{found[3] or ''}")
    if not math.isfinite(value):
        return Amount(reason="not_finite")
    return Amount(-value if negative else value, percent=found[4] is not None)


def decimal_of(texts: Iterable[str], *, certain: bool) -> Decimal | None:
    """The decimal mark a column uses: a comma where it proves one, a point otherwise, None where it cannot be told.

    Args:
        texts: distinct cells that are no plain number with a point.
        certain: a comma in a whole number can only part thousands, for the file itself or other cells say so.
    """
    marks = {_evidence(text.strip()) for text in texts}
    if "decimal" in marks:
        return None if "thousands" in marks else ","
    return "." if certain or "thousands" in marks or "either" not in marks else None


def _evidence(text: str) -> str | None:
    if _COMMA_DECIMAL.fullmatch(text):
        return "decimal"
    if _COMMA_THOUSANDS.fullmatch(text):
        return "thousands"
    return "either" if _COMMA_EITHER.fullmatch(text) else None
