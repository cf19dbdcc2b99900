"""What is measured, and the series it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valueviz.terms.naming import Names
from valueviz.terms.number import Lineage
from valueviz.terms.time import Grain

Better = Literal["lower", "higher"]
Aggregation = Literal["mean", "sum", "median", "count", "ratio"]
Scale = Literal["log", "identity", "count"]
BenefitClass = Literal[
    "cash_saving",
    "cost_avoidance",
    "capacity",
    "revenue_margin",
    "working_capital",
    "risk",
    "compliance",
    "experience",
]
Instrument = Literal["system_log", "export", "time_study", "sample", "survey", "estimate"]


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured, in which unit, which way is better, how values are rolled up.

    `expression` is SQL over the columns value, volume, date, "end" of one observation and comes from a
    shipped pack only. `minimum` and `maximum` bound a plausible observation, in `unit`. `season` is the
    declared number of periods of a cycle (1 = declared without season), None where undeclared.
    """

    key: str
    name: Names
    unit: str
    better: Better
    aggregation: Aggregation
    grain: Grain | None = None
    expression: str = "value"
    benefit_class: BenefitClass | None = None
    instrument: str | None = None
    definition_version: str | None = None
    season: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    definition: Names | None = None
    pitfalls: Names | None = None
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """One metric over periods, in rising order; a period without measurement is None, never filled.

    `ordinals` are those of `period_of` under `grain` (for grain "index" the index itself), unique and
    rising; absent ordinals are missing as well. `volumes` weigh the values (variance ∝ 1/volume) where
    given. `instruments` and `definition_versions` hold the value of each period, None where not stated.
    """

    key: str
    grain: Grain
    ordinals: tuple[int, ...]
    values: tuple[float | None, ...]
    volumes: tuple[float | None, ...] | None = None
    instruments: tuple[str | None, ...] | None = None
    definition_versions: tuple[str | None, ...] | None = None
    lineage: Lineage | None = None
