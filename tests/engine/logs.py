"""Event logs as canonical Parquet, planted row by row or read from real files, without the intake."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Event:
    """One event; what is not said is missing."""

    case: str
    activity: str
    complete: datetime
    start: datetime | None = None
    resource: str | None = None
    role: str | None = None
    cost: float | None = None
    site: str | None = None
    system: str | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)


def write_log(path: Path, events: Iterable[Event]) -> Path:
    """Write events as a canonical log, in the order given."""
    rows = list(events)
    names = sorted({name for event in rows for name in event.attributes})
    columns = [
        pa.field("row", pa.int64()),
        pa.field("system", pa.string()),
        pa.field("case", pa.string()),
        pa.field("activity", pa.string()),
        pa.field("start", pa.timestamp("us")),
        pa.field("complete", pa.timestamp("us")),
        *(pa.field(name, pa.string()) for name in ("resource", "role")),
        pa.field("cost", pa.float64()),
        pa.field("site", pa.string()),
        *(pa.field(f"@{name}", pa.string()) for name in names),
    ]
    arrays = [
        range(2, len(rows) + 2),
        *([getattr(event, column.name) for event in rows] for column in columns[1:10]),
        *([event.attributes.get(name) for event in rows] for name in names),
    ]
    pq.write_table(
        pa.table(
            [pa.array(values, each.type) for values, each in zip(arrays, columns, strict=True)], pa.schema(columns)
        ),
        path,
    )
    return path


def _naive(text: str) -> datetime:
    stamp = datetime.fromisoformat(text)
    return stamp if stamp.tzinfo is None else stamp.astimezone(UTC).replace(tzinfo=None)


def _bare(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def from_xes(path: Path) -> Iterator[Event]:
    """The events of an XES file; attributes of events beginning with `(case)_` and of traces are kept."""
    with gzip.open(path) as file:
        for _, trace in ElementTree.iterparse(file):
            if _bare(trace) != "trace":
                continue
            own = {each.get("key", ""): each.get("value", "") for each in trace if _bare(each) != "event"}
            for element in trace:
                if _bare(element) != "event":
                    continue
                values = {each.get("key", ""): each.get("value", "") for each in element}
                attributes = {
                    key.removeprefix("(case)_"): value for key, value in values.items() if key.startswith("(case)_")
                }
                yield Event(
                    own["concept:name"],
                    values["concept:name"],
                    _naive(values["time:timestamp"]),
                    resource=values.get("org:resource") or values.get("Resource"),
                    role=values.get("org:role"),
                    attributes=attributes,
                )
            trace.clear()


def from_csv(path: Path, columns: Mapping[str, str]) -> Iterator[Event]:
    """The events of a CSV file whose columns are named by the fields of an event."""
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            start = columns.get("start")
            yield Event(
                row[columns["case"]],
                row[columns["activity"]],
                _naive(row[columns["complete"]]),
                start=_naive(row[start]) if start else None,
                resource=row[columns["resource"]] if "resource" in columns else None,
            )


SHARED: Mapping[str, Mapping[str, str]] = {
    "Production": {
        "case": "case:concept:name",
        "activity": "concept:name",
        "start": "start_timestamp",
        "complete": "time:timestamp",
        "resource": "org:resource",
    },
    "PurchasingExample": {
        "case": "case:concept:name",
        "activity": "concept:name",
        "start": "start_timestamp",
        "complete": "time:timestamp",
        "resource": "org:resource",
    },
    "running-example": {
        "case": "case:concept:name",
        "activity": "concept:name",
        "complete": "time:timestamp",
        "resource": "org:resource",
    },
    **{
        f"manual_log_{number}": {
            "case": "case_id",
            "activity": "Activity",
            "start": "start_time",
            "complete": "end_time",
            "resource": "Resource",
        }
        for number in (1, 2, 3)
    },
}
"""The columns of the shared tables, by the name of the file."""

XES = ("bpic2020_DomesticDeclarations", "bpic2020_InternationalDeclarations")
"""The shared logs in XES, without the endings of their files."""


def shared_events(shared: Path, name: str) -> Iterator[Event]:
    """The events of a shared log by name."""
    folder = shared / "data" / "process"
    if name in XES:
        return from_xes(folder / f"{name}.cleaned.xes.gz")
    place = folder / "kronos" if name.startswith("manual_log") else folder
    return from_csv(place / f"{name}.csv", SHARED[name])


def plain(rows: Sequence[tuple[str, str, str]]) -> list[Event]:
    """Events from (case, activity, complete) in ISO format."""
    return [Event(case, activity, datetime.fromisoformat(complete)) for case, activity, complete in rows]
