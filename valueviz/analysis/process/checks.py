"""Whether the change of the lead time is one of the process: same kinds of cases, and no change where none was made.

Cases of two periods differ in kind as well as in treatment. The matched cohort compares only kinds that are common in
both periods, the reweighting gives the kinds after the weights they had before. The placebo looks for a change at a
date on which nothing happened.

The rules, with r the change of the median as a share of the median before, of all cases (r0) or as checked (r1):

1. holds where r1 is within `MATERIAL` of r0, or where r0 is at least `MATERIAL`, r1 has its direction and is at least
   half as large;
2. contradicts otherwise: what was seen is (mostly) a change of the mix, or the mix hides a change;
3. a placebo holds where no change is stated at the made-up date, and contradicts where one is;
4. not_possible, with its reason: `no_attribute` (none with 2–50 levels), `no_common_level` (none with enough cases in
   both periods), `small_cohort` (less than a tenth of the cases of a period), `too_short`, or why the test at the
   made-up date is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from valueviz.analysis.effect import Design, estimate
from valueviz.analysis.effect.verdict import MIN_AFTER, MIN_BEFORE
from valueviz.analysis.process.log import Samples, Seconds, Weekly
from valueviz.analysis.process.presence import LEAST
from valueviz.analysis.process.result import Check, CheckName, CheckVerdict
from valueviz.analysis.process.weeks import Weeks, mature_series, within
from valueviz.terms import period_start

MATERIAL = 0.05
"""Share of the median before within which two changes are the same."""
HALF = 0.5
"""Share of the change of all cases that must be left in the cohort."""
LEAST_COVERED = 0.10
"""Share of a period's cases that a cohort must hold to speak for it."""


def run_checks(
    overall: Samples, by: Mapping[str, Mapping[str, Samples]], *, weekly: Weekly, weeks: Weeks
) -> tuple[Check, ...]:
    """Matched cohort and reweighting over each attribute, then the placebo.

    Args:
        overall: lead times of all cases in the two periods.
        by: of each attribute to match on, the lead times by its level.
        weekly: medians of the lead time by the week the case starts.
        weeks: the weeks of the two periods.
    """
    found: list[Check] = []
    for attribute in sorted(by):
        found.append(matched(attribute, by[attribute], overall=overall))
        found.append(reweighted(attribute, by[attribute], overall=overall))
    if not by:
        found += [_impossible("matched_cohort", "no_attribute"), _impossible("reweighted", "no_attribute")]
    return (*found, placebo(weekly, weeks))


def matched(attribute: str, levels: Mapping[str, Samples], *, overall: Samples) -> Check:
    """The medians of the cases whose level of an attribute has at least `LEAST` cases in both periods."""
    kept = tuple(
        level for level in sorted(levels) if level and min(len(levels[level].before), len(levels[level].after)) >= LEAST
    )
    if not kept:
        return _impossible("matched_cohort", "no_common_level", by=attribute)
    before = np.concatenate([levels[level].before for level in kept])
    after = np.concatenate([levels[level].after for level in kept])
    if not _speaks(len(before), len(after), overall=overall):
        return _impossible("matched_cohort", "small_cohort", by=attribute, levels=kept)
    medians = float(np.median(before)), float(np.median(after))
    return Check(
        name="matched_cohort",
        by=attribute,
        levels=kept,
        before=medians[0],
        after=medians[1],
        verdict=_agrees(medians, overall=overall),
        cases=(len(before), len(after)),
    )


