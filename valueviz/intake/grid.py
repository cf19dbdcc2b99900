"""The cells of one sheet as text, column by column, with the line numbers a spreadsheet shows.

Every container ends here: what was merged, hidden, repeated or left out is settled, and what a header or a
value is, is not known yet. Far cells, endless spans and repeats are refused before they are built.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol

from valueviz.errors import DataError
from valueviz.intake.records import Record

HEAD = 40
"""Cells at the top of a column that may be titles and names."""

EXACT = 1e15
"""Below it a whole number is written by all of its digits."""

SAMPLED = 1000
"""Cells from which is told whether the values of a column repeat."""

MAX_CELLS = 20_000_000
"""Cells of the used range: a million rows of twenty columns."""

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""Rows and columns of the largest sheet a spreadsheet program can hold."""

SPARSE_CELLS = 2_000_000
"""Cells of a used range from which on at least one in `SPARSE` must be filled."""

SPARSE = 100
"""A range with fewer filled cells than one in this many has a stray cell far away from its table."""

MAX_REPEATED = 1_000_000
"""Filled cells that repeats and spans may add to those written; no export says the same that often."""

Cell = int | float | str | bool | time | date | datetime | timedelta

Span = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of a merged range: rows and columns of the grid, from 0, both ends included."""


@dataclass(frozen=True, slots=True)
class SheetName:
    """A sheet of a workbook, and whether it is shown to who opens it."""

    name: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """The texts of a sheet: `columns[c][r]` stands in row `numbers[r]` and column `left + c` (from 1).

    `hidden_rows` are line numbers, `hidden_columns` column numbers; `notes` are codes of what a reader might
    overlook. `merged` counts in the grid, not in the sheet.
    """

    name: str
    columns: tuple[list[str], ...]
    numbers: Sequence[int]
    left: int = 1
    merged: tuple[Span, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def records(self, start: int = 0, end: int | None = None) -> Iterator[Record]:
        """The lines from `start` on, up to `end`, as records; blank ones are left out."""
        lines = zip(*(column[start:end] for column in self.columns), strict=True)
        for number, cells in zip(self.numbers[start:end], lines, strict=True):
            if any(cells):
                yield Record(number, cells, number)


class Book(Protocol):
    """A workbook of any container: its sheets by name, each read when asked for."""

    file: str
    sheets: tuple[SheetName, ...]
    notes: tuple[str, ...]

    def grid(self, name: str, *, at_most: int | None = None) -> Grid:
        """The cells of a sheet, or of its first `at_most` rows."""
        ...


def column_letters(number: int) -> str:
    """The letters of a column from its number, A = 1.

    >>> column_letters(16384)
    'XFD'
    """
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def text_of(cell: Cell) -> str:
    """A cell as text: shortest number, ISO date, no time of day at midnight, a duration as a spreadsheet shows it.

    >>> text_of(3.0), text_of(0.1), text_of(datetime(2025, 3, 5)), text_of(timedelta(hours=30))
    ('3', '0.1', '2025-03-05', '30:00:00')
    """
    match cell:
        case str():
            text = cell
        case bool():
            text = str(cell).upper()
        case float():
            text = _plain(repr(cell))
        case datetime():
            text = cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case timedelta():
            text = _duration(cell)
        case date() | time():
            text = cell.isoformat()
        case _:
            text = str(cell)
    return text


def _duration(cell: timedelta) -> str:
    seconds = cell.total_seconds()
    minutes, rest = divmod(round(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if seconds < 0 else ''}{hours}:{minutes:02d}:{rest:02d}"


def texts_of(cells: Sequence[Cell]) -> list[str]:
    """A column as text, as `text_of` writes each of its cells, but quicker where its lower part is of one kind."""
    head, rest = cells[:HEAD], cells[HEAD:]
    return [*map(text_of, head), *_texts_below(rest)] if rest else list(map(text_of, head))


def _texts_below(cells: Sequence[Cell]) -> list[str]:
    kinds = set(map(type, cells))
    if kinds == {str}:
        return list(cells)  # type: ignore[arg-type]
    if bool in kinds:  # equal to a number, but written otherwise
        return list(map(text_of, cells))
    if len(set(cells[:SAMPLED])) > SAMPLED // 2 and kinds <= {float, str}:
        if kinds == {float}:
            return _numbers(cells)  # type: ignore[arg-type]
        return [cell if type(cell) is str else _plain(repr(cell)) for cell in cells]
    known = {cell: text_of(cell) for cell in set(cells)}
    return list(map(known.__getitem__, cells))


def _numbers(numbers: Sequence[float]) -> list[str]:
    if all(map(float.is_integer, numbers)) and max(map(abs, numbers)) < EXACT:
        return list(map(str, map(int, numbers)))
    texts = [text[:-2] if text[-2:] == ".0" else text for text in map(repr, numbers)]
    return texts if "-0" not in texts else ["0" if text == "-0" else text for text in texts]


def _plain(number: str) -> str:
    """A number as Python writes it, without the fraction of a whole one."""
    return number if number[-2:] != ".0" else number[:-2] if number != "-0.0" else "0"


def fill_merged(columns: Sequence[list[str]], merged: Sequence[Span], *, file: str, sheet: str) -> bool:
    """Repeat words of cells merged downwards (a department over its rows) in place; numbers are never repeated.

    Returns:
        Whether anything was repeated.

    Raises:
        DataError: hostile_workbook, where the ranges cover more than the sheet has cells.
    """
    height = len(columns[0]) if columns else 0
    covered = sum(min(last, height - 1) - first for (first, _), (last, _) in merged if last > first)
    if covered > max(MAX_REPEATED, height * len(columns)):
        raise DataError("hostile_workbook", file=file, sheet=sheet, found="merged")
    filled = False
    for (first, at), (last, _) in merged:
        if last <= first or not 0 <= first < height or not 0 <= at < len(columns):
            continue
        column = columns[at]
        word = column[first]
        if not word or _is_number(word):
            continue
        for row in range(first + 1, min(last + 1, height)):
            column[row] = column[row] or word
        filled = True
    return filled


def _is_number(text: str) -> bool:
    try:
        float(text.rstrip("%"))
    except ValueError:
        return False
    return True


def check_range(rows: int, columns: int, *, filled: int | None, file: str, sheet: str, top: int = 1) -> None:
    """Refuse a used range that is too large to be built, or that one far cell has stretched.

    Args:
        rows: of the range.
        columns: of the range, from A on.
        filled: cells that hold anything, where known.
        file: name of the file.
        sheet: name of the sheet.
        top: its first row.

    Raises:
        DataError: used_range_too_large.
    """
    cells = rows * columns
    stray = filled is not None and cells > SPARSE_CELLS and filled * SPARSE < cells
    if cells > MAX_CELLS or stray:
        needed = SPARSE_CELLS if stray else MAX_CELLS
        row, column = top + rows - 1, column_letters(columns)
        raise DataError(
            "used_range_too_large", file=file, sheet=sheet, row=row, column=column, found=cells, needed=needed
        )


@dataclass(slots=True)
class Filler:
    """A grid in the making, for readers that meet the cells one after the other."""

    file: str
    name: str
    hidden: bool = False
    notes: dict[str, None] = field(default_factory=dict)
    hidden_columns: tuple[int, ...] = ()
    _lines: dict[int, list[str]] = field(default_factory=dict)
    _hidden_rows: list[int] = field(default_factory=list)
    _merged: list[Span] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _filled: int = 0
    _repeated: int = 0
    _covered: dict[int, int] = field(default_factory=dict)

    def row(self, number: int | None = None, *, hidden: bool = False) -> None:
        """Begin the next row, or the row of that number (from 1)."""
        self._row = self._row + 1 if number is None else number
        self._column = 0
        if not 1 <= self._row <= MAX_ROWS:
            raise self._too_large(self._row, MAX_ROWS)
        if hidden:
            self._hidden_rows.append(self._row)

    def repeat_row(self, count: int, *, hidden: bool = False) -> None:
        """Repeat the row that was just filled; blank ones are only counted."""
        cells = self._lines.get(self._row)
        if cells and any(cells):
            self._repeated += count * len(cells)
            self._check_repeats()
            for number in range(self._row + 1, self._row + count + 1):
                self._lines[number] = list(cells)
            self._filled += count * len(cells)
            if hidden:
                self._hidden_rows += range(self._row + 1, self._row + count + 1)
        self._row += count

    def cell(self, text: str, *, column: int | None = None, across: int = 1, down: int = 1, repeat: int = 1) -> None:
        """Put the next cell of the row, or the cell of that column (from 1).

        Args:
            text: of the cell.
            column: where it stands; behind the cell before it where not given.
            across: columns it is merged over.
            down: rows it is merged over.
            repeat: how often it stands there, one beside the other.
        """
        if column is None and across == down == repeat == 1 and not self._covered and self._column < MAX_COLUMNS:
            self._column += 1
            if text:
                self._put(text, repeat=1)
            return
        self._column = self._column + 1 if column is None else column
        while self._covered.get(self._column, 0) >= self._row:
            self._column += 1
        width = max(across, 1) * max(repeat, 1)
        if self._column < 1 or (text and self._column + width - 1 > MAX_COLUMNS) or across > MAX_COLUMNS:
            raise self._too_large(self._column + width - 1, MAX_COLUMNS)
        if text:
            self._put(text, repeat=repeat if across <= 1 else 1)
        if text:
            self.span(across, down)
        self._column += width - 1

    def _put(self, text: str, *, repeat: int) -> None:
        line = self._lines.get(self._row)
        if line is None:
            line = self._lines[self._row] = []
        if len(line) < self._column - 1:
            line.extend([""] * (self._column - 1 - len(line)))
        if repeat == 1 and len(line) < self._column:
            line.append(text)
        else:
            line[self._column - 1 : self._column - 1 + repeat] = [text] * repeat
        self._filled += repeat
        if repeat > 1:
            self._repeated += repeat - 1
            self._check_repeats()
        if self._filled > MAX_CELLS:
            raise self._too_large(self._filled, MAX_CELLS)

    def span(self, across: int, down: int) -> None:
        """Merge the cell that was just put over columns to its right and rows below it."""
        if across <= 1 and down <= 1:
            return
        first = (self._row - 1, self._column - 1)
        self._merged.append((first, (first[0] + min(down, MAX_ROWS) - 1, first[1] + across - 1)))
        self._repeated += across
        self._check_repeats()

    def cover(self, across: int, down: int) -> None:
        """Keep the columns of the cell that was just put free in the rows below it, as web pages do."""
        if down > 1:
            for column in range(self._column - across + 1, self._column + 1):
                self._covered[column] = self._row + down - 1

    def _check_repeats(self) -> None:
        if self._repeated > MAX_REPEATED:
            raise self._too_large(self._repeated, MAX_REPEATED)

    def _too_large(self, found: int, needed: int) -> DataError:
        return DataError(
            "used_range_too_large", file=self.file, sheet=self.name, row=self._row, found=found, needed=needed
        )

    @property
    def filled(self) -> int:
        """How many cells hold anything."""
        return self._filled

    def grid(self) -> Grid:
        """The grid of all cells put so far, from its first filled row and column on."""
        lines = {number: cells for number, cells in self._lines.items() if any(cells)}
        if not lines:
            return Grid(self.name, (), ())
        top, bottom = min(lines), max(lines)
        width = max(map(len, lines.values()))
        check_range(bottom - top + 1, width, filled=self._filled, file=self.file, sheet=self.name, top=top)
        blank = [""] * width
        rows = [[*lines.get(number, ()), *blank][:width] for number in range(top, bottom + 1)]
        columns = [list(column) for column in zip(*rows, strict=True)]
        merged = tuple(
            ((first - top + 1, at), (last - top + 1, to))
            for (first, at), (last, to) in self._merged
            if first + 1 >= top
        )
        notes = dict(self.notes)
        if merged:
            notes["merged_cells"] = None
        fill_merged(columns, merged, file=self.file, sheet=self.name)
        return Grid(
            self.name,
            tuple(columns),
            range(top, bottom + 1),
            merged=merged,
            hidden_rows=tuple(number for number in self._hidden_rows if number in lines),
            hidden_columns=self.hidden_columns,
            notes=tuple(notes),
        )
