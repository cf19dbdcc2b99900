"""A backup: one ZIP file with everything the ledgers vouch for and a list of digests; caches are not in it.

Files are stored, not packed, under names that a strict form allows: nothing in it can be larger than it looks,
lie outside a workspace, or be a link. Equal workspaces give equal bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

from valueviz.errors import StoreError
from valueviz.store import files, ledger
from valueviz.store.ledger import Entry
from valueviz.store.record import state_of, vouched

VERSION = 1
"""The make of backup this version writes; it refuses newer ones."""

LIST = "backup.json"
"""The list of everything else, written last."""

LARGEST_LIST = 256 << 20
"""Bytes of the list: a million files and more."""

KEY = r"[a-z0-9-]{1,40}"

PATH = re.compile(
    rf"clients/(?P<client>{KEY})/"
    r"(?P<place>ledger\.jsonl|raw/(?P<raw>[0-9a-f]{64})|snapshots/(?P<snapshot>[0-9a-f]{64})\.parquet|reports/[0-9a-f]{16}\.pdf)"
)
"""Every path a backup may hold besides the list; it has no room for `..`, a drive, a backslash or a device."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of a backup."""

    path: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of a backup: its make, the workspace's format, each client's ledger by length and head, the files."""

    backup: int
    format: int
    clients: dict[str, tuple[int, str]]
    files: tuple[Packed, ...]


T = TypeVar("T")


class Packer:
    """Writes a backup, file after file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """A packer into an archive that is open for writing."""
        self._archive = archive
        self._packed: list[Packed] = []

    def add(self, path: str, source: IO[bytes], *, size: int) -> str:
        """The digest of what was put in under a path."""
        hasher = hashlib.sha256()
        with self._archive.open(_entry(path, size), "w", force_zip64=size >= zipfile.ZIP64_LIMIT) as target:
            while chunk := source.read(files.CHUNK):
                hasher.update(chunk)
                target.write(chunk)
        self._packed.append(Packed(path, size, hasher.hexdigest()))
        return hasher.hexdigest()

    def finish(self, *, form: int, clients: Mapping[str, tuple[int, str]]) -> Contents:
        """Write the list."""
        contents = Contents(VERSION, form, dict(clients), tuple(self._packed))
        told = json.dumps(asdict(contents), ensure_ascii=True, indent=1).encode() + b"\n"
        with self._archive.open(_entry(LIST, len(told)), "w") as target:
            target.write(told)
        return contents


def _entry(path: str, size: int) -> zipfile.ZipInfo:
    """An entry that says nothing of when and where it was written."""
    entry = zipfile.ZipInfo(path)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    entry.file_size = size
    return entry


