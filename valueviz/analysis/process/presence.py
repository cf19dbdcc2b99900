"""Whether an edge or an activity is there in both periods, came, or went."""

from __future__ import annotations

from valueviz.analysis.process.log import EdgeStats, StepStats
from valueviz.analysis.process.result import Presence

SCARCE_SHARE = 0.02
"""Share of a period's cases below which something counts as absent: its times are those of a few odd cases."""
LEAST = 30
"""Observations a period below which something counts as absent, and nothing is compared."""

Stats = EdgeStats | StepStats


def occurrences(stats: Stats | None) -> int:
    """How often something occurs in a period: walks along an edge, events of an activity."""
    if stats is None:
        return 0
    return stats.count if isinstance(stats, EdgeStats) else stats.events


def scarce(stats: Stats | None) -> bool:
    """Whether something is (nearly) absent from a period."""
    return stats is None or stats.share < SCARCE_SHARE or occurrences(stats) < LEAST


def presence(before: Stats | None, after: Stats | None, *, cases: tuple[int, int]) -> Presence:
    """Whether something is kept, added or removed.

    A period with fewer than `LEAST` cases cannot show that anything is absent: then all is kept.
    """
    if min(cases) < LEAST or scarce(before) == scarce(after):
        return "kept"
    return "added" if scarce(before) else "removed"
