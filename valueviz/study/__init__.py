"""Where data and statistics meet: a Question becomes a Study, and nothing here is worded or drawn."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from valueviz import catalog, engine
from valueviz.analysis import effect
from valueviz.analysis.effect import Design, Effect
from valueviz.analysis.quality import RULES, series_findings
from valueviz.catalog import Pack, calendars
from valueviz.engine import Rolled
from valueviz.errors import UsageError
from valueviz.store import Client, ImportRecord, Workspace
from valueviz.study.known import setting
from valueviz.study.target import Status, Target, baseline_mean, judged, mean
from valueviz.terms import (
    LOCALES,
    VERSION,
    Derived,
    Engagement,
    Finding,
    Grade,
    Lineage,
    Metric,
    Names,
    Promise,
    Question,
    Repair,
    Series,
    Window,
    period_end,
    period_of,
    weakest,
)

__all__ = [
    "INSTRUMENT_GRADES",
    "Outcome",
    "Status",
    "Study",
    "Target",
    "ask",
    "judged",
    "measurable",
    "of_series",
    "run",
    "sites",
]

INSTRUMENT_GRADES: dict[str, Grade] = {
    "system_log": "A",
    "export": "A",
    "time_study": "D",
    "sample": "D",
    "survey": "D",
    "estimate": "E",
}
"""The best grade an instrument allows (PRODUCT, rule 7)."""

UNKNOWN_INSTRUMENT: Grade = "C"
"""The best grade of an instrument nobody knows: it may be an export as well as a guess."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One metric: its series, its effect with a grade, the means before and after, its promise.

    `before` and `after` are plain means of the usable points, in the metric's unit. `incomplete` periods
    lack a unit and count as missing; `partial` ones at the edges are not in the series at all. `findings` are
    about its data, gravest first; the caps among them are in `grade`.
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
class Study:
    """Everything known about one question; an industry alone (no client) has no outcomes."""

    question: Question
    pack: Pack
    engagement: Engagement | None = None
    outcomes: tuple[Outcome, ...] = ()
    imports: tuple[ImportRecord, ...] = ()
    unmeasured: tuple[Promise, ...] = ()
    as_of: date | None = None
    controls_moved: tuple[str, ...] = ()
    inline: tuple[Metric, ...] = ()

    def outcome(self, metric: str) -> Outcome:
        """The outcome of a metric; KeyError where it was not measured."""
        return next(outcome for outcome in self.outcomes if outcome.metric.key == metric)

    def defined(self, metric: str) -> Metric | None:
        """The definition of a metric, measured or not; None where neither the pack nor a mapping holds it."""
        return next((each for each in (*self.inline, *self.pack.metrics) if each.key == metric), None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found about the data, gravest first."""
        order = list(RULES)
        found = [each for outcome in self.outcomes for each in outcome.findings]
        return tuple(sorted(found, key=lambda each: order.index(each.code)))

    def repairs(self) -> tuple[tuple[Repair, tuple[Finding, ...]], ...]:
        """The findings by what would repair them; first the repair that lifts the gravest."""
        found = self.findings
        return tuple(
            (repair, tuple(each for each in found if each.repair == repair))
            for repair in dict.fromkeys(each.repair for each in found)
        )


def ask(
    client: Client | None,
    *,
    industry: str | None = None,
    as_of: date | None = None,
    window: Window | None = None,
    sites: Sequence[str] = (),
) -> Question:
    """The question about a client as the workspace stands now, or about an industry alone.

    Raises:
        UsageError: "unknown_site" for a site the imports do not hold.
    """
    if client is None:
        return Question(None, industry, (), "", catalog.catalog_digest(), as_of, version=VERSION)
    known = engine.site_keys(client.cache()) if sites else ()
    for site in sites:
        if site not in known:
            raise UsageError("unknown_site", site=site, nearest=catalog.nearest(site, known))
    return Question(
        client=client.key,
        industry=client.engagement().industry,
        snapshots=client.snapshots(),
        knowledge=client.knowledge(),
        catalog=catalog.catalog_digest(),
        as_of=as_of,
        window=window,
        sites=tuple(sorted(sites)),
        version=VERSION,
    )


def run(workspace: Workspace | None, question: Question) -> Study:
    """The study of a question: every imported metric rolled up, its effect estimated, its promise judged.

    Raises:
        UsageError: "no_data" where nothing was imported for the client yet, "nothing_measured" where no
            value lies in the window or before the as-of date.
    """
    pack = catalog.pack_or_general(question.industry)
    if workspace is None or question.client is None:
        return Study(question, pack, as_of=question.as_of)
    client = workspace.client(question.client)
    if not question.snapshots:
        raise UsageError("no_data", client=client.key)
    engagement = client.engagement()
    pack = replace(pack, metrics=catalog.priced(pack.metrics, engagement.currency))
    metrics = measurable(client)
    rolled = client.rollup(metrics=metrics, sites=question.sites, window=_bounds(question, engagement=engagement))
    known = {metric.key: metric for metric in metrics}
    rolled = tuple(item for item in rolled if any(value is not None for value in item.series.values))
    if not rolled:
        raise UsageError("nothing_measured", client=client.key)
    as_of = question.as_of or max(period_end(item.series.ordinals[-1], item.series.grain) for item in rolled)
    doubted = {key for each in client.imports() if "percent_or_share" in each.warnings for key in each.metrics}
    outcomes = [
        _outcome(
            known[item.metric_key], item, engagement=engagement, sites=question.sites, as_of=as_of, doubted=doubted
        )
        for item in rolled
    ]
    moved = tuple(
        outcome.metric.key
        for outcome in outcomes
        if outcome.negative_control and outcome.effect.verdict in ("improved", "worse")
    )
    if moved:
        outcomes = [replace(outcome, grade=weakest(outcome.grade, "C")) for outcome in outcomes]
    measured = {outcome.metric.key for outcome in outcomes}
    return Study(
        question=question,
        pack=pack,
        engagement=engagement,
        outcomes=tuple(outcomes),
        imports=client.imports(),
        unmeasured=tuple(promise for promise in engagement.promises if promise.metric not in measured),
        as_of=as_of,
        controls_moved=moved,
        inline=client.inline_metrics(),
    )


def sites(client: Client) -> tuple[str, ...]:
    """The sites that a client's imports hold, by key; none where nothing was imported."""
    return engine.site_keys(client.cache()) if client.snapshots() else ()


def of_series(series: Series, design: Design, *, estimated: Effect) -> Study:
    """The study of one series that belongs to no workspace.

    Args:
        series: with its lineage.
        design: how the effect was estimated.
        estimated: the effect.
    """
    metric = Metric(
        key=series.key,
        name=Names(tuple((locale, series.key) for locale in LOCALES)),
        unit="",
        better=design.better,
        aggregation="mean",
        instrument="export",
    )
    before, after = _means(series, found=estimated, go_live=design.go_live, transition=design.transition)
    outcome = Outcome(
        metric=metric,
        series=series,
        effect=estimated,
        grade=estimated.grade,
        before=before,
        after=after,
        target=None,
        negative_control=False,
        units=(),
        left_out=(),
        incomplete=(),
        partial=(),
        go_live=design.go_live if design.go_live is not None else series.ordinals[-1] + 1,
    )
    return Study(Question(None, None, (), "", "", None), catalog.pack_or_general(None), outcomes=(outcome,))


def measurable(client: Client) -> tuple[Metric, ...]:
    """The metrics a client's rows may carry: those of its pack and those its mappings define (these win)."""
    agreed = client.engagement()
    shipped = catalog.priced(catalog.pack_or_general(agreed.industry).metrics, agreed.currency)
    inline = client.inline_metrics()
    own = {metric.key for metric in inline}
    return tuple(metric for metric in shipped if metric.key not in own) + inline


def _bounds(question: Question, *, engagement: Engagement) -> Window | None:
    """The days to read: the window asked for, from the start of the baseline on, up to the as-of date."""
    window = question.window or Window(date.min, date.max)
    start = max(window.start, engagement.baseline.start if engagement.baseline else date.min)
    end = min(window.end, question.as_of or date.max)
    if (start, end) == (date.min, date.max):
        return None
    return Window(start, end)


def _outcome(
    metric: Metric,
    rolled: Rolled,
    *,
    engagement: Engagement,
    sites: tuple[str, ...],
    as_of: date,
    doubted: Collection[str],
) -> Outcome:
    series = _whole_periods(rolled.series, as_of=as_of)
    design = _design(metric, series, engagement=engagement, sites=sites)
    estimated = effect.estimate(series, design)
    allowed = _instrument_grade(metric, series)
    findings = series_findings(
        series,
        design,
        setting=setting(
            metric,
            replace(rolled, series=series),
            estimated=estimated,
            engagement=engagement,
            allowed=allowed,
            as_of=as_of,
            doubted=doubted,
        ),
    )
    before, after = _means(series, found=estimated, go_live=design.go_live, transition=design.transition)
    promise = next((item for item in engagement.promises if item.metric == metric.key), None)
    base = baseline_mean(series, engagement=engagement)
    return Outcome(
        metric=metric,
        series=series,
        effect=estimated,
        grade=weakest(estimated.grade, allowed, *(each.cap for each in findings if each.cap)),
        before=before,
        after=after,
        target=judged(promise, found=estimated, base=base) if promise else None,
        negative_control=metric.key in engagement.negative_controls,
        units=rolled.units,
        left_out=rolled.left_out,
        incomplete=rolled.incomplete,
        partial=rolled.partial,
        go_live=design.go_live if design.go_live is not None else 0,
        findings=findings,
    )


def _whole_periods(series: Series, *, as_of: date | None) -> Series:
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


def _design(metric: Metric, series: Series, *, engagement: Engagement, sites: tuple[str, ...]) -> Design:
    """The design an engagement declares for a series.

    Sites that go live on different days are one change with a longer transition: it lasts from the
    first go-live to the last, plus the declared transition.
    """
    dates = [site.go_live or engagement.go_live for site in engagement.sites if not sites or site.key in sites] or [
        engagement.go_live
    ]
    first, last = (period_of(day, series.grain) for day in (min(dates), max(dates)))
    holiday = None
    if engagement.currency == "CNY" and series.ordinals:
        holiday = calendars.spring_festival_share(series.ordinals, series.grain)
    return Design(
        go_live=first,
        better=metric.better,
        transition=engagement.transition_periods + (last - first),
        season=metric.season if metric.season is not None else "auto",
        holiday=holiday,
        events=tuple(period_of(event.date, series.grain) for event in engagement.events),
        share=metric.unit in ("percent", "share"),
    )


def _means(series: Series, *, found: Effect, go_live: int | None, transition: int) -> tuple[float | None, float | None]:
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


def _instrument_grade(metric: Metric, series: Series) -> Grade | None:
    """The best grade the weakest instrument of a series allows."""
    stated = {instrument for instrument in series.instruments or () if instrument}
    instruments = stated or {metric.instrument or "export"}
    return weakest(
        *(
            INSTRUMENT_GRADES.get(catalog.instrument_of(instrument), UNKNOWN_INSTRUMENT)
            for instrument in sorted(instruments)
        )
    )
