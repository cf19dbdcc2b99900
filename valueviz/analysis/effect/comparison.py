"""The answer for treated units beside donors: difference-in-differences, synthetic control, synthetic DiD.

It brings `synthetic` to the complete rectangle of a panel. How far an effect strays without any cause is taken from
units, not from time: from the donors, each as if it had been treated, or from the spread within both groups. The
gap series (treated − weighted donors) goes through the core of single series for step + slope and forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.design import Design
from valueviz.analysis.effect.estimate import estimate
from valueviz.analysis.effect.forecast import BAND_LEVEL, BandPoint
from valueviz.analysis.effect.imputation import FEW_DEGREES, kinds_of
from valueviz.analysis.effect.model import Units, finite, mean
from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.effect.panel import MIN_DONORS
from valueviz.analysis.effect.pooled import PanelAnswer, Question
from valueviz.analysis.effect.result import Effect, Estimate, EventPoint
from valueviz.analysis.effect.straying import Kinds, Straying, single
from valueviz.analysis.effect.synthetic import (
    Comparison,
    Method,
    Placebos,
    difference,
    placebos,
    synthetic_control,
    synthetic_did,
)
from valueviz.terms import Series

PRE_TREND_LEVEL = 0.05
"""Smaller p and the two groups moved apart before go-live already."""
POINT_UNITS = 3
"""Treated units on which a point of the event study rests at least."""
SHOWN_DONOR = 0.0005
"""Smaller weights print as zero and are left out of the list of donors."""
METHODS: dict[str, Method] = {"did": difference, "sc": synthetic_control, "sdid": synthetic_did}


@dataclass(frozen=True, slots=True)
class Spread:
    """How far things stray without a cause: the effect, the slope before and the gap of each period (standard errors).

    `degrees` are those of slope and gaps, from the spread between units.

    `placebo` is the share of donors for which a change would be stated, `rank` the share of all units whose effect is
    at least as large as the treated one, None where placebos do not carry the interval.
    """

    effect: Straying
    degrees: float
    slope: float
    gaps: FloatArray
    placebo: float | None
    rank: float | None

    @property
    def quantile(self) -> float:
        """Standard errors in half the width of a printed interval."""
        return self.effect.half(BAND_LEVEL) / self.effect.error


def answer(asked: Question) -> PanelAnswer | verdict.Gate:
    """The effect by comparison with donors, or the refusal of its gap series."""
    groups = _groups(asked)
    treated, donors, before = groups.treated, groups.donors, asked.block.before
    found = METHODS[asked.method](treated.mean(axis=0), donors, before=before, treated_units=len(treated))
    alone = _gap_effect(asked, found)
    if alone.step_slope is None and alone.reason != "constant":
        return "refused", alone.reason or "constant"
    spread = _spread(asked, found, treated=treated, donors=donors)
    observed = mean(asked.cells.values[list(asked.block.treated)][:, list(asked.block.periods[before:])])
    units = Units(asked.scale, groups.unit, observed, observed)
    slope = _slope(alone, found, spread=spread, units=units)
    sign = _sign(found.effect, spread.effect) if _same(found.effect, slope.estimate) else 0
    flips = _flips(asked, treated, donors, sign=sign) if asked.thorough else None
    trend = _two_sided(found.slope(), spread.slope, spread.degrees)
    return PanelAnswer(
        theta=found.effect,
        straying=spread.effect,
        units=units,
        step_slope=slope,
        forecast=None if alone.forecast is None else _in_values(alone.forecast, units),
        checks={
            **{check.name: (check.value, check.ok) for check in alone.diagnostics if check.name in FROM_GAP},
            "pre_trend": (trend, trend >= PRE_TREND_LEVEL),
            "placebo": (spread.placebo, None if spread.placebo is None else spread.placebo <= checks.PLACEBO_SHARE),
            "leave_one_out": (flips, None if flips is None else flips == 0),
        },
        p_value=None if asked.method == "did" else spread.rank,
        band=_band(asked, found, spread) if asked.thorough else (),
        event_study=_events(asked, found, spread, units=units) if asked.thorough else (),
        donors=_named(asked, found),
    )


FROM_GAP = ("wandering", "residual_autocorrelation", "change_date", "xmr")
"""Checks that are those of the gap series."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Treated units and donors, (units, periods), on the model's scale: value = centre + unit · standardised."""

    treated: FloatArray
    donors: FloatArray
    centre: float
    unit: float


