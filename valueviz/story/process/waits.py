"""Which waits moved: the median wait before every step, before and after, and how many cases are done by when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from valueviz.analysis.effect import Effect
from valueviz.analysis.process.log import StepStats
from valueviz.analysis.process.result import StepChange
from valueviz.story.blocks import (
    Axis,
    Block,
    Curve,
    Dumbbell,
    DumbbellRow,
    Label,
    Line,
    Mark,
    Presence,
    Prose,
    Rule,
    Run,
    Section,
    Text,
    Tick,
    Tone,
)
from valueviz.story.heads import chapter
from valueviz.story.process.axis import Compressed
from valueviz.story.process.duration import (
    DurationUnit,
    duration_unit,
    in_unit,
    said,
    said_pair,
    spoken,
)
from valueviz.story.process.source import process_source
from valueviz.story.process.verdict import wait_verdict
from valueviz.story.scale import value_axis
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact, Verdict

PLACE = "process_waits"
CURVE = "process_curve"

MOST_ROWS = 11
"""Steps shown; those with the shortest waits are left out and counted."""

POINTS = 200
"""Steps of a curve: finer is not seen."""

REACH = 0.95
"""A curve is drawn until this share of the slower period's cases is done; its tail would flatten all the rest."""

MARKS: Final[tuple[Mark, ...]] = ("before", "after", "better", "worse", "unproven", "added", "span")


def process_waits(study: ProcessStudy, voice: Voice) -> Section | None:
    """The waits before the steps and the curve of the lead time; None where no wait is known."""
    blocks: list[Block] = []
    chart = wait_chart(study, voice)
    if chart is not None:
        blocks.append(chart)
        left = len(_waiting(study)) - len(chart.rows)
        if left > 0:
            fact = Fact(f"{PLACE}.left_out", float(left), "count", Derived("count_of_steps", (study.lineage,)))
            blocks.append(
                Prose(
                    voice.say(f"{PLACE}.left_out", count=voice.fact(fact, voice.language.grouped(left))), style="note"
                )
            )
    if not blocks:
        return None
    if chart is not None:
        blocks.append(Prose(_so_what(study, voice), style="so_what"))
    return chapter(
        voice, PLACE, title=_title(study, voice), blocks=tuple(blocks), lead=voice.say(f"{PLACE}.lead_{study.kind}")
    )


# Waits ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Wait:
    """One step with its median waits in seconds, None where it is not in a period."""

    change: StepChange
    before: float | None
    after: float | None

    @property
    def longest(self) -> float:
        return max(self.before or 0.0, self.after or 0.0)

    @property
    def verdict(self) -> Verdict:
        return wait_verdict(self.change)


def _waiting(study: ProcessStudy) -> tuple[_Wait, ...]:
    """The steps something waits for, longest wait before go-live first; new ones last."""
    two = _two_periods(study)
    found = []
    for change in study.steps:
        step = change.step
        before = _median(study, step.before) if two else None
        after = _median(study, step.after if two else step.overall)
        presence = change.presence if two else "kept"
        wait = _Wait(change, None if presence == "added" else before, None if presence == "removed" else after)
        if wait.longest > 0:
            found.append(wait)
    return tuple(
        sorted(
            found,
            key=lambda wait: (two and wait.before is None, -(wait.before or wait.longest), wait.change.step.activity),
        )
    )


def _median(study: ProcessStudy, stats: StepStats | None) -> float | None:
    """The median wait before a step; of a process typed by hand the one number that is stated."""
    if stats is None:
        return None
    return stats.wait_median if study.kind == "log" else stats.wait_mean


def _shown(study: ProcessStudy) -> tuple[_Wait, ...]:
    every = _waiting(study)
    kept = sorted(every, key=lambda wait: -wait.longest)[:MOST_ROWS]
    return tuple(wait for wait in every if wait in kept)


