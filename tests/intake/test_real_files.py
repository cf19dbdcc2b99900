"""Real files of others go through the gate with a mapping alone, and nothing of them is lost."""

from __future__ import annotations

import csv
from math import fsum
from pathlib import Path

import pyarrow.parquet
import pytest

from tests.intake.conftest import Gate

INLINE = """
[metric.{key}]
name = {{ en = "{key}", zh_CN = "{key}" }}
unit = "{unit}"
better = "lower"
aggregation = "{aggregation}"
"""

NHS = """
layout = "long"
[columns]
date = "period"
value = "attendances"
metric = "attendances"
dimensions = ["org_code", "type"]
""" + INLINE.format(key="attendances", unit="count", aggregation="sum")

PRODUCTION = """
layout = "long"
[columns]
date = "start_timestamp"
end = "time:timestamp"
value = "@@duration"
metric = "machine_seconds"
""" + INLINE.format(key="machine_seconds", unit="second", aggregation="sum")

QUETIAPINE = """
layout = "long"
[columns]
date = "month"
value = "dispensings"
metric = "dispensings"
[format]
date = "%d-%b-%y"
""" + INLINE.format(key="dispensings", unit="count", aggregation="sum")

FILES = {
    "effects/nhs_ae_attendances.csv": (NHS, "attendances", 12_765),
    "process/Production.csv": (PRODUCTION, "@@duration", 4_953),
    "effects/quetiapine_pbs.csv": (QUETIAPINE, "dispensings", 48),
}
"""A file, and its mapping, its column of values, its rows."""


@pytest.mark.parametrize("file", FILES)
def test_a_real_file_comes_through_whole(file: str, shared: Path, gate: Gate, tmp_path: Path) -> None:
    mapping, column, rows = FILES[file]
    path = shared / "data" / file
    taken = gate(path.name, path.read_bytes(), mapping)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        wanted = [float(row[column]) for row in csv.DictReader(stream)]
    snapshot = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet")
    assert (taken.rows, taken.accepted, taken.rejected) == (rows, rows, 0)
    assert snapshot.column("row").to_pylist() == list(range(2, rows + 2))
    assert fsum(snapshot.column("value").to_pylist()) == fsum(wanted)


def test_a_time_stamp_with_offset_keeps_its_wall_date(shared: Path, gate: Gate, tmp_path: Path) -> None:
    path = shared / "data/process/Production.csv"
    gate(path.name, path.read_bytes(), PRODUCTION)
    first = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").slice(1, 1).to_pylist()[0]
    assert (first["date"].isoformat(), first["end"].isoformat()) == ("2012-01-30T06:24:00", "2012-01-30T12:43:00")


def test_units_of_many_series_are_told_apart(shared: Path, gate: Gate, tmp_path: Path) -> None:
    path = shared / "data/effects/nhs_ae_attendances.csv"
    gate(path.name, path.read_bytes(), NHS)
    units = set(pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").column("unit").to_pylist())
    with path.open(encoding="utf-8", newline="") as stream:
        wanted = {(row["org_code"], row["type"]) for row in csv.DictReader(stream)}
    assert len(units) == len(wanted)
    assert '{"org_code":"RF4","type":"other"}' in units
