"""Writes a backup of a workspace: consistent for each client, verified before it takes its name."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from valueviz.errors import StoreError
from valueviz.store import files, ledger
from valueviz.store.archive import Packer, opened
from valueviz.store.client import Client
from valueviz.store.workspace import FORMAT, Workspace

PATIENCE_SECONDS = 120.0
"""How long a backup waits for a client that is being changed: longer than the cache of ten million rows takes."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A finished backup: its file, digest and bytes, its clients, how many files it holds."""

    path: Path
    digest: str
    size: int
    clients: tuple[str, ...]
    files: int


def back_up(workspace: Workspace, out: Path) -> BackedUp:
    """Everything the ledgers of a workspace vouch for, in one file; each client is locked while it is copied.

    Erased clients are their tombstones, hidden ones are whole. Caches are left out.

    Raises:
        StoreError: `file_damaged`, `file_missing`, `ledger_damaged`, `workspace_locked`, `disk_full`,
            `folder_closed`; there is no file then, or the one that was there before.
    """
    clients = [Client(each.parent) for each in sorted((workspace.path / "clients").glob("*/ledger.jsonl"))]
    with files.disk(out.absolute().parent):
        part = files.part_of(out)
        try:
            part.touch(mode=0o600)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                packer = Packer(archive)
                heads = {client.key: _pack(client, packer) for client in clients}
                contents = packer.finish(form=FORMAT, clients=heads)
            files.settle(part)
            with opened(part) as written:
                written.check()
            digest, size = files.digest_of(part), part.stat().st_size
            part.replace(out)
        except (OSError, StoreError):
            part.unlink(missing_ok=True)
            raise
        files.sync_folder(out.absolute().parent)
    return BackedUp(out, digest, size, tuple(heads), len(contents.files))


def _pack(client: Client, packer: Packer) -> tuple[int, str]:
    """The length and head of the ledger of a client that was packed."""
    with client.changing(patience=PATIENCE_SECONDS):
        entries = client.entries()
        lines = (client.folder / "ledger.jsonl").read_bytes()
        lines = lines[: lines.rfind(b"\n") + 1]  # a torn line was never acknowledged
        packer.add(f"clients/{client.key}/ledger.jsonl", io.BytesIO(lines), size=len(lines))
        for path, digest in client.kept_files():
            place = f"{path.parent.name}/{path.name}"
            if not path.is_file():
                raise StoreError("file_missing", file=place, client=client.key)
            with path.open("rb") as stream:
                if packer.add(f"clients/{client.key}/{place}", stream, size=path.stat().st_size) != digest:
                    raise StoreError("file_damaged", file=place, client=client.key)
    return len(entries), entries[-1].hash if entries else ledger.GENESIS
