"""The cache of a client's observations: built from verified snapshots, swapped by generation through the manifest.

A cache is never changed or deleted while it may be open: a new one gets the next number.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from valueviz.store import manifest
from valueviz.store.ledger import canonical
from valueviz.store.manifest import Manifest
from valueviz.store.record import State
from valueviz.store.sweep import generation

if TYPE_CHECKING:
    from valueviz.store.client import Client

BUILD_SECONDS = 300.0
"""How long a reader waits while another process builds the cache it needs too."""


def current(client: Client) -> Path | None:
    """The cache the manifest names, None where it is missing or made from something else."""
    known = manifest.read(client.folder / "manifest.json")
    if known is None or known.cache_of != _identity(client.state()):
        return None
    path = client.folder / f"cache-{known.generation}.duckdb"
    return path if path.is_file() else None


def build(client: Client) -> Path:
    """A new generation of the cache, or that of another process which built it meanwhile."""
    from valueviz import engine

    before = manifest.read(client.folder / "manifest.json")
    with client.changing(patience=BUILD_SECONDS):
        known = manifest.read(client.folder / "manifest.json") or client.told(Manifest())
        if before is not None and known.generation != before.generation and (ready := current(client)):
            return ready
        state = client.state()
        number = _newest_generation(client.folder, known) + 1
        path = client.folder / f"cache-{number}.duckdb"
        snapshots = [client.verified_snapshot(digest) for digest in state.snapshots()]
        engine.build_cache(path, snapshots, gives_way=state.giving_way(), monthly=state.stating_months())
        built = replace(known, generation=number, cache_of=_identity(state))
        manifest.write(client.folder / "manifest.json", built)
    return path


def _newest_generation(folder: Path, known: Manifest) -> int:
    """The highest generation in use; a lost manifest must not lead back to a file that may be open."""
    return max([known.generation, *map(generation, folder.glob("cache-*.duckdb"))])


def _identity(state: State) -> str:
    """What a cache is built from: the snapshots and how they count, the version of engine and tables."""
    from valueviz import engine

    made_of = [state.snapshots(), sorted(state.giving_way()), sorted(state.stating_months()), engine.VERSION]
    return sha256(canonical(made_of)).hexdigest()
