"""What may be said: refusals one by one, their precedence, the rule, the grade, the shape of a silent effect."""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Any

import numpy as np
import pytest

from valueviz.analysis.effect import Design, Effect, estimate
from valueviz.analysis.effect import verdict as rule
from valueviz.analysis.effect.diagnostics import NAMES
from valueviz.errors import UsageError
from valueviz.terms import Series

COUNT = 36
GO_LIVE = 24
NOISE = [float(value) for value in np.random.default_rng(0).normal(size=400)]
PLAIN = [100 + 4 * noise for noise in NOISE[:COUNT]]
SILENT = (
    "estimate",
    "low",
    "high",
    "relative",
    "relative_low",
    "relative_high",
    "grade",
    "claim_interval",
    "step_slope",
    "forecast",
    "gain",
    "gain_interval",
    "p_value",
)


def judged(
    values: list[float | None] | list[float] | None = None,
    *,
    drop: tuple[int, ...] = (),
    grain: Any = "month",
    **settings: Any,
) -> Effect:
    """The effect on monthly values, rows in `drop` absent; series fields and design fields by name."""
    chosen: list[float | None] = [*(PLAIN if values is None else values)]
    kept = [i for i in range(len(chosen)) if i not in drop]
    fields = {key: settings.pop(key) for key in ("volumes", "instruments", "definition_versions") if key in settings}
    for key, column in fields.items():
        fields[key] = tuple(column[i] for i in kept)
    series = Series("x", grain, tuple(kept), tuple(chosen[i] for i in kept), **fields)
    return estimate(series, Design(**{"go_live": GO_LIVE, "season": 1.0, **settings}))


def labels(after: str, *, before: str = "system_log") -> tuple[str, ...]:
    return (before,) * GO_LIVE + (after,) * (COUNT - GO_LIVE)


def moved(at: int, *, by: float = 60.0) -> list[float]:
    return [value + (by if i >= at else 0) for i, value in enumerate(PLAIN)]


