"""One table with one series or many, as text, read into frozen series with their go-live.

The grammar is that of `valueviz effect`: nothing is guessed, nothing is left out. A cell that cannot be
read is an error that names its row and column; only an empty value (or NA) is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from valueviz.catalog.nearest import suggestion
from valueviz.errors import DataError, UsageError
from valueviz.intake.amount import MISSING, decimal_of, read_number
from valueviz.intake.reading import TextTable
from valueviz.terms import GRAINS, Grain, Series, period_of

DateKind = Literal["day", "month", "year", "index"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Four digits within are a year; any other whole number is the number of a period."""

JOINT = "/"
"""Between the parts of the name of a series that several columns make up."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?: 00:00:00)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WHOLE = re.compile(r"[+-]?\d{1,12}")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

COARSEST_FIRST: dict[DateKind, tuple[Grain, ...]] = {
    "day": ("year", "quarter", "month", "week", "day"),
    "month": ("year", "quarter", "month"),
    "year": ("year",),
    "index": ("index",),
}
"""The grains that dates of a kind can have, the coarsest first."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what.

    `series` () takes the column "series" where there is one; an optional column given as None is taken
    where a column of its usual name exists. `wide`: every column but the date is a series. `index`: rows
    are numbered from 1, dates are not read.
    """

    series: tuple[str, ...] = ()
    date: str = "date"
    value: str = "value"
    volume: str | None = None
    instrument: str | None = None
    definition_version: str | None = None
    wide: bool = False
    index: bool = False
    grain: Grain | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as written: a day (the first of its month or year), or a whole number."""

    kind: DateKind
    day: date | None
    number: int | None
    text: str

    def ordinal(self, grain: Grain) -> int | None:
        """The period of a grain that holds it; None where a number meets a calendar or a day an index."""
        if grain == "index":
            return self.number
        return None if self.day is None else period_of(self.day, grain)


@dataclass(frozen=True, slots=True)
class DatedSeries:
    """A series with the go-live of its own; `own_go_live` tells an empty one (never) from none stated."""

    series: Series
    go_live: int | None
    own_go_live: bool


def moment(text: str) -> Moment | None:
    """The moment a date states, None where the text is none.

    >>> moment("2025-02-30"), moment("2025-02").day, moment("71").number
    (None, datetime.date(2025, 2, 1), 71)
    """
    plain = text.strip()
    try:
        if found := _DAY.fullmatch(plain):
            return Moment("day", date(int(found[1]), int(found[2]), int(found[3])), None, plain)
        if found := _MONTH.fullmatch(plain):
            return Moment("month", date(int(found[1]), int(found[2]), 1), None, plain)
    except ValueError:
        return None
    if not _WHOLE.fullmatch(plain):
        return None
    number = int(plain)
    if len(plain) == 4 and FIRST_YEAR <= number <= LAST_YEAR:
        return Moment("year", date(number, 1, 1), number, plain)
    return Moment("index", None, number, plain)


def read_series(table: TextTable, *, file: str, columns: Columns) -> tuple[DatedSeries, ...]:
    """The series of a table in order of first appearance.

    Args:
        table: header and rows as text.
        file: its name, for errors and for a table without a series column.
        columns: which columns hold what.

    Raises:
        DataError: series_column_missing, series_bad_date, series_bad_number, series_mixed_percent,
            series_negative_volume, series_mixed_dates, series_twice, series_shared_period, series_go_live_differs,
            series_go_live_empty, series_no_rows.
        UsageError: series_grain where the dates cannot have the grain asked for.
    """
    reader = _Reader(table, Path(file).name, columns)
    if not table.rows:
        raise DataError("series_no_rows", file=reader.file, sheet=table.sheet)
    return reader.wide() if columns.wide else reader.long()


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    moment: Moment
    value: float | None
    volume: float | None
    instrument: str | None
    definition_version: str | None
    go_live: str | None


