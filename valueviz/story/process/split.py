"""What waiting before the costly steps is made of: the five causes, where the log knows starts and resources."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from valueviz.story.blocks import Cell, Column, Row, Table
from valueviz.story.process.duration import duration_digits, duration_unit, said
from valueviz.story.process.reason import percent
from valueviz.story.process.source import process_source
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

CAUSES = ("batching", "prioritisation", "contention", "unavailability", "extraneous")
"""In the order in which a moment of waiting is given to the first that fits."""


def split_table(study: ProcessStudy, voice: Voice, *, place: str, steps: Sequence[str]) -> Table | None:
    """The shares of the five causes of the waiting before each step, over all resources; None without them."""
    split = {step: found for step in steps if (found := _waited(study, step)) is not None}
    if not split or not study.overall.cases:
        return None
    waited = {step: fsum(found) / study.overall.cases * 100 for step, found in split.items()}
    unit = duration_unit(waited.values())
    digits = duration_digits(waited.values(), unit)
    lineage = Derived("waiting_by_cause", (study.lineage,))
    rows = []
    for rank, (step, found) in enumerate(split.items(), start=1):
        key = f"{place}.split.{rank}"
        total = said(voice, f"{key}.waited", waited[step], lineage=lineage, unit=unit, digits=digits, bare=True)
        shares = [
            percent(Fact(f"{key}.{cause}", seconds / fsum(found), "share", lineage), voice)
            for cause, seconds in zip(CAUSES, found, strict=True)
        ]
        rows.append(Row((Cell((voice.quote(step),)), Cell((total,)), *(Cell((share,)) for share in shares))))
    heads = (("step", 2.4), ("waited", 1.8), *((cause, 1.4) for cause in CAUSES))
    shown_unit = voice.language.unit(unit)
    return Table(
        "process.causes",
        voice.say("process_diagnosis.split"),
        tuple(
            Column(
                voice.say(f"process_diagnosis.column.{key}", unit=shown_unit),
                "left" if key == "step" else "right",
                width,
            )
            for key, width in heads
        ),
        tuple(rows),
        source=process_source(study, voice, place=f"{place}.split"),
    )


def _waited(study: ProcessStudy, step: str) -> tuple[float, ...] | None:
    """Seconds waited before a step by cause; None where there are none."""
    into = [cause for cause in study.causes if cause.target == step]
    found = tuple(fsum(getattr(each, cause) for each in into) for cause in CAUSES)
    return found if fsum(found) > 0 else None
