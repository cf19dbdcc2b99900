"""Single times of the chosen cases: of edges, of leads, of waits, as arrays; and the same by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from duckdb import DuckDBPyConnection

from valueviz.analysis.process.log import Passage, Samples, Seconds, StepWaits, Weekly
from valueviz.engine.connection import query
from valueviz.engine.log.cutting import activity_code, attribute_column
from valueviz.engine.log.measure import of_rows
from valueviz.engine.log.working import WorkTime, working_seconds

Pair = tuple[str, str]


def _wanted(connection: DuckDBPyConnection, pairs: Sequence[Pair]) -> None:
    """Tell which edges are asked for, by the numbers of their activities; those of the gate take no time."""
    known = dict(connection.execute("SELECT name, a FROM activity").fetchall())
    real = [(at, *pair) for at, pair in enumerate(pairs) if pair[0] in known and pair[1] in known]
    columns: list[list[Any]] = [
        [at for at, _, _ in real],
        [known[source] for _, source, _ in real],
        [known[target] for _, _, target in real],
    ]
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE wanted AS
        SELECT unnest(?::INTEGER []) AS number, unnest(?::INTEGER []) AS a, unnest(?::INTEGER []) AS na""",
        columns,
    )


def weekly_edges(connection: DuckDBPyConnection, pairs: Sequence[Pair], *, fewest: int) -> dict[Pair, Weekly]:
    """The median seconds of edges by week, of weeks in which at least so many cases walk them."""
    _wanted(connection, pairs)
    rows = connection.execute(query("log_weekly_edges"), [fewest]).fetchall()
    return {pair: of_rows([row[1:] for row in rows if row[0] == at]) for at, pair in enumerate(pairs)}


def weekly_waits(connection: DuckDBPyConnection, activities: Sequence[str], *, fewest: int) -> dict[str, Weekly]:
    """The median wait before activities by week, of weeks with at least so many cases; openers wait for nothing."""
    codes = {activity_code(connection, name): name for name in activities}
    rows = connection.execute(query("log_weekly_waits"), [list(codes), fewest]).fetchall()
    return {name: of_rows([row[1:] for row in rows if row[0] == code]) for code, name in codes.items()}


def samples(connection: DuckDBPyConnection, pairs: Sequence[Pair]) -> dict[Pair, Samples]:
    """All times of edges in the two periods, in rising order."""
    _wanted(connection, pairs)
    columns = connection.execute(query("log_samples")).fetchnumpy()
    number, period, took = (np.asarray(columns[name]) for name in ("number", "period", "took"))
    return {pair: _split(took[number == at], period[number == at]) for at, pair in enumerate(pairs)}


def leads(connection: DuckDBPyConnection, working: WorkTime | None) -> Samples:
    """All lead times of the two periods, in rising order."""
    columns = connection.execute("SELECT period, begins, ends FROM chosen WHERE lead IS NOT NULL").fetchnumpy()
    period, begins, ends = (np.asarray(columns[name]) for name in ("period", "begins", "ends"))
    if working is None:
        return _split(ends - begins, period)
    times = working_seconds(begins / 1e6, ends / 1e6, time=working)
    return Samples(np.sort(times[period == 0]), np.sort(times[period == 1]))


def _split(microseconds: np.ndarray[Any, Any], period: np.ndarray[Any, Any]) -> Samples:
    before, after = (np.sort(microseconds[period == number]) / 1e6 for number in (0, 1))
    return Samples(before, after)


def lead_by(connection: DuckDBPyConnection, attribute: str) -> dict[str, Samples]:
    """The lead times by level of a case attribute, levels in order."""
    column = attribute_column(connection, attribute)
    columns = connection.execute(
        f"""SELECT dense_rank() OVER (ORDER BY v.{column}) - 1 AS level, c.period, c.lead
        FROM chosen AS c INNER JOIN attributed AS v USING (k)
        WHERE c.lead IS NOT NULL AND v.{column} IS NOT NULL"""  # noqa: S608 - the column is a number
    ).fetchnumpy()
    names = connection.execute(
        f"""SELECT DISTINCT v.{column} FROM chosen AS c INNER JOIN attributed AS v USING (k)
        WHERE c.lead IS NOT NULL AND v.{column} IS NOT NULL ORDER BY 1"""  # noqa: S608
    ).fetchall()
    parts = _levels(columns, len(names))
    return {name: _split(part["lead"], part["period"]) for (name,), part in zip(names, parts, strict=True)}


