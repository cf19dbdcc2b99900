"""Processes typed by hand: sums by hand, an exactly additive waterfall, and nothing where a number lacks."""

from __future__ import annotations

from dataclasses import replace
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.analysis.process.hand import NOTHING, HandNumbers, Missing, add_up
from valueviz.analysis.process.log import GATE
from valueviz.terms import HandStep, ProcessState

HOUR = 3600.0

AS_IS = (
    HandStep("p", "as_is", "apply", 600.0, 0.0, "clerk", 400.0, 0.0, "necessary", False, "measured", "head"),
    HandStep("p", "as_is", "approve", 300.0, 86400.0, "head", None, 0.2, "necessary", False, "measured", "head"),
    HandStep("p", "as_is", "file", 900.0, 3600.0, "clerk", None, 0.0, "waste", False, "measured", "head"),
    HandStep("p", "as_is", "order", 1200.0, 7200.0, "buyer", None, 0.0, "adding", False, "measured", "head"),
)
TO_BE = (
    HandStep("p", "to_be", "apply", 600.0, 0.0, "clerk", 400.0, 0.0, "necessary", False, "measured", "head"),
    HandStep("p", "to_be", "check", 0.0, 0.0, "system", None, 0.0, "necessary", True, "measured", "head"),
    HandStep("p", "to_be", "approve", 300.0, 28800.0, "head", None, 0.1, "necessary", False, "measured", "head"),
    HandStep("p", "to_be", "order", 1200.0, 7200.0, "buyer", None, 0.0, "adding", False, "measured", "head"),
)


def measured(found: HandNumbers, key: str) -> tuple[float | None, float | None]:
    """A measure of both states."""
    return next((each.before, each.after) for each in found.measures if each.key == key)


def colours(found: HandNumbers) -> dict[tuple[str, str], str]:
    """The colour of every edge."""
    return {(edge.source, edge.target): edge.colour for edge in found.edges}


def test_lead_touch_and_efficiency_are_the_sums_over_steps_with_their_rework() -> None:
    found = add_up((*AS_IS, *TO_BE))
    touch = 600 + 300 * 1.2 + 900 + 1200
    wait = 86400 * 1.2 + 3600 + 7200
    assert measured(found, "lead_mean")[0] == pytest.approx(wait + touch, abs=1e-9)
    assert measured(found, "touch_mean")[0] == pytest.approx(touch, abs=1e-9)
    assert measured(found, "wait_mean")[0] == pytest.approx(wait, abs=1e-9)
    assert measured(found, "touch_share")[0] == pytest.approx(touch / (wait + touch))
    assert measured(found, "cycle_efficiency")[0] == pytest.approx(1200 / (wait + touch))
    assert measured(found, "steps_per_case") == pytest.approx((4.2, 4.1))
    assert measured(found, "handovers") == (3.0, 3.0)
    assert found.before is not None
    assert found.before.lead_time.mean == measured(found, "lead_mean")[0]
    assert (found.before.lead_time.median, found.before.cases, found.overall) == (None, 0, NOTHING)


def test_hours_a_month_take_one_stated_volume_for_all_steps_and_leave_out_what_the_system_does() -> None:
    found = add_up((*AS_IS, *TO_BE))
    before, after = measured(found, "hours_month")
    assert before == pytest.approx(400 * (600 + 360 + 900 + 1200) / HOUR)
    assert after == pytest.approx(400 * (600 + 330 + 1200) / HOUR)
    assert measured(found, "automation_rate") == pytest.approx((0.0, 1 / 4.1))
    slower = replace(TO_BE[1], touch=60.0)
    assert measured(add_up((*AS_IS, TO_BE[0], slower, *TO_BE[2:])), "hours_month")[1] == pytest.approx(after)


def test_steps_of_one_state_only_are_added_or_removed_and_stand_where_they_belong() -> None:
    found = add_up((*AS_IS, *TO_BE))
    assert {each.step.activity: each.presence for each in found.steps} == {
        "apply": "kept",
        "check": "added",
        "approve": "kept",
        "file": "removed",
        "order": "kept",
    }
    assert found.drawn.activities == ("apply", "check", "approve", "file", "order")
    assert (found.drawn.flow, found.drawn.left_out) == (1.0, 0)


def test_a_step_handed_to_the_system_has_a_role_of_its_own_in_each_state() -> None:
    handed = replace(TO_BE[2], role="system")
    changes = {each.step.activity: each.step for each in add_up((*AS_IS, *TO_BE[:2], handed, TO_BE[3])).steps}
    roles = [stats and stats.role for stats in (changes["approve"].before, changes["approve"].after)]
    assert (roles, changes["approve"].role, changes["file"].role) == (["head", "system"], "system", "clerk")


def test_a_changed_wait_is_an_outline_for_nothing_was_tested() -> None:
    found = add_up((*AS_IS, *TO_BE))
    assert colours(found) == {
        (GATE, "apply"): "unchanged",
        ("apply", "approve"): "removed",
        ("approve", "file"): "removed",
        ("file", "order"): "removed",
        ("order", GATE): "unchanged",
        ("approve", "approve"): "faster_outline",
        ("apply", "check"): "added",
        ("check", "approve"): "added",
        ("approve", "order"): "added",
    }
    assert all((edge.p, edge.q, edge.p_window, edge.drawn) == (None, None, None, True) for edge in found.edges)


