"""Calendar: cases wait because the step is worked on in some hours only, at night and at weekends not at all."""

from __future__ import annotations

import numpy as np

from valueviz.analysis.process.log import Seconds
from valueviz.analysis.process.result import Evidence
from valueviz.analysis.process.rules.batching import working
from valueviz.analysis.process.rules.hours import Hours
from valueviz.analysis.process.rules.signal import FEWEST, Reading, Signal

OUTSIDE = 0.6
"""Share of the waiting outside working hours."""

BY_CHANCE = 0.8
"""How much of the open share of all time the open share of the wait may be: a long wait, whatever for, has all of it."""

LONGER = 4
"""Hours by which a working day is lengthened in the replay."""


def calendar(reading: Reading) -> Signal | None:
    """Whether most of the wait passes in closed hours, and clearly more than of any time of that length would.

    Nights and weekends are three quarters of all time, so that a long wait for whatever reason lies mostly outside
    working hours. Only where the wait holds less open time than the clock does are closed hours what cases wait for.
    """
    hours = reading.hours
    if reading.wait.size < FEWEST or hours is None or not working(hours):
        return None
    begins = hours.passed(reading.enabled)
    worked = np.maximum(0.0, hours.passed(reading.started) - begins)
    outside = reading.share(float((reading.wait - np.minimum(worked, reading.wait)).sum()))
    closed = 1.0 - float(hours.open.mean())
    limit = max(OUTSIDE, 1.0 - BY_CHANCE * (1.0 - closed))
    evidence = (
        Evidence("calendar.outside", outside, "share", limit),
        Evidence("calendar.closed", closed, "share"),
        Evidence("calendar.working_wait", float(np.median(worked)), "second"),
        Evidence("calendar.weekdays", float(len(hours.weekdays)), "count"),
        Evidence("calendar.open_hours", float(hours.weekly), "count"),
        Evidence("calendar.explains", outside, "share"),
        Evidence("calendar.weekend", _saved(reading, hours.with_weekend(), worked=worked), "share"),
        Evidence("calendar.longer", _saved(reading, hours.longer(LONGER), worked=worked), "share"),
    )
    return Signal("calendar", outside > limit, outside, evidence, "closed_hours_covered")


def _saved(reading: Reading, hours: Hours, *, worked: Seconds) -> float:
    """The share of the waiting saved if the same working time were waited in other opening hours."""
    ends = np.maximum(reading.enabled, hours.until(hours.passed(reading.enabled) + worked))
    return reading.share(float((reading.started - np.minimum(ends, reading.started)).sum()))
