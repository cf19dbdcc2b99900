"""One page a top metric: the series, what would have been, what was done when, and what it means."""

from __future__ import annotations

from dataclasses import replace

from valueviz.story import checks, outcomes
from valueviz.story.blocks import (
    Axis,
    BandPoint,
    Block,
    Bullets,
    Label,
    Point,
    Prose,
    Rule,
    Run,
    RunChart,
    Section,
    State,
    Text,
    Tone,
)
from valueviz.story.figures import Figures, gap_unit
from valueviz.story.narrowing import narrowing
from valueviz.story.scale import time_axis, value_axis
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice, plain
from valueviz.study import Outcome, Study
from valueviz.terms import Engagement, period_of

TOP_IMPROVED = 2
"""Pages for stated improvements; the scorecard holds the rest."""

MOST_LISTED = 6
"""Excluded periods named one by one; more are counted."""


CHECKED = ("wandering", "pre_trend", "change_date_disagrees")
"""Warnings that say what a check says."""


@section("trend_all")
def trend_all(study: Study, voice: Voice) -> tuple[Section, ...]:
    """A trend for every metric, whatever its verdict: stated ones first, the controls last."""
    stated = outcomes.with_verdict(study, "improved", "worse")
    others = tuple(outcome for outcome in outcomes.by_gain(study) if outcome not in stated)
    every = (*stated, *others, *outcomes.controls(study))
    pages = [_checked(_section(study, outcome, voice, checked=True), outcome, voice) for outcome in every]
    return tuple(replace(page, breaks="new") if page is pages[0] else page for page in pages)


def _checked(section: Section, outcome: Outcome, voice: Voice) -> Section:
    """The section with what every check finds; where there is no number it flows on."""
    table = checks.diagnostics(outcome, voice)
    return replace(section, blocks=(*section.blocks, table)) if table else replace(section, breaks="flow")


