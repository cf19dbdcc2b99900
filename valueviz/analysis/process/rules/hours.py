"""Working hours as the events themselves show them: when a step is worked on, and what part of a wait lies outside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.process.log import Seconds

HOUR = 3600
DAY = 24
WEEK = 7 * DAY

FEWEST_EVENTS = 200
"""Events below which an hour without events may be chance."""

RARE = 0.1
"""An hour or weekday with less than this share of the events of the busiest is closed."""

BUSY_DAY = 5.0
"""Events on a usual day of its weekday from which on a day without any is a holiday."""

THURSDAY = 3
"""The weekday (Monday = 0) of the first day of the epoch."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Open hours over the time of a log: `weekdays` (Monday = 0), `clock` hours, and every hour from `first` on."""

    weekdays: tuple[int, ...]
    clock: tuple[int, ...]
    first: int
    open: NDArray[np.bool_]

    @property
    def weekly(self) -> int:
        """Open hours in a usual week."""
        return len(self.weekdays) * len(self.clock)

    def with_weekend(self) -> Hours:
        """The same hours on every day of the week, holidays aside."""
        return self._extended(range(7), self.clock)

    def longer(self, hours: int) -> Hours:
        """The same days, open so many hours longer, at both ends alike."""
        first = max(0, min(self.clock) - hours // 2)
        last = min(DAY - 1, max(self.clock) + hours - hours // 2)
        return self._extended(self.weekdays, range(first, last + 1))

    def passed(self, moments: Seconds) -> Seconds:
        """Open seconds from the beginning until each moment."""
        return np.interp(moments, self._edges(), self._sums())

    def until(self, seconds: Seconds) -> Seconds:
        """The moment from which on more than so many open seconds have passed since the beginning."""
        sums, edges = self._sums(), self._edges()
        at = np.clip(np.searchsorted(sums, seconds, side="right") - 1, 0, edges.size - 1)
        return np.asarray(edges[at] + (seconds - sums[at]))

    def _extended(self, weekdays: range | tuple[int, ...], clock: range | tuple[int, ...]) -> Hours:
        chosen = tuple(weekdays), tuple(clock)
        regular = _regular(self.first, self.open.size, weekdays=chosen[0], clock=chosen[1])
        holidays = _regular(self.first, self.open.size, weekdays=self.weekdays, clock=self.clock) & ~self.open
        days = np.repeat(holidays.reshape(-1, DAY).any(axis=1), DAY)
        return Hours(*chosen, self.first, regular & ~days)

    def _edges(self) -> Seconds:
        return (self.first + np.arange(self.open.size + 1, dtype=np.float64)) * HOUR

    def _sums(self) -> Seconds:
        return np.concatenate(([0.0], np.cumsum(self.open) * float(HOUR)))


def learnt(moments: Seconds, since: float) -> Hours | None:
    """The hours in which something happens: weekdays and hours of the day, less days off; None without a pattern.

    Args:
        moments: when the step was begun, seconds since the epoch, by the clock of the log.
        since: from when on the hours are told, at the latest from the first moment on.
    """
    if moments.size < FEWEST_EVENTS:
        return None
    hour = np.floor(moments / HOUR).astype(np.int64)
    first = int(min(since, moments.min()) // (HOUR * DAY)) * DAY
    size = int(hour.max() // DAY + 8) * DAY - first
    week = (hour // DAY + THURSDAY) % 7
    weekdays = _often(np.bincount(week, minlength=7))
    clock = _often(np.bincount(hour[np.isin(week, weekdays)] % DAY, minlength=DAY))
    if len(weekdays) * len(clock) == WEEK:
        return None
    open_ = _regular(first, size, weekdays=weekdays, clock=clock)
    return Hours(weekdays, clock, first, open_ & ~_days_off(hour - first, size, week=week))


def _often(counts: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(int(at) for at in np.flatnonzero(counts >= RARE * counts.max()))


def _regular(first: int, size: int, *, weekdays: tuple[int, ...], clock: tuple[int, ...]) -> NDArray[np.bool_]:
    hour = first + np.arange(size)
    return np.isin((hour // DAY + THURSDAY) % 7, weekdays) & np.isin(hour % DAY, clock)


def _days_off(hour: NDArray[np.int64], size: int, *, week: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The hours of days without an event whose weekday is otherwise busy, between the first event and the last."""
    events = np.bincount(hour // DAY, minlength=size // DAY)
    begins = int(hour.min() // DAY)
    days = np.arange(events.size)
    weekday = (week[int(hour.argmin())] + days - begins) % 7
    within = (days >= begins) & (days <= int(hour.max() // DAY))
    usual = np.array(
        [events[within & (weekday == day)].mean() if (within & (weekday == day)).any() else 0 for day in range(7)]
    )
    return np.repeat((events == 0) & within & (usual[weekday] >= BUSY_DAY), DAY)
