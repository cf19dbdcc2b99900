"""A workbook opened, whatever its container, and the sheet in it that holds the table.

Each container is read by its own module, which is loaded late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from valueviz.errors import DataError
from valueviz.intake.dating import year_of
from valueviz.intake.header import bare_name, plain
from valueviz.intake.heading import NAMES
from valueviz.intake.kind import Kind
from valueviz.intake.moment import read_moment
from valueviz.intake.records import shown
from valueviz.intake.table import Block, Table, table_of

if TYPE_CHECKING:
    from valueviz.intake.grid import Book

SHEET_YEAR = "年份"
"""Name of the column that holds the years of sheets, where each has the months of one year across."""

LOOKED_AT = 200
"""Rows of a sheet that are read to find out whether it holds the table."""


def open_book(path: Path, kind: Kind, *, encoding: str | None = None) -> Book:
    """A file opened as a workbook; nothing of its sheets may have been read yet.

    Args:
        path: the file.
        kind: what `kind_of` says it is; not "text".
        encoding: of a web page, where it is declared; else found out.

    Raises:
        DataError: the file as a whole cannot be taken.
    """
    match kind:
        case "XLSX":
            from valueviz.intake.preflight import Container
            from valueviz.intake.workbook import PackedWorkbook

            return PackedWorkbook(Container(path))
        case "XLS":
            from valueviz.intake.binary import BinaryWorkbook
            from valueviz.intake.compound import CompoundFile

            return BinaryWorkbook(path, CompoundFile(path))
        case "ODS" | "FODS":
            return _open_document(path, packed=kind == "ODS")
        case "HTML":
            from valueviz.intake.webpage import WebPage

            return WebPage(path, encoding=encoding)
        case "XML":
            from valueviz.intake.spreadsheetml import XmlWorkbook

            return XmlWorkbook(path)
        case "text":
            raise ValueError(kind)
        case _:
            assert_never(kind)


def _open_document(path: Path, *, packed: bool) -> Book:
    from valueviz.intake.opendocument import OpenDocument

    if packed:
        from valueviz.intake.preflight import Container

        return OpenDocument(Container(path).chunks("content.xml"), file=path.name)
    from valueviz.intake.markup import chunks_of

    return OpenDocument(chunks_of(path), file=path.name)


def named_sheet(book: Book, name: str) -> str:
    """The sheet of that name, regardless of width, case and spaces.

    Raises:
        DataError: missing_sheet with the nearest name.
    """
    from valueviz.catalog.nearest import nearest

    names = tuple(sheet.name for sheet in book.sheets)
    if name in names:
        return name
    alike = [each for each in names if plain(each) == plain(name)]
    if len(alike) == 1:
        return alike[0]
    near = nearest(name, names) or shown(", ".join(names))
    raise DataError("missing_sheet", file=book.file, needed=name, nearest=near)


def sheet_with_table(book: Book, *, wanted: Sequence[str], header_rows: int | None = None) -> str:
    """The first sheet that holds all wanted columns, else the first that holds a table; hidden ones are left out.

    Raises:
        DataError: empty_file where the workbook has no sheet; what is wrong with the first sheet says its table.
    """
    if not book.sheets:
        raise DataError("empty_file", file=book.file)
    shown_ones = [sheet.name for sheet in book.sheets if not sheet.hidden] or [sheet.name for sheet in book.sheets]
    if len(shown_ones) == 1:
        return shown_ones[0]
    names = {plain(name) for name in wanted}
    first: str | None = None
    for name in shown_ones:
        table = look_for_table(book, name, wanted=wanted, header_rows=header_rows)
        if table is None:
            continue
        found = {plain(each) for each in table.header.names} | {plain(bare_name(each)) for each in table.header.names}
        if names <= found:
            return name
        first = first or name
    return first or shown_ones[0]


def look_for_table(
    book: Book, name: str, *, wanted: Sequence[str] = (), header_rows: int | None = None
) -> Table | None:
    """The table among the first rows of a sheet; None where there is none of at least two columns."""
    try:
        grid = book.grid(name, at_most=LOOKED_AT)
        table = table_of(grid, file=book.file, wanted=wanted, header_rows=header_rows)
    except DataError:
        return None
    return table if sum(1 for each in table.header.names if each) > 1 else None


def around(book: Book, taken: Sequence[str]) -> tuple[str, ...]:
    """Codes of sheets beside those taken."""
    shown_ones = [sheet.name for sheet in book.sheets if not sheet.hidden]
    notes = {
        "several_sheets": any(name not in taken for name in shown_ones),
        "hidden_sheets": any(sheet.hidden for sheet in book.sheets),
    }
    return tuple(code for code, is_so in notes.items() if is_so)


def together(tables: Sequence[Table], *, file: str, stride: int) -> Table:
    """The rows of several sheets under the header of the first; lines of the n-th count from n * `stride` on.

    Raises:
        DataError: sheets_differ, where a header has other names than the first.
    """
    first = tables[0]
    wanted = [plain(name) for name in first.header.names]
    columns: list[list[str]] = [[] for _ in wanted]
    numbers: list[int] = []
    faults = []
    for at, table in enumerate(tables):
        names = [plain(name) for name in table.header.names]
        if sorted(name for name in names if name) != sorted(name for name in wanted if name):
            other = next((name for name in table.header.names if plain(name) and plain(name) not in wanted), None)
            lacking = next((name for name in first.header.names if plain(name) and plain(name) not in names), None)
            raise DataError(
                "sheets_differ", file=file, sheet=table.sheet, row=table.header.row, found=other or "", needed=lacking
            )
        for name, column in zip(wanted, columns, strict=True):
            column.extend(table.block.columns[names.index(name)] if name in names else [""] * table.block.height)
        numbers += [at * stride + number for number in table.block.numbers]
        faults += [replace(fault, row=at * stride + fault.row) for fault in table.block.faults]
    if (years := _years_across(tables)) is not None:
        columns.append([str(year) for year, table in zip(years, tables, strict=True) for _ in table.block.numbers])
        first = replace(first, header=replace(first.header, names=(*first.header.names, SHEET_YEAR)))
    return replace(
        first,
        sheet=", ".join(table.sheet for table in tables),
        block=Block(numbers, tuple(columns), tuple(faults)),
        above=tuple(dict.fromkeys(text for table in tables for text in table.above)),
        notes=tuple(dict.fromkeys(code for table in tables for code in table.notes)),
        hidden_rows=sum(table.hidden_rows for table in tables),
    )


def _years_across(tables: Sequence[Table]) -> list[int] | None:
    """The year each sheet's name states, where months stand across without one and no column of years beside them."""
    names = tables[0].header.names
    months = [name for name in names if read_moment(name).reason == "year_missing"]
    years = [year for table in tables if (year := year_of([table.sheet])) is not None]
    stated = any(plain(name) in NAMES["year"] for name in names)
    return None if stated or len(months) < 2 or len(years) < len(tables) else years
