"""The parts of a change of the mean lead time: they sum to it, whatever the log, and never explode against each other."""

from __future__ import annotations

from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.analysis.process.log import Frontier, Step, StepStats
from valueviz.analysis.process.waterfall import waterfall

DAY = 86_400.0
CLOSE = 1e-9 * DAY

rows = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.integers(1, 5_000),
        st.floats(0, 1e9, allow_subnormal=False),
        st.floats(0, 1e9, allow_subnormal=False),
    ),
    max_size=8,
    unique_by=lambda row: row[0],
).map(lambda found: [Frontier(*row) for row in found])


@given(before=rows, after=rows, cases=st.tuples(st.integers(1, 5_000), st.integers(1, 5_000)))
def test_the_parts_sum_to_the_change_of_the_mean(
    before: list[Frontier], after: list[Frontier], cases: tuple[int, int]
) -> None:
    found = waterfall(before, after, cases=cases)
    size = 1 + (found.before + found.after) / 1e9
    assert fsum(part.change for part in found.parts) == pytest.approx(found.after - found.before, abs=CLOSE * size)
    for part in found.parts:
        if part.duration is not None and part.frequency is not None:
            assert part.duration + part.frequency == pytest.approx(part.change, abs=CLOSE * size)


def frontier_of(spans: list[list[tuple[str, float, float]]]) -> list[Frontier]:
    """The frontier of cases whose events overlap as they like, by the definition."""
    sums: dict[str, list[float]] = {}
    for events in spans:
        reached: float | None = None
        for name, start, end in sorted(events, key=lambda event: (event[1], event[2])):
            row = sums.setdefault(name, [0, 0.0, 0.0])
            row[0] += 1
            row[1] += 0.0 if reached is None else max(0.0, start - reached)
            row[2] += end - start if reached is None else max(0.0, end - max(reached, start))
            reached = end if reached is None else max(reached, end)
    return [Frontier(name, int(row[0]), row[1], row[2]) for name, row in sums.items()]


@given(seed=st.integers(0, 10_000))
def test_with_overlapping_events_the_ends_are_the_mean_lead_times(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def cases(many: int) -> list[list[tuple[str, float, float]]]:
        starts = [np.sort(rng.uniform(0, 30 * DAY, int(rng.integers(1, 8)))) for _ in range(many)]
        return [
            [(str(rng.choice(list("abcd"))), float(at), float(at + rng.exponential(2 * DAY))) for at in times]
            for times in starts
        ]

    sides = cases(50), cases(60)
    leads = [
        float(np.mean([max(end for *_, end in case) - min(start for _, start, _ in case) for case in side]))
        for side in sides
    ]
    found = waterfall(frontier_of(sides[0]), frontier_of(sides[1]), cases=(50, 60))
    assert found.before == pytest.approx(leads[0], abs=CLOSE)
    assert found.after == pytest.approx(leads[1], abs=CLOSE)
    assert fsum(part.change for part in found.parts) == pytest.approx(leads[1] - leads[0], abs=CLOSE)


def test_a_step_that_takes_longer_and_one_that_comes_more_often_are_told_apart() -> None:
    before = [Frontier("approve", 100, 100 * DAY, 0.0), Frontier("correct", 50, 50 * DAY, 0.0)]
    after = [Frontier("approve", 100, 300 * DAY, 0.0), Frontier("correct", 100, 100 * DAY, 0.0)]
    found = {part.activity: part for part in waterfall(before, after, cases=(100, 100)).parts}
    assert found["approve"].duration == pytest.approx(2 * DAY)
    assert found["approve"].frequency == pytest.approx(0)
    assert found["correct"].duration == pytest.approx(0)
    assert found["correct"].frequency == pytest.approx(DAY / 2)


@pytest.mark.parametrize(
    ("events", "shares"),
    [((18, 900), (0.02, 0.9)), ((0, 900), (0.0, 0.9)), ((40, 900), (0.015, 0.9))],
    ids=["too few events", "absent", "too small a share"],
)
def test_of_a_step_nearly_absent_in_one_period_only_the_sum_is_told(
    events: tuple[int, int], shares: tuple[float, float]
) -> None:
    sides = [
        [Frontier("check", many, many * hours * 3_600, 0.0)] if many else []
        for many, hours in zip(events, (654.0, 2.0), strict=True)
    ]
    stats = [
        StepStats(many, many, share, 0.0, 0.0, None, None, None) for many, share in zip(events, shares, strict=True)
    ]
    steps = [Step("check", None, stats[0], stats[1])]
    part = waterfall(sides[0], sides[1], cases=(1_000, 1_000), steps=steps).parts[0]
    assert (part.duration, part.frequency) == (None, None)
    assert part.change == pytest.approx((900 * 2 - events[0] * 654) * 3.6)


def test_the_largest_part_comes_first() -> None:
    before = [Frontier(name, 100, 100 * DAY, 0.0) for name in "abc"]
    after = [Frontier("a", 100, 101 * DAY, 0.0), Frontier("b", 100, 50 * DAY, 0.0), Frontier("c", 100, 120 * DAY, 0.0)]
    assert [part.activity for part in waterfall(before, after, cases=(100, 100)).parts] == ["b", "c", "a"]


def test_a_period_without_cases_has_no_lead_time() -> None:
    found = waterfall([], [Frontier("a", 40, 40 * DAY, 0.0)], cases=(0, 40))
    assert (found.before, found.after) == (0.0, DAY)
    assert [part.change for part in found.parts] == [DAY]
