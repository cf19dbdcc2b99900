"""From observations to one series a metric, in one pass over the cache; it knows no effect and no client.

The composition of a series is held fixed: a period counts only when every unit of the cohort was measured in
it, so that a unit that comes or goes never looks like a change.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from valueviz.engine.cohort import Cohort, cohort
from valueviz.engine.connection import open_cache, query
from valueviz.engine.levels import mixed
from valueviz.errors import DataError
from valueviz.terms import GRAINS, Grain, Measured, Metric, Series, Window, period_end, period_of, period_start

EXACT_BITS = 90
"""Sums are sums of 128-bit integers: 90 bits for the largest reading leave room for 2^36 rows.

Readings down to 2^-37 of the largest enter exactly, smaller ones to within 2^-91 of the largest.
"""

LARGEST_SCALE = 1000
"""Exponent of the largest power of two that scales a reading; beyond it the power itself is infinite."""

MOST_PARTS = 100
"""Units of a cohort whose own values are told beside the whole: a roll-out of that many sites; more are a list of
cases, of which one does not matter."""

WEIGHTED = ("mean", "ratio", "median")
"""Aggregations whose values vary less, the more volume they rest on."""


@dataclass(frozen=True, slots=True)
class Rolled:
    """One metric over its periods, the units it rests on, and what was left out for it.

    Attributes:
        metric_key: key of the metric.
        series: values by period; None where the cohort is incomplete.
        units: the cohort, canonical JSON of dimensions, sorted.
        left_out: units outside the cohort, sorted.
        incomplete: periods in which a unit of the cohort has no value.
        partial: first or last period of a sum or count that the data do not cover; not in the series.
        unweighted: a mean or ratio whose volumes are missing, so that its rows weigh alike.
        parts: the values of each unit of the cohort, aligned with `units` and the periods of the series; of medians
            the means. None for a single unit and for more than `MOST_PARTS`.
        part_volumes: their volumes, where every row has one; else none.
        mixed: how many units of the cohort are the whole of others in it.
        pasted: how often each row stands, where a file holds (nearly) all of them more than once; else 1.
    """

    metric_key: str
    series: Series
    units: tuple[str, ...]
    left_out: tuple[str, ...]
    incomplete: tuple[int, ...]
    partial: tuple[int, ...] = ()
    unweighted: bool = False
    parts: tuple[tuple[float | None, ...], ...] = ()
    part_volumes: tuple[tuple[float | None, ...], ...] = ()
    mixed: int = 0
    pasted: int = 1


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the rows of a metric lie in time: one a period or many, how far apart, from when to when."""

    periodic: bool
    grain: Grain | None
    first: date
    last: date
    pause: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A metric that the cache has rows of, under its number in this roll-up."""

    number: int
    metric: Metric
    grain: Grain
    formula: int | None
    partial: tuple[int, ...]


def rollup(
    path: Path,
    *,
    metrics: Sequence[Metric],
    sites: Sequence[str] = (),
    window: Window | None = None,
    threads: int | None = None,
    restored: bool = False,
) -> tuple[Rolled, ...]:
    """The series of each metric that the cache has values of, in the order asked.

    Args:
        path: a cache of `build_cache`.
        metrics: definitions; `expression` comes from a shipped pack.
        sites: only rows of these sites; none named: all rows.
        window: only periods whose every row lies inside it.
        threads: how many at once; the result does not depend on it.
        restored: values that a later file left blank count as they were measured last.

    Raises:
        StoreError: `cache_damaged`.
        DataError: `value_too_large`, where a value times its volume is beyond double precision.
        DefinitionError: `expression_failed`.
    """
    with open_cache(path, threads=threads) as connection:
        asked = _define(connection, metrics, sites, restored=restored)
        if not asked:
            return ()
        scales = _scale(connection, asked)
        connection.execute(query("cell"))
        partial = [(each.number, period) for each in asked for period in each.partial]
        connection.execute(query("partial"), _columns(partial))
        if window is not None:
            connection.execute(query("outside"), [window.start, window.end])
        cohorts = _cohorts(connection)
        _choose(connection, cohorts)
        names: list[str] = _only(connection, "SELECT enum_range(NULL::unit_key)")
        sums = _by_period(connection.execute(query("sums")).fetchall())
        medians = _by_period(connection.execute(query("medians")).fetchall())
        several_tags = any(row[6] != row[7] or row[8] != row[9] for row in sums.values())
        tags = _by_period(connection.execute(query("tags")).fetchall()) if several_tags else {}
        several = [number for number, each in cohorts.items() if 1 < len(each.units) <= MOST_PARTS]
        parts = {row[:3]: row[3:] for row in connection.execute(query("parts"), [several]).fetchall()}
        origins = dict(connection.execute(query("origins")).fetchall())
        pasted = dict(connection.execute("SELECT metric::VARCHAR, times FROM pasted").fetchall())
    return tuple(
        _Rolling(
            each,
            cohorts[each.number],
            scales[each.number],
            sums=sums,
            medians=medians,
            tags=tags,
            parts=parts,
            pasted=pasted.get(each.metric.key, 1),
        ).rolled(names, tuple(origins.get(each.number, ())))
        for each in asked
        if each.number in cohorts
    )


def _only(connection: DuckDBPyConnection, sql: str) -> Any:
    rows = connection.execute(sql).fetchall()
    return rows[0][0]


def _by_period(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[int, int], tuple[Any, ...]]:
    return {(row[0], row[1]): row[2:] for row in rows}


def _define(
    connection: DuckDBPyConnection, metrics: Sequence[Metric], sites: Sequence[str], *, restored: bool
) -> tuple[_Asked, ...]:
    """The metrics that have rows, told to the engine with their grain, formula and sites."""
    found = connection.execute(query("shapes")).fetchall()
    shapes = {key: _Shape(*shape) for key, *shape in found}
    present = [metric for metric in metrics if metric.key in shapes]
    expressions = sorted({metric.expression for metric in present} - {"value"})
    asked = tuple(_ask(number, metric, shapes[metric.key], expressions) for number, metric in enumerate(present))
    connection.execute(
        query("definition"),
        [
            [each.number for each in asked],
            [each.metric.key for each in asked],
            [each.formula for each in asked],
            [each.metric.aggregation for each in asked],
            [each.grain for each in asked],
        ],
    )
    connection.execute("CREATE TEMP TABLE wanted_site AS SELECT unnest(?::VARCHAR []) AS wanted", [list(sites)])
    # Trust boundary: expressions come from shipped packs only, never from a mapping, an engagement or a page.
    formulas = " ".join(f"WHEN {number} THEN ({text})" for number, text in enumerate(expressions))
    no_formula = "WHEN -1 THEN NULL"
    reading = query("reading").replace("/* formulas */", formulas or no_formula)
    connection.execute(query("period"))
    connection.execute(reading.replace("observation.counts", "observation.counts_restored") if restored else reading)
    return asked


def _ask(number: int, metric: Metric, shape: _Shape, expressions: Sequence[str]) -> _Asked:
    grain = _grain(metric, shape)
    return _Asked(
        number=number,
        metric=metric,
        grain=grain,
        formula=expressions.index(metric.expression) if metric.expression in expressions else None,
        partial=_partial(shape, grain) if metric.aggregation in ("sum", "count") else (),
    )


def _grain(metric: Metric, shape: _Shape) -> Grain:
    """The declared grain, or that of the data where they are coarser or nothing is declared.

    Where a unit has several rows a day the rows are events, and their dates say nothing about a grain.
    """
    if metric.grain is None:
        return shape.grain or "day"
    if not shape.periodic or shape.grain is None:
        return metric.grain
    return max(metric.grain, shape.grain, key=GRAINS.index)


def _partial(shape: _Shape, grain: Grain) -> tuple[int, ...]:
    """First and last period where finer data begin later or end earlier than their usual pause explains.

    A sum over half a month is no month: it would look like a fall.
    """
    first, last = period_of(shape.first, grain), period_of(shape.last, grain)
    if shape.grain is None or GRAINS.index(shape.grain) >= GRAINS.index(grain) or last - first < 2:
        return ()
    late = (shape.first - period_start(first, grain)).days >= shape.pause
    early = (period_end(last, grain) - shape.last).days >= shape.pause
    return ((first,) if late else ()) + ((last,) if early else ())


def _scale(connection: DuckDBPyConnection, asked: Sequence[_Asked]) -> dict[int, tuple[int, int, int]]:
    """Exponents of the powers of two by which values, volumes and products become integers."""
    scales: dict[int, tuple[int, int, int]] = {}
    for number, *largest in connection.execute(query("extremes")).fetchall():
        if not all(map(math.isfinite, largest)):
            raise DataError("value_too_large", metric=asked[number].metric.key)
        amount, volume, product = (min(LARGEST_SCALE, EXACT_BITS - math.frexp(each)[1]) for each in largest)
        scales[number] = (amount, volume, product)
    columns = [[math.ldexp(1.0, each[place]) for each in scales.values()] for place in range(3)]
    connection.execute(query("scale"), [list(scales), *columns])
    return scales


def _cohorts(connection: DuckDBPyConnection) -> dict[int, Cohort]:
    import numpy as np

    cells = connection.execute(query("coverage")).fetchnumpy()
    numbers = cells["number"]
    bounds = np.flatnonzero(np.diff(numbers, prepend=-1, append=-1))
    return {
        int(numbers[start]): cohort(cells["unit"][start:stop], cells["period"][start:stop])
        for start, stop in pairwise(bounds.tolist())
    }


def _choose(connection: DuckDBPyConnection, cohorts: Mapping[int, Cohort]) -> None:
    units = [(number, unit) for number, each in cohorts.items() for unit in each.units]
    periods = [(number, period) for number, each in cohorts.items() for period in each.complete]
    connection.execute(query("chosen"), [*_columns(units), *_columns(periods)])


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [first for first, _ in pairs], [second for _, second in pairs]


@dataclass(frozen=True, slots=True)
class _Rolling:
    """The sums of one metric on their way to a series."""

    asked: _Asked
    cohort: Cohort
    scale: tuple[int, int, int]
    sums: Mapping[tuple[int, int], tuple[Any, ...]]
    medians: Mapping[tuple[int, int], tuple[Any, ...]]
    tags: Mapping[tuple[int, int], tuple[Any, ...]]
    parts: Mapping[tuple[int, int, int], tuple[Any, ...]]
    pasted: int = 1

    def rolled(self, names: Sequence[str], digests: tuple[str, ...]) -> Rolled:
        number, metric = self.asked.number, self.asked.metric
        rows = {period: self.sums[number, period] for period in self.cohort.complete}
        weighted = all(row[2] == row[1] for row in rows.values())
        values = {period: self._value(period, row, weighted) for period, row in rows.items()}
        ordinals = self.cohort.periods
        units = tuple(names[unit] for unit in self.cohort.units)
        series = Series(
            key=metric.key,
            grain=self.asked.grain,
            ordinals=ordinals,
            values=tuple(values.get(period) for period in ordinals),
            volumes=self._volumes(rows) if weighted and metric.aggregation in WEIGHTED else None,
            instruments=self._tags(rows, 0),
            definition_versions=self._tags(rows, 1),
            lineage=Measured(_query_name(metric), digests, sum(row[0] for row in rows.values())),
        )
        return Rolled(
            metric_key=metric.key,
            series=series,
            units=units,
            left_out=tuple(names[unit] for unit in self.cohort.left_out),
            incomplete=tuple(period for period in ordinals if period not in rows),
            partial=self.asked.partial,
            unweighted=metric.aggregation in ("mean", "ratio") and not weighted,
            parts=tuple(self._part(unit, weighted) for unit in self.cohort.units) if self._has_parts else (),
            part_volumes=tuple(self._part_volumes(unit) for unit in self.cohort.units)
            if self._has_parts and weighted and metric.aggregation in WEIGHTED
            else (),
            mixed=mixed(units),
            pasted=self.pasted,
        )

    @property
    def _has_parts(self) -> bool:
        return 1 < len(self.cohort.units) <= MOST_PARTS

    def _part(self, unit: int, weighted: bool) -> tuple[float | None, ...]:
        """The values of one unit, period by period."""
        rows = {period: self.parts.get((self.asked.number, unit, period)) for period in self.cohort.periods}
        return tuple(None if row is None else self._mean(row, weighted) for row in rows.values())

    def _part_volumes(self, unit: int) -> tuple[float | None, ...]:
        """The volumes of one unit, period by period."""
        rows = (self.parts.get((self.asked.number, unit, period)) for period in self.cohort.periods)
        return tuple(None if row is None else _unscaled(row[4], self.scale[1]) for row in rows)

    def _value(self, period: int, row: tuple[Any, ...], weighted: bool) -> float | None:
        if self.asked.metric.aggregation == "median":
            return float(self.medians[self.asked.number, period][0])
        return self._mean(row, weighted)

    def _mean(self, row: tuple[Any, ...], weighted: bool) -> float | None:
        """The value of some sums: a number of rows, a sum, or a mean, weighted where all rows have a volume."""
        count, amounts, _, total, weight, product = row[:6]
        aggregation = self.asked.metric.aggregation
        if aggregation == "count":
            return float(count if self.asked.formula is None else amounts)
        if aggregation == "sum":
            return _unscaled(total, self.scale[0])
        if aggregation == "median" or not weighted:
            return _unscaled(total, self.scale[0]) / int(amounts)
        volume = _unscaled(weight, self.scale[1])
        return _unscaled(product, self.scale[2]) / volume if volume else None

    def _volumes(self, rows: Mapping[int, tuple[Any, ...]]) -> tuple[float | None, ...]:
        return tuple(
            _unscaled(rows[period][4], self.scale[1]) if period in rows else None for period in self.cohort.periods
        )

    def _tags(self, rows: Mapping[int, tuple[Any, ...]], place: int) -> tuple[str | None, ...] | None:
        """Instrument (place 0) or definition version (1) of each period; several are joined with a bar."""
        found = {period: self._tag(period, row, place) for period, row in rows.items()}
        if not any(found.values()):
            return None
        return tuple(found.get(period) for period in self.cohort.periods)

    def _tag(self, period: int, row: tuple[Any, ...], place: int) -> str | None:
        first, last = row[6 + 2 * place : 8 + 2 * place]
        joined = first if first == last else self.tags[self.asked.number, period][place]
        return None if joined is None else str(joined)


def _unscaled(total: int, exponent: int) -> float:
    """A sum of scaled integers as a number, rounded once."""
    return math.ldexp(float(total), -exponent)


def _query_name(metric: Metric) -> str:
    """Name of the roll-up and the digest of its SQL, expression included: `rollup.mean@0123456789ab`."""
    text = "\n".join(
        [query("observation"), query("period"), query("reading"), query("cell"), query("sums"), metric.expression]
    )
    return f"rollup.{metric.aggregation}@{hashlib.sha256(text.encode()).hexdigest()[:12]}"
