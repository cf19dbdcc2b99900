"""What the gate found in data: about one file, or about what was measured before and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from valueviz.terms.number import Grade
from valueviz.terms.time import Grain

Consequence = Literal["blocks", "caps", "warns"]
"""What follows: no statement is made, the grade is capped, or a reader is told."""

Topic = Literal["quality", "comparability"]

Repair = Literal[
    "complete_export",
    "state_unit",
    "confirm_values",
    "remove_duplicates",
    "same_instrument",
    "same_definition",
    "same_scope",
    "measure_more",
    "record_daily",
    "check_dates",
]
"""What a person does about it; findings are grouped by it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about data, what follows from it, and what would repair it.

    `code` is worded in every language under [finding]. `rows` are the first lines of a file it concerns,
    `periods` the ordinals (under `grain`) of a series; `count` is how many there are in all. `cap` is the
    best grade that remains where the consequence is "caps". `fields` are numbers and words of the sentence.
    """

    code: str
    topic: Topic
    consequence: Consequence
    repair: Repair
    metric: str | None = None
    site: str | None = None
    rows: tuple[int, ...] = ()
    periods: tuple[int, ...] = ()
    grain: Grain | None = None
    count: int = 0
    cap: Grade | None = None
    fields: tuple[tuple[str, str | float], ...] = ()


@dataclass(frozen=True, slots=True)
class Conversion:
    """A column whose values were multiplied: it states one unit, its metric is kept in another."""

    column: str
    metric: str
    stated: str
    kept: str
    factor: float


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column that holds personal data: of which kind, in which share of its filled cells, and what it was to be.

    `count` is the number of such cells. `part` is what the mapping makes of the column, None where nothing.
    """

    column: str
    kind: Literal["identity_card", "mobile_number", "email_address", "person_name"]
    share: float
    part: str | None
    left_out: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that an earlier import measured otherwise; None where one of the two has no value.

    `monthly`: the value stands for the whole month of its day. `times` is 10, 100, 1,000 or 10,000 where one value is
    about so many times the other.
    """

    metric: str
    unit: str
    day: date
    earlier: float | None
    newer: float | None
    monthly: bool = False
    times: int | None = None

    @property
    def level(self) -> bool:
        """Whether both values are equal and only the rows behind them differ."""
        return self.earlier is not None and self.earlier == self.newer


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a file and the earlier imports both measure: how much is equal, how much differs, the first differences.

    Those that look like another unit come first; those whose values are equal, while the rows behind them differ, come
    last: there are `level` of them.
    """

    equal: int = 0
    differing: int = 0
    differences: tuple[Difference, ...] = ()
    files: tuple[str, ...] = ()
    level: int = 0
