"""How far a mean effect strays without any cause, where few units carry a comparison: errors of one kind for all.

Leaving out units says little when two or three of them decide. Then all units are taken to share one kind of error,
and the kinds of single series (`noise.GRID`) are averaged, each by its likelihood given every untreated cell. The
estimate stays what it is; only its spread comes from here.

Source: Harville (1974), Biometrika 61, 383–385 (the likelihood after integrating out unit and period effects).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.effect.noise import GRID, FloatArray

ROUNDING = 1e-9
"""Standard error that rounding alone may leave in standardised values: no interval is narrower."""


@dataclass(frozen=True, slots=True)
class Straying:
    """A mixture of Student t about the estimate: weights and scales a kind, one number of degrees of freedom."""

    weights: FloatArray
    scales: FloatArray
    degrees: float

    def beyond(self, distance: float) -> float:
        """The probability of an estimate so far from the truth, on both sides together."""
        from scipy.special import stdtr

        return 2 * float(self.weights @ stdtr(self.degrees, -abs(distance) / self.scales))

    def half(self, level: float) -> float:
        """Half the width of the interval of a level, by bisection to rounding."""
        from scipy.special import stdtrit

        ends = self.scales * float(stdtrit(self.degrees, (1 + level) / 2))
        low, high = float(ends.min()), float(ends.max())
        for _ in range(200):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            if self.beyond(middle) > 1 - level:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    @property
    def error(self) -> float:
        """The root of the mean square of the scales: the standard error of a Student t with many degrees."""
        return float(np.sqrt(self.weights @ self.scales**2))

    def times(self, factor: float) -> Straying:
        """The same, so many times as far."""
        return Straying(self.weights, self.scales * factor, self.degrees)


def single(error: float, degrees: float) -> Straying:
    """A Student t with one scale, never narrower than rounding."""
    return Straying(np.ones(1), np.array([max(error, ROUNDING)]), degrees)


@dataclass(frozen=True, slots=True)
class Untreated:
    """Untreated cells: values and weights (units, periods), weight 0 where there is none; periods from the first.

    `labels` (periods,) name the groups of periods that units join, −1 where there is no cell.
    """

    values: FloatArray
    weights: FloatArray
    at: FloatArray
    labels: NDArray[np.int64]

    @property
    def degrees(self) -> int:
        """The cells less the unit and period effects fitted to them."""
        used = self.weights > 0
        joined = int(np.sum(self.labels >= 0)) - int(self.labels.max(initial=-1) + 1)
        return int(used.sum()) - int(used.any(axis=1).sum()) - joined

    def window(self, first: int) -> Untreated:
        """At most `MOST_PERIODS` periods, those before the first treated one if there are as many."""
        stop = max(first, MOST_PERIODS)
        place = slice(max(0, stop - MOST_PERIODS), stop)
        return Untreated(self.values[:, place], self.weights[:, place], self.at[place], self.labels[place])


MOST_PERIODS = 160
"""Periods from which the kind of error is learnt at most: the cost grows with their cube, and what so many periods of
all units say about it is enough."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """How likely each kind of error is, given untreated cells, and its variance; `at` the periods of all cells."""

    weights: FloatArray
    variances: FloatArray
    degrees: float
    at: FloatArray

    def straying(self, pull: FloatArray) -> Straying:
        """How far an estimate strays to which an error of one in a cell does `pull`, (units, periods)."""
        scales = [
            float(np.sqrt(variance * max(0.0, float(np.sum((pull @ _covariance(self.at, kind)) * pull)))))
            for kind, variance in enumerate(self.variances)
        ]
        return Straying(self.weights, np.maximum(scales, ROUNDING), self.degrees)


def kinds(found: Untreated, *, first: int) -> Kinds | None:
    """The kinds of error all units may share; None where no cell is left over to tell.

    Args:
        found: the untreated cells.
        first: position of the first treated period.
    """
    seen = found.window(first)
    if seen.degrees < 1:
        return None
    logs, variances = [], []
    for kind in range(len(GRID)):
        log_determinant, rest = _fit(seen, _covariance(seen.at, kind))
        logs.append(float(GRID.log_prior[kind]) - (log_determinant + seen.degrees * float(np.log(rest))) / 2)
        variances.append(rest / seen.degrees)
    shifted = np.exp(np.array(logs) - max(logs))
    return Kinds(shifted / shifted.sum(), np.array(variances), float(seen.degrees), found.at)


def _covariance(at: FloatArray, kind: int) -> FloatArray:
    """The covariance (periods, periods) of one kind of error."""
    gap = np.abs(np.subtract.outer(at, at))
    found = (1 - GRID.nugget[kind]) * GRID.rho[kind] ** gap + GRID.walk[kind] * np.minimum.outer(at, at)
    found += GRID.nugget[kind] * np.eye(len(at))
    return np.asarray(found, dtype=np.float64)


LEAST = 1e-18
"""Residual variance, in units of that of the values, that rounding alone may leave."""


def _fit(found: Untreated, covariance: FloatArray) -> tuple[float, float]:
    """The log determinants and the residual sum of squares under one kind of error, unit and period effects gone."""
    count = len(found.at)
    gram, right = np.zeros((count, count)), np.zeros(count)
    log_determinant = square = 0.0
    inverses: dict[bytes, tuple[FloatArray, float]] = {}
    for values, weights in zip(found.values, found.weights, strict=True):
        there = np.flatnonzero(weights > 0)
        if not len(there):
            continue
        key = there.tobytes()
        if key not in inverses:
            inverses[key] = _inverse(covariance[np.ix_(there, there)])
        inverse, own = inverses[key]
        root = np.sqrt(weights[there])
        precision = inverse * root[:, None] * root
        level = precision.sum(axis=1)
        total, along = float(level.sum()), float(level @ values[there])
        gram[np.ix_(there, there)] += precision - np.outer(level, level) / total
        right[there] += precision @ values[there] - level * along / total
        square += float(values[there] @ precision @ values[there]) - along**2 / total
        log_determinant += own + float(np.log(total))
    for label in range(int(found.labels.max()) + 1):
        members = (found.labels == label).astype(np.float64)
        gram += np.outer(members, members) / count
    absent = np.flatnonzero(found.labels < 0)
    gram[absent, absent] += 1.0
    factor: FloatArray = np.asarray(np.linalg.cholesky(gram), dtype=np.float64)
    half = np.linalg.solve(factor, right)
    log_determinant += 2 * float(np.sum(np.log(np.diagonal(factor))))
    return log_determinant, max(square - float(half @ half), LEAST * len(found.values) * count)


def _inverse(covariance: FloatArray) -> tuple[FloatArray, float]:
    inverse = np.asarray(np.linalg.inv(covariance), dtype=np.float64)
    return inverse, float(np.linalg.slogdet(covariance)[1])
