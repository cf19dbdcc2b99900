"""Workspaces with planted clients; snapshots are any bytes, for the store never looks into them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from valueviz.catalog import read_engagement
from valueviz.store import Client, Commit, ImportRecord, Workspace

ENGAGEMENT = """\
name = "{name}"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-07-01
"""

MAPPING = """\
layout = "long"

[columns]
date = "date"
value = "value"
metric = "own_days"

[metric.own_days]
name = { en = "Own days", zh_CN = "自定天数" }
unit = "day"
better = "lower"
aggregation = "mean"
"""

Put = Callable[..., Client]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace at a path with Chinese and spaces."""
    return Workspace.open(tmp_path / "工作区 of ours", create=True)


@pytest.fixture
def put(workspace: Workspace) -> Put:
    """Creates or amends a client: put("acme", name="Acme")."""
    return partial(put_client, workspace)


def put_client(workspace: Workspace, key: str = "acme", *, name: str = "华东制造 (synthetic)") -> Client:
    """A client, created or amended."""
    text = ENGAGEMENT.format(name=name)
    workspace.put_engagement(key, text.encode(), read_engagement(text, file="engagement.toml"), file="engagement.toml")
    return workspace.client(key)


Import = Callable[..., Commit]


@pytest.fixture
def take(tmp_path: Path) -> Import:
    """Commits an import of planted bytes: take(client, "1")."""
    return partial(take_bytes, tmp_path)


def take_bytes(
    folder: Path,
    client: Client,
    content: str,
    *,
    mapping: str | None = None,
    keep_raw: bool = True,
    fingerprint: str | None = None,
) -> Commit:
    """The import of a planted file, which is written to `folder` first."""
    raw = folder / f"导出 {content}.csv"
    raw.write_text(f"raw {content}", encoding="utf-8")
    record = ImportRecord(
        file=raw.name,
        digest=sha256(raw.read_bytes()).hexdigest(),
        snapshot="",
        rows=3,
        accepted=2,
        rejected=1,
        metrics=("month_close_days",),
        periods=("2025-01", "2025-02"),
        fingerprint=fingerprint,
    )
    with client.staging() as staged:
        snapshot = staged / "snapshot.parquet"
        snapshot.write_text(f"snapshot {content}", encoding="utf-8")
        return client.commit_import(snapshot, record, raw=raw if keep_raw else None, mapping=mapping)


@pytest.fixture
def mapping() -> str:
    """A mapping that defines a metric of its own."""
    return MAPPING
