"""The grammar of numbers as people write them; anything outside it is refused, nothing is guessed.

`read_number` takes a bare number: a sign (also the true minus, a minus also behind), thousands only where they are
well formed, one decimal mark, an exponent, full-width digits, parentheses for negative, a percent sign. `read_amount` takes what
cells of an export hold besides: a unit or a currency around the number, a clock (1:30:00), a duration in words,
a word for "not measured". Both refuse words, NaN, infinity, hexadecimal, underscores, numbers beyond double
precision; a bound, a range or an estimate is named as what it is.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from valueviz.intake.unit import conversion, currency_of

Decimal = Literal[".", ","]
Clock = Literal["h:mm", "m:ss"]

MISSING = frozenset({"", "NA"})
"""What stands for a value that was not measured."""

MISSING_WORDS = frozenset(
    "- -- --- — —— ——— – / // \\ n/a n.a. na null none nil 无 暂无 未统计 未测 未测量 未填 不适用 缺 缺失 空 暂缺 待补".split()  # noqa: SIM905
)
"""What people write into a cell of an export instead of leaving it empty, in small letters."""

OPEN_CLOCK = "h:mm"
"""Unit of a cell such as 4:30 as long as nobody said what its parts are; its value is in seconds then."""

LONGEST = 60
"""Characters of the longest number: a double never needs more than half of them."""

LONGEST_UNIT = 12
"""Characters of the longest unit behind a number: more is a sentence."""

NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞)", re.IGNORECASE)

_GROUPS = "’' "
_BODY: dict[Decimal, str] = {
    ".": rf"(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|[1-9]\d{{0,2}}(?:[{_GROUPS}]\d{{3}})+|\d+)(?:\.\d*)?|\.\d+",
    ",": rf"(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|[1-9]\d{{0,2}}(?:[{_GROUPS}]\d{{3}})+|\d+)(?:,\d*)?|,\d+",
}
_NUMBER: dict[Decimal, re.Pattern[str]] = {
    mark: re.compile(rf"([+-]?)({body})([eE][+-]?\d{{1,4}})?(\s?%)?") for mark, body in _BODY.items()
}
_CELL: dict[Decimal, re.Pattern[str]] = {
    mark: re.compile(
        rf"(?P<sign>[+-])?\s?(?P<before>[^\W\d_]{{0,4}}[$¥€£₩₹₽₫฿]?)\s?(?P<sign2>[+-])?(?P<body>{body})(?P<power>[eE][+-]?\d{{1,4}})?"
        rf"\s?(?P<unit>[^\W\d_%‰$¥€£₩₹₽₫฿']?(?:[^\W\d_]|[%‰$¥€£₩₹₽₫฿'])(?:[^\W\d_]|[ .$¥€£/-]){{0,{LONGEST_UNIT}}})?"
    )
    for mark, body in _BODY.items()
}
_CLOCK = re.compile(r"(-?)(\d{1,5}):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([^\W\d_]{1,8})\s*")
_INEXACT = re.compile(
    r"[<>≤≥≈~约近超逾]\s*=?\s*[¥$€]?\d.*|(?:不足|不到|大约|大概|接近|超过|至少|至多|最多|approx\.?|about|ca\.|circa|over|under)\s*\d.*"
    r"|[¥$€]?\d[\d.,]*\s*[^\dEe]{0,4}\s*(?:-|–|—|~|至|到|to)\s*[¥$€]?\d[\d.,]*\D{0,6}|\d[\d.,]*\s*\D{0,4}(?:\+|左右|以上|以下|以内|上下|余|多)",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    rf"[+-]?\s?[^\W\d_]{{0,4}}[$¥€£₩₹₽₫฿]?\s?[+-]?(?P<core>\d[\d.,{_GROUPS}]*|[.,]\d+)(?P<power>[eE][+-]?\d{{1,4}})?\s?[^\d.,]*"
)
_COMMA_DECIMAL = re.compile(
    rf"\d+,(?:\d{{1,2}}|\d{{4,}})|0,\d+|\d{{1,3}}(?:[.{_GROUPS}]\d{{3}})+,\d+|\d{{4,}},\d{{3}}|,\d+"
)
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+")
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_COMMA_THOUSANDS = re.compile(r"\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)")
_COMMA_EITHER = re.compile(r"[1-9]\d{0,2},\d{3}")
_POINT_DECIMAL = re.compile(
    rf"\d+\.(?:\d{{1,2}}|\d{{4,}})|0?\.\d+|\d{{4,}}\.\d{{3}}|\d{{1,3}}(?:[{_GROUPS}]\d{{3}})+\.\d+"
)

Evidence = Literal["european", "comma", "point", "thousands", "either", "dotted"]
"""What a cell proves: `european` both marks, `comma` and `point` a decimal mark; `either` and `dotted` nothing."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as read: its value (None = not measured) and the unit its own cell states, or why it is none.

    `worded` says that a word stood for "not measured".
    """

    value: float | None = None
    unit: str | None = None
    reason: str | None = None
    worded: bool = False

    @property
    def percent(self) -> bool:
        """Whether the cell carries a percent sign."""
        return self.unit == "%"


def read_number(text: str, *, decimal: Decimal = ".") -> Amount:
    """The bare number a cell states.

    >>> read_number("1,203.4").value, read_number("（４．１）").value, read_number("−7%")
    (1203.4, -4.1, Amount(value=-7.0, unit='%', reason=None, worded=False))
    >>> read_number("1_000").reason, read_number("inf").reason, read_number("NA").reason
    ('not_a_number', 'not_finite', None)
    """
    if len(text) > LONGEST:
        return Amount(reason="not_a_number")
    plain = plain_text(text)
    return Amount() if plain in MISSING else _number(plain, decimal)


def read_amount(text: str, *, decimal: Decimal = ".", clock: Clock | None = None) -> Amount:
    """The number a cell of an export states, with the unit it states itself.

    Args:
        text: the cell.
        decimal: mark of its fraction.
        clock: what the parts of 4:30 are; None leaves it open, its unit is "h:mm" then.

    >>> read_amount("1.5万元").value, read_amount("1.5万元").unit, read_amount("US$ 3").unit
    (1.5, '万元', 'us$')
    >>> read_amount("4小时30分").value, read_amount("1:30:00").unit, read_amount("约3").reason
    (16200.0, 'second', 'not_exact')
    """
    if len(text) > LONGEST:
        return Amount(reason="not_a_number")
    plain = plain_text(text)
    if plain in MISSING:
        return Amount()
    if plain.casefold() in MISSING_WORDS:
        return Amount(worded=True)
    bare = _number(plain, decimal)
    if bare.reason != "not_a_number":
        return bare
    if _INEXACT.fullmatch(plain):
        return Amount(reason="not_exact")
    return _by_clock(plain, clock) or _with_unit(plain, decimal) or _in_words(plain) or bare


def plain_text(text: str) -> str:
    """A cell as it is read: full width becomes plain, space around it is nothing, the true minus is a minus.

    A raised or circled digit is no digit: it stays what it is, and no grammar takes it.

    >>> plain_text(" １２．５ "), plain_text("35.2①"), plain_text("10³")
    ('12.5', '35.2①', '10³')
    """
    if text.isascii():
        return text.strip()
    composed = unicodedata.normalize("NFKC", text)
    if composed != text and any(unicodedata.category(letter) == "No" for letter in text):
        return text.strip()
    return composed.strip().replace("\u2212", "-")


def _number(plain: str, decimal: Decimal) -> Amount:
    if NOT_FINITE.fullmatch(plain):
        return Amount(reason="not_finite")
    behind = plain.endswith("-")  # 1.200,50- as ledgers print it
    negative = behind or (plain.startswith("(") and plain.endswith(")"))
    bare = plain[:-1] if behind else plain[1:-1].strip() if negative else plain
    found = _NUMBER[decimal].fullmatch(bare)
    if found is None or (negative and found[1]):
        return Amount(reason="not_a_number")
    return _finite(found[2], found[3], found[1], negative, "%" if found[4] else None, decimal=decimal)


def _finite(
    body: str, power: str | None, sign: str | None, negative: bool, unit: str | None, *, decimal: Decimal
) -> Amount:
    plain = body
    for mark in ("," if decimal == "." else ".", *_GROUPS):
        plain = plain.replace(mark, "")
    if power and plain != body:  # nobody parts thousands before a power of ten: 6,656E+3 is 6656 written with a comma
        return Amount(reason="not_a_number")
    value = float(f"{sign or ''}{plain.replace(',', '.')}{power or ''}")
    if not math.isfinite(value):
        return Amount(reason="not_finite")
    return Amount(-value if negative else value, unit=unit)


def _with_unit(plain: str, decimal: Decimal) -> Amount | None:
    """A number between a currency and a unit; None where it is none."""
    negative = plain.startswith("(") and plain.endswith(")")
    found = _CELL[decimal].fullmatch(plain[1:-1].strip() if negative else plain)
    if found is None or sum((negative, bool(found["sign"]), bool(found["sign2"]))) > 1:
        return None
    unit = _unit(found["before"].casefold(), (found["unit"] or "").strip().casefold())
    if unit is None:
        return None
    sign = found["sign"] or found["sign2"]
    return _finite(found["body"], found["power"], sign, negative, unit, decimal=decimal)


def _unit(before: str, behind: str) -> str | None:
    """The unit stated before and behind a number taken together; None where they are none."""
    if not before:
        return behind or None
    if currency_of(before) is None:
        return None
    if behind and currency_of(behind):
        return behind if conversion(behind, currency_of(before) or "") == 1 else None
    return f"{behind}{before}" if not behind or conversion(behind, "CNY") else None


def _by_clock(plain: str, clock: Clock | None) -> Amount | None:
    """Seconds of 1:30:00 and of 4:30; where nobody said what the parts of 4:30 are, they are taken for hours and minutes."""
    found = _CLOCK.fullmatch(plain)
    if found is None:
        return None
    first, second = int(found[2]), int(found[3])
    seconds = first * 3600 + second * 60 + int(found[4] or 0)
    if found[4] is None and clock == "m:ss":
        seconds = first * 60 + second
    value = seconds + float(f"0.{found[5] or 0}")
    return Amount(-value if found[1] else value, unit=OPEN_CLOCK if found[4] is None and clock is None else "second")


def _in_words(plain: str) -> Amount | None:
    """Seconds of 4小时30分 or 1h 20min: two parts or more, each of time, from the longest to the shortest."""
    parts = _PART.findall(plain)
    if len(parts) < 2 or "".join(_PART.split(plain)[::3]).strip():
        return None
    sizes = [conversion(word, "second") for _, word in parts]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes) or known != sorted(set(known), reverse=True):
        return None
    total = sum((Fraction(number) * size for (number, _), size in zip(parts, known, strict=True)), Fraction(0))
    return Amount(float(total), unit="second")


def decimal_of(texts: Iterable[str], *, certain: bool) -> Decimal | None:
    """The decimal mark a column uses: a comma where it proves one, a point otherwise, None where it cannot be told.

    Args:
        texts: distinct cells that are no plain number with a point.
        certain: a comma in a whole number can only part thousands, for the file itself or other cells say so.
    """
    marks = {evidence_of(text) for text in texts}
    if marks & {"comma", "european"}:
        return None if "thousands" in marks else ","
    return "." if certain or marks & {"thousands", "point"} or "either" not in marks else None


def evidence_of(text: str) -> Evidence | None:
    """What a cell proves about the decimal mark; a unit or a currency around the number does not matter."""
    found = _LOOSE.fullmatch(plain_text(text[: LONGEST + 1]).strip("()"))
    if found is None:
        return None
    core = found["core"].strip()
    if found["power"]:
        return "comma" if "," in core else "point" if "." in core else None
    patterns: tuple[tuple[Evidence, re.Pattern[str]], ...] = (
        ("european", _EUROPEAN),
        ("comma", _COMMA_DECIMAL),
        ("thousands", _COMMA_THOUSANDS),
        ("point", _POINT_DECIMAL),
        ("either", _COMMA_EITHER),
        ("dotted", _DOTTED),
    )
    return next((mark for mark, pattern in patterns if pattern.fullmatch(core)), None)
