"""The step in a weekly series of times, against how much the series wanders by itself; it knows no colours.

A process wanders: medians of one week differ from those of the next by more than its cases alone explain. The errors
are those of the effect's core (autocorrelation, noise, random walk, averaged over the grid), the columns a level and a
step, without a trend: over a few months a trend takes most of a step with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect.core import Candidates, Fit, Mixture, fit, posterior, products
from valueviz.analysis.effect.noise import GRID, FloatArray, filtered
from valueviz.analysis.process.log import Weekly
from valueviz.analysis.process.weeks import Weeks, within
from valueviz.analysis.threads import one_thread

LEAST_BEFORE = 12
"""Weeks before below which nothing is tested, as for any effect."""
LEAST_AFTER = 6
"""Weeks after below which nothing is tested, as for any effect."""
LEAST_SECONDS = 1.0
"""Medians below a second count as one: most are stamps of one moment, and a logarithm of zero there is none."""
LOOK_AHEAD = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 24, 30, 36, 48, 60, 78, 104)
"""Further weeks that are tried, in turn."""
FLOOR = 1e-18
"""Share of the variation that rounding may leave."""
CONTRAST = np.array([0.0, 1.0])
"""The step among level and step."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A step in the log of a weekly series: `size` (log of after / before), twice the smaller tail `p` at zero."""

    size: float
    p: float
    fitted: Fit
    times: tuple[float, ...]
    before: int

    @property
    def change(self) -> float:
        """The step as a share of what was before."""
        return float(np.expm1(self.size))


@one_thread
def jump(weekly: Weekly, span: Weeks) -> Jump | None:
    """The step between the two periods, None where there are too few weeks or nothing varies.

    Args:
        weekly: medians in seconds by the week the case starts.
        span: the weeks of the two periods.
    """
    before, after = within(weekly, span.before), within(weekly, span.after)
    if len(before.ordinals) < LEAST_BEFORE or len(after.ordinals) < LEAST_AFTER:
        return None
    logs = np.log(np.maximum(np.array([*before.values, *after.values]), LEAST_SECONDS))
    if float(np.ptp(logs)) <= 0 or float(np.std(logs)) < 1e-9:
        return None
    ordinals = np.array([*before.ordinals, *after.ordinals], dtype=np.float64)
    times = tuple(float(at) for at in ordinals - ordinals[0])
    middle = float(np.mean(logs))
    columns = np.column_stack([_columns(len(logs), before=len(before.ordinals)), logs - middle])
    found = products(times, columns, root_weights=None, candidates=Candidates(), floor=FLOOR * len(logs))
    fitted = fit(found, (0, 1), outcome=2)
    mixture = fitted.combination(CONTRAST)
    below = float(mixture.below(0.0))
    return Jump(float(mixture.mean()), min(1.0, 2 * min(below, 1 - below)), fitted, times, len(before.ordinals))


def _columns(count: int, *, before: int) -> FloatArray:
    return np.column_stack([np.ones(count), np.arange(count) >= before])


@one_thread
def weeks_needed(found: Jump, level: float) -> int | None:
    """How many more weeks like those after would bring p to `level` if the step stays as it is; None: more than tried.

    The errors keep their size, and show their kind at the rate at which they have so far: the logarithm of each kind's
    likelihood grows with the number of weeks. On simulated series p then falls about as it does when the weeks come;
    with the kinds as uncertain as today hardly any step would ever be settled.
    """
    last = found.times[-1]
    times = (*found.times, *(last + ahead for ahead in range(1, LOOK_AHEAD[-1] + 1)))
    rows = _columns(len(times), before=found.before)
    whitened = np.concatenate([block for _, block, _, _ in filtered(times, rows)], axis=1)
    here, fitted = len(found.times), found.fitted
    centres = np.sign(found.size) * fitted.combination(CONTRAST).centres
    spread = np.sqrt(fitted.residual / fitted.degrees)
    for ahead in LOOK_AHEAD:
        used = whitened[:, : here + ahead]
        pivot = np.linalg.cholesky(used.transpose(0, 2, 1) @ used)[:, -1, -1]
        told = (fitted.log_likelihood - GRID.log_prior) * (here + ahead) / here
        imagined = Mixture(posterior(GRID.log_prior + told), centres, spread / pivot, fitted.degrees + ahead)
        if 2 * float(imagined.below(0.0)) <= level:
            return ahead
    return None
