"""The staged cells of an event log turned into canonical events and faults; it knows no file format and no names."""

# ruff: noqa: S608 - columns are known by their places, words are quoted by `sql_text`, never taken as they are

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from valueviz.engine.connection import query, workbench
from valueviz.engine.log.cells import Cells, Stamps, sql_text, sql_texts

CANONICAL = (
    ("row", "BIGINT"),
    ("system", "VARCHAR"),
    ("case", "VARCHAR"),
    ("activity", "VARCHAR"),
    ("start", "TIMESTAMP"),
    ("complete", "TIMESTAMP"),
    ("resource", "VARCHAR"),
    ("role", "VARCHAR"),
    ("cost", "DOUBLE"),
    ("site", "VARCHAR"),
)
"""The columns every canonical log begins with; attributes follow as `@NAME VARCHAR`."""

MONEY = "[,，¥￥$€£\\s]"
"""What is passed over in a cost: it parts thousands or names a currency."""

UNSEEN = r"[\s\p{Z}\p{Cf}]+"
"""Blanks and characters without a picture, wherever they stand."""

MOST_COST = 1e15
"""A cost beyond it, either way, is a slip or no number at all; sums of all below it stay exact."""

FIRST, LAST = "TIMESTAMP '1900-01-01'", "TIMESTAMP '2101-01-01'"
"""Stamps outside are slips of the keyboard or default values of a system."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Which columns hold what. `steps` pairs the columns of a table of documents with the activities they date.

    `transition` pairs a column with the words that mark a start and those that mark a completion; `instance` tells
    runs of one activity in one case apart. `attributes` pairs places with names; `prefixed`: the role is the letters
    a resource's code begins with. `allowed` pairs columns with the only words whose rows count.
    """

    case: int
    activity: int | None = None
    start: int | None = None
    complete: int | None = None
    resource: int | None = None
    role: int | None = None
    cost: int | None = None
    site: int | None = None
    attributes: tuple[tuple[int, str], ...] = ()
    steps: tuple[tuple[int, str], ...] = ()
    transition: tuple[int, tuple[str, ...], tuple[str, ...]] | None = None
    instance: int | None = None
    prefixed: bool = False
    allowed: tuple[tuple[int, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A row or one cell of it that is not taken: line, place of the column (None: the row), text, reason."""

    row: int
    place: int | None
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What a staged log holds after it was judged."""

    rows: int
    rejected: int
    events: int
    cases: int
    spaced: int
    lone_starts: int
    undated: int
    again: int
    first: datetime | None
    last: datetime | None


@contextmanager
def log_staging(
    *, files: Sequence[Path], database: Path | None = None, memory: int | None = None
) -> Iterator[LogStage]:
    """A place to stage one log in; it reads and writes the files named and nothing else."""
    with workbench(database, files=files, memory=memory) as connection:
        yield LogStage(connection)


class LogStage(Cells):
    """The rows of one source on their way from text to canonical events."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._roles = Roles(case=0)
        self._counts: dict[str, int] = {}
        self._source = "event"

    # Events ───────────────────────────────────────────────────────────────────

    def judge(self, roles: Roles) -> Counted:
        """Tell events and faults apart; `faults`, `activities`, `months` and `write` speak of the result."""
        self._roles = roles
        self._run(f"CREATE OR REPLACE VIEW event AS {self._events()}")
        *totals, counts = self._looked_over()
        self._counts = counts
        refused = any(counts.values())
        source = "event"
        if refused:
            self._run(f'CREATE OR REPLACE TABLE refused AS SELECT DISTINCT "row" FROM event WHERE {_BAD}')
        if refused or roles.steps:
            without = 'ANTI JOIN refused USING ("row")' if refused else ""
            self._run(f"CREATE OR REPLACE VIEW sound AS SELECT * FROM event {without} WHERE complete IS NOT NULL")
            source = "sound"
        if roles.transition is not None:
            begins = f"word IN ({sql_texts(roles.transition[1])})"
            self._run(query("log_paired").replace("/* source */", source).replace("/* begins */", begins))
            source = "paired"
        self._source = source
        rows = self._run("SELECT count(*) FROM kept")[0][0]
        rejected = self._run("SELECT count(*) FROM refused")[0][0] if refused else 0
        if source != "event":
            totals = list(self._run(f"SELECT {_TOTALS} FROM {source}")[0])
        events, cases, first, last, lone, spaced = totals
        undated, again = self._documents() if roles.steps else (0, 0)
        return Counted(rows, rejected, events, cases, spaced, lone, undated, again, first, last)

    def _looked_over(self) -> tuple[Any, ...]:
        """The totals of all rows, and how many of them each mark of a fault is on, in one pass."""
        roles = self._roles
        wanted = [
            flag
            for flag, _, column, _ in _FLAGS
            if column is None or flag == "bad_end" or getattr(roles, column) is not None
        ]
        marks = ", ".join(f"count_if({flag})" for flag in wanted)
        found = self._run(f"SELECT {_TOTALS}, {marks} FROM event")[0]
        return (*found[: -len(wanted)], dict(zip(wanted, found[-len(wanted) :], strict=True)))

    def _events(self) -> str:
        roles = self._roles
        if not roles.steps:
            return self._select(roles.activity, roles.start, roles.complete, None)
        each = [self._select(None, None, place, (at, name)) for at, (place, name) in enumerate(roles.steps)]
        return " UNION ALL ".join(f"({one})" for one in each)

    def _select(
        self, activity: int | None, start: int | None, complete: int | None, step: tuple[int, str] | None
    ) -> str:
        """One event a row; of a table of documents the one of a step."""
        roles = self._roles
        starts = "NULL::TIMESTAMP" if start is None else self._moment(start)
        ends = "NULL::TIMESTAMP" if complete is None else self._moment(complete)
        role, resource, word = self._known(roles.role), self._known(roles.resource), "NULL::VARCHAR"
        if roles.prefixed:
            role = f"regexp_extract({resource}, '^[A-Za-z]+')"
        marks = "TRUE"
        if roles.transition is not None:
            word = self._cell(roles.transition[0])
            marks = f"word IN ({sql_texts((*roles.transition[1], *roles.transition[2]))})"
        picked = [
            '"row"',
            f"{step[0] if step else 0} AS ord",
            f'{self._cell(roles.case)} AS "case"',
            f"{sql_text(step[1]) if step else self._known(activity)} AS activity",
            f"{starts} AS begun",
            f"{ends} AS ended",
            f"{self._known(start)} AS start_text",
            f"{self._known(complete)} AS end_text",
            f"{resource} AS resource",
            f"{role} AS role",
            f"regexp_replace({self._known(roles.cost)}, {sql_text(MONEY)}, '', 'g') AS cost_text",
            f"{self._known(roles.site)} AS site",
            f"{word} AS word",
            f"{self._known(roles.instance)} AS instance",
            f"{self._spaced(roles.case)} AS spaced",
            *(f'{self._cell(place)} AS "{_attribute(name)}"' for place, name in roles.attributes),
        ]
        allowed = " AND ".join(
            f"{self._cell(place)} IN ({', '.join(map(sql_text, words))})" for place, words in roles.allowed
        )
        places = [place for place in (start, complete) if place is not None]
        inner = f"SELECT {', '.join(picked)}, {allowed or 'TRUE'} AS allowed FROM kept {self._meanings(places)}"
        return f"""SELECT * EXCLUDE (begun, ended, cost_text),
            CASE WHEN ended IS NULL AND end_text IS NULL THEN NULL ELSE begun END AS start,
            CASE WHEN end_text IS NULL THEN begun ELSE ended END AS complete,
            end_text IS NULL AND begun IS NOT NULL AS lone_start,
            TRY_CAST(cost_text AS DOUBLE) AS cost,
            "case" IS NULL AS no_case,
            activity IS NULL AS no_activity,
            {"FALSE" if step else "end_text IS NULL AND start_text IS NULL"} AS no_stamp,
            end_text IS NOT NULL AND (ended IS NULL OR ended NOT BETWEEN {FIRST} AND {LAST}) AS bad_end,
            start_text IS NOT NULL AND (begun IS NULL OR begun NOT BETWEEN {FIRST} AND {LAST}) AS bad_start,
            coalesce(begun > ended, FALSE) AS backwards,
            cost_text IS NOT NULL AND TRY_CAST(cost_text AS DOUBLE) IS NULL AS bad_cost,
            coalesce(NOT isfinite(cost) OR abs(cost) > {MOST_COST:.0f}, FALSE) AS wild_cost,
            NOT coalesce(allowed, FALSE) AS not_allowed,
            NOT coalesce({marks}, TRUE) AS unused
            FROM ({inner})"""

    def _known(self, place: int | None) -> str:
        """The text of a cell; NULL where there is no such column."""
        return "NULL::VARCHAR" if place is None else self._cell(place)

    def _spaced(self, place: int) -> str:
        return f"{self._cell(place)} <> c{int(place)}" if place in self._ragged else "FALSE"

    def _documents(self) -> tuple[int, int]:
        """Documents without any date, and case ids on more than one row."""
        undated = self._run('SELECT count(*) FROM (SELECT "row" FROM event GROUP BY "row" HAVING count(complete) = 0)')[
            0
        ][0]
        again = self._run(
            f"SELECT count(*) FROM (SELECT {self._cell(self._roles.case)} AS k FROM kept WHERE k IS NOT NULL GROUP BY 1 HAVING count(*) > 1)"
        )[0][0]
        return undated, again

    def faults(self, *, most: int | None = None, but: Sequence[str] = ()) -> list[Found]:
        """The cells for which rows are not taken, by row.

        Args:
            most: how many are wanted; all where not given.
            but: reasons passed over.
        """
        roles = self._roles
        parts = []
        for flag, reason, column, text in _FLAGS:
            if not self._counts.get(flag) or reason in but:
                continue
            if roles.steps and flag == "bad_end":
                place = "CASE ord " + " ".join(f"WHEN {at} THEN {p}" for at, (p, _) in enumerate(roles.steps)) + " END"
            elif flag == "unused" and roles.transition is not None:
                place = str(roles.transition[0])
            else:
                own = getattr(roles, column) if column else None
                place = "NULL" if own is None else str(own)
            parts.append(
                f"SELECT \"row\", {place}::INTEGER AS place, {text}::VARCHAR AS t, '{reason}' AS reason FROM event WHERE {flag}"
            )
        if not parts:
            return []
        limit = f" LIMIT {int(most)}" if most is not None else ""
        union = " UNION ".join(parts)
        found = self._run(f"SELECT * FROM ({union}) ORDER BY 1, 2 NULLS FIRST, reason{limit}")
        cost = self._roles.cost
        texts = {}
        if cost is not None and any(reason in _OF_COST for *_, reason in found):
            texts = dict(
                self._run(
                    f'SELECT "row", {self._cell(cost)} FROM kept ANTI JOIN (SELECT "row" FROM event WHERE NOT (bad_cost OR wild_cost)) USING ("row")'
                )
            )
        return [
            Found(row, place, (texts.get(row) if reason in _OF_COST else text) or "", reason)
            for row, place, text, reason in found
        ]

    def activities(self) -> list[tuple[str, int]]:
        """The activities and their numbers of events, most frequent first."""
        return self._run(f"SELECT activity, count(*) AS n FROM {self._source} GROUP BY 1 ORDER BY n DESC, 1")

    def months(self, out: Path) -> list[str]:
        """The months in which events were completed, as 2025-03, of a canonical file that was written."""
        return [
            month
            for (month,) in self._run(
                f"SELECT strftime(m, '%Y-%m') FROM (SELECT DISTINCT date_trunc('month', complete) AS m FROM read_parquet({sql_text(str(out))})) ORDER BY m"
            )
        ]

    def alike_cases(self, out: Path) -> int:
        """How many case ids differ from another by blanks or invisible characters alone, in a file that was written."""
        found = self._run(
            f"""SELECT coalesce(sum(n), 0) FROM (
                SELECT count(*) AS n FROM (SELECT DISTINCT "case" AS k FROM read_parquet({sql_text(str(out))}))
                GROUP BY regexp_replace(k, {sql_text(UNSEEN)}, '', 'g') HAVING n > 1)"""
        )
        return int(found[0][0])

    def write(self, out: Path) -> None:
        """Write the canonical Parquet file."""
        roles = self._roles
        picked = ", ".join(
            'NULL::VARCHAR AS "system"' if name == "system" else f'"{name}"::{kind} AS "{name}"'
            for name, kind in CANONICAL
        )
        kept = "".join(f', "{_attribute(name)}"' for _, name in roles.attributes)
        ordered = self._source != "event" or not all(
            self._stamps.get(place, Stamps()).alike for place in (roles.start, roles.complete) if place is not None
        )
        order = ' ORDER BY "row", ord' if ordered else ""
        self._run(
            f"COPY (SELECT {picked}{kept} FROM {self._source}{order}) TO {sql_text(str(out))} (FORMAT parquet, USE_TMP_FILE FALSE)"
        )


_FLAGS: tuple[tuple[str, str, str | None, str], ...] = (
    ("not_allowed", "not_allowed", None, "NULL"),
    ("no_case", "case_missing", "case", "NULL"),
    ("no_activity", "activity_missing", "activity", "NULL"),
    ("no_stamp", "stamp_missing", "complete", "NULL"),
    ("bad_end", "not_a_date", "complete", "end_text"),
    ("bad_start", "not_a_date", "start", "start_text"),
    ("backwards", "end_before_start", "complete", "end_text || ' < ' || start_text"),
    ("bad_cost", "not_a_number", "cost", "NULL"),
    ("wild_cost", "cost_out_of_range", "cost", "NULL"),
    ("unused", "transition_unused", None, "word"),
)
"""Why a row is not taken: the mark in the view, the reason, the column it is told of, and the text shown."""

_OF_COST = ("not_a_number", "cost_out_of_range")
"""Reasons that show the cell of the cost as it is written."""

_TOTALS = """count(*), count(DISTINCT "case"), min(coalesce(start, complete)), max(complete),
    count_if(lone_start), count_if(spaced)"""

_BAD = " OR ".join(flag for flag, *_ in _FLAGS)


def _attribute(name: str) -> str:
    """The column of an attribute, as it stands between double quotes."""
    return "@" + name.replace('"', '""')
