"""Why cases wait: the steps that cost most, each with its cause, what speaks for it and what would refute it.

Below them the five causes of waiting where the log knows starts and resources, and scenarios of what could be done.
Nothing here names a resource.
"""

from __future__ import annotations

from valueviz.analysis.process.result import Diagnosis
from valueviz.story.blocks import Block, Cell, Column, Prose, Row, Section, Table, Text
from valueviz.story.heads import Head, chapter
from valueviz.story.process.duration import DurationUnit, duration_digits, duration_unit, said
from valueviz.story.process.reason import percent, reason
from valueviz.story.process.scenario import scenarios_table
from valueviz.story.process.source import process_source
from valueviz.story.process.split import split_table
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

PLACE = "process_diagnosis"

MOST_ROWS = 4
"""Steps shown at most."""

LEAST_SHARE = 0.02
"""Share of the lead time below which a step is not shown, unless it is the first."""


def process_diagnosis(study: ProcessStudy, voice: Voice) -> Section | None:
    """The bottlenecks of a process; None where nothing was diagnosed, as in a process typed by hand."""
    if not study.diagnoses:
        return None
    blocks: list[Block] = [_table(study, voice), Prose(voice.say(f"{PLACE}.table_note"), style="note")]
    steps = [each.step for each in shown(study)]
    tables = (
        ("split_note", split_table(study, voice, place=PLACE, steps=steps)),
        ("scenarios_note", scenarios_table(study, voice, place=PLACE, steps=steps)),
    )
    for note, table in tables:
        if table is not None:
            blocks += [table, Prose(voice.say(f"{PLACE}.{note}"), style="note")]
    blocks.append(Prose(voice.say(f"{PLACE}.so_what"), style="so_what"))
    return chapter(voice, PLACE, title=_title(study, voice), blocks=tuple(blocks))


def shown(study: ProcessStudy) -> tuple[Diagnosis, ...]:
    """The steps worth a row, in order of impact."""
    first, *others = study.diagnoses[:MOST_ROWS]
    return (first, *(each for each in others if each.share >= LEAST_SHARE))


def _title(study: ProcessStudy, voice: Voice) -> Text:
    """The first step, what waiting for it is of the lead time, and why."""
    first = study.diagnoses[0]
    step, share = voice.quote(first.step), _share(first, study, voice, key=f"{PLACE}.title.share")
    if first.cause == "unexplained":
        return voice.say(f"{PLACE}.title_unexplained", step=step, share=share)
    return voice.say(f"{PLACE}.title", step=step, share=share, cause=_cause(first.cause, voice))


def _cause(cause: str, voice: Voice) -> Text:
    return voice.say(f"{PLACE}.cause.{cause}")


def _share(diagnosis: Diagnosis, study: ProcessStudy, voice: Voice, *, key: str) -> Text:
    lineage = Derived("waiting_share_of_lead_time", (study.lineage,))
    return (percent(Fact(key, diagnosis.share, "share", lineage), voice),)


def _table(study: ProcessStudy, voice: Voice) -> Table:
    """The steps in order of impact."""
    rows = shown(study)
    unit = duration_unit([each.impact for each in rows])
    heads: tuple[Head, ...] = (
        ("step", "left", 2.0),
        ("impact", "right", 1.4),
        ("share", "right", 1.0),
        ("cause", "left", 5.0),
        ("falsifier", "left", 2.6),
    )
    shown_unit = voice.language.unit(unit)
    return Table(
        "process.diagnoses",
        voice.say(f"{PLACE}.table"),
        tuple(Column(voice.say(f"{PLACE}.column.{key}", unit=shown_unit), side, width) for key, side, width in heads),
        tuple(_row(each, rank, study, voice, unit=unit) for rank, each in enumerate(rows, start=1)),
        source=process_source(study, voice, place=PLACE),
    )


def _row(diagnosis: Diagnosis, rank: int, study: ProcessStudy, voice: Voice, *, unit: DurationUnit) -> Row:
    place = f"{PLACE}.{rank}"
    lineage = Derived("waiting_per_hundred_cases", (study.lineage,))
    digits = duration_digits([each.impact for each in shown(study)], unit)
    impact = said(voice, f"{place}.impact", diagnosis.impact, lineage=lineage, unit=unit, digits=digits, bare=True)
    return Row(
        (
            Cell((voice.quote(diagnosis.step),)),
            Cell((impact,)),
            Cell(_share(diagnosis, study, voice, key=f"{place}.share")),
            Cell(
                voice.say(
                    f"{PLACE}.because",
                    cause=voice.strong(_cause(diagnosis.cause, voice)),
                    reason=reason(diagnosis, study, voice, place=place),
                )
            ),
            Cell(voice.say(f"{PLACE}.falsifier.{diagnosis.falsifier}")),
        )
    )
