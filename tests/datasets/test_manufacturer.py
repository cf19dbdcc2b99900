"""The synthetic manufacturer: reproducible bytes, consistent definitions, a truth the estimator finds."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tomllib
import zipfile
from datetime import date
from itertools import pairwise
from math import fsum
from pathlib import Path
from typing import Any

import pytest

from datasets import bulk, generate, manufacturer, manufacturer_export, truth
from datasets.labels import LABELS, SUMMED
from datasets.manufacturer_process import CASES_A_MONTH, OWNER, PROCESS, STEPS
from datasets.series import Planted, deviates, festival_share, observed, periods, wander
from valueviz import catalog
from valueviz.catalog import calendars
from valueviz.intake.form import read_form
from valueviz.terms import STATES, HandStep, period_of

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "datasets" / "manufacturer"
FORM = "process.xlsx"
FRAME = manufacturer.frame()
TRUTH: dict[str, dict[str, Any]] = {
    entry["metric"]: entry for entry in json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))["metrics"]
}
METRICS = pytest.mark.parametrize("planted", manufacturer.METRICS, ids=lambda planted: planted.key)


# Bytes ───────────────────────────────────────────────────────────────────────


def test_the_generator_reproduces_the_shipped_files_in_a_process_of_its_own(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "datasets.generate", "manufacturer", "--out", str(tmp_path)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    shipped = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert made == shipped


def test_all_shipped_files_together_stay_below_a_megabyte() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_000_000


def test_another_seed_changes_every_export_and_the_same_seed_none() -> None:
    first, again, other = (manufacturer_export.files(FRAME, seed=seed) for seed in (7, 7, 8))
    assert first == again
    assert all(first[name] != other[name] for name in first)


def test_the_shipped_folder_is_found_from_the_catalog() -> None:
    assert (
        catalog.shipped("datasets", "manufacturer", "engagement.toml").read_bytes()
        == (FOLDER / "engagement.toml").read_bytes()
    )


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["manufaturer", "--out", str(tmp_path / "out")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "'manufacturer'" in captured.err
    assert not (tmp_path / "out").exists()


# What the files are ──────────────────────────────────────────────────────────


def test_every_file_says_that_it_is_synthetic() -> None:
    sheets = {}
    for name in ("finance.xlsx", "process.xlsx"):
        with zipfile.ZipFile(FOLDER / name) as book:
            sheets[name] = b"".join(book.read(part) for part in book.namelist()).decode()
    texts = {
        "erp_weekly.csv": (FOLDER / "erp_weekly.csv").read_text(encoding="gbk"),
        "facility.csv": (FOLDER / "facility.csv").read_text(encoding="utf-16"),
        **sheets,
    }
    for path in FOLDER.iterdir():
        text = texts.get(path.name) or path.read_text(encoding="utf-8")
        assert "ynthetic" in text or "合成" in text, path.name


def test_the_exports_have_the_encodings_and_layouts_of_the_field() -> None:
    weekly = (FOLDER / "erp_weekly.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        weekly.decode("utf-8")
    rows = list(csv.reader(io.StringIO(weekly.decode("gbk"))))
    assert [len(row) for row in rows[:3]] == [1, 12, 12]
    assert rows[1][4:6] == ["采购", ""]
    assert rows[3][:2] == ["2024/03/04", "P100"]
    assert len(rows) == 3 + 130 * 3
    assert (FOLDER / "quality_register.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (FOLDER / "facility.csv").read_bytes().startswith(b"\xff\xfe")


def test_the_losses_of_the_self_deployment_come_to_a_bit_more_than_five_million() -> None:
    with (FOLDER / "loss_events.csv").open(encoding="utf-8-sig", newline="") as stream:
        events = list(csv.DictReader(stream))
    first, last = manufacturer.STRAINED
    assert all(first <= date.fromisoformat(event["日期"]) <= last for event in events)
    assert all(event["工厂"] in FRAME.sites for event in events)
    assert 5_000_000 < sum(int(event["损失金额(元)"]) for event in events) < 5_500_000


def test_thirty_months_and_at_least_eighteen_of_them_before_go_live() -> None:
    months = periods(FRAME, "month")
    assert len(months) == 30
    assert sum(month < FRAME.go_live for month in months) == 18
    assert period_of(FRAME.go_live, "week") - period_of(periods(FRAME, "week")[0], "week") == 78


# Definitions ─────────────────────────────────────────────────────────────────


def _inline() -> dict[str, Any]:
    return {
        metric.key: metric
        for metric in catalog.read_mapping(
            (FOLDER / "facility.toml").read_text(encoding="utf-8"), file="facility.toml"
        ).metrics
    }


@METRICS
def test_name_unit_direction_and_roll_up_are_those_of_the_definition(planted: Planted) -> None:
    metric = _inline()[planted.key] if planted.inline else catalog.pack("manufacturing").metric(planted.key)
    assert LABELS[planted.key] == (metric.name["zh_CN"], metric.unit, metric.better)
    assert metric.grain == planted.grain
    assert (metric.aggregation == "sum") == (planted.key in SUMMED)
    assert bool(planted.volumes) or metric.aggregation != "ratio"


def test_at_least_sixteen_metrics_come_from_the_pack() -> None:
    assert sum(not planted.inline for planted in manufacturer.METRICS) >= 16


def test_the_engagement_reads_and_speaks_of_measured_metrics_only() -> None:
    engagement = catalog.read_engagement(
        (FOLDER / "engagement.toml").read_text(encoding="utf-8"), file="engagement.toml"
    )
    keys = {planted.key for planted in manufacturer.METRICS}
    assert engagement.synthetic
    assert {promise.metric for promise in engagement.promises} <= keys
    assert set(engagement.negative_controls) == {planted.key for planted in manufacturer.METRICS if planted.control}
    assert {step.phase for step in engagement.steps} == {phase.key for phase in engagement.phases}
    spans = {phase.key: (phase.start, phase.end) for phase in engagement.phases}
    assert all(spans[step.phase][0] <= step.date <= spans[step.phase][1] for step in engagement.steps)


def test_the_demo_lists_every_export_with_its_mapping() -> None:
    demo = tomllib.loads((FOLDER / "demo.toml").read_text(encoding="utf-8"))
    for entry in demo["file"]:
        assert (FOLDER / entry["name"]).is_file()
        if entry["name"] != FORM:
            catalog.read_mapping((FOLDER / entry["mapping"]).read_text(encoding="utf-8"), file=entry["mapping"])
    exports = set(manufacturer_export.files(FRAME, seed=1)) - {"truth.json"}
    assert {entry["name"] for entry in demo["file"]} == exports | {FORM}


def test_the_form_holds_the_planted_process_and_nothing_else() -> None:
    form = read_form(FOLDER / FORM, part="data")
    planted = [
        HandStep(
            PROCESS,
            state,
            step.name,
            passed.touch_minutes * 60,
            passed.wait_hours * 3600,
            step.role,
            CASES_A_MONTH,
            passed.rework,
            step.value,
            step.automated,
            "measured",
            OWNER,
        )
        for state in STATES
        for step in STEPS
        if (passed := step.as_is if state == "as_is" else step.to_be) is not None
    ]
    assert list(form.process) == planted
    assert (form.industry, form.lines, form.faults) == ("manufacturing", 0, ())


@pytest.mark.parametrize("grain", ["week", "month"])
def test_the_festival_window_is_that_of_the_calendars(grain: Any) -> None:
    days = periods(FRAME, grain)
    shares = calendars.spring_festival_share(tuple(period_of(day, grain) for day in days), grain)
    assert tuple(festival_share(day, grain) for day in days) == pytest.approx(shares)


# Values ──────────────────────────────────────────────────────────────────────


@METRICS
def test_percentages_stay_inside_their_bounds_and_all_values_are_positive(planted: Planted) -> None:
    for seed in (manufacturer.SEED, 1, 2, 3):
        values = [cell.value for cell in observed(planted, FRAME, seed=seed) if cell.value is not None]
        top = 100.0 if LABELS[planted.key][1] == "percent" else 1e9
        assert min(values) > 0.0
        assert max(values) < top


@METRICS
def test_gaps_stay_below_five_percent_of_the_recorded_periods(planted: Planted) -> None:
    pooled = truth.pool(observed(planted, FRAME, seed=1), total=planted.key in SUMMED)
    recorded = [value for day, value in pooled if planted.begins is None or day >= planted.begins]
    assert recorded.count(None) <= 0.05 * len(recorded)


def test_noise_has_variance_one_and_the_declared_memory() -> None:
    draws = deviates(5, stream="x", count=40_000)
    assert abs(fsum(draws) / len(draws)) < 0.02
    assert fsum(draw * draw for draw in draws) / len(draws) == pytest.approx(1.0, abs=0.03)
    noise = manufacturer.METRICS[0].noise
    path = wander(5, stream="x", count=40_000, noise=noise)
    lagged = fsum(one * other for one, other in pairwise(path)) / len(path)
    assert lagged == pytest.approx((1 - noise.nugget) * noise.rho, abs=0.03)


def test_adding_a_metric_would_not_change_the_others() -> None:
    alone = observed(manufacturer.METRICS[3], FRAME, seed=9)
    for planted in manufacturer.METRICS:
        observed(planted, FRAME, seed=9)
    assert observed(manufacturer.METRICS[3], FRAME, seed=9) == alone


# Truth ───────────────────────────────────────────────────────────────────────


@METRICS
def test_the_contributions_of_the_steps_add_up_to_the_effect(planted: Planted) -> None:
    entry = TRUTH[planted.key]
    assert fsum(entry["steps"].values()) == pytest.approx(entry["effect"], abs=1e-5)
    assert entry["is_null"] == (entry["effect"] == 0.0)
    assert entry["effect"] == pytest.approx(entry["relative"] * entry["counterfactual_mean"], abs=1e-3)


def test_six_effects_are_exactly_zero_and_steps_before_go_live_move_nothing() -> None:
    assert sum(entry["is_null"] for entry in TRUTH.values()) >= 4
    idle = {key for key, day in FRAME.steps if day < FRAME.go_live} | {"wall_board"}
    assert all(entry["steps"][key] == 0.0 for entry in TRUTH.values() for key in idle)


def test_the_later_steps_bring_a_part_that_can_be_seen() -> None:
    later = {
        "purchase_approval_hours": "approval_escalation",
        "scheduling_response_hours": "shift_leaders",
        "month_close_days": "voucher_templates",
        "voucher_automation_rate": "voucher_templates",
    }
    shares = {metric: TRUTH[metric]["steps"][step] / TRUTH[metric]["effect"] for metric, step in later.items()}
    assert all(0.25 < share < 0.45 for share in shares.values()), shares


def test_an_instrument_changes_exactly_at_go_live_in_one_metric() -> None:
    changed = [planted for planted in manufacturer.METRICS if len(set(planted.instruments)) > 1]
    assert [planted.key for planted in changed] == ["batch_trace_minutes"]
    for cell in observed(changed[0], FRAME, seed=1):
        assert cell.instrument == ("system_log" if cell.start >= FRAME.go_live else "time_study")


# Bulk ────────────────────────────────────────────────────────────────────────


def test_the_bulk_file_has_exactly_the_rows_asked_and_no_two_for_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "bulk.csv"
    bulk.write(path, metrics=manufacturer.METRICS, frame=FRAME, rows=12_345, seed=manufacturer.SEED)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["date", "site", "metric", "value", "volume", "instrument"]
    assert len(rows) == 1 + 12_345
    assert len({tuple(row[:3]) for row in rows[1:]}) == 12_345
    assert {row[1] for row in rows[1:]} >= {"P100-00001", "P300-00002"}
    short = tmp_path / "short.csv"
    bulk.write(short, metrics=manufacturer.METRICS, frame=FRAME, rows=100, seed=manufacturer.SEED)
    assert path.read_bytes().startswith(short.read_bytes())


@pytest.mark.parametrize("rows", ["0", "-1", "100000001", "many"])
def test_a_scale_out_of_range_is_refused(rows: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        generate.main(["manufacturer", "--out", str(tmp_path), "--scale", rows])
