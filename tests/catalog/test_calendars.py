"""The Spring Festival moves, and with every holiday working days move; both are known for each period."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from valueviz.catalog import moved_days, provisional_years, spring_festival_share
from valueviz.catalog.calendars import LAST_ARRANGED_YEAR, lunar_new_year
from valueviz.errors import UsageError
from valueviz.terms import Grain, period_of

NEW_YEARS = [
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
]
"""First days of lunar years, as printed in every Chinese calendar."""


@pytest.mark.parametrize("day", NEW_YEARS, ids=str)
def test_the_window_runs_from_new_years_eve_to_the_sixth_day_after_new_years_day(day: date) -> None:
    days = [day + timedelta(days=offset) for offset in range(-3, 10)]
    shares = spring_festival_share(tuple(period_of(each, "day") for each in days), "day")
    assert shares == (0.0, 0.0, *(1.0,) * 8, 0.0, 0.0, 0.0)
    assert lunar_new_year(day.year) == day


def test_the_shares_of_the_months_of_a_year_hold_all_eight_days() -> None:
    months = tuple(period_of(date(2025, month, 1), "month") for month in range(1, 13))
    shares = spring_festival_share(months, "month")
    assert shares[:3] == (4 / 31, 4 / 28, 0.0)
    assert set(shares[3:]) == {0.0}


def test_a_week_is_hit_in_part() -> None:
    weeks = tuple(period_of(date(2024, 2, day), "week") for day in (1, 5, 12, 19))
    assert spring_festival_share(weeks, "week") == (0.0, 3 / 7, 5 / 7, 0.0)


def test_quarters_and_years_hold_the_festival_every_time_and_an_index_has_none() -> None:
    assert spring_festival_share((period_of(date(2025, 1, 1), "quarter"),), "quarter") == (0.0,)
    assert spring_festival_share((2024,), "year") == (0.0,)
    assert spring_festival_share((1, 2, 3), "index") == (0.0, 0.0, 0.0)


def test_years_without_a_known_lunar_calendar_have_no_share() -> None:
    assert spring_festival_share((1910,), "year") == (0.0,)


def test_years_not_arranged_yet_are_named_once() -> None:
    months = tuple(range(2025 * 12, 2028 * 12))
    assert provisional_years(months, "month") == tuple(year for year in (2025, 2026, 2027) if year > LAST_ARRANGED_YEAR)
    assert provisional_years((1, 2), "index") == ()


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        spring_festival_share((1,), "day", country="DE")
    assert (caught.value.code, caught.value.fields["nearest"]) == ("calendar_unknown", "CN")


# Days off and make-up working days ──────────────────────────────────────────


def days_of(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


@pytest.mark.parametrize("year", range(2018, LAST_ARRANGED_YEAR + 1))
def test_days_off_and_make_up_days_are_those_of_another_calendar(year: int) -> None:
    oracle = pytest.importorskip("chinese_calendar", reason="the oracle is in the extra `test`")
    days = days_of(year)
    off, worked = moved_days(tuple(period_of(day, "day") for day in days), "day")
    weekend = [day.weekday() >= 5 for day in days]
    assert [bool(each) for each in off] == [
        oracle.is_holiday(day) and not rest for day, rest in zip(days, weekend, strict=True)
    ]
    assert [bool(each) for each in worked] == [
        oracle.is_workday(day) and rest for day, rest in zip(days, weekend, strict=True)
    ]


def test_a_day_of_december_may_be_worked_for_a_holiday_of_january() -> None:
    saturday = period_of(date(2006, 12, 30), "day")
    assert moved_days((saturday, saturday + 2), "day") == ((0.0, 1.0), (1.0, 0.0))


def test_a_week_loses_its_weekdays_off_less_the_weekend_days_worked() -> None:
    # National Day 2024: Sunday 29 September worked, 1 to 7 October off, Saturday 12 October worked
    weeks = tuple(period_of(day, "week") for day in (date(2024, 9, 23), date(2024, 9, 30), date(2024, 10, 7)))
    assert moved_days(weeks, "week") == ((-1 / 7, 4 / 7, 0.0),)


@pytest.mark.parametrize("grain", ["month", "quarter", "year", "index"])
def test_longer_periods_have_no_column_of_moved_days(grain: Grain) -> None:
    assert moved_days((2024,), grain) == ()


def test_years_not_arranged_yet_have_their_holidays_and_no_make_up_days() -> None:
    off, worked = moved_days(tuple(period_of(day, "day") for day in days_of(LAST_ARRANGED_YEAR + 1)), "day")
    assert sum(off) > 0
    assert sum(worked) == 0
