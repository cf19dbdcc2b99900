"""What is said of a process typed by hand besides its numbers: who states them, what lacks, how it could be measured."""

from __future__ import annotations

from collections.abc import Sequence

from valueviz.analysis.effect.verdict import MIN_AFTER, MIN_BEFORE
from valueviz.analysis.process.hand import Missing
from valueviz.analysis.process.log import StepStats
from valueviz.analysis.process.result import StepChange
from valueviz.story.blocks import Block, Bullets, Callout, Cell, Prose, Row, Run, Section, Table, Text
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.process.duration import duration_unit, in_unit, said, telling_digits
from valueviz.story.process.source import process_source
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Assumed, Fact, Illustration, Stated

PLACE = "by_hand"

MOST_NAMED = 6
"""Steps named in a sentence about what lacks; the others are counted."""

NOTHING = "–"
"""What stands where nobody stated a number."""

RECORDED = ("case", "stamps", "role", "keep")
"""What to start recording, in the order in which it is told."""


def process_stated(study: ProcessStudy, voice: Voice) -> Section | None:
    """What a process typed by hand rests on and how it could be measured; None for an event log."""
    if study.kind != "hand":
        return None
    place = "process_stated"
    longest = longest_wait(study, voice, place=place)
    blocks = (
        *hand_notes(study, voice, place=place),
        steps_table(study, voice, place=place),
        *((longest,) if longest is not None else ()),
        *recording(study, voice, place=place),
    )
    return chapter(voice, place, blocks=blocks)


def hand_notes(study: ProcessStudy, voice: Voice, *, place: str = PLACE) -> tuple[Block, ...]:
    """What limits a process typed by hand: nobody measured it, what lacks, how often steps count."""
    found: list[Block] = [caution(study, voice)]
    lacking = missing(study, voice, place=place)
    if lacking is not None:
        found.append(lacking)
    if study.once:
        found.append(Callout(voice.say("by_hand.once_title"), voice.say("by_hand.once"), "info"))
    return tuple(found)


def caution(study: ProcessStudy, voice: Voice) -> Callout:
    """Stated, not measured, its grade, and by whom."""
    said_by = _owners(study)
    text = voice.say(f"process.caution.hand_{study.grade}")
    if said_by:
        text = voice.say("by_hand.both", one=text, two=voice.say("by_hand.stated_by", owners=voice.quote(said_by)))
    return Callout(voice.say("process.caution.hand_title"), text)


def missing(study: ProcessStudy, voice: Voice, *, place: str = PLACE) -> Callout | None:
    """Which numbers nobody stated, by state and kind; None where none lacks."""
    kinds = dict.fromkeys((each.state, each.part) for each in study.missing)
    items = [
        _lack([each for each in study.missing if (each.state, each.part) == kind], voice, place=place) for kind in kinds
    ]
    if not items:
        return None
    joint = Run(voice.word("by_hand.joint"))
    runs = [run for at, item in enumerate(items) for run in ((joint,) if at else ()) + item]
    return Callout(voice.say("by_hand.missing_title"), voice.say("by_hand.missing", items=voice.join(runs)))


def longest_wait(study: ProcessStudy, voice: Voice, *, place: str = PLACE) -> Prose | None:
    """Before which step a case waits longest as stated, None where that cannot be known."""
    values = next((dict(each.values) for each in study.findings if each.kind == "longest_wait"), None)
    if values is None:
        return None
    step, wait, share = (values[key] for key in ("step", "wait", "share"))
    if not isinstance(wait, float) or not isinstance(share, float):
        return None
    fact = Fact(f"{place}.longest.share", share, "share", study.lineage, grade=study.grade)
    text = voice.say(
        "by_hand.longest",
        step=voice.quote(str(step)),
        wait=said(voice, f"{place}.longest.wait", wait, lineage=study.lineage, grade=study.grade),
        share=voice.fact(fact, voice.language.percent(share, 0)),
    )
    return Prose(text, style="so_what")


def recording(study: ProcessStudy, voice: Voice, *, place: str = PLACE) -> tuple[Block, ...]:
    """What to start recording so that this process is measured one day."""
    method = Assumed("docs/methods.md", "valueviz", "method")
    least = {
        side: voice.fact(Fact(f"{place}.least_{side}", float(count), "count", method), voice.language.grouped(count))
        for side, count in (("before", MIN_BEFORE), ("after", MIN_AFTER))
    }
    items = [voice.say(f"by_hand.record.{key}") for key in RECORDED]
    longest = next((dict(each.values)["step"] for each in study.findings if each.kind == "longest_wait"), None)
    if longest is not None:
        items.append(voice.say("by_hand.record.first", step=voice.quote(str(longest))))
    items.append(voice.say("by_hand.record.weeks", **least))
    return (Prose(voice.say("by_hand.record.title"), style="heading"), Bullets(tuple(items)))


