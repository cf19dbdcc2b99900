"""Brings the clients of a backup back into a workspace: verified before anything is written, nothing overwritten.

A client that was erased after the backup stays erased unless it is named; its tombstone stays on record.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

from filelock import FileLock, Timeout

from valueviz.catalog import suggestion
from valueviz.errors import StoreError, UsageError
from valueviz.store import files, ledger, manifest
from valueviz.store.archive import Archive, opened
from valueviz.store.client import LOCK_SECONDS, Client
from valueviz.store.ledger import Entry
from valueviz.store.manifest import Manifest
from valueviz.store.record import state_of, vouched
from valueviz.store.workspace import FORMAT, Workspace

Fate = Literal["restored", "unchanged", "newer", "erased"]
"""What becomes of a client: brought back; there already, equal; there already, with later entries; left erased."""

MAKING = ".restore-"
"""Beginning of the folders in which clients are put together."""


@dataclass(slots=True)
class Restored:
    """What became of each client of a backup, by key; `repaired` counts damaged or missing files put back."""

    fates: dict[str, Fate] = field(default_factory=dict)
    repaired: int = 0


def bring_back(file: Path, path: Path, *, purged: Sequence[str] = ()) -> Restored:
    """What became of each client of a backup.

    Args:
        file: the backup.
        path: folder of the workspace; it is made where there is none.
        purged: clients to bring back although they were erased after the backup.

    Raises:
        StoreError: `backup_unreadable`, `backup_damaged`, `backup_hostile`, `backup_newer`, `client_differs`,
            `disk_full`, `folder_closed`, `workspace_foreign` …; nothing was written then.
        UsageError: `unknown_client`, where `purged` names none of the backup's.
    """
    with files.disk(path), opened(file) as archive:
        archive.check()
        if archive.contents.format > FORMAT:
            raise StoreError("backup_newer", file=file.name, found=archive.contents.format, needed=FORMAT)
        for key in purged:
            if key not in archive.ledgers:
                raise UsageError("unknown_client", client=key, nearest=suggestion(key, archive.ledgers))
        found = _found(path)
        done = Restored({key: _fate(archive, key, found, purged) for key in archive.ledgers})
        _check_room(archive, path, done)
        workspace = Workspace.open(path, create=True)
        with _alone(workspace):
            for key, fate in done.fates.items():
                if fate == "restored":
                    _restore(archive, key, workspace, _tombstone(found.get(key, ())))
                elif fate != "erased":
                    home = workspace.path / "clients" / _home(archive.ledgers[key], key, found)
                    done.repaired += _repair(archive, key, Client(home))
    return done


Ledgers = dict[str, tuple[Entry, ...]]


def _found(path: Path) -> Ledgers:
    """The ledgers that a workspace holds, by client; a damaged one is empty: it equals none."""
    found: Ledgers = {}
    for each in sorted((path / "clients").glob("*/ledger.jsonl")):
        client = Client(each.parent)
        try:
            found[client.key] = client.entries()
        except StoreError:
            found[client.key] = ()
    return found


def _fate(archive: Archive, key: str, found: Ledgers, purged: Sequence[str]) -> Fate:
    theirs = archive.ledgers[key]
    home = _home(theirs, key, found)
    ours = found.get(home, ())
    if theirs and ours[: len(theirs)] == theirs:
        return "unchanged" if len(ours) == len(theirs) else "newer"
    if key in found and not state_of(ours).purged:
        raise StoreError("client_differs", client=key, file=archive.name)
    if key not in purged and (key in found or _was_erased(theirs, found)):
        return "erased"
    return "restored"


def _home(theirs: tuple[Entry, ...], key: str, found: Ledgers) -> str:
    """The key that a client of the backup has in the workspace: it may have been renamed since."""
    for other, ours in found.items():
        later = ours[len(theirs) :]
        renamed = any(entry.kind == "rename" and entry.content["from"] == key for entry in later)
        if renamed and ours[: len(theirs)] == theirs:
            return other
    return key


def _was_erased(theirs: tuple[Entry, ...], found: Ledgers) -> bool:
    """Whether a client was erased under another key: a tombstone lists every file that its ledger vouches for."""
    digests = {digest for _, digest in vouched(theirs)}
    stones = [stone for stone in map(_tombstone, found.values()) if stone is not None]
    return bool(digests) and any(digests <= set(stone.content["files"]) for stone in stones)


def _tombstone(entries: tuple[Entry, ...]) -> Entry | None:
    return entries[0] if entries and entries[0].kind == "purge" else None


def _check_room(archive: Archive, path: Path, done: Restored) -> None:
    needed = sum(each.size for key, fate in done.fates.items() if fate == "restored" for each in archive.files(key))
    folder = next(each for each in (path.absolute(), *path.absolute().parents) if each.is_dir())
    if shutil.disk_usage(folder).free < needed:
        raise StoreError("disk_full", folder=str(path))


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """The right to restore; what an interrupted restore left is cleared first.

    Raises:
        StoreError: `workspace_locked`.
    """
    lock = FileLock(workspace.path / ".restore.lock", timeout=LOCK_SECONDS)
    try:
        with lock:
            for left in workspace.path.glob(f"{MAKING}*"):
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
            yield
    except Timeout:
        raise StoreError("workspace_locked", folder=str(workspace.path)) from None


def _restore(archive: Archive, key: str, workspace: Workspace, tombstone: Entry | None) -> None:
    """Bring a client back: a new folder takes its name when it is whole, a tombstone gives way at the last step."""
    client = Client(workspace.path / "clients" / key)
    if client.folder.exists():
        with client.changing():
            _fill(archive, key, client.folder)
            _write_ledger(archive, key, client.folder, tombstone)
        return
    making = Path(mkdtemp(prefix=MAKING, dir=workspace.path))
    try:
        _fill(archive, key, making)
        _write_ledger(archive, key, making, tombstone)
        files.make_folder(client.folder.parent)
        making.rename(client.folder)
        files.sync_folder(client.folder.parent)
    finally:
        if making.exists():
            shutil.rmtree(making, ignore_errors=True)


def _fill(archive: Archive, key: str, folder: Path) -> int:
    """How many files were put into a client's folder, those that are there and right left alone."""
    written = 0
    for packed in archive.files(key):
        target = folder / packed.path
        if target.is_file() and files.digest_of(target) == packed.digest:
            continue
        files.make_folder(target.parent)
        archive.read(f"clients/{key}/{packed.path}", partial(files.write_stream, target))
        written += 1
    return written


def _write_ledger(archive: Archive, key: str, folder: Path, tombstone: Entry | None) -> None:
    """Write ledger and manifest; a line more tells of the tombstone that stood there."""
    entries, lines = archive.ledgers[key], archive.ledger_bytes(key)
    if tombstone is not None:
        about = {"time": tombstone.time, "head": tombstone.hash, "tombstone": dict(tombstone.content)}
        time = datetime.now(UTC).isoformat(timespec="seconds")
        entry = ledger.entry_after(entries[-1] if entries else None, "restore", about, time=time)
        entries, lines = (*entries, entry), lines + entry.line()
    files.write_whole(folder / "ledger.jsonl", lines)
    head = entries[-1].hash if entries else ledger.GENESIS
    manifest.write(folder / "manifest.json", Manifest(len(entries), head))


def _repair(archive: Archive, key: str, client: Client) -> int:
    """How many missing or damaged files of a client were put back."""
    if not archive.files(key):
        return 0
    with client.changing():
        return _fill(archive, key, client.folder)
