"""One file through the gate, in a child process: text in, one snapshot and a full account out.

Every record is either an observation or a listed fault; the counts of both are taken from the tables
themselves and must add up to the records read, or the file is refused.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.catalog.pack import SHIPPED_CURRENCY
from valueviz.engine.judgement import ROW_PLACE, Judged, Shape
from valueviz.engine.staging import Staging, reads_literally, staging
from valueviz.errors import DataError
from valueviz.intake.currency import currency_columns, money_of
from valueviz.intake.interpretation import Interpretation, Interpreter
from valueviz.intake.memory import fingerprint_of
from valueviz.intake.plan import Plan, Vocabulary, lay, vocabulary, wanted_columns
from valueviz.intake.quality import row_findings
from valueviz.intake.reading import Source, open_source
from valueviz.intake.records import Fault, shown
from valueviz.intake.spool import Spooled, spool
from valueviz.intake.withholding import SAMPLED, beside_table, withheld
from valueviz.intake.yearly import with_stated_years
from valueviz.store.files import disk
from valueviz.terms.finding import Conversion, Finding, PersonalColumn
from valueviz.workers import Progress

LARGE_FILE = 200 << 20
"""Bytes from which on a file is staged on the disk: below, memory is faster and holds it with room to spare."""

STAGING_BYTES = 1 << 30
"""Memory the engine may use before it spills; with the interpreter a child stays well below two gigabytes."""

SHOWN_ROWS = 3
"""Decoded rows shown to a person who has to confirm a proposal."""


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of one file.

    `rows` are the records below the header, blank ones left out. A row is rejected as soon as one of its cells
    is; of `partly` rejected rows the other cells were taken. `repeated` counts where rows of one metric, unit
    and date differ. `mapping` is the TOML that was followed, without the columns left out for `personal` data.
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
    mapping: str
    sheets: tuple[str, ...] = ()
    encoding: str | None = None
    header_row: int = 1
    fingerprint: str | None = None
    total_rows: int = 0
    hidden_rows: int = 0
    personal: tuple[PersonalColumn, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    findings: tuple[Finding, ...] = ()


def take(
    *,
    progress: Progress,
    path: str,
    out: str,
    folder: str,
    mapping: str,
    industry: str | None,
    inline: str,
    currency: str = SHIPPED_CURRENCY,
    personal: str = "leave_out",
    latest: str | None = None,
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
        currency: of the engagement.
        personal: "leave_out" or "keep" mapped columns with personal data.
        latest: the last day that can have been measured, ISO 8601; None where dates in the future are fine.
    """
    spoken = read_mapping(mapping, file="mapping")
    known = read_mapping(inline, file="mapping").metrics if inline else ()
    words = vocabulary(industry, inline=known, mapping=spoken, currency=currency)
    with disk(Path(folder)):
        found = account(
            Path(path),
            out=Path(out),
            folder=Path(folder),
            mapping=spoken,
            words=words,
            progress=progress,
            keeps_personal=personal == "keep",
            latest=None if latest is None else date.fromisoformat(latest),
        )
    return asdict(found)


