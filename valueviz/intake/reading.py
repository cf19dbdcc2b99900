"""A file with a table, as text: header, rows, and the lines on which they stand in an editor.

CSV in every dialect and the sheets of a workbook of any container go through one door. Nothing is converted: what
a date or a number is, others decide. Workbooks and unknown files are parsed in a capped child process.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from valueviz.errors import DataError
from valueviz.intake.book import look_for_table, named_sheet, open_book, sheet_with_table
from valueviz.intake.encoding import encoding_of
from valueviz.intake.header import Header, bare_name, find_header, plain
from valueviz.intake.kind import Kind, kind_of
from valueviz.intake.records import SAMPLE_RECORDS, Fault, Record, delimiter_of, shown, text_records
from valueviz.intake.source import SheetLook, Source, source_of
from valueviz.intake.table import is_note

if TYPE_CHECKING:
    from valueviz.workers import Progress

__all__ = [
    "SheetLook",
    "Source",
    "TextTable",
    "find_column",
    "open_source",
    "parse_text_table",
    "read_in_child",
    "read_text_table",
    "sampled_sources",
    "sound_records",
    "tables",
    "text_table",
]

MEMORY_BYTES = 2 << 30
"""What a child may hold while it reads one table."""

CPU_SECONDS = 300.0
"""Far above any real file; a file that needs more is an attack or a mistake."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as text.

    `rows[i]` stands on line `numbers[i]` of the file (header = 1; for a cell with line breaks the line where
    the record starts); `first_row` is the line after the header. `faults` are records that are no row of the
    table. `encoding` and `delimiter` are None for a workbook, whose `sheet` is named instead.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str | None
    delimiter: str | None
    first_row: int
    notes: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()
    sheet: str | None = None


def read_text_table(
    path: Path,
    *,
    sheet: str | None = None,
    header_rows: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    wanted: tuple[str, ...] = (),
    strict: bool = True,
) -> TextTable:
    """The table in a file, read in a capped child process.

    Args:
        path: text in any dialect, or a workbook of any container.
        sheet: sheet of a workbook; else the first that holds the table.
        header_rows: lines of the header; else found out.
        encoding: of a text file; else found out.
        delimiter: of a text file; else found out.
        wanted: names of columns the header must hold, which helps to find it below titles.
        strict: raise the first fault instead of returning the faults.

    Raises:
        DataError: the file cannot be taken, or with `strict` a record is no row of the table.
        WorkerError: the child was stopped at its limits.
    """
    from valueviz.workers import Limits, run

    args = {
        "path": str(Path(path).absolute()),
        "sheet": sheet,
        "header_rows": header_rows,
        "encoding": encoding,
        "delimiter": delimiter,
        "wanted": list(wanted),
    }
    limits = Limits(memory=MEMORY_BYTES, cpu=CPU_SECONDS)
    try:
        answer = run("valueviz.intake.reading:read_in_child", args=args, limits=limits)
    except DataError as error:
        if error.code != "unknown_encoding":
            raise
        # Who reads a table as text has no mapping to name an encoding in.
        raise DataError("unknown_characters", **error.fields) from error
    table = _rebuilt(cast("dict[str, Any]", answer))
    if strict and table.faults:
        fault = table.faults[0]
        raise DataError(fault.reason, file=Path(path).name, sheet=table.sheet, row=fault.row, found=fault.value)
    return table


def read_in_child(*, progress: Progress, path: str, wanted: list[str], **options: Any) -> Any:
    """What `parse_text_table` returns, as JSON for the parent process."""
    from dataclasses import asdict

    progress("reading", 0.0)
    return asdict(parse_text_table(Path(path), wanted=tuple(wanted), **options))


def _rebuilt(answer: dict[str, Any]) -> TextTable:
    lists = {key: tuple(answer[key]) for key in ("header", "notes", "numbers")}
    rows = tuple(tuple(row) for row in answer["rows"])
    faults = tuple(Fault(**fault) for fault in answer["faults"])
    return TextTable(**(answer | lists | {"rows": rows, "faults": faults}))


def parse_text_table(
    path: Path,
    *,
    sheet: str | None = None,
    header_rows: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    wanted: tuple[str, ...] = (),
    at_most: int | None = None,
) -> TextTable:
    """The table in a file, or its first rows, read in this process (see `read_text_table`)."""
    source = open_source(
        path,
        sheet=sheet,
        header_rows=header_rows,
        encoding=encoding,
        delimiter=delimiter,
        wanted=wanted,
        at_most=None if at_most is None else at_most + SAMPLE_RECORDS,
    )
    return text_table(source, at_most=at_most)


