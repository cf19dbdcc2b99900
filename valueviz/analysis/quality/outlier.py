"""Values far from their neighbours, once level, trend, season, holidays and the change at go-live are allowed for."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.effect import Design
from valueviz.analysis.effect.design import base_columns, independent, resolved_season
from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.quality.robust import returns, spread
from valueviz.analysis.quality.rule import finding
from valueviz.analysis.quality.setting import Setting
from valueviz.terms import Finding, Grain, Series

LEAST_POINTS = 12
"""Values below which nothing is usual yet."""
FAR = 5.5
"""Robust standard deviations from what is usual beyond which a value stands out …"""
FEW = 24.0
"""… and this many divided by the number of values on top: of few values the spread itself is uncertain."""
NEIGHBOURS = 3
"""Values on either side whose median says what is usual just then: slow wandering is no outlier."""
SWEEPS = 12
"""Refits with less weight for what lies far: enough for four digits."""
TUNING = 1.345
"""Robust standard deviations from which on a value weighs less (Huber: 95 % efficient where all is normal)."""
COUNT_SPREAD = 0.55
"""Least spread of the roots of counts: ½ for Poisson counts, a little more for the difference from neighbours."""
SMALL_COUNTS = 50.0
"""Median of whole numbers below which they are counts, whose roots have an even spread."""
DIPS: dict[Grain, int] = {"day": 28, "week": 8, "month": 2}
"""Periods after the transition that are not looked at: a dip that outlasts it is no fault of measuring."""
MOST = 0.05
"""Share of values that may stand out; where more do, that is how the series behaves."""
HALF = 0.5
"""What stands out half as far in another year at the same time is a season."""


def findings(series: Series, design: Design, known: Setting) -> Iterator[Finding]:
    """The periods whose value stands out, those of the transition left out."""
    go_live = math.inf if design.go_live is None else design.go_live
    places = [
        place
        for place, (ordinal, value) in enumerate(zip(series.ordinals, series.values, strict=True))
        if value is not None and math.isfinite(value) and not go_live <= ordinal < go_live + design.transition
    ]
    if len(places) < LEAST_POINTS:
        return
    ordinals = np.array([series.ordinals[place] for place in places])
    values = np.array([series.values[place] for place in places], dtype=np.float64)
    even, least = _even(values, share=design.share)
    rest = even - _fitted(even, columns=_columns(series, design, places=places, ordinals=ordinals))
    apart = _apart(rest)
    reach = _reach(apart, before=ordinals < go_live, least=least)
    # of both distances the smaller: the neighbours of a run of wild values are not wild themselves
    apart = np.where(np.abs(rest) < np.abs(apart), rest, apart)
    far = np.abs(apart) / np.where(reach > 0, reach, np.inf)
    alike = {
        sign: [int(o) for o, a, f in zip(ordinals, apart, far, strict=True) if f > HALF and a * sign > 0]
        for sign in (-1, 1)
    }
    dip = range(int(min(go_live, series.ordinals[-1] + 1)), series.ordinals[-1] + 1)
    dip = dip[: design.transition + DIPS.get(series.grain, 0)]
    found = tuple(
        int(ordinal)
        for ordinal, distance, value in zip(ordinals, far, apart, strict=True)
        if distance > 1
        and ordinal not in dip
        and not returns(int(ordinal), alike[1 if value > 0 else -1], grain=series.grain)
    )
    if not found or len(found) > max(1.0, MOST * len(places)):
        return
    if known.summed and found[-1] == series.ordinals[-1] and apart[-1] < 0:
        yield finding("partial_last", metric=series.key, periods=found[-1:], grain=series.grain)
        found = found[:-1]
    if found:
        yield finding("outliers", metric=series.key, periods=found, grain=series.grain)


def _reach(apart: FloatArray, *, before: NDArray[np.bool_], least: float) -> FloatArray:
    """The distance beyond which each value stands out: a change may also change how much values vary."""
    reach = np.full(len(apart), max(spread(apart), least) * (FAR + FEW / len(apart)))
    for side in (before, ~before):
        count = int(np.sum(side))
        if count >= LEAST_POINTS:
            reach[side] = max(spread(apart[side]), least) * (FAR + FEW / count)
    return reach


def _even(values: FloatArray, *, share: bool) -> tuple[FloatArray, float]:
    """The values on a scale on which their spread is even, and the least spread there.

    Shares by arcsine of the root, counts and other values with zeros by the root, positive ones by the logarithm.
    """
    top = 100.0 if values.max() > 1 else 1.0
    if values.min() >= 0 and (share or values.max() <= 1) and values.max() <= top:
        return np.arcsin(np.sqrt(values / top)), 0.0
    if values.min() >= 0 and bool(np.all(values == np.rint(values))) and float(np.median(values)) < SMALL_COUNTS:
        return np.sqrt(values), COUNT_SPREAD
    if values.min() > 0:
        return np.log(values), 0.0
    return (np.sqrt(values), 0.0) if values.min() >= 0 else (values, 0.0)


def _columns(series: Series, design: Design, *, places: list[int], ordinals: FloatArray) -> FloatArray:
    """Level, trend, season, holiday and the change at go-live."""
    before = int(np.sum(ordinals < (math.inf if design.go_live is None else design.go_live)))
    season = resolved_season(design, grain=series.grain, before=before)
    holiday = None if design.holiday is None else np.array([design.holiday[place] for place in places])
    columns = base_columns(ordinals.astype(np.float64), origin=float(ordinals[0]), season=season, further=holiday)
    step = (np.arange(len(ordinals)) >= before).astype(np.float64)
    whole = np.column_stack([columns, step])
    return np.asarray(whole[:, list(independent(whole))], dtype=np.float64)


def _fitted(values: FloatArray, *, columns: FloatArray) -> FloatArray:
    """A fit that wild values cannot pull (Huber's, by weighted least squares again and again).

    Source: Holland and Welsch (1977), Robust regression using iteratively reweighted least-squares.
    """
    weights = np.ones(len(values))
    fitted = np.zeros(len(values))
    for _ in range(SWEEPS):
        root = np.sqrt(weights)[:, None]
        fitted = columns @ np.linalg.lstsq(columns * root, values * root[:, 0], rcond=None)[0]
        distances = np.abs(values - fitted)
        limit = TUNING * max(spread(values - fitted), 1e-12)
        weights = limit / np.maximum(distances, limit)
    return fitted


def _apart(rest: FloatArray) -> FloatArray:
    """The distance of each value from the median of its neighbours."""
    padded = np.concatenate([np.full(NEIGHBOURS, np.nan), rest, np.full(NEIGHBOURS, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1)
    around = np.nanmedian(np.delete(windows, NEIGHBOURS, axis=1), axis=1)
    return np.asarray(rest - around, dtype=np.float64)
