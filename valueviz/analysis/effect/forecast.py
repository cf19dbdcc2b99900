"""What the points before go-live foretell: the counterfactual band that is drawn, and its mean effect.

The fit knows nothing after go-live. The last state of the errors (autocorrelated part and walk) is
carried forward, so the band begins where the series stood and widens with distance.

Source: Durbin and Koopman (2012), §4.11 (forecasting with a filter); Brodersen et al. (2015), Annals
of Applied Statistics 9, 247–274 (the counterfactual view of an intervention).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect.core import Fit, Mixture, Products, fit
from valueviz.analysis.effect.model import Answer, Model, shares, units
from valueviz.analysis.effect.noise import GRID, FloatArray, gains, standard

BAND_LEVEL = 0.95
"""Level of the drawn band and of every printed interval."""

DRAWN = 1e-5
"""Tolerance of a step in finding the edges of the band: Newton's last step then leaves far less than a pixel."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The fit before go-live with the last states of its errors.

    `state` (kinds, 2) is the expected pair (autocorrelated part, walk) at the last point before given
    its coefficients' estimate, `loading` (kinds, 2, p) how it moves with the coefficients, and
    `spread` (kinds, 2, 2) its covariance before the residual variance.
    """

    fitted: Fit
    beta: FloatArray
    state: FloatArray
    loading: FloatArray
    spread: FloatArray


def forecast(built: Model, found: Products) -> Forecast:
    """The fit of the points before go-live, ready to be carried forward."""
    size = built.before.base.shape[1]
    fitted = fit(found, tuple(range(size)), outcome=size)
    beta = fitted.coefficients()
    states, spread = _last_states(built, found)
    loading = states[:, :, :size]
    state = states[:, :, size] - np.einsum("ksp,kp->ks", loading, beta)
    return Forecast(fitted, beta, state, loading, spread)


def _last_states(built: Model, found: Products) -> tuple[FloatArray, FloatArray]:
    """The filter's last states of every column (kinds, 2, q) and their covariance (kinds, 2, 2)."""
    before = built.before
    if found.state is not None:
        ar, cross, walk = gains(before.times).state[-1]
        covariance = np.moveaxis(np.array([[ar, cross], [cross, walk]]), -1, 0)
        return found.state, covariance
    at = np.array(before.times)
    together = np.stack(
        [(1 - GRID.nugget)[:, None] * GRID.rho[:, None] ** (at[-1] - at), GRID.walk[:, None] * at], axis=2
    )
    kept = standard(before.times)
    whitened = kept.points @ together
    columns = kept.points @ np.column_stack([before.base, before.outcome])
    states = whitened.transpose(0, 2, 1) @ columns
    prior = np.zeros((len(GRID), 2, 2))
    prior[:, 0, 0] = 1 - GRID.nugget
    prior[:, 1, 1] = GRID.walk * at[-1]
    prior[:, 0, 1] = prior[:, 1, 0] = 0.0
    return states, prior - whitened.transpose(0, 2, 1) @ whitened


def _ahead(built: Model, ordinals: FloatArray) -> FloatArray:
    last = built.sample.ordinals[built.sample.n_before - 1]
    distance: FloatArray = ordinals - last
    return distance


def predicted(built: Model, found: Forecast, *, ordinals: FloatArray, raw: FloatArray, spreads: FloatArray) -> Mixture:
    """The predictive distribution of single periods after, one mixture a period, standardised scale.

    Args:
        built: the model.
        found: the fit before.
        ordinals: periods after the last point before, (m,).
        raw: their raw base columns, (m, columns).
        spreads: their error's standard deviation in units of a point of mean volume, (m,).
    """
    ahead = _ahead(built, ordinals)
    rows = built.before.rows(raw)
    carry = np.stack([GRID.rho[:, None] ** ahead, np.ones((len(GRID), len(ahead)))], axis=2)
    centres = rows @ (built.before.removed + found.beta).T + (spreads * np.einsum("kms,ks->km", carry, found.state)).T
    own = (1 - GRID.nugget)[:, None] * (1 - GRID.rho[:, None] ** (2 * ahead))
    own = own + GRID.nugget[:, None] + GRID.walk[:, None] * ahead
    own = own + np.einsum("kms,kst,kmt->km", carry, found.spread, carry)
    own = own * spreads**2
    leverage = rows[None] - spreads[None, :, None] * np.einsum("kms,ksp->kmp", carry, found.loading)
    own = own + _leverage_square(found.fitted, leverage)
    scales = np.sqrt(found.fitted.residual / found.fitted.degrees * own.T)
    weights = np.broadcast_to(found.fitted.weights, centres.shape)
    return Mixture(weights, centres, scales, found.fitted.degrees)


