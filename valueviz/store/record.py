"""What a ledger adds up to: the state of a client, free of files.

Imports are a tree: each follows the one that was the last before it. `revert` goes to any of them, and what is
active is that import and those it follows, so that one can go back and forward again and nothing is forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from valueviz.errors import UsageError
from valueviz.store.ledger import Entry, canonical
from valueviz.terms import Conversion, Locale

SHORTEST_BEGINNING = 6
"""Characters of a digest that name a snapshot: one in sixteen million is another."""

SHOWN_SNAPSHOTS = 5
"""Snapshots listed where none or several were meant."""

RawReason = Literal["kept", "not_wanted", "personal_data", "query"]
"""Whether an import's file is kept, else why not: nobody wanted it, it holds personal data, there is no file."""

OverlapChoice = Literal["new", "earlier"]
"""Which value counts where a file measures what earlier imports measured otherwise."""


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One accepted import: its file by name and digest, its snapshot by digest, its rows.

    `mapping` is the digest of the mapping's text, kept in raw/; `raw` says whether the file itself is kept, and
    `raw_reason` why or why not. `overlap` is the choice made where `replaced` values differ from those of
    earlier imports, None where none differs. `fingerprint` is that of the header. `query` is the digest of an
    SQL text, kept in raw/. `imported_on` (ISO 8601) is told to people and enters no digest.

    Of an event log (`kind` "log") `system` names the log it is an export of, `replaced` counts the cases it holds anew,
    `cases` and `events` what it holds.
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
    overlap: OverlapChoice | None = None
    replaced: int = 0
    conversions: tuple[Conversion, ...] = ()
    fingerprint: str | None = None
    raw_reason: RawReason | None = None
    query: str | None = None
    source: Literal["file", "sql", "workbook"] = "file"
    kind: Literal["observations", "log"] = "observations"
    system: str | None = None
    cases: int = 0
    events: int = 0

    def content(self) -> dict[str, Any]:
        """The record as a ledger keeps it; the time stands beside it, and what only logs have beside logs alone."""
        out = {"imported_on"} if self.kind == "log" else {"imported_on", *OF_LOGS}
        return {key: value for key, value in asdict(self).items() if key not in out}


OF_LOGS = ("kind", "system", "cases", "events")
"""What a ledger says of event logs only: the lines of observations are as they always were."""


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
class Imported:
    """An import in the history of a client, and the place of the import it follows; None: it is a first one."""

    record: ImportRecord
    follows: int | None


@dataclass(frozen=True, slots=True)
class State:
    """What is known about a client after some entries.

    `imports` are those that count, in order; `history` holds every import that was ever acknowledged, of which
    `last` is the place of the last that counts. `engagements` are the digests of all versions, the current
    one last.
    """

    exists: bool = False
    removed: bool = False
    purged: bool = False
    name: str = ""
    names: tuple[tuple[Locale, str], ...] = ()
    engagements: tuple[str, ...] = ()
    engagement_file: str = ""
    process: str | None = None
    imports: tuple[ImportRecord, ...] = ()
    history: tuple[Imported, ...] = ()
    last: int | None = None
    reports: tuple[str, ...] = ()
    knowledge: str = hashlib.sha256(b"").hexdigest()

    @property
    def engagement(self) -> str | None:
        """Digest of the current engagement."""
        return self.engagements[-1] if self.engagements else None

    @property
    def reverted(self) -> tuple[ImportRecord, ...]:
        """The imports that no longer count, in order."""
        active = set(_places(self.history, self.last))
        return tuple(each.record for place, each in enumerate(self.history) if place not in active)

    def snapshots(self) -> tuple[str, ...]:
        """Digests of the observations that count in order of import, each once, where it was imported last."""
        kept = (record.snapshot for record in reversed(self.imports) if record.kind == "observations")
        return tuple(reversed(dict.fromkeys(kept)))

    def logs(self) -> tuple[ImportRecord, ...]:
        """The event logs that count in order of import, each snapshot once, where it was imported last."""
        latest: dict[str, ImportRecord] = {}
        for record in reversed(self.imports):
            if record.kind == "log":
                latest.setdefault(record.snapshot, record)
        return tuple(reversed(latest.values()))

    def giving_way(self) -> frozenset[str]:
        """The snapshots of which only what earlier ones do not measure counts."""
        latest = {record.snapshot: record.overlap for record in self.imports}
        return frozenset(snapshot for snapshot, overlap in latest.items() if overlap == "earlier")

    def stating_months(self) -> frozenset[str]:
        """The snapshots that come from forms: their figures are monthly, whatever the dates look like."""
        return frozenset(record.snapshot for record in self.imports if record.source == "workbook")

    def place_of(self, snapshot: str) -> int | None:
        """The place in the history of the last import that brought a snapshot."""
        places = [place for place, each in enumerate(self.history) if each.record.snapshot == snapshot]
        return places[-1] if places else None

    def find_snapshot(self, beginning: str, *, client: str) -> str:
        """The digest of the one snapshot, of imports that count or do not, that begins so.

        Raises:
            UsageError: `unknown_snapshot`, `ambiguous_snapshot`, `no_data`.
        """
        known = list(dict.fromkeys(each.record.snapshot for each in self.history))
        if not known:
            raise UsageError("no_data", client=client)
        wanted = beginning.strip().lower()
        found = [digest for digest in known if digest.startswith(wanted)]
        if len(found) == 1 and len(wanted) >= SHORTEST_BEGINNING:
            return found[0]
        code = "ambiguous_snapshot" if found else "unknown_snapshot"
        shown = ", ".join(digest[:12] for digest in (found or known)[-SHOWN_SNAPSHOTS:])
        raise UsageError(code, client=client, snapshot=beginning[:64], needed=shown)

    def digests(self) -> frozenset[str]:
        """Digests of the raw files that must be kept, those of reverted imports and older engagements among them."""
        records = [each.record for each in self.history]
        texts = {digest for record in records for digest in (record.mapping, record.query) if digest}
        files = {record.digest for record in records if record.raw}
        return frozenset(texts | files | set(self.engagements) | ({self.process} if self.process else set()))


