"""One page a top metric: the series, what would have been, what was done when, and what it means."""

from __future__ import annotations

from valueviz.story import outcomes
from valueviz.story.blocks import (
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
from valueviz.story.figures import Figures
from valueviz.story.scale import time_axis, value_axis
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice, plain
from valueviz.study import Outcome, Study
from valueviz.terms import period_of

TOP_IMPROVED = 2
"""Pages for stated improvements; the scorecard holds the rest."""

MOST_LISTED = 6
"""Excluded periods named one by one; more are counted."""


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


def _section(study: Study, outcome: Outcome, voice: Voice) -> Section:
    place = "trend"
    blocks: list[Block] = [
        chart(study, outcome, voice, place=place),
        Bullets(_meaning(study, outcome, voice)),
    ]
    if outcome.metric.pitfalls is not None:
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
    excluded = dict(found.excluded)
    first, last = series.ordinals[0], series.ordinals[-1]
    band = tuple(BandPoint(float(b.ordinal), b.low, b.middle, b.high) for b in found.counterfactual)
    values = [value for _, value in measured]
    y = value_axis(
        values + _clipped([end for b in band for end in (b.low, b.high)], values),
        title=_axis_title(outcome, voice),
        language=voice.language,
        percent=outcome.metric.unit == "share",
    )
    transition = _transition(outcome)
    return RunChart(
        key=f"trend.{outcome.metric.key}",
        title=voice.say("trend.chart", metric=voice.name(outcome.metric.name)),
        alt=plain(_effect_sentence(outcome, voice)),
        x=time_axis(first, last, grain=series.grain, language=voice.language),
        y=y,
        observed=tuple(Point(float(o), v, _state(o, excluded, transition)) for o, v in measured),
        band=band,
        rules=_rules(study, outcome, voice),
        transition=transition,
        labels=_labels(outcome, voice, band=band, place=place),
        verdict=found.verdict,
        height="small",  # a renderer lets it grow where its page has room
        source=source_line(study, voice, place=f"{place}.{outcome.metric.key}", outcomes=(outcome,)),
    )


def _axis_title(outcome: Outcome, voice: Voice) -> str:
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


def _transition(outcome: Outcome) -> tuple[float, float] | None:
    periods = [ordinal for ordinal, reason in outcome.effect.excluded if reason == "transition"]
    if not periods:
        return None
    return (min(periods) - 0.5, max(periods) + 0.5)


def _rules(study: Study, outcome: Outcome, voice: Voice) -> tuple[Rule, ...]:
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
        tone: Tone = "better" if found.verdict == "improved" else "worse" if found.verdict == "worse" else "muted"
        middle = (observed[-1] + band[-1].middle) / 2
        labels.insert(0, Label(band[-1].x, middle, Figures(voice, f"{place}.label", outcome).change(), tone, "right"))
        labels.append(Label(band[-1].x, observed[-1], Run(voice.word("trend.observed")), "ink", "left"))
    return tuple(labels)


def _effect_sentence(outcome: Outcome, voice: Voice) -> Text:
    found = outcome.effect
    figures = Figures(voice, "trend.meaning", outcome)
    if found.estimate is None:
        return voice.say(f"reason.{found.reason}.why")
    key = "trend.meaning.stated" if found.verdict in ("improved", "worse") else "trend.meaning.open"
    return voice.say(key, change=figures.change(), before=figures.before(), after=figures.after())


def _meaning(study: Study, outcome: Outcome, voice: Voice) -> tuple[Text, ...]:
    found = outcome.effect
    figures = Figures(voice, "trend.meaning", outcome)
    said = [_effect_sentence(outcome, voice)]
    if found.verdict == "not_provable_yet" and found.minimum_detectable is not None:
        said.append(voice.say("trend.meaning.detectable", size=figures.minimum_detectable()))
    if found.estimate is not None:
        said.append(voice.say("trend.meaning.n", n=figures.periods(), grade=outcome.grade or ""))
    named = _excluded(outcome, voice, rolled_out=outcomes.rolled_out(study))
    if named:
        said.append(named)
    said.extend(voice.say(f"warning.{code}") for code in found.warnings)
    return tuple(said)


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
    for reason, periods in reasons.items():
        shown = periods if len(periods) <= MOST_LISTED else [periods[0], "…", periods[-1]]
        listed = Run(voice.language.typeset(voice.language.list_(shown)), kind="furniture")
        parts.append(voice.say(f"excluded.{reason}", periods=listed))
    return voice.join([run for part in parts for run in part])
