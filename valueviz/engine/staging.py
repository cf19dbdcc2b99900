"""Cells staged as text, cast strictly, told apart into observations and faults; it knows no file format.

Plain numbers and ISO dates are cast by the engine. Every other text is handed out once, distinct, and comes
back with what it means or why it means nothing, so that a grammar in Python decides and SQL only joins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from valueviz.engine.connection import query, workbench

LONGEST_LINE = 1 << 17
"""Bytes of one record; a file with a longer one is read record by record, where the cell is named."""

PLAIN_NUMBER = {".": r"[+-]?[0-9]{1,15}(\.[0-9]{1,17})?", ",": r"[+-]?[0-9]{1,15}"}
"""What the engine may cast by itself, by decimal mark: no exponent, no separators, nothing that could mean two things."""

ISO_STAMP = (
    r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
"""Dates and time stamps the engine may cast by itself."""

SLASHED = r"(19|20)[0-9]{2}/[0-9]{1,2}/[0-9]{1,2}( [0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?"
SLASHED_FORMATS = "['%Y/%m/%d', '%Y/%m/%d %H:%M', '%Y/%m/%d %H:%M:%S']"
"""Dates as spreadsheets write them into text files here; no other order begins with a year of four digits."""

WALL = r"^.{19}(\.[0-9]{1,6})?"
"""A time stamp without its offset: the wall date as written is kept."""

WILDCARDS = frozenset("*?[")
"""Characters that make the engine read a path as a pattern, even where a file has exactly that name."""

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
    """What the words of a row mean: key of the metric, unit, site and tags; or the place and reason of a fault."""

    words: tuple[str, ...]
    metric: str | None
    unit: str = "{}"
    site: str | None = None
    instrument: str | None = None
    definition_version: str | None = None
    place: int | None = None
    value: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """A metric as its observations are judged: range, factor of a percent sign (None: not allowed), formula.

    `expression` is SQL from a shipped pack, never from a user.
    """

    metric: str
    minimum: float | None
    maximum: float | None
    percent: float | None
    expression: str = "value"


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of values (None: the values follow from the dates), its metric and date where the header names them."""

    value: int | None
    metric: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A fault found: line, place of the column (ROW_PLACE: the row), value, reason."""

    row: int
    place: int
    value: str
    reason: str


@contextmanager
def staging(*, files: Sequence[Path], database: Path | None = None, memory: int | None = None) -> Iterator[Staging]:
    """A place to stage one file in; it reads and writes the files named and nothing else.

    Args:
        files: the source, its rewritten copy, the snapshot.
        database: where large tables are kept; in memory where not given.
        memory: bytes it may use before it spills beside the database.
    """
    with workbench(database, files=files, threads=1, memory=memory) as connection:
        yield Staging(connection)


class Staging:
    """The tables of one import on their way from text to a snapshot."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._shape = Shape(0, (), (), ())
        self._read: tuple[str, list[Any]] = ("", [])

    def _run(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, list(parameters)).fetchall()

    def read(
        self, path: Path, *, shape: Shape, delimiter: str, skip: int, decimal: str, numbered: bool = False
    ) -> tuple[int, int] | None:
        """How many records were staged and how many of them are blank; None where a strict reading fails.

        Args:
            path: UTF-8 text, one record a line.
            shape: its columns.
            delimiter: between cells.
            skip: lines before the first record; it stands on line skip + 1.
            decimal: mark of its numbers.
            numbered: the first cell of every record is its line, the columns of `shape` follow.
        """
        self._shape = shape
        names = [*(("line",) if numbered else ()), *(f"c{at}" for at in range(shape.width))]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
        self._connection.execute("DROP VIEW IF EXISTS kept")
        self._connection.execute("DROP TABLE IF EXISTS staged")
        self._connection.execute(query("words"))
        statement = query("staged")
        statement = statement.replace("/* picked */", ",\n    ".join(_picked(shape, decimal)) or "NULL")
        statement = statement.replace("/* columns */", columns)
        statement = statement.replace("/* line */", "TRY_CAST(line AS BIGINT) AS line," if numbered else "")
        blank = ", ".join(f"nullif(trim(c{at}), '')" for at in range(shape.width))
        statement = statement.replace("/* blank */", "FALSE" if numbered else f"coalesce({blank}) IS NULL")
        source = [str(path), skip, delimiter, LONGEST_LINE]
        try:
            self._connection.execute(statement, source)
        except duckdb.InvalidInputException:
            return None
        counted = self._run("SELECT count(*), count(*) FILTER (WHERE blank) FROM staged")[0]
        line = "line" if numbered else f"rowid + {int(skip) + 1}"
        again = "TRY_CAST(line AS BIGINT)" if numbered else f"row_number() OVER () + {int(skip)}"
        originals = query("originals").replace("/* line */", again).replace("/* columns */", columns)
        self._read = (originals, source)
        self._connection.execute(
            f'CREATE OR REPLACE VIEW kept AS SELECT {line} AS "row", * FROM staged WHERE NOT blank'  # noqa: S608
        )
        return counted[0], counted[1]

    def unread(self, kind: str, place: int) -> list[str]:
        """The distinct texts of a column the engine did not cast, as they first appear; kind is "moment" or "number"."""
        column = f"{kind}_text_{int(place)}"
        found = self._run(f'SELECT {column} FROM kept WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY min("row")')  # noqa: S608
        return [text for (text,) in found]

    def first_row(self, kind: str, place: int, text: str) -> int:
        """The first line on which a column holds a text the engine did not cast; kind as in `unread`, or "word"."""
        column = f"word_{int(place)}" if kind == "word" else f"{kind}_text_{int(place)}"
        return int(self._run(f'SELECT min("row") FROM kept WHERE {column} = ?', [text])[0][0])  # noqa: S608

    def explain_moments(self, place: int, meanings: Sequence[tuple[str, datetime | None, str | None]]) -> None:
        """Tell what the unread texts of a moment column mean: text, moment, reason."""
        self._run(query("moment_words"), [int(place), *_columns(meanings, 3)])

    def explain_numbers(self, place: int, meanings: Sequence[tuple[str, float | None, bool, str | None]]) -> None:
        """Tell what the unread texts of a number column mean: text, value, percent sign, reason."""
        self._run(query("number_words"), [int(place), *_columns(meanings, 4)])

    def combinations(self) -> list[tuple[str, ...]]:
        """The distinct combinations of the words of a row, in order of the words."""
        words = ", ".join(f"word_{at}" for at in self._shape.words)
        return self._run(f"SELECT DISTINCT {words} FROM kept ORDER BY ALL") if words else [()]  # noqa: S608

    def judge(
        self,
        *,
        date: int | None,
        end: int | None,
        volume: int | None,
        cells: Sequence[Cell],
        combinations: Sequence[Combination],
        bounds: Sequence[Bounds],
    ) -> None:
        """Tell observations and faults apart; `faults`, `write` and the counts speak of the result."""
        self._tell(combinations, bounds)
        steps = _Steps(self._shape, date=date, end=end, volume=volume)
        for statement in (*steps.moments(), *steps.volumes(), steps.words()):
            self._run(statement)
        for number, cell in enumerate(cells):
            self._run(steps.observations(number, cell, bounds), [cell.metric, cell.at])
            self._run(steps.cell_faults(number, cell))

    def _tell(self, combinations: Sequence[Combination], bounds: Sequence[Bounds]) -> None:
        self._run(query("judged"))
        words = "".join(f", word_{at} VARCHAR" for at in self._shape.words)
        self._run(
            f"CREATE OR REPLACE TABLE combination (combination INTEGER, metric VARCHAR, unit VARCHAR, site VARCHAR, instrument VARCHAR, definition_version VARCHAR, place INTEGER, value VARCHAR, reason VARCHAR{words})"
        )
        rows = [
            (
                number,
                each.metric,
                each.unit,
                each.site,
                each.instrument,
                each.definition_version,
                each.place,
                each.value,
                each.reason,
                *each.words,
            )
            for number, each in enumerate(combinations)
        ]
        marks = ", ".join(
            [
                "unnest(?::INTEGER [])",
                *["unnest(?::VARCHAR [])"] * 5,
                "unnest(?::INTEGER [])",
                *["unnest(?::VARCHAR [])"] * (2 + len(self._shape.words)),
            ]
        )
        self._run(f"INSERT INTO combination SELECT {marks}", _columns(rows, 9 + len(self._shape.words)))
        limits = [(each.metric, each.minimum, each.maximum, each.percent) for each in bounds]
        self._run(query("bounds"), _columns(limits, 4))

    def casts(self, place: int) -> bool:
        """Whether the engine cast any text of a moment column itself."""
        return bool(self._run(f"SELECT count(moment_{int(place)}) > 0 FROM kept")[0][0])  # noqa: S608

    def has_fraction(self, place: int) -> bool:
        """Whether the engine cast a number with decimals in a column."""
        column = f"number_{int(place)}"
        return bool(self._run(f"SELECT count(*) > 0 FROM kept WHERE {column} <> floor({column})")[0][0])  # noqa: S608

    def faults(self) -> list[Judged]:
        """All faults in order of line and column, each with the text of its cell as the file writes it."""
        found = self._run(query("faults"))
        places = sorted({place for _, place, value, _ in found if value is None and place != ROW_PLACE})
        originals = self._originals(places)
        return [
            Judged(row, place, originals.get((row, place), "") if value is None else value, reason)
            for row, place, value, reason in found
        ]

    def _originals(self, places: list[int]) -> dict[tuple[int, int], str]:
        """The texts of the faulty cells that were cast, by line and place; the file is read again for them."""
        if not places:
            return {}
        statement, source = self._read
        cells = ", ".join(f"coalesce(c{place}, '')" for place in places)
        rows = self._run(statement.replace("/* cells */", cells), source)
        return {(row[0], place): text for row in rows for place, text in zip(places, row[1:], strict=True)}

    def accepted(self) -> int:
        """Rows without a rejected cell."""
        return int(self._run('SELECT count(DISTINCT "row") FROM observed ANTI JOIN rejected USING ("row")')[0][0])

    def rejected(self) -> int:
        """Rows with at least one rejected cell."""
        return int(self._run("SELECT count(*) FROM rejected")[0][0])

    def partly(self) -> int:
        """Rejected rows of which other cells were accepted."""
        return int(self._run('SELECT count(DISTINCT "row") FROM accepted SEMI JOIN rejected USING ("row")')[0][0])

    def repeated(self) -> int:
        """How often rows give different values for one metric, unit and date, in a file of one row a period."""
        return int(self._run(query("repeated"))[0][0])

    def measured(self) -> tuple[int, int, list[str]]:
        """Observations with a value, observations without one, and their metrics."""
        counted = self._run(query("measured"))[0]
        metrics = [row[0] for row in self._run("SELECT DISTINCT metric FROM observed ORDER BY metric")]
        return counted[0], counted[1], metrics

    def months(self, *, counting: bool) -> list[str]:
        """The months that have a value, or, where rows are counted, any row."""
        return [row[0] for row in self._run(query("months"), [counting])]

    def write(self, path: Path) -> int:
        """Write the observations as one snapshot, in order of line and column; returns how many there are."""
        return int(self._run(query("snapshot"), [str(path)])[0][0])

    def sample(self, count: int) -> list[tuple[Any, ...]]:
        """The first observations as a person would check them: row, metric, date, value, unit."""
        return self._run(query("sample"), [count])