def _leverage_square(fitted: Fit, rows: FloatArray) -> FloatArray:
    solved = np.linalg.solve(fitted.factor, rows.transpose(0, 2, 1))
    square: FloatArray = np.sum(solved**2, axis=1)
    return square


def forecast_answer(built: Model, found: Forecast) -> Answer:
    """The effect as the points after minus their forecast, averaged over the points after."""
    split = built.sample.n_before
    ordinals = np.array(built.sample.ordinals[split:], dtype=np.float64)
    weights = built.sample.root_weights
    spreads = np.ones(len(ordinals)) if weights is None else 1 / weights[split:]
    observed = built.standardised[split:]
    raw = built.raw[split:]
    single = predicted(built, found, ordinals=ordinals, raw=raw, spreads=spreads)
    shape = observed - single.mean()
    share = shares(built, shape)
    rows = built.before.rows(raw)
    ahead = _ahead(built, ordinals)
    carry = np.stack([GRID.rho[:, None] ** ahead, np.ones((len(GRID), len(ahead)))], axis=2)
    pull = np.einsum("m,kms->ks", share * spreads, carry)
    variance = _path_variance(ahead, share * spreads) + np.einsum("ks,kst,kt->k", pull, found.spread, pull)
    leverage = (share @ rows)[None] - np.einsum("ks,ksp->kp", pull, found.loading)
    variance = variance + _leverage_square(found.fitted, leverage[:, None, :])[:, 0]
    scales = np.sqrt(found.fitted.residual / found.fitted.degrees * variance)
    centres = share @ (observed[:, None] - single.centres)
    mixture = Mixture(found.fitted.weights, centres, scales, found.fitted.degrees)
    return Answer(mixture, units(built, shape, theta=float(mixture.mean())))


def _path_variance(ahead: FloatArray, share: FloatArray) -> FloatArray:
    """The variance of a weighted sum of future errors given the last states, (kinds,)."""
    gaps = np.diff(np.concatenate([[0.0], ahead]))
    stationary = 1 - GRID.nugget
    influence, carried, variance = np.zeros(len(GRID)), 0.0, GRID.nugget * float(share @ share)
    following = 0.0
    for gap, weight in zip(gaps[::-1], share[::-1], strict=True):
        influence = weight + GRID.rho**following * influence
        carried += weight
        variance = variance + influence**2 * stationary * (1 - GRID.rho ** (2 * gap))
        variance = variance + GRID.walk * gap * carried**2
        following = gap
    total: FloatArray = variance
    return total


@dataclass(frozen=True, slots=True)
class BandPoint:
    """The counterfactual of one period with its 95 % range, in the unit of the values."""

    ordinal: int
    low: float
    middle: float
    high: float


def band(built: Model, found: Forecast, *, ordinals: tuple[int, ...], further: FloatArray) -> tuple[BandPoint, ...]:
    """The drawn band over periods, with their further columns (n, columns) as they are.

    Before go-live the fitted line with the spread of the points about it, afterwards the forecast of
    single points (of mean volume).
    """
    split = built.sample.n_before
    last = built.sample.ordinals[split - 1]
    at = np.array(ordinals, dtype=np.float64)
    raw = built.raw_rows(at, further=further)
    ahead = at > last
    middle, half_low, half_high = np.empty(len(at)), np.empty(len(at)), np.empty(len(at))
    line = built.before.removed + found.fitted.weights @ found.beta
    middle[~ahead] = built.before.rows(raw[~ahead]) @ line
    spread = _spread_before(built, line)
    half_low[~ahead], half_high[~ahead] = middle[~ahead] - spread, middle[~ahead] + spread
    if ahead.any():
        future = predicted(built, found, ordinals=at[ahead], raw=raw[ahead], spreads=np.ones(int(ahead.sum())))
        middle[ahead] = future.quantile(0.5, tolerance=DRAWN)
        half_low[ahead] = future.quantile((1 - BAND_LEVEL) / 2, tolerance=DRAWN)
        half_high[ahead] = future.quantile((1 + BAND_LEVEL) / 2, tolerance=DRAWN)
    return tuple(
        BandPoint(ordinal, *(_value(built, float(edge)) for edge in edges))
        for ordinal, *edges in zip(ordinals, half_low, middle, half_high, strict=True)
    )


def _spread_before(built: Model, line: FloatArray) -> float:
    from scipy.special import ndtri

    before = built.before
    target = before.base @ before.removed + before.outcome
    rest = target - before.base @ line
    degrees = max(1, len(rest) - before.base.shape[1])
    return float(ndtri((1 + BAND_LEVEL) / 2)) * float(np.sqrt(rest @ rest / degrees))


def _value(built: Model, standardised: float) -> float:
    outcome = built.centre + built.unit * standardised
    # beyond the range of numbers the band has no end worth drawing
    return float(np.exp(min(outcome, 700.0))) if built.scale == "log" else float(outcome)
