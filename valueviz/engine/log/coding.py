"""From canonical Parquet files to one coded database of a log: whole or not at all.

Names become integers and stamps integer microseconds once; `seq` holds one row an event, `case` one row a case.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from valueviz.engine.connection import query, workbench
from valueviz.terms.process import MACHINES

VERSION = f"1 duckdb {duckdb.__version__}"
"""Version of the tables and of the engine; a coded log of another version is built anew."""

EVENT = '"case" IS NOT NULL AND activity IS NOT NULL AND complete IS NOT NULL'
"""Rows that are events."""

MEMORY = 3 << 30
"""Bytes coding may use where nobody says: ten million events are coded in it, partly beside the database."""

UNPACKED = ("bitpacking", "dict_fsst", "fsst")
"""Ways of packing that take longer than all reading of the packed columns saves."""

AUTOMATIC = "coalesce(r.automatic, FALSE) OR coalesce(o.automatic, FALSE)"
"""Whether a system did an event, by the name of its resource or role."""

MOST_BITS = 126
"""So many activities fit into the bits of one integer, by which the different ones of a case are counted."""


def build_log(path: Path, files: Sequence[Path], *, threads: int | None = None, memory: int = MEMORY) -> None:
    """Write the coded database of a log at `path`, whole or not at all.

    Several files are stitched by case id: rows of later files come after those of earlier ones at equal stamps.

    Args:
        path: where the finished database appears; its folder exists and takes what does not fit into memory.
        files: canonical Parquet files of the log, in order.
        threads: how many at once; all processors where not given.
        memory: bytes it may use before it spills beside the database.

    Raises:
        StoreError: `disk_full`.
    """
    building = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        # a path is looked up as it is written in SQL, and then as the file it stands for
        named = [*files, *(Path(_plain(file)) for file in files)]
        with workbench(building, files=named, threads=threads, memory=memory, unpacked=UNPACKED) as connection:
            _load(connection, files)
            _code(connection)
            _attributes(connection, files)
            _order(connection, len(files))
            _cases(connection)
        building.replace(path)
    finally:
        for leftover in (building, building.with_name(f"{building.name}.wal")):
            leftover.unlink(missing_ok=True)
        shutil.rmtree(building.with_name(f"{building.name}.tmp"), ignore_errors=True)


def _load(connection: DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Show the rows of all files as one view; their columns are read where they are needed, never held as text."""
    connection.execute("CREATE TABLE file (source USMALLINT, name VARCHAR)")
    parts = []
    for source, file in enumerate(files):
        connection.execute("INSERT INTO file VALUES (?, ?)", [source, file.stem])
        part = query("log_raw").replace("/* event */", EVENT).replace("/* source */", str(source))
        parts.append(part.replace("/* file */", _literal(file)))
    connection.execute("CREATE TEMP VIEW loaded AS " + " UNION ALL ".join(parts))


def _code(connection: DuckDBPyConnection) -> None:
    for table, code, column in (
        ("activity", "a", "activity"),
        ("resource", "r", "resource"),
        ("role", "o", "role"),
    ):
        statement = query("log_names").replace("/* table */", table).replace("/* code */", code)
        connection.execute(statement.replace("/* column */", column))
    for table in ("resource", "role"):
        connection.execute(f"ALTER TABLE {table} ADD COLUMN automatic BOOLEAN")
        connection.execute(
            f"UPDATE {table} SET automatic = regexp_matches(name, ?)",  # noqa: S608 - a table of this program
            [MACHINES],
        )


def _order(connection: DuckDBPyConnection, files: int) -> None:
    started, costs = connection.execute("SELECT count_if(started) > 0, count(cost) > 0 FROM loaded").fetchall()[0]
    resources, roles = (_one(connection, f"SELECT count(*) FROM {table}") for table in ("resource", "role"))  # noqa: S608
    machines = _one(connection, "SELECT count(*) FROM (FROM resource UNION ALL BY NAME FROM role) WHERE automatic")
    # what a log does not hold is not sorted with its events
    carried: list[str] = []
    same: list[str] = []
    for holds, column, varying, constant in (
        (started, "t0", "l.t0", "t1"),
        (started, "started", "l.started", "FALSE"),
        (costs, "cost", "l.cost", "NULL::HUGEINT"),
        (files > 1, "source", "l.source", "0::USMALLINT"),
        (roles, "o", "o.o", "NULL::INTEGER"),
        (machines, "automatic", AUTOMATIC, "FALSE"),
        (machines, "person", f"CASE WHEN NOT ({AUTOMATIC}) THEN r.r END", "r"),
    ):
        (carried if holds else same).append(f", {varying if holds else constant} AS {column}")
    person = "person" if machines else "r"
    parts = {
        "carried": "".join(carried),
        "begins": "t0" if started else "t1",
        "frontier": query("log_frontier_of_starts") if started else "lag(t1) OVER w",
        "earlier": f"lag({person} IGNORE NULLS) OVER w" if resources else "NULL::INTEGER",
        "earliest": f"lag({person}, 2 IGNORE NULLS) OVER w" if resources else "NULL::INTEGER",
    }
    statement = query("log_sequence")
    for name, part in parts.items():
        statement = statement.replace(f"/* {name} */", part)
    # rows stand in their file in order, so that their place settles ties
    connection.execute(statement.replace("/* file */", "source, " if files > 1 else ""))
    connection.execute(query("log_sequenced").replace("/* same */", "".join(same)))


