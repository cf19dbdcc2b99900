"""When a resource works, as its own stamps show: hours of the weekdays and a break at noon, nothing of holidays.

Source of the idea: calendars by granules with a least confidence, as simulation tools discover them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

HOUR = 3_600_000_000
"""Microseconds."""

DAY = 24 * HOUR
WEEK = 7 * DAY

CONFIDENCE = 0.1
"""A weekday counts as worked if the resource is seen on it in at least this share of its weeks, an hour if on at least
this share of those days: rarer ones are exceptions."""

FEWEST = 10
"""Seen on fewer days, a resource has the hours of all resources together: its own stamps say too little."""

NOON = (12 * HOUR, 12 * HOUR + HOUR // 2)
"""The half hour in which even the shortest break at noon lies. Who works before and after it but not in it takes a
break then; more of an idle noon is not put down to a break."""

MONDAY = 4 * DAY
"""The first Monday since the epoch, which was a Thursday."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Opening and closing of the weekdays from Monday on, microseconds of the day (equal: not worked); break at noon."""

    opens: Integers
    closes: Integers
    pauses: bool


def hours(begins: Integers, ends: Integers) -> tuple[Integers, Integers]:
    """Opening and closing of each weekday by the stamps of some events, from the first usual hour to the last."""
    stamps = np.concatenate((begins, np.maximum(ends - 1, begins)))
    slot = np.unique((stamps - MONDAY) // HOUR)
    days = np.unique(slot // 24)
    weeks = len(np.unique(days // 7))
    seen = np.bincount(slot % 168, minlength=168).reshape(7, 24)
    worked = np.bincount(days % 7, minlength=7)
    usual = (seen >= CONFIDENCE * worked[:, None]) & (seen > 0) & (worked >= CONFIDENCE * weeks)[:, None]
    any_hour = usual.any(axis=1)
    opens = np.where(any_hour, usual.argmax(axis=1), 0) * HOUR
    closes = np.where(any_hour, 24 - usual[:, ::-1].argmax(axis=1), 0) * HOUR
    return opens, closes


def pauses(begins: Integers, ends: Integers) -> bool:
    """Whether a resource works before and after the half hour at noon, and hardly ever in it."""
    morning, noon, afternoon = [], [], []
    for day in (begins // DAY, np.maximum(ends - 1, begins) // DAY):
        since, until = begins - day * DAY, ends - day * DAY
        morning.append(day[(since < NOON[0]) & (until > 0)])
        noon.append(day[(since < NOON[1]) & (until > NOON[0])])
        afternoon.append(day[(until > NOON[1]) & (since < DAY)])
    both = np.intersect1d(np.concatenate(morning), np.concatenate(afternoon))
    busy = np.intersect1d(both, np.concatenate(noon))
    return len(both) > 0 and len(busy) < CONFIDENCE * len(both)


def shift(begins: Integers, ends: Integers, *, pooled: tuple[Integers, Integers]) -> Shift:
    """When a resource works, by the begins and ends of its events, microseconds since the epoch.

    Args:
        begins: in any order.
        ends: aligned with `begins`.
        pooled: opening and closing of all resources together.
    """
    days = len(np.unique(np.concatenate((begins, ends)) // DAY))
    opens, closes = hours(begins, ends) if days >= FEWEST else pooled
    return Shift(opens, closes, pauses(begins, ends))


def available(begins: Integers, ends: Integers, shift: Shift) -> Integers:
    """How many microseconds between moments a resource works."""
    return _since_epoch(ends, shift) - _since_epoch(begins, shift)


def _since_epoch(moments: Integers, shift: Shift) -> Integers:
    lost = np.zeros(7, dtype=np.int64)
    if shift.pauses:
        lost = _between(np.full(7, NOON[1]), shift) - _between(np.full(7, NOON[0]), shift)
    net = shift.closes - shift.opens - lost
    before = np.concatenate(([0], np.cumsum(net)))
    week, rest = np.divmod(moments - MONDAY, WEEK)
    weekday, into = np.divmod(rest, DAY)
    worked = np.clip(into, shift.opens[weekday], shift.closes[weekday]) - shift.opens[weekday]
    if shift.pauses:
        paused = np.clip(into, NOON[0], NOON[1])
        low, high = shift.opens[weekday], shift.closes[weekday]
        worked = worked - (np.clip(paused, low, high) - np.clip(NOON[0], low, high))
    return np.asarray(week * before[7] + before[weekday] + worked)


def _between(into: Integers, shift: Shift) -> Integers:
    return np.clip(into, shift.opens, shift.closes)
