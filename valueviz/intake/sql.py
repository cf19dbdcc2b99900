"""A query's result as a file for the gate: read-only, one statement, streamed as text, never a password kept.

The query's text is kept as evidence beside the digest of its result. Address and password reach the child by
its standard input alone; no message, record or file holds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from valueviz.errors import DataError, UsageError
from valueviz.workers import Limits, Progress, run

if TYPE_CHECKING:
    from valueviz.catalog import Mapping
    from valueviz.intake.intake import ImportResult, PersonalChoice
    from valueviz.store import Client, OverlapChoice

MEMORY_BYTES = 1 << 30
"""What the child may hold: rows pass through it in blocks."""

STATEMENT_SECONDS = 600
"""How long the database may think about one block of rows; a report's query that takes longer is a mistake."""

WALL_SECONDS = 3600.0
"""How long a whole result may take to arrive."""

MOST_ROWS = 20_000_000
"""Rows of one result; more belong in several queries."""

QUERY_BYTES = 1 << 20
"""Bytes of a query; a longer one is something else."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result that was fetched: its file (gone when the context ends) and what it is called, no password in it."""

    path: Path
    name: str
    rows: int


def import_query(
    client: Client,
    url: str,
    query: str,
    *,
    name: str = "query.sql",
    mapping: Mapping | None = None,
    propose: bool = False,
    dry_run: bool = False,
    overlap: OverlapChoice | None = None,
    personal: PersonalChoice = "leave_out",
    latest: date | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """What became of the rows of a query, as `import_file` tells of those of a file.

    Args:
        client: whose workspace they go to.
        url: of the database, `postgresql://user:password@host/database` or `sqlite:///file`.
        query: one statement that only reads.
        name: what the query is called.
        mapping: which column means what; None where one shall be proposed.
        propose: use the proposed mapping without asking.
        dry_run: find out everything, write nothing.
        overlap: whose values count where earlier imports measured otherwise; None refuses.
        personal: what becomes of mapped columns with personal data.
        latest: the last day that can have been measured.
        progress: told the stage and the share done (0–1).

    Raises:
        UsageError: `sql_extra_missing`, `sql_address`, `sql_dialect`, `sql_unreachable`.
        DataError: `sql_writes`, `sql_several`, `sql_timeout`, `sql_failed`, `sql_too_many_rows`, and what
            `import_file` raises.
    """
    from valueviz.intake.intake import import_file

    with fetched(client, url, query, name=name, progress=progress) as result:
        return import_file(
            client,
            result.path,
            mapping=mapping,
            propose=propose,
            dry_run=dry_run,
            overlap=overlap,
            personal=personal,
            name=result.name,
            query=query,
            latest=latest,
            progress=progress,
        )


@contextmanager
def fetched(
    client: Client, url: str, query: str, *, name: str = "query.sql", progress: Progress | None = None
) -> Iterator[Result]:
    """The result of a query as a file on the workspace's disk; refusals about it name the query.

    Raises:
        UsageError, DataError: see `import_query`.
    """
    with client.staging() as folder:
        path = folder / "result.csv"
        answer = run(
            "valueviz.intake.database:fetch",
            args={"url": url, "query": query, "name": name, "out": str(path.absolute())},
            limits=Limits(memory=MEMORY_BYTES, cpu=WALL_SECONDS, wall=WALL_SECONDS),
            progress=progress,
        )
        told = cast("dict[str, Any]", answer)
        result = Result(path, f"{told['place']}: {name}", told["rows"])
        try:
            yield result
        except DataError as refusal:
            if refusal.fields.get("file") != path.name:
                raise
            raise DataError(refusal.code, **(refusal.fields | {"file": result.name})) from None


def read_query(path: Path) -> str:
    """The text of a query file.

    Raises:
        DataError: `input_missing`, `input_unreadable`, `sql_too_long`, `unknown_characters`.
    """
    if not path.is_file():
        raise DataError("input_missing", file=str(path))
    try:
        with path.open("rb") as file:
            content = file.read(QUERY_BYTES + 1)
        text = content.decode("utf-8-sig")
    except OSError as failure:
        raise DataError("input_unreadable", file=str(path), found=failure.strerror) from failure
    except UnicodeDecodeError as failure:
        raise DataError("unknown_characters", file=path.name, found="SQL: UTF-8") from failure
    if len(content) > QUERY_BYTES:
        raise DataError("sql_too_long", file=path.name, needed=QUERY_BYTES)
    return text


def address(text: str, environment: dict[str, str]) -> str:
    """The address of a database: `env:NAME` stands for that environment variable.

    Raises:
        UsageError: `sql_variable`.
    """
    if not text.startswith("env:"):
        return text
    name = text.removeprefix("env:")
    if not environment.get(name):
        raise UsageError("sql_variable", found=name)
    return environment[name]
