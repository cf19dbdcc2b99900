"""The first page of a process: the finding, its numbers before and after, and what limits it."""

from __future__ import annotations

from decimal import ROUND_DOWN

from valueviz.analysis.effect import Effect
from valueviz.analysis.process.result import Measure
from valueviz.story.blocks import Block, Callout, Card, Cards, Cell, Prose, Row, Run, Section, Table, Text
from valueviz.story.figures import cut
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.process.by_hand import caution
from valueviz.story.process.duration import duration_unit, in_unit, said
from valueviz.story.process.measure import measure_change, measure_name, measure_pair, tested
from valueviz.story.process.source import process_source
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Fact, Interval

PLACE = "process_summary"

CARDS = ("lead_median", "lead_p90", "steps_per_case", "rework_share")
"""The measures with a card of their own; all others stand in the table."""

MOST_DIGITS = 2
"""Decimals at most of what is claimed."""

HAND_CARDS = ("lead_mean", "touch_mean", "touch_share", "hours_month")
"""Those of a process typed by hand."""


def process_summary(study: ProcessStudy, voice: Voice, *, further: bool = True) -> Section:
    """What became of the process, as far as it can be said.

    Args:
        study: the process.
        voice: words it.
        further: whether the measures without a card follow as a table.
    """
    chosen = CARDS if study.kind == "log" else HAND_CARDS
    known = {measure.key: measure for measure in study.measures}
    cards = tuple(_card(known[key], study, voice) for key in chosen if key in known)
    rest = tuple(measure for measure in study.measures if measure.key not in chosen and not _empty(measure))
    blocks: list[Block] = [Cards(cards)] if cards else []
    blocks += _caution(study, voice)
    if rest and further:
        blocks.append(_table(rest, study, voice))
    else:
        blocks.append(Prose(process_source(study, voice, place=PLACE), style="source"))
    return chapter(
        voice,
        "process_summary",
        title=headline(study, voice, place=PLACE),
        lead=basis(study, voice, place=PLACE),
        blocks=tuple(blocks),
    )


def _empty(measure: Measure) -> bool:
    """Whether hand-overs were never seen: the log does not tell one person from another."""
    return measure.key in ("handovers", "ping_pong") and not measure.before and not measure.after


