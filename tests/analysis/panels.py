"""Synthetic panels with a known effect, for tests and for the calibration table; seeded, no file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.analysis.synthetic import FIRST, autocorrelated
from valueviz.analysis.effect import Panel

LEVEL = 20.0
"""Mean level of every synthetic panel."""


@dataclass(frozen=True)
class Draw:
    """A panel, the mean effect of its cells that count, and its arrays (units, periods)."""

    panel: Panel
    truth: float
    values: np.ndarray
    distance: np.ndarray


def panel_of(values: np.ndarray, starts: np.ndarray, *, key: str = "panel", first: int = FIRST) -> Panel:
    """The panel of an array (units, periods), NaN = missing; `starts` are positions, inf = never."""
    periods = values.shape[1]
    return Panel(
        key=key,
        grain="month",
        ordinals=tuple(range(first, first + periods)),
        units=tuple(f"unit {number:02d}" for number in range(len(values))),
        values=tuple(tuple(float(value) if np.isfinite(value) else None for value in row) for row in values),
        go_lives=tuple(first + int(start) if np.isfinite(start) else None for start in starts),
    )


def _draw(values: np.ndarray, starts: np.ndarray, effects: np.ndarray) -> Draw:
    distance = np.arange(values.shape[1]) - starts[:, None]
    there = np.isfinite(values)
    beside = (there & (distance < 0)).any(axis=0)
    counted = there & (distance >= 0) & beside
    return Draw(panel_of(values, starts), float(effects[counted].mean()), values, distance)


def roll_out(
    rng: np.random.Generator,
    *,
    units: int = 40,
    never: int = 8,
    periods: int = 24,
    effect: float = -0.8,
    rho: float = 0.5,
    differ: float = 0.0,
    ramp: float = 0.0,
    drift: float = 0.0,
    slopes: float = 0.0,
    missing: float = 0.0,
) -> Draw:
    """A staggered roll-out between periods 8 and 18: unit levels, common periods, autocorrelated errors of sd 1."""
    errors = np.array([autocorrelated(rng, periods, rho) for _ in range(units)])
    starts = rng.integers(8, 19, units).astype(np.float64)
    starts[rng.permutation(units)[:never]] = np.inf
    at = np.arange(periods)
    distance = at - starts[:, None]
    grown = np.clip((distance + 1) / ramp, 0, 1) if ramp else (distance >= 0).astype(np.float64)
    effects = (effect + differ * rng.normal(size=units))[:, None] * np.where(distance >= 0, grown, 0.0)
    lines = np.where(np.isfinite(starts), drift, 0.0) + slopes * rng.normal(size=units)
    common = np.cumsum(rng.normal(0, 0.5, periods))
    values = LEVEL + rng.normal(0, 2, units)[:, None] + common + errors + effects + lines[:, None] * at
    values[rng.random(values.shape) < missing] = np.nan
    return _draw(values, starts, effects)


@dataclass(frozen=True)
class TwoGroups:
    """A group that goes live in one period and one that never does."""

    treated: float = 6
    others: float = 10
    before: int = 24
    after: int = 12
    effect: float = -1.5
    rho: float = 0.5


def two_groups(rng: np.random.Generator, kind: TwoGroups) -> Draw:
    """Two groups with unit levels, common periods and autocorrelated errors of sd 1."""
    units, periods = int(kind.treated + kind.others), kind.before + kind.after
    errors = np.array([autocorrelated(rng, periods, kind.rho) for _ in range(units)])
    starts = np.where(np.arange(units) < kind.treated, float(kind.before), np.inf)
    effects = np.where(np.arange(periods) >= starts[:, None], kind.effect, 0.0)
    common = np.cumsum(rng.normal(0, 0.5, periods))
    return _draw(LEVEL + rng.normal(0, 2, units)[:, None] + common + errors + effects, starts, effects)


def one_of_many(
    rng: np.random.Generator,
    *,
    donors: float = 20,
    before: int = 24,
    after: int = 12,
    effect: float = -3.0,
    rho: float = 0.5,
    noisier: float = 1.0,
) -> Draw:
    """One treated unit among donors; every unit follows two wandering factors to its own degree."""
    units, periods = int(donors) + 1, before + after
    factors = np.cumsum(rng.normal(0, 0.5, (2, periods)), axis=1)
    loadings = rng.uniform(0, 2, (units, 2))
    errors = np.array([autocorrelated(rng, periods, rho) for _ in range(units)])
    errors[0] *= noisier
    starts = np.where(np.arange(units) < 1, float(before), np.inf)
    effects = np.where(np.arange(periods) >= starts[:, None], effect, 0.0)
    return _draw(LEVEL + rng.normal(0, 1, units)[:, None] + loadings @ factors + errors + effects, starts, effects)
