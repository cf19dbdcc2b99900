"""The study of one file with an event log, without a workspace: read, coded, studied; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from valueviz.analysis.process.log import Cut
from valueviz.catalog.nearest import closest
from valueviz.engine.log import build_log
from valueviz.errors import DataError, UsageError
from valueviz.intake.log import LogColumns, LogRead, read_log
from valueviz.study.process import Asked, ProcessStudy, of_log
from valueviz.terms import Measured

QUERY = "process"
"""What the numbers of such a study name as their origin."""


@dataclass(frozen=True, slots=True)
class CodedLog:
    """A log that was read and coded: the database, and what became of its rows."""

    database: Path
    read: LogRead

    def study(self, cut: Cut, *, name: str, asked: Asked | None = None) -> ProcessStudy:
        """The study of the log under a cut.

        Args:
            cut: which cases count, and the two periods.
            name: what its owner calls the log.
            asked: limits and attributes.

        Raises:
            UsageError: `unknown_activity`, `unknown_attribute`.
        """
        match = asked.match if asked else None
        if match is not None and match not in self.read.attributes:
            raise UsageError("unknown_attribute", file=name, found=match, **closest(match, self.read.attributes))
        lineage = Measured(QUERY, (self.read.digest,), self.read.rows)
        try:
            return of_log(self.database, cut, name=name, lineage=lineage, asked=asked, synthetic=self.read.synthetic)
        except UsageError as error:
            raise UsageError(error.code, **{"file": name, **error.fields}) from error


@contextmanager
def coded_log(path: Path, *, columns: LogColumns | None = None, zone: str | None = None) -> Iterator[CodedLog]:
    """A log, read and coded, for as long as the block lasts.

    Args:
        path: CSV, a workbook, XES, or a canonical Parquet file.
        columns: which column means what; what is not named is found out.
        zone: IANA time zone in which stamps without an offset were taken.

    Raises:
        DataError: the file, or a row of it, cannot be taken.
        UsageError: unknown_zone.
        WorkerError: the child that reads it was stopped at its limits.
    """
    with TemporaryDirectory(prefix="valueviz-") as place:
        folder = Path(place)
        canonical, database = folder / "log.parquet", folder / "log.duckdb"
        try:
            read = read_log(path, columns=columns, out=canonical, folder=folder, zone=zone)
        except DataError as error:
            # nobody who has no mapping can state in it how dates are written
            if error.code != "ambiguous_date":
                raise
            raise DataError("log_day_or_month", **error.fields) from error
        build_log(database, [canonical])
        canonical.unlink()
        yield CodedLog(database, read)
