"""`split`: one series, one design and its dated steps in; the total and what each step brought out.

It brings the parts together in a fixed order: steps, gate, joint regression, date of the change, verdict, parts.
The same input gives the same answer in whatever order the steps are named; there is no seed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from valueviz.analysis import spc
from valueviz.analysis.attribution import doubt, step
from valueviz.analysis.attribution.joint import Joint, contributions, merged, nothing, told_apart, total
from valueviz.analysis.attribution.part import Attribution, Part
from valueviz.analysis.attribution.step import StepAt
from valueviz.analysis.effect import Design, Diagnostic, Effect, estimate, verdict
from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect.controls import CONTROL_MOVES, control_moves
from valueviz.analysis.effect.core import Candidates
from valueviz.analysis.effect.design import sample
from valueviz.analysis.effect.estimate import drawn, measured, printed
from valueviz.analysis.effect.forecast import forecast, forecast_answer
from valueviz.analysis.effect.model import Answer, before_products, fits, model, slope_answer, whole_products
from valueviz.analysis.effect.result import silent, warned
from valueviz.analysis.threads import one_thread
from valueviz.terms import Series, Verdict

METHOD = "segmented_step"
"""The estimator whose model can hold several steps: counts and panels have none of their own."""
NEAR_ZERO = 2.0
"""Standard errors within which a total counts as zero: a share of it would say nothing."""


@one_thread
def split(series: Series, design: Design, steps: Sequence[StepAt], *, thorough: bool = False) -> Attribution:
    """What each dated step of an outcome brought, and the remainder that none explains.

    One regression holds trend, season and what the design declares, one course a step and one gradual component from
    the first step on, which is the remainder. The outcome is the mean over the usable periods after go-live (the
    first step where the design names none).

    Args:
        series: values in rising order of periods.
        design: go-live and how to look at it.
        steps: the dated steps, in any order.
        thorough: with placebo dates, points left out, periods still needed and the band; parts, total and verdict
            are the same without.

    Raises:
        UsageError: a step named twice, or with an impossible ramp or profile (`step.checked`).
    """
    ordered = step.checked(series, steps)
    if design.go_live is None and ordered:
        design = replace(design, go_live=step.begins(series, ordered[0]))
    plain = estimate(series, design, thorough=False)
    if plain.estimate is None and plain.reason != "other_date":
        return Attribution(plain, (), plain.reason)
    found = sample(series, design)
    groups, early = step.groups(series, ordered, found=found)
    if plain.method != METHOD or not groups:
        full = estimate(series, design) if thorough else plain
        return Attribution(full, (), "no_step" if plain.method == METHOD else plain.method, early)
    built = model(found, scale=plain.scale, season=plain.season)
    frame = silent(series, design, found=found, season=plain.season, scale=plain.scale, stopped=("refused", None))
    fitted, late = told_apart(built, groups)
    left_out = tuple(sorted((*early, *late), key=lambda each: each.step))
    aside = tuple(found.ordinals[position] for position in fitted.aside)
    date = doubt.change_date(fitted, groups)
    if verdict.other_date(near=date.near, elsewhere=date.elsewhere):
        return Attribution(replace(frame, reason="other_date"), (), "other_date", left_out, aside)
    answer = total(fitted)
    parts = _parts(fitted, answer)
    exact = math.fsum(part.estimate for part in parts)
    whole = _Whole(series, design, fitted, frame, date, thorough)
    return Attribution(whole.effect(answer, exact=exact), parts, None, left_out, aside)


# Parts ───────────────────────────────────────────────────────────────────────


def _parts(found: Joint, answer: Answer) -> tuple[Part, ...]:
    """The parts in order of date, the remainder last."""
    together = merged(found)
    brought = contributions(found, together, level=verdict.PRINTED_LEVEL)
    whole = math.fsum(each.estimate for each in brought)
    shown = abs(answer.theta - nothing(answer)) > NEAR_ZERO * float(answer.mixture.standard_error())
    groups = found.columns.groups
    keys = [tuple(each.key for position in part for each in groups[position]) for part in together]
    return tuple(
        Part(
            kind="remainder" if not names else "step" if len(names) == 1 else "block",
            steps=names,
            estimate=each.estimate,
            low=each.low,
            high=each.high,
            share=each.estimate / whole if shown and whole else None,
        )
        for names, each in zip([*keys, ()], brought, strict=True)
    )


# The total ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Whole:
    """The total as an effect: everything that is said of a single go-live, said of all steps together."""

    series: Series
    design: Design
    found: Joint
    frame: Effect
    date: checks.ChangeDate
    thorough: bool

    def effect(self, answer: Answer, *, exact: float) -> Effect:
        """The effect whose estimate is `exact`, the sum of the parts."""
        built, thorough = self.found.built, self.thorough
        slope = slope_answer(built, fits(built, whole_products(built, Candidates())))
        below_zero = float(answer.mixture.below(nothing(answer)))
        decided = verdict.decided(
            below_zero=below_zero, primary=exact, sensitivity=slope.estimate, better=self.design.better
        )
        fake = Candidates(ramps=checks.placebo_candidates(built.sample.n_before) if thorough else ())
        earlier = before_products(built, fake)
        foretold = forecast(built, earlier)
        values = {
            "step_slope_disagrees": slope.estimate - exact,
            "placebo": checks.placebo(built, earlier, candidates=fake),
            "minimum_detectable": _detectable(answer, lower_is_better=self.design.better == "lower"),
            **self.thorough_values(answer, stated=decided[0], sensitivity=slope.estimate),
        }
        found = self.diagnose(values, slope=slope)
        warnings = warned(
            built,
            self.found.fitted,
            residuals=doubt.residuals(self.found, spikes=True),
            offset=self.date.offset,
            moves=control_moves(built),
            better=self.design.better,
        )
        needed = values["periods_needed"]
        return replace(
            measured(replace(self.frame, verdict=decided[0], reason=decided[1]), answer),
            estimate=exact,
            gain=-exact if self.design.better == "lower" else exact,
            grade=verdict.graded(
                failed=any(check.ok is False for check in found), warnings=warnings, chosen=self.design.chosen
            ),
            step_slope=printed(slope),
            forecast=printed(forecast_answer(built, foretold)),
            warnings=warnings,
            diagnostics=found,
            counterfactual=drawn(self.series, self.design, built=built, foretold=foretold) if thorough else (),
            minimum_detectable=values["minimum_detectable"],
            periods_needed=None if needed is None else int(needed),
            p_value=2 * min(below_zero, 1 - below_zero),
        )

    def thorough_values(self, answer: Answer, *, stated: Verdict, sensitivity: float) -> dict[str, float | None]:
        """The checks that cost time, empty where they were not asked for."""
        if not self.thorough:
            return {"leave_one_out": None, "periods_needed": None}
        zero, still_open = nothing(answer), stated == "not_provable_yet"
        sign = 0 if still_open else int(np.sign(answer.theta - zero))
        return {
            "leave_one_out": doubt.flips(self.found, sign=sign, zero=zero, sensitivity=sensitivity),
            "periods_needed": doubt.periods_needed(self.found, theta=answer.theta - zero) if still_open else 0,
        }

    def diagnose(self, values: dict[str, float | None], *, slope: Answer) -> tuple[Diagnostic, ...]:
        """Every check, in the order of `diagnostics.NAMES`."""
        built = self.found.built
        low, high = slope.interval(verdict.PRINTED_LEVEL)
        slow, hanging = checks.wandering(self.found.fitted.weights), checks.ljung_box(doubt.residuals(self.found))
        moves, placebo, flips = control_moves(built), values["placebo"], values["leave_one_out"]
        before, after = built.sample.values[: built.sample.n_before], built.sample.after_values
        apart = values["step_slope_disagrees"]
        told = {
            "wandering": (slow, slow <= checks.WANDERING_MASS),
            "step_slope_disagrees": (apart, apart is not None and low <= slope.estimate - apart <= high),
            "residual_autocorrelation": (hanging, hanging >= checks.LJUNG_BOX_LEVEL),
            "pre_trend": (moves, None if moves is None else moves >= CONTROL_MOVES),
            "placebo": (placebo, None if placebo is None else placebo <= checks.PLACEBO_SHARE),
            "leave_one_out": (flips, None if flips is None else flips == 0),
            "change_date": (self.date.offset, abs(self.date.offset) <= verdict.DATE_WINDOW),
            "xmr": (len(spc.outside(after, spc.limits(before))), None),
        }
        return tuple(Diagnostic(name, *told.get(name, (values.get(name), None))) for name in checks.NAMES)


def _detectable(answer: Answer, *, lower_is_better: bool) -> float:
    """The smallest gain that would probably be stated, as a size in the unit of the values."""
    theta = checks.detectable(answer.mixture) * (-1 if lower_is_better else 1)
    return abs(answer.units.effect(answer.theta) - answer.units.effect(answer.theta - theta))
