"""The pages a sceptic reads: parts of a change, what was looked at, how steady the processes run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import fsum

import pytest

from tests.story.test_compose import GO_LIVE, LOCALES, answered, outcome, wavy
from valueviz import story
from valueviz.analysis.attribution import StepAt, split
from valueviz.analysis.effect import Design, Effect
from valueviz.story import Document
from valueviz.story.blocks import Callout, RunChart, Section, Table, Waterfall
from valueviz.story.voice import plain
from valueviz.study import Outcome, Study
from valueviz.study.evidence import Evidence, EvidencePart
from valueviz.terms import Baseline, Grade, Locale, Names, Rival, Step

STEPS = (
    Step("walk", Names.same("The walk"), "requirements", date(2024, 6, 1), "vendor", "human"),
    Step("cutover", Names.same("The switch"), "operation", date(2025, 1, 1), "vendor", "human"),
    Step("refresher", Names.same("The refresher"), "training", date(2025, 7, 1), "client", "assisted"),
)


def divided(*, second: float = -2.0) -> Outcome:
    """A metric that fell at go-live, and again half a year later."""
    values = [(value or 0.0) + (second if at >= 30 else 0.0) for at, value in enumerate(wavy(20, step=-4))]
    whole = outcome("a", list(values))
    steps = (StepAt("walk", GO_LIVE), StepAt("cutover", GO_LIVE), StepAt("refresher", GO_LIVE + 6))
    return replace(whole, attribution=split(whole.series, Design(GO_LIVE, season=1), steps))


def study_of(*outcomes: Outcome, baseline: Baseline | None = None, rivals: tuple[Rival, ...] = ()) -> Study:
    about = answered(*outcomes)
    assert about.engagement is not None
    return replace(about, engagement=replace(about.engagement, steps=STEPS, baseline=baseline, rivals=rivals))


def document(about: Study, locale: Locale = "en", template: str = "evidence") -> Document:
    return story.compose(about, story.view(template, locale=locale))


def page(about: Study, key: str, locale: Locale = "en") -> Section:
    return next(section for section in document(about, locale).sections if section.key == key)


def table(section: Section, key: str) -> list[list[str]]:
    (found,) = [block for block in section.blocks if isinstance(block, Table) and block.key == key]
    return [[plain(cell.text) for cell in row.cells] for row in found.rows]


# Parts ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_the_bars_of_a_waterfall_end_where_the_next_begins_and_the_last_at_the_total(locale: Locale) -> None:
    section = page(study_of(divided()), "attribution", locale)
    (chart,) = [block for block in section.blocks if isinstance(block, Waterfall)]
    *parts, total = chart.rows
    assert [row.kind for row in chart.rows] == ["block", "part", "remainder", "total"]
    assert [row.start for row in parts] == [0.0, *(row.end for row in parts[:-1])]
    assert total.start == 0.0
    assert total.end == parts[-1].end
    assert all(row.low is not None and row.high is not None and row.low <= row.end <= row.high for row in chart.rows)


def test_parts_are_gains_whichever_way_is_better() -> None:
    section = page(study_of(divided()), "attribution")
    (chart,) = [block for block in section.blocks if isinstance(block, Waterfall)]
    assert chart.rows[0].end == pytest.approx(4, abs=0.5)
    assert chart.rows[-1].end > chart.rows[0].end


def test_the_stated_parts_add_up_to_the_stated_total() -> None:
    stated = {fact.key: fact for _, fact, _ in story.facts(document(study_of(divided()))) if fact.value is not None}
    parts = [stated[f"attribution.a.{key}"].value for key in ("cutover", "refresher", "remainder")]
    assert fsum(part for part in parts if part is not None) == stated["attribution.a.total"].value
    shares = [stated[f"attribution.a.{key}.share"].value for key in ("cutover", "refresher", "remainder")]
    assert fsum(share for share in shares if share is not None) == pytest.approx(1)


def test_a_block_names_its_steps_and_the_work_names_client_and_vendor() -> None:
    about = study_of(divided())
    (chart,) = [block for block in page(about, "attribution").blocks if isinstance(block, Waterfall)]
    assert [plain(member) for member in chart.rows[0].members] == ["The walk"]
    work = table(page(about, "attribution"), "attribution.work")
    assert [row[0] for row in work] == ["The walk", "The switch", "The refresher"]
    assert work[2][2:4] == ["client", "assisted"]


def test_a_metric_without_parts_has_no_page_of_parts() -> None:
    keys = [section.key for section in document(study_of(outcome("a", wavy(20, step=-4)))).sections]
    assert "attribution" not in keys


# What was looked at ──────────────────────────────────────────────────────────


def test_every_metric_is_listed_with_its_part_and_its_verdict() -> None:
    about = study_of(divided(), outcome("b", wavy(10)), outcome("c", wavy(30), control=True))
    rows = table(page(about, "disclosure"), "disclosure.metrics")
    assert [(row[0], row[1], row[5]) for row in rows] == [
        ("a", "observed", "improved"),
        ("b", "observed", "not provable yet"),
        ("c", "control", "not provable yet"),
    ]


def test_an_explanation_nobody_mentioned_is_told_as_not_examined() -> None:
    rivals = (Rival(Names.same("two people less"), "headcount", "judged", Names.same("payroll")),)
    rows = table(page(study_of(divided(), rivals=rivals), "disclosure"), "disclosure.rivals")
    assert [row[0] for row in rows] == ["headcount", "volume", "mix", "price", "policy", "other projects"]
    assert rows[0] == ["headcount", "two people less", "judged", "payroll"]
    assert {row[2] for row in rows[1:]} == {"not examined"}


def test_a_volume_that_is_known_is_tested_and_not_left_to_judgement() -> None:
    volume: Effect = outcome("v", wavy(100, step=30), better="higher").effect
    measured = replace(divided(), volume=volume)
    rivals = (Rival(Names.same("more orders"), "volume", "not_examined"),)
    rows = table(page(study_of(measured, rivals=rivals), "disclosure"), "disclosure.rivals")
    assert [row[2] for row in rows if row[0] == "volume"] == ["measured"]
    assert "a" in rows[0][3]


def test_a_window_chosen_after_go_live_is_told_as_such() -> None:
    person = Names.same("the owner")
    late = Baseline(date(2023, 1, 1), date(2024, 12, 31), person, date(2025, 3, 1))
    early = replace(late, chosen_on=date(2024, 6, 1), signed_by=person, signed_on=date(2024, 7, 1))
    said = [_words(page(study_of(divided(), baseline=each), "disclosure")) for each in (late, early)]
    assert "after go-live: the choice could have been made looking at the result" in said[0]
    assert "not signed" in said[0]
    assert "before go-live" in said[1]
    assert "Signed by the owner" in said[1]


def _words(section: Section) -> str:
    texts = [text for block in section.blocks for text in story.block_texts(block)]
    return " ".join(plain(text) for text in texts)


def test_the_number_of_tests_stands_in_the_title() -> None:
    about = study_of(divided(), outcome("b", wavy(10)), outcome("c", wavy(10, months=26)))
    assert plain(page(about, "disclosure").title).startswith("2 tests, 1 changes stated; 1 of them")


@pytest.mark.parametrize(
    ("control", "said"),
    [(None, "No negative controls"), (0.0, "stand still"), (9.0, "A negative control moved")],
)
def test_what_the_negative_controls_did_is_told(control: float | None, said: str) -> None:
    outcomes = (divided(),) if control is None else (divided(), outcome("c", wavy(30, step=control), control=True))
    about = study_of(*outcomes)
    about = replace(about, controls_moved=("c",) if control else ())
    callouts = [block for block in page(about, "disclosure").blocks if isinstance(block, Callout)]
    assert said in plain(callouts[-1].title)


# All metrics ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_the_evidence_report_draws_every_metric(locale: Locale) -> None:
    about = study_of(divided(), outcome("b", wavy(10)), outcome("c", wavy(30), control=True))
    drawn = [
        block.key
        for section in document(about, locale).sections
        for block in section.blocks
        if isinstance(block, RunChart)
    ]
    assert {"trend.a", "trend.b", "trend.c"} <= set(drawn)


# Grades ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("grades", "said"),
    [
        (("A", "B"), "2 of 2 stated changes carry a headline; 1 have the best grade"),
        (("B", "D"), "1 of 2 stated changes carry a headline; none has the best grade yet"),
        (("D", "D"), "No change rests on evidence that carries a headline yet"),
    ],
)
def test_no_number_of_changes_is_told_where_there_is_none(grades: tuple[Grade, Grade], said: str) -> None:
    outcomes = [
        replace(
            outcome(key, wavy(20, step=-4)),
            grade=grade,
            evidence=Evidence((EvidencePart("design", grade, "no_control"),)),
        )
        for key, grade in zip("ab", grades, strict=True)
    ]
    assert plain(page(study_of(*outcomes), "evidence").title) == said