def steps_table(study: ProcessStudy, voice: Voice, *, place: str = PLACE) -> Table:
    """Every number that was stated, step by step: work, wait and what is done again, today and as a target."""
    both, drawn = study.before is not None, isinstance(study.lineage, Illustration)
    sides = ("before", "after") if both else ("overall",)
    heads: tuple[Head, ...] = (("step", "left", 2.9), ("role", "left", 1.8))
    heads += tuple((f"{part}_{side}", "right", 1.2) for side in sides for part in ("touch", "wait", "again"))
    rows = tuple(
        Row(
            (
                Cell((voice.quote(each.step.activity, strong=True),)),
                Cell(_roles(each, sides, voice)),
                *(cell for side in sides for cell in _cells(each, side, study, voice, place=place)),
            )
        )
        for each in study.steps
    )
    return Table(
        f"{place}.steps",
        voice.say("by_hand.table_illustration" if drawn else "by_hand.table"),
        columns(voice, "by_hand.column", heads),
        rows,
        source=process_source(study, voice, place=f"{place}.steps"),
    )


# Inside ──────────────────────────────────────────────────────────────────────


def _owners(study: ProcessStudy) -> str:
    match study.lineage:
        case Stated(by=by):
            return by
        case Assumed(owner=owner):
            return owner
        case _:
            return ""


def _lack(lacks: Sequence[Missing], voice: Voice, *, place: str) -> Text:
    """One kind of number that lacks in one state: of which steps."""
    first = lacks[0]
    key = f"{first.state}.{first.part}"
    what = {"state": voice.word(f"form.state.{first.state}"), "part": voice.word(f"by_hand.part.{first.part}")}
    names = [each.step for each in lacks if each.step is not None]
    if not names:
        return voice.say("by_hand.lack", **what)
    steps = voice.quote(voice.language.list_(names[:MOST_NAMED]))
    if len(names) <= MOST_NAMED:
        return voice.say("by_hand.lack_at", steps=steps, **what)
    more = len(names) - MOST_NAMED
    fact = Fact(f"{place}.missing.{key}", float(more), "count", Stated(by="process", on=None))
    return voice.say("by_hand.lack_more", steps=steps, more=voice.fact(fact, voice.language.grouped(more)), **what)


def _stats(each: StepChange, side: str) -> StepStats | None:
    return {"before": each.step.before, "after": each.step.after}.get(side, each.step.overall)


def _roles(each: StepChange, sides: Sequence[str], voice: Voice) -> Text:
    """Who does a step, with an arrow where that changes."""
    stats = [_stats(each, side) for side in sides]
    roles = dict.fromkeys(one.role for one in stats if one is not None and one.role is not None)
    runs: list[Run] = []
    for role in roles:
        runs += [Run(" → ")] if runs else []
        runs.append(voice.quote(role))
    return tuple(runs)


def _cells(each: StepChange, side: str, study: ProcessStudy, voice: Voice, *, place: str) -> tuple[Cell, Cell, Cell]:
    """Work, wait and rework of one step in one state; empty where the state has no such step."""
    stats, name = _stats(each, side), each.step.activity
    if stats is None:
        return Cell(), Cell(), Cell()
    times = []
    for part, seconds in (("touch", stats.touch_mean), ("wait", stats.wait_mean)):
        key = f"{place}.steps.{study.steps.index(each)}.{part}.{side}"
        times.append(Cell((Run(NOTHING) if seconds is None else _time(study, voice, key, seconds),)))
    lacks = any(lack.part == "rework" and lack.step == name and _side(lack) in (side, None) for lack in study.missing)
    share = _again(study, name, side)
    if study.once or lacks:
        again = Run(NOTHING)
    else:
        fact = Fact(f"{place}.steps.{study.steps.index(each)}.again.{side}", share, "share", study.lineage)
        again = voice.fact(fact, voice.language.percent(share, 0))
    return times[0], times[1], Cell((again,))


def _time(study: ProcessStudy, voice: Voice, key: str, seconds: float) -> Run:
    """A time as somebody would have typed it: in the unit that suits it, without decimals it does not have."""
    unit = duration_unit([seconds]) if seconds else "minute"
    digits = 0 if in_unit(seconds, unit).is_integer() else telling_digits([seconds], unit)
    return said(voice, key, seconds, lineage=study.lineage, unit=unit, digits=digits)


def _side(lack: Missing) -> str:
    return "before" if lack.state == "as_is" else "after"


def _again(study: ProcessStudy, name: str, side: str) -> float:
    """The share of cases that pass a step again, from its loop."""
    loop = next((edge for edge in study.edges if edge.source == edge.target == name), None)
    stats = None if loop is None else {"before": loop.before, "after": loop.after}.get(side, loop.overall)
    return 0.0 if stats is None else stats.share
