"""Published worked examples and real series without any go-live."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from valueviz.analysis.effect import Control, Design, Effect, estimate
from valueviz.analysis.effect.count import Counts
from valueviz.analysis.effect.profile import count_answer
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


def test_the_smoking_ban_as_counts_is_the_published_quasi_poisson_model(shared: Path) -> None:
    data = rows(shared, "sicily_acs_smoking_ban.csv")
    counts = monthly("sicily", 2002 * 12, [float(row["aces"]) for row in data])
    population = tuple(float(row["stdpop"]) for row in data)
    found = estimate(counts, Design(2005 * 12, scale="count", exposure=population))
    assert found.relative is not None
    assert found.relative_low is not None
    assert found.relative_high is not None
    ratio = (1 + found.relative, 1 + found.relative_low, 1 + found.relative_high)
    assert ratio == pytest.approx(GOLDEN["sicily_acs_smoking_ban"]["reproduced_statsmodels"]["quasi_season"], abs=5e-4)
    assert (found.method, found.scale, found.season, found.verdict) == ("count_step", "count", 12, "improved")


def test_the_dispersion_of_the_smoking_ban_is_the_published_one(shared: Path) -> None:
    data = rows(shared, "sicily_acs_smoking_ban.csv")
    at = np.arange(59)
    waves = [wave(2 * np.pi * k * at / 12) for k in (1, 2) for wave in (np.sin, np.cos)]
    counts = Counts(
        counts=np.array([float(row["aces"]) for row in data]),
        offset=np.log([float(row["stdpop"]) for row in data]),
        weights=np.ones(59),
        columns=np.column_stack([at / 58, *waves]),
        ramp=np.zeros(59),
        split=36,
    )
    answer = count_answer(counts)
    assert answer.spread == pytest.approx(2.262, abs=5e-4)
    assert answer.ratio == pytest.approx(0.8851, abs=5e-4)


def seat_belts(shared: Path, *, controls: bool) -> dict[str, Effect]:
    """The effects on drivers, front and rear passengers, net of petrol price and distance driven where asked."""
    data = rows(shared, "uk_seatbelts.csv")
    columns = ("PetrolPrice", "kms") if controls else ()
    beside = tuple(Control(name, tuple(math.log(float(row[name])) for row in data)) for name in columns)
    design = Design(1983 * 12 + 1, controls=beside)
    return {
        key: estimate(monthly(key, 1969 * 12, [float(row[key]) for row in data]), design)
        for key in ("drivers", "front", "rear")
    }


ON_PAPER = {"drivers": (-18.9, -26.6, -10.5), "front": (-26.1, -33.7, -17.5), "rear": (4.9, -7.1, 17.7)}
"""Seat belts with the two controls, percent, as measured when the model was chosen."""


@pytest.mark.parametrize("controls", [False, True])
def test_seat_belts_saved_drivers_and_no_rear_passengers(shared: Path, controls: bool) -> None:
    effects = seat_belts(shared, controls=controls)
    published = GOLDEN["uk_seatbelts"]["published"]
    for key, effect in effects.items():
        assert (effect.relative_low or 0) < published[f"{key}_pct"] / 100 < (effect.relative_high or 0), key
        changed = {check.name: check.value for check in effect.diagnostics}["change_date"]
        assert changed == 0, key
    assert [effects[key].verdict for key in ("drivers", "front", "rear")] == [
        "improved",
        "improved",
        "not_provable_yet",
    ]


def test_petrol_price_and_distance_sharpen_the_effect_of_seat_belts(shared: Path) -> None:
    plain, beside = seat_belts(shared, controls=False), seat_belts(shared, controls=True)
    for key, figures in ON_PAPER.items():
        found = beside[key]
        ours = [100 * (value or 0) for value in (found.relative, found.relative_low, found.relative_high)]
        assert ours == pytest.approx(figures, abs=0.15), key
        assert (found.high or 0) - (found.low or 0) < (plain[key].high or 0) - (plain[key].low or 0)
        moved = {check.name: check for check in found.diagnostics}["pre_trend"]
        assert moved.ok is True


def impact(shared: Path, name: str, columns: tuple[str, ...], *, grain: Any, before: int) -> Effect:
    """The effect on column y of a file with control columns, go-live after so many rows, higher is better."""
    data = rows(shared, name)
    first = 1 if grain == "index" else date.fromisoformat(data[0]["date"]).toordinal()
    beside = tuple(Control(key, tuple(float(row[key]) for row in data)) for key in columns)
    values = tuple(float(row["y"]) for row in data)
    series = Series(name, grain, tuple(range(first, first + len(data))), values)
    return estimate(series, Design(first + before, better="higher", controls=beside))


def test_the_vignette_of_causalimpact_holds_its_truth(shared: Path) -> None:
    found = impact(shared, "causalimpact_vignette_sim.csv", ("x1",), grain="index", before=70)
    assert (found.low or 0) < GOLDEN["causalimpact_vignette_sim"]["truth"] < (found.high or 0)
    assert found.verdict == "improved"
    assert (found.estimate, found.low, found.high) == pytest.approx((10.90, 9.70, 11.96), abs=0.02)


def test_an_impact_that_a_trend_could_explain_is_not_provable_yet(shared: Path) -> None:
    found = impact(shared, "causalimpact_arma.csv", ("X",), grain="index", before=70)
    assert (found.low or 0) < GOLDEN["causalimpact_arma"]["R_CausalImpact"][0] < (found.high or 0)
    assert found.verdict == "not_provable_yet"


def test_the_impact_on_daily_searches_holds_the_published_one(shared: Path) -> None:
    found = impact(shared, "causalimpact_google.csv", ("x1", "x2"), grain="day", before=61)
    assert (found.low or 0) < GOLDEN["causalimpact_google"]["R_CausalImpact"][0] < (found.high or 0)
    assert found.verdict == "improved"


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
@pytest.mark.parametrize("scale", ["identity", "auto"])
def test_real_series_without_a_go_live_are_rarely_said_to_change_and_real_shifts_are_found(
    shared: Path, scale: Any
) -> None:
    for series, count in zip(bank(shared), (273, 130), strict=True):
        assert len(series) == count
        stated = found = 0
        for each in series:
            design = Design(each.ordinals[24], season=12.0, scale=scale)
            stated += estimate(each, design, thorough=False).verdict in ("improved", "worse")
            found += estimate(lowered(each), design, thorough=False).verdict == "improved"
        assert stated / count <= 0.06
        assert found / count >= 0.90


def small_counts(shared: Path) -> list[Series]:
    """Breaches and admissions of the NHS with a mean below 20 a month, at least 12 before and no go-live."""
    groups: dict[tuple[str, ...], list[tuple[str, float]]] = defaultdict(list)
    for row in rows(shared, "nhs_ae_attendances.csv"):
        for column in ("breaches", "admissions"):
            groups[row["org_code"], row["type"], column].append((row["period"], float(row[column])))
    chosen = []
    for key, months in groups.items():
        values = [value for _, value in sorted(months)]
        if len(values) == 36 and sum(values) < 20 * 36 and sum(values[:24]) >= 12 and len(set(values[:24])) > 2:
            chosen.append(monthly(" ".join(key), 24_000, values))
    return chosen


@pytest.mark.slow
def test_real_counts_without_a_go_live_are_rarely_said_to_change(shared: Path) -> None:
    """A quasi-Poisson model that takes periods for independent states a change in a quarter of them."""
    series = small_counts(shared)
    design = Design(24_024, season=12.0, scale="count")
    found = [estimate(each, design, thorough=False) for each in series]
    assert {effect.method for effect in found} == {"count_step"}
    assert len(found) == 74
    assert sum(effect.verdict in ("improved", "worse") for effect in found) / len(found) <= 0.06
