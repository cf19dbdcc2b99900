"""Erases a client: what stays is a tombstone, one ledger line with digests and no names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from valueviz.store import files, ledger, manifest
from valueviz.store.ledger import Entry
from valueviz.store.manifest import Manifest
from valueviz.store.record import Certificate, State, state_of
from valueviz.store.sweep import sweep

if TYPE_CHECKING:
    from valueviz.store.client import Client


def erase(client: Client, *, time: str) -> Certificate:
    """The certificate of what was erased; repeating an interrupted purge finishes it.

    Args:
        client: whose folder it is.
        time: now, ISO 8601.
    """
    with client.changing():
        entries = client.entries()
        if state_of(entries).purged:
            tombstone = entries[0]
        else:
            tombstone = ledger.entry_after(None, "purge", _inventory(client), time=time)
            files.write_whole(client.folder / "ledger.jsonl", tombstone.line())
            manifest.write(client.folder / "manifest.json", Manifest(1, tombstone.hash))
        sweep(client.folder, State(purged=True), everything=True)
    return certificate(client.key, tombstone)


def certificate(key: str, tombstone: Entry) -> Certificate:
    """What a tombstone says about a client."""
    content = tombstone.content
    return Certificate(key, tombstone.time, tuple(content["files"]), content["entries"], content["head"])


def _inventory(client: Client) -> dict[str, Any]:
    entries = client.entries()
    digests = sorted({digest for _, digest in client.kept_files()})
    return {"files": digests, "entries": len(entries), "head": entries[-1].hash if entries else ledger.GENESIS}
