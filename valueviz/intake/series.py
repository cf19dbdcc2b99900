"""One table with one series or many, as text, read into frozen series with their go-live.

The grammar is that of `valueviz effect`: nothing is guessed, nothing is left out. A cell that cannot be
read is an error that names its row and column; only an empty value (or NA) is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from valueviz.analysis.effect import Control
from valueviz.catalog.nearest import suggestion
from valueviz.errors import DataError, UsageError
from valueviz.intake.amount import MISSING, decimal_of, read_number
from valueviz.intake.plain_date import COARSEST_FIRST, FINEST_LAST, Moment, counted, date_form, moment
from valueviz.intake.reading import TextTable
from valueviz.terms import GRAINS, Grain, Series

JOINT = "/"
"""Between the parts of the name of a series that several columns make up."""

_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what.

    `series` () takes the column "series" where there is one; an optional column given as None is taken
    where a column of its usual name exists. `controls` and `exposure` stand in the same rows as the values.
    `wide`: every column but the date and those named here is a series. `index`: rows are numbered from 1, dates
    are not read. `together`: all series get one grain, the finest any of them needs.
    """

    series: tuple[str, ...] = ()
    date: str = "date"
    value: str = "value"
    volume: str | None = None
    instrument: str | None = None
    definition_version: str | None = None
    controls: tuple[str, ...] = ()
    exposure: str | None = None
    wide: bool = False
    index: bool = False
    grain: Grain | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class DatedSeries:
    """A series with the go-live of its own; `own_go_live` tells an empty one (never) from none stated.

    `controls` and `exposure` are aligned with the periods of the series.
    """

    series: Series
    go_live: int | None
    own_go_live: bool
    controls: tuple[Control, ...] = ()
    exposure: tuple[float | None, ...] | None = None


