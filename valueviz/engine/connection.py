"""Hardened DuckDB connections, one a call; they know neither clients nor statistics.

A connection shared between threads returns other callers' rows, so every function opens its own and closes
it again. No connection loads an extension, reads a Python variable or, beyond the files it is given, a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from valueviz.errors import DefinitionError, StoreError

CLOSED: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
}
"""Nothing is downloaded, loaded or taken from the caller's variables."""

MISFITS = (duckdb.BinderException, duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.ParserException)
"""What DuckDB raises when an expression does not fit its data; any other error of a cache is damage."""


@cache
def query(name: str) -> str:
    """The text of a named query, shipped beside this module."""
    return (resources.files("valueviz.engine") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def open_cache(path: Path, *, threads: int | None = None) -> Iterator[DuckDBPyConnection]:
    """A connection that can read one cache and nothing else.

    Raises:
        StoreError: `cache_damaged` (the caller builds the cache anew), `memory_exhausted`.
        DefinitionError: `expression_failed`, when SQL of a metric does not fit its data.
    """
    options = CLOSED | {"enable_external_access": "false", "lock_configuration": "true"}
    if threads is not None:
        options["threads"] = str(threads)
    try:
        connection = duckdb.connect(str(path), read_only=True, config=options)
        with connection:
            yield connection
    except MISFITS as failure:
        raise DefinitionError("expression_failed", found=_first_line(failure)) from failure
    except duckdb.OutOfMemoryException as failure:
        raise StoreError("memory_exhausted", file=path.name, found=_first_line(failure)) from failure
    except duckdb.Error as damage:
        raise StoreError("cache_damaged", file=path.name, found=_first_line(damage)) from damage


@contextmanager
def workbench(
    database: Path | None = None,
    *,
    files: Sequence[Path] = (),
    folders: Sequence[Path] = (),
    threads: int | None = None,
    memory: int | None = None,
    unpacked: Sequence[str] = (),
) -> Iterator[DuckDBPyConnection]:
    """A connection to work in: a new database, in memory where no path is given.

    Args:
        database: where the database is written.
        files: the only files it may read or write.
        folders: folders whose files it may read and write.
        threads: how many at once; all processors where not given.
        memory: bytes it may use before it spills or refuses.
        unpacked: ways of packing columns that are not tried when tables are written.

    Raises:
        StoreError: `disk_full`.
    """
    try:
        with duckdb.connect(str(database) if database else ":memory:", config=CLOSED) as connection:
            if threads is not None:
                connection.execute("SET threads = ?", [threads])
            if memory is not None:
                connection.execute("SET memory_limit = ?", [f"{memory}B"])
            if unpacked:
                connection.execute("SET disabled_compression_methods = ?", [",".join(unpacked)])
            connection.execute("SET allowed_paths = ?", [[str(path) for path in files]])
            connection.execute("SET allowed_directories = ?", [[str(folder) for folder in folders]])
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection
    except duckdb.Error as failure:
        if "No space left" in str(failure) or "not enough space" in str(failure):
            raise StoreError("disk_full", folder=str(database.parent if database else "")) from failure
        raise


def _first_line(failure: duckdb.Error) -> str:
    return str(failure).partition("\n")[0]


def answer() -> str:
    """The engine's version, once it has computed something."""
    with workbench() as connection:
        ((computed,),) = connection.execute("SELECT 6 * 7").fetchall()
    return f"{duckdb.__version__}: 6 * 7 = {computed}"
