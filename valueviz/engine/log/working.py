"""Working time between two moments, by a country's public holidays and the hours of a working day.

Elapsed and working time are never mixed: what comes from here is named working wherever it goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.process.log import Seconds
from valueviz.catalog.calendars import SATURDAY, arranged

DAY = 86400
"""Seconds of a day."""

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class WorkTime:
    """The hours of a working day, and the country whose holidays and make-up working days count; None: no holidays.

    Work begins at `opens` and ends at `closes`, hours of the day; days off are weekends and public holidays.
    """

    country: str | None = None
    opens: int = 9
    closes: int = 17


OFFICE = WorkTime()
"""Monday to Friday, nine to five: what is assumed where nobody said otherwise."""


def working_seconds(begins: Seconds, ends: Seconds, *, time: WorkTime = OFFICE) -> Seconds:
    """The seconds of working time between moments, aligned with them; 0 where an end lies before its beginning.

    Args:
        begins: seconds since the epoch, wall time.
        ends: seconds since the epoch, wall time.
        time: when work is done.

    >>> friday_noon = 1_700_222_400.0  # 2023-11-17 12:00
    >>> working_seconds(np.array([friday_noon]), np.array([friday_noon + 3 * DAY])) / 3600
    array([8.])
    """
    if not len(begins):
        return np.zeros(0)
    first = int(np.floor(min(begins.min(), ends.min()) / DAY))
    last = int(np.floor(max(begins.max(), ends.max()) / DAY))
    worked = _worked_days(first, last, time.country)
    before = np.concatenate(([0.0], np.cumsum(worked))) * (time.closes - time.opens) * 3600
    return np.maximum(_since(ends, first, worked, before, time) - _since(begins, first, worked, before, time), 0.0)


def _since(moments: Seconds, first: int, worked: NDArray[np.bool_], before: Seconds, time: WorkTime) -> Seconds:
    """The working seconds since the first day."""
    day = np.floor(moments / DAY).astype(np.int64)
    into = np.clip(moments - day * DAY - time.opens * 3600, 0.0, (time.closes - time.opens) * 3600)
    return np.asarray(before[day - first] + np.where(worked[day - first], into, 0.0))


def _worked_days(first: int, last: int, country: str | None) -> NDArray[np.bool_]:
    """Whether each day from `first` to `last`, counted from the epoch, is worked."""
    days = np.arange(first, last + 1)
    worked = (days + EPOCH.weekday()) % 7 < SATURDAY
    if country is None:
        return np.asarray(worked)
    start, end = EPOCH + timedelta(days=first), EPOCH + timedelta(days=last)
    for year in range(start.year, end.year + 1):
        for kind, works in zip(arranged(year), (False, True), strict=True):
            for day in kind:
                if start <= day <= end:
                    worked[(day - start).days] = works
    return np.asarray(worked)
