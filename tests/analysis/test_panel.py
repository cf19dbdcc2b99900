"""Effects of several units: planted truth, what must not matter, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.analysis.panels import Draw, TwoGroups, one_of_many, panel_of, roll_out, two_groups
from tests.analysis.synthetic import FIRST
from valueviz.analysis.effect import Design, Effect, Panel, estimate
from valueviz.analysis.effect.diagnostics import NAMES
from valueviz.analysis.effect.imputation import fitted, mean_effect
from valueviz.errors import UsageError

AS_IS = Design(None, scale="identity")


def seeded(number: int) -> np.random.Generator:
    return np.random.default_rng((20_260_301, number))


def numbers(found: Effect) -> list[float]:
    parts = [found.estimate, found.low, found.high]
    assert all(part is not None for part in parts)
    return [float(part) for part in parts if part is not None]


# Planted truth ───────────────────────────────────────────────────────────────

KINDS: dict[str, Callable[[np.random.Generator], Draw]] = {
    "roll-out": lambda rng: roll_out(rng, units=20, never=5, effect=-1.2),
    "roll-out, effects differ and ramp": lambda rng: roll_out(rng, units=20, never=5, effect=-1.8, differ=0.5, ramp=6),
    "roll-out, nobody left untreated": lambda rng: roll_out(rng, units=20, never=0, effect=-1.5),
    "roll-out, cells missing": lambda rng: roll_out(rng, units=20, never=5, effect=-1.2, missing=0.1),
    "two groups": lambda rng: two_groups(rng, TwoGroups()),
    "one of many": lambda rng: one_of_many(rng, donors=12, effect=-4.0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_hold_the_planted_effect_and_most_are_found(kind: str) -> None:
    draws = 20
    inside = found = 0
    for number in range(draws):
        drawn = KINDS[kind](seeded(number))
        low, high = numbers(estimate(drawn.panel, AS_IS, thorough=False))[1:]
        inside += low <= drawn.truth <= high
        found += high < 0
    assert inside >= 0.85 * draws
    assert found >= 0.5 * draws


NULLS: dict[str, Callable[[np.random.Generator], Draw]] = {
    "roll-out": lambda rng: roll_out(rng, units=16, never=4, effect=0.0),
    "two groups": lambda rng: two_groups(rng, TwoGroups(effect=0.0)),
    "one of many": lambda rng: one_of_many(rng, donors=8, effect=0.0),
}


@pytest.mark.parametrize("kind", NULLS)
def test_nothing_is_stated_where_nothing_was_planted(kind: str) -> None:
    effects = [estimate(NULLS[kind](seeded(number)).panel, AS_IS, thorough=False) for number in range(20)]
    assert sum(found.verdict in ("improved", "worse") for found in effects) <= 2


@pytest.mark.parametrize("starts", [[20, *[math.inf] * 7], [20] * 3 + [math.inf] * 5, [14, 16, 18, 20, 22, 24, 26, 28]])
def test_without_noise_the_effect_is_exact(starts: list[float]) -> None:
    at = np.arange(36)
    begun = at >= np.array(starts)[:, None]
    values = 50 + np.arange(8)[:, None] + np.sin(at) - 5.0 * begun
    found = estimate(panel_of(values, np.array(starts)), AS_IS)
    assert numbers(found) == pytest.approx([-5, -5, -5], abs=1e-6)
    assert found.verdict == "improved"


def test_a_growing_effect_is_not_diluted_as_by_fixed_effects() -> None:
    drawn = [roll_out(seeded(number), units=20, never=5, ramp=6, effect=-3.0) for number in range(15)]
    off = [numbers(estimate(draw.panel, AS_IS, thorough=False))[0] - draw.truth for draw in drawn]
    peer = [_fixed_effects(draw) - draw.truth for draw in drawn]
    assert abs(float(np.mean(off))) < 0.25
    assert float(np.mean(peer)) > 0.4


def _fixed_effects(draw: Draw) -> float:
    treated = (draw.distance >= 0)[:, :, None].astype(np.float64)
    found = fitted(draw.values, np.ones(draw.values.shape), columns=treated)
    assert found is not None
    return float(found.coefficients[0])


def lead_checks(*, drift: float) -> list[bool | None]:
    drawn = [roll_out(seeded(number), units=24, never=8, drift=drift, effect=0.0) for number in range(6)]
    effects = [estimate(draw.panel, AS_IS) for draw in drawn]
    for found in effects:
        failed = any(check.name == "pre_trend" and check.ok is False for check in found.diagnostics)
        assert ("pre_trend" in found.warnings) == failed
        assert found.grade == "C" or not failed
    return [check.ok for found in effects for check in found.diagnostics if check.name == "pre_trend"]


def test_units_that_drift_apart_before_go_live_are_told_by_the_leads() -> None:
    assert lead_checks(drift=-0.2).count(False) >= 4
    assert lead_checks(drift=0.0).count(False) <= 2


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda rng: roll_out(rng, units=4, never=0, periods=36, effect=-4.0), id="four sites in turn"),
        pytest.param(lambda rng: roll_out(rng, units=6, never=2, periods=36, effect=-3.0), id="two of six untreated"),
        pytest.param(lambda rng: two_groups(rng, TwoGroups(1, 3, effect=-3.0)), id="one site beside three"),
    ],
)
def test_a_handful_of_units_can_still_speak(make: Callable[[np.random.Generator], Draw]) -> None:
    inside = found = 0
    for number in range(12):
        drawn = make(seeded(number))
        effect = estimate(drawn.panel, AS_IS, thorough=False)
        if effect.estimate is None:
            continue
        low, high = numbers(effect)[1:]
        inside += low <= drawn.truth <= high
        found += effect.verdict == "improved"
        assert effect.verdict != "worse"
    assert inside >= 7
    assert found >= 6


def test_how_far_an_effect_strays_is_judged_by_who_went_live_when_and_never_by_a_value() -> None:
    few, many = roll_out(seeded(13), units=8, never=2), roll_out(seeded(13))
    for drawn, common in ((few, True), (many, False)):
        for values in (drawn.values, np.cos(7 * drawn.values)):
            untreated = (drawn.distance < 0).astype(np.float64)
            found = mean_effect(values, untreated, shares=1 - untreated, ordinals=np.arange(24.0))
            assert found is not None
            assert found.common is common


# What is there ───────────────────────────────────────────────────────────────


def test_an_effect_of_a_panel_carries_event_study_band_and_counts() -> None:
    drawn = roll_out(seeded(2))
    found = estimate(drawn.panel, AS_IS)
    distances = [point.distance for point in found.event_study]
    assert distances == sorted(distances)
    assert min(distances) < -3
    assert max(distances) > 5
    assert all(point.units >= 3 for point in found.event_study)
    early = [point.estimate for point in found.event_study if point.distance < 0]
    late = [point.estimate for point in found.event_study if point.distance >= 0]
    assert float(np.mean(early)) > float(np.mean(late)) + 0.4
    assert [point.ordinal for point in found.counterfactual] == list(drawn.panel.ordinals)
    assert all(point.low < point.middle < point.high for point in found.counterfactual)
    assert (found.treated_units, found.untreated_units) == (32, 8)
    assert tuple(check.name for check in found.diagnostics) == NAMES
    assert found.observed_mean is not None
    assert found.counterfactual_mean is not None
    assert found.estimate == pytest.approx(found.observed_mean - found.counterfactual_mean)


def test_a_single_treated_unit_names_its_donors() -> None:
    found = estimate(one_of_many(seeded(3)).panel, Design(None))
    assert found.method == "sdid"
    assert "unit 00" not in dict(found.donors)
    assert sum(weight for _, weight in found.donors) == pytest.approx(1, abs=0.02)
    assert [weight for _, weight in found.donors] == sorted((weight for _, weight in found.donors), reverse=True)
    assert found.step_slope is not None
    assert found.forecast is not None


def test_a_summed_metric_is_the_effect_of_all_treated_units_together() -> None:
    drawn = roll_out(seeded(4))
    single, whole = (estimate(replace(drawn.panel, summed=summed), AS_IS) for summed in (False, True))
    assert numbers(whole) == pytest.approx([32 * number for number in numbers(single)])
    assert whole.verdict == single.verdict
    assert (whole.relative, whole.relative_low) == pytest.approx((single.relative, single.relative_low))
    assert whole.counterfactual[3].middle == pytest.approx(32 * single.counterfactual[3].middle)


def test_volumes_weigh_cells() -> None:
    drawn = roll_out(seeded(5), units=12, never=3)
    wild = drawn.values.copy()
    wild[0] += 30 * np.sin(np.arange(24))
    volumes = tuple(tuple(1e-6 if unit == 0 else 1.0 for _ in range(24)) for unit in range(12))
    noisy = panel_of(wild, np.where(np.isfinite(drawn.distance[:, 0]), -drawn.distance[:, 0], np.inf))
    plain = numbers(estimate(noisy, AS_IS, thorough=False))
    weighed = numbers(estimate(replace(noisy, volumes=volumes), AS_IS, thorough=False))
    assert weighed[2] - weighed[1] < (plain[2] - plain[1]) / 2


def test_effects_on_the_logarithmic_scale_are_shares_of_what_would_have_been() -> None:
    drawn = roll_out(seeded(6), effect=0.0)
    treated = drawn.distance >= 0
    grown = np.exp(drawn.values / 20) * np.where(treated, 0.8, 1.0)
    starts = np.where(np.isfinite(drawn.distance[:, 0]), -drawn.distance[:, 0], np.inf)
    found = estimate(panel_of(grown, starts), Design(None))
    assert found.scale == "log"
    assert found.relative == pytest.approx(-0.2, abs=0.03)


# What must not matter ────────────────────────────────────────────────────────

MADE: dict[str, Callable[[], Draw]] = {
    "imputation": lambda: roll_out(seeded(7), units=14, never=4, missing=0.05),
    "did": lambda: two_groups(seeded(8), TwoGroups(4, 6)),
    "sdid": lambda: one_of_many(seeded(9), donors=8),
}


def changed(draw: Draw, values: np.ndarray) -> Panel:
    rows = tuple(tuple(float(value) if np.isfinite(value) else None for value in row) for row in values)
    return replace(draw.panel, values=rows)


@pytest.mark.parametrize("kind", MADE)
def test_the_order_of_units_never_matters(kind: str) -> None:
    panel = MADE[kind]().panel
    order = np.random.default_rng(1).permutation(len(panel.units))
    other = replace(
        panel,
        units=tuple(panel.units[place] for place in order),
        values=tuple(panel.values[place] for place in order),
        go_lives=tuple(panel.go_lives[place] for place in order),
    )
    assert estimate(other, AS_IS) == estimate(panel, AS_IS)


@pytest.mark.parametrize("kind", MADE)
def test_a_constant_of_a_unit_and_a_common_course_change_nothing(kind: str) -> None:
    draw = MADE[kind]()
    # the published penalty of synthetic DiD is the size of donors' first differences, a common course among them
    common = 0.0 if kind == "sdid" else 3 * np.sin(np.arange(draw.values.shape[1]))
    constants = 10.0 * np.arange(len(draw.values))[:, None]
    before = estimate(draw.panel, AS_IS)
    after = estimate(changed(draw, draw.values + common + constants), AS_IS)
    assert numbers(after) == pytest.approx(numbers(before), rel=1e-6)
    assert (after.verdict, after.reason) == (before.verdict, before.reason)


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("scale", ["identity", "auto"])
def test_another_unit_of_measure_changes_the_numbers_alone(kind: str, scale: Any) -> None:
    draw = MADE[kind]()
    design = Design(None, scale=scale)
    before, after = estimate(draw.panel, design), estimate(changed(draw, draw.values * 1000), design)
    assert numbers(after) == pytest.approx([1000 * number for number in numbers(before)], rel=1e-6)
    assert (after.verdict, after.scale) == (before.verdict, before.scale)
    assert after.relative == pytest.approx(before.relative)


@pytest.mark.parametrize("kind", MADE)
def test_a_mirror_image_turns_improved_into_worse(kind: str) -> None:
    draw = MADE[kind]()
    one = estimate(draw.panel, AS_IS)
    other = estimate(changed(draw, 40 - draw.values), replace(AS_IS, better="higher"))
    assert one.gain == pytest.approx(other.gain)
    assert one.verdict == other.verdict


@pytest.mark.parametrize("kind", MADE)
def test_a_quick_look_says_the_same(kind: str) -> None:
    panel = MADE[kind]().panel
    whole, quick = estimate(panel, AS_IS), estimate(panel, AS_IS, thorough=False)
    assert (numbers(quick), quick.verdict, quick.step_slope) == (numbers(whole), whole.verdict, whole.step_slope)


def test_a_period_without_a_unit_to_compare_with_counts_for_nothing() -> None:
    drawn = roll_out(seeded(10), never=0)
    spoiled = drawn.values.copy()
    alone = (drawn.distance >= 0).all(axis=0)
    spoiled[:, alone] += 1000
    before, after = estimate(drawn.panel, AS_IS), estimate(changed(drawn, spoiled), AS_IS)
    assert numbers(after) == pytest.approx(numbers(before), rel=1e-6)
    assert {reason for _, reason in after.excluded} == {"no_comparison"}
    assert after.n_after == int((~alone & (drawn.distance >= 0).any(axis=0)).sum())


# Method by rule ──────────────────────────────────────────────────────────────

NEVER = math.inf
NOISE = 20 + np.random.default_rng(11).normal(size=(9, 36)) + np.arange(9)[:, None]


@pytest.mark.parametrize(
    ("starts", "method"),
    [
        ([20.0, *[NEVER] * 5], "sdid"),
        ([20.0, *[NEVER] * 4], "did"),
        ([20.0, 20.0, *[NEVER] * 6], "did"),
        ([20.0, 21.0, *[NEVER] * 6], "imputation"),
        ([16.0, 20.0, 24.0, 28.0], "imputation"),
    ],
)
def test_the_method_follows_from_who_went_live_when(starts: list[float], method: str) -> None:
    found = estimate(panel_of(NOISE[: len(starts)], np.array(starts)), Design(None))
    assert found.method == method
    assert found.estimate is not None


def test_a_roll_out_declared_as_one_is_pooled_even_with_one_go_live() -> None:
    panel = panel_of(NOISE, np.array([20.0] * 4 + [NEVER] * 5))
    assert estimate(replace(panel, staggered=True), Design(None)).method == "imputation"
    # without a gap both are the same comparison of two groups
    two, one = (estimate(replace(panel, staggered=how), AS_IS).estimate for how in (False, True))
    assert two == pytest.approx(one)


def test_a_method_chosen_by_hand_is_no_better_than_c() -> None:
    drawn = two_groups(seeded(12), TwoGroups())
    assert estimate(drawn.panel, replace(AS_IS, method="imputation")).grade == "C"


# Refusals ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("starts", "reason"),
    [
        pytest.param([NEVER] * 6, "too_few_periods", id="nobody treated"),
        pytest.param([0.0] * 6, "too_few_periods", id="everybody treated from the start"),
        pytest.param([0.0, 0.0, *[NEVER] * 4], "too_few_periods", id="treated from the start beside others"),
        pytest.param([99.0, *[NEVER] * 5], "too_few_periods", id="go-live after the data"),
        pytest.param([20.0] * 6, "too_few_periods", id="all at once without anybody else"),
        pytest.param([20.0], "too_few_periods", id="one unit"),
        pytest.param([20.0, NEVER], "too_few_periods", id="two units"),
        pytest.param([20.0, 26.0], "too_few_periods", id="two units one after the other"),
        pytest.param([11.0, *[NEVER] * 5], "too_few_periods", id="eleven periods before"),
        pytest.param([31.0, *[NEVER] * 5], "too_few_periods", id="five periods after"),
    ],
)
def test_what_cannot_be_compared_is_refused(starts: list[float], reason: str) -> None:
    found = estimate(panel_of(NOISE[: len(starts)], np.array(starts)), Design(None))
    assert (found.verdict, found.reason, found.estimate, found.grade) == ("refused", reason, None, None)
    assert all(check.value is None for check in found.diagnostics)


STAGGERED = np.array([20.0, 22.0, 24.0, *[NEVER] * 6])
ALONE = np.array([20.0, *[NEVER] * 8])
RELABELLED = tuple("new" if place >= 20 else "old" for place in range(36))


def edited(rows: Any, columns: Any, change: Callable[[np.ndarray], Any]) -> np.ndarray:
    values = NOISE.copy()
    values[rows, columns] = change(values[rows, columns])
    return values


SPOILED: dict[str, tuple[Panel, Design]] = {
    "instrument_changed": (replace(panel_of(NOISE, STAGGERED), instruments=RELABELLED), Design(None)),
    "definition_changed": (replace(panel_of(NOISE, STAGGERED), definition_versions=RELABELLED), Design(None)),
    "constant": (panel_of(np.full((9, 36), 5.0), STAGGERED), Design(None)),
    "missing": (panel_of(edited(slice(3), slice(12), lambda part: np.nan), STAGGERED), Design(None)),
    "other_event": (panel_of(NOISE, ALONE), Design(None, events=(FIRST + 22,))),
    "scale": (panel_of(NOISE - 20, STAGGERED), Design(None, scale="log")),
    "other_date": (panel_of(edited(0, slice(10, None), lambda part: part - 30), ALONE), Design(None)),
    "season_too_short": (panel_of(NOISE, ALONE), Design(None, season=30.0)),
}


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("instrument_changed", "not_comparable"),
        ("definition_changed", "not_comparable"),
        ("constant", "refused"),
        ("missing", "refused"),
        ("other_event", "refused"),
        ("scale", "refused"),
        ("other_date", "refused"),
        ("season_too_short", "refused"),
    ],
)
def test_refusals_have_the_reasons_of_a_single_series(reason: str, verdict: str) -> None:
    found = estimate(*SPOILED[reason])
    assert (found.verdict, found.reason, found.estimate) == (verdict, reason, None)


@pytest.mark.parametrize(
    ("starts", "design", "code"),
    [
        ([20.0, *[NEVER] * 8], Design(None, method="segmented_step"), "method_needs_series"),
        ([20.0, *[NEVER] * 8], Design(None, method="count_step"), "method_needs_series"),
        ([20.0, *[NEVER] * 8], Design(None, method="imputation"), "too_few_treated"),
        ([20.0, *[NEVER] * 3], Design(None, method="sc"), "too_few_donors"),
        ([20.0] * 4 + [NEVER] * 5, Design(None, method="sdid"), "too_few_donors"),
        ([20.0, 22.0, *[NEVER] * 5], Design(None, method="did"), "method_needs_one_go_live"),
        ([20.0, *[NEVER] * 8], Design(None, scale="count"), "scale_needs_series"),
    ],
)
def test_a_choice_that_cannot_answer_is_refused_with_a_sentence(starts: list[float], design: Design, code: str) -> None:
    with pytest.raises(UsageError) as refused:
        estimate(panel_of(NOISE[: len(starts)], np.array(starts)), design)
    assert refused.value.code == code


def test_a_panel_whose_parts_do_not_fit_is_no_panel() -> None:
    panel = panel_of(NOISE, np.array([20.0, *[NEVER] * 8]))
    for wrong in (
        {"go_lives": (20,)},
        {"values": panel.values[:-1]},
        {"ordinals": panel.ordinals[::-1]},
        {"volumes": ((1.0,),)},
        {"instruments": ("a",)},
    ):
        with pytest.raises(UsageError) as misaligned:
            replace(panel, **wrong)
        assert misaligned.value.code == "panel_misaligned"
    with pytest.raises(UsageError) as twice:
        replace(panel, units=("a",) * 9)
    assert twice.value.code == "repeated_unit"


def test_a_unit_that_leaves_is_named_a_change_of_composition() -> None:
    values = NOISE.copy()
    starts = np.array([20.0, 22.0, 24.0, *[NEVER] * 6])
    assert "composition" not in estimate(panel_of(values, starts), AS_IS).warnings
    values[7, 28:] = np.nan
    assert "composition" in estimate(panel_of(values, starts), AS_IS).warnings


def test_donors_with_gaps_leave_and_are_never_filled() -> None:
    values = NOISE.copy()
    values[4, ::5] = np.nan
    found = estimate(panel_of(values, np.array([20.0, *[NEVER] * 8])), Design(None))
    whole = estimate(panel_of(np.delete(values, 4, axis=0), np.array([20.0, *[NEVER] * 7])), Design(None))
    assert found.method == "sdid"
    assert found.estimate == pytest.approx(whole.estimate)


@pytest.mark.parametrize("size", [1e-300, 1e300])
@pytest.mark.parametrize("starts", [[20.0, *[NEVER] * 8], [20.0] * 4 + [NEVER] * 5, [20.0, 22.0, 24.0, *[NEVER] * 6]])
def test_very_small_and_very_large_numbers_are_numbers(size: float, starts: list[float]) -> None:
    found = estimate(panel_of(NOISE * size, np.array(starts)), AS_IS)
    plain = estimate(panel_of(NOISE, np.array(starts)), AS_IS)
    assert numbers(found) == pytest.approx([size * number for number in numbers(plain)], rel=1e-6)
