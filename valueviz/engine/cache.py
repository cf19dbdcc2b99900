"""The cache of one client: every observation of its snapshots in one disposable database file.

A cache is derived from the snapshots alone and can always be built again. It marks the rows that count: of
one metric, unit and day those of the newest snapshot that has any, except that a snapshot which gives way
counts only where those before it measure nothing. Monthly figures and rows of single days never count together
in one month. What would count if no later file had left anything blank is marked as well. A site is one, however
its label and its column are spelled: it is kept as first written.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from valueviz.engine.connection import open_cache, query, workbench
from valueviz.engine.levels import Spelling, unify

VERSION = f"4 duckdb {duckdb.__version__}"
"""Version of the tables and of the engine; a cache of another version is built anew."""

OBSERVATION = {
    "row": "BIGINT",
    "metric": "VARCHAR",
    "date": "TIMESTAMP",
    "end": "TIMESTAMP",
    "value": "DOUBLE",
    "volume": "DOUBLE",
    "unit": "VARCHAR",
    "site": "VARCHAR",
    "instrument": "VARCHAR",
    "definition_version": "VARCHAR",
}
"""Columns of a snapshot file: `row` is the line in the source, `unit` canonical JSON of all dimensions."""


def build_cache(
    path: Path, snapshots: Sequence[Path], *, gives_way: Collection[str] = (), monthly: Collection[str] = ()
) -> None:
    """Write a cache at `path`, whole or not at all.

    Args:
        path: where the finished cache appears; its folder exists.
        snapshots: Parquet files in order of import, named by their digest.
        gives_way: digests of those of which only what earlier ones do not measure counts.
        monthly: digests of those that state monthly figures, whatever their dates look like.

    Raises:
        StoreError: `disk_full`.
    """
    building = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with workbench(building, files=snapshots) as connection:
            connection.execute(query("loaded"))
            connection.execute("CREATE TABLE snapshot (number INTEGER, digest VARCHAR)")
            for number, snapshot in enumerate(snapshots):
                connection.execute("INSERT INTO snapshot VALUES (?, ?)", [number, snapshot.stem])
                connection.execute(query("load"), [number, str(snapshot)])
            if unify(connection, [Spelling(*row) for row in connection.execute(query("spellings")).fetchall()]):
                connection.execute(query("unified"))
            connection.execute(query("held"))
            tell(connection, snapshots, gives_way=gives_way, monthly=monthly)
            connection.execute(query("outdone"))
            connection.execute(query("observation"))
            connection.execute(query("summary"))
        _settle(building)
        building.replace(path)
    finally:
        for leftover in (building, building.with_name(f"{building.name}.wal")):
            leftover.unlink(missing_ok=True)


def tell(
    connection: DuckDBPyConnection,
    snapshots: Sequence[Path],
    *,
    gives_way: Collection[str],
    monthly: Collection[str],
) -> None:
    """Write down the numbers of the snapshots that give way, and of those that state monthly figures."""
    for table, digests in (("giving_way", gives_way), ("stating_months", monthly)):
        numbers = [number for number, snapshot in enumerate(snapshots) if snapshot.stem in digests]
        connection.execute(f"CREATE TEMP TABLE {table} AS SELECT unnest(?::INTEGER []) AS number", [numbers])


def _settle(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def span(path: Path) -> dict[str, tuple[date, date]]:
    """First and last day of each metric in a cache."""
    with open_cache(path) as connection:
        rows = connection.execute("SELECT metric::VARCHAR, first_day, last_day FROM summary ORDER BY 1").fetchall()
    return {metric: (first, last) for metric, first, last in rows}


def counts(path: Path) -> dict[str, int]:
    """How many rows of each metric count in a cache."""
    with open_cache(path) as connection:
        return dict(connection.execute("SELECT metric::VARCHAR, rows FROM summary ORDER BY 1").fetchall())


def site_keys(path: Path) -> tuple[str, ...]:
    """The sites that rows of a cache name, sorted."""
    with open_cache(path) as connection:
        rows = connection.execute("SELECT site FROM site ORDER BY site").fetchall()
    return tuple(site for (site,) in rows)