@section("trend")
def trend(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The trend pages: best improvements, what got worse, else one that is not provable yet."""
    best = outcomes.best(study)
    improved = [outcome for outcome in outcomes.with_verdict(study, "improved") if outcome is not best]
    improved.sort(key=lambda outcome: outcome.target is None)
    chosen = ([best] if best else []) + improved[: TOP_IMPROVED - 1]
    chosen += outcomes.with_verdict(study, "worse")[:1]
    if len(chosen) < TOP_IMPROVED:
        chosen += outcomes.with_verdict(study, "not_provable_yet")[:1]
    if not chosen:
        chosen = list(outcomes.judged(study)[:1])
    return tuple(_section(study, outcome, voice) for outcome in chosen)


def _section(study: Study, outcome: Outcome, voice: Voice, *, checked: bool = False) -> Section:
    place = "trend"
    blocks: list[Block] = [chart(study, outcome, voice, place=place)]
    if outcome.effect.event_study:
        blocks.append(event_chart(study, outcome, voice, place=place))
    blocks.append(Bullets(_meaning(study, outcome, voice, checked=checked)))
    if outcome.metric.pitfalls is not None and not checked:
        blocks.append(Prose(voice.say("trend.pitfall", text=voice.name(outcome.metric.pitfalls)), style="note"))
    return Section(
        key=f"trend.{outcome.metric.key}",
        number="",
        name=plain((voice.name(outcome.metric.name),)),
        title=_title(outcome, voice),
        lead=_definition(outcome, voice),
        blocks=tuple(blocks),
    )


def _definition(outcome: Outcome, voice: Voice) -> Text:
    return (voice.name(outcome.metric.definition),) if outcome.metric.definition is not None else ()


def _title(outcome: Outcome, voice: Voice) -> Text:
    found = outcome.effect
    name = voice.name(outcome.metric.name)
    if outcomes.only_indicates(outcome):
        change = Figures(voice, "trend.title", outcome).change()
        return voice.say("trend.title.indicated", metric=name, change=change, grade=outcome.grade or "")
    if found.verdict in ("improved", "worse"):
        way = "fell" if (found.estimate or 0.0) < 0 else "rose"
        change = Figures(voice, "trend.title", outcome).conservative()
        return voice.say(f"trend.title.{found.verdict}_{way}", metric=name, change=change)
    return voice.say(f"trend.title.{found.verdict}", metric=name)


def chart(study: Study, outcome: Outcome, voice: Voice, *, place: str) -> RunChart:
    """The run chart of an outcome with its counterfactual band and everything dated."""
    series, found = outcome.series, outcome.effect
    measured = [(o, v) for o, v in zip(series.ordinals, series.values, strict=True) if v is not None]
    # all units together: periods without a unit to compare with are observed like any other
    excluded = {at: reason for at, reason in found.excluded if reason != "no_comparison"}
    first, last = series.ordinals[0], series.ordinals[-1]
    # the counterfactual of a panel is that of the treated units alone, not of the series drawn here
    drawn = () if found.event_study else found.counterfactual
    band = tuple(BandPoint(float(b.ordinal), b.low, b.middle, b.high) for b in drawn)
    values = [value for _, value in measured]
    y = value_axis(
        values + _clipped([end for b in band for end in (b.low, b.high)], values),
        title=axis_title(outcome, voice),
        language=voice.language,
        percent=outcome.metric.unit == "share",
    )
    transition = _transition(study, outcome)
    return RunChart(
        key=f"trend.{outcome.metric.key}",
        title=voice.say(
            "trend.chart_panel" if found.event_study else "trend.chart", metric=voice.name(outcome.metric.name)
        ),
        alt=plain(_effect_sentence(outcome, voice)),
        x=time_axis(first, last, grain=series.grain, language=voice.language),
        y=y,
        observed=tuple(Point(float(o), v, _state(o, excluded, transition)) for o, v in measured),
        band=band,
        rules=rules(study, outcome, voice),
        transition=transition,
        labels=_labels(outcome, voice, band=band, place=place),
        verdict=found.verdict,
        height="small",  # a renderer lets it grow where its page has room
        source=source_line(study, voice, place=f"{place}.{outcome.metric.key}", outcomes=(outcome,)),
    )


def event_chart(study: Study, outcome: Outcome, voice: Voice, *, place: str) -> RunChart:
    """The effect by periods since each unit's own go-live, each with its interval; before it there should be none."""
    found, grain = outcome.effect, outcome.series.grain
    points = found.event_study
    first, last = points[0].distance, points[-1].distance
    name = voice.name(outcome.metric.name)
    unit = voice.language.unit(gap_unit(outcome.metric.unit))
    since = voice.word("trend.event.since", grain=voice.word(f"grain.{grain}"))
    marks = value_axis([float(first), float(last)], title=since, language=voice.language)
    ends = [end for point in points for end in (point.low, point.high)]
    label = Label(
        float(last), found.estimate or 0.0, Figures(voice, f"{place}.event", outcome).change(), _tone(outcome)
    )
    return RunChart(
        key=f"trend.event.{outcome.metric.key}",
        title=voice.say("trend.event.chart", metric=name),
        alt=plain(_effect_sentence(outcome, voice)),
        x=Axis(
            since, first - 0.6, last + 0.6, tuple(t for t in marks.ticks if first - 0.6 <= t.position <= last + 0.6)
        ),
        y=value_axis(
            _clipped(ends, [point.estimate for point in points]),
            title=voice.word("trend.event.axis", unit=unit) if unit else voice.word("trend.event.axis_bare"),
            language=voice.language,
            percent=outcome.metric.unit == "share",
            zero=True,
        ),
        observed=tuple(Point(float(point.distance), point.estimate) for point in points),
        band=tuple(BandPoint(float(p.distance), p.low, p.estimate, p.high) for p in points),
        rules=(Rule(-0.5, voice.word("trend.go_live"), "go_live"),),
        transition=_event_transition(study, points[-1].distance),
        labels=(replace(label, align="right"),),
        verdict=found.verdict,
        height="small",
        source=source_line(study, voice, place=f"{place}.event.{outcome.metric.key}", outcomes=(outcome,)),
        band_kind="interval",
        level=0.0,
    )


def _event_transition(study: Study, last: int) -> tuple[float, float] | None:
    periods = study.engagement.transition_periods if study.engagement else 0
    return (-0.5, min(periods, last) - 0.5) if periods else None


def _tone(outcome: Outcome) -> Tone:
    tones: dict[str, Tone] = {"improved": "better", "worse": "worse"}
    return tones.get(outcome.effect.verdict, "muted")


def axis_title(outcome: Outcome, voice: Voice) -> str:
    """The name of a metric with its unit, as an axis bears it."""
    name = voice.language.names(outcome.metric.name)
    unit = voice.language.unit("percent" if outcome.metric.unit == "share" else outcome.metric.unit)
    return voice.word("trend.axis", metric=name, unit=unit) if unit else name


def _clipped(ends: list[float], values: list[float]) -> list[float]:
    """Band ends no further out than one more range of the data: a wide band is cut by the frame, not the data."""
    low, high = min(values), max(values)
    room = (high - low) or abs(high) or 1.0
    return [min(max(end, low - room), high + room) for end in ends]


def _state(ordinal: int, excluded: dict[int, str], transition: tuple[float, float] | None) -> State:
    if transition is not None and transition[0] <= ordinal <= transition[1]:
        return "transition"
    return "excluded" if ordinal in excluded else "used"


def _transition(study: Study, outcome: Outcome) -> tuple[float, float] | None:
    """The periods that count neither as before nor as after: the declared transition, or the whole roll-out."""
    if outcome.effect.event_study and study.engagement is not None:
        return _roll_out(study.engagement, outcome)
    periods = [ordinal for ordinal, reason in outcome.effect.excluded if reason == "transition"]
    if not periods:
        return None
    return (min(periods) - 0.5, max(periods) + 0.5)


def _roll_out(engagement: Engagement, outcome: Outcome) -> tuple[float, float]:
    """From the first go-live of a site to the last."""
    days = [day for site in engagement.sites if (day := engagement.went_live(site.key)) is not None]
    first, last = (period_of(day, outcome.series.grain) for day in (min(days), max(days)))
    return (first - 0.5, last + 0.5)


def rules(study: Study, outcome: Outcome, voice: Voice) -> tuple[Rule, ...]:
    """Go-live, then every dated step and event the chart can hold."""
    grain = outcome.series.grain
    first, last = outcome.series.ordinals[0], outcome.series.ordinals[-1]
    rules = [Rule(outcome.go_live - 0.5, voice.word("trend.go_live"), "go_live")]
    if study.engagement is None or grain == "index":
        return tuple(rules)
    for step in study.engagement.steps:
        rules.append(Rule(float(period_of(step.date, grain)) - 0.5, voice.language.names(step.name), "step"))
    for event in study.engagement.events:
        rules.append(Rule(float(period_of(event.date, grain)) - 0.5, voice.language.names(event.name), "event"))
    return tuple(rule for rule in rules if first - 0.6 <= rule.x <= last + 0.6)


def _labels(outcome: Outcome, voice: Voice, *, band: tuple[BandPoint, ...], place: str) -> tuple[Label, ...]:
    """The gap, said where it is: beside the last points, at the middle between line and band."""
    found = outcome.effect
    if found.estimate is None or not band:
        return ()
    labels = [Label(band[-1].x, band[-1].middle, Run(voice.word("trend.band")), "muted", "left")]
    observed = [
        v
        for o, v in zip(outcome.series.ordinals, outcome.series.values, strict=True)
        if v is not None and o >= outcome.go_live
    ]
    if observed:
        middle = (observed[-1] + band[-1].middle) / 2
        change = Figures(voice, f"{place}.label", outcome).change()
        labels.insert(0, Label(band[-1].x, middle, change, _tone(outcome), "right"))
        labels.append(Label(band[-1].x, observed[-1], Run(voice.word("trend.observed")), "ink", "left"))
    return tuple(labels)


def _effect_sentence(outcome: Outcome, voice: Voice) -> Text:
    found = outcome.effect
    figures = Figures(voice, "trend.meaning", outcome)
    if found.estimate is None:
        return voice.say(f"reason.{found.reason}.why")
    key = "trend.meaning.stated" if found.verdict in ("improved", "worse") else "trend.meaning.open"
    means = {"before": figures.before(), "after": figures.after()}
    if key == "trend.meaning.stated":
        means["without"] = figures.without()
    return voice.say(key, change=figures.change(), **means)


def _meaning(study: Study, outcome: Outcome, voice: Voice, *, checked: bool) -> tuple[Text, ...]:
    """What the picture says; warnings that a table of checks repeats are left to it."""
    found = outcome.effect
    figures = Figures(voice, "trend.meaning", outcome)
    said = [_effect_sentence(outcome, voice)]
    if found.verdict == "not_provable_yet" and found.minimum_detectable is not None:
        said.append(voice.say("trend.meaning.detectable", size=figures.minimum_detectable()))
        if found.periods_needed:
            grain = voice.word(f"grain.{found.grain}")
            said.append(
                voice.say("trend.meaning.needed", count=figures.count("needed", found.periods_needed), grain=grain)
            )
        means = voice.language.list_([voice.word(f"effect.shrink.{code}") for code in narrowing(found)])
        said.append(voice.say("effect.shrinking", means=means))
    said.extend(_panel(outcome, voice, figures))
    if found.estimate is not None:
        said.append(voice.say("trend.meaning.n", n=figures.periods(), grade=outcome.grade or ""))
    if outcome.realised is not None and outcome.metric.aggregation in ("sum", "count"):
        said.append(
            voice.say(
                "trend.meaning.realised", realised=figures.summed(), n=figures.count("periods_after", found.n_after)
            )
        )
    if outcome.withdrawn:
        periods = [voice.language.period(at, outcome.series.grain) for at in outcome.withdrawn]
        listed = Run(voice.language.typeset(voice.language.list_(periods)), kind="furniture")
        said.append(voice.say("trend.meaning.withdrawn", periods=listed))
    named = _excluded(outcome, voice, rolled_out=outcomes.rolled_out(study))
    if named:
        said.append(named)
    said.extend(voice.say(f"warning.{code}") for code in found.warnings if not (checked and code in CHECKED))
    failed = [voice.word(f"effect.check.{check.name}") for check in found.diagnostics if check.ok is False]
    if failed and not checked:
        said.append(voice.say("trend.meaning.failed", checks=voice.language.list_(failed)))
    if checked and (views := checks.models(outcome, voice)):
        said.append(views)
    return tuple(said)


def _panel(outcome: Outcome, voice: Voice, figures: Figures) -> list[Text]:
    """With whom the sites were compared, and what their own past alone would say."""
    found, pooled = outcome.effect, outcome.pooled
    if found.treated_units is None or found.untreated_units is None or found.estimate is None:
        return []
    counts = {
        what: figures.count(what, number)
        for what, number in (("treated", found.treated_units), ("untreated", found.untreated_units))
    }
    fields = {"treated": counts["treated"]} if found.method == "imputation" else counts
    said = [voice.say(f"trend.panel.{found.method}", **fields)]
    if pooled is not None and pooled.estimate is not None:
        alone = Figures(voice, "trend.pooled", replace(outcome, effect=pooled))
        word = voice.say(f"verdict.{pooled.verdict}")
        said.append(voice.say("trend.panel.pooled", change=alone.change(), verdict=word))
    return said


def _excluded(outcome: Outcome, voice: Voice, *, rolled_out: bool) -> Text:
    """Which periods were left out and why, reason by reason; a roll-out from site to site is one span."""
    reasons: dict[str, list[str]] = {}
    partial = tuple((ordinal, "partial") for ordinal in outcome.partial)
    for ordinal, reason in (*outcome.effect.excluded, *partial):
        reasons.setdefault(reason, []).append(voice.language.period(ordinal, outcome.series.grain))
    if not reasons:
        return ()
    parts = []
    if rolled_out and "transition" in reasons:
        span = reasons.pop("transition")
        ends = [Run(voice.language.typeset(end), kind="furniture") for end in (span[0], span[-1])]
        parts.append(voice.say("excluded.roll_out", first=ends[0], last=ends[1]))
    if "no_comparison" in reasons:
        span = reasons.pop("no_comparison")
        ends = [Run(voice.language.typeset(end), kind="furniture") for end in (span[0], span[-1])]
        parts.append(voice.say("excluded.no_comparison_span", first=ends[0], last=ends[1]))
    for reason, periods in reasons.items():
        shown = periods if len(periods) <= MOST_LISTED else [periods[0], "…", periods[-1]]
        listed = Run(voice.language.typeset(voice.language.list_(shown)), kind="furniture")
        parts.append(voice.say(f"excluded.{reason}", periods=listed))
    return voice.join([run for part in parts for run in part])
