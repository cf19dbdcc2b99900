"""What remains of an effect where periods were withdrawn: value that no withdrawal can raise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from valueviz.analysis.effect import Effect, Panel
from valueviz.engine import Withdrawal
from valueviz.terms import Interval, Series

Measured = TypeVar("Measured", Series, Panel)


def without(measured: Measured, periods: Collection[int]) -> Measured:
    """The same series or panel with nothing measured in some periods (ordinals)."""
    if not periods:
        return measured
    keep = [ordinal not in periods for ordinal in measured.ordinals]
    if isinstance(measured, Panel):
        return replace(measured, values=tuple(_blanked(values, keep) for values in measured.values))
    return replace(measured, values=_blanked(measured.values, keep))


def _blanked(values: Sequence[float | None], keep: Sequence[bool]) -> tuple[float | None, ...]:
    return tuple(value if kept else None for value, kept in zip(values, keep, strict=True))


def realised(
    found: Effect, *, withdrawn: Sequence[Withdrawal], again: Callable[[frozenset[int]], Effect]
) -> Interval | None:
    """The gain summed over the measured periods after, the lowest that can be computed; positive is better.

    Computed with every period as it was measured last, and again without those withdrawn so far, file by file: so
    each further withdrawal adds a computation and none ever takes one away. A computation without a number counts
    as no gain: what is withdrawn can neither make a claim possible nor hide a loss.

    Args:
        found: the effect with every period as it was measured last.
        withdrawn: the withdrawn periods.
        again: the effect without some periods (ordinals).
    """
    files = sorted({each.file for each in withdrawn})
    gone = [frozenset(each.period for each in withdrawn if each.file <= file) for file in files]
    computed = [found.cumulative, *(again(periods).cumulative for periods in gone)]
    numbers = [each for each in computed if each is not None]
    if not numbers:
        return None
    nothing = [0.0] if len(numbers) < len(computed) else []
    low = min([*(each.low for each in numbers), *nothing])
    high = min([*(each.high for each in numbers), *nothing])
    return Interval(low, high, numbers[0].level)
