"""Workbooks of the spreadsheet programs as text; sole owner of the spreadsheet parser.

Values come from the parser. Error cells, hidden rows, formulas without a stored value and the signs of
percentages come from a pass of our own over the same bytes. It runs in a child process only.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from itertools import chain, repeat
from types import TracebackType
from typing import IO, TYPE_CHECKING

from valueviz.errors import DataError
from valueviz.intake.grid import Cell, Grid, SheetName, Span, fill_merged, text_of, texts_of
from valueviz.intake.preflight import Container
from valueviz.intake.sheetscan import Look, Styles, look_at
from valueviz.intake.unit import conversion, is_unit

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

BESIDE = re.compile(r"\[Content_Types\]\.xml|_rels/\.rels|xl/_rels/[^/]+|xl/[^/]+\.xml")
"""Parts the parser needs beside the sheet."""

ROW_END, DATA_END = b"</row>", b"</sheetData>"

PERCENT_FORMATS = frozenset({"9", "10"})
"""Numbers of the built-in formats that show a percentage."""

QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
SCALED = re.compile(r'[0#?],+(?:[^0#?,]|$)|"[^"]*[万亿千][^"]*"|[万亿千]')
"""A format that shows a number divided by a thousand, ten thousand or more."""


DIVIDED = re.compile(r'[0#?],+(?:[^0#?,]|$)|[!\\][.,]|"[.,]"')
"""A format that leaves digits out or sets its own mark between them: the number stored is not the one shown."""

BEHIND = re.compile(
    r'(?:\[[^\]]*\]|[^0#?";])*[0#?][0#?.,]*_?\s*(?P<word>"[^";]{1,12}"|(?:\\?[^\W\d_A-Za-z]|\\?[%‰]){1,12})\s*(?:;.*)?'
)
"""A number with a word shown behind it."""

YUAN = re.compile(r"\[\$(?:[¥￥元]|CNY|RMB|人民币)?(?:-[^\]]*)?\]")
FOREIGN = re.compile(r"\[\$[^\]-]|[$€£₩₹₽]|USD|EUR|GBP|JPY|HKD")
"""A format that shows a currency sign other than that of the yuan; a locale alone is written [$-804]."""


class PackedWorkbook:
    """An XLSX or XLSM workbook; macros are never run, links to other workbooks never followed."""

    def __init__(self, container: Container) -> None:
        """Look at its parts and list its sheets.

        Raises:
            DataError: damaged_workbook, password_protected, truncated_file.
        """
        self.file = container.file
        self._container = container
        self._members = container.sheet_members()
        self._styles = _styles(container)
        with refusals(self.file):
            self.sheets = sheet_names(_opened(self._packed()))
        named = {"macros_ignored": "xl/vbaProject.bin", "external_links": "xl/externalLinks/"}
        self.notes = tuple(
            code for code, part in named.items() if any(name.startswith(part) for name in container.names)
        ) + (("calendar_1904",) if _counts_from_1904(container) else ())

    def grid(self, name: str, *, at_most: int | None = None) -> Grid:
        """The cells of a sheet, or of its first `at_most` rows.

        Raises:
            DataError: used_range_too_large, hostile_workbook, damaged_workbook, truncated_file.
        """
        member = self._members.get(name)
        if member is None:
            raise DataError("truncated_file", file=self.file, sheet=name)
        chunks = self._container.chunks(member)
        with refusals(self.file):
            if at_most is None:
                look = look_at(chunks, self._styles, file=self.file, sheet=name)
                book = _opened(io.BytesIO(self._container.content))
            else:
                memory = self._packed()
                with zipfile.ZipFile(memory, "a") as archive, archive.open(member, "w") as copy:
                    few = _copied(_first_rows(chunks, at_most), copy)
                    look = look_at(few, self._styles, file=self.file, sheet=name)
                book = _opened(memory)
            return grid_of(book.get_sheet_by_name(name), look, file=self.file)

    def _packed(self) -> io.BytesIO:
        """A container of the parts beside the sheets, nothing compressed."""
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as archive:
            for part in self._container.names:
                if BESIDE.fullmatch(part):
                    archive.writestr(part, self._container.read(part))
        return memory


@contextmanager
def refusals(file: str) -> Iterator[None]:
    """Say in our words what the parser refuses."""
    from python_calamine import CalamineError, PasswordError

    try:
        with _Panics(file):
            yield
    except PasswordError as error:
        raise DataError("password_protected", file=file) from error
    except (CalamineError, OSError) as error:
        raise DataError("damaged_workbook", file=file, found=str(error)[:80]) from error


class _Panics(AbstractContextManager[None]):
    """Says in our words what the parser's own language calls a panic: it is no Exception, and its class has no home."""

    def __init__(self, file: str) -> None:
        self._file = file

    def __exit__(
        self, kind: type[BaseException] | None, panic: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None and kind.__name__ == "PanicException":
            raise DataError("damaged_workbook", file=self._file, found=str(panic)[:80]) from panic


def _opened(source: io.BytesIO) -> CalamineWorkbook:
    """A workbook from memory: by its path the parser would go by the suffix."""
    from python_calamine import CalamineWorkbook

    source.seek(0)
    return CalamineWorkbook.from_filelike(source)


def open_parsed(source: io.BytesIO, *, file: str) -> CalamineWorkbook:
    """A workbook the parser opens from memory.

    Raises:
        DataError: damaged_workbook, password_protected.
    """
    with refusals(file):
        return _opened(source)


def sheet_names(book: CalamineWorkbook) -> tuple[SheetName, ...]:
    """The sheets with cells; charts and dialogs are none."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return tuple(
        SheetName(each.name, each.visible != SheetVisibleEnum.Visible)
        for each in book.sheets_metadata
        if each.typ in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet)
    )


def _copied(chunks: Iterable[bytes], copy: IO[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        copy.write(chunk)
        yield chunk


def _first_rows(chunks: Iterator[bytes], count: int) -> Iterator[bytes]:
    """The XML of a sheet without the rows behind the first `count`; what stands below the rows is kept."""
    seen, tail = 0, b""
    for chunk in chunks:
        window, tail = tail + chunk, b""
        rows = window.count(ROW_END)
        if seen + rows < count:
            seen += rows
            # A tag cut by two chunks is held back.
            cut = window.rfind(b"<")
            yield window[:cut]
            tail = window[cut:]
            continue
        at = 0
        for _ in range(max(1, count - seen)):
            at = window.find(ROW_END, at) + len(ROW_END)
        yield window[:at]
        yield from _behind_rows(window[at:], chunks)
        return
    yield tail


def _behind_rows(window: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    at = window.find(DATA_END)
    while at < 0:
        chunk = next(chunks, None)
        if chunk is None:
            yield window
            return
        window = window[-len(DATA_END) :] + chunk
        at = window.find(DATA_END)
    yield window[at:]
    yield from chunks


def grid_of(sheet: CalamineSheet, look: Look, *, file: str) -> Grid:
    """The cells of a parsed sheet, completed by what was looked at."""
    start = sheet.start
    if start is None:
        return Grid(sheet.name, (), ())
    top, left = start
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=True)
    percentages = _percentages(look, rows, top=top, left=left)
    columns = [texts_of(column) for column in zip(*rows, strict=True)]
    del rows
    height, width = len(columns[0]) if columns else 0, len(columns)
    for marks in (look.errors, {place: f"={formula}" for place, formula in look.uncached.items()}, percentages):
        for (row, column), text in marks.items():
            if 0 <= row - top - 1 < height and 0 <= column - left - 1 < width:
                columns[column - left - 1][row - top - 1] = text
    merged = tuple(
        ((first - top, at - left), (last - top, to - left))
        for (first, at), (last, to) in sheet.merged_cell_ranges or ()
        if first >= top and at >= left
    )
    fill_merged(columns, merged, file=file, sheet=sheet.name)
    numbers = range(top + 1, top + 1 + height)
    return Grid(
        sheet.name,
        tuple(columns),
        numbers,
        left=left + 1,
        merged=merged,
        hidden_rows=tuple(row for row in sorted(set(look.hidden_rows)) if top < row <= top + height),
        hidden_columns=tuple(at for at in sorted(set(look.hidden_columns)) if left < at <= left + width),
        notes=_notes(look, merged),
    )


def _percentages(look: Look, rows: Sequence[Sequence[Cell]], *, top: int, left: int) -> dict[tuple[int, int], str]:
    """Numbers shown as a percentage or with a unit behind them, with their sign or unit."""
    found = {}
    for (row, column), unit in chain(zip(look.percentages, repeat("")), look.units.items()):
        cells = rows[row - top - 1] if 0 <= row - top - 1 < len(rows) else ()
        cell = cells[column - left - 1] if 0 <= column - left - 1 < len(cells) else ""
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            shown = f"{text_of(cell)}{unit}" if unit else f"{text_of(float(Decimal(repr(cell)) * 100))}%"
            found[row, column] = shown
    return found


def _notes(look: Look, merged: tuple[Span, ...]) -> tuple[str, ...]:
    found = {
        "error_cells": bool(look.errors),
        "formulas_without_value": bool(look.uncached),
        "merged_cells": bool(merged),
        "scaled_formats": look.scaled,
        "currency_formats": look.foreign,
    }
    return tuple(code for code, is_so in found.items() if is_so)


def unit_shown(code: str) -> str | None:
    """The unit a number format shows behind the number as it is stored; None where it shows none.

    What only counts things changes no number and is left alone.

    >>> unit_shown('0.0"万元"'), unit_shown('#,##0.0,"千元"'), unit_shown('0"次"'), unit_shown('0.0"‰"')
    ('万元', None, None, '‰')
    """
    found = BEHIND.fullmatch(code)
    if found is None or DIVIDED.search(code) or "%" in QUOTED.sub("", code):
        return None
    word = found["word"].replace("\\", "").strip('"').strip()
    return word if is_unit(word) and conversion(word, "count") != 1 else None


def is_scaled(code: str) -> bool:
    """Whether a format shows a number divided by a thousand, ten thousand or more."""
    return SCALED.search(code) is not None and unit_shown(code) is None


def _counts_from_1904(container: Container) -> bool:
    """Whether the workbook counts its days from 1904 on; it matters to dates whose format was lost."""
    properties = [each for each in container.tree("xl/workbook.xml").iter() if each.tag.endswith("}workbookPr")]
    return any(each.get("date1904") in ("1", "true") for each in properties)


def _styles(container: Container) -> Styles:
    """Which cell styles show a number as a percentage, divided, in a foreign currency, or with a unit behind it."""
    if "xl/styles.xml" not in container.names:
        return Styles()
    percent, scaled, foreign = set(PERCENT_FORMATS), set(), set()
    formats: list[str | None] = []
    units: dict[str | None, str] = {}
    for element in container.tree("xl/styles.xml").iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt":
            code, key = element.get("formatCode", ""), element.get("numFmtId", "")
            if "%" in QUOTED.sub("", code):
                percent.add(key)
            elif is_scaled(code):
                scaled.add(key)
            elif (unit := unit_shown(code)) is not None:
                units[key] = unit
            if FOREIGN.search(YUAN.sub("", code)):
                foreign.add(key)
        if tag == "cellXfs":
            formats = [cell.get("numFmtId") for cell in element]
    return Styles(
        tuple(at for at, key in enumerate(formats) if key in percent),
        tuple(at for at, key in enumerate(formats) if key in scaled),
        tuple(at for at, key in enumerate(formats) if key in foreign),
        tuple((at, units[key]) for at, key in enumerate(formats) if key in units),
    )
