"""Synthetic series moved by several dated steps, with what each is known to have brought; seeded, no file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.analysis.synthetic import FIRST, autocorrelated
from valueviz.analysis.attribution import StepAt
from valueviz.analysis.effect import Design
from valueviz.terms import Grain, Series


@dataclass(frozen=True)
class Staged:
    """A kind of staged series: level 100, season, autocorrelated errors; `after` periods from each step to the next.

    `ramps` are the periods until a step is in full force; they are declared to the model where `declared`. `waves`
    makes the first step a roll-out in so many equal waves, three periods apart. `drift` a period is gradual change
    from the first step on that no step explains.
    """

    before: int
    after: tuple[int, ...]
    effects: tuple[float, ...]
    rho: float = 0.4
    sd: float = 4.0
    amplitude: float = 6.0
    season: float = 12.0
    grain: Grain = "month"
    drift: float = 0.0
    ramps: tuple[int, ...] = ()
    declared: bool = False
    waves: int = 1
    multiplicative: bool = False

    @property
    def starts(self) -> tuple[int, ...]:
        """The position of each step's first period."""
        return tuple(self.before + sum(self.after[:i]) for i in range(len(self.after)))

    @property
    def count(self) -> int:
        """The number of periods."""
        return self.before + sum(self.after)

    def force(self, position: int) -> np.ndarray:
        """How far a step is in force in each period, 0–1."""
        at, start = np.arange(self.count), self.starts[position]
        if position == 0 and self.waves > 1:
            return np.clip((at - start) // 3 + 1, 0, self.waves) / self.waves
        ramp = self.ramps[position] if self.ramps else 0
        return np.clip((at - start + 1) / (ramp + 1), 0.0, 1.0)

    def steps(self) -> tuple[StepAt, ...]:
        """The steps as they are declared."""
        made = []
        for position, start in enumerate(self.starts):
            profile = tuple(map(float, self.force(0))) if position == 0 and self.waves > 1 else None
            ramp = self.ramps[position] if self.declared else 0
            made.append(StepAt(f"step {position + 1}", FIRST + start, ramp=ramp, profile=profile))
        return tuple(made)

    def design(self) -> Design:
        """How the series is to be looked at."""
        return Design(FIRST + self.before, season=self.season, scale="log" if self.multiplicative else "identity")


@dataclass(frozen=True)
class Draw:
    """One drawn series and the truth: the mean contribution of each step, then of the drift."""

    series: Series
    truth: tuple[float, ...]

    @property
    def total(self) -> float:
        """What everything brought together."""
        return sum(self.truth)


def draw(rng: np.random.Generator, staged: Staged) -> Draw:
    """One draw; on a multiplicative series effects and drift are percentages, split by logarithmic means."""
    at = np.arange(staged.count)
    errors = staged.sd * autocorrelated(rng, staged.count, staged.rho)
    phases = rng.uniform(0, 2 * np.pi, size=2)
    season = sum(
        share * staged.amplitude * np.sin(2 * np.pi * harmonic * at / staged.season + phases[harmonic - 1])
        for harmonic, share in ((1, 1.0), (2, 0.4))
    )
    moves = [effect * staged.force(position) for position, effect in enumerate(staged.effects)]
    moves.append(staged.drift * np.maximum(0, at - staged.before))
    after = at >= staged.before
    if staged.multiplicative:
        logs = [np.log1p(move / 100) for move in moves]
        base = 100 * (1 + season / 100) * np.exp(errors / 100)
        values = base * np.exp(np.sum(logs, axis=0))
        whole = np.sum(logs, axis=0)[after]
        mean = np.where(whole == 0, values[after], (values - base)[after] / np.where(whole == 0, 1.0, whole))
        truth = tuple(float((mean * log[after]).mean()) for log in logs)
    else:
        values = 100 + season + errors + sum(moves)
        truth = tuple(float(move[after].mean()) for move in moves)
    ordinals = tuple(range(FIRST, FIRST + staged.count))
    return Draw(Series("synthetic", staged.grain, ordinals, tuple(map(float, values))), truth)
