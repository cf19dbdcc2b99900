"""What the cells of a column look like: the facts from which its part is told; it knows no metric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from valueviz.catalog.pack import plain_header
from valueviz.intake.amount import OPEN_CLOCK, Decimal, read_amount
from valueviz.intake.dating import DateColumn, read_dates, year_of
from valueviz.intake.header import JOINT
from valueviz.intake.heading import NAMES, names_documents, names_single_things
from valueviz.intake.moment import order_of, read_moment
from valueviz.intake.reading import TextTable
from valueviz.intake.total import is_total
from valueviz.intake.unit import conversion, is_unit

FITS = 0.9
"""Share of filled cells that must read as a part demands; the rest is rejected row by row later."""

FITS_NAMED = 0.5
"""The same share where the header says so itself: then the other cells are what is wrong."""

TELLS_APART = 0.95
"""Share of distinct cells from which on a column numbers the rows instead of grouping them."""

_VALUES = frozenset(plain_header(name) for name in NAMES["value"])

UNDECIDED = ("ambiguous_date", "year_missing", "month_unclear", "day_unclear")
"""Why a cell that is a date cannot be told which one."""

MARKS: tuple[Decimal, Decimal] = (".", ",")
"""Decimal marks: which one a column uses is found out later."""

MANY_ROWS = 20
"""Rows from which on such a share says anything."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A column and its cells: shares of the filled ones that read as moment and as number.

    `word` is what the column calls itself: of a name joined from two header rows the lower part, or, where that is
    only a unit, the upper part with the unit in brackets. `group` is the upper part of a joined name.
    """

    name: str
    word: str
    group: str
    texts: tuple[str, ...]
    filled: int
    moments: float
    numbers: float

    @property
    def plain(self) -> str:
        """The word as headers are compared."""
        return plain_header(self.word)

    @property
    def are_words(self) -> bool:
        """Whether most cells are names: neither dates nor numbers."""
        return bool(self.texts) and max(self.numbers, self.moments) < FITS_NAMED

    @property
    def is_code(self) -> bool:
        """Whether the header says that the cells name single things: their numbers measure nothing."""
        return names_single_things(self.word)

    @property
    def numbers_rows(self) -> bool:
        """Whether the column tells single rows apart instead of grouping them: no cell repeats."""
        unique = len(self.texts) >= TELLS_APART * self.filled
        return unique and (self.filled >= MANY_ROWS or names_documents(self.word))

    @property
    def are_units(self) -> bool:
        """Whether the cells are units of other cells."""
        return bool(self.texts) and all(is_unit(text) for text in self.texts)


def seen_columns(table: TextTable, *, titles: Sequence[str] = ()) -> tuple[Seen, ...]:
    """The columns of a table, as its first rows show them.

    Args:
        table: its first rows.
        titles: what stands above it: it may name the year of its dates.
    """
    joined = "header_rows_joined" in table.notes
    cells = ([row[at] for row in table.rows] for at in range(len(table.header)))
    return tuple(
        _seen(date_column(table, name, titles=titles), joined=joined, cells=each)
        for name, each in zip(table.header, cells, strict=True)
    )


def date_column(table: TextTable, name: str, *, titles: Sequence[str], declared: str | None = None) -> DateColumn:
    """How a column is to be read if it holds dates."""
    return DateColumn(
        header=name,
        declared=declared,
        in_workbook=table.sheet is not None,
        calendar_1904="calendar_1904" in table.notes,
        year=year_of([name, table.sheet, *titles]),
    )


def own_word(name: str, *, joined: bool) -> tuple[str, str]:
    """What a column calls itself, and the group it stands in.

    >>> own_word("采购/审批周期(小时)", joined=True), own_word("OEE/%", joined=True), own_word("a/b", joined=False)
    (('审批周期(小时)', '采购'), ('OEE(%)', 'OEE'), ('a/b', ''))
    """
    group, _, lower = name.rpartition(JOINT) if joined else ("", "", name)
    bare = lower.strip(" ()（）")
    if group and is_unit(bare):
        return f"{group.rpartition(JOINT)[2]}({bare})", group
    return lower, group


def _seen(dates: DateColumn, *, joined: bool, cells: Sequence[str]) -> Seen:
    word, group = own_word(dates.header, joined=joined)
    counted = Counter(cell.strip() for cell in cells)
    counted = Counter({text: count for text, count in counted.items() if text and not is_total(text)})
    texts, filled = tuple(counted), counted.total()
    if not filled:
        return Seen(dates.header, word, group, (), 0, 0.0, 0.0)
    number = {text: is_number(text) for text in texts}
    if not any(is_number(text, empty=False) for text in texts):
        number = dict.fromkeys(texts, False)
    moment = _moments(texts, dates, numeric=all(number.values()))
    return Seen(
        dates.header,
        word,
        group,
        texts,
        filled,
        moments=sum(count for text, count in counted.items() if moment[text]) / filled,
        numbers=sum(count for text, count in counted.items() if number[text]) / filled,
    )


def _moments(texts: Sequence[str], dates: DateColumn, *, numeric: bool) -> dict[str, bool]:
    """Which texts read as dates, in whatever order day and month stand; numbers may count days where they are so headed."""
    if numeric and not dates.is_named:
        return {text: read_moment(text).at is not None for text in texts}
    read = read_dates(texts, dates, cast=(), file="")
    return {
        text: read.meanings[text].at is not None
        or read.meanings[text].reason in UNDECIDED
        or order_of([text]) is not None
        for text in texts
    }


def is_number(text: str, *, empty: bool = True) -> bool:
    """Whether a cell reads as a number, whatever its decimal mark; with `empty` also as one not measured."""
    amounts = (read_amount(text, decimal=decimal) for decimal in MARKS)
    return any(amount.value is not None or (empty and amount.reason is None) for amount in amounts)


def contradicts(column: Seen, kept: str) -> bool:
    """Whether the cells of a column state units of another kind than a metric's: 1.5万 is no percentage.

    Of a share one such cell is enough, of other units more than a few must be: fewer are slips.
    """
    stated = [unit for text in column.texts if (unit := read_amount(text).unit) not in (None, OPEN_CLOCK)]
    strange = sum(1 for unit in stated if unit is not None and conversion(unit, kept) is None)
    least = 0 if conversion("%", kept) is not None else (1 - FITS) * len(column.texts)
    return 2 * strange > len(stated) and strange > least


def header_readings(column: Seen) -> Iterator[str]:
    """The words of a header that may name its metric, the most particular first."""
    yield column.word
    yield column.name
    if column.group and column.plain in _VALUES:
        yield column.group.rpartition(JOINT)[2]
    for separator in ("/", "-", "_", ":", "：", "|", "·", "—", "–", ">"):
        head, found, last = column.word.rpartition(separator)
        if found and head and last:
            yield last.strip()
