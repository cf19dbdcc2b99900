"""Which days a country does not work, and which it works although it is a weekend; it knows no series.

The lunar new year moves between 21 January and 21 February, so no fixed season can describe it, and the State
Council moves working days around every public holiday. Both are handed to the effect estimate as regressors.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from valueviz.catalog.nearest import suggestion
from valueviz.errors import UsageError
from valueviz.terms import Grain, period_end, period_start

COUNTRIES = ("CN",)
"""Countries with a calendar."""

WINDOW = (-1, 6)
"""First and last day of the Spring Festival, counted from the first day of the lunar year.

New year's eve to the sixth day after new year's day, eight days: the length of the holiday as arranged
since 2024 and the stretch in which plants stand still whatever the arrangement of a year.
"""

LAST_ARRANGED_YEAR = 2026
"""Last year whose days off and make-up working days the State Council has announced.

The lunar date of later years is certain, the days off around it are not: `provisional_years` names them.
"""

SATURDAY = 5
"""The first day of a weekend, as `date.weekday` counts."""

_NAME = "Chinese New Year (Spring Festival)"


def spring_festival_share(ordinals: tuple[int, ...], grain: Grain, *, country: str = "CN") -> tuple[float, ...]:
    """The share of the days of each period that lies inside the Spring Festival window, 0 to 1.

    Periods of grain "index" have no days, and quarters and years hold the whole festival every time: their share is 0. Years before 1950, for which no lunar
    calendar is known here, have none either.

    Args:
        ordinals: periods as of `period_of`.
        grain: their grain.
        country: whose calendar.

    Raises:
        UsageError: `calendar_unknown`.

    >>> spring_festival_share((2025 * 12, 2025 * 12 + 1, 2025 * 12 + 2), "month")  # new year: 29 January
    (0.12903225806451613, 0.14285714285714285, 0.0)
    """
    _known(country)
    if grain in ("index", "quarter", "year"):
        return (0.0,) * len(ordinals)
    return tuple(_share(period_start(ordinal, grain), period_end(ordinal, grain)) for ordinal in ordinals)


def moved_days(ordinals: tuple[int, ...], grain: Grain, *, country: str = "CN") -> tuple[tuple[float, ...], ...]:
    """What the days off and the make-up working days of a country do to each period, as columns.

    By the day two columns: 1 on a weekday off whatever the reason, and 1 on a weekend day that is worked. By the
    week one: the share of its days by which weekdays off outnumber weekend days worked. By the month and longer
    none: simulated, on 24 months before and 12 after, the share widened the interval of metrics that do not follow
    working days by 1–2 % and took 2–3 points of power, while by the week it cost nothing and gave up to 14 points.

    Args:
        ordinals: periods as of `period_of`.
        grain: their grain.
        country: whose calendar.

    Raises:
        UsageError: `calendar_unknown`.

    >>> monday, sunday = date(2024, 2, 12), date(2024, 2, 4)  # in the Spring Festival; worked for a day off in it
    >>> moved_days((monday.toordinal(), sunday.toordinal()), "day")
    ((1.0, 0.0), (0.0, 1.0))
    """
    _known(country)
    if grain == "day":
        days = [date.fromordinal(ordinal) for ordinal in ordinals]
        return tuple(tuple(float(day in arranged(day.year)[kind]) for day in days) for kind in (0, 1))
    return (tuple(_lost(period_start(ordinal, grain)) for ordinal in ordinals),) if grain == "week" else ()


def _lost(monday: date) -> float:
    """The share of a week's days by which weekdays off outnumber weekend days worked."""
    week = [monday + timedelta(days=offset) for offset in range(7)]
    off = sum(day in arranged(day.year)[0] for day in week)
    return (off - sum(day in arranged(day.year)[1] for day in week)) / len(week)


def provisional_years(ordinals: tuple[int, ...], grain: Grain, *, country: str = "CN") -> tuple[int, ...]:
    """The years of some periods whose days off are not announced yet, in rising order.

    Args:
        ordinals: periods as of `period_of`.
        grain: their grain.
        country: whose calendar.

    Raises:
        UsageError: `calendar_unknown`.
    """
    _known(country)
    if grain == "index":
        return ()
    years = {period_end(ordinal, grain).year for ordinal in ordinals}
    return tuple(sorted(year for year in years if year > LAST_ARRANGED_YEAR))


@cache
def lunar_new_year(year: int) -> date | None:
    """The first day of the lunar year that begins in `year`; None where the calendar does not reach."""
    import holidays

    calendar = holidays.country_holidays("CN", years=[year], observed=False, language="en_US")
    days = sorted(day for day in calendar.get_named(_NAME) if day.year == year)
    return days[0] if days else None


@cache
def arranged(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The weekdays off and the weekend days worked in a year; holidays alone where nothing is announced yet."""
    import holidays

    # a day in December may be worked for a holiday of January
    calendar = holidays.country_holidays("CN", years=range(year - 1, year + 2), language="en_US")
    off = frozenset(day for day in calendar if day.year == year and day.weekday() < SATURDAY)
    return off, frozenset(day for day in calendar.weekend_workdays if day.year == year)


def _known(country: str) -> None:
    if country not in COUNTRIES:
        raise UsageError("calendar_unknown", found=country, nearest=suggestion(country, COUNTRIES))


def _share(start: date, end: date) -> float:
    inside = 0
    for year in range(start.year, end.year + 1):
        new_year = lunar_new_year(year)
        if new_year is not None:
            first = max(start, new_year + timedelta(days=WINDOW[0]))
            last = min(end, new_year + timedelta(days=WINDOW[1]))
            inside += max(0, (last - first).days + 1)
    return inside / ((end - start).days + 1)
