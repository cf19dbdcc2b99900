"""The answers of a form as cells: what a workspace knows, written the way a person would have filled it in.

The reader in intake undoes exactly this; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from valueviz.catalog.form import SECONDS, FormPlan, SheetKey
from valueviz.terms import NEVER, PHASES, Assumption, Engagement, HandStep, Names, Promise

MOST_DECIMALS = 3
"""Decimals of a duration a person would type; one that needs more is written in a smaller unit."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share 0–1 in a cell shown as a percentage."""

    value: float


Cell: TypeAlias = str | float | date | Share | None

Row: TypeAlias = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MonthlyLine:
    """One row of monthly figures: first days of months and values in the metric's unit.

    `row` is the line of the sheet on which it stood when it was imported, None where it never was.
    """

    metric: str
    site: str | None = None
    instrument: str | None = None
    definition_version: str | None = None
    values: tuple[tuple[date, float], ...] = ()
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """What is known about a client, as far as a form asks for it."""

    engagement: Engagement | None = None
    monthly: tuple[MonthlyLine, ...] = ()
    process: tuple[HandStep, ...] = ()


def answers(plan: FormPlan, filled: Filled) -> dict[SheetKey, tuple[Row, ...]]:
    """The rows to fill in by sheet, each as wide as the sheet's columns; of items, one row with one cell an item.

    Monthly figures are not among them: see `monthly_cells`.
    """
    filler = _Filler(plan)
    found: dict[SheetKey, tuple[Row, ...]] = {"process": tuple(filler.hand_step(step) for step in filled.process)}
    return found if filled.engagement is None else found | filler.engagement(filled.engagement)


def monthly_cells(plan: FormPlan, line: MonthlyLine) -> Row:
    """The cells of one row of monthly figures: those before the months, then one a month."""
    word = _Filler(plan).word
    values = dict(line.values)
    instrument = word("monthly", "instrument", line.instrument) if line.instrument else None
    before = (plan.label(line.metric), line.site, instrument, line.definition_version, None)
    return (*before, *(values.get(month) for month in plan.months))


def memory(plan: FormPlan, filled: Filled) -> tuple[tuple[str, ...], ...]:
    """What the hidden sheet keeps: what the form is, the keys behind its labels, and what a cell has no room for."""
    rows: list[tuple[str, ...]] = [
        ("form", str(plan.version)),
        ("product", plan.product),
        ("industry", plan.industry),
        ("locale", plan.locale),
        *(("metric", entry.key, entry.label, entry.unit) for entry in plan.metrics),
    ]
    if filled.engagement is not None:
        agreed = filled.engagement
        rows += [("assumption", each.key) for each in agreed.assumptions]
        rows += [("control", metric) for metric in agreed.negative_controls]
        rows += dict.fromkeys(
            ("name", place, names["zh_CN"], names["en"])
            for place, names in _named(agreed)
            if names["zh_CN"] != names["en"]
        )
    return tuple(rows)


def _named(agreed: Engagement) -> Iterator[tuple[str, Names]]:
    """Every name of an engagement that may differ between languages, with sheet and column."""
    yield "engagement.name", agreed.name
    if agreed.baseline is not None:
        for column, names in (("chosen_by", agreed.baseline.chosen_by), ("signed_by", agreed.baseline.signed_by)):
            if names is not None:
                yield f"engagement.{column}", names
    for step in agreed.steps:
        yield "steps.name", step.name
    for each in agreed.assumptions:
        sheet = "prices" if is_price(each.unit, agreed.currency) else "assumptions"
        yield f"{sheet}.name", each.name
        yield f"{sheet}.source", each.source
        yield f"{sheet}.owner", each.owner
    for event in agreed.events:
        yield "events.name", event.name
    for rival in agreed.rivals:
        yield "rivals.name", rival.name
        if rival.note is not None:
            yield "rivals.note", rival.note


def is_price(unit: str, currency: str) -> bool:
    """Whether an assumption in a unit is an amount of money, or an amount for one of something."""
    return unit.partition("/")[0] == currency


