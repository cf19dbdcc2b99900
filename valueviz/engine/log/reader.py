"""One log, opened under one cut: what may be asked of it.

A cut chooses cases, places each in a period and in a week; every answer is of the chosen cases alone. Waits are by the
frontier of the case: a step waits from the moment all earlier work of its case is done until it starts, and works on
the lead time from then on only. Times are elapsed seconds where not named working.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Literal

from duckdb import DuckDBPyConnection

from valueviz.analysis.process.log import (
    CaseRow,
    Cause,
    Cut,
    Edge,
    EventRow,
    Frontier,
    LogSummary,
    Passage,
    Periods,
    Samples,
    Seconds,
    Step,
    StepWaits,
    Variant,
    Weekly,
)
from valueviz.engine.connection import open_cache, query
from valueviz.engine.log import causes, drill, flow, measure, sample
from valueviz.engine.log.cutting import choose
from valueviz.engine.log.working import OFFICE, WorkTime

Pair = tuple[str, str]
"""Two activities, the first directly followed by the second; `GATE` may be one of them."""

PeriodName = Literal["before", "after", "overall"]

PERIODS = {"before": 0, "after": 1, "overall": flow.ALL}


@contextmanager
def reading(path: Path, cut: Cut, *, threads: int | None = None) -> Iterator[Reader]:
    """A log under a cut.

    Args:
        path: a database of `build_log`.
        cut: which cases count, and where before ends and after begins.
        threads: how many at once; all processors where not given.

    Raises:
        StoreError: `cache_damaged`, `memory_exhausted`.
        UsageError: `unknown_activity`, `unknown_attribute`, when the cut names what the log does not hold.
    """
    with open_cache(path, threads=threads) as connection:
        yield Reader(connection, cut)


class Reader:
    """The answers of one log under one cut."""

    def __init__(self, connection: DuckDBPyConnection, cut: Cut) -> None:
        self._connection = connection
        self._cut = cut
        choose(connection, cut)
        connection.execute(query("log_standard"), [measure.STANDARD])
        connection.execute(query("log_measured_cases"))

    def summary(self) -> LogSummary:
        """What the chosen cases hold."""
        return measure.summary(self._connection)

    def periods(self) -> Periods:
        """Cases, lead times and measures of all chosen cases and of each period."""
        return measure.periods(self._connection, compared=self._cut.before is not None and self._cut.after is not None)

    def edges(self) -> tuple[Edge, ...]:
        """Every edge walked, those of the gate included, most walked first."""
        return flow.edges(self._connection)

    def steps(self) -> tuple[Step, ...]:
        """Every activity, in order of its mean relative place in a case."""
        return flow.steps(self._connection)

    def frontier(self, period: PeriodName = "overall") -> tuple[Frontier, ...]:
        """Each activity's part of the lead time of a period, in the order of `steps`."""
        return flow.frontier(self._connection, PERIODS[period])

    def weekly(self, key: str) -> Weekly:
        """A measure by the week in which cases start: `lead_median`, `lead_p90`, `lead_mean` or a key of `MEASURES`."""
        return measure.weekly(self._connection, key)

    def weekly_edges(self, pairs: Sequence[Pair], *, fewest: int = 3) -> dict[Pair, Weekly]:
        """The median seconds of edges by the week in which cases start; `counts` are walks, weeks with fewer absent."""
        return sample.weekly_edges(self._connection, pairs, fewest=fewest)

    def weekly_waits(self, activities: Sequence[str], *, fewest: int = 3) -> dict[str, Weekly]:
        """The median wait before activities by the week in which cases start; `counts` are events."""
        return sample.weekly_waits(self._connection, activities, fewest=fewest)

    def weekly_share(self, limit: float) -> Weekly:
        """The share of cases whose lead time is at most `limit` seconds, by the week in which they start."""
        return measure.weekly_share(self._connection, limit)

    def shares(self, limit: float) -> dict[str, measure.Share]:
        """The share of cases whose lead time is at most `limit` seconds, with its interval, by name of the period."""
        return measure.shares(self._connection, limit)

    def weekly_conformance(self, paths: Sequence[Sequence[str]]) -> Weekly:
        """The share of cases that took one of some ways exactly, by the week in which they start."""
        return measure.weekly_conformance(self._connection, paths)

    def weekly_adoption(self, activities: Sequence[str]) -> Weekly:
        """The share of cases that contain any of some activities, by the week in which they start."""
        return measure.weekly_adoption(self._connection, activities)

    def samples(self, pairs: Sequence[Pair]) -> dict[Pair, Samples]:
        """All times of edges in the two periods, in rising order."""
        return sample.samples(self._connection, pairs)

    def leads(self, *, working: WorkTime | None = None) -> Samples:
        """All lead times of the two periods, in rising order: elapsed, or working ones where working time is given."""
        return sample.leads(self._connection, working)

    def lead_by(self, attribute: str) -> dict[str, Samples]:
        """The lead times by level of a case attribute, levels in order."""
        return sample.lead_by(self._connection, attribute)

    def waits_by(self, activity: str, attribute: str, *, period: PeriodName = "overall") -> dict[str, Seconds]:
        """The waits before an activity in rising order, by level of a case attribute."""
        return sample.waits_by(self._connection, activity, attribute, period=PERIODS[period])

    def waits(self, activity: str, *, time: WorkTime = OFFICE) -> StepWaits:
        """Every wait before an activity."""
        return sample.waits(self._connection, activity, time=time)

    def variants(self, *, top: int = 8) -> tuple[Variant, ...]:
        """The ways most cases took, most taken first."""
        return drill.variants(self._connection, top)

    def causes(self, period: PeriodName = "overall") -> tuple[Cause, ...]:
        """What cases waited for between two activities; empty unless start, complete and resource exist."""
        return causes.causes(self._connection, PERIODS[period])

    def passages(
        self, pairs: Sequence[Pair], *, around: date, weeks: int, most: int
    ) -> dict[Pair, tuple[Passage, ...]]:
        """Walks along edges within some weeks of a day, at most so many of each, evenly thinned."""
        return sample.passages(self._connection, pairs, around=around, weeks=weeks, most=most)

    def cases(self, *, edge: Pair | None = None, limit: int = 200, slowest: bool = True) -> tuple[CaseRow, ...]:
        """The cases with the longest lead times or the shortest, of those that walk an edge where one is given."""
        return drill.cases(self._connection, edge=edge, limit=limit, slowest=slowest)

    def events(self, case: str) -> tuple[EventRow, ...]:
        """The events of a case in order."""
        return drill.events(self._connection, case)

    def rework(self, period: PeriodName = "overall") -> dict[str, int]:
        """How many visits are second or later ones, by kind of `drill.REVISITS`."""
        return drill.rework(self._connection, PERIODS[period])

    def sites(self) -> tuple[str, ...]:
        """The sites of all cases of the log, sorted."""
        return drill.sites(self._connection)

    def levels(self, attribute: str, *, most: int = 50) -> tuple[tuple[str, int], ...]:
        """The commonest levels of a case attribute among the chosen cases, and how many cases have each."""
        return drill.levels(self._connection, attribute, most=most)
