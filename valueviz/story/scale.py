"""Axes: which values a chart marks, and how the marks are written. Scale text, never facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil, floor, log10

from valueviz.language import Language
from valueviz.story.blocks import Axis, Tick
from valueviz.terms import Grain, period_of, period_start

MOST_TICKS = 6
"""More dates than this crowd an axis."""

WISHED_TICKS = 5
"""Marks on an axis of values: enough to read between, few enough to stay light."""


def value_axis(
    values: Sequence[float], *, title: str, language: Language, percent: bool = False, zero: bool = False
) -> Axis:
    """An axis that holds all `values` with round marks and a little air.

    Args:
        values: what the axis must show; at least one finite number.
        title: with the unit.
        language: writes the marks.
        percent: the values are shares, the marks say percent.
        zero: the axis holds zero as well.
    """
    low, high = min(values), max(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-12 * max(1.0, abs(high)):
        pad = abs(high) * 0.1 or 1.0
        low, high = low - pad, high + pad
    air = (high - low) * 0.06
    step = _step(low - air, high + air)
    marks = [index * step for index in range(ceil((low - air) / step), floor((high + air) / step) + 1)]
    digits = _digits(step * (100 if percent else 1))
    write = language.percent if percent else language.number
    return Axis(title, low - air, high + air, tuple(Tick(mark, write(mark, digits)) for mark in marks))


def _digits(step: float) -> int:
    """Decimals in which every multiple of a round step can be written: none for 20, one for 2.5."""
    power = floor(log10(step) + 1e-9)
    return max(0, -power if round(step / 10.0**power, 6) == int(round(step / 10.0**power, 6)) else 1 - power)


def _step(low: float, high: float) -> float:
    """The round step whose marks between two ends come nearest to the wished number, the coarser of two."""
    power = 10.0 ** floor(log10((high - low) / WISHED_TICKS))
    steps = [factor * power for factor in (10.0, 5.0, 2.5, 2.0, 1.0)]
    return min(steps, key=lambda step: abs(floor(high / step) - ceil(low / step) + 1 - WISHED_TICKS))


def time_axis(first: int, last: int, *, grain: Grain, language: Language, title: str = "") -> Axis:
    """An axis over period ordinals with marks at round dates.

    Args:
        first: ordinal of the first period.
        last: ordinal of the last period.
        grain: of the ordinals.
        language: writes the marks.
        title: empty where the marks say enough.
    """
    low, high = first - 0.6, last + 0.6
    if grain == "index":
        numbers = value_axis([float(first), float(last)], title=title, language=language)
        return Axis(title, low, high, tuple(tick for tick in numbers.ticks if low <= tick.position <= high))
    return Axis(title, low, high, tuple(_date_ticks(first, last, grain=grain, language=language)))


def _date_ticks(first: int, last: int, *, grain: Grain, language: Language) -> list[Tick]:
    start, end = period_start(first, grain), period_start(last, grain)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    if months <= 2 and grain in ("day", "week"):
        step = max(1, ceil((last - first + 1) / MOST_TICKS))
        return [Tick(float(o), language.date(period_start(o, grain))) for o in range(first, last + 1, step)]
    stride = next(size for size in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200) if months / size <= MOST_TICKS)
    ticks = []
    for month in range(start.year * 12, end.year * 12 + 12, stride):
        day = date(month // 12, month % 12 + 1, 1)
        position = _position(day, grain)
        if first <= position <= last:
            text = language.period(day.year, "year") if stride >= 12 else language.month(day, short=True)
            ticks.append(Tick(position, text))
    return ticks


def _position(day: date, grain: Grain) -> float:
    """Where a day lies on an axis of ordinals, exact within its period."""
    ordinal = period_of(day, grain)
    start, end = period_start(ordinal, grain), period_start(ordinal + 1, grain)
    return ordinal + (day - start).days / (end - start).days
