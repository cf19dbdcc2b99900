"""Values in another unit: single ones and runs that are 10, 100, 1,000 or 10,000 times off, and a whole new level.

A unit slips from one period to the next, so steps between neighbours are looked at, not distances from a mean:
their running sum says in which unit each period is, whatever the length of a run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise, zip_longest

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.effect import Design
from valueviz.analysis.effect.design import WEEK_DAYS
from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.quality.robust import returns, spread
from valueviz.analysis.quality.rule import finding
from valueviz.terms import Finding, Series

LEAST_POINTS = 6
"""Positive values below which steps between neighbours have no usual size."""
NEAREST = 0.15
"""Decimal logarithm by which a factor may miss a power of ten: 10 is meant by 7.1 to 14.1. Values also change by
themselves, at go-live too; further away a change is more likely than another unit."""
LOOSEST = 0.25
"""… and at most where values are noisy: 5.6 to 17.8. Where steps are noisier still, they do not tell a unit."""
NOISE = 2.5
"""Between the two, the factor may miss by this many robust standard deviations of a step."""
FAR = 6.0
"""Robust standard deviations of a step beyond which it is none of the usual ones."""
LEAST_SPREAD = 0.01
"""A step of 2 % is ordinary even in a series whose steps are smaller."""
FESTIVE = 0.5
"""Share of a period's days in a holiday from which on a fall to a tenth is no wonder: of a month it never is."""
LEVEL_POINTS = 7
"""Values on either side whose medians are compared: a week of days."""
APART = 0.5
"""Decimal logarithm by which those medians may differ from the power of ten that the step between neighbours says:
season and trend are in them, but a step that led nowhere is told apart."""
LARGEST = 4
"""Powers of ten looked for: 万 is 10⁴."""
PERCENT = 2
"""Shares have one other unit only, percent; that one rises tenfold is what an implementation is for."""
MATERIAL = 0.01
"""Share by which values in another unit move the mean before or after go-live from which on they cap a grade: effects
of a few percent are stated."""
MOST = 0.4
"""Share of values in another unit above which nobody can say which one is meant."""


def findings(series: Series, design: Design, *, weight: float = 1.0) -> Iterator[Finding]:
    """The periods in another unit, and a unit that changed at go-live.

    Args:
        series: a whole, or one part of it.
        design: go-live, transition and holidays.
        weight: share of the whole that the part makes up.
    """
    places = _places(series, design)
    if len(places) < LEAST_POINTS:
        return
    ordinals = np.array([series.ordinals[place] for place in places])
    logs = np.log10(np.array([series.values[place] for place in places], dtype=np.float64))
    if float(np.ptp(logs)) < 1 - LOOSEST:
        return
    seen = _Seen(ordinals=ordinals, logs=logs - _of_weekdays(ordinals, logs) if series.grain == "day" else logs)
    go_live = math.inf if design.go_live is None else float(design.go_live)
    before, after = seen.ordinals < go_live, seen.ordinals >= go_live + design.transition
    changed = seen.changed(before, after)
    if changed and (not design.share or abs(changed) == PERCENT):
        code = "unit_changed" if weight * abs(10.0**changed - 1) >= MATERIAL else "unit_slip_minor"
        factor = 10.0 ** abs(changed)
        yield finding(code, metric=series.key, periods=(int(go_live),), grain=series.grain, factor=factor)
    usual = np.where(seen.ordinals < go_live, seen.usual(before), seen.usual(after if after.any() else before))
    runs = _unexpected(seen.runs(usual), series=series)
    slipped = {o: power for run, power in runs for o in run if not go_live <= o < go_live + design.transition}
    if slipped and len(slipped) <= MOST * len(places):
        moved = max(seen.moved(slipped, side) for side in (before, after))
        code = "unit_slip" if weight * moved >= MATERIAL else "unit_slip_minor"
        factor = 10.0 ** max(abs(power) for power in slipped.values())
        yield finding(code, metric=series.key, periods=tuple(slipped), grain=series.grain, factor=factor)


Slipped = tuple[tuple[int, ...], int]
"""Neighbouring periods in another unit, and the power of ten they are off."""


def _places(series: Series, design: Design) -> list[int]:
    """The places of positive values, periods mostly of holidays left out: a tenth of the usual is no wonder there."""
    return [
        place
        for place, (value, off) in enumerate(zip_longest(series.values, design.holiday or (), fillvalue=0.0))
        if value and math.isfinite(value) and value > 0 and off < FESTIVE
    ]


