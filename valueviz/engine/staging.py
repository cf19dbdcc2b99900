"""Cells staged as text, cast strictly, told apart into observations and faults; it knows no file format.

Plain numbers and ISO dates are cast by the engine. Every other text is handed out once, distinct, and comes
back with what it means or why it means nothing, so that a grammar in Python decides and SQL only joins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from valueviz.engine.connection import query, workbench
from valueviz.engine.judgement import ROW_PLACE, Bounds, Cell, Combination, Judged, Shape, Steps
from valueviz.engine.profile import Profile, profile

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
        self._texts = ""

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
        records = query("records").replace("/* columns */", columns)
        statement = statement.replace("/* records */", records)
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
        originals = query("originals").replace("/* line */", again).replace("/* records */", records)
        self._read = (originals, source)
        self._texts = query("texts").replace("/* records */", records)
        self._connection.execute(
            f'CREATE OR REPLACE VIEW kept AS SELECT {line} AS "row", * FROM staged WHERE NOT blank'  # noqa: S608
        )
        return counted[0], counted[1]

    def narrow(self, words: tuple[int, ...]) -> None:
        """Pass over columns of words that were staged: only these tell rows apart from now on."""
        self._shape = replace(self._shape, words=words)

    def first_texts(self, most: int) -> list[tuple[str, ...]]:
        """The cells of the first records as the file writes them, column by column."""
        cells = ", ".join(f"coalesce(c{at}, '') AS c{at}" for at in range(self._shape.width))
        rows = self._run(f"{self._texts.replace('/* cells */', cells)} LIMIT {int(most)}", self._read[1])
        return list(zip(*rows, strict=True)) if rows else [() for _ in range(self._shape.width)]

    def suspects(self, places: Sequence[int], *, form: str, shortest: int) -> dict[int, tuple[int, int]]:
        """Of each column how many cells are filled and in how many a form is found; all records are looked at.

        Args:
            places: the columns.
            form: a regular expression of the engine's, from this program, never from a user.
            shortest: bytes of the shortest text in which it can be found.
        """
        if not places:
            return {}
        counts = ", ".join(
            f"count(nullif(trim(c{at}), '')), count_if(CASE WHEN strlen(c{at}) >= {int(shortest)} THEN regexp_matches(c{at}, $form) END)"
            for at in places
        )
        counted = self._run(self._texts_with(counts, form), self._read[1])[0]
        return {place: (counted[2 * at], counted[2 * at + 1]) for at, place in enumerate(places)}

    def suspect_texts(self, place: int, *, form: str, most: int) -> list[str]:
        """The first texts of a column in which a form is found."""
        cell = f"c{int(place)}"
        statement = f"{self._texts_with(cell, form)} WHERE regexp_matches({cell}, {_literal(form)}) LIMIT {int(most)}"
        return [text for (text,) in self._run(statement, self._read[1])]

    def _texts_with(self, cells: str, form: str) -> str:
        return self._texts.replace("/* cells */", cells.replace("$form", _literal(form)))

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

    def explain_numbers(self, place: int, meanings: Sequence[tuple[str, float | None, str | None, str | None]]) -> None:
        """Tell what the unread texts of a number column mean: text, value, the unit it states itself, reason."""
        self._run(query("number_words"), [int(place), *_columns(meanings, 4)])

    def crowded(self, most: int) -> int | None:
        """The word column with the most distinct words, where there are more combinations than `most`; else None."""
        places = self._shape.words
        words = ", ".join(f"word_{at}" for at in places) or "NULL"
        distinct = f"SELECT DISTINCT {words} FROM kept LIMIT {int(most) + 1}"  # noqa: S608
        if self._run(f"SELECT count(*) FROM ({distinct})")[0][0] <= most:  # noqa: S608
            return None
        counts = self._run(f"SELECT {', '.join(f'approx_count_distinct(word_{at})' for at in places)} FROM kept")[0]  # noqa: S608
        return places[counts.index(max(counts))]

    def figures(self, *, date: int | None, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """Every row as sums are looked for: line, combination, date, then the bare numbers of some columns.

        A cell that states a unit of its own counts as none. Known only after `judge`.
        """
        values = ", ".join(
            f"coalesce(number_{at}, CASE WHEN n{at}.unit IS NULL THEN n{at}.value END)" for at in map(int, numbers)
        )
        steps = Steps(self._shape, date=date, end=None, volume=None)
        moment = "NULL" if date is None else steps.moment(date)
        return self._run(
            f"""SELECT "row", combination.combination, {moment}, {values}
            FROM kept LEFT JOIN combination ON {steps.same_words()} {steps.joins(*numbers)} ORDER BY "row" """  # noqa: S608
        )

    def reject(self, faults: Sequence[Judged]) -> None:
        """Reject whole rows for one reason alone: what was taken from them, or held against them, is forgotten."""
        if faults:
            rows = [(each.row, each.place, each.value, each.reason) for each in faults]
            self._run(query("rejecting"), _columns(rows, 4))
            self._run(query("reject"))

    def doubt_shares(self, number: int, place: int, *, metric: str, as_percent: bool) -> None:
        """Reject bare numbers among cells with a percent sign that are rather written the other way; after `judge`."""
        statement = query("unclear_shares").replace("/* at */", str(int(place))).replace("/* cell */", str(int(number)))
        self._run(statement, [as_percent, metric])

    def refuse_currency(self, number: int, *, metric: str, told: Sequence[tuple[int, int, str]]) -> None:
        """Reject the values of a metric in rows that state another currency; after `judge`.

        Args:
            number: of the column of values.
            metric: its key.
            told: combinations that state one, by number, with the place and the word that says so.
        """
        if told:
            statement = query("other_currency").replace("/* cell */", str(int(number)))
            self._run(statement, [*_columns(told, 3), metric])

    def own_units(self, cells: Sequence[Cell]) -> list[tuple[int, str, str]]:
        """The units that accepted cells state themselves: place of the column, metric, unit."""
        found: list[tuple[int, str, str]] = []
        places = {place for (place,) in self._run("SELECT DISTINCT place FROM number_word WHERE unit IS NOT NULL")}
        for number, cell in enumerate(cells):
            if cell.value is not None and cell.value in places:
                statement = query("own_units").replace("/* at */", str(int(cell.value)))
                found += self._run(statement.replace("/* cell */", str(number)))
        return found

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
        far: Mapping[int, Iterable[int]] | None = None,
    ) -> None:
        """Tell observations and faults apart; `faults`, `write` and the counts speak of the result.

        Args:
            date: place of the date, None where the header names it.
            end: place of the end.
            volume: place of the volume.
            cells: the columns of values.
            combinations: what the words of a row mean.
            bounds: how each metric is judged.
            far: years in which no date of a column, by its place, can lie.
        """
        self._tell(combinations, bounds)
        own = bool(self._run("SELECT count(unit) > 0 FROM number_word")[0][0])
        rates = {(cell.times, cell.per) for cell in cells} | {(each.times, each.per) for each in combinations}
        scaled = own or rates != {(1.0, 1.0)}
        steps = Steps(self._shape, date=date, end=end, volume=volume, scaled=scaled)
        for place, years in (far or {}).items():
            if years:
                self._run(query("far_years").replace("/* at */", str(int(place))), [sorted(years)])
        for statement in (*steps.moments(), *steps.volumes(), steps.words()):
            self._run(statement)
        for number, cell in enumerate(cells):
            self._run(steps.observations(number, cell, bounds), [cell.metric, cell.at, cell.times, cell.per])
            self._run(steps.cell_faults(number, cell))

    def _tell(self, combinations: Sequence[Combination], bounds: Sequence[Bounds]) -> None:
        self._run(query("judged"))
        words = "".join(f", word_{at} VARCHAR" for at in self._shape.words)
        self._run(
            f"CREATE OR REPLACE TABLE combination (combination INTEGER, times DOUBLE, per DOUBLE, metric VARCHAR, unit VARCHAR, site VARCHAR, instrument VARCHAR, definition_version VARCHAR, place INTEGER, value VARCHAR, reason VARCHAR{words})"
        )
        rows = [
            (
                number,
                each.times,
                each.per,
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
                *["unnest(?::DOUBLE [])"] * 2,
                *["unnest(?::VARCHAR [])"] * 5,
                "unnest(?::INTEGER [])",
                *["unnest(?::VARCHAR [])"] * (2 + len(self._shape.words)),
            ]
        )
        self._run(f"INSERT INTO combination SELECT {marks}", _columns(rows, 11 + len(self._shape.words)))
        limits = [(each.metric, each.minimum, each.maximum) for each in bounds]
        self._run(query("bounds"), _columns(limits, 3))
        units = [(number, *unit) for number, each in enumerate(bounds) for unit in each.units]
        self._run(query("conversion"), _columns(units, 4))

    def casts(self, kind: str, place: int) -> bool:
        """Whether the engine cast any text of a column itself; kind is "moment" or "number"."""
        return bool(self._run(f"SELECT count({kind}_{int(place)}) > 0 FROM kept")[0][0])  # noqa: S608

    def days(self, place: int) -> list[datetime]:
        """The distinct days of a moment column that the engine cast itself."""
        column = f"date_trunc('day', moment_{int(place)})::TIMESTAMP"
        return [day for (day,) in self._run(f"SELECT DISTINCT {column} FROM kept WHERE {column} IS NOT NULL")]  # noqa: S608

    def count(self) -> int:
        """How many rows are staged, blank ones left out."""
        return int(self._run("SELECT count(*) FROM kept")[0][0])

    def first_line(self) -> int:
        """The line of the first row that is not blank."""
        return int(self._run('SELECT min("row") FROM kept')[0][0])

    def text_on(self, kind: str, row: int, place: int) -> str:
        """The text of a column on a line, a plain number or date where the engine cast it; kind as in `first_row`."""
        at = int(place)
        text = f"word_{at}" if kind == "word" else f"coalesce({kind}_text_{at}, {kind}_{at}::VARCHAR)"
        found = self._run(f'SELECT {text} FROM kept WHERE "row" = ?', [row])  # noqa: S608
        return str(found[0][0]) if found else ""

    def rejected_rows(self) -> set[int]:
        """The lines with at least one rejected cell."""
        return {row for (row,) in self._run('SELECT "row" FROM rejected')}

    def rejected_for(self, reason: str) -> list[int]:
        """The lines rejected as a whole for a reason."""
        return [row for (row,) in self._run('SELECT DISTINCT "row" FROM row_fault WHERE reason = ?', [reason])]

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

    def profile(self, *, latest: date | None = None) -> Profile:
        """What stands out among the accepted rows; `latest` is the last day that can have been measured."""
        return profile(lambda sql, named: self._connection.execute(sql, dict(named)).fetchall(), latest=latest)

    def largest(self) -> list[tuple[str, int, float]]:
        """Of each metric how many accepted values it has, and the largest magnitude among them."""
        return self._run(
            "SELECT metric, count(amount), max(abs(amount)) FROM accepted WHERE amount IS NOT NULL GROUP BY 1 ORDER BY 1"
        )

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


def _literal(text: str) -> str:
    """A text of this program as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


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
