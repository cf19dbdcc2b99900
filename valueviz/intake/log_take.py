"""One event log through the gate, in a child process: events in, one canonical snapshot and a full account out.

Every row is an event or a listed fault. Who did what leaves this process as pseudonyms unless a person wants the names
kept; attributes that hold personal data do not leave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.engine import log_export
from valueviz.intake.gate import SHOWN_ROWS, Account
from valueviz.intake.log import LogRead, take_log
from valueviz.intake.log_proposal import log_parts
from valueviz.intake.memory import fingerprint
from valueviz.intake.personal import personal_columns, without
from valueviz.intake.plan import wanted_columns
from valueviz.intake.reading import open_source, text_table
from valueviz.intake.withholding import SAMPLED, left_out
from valueviz.store.files import disk
from valueviz.terms.finding import PersonalColumn
from valueviz.workers import Progress

MOST_TEXTS = 20_000
"""Different texts of one attribute that are looked at for personal data."""

PREFIXES = ("(case)_", "case:")
"""What exports write before the names of attributes of a case."""


@dataclass(frozen=True, slots=True)
class LogAccount:
    """What a log holds beside the account of its rows; `pseudonyms`: resources are kept under them."""

    cases: int
    events: int
    activities: tuple[tuple[str, int], ...]
    first: str | None
    last: str | None
    attributes: tuple[str, ...]
    notes: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]
    pseudonyms: bool
    synthetic: bool


def take(
    *,
    progress: Progress,
    path: str,
    out: str,
    folder: str,
    mapping: str,
    key: str,
    personal: str = "leave_out",
    latest: str | None = None,
) -> Any:
    """What became of the rows of a log, as JSON for the parent process.

    Args:
        progress: told what is being done.
        path: the file to import.
        out: where the snapshot is written.
        folder: for temporary files.
        mapping: TOML of the mapping.
        key: of the pseudonyms of resources, hexadecimal.
        personal: "leave_out" or "keep" names of persons and attributes with personal data.
        latest: the last day that can have been recorded, ISO 8601; None where dates in the future are fine.
    """
    spoken = read_mapping(mapping, file="mapping", unfinished=True)
    source, work, kept = Path(path), Path(folder), personal == "keep"
    raw = work / "log.parquet"
    with disk(work):
        read = take_log(source, mapping=spoken, out=raw, folder=work, strict=False, progress=progress)
        found = _personal(source, read, raw, keep=kept)
        withheld = [attribute_of(each) for each in left_out(found)]
        progress("writing", 0.9)
        leave = [name for name in read.attributes if name in withheld]
        log_export.dress(raw, Path(out), key=None if kept else bytes.fromhex(key), leave_out=leave)
        raw.unlink()
    return _told(read, Path(out), personal=found, kept=kept, leave=leave, latest=latest)


def attribute_of(column: str) -> str:
    """The name under which a column is an attribute of cases."""
    return next((column.removeprefix(each) for each in PREFIXES if column.startswith(each)), column)


def _told(
    read: LogRead,
    out: Path,
    *,
    personal: tuple[PersonalColumn, ...],
    kept: bool,
    leave: Sequence[str],
    latest: str | None,
) -> dict[str, Any]:
    mapping = without(read.mapping, left_out(personal))
    future = latest is not None and read.last is not None and read.last.date() > date.fromisoformat(latest)
    account = Account(
        digest=read.digest,
        rows=read.rows,
        accepted=read.accepted,
        rejected=read.rejected,
        rejects=read.rejects,
        metrics=(),
        periods=read.months,
        warnings=read.warnings,
        observations=0,
        missing=0,
        partly=0,
        repeated=0,
        sample=tuple(_row(row, mapping) for row in log_export.first_rows(out, SHOWN_ROWS)),
        mapping=write_mapping(mapping),
        sheets=read.sheets,
        encoding=read.encoding,
        header_row=read.header_row or 1,
        fingerprint=read.fingerprint or _fingerprint(read.mapping),
        personal=personal,
    )
    log = LogAccount(
        cases=read.cases,
        events=read.events,
        activities=read.activities,
        first=read.first.isoformat() if read.first else None,
        last=read.last.isoformat() if read.last else None,
        attributes=tuple(name for name in read.attributes if name not in leave),
        notes=tuple((note.code, tuple(note.fields)) for note in read.notes),
        pseudonyms=not kept and log_export.has_resources(out),
        synthetic=read.synthetic,
    )
    return asdict(account) | {"log": asdict(log), "future": future}


def _fingerprint(mapping: Mapping) -> str:
    """What stands for the header of a log that has none: the names of its parts and attributes."""
    return fingerprint(sorted(wanted_columns(mapping)), rows=0)


def _row(row: tuple[Any, ...], mapping: Mapping) -> tuple[str, ...]:
    """An event as it is shown: line, activity, when it was complete, nothing, then case and resource."""
    line, case, activity, complete, resource = row
    labels = {mapping.case or "case": case, mapping.resource or "resource": resource}
    told = ", ".join(f"{name}={value}" for name, value in labels.items() if value is not None)
    return str(line), activity, complete.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00"), "", told


def _personal(path: Path, read: LogRead, canonical: Path, *, keep: bool) -> tuple[PersonalColumn, ...]:
    """The columns with personal data: of a table those of its first rows, of any log its resources and attributes."""
    mapping = read.mapping
    texts = log_export.texts(canonical, most=MOST_TEXTS)
    names = [mapping.resource or name if name == "resource" else name.removeprefix("@") for name in texts]
    found = {each.column: each for each in personal_columns(names, list(texts.values()))}
    if read.fingerprint is not None:
        header, seen = _first_rows(path, mapping)
        columns = {attribute_of(column): column for column in header}
        proved = [each for each in found.values() if each.kind != "person_name"]
        deep = [replace(each, column=columns.get(each.column, each.column)) for each in proved]
        found = {each.column: each for each in (*deep, *seen)}
    parts = log_parts(mapping, read.attributes)
    return tuple(
        replace(each, part=parts.get(each.column), left_out=not keep and parts.get(each.column) == "dimension")
        for each in found.values()
    )


def _first_rows(path: Path, mapping: Mapping) -> tuple[tuple[str, ...], tuple[PersonalColumn, ...]]:
    """The header of a table, and which columns its first rows show to hold personal data."""
    form = mapping.format
    source = open_source(
        path,
        sheet=form.sheet,
        header_rows=form.header_rows,
        encoding=form.encoding,
        wanted=wanted_columns(mapping),
        at_most=SAMPLED,
    )
    table = text_table(source, at_most=SAMPLED)
    cells = [[row[at] for row in table.rows] for at in range(len(table.header))]
    single = (mapping.case, mapping.activity, mapping.start, mapping.complete, mapping.cost)
    measuring = (*(each for each in single if each), *(column for column, _ in mapping.activities))
    return table.header, personal_columns(table.header, cells, measuring=measuring)
