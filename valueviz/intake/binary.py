"""Binary workbooks of the years before 2007: values by the parser, the rest by one pass over their records.

What the pass finds: error cells, hidden rows and columns, percentages, formulas without a value, a password.
The parser is known to misread some old files, so that every number it gives is held against its record.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from valueviz.errors import DataError
from valueviz.intake.compound import CompoundFile
from valueviz.intake.grid import MAX_COLUMNS, MAX_ROWS, Cell, Grid, SheetName, check_range, column_letters
from valueviz.intake.sheetscan import Look, Place
from valueviz.intake.workbook import QUOTED, grid_of, is_scaled, open_parsed, refusals, sheet_names, unit_shown


class Kind(IntEnum):
    """The records that are looked at, of all that programs write."""

    BEGIN = 0x0809
    END = 0x000A
    PASSWORD = 0x002F
    SHEET = 0x0085
    STYLE = 0x00E0
    FORMAT = 0x041E
    LINKED_BOOK = 0x01AE
    ROW = 0x0208
    COLUMN = 0x007D
    FORMULA = 0x0006
    TEXT_OF_FORMULA = 0x0207
    NUMBER = 0x0203
    PACKED_NUMBER = 0x027E
    PACKED_NUMBERS = 0x00BD
    BOOLEAN_OR_ERROR = 0x0205
    TEXT = 0x0204
    SHARED_TEXT = 0x00FD
    RICH_TEXT = 0x00D6
    SHARED_TEXTS = 0x00FC
    USED_RANGE = 0x0200


CELLS = frozenset(
    {
        Kind.FORMULA,
        Kind.NUMBER,
        Kind.PACKED_NUMBER,
        Kind.BOOLEAN_OR_ERROR,
        Kind.TEXT,
        Kind.SHARED_TEXT,
        Kind.RICH_TEXT,
    }
)
"""Records that put one value into one cell."""

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
PERCENT_FORMATS = (9, 10)

MOST_ROWS, MOST_COLUMNS = 65_536, 256
"""Of a binary sheet; a record has room for more, no program fills it."""

INTERNAL = (0x0401, 0x3A01)
"""What stands in the record of a linked workbook where it is the workbook itself, or an add-in."""


class BinaryWorkbook:
    """An XLS workbook; macros are never run, links to other workbooks never followed."""

    def __init__(self, path: Path, compound: CompoundFile) -> None:
        """Pass over its records and open it.

        Raises:
            DataError: password_protected, damaged_workbook, hostile_workbook.
        """
        self.file = path.name
        self._stream = compound.stream("Workbook" if "Workbook" in compound.names else "Book")
        self._globals = _Globals(self._stream, self.file)
        self._records = {}
        for name, at in self._globals.sheets.items():
            self._records[name] = _Records()
            try:
                self._records[name].read(self._stream, at, self._globals)
            except (struct.error, IndexError) as error:
                raise DataError("damaged_workbook", file=self.file, sheet=name, found="BIFF") from error
            self._records[name].check(file=self.file, sheet=name)
        self._book = open_parsed(io.BytesIO(compound.data), file=self.file)
        self.sheets: tuple[SheetName, ...] = sheet_names(self._book)
        macros = any(name.startswith("_VBA_PROJECT") for name in compound.names)
        self.notes = (("macros_ignored",) if macros else ()) + (("external_links",) if self._globals.linked else ())

    def grid(self, name: str, *, at_most: int | None = None) -> Grid:
        """The cells of a sheet.

        Raises:
            DataError: cells_in_doubt, where the parser reads a cell otherwise than its record says.
        """
        del at_most  # the parser read all sheets when it opened the file
        found = self._records.get(name, _Records())
        with refusals(self.file):
            sheet = self._book.get_sheet_by_name(name)
            top, left = sheet.start or (0, 0)
            differing = found.differing(sheet.to_python(skip_empty_area=True), top, left)
        if differing is not None:
            raise DataError(
                "cells_in_doubt", file=self.file, sheet=name, row=differing[0], column=column_letters(differing[1])
            )
        return grid_of(sheet, found.look, file=self.file)


def records(content: bytes, at: int = 0) -> Iterator[tuple[int, int, int]]:
    """The records of a stream from an offset on: kind, offset and length of what it holds."""
    end = len(content)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", content, at)
        if at + 4 + length > end:
            return
        yield kind, at + 4, length
        at += 4 + length


class _Globals:
    """What the first part of the stream says about all sheets."""

    def __init__(self, content: bytes, file: str) -> None:
        self.sheets: dict[str, int] = {}
        self.linked = False
        self._wide = True
        self._styles: list[int] = []
        self._formats: dict[int, str] = {}
        try:
            for kind, at, length in records(content):
                if kind == Kind.PASSWORD:
                    raise DataError("password_protected", file=file)
                if kind == Kind.END:
                    break
                self._read(content, kind, at, length)
        except (struct.error, IndexError) as error:
            raise DataError("damaged_workbook", file=file, found="BIFF") from error
        percent = {key for key, code in self._formats.items() if "%" in QUOTED.sub("", code)} | set(PERCENT_FORMATS)
        scaled = {key for key, code in self._formats.items() if is_scaled(code)} - percent
        self.percent = frozenset(at for at, key in enumerate(self._styles) if key in percent)
        units = {key: unit for key, code in self._formats.items() if (unit := unit_shown(code)) is not None}
        self.units = {at: units[key] for at, key in enumerate(self._styles) if key in units}
        self.scaled = frozenset(at for at, key in enumerate(self._styles) if key in scaled)

    def _read(self, content: bytes, kind: int, at: int, length: int) -> None:
        match kind:
            case Kind.BEGIN:
                self._wide = struct.unpack_from("<H", content, at)[0] >= 0x0600
            case Kind.SHEET:
                name = _text(content, at + 6, wide=self._wide, short=True)
                self.sheets[name] = struct.unpack_from("<I", content, at)[0]
            case Kind.STYLE:
                self._styles.append(struct.unpack_from("<H", content, at + 2)[0])
            case Kind.LINKED_BOOK if length >= 4:
                self.linked |= struct.unpack_from("<H", content, at + 2)[0] not in INTERNAL
            case Kind.SHARED_TEXTS:
                if struct.unpack_from("<I", content, at + 4)[0] > len(content):
                    raise IndexError(at)  # more texts than bytes
            case Kind.FORMAT:
                key = struct.unpack_from("<H", content, at)[0]
                self._formats[key] = _text(content, at + 2, wide=self._wide, short=not self._wide)


def _text(content: bytes, at: int, *, wide: bool, short: bool) -> str:
    """A text with its length before it, in one or two bytes; since 1997 a flag says how wide its letters are."""
    length = content[at] if short else struct.unpack_from("<H", content, at)[0]
    at += 1 if short else 2
    if not wide:
        return content[at : at + length].decode("gb18030", "replace")
    if content[at] & 1:
        return content[at + 1 : at + 1 + 2 * length].decode("utf-16-le", "replace")
    return content[at + 1 : at + 1 + length].decode("latin-1")


@dataclass(slots=True)
class _Records:
    """What the records of a sheet say: beside the look the number in every cell of numbers, the place of all others."""

    look: Look = field(default_factory=Look)
    numbers: dict[Place, float] = field(default_factory=dict)
    others: set[Place] = field(default_factory=set)
    awaited: Place | None = None
    used: tuple[int, int] = (0, 0)

    def read(self, content: bytes, start: int, book: _Globals) -> None:
        depth = 0
        for kind, at, length in records(content, start):
            if kind == Kind.BEGIN:
                depth += 1
            elif kind == Kind.END:
                depth -= 1
                if depth <= 0:
                    break
            elif depth == 1:
                self._see(content, kind, at, length, book)
        self._settle_awaited()

    def _see(self, content: bytes, kind: int, at: int, length: int, book: _Globals) -> None:
        if kind == Kind.TEXT_OF_FORMULA:
            self.awaited = None
        elif kind == Kind.USED_RANGE and length >= 12:
            self.used = struct.unpack_from("<4xI2xH", content, at)
        elif kind == Kind.ROW:
            row, options = struct.unpack_from("<H10xI", content, at)
            if options & 0x20:
                self.look.hidden_rows.append(row + 1)
        elif kind == Kind.COLUMN:
            first, last, _, _, options = struct.unpack_from("<5H", content, at)
            if options & 1:
                self.look.hidden_columns += range(first + 1, min(last, 255) + 2)
        elif kind == Kind.PACKED_NUMBERS:
            row, column = struct.unpack_from("<HH", content, at)
            for number in range((length - 6) // 6):
                style, packed = struct.unpack_from("<HI", content, at + 4 + 6 * number)
                self._number((row + 1, column + number + 1), _unpacked(packed), style, book)
        elif kind in CELLS:
            self._cell(content, kind, at, book)

    def _cell(self, content: bytes, kind: int, at: int, book: _Globals) -> None:
        row, column, style = struct.unpack_from("<HHH", content, at)
        place = (row + 1, column + 1)
        self._settle_awaited()
        if kind == Kind.NUMBER:
            self._number(place, struct.unpack_from("<d", content, at + 6)[0], style, book)
        elif kind == Kind.PACKED_NUMBER:
            self._number(place, _unpacked(struct.unpack_from("<I", content, at + 6)[0]), style, book)
        elif kind == Kind.BOOLEAN_OR_ERROR and content[at + 7]:
            self.look.errors[place] = ERRORS.get(content[at + 6], "#ERROR!")
        elif kind == Kind.FORMULA and content[at + 12 : at + 14] != b"\xff\xff":
            self._number(place, struct.unpack_from("<d", content, at + 6)[0], style, book)
        elif kind == Kind.FORMULA and content[at + 6] == 2:
            self.look.errors[place] = ERRORS.get(content[at + 8], "#ERROR!")
        else:
            self.others.add(place)
            if kind == Kind.FORMULA and content[at + 6] == 0:
                self.awaited = place

    def _settle_awaited(self) -> None:
        """A formula said to give a text, and no text followed: its value was never stored."""
        if self.awaited is not None:
            self.look.uncached[self.awaited] = ""
            self.awaited = None

    def _number(self, place: Place, number: float, style: int, book: _Globals) -> None:
        self.numbers[place] = number
        if style in book.percent:
            self.look.percentages.add(place)
        if style in book.units:
            self.look.units[place] = book.units[style]
        self.look.scaled = self.look.scaled or style in book.scaled

    def check(self, *, file: str, sheet: str) -> None:
        """Refuse a sheet that reaches too far, by its cells or by its own word: the parser believes both."""
        filled = len(self.numbers) + len(self.others) + len(self.look.errors)
        for row, column in (self.used, *(_furthest(each) for each in (self.numbers, self.others, self.look.errors))):
            if row > MOST_ROWS or column > MOST_COLUMNS:
                check_range(MAX_ROWS, MAX_COLUMNS, filled=filled, file=file, sheet=sheet)
            check_range(row, column, filled=None, file=file, sheet=sheet)

    def differing(self, rows: Sequence[Sequence[Cell]], top: int, left: int) -> Place | None:
        """The first cell the parser reads otherwise than the records say."""
        for row, cells in enumerate(rows, start=top + 1):
            for column, cell in enumerate(cells, start=left + 1):
                place = (row, column)
                if cell == "" or place in self.others or place in self.look.errors:
                    continue
                number = self.numbers.get(place)
                if number is None or (type(cell) in (int, float) and cell != number):
                    return place
        return None


def _furthest(places: Collection[Place]) -> Place:
    """The last row and the last column of any place."""
    rows, columns = zip(*places, strict=True) if places else ((0,), (0,))
    return max(rows), max(columns)


def _unpacked(packed: int) -> float:
    """A number packed into 30 bits, whole or the upper half of a float, perhaps a hundredfold."""
    if packed & 2:
        whole = packed >> 2
        number = float(whole - (1 << 30) if whole >> 29 else whole)
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return number / 100 if packed & 1 else number
