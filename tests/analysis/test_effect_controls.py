"""Controls and calendar columns beside the model: what they explain, what they may not hide, what is left out."""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Any

import numpy as np
import pytest

from tests.analysis.test_effect_core import textbook
from valueviz.analysis.effect import Control, Design, Effect, estimate
from valueviz.analysis.effect.design import many_controls
from valueviz.terms import Series

COUNT = 36
GO_LIVE = 24
AT = np.arange(COUNT)


def judged(values: np.ndarray, *controls: np.ndarray, **settings: Any) -> Effect:
    """The effect on monthly values beside controls, without season and as they are unless said."""
    beside = tuple(Control(f"c{i}", tuple(map(float, column))) for i, column in enumerate(controls))
    design = Design(GO_LIVE, **{"season": 1.0, "scale": "identity", "controls": beside, **settings})
    return estimate(Series("x", "month", tuple(range(len(values))), tuple(map(float, values))), design)


def shocked(seed: int, *, effect: float = -6.0) -> tuple[np.ndarray, np.ndarray]:
    """A series and a control that feel the same swings, the series moved at go-live."""
    rng = np.random.default_rng(seed)
    swings = np.convolve(rng.normal(size=COUNT + 4), np.ones(5), "valid") * 4
    control = 50 + swings + 0.5 * rng.normal(size=COUNT)
    return 100 + 0.8 * swings + rng.normal(size=COUNT) + effect * (AT >= GO_LIVE), control


def numbers(effect: Effect) -> list[float]:
    assert effect.forecast is not None
    assert effect.step_slope is not None
    found = [effect.estimate, effect.low, effect.high, effect.step_slope.low, effect.step_slope.high]
    return [float(value or 0.0) for value in [*found, effect.forecast.low, effect.forecast.high]]


def check(effect: Effect, name: str) -> tuple[float | None, bool | None]:
    found = {each.name: each for each in effect.diagnostics}[name]
    return found.value, found.ok


def test_the_estimate_beside_controls_is_that_of_whole_matrices() -> None:
    y, control = shocked(1)
    other = np.random.default_rng(2).normal(size=COUNT)
    columns = np.column_stack([np.ones(COUNT), AT, control, other, AT >= GO_LIVE])
    found = judged(y, control, other)
    assert (found.estimate, found.low, found.high) == pytest.approx(textbook(y, columns, AT.astype(float)), rel=1e-7)


def test_the_forecast_beside_controls_is_the_conditional_mean_of_the_points_after() -> None:
    y, control = shocked(3)
    dummies = np.eye(COUNT)[:, GO_LIVE:]
    contrasts = dummies[:, :-1] - dummies[:, [-1]]
    columns = np.column_stack([np.ones(COUNT), AT, control, contrasts, dummies.sum(axis=1)])
    found = judged(y, control)
    assert found.forecast is not None
    figures = (found.forecast.estimate, found.forecast.low, found.forecast.high)
    assert figures == pytest.approx(textbook(y, columns, AT.astype(float)), rel=1e-6)


def test_a_control_that_feels_the_same_swings_narrows_the_interval_and_keeps_the_truth_inside() -> None:
    covered, narrower = 0, 0
    for seed in range(20):
        y, control = shocked(seed)
        plain, beside = judged(y), judged(y, control)
        covered += (beside.low or 0) <= -6 <= (beside.high or 0)
        narrower += (beside.high or 0) - (beside.low or 0) < 0.6 * ((plain.high or 0) - (plain.low or 0))
    assert covered >= 18
    assert narrower == 20


UNITS: dict[str, tuple[float, float]] = {
    "thousandths": (1e-3, 0.0),
    "1e-300": (1e-300, 0.0),
    "1e300": (1e300, 0.0),
    "upside down": (-1.0, 0.0),
    "far from zero": (1.0, 1e9),
}


@pytest.mark.parametrize(("unit", "offset"), UNITS.values(), ids=UNITS.keys())
def test_the_unit_of_a_control_changes_nothing(unit: float, offset: float) -> None:
    y, control = shocked(4)
    plain, scaled = judged(y, control), judged(y, control * unit + offset)
    assert numbers(scaled) == pytest.approx(numbers(plain), rel=1e-5)
    assert scaled.verdict == plain.verdict
    assert check(scaled, "pre_trend")[0] == pytest.approx(check(plain, "pre_trend")[0], rel=1e-5)


