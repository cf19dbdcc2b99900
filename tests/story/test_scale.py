"""Axes hold their data, and their marks are round, few and written truly."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.language import language
from valueviz.story.scale import time_axis, value_axis
from valueviz.terms import Grain, period_of

ENGLISH = language("en")
SIZES = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False).map(lambda value: round(value, 6))


@given(st.lists(SIZES, min_size=1, max_size=30))
def test_an_axis_holds_its_values_and_has_two_to_nine_marks(values: list[float]) -> None:
    axis = value_axis(values, title="days", language=ENGLISH)
    assert axis.low < min(values) or axis.low == pytest.approx(min(values))
    assert axis.high > max(values) or axis.high == pytest.approx(max(values))
    assert 2 <= len(axis.ticks) <= 9
    assert all(axis.low <= tick.position <= axis.high for tick in axis.ticks)


@given(st.lists(SIZES, min_size=2, max_size=30))
def test_marks_that_differ_are_written_differently(values: list[float]) -> None:
    labels = [tick.label for tick in value_axis(values, title="", language=ENGLISH).ticks]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([2.0, 10.0], ["2", "4", "6", "8", "10"]),
        ([0.0, 0.5], ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        ([-30.0, 30.0], ["−25", "0", "25"]),
    ],
    ids=["whole", "tenths", "across zero"],
)
def test_marks_are_round(values: list[float], labels: list[str]) -> None:
    assert [tick.label for tick in value_axis(values, title="", language=ENGLISH).ticks] == labels


def test_shares_are_marked_in_percent_and_zero_is_kept() -> None:
    axis = value_axis([0.2, 0.6], title="", language=ENGLISH, percent=True, zero=True)
    assert axis.ticks[0].label == "0%"
    assert axis.low < 0 < axis.high


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_dates_are_marked_inside_the_data_and_few(grain: Grain) -> None:
    first, last = period_of(date(2020, 3, 7), grain), period_of(date(2025, 11, 20), grain)
    axis = time_axis(first, last, grain=grain, language=ENGLISH)
    assert 2 <= len(axis.ticks) <= 7
    assert all(first <= tick.position <= last for tick in axis.ticks)
    assert len({tick.label for tick in axis.ticks}) == len(axis.ticks)


def test_a_few_weeks_are_marked_by_their_days() -> None:
    first, last = period_of(date(2025, 3, 3), "week"), period_of(date(2025, 4, 14), "week")
    axis = time_axis(first, last, grain="week", language=ENGLISH)
    assert axis.ticks[0].label == "3 Mar 2025"
