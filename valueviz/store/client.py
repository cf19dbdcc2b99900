"""One client of a workspace: what was agreed, imported and reported, and the cache made from it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from valueviz.catalog import read_engagement, read_mapping
from valueviz.errors import StoreError, UsageError
from valueviz.store import files, ledger, manifest
from valueviz.store.ledger import Entry, Kind
from valueviz.store.manifest import Manifest
from valueviz.store.record import Certificate, Commit, ImportRecord, State, state_of
from valueviz.store.sweep import generation, sweep
from valueviz.terms import Engagement, Metric, Window

if TYPE_CHECKING:
    from valueviz.engine import Rolled

LOCK_SECONDS = 3.0
"""How long a change waits for another one: longer than any commit takes, shorter than patience."""

BUILD_SECONDS = 300.0
"""How long a reader waits while another process builds the cache it needs too."""


class Client:
    """Everything kept about one client, read from its folder whenever it is asked."""

    def __init__(self, folder: Path) -> None:
        """A client by its folder; the folder's name is its key."""
        self.folder = folder
        self.key = folder.name

    def __repr__(self) -> str:
        """The client's key and folder."""
        return f"Client({self.key!r}, {str(self.folder)!r})"

    # What is known ────────────────────────────────────────────────────────────

    def state(self) -> State:
        """What the ledger adds up to.

        Raises:
            StoreError: `ledger_damaged`, `ledger_short`.
        """
        return state_of(self._entries())

    def engagement(self) -> Engagement:
        """The current version of the engagement.

        Raises:
            UsageError: `no_engagement`, StoreError: `file_damaged`.
        """
        state = self.state()
        if state.engagement is None:
            raise UsageError("no_engagement", client=self.key)
        return read_engagement(self._raw_text(state.engagement), file=state.engagement_file)

    def imports(self) -> tuple[ImportRecord, ...]:
        """The imports in order."""
        return self.state().imports

    def snapshots(self) -> tuple[str, ...]:
        """Digests of the snapshots in order of import, each once, where it was imported last."""
        latest = dict.fromkeys(record.snapshot for record in reversed(self.imports()))
        return tuple(reversed(latest))

    def knowledge(self) -> str:
        """Digest of all entries that change what is known; reports, renames and times are not among them."""
        return self.state().knowledge

    def inline_metrics(self) -> tuple[Metric, ...]:
        """Metrics that mappings of this client define; of two with one key the later."""
        found: dict[str, Metric] = {}
        for record in self.imports():
            if record.mapping is not None:
                found |= {metric.key: metric for metric in self._defined(record)}
        return tuple(found.values())

    def find_import(self, digest: str, *, mapping: str | None) -> ImportRecord | None:
        """The import of a file under a mapping's text, None where there was none.

        Args:
            digest: SHA-256 of the file.
            mapping: TOML of the mapping it was read by.
        """
        wanted = None if mapping is None else sha256(mapping.encode()).hexdigest()
        return next((each for each in self.imports() if (each.digest, each.mapping) == (digest, wanted)), None)

    # Changes ──────────────────────────────────────────────────────────────────

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder on the workspace's disk to work in; gone afterwards.

        Raises:
            StoreError: `disk_full`, `folder_closed`.
        """
        with disk_of(self), TemporaryDirectory(dir=self.folder, prefix=".staging-", ignore_cleanup_errors=True) as made:
            yield Path(made)

    def commit_import(self, snapshot: Path, record: ImportRecord, *, raw: Path | None, mapping: str | None) -> Commit:
        """The import, durable and acknowledged, or the earlier one that equals it.

        Args:
            snapshot: the finished Parquet file in `staging()`; it is moved.
            record: what the import found; snapshot, mapping and raw are filled in here.
            raw: the imported file, None to keep its digest only.
            mapping: TOML of the mapping it was read by, inline metrics included.

        Raises:
            StoreError: `workspace_locked`, `disk_full`, `folder_closed`, `file_changed` (the file is no
                longer the one that was read); nothing was changed.
        """
        text = None if mapping is None else mapping.encode()
        whole = replace(
            record,
            snapshot=files.digest_of(snapshot),
            mapping=None if text is None else sha256(text).hexdigest(),
            raw=raw is not None,
        )
        with self.changing():
            earlier = self.find_import(whole.digest, mapping=mapping) or self._equal_import(whole, mapping=mapping)
            if earlier is not None:
                return Commit(earlier, known=True)
            target = self._path("snapshots", f"{whole.snapshot}.parquet")
            with _undone(target, self._path("raw", whole.digest)):
                files.adopt(snapshot, target)
                if raw is not None:
                    self._keep_file(raw, digest=whole.digest)
                if text is not None:
                    self.keep(text)
            entry = self.write("import", whole.content())
        return Commit(replace(whole, imported_on=entry.time), known=False)

    def _equal_import(self, record: ImportRecord, *, mapping: str | None) -> ImportRecord | None:
        """The last import with the same snapshot, unless the metrics its mapping defines have changed since."""
        same = [each for each in self.imports() if each.snapshot == record.snapshot]
        if not same:
            return None
        metrics = read_mapping(mapping, file=record.file).metrics if mapping is not None else ()
        return same[-1] if self._defined(same[-1]) == metrics else None

    def _defined(self, record: ImportRecord) -> tuple[Metric, ...]:
        if record.mapping is None:
            return ()
        return read_mapping(self._raw_text(record.mapping), file=record.file).metrics

    def report_issued(self, content: bytes, *, template: str, locale: str) -> Path:
        """Where an issued report is kept; the ledger names it by its digest."""
        digest = sha256(content).hexdigest()
        with self.changing():
            path = self._path("reports", f"{digest[:16]}.pdf")
            files.write_whole(path, content)
            self.write("report", {"file": path.name, "digest": digest, "template": template, "locale": locale})
        return path

    def remove(self) -> None:
        """Hide the client; its data stay, and an engagement brings it back."""
        with self.changing():
            self.write("remove", {})

    def rename(self, key: str) -> Client:
        """The client under another key; the caller has checked that the key is free."""
        with self.changing():
            self.write("rename", {"from": self.key, "to": key})
        with disk_of(self):
            renamed = self.folder.rename(self.folder.with_name(key))
            files.sync_folder(renamed.parent)
        return Client(renamed)

    def purge(self) -> Certificate:
        """Erase everything about the client but a tombstone: one ledger line with digests, no names.

        Repeating an interrupted purge finishes it.
        """
        with self.changing():
            entries = self._entries()
            if state_of(entries).purged:
                certificate = self._certificate(entries[0])
            else:
                tombstone = ledger.entry_after(None, "purge", self._inventory(entries), time=_now())
                files.write_whole(self.folder / "ledger.jsonl", tombstone.line())
                certificate = self._certificate(tombstone)
                manifest.write(self.folder / "manifest.json", Manifest(1, tombstone.hash))
            sweep(self.folder, State(purged=True), everything=True)
        return certificate

    # The cache ────────────────────────────────────────────────────────────────

    def cache(self) -> Path:
        """The current cache, built from verified snapshots where it is missing or of another make.

        Raises:
            StoreError: `file_damaged` names a snapshot whose bytes have changed; `workspace_locked`, `disk_full`.
        """
        return self._current_cache() or self._build_cache()

    def rollup(
        self, *, metrics: Sequence[Metric], sites: Sequence[str] = (), window: Window | None = None
    ) -> tuple[Rolled, ...]:
        """The series of `engine.rollup`; a damaged cache is built anew once, then asked again."""
        from valueviz import engine

        try:
            return engine.rollup(self.cache(), metrics=metrics, sites=sites, window=window)
        except StoreError as refusal:
            if refusal.code != "cache_damaged":
                raise
        return engine.rollup(self._build_cache(), metrics=metrics, sites=sites, window=window)

    def _current_cache(self) -> Path | None:
        known = manifest.read(self.folder / "manifest.json")
        if known is None or known.cache_of != _identity(self.snapshots()):
            return None
        path = self.folder / f"cache-{known.generation}.duckdb"
        return path if path.is_file() else None

    def _build_cache(self) -> Path:
        from valueviz import engine

        before = manifest.read(self.folder / "manifest.json")
        with self.changing(patience=BUILD_SECONDS):
            known = manifest.read(self.folder / "manifest.json") or self._manifest(self._entries(), Manifest())
            if before is not None and known.generation != before.generation and (ready := self._current_cache()):
                return ready  # another process built it while this one waited
            snapshots = self.snapshots()
            number = self._newest_generation(known) + 1
            path = self.folder / f"cache-{number}.duckdb"
            engine.build_cache(path, [self._verified_snapshot(digest) for digest in snapshots])
            built = replace(known, generation=number, cache_of=_identity(snapshots))
            manifest.write(self.folder / "manifest.json", built)
        return path

    def _newest_generation(self, known: Manifest) -> int:
        """The highest generation in use; a lost manifest must not lead back to a file that may be open."""
        return max([known.generation, *map(generation, self.folder.glob("cache-*.duckdb"))])

    def _verified_snapshot(self, digest: str) -> Path:
        path = self._path("snapshots", f"{digest}.parquet")
        self.verify(path, digest)
        return path

    # How it is kept ───────────────────────────────────────────────────────────

    @contextmanager
    def changing(self, *, patience: float | None = None) -> Iterator[None]:
        """The right to change this client, for one process and thread at a time.

        Args:
            patience: seconds to wait for whoever holds it, LOCK_SECONDS unless told.

        Raises:
            StoreError: `workspace_locked`, `disk_full`, `folder_closed`.
        """
        with disk_of(self), contextlib.ExitStack() as held:
            files.make_folder(self.folder)
            try:
                held.enter_context(
                    FileLock(self.folder / ".lock", timeout=LOCK_SECONDS if patience is None else patience)
                )
            except Timeout:
                raise StoreError("workspace_locked", folder=str(self.folder)) from None
            sweep(self.folder, self.state())
            yield

    def write(self, kind: Kind, content: dict[str, Any]) -> Entry:
        """The entry, on the disk and acknowledged; call it inside `changing()`."""
        entries = self._entries()
        entry = ledger.entry_after(entries[-1] if entries else None, kind, content, time=_now())
        path = self.folder / "ledger.jsonl"
        known = manifest.read(self.folder / "manifest.json") or Manifest()
        acknowledged = self._manifest((*entries, entry), known)
        before = ledger.append(path, entry)
        try:
            manifest.write(self.folder / "manifest.json", acknowledged)
        except OSError:
            if manifest.read(self.folder / "manifest.json") != acknowledged:
                files.cut(path, before)
            raise
        return entry

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
        """Every file the ledger vouches for, with its digest."""
        entries = self._entries()
        state = state_of(entries)
        reports = {entry.content["file"]: entry.content["digest"] for entry in entries if entry.kind == "report"}
        return (
            *((self.folder / "raw" / digest, digest) for digest in sorted(state.digests())),
            *((self.folder / "snapshots" / f"{each.snapshot}.parquet", each.snapshot) for each in state.imports),
            *((self.folder / "reports" / name, reports[name]) for name in state.reports),
        )

    def _entries(self) -> tuple[Entry, ...]:
        acknowledged = manifest.read(self.folder / "manifest.json")  # first: a writer appends to the ledger before
        entries = ledger.read(self.folder / "ledger.jsonl")
        manifest.check_length(acknowledged, entries, file=f"{self.key}/ledger.jsonl")
        return entries

    def _manifest(self, entries: Sequence[Entry], known: Manifest) -> Manifest:
        head = entries[-1].hash if entries else ledger.GENESIS
        return replace(known, entries=len(entries), head=head)

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

    def _inventory(self, entries: Sequence[Entry]) -> dict[str, Any]:
        digests = sorted({digest for _, digest in self.kept_files()})
        return {"files": digests, "entries": len(entries), "head": entries[-1].hash if entries else ledger.GENESIS}

    def _certificate(self, tombstone: Entry) -> Certificate:
        content = tombstone.content
        return Certificate(self.key, tombstone.time, tuple(content["files"]), content["entries"], content["head"])


@contextmanager
def _undone(*paths: Path) -> Iterator[None]:
    """Take files back that were not there before where what follows fails: a refusal leaves nothing behind."""
    fresh = [path for path in paths if not path.exists()]
    try:
        yield
    except (OSError, StoreError):
        for path in fresh:
            path.unlink(missing_ok=True)
        raise


@contextmanager
def disk_of(client: Client) -> Iterator[None]:
    """What `files.disk` does, for a client's folder."""
    with files.disk(client.folder):
        yield


def _identity(snapshots: Sequence[str]) -> str:
    """What a cache is built from: the snapshots, the engine's version, the version of the tables."""
    from valueviz import engine

    return sha256(ledger.canonical([list(snapshots), engine.VERSION])).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
