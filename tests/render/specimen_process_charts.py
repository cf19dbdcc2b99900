"""A small process that never was, before and after a go-live: every chart of a process has something to draw.

Numbers are made by rule from a seed; they say nothing about anybody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache
from random import Random

import numpy as np

from valueviz.analysis.effect import Effect
from valueviz.analysis.effect.forecast import BandPoint
from valueviz.analysis.process.log import (
    Cut,
    LeadTime,
    LogSummary,
    Passage,
    PeriodSummary,
    Samples,
    Step,
    StepStats,
    Variant,
    Weekly,
)
from valueviz.analysis.process.result import LeadWaterfall, Measure, Presence, StepChange, WaterfallPart
from valueviz.language import language
from valueviz.story.blocks import Block, ChartBlock, Ladder, SceneBlock, Section, Spectrum, Variants
from valueviz.story.process.time import process_time
from valueviz.story.process.variants import process_variants
from valueviz.story.process.waits import process_waits
from valueviz.story.process.weeks import process_weeks
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Locale, Measured, Verdict, period_of

HOUR, DAY = 3600.0, 86400.0
GO_LIVE = date(2026, 1, 5)
LINEAGE = Measured(query="process_log", digests=("5e" * 32,), rows=9000)
CASES = (800, 700)

Side = tuple[float, float, float]
"""Events a case, hours waited before an event, hours of work on it."""

STEPS: tuple[tuple[str, Side | None, Side | None, Verdict | None], ...] = (
    ("提交申请", (1.1, 0.0, 0.25), (1.0, 0.0, 0.2), None),
    ("部门经理审批", (1.2, 30.0, 0.2), (1.02, 9.0, 0.1), "improved"),
    ("Budget check by the finance department", (1.0, 12.0, 0.5), (1.0, 19.0, 0.5), "worse"),
    ("生成采购订单", (1.0, 9.0, 0.4), (1.0, 8.6, 0.4), "not_provable_yet"),
    ("手工录入台账", (1.0, 6.0, 0.7), None, None),
    ("系统自动匹配", None, (0.98, 0.02, 0.01), None),
    ("收货入库", (1.0, 97.0, 1.0), (1.0, 95.0, 1.0), "not_provable_yet"),
    ("付款", (1.0, 34.0, 0.3), (1.0, 33.9, 0.3), "not_provable_yet"),
    ("归档", (0.99, 0.1, 0.1), (0.99, 0.1, 0.1), None),
)


def effect(verdict: Verdict, estimate: float, *, reason: str | None = None, weeks: range | None = None) -> Effect:
    """An effect with a number and an interval around it."""
    half = 0.4 * abs(estimate)
    band = tuple(
        BandPoint(week, 9.4 * DAY, 10.5 * DAY, 11.6 * DAY) for week in (weeks if weeks is not None else range(0))
    )
    return Effect(
        series="lead_median",
        estimate=estimate,
        low=estimate - half,
        high=estimate + half,
        verdict=verdict,
        reason=reason,
        method="segmented_step",
        grade="B",
        n_before=40,
        n_after=30,
        better="lower",
        scale="log",
        season=1.0,
        grain="week",
        warnings=(),
        diagnostics=(),
        counterfactual=band,
        periods_needed=20,
    )


def _stats(side: Side | None, cases: int) -> StepStats | None:
    if side is None:
        return None
    often, wait, work = side
    median = 0.9 * wait * HOUR
    return StepStats(
        events=round(often * cases),
        cases=min(cases, round(often * cases)),
        share=min(1.0, often),
        wait_mean=wait * HOUR,
        wait_median=median,
        wait_low=0.93 * median,
        wait_high=1.06 * median,
        touch_mean=work * HOUR,
    )


def _change(name: str, before: Side | None, after: Side | None, verdict: Verdict | None) -> StepChange:
    presence: Presence = "added" if before is None else "removed" if after is None else "kept"
    stats = _stats(before, CASES[0]), _stats(after, CASES[1])
    wait = effect(verdict, ((after or before or STEPS[0][1])[1] - (before or (0, 0, 0))[1]) * HOUR) if verdict else None  # type: ignore[index]
    return StepChange(Step(name, stats[0] or stats[1], *stats), presence, wait)


def waterfall() -> LeadWaterfall:
    """The parts of the mean lead time, by how long and how often."""
    totals = [0.0, 0.0]
    parts = []
    for name, before, after, _ in STEPS:
        often = [side[0] if side else 0.0 for side in (before, after)]
        lasts = [(side[1] + side[2]) * HOUR if side else 0.0 for side in (before, after)]
        each = [one * two for one, two in zip(often, lasts, strict=True)]
        totals = [total + part for total, part in zip(totals, each, strict=True)]
        split = before is not None and after is not None
        duration = (lasts[1] - lasts[0]) * (often[0] + often[1]) / 2
        frequency = (often[1] - often[0]) * (lasts[0] + lasts[1]) / 2
        parts.append(WaterfallPart(name, duration if split else None, frequency if split else None, each[1] - each[0]))
    return LeadWaterfall(totals[0], totals[1], tuple(parts))


def _period(cases: int, mean: float) -> PeriodSummary:
    return PeriodSummary(cases, cases * 8, 12, LeadTime(0.95 * mean, mean, 1.6 * mean))


def _weekly(factor: float) -> Weekly:
    random = Random(11)
    middle = period_of(GO_LIVE, "week")
    weeks = tuple(range(middle - 40, middle + 34))
    level = [10.5 if week < middle else 7.4 for week in weeks]
    return Weekly(
        weeks,
        tuple(factor * DAY * each * random.uniform(0.92, 1.08) for each in level),
        tuple(20 for _ in weeks),
        tuple(week < weeks[-1] - 3 for week in weeks),
    )


def _leads() -> Samples:
    random = Random(5)
    before = sorted(random.lognormvariate(2.25, 0.4) * DAY for _ in range(CASES[0]))
    after = sorted(random.lognormvariate(1.9, 0.4) * DAY for _ in range(CASES[1]))
    return Samples(np.array(before), np.array(after))


def _passages() -> tuple[tuple[tuple[str, str], tuple[Passage, ...]], ...]:
    """Two segments: one continuous, one worked off on Mondays."""
    random = Random(3)
    start = datetime(2025, 10, 20, tzinfo=UTC).timestamp()
    leaves = [start + random.uniform(0, 150) * DAY for _ in range(700)]
    live = datetime.combine(GO_LIVE, time.min, tzinfo=UTC).timestamp()
    steady = tuple(Passage(at, at + random.lognormvariate(0.2, 0.5) * DAY, at >= live) for at in leaves)
    weekly = tuple(Passage(at, start + (1 + (at - start) // (7 * DAY)) * 7 * DAY, at >= live) for at in leaves)
    return (("提交申请", "部门经理审批"), steady), (("收货入库", "付款"), weekly)


def _variants() -> tuple[Variant, ...]:
    names = [name for name, *_ in STEPS]
    old = tuple(name for name in names if name != "系统自动匹配")
    new = tuple(name for name in names if name != "手工录入台账")
    loop = (*old[:2], *old[:2], *old[1:])
    counts = [(new, 0, 520), (old, 560, 40), (loop, 90, 10), (new[:5], 0, 30), (old[:6], 40, 20), (new[:3], 5, 12)]
    counts += [((*loop, *loop), 12, 3), (old[:2], 9, 9)]
    return tuple(
        Variant(f"{rank:016x}", tuple(way), before + after, before, after)
        for rank, (way, before, after) in enumerate(counts)
    )


@cache
def study() -> ProcessStudy:
    """A log with start stamps, a limit, and a proven change."""
    whole = waterfall()
    weekly = _weekly(1.0)
    change = effect("improved", -3.1 * DAY, weeks=range(weekly.ordinals[0], weekly.ordinals[-4]))
    return ProcessStudy(
        name="specimen.csv",
        kind="log",
        grade="B",
        lineage=LINEAGE,
        cut=Cut(go_live=GO_LIVE),
        overall=_period(sum(CASES), (whole.before + whole.after) / 2),
        go_live=GO_LIVE,
        summary=LogSummary(
            cases=sum(CASES),
            events=12000,
            activities=tuple(name for name, *_ in STEPS),
            variants=12,
            first=datetime.fromisoformat("2025-03-31T08:00"),
            last=datetime.fromisoformat("2026-08-28T18:00"),
            started=1.0,
            resources=True,
            roles=False,
            costs=False,
            day_only=False,
            attributes=(),
        ),
        before=_period(CASES[0], whole.before),
        after=_period(CASES[1], whole.after),
        change=change,
        measures=(Measure("adoption", "share", 0.0, 0.93, effect("improved", 0.9)),),
        steps=tuple(_change(*each) for each in STEPS),
        waterfall=whole,
        variants=_variants(),
        weekly=weekly,
        weekly_p90=_weekly(1.7),
        leads=_leads(),
        passages=_passages(),
        sla=7 * DAY,
        synthetic=True,
    )


def unproven() -> ProcessStudy:
    """The same log where nothing is proven, without limit and without start stamps."""
    whole = study()

    def bare(stats: StepStats | None) -> StepStats | None:
        return replace(stats, touch_mean=None) if stats is not None else None

    steps = tuple(
        replace(
            each,
            step=replace(each.step, overall=bare(each.step.overall), before=bare(each.step.before), after=bare(each.step.after)),
            wait=effect("not_provable_yet", 10.0) if each.presence == "kept" else None,
        )
        for each in whole.steps
    )  # fmt: skip
    found = effect("not_provable_yet", -0.2 * DAY, weeks=range(study().weekly.ordinals[0], study().weekly.ordinals[-4]))  # type: ignore[union-attr]
    return replace(whole, steps=steps, change=replace(found, high=0.3 * DAY), sla=None)


def one_period() -> ProcessStudy:
    """The same log without a go-live."""
    whole = study()
    variants = tuple(replace(each, before=0, after=0) for each in whole.variants)
    return replace(
        whole,
        cut=Cut(),
        go_live=None,
        before=None,
        after=None,
        change=None,
        waterfall=None,
        measures=(),
        passages=(),
        leads=None,
        variants=variants,
        sla=None,
    )


WRITERS = (process_time, process_waits, process_weeks, process_variants)


def sections(which: ProcessStudy, locale: Locale) -> tuple[Section, ...]:
    """All sections of a study that have something to say."""
    voice = Voice(language(locale))
    return tuple(found for write in WRITERS if (found := write(which, voice)) is not None)


def blocks(which: ProcessStudy, locale: Locale) -> tuple[Block, ...]:
    """The blocks of all sections of a study."""
    return tuple(block for section in sections(which, locale) for block in section.blocks)


@cache
def pictures(locale: Locale) -> dict[str, ChartBlock | SceneBlock]:
    """Every chart and scene of the specimens by a name."""
    found: dict[str, ChartBlock | SceneBlock] = {}
    for name, which in (("proven", study()), ("unproven", unproven()), ("one", one_period())):
        for block in blocks(which, locale):
            if hasattr(block, "alt"):
                found[f"{name}-{block.key}"] = block  # type: ignore[assignment, union-attr]
    return found


SCENES = (Spectrum, Variants, Ladder)
"""The scenes among the pictures."""
