"""The ledger of a client: one JSON line an event, each chained to the one before by its hash.

A line that was changed, removed or inserted breaks the chain. A torn last line (a crash while it was
written) was never acknowledged and does not count. Whether lines are missing at the end, only the manifest
can tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from valueviz.errors import StoreError
from valueviz.store import files

Kind = Literal["client", "engagement", "process", "import", "revert", "rename", "remove", "purge", "report", "restore"]

GENESIS = "0" * 64
"""What the first line names as the hash before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: its place from 1, when it was written, its kind, what it says, its hash in the chain."""

    number: int
    previous: str
    time: str
    kind: Kind
    content: Mapping[str, Any]
    hash: str

    def line(self) -> bytes:
        """The entry as it stands in the file."""
        return json.dumps(_body(self) | {"hash": self.hash}, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def entry_after(last: Entry | None, kind: Kind, content: Mapping[str, Any], *, time: str) -> Entry:
    """The entry that follows `last` in the chain."""
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    draft = Entry(number, previous, time, kind, content, "")
    return Entry(number, previous, time, kind, content, _hash(draft))


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a ledger, in order.

    Raises:
        StoreError: `ledger_damaged`, naming the line at which the chain breaks.
    """
    return parse(path.read_bytes() if path.is_file() else b"", file=f"{path.parent.name}/{path.name}")


def parse(content: bytes, *, file: str) -> tuple[Entry, ...]:
    """The entries that the bytes of a ledger hold; a torn tail is left out.

    Raises:
        StoreError: `ledger_damaged`.
    """
    entries: list[Entry] = []
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        entry = _entry(line)
        previous = entries[-1].hash if entries else GENESIS
        if entry is None or entry.number != number or entry.previous != previous or _hash(entry) != entry.hash:
            raise StoreError("ledger_damaged", file=file, row=number)
        entries.append(entry)
    return tuple(entries)


def append(path: Path, entry: Entry) -> int:
    """Write an entry behind the last whole line; how long the file was without it.

    A torn line of an earlier crash is cut off first.
    """
    content = path.read_bytes() if path.is_file() else b""
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        files.cut(path, whole)
    return files.append(path, entry.line())


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spaces: the same value, the same bytes."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def _entry(line: bytes) -> Entry | None:
    try:
        told = json.loads(line)
        entry = Entry(**told)
    except (ValueError, TypeError):
        return None
    return entry if isinstance(entry.content, dict) else None


def _body(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "previous": entry.previous,
        "time": entry.time,
        "kind": entry.kind,
        "content": entry.content,
    }


def _hash(entry: Entry) -> str:
    return hashlib.sha256(canonical(_body(entry))).hexdigest()
