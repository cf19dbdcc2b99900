"""Checks of a change: the mix of cases is seen through, and a made-up go-live changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.event_log import by_level, inside, read_xes, segment, week, weekly_median
from valueviz.analysis.process.checks import matched, placebo, reweighted, run_checks, weighted_median
from valueviz.analysis.process.log import Samples, Weekly
from valueviz.analysis.process.measures import KINDS, lead_change, measure_effect, stated, stated_measures
from valueviz.analysis.process.result import Check
from valueviz.analysis.process.weeks import Weeks, weeks
from valueviz.terms import Window, period_start

DAY = 86_400.0
SPAN = Weeks(first=1_000, go_live=1_040, transition=0, last=1_079)
UNIT = "(case)_Permit_OrganizationalEntity"


def cases(rng: np.random.Generator, many: int, *, days: float) -> np.ndarray:
    """Lead times about so many days, in rising order."""
    return np.sort(days * DAY * np.exp(0.3 * rng.standard_normal(many)))


def together(levels: dict[str, Samples]) -> Samples:
    """All cases of the levels."""
    both = [np.sort(np.concatenate([getattr(one, side) for one in levels.values()])) for side in ("before", "after")]
    return Samples(*both)


def weekly(values: np.ndarray) -> Weekly:
    """A weekly series from the first week on."""
    count = len(values)
    at = tuple(range(SPAN.first, SPAN.first + count))
    return Weekly(at, tuple(values.tolist()), (25,) * count, (True,) * count)


def test_a_change_of_the_mix_alone_contradicts() -> None:
    rng = np.random.default_rng(1)
    levels = {
        "fast": Samples(cases(rng, 900, days=5), cases(rng, 200, days=5)),
        "slow": Samples(cases(rng, 100, days=15), cases(rng, 800, days=15)),
    }
    whole = together(levels)
    again = reweighted("kind", levels, overall=whole)
    assert again.verdict == "contradicts"
    assert again.after == pytest.approx(again.before, rel=0.1)
    alone = {"fast": levels["fast"], "slow": Samples(levels["slow"].before[:5], levels["slow"].after)}
    cohort = matched("kind", alone, overall=together(alone))
    assert (cohort.verdict, cohort.levels, cohort.cases) == ("contradicts", ("fast",), (900, 200))


def test_a_change_of_every_kind_of_case_holds() -> None:
    rng = np.random.default_rng(2)
    levels = {
        name: Samples(cases(rng, 300, days=days), cases(rng, 300, days=days * 0.6))
        for name, days in (("a", 5), ("b", 8), ("c", 12))
    }
    for check in (matched, reweighted):
        assert check("kind", levels, overall=together(levels)).verdict == "holds"


def test_no_change_and_none_in_the_cohort_holds() -> None:
    rng = np.random.default_rng(3)
    levels = {name: Samples(cases(rng, 2_000, days=5), cases(rng, 2_000, days=5)) for name in "ab"}
    assert matched("kind", levels, overall=together(levels)).verdict == "holds"


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"a": (29, 500), "b": (500, 29)}, "no_common_level"),
        ({"a": (40, 40), "b": (500, 5), "c": (5, 500)}, "small_cohort"),
        ({}, "no_common_level"),
        ({"": (500, 500)}, "no_common_level"),
    ],
    ids=["never enough on both sides", "a tenth at least", "no level", "nothing stated"],
)
def test_why_nothing_can_be_matched(counts: dict[str, tuple[int, int]], reason: str) -> None:
    rng = np.random.default_rng(4)
    levels = {name: Samples(*(cases(rng, many, days=5) for many in both)) for name, both in counts.items()}
    whole = together(levels) if levels else Samples(cases(rng, 50, days=5), cases(rng, 50, days=5))
    found = matched("kind", levels, overall=whole)
    assert (found.verdict, found.reason, found.before, found.after) == ("not_possible", reason, None, None)


def test_where_no_attribute_can_match_the_checks_say_so_and_the_placebo_runs() -> None:
    rng = np.random.default_rng(5)
    whole = Samples(cases(rng, 500, days=5), cases(rng, 500, days=5))
    found = run_checks(whole, {}, weekly=weekly(np.exp(0.1 * rng.standard_normal(80)) * DAY), weeks=SPAN)
    assert [(check.name, check.verdict, check.reason) for check in found] == [
        ("matched_cohort", "not_possible", "no_attribute"),
        ("reweighted", "not_possible", "no_attribute"),
        ("placebo", "holds", None),
    ]


def test_checks_come_by_attribute_in_order_of_names() -> None:
    rng = np.random.default_rng(6)
    levels = {name: Samples(cases(rng, 100, days=5), cases(rng, 100, days=5)) for name in "ab"}
    found = run_checks(together(levels), {"z": levels, "k": levels}, weekly=weekly(np.full(10, DAY)), weeks=SPAN)
    assert [(check.name, check.by) for check in found] == [
        ("matched_cohort", "k"),
        ("reweighted", "k"),
        ("matched_cohort", "z"),
        ("reweighted", "z"),
        ("placebo", None),
    ]


def test_a_made_up_go_live_in_the_middle_of_before_finds_a_change_that_was_there() -> None:
    rng = np.random.default_rng(7)
    values = DAY * 10 * np.exp(0.05 * rng.standard_normal(80))
    calm = placebo(weekly(values), SPAN)
    assert (calm.verdict, calm.at) == ("holds", period_start(1_020, "week"))
    values[20:40] /= 2
    moved = placebo(weekly(values), SPAN)
    assert moved.verdict == "contradicts"
    assert (moved.before, moved.after) == pytest.approx((10 * DAY, 5 * DAY), rel=0.05)
    assert moved.cases == (500, 500)


def test_the_placebo_goes_inside_after_where_before_is_too_short() -> None:
    rng = np.random.default_rng(8)
    short = Weeks(first=1_000, go_live=1_015, transition=2, last=1_060)
    found = placebo(weekly(DAY * np.exp(0.1 * rng.standard_normal(61))), short)
    assert found.verdict == "holds"
    assert found.cases == (22 * 25, 22 * 25)


def test_with_too_few_weeks_on_both_sides_there_is_no_placebo() -> None:
    short = Weeks(first=1_000, go_live=1_015, transition=0, last=1_029)
    found = placebo(weekly(np.full(30, DAY)), short)
    assert (found.verdict, found.reason) == ("not_possible", "too_short")


@given(values=st.lists(st.floats(0, 1e9), min_size=1, max_size=60))
def test_of_equal_weights_the_weighted_median_is_the_lower_one(values: list[float]) -> None:
    given_ = np.array(values)
    for weight in (1.0, 1 / 3, 1 / 7):
        found = weighted_median(given_, np.full(len(values), weight))
        assert found == sorted(values)[(len(values) - 1) // 2]


# What may be stated ──────────────────────────────────────────────────────────


def halved(rng: np.random.Generator) -> Weekly:
    """A lead time that halves at go-live."""
    values = DAY * 10 * np.exp(0.05 * rng.standard_normal(80))
    values[40:] /= 2
    return weekly(values)


def test_a_check_that_contradicts_takes_the_statement_back_and_leaves_its_numbers() -> None:
    effect = lead_change(halved(np.random.default_rng(9)), SPAN)
    assert effect.verdict == "improved"
    against = Check("matched_cohort", "unit", ("a",), DAY, DAY, "contradicts")
    silent = stated(effect, [against])
    assert (silent.verdict, silent.reason) == ("not_provable_yet", "check_contradicts")
    assert (silent.estimate, silent.low, silent.high) == (effect.estimate, effect.low, effect.high)
    assert stated(effect, [Check("placebo", None, (), None, None, "not_possible", "too_short")]) == effect


def test_what_a_check_takes_back_of_the_median_it_takes_back_of_every_measure_of_the_lead_time() -> None:
    series = halved(np.random.default_rng(9))
    keys = ("lead_median", "lead_p90", "lead_mean", "wait_mean")
    rows = [measure_effect(key, series, weeks=SPAN, before=10 * DAY, after=5 * DAY) for key in keys]
    found = stated_measures(rows, [Check("reweighted", "unit", ("a",), DAY, DAY, "contradicts")])
    verdicts = [row.effect.verdict for row in found if row.effect is not None]
    assert verdicts == ["not_provable_yet"] * 3 + ["improved"]
    assert stated_measures(rows, []) == tuple(rows)


def test_what_was_not_stated_keeps_its_own_reason() -> None:
    effect = lead_change(weekly(DAY * np.exp(0.3 * np.random.default_rng(10).standard_normal(80))), SPAN)
    assert effect.reason == "primary_includes_zero"
    assert stated(effect, [Check("placebo", None, (), None, None, "contradicts")]) == effect


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_measure_that_doubles_is_better_or_worse_as_it_should_be(key: str) -> None:
    rng = np.random.default_rng(11)
    size = 0.2 if KINDS[key].unit == "share" else 3.0
    values = size * (1 + 0.03 * rng.standard_normal(80))
    values[40:] *= 2
    found = measure_effect(key, weekly(values), weeks=SPAN, before=size, after=2 * size, currency="CNY")
    assert found.effect is not None
    assert found.effect.verdict == ("worse" if KINDS[key].better == "lower" else "improved")
    assert found.unit == {"money": "CNY"}.get(KINDS[key].unit, KINDS[key].unit)


def test_a_measure_that_cannot_be_known_has_no_effect() -> None:
    found = measure_effect("touch_mean", None, weeks=SPAN, before=None, after=None)
    assert (found.effect, found.before, found.after) == (None, None, None)


def test_a_share_that_was_never_there_before_is_not_tested_but_its_numbers_stay() -> None:
    values = np.concatenate([np.zeros(40), np.full(40, 0.9)])
    found = measure_effect("adoption", weekly(values), weeks=SPAN, before=0.0, after=0.9)
    assert found.effect is not None
    assert (found.effect.verdict, found.effect.reason) == ("refused", "constant")
    assert (found.before, found.after) == (0.0, 0.9)


# Weeks ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after", "lengths"),
    [
        ((date(2026, 1, 5), date(2026, 3, 29)), (date(2026, 3, 30), date(2026, 5, 24)), (12, 0, 8)),
        ((date(2026, 1, 5), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 5, 26)), (12, 1, 7)),
        ((date(2026, 1, 7), date(2026, 3, 31)), (date(2026, 5, 1), date(2026, 6, 30)), (11, 5, 8)),
    ],
    ids=["on a Monday", "in the middle of a week", "with a gap"],
)
def test_only_whole_weeks_of_one_period_count(
    before: tuple[date, date], after: tuple[date, date], lengths: tuple[int, int, int]
) -> None:
    span = weeks(Window(*before), Window(*after))
    assert (len(span.before), span.transition, len(span.after)) == lengths
    later = weeks(Window(*before), Window(*after), transition=2)
    assert (len(later.before), len(later.after)) == (lengths[0], lengths[2] - 2)


# Published figures ───────────────────────────────────────────────────────────


def test_the_payment_of_international_declarations_takes_no_longer_for_the_same_units(shared: Path) -> None:
    log = read_xes(shared / "data/process/bpic2020_InternationalDeclarations.cleaned.xes.gz", attributes=[UNIT])
    chosen, seconds = segment(log, source="Declaration SUBMITTED by EMPLOYEE", target="Payment Handled")
    before, after = (Window(date(year, 1, 1), date(year, 12, 31)) for year in (2017, 2018))
    starts = log.starts[chosen]
    sides = inside(starts, before), inside(starts, after)
    whole = Samples(*(np.sort(seconds[side]) for side in sides))
    levels = by_level(seconds, [log.attributes[UNIT][case] for case in chosen], sides=sides)
    span = weeks(before, after)
    series = weekly_median(seconds, week(starts))
    found = run_checks(whole, {"Permit_OrganizationalEntity": levels}, weekly=series, weeks=span)

    def days(check: Check) -> tuple[float, float]:
        return (check.before or 0.0) / DAY, (check.after or 0.0) / DAY

    assert (np.median(whole.before) / DAY, np.median(whole.after) / DAY) == pytest.approx((8.31, 10.35), abs=0.005)
    assert found[0].levels == tuple(f"organizational unit {unit}" for unit in (65454, 65455, 65458))
    assert days(found[0]) == pytest.approx((8.14, 8.13), abs=0.005)
    assert days(found[1]) == pytest.approx((8.31, 7.37), abs=0.005)
    assert [check.verdict for check in found[:2]] == ["contradicts", "contradicts"]
    assert stated(lead_change(series, span), found).verdict == "not_provable_yet"
