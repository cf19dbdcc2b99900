"""One import from file to workspace: the file goes through the gate in a child, its snapshot into the store."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.errors import DataError
from valueviz.intake.form import is_form, take_form
from valueviz.intake.log_import import LogTaken, settle_log, take_log, taken_from_json
from valueviz.intake.log_proposal import LOG_PARTS
from valueviz.intake.look import Column, Understanding, look
from valueviz.intake.question import Told, refusal
from valueviz.intake.records import Fault
from valueviz.intake.settle import Settled, settle
from valueviz.store import Client, ImportRecord, OverlapChoice
from valueviz.store.files import digest_of
from valueviz.terms.finding import Conversion, Finding, Overlap, PersonalColumn
from valueviz.workers import Limits, Progress, run

PersonalChoice = Literal["leave_out", "keep"]
"""What becomes of mapped columns that hold personal data."""

MEMORY_BYTES = 3 << 30
"""What a child may hold: ten million rows stay below two thirds of it."""

CPU_SECONDS = 1800.0
"""A million rows take two of these; more is an attack or a mistake."""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What became of a file: the ten fields of the contract, then what a person wants to see.

    `rows` are the records below the header, blank ones left out; rows = accepted + rejected, always. A row is
    rejected as soon as one of its cells is, and each such cell is listed in `rejects`; of `partly` rejected rows
    the other cells were taken. `repeated` counts where rows of one metric, unit and date differ.
    `observations` are what goes in, `missing` of them without a value.
    `periods` are the months in which anything was measured. `sample` holds decoded rows: line, metric, date,
    value, labels. `columns` tell what a proposal rests on, empty where a mapping was given.

    `findings` are what the gate found, `conversions` the columns whose values were multiplied into the unit a
    metric is kept in, `personal` the columns with personal data (mapped or not), `overlap` what earlier imports
    measured too, `chosen` whose values count there, `known_as` the earlier file with the same data. `sheets` were taken, `header_row` is the line its header starts on, `encoding` None for a
    workbook. `total_rows` were left out as totals, `hidden_rows` are hidden in the workbook and were read.
    `raw_kept` says whether the file itself is in the workspace. `remembered` names the earlier file whose mapping
    was used. `log` is what an event log holds; it has no metrics, and its `periods` are the months of its events.
    """

    file: str
    digest: str
    rows: int
    accepted: int
    rejected: int
    rejects: tuple[Fault, ...]
    metrics: tuple[str, ...]
    periods: tuple[str, ...]
    warnings: tuple[str, ...]
    snapshot: str
    missing: int
    partly: int
    repeated: int
    sample: tuple[tuple[str, ...], ...]
    mapping: Mapping
    observations: int = 0
    columns: tuple[Column, ...] = ()
    dry_run: bool = False
    findings: tuple[Finding, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    personal: tuple[PersonalColumn, ...] = ()
    overlap: Overlap = field(default_factory=Overlap)
    chosen: OverlapChoice | None = None
    known_as: str | None = None
    sheets: tuple[str, ...] = ()
    encoding: str | None = None
    header_row: int = 1
    raw_kept: bool = False
    total_rows: int = 0
    hidden_rows: int = 0
    fingerprint: str | None = None
    remembered: str | None = None
    log: LogTaken | None = None

    @property
    def values(self) -> int:
        """The values that go in; events of a count, which have none, each count as one."""
        return self.observations - self.missing or self.observations

    def contract(self) -> dict[str, Any]:
        """The import JSON: ten keys in the order of the contract."""
        keys = (
            "file",
            "digest",
            "rows",
            "accepted",
            "rejected",
            "rejects",
            "metrics",
            "periods",
            "warnings",
            "snapshot",
        )
        whole = asdict(self)
        return {key: whole[key] for key in keys}


def import_file(
    client: Client,
    path: Path,
    *,
    mapping: Mapping | None = None,
    propose: bool = False,
    looked: Understanding | None = None,
    dry_run: bool = False,
    keep_raw: bool = True,
    overlap: OverlapChoice | None = None,
    personal: PersonalChoice = "leave_out",
    name: str | None = None,
    query: str | None = None,
    latest: date | None = None,
    progress: Progress | None = None,
) -> ImportResult:
    """What became of a file; unless `dry_run`, its observations are in the workspace when this returns.

    Args:
        client: whose workspace it goes to; its engagement names the industry and with it the metrics.
        path: text or workbook, of any kind that is read.
        mapping: which column means what; None where one shall be proposed.
        propose: use the proposed mapping without asking.
        looked: what the file was understood as, where a person has seen it; its mapping is used.
        dry_run: find out everything, write nothing.
        keep_raw: keep the file itself as evidence, not only its digest; never where it holds personal data.
        overlap: whose values win where earlier imports measured otherwise; None refuses such a file.
        personal: what becomes of mapped columns with personal data.
        name: what its owner calls the file, where `path` is a name of ours.
        query: SQL text whose result the file is; then the text is kept, not the file.
        latest: the last day that can have been measured; dates after it are found, none where not given.
        progress: told the stage and the share done (0–1).

    Raises:
        DataError: the file as a whole is wrong, no row was accepted, or a mapping is needed; nothing was written.
        StoreError: the workspace cannot be written; nothing was written.
        WorkerError: the child was stopped at its limits.
    """
    path = Path(path)
    if mapping is None and looked is None and is_form(path):
        return _import_form(
            client,
            path,
            dry_run=dry_run,
            keep_raw=keep_raw,
            overlap=overlap,
            name=name,
            latest=latest,
            progress=progress,
        )
    if mapping is None:
        seen = looked is not None
        looked = ready(looked or look(client, path, told=Told(personal=personal), name=name))
        if not (propose or seen or looked.remembered):
            raise DataError("mapping_not_confirmed", file=looked.file, mapping=summary(looked.draft))
        mapping = looked.draft
    if mapping.is_log:
        told: dict[str, Any] = {"name": name, "query": query, "latest": latest, "progress": progress}
        told |= {"dry_run": dry_run, "keep_raw": keep_raw, "personal": personal}
        return _import_log(client, path, mapping, looked, **told)
    with client.staging() as folder:
        out = folder / "snapshot.parquet"
        answer = _take(client, path, out=out, mapping=mapping, personal=personal, latest=latest, progress=progress)
        text = write_mapping(read_mapping(answer["mapping"], file="mapping"))
        record = _record(answer, file=name or path.name, snapshot=digest_of(out))
        withheld = bool(answer["personal"]) and personal == "leave_out"
        raw = path if keep_raw and not withheld and query is None else None
        record = replace(record, raw_reason="personal_data" if withheld else "not_wanted")
        if query is not None:
            record = replace(record, raw_reason="query", source="sql")
        settled = settle(client, out, record, raw=raw, mapping=text, query=query, choice=overlap, dry_run=dry_run)
    result = _result(answer, record, looked, settled=settled)
    return replace(result, dry_run=dry_run, raw_kept=raw is not None and not dry_run)


def _import_form(
    client: Client,
    path: Path,
    *,
    dry_run: bool,
    keep_raw: bool,
    overlap: OverlapChoice | None,
    name: str | None,
    latest: date | None,
    progress: Progress | None,
) -> ImportResult:
    """What became of a form a client filled in: its monthly figures, then its process; it needs no mapping."""
    with client.staging() as folder:
        out = folder / "snapshot.parquet"
        taken = take_form(client, path, out=out, inline=_inline(client), latest=latest, progress=progress)
        answer = taken.account
        told = taken.told(client)
        text = write_mapping(read_mapping(answer["mapping"], file="mapping"))
        settled = Settled(None, Overlap())
        record = _record(answer, file=name or path.name, snapshot=digest_of(out) if answer["rows"] else "")
        record = replace(record, source="workbook", fingerprint=None)
        raw = path if keep_raw else None
        if answer["rows"]:
            settled = settle(client, out, record, raw=raw, mapping=text, choice=overlap, dry_run=dry_run)
        if taken.process and not dry_run:
            client.put_process(taken.process)
    result = _result(answer, record, None, settled=settled)
    known = ("already_imported",) if not answer["rows"] and "process_taken" not in told else ()
    return replace(
        result,
        warnings=(*result.warnings, *told, *known),
        fingerprint=None,
        dry_run=dry_run,
        raw_kept=raw is not None and bool(answer["rows"]) and not dry_run,
    )


def _import_log(
    client: Client,
    path: Path,
    mapping: Mapping,
    looked: Understanding | None,
    *,
    name: str | None,
    query: str | None,
    dry_run: bool,
    keep_raw: bool,
    personal: PersonalChoice,
    latest: date | None,
    progress: Progress | None,
) -> ImportResult:
    """What became of an event log."""
    with client.staging() as folder:
        out = folder / "snapshot.parquet"
        told: dict[str, Any] = {"personal": personal, "latest": latest, "progress": progress}
        answer = take_log(client, path, out=out, mapping=mapping, **told)
        text = write_mapping(read_mapping(answer["mapping"], file="mapping"))
        withheld = bool(answer["personal"]) and personal == "leave_out"
        raw = path if keep_raw and not withheld and query is None else None
        record = _record(answer, file=name or path.name, snapshot=digest_of(out))
        record = replace(record, raw_reason="personal_data" if withheld else "not_wanted")
        if query is not None:
            record = replace(record, raw_reason="query", source="sql")
        settled = settle_log(
            client,
            out,
            record,
            taken_from_json(answer["log"]),
            raw=raw,
            mapping=text,
            query=query,
            stated=mapping.system,
            dry_run=dry_run,
        )
    record = replace(record, warnings=settled.record.warnings)
    result = _result(answer, record, looked, settled=Settled(settled.known, Overlap()))
    told_late = ("future_dates",) if answer["future"] else ()
    return replace(
        result,
        warnings=(*result.warnings, *told_late),
        log=settled.log,
        dry_run=dry_run,
        raw_kept=raw is not None and not dry_run,
    )


def ready(looked: Understanding) -> Understanding:
    """The understanding of a file in which nothing is open.

    Raises:
        DataError: the first question, with its candidates.
    """
    taken = [sheet.name for sheet in looked.sheets if sheet.taken]
    header = [column.name for column in looked.columns]
    for question in looked.questions:
        raise refusal(question, file=looked.file, sheet=taken[0] if len(taken) == 1 else None, header=header)
    return looked


def summary(mapping: Mapping) -> str:
    """A mapping on one line: each part and its columns."""
    single = ("date", "year", "end", "metric", "value", "volume", "instrument", "definition_version", *LOG_PARTS)
    parts = [f"{part} = {getattr(mapping, part)}" for part in single if getattr(mapping, part)]
    parts += [f"{column} = {key}" for column, key in mapping.wide_metrics]
    parts += [f"{column} = {activity}" for column, activity in mapping.activities]
    parts += [f"dimensions = {', '.join(mapping.dimensions)}"] if mapping.dimensions else []
    parts += [f"periods = {mapping.periods[0]} … {mapping.periods[-1]}"] if mapping.periods else []
    return "; ".join(parts)


def _inline(client: Client) -> str:
    metrics = client.inline_metrics()
    return write_mapping(Mapping(date="date", value="value", metric="metric", metrics=metrics)) if metrics else ""


def _take(
    client: Client,
    path: Path,
    *,
    out: Path,
    mapping: Mapping,
    personal: PersonalChoice,
    latest: date | None,
    progress: Progress | None,
) -> dict[str, Any]:
    answer = run(
        "valueviz.intake.gate:take",
        args={
            "path": str(path.absolute()),
            "out": str(out.absolute()),
            "folder": str(out.parent.absolute()),
            "mapping": write_mapping(mapping),
            "personal": personal,
            "latest": None if latest is None else latest.isoformat(),
            "industry": client.engagement().industry,
            "currency": client.engagement().currency,
            "inline": _inline(client),
        },
        limits=Limits(memory=MEMORY_BYTES, cpu=CPU_SECONDS, wall=2 * CPU_SECONDS),
        progress=progress,
    )
    return cast("dict[str, Any]", answer)


def _record(answer: dict[str, Any], *, file: str, snapshot: str) -> ImportRecord:
    return ImportRecord(
        file=file,
        digest=answer["digest"],
        snapshot=snapshot,
        rows=answer["rows"],
        accepted=answer["accepted"],
        rejected=answer["rejected"],
        metrics=tuple(answer["metrics"]),
        periods=tuple(answer["periods"]),
        warnings=tuple(answer["warnings"]),
        fingerprint=answer["fingerprint"],
    )


def _result(
    answer: dict[str, Any], record: ImportRecord, looked: Understanding | None, *, settled: Settled
) -> ImportResult:
    findings = tuple(_finding(each) for each in answer["findings"])
    told: tuple[str, ...] = ("already_imported",) if settled.known else ()
    told += ("mapping_remembered",) if looked is not None and looked.remembered else ()
    told += ("personal_data",) if answer["personal"] else ()
    return ImportResult(
        file=record.file,
        digest=record.digest,
        rows=record.rows,
        accepted=record.accepted,
        rejected=record.rejected,
        rejects=tuple(Fault(**reject) for reject in answer["rejects"]),
        metrics=record.metrics,
        periods=record.periods,
        warnings=tuple(dict.fromkeys((*record.warnings, *(each.code for each in findings), *told))),
        snapshot=record.snapshot,
        missing=answer["missing"],
        partly=answer["partly"],
        repeated=answer["repeated"],
        sample=tuple(tuple(row) for row in answer["sample"]),
        mapping=read_mapping(answer["mapping"], file="mapping"),
        observations=answer.get("observations", 0),
        columns=looked.columns if looked is not None else (),
        fingerprint=answer["fingerprint"],
        remembered=looked.remembered if looked is not None else None,
        overlap=settled.overlap,
        chosen=settled.choice,
        known_as=settled.known.file if settled.known else None,
        findings=findings,
        conversions=tuple(Conversion(**each) for each in answer["conversions"]),
        personal=tuple(PersonalColumn(**each) for each in answer["personal"]),
        sheets=tuple(answer["sheets"]),
        encoding=answer["encoding"],
        header_row=answer["header_row"],
        total_rows=answer["total_rows"],
        hidden_rows=answer["hidden_rows"],
    )


def _finding(told: dict[str, Any]) -> Finding:
    """A finding as the child told it: JSON knows no tuples."""
    lists = {key: tuple(told[key]) for key in ("rows", "periods")}
    return Finding(**(told | lists | {"fields": tuple((key, value) for key, value in told["fields"])}))
