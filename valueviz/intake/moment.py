"""The grammar of dates and time stamps as exports write them; day and month are never guessed.

The year first in any of its usual forms is read as it stands. Day and month first is read only where the whole
column proves one order. A month without a year is read only where its table names one year. An offset is noted
by nobody: the wall date as written is what the client lived by.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from valueviz.errors import DataError
from valueviz.intake.amount import plain_text
from valueviz.intake.total import is_total

Order = Literal["dmy", "mdy"]
Span = Literal["day", "week", "month", "quarter", "year"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years outside are slips of the keyboard or default values of a system (0000, 9999)."""

LONGEST = 60
"""Characters of the longest time stamp with a fraction and an offset."""

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_NUMERALS = {word: at for at, word in enumerate("一 二 三 四 五 六 七 八 九 十 十一 十二".split(), start=1)}  # noqa: SIM905
_NUMERAL = "十[一二]|[一二三四五六七八九十]"
_WEEKDAY = r"(?:(?:周|星期|礼拜)[一二三四五六日天]|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
_AROUND = re.compile(rf"^{_WEEKDAY}[,，]?\s*|[,，]?\s*[(\[]?(?<![A-Za-z]){_WEEKDAY}[)\]]?(?=\s|$)", re.IGNORECASE)
_TIME = (
    r"(?:(?:[T ]\s*|(?<=[日号])\s*|\s*(?=[上下]午|[AaPp][Mm]\s*\d))(?P<half>上午|下午|[AaPp][Mm])?\s*(?P<H>\d{1,2})"
    r"(?::(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?|[时点](?:(?P<M2>\d{1,2})分?(?:(?P<S2>\d{1,2})秒)?)?)"
    r"\s*(?P<p>[AaPp][Mm])?\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_YEAR_FIRST = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        r"(?P<Y>\d{4})\s?(?P<s>[-/.])\s?(?P<m>\d{1,2})\s?(?P=s)\s?(?P<d>\d{1,2})",
        r"(?P<Y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]?",
        r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_COMPACT = re.compile(r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})")
