"""The integrity of a workspace, for `doctor`: it looks at everything and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from valueviz.errors import StoreError
from valueviz.store.client import Client
from valueviz.store.place import doubt
from valueviz.store.workspace import FORMAT, Workspace


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was found, what is needed, and the code of what would repair it.

    Found is a count where all is well (clients, files), else the names of what is not.
    """

    check: str
    ok: bool
    found: str
    needed: str
    repair: str | None = None


def check(path: Path) -> tuple[Check, ...]:
    """Format, locks, ledger chains and digests of the workspace at `path`."""
    try:
        workspace = Workspace.open(path)
    except StoreError as refusal:
        repair = "update" if refusal.code == "workspace_newer" else "workspace"
        return (Check("workspace_format", ok=False, found=refusal.code, needed=str(FORMAT), repair=repair),)
    found = doubt(path)
    place = Check(
        "workspace_place",
        ok=found is None,
        found="-" if found is None else found.name,
        needed="-",
        repair=None if found is None else found.kind,
    )
    clients = [Client(each.parent) for each in sorted((workspace.path / "clients").glob("*/ledger.jsonl"))]
    return (
        Check("workspace_format", ok=True, found=str(FORMAT), needed=str(FORMAT)),
        place,
        _locks(clients),
        _chains(clients),
        _digests(clients),
    )


def _locks(clients: list[Client]) -> Check:
    held, closed = [], []
    for client in clients:
        try:
            held.extend([client.key] if _held(client) else [])
        except OSError as failure:  # it can only be read: nobody holds it, and nothing can be imported
            closed.append(f"{client.key}/.lock: {failure.strerror}")
    repair = "wait" if held else "read_only" if closed else None
    return Check(
        "workspace_lock", ok=repair is None, found=", ".join((*held, *closed)) or "0", needed="0", repair=repair
    )


def _held(client: Client) -> bool:
    path = client.folder / ".lock"
    if not path.is_file():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def _chains(clients: list[Client]) -> Check:
    broken = []
    for client in clients:
        try:
            client.state()
        except StoreError as refusal:
            broken.append(f"{client.key}/ledger.jsonl: {refusal.code} {refusal.fields.get('row', '')}".strip())
    return Check(
        "ledger_chain",
        ok=not broken,
        found="; ".join(broken) or str(len(clients)),
        needed=str(len(clients)),
        repair="backup" if broken else None,
    )


def _digests(clients: list[Client]) -> Check:
    wrong, looked = [], 0
    for client in clients:
        try:
            kept = client.kept_files()
        except StoreError:  # its chain is broken, which the check before says
            continue
        for path, digest in kept:
            looked += 1
            try:
                client.verify(path, digest)
            except StoreError as refusal:
                wrong.append(f"{client.key}/{refusal.fields['file']}: {refusal.code}")
    return Check(
        "digests",
        ok=not wrong,
        found="; ".join(wrong) or str(looked),
        needed=str(looked),
        repair="backup" if wrong else None,
    )
