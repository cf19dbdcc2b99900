"""Small event logs for tests, and what is read from them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from valueviz.intake.log import LogRead
from valueviz.intake.log.account import Asked
from valueviz.intake.log.reading import _taken
from valueviz.intake.log.result import LogColumns

Row = tuple[Any, ...]

HEADER = "case,activity,start,complete,resource"

EVENTS = (
    "A1,open,2025-03-01 09:00,2025-03-01 09:30,ann",
    "A1,check,2025-03-01 10:00,2025-03-01 10:10,bob",
    "B2,open,2025-03-02 09:00,2025-03-02 09:30,ann",
    "B2,check,2025-03-02 11:00,2025-03-02 11:30,bob",
)


def write(folder: Path, *lines: str, name: str = "log.csv") -> Path:
    """A text file of some lines."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def taken(path: Path, *, columns: LogColumns | None = None, zone: str | None = None, strict: bool = True) -> LogRead:
    """A log read in this process; its Parquet lies beside it."""
    asked = Asked(columns or LogColumns(), zone=zone, strict=strict)
    return _taken(path, asked, out=out(path), folder=path.parent, progress=lambda *_: None)


def out(path: Path) -> Path:
    """Where the canonical Parquet of a log lies."""
    return path.parent / "canonical.parquet"


def canonical(path: Path, picked: str = '"case", activity, start, complete') -> list[Row]:
    """Some columns of the canonical Parquet of a log, in its order."""
    return duckdb.execute(f"SELECT {picked} FROM read_parquet('{out(path)}')").fetchall()


def at(text: str) -> datetime:
    """A moment."""
    return datetime.fromisoformat(text)
