"""What becomes of the rows of a log, in the process that reads it: text or XES in, canonical Parquet out, all rows told."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from valueviz.catalog import Format, Mapping
from valueviz.engine.judgement import Shape
from valueviz.engine.log.stage import Counted, LogStage, Roles, log_staging
from valueviz.engine.staging import reads_literally
from valueviz.errors import DataError
from valueviz.intake.dating import DateColumn
from valueviz.intake.log.chain import read_chain
from valueviz.intake.log.guess import AMBIGUOUS, CHAIN, SAMPLE, Guess, guess, told_columns
from valueviz.intake.log.names import COMPLETES, STARTS
from valueviz.intake.log.result import LogColumns, LogRead, Note
from valueviz.intake.log.stamp import Seen, settle_stamps
from valueviz.intake.log.table import Staged, stage_table, stage_xes
from valueviz.intake.log.xes import is_xes
from valueviz.intake.records import Fault, shown
from valueviz.workers import Progress

STAGING_BYTES = 1_500 << 20
"""What the engine may hold before it spills beside its database."""

LARGE_FILE = 256 << 20
"""Bytes from which a log is staged on disk."""

SYNTHETIC = ("合成数据", "synthetic data")
"""What data made up for a demonstration say of themselves in a header or a note."""

REFUSED = {
    "case_missing": "log_case_missing",
    "activity_missing": "log_activity_missing",
    "stamp_missing": "log_stamp_missing",
    "not_a_date": "log_stamp_unreadable",
    "end_before_start": "log_end_before_start",
    "not_a_number": "log_cost_unreadable",
    "cost_out_of_range": "log_cost_out_of_range",
    "chain_unclear": "log_chain_unclear",
}
"""The code by which a strict reading refuses the first row with a fault of a reason."""

PASSED = ("transition_unused", "not_allowed")
"""Reasons for which even a strict reading only passes rows over: they are counted in a note."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a log: its columns, how its cells are written, the zone of naive stamps, whether to refuse.

    `only_named`: no part is taken from a column that was not named.
    """

    columns: LogColumns
    form: Format = field(default_factory=Format)
    zone: str | None = None
    strict: bool = True
    only_named: bool = False
    allowed: tuple[tuple[str, tuple[str, ...]], ...] = ()


def account(path: Path, asked: Asked, *, out: Path, folder: Path, progress: Progress) -> LogRead:
    """What became of a log; the canonical Parquet is written to `out`.

    Raises:
        DataError: the file as a whole is wrong, no event was found, or, strictly, the first fault in a row.
    """
    with ExitStack() as opened:
        # the digest is made while the rows are read
        digest = opened.enter_context(ThreadPoolExecutor(1)).submit(_digest, path)
        work = folder if reads_literally(folder) else Path(opened.enter_context(TemporaryDirectory()))
        spooled, exploded = work / "log_records.csv", work / "log_events.csv"
        large = path.is_file() and path.stat().st_size > LARGE_FILE
        database = folder / "log_staging.duckdb" if large else None
        for scratch in (spooled, exploded, database):
            if scratch is not None:
                opened.callback(scratch.unlink, missing_ok=True)
        files = (path, spooled, exploded, out)
        stage = opened.enter_context(log_staging(files=files, database=database, memory=STAGING_BYTES))
        progress("reading", 0.05)
        stage_it = stage_xes if is_xes(path) else stage_table
        staged = stage_it(stage, path, form=asked.form, wanted=_wanted(asked.columns), to=spooled, progress=progress)
        try:
            return _Account(digest, asked, stage, staged, exploded, out, progress).run()
        except DataError as error:
            raise staged.located(error) from error


def _wanted(columns: LogColumns) -> tuple[str, ...]:
    named = (columns.case, columns.activity, columns.start, columns.complete)
    return tuple(name for name in (*named, *(column for column, _ in columns.steps)) if name)


@dataclass(frozen=True, slots=True)
class _Account:
    digest: Future[str]
    asked: Asked
    stage: LogStage
    staged: Staged
    exploded: Path
    out: Path
    progress: Progress

    def run(self) -> LogRead:
        header, file, sheet = self.staged.header, self.staged.file, self.staged.sheet
        if self.asked.strict and self.staged.faults:
            fault = self.staged.faults[0]
            raise DataError(fault.reason, file=file, sheet=sheet, row=fault.row, found=fault.value)
        rows = self.stage.first_rows(SAMPLE)
        found = guess(
            header,
            rows,
            asked=self.asked.columns,
            file=file,
            sheet=sheet,
            only_named=self.asked.only_named,
            standard=self.staged.source is None,
        )
        found = self._proved(found)
        told = told_columns(found, header)
        self.progress("casting", 0.5)
        if any(name == CHAIN for _, name in found.steps):
            return self._chains(found, told)
        return self._settle(found, told, found, [])

    # Columns ──────────────────────────────────────────────────────────────────

    def _proved(self, found: Guess) -> Guess:
        """The guess, once twins are proved over all rows and columns that repeat a part are left out."""
        header = self.staged.header
        differ = self.stage.differing([(first, other) for _, first, other in found.twins])
        for (role, first, other), count in zip(found.twins, differ, strict=True):
            if count and role in AMBIGUOUS:
                names = shown(f"{header[first]}, {header[other]}")
                raise DataError(AMBIGUOUS[role], file=self.staged.file, sheet=self.staged.sheet, found=names)
            if count and self.asked.columns.attributes is None:
                found = replace(found, attributes=(*found.attributes, (other, header[other])))
        if self.asked.columns.attributes is not None:
            return found
        sample = self.stage.first_rows(SAMPLE)
        columns = {at: [row[at] for row in sample] for at in range(len(header))}
        used = [at for role, at in found.places.items() if role != "site"]
        alike = [(at, part) for at, _ in found.attributes for part in used if columns[at] == columns[part]]
        same = {at for (at, _), count in zip(alike, self.stage.differing(alike), strict=True) if not count}
        return replace(found, attributes=tuple(each for each in found.attributes if each[0] not in same))

    def _transition(self, found: Guess) -> tuple[int, tuple[str, ...], tuple[str, ...]] | None:
        """The column of the life cycle with its words; None where every row completes."""
        place = found.places.get("transition")
        if place is None:
            return None
        words = [word for word, _ in self.stage.words(place, 1000)]
        starts = tuple(word for word in words if word.casefold() in STARTS)
        completes = tuple(word for word in words if word.casefold() in COMPLETES)
        if not starts and (not completes or len(completes) == len(words)):
            return None
        return place, starts, completes

    def _roles(self, found: Guess) -> Roles:
        places = {
            role: found.places.get(role)
            for role in ("activity", "start", "complete", "resource", "role", "cost", "site", "instance")
        }
        header = self.staged.header
        allowed = tuple((header.index(name), words) for name, words in self.asked.allowed if name in header)
        if places["complete"] is None and not found.steps:
            places["complete"], places["start"] = places["start"], None
        return Roles(
            case=found.places["case"],
            **places,
            attributes=found.attributes,
            steps=found.steps,
            transition=None if found.steps else self._transition(found),
            prefixed=found.prefixed,
            allowed=allowed,
        )

    # Chains ───────────────────────────────────────────────────────────────────

    def _chains(self, found: Guess, told: LogColumns) -> LogRead:
        """Explode the chains of documents into events, one row each, and go on with these."""
        header = self.staged.header
        case, faults = found.places["case"], []
        kept = [at for at, _ in found.attributes]
        names = ["case", "activity", "start", "complete", "resource", "role", *(name for _, name in found.attributes)]
        documents, refused, undated = 0, 0, 0
        with self.exploded.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            for row, *cells in self.stage.rows():
                documents += 1
                bad = self._bad_chain(row, cells, found)
                if bad is None and not cells[case].strip():
                    bad = Fault(row, header[case], "", "case_missing")
                if bad is not None:
                    faults.append(bad)
                    refused += 1
                    continue
                steps = list(self._events(cells, found))
                undated += not steps
                for activity, start, stamp, person, role in steps:
                    line = (cells[case], activity, start, stamp, person, role, *(cells[at] for at in kept))
                    writer.writerow((row, *(" ".join(cell.split()) if cell else "" for cell in line)))
        if self.asked.strict and faults:
            raise self._refusal(faults[0])
        self.stage.read(
            self.exploded,
            shape=Shape(len(names), (), (), ()),
            delimiter=",",
            skip=0,
            decimal=".",
            numbered=True,
        )
        places = {name: at for at, name in enumerate(names[:6]) if name == "case" or self.stage.words(at, 1)}
        events = Guess(places, attributes=tuple((6 + at, name) for at, (_, name) in enumerate(found.attributes)))
        if found.places.get("site") in kept:
            events.places["site"] = 6 + kept.index(found.places["site"])
        if undated:
            notes = (*found.notes, Note("documents_undated", (("count", undated),)))
            found = replace(found, notes=notes)
        exploded = _Account(
            self.digest, self.asked, self.stage, self.staged.renamed(names), self.exploded, self.out, self.progress
        )
        return exploded._settle(events, told, found, faults, documents=documents)

    def _bad_chain(self, row: int, cells: Sequence[str], found: Guess) -> Fault | None:
        for at, name in found.steps:
            if name == CHAIN and cells[at].strip() and read_chain(cells[at]) is None:
                return Fault(row, self.staged.header[at], shown(cells[at]), "chain_unclear")
        return None

    def _events(self, cells: Sequence[str], found: Guess) -> Iterator[tuple[str, str, str, str, str]]:
        """Activity, start, stamp, person and role of every step of a document."""
        for at, name in found.steps:
            text = cells[at].strip()
            if not text:
                continue
            if name != CHAIN:
                yield name, "", text, "", ""
                continue
            for entry in read_chain(text) or ():
                yield entry.activity, entry.start, entry.stamp, entry.person, entry.role

    # The account ──────────────────────────────────────────────────────────────

    def _settle(
        self, found: Guess, told: LogColumns, asked: Guess, before: list[Fault], *, documents: int | None = None
    ) -> LogRead:
        """The account of staged events.

        Args:
            found: where the parts of the staged rows are.
            told: the columns of the source.
            asked: the guess about the source.
            before: faults found before the rows were staged.
            documents: rows of the source where the staged ones are its exploded chains.
        """
        zone, seen = self._stamps(found)
        roles = self._roles(found)
        counted = self.stage.judge(roles)
        if self.asked.strict:
            for first in self.stage.faults(most=1, but=PASSED):
                raise self._refusal(self._fault(first.row, first.place, first.value, first.reason))
        self.progress("writing", 0.75)
        rejects = [self._fault(each.row, each.place, each.value, each.reason) for each in self._listed()]
        rejects = sorted([*self.staged.faults, *before, *rejects], key=lambda fault: fault.row)
        rejected = len({each.row for each in rejects}) if not self.asked.strict else counted.rejected
        rows = (documents if documents is not None else counted.rows) + len(self.staged.faults)
        if not counted.events:
            self._refuse_all(rejects, rows)
        activities = self.stage.activities()
        self._check_activities(activities)
        self.stage.write(self.out)
        columns = replace(told, attributes=tuple(self.staged_names(asked)))
        return LogRead(
            file=self.staged.file,
            digest=self.digest.result(),
            rows=rows,
            accepted=rows - rejected,
            rejected=rejected,
            rejects=tuple(self.staged.placed(each) for each in rejects),
            notes=(*asked.notes, *self._notes(counted, seen, roles, zone)),
            cases=counted.cases,
            events=counted.events,
            activities=tuple(activities),
            first=counted.first,
            last=counted.last,
            months=tuple(self.stage.months(self.out)),
            mapping=_mapping(columns, self.asked),
            columns=columns,
            attributes=tuple(name for _, name in asked.attributes),
            zone=zone,
            synthetic=self._synthetic(),
            encoding=self.staged.encoding,
            sheet=self.staged.sheet,
            sheets=self.staged.sheets,
            header_row=self.staged.header_row,
            fingerprint=self.staged.fingerprint,
            warnings=tuple(dict.fromkeys((*self.staged.notes, *seen.notes))),
        )

    def staged_names(self, asked: Guess) -> Iterator[str]:
        """The columns of the source that are kept as attributes."""
        header = self.staged.source_header
        return (header[at] for at, _ in asked.attributes)

    def _listed(self) -> Any:
        return self.stage.faults() if not self.asked.strict else ()

    def _stamps(self, found: Guess) -> tuple[str, Seen]:
        places = [found.places[role] for role in ("start", "complete") if role in found.places]
        places = [at for at, _ in found.steps] or places
        columns = {
            at: DateColumn(self.staged.header[at], declared=self.asked.form.date, in_workbook=self.staged.in_workbook)
            for at in places
        }
        return settle_stamps(
            self.stage, places, column=columns, file=self.staged.file, sheet=self.staged.sheet, zone=self.asked.zone
        )

    def _fault(self, row: int, place: int | None, value: str, reason: str) -> Fault:
        return Fault(row, None if place is None else self.staged.header[place], shown(value), reason)

    def _refusal(self, fault: Fault) -> DataError:
        code = REFUSED.get(fault.reason, fault.reason)
        return DataError(
            code,
            file=self.staged.file,
            sheet=self.staged.sheet,
            row=fault.row,
            column=fault.column,
            found=fault.value or None,
        )

    def _refuse_all(self, rejects: Sequence[Fault], rows: int) -> None:
        if not rejects:
            raise DataError("log_no_event", file=self.staged.file, sheet=self.staged.sheet)
        first = rejects[0]
        raise DataError(
            "no_row_accepted",
            file=self.staged.file,
            sheet=self.staged.sheet,
            row=first.row,
            column=first.column,
            found=first.value,
            reason=first.reason,
            rows=rows,
        )

    def _check_activities(self, activities: Sequence[tuple[str, int]]) -> None:
        if len(activities) == 1:
            raise DataError(
                "log_one_activity", file=self.staged.file, sheet=self.staged.sheet, found=shown(activities[0][0])
            )

    def _notes(self, counted: Counted, seen: Seen, roles: Roles, zone: str) -> Iterator[Note]:
        counts = {
            "ids_trimmed": counted.spaced,
            "ids_alike": self.stage.alike_cases(self.out),
            "unpaired_starts": counted.lone_starts,
            "rows_passed": counted.rejected if self.asked.strict else 0,
            "documents_undated": counted.undated,
            "documents_again": counted.again,
            "days_and_times": seen.days if seen.times else 0,
            "nested_left_out": self.staged.nested,
        }
        yield from (Note(code, (("count", count),)) for code, count in counts.items() if count)
        facts = {"events_numbered": self.staged.dense, "one_case": counted.cases == 1, "roles_of_posts": roles.prefixed}
        yield from (Note(code) for code, holds in facts.items() if holds)
        if zone not in ("naive", "utc"):
            yield Note("zone_taken", (("zone", zone),))

    def _synthetic(self) -> bool:
        texts = " ".join((*self.staged.source_header, *self.staged.above)).casefold()
        return any(mark in texts for mark in SYNTHETIC)


def _mapping(columns: LogColumns, asked: Asked) -> Mapping:
    """What was followed, as a mapping."""
    dimensions = columns.attributes or ()
    if columns.site and columns.site not in dimensions:
        dimensions = (*dimensions, columns.site)
    if columns.steps:
        return Mapping(
            layout="documents",
            case=columns.case,
            activities=columns.steps,
            dimensions=dimensions,
            format=asked.form,
            allowed=asked.allowed,
        )
    return Mapping(
        layout="events",
        case=columns.case,
        activity=columns.activity,
        start=columns.start if columns.complete else None,
        complete=columns.complete or columns.start,
        resource=columns.resource,
        role=columns.role,
        cost=columns.cost,
        dimensions=dimensions,
        format=asked.form,
        allowed=asked.allowed,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