def _groups(asked: Question) -> Groups:
    """The two groups, standardised together: neither a common constant nor the unit changes any weight."""
    block = asked.block
    values = asked.cells.values[[*block.treated, *block.donors]][:, list(block.periods)]
    outcome = np.log(values) if asked.scale == "log" else values
    size = float(np.max(np.abs(outcome))) or 1.0
    middle = float(np.median(outcome))
    away = outcome / size - middle / size
    spread = float(np.std(away)) or 1.0
    many = len(block.treated)
    return Groups(away[:many] / spread, away[many:] / spread, middle, spread * size)


def _gap_effect(asked: Question, found: Comparison) -> Effect:
    """The effect of the gap series by the core of single series.

    What is common to the units, a season or a trend, has gone with the comparison; a declared season stays.
    """
    block, design = asked.block, asked.design
    start = float(asked.cells.starts[block.treated[0]])
    ordinals = tuple(asked.panel.ordinals[place] for place in block.periods)
    gap = Series(asked.panel.key, asked.panel.grain, ordinals, tuple(float(value) for value in found.gap))
    single = Design(
        go_live=int(start),
        better=design.better,
        transition=design.transition,
        scale="identity",
        season=1.0 if design.season == "auto" else design.season,
        method="segmented_step",
    )
    return estimate(gap, single, thorough=False)


def _slope(alone: Effect, found: Comparison, *, spread: Spread, units: Units) -> Estimate:
    """Step + slope of the gap; where the gap did not vary before there is no slope to allow for: the effect itself."""
    if alone.step_slope is not None:
        return _in_values(alone.step_slope, units)
    half = spread.effect.half(verdict.PRINTED_LEVEL)
    ends = Estimate(found.effect, found.effect - half, found.effect + half, verdict.PRINTED_LEVEL)
    return _in_values(ends, units)


def _in_values(found: Estimate, units: Units) -> Estimate:
    return Estimate(units.effect(found.estimate), units.effect(found.low), units.effect(found.high), found.level)


def _sign(theta: float, straying: Straying) -> int:
    """The direction in which the interval of the claim excludes zero, 0 where it does not."""
    return int(np.sign(theta)) if straying.beyond(theta) < 1 - verdict.CLAIM_LEVEL else 0


def _same(one: float, other: float) -> bool:
    return bool(np.sign(one) == np.sign(other))


def _two_sided(value: float, error: float, degrees: float) -> float:
    from scipy.special import stdtr

    return 2 * float(stdtr(degrees, -abs(value) / error)) if error > 0 else 1.0


# Spread between units ────────────────────────────────────────────────────────


def _spread(asked: Question, found: Comparison, *, treated: FloatArray, donors: FloatArray) -> Spread:
    before = asked.block.before
    if asked.method == "did":
        return _group_spread(asked, treated, donors)
    runs = placebos(METHODS[asked.method], donors, before=before, treated_units=len(treated))
    return _placebo_spread(found, runs)


def _placebo_spread(found: Comparison, runs: Placebos) -> Spread:
    """Spread of the donors' placebo effects about zero, wider where the treated unit is followed less well.

    Source: Arkhangelsky et al. (2021), algorithm 4; the ratio of misfits as in Abadie et al. (2010).
    """
    effects = runs.effects
    degrees = len(effects) - 1
    poorer = max(1.0, found.misfit() / runs.misfit()) if runs.misfit() > 0 else 1.0
    error = poorer * float(np.sqrt(np.sum(effects**2) / degrees))
    slopes = np.array([run.slope() for run in runs.runs])
    gaps = np.array([run.gap - run.level for run in runs.runs])
    others = [np.sqrt(np.sum(np.delete(effects, place) ** 2) / max(1, degrees - 1)) for place in range(len(effects))]
    stated = [
        _sign(float(each), single(float(other), max(1, degrees - 1))) != 0
        for each, other in zip(effects, others, strict=True)
    ]
    return Spread(
        effect=single(error, degrees),
        degrees=degrees,
        slope=poorer * float(np.sqrt(np.sum(slopes**2) / degrees)),
        gaps=poorer * np.sqrt(np.sum(gaps**2, axis=0) / degrees),
        placebo=float(np.mean(stated)),
        rank=float((1 + np.sum(np.abs(effects) >= abs(found.effect))) / (1 + len(effects))),
    )


