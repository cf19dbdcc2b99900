"""Whether an effect may be stated: the gate before any number, the rule after it, the grade.

Order of precedence, the first that applies decides:

1. not_comparable: instrument_changed, definition_changed (a number would compare two things);
2. refused: too_few_periods, constant, season_too_short, missing, other_event, scale, other_date;
3. not_provable_yet: primary_includes_zero, signs_differ;
4. improved or worse.
"""

from __future__ import annotations

import math
import sys

from valueviz.analysis.effect.design import Design, Sample, resolved_scale
from valueviz.analysis.effect.noise import FloatArray
from valueviz.terms import Better, Grade, Scale, Series, Verdict

MIN_BEFORE = 12
"""Fewer usable periods before go-live and no effect is stated: one year of months, the shortest that shows a season."""
MIN_AFTER = 6
"""Fewer usable periods after and a go-live dip cannot be told from what stays."""
MAX_MISSING = 0.20
"""Share of missing periods above which what is missing may decide the answer."""
MAX_MISSING_GAP = 0.10
"""Difference of that share across go-live above which the two sides are measured differently."""
MIN_FREEDOM = 3
"""Points before that must remain beyond the columns fitted to them (level, trend, season, holidays, controls):
with fewer every series is explained, and nothing is left to say how far it strays."""
MOST_EVENTS = 2.0**53
"""Largest whole number whose neighbours are numbers too."""
EVENT_DISTANCE = 4
"""Usable points that must lie between another event and go-live to tell the two apart."""
DATE_WINDOW = 3
"""Periods around go-live within which a change still counts as one at go-live."""
DATE_NEAR = 0.05
"""Posterior of a change within that window below which …"""
DATE_ELSEWHERE = 0.5
"""… and of one other date above which the series changed at another time."""
CLAIM_LEVEL = 0.97
"""Level of the interval that must exclude zero. Calibrated on real series without any go-live (403 of the NHS,
653 of M4), which wander a little more than the errors of the model: at 95 % up to 12 % of them would be
stated, at 97 % and with the same sign of step + slope at most 5.4 %."""
PRINTED_LEVEL = 0.95
"""Level of the printed interval."""

Gate = tuple[Verdict, str]


def gate(series: Series, design: Design, *, found: Sample, season: float | None) -> Gate | None:
    """The verdict and its reason where no number may be stated, before anything is estimated."""
    for reason, labels in (
        ("instrument_changed", series.instruments),
        ("definition_changed", series.definition_versions),
    ):
        if labels is not None and label_changed(series, labels, found=found):
            return "not_comparable", reason
    if found.n_before < MIN_BEFORE or found.n_after < MIN_AFTER:
        return "refused", "too_few_periods"
    checks = (
        ("constant", constant(found.values[: found.n_before])),
        ("season_too_short", design.season != "auto" and season is not None and season > found.span_before),
        ("missing", too_much_missing(found) or missing_differs(found)),
        ("other_event", any(_too_near(event, design.go_live, found=found) for event in design.events)),
        ("scale", not scale_allows(resolved_scale(design, found.values), found.values)),
    )
    return next((("refused", reason) for reason, applies in checks if applies), None)


def scale_allows(scale: Scale, values: tuple[float, ...]) -> bool:
    """Whether a scale can hold the values: logarithms only what is positive, counts only whole numbers from 0.

    Beyond `MOST_EVENTS` neighbouring whole numbers are one number to a computer: that is no count.
    """
    match scale:
        case "log":
            return min(values) > 0
        case "count":
            return all(0 <= value <= MOST_EVENTS and value == math.floor(value) for value in values)
        case "identity":
            return True


def enough_freedom(base: FloatArray) -> bool:
    """Whether the points before are enough for the columns (points, columns) fitted to them."""
    points, columns = base.shape
    return bool(points - columns >= MIN_FREEDOM)


def label_changed(series: Series, labels: tuple[str | None, ...], *, found: Sample) -> bool:
    """Whether a usable point after carries a label that none before does; what is not stated is not compared."""
    stated = {ordinal: label for ordinal, label in zip(series.ordinals, labels, strict=True) if label is not None}
    before = {stated[ordinal] for ordinal in found.ordinals[: found.n_before] if ordinal in stated}
    after = {stated[ordinal] for ordinal in found.ordinals[found.n_before :] if ordinal in stated}
    return bool(before) and bool(after - before)


def constant(values: tuple[float, ...]) -> bool:
    """Whether values do not vary."""
    # a few units in the last place are the same number, computed twice
    largest = max(abs(value) for value in values)
    return max(values) / 2 - min(values) / 2 <= 4 * sys.float_info.epsilon * largest / 2


def too_much_missing(found: Sample) -> bool:
    """Whether more than `MAX_MISSING` of the periods are missing."""
    # a hair above the limit, so that exactly 20 % pass whatever the rounding
    return sum(found.missing) > MAX_MISSING * sum(found.expected) * (1 + 1e-12)


def missing_differs(found: Sample) -> bool:
    """Whether the share of missing periods differs by more than `MAX_MISSING_GAP` across go-live."""
    before, after = (
        gone / expected if expected else 0.0 for gone, expected in zip(found.missing, found.expected, strict=True)
    )
    return abs(before - after) > MAX_MISSING_GAP + 1e-12  # as above, for exactly 10 points


def _too_near(event: int, go_live: int | None, *, found: Sample) -> bool:
    """Whether fewer than `EVENT_DISTANCE` usable points lie between another event and go-live."""
    if go_live is None:
        return False
    low, high = min(event, go_live), max(event, go_live)
    return sum(low <= ordinal < high for ordinal in found.ordinals) < EVENT_DISTANCE


def other_date(*, near: float, elsewhere: float) -> bool:
    """Whether the series changed at another date than go-live.

    Args:
        near: posterior of a change within `DATE_WINDOW` periods of go-live.
        elsewhere: largest posterior of one date outside that window.
    """
    return near < DATE_NEAR and elsewhere > DATE_ELSEWHERE


def decided(*, below_zero: float, primary: float, sensitivity: float, better: Better) -> tuple[Verdict, str | None]:
    """The verdict of an estimate, and the reason where nothing can be stated.

    Args:
        below_zero: probability that the primary effect is below zero.
        primary: the primary estimate, raw sign.
        sensitivity: the step + slope estimate, raw sign.
        better: which way is better.
    """
    tail = (1 - CLAIM_LEVEL) / 2
    if tail <= below_zero <= 1 - tail:
        return "not_provable_yet", "primary_includes_zero"
    if primary * sensitivity <= 0:
        return "not_provable_yet", "signs_differ"
    return ("improved" if (primary < 0) == (better == "lower") else "worse"), None


CAPPING_WARNINGS = ("season_unresolved",)
"""Warnings that hold the grade at C: nobody can say whether the change is the season."""


def graded(*, failed: bool, warnings: tuple[str, ...], chosen: bool) -> Grade:
    """The grade that method and diagnostics allow: B, or C where one failed or the method was chosen by hand."""
    return "C" if failed or chosen or any(warning in CAPPING_WARNINGS for warning in warnings) else "B"
