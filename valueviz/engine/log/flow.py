"""The flow of the chosen cases: edges and steps with their times, and what each step adds to the lead time."""

from __future__ import annotations

from itertools import pairwise
from math import comb

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from valueviz.analysis.process.log import Edge, EdgeStats, Frontier, Step, StepStats
from valueviz.engine.connection import query
from valueviz.engine.log.measure import QUANTILE

ALL = 9
"""Stands for all chosen cases beside period 0, before, and 1, after."""

EXACT = 50
"""Up to so many waits the interval of their median counts binomial probabilities; beyond, the normal limit is as good."""

Period = int


def sizes(connection: DuckDBPyConnection) -> dict[Period, int]:
    """How many cases each period has, and all."""
    rows = connection.execute("SELECT period, count(*) FROM chosen GROUP BY period").fetchall()
    return {**dict(rows), ALL: sum(cases for _, cases in rows)}


def edges(connection: DuckDBPyConnection) -> tuple[Edge, ...]:
    """Every edge walked, those of the gate included, most walked first."""
    cases = sizes(connection)
    walked: dict[tuple[str, str], dict[Period, EdgeStats]] = {}
    for period, source, target, count, of, median, mean in connection.execute(query("log_walks")).fetchall():
        stats = EdgeStats(count, of, of / cases[period], float(median), float(mean))
        walked.setdefault((source, target), {})[period] = stats
    found = [Edge(*pair, stats.get(ALL), stats.get(0), stats.get(1)) for pair, stats in walked.items()]
    return tuple(sorted(found, key=lambda edge: (-edge.overall.count if edge.overall else 0, edge.source, edge.target)))


def steps(connection: DuckDBPyConnection) -> tuple[Step, ...]:
    """Every activity, in order of its mean relative place in a case."""
    cases = sizes(connection)
    middles = _middles(connection)
    visited: dict[int, dict[Period, StepStats]] = {}
    for period, a, events, of, waited, touched in connection.execute(query("log_visits")).fetchall():
        if period in (ALL, 0, 1):
            median, low, high = middles.get((period, a), (0.0, None, None))
            touch = None if touched is None else float(touched)
            stats = StepStats(events, of, of / cases[period], float(waited), median, low, high, touch)
            visited.setdefault(a, {})[period] = stats
    return tuple(
        Step(name, visited[a].get(ALL), visited[a].get(0), visited[a].get(1), role)
        for a, name, role in connection.execute(query("log_ranks")).fetchall()
    )


def frontier(connection: DuckDBPyConnection, period: Period) -> tuple[Frontier, ...]:
    """Each activity's part of the lead times of a period, in order of their mean relative place."""
    rows = connection.execute(query("log_frontier"), [period, period]).fetchall()
    parts = {a: (events, float(waited), float(worked)) for a, events, waited, worked in rows}
    ranked = connection.execute(query("log_ranks")).fetchall()
    return tuple(Frontier(name, *parts[a]) for a, name, _ in ranked if a in parts)


Middle = tuple[float, float | None, float | None]


def _middles(connection: DuckDBPyConnection) -> dict[tuple[Period, int], Middle]:
    """The median wait of each activity in each period, with its interval; what opens a case waits for nothing."""
    columns = connection.execute(
        "SELECT e.a, c.period, e.waited FROM seq AS e INNER JOIN chosen AS c USING (k) WHERE e.frontier IS NOT NULL"
    ).fetchnumpy()
    order = np.lexsort((columns["waited"], columns["a"]))
    activity, period, waited = (np.asarray(columns[name])[order] for name in ("a", "period", "waited"))
    edges_of = np.flatnonzero(np.diff(activity, prepend=-1, append=-1))
    found: dict[tuple[Period, int], Middle] = {}
    for start, end in pairwise(edges_of):
        times, parts = waited[start:end], period[start:end]
        for number in (ALL, 0, 1):
            ranked = times if number == ALL else times[parts == number]
            if len(ranked):
                found[number, int(activity[start])] = middle(ranked)
    return found


def middle(ranked: NDArray[np.int64]) -> Middle:
    """The median of microseconds in rising order and its 95 % interval by order statistics, in seconds.

    Too few for the level have no interval: below six even the extremes hold the median less often.

    >>> middle(np.array([1, 2, 3, 4, 5, 6]) * 1_000_000)
    (3.5, 1.0, 6.0)
    """
    count = len(ranked)
    median = (int(ranked[(count - 1) // 2]) + int(ranked[count // 2])) / 2e6
    rank = _rank(count)
    if rank is None:
        return median, None, None
    return median, int(ranked[rank - 1]) / 1e6, int(ranked[count - rank]) / 1e6


def _rank(count: int) -> int | None:
    """The largest rank r for which the r-th smallest and r-th largest of `count` hold the median at 95 %.

    Source: order statistics; the number of values below the median is binomial(count, ½).
    """
    if count > EXACT:
        return max(1, int((count - QUANTILE * count**0.5) / 2))
    below, rank = 0, 0
    while 2 * (below + comb(count, rank)) <= 0.05 * 2**count:
        below += comb(count, rank)
        rank += 1
    return rank or None
