"""The change of a product is split over its factors as by averaging every order of change."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valueviz.analysis.attribution import shapley
from valueviz.errors import UsageError

FACTOR = st.floats(-50, 50).map(lambda value: round(value, 3))


def by_orders(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """The definition: what each factor changes when its turn comes, averaged over all orders."""
    brought = dict.fromkeys(before, 0.0)
    orders = list(permutations(before))
    for order in orders:
        state = dict(before)
        for name in order:
            previous = math.prod(state.values())
            state[name] = after[name]
            brought[name] += (math.prod(state.values()) - previous) / len(orders)
    return brought


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FACTOR, FACTOR), min_size=1, max_size=5))
def test_shares_are_those_of_averaging_all_orders(factors: list[tuple[float, float]]) -> None:
    before, after = ({str(i): pair[side] for i, pair in enumerate(factors)} for side in (0, 1))
    size = max(1.0, *(math.prod(max(1, abs(b), abs(a)) for b, a in factors) for _ in (0,)))
    assert shapley(before, after) == pytest.approx(by_orders(before, after), rel=1e-9, abs=1e-12 * size)


@given(st.lists(st.tuples(st.floats(0.01, 1e6), st.floats(0.01, 1e6)), min_size=1, max_size=12))
def test_shares_sum_to_the_change_to_the_last_bit_of_the_largest(factors: list[tuple[float, float]]) -> None:
    before, after = ({str(i): pair[side] for i, pair in enumerate(factors)} for side in (0, 1))
    total = math.prod(after.values()) - math.prod(before.values())
    shares = shapley(before, after).values()
    finest = 0.0 if max(map(abs, shares)) <= abs(total) else math.ulp(max(map(abs, shares)))
    assert abs(math.fsum(shares) - total) <= finest


def test_two_factors_share_what_they_brought_together_evenly() -> None:
    # 10 × 4 = 40 becomes 8 × 3 = 24: volume alone −8, time alone −10, both at once gives 2 back
    assert shapley({"volume": 10, "hours": 4}, {"volume": 8, "hours": 3}) == {"volume": -7.0, "hours": -9.0}


def test_a_factor_that_did_not_change_brought_nothing() -> None:
    brought = shapley({"a": 3.0, "b": 5.0, "c": 7.0}, {"a": 2.0, "b": 5.0, "c": 9.0})
    assert brought["b"] == 0
    assert brought["a"] < 0 < brought["c"]


def test_factors_of_other_names_or_without_a_number_are_refused() -> None:
    with pytest.raises(UsageError) as refusal:
        shapley({"a": 1.0}, {"b": 1.0})
    assert refusal.value.code == "chain_factors"
    with pytest.raises(UsageError) as refusal:
        shapley({"a": 1.0}, {"a": math.inf})
    assert refusal.value.code == "chain_not_finite"
