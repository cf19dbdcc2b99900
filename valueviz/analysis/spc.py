"""XmR charts: the limits a stable process keeps to, the signals that it changed, and whether it meets its target.

Limits come from declared windows alone: those of the time before go-live are frozen and held over what follows, or
the time after gets its own, for a reason that is written down. Nothing is ever rebased because of what the data show.

Source: Wheeler (2000), Understanding Variation, for the limits; screening of moving ranges as in NHSRplotthedots; the
five rules of Provost and Murray (2011), The Health Care Data Guide, chapter 4; assurance as in NHS England (2019),
Making Data Count.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

from valueviz.terms import Better

NATURAL_FACTOR = 2.66
"""Three standard deviations in units of the mean moving range of two points: 3 / 1.128."""
RANGE_FACTOR = 3.267
"""The upper limit of a moving range of two points in units of their mean."""
TRIAL_POINTS = 12
"""Limits from fewer points are trial limits."""
SHIFT_POINTS = 8
"""Points in a row on one side of the centre that make a shift."""
TREND_POINTS = 6
"""Points in a row that rise, or fall, and make a trend."""
HUGGING_POINTS = 15
"""Points in a row within a third of the way to the limits: the process is steadier than its limits say."""
DUST = 8 * sys.float_info.epsilon
"""Share of the largest value below which a difference is rounding: what is on a line is not beyond it."""

Rule = Literal["beyond_limits", "shift", "trend", "near_limit", "hugging"]
Direction = Literal["improving", "worsening"]
Rebasing = Literal["go_live"]
"""Why limits were computed anew: the one reason there is, the declared go-live."""
Assurance = Literal["consistently_met", "consistently_missed", "hit_or_miss"]


@dataclass(frozen=True, slots=True)
class Limits:
    """The centre and the natural process limits of a series, in its unit; `trial` where few points made them."""

    centre: float
    lower: float
    upper: float
    moving_range: float
    trial: bool


@dataclass(frozen=True, slots=True)
class Signal:
    """A point at which a rule finds that the process changed; `hugging` says neither better nor worse."""

    position: int
    rule: Rule
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class Segment:
    """Points under one set of limits.

    Attributes:
        positions: of its points in the values given, missing ones left out.
        limits: None where fewer than two points could make them.
        held: the limits are those of the segment before, frozen.
        reason: why its limits were computed anew; None for the first segment and for held limits.
        signals: in order of position, then of the rules.
        assurance: what its process does to the target; None without a target, under trial limits and under held
            ones, which describe the process before.
    """

    positions: tuple[int, ...]
    limits: Limits | None
    held: bool
    reason: Rebasing | None
    signals: tuple[Signal, ...]
    assurance: Assurance | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Segments in order of time; `transition` are the positions that belong to none of them."""

    segments: tuple[Segment, ...]
    transition: tuple[int, ...]

    @property
    def signals(self) -> tuple[Signal, ...]:
        """The signals of all segments."""
        return tuple(signal for segment in self.segments for signal in segment.signals)

    @property
    def trial(self) -> bool:
        """Whether any limits come from fewer than `TRIAL_POINTS` points."""
        return any(segment.limits is None or segment.limits.trial for segment in self.segments)


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
    centre = _mean(values)
    typical = _mean(ranges)
    if screened:
        typical = _mean([moved for moved in ranges if moved <= RANGE_FACTOR * typical] or ranges)
    width = NATURAL_FACTOR * typical
    return Limits(centre, centre - width, centre + width, typical, len(values) < TRIAL_POINTS)


def _mean(values: Sequence[float]) -> float:
    # divided first: the sum of values near the largest double is no double
    return math.fsum(value / len(values) for value in values)


def outside(values: Sequence[float], found: Limits) -> tuple[int, ...]:
    """The positions of values beyond the limits."""
    slack = _slack(values, found)
    return tuple(
        position for position, value in enumerate(values) if not found.lower - slack <= value <= found.upper + slack
    )


