"""What is known around a series of a client beyond its values, as the gate wants to know it."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date

from valueviz.analysis.effect import Effect
from valueviz.analysis.quality import Setting
from valueviz.engine import Rolled
from valueviz.terms import Engagement, Grade, Metric, period_of


def setting(
    metric: Metric,
    rolled: Rolled,
    *,
    estimated: Effect,
    engagement: Engagement,
    allowed: Grade | None,
    as_of: date,
    doubted: Collection[str],
) -> Setting:
    """What is known around a series when its data are looked at."""
    baseline, periods = engagement.baseline, len(rolled.series.ordinals)
    return Setting(
        reason=estimated.reason if estimated.estimate is None else None,
        instrument=metric.instrument,
        indicative=allowed if allowed in ("D", "E") else None,
        summed=metric.aggregation in ("sum", "count"),
        floor=metric.minimum,
        ceiling=metric.maximum,
        as_of=as_of,
        baseline=period_of(baseline.start, rolled.series.grain) if baseline else None,
        units=len(rolled.units),
        left_out=len(rolled.left_out),
        mixed=rolled.mixed,
        pasted=rolled.pasted,
        doubted=metric.unit == "percent" and metric.key in doubted,
        partial=rolled.partial,
        parts=tuple(
            (_part_name(unit), values[:periods]) for unit, values in zip(rolled.units, rolled.parts, strict=False)
        ),
    )


def _part_name(unit: str) -> str:
    """What tells a unit from the others, as one reads it: the values of its dimensions."""
    return " · ".join(str(value) for value in json.loads(unit).values())
