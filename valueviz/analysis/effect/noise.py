"""The errors of a series: autocorrelation, noise and a random walk, on a fixed grid of 27 kinds.

It knows times, not what happens in them. Columns are whitened by a Kalman filter, so that the cost
grows with the number of points, not with its cube. One kind of error has the covariance (up to a scale)

    V(t, s) = (1 − nugget) · rho^|t − s| + nugget · [t = s] + walk · min(t, s)

with t in periods from the first point. A series is too short to choose the kind, so every estimate
is averaged over the grid, each kind weighted by its marginal likelihood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

RHO = (0.0, 0.3, 0.6, 0.85, 0.96)
"""Autocorrelation of neighbouring periods; the last two carry the slow swings of operating data."""
NUGGET = (0.0, 0.4)
"""Share of the stationary part that is pure measurement noise; without autocorrelation there is only noise."""
WALK = (0.0, 0.02, 0.1)
"""Variance a period of the random walk, in units of the stationary part: what makes the interval honest."""
KEPT_POINTS = 160
"""Up to here the whitened single points, steps and ramps are kept for the next series at the same times."""
BLOCK = 512
"""Rows the filter hands on at a time: bounds memory on long series."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The kinds of error: one array entry a kind."""

    rho: FloatArray
    nugget: FloatArray
    walk: FloatArray
    log_prior: FloatArray

    def __len__(self) -> int:
        """The number of kinds."""
        return len(self.rho)


def _grid() -> Grid:
    edges = [0.0, *((low + high) / 2 for low, high in pairwise(RHO)), 1.0]
    rows = []
    for rho, low, high in zip(RHO, edges[:-1], edges[1:], strict=True):
        nuggets = NUGGET if rho else NUGGET[:1]
        rows += [
            (rho, nugget, walk, np.log((high - low) / len(nuggets) / len(WALK))) for nugget in nuggets for walk in WALK
        ]
    return Grid(*(np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)))


GRID = _grid()
"""Prior weights: rho by the width of its cell between midpoints on 0–1, nugget and walk evenly inside it."""


def covariance(times: FloatArray) -> FloatArray:
    """The covariance matrices of all kinds, shape (kinds, n, n)."""
    distance = np.abs(times[:, None] - times[None, :])
    # 0 ** 0 is 1: without autocorrelation only the diagonal remains
    stationary = GRID.rho[:, None, None] ** distance
    matrix = (1 - GRID.nugget)[:, None, None] * stationary
    matrix += GRID.walk[:, None, None] * np.minimum(times[:, None], times[None, :])
    diagonal = np.arange(len(times))
    matrix[:, diagonal, diagonal] += GRID.nugget[:, None]
    return matrix


def reverse_cumsum(columns: FloatArray) -> FloatArray:
    """Sums of the last axis from each position to the end: steps out of single points."""
    sums = np.empty_like(columns)
    np.cumsum(columns[..., ::-1], axis=-1, out=sums[..., ::-1])
    return sums


# The filter ──────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Gains:
    """The Kalman filter's constants, shape (n, kinds): they depend on the times alone.

    States: the autocorrelated part and the walk; `spread` is the standard deviation of the innovation.
    `state` is the covariance of the two states after each point, as (aa, aw, ww).
    """

    decay: FloatArray
    gain: FloatArray
    drift: FloatArray
    spread: FloatArray
    state: FloatArray


@lru_cache(maxsize=4)
def gains(times: tuple[float, ...]) -> Gains:
    """The filter's constants for these times, computed once for all columns.

    Source: Durbin and Koopman (2012), Time Series Analysis by State Space Methods, §4.3.
    """
    count, kinds = len(times), len(GRID)
    decay, gain, drift, spread = (np.empty((count, kinds)) for _ in range(4))
    state = np.empty((count, 3, kinds))
    stationary = 1 - GRID.nugget
    ar, cross, walk = stationary.copy(), np.zeros(kinds), np.zeros(kinds)
    before, settled = -1.0, False
    for i, now in enumerate(times):
        gap = now - times[i - 1] if i else 0.0
        if settled and gap == before:
            for array in (decay, gain, drift, spread, state):
                array[i] = array[i - 1]
            continue
        decay[i] = GRID.rho**gap if i else 0.0
        if i:
            ar = decay[i] ** 2 * ar + stationary * (1 - decay[i] ** 2)
            cross = decay[i] * cross
            walk = walk + GRID.walk * gap
        variance = ar + 2 * cross + walk + GRID.nugget
        gain[i], drift[i], spread[i] = (ar + cross) / variance, (cross + walk) / variance, np.sqrt(variance)
        ar, cross, walk = (
            ar - gain[i] ** 2 * variance,
            cross - gain[i] * drift[i] * variance,
            walk - drift[i] ** 2 * variance,
        )
        state[i] = ar, cross, walk
        settled = (
            i > 1
            and gap == before
            and bool(np.all(np.abs(gain[i] - gain[i - 1]) + np.abs(drift[i] - drift[i - 1]) < 1e-15))
        )
        before = gap
    return Gains(decay, gain, drift, spread, state)


def filtered(
    times: tuple[float, ...], columns: FloatArray
) -> Iterator[tuple[slice, FloatArray, FloatArray, FloatArray]]:
    """Blocks of whitened rows, the slice they cover, the log innovation spreads, the states after them.

    Args:
        times: periods from the first point, rising.
        columns: shape (n, m).

    Yields:
        slice of rows; whitened rows (kinds, block, m); log spreads (kinds, block); states (kinds, 2, m).
    """
    constants = gains(times)
    kinds, width = len(GRID), columns.shape[1]
    level, walk = np.zeros((kinds, width)), np.zeros((kinds, width))
    for start in range(0, len(times), BLOCK):
        stop = min(start + BLOCK, len(times))
        rows = np.empty((kinds, stop - start, width))
        for i in range(start, stop):
            level *= constants.decay[i][:, None]
            innovation = columns[i] - level
            innovation -= walk
            np.divide(innovation, constants.spread[i][:, None], out=rows[:, i - start])
            level += constants.gain[i][:, None] * innovation
            walk += constants.drift[i][:, None] * innovation
        yield slice(start, stop), rows, np.log(constants.spread[start:stop]).T, np.stack([level, walk], axis=1)


@dataclass(frozen=True, slots=True)
class Standard:
    """Whitened standard columns at some times, shape (kinds, n, n): column i belongs to point i.

    `points` is one at point i and zero elsewhere, `steps` one from point i on; `points[k] @ z` whitens
    any other column z.
    """

    points: FloatArray
    steps: FloatArray
    log_spread: FloatArray


@lru_cache(maxsize=4)
def standard(times: tuple[float, ...]) -> Standard:
    """The standard columns at these times; for at most `KEPT_POINTS` of them, which is one block."""
    _, points, log_spread, _ = next(filtered(times, np.eye(len(times))))
    steps = reverse_cumsum(points)
    for array in (points, steps, log_spread):
        array.flags.writeable = False
    return Standard(points, steps, log_spread)


@lru_cache(maxsize=2)
def standard_ramps(times: tuple[float, ...]) -> FloatArray:
    """The whitened time since point i from there on, shape (kinds, n, n)."""
    kept = standard(times)
    at = np.array(times)
    ramps = reverse_cumsum(kept.points * at)
    ramps -= kept.steps * at
    ramps.flags.writeable = False
    return ramps
