"""XmR charts: the limits a stable series keeps to, and the points that leave them.

Source: Wheeler (2000), Understanding Variation; screening of moving ranges as in NHSRplotthedots.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

NATURAL_FACTOR = 2.66
"""Three standard deviations in units of the mean moving range of two points: 3 / 1.128."""
RANGE_FACTOR = 3.267
"""The upper limit of a moving range of two points in units of their mean."""
TRIAL_POINTS = 12
"""Limits from fewer points are trial limits."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The centre and the natural process limits of a series, in its unit; `trial` where few points made them."""

    centre: float
    lower: float
    upper: float
    moving_range: float
    trial: bool


def limits(values: Sequence[float], *, screened: bool = True) -> Limits:
    """The natural process limits of values in order.

    Args:
        values: at least two values, gaps already left out.
        screened: leave moving ranges above their own upper limit out of their mean, once.

    >>> found = limits([10.0, 50.0, 40.0, 30.0])
    >>> round(found.lower, 1), found.centre, round(found.upper, 1)
    (-20.7, 32.5, 85.7)
    """
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    centre = sum(values) / len(values)
    typical = sum(ranges) / len(ranges)
    if screened:
        kept = [moved for moved in ranges if moved <= RANGE_FACTOR * typical]
        typical = sum(kept) / len(kept) if kept else typical
    width = NATURAL_FACTOR * typical
    return Limits(centre, centre - width, centre + width, typical, len(values) < TRIAL_POINTS)


def outside(values: Sequence[float], found: Limits) -> tuple[int, ...]:
    """The positions of values beyond the limits."""
    return tuple(position for position, value in enumerate(values) if not found.lower <= value <= found.upper)
