"""Staggered roll-outs: what each unit would have shown, from unit and period effects of untreated cells alone.

It knows arrays of shape (units, periods), not go-lives or verdicts. A cell that was treated never enters the fit, so
effects that differ between units or grow over time cannot leak into the comparison, as they do in a two-way fixed
effects regression. Uncertainty comes from leaving out each unit in turn: whatever hangs together within a unit stays
together.

Source: Borusyak, Jaravel and Spiess (2024), Revisiting event-study designs, Review of Economic Studies 91, 3253–3285;
for the interval: Efron and Stein (1981), Annals of Statistics 9, 586–596 (the jackknife variance).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.effect.straying import ROUNDING, Kinds, Straying, Untreated, kinds, single

BoolArray = NDArray[np.bool_]

SPANNED = 1e-9
"""Share of the largest pivot below which a direction of the fit counts as not identified."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What untreated cells say about every cell, NaN where they say nothing; and coefficients of further columns.

    `cells` are unit and period effects alone, without the further columns.
    """

    cells: FloatArray
    coefficients: FloatArray


def fitted(
    values: FloatArray, weights: FloatArray, *, trends: bool = False, columns: FloatArray | None = None
) -> Fitted | None:
    """Unit and period effects by weighted least squares, as fitted values of all cells; None if not identified.

    Args:
        values: (units, periods), finite wherever the weight is not zero.
        weights: (units, periods), 0 for every cell that must not be used.
        trends: a line of its own for each unit, not only a level.
        columns: (units, periods, columns) further regressors.

    Source: the unit effects are projected out and the period effects solved for (Frisch–Waugh–Lovell).
    """
    count = values.shape[1]
    basis = _basis(count, trends=trends)
    known = np.where(weights > 0, values, 0.0)
    gram, right, back = _normal(known, weights, basis=basis, columns=columns)
    labels, own = _joined(weights, enough=basis.shape[1])
    _pin(gram, basis=basis, labels=labels)
    solution = _solved(gram, right)
    if solution is None:
        return None
    period, coefficients = solution[:count], solution[count:]
    rest = known - period - (0.0 if columns is None else columns @ coefficients)
    unit = (back @ rest[:, :, None])[:, :, 0]
    compared = (own[:, None] == labels) & (labels >= 0)
    return Fitted(np.where(compared, unit @ basis.T + period, np.nan), coefficients)


def _basis(count: int, *, trends: bool) -> FloatArray:
    level = np.ones((count, 1))
    if not trends:
        return level
    return np.column_stack([level, np.linspace(-1.0, 1.0, count) if count > 1 else np.zeros(1)])


def _pin(gram: FloatArray, *, basis: FloatArray, labels: NDArray[np.int64]) -> None:
    """Fix what no cell can tell: a constant (or a line) may move between unit and period effects, changing nothing."""
    count = basis.shape[0]
    scale = float(np.trace(gram)) / max(1, int(np.sum(labels >= 0))) or 1.0
    for label in range(labels.max() + 1):
        members = np.where((labels == label)[:, None], basis, 0.0)
        gram[:count, :count] += scale * members @ members.T / count
    absent = np.flatnonzero(labels < 0)
    gram[absent, absent] += scale


def _normal(
    known: FloatArray, weights: FloatArray, *, basis: FloatArray, columns: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The normal equations of periods and columns with the unit effects projected out, and what brings those back.

    The last part (units, basis, periods) takes what a unit's cells leave over to the unit's coefficients.
    """
    weighted = weights[:, None, :] * basis.T
    inverse = np.linalg.pinv(weighted @ basis, rcond=SPANNED, hermitian=True)
    back = inverse @ weighted
    count, parts = known.shape[1], basis.shape[1] * len(known)
    width = 0 if columns is None else columns.shape[2]
    gram = np.zeros((count + width, count + width))
    taken = weighted.reshape(parts, count).T @ back.reshape(parts, count)
    gram[:count, :count] = np.diag(weights.sum(axis=0)) - taken
    rest = weights * (known - (back @ known[:, :, None])[:, :, 0] @ basis.T)
    right = np.concatenate([rest.sum(axis=0), np.zeros(width)])
    if columns is not None:
        free = weights[:, :, None] * (columns - basis @ (back @ columns))
        flat = columns.reshape(-1, width)
        gram[:count, count:] = free.sum(axis=0)
        gram[count:, :count] = gram[:count, count:].T
        gram[count:, count:] = free.reshape(-1, width).T @ flat
        right[count:] = flat.T @ rest.ravel()
    return gram, right, back


