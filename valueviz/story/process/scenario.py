"""What could be done about the bottlenecks: scenarios with the range of lead time they would have saved."""

from __future__ import annotations

from collections.abc import Sequence

from valueviz.analysis.process.redesign import PATTERNS
from valueviz.analysis.process.result import Suggestion
from valueviz.analysis.process.rules.calendar import LONGER
from valueviz.story.blocks import Cell, Column, Row, Run, Table, Text
from valueviz.story.heads import Head
from valueviz.story.process.duration import DurationUnit, duration_unit, said
from valueviz.story.process.reason import percent
from valueviz.story.process.source import process_source
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Assumed, Derived, Fact

MOST_ROWS = 5
"""Scenarios shown at most, in the order of the steps they are for."""

LEAST = 0.005
"""Share of the mean lead time that a scenario must be able to save to be shown."""


def scenarios_table(study: ProcessStudy, voice: Voice, *, place: str, steps: Sequence[str]) -> Table | None:
    """A row a scenario under the step it is for: what is done, what it assumes, what it would have saved; or None."""
    lead = study.overall.lead_time.mean or 0.0
    shown = [each for each in study.suggestions if each.step in steps and each.high > LEAST * lead][:MOST_ROWS]
    if not shown:
        return None
    heads: tuple[Head, ...] = (
        ("pattern", "left", 2.6),
        ("assumption", "left", 4.0),
        ("saved", "right", 2.0),
    )
    unit = duration_unit([each.high for each in shown])
    rows = []
    for rank, each in enumerate(shown, start=1):
        if rank == 1 or each.step != shown[rank - 2].step:
            rows.append(Row((Cell(voice.say("process_diagnosis.before", step=voice.quote(each.step))),), "group"))
        rows.append(_row(each, voice, study, key=f"{place}.scenario.{rank}", unit=unit))
    return Table(
        "process.scenarios",
        voice.say("process_diagnosis.scenarios"),
        tuple(
            Column(voice.say(f"process_diagnosis.column.{head}", unit=voice.language.unit(unit)), side, width)
            for head, side, width in heads
        ),
        tuple(rows),
        source=process_source(study, voice, place=f"{place}.scenarios"),
    )


def _row(suggestion: Suggestion, voice: Voice, study: ProcessStudy, *, key: str, unit: DurationUnit) -> Row:
    return Row(
        (
            Cell(voice.say(f"process_diagnosis.pattern.{suggestion.pattern}")),
            Cell(_assumption(suggestion, voice, key=key)),
            Cell(_saved(suggestion, voice, study, key=key, unit=unit)),
        )
    )


def _assumption(suggestion: Suggestion, voice: Voice, *, key: str) -> Text:
    """What must hold, with the range of the catalogue."""
    pattern = next(each for each in PATTERNS if each.key == suggestion.pattern)
    lineage = Assumed("docs/methods.md", "valueviz", "scenario")
    fields: dict[str, Run] = {}
    for name, share in (("low", pattern.low), ("high", pattern.high)):
        fields[name] = percent(Fact(f"{key}.assumed_{name}", share, "share", lineage), voice)
    fields["hours"] = said(voice, f"{key}.assumed_hours", LONGER * 3600.0, lineage=lineage, unit="hour", digits=0)
    return voice.say(f"process_diagnosis.assumption.{suggestion.assumption}", **fields)


def _saved(suggestion: Suggestion, voice: Voice, study: ProcessStudy, *, key: str, unit: DurationUnit) -> Text:
    """From the least to the most that would have been saved a case."""
    lineage = Derived(f"replay.{suggestion.pattern}", (study.lineage,))
    low = said(voice, f"{key}.low", suggestion.low, lineage=lineage, unit=unit, digits=1, bare=True)
    high = said(voice, f"{key}.high", suggestion.high, lineage=lineage, unit=unit, digits=1, bare=True)
    return voice.say("process_diagnosis.range", low=low, high=high)
