"""Which lines are the header: title rows above it, headers of several rows joined, names checked; it reads no values.

A joined name is "upper/lower", where an empty upper cell continues the group to its left, as merged cells do.
A row of units below the names is put behind them in brackets: 审批周期(天).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from valueviz.errors import DataError
from valueviz.intake.grid import column_letters
from valueviz.intake.records import Record, shown
from valueviz.intake.standard import is_standard
from valueviz.intake.unit import is_unit, with_stated_unit

SEARCHED = 20
"""Lines among which the header may stand; titles and notes above it are seldom longer."""

MAX_COLUMNS = 2000
"""More columns than any export of metrics has; a wider file is a mistake or an attack."""

JOINT = "/"
"""Between the names of a header of several rows."""

TALLEST = 4
"""Rows of names a header is looked for in; taller ones have to be declared."""

UNIT_LABELS = frozenset({"单位", "计量单位", "unit", "units", "uom"})
"""How a row of units may call itself in its first cells."""

NO_UNIT = frozenset({"", "-", "--", "—", "–", "/", "无"})
"""What stands in a row of units under a name without one."""

DATE_LIKE = re.compile(
    r"(19|20)\d{2}\s*[-/.年]?\s*\d{1,2}(\s*[-/.月]\s*(\d{1,2}\s*日?)?)?([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([ T].*)?"
)
NUMBER_LIKE = re.compile(r"[+\-−(]?[¥￥$€]?\d[\d,，.]*([eE][+-]?\d+)?%?\)?")
LABELLED = re.compile(r"[^\d:：]{1,30}[:：]")
"""A label with its value, as titles hold them."""

YEAR_LIKE = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])?")


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, the line they start on, the last line they stand on, and notes.

    `rows` are the cells of its lines as they are written, that of the units included.
    """

    names: tuple[str, ...]
    row: int
    last: int
    notes: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


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
    left: int = 1,
    tall: Mapping[int, int] | None = None,
) -> Header:
    """The header among the first records of a table.

    Args:
        records: the first records, blank lines left out.
        file: name of the file, for refusals.
        sheet: name of the sheet, for refusals.
        wanted: names a mapping speaks of; the line that holds them all is the header.
        header_rows: lines of the header where declared, with or without that of the units; else as many as make one.
        left: number of the first column, for refusals.
        tall: how many lines the tallest merged cell reaches down, by the line it starts on.

    Raises:
        DataError: empty_file, no_header_row, duplicate_header, too_many_columns.
    """
    usable = [record for record in records[:SEARCHED] if any(cell.strip() for cell in record.cells)]
    if not usable:
        raise DataError("empty_file", file=file, sheet=sheet)
    header = _by_names(usable, {plain(name) for name in wanted}, header_rows=header_rows)
    if header is None:
        header = _by_shape(usable, file=file, sheet=sheet, header_rows=header_rows, tall=tall or {})
    _check(header, file=file, sheet=sheet, left=left)
    return header


def _by_names(records: Sequence[Record], wanted: set[str], *, header_rows: int | None) -> Header | None:
    if not wanted:
        return None
    for height in (header_rows,) if header_rows else range(1, TALLEST + 1):
        for at in range(len(records) - height + 1):
            header = _header(records, at=at, height=height, declared=header_rows is not None)
            bare = {plain(bare_name(name)) for name in header.names}
            if wanted <= bare | {plain(name) for name in header.names}:
                return header
    return None


def _by_shape(
    records: Sequence[Record], *, file: str, sheet: str | None, header_rows: int | None, tall: Mapping[int, int]
) -> Header:
    at = _titles(records)
    first = records[at]
    if header_rows is None and _looks_like_data(records, at):
        raise DataError("no_header_row", file=file, sheet=sheet, row=first.row, found=shown(", ".join(first.cells)))
    height = header_rows or min(tall.get(first.row, 1), TALLEST, len(records) - at)
    while header_rows is None and height < TALLEST and _needs_another_row(records, at, height):
        height += 1
    return _header(records, at=at, height=height, declared=header_rows is not None)


