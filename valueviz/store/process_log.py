"""The process log of a client: one coded database of all event logs that count, kept like the cache of observations.

Exports of one system are one log: of a case that several hold, the newest counts for the days it covers, an older one
for the days before and after. Logs of different systems are stitched by case id.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from valueviz.store import manifest
from valueviz.store.cache import BUILD_SECONDS
from valueviz.store.ledger import canonical
from valueviz.store.manifest import Manifest
from valueviz.store.record import ImportRecord, State
from valueviz.store.sweep import generation

if TYPE_CHECKING:
    from valueviz.store.client import Client


def systems(state: State) -> dict[str, tuple[str, ...]]:
    """The snapshots of logs that count, oldest first, by the system they are exports of, in order of first import."""
    found: dict[str, list[str]] = {}
    for record in state.logs():
        found.setdefault(_system(state, record), []).append(record.snapshot)
    return {system: tuple(digests) for system, digests in found.items()}


def system_of(state: State, fingerprint: str | None) -> str | None:
    """The system that logs with a header come from, where exactly one was stated; None where none or several were."""
    logs = [record for record in state.logs() if fingerprint is not None and record.fingerprint == fingerprint]
    stated = {record.system for record in logs if record.system != record.fingerprint}
    return stated.pop() if len(stated) == 1 else None


def _system(state: State, record: ImportRecord) -> str:
    """The system a record is of: an export without a name belongs to the one system whose exports have its header."""
    if record.system is not None and record.system != record.fingerprint:
        return record.system
    return system_of(state, record.fingerprint) or record.fingerprint or record.snapshot


def _labels(state: State) -> dict[str, str]:
    """The name of each system: as its mapping states it, else that of the file it was last imported from."""
    found = {}
    for record in state.logs():
        system = _system(state, record)
        found[system] = Path(record.file).stem if system in (record.fingerprint, record.snapshot) else system
    return found


def current(client: Client) -> Path | None:
    """The process log the manifest names, None where it is missing or made from something else."""
    known = manifest.read(client.folder / "manifest.json")
    if known is None or known.process_of != _identity(client.state()):
        return None
    path = client.folder / f"process-{known.process}.duckdb"
    return path if path.is_file() else None


def build(client: Client) -> Path:
    """A new generation of the process log, or that of another process which built it meanwhile."""
    from valueviz.engine import log, log_export

    before = manifest.read(client.folder / "manifest.json")
    with client.changing(patience=BUILD_SECONDS):
        known = manifest.read(client.folder / "manifest.json") or client.told(Manifest())
        if before is not None and known.process != before.process and (ready := current(client)):
            return ready
        state = client.state()
        number = max([known.process, *map(generation, client.folder.glob("process-*.duckdb"))]) + 1
        path = client.folder / f"process-{number}.duckdb"
        parts, labels = systems(state), _labels(state)
        with client.staging() as folder:
            files = []
            for place, (system, digests) in enumerate(parts.items()):
                exports = [client.verified_snapshot(digest) for digest in digests]
                label = labels[system] if len(parts) > 1 else None
                files.append(log_export.newest(exports, folder / f"{place}.parquet", system=label))
            log.build_log(path, files)
        manifest.write(client.folder / "manifest.json", replace(known, process=number, process_of=_identity(state)))
    return path


def _identity(state: State) -> str:
    """What a process log is built from: the snapshots by system, the version of engine and tables."""
    from valueviz.engine import log, log_export

    labels = _labels(state)
    parts = [[labels[system], list(digests)] for system, digests in systems(state).items()]
    made_of = [parts, log.VERSION, log_export.VERSION]
    return sha256(canonical(made_of)).hexdigest()
