"""Week by week: the lead time as cases began, and single cases on their way around go-live."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_DOWN
from typing import Final, Literal

from valueviz.analysis.effect import Effect
from valueviz.analysis.process.log import Passage, Weekly
from valueviz.story.blocks import (
    BandPoint,
    Block,
    Label,
    Point,
    Prose,
    Rule,
    Run,
    RunChart,
    Section,
    Spectrum,
    SpectrumBand,
    State,
    Text,
    Tone,
)
from valueviz.story.figures import cut
from valueviz.story.heads import chapter
from valueviz.story.process.duration import DurationUnit, duration_unit, in_unit, said_range
from valueviz.story.process.source import process_source
from valueviz.story.scale import time_axis, value_axis
from valueviz.story.voice import Voice, plain
from valueviz.study.process import SPECTRUM_WEEKS, ProcessStudy
from valueviz.terms import Fact, Interval, period_of

PLACE = "process_weeks"
SPECTRUM = "process_spectrum"

READABLE = 4.0
"""The slowest tenth is drawn only while it is at most so many times the largest median: else it presses that flat."""

SLOW = 0.9
"""A case is slow where it takes longer than this share of those before go-live."""

EPOCH: Final = 719163
"""The ordinal of 1 January 1970."""

DAY: Final = 86400.0

MOST_BANDS = 3
"""Transitions of the spectrum: those on which cases spend most time, so that it stands on the page of the weeks."""

MOST_LINES = 2000
"""Lines of a band: more make no more visible."""


def process_weeks(study: ProcessStudy, voice: Voice) -> Section | None:
    """The run chart of the weekly lead time and the spectrum around go-live; None without single cases."""
    chart = week_chart(study, voice)
    scene = spectrum(study, voice)
    blocks: list[Block] = []
    if chart is not None:
        blocks.append(chart)
        if any(point.state == "immature" for point in chart.observed):
            blocks.append(Prose(voice.say(f"{PLACE}.immature_note"), style="note"))
    if scene is not None:
        blocks += [scene, Prose(voice.say(f"{SPECTRUM}.reading"), style="note")]
    if not blocks:
        return None
    blocks.append(Prose(_so_what(study, voice), style="so_what"))
    lead = voice.say(f"{PLACE}.lead{'' if study.go_live is not None else '_one'}")
    return chapter(voice, PLACE, title=_title(study, voice), blocks=tuple(blocks), lead=lead)


def _title(study: ProcessStudy, voice: Voice) -> Text:
    found = study.change
    if found is None or study.go_live is None:
        return voice.say(f"{PLACE}.title_one")
    if found.verdict in ("improved", "worse"):
        return voice.say(f"{PLACE}.title_{found.verdict}", least=_least(study, found, voice))
    if found.reason == "check_contradicts":
        return voice.say(f"{PLACE}.title_contradicted")
    return voice.say(f"{PLACE}.title_{found.verdict}")


def _least(study: ProcessStudy, found: Effect, voice: Voice) -> Run:
    """The size of the change at the end of its interval nearest to none, rounded towards none."""
    low, high = found.low or 0.0, found.high or 0.0
    least = min(abs(low), abs(high))
    unit = duration_unit(study.weekly.values if study.weekly is not None else [low, high])
    digits = max(0, min(2, voice.language.digits_for(in_unit(high - low, unit))))
    fact = Fact(
        f"{PLACE}.title.at_least",
        in_unit(least, unit),
        unit,
        study.lineage,
        interval=Interval(in_unit(low, unit), in_unit(high, unit), found.level),
        grade=found.grade,
        verdict=found.verdict,
    )
    size = cut(in_unit(least, unit), digits, rounding=ROUND_DOWN)
    return voice.fact(fact, voice.language.quantity(size, unit, digits=digits))


def _so_what(study: ProcessStudy, voice: Voice) -> Text:
    found = study.change
    if found is None:
        return voice.say(f"{PLACE}.so_what_one")
    if found.reason is not None and found.verdict in ("refused", "not_comparable"):
        return voice.say(f"reason.{found.reason}.why")
    if found.verdict in ("improved", "worse"):
        return voice.say(f"{PLACE}.so_what_stated")
    if found.verdict == "not_provable_yet" and found.periods_needed:
        fact = Fact(f"{PLACE}.needed", float(found.periods_needed), "count", study.lineage)
        return voice.say(
            f"{PLACE}.so_what_needed", weeks=voice.fact(fact, voice.language.quantity(found.periods_needed, "week", 0))
        )
    return voice.say(f"{PLACE}.so_what_open")


def _change(study: ProcessStudy, found: Effect, voice: Voice, key: str, *, unit: DurationUnit) -> Run:
    """The change of the weekly lead time as the range of its interval."""
    return said_range(
        voice,
        f"{key}.change",
        found.estimate or 0.0,
        low=found.low or 0.0,
        high=found.high or 0.0,
        level=found.level,
        lineage=study.lineage,
        unit=unit,
        grade=found.grade,
        verdict=found.verdict,
    )


# The run chart ───────────────────────────────────────────────────────────────


def week_chart(study: ProcessStudy, voice: Voice) -> RunChart | None:
    """The weekly median lead time with what would have been expected; weeks not finished yet are hollow and do not count."""
    weekly = study.weekly
    if weekly is None or len(weekly.ordinals) < 2:
        return None
    found = study.change
    unit = duration_unit(weekly.values)
    first, last = weekly.ordinals[0], weekly.ordinals[-1]
    observed = _points(study, weekly, unit)
    second = _second(study, observed, unit)
    band = tuple(
        BandPoint(float(b.ordinal), *(in_unit(end, unit) for end in (b.low, b.middle, b.high)))
        for b in (found.counterfactual if found is not None else ())
        if first <= b.ordinal <= last
    )
    values = [point.y for point in observed] + [point.y for point in second]
    edges = [min(max(end, 0.0), 1.4 * max(values)) for b in band for end in (b.low, b.high)]
    title = voice.say(f"{PLACE}.chart_p90" if second else f"{PLACE}.chart")
    return RunChart(
        key=PLACE,
        title=title,
        alt=f"{plain(title)} {plain(_title(study, voice))}",
        x=time_axis(first, last, grain="week", language=voice.language),
        y=value_axis(
            values + edges,
            title=voice.word(f"{PLACE}.axis", unit=voice.language.unit(unit)),
            language=voice.language,
            zero=True,
        ),
        observed=observed,
        band=band,
        rules=_rules(study, voice, first=first, last=last),
        transition=_transition(study),
        labels=_labels(study, voice, observed, second, band, unit=unit),
        verdict=found.verdict if found is not None else None,
        height="medium",
        source=process_source(study, voice, place=PLACE),
        second=second,
        pale=_pale(weekly),
    )


def _points(study: ProcessStudy, weekly: Weekly, unit: DurationUnit) -> tuple[Point, ...]:
    excluded = dict(study.change.excluded) if study.change is not None else {}
    points = []
    for week, value, mature in zip(weekly.ordinals, weekly.values, weekly.mature, strict=True):
        state: State = "used"
        if not mature:
            state = "immature"
        elif week in excluded:
            state = "transition" if excluded[week] == "transition" else "excluded"
        points.append(Point(float(week), in_unit(value, unit), state))
    return tuple(points)


def _second(study: ProcessStudy, observed: Sequence[Point], unit: DurationUnit) -> tuple[Point, ...]:
    """The slowest tenth by week, where it leaves the median readable; unfinished weeks are left out."""
    weekly = study.weekly_p90
    if weekly is None:
        return ()
    found = tuple(
        Point(float(week), in_unit(value, unit))
        for week, value, mature in zip(weekly.ordinals, weekly.values, weekly.mature, strict=True)
        if mature
    )
    highest = max((point.y for point in observed if point.state != "immature"), default=0.0)
    readable = bool(found) and max(point.y for point in found) <= READABLE * highest
    return found if readable else ()


def _pale(weekly: Weekly) -> tuple[float, float] | None:
    """From the first of the last weeks, none of which is finished, to the end."""
    start = None
    for week, mature in zip(reversed(weekly.ordinals), reversed(weekly.mature), strict=True):
        if mature:
            break
        start = week
    return None if start is None else (start - 0.5, weekly.ordinals[-1] + 0.6)


def _transition(study: ProcessStudy) -> tuple[float, float] | None:
    left_out = [week for week, reason in (study.change.excluded if study.change else ()) if reason == "transition"]
    return (min(left_out) - 0.5, max(left_out) + 0.5) if left_out else None


def _rules(study: ProcessStudy, voice: Voice, *, first: int, last: int) -> tuple[Rule, ...]:
    if study.go_live is None:
        return ()
    week = period_of(study.go_live, "week")
    at = week + (study.go_live.toordinal() - 1) % 7 / 7 - 0.5
    return (Rule(at, voice.word(f"{PLACE}.go_live"), "go_live"),) if first - 0.6 <= at <= last + 0.6 else ()


def _labels(
    study: ProcessStudy,
    voice: Voice,
    observed: Sequence[Point],
    second: Sequence[Point],
    band: Sequence[BandPoint],
    *,
    unit: DurationUnit,
) -> tuple[Label, ...]:
    """What each line is, at its end, and the gap where a change is stated."""
    found = study.change
    used = [point for point in observed if point.state == "used"]
    if not used:
        return ()
    labels = []
    end = max(observed[-1].x, band[-1].x if band else 0.0)
    if found is not None and found.estimate is not None and band and study.go_live is not None:
        tones: dict[str, Tone] = {"improved": "better", "worse": "worse"}
        middle = (used[-1].y + band[-1].middle) / 2
        labels.append(
            Label(
                end,
                middle,
                _change(study, found, voice, f"{PLACE}.label", unit=unit),
                tones.get(found.verdict, "muted"),
                "right",
            )
        )
    if second:
        labels.append(Label(end, second[-1].y, Run(voice.word(f"{PLACE}.p90")), "muted", "left"))
    if band:
        labels.append(Label(end, band[-1].middle, Run(voice.word(f"{PLACE}.band")), "muted", "left"))
    labels.append(Label(end, used[-1].y, Run(voice.word(f"{PLACE}.median")), "ink", "left"))
    return tuple(labels)


# The spectrum ────────────────────────────────────────────────────────────────


def spectrum(study: ProcessStudy, voice: Voice) -> Spectrum | None:
    """A line a case and segment around go-live; slow ones by their weight. None without passages."""
    order = {change.step.activity: place for place, change in enumerate(study.steps)}
    bands = sorted(
        sorted(
            ((pair, passages) for pair, passages in study.passages if passages),
            key=lambda band: (-sum(each.arrives - each.leaves for each in band[1]), band[0]),
        )[:MOST_BANDS],
        key=lambda band: tuple(order.get(name, len(order)) for name in band[0]),
    )
    if not bands:
        return None
    leaves = [int(passage.leaves // DAY) + EPOCH for _, passages in bands for passage in passages]
    first, last = min(leaves), max(leaves)
    if study.go_live is not None:
        # a few cases that left long before would press all others together
        middle = study.go_live.toordinal()
        first, last = max(first, middle - 7 * SPECTRUM_WEEKS), min(last, middle + 7 * SPECTRUM_WEEKS)
    title = voice.say(f"{SPECTRUM}.chart")
    axis = time_axis(first, last, grain="day", language=voice.language)
    kinds: tuple[Literal["usual", "slow"], ...] = ("usual", "slow")
    return Spectrum(
        key=SPECTRUM,
        title=title,
        alt=f"{plain(title)} " + "; ".join(f"{source} → {target}" for (source, target), _ in bands),
        x=axis,
        bands=tuple(_band(voice, pair, passages) for pair, passages in bands),
        rules=(
            (Rule(float(study.go_live.toordinal()), voice.word(f"{PLACE}.go_live"), "go_live"),)
            if study.go_live is not None
            else ()
        ),
        legend=tuple((kind, voice.word(f"{SPECTRUM}.{kind}")) for kind in kinds),
        source=process_source(study, voice, place=SPECTRUM),
    )


def _band(voice: Voice, pair: tuple[str, str], passages: Sequence[Passage]) -> SpectrumBand:
    """One segment; what is slow is measured by the time before go-live, so that both sides have one yardstick."""
    kept = passages[:: max(1, -(-len(passages) // MOST_LINES))]
    yardstick = sorted(p.arrives - p.leaves for p in passages if not p.after) or sorted(
        p.arrives - p.leaves for p in passages
    )
    limit = yardstick[min(len(yardstick) - 1, int(SLOW * len(yardstick)))]
    return SpectrumBand(
        top=(voice.quote(pair[0]),),
        bottom=(voice.quote(pair[1]),),
        lines=tuple((p.leaves / DAY + EPOCH, p.arrives / DAY + EPOCH) for p in kept),
        slow=tuple(p.arrives - p.leaves > limit for p in kept),
    )
