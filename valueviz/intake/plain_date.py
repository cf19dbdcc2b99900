"""The grammar of dates of `valueviz effect`: a day, a month, a year or a whole number; nothing is guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from valueviz.errors import UsageError
from valueviz.terms import Grain, period_of

DateKind = Literal["day", "month", "year", "index"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Four digits within are a year; any other whole number is the number of a period."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?: 00:00:00)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WHOLE = re.compile(r"[+-]?\d{1,12}")

COARSEST_FIRST: dict[DateKind, tuple[Grain, ...]] = {
    "day": ("year", "quarter", "month", "week", "day"),
    "month": ("year", "quarter", "month"),
    "year": ("year",),
    "index": ("index",),
}
"""The grains that dates of a kind can have, the coarsest first."""

FINEST_LAST: tuple[Grain, ...] = ("index", *COARSEST_FIRST["day"])
"""All grains in that order; the dates of one table have one kind, so that an index meets no other."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as written: a day (the first of its month or year), or a whole number."""

    kind: DateKind
    day: date | None
    number: int | None
    text: str

    def ordinal(self, grain: Grain) -> int | None:
        """The period of a grain that holds it; None where a number meets a calendar or a day an index."""
        if grain == "index":
            return self.number
        return None if self.day is None else period_of(self.day, grain)


def moment(text: str) -> Moment | None:
    """The moment a date states, None where the text is none.

    >>> moment("2025-02-30"), moment("2025-02").day, moment("71").number
    (None, datetime.date(2025, 2, 1), 71)
    """
    plain = text.strip()
    try:
        if found := _DAY.fullmatch(plain):
            return Moment("day", date(int(found[1]), int(found[2]), int(found[3])), None, plain)
        if found := _MONTH.fullmatch(plain):
            return Moment("month", date(int(found[1]), int(found[2]), 1), None, plain)
    except ValueError:
        return None
    if not _WHOLE.fullmatch(plain):
        return None
    number = int(plain)
    if len(plain) == 4 and FIRST_YEAR <= number <= LAST_YEAR:
        return Moment("year", date(number, 1, 1), number, plain)
    return Moment("index", None, number, plain)


def counted(number: int) -> Moment:
    """The moment of a row that is only counted."""
    return Moment("index", None, number, str(number))


def date_form(grain: Grain) -> str:
    """How a date of a grain is to be written."""
    return "1, 2, 3 …" if grain == "index" else "YYYY-MM-DD, YYYY-MM, YYYY"


def option_ordinal(text: str, *, grain: Grain, option: str) -> int:
    """The period that holds the date given with an option.

    Raises:
        UsageError: series_option_date where it is no date, or none of the kind the data hold.
    """
    at = moment(text)
    ordinal = None if at is None else at.ordinal(grain)
    if ordinal is None:
        raise UsageError("series_option_date", option=option, found=text, needed=date_form(grain))
    return ordinal
