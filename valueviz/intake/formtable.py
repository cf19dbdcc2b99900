"""The monthly figures of a form as a plain table that goes through the gate every file goes through.

Every row keeps the line it has in its sheet, so that what the gate says about a row is true of the form.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from valueviz.catalog import Mapping, read_mapping, write_engagement, write_mapping
from valueviz.catalog.form import months_from
from valueviz.catalog.mapping import Format
from valueviz.errors import DataError, Field
from valueviz.intake import answers
from valueviz.intake.entry import chosen
from valueviz.intake.form import refuse
from valueviz.intake.formbook import FormBook, open_form
from valueviz.intake.gate import Account, take
from valueviz.intake.unit import conversion, is_currency
from valueviz.terms import Metric
from valueviz.workers import Progress

COLUMNS = ("metric", "site", "instrument", "definition_version")
"""Columns of the table that goes through the gate; their names enter the digest, so they have no language."""

SPREADSHEET_DIGITS = 15
"""Significant digits a spreadsheet program holds."""

COMPUTED = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
"""A number as a cell with a fraction holds it."""


def take_in_child(
    *,
    progress: Progress,
    path: str,
    out: str,
    folder: str,
    industry: str,
    inline: str,
    currency: str,
    latest: str | None = None,
) -> Any:
    """The account of the monthly figures of a form as the gate gives it, its process and its engagement, as JSON.

    Args:
        progress: told what is being done.
        path: the workbook.
        out: where the snapshot is written.
        folder: for temporary files.
        industry: whose pack defines the metrics.
        inline: TOML of a mapping that holds the metrics earlier mappings of this client defined.
        currency: of the engagement.
        latest: the last day that can have been measured, ISO 8601.
    """
    progress("reading", 0.05)
    form = open_form(Path(path))
    if form.memory.industry != industry:
        raise DataError("form_other_industry", file=form.book.file, found=form.memory.industry, needed=industry)
    table, steps = table_of(form), answers.process(form)
    refuse(form.ordered_faults())
    known = read_mapping(inline, file="mapping").metrics if inline else ()
    _check_currency(form, table, currency, own={metric.key for metric in (*known, *answers.own_metrics(form))})
    if not (table.rows or steps):
        raise DataError("form_nothing", file=form.book.file)
    mapping = write_mapping(table.mapping((*known, *answers.own_metrics(form))))
    account = _blank_account(mapping)
    if table.rows:
        copy = Path(folder) / "form.csv"
        table.write(copy)
        try:
            account = take(
                progress=progress,
                path=str(copy),
                out=out,
                folder=folder,
                mapping=mapping,
                industry=industry,
                currency=currency,
                inline=inline,
                personal="keep",
                latest=latest,
            )
        except DataError as refusal:
            raise DataError(refusal.code, **_placed(form, refusal.fields)) from refusal
    agreed = answers.engagement(form)
    return {
        "account": _as_form(form, account, Path(path)),
        "process": [asdict(step) for step in steps],
        "engagement": write_engagement(agreed) if agreed is not None else "",
        "notes": list(dict.fromkeys(form.notes)),
    }


@dataclass(frozen=True, slots=True)
class Table:
    """Monthly figures as a plain table: `months` as YYYY-MM, cells by the line of the sheet they stand on."""

    months: tuple[str, ...]
    rows: dict[int, list[str]]

    def write(self, path: Path) -> None:
        """Write it as CSV in which every row stands on the line it has in its sheet; the header is line 1."""
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*COLUMNS, *self.months])
            at = 2
            for row, cells in sorted(self.rows.items()):
                stream.write("\n" * (row - at))
                writer.writerow([" ".join(cell.split()) for cell in cells])
                at = row + 1

    def mapping(self, metrics: Iterable[Metric]) -> Mapping:
        """What its columns mean; of `metrics`, which no pack knows, it defines those it speaks of."""
        if not self.rows:
            return Mapping(metric="metric", date="date", value="value")
        spoken = {cells[0] for cells in self.rows.values()}
        defined = {metric.key: metric for metric in metrics if metric.key in spoken}
        return Mapping(
            layout="wide",
            metric="metric",
            instrument="instrument",
            definition_version="definition_version",
            dimensions=("site",),
            periods=self.months,
            format=Format(encoding="utf-8", decimal=".", header_rows=1),
            metrics=tuple(defined[key] for key in sorted(defined)),
        )


def table_of(form: FormBook) -> Table:
    """The monthly figures of a form, from the first to the last month in which any row holds one."""
    lines, reader = form.lines(), form.reader("monthly")
    used = [12 * month.year + month.month - 1 for line in lines for month in line.months]
    months = months_from(min(used), max(used)) if used else ()
    instruments = reader.sheet.column("instrument").choices
    sites = [entry.cells["key"] for entry in form.entries("sites") if entry.cells["key"]]
    rows = {}
    for line in lines:
        cells = line.entry.cells
        if cells["site"] and sites and cells["site"] not in sites:
            reader.not_listed(line.entry, "site", sites)
        rows[line.entry.row] = [
            answers.known_metric(form, reader, line.entry) or "",
            cells["site"],
            chosen(instruments, cells["instrument"]) or cells["instrument"],
            cells["definition_version"],
            *(_as_typed(line.months.get(month, "")) for month in months),
        ]
    return Table(tuple(f"{month:%Y-%m}" for month in months), rows)


def _check_currency(form: FormBook, table: Table, currency: str, *, own: set[str]) -> None:
    """Refuse figures in a form that asked for them in another currency than that of the engagement."""
    units = {each.key: each.unit for each in form.plan.metrics if each.key not in own}
    for row, cells in sorted(table.rows.items()):
        unit = units.get(cells[0], "")
        if is_currency(unit) and conversion(unit, currency) != 1:
            sheet = form.plan.sheet("monthly")
            raise DataError(
                "unit_differs",
                file=form.book.file,
                sheet=sheet.name,
                row=row,
                column=sheet.column("metric").name,
                found=unit,
                needed=currency,
            )


def _blank_account(mapping: str) -> dict[str, Any]:
    """The account of a form without monthly figures."""
    empty: tuple[Any, ...] = ()
    return asdict(Account("", 0, 0, 0, empty, empty, empty, empty, 0, 0, 0, 0, empty, mapping))


def _as_typed(text: str) -> str:
    """A number with the digits a spreadsheet program keeps: with more, each program that saves it changes the last.

    >>> _as_typed("0.30000000000000004"), _as_typed("12.5"), _as_typed("about 3")
    ('0.3', '12.5', 'about 3')
    """
    if len(text) <= SPREADSHEET_DIGITS or not COMPUTED.fullmatch(text):
        return text
    return repr(float(f"{float(text):.{SPREADSHEET_DIGITS}g}"))


def _as_form(form: FormBook, account: dict[str, Any], path: Path) -> dict[str, Any]:
    """An account of the plain table as one of the form: its digest, its sheet, the names of its columns."""
    rejects = [reject | {"column": _name(form, reject["column"])} for reject in account["rejects"]]
    warnings = [code for code in account["warnings"] if code not in ("blank_rows", "missing_values")]
    return account | {
        "digest": _digest(path),
        "rejects": rejects,
        "warnings": warnings,
        "sheets": [form.plan.sheet("monthly").name],
        "encoding": None,
    }


def _placed(form: FormBook, fields: dict[str, Field]) -> dict[str, Field]:
    """The fields of a refusal of the plain table, as they are in the form."""
    placed: dict[str, Field] = {**fields, "file": form.book.file, "sheet": form.plan.sheet("monthly").name}
    if "column" in fields:
        placed["column"] = _name(form, fields["column"])
    return placed


def _name(form: FormBook, column: Any) -> Any:
    """The header in the form of a column of the plain table; months keep theirs."""
    sheet = form.plan.sheet("monthly")
    return sheet.column(column).name if column in COLUMNS else column


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
