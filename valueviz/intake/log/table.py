"""The cells of a log brought to the stage: a text of any dialect, a sheet of any workbook, XES."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from valueviz.catalog import Format
from valueviz.engine.judgement import Shape
from valueviz.engine.log.stage import LogStage
from valueviz.errors import DataError
from valueviz.intake.log.xes import rewrite
from valueviz.intake.memory import fingerprint_of
from valueviz.intake.reading import open_source
from valueviz.intake.records import Fault, shown
from valueviz.intake.source import Source
from valueviz.intake.spool import spool
from valueviz.workers import Progress

NAMELESS = "\0"
"""The name of a column without one while its rows are staged; no header holds it."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A staged table: its names (of the staged columns, and of the source), faults, notes, how it was understood."""

    file: str
    header: tuple[str, ...]
    source_header: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()
    source: Source | None = None
    fingerprint: str | None = None
    nested: int = 0
    dense: bool = False

    @property
    def sheet(self) -> str | None:
        """The sheet of a workbook."""
        return self.source.sheet if self.source else None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets of a workbook that were taken."""
        return self.source.sheets if self.source else ()

    @property
    def encoding(self) -> str | None:
        """Of a text."""
        return self.source.encoding if self.source else None

    @property
    def header_row(self) -> int:
        """The line the header starts on."""
        return self.source.header.row if self.source else 1

    @property
    def in_workbook(self) -> bool:
        """Whether cells come from a workbook."""
        return self.source is not None and self.source.block is not None

    @property
    def above(self) -> tuple[str, ...]:
        """The texts around the table."""
        return (*self.source.above, *self.source.below) if self.source else ()

    def placed(self, fault: Fault) -> Fault:
        """A fault with its line as its sheet counts it."""
        return self.source.placed(fault) if self.source else fault

    def located(self, error: DataError) -> DataError:
        """A refusal with its line as its sheet counts it."""
        if self.source:
            return self.source.located(error)
        if not self.dense or "row" not in error.fields:
            return error
        return DataError(error.code, **{"event" if key == "row" else key: value for key, value in error.fields.items()})

    def renamed(self, names: Sequence[str]) -> Staged:
        """The same after its rows were staged anew under other names."""
        return replace(self, header=tuple(names))


def stage_table(
    stage: LogStage, path: Path, *, form: Format, wanted: tuple[str, ...], to: Path, progress: Progress
) -> Staged:
    """Stage a text or the sheet of a workbook.

    Raises:
        DataError: the file as a whole is wrong.
    """
    source = open_source(path, sheet=form.sheet, header_rows=form.header_rows, encoding=form.encoding, wanted=wanted)
    progress("staging", 0.2)
    nameless = [at for at, name in enumerate(source.header.names) if not name]
    names = tuple(name or f"{NAMELESS}{at}" for at, name in enumerate(source.header.names))
    named = replace(source, header=replace(source.header, names=names))
    shape = Shape(len(names), (), (), ())
    spooled = spool(stage, path, named, shape=shape, decimal=form.decimal or ".", to=to)
    _check_nameless(stage, source, nameless)
    header = tuple("" if name.startswith(NAMELESS) else name for name in names)
    return Staged(
        path.name,
        header,
        header,
        tuple(spooled.faults),
        tuple(dict.fromkeys((*spooled.notes, *(("index_column",) if nameless else ())))),
        source,
        fingerprint_of(source.header),
    )


def _check_nameless(stage: LogStage, source: Source, nameless: Sequence[int]) -> None:
    """Pass over a column without a name that numbers the rows, refuse any other.

    Raises:
        DataError: missing_header.
    """
    for at in nameless:
        odd = next((word for word, _ in stage.words(at, 50) if not word.isdecimal()), None)
        if odd is not None:
            raise DataError(
                "missing_header",
                file=source.file,
                sheet=source.sheet,
                row=source.header.row,
                column=at + 1,
                found=shown(odd),
            )


def stage_xes(
    stage: LogStage,
    path: Path,
    *,
    form: Format,
    wanted: tuple[str, ...],
    to: Path,
    progress: Progress,
) -> Staged:
    """Stage an event log in XES.

    Raises:
        DataError: the file is no log, hostile or damaged.
    """
    table = rewrite(path, to, progress=progress)
    read = stage.read(
        to,
        shape=Shape(len(table.names), (), (), ()),
        delimiter=",",
        skip=0,
        decimal=".",
        numbered=True,
        padded=True,
    )
    if read is None or read[0] != table.events:
        raise DataError("rows_unaccounted", file=path.name, found=read[0] if read else 0, needed=table.events)
    header = tuple(table.names)
    return Staged(path.name, header, header, nested=table.nested, dense=table.dense)


__all__ = ["Staged", "stage_table", "stage_xes"]
