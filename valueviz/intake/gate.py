"""One file through the gate, in a child process: text in, one snapshot and a full account out.

Every record is either an observation or a listed fault; the counts of both are taken from the tables
themselves and must add up to the records read, or the file is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from valueviz.catalog import Mapping, read_mapping
from valueviz.engine.staging import ROW_PLACE, Bounds, Cell, Judged, Shape, Staging, reads_literally, staging
from valueviz.errors import DataError
from valueviz.intake.amount import Decimal, decimal_of, read_amount
from valueviz.intake.label import Labeller
from valueviz.intake.moment import Moment, format_reader, order_of, read_moment
from valueviz.intake.plan import Plan, Vocabulary, lay, vocabulary, wanted_columns
from valueviz.intake.reading import Source, open_source
from valueviz.intake.records import Fault, shown
from valueviz.intake.spool import spool
from valueviz.store.files import disk
from valueviz.workers import Progress

LARGE_FILE = 200 << 20
"""Bytes from which on a file is staged on the disk: below, memory is faster and holds it with room to spare."""

STAGING_BYTES = 1 << 30
"""Memory the engine may use before it spills; with the interpreter a child stays well below two gigabytes."""

ReadMoment = Callable[[str], Moment]

SHOWN_ROWS = 3
"""Decoded rows shown to a person who has to confirm a proposal."""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of one file.

    `rows` are the records below the header, blank ones left out. A row is rejected as soon as one of its cells
    is; of `partly` rejected rows the other cells were taken. `repeated` counts where rows of one metric, unit
    and date differ.
    """

    digest: str
    rows: int
    accepted: int
    rejected: int
    rejects: tuple[Fault, ...]
    metrics: tuple[str, ...]
    periods: tuple[str, ...]
    warnings: tuple[str, ...]
    observations: int
    missing: int
    partly: int
    repeated: int
    sample: tuple[tuple[str, ...], ...]


def take(
    *, progress: Progress, path: str, out: str, folder: str, mapping: str, industry: str | None, inline: str
) -> Any:
    """What `account` returns, as JSON for the parent process.

    Args:
        progress: told what is being done.
        path: the file to import.
        out: where the snapshot is written.
        folder: for temporary files.
        mapping: TOML of the mapping.
        industry: whose pack defines the metrics.
        inline: TOML of a mapping that holds the metrics earlier mappings of this client defined.
    """
    spoken = read_mapping(mapping, file="mapping")
    known = read_mapping(inline, file="mapping").metrics if inline else ()
    words = vocabulary(industry, inline=known, mapping=spoken)
    with disk(Path(folder)):
        found = account(Path(path), out=Path(out), folder=Path(folder), mapping=spoken, words=words, progress=progress)
    return asdict(found)


def account(path: Path, *, out: Path, folder: Path, mapping: Mapping, words: Vocabulary, progress: Progress) -> Account:
    """What became of the rows of a file; the snapshot is written to `out`.

    Raises:
        DataError: the file as a whole is wrong, or no row was accepted; nothing is written then.
    """
    progress("reading", 0.05)
    form = mapping.format
    source = open_source(
        path, sheet=form.sheet, header_rows=form.header_rows, encoding=form.encoding, wanted=wanted_columns(mapping)
    )
    plan = lay(mapping, source, words)
    return _Gate(path, out, folder, mapping, words, progress, source, plan).run()


