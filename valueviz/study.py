"""Where data and statistics meet: a Question becomes a Study, and nothing here is worded or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from valueviz import catalog, engine
from valueviz.analysis import effect
from valueviz.analysis.effect import Design, Effect
from valueviz.catalog import Pack, calendars
from valueviz.engine import Rolled
from valueviz.errors import UsageError
from valueviz.store import Client, ImportRecord, Workspace
from valueviz.terms import (
    LOCALES,
    VERSION,
    Derived,
    Engagement,
    Grade,
    Interval,
    Lineage,
    Metric,
    Names,
    Promise,
    Question,
    Series,
    Window,
    period_end,
    period_of,
    period_start,
    weakest,
)

INSTRUMENT_GRADES: dict[str, Grade] = {
    "system_log": "A",
    "export": "A",
    "time_study": "D",
    "sample": "D",
    "survey": "D",
    "estimate": "E",
}
"""The best grade an instrument allows (PRODUCT, rule 7); one we do not know counts as an export."""

Status = Literal["kept", "partly", "missed", "open", "not_judged"]
"""What became of a promise; `open` means that the data cannot tell yet."""


@dataclass(frozen=True, slots=True)
class Target:
    """A promise beside what came of it.

    `change` is the promised change in the metric's unit, raw sign; `share` the measured change as a
    share of it (1.0 = all of it) with the ends of its interval; None where there is no number.
    """

    promise: Promise
    level: float | None
    change: float | None
    share: float | None
    share_interval: Interval | None
    status: Status

    @property
    def sure(self) -> bool:
        """Whether the promise is kept even at the conservative end."""
        return self.status == "kept" and self.share_interval is not None and self.share_interval.low >= 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One metric: its series, its effect with a grade, the means before and after, its promise.

    `before` and `after` are plain means of the usable points, in the metric's unit. `incomplete` periods
    lack a unit and count as missing; `partial` ones at the edges are not in the series at all.
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

    def outcome(self, metric: str) -> Outcome:
        """The outcome of a metric; KeyError where it was not measured."""
        return next(outcome for outcome in self.outcomes if outcome.metric.key == metric)


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
    metrics = measurable(client)
    rolled = client.rollup(metrics=metrics, sites=question.sites, window=_bounds(question, engagement=engagement))
    known = {metric.key: metric for metric in metrics}
    outcomes = [
        _outcome(known[item.metric_key], item, engagement=engagement, sites=question.sites, as_of=question.as_of)
        for item in rolled
        if any(value is not None for value in item.series.values)
    ]
    if not outcomes:
        raise UsageError("nothing_measured", client=client.key)
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
        as_of=question.as_of or _last_day(outcomes),
        controls_moved=moved,
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
    industry = client.engagement().industry
    shipped = catalog.pack_or_general(industry).metrics
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


def _last_day(outcomes: Sequence[Outcome]) -> date | None:
    """The last day of the last period any metric was measured in."""
    return max((period_end(outcome.series.ordinals[-1], outcome.series.grain) for outcome in outcomes), default=None)


def _outcome(
    metric: Metric, rolled: Rolled, *, engagement: Engagement, sites: tuple[str, ...], as_of: date | None
) -> Outcome:
    series = _whole_periods(rolled.series, as_of=as_of)
    design = _design(metric, series, engagement=engagement, sites=sites)
    found = effect.estimate(series, design)
    before, after = _means(series, found=found, go_live=design.go_live, transition=design.transition)
    promise = next((item for item in engagement.promises if item.metric == metric.key), None)
    return Outcome(
        metric=metric,
        series=series,
        effect=found,
        grade=weakest(found.grade, _instrument_grade(metric, series)),
        before=before,
        after=after,
        target=_target(promise, found=found, base=_baseline_mean(series, engagement=engagement)) if promise else None,
        negative_control=metric.key in engagement.negative_controls,
        units=rolled.units,
        left_out=rolled.left_out,
        incomplete=rolled.incomplete,
        partial=rolled.partial,
        go_live=design.go_live if design.go_live is not None else 0,
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
    return _mean(before), _mean(after)


def _mean(values: Sequence[float]) -> float | None:
    from math import fsum

    return fsum(values) / len(values) if values else None


def _baseline_mean(series: Series, *, engagement: Engagement) -> float | None:
    """The mean over the signed baseline window; without one, over all points before go-live."""
    end = engagement.baseline.end if engagement.baseline else engagement.go_live - timedelta(days=1)
    return _mean(
        [
            value
            for ordinal, value in zip(series.ordinals, series.values, strict=True)
            if value is not None and period_start(ordinal, series.grain) <= end
        ]
    )


def _instrument_grade(metric: Metric, series: Series) -> Grade | None:
    """The best grade the weakest instrument of a series allows."""
    stated = {instrument for instrument in series.instruments or () if instrument}
    instruments = stated or {metric.instrument or "export"}
    return weakest(*(INSTRUMENT_GRADES.get(instrument, "A") for instrument in sorted(instruments)))


def _target(promise: Promise, *, found: Effect, base: float | None) -> Target:
    """The promise as a change against the baseline mean, and how much of it the effect amounts to."""
    change = _promised_change(promise, base=base)
    level = base + change if base is not None and change is not None else None
    if change is None or change == 0 or found.estimate is None or found.gain is None or found.gain_interval is None:
        return Target(promise, level, change, None, None, "not_judged" if found.estimate is None else "open")
    sign = 1.0 if found.better == "higher" else -1.0
    gain = sign * change
    ends = (found.gain_interval.low / gain, found.gain_interval.high / gain)
    return Target(
        promise=promise,
        level=level,
        change=change,
        share=found.gain / gain,
        share_interval=Interval(min(ends), max(ends), found.level),
        status=_status(found, promised=gain, gain=found.gain, interval=found.gain_interval),
    )


def _promised_change(promise: Promise, *, base: float | None) -> float | None:
    match promise.target:
        case "change":
            return promise.value
        case "relative":
            return None if base is None else promise.value * base
        case "level":
            return None if base is None else promise.value - base


def _status(found: Effect, *, promised: float, gain: float, interval: Interval) -> Status:
    """Kept when a stated improvement reaches the promise; missed when the interval excludes it."""
    if found.verdict == "improved":
        return "kept" if gain >= promised else "partly"
    if found.verdict == "worse" or interval.high < promised:
        return "missed"
    return "open"
