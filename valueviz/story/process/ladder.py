"""The ladder of a value stream: waiting above, work below, before and after on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Literal

from valueviz.analysis.process.log import PeriodSummary, Step, StepStats
from valueviz.story.blocks import Ladder, LadderRow, LadderStep, Text
from valueviz.story.process.duration import duration_digits, duration_unit, said
from valueviz.story.process.source import process_source
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

PLACE = "process_ladder"

MOST_STEPS = 12
"""Steps with a rung of their own; the rest is one rung at the end."""

SIDES = ("before", "after", "overall")


@dataclass(frozen=True, slots=True)
class Rung:
    """What one step takes of an average case, in seconds; None where it is not known."""

    name: str
    wait: float | None
    work: float | None

    @property
    def size(self) -> float:
        """What is known of it."""
        return (self.wait or 0.0) + (self.work or 0.0)


def ladder(study: ProcessStudy, voice: Voice) -> Ladder | None:
    """The ladder of each period; None where no time of any step is known, or the lead time is only that of a segment."""
    if study.cut.segment is not None:
        return None  # steps are timed over whole cases: their waits would not add up to the segment
    two = study.before is not None and study.after is not None
    sides = [side for side in (SIDES[:2] if two else SIDES[2:]) if _period(study, side) is not None]
    found = [(side, rungs(study, side)) for side in sides]
    if not any(rung.size for _, each in found for rung in each):
        return None
    timed = any(rung.work is not None for _, each in found for rung in each)
    kept = _kept([rung for _, each in found for rung in each])
    drawn = {rung.name for _, each in found for rung in each if rung.name in kept}
    order = [change.step.activity for change in study.steps if change.step.activity in drawn]
    numbers = {name: number for number, name in enumerate([*order, ""], start=1)}
    title = voice.say(f"{PLACE}.chart" if timed else f"{PLACE}.chart_waits")
    rows = tuple(_row(study, voice, side, _gathered(each, kept), numbers=numbers) for side, each in found)
    rows = rows if timed else tuple(_waits_only(row) for row in rows)
    kinds: tuple[Literal["wait", "work"], ...] = ("wait", "work") if timed else ("wait",)
    return Ladder(
        key=PLACE,
        title=title,
        alt=f"{plain(title)} " + " ".join(_read(row) for row in rows),
        rows=rows,
        legend=tuple((kind, voice.word(f"{PLACE}.{kind}")) for kind in kinds),
        source=process_source(study, voice, place=PLACE),
    )


def _waits_only(row: LadderRow) -> LadderRow:
    """A row of a log that knows no work time: said once, not at every step."""
    return replace(row, steps=tuple(replace(step, work_text=()) for step in row.steps if step.wait > 0))


def rungs(study: ProcessStudy, side: str) -> tuple[Rung, ...]:
    """What each step takes of an average case of a period: time an event times events a case, in order of the flow."""
    period = _period(study, side)
    found = []
    for change in study.steps:
        stats = _stats(change.step, side)
        if stats is None or period is None:
            continue
        passes = _passes(study, change.step.activity, stats, period)
        wait = None if stats.wait_mean is None else stats.wait_mean * passes
        work = None if stats.touch_mean is None else stats.touch_mean * passes
        found.append(Rung(change.step.activity, wait, work))
    return tuple(found)


def _passes(study: ProcessStudy, activity: str, stats: StepStats, period: PeriodSummary) -> float:
    """How often an average case goes through a step; by hand once, and again by the stated share of rework."""
    if study.kind == "log":
        return stats.events / period.cases if period.cases else 0.0
    side = "before" if period is study.before else "after" if period is study.after else "overall"
    loops = [edge for edge in study.edges if edge.source == edge.target == activity]
    again = getattr(loops[0], side) if loops else None
    return 1.0 + (again.share if again is not None else 0.0)


def _period(study: ProcessStudy, side: str) -> PeriodSummary | None:
    return {"before": study.before, "after": study.after}.get(side, study.overall)


def _stats(step: Step, side: str) -> StepStats | None:
    return {"before": step.before, "after": step.after}.get(side, step.overall)


def _kept(every: Sequence[Rung]) -> frozenset[str]:
    """The steps that take most in any period."""
    sizes: dict[str, float] = {}
    for rung in every:
        sizes[rung.name] = max(sizes.get(rung.name, 0.0), rung.size)
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))
    return frozenset(ranked if len(ranked) <= MOST_STEPS else ranked[: MOST_STEPS - 1])


def _gathered(every: Sequence[Rung], kept: frozenset[str]) -> tuple[Rung, ...]:
    """The steps that are kept, and the others as one without a name."""
    own = [rung for rung in every if rung.name in kept]
    rest = [rung for rung in every if rung.name not in kept]
    if not rest:
        return tuple(own)
    works = [rung.work for rung in rest]
    work = None if None in works else fsum(work for work in works if work is not None)
    return (*own, Rung("", fsum(rung.wait or 0.0 for rung in rest), work))


def _row(
    study: ProcessStudy, voice: Voice, side: str, every: Sequence[Rung], *, numbers: Mapping[str, int]
) -> LadderRow:
    period = _period(study, side)
    mean = period.lead_time.mean if period is not None else None
    return LadderRow(
        title=voice.say(f"{PLACE}.{side}_{study.kind}"),
        steps=tuple(
            _step(study, voice, f"{PLACE}.{side}.step{numbers[rung.name]}", rung, number=numbers[rung.name])
            for rung in every
        ),
        total=_total(study, voice, side, mean),
        efficiency=_efficiency(study, voice, side),
    )


def _step(study: ProcessStudy, voice: Voice, key: str, rung: Rung, *, number: int) -> LadderStep:
    return LadderStep(
        label=(voice.quote(rung.name),) if rung.name else voice.say(f"{PLACE}.others"),
        wait=rung.wait or 0.0,
        work=rung.work,
        wait_text=_time(study, voice, f"{key}.wait", rung.wait),
        work_text=_time(study, voice, f"{key}.work", rung.work),
        number=number,
    )


def _time(study: ProcessStudy, voice: Voice, key: str, seconds: float | None) -> Text:
    if seconds is None:
        return voice.say(f"{PLACE}.unknown")
    lineage = Derived("time_a_case", (study.lineage,))
    unit = duration_unit([seconds]) if seconds else "minute"
    return (said(voice, key, seconds, lineage=lineage, unit=unit, grade=study.grade),)


def _total(study: ProcessStudy, voice: Voice, side: str, mean: float | None) -> Text:
    if mean is None:
        return voice.say(f"{PLACE}.total_unknown")
    unit = duration_unit([mean])
    run = said(
        voice,
        f"{PLACE}.{side}.total",
        mean,
        lineage=study.lineage,
        unit=unit,
        digits=duration_digits([mean], unit),
        grade=study.grade,
    )
    return voice.say(f"{PLACE}.total", lead=run)


def _efficiency(study: ProcessStudy, voice: Voice, side: str) -> Text:
    """The process cycle efficiency where steps are classed, else the share of work in the lead time, where it is known."""
    classed = _measure(study, "cycle_efficiency", side)
    if classed is not None:
        return _share(study, voice, f"{PLACE}.{side}.cycle_efficiency", classed, key="cycle_efficiency")
    share = work_share(study, side)
    if share is None:
        return voice.say(f"{PLACE}.efficiency_unknown")
    return _share(study, voice, f"{PLACE}.{side}.touch_share", share, key="touch_share")


def work_share(study: ProcessStudy, side: str) -> float | None:
    """The share of work in the mean lead time of a period; None where any work time is unknown."""
    if study.kind == "hand":
        return _measure(study, "touch_share", side)
    period = _period(study, side)
    works = [rung.work for rung in rungs(study, side)]
    known = [work for work in works if work is not None]
    if period is None or not period.lead_time.mean or not known or len(known) < len(works):
        return None
    return fsum(known) / period.lead_time.mean


def _measure(study: ProcessStudy, key: str, side: str) -> float | None:
    """A measure of a period; of one period alone it stands as after."""
    measure = next((each for each in study.measures if each.key == key), None)
    if measure is None:
        return None
    return measure.before if side == "before" else measure.after


def _share(study: ProcessStudy, voice: Voice, name: str, value: float, *, key: str) -> Text:
    fact = Fact(name, value, "share", Derived(key, (study.lineage,)), grade=study.grade)
    shown = voice.language.percent(value, 0 if value >= 0.1 else 1)
    return voice.say(f"{PLACE}.{key}", share=voice.fact(fact, shown))


def _read(row: LadderRow) -> str:
    steps = "; ".join(" ".join(plain(text) for text in (s.label, s.wait_text, s.work_text)) for s in row.steps)
    return f"{plain(row.title)}: {steps}. {plain(row.total)} {plain(row.efficiency)}"
