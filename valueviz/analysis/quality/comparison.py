"""Whether before and after can be compared: instrument, definition, missing periods, units and volume."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from valueviz.analysis.effect import Design
from valueviz.analysis.effect.design import Sample
from valueviz.analysis.effect.verdict import label_changed, missing_differs
from valueviz.analysis.quality.robust import spread
from valueviz.analysis.quality.rule import finding
from valueviz.analysis.quality.setting import Setting
from valueviz.terms import Finding, Series

MOSTLY = 0.5
"""Share of units left out above which a series speaks for the smaller part of the business only."""
VOLUME_FACTOR = 1.5
"""Ratio of median volumes across go-live from which on other work may have been measured: half as much again."""
VOLUME_ERRORS = 4.0
"""… and how many robust standard errors it must lie from no change, so that few wild periods do not make it."""
VOLUME_POINTS = 6
"""Periods with a volume on either side below which their medians say nothing."""
WANDERS = 2.0
"""Standard errors of volumes are taken as this many times those of independent periods: neighbours are alike."""


def findings(series: Series, design: Design, known: Setting, *, seen: Sample) -> Iterator[Finding]:
    """What was found about comparing the two sides of go-live."""
    if known.indicative is not None:
        yield finding("instrument_indicative", metric=series.key, cap=known.indicative)
    yield from _counted(series, known)
    yield from _units(series, known)
    yield from _unstated(series, known, seen=seen)
    if design.go_live is None:
        return
    for code, labels in (
        ("instrument_changed", series.instruments),
        ("definition_changed", series.definition_versions),
    ):
        if labels is not None and label_changed(series, labels, found=seen):
            yield finding(code, metric=series.key, periods=(design.go_live,), grain=series.grain)
    if all(seen.expected) and missing_differs(seen):
        before, after = (gone / expected for gone, expected in zip(seen.missing, seen.expected, strict=True))
        yield finding(
            "missing_differs", metric=series.key, count=sum(seen.missing), before_share=before, after_share=after
        )
    yield from _volume(series, seen=seen)


def _counted(series: Series, known: Setting) -> Iterator[Finding]:
    """What was counted more than once, or as another unit than it is."""
    if known.summed and known.pasted > 1:
        yield finding("rows_doubled", metric=series.key, count=known.pasted)
    if known.mixed:
        yield finding("mixed_levels", metric=series.key, count=known.mixed)
    values = [value for value in series.values if value is not None]
    if known.doubted and 0 < max(values, default=0.0) <= 1:
        yield finding("percent_or_share", metric=series.key, count=len(values), value=max(values))


def _units(series: Series, known: Setting) -> Iterator[Finding]:
    if not known.left_out:
        return
    total = known.units + known.left_out
    code = "units_mostly_left_out" if known.left_out > MOSTLY * total else "units_left_out"
    yield finding(code, metric=series.key, count=known.left_out, kept=float(known.units), total=float(total))


def _unstated(series: Series, known: Setting, *, seen: Sample) -> Iterator[Finding]:
    """Whether nobody says how a series was measured, or only for one side of go-live."""
    stated = {
        ordinal
        for ordinal, label in zip(series.ordinals, series.instruments or (), strict=False)
        if label is not None and ordinal in seen.ordinals
    }
    if not stated and known.instrument is None:
        yield finding("instrument_unknown", metric=series.key)
    before, after = seen.ordinals[: seen.n_before], seen.ordinals[seen.n_before :]
    if before and after and stated and stated.isdisjoint(before) != stated.isdisjoint(after):
        yield finding("instrument_partly_stated", metric=series.key)


def _volume(series: Series, *, seen: Sample) -> Iterator[Finding]:
    """Whether much more or much less was measured after go-live than before."""
    if series.volumes is None:
        return
    logs = {
        ordinal: math.log(volume)
        for ordinal, volume in zip(series.ordinals, series.volumes, strict=True)
        if volume is not None and math.isfinite(volume) and volume > 0
    }
    sides = [
        np.array([logs[ordinal] for ordinal in side if ordinal in logs])
        for side in (seen.ordinals[: seen.n_before], seen.ordinals[seen.n_before :])
    ]
    if min(len(side) for side in sides) < VOLUME_POINTS:
        return
    change = float(np.median(sides[1]) - np.median(sides[0]))
    error = WANDERS * math.sqrt(sum(1.57 * spread(side) ** 2 / len(side) for side in sides))
    if abs(change) >= math.log(VOLUME_FACTOR) and abs(change) > VOLUME_ERRORS * error:
        yield finding("volume_changed", metric=series.key, change_share=math.expm1(change))
