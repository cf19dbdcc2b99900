"""The series as a regression: standardised outcome, level, trend, season, holiday, step and ramp.

It knows the columns of the three models (step, step + slope, before only) and how to put an answer
back into the unit of the values; it knows no verdict.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect.core import Candidates, Fit, Mixture, Products, fit, products
from valueviz.analysis.effect.design import Sample, base_columns, independent
from valueviz.analysis.effect.noise import FloatArray
from valueviz.terms import Scale


@dataclass(frozen=True, slots=True)
class Problem:
    """One regression: orthonormal base columns and the outcome with their least squares part removed.

    `kept` are the raw columns that enter, `back` takes raw columns to orthonormal ones, `removed` are
    the coefficients taken out of the outcome. Everything is weighted already.
    """

    times: tuple[float, ...]
    base: FloatArray
    outcome: FloatArray
    kept: tuple[int, ...]
    back: FloatArray
    removed: FloatArray
    root_weights: FloatArray | None
    floor: float

    def rows(self, raw: FloatArray) -> FloatArray:
        """Orthonormal coordinates of further, unweighted rows of raw columns."""
        coordinates: FloatArray = raw[:, list(self.kept)] @ self.back
        return coordinates


def problem(
    times: tuple[float, ...], raw: FloatArray, *, outcome: FloatArray, root_weights: FloatArray | None, floor: float
) -> Problem:
    """The regression of an outcome on raw columns, both unweighted, at these times."""
    weighted = raw if root_weights is None else raw * root_weights[:, None]
    target = outcome if root_weights is None else outcome * root_weights
    kept = independent(weighted)
    base, triangle = np.linalg.qr(weighted[:, list(kept)])
    back = np.linalg.inv(triangle)
    removed = base.T @ target
    rest = target - base @ removed
    return Problem(times, base, rest, kept, back, removed, root_weights, floor * len(times))


@dataclass(frozen=True, slots=True)
class Model:
    """Everything the three models share for one series.

    `centre` and `unit` standardise the outcome (on the model's scale); `raw` are the base columns of
    the usable points; `footing` standardises the further columns among them, the last of `raw`, of which
    `controls` are controls; `ramp` is the time since the first point after, centred over the points after.
    """

    sample: Sample
    scale: Scale
    season: float | None
    centre: float
    unit: float
    standardised: FloatArray
    raw: FloatArray
    footing: Footing
    controls: int
    times: tuple[float, ...]
    whole: Problem
    before: Problem
    step: FloatArray
    ramp: FloatArray

    @property
    def level_columns(self) -> tuple[int, ...]:
        """Positions of the base columns in the cross products of the whole sample."""
        return tuple(range(self.whole.base.shape[1]))

    @property
    def outcome_column(self) -> int:
        """Position of the outcome there: after the base columns, step and ramp."""
        return len(self.level_columns) + 2

    def raw_rows(self, ordinals: FloatArray, *, further: FloatArray) -> FloatArray:
        """Raw base columns at further periods, on the footing of the usable points."""
        extent = np.array([self.sample.ordinals[0], self.sample.ordinals[-1]], dtype=np.float64)
        both = np.concatenate([ordinals, extent])
        columns = base_columns(both, origin=extent[0], season=self.season)[:-2]
        longest = max(1.0, float(np.max(np.abs(both - extent[0]))))
        columns[:, 1] *= longest / max(1.0, extent[1] - extent[0])
        return np.hstack([columns, self.footing.rows(further)])


def model(found: Sample, *, scale: Scale, season: float | None) -> Model:
    """The regression of a sample that has points on both sides of go-live."""
    ordinals = np.array(found.ordinals, dtype=np.float64)
    times = tuple(float(at) for at in ordinals - ordinals[0])
    standardised, centre, unit, rounding = _standardised(np.array(found.values), scale=scale)
    floor = max(1e-9, rounding) ** 2
    split = found.n_before
    step = (np.arange(len(ordinals)) >= split).astype(np.float64)
    after = ordinals[split:] - ordinals[split]
    ramp = np.concatenate([np.zeros(split), after - after.mean()])
    own = base_columns(ordinals, origin=ordinals[0], season=season)
    footing = identified(found, own, change=np.column_stack([step, ramp]))
    raw = np.hstack([own, footing.rows(found.further)])
    weights = found.root_weights
    return Model(
        sample=found,
        scale=scale,
        season=season,
        centre=centre,
        unit=unit,
        standardised=standardised,
        raw=raw,
        footing=footing,
        controls=sum(column >= found.further.shape[1] - found.controls for column in footing.kept),
        times=times,
        whole=problem(times, raw, outcome=standardised, root_weights=weights, floor=floor),
        before=problem(
            times[:split],
            raw[:split],
            outcome=standardised[:split],
            root_weights=None if weights is None else weights[:split],
            floor=floor,
        ),
        step=step,
        ramp=ramp,
    )


# Further columns ─────────────────────────────────────────────────────────────

NOT_THE_CHANGE = 1e-5
"""Share of the change's columns that must lie outside the model for the change to be told from it."""
FAR = 1e6
"""Standard deviations beyond which a regressor at a period that is not used counts as if it were just there."""


@dataclass(frozen=True, slots=True)
class Footing:
    """How further columns enter: those `kept`, each in units of `size`, less `middle`, by `spread`."""

    kept: tuple[int, ...]
    size: FloatArray
    middle: FloatArray
    spread: FloatArray

    def rows(self, further: FloatArray) -> FloatArray:
        """The kept columns, standardised; NaN stays NaN."""
        chosen = further[:, list(self.kept)]
        with np.errstate(over="ignore"):
            rows: FloatArray = np.clip((chosen / self.size - self.middle) / self.spread, -FAR, FAR)
        return rows


VARIES = 1e-14
"""Standard deviation, as a share of the largest value, below which a column is one number with rounding."""


def standing(columns: FloatArray) -> Footing:
    """The footing of columns (n, …) as they come, those that do not vary left out."""
    if columns.size == 0:
        return Footing((), np.empty(0), np.empty(0), np.empty(0))
    size = np.max(np.abs(columns), axis=0)
    shares = columns / np.where(size > 0, size, 1.0)
    middle, spread = shares.mean(axis=0), shares.std(axis=0)
    kept = [int(column) for column in np.flatnonzero(spread > VARIES)]
    return Footing(tuple(kept), size[kept], middle[kept], spread[kept])


def identified(found: Sample, own: FloatArray, *, change: FloatArray) -> Footing:
    """The further columns that can enter beside level, trend and season, and how.

    A column that does not vary is left out, and so is a control that the points before do not vary in:
    nothing then says how the series follows it. So is whatever could not be told from the change itself.
    """
    full = standing(found.further)
    if not full.kept:
        return full
    rows = full.rows(found.further)
    known = np.hstack([own[: found.n_before], rows[: found.n_before]])
    told = set(independent(known, tolerance=NOT_THE_CHANGE))
    first_control = found.further.shape[1] - found.controls
    places = [i for i, column in enumerate(full.kept) if column < first_control or own.shape[1] + i in told]
    while places and not _separable(np.hstack([own, rows[:, places]]), change):
        places.pop()
    kept = tuple(full.kept[place] for place in places)
    return Footing(kept, full.size[places], full.middle[places], full.spread[places])


def _separable(columns: FloatArray, change: FloatArray) -> bool:
    width = columns.shape[1]
    kept = independent(np.hstack([columns, change]), tolerance=NOT_THE_CHANGE)
    return {width, width + 1} <= set(kept)


def _standardised(values: FloatArray, *, scale: Scale) -> tuple[FloatArray, float, float, float]:
    """The outcome with mean 0 and standard deviation 1, its centre and unit, and what rounding moves in it.

    Deviations are taken from the median first, so that values of 1e15 ± 1 keep their digits, and measured
    in units of the largest, so that neither 1e-300 nor 1e300 is lost when it is squared.
    """
    reference = float(np.median(values))
    size = float(np.max(np.abs(values)))
    away = values / size - reference / size
    if scale == "log":
        ratio = away * (size / reference)
        near = np.abs(ratio) < 0.5
        away = np.where(near, np.log1p(np.where(near, ratio, 0.0)), np.log(values) - math.log(reference))
    largest = float(np.max(np.abs(away)))
    middle = float(np.mean(away / largest)) * largest
    spread = largest * float(np.std(away / largest))
    rounding = 4 * float(np.finfo(np.float64).eps) / spread
    standardised = (away - middle) / spread
    if scale == "log":
        return standardised, math.log(reference) + middle, spread, rounding
    return standardised, reference + middle * size, spread * size, rounding


def whole_products(built: Model, candidates: Candidates) -> Products:
    """Cross products over all usable points: base columns, step, ramp, outcome, and candidates."""
    whole = built.whole
    pair = np.column_stack([built.step, built.ramp])
    if whole.root_weights is not None:
        pair = pair * whole.root_weights[:, None]
    columns = np.column_stack([whole.base, pair, whole.outcome])
    return products(built.times, columns, root_weights=whole.root_weights, candidates=candidates, floor=whole.floor)


def before_products(built: Model, candidates: Candidates) -> Products:
    """Cross products over the points before go-live: base columns, outcome, and candidates."""
    before = built.before
    columns = np.column_stack([before.base, before.outcome])
    return products(before.times, columns, root_weights=before.root_weights, candidates=candidates, floor=before.floor)


@dataclass(frozen=True, slots=True)
class Fits:
    """The fitted models over the whole sample: without a change, with a step, with step and slope."""

    level: Fit
    step: Fit
    slope: Fit


def fits(built: Model, found: Products) -> Fits:
    """The three models from one set of cross products."""
    level = built.level_columns
    size = len(level)
    return Fits(
        level=fit(found, level, outcome=built.outcome_column),
        step=fit(found, (*level, size), outcome=built.outcome_column),
        slope=fit(found, (*level, size, size + 1), outcome=built.outcome_column),
    )


# Back into the unit of the values ────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Units:
    """From an effect on the model's scale to one in the unit of the values, and back to a share.

    On the identity scale effect = theta · unit. On the log scale the counterfactual of a point after
    is its value · exp(−its effect); with the shape of the effect over time held fixed, the mean
    counterfactual is `anchor` · exp(−theta), so that effect = observed − anchor · exp(−theta), which
    rises with theta: ends of an interval map to ends.
    """

    scale: Scale
    unit: float
    observed: float
    anchor: float

    def effect(self, theta: float) -> float:
        """Observed − counterfactual, mean over the points after, in the unit of the values."""
        if self.scale == "identity":
            return finite(theta * self.unit)
        # beyond e^700 lies no number; the end of such an interval is the largest one there is
        growth = math.expm1(min(-theta * self.unit, 700.0))
        return finite((self.observed - self.anchor) - self.anchor * growth)

    def counterfactual(self, theta: float) -> float:
        """The mean counterfactual over the points after."""
        return finite(self.observed - self.effect(theta))

    def counterfactual_error(self, theta: float, *, error: float) -> float:
        """The standard error of the mean counterfactual, to first order."""
        return error * self.unit * (self.counterfactual(theta) if self.scale == "log" else 1.0)


def finite(value: float) -> float:
    """The number itself, or the largest one of its sign where it is beyond all numbers."""
    return max(-sys.float_info.max, min(sys.float_info.max, value))


def mean(values: tuple[float, ...] | FloatArray) -> float:
    """The mean, safe from overflow."""
    array = np.asarray(values, dtype=np.float64)
    largest = float(np.max(np.abs(array)))
    return largest * float(np.mean(array / largest)) if largest > 0 else 0.0


def units(built: Model, shape: FloatArray | None = None, *, theta: float = 0.0) -> Units:
    """The map for an effect whose points after differ from `theta` by shape − theta (None: a step)."""
    values = np.array(built.sample.after_values)
    observed = mean(values)
    anchor = observed
    if shape is not None and built.scale == "log":
        anchor = mean(values * np.exp(np.minimum(-(shape - theta) * built.unit, 600.0)))
    return Units(built.scale, built.unit, observed, anchor)


def shares(built: Model, shape: FloatArray) -> FloatArray:
    """The weight of each point after in the average effect, given the effects' shape; they sum to one.

    On the log scale a point counts by its counterfactual value, so that the linear average agrees with
    the mean in the unit of the values to first order.
    """
    if built.scale == "identity":
        return np.full(len(shape), 1 / len(shape))
    logs = built.standardised[built.sample.n_before :] - shape
    parts = np.exp((logs - logs.max()) * built.unit)
    weights: FloatArray = parts / parts.sum()
    return weights


@dataclass(frozen=True, slots=True)
class Answer:
    """A mixture on the model's scale with its map into the unit of the values."""

    mixture: Mixture
    units: Units

    @property
    def theta(self) -> float:
        """The mean on the model's scale."""
        return float(self.mixture.mean())

    @property
    def estimate(self) -> float:
        """The effect in the unit of the values."""
        return self.units.effect(self.theta)

    def interval(self, level: float) -> tuple[float, float]:
        """The two ends at a level, in the unit of the values."""
        tail = (1 - level) / 2
        return (
            self.units.effect(float(self.mixture.quantile(tail))),
            self.units.effect(float(self.mixture.quantile(1 - tail))),
        )


def step_answer(built: Model, found: Fits) -> Answer:
    """The primary estimate: one step after the transition."""
    contrast = np.zeros(found.step.rotated.shape[1])
    contrast[-1] = 1.0
    return Answer(found.step.combination(contrast), units(built))


def slope_answer(built: Model, found: Fits) -> Answer:
    """The sensitivity: a step and a change of slope, averaged over the points after."""
    contrast = slope_contrast(built, found.slope)
    step, slope = _weighted_mean(found.slope)[-2:]
    shape = step + slope * built.ramp[built.sample.n_before :]
    mixture = found.slope.combination(contrast)
    return Answer(mixture, units(built, shape, theta=float(mixture.mean())))


def slope_contrast(built: Model, slope_fit: Fit) -> FloatArray:
    """The contrast of step and slope that averages the effect over the points after."""
    step, slope = _weighted_mean(slope_fit)[-2:]
    ramp = built.ramp[built.sample.n_before :]
    contrast = np.zeros(slope_fit.rotated.shape[1])
    contrast[-2:] = 1.0, float(shares(built, step + slope * ramp) @ ramp)
    return contrast


def _weighted_mean(fitted: Fit) -> FloatArray:
    average: FloatArray = fitted.weights @ fitted.coefficients()
    return average
