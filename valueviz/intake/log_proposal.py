"""A mapping proposed for a table of events or documents: what is recognised, changed by what a person told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from valueviz.catalog import Mapping
from valueviz.catalog.mapping import UNANSWERED
from valueviz.intake.column import FITS_NAMED, Seen
from valueviz.intake.proposal import Guess, Proposal
from valueviz.intake.question import Candidate, Open, Told
from valueviz.intake.reading import TextTable

LOG_PARTS = ("case", "activity", "start", "complete", "resource", "role", "cost")
"""Parts that one column of a log plays."""

STEP = "step"
"""The part of a column of documents that holds the dates of one step."""

STAMPS = ("start", "complete", STEP)
"""Parts whose cells are points in time."""


def log_proposal(
    table: TextTable, seen: Sequence[Seen], *, told: Told, remembered: Mapping | None, doubted: bool
) -> Proposal | None:
    """What is proposed for a table that is a log; None where it is none.

    Args:
        table: its first rows.
        seen: its columns.
        told: what a person has answered: a part of logs makes it a log, one of observations makes it none.
        remembered: the mapping of a file with this header, or a like one.
        doubted: something is open about it as a table of observations.
    """
    parts = dict(told.parts)
    explicit = any(part in (*LOG_PARTS, STEP) for part in parts.values())
    if not explicit and any(part not in ("dimension", "ignore") for part in parts.values()):
        return None
    known = remembered if remembered is not None and remembered.is_log else None
    if not (explicit or known or doubted):
        return None
    found = known or _recognised(table)
    if found is None and not explicit:
        return None
    mapping = _told(_here(found or Mapping(layout="events"), table.header), parts)
    form = replace(
        mapping.format, date=told.date or mapping.format.date, decimal=told.decimal or mapping.format.decimal
    )
    mapping, questions = _asked(replace(mapping, format=form), seen)
    why = "remembered" if known else "name"
    guesses = tuple(_guess(column, mapping, "told" if column.name in parts else why) for column in seen)
    return Proposal(mapping, guesses, questions)


def log_part(name: str, mapping: Mapping) -> str | None:
    """The part a mapping of a log gives to a column, None where it gives none."""
    single = next((part for part in LOG_PARTS if getattr(mapping, part) == name), None)
    if single is not None:
        return single
    return STEP if name in dict(mapping.activities) else "dimension" if name in mapping.dimensions else None


def log_parts(mapping: Mapping, attributes: Sequence[str] = ()) -> dict[str, str]:
    """The columns of a log that could name persons, with the part each plays."""
    parts = dict.fromkeys((*attributes, *mapping.dimensions), "dimension")
    return parts | {column: part for part in ("resource", "role") if (column := getattr(mapping, part)) is not None}


def _recognised(table: TextTable) -> Mapping | None:
    from valueviz.intake.log import recognise

    return recognise(table.header, table.rows)


def _here(mapping: Mapping, header: Sequence[str]) -> Mapping:
    """A mapping without the columns a header does not hold."""
    single: dict[str, Any] = {
        part: column if (column := getattr(mapping, part)) in header else None for part in LOG_PARTS
    }
    return replace(
        mapping,
        **single,
        dimensions=tuple(name for name in mapping.dimensions if name in header),
        activities=tuple(pair for pair in mapping.activities if pair[0] in header),
    )


def _told(mapping: Mapping, parts: dict[str, str]) -> Mapping:
    """A mapping in which the columns play the parts a person told."""
    for column, part in parts.items():
        mapping = _without(mapping, column)
        if part in LOG_PARTS:
            played: dict[str, Any] = {part: column}
            mapping = replace(mapping, **played)
        elif part == "dimension":
            mapping = replace(mapping, dimensions=(*mapping.dimensions, column))
        elif part == STEP:
            mapping = replace(mapping, activities=(*mapping.activities, (column, column)))
    if any(part in ("activity", "complete") for part in parts.values()):
        return replace(mapping, layout="events", activities=())
    steps = STEP in parts.values() and mapping.activity is None
    return replace(mapping, layout="documents") if steps else mapping


def _without(mapping: Mapping, column: str) -> Mapping:
    single: dict[str, Any] = {part: None for part in LOG_PARTS if getattr(mapping, part) == column}
    return replace(
        mapping,
        **single,
        dimensions=tuple(name for name in mapping.dimensions if name != column),
        activities=tuple(pair for pair in mapping.activities if pair[0] != column),
    )


def _asked(mapping: Mapping, seen: Sequence[Seen]) -> tuple[Mapping, tuple[Open, ...]]:
    """The mapping with "?" for parts that nobody plays and a log needs, each a question."""
    needed = ("case",) if mapping.layout == "documents" else ("case", "activity", "complete")
    open_parts = [part for part in needed if getattr(mapping, part) is None]
    free = [column for column in seen if log_part(column.name, mapping) in (None, "dimension")]
    questions = []
    for part in open_parts:
        moments = part == "complete"
        likely = [column for column in free if (column.moments >= FITS_NAMED) == moments]
        questions.append(
            Open("no_mapping_found", part=part, candidates=tuple(Candidate(column.name) for column in likely))
        )
    opened: dict[str, Any] = dict.fromkeys(open_parts, UNANSWERED)
    return replace(mapping, **opened), tuple(questions)


def _guess(column: Seen, mapping: Mapping, why: str) -> Guess:
    part = log_part(column.name, mapping)
    fit = column.moments if part in STAMPS else column.numbers if part == "cost" else 1.0
    return Guess(column.name, part, fit, why if part else "none")
