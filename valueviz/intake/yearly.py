"""Dates whose year stands elsewhere: in a column of its own (年度 2025 beside 月份 3月), or in the name of each sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from valueviz.catalog import Mapping
from valueviz.intake.amount import plain_text
from valueviz.intake.dating import year_of
from valueviz.intake.moment import read_moment
from valueviz.intake.reading import find_column
from valueviz.intake.records import Record
from valueviz.intake.source import Source

_YEAR = re.compile(r"((?:19|20)\d{2})(?:\.0)?\s*年?(?:度)?")
_NUMBER = re.compile(r"(0?[1-9]|1[0-2])(?:\.0)?")


def is_year(text: str) -> bool:
    """Whether a cell is a year and nothing else.

    >>> is_year("2025"), is_year("2025年度"), is_year("2025-03")
    (True, True, False)
    """
    return _YEAR.fullmatch(plain_text(text)) is not None


def lacks_year(text: str) -> bool:
    """Whether a cell is a date but for its year: a month by name or number, a quarter, a day of a month.

    >>> lacks_year("3月"), lacks_year("3"), lacks_year("2025-03")
    (True, True, False)
    """
    return dated(text, "2000") != text


def dated(text: str, year: str) -> str:
    """A date with the year of its row; as it stands where it has one already, or is none.

    >>> dated("3月", "2025年度"), dated("12", "2024"), dated("2023-05", "2024"), dated("合计", "2024")
    ('2025-03', '2024-12', '2023-05', '合计')
    """
    found = _YEAR.fullmatch(plain_text(year))
    if found is None:
        return text
    number = _NUMBER.fullmatch(plain_text(text))
    if number:
        return f"{found[1]}-{int(number[1]):02d}"
    moment = read_moment(text, year=int(found[1]))
    if moment.at is None or read_moment(text).at is not None:
        return text
    match moment.span:
        case "month":
            return f"{moment.at:%Y-%m}"
        case "quarter":
            return f"{moment.at.year}-Q{(moment.at.month + 2) // 3}"
        case _:
            return moment.at.date().isoformat()


def with_stated_years(source: Source, mapping: Mapping) -> Source:
    """A table with the year of each row put before its date, where a mapping names the column of years, or sheets do."""
    if mapping.year is None or mapping.date is None:
        return with_years_of_sheets(source, mapping.date)
    names = source.header.names
    date, year = find_column(names, mapping.date), find_column(names, mapping.year)
    if date is None or year is None:
        return source  # the plan refuses it, with the nearest name
    return with_years(source, date=date, year=year)


def with_years(source: Source, *, date: int, year: int) -> Source:
    """A table with the year of each row put before its date.

    Args:
        source: the table, opened.
        date: position of the dates.
        year: position of the years.
    """
    block = source.block
    if block is not None:
        pairs = zip(block.columns[date], block.columns[year], strict=True)
        columns = list(block.columns)
        columns[date] = [dated(text, of) for text, of in pairs]
        block = replace(block, columns=tuple(columns))
    return replace(source, records=_dated_records(source, date=date, year=year), block=block, rewritten=True)


def with_years_of_sheets(source: Source, date: str | None) -> Source:
    """A table of several sheets with the year each sheet's name states put before the dates that lack one.

    Args:
        source: the table, opened.
        date: its column of dates.
    """
    place = find_column(source.header.names, date) if date else None
    if source.block is None or place is None or len(source.sheets) < 2:
        return source
    years = sheet_years(source, source.block.numbers)
    columns = list(source.block.columns)
    columns[place] = [in_year(text, year) for text, year in zip(columns[place], years, strict=True)]
    records = (_record_in_year(source, record, place) for record in source.records)
    return replace(source, records=records, block=replace(source.block, columns=tuple(columns)), rewritten=True)


def sheet_years(source: Source, numbers: Iterable[int]) -> list[int | None]:
    """Of each line the one year the name of its sheet states, where several sheets are one table."""
    named = {name: year_of([name]) for name in source.sheets}
    return [named.get(source.place(number)[0] or "") for number in numbers]


def in_year(text: str, year: int | None) -> str:
    """A month, a quarter or a day without its year in the year of its sheet; anything else as it stands."""
    return dated(text, str(year)) if year and read_moment(text).reason == "year_missing" else text


def _record_in_year(source: Source, record: Record, place: int) -> Record:
    if place >= len(record.cells):
        return record
    cells = list(record.cells)
    cells[place] = in_year(cells[place], sheet_years(source, [record.row])[0])
    return replace(record, cells=tuple(cells))


def _dated_records(source: Source, *, date: int, year: int) -> Iterator[Record]:
    for record in source.records:
        if max(date, year) >= len(record.cells):
            yield record
            continue
        cells = list(record.cells)
        cells[date] = dated(cells[date], cells[year])
        yield replace(record, cells=tuple(cells))