@dataclass(frozen=True, slots=True)
class _Gate:
    path: Path
    out: Path
    folder: Path
    mapping: Mapping
    words: Vocabulary
    progress: Progress
    source: Source
    plan: Plan

    def run(self) -> Account:
        with ExitStack() as opened:
            spooled = self._spool_path(opened)
            database = self.folder / "staging.duckdb" if self.path.stat().st_size > LARGE_FILE else None
            files = (self.path, spooled, self.out)
            stage = opened.enter_context(staging(files=files, database=database, memory=STAGING_BYTES))
            self.progress("staging", 0.2)
            staged = spool(
                stage,
                self.path,
                self.source,
                shape=self._shape(),
                decimal=self.mapping.format.decimal or ".",
                to=spooled,
            )
            notes = list(staged.notes)
            self._explain_numbers(stage, staged.again, notes)
            self.progress("casting", 0.5)
            self._explain_moments(stage)
            labeller = Labeller(self.plan, self.mapping, self.words, source=self.source, notes=notes)
            combinations = labeller.combinations(stage)
            stage.judge(
                date=self.plan.date,
                end=self.plan.end,
                volume=self.plan.volume,
                cells=[Cell(cell.place, cell.metric, cell.at) for cell in self.plan.cells],
                combinations=combinations,
                bounds=self._bounds({each.metric for each in combinations} | {cell.metric for cell in self.plan.cells}),
            )
            self.progress("writing", 0.75)
            return self._settle(stage, staged.rows, staged.faults, notes)

    def _spool_path(self, opened: ExitStack) -> Path:
        """Where a rewritten copy goes: beside the snapshot, or in the system's folder where a wildcard is in the way."""
        if reads_literally(self.folder):
            return self.folder / "records.csv"
        return Path(opened.enter_context(TemporaryDirectory())) / "records.csv"

    def _shape(self) -> Shape:
        plan = self.plan
        numbers = (plan.volume, *(cell.place for cell in plan.cells))
        return Shape(
            width=len(plan.header),
            moments=tuple(place for place in (plan.date, plan.end) if place is not None),
            numbers=tuple(place for place in dict.fromkeys(numbers) if place is not None),
            words=plan.words,
            casts_moments=self.mapping.format.date is None,
        )

    def _bounds(self, spoken: set[str | None]) -> list[Bounds]:
        """How each metric the file speaks of is judged; a percent sign belongs to a share or to a percentage, to nothing else."""
        factors = {"percent": 1.0, "pp": 1.0, "share": 0.01}
        return [
            Bounds(metric.key, metric.minimum, metric.maximum, factors.get(metric.unit), metric.expression)
            for metric in self.words.metrics.values()
            if metric.key in spoken
        ]

    def _explain_numbers(self, stage: Staging, again: Callable[[str], None], notes: list[str]) -> None:
        """Read the numbers the engine did not, after the decimal mark is known for certain."""
        numbers = self._shape().numbers
        unread = {place: stage.unread("number", place) for place in numbers}
        decimal: Decimal = self.mapping.format.decimal or "."
        if self.mapping.format.decimal is None:
            decimal = self._decimal(stage, unread)
            if decimal == ",":
                notes.append("decimal_comma")
                again(",")
                unread = {place: stage.unread("number", place) for place in numbers}
        for place, texts in unread.items():
            amounts = [(text, read_amount(text, decimal=decimal)) for text in texts]
            stage.explain_numbers(place, [(text, each.value, each.percent, each.reason) for text, each in amounts])

    def _decimal(self, stage: Staging, unread: dict[int, list[str]]) -> Decimal:
        texts = [text for several in unread.values() for text in several]
        # Where commas part the cells they are no decimal mark, and a cell such as 3.5 says what the mark is.
        certain = self.source.delimiter in (",", None) or any(stage.has_fraction(place) for place in unread)
        decimal = decimal_of(texts, certain=certain)
        if decimal is not None:
            return decimal
        place, text = next((place, text) for place, several in unread.items() for text in several if "," in text)
        raise self._refusal("ambiguous_decimal", place, text, stage.first_row("number", place, text))

    def _explain_moments(self, stage: Staging) -> None:
        for place in self._shape().moments:
            texts = stage.unread("moment", place)
            read = self._moment_reader(stage, place, texts)
            meanings = [(text, read(text)) for text in texts]
            if place == self.plan.date:
                meanings = [
                    (text, replace(each, reason="missing_value") if each.at is None and each.reason is None else each)
                    for text, each in meanings
                ]
            stage.explain_moments(place, [(text, each.at, each.reason) for text, each in meanings])

    def _moment_reader(self, stage: Staging, place: int, texts: list[str]) -> ReadMoment:
        if self.mapping.format.date is not None:
            declared = format_reader(self.mapping.format.date, file=self.source.file)
            # A date cell of a workbook has no written form of its own: it arrives as ISO text.
            return declared if self.source.sheet is None else _first_of(read_moment, declared)
        order = order_of(texts)
        if order != "unknown":
            return lambda text: read_moment(text, order=order)
        others = any(read_moment(text).at is not None for text in texts) or stage.casts(place)
        if others:
            return _ambiguous
        text = next(text for text in texts if order_of([text]) is not None)
        raise self._refusal("ambiguous_date", place, text, stage.first_row("moment", place, text))

    def _refusal(self, code: str, place: int, text: str, row: int) -> DataError:
        column = self.plan.header[place]
        return DataError(
            code, file=self.source.file, sheet=self.source.sheet, row=row, column=column, found=shown(text)
        )

    def _settle(self, stage: Staging, rows: int, faults: list[Fault], notes: list[str]) -> Account:
        """The account, after the conservation of rows is proved and before anything is written."""
        judged = [self._fault(each) for each in stage.faults()]
        rejected = stage.rejected() + len(faults)
        accepted = stage.accepted()
        if accepted + rejected != rows:
            raise DataError("rows_unaccounted", file=self.source.file, found=accepted + rejected, needed=rows)
        rejects = sorted([*faults, *judged], key=lambda fault: fault.row)
        measured, missing, metrics = stage.measured()
        if measured + missing == 0:
            first = rejects[0]
            raise DataError(
                "no_row_accepted",
                file=self.source.file,
                sheet=self.source.sheet,
                row=first.row,
                column=first.column,
                found=first.value,
                reason=first.reason,
                rows=rows,
            )
        counting = all(self.words.metrics[key].aggregation == "count" for key in metrics)
        if measured == 0 and not counting:
            raise DataError(
                "no_value", file=self.source.file, sheet=self.source.sheet, column=self._value_columns(), rows=rows
            )
        observations = stage.write(self.out)
        if missing and not counting:
            notes.append("missing_values")
        repeated = stage.repeated()
        if repeated:
            notes.append("repeated_rows")
        return Account(
            digest=_digest(self.path),
            rows=rows,
            accepted=accepted,
            rejected=rejected,
            rejects=tuple(rejects),
            metrics=tuple(metrics),
            periods=tuple(stage.months(counting=counting)),
            warnings=tuple(dict.fromkeys(notes)),
            observations=observations,
            missing=missing,
            partly=stage.partly() if rejected else 0,
            repeated=repeated,
            sample=tuple(_told(row) for row in stage.sample(SHOWN_ROWS)),
        )

    def _value_columns(self) -> str:
        return shown(", ".join(self.plan.header[cell.place] for cell in self.plan.cells if cell.place is not None))

    def _fault(self, judged: Judged) -> Fault:
        column = None if judged.place == ROW_PLACE else self.plan.header[judged.place]
        return Fault(judged.row, column, shown(judged.value), judged.reason)


def _first_of(*readers: ReadMoment) -> ReadMoment:
    def read(text: str) -> Moment:
        found = Moment(reason="not_a_date")
        for reader in readers:
            found = reader(text)
            if found.reason is None:
                return found
        return found

    return read


def _ambiguous(text: str) -> Moment:
    """A moment with the year first; day or month first is named as what it is."""
    found = read_moment(text)
    return replace(found, reason="ambiguous_date") if found.reason and order_of([text]) is not None else found


def _told(row: tuple[Any, ...]) -> tuple[str, ...]:
    line, metric, date, amount, unit = row
    labels = ", ".join(f"{name}={value}" for name, value in json.loads(unit).items())
    stamp = date.date().isoformat() if date.time().isoformat() == "00:00:00" else date.isoformat(sep=" ")
    return str(line), str(metric), stamp, "" if amount is None else repr(amount).removesuffix(".0"), labels


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
