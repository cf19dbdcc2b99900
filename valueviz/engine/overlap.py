"""What a new snapshot and earlier ones both measure: how much is equal, how much differs, the first differences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from valueviz.engine.cache import tell
from valueviz.engine.connection import query, workbench
from valueviz.engine.levels import Spelling, unify
from valueviz.terms import Difference

SHOWN_DIFFERENCES = 20
"""Differences shown to a person who has to choose; all are counted."""

MEMORY_BYTES = 1 << 30
"""What a comparison may hold before it spills beside the new snapshot."""

LARGE_SNAPSHOT = 32 << 20
"""Bytes from which on a comparison gets room on the disk: three million rows and more."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Places that both measure, equal and differing, the first differences, the earlier snapshots that differ.

    At `level` of the differing places both values are equal, only the rows behind them are not.
    """

    equal: int
    differing: int
    differences: tuple[Difference, ...]
    snapshots: tuple[str, ...]
    level: int = 0


def months(snapshot: Path) -> dict[str, frozenset[str]]:
    """The months (YYYY-MM) of each metric in a snapshot."""
    with workbench(files=[snapshot]) as connection:
        rows = connection.execute(query("measured_months"), [str(snapshot)]).fetchall()
    return {metric: frozenset(found) for metric, found in rows}


def compare(
    snapshot: Path,
    earlier: Sequence[Path],
    *,
    gives_way: Collection[str] = (),
    monthly: Collection[str] = (),
    summed: Collection[str] = (),
) -> Compared:
    """What a new snapshot and the rows that count of earlier ones both measure.

    A place is a metric, unit and day, or month where one side states monthly figures and the other single days.

    Args:
        snapshot: Parquet file of the new rows.
        earlier: Parquet files in order of import, named by their digest.
        gives_way: digests of those of which only what earlier ones do not measure counts.
        monthly: digests of those that state monthly figures; the new one goes by the stem of its file.
        summed: metrics whose values are added up over a period; others are averaged.

    Raises:
        StoreError: `disk_full`.
    """
    files = [*earlier, snapshot]
    large = sum(path.stat().st_size for path in files) > LARGE_SNAPSHOT
    room = snapshot.with_name("overlap.duckdb") if large else None
    metrics = list(months(snapshot))
    with workbench(room, files=files, memory=MEMORY_BYTES) as connection:
        unify(connection, [each for number, path in enumerate(files) for each in _spellings(connection, number, path)])
        connection.execute(f"CREATE TEMP TABLE fresh AS {query('weighed')}", [len(earlier), str(snapshot), metrics])
        connection.execute("CREATE TEMP TABLE held AS FROM fresh LIMIT 0")
        for number, path in enumerate(earlier):
            connection.execute(f"INSERT INTO held BY NAME {query('weighed')}", [number, str(path), metrics])
        tell(connection, files, gives_way=gives_way, monthly=monthly)
        connection.execute(query("outdone"))
        connection.execute(query("compared"), [sorted(summed)])
        ((equal, differing, level),) = connection.execute(
            "SELECT count(*) FILTER (WHERE same), count(*) FILTER (WHERE NOT same), "
            "count(*) FILTER (WHERE NOT same AND level) FROM compared"
        ).fetchall()
        rows = connection.execute(
            "SELECT metric, unit, day, earlier, newer, monthly, times FROM compared WHERE NOT same "
            "ORDER BY level, times IS NULL, metric, day, unit LIMIT ?",
            [SHOWN_DIFFERENCES],
        ).fetchall()
        numbers = connection.execute(
            "SELECT DISTINCT snapshot FROM compared WHERE NOT same ORDER BY snapshot"
        ).fetchall()
    return Compared(
        equal,
        differing,
        tuple(Difference(*row) for row in rows),
        tuple(earlier[at].stem for (at,) in numbers),
        level,
    )


def _spellings(connection: DuckDBPyConnection, number: int, path: Path) -> list[Spelling]:
    """The units with a site of one snapshot, in the order of its rows."""
    rows = connection.execute(query("spellings_of"), [str(path)]).fetchall()
    return [Spelling(unit, site, number) for unit, site in rows]