def text_table(source: Source, *, at_most: int | None = None) -> TextTable:
    """An opened table as text, or its first rows."""
    rows, numbers, faults, notes = [], [], [], list(source.notes)
    for record in islice(sound_records(source, notes), at_most):
        if isinstance(record, Fault):
            faults.append(record)
        else:
            rows.append(record.cells)
            numbers.append(record.row)
    kept = [at for at, name in enumerate(source.header.names) if name]
    if len(kept) < len(source.header.names):
        rows = [tuple(cells[at] for at in kept) for cells in rows]
    return TextTable(
        header=tuple(source.header.names[at] for at in kept),
        rows=tuple(rows),
        encoding=source.encoding,
        delimiter=source.delimiter,
        first_row=source.header.last + 1,
        notes=tuple(dict.fromkeys(notes)),
        numbers=tuple(numbers),
        faults=tuple(faults),
        sheet=source.sheet,
    )


def open_source(
    path: Path,
    *,
    sheet: str | Sequence[str] | None = None,
    header_rows: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    wanted: tuple[str, ...] = (),
    at_most: int | None = None,
) -> Source:
    """A file opened as a table, its header found; the records of a text are not read yet.

    Args:
        path: the file.
        sheet: of a workbook; of several, whose headers must agree, the rows of all; else the one with the table.
        header_rows: lines of the header; else found out.
        encoding: of a text file; else found out.
        delimiter: of a text file; else found out.
        wanted: names of columns the header must hold.
        at_most: rows of a workbook that need be read.

    Raises:
        DataError: the file as a whole cannot be taken.
    """
    kind = kind_of(path)
    if kind != "text":
        return _workbook_source(
            path, kind, sheet=sheet, header_rows=header_rows, wanted=wanted, at_most=at_most, encoding=encoding
        )
    found = encoding_of(path, declared=encoding)
    cut = delimiter or delimiter_of(path, encoding=found.name)
    records = text_records(path, encoding=found.name, delimiter=cut)
    first = list(islice(records, SAMPLE_RECORDS))
    header = find_header(first, file=path.name, wanted=wanted, header_rows=header_rows)
    _check_rows_follow(first, header, file=path.name)
    below = (record for record in chain(first, records) if record.row > header.last)
    ends = _ends_with_newline(path)
    notes = found.notes + header.notes
    if path.suffix.lower() == ".xls":
        notes += ("text_named_workbook",)
    return Source(
        path.name,
        None,
        header,
        below,
        found.name,
        cut,
        ends,
        notes,
        above=_above(first, header),
        below=_below(path, header, found.name, cut),
    )


def _workbook_source(
    path: Path,
    kind: Kind,
    *,
    sheet: str | Sequence[str] | None,
    header_rows: int | None,
    wanted: tuple[str, ...],
    at_most: int | None,
    encoding: str | None,
) -> Source:
    book = open_book(path, kind, encoding=encoding)
    names = [sheet] if isinstance(sheet, str) else list(sheet or ())
    chosen = tuple(dict.fromkeys(named_sheet(book, name) for name in names))
    if not chosen:
        chosen = (sheet_with_table(book, wanted=wanted, header_rows=header_rows),)
    return source_of(book, chosen, wanted=wanted, header_rows=header_rows, at_most=at_most)


def sampled_sources(
    path: Path, *, sheets: Sequence[str] = (), encoding: str | None = None, at_most: int
) -> Iterator[Source]:
    """The tables a file offers, each from its first rows: one of a text, one of each shown sheet that holds one.

    Args:
        path: the file.
        sheets: of a workbook, to be taken together; then these are the only table.
        encoding: of a text file; else found out.
        at_most: rows that need be read.

    Raises:
        DataError: the file as a whole cannot be taken, or no sheet of it holds a table.
    """
    kind = kind_of(path)
    if kind == "text" or sheets:
        yield open_source(path, sheet=tuple(sheets) or None, encoding=encoding, at_most=at_most)
        return
    book = open_book(path, kind, encoding=encoding)
    first = sheet_with_table(book, wanted=())
    yield source_of(book, (first,), at_most=at_most)
    for each in book.sheets:
        if each.name != first and not each.hidden and look_for_table(book, each.name) is not None:
            yield source_of(book, (each.name,), at_most=at_most)


