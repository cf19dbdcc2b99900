"""The rules of honest value on the documents of the sample: 1, 2, 4, 5 and 7 (3 and 10 have files of their own)."""

from __future__ import annotations

from math import fsum

import pytest

from valueviz import story
from valueviz.story import Document
from valueviz.story.blocks import Table, Waterfall
from valueviz.story.figures import measured_leaves
from valueviz.story.voice import plain
from valueviz.study import Outcome, Study
from valueviz.terms import Derived, Fact, Locale, weakest

Documents = dict[tuple[str, Locale], Document]

CHANGES = ("change", "at_least", "conservative", "realised", "summed", "minimum_detectable")
"""Last words of the keys of facts that state how much a metric changed."""


@pytest.fixture(scope="module")
def evidence(answered: Study) -> Document:
    """The evidence report of the sample."""
    return story.compose(answered, story.view("evidence", locale="en"))


@pytest.fixture(scope="module")
def stated(documents: Documents, evidence: Document) -> list[Fact]:
    """Every fact of the renewal and of the evidence report."""
    return [fact for document in (documents["renewal", "en"], evidence) for _, fact, _ in story.facts(document)]


def about(facts: list[Fact], outcome: Outcome) -> list[Fact]:
    return [fact for fact in facts if outcome.metric.key in fact.key.split(".")]


# 1. Comparability ────────────────────────────────────────────────────────────


def test_what_was_measured_otherwise_since_go_live_has_no_number_and_no_grade(
    answered: Study, stated: list[Fact]
) -> None:
    changed = [outcome for outcome in answered.outcomes if outcome.effect.verdict == "not_comparable"]
    assert changed
    for outcome in changed:
        facts = about(stated, outcome)
        assert facts
        assert [fact.key for fact in facts if fact.grade is not None] == []
        assert [fact.key for fact in facts if fact.key.rsplit(".", 1)[-1] in CHANGES and fact.value is not None] == []


# 2. Counterfactual, interval, refusal ────────────────────────────────────────


def test_a_headline_is_the_end_of_the_interval_nearest_to_no_change(stated: list[Fact]) -> None:
    headlines = [fact for fact in stated if fact.key.endswith(".at_least") and fact.interval is not None]
    assert headlines
    for fact in headlines:
        assert fact.interval is not None
        assert fact.value == min(fact.interval.low, fact.interval.high, key=abs), fact.key


def test_every_metric_and_every_usual_explanation_is_disclosed(answered: Study, evidence: Document) -> None:
    (page,) = [section for section in evidence.sections if section.key == "disclosure"]
    tables = {block.key: block for block in page.blocks if isinstance(block, Table)}
    assert len(tables["disclosure.metrics"].rows) == len(answered.outcomes) + len(answered.unmeasured)
    kinds = {plain(row.cells[0].text) for row in tables["disclosure.rivals"].rows}
    assert {"volume", "mix", "headcount", "price", "policy", "other projects"} <= kinds
    states = {plain(row.cells[2].text) for row in tables["disclosure.rivals"].rows}
    assert states <= {"measured", "judged", "not examined"}


# 4. Attribution ──────────────────────────────────────────────────────────────


def test_the_parts_of_each_change_add_up_to_it_exactly_with_a_remainder_of_their_own(
    answered: Study, evidence: Document
) -> None:
    (page,) = [section for section in evidence.sections if section.key == "attribution"]
    charts = [block for block in page.blocks if isinstance(block, Waterfall)]
    assert len(charts) >= 3
    for chart in charts:
        assert [row.kind for row in chart.rows[-2:]] == ["remainder", "total"]
        assert chart.rows[-2].end == chart.rows[-1].end
    for outcome in answered.outcomes:
        if outcome.attribution is not None and outcome.attribution.parts:
            total = outcome.attribution.effect.estimate
            assert fsum(part.estimate for part in outcome.attribution.parts) == total
            assert total == outcome.effect.estimate  # one number, one place


def test_the_work_of_the_client_is_a_step_like_any_other(answered: Study, evidence: Document) -> None:
    (page,) = [section for section in evidence.sections if section.key == "attribution"]
    (work,) = [block for block in page.blocks if isinstance(block, Table)]
    assert answered.engagement is not None
    assert len(work.rows) == len(answered.engagement.steps)
    assert {plain(row.cells[2].text) for row in work.rows} == {"vendor", "client"}


# 5. Classes are not summed ───────────────────────────────────────────────────


def test_no_number_but_a_count_rests_on_more_than_one_metric(stated: list[Fact]) -> None:
    mixed = [
        fact.key
        for fact in stated
        if isinstance(fact.lineage, Derived) and len(measured_leaves(fact.lineage)) > 1 and fact.unit != "count"
    ]
    assert mixed == []


# 7. Evidence grades ──────────────────────────────────────────────────────────


def test_a_grade_is_that_of_its_weakest_part(answered: Study) -> None:
    graded = [outcome for outcome in answered.outcomes if outcome.evidence.parts]
    assert graded
    for outcome in graded:
        assert outcome.grade == weakest(*(part.grade for part in outcome.evidence.parts))
    assert all(outcome.grade is None for outcome in answered.outcomes if not outcome.evidence.parts)


def test_cover_and_titles_state_grades_a_to_c_only(documents: Documents) -> None:
    for (template, _), document in documents.items():
        if template != "renewal":
            continue
        told = [run.fact for run in (*document.cover.answer, *document.sections[0].title) if run.fact is not None]
        assert {fact.grade for fact in told if fact.grade} <= {"A", "B", "C"}
