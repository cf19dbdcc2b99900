"""What a new snapshot and earlier ones both measure: how much is equal, how much differs, the first differences."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from valueviz.engine.cache import tell
from valueviz.engine.connection import query, workbench
from valueviz.terms import Difference

SHOWN_DIFFERENCES = 20
"""Differences shown to a person who has to choose; all are counted."""

MEMORY_BYTES = 1 << 30
"""What a comparison may hold before it spills beside the new snapshot."""

LARGE_SNAPSHOT = 32 << 20
"""Bytes from which on a comparison gets room on the disk: three million rows and more."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Places that both measure, equal and differing, the first differences, the earlier snapshots that differ."""

    equal: int
    differing: int
    differences: tuple[Difference, ...]
    snapshots: tuple[str, ...]


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
        connection.execute(f"CREATE TEMP TABLE fresh AS {query('weighed')}", [len(earlier), str(snapshot), metrics])
        connection.execute("CREATE TEMP TABLE held AS FROM fresh LIMIT 0")
        for number, path in enumerate(earlier):
            connection.execute(f"INSERT INTO held BY NAME {query('weighed')}", [number, str(path), metrics])
        tell(connection, files, gives_way=gives_way, monthly=monthly)
        connection.execute(query("outdone"))
        connection.execute(query("compared"), [sorted(summed)])
        ((equal, differing),) = connection.execute(
            "SELECT count(*) FILTER (WHERE same), count(*) FILTER (WHERE NOT same) FROM compared"
        ).fetchall()
        rows = connection.execute(
            "SELECT metric, unit, day, earlier, newer FROM compared WHERE NOT same ORDER BY metric, day, unit LIMIT ?",
            [SHOWN_DIFFERENCES],
        ).fetchall()
        numbers = connection.execute(
            "SELECT DISTINCT snapshot FROM compared WHERE NOT same ORDER BY snapshot"
        ).fetchall()
    return Compared(
        equal, differing, tuple(Difference(*row) for row in rows), tuple(earlier[at].stem for (at,) in numbers)
    )
