"""Treated units beside donors: difference-in-differences, synthetic control and synthetic DiD, on arrays.

All three compare the treated mean with a weighted mean of donors (the gap) and take off what the gap was before:
equally weighted donors and periods (DiD), donors weighted to follow the treated unit before and nothing taken off
(synthetic control), or weighted donors and weighted periods (synthetic DiD). They know no dates and no verdicts.

Source: Abadie, Diamond and Hainmueller (2010), JASA 105, 493–505 (synthetic control, placebos in space); Arkhangelsky,
Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111, 4088–4118 (synthetic DiD: equations 2–6 and
algorithm 4 for the placebo variance).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect.noise import FloatArray

TINY_PENALTY = 1e-6
"""Penalty, in units of the noise, that makes weights unique where many would fit equally well (as published)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The gap (treated − weighted donors) over periods, what is taken off it, and the effect after.

    `donors` and `periods` are the weights of donors and of periods before; `level` the weighted gap before.
    """

    gap: FloatArray
    level: float
    effect: float
    donors: FloatArray
    periods: FloatArray

    def misfit(self) -> float:
        """The root mean square of the gap before, less its level."""
        before = self.gap[: len(self.periods)] - self.level
        return float(np.sqrt(np.mean(before**2)))

    def slope(self) -> float:
        """The least squares slope of the gap before, a period."""
        before = self.gap[: len(self.periods)]
        at = np.arange(len(before)) - (len(before) - 1) / 2
        return float(at @ before / (at @ at))


Method = Callable[..., Comparison]


def _comparison(treated: FloatArray, donors: FloatArray, *, unit: FloatArray, period: FloatArray) -> Comparison:
    gap = treated - unit @ donors
    before = len(period)
    level = float(period @ gap[:before])
    return Comparison(gap, level, float(gap[before:].mean()) - level, unit, period)


def difference(treated: FloatArray, donors: FloatArray, *, before: int, treated_units: int = 1) -> Comparison:
    """Difference-in-differences: the change of the treated mean less that of the donors' mean."""
    del treated_units
    count = len(donors)
    return _comparison(treated, donors, unit=np.full(count, 1 / count), period=np.full(before, 1 / before))


def synthetic_control(treated: FloatArray, donors: FloatArray, *, before: int, treated_units: int = 1) -> Comparison:
    """Synthetic control from outcomes alone: donors weighted to follow the treated mean before, nothing taken off."""
    del treated_units
    unit = on_simplex(
        donors[:, :before].T, treated[:before], penalty=TINY_PENALTY * _noise(donors, before=before), level=False
    )
    return _comparison(treated, donors, unit=unit, period=np.zeros(before))


def synthetic_did(treated: FloatArray, donors: FloatArray, *, before: int, treated_units: int = 1) -> Comparison:
    """Synthetic difference-in-differences with the published penalties."""
    noise = _noise(donors, before=before)
    after = donors.shape[1] - before
    zeta = float(treated_units * after) ** 0.25 * noise
    unit = on_simplex(donors[:, :before].T, treated[:before], penalty=zeta, level=True)
    period = on_simplex(donors[:, :before], donors[:, before:].mean(axis=1), penalty=TINY_PENALTY * noise, level=True)
    return _comparison(treated, donors, unit=unit, period=period)


def _noise(donors: FloatArray, *, before: int) -> float:
    """The standard deviation of first differences of the donors before."""
    return float(np.std(np.diff(donors[:, :before], axis=1), ddof=1))


def on_simplex(columns: FloatArray, target: FloatArray, *, penalty: float, level: bool) -> FloatArray:
    """The weights ≥ 0 with sum 1 that minimise |columns · w (+ a level) − target|² + penalty² · n · |w|².

    With B = columns − target the problem is the point of a convex hull nearest to the origin, which non-negative
    least squares finds exactly: min |B u|² + (Σu − 1)² over u ≥ 0, then w = u / Σu.

    Source: Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23.
    """
    from scipy.optimize import nnls

    rows, count = columns.shape
    if level:
        columns, target = columns - columns.mean(axis=0), target - target.mean()
    size = float(np.max(np.abs(columns - target[:, None]), initial=0.0)) * rows**0.5
    if size <= 0 or count == 1:
        return np.full(count, 1 / count)
    away = np.vstack([columns - target[:, None], penalty * rows**0.5 * np.eye(count)]) / size
    stacked = np.vstack([away, np.ones(count)])
    aim = np.zeros(len(stacked))
    aim[-1] = 1.0
    found, _ = nnls(stacked, aim, maxiter=50 * count)
    weights: FloatArray = found / found.sum()
    return weights


# Placebos in space ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Placebos:
    """Each group of donors as if it had been treated, compared with the donors that remain."""

    runs: tuple[Comparison, ...]
    members: tuple[tuple[int, ...], ...]

    @property
    def effects(self) -> FloatArray:
        """The effects that are none."""
        return np.array([run.effect for run in self.runs])

    def misfit(self) -> float:
        """The root mean square of the misfits before."""
        return float(np.sqrt(np.mean([run.misfit() ** 2 for run in self.runs])))


def placebos(method: Method, donors: FloatArray, *, before: int, treated_units: int = 1) -> Placebos:
    """The method applied to each donor, or to groups of neighbouring donors as large as the treated group."""
    count = len(donors)
    runs, members = [], []
    for first in range(count):
        group = tuple((first + place) % count for place in range(treated_units))
        rest = np.setdiff1d(np.arange(count), group)
        runs.append(method(donors[list(group)].mean(axis=0), donors[rest], before=before, treated_units=treated_units))
        members.append(group)
    return Placebos(tuple(runs), tuple(members))
