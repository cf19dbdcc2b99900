"""The effect of a go-live on counts: the parts of an effect for incidents, complaints, returns and the like.

Estimate, intervals and verdict come from the log-linear model of `count` and `profile`. What asks about the course of the series
(change date, wandering, outliers) is asked of the square roots of the rates, whose spread is even, by the model of
every other series.

Source: Anscombe (1948), Biometrika 35, 246–254 (the square root of a count plus 3/8 has an even spread).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from valueviz.analysis import spc
from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.controls import CONTROL_MOVES, control_moves, ordinary
from valueviz.analysis.effect.core import Candidates, Fit
from valueviz.analysis.effect.count import Counts, pearson
from valueviz.analysis.effect.design import VOLUME_RANGE, Design, Sample, further_columns, independent
from valueviz.analysis.effect.diagnostics import Diagnostic
from valueviz.analysis.effect.forecast import BAND_LEVEL, BandPoint
from valueviz.analysis.effect.model import Fits, Model, finite, fits, model, whole_products
from valueviz.analysis.effect.noise import GRID, FloatArray
from valueviz.analysis.effect.profile import CountAnswer, Foretold, count_answer, foretold, periods_error
from valueviz.analysis.effect.result import Effect, Estimate, silent, warned
from valueviz.terms import Interval, Series

EVEN = 0.375
"""Added to a count before its root is taken, so that the root's spread is even down to small means."""
FARTHEST = 300.0
"""Logarithm of a mean beyond which it counts as just there: its square is a number too."""
UNSURE = 0.5
"""Standard error of the logarithm of the mean counterfactual from which it lies within two errors of zero."""


def counted(series: Series, design: Design, *, found: Sample, season: float | None, thorough: bool) -> Effect:
    """The effect on a sample of counts that passed the gate."""
    built = model(_rooted(found), scale="identity", season=season)

    def stopped(reason: str) -> Effect:
        return silent(series, design, found=found, season=season, scale="count", stopped=("refused", reason))

    if not verdict.enough_freedom(built.before.base):
        return stopped("too_few_periods")
    candidates = Candidates(steps=checks.scan_candidates(built))
    whole = whole_products(built, candidates)
    fitted = fits(built, whole)
    date = checks.change_date(built, whole, fitted=fitted, candidates=candidates)
    if verdict.other_date(near=date.near, elsewhere=date.elsewhere):
        return stopped("other_date")
    asked = _Asked(series, design, found, built, fitted, _counts(found, built), clinging(fitted.step))
    return asked.effect(date, thorough=thorough)


INDEPENDENT = 0.15
"""Posterior of independent periods, three times what they have beforehand, from which counts are taken for
independent. Below, the dispersion grows by what autocorrelation of the kinds on the grid would add. Without that, a
quasi-Poisson model states a change in 24 % of the small counts of the NHS that had no go-live (74 series of 24 + 12
months), and in up to 17 % of counts around an autocorrelated mean; with it, in 5 % of either."""


def clinging(fitted: Fit) -> float:
    """How many times the variance of the step is that of independent periods, where these are not in evidence.

    The kinds of error without a random walk, each by its posterior, against the one kind without autocorrelation.
    """
    independent = (GRID.rho == 0) & (GRID.walk == 0)
    if float(np.sum(fitted.weights[independent])) >= INDEPENDENT:
        return 1.0
    contrast = np.zeros(fitted.rotated.shape[1])
    contrast[-1] = 1.0
    step = fitted.combination(contrast)
    steady = np.where(GRID.walk == 0, step.weights, 0.0)
    mixed = replace(step, weights=steady / float(np.sum(steady)))
    return max(1.0, float(mixed.standard_error() / step.scales[independent][0]) ** 2)


def _logged(exposure: FloatArray) -> FloatArray:
    """The logarithms of exposures about their median; as with volumes, absurd ones count as if they were just far."""
    logs = np.log(exposure)
    return np.asarray(np.clip(logs - np.median(logs), -VOLUME_RANGE, VOLUME_RANGE), dtype=np.float64)


