"""What stands out among the rows of one file, in a few passes over what was staged; it words and judges nothing.

A value is compared with the others of its metric and unit: by quartiles, which a quarter of wild values cannot
move, on a scale on which values have an even spread (logarithms, or roots where there are zeros).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from valueviz.engine.connection import query

LINES = 20
"""Lines named of each kind of row."""
LEAST_ROWS = 8
"""Rows of a metric and unit below which their quartiles say little."""
FAR = 8.0
"""Robust standard deviations beyond which a row stands out: long lists of events have long tails …"""
FEW = 60.0
"""… and this many divided by the number of rows on top: quartiles of few rows are uncertain."""
WIDER = 1.5
"""Values that are negative, too, are taken as they are, and their tails for half as long again."""
STRAYS = 0.01
"""Share of rows that may stand out; where more do, that is how the values behave."""

SURE = 6.0
"""Robust standard deviations from the middle from which on a value may be in another unit …"""
NEAREST = 0.15
"""… if its factor misses a power of ten by at most this decimal logarithm (10 is meant by 7.1 to 14.1) …"""
LOOSEST = 0.25
"""… or by this where values are noisy (5.6 to 17.8); noisier ones do not tell their unit …"""
LOOSE = 2.5
"""… in between by this many robust standard deviations."""
WAY = 3.0
"""Factor from which on a value is on its way to another unit: a tail that thins out has more rows there than beyond."""
FINEST = 0.01
"""Least noise: values 2 % apart are alike."""
LARGEST = 4
"""Powers of ten looked for: 万 is 10⁴."""
SLIPS = 0.2
"""Share of rows in another unit above which their quartiles no longer tell which unit is meant."""


class Run(Protocol):
    """Runs SQL with named parameters and gives its rows."""

    def __call__(self, sql: str, parameters: Mapping[str, Any], /) -> list[tuple[Any, ...]]:
        """The rows of a statement."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A row that stands out; `power` is that of ten by which it seems to be off, None where no unit explains it."""

    metric: str
    unit: int
    row: int
    day: date
    power: int | None


@dataclass(frozen=True, slots=True)
class Repeats:
    """Rows of one metric that repeat others word by word, and dates whose rows differ; each with its first lines."""

    metric: str
    same: int
    same_lines: tuple[int, ...]
    differing: int
    differing_lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What stands out: rows, repeats, metrics of one value (with it and their rows), rows dated too late."""

    strays: tuple[Stray, ...]
    repeats: tuple[Repeats, ...]
    constants: tuple[tuple[str, float, int], ...]
    future: tuple[tuple[str, int, tuple[int, ...], date], ...]


def profile(run: Run, *, latest: date | None) -> Profile:
    """What stands out among the accepted rows that were staged.

    Args:
        run: runs SQL where they are.
        latest: the last day that can have been measured; None where that is not looked at.
    """
    run(query("unit_of"), {})
    run(query("usual"), {"least": LEAST_ROWS, "far": FAR, "few": FEW, "wider": WIDER, "finest": FINEST})
    strays = run(
        query("strays"),
        {
            "sure": SURE,
            "nearest": NEAREST,
            "loosest": LOOSEST,
            "loose": LOOSE,
            "largest": LARGEST,
            "way": WAY,
            "slips": SLIPS,
            "strays": STRAYS,
        },
    )
    repeats = run(query("repeats"), {"lines": LINES})
    late = run(query("future"), {"latest": latest, "lines": LINES}) if latest is not None else []
    return Profile(
        strays=tuple(
            Stray(metric, unit, row, day, power if slipped else None)
            for metric, unit, slipped, row, day, power in strays
        ),
        repeats=tuple(
            Repeats(metric, same, _lines(same_lines), differing, _lines(differing_lines))
            for metric, same, same_lines, differing, differing_lines in repeats
            if same or differing
        ),
        constants=tuple(
            (metric, value, rows) for metric, value, rows in run(query("constants"), {"least": LEAST_ROWS})
        ),
        future=tuple((metric, count, _lines(rows), day) for metric, count, rows, day in late),
    )


def _lines(found: Sequence[int] | None) -> tuple[int, ...]:
    return tuple(sorted(found or ()))
