"""The gate in this process, without a workspace: what most tests of the room need."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from valueviz.catalog import read_mapping
from valueviz.intake.gate import Account, account
from valueviz.intake.plan import vocabulary
from valueviz.workers import Limits, Progress

Gate = Callable[[str, bytes, str], Account]


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """A function of file name, bytes and mapping text: the account of the file, its snapshot in `tmp_path`."""

    def take(name: str, content: bytes, mapping: str) -> Account:
        path = tmp_path / name
        path.write_bytes(content)
        out = tmp_path / "snapshot.parquet"
        out.unlink(missing_ok=True)
        spoken = read_mapping(mapping, file="mapping.toml")
        words = vocabulary("manufacturing", inline=(), mapping=spoken)
        return account(path, out=out, folder=tmp_path, mapping=spoken, words=words, progress=lambda stage, share: None)

    return take


@pytest.fixture
def without_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions meant for a child run in this process, arguments and answers as JSON: quick where caps do not matter."""

    def run(target: str, *, args: Any, limits: Limits, progress: Progress | None = None) -> Any:
        module, _, name = target.partition(":")
        function = getattr(importlib.import_module(module), name)
        told = progress or (lambda stage, share: None)
        return json.loads(json.dumps(function(progress=told, **json.loads(json.dumps(args)))))

    monkeypatch.setattr("valueviz.workers.run", run)
    monkeypatch.setattr("valueviz.intake.intake.run", run)
    monkeypatch.setattr("valueviz.intake.log_import.run", run)
