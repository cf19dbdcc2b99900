"""The checks behind one effect: what other models say, and whether each diagnostic passes."""

from __future__ import annotations

from valueviz.analysis.effect import Diagnostic
from valueviz.story.blocks import Cell, Row, Run, Table, Text
from valueviz.story.figures import Figures, gap_unit
from valueviz.story.heads import Head, columns
from valueviz.story.voice import Voice
from valueviz.study import Outcome
from valueviz.terms import Derived, Fact, Interval

PLACE = "checks"

SHARES = ("wandering", "placebo")
"""Diagnostics whose number is a share."""
CHANCES = ("residual_autocorrelation", "pre_trend")
"""Diagnostics whose number is a p-value."""
SMALLEST_CHANCE = 0.001
"""A p-value below it is told as smaller than it."""
SIZES = ("step_slope_disagrees", "minimum_detectable")
"""Diagnostics whose number is in the unit of the metric."""


def models(outcome: Outcome, voice: Voice) -> Text:
    """What the stricter interval and the two other models say of the same change; () without a number."""
    found = outcome.effect
    views: dict[str, tuple[float | None, Interval]] = {}
    if found.claim_interval is not None:
        views["claim"] = (found.estimate, found.claim_interval)
    for key, other in (("step_slope", found.step_slope), ("forecast", found.forecast)):
        if other is not None:
            views[key] = (other.estimate, Interval(other.low, other.high, other.level))
    said = [
        voice.say(f"checks.model.{key}", change=_range(key, *view, outcome=outcome, voice=voice))
        for key, view in views.items()
    ]
    if not said:
        return ()
    gap = voice.words(voice.word("separator.comma"))
    listed = [run for text in said for run in (*gap, *text)][len(gap) :]
    return voice.say("checks.models", views=voice.join(listed))


def _range(key: str, estimate: float | None, interval: Interval, *, outcome: Outcome, voice: Voice) -> Run:
    unit = gap_unit(outcome.metric.unit)
    fact = Fact(
        f"{PLACE}.{outcome.metric.key}.{key}", estimate, unit, Derived(key, (outcome.lineage,)), interval=interval
    )
    digits = voice.language.digits_for(interval.high - interval.low)
    return voice.fact(fact, voice.language.span(interval.low, interval.high, unit, digits=digits))


def diagnostics(outcome: Outcome, voice: Voice) -> Table | None:
    """Every diagnostic with its number and what it means for the grade; None where nothing was computed."""
    found = [check for check in outcome.effect.diagnostics if check.value is not None and _tells(check, outcome)]
    if not found:
        return None
    heads: tuple[Head, ...] = (("check", "left", 5.0), ("value", "right", 1.6), ("result", "left", 2.4))
    rows = tuple(
        Row(
            (
                Cell(voice.say(f"checks.check.{check.name}")),
                Cell((_value(check, outcome, voice),)),
                Cell(voice.say(f"checks.result.{_result(check)}")),
            )
        )
        for check in found
    )
    return Table(
        f"{PLACE}.{outcome.metric.key}",
        voice.say("checks.table", metric=voice.name(outcome.metric.name)),
        columns(voice, "checks.column", heads),
        rows,
    )


def _tells(check: Diagnostic, outcome: Outcome) -> bool:
    """Whether a check says more than the verdict does: what is still lacking is told of what is open."""
    lacking = check.name in ("minimum_detectable", "periods_needed")
    return check.name != "xmr" and not (lacking and outcome.effect.verdict != "not_provable_yet")


def _result(check: Diagnostic) -> str:
    return {True: "passed", False: "failed", None: "information"}[check.ok]


def _value(check: Diagnostic, outcome: Outcome, voice: Voice) -> Run:
    """The number of a check in its own terms."""
    value = check.value or 0.0
    unit, text = "count", voice.language.number(value, 0)
    if check.name in SHARES:
        unit, text = "share", voice.language.percent(value, 0)
    elif check.name in CHANCES:
        small = value < SMALLEST_CHANCE
        shown = voice.language.number(max(value, SMALLEST_CHANCE), 3)
        unit, text = "", voice.word("checks.chance_small" if small else "checks.chance", value=shown)
    elif check.name in SIZES:
        unit = gap_unit(outcome.metric.unit)
        text = voice.language.quantity(value, unit, digits=Figures(voice, PLACE, outcome).digits)
    fact = Fact(f"{PLACE}.{outcome.metric.key}.{check.name}", value, unit, Derived(check.name, (outcome.lineage,)))
    return voice.fact(fact, text)
