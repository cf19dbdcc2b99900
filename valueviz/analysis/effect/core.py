"""Regression with errors of every kind on the grid, averaged: mixtures of Student t.

It knows columns and errors, not go-live or verdicts. Coefficients and the size of the errors are
integrated out under flat priors; what remains is a marginal likelihood for each kind of error and, for
a linear function of the coefficients, a Student t for each kind, mixed by those likelihoods.

Source: Harville (1974), Biometrika 61, 383–385 (the likelihood after integrating out coefficients);
nested models share one Cholesky factor of the cross products (Frisch–Waugh–Lovell).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect.noise import (
    GRID,
    KEPT_POINTS,
    FloatArray,
    Standard,
    filtered,
    reverse_cumsum,
    standard,
    standard_ramps,
)

FLOOR_SHARE = 1e-14
"""Share of the variation to be explained that rounding may leave as residual: no interval is narrower."""


SPANNED = 1e-9
"""Share of a column's square that must lie outside the model for the column to be a new one."""


# Mixtures ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Mixture:
    """A mixture of Student t: weights, centres, scales with the kinds as last axis, one number of degrees.

    Leading axes, where there are any, are separate mixtures.
    """

    weights: FloatArray
    centres: FloatArray
    scales: FloatArray
    degrees: int

    def mean(self) -> FloatArray:
        """The mean of each mixture."""
        total: FloatArray = np.sum(self.weights * self.centres, axis=-1)
        return total

    def standard_error(self) -> FloatArray:
        """The standard deviation of each mixture."""
        spread = self.scales**2 * self.degrees / max(self.degrees - 2, 1)
        away = (self.centres - self.mean()[..., None]) ** 2
        root: FloatArray = np.sqrt(np.sum(self.weights * (spread + away), axis=-1))
        return root

    def below(self, at: FloatArray | float) -> FloatArray:
        """The probability below `at`."""
        from scipy.special import stdtr

        standardised = (np.asarray(at)[..., None] - self.centres) / self.scales
        total: FloatArray = np.sum(self.weights * stdtr(self.degrees, standardised), axis=-1)
        return total

    def quantile(self, probability: float, *, tolerance: float = 1e-13) -> FloatArray:
        """The value below which `probability` lies, by bracketed Newton steps.

        Args:
            probability: between 0 and 1.
            tolerance: of the last step, relative to the value; the default is rounding.
        """
        from scipy.special import stdtr, stdtrit

        ends = self.centres + self.scales * float(stdtrit(self.degrees, probability))
        low, high = np.min(ends, axis=-1), np.max(ends, axis=-1)
        at = np.clip(np.sum(self.weights * ends, axis=-1), low, high)
        constant = _density_constant(self.degrees)
        for _ in range(200):
            standardised = (at[..., None] - self.centres) / self.scales
            excess = np.sum(self.weights * stdtr(self.degrees, standardised), axis=-1) - probability
            density = self.weights * constant * (1 + standardised**2 / self.degrees) ** (-(self.degrees + 1) / 2)
            slope = np.sum(density / self.scales, axis=-1)
            high = np.where(excess >= 0, at, high)
            low = np.where(excess <= 0, at, low)
            newton = at - excess / np.where(slope > 0, slope, 1.0)
            inside = (newton >= low) & (newton <= high) & (slope > 0)
            following = np.where(inside, newton, (low + high) / 2)
            moved = np.abs(following - at)
            at = following
            if np.all(moved <= tolerance * (np.abs(at) + np.abs(high - low)) + 1e-300):
                break
        result: FloatArray = at
        return result


def _density_constant(degrees: int) -> float:
    from math import exp, lgamma, pi, sqrt

    return exp(lgamma((degrees + 1) / 2) - lgamma(degrees / 2)) / sqrt(degrees * pi)


def posterior(log_likelihood: FloatArray, *, axis: int = -1) -> FloatArray:
    """Weights that sum to one along `axis`, proportional to the exponentials."""
    shifted = np.exp(log_likelihood - np.max(log_likelihood, axis=axis, keepdims=True))
    weights: FloatArray = shifted / np.sum(shifted, axis=axis, keepdims=True)
    return weights


