"""The cache: made from verified snapshots, swapped by generation, healed when damaged."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from valueviz.engine import Rolled
from valueviz.store import Client, ImportRecord
from valueviz.terms import Metric, Names

Put = Callable[..., Client]

DAYS = Metric("days", Names((("en", "days"), ("zh_CN", "天数"))), "day", "lower", "mean", grain="month")


def take(client: Client, value: float, *, month: int = 1) -> None:
    """Imports one observation."""
    day = datetime.fromisoformat(f"2026-{month:02}-01")
    texts = {"metric": "days", "unit": "{}", "site": None, "instrument": None, "definition_version": None}
    numbers = {"value": value, "volume": None}
    types = {"row": pa.int64(), "date": pa.timestamp("us"), "end": pa.timestamp("us")}
    types |= dict.fromkeys(numbers, pa.float64()) | dict.fromkeys(texts, pa.string())
    row = {"row": 2, "date": day, "end": None} | numbers | texts
    table = pa.table({name: pa.array([row[name]], types[name]) for name in types})
    with client.staging() as folder:
        pq.write_table(table, folder / "s.parquet")
        record = ImportRecord("f.csv", f"{month:02}{value:062}", "", rows=1, accepted=1, rejected=0)
        client.commit_import(folder / "s.parquet", record, raw=None, mapping=None)


def values(client: Client) -> tuple[float | None, ...]:
    rolled: tuple[Rolled, ...] = client.rollup(metrics=[DAYS])
    return rolled[0].series.values if rolled else ()


def test_a_cache_is_built_once_and_again_after_an_import(put: Put) -> None:
    client = put()
    take(client, 1.0)
    first = client.cache()
    assert client.cache() == first
    assert values(client) == (1.0,)
    take(client, 2.0, month=2)
    assert client.cache() != first
    assert values(client) == (1.0, 2.0)
    assert first.is_file()  # it may still be open somewhere


def test_only_the_last_two_generations_are_kept(put: Put) -> None:
    client = put()
    for month in range(1, 6):
        take(client, float(month), month=month)
        client.cache()
    take(client, 6.0, month=6)
    assert sorted(path.name for path in client.folder.glob("cache-*")) == ["cache-4.duckdb", "cache-5.duckdb"]


def test_lineage_names_the_snapshots_by_digest(put: Put) -> None:
    client = put()
    take(client, 1.0)
    (rolled,) = client.rollup(metrics=[DAYS])
    assert rolled.series.lineage is not None
    assert getattr(rolled.series.lineage, "digests", None) == client.snapshots()


def test_a_client_without_imports_has_an_empty_cache(put: Put) -> None:
    assert values(put()) == ()


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "missing", "not a database"])
def test_a_damaged_cache_heals_itself(put: Put, *, damage: str) -> None:
    client = put()
    take(client, 1.0)
    path, draw = client.cache(), random.Random(3)
    whole = path.read_bytes()
    for _ in range(5 if damage == "flip" else 1):
        match damage:
            case "flip":
                changed = bytearray(whole)
                changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
                client.cache().write_bytes(changed)
            case "missing":
                client.cache().unlink()
            case _:
                ends = {"cut": whole[: len(whole) // 2], "empty": b"", "not a database": b"PNG" * 9_000}
                client.cache().write_bytes(ends[damage])
        assert values(client) == (1.0,)


def test_many_readers_at_once_build_one_cache_and_see_the_same(put: Put) -> None:
    client = put()
    take(client, 1.0)
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda _: values(Client(client.folder)), range(16)))
    assert set(seen) == {(1.0,)}
    assert [path.name for path in client.folder.glob("cache-*")] == ["cache-1.duckdb"]


def test_readers_of_different_clients_never_see_each_others_rows(put: Put) -> None:
    clients = [put(f"client-{number}") for number in range(4)]
    for number, client in enumerate(clients):
        take(client, float(number))
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda turn: (turn % 4, values(clients[turn % 4])), range(40)))
    assert all(found == (float(number),) for number, found in seen)


def test_a_cache_of_another_engine_is_built_anew(put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    client = put()
    take(client, 1.0)
    first = client.cache()
    monkeypatch.setattr("valueviz.engine.VERSION", "2 another")
    assert client.cache() != first


def test_a_workspace_path_with_chinese_and_spaces_serves(put: Put) -> None:
    client = put()
    take(client, 1.0)
    assert " " in str(client.folder)
    assert not str(client.folder).isascii()
    assert io.BytesIO(Path(client.cache()).read_bytes()[8:12]).read() == b"DUCK"
