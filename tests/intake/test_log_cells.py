"""Cells of an event log that look like something else: names of the standard, costs that are none, ids nobody tells apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.intake.logs import EVENTS, HEADER, canonical, taken, write
from valueviz.errors import DataError


def refused(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        taken(path)
    return caught.value


@pytest.mark.parametrize(
    "names",
    [
        "case:concept:name,concept:name,time:timestamp",
        "case:concept:name,concept:name,time:timestamp,org:resource",
        "Case:Concept:Name,concept:name,time:timestamp,case:channel",
    ],
)
def test_names_of_the_standard_are_a_header_and_no_title(tmp_path: Path, names: str) -> None:
    rows = [line.split(",") for line in EVENTS]
    lines = [",".join((row[0], row[1], row[3], row[4])[: names.count(",") + 1]) for row in rows]
    read = taken(write(tmp_path, names, *lines))
    assert (read.cases, read.events, read.header_row) == (2, 4, 1)
    assert (read.columns.activity, read.columns.complete) == ("concept:name", "time:timestamp")


@pytest.mark.parametrize("cost", ["1e308", "-1e308", "1e400", "inf", "-Infinity", "NaN", "1e16"])
def test_a_cost_beyond_all_costs_is_refused_or_rejected_by_its_row(tmp_path: Path, cost: str) -> None:
    lines = [f"{line},{cost if at == 1 else 12.5}" for at, line in enumerate(EVENTS)]
    path = write(tmp_path, f"{HEADER},cost", *lines)
    refusal = refused(path)
    assert refusal.code in ("log_cost_out_of_range", "log_cost_unreadable")
    assert (refusal.fields["row"], refusal.fields["column"], refusal.fields["found"]) == (3, "cost", cost)
    read = taken(path, strict=False)
    assert (read.rows, read.accepted, [(each.row, each.value) for each in read.rejects]) == (4, 3, [(3, cost)])
    assert [value for (value,) in canonical(path, "cost")] == [12.5] * 3


def test_a_cost_at_the_bound_and_one_that_is_not_there_are_taken(tmp_path: Path) -> None:
    lines = [f"{line},{cost}" for line, cost in zip(EVENTS, ("1e15", "-1e15", "0.5", ""), strict=True)]
    path = write(tmp_path, f"{HEADER},cost", *lines)
    assert taken(path).rejected == 0
    assert [value for (value,) in canonical(path, "cost")] == [1e15, -1e15, 0.5, None]


def test_case_ids_alike_but_for_what_nobody_sees_stay_apart_and_are_counted(tmp_path: Path) -> None:
    ids = ("A 1", "A1", "A\u200b1", "A\u00a01", "B 1", "C1")
    lines = [f"{name},{step},2025-03-0{day} 09:00" for name in ids for day, step in ((1, "open"), (2, "check"))]
    read = taken(write(tmp_path, "case,activity,complete", *lines))
    assert read.cases == 6
    assert [(note.code, dict(note.fields)) for note in read.notes] == [("ids_alike", {"count": 4})]
