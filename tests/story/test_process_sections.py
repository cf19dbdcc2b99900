"""Sections of a process: findings as titles, no claim without proof, every number a fact in its printed unit."""

from __future__ import annotations

from dataclasses import replace
from math import fsum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render import specimen_process_charts as process
from valueviz.analysis.process.log import PeriodSummary
from valueviz.analysis.process.result import Measure
from valueviz.language import language
from valueviz.story.blocks import Block, Dumbbell, Ladder, Prose, Run, RunChart, Section, Text, Variants, Waterfall
from valueviz.story.compose import block_texts
from valueviz.story.process.axis import Compressed
from valueviz.story.process.duration import (
    SECONDS,
    duration_digits,
    duration_unit,
    in_unit,
    pair_units,
    said,
    said_pair,
    said_range,
    spoken,
)
from valueviz.story.process.ladder import ladder, rungs
from valueviz.story.process.measure import measure_pair
from valueviz.story.process.variants import process_variants
from valueviz.story.process.verdict import wait_verdict
from valueviz.story.process.waits import process_waits
from valueviz.story.process.weeks import process_weeks
from valueviz.story.voice import Voice, plain
from valueviz.study.by_hand import hand_study
from valueviz.study.process import ProcessStudy
from valueviz.terms import HandStep, Locale, Measured

EN, ZH = Voice(language("en")), Voice(language("zh_CN"))
LINEAGE = Measured(query="process_log", digests=("ab" * 32,), rows=10)
HOUR, DAY = 3600.0, 86400.0


def _by_key(study: ProcessStudy, locale: Locale = "en") -> dict[str, Section]:
    return {section.key: section for section in process.sections(study, locale)}


def _runs(section: Section) -> list[Run]:
    texts: list[Text] = [section.title, section.lead]
    for block in section.blocks:
        texts += block_texts(block)
    return [run for text in texts for run in text]


def _first(section: Section, kind: type[Block]) -> Block:
    return next(block for block in section.blocks if isinstance(block, kind))


# Durations ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (0.0, "0 seconds", "0\u2009秒"),
        (25.0, "25 seconds", "25\u2009秒"),
        (90.0, "1.5 minutes", "1.5\u2009分钟"),
        (3600.0, "1 hour", "1\u2009小时"),
        (9 * HOUR, "9 hours", "9\u2009小时"),
        (97.2 * HOUR, "97 hours", "97\u2009小时"),
        (7.06 * DAY, "7.1 days", "7.1\u2009天"),
        (77.1 * DAY, "77 days", "77\u2009天"),
        (-3.7 * DAY, "\u221289 hours", "\u221289\u2009小时"),
    ],
)
def test_a_time_is_said_in_the_unit_in_which_people_would_say_it(seconds: float, en: str, zh: str) -> None:
    assert spoken(EN, seconds) == en
    assert spoken(ZH, seconds) == zh


@given(st.floats(min_value=0.0, max_value=400 * DAY))
def test_the_fact_of_a_time_is_the_time_in_the_printed_unit(seconds: float) -> None:
    run = said(EN, "x", seconds, lineage=LINEAGE)
    assert run.fact is not None
    assert run.fact.lineage == LINEAGE
    assert run.fact.value == pytest.approx(seconds / SECONDS[run.fact.unit])  # type: ignore[index]
    number = float(run.text.split()[0].replace(",", ""))
    assert number == pytest.approx(run.fact.value, rel=0.051, abs=0.5 if run.fact.unit == "second" else 0.051)


def test_two_times_share_their_unit_unless_one_would_vanish_in_it() -> None:
    assert plain(said_pair(EN, "x", 97 * HOUR, 95 * HOUR, lineage=LINEAGE)) == "97 hours → 95 hours"
    assert plain(said_pair(ZH, "x", 9 * HOUR, 360, lineage=LINEAGE)) == "9\u2009小时 → 6\u2009分钟"
    assert plain(said_pair(EN, "x", 8.14 * DAY, 8.13 * DAY, lineage=LINEAGE)) == "8.14 days → 8.13 days"
    assert pair_units(None, 5.0) == ("second", "second")


def test_an_interval_of_a_time_is_never_printed_narrower_than_it_is() -> None:
    run = said_range(EN, "x", -3.1 * DAY, low=-7.26 * DAY, high=-2.71 * DAY, level=0.95, lineage=LINEAGE)
    assert run.text == "\u22128 – \u22122 days"
    assert run.fact is not None
    assert run.fact.interval is not None
    assert (run.fact.interval.low, run.fact.interval.high) == pytest.approx((-7.26, -2.71))


def test_a_set_of_times_is_written_alike() -> None:
    assert duration_unit([12.1 * DAY, 3600.0, None]) == "day"
    assert duration_digits([12.1 * DAY, 8.4 * DAY], "day") == 1
    assert in_unit(5400, "hour") == 1.5


