"""What each dated step brought is found as often as stated, sums to the total, and is not claimed where it cannot be."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.staged import Staged, draw
from tests.analysis.synthetic import FIRST, autocorrelated
from valueviz.analysis.attribution import Attribution, LeftOut, StepAt, split
from valueviz.analysis.effect import Design, estimate
from valueviz.errors import UsageError
from valueviz.terms import Series

BEFORE = 24


def made(values: np.ndarray, **fields: Any) -> Series:
    return Series("x", "month", tuple(range(FIRST, FIRST + len(values))), tuple(map(float, values)), **fields)


def at(position: int, key: str = "", **fields: Any) -> StepAt:
    return StepAt(key or f"step {position}", FIRST + position, **fields)


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """Four years of months: season, errors, −14 after 24 months and −6 more after 36."""
    rng = np.random.default_rng(3)
    month = np.arange(48)
    errors = 2 * autocorrelated(rng, 48, 0.4)
    found: np.ndarray = 100 + 5 * np.sin(2 * np.pi * month / 12) + errors - 14.0 * (month >= 24) - 6.0 * (month >= 36)
    return found


def answer(values: np.ndarray, *steps: StepAt, thorough: bool = False, **settings: Any) -> Attribution:
    design = Design(**{"go_live": FIRST + BEFORE, "season": 12.0, **settings})
    return split(made(values), design, steps, thorough=thorough)


def kinds(found: Attribution) -> list[tuple[str, tuple[str, ...]]]:
    return [(part.kind, part.steps) for part in found.parts]


# Planted truth ───────────────────────────────────────────────────────────────

PLANTED = {
    "months": Staged(24, (6, 12), (-6.0, -4.0)),
    "drift": Staged(24, (12, 12), (-6.0, -4.0), drift=-0.3),
    "declared ramps": Staged(24, (12, 12), (-6.0, -4.0), ramps=(6, 6), declared=True),
    "roll-out in waves": Staged(24, (18, 12), (-8.0, -4.0), waves=5),
    "multiplicative": Staged(24, (12, 12), (-10.0, -6.0), multiplicative=True),
}


@pytest.mark.slow
def test_planted_parts_lie_in_their_intervals_and_are_found_without_bias() -> None:
    held, drawn_parts, biases = 0, 0, []
    rng = np.random.default_rng(17)
    for staged in PLANTED.values():
        rows = []
        for _ in range(25):
            drawn = draw(rng, staged)
            parts = split(drawn.series, staged.design(), staged.steps()).parts
            if not parts:
                continue
            held += sum(part.low <= truth <= part.high for part, truth in zip(parts, drawn.truth, strict=True))
            drawn_parts += len(parts)
            rows.append([part.estimate - truth for part, truth in zip(parts, drawn.truth, strict=True)])
        table = np.array(rows)
        biases += list(table.mean(axis=0) / (table.std(axis=0) / math.sqrt(len(table))))
    assert 0.92 <= held / drawn_parts <= 0.99
    assert max(map(abs, biases)) < 3.5


def test_a_drift_that_no_step_explains_is_in_the_remainder() -> None:
    drift = Staged(24, (12, 12), (-6.0, -4.0), sd=0.2, drift=-0.3)
    drawn = draw(np.random.default_rng(5), drift)
    found = split(drawn.series, drift.design(), drift.steps())
    assert [part.estimate for part in found.parts] == pytest.approx(drawn.truth, abs=0.5)


def test_what_happened_without_logarithms_is_found_with_them() -> None:
    staged = Staged(24, (12, 12), (-20.0, -10.0), sd=0.1, multiplicative=True)
    drawn = draw(np.random.default_rng(5), staged)
    found = split(drawn.series, staged.design(), staged.steps())
    assert found.effect.scale == "log"
    assert [part.estimate for part in found.parts] == pytest.approx(drawn.truth, abs=0.4)


def test_a_step_that_is_declared_to_ramp_gets_what_it_brings_on_average() -> None:
    staged = Staged(24, (18,), (-9.0,), sd=0.2, ramps=(6,), declared=True)
    drawn = draw(np.random.default_rng(5), staged)
    found = split(drawn.series, staged.design(), staged.steps())
    assert found.parts[0].estimate == pytest.approx(-9 * np.mean([*(np.arange(1, 7) / 7), *[1.0] * 12]), abs=0.5)


def test_a_roll_out_by_its_share_of_sites_is_one_step() -> None:
    staged = Staged(24, (18, 12), (-8.0, -4.0), sd=0.2, waves=5)
    drawn = draw(np.random.default_rng(5), staged)
    found = split(drawn.series, staged.design(), staged.steps())
    assert kinds(found) == [("step", ("step 1",)), ("step", ("step 2",)), ("remainder", ())]
    assert [part.estimate for part in found.parts] == pytest.approx(drawn.truth, abs=0.6)


@pytest.mark.parametrize("walk", [0.0, 1.5])
def test_parts_and_total_are_those_of_the_method_as_written(walk: float) -> None:
    page = (Path(__file__).parents[2] / "docs" / "methods.md").read_text(encoding="utf-8")
    written: dict[str, Any] = {}
    exec(page.split("```python")[1].split("```")[0], written)
    rng = np.random.default_rng(6)
    month = np.arange(44.0)
    y = 90 + rng.normal(size=44) + walk * np.cumsum(rng.normal(size=44)) - 6 * (month >= 24) - 3 * (month >= 33)
    found = split(made(y), Design(FIRST + 24, season=1.0, scale="identity"), [at(24), at(33)])
    assert found.set_aside == ()
    base, gradual, second = [np.ones(44), month], np.maximum(0, month - 24), (month >= 33).astype(float)
    first = (month >= 24).astype(float)
    one = written["primary"](month, y, [*base, gradual, second], n_before=24)
    apart = [column - column[24:].mean() * first for column in (gradual, second)]
    whole = written["primary"](month, y, [*base, *apart], n_before=24)
    effect = found.effect
    assert [found.parts[0].estimate, found.parts[0].low, found.parts[0].high] == pytest.approx(one, rel=1e-6)
    assert [effect.estimate, effect.low, effect.high] == pytest.approx(whole, rel=1e-6)


# Sums ────────────────────────────────────────────────────────────────────────


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    places=st.lists(st.integers(10, 50), min_size=1, max_size=6, unique=True),
    ramp=st.integers(0, 8),
    scale=st.sampled_from(["identity", "log"]),
)
def test_parts_sum_to_the_total_to_the_last_bit(seed: int, places: list[int], ramp: int, scale: str) -> None:
    noise = 10 * np.random.default_rng(seed).normal(size=48)
    steps = [at(place, ramp=ramp if place % 2 else 0) for place in places]
    found = answer(np.abs(100 + noise) + 1, *steps, scale=scale)
    named = [key for part in found.parts for key in part.steps] + [each.step for each in found.left_out]
    if found.parts:
        assert math.fsum(part.estimate for part in found.parts) == found.effect.estimate
        assert found.parts[-1].kind == "remainder"
        assert sorted(named) == sorted(step.key for step in steps)
        assert all(part.low <= part.estimate <= part.high for part in found.parts)
    else:
        assert found.reason in ("no_step", found.effect.reason)


def test_shares_are_of_the_total_and_sum_to_one(values: np.ndarray) -> None:
    found = answer(values, at(24), at(36))
    total = found.effect.estimate
    assert total is not None
    assert [part.share for part in found.parts] == [part.estimate / total for part in found.parts]
    assert sum(part.share or 0 for part in found.parts) == pytest.approx(1)


def test_a_total_near_zero_has_no_shares() -> None:
    rng = np.random.default_rng(8)
    found = answer(100 + 4 * rng.normal(size=48), at(24), at(36))
    assert [part.share for part in found.parts] == [None, None, None]


def test_steps_that_cancel_have_parts_and_no_shares() -> None:
    rng = np.random.default_rng(8)
    month = np.arange(48)
    noise = 0.5 * rng.normal(size=48)
    found = answer(100 + noise - 8.0 * (month >= 24) + 16.0 * (month >= 36), at(24), at(36), scale="log")
    assert found.parts[0].high < 0 < found.parts[1].low
    assert {part.share for part in found.parts} == {None}


# What must not matter ────────────────────────────────────────────────────────


@pytest.mark.parametrize("scale", ["identity", "log"])
def test_the_order_in_which_steps_are_named_changes_nothing(values: np.ndarray, scale: str) -> None:
    steps = [at(24), at(25), at(36), at(36, "other"), at(41, ramp=3)]
    forward = answer(values, *steps, scale=scale, thorough=True)
    assert answer(values, *reversed(steps), scale=scale, thorough=True) == forward


@pytest.mark.parametrize("scale", ["identity", "log"])
@pytest.mark.parametrize("unit", [0.001, 3600.0])
def test_another_unit_scales_every_part(values: np.ndarray, scale: str, unit: float) -> None:
    one, other = (answer(values * factor, at(24), at(36), scale=scale).parts for factor in (1.0, unit))
    for first, second in zip(one, other, strict=True):
        ends = [first.estimate * unit, first.low * unit, first.high * unit]
        assert [second.estimate, second.low, second.high] == pytest.approx(ends, rel=1e-7, abs=1e-9 * unit)
        assert second.share == pytest.approx(first.share, rel=1e-7)


def test_a_constant_added_changes_no_part(values: np.ndarray) -> None:
    one, other = (answer(values + more, at(24), at(36), scale="identity").parts for more in (0.0, 50.0))
    assert [part.estimate for part in one] == pytest.approx([part.estimate for part in other])


def test_looking_thoroughly_changes_no_part_and_no_verdict(values: np.ndarray) -> None:
    quick, slow = (answer(values, at(24), at(36), thorough=thorough) for thorough in (False, True))
    assert quick.parts == slow.parts
    assert quick.effect.claim_interval == slow.effect.claim_interval
    assert quick.effect.verdict == slow.effect.verdict
    assert len(slow.effect.counterfactual) == 48


def test_a_profile_of_nothing_and_all_is_a_level(values: np.ndarray) -> None:
    share = tuple(float(month >= 36) for month in range(48))
    by_share = answer(values, at(24), at(0, "late", profile=share))
    assert by_share.parts == answer(values, at(24), at(36, "late")).parts


def test_without_a_go_live_the_first_step_is_it(values: np.ndarray) -> None:
    steps = at(36), at(24)
    assert answer(values, *steps, go_live=None) == answer(values, *steps)


def test_an_outlier_is_set_aside_before_and_listed(values: np.ndarray) -> None:
    wild = values.copy()
    wild[10] += 60
    with_it, gone = answer(wild, at(24), at(36), scale="identity"), answer(values, at(24), at(36), scale="identity")
    assert with_it.set_aside == (FIRST + 10,)
    assert "outliers" in with_it.effect.warnings
    assert gone.set_aside == ()
    assert [part.estimate for part in with_it.parts] == pytest.approx([part.estimate for part in gone.parts], abs=0.8)


# Not separable ───────────────────────────────────────────────────────────────

BLOCKS = {
    "far apart": ([24, 36], [("step", 1), ("step", 1), ("remainder", 0)]),
    "three points apart": ([24, 27], [("step", 1), ("step", 1), ("remainder", 0)]),
    "two points apart": ([24, 26], [("block", 2), ("remainder", 0)]),
    "one by one": ([24, 26, 28, 30, 36], [("block", 4), ("step", 1), ("remainder", 0)]),
    "one step alone": ([24], [("step", 1), ("remainder", 0)]),
}


@pytest.mark.parametrize(("places", "parts"), BLOCKS.values(), ids=BLOCKS)
def test_steps_closer_than_three_usable_points_are_one_block(
    values: np.ndarray, places: list[int], parts: list[tuple[str, int]]
) -> None:
    found = answer(values, *(at(place) for place in places))
    assert [(part.kind, len(part.steps)) for part in found.parts] == parts


def test_steps_on_one_date_are_one_block_named_in_order_of_their_keys(values: np.ndarray) -> None:
    found = answer(values, at(24, "training"), at(24, "data"), at(36, "b"))
    assert kinds(found) == [("block", ("data", "training")), ("step", ("b",)), ("remainder", ())]
    assert found.parts[0].estimate == answer(values, at(24, "data"), at(36, "b")).parts[0].estimate


def test_missing_months_bring_steps_closer_together(values: np.ndarray) -> None:
    gone = made(values)
    series = replace(gone, values=tuple(None if i in (25, 26) else value for i, value in enumerate(gone.values)))
    found = split(series, Design(FIRST + 24, season=12.0), [at(24), at(28)])
    assert kinds(found)[0] == ("block", ("step 24", "step 28"))


def test_steps_within_the_transition_are_one_block_with_the_first(values: np.ndarray) -> None:
    found = answer(values, at(24), at(27), at(36), transition=4)
    assert kinds(found)[0] == ("block", ("step 24", "step 27"))


def test_a_block_is_as_sure_as_its_sum(values: np.ndarray) -> None:
    apart, block = answer(values, at(24), at(27)), answer(values, at(24), at(26))
    assert block.parts[0].high - block.parts[0].low < sum(part.high - part.low for part in apart.parts[:2])


def test_steps_whose_contributions_move_together_are_merged() -> None:
    series = 100 + 2 * np.random.default_rng(2).normal(size=96)
    levels, ramps = (
        answer(series, at(24, ramp=ramp), at(27, ramp=ramp), at(60), scale="identity", season=1.0) for ramp in (0, 12)
    )
    assert [part.kind for part in levels.parts] == ["step", "step", "step", "remainder"]
    assert kinds(ramps) == [("block", ("step 24", "step 27")), ("step", ("step 60",)), ("remainder", ())]


# Steps that cannot be measured ───────────────────────────────────────────────


def test_steps_outside_the_data_are_left_out_with_the_reason(values: np.ndarray) -> None:
    found = answer(values, at(-5), at(5), at(24), at(46), at(60))
    assert kinds(found) == [("step", ("step 24",)), ("remainder", ())]
    assert found.left_out == (
        LeftOut("step -5", "too_few_before"),
        LeftOut("step 46", "too_few_after"),
        LeftOut("step 5", "too_few_before"),
        LeftOut("step 60", "too_few_after"),
    )
    assert found.parts == answer(values, at(24)).parts


def test_a_late_step_close_to_another_joins_its_block(values: np.ndarray) -> None:
    assert kinds(answer(values, at(24), at(44), at(46)))[1] == ("block", ("step 44", "step 46"))


def test_a_step_that_ramps_as_long_as_the_data_is_in_the_remainder(values: np.ndarray) -> None:
    found = answer(values, at(24, ramp=40), at(36))
    assert kinds(found) == [("step", ("step 36",)), ("remainder", ())]
    assert found.left_out == (LeftOut("step 24", "gradual"),)


def test_without_a_step_that_can_be_measured_there_is_the_effect_and_no_part(values: np.ndarray) -> None:
    found = answer(values, at(60))
    assert (found.parts, found.reason) == ((), "no_step")
    assert found.effect == estimate(made(values), Design(FIRST + 24, season=12.0), thorough=False)
    assert answer(values).reason == "no_step"


def test_a_step_before_go_live_that_has_a_before_keeps_its_own_date(values: np.ndarray) -> None:
    early = answer(values, at(24), at(36), go_live=FIRST + 36)
    assert kinds(early) == [("step", ("step 24",)), ("step", ("step 36",)), ("remainder", ())]
    assert early.effect.n_before == 36


# Refusals ────────────────────────────────────────────────────────────────────

REFUSED = {
    "too few after": ({"go_live": FIRST + 44}, 44, "too_few_periods"),
    "too few before": ({"go_live": FIRST + 8}, 8, "too_few_periods"),
    "another event": ({"events": (FIRST + 25,)}, 24, "other_event"),
    "a season longer than before": ({"season": 30.0}, 24, "season_too_short"),
}


@pytest.mark.parametrize(("design", "place", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_refused_series_has_no_parts(values: np.ndarray, design: dict[str, Any], place: int, reason: str) -> None:
    found = answer(values, at(place), **design)
    assert (found.parts, found.reason, found.effect.verdict) == ((), reason, "refused")
    assert found.effect.estimate is None


def test_a_series_measured_in_another_way_has_no_parts(values: np.ndarray) -> None:
    series = made(values, instruments=tuple("old" if i < 24 else "new" for i in range(48)))
    found = split(series, Design(FIRST + 24, season=12.0), [at(24), at(36)])
    assert (found.parts, found.reason, found.effect.verdict) == ((), "instrument_changed", "not_comparable")


def test_a_change_at_a_date_that_no_step_names_silences_the_split() -> None:
    rng = np.random.default_rng(4)
    month = np.arange(48)
    jumped = 100 + rng.normal(size=48) - 30.0 * (month >= 14)
    found = answer(jumped, at(24), at(36), season=1.0)
    assert (found.parts, found.reason, found.effect.verdict) == ((), "other_date", "refused")
    assert {check.value for check in found.effect.diagnostics} == {None}


def test_a_later_step_that_brought_more_than_go_live_is_no_reason_to_refuse() -> None:
    rng = np.random.default_rng(4)
    month = np.arange(48)
    late = 100 + rng.normal(size=48) - 3.0 * (month >= 24) - 30.0 * (month >= 36)
    design = Design(FIRST + 24, season=1.0, scale="identity")
    assert estimate(made(late), design).reason == "other_date"
    found = answer(late, at(24), at(36), season=1.0, scale="identity")
    assert found.effect.verdict == "improved"
    assert [part.estimate for part in found.parts] == pytest.approx([-3.0, -15.0, 0.0], abs=2)
    assert found.effect.forecast is not None


WRONG = {
    "named twice": ((at(24, "a"), at(36, "a")), "step_twice"),
    "a negative ramp": ((at(24, ramp=-1),), "step_ramp"),
    "a short profile": ((at(24, profile=(0.0, 1.0)),), "step_profile_length"),
    "a share above one": ((at(24, profile=(0.0,) * 47 + (1.5,)),), "step_profile_share"),
    "no number": ((at(24, profile=(0.0,) * 47 + (math.nan,)),), "step_profile_share"),
}


@pytest.mark.parametrize(("steps", "code"), WRONG.values(), ids=WRONG)
def test_impossible_steps_are_refused_by_name(values: np.ndarray, steps: tuple[StepAt, ...], code: str) -> None:
    with pytest.raises(UsageError) as refusal:
        answer(values, *steps)
    assert refusal.value.code == code


# The total as an effect ──────────────────────────────────────────────────────


def test_the_total_is_stated_by_the_rule_of_every_effect(values: np.ndarray) -> None:
    effect = answer(values, at(24), at(36), thorough=True).effect
    claim, slope = effect.claim_interval, effect.step_slope
    assert claim is not None
    assert slope is not None
    assert claim.high < 0
    assert slope.estimate < 0
    assert (effect.verdict, effect.reason, effect.method) == ("improved", None, "segmented_step")
    assert effect.estimate is not None
    assert effect.gain == -effect.estimate
    assert [check.name for check in effect.diagnostics] == [
        check.name for check in estimate(made(values), Design(FIRST + 24, season=12.0)).diagnostics
    ]


def test_a_total_that_is_not_provable_says_what_it_would_take() -> None:
    rng = np.random.default_rng(8)
    effect = answer(100 + 4 * rng.normal(size=48) - 3.0 * (np.arange(48) >= 24), at(24), at(36), thorough=True).effect
    assert (effect.verdict, effect.reason) == ("not_provable_yet", "primary_includes_zero")
    assert effect.minimum_detectable is not None
    assert effect.minimum_detectable > 3
    assert effect.periods_needed is None or effect.periods_needed > 0


def test_volumes_weigh_the_months() -> None:
    rng = np.random.default_rng(9)
    month = np.arange(48)
    level = 100 - 8.0 * (month >= 24) - 5.0 * (month >= 36)
    volumes = np.where(month % 2, 1.0, 400.0)
    noisy = level + rng.normal(size=48) * 20 / np.sqrt(volumes)
    series = made(noisy, volumes=tuple(map(float, volumes)))
    design = Design(FIRST + 24, season=1.0, scale="identity")
    weighed, plain = (split(each, design, [at(24), at(36)]) for each in (series, made(noisy)))
    assert [part.estimate for part in weighed.parts[:2]] == pytest.approx([-8.0, -2.5], abs=3)
    for one, other in zip(weighed.parts, plain.parts, strict=True):
        assert one.high - one.low < (other.high - other.low) / 2


def test_counts_have_no_parts_yet_and_say_so() -> None:
    rng = np.random.default_rng(9)
    found = answer(rng.poisson(6, size=48).astype(float), at(24), at(36), season=1.0, scale="count")
    assert (found.parts, found.reason) == ((), "count_step")
    assert found.effect.estimate is not None
