"""One client of a workspace: what was agreed, imported and reported, and the cache made from it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from filelock import FileLock, Timeout

from valueviz.catalog import read_engagement, read_mapping
from valueviz.errors import StoreError, UsageError
from valueviz.store import cache, files, ledger, manifest, process_log
from valueviz.store.erase import erase
from valueviz.store.keeping import Keeping, acknowledging, disk_of
from valueviz.store.ledger import Entry, Kind
from valueviz.store.manifest import Manifest
from valueviz.store.record import Certificate, Commit, ImportRecord, OverlapChoice, State, state_of
from valueviz.store.sweep import sweep
from valueviz.terms import Engagement, HandStep, Metric, Overlap, Window

if TYPE_CHECKING:
    from valueviz.engine import Rolled, Withdrawal

T = TypeVar("T")
LOCK_SECONDS = 3.0
"""How long a change waits for another one: longer than any commit takes, shorter than patience."""


LATER = frozenset({"value", "automated", "basis", "owner"})
"""Parts of a step typed by hand that the first workspaces did not know; without them its bytes are as they were."""


class Client(Keeping):
    """Everything kept about one client, read from its folder whenever it is asked."""

    # What is known ────────────────────────────────────────────────────────────

    def state(self) -> State:
        """What the ledger adds up to.

        Raises:
            StoreError: `ledger_damaged`, `ledger_short`.
        """
        return state_of(self.entries())

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
        """The imports that count, in order; those a revert took back are in `state().reverted`."""
        return self.state().imports

    def snapshots(self) -> tuple[str, ...]:
        """Digests of the observations that count in order of import, each once, where it was imported last."""
        return self.state().snapshots()

    def log_snapshots(self) -> tuple[tuple[Path, ImportRecord], ...]:
        """The event logs that count in order of import: file and record of each."""
        return tuple((self.folder / "snapshots" / f"{each.snapshot}.parquet", each) for each in self.state().logs())

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

    def pseudonym_key(self) -> bytes:
        """What pseudonyms of this client are made with: from the first engagement that is kept, whatever came after.

        It is the same after a rename and a restore, another for every client, and gone with a purge. Who has the
        imported data alone does not have it.
        """
        agreed = [each.content["digest"] for each in self.entries() if each.kind in ("client", "engagement")]
        kept = next(digest for digest in agreed if (self.folder / "raw" / digest).is_file())
        return sha256(b"valueviz resources\0" + (self.folder / "raw" / kept).read_bytes()).digest()

    def hand_steps(self) -> tuple[HandStep, ...]:
        """The steps of processes as they were typed by hand last, in their order."""
        digest = self.state().process
        return () if digest is None else tuple(HandStep(**step) for step in json.loads(self._raw_text(digest)))

    def equal_import(self, record: ImportRecord, *, mapping: str | None) -> ImportRecord | None:
        """The import that counts of the same file under the same mapping, or of the same rows; None where none is.

        The same rows are another import once the metrics that their mapping defines have changed.
        """
        digest = None if mapping is None else sha256(mapping.encode()).hexdigest()
        imports = self.imports()
        for each in imports:
            if (each.digest, each.mapping) == (record.digest, digest):
                return each
        same = [each for each in imports if each.snapshot == record.snapshot]
        if not same:
            return None
        metrics = read_mapping(mapping, file=record.file).metrics if mapping is not None else ()
        return same[-1] if self._defined(same[-1]) == metrics else None

    def decided(self, snapshot: str) -> OverlapChoice | None:
        """Which values were to count when a snapshot was imported before, where that was asked."""
        return next((each.overlap for each in reversed(self.imports()) if each.snapshot == snapshot), None)

    def remembered(self, fingerprint: str) -> str | None:
        """TOML of the mapping by which a file with this header was read last, None where none was."""
        known = (each.mapping for each in reversed(self.imports()) if each.fingerprint == fingerprint and each.mapping)
        digest = next(known, None)
        return None if digest is None else self._raw_text(digest)

    def sheets(self, record: ImportRecord) -> tuple[str, ...]:
        """The sheets an import read as its mapping names them; none where it names none."""
        from valueviz.catalog import read_mapping

        if record.mapping is None:
            return ()
        text = self._raw_text(record.mapping)
        found = read_mapping(text, file="mapping").format.sheet if text else None
        return () if found is None else (found,) if isinstance(found, str) else tuple(found)

    def overlap(self, snapshot: Path, *, monthly: bool = False) -> Overlap:
        """What a snapshot that is not yet imported measures and imports that count measured before it.

        Only snapshots that share a metric and a month with it are looked at, after their digests were checked.

        Args:
            snapshot: its file.
            monthly: it states monthly figures, as a form does.

        Raises:
            StoreError: `file_damaged`, `disk_full`.
        """
        from valueviz.store.overlap import overlap

        return overlap(self, snapshot, monthly=monthly)

    # Changes ──────────────────────────────────────────────────────────────────

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder on the workspace's disk to work in; gone afterwards.

        Raises:
            StoreError: `disk_full`, `folder_closed`.
        """
        with disk_of(self), TemporaryDirectory(dir=self.folder, prefix=".staging-", ignore_cleanup_errors=True) as made:
            yield Path(made)

    def commit_import(
        self,
        snapshot: Path,
        record: ImportRecord,
        *,
        raw: Path | None,
        mapping: str | None,
        query: str | None = None,
        overlap: OverlapChoice | None = None,
        knowledge: str | None = None,
    ) -> Commit:
        """The import, durable and acknowledged, or the earlier one that equals it.

        Args:
            snapshot: the finished Parquet file in `staging()`; it is moved.
            record: what the import found; snapshot, mapping and raw are filled in here.
            raw: the imported file, None to keep its digest only.
            mapping: TOML of the mapping it was read by, inline metrics included.
            query: the SQL text it comes from.
            overlap: which values count where it measures what earlier imports measured otherwise.
            knowledge: what was known when that was looked at.

        Raises:
            StoreError: `workspace_locked`, `disk_full`, `folder_closed`, `file_changed` (the file is no longer the
                one that was read), `import_overtaken` (more is known than `knowledge`); nothing was changed.
        """
        texts = [text.encode() for text in (mapping, query) if text is not None]
        whole = replace(
            record,
            snapshot=files.digest_of(snapshot),
            mapping=None if mapping is None else sha256(mapping.encode()).hexdigest(),
            query=None if query is None else sha256(query.encode()).hexdigest(),
            raw=raw is not None,
            raw_reason="kept" if raw is not None else record.raw_reason or "not_wanted",
            overlap=overlap,
        )
        with self.changing():
            earlier = self.equal_import(whole, mapping=mapping)
            if earlier is not None and overlap in (None, earlier.overlap):
                return Commit(earlier, known=True)
            if knowledge not in (None, self.knowledge()):
                raise StoreError("import_overtaken", file=record.file, client=self.key)
            target = self._path("snapshots", f"{whole.snapshot}.parquet")
            with files.undone(target, self._path("raw", whole.digest)):
                files.adopt(snapshot, target)
                if raw is not None:
                    self._keep_file(raw, digest=whole.digest)
                for text in texts:
                    self.keep(text)
            entry = self.write("import", whole.content())
        return Commit(replace(whole, imported_on=entry.time), known=False)

    def _defined(self, record: ImportRecord) -> tuple[Metric, ...]:
        if record.mapping is None:
            return ()
        return read_mapping(self._raw_text(record.mapping), file=record.file).metrics

    def put_process(self, steps: Sequence[HandStep]) -> None:
        """Keep the steps of processes as they were typed by hand; the same steps again change nothing."""
        content = ledger.canonical([_written(step) for step in steps])
        with self.changing():
            digest = sha256(content).hexdigest()
            known = self.state().process
            if digest == known or (known is None and not steps):
                return
            with files.undone(self._path("raw", digest)):
                self.keep(content)
            self.write("process", {"digest": digest, "steps": len(steps)})

    def revert(self, snapshot: str | None) -> None:
        """Let those imports count that counted after the one that brought a snapshot; engagement and process stay.

        Nothing is erased, so that a later import can be reverted to as well: back and forward again. Where
        these imports are the ones that count, nothing changes.

        Args:
            snapshot: its digest, or the beginning of it (6 characters at least); None: before the first import.

        Raises:
            UsageError: `unknown_snapshot`, `ambiguous_snapshot`, `no_data`.
        """
        with self.changing():
            state = self.state()
            whole = None if snapshot is None else state.find_snapshot(snapshot, client=self.key)
            last = None if whole is None else state.place_of(whole)
            if last != state.last:
                self.write("revert", {"snapshot": whole})

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
        return erase(self, time=_now())

    # The cache ────────────────────────────────────────────────────────────────

    def cache(self) -> Path:
        """The current cache, built from verified snapshots where it is missing or of another make.

        Raises:
            StoreError: `file_damaged` names a snapshot whose bytes have changed; `workspace_locked`, `disk_full`.
        """
        return cache.current(self) or cache.build(self)

    def rollup(
        self,
        *,
        metrics: Sequence[Metric],
        sites: Sequence[str] = (),
        window: Window | None = None,
        restored: bool = False,
    ) -> tuple[Rolled, ...]:
        """The series of `engine.rollup`; a damaged cache is built anew once, then asked again."""
        from valueviz import engine

        return self._from_cache(partial(engine.rollup, metrics=metrics, sites=sites, window=window, restored=restored))

    def withdrawn(self, *, rolled: Sequence[Rolled], window: Window | None = None) -> dict[str, tuple[Withdrawal, ...]]:
        """What `engine.withdrawn` finds about series that were rolled up; a damaged cache is built anew once."""
        from valueviz import engine

        return self._from_cache(partial(engine.withdrawn, rolled=rolled, window=window))

    def process_log(self) -> Path | None:
        """The coded database of the event logs that count, built where it is missing or of another make; None: no log.

        Raises:
            StoreError: as `cache`.
        """
        if not self.state().logs():
            return None
        return process_log.current(self) or process_log.build(self)

    def ask_process(self, answered: Callable[[Path], T]) -> T | None:
        """What `answered` finds in the process log, None without one; a damaged database is built anew once."""
        path = self.process_log()
        if path is None:
            return None
        try:
            return answered(path)
        except StoreError as refusal:
            if refusal.code != "cache_damaged":
                raise
        return answered(process_log.build(self))

    def _from_cache(self, answered: Callable[[Path], T]) -> T:
        try:
            return answered(self.cache())
        except StoreError as refusal:
            if refusal.code != "cache_damaged":
                raise
        return answered(cache.build(self))

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
        entries = self.entries()
        entry = ledger.entry_after(entries[-1] if entries else None, kind, content, time=_now())
        path = self.folder / "ledger.jsonl"
        known = manifest.read(self.folder / "manifest.json") or Manifest()
        acknowledged = acknowledging((*entries, entry), known)
        before = ledger.append(path, entry)
        try:
            manifest.write(self.folder / "manifest.json", acknowledged)
        except OSError:
            if manifest.read(self.folder / "manifest.json") != acknowledged:
                files.cut(path, before)
            raise
        return entry


def _written(step: HandStep) -> dict[str, Any]:
    """A step as it is kept: what later versions ask for besides stands there only where it was stated."""
    told = asdict(step)
    return {key: told[key] for key in told if told[key] is not None or key not in LATER}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
