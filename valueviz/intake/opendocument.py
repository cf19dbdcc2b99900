"""OpenDocument spreadsheets, packed or flat: values as they were stored, read as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from valueviz.errors import DataError
from valueviz.intake.grid import MAX_COLUMNS, MAX_ROWS, Filler, Grid, SheetName, text_of
from valueviz.intake.markup import read_markup

DURATION = re.compile(r"(-?)P(?:(\d{1,9})D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?")
ERROR_WORD = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|Err:\d{3}")
EXTERNAL = re.compile(r"\['?(?:file|https?):", re.IGNORECASE)
"""A reference into another file, inside a formula."""

STORED = {"boolean": "boolean-value", "date": "date-value", "time": "time-value"}
"""The attribute that holds a value, by its kind; "value" for all others."""

COUNTS = frozenset({"number-columns-repeated", "number-columns-spanned", "number-rows-spanned"})

ASIDE = ("annotation", "shapes", "tracked-changes", "frame", "label-ranges")
"""Elements beside the cells; what is written in them is no value."""


class OpenDocument:
    """An OpenDocument spreadsheet, from the pieces of its content."""

    def __init__(self, chunks: Iterable[bytes], *, file: str) -> None:
        """Read all of its sheets.

        Raises:
            DataError: hostile_workbook, damaged_workbook, used_range_too_large, empty_file.
        """
        self.file = file
        reader = _Reader(file)
        read_markup(chunks, file=file, begin=reader.begin, end=reader.end, text=reader.text)
        self._sheets = reader.sheets
        if not self._sheets:
            raise DataError("empty_file", file=file)
        self.sheets = tuple(SheetName(sheet.name, sheet.hidden) for sheet in self._sheets)
        self.notes = tuple(reader.notes)

    def grid(self, name: str, *, at_most: int | None = None) -> Grid:
        """The cells of a sheet."""
        del at_most  # the content was read to its end already
        return next(sheet for sheet in self._sheets if sheet.name == name).grid()


class _Reader:
    """Puts cells where the elements say; notes, shapes and everything else beside the cells is passed over."""

    def __init__(self, file: str) -> None:
        self.sheets: list[Filler] = []
        self.notes: dict[str, None] = {}
        self._file = file
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._column = 0
        self._row: tuple[int, bool] = (1, False)
        self._cell: Mapping[str, str] | None = None
        self._parts: list[str] = []
        self._inside = 0
        self._aside = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        if name in ASIDE:
            self._aside += 1
        if self._aside:
            return
        if self._cell is not None:
            self._begin_in_cell(name)
        elif name == "style":
            self._style = attributes.get("name") or ""
        elif name == "table-properties" and attributes.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table":
            hidden = (attributes.get("style-name") or "") in self._hidden_styles
            label = attributes.get("name") or f"sheet {len(self.sheets) + 1}"
            self.sheets.append(Filler(self._file, label, hidden))
            self._column = 0
        elif self.sheets:
            self._begin_in_sheet(name, attributes)

    def _begin_in_cell(self, name: str) -> None:
        if name == "p":
            self._parts += [" "] if self._parts else []
            self._inside += 1
        elif name in ("s", "tab", "line-break") and self._inside:
            self._parts.append(" ")

    def _begin_in_sheet(self, name: str, attributes: Mapping[str, str]) -> None:
        match name:
            case "table-source":
                self.sheets[-1].hidden = True  # what another file held when this one was saved
                self.notes["external_links"] = None
            case "table-column":
                self._hide_column(attributes)
            case "table-row":
                repeat = self._count(attributes, "number-rows-repeated", MAX_ROWS)
                self._row = (repeat, attributes.get("visibility") in ("collapse", "filter"))
                self.sheets[-1].row(hidden=self._row[1])
            case "table-cell" | "covered-table-cell":
                self._cell, self._parts = attributes, []

    def end(self, name: str) -> None:
        """An element closes."""
        if name in ASIDE:
            self._aside -= 1
        if self._aside:
            return
        if name == "p" and self._cell is not None:
            self._inside -= 1
        elif name in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._put(self._cell)
            self._cell = None
        elif name == "table-row" and self.sheets and self._row[0] > 1:
            self.sheets[-1].repeat_row(self._row[0] - 1, hidden=self._row[1])

    def text(self, text: str) -> None:
        """Text between tags."""
        if self._inside and not self._aside:
            self._parts.append(text)

    def _put(self, cell: Mapping[str, str]) -> None:
        sheet = self.sheets[-1]
        if COUNTS.isdisjoint(cell):
            sheet.cell(self._read(cell, sheet))
            return
        repeat = self._count(cell, "number-columns-repeated", MAX_COLUMNS)
        across = self._count(cell, "number-columns-spanned", MAX_COLUMNS)
        down = self._count(cell, "number-rows-spanned", MAX_ROWS)
        sheet.cell(self._read(cell, sheet), repeat=repeat)
        if across > 1 or down > 1:
            sheet.span(across, down)

    def _read(self, cell: Mapping[str, str], sheet: Filler) -> str:
        written = "".join(self._parts).strip()
        formula, kind = cell.get("formula"), cell.get("value-type")
        if formula and EXTERNAL.search(formula):
            self.notes["external_links"] = None
        if formula and ERROR_WORD.fullmatch(written):
            sheet.notes["error_cells"] = None
            return written
        if kind is None and formula and not written:
            sheet.notes["formulas_without_value"] = None
            return f"={formula.partition(':=')[2] or formula}"
        return _value(cell, kind, written)

    def _hide_column(self, attributes: Mapping[str, str]) -> None:
        count = self._count(attributes, "number-columns-repeated", MAX_COLUMNS)
        if attributes.get("visibility") in ("collapse", "filter"):
            sheet = self.sheets[-1]
            sheet.hidden_columns += tuple(range(self._column + 1, self._column + count + 1))
        self._column += count

    def _count(self, attributes: Mapping[str, str], name: str, most: int) -> int:
        text = attributes.get(name)
        if text is None:
            return 1
        if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) > most:
            raise DataError("hostile_workbook", file=self._file, found=f"{name}={text[:20]}")
        return max(1, int(text))


def _value(cell: Mapping[str, str], kind: str | None, written: str) -> str:
    """The value of a cell as it was stored; what is only written there where nothing was."""
    stored = cell.get(STORED.get(kind or "", "value"))
    match kind:
        case "float" | "currency" | "percentage":
            text = _number(stored, written, percent=kind == "percentage")
        case "date":
            text = _moment(stored or written)
        case "time":
            text = _duration(stored or written)
        case "boolean":
            text = (stored or written).upper()
        case _:
            text = written
    return text


def _number(value: str | None, shown: str, *, percent: bool) -> str:
    try:
        number = Decimal(value or "")
    except InvalidOperation:
        return shown
    if not number.is_finite():
        return shown
    return f"{text_of(float(number * 100))}%" if percent else text_of(float(number))


def _moment(written: str) -> str:
    try:
        return text_of(datetime.fromisoformat(written))
    except ValueError:
        return written


def _duration(written: str) -> str:
    found = DURATION.fullmatch(written)
    if found is None:
        return written
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return text_of(-length if found[1] else length)