# Cross products ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Candidates:
    """Columns to be added to a model one at a time, known by kind and starting point.

    `points` single points, `steps` from a point on, `ramps` pairs of step and ramp from a point on.
    """

    points: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()
    ramps: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Products:
    """Whitened cross products of one set of points; the first axis is the kind of error.

    `base` (kinds, q, q) of the model's columns; for each sort of candidate `cross` (kinds, q, m) with
    the model's columns and `square` (kinds, m) with themselves; `pair` (kinds, m) steps with ramps.
    `floor` is the residual sum of squares that rounding alone may leave; `state` the filter's last
    states of the columns (kinds, 2, q), where the filter ran.
    """

    count: int
    floor: float
    log_determinant: FloatArray
    base: FloatArray
    cross: dict[str, FloatArray]
    square: dict[str, FloatArray]
    pair: FloatArray
    state: FloatArray | None = None


SORTS = ("points", "steps", "ramps")


def products(
    times: tuple[float, ...],
    columns: FloatArray,
    *,
    root_weights: FloatArray | None,
    candidates: Candidates,
    floor: float,
) -> Products:
    """Cross products of columns (n, q), weighted already, with each other and with candidates."""
    compute = _kept_products if len(times) <= KEPT_POINTS else _filtered_products
    return compute(times, columns, root_weights=root_weights, candidates=candidates, floor=floor)


def _kept_products(
    times: tuple[float, ...],
    columns: FloatArray,
    *,
    root_weights: FloatArray | None,
    candidates: Candidates,
    floor: float,
) -> Products:
    kept = standard(times)
    whitened = kept.points @ columns
    transposed = whitened.transpose(0, 2, 1)
    sets = {
        sort: _candidate_columns(kept, sort, starts, root_weights=root_weights, times=times)
        for sort in SORTS
        if (starts := getattr(candidates, sort))
    }
    if candidates.ramps:
        sets["ramp_steps"] = _candidate_columns(kept, "steps", candidates.ramps, root_weights=root_weights, times=times)
    return Products(
        count=len(times),
        floor=floor,
        log_determinant=2 * kept.log_spread.sum(axis=1),
        base=transposed @ whitened,
        cross={sort: transposed @ array for sort, array in sets.items()},
        square={sort: np.einsum("knm,knm->km", array, array) for sort, array in sets.items()},
        pair=np.einsum("knm,knm->km", sets["ramps"], sets["ramp_steps"])
        if candidates.ramps
        else np.empty((len(GRID), 0)),
    )


def _candidate_columns(
    kept: Standard,
    sort: str,
    starts: tuple[int, ...],
    *,
    root_weights: FloatArray | None,
    times: tuple[float, ...],
) -> FloatArray:
    if sort == "points":
        chosen = kept.points
    elif root_weights is None:
        chosen = kept.steps if sort == "steps" else standard_ramps(times)
    else:
        weighted = kept.points * root_weights
        chosen = reverse_cumsum(weighted)
        if sort == "ramps":
            at = np.array(times)
            chosen = reverse_cumsum(weighted * at) - chosen * at
    if starts == tuple(range(len(times))):
        return chosen
    picked: FloatArray = chosen[..., list(starts)]
    return picked


def _filtered_products(
    times: tuple[float, ...],
    columns: FloatArray,
    *,
    root_weights: FloatArray | None,
    candidates: Candidates,
    floor: float,
) -> Products:
    sets = _explicit_columns(times, root_weights=root_weights, candidates=candidates)
    width = columns.shape[1]
    everything = np.hstack([columns, *sets.values()])
    bounds = np.cumsum([width, *(array.shape[1] for array in sets.values())])
    places = {sort: slice(bounds[i], bounds[i + 1]) for i, sort in enumerate(sets)}
    total = np.zeros((len(GRID), width, everything.shape[1]))
    square = np.zeros((len(GRID), everything.shape[1]))
    pair = np.zeros((len(GRID), len(candidates.ramps)))
    log_determinant = np.zeros(len(GRID))
    state = None
    for _, rows, log_spread, states in filtered(times, everything):
        total += rows[:, :, :width].transpose(0, 2, 1) @ rows
        square += np.einsum("knm,knm->km", rows, rows)
        if candidates.ramps:
            pair += np.einsum("knm,knm->km", rows[:, :, places["ramps"]], rows[:, :, places["ramp_steps"]])
        log_determinant += 2 * log_spread.sum(axis=1)
        state = states
    return Products(
        count=len(times),
        floor=floor,
        log_determinant=log_determinant,
        base=total[:, :, :width],
        cross={sort: total[:, :, place] for sort, place in places.items()},
        square={sort: square[:, place] for sort, place in places.items()},
        pair=pair,
        state=state,
    )


