"""Planted effects are found as often as stated, and nothing that should not matter does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.analysis.synthetic import FIRST, SCENARIOS, series
from valueviz.analysis.effect import Design, Effect, estimate
from valueviz.terms import Series

DRAWS = 70
STEADY = ("S1", "S2", "S3", "S6", "S7", "S8")


def drawn(name: str, *, effect: float, count: int) -> list[Effect]:
    rng = np.random.default_rng(11)
    scenario = SCENARIOS[name]
    design = Design(FIRST + scenario.before, season=scenario.season, scale="identity")
    return [estimate(series(rng, scenario, effect=effect), design, thorough=False) for _ in range(count)]


@pytest.mark.slow
def test_planted_effects_lie_in_their_interval_and_nulls_are_not_stated() -> None:
    covered, stated, found, told = 0, 0, 0, 0
    for name in STEADY:
        for effect in (0.0, -10.0):
            for answer in drawn(name, effect=effect, count=DRAWS // 2):
                if answer.estimate is None:
                    continue
                told += 1
                covered += (answer.low or 0) <= effect <= (answer.high or 0)
                if effect:
                    found += answer.verdict == "improved"
                else:
                    stated += answer.verdict != "not_provable_yet"
    half = DRAWS // 2 * len(STEADY)
    assert 0.92 <= covered / told <= 0.99
    assert stated / half <= 0.05
    assert found / half >= 0.60


def answer(values: np.ndarray, *, first: int = FIRST, unit: float = 1.0, **settings: Any) -> Effect:
    design = Design(first + 24, **{"season": 12.0, **settings})
    return estimate(Series("x", "month", tuple(range(first, first + len(values))), tuple(values * unit)), design)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    rng = np.random.default_rng(30)
    at = np.arange(36)
    return 100 + 6 * np.sin(at) + 4 * rng.normal(size=36) - 9 * (at >= 24)


def numbers(effect: Effect) -> list[float | None]:
    slope, forecast = effect.step_slope, effect.forecast
    assert slope is not None
    assert forecast is not None
    return [effect.estimate, effect.low, effect.high, slope.low, slope.high, forecast.low, forecast.high]


@pytest.mark.parametrize("scale", ["log", "identity"])
@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1000.0, 1e12])
def test_another_unit_changes_the_numbers_by_its_factor_and_nothing_else(
    values: np.ndarray, scale: Any, unit: float
) -> None:
    plain, scaled = answer(values, scale=scale), answer(values, scale=scale, unit=unit)
    assert numbers(scaled) == pytest.approx([(number or 0) * unit for number in numbers(plain)], rel=1e-7)
    assert scaled.relative == pytest.approx(plain.relative, rel=1e-7)
    assert (scaled.verdict, scaled.grade, scaled.warnings) == (plain.verdict, plain.grade, plain.warnings)


@pytest.mark.parametrize("constant", [-100.0, 5.0, 1e6])
def test_a_constant_added_on_the_identity_scale_changes_no_effect(values: np.ndarray, constant: float) -> None:
    plain, raised = answer(values, scale="identity"), answer(values + constant, scale="identity")
    assert numbers(raised) == pytest.approx(numbers(plain), rel=1e-6)
    assert raised.verdict == plain.verdict


@pytest.mark.parametrize("shift", [-7, 1, 12, 1000])
def test_other_dates_change_no_effect(values: np.ndarray, shift: int) -> None:
    assert numbers(answer(values, first=FIRST + shift)) == pytest.approx(numbers(answer(values)), rel=1e-8)


@pytest.mark.parametrize("slope", [-2.0, 0.7])
def test_a_straight_trend_added_on_the_identity_scale_changes_no_effect(values: np.ndarray, slope: float) -> None:
    tilted = answer(values + slope * np.arange(36), scale="identity")
    assert numbers(tilted) == pytest.approx(numbers(answer(values, scale="identity")), rel=1e-7)


def test_mirrored_values_mirror_the_effect(values: np.ndarray) -> None:
    plain, mirrored = answer(values, scale="identity"), answer(-values, scale="identity", better="higher")
    assert mirrored.estimate == pytest.approx(-(plain.estimate or 0))
    assert (mirrored.low, mirrored.high) == pytest.approx((-(plain.high or 0), -(plain.low or 0)))
    assert mirrored.verdict == plain.verdict
    assert mirrored.gain == pytest.approx(plain.gain)


def test_the_mean_effect_times_the_periods_is_the_difference_of_sums(values: np.ndarray) -> None:
    for scale in ("log", "identity"):
        found = answer(values, scale=scale)
        assert found.counterfactual_mean is not None
        assert (found.estimate or 0) * 12 == pytest.approx(values[24:].sum() - 12 * found.counterfactual_mean)


def test_the_spring_festival_is_not_taken_for_an_effect() -> None:
    """Its month is low every year but moves; with the regressor the interval is narrower and the truth inside."""
    rng = np.random.default_rng(5)
    share = np.zeros(48)
    for year, month in enumerate((0, 1, 0, 1)):
        share[12 * year + month] = 0.25
    y = 100 + 2 * rng.normal(size=48) - 60 * share - 8 * (np.arange(48) >= 36)
    ordinals = tuple(range(FIRST, FIRST + 48))
    plain = Design(FIRST + 36, scale="identity")
    aware = Design(FIRST + 36, scale="identity", holiday=tuple(share))
    blind_effect = estimate(Series("x", "month", ordinals, tuple(y)), plain)
    aware_effect = estimate(Series("x", "month", ordinals, tuple(y)), aware)
    assert (aware_effect.low or 0) <= -8 <= (aware_effect.high or 0)
    assert (aware_effect.high or 0) - (aware_effect.low or 0) < 0.7 * (
        (blind_effect.high or 0) - (blind_effect.low or 0)
    )
    band = {point.ordinal: point.middle for point in aware_effect.counterfactual}
    assert band[FIRST + 37] < band[FIRST + 36] - 5


def test_the_band_holds_the_points_before_and_begins_where_they_end(values: np.ndarray) -> None:
    found = answer(values)
    assert [point.ordinal for point in found.counterfactual] == list(range(FIRST, FIRST + 36))
    assert all(point.low < point.middle < point.high for point in found.counterfactual)
    inside = [p.low <= v <= p.high for p, v in zip(found.counterfactual[:24], values[:24], strict=True)]
    assert sum(inside) >= 21
    widths = [point.high - point.low for point in found.counterfactual[24:]]
    assert widths[-1] > widths[0]


def test_many_series_do_not_grow_the_memory() -> None:
    import tracemalloc

    def pass_once(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for length in (36, 37, 40, 44, 48):
            estimate(Series("x", "month", tuple(range(length)), tuple(100 + rng.normal(size=length))), Design(24))

    pass_once(0)
    tracemalloc.start()
    pass_once(1)
    first = tracemalloc.get_traced_memory()[0]
    for seed in range(2, 4):
        pass_once(seed)
    grown = tracemalloc.get_traced_memory()[0] - first
    tracemalloc.stop()
    assert grown < 2_000_000