def _header(records: Sequence[Record], *, at: int, height: int, declared: bool) -> Header:
    """The header of so many rows; a row of units belongs to it, whether it was counted or not."""
    counted = declared and height > 1 and _units(records, at + height - 1) is not None
    height -= counted
    rows = tuple(record.cells for record in records[at : at + height])
    names = joined(rows)
    units = _units(records, at + height)
    last = min(at + height - (units is None), len(records) - 1)
    if units is not None:
        rows += (records[last].cells,)
        names = tuple(_with_unit(name, unit) for name, unit in zip_longest(names, units[: len(names)], fillvalue=""))
    notes = {"title_rows": at > 0, "header_rows_joined": height > 1, "unit_row": units is not None}
    return Header(
        names, records[at].row, records[last].end, tuple(code for code, is_so in notes.items() if is_so), rows
    )


def _units(records: Sequence[Record], at: int) -> tuple[str, ...] | None:
    """The units of a line that holds nothing else, above a line with numbers; None where it is another line."""
    if not 0 < at < len(records) - 1:
        return None
    cells = [cell.strip().strip("()（）[]【】 ") for cell in records[at].cells]
    units = [cell if is_unit(cell) else "" for cell in cells]
    others = {plain(cell) for cell, unit in zip(cells, units, strict=True) if not unit}
    if not any(units) or not others <= NO_UNIT | UNIT_LABELS:
        return None
    below = zip_longest(units, records[at + 1].cells, fillvalue="")
    return tuple(units) if any(unit and NUMBER_LIKE.fullmatch(cell.strip()) for unit, cell in below) else None


def _with_unit(name: str, unit: str) -> str:
    return f"{name}({unit})" if name and unit and with_stated_unit(name)[1] is None else name


def bare_name(name: str) -> str:
    """A name without the unit it states.

    >>> bare_name("审批周期(天)"), bare_name("Lead time (supplier)")
    ('审批周期', 'Lead time (supplier)')
    """
    bare, unit = with_stated_unit(name)
    return bare if unit is not None else name


def _titles(records: Sequence[Record]) -> int:
    """How many lines above the header are titles: one cell filled, or a few with a colon, in a wider table."""
    width = Counter(_filled(record) for record in records).most_common(1)[0][0]
    width = max(width, max(_filled(record) for record in records) // 2)
    for at, record in enumerate(records):
        cells = [cell for cell in record.cells if cell.strip()]
        labelled = [LABELLED.match(cell.strip()) is not None and not is_standard(cell) for cell in cells]
        note = all(labelled) or (len(cells) <= width / 2 and any(labelled))
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


def _needs_another_row(records: Sequence[Record], at: int, height: int) -> bool:
    """Whether the names are blank or repeated over a line of words that completes them."""
    if at + height + 1 >= len(records):
        return False
    upper, lower = joined([record.cells for record in records[at : at + height]]), records[at + height].cells
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
    padded = [[_on_one_line(cell) for cell in row] + [""] * (width - len(row)) for row in rows]
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


def _on_one_line(cell: str) -> str:
    """A name without line breaks: in a sheet they only make a column narrower."""
    return " ".join(cell.split()) if "\n" in cell or "\r" in cell else cell.strip()


def _check(header: Header, *, file: str, sheet: str | None, left: int) -> None:
    if len(header.names) > MAX_COLUMNS:
        raise DataError("too_many_columns", file=file, sheet=sheet, found=len(header.names), needed=MAX_COLUMNS)
    seen: dict[str, int] = {}
    for position, name in enumerate(header.names, start=left):
        key = plain(name)
        if key and key in seen:
            column = position if sheet is None else column_letters(position)
            raise DataError(
                "duplicate_header", file=file, sheet=sheet, row=header.row, column=column, found=shown(name)
            )
        seen[key] = position