def _explicit_columns(
    times: tuple[float, ...], *, root_weights: FloatArray | None, candidates: Candidates
) -> dict[str, FloatArray]:
    """The candidates as columns (n, m), weighted, by sort."""
    at = np.array(times)
    weights = np.ones(len(times)) if root_weights is None else root_weights
    sets: dict[str, FloatArray] = {}
    if candidates.points:
        sets["points"] = (np.arange(len(times))[:, None] == np.array(candidates.points)).astype(np.float64)
    if candidates.steps:
        sets["steps"] = weights[:, None] * (np.arange(len(times))[:, None] >= np.array(candidates.steps))
    if candidates.ramps:
        begun = np.arange(len(times))[:, None] >= np.array(candidates.ramps)
        sets["ramps"] = weights[:, None] * np.where(begun, at[:, None] - at[list(candidates.ramps)], 0.0)
        sets["ramp_steps"] = weights[:, None] * begun
    return sets


# Fits ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Fit:
    """A model fitted under every kind of error.

    `factor` (kinds, p, p) is the lower Cholesky factor of the columns' cross products, `rotated`
    (kinds, p) the outcome in its coordinates, `residual` (kinds,) the residual sum of squares.
    """

    factor: FloatArray
    rotated: FloatArray
    residual: FloatArray
    log_likelihood: FloatArray
    degrees: int

    @property
    def weights(self) -> FloatArray:
        """The posterior of the kinds of error."""
        return posterior(self.log_likelihood)

    def combination(self, contrast: FloatArray) -> Mixture:
        """The posterior of contrast'beta, a contrast of shape (p,) or (kinds, p)."""
        rotated = solve_lower(self.factor, np.broadcast_to(contrast, self.rotated.shape)[..., None])[..., 0]
        centres = np.sum(rotated * self.rotated, axis=-1)
        scales = np.sqrt(self.residual / self.degrees * np.sum(rotated**2, axis=-1))
        return Mixture(self.weights, centres, scales, self.degrees)

    def coefficients(self) -> FloatArray:
        """The coefficients under every kind of error, shape (kinds, p)."""
        upper = self.factor.transpose(0, 2, 1)
        solution = np.linalg.solve(upper, self.rotated[..., None])[..., 0]
        return np.asarray(solution, dtype=np.float64)


def solve_lower(factor: FloatArray, right: FloatArray) -> FloatArray:
    """The solution of factor · x = right for lower triangular factors, by forward substitution."""
    size = factor.shape[-1]
    solution = np.empty(np.broadcast_shapes(factor.shape[:-2], right.shape[:-2]) + right.shape[-2:])
    for i in range(size):
        known = np.einsum("kj,kjm->km", factor[:, i, :i], solution[:, :i]) if i else 0.0
        solution[:, i] = (right[:, i] - known) / factor[:, i, i, None]
    return solution


def fit(found: Products, columns: tuple[int, ...], *, outcome: int) -> Fit:
    """The model with these columns of the base, in order, for the outcome column of the base."""
    chosen = list(columns)
    gram = found.base[:, chosen][:, :, chosen]
    factor = np.asarray(np.linalg.cholesky(gram), dtype=np.float64)
    rotated = solve_lower(factor, found.base[:, chosen, outcome][..., None])[..., 0]
    square = found.base[:, outcome, outcome]
    degrees = found.count - len(chosen)
    residual = floored(square - np.sum(rotated**2, axis=1), square=square, floor=found.floor)
    determinant = 2 * np.sum(np.log(np.diagonal(factor, axis1=1, axis2=2)), axis=1)
    log_likelihood = GRID.log_prior - (found.log_determinant + determinant + degrees * np.log(residual)) / 2
    return Fit(factor, rotated, residual, log_likelihood, degrees)


