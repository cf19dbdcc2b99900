"""What is said of a process typed by hand: stated by whom, what lacks, and nothing that sounds measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from valueviz import catalog, study
from valueviz.language import language
from valueviz.story.blocks import Bullets, Callout, Ladder, ProcessMap, Run, Section, Table, Text
from valueviz.story.compose import block_texts
from valueviz.story.process.by_hand import caution, missing, process_stated, steps_table
from valueviz.story.process.starter import starter
from valueviz.story.voice import Voice, plain
from valueviz.study.by_hand import hand_study, starter_study
from valueviz.terms import LOCALES, HandStep, Illustration, Locale, Stated

STEPS = (
    HandStep("审批", "as_is", "申请", 600.0, 0.0, "车间", 100.0, 0.1, None, False, "measured", "采购主管"),
    HandStep("审批", "as_is", "批准", 300.0, 86400.0, "经理", None, 0.0, None, False, "measured", "采购主管"),
    HandStep("审批", "to_be", "申请", 300.0, 0.0, "车间", 100.0, 0.0, None, False, "measured", "采购主管"),
    HandStep("审批", "to_be", "批准", 300.0, 7200.0, "经理", None, 0.0, None, False, "measured", "采购主管"),
)
BOTH = pytest.mark.parametrize("locale", LOCALES)


def written(sections: tuple[Section, ...] | Section | None) -> list[Run]:
    """Every run of some sections."""
    found = sections if isinstance(sections, tuple) else (sections,) if sections else ()
    return [
        run
        for each in found
        for text in (each.title, each.lead, *(text for block in each.blocks for text in block_texts(block)))
        for run in text
    ]


@BOTH
def test_the_caution_names_the_grade_and_who_stands_by_the_numbers(locale: Locale) -> None:
    voice = Voice(language(locale))
    said = caution(hand_study(STEPS), voice)
    assert said.tone == "caution"
    assert "采购主管" in plain(said.text)
    guessed = caution(hand_study([replace(step, basis="estimated", owner=None) for step in STEPS]), voice)
    assert plain(guessed.text) == voice.word("process.caution.hand_E")


@BOTH
def test_what_lacks_is_named_by_state_number_and_step(locale: Locale) -> None:
    voice = Voice(language(locale))
    lacking = hand_study((replace(STEPS[0], volume=None), replace(STEPS[1], wait=None), *STEPS[2:]))
    found = missing(lacking, voice)
    assert found is not None
    words = plain(found.text)
    today = voice.word("form.state.as_is")
    assert today in words
    assert voice.word("by_hand.part.wait") in words
    assert "批准" in words
    assert voice.word("by_hand.part.volume") in words
    assert voice.word("form.state.to_be") not in words
    assert missing(hand_study(STEPS), voice) is None


@BOTH
def test_many_missing_steps_are_counted_beyond_the_first_few(locale: Locale) -> None:
    voice = Voice(language(locale))
    steps = [HandStep("p", "as_is", f"s{letter}", 60.0, None, volume=1.0) for letter in "abcdefgh"]
    found = missing(hand_study(steps), voice)
    assert found is not None
    (fact,) = [run.fact for run in found.text if run.fact is not None]
    assert (fact.key, fact.value) == ("by_hand.missing.as_is.wait", 2.0)
    assert "sh" not in plain(found.text)


@BOTH
def test_the_table_holds_every_stated_number_once_and_a_dash_where_there_is_none(locale: Locale) -> None:
    voice = Voice(language(locale))
    table = steps_table(hand_study((STEPS[0], replace(STEPS[1], touch=None), *STEPS[2:])), voice)
    facts = {run.fact.key: run.fact for row in table.rows for cell in row.cells for run in cell.text if run.fact}
    assert facts["by_hand.steps.1.wait.before"].value == 24.0
    assert facts["by_hand.steps.1.wait.after"].value == 2.0
    assert facts["by_hand.steps.0.again.before"].value == 0.1
    assert all(fact.lineage == Stated("采购主管", None) for fact in facts.values())
    assert plain(table.rows[1].cells[2].text) == "–"
    assert "by_hand.steps.1.touch.before" not in facts


@BOTH
def test_the_table_says_who_does_a_step_today_and_who_shall(locale: Locale) -> None:
    voice = Voice(language(locale))
    table = steps_table(hand_study((*STEPS[:3], replace(STEPS[3], role="系统", wait=0.0))), voice)
    assert [plain(row.cells[1].text) for row in table.rows] == ["车间", "经理 → 系统"]
    assert plain(table.rows[1].cells[6].text) == voice.language.quantity(0, "minute", digits=0)


@BOTH
def test_a_blank_rework_share_is_a_dash_and_not_none(locale: Locale) -> None:
    voice = Voice(language(locale))
    once = steps_table(hand_study([replace(step, rework=None) for step in STEPS]), voice)
    assert {plain(cells[at].text) for cells in (row.cells for row in once.rows) for at in (4, 7)} == {"–"}
    some = steps_table(hand_study((STEPS[0], replace(STEPS[1], rework=None), *STEPS[2:])), voice)
    assert [plain(row.cells[4].text) for row in some.rows] == [voice.language.percent(0.1, 0), "–"]


@BOTH
def test_the_section_says_what_to_record_and_has_no_digit_outside_facts(locale: Locale) -> None:
    voice = Voice(language(locale))
    section = process_stated(hand_study(STEPS), voice)
    assert section is not None
    kinds = [type(block) for block in section.blocks]
    assert (kinds[0], kinds[-1]) == (Callout, Bullets)
    assert Table in kinds
    stray = [run.text for run in written(section) if run.kind == "prose" and any(map(str.isdigit, run.text))]
    assert stray == []
    assert any(run.text == "批准" for run in written(section) if run.kind == "quotation")


@BOTH
@pytest.mark.parametrize("industry", catalog.packs())
def test_every_industry_shows_a_starter_flow_as_an_illustration(industry: str, locale: Locale) -> None:
    voice = Voice(language(locale))
    (section,) = starter(study.run(None, study.ask(None, industry=industry)), voice)
    kinds = [type(block) for block in section.blocks]
    assert kinds[0] is Callout
    assert {ProcessMap, Ladder, Table} <= set(kinds)
    facts = [run.fact for run in written(section) if run.fact is not None]
    assert facts
    assert all(isinstance(_root(fact.lineage), Illustration) and fact.grade is None for fact in facts)


def _root(lineage: object) -> object:
    inputs = getattr(lineage, "inputs", ())
    return _root(inputs[0]) if inputs else lineage


@BOTH
def test_facts_of_a_process_are_the_same_in_both_languages(locale: Locale) -> None:
    def told(spoken: Locale) -> list[tuple[str, float | None]]:
        runs = written(process_stated(hand_study(STEPS), Voice(language(spoken))))
        return sorted((run.fact.key, run.fact.value) for run in runs if run.fact is not None)

    assert told(locale) == told("en")


def test_a_starter_flow_never_says_that_somebody_states_it() -> None:
    voice = Voice(language("en"))
    drawn = starter_study(catalog.pack("pharma").flows[0], locale="en")
    said: Text = caution(drawn, voice).text
    assert plain(said) == voice.word("process.caution.hand_None")