REFUSALS: dict[str, tuple[str, str | None, dict[str, Any]]] = {
    "11 before": ("refused", "too_few_periods", {"go_live": 11}),
    "12 before are enough": ("any", None, {"go_live": 12}),
    "5 after": ("refused", "too_few_periods", {"go_live": 31}),
    "6 after are enough": ("any", None, {"go_live": 30}),
    "5 after the transition": ("refused", "too_few_periods", {"go_live": 24, "transition": 7}),
    "never live": ("refused", "too_few_periods", {"go_live": None}),
    "live before all data": ("refused", "too_few_periods", {"go_live": -3}),
    "live after all data": ("refused", "too_few_periods", {"go_live": 99}),
    "constant": ("refused", "constant", {"values": [7.0] * GO_LIVE + PLAIN[GO_LIVE:]}),
    "all zero": ("refused", "constant", {"values": [0.0] * GO_LIVE + PLAIN[GO_LIVE:]}),
    "season longer than before": ("refused", "season_too_short", {"season": 24.5}),
    "season as long as before": ("any", None, {"season": 24.0}),
    "8 of 36 missing": ("refused", "missing", {"drop": (1, 4, 7, 10, 13, 26, 29, 32)}),
    "7 of 36 missing": ("any", None, {"drop": (1, 4, 7, 10, 13, 26, 29)}),
    "missing after only": ("refused", "missing", {"drop": (26, 29)}),
    "3 missing of 24 and 0 of 12": ("refused", "missing", {"drop": (1, 4, 7)}),
    "2 missing of 24 and 0 of 12": ("any", None, {"drop": (1, 4)}),
    "event at go-live": ("refused", "other_event", {"events": (24,)}),
    "event 3 before": ("refused", "other_event", {"events": (21,)}),
    "event 4 before": ("any", None, {"events": (20,)}),
    "event 3 after": ("refused", "other_event", {"events": (27,)}),
    "event 4 after": ("any", None, {"events": (28,)}),
    "event 4 before, one of them missing": ("refused", "other_event", {"events": (20,), "drop": (22,)}),
    "event in the transition": ("refused", "other_event", {"events": (26,), "transition": 4}),
    "event 4 usable after the transition": ("any", None, {"events": (30,), "transition": 2}),
    "zero on a log scale": ("refused", "scale", {"scale": "log", "values": [0.0, *PLAIN[1:]]}),
    "negative counts": ("refused", "scale", {"scale": "count", "values": [-1.0] + [4.0, 2.0] * 17 + [3.0]}),
    "fractional counts": ("refused", "scale", {"scale": "count", "values": [0.5] + [4.0, 2.0] * 17 + [3.0]}),
    "counts beyond whole numbers": ("refused", "scale", {"scale": "count", "values": [1e16, 3e16] * 18}),
    "counts with an exposure that are none": ("refused", "scale", {"exposure": (5.0,) * COUNT}),
    "no count before": ("refused", "constant", {"scale": "count", "values": [0.0] * GO_LIVE + [3.0, 4.0] * 6}),
    "negative on a log scale": ("refused", "scale", {"scale": "log", "values": [*PLAIN[:-1], -1.0]}),
    "zero on the automatic scale": ("any", None, {"values": [0.0, *PLAIN[1:]]}),
    "changed at another date": ("refused", "other_date", {"values": moved(14)}),
    "changed two periods late": ("any", None, {"values": moved(26)}),
    "other instrument": ("not_comparable", "instrument_changed", {"instruments": labels("export")}),
    "unnamed instrument before": ("not_comparable", "instrument_changed", {"instruments": labels("export", before="")}),
    "same instrument": ("any", None, {"instruments": labels("system_log")}),
    "instrument stated before only": ("any", None, {"instruments": ("a",) * GO_LIVE + (None,) * 12}),
    "other definition": ("not_comparable", "definition_changed", {"definition_versions": labels("2", before="1")}),
    "both changed": (
        "not_comparable",
        "instrument_changed",
        {"instruments": labels("b"), "definition_versions": labels("2")},
    ),
    "comparability comes first": (
        "not_comparable",
        "instrument_changed",
        {"instruments": labels("b"), "values": [7.0] * COUNT},
    ),
    "constant comes before season": ("refused", "constant", {"values": [7.0] * COUNT, "season": 30.0}),
    "season comes before missing": ("refused", "season_too_short", {"season": 30.0, "drop": (26, 29)}),
    "missing comes before event": ("refused", "missing", {"events": (24,), "drop": (26, 29)}),
}


@pytest.mark.parametrize(("verdict", "reason", "case"), REFUSALS.values(), ids=REFUSALS.keys())
def test_each_refusal_has_its_border(verdict: str, reason: str | None, case: dict[str, Any]) -> None:
    found = judged(**case)
    if verdict == "any":
        assert found.verdict in ("improved", "worse", "not_provable_yet")
    else:
        assert (found.verdict, found.reason) == (verdict, reason)
        assert [getattr(found, name) for name in SILENT] == [None] * len(SILENT)
        assert found.counterfactual == ()
    assert tuple(check.name for check in found.diagnostics) == NAMES


@pytest.mark.parametrize("better", ["lower", "higher"])
@pytest.mark.parametrize("change", [-20.0, 20.0])
def test_improved_and_worse_are_mirror_images(better: Any, change: float) -> None:
    found = judged(moved(GO_LIVE, by=change), better=better)
    assert found.verdict == ("improved" if (change < 0) == (better == "lower") else "worse")
    assert found.reason is None
    assert found.gain is not None
    assert found.estimate is not None
    assert found.gain_interval is not None
    assert (found.gain > 0) == (found.verdict == "improved")
    assert abs(found.gain) == abs(found.estimate)
    assert found.gain_interval.low < found.gain < found.gain_interval.high


def test_the_claim_interval_decides_not_the_printed_one() -> None:
    """Between the two levels nothing is stated."""
    strict = 0
    for by in np.linspace(-3, -14, 60):
        found = judged(moved(GO_LIVE, by=float(by)), scale="identity")
        assert found.claim_interval is not None
        stated = found.verdict == "improved"
        assert stated == (found.claim_interval.high < 0)
        assert found.claim_interval.low < (found.low or 0) < (found.high or 0) < found.claim_interval.high
        strict += (found.high or 0) < 0 and not stated
    assert strict > 0


