"""Delimited text as records: every record carries the line on which it starts, and what is wrong with it.

Strict where a lenient reader would guess: a quote that swallows lines refuses the file, text after a closing
quote makes the record a fault. It knows nothing of headers, dates or numbers.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from valueviz.errors import DataError

DELIMITERS = (",", ";", "\t", "|")
"""Tried in this order; the first of equally regular ones wins."""

SAMPLE_RECORDS = 200
"""Records from which delimiter and header are found."""

SWALLOWED_LINES = 50
"""A quoted cell longer than this many lines is a quote that was never closed."""

VALUE_SHOWN = 80
"""Characters of a refused value that are shown: enough to find it, too few to leak a document."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row, or one cell of it, that is not taken: line, column (None for the row), value as found, reason code."""

    row: int
    column: str | None
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record and the lines on which it starts and ends; `reason` says why it cannot be used."""

    row: int
    cells: tuple[str, ...]
    end: int
    reason: str | None = None


def shown(value: str, *, width: int = VALUE_SHOWN) -> str:
    """A value as it is shown in a refusal: one line, without control characters, cut to `width` characters."""
    return "".join(character if character.isprintable() else " " for character in value[:width])


def text_records(path: Path, *, encoding: str, delimiter: str) -> Iterator[Record]:
    """The records of a text file in order; blank lines are passed over but counted as lines.

    Raises:
        DataError: a quote is never closed (row where its record starts), or a cell holds a NUL character.
    """
    with path.open(encoding=encoding, newline="") as stream:
        yield from _records(_lines(stream, path), path, delimiter=delimiter)


def _lines(stream: Iterable[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(stream, start=1):
        if "\0" in line:
            raise DataError("nul_bytes", file=path.name, row=number)
        yield line


def _records(lines: Iterator[str], path: Path, *, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _bad_record(str(error), path, start=start, end=reader.line_num)
            continue
        if start == 1 and _is_separator_line(cells, delimiter):
            continue
        if cells:
            yield Record(start, tuple(cells), reader.line_num)


def _bad_record(message: str, path: Path, *, start: int, end: int) -> Record:
    """A fault that stays on its line; a quote that ran over lines refuses the file."""
    if "unexpected end" in message:
        raise DataError("truncated_file", file=path.name, row=start)
    too_long = "field limit" in message
    if end > start and (not too_long or end - start > SWALLOWED_LINES):
        raise DataError("unclosed_quote", file=path.name, row=start)
    return Record(start, (), end, "cell_too_long" if too_long else "bad_quoting")


def _is_separator_line(cells: list[str], delimiter: str) -> bool:
    """Whether the first line is the hint `sep=;` that spreadsheets write for each other."""
    return delimiter.join(cells).lower().startswith("sep=") and len("".join(cells)) <= len("sep=;")


def delimiter_of(path: Path, *, encoding: str) -> str:
    """The delimiter that cuts the first records most evenly; a comma where none does.

    A file that says so itself (`sep=;` in its first line) is believed.
    """
    with path.open(encoding=encoding, newline="") as stream:
        lines = [line for _, line in zip(range(SAMPLE_RECORDS), stream, strict=False)]
    hint = lines[0].strip() if lines else ""
    if hint.lower().startswith("sep=") and len(hint) == len("sep=;"):
        return hint[-1]
    if hint.lower() == "sep=":  # the tab was stripped
        return "\t"
    scored = [(_evenness(lines, delimiter), -rank, delimiter) for rank, delimiter in enumerate(DELIMITERS)]
    return max(scored)[2]


def _evenness(lines: list[str], delimiter: str) -> float:
    """Share of records as wide as most are; 0 where most have one cell only."""
    reader = csv.reader(iter(lines), delimiter=delimiter, skipinitialspace=True)
    try:
        widths = Counter(len(cells) for cells in reader if cells)
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count / widths.total() if width > 1 else 0.0
