"""The values of some snapshots as they were entered, as far as they still count; nothing is aggregated here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from valueviz.engine.connection import open_cache, query


@dataclass(frozen=True, slots=True)
class Entered:
    """One value: the place of its snapshot in order of import, the line it stood on, what it measures and when."""

    snapshot: int
    row: int
    metric: str
    site: str | None
    instrument: str | None
    definition_version: str | None
    day: date
    value: float


def entered(path: Path, *, snapshots: Sequence[str]) -> tuple[Entered, ...]:
    """The values of some snapshots that count, in order of import, line and day.

    Args:
        path: a cache of `build_cache`.
        snapshots: digests.

    Raises:
        StoreError: `cache_damaged`.
    """
    with open_cache(path) as connection:
        rows = connection.execute(query("entered"), [list(snapshots)]).fetchall()
    return tuple(Entered(*row) for row in rows)