@given(st.lists(st.floats(min_value=0.0, max_value=400 * DAY), min_size=2, max_size=30))
def test_a_compressed_scale_keeps_the_order_and_starts_at_zero(seconds: list[float]) -> None:
    scale = Compressed(duration_unit(seconds), max(seconds))
    places = [scale.place(value) for value in sorted(seconds)]
    assert places == sorted(places)
    assert scale.place(0.0) == 0.0
    ticks = scale.axis(title="", language=language("en")).ticks
    assert [tick.position for tick in ticks] == sorted({tick.position for tick in ticks})
    assert ticks[0].position == 0.0
    assert len(ticks) <= 10


# What is claimed ─────────────────────────────────────────────────────────────


def test_titles_say_the_finding_where_it_is_proven() -> None:
    titles = {key: plain(section.title) for key, section in _by_key(process.study()).items()}
    assert titles["process_time"].startswith("The largest single part of the shorter time comes from 部门经理审批")
    assert titles["process_waits"] == "Before 部门经理审批, the median wait fell from 27 hours to 8.1 hours"
    assert titles["process_weeks"] == "Tested week by week, cases take at least 1.8 days less since go-live"


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_nothing_is_claimed_where_nothing_is_proven(locale: Locale) -> None:
    claims = {
        "en": ("fell", "rose", "less since", "longer since", "comes from", "bring"),
        "zh_CN": ("降到", "升到", "少用", "多用", "来自"),
    }
    for section in process.sections(process.unproven(), locale):
        assert not any(word in plain(section.title) for word in claims[locale]), plain(section.title)
    chart = _first(_by_key(process.unproven(), locale)["process_time"], Waterfall)
    assert isinstance(chart, Waterfall)
    assert {row.form for row in chart.rows} <= {None, "unsure", "added", "removed", "remainder"}


def test_a_contradicted_change_is_not_told_as_one() -> None:
    whole = process.study()
    assert whole.change is not None
    doubted = replace(whole.change, verdict="not_provable_yet", reason="check_contradicts")
    section = process_weeks(replace(whole, change=doubted), EN)
    assert section is not None
    assert "contradicts" in plain(section.title)


def test_a_refused_change_says_why() -> None:
    whole = process.study()
    assert whole.change is not None
    refused = replace(whole.change, verdict="refused", reason="other_date", estimate=None, low=None, high=None)
    section = process_weeks(replace(whole, change=refused), EN)
    assert section is not None
    assert plain(section.title) == "Week by week: no judgement of the lead time is given"
    said_so = [plain(block.text) for block in section.blocks if isinstance(block, Prose) and block.style == "so_what"]
    assert said_so == [EN.word("reason.other_date.why")]


def test_a_tested_wait_whose_medians_hardly_differ_is_not_told_as_changed() -> None:
    step = next(each for each in process.study().steps if each.step.activity == "部门经理审批")
    before = step.step.before
    assert before is not None
    assert before.wait_median is not None
    assert wait_verdict(step) == "improved"
    near = replace(step, step=replace(step.step, after=replace(before, wait_median=0.97 * before.wait_median)))
    assert wait_verdict(near) == "not_provable_yet"
    longer = replace(step, step=replace(step.step, after=replace(before, wait_median=1.5 * before.wait_median)))
    assert wait_verdict(longer) == "not_provable_yet"


# Numbers ─────────────────────────────────────────────────────────────────────


def test_the_printed_parts_of_the_lead_time_add_up_to_the_difference_of_the_means() -> None:
    chart = _first(_by_key(process.study())["process_time"], Waterfall)
    assert isinstance(chart, Waterfall)
    facts = [row.values[0][0].fact for row in chart.rows]
    values = [fact.value for fact in facts if fact is not None and fact.value is not None]
    assert len(values) == len(chart.rows)
    assert values[0] + fsum(values[1:-1]) == pytest.approx(values[-1], abs=1e-9)
    for row in chart.rows[1:-1]:
        numbers = [run.fact.value for cell in row.values for run in cell if run.fact is not None]
        if len(numbers) == 3:
            assert numbers[0] == pytest.approx((numbers[1] or 0.0) + (numbers[2] or 0.0))


def test_a_dropped_and_a_new_step_are_named_and_not_split() -> None:
    chart = _first(_by_key(process.study())["process_time"], Waterfall)
    assert isinstance(chart, Waterfall)
    rows = {plain(row.label): row for row in chart.rows}
    assert rows["手工录入台账"].form == "removed"
    assert [plain(cell) for cell in rows["手工录入台账"].values[1:]] == ["", "step dropped"]


@pytest.mark.parametrize("study", [process.study(), process.unproven(), process.one_period()], ids=["yes", "no", "one"])
def test_both_languages_state_the_same_facts_in_the_same_order(study: ProcessStudy) -> None:
    sides = [_by_key(study, locale) for locale in ("en", "zh_CN")]
    assert sides[0].keys() == sides[1].keys()
    for key, section in sides[0].items():
        facts = [
            [(run.fact.key, run.fact.value, run.fact.unit) for run in _runs(side) if run.fact is not None]
            for side in (section, sides[1][key])
        ]
        assert facts[0] == facts[1]
        assert len({name for name, _, _ in facts[0]}) == len(facts[0])


