"""Four usual ways to compare before and after, each with its 95 % interval of the change; for the calibration table.

Every method that takes one is given the season; none is given the Spring Festival or a control. A series whose
effects are proportional is handed over in logarithms.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from valueviz.analysis.effect.design import season_columns
from valueviz.analysis.effect.noise import FloatArray

Found = tuple[float, float, float]
"""Estimate, low and high end."""
PRIOR_LEVEL_SD = 0.01
"""Standard deviation of the level's step in standard deviations of the series: CausalImpact's default prior."""


@dataclass(frozen=True)
class Points:
    """The points of a series that have a value: positions, values, whether after go-live, and its season."""

    at: FloatArray
    values: FloatArray
    after: np.ndarray
    season: float


def naive(points: Points) -> Found:
    """Mean after minus mean before, Welch's t."""
    after, before = points.values[points.after], points.values[~points.after]
    low, high = stats.ttest_ind(after, before, equal_var=False).confidence_interval(0.95)
    return float(after.mean() - before.mean()), float(low), float(high)


def regression(points: Points, *, lags: int) -> Found:
    """Least squares with trend, season and step; robust to autocorrelation up to `lags` (0: not at all)."""
    at, y = points.at, points.values
    columns = np.column_stack([np.ones(len(at)), at, *season_columns(at, points.season), points.after])
    inverse = np.linalg.inv(columns.T @ columns)
    beta = inverse @ columns.T @ y
    rest = y - columns @ beta
    degrees = len(y) - columns.shape[1]
    if not lags:
        variance = inverse[-1, -1] * float(rest @ rest) / degrees
    else:
        scores = columns * rest[:, None]
        meat = scores.T @ scores
        for lag in range(1, lags + 1):
            lagged = scores[lag:].T @ scores[:-lag]
            meat += (1 - lag / (lags + 1)) * (lagged + lagged.T)
        variance = float((inverse @ meat @ inverse)[-1, -1]) * len(y) / degrees
    half = float(stats.t.ppf(0.975, degrees)) * float(np.sqrt(variance))
    return float(beta[-1]), float(beta[-1]) - half, float(beta[-1]) + half


def least_squares(points: Points) -> Found:
    """Ordinary least squares with trend, season and step."""
    return regression(points, lags=0)


def newey_west(points: Points) -> Found:
    """The same with Newey–West errors, the usual number of lags."""
    return regression(points, lags=max(1, int(4 * (len(points.at) / 100) ** (2 / 9))))


def local_level(points: Points) -> Found:
    """The mean after minus its forecast by a local level with season, fitted before go-live.

    The level's steps have the standard deviation CausalImpact's prior expects, the noise is estimated by maximum
    likelihood. The interval is that of the mean of all points after, with level and season unknown.

    Source: Brodersen et al. (2015), Annals of Applied Statistics 9, 247–274, here without Monte Carlo.
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    before = points.values[~points.after]
    unit = float(before.std())
    count = int(points.at[-1]) + 1
    whole = np.full(count, np.nan)
    whole[points.at.astype(int)] = points.values / unit
    waves = season_columns(np.arange(count, dtype=float), points.season)
    columns = np.column_stack([np.ones(count), *waves])
    split = int(points.at[points.after][0])
    model = UnobservedComponents(
        whole[:split] - before.mean() / unit,
        level="local level",
        exog=columns[:split, 1:] if waves else None,
        mle_regression=False,
    )
    with warnings.catch_warnings(), model.fix_params({"sigma2.level": PRIOR_LEVEL_SD**2}):
        warnings.simplefilter("ignore")  # a flat likelihood is not this table's business
        noise = float(dict(zip(model.param_names, model.fit(disp=0).params, strict=True))["sigma2.irregular"])
    estimate, error = _predicted_mean(points, columns, noise=noise, values=points.values / unit)
    half = float(stats.norm.ppf(0.975)) * error
    return unit * estimate, unit * (estimate - half), unit * (estimate + half)


def _predicted_mean(points: Points, columns: FloatArray, *, noise: float, values: FloatArray) -> tuple[float, float]:
    """The mean after minus its best linear forecast from before, and the standard error of that."""
    at, after = points.at, points.after
    covariance = noise * np.eye(len(at)) + PRIOR_LEVEL_SD**2 * np.minimum(at[:, None], at[None, :])
    rows = columns[at.astype(int)]
    within, across = covariance[np.ix_(~after, ~after)], covariance[np.ix_(after, ~after)].mean(axis=0)
    solved = np.linalg.solve(within, np.column_stack([rows[~after], values[~after], across]))
    inverse = np.linalg.inv(rows[~after].T @ solved[:, : rows.shape[1]])
    beta = inverse @ rows[~after].T @ solved[:, -2]
    mean_row = rows[after].mean(axis=0)
    forecast = mean_row @ beta + across @ (solved[:, -2] - solved[:, : rows.shape[1]] @ beta)
    unknown = mean_row - across @ solved[:, : rows.shape[1]]
    variance = covariance[np.ix_(after, after)].mean() - across @ solved[:, -1] + unknown @ inverse @ unknown
    return float(values[after].mean() - forecast), float(np.sqrt(variance))


PEERS: dict[str, Callable[[Points], Found]] = {
    "Welch": naive,
    "least squares": least_squares,
    "Newey–West": newey_west,
    "local level": local_level,
}
