"""Batching: cases pile up before a step until somebody works off the pile in one go.

A run is a set of events of the step of which each begins within ten minutes of the end of those before it. What makes
it a batch is that its members were already waiting when it began.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.process.log import Seconds
from valueviz.analysis.process.result import Evidence
from valueviz.analysis.process.rules.hours import DAY, HOUR, THURSDAY, Hours
from valueviz.analysis.process.rules.signal import FEWEST, Reading, Signal

GAP = 600.0
"""Seconds between the end of the events so far and the next that still belongs to the run."""

LARGE = 5
"""Members from which on a run counts as a batch."""

FEWEST_RUNS = 8
"""Batches below which there is no practice, only a busy day."""

IN_RUNS = 0.6
"""Share of the step's events in batches, and of their members that were waiting when the batch began."""

MOST_BUSY = 0.2
"""Share of all time that batches may take; a step that is worked on more than that is simply busy."""

OF_THE_WAIT = 0.25
"""Share of the waiting that must end with a batch."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

OFTEN = 0.1
"""Share of the batched events from which on a weekday is one of the batches' days."""

WIDE = 20
"""Open hours a week from which on they are working hours, and not just when batches are done."""

WIDE_DAYS = 3
"""Weekdays on which a step is worked on from which on its hours are working hours."""


@dataclass(frozen=True)
class Runs:
    """All runs of a step: begin, end and size of each, and the run of each event."""

    begins: Seconds
    ends: Seconds
    sizes: NDArray[np.int64]
    of: NDArray[np.int64]


def runs(started: Seconds, completed: Seconds) -> Runs:
    """The runs of events in order of start."""
    ends = np.maximum.accumulate(completed)
    new = np.concatenate(([True], started[1:] - ends[:-1] > GAP))
    first = np.flatnonzero(new)
    last = np.concatenate((first[1:], [started.size])) - 1
    return Runs(started[first], ends[last], last - first + 1, np.cumsum(new) - 1)


def working(hours: Hours | None) -> bool:
    """Whether learnt hours are those of work, rather than those of a few batches a week."""
    return hours is not None and hours.weekly >= WIDE and len(hours.weekdays) >= WIDE_DAYS


def batching(reading: Reading) -> Signal | None:
    """Whether the step is done in batches; how much of the wait is for the next batch, outside closed hours."""
    if reading.wait.size < FEWEST:
        return None
    started, completed = reading.step.started[reading.inside], reading.step.completed[reading.inside]
    found = runs(started, completed)
    large = found.sizes >= LARGE
    if large.sum() < FEWEST_RUNS:
        return None
    member = large[found.of]
    run = found.of[reading.waiting[reading.inside]]
    piled = large[run] & (reading.enabled <= found.begins[run])
    since = _since(reading.enabled, run=run, found=found, large=large)
    hours = reading.hours if working(reading.hours) else None
    parts = np.where(piled, _between(since, found.begins[run], hours), 0.0)
    share = float(member.mean())
    waiting = float(piled.sum() / max(1, large[run].sum()))
    busy = float((found.ends - found.begins)[large].sum() / max(1.0, completed.max() - started.min()))
    explains = reading.share(float(parts.sum()))
    twice = _twice(since[piled], found.begins[run][piled], hours=hours)
    fires = min(share, waiting) >= IN_RUNS and busy <= MOST_BUSY and explains >= OF_THE_WAIT
    evidence = (
        Evidence("batching.in_runs", share, "share", IN_RUNS),
        Evidence("batching.events", float(started.size), "count"),
        Evidence("batching.runs", float(found.sizes.size), "count"),
        Evidence("batching.run_size", float(np.median(found.sizes)), "count"),
        Evidence("batching.interval", float(np.diff(found.begins[large]).mean()), "second"),
        *_weekdays(started[member]),
        Evidence("batching.waiting_at_begin", waiting, "share", IN_RUNS),
        Evidence("batching.busy", busy, "share", MOST_BUSY),
        Evidence("batching.explains", explains, "share", OF_THE_WAIT),
        Evidence("batching.twice_as_often", reading.share(twice), "share"),
    )
    return Signal("batching", fires, explains, evidence, "batch_removed")


def _since(enabled: Seconds, *, run: NDArray[np.int64], found: Runs, large: NDArray[np.bool_]) -> Seconds:
    """From when on each event waits for its batch: its own arrival, or the end of the batch before if that is later."""
    before = np.concatenate(([-np.inf], np.maximum.accumulate(np.where(large, found.ends, -np.inf))[:-1]))
    return np.maximum(enabled, before[run])


def _between(since: Seconds, until: Seconds, hours: Hours | None) -> Seconds:
    """Seconds between two moments; open ones only where working hours are known."""
    between = hours.passed(until) - hours.passed(since) if hours else until - since
    return np.maximum(0.0, between)


def _twice(since: Seconds, begins: Seconds, *, hours: Hours | None) -> float:
    """Seconds of waiting saved if between every two batches there were one more, half way."""
    if not since.size:
        return 0.0
    starts = np.unique(begins)
    middle = np.concatenate((starts[:1], (starts[1:] + starts[:-1]) / 2))[np.searchsorted(starts, begins)]
    return float(np.where(since <= middle, _between(middle, begins, hours), 0.0).sum())


def _weekdays(started: Seconds) -> tuple[Evidence, ...]:
    """The weekdays on which batches are done and the share of the batched events on each; none if it is most of them."""
    day = (np.floor(started / (HOUR * DAY)).astype(np.int64) + THURSDAY) % 7
    shares = np.bincount(day, minlength=7) / max(1, started.size)
    often = np.flatnonzero(shares >= OFTEN)
    if often.size > WIDE_DAYS:
        return ()
    return tuple(Evidence(f"batching.{WEEKDAYS[at]}", float(shares[at]), "share") for at in often)