def state_of(entries: Sequence[Entry]) -> State:
    """The state a ledger adds up to."""
    state = State()
    for entry in entries:
        state = _after(state, entry)
    return state


def vouched(entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Place in the client's folder and digest of every file that a ledger vouches for, sorted by room."""
    state = state_of(entries)
    yield from ((f"raw/{digest}", digest) for digest in sorted(state.digests()))
    snapshots = {each.record.snapshot for each in state.history}
    yield from ((f"snapshots/{digest}.parquet", digest) for digest in sorted(snapshots))
    reports = {entry.content["file"]: entry.content["digest"] for entry in entries if entry.kind == "report"}
    yield from ((f"reports/{name}", reports[name]) for name in sorted(set(state.reports)))


def _after(state: State, entry: Entry) -> State:
    content = entry.content
    match entry.kind:
        case "client" | "engagement":
            state = _agreed(state, content)
        case "import":
            state = _imported(state, content, time=entry.time)
        case "revert":
            state = _reverted(state, content)
        case "process":
            state = replace(state, process=content["digest"], knowledge=_known(state, content))
        case "remove":
            state = replace(state, removed=True)
        case "purge":
            state = State(purged=True)
        case "report":
            state = replace(state, reports=(*state.reports, content["file"]))
        case "rename" | "restore":
            pass
    return state


def _agreed(state: State, content: Mapping[str, Any]) -> State:
    """The state after an engagement was put; the same bytes again teach nothing new."""
    digest = content["digest"]
    same = digest == state.engagement
    return replace(
        state,
        exists=True,
        removed=False,
        purged=False,
        name=content["name"],
        names=tuple(content.get("names", {}).items()),
        engagements=state.engagements if same else (*(each for each in state.engagements if each != digest), digest),
        engagement_file=content["file"],
        knowledge=state.knowledge if same else _known(state, content),
    )


def _imported(state: State, content: Mapping[str, Any], *, time: str) -> State:
    record = _record(content, imported_on=time)
    return replace(
        state,
        imports=(*state.imports, record),
        history=(*state.history, Imported(record, state.last)),
        last=len(state.history),
        knowledge=_known(state, content),
    )


def _reverted(state: State, content: Mapping[str, Any]) -> State:
    """The state of imports after the one that brought a snapshot, before the first one where none is named."""
    last = None if content["snapshot"] is None else state.place_of(content["snapshot"])
    imports = tuple(state.history[place].record for place in reversed([*_places(state.history, last)]))
    return replace(state, imports=imports, last=last, knowledge=_known(state, content))


def _places(history: Sequence[Imported], last: int | None) -> Iterator[int]:
    """The places of the imports that count, the last one first."""
    while last is not None:
        yield last
        last = history[last].follows


def _known(state: State, content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({"before": state.knowledge, "content": content})).hexdigest()


def _record(content: Mapping[str, Any], *, imported_on: str) -> ImportRecord:
    """The record that a ledger line holds; one of an earlier version says less."""
    known = {field.name for field in fields(ImportRecord)}
    plain: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in content.items() if key in known
    }
    plain["conversions"] = tuple(Conversion(**each) for each in content.get("conversions", ()))
    plain.setdefault("raw_reason", "kept" if content.get("raw") else "not_wanted")
    return ImportRecord(**plain, imported_on=imported_on)
