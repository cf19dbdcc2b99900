"""Synthetic series with a known effect, for tests and for the calibration table; seeded, no file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.terms import Grain, Series

FIRST = 24_000
"""First ordinal of every synthetic series."""
WEEKDAYS = np.array([0, 1, 1, 0.5, 0.5, -1.5, -1.5]) * 10 / 1.5
FIRST_STEP_SHARE = 0.6
"""Of an effect in two steps, the share that comes with the first."""


@dataclass(frozen=True)
class Scenario:
    """A kind of series: level 100, trend a period, season (amplitude, period), autocorrelated errors, odd ways.

    The effect comes at once, or evenly over `ramp` periods, or its last two fifths `second` periods after go-live.
    `dip` is added to the first periods after go-live and `drift` a period from go-live on, whatever the effect.
    `shared` is the standard deviation of shocks that a control series feels too. With a `spread` the values are
    counts around a mean of `level`, their variance `spread` times their mean.
    """

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
    ramp: int = 0
    second: int = 0
    dip: tuple[float, ...] = ()
    drift: float = 0.0
    shared: float = 0.0
    level: float = 100.0
    spread: float = 0.0

    @property
    def count(self) -> int:
        """How many periods there are."""
        return self.before + self.after


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


def shape(scenario: Scenario, effect: float) -> np.ndarray:
    """What go-live does to each period, in percent of the level of 100: zero before."""
    since = np.arange(scenario.count) - scenario.before + 1
    first, second = force(scenario)
    done: np.ndarray = effect * (first + second) + scenario.drift * np.maximum(since, 0)
    start = scenario.before
    done[start : start + len(scenario.dip)] += scenario.dip
    return done


def force(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """The share of the effect that the first and the second step bring to each period."""
    since = np.arange(scenario.count) - scenario.before + 1
    first = np.clip(since / max(scenario.ramp, 1), 0, 1)
    if not scenario.second:
        return first, np.zeros(scenario.count)
    second = np.clip((since - scenario.second) / max(scenario.ramp, 1), 0, 1)
    return FIRST_STEP_SHARE * first, (1 - FIRST_STEP_SHARE) * second


def truth(scenario: Scenario, effect: float, *, transition: int = 0) -> float:
    """The mean of what go-live does over the periods after a transition."""
    return float(shape(scenario, effect)[scenario.before + transition :].mean())


def values(
    rng: np.random.Generator,
    scenario: Scenario,
    *,
    effect: float,
    festival: np.ndarray | None = None,
    shared: np.ndarray | None = None,
) -> np.ndarray:
    """The values of one draw, those after go-live moved by `effect` (a percentage where multiplicative)."""
    count = scenario.count
    at = np.arange(count)
    done = shape(scenario, effect)
    if scenario.spread:
        return counts(rng, scenario, mean=scenario.level * (1 + done / 100))
    season = np.zeros(count)
    errors = scenario.sd * autocorrelated(rng, count, scenario.rho)
    level = scenario.level + scenario.trend * at
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
    if shared is not None:
        errors += shared
    if scenario.multiplicative:
        made: np.ndarray = level * (1 + season / 100) * np.exp(errors / 100) * (1 + done / 100)
        return made
    made = level + season + errors + done
    return made if festival is None else made + 100 * scenario.festival * festival


def counts(rng: np.random.Generator, scenario: Scenario, *, mean: np.ndarray) -> np.ndarray:
    """Poisson counts, or negative binomial ones where their variance is more than their mean.

    Where errors are autocorrelated they move the mean, in percent.
    """
    if scenario.rho:
        mean = mean * np.exp(scenario.sd / 100 * autocorrelated(rng, scenario.count, scenario.rho))
    if scenario.spread == 1:
        return rng.poisson(mean).astype(float)
    return rng.negative_binomial(mean / (scenario.spread - 1), 1 / scenario.spread).astype(float)


def shocks(rng: np.random.Generator, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Shocks that two series share, and the values of the second, which no go-live touches."""
    shared = scenario.shared * autocorrelated(rng, scenario.count, 0.6)
    return shared, 50 + shared + rng.normal(size=scenario.count)


def series(
    rng: np.random.Generator,
    scenario: Scenario,
    *,
    effect: float,
    festival: np.ndarray | None = None,
    shared: np.ndarray | None = None,
    first: int = FIRST,
) -> Series:
    """One draw as a series that begins at `first`."""
    made = values(rng, scenario, effect=effect, festival=festival, shared=shared)
    drawn: list[float | None] = [float(value) for value in made]
    if scenario.missing:
        drawn = [
            None if gone else value
            for gone, value in zip(rng.random(len(drawn)) < scenario.missing, drawn, strict=True)
        ]
    return Series("synthetic", scenario.grain, tuple(range(first, first + len(drawn))), tuple(drawn))