def _cases(connection: DuckDBPyConnection) -> None:
    few = _one(connection, "SELECT count(*) FROM activity") <= MOST_BITS
    different = "bit_count(bit_or(1::HUGEINT << a))" if few else "count(DISTINCT a)"
    connection.execute(query("log_counted").replace("/* distinct */", different))
    connection.execute(query("log_printed_paths"))
    if _one(connection, query("log_misprints")):
        connection.execute(query("log_exact_prints"))
        connection.execute(query("log_printed_paths"))
    connection.execute(query("log_variant"))
    for name in ("log_again", "log_event", "log_seq", "log_place", "log_case"):
        connection.execute(query(name))
    several = _one(connection, 'SELECT count("system") FROM loaded') or _one(
        connection, "SELECT count(*) > 1 FROM file"
    )
    connection.execute(query("log_system").replace("/* rows */", "loaded" if several else "(FROM loaded LIMIT 0)"))
    connection.execute("ALTER TABLE variant DROP COLUMN print")
    connection.execute("DROP VIEW sequence")
    for table in ("placed", "spread", "counted", "again", "printed_path"):
        connection.execute(f"DROP TABLE {table}")


def _attributes(connection: DuckDBPyConnection, files: Sequence[Path]) -> None:
    """Number the cases in order of their names; keep the columns with one value a case, the others are no attributes."""
    columns = [_columns(connection, file) for file in files]
    names = list(dict.fromkeys(name for file in columns for name in file))
    sources = " UNION ALL ".join(_wide(file, names, held) for file, held in zip(files, columns, strict=True))
    ends = "".join(f", min(c{at}) AS c{at}, max(c{at}) AS d{at}" for at in range(len(names)))
    connection.execute(
        f"""CREATE TEMP TABLE spread AS
        SELECT (row_number() OVER () - 1)::INTEGER AS k, *
        FROM (SELECT name, min(site) AS site{ends} FROM ({sources}) GROUP BY name ORDER BY name)"""  # noqa: S608
    )
    kept = []
    for at, name in enumerate(names):
        one, cases = connection.execute(
            f"SELECT bool_and(c{at} = d{at}), count(c{at}) FROM spread"  # noqa: S608
        ).fetchall()[0]
        if cases and one:
            kept.append((at, name.removeprefix("@")))
    picked = "".join(f", c{at}" for at, _ in kept)
    connection.execute(f"CREATE TABLE attributed AS SELECT k{picked} FROM spread ORDER BY k")  # noqa: S608
    connection.execute("CREATE TABLE attribute (number INTEGER, name VARCHAR, levels INTEGER, cases INTEGER)")
    for at, name in kept:
        connection.execute(
            f"INSERT INTO attribute SELECT {at}, ?, count(DISTINCT c{at}), count(c{at}) FROM attributed",  # noqa: S608
            [name],
        )


def _columns(connection: DuckDBPyConnection, file: Path) -> list[str]:
    """The names of the attribute columns of a file, in its order."""
    described = connection.execute("SELECT name FROM parquet_schema(?)", [str(file)]).fetchall()
    return [name for (name,) in described if name.startswith("@")]


def _wide(file: Path, names: Sequence[str], held: Sequence[str]) -> str:
    """A file's rows with every attribute of the log, by number; those it lacks are NULL."""
    cells = "".join(
        f", {_quoted(name)}::VARCHAR AS c{at}" if name in held else f", NULL::VARCHAR AS c{at}"
        for at, name in enumerate(names)
    )
    source = f"read_parquet([{_literal(file)}]) WHERE {EVENT}"
    return f'SELECT "case"::VARCHAR AS name, site::VARCHAR AS site{cells} FROM {source}'  # noqa: S608


def _quoted(name: str) -> str:
    """A column's name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def _literal(file: Path) -> str:
    """A path as a literal of SQL, for views take no parameters."""
    return "'" + _plain(file).replace("'", "''") + "'"


def _plain(file: Path) -> str:
    """A path as a pattern that only it meets."""
    return re.sub(r"[*?[]", lambda mark: f"[{mark.group()}]", str(file))


def _one(connection: DuckDBPyConnection, statement: str) -> int:
    return int(connection.execute(statement).fetchall()[0][0])
