"""Workbooks in the XML of 2003, which many systems write under the name .xls: one text, read as a stream."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from valueviz.errors import DataError
from valueviz.intake.grid import Filler, Grid, SheetName, text_of
from valueviz.intake.markup import chunks_of, read_markup

PERCENT = re.compile(r"percent|%", re.IGNORECASE)

ASIDE = ("Comment", "PhoneticText")
"""Elements inside a cell that are not its value."""


class XmlWorkbook:
    """A workbook in the XML of 2003."""

    def __init__(self, path: Path) -> None:
        """Read all of its sheets.

        Raises:
            DataError: hostile_workbook, damaged_workbook, used_range_too_large, empty_file.
        """
        self.file = path.name
        reader = _Reader(path.name)
        read_markup(chunks_of(path), file=path.name, begin=reader.begin, end=reader.end, text=reader.text)
        self._sheets = reader.sheets
        if not self._sheets:
            raise DataError("empty_file", file=path.name)
        self.sheets = tuple(SheetName(sheet.name, sheet.hidden) for sheet in self._sheets)
        self.notes: tuple[str, ...] = ()

    def grid(self, name: str, *, at_most: int | None = None) -> Grid:
        """The cells of a sheet."""
        del at_most  # the text was read to its end already
        return next(sheet for sheet in self._sheets if sheet.name == name).grid()


class _Reader:
    """Puts cells where the elements say; what is no cell is passed over."""

    def __init__(self, file: str) -> None:
        self.sheets: list[Filler] = []
        self._file = file
        self._percent: set[str] = set()
        self._style = ""
        self._row_style = ""
        self._cell: Mapping[str, str] = {}
        self._kind = ""
        self._text: list[str] | None = None
        self._filled = False
        self._aside = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._aside or name in ASIDE:
            self._aside += 1
            return
        match name:
            case "Worksheet":
                self.sheets.append(Filler(self._file, attributes.get("Name") or f"sheet {len(self.sheets) + 1}"))
            case "Style":
                self._style = attributes.get("ID") or ""
            case "NumberFormat" if PERCENT.search(attributes.get("Format") or ""):
                self._percent.add(self._style)
            case "Visible":
                self._text = []
            case "Column" if self.sheets and attributes.get("Hidden") == "1":
                self._hide_column(attributes)
            case "Row" if self.sheets:
                self._row_style = attributes.get("StyleID") or ""
                hidden = attributes.get("Hidden") == "1"
                self.sheets[-1].row(self._number(attributes, "Index"), hidden=hidden)
            case "Cell" if self.sheets:
                self._cell, self._filled = attributes, False
            case "Data" if self.sheets:
                self._kind = attributes.get("Type") or "String"
                self._text = []

    def end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif name == "Data" and self._text is not None and self.sheets:
            written = "".join(self._text)
            self._text, self._filled = None, True
            self._put(self._read(written))
        elif name == "Cell" and self.sheets and not self._filled:
            self._put(self._cell.get("Formula") or "")
        elif name == "Visible" and self._text is not None:
            hidden = "".join(self._text).strip() in ("SheetHidden", "SheetVeryHidden")
            self._text = None
            if self.sheets:
                self.sheets[-1].hidden = hidden

    def text(self, text: str) -> None:
        if self._text is not None and not self._aside:
            self._text.append(text)

    def _put(self, text: str) -> None:
        sheet = self.sheets[-1]
        if not self._cell and self._filled:
            sheet.cell(text)
            return
        column = self._number(self._cell, "Index")
        across, down = ((self._number(self._cell, key) or 0) + 1 for key in ("MergeAcross", "MergeDown"))
        if not self._filled and text:
            sheet.notes["formulas_without_value"] = None
        sheet.cell(text, column=column, across=across, down=down)

    def _read(self, written: str) -> str:
        match self._kind:
            case "Number":
                return self._number_text(written)
            case "DateTime":
                return _moment(written)
            case "Boolean":
                return "TRUE" if written.strip() == "1" else "FALSE"
            case "Error":
                self.sheets[-1].notes["error_cells"] = None
                return written.strip()
            case _:
                return written

    def _number_text(self, written: str) -> str:
        try:
            number = Decimal(written.strip())
        except InvalidOperation:
            return written
        if not number.is_finite():
            return written
        style = self._cell.get("StyleID") or self._row_style
        return f"{text_of(float(number * 100))}%" if style in self._percent else text_of(float(number))

    def _hide_column(self, attributes: Mapping[str, str]) -> None:
        sheet = self.sheets[-1]
        first = self._number(attributes, "Index") or (sheet.hidden_columns[-1] + 1 if sheet.hidden_columns else 1)
        span = min(self._number(attributes, "Span") or 0, 256)
        sheet.hidden_columns += tuple(range(first, first + span + 1))

    def _number(self, attributes: Mapping[str, str], name: str) -> int | None:
        text = attributes.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise DataError("damaged_workbook", file=self._file, found=f"{name}={text[:20]}")
        return int(text)


def _moment(written: str) -> str:
    """A date as it is shown; a time of day alone stands on the last day of 1899 and is shown without it."""
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        return written
    return moment.time().isoformat() if moment.year < 1900 else text_of(moment)