@pytest.mark.parametrize("useless", ["constant", "a straight line", "the same again", "constant before"])
def test_a_control_that_says_nothing_new_changes_nothing(useless: str) -> None:
    y, control = shocked(5)
    column = {
        "constant": np.full(COUNT, 7.0),
        "a straight line": 3.0 + 2.0 * AT,
        "the same again": control * 3 - 1,
        "constant before": np.where(AT < GO_LIVE, 5.0, 5.0 + np.sin(AT)),
    }[useless]
    assert numbers(judged(y, control, column)) == pytest.approx(numbers(judged(y, control)), rel=1e-7)


def test_the_check_of_a_control_is_its_own_effect_at_go_live() -> None:
    rng = np.random.default_rng(6)
    y, control = shocked(6)
    other = rng.normal(size=COUNT) + 1.2 * (AT >= GO_LIVE)
    own = [judged(column, season=12.0).p_value or 0.0 for column in (control, other)]
    value, ok = check(judged(y, control, other, season=12.0), "pre_trend")
    assert value == pytest.approx(min(1.0, 2 * min(own)), rel=1e-6)
    assert ok == (value is not None and value >= 0.05)
    assert check(judged(y), "pre_trend") == (None, None)


def test_a_control_that_jumps_at_go_live_is_said_and_lowers_the_grade() -> None:
    y, control = shocked(7, effect=-40)
    steady, jumped = judged(y, control), judged(y, control + 60 * (AT >= GO_LIVE))
    assert "pre_trend" not in steady.warnings
    assert jumped.warnings[0] == "pre_trend"
    assert jumped.grade == "C"
    assert check(jumped, "pre_trend")[1] is False


@pytest.mark.parametrize("rest", [0.0, 1e-9])
def test_a_control_that_is_the_change_itself_is_left_out_and_said(rest: float) -> None:
    y, _ = shocked(8)
    step = 1.0 * (AT >= GO_LIVE) + rest * np.random.default_rng(8).normal(size=COUNT)
    found = judged(y, step)
    assert numbers(found) == pytest.approx(numbers(judged(y)), rel=1e-7)
    assert "pre_trend" in found.warnings


def test_a_period_without_a_control_is_left_out_and_counts_as_missing() -> None:
    y, control = shocked(9)
    holed = control.copy()
    holed[[3, 30]] = np.nan
    found = judged(y, holed)
    assert found.excluded == ((3, "no_control"), (30, "no_control"))
    assert (found.n_before, found.n_after) == (23, 11)
    assert [point.ordinal for point in found.counterfactual] == [i for i in range(COUNT) if i not in (3, 30)]
    values: list[float | None] = [None if i in (3, 30) else float(y[i]) for i in range(COUNT)]
    design = Design(GO_LIVE, season=1.0, scale="identity", controls=(Control("c", tuple(map(float, control))),))
    absent = estimate(Series("x", "month", tuple(range(COUNT)), tuple(values)), design)
    assert numbers(found) == pytest.approx(numbers(absent), rel=1e-7)
    holed[::4] = math.inf
    assert (judged(y, holed).verdict, judged(y, holed).reason) == ("refused", "missing")


BAD: dict[str, tuple[Any, str]] = {
    "all missing": (np.full(COUNT, np.nan), "too_few_periods"),
    "missing after": (np.where(AT < GO_LIVE, AT, np.nan), "too_few_periods"),
}


@pytest.mark.parametrize(("column", "reason"), BAD.values(), ids=BAD.keys())
def test_a_control_without_values_leaves_nothing_to_judge(column: np.ndarray, reason: str) -> None:
    found = judged(shocked(10)[0], column)
    assert (found.verdict, found.reason) == ("refused", reason)