def test_no_digit_stands_outside_facts_names_and_scales() -> None:
    for locale in ("en", "zh_CN"):
        for study in (process.study(), process.unproven(), process.one_period()):
            for section in process.sections(study, locale):
                loose = [run.text for run in _runs(section) if run.kind == "prose" and any(map(str.isdigit, run.text))]
                assert loose == []


def test_the_ladder_of_an_average_case_is_as_long_as_the_mean_lead_time() -> None:
    study = process.study()
    assert study.before is not None
    total = sum(rung.size for rung in rungs(study, "before"))
    assert total == pytest.approx(study.before.lead_time.mean, rel=0.002)


def test_shares_of_all_variants_add_up_to_one_in_each_period() -> None:
    section = process_variants(process.study(), EN)
    assert section is not None
    chart = _first(section, Variants)
    assert isinstance(chart, Variants)
    assert fsum(row.before for row in chart.rows) == pytest.approx(1.0)
    assert fsum(row.after for row in chart.rows) == pytest.approx(1.0)


def test_unfinished_weeks_are_marked_and_explained() -> None:
    section = process_weeks(process.study(), EN)
    assert section is not None
    chart = _first(section, RunChart)
    assert isinstance(chart, RunChart)
    assert [point.state for point in chart.observed][-5:] == ["used", *["immature"] * 4]
    assert any(plain(block.text).startswith("Hollow points") for block in section.blocks if isinstance(block, Prose))


# Without a log ───────────────────────────────────────────────────────────────


def _by_hand(*, target: bool = True) -> ProcessStudy:
    rows = (
        ("Request", 600.0, 0.0, 600.0, 0.0),
        ("Approval", 720.0, 30 * HOUR, 360.0, 9 * HOUR),
        ("Goods receipt", HOUR, 97 * HOUR, HOUR, 95 * HOUR),
        ("Payment", 900.0, None, 900.0, None),
    )
    steps = [HandStep("Purchasing", "as_is", name, touch, wait) for name, touch, wait, *_ in rows]
    if target:
        steps += [HandStep("Purchasing", "to_be", name, touch, wait) for name, *_, touch, wait in rows]
    return hand_study(steps)


def test_a_process_typed_by_hand_is_told_as_stated_and_never_as_proven() -> None:
    sections = _by_key(_by_hand())
    assert set(sections) == {"process_time", "process_waits"}
    waits = _first(sections["process_waits"], Dumbbell)
    assert isinstance(waits, Dumbbell)
    assert all(row.stated for row in waits.rows)
    assert {row.verdict for row in waits.rows} == {"not_provable_yet"}
    assert [plain(row.label) for row in waits.rows] == ["Goods receipt", "Approval"]


def test_a_wait_nobody_stated_is_unknown_on_the_ladder_and_not_zero() -> None:
    ladder = _first(_by_key(_by_hand())["process_time"], Ladder)
    assert isinstance(ladder, Ladder)
    words = {plain(step.label): plain(step.wait_text) for step in ladder.rows[0].steps}
    assert words["Payment"] == "unknown"


def test_one_state_of_a_process_typed_by_hand_has_one_ladder_and_one_mark_a_step() -> None:
    sections = _by_key(_by_hand(target=False))
    ladder = _first(sections["process_time"], Ladder)
    waits = _first(sections["process_waits"], Dumbbell)
    assert isinstance(ladder, Ladder)
    assert isinstance(waits, Dumbbell)
    assert len(ladder.rows) == 1
    assert {row.before for row in waits.rows} == {None}


def test_a_log_without_cases_has_no_sections() -> None:
    whole = process.one_period()
    empty = replace(
        whole,
        overall=replace(whole.overall, cases=0, events=0, variants=0),
        steps=(),
        variants=(),
        weekly=None,
        weekly_p90=None,
    )
    assert process.sections(empty, "en") == ()


def test_a_study_of_one_case_before_go_live_still_draws() -> None:
    whole = process.study()
    before = whole.before
    leads = whole.leads
    assert isinstance(before, PeriodSummary)
    assert leads is not None
    few = replace(whole, before=replace(before, cases=1), leads=replace(leads, before=np.array([5 * DAY])))
    assert process_waits(few, EN) is not None


# Wording ─────────────────────────────────────────────────────────────────────


def test_the_measures_of_a_pair_name_their_unit_once() -> None:
    measure = Measure("lead_median", "second", 14.8 * DAY, 10.1 * DAY, None)
    assert plain(measure_pair(measure, process.unproven(), ZH, place="test")) == "14.8 → 10.1\u2009天"


def test_a_segment_has_no_ladder() -> None:
    study = process.unproven()
    assert ladder(study, EN) is not None
    cut = replace(study.cut, segment=("a", "b"))
    assert ladder(replace(study, cut=cut), EN) is None


@pytest.mark.parametrize("voice", [EN, ZH])
def test_another_most_common_way_is_told_as_such(voice: Voice) -> None:
    section = process_variants(process.unproven(), voice)
    assert section is not None
    assert ("another" if voice is EN else "换了") in plain(section.title)
