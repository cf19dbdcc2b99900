"""Records on their way into the engine: a clean UTF-8 file is read by the engine itself, any other is rewritten.

Clean means proved: as many records as lines, every record as wide as the header. Whatever fails that proof is
read record by record, so that each fault can be named by its line.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from valueviz.engine.judgement import Shape
from valueviz.engine.staging import LONGEST_LINE, reads_literally
from valueviz.errors import DataError
from valueviz.intake.reading import Source, sound_records
from valueviz.intake.records import Fault, shown
from valueviz.intake.table import Block

CHUNK = 1 << 20
"""Bytes transcoded or counted at a time."""

MOST_BYTES = 4
"""Of a character in UTF-8."""


class Stage(Protocol):
    """Where records of text go: the stage of an import, or that of a log."""

    def read(
        self, path: Path, *, shape: Shape, delimiter: str, skip: int, decimal: str, numbered: bool = False
    ) -> tuple[int, int] | None:
        """How many records were staged and how many of them are blank; None where a strict reading fails."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """Rows below the header, the faults among them, notes; `again` stages the same rows under another mark or shape."""

    rows: int
    faults: list[Fault]
    notes: tuple[str, ...]
    again: Callable[..., None]


def spool(stage: Stage, path: Path, source: Source, *, shape: Shape, decimal: str, to: Path) -> Spooled:
    """Stage the rows of a table.

    Args:
        stage: where they go.
        path: the file.
        source: the same file, opened.
        shape: which columns hold what.
        decimal: mark of its numbers.
        to: where a rewritten copy may be put; its path holds no wildcard.

    Raises:
        DataError: the file as a whole is wrong (header only, truncated, an unclosed quote).
    """
    if source.block is not None:
        return _by_column(stage, source, source.block, shape=shape, decimal=decimal, to=to)
    return _whole(stage, path, source, shape=shape, decimal=decimal, to=to) or _by_record(
        stage, source, shape=shape, decimal=decimal, to=to
    )


def _whole(stage: Stage, path: Path, source: Source, *, shape: Shape, decimal: str, to: Path) -> Spooled | None:
    """The table as the engine reads it; None where it is not clean."""
    if source.encoding is None or source.delimiter is None or source.rewritten or "" in source.header.names:
        return None
    file = path
    if source.encoding not in ("utf-8", "utf-8-sig") or not reads_literally(path):
        file = to
        _transcode(path, to, source.encoding)
    lines, clean = _lines(file)
    skip = source.header.last
    delimiter = source.delimiter
    if not clean or lines <= skip:
        return None
    read = stage.read(file, shape=shape, delimiter=delimiter, skip=skip, decimal=decimal)
    if read is None or read[0] != lines - skip or read[0] == read[1]:
        return None
    notes = source.notes
    if read[1]:
        notes += ("blank_rows",)
    if not source.ends_with_newline:
        notes += ("no_final_newline",)

    def again(mark: str, shape: Shape = shape) -> None:
        stage.read(file, shape=shape, delimiter=delimiter, skip=skip, decimal=mark)

    return Spooled(read[0] - read[1], [], notes, again)


def _transcode(path: Path, to: Path, encoding: str) -> None:
    """Rewrite a text file as UTF-8; its encoding was proved before."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as origin, to.open("wb") as copy:
        while chunk := origin.read(CHUNK):
            copy.write(decoder.decode(chunk).encode())
        copy.write(decoder.decode(b"", final=True).encode())


def _lines(path: Path) -> tuple[int, bool]:
    """How many lines a file has, and whether all of them end alike (LF, or CR LF)."""
    feeds, returns, pairs, last = 0, 0, 0, b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            feeds += chunk.count(b"\n")
            if last == b"\r" or b"\r" in chunk:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
    return feeds + (last not in (b"\n", b"")), returns == pairs and pairs in (0, feeds)


def _by_record(stage: Stage, source: Source, *, shape: Shape, decimal: str, to: Path) -> Spooled:
    """The table record by record, rewritten with the line before every record."""
    faults: list[Fault] = []
    notes = list(source.notes)
    rows = 0
    with to.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for record in sound_records(source, notes):
            rows += 1
            if isinstance(record, Fault):
                faults.append(record)
            else:
                writer.writerow((record.row, *map(_on_one_line, record.cells)))
    return _rewritten(stage, source, rows, faults, notes, to=to, shape=shape, decimal=decimal)


def _by_column(stage: Stage, source: Source, block: Block, *, shape: Shape, decimal: str, to: Path) -> Spooled:
    """The rows of a workbook, written column by column, with the line before every record."""
    rows, faults = block.height + len(block.faults), list(block.faults)
    lines = _lines_of(block)
    if lines and max(map(len, lines)) * MOST_BYTES > LONGEST_LINE:
        lines, long = _parted(lines, block)
        faults += long
    with to.open("w", encoding="utf-8", newline="") as stream:
        stream.write("\n".join(lines))
    return _rewritten(stage, source, rows, faults, list(source.notes), to=to, shape=shape, decimal=decimal)


def _lines_of(block: Block) -> list[str]:
    """The rows as lines of text; cells are quoted where one of them holds what parts cells or lines."""
    plain = list(map(",".join, zip(map(str, block.numbers), *block.columns, strict=True)))
    text = "\n".join(plain)
    cut = len(plain) * len(block.columns) == text.count(",") and len(plain) == len(text.splitlines())
    if cut and '"' not in text and text[-1:] not in LINE_ENDS:
        return plain
    columns = [_quoted(column) for column in block.columns]
    return list(map(",".join, zip(map(str, block.numbers), *columns, strict=True)))


def _parted(lines: list[str], block: Block) -> tuple[list[str], list[Fault]]:
    """The lines the engine takes, and those that are too long for it as faults."""
    kept, faults = [], []
    for line, number in zip(lines, block.numbers, strict=True):
        if len(line.encode()) < LONGEST_LINE:
            kept.append(line)
        else:
            faults.append(Fault(number, None, shown(line.partition(",")[2]), "cell_too_long"))
    return kept, faults


def _quoted(column: list[str]) -> list[str]:
    """The cells of a column as a comma parts them, each on one line."""
    whole = "".join(column)
    if len(whole.splitlines()) > 1 or whole[-1:] in LINE_ENDS:
        column = [_on_one_line(cell) for cell in column]
    if '"' in whole:
        column = [cell.replace('"', '""') for cell in column]
    return [f'"{cell}"' for cell in column] if any(mark in whole for mark in ',"') else column


def _rewritten(
    stage: Stage,
    source: Source,
    rows: int,
    faults: list[Fault],
    notes: list[str],
    *,
    to: Path,
    shape: Shape,
    decimal: str,
) -> Spooled:
    """Stage what was rewritten; the rows must be as many as were written."""
    if rows == len(faults):
        first = faults[0]
        raise DataError(
            "no_row_accepted",
            file=source.file,
            sheet=source.sheet,
            row=first.row,
            found=first.value,
            reason=first.reason,
            rows=rows,
        )

    def again(mark: str, shape: Shape = shape) -> None:
        read = stage.read(to, shape=shape, delimiter=",", skip=0, decimal=mark, numbered=True)
        if read != (rows - len(faults), 0):
            raise DataError("rows_unaccounted", file=source.file, found=read[0] if read else 0, needed=rows)

    again(decimal)
    return Spooled(rows, faults, tuple(dict.fromkeys(notes)), again)


LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
"""What ends a line; a cell is written on one."""


def _on_one_line(cell: str) -> str:
    return " ".join(cell.splitlines()) if not LINE_ENDS.isdisjoint(cell) else cell
