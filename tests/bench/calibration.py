"""How often the interval holds the truth, and how often the verdict is right: ours and three usual methods.

Run by hand: `python -m tests.bench.calibration [DRAWS [SCENARIO …]]` (default 300; 2,000 take some ten minutes). Synthetic
series, seeded; level 100, effect 0 or −10, season given. Coverage of the 95 % interval at both effects; power
is the share of −10 whose 95 % interval excludes 0; "stated" follows the whole rule; refusals count as not stated
and, for coverage and power of the interval, are left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import stats

from tests.analysis.synthetic import FIRST, SCENARIOS, Scenario, series
from valueviz.analysis.effect import Design, estimate
from valueviz.analysis.effect.design import season_columns
from valueviz.catalog.calendars import spring_festival_share
from valueviz.terms import Series

SEED = 20_240_101
Interval = tuple[float, float, float]


def split(drawn: Series, before: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions, values and the indicator of after, of the points that have a value."""
    at = np.array([i for i, value in enumerate(drawn.values) if value is not None], dtype=float)
    y = np.array([value for value in drawn.values if value is not None])
    return at, y, at >= before


def naive(drawn: Series, scenario: Scenario) -> Interval:
    """Mean after minus mean before, Welch's t."""
    _, y, after = split(drawn, scenario.before)
    result = stats.ttest_ind(y[after], y[~after], equal_var=False)
    low, high = result.confidence_interval(0.95)
    return float(y[after].mean() - y[~after].mean()), float(low), float(high)


def regression(drawn: Series, scenario: Scenario, *, lags: int) -> Interval:
    """Least squares with trend, season and step; robust to autocorrelation up to `lags` (0: not at all)."""
    at, y, after = split(drawn, scenario.before)
    columns = np.column_stack([np.ones(len(at)), at, *season_columns(at, scenario.season), after])
    inverse = np.linalg.inv(columns.T @ columns)
    beta = inverse @ columns.T @ y
    rest = y - columns @ beta
    degrees = len(y) - columns.shape[1]
    if not lags:
        variance = inverse[-1, -1] * float(rest @ rest) / degrees
    else:
        scores = columns * rest[:, None]
        meat = scores.T @ scores
        for lag in range(1, lags + 1):
            lagged = scores[lag:].T @ scores[:-lag]
            meat += (1 - lag / (lags + 1)) * (lagged + lagged.T)
        variance = float((inverse @ meat @ inverse)[-1, -1]) * len(y) / degrees
    half = float(stats.t.ppf(0.975, degrees)) * float(np.sqrt(variance))
    return float(beta[-1]), float(beta[-1]) - half, float(beta[-1]) + half


def least_squares(drawn: Series, scenario: Scenario) -> Interval:
    """Ordinary least squares with trend, season and step."""
    return regression(drawn, scenario, lags=0)


def newey_west(drawn: Series, scenario: Scenario) -> Interval:
    """The same with Newey–West errors, the usual number of lags."""
    lags = max(1, int(4 * (len(drawn.values) / 100) ** (2 / 9)))
    return regression(drawn, scenario, lags=lags)


PEERS: dict[str, Callable[[Series, Scenario], Interval]] = {
    "Welch": naive,
    "OLS": least_squares,
    "Newey–West": newey_west,
}


def festival(scenario: Scenario) -> tuple[np.ndarray | None, tuple[float, ...] | None]:
    """Which months are Spring Festival months (one a year), and the regressor the estimator gets."""
    if not scenario.festival:
        return None, None
    count = scenario.before + scenario.after
    share = spring_festival_share(tuple(range(FIRST, FIRST + count)), scenario.grain)
    months = np.zeros(count)
    for start in range(0, count, 12):
        months[start + int(np.argmax(share[start : start + 12]))] = 1.0
    return months, share


def tally(name: str, scenario: Scenario, *, draws: int) -> None:
    """Print one row."""
    months, share = festival(scenario)
    design = Design(
        FIRST + scenario.before,
        season=scenario.season,
        scale="auto" if scenario.multiplicative else "identity",
        holiday=share,
    )
    counts = dict.fromkeys(("covered", "told", "slope", "forecast", "power", "stated", "found", "refused", "wander"), 0)
    peers = dict.fromkeys(PEERS, 0)
    off, clock = [], time.process_time()
    ours = 0.0
    for effect in (0.0, -10.0):
        rng = np.random.default_rng(SEED)
        for _ in range(draws):
            drawn = series(rng, scenario, effect=effect, festival=months)
            clock = time.process_time()
            answer = estimate(drawn, design, thorough=False)
            ours += time.process_time() - clock
            for peer, method in PEERS.items():
                _, low, high = method(drawn, scenario)
                peers[peer] += low <= effect <= high
            counts["stated" if effect == 0 else "found"] += answer.verdict in ("improved", "worse")
            if answer.estimate is None or answer.low is None or answer.high is None:
                counts["refused"] += 1
                continue
            relative = scenario.multiplicative
            value, low, high = (
                (100 * (answer.relative or 0), 100 * (answer.relative_low or 0), 100 * (answer.relative_high or 0))
                if relative
                else (answer.estimate, answer.low, answer.high)
            )
            counts["told"] += 1
            counts["covered"] += low <= effect <= high
            counts["power"] += effect < 0 and high < 0
            counts["wander"] += "wandering" in answer.warnings
            if not relative and answer.step_slope is not None and answer.forecast is not None:
                counts["slope"] += answer.step_slope.low <= effect <= answer.step_slope.high
                counts["forecast"] += answer.forecast.low <= effect <= answer.forecast.high
            off.append(value - effect)
    told = counts["told"]
    row = [
        f"{name:>9}",
        f"{counts['covered'] / told:8.3f}",
        # on the log scale these two are in the unit of the values, where the truth differs from draw to draw
        f"{'–' if scenario.multiplicative else format(counts['slope'] / told, '.3f'):>10}",
        f"{'–' if scenario.multiplicative else format(counts['forecast'] / told, '.3f'):>8}",
        f"{np.mean(off) / scenario.sd:+6.2f}",
        f"{2 * counts['power'] / told:5.2f}",
        f"{counts['stated'] / draws:6.3f}",
        f"{counts['found'] / draws:5.2f}",
        f"{counts['refused'] / 2 / draws:7.3f}",
        f"{counts['wander'] / told:6.3f}",
        f"{ours / draws / 2 * 1e3:5.1f}",
        *(f"{share / 2 / draws:{len(peer) + 1}.2f}" for peer, share in peers.items()),
    ]
    print(" ".join(row), flush=True)


def main(draws: int, names: list[str]) -> None:
    """Print the table, of all scenarios or of those named."""
    print(f"{draws} draws of each effect, seed {SEED}; peers: coverage of their 95 % interval")
    print("          covered step+slope forecast  bias power  false found refused wander    ms", *PEERS)
    scenarios = SCENARIOS | {"S1-walk": replace(SCENARIOS["S1"], walk=1.0)}
    for name, scenario in scenarios.items():
        if not names or name in names:
            tally(name, scenario, draws=draws)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, sys.argv[2:])
