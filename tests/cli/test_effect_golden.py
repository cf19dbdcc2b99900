"""`valueviz effect` on published data: the figures of the literature through the real command line."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calls import Call, caller, written


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(capsys)


@pytest.fixture
def data(shared: Path) -> Path:
    return shared / "data" / "effects"


def one(call: Call, *arguments: object) -> dict[str, Any]:
    said = call(*arguments, "--json")
    assert said.code == 0
    assert said.err in ("", "The method was chosen by hand; the grade is C at best.\n")
    (effect,) = said.effects
    return effect


PROPOSITION_99: dict[str, tuple[float, float]] = {"sdid": (-15.60, 0.02), "sc": (-19.51, 0.05), "did": (-27.35, 0.005)}
"""Packs of cigarettes a head: Arkhangelsky et al. (2021) and, without covariates, Abadie et al. (2010)."""


@pytest.mark.parametrize("method", PROPOSITION_99)
def test_proposition_99(call: Call, data: Path, method: str) -> None:
    expected, tolerance = PROPOSITION_99[method]
    arguments = ("--wide", "--date", "Year", "--treated", "California", "--donors", "others", "--go-live", "1989")
    effect = one(call, data / "prop99_wide.csv", *arguments, "--method", method)
    assert effect["estimate"] == pytest.approx(expected, abs=tolerance)
    assert (effect["series"], effect["method"], effect["grade"]) == ("California", method, "C")
    assert (effect["n_before"], effect["n_after"], effect["grain"]) == (19, 12, "year")


def test_proposition_99_is_synthetic_did_by_the_rules(call: Call, data: Path) -> None:
    arguments = ("--wide", "--date", "Year", "--treated", "California", "--go-live", "1989")
    effect = one(call, data / "prop99_wide.csv", *arguments)
    assert (effect["method"], effect["estimate"]) == ("sdid", pytest.approx(-15.60, abs=0.02))


SICILY = ("--date", "time", "--value", "aces", "--go-live", "37", "--season", "12")
"""Acute coronary events before and after a smoking ban (Lopez Bernal et al. 2017)."""


@pytest.mark.parametrize(
    "options",
    [
        ("--scale", "count", "--exposure", "stdpop"),
        ("--exposure", "stdpop"),
        ("--exposure", "stdpop", "--method", "count_step"),
    ],
    ids=["counts", "an exposure says that values are counts", "by hand"],
)
def test_the_sicilian_smoking_ban_as_a_rate_ratio(call: Call, data: Path, options: tuple[str, ...]) -> None:
    effect = one(call, data / "sicily_acs_smoking_ban.csv", *SICILY, *options)
    assert (effect["method"], effect["scale"], effect["season"]) == ("count_step", "count", 12)
    ratio = [1 + effect[name] for name in ("relative", "relative_low", "relative_high")]
    assert ratio == pytest.approx([0.8851, 0.8394, 0.9332], abs=0.0005)


def test_the_sicilian_smoking_ban_as_a_rate(call: Call, data: Path, tmp_path: Path) -> None:
    with (data / "sicily_acs_smoking_ban.csv").open(encoding="utf-8", newline="") as file:
        # per 100 000 persons, so that it is no share
        rows = [
            {"time": row["time"], "aces": 1e5 * int(row["aces"]) / float(row["stdpop"])} for row in csv.DictReader(file)
        ]
    path = written(tmp_path / "rate.csv", rows)
    effect = one(call, path, *SICILY)
    assert effect["scale"] == "log"
    low, high = 1 + effect["relative_low"], 1 + effect["relative_high"]
    assert low <= 0.885 <= high
    assert low <= 0.894 <= high


def test_the_simulated_campaign_with_its_control(call: Call, data: Path) -> None:
    arguments = ("--date", "t", "--value", "y", "--control", "x1", "--go-live", "71", "--better", "higher")
    effect = one(call, data / "causalimpact_vignette_sim.csv", *arguments)
    assert effect["verdict"] == "improved"
    assert effect["low"] <= 10 <= effect["high"]


def test_a_wide_file_takes_its_controls_out_of_the_series(call: Call, data: Path) -> None:
    options = ("--control", "x1", "--go-live", "71", "--better", "higher", "--season", "1")
    wide = one(call, data / "causalimpact_vignette_sim.csv", "--wide", "--date", "t", *options)
    long = one(call, data / "causalimpact_vignette_sim.csv", "--date", "t", "--value", "y", *options)
    assert wide["series"] == "y"
    assert {**wide, "series": ""} == {**long, "series": ""}


def test_arma_with_its_control(call: Call, data: Path) -> None:
    effect = one(call, data / "causalimpact_arma.csv", "--index", "--value", "y", "--control", "X", "--go-live", "71")
    assert effect["low"] <= 0.89 <= effect["high"]


SEAT_BELTS: dict[str, float] = {"drivers": -0.23, "front": -0.30, "rear": 0.03}
"""Harvey and Durbin (1986): killed and seriously injured."""


@pytest.mark.parametrize("seat", SEAT_BELTS)
def test_seat_belts_with_petrol_price_and_distance(call: Call, data: Path, tmp_path: Path, seat: str) -> None:
    with (data / "uk_seatbelts.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            {
                "date": f"{row['year']}-{int(row['month']):02d}",
                "value": row[seat],
                "price": math.log(float(row["PetrolPrice"])),
                "distance": math.log(float(row["kms"])),
            }
            for row in csv.DictReader(file)
        ]
    path = written(tmp_path / "belts.csv", rows)
    options = ("--control", "price", "distance", "--go-live", "1983-02", "--scale", "log", "--season", "12")
    effect = one(call, path, *options)
    assert effect["relative_low"] <= SEAT_BELTS[seat] <= effect["relative_high"]
    assert (effect["verdict"] == "improved") == (seat != "rear")
