"""What was measured and what was not: gaps, a baseline that is short or old, late and partly measured ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from valueviz.analysis.effect import Design
from valueviz.analysis.effect.design import Sample
from valueviz.analysis.effect.verdict import MIN_BEFORE, too_much_missing
from valueviz.analysis.quality.rule import finding
from valueviz.analysis.quality.setting import Setting
from valueviz.terms import Finding, Grain, Series, period_end, period_of, period_start

LATE_DAYS = 31
"""Days without data after the last measured period from which on it is late: one month's closing is normal."""
LATE_PERIODS = 2
"""… and whole periods: a quarter is not late because the next one has not closed."""
YEAR_DAYS = 360
"""A before window of fewer days does not show a whole year; some days short of 365, so that 52 weeks pass."""
OLD_DAYS = 183
"""Days between the last measured period before and go-live from which on the baseline is old: half a year in
which anything may have changed."""
PARTIAL_SHARE = 0.5
"""A last period whose volume is below this share of the usual one is partly measured …"""
PARTIAL_POINTS = 8
"""… where at least so many periods say what is usual, and none of them (outside holidays) was as low."""

UNDATED: tuple[Grain, ...] = ("index",)
"""Grains without a calendar: days mean nothing there."""


def findings(series: Series, design: Design, known: Setting, *, seen: Sample) -> Iterator[Finding]:
    """What was found about the periods of a series."""
    missing = tuple(ordinal for ordinal, reason in seen.excluded if reason != "transition")
    if too_much_missing(seen):
        yield finding(
            "missing",
            metric=series.key,
            periods=missing,
            grain=series.grain,
            count=sum(seen.missing),
            missing_share=sum(seen.missing) / sum(seen.expected),
        )
    elif missing:
        yield finding("gaps", metric=series.key, periods=missing, grain=series.grain)
    if known.partial:
        yield finding("partial_edge", metric=series.key, periods=known.partial, grain=series.grain)
    if _partly_measured(series, design):
        yield finding("partial_last", metric=series.key, periods=series.ordinals[-1:], grain=series.grain)
    if design.go_live is not None and series.grain not in UNDATED and seen.n_before:
        yield from _baseline(series, known, seen=seen, go_live=design.go_live)
    if known.as_of is not None and series.grain not in UNDATED:
        yield from _late(series, known)


def _baseline(series: Series, known: Setting, *, seen: Sample, go_live: int) -> Iterator[Finding]:
    first, last = seen.ordinals[0], seen.ordinals[seen.n_before - 1]
    start, end = period_start(go_live, series.grain), period_end(last, series.grain)
    if (start - end).days > OLD_DAYS:
        yield finding(
            "baseline_old",
            metric=series.key,
            periods=(last,),
            grain=series.grain,
            days=float((start - end).days),
        )
    if known.baseline is not None and series.ordinals[0] > known.baseline + 1:
        absent = series.ordinals[0] - known.baseline
        yield finding("baseline_partly", metric=series.key, periods=(first,), grain=series.grain, count=absent)
    elif seen.n_before >= MIN_BEFORE and (start - period_start(first, series.grain)).days < YEAR_DAYS:
        yield finding("baseline_short", metric=series.key, periods=(first,), grain=series.grain, count=seen.n_before)


def _late(series: Series, known: Setting) -> Iterator[Finding]:
    """Whether data ended long before the day up to which they are expected."""
    if known.as_of is None:
        return
    measured = [o for o, value in zip(series.ordinals, series.values, strict=True) if value is not None]
    if not measured:
        return
    end = period_end(measured[-1], series.grain)
    # the first period that had not ended by then is not expected
    absent = period_of(known.as_of + timedelta(days=1), series.grain) - measured[-1] - 1
    if (known.as_of - end).days > LATE_DAYS and absent >= LATE_PERIODS:
        yield finding("late", metric=series.key, periods=(measured[-1],), grain=series.grain, count=absent)


def _partly_measured(series: Series, design: Design) -> bool:
    """Whether the volume of the last period says that it was not over, or not delivered in full."""
    if series.volumes is None or len(series.ordinals) <= PARTIAL_POINTS:
        return False
    holiday = design.holiday or (0.0,) * len(series.ordinals)
    volumes = [
        volume
        for volume, off in zip(series.volumes, holiday, strict=True)
        if volume is not None and volume > 0 and off == 0
    ]
    last = series.volumes[-1]
    if last is None or holiday[-1] or len(volumes) <= PARTIAL_POINTS:
        return False
    usual = volumes[:-1]
    return last < PARTIAL_SHARE * float(np.median(usual)) and last < min(usual)