def tables(path: Path) -> tuple[SheetLook, ...]:
    """The sheets of a workbook that hold a table, in its order, the hidden ones among them; none for a text file.

    Raises:
        DataError: the file as a whole cannot be taken.
    """
    kind = kind_of(path)
    if kind == "text":
        return ()
    book = open_book(path, kind)
    looks = []
    for each in book.sheets:
        table = look_for_table(book, each.name)
        if table is not None:
            looks.append(SheetLook(each.name, table.header, table.block.height, each.hidden))
    return tuple(looks)


TAIL = 4096
"""Bytes at the end of a text file among which notes are looked for; even, so that no wide character is cut."""

LAST_LINES = 12
"""Lines of them."""


def _above(first: Sequence[Record], header: Header) -> tuple[str, ...]:
    above = (record.cells for record in first[:SAMPLE_RECORDS] if record.row < header.row)
    return tuple(dict.fromkeys(cell.strip() for cells in above for cell in cells if cell.strip()))


def _below(path: Path, header: Header, encoding: str, delimiter: str) -> tuple[str, ...]:
    """The notes on the last lines of a text file."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        start = max(0, size - TAIL)
        stream.seek(start)
        lines = stream.read().decode(encoding, "replace").splitlines()[1 if start else header.last :]
    rows = csv.reader(lines[-LAST_LINES:], delimiter=delimiter)
    width = len(header.names)
    return tuple(
        cell.strip() for cells in rows if is_note(cells, width=width, at_the_end=True) for cell in cells if cell.strip()
    )


def _check_rows_follow(first: Sequence[Record], header: Header, *, file: str, sheet: str | None = None) -> None:
    if not any(record.row > header.last for record in first):
        raise DataError("header_only", file=file, sheet=sheet, row=header.row)


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - 4))
        return stream.read().rstrip(b"\0").endswith((b"\n", b"\r", b"\n\0", b"\x1a"))


def sound_records(source: Source, notes: list[str]) -> Iterator[Record | Fault]:
    """The rows of a table, each as wide as its header, and the records that are no row, as faults.

    Args:
        source: an opened table.
        notes: codes of what was passed over are appended to it.

    Raises:
        DataError: header_only, truncated_file, missing_header, no matter how late in the file they show.
    """
    width = len(source.header.names)
    nameless = [at for at, name in enumerate(source.header.names) if not name]
    held: Record | None = None
    seen = False
    for record in source.records:
        if not any(cell.strip() for cell in record.cells) and record.reason is None:
            notes.append("blank_rows")
            continue
        if held is not None:
            yield _sound(held, width, notes)
        _check_nameless(source, record, nameless)
        held, seen = record, True
    if not seen or held is None:
        raise DataError("header_only", file=source.file, sheet=source.sheet, row=source.header.row)
    if not source.ends_with_newline:
        if len(held.cells) < width:
            raise DataError("truncated_file", file=source.file, row=held.row, found=len(held.cells), needed=width)
        notes.append("no_final_newline")
    if nameless:
        notes.append("empty_columns")
    yield _sound(held, width, notes)


def _check_nameless(source: Source, record: Record, nameless: list[int]) -> None:
    for at in nameless:
        if at < len(record.cells) and record.cells[at].strip():
            raise DataError(
                "missing_header",
                file=source.file,
                sheet=source.sheet,
                row=source.header.row,
                column=at + 1,
                found=shown(record.cells[at]),
            )


def _sound(record: Record, width: int, notes: list[str]) -> Record | Fault:
    if record.reason is not None:
        return Fault(record.row, None, shown(" ".join(cell for cell in record.cells if cell)), record.reason)
    if len(record.cells) > width and not any(cell.strip() for cell in record.cells[width:]):
        notes.append("trailing_delimiter")
        return Record(record.row, record.cells[:width], record.end)
    if len(record.cells) != width:
        reason = "note_row" if is_note(record.cells, width=width) else "wrong_cell_count"
        return Fault(record.row, None, shown(",".join(record.cells)), reason)
    return record


def find_column(header: tuple[str, ...], name: str) -> int | None:
    """The position of a column by its exact name, else by its name regardless of width, case, spaces and stated unit."""
    if name in header:
        return header.index(name)
    wanted = plain(name)
    found = [at for at, column in enumerate(header) if plain(column) == wanted]
    found = found or [at for at, column in enumerate(header) if plain(bare_name(column)) == wanted]
    return found[0] if len(found) == 1 else None
