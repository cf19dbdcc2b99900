"""Published worked examples and real series without any go-live."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from valueviz.analysis.effect import Design, Effect, estimate
from valueviz.terms import Series

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "golden" / "effects.json").read_text(encoding="utf-8"))


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data" / "effects" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def monthly(key: str, first: int, values: list[float]) -> Series:
    return Series(key, "month", tuple(range(first, first + len(values))), tuple(values))


def test_the_smoking_ban_in_sicily_lies_where_it_was_published(shared: Path) -> None:
    data = rows(shared, "sicily_acs_smoking_ban.csv")
    rate = [int(row["aces"]) / float(row["stdpop"]) * 1e5 for row in data]
    found = estimate(monthly("sicily", 2002 * 12, rate), Design(2005 * 12))
    low, high = 1 + (found.relative_low or 0), 1 + (found.relative_high or 0)
    published = GOLDEN["sicily_acs_smoking_ban"]["published"]
    assert low < published["poisson_no_season"]["RR"] < high
    assert low < published["quasipoisson_season"]["RR"] < high
    assert (1 + (found.relative or 0), low, high) == pytest.approx((0.890, 0.825, 0.968), abs=0.0015)
    assert (found.scale, found.season, found.verdict) == ("log", 12, "improved")


@pytest.mark.parametrize("scale", ["auto", "identity"])
def test_the_fall_of_quetiapine_is_the_published_one(shared: Path, scale: Any) -> None:
    dispensed = [float(row["dispensings"]) for row in rows(shared, "quetiapine_pbs.csv")]
    found = estimate(monthly("quetiapine", 2011 * 12, dispensed), Design(2014 * 12, scale=scale))
    step, slope = (GOLDEN["quetiapine_pbs"]["published"][key][0] for key in ("step", "slope"))
    assert found.step_slope is not None
    assert found.step_slope.low < step + 5.5 * slope < found.step_slope.high
    assert found.verdict == "improved"
    if scale == "identity":
        ours = (found.step_slope.estimate, found.step_slope.low, found.step_slope.high)
        assert ours == pytest.approx((-12503, -15370, -10253), abs=2)


def test_seat_belts_saved_drivers_and_no_rear_passengers(shared: Path) -> None:
    data = rows(shared, "uk_seatbelts.csv")
    effects: dict[str, Effect] = {}
    for key in ("drivers", "front", "rear"):
        values = [float(row[key]) for row in data]
        effects[key] = estimate(monthly(key, 1969 * 12, values), Design(1983 * 12 + 1))
    published = GOLDEN["uk_seatbelts"]["published"]
    for key, effect in effects.items():
        assert (effect.relative_low or 0) < published[f"{key}_pct"] / 100 < (effect.relative_high or 0), key
    assert [effects[key].verdict for key in ("drivers", "front", "rear")] == [
        "improved",
        "improved",
        "not_provable_yet",
    ]
    date = {check.name: check.value for check in effects["front"].diagnostics}["change_date"]
    assert date is not None
    assert abs(date) <= 1


# Real series without a go-live ───────────────────────────────────────────────


def bank(shared: Path) -> tuple[list[Series], list[Series]]:
    """Logarithms of attendances (273 series) and breaches in percent (130), 36 months each."""
    groups: dict[tuple[str, str], list[tuple[str, float, float]]] = defaultdict(list)
    for row in rows(shared, "nhs_ae_attendances.csv"):
        groups[row["org_code"], row["type"]].append((row["period"], float(row["attendances"]), float(row["breaches"])))
    attendances, breaches = [], []
    for (org, kind), months in groups.items():
        months.sort()
        if len(months) != 36:
            continue
        first = int(months[0][0][:4]) * 12 + int(months[0][0][5:7]) - 1
        least = min(count for _, count, _ in months)
        if least > 200:
            attendances.append(monthly(org + kind, first, [math.log(count) for _, count, _ in months]))
        if kind == "1" and least > 1000:
            breaches.append(monthly(org + kind, first, [100 * late / count for _, count, late in months]))
    return attendances, breaches


def lowered(series: Series) -> Series:
    """The series with the after months lowered by 4 residual standard deviations of the before months."""
    y = np.array(series.values, dtype=float)
    at = np.arange(36.0)
    columns = np.column_stack(
        [np.ones(36), at, *(wave(2 * np.pi * k * at / 12) for k in (1, 2) for wave in (np.sin, np.cos))]
    )[:24]
    rest = y[:24] - columns @ np.linalg.lstsq(columns, y[:24], rcond=None)[0]
    y[24:] -= 4 * math.sqrt(float(rest @ rest) / (24 - 6))
    return Series(series.key, series.grain, series.ordinals, tuple(float(value) for value in y))


@pytest.mark.slow
def test_real_series_without_a_go_live_are_rarely_said_to_change_and_real_shifts_are_found(shared: Path) -> None:
    for series, count in zip(bank(shared), (273, 130), strict=True):
        assert len(series) == count
        stated = found = 0
        for each in series:
            design = Design(each.ordinals[24], season=12.0, scale="identity")
            stated += estimate(each, design, thorough=False).verdict in ("improved", "worse")
            found += estimate(lowered(each), design, thorough=False).verdict == "improved"
        assert stated / count <= 0.06
        assert found / count >= 0.90
