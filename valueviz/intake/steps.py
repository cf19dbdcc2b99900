"""A list of dated steps of an implementation, as text, read into frozen steps; a bad cell names its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from valueviz.catalog.nearest import suggestion
from valueviz.errors import DataError
from valueviz.intake.plain_date import Moment, date_form, moment
from valueviz.intake.reading import TextTable
from valueviz.terms import PHASES, Grain, PhaseKey

COLUMNS = ("step", "date", "phase", "by", "ramp")
"""What a list of steps may hold; the first two it must hold."""

BY = ("vendor", "client")
"""Whose work a step can be."""

LONGEST_RAMP = 100_000
"""Periods until a step has its full effect: more than any series here is long."""


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A step as written; `ramp` is how many periods it takes until its effect is full.

    `file`, `sheet` and `row` say where it stands.
    """

    key: str
    at: Moment
    phase: PhaseKey | None
    by: Literal["vendor", "client"] | None
    ramp: int
    file: str
    sheet: str | None
    row: int

    def ordinal(self, grain: Grain) -> int:
        """The period of a grain that holds the step.

        Raises:
            DataError: series_bad_date where its date is of another kind than those of the series.
        """
        found = self.at.ordinal(grain)
        if found is None:
            raise DataError(
                "series_bad_date",
                file=self.file,
                sheet=self.sheet,
                row=self.row,
                column="date",
                found=self.at.text,
                needed=date_form(grain),
            )
        return found


def read_steps(table: TextTable, *, file: str) -> tuple[DatedStep, ...]:
    """The steps of a table, in its order.

    Args:
        table: header and rows as text.
        file: its name, for errors.

    Raises:
        DataError: series_column_missing, steps_column_unknown, series_no_rows, step_nameless, steps_twice,
            series_bad_date, series_mixed_dates, step_unknown_word, step_bad_ramp.
    """
    reader = _Reader(table, Path(file).name)
    reader.check_header()
    steps = tuple(reader.step(number, cells) for number, cells in zip(table.numbers, table.rows, strict=True))
    if not steps:
        raise DataError("series_no_rows", file=reader.file, sheet=table.sheet)
    whole = {step.at.kind for step in steps} == {"year", "index"}
    above: dict[str, int] = {}
    for step in steps:
        if step.key in above:
            raise reader.refuse("steps_twice", step.row, "step", found=step.key, other=above[step.key])
        if step.at.kind != steps[0].at.kind and not whole:
            raise reader.refuse("series_mixed_dates", step.row, "date", found=step.at.text, needed=steps[0].at.text)
        above[step.key] = step.row
    return steps


@dataclass(frozen=True, slots=True)
class _Reader:
    table: TextTable
    file: str

    def check_header(self) -> None:
        """Refuse a column that is missing or that nobody knows."""
        header = self.table.header
        for name in COLUMNS[:2]:
            if name not in header:
                raise DataError(
                    "series_column_missing",
                    file=self.file,
                    sheet=self.table.sheet,
                    needed=name,
                    nearest=suggestion(name, header),
                )
        for name in header:
            if name not in COLUMNS:
                raise DataError(
                    "steps_column_unknown",
                    file=self.file,
                    sheet=self.table.sheet,
                    row=self.table.first_row - 1,
                    column=name,
                    nearest=suggestion(name, COLUMNS),
                )

    def refuse(
        self,
        code: str,
        row: int,
        column: str,
        *,
        found: str,
        needed: str | None = None,
        nearest: str | None = None,
        other: int | None = None,
    ) -> DataError:
        """An error about one cell."""
        return DataError(
            code,
            file=self.file,
            sheet=self.table.sheet,
            row=row,
            column=column,
            found=found[:60],
            needed=needed,
            nearest=nearest,
            other=other,
        )

    def step(self, row: int, cells: tuple[str, ...]) -> DatedStep:
        """The step of one row."""
        texts = {name: cell.strip() for name, cell in zip(self.table.header, cells, strict=True)}
        if not texts["step"]:
            raise self.refuse("step_nameless", row, "step", found="")
        at = moment(texts["date"])
        if at is None:
            raise self.refuse("series_bad_date", row, "date", found=texts["date"], needed=date_form("day"))
        ramp = texts.get("ramp", "") or "0"
        if not (ramp.isascii() and ramp.isdecimal() and len(ramp) < len(str(LONGEST_RAMP))):
            raise self.refuse("step_bad_ramp", row, "ramp", found=ramp, needed="0, 1, 2 …")
        return DatedStep(
            key=texts["step"],
            at=at,
            phase=cast("PhaseKey | None", self.word(row, "phase", texts.get("phase", ""), known=PHASES)),
            by=cast("Literal['vendor', 'client'] | None", self.word(row, "by", texts.get("by", ""), known=BY)),
            ramp=int(ramp),
            file=self.file,
            sheet=self.table.sheet,
            row=row,
        )

    def word(self, row: int, column: str, found: str, *, known: tuple[str, ...]) -> str | None:
        """A word of a list, or None where the cell is empty."""
        if found and found not in known:
            needed = ", ".join(known)
            raise self.refuse("step_unknown_word", row, column, found=found, needed=needed)
        return found or None
