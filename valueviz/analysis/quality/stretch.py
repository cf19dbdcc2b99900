"""The same value over and over where a series otherwise varies: carried forward, typed ahead, or a stuck sensor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from valueviz.analysis.effect import Design
from valueviz.analysis.quality.rule import finding
from valueviz.analysis.quality.setting import Setting
from valueviz.terms import Finding, Series

SHORTEST = 4
"""Equal neighbours below which nobody would call it a stretch, however finely a series is measured."""
CHANCE = 0.002
"""Expected number of stretches as long by chance, over the whole series, below which one is a finding. Series of
counts and of coarsely rounded values have many equal neighbours, and so a large chance."""
VARIED = 3
"""Different values a series must have outside the stretch: with fewer, standing still is how it behaves."""


def findings(series: Series, design: Design, known: Setting, *, tries: int = 1) -> Iterator[Finding]:
    """The stretches of equal values that chance does not explain.

    Args:
        series: a whole, or one part of it.
        design: whether its values are shares.
        known: the range of its values.
        tries: how many parts are looked at: each has its chance.
    """
    points = [
        (ordinal, value)
        for ordinal, value in zip(series.ordinals, series.values, strict=True)
        if value is not None and math.isfinite(value)
    ]
    values = [value for _, value in points]
    at = 0
    found: list[int] = []
    for value, group in groupby(values):
        length = len(list(group))
        outside = [*values[:at], *values[at + length :]]
        if (
            length >= SHORTEST
            and not _natural(value, design, known)
            and len(set(outside)) >= VARIED
            and chance_of(value, length=length, outside=outside) < CHANCE / tries
        ):
            found += [ordinal for ordinal, _ in points[at : at + length]]
        at += length
    if found:
        yield finding("constant_stretch", metric=series.key, periods=tuple(found), grain=series.grain)


def _natural(value: float, design: Design, known: Setting) -> bool:
    """Whether a process may well stay at a value: nothing at all, everything, or an end of its range."""
    whole = (1.0, 100.0) if design.share else ()
    return value in (0.0, *whole, known.floor, known.ceiling)


def chance_of(value: float, *, length: int, outside: Sequence[float]) -> float:
    """The expected number of stretches of a value at least as long, judged by the values outside of it.

    A neighbour is equal with the larger of two probabilities: how often the value occurs outside, and how often
    any two neighbours outside are equal (both with one half added, so that what was never seen is not impossible).

    >>> round(chance_of(5.0, length=4, outside=[1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13]), 3)
    0.001
    """
    same = sum(other == value for other in outside)
    ties = sum(first == second for first, second in pairwise(outside))
    equal = max((same + 0.5) / (len(outside) + 1), (ties + 0.5) / len(outside))
    return float((len(outside) + length) * equal ** (length - 1))
