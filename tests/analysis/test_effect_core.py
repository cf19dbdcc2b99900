"""The estimator against the same mathematics written another way: whole covariance matrices, generic solvers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from valueviz.analysis.effect import Design, estimate, noise
from valueviz.analysis.effect.core import Candidates, Mixture, products
from valueviz.terms import Series

GAPPED = tuple(float(at) for at in np.delete(np.arange(60), [7, 8, 30, 45, 46, 47]))


def textbook(
    values: np.ndarray, columns: np.ndarray, times: np.ndarray, *, last: int = -1
) -> tuple[float, float, float]:
    """Mean and 95 % interval of the last column's coefficient by generalised least squares with whole matrices."""
    kinds = []
    edges = [0.0, 0.15, 0.45, 0.725, 0.905, 1.0]
    for i, rho in enumerate((0.0, 0.3, 0.6, 0.85, 0.96)):
        for nugget in (0.0, 0.4) if rho else (0.0,):
            for walk in (0.0, 0.02, 0.1):
                prior = (edges[i + 1] - edges[i]) / 3 / (2 if rho else 1)
                distance = np.abs(np.subtract.outer(times, times))
                same = distance == 0
                matrix = (1 - nugget) * np.where(same, 1.0, rho**distance) + nugget * same
                matrix = matrix + walk * np.minimum.outer(times - times[0], times - times[0])
                precision = np.linalg.inv(matrix)
                information = columns.T @ precision @ columns
                beta = np.linalg.solve(information, columns.T @ precision @ values)
                rest = values - columns @ beta
                degrees = len(values) - columns.shape[1]
                square = rest @ precision @ rest
                log_likelihood = (
                    np.log(prior)
                    - np.linalg.slogdet(matrix)[1] / 2
                    - np.linalg.slogdet(information)[1] / 2
                    - degrees / 2 * np.log(square)
                )
                spread = np.sqrt(square / degrees * np.linalg.inv(information)[last, last])
                kinds.append((log_likelihood, beta[last], spread, degrees))
    weights = np.exp(np.array([kind[0] for kind in kinds]) - max(kind[0] for kind in kinds))
    weights /= weights.sum()

    def quantile(probability: float) -> float:
        def excess(at: float) -> float:
            below = sum(w * stats.t.cdf((at - b) / s, d) for w, (_, b, s, d) in zip(weights, kinds, strict=True))
            return float(below) - probability

        return float(optimize.brentq(excess, -1e4, 1e4, xtol=1e-11))

    return float(sum(w * kind[1] for w, kind in zip(weights, kinds, strict=True))), quantile(0.025), quantile(0.975)


def season(at: np.ndarray) -> list[np.ndarray]:
    return [wave(2 * np.pi * k * at / 12) for k in (1, 2) for wave in (np.sin, np.cos)]


@pytest.mark.parametrize("keep", [range(40), [i for i in range(44) if i not in (5, 6, 31)]], ids=["whole", "with gaps"])
def test_the_estimate_is_that_of_whole_matrices_and_a_generic_root_finder(keep: list[int]) -> None:
    rng = np.random.default_rng(3)
    at = np.array(list(keep), dtype=float)
    y = 50 + rng.normal(size=len(at)).cumsum() * 0.5 + rng.normal(size=len(at)) * 2 - 4 * (at >= 28)
    columns = np.column_stack([np.ones(len(at)), at, *season(at), at >= 28])
    mean, low, high = textbook(y, columns, at)
    found = estimate(
        Series("x", "month", tuple(int(i) for i in at), tuple(float(v) for v in y)),
        Design(28, season=12.0, scale="identity"),
    )
    assert (found.estimate, found.low, found.high) == pytest.approx((mean, low, high), rel=1e-8)


def test_on_the_log_scale_the_share_is_the_exponential_and_the_unit_follows() -> None:
    rng = np.random.default_rng(4)
    at = np.arange(36.0)
    y = np.exp(4 + 0.01 * at + 0.05 * rng.normal(size=36) - 0.2 * (at >= 24))
    mean, low, high = textbook(np.log(y), np.column_stack([np.ones(36), at, at >= 24]), at)
    found = estimate(Series("x", "month", tuple(range(36)), tuple(y)), Design(24, season=1.0))
    observed = y[24:].mean()
    assert found.scale == "log"
    assert (found.relative, found.relative_low, found.relative_high) == pytest.approx(
        tuple(np.expm1([mean, low, high])), rel=1e-8
    )
    assert (found.estimate, found.low, found.high) == pytest.approx(
        tuple(observed * -np.expm1([-mean, -low, -high])), rel=1e-8
    )


