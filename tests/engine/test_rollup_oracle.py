"""The roll-up against a second one, written in plain Python from its definition alone."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from valueviz.engine import rollup
from valueviz.terms import Metric, period_of

Plant = Callable[..., Path]
Define = Callable[..., Metric]

AGGREGATIONS = ("mean", "sum", "median", "count", "ratio")
START = datetime.fromisoformat("2025-01-01")


def kept(snapshots: list[list[Any]]) -> list[Any]:
    """Of each unit and day the rows of the newest snapshot that has any."""
    by_day: dict[tuple[str, date], list[Any]] = {}
    for rows in snapshots:
        fresh: dict[tuple[str, date], list[Any]] = defaultdict(list)
        for row in rows:
            fresh[row.unit, row.date.date()].append(row)
        by_day |= fresh
    return [row for rows in by_day.values() for row in rows]


def held_fixed(cells: dict[tuple[str, int], list[Any]]) -> tuple[list[str], list[int], list[int]]:
    """Cohort, all periods and complete periods, by the words of the definition."""
    periods = sorted({period for _, period in cells})
    covered: dict[str, int] = defaultdict(int)
    for unit, _ in cells:
        covered[unit] += 1
    members = [unit for unit in covered if covered[unit] / len(periods) >= 0.9]
    members = members or [unit for unit in covered if covered[unit] == max(covered.values())]

    def complete() -> list[int]:
        return [period for period in periods if all((unit, period) in cells for unit in members)]

    while len(members) > 1 and len(complete()) / len(periods) < 0.95:
        fewest = min(covered[unit] for unit in members)
        members.remove(max(unit for unit in members if covered[unit] == fewest))
    return sorted(members), periods, complete()


def value_of(aggregation: str, rows: list[Any], *, weighted: bool) -> float | None:
    values = [row.value for row in rows if row.value is not None]
    match aggregation:
        case "count":
            return float(len(rows))
        case "sum":
            return math.fsum(values)
        case "median":
            return float(statistics.median(values))
    if not weighted:
        return math.fsum(values) / len(values)
    volume = math.fsum(row.volume for row in rows if row.value is not None)
    product = math.fsum(row.value * row.volume for row in rows if row.value is not None)
    return product / volume if volume else None


def expected(snapshots: list[list[Any]], aggregation: str, *, without: tuple[int, ...]) -> dict[int, float | None]:
    cells: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in kept(snapshots):
        period = period_of(row.date.date(), "week")
        if period not in without:
            cells[row.unit, period].append(row)
    if aggregation != "count":
        cells = {key: rows for key, rows in cells.items() if any(row.value is not None for row in rows)}
    if not cells:
        return {}
    members, periods, complete = held_fixed(cells)
    used = [row for unit in members for period in complete for row in cells[unit, period]]
    weighted = all(row.volume is not None for row in used if row.value is not None)
    series: dict[int, float | None] = dict.fromkeys(periods)
    for period in complete:
        rows = [row for unit in members for row in cells[unit, period]]
        series[period] = value_of(aggregation, rows, weighted=weighted)
    return series


def _milli(number: float) -> float:
    return round(number, 3)


@st.composite
def observations(draw: st.DrawFn) -> list[tuple[int, int, float | None, float | None]]:
    """Rows as (unit, hour, value, volume): few units, some weeks, gaps, sometimes without volumes."""
    volumes: st.SearchStrategy[float | None] = draw(
        st.sampled_from([st.none(), st.floats(0, 1e6).map(_milli), st.none() | st.floats(0.5, 10)])
    )
    values = st.none() | st.floats(-1e9, 1e9).map(_milli)
    row = st.tuples(st.integers(0, 3), st.integers(0, 24 * 50), values, volumes)
    return draw(st.lists(row, min_size=1, max_size=60))


def close(got: float | None, want: float | None) -> bool:
    return got is want if got is None or want is None else math.isclose(got, want, rel_tol=1e-15)


@settings(max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate])  # shrinking takes minutes
@given(tables=st.tuples(*[st.lists(observations(), min_size=1, max_size=3)] * len(AGGREGATIONS)))
def test_the_roll_up_equals_its_definition_in_plain_python(
    plant: Plant, define: Define, row: Any, *, tables: tuple[list[Any], ...]
) -> None:
    def planted(metric: str, drawn: list[tuple[int, int, float | None, float | None]]) -> list[Any]:
        return [
            row(START + timedelta(hours=hour), value, metric=metric, unit=f'{{"line":{unit}}}', volume=volume)
            for unit, hour, value, volume in drawn
        ]

    # two rows of one day, and days that are no month's first, make the data events: the declared week stands
    events = [(9, 25, 1.0, 1.0), (9, 26, 1.0, 1.0), (9, 49, 1.0, 1.0)]
    snapshots = {
        key: [planted(key, drawn) for drawn in [*table[:-1], table[-1] + events]]
        for key, table in zip(AGGREGATIONS, tables, strict=True)
    }
    merged = zip_longest(*snapshots.values(), fillvalue=[])
    cache = plant(*([each for part in parts for each in part] for parts in merged))
    for rolled in rollup(cache, metrics=[define(key, "week", key=key) for key in AGGREGATIONS]):
        got = dict(zip(rolled.series.ordinals, rolled.series.values, strict=True))
        want = expected(snapshots[rolled.metric_key], rolled.metric_key, without=rolled.partial)
        assert got.keys() == want.keys()
        assert [period for period in got if not close(got[period], want[period])] == []
