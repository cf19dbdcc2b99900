"""An event log read in a capped child process: the canonical Parquet is written, the account of its rows comes back."""

from __future__ import annotations

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, cast

from valueviz.catalog import Format, Mapping
from valueviz.errors import DataError, UsageError
from valueviz.intake.log.account import Asked, account
from valueviz.intake.log.canonical import is_canonical, take_canonical
from valueviz.intake.log.names import rank
from valueviz.intake.log.result import LogColumns, LogRead
from valueviz.intake.log.xes import is_xes
from valueviz.store.files import disk
from valueviz.workers import Limits, Progress, run

MEMORY_BYTES = 3 << 30
"""What a child may hold; ten million events stay below."""

CPU_SECONDS = 3600.0
"""Ten million events take a fraction of it."""


def read_log(
    path: Path,
    *,
    columns: LogColumns | None = None,
    out: Path,
    folder: Path | None = None,
    form: Format | None = None,
    zone: str | None = None,
    strict: bool = True,
    progress: Progress | None = None,
) -> LogRead:
    """What became of the rows of a log; its canonical Parquet is at `out` when this returns.

    Args:
        path: CSV or any other delimited text, a workbook, XES (packed or not), or a canonical Parquet file.
        columns: which column means what; what is not named is found out.
        out: where the Parquet goes.
        folder: for temporary files; that of `out` where not given.
        form: how cells are written, where that is known.
        zone: IANA time zone in which stamps without an offset were taken.
        strict: refuse the first row with a fault; else such rows are listed and left out.
        progress: told the stage and the share done (0–1).

    Raises:
        DataError: the file as a whole is wrong, or with `strict` a row of it.
        UsageError: unknown_zone.
        WorkerError: the child was stopped at its limits.
    """
    path, out = Path(path), Path(out)
    if zone is not None:
        check_zone(zone)
    if not path.is_file():
        raise DataError("input_missing", file=str(path))
    try:
        os.fsencode(path.absolute()).decode()
    except UnicodeDecodeError as error:
        raise DataError("path_not_utf8", file=os.fsencode(path).decode("utf-8", "replace")) from error
    answer = run(
        "valueviz.intake.log.reading:read_in_child",
        args={
            "path": str(path.absolute()),
            "out": str(out.absolute()),
            "folder": str((folder or out.parent).absolute()),
            "columns": asdict(columns or LogColumns()),
            "form": asdict(form or Format()),
            "zone": zone,
            "strict": strict,
        },
        limits=Limits(memory=MEMORY_BYTES, cpu=CPU_SECONDS, wall=2 * CPU_SECONDS),
        progress=progress,
    )
    return LogRead.of_plain(cast("dict[str, Any]", answer))


def check_zone(zone: str) -> None:
    """Refuse what is no time zone.

    Raises:
        UsageError: unknown_zone.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError("unknown_zone", found=zone) from None


def read_in_child(
    *,
    progress: Progress,
    path: str,
    out: str,
    folder: str,
    columns: dict[str, Any],
    form: dict[str, Any],
    zone: str | None,
    strict: bool,
) -> Any:
    """What `read_log` answers, as JSON for the parent process."""
    attributes = columns["attributes"]
    sheet = form["sheet"]
    asked = Asked(
        replace(
            LogColumns(**columns),
            attributes=None if attributes is None else tuple(attributes),
            steps=tuple((column, name) for column, name in columns["steps"]),
        ),
        form=Format(**(form | {"sheet": tuple(sheet) if isinstance(sheet, list) else sheet})),
        zone=zone,
        strict=strict,
    )
    with disk(Path(folder)):
        return _taken(Path(path), asked, out=Path(out), folder=Path(folder), progress=progress).plain()


def take_log(path: Path, *, mapping: Mapping, out: Path, folder: Path, strict: bool, progress: Progress) -> LogRead:
    """What became of a log that is read by a mapping, in this process.

    Args:
        path: the log.
        mapping: layout events or documents; where it names no case (XES, Parquet) all is found out.
        out: where the canonical Parquet is written.
        folder: for temporary files.
        strict: refuse the first row with a fault; else such rows are listed and left out.
        progress: told the stage and the share done (0–1).

    Raises:
        DataError: the file as a whole is wrong, no event was found, or with `strict` a row of it.
    """
    return _taken(path, asked_by(mapping, strict=strict), out=out, folder=folder, progress=progress)


def asked_by(mapping: Mapping, *, strict: bool) -> Asked:
    """What a mapping asks of a log."""
    if mapping.case is None:
        return Asked(LogColumns(), form=mapping.format, strict=strict, allowed=mapping.allowed)
    sites = [name for name in mapping.dimensions if rank(name, "site") is not None]
    columns = LogColumns(
        case=mapping.case,
        activity=mapping.activity,
        start=mapping.start,
        complete=mapping.complete,
        resource=mapping.resource,
        role=mapping.role,
        cost=mapping.cost,
        site=sites[0] if len(sites) == 1 else None,
        attributes=mapping.dimensions,
        steps=mapping.activities,
    )
    return Asked(columns, form=mapping.format, strict=strict, only_named=True, allowed=mapping.allowed)


def is_log_file(path: Path) -> bool:
    """Whether only a reader of logs can take a file: XES, packed or not, or a canonical Parquet."""
    return is_xes(path) or is_canonical(path)


def _taken(path: Path, asked: Asked, *, out: Path, folder: Path, progress: Progress) -> LogRead:
    if is_canonical(path):
        return take_canonical(path, out=out, progress=progress)
    return account(path, asked, out=out, folder=folder, progress=progress)