def headline(study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """The finding in one sentence: what is sure of the lead time, at the cautious end of its interval."""
    if study.kind == "hand":
        return _described(study, voice, place=place)
    found = study.change
    if found is None:
        return _typical(study, voice, place=place)
    if found.verdict in ("improved", "worse") and found.low is not None and found.high is not None:
        run = _at_least(study, found, voice, place=place)
        return voice.say(f"process.headline.{found.verdict}", least=run)
    if found.reason == "check_contradicts":
        return voice.say("process.headline.contradicted")
    return voice.say(f"process.headline.{found.verdict}")


def _at_least(study: ProcessStudy, found: Effect, voice: Voice, *, place: str) -> Run:
    """The change at the end of its interval nearest to none, rounded towards none."""
    low, high = found.low or 0.0, found.high or 0.0
    least = min(abs(low), abs(high))
    unit = duration_unit(study.weekly.values if study.weekly is not None else [low, high])
    digits = max(0, min(MOST_DIGITS, voice.language.digits_for(in_unit(high - low, unit))))
    fact = Fact(
        f"{place}.lead.at_least",
        in_unit(least, unit),
        unit,
        study.lineage,
        interval=Interval(in_unit(low, unit), in_unit(high, unit), found.level),
        grade=found.grade,
        verdict=found.verdict,
    )
    size = cut(in_unit(least, unit), digits, rounding=ROUND_DOWN)
    return voice.fact(fact, voice.language.quantity(size, unit, digits=digits))


def basis(study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """What the statement rests on: cases of the two periods, or how many there are."""
    if study.kind == "hand":
        return voice.say("process.basis.hand", process=voice.quote(study.name))
    if study.before is None or study.after is None or study.go_live is None:
        return voice.say("process.basis.one", cases=_count(study, voice, place, "cases", study.overall.cases))
    fields: dict[str, Text | Run] = {
        "before": _count(study, voice, place, "cases_before", study.before.cases),
        "after": _count(study, voice, place, "cases_after", study.after.cases),
        "go_live": voice.date(study.go_live),
    }
    if study.cut.segment is None:
        return voice.say("process.basis.two", **fields)
    first, last = study.cut.segment
    return voice.say("process.basis.segment", first=voice.quote(first), last=voice.quote(last), **fields)


def _typical(study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    lead = study.overall.lead_time
    if lead.median is None or lead.p90 is None:
        return voice.say("process.headline.empty")
    return voice.say(
        "process.headline.one",
        median=said(voice, f"{place}.lead.median", lead.median, lineage=study.lineage),
        p90=said(voice, f"{place}.lead.p90", lead.p90, lineage=study.lineage),
    )


def _described(study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """What a person says a case takes today, and would take."""
    before = study.before.lead_time.mean if study.before else None
    after = (study.after or study.overall).lead_time.mean
    if after is None or (study.before is not None and before is None):
        return voice.say("process.headline.hand_open")
    now = said(voice, f"{place}.lead.after", after, lineage=study.lineage, grade=study.grade)
    if before is None:
        return voice.say("process.headline.hand_one", lead=now)
    then = said(voice, f"{place}.lead.before", before, lineage=study.lineage, grade=study.grade)
    return voice.say("process.headline.hand", before=then, after=now)


def _count(study: ProcessStudy, voice: Voice, place: str, what: str, number: int) -> Text:
    fact = Fact(f"{place}.{what}", float(number), "count", study.lineage)
    return (voice.fact(fact, voice.language.grouped(number)),)


def _card(measure: Measure, study: ProcessStudy, voice: Voice) -> Card:
    found = tested(measure)
    if measure.key == "lead_median" and study.change is not None:
        found = study.change  # what its checks leave of it
    change = measure_change(measure, study, voice, place=f"{PLACE}.card")
    verdict = found.verdict if found is not None else None
    return Card(
        label=measure_name(measure, voice),
        number=measure_pair(measure, study, voice, place=f"{PLACE}.card"),
        detail=voice.say("process.change", change=change) if change else (),
        grade=found.grade if found is not None else study.grade if study.kind == "hand" else None,
        verdict=verdict,
        verdict_word=voice.say(f"verdict.{verdict}") if verdict else (),
    )


def _caution(study: ProcessStudy, voice: Voice) -> list[Block]:
    """What limits the statement: a check that contradicts, a reason not to judge, numbers nobody measured."""
    found = study.change
    notes: list[Block] = []
    if study.kind == "hand":
        notes.append(caution(study, voice))
    contradicting = [check for check in study.checks if check.verdict == "contradicts"]
    if contradicting:
        title = voice.say("process.caution.contradicts_title")
        notes.append(Callout(title, contradiction(study, voice, place=f"{PLACE}.caution")))
    if found is not None and found.reason is not None and not contradicting:
        text = voice.say(f"reason.{found.reason}.why")
        notes.append(Callout(voice.say(f"process.caution.{found.verdict}"), text))
    if study.summary is not None and not study.summary.started:
        notes.append(
            Callout(voice.say("process.caution.no_starts_title"), voice.say("process.caution.no_starts"), "info")
        )
    if study.summary is not None and study.summary.day_only:
        notes.append(
            Callout(voice.say("process.caution.day_only_title"), voice.say("process.caution.day_only"), "info")
        )
    return notes


def contradiction(study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """What the first check that contradicts says, with its numbers."""
    check = next(check for check in study.checks if check.verdict == "contradicts")
    if check.name == "placebo" or check.before is None or check.after is None:
        return voice.say("process.contradicts.placebo")
    lead_before = study.before.lead_time.median if study.before else None
    lead_after = study.after.lead_time.median if study.after else None
    fields = {}
    named = {
        "naive_before": lead_before,
        "naive_after": lead_after,
        "before": check.before,
        "after": check.after,
    }
    for name, value in named.items():
        fields[name] = said(voice, f"{place}.{check.name}.{name}", value or 0.0, lineage=study.lineage)
    return voice.say(f"process.contradicts.{check.name}", by=voice.quote(check.by or ""), **fields)


def _values_head(study: ProcessStudy) -> str:
    """What the two numbers of a measure are, or the one."""
    if study.before is None:
        return "value"
    return "values_hand" if study.kind == "hand" else "values"


def _table(measures: tuple[Measure, ...], study: ProcessStudy, voice: Voice) -> Table:
    """The other measures: before → after, the change, its verdict."""
    judged = study.change is not None
    heads: tuple[Head, ...] = (("measure", "left", 3.2), (_values_head(study), "right", 2.8))
    if judged:
        heads += (("change", "right", 2.6), ("verdict", "left", 1.8))
    rows = []
    for measure in measures:
        cells = [
            Cell(measure_name(measure, voice)),
            Cell(measure_pair(measure, study, voice, place=f"{PLACE}.table")),
        ]
        if judged:
            found = tested(measure)
            cells.append(Cell(measure_change(measure, study, voice, place=f"{PLACE}.table")))
            word = voice.say(f"verdict.{found.verdict}") if found else voice.say("process.untested")
            cells.append(Cell(word, verdict=found.verdict if found else None))
        rows.append(Row(tuple(cells)))
    return Table(
        "process.measures",
        voice.say("process.measures"),
        columns(voice, "process.column", heads),
        tuple(rows),
        source=process_source(study, voice, place=PLACE),
    )
