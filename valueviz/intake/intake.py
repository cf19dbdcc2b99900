"""One import from file to workspace: the file goes through the gate in a child, its snapshot into the store."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from valueviz.catalog import Mapping, write_mapping
from valueviz.errors import DataError
from valueviz.intake.proposal import Guess, Proposal, propose_mapping
from valueviz.intake.records import Fault
from valueviz.store import Client, ImportRecord
from valueviz.store.files import digest_of
from valueviz.workers import Limits, Progress, run

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
    `periods` are the months in which anything was measured. `sample` holds decoded rows: line, metric, date,
    value, labels. `columns` tell what a proposal rests on, empty where a mapping was given.
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
    columns: tuple[Guess, ...] = ()
    dry_run: bool = False

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
    dry_run: bool = False,
    keep_raw: bool = True,
    progress: Progress | None = None,
) -> ImportResult:
    """What became of a file; unless `dry_run`, its observations are in the workspace when this returns.

    Args:
        client: whose workspace it goes to; its engagement names the industry and with it the metrics.
        path: CSV or XLSX.
        mapping: which column means what; None where one shall be proposed.
        propose: use the proposed mapping without asking.
        dry_run: find out everything, write nothing.
        keep_raw: keep the file itself as evidence, not only its digest.
        progress: told the stage and the share done (0–1).

    Raises:
        DataError: the file as a whole is wrong, no row was accepted, or a mapping is needed; nothing was written.
        StoreError: the workspace cannot be written; nothing was written.
        WorkerError: the child was stopped at its limits.
    """
    path = Path(path)
    proposal = Proposal(mapping, ()) if mapping is not None else proposed(client, path)
    if mapping is None and not propose:
        raise DataError("mapping_not_confirmed", file=path.name, mapping=summary(proposal))
    text = write_mapping(proposal.mapping)
    with client.staging() as folder:
        out = folder / "snapshot.parquet"
        answer = _take(client, path, out=out, mapping=text, progress=progress)
        record = _record(answer, file=path.name, snapshot=digest_of(out))
        known = any(each.snapshot == record.snapshot for each in client.imports())
        if not dry_run and not known:
            known = client.commit_import(out, record, raw=path if keep_raw else None, mapping=text).known
    return _result(answer, record, proposal, known=known, dry_run=dry_run)


def proposed(client: Client, path: Path) -> Proposal:
    """The mapping proposed for a file of a client."""
    return propose_mapping(path, industry=client.engagement().industry, inline=_inline(client))


def summary(proposal: Proposal) -> str:
    """A mapping on one line: each part and its columns."""
    mapping = proposal.mapping
    single = ("date", "end", "metric", "value", "volume", "instrument", "definition_version")
    parts = [f"{part} = {getattr(mapping, part)}" for part in single if getattr(mapping, part)]
    parts += [f"{column} = {key}" for column, key in mapping.wide_metrics]
    parts += [f"dimensions = {', '.join(mapping.dimensions)}"] if mapping.dimensions else []
    parts += [f"periods = {mapping.periods[0]} … {mapping.periods[-1]}"] if mapping.periods else []
    return "; ".join(parts)


def _inline(client: Client) -> str:
    metrics = client.inline_metrics()
    return write_mapping(Mapping(date="date", value="value", metric="metric", metrics=metrics)) if metrics else ""


def _take(client: Client, path: Path, *, out: Path, mapping: str, progress: Progress | None) -> dict[str, Any]:
    answer = run(
        "valueviz.intake.gate:take",
        args={
            "path": str(path.absolute()),
            "out": str(out.absolute()),
            "folder": str(out.parent.absolute()),
            "mapping": mapping,
            "industry": client.engagement().industry,
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
    )


def _result(
    answer: dict[str, Any], record: ImportRecord, proposal: Proposal, *, known: bool, dry_run: bool
) -> ImportResult:
    return ImportResult(
        file=record.file,
        digest=record.digest,
        rows=record.rows,
        accepted=record.accepted,
        rejected=record.rejected,
        rejects=tuple(Fault(**reject) for reject in answer["rejects"]),
        metrics=record.metrics,
        periods=record.periods,
        warnings=(*record.warnings, *(("already_imported",) if known else ())),
        snapshot=record.snapshot,
        missing=answer["missing"],
        partly=answer["partly"],
        repeated=answer["repeated"],
        sample=tuple(tuple(row) for row in answer["sample"]),
        mapping=proposal.mapping,
        columns=proposal.columns,
        dry_run=dry_run,
    )