def floored(residual: FloatArray, *, square: FloatArray, floor: float) -> FloatArray:
    """Residual sums of squares, not below what rounding leaves."""
    above: FloatArray = np.maximum(residual, floor + FLOOR_SHARE * square)
    return above


@dataclass(frozen=True, slots=True)
class Extension:
    """A fit with one more column, for each of m candidates: arrays (kinds, m), `rotated` (kinds, p, m).

    `coefficient` and `variance` (before the residual variance) are the added column's own.
    """

    rotated: FloatArray
    norm: FloatArray
    coefficient: FloatArray
    residual: FloatArray
    log_likelihood: FloatArray
    degrees: int

    @property
    def weights(self) -> FloatArray:
        """The posterior of the kinds of error for each candidate, shape (m, kinds)."""
        return posterior(self.log_likelihood.T)

    def own(self) -> Mixture:
        """The posterior of the added column's coefficient, one mixture a candidate."""
        scales = np.sqrt(self.residual / self.degrees / self.norm)
        return Mixture(self.weights, self.coefficient.T, scales.T, self.degrees)

    def shifted(self, base: Fit, contrast: FloatArray) -> Mixture:
        """The posterior of contrast'beta of the base model's columns once the candidate is added."""
        along = solve_lower(base.factor, np.broadcast_to(contrast, base.rotated.shape)[..., None])[..., 0]
        share = np.einsum("kp,kpm->km", along, self.rotated)
        centres = np.sum(along * base.rotated, axis=1)[:, None] - share * self.coefficient
        variance = np.sum(along**2, axis=1)[:, None] + share**2 / self.norm
        scales = np.sqrt(self.residual / self.degrees * variance)
        return Mixture(self.weights, centres.T, scales.T, self.degrees)


def extend(base: Fit, found: Products, *, sort: str, columns: tuple[int, ...], outcome: int) -> Extension:
    """The base model (these columns of the base) with one more column, for each candidate of a sort."""
    cross = found.cross[sort]
    return extended(
        base,
        rotated=solve_lower(base.factor, cross[:, list(columns)]),
        square=found.square[sort],
        outcome=cross[:, outcome],
        limit=found.floor + FLOOR_SHARE * found.base[:, outcome, outcome],
    )


def extended(
    base: Fit, *, rotated: FloatArray, square: FloatArray, outcome: FloatArray, limit: FloatArray
) -> Extension:
    """The base model with one more column, for each of m candidates.

    Args:
        base: the fitted model.
        rotated: the candidates in the coordinates of its factor, (kinds, p, m).
        square: the candidates' products with themselves, (kinds, m).
        outcome: their products with the outcome, (kinds, m).
        limit: the residual sum of squares that rounding may leave, (kinds,).
    """
    norm = square - np.sum(rotated**2, axis=1)
    # a column that the model holds already (the only Sunday ever seen) adds nothing and is never the best
    new = np.all(norm > SPANNED * square, axis=0)
    norm, rotated = np.where(new, norm, 1.0), np.where(new, rotated, 0.0)
    along = np.where(new, outcome - np.einsum("kpm,kp->km", rotated, base.rotated), 0.0)
    residual = np.maximum(base.residual[:, None] - along**2 / norm, limit[:, None])
    degrees = base.degrees - 1
    # the base model's likelihood with its residual term exchanged for that of the larger model
    common = base.log_likelihood + base.degrees * np.log(base.residual) / 2
    log_likelihood = common[:, None] - (np.log(norm) + degrees * np.log(residual)) / 2 - np.where(new, 0.0, 1e6)
    return Extension(rotated, norm, along / norm, residual, log_likelihood, degrees)
