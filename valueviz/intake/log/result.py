"""What is asked of an event log, and what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.errors import Field
from valueviz.intake.records import Fault


@dataclass(frozen=True, slots=True)
class LogColumns:
    """Which column means what; what is None is found out from names and contents.

    `attributes` None keeps every other column that is no remark. `steps` pairs the columns of a table of documents with
    the activities they date; under "*" a column holds whole chains. `site` is kept as an attribute too.
    """

    case: str | None = None
    activity: str | None = None
    start: str | None = None
    complete: str | None = None
    resource: str | None = None
    role: str | None = None
    cost: str | None = None
    site: str | None = None
    attributes: tuple[str, ...] | None = None
    steps: tuple[tuple[str, str], ...] = ()
    transition: str | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader of the log should know: a code, worded under [process.note], and what it speaks of."""

    code: str
    fields: tuple[tuple[str, Field], ...] = ()


@dataclass(frozen=True, slots=True)
class LogRead:
    """What became of a log whose canonical Parquet was written.

    `rows` are the records below the header (of an XES file its events), blank ones left out; rows = accepted +
    rejected, always. `activities` pairs a name with its events, most frequent first. `months` are those in which events
    were completed. `zone` is "utc" where stamps had offsets, a time zone's name where naive ones were taken there, else
    "naive". `mapping` is what was followed, guesses included.
    """

    file: str
    digest: str
    rows: int
    accepted: int
    rejected: int
    rejects: tuple[Fault, ...]
    notes: tuple[Note, ...]
    cases: int
    events: int
    activities: tuple[tuple[str, int], ...]
    first: datetime | None
    last: datetime | None
    months: tuple[str, ...]
    mapping: Mapping
    columns: LogColumns
    attributes: tuple[str, ...]
    zone: str = "naive"
    synthetic: bool = False
    encoding: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    header_row: int = 1
    fingerprint: str | None = None
    warnings: tuple[str, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """The same as JSON takes it."""
        whole = asdict(self)
        whole["mapping"] = write_mapping(self.mapping)
        whole["first"] = None if self.first is None else self.first.isoformat()
        whole["last"] = None if self.last is None else self.last.isoformat()
        return whole

    @classmethod
    def of_plain(cls, told: AnyMapping[str, Any]) -> LogRead:
        """What `plain` gave, back from JSON."""
        columns = dict(told["columns"])
        columns["attributes"] = None if columns["attributes"] is None else tuple(columns["attributes"])
        columns["steps"] = tuple((column, name) for column, name in columns["steps"])
        lists = ("attributes", "sheets", "months", "warnings")
        return cls(
            **(
                dict(told)
                | {key: tuple(told[key]) for key in lists}
                | {
                    "rejects": tuple(Fault(**each) for each in told["rejects"]),
                    "notes": tuple(
                        Note(each["code"], tuple((k, v) for k, v in each["fields"])) for each in told["notes"]
                    ),
                    "activities": tuple((name, count) for name, count in told["activities"]),
                    "mapping": read_mapping(told["mapping"], file="mapping", unfinished=True),
                    "columns": LogColumns(**columns),
                    "first": None if told["first"] is None else datetime.fromisoformat(told["first"]),
                    "last": None if told["last"] is None else datetime.fromisoformat(told["last"]),
                }
            )
        )
