"""Periods that a later file no longer tells: what is withdrawn, what only looks like it, and what stands again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from valueviz.engine import rollup, withdrawn
from valueviz.terms import Metric, Window, period_of

Plant = Callable[..., Path]
Define = Callable[..., Metric]
Told = dict[int, float | None]
"""What a file tells: months since January 2024 and their value; None is a blank."""

JANUARY = period_of(date(2024, 1, 1), "month")


def day(month: int, of: int = 1) -> datetime:
    return datetime.combine(date(2024 + month // 12, month % 12 + 1, of), time())


def told(*months: range | int, blank: Sequence[int] = ()) -> Told:
    named = [month for each in months for month in (each if isinstance(each, range) else [each])]
    return {month: None if month in blank else float(month) for month in sorted({*named, *blank})}


def rows(file: Told, row: Any, **of: Any) -> list[Any]:
    return [row(day(month), value, **of) for month, value in file.items()]


def gone(cache: Path, metric: Metric, *, window: Window | None = None) -> tuple[int, ...]:
    rolled = rollup(cache, metrics=[metric], restored=True)
    found = withdrawn(cache, rolled=rolled, window=window).get(metric.key, ())
    return tuple(each.period - JANUARY for each in found)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([told(range(12))], ()),
        ([told(range(12)), told(range(12))], ()),
        ([told(range(12)), told(range(14))], ()),
        ([told(range(12)), told(range(5), range(6, 14))], (5,)),
        ([told(range(12)), told(range(5), range(7, 12))], (5, 6)),
        ([told(range(12)), told(range(10))], (10, 11)),
        ([told(range(12)), told(range(6))], ()),
        ([told(range(12)), told(range(4, 16))], ()),
        ([told(range(12)), told(range(4, 8), range(9, 16))], (8,)),
        ([told(0), told(1), told(2), told(3)], ()),
        ([told(0, 1), told(1, 2), told(2, 3)], ()),
        ([told(3), told(2), told(1)], ()),
        ([told(range(12, 24)), told(range(12))], ()),
        ([told(0), told(1), told(2), told(3), told(0, 1, 3, 4)], (2,)),
        ([told(range(12)), told(2, 4)], ()),
        ([told(range(12)), told(2, 3)], ()),
        ([told(range(24)), told(3, 4, 6, 7)], ()),
        ([told(range(4, 8)), told(range(2, 6))], ()),
        ([told(range(12)), told(range(12), blank=[4])], (4,)),
        ([told(range(12)), told(blank=[4])], (4,)),
        ([told(range(12)), told(range(11), blank=[11])], (11,)),
        ([told(range(11)), told(range(11), blank=[11])], ()),
        ([told(range(11), blank=[3]), told(range(12), blank=[3])], ()),
        ([told(range(12)), told(range(11)), told(range(12))], ()),
        ([told(range(12)), told(range(12), blank=[4]), told(4)], ()),
        ([told(range(12)), told(range(11)), told(range(10))], (10, 11)),
    ],
    ids=[
        "one file",
        "the same again",
        "more of it",
        "a hole",
        "a hole of two",
        "a shorter end",
        "less than half is a part of it",
        "a moving window",
        "a hole in a moving window",
        "files of single months",
        "files that overlap by a month",
        "files of single months, backwards",
        "older history, later",
        "a hole in the sum of single months",
        "two corrections",
        "two neighbouring corrections",
        "four corrections",
        "an older part, later",
        "a blank among all",
        "nothing but a blank",
        "a blank at the end",
        "a month that is not yet measured",
        "a blank from the beginning",
        "withdrawn and told again",
        "blank and corrected",
        "less and less",
    ],
)
def test_a_period_is_withdrawn_where_a_later_file_covers_it_and_lacks_it(
    plant: Plant, define: Define, row: Any, *, files: list[Told], expected: tuple[int, ...]
) -> None:
    cache = plant(*[rows(file, row) for file in files])
    assert gone(cache, define("mean", "month")) == expected


def test_the_file_that_first_lacks_a_period_is_named(plant: Plant, define: Define, row: Any) -> None:
    files = [told(range(12)), told(range(5), range(6, 12)), told(range(5), range(7, 12))]
    cache = plant(*[rows(file, row) for file in files])
    (found,) = withdrawn(cache, rolled=rollup(cache, metrics=[define("mean", "month")])).values()
    assert [(each.period - JANUARY, each.file, each.digest) for each in found] == [
        (5, 1, "snapshot1"),
        (6, 2, "snapshot2"),
    ]


def test_units_and_metrics_are_looked_at_each_for_itself(plant: Plant, define: Define, row: Any) -> None:
    one, other = '{"site":"A"}', '{"site":"B"}'
    whole, holed = told(range(12)), told(range(5), range(6, 12))
    first = [*rows(whole, row, unit=one), *rows(whole, row, unit=other), *rows(whole, row, metric="hours")]
    second = [*rows(whole, row, unit=one), *rows(holed, row, unit=other), *rows(whole, row, metric="hours")]
    cache = plant(first, second)
    rolled = rollup(cache, metrics=[define("mean", "month"), define("mean", "month", key="hours")])
    found = withdrawn(cache, rolled=rolled)
    assert {key: [each.period - JANUARY for each in several] for key, several in found.items()} == {"days": [5]}


def test_a_unit_outside_the_cohort_withdraws_nothing(plant: Plant, define: Define, row: Any) -> None:
    one, other = '{"site":"A"}', '{"site":"B"}'
    seldom = told(0, 3, 6, 9)
    first = [*rows(told(range(12)), row, unit=one), *rows(seldom, row, unit=other)]
    second = [*rows(told(range(12)), row, unit=one), *rows(told(0, 3, 9), row, unit=other)]
    assert gone(plant(first, second), define("mean", "month")) == ()


def test_a_month_of_days_is_withdrawn_as_a_whole_or_by_a_blank_day(plant: Plant, define: Define, row: Any) -> None:
    every = [row(day(month, of), 1.0) for month in range(6) for of in range(1, 29)]
    thinner = [each for each in every if each.date.month != 3 or each.date.day > 5]
    blank = [row(each.date, None) if each.date == day(3, 17) else each for each in every]
    holed = [each for each in every if each.date.month != 3]
    metric = define("mean", "month")
    assert [gone(plant(every, later), metric) for later in (thinner, blank, holed)] == [(), (3,), (2,)]


def test_of_counts_every_row_measures(plant: Plant, define: Define, row: Any) -> None:
    first = [row(day(month, of), None) for month in range(12) for of in range(1, 5)]
    second = [each for each in first if each.date.month != 4]
    assert gone(plant(first, second), define("count", "month")) == (3,)


def test_only_periods_inside_the_window_are_named(plant: Plant, define: Define, row: Any) -> None:
    cache = plant(rows(told(range(24)), row), rows(told(range(3), range(4, 20), range(21, 24)), row))
    metric = define("mean", "month")
    assert gone(cache, metric) == (3, 20)
    assert gone(cache, metric, window=Window(date(2024, 5, 1), date(2025, 12, 31))) == (20,)


def test_a_blank_takes_a_value_back_unless_it_is_restored(plant: Plant, define: Define, row: Any) -> None:
    cache = plant(rows(told(range(6)), row), rows(told(range(6), blank=[2, 5]), row))
    metric = define("mean", "month")
    (counted,), (restored,) = rollup(cache, metrics=[metric]), rollup(cache, metrics=[metric], restored=True)
    assert counted.series.values == (0.0, 1.0, 3.0, 4.0)
    assert restored.series.values == (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)


def test_what_is_restored_is_what_was_measured_last(plant: Plant, define: Define, row: Any) -> None:
    corrected = {**told(range(6)), 2: 20.0}
    cache = plant(rows(told(range(6)), row), rows(corrected, row), rows(told(range(6), blank=[2]), row))
    (restored,) = rollup(cache, metrics=[define("mean", "month")], restored=True)
    assert restored.series.values == (0.0, 1.0, 20.0, 3.0, 4.0, 5.0)


def histories(count: int) -> list[list[Told]]:
    """Up to four files each, of ten months at most, with holes and blanks; the first tells three neighbours."""
    draw = random.Random(7)
    found = []
    for _ in range(count):
        files: list[Told] = []
        for _ in range(draw.randint(1, 4)):
            first, last = sorted((draw.randrange(10), draw.randrange(10)))
            months = [month for month in range(first, last + 1) if draw.random() < 0.85]
            files.append({month: None if draw.random() < 0.08 else float(draw.randrange(1, 9)) for month in months})
        found.append([{**dict.fromkeys(range(3), 1.0), **files[0]}, *files[1:]])
    return found


def test_among_many_histories_withdrawn_and_restored_are_those_of_the_definition(
    plant: Plant, define: Define, row: Any
) -> None:
    several = {f"m{number}": files for number, files in enumerate(histories(400))}
    snapshots = [
        [each for key, files in several.items() if at < len(files) for each in rows(files[at], row, metric=key)]
        for at in range(4)
    ]
    cache = plant(*snapshots)
    rolled = rollup(cache, metrics=[define("mean", "month", key=key) for key in several], restored=True)
    found = withdrawn(cache, rolled=rolled)
    values = {each.metric_key: dict(zip(each.series.ordinals, each.series.values, strict=True)) for each in rolled}
    assert {each.series.grain for each in rolled} == {"month"}
    assert sum(map(len, found.values())) > 100
    for key, files in several.items():
        assert tuple(each.period - JANUARY for each in found.get(key, ())) == slowly(files), files
        last = {JANUARY + month: value for file in files for month, value in file.items() if value is not None}
        assert values[key] == last, files


def slowly(files: list[Told]) -> tuple[int, ...]:
    """The definition, file by file and period by period."""
    if not any(value is not None for file in files for value in file.values()):
        return ()
    measured = [{month for month, value in file.items() if value is not None} for file in files]
    found = set()
    for at, now in enumerate(measured):
        before = set().union(*measured[:at])
        for month in before:
            if any(month in later for later in measured[at:]):
                continue
            common = len(before & now)
            blank = month in files[at]
            hole = shorter = False
            if common >= 2:
                spanned = {each for each in before if min(now) <= each <= max(now)}
                retold = 2 * common > len(spanned) and (bool(now - before) or 2 * common >= len(before))
                hole = min(now) <= month <= max(now) and retold
                shorter = month > max(now) and 2 * common > len(before)
            if blank or hole or shorter:
                found.add(month)
    return tuple(sorted(found))
