"""Fixtures shared by every room's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("valueviz", derandomize=True, deadline=None, database=None)
settings.load_profile("valueviz")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real data and golden figures; skips where it is absent."""
    folder = Path(os.environ.get("VALUEVIZ_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"real data are not here: {folder} (set VALUEVIZ_SHARED)")
    return folder