@pytest.mark.parametrize(
    ("before", "after", "colour"),
    [
        (3600.0, 3600.0, "unchanged"),
        (3600.0, 3480.0, "unchanged"),
        (3600.0, 1800.0, "faster_outline"),
        (1800.0, 3600.0, "slower_outline"),
        (60.0, 20.0, "unchanged"),
        (0.0, 60.0, "slower_outline"),
        (None, 60.0, "unchanged"),
        (3600.0, None, "unchanged"),
    ],
    ids=["equal", "3 %", "half", "double", "40 seconds", "from none", "not stated today", "not stated as target"],
)
def test_a_wait_is_coloured_by_what_is_stated_on_both_sides(
    before: float | None, after: float | None, *, colour: str
) -> None:
    states: tuple[tuple[ProcessState, float | None], ...] = (("as_is", before), ("to_be", after))
    found = add_up([HandStep("p", state, name, 60.0, wait) for state, wait in states for name in ("a", "b")])
    assert colours(found)["a", "b"] == colour


def test_rework_is_a_loop_with_its_share_and_a_step_met_twice_leads_back() -> None:
    twice = [HandStep("p", "as_is", name, 60.0, 600.0, rework=0.0) for name in ("a", "b", "a", "c")]
    found = {(edge.source, edge.target): edge for edge in add_up(twice).edges}
    assert [pair for pair, edge in found.items() if edge.rework] == [("b", "a")]
    loops = add_up([replace(step, rework=0.15) for step in twice[:2]]).edges
    shares = {edge.source: edge.overall.share for edge in loops if edge.source == edge.target and edge.overall}
    assert shares == {"a": 0.15, "b": 0.15}


def test_one_state_alone_is_the_whole_and_compares_nothing() -> None:
    found = add_up(AS_IS)
    assert (found.before, found.after, found.waterfall) == (None, None, None)
    assert measured(found, "lead_mean") == (None, found.overall.lead_time.mean)
    assert {edge.colour for edge in found.edges} == {"unchanged"}
    assert all(change.step.overall is not None and change.presence == "kept" for change in found.steps)
    target = add_up(TO_BE)
    assert measured(target, "lead_mean") == (None, target.overall.lead_time.mean)


# The waterfall ───────────────────────────────────────────────────────────────


def test_the_waterfall_tells_shorter_from_rarer() -> None:
    found = add_up((*AS_IS, *TO_BE)).waterfall
    assert found is not None
    parts = {part.activity: part for part in found.parts}
    times = 86400.0 + 300, 28800.0 + 300
    approve = parts["approve"]
    assert approve.frequency == pytest.approx(-0.1 * sum(times) / 2)
    assert approve.duration == pytest.approx((times[1] - times[0]) * 1.15)
    assert (parts["file"].duration, parts["file"].frequency, parts["file"].change) == (None, None, -4500.0)
    assert (parts["order"].duration, parts["order"].frequency, parts["order"].change) == (0.0, 0.0, 0.0)


numbers = st.floats(0, 1e7)
typed = st.lists(
    st.builds(
        HandStep,
        process=st.just("p"),
        state=st.sampled_from(["as_is", "to_be"]),
        name=st.sampled_from("abcdef"),
        touch=numbers,
        wait=numbers,
        rework=st.floats(0, 1),
    ),
    min_size=1,
    max_size=12,
)


@given(typed)
def test_the_parts_of_the_waterfall_sum_to_the_change(steps: list[HandStep]) -> None:
    found = add_up(steps).waterfall
    if found is None:
        assert len({step.state for step in steps}) == 1
        return
    assert fsum(part.change for part in found.parts) == pytest.approx(found.after - found.before, abs=1e-9 * 86400)
    for part in found.parts:
        if part.duration is not None and part.frequency is not None:
            assert part.duration + part.frequency == pytest.approx(part.change, abs=1e-6)


# What lacks ──────────────────────────────────────────────────────────────────


def test_what_nobody_stated_is_named_and_no_sum_is_made_of_it() -> None:
    steps = (AS_IS[0], replace(AS_IS[1], wait=None), AS_IS[2], replace(AS_IS[3], rework=None), *TO_BE)
    found = add_up(steps)
    assert found.missing == (Missing("as_is", "approve", "wait"), Missing("as_is", "order", "rework"))
    assert (found.waterfall, found.before and found.before.lead_time.mean) == (None, None)
    assert found.after is not None
    assert measured(found, "lead_mean") == (None, found.after.lead_time.mean)
    edges = {(edge.source, edge.target): edge for edge in found.edges}
    assert edges["apply", "approve"].before is not None
    assert edges["apply", "approve"].before.median is None
    assert [finding.kind for finding in found.findings] == ["lead_stated"]


def test_without_any_rework_share_every_step_counts_once() -> None:
    found = add_up([replace(step, rework=None) for step in AS_IS])
    assert (found.once, found.missing) == (True, ())
    assert found.overall.lead_time.mean == pytest.approx(600 + 86700 + 4500 + 8400)


def test_a_volume_stated_nowhere_lacks_once_and_different_ones_are_never_spread() -> None:
    without = add_up([replace(step, volume=None) for step in AS_IS])
    assert without.missing == (Missing("as_is", None, "volume"),)
    mixed = add_up((AS_IS[0], replace(AS_IS[1], volume=90.0), *AS_IS[2:]))
    assert [lack.step for lack in mixed.missing] == ["file", "order"]
    assert "hours_month" not in {each.key for each in mixed.measures}


def test_efficiency_needs_the_class_of_every_step() -> None:
    found = add_up((replace(AS_IS[0], value=None), *AS_IS[1:]))
    assert "cycle_efficiency" not in {each.key for each in found.measures}


@given(typed)
def test_a_missing_wait_leaves_every_other_measure_as_it_was(steps: list[HandStep]) -> None:
    whole = {each.key: each for each in add_up(steps).measures}
    for lacking in add_up([replace(steps[0], wait=None), *steps[1:]]).measures:
        assert lacking.before in (None, whole[lacking.key].before)
        assert lacking.after in (None, whole[lacking.key].after)
