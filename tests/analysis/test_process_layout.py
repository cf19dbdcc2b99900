"""Layouts of processes: nothing overlaps, the main way runs straight, and the same graph lies the same way."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.analysis.process.labelling import Area, Wanted, around, place_labels, samples
from valueviz.analysis.process.layout import Layout, Link, Shape, lay_out, plan
from valueviz.analysis.process.placement import isotone

GATES = ("in", "out")


def _graph(seed: int, *, steps: int, ways: int, lanes: int = 1) -> tuple[list[Shape], list[Link]]:
    """A random process: a chain through all steps, and ways at random, some back, some to their own step."""
    chance = random.Random(seed)
    keys = ["in", *(f"step {number}" for number in range(steps)), "out"]
    shapes = [
        Shape(key, 2.2, 2.2)
        if key in GATES
        else Shape(key, chance.uniform(6, 11), chance.choice((3.3, 4.6)), chance.randrange(lanes))
        for key in keys
    ]
    pairs = {(here, there): chance.uniform(0.3, 1.0) for here, there in pairwise(keys)}
    while len(pairs) < ways:
        source = chance.randrange(1, steps + 1)
        target = min(steps + 1, max(1, source + round(chance.gauss(1.0, 3.0))))
        pairs.setdefault((keys[source], keys[target]), chance.random() ** 3)
    return shapes, [Link(*pair, weight, 0.1 + 0.5 * weight) for pair, weight in pairs.items()]


def _apart(one: Area, other: Area) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def _boxes(shapes: list[Shape], layout: Layout) -> dict[str, Area]:
    return {shape.key: around(layout.places[shape.key], shape.width, shape.height) for shape in shapes}


@pytest.mark.parametrize(("steps", "ways"), [(1, 2), (3, 5), (8, 16), (14, 30), (14, 44)])
@pytest.mark.parametrize("seed", range(6))
def test_no_two_steps_overlap(seed: int, steps: int, ways: int) -> None:
    shapes, links = _graph(seed, steps=steps, ways=ways)
    layout = lay_out(shapes, links)
    boxes = _boxes(shapes, layout)
    assert all(_apart(one, other) for one, other in combinations(boxes.values(), 2))
    assert all(
        box[0] >= 0 and box[1] >= 0 and box[2] <= layout.width and box[3] <= layout.height for box in boxes.values()
    )


@pytest.mark.parametrize("seed", range(6))
def test_lines_run_through_no_step_but_their_own(seed: int) -> None:
    shapes, links = _graph(seed, steps=12, ways=26)
    layout = lay_out(shapes, links)
    boxes = _boxes(shapes, layout)
    for route in layout.routes:
        for key, (left, top, right, bottom) in boxes.items():
            if key in (route.source, route.target):
                continue
            inside = [
                (x, y) for x, y in samples(route) if left + 0.05 < x < right - 0.05 and top + 0.05 < y < bottom - 0.05
            ]
            assert not inside, (route.source, route.target, key)


@pytest.mark.parametrize("seed", range(6))
def test_labels_stand_clear_of_steps_of_each_other_and_of_other_lines(seed: int) -> None:
    shapes, links = _graph(seed, steps=12, ways=26)
    layout = lay_out(shapes, links)
    boxes = list(_boxes(shapes, layout).values())
    wanted = [Wanted((link.source, link.target), 6.0, 1.24, link.weight) for link in links]
    drawn = [(link.source, link.target) for link in links]
    places = place_labels(layout, wanted, drawn=drawn, taken=boxes)
    areas = {pair: around(spot, 6.0, 1.24) for pair, spot in places.items()}
    assert len(areas) > len(wanted) / 4
    assert all(_apart(one, other) for one, other in combinations(areas.values(), 2))
    assert all(_apart(area, box) for area in areas.values() for box in boxes)
    for route in layout.routes:
        for pair, (left, top, right, bottom) in areas.items():
            if pair != (route.source, route.target):
                assert not any(left < x < right and top < y < bottom for x, y in samples(route)), pair


def test_the_label_of_the_rarest_way_is_the_one_left_out() -> None:
    shapes = [Shape("in", 2.2, 2.2), Shape("a", 8, 3.3), Shape("b", 8, 3.3), Shape("out", 2.2, 2.2)]
    links = [Link("in", "a", 1.0), Link("a", "b", 0.9), Link("a", "out", 0.1), Link("b", "out", 0.9)]
    layout = lay_out(shapes, links)
    boxes = list(_boxes(shapes, layout).values())
    wanted = [Wanted(("a", "b"), 9.0, 1.24, 0.9), Wanted(("a", "out"), 400.0, 1.24, 0.1)]
    places = place_labels(
        layout, wanted, drawn=[(link.source, link.target) for link in links], taken=boxes, beyond=20.0
    )
    assert set(places) == {("a", "b")}


@pytest.mark.parametrize("seed", range(4))
def test_the_same_graph_lies_the_same_way(seed: int) -> None:
    shapes, links = _graph(seed, steps=14, ways=30)
    assert lay_out(shapes, links) == lay_out(list(shapes), list(links))


@pytest.mark.parametrize("seed", range(6))
def test_the_heaviest_way_runs_straight_down(seed: int) -> None:
    shapes, links = _graph(seed, steps=10, ways=20)
    layout = lay_out(shapes, links)
    assert layout.spine[0] == "in"
    assert {round(layout.places[key][0], 9) for key in layout.spine} == {round(layout.places["in"][0], 9)}


def test_a_way_back_enters_its_step_from_the_side() -> None:
    shapes = [Shape("in", 2, 2), Shape("a", 8, 3.3), Shape("b", 8, 3.3), Shape("out", 2, 2)]
    links = [Link("in", "a", 1.0), Link("a", "b", 1.0), Link("b", "a", 0.2), Link("b", "out", 1.0)]
    layout = lay_out(shapes, links)
    back = next(route for route in layout.routes if route.kind == "back")
    (x, y), before = back.bends[-1], back.bends[-3]
    assert abs(abs(x - layout.places["a"][0]) - 4.0) < 1e-6
    assert abs(y - layout.places["a"][1]) < 3.3 / 2
    assert before[1] == pytest.approx(y)


@pytest.mark.parametrize("seed", range(6))
def test_steps_keep_to_their_lanes(seed: int) -> None:
    shapes, links = _graph(seed, steps=10, ways=18, lanes=4)
    layout = lay_out(shapes, links, lanes=[8.0] * 4)
    assert len(layout.lanes) == 4
    for shape in shapes:
        left, right = layout.lanes[shape.lane]
        x = layout.places[shape.key][0]
        assert left <= x - shape.width / 2
        assert x + shape.width / 2 <= right
    boxes = _boxes(shapes, layout)
    assert all(_apart(one, other) for one, other in combinations(boxes.values(), 2))


def test_a_layout_keeps_to_a_width_where_its_layers_allow() -> None:
    shapes, links = _graph(3, steps=10, ways=24)
    made = plan(shapes, links)
    free = made.layout()
    air = {(link.source, link.target): 3.0 for link in links[:6]}
    loose = made.layout(air=air)
    assert loose.width > free.width
    assert made.layout(most=free.width).width <= free.width + 1e-6


def test_gaps_are_opened_below_their_layer_only() -> None:
    shapes, links = _graph(1, steps=6, ways=10)
    made = plan(shapes, links)
    plain, opened = made.layout(), made.layout(gaps={2: 3.0})
    moved = {key: opened.places[key][1] - plain.places[key][1] for key in plain.places}
    upper = {key for layer in plain.layers[:3] for key in layer}
    assert all(moved[key] == pytest.approx(0.0 if key in upper else 3.0) for key in moved)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.01, 10)), min_size=1, max_size=30))
def test_isotone_numbers_rise_and_keep_the_weighted_mean(pairs: list[tuple[float, float]]) -> None:
    wanted, weights = [value for value, _ in pairs], [weight for _, weight in pairs]
    found = isotone(wanted, weights)
    assert all(left <= right + 1e-9 for left, right in pairwise(found))
    total = sum(weights)
    mean = sum(value * weight for value, weight in pairs) / total
    assert sum(value * weight for value, weight in zip(found, weights, strict=True)) / total == pytest.approx(
        mean, abs=1e-6
    )
