"""The child's side of a query: a connection that cannot write, and its rows as text, block by block.

Every guard is the database's own: a read-only transaction in a read-only session, a protocol or an authoriser
that takes one statement, a time limit. What no guard is known for is refused.
"""

from __future__ import annotations

import csv
import json
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from functools import singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.errors import DataError, UsageError
from valueviz.intake.sql import MOST_ROWS, STATEMENT_SECONDS
from valueviz.store.files import disk
from valueviz.workers import Progress

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

ADDRESS = "postgresql://USER:PASSWORD@HOST/DATABASE"
"""What an address looks like."""

INSTALL = 'pip install "valueviz[sql]"'
"""What brings the libraries that are asked for here."""

BLOCK_ROWS = 5000
"""Rows asked for at a time: a few megabytes."""

CONNECT_SECONDS = 20
"""How long a host may take to answer at all."""

WRITE_STATES = ("25001", "25006", "42P11", "0A000", "42501")
"""SQLSTATEs of a statement that would write: leaving or breaking the read-only transaction, a cursor over no plain
SELECT, no privilege."""

WRITE_ROUTINES = ("transformSelectStmt",)
"""Places in the server that refuse `SELECT INTO`, under the SQLSTATE of any syntax error."""

AWAY = ("08", "28", "3D", "53", "57")
"""Classes of SQLSTATEs about reaching a database: network, sign-in, no such database, its resources, its operator."""

STOPPED = "57014"
"""SQLSTATE of a statement that took too long."""

VERBS = (
    *("insert", "update", "delete", "merge", "truncate", "create", "drop", "alter", "grant", "revoke", "copy", "call"),
    *("do", "set", "reset", "begin", "commit", "lock", "vacuum", "refresh", "import", "attach", "pragma", "replace"),
)
"""First words of statements that are not questions; where the database stumbles over one, it is named."""

Rows = Iterable[Sequence[Any]]


def fetch(*, progress: Progress, url: str, query: str, name: str, out: str) -> Any:
    """Where the rows came from (no user, no password) and how many there are; they are written to `out` as CSV.

    Args:
        progress: told how far it is.
        url: of the database.
        query: one statement that only reads.
        name: what the query is called in refusals.
        out: the file to write.
    """
    parsed = _parsed(url)
    place, ask = _known(parsed)
    statement = query.strip().rstrip(";").rstrip()
    if not statement:
        raise DataError("empty_file", file=name)
    progress("asking", 0.0)
    shown = f"{place}: {name}"
    with (
        _refusals(place, name, query=query, secret=parsed.password),
        disk(Path(out).parent),
        ask(parsed, statement) as (header, blocks),
    ):
        rows = _write(Path(out), header, blocks, name=shown, progress=progress)
    return {"place": place, "rows": rows}


def _parsed(url: str) -> URL:
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError:
        raise UsageError("sql_extra_missing", needed=INSTALL) from None
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # its words would repeat the address, password included
        raise UsageError("sql_address", needed=ADDRESS) from None
    # of several @ the first would end the password, and the rest of it would be told as the host's name
    if parsed.get_backend_name() != "sqlite" and url.count("@") > 1:
        raise UsageError("sql_address", needed=ADDRESS)
    return parsed


Asked = tuple[list[str], Iterator[Rows]]


def _known(url: URL) -> tuple[str, Callable[[URL, str], Any]]:
    """What a database is called, and how it is asked.

    Raises:
        UsageError: `sql_dialect` where no guard against writing is known.
    """
    match url.get_backend_name():
        case "postgresql" | "postgres":
            return f"{url.host or 'localhost'}/{url.database or ''}", _postgresql
        case "sqlite":
            return Path(url.database or "").name, _sqlite
        case other:
            raise UsageError("sql_dialect", found=other, needed="postgresql, sqlite")


