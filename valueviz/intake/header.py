"""Which lines are the header: title rows above it, two-row headers joined, names checked; it reads no values.

A joined name is "upper/lower", where an empty upper cell continues the group to its left, as merged cells do.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from valueviz.errors import DataError
from valueviz.intake.records import Record, shown

SEARCHED = 20
"""Lines among which the header may stand; titles and notes above it are seldom longer."""

MAX_COLUMNS = 2000
"""More columns than any export of metrics has; a wider file is a mistake or an attack."""

JOINT = "/"
"""Between the names of a two-row header."""

DATE_LIKE = re.compile(
    r"(19|20)\d{2}\s*[-/.年]?\s*\d{1,2}(\s*[-/.月]\s*(\d{1,2}\s*日?)?)?([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([ T].*)?"
)
NUMBER_LIKE = re.compile(r"[+\-−(]?[¥￥$€]?\d[\d,，.]*([eE][+-]?\d+)?%?\)?")
YEAR_LIKE = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])?")


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, the line they start on, the first line after them, and notes."""

    names: tuple[str, ...]
    row: int
    last: int
    notes: tuple[str, ...] = ()


def plain(name: str) -> str:
    """A name as it is compared: width, case, composition and spaces do not make a difference.

    >>> plain(" Ｄａｔｅ　of  Issue ")
    'date of issue'
    """
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_header(
    records: Sequence[Record],
    *,
    file: str,
    sheet: str | None = None,
    wanted: Iterable[str] = (),
    header_rows: int | None = None,
) -> Header:
    """The header among the first records of a table.

    Args:
        records: the first records, blank lines left out.
        file: name of the file, for refusals.
        sheet: name of the sheet, for refusals.
        wanted: names a mapping speaks of; the line that holds them all is the header.
        header_rows: lines of the header where declared; else one, or two where one makes no valid header.

    Raises:
        DataError: empty_file, no_header_row, duplicate_header, too_many_columns.
    """
    usable = [record for record in records[:SEARCHED] if any(cell.strip() for cell in record.cells)]
    if not usable:
        raise DataError("empty_file", file=file, sheet=sheet)
    header = _by_names(usable, {plain(name) for name in wanted}, header_rows=header_rows)
    if header is None:
        header = _by_shape(usable, file=file, sheet=sheet, header_rows=header_rows)
    _check(header, file=file, sheet=sheet)
    return header


def _by_names(records: Sequence[Record], wanted: set[str], *, header_rows: int | None) -> Header | None:
    if not wanted:
        return None
    for height in (header_rows,) if header_rows else (1, 2):
        for at in range(len(records) - height + 1):
            names = joined([record.cells for record in records[at : at + height]])
            if wanted <= {plain(name) for name in names}:
                return _header(records, names, at=at, height=height)
    return None


def _by_shape(records: Sequence[Record], *, file: str, sheet: str | None, header_rows: int | None) -> Header:
    at = _titles(records)
    first = records[at]
    if header_rows is None and _looks_like_data(records, at):
        raise DataError("no_header_row", file=file, sheet=sheet, row=first.row, found=shown(", ".join(first.cells)))
    height = header_rows or (2 if _needs_second_row(records, at) else 1)
    names = joined([record.cells for record in records[at : at + height]])
    return _header(records, names, at=at, height=height)


def _header(records: Sequence[Record], names: tuple[str, ...], *, at: int, height: int) -> Header:
    notes = (("title_rows",) if at else ()) + (("header_rows_joined",) if height > 1 else ())
    return Header(names, records[at].row, records[min(at + height, len(records)) - 1].end, notes)


def _titles(records: Sequence[Record]) -> int:
    """How many lines above the header are titles: one cell filled, or a few with a colon, in a wider table."""
    width = Counter(_filled(record) for record in records).most_common(1)[0][0]
    width = max(width, max(_filled(record) for record in records) // 2)
    for at, record in enumerate(records):
        cells = [cell for cell in record.cells if cell.strip()]
        note = len(cells) <= width / 2 and any(":" in cell or "：" in cell for cell in cells)
        if record.reason is None and not (len(cells) == 1 < width or note or cells[0].startswith("#")):
            return at
    return 0


def _filled(record: Record) -> int:
    return sum(1 for cell in record.cells if cell.strip())


def _looks_like_data(records: Sequence[Record], at: int) -> bool:
    """Whether the line would be read as data: a date above a date, or a number above a number that is no period."""
    first, following = records[at].cells, [record.cells for record in records[at + 1 :]]
    for index, cell in enumerate(first):
        below = [cells[index].strip() for cells in following if index < len(cells) and cells[index].strip()][:3]
        text = cell.strip()
        if not below:
            continue
        if DATE_LIKE.fullmatch(text) and all(DATE_LIKE.fullmatch(value) for value in below):
            return True
        is_number = NUMBER_LIKE.fullmatch(text) and not YEAR_LIKE.fullmatch(text)
        if is_number and all(NUMBER_LIKE.fullmatch(value) for value in below):
            return True
    return bool(first) and len(records) == at + 1 and all(NUMBER_LIKE.fullmatch(cell.strip()) for cell in first)


def _needs_second_row(records: Sequence[Record], at: int) -> bool:
    """Whether the line alone has blank or repeated names over a line of words that completes them."""
    if at + 2 >= len(records):
        return False
    upper, lower = records[at].cells, records[at + 1].cells
    filled = [plain(cell) for cell in upper if cell.strip()]
    completed = any(low.strip() and not up.strip() for up, low in zip_longest(upper, lower, fillvalue=""))
    if not completed and len(set(filled)) == len(filled):
        return False
    words = [cell.strip() for cell in lower if cell.strip()]
    return bool(words) and not any(NUMBER_LIKE.fullmatch(word) or DATE_LIKE.fullmatch(word) for word in words)


def joined(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The names of a header of one or more rows.

    >>> joined([("日期", "采购", "", "库存"), ("", "审批周期", "单数", "差异率")])
    ('日期', '采购/审批周期', '采购/单数', '库存/差异率')
    """
    width = max(len(row) for row in rows)
    names = [""] * width
    padded = [[cell.strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    for depth, row in enumerate(padded):
        below = padded[depth + 1 :]
        group = ""
        for index, cell in enumerate(row):
            opens = any(line[index] for line in below)
            group = cell if cell else group
            part = cell or (group if opens else "")
            if cell and not opens:
                group = ""
            if part and part != names[index]:
                names[index] = f"{names[index]}{JOINT}{part}" if names[index] else part
    return tuple(names)


def _check(header: Header, *, file: str, sheet: str | None) -> None:
    if len(header.names) > MAX_COLUMNS:
        raise DataError("too_many_columns", file=file, sheet=sheet, found=len(header.names), needed=MAX_COLUMNS)
    seen: dict[str, int] = {}
    for position, name in enumerate(header.names, start=1):
        key = plain(name)
        if key and key in seen:
            raise DataError(
                "duplicate_header", file=file, sheet=sheet, row=header.row, column=position, found=shown(name)
            )
        seen[key] = position