def _group_spread(asked: Question, treated: FloatArray, donors: FloatArray, *, shared: Kinds | None = None) -> Spread:
    """Spread of each unit's own change within both groups.

    Leaving out each unit in its group gives exactly the standard error of two means of unequal variance, with
    Welch's degrees of freedom; one unit alone borrows the other group's variance. Where a group is small, the effect
    itself strays as errors of one kind for all units do.

    Source: Bertrand, Duflo and Mullainathan (2004), Quarterly Journal of Economics 119, 249–275 (one change a unit,
    so that autocorrelation cannot narrow the interval); Welch (1947), Biometrika 34, 28–35.
    """
    before = asked.block.before
    groups = [group - group[:, :before].mean(axis=1, keepdims=True) for group in (treated, donors)]
    changes = [group[:, before:].mean(axis=1) for group in groups]
    error, degrees = _welch(*(change[:, None] for change in changes))
    at = np.arange(before) - (before - 1) / 2
    slopes = [(group[:, :before] @ at / (at @ at))[:, None] for group in groups]
    gaps, _ = _welch(*groups)
    return Spread(
        effect=_group_straying(asked, treated, donors, welch=(float(error[0]), float(degrees[0])), shared=shared),
        degrees=float(degrees[0]),
        slope=float(_welch(*slopes)[0][0]),
        gaps=gaps,
        placebo=_placebo_share(changes[1]),
        rank=None,
    )


def _group_straying(
    asked: Question, treated: FloatArray, donors: FloatArray, *, welch: tuple[float, float], shared: Kinds | None
) -> Straying:
    """How far the effect strays: by the spread between units where there are enough, else by errors of one kind."""
    sizes = (len(treated), len(donors))
    error, degrees = welch
    enough = sizes[1] >= MIN_DONORS if sizes[0] == 1 else min(sizes) > FEW_DEGREES
    if enough:
        return single(error, degrees)
    before, after = asked.block.before, asked.block.after
    period = np.where(np.arange(before + after) < before, -1 / before, 1 / after)
    pull = np.concatenate([np.tile(period / sizes[0], (sizes[0], 1)), np.tile(-period / sizes[1], (sizes[1], 1))])
    shared = shared or _kinds(asked, treated, donors)
    return single(error, degrees) if shared is None else shared.straying(pull)


def _kinds(asked: Question, treated: FloatArray, donors: FloatArray) -> Kinds | None:
    """The kinds of error that all units may share, from the cells before and those of the donors after."""
    values = np.concatenate([treated, donors])
    shares = np.zeros(values.shape)
    shares[: len(treated), asked.block.before :] = 1.0
    at = asked.cells.ordinals[list(asked.block.periods)]
    return kinds_of(values, 1.0 - shares, shares=shares, ordinals=at)