def test_points_that_controls_use_up_are_too_few() -> None:
    rng = np.random.default_rng(11)
    values = tuple(map(float, rng.normal(size=18)))
    controls = tuple(Control(f"c{i}", tuple(map(float, rng.normal(size=18)))) for i in range(4))
    series = Series("x", "month", tuple(range(18)), values)
    design = Design(12, season=1.0, scale="identity", controls=controls)
    assert estimate(series, design).estimate is not None
    seasonal = estimate(series, dataclasses.replace(design, season=12.0))
    assert (seasonal.verdict, seasonal.reason) == ("refused", "too_few_periods")


def test_more_controls_than_a_third_of_the_points_before_are_many() -> None:
    series = Series("x", "month", tuple(range(COUNT)), tuple(map(float, AT)))
    controls = tuple(Control(f"c{i}", (None,) * COUNT) for i in range(9))
    assert many_controls(series, Design(GO_LIVE, controls=controls))
    assert not many_controls(series, Design(GO_LIVE, controls=controls[:8]))


@pytest.mark.parametrize("column", ["holiday", "calendar", "exposure", "controls"])
def test_a_column_of_another_length_is_a_mistake_of_the_caller(column: str) -> None:
    short: Any = {
        "holiday": (0.0,) * 35,
        "calendar": ((0.0,) * 35,),
        "exposure": (1.0,) * 35,
        "controls": (Control("c", (1.0,) * 35),),
    }[column]
    with pytest.raises(ValueError, match="aligned"):
        judged(shocked(12)[0], **{"scale": "auto", column: short})


def test_calendar_columns_work_as_the_holiday_does() -> None:
    rng = np.random.default_rng(13)
    share, make_up = rng.random(COUNT) * (rng.random(COUNT) < 0.2), rng.integers(0, 3, COUNT) / 10
    y = 100 + rng.normal(size=COUNT) - 30 * share + 20 * make_up - 5 * (AT >= GO_LIVE)
    both = judged(y, holiday=tuple(share), calendar=(tuple(make_up),))
    swapped = judged(y, calendar=(tuple(make_up), tuple(share)))
    assert numbers(both) == pytest.approx(numbers(swapped), rel=1e-9)
    assert (both.low or 0) < -5 < (both.high or 0)
    assert (both.high or 0) - (both.low or 0) < 0.7 * ((judged(y).high or 0) - (judged(y).low or 0))


def test_short_and_long_series_take_the_same_answer_beside_controls(monkeypatch: pytest.MonkeyPatch) -> None:
    y, control = shocked(14)
    short = judged(y, control)
    for module in ("core", "diagnostics"):
        monkeypatch.setattr(f"valueviz.analysis.effect.{module}.KEPT_POINTS", 0)
    long = judged(y, control)
    assert numbers(long) == pytest.approx(numbers(short), rel=1e-7)
    assert check(long, "pre_trend")[0] == pytest.approx(check(short, "pre_trend")[0], rel=1e-7)


def test_leaving_a_point_out_beside_a_control_is_a_missing_point() -> None:
    y, control = shocked(15, effect=-3.5)
    whole, flips = judged(y, control), 0
    for gone in range(COUNT):
        holed = np.where(gone == AT, np.nan, control)
        found = judged(y, holed)
        flips += found.verdict != whole.verdict and found.reason != "other_date"
    assert check(whole, "leave_one_out")[0] == flips == 2


STRANGE: dict[str, np.ndarray] = {
    "1e300": np.sin(AT) * 1e300,
    "1e-300": np.sin(AT) * 1e-300,
    "the largest numbers": np.where(AT % 2, 1.7e308, -1.7e308),
    "a leap of 1e9": np.where(AT >= GO_LIVE, 1e9 + np.sin(AT), np.sin(AT)),
    "one point after": 1.0 * (AT == COUNT - 1),
    "one point before": 1.0 * (AT == 3),
    "the season itself": np.sin(2 * np.pi * AT / 12),
    "the series itself": shocked(16)[0],
}


@pytest.mark.parametrize("column", STRANGE.values(), ids=STRANGE.keys())
def test_strange_controls_give_an_answer_without_nan_infinity_or_warning(column: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = judged(shocked(16)[0], column, season=12.0)
    assert found.estimate is not None or found.verdict == "refused"
    figures = [found.estimate, found.low, found.high, found.relative, check(found, "pre_trend")[0]]
    assert all(value is None or math.isfinite(value) for value in figures)