def reweighted(attribute: str, levels: Mapping[str, Samples], *, overall: Samples) -> Check:
    """The median after with each level of an attribute weighed as often as it occurred before.

    Over all levels that occur in both periods; the median before is that of all cases.

    Source: DiNardo, Fortin and Lemieux (1996), Econometrica 64, 1001–1044.
    """
    kept = tuple(level for level in sorted(levels) if level and len(levels[level].before) and len(levels[level].after))
    counts = (sum(len(levels[level].before) for level in kept), sum(len(levels[level].after) for level in kept))
    if not any(min(len(levels[level].before), len(levels[level].after)) >= LEAST for level in kept):
        return _impossible("reweighted", "no_common_level", by=attribute)
    if not _speaks(*counts, overall=overall):
        return _impossible("reweighted", "small_cohort", by=attribute, levels=kept)
    values = np.concatenate([levels[level].after for level in kept])
    weights = np.concatenate(
        [np.full(len(levels[level].after), len(levels[level].before) / len(levels[level].after)) for level in kept]
    )
    medians = float(np.median(overall.before)), weighted_median(values, weights)
    return Check(
        name="reweighted",
        by=attribute,
        levels=kept,
        before=medians[0],
        after=medians[1],
        verdict=_agrees(medians, overall=overall),
        cases=counts,
    )


def placebo(weekly: Weekly, weeks: Weeks) -> Check:
    """Whether the test of the lead time states a change at a made-up go-live, where there was none.

    In the middle of before, at the least after `MIN_BEFORE` weeks; inside after where before is too short. The
    medians are those of the weekly medians on the two sides, weighed by their cases.
    """
    side = next((days for days in (weeks.before, weeks.after) if _long_enough(weekly, days)), None)
    if side is None:
        return _impossible("placebo", "too_short")
    kept = within(weekly, side)
    split = max(MIN_BEFORE, len(kept.ordinals) // 2)
    go_live = kept.ordinals[split]
    span = Weeks(first=kept.ordinals[0], go_live=go_live, transition=0, last=kept.ordinals[-1])
    found = estimate(mature_series("lead_median", kept, span=span), Design(go_live), thorough=False)
    verdict: CheckVerdict = "contradicts" if found.verdict in ("improved", "worse") else "holds"
    spoken = found.verdict in ("improved", "worse", "not_provable_yet")
    counts, values = np.array(kept.counts, dtype=np.float64), np.array(kept.values)
    return Check(
        name="placebo",
        by=None,
        levels=(),
        before=weighted_median(values[:split], counts[:split]),
        after=weighted_median(values[split:], counts[split:]),
        verdict=verdict if spoken else "not_possible",
        reason=None if spoken else found.reason,
        cases=(int(counts[:split].sum()), int(counts[split:].sum())),
        at=period_start(go_live, "week"),
    )


def weighted_median(values: Seconds, weights: Seconds) -> float:
    """The smallest value with at least half of the weight on it and below; of equal weights the lower median."""
    order = np.argsort(values, kind="stable")
    running = np.cumsum(weights[order])
    # a hair below one half, so that sums of thirds and sevenths that make one half do
    place = int(np.searchsorted(running, running[-1] * (0.5 - 1e-12)))
    return float(values[order][place])


def _long_enough(weekly: Weekly, days: Sequence[int]) -> bool:
    return len(within(weekly, days).ordinals) >= MIN_BEFORE + MIN_AFTER


def _speaks(before: int, after: int, *, overall: Samples) -> bool:
    """Whether a cohort holds enough of the cases of both periods."""
    return before >= LEAST_COVERED * len(overall.before) and after >= LEAST_COVERED * len(overall.after)


def _agrees(medians: tuple[float, float], *, overall: Samples) -> CheckVerdict:
    """Rules 1 and 2 above."""
    whole = _relative(float(np.median(overall.before)), float(np.median(overall.after)))
    checked = _relative(*medians)
    same = abs(checked - whole) < MATERIAL
    left = abs(whole) >= MATERIAL and whole * checked > 0 and abs(checked) >= HALF * abs(whole)
    return "holds" if same or left else "contradicts"


def _relative(before: float, after: float) -> float:
    if before > 0:
        return after / before - 1
    return 0.0 if after == before else float("inf")


def _impossible(name: CheckName, reason: str, *, by: str | None = None, levels: tuple[str, ...] = ()) -> Check:
    return Check(name, by, levels, None, None, "not_possible", reason)
