"""Tables in which a process is typed, and the steps that stand in them; it knows neither widgets nor the workspace."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from valueviz.catalog.form import SECONDS
from valueviz.errors import DataError
from valueviz.terms import HandStep, ProcessState

COLUMNS = (
    "name",
    "role",
    "touch",
    "touch_unit",
    "wait",
    "wait_unit",
    "rework",
    "volume",
    "value",
    "automated",
    "basis",
    "owner",
)
"""The columns of a table of steps, in their order."""

UNIT = {"touch": "minute", "wait": "hour"}
"""The unit a time is offered in where it has none yet."""

LONGEST_NAME = 200
"""Characters of a step, a role, an owner."""

MOST_DECIMALS = 2
"""A duration is shown in the largest unit in which it has no more decimals than this."""

Cells = Mapping[str, Sequence[Any]]
"""An edited table, column by column."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a table: its steps, and what is wrong in it, each with row and column."""

    steps: tuple[HandStep, ...]
    faults: tuple[DataError, ...]


def cells_of(steps: Sequence[HandStep]) -> dict[str, list[Any]]:
    """The table of some steps; without any, one empty row with the units people mostly use."""
    rows = [_cells(step) for step in steps] or [dict.fromkeys(COLUMNS) | _units()]
    return {column: [row[column] for row in rows] for column in COLUMNS}


def typed(cells: Cells, *, process: str, state: ProcessState, words: Mapping[str, str], table: str) -> Typed:
    """What stands in a table; rows in which nothing but a unit stands are passed over.

    Args:
        cells: as edited.
        process: its name.
        state: today or target.
        words: what each column is called on the page.
        table: what the table is called there.
    """
    reading = _Reading(words, table)
    length = max((len(values) for values in cells.values()), default=0)
    rows = [{column: _cell(cells, column, at) for column in COLUMNS} for at in range(length)]
    found = [(at, row) for at, row in enumerate(rows, start=1) if any(_filled(row))]
    steps = [reading.step(row, at, process=process, state=state) for at, row in found]
    reading.twice([(at, row["name"]) for at, row in found])
    return Typed(tuple(steps), tuple(reading.faults))


def replaced(kept: Sequence[HandStep], steps: Sequence[HandStep], *, process: str | None) -> tuple[HandStep, ...]:
    """All steps of a client with those of one process replaced in their place; None or a new name: they come last."""
    place = next((at for at, step in enumerate(kept) if step.process == process), len(kept))
    before = [step for step in kept[:place] if step.process != process]
    after = [step for step in kept[place:] if step.process != process]
    return (*before, *steps, *after)


# Inside ──────────────────────────────────────────────────────────────────────


def _units() -> dict[str, Any]:
    return {f"{part}_unit": unit for part, unit in UNIT.items()}


def _cells(step: HandStep) -> dict[str, Any]:
    touch, touch_unit = _amount(step.touch, "touch")
    wait, wait_unit = _amount(step.wait, "wait")
    return {
        "name": step.name,
        "role": step.role,
        "touch": touch,
        "touch_unit": touch_unit,
        "wait": wait,
        "wait_unit": wait_unit,
        "rework": None if step.rework is None else float(Decimal(repr(step.rework)) * 100),
        "volume": step.volume,
        "value": step.value,
        "automated": None if step.automated is None else "yes" if step.automated else "no",
        "basis": step.basis,
        "owner": step.owner,
    }


def _amount(seconds: float | None, part: str) -> tuple[float | None, str]:
    """A duration in the largest unit in which it is short, else in seconds, which hold it exactly."""
    if not seconds:
        return seconds, UNIT[part]
    exact = Decimal(repr(seconds))
    for unit, factor in sorted(SECONDS.items(), key=lambda each: -each[1]):
        amount = exact / factor
        exponent = amount.normalize().as_tuple().exponent
        if amount >= 1 and isinstance(exponent, int) and -exponent <= MOST_DECIMALS:
            return float(amount), unit
    return seconds, "second"


def _cell(cells: Cells, column: str, at: int) -> Any:
    values = cells.get(column, ())
    value = values[at] if at < len(values) else None
    if isinstance(value, str):
        return value.strip() or None
    return None if isinstance(value, float) and math.isnan(value) else value


def _filled(row: Mapping[str, Any]) -> Iterable[bool]:
    return (row[column] is not None for column in COLUMNS if not column.endswith("_unit"))


@dataclass(slots=True)
class _Reading:
    """Reads rows; what is wrong is noted with row and column, and nothing is read instead."""

    words: Mapping[str, str]
    table: str
    faults: list[DataError]

    def __init__(self, words: Mapping[str, str], table: str) -> None:
        self.words, self.table, self.faults = words, table, []

    def fault(self, code: str, row: int, column: str, **fields: str | int) -> None:
        self.faults.append(DataError(code, sheet=self.table, row=row, column=self.words[column], **fields))

    def step(self, row: Mapping[str, Any], at: int, *, process: str, state: ProcessState) -> HandStep:
        """The step of a row."""
        if row["name"] is None:
            self.fault("form_required", at, "name")
        for column in ("name", "role", "owner"):
            if len(row[column] or "") > LONGEST_NAME:
                self.fault("form_text_too_long", at, column, found=len(row[column]), needed=LONGEST_NAME)
        rework = self._number(row, "rework", at, most=100)
        return HandStep(
            process=process,
            state=state,
            name=row["name"] or "",
            touch=self._duration(row, "touch", at),
            wait=self._duration(row, "wait", at),
            role=row["role"],
            volume=self._number(row, "volume", at),
            rework=None if rework is None else float(Decimal(repr(rework)) / 100),
            value=row["value"],
            automated=None if row["automated"] is None else row["automated"] == "yes",
            basis=row["basis"],
            owner=row["owner"],
        )

    def twice(self, names: Iterable[tuple[int, str | None]]) -> None:
        """Note a step that stands in two rows."""
        seen: dict[str, int] = {}
        for at, name in names:
            if name is not None and seen.setdefault(name, at) != at:
                self.fault("form_twice", at, "name", found=name, other=seen[name])

    def _number(self, row: Mapping[str, Any], column: str, at: int, *, most: float = math.inf) -> float | None:
        found = row[column]
        if found is None:
            return None
        if not 0 <= found <= most or not math.isfinite(found):
            needed = f"0 – {most:g}" if math.isfinite(most) else "0 –"
            self.fault("form_out_of_range", at, column, found=f"{found:g}", needed=needed)
            return None
        return float(found)

    def _duration(self, row: Mapping[str, Any], part: str, at: int) -> float | None:
        """Seconds, from a number and the unit beside it."""
        amount = self._number(row, part, at)
        if amount is None:
            return None
        if row[f"{part}_unit"] is None:
            self.fault("form_required", at, f"{part}_unit")
            return None
        return float(Decimal(repr(amount)) * SECONDS[row[f"{part}_unit"]])