def wait_chart(study: ProcessStudy, voice: Voice) -> Dumbbell | None:
    """The dumbbell of the median waits on a compressed scale, of one period with one mark a row; None where nothing waits."""
    shown = _shown(study)
    if not shown:
        return None
    two = _two_periods(study)
    longest = max(end for wait in shown for end in (wait.longest, *(high for _, high in _spans(wait))))
    unit = duration_unit([longest])
    scale = Compressed(unit, longest)
    rows = tuple(_row(study, voice, wait, rank, scale=scale) for rank, wait in enumerate(shown))
    title = voice.say(f"{PLACE}.chart_{study.kind}" if two else f"{PLACE}.chart_one")
    return Dumbbell(
        key=PLACE,
        title=title,
        alt=f"{plain(title)} " + " ".join(f"{plain(row.label)}: {plain(row.values)}." for row in rows),
        x=scale.axis(
            title=voice.word(f"{PLACE}.axis_{study.kind}", unit=voice.language.unit(unit)), language=voice.language
        ),
        rows=rows,
        values_title=voice.word(f"{PLACE}.values_{study.kind if two else 'one'}"),
        legend=_legend(study, voice, rows),
        source=process_source(study, voice, place=PLACE),
        level=None,
    )


def _spans(wait: _Wait) -> tuple[tuple[float, float], ...]:
    """The 95 % intervals of the medians that are drawn, in seconds."""
    step = wait.change.step
    sides = ((wait.before, step.before), (wait.after, step.after or step.overall))
    return tuple(
        (stats.wait_low, stats.wait_high)
        for drawn, stats in sides
        if drawn is not None and stats is not None and stats.wait_low is not None and stats.wait_high is not None
    )


def _row(study: ProcessStudy, voice: Voice, wait: _Wait, rank: int, *, scale: Compressed) -> DumbbellRow:
    presence: Presence = "kept"
    if _two_periods(study):
        presence = "added" if wait.before is None else "removed" if wait.after is None else "kept"
    return DumbbellRow(
        label=(voice.quote(wait.change.step.activity),),
        verdict=wait.verdict,
        values=_values(study, voice, wait, f"{PLACE}.step{rank}"),
        before=None if wait.before is None else scale.place(wait.before),
        after=None if wait.after is None else scale.place(wait.after),
        spans=tuple((scale.place(low), scale.place(high)) for low, high in _spans(wait)),
        presence=presence,
        stated=study.kind == "hand" or (wait.change.wait is None and presence == "kept"),
    )


def _values(study: ProcessStudy, voice: Voice, wait: _Wait, key: str) -> Text:
    """Both medians and the word of a verdict that is stated; the one there is of a step that is new or gone."""
    lineage = Derived("median_wait", (study.lineage,)) if study.kind == "log" else study.lineage
    if wait.before is not None and wait.after is not None:
        pair = said_pair(voice, key, wait.before, wait.after, lineage=lineage)
        if wait.verdict == "not_provable_yet":
            return pair
        return voice.join([*pair, Run("  "), *voice.strong(voice.say(f"verdict.{wait.verdict}"))])
    if not _two_periods(study):
        return (said(voice, f"{key}.only", wait.after or 0.0, lineage=lineage),)
    side, seconds = ("after", wait.after) if wait.before is None else ("before", wait.before)
    word = f"{PLACE}.added" if wait.before is None else f"{PLACE}.removed"
    return voice.say(word, wait=said(voice, f"{key}.{side}", seconds or 0.0, lineage=lineage))


def _legend(study: ProcessStudy, voice: Voice, rows: Sequence[DumbbellRow]) -> tuple[tuple[Mark, str], ...]:
    """What the marks mean: only what is drawn; by hand and of one period there is no test to speak of."""
    kind = "" if study.kind == "log" else "_hand"
    plain_words = {"before": f"before{kind}", "after": f"after{kind}" if _two_periods(study) else "only"}
    drawn = _marks(rows)
    return tuple((mark, voice.word(f"{PLACE}.legend.{plain_words.get(mark, mark)}")) for mark in MARKS if mark in drawn)


def _two_periods(study: ProcessStudy) -> bool:
    return study.before is not None and study.after is not None


