"""Who belongs to a cohort: the words of the definition, computed the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valueviz.engine.cohort import Cohort, cohort

Measured = dict[int, set[int]]


def of(measured: Measured) -> Cohort:
    pairs = [(unit, period) for unit in sorted(measured) for period in sorted(measured[unit])]
    return cohort(np.array([unit for unit, _ in pairs]), np.array([period for _, period in pairs]))


def slowly(measured: Measured) -> Cohort:
    periods = sorted(set().union(*measured.values()))
    members = {unit for unit in measured if 10 * len(measured[unit]) >= 9 * len(periods)}
    best = max(len(each) for each in measured.values())
    members = members or {unit for unit in measured if len(measured[unit]) == best}

    def complete() -> list[int]:
        return [period for period in periods if all(period in measured[unit] for unit in members)]

    while len(members) > 1 and 20 * len(complete()) < 19 * len(periods):
        members.remove(max(members, key=lambda unit: (-len(measured[unit]), unit)))
    outside = sorted(set(measured) - members)
    return Cohort(tuple(sorted(members)), tuple(outside), tuple(periods), tuple(complete()))


@st.composite
def gappy(draw: st.DrawFn) -> Measured:
    """Units over a score of periods, each with gaps few enough to be near the bounds."""
    periods = draw(st.integers(5, 60))
    found: Measured = {}
    for unit in range(draw(st.integers(1, 7))):
        gaps = draw(st.sets(st.integers(0, periods - 1), max_size=periods // 8))
        found[unit] = set(range(periods)) - gaps
    return found


@settings(max_examples=300, deadline=None, derandomize=True)
@given(measured=gappy())
def test_the_cohort_is_that_of_its_definition(measured: Measured) -> None:
    assert of(measured) == slowly(measured)


@pytest.mark.parametrize(
    ("gaps", "units", "complete"),
    [
        ({0: 0, 1: 1}, (0, 1), 19),
        ({0: 0, 1: 2}, (0,), 20),
        ({0: 4, 1: 4}, (0,), 16),
        ({0: 5, 1: 4}, (1,), 16),
        ({0: 1, 1: 1, 2: 1}, (0, 1, 2), 19),
    ],
    ids=[
        "one gap in twenty stays",
        "two cost too many periods",
        "of the best covered the first name",
        "the better covered alone",
        "gaps in the same period cost it once",
    ],
)
def test_bounds_of_the_cohort(gaps: dict[int, int], units: tuple[int, ...], complete: int) -> None:
    measured = {unit: set(range(missing, 20)) for unit, missing in gaps.items()}
    measured[9] = {0, 1}  # somebody measured the first periods, so that they exist
    found = of(measured)
    assert (found.units, len(found.complete)) == (units, complete)


def test_of_two_with_equally_many_gaps_the_later_name_leaves() -> None:
    everything = set(range(20))
    found = of({0: everything - {1}, 1: everything - {2}, 2: everything - {3}})
    assert (found.units, found.left_out) == ((0,), (1, 2))
    assert len(found.complete) == 19
