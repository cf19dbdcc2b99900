"""The answer for a staggered roll-out: imputation, its event study, its checks.

It brings `imputation` to the cells of a panel: which cells count how much, the sensitivity with a line of its own
for each unit, leads and placebo roll-outs, the counterfactual by period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.forecast import BAND_LEVEL, BandPoint
from valueviz.analysis.effect.imputation import (
    SPANNED,
    BoolArray,
    MeanEffect,
    Statistic,
    fitted,
    jackknife,
    kinds_of,
    mean_effect,
)
from valueviz.analysis.effect.model import Units, finite
from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.effect.pooled import PanelAnswer, Question
from valueviz.analysis.effect.result import Estimate, EventPoint
from valueviz.analysis.effect.straying import ROUNDING, Kinds, Straying

LEADS = 12
"""Periods before go-live that an event study shows at most; never more than half of what the median unit has."""
LEAD_BLOCKS = 2
"""Blocks the leads are tested in: enough to tell a dip from a drift, few enough for a dozen units."""
PRE_TREND_LEVEL = 0.05
"""Smaller p and units moved apart before go-live already."""
POINT_UNITS = 3
"""Units on which a point of the event study rests at least."""
EARLIER = 6
"""A placebo roll-out lies at least so many periods before the real one: the fewest periods after that may speak."""
PLACEBO_ROLL_OUTS = 8
"""Placebo roll-outs at most, evenly spread over how much earlier they could be."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The cells on the model's scale, standardised: value = centre + unit · standardised.

    `weights` are those of untreated cells in the fit, `shares` those of treated cells in the mean.
    """

    outcome: FloatArray
    centre: float
    unit: float
    weights: FloatArray
    shares: FloatArray
    cells: FloatArray


def answer(asked: Question) -> PanelAnswer | verdict.Gate:
    """The mean effect over treated cells that have an untreated unit beside them, with every check."""
    frame = _frame(asked)
    found = _mean(asked, frame, weights=frame.weights, shares=frame.shares)
    if found is None:
        return "refused", "too_few_periods"
    units = _units(asked, frame)
    lines = _with_lines(frame)
    step_slope = _sensitivity(lines, found, units=units)
    sign = _sign(found.estimate, found.straying)
    sign = sign if np.sign(step_slope.estimate) == sign else 0
    leads, trend = _leads(asked, frame) if asked.thorough else ((), None)
    placebo = _placebo(asked, frame) if asked.thorough else None
    flips = _flips(found, lines, sign=sign) if asked.thorough else None
    return PanelAnswer(
        theta=found.estimate,
        straying=found.straying,
        units=units,
        step_slope=step_slope,
        forecast=None,
        checks={
            "pre_trend": (trend, None if trend is None else trend >= PRE_TREND_LEVEL),
            "placebo": (placebo, None if placebo is None else placebo <= checks.PLACEBO_SHARE),
            "leave_one_out": (flips, None if flips is None else flips == 0),
        },
        band=_band(asked, frame) if asked.thorough else (),
        event_study=(*leads, *_after(asked, frame)) if asked.thorough else (),
    )


def _frame(asked: Question) -> Frame:
    """The cells standardised, with what each counts.

    A cell counts by its volume, where there are volumes and the metric is no sum; on the log scale also by its
    counterfactual, so that the mean agrees with the mean in the unit of the values to first order.
    """
    cells = asked.cells
    usable = cells.usable
    raw = np.where(usable, cells.values, np.nan)
    outcome = np.log(raw) if asked.scale == "log" else raw
    size = float(np.nanmax(np.abs(outcome))) or 1.0
    away = outcome / size - float(np.nanmedian(outcome)) / size
    spread = float(np.nanstd(away)) or 1.0
    standardised = away / spread
    weights = np.where(cells.untreated, cells.weights, 0.0)
    shares = np.where(cells.treated, 1.0 if asked.panel.summed else cells.weights, 0.0)
    found = fitted(standardised, weights)
    expected = np.full(raw.shape, np.nan) if found is None else found.cells
    shares = np.where(np.isfinite(expected), shares, 0.0)
    unit = spread * size
    if asked.scale == "log" and np.any(shares > 0):
        logs = unit * np.where(shares > 0, expected, -np.inf)
        shares = shares * np.exp(logs - logs.max())
    return Frame(standardised, float(np.nanmedian(outcome)), unit, weights, shares, expected)


def _mean(
    asked: Question, frame: Frame, *, weights: FloatArray, shares: FloatArray, shared: Kinds | None = None
) -> MeanEffect | None:
    return mean_effect(frame.outcome, weights, shares=shares, ordinals=asked.cells.ordinals, shared=shared)


def _units(asked: Question, frame: Frame) -> Units:
    """The way back to the unit of the values: the observed mean is that of the cells that count."""
    shares = np.where(frame.shares > 0, 1.0 if asked.panel.summed else asked.cells.weights, 0.0)
    values = np.where(shares > 0, asked.cells.values, 0.0)
    largest = float(np.max(np.abs(values))) or 1.0
    observed = largest * float(np.sum(shares * (values / largest)) / np.sum(shares))
    return Units(asked.scale, frame.unit, observed, observed)


# The sensitivity ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Lines:
    """The mean effect where each unit has a line of its own: whole, its error, without each unit."""

    estimate: float
    error: float
    without: FloatArray


def _with_lines(frame: Frame) -> _Lines | None:
    """The mean effect against lines that each unit's untreated cells continue; None where they cannot be told."""

    def mean(kept: BoolArray) -> FloatArray | None:
        found = fitted(frame.outcome[kept], frame.weights[kept], trends=True)
        if found is None:
            return None
        shares = np.where(np.isfinite(found.cells), frame.shares[kept], 0.0)
        if shares.sum() <= 0:
            return None
        effects = np.where(shares > 0, frame.outcome[kept] - found.cells, 0.0)
        return np.array([float(np.sum(shares * effects) / shares.sum())])

    found = jackknife(mean, len(frame.outcome))
    if found is None:
        return None
    return _Lines(float(found.whole[0]), max(float(found.errors()[0]), ROUNDING), found.without[:, 0])


