"""Numbers that can be traced: where they come from, how sure they are, how good their evidence is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Verdict = Literal["improved", "worse", "not_provable_yet", "not_comparable", "refused"]
Grade = Literal["A", "B", "C", "D", "E"]

GRADES: tuple[Grade, ...] = ("A", "B", "C", "D", "E")
VERDICTS: tuple[Verdict, ...] = ("improved", "worse", "not_provable_yet", "not_comparable", "refused")


def weakest(*grades: Grade | None) -> Grade | None:
    """The weakest of some grades; None as soon as one of them is None.

    >>> weakest("A", "C", "B")
    'C'
    """
    if not grades or any(grade is None for grade in grades):
        return None
    return max(grade for grade in grades if grade is not None)


@dataclass(frozen=True, slots=True)
class Measured:
    """Computed from imported rows: the query's name, the digests of its snapshots, the rows it read."""

    query: str
    digests: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Assumed:
    """Not measured: who says so, where it comes from, how firm it is."""

    source: str
    owner: str
    status: str


@dataclass(frozen=True, slots=True)
class Cited:
    """Told elsewhere: the case and the source that tells it."""

    case: str
    source: str


@dataclass(frozen=True, slots=True)
class Stated:
    """Declared in the engagement: by whom, on which day."""

    by: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Derived:
    """Computed from other numbers: the formula's name and what went in."""

    formula: str
    inputs: tuple[Lineage, ...]


@dataclass(frozen=True, slots=True)
class Illustration:
    """Drawn to explain, about nobody: the label that says so."""

    label: str


Lineage = Measured | Assumed | Cited | Stated | Derived | Illustration


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends and the level at which they hold (0.95)."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Fact:
    """A number a document states, free of language.

    `key` names it across languages (`renewal.scorecard.month_close_days.change`); `value` is in `unit`,
    raw sign; grade and verdict stand where a claim is made.
    """

    key: str
    value: float | None
    unit: str
    lineage: Lineage
    interval: Interval | None = None
    grade: Grade | None = None
    verdict: Verdict | None = None
