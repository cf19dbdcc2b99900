"""From one mean lead time to the other, activity by activity, so that the parts sum to the difference.

Only means add up: the part of an activity is the time by which it moves the frontier of its case (the latest moment
anything of the case has ended), its wait and its work, over all cases of the period. Overlapping work is counted once.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from valueviz.analysis.process.log import Frontier, Step
from valueviz.analysis.process.presence import LEAST, SCARCE_SHARE, Stats, scarce
from valueviz.analysis.process.result import LeadWaterfall, WaterfallPart


def waterfall(
    before: Sequence[Frontier], after: Sequence[Frontier], *, cases: tuple[int, int], steps: Sequence[Step] = ()
) -> LeadWaterfall:
    """The two mean lead times and each activity's part in the change, largest first, in seconds a case.

    With t the seconds an event and f the events a case, the part of an activity is t·f after less t·f before, split
    into (t₁ − t₀)(f₀ + f₁)/2 because its events take longer or shorter and (f₁ − f₀)(t₀ + t₁)/2 because there are more
    or fewer of them. Where an activity is (nearly) absent in one period the two explode against each other, so that
    only their sum is told.

    Args:
        before: the frontier of each activity before.
        after: and after.
        cases: of the two periods, those with a lead time.
        steps: shares of cases by activity; where an activity is not among them its events a case stand for them.
    """
    sides = [{row.activity: row for row in rows} for rows in (before, after)]
    known = {step.activity: step for step in steps}
    parts = []
    for activity in dict.fromkeys([*sides[0], *sides[1]]):
        rows = sides[0].get(activity), sides[1].get(activity)
        step = known.get(activity)
        stats = (None, None) if step is None else (step.before, step.after)
        told = not any(_rare(row, one, cases=many) for row, one, many in zip(rows, stats, cases, strict=True))
        parts.append(_part(activity, rows, cases=cases, split=told))
    means = [_mean(rows, cases=many) for rows, many in zip((before, after), cases, strict=True)]
    return LeadWaterfall(means[0], means[1], tuple(sorted(parts, key=lambda part: (-abs(part.change), part.activity))))


def _mean(rows: Sequence[Frontier], *, cases: int) -> float:
    return fsum(part for row in rows for part in (row.waited, row.worked)) / cases if cases else 0.0


def _part(
    activity: str, rows: tuple[Frontier | None, Frontier | None], *, cases: tuple[int, int], split: bool
) -> WaterfallPart:
    seconds = [0.0 if row is None else row.waited + row.worked for row in rows]
    a_case = [total / many if many else 0.0 for total, many in zip(seconds, cases, strict=True)]
    change = a_case[1] - a_case[0]
    if not split:
        return WaterfallPart(activity, None, None, change)
    events = [0 if row is None else row.events for row in rows]
    often = [count / many for count, many in zip(events, cases, strict=True)]
    long = [total / count for total, count in zip(seconds, events, strict=True)]
    duration = (long[1] - long[0]) * (often[0] + often[1]) / 2
    return WaterfallPart(activity, duration, change - duration, change)


def _rare(row: Frontier | None, stats: Stats | None, *, cases: int) -> bool:
    """Whether an activity is (nearly) absent from a period."""
    if row is None or row.events < LEAST or not cases:
        return True
    return scarce(stats) if stats is not None else row.events < SCARCE_SHARE * cases
