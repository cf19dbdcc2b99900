"""What is withheld of a staged file because it is personal: which columns, and the mapping without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from valueviz.catalog import Mapping
from valueviz.engine.staging import Staging
from valueviz.errors import DataError
from valueviz.intake.aside import comments
from valueviz.intake.book import look_for_table, open_book
from valueviz.intake.grid import Book
from valueviz.intake.kind import kind_of
from valueviz.intake.personal import MOST_JUDGED, SHORTEST_SUSPECT, SUSPECT, aside, found_in, personal_columns, without
from valueviz.intake.plan import Plan
from valueviz.intake.records import Fault
from valueviz.intake.source import Source
from valueviz.terms.finding import PersonalColumn

MOST_SHEETS = 50
"""Other sheets of a workbook that are looked into."""

SAMPLED = 2000
"""First rows by whose cells a column of names is known."""


def withheld(
    stage: Staging, plan: Plan, mapping: Mapping, *, keep: bool, beside: Sequence[PersonalColumn] = ()
) -> tuple[Mapping, tuple[PersonalColumn, ...]]:
    """The mapping without the labels that are personal, and all columns that are, mapped or not.

    Args:
        stage: the file, staged.
        plan: positions of its columns.
        mapping: what is to be done with them.
        keep: leave the mapping as it is.
        beside: what is personal in the file outside the table.
    """
    measuring = {plan.date, plan.end, plan.metric}
    valued = {plan.volume, *(cell.place for cell in plan.cells)}
    places = [at for at, name in enumerate(plan.header) if at not in measuring and name]
    counted = stage.suspects(places, form=SUSPECT, shortest=SHORTEST_SUSPECT)
    found = found_in(
        plan.header,
        sample=stage.first_texts(SAMPLED),
        counted=counted,
        suspects=lambda place: stage.suspect_texts(place, form=SUSPECT, most=MOST_JUDGED),
        measuring=[plan.header[at] for at in measuring if at is not None],
        valued=[plan.header[at] for at in valued if at is not None],
    )
    parts = mapped_labels(mapping)
    told = tuple(
        replace(each, part=parts.get(each.column), left_out=not keep and each.column in parts) for each in found
    )
    return without(mapping, left_out(told)), (*told, *beside)


def beside_table(path: Path, source: Source, faults: Sequence[Fault]) -> tuple[PersonalColumn, ...]:
    """What is personal around the table that is taken: above and below it, and on other sheets of the workbook.

    Args:
        path: the file.
        source: the same file, opened.
        faults: lines that are no rows.
    """
    around = [*source.header.names, *source.above, *(fault.value for fault in faults[:SAMPLED]), *comments(path)]
    if not {"several_sheets", "hidden_sheets"} & set(source.notes):
        return aside(around)
    book = open_book(path, kind_of(path))
    names = [sheet.name for sheet in book.sheets if sheet.name not in source.sheets][:MOST_SHEETS]
    return (*aside(around), *(each for name in names for each in _on_sheet(book, name)))


def _on_sheet(book: Book, name: str) -> tuple[PersonalColumn, ...]:
    """What is personal on a sheet that is not taken, by its first rows."""
    table = look_for_table(book, name)
    if table is not None:
        found = personal_columns(table.header.names, table.block.columns)
        return tuple(replace(each, column=f"{name}!{each.column}") for each in found)
    try:
        grid = book.grid(name, at_most=SAMPLED)
    except DataError:
        return ()
    texts = (cell for column in grid.columns for cell in column if cell)
    return tuple(replace(each, column=f"{name}!{each.column}") for each in aside(texts))


def mapped_labels(mapping: Mapping) -> dict[str, str]:
    """The labels of a mapping by column: what could be withheld without losing a value."""
    labels = dict.fromkeys((*mapping.dimensions, *mapping.series), "dimension")
    tags = {"instrument": mapping.instrument, "definition_version": mapping.definition_version}
    return labels | {column: part for part, column in tags.items() if column is not None}


def left_out(personal: Sequence[PersonalColumn]) -> tuple[str, ...]:
    """The columns among them that are left out of the mapping."""
    return tuple(each.column for each in personal if each.left_out)