def reads_literally(path: Path) -> bool:
    """Whether the engine takes a path for one file, and not for a pattern of several.

    >>> reads_literally(Path("rows.csv")), reads_literally(Path("rows[1].csv"))
    (True, False)
    """
    return not WILDCARDS & set(str(path))


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _picked(shape: Shape, decimal: str) -> list[str]:
    """The staged columns: what the engine can cast, and the text of what it cannot."""
    picked = []
    for at in shape.moments:
        wall = f"CASE WHEN length(c{at}) > 19 THEN regexp_extract(c{at}, '{WALL}') ELSE c{at} END"
        cast = f"""CASE
            WHEN regexp_full_match(c{at}, '{ISO_STAMP}') THEN TRY_CAST({wall} AS TIMESTAMP)
            WHEN regexp_full_match(c{at}, '{SLASHED}') THEN try_strptime(c{at}, {SLASHED_FORMATS})
        END"""
        cast = cast if shape.casts_moments else "NULL::TIMESTAMP"
        picked += [
            f"{cast} AS moment_{at}",
            f"CASE WHEN moment_{at} IS NULL THEN coalesce(c{at}, '') END AS moment_text_{at}",
        ]
    for at in shape.numbers:
        cast = f"CASE WHEN regexp_full_match(c{at}, '{PLAIN_NUMBER[decimal]}') THEN TRY_CAST(c{at} AS DOUBLE) END"
        picked += [
            f"{cast} AS number_{at}",
            f"CASE WHEN number_{at} IS NULL THEN coalesce(c{at}, '') END AS number_text_{at}",
        ]
    return picked + [f"coalesce(c{at}, '') AS word_{at}" for at in shape.words]


