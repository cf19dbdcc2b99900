"""The Domestic declarations of 2017 and 2018, compared without the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.analysis.event_log import edges, inside, read_xes, samples, steps, walks, week, weekly_edges, weekly_median
from valueviz.analysis.effect import Effect
from valueviz.analysis.process.compare import edge_changes, step_changes
from valueviz.analysis.process.log import GATE
from valueviz.analysis.process.measures import lead_change
from valueviz.analysis.process.result import Drawn, EdgeChange, StepChange
from valueviz.analysis.process.select import select
from valueviz.analysis.process.weeks import weeks
from valueviz.terms import Window

BEFORE, AFTER = (Window(date(year, 1, 1), date(year, 12, 31)) for year in (2017, 2018))


@dataclass(frozen=True, slots=True)
class Compared:
    """What came out."""

    edges: tuple[EdgeChange, ...]
    steps: tuple[StepChange, ...]
    drawn: Drawn
    lead: Effect


def compared(shared: Path) -> Compared:
    """The comparison of the two years."""
    log = read_xes(shared / "data/process/bpic2020_DomesticDeclarations.cleaned.xes.gz")
    found = walks(log)
    sides = inside(log.starts, BEFORE), inside(log.starts, AFTER)
    cases = int(sides[0].sum()), int(sides[1].sum())
    rows, known = edges(log, found, sides=sides), steps(log, sides=sides)
    drawn = select(rows, known, cases=cases)
    pairs = [pair for pair in drawn.edges if GATE not in pair]
    span = weeks(BEFORE, AFTER)
    changes = edge_changes(
        rows,
        known,
        weekly=weekly_edges(log, found, pairs),
        samples=samples(found, pairs, sides=sides),
        drawn=drawn,
        weeks=span,
        cases=cases,
    )
    lead = weekly_median(log.at[log.last] - log.at[log.first], week(log.starts))
    return Compared(changes, step_changes(known, cases=cases), drawn, lead_change(lead, span))
