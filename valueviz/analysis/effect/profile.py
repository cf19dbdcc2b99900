"""What counts say about a change: estimates and intervals by profile likelihood, a forecast, and what more would say.

An interval is what cannot be told from the best fit by its quasi-likelihood. It never goes beyond what counts can
be, keeps its sense where no event came after, and excludes no change exactly where the ratio's excludes 1.

Sources: Venzon and Moolgavkar (1988), Applied Statistics 37, 87–94 (profile likelihood); Bernal, Cummins and
Gasparrini (2017), Int. J. Epidemiology 46, 348–355 (the design and its worked example).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from valueviz.analysis.effect.count import (
    BEFORE,
    EQUAL,
    FREE,
    LOWEST,
    PRIOR_SPREAD,
    Counts,
    Scored,
    Tie,
    dispersion,
    informed,
    linear,
    mean_log,
    prior,
    scored,
)
from valueviz.analysis.effect.noise import FloatArray

# Effects ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CountAnswer:
    """The effect on counts under a step, or a step that drifts: estimate and intervals in the unit of the counts.

    `best` is the fit without a tie, `null` the one without a change, `spread` the dispersion. Source: the
    deviance of a tied fit less that of the free one, over the dispersion, is the square of a standard normal.
    """

    data: Counts
    best: Scored
    null: Scored
    spread: float
    slope: bool = False

    @property
    def observed(self) -> float:
        """The mean of the counts after."""
        return float(np.mean(self.data.after))

    @property
    def counterfactual(self) -> float:
        """The mean that was to be expected after without the change."""
        return math.exp(min(self.best.base, 700.0))

    @property
    def changed(self) -> float:
        """The mean of the model after, with the change: the observed one but for the prior of its drift."""
        return 0.0 if self.gone else math.exp(min(self.best.changed, 700.0))

    @property
    def gone(self) -> bool:
        """Whether no event came after go-live."""
        return not np.any(self.data.after > 0)

    @property
    def estimate(self) -> float:
        """Mean observed − mean counterfactual."""
        return self.changed - self.counterfactual

    @property
    def ratio(self) -> float:
        """The mean with the change over the mean counterfactual."""
        return self.changed / self.counterfactual

    def root(self) -> float:
        """The standard normal that a world without the change would have had to exceed, signed as the effect."""
        fall = max(0.0, self.null.deviance - self.best.deviance) / self.spread
        return math.copysign(math.sqrt(fall), self.estimate)

    def below_zero(self) -> float:
        """The probability that goes with an effect below zero."""
        from scipy.special import ndtr

        return float(ndtr(-self.root()))

    def base_error(self) -> float:
        """The standard error of the logarithm of the mean counterfactual."""
        return math.sqrt(self.spread * float(np.linalg.inv(self.best.information)[0, 0]))

    def null_error(self) -> float:
        """The standard error of the logarithm of the ratio if there is no change."""
        flat = np.concatenate([[self.null.parameters[0]], self.null.parameters])
        _, slopes, _, _ = linear(self.data, FREE, flat, slope=self.slope)
        weights = self.data.weights * self.null.fitted
        information = informed(slopes, weights, held=prior(self.data, FREE, slope=self.slope))
        inverse = np.linalg.inv(information)
        return math.sqrt(self.spread * float(inverse[0, 0] + inverse[1, 1] - 2 * inverse[0, 1]))

    def interval(self, level: float) -> tuple[float, float]:
        """The two ends of the effect at a level, in the unit of the counts."""
        unit = self.null_error() * max(self.counterfactual, self.changed) + 0.5 / len(self.data.after)
        return self._ends("difference", level, middle=self.estimate, unit=unit)

    def ratio_interval(self, level: float) -> tuple[float, float]:
        """The two ends of the ratio at a level."""
        middle = LOWEST if self.gone else self.best.changed - self.best.base
        low, high = self._ends("ratio", level, middle=middle, unit=self.null_error())
        return (0.0 if self.gone else math.exp(min(low, 700.0))), math.exp(min(high, 700.0))

    def _ends(
        self, kind: Literal["ratio", "difference"], level: float, *, middle: float, unit: float
    ) -> tuple[float, float]:
        from scipy.special import ndtri

        limit = float(ndtri((1 + level) / 2))
        profile = _Profile(self, kind)
        return profile.end(middle, -unit, limit=limit), profile.end(middle, unit, limit=limit)


def count_answer(
    data: Counts, *, slope: bool = False, clinging: float = 1.0, near: CountAnswer | None = None
) -> CountAnswer:
    """The effect on counts, its dispersion that of the free fit times `clinging`.

    Where no event came after there is nothing that could drift: the answer is that of a step.

    Args:
        data: the counts.
        slope: whether the change may drift.
        clinging: how much more the counts of neighbouring periods leave open than independent ones would.
        near: the answer for almost the same counts, to begin with.
    """
    gone = not np.any(data.after > 0)
    slope = slope and not gone
    alike = near is not None and near.gone == gone and near.slope == slope
    starts = (near.best.parameters, near.null.parameters) if near is not None and alike else (None, None)
    best = scored(data, Tie("gone") if gone else FREE, slope=slope, start=starts[0])
    spread = clinging * dispersion(data, best)
    return CountAnswer(data, best, scored(data, EQUAL, slope=slope, start=starts[1]), spread, slope)


@dataclass
class _Profile:
    """The signed root of the fall of the deviance along one tie, each fit begun where the last one ended."""

    answer: CountAnswer
    kind: Literal["ratio", "difference"]
    last: FloatArray | None = None
    side: bool = False

    def root(self, value: float) -> float:
        """The distance of a value from the best fit, in standard normals."""
        answer = self.answer
        if (value < 0) != self.side:
            self.last, self.side = None, value < 0
        found = scored(answer.data, Tie(self.kind, value), slope=answer.slope, start=self.last)
        self.last = found.parameters
        return math.sqrt(max(0.0, found.deviance - answer.best.deviance) / answer.spread)

    def end(self, middle: float, step: float, *, limit: float) -> float:
        """The value on the side of `step` whose distance is `limit`; the last one tried where there is none."""
        self.last = None
        near, far, short = middle, middle + limit * step, -limit
        for _ in range(40):
            beyond = self.root(far) - limit
            if beyond >= 0:
                return self._between(near, far, short=short, beyond=beyond, limit=limit)
            near, far, short = far, far + 2 * (far - middle), beyond
        return far

    def _between(self, near: float, far: float, *, short: float, beyond: float, limit: float) -> float:
        """The value between two whose distances lie `short` and `beyond` of the limit, by false position.

        Source: Dowell and Jarratt (1971), BIT 11, 168–174 (the end that stays is halved).
        """
        close, side = CLOSE * abs(far - near), 0
        for _ in range(60):
            at = (near * beyond - far * short) / (beyond - short)
            excess = self.root(at) - limit
            if abs(excess) < CLOSE or abs(far - near) < close:
                return at
            if excess < 0:
                near, short, beyond = at, excess, beyond / 2 if side < 0 else beyond
            else:
                far, beyond, short = at, excess, short / 2 if side > 0 else short
            side = -1 if excess < 0 else 1
        return far


CLOSE = 1e-7
"""Distance, in standard normals, at which an end is found."""


# What the counts before foretell, and what more of them would ──────────────────


@dataclass(frozen=True, slots=True)
class Foretold:
    """The fit of the counts before: the logarithm of the mean counterfactual after with its error, and the rest.

    `level` is the mean's own logarithm less that of its columns, `shares` what each period after adds to it.
    """

    data: Counts
    found: Scored
    spread: float
    mean: float
    mean_error: float

    def rows(self, columns: FloatArray, *, offsets: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The logarithms of the means of further periods and their errors.

        Args:
            columns: what moves them, (m, p), as in the counts.
            offsets: the logarithms of their exposures, (m,).
        """
        moved = self.found.parameters[1:]
        after = slice(self.data.split, None)
        level, shares = mean_log(self.data.columns[after] @ moved + self.data.offset[after])
        slopes = np.column_stack([np.ones(len(columns)), columns - shares @ self.data.columns[after]])
        variances = np.sum(slopes * np.linalg.solve(self.found.information, slopes.T).T, axis=1)
        errors: FloatArray = np.sqrt(self.spread * variances)
        return self.mean - level + columns @ moved + offsets, errors


