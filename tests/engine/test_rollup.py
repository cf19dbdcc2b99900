"""Roll-ups of planted tables whose series are known."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from valueviz.engine import counts, rollup, site_keys, span
from valueviz.errors import DataError, DefinitionError
from valueviz.terms import Aggregation, Measured, Metric, Window, period_of

Plant = Callable[..., Path]
Define = Callable[..., Metric]


at = datetime.fromisoformat


def days(first: str, count: int, step: int = 1) -> list[datetime]:
    start = datetime.fromisoformat(first)
    return [start + timedelta(days=step * number) for number in range(count)]


def months(first: int, count: int) -> list[datetime]:
    return [at(f"{first + number // 12}-{number % 12 + 1:02}-01") for number in range(count)]


@pytest.mark.parametrize(
    ("aggregation", "values"),
    [
        ("mean", (2.0, 6.0)),
        ("sum", (4.0, 18.0)),
        ("median", (2.0, 5.0)),
        ("count", (3.0, 3.0)),
        ("ratio", (2.0, 6.0)),
    ],
)
def test_each_aggregation_of_a_period_is_the_one_of_its_definition(
    plant: Plant, define: Define, row: Any, *, aggregation: Aggregation, values: tuple[float, ...]
) -> None:
    january = [row(at(f"2026-01-05 {hour:02}"), value) for hour, value in enumerate([1.0, 3.0, None])]
    february = [row(at(f"2026-02-05 {hour:02}"), value) for hour, value in enumerate([4.0, 5.0, 9.0])]
    (rolled,) = rollup(plant(january + february), metrics=[define(aggregation, "month")])
    assert rolled.series.values == values
    assert rolled.series.ordinals == (period_of(date(2026, 1, 1), "month"), period_of(date(2026, 2, 1), "month"))


@pytest.mark.parametrize("aggregation", ["mean", "ratio"])
def test_volumes_weigh_means_and_ratios(plant: Plant, define: Define, row: Any, aggregation: Aggregation) -> None:
    cache = plant([row(at("2026-01-05"), 1.0, volume=1.0), row(at("2026-01-06"), 4.0, volume=3.0)])
    (rolled,) = rollup(cache, metrics=[define(aggregation, "month")])
    assert (rolled.series.values, rolled.series.volumes, rolled.unweighted) == ((13 / 4,), (4.0,), False)


def test_a_ratio_without_all_its_volumes_is_a_plain_mean_and_says_so(plant: Plant, define: Define, row: Any) -> None:
    cache = plant([row(at("2026-01-05"), 1.0, volume=1.0), row(at("2026-01-06"), 4.0)])
    (rolled,) = rollup(cache, metrics=[define("ratio", "month")])
    assert (rolled.series.values, rolled.series.volumes, rolled.unweighted) == ((2.5,), None, True)


@pytest.mark.parametrize(
    ("dates", "declared", "grain"),
    [
        (days("2026-01-01", 60), None, "day"),
        (days("2026-01-05", 30, 7), None, "week"),
        (months(2024, 24), None, "month"),
        ([at(f"{2020 + n // 4}-{n % 4 * 3 + 1:02}-01") for n in range(12)], None, "quarter"),
        ([at(f"{2010 + n}-06-30") for n in range(5)], None, "year"),
        (days("2026-01-01", 60), "week", "week"),
        (months(2024, 24), "week", "month"),
        (days("2026-01-05", 30, 7), "month", "month"),
        ([at("2026-03-04")], "month", "month"),
        ([at("2026-03-04")], None, "day"),
        (days("2026-01-01", 40, 11) * 2, "day", "day"),
        (months(2024, 24) * 3, "week", "month"),
    ],
    ids=[
        "daily",
        "weekly",
        "monthly",
        "quarterly",
        "yearly",
        "daily, declared week",
        "monthly, declared week",
        "weekly, declared month",
        "one date, declared",
        "one date, undeclared",
        "events keep their declared grain",
        "events dated by month only",
    ],
)
def test_the_grain_is_the_declared_one_unless_the_data_are_coarser(
    plant: Plant, define: Define, row: Any, *, dates: list[datetime], declared: str | None, grain: str
) -> None:
    (rolled,) = rollup(plant([row(day, 1.0) for day in dates]), metrics=[define("mean", declared)])
    assert rolled.series.grain == grain


def test_weeks_begin_on_monday(plant: Plant, define: Define, row: Any) -> None:
    cache = plant([row(day, 1.0) for day in days("2026-02-23", 21)])
    (rolled,) = rollup(cache, metrics=[define("sum", "week")])
    assert rolled.series.ordinals == tuple(
        period_of(date(2026, 2, 23) + timedelta(days=7 * n), "week") for n in range(3)
    )
    assert rolled.series.values == (7.0, 7.0, 7.0)


def test_a_sum_over_part_of_a_month_is_not_a_month(plant: Plant, define: Define, row: Any) -> None:
    cache = plant([row(day, 1.0) for day in days("2026-01-15", 90) if day.weekday() < 5])
    metrics = [define("sum", "month"), define("mean", "month")]
    total, mean = rollup(cache, metrics=metrics)
    january, april = period_of(date(2026, 1, 1), "month"), period_of(date(2026, 4, 1), "month")
    assert total.partial == (january, april)
    assert total.series.values == (20.0, 22.0)
    assert mean.series.ordinals[0] == january


def test_later_snapshots_win_day_by_day(plant: Plant, define: Define, row: Any) -> None:
    first = [row(day, 1.0) for day in months(2026, 3)]
    second = [row(at("2026-02-01"), 5.0), row(at("2026-02-01 09"), 7.0)]
    cache = plant(first, second)
    (rolled,) = rollup(cache, metrics=[define("sum", "month")])
    assert rolled.series.values == (1.0, 12.0, 1.0)
    assert isinstance(rolled.series.lineage, Measured)
    assert (rolled.series.lineage.digests, rolled.series.lineage.rows) == (("snapshot0", "snapshot1"), 4)
    assert counts(cache) == {"days": 4}


def test_a_day_that_a_later_snapshot_lacks_stays_as_it_was(plant: Plant, define: Define, row: Any) -> None:
    cache = plant([row(day, 1.0) for day in months(2026, 3)], [row(at("2026-01-01"), None)])
    (rolled,) = rollup(cache, metrics=[define("mean", "month")])
    assert rolled.series.ordinals == tuple(period_of(date(2026, month, 1), "month") for month in (2, 3))


def test_a_unit_that_comes_late_is_left_out_and_named(plant: Plant, define: Define, row: Any) -> None:
    old = [row(day, 1.0, unit=unit) for day in months(2024, 20) for unit in ('{"line":"A"}', '{"line":"B"}')]
    new = [row(day, 100.0, unit='{"line":"C"}') for day in months(2024, 20)[10:]]
    (rolled,) = rollup(plant(old + new), metrics=[define("mean", "month")])
    assert rolled.series.values == (1.0,) * 20
    assert (rolled.units, rolled.left_out) == (('{"line":"A"}', '{"line":"B"}'), ('{"line":"C"}',))


def test_a_period_in_which_a_unit_of_the_cohort_is_missing_is_missing(plant: Plant, define: Define, row: Any) -> None:
    rows = [row(day, 1.0, unit=unit) for day in months(2024, 20) for unit in ('{"line":"A"}', '{"line":"B"}')]
    gap = at("2024-05-01")
    rows = [each for each in rows if (each.date, each.unit) != (gap, '{"line":"B"}')]
    (rolled,) = rollup(plant(rows), metrics=[define("sum", "month")])
    may = period_of(gap.date(), "month")
    assert rolled.incomplete == (may,)
    assert rolled.series.values[4] is None
    assert sum(value is None for value in rolled.series.values) == 1


def test_sites_and_window_choose_rows_and_never_cut_a_period(plant: Plant, define: Define, row: Any) -> None:
    dates = days("2026-01-01", 120)
    rows = [
        row(day, value, site=site, unit=f'{{"site":"{site}"}}')
        for day in dates
        for site, value in (("a", 1.0), ("b", 3.0))
    ]
    cache = plant(rows)
    window = Window(date(2026, 1, 15), date(2026, 3, 31))
    (rolled,) = rollup(cache, metrics=[define("mean", "month")], sites=("b",), window=window)
    assert rolled.series.ordinals == tuple(period_of(date(2026, month, 1), "month") for month in (2, 3))
    assert rolled.series.values == (3.0, 3.0)
    assert rolled.units == ('{"site":"b"}',)
    assert site_keys(cache) == ("a", "b")
    assert span(cache) == {"days": (date(2026, 1, 1), date(2026, 4, 30))}


def test_instruments_and_versions_of_a_period_are_joined_where_they_differ(
    plant: Plant, define: Define, row: Any
) -> None:
    tags = [("log", "1"), ("log", "1"), ("survey", "2"), (None, None)]
    dates = [at("2026-01-01"), at("2026-02-01"), at("2026-02-02"), at("2026-03-01")]
    rows = [
        row(day, 1.0, instrument=instrument, definition_version=version)
        for day, (instrument, version) in zip(dates, tags, strict=True)
    ]
    (rolled,) = rollup(plant(rows), metrics=[define("mean", "month")])
    assert rolled.series.instruments == ("log", "log|survey", None)
    assert rolled.series.definition_versions == ("1", "1|2", None)


def test_an_empty_row_says_nothing_about_how_its_period_was_measured(plant: Plant, define: Define, row: Any) -> None:
    dates = [at(f"2025-0{month}-01") for month in (1, 2, 3, 4)]
    before = [row(day, 5.0 if day.month < 3 else None, instrument="survey", definition_version="1") for day in dates]
    after = [row(day, None if day.month < 3 else 6.0, instrument="log", definition_version="2") for day in dates]
    (rolled,) = rollup(plant([*before, *after]), metrics=[define("mean", "month")])
    assert rolled.series.instruments == ("survey", "survey", "log", "log")
    assert rolled.series.definition_versions == ("1", "1", "2", "2")


def test_an_expression_is_computed_row_by_row_and_nulls_are_missing(plant: Plant, define: Define, row: Any) -> None:
    hours = define("mean", "month", expression="date_diff('minute', date, \"end\") / 60.0")
    share = define("mean", "month", key="share", expression="value / volume")
    begun = at("2026-01-05 08")
    rows = [row(begun, None, end=begun + timedelta(hours=hours)) for hours in (1, 2)] + [row(begun, None)]
    rows += [row(begun, 1.0, metric="share", volume=volume) for volume in (0.0, 4.0)]
    rolled = {each.metric_key: each.series.values for each in rollup(plant(rows), metrics=[hours, share])}
    assert rolled == {"days": (1.5,), "share": (0.25,)}


def test_an_expression_that_does_not_fit_is_a_definition_error(plant: Plant, define: Define, row: Any) -> None:
    cache = plant([row(at("2026-01-01"), 1.0)])
    with pytest.raises(DefinitionError) as refusal:
        rollup(cache, metrics=[define("mean", expression="no_such_column")])
    assert refusal.value.code == "expression_failed"


def test_metrics_without_rows_have_no_series(plant: Plant, define: Define, row: Any) -> None:
    cache = plant([row(at("2026-01-01"), 1.0), row(at("2026-01-01"), None, metric="empty")])
    asked = [define("mean", key=key) for key in ("absent", "days", "empty")]
    assert [each.metric_key for each in rollup(cache, metrics=asked)] == ["days"]
    assert rollup(cache, metrics=[]) == ()


def test_the_thread_count_does_not_change_a_bit(plant: Plant, define: Define, row: Any) -> None:
    draw = random.Random(4)
    rows = [
        row(day, draw.uniform(-1, 1) * 10 ** draw.randrange(-9, 9), volume=draw.random(), unit=f'{{"u":{unit}}}')
        for day in days("2025-01-01", 300)
        for unit in range(20)
    ]
    cache = plant(rows)
    asked = [define(aggregation, "month") for aggregation in ("mean", "sum", "median", "ratio", "count")]
    one, *others = (rollup(cache, metrics=asked, threads=threads) for threads in (1, 2, 3, 8))
    assert all(other == one for other in others)


def test_a_sum_is_exact_where_plain_addition_is_not(plant: Plant, define: Define, row: Any) -> None:
    values = [1e16, 1.0, -1e16, 1.0, 0.5]
    cache = plant([row(at(f"2026-01-01 {hour:02}"), value) for hour, value in enumerate(values)])
    (rolled,) = rollup(cache, metrics=[define("sum", "day")])
    assert rolled.series.values == (2.5,)


def test_numbers_beyond_double_precision_are_refused_by_name(plant: Plant, define: Define, row: Any) -> None:
    cache = plant([row(at("2026-01-01"), 1e300, volume=1e300)])
    with pytest.raises(DataError) as refusal:
        rollup(cache, metrics=[define("mean", "day")])
    assert (refusal.value.code, refusal.value.fields) == ("value_too_large", {"metric": "days"})
