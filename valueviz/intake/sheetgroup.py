"""Which sheets of a workbook hold one table: equal headers, and names that differ by a period only."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from valueviz.intake.book import open_book
from valueviz.intake.kind import kind_of
from valueviz.intake.memory import fingerprint_of
from valueviz.intake.question import Told
from valueviz.intake.reading import tables

MOST_GROUPS = 24
"""Groups of sheets that are looked into; a workbook with more of them has to be named a sheet for."""

_PERIOD = re.compile(
    r"(?:19|20)\d{2}\s*(?:[-./年]\s*)?(?:1[0-2]|0?[1-9])\s*月?(?!\d)|(?:19|20)\d{2}\s*年?(?:度)?|(?:1[0-2]|0?[1-9])\s*月(?:份)?"
    r"|[一二三四五六七八九十]{1,2}月(?:份)?|第?[一二三四1-4]\s*季度|q[1-4]|[上下]半年"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b",
    re.IGNORECASE,
)


def sheet_groups(path: Path, told: Told) -> tuple[tuple[str, ...], ...]:
    """The sheets of a workbook that hold a table, those together that are one; none for a text file.

    Args:
        path: the file.
        told: the sheets a person named are one group.

    Raises:
        DataError: the file as a whole cannot be taken.
    """
    if told.sheets:
        return (told.sheets,)
    groups: dict[tuple[str, str], list[str]] = {}
    for look in tables(path):
        if not look.hidden:
            groups.setdefault((fingerprint_of(look.header), without_period(look.name)), []).append(look.name)
    return tuple(tuple(names) for names in list(groups.values())[:MOST_GROUPS])


def visible_sheets(path: Path) -> tuple[str, ...]:
    """The names of the sheets a workbook shows, none for a text file."""
    kind = kind_of(path)
    if kind == "text":
        return ()
    return tuple(sheet.name for sheet in open_book(path, kind).sheets if not sheet.hidden)


def without_period(name: str) -> str:
    """What a sheet's name says besides a period: sheets with the same rest are parts of one table.

    >>> without_period("2024年"), without_period("产量2025-03"), without_period("P100"), without_period("Sheet1")
    ('', '产量', 'p100', 'sheet1')
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(_PERIOD.sub("", plain).split()).strip("-_./ ")
