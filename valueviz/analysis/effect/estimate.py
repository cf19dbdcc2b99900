"""`estimate`: one series and one design in, one effect with verdict, grade and diagnostics out.

It brings the parts together in a fixed order: usable points, gate, models, change date, verdict,
diagnostics, band. The same input gives the same answer; there is no seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from valueviz.analysis import spc
from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.controls import CONTROL_MOVES, control_moves
from valueviz.analysis.effect.core import Candidates, Products
from valueviz.analysis.effect.counted import counted
from valueviz.analysis.effect.design import Design, further_columns, resolved_scale, resolved_season, sample
from valueviz.analysis.effect.diagnostics import Diagnostic
from valueviz.analysis.effect.forecast import BandPoint, Forecast, band, forecast, forecast_answer
from valueviz.analysis.effect.model import (
    Answer,
    Fits,
    Model,
    before_products,
    finite,
    fits,
    model,
    slope_answer,
    step_answer,
    whole_products,
)
from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.effect.panel import Panel
from valueviz.analysis.effect.result import Effect, Estimate, silent, warned
from valueviz.analysis.threads import one_thread
from valueviz.terms import Interval, Series, Verdict


@one_thread
def estimate(series: Series | Panel, design: Design, *, thorough: bool = True) -> Effect:
    """The effect of a go-live on a series, or of the go-lives of a panel's units.

    Args:
        series: values in rising order of periods.
        design: go-live and how to look at it.
        thorough: with placebo dates, points left out, periods still needed and the band; without them
            estimate, interval and verdict are the same, and those diagnostics and the band stay empty.

    Raises:
        UsageError: `bad_season` where the declared season is no number of periods.
    """
    if isinstance(series, Panel):
        from valueviz.analysis.effect.pooled import pooled  # it looks at gap series through this door

        return pooled(series, design, thorough=thorough)
    found = sample(series, design)
    season = resolved_season(design, grain=series.grain, before=found.n_before)
    scale = resolved_scale(design, found.values)
    stopped = verdict.gate(series, design, found=found, season=season)
    if stopped is not None:
        return silent(series, design, found=found, season=season, scale=scale, stopped=stopped)
    if scale == "count":
        return counted(series, design, found=found, season=season, thorough=thorough)
    built = model(found, scale=scale, season=season)
    if not verdict.enough_freedom(built.before.base):
        few: verdict.Gate = ("refused", "too_few_periods")
        return silent(series, design, found=found, season=season, scale=scale, stopped=few)
    candidates = Candidates(
        points=checks.left_out_candidates(built) if thorough else (), steps=checks.scan_candidates(built)
    )
    whole = whole_products(built, candidates)
    fitted = fits(built, whole)
    date = checks.change_date(built, whole, fitted=fitted, candidates=candidates)
    if verdict.other_date(near=date.near, elsewhere=date.elsewhere):
        late: verdict.Gate = ("refused", "other_date")
        return silent(series, design, found=found, season=season, scale=scale, stopped=late)
    return _spoken(series, design, built=built, fitted=fitted, whole=whole, date=date, thorough=thorough)


def _spoken(
    series: Series,
    design: Design,
    *,
    built: Model,
    fitted: Fits,
    whole: Products,
    date: checks.ChangeDate,
    thorough: bool,
) -> Effect:
    """An effect with its numbers."""
    fake = Candidates(ramps=checks.placebo_candidates(built.sample.n_before) if thorough else ())
    earlier = before_products(built, fake)
    foretold = forecast(built, earlier)
    primary, sensitivity = step_answer(built, fitted), slope_answer(built, fitted)
    below_zero = float(primary.mixture.below(0.0))
    decided = verdict.decided(
        below_zero=below_zero, primary=primary.estimate, sensitivity=sensitivity.estimate, better=design.better
    )
    frame = silent(series, design, found=built.sample, season=built.season, scale=built.scale, stopped=decided)
    answers = _Answers(built, fitted, whole, primary, sensitivity, decided[0], design.better == "lower")
    moves = control_moves(built)
    placebo = checks.placebo(built, earlier, candidates=fake)
    found = answers.diagnose(date=date, moves=moves, placebo=placebo, thorough=thorough)
    warnings = warned(
        built, fitted.step, residuals=answers.residuals(), offset=date.offset, moves=moves, better=design.better
    )
    failed = any(check.ok is False for check in found)
    numbers = {check.name: check.value for check in found}
    needed = numbers["periods_needed"]
    return replace(
        measured(frame, primary),
        grade=verdict.graded(failed=failed, warnings=warnings, chosen=design.chosen),
        step_slope=printed(sensitivity),
        forecast=printed(forecast_answer(built, foretold)),
        warnings=warnings,
        diagnostics=found,
        counterfactual=drawn(series, design, built=built, foretold=foretold) if thorough else (),
        minimum_detectable=numbers["minimum_detectable"],
        periods_needed=None if needed is None else int(needed),
        p_value=2 * min(below_zero, 1 - below_zero),
    )


def measured(frame: Effect, primary: Answer) -> Effect:
    """The frame with the primary estimate, its intervals, its share and its gain."""
    low, high = primary.interval(verdict.PRINTED_LEVEL)
    claim_low, claim_high = primary.interval(verdict.CLAIM_LEVEL)
    relative, relative_low, relative_high = _relative(primary, low=low, high=high)
    gains = (-high, -low) if frame.better == "lower" else (low, high)
    return replace(
        frame,
        estimate=primary.estimate,
        low=low,
        high=high,
        relative=relative,
        relative_low=relative_low,
        relative_high=relative_high,
        claim_interval=Interval(claim_low, claim_high, verdict.CLAIM_LEVEL),
        gain=-primary.estimate if frame.better == "lower" else primary.estimate,
        gain_interval=Interval(gains[0], gains[1], verdict.PRINTED_LEVEL),
        counterfactual_mean=primary.units.counterfactual(primary.theta),
        observed_mean=primary.units.observed,
    )


def printed(answer: Answer) -> Estimate:
    """An answer as it is printed, with its 95 % interval."""
    low, high = answer.interval(verdict.PRINTED_LEVEL)
    return Estimate(answer.estimate, low, high, verdict.PRINTED_LEVEL)


NEAR_ZERO = 2.0
"""Standard errors within which a mean counterfactual counts as zero: a share of it would say nothing."""


def _relative(primary: Answer, *, low: float, high: float) -> tuple[float | None, float | None, float | None]:
    """The estimate and its ends as shares of the mean counterfactual that goes with each.

    Where the interval of the counterfactual reaches zero the ends are divided by its estimate.
    """
    counterfactual = primary.units.counterfactual(primary.theta)
    error = primary.units.counterfactual_error(primary.theta, error=float(primary.mixture.standard_error()))
    if abs(counterfactual) <= NEAR_ZERO * error:
        return None, None, None
    observed = primary.units.observed
    with_low, with_high = observed - low, observed - high
    if with_low * counterfactual <= 0 or with_high * counterfactual <= 0:
        with_low = with_high = counterfactual
    ends = sorted((low / with_low, high / with_high))
    return primary.estimate / counterfactual, ends[0], ends[1]


def drawn(series: Series, design: Design, *, built: Model, foretold: Forecast) -> tuple[BandPoint, ...]:
    """The band over every period of the series, those without a value included, those without a control not."""
    first = built.sample.ordinals[0]
    positions = [position for position, ordinal in enumerate(series.ordinals) if ordinal >= first]
    further = further_columns(design, positions)
    known = np.isfinite(built.footing.rows(further)).min(axis=1, initial=True)
    ordinals = tuple(series.ordinals[position] for position, usable in zip(positions, known, strict=True) if usable)
    return band(built, foretold, ordinals=ordinals, further=further[known])


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the checks look at."""

    built: Model
    fitted: Fits
    whole: Products
    primary: Answer
    sensitivity: Answer
    verdict: Verdict
    lower_is_better: bool

    def diagnose(
        self, *, date: checks.ChangeDate, moves: float | None, placebo: float | None, thorough: bool
    ) -> tuple[Diagnostic, ...]:
        """Every check, in the order of `diagnostics.NAMES`."""
        primary, sensitivity = self.primary.estimate, self.sensitivity.estimate
        slow = checks.wandering(self.fitted.step.weights)
        low, high = self.sensitivity.interval(verdict.PRINTED_LEVEL)
        hanging = checks.ljung_box(self.residuals())
        flips = self.flips() if thorough else None
        values, split = self.built.sample.values, self.built.sample.n_before
        signals = len(spc.outside(values[split:], spc.limits(values[:split])))
        return (
            Diagnostic("wandering", slow, slow <= checks.WANDERING_MASS),
            Diagnostic("step_slope_disagrees", sensitivity - primary, low <= primary <= high),
            Diagnostic("residual_autocorrelation", hanging, hanging >= checks.LJUNG_BOX_LEVEL),
            Diagnostic("pre_trend", moves, None if moves is None else moves >= CONTROL_MOVES),
            Diagnostic("placebo", placebo, None if placebo is None else placebo <= checks.PLACEBO_SHARE),
            Diagnostic("leave_one_out", flips, None if flips is None else flips == 0),
            Diagnostic("change_date", date.offset, abs(date.offset) <= verdict.DATE_WINDOW),
            Diagnostic("xmr", signals, None),
            Diagnostic("minimum_detectable", self.detectable(), None),
            Diagnostic("periods_needed", self.needed() if thorough else None, None),
        )

    def residuals(self) -> FloatArray:
        """The whitened residuals of the primary model."""
        return checks.whitened_residuals(self.built, self.fitted.step)

    def flips(self) -> int:
        """The number of points that decide the verdict alone."""
        sign = 0 if self.verdict == "not_provable_yet" else int(np.sign(self.primary.estimate))
        return checks.leave_one_out(self.built, self.whole, fitted=self.fitted, sign=sign)

    def needed(self) -> int | None:
        """Further periods until the present estimate is provable; 0 where it is."""
        if self.verdict != "not_provable_yet":
            return 0
        return checks.periods_needed(self.built, self.fitted.step, theta=self.primary.theta)

    def detectable(self) -> float:
        """The smallest gain that would probably be stated, as a size in the unit of the values."""
        theta = checks.detectable(self.primary.mixture) * (-1 if self.lower_is_better else 1)
        units = self.primary.units
        if units.scale == "identity":
            return abs(finite(theta * units.unit))
        counterfactual = units.counterfactual(self.primary.theta)
        return abs(finite(counterfactual * math.expm1(min(theta * units.unit, 700.0))))
