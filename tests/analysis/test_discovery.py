"""False discoveries against SciPy's adjusted p-values, and how many are let through where nothing is true."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from valueviz.analysis.discovery import passing

tests_of_many = st.lists(st.one_of(st.none(), st.floats(0, 1, allow_subnormal=False)), max_size=40)


@given(p_values=tests_of_many, rate=st.sampled_from([0.01, 0.05, 0.1, 0.25]))
def test_those_pass_whose_adjusted_p_value_is_at_most_the_rate(p_values: list[float | None], rate: float) -> None:
    tested = [p for p in p_values if p is not None]
    adjusted = iter(false_discovery_control(tested) if tested else ())
    nearest = [None if p is None else float(next(adjusted)) for p in p_values]
    for passed, p in zip(passing(p_values, rate=rate), nearest, strict=True):
        if p is None:
            assert not passed
        elif abs(p - rate) > 1e-12:
            assert passed is (p <= rate)


@pytest.mark.parametrize(
    ("p_values", "passed"),
    [
        ([], ()),
        ([None, None], (False, False)),
        ([0.05], (True,)),
        ([0.051], (False,)),
        ([0.02, 0.04], (True, True)),
        ([0.03, 0.06], (False, False)),
        ([0.05, 0.05, 0.05], (True, True, True)),
        ([0.0, None, 1.0], (True, False, False)),
    ],
)
def test_a_table_of_small_cases(p_values: list[float | None], passed: tuple[bool, ...]) -> None:
    assert passing(p_values, rate=0.05) == passed


def test_the_worked_example_of_benjamini_and_hochberg() -> None:
    # the fifteen p-values of section 3 of the article of 1995, of which four pass at 0.05
    published = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    published += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert passing(published, rate=0.05) == (True,) * 4 + (False,) * 11


@given(p_values=tests_of_many, data=st.data())
def test_the_order_of_tests_does_not_matter(p_values: list[float | None], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(p_values))))
    passed = passing(p_values, rate=0.1)
    assert passing([p_values[at] for at in order], rate=0.1) == tuple(passed[at] for at in order)


def test_where_nothing_is_true_hardly_ever_does_anything_pass() -> None:
    rng = np.random.default_rng(5)
    found = sum(any(passing(list(rng.uniform(size=20)), rate=0.05)) for _ in range(2000))
    assert found / 2000 < 0.065
