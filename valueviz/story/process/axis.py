"""Axes of durations: linear from zero, or compressed so that minutes and days stand on one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log10

from valueviz.language import Language
from valueviz.story.blocks import Axis, Tick
from valueviz.story.process.duration import SECONDS, DurationUnit, in_unit
from valueviz.story.scale import value_axis

NEAREST_TICKS = 0.11
"""Ticks of a compressed axis are at least this share of it apart: five or six of them fit."""

AIR = 1.03
"""A compressed axis goes on a little beyond its largest mark."""

NEAR_LINEAR = 10.0
"""An axis that reaches less than so many of its unit bends at a tenth of the unit already."""


def duration_axis(seconds: Iterable[float], *, unit: DurationUnit, title: str, language: Language) -> Axis:
    """An axis of times from zero on, with round marks in a unit; positions are in that unit."""
    drawn = value_axis([in_unit(value, unit) for value in seconds], title=title, language=language, zero=True)
    low = min(0.0, *(tick.position for tick in drawn.ticks)) if drawn.low < 0 else drawn.low
    return Axis(drawn.title, low, drawn.high, drawn.ticks)


@dataclass(frozen=True, slots=True)
class Compressed:
    """A scale that is linear near zero and logarithmic far from it: position = log10(1 + time / bend).

    Source: Webber, "A bi-symmetric log transformation for wide-range data", Meas. Sci. Technol. 24 (2013).
    """

    unit: DurationUnit
    longest: float

    @property
    def bend(self) -> float:
        """The time, in seconds, at which the scale turns from linear to logarithmic."""
        unit = SECONDS[self.unit]
        return unit if self.longest >= NEAR_LINEAR * unit else unit / 10

    def place(self, seconds: float) -> float:
        """Where a time stands on the scale."""
        return log10(1 + max(0.0, seconds) / self.bend)

    def axis(self, *, title: str, language: Language) -> Axis:
        """The axis with round marks, from the largest down as many as are far enough apart."""
        high = self.place(self.longest) * AIR or 1.0
        marks: list[float] = []
        for mark in sorted(self._round(), reverse=True):
            place = self.place(mark * SECONDS[self.unit])
            taken = [self.place(other * SECONDS[self.unit]) for other in marks]
            if place >= NEAREST_TICKS * high and all(other - place >= NEAREST_TICKS * high for other in taken):
                marks.append(mark)
        ticks = [Tick(self.place(mark * SECONDS[self.unit]), _written(mark, language)) for mark in [0.0, *marks[::-1]]]
        return Axis(title, 0.0, high, tuple(ticks))

    def _round(self) -> Iterator[float]:
        """1, 2 and 5 in every power of ten up to the longest time, in the unit."""
        most = in_unit(self.longest, self.unit)
        for power in range(-1, int(log10(max(most, 1.0))) + 1):
            yield from (mark for factor in (1, 2, 5) if (mark := factor * 10.0**power) <= most)


def _written(mark: float, language: Language) -> str:
    return language.number(mark, 0 if mark == round(mark) else 1)