def test_opposite_signs_of_step_and_slope_keep_a_change_unproven() -> None:
    assert rule.decided(below_zero=0.999, primary=-5.0, sensitivity=1.0, better="lower") == (
        "not_provable_yet",
        "signs_differ",
    )
    assert rule.decided(below_zero=0.984, primary=-5.0, sensitivity=1.0, better="lower")[1] == "primary_includes_zero"
    assert rule.decided(below_zero=0.986, primary=-5.0, sensitivity=-1.0, better="higher") == ("worse", None)


def test_weekdays_that_never_have_a_value_are_not_missing() -> None:
    monday = 738_000 // 7 * 7 + 1
    days = [day for day in range(140) if day % 7 < 5]
    series = Series("x", "day", tuple(monday + day for day in days), tuple(100 + 4 * NOISE[day] for day in days))
    found = estimate(series, Design(monday + 91))
    assert found.verdict in ("improved", "worse", "not_provable_yet")
    assert (found.n_before, found.n_after, found.season) == (65, 35, 7)
    assert found.excluded == ()


def test_the_transition_is_left_out_and_listed() -> None:
    values = PLAIN.copy()
    values[24:27] = [1e6, 1e-6, 1e6]
    found = judged(values, transition=3, drop=(2,))
    assert (found.n_before, found.n_after) == (23, 9)
    assert found.excluded == ((2, "missing"), (24, "transition"), (25, "transition"), (26, "transition"))
    assert found.estimate == pytest.approx(judged(transition=3, drop=(2,)).estimate)


def test_a_point_without_volume_is_left_out_and_listed() -> None:
    volumes = [10.0] * COUNT
    volumes[5] = 0.0
    found = judged(volumes=volumes)
    assert found.excluded == ((5, "no_volume"),)
    assert found.estimate == pytest.approx(judged(drop=(5,)).estimate)


SEASONS: dict[str, tuple[Any, int, float | None]] = {
    "month": ("month", 24, 12),
    "quarter": ("quarter", 24, 4),
    "day": ("day", 24, 7),
    "104 weeks": ("week", 104, 52.18),
    "103 weeks": ("week", 103, None),
    "year": ("year", 24, None),
    "index": ("index", 24, None),
}


@pytest.mark.parametrize(("grain", "before", "season"), SEASONS.values(), ids=SEASONS.keys())
def test_the_automatic_season_follows_the_grain(grain: Any, before: int, season: float | None) -> None:
    count = before + 26
    found = estimate(Series("x", grain, tuple(range(count)), tuple(100 + 4 * n for n in NOISE[:count])), Design(before))
    assert found.season == season
    assert ("season_unresolved" in found.warnings) == (season is None)
    assert season is not None or found.grade == "C"


def test_declared_without_season_is_no_warning() -> None:
    found = judged(season=1.0)
    assert found.season == 1
    assert "season_unresolved" not in found.warnings


def test_one_year_before_a_yearly_season_is_said() -> None:
    assert "season_of_one_year" in judged(season=12.0, go_live=20).warnings
    assert "season_of_one_year" not in judged(season=12.0, go_live=24).warnings


@pytest.mark.parametrize("season", [0.5, math.nan, math.inf, -3.0])
def test_a_season_that_is_no_number_of_periods_is_an_error(season: float) -> None:
    with pytest.raises(UsageError, match="bad_season"):
        judged(season=season)


