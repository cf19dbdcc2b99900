"""The grammar of dates and time stamps as exports write them; day and month are never guessed.

The year first in any of its usual forms is read as it stands. Day and month first is read only where the whole
column proves one order. An offset is noted by nobody: the wall date as written is what the client lived by.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from valueviz.errors import DataError

Order = Literal["dmy", "mdy"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Years outside are slips of the keyboard or default values of a system (0000, 9999)."""

LONGEST = 60
"""Characters of the longest time stamp with a fraction and an offset."""

TOTALS = frozenset(
    {"合计", "小计", "总计", "共计", "总合计", "本页合计", "total", "subtotal", "sub-total", "grand total", "sum"}
)
"""Labels of rows that sum others: counted as data they would count everything twice."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:(?:[T ]\s*|(?<=[日号])\s*)(?P<H>\d{1,2})(?::(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?|时(?P<M2>\d{1,2})分(?:(?P<S2>\d{1,2})秒)?)\s*(?P<p>[AaPp][Mm])?\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
_YEAR_FIRST = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        r"(?P<Y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})",
        r"(?P<Y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?",
        r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
_COMPACT = re.compile(r"(?P<Y>\d{4})(?P<m>\d{2})(?P<d>\d{2})T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})")
_MONTH = re.compile(r"(?P<Y>\d{4})(?:[-/](?P<m>\d{1,2})|\.(?P<m2>\d{2})|年(?P<m3>\d{1,2})月(?:份)?|(?P<m4>\d{2}))")
_YEAR = re.compile(r"(?P<Y>\d{4})年?(?:度)?")
_QUARTER = re.compile(r"(?P<Y>\d{4})(?:[-/ ]?[Qq](?P<q>[1-4])|年第?(?P<q2>[1-4一二三四])季度)")
_WEEK = re.compile(r"(?P<Y>\d{4})(?:-?[Ww](?P<w>\d{1,2})|年第(?P<w2>\d{1,2})周)")
_NAMED = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        r"(?P<d>\d{1,2})[-\s](?P<b>[A-Za-z]{3,9})[-\s,]+(?P<Y>\d{4})",
        r"(?P<b>[A-Za-z]{3,9})\.?[-\s](?P<d>\d{1,2}),?\s(?P<Y>\d{4})",
        r"(?P<b>[A-Za-z]{3,9})\.?[-\s](?P<Y>\d{4})",
    )
)
_DAY_OR_MONTH_FIRST = re.compile(r"(?P<a>\d{1,2})(?P<s>[-/.])(?P<c>\d{1,2})(?P=s)(?P<Y>\d{4})" + _TIME)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3})[-/. ]\d{2}" + _TIME)
_QUARTER_WORDS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as read: wall time (None = empty or refused), or why it is none."""

    at: datetime | None = None
    reason: str | None = None


def read_moment(text: str, *, order: Order | None = None) -> Moment:
    """The moment a cell states.

    Args:
        text: the cell.
        order: of day and month where they come first; None refuses such cells.

    >>> read_moment("2025年3月5日").at, read_moment("2025-02-30").reason
    (datetime.datetime(2025, 3, 5, 0, 0), 'not_a_date')
    """
    if len(text) > LONGEST:
        return Moment(reason="not_a_date")
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    if not plain:
        return Moment()
    if plain.casefold() in TOTALS:
        return Moment(reason="total_row")
    for read in (_by_parts, _by_period, _by_name):
        at = read(plain)
        if at is not None:
            return at
    found = _DAY_OR_MONTH_FIRST.fullmatch(plain) if order else None
    if found is None:
        return Moment(reason="not_a_date")
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
        month = found["m"] or found["m2"] or found["m3"] or found["m4"]
        return _moment(int(found["Y"]), int(month), 1)
    if found := _YEAR.fullmatch(plain):
        return _moment(int(found["Y"]), 1, 1)
    if found := _QUARTER.fullmatch(plain):
        quarter = found["q"] or found["q2"]
        return _moment(int(found["Y"]), 3 * (_QUARTER_WORDS.get(quarter) or int(quarter)) - 2, 1)
    if found := _WEEK.fullmatch(plain):
        return _week(int(found["Y"]), int(found["w"] or found["w2"]))
    return None


def _week(year: int, week: int) -> Moment:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return Moment(reason="not_a_date")
    return _moment(monday.year, monday.month, monday.day)


def _by_name(plain: str) -> Moment | None:
    for pattern in _NAMED:
        found = pattern.fullmatch(plain)
        if found:
            month = _month_number(found["b"])
            day = int(found["d"]) if "d" in found.re.groupindex else 1
            return Moment(reason="not_a_date") if month is None else _moment(int(found["Y"]), month, day, found)
    return None


def _month_number(name: str) -> int | None:
    stem = name[:3].casefold()
    return _MONTHS.index(stem) + 1 if stem in _MONTHS else None


def _moment(year: int, month: int, day: int, found: re.Match[str] | None = None) -> Moment:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Moment(reason="date_out_of_range" if _exists(month, day) else "not_a_date")
    parts = {} if found is None else {key: value for key, value in found.groupdict().items() if value is not None}
    hour, minute = int(parts.get("H", 0)), int(parts.get("M") or parts.get("M2") or 0)
    second, fraction = int(parts.get("S") or parts.get("S2") or 0), parts.get("f", "")
    if "p" in parts:
        if not 1 <= hour <= 12:
            return Moment(reason="not_a_date")
        hour = hour % 12 + (12 if parts["p"].lower() == "pm" else 0)
    end_of_day = (hour, minute, second) == (24, 0, 0)
    try:
        at = datetime(year, month, day, 0 if end_of_day else hour, minute, second, int(fraction[:6].ljust(6, "0")))  # noqa: DTZ001
    except ValueError:
        return Moment(reason="not_a_date")
    return Moment(at + timedelta(days=1) if end_of_day else at)


def _exists(month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= 31


def order_of(texts: Iterable[str]) -> Order | Literal["unknown"] | None:
    """The order of day and month that a column proves; "unknown" where it proves none or both, None without need.

    Args:
        texts: distinct cells of one column.
    """
    first, second, needed = False, False, False
    for text in texts:
        plain = (text if text.isascii() else unicodedata.normalize("NFKC", text[:LONGEST])).strip()
        found = _DAY_OR_MONTH_FIRST.fullmatch(plain)
        if found is None:
            needed = needed or bool(_SHORT_YEAR.fullmatch(plain))
            first, second = (first, second) if not _SHORT_YEAR.fullmatch(plain) else (True, True)
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

    def read(text: str) -> Moment:
        plain = unicodedata.normalize("NFKC", text[: LONGEST + 1]).strip()
        if not plain:
            return Moment()
        if plain.casefold() in TOTALS:
            return Moment(reason="total_row")
        found = compiled.fullmatch(plain)
        if found is None:
            return Moment(reason="not_a_date")
        parts = found.groupdict()
        year = int(parts["Y"]) if parts.get("Y") else _full_year(int(parts["y"]))
        month = _month_number(parts["b"]) if parts.get("b") else int(parts.get("m") or 1)
        return Moment(reason="not_a_date") if month is None else _moment(year, month, int(parts.get("d") or 1), found)

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