def _marks(rows: Sequence[DumbbellRow]) -> set[Mark]:
    """What a legend must name: only what is drawn."""
    kept = [row for row in rows if row.presence == "kept"]
    drawn: dict[Mark, bool] = {
        "before": any(row.before is not None for row in rows),
        "after": any(row.stated for row in kept),
        "better": any(row.verdict == "improved" for row in kept),
        "worse": any(row.verdict == "worse" for row in kept),
        "unproven": any(row.verdict == "not_provable_yet" and not row.stated for row in kept),
        "added": any(row.presence == "added" for row in rows),
        "span": any(row.spans for row in rows),
    }
    return {mark for mark, is_drawn in drawn.items() if is_drawn}


def _title(study: ProcessStudy, voice: Voice) -> Text:
    """The finding: the largest proven change of a wait; else that none is provable, or where cases wait longest."""
    waits = _waiting(study)
    if not waits:
        return voice.say(f"{PLACE}.title_curve")
    if study.kind == "hand" or study.before is None:
        longest = max(waits, key=lambda wait: wait.after or 0.0)
        run = said(
            voice, f"{PLACE}.title.longest", longest.after or longest.longest, lineage=study.lineage, grade=study.grade
        )
        return voice.say(
            f"{PLACE}.title_longest_{study.kind}", step=voice.quote(longest.change.step.activity), wait=run
        )
    stated = [wait for wait in waits if wait.verdict in ("improved", "worse")]
    if not stated:
        return voice.say(f"{PLACE}.title_open")
    top = max(stated, key=lambda wait: abs((wait.after or 0.0) - (wait.before or 0.0)))
    ends = _two(study, voice, top, f"{PLACE}.title")
    return voice.say(f"{PLACE}.title_{top.verdict}", step=voice.quote(top.change.step.activity), **ends)


def _two(study: ProcessStudy, voice: Voice, wait: _Wait, key: str) -> dict[str, Text]:
    pair = said_pair(
        voice, key, wait.before or 0.0, wait.after or 0.0, lineage=Derived("median_wait", (study.lineage,))
    )
    return {"before": pair[:1], "after": pair[2:]}


def _so_what(study: ProcessStudy, voice: Voice) -> Text:
    if study.kind == "hand":
        return voice.say(f"{PLACE}.so_what_hand")
    if not _two_periods(study):
        return voice.say(f"{PLACE}.so_what_one")
    stated = [wait for wait in _waiting(study) if wait.verdict in ("improved", "worse")]
    return voice.say(f"{PLACE}.so_what" if stated else f"{PLACE}.so_what_open")


# The curve of the lead time ──────────────────────────────────────────────────


def lead_curve(study: ProcessStudy, voice: Voice) -> Curve | None:
    """The share of cases done within a time, before and after, with the limit or the median before."""
    if study.leads is None or len(study.leads.after) == 0:
        return None
    two = len(study.leads.before) > 0 and study.before is not None
    sides = {"after": [float(value) for value in study.leads.after]}
    if two:
        sides = {"before": [float(value) for value in study.leads.before], **sides}
    limit = study.sla if study.sla is not None else _quantile(next(iter(sides.values())), 0.5)
    reach = max(*(_quantile(leads, REACH) for leads in sides.values()), 1.2 * limit, 1.0)
    unit = duration_unit([reach])
    rule = _rule(study, voice, limit, unit=unit)
    title = voice.say(f"{CURVE}.chart_{'limit' if study.sla is not None else 'median'}")
    labels = _shares(study, voice, sides, limit, unit=unit, reach=reach)
    tone = _tone(study.change)
    return Curve(
        key=CURVE,
        title=title,
        alt=f"{plain(title)} {rule.label}: " + ", ".join(label.run.text for label in labels),
        x=_reaching(reach, unit, voice),
        y=Axis(
            voice.word(f"{CURVE}.share"),
            0.0,
            1.0,
            tuple(Tick(n / 4, voice.language.percent(n / 4, 0)) for n in range(5)),
        ),
        lines=tuple(
            Line(
                _steps(leads, unit=unit, reach=reach),
                "",
                "muted" if side == "before" else tone,
                dashed=side == "before",
                stepped=True,
            )
            for side, leads in sides.items()
        ),
        shade=None,
        labels=(*labels, *_named(voice, sides, unit=unit, tone=tone)),
        source=process_source(study, voice, place=CURVE),
        rules=(rule,),
        height="small",
    )