def foretold(data: Counts, *, clinging: float) -> Foretold:
    """What the counts before go-live foretell."""
    found = scored(data, BEFORE)
    wider = clinging * dispersion(data, found)
    error = math.sqrt(wider * float(np.linalg.inv(found.information)[0, 0]))
    return Foretold(data, found, wider, found.base, error)


def periods_error(answer: CountAnswer, columns: FloatArray) -> tuple[float, float]:
    """The logarithm of the ratio, and the error it would have with further periods (m, p) like those after.

    Where no event came after, half an event is taken to have come.
    """
    data, best = answer.data, answer.best
    least = 0.5 / len(data.after)
    change = math.log(max(answer.changed, least) / answer.counterfactual)
    width = data.columns.shape[1]
    moved = best.parameters[best.parameters.size - width - answer.slope :][:width]
    known = data.columns @ moved + data.offset
    level = best.base - mean_log(known[data.split :])[0]
    logs = np.concatenate([known, columns @ moved + float(np.mean(data.offset[data.split :]))]) + level
    step = np.concatenate([np.zeros(data.split), np.ones(len(logs) - data.split)])
    rows = np.column_stack([np.ones(len(logs)), np.vstack([data.columns, columns]), step])
    weights = np.concatenate([data.weights, np.ones(len(columns))]) * np.exp(
        np.clip(logs + change * step, -60.0, 600.0)
    )
    held = np.array([0.0, *[PRIOR_SPREAD**-2] * width, 0.0])
    information = informed(rows, weights, held=held)
    return change, math.sqrt(answer.spread * float(np.linalg.inv(information)[-1, -1]))
