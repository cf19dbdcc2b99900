"""What a canonical Parquet file of an event log holds."""

# ruff: noqa: S608 - columns are known by their places, words are quoted by `sql_text`, never taken as they are

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from valueviz.engine.connection import workbench
from valueviz.engine.log.cells import sql_text
from valueviz.engine.log.stage import CANONICAL, Counted


@dataclass(frozen=True, slots=True)
class CanonicalFacts:
    """What a canonical file holds."""

    counted: Counted
    activities: tuple[tuple[str, int], ...]
    months: tuple[str, ...]
    attributes: tuple[str, ...]


def canonical_facts(path: Path, out: Path) -> CanonicalFacts | None:
    """What a Parquet file holds, which is copied to `out`; None where it is no canonical log."""
    with workbench(files=(path, out)) as connection:
        run = connection.execute
        try:
            columns = [
                (name, kind) for name, kind, *_ in run("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
            ]
        except duckdb.Error:
            return None
        rest = columns[len(CANONICAL) :]
        if tuple(columns[: len(CANONICAL)]) != CANONICAL or any(
            not name.startswith("@") or kind != "VARCHAR" for name, kind in rest
        ):
            return None
        run("CREATE VIEW log AS SELECT * FROM read_parquet(" + sql_text(str(path)) + ")")
        events, cases, first, last, lacking = run(
            'SELECT count(*), count(DISTINCT "case"), min(coalesce(start, complete)), max(complete), '
            'count_if("case" IS NULL OR activity IS NULL OR complete IS NULL OR start > complete) FROM log'
        ).fetchall()[0]
        if lacking:
            return None
        activities = run("SELECT activity, count(*) AS n FROM log GROUP BY 1 ORDER BY n DESC, 1").fetchall()
        months = run("SELECT DISTINCT strftime(complete, '%Y-%m') AS m FROM log ORDER BY m").fetchall()
        run(f"COPY (SELECT * FROM log) TO {sql_text(str(out))} (FORMAT parquet, USE_TMP_FILE FALSE)")
    return CanonicalFacts(
        Counted(events, 0, events, cases, 0, 0, 0, 0, first, last),
        tuple(activities),
        tuple(month for (month,) in months),
        tuple(name[1:] for name, _ in rest),
    )
