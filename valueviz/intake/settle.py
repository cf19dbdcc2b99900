"""The last step of an import, whatever it came from: recognised, compared with earlier imports, committed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from valueviz.errors import DataError, StoreError
from valueviz.store import Client, ImportRecord, OverlapChoice
from valueviz.terms import Overlap

ATTEMPTS = 3
"""How often a snapshot is compared anew because another import was faster."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the workspace says to a snapshot: the import it equals, None where it is new, what it overlaps, whose values count."""

    known: ImportRecord | None
    overlap: Overlap
    choice: OverlapChoice | None = None


def settle(
    client: Client,
    snapshot: Path,
    record: ImportRecord,
    *,
    raw: Path | None,
    mapping: str,
    query: str | None = None,
    choice: OverlapChoice | None = None,
    dry_run: bool = False,
) -> Settled:
    """What the workspace says to a snapshot; unless `dry_run`, it is imported when this returns.

    Args:
        client: whose workspace it goes to.
        snapshot: the finished file in `client.staging()`.
        record: what the import found, its snapshot's digest included.
        raw: the file that is kept, None to keep its digest only.
        mapping: TOML it was read by.
        query: SQL text it comes from.
        choice: whose values count where earlier imports measured otherwise; None refuses, unless an equal
            snapshot was decided on before.
        dry_run: look, write nothing.

    Raises:
        DataError: `overlap_not_decided`, with the first difference.
    """
    told: dict[str, Any] = {"raw": raw, "mapping": mapping, "query": query, "choice": choice, "dry_run": dry_run}
    for _ in range(ATTEMPTS - 1):
        try:
            return _settled(client, snapshot, record, **told)
        except StoreError as refusal:
            if refusal.code != "import_overtaken":
                raise
    return _settled(client, snapshot, record, **told)


def _settled(
    client: Client,
    snapshot: Path,
    record: ImportRecord,
    *,
    raw: Path | None,
    mapping: str,
    query: str | None,
    choice: OverlapChoice | None,
    dry_run: bool,
) -> Settled:
    knowledge = client.knowledge()
    known = client.equal_import(record, mapping=mapping)
    if known is not None and choice in (None, known.overlap):
        return Settled(known, Overlap())
    overlap = client.overlap(snapshot, monthly=record.source == "workbook")
    choice = choice or client.decided(record.snapshot)
    decided = choice if overlap.differing else None
    if dry_run:
        return Settled(known, overlap, decided)
    if overlap.differing and decided is None:
        raise _undecided(overlap, file=record.file)
    commit = client.commit_import(
        snapshot,
        replace(record, replaced=overlap.differing),
        raw=raw,
        mapping=mapping,
        query=query,
        overlap=decided,
        knowledge=knowledge,
    )
    return Settled(commit.record if commit.known else None, overlap, decided)


def _undecided(overlap: Overlap, *, file: str) -> DataError:
    first = overlap.differences[0]
    return DataError(
        "overlap_not_decided",
        file=file,
        count=overlap.differing,
        metric=first.metric,
        day=first.day.isoformat(),
        earlier=_told(first.earlier),
        newer=_told(first.newer),
        files=", ".join(overlap.files),
    )


def _told(value: float | None) -> str:
    return "-" if value is None else repr(value).removesuffix(".0")
