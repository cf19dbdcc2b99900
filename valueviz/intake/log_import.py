"""One event log from file to workspace: read in a child, compared with the logs already there, committed."""

from __future__ import annotations

from collections.abc import Mapping as Fields
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from valueviz.catalog import Mapping, write_mapping
from valueviz.errors import StoreError
from valueviz.store import Client, ImportRecord
from valueviz.store.process_log import system_of, systems
from valueviz.workers import Limits, Progress, run

MEMORY_BYTES = 3 << 30
"""What a child may hold, as for observations."""

CPU_SECONDS = 1800.0
"""Ten million events take a tenth of it."""

ATTEMPTS = 3
"""How often a log is compared anew because another import was faster."""

NAMED = 20
"""Cases that are named one by one; of more only the number is told."""


@dataclass(frozen=True, slots=True)
class LogTaken:
    """What an event log holds, and what it does to the logs of the client that are already there.

    `activities` pairs each with its events. `notes` pairs a code with the fields of its sentence under [process.note].
    `pseudonyms`: who did what is kept under pseudonyms. `system` names the log it is an export of; of that log
    `replaced` cases are in it anew for the days it covers, `shortened` ones with fewer events, while `missing` ones that
    began in these days are not in it (they stay). `orphans` occur in no log of the other `systems`. At most `NAMED` of them are named.
    """

    cases: int
    events: int
    activities: tuple[tuple[str, int], ...]
    first: datetime | None
    last: datetime | None
    attributes: tuple[str, ...] = ()
    notes: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    pseudonyms: bool = False
    synthetic: bool = False
    system: str = ""
    systems: tuple[str, ...] = ()
    replaced: int = 0
    shortened: tuple[str, ...] = ()
    shortened_count: int = 0
    missing: tuple[str, ...] = ()
    missing_count: int = 0
    orphans: tuple[str, ...] = ()
    orphan_count: int = 0

    def warnings(self) -> tuple[str, ...]:
        """Codes of what the import does to logs that are already there."""
        told = {
            "log_cases_replaced": self.replaced,
            "log_events_fewer": self.shortened_count,
            "log_cases_missing": self.missing_count,
            "log_orphans": self.orphan_count,
        }
        return tuple(code for code, count in told.items() if count)


def take_log(
    client: Client,
    path: Path,
    *,
    out: Path,
    mapping: Mapping,
    personal: str,
    latest: date | None,
    progress: Progress | None,
) -> dict[str, Any]:
    """What a child says of a log; its snapshot is written to `out`."""
    answer = run(
        "valueviz.intake.log_take:take",
        args={
            "path": str(path.absolute()),
            "out": str(out.absolute()),
            "folder": str(out.parent.absolute()),
            "mapping": write_mapping(mapping),
            "key": client.pseudonym_key().hex(),
            "personal": personal,
            "latest": None if latest is None else latest.isoformat(),
        },
        limits=Limits(memory=MEMORY_BYTES, cpu=CPU_SECONDS, wall=2 * CPU_SECONDS),
        progress=progress,
    )
    return cast("dict[str, Any]", answer)


def taken_from_json(plain: Fields[str, Any]) -> LogTaken:
    """What a child says of a log as a noun."""
    return LogTaken(
        cases=plain["cases"],
        events=plain["events"],
        activities=tuple((name, count) for name, count in plain["activities"]),
        first=_moment(plain["first"]),
        last=_moment(plain["last"]),
        attributes=tuple(plain["attributes"]),
        notes=tuple((code, tuple((key, value) for key, value in fields)) for code, fields in plain["notes"]),
        pseudonyms=plain["pseudonyms"],
        synthetic=plain["synthetic"],
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class SettledLog:
    """What the workspace says to a log: the import it equals (None where it is new), the record, the log beside others."""

    known: ImportRecord | None
    record: ImportRecord
    log: LogTaken


def settle_log(
    client: Client,
    snapshot: Path,
    record: ImportRecord,
    log: LogTaken,
    *,
    raw: Path | None,
    mapping: str,
    query: str | None,
    stated: str | None,
    dry_run: bool,
) -> SettledLog:
    """What the workspace says to a log; unless `dry_run`, it is imported when this returns.

    Args:
        client: whose workspace it goes to.
        snapshot: the finished file in `client.staging()`.
        record: what the import found.
        log: what the log holds.
        raw: the file that is kept, None to keep its digest only.
        mapping: TOML it was read by.
        query: SQL text it comes from.
        stated: the system it comes from, as the mapping states it.
        dry_run: look, write nothing.
    """
    for attempt in range(1, ATTEMPTS + 1):
        knowledge = client.knowledge()
        system = stated or system_of(client.state(), record.fingerprint) or record.fingerprint or record.file
        told = beside(client, snapshot, replace(log, system=system))
        whole = replace(
            record,
            kind="log",
            system=system,
            cases=log.cases,
            events=log.events,
            replaced=told.replaced,
            warnings=tuple(dict.fromkeys((*record.warnings, *told.warnings()))),
        )
        known = client.equal_import(whole, mapping=mapping)
        if known is not None or dry_run:
            return SettledLog(known, known or whole, replace(log, system=system) if known else told)
        try:
            commit = client.commit_import(snapshot, whole, raw=raw, mapping=mapping, query=query, knowledge=knowledge)
        except StoreError as refusal:
            if refusal.code != "import_overtaken" or attempt == ATTEMPTS:
                raise
            continue
        return SettledLog(commit.record if commit.known else None, commit.record, told)
    raise AssertionError("the last attempt returns or raises")


def beside(client: Client, snapshot: Path, log: LogTaken) -> LogTaken:
    """A log beside those of the client: which cases it replaces, which it lacks, which occur in no other system."""
    from valueviz.engine import log_export

    known = systems(client.state())
    earlier = [client.verified_snapshot(digest) for digest in known.pop(log.system, ())]
    others = [client.verified_snapshot(digest) for digests in known.values() for digest in digests]
    renewed = log_export.renewed(snapshot, earlier)
    orphans = log_export.orphans(snapshot, others)
    return replace(
        log,
        systems=tuple(known),
        replaced=renewed.replaced,
        shortened=renewed.shortened[:NAMED],
        shortened_count=len(renewed.shortened),
        missing=renewed.missing[:NAMED],
        missing_count=len(renewed.missing),
        orphans=orphans[:NAMED],
        orphan_count=len(orphans),
    )
