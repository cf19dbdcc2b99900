"""The manifest of a client: how long its ledger is and which cache is current.

It is small, replaced whole, and carries its own digest, so that a damaged manifest is told from a damaged
ledger: the first is written again, the second is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valueviz.errors import StoreError
from valueviz.store import files
from valueviz.store.ledger import GENESIS, Entry, canonical


@dataclass(frozen=True, slots=True)
class Manifest:
    """Entries that were acknowledged, the hash of the last one, and the current caches.

    `cache_of` is the identity of what the cache of observations was built from: snapshots, engine, schema;
    `process` is the generation of the process log, `process_of` what that was built from.
    """

    entries: int = 0
    head: str = GENESIS
    generation: int = 0
    cache_of: str = ""
    process: int = 0
    process_of: str = ""

    def told(self) -> dict[str, Any]:
        """The manifest as it is written; what no log was built for is not said."""
        return {key: value for key, value in asdict(self).items() if value or not key.startswith("process")}


def read(path: Path) -> Manifest | None:
    """The manifest at `path`, None where it is missing or its digest does not fit."""
    try:
        told = json.loads(path.read_bytes())
        manifest = Manifest(**told["manifest"])
        whole = bool(told["digest"] == _digest(manifest))
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return manifest if whole else None


def write(path: Path, manifest: Manifest) -> None:
    """Replace the manifest at `path`."""
    told = {"manifest": manifest.told(), "digest": _digest(manifest)}
    files.write_whole(path, json.dumps(told, indent=2).encode() + b"\n")


def check_length(manifest: Manifest | None, entries: Sequence[Entry], *, file: str) -> None:
    """Refuse a ledger that is shorter than what was acknowledged, or other than it.

    A ledger that is longer is taken: its tail was written before a crash kept the manifest from following.

    Raises:
        StoreError: `ledger_short`.
    """
    if manifest is None or manifest.entries == 0 or _is_tombstone(manifest, entries) or _is_back(manifest, entries):
        return
    if len(entries) < manifest.entries or entries[manifest.entries - 1].hash != manifest.head:
        raise StoreError("ledger_short", file=file, found=len(entries), needed=manifest.entries)


def _is_tombstone(manifest: Manifest, entries: Sequence[Entry]) -> bool:
    """Whether the ledger was purged after the manifest was written, and the crash came in between."""
    return bool(entries) and entries[0].kind == "purge" and entries[0].content["head"] == manifest.head


def _is_back(manifest: Manifest, entries: Sequence[Entry]) -> bool:
    """Whether a purged client was restored after the manifest was written, and the crash came in between."""
    return bool(entries) and entries[-1].kind == "restore" and entries[-1].content["head"] == manifest.head


def _digest(manifest: Manifest) -> str:
    return hashlib.sha256(canonical(manifest.told())).hexdigest()
