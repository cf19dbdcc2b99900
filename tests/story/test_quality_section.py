"""The data quality section: its headline, its table, its findings under their repair, in both languages alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.analysis.test_quality import series, steady
from valueviz import study
from valueviz.analysis.effect import Design, estimate
from valueviz.analysis.quality import RULES, finding
from valueviz.language import language
from valueviz.store import ImportRecord
from valueviz.story.blocks import Section, Table, Text
from valueviz.story.compose import block_texts
from valueviz.story.finding import periods, plain_sentence
from valueviz.story.sections.quality import cards, quality
from valueviz.story.voice import Voice, plain
from valueviz.study import Outcome, Study
from valueviz.terms import LOCALES, Fact, Finding, Locale, Measured

GO_LIVE = 24_300
ENGLISH = Voice(language("en"))


def outcome(key: str, *found: Finding, missing: tuple[int, ...] = ()) -> Outcome:
    values = [None if at in missing else float(value) for at, value in enumerate(steady())]
    measured = replace(
        series(values, first=GO_LIVE - 24), key=key, lineage=Measured("rollup.mean@0123456789ab", ("d" * 64,), 36)
    )
    asked = Design(GO_LIVE, season=1.0)
    made = study.of_series(measured, asked, estimated=estimate(measured, asked, thorough=False)).outcomes[0]
    return replace(made, findings=tuple(replace(each, metric=key) for each in found))


def about(*outcomes: Outcome) -> Study:
    whole = study.of_series(series([1.0]), Design(GO_LIVE), estimated=outcomes[0].effect)
    return replace(whole, outcomes=outcomes)


def sample(code: str) -> Finding:
    """A finding with everything its sentence may ask for."""
    names = ("found", "needed", "kept", "total", "days", "factor", "value", "stated", "computed")
    shares = ("missing_share", "before_share", "after_share", "change_share")
    fields: tuple[tuple[str, str | float], ...] = (
        *((name, 100.0) for name in names),
        *((name, 0.25) for name in shares),
        ("last", "2031-01-01"),
    )
    found = finding(code, metric="a", periods=(GO_LIVE - 3, GO_LIVE - 2), grain="month", rows=(12,))
    return replace(found, fields=fields)


def table(section: Section, key: str) -> Table:
    return next(block for block in section.blocks if isinstance(block, Table) and block.key == key)


def texts(section: Section) -> list[Text]:
    return [section.title, section.lead, *(text for block in section.blocks for text in block_texts(block))]


def facts(section: Section) -> list[Fact]:
    return [run.fact for text in texts(section) for run in text if run.fact is not None]


CAP, BLOCK, NOTE = (
    finding("unit_changed", periods=(GO_LIVE,), grain="month", factor=10.0),
    finding("other_date"),
    sample("gaps"),
)


@pytest.mark.parametrize(
    ("outcomes", "title", "first"),
    [
        ((outcome("a"),), "Nothing stands out: all 1 metrics can carry a statement", "Nothing has to be repaired."),
        (
            (outcome("a", NOTE), outcome("b")),
            "All 2 metrics can carry a statement; 1 of them with a note",
            "Nothing has to be repaired before",
        ),
        (
            (outcome("a", CAP), outcome("b", NOTE)),
            "All 2 metrics can carry a statement; 1 of them at a lower grade only",
            "Do this first: State the unit, or correct the values at the source, and import again. It lifts the grade of: a.",
        ),
        (
            (outcome("a", CAP, BLOCK), outcome("b", NOTE), outcome("c")),
            "2 of 3 metrics can carry a statement; 1 only after a repair",
            "Do this first: Check the dates: go-live, other events, and those in the file. Without it, no statement on: a.",
        ),
        (
            (outcome("a", BLOCK),),
            "None of the 1 metrics can carry a statement yet; what is needed stands below",
            "Do this first:",
        ),
    ],
    ids=["nothing", "notes", "capped", "blocked", "all blocked"],
)
def test_the_headline_and_the_first_thing_to_do_follow_the_gravest_finding(
    outcomes: tuple[Outcome, ...], title: str, first: str
) -> None:
    (section,) = quality(about(*outcomes), ENGLISH)
    assert plain(section.title) == title
    last = section.blocks[-1]
    assert plain(next(iter(block_texts(last)))).startswith(first)
    assert "gaps" in plain(section.lead)


def test_metrics_without_a_statement_stand_first_and_say_what_follows() -> None:
    told = table(
        quality(about(outcome("a"), outcome("b", NOTE), outcome("c", CAP), outcome("d", BLOCK)), ENGLISH)[0],
        "quality.metrics",
    )
    assert [(plain(row.cells[0].text), plain(row.cells[-1].text)) for row in told.rows] == [
        ("d", "no statement"),
        ("c", "grade D at best"),
        ("b", "note"),
        ("a", "–"),
    ]


def test_of_many_metrics_those_without_a_finding_share_a_sentence() -> None:
    noted = tuple(outcome(f"n{at}", NOTE) for at in range(18))
    (section,) = quality(about(*noted, outcome("a"), outcome("b"), outcome("c")), ENGLISH)
    assert [plain(row.cells[0].text)[0] for row in table(section, "quality.metrics").rows] == ["n"] * 18
    assert "Nothing was found about a, b, and c: measured in every period" in plain(
        next(block_texts(section.blocks[1]))
    )
    few = table(quality(about(*noted[:17], outcome("a")), ENGLISH)[0], "quality.metrics")
    assert len(few.rows) == 18


def test_coverage_is_the_share_of_periods_measured_rounded_down() -> None:
    told = table(quality(about(outcome("a", missing=(3, 30))), ENGLISH)[0], "quality.metrics")
    assert [plain(cell.text) for cell in told.rows[0].cells[1:4]] == ["95%", "91%", "2"]


def test_one_sentence_speaks_of_all_metrics_of_which_the_same_was_found() -> None:
    told = table(quality(about(outcome("a", NOTE), outcome("b", NOTE, BLOCK)), ENGLISH)[0], "quality.found")
    assert [(row.kind, plain(row.cells[0].text)) for row in told.rows] == [
        ("group", "Check the dates: go-live, other events, and those in the file"),
        ("plain", "b: the values change at another date than go-live."),
        ("group", "Complete the export, or say why the periods are missing"),
        ("plain", "a and b: no values for October 2024 – November 2024; they stay missing."),
    ]


def test_what_stood_out_among_the_rows_of_a_file_is_named_with_the_file() -> None:
    record = ImportRecord("erp.csv", "d", "s", 3, 3, 0, warnings=("title_rows", "row_unit_slips", "duplicate_rows"))
    told = table(quality(replace(about(outcome("a")), imports=(record,)), ENGLISH)[0], "quality.files")
    assert [plain(cell.text) for cell in told.rows[0].cells] == [
        "erp.csv",
        "values as if in another unit and repeated rows",
    ]


def test_every_finding_about_rows_that_a_ledger_keeps_has_its_short_words() -> None:
    about_rows = list(RULES)[list(RULES).index("outliers") + 1 :]
    assert set(ENGLISH.language.keys("quality.rows")) == {*about_rows, "percent_or_share"} - {"future_dates"}


@pytest.mark.parametrize("code", RULES)
def test_every_finding_is_said_in_both_languages_with_equal_facts(code: str) -> None:
    said = {locale: quality(about(outcome("a", sample(code))), Voice(language(locale)))[0] for locale in LOCALES}
    assert facts(said["en"]) == facts(said["zh_CN"])
    for section in said.values():
        prose = [run.text for text in texts(section) for run in text if run.kind == "prose"]
        assert [text for text in prose if any(char.isdigit() for char in text) or "{" in text] == []
    for locale in LOCALES:
        assert "{" not in plain_sentence(sample(code), language(locale), names={"a": "Lead time"})


@pytest.mark.parametrize(
    ("ordinals", "said"),
    [
        ((), ""),
        ((GO_LIVE,), "January 2025"),
        ((GO_LIVE, GO_LIVE + 1, GO_LIVE + 2, GO_LIVE + 5), "January 2025 – March 2025 and June 2025"),
        (tuple(range(GO_LIVE, GO_LIVE + 20, 2)), "January 2025, …, and July 2026"),
    ],
    ids=["none", "one", "a stretch", "many"],
)
def test_periods_are_named_as_stretches_and_many_by_their_ends(ordinals: tuple[int, ...], said: str) -> None:
    assert periods(ordinals, grain="month", language=language("en")) == said


def test_numbers_of_a_finding_are_written_with_their_unit() -> None:
    found = finding("volume_changed", metric="a", change_share=0.604)
    locale: Locale = "en"
    assert plain_sentence(found, language(locale), names={}).startswith("a: the volume behind a period changed by +60%")
    old = finding("baseline_old", metric="a", periods=(GO_LIVE,), grain="month", days=200.0)
    assert "200 days before it" in plain_sentence(old, language(locale), names={})
    slip = finding("row_unit_slips", metric="a", count=1, factor=10_000.0)
    assert plain_sentence(slip, language(locale), names={}).startswith("a: values up to about 10,000 times")


def test_the_cards_of_a_cover_count_what_can_be_said() -> None:
    told = cards(about(outcome("a", BLOCK), outcome("b", CAP), outcome("c", NOTE, missing=(3,))), ENGLISH)
    assert [plain(card.number) for card in told] == ["2 of 3", "1 of 3", "99%"]