def _joined(weights: FloatArray, *, enough: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which periods and units can be compared: a label a period and a unit, −1 where there are not enough cells.

    Two periods share a label if a chain of units observed in both joins them.
    """
    used = weights > 0
    used = used & (used.sum(axis=1) >= enough)[:, None]
    labels = np.full(used.shape[1], -1, dtype=np.int64)
    own = np.full(used.shape[0], -1, dtype=np.int64)
    for label in range(used.shape[1]):
        left = np.flatnonzero((labels < 0) & used.any(axis=0))
        if not len(left):
            break
        members = np.zeros(used.shape[1], dtype=bool)
        members[left[0]] = True
        while True:
            units = used[:, members].any(axis=1)
            grown = used[units].any(axis=0)
            if np.array_equal(grown, members):
                break
            members = grown
        labels[members], own[units] = label, label
    return labels, own


def _solved(gram: FloatArray, right: FloatArray) -> FloatArray | None:
    try:
        factor = np.linalg.cholesky(gram)
    except np.linalg.LinAlgError:
        return None
    pivots = np.diagonal(factor) ** 2
    if float(pivots.min()) <= SPANNED * float(pivots.max()):
        return None
    half = np.linalg.solve(factor, right)
    solution: FloatArray = np.linalg.solve(factor.T, half)
    return solution


# The mean effect ─────────────────────────────────────────────────────────────


def influence(weights: FloatArray, shares: FloatArray) -> FloatArray | None:
    """The mean effect as weights of all observations, shape (units, periods); None where no cell can be compared.

    The mean effect is the sum of these weights times the values. Cells that cannot be compared (no untreated unit in
    the period) drop out of `shares`.

    Args:
        weights: (units, periods) of the untreated cells, 0 elsewhere.
        shares: (units, periods) of the treated cells in the mean, 0 elsewhere; scaled to sum to one.
    """
    count = weights.shape[1]
    basis = _basis(count, trends=False)
    labels, own = _joined(weights, enough=1)
    counted = np.where((own[:, None] == labels) & (labels >= 0), shares, 0.0)
    if counted.sum() <= 0:
        return None
    counted = counted / counted.sum()
    gram, _, back = _normal(np.zeros_like(weights), weights, basis=basis, columns=None)
    _pin(gram, basis=basis, labels=labels)
    average = back[:, 0, :]
    taken = counted.sum(axis=1, keepdims=True)
    solution = _solved(gram, counted.sum(axis=0) - (taken * average).sum(axis=0))
    if solution is None:
        return None
    level = (average @ solution)[:, None]
    found: FloatArray = counted - taken * average - weights * (solution - level)
    return found


WORKING_CORRELATION = 0.5
"""Autocorrelation of the working model that judges how many units the interval rests on; .2 to .8 give nearly
the same, and the interval itself does not assume it."""
MOST_CELLS = 30_000_000
"""Numbers held at once to judge the degrees of freedom; beyond, units count by the size of their pull alone."""


FEW_DEGREES = 8.0
"""Degrees of freedom below which leaving out units is too coarse: t doubles the interval there, and the spread comes
from errors of one kind for all units instead. It depends on who went live when, never on a value."""


@dataclass(frozen=True, slots=True)
class MeanEffect:
    """The mean effect of treated cells, how far it strays, the effect without each unit, the jackknife's error.

    `degrees` are those of the jackknife; `common` says that the spread comes from one kind of error for all units.
    """

    estimate: float
    straying: Straying
    without: FloatArray
    error: float
    degrees: float
    common: bool

    def straying_without(self, unit: int) -> Straying:
        """How far the effect without a unit strays, to first order: its own pull is left out of the jackknife."""
        away = self.without - self.estimate
        pulls = np.where(np.isfinite(away), away, 0.0) ** 2
        total = float(pulls.sum())
        if self.common or total <= 0:
            return self.straying
        return self.straying.times(float(np.sqrt((total - pulls[unit]) / total)))


def mean_effect(
    values: FloatArray,
    weights: FloatArray,
    *,
    shares: FloatArray,
    ordinals: FloatArray,
    shared: Kinds | None = None,
) -> MeanEffect | None:
    """The mean effect with its jackknife error; None where fewer than two units can be left out.

    The variance from leaving out each unit is scaled so that it would be unbiased, and has the degrees of freedom it
    would have, if errors were autocorrelated by `WORKING_CORRELATION`. Where a few units carry the comparison, the
    plain jackknife with units − 1 degrees covers 88 % instead of 95; below `FEW_DEGREES` the spread is that of
    `straying.Kinds`, those of `shared` where they are known already.

    Source: Bell and McCaffrey (2002), Survey Methodology 28, 169–181 (bias and Satterthwaite degrees of freedom under
    a working model), applied to the leave-one-unit-out variance.
    """
    whole = influence(weights, shares)
    if whole is None:
        return None
    units = len(values)
    known = np.where(np.isfinite(values), values, 0.0)
    spread = _spread(weights + shares)
    differences = np.zeros((units, *values.shape))
    without = np.full(units, np.nan)
    for unit in range(units):
        kept = np.ones((units, 1))
        kept[unit] = 0.0
        found = influence(weights * kept, shares * kept)
        if found is not None:
            without[unit] = float(np.sum(found * known))
            differences[unit] = found - whole
    there = np.isfinite(without)
    if there.sum() < 2:
        return None
    estimate = float(np.sum(whole * known))
    squares = float(np.sum((without[there] - estimate) ** 2))
    decay = WORKING_CORRELATION ** np.abs(np.subtract.outer(ordinals, ordinals))
    own = whole * spread
    cross = _cross(differences[there] * spread, decay)
    middle = float(np.trace(cross))
    degrees = middle**2 / float(np.sum(cross**2)) if middle > 0 else 0.0
    variance = float(np.sum((own @ decay) * own))
    error = max(float(np.sqrt(squares * variance / middle)) if middle > 0 else 0.0, ROUNDING)
    if degrees >= FEW_DEGREES:
        return MeanEffect(estimate, single(error, degrees), without, error, degrees, common=False)
    shared = shared or kinds_of(values, weights, shares=shares, ordinals=ordinals)
    if shared is None:
        return None
    return MeanEffect(estimate, shared.straying(own), without, error, degrees, common=True)


def kinds_of(values: FloatArray, weights: FloatArray, *, shares: FloatArray, ordinals: FloatArray) -> Kinds | None:
    """The kinds of error that all units may share, from the untreated cells."""
    labels, _ = _joined(weights, enough=1)
    after = np.flatnonzero((shares > 0).any(axis=0))
    cells = Untreated(np.where(weights > 0, values, 0.0), weights, ordinals - ordinals[0], labels)
    return kinds(cells, first=int(after[0]) if len(after) else len(ordinals))


def _spread(weights: FloatArray) -> FloatArray:
    """The relative standard deviation of each cell: variance ∝ 1/weight, 0 where there is no cell."""
    root = np.sqrt(np.where(weights > 0, weights, 1.0))
    found: FloatArray = np.where(weights > 0, 1 / root, 0.0)
    return found


def _cross(differences: FloatArray, decay: FloatArray) -> FloatArray:
    """The working covariance of the effects without each unit."""
    count = len(differences)
    moved = (differences @ decay).reshape(count, -1)
    total: FloatArray = moved @ differences.reshape(count, -1).T
    return total


# Leaving units out ───────────────────────────────────────────────────────────

Statistic = Callable[[BoolArray], FloatArray | None]
"""Numbers, shape (m,), of the units that are kept; None or NaN where these units do not give them."""


@dataclass(frozen=True, slots=True)
class Jackknife:
    """Numbers, shape (m,), with what they become without each unit, shape (units, m), NaN where they are none."""

    whole: FloatArray
    without: FloatArray

    def covariance(self, kept: BoolArray | None = None) -> FloatArray:
        """The covariance (m, m) from leaving out each unit; `kept` restricts it to some units."""
        rows = self.without if kept is None else self.without[kept]
        away = rows - self.whole
        there = np.isfinite(away)
        away = np.where(there, away, 0.0)
        units = np.maximum(there.sum(axis=0), 1)
        shrink = np.sqrt((units - 1) / units)
        total: FloatArray = (away * shrink).T @ (away * shrink)
        return total

    def errors(self) -> FloatArray:
        """The standard errors, shape (m,)."""
        root: FloatArray = np.sqrt(np.diagonal(self.covariance()))
        return root


def jackknife(statistic: Statistic, units: int) -> Jackknife | None:
    """The numbers of all units and without each; None where all units do not give them."""
    everyone = np.ones(units, dtype=bool)
    whole = statistic(everyone)
    if whole is None:
        return None
    without = np.full((units, len(whole)), np.nan)
    for unit in range(units):
        everyone[unit] = False
        found = statistic(everyone)
        if found is not None:
            without[unit] = found
        everyone[unit] = True
    return Jackknife(whole, without)