def test_volumes_divide_the_variance() -> None:
    rng = np.random.default_rng(5)
    at, volume = np.arange(36.0), np.exp(rng.normal(size=36))
    y = 20 + rng.normal(size=36) / np.sqrt(volume) + 2 * (at >= 24)
    root = np.sqrt(volume)
    columns = np.column_stack([np.ones(36), at, at >= 24]) * root[:, None]
    mean, low, high = textbook(y * root, columns, at)
    for scale in (1.0, 1e-12, 1e12):
        found = estimate(
            Series("x", "month", tuple(range(36)), tuple(y), tuple(volume * scale)),
            Design(24, season=1.0, scale="identity"),
        )
        assert (found.estimate, found.low, found.high) == pytest.approx((mean, low, high), rel=1e-7)


def test_the_forecast_is_the_conditional_mean_of_the_points_after() -> None:
    """With one dummy a point after, least squares on all points gives observed − forecast, covariance included."""
    rng = np.random.default_rng(6)
    at = np.arange(30.0)
    y = 10 + 0.1 * at + rng.normal(size=30)
    # average of the dummies as last column: the others are contrasts that sum to zero
    dummies = np.eye(30)[:, 24:]
    contrasts = dummies[:, :-1] - dummies[:, [-1]]
    columns = np.column_stack([np.ones(30), at, contrasts, dummies.sum(axis=1)])
    mean, low, high = textbook(y, columns, at)
    found = estimate(Series("x", "month", tuple(range(30)), tuple(y)), Design(24, season=1.0, scale="identity"))
    assert found.forecast is not None
    assert (found.forecast.estimate, found.forecast.low, found.forecast.high) == pytest.approx(
        (mean, low, high), rel=1e-7
    )


def test_step_and_slope_average_the_effect_over_the_points_after() -> None:
    rng = np.random.default_rng(7)
    at = np.arange(36.0)
    y = 10 + rng.normal(size=36) + (at >= 24) * (1 + 0.3 * (at - 24))
    ramp = np.where(at >= 24, at - 24 - 5.5, 0.0)
    mean, low, high = textbook(y, np.column_stack([np.ones(36), at, ramp, at >= 24]), at)
    found = estimate(Series("x", "month", tuple(range(36)), tuple(y)), Design(24, season=1.0, scale="identity"))
    assert found.step_slope is not None
    slope = found.step_slope
    assert (slope.estimate, slope.low, slope.high) == pytest.approx((mean, low, high), rel=1e-8)


def test_the_filter_whitens_as_the_cholesky_factor_does() -> None:
    columns = np.random.default_rng(0).normal(size=(len(GAPPED), 5))
    factors = np.linalg.cholesky(noise.covariance(np.array(GAPPED)))
    _, rows, log_spread, states = next(noise.filtered(GAPPED, columns))
    assert np.allclose(rows, np.linalg.solve(factors, np.broadcast_to(columns, (27, *columns.shape))), atol=1e-10)
    assert np.allclose(log_spread, np.log(np.diagonal(factors, axis1=1, axis2=2)), atol=1e-12)
    assert np.allclose(noise.standard(GAPPED).points @ columns, rows, atol=1e-10)
    assert states.shape == (27, 2, 5)


