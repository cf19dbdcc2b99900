"""Where data and statistics meet: a Question becomes a Study, and nothing here is worded or drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from valueviz import catalog, engine
from valueviz.analysis.effect import Design, Effect
from valueviz.analysis.quality import RULES
from valueviz.catalog import Pack
from valueviz.errors import UsageError
from valueviz.store import Client, ImportRecord, Workspace
from valueviz.study.client_processes import processes_of
from valueviz.study.design import unknown_sites
from valueviz.study.evidence import with_controls_moved
from valueviz.study.outcome import Behaviour, Frame, Outcome, means, outcome_of
from valueviz.study.process import ProcessStudy
from valueviz.study.target import Status, Target, judged
from valueviz.terms import (
    LOCALES,
    VERSION,
    Engagement,
    Finding,
    Metric,
    Names,
    Promise,
    Question,
    Repair,
    Series,
    Window,
    period_end,
)

__all__ = [
    "Behaviour",
    "Outcome",
    "ProcessStudy",
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
    reverted: tuple[str, ...] = ()
    unknown_sites: tuple[str, ...] = ()
    processes: tuple[ProcessStudy, ...] = ()

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
    attributes: Sequence[tuple[str, str]] = (),
    variant: str | None = None,
    process: bool = False,
) -> Question:
    """The question about a client as the workspace stands now, or about an industry alone.

    Args:
        client: who is asked about.
        industry: asked about where there is no client.
        as_of: the last day that counts.
        window: the days that count.
        sites: those that count; all where none is named.
        attributes: of cases of a process, with the values that count.
        variant: the one way through a process that counts.
        process: the sites of event logs are known as well.

    Raises:
        UsageError: "unknown_site" for a site the imports do not hold.
    """
    if client is None:
        return Question(None, industry, (), "", catalog.catalog_digest(), as_of, version=VERSION)
    known = engine.site_keys(client.cache()) if sites else ()
    if sites and process:
        from valueviz.study import cases

        known = (*known, *cases.sites(client))
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
        attributes=tuple(sorted(attributes)),
        variant=variant,
    )


def run(workspace: Workspace | None, question: Question, *, estimated: bool = True) -> Study:
    """The study of a question: every imported metric rolled up, its effect estimated, its promise judged.

    Args:
        workspace: where the client lives.
        question: what is asked.
        estimated: False leaves the effects of the metrics out: a report about processes alone shows none of them,
            and they are most of the work.

    Raises:
        UsageError: "no_data" where nothing was imported for the client yet, "nothing_measured" where no
            value lies in the window or before the as-of date.
    """
    pack = catalog.pack_or_general(question.industry)
    if workspace is None or question.client is None:
        return Study(question, pack, as_of=question.as_of)
    client = workspace.client(question.client)
    engagement = client.engagement()
    bounds = _bounds(question, engagement=engagement)
    processes = processes_of(client, question, bounds=bounds)
    if not question.snapshots and not processes:
        raise UsageError("no_data", client=client.key)
    pack = replace(pack, metrics=catalog.priced(pack.metrics, engagement.currency))
    metrics = measurable(client)
    rolled = client.rollup(metrics=metrics, sites=question.sites, window=bounds, restored=True)
    known = {metric.key: metric for metric in metrics}
    rolled = tuple(item for item in rolled if any(value is not None for value in item.series.values))
    if not rolled and not processes:
        raise UsageError("nothing_measured", client=client.key)
    as_of = question.as_of or _last_day(rolled, processes)
    outcomes = _outcomes(client, question, rolled=rolled, known=known, as_of=as_of) if estimated else []
    moved = tuple(
        each.metric.key for each in outcomes if each.negative_control and each.effect.verdict in ("improved", "worse")
    )
    if moved:
        outcomes = [_doubted(each) for each in outcomes]
    measured = {each.metric.key for each in outcomes}
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
        processes=processes,
        reverted=tuple(dict.fromkeys(record.file for record in client.state().reverted)),
        unknown_sites=()
        if question.sites
        else unknown_sites(engagement, [u for item in rolled for u in (*item.units, *item.left_out)]),
    )


def _outcomes(
    client: Client,
    question: Question,
    *,
    rolled: Sequence[engine.Rolled],
    known: Mapping[str, Metric],
    as_of: date | None,
) -> list[Outcome]:
    """The effect of every metric that was measured."""
    if as_of is None:
        return []
    engagement, bounds = client.engagement(), _bounds(question, engagement=client.engagement())
    doubted = {key for each in client.imports() if "percent_or_share" in each.warnings for key in each.metrics}
    gone = client.withdrawn(rolled=rolled, window=bounds)
    frame = Frame(engagement, question.sites, as_of, doubted, gone)
    return [outcome_of(known[item.metric_key], item, frame=frame) for item in rolled]


def _last_day(rolled: Sequence[engine.Rolled], processes: Sequence[ProcessStudy]) -> date | None:
    """The last day of the last period measured, without metrics that of the last event; None where nothing but steps typed by hand is."""
    days = [period_end(item.series.ordinals[-1], item.series.grain) for item in rolled]
    days = days or [each.summary.last.date() for each in processes if each.summary is not None and each.summary.last]
    return max(days, default=None)


def _doubted(outcome: Outcome) -> Outcome:
    """An outcome in a report whose negative controls changed as well."""
    evidence = with_controls_moved(outcome.evidence)
    return replace(outcome, evidence=evidence, grade=evidence.grade)


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
    before, after = means(series, found=estimated, go_live=design.go_live, transition=design.transition)
    only = Outcome(
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
    return Study(Question(None, None, (), "", "", None), catalog.pack_or_general(None), outcomes=(only,))


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
