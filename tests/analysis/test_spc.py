"""Process limits against published worked examples; the rules against tables of cases and their symmetries."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.analysis.spc import Direction, Limits, Rule, Signal, assurance, chart, limits, outside, patterns
from valueviz.terms import Better

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "effects.json").read_text(encoding="utf-8"))["xmr"]

NATURAL = Limits(centre=0.0, lower=-3.0, upper=3.0, moving_range=3 / 2.66, trial=False)
"""Limits of three on either side, so that a third of the way is one."""

STABLE = [5.0, 7.0, 4.0, 6.0, 8.0, 5.0, 6.0, 7.0, 4.0, 6.0, 5.0, 8.0]
"""Twelve points that wander around six without a signal."""


# Limits ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("screened", "key"), [(True, "screen_outliers"), (False, "no_screen")])
def test_limits_are_those_of_nhsrplotthedots(screened: bool, key: str) -> None:
    found = limits(GOLDEN["series"], screened=screened)
    published = GOLDEN[key]
    assert (found.centre, found.lower, found.upper) == pytest.approx(
        (published["mean"], published["lpl"], published["upl"]), abs=0.01
    )


def test_limits_are_those_of_statprocon() -> None:
    published = GOLDEN["statprocon"]
    found = limits(published["series"])
    assert (found.centre, found.lower, found.upper) == pytest.approx(
        (published["cl"], published["lnpl"], published["unpl"]), abs=0.05
    )
    assert found.trial


def test_only_points_beyond_the_limits_are_signals() -> None:
    assert outside(GOLDEN["series"], limits(GOLDEN["series"])) == (4,)


@pytest.mark.parametrize("value", [0.1, 1e-300, 1e308, -7.3, 0.0])
def test_a_constant_series_keeps_to_its_limits_whatever_the_rounding(value: float) -> None:
    for count in range(2, 40):
        values = [value] * count
        found = limits(values)
        assert (outside(values, found), found.moving_range) == ((), 0.0)
        assert set(map(len, patterns(values, found).values())) == {0}


@pytest.mark.parametrize(("count", "trial"), [(2, True), (11, True), (12, False), (30, False)])
def test_limits_of_fewer_than_twelve_points_are_trial_limits(count: int, trial: bool) -> None:
    assert limits([float(place % 3) for place in range(count)]).trial is trial


# The five rules ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "rule", "places"),
    [
        ([0.5, 3.0, -3.0, -0.5], "beyond_limits", {}),
        ([0.5, 3.1, -0.5, -3.1], "beyond_limits", {1: 1, 3: -1}),
        ([0.5] * 7, "shift", {}),
        ([-0.5, *[0.5] * 8], "shift", dict.fromkeys(range(1, 9), 1)),
        ([-0.5, *[-1.5] * 8, 1.0], "shift", dict.fromkeys(range(9), -1)),
        ([*[0.5] * 4, 0.0, *[0.5] * 4], "shift", dict.fromkeys((0, 1, 2, 3, 5, 6, 7, 8), 1)),
        ([*[0.5] * 4, 0.0, *[0.5] * 3], "shift", {}),
        ([*[0.5] * 4, -0.1, *[0.5] * 4], "shift", {}),
        ([-2.0, -1.0, 0.0, 0.5, 1.0], "trend", {}),
        ([-2.0, -1.0, 0.0, 0.5, 1.0, 1.5], "trend", dict.fromkeys(range(6), 1)),
        ([-2.0, -1.0, 0.0, 0.0, 0.5, 1.0, 1.5], "trend", dict.fromkeys((0, 1, 2, 4, 5, 6), 1)),
        ([2.0, 1.5, 1.0, 0.5, 0.0, -0.5, 0.5], "trend", dict.fromkeys(range(6), -1)),
        ([-2.0, -1.0, 0.0, -0.1, 0.5, 1.0, 1.5], "trend", {}),
        ([2.5, 0.0, 2.5], "near_limit", {0: 1, 2: 1}),
        ([2.5, 2.5], "near_limit", {0: 1, 1: 1}),
        ([-2.5, 2.5, 0.0], "near_limit", {}),
        ([2.5, 0.0, 0.0, 2.5], "near_limit", {}),
        ([2.0, 2.0, 2.0], "near_limit", {}),
        ([0.0, -3.5, -2.1, 0.0], "near_limit", {1: -1, 2: -1}),
        ([0.5, -0.5] * 7, "hugging", {}),
        ([*[0.5, -0.5] * 7, 0.9], "hugging", dict.fromkeys(range(15), 0)),
        ([*[0.5, -0.5] * 7, 1.0], "hugging", {}),
    ],
)
def test_each_rule_finds_its_pattern_and_no_other(values: list[float], rule: Rule, places: dict[int, int]) -> None:
    assert patterns(values, NATURAL)[rule] == places


def test_a_stable_series_gives_no_signal() -> None:
    found = chart(STABLE, better="lower")
    assert (found.signals, found.trial, len(found.segments)) == ((), False, 1)


# Segments ────────────────────────────────────────────────────────────────────

LOWER = [value - 6 for value in STABLE]


def test_limits_from_before_go_live_are_frozen_and_held() -> None:
    found = chart([*STABLE, *LOWER], better="lower", go_live=12)
    before, after = found.segments
    assert before.limits == after.limits == limits(STABLE)
    assert (before.held, after.held, after.reason) == (False, True, None)
    assert {signal.direction for signal in after.signals} == {"improving"}
    assert {signal.rule for signal in after.signals} >= {"shift"}
    assert before.signals == ()


def test_a_rebase_is_declared_with_its_reason_and_gives_the_time_after_its_own_limits() -> None:
    found = chart([*STABLE, *LOWER], better="lower", go_live=12, rebased="go_live")
    before, after = found.segments
    assert (before.limits, after.limits) == (limits(STABLE), limits(LOWER))
    assert (before.reason, after.reason, after.held) == (None, "go_live", False)
    assert found.signals == ()


def test_nothing_that_the_data_show_rebases_the_limits() -> None:
    (only,) = chart([*STABLE, *[value + 100 for value in STABLE]], better="lower").segments
    assert only.limits == limits([*STABLE, *[value + 100 for value in STABLE]])


def test_transition_points_belong_to_no_segment() -> None:
    found = chart([*STABLE, 99.0, 99.0, *STABLE], better="lower", go_live=12, transition=2)
    assert found.transition == (12, 13)
    assert [segment.positions for segment in found.segments] == [tuple(range(12)), tuple(range(14, 26))]
    assert found.signals == ()


def test_missing_periods_are_skipped_and_positions_are_those_of_the_values() -> None:
    gappy: list[float | None] = [value for each in [*STABLE, 99.0] for value in (each, None, float("nan"))]
    found = chart(gappy, better="lower", go_live=36)
    assert [segment.positions for segment in found.segments] == [tuple(range(0, 36, 3)), (36,)]
    assert found.segments[0].limits == limits(STABLE)
    assert found.signals == (Signal(36, "beyond_limits", "worsening"),)


@pytest.mark.parametrize("after", [1, 11])
def test_a_short_segment_has_trial_limits_or_none_and_assures_nothing(after: int) -> None:
    found = chart([*STABLE, *LOWER[:after]], better="lower", go_live=12, rebased="go_live", target=100.0)
    assert found.trial
    assert (found.segments[0].assurance, found.segments[1].assurance) == ("consistently_met", None)
    assert (found.segments[1].limits is None) is (after == 1)


def test_a_series_without_any_value_has_no_segment() -> None:
    assert chart([None, None], better="lower").segments == ()


# Assurance ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("target", "better", "said"),
    [
        (3.0, "lower", "consistently_met"),
        (2.9, "lower", "hit_or_miss"),
        (-3.0, "lower", "hit_or_miss"),
        (-3.1, "lower", "consistently_missed"),
        (-3.0, "higher", "consistently_met"),
        (-2.9, "higher", "hit_or_miss"),
        (3.0, "higher", "hit_or_miss"),
        (3.1, "higher", "consistently_missed"),
        (None, "lower", None),
    ],
)
def test_assurance_is_the_target_against_the_limits(target: float | None, better: Better, said: str | None) -> None:
    assert assurance(NATURAL, target, better=better) == said


def test_each_segment_is_judged_by_its_own_limits_and_held_limits_judge_nothing() -> None:
    judged = [
        [segment.assurance for segment in chart([*STABLE, *LOWER], better="lower", go_live=12, **of).segments]
        for of in ({"target": 4.0, "rebased": "go_live"}, {"target": 4.0})
    ]
    assert judged == [["hit_or_miss", "hit_or_miss"], ["hit_or_miss", None]]


# Symmetries ──────────────────────────────────────────────────────────────────

whole_numbers = st.lists(st.integers(-20, 20).map(float), min_size=2, max_size=60)


@given(values=whole_numbers, power=st.integers(-30, 30))
def test_another_unit_changes_no_signal(values: list[float], power: int) -> None:
    factor = 2.0**power
    before = chart(values, better="lower", go_live=len(values) // 2)
    after = chart([value * factor for value in values], better="lower", go_live=len(values) // 2)
    assert before.signals == after.signals
    for one, other in zip(before.segments, after.segments, strict=True):
        if one.limits is not None and other.limits is not None:
            assert other.limits.upper == one.limits.upper * factor


@given(values=whole_numbers, shift=st.integers(-1000, 1000))
def test_limits_move_with_the_values(values: list[float], shift: int) -> None:
    one, other = limits(values), limits([value + shift for value in values])
    assert (other.lower, other.centre, other.upper) == pytest.approx(
        (one.lower + shift, one.centre + shift, one.upper + shift), abs=1e-9
    )


@given(values=whole_numbers, better=st.sampled_from(["lower", "higher"]))
def test_the_mirrored_series_is_better_the_other_way_round(values: list[float], better: Better) -> None:
    other: Better = "higher" if better == "lower" else "lower"
    mirrored = chart([-value for value in values], better=other, go_live=len(values) // 2)
    assert mirrored.signals == chart(values, better=better, go_live=len(values) // 2).signals


@given(values=whole_numbers, better=st.sampled_from(["lower", "higher"]))
def test_what_improves_one_way_worsens_the_other_way(values: list[float], better: Better) -> None:
    turned: dict[Direction | None, Direction | None] = {"improving": "worsening", "worsening": "improving", None: None}
    signals = chart(values, better="higher").signals
    assert [replace(each, direction=turned[each.direction]) for each in signals] == list(
        chart(values, better="lower").signals
    )


@given(values=whole_numbers)
def test_time_run_backwards_finds_the_same_points_and_turns_only_trends(values: list[float]) -> None:
    found = limits(values)
    backward = patterns(values[::-1], replace(limits(values[::-1]), centre=found.centre))
    forward = patterns(values, found)
    for rule in ("beyond_limits", "shift", "near_limit", "hugging"):
        assert {len(values) - 1 - place: side for place, side in backward[rule].items()} == forward[rule]
    assert sorted(backward["trend"].values()) == sorted(-side for side in forward["trend"].values())


@given(values=whole_numbers)
def test_signals_come_in_order_of_position(values: list[float]) -> None:
    positions = [signal.position for signal in chart(values, better="lower").signals]
    assert positions == sorted(positions)


@given(values=whole_numbers)
def test_the_rule_about_limits_agrees_with_the_points_outside_them(values: list[float]) -> None:
    found = limits(values)
    assert tuple(patterns(values, found)["beyond_limits"]) == outside(values, found)
