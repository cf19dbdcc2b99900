"""Days and periods: the calendar every series lives on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month", "quarter", "year", "index"]

GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year", "index")


def period_of(day: date, grain: Grain) -> int:
    """The ordinal of the period that holds `day`: whole periods since the start of the calendar.

    Weeks begin on Monday. Ordinals of one grain differ by one between neighbours, so that a gap is
    a difference above one. Grain "index" has no calendar: its ordinals are the index itself.

    >>> period_of(date(2026, 2, 1), "month") - period_of(date(2025, 12, 31), "month")
    2
    """
    match grain:
        case "day":
            return day.toordinal()
        case "week":
            return (day.toordinal() - 1) // 7
        case "month":
            return day.year * 12 + day.month - 1
        case "quarter":
            return day.year * 4 + (day.month - 1) // 3
        case "year" | "index":
            return day.year


def period_start(ordinal: int, grain: Grain) -> date:
    """The first day of a period, the inverse of `period_of`.

    >>> period_start(period_of(date(2026, 3, 5), "week"), "week")
    datetime.date(2026, 3, 2)
    """
    match grain:
        case "day":
            return date.fromordinal(ordinal)
        case "week":
            return date.fromordinal(ordinal * 7 + 1)
        case "month":
            return date(ordinal // 12, ordinal % 12 + 1, 1)
        case "quarter":
            return date(ordinal // 4, ordinal % 4 * 3 + 1, 1)
        case "year" | "index":
            return date(ordinal, 1, 1)


def period_end(ordinal: int, grain: Grain) -> date:
    """The last day of a period."""
    return period_start(ordinal + 1, grain) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `start` to `end`, both included."""

    start: date
    end: date
