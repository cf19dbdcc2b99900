"""Snapshots planted row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from valueviz.terms import Aggregation, Grain, Metric, Names

SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("metric", pa.string()),
        ("date", pa.timestamp("us")),
        ("end", pa.timestamp("us")),
        ("value", pa.float64()),
        ("volume", pa.float64()),
        ("unit", pa.string()),
        ("site", pa.string()),
        ("instrument", pa.string()),
        ("definition_version", pa.string()),
    ]
)


@dataclass(frozen=True)
class Row:
    """One observation; what is not said is the plainest there is."""

    date: datetime
    value: float | None
    metric: str = "days"
    end: datetime | None = None
    volume: float | None = None
    unit: str = "{}"
    site: str | None = None
    instrument: str | None = None
    definition_version: str | None = None


@pytest.fixture(scope="session")
def row() -> type[Row]:
    """The observation type, to plant rows with."""
    return Row


Plant = Callable[..., Path]


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """Writes snapshots and builds their cache: plant(rows) or plant(first rows, second rows, …)."""
    from valueviz.engine import build_cache

    folder = tmp_path_factory.mktemp("缓存 cache")
    made = iter(range(1_000_000))

    def write(*snapshots: Sequence[Row]) -> Path:
        files = []
        for number, rows in enumerate(snapshots):
            table = pa.Table.from_pylist(
                [{**vars(row), "row": line} for line, row in enumerate(rows, start=2)], schema=SCHEMA
            )
            files.append(folder / f"snapshot{number}.parquet")
            pq.write_table(table, files[-1])
        cache = folder / f"cache-{next(made)}.duckdb"
        build_cache(cache, files)
        return cache

    return write


Define = Callable[..., Metric]


@pytest.fixture(scope="session")
def define() -> Define:
    """A metric of which only what matters is said."""

    def metric(
        aggregation: Aggregation, grain: Grain | None = None, *, key: str = "days", expression: str = "value"
    ) -> Metric:
        name = Names((("en", key), ("zh_CN", key)))
        return Metric(key, name, "day", "lower", aggregation, grain=grain, expression=expression)

    return metric
