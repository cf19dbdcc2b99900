"""How the processes behind the metrics behave: their limits before and after go-live, and what they promise."""

from __future__ import annotations

from valueviz.analysis.spc import Assurance, Limits, Segment
from valueviz.story import outcomes
from valueviz.story.blocks import BandPoint, Block, Cell, Label, Point, Prose, Row, Run, RunChart, Section, Table, Text
from valueviz.story.figures import Figures, counted
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.scale import time_axis, value_axis
from valueviz.story.sections import section
from valueviz.story.sections.trend import axis_title, rules
from valueviz.story.source import source_line
from valueviz.story.voice import Voice, plain
from valueviz.study import Behaviour, Outcome, Study
from valueviz.terms import Derived, Fact, Interval

PLACE = "limits"

NATURAL_LEVEL = 0.9973
"""Share of single values of a steady, normal process within three standard deviations of its centre."""


@section("limits")
def limits(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The promised metrics (without any: all with a number), one of them drawn."""
    shown = [outcome for outcome in outcomes.promised(study) if _drawable(outcome)]
    shown = shown or [outcome for outcome in outcomes.by_gain(study) if _drawable(outcome)]
    if not shown:
        return ()
    blocks: tuple[Block, ...] = (
        _chart(study, shown[0], voice),
        _table(study, tuple(shown), voice),
        Prose(voice.say("limits.so_what"), style="so_what"),
    )
    return (chapter(voice, "limits", title=_title(tuple(shown), voice), blocks=blocks),)


def _drawable(outcome: Outcome) -> bool:
    """Whether a metric has limits on both sides and may be compared across them."""
    by_units = outcome.pooled is not None  # its headline is about other periods and units than the pooled limits
    return outcome.effect.estimate is not None and not by_units and None not in (_before(outcome), _after(outcome))


def _behaviour(outcome: Outcome) -> Behaviour:
    if outcome.behaviour is None:
        raise TypeError("only metrics with limits are shown")
    return outcome.behaviour


def _segments(outcome: Outcome) -> tuple[Segment | None, Segment | None]:
    """The segments before and after go-live; None where a side has no point."""
    if outcome.behaviour is None:
        return None, None
    found = outcome.behaviour.rebased.segments
    before = next((each for each in found if each.reason is None), None)
    return before, next((each for each in found if each.reason is not None), None)


def _before(outcome: Outcome) -> Limits | None:
    segment = _segments(outcome)[0]
    return segment.limits if segment else None


def _after(outcome: Outcome) -> Limits | None:
    segment = _segments(outcome)[1]
    return segment.limits if segment else None


def _assurance(outcome: Outcome) -> Assurance | None:
    segment = _segments(outcome)[1]
    return segment.assurance if segment else None


def _title(shown: tuple[Outcome, ...], voice: Voice) -> Text:
    """How many promises the processes now keep every time, by chance, never."""
    judged = [outcome for outcome in shown if _assurance(outcome) is not None]
    if not judged:
        return voice.say("limits.title_plain")
    fates = {
        fate: counted(
            voice,
            place=f"{PLACE}.title",
            what=fate,
            count=sum(_assurance(outcome) == fate for outcome in judged),
            outcomes=shown,
        )
        for fate in ("consistently_met", "hit_or_miss", "consistently_missed")
    }
    return voice.say("limits.title", **fates)


# Chart ───────────────────────────────────────────────────────────────────────


def _chart(study: Study, outcome: Outcome, voice: Voice) -> RunChart:
    """The series with its limits, which jump at go-live, and the points that a rule marks."""
    series, rebased = outcome.series, _behaviour(outcome).rebased
    signals = {signal.position for signal in rebased.signals if signal.rule != "hugging"}
    outside = set(rebased.transition)
    points = tuple(
        Point(
            float(series.ordinals[at]),
            value,
            "transition" if at in outside else "signal" if at in signals else "used",
        )
        for at, value in enumerate(series.values)
        if value is not None
    )
    band = tuple(point for segment in rebased.segments for point in _band(segment, series.ordinals))
    first, last = series.ordinals[0], series.ordinals[-1]
    ends = [end for point in band for end in (point.low, point.high)]
    title = voice.say("limits.chart", metric=voice.name(outcome.metric.name))
    return RunChart(
        key=f"{PLACE}.{outcome.metric.key}",
        title=title,
        alt=f"{plain(title)}. {plain(_limits_text(outcome, voice))}",
        x=time_axis(first, last, grain=series.grain, language=voice.language),
        y=value_axis(
            [point.y for point in points] + ends,
            title=axis_title(outcome, voice),
            language=voice.language,
            percent=outcome.metric.unit == "share",
        ),
        observed=points,
        band=band,
        rules=rules(study, outcome, voice)[:1],
        transition=_span([series.ordinals[at] for at in rebased.transition if at < len(series.ordinals)]),
        labels=_labels(outcome, voice, band),
        height="small",
        source=source_line(study, voice, place=f"{PLACE}.{outcome.metric.key}", outcomes=(outcome,)),
        band_kind="limits",
    )


def _band(segment: Segment, ordinals: tuple[int, ...]) -> list[BandPoint]:
    if segment.limits is None:
        return []
    found = segment.limits
    return [BandPoint(float(ordinals[at]), found.lower, found.centre, found.upper) for at in segment.positions]


def _span(periods: list[int]) -> tuple[float, float] | None:
    return (min(periods) - 0.5, max(periods) + 0.5) if periods else None


def _labels(outcome: Outcome, voice: Voice, band: tuple[BandPoint, ...]) -> tuple[Label, ...]:
    """The limits after go-live, named beside their lines."""
    if not band:
        return ()
    end = band[-1]
    return (
        Label(end.x, end.high, Run(voice.word("limits.upper")), "muted", "left"),
        Label(end.x, end.middle, Run(voice.word("limits.centre")), "ink", "left"),
        Label(end.x, end.low, Run(voice.word("limits.lower")), "muted", "left"),
    )


def _limits_text(outcome: Outcome, voice: Voice) -> Text:
    return voice.say("limits.alt", before=_range(outcome, "before", voice), after=_range(outcome, "after", voice))


# Table ───────────────────────────────────────────────────────────────────────


def _table(study: Study, shown: tuple[Outcome, ...], voice: Voice) -> Table:
    heads: tuple[Head, ...] = (
        ("metric", "left", 2.6),
        ("before", "right", 2.0),
        ("after", "right", 2.0),
        ("signals", "right", 1.6),
        ("target", "right", 1.2),
        ("assurance", "left", 2.2),
    )
    rows = tuple(_row(outcome, voice) for outcome in shown)
    source = source_line(study, voice, place=PLACE, outcomes=shown)
    return Table("limits", voice.say("limits.table"), columns(voice, "limits.column", heads), rows, source)


def _row(outcome: Outcome, voice: Voice) -> Row:
    figures = Figures(voice, PLACE, outcome)
    target = outcome.target is not None and outcome.target.level is not None
    return Row(
        (
            Cell((voice.name(outcome.metric.name),)),
            Cell((_range(outcome, "before", voice),)),
            Cell((_range(outcome, "after", voice),)),
            Cell(_signals(outcome, voice)),
            Cell((figures.promised(),)) if target else Cell(voice.words("–")),
            Cell(_fate(outcome, voice)),
        )
    )


def _range(outcome: Outcome, side: str, voice: Voice) -> Run:
    """The process limits of a side as a range."""
    found = _before(outcome) if side == "before" else _after(outcome)
    if found is None:
        return Run("–")
    unit = outcome.metric.unit
    fact = Fact(
        f"{PLACE}.{outcome.metric.key}.{side}",
        found.centre,
        unit,
        Derived("process_limits", (outcome.lineage,)),
        interval=Interval(found.lower, found.upper, NATURAL_LEVEL),
    )
    digits = voice.language.digits_for(found.upper - found.lower)
    return voice.fact(fact, voice.language.span(found.lower, found.upper, unit, digits=digits))


def _signals(outcome: Outcome, voice: Voice) -> Text:
    """How many points after go-live lie beyond the limits of before, on the better side and on the worse."""
    held = [signal for segment in _behaviour(outcome).held.segments if segment.held for signal in segment.signals]
    lineage = Derived("process_signals", (outcome.lineage,))
    shown = {}
    for direction in ("improving", "worsening"):
        beyond = [signal for signal in held if signal.rule == "beyond_limits" and signal.direction == direction]
        count = len({signal.position for signal in beyond})
        fact = Fact(f"{PLACE}.{outcome.metric.key}.{direction}", float(count), "count", lineage)
        shown[direction] = voice.fact(fact, voice.language.grouped(count))
    return voice.say("limits.signals", **shown)


def _fate(outcome: Outcome, voice: Voice) -> Text:
    fate, found = _assurance(outcome), _after(outcome)
    if found is not None and found.trial:
        return voice.say("limits.assurance.trial")
    return voice.say(f"limits.assurance.{fate or 'no_target'}")
