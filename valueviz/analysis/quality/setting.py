"""What is known around a series beyond its values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from valueviz.terms import Grade


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known around a series.

    `reason` is why its effect is silent, None where it is not or was not estimated. `instrument` is that of the
    metric, where periods state none; `indicative` the grade its instrument allows where that is D or E. `summed`
    says that a value is a sum or a count. `floor` and `ceiling` bound a plausible value. `as_of` is the day up to
    which data are expected, `baseline` the ordinal of the first period that was agreed to be measured. `units`
    are measured throughout, `left_out` are not; `partial` periods were cut off because data cover part of them.
    `parts` are the names of the units with their values, aligned with the periods of the series. `mixed` units are
    the whole of others that are counted, too; each row stands `pasted` times. `doubted` says that an import found
    its values as if they were shares.
    """

    reason: str | None = None
    instrument: str | None = None
    indicative: Grade | None = None
    summed: bool = False
    floor: float | None = None
    ceiling: float | None = None
    as_of: date | None = None
    baseline: int | None = None
    units: int = 1
    left_out: int = 0
    partial: tuple[int, ...] = ()
    parts: tuple[tuple[str, tuple[float | None, ...]], ...] = ()
    mixed: int = 0
    pasted: int = 1
    doubted: bool = False
