"""A table opened for reading, whatever it came in: its header, its rows, and how it was understood.

Several sheets that are read together are one source; a line of it tells on which sheet it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING

from valueviz.errors import DataError
from valueviz.intake.book import SHEET_YEAR, around, together
from valueviz.intake.header import Header
from valueviz.intake.records import Fault, Record
from valueviz.intake.table import Block, table_of

if TYPE_CHECKING:
    from valueviz.intake.grid import Book

SHEET_STRIDE = 10_000_000
"""Lines between the first lines of two sheets that are read as one table: more than any sheet has."""


@dataclass(frozen=True, slots=True)
class SheetLook:
    """A sheet that holds a table: its name, its header, rows among its first ones, and whether it is hidden."""

    name: str
    header: Header
    rows: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Source:
    """An opened table: its header, the records below it (read once, in order), and how it was understood.

    `above` are the cells of the lines above the header: titles, notes, the unit of the whole table; `below` the
    notes under its rows. A workbook
    has a `block` too, the same rows as columns. `sheets` were taken; where they are several, a line of the n-th is
    counted from n * SHEET_STRIDE on (see `place`). `hidden_rows` counts rows that are hidden and were read.
    `rewritten` records are not those of the file as it lies on disk.
    """

    file: str
    sheet: str | None
    header: Header
    records: Iterator[Record]
    encoding: str | None
    delimiter: str | None
    ends_with_newline: bool
    notes: tuple[str, ...]
    above: tuple[str, ...] = ()
    block: Block | None = None
    sheets: tuple[str, ...] = ()
    hidden_rows: int = 0
    rewritten: bool = False
    below: tuple[str, ...] = ()

    def place(self, row: int) -> tuple[str | None, int]:
        """The sheet a line stands on (None where there is one table only), and its number there."""
        if len(self.sheets) < 2:
            return None, row
        at, line = divmod(row, SHEET_STRIDE)
        return self.sheets[at], line

    def placed(self, fault: Fault) -> Fault:
        """A fault with its line as the sheet counts it; of several sheets its own stands before the column."""
        sheet, line = self.place(fault.row)
        return fault if sheet is None else Fault(line, f"{sheet}!{fault.column or ''}", fault.value, fault.reason)

    def located(self, error: DataError) -> DataError:
        """A refusal with its line as the sheet counts it; of several sheets it names the one."""
        row = error.fields.get("row")
        if len(self.sheets) < 2 or not isinstance(row, int):
            return error
        sheet, line = self.place(row)
        return DataError(error.code, **(error.fields | {"sheet": sheet, "row": line}))


def source_of(
    book: Book,
    chosen: tuple[str, ...],
    *,
    wanted: tuple[str, ...] = (),
    header_rows: int | None = None,
    at_most: int | None = None,
) -> Source:
    """The table of one sheet, or of several together."""
    wanted = tuple(name for name in wanted if len(chosen) == 1 or name != SHEET_YEAR)
    found = [
        table_of(book.grid(name, at_most=at_most), file=book.file, wanted=wanted, header_rows=header_rows)
        for name in chosen
    ]
    table = together(found, file=book.file, stride=SHEET_STRIDE) if len(found) > 1 else found[0]
    notes = (*book.notes, *around(book, chosen), *table.notes)
    return Source(
        book.file,
        table.sheet,
        table.header,
        _block_records(table.block),
        None,
        None,
        True,
        tuple(dict.fromkeys(notes)),
        above=table.above,
        block=table.block,
        sheets=chosen,
        hidden_rows=table.hidden_rows,
        below=tuple(fault.value for fault in table.block.faults if fault.reason == "note_row"),
    )


def _block_records(block: Block) -> Iterator[Record]:
    """The rows of a block as records, in order of their lines, the lines that are no rows among them."""
    faults = [Record(fault.row, (fault.value,), fault.row, fault.reason) for fault in block.faults]
    cells = zip(*block.columns, strict=True)
    rows = (Record(number, line, number) for number, line in zip(block.numbers, cells, strict=True))
    return merge(rows, faults, key=lambda record: record.row)
