"""The study of one process: the engine's counts, the tests on them, and what may be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from valueviz.analysis.effect import Effect
from valueviz.analysis.process.checks import run_checks
from valueviz.analysis.process.compare import edge_changes, step_changes
from valueviz.analysis.process.diagnosis import diagnose
from valueviz.analysis.process.findings import findings
from valueviz.analysis.process.hand import Missing
from valueviz.analysis.process.log import (
    GATE,
    CaseAttribute,
    Cause,
    Cut,
    LogSummary,
    Passage,
    Periods,
    PeriodSummary,
    Samples,
    Seconds,
    Variant,
    Weekly,
)
from valueviz.analysis.process.measures import lead_change, measure_effect, stated, stated_measures
from valueviz.analysis.process.redesign import suggest
from valueviz.analysis.process.result import (
    Check,
    Diagnosis,
    Drawn,
    EdgeChange,
    LeadWaterfall,
    Measure,
    ProcessFinding,
    StepChange,
    Suggestion,
)
from valueviz.analysis.process.select import select
from valueviz.analysis.process.waterfall import waterfall
from valueviz.analysis.process.weeks import Weeks, weeks
from valueviz.engine.log import Reader, WorkTime, reading
from valueviz.terms import Grade, Lineage, Measured, Window

FEWEST_LEVELS, MOST_LEVELS = 2, 50
"""An attribute with fewer levels matches nothing, with more it tells cases apart instead of groups."""

MINIMUM = 60.0
"""Seconds below which a change of an edge's median does not matter."""

SPECTRUM_EDGES, SPECTRUM_WEEKS, SPECTRUM_LINES = 5, 12, 1500
"""Edges of the spectrum, weeks on either side of go-live, lines an edge."""

MOST_NODES = 15
"""Activities on a map: with more, the panels of then and now no longer fit beside each other."""

NO_WEEKS = Weeks(first=0, go_live=0, transition=0, last=-1)
"""Where there is one period only: nothing is tested."""

MOST_VARIANTS = 100_000
"""Ways through a process that are compared with the agreed one."""

DRIVERS = 6
"""Attributes that are asked what they do to a wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessStudy:
    """Everything known about one process before and after, from an event log or typed by hand.

    `name` is the file's or the process's own. Of a process typed by hand `summary`, `change`, `checks` and whatever
    needs single cases are None or empty, and its grade is D (measured by somebody) or E (estimated). `go_live` is None
    where only one period is looked at. `leads` and the samples behind `passages` are of the two periods; `passages`
    pairs an edge with some of its cases around go-live. `sla` is the limit in seconds that `sla_share` among the
    measures refers to. `missing` are the numbers of a process typed by hand that nobody stated; `once`: no rework
    share is stated in it at all. `synthetic` says that the data are.
    """

    name: str
    kind: Literal["log", "hand"]
    grade: Grade | None
    lineage: Lineage
    cut: Cut
    overall: PeriodSummary
    go_live: date | None = None
    summary: LogSummary | None = None
    before: PeriodSummary | None = None
    after: PeriodSummary | None = None
    outside_segment: int = 0
    change: Effect | None = None
    measures: tuple[Measure, ...] = ()
    edges: tuple[EdgeChange, ...] = ()
    drawn: Drawn | None = None
    steps: tuple[StepChange, ...] = ()
    waterfall: LeadWaterfall | None = None
    causes: tuple[Cause, ...] = ()
    checks: tuple[Check, ...] = ()
    diagnoses: tuple[Diagnosis, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    variants: tuple[Variant, ...] = ()
    weekly: Weekly | None = None
    weekly_p90: Weekly | None = None
    leads: Samples | None = None
    passages: tuple[tuple[tuple[str, str], tuple[Passage, ...]], ...] = ()
    sla: float | None = None
    findings: tuple[ProcessFinding, ...] = ()
    missing: tuple[Missing, ...] = ()
    once: bool = False
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a log beside its cut.

    `minimum` is the smallest change in seconds that matters. `match` names the one attribute the cohort is matched on.
    `sla` is a limit of the lead time in seconds. `transition` weeks after go-live are left out. `currency` is that of
    the costs. `country` is whose public holidays are days off (None: weekends alone). `target` is the agreed path, the
    steps of a case in order; without one nothing is said of conformance.
    """

    minimum: float = MINIMUM
    match: str | None = None
    sla: float | None = None
    transition: int = 0
    currency: str | None = None
    country: str | None = None
    target: tuple[str, ...] = ()


