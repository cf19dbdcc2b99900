"""Synthetic series with a known effect, for tests and for the calibration table; seeded, no file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.terms import Grain, Series

FIRST = 24_000
"""First ordinal of every synthetic series."""
WEEKDAYS = np.array([0, 1, 1, 0.5, 0.5, -1.5, -1.5]) * 10 / 1.5


@dataclass(frozen=True)
class Scenario:
    """A kind of series: level 100, trend a period, season (amplitude, period), autocorrelated errors, odd ways."""

    before: int
    after: int
    rho: float = 0.0
    sd: float = 4.0
    trend: float = 0.0
    amplitude: float = 0.0
    season: float = 1.0
    grain: Grain = "month"
    walk: float = 0.0
    missing: float = 0.0
    outliers: float = 0.0
    festival: float = 0.0
    multiplicative: bool = False


SCENARIOS = {
    "S1": Scenario(24, 12, 0.4, 4, 0, 6, 12),
    "S2": Scenario(24, 12, 0.4, 4, 0.5, 6, 12),
    "S3": Scenario(104, 26, 0.6, 5, 0.1, 6, 52.18, "week"),
    "S4": Scenario(180, 90, 0.5, 6, 0.02, 0, 7, "day", missing=0.05, outliers=0.02),
    "S5": Scenario(36, 12, 0, 3, 0, 6, 12, walk=1.5),
    "S6": Scenario(12, 6, 0.3, 4),
    "S7": Scenario(52, 26, 0.8, 5, 0.1, 0, 1, "week"),
    "S8": Scenario(24, 12, 0, 4),
    "S9": Scenario(36, 12, 0.4, 4, 0, 6, 12, festival=-0.15),
    "S10": Scenario(24, 12, 0.4, 4, 0.5, 6, 12, multiplicative=True),
}


def autocorrelated(rng: np.random.Generator, count: int, rho: float) -> np.ndarray:
    """Stationary errors with standard deviation 1."""
    shocks = rng.normal(size=count)
    errors = np.empty(count)
    errors[0] = shocks[0]
    for i in range(1, count):
        errors[i] = rho * errors[i - 1] + np.sqrt(1 - rho**2) * shocks[i]
    return errors


def values(
    rng: np.random.Generator, scenario: Scenario, *, effect: float, festival: np.ndarray | None = None
) -> np.ndarray:
    """The values of one draw, those after go-live moved by `effect` (a percentage where multiplicative)."""
    count = scenario.before + scenario.after
    at = np.arange(count)
    errors = scenario.sd * autocorrelated(rng, count, scenario.rho)
    level = 100 + scenario.trend * at
    season = np.zeros(count)
    if scenario.amplitude:
        phases = rng.uniform(0, 2 * np.pi, size=2)
        for harmonic, share in ((1, 1.0), (2, 0.4)):
            season += (
                share * scenario.amplitude * np.sin(2 * np.pi * harmonic * at / scenario.season + phases[harmonic - 1])
            )
    if scenario.grain == "day":
        season += WEEKDAYS[at % 7]
    if scenario.walk:
        errors += np.cumsum(scenario.walk * rng.normal(size=count))
    if scenario.outliers:
        errors += (rng.random(count) < scenario.outliers) * 6 * scenario.sd * rng.choice([-1, 1], size=count)
    after = at >= scenario.before
    if scenario.multiplicative:
        made = level * (1 + season / 100) * np.exp(errors / 100)
        return made * np.where(after, 1 + effect / 100, 1.0)
    made = level + season + errors + np.where(after, effect, 0.0)
    return made if festival is None else made + 100 * scenario.festival * festival


def series(
    rng: np.random.Generator, scenario: Scenario, *, effect: float, festival: np.ndarray | None = None
) -> Series:
    """One draw as a series that begins at `FIRST`."""
    drawn: list[float | None] = [float(value) for value in values(rng, scenario, effect=effect, festival=festival)]
    if scenario.missing:
        drawn = [
            None if gone else value
            for gone, value in zip(rng.random(len(drawn)) < scenario.missing, drawn, strict=True)
        ]
    return Series("synthetic", scenario.grain, tuple(range(FIRST, FIRST + len(drawn))), tuple(drawn))
