"""The one door: a series with what is known around it, and everything found about it, gravest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from valueviz.analysis.effect import Design
from valueviz.analysis.effect.design import Sample, sample
from valueviz.analysis.effect.verdict import MIN_AFTER, MIN_BEFORE, constant
from valueviz.analysis.quality import comparison, coverage, outlier, part, stretch, unit
from valueviz.analysis.quality.rule import RULES, finding
from valueviz.analysis.quality.setting import Setting
from valueviz.terms import Finding, Series

GRAVER = ("unit_slip", "unit_slip_minor", "partial_last")
"""What explains a value that stands out."""

TAKEN_OVER = ("season_too_short", "other_event", "scale", "other_date")
"""Reasons of a silent effect that only its estimate can tell; the others are looked at in the data here."""


def series_findings(series: Series, design: Design, *, setting: Setting | None = None) -> tuple[Finding, ...]:
    """Everything found about one series, gravest first.

    Args:
        series: values in rising order of periods.
        design: go-live, transition, holidays and events under which its effect is estimated: both look at the
            same periods.
        setting: what is known around it.
    """
    if not series.ordinals:
        return ()
    known = setting or Setting()
    seen = sample(series, design)
    found = [
        *_silent(series, design, known, seen=seen),
        *comparison.findings(series, design, known, seen=seen),
        *coverage.findings(series, design, known, seen=seen),
        *unit.findings(series, design),
        *stretch.findings(series, design, known),
        *outlier.findings(series, design, known),
    ]
    found += part.findings(series, design, known, whole=found)
    order = list(RULES)
    return tuple(sorted(_explained(_once(found)), key=lambda each: order.index(each.code)))


def _silent(series: Series, design: Design, known: Setting, *, seen: Sample) -> Iterator[Finding]:
    """Why there is no number, where too few periods, their values or the estimate itself say so."""
    before = seen.values[: seen.n_before]
    if design.go_live is not None and seen.n_before < MIN_BEFORE:
        yield finding("too_few_before", metric=series.key, found=float(seen.n_before), needed=float(MIN_BEFORE))
    if design.go_live is not None and len(seen.values) - seen.n_before < MIN_AFTER:
        after = float(len(seen.values) - seen.n_before)
        yield finding("too_few_after", metric=series.key, found=after, needed=float(MIN_AFTER))
    if len(before) > 1 and constant(before):
        yield finding("constant", metric=series.key, count=len(before))
    if known.reason in TAKEN_OVER:
        yield finding(known.reason, metric=series.key)


def _explained(found: list[Finding]) -> list[Finding]:
    """The findings, a change at another date laid to values in another unit where there are any: mended with them."""
    if not any(each.code == "unit_slip" for each in found):
        return found
    return [replace(each, repair=RULES["unit_slip"].repair) if each.code == "other_date" else each for each in found]


def _once(found: list[Finding]) -> list[Finding]:
    """The findings without those that repeat a graver one about the same periods.

    A slipped unit is an outlier, too, and so is every period after a change of the unit; a partly measured last
    period is low.
    """
    graver = {period for each in found if each.code in GRAVER for period in each.periods}
    kept = []
    for each in found:
        if each.code != "outliers":
            kept.append(each)
            continue
        left = tuple(period for period in each.periods if period not in graver)
        if left:
            kept.append(finding("outliers", metric=each.metric, periods=left, grain=each.grain))
    return kept
