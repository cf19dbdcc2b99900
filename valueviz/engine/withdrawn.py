"""Periods that were measured once and are told no longer: found by comparing the files of a cache with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from valueviz.engine.connection import open_cache, query
from valueviz.engine.rollup import Rolled
from valueviz.terms import Grain, Window, period_end, period_start

LEAST_TOLD_AGAIN = 2
"""Periods that a file must tell again before what it leaves out means anything: one in common is a hinge, as where
files of single months overlap by their last one."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A period that an earlier file measured and a later one, which covers it, lacks.

    Attributes:
        period: its ordinal.
        file: number of the first such file, in order of import.
        digest: of that file's snapshot.
    """

    period: int
    file: int
    digest: str


def withdrawn(
    path: Path, *, rolled: Sequence[Rolled], window: Window | None = None
) -> dict[str, tuple[Withdrawal, ...]]:
    """The withdrawn periods of each metric that has any, in order of time.

    A later file lacks a period of a unit in three ways. It has a hole there: the period lies between its first and
    its last. It ends before the period, and yet tells more than half of all that was known. Or it names a day that
    was measured and leaves it blank. A hole counts only in a file that tells more than half of what lies around it
    and is more than a few corrections: it adds periods, or tells half of all that was known. What lies before the
    first period of a file is no hole (a moving window leaves it out), nor is what a third file measures again.

    Args:
        path: a cache of `build_cache`.
        rolled: metrics with grain and cohort; only units of the cohort are looked at.
        window: only periods inside it.

    Raises:
        StoreError: `cache_damaged`.
    """
    grains: dict[str, Grain] = {each.metric_key: each.series.grain for each in rolled}
    members = [(each.metric_key, unit) for each in rolled for unit in each.units]
    with open_cache(path) as connection:
        connection.execute(query("period"))
        rows = connection.execute(
            query("withdrawn"),
            {
                "metrics": list(grains),
                "grains": list(grains.values()),
                "metrics_of": [metric for metric, _ in members],
                "units": [unit for _, unit in members],
                "overlap": LEAST_TOLD_AGAIN,
            },
        ).fetchall()
    found: dict[str, tuple[Withdrawal, ...]] = {}
    for metric, period, digest, file in rows:
        if window is None or _inside(window, period, grains[metric]):
            found[metric] = (*found.get(metric, ()), Withdrawal(period, file, digest))
    return found


def _inside(window: Window, period: int, grain: Grain) -> bool:
    return window.start <= period_start(period, grain) and period_end(period, grain) <= window.end
