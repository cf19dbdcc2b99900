"""Down to single things: ways through the process, cases, their events, the levels one may choose by."""

from __future__ import annotations

from datetime import datetime

from duckdb import DuckDBPyConnection

from valueviz.analysis.process.log import GATE, CaseRow, EventRow, Variant
from valueviz.engine.connection import query
from valueviz.engine.log.cutting import activity_code, attribute_column

Pair = tuple[str, str]

REVISITS = {
    1: "self_loop_repeat",
    2: "self_loop_redo",
    3: "self_loop_unknown",
    4: "repetition_repeat",
    5: "repetition_redo",
    6: "repetition_unknown",
}
"""Kinds of second visits: right after the first or with others between; by the same resource, another, unknown.

Source: the taxonomy of rework of edeaR (bupaR).
"""


def variants(connection: DuckDBPyConnection, top: int) -> tuple[Variant, ...]:
    """The ways most cases took, most taken first."""
    rows = connection.execute(query("log_variants"), [top]).fetchall()
    return tuple(
        Variant(print_, tuple(names), overall, before, after) for print_, names, overall, before, after in rows
    )


def rework(connection: DuckDBPyConnection, period: int) -> dict[str, int]:
    """How many visits of a period are second or later ones, by kind of `REVISITS`."""
    rows = connection.execute(
        """SELECT e.again, count(*) FROM seq AS e INNER JOIN chosen AS c USING (k)
        WHERE e.again > 0 AND ($period = 9 OR c.period = $period) GROUP BY 1""",
        {"period": period},
    ).fetchall()
    return {name: dict(rows).get(kind, 0) for kind, name in REVISITS.items()}


def cases(connection: DuckDBPyConnection, *, edge: Pair | None, limit: int, slowest: bool) -> tuple[CaseRow, ...]:
    """Cases by lead time, of those that walk an edge where one is given; names settle ties."""
    walked, parameters = ("", []) if edge is None else _walked(connection, edge)
    statement = query("log_cases").replace("/* walked */", walked)
    statement = statement.replace("/* direction */", "DESC" if slowest else "ASC")
    rows = connection.execute(statement, [*parameters, limit]).fetchall()
    attributes = _attributes(connection, [k for k, *_ in rows])
    return tuple(
        CaseRow(name, start, lead / 1e6, events, None if period < 0 else period == 1, fingerprint, attributes[k])
        for k, name, start, lead, events, period, fingerprint in rows
    )


def _walked(connection: DuckDBPyConnection, edge: Pair) -> tuple[str, list[int]]:
    source, target = (None if name == GATE else activity_code(connection, name) for name in edge)
    if source is None and target is None:
        return "", []
    if source is None:
        return "SEMI JOIN (SELECT k FROM seq WHERE pos = 0 AND a = ?) AS walked USING (k)", [target or 0]
    if target is None:
        return "SEMI JOIN (SELECT k FROM seq WHERE na IS NULL AND a = ?) AS walked USING (k)", [source]
    return "SEMI JOIN (SELECT k FROM seq WHERE a = ? AND na = ?) AS walked USING (k)", [source, target]


def _attributes(connection: DuckDBPyConnection, codes: list[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    named = connection.execute("SELECT number, name FROM attribute ORDER BY number").fetchall()
    picked = "".join(f", c{int(number)}" for number, _ in named)
    rows = connection.execute(
        f"SELECT k{picked} FROM attributed WHERE k IN (SELECT unnest(?::INTEGER []))",  # noqa: S608 - numbers
        [codes],
    ).fetchall()
    found = {
        k: tuple((name, value) for (_, name), value in zip(named, values, strict=True) if value is not None)
        for k, *values in rows
    }
    return {k: found.get(k, ()) for k in codes}


def events(connection: DuckDBPyConnection, case: str) -> tuple[EventRow, ...]:
    """The events of a case in order."""
    rows: list[tuple[str, datetime | None, datetime, str | None, str | None, int]] = connection.execute(
        query("log_events"), [case]
    ).fetchall()
    return tuple(EventRow(*row) for row in rows)


def sites(connection: DuckDBPyConnection) -> tuple[str, ...]:
    """The sites of all cases of the log, sorted."""
    rows = connection.execute('SELECT DISTINCT site FROM "case" WHERE site IS NOT NULL ORDER BY site').fetchall()
    return tuple(site for (site,) in rows)


def levels(connection: DuckDBPyConnection, attribute: str, *, most: int) -> tuple[tuple[str, int], ...]:
    """The commonest levels of a case attribute among the chosen cases, and how many cases have each."""
    column = attribute_column(connection, attribute)
    rows = connection.execute(
        f"""SELECT v.{column}, count(*) FROM attributed AS v SEMI JOIN chosen USING (k)
        WHERE v.{column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?""",  # noqa: S608 - the column is a number
        [most],
    ).fetchall()
    return tuple((level, count) for level, count in rows)
