"""The cases of a cut, each with its period and week, as a table of the connection; nothing is counted here."""

from __future__ import annotations

from datetime import date
from typing import Any

from duckdb import DuckDBPyConnection

from valueviz.analysis.process.log import Cut
from valueviz.catalog.nearest import closest
from valueviz.engine.connection import query
from valueviz.errors import UsageError
from valueviz.terms import period_of


def choose(connection: DuckDBPyConnection, cut: Cut) -> None:
    """Create the table `chosen`: one row a case of the cut.

    Raises:
        UsageError: `unknown_activity`, `unknown_attribute`.
    """
    connection.execute(query("log_printed"))
    _own(connection, cut)
    named: dict[str, Any] = {
        "before_start": cut.before.start if cut.before else None,
        "before_end": cut.before.end if cut.before else None,
        "after_start": cut.after.start if cut.after else None,
        "after_end": cut.after.end if cut.after else None,
        "go_live": cut.go_live,
    }
    statement = query("log_chosen").replace("/* conditions */", _conditions(connection, cut, named))
    begins, ends, segment = "c.first", "c.last", ""
    if cut.segment is not None:
        begins, ends, segment = "s.begins", "s.ends", query("log_segment")
        named["source"], named["target"] = (activity_code(connection, name) for name in cut.segment)
    statement = statement.replace("/* begins */", begins).replace("/* ends */", ends)
    connection.execute(statement.replace("/* segment */", segment), named)


def activity_code(connection: DuckDBPyConnection, name: str) -> int:
    """The number of an activity.

    Raises:
        UsageError: `unknown_activity`.
    """
    found = connection.execute("SELECT a FROM activity WHERE name = ?", [name]).fetchall()
    if not found:
        known = [known for (known,) in connection.execute("SELECT name FROM activity ORDER BY name").fetchall()]
        raise UsageError("unknown_activity", found=name, **closest(name, known))
    return int(found[0][0])


def attribute_column(connection: DuckDBPyConnection, name: str) -> str:
    """The column of `attributed` that holds a case attribute.

    Raises:
        UsageError: `unknown_attribute`.
    """
    numbers = dict(connection.execute("SELECT name, number FROM attribute ORDER BY name").fetchall())
    if name not in numbers:
        raise UsageError("unknown_attribute", found=name, **closest(name, numbers))
    return f"c{int(numbers[name])}"


def _own(connection: DuckDBPyConnection, cut: Cut) -> None:
    go_live = cut.go_live
    rows = [] if go_live is None else [(site, (day - go_live).days, _weeks(go_live, day)) for site, day in cut.go_lives]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], []]
    connection.execute(query("log_own"), columns)


def _weeks(go_live: date, day: date) -> int:
    return period_of(day, "week") - period_of(go_live, "week")


def _conditions(connection: DuckDBPyConnection, cut: Cut, named: dict[str, Any]) -> str:
    """What the cut asks of a case, as SQL; every value is a parameter."""
    asked = ""
    if cut.window is not None:
        asked += " AND make_timestamp(c.first)::DATE BETWEEN $window_start::DATE AND $window_end::DATE"
        named["window_start"], named["window_end"] = cut.window.start, cut.window.end
    if cut.sites:
        asked += " AND c.site IN (SELECT unnest($sites::VARCHAR []))"
        named["sites"] = list(cut.sites)
    for at, name in enumerate(dict.fromkeys(name for name, _ in cut.attributes)):
        column = attribute_column(connection, name)
        levels = f"SELECT unnest($levels_{at}::VARCHAR [])"
        asked += f" AND c.k IN (SELECT k FROM attributed WHERE {column} IN ({levels}))"  # noqa: S608 - a numbered column
        named[f"levels_{at}"] = [value for key, value in cut.attributes if key == name]
    if cut.variant is not None:
        asked += " AND c.v IN (SELECT v FROM printed WHERE fingerprint = $variant)"
        named["variant"] = cut.variant
    return asked
