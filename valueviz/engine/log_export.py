"""Exports of event logs as a workspace keeps them: without names of persons, newer ones in place of older ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from valueviz.engine.connection import query, workbench
from valueviz.terms.process import MACHINES

VERSION = "1"
"""Of the way in which exports become one log; another version builds process logs anew."""

THREADS = 1
"""One: the rows of a kept file have one order, and with it the file one digest."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What a new export does to earlier ones of the same log.

    `replaced` cases were known and are in it too; of `shortened` ones it holds fewer events in the days it covers.
    `missing` cases began in these days and are not in it: they stay as they were. `kept` counts the earlier cases that
    stay.
    """

    replaced: int
    shortened: tuple[str, ...]
    missing: tuple[str, ...]
    kept: int


def dress(source: Path, target: Path, *, key: bytes | None, leave_out: Sequence[str] = ()) -> None:
    """Write an export as it is kept.

    Args:
        source: canonical Parquet as it was read.
        target: where it goes.
        key: of the pseudonyms of resources; None keeps their names.
        leave_out: attributes that are not kept.
    """
    # the names of columns come from a user's file: they are quoted here, and nothing else of it becomes SQL
    quoted = ", ".join('"' + f"@{name}".replace('"', '""') + '"' for name in leave_out)
    told: dict[str, Any] = {
        "source": str(source),
        "target": str(target),
        "key": "" if key is None else key.hex(),
        "machines": MACHINES,
    }
    with workbench(files=(source, target), threads=THREADS) as connection:
        connection.execute(query("log_dressed").replace("{columns}", f"EXCLUDE ({quoted})" if quoted else ""), told)


def newest(exports: Sequence[Path], target: Path, *, system: str | None) -> Path:
    """The file that holds several exports of one log as one; the only export itself where nothing has to be changed.

    Args:
        exports: kept exports of one log, oldest first.
        target: where a new file goes.
        system: the name under which its events stand beside those of other systems; None where there are none.
    """
    if len(exports) == 1 and system is None:
        return exports[0]
    with _parts(exports, target) as connection:
        connection.execute(query("log_current"))
        connection.execute(query("log_newest"), {"system": system, "target": str(target)})
    return target


def renewed(fresh: Path, earlier: Sequence[Path]) -> Renewed:
    """What a new export does to earlier exports of the same log, oldest first."""
    if not earlier:
        return Renewed(0, (), (), 0)
    with _parts(earlier, fresh) as connection:
        _fresh(connection, fresh)
        connection.execute(query("log_current"))
        rows = connection.execute(query("log_renewed")).fetchall()
    replaced = [(case, before, now) for case, before, now, _ in rows if now is not None]
    return Renewed(
        replaced=len(replaced),
        shortened=tuple(case for case, before, now in replaced if now < before),
        missing=tuple(case for case, _, now, covered in rows if now is None and covered),
        kept=len(rows) - len(replaced),
    )


def orphans(fresh: Path, others: Sequence[Path]) -> tuple[str, ...]:
    """The cases of an export that occur in no log of another system; none where there is no other system."""
    if not others:
        return ()
    with _parts(others, fresh) as connection:
        _fresh(connection, fresh)
        return tuple(case for (case,) in connection.execute(query("log_orphans")).fetchall())


def texts(path: Path, *, most: int) -> dict[str, list[str]]:
    """Different texts of the columns of an export in which a person may stand: resource and attributes."""
    with workbench(files=(path,), threads=THREADS) as connection:
        relation = connection.read_parquet(str(path))
        names = [name for name in relation.columns if name == "resource" or name.startswith("@")]
        found = {}
        for name in names:
            quoted = '"' + name.replace('"', '""') + '"'
            rows = relation.filter(f"{quoted} IS NOT NULL").project(quoted).distinct().limit(most).fetchall()
            found[name] = sorted(str(text) for (text,) in rows)
    return found


def first_rows(path: Path, count: int) -> list[tuple[Any, ...]]:
    """The first events of an export: line, case, activity, complete, resource."""
    with workbench(files=(path,), threads=THREADS) as connection:
        select = 'SELECT "row", "case", activity, complete, resource FROM read_parquet(?) ORDER BY "row" LIMIT ?'
        return connection.execute(select, [str(path), count]).fetchall()


def has_resources(path: Path) -> bool:
    """Whether an export says of any event who did it."""
    with workbench(files=(path,), threads=THREADS) as connection:
        rows = connection.execute("SELECT count(resource) > 0 FROM read_parquet(?)", [str(path)]).fetchall()
    return bool(rows[0][0])


@contextmanager
def _parts(exports: Sequence[Path], other: Path) -> Iterator[DuckDBPyConnection]:
    """A connection with the exports as one table `part`, numbered from the oldest; attributes by name."""
    with workbench(files=(*exports, other), threads=THREADS) as connection:
        for number, path in enumerate(exports):
            create = "CREATE TEMP TABLE next AS SELECT ?::INTEGER AS number, * FROM read_parquet(?)"
            connection.execute(create, [number, str(path)])
            if number == 0:
                connection.execute("ALTER TABLE next RENAME TO part")
                continue
            connection.execute("CREATE TEMP TABLE grown AS FROM part UNION ALL BY NAME FROM next")
            connection.execute("DROP TABLE part")
            connection.execute("DROP TABLE next")
            connection.execute("ALTER TABLE grown RENAME TO part")
        yield connection


def _fresh(connection: DuckDBPyConnection, path: Path) -> None:
    connection.execute('CREATE TEMP TABLE fresh AS SELECT "case", complete FROM read_parquet(?)', [str(path)])
