"""What a map shows: few enough to be read, joined to the gates, with what came and went, and how much is left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.event_log import Log, edges, steps, walks
from valueviz.analysis.process.log import GATE, Edge, Step
from valueviz.analysis.process.result import Drawn
from valueviz.analysis.process.select import select


def log_of(traces: list[list[str]]) -> Log:
    """A log of cases, one a day, an hour between events."""
    names = sorted({name for trace in traces for name in trace})
    codes = {name: code for code, name in enumerate(names)}
    rows = [
        (case, codes[name], case * 86_400.0 + place * 3_600.0)
        for case, trace in enumerate(traces)
        for place, name in enumerate(trace)
    ]
    case, activity, at = (np.array(column) for column in zip(*rows, strict=True))
    return Log(case, activity, at, tuple(names))


def counted(before: list[list[str]], after: list[list[str]]) -> tuple[tuple[Edge, ...], tuple[Step, ...]]:
    """The edges and steps of a log whose first cases are before."""
    log = log_of([*before, *after])
    early = np.arange(len(before) + len(after)) < len(before)
    return edges(log, walks(log), sides=(early, ~early)), steps(log, sides=(early, ~early))


def drawn(before: list[list[str]], after: list[list[str]], *, most_nodes: int = 14) -> Drawn:
    """What is drawn of traces before and after."""
    rows, known = counted(before, after)
    return select(rows, known, cases=(len(before), len(after)), most_nodes=most_nodes)


def loose(found: Drawn) -> set[str]:
    """The drawn activities that cannot be reached from the beginning, or from which the end cannot be."""
    pairs = [*found.edges, *found.bridges]

    def reached(ways: list[tuple[str, str]]) -> set[str]:
        seen, waiting = {GATE}, [GATE]
        while waiting:
            here = waiting.pop()
            following = {target for source, target in ways if source == here} - seen
            seen |= following
            waiting += following
        return seen

    there = reached(pairs) & reached([(target, source) for source, target in pairs])
    return set(found.activities) - there


def test_a_small_process_is_drawn_as_it_is() -> None:
    found = drawn([["a", "b", "c"]] * 40, [["a", "c"]] * 40)
    assert found.activities == ("a", "b", "c")
    assert set(found.edges) == {(GATE, "a"), ("a", "b"), ("b", "c"), ("a", "c"), ("c", GATE)}
    assert (found.flow, found.left_out, found.bridges) == (1.0, 0, ())


def test_the_flow_is_the_share_of_walks_on_drawn_edges() -> None:
    found = drawn([["a", "b"]] * 199 + [["a", "x", "b"]], [["a", "b"]] * 200)
    assert found.activities == ("a", "b")
    assert found.flow == pytest.approx((400 * 3 - 1) / (400 * 3 + 1))


def test_four_hundred_activities_in_a_line_become_fourteen_joined_by_bridges() -> None:
    line = [f"step {place:03d}" for place in range(400)]
    found = drawn([line] * 30, [line] * 30)
    assert len(found.activities) == 14
    assert found.left_out == 386
    assert loose(found) == set()
    assert len(found.edges) + len(found.bridges) <= 30
    assert 0 < found.flow < 0.1


def test_four_hundred_activities_of_a_tail_are_left_out_and_the_main_way_stays() -> None:
    rng = np.random.default_rng(1)
    tail = [f"rare {place:03d}" for place in range(395)]
    traces = []
    for _ in range(600):
        trace = ["a", "b", "c", "d", "e"]
        if rng.random() < 0.5:
            trace.insert(int(rng.integers(1, 5)), tail[int(rng.integers(395))])
        traces.append(trace)
    found = drawn(traces[:300], traces[300:])
    assert {"a", "b", "c", "d", "e"} <= set(found.activities)
    assert len(found.activities) <= 14
    assert loose(found) == set()
    assert 0.6 < found.flow < 1


def test_a_step_that_came_is_drawn_before_busier_ones_that_stayed() -> None:
    line = [f"step {place:02d}" for place in range(20)]
    with_new = [*line[:10], "scan", *line[10:]]
    found = drawn([line] * 400, [line] * 360 + [with_new] * 40)
    assert "scan" in found.activities
    assert loose(found) == set()


def test_a_step_of_a_few_odd_cases_is_not_drawn() -> None:
    found = drawn([["a", "b"]] * 300, [["a", "b"]] * 299 + [["a", "odd", "b"]])
    assert found.activities == ("a", "b")
    assert found.left_out == 1


@given(seed=st.integers(0, 10_000), most_nodes=st.integers(2, 14))
def test_every_drawn_activity_is_joined_to_both_gates_whatever_the_log(seed: int, most_nodes: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"n{place}" for place in range(int(rng.integers(2, 30)))]
    traces = [[names[int(rng.integers(len(names)))] for _ in range(int(rng.integers(1, 12)))] for _ in range(80)]
    found = drawn(traces[:40], traces[40:], most_nodes=most_nodes)
    assert loose(found) == set()
    assert len(found.activities) <= most_nodes
    assert len(found.edges) + len(found.bridges) <= 30
    assert 0 < found.flow <= 1
    assert found.left_out + len(found.activities) == len({name for trace in traces for name in trace})


@given(seed=st.integers(0, 1_000))
def test_the_order_in_which_edges_come_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"n{place}" for place in range(20)]
    traces = [[names[int(rng.integers(20))] for _ in range(6)] for _ in range(80)]
    rows, known = counted(traces[:40], traces[40:])
    mixed = [rows[place] for place in rng.permutation(len(rows))]
    assert select(rows, known, cases=(40, 40)) == select(mixed, known, cases=(40, 40))


def test_of_one_period_the_shares_of_all_cases_choose() -> None:
    rows, known = counted([["a", "b", "c"]] * 30, [["a", "c"]] * 30)
    one = [replace(edge, before=None, after=None) for edge in rows]
    alone = [replace(step, before=None, after=None) for step in known]
    found = select(one, alone)
    assert found.activities == ("a", "b", "c")
    assert loose(found) == set()