def _offset(found: Sample) -> FloatArray:
    return np.zeros(len(found.values)) if found.exposure is None else _logged(found.exposure)


def _rooted(found: Sample) -> Sample:
    """The sample with the roots of its rates as values, weighted so that their spread is even."""
    offset = _offset(found)
    roots = np.sqrt((np.array(found.values) + EVEN) / np.exp(offset))
    weights = np.exp((offset - offset.mean()) / 2)
    if found.root_weights is not None:
        weights = weights * found.root_weights
    even = found.exposure is None and found.root_weights is None
    return replace(found, values=tuple(float(root) for root in roots), root_weights=None if even else weights)


def _counts(found: Sample, built: Model) -> Counts:
    own = built.raw[:, list(_moving(built))]
    largest = max(1.0, float(np.max(np.abs(built.ramp), initial=0.0)))
    return Counts(
        counts=np.array(found.values),
        offset=_offset(found),
        weights=np.ones(len(found.values)) if found.root_weights is None else found.root_weights**2,
        columns=own,
        ramp=built.ramp / largest,
        split=found.n_before,
    )


def _moving(built: Model) -> tuple[int, ...]:
    """The raw columns beside the level that add something."""
    return tuple(column for column in independent(built.raw) if column > 0)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question about counts with everything fitted that its parts share."""

    series: Series
    design: Design
    found: Sample
    built: Model
    fitted: Fits
    data: Counts
    clinging: float

    def effect(self, date: checks.ChangeDate, *, thorough: bool) -> Effect:
        """The effect with its numbers."""
        primary = count_answer(self.data, clinging=self.clinging)
        sensitivity = count_answer(self.data, slope=True, clinging=self.clinging)
        below_zero, better = primary.below_zero(), self.design.better
        decided = verdict.decided(
            below_zero=below_zero, primary=primary.estimate, sensitivity=sensitivity.estimate, better=better
        )
        frame = silent(
            self.series, self.design, found=self.found, season=self.built.season, scale="count", stopped=decided
        )
        moves = control_moves(self.built)
        found = self.diagnose(primary, sensitivity, frame=frame, date=date, moves=moves, thorough=thorough)
        residuals = checks.whitened_residuals(self.built, self.fitted.step)
        warnings = warned(
            self.built, self.fitted.step, residuals=residuals, offset=date.offset, moves=moves, better=better
        )
        numbers = {check.name: check.value for check in found}
        needed = numbers["periods_needed"]
        before = foretold(self.data, clinging=self.clinging)
        failed = any(check.ok is False for check in found)
        return replace(
            _measured(frame, primary),
            grade=verdict.graded(failed=failed, warnings=warnings, chosen=self.design.chosen),
            step_slope=_printed(sensitivity),
            forecast=_forecast(self.data, before),
            warnings=warnings,
            diagnostics=found,
            counterfactual=self.drawn(before) if thorough else (),
            minimum_detectable=numbers["minimum_detectable"],
            periods_needed=None if needed is None else int(needed),
            p_value=2 * min(below_zero, 1 - below_zero),
        )

    def diagnose(
        self,
        primary: CountAnswer,
        sensitivity: CountAnswer,
        *,
        frame: Effect,
        date: checks.ChangeDate,
        moves: float | None,
        thorough: bool,
    ) -> tuple[Diagnostic, ...]:
        """Every check, in the order of `diagnostics.NAMES`."""
        slow = checks.wandering(self.fitted.step.weights)
        low, high = sensitivity.interval(verdict.PRINTED_LEVEL)
        hanging = checks.ljung_box(pearson(self.data, primary.best))
        placebo = self.placebo() if thorough else None
        flips = self.flips(primary, sensitivity) if thorough else None
        values, split = self.found.values, self.found.n_before
        outside = len(spc.outside(values[split:], spc.limits(values[:split])))
        needed = self.needed(primary) if frame.verdict == "not_provable_yet" else 0
        return (
            Diagnostic("wandering", slow, slow <= checks.WANDERING_MASS),
            Diagnostic(
                "step_slope_disagrees", sensitivity.estimate - primary.estimate, low <= primary.estimate <= high
            ),
            Diagnostic("residual_autocorrelation", hanging, hanging >= checks.LJUNG_BOX_LEVEL),
            Diagnostic("pre_trend", moves, None if moves is None else moves >= CONTROL_MOVES),
            Diagnostic("placebo", placebo, None if placebo is None else placebo <= checks.PLACEBO_SHARE),
            Diagnostic("leave_one_out", flips, None if flips is None else flips == 0),
            Diagnostic("change_date", date.offset, abs(date.offset) <= verdict.DATE_WINDOW),
            Diagnostic("xmr", outside, None),
            Diagnostic("minimum_detectable", self.detectable(primary), None),
            Diagnostic("periods_needed", needed if thorough else None, None),
        )

    def placebo(self) -> float | None:
        """The share of fake go-lives before the real one at which a change would be stated."""
        before = self.found.n_before
        dates = checks.placebo_candidates(before)
        signs = [_judged(self.data.resplit(date, stop=before), clinging=self.clinging) for date in dates]
        return sum(sign != 0 for sign in signs) / len(signs) if signs else None

    def flips(self, primary: CountAnswer, sensitivity: CountAnswer) -> int:
        """The number of points without any one of which the verdict would be another."""
        sign = _sign(primary, sensitivity)
        points = checks.left_out_candidates(self.built)
        return sum(
            _judged(self.data.without(point), clinging=self.clinging, near=(primary, sensitivity)) != sign
            for point in points
        )

    def detectable(self, primary: CountAnswer) -> float:
        """The smallest gain that would be stated four times out of five, as a size in the unit of the counts."""
        from scipy.special import ndtri

        normals = float(ndtri((1 + verdict.CLAIM_LEVEL) / 2) + ndtri(checks.POWER))
        moved = normals * primary.null_error() * (-1 if self.design.better == "lower" else 1)
        return finite(abs(primary.counterfactual * math.expm1(min(moved, 700.0))))

    def needed(self, primary: CountAnswer) -> int | None:
        """How many more periods like those after would make the present estimate provable; None: more than tried."""
        from scipy.special import ndtri

        limit = float(ndtri((1 + verdict.CLAIM_LEVEL) / 2))
        most = checks.LOOK_AHEAD[-1]
        last = self.found.ordinals[-1]
        further = np.arange(last + 1, last + most + 1, dtype=np.float64)
        rows = self.built.raw_rows(further, further=ordinary(self.built, most))[:, list(_moving(self.built))]
        for ahead in checks.LOOK_AHEAD:
            change, error = periods_error(primary, rows[:ahead])
            if abs(change) > limit * error:
                return ahead
        return None

    def drawn(self, before: Foretold) -> tuple[BandPoint, ...]:
        """The band over every period of the series whose exposure and controls are known."""
        first = self.built.sample.ordinals[0]
        positions = [place for place, ordinal in enumerate(self.series.ordinals) if ordinal >= first]
        offsets = self._offsets(positions)
        further = further_columns(self.design, positions)
        known = np.isfinite(self.built.footing.rows(further)).min(axis=1, initial=True) & np.isfinite(offsets)
        ordinals = [self.series.ordinals[place] for place, usable in zip(positions, known, strict=True) if usable]
        raw = self.built.raw_rows(np.array(ordinals, dtype=np.float64), further=further[known])
        logs, errors = before.rows(raw[:, list(_moving(self.built))], offsets=offsets[known])
        means = np.exp(np.minimum(logs, FARTHEST))
        spread = np.maximum(before.spread * means, 1e-12)
        low, middle, high = (
            _quantile(means, spread + (means * errors) ** 2, p)
            for p in ((1 - BAND_LEVEL) / 2, None, (1 + BAND_LEVEL) / 2)
        )
        return tuple(
            BandPoint(ordinal, *(finite(float(edge[i])) for edge in (low, middle, high)))
            for i, ordinal in enumerate(ordinals)
        )

    def _offsets(self, positions: list[int]) -> FloatArray:
        """The logarithms of the exposures at some positions, NaN where there is none."""
        if self.design.exposure is None or self.found.exposure is None:
            return np.zeros(len(positions))
        raw = [self.design.exposure[place] for place in positions]
        values = np.array(
            [value if value is not None and 0 < value < math.inf else math.nan for value in raw], dtype=np.float64
        )
        centre = float(np.median(np.log(self.found.exposure)))
        return np.asarray(np.clip(np.log(values) - centre, -VOLUME_RANGE, VOLUME_RANGE), dtype=np.float64)


def _judged(data: Counts, *, clinging: float, near: tuple[CountAnswer, CountAnswer] | None = None) -> int:
    """The sign of the change that would be stated, 0 where none; `near` are the answers for almost the same counts."""
    if not np.any(data.counts[: data.split] > 0):
        return 0
    primary, sensitivity = near or (None, None)
    return _sign(
        count_answer(data, clinging=clinging, near=primary),
        count_answer(data, slope=True, clinging=clinging, near=sensitivity),
    )


def _sign(primary: CountAnswer, sensitivity: CountAnswer) -> int:
    told = verdict.decided(
        below_zero=primary.below_zero(), primary=primary.estimate, sensitivity=sensitivity.estimate, better="lower"
    )
    return {"improved": -1, "worse": 1}.get(told[0], 0)


def _measured(frame: Effect, primary: CountAnswer) -> Effect:
    """The frame with the primary estimate, its intervals, its share and its gain."""
    low, high = primary.interval(verdict.PRINTED_LEVEL)
    sure = primary.base_error() < UNSURE
    ends = primary.ratio_interval(verdict.PRINTED_LEVEL) if sure else (1.0, 1.0)
    gains = (-high, -low) if frame.better == "lower" else (low, high)
    return replace(
        frame,
        estimate=primary.estimate,
        low=low,
        high=high,
        relative=primary.ratio - 1 if sure else None,
        relative_low=ends[0] - 1 if sure else None,
        relative_high=ends[1] - 1 if sure else None,
        claim_interval=Interval(*primary.interval(verdict.CLAIM_LEVEL), verdict.CLAIM_LEVEL),
        gain=-primary.estimate if frame.better == "lower" else primary.estimate,
        gain_interval=Interval(gains[0], gains[1], verdict.PRINTED_LEVEL),
        counterfactual_mean=primary.observed - primary.estimate,
        observed_mean=primary.observed,
    )


def _printed(answer: CountAnswer) -> Estimate:
    low, high = answer.interval(verdict.PRINTED_LEVEL)
    return Estimate(answer.estimate, low, high, verdict.PRINTED_LEVEL)


def _forecast(data: Counts, before: Foretold) -> Estimate:
    """The effect as the counts after minus what the counts before foretell, averaged."""
    observed, expected = float(np.mean(data.after)), math.exp(min(before.mean, FARTHEST))
    logs, _ = before.rows(data.columns[data.split :], offsets=data.offset[data.split :])
    noise = (
        before.spread * float(np.sum(np.exp(np.minimum(logs, FARTHEST)) / data.weights[data.split :])) / len(logs) ** 2
    )
    spread = np.array([noise + (expected * before.mean_error) ** 2])
    edges = [float(_quantile(np.array([expected]), spread, p)[0]) for p in (0.975, 0.025)]
    return Estimate(observed - expected, observed - edges[0], observed - edges[1], verdict.PRINTED_LEVEL)


def _quantile(means: FloatArray, variances: FloatArray, probability: float | None) -> FloatArray:
    """The quantiles of gamma variables with these means and variances; None: the means themselves."""
    if probability is None:
        return means
    from scipy.special import gammaincinv

    shape = means**2 / variances
    quantiles: FloatArray = np.where(shape > 0, gammaincinv(np.maximum(shape, 1e-9), probability) / shape, 0.0) * means
    return quantiles