def _levels(columns: dict[str, Any], count: int) -> list[dict[str, np.ndarray[Any, Any]]]:
    """The rows of each level, told apart by one sort."""
    level = np.asarray(columns["level"])
    order = np.argsort(level, kind="stable")
    ends = np.searchsorted(level[order], np.arange(count + 1))
    rest = {name: np.asarray(values)[order] for name, values in columns.items() if name != "level"}
    return [{name: values[start:end] for name, values in rest.items()} for start, end in pairwise(ends)]


def waits_by(connection: DuckDBPyConnection, activity: str, attribute: str, *, period: int) -> dict[str, Seconds]:
    """The waits before an activity in rising order, by level of a case attribute."""
    column = attribute_column(connection, attribute)
    rows = connection.execute(
        f"""SELECT v.{column}, list(e.waited ORDER BY e.waited)
        FROM seq AS e INNER JOIN chosen AS c USING (k) INNER JOIN attributed AS v USING (k)
        WHERE e.a = $a AND e.frontier IS NOT NULL AND ($period = 9 OR c.period = $period) AND v.{column} IS NOT NULL
        GROUP BY 1 ORDER BY 1""",  # noqa: S608 - the column is a number
        {"a": activity_code(connection, activity), "period": period},
    ).fetchall()
    return {level: np.asarray(waits, dtype=np.float64) / 1e6 for level, waits in rows}


def waits(connection: DuckDBPyConnection, activity: str, *, time: WorkTime) -> StepWaits:
    """Every event of one activity: who waited how long, and for whom."""
    columns = connection.execute(query("log_waits"), [activity_code(connection, activity)]).fetchnumpy()
    kept = {name: np.ma.filled(np.ma.asarray(values), -1) for name, values in columns.items()}
    # a first event has no frontier, whatever stands in its place
    opens = np.ma.getmaskarray(np.ma.asarray(columns["enabled"]))
    enabled = np.where(opens, np.nan, kept["enabled"] / 1e6)
    started, completed = kept["started"] / 1e6, kept["completed"] / 1e6
    arrives = np.where(opens, started, np.minimum(enabled, started))
    names = connection.execute("SELECT name FROM resource ORDER BY r").fetchall()
    found = StepWaits(
        activity=activity,
        enabled=enabled,
        started=started,
        completed=completed,
        resource=kept["resource"].astype(np.int32),
        previous=kept["previous"].astype(np.int32),
        visit=kept["visit"].astype(np.int32),
        after=kept["period"].astype(np.int8),
        case=kept["k"].astype(np.int64),
        resources=tuple(name for (name,) in names),
        working=working_seconds(arrives, started, time=time),
    )
    for array in (enabled, started, completed, found.resource, found.previous, found.visit, found.after, found.case):
        array.setflags(write=False)
    return found


def passages(
    connection: DuckDBPyConnection, pairs: Sequence[Pair], *, around: date, weeks: int, most: int
) -> dict[Pair, tuple[Passage, ...]]:
    """Walks along edges within some weeks of a day, at most so many of each, evenly thinned in order of leaving."""
    _wanted(connection, pairs)
    reach = timedelta(weeks=weeks)
    rows = connection.execute(query("log_passages"), [around - reach, around + reach]).fetchall()
    found: dict[Pair, tuple[Passage, ...]] = {}
    for at, pair in enumerate(pairs):
        walks = [Passage(leaves, arrives, bool(after)) for number, leaves, arrives, after in rows if number == at]
        found[pair] = tuple(walks if len(walks) <= most else [walks[at * len(walks) // most] for at in range(most)])
    return found
