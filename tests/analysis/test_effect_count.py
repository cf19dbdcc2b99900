"""Counts: the published quasi-Poisson model, intervals that stay sane where events are few, honest doubt."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from valueviz.analysis.effect import Control, Design, Effect, estimate
from valueviz.analysis.effect.count import Counts
from valueviz.analysis.effect.profile import count_answer
from valueviz.terms import Series

COUNT = 36
GO_LIVE = 24
AT = np.arange(COUNT)
AFTER = AT >= GO_LIVE
FEW = np.random.default_rng(0).poisson(3, COUNT).astype(float)


def judged(values: np.ndarray, *, thorough: bool = True, **settings: Any) -> Effect:
    """The effect on monthly counts, without season unless said."""
    fields = {key: settings.pop(key) for key in ("volumes",) if key in settings}
    design = Design(**{"go_live": GO_LIVE, "season": 1.0, "scale": "count", **settings})
    held = tuple(None if math.isnan(value) else float(value) for value in values)
    return estimate(Series("x", "month", tuple(range(len(values))), held, **fields), design, thorough=thorough)


def check(effect: Effect, name: str) -> float | None:
    return {each.name: each.value for each in effect.diagnostics}[name]


def ratio(effect: Effect) -> tuple[float, float, float]:
    return 1 + (effect.relative or 0), 1 + (effect.relative_low or 0), 1 + (effect.relative_high or 0)


# Against another implementation ──────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(4))
def test_ratio_dispersion_and_ends_are_those_of_statsmodels(seed: int) -> None:
    """At the ends of the interval the deviance of a tied fit has risen by z² dispersions, but for the weak prior."""
    rng = np.random.default_rng(seed)
    exposure, weights = 50 + 10 * rng.random(COUNT), 0.5 + rng.random(COUNT)
    waves = np.column_stack([np.sin(2 * np.pi * AT / 12), np.cos(2 * np.pi * AT / 12)])
    mean = 0.2 * exposure * np.exp(0.01 * AT + 0.3 * waves[:, 0] - 0.4 * AFTER)
    counts = rng.negative_binomial(mean, 0.5).astype(float)
    design = np.column_stack([np.ones(COUNT), AT / 35, waves])

    def fitted(columns: np.ndarray, offset: np.ndarray) -> Any:
        family = sm.families.Poisson()
        return sm.GLM(counts, columns, family=family, offset=offset, var_weights=weights).fit(scale="X2")

    data = Counts(counts, np.log(exposure), weights, design[:, 1:], np.zeros(COUNT), GO_LIVE)
    answer = count_answer(data)
    oracle = fitted(np.column_stack([design, AFTER]), np.log(exposure))
    assert math.log(answer.ratio) == pytest.approx(oracle.params[-1], abs=2e-3)
    assert answer.spread == pytest.approx(max(1.0, oracle.scale), rel=1e-3)
    for end in answer.ratio_interval(0.95):
        tied = fitted(design, np.log(exposure) + math.log(end) * AFTER)
        risen = (tied.deviance - oracle.deviance) / answer.spread
        assert risen == pytest.approx(1.959964**2, rel=1e-2)


def test_the_change_is_the_mean_observed_less_the_mean_counterfactual() -> None:
    found = judged(FEW)
    assert found.observed_mean == pytest.approx(FEW[GO_LIVE:].mean())
    assert found.estimate == pytest.approx(FEW[GO_LIVE:].mean() - (found.counterfactual_mean or 0))
    assert found.relative == pytest.approx((found.estimate or 0) / (found.counterfactual_mean or 0), rel=1e-6)
    assert found.method == "count_step"


def test_the_interval_of_the_difference_excludes_zero_exactly_where_that_of_the_ratio_excludes_one() -> None:
    rng = np.random.default_rng(1)
    stated = 0
    for fall in np.linspace(0, 0.9, 25):
        found = judged(rng.poisson(np.where(AFTER, 12 * (1 - fall), 12)), thorough=False)
        if found.relative_high is None:
            continue
        assert (found.high or 0) * found.relative_high > 0
        assert found.claim_interval is not None
        if found.verdict == "improved":
            assert found.claim_interval.high < 0
        stated += found.verdict == "improved"
    assert 5 < stated < 25


def test_an_exposure_in_another_unit_changes_nothing() -> None:
    exposure = tuple(map(float, 40 + 10 * np.sin(AT)))
    plain = judged(FEW, exposure=exposure)
    scaled = judged(FEW, exposure=tuple(1e-7 * each for each in exposure))
    assert (scaled.estimate, scaled.low, scaled.high) == pytest.approx((plain.estimate, plain.low, plain.high))
    assert ratio(scaled) == pytest.approx(ratio(plain))


def test_what_the_exposure_explains_is_no_effect() -> None:
    """Twice the orders, twice the returns: nothing changed."""
    rng = np.random.default_rng(2)
    orders = np.where(AFTER, 200.0, 100.0)
    returns = rng.poisson(0.1 * orders).astype(float)
    assert judged(returns).verdict == "worse"
    found = judged(returns, exposure=tuple(orders), scale="auto")
    assert found.verdict == "not_provable_yet"
    assert ratio(found)[1] < 1 < ratio(found)[2]


def test_a_control_and_the_season_move_counts_as_they_move_other_series() -> None:
    rng = np.random.default_rng(3)
    control = np.sin(AT * 1.7) * 5 + 20
    mean = 30 * np.exp(0.08 * (control - 20) + 0.2 * np.cos(2 * np.pi * AT / 12) - 0.35 * AFTER)
    counts = rng.poisson(mean).astype(float)
    plain = judged(counts, season=12.0)
    beside = judged(counts, season=12.0, controls=(Control("c", tuple(map(float, control))),))
    assert ratio(beside)[1] < math.exp(-0.35) < ratio(beside)[2]
    assert (beside.high or 0) - (beside.low or 0) < 0.7 * ((plain.high or 0) - (plain.low or 0))
    assert check(beside, "pre_trend") is not None


# Few events ──────────────────────────────────────────────────────────────────

SPARSE: dict[str, tuple[np.ndarray, str | None]] = {
    "none after many": (np.where(AFTER, 0.0, FEW), "improved"),
    "none after few": (np.where(AFTER, 0.0, AT % 8 == 0), "not_provable_yet"),
    "one after many": (np.where(AFTER, AT == 30, FEW + 1), "improved"),
    "one before": (np.where(AFTER, 5.0, AT == 3), "worse"),
    "one before and none after": (1.0 * (AT == 3), "not_provable_yet"),
    "all in the last month before": (np.where(AFTER, FEW, 9.0 * (AT == 23)), None),
    "all in the last month": (np.where(AFTER, 50.0 * (AT == 35), FEW), None),
    "the same every month after": (np.where(AFTER, 3.0, FEW), "not_provable_yet"),
    "one month a year": (np.where(AT % 12 == 5, 9.0, 0.0), None),
    "none for a year": (np.where((AT > 2) & (AT < 15), 0.0, FEW), None),
}


@pytest.mark.parametrize("season", [1.0, 12.0])
@pytest.mark.parametrize(("counts", "verdict"), SPARSE.values(), ids=SPARSE.keys())
def test_few_events_give_a_sane_interval(counts: np.ndarray, verdict: str | None, season: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = judged(counts.astype(float), season=season)
    if verdict is not None and season == 1.0:
        assert found.verdict == verdict
    if found.estimate is None:
        assert found.verdict == "refused"
        return
    assert (found.low or 0) <= found.estimate <= (found.high or 0)
    assert math.isfinite(found.low or 0)
    assert (found.high or 0) <= counts[GO_LIVE:].max() + 5
    if found.relative is not None:
        assert -1 <= (found.relative_low or 0) <= found.relative <= (found.relative_high or 0)
    assert all(0 <= point.low <= point.middle for point in found.counterfactual)
    assert all(point.low <= point.high < 1e9 for point in found.counterfactual)


def test_no_event_after_go_live_is_a_fall_by_all_of_them() -> None:
    found = judged(np.where(AFTER, 0.0, FEW))
    assert (found.observed_mean, found.relative, found.relative_low) == (0.0, -1.0, -1.0)
    assert -1 < (found.relative_high or 0) < -0.8
    assert found.estimate == pytest.approx(-(found.counterfactual_mean or 0))


def test_no_count_before_is_a_constant() -> None:
    found = judged(np.where(AFTER, 4.0, 0.0))
    assert (found.verdict, found.reason) == ("refused", "constant")


@pytest.mark.parametrize("exposure", [None, 0.0, -5.0, math.nan, math.inf])
def test_a_period_without_an_exposure_is_left_out(exposure: float | None) -> None:
    column = tuple(exposure if i == 5 else 10.0 for i in range(COUNT))
    found = judged(FEW, exposure=column)
    assert found.excluded == ((5, "no_exposure"),)
    assert [point.ordinal for point in found.counterfactual] == [i for i in range(COUNT) if i != 5]
    absent = judged(np.where(AT == 5, np.nan, FEW))
    assert (found.estimate, found.low, found.high) == pytest.approx((absent.estimate, absent.low, absent.high))


# What may be said ────────────────────────────────────────────────────────────


def latent(rng: np.random.Generator, *, rho: float, spread: float) -> np.ndarray:
    """Autocorrelated logarithms of a mean."""
    shocks, logs = rng.normal(size=COUNT), np.zeros(COUNT)
    logs[0] = shocks[0]
    for i in range(1, COUNT):
        logs[i] = rho * logs[i - 1] + math.sqrt(1 - rho**2) * shocks[i]
    return spread * logs - spread**2 / 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["independent", "overdispersed", "autocorrelated"])
def test_counts_without_a_change_are_rarely_said_to_change(kind: str) -> None:
    rng = np.random.default_rng(4)
    stated, covered, draws = 0, 0, 60
    for draw in range(draws):
        mean = np.full(COUNT, (3.0, 8.0, 15.0)[draw % 3])
        mean = mean * np.exp(0.2 * np.sin(2 * np.pi * (AT / 12 + rng.random())))
        if kind == "overdispersed":
            counts = rng.negative_binomial(mean, 0.5)
        else:
            counts = rng.poisson(mean * (np.exp(latent(rng, rho=0.4, spread=0.3)) if kind == "autocorrelated" else 1))
        found = judged(counts.astype(float), season=12.0, thorough=False)
        stated += found.verdict in ("improved", "worse")
        covered += found.estimate is None or (found.low or 0) <= 0 <= (found.high or 0)
    assert stated / draws <= 0.06
    assert covered / draws >= 0.9


@pytest.mark.slow
def test_a_fall_by_half_lies_in_its_interval_and_is_found() -> None:
    rng = np.random.default_rng(5)
    covered, found, draws = 0, 0, 40
    for _ in range(draws):
        mean = np.where(AFTER, 7.5, 15.0)
        answer = judged(rng.poisson(mean).astype(float), thorough=False)
        covered += (answer.low or 0) <= -7.5 <= (answer.high or 0)
        found += answer.verdict == "improved"
    assert covered / draws >= 0.9
    assert found / draws >= 0.5


def test_neighbours_that_cling_widen_the_interval() -> None:
    rng = np.random.default_rng(6)
    swings = np.repeat(rng.choice([4.0, 16.0], COUNT // 4), 4)
    shuffled = rng.permutation(COUNT)
    clinging = rng.poisson(swings).astype(float)
    wide, narrow = judged(clinging, season=1.0), judged(clinging[shuffled], season=1.0)
    assert (wide.high or 0) - (wide.low or 0) > 1.2 * ((narrow.high or 0) - (narrow.low or 0))


def test_the_checks_speak_in_counts() -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(np.where(AFTER, 7.0, 11.0)).astype(float)
    found = judged(counts)
    assert found.verdict == "not_provable_yet"
    assert 0 < (found.minimum_detectable or 0) < 11
    assert (found.periods_needed or 0) > 0
    assert check(found, "placebo") is not None
    strong = judged(rng.poisson(np.where(AFTER, 2.0, 20.0)).astype(float))
    assert (strong.verdict, strong.periods_needed, check(strong, "leave_one_out")) == ("improved", 0, 0)
    assert check(strong, "change_date") == 0
    late = judged(rng.poisson(np.where(AT >= 12, 2.0, 20.0)).astype(float))
    assert (late.verdict, late.reason) == ("refused", "other_date")


def test_a_point_that_decides_alone_is_found_by_leaving_it_out() -> None:
    rng = np.random.default_rng(8)
    for _ in range(30):
        counts = rng.poisson(np.where(AFTER, 5.0, 9.0)).astype(float)
        found = judged(counts)
        flips = check(found, "leave_one_out")
        if flips and found.verdict == "improved":
            break
    holed = [judged(np.where(gone == AT, np.nan, counts), thorough=False).verdict for gone in range(COUNT)]
    assert sum(verdict != found.verdict for verdict in holed) > 0


def test_the_band_holds_the_counts_before_and_its_noise_is_that_of_counts() -> None:
    rng = np.random.default_rng(9)
    counts = rng.poisson(9.0, COUNT).astype(float)
    found = judged(counts)
    inside = [p.low <= v <= p.high for p, v in zip(found.counterfactual, counts, strict=True)]
    assert sum(inside) >= 32
    widths = np.array([point.high - point.low for point in found.counterfactual])
    assert widths[5:20].mean() == pytest.approx(2 * 1.96 * 3.0, rel=0.35)
    assert widths[-1] > widths[10]


def test_strange_counts_never_crash() -> None:
    rng = np.random.default_rng(10)
    kinds: list[Any] = [
        lambda: rng.poisson(0.2, COUNT),
        lambda: rng.negative_binomial(0.1, 0.01, COUNT),
        lambda: rng.integers(0, 2**52, COUNT),
        lambda: (AT % 12 == 0) * 30,
        lambda: rng.poisson(np.where(AFTER, 20, 0.1)),
        lambda: rng.poisson(np.where(AFTER, 0, 3)),
    ]
    exposures: list[Any] = [None, tuple(10.0 ** rng.integers(-300, 300, COUNT)), tuple(rng.choice([0.0, 5.0], COUNT))]
    for draw in range(24):
        settings: dict[str, Any] = {"exposure": exposures[draw % 3], "season": (1.0, 12.0)[draw % 2]}
        if draw % 4 == 0:
            settings["controls"] = (Control("c", tuple(map(float, rng.normal(size=COUNT) * 1e300))),)
        if draw % 5 == 0:
            settings["volumes"] = tuple(map(float, 10.0 ** rng.integers(-9, 9, COUNT)))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = judged(kinds[draw % 6]().astype(float), thorough=draw < 6, **settings)
        figures = [found.estimate, found.low, found.high, found.relative, found.relative_low, found.relative_high]
        assert all(value is None or math.isfinite(value) for value in figures)
        assert found.estimate is None or (found.low or 0) <= found.estimate <= (found.high or 0)
