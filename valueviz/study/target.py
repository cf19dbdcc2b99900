"""Promises beside what came of them: a change against the baseline, and how much of it an effect amounts to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import fsum
from typing import Literal

from valueviz.analysis.effect import Effect
from valueviz.terms import Engagement, Interval, Promise, Series, period_start

Status = Literal["kept", "partly", "missed", "open", "not_judged"]
"""What became of a promise; `open` means that the data cannot tell yet."""


@dataclass(frozen=True, slots=True)
class Target:
    """A promise beside what came of it.

    `change` is the promised change in the metric's unit, raw sign; `share` the measured change as a
    share of it (1.0 = all of it) with the ends of its interval; None where there is no number.
    """

    promise: Promise
    level: float | None
    change: float | None
    share: float | None
    share_interval: Interval | None
    status: Status

    @property
    def sure(self) -> bool:
        """Whether the promise is kept even at the conservative end."""
        return self.status == "kept" and self.share_interval is not None and self.share_interval.low >= 1.0


def judged(promise: Promise, *, found: Effect, base: float | None) -> Target:
    """The promise as a change against the baseline mean, and how much of it the effect amounts to."""
    change = _promised_change(promise, base=base)
    level = base + change if base is not None and change is not None else None
    if change is None or change == 0 or found.estimate is None or found.gain is None or found.gain_interval is None:
        return Target(promise, level, change, None, None, "not_judged" if found.estimate is None else "open")
    sign = 1.0 if found.better == "higher" else -1.0
    gain = sign * change
    ends = (found.gain_interval.low / gain, found.gain_interval.high / gain)
    return Target(
        promise=promise,
        level=level,
        change=change,
        share=found.gain / gain,
        share_interval=Interval(min(ends), max(ends), found.level),
        status=_status(found, promised=gain, gain=found.gain, interval=found.gain_interval),
    )


def _promised_change(promise: Promise, *, base: float | None) -> float | None:
    match promise.target:
        case "change":
            return promise.value
        case "relative":
            return None if base is None else promise.value * base
        case "level":
            return None if base is None else promise.value - base


def _status(found: Effect, *, promised: float, gain: float, interval: Interval) -> Status:
    """Kept when a stated improvement reaches the promise; missed when the interval excludes it."""
    if found.verdict == "improved":
        return "kept" if gain >= promised else "partly"
    if found.verdict == "worse" or interval.high < promised:
        return "missed"
    return "open"


def baseline_mean(series: Series, *, engagement: Engagement) -> float | None:
    """The mean over the signed baseline window; without one, over all points before go-live."""
    end = engagement.baseline.end if engagement.baseline else engagement.go_live - timedelta(days=1)
    return mean(
        [
            value
            for ordinal, value in zip(series.ordinals, series.values, strict=True)
            if value is not None and period_start(ordinal, series.grain) <= end
        ]
    )


def mean(values: Sequence[float]) -> float | None:
    """The mean of some values, their sum rounded once; None for none."""
    return fsum(values) / len(values) if values else None
