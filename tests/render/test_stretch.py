"""Stretches of a series: broken at gaps, cut at the frame, hatched between their edges."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.render.charts.sheet import Box, Frame
from valueviz.render.charts.stretch import clamped, hatching, seen, unbroken
from valueviz.story.blocks import Point

FRAME = Frame(Box(0, 0, 100, 100), 0, 10, 0, 10)
VALUES = st.lists(st.floats(-30, 40), min_size=2, max_size=12)


def test_a_distance_above_the_allowed_one_is_a_gap() -> None:
    points = [Point(x, 0.0) for x in (1.0, 2.0, 4.0, 5.0, 9.0)]
    assert [[point.x for point in run] for run in unbroken(points, 1.0)] == [[1, 2], [4, 5], [9]]
    assert len(unbroken(points, 4.0)) == 1


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ([(0.0, 5.0), (10.0, 5.0)], [[(0, 5), (10, 5)]]),
        ([(0.0, -5.0), (10.0, 15.0)], [[(2.5, 0), (7.5, 10)]]),
        ([(0.0, 5.0), (1.0, 15.0), (2.0, 5.0)], [[(0, 5), (0.5, 10)], [(1.5, 10), (2, 5)]]),
        ([(0.0, 20.0), (10.0, 30.0)], []),
        ([(0.0, 12.0), (10.0, 12.0)], []),
    ],
    ids=["inside", "crossing both ends", "a peak outside", "above", "level above"],
)
def test_a_line_is_cut_where_it_leaves_the_frame(
    line: list[tuple[float, float]], parts: list[list[tuple[float, float]]]
) -> None:
    assert seen(line, FRAME) == parts


@given(VALUES)
def test_no_part_of_a_line_is_outside_the_frame(values: list[float]) -> None:
    for part in seen([(float(x), y) for x, y in enumerate(values)], FRAME):
        assert all(-1e-6 <= y <= 10 + 1e-6 for _, y in part)


@given(VALUES)
def test_a_cut_band_stays_inside_and_keeps_what_was_inside(values: list[float]) -> None:
    rows = [(float(x), low, low + 4) for x, low in enumerate(values)]
    cut = clamped(rows, FRAME)
    assert all(0 <= edge <= 10 for _, *edges in cut for edge in edges)
    assert [x for x, _, _ in cut] == sorted(x for x, _, _ in cut)
    kept = {x: (low, high) for x, low, high in cut}
    for x, low, high in rows:
        assert kept[x] == pytest.approx((min(max(low, 0), 10), min(max(high, 0), 10)), abs=1e-6)


def test_a_band_is_bent_where_it_crosses_the_frame_and_not_before() -> None:
    assert clamped([(0.0, 5.0, 8.0), (2.0, 5.0, 12.0)], FRAME) == [(0, 5, 8), (1, 5, 10), (2, 5, 10)]


@given(VALUES, st.floats(1, 9))
def test_every_diagonal_lies_between_both_edges(values: list[float], height: float) -> None:
    edges = [(12.0 * number, place, place + height) for number, place in enumerate(values)]
    for x0, y0, x1, y1 in hatching(edges, step=4):
        assert y1 - y0 == pytest.approx(x1 - x0)
        for x, y in ((x0, y0), (x1, y1)):
            top = next(
                a[1] + (x - a[0]) / (b[0] - a[0]) * (b[1] - a[1]) for a, b in pairwise(edges) if x <= b[0] + 1e-9
            )
            assert top - 1e-6 <= y <= top + height + 1e-6


def test_diagonals_are_as_far_apart_as_asked() -> None:
    found = hatching([(0.0, 0.0, 10.0), (40.0, 0.0, 10.0)], step=5)
    offsets = sorted({round(y - x, 6) for x, y, _, _ in found})
    assert all(later - earlier == pytest.approx(5) for earlier, later in pairwise(offsets))
    assert len(offsets) >= 9
