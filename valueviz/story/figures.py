"""The facts of one outcome as runs: the place where a number of a study becomes text.

Every number is shown with digits no finer than the interval of its effect supports; a headline is the
conservative end.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_UP, Context, Decimal

from valueviz.story.blocks import Run
from valueviz.story.voice import Voice
from valueviz.study import Outcome
from valueviz.terms import Derived, Fact, Interval, Lineage, Measured, Stated

WIDE = Context(prec=400)
"""Room for numbers near the largest double, to any decimal."""

MOST_DIGITS = 6
"""Decimals at most, whatever is to be told apart from zero."""

PLAIN_PRECISION = 20.0
"""A level without an effect is shown as if its interval were a twentieth of it wide: about three digits."""


def gap_unit(unit: str) -> str:
    """The unit of a difference between two values: percentage points for percentages and shares."""
    return {"percent": "pp", "share": "share_pp"}.get(unit, unit)


def lineage_json(lineage: Lineage) -> dict[str, object]:
    """A lineage as the command line prints it: kind, query, digests and rows of all that went in."""
    leaves = measured_leaves(lineage)
    return {
        "kind": type(lineage).__name__.lower(),
        "query": _said_by(lineage),
        "digests": sorted({digest for leaf in leaves for digest in leaf.digests}),
        "rows": sum(leaf.rows for leaf in leaves),
    }


def measured_leaves(lineage: Lineage) -> tuple[Measured, ...]:
    """The measurements a number rests on, each once, in order."""
    if isinstance(lineage, Measured):
        return (lineage,)
    if isinstance(lineage, Derived):
        return tuple(dict.fromkeys(leaf for item in lineage.inputs for leaf in measured_leaves(item)))
    return ()


def _said_by(lineage: Lineage) -> str:
    """What made a number: the query or formula, or who states it."""
    match lineage:
        case Measured(query=query):
            return query
        case Derived(formula=formula, inputs=inputs):
            inner = " · ".join(dict.fromkeys(_said_by(item) for item in inputs))
            return f"{formula}({inner})"
        case Stated(by=by):
            return by
        case _:
            return getattr(lineage, "source", "") or getattr(lineage, "label", "")


def cut(value: float, digits: int, *, rounding: str) -> Decimal:
    """A number to `digits` decimals, rounded the way that never claims more than the number itself.

    >>> cut(24.61, 0, rounding=ROUND_DOWN)
    Decimal('24')
    """
    exact = Decimal(repr(value))
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=rounding, context=WIDE) if exact else exact


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one outcome, worded for one place of a document."""

    voice: Voice
    place: str
    outcome: Outcome

    @property
    def unit(self) -> str:
        """The metric's unit; that of a sum names its period ("hour/week")."""
        metric, grain = self.outcome.metric, self.outcome.series.grain
        summed = metric.aggregation in ("sum", "count") and metric.unit not in ("", "count") and grain != "index"
        return f"{metric.unit}/{grain}" if summed else metric.unit

    def _shown(self, unit: str) -> str:
        """A unit as the language formats it, its period in the words of the language."""
        head, slash, grain = unit.partition("/")
        if not slash or grain != self.outcome.series.grain:
            return unit
        return f"{head}/{self.voice.word(f'grain.{grain}')}"

    @property
    def digits(self) -> int:
        """Decimals the effect's interval supports; without one, those the level itself needs."""
        found = self.outcome.effect
        if found.low is not None and found.high is not None:
            digits = self.voice.language.digits_for(found.high - found.low)
            nearest = min(abs(found.low), abs(found.high))
            # an end that is not zero is not written as zero where the interval excludes it
            while found.low * found.high > 0 and digits < MOST_DIGITS and not cut(nearest, digits, rounding=ROUND_DOWN):
                digits += 1
            return digits
        level = abs(self.outcome.before or self.outcome.after or 0.0)
        return self.voice.language.digits_for(level / PLAIN_PRECISION) if level > 0 else 1

    def before(self) -> Run:
        """The plain mean before go-live."""
        return self._level("before", self.outcome.before)

    def after(self) -> Run:
        """The plain mean after the transition."""
        return self._level("after", self.outcome.after)

    def without(self) -> Run:
        """The mean that would have been after go-live without the implementation."""
        return self._level("without", self.outcome.effect.counterfactual_mean)

    def conservative(self, *, strong: bool = False) -> Run:
        """The size of the change at the end of the 95 % interval nearest to none."""
        found = self.outcome.effect
        ends = [end for end in (found.low, found.high) if end is not None]
        nearest = min(ends, key=abs)
        size = cut(abs(nearest), self.digits, rounding=ROUND_DOWN)
        text = self.voice.language.quantity(size, self._shown(gap_unit(self.unit)), digits=self.digits)
        return self.voice.fact(self._effect_fact("at_least", nearest), text, strong=strong)

    def change(self) -> Run:
        """The change as the range of its 95 % interval, raw sign."""
        found = self.outcome.effect
        low = cut(found.low or 0.0, self.digits, rounding=ROUND_FLOOR)
        high = cut(found.high or 0.0, self.digits, rounding=ROUND_CEILING)
        text = self.voice.language.span(low, high, self._shown(gap_unit(self.unit)), digits=self.digits)
        return self.voice.fact(self._effect_fact("change", found.estimate), text)

    def summed(self) -> Run:
        """The gain summed over the measured periods after, as the range of its interval; positive is better."""
        found = self.outcome.realised or Interval(0.0, 0.0, self.outcome.effect.level)
        digits = self.voice.language.digits_for(found.high - found.low)
        low = cut(found.low, digits, rounding=ROUND_FLOOR)
        high = cut(found.high, digits, rounding=ROUND_CEILING)
        unit = gap_unit(self.outcome.metric.unit)
        fact = Fact(
            f"{self.place}.{self.outcome.metric.key}.summed",
            found.low,
            unit,
            Derived("gain_summed", (self.outcome.lineage,)),
            interval=found,
            grade=self.outcome.grade,
        )
        return self.voice.fact(fact, self.voice.language.span(low, high, unit, digits=digits))

    def minimum_detectable(self) -> Run:
        """The smallest change these data could have stated."""
        found = self.outcome.effect
        size = found.minimum_detectable or 0.0
        least = cut(size, self.digits, rounding=ROUND_UP)
        text = self.voice.language.quantity(least, self._shown(gap_unit(self.unit)), digits=self.digits)
        return self.voice.fact(self._fact("minimum_detectable", size, gap_unit(self.unit)), text)

    def promised(self) -> Run:
        """The level that was promised."""
        target = self.outcome.target
        level = target.level if target else None
        signed = Stated(by="engagement", on=target.promise.signed_on if target else None)
        fact = Fact(f"{self.place}.{self.outcome.metric.key}.promised", level, self.unit, signed)
        return self.voice.fact(fact, self._worded(level))

    def realised(self) -> Run:
        """The measured change as a share of the promised one, as the range of its interval."""
        target = self.outcome.target
        share = target.share_interval if target else None
        text = ""
        if share is not None:
            low, high = cut(share.low, 2, rounding=ROUND_FLOOR), cut(share.high, 2, rounding=ROUND_CEILING)
            text = self.voice.language.span(low, high, "share", digits=2)
        fact = Fact(
            f"{self.place}.{self.outcome.metric.key}.realised",
            target.share if target else None,
            "share",
            self.outcome.lineage,
            interval=share,
            grade=self.outcome.grade,
            verdict=self.outcome.effect.verdict,
        )
        return self.voice.fact(fact, text)

    def count(self, what: str, number: int) -> Run:
        """A number of periods that follows from the series and the rules."""
        lineage = Derived(what, (self.outcome.lineage,))
        fact = Fact(f"{self.place}.{self.outcome.metric.key}.{what}", float(number), "count", lineage)
        return self.voice.fact(fact, self.voice.language.grouped(number))

    def periods(self) -> Run:
        """Usable points before and after, as n."""
        found = self.outcome.effect
        text = f"{found.n_before} + {found.n_after}"
        fact = self._fact("n", float(found.n_before + found.n_after), "count")
        return self.voice.fact(fact, text)

    def _level(self, what: str, value: float | None) -> Run:
        return self.voice.fact(self._fact(what, value, self.unit), self._worded(value))

    def _worded(self, value: float | None) -> str:
        if value is None:
            return "–"
        return self.voice.language.quantity(value, self._shown(self.unit), digits=self.digits)

    def _effect_fact(self, what: str, value: float | None) -> Fact:
        found = self.outcome.effect
        interval = None
        if found.low is not None and found.high is not None:
            interval = Interval(found.low, found.high, found.level)
        return Fact(
            key=f"{self.place}.{self.outcome.metric.key}.{what}",
            value=value,
            unit=gap_unit(self.unit),
            lineage=self.outcome.lineage,
            interval=interval,
            grade=self.outcome.grade,
            verdict=found.verdict,
        )

    def _fact(self, what: str, value: float | None, unit: str) -> Fact:
        return Fact(f"{self.place}.{self.outcome.metric.key}.{what}", value, unit, self.outcome.lineage)


def counted(
    voice: Voice, *, place: str, what: str, count: int, outcomes: tuple[Outcome, ...], strong: bool = False
) -> Run:
    """How many of some outcomes there are, as a fact with the lineage of all of them."""
    lineage = Derived(f"count_of_{what}", tuple(outcome.lineage for outcome in outcomes))
    fact = Fact(f"{place}.{what}", float(count), "count", lineage)
    return voice.fact(fact, voice.language.grouped(count), strong=strong)
