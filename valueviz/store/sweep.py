"""Deletes what nobody needs any more: leftovers of crashes and old caches, never what a ledger names."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from valueviz.store import files, manifest
from valueviz.store.record import State

STALE_SECONDS = 86_400.0
"""A staging folder older than a day belongs to a process that was killed: no import takes that long."""


def sweep(folder: Path, state: State, *, everything: bool = False) -> None:
    """Clear a client's folder of files its ledger does not name; the caller holds its lock.

    The cache before the current one stays, for it may still be open; without a manifest nothing is deleted,
    for then the ledger alone cannot tell whether it is whole.

    Args:
        folder: of the client.
        state: what its ledger adds up to.
        everything: delete current caches and staging folders as well.
    """
    known = manifest.read(folder / "manifest.json")
    if known is None:
        return
    snapshots = {f"{each.record.snapshot}.parquet" for each in state.history}
    rooms = {"raw": state.digests(), "snapshots": snapshots, "reports": set(state.reports)}
    unknown = [path for room, names in rooms.items() for path in (folder / room).glob("*") if path.name not in names]
    current = {"cache": known.generation, "process": known.process}
    old = [
        path
        for kind, number in current.items()
        for path in folder.glob(f"{kind}-*")
        if everything or generation(path) < number - 1
    ]
    for path in (*unknown, *old, *folder.glob(f".*{files.PART}")):
        _delete(path)
    for path in folder.glob(".staging-*"):
        if everything or time.time() - path.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def generation(path: Path) -> int:
    """The number in the name of a cache file, 0 where there is none."""
    digits = path.name.partition("-")[2].partition(".")[0]
    return int(digits) if digits.isdecimal() else 0


def _delete(path: Path) -> None:
    """Delete a file or folder; where the system keeps it while it is open (Windows), the next sweep does."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        path.unlink()
