"""Working time by calendars, against plain loops over days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.catalog.calendars import arranged
from valueviz.engine.log import OFFICE, WorkTime, working_seconds

HOUR = 3600.0
CHINA = WorkTime(country="CN", opens=8, closes=18)


def stamp(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("begin", "end", "time", "hours"),
    [
        ("2024-03-04T10:00", "2024-03-04T12:30", OFFICE, 2.5),
        ("2024-03-04T05:00", "2024-03-04T23:00", OFFICE, 8),
        ("2024-03-08T16:00", "2024-03-11T10:00", OFFICE, 2),
        ("2024-03-09T10:00", "2024-03-10T16:00", OFFICE, 0),
        ("2024-03-04T12:00", "2024-03-04T10:00", OFFICE, 0),
        # the Spring Festival of 2024: off from Saturday the 10th to the 17th, Sunday the 4th and 18th worked
        ("2024-02-09T00:00", "2024-02-19T00:00", CHINA, 20),
        ("2024-02-09T00:00", "2024-02-19T00:00", OFFICE, 48),
        ("2024-02-04T00:00", "2024-02-05T00:00", CHINA, 10),
        ("1969-12-30T00:00", "1970-01-02T00:00", OFFICE, 24),
    ],
)
def test_working_hours_are_those_of_the_calendar(begin: str, end: str, time: WorkTime, hours: float) -> None:
    assert working_seconds(np.array([stamp(begin)]), np.array([stamp(end)]), time=time)[0] == hours * HOUR


@given(st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 20_000)), min_size=1, max_size=8))
def test_minutes_counted_one_by_one_say_the_same(spans: list[tuple[int, int]]) -> None:
    first = datetime(2023, 12, 20, tzinfo=UTC)
    begins = np.array([(first + timedelta(minutes=at)).timestamp() for at, _ in spans])
    ends = begins + 60 * np.array([length for _, length in spans])
    found = working_seconds(begins, ends, time=CHINA)
    for begin, end, seconds in zip(begins, ends, found, strict=True):
        minutes = np.arange(begin, end, 60)
        days = (minutes // 86400).astype(int)
        works = {day: worked(date(1970, 1, 1) + timedelta(days=int(day))) for day in np.unique(days)}
        inside = (minutes % 86400 >= 8 * HOUR) & (minutes % 86400 < 18 * HOUR)
        assert seconds == 60 * int(sum(inside & np.array([works[day] for day in days], dtype=bool)))


def worked(day: date) -> bool:
    off, make_up = arranged(day.year)
    return day in make_up or (day.weekday() < 5 and day not in off)
