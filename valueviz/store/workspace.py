"""A workspace: a folder with a format number and one folder a client."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from valueviz.catalog import suggestion
from valueviz.errors import StoreError, UsageError
from valueviz.store import files
from valueviz.store.client import Client
from valueviz.store.record import Certificate
from valueviz.terms import Engagement, Names

FORMAT = 1
"""The layout this version writes; it refuses newer ones."""

LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What desktops put into folders by themselves; a folder with nothing else is empty."""

RESERVED = ("list", "show", "rename", "remove", "purge")
"""Words that `valueviz client` takes as what to do."""

KEY = re.compile(r"[a-z0-9-]{1,40}")
"""What a client key looks like: it is a folder's name on every system and a word on every command line."""


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """A client in a list: its key, its display name (that of the engagement's language), whether it is hidden, all its names."""

    key: str
    name: str
    removed: bool
    names: Names


class Workspace:
    """The clients of one folder."""

    def __init__(self, path: Path) -> None:
        """A workspace whose format was checked by `open`."""
        self.path = path

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> Workspace:
        """The workspace at `path`.

        Args:
            path: its folder.
            create: make one where there is nothing yet.

        Raises:
            StoreError: `workspace_missing`, `workspace_foreign` (a folder with other things in it),
                `workspace_newer`, `workspace_format`, `disk_full`, `folder_closed`.
        """
        mark = path / "format"
        with files.disk(path):
            if not mark.is_file():
                _check_empty(path, create=create)
                files.make_folder(path)
                files.write_whole(mark, f"{FORMAT}\n".encode())
            _check_format(mark)
        return cls(path)

    def clients(self) -> tuple[ClientInfo, ...]:
        """Clients that exist, hidden ones included, by key."""
        found = []
        for folder in sorted((self.path / "clients").glob("*/ledger.jsonl")):
            state = Client(folder.parent).state()
            if state.exists:
                names = Names(state.names) if state.names else Names.same(state.name)
                found.append(ClientInfo(folder.parent.name, state.name, state.removed, names))
        return tuple(found)

    def client(self, key: str) -> Client:
        """A client by its key.

        Raises:
            UsageError: `unknown_client` with the nearest key, `no_clients`, `client_purged`, `client_removed`.
        """
        client = self._client(key)
        state = client.state() if KEY.fullmatch(key) else None
        if state is None or not (state.exists or state.purged):
            known = [info.key for info in self.clients() if not info.removed]
            if not known:
                raise UsageError("no_clients", client=key, folder=str(self.path))
            raise UsageError("unknown_client", client=key, nearest=suggestion(key, known))
        if state.purged:
            raise UsageError("client_purged", client=key)
        if state.removed:
            raise UsageError("client_removed", client=key)
        return client

    def put_engagement(self, key: str, text: bytes, engagement: Engagement, *, file: str) -> None:
        """Create a client or amend it; the bytes that are already current change nothing.

        Args:
            key: the client.
            text: the engagement file as it was read.
            engagement: what it says.
            file: its name.

        Raises:
            UsageError: `client_key`, `client_reserved`.
        """
        check_key(key)
        client = self._client(key)
        with client.changing():
            state = client.state()
            digest = client.keep(text)
            if state.engagement == digest and not state.removed:
                return
            known = state.exists and not state.removed
            content = {
                "digest": digest,
                "file": file,
                "name": engagement.name[engagement.language or "en"],
                "names": dict(engagement.name.texts),
            }
            client.write("engagement" if known else "client", content)

    def rename(self, key: str, to: str) -> Client:
        """The client under a new key.

        Raises:
            UsageError: `unknown_client`, `client_key`, `client_reserved`, `client_exists`.
        """
        client = self.client(key)
        check_key(to)
        if self._client(to).folder.exists():
            raise UsageError("client_exists", client=to)
        return client.rename(to)

    def purge(self, key: str) -> Certificate:
        """Erase a client, hidden or half erased ones included.

        Raises:
            UsageError: `unknown_client`.
        """
        client = self._client(key)
        state = client.state() if KEY.fullmatch(key) else None
        if state is None or not (state.exists or state.purged):
            client = self.client(key)
        return client.purge()

    def _client(self, key: str) -> Client:
        return Client(self.path / "clients" / key)


def check_key(key: str) -> None:
    """Refuse what cannot be a client's key.

    Raises:
        UsageError: `client_key`, `client_reserved`.
    """
    if not KEY.fullmatch(key):
        raise UsageError("client_key", found=key)
    if key in RESERVED:
        raise UsageError("client_reserved", found=key, needed=", ".join(RESERVED))


def _check_empty(path: Path, *, create: bool) -> None:
    if path.exists() and not path.is_dir():
        raise StoreError("workspace_foreign", folder=str(path))
    names = [each.name for each in path.glob("*")] if path.is_dir() else []
    if any(name not in LITTER and not name.endswith(files.PART) for name in names):
        raise StoreError("workspace_foreign", folder=str(path))
    if not create:
        raise StoreError("workspace_missing", folder=str(path))


def _check_format(mark: Path) -> None:
    text = mark.read_text(encoding="utf-8", errors="replace").strip()
    if not text.isdecimal() or int(text) < 1:
        raise StoreError("workspace_format", folder=str(mark.parent), found=text[:20], needed=FORMAT)
    if int(text) > FORMAT:
        raise StoreError("workspace_newer", folder=str(mark.parent), found=int(text), needed=FORMAT)
