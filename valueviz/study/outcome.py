"""One metric of an engagement: its series, its effect, where the effect came from, and how good the evidence is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import fsum

from valueviz.analysis import attribution, effect, spc
from valueviz.analysis.attribution import Attribution
from valueviz.analysis.effect import Design, Effect, Panel
from valueviz.analysis.quality import series_findings
from valueviz.engine import Rolled, Withdrawal
from valueviz.study import design
from valueviz.study.evidence import Evidence, graded, instrument_grade
from valueviz.study.known import setting
from valueviz.study.target import Target, baseline_mean, judged, mean
from valueviz.study.withdrawn import realised, without
from valueviz.terms import Derived, Engagement, Finding, Grade, Interval, Lineage, Metric, Series, period_end, weakest

REASONS: tuple[spc.Rebasing | None, ...] = ("go_live", None)
"""Limits are drawn twice: computed anew at go-live, which is declared, and those of before held."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the process behind a metric behaves: limits anew from go-live on, and those of before held over it.

    Positions are those of the series. `target` is the promised level, in the unit of the values.
    """

    rebased: spc.Chart
    held: spc.Chart
    target: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One metric: its series, its effect with a grade, the means before and after, its promise.

    `before` and `after` are plain means of the usable points, in the metric's unit; of a panel those of the cells
    without and with the system. `incomplete` periods lack a unit and count as missing; `partial` ones at the edges
    are not in the series at all. `pooled` is, beside the effect of a panel, what the units taken together would
    say. `withdrawn` periods were measured once and are missing from a later file; `realised` is the gain summed over
    the measured periods after, the lowest that can be computed with and without them. `volume` is what happened to the volume it rests on (a rival explanation that can be measured). `findings` are about its data, gravest first; the caps among them are in `grade`.
    """

    metric: Metric
    series: Series
    effect: Effect
    grade: Grade | None
    before: float | None
    after: float | None
    target: Target | None
    negative_control: bool
    units: tuple[str, ...]
    left_out: tuple[str, ...]
    incomplete: tuple[int, ...]
    partial: tuple[int, ...]
    go_live: int
    findings: tuple[Finding, ...] = ()
    pooled: Effect | None = None
    volume: Effect | None = None
    attribution: Attribution | None = None
    behaviour: Behaviour | None = None
    evidence: Evidence = field(default_factory=Evidence)
    withdrawn: tuple[int, ...] = ()
    realised: Interval | None = None

    @property
    def cap(self) -> Grade | None:
        """The best grade that findings about its data leave; None where none of them caps it."""
        return weakest(*(each.cap for each in self.findings if each.cap))

    @property
    def lineage(self) -> Lineage:
        """Where the effect comes from: the method, applied to the measured series."""
        inputs = (self.series.lineage,) if self.series.lineage is not None else ()
        return Derived(formula=self.effect.method or "not_estimated", inputs=inputs)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all metrics of a study share: the engagement, the sites asked for, the as-of date, doubts."""

    engagement: Engagement
    sites: tuple[str, ...]
    as_of: date
    doubted: Collection[str]
    withdrawn: Mapping[str, Sequence[Withdrawal]]


def outcome_of(metric: Metric, rolled: Rolled, *, frame: Frame) -> Outcome:
    """The outcome of one metric.

    Args:
        metric: its definition.
        rolled: its series, pooled and by unit.
        frame: what all metrics share.
    """
    engagement = frame.engagement
    series = whole_periods(rolled.series, as_of=frame.as_of)
    whole = design.pooled(metric, series, engagement=engagement, sites=frame.sites, units=rolled.units)
    side = design.panel(metric, rolled, series=series, engagement=engagement)
    parts = _attributed(series, whole, engagement=engagement)
    estimated = _estimated(series, whole, side=side, parts=parts, engagement=engagement)
    by_units = side is not None and estimated.method not in ("segmented_step", "count_step")
    allowed = instrument_grade(metric, series)
    about = setting(
        metric,
        replace(rolled, series=series),
        estimated=estimated,
        engagement=engagement,
        allowed=allowed,
        as_of=frame.as_of,
        doubted=frame.doubted,
    )
    findings = series_findings(series, whole, setting=about)
    gone = frame.withdrawn.get(metric.key, ())

    def again(periods: frozenset[int]) -> Effect:
        rest = None if side is None else without(side, periods)
        measured = without(series, periods)
        divided = _attributed(measured, whole, engagement=engagement)
        return _estimated(measured, whole, side=rest, parts=divided, engagement=engagement)

    evidence = graded(
        metric,
        series,
        estimated=estimated,
        design=whole,
        engagement=engagement,
        findings=findings,
        withdrawn=bool(gone),
    )
    before, after = (
        _panel_means(side, found=estimated, transition=engagement.transition_periods)
        if by_units and side is not None
        else means(series, found=estimated, go_live=whole.go_live, transition=whole.transition)
    )
    promise = next((item for item in engagement.promises if item.metric == metric.key), None)
    base = before if by_units else baseline_mean(series, engagement=engagement)
    target = judged(promise, found=estimated, base=base) if promise else None
    if target is not None and by_units and target.status == "missed" and estimated.verdict != "worse":
        target = _unseen(target, later=design.later(design.steps(series, whole, engagement=engagement), whole))
    return Outcome(
        metric=metric,
        series=series,
        effect=estimated,
        grade=evidence.grade,
        before=before,
        after=after,
        target=target,
        negative_control=metric.key in engagement.negative_controls,
        units=rolled.units,
        left_out=rolled.left_out,
        incomplete=rolled.incomplete,
        partial=rolled.partial,
        go_live=whole.go_live if whole.go_live is not None else 0,
        findings=findings,
        evidence=evidence,
        withdrawn=tuple(each.period for each in gone),
        realised=realised(estimated, withdrawn=gone, again=again),
        pooled=effect.estimate(series, whole, thorough=False) if by_units else None,
        volume=_volume(series, whole),
        behaviour=_behaviour(series, whole, target=target.level if target else None),
        attribution=parts if estimated.verdict in ("improved", "worse") else None,
    )


def _estimated(
    series: Series, whole: Design, *, side: Panel | None, parts: Attribution | None, engagement: Engagement
) -> Effect:
    """The effect by the design the data and the engagement call for (`study.design`)."""
    if side is not None:
        found = effect.estimate(side, design.by_unit(whole, engagement=engagement))
        # a comparison site in the pooled series would hide part of the change
        if found.reason != "too_few_periods" or design.never_live(engagement):
            return found
    if parts is not None and sum(part.kind != "remainder" for part in parts.parts) > 1:
        return parts.effect
    return effect.estimate(series, whole)


def _volume(series: Series, whole: Design) -> Effect | None:
    """What the go-live did to the volume a metric rests on; None where no volume is known."""
    if series.volumes is None:
        return None
    volumes = Series(f"{series.key}.volume", series.grain, series.ordinals, series.volumes)
    return effect.estimate(volumes, replace(whole, better="higher", share=False), thorough=False)


def _behaviour(series: Series, whole: Design, *, target: float | None) -> Behaviour | None:
    """The process limits before go-live and after; None where go-live is not declared."""
    if whole.go_live is None:
        return None
    at = bisect_left(series.ordinals, whole.go_live)
    gone = bisect_left(series.ordinals, whole.go_live + whole.transition) - at
    drawn = {
        reason: spc.chart(
            series.values, better=whole.better, go_live=at, transition=gone, rebased=reason, target=target
        )
        for reason in REASONS
    }
    return Behaviour(drawn["go_live"], drawn[None], target)


def _attributed(series: Series, whole: Design, *, engagement: Engagement) -> Attribution | None:
    """What each dated step brought to the pooled series; None where no step is dated, or a site never got the system."""
    if not engagement.steps or design.never_live(engagement):
        return None
    steps = design.steps(series, whole, engagement=engagement)
    return attribution.split(series, whole, steps, thorough=design.later(steps, whole))


def whole_periods(series: Series, *, as_of: date | None) -> Series:
    """The series without a last period that had not ended on the as-of date."""
    if as_of is None or not series.ordinals or period_end(series.ordinals[-1], series.grain) <= as_of:
        return series
    keep = sum(period_end(ordinal, series.grain) <= as_of for ordinal in series.ordinals)
    return replace(
        series,
        ordinals=series.ordinals[:keep],
        values=series.values[:keep],
        volumes=series.volumes and series.volumes[:keep],
        instruments=series.instruments and series.instruments[:keep],
        definition_versions=series.definition_versions and series.definition_versions[:keep],
    )


def means(series: Series, *, found: Effect, go_live: int | None, transition: int) -> tuple[float | None, float | None]:
    """Plain means of the usable points before go-live and after the transition."""
    if go_live is None:
        return None, None
    excluded = {ordinal for ordinal, _ in found.excluded}
    points = [
        (ordinal, value)
        for ordinal, value in zip(series.ordinals, series.values, strict=True)
        if value is not None and ordinal not in excluded
    ]
    before = [value for ordinal, value in points if ordinal < go_live]
    after = [value for ordinal, value in points if ordinal >= go_live + transition]
    return mean(before), mean(after)


def _unseen(target: Target, *, later: bool) -> Target:
    """A promise that a comparison between sites calls missed, while a later step reached all sites at once: open."""
    return replace(target, status="open") if later else target


def _panel_means(side: Panel, *, found: Effect, transition: int) -> tuple[float | None, float | None]:
    """The means of the treated units before and after, each unit with the weight it has after.

    After are the cells that count: past the unit's transition, while another unit was without the system. Units that
    never got it are in neither mean.
    """
    befores: list[tuple[float, float]] = []
    for unit, start in enumerate(side.go_lives):
        if start is None:
            continue
        others = [other for place, other in enumerate(side.go_lives) if place != unit]
        before, after = [], 0.0
        for place, (ordinal, value) in enumerate(zip(side.ordinals, side.values[unit], strict=True)):
            size = 1.0 if side.volumes is None else side.volumes[unit][place]
            if value is None or size is None:
                continue
            if ordinal < start:
                before.append((value * size, size))
            elif ordinal >= start + transition and any(other is None or other > ordinal for other in others):
                after += size
        weight = fsum(size for _, size in before)
        if weight and after:
            befores.append((fsum(product for product, _ in before) / weight * after, after))
    whole = fsum(weight for _, weight in befores)
    mean_before = fsum(product for product, _ in befores) / whole if whole else None
    if mean_before is not None and side.summed:
        mean_before *= found.treated_units or len(befores)
    return mean_before, found.observed_mean