def of_log(
    database: Path,
    cut: Cut,
    *,
    name: str,
    lineage: Measured,
    asked: Asked | None = None,
    synthetic: bool = False,
) -> ProcessStudy:
    """The study of one event log under a cut.

    Args:
        database: the coded log, as `engine.log.build_log` writes it.
        cut: which cases count; with `go_live` alone, the periods are all days before and all days from then on.
        name: what its owner calls the log.
        lineage: of every number.
        asked: limits and attributes; the defaults of the contract where None.
        synthetic: whether the data are made up.

    Raises:
        UsageError: `unknown_activity`, `unknown_attribute`.
    """
    asked = asked or Asked()
    with reading(database, _with_periods(cut, asked=asked)) as log:
        return _study(
            log, _with_periods(cut, asked=asked), name=name, lineage=lineage, asked=asked, synthetic=synthetic
        )


def _with_periods(cut: Cut, *, asked: Asked) -> Cut:
    """The cut with both periods, where a go-live day alone was given."""
    if cut.go_live is None or cut.before is not None:
        return cut
    bounds = cut.window or Window(date.min, date.max)
    begins = cut.go_live + timedelta(weeks=asked.transition)
    return replace(
        cut,
        before=Window(bounds.start, cut.go_live - timedelta(days=1)),
        after=Window(begins, bounds.end),
    )


def _study(log: Reader, cut: Cut, *, name: str, lineage: Measured, asked: Asked, synthetic: bool) -> ProcessStudy:
    summary, periods = log.summary(), log.periods()
    edges, steps = log.edges(), log.steps()
    both = periods.before is not None and periods.after is not None
    cases = (periods.before.cases, periods.after.cases) if periods.before and periods.after else (0, 0)
    drawn = select(edges, steps, cases=cases, most_nodes=MOST_NODES)
    pairs = [pair for pair in drawn.edges if GATE not in pair]
    span = _weeks(summary, cut) if both else None
    changes = edge_changes(
        edges,
        steps,
        weekly=log.weekly_edges(pairs) if span else {},
        samples=log.samples(pairs) if span else {},
        drawn=drawn,
        weeks=span or NO_WEEKS,
        cases=cases,
        minimum=asked.minimum,
    )
    waits = log.weekly_waits(drawn.activities) if span else {}
    stepped = step_changes(steps, cases=cases, weekly=waits, weeks=span)
    weekly, leads = log.weekly("lead_median"), log.leads()
    checks = _checks(log, summary, asked=asked, weekly=weekly, leads=leads, span=span) if span else ()
    change = stated(lead_change(weekly, span), checks) if span else None
    measured_cases = (leads.before.size, leads.after.size)  # of a segment: those that have it
    parts = (
        waterfall(log.frontier("before"), log.frontier("after"), cases=measured_cases, steps=steps) if both else None
    )
    measured = stated_measures(
        _measures(log, periods, asked=asked, span=span, weekly=weekly, added=_added(stepped)), checks
    )
    causes = log.causes()
    diagnoses = diagnose(
        steps,
        waits=log.waits,
        cases=periods.overall.cases,
        lead=None if cut.segment else periods.overall.lead_time.mean,
        causes=causes,
        attributes=[each.name for each in _grouping(summary)[:DRIVERS]],
        waits_by=log.waits_by,
    )
    return ProcessStudy(
        name=name,
        kind="log",
        grade=change.grade if change else "C",
        lineage=lineage,
        cut=_within(cut, summary),
        overall=periods.overall,
        go_live=(cut.go_live or (cut.after.start if cut.after else None)) if both else None,
        summary=summary,
        before=periods.before,
        after=periods.after,
        outside_segment=periods.outside_segment,
        change=change,
        measures=measured,
        edges=changes,
        drawn=drawn,
        steps=stepped,
        waterfall=parts,
        causes=causes,
        checks=checks,
        diagnoses=diagnoses,
        suggestions=suggest(diagnoses),
        variants=log.variants(),
        weekly=weekly,
        weekly_p90=log.weekly("lead_p90"),
        leads=leads,
        passages=_passages(log, changes, cut),
        sla=asked.sla,
        findings=findings(
            lead=change,
            overall=periods.overall,
            before=periods.before,
            after=periods.after,
            measures=measured,
            edges=changes,
            steps=stepped,
            waterfall=parts,
            checks=checks,
            diagnoses=diagnoses,
            drawn=drawn,
        ),
        synthetic=synthetic,
    )


def _within(cut: Cut, summary: LogSummary) -> Cut:
    """The cut with both periods inside the days of the log."""
    if cut.before is None or cut.after is None or summary.first is None or summary.last is None:
        return cut
    first, last = summary.first.date(), summary.last.date()
    return replace(
        cut,
        before=Window(max(cut.before.start, first), cut.before.end),
        after=Window(cut.after.start, min(cut.after.end, last)),
    )


def _weeks(summary: LogSummary, cut: Cut) -> Weeks | None:
    """The weeks of both periods, their open ends closed by the first and the last day of the log."""
    if summary.first is None or summary.last is None:
        return None
    bounded = _within(cut, summary)
    return None if bounded.before is None or bounded.after is None else weeks(bounded.before, bounded.after)


