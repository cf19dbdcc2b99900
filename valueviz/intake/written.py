"""Which numbers a file holds as they are read, and which a conversion made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from valueviz.intake.look import Column

LONG = 12
"""Significant digits that a person may have typed: a number with more of them was computed."""


def number(text: str) -> float | None:
    """The number a cell holds as it stands, thousands parted by commas; None where it holds something else.

    >>> number("1,203.5"), number("21:41")
    (1203.5, None)
    """
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def written(columns: Iterable[Column]) -> frozenset[float]:
    """The numbers that the sample cells of some columns hold as they stand."""
    found = (number(text) for column in columns for text in column.samples)
    return frozenset(value for value in found if value is not None)


def converted(value: float, known: frozenset[float] = frozenset()) -> bool:
    """Whether a number was made by a conversion: no cell holds it and nobody types so many digits."""
    return value not in known and len(repr(value).partition("e")[0].strip("-0.").replace(".", "")) > LONG
