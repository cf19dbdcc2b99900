"""Whether the cells of a new file bear out how an earlier one was written: what they contradict is found out anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from valueviz.catalog import Mapping
from valueviz.errors import DataError
from valueviz.intake.amount import Decimal, evidence_of, read_amount
from valueviz.intake.column import date_column
from valueviz.intake.dating import read_dates
from valueviz.intake.reading import TextTable

_OTHER = {".": ("comma", "european"), ",": ("point", "thousands")}
"""What proves that a decimal mark is the other one."""


def agreeing(mapping: Mapping, table: TextTable, *, titles: Sequence[str]) -> Mapping:
    """A remembered mapping without the decimal mark and the form of dates that the cells of a table contradict.

    Args:
        mapping: by which an earlier file was read.
        table: the first rows of the new one.
        titles: what stands above it.
    """
    form = mapping.format
    if form.decimal is not None and _other_mark(mapping, table):
        form = replace(form, decimal=None)
    if form.date is not None and _other_dates(mapping, table, titles):
        form = replace(form, date=None)
    return mapping if form is mapping.format else replace(mapping, format=form)


def _texts(table: TextTable, name: str) -> list[str]:
    at = table.header.index(name)
    return list(dict.fromkeys(text for row in table.rows if (text := row[at].strip())))


def _other_mark(mapping: Mapping, table: TextTable) -> bool:
    """Whether a cell proves the other decimal mark: it reads with that one only."""
    mark = mapping.format.decimal or "."
    other: Decimal = "," if mark == "." else "."
    wide = [column for column, _ in mapping.wide_metrics]
    names = [mapping.value, mapping.volume, *wide, *mapping.periods]
    texts = [
        text for name in names if name in table.header for text in _texts(table, name) if "." in text or "," in text
    ]
    return any(
        evidence_of(text) in _OTHER[mark]
        or (read_amount(text, decimal=mark).value is None and read_amount(text, decimal=other).value is not None)
        for text in texts
    )


def _other_dates(mapping: Mapping, table: TextTable, titles: Sequence[str]) -> bool:
    """Whether a date cannot be read in the form remembered, but can without it."""
    if mapping.date not in table.header or mapping.year is not None:
        return False
    texts = _texts(table, mapping.date)
    declared = date_column(table, mapping.date, titles=titles, declared=mapping.format.date)
    try:
        unread = [
            text for text, moment in read_dates(texts, declared, cast=(), file="").meanings.items() if not moment.at
        ]
    except DataError:
        return True
    if not unread:
        return False
    free = read_dates(texts, replace(declared, declared=None), cast=(), file="")
    return any(free.meanings[text].at is not None for text in unread)
