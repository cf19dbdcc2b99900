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

from valueviz.engine.staging import Shape, Staging, reads_literally
from valueviz.errors import DataError
from valueviz.intake.reading import Source, sound_records
from valueviz.intake.records import Fault

CHUNK = 1 << 20
"""Bytes transcoded or counted at a time."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """Rows below the header, the faults among them, notes; `again` stages the same rows under another decimal mark."""

    rows: int
    faults: list[Fault]
    notes: tuple[str, ...]
    again: Callable[[str], None]


def spool(stage: Staging, path: Path, source: Source, *, shape: Shape, decimal: str, to: Path) -> Spooled:
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
    return _whole(stage, path, source, shape=shape, decimal=decimal, to=to) or _by_record(
        stage, source, shape=shape, decimal=decimal, to=to
    )


def _whole(stage: Staging, path: Path, source: Source, *, shape: Shape, decimal: str, to: Path) -> Spooled | None:
    """The table as the engine reads it; None where it is not clean."""
    if source.encoding is None or source.delimiter is None or "" in source.header.names:
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

    def again(mark: str) -> None:
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


def _by_record(stage: Staging, source: Source, *, shape: Shape, decimal: str, to: Path) -> Spooled:
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

    def again(mark: str) -> None:
        read = stage.read(to, shape=shape, delimiter=",", skip=0, decimal=mark, numbered=True)
        if read != (rows - len(faults), 0):
            raise DataError("rows_unaccounted", file=source.file, found=read[0] if read else 0, needed=rows)

    again(decimal)
    return Spooled(rows, faults, tuple(dict.fromkeys(notes)), again)


def _on_one_line(cell: str) -> str:
    return " ".join(cell.splitlines()) if "\n" in cell or "\r" in cell else cell