def _of_weekdays(ordinals: NDArray[np.int64], logs: FloatArray) -> FloatArray:
    """How far the median of each weekday lies from that of all days: a Sunday may be a tenth of a Monday."""
    days = ordinals % WEEK_DAYS
    medians = {int(day): float(np.median(logs[days == day])) for day in np.unique(days)}
    return np.array([medians[int(day)] for day in days]) - float(np.median(logs))


def _unexpected(runs: list[Slipped], *, series: Series) -> list[Slipped]:
    """The runs that no season explains: those do not come back a year later."""
    kept = []
    for run, power in runs:
        others = {o for other, theirs in runs for o in other if other != run and theirs * power > 0}
        if not any(returns(ordinal, others, grain=series.grain) for ordinal in run):
            kept.append((run, power))
    return kept


class _Seen:
    """The positive values of a series as decimal logarithms, and the unit each period seems to be in."""

    def __init__(self, *, ordinals: NDArray[np.int64], logs: FloatArray) -> None:
        self.ordinals = ordinals
        self.logs = logs
        steps = np.diff(logs)
        self.noise = max(spread(steps), LEAST_SPREAD)
        told = (np.abs(steps) > max(FAR * self.noise, 1 - LOOSEST)) & (self.noise <= LOOSEST)
        jumps = np.where(told, np.rint(steps), 0.0)
        self.units = np.concatenate([[0.0], np.cumsum(jumps)]).astype(int)

    @property
    def _room(self) -> float:
        return min(LOOSEST, max(NEAREST, NOISE * self.noise))

    def usual(self, side: NDArray[np.bool_]) -> int:
        """The unit most periods of a side are in; 0 for none."""
        if not side.any():
            return 0
        values, counts = np.unique(self.units[side], return_counts=True)
        return int(values[int(np.argmax(counts))])

    def changed(self, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> int:
        """The power of ten by which the level is another after go-live than before; 0 where it is not."""
        power = self.usual(after) - self.usual(before)
        if not (before.any() and after.any()) or not 1 <= abs(power) <= LARGEST:
            return 0
        first = self.logs[before & (self.units == self.usual(before))][-LEVEL_POINTS:]
        then = self.logs[after & (self.units == self.usual(after))][:LEVEL_POINTS]
        place = int(np.flatnonzero(after & (self.units == self.usual(after)))[0])
        while place and self.units[place - 1] == self.units[place]:
            place -= 1
        level = float(np.median(then) - np.median(first))
        step = float(self.logs[place] - self.logs[place - 1]) if place else level
        # either will do: a season is in the medians but not in the step, one odd day in the step but not in them
        near = min(abs(level - power), abs(step - power)) <= self._room
        return power if near and abs(level - power) <= APART else 0

    def runs(self, usual: NDArray[np.int64]) -> list[Slipped]:
        """The runs of periods in another unit than the usual one."""
        off = self.units - usual
        found: list[Slipped] = []
        bounds = [0, *(np.flatnonzero(np.diff(off)) + 1).tolist(), len(off)]
        for start, stop in pairwise(bounds):
            power = int(off[start])
            edges = self._edges(start, stop, usual=off == 0)
            if not 1 <= abs(power) <= LARGEST or not edges:
                continue
            step = sum(edges) / len(edges)
            level = float(np.median(self.logs[start:stop])) - self._beside(start, stop, usual=off == 0)
            if abs(step - power) <= self._room and abs(level - power) <= APART:
                found.append((tuple(self.ordinals[start:stop].tolist()), power))
        return found

    def _beside(self, start: int, stop: int, *, usual: NDArray[np.bool_]) -> float:
        """The median of the values in the usual unit on either side of a run."""
        earlier = self.logs[:start][usual[:start]][-LEVEL_POINTS:]
        later = self.logs[stop:][usual[stop:]][:LEVEL_POINTS]
        return float(np.median(np.concatenate([earlier, later])))

    def moved(self, slipped: dict[int, int], side: NDArray[np.bool_]) -> float:
        """The share by which the slipped values of a side move its mean."""
        powers = np.array([slipped.get(int(ordinal), 0) for ordinal in self.ordinals[side]], dtype=np.float64)
        meant = 10.0 ** (self.logs[side] - powers)
        return float(np.sum(np.abs(10.0 ** self.logs[side] - meant)) / np.sum(meant)) if len(meant) else 0.0

    def _edges(self, start: int, stop: int, *, usual: NDArray[np.bool_]) -> list[float]:
        """How far the ends of a run lie from the values in the usual unit next to them."""
        edges = []
        if start and usual[start - 1]:
            edges.append(float(self.logs[start] - self.logs[start - 1]))
        if stop < len(self.logs) and usual[stop]:
            edges.append(float(self.logs[stop - 1] - self.logs[stop]))
        return edges
