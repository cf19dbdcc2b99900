"""A slice of the calibration table, the same draws as its first ones: a broken core falls out of these bounds.

The whole table is `python -m tests.bench.calibration 2000`; docs/methods.md prints it.
"""

from __future__ import annotations

import pytest

from tests.bench.protocol import CELLS, Tally, tallied

DRAWS = 60
KEYS = ("S2", "S5", "S7", "S10")
"""Short with season and trend; a random walk; weekly with strong autocorrelation; the log scale."""
FALSE, FOUND = 0.05, 0.60
"""Bounds of the kinds of series that have no bar of their own."""


@pytest.fixture(scope="module")
def slices() -> dict[str, Tally]:
    return {key: tallied(key, 0, DRAWS) for key in KEYS}


@pytest.mark.slow
def test_95_intervals_hold_the_truth_about_95_times_in_100(slices: dict[str, Tally]) -> None:
    for key, tally in slices.items():
        assert 0.89 <= tally.covered("total") <= 0.995, key
    covered, told = (sum(tally.counts[name] for tally in slices.values()) for name in ("total covered", "total told"))
    assert 0.935 <= covered / told <= 0.985


@pytest.mark.slow
def test_what_is_not_there_is_rarely_stated_and_what_is_there_is_mostly_found(slices: dict[str, Tally]) -> None:
    for key, tally in slices.items():
        bars = CELLS[key].bars
        assert tally.counts["false"] <= (bars.false or FALSE) * DRAWS + 1, key
        assert tally.counts["found"] >= (bars.found or FOUND) * DRAWS - 3, key
        assert tally.counts["refused"] <= 0.04 * DRAWS, key


@pytest.mark.slow
def test_estimates_lie_about_the_truth(slices: dict[str, Tally]) -> None:
    for key, tally in slices.items():
        # three standard errors of the mean of these draws, seen over the two effects that share their noise
        mean = sum(tally.off["total"]) / len(tally.off["total"])
        spread = (sum((each - mean) ** 2 for each in tally.off["total"]) / len(tally.off["total"])) ** 0.5
        assert abs(mean) <= 3 * spread / DRAWS**0.5, key
