"""The cells of an event log, staged as text; stamps are cast by the engine wherever their shape tells how.

A shape is the text with every digit as 0. Every text whose shape tells nothing is handed out once, distinct, and comes
back with its meaning. Columns are known by their places, counted from 0.
"""

# ruff: noqa: S608 - columns are known by their places, words are quoted by `sql_text`, never taken as they are

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from valueviz.engine.connection import query
from valueviz.engine.judgement import Shape
from valueviz.engine.staging import LONGEST_LINE

BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff"
"""What is cut from both ends of a cell."""

DIGITS = ("123456789", "000000000")


@dataclass(frozen=True, slots=True)
class Stamps:
    """How the stamps of one column are cast.

    `plain` are shapes the engine reads as they are, `offset` those that end in an offset from UTC, `formats` pairs
    other shapes with strptime formats. All that is left was explained word by word. `alike` says that there is nothing
    but plain ones (or nothing but offsets). `zone` is where naive stamps were taken; None leaves them as they are.
    """

    plain: tuple[str, ...] = ()
    offset: tuple[str, ...] = ()
    formats: tuple[tuple[str, str], ...] = ()
    alike: bool = False
    zone: str | None = None


class Cells:
    """The cells of one source, as text."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._width = 0
        self._stamps: dict[int, Stamps] = {}
        self._empty: dict[int, tuple[str, ...]] = {}
        self._ragged: frozenset[int] = frozenset()

    def _run(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, list(parameters)).fetchall()

    # Cells ────────────────────────────────────────────────────────────────────

    def read(
        self,
        path: Path,
        *,
        shape: Shape,
        delimiter: str,
        skip: int,
        decimal: str,
        numbered: bool = False,
        padded: bool = False,
    ) -> tuple[int, int] | None:
        """How many records were staged and how many of them are blank; None where a strict reading fails.

        Args:
            path: UTF-8 text, one record a line.
            shape: its columns.
            delimiter: between cells.
            skip: lines before the first record.
            decimal: passed over.
            numbered: the first cell of every record is its line.
            padded: records may be shorter than the widest.
        """
        self._width, self._empty = shape.width, {}
        cells = [f"c{at}" for at in range(shape.width)]
        columns = ", ".join(f"'{name}': 'VARCHAR'" for name in (*(("line",) if numbered else ()), *cells))
        records = query("records").replace("/* columns */", columns)
        if padded:
            records = records.replace("null_padding = FALSE", "null_padding = TRUE")
        line = "CAST(line AS BIGINT) AS line, " if numbered else ""
        self._run("DROP VIEW IF EXISTS kept")
        statement = f"CREATE OR REPLACE TABLE raw AS SELECT {line}{', '.join(cells)} FROM {records}"
        try:
            self._run(statement, [str(path), skip, delimiter, LONGEST_LINE])
        except duckdb.InvalidInputException:
            return None
        ragged = ", ".join(f"count_if({_ragged(cell)})" for cell in cells)
        records_read, *uneven = self._run(f"SELECT count(*), {ragged} FROM raw")[0]
        self._ragged = frozenset(at for at, count in enumerate(uneven) if count)
        blank = "FALSE" if numbered else f"coalesce({', '.join(map(self._cell, range(shape.width)))}) IS NULL"
        blanks = self._run(f"SELECT count_if({blank}) FROM raw")[0][0]
        row = "line" if numbered else f"rowid + {int(skip) + 1}"
        kept = f" WHERE NOT ({blank})" if blanks else ""
        self._run(f'CREATE VIEW kept AS SELECT {row} AS "row", {", ".join(cells)} FROM raw{kept}')
        return records_read, blanks

    def first_rows(self, most: int) -> list[tuple[str, ...]]:
        """The cells of the first rows, nothing where nothing is."""
        cells = ", ".join(f"coalesce(c{at}, '')" for at in range(self._width))
        return self._run(f"SELECT {cells} FROM kept LIMIT {int(most)}")

    def differing(self, pairs: Sequence[tuple[int, int]]) -> list[int]:
        """Of each pair of columns the number of rows in which they differ."""
        if not pairs:
            return []
        differ = ", ".join(f"count_if(c{int(one)} IS DISTINCT FROM c{int(other)})" for one, other in pairs)
        return list(self._run(f"SELECT {differ} FROM kept")[0])

    def words(self, place: int, most: int) -> list[tuple[str, int]]:
        """The distinct words of a column with their numbers of rows, most frequent first; at most so many."""
        cell = self._cell(place)
        return self._run(
            f"SELECT {cell} AS word, count(*) AS n FROM kept WHERE word IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {int(most)}"
        )

    def column(self, place: int, *, most: int) -> list[tuple[int, str]]:
        """Line and text of the first filled cells of a column."""
        return self._run(
            f'SELECT "row", {self._cell(place)} AS word FROM kept WHERE word IS NOT NULL LIMIT {int(most)}'
        )

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Line and cells of every row, in order."""
        cells = ", ".join(f"coalesce(c{at}, '')" for at in range(self._width))
        cursor = self._connection.cursor()
        cursor.execute(f'SELECT "row", {cells} FROM kept')
        while found := cursor.fetchmany(10_000):
            yield from found

    # Stamps ───────────────────────────────────────────────────────────────────

    def shapes(self, place: int, most: int) -> list[tuple[str, int, int, str]]:
        """The shapes of a column: shape, rows, its first line and the text there; most frequent first."""
        cell = self._cell(place)
        return self._run(
            f"""SELECT translate({cell}, '{DIGITS[0]}', '{DIGITS[1]}') AS shape, count(*) AS n, min("row"), arg_min({cell}, "row")
            FROM kept WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {int(most)}"""
        )

    def uniform(self, place: int, form: str) -> tuple[int, str, int, int] | None:
        """Where every filled cell of a column has one form: its first line and text, cells, and those of a day alone.

        Args:
            place: of the column.
            form: a regular expression of this program's, never of a user's.
        """
        cell = self._cell(place)
        row, text, filled, fitting, days = self._run(
            f"""SELECT min("row") FILTER (WHERE {cell} IS NOT NULL), first({cell}) FILTER (WHERE {cell} IS NOT NULL),
            count({cell}), count_if(regexp_full_match({cell}, {sql_text(form)})), count_if(strlen({cell}) <= 10) FROM kept"""
        )[0]
        return (row, text, filled, days) if filled and filled == fitting else None

    def texts(self, place: int, shapes: Sequence[str] | None) -> list[str]:
        """The distinct texts of a column that have one of some shapes, or all of them."""
        cell = self._cell(place)
        chosen = "" if shapes is None else f"AND translate({cell}, '{DIGITS[0]}', '{DIGITS[1]}') IN (SELECT unnest(?))"
        given = [] if shapes is None else [list(shapes)]
        return [
            text
            for (text,) in self._run(f"SELECT DISTINCT {cell} AS t FROM kept WHERE {cell} IS NOT NULL {chosen}", given)
        ]

    def explain(self, place: int, meanings: Sequence[tuple[str, datetime | None, str | None]]) -> None:
        """Tell what texts of a stamp column mean: text, moment, reason."""
        self._run(
            "CREATE TABLE IF NOT EXISTS moment_of (place INTEGER, text VARCHAR, moment TIMESTAMP, reason VARCHAR)"
        )
        columns: list[list[Any]] = [list(column) for column in zip(*meanings, strict=True)] or [[], [], []]
        self._run(
            "INSERT INTO moment_of SELECT ?, unnest(?), unnest(?::TIMESTAMP[]), unnest(?::VARCHAR[])", [place, *columns]
        )

    def cast(self, place: int, stamps: Stamps) -> None:
        """Tell how the stamps of a column are cast."""
        self._stamps[place] = stamps

    def _moment(self, place: int) -> str:
        cell, stamps = self._cell(place), self._stamps.get(place, Stamps())
        plain, offset = f"TRY_CAST({cell} AS TIMESTAMP)", f"timezone('UTC', TRY_CAST({_tight(cell)} AS TIMESTAMPTZ))"
        if stamps.zone:
            plain = _zoned(plain, stamps.zone)
        if stamps.alike:
            return offset if stamps.offset else plain
        shape = f"translate({cell}, '{DIGITS[0]}', '{DIGITS[1]}')"
        branches = [f"WHEN {shape} = {sql_text(each)} THEN {plain}" for each in stamps.plain]
        branches += [f"WHEN {shape} = {sql_text(each)} THEN {offset}" for each in stamps.offset]
        for each, pattern in stamps.formats:
            read = f"try_strptime({cell}, {sql_text(pattern)})"
            branches.append(
                f"WHEN {shape} = {sql_text(each)} THEN {_zoned(read, stamps.zone) if stamps.zone else read}"
            )
        explained = f"m{place}.moment"
        if stamps.zone:
            explained = _zoned(explained, stamps.zone)
        return f"CASE {' '.join(branches)} ELSE {explained} END" if branches else explained

    def _meanings(self, places: Sequence[int]) -> str:
        """The joins that bring the explained texts of some columns."""
        wanted = [place for place in dict.fromkeys(places) if not self._stamps.get(place, Stamps()).alike]
        if not wanted:
            return ""
        self.explain(-1, [])
        return " ".join(
            f"LEFT JOIN (SELECT text, moment, reason FROM moment_of WHERE place = {place}) m{place} ON m{place}.text = {self._cell(place)}"
            for place in wanted
        )

    def pass_over(self, place: int, words: Sequence[str]) -> None:
        """Take some texts of a column as empty cells from now on."""
        self._empty[place] = tuple(words)

    def _cell(self, place: int) -> str:
        """The text of a cell without blanks around it; NULL where it is empty."""
        cell = f"c{int(place)}"
        if place in self._ragged:
            cell = f"nullif(trim({cell}, {sql_text(BLANKS)}), '')"
        words = self._empty.get(place)
        return f"CASE WHEN {cell} NOT IN ({sql_texts(words)}) THEN {cell} END" if words else cell


def sql_text(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def sql_texts(words: Sequence[str]) -> str:
    """Texts as SQL writes them, with commas between."""
    return ", ".join(map(sql_text, words)) or "NULL"


def _ragged(cell: str) -> str:
    """Whether a cell is empty text or has blanks at an end; cheaper than to cut them."""
    last = f"{cell}[-1]"
    wide = [blank for blank in BLANKS if blank > "~"]
    leads = " OR ".join(f"{cell} BETWEEN {sql_text(blank)} AND {sql_text(chr(ord(blank) + 1))}" for blank in wide)
    return f"{cell} < '!' OR {leads} OR {last} <= ' ' OR {last} IN ({sql_texts(wide)})"


def _zoned(moment: str, zone: str) -> str:
    """The UTC of a wall time somewhere."""
    return f"timezone('UTC', timezone({sql_text(zone)}, {moment}))"


def _tight(cell: str) -> str:
    """A stamp with its offset right behind the time."""
    return f"replace(replace({cell}, ' +', '+'), ' -', '-')"