@dataclass(frozen=True, slots=True)
class _Steps:
    """The statements that judge one table; every name in them is made from a number."""

    shape: Shape
    date: int | None
    end: int | None
    volume: int | None

    def moments(self) -> list[str]:
        statements = [
            f"""INSERT INTO row_fault
            SELECT "row", {at}, text, reason
            FROM kept INNER JOIN moment_word ON text = moment_text_{at} AND place = {at}
            WHERE reason IS NOT NULL"""  # noqa: S608
            for at in self.shape.moments
        ]
        if self.date is not None and self.end is not None:
            joins = self._joins()
            statements.append(f"""INSERT INTO row_fault
            SELECT "row", {self.end}, moment_text_{self.end}, 'end_before_date'
            FROM kept {joins} WHERE {self._moment(self.end)} < {self._moment(self.date)}""")  # noqa: S608
        return statements

    def volumes(self) -> list[str]:
        if self.volume is None:
            return []
        at = self.volume
        return [
            f"""INSERT INTO row_fault
            SELECT "row", {at}, text, coalesce(reason, CASE WHEN percent THEN 'not_a_number' ELSE 'out_of_range' END)
            FROM kept INNER JOIN number_word ON text = number_text_{at} AND place = {at}
            WHERE reason IS NOT NULL OR percent OR value < 0""",  # noqa: S608
            f"""INSERT INTO row_fault
            SELECT "row", {at}, NULL, 'out_of_range' FROM kept WHERE number_{at} < 0""",  # noqa: S608
        ]

    def words(self) -> str:
        return f"""INSERT INTO row_fault
        SELECT "row", combination.place, combination.value, combination.reason
        FROM kept INNER JOIN combination ON {self._same_words()} WHERE combination.reason IS NOT NULL"""  # noqa: S608

    def observations(self, number: int, cell: Cell, bounds: Sequence[Bounds]) -> str:
        value = "NULL::DOUBLE"
        if cell.value is not None:
            at = cell.value
            value = f"coalesce(number_{at}, n{at}.value * CASE WHEN n{at}.percent THEN bound.percent ELSE 1 END)"
        date = "NULL::TIMESTAMP" if self.date is None else self._moment(self.date)
        end = "NULL::TIMESTAMP" if self.end is None else self._moment(self.end)
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
            INNER JOIN combination ON {self._same_words()}
            INNER JOIN bound ON bound.metric = coalesce($1::VARCHAR, combination.metric)
            {self._joins(cell.value)}
            WHERE NOT EXISTS (FROM row_fault WHERE row_fault."row" = kept."row")
        )"""  # noqa: S608

    def cell_faults(self, number: int, cell: Cell) -> str:
        if cell.value is None:
            at = next((place for place in (self.end, self.date) if place is not None), ROW_PLACE)
            return query("cell_faults_of_dates").replace("/* cell */", str(number)).replace("/* at */", str(at))
        return query("cell_faults").replace("/* cell */", str(number)).replace("/* at */", str(cell.value))

    def _joins(self, value: int | None = None) -> str:
        moments = [
            f"LEFT JOIN moment_word AS m{at} ON m{at}.place = {at} AND m{at}.text = moment_text_{at}"
            for at in self.shape.moments
        ]
        numbers = [at for at in dict.fromkeys((value, self.volume)) if at is not None]
        return " ".join(
            [
                *moments,
                *(
                    f"LEFT JOIN number_word AS n{at} ON n{at}.place = {at} AND n{at}.text = number_text_{at}"
                    for at in numbers
                ),
            ]
        )

    def _moment(self, at: int) -> str:
        return f"coalesce(moment_{at}, m{at}.moment)"

    def _number(self, at: int) -> str:
        return f"coalesce(number_{at}, n{at}.value)"

    def _same_words(self) -> str:
        same = [f"kept.word_{at} = combination.word_{at}" for at in self.shape.words]
        return " AND ".join(same) or "TRUE"
