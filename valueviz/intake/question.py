"""What a proposal leaves open, what it might be, and what a person has told about it; it reads no table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.errors import DataError
from valueviz.intake.records import shown
from valueviz.terms import Metric

PARTS = (
    "date",
    "year",
    "end",
    "value",
    "metric",
    "volume",
    "dimension",
    "instrument",
    "definition_version",
    "period",
    "case",
    "activity",
    "start",
    "complete",
    "resource",
    "role",
    "cost",
    "step",
    "ignore",
)
"""What a person may tell a column to be, besides the key of a metric whose values it holds."""

NAMES_SHOWN = 400
"""Characters of a list of columns in a refusal: a person has to choose from it."""

MOST_CANDIDATES = 12
"""Candidates carried with one question; where nothing is near, a person looks in the list of metrics."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be meant (a column, a metric's key, a unit, a form of dates) and how like it is, 0-1."""

    value: str
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Open:
    """One question: its code, the part asked for, the column (or the text in it) asked about, what may be meant."""

    code: str
    part: str | None = None
    column: str | None = None
    candidates: tuple[Candidate, ...] = ()
    found: str | None = None
    needed: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a person has answered so far.

    `parts` pairs columns with one of PARTS or a metric's key, `units` columns with the unit they state, `names`
    texts of the column of metrics with keys, `scenarios` columns with the one word whose rows count. `metric` is the key of all rows where nothing in the table says it;
    `metrics` are defined anew. `date` and `decimal` are the written forms, where the cells do not prove one.
    """

    parts: tuple[tuple[str, str], ...] = ()
    metrics: tuple[Metric, ...] = ()
    units: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    scenarios: tuple[tuple[str, str], ...] = ()
    metric: str | None = None
    sheets: tuple[str, ...] = ()
    date: str | None = None
    decimal: Literal[".", ","] | None = None
    encoding: str | None = None
    personal: Literal["leave_out", "keep"] = "leave_out"


_PAIRS = ("parts", "units", "names", "scenarios")


def told_as_json(told: Told) -> dict[str, Any]:
    """What was told, for a child process."""
    plain = ("metric", "date", "decimal", "encoding", "personal")
    pairs = {key: [list(pair) for pair in getattr(told, key)] for key in _PAIRS}
    carrier = write_mapping(Mapping(date="date", value="value", metric="metric", metrics=told.metrics))
    return {
        **{key: getattr(told, key) for key in plain},
        **pairs,
        "sheets": list(told.sheets),
        "metrics": carrier if told.metrics else "",
    }


def told_from_json(plain: dict[str, Any]) -> Told:
    """What was told, as a child process received it."""
    pairs = {key: tuple((one, other) for one, other in plain[key]) for key in _PAIRS}
    metrics = read_mapping(plain["metrics"], file="mapping").metrics if plain["metrics"] else ()
    return Told(**(plain | pairs | {"metrics": metrics, "sheets": tuple(plain["sheets"])}))


def refusal(question: Open, *, file: str, sheet: str | None, header: Sequence[str]) -> DataError:
    """A question as the refusal of a file that nobody can be asked about."""
    names = shown(" | ".join(each.value for each in question.candidates), width=NAMES_SHOWN) or None
    columns = shown(" | ".join(header), width=NAMES_SHOWN)
    match question.code:
        case "no_mapping_found":
            near = names if question.part == "metric" else None
            return DataError(question.code, file=file, sheet=sheet, part=question.part, columns=columns, nearest=near)
        case "unit_differs" | "unknown_metric":
            found, near = question.found or question.column, names if question.code == "unknown_metric" else None
            return DataError(
                question.code,
                file=file,
                sheet=sheet,
                column=question.column,
                found=shown(found or ""),
                needed=question.needed,
                nearest=near,
            )
        case "which_sheet":
            return DataError(question.code, file=file, candidates=names)
        case "dimension_needed":
            return DataError(question.code, file=file, sheet=sheet, candidates=names)
        case _:
            return DataError(
                question.code,
                file=file,
                sheet=sheet,
                column=question.column,
                part=question.part,
                found=question.found,
                candidates=names,
            )