_MONTH = re.compile(
    r"(?P<Y>\d{4})(?:\s?[-/]\s?(?P<m>\d{1,2})|\.(?P<m2>\d{2}|[1-9])|\s?年\s?(?P<m3>\d{1,2})\s?月(?:份)?|(?P<m4>\d{2}))"
    r"|(?P<m5>\d{1,2})\s?[-/.]\s?(?P<Y2>\d{4})"
)
_YEAR = re.compile(r"(?P<Y>\d{4})\s?年?(?:度)?")
_QUARTER = re.compile(
    r"(?P<Y>\d{4})(?:\s?年?[-/ ]?[Qq](?P<q>[1-4])|\s?年?\s?第?(?P<q2>[1-4一二三四])季度?)|[Qq](?P<q3>[1-4])[-/ ](?P<Y2>\d{4})"
)
_WEEK = re.compile(r"(?P<Y>\d{4})(?:\s?-?[Ww](?P<w>\d{1,2})(?:-(?P<d>[1-7]))?|\s?年?\s?第(?P<w2>\d{1,2})周)")
_NAMED = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-\s](?P<b>[A-Za-z]{3,9})\.?[-\s,]+(?P<Y>\d{4})",
        r"(?P<b>[A-Za-z]{3,9})\.?[-\s](?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s(?P<Y>\d{4})",
        r"(?P<b>[A-Za-z]{3,9})\.?[-/,\s]\s?(?P<Y>\d{4})",
        r"(?P<Y>\d{4})[-/\s](?P<b>[A-Za-z]{3,9})(?:[-\s](?P<d>\d{1,2}))?",
    )
)
_NAMED_SHORT = re.compile(r"(?P<b>[A-Za-z]{3,9})\.?[-/\s']\s?'?(?P<y>\d{2})")
_ALONE = re.compile(
    rf"(?P<m>\d{{1,2}}|{_NUMERAL})\s?月(?:份|(?P<d>\d{{1,2}})[日号])?|(?P<b>[A-Za-z]{{3,9}})\.?|第?(?P<q>[1-4一二三四])季度?|[Qq](?P<q2>[1-4])|第(?P<w>\d{{1,2}})周|[Ww](?P<w2>\d{{1,2}})"
)
_DAY_OR_MONTH_FIRST = re.compile(r"(?P<a>\d{1,2})\s?(?P<s>[-/.])\s?(?P<c>\d{1,2})\s?(?P=s)\s?(?P<Y>\d{4})" + _TIME)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3})[-/. ]\d{2}" + _TIME)
_LOST_ZERO = re.compile(r"\d{4}\.1")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as read: wall time (None = empty or refused), or why it is none; `span` is what it stands for."""

    at: datetime | None = None
    reason: str | None = None
    span: Span = "day"


NO_DATE = Moment(reason="not_a_date")


def read_moment(text: str, *, order: Order | None = None, year: int | None = None) -> Moment:
    """The moment a cell states.

    Args:
        text: the cell.
        order: of day and month where they come first; None refuses such cells.
        year: of months that name none; None refuses such cells.

    >>> read_moment("2025年3月5日").at, read_moment("2025-02-30").reason, read_moment("3月", year=2025).span
    (datetime.datetime(2025, 3, 5, 0, 0), 'not_a_date', 'month')
    """
    if len(text) > LONGEST:
        return NO_DATE
    plain = plain_text(text)
    if not plain:
        return Moment()
    found = _read(plain, order=order, year=year)
    if found.reason == "not_a_date":
        if is_total(plain):
            return Moment(reason="total_row")
        without = _AROUND.sub("", plain, count=1).strip()
        if without and without != plain:
            return _read(without, order=order, year=year)
    return found


def _read(plain: str, *, order: Order | None, year: int | None) -> Moment:
    for read in (_by_parts, _by_period, _by_name):
        at = read(plain)
        if at is not None:
            return at
    found = _DAY_OR_MONTH_FIRST.fullmatch(plain)
    if found is None:
        return _alone(plain, year)
    if order is None:
        return NO_DATE
    day, month = (found["a"], found["c"]) if order == "dmy" else (found["c"], found["a"])
    return _moment(int(found["Y"]), int(month), int(day), found)


def _by_parts(plain: str) -> Moment | None:
    for pattern in (*_YEAR_FIRST, _COMPACT):
        found = pattern.fullmatch(plain)
        if found:
            return _moment(int(found["Y"]), int(found["m"]), int(found["d"]), found)
    return None


def _by_period(plain: str) -> Moment | None:
    """The first day of a month, year, quarter or ISO week."""
    if found := _MONTH.fullmatch(plain):
        if _LOST_ZERO.fullmatch(plain):  # January, or October written as a number
            return Moment(reason="month_unclear", span="month")
        month = next(found[part] for part in ("m", "m2", "m3", "m4", "m5") if found[part])
        return _moment(int(found["Y"] or found["Y2"]), int(month), 1, span="month")
    if found := _YEAR.fullmatch(plain):
        return _moment(int(found["Y"]), 1, 1, span="year")
    if found := _QUARTER.fullmatch(plain):
        return _quarter(int(found["Y"] or found["Y2"]), found["q"] or found["q2"] or found["q3"])
    if found := _WEEK.fullmatch(plain):
        return _week(int(found["Y"]), int(found["w"] or found["w2"]), weekday=int(found["d"]) if found["d"] else None)
    return None


def _quarter(year: int, word: str) -> Moment:
    return _moment(year, 3 * (_NUMERALS.get(word) or int(word)) - 2, 1, span="quarter")


def _week(year: int, week: int, *, weekday: int | None = None) -> Moment:
    try:
        day = date.fromisocalendar(year, week, weekday or 1)
    except ValueError:
        return NO_DATE
    return _moment(day.year, day.month, day.day, span="day" if weekday else "week")


def _by_name(plain: str) -> Moment | None:
    for pattern in _NAMED:
        if found := pattern.fullmatch(plain):
            month = _month_number(found["b"])
            day = found["d"] if "d" in found.re.groupindex else None
            if month is None:
                return NO_DATE
            return _moment(int(found["Y"]), month, int(day or 1), found, span="day" if day else "month")
    if found := _NAMED_SHORT.fullmatch(plain):
        month = _month_number(found["b"])
        return NO_DATE if month is None else _moment(_full_year(int(found["y"])), month, 1, span="month")
    return None


def _alone(plain: str, year: int | None) -> Moment:
    """A month, quarter or week that names no year: of the year its table names."""
    found = _ALONE.fullmatch(plain)
    month = _month_number(found["b"]) if found and found["b"] else None
    if found is None or (found["b"] and month is None):
        return NO_DATE
    if year is None:
        return Moment(reason="year_missing")
    if quarter := found["q"] or found["q2"]:
        return _quarter(year, quarter)
    if week := found["w"] or found["w2"]:
        return _week(year, int(week))
    number = month or _NUMERALS.get(found["m"]) or int(found["m"])
    return _moment(year, number, int(found["d"] or 1), span="day" if found["d"] else "month")


def _month_number(name: str) -> int | None:
    """The number of a month by its name or the first letters of it.

    >>> _month_number("Sept"), _month_number("MAR"), _month_number("Mayor")
    (9, 3, None)
    """
    stem = name.casefold()
    return next((at for at, month in enumerate(_MONTHS, start=1) if len(stem) >= 3 and month.startswith(stem)), None)


def _moment(year: int, month: int, day: int, found: re.Match[str] | None = None, *, span: Span = "day") -> Moment:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Moment(reason="date_out_of_range") if _exists(month, day) else NO_DATE
    parts = {} if found is None else {key: value for key, value in found.groupdict().items() if value is not None}
    hour, minute = int(parts.get("H", 0)), int(parts.get("M") or parts.get("M2") or 0)
    second, fraction = int(parts.get("S") or parts.get("S2") or 0), parts.get("f", "")
    half = parts.get("p") or parts.get("half")
    if half:
        if not 1 <= hour <= 12 and half not in ("上午", "下午"):
            return NO_DATE
        # A clock of twenty-four hours may say 下午 as well: 下午 14:30.
        hour = hour if hour > 12 else hour % 12 + (12 if half.lower() in ("pm", "下午") else 0)
    end_of_day = (hour, minute, second) == (24, 0, 0)
    try:
        at = datetime(year, month, day, 0 if end_of_day else hour, minute, second, int(fraction[:6].ljust(6, "0")))  # noqa: DTZ001
    except ValueError:
        return NO_DATE
    return Moment(at + timedelta(days=1) if end_of_day else at, span=span)


def _exists(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def order_of(texts: Iterable[str]) -> Order | Literal["unknown"] | None:
    """The order of day and month that a column proves; "unknown" where it proves none or both, None without need.

    Args:
        texts: distinct cells of one column.
    """
    first, second, needed = False, False, False
    for text in texts:
        plain = plain_text(text[:LONGEST])
        found = _DAY_OR_MONTH_FIRST.fullmatch(plain)
        if found is None:
            short = bool(_SHORT_YEAR.fullmatch(plain))
            needed = needed or short
            first, second = (True, True) if short else (first, second)
            continue
        needed = True
        first = first or 12 < int(found["a"]) <= 31
        second = second or 12 < int(found["c"]) <= 31
    if not needed:
        return None
    if first == second:
        return "unknown"
    return "dmy" if first else "mdy"


# A declared format ───────────────────────────────────────────────────────────

_DIRECTIVES = {
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "m": r"(?P<m>\d{1,2})",
    "d": r"(?P<d>\d{1,2})",
    "b": r"(?P<b>[A-Za-z]{3})\.?",
    "B": r"(?P<b>[A-Za-z]{3,9})",
    "H": r"(?P<H>\d{1,2})",
    "I": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{1,2})",
    "S": r"(?P<S>\d{1,2})",
    "f": r"(?P<f>\d{1,9})",
    "p": r"(?P<p>[AaPp][Mm])",
    "z": r"(?:Z|[+-]\d{2}(?::?\d{2})?)",
    "%": "%",
}
"""The part of strptime that a mapping may use."""


def format_reader(pattern: str, *, file: str) -> Callable[[str], Moment]:
    """A function that reads moments in one declared strptime format.

    Raises:
        DataError: date_format_unsupported, names the directive that is not known.
    """
    compiled = _compiled(pattern, file=file)
    span: Span = "day" if "%d" in pattern else "month" if re.search("%[mbB]", pattern) else "year"

    def read(text: str) -> Moment:
        plain = plain_text(text[: LONGEST + 1])
        if not plain:
            return Moment()
        found = compiled.fullmatch(plain)
        if found is None:
            return Moment(reason="total_row") if is_total(plain) else NO_DATE
        parts = found.groupdict()
        year = int(parts["Y"]) if parts.get("Y") else _full_year(int(parts["y"]))
        month = _month_number(parts["b"]) if parts.get("b") else int(parts.get("m") or 1)
        return NO_DATE if month is None else _moment(year, month, int(parts.get("d") or 1), found, span=span)

    return read


def _full_year(short: int) -> int:
    """A year of two digits as POSIX reads it: 69–99 lie in the last century."""
    return short + (1900 if short >= 69 else 2000)


def _compiled(pattern: str, *, file: str) -> re.Pattern[str]:
    parts = re.split(r"%(.)", pattern)
    literals, directives = parts[::2], parts[1::2]
    unknown = [directive for directive in directives if directive not in _DIRECTIVES]
    twice = len(set(directives)) < len(directives)
    if unknown or twice or not {"Y", "y"} & set(directives):
        raise DataError("date_format_unsupported", file=file, found=pattern, needed="%Y-%m-%d")
    pieces = [re.escape(literals[0])]
    for directive, literal in zip(directives, literals[1:], strict=True):
        pieces += [_DIRECTIVES[directive], re.escape(literal)]
    try:
        return re.compile("".join(pieces))
    except re.error as error:
        raise DataError("date_format_unsupported", file=file, found=pattern, needed="%Y-%m-%d") from error