def _grouping(summary: LogSummary) -> tuple[CaseAttribute, ...]:
    """The attributes that tell groups of cases apart."""
    return tuple(each for each in summary.attributes if FEWEST_LEVELS <= each.levels <= MOST_LEVELS)


def _checks(
    log: Reader, summary: LogSummary, *, asked: Asked, weekly: Weekly, leads: Samples, span: Weeks
) -> tuple[Check, ...]:
    names = [asked.match] if asked.match is not None else [each.name for each in _grouping(summary)]
    return run_checks(leads, {name: log.lead_by(name) for name in names}, weekly=weekly, weeks=span)


def _added(steps: Sequence[StepChange]) -> tuple[str, ...]:
    return tuple(each.step.activity for each in steps if each.presence == "added")


def _measures(
    log: Reader, periods: Periods, *, asked: Asked, span: Weeks | None, weekly: Weekly, added: Sequence[str]
) -> tuple[Measure, ...]:
    """The lead time, the measures of the log, the share within the limit, and the adoption of the new steps."""

    def measured(key: str, values: Weekly | None, before: float | None, after: float | None) -> Measure:
        return measure_effect(key, values, weeks=span, before=before, after=after, currency=asked.currency)

    before, after = periods.before, periods.after
    then, now = (before, after) if span and before and after else (None, periods.overall)
    found = [
        measured("lead_median", weekly, then.lead_time.median if then else None, now.lead_time.median if now else None)
    ]
    found.append(
        measured(
            "lead_p90",
            log.weekly("lead_p90"),
            then.lead_time.p90 if then else None,
            now.lead_time.p90 if now else None,
        )
    )
    earlier = dict(then.measures) if then else {}
    for key, value in now.measures if now else ():
        if value is not None or earlier.get(key) is not None:
            found.append(measured(key, log.weekly(key) if span else None, earlier.get(key), value))
    if span and not log.summary().day_only:
        worked = log.leads(working=WorkTime(country=asked.country))
        found.append(Measure("working_lead_median", "second", _median(worked.before), _median(worked.after), None))
    if span and asked.target:
        found.append(_conformance(log, periods, target=asked.target))
    if asked.sla is not None:
        leads = log.leads()
        shares = [float((times <= asked.sla).mean()) if times.size else None for times in (leads.before, leads.after)]
        found.append(measured("sla_share", log.weekly_share(asked.sla), *shares))
    if span and added:
        adopted = log.weekly_adoption(added)
        before_share, after_share = _adopted(adopted, span)
        found.append(Measure("adoption", "share", before_share, after_share, None, adopted))
    return tuple(found)


def _median(times: Seconds) -> float | None:
    return float(np.median(times)) if times.size else None


def _conformance(log: Reader, periods: Periods, *, target: tuple[str, ...]) -> Measure:
    """The share of the cases of each period that took exactly the agreed path."""
    shares: list[float | None] = []
    alike = [each for each in log.variants(top=MOST_VARIANTS) if each.activities == target]
    for period, taken in (
        (periods.before, sum(each.before for each in alike)),
        (periods.after, sum(each.after for each in alike)),
    ):
        shares.append(taken / period.cases if period and period.cases else None)
    return Measure("conformance", "share", shares[0], shares[1], None)


def _adopted(weekly: Weekly, span: Weeks) -> tuple[float | None, float | None]:
    """The share of cases with a new step in the weeks before and after."""
    shares = []
    for period in (span.before, span.after):
        chosen = [
            (value, count)
            for week, value, count in zip(weekly.ordinals, weekly.values, weekly.counts, strict=True)
            if week in period
        ]
        cases = sum(count for _, count in chosen)
        shares.append(sum(value * count for value, count in chosen) / cases if cases else None)
    return shares[0], shares[1]


def _passages(
    log: Reader, changes: Sequence[EdgeChange], cut: Cut
) -> tuple[tuple[tuple[str, str], tuple[Passage, ...]], ...]:
    """Walks along the edges on which cases spend most time, around go-live."""
    if cut.after is None:
        return ()
    timed = [each for each in changes if each.drawn and each.overall and GATE not in (each.source, each.target)]
    heavy = sorted(timed, key=_spent, reverse=True)[:SPECTRUM_EDGES]
    pairs = [(each.source, each.target) for each in changes if each in heavy]
    found = log.passages(pairs, around=cut.go_live or cut.after.start, weeks=SPECTRUM_WEEKS, most=SPECTRUM_LINES)
    return tuple((pair, found[pair]) for pair in pairs if found.get(pair))


def _spent(edge: EdgeChange) -> float:
    return edge.overall.count * (edge.overall.mean or 0.0) if edge.overall else 0.0
