"""What the gate finds in a series: planted faults are found, clean series stay clean, and silence has its reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from tests.analysis.synthetic import autocorrelated
from valueviz.analysis.effect import Design, estimate
from valueviz.analysis.quality import RULES, Setting, series_findings
from valueviz.analysis.quality.stretch import chance_of
from valueviz.language import language
from valueviz.terms import LOCALES, Finding, Grain, Series, period_of

Values = np.ndarray
FIRST = period_of(date(2023, 1, 1), "month")
NOT_SHORT = ("baseline_short",)
"""Said of every series of under a year before go-live, which some of these are on purpose."""


def series(
    values: Values | list[float | None],
    *,
    grain: Grain = "month",
    first: int = FIRST,
    **more: tuple[object, ...] | None,
) -> Series:
    """A series of a stated instrument; what is not a number is missing."""
    told = tuple(None if value is None or np.isnan(value) else float(value) for value in values)
    known: dict[str, Any] = {"instruments": ("export",) * len(told)}
    return Series("metric", grain, tuple(range(first, first + len(told))), told, **(known | more))


def found(
    values: Values | list[float | None],
    before: int,
    *,
    grain: Grain = "month",
    setting: Setting | None = None,
    design: Design | None = None,
    **more: Any,
) -> dict[str, Finding]:
    first = {"month": FIRST, "week": 105_500, "day": 738_000}[grain]
    asked = replace(design or Design(None), go_live=first + before)
    told = series_findings(series(values, grain=grain, first=first, **more), asked, setting=setting)
    return {each.code: each for each in told if each.code not in NOT_SHORT}


def steady(count: int = 36, *, seed: int = 1, rho: float = 0.5) -> Values:
    return 100 + 5 * autocorrelated(np.random.default_rng(seed), count, rho)


# Clean series ────────────────────────────────────────────────────────────────


def autoregressive(rng: np.random.Generator) -> Values:
    return np.asarray(100 + 5 * autocorrelated(rng, 36, 0.5))


def seasonal(rng: np.random.Generator) -> Values:
    at = np.arange(48)
    wave = 0.3 * np.sin(2 * np.pi * at / 12 + rng.uniform(0, 6)) + 0.1 * np.sin(4 * np.pi * at / 12)
    return np.asarray(100 * np.exp(wave + 0.05 * autocorrelated(rng, 48, 0.4)))


def yearly_peak(rng: np.random.Generator) -> Values:
    return np.asarray(100 * np.exp(1.2 * (np.arange(36) % 12 == 10) + 0.06 * rng.normal(size=36)))


def rare_counts(rng: np.random.Generator) -> Values:
    return rng.poisson(0.7, 78).astype(float)


def counts(rng: np.random.Generator) -> Values:
    return rng.poisson(8, 78).astype(float)


def shares(rng: np.random.Generator) -> Values:
    return np.asarray(rng.binomial(60, 0.985, 78) / 60)


def long_tailed(rng: np.random.Generator) -> Values:
    return np.asarray(np.exp(3 + 0.5 * rng.normal(size=78)))


def coarse(rng: np.random.Generator) -> Values:
    return np.round(9.8 + 0.5 * autocorrelated(rng, 36, 0.5), 1)


def wandering(rng: np.random.Generator) -> Values:
    return np.asarray(100 + np.cumsum(1.5 * rng.normal(size=48)) + 3 * rng.normal(size=48))


CLEAN: dict[Callable[[np.random.Generator], Values], tuple[int, Grain, bool]] = {
    autoregressive: (24, "month", False),
    seasonal: (30, "month", False),
    yearly_peak: (24, "month", False),
    rare_counts: (52, "week", False),
    counts: (52, "week", False),
    shares: (52, "week", True),
    long_tailed: (52, "week", False),
    coarse: (24, "month", False),
    wandering: (36, "month", False),
}


@pytest.mark.parametrize("kind", CLEAN, ids=lambda kind: str(kind.__name__))
def test_clean_series_are_rarely_warned_about_and_hardly_ever_capped(
    kind: Callable[[np.random.Generator], Values],
) -> None:
    before, grain, share = CLEAN[kind]
    rng = np.random.default_rng(20_261_124)
    draws = 200 if kind in (autoregressive, seasonal, counts, shares) else 100
    capped = warned = 0
    for _ in range(draws):
        told = found(kind(rng), before, grain=grain, design=Design(None, share=share, transition=1))
        capped += any(each.consequence != "warns" for each in told.values())
        warned += any(each.consequence == "warns" for each in told.values())
    assert capped / draws <= 0.02
    assert warned / draws <= 0.10


def test_a_strong_effect_is_no_finding() -> None:
    values = steady()
    values[24:] *= 0.35
    assert found(values, 24) == {}


def test_a_spring_festival_at_a_tenth_of_the_usual_is_no_slip() -> None:
    values = steady(78, seed=3)
    values[[6, 59]] /= 10
    holiday = tuple(1.0 if at in (6, 59) else 0.0 for at in range(78))
    assert found(values, 52, grain="week", design=Design(None, holiday=holiday)) == {}


def test_a_month_with_some_days_of_a_festival_is_looked_at_like_any_other() -> None:
    values = steady(36, seed=3)
    values[13] /= 10
    holiday = tuple(0.23 if at % 12 == 1 else 0.0 for at in range(36))
    assert list(found(values, 24, design=Design(None, holiday=holiday))) == ["unit_slip"]


def test_weekends_at_a_tenth_of_the_week_are_no_slips() -> None:
    at = np.arange(300)
    values = steady(300, seed=6) * np.where(at % 7 < 5, 1.0, 0.1)
    assert found(values, 200, grain="day") == {}


def test_a_single_fall_that_comes_back_in_two_steps_is_no_other_unit() -> None:
    values = steady(78, seed=7)
    values[6:8] *= (0.15, 0.5)
    assert "unit_changed" not in found(values, 52, grain="week")


def test_a_dip_that_outlasts_the_transition_is_no_fault_of_measuring() -> None:
    values = steady(78, seed=8)
    values[52:58] *= np.linspace(1.8, 1.2, 6)
    assert found(values, 52, grain="week", design=Design(None, transition=2)) == {}


def test_what_is_ten_times_as_much_every_november_is_a_season() -> None:
    values = steady(40, seed=4)
    values[[10, 22, 34]] *= 10
    assert found(values, 26) == {}


# Planted faults ──────────────────────────────────────────────────────────────


def _slip(values: Values, rng: np.random.Generator, before: int) -> set[int]:
    at = int(rng.choice([p for p in range(len(values)) if p != before]))
    values[at] *= float(rng.choice([0.001, 0.01, 0.1, 10, 100, 1000, 10_000]))
    return {at}


def _slips(values: Values, rng: np.random.Generator, before: int) -> set[int]:
    start = int(rng.integers(0, before - 4))
    values[start : start + 4] *= float(rng.choice([0.01, 0.1, 10, 100]))
    return set(range(start, start + 4))


def _level(values: Values, rng: np.random.Generator, before: int) -> set[int]:
    values[before:] *= float(rng.choice([0.1, 10, 100, 0.0001])) * float(np.exp(rng.uniform(-0.25, 0.1)))
    return {before}


def _stuck(values: Values, rng: np.random.Generator, before: int) -> set[int]:
    start = int(rng.integers(0, len(values) - 5))
    values[start : start + 5] = values[start]
    return set(range(start, start + 5))


def _gap(values: Values, rng: np.random.Generator, before: int) -> set[int]:
    start = int(rng.integers(1, before - 3))
    values[start : start + 2] = np.nan
    return {start, start + 1}


PLANTED = {
    "unit_slip": (_slip, _slips),
    "unit_changed": (_level,),
    "constant_stretch": (_stuck,),
    "gaps": (_gap,),
}


@pytest.mark.parametrize("kind", [autoregressive, seasonal], ids=lambda kind: str(kind.__name__))
@pytest.mark.parametrize(
    ("code", "plant"),
    [(code, plant) for code, plants in PLANTED.items() for plant in plants],
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_planted_faults_are_found_with_their_periods(
    code: str,
    plant: Callable[[Values, np.random.Generator, int], set[int]],
    kind: Callable[[np.random.Generator], Values],
) -> None:
    before = CLEAN[kind][0]
    rng = np.random.default_rng(7)
    draws, hits = 40, 0
    for _ in range(draws):
        values = kind(rng).copy()
        planted = {FIRST + at for at in plant(values, rng, before)}
        told = found(values, before)
        hits += code in told and planted <= set(told[code].periods)
    assert hits / draws >= 0.95


def test_a_slip_names_its_factor_and_takes_the_place_of_the_outlier() -> None:
    values = steady()
    values[5] *= 10_000
    told = found(values, 24)
    assert list(told) == ["unit_slip"]
    assert (told["unit_slip"].cap, told["unit_slip"].periods) == ("D", (FIRST + 5,))
    assert dict(told["unit_slip"].fields) == {"factor": 10_000.0}


def test_a_year_in_another_unit_is_a_slip_and_no_season() -> None:
    values = steady(48)
    values[3:17] /= 100
    assert found(values, 36)["unit_slip"].periods == tuple(range(FIRST + 3, FIRST + 17))


def test_another_unit_from_go_live_on_is_never_silently_an_effect() -> None:
    values = steady()
    values[24:] /= 10
    assert estimate(series(values), Design(FIRST + 24)).verdict == "improved"
    assert found(values, 24)["unit_changed"].cap == "D"


def test_a_share_that_rises_tenfold_is_an_effect_and_one_that_becomes_percent_is_none() -> None:
    values = steady() / 1500
    values[24:] *= 10
    assert found(values, 24, design=Design(None, share=True)) == {}
    values[24:] *= 10
    assert list(found(values, 24, design=Design(None, share=True))) == ["unit_changed"]


def test_a_single_wild_value_stands_out_with_its_period() -> None:
    values = steady()
    values[9] += 60
    told = found(values, 24)
    assert {code: each.periods for code, each in told.items()} == {"outliers": (FIRST + 9,)}


def test_a_low_last_value_of_a_sum_is_a_period_measured_in_part() -> None:
    values = steady()
    values[-1] *= 0.4
    assert list(found(values, 24, setting=Setting(summed=True))) == ["partial_last"]
    assert list(found(values, 24)) == ["outliers"]


def test_a_last_period_of_little_volume_is_measured_in_part() -> None:
    volumes = (*range(80, 115), 20)
    assert list(found(steady(), 24, volumes=volumes)) == ["partial_last"]


@pytest.mark.parametrize(
    ("value", "design", "setting"),
    [(0.0, Design(None), None), (1.0, Design(None, share=True), None), (5.0, Design(None), Setting(ceiling=5.0))],
    ids=["nothing", "everything", "the end of its range"],
)
def test_a_process_may_stay_where_it_cannot_go_further(value: float, design: Design, setting: Setting | None) -> None:
    values = steady() / 200
    values[28:] = value
    assert "constant_stretch" not in found(values, 24, design=design, setting=setting)


def test_the_chance_of_a_stretch_is_that_of_equal_neighbours() -> None:
    rng = np.random.default_rng(5)
    values = rng.integers(0, 4, 40_000).tolist()
    runs = sum(values[at : at + 4] == [2] * 4 and (at == 0 or values[at - 1] != 2) for at in range(len(values) - 3))
    told = chance_of(2.0, length=4, outside=values)
    # the rule counts stretches of any of the four values, and does not ask what stands before one
    assert told / 4 * 0.75 == pytest.approx(runs, rel=0.2)


# One site among several ──────────────────────────────────────────────────────


def sites(count: int = 3, *, seed: int = 1) -> list[Values]:
    return [steady(seed=seed + place) for place in range(count)]


def together(parts: list[Values]) -> dict[str, Finding]:
    named = tuple((f"P{place}", tuple(map(float, part))) for place, part in enumerate(parts))
    return found(np.mean(parts, axis=0), 24, setting=Setting(units=len(parts), parts=named))


def test_one_site_in_another_unit_from_go_live_on_does_not_hide_in_the_mean() -> None:
    parts = sites()
    parts[1][24:] /= 10
    told = together(parts)
    assert (list(told), told["unit_changed"].site) == (["unit_changed"], "P1")


def test_single_slips_and_stretches_of_a_site_are_found_with_its_name() -> None:
    parts = sites()
    parts[2][5] *= 100
    parts[0][10:16] = parts[0][10]
    told = together(parts)
    assert {code: (each.site, each.periods) for code, each in told.items()} == {
        "unit_slip": ("P2", (FIRST + 5,)),
        "constant_stretch": ("P0", tuple(range(FIRST + 10, FIRST + 16))),
    }


def test_a_slip_that_hardly_moves_the_mean_of_many_sites_is_no_reason_to_cap() -> None:
    parts = sites(20)
    parts[7][5] /= 10
    assert list(together(parts)) == ["unit_slip_minor"]


def test_what_is_found_about_the_whole_is_not_said_again_of_its_parts() -> None:
    told = together([np.concatenate([part[:24], part[24:] / 100]) for part in sites()])
    assert [(each.code, each.site) for each in told.values()] == [("unit_changed", None)]


def test_what_is_found_about_many_sites_is_said_of_the_metric() -> None:
    parts = sites(8)
    for place, part in enumerate(parts[:5]):
        part[place] *= 1000
    told = together(parts)
    assert (told["unit_slip"].site, told["unit_slip"].periods) == (None, tuple(range(FIRST, FIRST + 5)))


def test_clean_sites_are_hardly_ever_capped() -> None:
    capped = sum(any(each.cap for each in together(sites(4, seed=4 * draw)).values()) for draw in range(50))
    assert capped <= 1


# Comparability ───────────────────────────────────────────────────────────────

HALVES = ("time_study",) * 24, ("system_log",) * 12


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"instruments": (*HALVES[0], *HALVES[1])}, "instrument_changed"),
        ({"definition_versions": ("1",) * 24 + ("2",) * 12}, "definition_changed"),
        ({"instruments": ("export",) * 24 + (None,) * 12}, "instrument_partly_stated"),
        ({"instruments": None}, "instrument_unknown"),
        ({"volumes": tuple(range(90, 114)) + tuple(range(190, 202))}, "volume_changed"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_differs_across_go_live_is_found(more: dict[str, Any], code: str) -> None:
    assert list(found(steady(), 24, **more)) == [code]


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        (Setting(units=8, left_out=3), "units_left_out"),
        (Setting(units=3, left_out=8), "units_mostly_left_out"),
        (Setting(indicative="E"), "instrument_indicative"),
        (Setting(as_of=date(2026, 3, 31)), "late"),
        (Setting(baseline=FIRST - 12), "baseline_partly"),
        (Setting(partial=(FIRST + 36,)), "partial_edge"),
        (Setting(reason="other_event"), "other_event"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_is_known_around_a_series_is_found(setting: Setting, code: str) -> None:
    told = found(steady(), 24, setting=setting)
    assert list(told) == [code]
    assert told[code].cap == (setting.indicative or RULES[code].cap)


def test_data_that_end_with_the_last_whole_month_are_not_late() -> None:
    assert found(steady(), 24, setting=Setting(as_of=date(2026, 1, 20))) == {}


def test_a_baseline_that_ended_a_year_before_go_live_is_old() -> None:
    values = steady(60)
    values[24:36] = np.nan
    assert "baseline_old" in found(values, 36)


# Silence has its reason ──────────────────────────────────────────────────────

REASONS = {
    "instrument_changed": "instrument_changed",
    "definition_changed": "definition_changed",
    "too_few_before": "too_few_periods",
    "too_few_after": "too_few_periods",
    "missing_differs": "missing",
}
"""The reason of a silent effect that goes with a blocking finding, where the two have different names."""


def test_a_finding_blocks_exactly_where_the_effect_is_silent_for_its_data() -> None:
    rng = np.random.default_rng(11)
    seen = set()
    for _ in range(100):
        count, before = int(rng.integers(14, 40)), int(rng.integers(8, 30))
        values = 100 + 5 * rng.normal(size=count)
        values[rng.random(count) < rng.choice([0, 0.1, 0.3])] = np.nan
        if rng.random() < 0.1:
            values[:before] = 100.0
        labels = ("1",) * before + (("2",) if rng.random() < 0.2 else ("1",)) * max(0, count - before)
        asked = Design(FIRST + before)
        measured = series(values, definition_versions=labels[:count])
        effect = estimate(measured, asked, thorough=False)
        reason = effect.reason if effect.estimate is None else None
        told = series_findings(measured, asked, setting=Setting(reason=reason))
        blocking = {REASONS.get(each.code, each.code) for each in told if each.consequence == "blocks"}
        assert bool(blocking) is (effect.estimate is None)
        assert reason is None or reason in blocking
        seen.add(reason)
    assert {"too_few_periods", "missing", "constant", "definition_changed", None} <= seen


def test_a_change_at_another_date_is_laid_to_slipped_values_where_there_are_any() -> None:
    values = steady()
    assert found(values, 24, setting=Setting(reason="other_date"))["other_date"].repair == "check_dates"
    values[4:9] *= 100
    assert found(values, 24, setting=Setting(reason="other_date"))["other_date"].repair == "state_unit"


def test_nothing_to_look_at_is_nothing_found() -> None:
    assert series_findings(Series("metric", "month", (), ()), Design(FIRST)) == ()


def test_the_gravest_finding_comes_first() -> None:
    values = steady()
    values[9] += 60
    values[20] = np.nan
    told = found(values, 24, setting=Setting(indicative="D"), definition_versions=("1",) * 24 + ("2",) * 12)
    assert list(told) == ["definition_changed", "instrument_indicative", "gaps", "outliers"]
    assert list(RULES) == sorted(RULES, key=lambda code: ("blocks", "caps", "warns").index(RULES[code].consequence))


def test_every_rule_and_every_repair_is_worded() -> None:
    for locale in LOCALES:
        spoken = language(locale)
        assert set(spoken.keys("finding")) == set(RULES)
        assert set(spoken.keys("repair")) == {rule.repair for rule in RULES.values()}
