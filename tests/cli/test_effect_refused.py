"""What `valueviz effect` cannot take: one line that names file, row, column, what was found and what is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import caller, months, written

# Options that do not go together; the file is never opened ───────────────────

EXCLUDING: dict[str, tuple[str, tuple[str, str]]] = {
    "a panel has no one treated": ("--panel --treated a", ("--panel", "--treated")),
    "steps of a panel": ("--panel --steps s.csv", ("--panel", "--steps")),
    "steps of a treated series": ("--treated a --steps s.csv", ("--treated", "--steps")),
    "controls of a panel": ("--panel --control x", ("--panel", "--control")),
    "controls beside donors": ("--treated a --control x", ("--treated", "--control")),
    "counts of a panel": ("--panel --scale count", ("--panel", "--scale count")),
    "an exposure beside donors": ("--treated a --exposure n", ("--treated", "--exposure")),
    "a method for one series": ("--panel --method segmented_step", ("--panel", "--method segmented_step")),
    "counts beside donors": ("--treated a --method count_step", ("--treated", "--method count_step")),
    "synthetic control of a roll-out": ("--panel --method sc", ("--panel", "--method sc")),
    "an exposure of logarithms": ("--exposure n --scale log", ("--exposure", "--scale log")),
    "an exposure of differences": ("--exposure n --scale identity", ("--exposure", "--scale identity")),
    "a count model of logarithms": ("--method count_step --scale log", ("--method count_step", "--scale log")),
    "a step model of counts": ("--method segmented_step --scale count", ("--method segmented_step", "--scale count")),
    "a step model with an exposure": (
        "--method segmented_step --exposure n",
        ("--method segmented_step", "--exposure"),
    ),
    "steps by another method": ("--steps s.csv --control x --method sc", ("--steps", "--method sc")),
    "donors of counts": ("--control x --method sc --scale count", ("--method sc", "--scale count")),
    "donors with a denominator": ("--control x --method did --exposure n", ("--method did", "--exposure")),
    "steps of counts": ("--steps s.csv --scale count", ("--steps", "--scale count")),
    "steps of counts with a denominator": ("--steps s.csv --exposure n", ("--steps", "--exposure")),
    "steps by a model of counts": ("--steps s.csv --method count_step", ("--steps", "--method count_step")),
    "names of columns that are series": ("--wide --series a", ("--wide", "--series")),
}
LACKING: dict[str, tuple[str, tuple[str, ...]]] = {
    "donors of nobody": ("--donors a,b", ("--donors", "--treated")),
    "synthetic control of nobody": ("--method sc", ("--method sc", "--treated")),
    "synthetic differences of nobody": ("--method sdid", ("--method sdid", "--treated")),
    "differences of nobody": ("--method did", ("--method did", "--panel", "--treated")),
    "imputation of one series": ("--method imputation", ("--method imputation", "--panel")),
    "imputation with controls": ("--method imputation --control x", ("--method imputation", "--panel")),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("options", "named"), [*EXCLUDING.values(), *LACKING.values()], ids=[*EXCLUDING.keys(), *LACKING.keys()]
)
def test_options_that_make_no_sense_together_are_named(
    options: str, named: tuple[str, ...], lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = caller(capsys)("no_such_file.csv", "--go-live", "2023-01", "--lang", lang, "--json", *options.split())
    assert (said.code, said.out) == (2, "")
    assert len(said.err.strip().splitlines()) == 1
    assert all(option in said.err for option in named)
    assert "no_such_file" not in said.err


# Cells ───────────────────────────────────────────────────────────────────────


def long_table(path: Path, **changed: tuple[int, object]) -> Path:
    """Two series of 24 months with a control and a denominator; `changed` cells are (line in the file, cell)."""
    rows: list[dict[str, Any]] = [
        {"series": key, "date": month, "value": 10 + at % 3, "x": 5 + at % 2, "orders": 100 + at}
        for key in "ab"
        for at, month in enumerate(months(24))
    ]
    for column, (line, cell) in changed.items():
        rows[line - 2][column] = cell
    return written(path / "orders.csv", rows)


CELLS: dict[str, tuple[dict[str, tuple[int, object]], str, tuple[str, ...]]] = {
    "a word as control": ({"x": (9, "many")}, "--control x", ("orders.csv", "row 9", "column x", "many")),
    "no number as control": ({"x": (9, "NaN")}, "--control x", ("orders.csv", "row 9", "column x", "NaN")),
    "a word as exposure": ({"orders": (30, "?")}, "--exposure orders", ("orders.csv", "row 30", "column orders", "?")),
    "a negative exposure": (
        {"orders": (30, -4)},
        "--exposure orders",
        ("orders.csv", "row 30", "column orders", "-4", "negative"),
    ),
    "an unknown control": ({}, "--control order", ("orders.csv", "order", "Did you mean orders?")),
    "an unknown exposure": ({}, "--exposure oders", ("orders.csv", "oders", "Did you mean orders?")),
    "the value as its own control": ({}, "--control value", ("value", "control")),
    "a control asked for twice": ({}, "--control x x", (" x ", "twice")),
    "the exposure as control": ({}, "--exposure orders --control orders", ("orders", "exposure", "control")),
    "a month twice": ({"date": (4, "2021-01")}, "", ("orders.csv", "row 4", "2021-01", "row 2")),
    "days among months": (
        {"date": (7, "2021-06-01")},
        "",
        ("orders.csv", "row 7", "column date", "2021-06-01", "2021-01"),
    ),
    "an unknown treated series": ({}, "--treated c", ("orders.csv", "--treated", " c")),
    "an unknown donor": ({}, "--treated a --donors bb", ("orders.csv", "--donors", "bb", "Did you mean b?")),
    "the treated as its own donor": ({}, "--treated a --donors a,b", ("orders.csv", "--donors", " a ")),
    "a donor named twice": ({}, "--treated a --donors b,b", ("orders.csv", "--donors", "b ", "twice")),
}


@pytest.mark.parametrize(("changed", "options", "named"), CELLS.values(), ids=CELLS.keys())
def test_a_cell_or_name_that_cannot_be_taken_is_named_with_its_place(
    tmp_path: Path,
    changed: dict[str, tuple[int, object]],
    options: str,
    named: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = long_table(tmp_path, **changed)
    said = caller(capsys)(path, "--go-live", "2022-01", "--lang", "en", "--json", *options.split())
    assert (said.code, said.out) == (2, "")
    assert len(said.err.strip().splitlines()) == 1
    assert [part for part in named if part not in said.err] == []


def test_a_table_whose_only_series_is_treated_has_no_donors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "one.csv", [{"date": month, "only": 5 + i % 3} for i, month in enumerate(months(24))])
    said = caller(capsys)(path, "--wide", "--treated", "only", "--go-live", "2022-01", "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert all(part in said.err for part in ("one.csv", "--treated", "only"))


def test_a_panel_needs_a_go_live_of_somebody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = caller(capsys)(long_table(tmp_path), "--panel", "--json", "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert "--go-live" in said.err


# Steps ───────────────────────────────────────────────────────────────────────

STEPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "no date column": ("step,when\nx,2022-01\n", ("steps.csv", "date")),
    "a nearly right column": ("step,date,rmap\nx,2022-01,3\n", ("steps.csv", "column rmap", "Did you mean ramp?")),
    "no steps": ("step,date\n", ("steps.csv",)),
    "no name": ("step,date\nx,2022-01\n,2022-03\n", ("steps.csv", "row 3", "column step")),
    "twice": ("step,date\nx,2022-01\nx,2022-03\n", ("steps.csv", "row 3", "column step", "x", "row 2")),
    "no such day": ("step,date\nx,2022-02-30\n", ("steps.csv", "row 2", "column date", "2022-02-30", "YYYY-MM-DD")),
    "days among months": (
        "step,date\nx,2022-01\ny,2022-03-05\n",
        ("steps.csv", "row 3", "column date", "2022-03-05", "2022-01"),
    ),
    "a number among dates": ("step,date\nx,5\n", ("steps.csv", "row 2", "column date", "5", "YYYY-MM-DD")),
    "an unknown phase": (
        "step,date,phase\nx,2022-01,trainig\n",
        ("steps.csv", "row 2", "column phase", "trainig", "training"),
    ),
    "unknown doer": ("step,date,by\nx,2022-01,us\n", ("steps.csv", "row 2", "column by", "us", "vendor", "client")),
    "a negative ramp": ("step,date,ramp\nx,2022-01,-1\n", ("steps.csv", "row 2", "column ramp", "-1")),
    "half a ramp": ("step,date,ramp\nx,2022-01,1.5\n", ("steps.csv", "row 2", "column ramp", "1.5")),
}


@pytest.mark.parametrize(("text", "named"), STEPS.values(), ids=STEPS.keys())
def test_a_list_of_steps_that_cannot_be_taken_is_named_with_its_place(
    tmp_path: Path, text: str, named: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    steps = tmp_path / "steps.csv"
    steps.write_text(text, encoding="utf-8")
    said = caller(capsys)(long_table(tmp_path), "--steps", steps, "--lang", "en", "--json")
    assert (said.code, said.out) == (2, "")
    assert len(said.err.strip().splitlines()) == 1
    assert [part for part in named if part not in said.err] == []
