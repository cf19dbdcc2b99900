"""The nouns of valueviz; they know no file, no database, no language and no picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

VERSION = "0.1.0"
"""Of the product; part of every question, so that an answer names who gave it."""

Locale = Literal["en", "zh_CN"]
Grain = Literal["day", "week", "month", "quarter", "year", "index"]
Better = Literal["lower", "higher"]
Aggregation = Literal["mean", "sum", "median", "count", "ratio"]
Verdict = Literal["improved", "worse", "not_provable_yet", "not_comparable", "refused"]
Grade = Literal["A", "B", "C", "D", "E"]
Scale = Literal["log", "identity"]
PhaseKey = Literal["requirements", "deployment", "migration", "training", "operation"]
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

GRADES: tuple[Grade, ...] = ("A", "B", "C", "D", "E")
VERDICTS: tuple[Verdict, ...] = ("improved", "worse", "not_provable_yet", "not_comparable", "refused")
PHASES: tuple[PhaseKey, ...] = ("requirements", "deployment", "migration", "training", "operation")
LOCALES: tuple[Locale, ...] = ("zh_CN", "en")
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year", "index")


def weakest(*grades: Grade | None) -> Grade | None:
    """The weakest of some grades; None as soon as one of them is None.

    >>> weakest("A", "C", "B")
    'C'
    """
    if not grades or any(grade is None for grade in grades):
        return None
    return max(grade for grade in grades if grade is not None)


# Time ────────────────────────────────────────────────────────────────────────


def period_of(day: date, grain: Grain) -> int:
    """The ordinal of the period that holds `day`: whole periods since the start of the calendar.

    Weeks begin on Monday. Ordinals of one grain differ by one between neighbours, so that a gap is
    a difference above one. Grain "index" has no calendar: its ordinals are the index itself.

    >>> period_of(date(2026, 2, 1), "month") - period_of(date(2025, 12, 31), "month")
    2
    """
    match grain:
        case "day":
            return day.toordinal()
        case "week":
            return (day.toordinal() - 1) // 7
        case "month":
            return day.year * 12 + day.month - 1
        case "quarter":
            return day.year * 4 + (day.month - 1) // 3
        case "year" | "index":
            return day.year


def period_start(ordinal: int, grain: Grain) -> date:
    """The first day of a period, the inverse of `period_of`.

    >>> period_start(period_of(date(2026, 3, 5), "week"), "week")
    datetime.date(2026, 3, 2)
    """
    match grain:
        case "day":
            return date.fromordinal(ordinal)
        case "week":
            return date.fromordinal(ordinal * 7 + 1)
        case "month":
            return date(ordinal // 12, ordinal % 12 + 1, 1)
        case "quarter":
            return date(ordinal // 4, ordinal % 4 * 3 + 1, 1)
        case "year" | "index":
            return date(ordinal, 1, 1)


def period_end(ordinal: int, grain: Grain) -> date:
    """The last day of a period."""
    return period_start(ordinal + 1, grain) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `start` to `end`, both included."""

    start: date
    end: date


# Language ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Names:
    """One name or sentence in every language: pairs of locale and text."""

    texts: tuple[tuple[Locale, str], ...]

    @classmethod
    def same(cls, text: str) -> Names:
        """One text for all languages: the name of a firm, a word its owner wrote once."""
        return cls(tuple((locale, text) for locale in LOCALES))

    def __getitem__(self, locale: Locale) -> str:
        """The text of a language; KeyError where it is missing (definitions are complete by check)."""
        for key, text in self.texts:
            if key == locale:
                return text
        raise KeyError(locale)


# Lineage ─────────────────────────────────────────────────────────────────────


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


# Numbers ─────────────────────────────────────────────────────────────────────


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


# Measurement ─────────────────────────────────────────────────────────────────


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


# Engagement ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Baseline:
    """The before window: who chose it and when, who signed it and when."""

    start: date
    end: date
    chosen_by: Names | None = None
    chosen_on: date | None = None
    signed_by: Names | None = None
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place with its own go-live (None: that of the engagement)."""

    key: str
    go_live: date | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the five phases with its dates."""

    key: PhaseKey
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Step:
    """A dated piece of work in a phase, by vendor or client."""

    key: str
    name: Names
    phase: PhaseKey
    date: date
    by: Literal["vendor", "client"]
    mode: Literal["human", "assisted", "automated"]


@dataclass(frozen=True, slots=True)
class Contract:
    """Term and price of the contract that is up for renewal."""

    start: date
    end: date
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A frozen, signed target: the metric shall reach `value`, or change by it.

    `target` "level" means the value itself in the metric's unit, "change" an absolute change in that
    unit, "relative" a change as a share (−0.25 = a quarter less).
    """

    metric: str
    target: Literal["level", "change", "relative"]
    value: float
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that is not measured, with its range, source, owner and status."""

    key: str
    name: Names
    value: float
    low: float | None
    high: float | None
    unit: str
    source: Names
    owner: Names
    status: Literal["client_confirmed", "benchmark", "estimate"]


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else that happened."""

    date: date
    name: Names


@dataclass(frozen=True, slots=True)
class Rival:
    """Another explanation of the change, and whether it was examined."""

    name: Names
    kind: str
    state: Literal["measured", "judged", "not_examined"]
    note: Names | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """One client, one system: what was agreed, done and promised."""

    name: Names
    system: str
    industry: str
    currency: str
    go_live: date
    language: Locale | None = None
    transition_periods: int = 0
    synthetic: bool = False
    baseline: Baseline | None = None
    sites: tuple[Site, ...] = ()
    phases: tuple[Phase, ...] = ()
    steps: tuple[Step, ...] = ()
    contract: Contract | None = None
    promises: tuple[Promise, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    events: tuple[Event, ...] = ()
    rivals: tuple[Rival, ...] = ()
    negative_controls: tuple[str, ...] = ()


# Identity of a document ──────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the data: everything a Study depends on, by digest, never by path."""

    client: str | None
    industry: str | None
    snapshots: tuple[str, ...]
    knowledge: str
    catalog: str
    as_of: date | None
    window: Window | None = None
    sites: tuple[str, ...] = ()
    overrides: tuple[tuple[str, float], ...] = ()
    seed: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """How the answer is shown: template, language and brand, by name and digest."""

    template: str
    template_digest: str
    locale: Locale
    brand: str
    brand_digest: str


@dataclass(frozen=True, slots=True)
class Request:
    """The whole identity of a document: equal requests give equal bytes."""

    question: Question
    view: View = field()