class Archive:
    """A backup that is read: nothing of it is believed before its digest was checked."""

    def __init__(self, name: str, archive: zipfile.ZipFile, contents: Contents) -> None:
        """An archive whose list was checked by `opened`."""
        self.name = name
        self.contents = contents
        self._archive = archive
        self.ledgers: dict[str, tuple[Entry, ...]] = {}

    def check(self) -> None:
        """Refuse the backup unless every digest, every chain and every file a ledger names is right.

        Raises:
            StoreError: `backup_damaged` names the first file that is not.
        """
        for packed in self.contents.files:
            if self.read(packed.path, _digest) != packed.digest:
                raise self.damaged(packed.path)
        for key, (length, head) in self.contents.clients.items():
            entries = self._entries(key)
            if len(entries) != length or (entries[-1].hash if entries else ledger.GENESIS) != head:
                raise self.damaged(f"clients/{key}/ledger.jsonl")
            self._check_files(key, entries)
            self.ledgers[key] = entries

    def _entries(self, key: str) -> tuple[Entry, ...]:
        try:
            return ledger.parse(self.ledger_bytes(key), file=f"{key}/ledger.jsonl")
        except StoreError:
            raise self.damaged(f"clients/{key}/ledger.jsonl") from None

    def _check_files(self, key: str, entries: tuple[Entry, ...]) -> None:
        """Refuse where a file is missing that the ledger names, or one is there that it does not name."""
        there = {packed.path: packed.digest for packed in self.files(key)}
        named = dict(vouched(entries))
        state = state_of(entries)
        needed = named.keys() - {f"raw/{digest}" for digest in state.engagements[:-1]}
        for place in sorted((needed - there.keys()) | (there.keys() - named.keys())):
            raise self.damaged(f"clients/{key}/{place}")
        for place, digest in sorted(there.items()):
            if named[place] != digest:
                raise self.damaged(f"clients/{key}/{place}")

    def files(self, key: str) -> list[Packed]:
        """The files of a client but its ledger, under their places in the client's folder."""
        before = f"clients/{key}/"
        mine = [each for each in self.contents.files if each.path.startswith(before)]
        return [
            Packed(each.path.removeprefix(before), each.size, each.digest)
            for each in mine
            if each.path != f"{before}ledger.jsonl"
        ]

    def read(self, path: str, take: Callable[[IO[bytes]], T]) -> T:
        """What `take` makes of the bytes under a path.

        Raises:
            StoreError: `backup_damaged`.
        """
        try:
            with self._archive.open(path) as stream:
                return take(stream)
        except (KeyError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
            raise self.damaged(path) from None

    def ledger_bytes(self, key: str) -> bytes:
        """The ledger of a client as it is packed."""
        return self.read(f"clients/{key}/ledger.jsonl", lambda stream: stream.read())

    def damaged(self, path: str) -> StoreError:
        """The refusal that names one file of the backup."""
        return StoreError("backup_damaged", file=self.name, found=path)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup, after its form was checked: a list, and only files of the form and size that it lists.

    Raises:
        StoreError: `backup_unreadable`, `backup_newer`, `backup_hostile`.
    """
    if not path.is_file():
        raise StoreError("backup_unreadable", file=str(path), found="-")
    try:
        with zipfile.ZipFile(path) as archive:
            contents = _contents(path, archive)
            _check_form(path, archive, contents)
            yield Archive(path.name, archive, contents)
    except zipfile.BadZipFile as failure:
        raise StoreError("backup_unreadable", file=path.name, found=str(failure)) from None


def _contents(path: Path, archive: zipfile.ZipFile) -> Contents:
    try:
        entry = archive.getinfo(LIST)
        if entry.file_size > LARGEST_LIST or entry.compress_type != zipfile.ZIP_STORED:
            raise StoreError("backup_hostile", file=path.name, found=LIST)
        told = json.loads(archive.read(entry))
        if isinstance(told.get("backup"), int) and told["backup"] > VERSION:
            raise StoreError("backup_newer", file=path.name, found=told["backup"], needed=VERSION)
        return _read(told)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError, NotImplementedError, RuntimeError):
        raise StoreError("backup_unreadable", file=path.name, found=LIST) from None


def _read(told: dict[str, Any]) -> Contents:
    listed = tuple(Packed(str(each["path"]), int(each["size"]), str(each["digest"])) for each in told["files"])
    clients = {str(key): (int(length), str(head)) for key, (length, head) in told["clients"].items()}
    return Contents(int(told["backup"]), int(told["format"]), clients, listed)


def _check_form(path: Path, archive: zipfile.ZipFile, contents: Contents) -> None:
    """Refuse whatever is not a plain file of an allowed name, as large as it looks, listed once and there once."""
    entries = archive.infolist()
    listed = {each.path: each for each in contents.files}
    sizes = sum(entry.file_size for entry in entries)
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        plain = entry.compress_type == zipfile.ZIP_STORED and entry.file_size == entry.compress_size
        known = entry.filename == LIST or (PATH.fullmatch(entry.filename) and entry.filename in listed)
        if not (plain and known and kind in (0, stat.S_IFREG) and not entry.flag_bits & 1):
            raise StoreError("backup_hostile", file=path.name, found=entry.filename[:80])
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names) or len(listed) < len(contents.files) or sizes > path.stat().st_size:
        raise StoreError("backup_hostile", file=path.name, found=LIST)
    if {*listed, LIST} != set(names) or any(archive.getinfo(each).file_size != listed[each].size for each in listed):
        raise StoreError("backup_damaged", file=path.name, found=LIST)
    owners = {match["client"] for match in map(PATH.fullmatch, listed) if match}
    if owners != set(contents.clients):
        raise StoreError("backup_damaged", file=path.name, found=LIST)


def _digest(stream: IO[bytes]) -> str:
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