SCALES: dict[str, tuple[list[float], dict[str, Any], str]] = {
    "positive": ([1.5, 2.5], {}, "log"),
    "shares": ([0.2, 0.9], {}, "identity"),
    "shares with a zero": ([0.0, 0.9], {}, "identity"),
    "a zero": ([0.0, 30.5], {}, "identity"),
    "negative": ([-1.0, 30.0], {}, "identity"),
    "declared share": ([20.0, 30.0], {"share": True}, "identity"),
    "as asked": ([20.0, 30.0], {"scale": "identity"}, "identity"),
    "small counts without a zero": ([4.0, 7.0], {}, "log"),
    "small counts with a zero": ([0.0, 30.0], {}, "count"),
    "one and zero": ([0.0, 1.0], {}, "count"),
    "declared shares that are whole": ([0.0, 1.0], {"share": True}, "identity"),
    "large counts": ([19.0, 21.0], {}, "log"),
    "large counts with a zero": ([0.0, 40.0], {}, "identity"),
    "negative whole numbers": ([-1.0, 3.0], {}, "identity"),
    "no whole numbers": ([4.0, 7.5], {}, "log"),
    "counts asked for": ([20.0, 300.0], {"scale": "count"}, "count"),
    "with an exposure": ([20.0, 300.0], {"exposure": (9.0,) * COUNT}, "count"),
    "counts by method": ([20.0, 300.0], {"method": "count_step"}, "count"),
    "a segmented step by name": ([4.0, 7.0], {"method": "segmented_step"}, "log"),
}


@pytest.mark.parametrize(("pair", "settings", "scale"), SCALES.values(), ids=SCALES.keys())
def test_the_automatic_scale_follows_its_rules_in_order(
    pair: list[float], settings: dict[str, Any], scale: str
) -> None:
    assert judged([pair[i % 2] for i in range(COUNT)], **settings).scale == scale


def test_values_near_zero_are_not_taken_by_their_logarithms() -> None:
    percent = [14 + 2 * noise for noise in NOISE[:COUNT]]
    low, higher = percent.copy(), percent.copy()
    low[30], higher[30] = 0.4, 0.9
    assert (judged(percent).scale, judged(higher).scale, judged(low).scale) == ("log", "log", "identity")
    growing = [1.01 * 10 ** (i / 10) * (1 + 0.01 * NOISE[i]) for i in range(COUNT)]
    assert judged(growing).scale == "log"


CONTRADICTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "an exposure of logarithms": ("exposure_needs_counts", {"scale": "log", "exposure": (1.0,) * COUNT}),
    "count_step of logarithms": ("method_and_scale", {"scale": "log", "method": "count_step"}),
    "a segmented step of counts": ("method_and_scale", {"scale": "count", "method": "segmented_step"}),
    "a segmented step with an exposure": (
        "method_and_scale",
        {"exposure": (1.0,) * COUNT, "method": "segmented_step"},
    ),
}


