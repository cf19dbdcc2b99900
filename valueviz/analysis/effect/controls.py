"""Concurrent series as regressors: whether they stayed what they were, and where they stand in times to come."""

from __future__ import annotations

import numpy as np

from valueviz.analysis.effect.core import Candidates, fit, products
from valueviz.analysis.effect.model import Model, mean, problem, standing
from valueviz.analysis.effect.noise import FloatArray

CONTROL_MOVES = 0.05
"""p of a step at go-live in a control itself, after Bonferroni, below which the control is no yardstick."""
CONTROL_FLOOR = 1e-18
"""Variance, in units of a control's own, that rounding leaves."""


def control_moves(built: Model) -> float | None:
    """The smallest p of a step at go-live in one of the controls, times their number; None without controls.

    Each control that varies is judged as the series is, by the step model without controls, as it is (no
    logarithm), whether or not it could be told from the change and entered.
    """
    columns = built.sample.further[:, built.sample.further.shape[1] - built.sample.controls :]
    controls = standing(columns).rows(columns)
    count = controls.shape[1]
    if not count:
        return None
    own = built.raw[:, : built.raw.shape[1] - built.controls]
    base = problem(built.times, own, outcome=built.step, root_weights=None, floor=CONTROL_FLOOR).base
    rest = controls - base @ (base.T @ controls)
    together = np.column_stack([base, built.step, rest])
    floor = CONTROL_FLOOR * len(built.times)
    found = products(built.times, together, root_weights=None, candidates=Candidates(), floor=floor)
    size = base.shape[1] + 1
    contrast = np.zeros(size)
    contrast[-1] = 1.0
    tails = []
    for place in range(count):
        step = fit(found, tuple(range(size)), outcome=size + place).combination(contrast)
        below = float(step.below(0.0))
        tails.append(2 * min(below, 1 - below))
    return min(1.0, float(count * min(tails)))


def ordinary(built: Model, count: int) -> FloatArray:
    """The further columns (count, columns) of ordinary periods after: no holiday, controls at their mean after."""
    columns = built.sample.further
    row = np.zeros(columns.shape[1])
    for place in range(columns.shape[1] - built.sample.controls, columns.shape[1]):
        row[place] = mean(columns[built.sample.n_before :, place])
    return np.tile(row, (count, 1))
