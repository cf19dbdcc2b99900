"""What is counted and timed of cases: of all, of a period, of each week; the definitions of every measure.

- `steps_per_case`: events. `rework_share`: cases with an activity more than once; `first_pass_yield`: the others.
- `backward_share`: cases with a step to an activity whose mean relative place in the whole log is earlier.
- `handovers`: how often a person goes on where another person left off, whatever systems did in between, a case with any
  known resource; `ping_pong`: how often one person, another and the first again follow each other.
- `automation_rate`: events by a system, by the name of its resource or role (`terms.process.MACHINES`), of those with
  a resource or role.
- `touch_mean`: processing time, overlapping events counted each; `wait_mean`: lead time of the whole case less the time
  in which any event was worked on. Both of cases in which every event has a start; there are none in logs without.
- `cost_per_case`: of cases with any cost, to a millionth.
- `top_variants_share`: cases on one of the `STANDARD` commonest ways of their own period.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

from duckdb import DuckDBPyConnection

from valueviz.analysis.process.log import (
    MEASURES,
    CaseAttribute,
    LeadTime,
    LogSummary,
    Periods,
    PeriodSummary,
    Weekly,
)
from valueviz.engine.connection import query
from valueviz.engine.log.cutting import activity_code

STANDARD = 5
"""So many of the commonest variants of a period are its standard: few enough to be learnt by heart."""

QUANTILE = 1.959963984540054
"""Of the standard normal distribution: a level of 95 %."""

TIMED = "started = events"
RATIOS: dict[str, tuple[str, str]] = {
    "steps_per_case": ("sum(events)", "count(*)"),
    "rework_share": ("count_if(events > activities)", "count(*)"),
    "first_pass_yield": ("count_if(events = activities)", "count(*)"),
    "backward_share": ("count_if(backwards > 0)", "count(*)"),
    "handovers": ("sum(handovers)", "count_if(resourced > 0)"),
    "ping_pong": ("sum(ping_pongs)", "count_if(resourced > 0)"),
    "automation_rate": ("sum(automatic)", "sum(attributed)"),
    "touch_mean": (f"sum(touched) FILTER ({TIMED}) / 1e6", f"count_if({TIMED})"),
    "wait_mean": (f"sum(waited) FILTER ({TIMED}) / 1e6", f"count_if({TIMED})"),
    "cost_per_case": ("sum(cost) / 1e6", "count(cost)"),
    "top_variants_share": ("count_if(standard)", "count(*)"),
}
"""Numerator and denominator of each measure over the rows of `measured`."""

LEADS = {
    "lead_median": "median(lead) / 1e6",
    "lead_p90": "quantile_cont(lead, 0.9) / 1e6",
    "lead_mean": "sum(lead) / count(lead) / 1e6",
}
"""The lead time of some cases, in seconds."""

Share = tuple[float, float, float, int]
"""A share of cases, its Wilson interval at 95 %, and of how many cases."""


def summary(connection: DuckDBPyConnection) -> LogSummary:
    """What the chosen cases hold."""
    cases, events, variants, first, last, started, resources, costs = connection.execute(
        query("log_summary")
    ).fetchall()[0]
    roles, day_only = connection.execute(query("log_flags")).fetchall()[0]
    ranked = connection.execute(query("log_ranks")).fetchall()
    attributes = connection.execute("SELECT name, levels, cases FROM attribute ORDER BY number").fetchall()
    systems = connection.execute(query("log_systems")).fetchall()
    return LogSummary(
        cases=cases,
        events=int(events),
        activities=tuple(name for _, name, _ in ranked),
        variants=variants,
        first=_moment(first),
        last=_moment(last),
        started=float(started),
        resources=resources,
        roles=roles,
        costs=costs,
        day_only=day_only,
        attributes=tuple(CaseAttribute(*each) for each in attributes),
        systems=tuple(system for system, _ in systems),
        orphans=tuple(orphans for _, orphans in systems),
    )


def _moment(value: datetime | None) -> datetime | None:
    return value


def periods(connection: DuckDBPyConnection, *, compared: bool) -> Periods:
    """All chosen cases, and those of the two periods where they are compared."""
    outside = connection.execute("SELECT count(*) FROM chosen WHERE lead IS NULL").fetchall()[0][0]
    before, after = (_period(connection, period) if compared else None for period in (0, 1))
    return Periods(_period(connection, None), before, after, outside)


def _period(connection: DuckDBPyConnection, period: int | None) -> PeriodSummary:
    """The cases of one period, all where none is given."""
    ratios = [
        _ratio(key).replace("standard)", "standard_of_all)" if period is None else "standard)") for key in MEASURES
    ]
    where = "" if period is None else f"WHERE period = {int(period)}"
    cases, events, variants, median, p90, mean, *values = connection.execute(
        f"""SELECT count(*), coalesce(sum(events), 0), count(DISTINCT v), {", ".join(LEADS.values())}, {", ".join(ratios)}
        FROM measured {where}"""  # noqa: S608 - texts of this program
    ).fetchall()[0]
    measures = tuple(zip(MEASURES, values, strict=True))
    return PeriodSummary(cases, int(events), variants, LeadTime(median, mean, p90), measures)


def _ratio(key: str) -> str:
    above, below = RATIOS[key]
    return f"({above}) / nullif({below}, 0)"


def weekly(connection: DuckDBPyConnection, measure: str) -> Weekly:
    """A measure by the week in which cases start."""
    if measure in LEADS:
        return _weekly(connection, LEADS[measure], "count(lead)")
    return _weekly(connection, _ratio(measure), RATIOS[measure][1])


def weekly_share(connection: DuckDBPyConnection, limit: float) -> Weekly:
    """The share of cases with a lead time of at most `limit` seconds, by the week in which they start."""
    microseconds = math.floor(limit * 1e6)
    return _weekly(connection, f"count_if(lead <= {microseconds}) / nullif(count(lead), 0)", "count(lead)")


def shares(connection: DuckDBPyConnection, limit: float) -> dict[str, Share]:
    """The share of cases with a lead time of at most `limit` seconds, of all and of each period that has cases."""
    found = connection.execute(
        """SELECT CASE WHEN grouping(period) = 1 THEN 9 ELSE period END AS part, count_if(lead <= ?), count(lead)
        FROM chosen WHERE lead IS NOT NULL GROUP BY GROUPING SETS ((), (period)) HAVING count(lead) > 0""",
        [math.floor(limit * 1e6)],
    ).fetchall()
    names = {9: "overall", 0: "before", 1: "after"}
    return {names[part]: wilson(hits, cases) for part, hits, cases in sorted(found) if part in names}


def wilson(hits: int, cases: int) -> Share:
    """A share with its interval at 95 %.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).

    >>> [round(each, 3) for each in wilson(8, 10)]
    [0.8, 0.49, 0.943, 10]
    """
    share, square = hits / cases, QUANTILE**2
    middle = (share + square / (2 * cases)) / (1 + square / cases)
    half = QUANTILE * math.sqrt(share * (1 - share) / cases + square / (4 * cases**2)) / (1 + square / cases)
    return share, middle - half, middle + half, cases


def weekly_adoption(connection: DuckDBPyConnection, activities: Sequence[str]) -> Weekly:
    """The share of cases that contain any of some activities, by the week in which they start."""
    codes = [activity_code(connection, name) for name in activities]
    listed = ", ".join(str(code) for code in codes) or "-1"
    return _weekly(
        connection,
        f"count_if(k IN (SELECT k FROM seq WHERE a IN ({listed}))) / count(*)",  # noqa: S608 - numbers
        "count(*)",
    )


def weekly_conformance(connection: DuckDBPyConnection, paths: Sequence[Sequence[str]]) -> Weekly:
    """The share of cases that took one of some ways exactly, by the week in which they start."""
    coded = [[activity_code(connection, name) for name in path] for path in paths]
    listed = ", ".join(str(path) for path in coded) or "[]"
    return _weekly(
        connection,
        f"count_if(v IN (SELECT v FROM variant WHERE path IN ({listed}))) / count(*)",  # noqa: S608 - numbers
        "count(*)",
    )


def _weekly(connection: DuckDBPyConnection, value: str, observed: str) -> Weekly:
    """A value by week; both texts are of this program."""
    rows = connection.execute(
        f"""SELECT week, ({value})::DOUBLE AS value, ({observed})::BIGINT AS observed, bool_and(mature)
        FROM measured GROUP BY week HAVING observed > 0 AND value IS NOT NULL ORDER BY week"""  # noqa: S608
    ).fetchall()
    return of_rows(rows)


def of_rows(rows: Sequence[tuple[int, float, int, bool]]) -> Weekly:
    """Rows of week, value, observations and maturity as one series."""
    if not rows:
        return Weekly((), (), (), ())
    ordinals, values, counts, mature = zip(*rows, strict=True)
    return Weekly(ordinals, values, counts, mature)