def _sensitivity(lines: _Lines | None, found: MeanEffect, *, units: Units) -> Estimate:
    """The effect with a line of its own for each unit; the primary one where no unit's line can be told.

    Its interval is wider than that of the primary by as much as leaving out units says.
    """
    theta = found.estimate if lines is None else lines.estimate
    wider = 1.0 if lines is None else lines.error / found.error
    half = wider * found.straying.half(verdict.PRINTED_LEVEL)
    return Estimate(units.effect(theta), units.effect(theta - half), units.effect(theta + half), verdict.PRINTED_LEVEL)


def _sign(theta: float, straying: Straying) -> int:
    """The direction in which the interval of the claim excludes zero, 0 where it does not."""
    return int(np.sign(theta)) if straying.beyond(theta) < 1 - verdict.CLAIM_LEVEL else 0


def _flips(found: MeanEffect, lines: _Lines | None, *, sign: int) -> int:
    """The number of units without any one of which the verdict would be another."""
    flips = 0
    for unit, theta in enumerate(found.without):
        stated = _sign(float(theta), found.straying_without(unit)) if np.isfinite(theta) else 0
        if lines is not None and np.sign(lines.without[unit]) != stated:
            stated = 0
        flips += stated != sign
    return flips


# Before and after, period by period ──────────────────────────────────────────