@dataclass(frozen=True, slots=True)
class _Filler:
    """Writes nouns as rows in the language of a plan."""

    plan: FormPlan

    def engagement(self, agreed: Engagement) -> dict[SheetKey, tuple[Row, ...]]:
        """The rows of all sheets that speak of the engagement."""
        phases = {phase.key: (phase.start, phase.end) for phase in agreed.phases}
        tick = self.word("metrics", "control", "yes")
        return {
            "engagement": (self._items(agreed),),
            "sites": tuple(
                (site.key, self.word("sites", "go_live", NEVER) if site.go_live == NEVER else site.go_live)
                for site in agreed.sites
            ),
            "phases": tuple((None, *phases.get(key, (None, None))) for key in PHASES),
            "steps": tuple(
                (
                    self._in(step.name),
                    self.word("steps", "phase", step.phase),
                    step.date,
                    self.word("steps", "by", step.by),
                    self.word("steps", "mode", step.mode),
                    step.key,
                )
                for step in agreed.steps
            ),
            "promises": tuple(self._promise(promise) for promise in agreed.promises),
            "prices": tuple(self._price(each) for each in agreed.assumptions if is_price(each.unit, agreed.currency)),
            "assumptions": tuple(
                self._assumption(each) for each in agreed.assumptions if not is_price(each.unit, agreed.currency)
            ),
            "events": tuple((event.date, self._in(event.name)) for event in agreed.events),
            "rivals": tuple(
                (
                    self._in(rival.name),
                    self.word("rivals", "kind", rival.kind),
                    self.word("rivals", "state", rival.state),
                    self._in(rival.note),
                )
                for rival in agreed.rivals
            ),
            "metrics": tuple(
                (*(None,) * 5, tick if entry.key in agreed.negative_controls else None) for entry in self.plan.metrics
            ),
        }

    def word(self, sheet: SheetKey, column: str, code: str) -> str:
        """The word of a code in a list; what is no code of it stands for itself."""
        choices = self.plan.sheet(sheet).column(column).choices
        return next((choice.word for choice in choices if choice.code == code), code)

    def hand_step(self, step: HandStep) -> Row:
        """A step of a process typed by hand."""
        touch, wait = self._duration(step.touch, "touch_unit"), self._duration(step.wait, "wait_unit")
        rework = None if step.rework is None else Share(step.rework)
        return (
            step.process,
            self.word("process", "state", step.state),
            step.name,
            step.role,
            *touch,
            *wait,
            step.volume,
            rework,
            self._listed("value", step.value),
            self._listed("automated", None if step.automated is None else "yes" if step.automated else "no"),
            self._listed("basis", step.basis),
            step.owner,
        )

    def _listed(self, column: str, code: str | None) -> str | None:
        return None if code is None else self.word("process", column, code)

    def _in(self, names: Names | None) -> str | None:
        return names[self.plan.locale] if names is not None else None

    def _items(self, agreed: Engagement) -> Row:
        baseline, contract = agreed.baseline, agreed.contract
        known: dict[str, Cell] = {
            "name": self._in(agreed.name),
            "system": agreed.system,
            "currency": agreed.currency,
            "go_live": agreed.go_live,
            "language": self.word("engagement", "language", agreed.language) if agreed.language else None,
            "transition_periods": agreed.transition_periods or None,
            "synthetic": self.word("engagement", "synthetic", "yes") if agreed.synthetic else None,
        }
        if baseline is not None:
            known |= {
                "baseline_start": baseline.start,
                "baseline_end": baseline.end,
                "chosen_by": self._in(baseline.chosen_by),
                "chosen_on": baseline.chosen_on,
                "signed_by": self._in(baseline.signed_by),
                "signed_on": baseline.signed_on,
            }
        if contract is not None:
            known |= {
                "contract_start": contract.start,
                "contract_end": contract.end,
                "contract_price": contract.price,
            }
        return tuple(known.get(column.key) for column in self.plan.sheet("engagement").columns)

    def _promise(self, promise: Promise) -> Row:
        value: Cell = Share(promise.value) if promise.target == "relative" else promise.value
        target = self.word("promises", "target", promise.target)
        return self.plan.label(promise.metric), target, value, promise.signed_on

    def _price(self, each: Assumption) -> Row:
        per = each.unit.partition("/")[2]
        return self._assumed(each, "prices", self.word("prices", "per", per) if per else None)

    def _assumption(self, each: Assumption) -> Row:
        return self._assumed(each, "assumptions", self.word("assumptions", "unit", each.unit))

    def _assumed(self, each: Assumption, sheet: SheetKey, unit: Cell) -> Row:
        value, low, high = (
            Share(number) if number is not None and each.unit == "share" else number
            for number in (each.value, each.low, each.high)
        )
        status = self.word(sheet, "status", each.status)
        return (
            self._in(each.name),
            value,
            unit,
            low,
            high,
            self._in(each.source),
            self._in(each.owner),
            status,
            each.key,
        )

    def _duration(self, seconds: float | None, column: str) -> tuple[Cell, Cell]:
        """A duration and its unit: the largest in which it is a short number of at least one, else seconds."""
        if seconds is None:
            return None, None
        exact = Decimal(repr(seconds))
        for unit, factor in sorted(SECONDS.items(), key=lambda each: -each[1]):
            amount = exact / factor
            exponent = amount.normalize().as_tuple().exponent
            if amount >= 1 and isinstance(exponent, int) and -exponent <= MOST_DECIMALS:
                return float(amount), self.word("process", column, unit)
        return seconds, self.word("process", column, "second")