@pytest.mark.parametrize(("code", "settings"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_design_that_contradicts_itself_is_an_error(code: str, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=code):
        judged(**settings)


def test_a_share_of_almost_nothing_is_not_stated() -> None:
    found = judged([4 * noise for noise in NOISE[:COUNT]])
    assert (found.relative, found.relative_low, found.relative_high) == (None, None, None)
    assert found.estimate is not None


def test_the_share_belongs_to_the_mean_counterfactual() -> None:
    found = judged(moved(GO_LIVE, by=-20), scale="identity")
    observed = float(np.mean(moved(GO_LIVE, by=-20)[GO_LIVE:]))
    assert found.estimate is not None
    assert found.counterfactual_mean == pytest.approx(observed - found.estimate)
    assert found.relative == pytest.approx(found.estimate / (observed - found.estimate))
    assert (found.relative_low or 0) < (found.relative or 0) < (found.relative_high or 0)


def test_a_failing_check_or_a_method_by_hand_holds_the_grade_at_c() -> None:
    good = judged(moved(GO_LIVE, by=-30))
    assert (good.grade, [check.name for check in good.diagnostics if check.ok is False]) == ("B", [])
    assert judged(moved(GO_LIVE, by=-30), method="segmented_step").grade == "C"
    late = judged(moved(GO_LIVE + 3, by=-30), go_live=GO_LIVE - 2)
    assert "change_date_disagrees" in late.warnings or late.verdict == "refused"
    assert late.grade in ("C", None)


def test_an_outlier_is_said_and_stays_in() -> None:
    values = PLAIN.copy()
    values[10] = 160.0
    found = judged(values)
    assert "outliers" in found.warnings
    assert found.n_before == 24


def test_a_bad_patch_before_go_live_is_said() -> None:
    values = PLAIN.copy()
    for i in (21, 22, 23):
        values[i] = 112.0
    assert "regression_to_mean" in judged(values, better="lower").warnings
    assert "regression_to_mean" not in judged(values, better="higher").warnings


EXTREMES: dict[str, tuple[list[float], dict[str, Any]]] = {
    "values of 1e-300": ([v * 1e-300 for v in PLAIN], {}),
    "values of 1e-9": ([v * 1e-9 for v in PLAIN], {}),
    "values of 1e12": ([v * 1e12 for v in PLAIN], {}),
    "values of 1e300": ([v * 1e300 for v in PLAIN], {}),
    "an offset of 1e12": ([1e12 + v for v in PLAIN], {"scale": "identity"}),
    "an offset of 1e15 on a log scale": ([1e15 + v for v in PLAIN], {}),
    "a straight line": ([3 + 0.5 * i for i in range(COUNT)], {}),
    "a straight line with a step": ([3 + 0.5 * i - 9 * (i >= GO_LIVE) for i in range(COUNT)], {"scale": "identity"}),
    "constant after": (PLAIN[:GO_LIVE] + [90.0] * 12, {}),
    "two values": ([float(i % 2) for i in range(COUNT)], {}),
    "the largest numbers": ([1.7e308 * (-1) ** i for i in range(COUNT)], {}),
    "an outlier of 1e300": ([*PLAIN[:-1], 1e300], {}),
    "volumes from 1e-9 to 1e12": (PLAIN, {"volumes": [10.0 ** (i % 22 - 9) for i in range(COUNT)]}),
    "volumes of 1e-300 and 1e300": (PLAIN, {"volumes": [1e-300, 1e300] * (COUNT // 2)}),
}


@pytest.mark.parametrize("season", [1.0, 12.0])
@pytest.mark.parametrize(("values", "settings"), EXTREMES.values(), ids=EXTREMES.keys())
def test_extreme_numbers_give_an_answer_without_nan_infinity_or_warning(
    values: list[float], settings: dict[str, Any], season: float
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = judged(values, season=season, **settings)
    numbers = [found.estimate, found.low, found.high, found.relative, found.relative_low, found.relative_high]
    assert all(number is None or math.isfinite(number) for number in numbers)
    assert found.estimate is not None or found.verdict == "refused"


def test_a_straight_line_is_no_effect_and_its_step_is_one() -> None:
    line = judged(EXTREMES["a straight line"][0], scale="identity")
    step = judged(EXTREMES["a straight line with a step"][0], scale="identity")
    assert line.verdict == "not_provable_yet"
    assert abs(line.estimate or 1.0) < 1e-9
    assert step.verdict == "improved"
    assert step.estimate == pytest.approx(-9)
    assert (step.high or 0) - (step.low or 0) < 1e-4


def test_the_only_sunday_ever_seen_decides_nothing() -> None:
    days = [day for day in range(70) if day % 7 != 6 or day == 20]
    values = tuple(100 + 4 * NOISE[day] - 20 * (day >= 49) for day in days)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = estimate(Series("x", "day", tuple(700_000 + day for day in days), values), Design(700_049, season=7.0))
    checks = {check.name: check for check in found.diagnostics}
    assert found.verdict == "improved"
    assert checks["leave_one_out"].value == 0


def test_one_wild_day_does_not_date_the_change() -> None:
    days = 120
    values = [100 + 4 * NOISE[day] - 8 * (day >= 80) for day in range(days)]
    values[70] -= 60
    series = Series("x", "day", tuple(range(days)), tuple(values))
    found = estimate(series, Design(80, season=1.0, scale="identity"))
    date = {check.name: check for check in found.diagnostics}["change_date"]
    assert (found.verdict, date.ok) == ("improved", True)
    assert "outliers" in found.warnings


def test_equal_input_gives_equal_output() -> None:
    first = judged(moved(GO_LIVE))
    assert dataclasses.asdict(first) == dataclasses.asdict(judged(moved(GO_LIVE)))
