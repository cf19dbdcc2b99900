"""The bottlenecks in words: ranked, with evidence, what would refute it and scenarios, alike in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from valueviz.analysis.process.diagnosis import PRECEDENCE
from valueviz.analysis.process.log import Cause, Cut, LeadTime, LogSummary, PeriodSummary
from valueviz.analysis.process.redesign import PATTERNS, suggest
from valueviz.analysis.process.result import Diagnosis, Evidence
from valueviz.language import language
from valueviz.story.blocks import Prose, Run, Section, Table, Text
from valueviz.story.process.diagnosis import process_diagnosis
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Measured

LOCALES = ("en", "zh_CN")
DAY = 86400.0
LOG = Measured("log", ("digest",), 400)


def evidence(cause: str, **values: tuple[float, str]) -> tuple[Evidence, ...]:
    return tuple(Evidence(f"{cause}.{key}", value, unit) for key, (value, unit) in values.items())


EVIDENCE = {
    "batching": evidence(
        "batching",
        in_runs=(0.9994, "share"),
        events=(9912, "count"),
        runs=(195, "count"),
        run_size=(36, "count"),
        interval=(3.8 * DAY, "second"),
        monday=(0.43, "share"),
        thursday=(0.57, "share"),
        explains=(0.9, "share"),
        twice_as_often=(0.45, "share"),
    ),
    "calendar": evidence(
        "calendar",
        outside=(0.86, "share"),
        closed=(0.77, "share"),
        working_wait=(7200.0, "second"),
        explains=(0.86, "share"),
        weekend=(0.5, "share"),
        longer=(0.2, "share"),
    ),
    "unavailability": evidence("unavailability", explains=(0.5, "share")),
    "contention": evidence("contention", explains=(0.5, "share")),
    "prioritisation": evidence("prioritisation", explains=(0.5, "share")),
    "rework_loop": evidence("rework_loop", cases=(0.3, "share"), cost=(DAY, "second"), explains=(0.4, "share")),
    "hand_over": evidence(
        "hand_over", with_change=(DAY, "second"), without=(3600.0, "second"), explains=(0.4, "share")
    ),
    "queue_growth": evidence("queue_growth", early=(7.2, "count"), late=(53.4, "count"), explains=(0.3, "share")),
    "attribute_driver": (
        Evidence("attribute_driver.explains", 0.3, "share", None, ("band",)),
        Evidence("attribute_driver.gap", DAY, "second", None, ("band", "large")),
        Evidence("attribute_driver.gap", 60.0, "second", None, ("band", "middling")),
    ),
    "heavy_tail": evidence(
        "heavy_tail", ratio=(6.0, "ratio"), median=(3600.0, "second"), p90=(6 * DAY, "second"), explains=(0.4, "share")
    ),
    "unexplained": (Evidence("overtaking.out_of_order", 0.31, "share", 0.2),),
}
"""What the rule of each cause would have found."""

FALSIFIERS = {
    "batching": "batch_removed",
    "calendar": "closed_hours_covered",
    "unavailability": "absence_covered",
    "contention": "capacity_added",
    "prioritisation": "order_of_arrival",
    "rework_loop": "fewer_come_back",
    "hand_over": "same_hands_wait_as_long",
    "queue_growth": "queue_shrinks",
    "attribute_driver": "levels_wait_alike",
    "heavy_tail": "reminders_change_nothing",
    "unexplained": "a_cause_is_recorded",
}


def diagnosis(cause: str, *, impact: float = 340 * DAY, share: float = 0.31) -> Diagnosis:
    return Diagnosis(f"step of {cause}", cause, impact, share, EVIDENCE[cause], FALSIFIERS[cause])


def study(*diagnoses: Diagnosis, causes: tuple[Cause, ...] = ()) -> ProcessStudy:
    lead = LeadTime(10 * DAY, 11 * DAY, 20 * DAY)
    last = datetime(2026, 8, 31)  # noqa: DTZ001 - the log knows no time zones
    summary = LogSummary(100, 400, (), 5, None, last, 1.0, True, True, False, False, ())
    return ProcessStudy(
        name="log.csv",
        kind="log",
        grade="C",
        lineage=LOG,
        cut=Cut(),
        overall=PeriodSummary(100, 400, 5, lead),
        summary=summary,
        diagnoses=diagnoses,
        suggestions=suggest(diagnoses),
        causes=causes,
    )


def section(found: ProcessStudy, locale: str) -> Section:
    written = process_diagnosis(found, Voice(language(locale)))
    assert written is not None
    return written


def tables(written: Section) -> dict[str, Table]:
    return {block.key: block for block in written.blocks if isinstance(block, Table)}


def texts(written: Section) -> list[Text]:
    found = [written.title, written.lead]
    for block in written.blocks:
        if isinstance(block, Table):
            found += [block.title, block.source, *(column.title for column in block.columns)]
            found += [cell.text for row in block.rows for cell in row.cells]
        elif isinstance(block, Prose):
            found.append(block.text)
    return found


def facts(written: Section) -> list[Run]:
    return [run for text in texts(written) for run in text if run.kind == "fact"]


# Words ──────────────────────────────────────────────────────────────────────


def test_every_cause_and_falsifier_has_words() -> None:
    assert set(EVIDENCE) == {*PRECEDENCE, "unexplained"} - {"overtaking"}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("cause", EVIDENCE)
def test_each_cause_is_told_with_its_evidence_and_every_number_is_a_fact(cause: str, locale: str) -> None:
    split = (Cause("a", "A", f"step of {cause}", "B", 10, 5.0, 1.0, 2.0, 1.0, 1.0),)
    written = section(study(diagnosis(cause), causes=split), locale)
    row = tables(written)["process.diagnoses"].rows[0]
    assert any(run.kind == "fact" for run in row.cells[3].text)
    for text in texts(written):
        loose = [run for run in text if run.kind == "prose" and re.search(r"\d", run.text)]
        assert not loose
    for run in facts(written):
        assert run.fact is not None
        assert run.fact.lineage


@pytest.mark.parametrize("cause", EVIDENCE)
def test_both_languages_state_the_same_facts_in_the_same_order(cause: str) -> None:
    stated = [
        [(run.fact.key, run.fact.value) for run in facts(section(study(diagnosis(cause)), locale)) if run.fact]
        for locale in LOCALES
    ]
    assert stated[0] == stated[1]
    keys = [key for key, _ in stated[0]]
    assert len(keys) == len(set(keys))


def test_the_title_says_where_most_waiting_is_and_why() -> None:
    assert plain(section(study(diagnosis("batching")), "en").title) == (
        "Waiting before step of batching is 31% of the lead time: done in batches"
    )
    assert "no rule explains it" in plain(section(study(diagnosis("unexplained")), "en").title)


def test_batches_are_told_with_their_days_and_nearly_all_is_not_all() -> None:
    row = tables(section(study(diagnosis("batching")), "en"))["process.diagnoses"].rows[0]
    said = plain(row.cells[3].text)
    assert said.startswith("done in batches: 99.9% of 9,912 visits were done in batches: 195 runs of 36 (median)")
    assert said.endswith("Mostly on Mondays and Thursdays.")


def test_of_several_kinds_of_cases_the_first_is_named_as_an_association() -> None:
    row = tables(section(study(diagnosis("attribute_driver")), "en"))["process.diagnoses"].rows[0]
    assert plain(row.cells[3].text) == (
        "certain kinds of cases: Those with band = large wait 24 hours longer on average. An association, not a proof."
    )


def test_what_else_was_found_is_named_behind_the_primary_cause() -> None:
    both = replace(diagnosis("queue_growth"), evidence=EVIDENCE["queue_growth"] + EVIDENCE["heavy_tail"])
    row = tables(section(study(both), "en"))["process.diagnoses"].rows[0]
    assert plain(row.cells[3].text).endswith("Also found: rare long waits.")


# Rows ───────────────────────────────────────────────────────────────────────


def test_steps_stand_in_order_of_impact_and_small_ones_are_left_out() -> None:
    ranked = [diagnosis("batching"), diagnosis("contention", impact=DAY, share=0.05)]
    small = diagnosis("calendar", impact=60.0, share=0.001)
    rows = tables(section(study(*ranked, small), "en"))["process.diagnoses"].rows
    assert [plain(row.cells[0].text) for row in rows] == ["step of batching", "step of contention"]
    assert [plain(row.cells[1].text) for row in rows] == ["340", "1"]


def test_the_five_causes_add_up_over_all_resources_and_name_none() -> None:
    step = "step of contention"
    split = (
        Cause("a", "ZHANG", step, "LI", 10, 3.0 * DAY, 0.0, 5.0 * DAY, 0.0, 0.0),
        Cause("b", "WANG", step, "LI", 10, 1.0 * DAY, 0.0, 1.0 * DAY, 0.0, 0.0),
    )
    written = section(study(diagnosis("contention"), causes=split), "en")
    (row,) = tables(written)["process.causes"].rows
    assert [plain(cell.text) for cell in row.cells[1:]] == ["10.0", "40%", "0%", "60%", "0%", "0%"]
    assert not any(name in plain(text) for text in texts(written) for name in ("ZHANG", "LI", "WANG"))


def test_without_starts_or_resources_there_is_no_split() -> None:
    assert "process.causes" not in tables(section(study(diagnosis("calendar")), "zh_CN"))


def test_scenarios_are_ranges_of_lead_time_with_what_they_assume() -> None:
    table = tables(section(study(diagnosis("batching")), "en"))["process.scenarios"]
    step, often, *_ = table.rows
    assert (step.kind, plain(step.cells[0].text)) == ("group", "Before step of batching")
    assert plain(often.cells[0].text) == "Batches twice as often"
    assert plain(often.cells[2].text) == "18.4 – 36.7"
    assert "50% to 100%" in plain(often.cells[1].text)
    low = next(run.fact for run in often.cells[2].text if run.kind == "fact")
    assert low
    assert low.lineage == Derived("replay.batch_more_often", (LOG,))
    assert "not forecasts" in plain(table.title)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_pattern_is_worded_with_its_assumption(locale: str) -> None:
    for cause in {pattern.cause for pattern in PATTERNS}:
        written = section(study(diagnosis(cause, share=0.9)), locale)
        rows = tables(written)["process.scenarios"].rows
        assert [row.kind for row in rows][:2] == ["group", "plain"]
        assert all(plain(cell.text) for row in rows for cell in row.cells)


def test_a_step_without_a_cause_gets_no_scenario() -> None:
    assert "process.scenarios" not in tables(section(study(diagnosis("unexplained")), "en"))


def test_a_process_without_diagnoses_has_no_such_page() -> None:
    assert process_diagnosis(study(), Voice(language("en"))) is None
