"""Centres and spreads that a few wild values cannot move, and what comes back every year."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from valueviz.analysis.effect.noise import FloatArray
from valueviz.terms import Grain

CONSISTENT = 1.4826
"""A median absolute deviation times this is the standard deviation of a normal distribution."""

YEARS: dict[Grain, tuple[float, int]] = {
    "day": (365.25, 21),
    "week": (52.18, 3),
    "month": (12.0, 1),
    "quarter": (4.0, 0),
}
"""Periods of a year, and how many of them a date may move between two years: the Spring Festival by three weeks."""


def spread(values: FloatArray) -> float:
    """The robust standard deviation of values around their median; 0 for none.

    >>> round(spread(np.array([1.0, 2.0, 3.0, 4.0, 1000.0])), 4)
    1.4826
    """
    if not len(values):
        return 0.0
    return CONSISTENT * float(np.median(np.abs(values - np.median(values))))


def returns(ordinal: int, others: Collection[int], *, grain: Grain) -> bool:
    """Whether one of some other periods lies a whole number of years away: what comes back is a season.

    >>> returns(24_010, {24_010, 24_022}, grain="month"), returns(24_010, {24_010, 24_016}, grain="month")
    (True, False)
    """
    if grain not in YEARS:
        return False
    year, room = YEARS[grain]
    for other in others:
        cycles = round((other - ordinal) / year)
        if cycles and abs(other - ordinal - cycles * year) <= room + 0.5:
            return True
    return False
