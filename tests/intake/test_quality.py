"""Findings about the rows of a file, as an import tells them: metric, lines, count, repair."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.intake.conftest import Gate
from valueviz.catalog import read_engagement, read_mapping
from valueviz.cli import main
from valueviz.engine.profile import Profile, Stray
from valueviz.intake import import_file
from valueviz.intake.quality import SEASONAL_ROWS, row_findings
from valueviz.store import Workspace

ENGAGEMENT = 'name = "Sample"\nsystem = "ERP"\nindustry = "manufacturing"\ncurrency = "CNY"\ngo_live = 2024-06-01\n'

MAPPING = """
layout = "long"
[columns]
date = "date"
value = "value"
metric = "metric"
dimensions = ["site"]
"""


def lines() -> list[str]:
    rng = np.random.default_rng(4)
    return [
        f"2024-{month:02d}-01,{site},{key},{level + rng.normal():.2f}"
        for key, level in (("purchase_approval_hours", 50), ("rework_rate", 8))
        for month in range(1, 13)
        for site in ("P100", "P200")
    ]


def text(rows: list[str]) -> bytes:
    return "\n".join(["date,site,metric,value", *rows, ""]).encode()


def test_a_clean_file_has_no_findings(gate: Gate) -> None:
    told = gate("export.csv", text(lines()), MAPPING)
    assert (told.findings, told.warnings) == ((), ())


def test_findings_name_metric_lines_count_and_repair(gate: Gate) -> None:
    rows = lines()
    rows[10] = rows[10].replace(rows[10].split(",")[-1], "512.4")
    rows += [rows[3], "2024-02-01,P200,rework_rate,3.1"]
    told = gate("export.csv", text(rows), MAPPING)
    assert [(each.code, each.metric, each.rows, each.count, each.repair) for each in told.findings] == [
        ("row_unit_slips", "purchase_approval_hours", (12,), 1, "state_unit"),
        ("duplicate_rows", "purchase_approval_hours", (50,), 1, "remove_duplicates"),
        ("repeated_rows", "rework_rate", (51,), 1, "remove_duplicates"),
    ]
    assert told.warnings == ("row_unit_slips", "duplicate_rows", "repeated_rows")
    assert told.repeated == 1
    json.dumps(asdict(told))


def test_what_comes_back_every_november_is_a_season() -> None:
    def peak(year: int, row: int) -> Stray:
        return Stray("sales", 0, row, date(year, 11, 11), None)

    def found(*strays: Stray) -> list[tuple[int, ...]]:
        return [each.rows for each in row_findings(Profile(strays, (), (), ()))]

    once = Stray("sales", 0, 9, date(2025, 3, 2), None)
    assert found(peak(2024, 3), once, peak(2025, 12)) == [(9,)]
    many = [
        Stray("sales", 0, row, date.fromordinal(date(2022, 1, 1).toordinal() + 3 * row), None)
        for row in range(SEASONAL_ROWS + 1)
    ]
    assert found(*many) == [tuple(range(20))]


@pytest.mark.usefixtures("without_child")
def test_the_command_line_tells_findings_once_with_their_metrics_and_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, chosen = tmp_path / "wide.csv", tmp_path / "wide.toml"
    days = [f"2024-{month:02d}-01,{50 + month % 3},{8 + month % 5}" for month in range(1, 13)]
    path.write_text("\n".join(["date,hours,rate", *days, days[4], ""]))
    chosen.write_text(
        'layout = "wide"\n[columns]\ndate = "date"\n'
        'metrics = { hours = "purchase_approval_hours", rate = "rework_rate" }\n'
    )
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("sample", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    line = ["import", "sample", str(path), "--mapping", str(chosen), "--workspace", str(workspace.path), "--lang", "en"]
    assert main(line) == 0
    notes = [each for each in capsys.readouterr().out.splitlines() if each.startswith("Note: ")]
    said = "Purchase approval time and Work order rework rate: rows that only repeat an earlier row: 1."
    assert notes == [f"Note: {said} Rows: 14."]


@pytest.mark.usefixtures("without_child")
def test_dates_in_the_future_are_told_and_never_become_part_of_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(text(lines()))
    known = []
    for folder, latest in (("early", date(2024, 11, 5)), ("late", date(2025, 1, 1))):
        workspace = Workspace.open(tmp_path / folder, create=True)
        workspace.put_engagement(
            "sample", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml"
        )
        client = workspace.client("sample")
        told = import_file(client, path, mapping=read_mapping(MAPPING, file="m.toml"), latest=latest)
        assert ("future_dates" in told.warnings) is (folder == "early")
        assert [each.rows for each in told.findings] == ([(24, 25), (48, 49)] if folder == "early" else [])
        known.append(client.knowledge())
    assert known[0] == known[1]
