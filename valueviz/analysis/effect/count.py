"""Counts around a go-live: a log-linear model whose two means are parameters of their own.

It knows counts, exposures and columns, no verdict. The mean of a period before is exposure · exp(trend, season …);
after go-live the same, moved as a whole. Parameters are the logarithms of the mean counterfactual and of the mean
with the change over the periods after, so that their ratio and their difference, the effect, can be held fixed and
the rest be fitted.

Source: McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., §9 (quasi-likelihood, Pearson dispersion).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from valueviz.analysis.effect.noise import FloatArray

PRIOR_SPREAD = 5.0
"""Standard deviation of the logarithm by which trend, season and regressors may move a count over their range: a
factor of 150. It changes no published example in its fourth digit, and where all counts of a season are zero, or all
but the last before, it keeps the answer finite."""
SCORINGS = 60
"""Scoring steps at most; a handful is usual."""
SETTLED = 1e-10
"""Fall of the deviance to be had from a further step below which a fit has settled."""
LONGEST = 5.0
"""Most that a parameter moves in one step: a factor of 150."""
HALVINGS = 15
"""Times a step is halved before a fit counts as settled."""
LOWEST = -60.0
"""Logarithm of a mean that is zero for all purposes."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The usable counts of a series.

    `columns` (n, p) is what moves them but the level, `ramp` (n,) the time since the first point after, centred,
    as a share of its largest; `offset` the logarithm of the exposure, `weights` prior weights; the first `split`
    points lie before.
    """

    counts: FloatArray
    offset: FloatArray
    weights: FloatArray
    columns: FloatArray
    ramp: FloatArray
    split: int

    @property
    def after(self) -> FloatArray:
        """The counts after go-live."""
        return self.counts[self.split :]

    def without(self, point: int) -> Counts:
        """The counts without one point."""
        keep = np.arange(len(self.counts)) != point
        return Counts(
            self.counts[keep],
            self.offset[keep],
            self.weights[keep],
            self.columns[keep],
            self.ramp[keep],
            self.split - (point < self.split),
        )

    def resplit(self, split: int, *, stop: int) -> Counts:
        """The first `stop` counts with a go-live at another point."""
        at = np.arange(stop - split, dtype=np.float64)
        ramp = np.concatenate([np.zeros(split), at - at.mean()])
        return Counts(
            self.counts[:stop],
            self.offset[:stop],
            self.weights[:stop],
            self.columns[:stop],
            ramp / max(1.0, float(np.max(np.abs(ramp)))),
            split,
        )


@dataclass(frozen=True, slots=True)
class Tie:
    """What is held fixed between the mean counterfactual and the mean with the change.

    "free": nothing; "ratio": their logarithms differ by `value`; "difference": the second is `value` more;
    "before": only the points before are fitted; "gone": no event came after, the second mean is zero.
    """

    kind: Literal["free", "ratio", "difference", "before", "gone"]
    value: float = 0.0

    @property
    def means(self) -> int:
        """How many means are parameters."""
        return 2 if self.kind == "free" else 1

    def logs(self, tau: FloatArray) -> tuple[float, float, FloatArray, FloatArray]:
        """The logarithms of the two means and their slopes along the parameters."""
        one, at = np.ones(1), float(tau[0])
        match self.kind:
            case "free":
                return at, float(tau[1]), np.array([1.0, 0.0]), np.array([0.0, 1.0])
            case "ratio":
                return at, at + self.value, one, one
            case "difference" if self.value > 0:
                raised = float(np.logaddexp(at, math.log(self.value)))
                return at, raised, one, np.array([math.exp(at - raised)])
            case "difference" if self.value < 0:
                lowered = float(np.logaddexp(at, math.log(-self.value)))
                return lowered, at, np.array([math.exp(at - lowered)]), one
            case "difference":
                return at, at, one, one
            case _:
                return at, LOWEST, one, np.zeros(1)


FREE = Tie("free")
BEFORE = Tie("before")
EQUAL = Tie("ratio", 0.0)


@dataclass(frozen=True, slots=True)
class Scored:
    """A fitted model: its parameters (means first), the two means' logarithms, fit and information.

    `deviance` holds the penalty of the prior; `fitted` are the means of the points that were fitted.
    """

    parameters: FloatArray
    base: float
    changed: float
    deviance: float
    fitted: FloatArray
    information: FloatArray


def scored(data: Counts, tie: Tie, *, slope: bool = False, start: FloatArray | None = None) -> Scored:
    """The best fit under a tie, by scoring with halved steps.

    Args:
        data: the counts.
        tie: what is held fixed.
        slope: whether the change may drift over the points after.
        start: parameters to begin with, of the same kind.
    """
    at = _begin(data, tie, slope=slope) if start is None else start
    held = prior(data, tie, slope=slope)
    found = _at(data, tie, at, slope=slope)
    for _ in range(SCORINGS):
        gradient = found.slopes.T @ found.residuals(data) - held * at
        move = np.asarray(np.linalg.solve(found.information(data, held), gradient), dtype=np.float64)
        if float(gradient @ move) < SETTLED * (1 + found.deviance):
            break
        moved = _shortened(data, tie, at, found=found, move=move, slope=slope)
        if moved is None:
            break
        at, found = moved
    return Scored(at, found.base, found.changed, found.deviance, np.exp(found.eta), found.information(data, held))


@dataclass(frozen=True, slots=True)
class _Point:
    """One set of parameters: the logarithms of the means of the points fitted and what follows from them."""

    eta: FloatArray
    slopes: FloatArray
    base: float
    changed: float
    deviance: float

    def residuals(self, data: Counts) -> FloatArray:
        """Weighted counts less their means."""
        count = len(self.eta)
        rest: FloatArray = data.weights[:count] * (data.counts[:count] - np.exp(self.eta))
        return rest

    def information(self, data: Counts, held: FloatArray) -> FloatArray:
        """The expected information with that of the prior."""
        weights = data.weights[: len(self.eta)] * np.exp(self.eta)
        return informed(self.slopes, weights, held=held)


def informed(slopes: FloatArray, weights: FloatArray, *, held: FloatArray) -> FloatArray:
    """The information of weighted rows (n, k) with that of the prior `held` (k,), kept apart from zero."""
    information = slopes.T @ (slopes * weights[:, None]) + np.diag(held)
    kept: FloatArray = information + 1e-12 * np.trace(information) * np.eye(len(held))
    return kept


def _at(data: Counts, tie: Tie, at: FloatArray, *, slope: bool) -> _Point:
    eta, slopes, base, changed = linear(data, tie, at, slope=slope)
    deviance = _deviance(data, eta) + float(at @ (prior(data, tie, slope=slope) * at))
    return _Point(eta, slopes, base, changed, deviance)


def _shortened(
    data: Counts, tie: Tie, at: FloatArray, *, found: _Point, move: FloatArray, slope: bool
) -> tuple[FloatArray, _Point] | None:
    """The parameters after a move that does not worsen the fit, halved until so; None where none helps."""
    largest = float(np.max(np.abs(move)))
    share = min(1.0, LONGEST / largest) if largest > 0 else 1.0
    for _ in range(HALVINGS):
        tried = at + share * move
        point = _at(data, tie, tried, slope=slope)
        if point.deviance <= found.deviance + SETTLED:
            return tried, point
        share /= 2
    return None


def _begin(data: Counts, tie: Tie, *, slope: bool) -> FloatArray:
    """The parameters of a flat series."""
    exposure = np.exp(data.offset)
    before = slice(0, data.split)
    after_exposure = float(np.mean(exposure[data.split :])) if data.split < len(exposure) else 1.0
    rate = float(np.sum(data.counts[before])) / float(np.sum(exposure[before]))
    base = math.log(max(rate * after_exposure, 1e-3))
    changed = math.log(max(float(np.mean(data.after)), 1e-3)) if len(data.after) else base
    means = [base, changed] if tie.kind == "free" else [base]
    if tie.kind == "difference" and tie.value < 0:
        means = [changed]
    return np.array([*means, *np.zeros(data.columns.shape[1] + slope)])


def prior(data: Counts, tie: Tie, *, slope: bool) -> FloatArray:
    """The precision of the prior of each parameter: none for the means."""
    return np.array([0.0] * tie.means + [PRIOR_SPREAD**-2] * (data.columns.shape[1] + slope))


def linear(data: Counts, tie: Tie, at: FloatArray, *, slope: bool) -> tuple[FloatArray, FloatArray, float, float]:
    """The logarithms of the means of the points fitted, their slopes along the parameters, and of the two means."""
    means, width = tie.means, data.columns.shape[1]
    base, changed, base_slopes, changed_slopes = tie.logs(at[:means])
    moved = data.columns @ at[means : means + width] + data.offset
    only_before = tie.kind in ("before", "gone")
    stop = data.split if only_before else len(data.counts)
    slopes = np.zeros((stop, len(at)))
    slopes[:, means : means + width] = data.columns[:stop]
    eta = moved[:stop].copy()
    level, shares = mean_log(moved[data.split :])
    eta[: data.split] += base - level
    slopes[: data.split, :means] = base_slopes
    slopes[: data.split, means : means + width] -= shares @ data.columns[data.split :]
    if only_before:
        return np.maximum(eta, LOWEST), slopes, base, changed
    later = slice(data.split, None)
    if slope:
        eta[later] += at[-1] * data.ramp[later]
        level, shares = mean_log(eta[later])
        slopes[later, -1] = data.ramp[later] - shares @ data.ramp[later]
    eta[later] += changed - level
    slopes[later, :means] = changed_slopes
    slopes[later, means : means + width] -= shares @ data.columns[later]
    return np.maximum(eta, LOWEST), slopes, base, changed


def mean_log(logs: FloatArray) -> tuple[float, FloatArray]:
    """The logarithm of the mean of exponentials, and each one's share of their sum."""
    highest = float(np.max(logs))
    parts = np.exp(logs - highest)
    total = float(np.sum(parts))
    return highest + math.log(total / len(logs)), parts / total


def _deviance(data: Counts, eta: FloatArray) -> float:
    """Twice the distance of the quasi-likelihood from that of the counts themselves; infinite beyond numbers."""
    counts, weights = data.counts[: len(eta)], data.weights[: len(eta)]
    away = eta - np.log(np.where(counts > 0, counts, 1.0))
    if not np.all(np.isfinite(away)) or float(np.max(away, initial=0.0)) > 500.0:
        return math.inf
    each = np.where(counts > 0, counts * (np.expm1(away) - away), np.exp(eta))
    return 2.0 * float(weights @ each)


def pearson(data: Counts, found: Scored) -> FloatArray:
    """The residuals of a fit in units of the square root of the mean."""
    count = len(found.fitted)
    residuals: FloatArray = (data.counts[:count] - found.fitted) * np.sqrt(data.weights[:count] / found.fitted)
    return residuals


def dispersion(data: Counts, found: Scored) -> float:
    """The variance in units of the mean, after Pearson; not below 1, which is that of independent events."""
    residuals = pearson(data, found)
    freedom = max(1, len(residuals) - len(found.parameters))
    return max(1.0, float(residuals @ residuals) / freedom)