def account(
    path: Path,
    *,
    out: Path,
    folder: Path,
    mapping: Mapping,
    words: Vocabulary,
    progress: Progress,
    keeps_personal: bool = False,
    latest: date | None = None,
) -> Account:
    """What became of the rows of a file; the snapshot is written to `out`.

    Raises:
        DataError: the file as a whole is wrong, or no row was accepted; nothing is written then.
    """
    progress("reading", 0.05)
    form = mapping.format
    source = open_source(
        path, sheet=form.sheet, header_rows=form.header_rows, encoding=form.encoding, wanted=wanted_columns(mapping)
    )
    source = with_stated_years(source, mapping)
    plan = lay(mapping, source, words)
    try:
        return _Gate(path, out, folder, mapping, words, progress, source, plan, keeps_personal, latest=latest).run()
    except DataError as error:
        raise source.located(error) from error


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
    keeps_personal: bool = False
    personal: tuple[PersonalColumn, ...] = ()
    latest: date | None = None

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
            gate, staged = self._withholding(stage, staged)._with_currencies(stage, staged)
            return gate.judged(stage, staged, list(staged.notes))

    def _withholding(self, stage: Staging, staged: Spooled) -> _Gate:
        """This gate without the labels that are personal."""
        beside = beside_table(self.path, self.source, staged.faults)
        mapping, personal = withheld(stage, self.plan, self.mapping, keep=self.keeps_personal, beside=beside)
        gate = replace(self, personal=personal, mapping=mapping)
        if mapping == self.mapping:
            return gate
        plan = lay(mapping, self.source, self.words)
        stage.narrow(plan.words)
        return replace(gate, plan=plan)

    def _with_currencies(self, stage: Staging, staged: Spooled) -> tuple[_Gate, Spooled]:
        """This gate with the columns that state currencies, staged again so that their words are kept."""
        cells = {each.metric or self.plan.key for each in self.plan.cells}
        metrics = self.words.metrics if self.plan.metric is not None else {key for key in cells if key is not None}
        if not money_of(metrics, self.words):
            return self, staged
        found = currency_columns(self.plan, stage.first_texts(SAMPLED))
        plan = replace(self.plan, currencies=found)
        gate = replace(self, plan=plan)
        if plan.words == self.plan.words:
            return gate, staged
        again = partial(staged.again, shape=gate._shape())
        again(self.mapping.format.decimal or ".")
        return gate, replace(staged, again=again)

    def judged(self, stage: Staging, staged: Spooled, notes: list[str]) -> Account:
        """The account of a staged file."""
        self.progress("casting", 0.5)
        interpreter = Interpreter(stage, staged.again, self.plan, self.mapping, self.words, self.source, notes)
        found = interpreter.interpret()
        self.progress("writing", 0.75)
        return self._settle(stage, staged.rows, staged.faults, found, notes)

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

    def _settle(
        self, stage: Staging, rows: int, faults: list[Fault], found: Interpretation, notes: list[str]
    ) -> Account:
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
        profile = stage.profile(latest=self.latest)
        findings = tuple(self._placed(each) for each in (*found.findings, *row_findings(profile)))
        # dates are in the future on one day and not on another: told to people, never part of what is known
        notes += [each.code for each in findings if each.code != "future_dates"]
        return Account(
            digest=_digest(self.path),
            rows=rows,
            accepted=accepted,
            rejected=rejected,
            rejects=tuple(self.source.placed(each) for each in rejects),
            metrics=tuple(metrics),
            periods=tuple(stage.months(counting=counting)),
            warnings=tuple(dict.fromkeys(notes)),
            observations=observations,
            missing=missing,
            partly=stage.partly() if rejected else 0,
            repeated=sum(each.differing for each in profile.repeats),
            findings=findings,
            sample=tuple(_told(row, self.source) for row in stage.sample(SHOWN_ROWS)),
            mapping=write_mapping(self.mapping),
            sheets=self.source.sheets,
            encoding=self.source.encoding,
            header_row=self.source.header.row,
            fingerprint=fingerprint_of(self.source.header),
            personal=self.personal,
            conversions=found.conversions,
            total_rows=found.total_rows,
            hidden_rows=self.source.hidden_rows,
        )

    def _placed(self, found: Finding) -> Finding:
        """A finding with the lines as their sheet counts them."""
        return replace(found, rows=tuple(self.source.place(row)[1] for row in found.rows))

    def _value_columns(self) -> str:
        return shown(", ".join(self.plan.header[cell.place] for cell in self.plan.cells if cell.place is not None))

    def _fault(self, judged: Judged) -> Fault:
        column = None if judged.place == ROW_PLACE else self.plan.header[judged.place]
        return Fault(judged.row, column, shown(judged.value or ""), judged.reason)


def _told(row: tuple[Any, ...], source: Source) -> tuple[str, ...]:
    at, metric, date, amount, unit = row
    sheet, number = source.place(at)
    line = number if sheet is None else f"{sheet}!{number}"
    labels = ", ".join(f"{name}={value}" for name, value in json.loads(unit).items())
    stamp = date.date().isoformat() if date.time().isoformat() == "00:00:00" else date.isoformat(sep=" ")
    return str(line), str(metric), stamp, "" if amount is None else repr(amount).removesuffix(".0"), labels


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
