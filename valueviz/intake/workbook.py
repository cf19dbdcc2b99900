"""The cells of one sheet of a workbook as the text a person sees; sole owner of the spreadsheet parser.

Dates become ISO text, percentages carry their sign, error cells keep their name. It runs in a child process
only, after the container was looked into.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from valueviz.errors import DataError
from valueviz.intake.preflight import Look, check_container, look_into
from valueviz.intake.records import Record

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

EXACT = 1e15
"""Below it a whole number is written without a fraction, as a spreadsheet shows it."""

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Sheet:
    """The filled lines of a sheet, its name, and notes about what a reader might overlook."""

    name: str
    records: tuple[Record, ...]
    notes: tuple[str, ...]


def read_sheet(path: Path, *, sheet: str | None = None, nearest: Callable[[str, tuple[str, ...]], str | None]) -> Sheet:
    """One sheet of a workbook as text: the one named, else the first visible one.

    Raises:
        DataError: hostile_workbook, truncated_file, password_protected, used_range_too_large, missing_sheet,
            empty_file.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    check_container(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        visible = tuple(each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible)
        name = _chosen(book, sheet, visible, path=path, nearest=nearest)
        look = look_into(path, name)
        parsed = book.get_sheet_by_name(name)
    except PasswordError as error:
        raise DataError("password_protected", file=path.name) from error
    except (CalamineError, OSError) as error:
        raise DataError("damaged_workbook", file=path.name, found=str(error)[:80]) from error
    records = _records(parsed, look)
    if not records:
        raise DataError("empty_file", file=path.name, sheet=name)
    notes = _notes(look, merged=bool(_merged(parsed)), sheets=len(visible), hidden=len(book.sheet_names) > len(visible))
    return Sheet(name, records, notes)


def _chosen(
    book: CalamineWorkbook,
    sheet: str | None,
    visible: tuple[str, ...],
    *,
    path: Path,
    nearest: Callable[[str, tuple[str, ...]], str | None],
) -> str:
    names = tuple(book.sheet_names)
    if sheet is not None:
        if sheet not in names:
            raise DataError(
                "missing_sheet", file=path.name, needed=sheet, nearest=nearest(sheet, names) or ", ".join(names)
            )
        return sheet
    if not names:
        raise DataError("empty_file", file=path.name)
    return (visible or names)[0]


def _notes(look: Look, *, merged: bool, sheets: int, hidden: bool) -> tuple[str, ...]:
    found = {
        "error_cells": bool(look.errors),
        "formulas_without_value": bool(look.uncached),
        "hidden_rows": look.hidden_rows > 0,
        "hidden_columns": look.hidden_columns,
        "hidden_sheets": hidden,
        "merged_cells": merged,
        "several_sheets": sheets > 1,
    }
    return tuple(code for code, is_so in found.items() if is_so)


def _merged(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(sheet.merged_cell_ranges or [])


def _records(sheet: CalamineSheet, look: Look) -> tuple[Record, ...]:
    """The lines that hold anything, with the number the spreadsheet shows beside them."""
    start = sheet.start
    if start is None:
        return ()
    top, left = start
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=True)
    lines = [_texts(cells, top + offset + 1, left=left, look=look) for offset, cells in enumerate(rows)]
    _fill_merged(lines, _merged(sheet), top=top, left=left)
    return tuple(Record(top + at + 1, tuple(cells), top + at + 1) for at, cells in enumerate(lines) if any(cells))


def _texts(cells: list[Cell], row: int, *, left: int, look: Look) -> list[str]:
    if not (look.errors or look.uncached or look.percentages):
        return [cell if type(cell) is str else text_of(cell) for cell in cells]
    texts = []
    for column, cell in enumerate(cells, start=left + 1):
        place = (row, column)
        if place in look.errors:
            texts.append(look.errors[place])
        elif place in look.uncached:
            texts.append(f"={look.uncached[place]}")
        elif place in look.percentages and isinstance(cell, int | float) and not isinstance(cell, bool):
            texts.append(f"{text_of(float(Decimal(repr(cell)) * 100))}%")
        else:
            texts.append(text_of(cell))
    return texts


def text_of(cell: Cell) -> str:
    """A cell as text: shortest number, ISO date, no time of day at midnight.

    >>> text_of(3.0), text_of(0.1), text_of(datetime(2025, 3, 5))
    ('3', '0.1', '2025-03-05')
    """
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and -EXACT < cell < EXACT else repr(cell)
    return cell if isinstance(cell, str) else _rarer(cell)


def _rarer(cell: Cell) -> str:
    match cell:
        case bool():
            return str(cell).upper()
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case timedelta():
            return repr(cell.total_seconds() / 86400)
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _fill_merged(
    lines: list[list[str]], merged: list[tuple[tuple[int, int], tuple[int, int]]], *, top: int, left: int
) -> None:
    """Repeat words of cells merged downwards (a department over its rows); numbers are never repeated."""
    for (first, column), (last, last_column) in merged:
        at, to, index = first - top, last - top, column - left
        if column != last_column or at < 0 or not lines[at][index] or _is_number(lines[at][index]):
            continue
        for line in lines[at + 1 : to + 1]:
            line[index] = line[index] or lines[at][index]


def _is_number(text: str) -> bool:
    try:
        float(text.rstrip("%"))
    except ValueError:
        return False
    return True
