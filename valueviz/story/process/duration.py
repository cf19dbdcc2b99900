"""Durations in words: the unit in which a set of times reads well, and every time a fact in that unit.

The analysis counts in seconds. Here, and only here, seconds become minutes, hours or days; the fact keeps the
lineage of what was measured and its value in the unit that is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR
from math import floor, log10
from typing import Final, Literal

from valueviz.story.blocks import Run, Text
from valueviz.story.figures import cut
from valueviz.story.voice import Voice
from valueviz.terms import Fact, Grade, Interval, Lineage, Verdict

DurationUnit = Literal["second", "minute", "hour", "day"]

SECONDS: Final[dict[DurationUnit, int]] = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
"""How many seconds each unit has; a day is one of the calendar: elapsed time, not working time."""

LEAST: Final[tuple[tuple[DurationUnit, float], ...]] = (("day", 5.0), ("hour", 1.0), ("minute", 1.0))
"""From how many of it on a unit is chosen: below five days people speak of hours."""

WHOLE: Final[dict[DurationUnit, float]] = {"second": 0.0, "minute": 10.0, "hour": 10.0, "day": 20.0}
"""From this many of a unit on no decimals are printed: what is left is finer than a reader can use."""

MOST_DIGITS = 3
"""Decimals at most of a time."""


def duration_unit(seconds: Iterable[float | None]) -> DurationUnit:
    """The unit in which a set of times is written alike: that of the longest of them.

    Args:
        seconds: times or differences of times; None (not known) is passed over.

    >>> duration_unit([349200.0, 342000.0]), duration_unit([8 * 86400.0, 60.0]), duration_unit([90.0]), duration_unit([])
    ('hour', 'day', 'minute', 'second')
    """
    longest = max((abs(value) for value in seconds if value is not None), default=0.0)
    return next((unit for unit, least in LEAST if longest >= least * SECONDS[unit]), "second")


def in_unit(seconds: float, unit: DurationUnit) -> float:
    """A time in a unit.

    >>> in_unit(5400.0, "hour")
    1.5
    """
    return seconds / SECONDS[unit]


def duration_digits(seconds: Iterable[float | None], unit: DurationUnit) -> int:
    """Decimals in which a set of times is written alike: none from ten hours or twenty days on, one below, two below one.

    >>> duration_digits([349200.0], "hour"), duration_digits([12.1 * 86400, 8.4 * 86400], "day")
    (0, 1)
    """
    longest = max((abs(in_unit(value, unit)) for value in seconds if value is not None), default=0.0)
    if longest >= WHOLE[unit] or not longest:
        return 0
    return 1 if longest >= 1 else min(MOST_DIGITS, 1 - floor(log10(longest)))


def telling_digits(seconds: Sequence[float | None], unit: DurationUnit) -> int:
    """As `duration_digits`, with one decimal more where different times would look alike."""
    values = [in_unit(value, unit) for value in seconds if value is not None]
    digits = duration_digits(seconds, unit)
    different = len({round(value, MOST_DIGITS) for value in values})
    for more in range(2):
        if len({round(value, digits + more) for value in values}) == different:
            return digits + more
    return digits


def spoken(
    voice: Voice,
    seconds: float,
    *,
    unit: DurationUnit | None = None,
    digits: int | None = None,
    signed: bool = False,
    bare: bool = False,
) -> str:
    """A time as text, such as "97 hours"; without its unit where a column head names it (`bare`)."""
    unit = duration_unit([seconds]) if unit is None else unit
    value = in_unit(seconds, unit)
    if digits is None:
        digits = duration_digits([seconds], unit)
        digits = 0 if round(value, digits) == round(value) else digits
    write = voice.language.signed if signed else voice.language.quantity
    return write(value, "" if bare else unit, digits=digits)


def said(
    voice: Voice,
    key: str,
    seconds: float,
    *,
    lineage: Lineage,
    unit: DurationUnit | None = None,
    digits: int | None = None,
    signed: bool = False,
    bare: bool = False,
    strong: bool = False,
    interval: tuple[float, float, float] | None = None,
    grade: Grade | None = None,
    verdict: Verdict | None = None,
) -> Run:
    """A time as a fact in the unit it is printed in.

    Args:
        voice: words it.
        key: of the fact, the same in every language.
        seconds: the time, or a difference of times.
        lineage: where it comes from.
        unit: None: the one that suits it alone; times that are compared share one (`duration_unit` of all of them).
        digits: None: as `duration_digits` of it alone.
        signed: with its sign, plus included: a change.
        bare: without the unit.
        strong: in bold.
        interval: low and high end in seconds, and the level at which they hold.
        grade: where a claim is made.
        verdict: where a claim is made.
    """
    unit = duration_unit([seconds]) if unit is None else unit
    ends = None
    if interval is not None:
        ends = Interval(in_unit(interval[0], unit), in_unit(interval[1], unit), interval[2])
    fact = Fact(key, in_unit(seconds, unit), unit, lineage, interval=ends, grade=grade, verdict=verdict)
    text = spoken(voice, seconds, unit=unit, digits=digits, signed=signed, bare=bare)
    return voice.fact(fact, text, strong=strong)


def said_range(
    voice: Voice,
    key: str,
    seconds: float,
    *,
    low: float,
    high: float,
    level: float,
    lineage: Lineage,
    unit: DurationUnit | None = None,
    strong: bool = False,
    grade: Grade | None = None,
    verdict: Verdict | None = None,
) -> Run:
    """A time, or a change of one, as the range of its interval, rounded outwards: "2.1 – 4.3 days"."""
    unit = duration_unit([low, high]) if unit is None else unit
    ends = in_unit(low, unit), in_unit(high, unit)
    digits = max(0, min(MOST_DIGITS, voice.language.digits_for(ends[1] - ends[0])))
    outwards = cut(ends[0], digits, rounding=ROUND_FLOOR), cut(ends[1], digits, rounding=ROUND_CEILING)
    text = voice.language.span(*outwards, unit, digits=digits)
    fact = Fact(
        key, in_unit(seconds, unit), unit, lineage, interval=Interval(*ends, level), grade=grade, verdict=verdict
    )
    return voice.fact(fact, text, strong=strong)


def pair_units(before: float | None, after: float | None) -> tuple[DurationUnit, DurationUnit]:
    """The units of two times that stand beside each other: one for both unless the smaller would be less than one of it.

    >>> pair_units(97 * 3600, 95 * 3600), pair_units(9 * 3600, 360)
    (('hour', 'hour'), ('hour', 'minute'))
    """
    both = duration_unit([before, after])
    small = min((value for value in (before, after) if value is not None), default=0.0)
    if 0 < small < SECONDS[both]:
        return duration_unit([before]), duration_unit([after])
    return both, both


def _alike(before: float, after: float, unit: DurationUnit) -> bool:
    """Whether two different times would be written alike."""
    digits = duration_digits([before, after], unit)
    one, two = (round(in_unit(value, unit), digits) for value in (before, after))
    return before != after and one == two


def said_pair(voice: Voice, key: str, before: float, after: float, *, lineage: Lineage) -> Text:
    """Two times as two facts, "97 hours → 95 hours"; their keys end in `.before` and `.after`."""
    units = pair_units(before, after)
    runs = []
    for name, value, unit in zip(("before", "after"), (before, after), units, strict=True):
        digits = telling_digits([before, after], unit) if _alike(before, after, unit) else None
        runs.append(said(voice, f"{key}.{name}", value, lineage=lineage, unit=unit, digits=digits))
    return (runs[0], Run(" → "), runs[1])