@pytest.mark.parametrize("weighted", [False, True])
def test_short_and_long_series_take_the_same_products(weighted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    columns = rng.normal(size=(len(GAPPED), 4))
    weights = np.exp(rng.normal(size=len(GAPPED))) if weighted else None
    candidates = Candidates(points=(3, 20), steps=(10, 25, 40), ramps=(12, 30))
    kept = products(GAPPED, columns, root_weights=weights, candidates=candidates, floor=0.0)
    monkeypatch.setattr("valueviz.analysis.effect.core.KEPT_POINTS", 0)
    monkeypatch.setattr(noise, "BLOCK", 17)
    streamed = products(GAPPED, columns, root_weights=weights, candidates=candidates, floor=0.0)
    assert np.allclose(kept.base, streamed.base)
    assert np.allclose(kept.log_determinant, streamed.log_determinant)
    assert np.allclose(kept.pair, streamed.pair)
    for sort in ("points", "steps", "ramps", "ramp_steps"):
        assert np.allclose(kept.cross[sort], streamed.cross[sort]), sort
        assert np.allclose(kept.square[sort], streamed.square[sort]), sort


def test_a_long_series_is_judged_alike_on_both_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    y = 100 + rng.normal(size=150) * 5 - 6 * (np.arange(150) >= 100)
    series, design = Series("x", "week", tuple(range(150)), tuple(y)), Design(100, season=1.0)
    short = estimate(series, design)
    for module in ("core", "diagnostics"):
        monkeypatch.setattr(f"valueviz.analysis.effect.{module}.KEPT_POINTS", 0)
    long = estimate(series, design)
    assert short.estimate == pytest.approx(long.estimate, rel=1e-9)
    assert (short.low, short.high) == pytest.approx((long.low, long.high), rel=1e-9)
    assert short.forecast is not None
    assert long.forecast is not None
    assert short.forecast.low == pytest.approx(long.forecast.low, rel=1e-7)
    for edge in ("low", "middle", "high"):
        drawn = [[getattr(point, edge) for point in found.counterfactual] for found in (short, long)]
        assert drawn[0] == pytest.approx(drawn[1], rel=1e-7)
    exempt = ("leave_one_out", "placebo")
    assert [(d.name, d.ok) for d in short.diagnostics if d.name not in exempt] == [
        (d.name, d.ok) for d in long.diagnostics if d.name not in exempt
    ]


def test_quantile_and_probability_of_a_mixture_are_inverse() -> None:
    rng = np.random.default_rng(8)
    weights = rng.dirichlet(np.ones(27), size=6)
    mixtures = Mixture(weights, rng.normal(size=(6, 27)) * 30, np.exp(rng.normal(size=(6, 27)) * 3), 5)
    for probability in (0.015, 0.025, 0.5, 0.975):
        assert np.allclose(mixtures.below(mixtures.quantile(probability)), probability, atol=1e-12)


@pytest.mark.parametrize("seed", [22, 51, 54])
def test_a_point_left_out_by_a_column_of_its_own_is_a_point_left_out(seed: int) -> None:
    """The number of flips equals that of as many series with one missing value."""
    rng = np.random.default_rng(seed)
    y = [float(v) for v in 100 + rng.normal(size=36) * 4 - 9 * (np.arange(36) >= 24)]
    design = Design(24, season=1.0, scale="identity")
    whole = estimate(Series("x", "month", tuple(range(36)), tuple(y)), design)
    flips = 0
    for gone in range(36):
        holed = estimate(Series("x", "month", tuple(range(36)), (*y[:gone], None, *y[gone + 1 :])), design)
        flips += holed.verdict != whole.verdict and holed.reason != "other_date"
    assert 0 < flips < 36
    assert {check.name: check.value for check in whole.diagnostics}["leave_one_out"] == flips


def test_placebo_dates_are_judged_as_a_real_go_live_would_be() -> None:
    rng = np.random.default_rng(21)
    y = [float(v) for v in 100 + np.cumsum(rng.normal(size=52)) * 3]
    whole = estimate(Series("x", "month", tuple(range(52)), tuple(y)), Design(40, season=1.0, scale="identity"))
    before = Series("x", "month", tuple(range(40)), tuple(y[:40]))
    verdicts = [estimate(before, Design(date, season=1.0, scale="identity")) for date in range(12, 35)]
    stated = [found.verdict in ("improved", "worse") for found in verdicts]
    refused = [found.reason == "other_date" for found in verdicts]
    share = {check.name: check.value for check in whole.diagnostics}["placebo"]
    assert share is not None
    assert sum(stated) / 23 <= share <= (sum(stated) + sum(refused)) / 23


def test_what_is_not_provable_says_how_large_or_how_long_it_would_have_to_be() -> None:
    rng = np.random.default_rng(20)
    y = [float(v) for v in 100 + rng.normal(size=36) * 4 - 9 * (np.arange(36) >= 24)]
    found = estimate(Series("x", "month", tuple(range(36)), tuple(y)), Design(24, season=1.0, scale="identity"))
    assert found.verdict == "not_provable_yet"
    assert found.periods_needed == 18
    assert abs(found.estimate or 0.0) < (found.minimum_detectable or 0.0) < 20


def test_the_model_says_what_one_more_period_would_bring() -> None:
    """The look-ahead equals the textbook variance of the longer design under the present weights."""
    rng = np.random.default_rng(28)
    y = [float(v) for v in 100 + rng.normal(size=36) * 4 - 9 * (np.arange(36) >= 24)]
    found = estimate(Series("x", "month", tuple(range(36)), tuple(y)), Design(24, season=1.0, scale="identity"))
    assert (found.verdict, found.periods_needed) == ("not_provable_yet", 1)
