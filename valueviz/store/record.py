"""What a ledger adds up to: the state of a client, free of files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from valueviz.store.ledger import Entry, canonical


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One accepted import: its file by name and digest, its snapshot by digest, its rows.

    `mapping` is the digest of the mapping's text, kept in raw/; `raw` says whether the file itself is kept.
    `imported_on` (ISO 8601) is told to people and enters no digest.
    """

    file: str
    digest: str
    snapshot: str
    rows: int
    accepted: int
    rejected: int
    metrics: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    mapping: str | None = None
    raw: bool = False
    imported_on: str | None = None

    def content(self) -> dict[str, Any]:
        """The record as a ledger keeps it; the time stands beside it."""
        return {key: value for key, value in asdict(self).items() if key != "imported_on"}


@dataclass(frozen=True, slots=True)
class Commit:
    """An import as it stands in the ledger; `known` says that it already stood there."""

    record: ImportRecord
    known: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was erased of a client, and when: file digests, ledger length, the hash of its last line."""

    client: str
    time: str
    files: tuple[str, ...]
    entries: int
    head: str


@dataclass(frozen=True, slots=True)
class State:
    """What is known about a client after some entries."""

    exists: bool = False
    removed: bool = False
    purged: bool = False
    name: str = ""
    engagement: str | None = None
    engagement_file: str = ""
    imports: tuple[ImportRecord, ...] = ()
    reports: tuple[str, ...] = ()
    knowledge: str = hashlib.sha256(b"").hexdigest()

    def digests(self) -> frozenset[str]:
        """Digests of the raw files that must be kept."""
        mappings = {record.mapping for record in self.imports if record.mapping}
        kept = {record.digest for record in self.imports if record.raw}
        return frozenset(mappings | kept | ({self.engagement} if self.engagement else set()))


def state_of(entries: Sequence[Entry]) -> State:
    """The state a ledger adds up to."""
    state = State()
    for entry in entries:
        state = _after(state, entry)
    return state


def _after(state: State, entry: Entry) -> State:
    content = entry.content
    match entry.kind:
        case "client" | "engagement":
            return _agreed(state, content)
        case "import":
            records = (*state.imports, _record(content, imported_on=entry.time))
            return replace(state, imports=records, knowledge=_known(state, content))
        case "remove":
            return replace(state, removed=True)
        case "purge":
            return State(purged=True)
        case "report":
            return replace(state, reports=(*state.reports, content["file"]))
        case "rename":
            return state


def _agreed(state: State, content: Mapping[str, Any]) -> State:
    """The state after an engagement was put; the same bytes again teach nothing new."""
    return replace(
        state,
        exists=True,
        removed=False,
        purged=False,
        name=content["name"],
        engagement=content["digest"],
        engagement_file=content["file"],
        knowledge=state.knowledge if content["digest"] == state.engagement else _known(state, content),
    )


def _known(state: State, content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({"before": state.knowledge, "content": content})).hexdigest()


def _record(content: Mapping[str, Any], *, imported_on: str) -> ImportRecord:
    known = {field.name for field in fields(ImportRecord)}
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in content.items() if key in known
    }
    return ImportRecord(**plain, imported_on=imported_on)