def chart(
    values: Sequence[float | None],
    *,
    better: Better,
    go_live: int | None = None,
    transition: int = 0,
    rebased: Rebasing | None = None,
    target: float | None = None,
) -> Chart:
    """The XmR chart of values in order of time.

    Args:
        values: one a period; missing ones (None) are skipped, as if their neighbours were next to each other.
        better: which way is better.
        go_live: position of the first period after; the limits of what lies before are frozen there. None: one
            segment over everything.
        transition: periods from go-live on that belong to no segment.
        rebased: the declared reason to compute limits anew from go-live on; None holds those from before.
        target: what the process is to reach, in the unit of the values.
    """
    usable = [position for position, value in enumerate(values) if value is not None and math.isfinite(value)]
    split = len(values) if go_live is None else go_live
    before = [position for position in usable if position < split]
    after = [position for position in usable if position >= split + transition]
    drawn = _Drawn(values, better, target)
    first = drawn.segment(before, drawn.limits(before), held=False, reason=None)
    segments = [first]
    if after:
        own = drawn.limits(after) if rebased else first.limits
        segments.append(drawn.segment(after, own, held=rebased is None, reason=rebased))
    between = tuple(range(split, min(split + transition, len(values))))
    return Chart(tuple(segment for segment in segments if segment.positions), between)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What every segment of a chart shares."""

    values: Sequence[float | None]
    better: Better
    target: float | None

    def points(self, positions: Sequence[int]) -> list[float]:
        return [float(value) for position in positions if (value := self.values[position]) is not None]

    def limits(self, positions: Sequence[int]) -> Limits | None:
        return limits(self.points(positions)) if len(positions) > 1 else None

    def segment(
        self, positions: Sequence[int], found: Limits | None, *, held: bool, reason: Rebasing | None
    ) -> Segment:
        signals = () if found is None else self._signals(positions, found)
        judged = None if found is None or held or found.trial else assurance(found, self.target, better=self.better)
        return Segment(tuple(positions), found, held, reason, signals, judged)

    def _signals(self, positions: Sequence[int], found: Limits) -> tuple[Signal, ...]:
        points = self.points(positions)
        fired = [
            (place, order, Signal(positions[place], rule, self._direction(side)))
            for order, (rule, places) in enumerate(patterns(points, found).items())
            for place, side in places.items()
        ]
        return tuple(signal for _, _, signal in sorted(fired, key=lambda each: each[:2]))

    def _direction(self, side: int) -> Direction | None:
        if side == 0:
            return None
        return "improving" if (side > 0) == (self.better == "higher") else "worsening"


def assurance(found: Limits, target: float | None, *, better: Better) -> Assurance | None:
    """What a process within its limits does to a target: meets it every time, never, or by chance.

    Source: NHS England (2019), Making Data Count: the target against the process limits.
    """
    if target is None:
        return None
    worst, best = (found.upper, found.lower) if better == "lower" else (found.lower, found.upper)
    sign = 1 if better == "higher" else -1
    if sign * (worst - target) >= 0:
        return "consistently_met"
    return "consistently_missed" if sign * (best - target) < 0 else "hit_or_miss"


# The five rules ──────────────────────────────────────────────────────────────


def patterns(values: Sequence[float], found: Limits) -> dict[Rule, dict[int, int]]:
    """The places at which each rule holds, with the side: 1 above or rising, −1 below or falling, 0 neither.

    Points on the centre neither belong to a shift nor end it, equal neighbours neither belong to a trend nor end it.
    All points of a pattern are signals; of two of three near a limit those two.
    """
    third = (found.upper - found.centre) / 3
    slack = _slack(values, found)
    away = [0.0 if abs(value - found.centre) <= slack else value - found.centre for value in values]
    return {
        "beyond_limits": {place: _sign(step) for place, step in enumerate(away) if abs(step) > 3 * third + slack},
        "shift": _shifts(away),
        "trend": _trends(values, slack),
        "near_limit": _near(away, 2 * third + slack),
        "hugging": _hugging(away, third - slack),
    }


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _slack(values: Sequence[float], found: Limits) -> float:
    return DUST * max((abs(value) for value in (*values, found.centre)), default=0.0)


def _shifts(away: Sequence[float]) -> dict[int, int]:
    sided = [(place, _sign(step)) for place, step in enumerate(away) if step]
    runs = [(side, [place for place, _ in run]) for side, run in groupby(sided, key=lambda item: item[1])]
    return {place: side for side, places in runs if len(places) >= SHIFT_POINTS for place in places}


def _trends(values: Sequence[float], slack: float) -> dict[int, int]:
    distinct = [place for place in range(len(values)) if not place or abs(values[place] - values[place - 1]) > slack]
    moves = [(at, _sign(values[later] - values[earlier])) for at, (earlier, later) in enumerate(pairwise(distinct))]
    found: dict[int, int] = {}
    for side, run in groupby(moves, key=lambda item: item[1]):
        ends = [at for at, _ in run]
        if len(ends) + 1 >= TREND_POINTS:
            found |= {distinct[at]: side for at in range(ends[0], ends[-1] + 2)}
    return found


def _near(away: Sequence[float], line: float) -> dict[int, int]:
    far = [_sign(step) if abs(step) > line else 0 for step in away]
    pairs = [(place, place + gap) for gap in (1, 2) for place in range(len(far) - gap)]
    return {
        place: far[first] for first, last in pairs if far[first] and far[first] == far[last] for place in (first, last)
    }


def _hugging(away: Sequence[float], line: float) -> dict[int, int]:
    close = groupby(range(len(away)), key=lambda place: abs(away[place]) < line)
    runs = [list(places) for near, places in close if near]
    return {place: 0 for places in runs if len(places) >= HUGGING_POINTS for place in places}
