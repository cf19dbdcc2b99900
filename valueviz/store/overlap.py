"""What a new snapshot and the imports that count both measure, before anybody decides which values shall count."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from valueviz.store import files
from valueviz.store.record import ImportRecord
from valueviz.terms import Overlap

if TYPE_CHECKING:
    from valueviz.store.client import Client


def overlap(client: Client, snapshot: Path, *, monthly: bool) -> Overlap:
    """What a snapshot and the imports that count both measure; nothing is read where they share no metric and month."""
    state = client.state()
    if not state.imports:
        return Overlap()
    from valueviz import engine

    digest = files.digest_of(snapshot)
    latest = {record.snapshot: record for record in state.imports if record.snapshot != digest}
    months = engine.months(snapshot)
    near = [latest[each] for each in state.snapshots() if each in latest and _meet(latest[each], months)]
    if not near:
        return Overlap()
    with files.disk(client.folder):
        found = engine.compare(
            snapshot,
            [client.verified_snapshot(record.snapshot) for record in near],
            gives_way=state.giving_way(),
            monthly=state.stating_months() | ({snapshot.stem} if monthly else set()),
            summed=_summed(client),
        )
    names = {record.snapshot: record.file for record in near}
    return Overlap(
        equal=found.equal,
        differing=found.differing,
        differences=found.differences,
        level=found.level,
        files=tuple(dict.fromkeys(names[each] for each in found.snapshots)),
    )


def _meet(record: ImportRecord, months: dict[str, frozenset[str]]) -> bool:
    return any(not months[metric].isdisjoint(record.periods) for metric in record.metrics if metric in months)


def _summed(client: Client) -> frozenset[str]:
    """The metrics whose values are added up over a period."""
    from valueviz.catalog import pack_or_general

    known = (*pack_or_general(client.engagement().industry).metrics, *client.inline_metrics())
    return frozenset(metric.key for metric in known if metric.aggregation == "sum")