def read_series(table: TextTable, *, file: str, columns: Columns) -> tuple[DatedSeries, ...]:
    """The series of a table in order of first appearance.

    Args:
        table: header and rows as text.
        file: its name, for errors and for a table without a series column.
        columns: which columns hold what.

    Raises:
        DataError: series_column_missing, series_bad_date, series_bad_number, series_mixed_percent,
            series_negative_volume, series_negative_exposure, series_mixed_dates, series_twice, series_shared_period, series_go_live_differs,
            series_go_live_empty, series_column_twice, series_no_rows.
        UsageError: series_grain where the dates cannot have the grain asked for.
    """
    reader = _Reader(table, Path(file).name, columns)
    if not table.rows:
        raise DataError("series_no_rows", file=reader.file, sheet=table.sheet)
    reader.distinct()
    groups = reader.wide() if columns.wide else reader.long()
    grain = reader.common_grain(groups.values()) if columns.together else None
    return tuple(reader.gather(key, rows, grain=grain or reader.grain(rows)) for key, rows in groups.items())


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside a value in its row; None where there is no such column."""

    volume: float | None
    exposure: float | None
    controls: tuple[float | None, ...]
    instrument: str | None
    definition_version: str | None
    go_live: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    moment: Moment
    value: float | None
    beside: _Beside


Numbers = Callable[[int, tuple[str, ...]], float | None]
"""Reads the number of one column in a row, given the number of the row and its cells."""


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

    def distinct(self) -> None:
        """Refuse a control or an exposure that is another column as well: it would explain itself."""
        columns = self.columns
        roles = [("date", None if columns.index else columns.date), ("value", None if columns.wide else columns.value)]
        roles += [("series", name) for name in columns.series]
        roles += [("volume", columns.volume), ("exposure", columns.exposure)]
        taken = {name: role for role, name in roles[:-1] if name is not None}
        for role, name in [*roles[-1:], *(("control", name) for name in columns.controls)]:
            if name is not None and name in taken:
                raise UsageError("series_column_twice", found=name, option=role, other=taken[name])
            if name is not None:
                taken[name] = role

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

    def numbers(self, column: int) -> Numbers:
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

    def weights(self, column: int | None, *, code: str) -> Numbers:
        """A reader of one column of numbers that may not be negative; None where there is no such column."""
        if column is None:
            return lambda _row, _cells: None
        read = self.numbers(column)

        def weight(row: int, cells: tuple[str, ...]) -> float | None:
            amount = read(row, cells)
            if amount is not None and amount < 0:
                raise self.refuse(code, row, column)
            return amount

        return weight

    def beside(self) -> Callable[[int, tuple[str, ...]], _Beside]:
        """A reader of what stands beside the values; in wide tables only columns that are named."""
        columns = self.columns
        named = (columns.volume, columns.instrument, columns.definition_version, None)
        usual = ("volume", "instrument", "definition_version", "go_live")
        found = [
            self.optional(name, "" if columns.wide else usually) for name, usually in zip(named, usual, strict=True)
        ]
        volume = self.weights(found[0], code="series_negative_volume")
        exposed = None if columns.exposure is None else self.place(columns.exposure)
        exposure = self.weights(exposed, code="series_negative_exposure")
        controls = [self.numbers(self.place(name)) for name in columns.controls]

        def read(row: int, cells: tuple[str, ...]) -> _Beside:
            texts = (None if place is None else cells[place].strip() for place in found[1:])
            return _Beside(
                volume(row, cells), exposure(row, cells), tuple(control(row, cells) for control in controls), *texts
            )

        return read

    # Layouts ──────────────────────────────────────────────────────────────────

    def long(self) -> dict[str, list[_Row]]:
        """The rows of each series where a row is a series and a date."""
        keyed = [self.place(name) for name in self.columns.series]
        if not keyed and "series" in self.table.header:
            keyed = [self.place("series")]
        read_value, beside = self.numbers(self.place(self.columns.value)), self.beside()
        moments = None if self.columns.index else self.moments()
        groups: dict[str, list[_Row]] = {}
        for position, (number, cells) in enumerate(zip(self.table.numbers, self.table.rows, strict=True)):
            key = JOINT.join(cells[place].strip() for place in keyed) if keyed else Path(self.file).stem
            rows = groups.setdefault(key, [])
            at = counted(len(rows) + 1) if moments is None else moments[position]
            rows.append(_Row(number, at, read_value(number, cells), beside(number, cells)))
        return groups

    def wide(self) -> dict[str, list[_Row]]:
        """The rows of each series where every column but the date and those named is one."""
        columns = self.columns
        moments = tuple(counted(i + 1) for i in range(len(self.table.rows))) if columns.index else self.moments()
        beside = self.beside()
        taken = {columns.date, columns.volume, columns.instrument, columns.definition_version, columns.exposure}
        places = [place for place, name in enumerate(self.table.header) if name not in taken | {*columns.controls}]
        if not places:
            raise DataError("series_no_rows", file=self.file, sheet=self.table.sheet)
        rows = [
            (number, cells, at, beside(number, cells))
            for number, cells, at in zip(self.table.numbers, self.table.rows, moments, strict=True)
        ]
        return {
            self.table.header[place]: [
                _Row(number, at, read(number, cells), found) for number, cells, at, found in rows
            ]
            for place in places
            for read in (self.numbers(place),)
        }

    # Series ───────────────────────────────────────────────────────────────────

    def gather(self, key: str, rows: list[_Row], *, grain: Grain) -> DatedSeries:
        """One series from its rows, put in order."""
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
        beside = [row.beside for _, row in ordered]
        go_live, own = self.go_live(key, rows, grain=grain)
        return DatedSeries(
            Series(
                key=key,
                grain=grain,
                ordinals=tuple(ordinal for ordinal, _ in ordered),
                values=tuple(row.value for _, row in ordered),
                volumes=tuple(each.volume for each in beside) if self.weighted() else None,
                instruments=_labels(each.instrument for each in beside),
                definition_versions=_labels(each.definition_version for each in beside),
            ),
            go_live,
            own,
            controls=tuple(
                Control(name, tuple(each.controls[place] for each in beside))
                for place, name in enumerate(self.columns.controls)
            ),
            exposure=None if self.columns.exposure is None else tuple(each.exposure for each in beside),
        )

    def weighted(self) -> bool:
        """Whether the table holds volumes."""
        return self.columns.volume is not None or (not self.columns.wide and "volume" in self.table.header)

    def common_grain(self, groups: Iterable[list[_Row]]) -> Grain:
        """The finest of the grains that the series of a panel need."""
        return max((self.grain(rows) for rows in groups), key=FINEST_LAST.index)

    def grain(self, rows: list[_Row]) -> Grain:
        """The coarsest grain in which no two dates of a series share a period, or the one asked for."""
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
            written = row.beside.go_live
            if written is not None:
                stated.setdefault("" if written in MISSING else written, row)
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
            raise self.refuse("series_bad_date", row.number, self.place("go_live"), needed=date_form(grain))
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


def _labels(labels: Iterable[str | None]) -> tuple[str | None, ...] | None:
    found = tuple(labels)
    return None if all(label is None for label in found) else found
