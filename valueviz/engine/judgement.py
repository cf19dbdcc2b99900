"""How staged rows are judged: the nouns it is told in, and the statements that tell observations from faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from valueviz.engine.connection import query

ROW_PLACE = -1
"""Place of a fault that concerns the row as a whole, not one of its columns."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which columns of a table, counted from 0, hold moments, numbers and words; `width` is the number of all.

    `casts_moments` is False where dates have a declared form: then none is read by any other.
    """

    width: int
    moments: tuple[int, ...]
    numbers: tuple[int, ...]
    words: tuple[int, ...]
    casts_moments: bool = True


@dataclass(frozen=True, slots=True)
class Combination:
    """What the words of a row mean: key of the metric, unit, site and tags; or the place and reason of a fault.

    A bare number of such a row counts `times` / `per` in the unit of its metric; None where it cannot be said.
    """

    words: tuple[str, ...]
    metric: str | None
    unit: str = "{}"
    site: str | None = None
    instrument: str | None = None
    definition_version: str | None = None
    place: int | None = None
    value: str | None = None
    reason: str | None = None
    times: float | None = 1.0
    per: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """A metric as its observations are judged: range, formula, and the units its cells may state themselves.

    `units` gives of each such unit how many of the metric's own it is, as a numerator and a denominator.
    `expression` is SQL from a shipped pack, never from a user.
    """

    metric: str
    minimum: float | None
    maximum: float | None
    units: tuple[tuple[str, float, float], ...] = ()
    expression: str = "value"


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of values (None: the values follow from the dates), its metric and date where the header names them.

    `months` are added to the date of the row, where that names the year and the header the month; `in_year` where
    the row names the month and the header the year. A bare number
    counts `times` / `per` in the unit of its metric; None where it cannot be said.
    """

    value: int | None
    metric: str | None = None
    at: datetime | None = None
    months: int | None = None
    in_year: bool = False
    times: float | None = 1.0
    per: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A fault found: line, place of the column (ROW_PLACE: the row), value (None: as the file writes it), reason."""

    row: int
    place: int
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The statements that judge one table; every name in them is made from a number."""

    shape: Shape
    date: int | None
    end: int | None
    volume: int | None
    scaled: bool = False

    def moments(self) -> list[str]:
        """Faults of the dates of a row."""
        statements = [
            f"""INSERT INTO row_fault
            SELECT "row", {at}, text, reason
            FROM kept INNER JOIN moment_word ON text = moment_text_{at} AND place = {at}
            WHERE reason IS NOT NULL"""  # noqa: S608
            for at in self.shape.moments
        ]
        if self.date is not None and self.end is not None:
            joins = self.joins()
            statements.append(f"""INSERT INTO row_fault
            SELECT "row", {self.end}, moment_text_{self.end}, 'end_before_date'
            FROM kept {joins} WHERE {self.moment(self.end)} < {self.moment(self.date)}""")  # noqa: S608
        return statements

    def volumes(self) -> list[str]:
        """Faults of the volume of a row."""
        if self.volume is None:
            return []
        at = self.volume
        return [
            f"""INSERT INTO row_fault
            SELECT "row", {at}, text, coalesce(reason, 'out_of_range')
            FROM kept INNER JOIN number_word ON text = number_text_{at} AND place = {at}
            WHERE reason IS NOT NULL OR value < 0""",  # noqa: S608
            f"""INSERT INTO row_fault
            SELECT "row", {at}, NULL, 'out_of_range' FROM kept WHERE number_{at} < 0""",  # noqa: S608
        ]

    def words(self) -> str:
        """Faults of the words of a row."""
        return f"""INSERT INTO row_fault
        SELECT "row", combination.place, combination.value, combination.reason
        FROM kept INNER JOIN combination ON {self.same_words()} WHERE combination.reason IS NOT NULL"""  # noqa: S608

    def observations(self, number: int, cell: Cell, bounds: Sequence[Bounds]) -> str:
        """What the cells of one column observe. Parameters: metric, date, numerator and denominator of its unit."""
        value = "NULL::DOUBLE"
        if cell.value is not None:
            value = f"coalesce(number_{cell.value}, n{cell.value}.value)"
            value = self._scaled(value, cell.value) if self.scaled else value
        own = None if cell.at is not None and not cell.in_year else self.date  # a date in the header is the date
        date = "NULL::TIMESTAMP" if own is None else self.moment(own)
        date = date if cell.months is None else f"{date} + to_months({int(cell.months)})"
        date = f"$2::TIMESTAMP + to_months(CAST(month({date}) - 1 AS INTEGER))" if cell.in_year else date
        end = "NULL::TIMESTAMP" if self.end is None else self.moment(self.end)
        volume = "NULL::DOUBLE" if self.volume is None else self._number(self.volume)
        # Trust boundary: expressions come from shipped packs only, never from a mapping, an engagement or a page.
        formulas = "".join(
            f" WHEN {at} THEN ({each.expression})" for at, each in enumerate(bounds) if each.expression != "value"
        )
        amount = f"CAST(CASE bound{formulas} ELSE value END AS DOUBLE)" if formulas else "value"
        return f"""INSERT INTO observed
        SELECT "row", {number}, combination, metric, bound, date, "end", value, volume, {amount} AS amount
        FROM (
            SELECT kept."row", combination.combination, bound.metric, bound.bound, coalesce({date}, $2::TIMESTAMP) AS date, {end} AS "end",
                {value} AS value, {volume} AS volume
            FROM kept
            INNER JOIN combination ON {self.same_words()}
            INNER JOIN bound ON bound.metric = coalesce($1::VARCHAR, combination.metric)
            {self.joins(cell.value)} {self._own_unit(cell.value)}
            WHERE NOT EXISTS (FROM row_fault WHERE row_fault."row" = kept."row")
        )"""  # noqa: S608

    def cell_faults(self, number: int, cell: Cell) -> str:
        """Faults of the cells of one column."""
        if cell.value is None:
            at = next((place for place in (self.end, self.date) if place is not None), ROW_PLACE)
            return query("cell_faults_of_dates").replace("/* cell */", str(number)).replace("/* at */", str(at))
        return query("cell_faults").replace("/* cell */", str(number)).replace("/* at */", str(cell.value))

    def _scaled(self, value: str, at: int) -> str:
        """A value in the unit of its metric: by the unit its cell states, else by those of its row and its column."""
        own = f"WHEN n{at}.unit IS NOT NULL THEN scaled({value}, own.times, own.per)"
        return f"CASE {own} ELSE scaled({value}, combination.times * $3::DOUBLE, combination.per * $4::DOUBLE) END"

    def _own_unit(self, at: int | None) -> str:
        if at is None or not self.scaled:
            # the parameters are given in any case
            return "CROSS JOIN (SELECT $3::DOUBLE AS times, $4::DOUBLE AS per) AS unscaled"
        return f"LEFT JOIN conversion AS own ON own.bound = bound.bound AND own.unit = n{at}.unit"

    def joins(self, *values: int | None) -> str:
        """Joins that bring in what the texts of all dates, the volume and some values mean."""
        moments = [
            f"LEFT JOIN moment_word AS m{at} ON m{at}.place = {at} AND m{at}.text = moment_text_{at}"
            for at in self.shape.moments
        ]
        numbers = [at for at in dict.fromkeys((*values, self.volume)) if at is not None]
        return " ".join(
            [
                *moments,
                *(
                    f"LEFT JOIN number_word AS n{at} ON n{at}.place = {at} AND n{at}.text = number_text_{at}"
                    for at in numbers
                ),
            ]
        )

    def moment(self, at: int) -> str:
        """The moment of a column, with `joins`."""
        return f"coalesce(moment_{at}, m{at}.moment)"

    def _number(self, at: int) -> str:
        return f"coalesce(number_{at}, n{at}.value)"

    def same_words(self) -> str:
        """Whether a row has the words of a combination."""
        same = [f"kept.word_{at} = combination.word_{at}" for at in self.shape.words]
        return " AND ".join(same) or "TRUE"
