"""How the files of a client are kept: under their digests, named by the ledger, verified before they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from valueviz.errors import StoreError
from valueviz.store import files, ledger, manifest
from valueviz.store.ledger import Entry
from valueviz.store.manifest import Manifest
from valueviz.store.record import state_of, vouched


class Keeping:
    """The folder of one client: its ledger, and the files the ledger vouches for."""

    def __init__(self, folder: Path) -> None:
        """A client by its folder; the folder's name is its key."""
        self.folder = folder
        self.key = folder.name

    def __repr__(self) -> str:
        """The client's key and folder."""
        return f"{type(self).__name__}({self.key!r}, {str(self.folder)!r})"

    def keep(self, content: bytes) -> str:
        """The digest under which some bytes are kept in raw/; call it inside `changing()`."""
        digest = sha256(content).hexdigest()
        path = self._path("raw", digest)
        if not path.is_file():
            files.write_whole(path, content)
        return digest

    def verify(self, path: Path, digest: str) -> None:
        """Refuse a kept file that is missing or no longer what was put there.

        Raises:
            StoreError: `file_missing`, `file_damaged`.
        """
        place = f"{path.parent.name}/{path.name}"
        if not path.is_file():
            raise StoreError("file_missing", file=place, client=self.key)
        if files.digest_of(path) != digest:
            raise StoreError("file_damaged", file=place, client=self.key)

    def kept_files(self) -> tuple[tuple[Path, str], ...]:
        """Every file the ledger vouches for, with its digest.

        Versions of the engagement that were replaced are named where they are there: an earlier make of this
        program did not keep them.
        """
        entries = self.entries()
        replaced = set(state_of(entries).engagements[:-1])
        named = ((self.folder / place, digest) for place, digest in vouched(entries))
        return tuple((path, digest) for path, digest in named if digest not in replaced or path.is_file())

    def entries(self) -> tuple[Entry, ...]:
        """The lines of the ledger.

        Raises:
            StoreError: `ledger_damaged`, `ledger_short`.
        """
        acknowledged = manifest.read(self.folder / "manifest.json")  # first: a writer appends to the ledger before
        entries = ledger.read(self.folder / "ledger.jsonl")
        manifest.check_length(acknowledged, entries, file=f"{self.key}/ledger.jsonl")
        return entries

    def told(self, known: Manifest) -> Manifest:
        """The manifest `known`, with length and head of the ledger as it stands."""
        return acknowledging(self.entries(), known)

    def verified_snapshot(self, digest: str) -> Path:
        """The file of a snapshot, after its digest was checked.

        Raises:
            StoreError: `file_missing`, `file_damaged`.
        """
        path = self._path("snapshots", f"{digest}.parquet")
        self.verify(path, digest)
        return path

    def _path(self, room: str, name: str) -> Path:
        files.make_folder(self.folder / room)
        return self.folder / room / name

    def _raw_text(self, digest: str) -> str:
        path = self.folder / "raw" / digest
        self.verify(path, digest)
        return path.read_bytes().decode("utf-8-sig")

    def _keep_file(self, source: Path, *, digest: str) -> None:
        path = self._path("raw", digest)
        if path.is_file():
            return
        files.copy_whole(source, path)
        if files.digest_of(path) != digest:
            path.unlink()
            raise StoreError("file_changed", file=source.name)


@contextmanager
def disk_of(client: Keeping) -> Iterator[None]:
    """What `files.disk` does, for a client's folder."""
    with files.disk(client.folder):
        yield


def acknowledging(entries: Sequence[Entry], known: Manifest) -> Manifest:
    """A manifest with length and head of a ledger."""
    return replace(known, entries=len(entries), head=entries[-1].hash if entries else ledger.GENESIS)
