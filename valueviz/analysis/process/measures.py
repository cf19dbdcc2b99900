"""The numbers of a process as a whole before and after, each an effect on its weekly series by the core of any metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from valueviz.analysis.effect import Design, Effect, estimate
from valueviz.analysis.process.log import Weekly
from valueviz.analysis.process.result import Check, Measure
from valueviz.analysis.process.weeks import Weeks, mature_series
from valueviz.terms import Better

CONTRADICTED = "check_contradicts"
"""The reason of a change that its series would allow to state and a check of it contradicts."""


ONE_WEEK = "one_week_decides"
"""The reason of a change that could not be stated without one of its weeks."""

OF_LEAD = ("lead_median", "lead_p90", "lead_mean", "sla_share")
"""Measures of the lead time: what a check says of one it says of all."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a measure is read: its unit, and which way is better."""

    unit: str
    better: Better


KINDS: dict[str, Kind] = {
    "lead_median": Kind("second", "lower"),
    "lead_p90": Kind("second", "lower"),
    "lead_mean": Kind("second", "lower"),
    "steps_per_case": Kind("count", "lower"),
    "rework_share": Kind("share", "lower"),
    "first_pass_yield": Kind("share", "higher"),
    "backward_share": Kind("share", "lower"),
    "handovers": Kind("count", "lower"),
    "ping_pong": Kind("count", "lower"),
    "automation_rate": Kind("share", "higher"),
    "touch_mean": Kind("second", "lower"),
    "wait_mean": Kind("second", "lower"),
    "cost_per_case": Kind("money", "lower"),
    "top_variants_share": Kind("share", "higher"),
    "sla_share": Kind("share", "higher"),
    "adoption": Kind("share", "higher"),
}
"""Every measure by its key; "money" stands for the currency of the engagement."""


def lead_change(weekly: Weekly, weeks: Weeks) -> Effect:
    """The effect on the weekly median of the lead time, by the week the case starts, immature weeks left out."""
    return _effect("lead_median", weekly, span=weeks, thorough=True)


def measure_effect(
    key: str,
    weekly: Weekly | None,
    *,
    weeks: Weeks | None,
    before: float | None,
    after: float | None,
    currency: str | None = None,
) -> Measure:
    """A measure of the two periods with the effect on its weekly series.

    Args:
        key: one of `KINDS`.
        weekly: the measure by the week the case starts; None where it cannot be known.
        weeks: the weeks of the two periods, None where there is one only.
        before: the number of the period before.
        after: the number of the period after.
        currency: of costs.
    """
    kind = KINDS[key]
    unit = kind.unit if kind.unit != "money" else currency or "money"
    known = weekly is not None and weeks is not None and weekly.ordinals
    effect = _effect(key, weekly, span=weeks) if known and weekly is not None and weeks is not None else None
    return Measure(key, unit, before, after, effect, weekly)


def _effect(key: str, weekly: Weekly, *, span: Weeks, thorough: bool = False) -> Effect:
    """The effect of one measure: logarithms where it is always positive, shares as they are.

    Weeks are weighed by the cases behind them.
    """
    kind = KINDS[key]
    series = mature_series(key, weekly, span=span)
    share = kind.unit == "share"
    positive = all(value is not None and value > 0 for value in series.values)
    design = Design(
        go_live=span.go_live,
        better=kind.better,
        transition=span.transition,
        scale="auto" if positive and not share else "identity",
        share=share,
    )
    return estimate(series, design, thorough=thorough)


def stated(effect: Effect, checks: Sequence[Check]) -> Effect:
    """The effect on the lead time as it may be stated: not provable yet where a check contradicts the change.

    A matched cohort, a reweighting or a made-up go-live that contradicts takes the statement back, with the reason
    `CONTRADICTED`; the numbers stay. So does a single week without which nothing could be stated, with the reason
    `ONE_WEEK`. What was not stated anyway stays as it was.
    """
    if effect.verdict not in ("improved", "worse"):
        return effect
    if any(check.verdict == "contradicts" for check in checks):
        return replace(effect, verdict="not_provable_yet", reason=CONTRADICTED)
    if any(each.name == "leave_one_out" and each.ok is False for each in effect.diagnostics):
        return replace(effect, verdict="not_provable_yet", reason=ONE_WEEK)
    return effect


def stated_measures(measures: Sequence[Measure], checks: Sequence[Check]) -> tuple[Measure, ...]:
    """The measures as they may be stated: those of the lead time only where no check contradicts."""
    return tuple(
        replace(measure, effect=stated(measure.effect, checks))
        if measure.key in OF_LEAD and measure.effect is not None
        else measure
        for measure in measures
    )