def _leads(asked: Question, frame: Frame) -> tuple[tuple[EventPoint, ...], float | None]:
    """The effect in the periods before go-live, where there should be none, and the joint p of their blocks."""
    cells = asked.cells
    lengths = cells.untreated[cells.live].sum(axis=1)
    most = min(LEADS, int(np.median(lengths[lengths > 0])) // 2)
    if most < LEAD_BLOCKS:
        return (), None
    before = np.where(frame.weights > 0, -cells.distance, np.inf)
    single = np.stack([before == lead for lead in range(1, most + 1)], axis=2).astype(np.float64)
    block = -(-most // LEAD_BLOCKS)
    blocks = np.stack(
        [(before > block * place) & (before <= min(most, block * (place + 1))) for place in range(LEAD_BLOCKS)], axis=2
    ).astype(np.float64)
    points = _event_points(asked, frame, columns=single)
    return points, _joint(frame, blocks)


def _coefficients(frame: Frame, columns: FloatArray) -> Statistic:
    def statistic(kept: BoolArray) -> FloatArray | None:
        found = fitted(frame.outcome[kept], frame.weights[kept], columns=columns[kept])
        return None if found is None else found.coefficients

    return statistic


def _event_points(asked: Question, frame: Frame, *, columns: FloatArray) -> tuple[EventPoint, ...]:
    """One point a lead, the earliest first."""
    counts = columns.any(axis=1).sum(axis=0)
    shown = np.flatnonzero(counts >= POINT_UNITS)
    found = jackknife(_coefficients(frame, columns[:, :, shown]), len(columns)) if len(shown) else None
    if found is None:
        return ()
    errors = found.errors()
    points = [
        _point(asked, frame, distance=-int(lead) - 1, found=(float(theta), float(error)), cells=columns[:, :, lead] > 0)
        for lead, theta, error in zip(shown, found.whole, errors, strict=True)
    ]
    return tuple(reversed(points))


def _point(asked: Question, frame: Frame, *, distance: int, found: tuple[float, float], cells: BoolArray) -> EventPoint:
    """A point in the unit of the values, from an effect and its error on the model's scale."""
    from scipy.special import stdtrit

    count = int(cells.any(axis=1).sum())
    theta, error = found
    half = float(stdtrit(count - 1, (1 + verdict.PRINTED_LEVEL) / 2)) * error
    observed = float(np.mean(asked.cells.values[cells]))
    units = Units(asked.scale, frame.unit, observed, observed)
    factor = asked.factor
    middle, low, high = (finite(factor * units.effect(end)) for end in (theta, theta - half, theta + half))
    return EventPoint(distance, middle, low, high, count)


def _joint(frame: Frame, blocks: FloatArray) -> float | None:
    """The p of no difference in any block of leads: Hotelling's T² with the jackknife covariance."""
    from scipy.special import fdtrc

    blocks = blocks[:, :, blocks.any(axis=(0, 1))]
    units, width = len(blocks), blocks.shape[2]
    found = jackknife(_coefficients(frame, blocks), units) if width else None
    if found is None or units <= width + 1:
        return None
    covariance = found.covariance()
    covariance += (ROUNDING**2 + SPANNED * float(np.trace(covariance))) * np.eye(width)
    statistic = float(found.whole @ np.linalg.solve(covariance, found.whole))
    degrees = units - 1
    return float(fdtrc(width, degrees - width + 1, statistic * (degrees - width + 1) / (degrees * width)))


def _after(asked: Question, frame: Frame) -> tuple[EventPoint, ...]:
    """The effect by periods since go-live."""
    distances = np.where(frame.shares > 0, asked.cells.distance, -1.0)
    counts = {int(at): int((distances == at).any(axis=1).sum()) for at in np.unique(distances[distances >= 0])}
    shown = [at for at, count in counts.items() if count >= POINT_UNITS]
    if not shown:
        return ()
    members = np.stack([np.where(distances == at, frame.shares, 0.0) for at in shown], axis=2)

    def means(kept: BoolArray) -> FloatArray | None:
        fit = fitted(frame.outcome[kept], frame.weights[kept])
        if fit is None:
            return None
        there = np.isfinite(fit.cells) & np.isfinite(frame.outcome[kept])
        effects = np.where(there, frame.outcome[kept] - fit.cells, 0.0)
        flat = members[kept].reshape(-1, len(shown))
        total = there.ravel().astype(np.float64) @ flat
        average: FloatArray = np.where(total > 0, effects.ravel() @ flat / np.where(total > 0, total, 1.0), np.nan)
        return average

    each = jackknife(means, len(members))
    if each is None:
        return ()
    return tuple(
        _point(asked, frame, distance=at, found=(float(theta), float(error)), cells=distances == at)
        for at, theta, error in zip(shown, each.whole, each.errors(), strict=True)
    )


def _placebo(asked: Question, frame: Frame) -> float | None:
    """The share of earlier roll-outs, with what came after go-live left out, that would be stated."""
    cells = asked.cells
    untreated = frame.weights > 0
    stated = []
    longest = int(max(0.0, np.max(np.where(untreated & cells.live[:, None], -cells.distance, 0.0))))
    shifts = range(EARLIER, longest - verdict.MIN_BEFORE + 1)
    shared = kinds_of(frame.outcome, frame.weights, shares=frame.shares, ordinals=cells.ordinals)
    for shift in _spread_over(shifts, most=PLACEBO_ROLL_OUTS):
        fake = untreated & (cells.distance >= -shift)
        weights = np.where(untreated & ~fake, frame.weights, 0.0)
        early = int((untreated & ~fake & cells.live[:, None]).any(axis=0).sum())
        late = int((fake & (weights > 0).any(axis=0)).any(axis=0).sum())
        if early < verdict.MIN_BEFORE or late < verdict.MIN_AFTER:
            continue
        found = _mean(asked, frame, weights=weights, shares=np.where(fake, cells.weights, 0.0), shared=shared)
        if found is not None:
            stated.append(_sign(found.estimate, found.straying) != 0)
    return float(np.mean(stated)) if stated else None


def _spread_over(values: range, *, most: int) -> tuple[int, ...]:
    if len(values) <= most:
        return tuple(values)
    return tuple(sorted({round(float(value)) for value in np.linspace(values[0], values[-1], most)}))


# The counterfactual by period ────────────────────────────────────────────────


def _band(asked: Question, frame: Frame) -> tuple[BandPoint, ...]:
    """The mean counterfactual of the treated units in each period, with its 95 % range.

    The range holds what the fit does not know and how far a mean of that many units strays about it.
    """
    from scipy.special import stdtrit

    cells = asked.cells
    shown = cells.live[:, None] & np.isfinite(cells.values)
    everything = np.where(shown & np.isfinite(frame.cells), 1.0, 0.0)
    count = everything.sum(axis=0)
    rest = np.where(frame.weights > 0, frame.outcome - frame.cells, 0.0)
    noise = float(np.sum(frame.weights * rest**2) / np.sum(frame.weights))

    def means(kept: BoolArray) -> FloatArray | None:
        fit = fitted(frame.outcome[kept], frame.weights[kept])
        if fit is None:
            return None
        there = everything[kept] * np.isfinite(fit.cells)
        total = there.sum(axis=0)
        sums = np.sum(np.where(there > 0, fit.cells, 0.0), axis=0)
        average: FloatArray = np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan)
        return average

    each = jackknife(means, len(everything))
    if each is None:
        return ()
    errors = np.sqrt(each.errors() ** 2 + noise / np.maximum(count, 1))
    halves = float(stdtrit(len(everything) - 1, (1 + BAND_LEVEL) / 2)) * errors * frame.unit
    levels = frame.centre + frame.unit * frame.cells
    return tuple(
        _band_point(asked, place=int(place), levels=levels[everything[:, place] > 0, place], half=float(halves[place]))
        for place in np.flatnonzero(count > 0)
    )


def _band_point(asked: Question, *, place: int, levels: FloatArray, half: float) -> BandPoint:
    """The band of one period from the counterfactuals of its units and half its width, on the model's scale."""
    if asked.scale == "log":
        middle = float(np.mean(np.exp(levels)))
        ends = (middle * np.exp(-half), middle, middle * np.exp(min(half, 700.0)))
    else:
        middle = float(np.mean(levels))
        ends = (middle - half, middle, middle + half)
    return BandPoint(asked.panel.ordinals[place], *(finite(asked.factor * float(end)) for end in ends))