@dataclass(frozen=True, slots=True)
class _Reader:
    table: TextTable
    file: str
    columns: Columns

    # Columns ──────────────────────────────────────────────────────────────────

    def place(self, name: str) -> int:
        """The position of a column that must be there."""
        if name not in self.table.header:
            raise DataError(
                "series_column_missing",
                file=self.file,
                sheet=self.table.sheet,
                needed=name,
                nearest=suggestion(name, self.table.header),
            )
        return self.table.header.index(name)

    def optional(self, name: str | None, usual: str) -> int | None:
        """The position of a column that may be there: the one named, else the one of the usual name."""
        if name is not None:
            return self.place(name)
        return self.table.header.index(usual) if usual in self.table.header else None

    def refuse(self, code: str, row: int, column: int, *, needed: str | None = None) -> DataError:
        """An error about one cell."""
        cells = self.table.rows[self.table.numbers.index(row)]
        return DataError(
            code,
            file=self.file,
            sheet=self.table.sheet,
            row=row,
            column=self.table.header[column],
            found=cells[column][:60],
            needed=needed,
        )

    # Cells ────────────────────────────────────────────────────────────────────

    def moments(self) -> tuple[Moment, ...]:
        """The date of every row, all of one kind."""
        column = self.place(self.columns.date)
        found = []
        for number, cells in zip(self.table.numbers, self.table.rows, strict=True):
            at = moment(cells[column])
            if at is None:
                raise self.refuse("series_bad_date", number, column, needed="YYYY-MM-DD, YYYY-MM, YYYY, 1, 2, 3 …")
            found.append(at)
        kinds = {at.kind for at in found}
        if kinds == {"year", "index"}:
            return tuple(Moment("index", None, at.number, at.text) for at in found)
        if len(kinds) > 1:
            odd = next(position for position, at in enumerate(found) if at.kind != found[0].kind)
            raise self.refuse("series_mixed_dates", self.table.numbers[odd], column, needed=found[0].text)
        return tuple(found)

    def numbers(self, column: int) -> Callable[[int, tuple[str, ...]], float | None]:
        """A reader of one column of numbers; where all of them carry a percent sign they are divided by 100."""
        odd = {cells[column] for cells in self.table.rows if not _PLAIN_NUMBER.fullmatch(cells[column])}
        decimal = decimal_of(odd - MISSING, certain=self.table.delimiter != ";") or "."
        amounts = {text: read_number(text, decimal=decimal) for text in odd}
        plain = any(cells[column] not in odd for cells in self.table.rows) or any(
            amount.value is not None and not amount.percent for amount in amounts.values()
        )

        def read(row: int, cells: tuple[str, ...]) -> float | None:
            amount = amounts.get(cells[column]) or read_number(cells[column], decimal=decimal)
            if amount.percent and plain:
                raise self.refuse("series_mixed_percent", row, column)
            if amount.reason is not None:
                raise self.refuse("series_bad_number", row, column)
            return amount.value if amount.value is None or not amount.percent else amount.value / 100

        return read

    # Layouts ──────────────────────────────────────────────────────────────────

    def long(self) -> tuple[DatedSeries, ...]:
        """One row a series and date."""
        keyed = [self.place(name) for name in self.columns.series]
        if not keyed and "series" in self.table.header:
            keyed = [self.place("series")]
        value, volume = self.place(self.columns.value), self.optional(self.columns.volume, "volume")
        labels = (
            self.optional(self.columns.instrument, "instrument"),
            self.optional(self.columns.definition_version, "definition_version"),
            self.optional(None, "go_live"),
        )
        read_value = self.numbers(value)
        read_volume = None if volume is None else self.numbers(volume)
        moments = None if self.columns.index else self.moments()
        groups: dict[str, list[_Row]] = {}
        for position, (number, cells) in enumerate(zip(self.table.numbers, self.table.rows, strict=True)):
            key = JOINT.join(cells[place].strip() for place in keyed) if keyed else Path(self.file).stem
            rows = groups.setdefault(key, [])
            amount = None if read_volume is None else read_volume(number, cells)
            if amount is not None and amount < 0 and volume is not None:
                raise self.refuse("series_negative_volume", number, volume)
            at = _counted(len(rows) + 1) if moments is None else moments[position]
            texts = (None if place is None else cells[place].strip() for place in labels)
            rows.append(_Row(number, at, read_value(number, cells), amount, *texts))
        return tuple(self.gather(key, rows, weighted=volume is not None) for key, rows in groups.items())

    def wide(self) -> tuple[DatedSeries, ...]:
        """One column a series."""
        moments = tuple(_counted(i + 1) for i in range(len(self.table.rows))) if self.columns.index else self.moments()
        places = [place for place, name in enumerate(self.table.header) if name != self.columns.date]
        if not places:
            raise DataError("series_no_rows", file=self.file, sheet=self.table.sheet)
        found = []
        for place in places:
            read = self.numbers(place)
            rows = [
                _Row(number, at, read(number, cells), None, None, None, None)
                for number, cells, at in zip(self.table.numbers, self.table.rows, moments, strict=True)
            ]
            found.append(self.gather(self.table.header[place], rows, weighted=False))
        return tuple(found)

    # Series ───────────────────────────────────────────────────────────────────

    def gather(self, key: str, rows: list[_Row], *, weighted: bool) -> DatedSeries:
        """One series from its rows, put in order."""
        grain = self.grain(rows)
        placed: dict[int, _Row] = {}
        for row in rows:
            ordinal = cast("int", row.moment.ordinal(grain))
            if ordinal in placed:
                same = placed[ordinal].moment.text == row.moment.text
                raise DataError(
                    "series_twice" if same else "series_shared_period",
                    file=self.file,
                    sheet=self.table.sheet,
                    row=row.number,
                    series=key,
                    found=row.moment.text,
                    other=placed[ordinal].number,
                    grain=grain,
                )
            placed[ordinal] = row
        ordered = sorted(placed.items())
        go_live, own = self.go_live(key, rows, grain=grain)
        return DatedSeries(
            Series(
                key=key,
                grain=grain,
                ordinals=tuple(ordinal for ordinal, _ in ordered),
                values=tuple(row.value for _, row in ordered),
                volumes=tuple(row.volume for _, row in ordered) if weighted else None,
                instruments=_labels(row.instrument for _, row in ordered),
                definition_versions=_labels(row.definition_version for _, row in ordered),
            ),
            go_live,
            own,
        )

    def grain(self, rows: list[_Row]) -> Grain:
        """The coarsest grain in which no two dates share a period, or the one asked for."""
        kind = rows[0].moment.kind
        asked = self.columns.grain
        if asked is not None:
            possible = {*COARSEST_FIRST[kind], *(("index",) if kind == "year" else ())}
            if asked not in possible:
                needed = ", ".join(grain for grain in GRAINS if grain in possible)
                raise UsageError("series_grain", found=asked, needed=needed)
            return asked
        dates = {row.moment.text: row.moment for row in rows}.values()
        for grain in COARSEST_FIRST[kind]:
            if len({at.ordinal(grain) for at in dates}) == len(dates):
                return grain
        return COARSEST_FIRST[kind][-1]

    def go_live(self, key: str, rows: list[_Row], *, grain: Grain) -> tuple[int | None, bool]:
        """The go-live a series states itself, and whether it states one (an empty one means never)."""
        stated: dict[str, _Row] = {}
        for row in rows:
            if row.go_live is not None:
                stated.setdefault("" if row.go_live in MISSING else row.go_live, row)
        if not stated:
            return None, False
        if len(stated) > 1:
            raise self.differing(key, list(stated.items()))
        text, row = next(iter(stated.items()))
        if not text:
            return None, True
        at = moment(text)
        ordinal = None if at is None else at.ordinal(grain)
        if ordinal is None:
            raise self.refuse("series_bad_date", row.number, self.place("go_live"), needed=_needed(grain))
        return ordinal, True

    def differing(self, key: str, stated: list[tuple[str, _Row]]) -> DataError:
        """The refusal of two go-lives of one series; an empty cell among them is called empty."""
        (first, above), (second, row) = stated[:2]
        return DataError(
            "series_go_live_differs" if first and second else "series_go_live_empty",
            file=self.file,
            sheet=self.table.sheet,
            row=row.number,
            column="go_live",
            series=key,
            found=second or first,
            needed=first or second,
            other=above.number,
        )


def _counted(number: int) -> Moment:
    return Moment("index", None, number, str(number))


def _labels(labels: Iterable[str | None]) -> tuple[str | None, ...] | None:
    found = tuple(labels)
    return None if all(label is None for label in found) else found


def _needed(grain: Grain) -> str:
    return "1, 2, 3 …" if grain == "index" else "YYYY-MM-DD, YYYY-MM, YYYY"


def option_ordinal(text: str, *, grain: Grain, option: str) -> int:
    """The period that holds the date given with an option.

    Raises:
        UsageError: series_option_date where it is no date, or none of the kind the data hold.
    """
    at = moment(text)
    ordinal = None if at is None else at.ordinal(grain)
    if ordinal is None:
        raise UsageError("series_option_date", option=option, found=text, needed=_needed(grain))
    return ordinal
