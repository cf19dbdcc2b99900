"""`estimate`: one series and one design in, one effect with verdict, grade and diagnostics out.

It brings the parts together in a fixed order: usable points, gate, models, change date, verdict,
diagnostics, band. The same input gives the same answer; there is no seed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import spc, verdict
from valueviz.analysis.effect.core import Candidates, Products
from valueviz.analysis.effect.design import Design, Sample, resolved_scale, resolved_season, sample
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
from valueviz.terms import Better, Grade, Grain, Interval, Scale, Series, Verdict


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval."""

    estimate: float
    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What happened to one series at go-live, in the words of the contracts.

    `estimate`, `low`, `high`: mean over the usable points after of observed − counterfactual, in the
    unit of the values, raw sign. `gain` and `gain_interval` are the same turned so that positive is
    better. Where the verdict is refused or not_comparable every number and the grade are None.
    `p_value` is twice the smaller tail of the primary estimate at zero.
    """

    series: str
    estimate: float | None
    low: float | None
    high: float | None
    level: float
    relative: float | None
    relative_low: float | None
    relative_high: float | None
    verdict: Verdict
    reason: str | None
    method: str
    grade: Grade | None
    claim_interval: Interval | None
    step_slope: Estimate | None
    forecast: Estimate | None
    n_before: int
    n_after: int
    better: Better
    scale: Scale
    season: float | None
    grain: Grain
    warnings: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    gain: float | None = None
    gain_interval: Interval | None = None
    counterfactual_mean: float | None = None
    observed_mean: float | None = None
    counterfactual: tuple[BandPoint, ...] = ()
    excluded: tuple[tuple[int, str], ...] = ()
    minimum_detectable: float | None = None
    periods_needed: int | None = None
    p_value: float | None = None


METHOD = "segmented_step"
"""The one estimator of a single series without controls."""


def estimate(series: Series, design: Design, *, thorough: bool = True) -> Effect:
    """The effect of a go-live on a series.

    Args:
        series: values in rising order of periods.
        design: go-live and how to look at it.
        thorough: with placebo dates, points left out, periods still needed and the band; without them
            estimate, interval and verdict are the same, and those diagnostics and the band stay empty.

    Raises:
        UsageError: `bad_season` where the declared season is no number of periods.
    """
    found = sample(series, design)
    season = resolved_season(design, grain=series.grain, before=found.n_before)
    scale = resolved_scale(design, found.values)
    stopped = verdict.gate(series, design, found=found, season=season)
    if stopped is not None:
        return _silent(series, design, found=found, season=season, scale=scale, stopped=stopped)
    built = model(found, scale=scale, season=season)
    candidates = Candidates(
        points=checks.left_out_candidates(built) if thorough else (), steps=checks.scan_candidates(built)
    )
    whole = whole_products(built, candidates)
    fitted = fits(built, whole)
    date = checks.change_date(built, whole, fitted=fitted, candidates=candidates)
    if verdict.other_date(near=date.near, elsewhere=date.elsewhere):
        late: verdict.Gate = ("refused", "other_date")
        return _silent(series, design, found=found, season=season, scale=scale, stopped=late)
    return _spoken(series, design, built=built, fitted=fitted, whole=whole, date=date, thorough=thorough)


def _silent(
    series: Series,
    design: Design,
    *,
    found: Sample,
    season: float | None,
    scale: Scale,
    stopped: tuple[Verdict, str | None],
) -> Effect:
    """An effect without a number: refused or not comparable, or the frame of one with numbers."""
    return Effect(
        series=series.key,
        estimate=None,
        low=None,
        high=None,
        level=verdict.PRINTED_LEVEL,
        relative=None,
        relative_low=None,
        relative_high=None,
        verdict=stopped[0],
        reason=stopped[1],
        method=METHOD,
        grade=None,
        claim_interval=None,
        step_slope=None,
        forecast=None,
        n_before=found.n_before,
        n_after=found.n_after,
        better=design.better,
        scale=scale,
        season=season,
        grain=series.grain,
        warnings=("season_unresolved",) if season is None else (),
        diagnostics=tuple(Diagnostic(name, None, None) for name in checks.NAMES),
        excluded=found.excluded,
    )


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
    frame = _silent(series, design, found=built.sample, season=built.season, scale=built.scale, stopped=decided)
    answers = _Answers(built, fitted, whole, primary, sensitivity, decided[0], design.better == "lower")
    found = answers.diagnose(date=date, placebo=checks.placebo(built, earlier, candidates=fake), thorough=thorough)
    warnings = answers.warnings(date)
    failed = any(check.ok is False for check in found)
    numbers = {check.name: check.value for check in found}
    needed = numbers["periods_needed"]
    return replace(
        _measured(frame, primary),
        grade=verdict.graded(failed=failed, warnings=warnings, chosen=design.chosen),
        step_slope=_printed(sensitivity),
        forecast=_printed(forecast_answer(built, foretold)),
        warnings=warnings,
        diagnostics=found,
        counterfactual=_drawn(series, design, built=built, foretold=foretold) if thorough else (),
        minimum_detectable=numbers["minimum_detectable"],
        periods_needed=None if needed is None else int(needed),
        p_value=2 * min(below_zero, 1 - below_zero),
    )


def _measured(frame: Effect, primary: Answer) -> Effect:
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


def _printed(answer: Answer) -> Estimate:
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


def _drawn(series: Series, design: Design, *, built: Model, foretold: Forecast) -> tuple[BandPoint, ...]:
    """The band over every period of the series, those without a value included."""
    first = built.sample.ordinals[0]
    positions = [position for position, ordinal in enumerate(series.ordinals) if ordinal >= first]
    ordinals = tuple(series.ordinals[position] for position in positions)
    holiday = None if design.holiday is None else np.array([design.holiday[position] for position in positions])
    return band(built, foretold, ordinals=ordinals, holiday=holiday)


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

    def diagnose(self, *, date: checks.ChangeDate, placebo: float | None, thorough: bool) -> tuple[Diagnostic, ...]:
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
            Diagnostic("pre_trend", None, None),
            Diagnostic("placebo", placebo, None if placebo is None else placebo <= checks.PLACEBO_SHARE),
            Diagnostic("leave_one_out", flips, None if flips is None else flips == 0),
            Diagnostic("change_date", date.offset, abs(date.offset) <= verdict.DATE_WINDOW),
            Diagnostic("xmr", signals, None),
            Diagnostic("minimum_detectable", self.detectable(), None),
            Diagnostic("periods_needed", self.needed() if thorough else None, None),
        )

    def warnings(self, date: checks.ChangeDate) -> tuple[str, ...]:
        """The codes of what to read with care, in the order of the contracts."""
        residuals, season = self.residuals(), self.built.season
        warned = {
            "wandering": checks.wandering(self.fitted.step.weights) > checks.WANDERING_MASS,
            "regression_to_mean": checks.bad_patch(self.built, residuals, lower_is_better=self.lower_is_better),
            "outliers": bool(checks.outliers(residuals)),
            "change_date_disagrees": abs(date.offset) > verdict.DATE_WINDOW,
            "season_unresolved": season is None,
            "season_of_one_year": season is not None and season > 1 and self.built.sample.span_before < 2 * season,
        }
        return tuple(code for code, applies in warned.items() if applies)

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