def _tone(effect: Effect | None) -> Tone:
    tones: dict[Verdict, Tone] = {"improved": "better", "worse": "worse"}
    return tones.get(effect.verdict, "ink") if effect is not None else "ink"


def _reaching(reach: float, unit: DurationUnit, voice: Voice) -> Axis:
    """An axis from zero that ends where the curves do."""
    title = voice.word(f"{CURVE}.axis", unit=voice.language.unit(unit))
    found = value_axis([0.0, in_unit(reach, unit)], title=title, language=voice.language, zero=True)
    high = in_unit(reach, unit)
    return Axis(title, 0.0, high, tuple(tick for tick in found.ticks if 0 <= tick.position <= high))


def _rule(study: ProcessStudy, voice: Voice, limit: float, *, unit: DurationUnit) -> Rule:
    kind = "limit" if study.sla is not None else "median"
    own = duration_unit([limit])
    # an agreed limit is written as it was agreed, a median as any time
    said_limit = voice.language.quantity(in_unit(limit, own), own) if kind == "limit" else spoken(voice, limit)
    return Rule(in_unit(limit, unit), voice.word(f"{CURVE}.rule_{kind}", limit=said_limit), "limit")


def _quantile(leads: Sequence[float], share: float) -> float:
    """The time within which a share of the cases is done; `leads` in rising order."""
    return leads[min(len(leads) - 1, max(0, round(share * len(leads)) - 1))] if leads else 0.0


def _within(leads: Sequence[float], limit: float) -> float:
    return bisect_right(leads, limit) / len(leads)


def _steps(leads: Sequence[float], *, unit: DurationUnit, reach: float) -> tuple[tuple[float, float], ...]:
    """Points of the curve: every case, or as many evenly chosen ones as can be told apart, up to the end of the axis."""
    count = len(leads)
    ranks = sorted({max(1, round(count * number / POINTS)) for number in range(1, POINTS + 1)})
    points = [(in_unit(leads[rank - 1], unit), rank / count) for rank in ranks if leads[rank - 1] <= reach]
    end = points[-1][1] if points else 0.0
    return ((0.0, 0.0), *points, (in_unit(reach, unit), end))


def _shares(
    study: ProcessStudy,
    voice: Voice,
    sides: dict[str, list[float]],
    limit: float,
    *,
    unit: DurationUnit,
    reach: float,
) -> tuple[Label, ...]:
    """The shares done within the limit, each beside its own curve."""
    del reach
    shares = {side: _within(leads, limit) for side, leads in sides.items()}
    higher = max(shares, key=lambda side: shares[side])
    found = []
    for side, share in shares.items():
        fact = Fact(f"{CURVE}.{side}.within", share, "share", Derived("share_within", (study.lineage,)))
        run = voice.fact(fact, voice.language.percent(share, 0))
        tone = "muted" if side == "before" else _tone(study.change)
        found.append(Label(in_unit(limit, unit), share, run, tone, "right" if side == higher else "left"))
    return tuple(found)


def _named(voice: Voice, sides: dict[str, list[float]], *, unit: DurationUnit, tone: Tone) -> tuple[Label, ...]:
    """The names of the two curves, where they are furthest apart."""
    if len(sides) < 2:
        return ()
    before, after = sides["before"], sides["after"]
    at = max((n / 20 for n in range(5, 15)), key=lambda share: abs(_quantile(before, share) - _quantile(after, share)))
    slower = "before" if _quantile(before, at) >= _quantile(after, at) else "after"
    return tuple(
        Label(
            in_unit(_quantile(leads, at), unit),
            at,
            Run(voice.word(f"{CURVE}.{side}"), strong=True),
            "muted" if side == "before" else tone,
            "left" if side == slower else "right",
        )
        for side, leads in sides.items()
    )