def _write(path: Path, header: list[str], blocks: Iterator[Rows], *, name: str, progress: Progress) -> int:
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        for block in blocks:
            for row in block:
                writer.writerow([plain(value) for value in row])
                rows += 1
            if rows > MOST_ROWS:
                raise DataError("sql_too_many_rows", file=name, needed=MOST_ROWS)
            progress("asking", rows / (rows + BLOCK_ROWS * 20))
    return rows


@singledispatch
def plain(value: object) -> str:
    """A value as text that says exactly what it is: nothing rounded, nothing localised, missing is empty.

    >>> plain(Decimal("1E+3")), plain(0.1), plain(None), plain(datetime(2025, 3, 7).date()), plain(timedelta(hours=25))
    ('1000', '0.1', '', '2025-03-07', '25:00:00')
    """
    return "" if value is None else str(value)


@plain.register
def _(value: bool) -> str:
    return "true" if value else "false"


@plain.register
def _(value: Decimal) -> str:
    return format(value, "f")


@plain.register
def _(value: float) -> str:
    return repr(value)


@plain.register
def _(value: datetime) -> str:
    return value.isoformat(sep=" ")


@plain.register
def _(value: timedelta) -> str:
    seconds = int(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    return f"{'-' if seconds < 0 else ''}{hours}:{rest // 60:02}:{rest % 60:02}"


@plain.register(bytes)
@plain.register(memoryview)
def _(value: bytes | memoryview) -> str:
    return bytes(value).hex()


@plain.register(dict)
@plain.register(list)
def _(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


# PostgreSQL ──────────────────────────────────────────────────────────────────


@contextmanager
def _postgresql(url: URL, statement: str) -> Iterator[Asked]:
    """Header and blocks of rows of a statement, in a read-only transaction of a read-only session."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(_with_driver(url), poolclass=NullPool, connect_args=_secured(url), hide_parameters=True)
    with _connected(engine) as connection:
        driver = connection.connection.driver_connection
        driver.execute_simple("COMMIT")
        driver.execute_simple("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
        driver.execute_simple(f"SET statement_timeout = {int(STATEMENT_SECONDS * 1000)}")
        driver.execute_simple("SET datestyle = 'ISO, YMD'")
        driver.execute_simple("BEGIN TRANSACTION READ ONLY")
        # the extended protocol takes one statement: what stands behind a semicolon is refused by the server
        driver.execute_unnamed(f"DECLARE asked NO SCROLL CURSOR FOR {statement}")
        first = driver.execute_unnamed(f"FETCH FORWARD {BLOCK_ROWS} FROM asked")
        yield [column["name"] for column in first.columns], _fetched(driver, first.rows)


def _fetched(driver: Any, rows: Any) -> Iterator[Rows]:
    while rows:
        yield rows
        rows = driver.execute_unnamed(f"FETCH FORWARD {BLOCK_ROWS} FROM asked").rows


@contextmanager
def _connected(engine: Any) -> Iterator[Any]:
    """A connection, closed without a commit."""
    connection = engine.connect()
    try:
        yield connection
    finally:
        connection.invalidate()
        connection.close()


def _with_driver(url: URL) -> URL:
    """The address under the one driver whose protocol is known here, without the options read by us."""
    return url.set(drivername="postgresql+pg8000", query={})


def _secured(url: URL) -> dict[str, Any]:
    """How the connection is made: a time limit, and encrypted as `sslmode` says."""
    asked = dict(url.query)
    mode = str(asked.pop("sslmode", "disable"))
    for unknown in asked:
        raise UsageError("sql_option", found=unknown, needed="sslmode")
    contexts: dict[str, Callable[[], ssl.SSLContext | None]] = {
        "disable": lambda: None,
        "require": _unverified,
        "verify-ca": ssl.create_default_context,
        "verify-full": ssl.create_default_context,
    }
    if mode not in contexts:
        raise UsageError("sql_option", found=f"sslmode={mode}", needed=", ".join(contexts))
    return {"timeout": CONNECT_SECONDS, "application_name": "valueviz", "ssl_context": contexts[mode]()}


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # `require` asks for encryption, not for a certificate
    return context


# SQLite ──────────────────────────────────────────────────────────────────────


@contextmanager
def _sqlite(url: URL, statement: str) -> Iterator[Asked]:
    """Header and blocks of rows of a statement; the file is opened to be read, and nothing but reading is authorised."""
    import sqlite3
    import time

    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    path = Path(url.database or "").absolute()
    if not path.is_file():
        raise UsageError("sql_unreachable", found="-", place=path.name)
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True), poolclass=NullPool
    )
    with _connected(engine) as connection:
        driver = connection.connection.driver_connection
        end = time.monotonic() + STATEMENT_SECONDS
        driver.set_progress_handler(lambda: int(time.monotonic() > end), 100_000)
        driver.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY)
        cursor = driver.execute(statement)
        header = [column[0] for column in cursor.description or ()]
        yield header, iter(lambda: cursor.fetchmany(BLOCK_ROWS), [])


# What the database refuses ───────────────────────────────────────────────────


@contextmanager
def _refusals(place: str, name: str, *, query: str, secret: str | None) -> Iterator[None]:
    """Words what the database, its driver or the network says; no word of it holds the password.

    Raises:
        UsageError: `sql_unreachable`, `sql_extra_missing`.
        DataError: `sql_writes`, `sql_several`, `sql_timeout`, `sql_failed`.
    """
    import sqlite3

    try:
        from pg8000.exceptions import DatabaseError, InterfaceError
        from sqlalchemy.exc import DBAPIError
    except ImportError:
        raise UsageError("sql_extra_missing", needed=INSTALL) from None
    try:
        yield
    except (DBAPIError, DatabaseError, InterfaceError, sqlite3.Error) as failure:
        told = failure.orig if isinstance(failure, DBAPIError) and failure.orig is not None else failure
        about = told.args[0] if told.args and isinstance(told.args[0], dict) else {"M": str(told)}
        about["M"] = _cleaned(str(about["M"]), secret)
        if isinstance(told, InterfaceError) or (_state(about)[:2] in AWAY and _state(about) != STOPPED):
            raise UsageError("sql_unreachable", place=place, found=about["M"]) from None
        raise _refused(about, f"{place}: {name}", query=query) from None
    except (ConnectionError, TimeoutError, ssl.SSLError, socket.gaierror) as failure:
        raise UsageError("sql_unreachable", place=place, found=_cleaned(str(failure), secret)) from None


def _state(about: Mapping[str, str]) -> str:
    return about.get("C", "")


def _refused(about: Mapping[str, str], name: str, *, query: str) -> DataError:
    """The refusal of a statement; servers word it in their own language, so their codes are read first."""
    message, routine = about["M"], about.get("R", "")
    if _state(about) == STOPPED or message == "interrupted":
        return DataError("sql_timeout", file=name, seconds=STATEMENT_SECONDS)
    if routine == "exec_parse_message" or "one statement at a time" in message:
        return DataError("sql_several", file=name)
    denied = "not authorized" in message or "readonly database" in message
    if _state(about) in WRITE_STATES or routine in WRITE_ROUTINES or denied or _verb(query) in VERBS:
        return DataError("sql_writes", file=name, found=message)
    return DataError("sql_failed", file=name, row=_line(query, about.get("P")), found=message)


def _verb(query: str) -> str:
    """The first word of a query that is no comment."""
    lines = [line for line in query.splitlines() if line.strip() and not line.strip().startswith("--")]
    return lines[0].split()[0].casefold() if lines else ""


def _line(query: str, position: str | None) -> int | None:
    """The line of a query on which the server stumbled, whose count begins with our own words."""
    before = len("DECLARE asked NO SCROLL CURSOR FOR ")
    at = int(position) - 1 - before if position and position.isdecimal() else -1
    skipped = len(query) - len(query.lstrip())
    return query[: skipped + at].count("\n") + 1 if at >= 0 else None


def _cleaned(message: str, secret: str | None) -> str:
    """One line of a message, the password struck out."""
    line = " ".join(message.split())[:300].rstrip(".")
    return line.replace(secret, "***") if secret else line