def _welch(treated: FloatArray, donors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The standard error of the difference of two means, and its degrees of freedom, for each column."""
    sizes = (len(treated), len(donors))
    if min(sizes) == 1:
        larger = donors if sizes[0] == 1 else treated
        pooled = np.var(larger, axis=0, ddof=1) * (1 + 1 / len(larger))
        return np.sqrt(pooled), np.full(pooled.shape, len(larger) - 1.0)
    parts = [np.var(group, axis=0, ddof=1) / len(group) for group in (treated, donors)]
    total = parts[0] + parts[1]
    squares = parts[0] ** 2 / (sizes[0] - 1) + parts[1] ** 2 / (sizes[1] - 1)
    degrees = np.where(squares > 0, total**2 / np.where(squares > 0, squares, 1.0), float(sum(sizes) - 2))
    return np.sqrt(total), degrees


def _placebo_share(changes: FloatArray) -> float | None:
    """The share of donors for which a change would be stated, each against the others."""
    if len(changes) < POINT_UNITS:
        return None
    stated = []
    for place, change in enumerate(changes):
        others = np.delete(changes, place)[:, None]
        error, degrees = _welch(np.array([[change]]), others)
        stated.append(_sign(float(change - others.mean()), single(float(error[0]), float(degrees[0]))) != 0)
    return float(np.mean(stated))


def _flips(asked: Question, treated: FloatArray, donors: FloatArray, *, sign: int) -> int:
    """The number of units, donors and treated, without any one of which the interval would say something else."""
    method, before = METHODS[asked.method], asked.block.before
    shared = _kinds(asked, treated, donors) if asked.method == "did" else None
    whole = placebos(method, donors, before=before, treated_units=len(treated)) if asked.method != "did" else None
    flips = 0
    for group, place in [(0, unit) for unit in range(len(treated))] + [(1, unit) for unit in range(len(donors))]:
        kept = [
            np.delete(rows, place, axis=0) if group == which else rows for which, rows in enumerate((treated, donors))
        ]
        if min(len(rows) for rows in kept) < 1 or sum(len(rows) for rows in kept) < POINT_UNITS:
            continue
        found = method(kept[0].mean(axis=0), kept[1], before=before, treated_units=len(kept[0]))
        if whole is None:
            spread = _group_spread(asked, kept[0], kept[1], shared=shared)
        else:
            spread = _placebo_spread(found, _less(whole, place if group else None))
        flips += _sign(found.effect, spread.effect) != sign
    return flips


def _less(runs: Placebos, donor: int | None) -> Placebos:
    """The placebos without those of which a donor was a member."""
    kept = [place for place, members in enumerate(runs.members) if donor not in members]
    return Placebos(tuple(runs.runs[place] for place in kept), tuple(runs.members[place] for place in kept))


# What is shown ───────────────────────────────────────────────────────────────


def _named(asked: Question, found: Comparison) -> tuple[tuple[str, float], ...]:
    """The donors with their weights, the heaviest first."""
    pairs = [
        (asked.cells.units[unit], float(weight)) for unit, weight in zip(asked.block.donors, found.donors, strict=True)
    ]
    return tuple(sorted((pair for pair in pairs if pair[1] >= SHOWN_DONOR), key=lambda pair: (-pair[1], pair[0])))


def _band(asked: Question, found: Comparison, spread: Spread) -> tuple[BandPoint, ...]:
    """The mean of the treated units had they followed their donors, with its 95 % range in each period."""
    groups = _groups(asked)
    middle = groups.treated.mean(axis=0) - (found.gap - found.level)
    half = spread.quantile * spread.gaps
    edges = groups.centre + groups.unit * np.stack([middle - half, middle, middle + half], axis=1)
    if asked.scale == "log":
        edges = np.exp(np.minimum(edges, 700.0))
    return tuple(
        BandPoint(asked.panel.ordinals[place], *(finite(asked.factor * float(edge)) for edge in row))
        for place, row in zip(asked.block.periods, edges, strict=True)
    )


def _events(asked: Question, found: Comparison, spread: Spread, *, units: Units) -> tuple[EventPoint, ...]:
    """The effect by periods since go-live, where at least three units were treated."""
    many = len(asked.block.treated)
    if many < POINT_UNITS:
        return ()
    start = int(asked.cells.starts[asked.block.treated[0]])
    points = []
    for place, gap, error in zip(asked.block.periods, found.gap - found.level, spread.gaps, strict=True):
        half = spread.quantile * float(error)
        middle, low, high = (
            finite(asked.factor * units.effect(end)) for end in (float(gap), float(gap) - half, float(gap) + half)
        )
        distance = asked.panel.ordinals[place] - start
        points.append(EventPoint(distance, middle, low, high, many))
    return tuple(points)
