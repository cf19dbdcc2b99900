"""The plan of the form: complete in every language, unambiguous, and written answers stand where the plan says."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.engagements import engagements
from valueviz.catalog import pack, packs, read_engagement, write_engagement
from valueviz.catalog.filling import Filled, MonthlyLine, Share, answers, memory, monthly_cells
from valueviz.catalog.form import FormPlan, months_around, months_from, plan
from valueviz.catalog.pack import plain_header
from valueviz.terms import LOCALES, Assumption, Engagement, HandStep, Locale, Names, Promise

DEMO = Path(__file__).resolve().parents[2] / "datasets" / "manufacturer" / "engagement.toml"
MONTHS = months_from(12 * 2025, 12 * 2025 + 5)

PLANS = [(industry, locale) for industry in packs() for locale in LOCALES]


def made(industry: str, locale: Locale, named: tuple[str, ...] = ()) -> FormPlan:
    return plan(pack(industry), locale, months=MONTHS, named=named)


def demo() -> Engagement:
    return read_engagement(DEMO.read_text(encoding="utf-8"), file="engagement.toml")


# The plan ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("industry", "locale"), PLANS)
def test_every_sheet_and_column_has_its_own_name_by_which_it_is_found(industry: str, locale: Locale) -> None:
    form = made(industry, locale)
    names = [sheet.name for sheet in form.sheets]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)
    for sheet in form.sheets:
        heads = [plain_header(column.name) for column in sheet.columns]
        assert len(set(heads)) == len(heads), sheet.key
        assert all(heads), sheet.key
        for column in sheet.columns:
            words = [plain_header(choice.word) or choice.word for choice in column.choices]
            assert len(set(words)) == len(words), (sheet.key, column.key)
            assert bool(words) == (column.kind in ("choice", "date_or", "suggestion", "tick")), (sheet.key, column.key)


@pytest.mark.parametrize(("industry", "locale"), PLANS)
def test_every_metric_of_the_pack_can_be_picked_by_a_label_of_its_own(industry: str, locale: Locale) -> None:
    form = made(industry, locale)
    labels = [plain_header(entry.label) for entry in form.metrics]
    assert [entry.key for entry in form.metrics] == [metric.key for metric in pack(industry).metrics]
    assert len(set(labels)) == len(labels)
    assert form.sheet("metrics").fixed == tuple(entry.key for entry in form.metrics)


def test_languages_plan_the_same_sheets_columns_and_choices() -> None:
    def codes(form: FormPlan) -> object:
        return [
            (sheet.key, [(c.key, c.kind, c.required, [choice.code for choice in c.choices]) for c in sheet.columns])
            for sheet in form.sheets
        ]

    assert codes(made("manufacturing", "en")) == codes(made("manufacturing", "zh_CN"))


def test_a_label_of_a_share_does_not_ask_for_a_percentage() -> None:
    from dataclasses import replace

    metric = replace(pack("manufacturing").metrics[0], key="own", unit="share", name=Names.same("Own"))
    form = plan(pack("manufacturing"), "en", metrics=(metric,), months=MONTHS)
    assert form.label("own") == "Own (0 to 1)"


@pytest.mark.parametrize(
    ("go_live", "baseline", "first", "last"),
    [
        (date(2025, 9, 1), None, "2023-09", "2027-09"),
        (date(2025, 9, 15), date(2024, 3, 1), "2024-03", "2027-09"),
        (date(2025, 9, 1), date(2025, 12, 1), "2025-09", "2027-09"),
        (date(2025, 9, 1), date(1990, 1, 1), "2012-10", "2027-09"),
    ],
)
def test_months_run_from_the_baseline_to_two_years_after_go_live(
    go_live: date, *, baseline: date | None, first: str, last: str
) -> None:
    months = months_around(go_live, baseline=baseline)
    assert (f"{months[0]:%Y-%m}", f"{months[-1]:%Y-%m}") == (first, last)


# Answers ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_answers_fill_every_column_of_their_sheet(locale: Locale) -> None:
    form = made("manufacturing", locale, demo().negative_controls)
    for key, rows in answers(form, Filled(demo(), process=(HandStep("p", "as_is", "s"),))).items():
        assert {len(row) for row in rows} <= {len(form.sheet(key).columns)}, key


def test_prices_stand_apart_from_other_assumptions() -> None:
    known = Names.same("x")
    hour, share, foreign = (
        Assumption(key, known, 1.0, None, None, unit, known, known, "estimate")
        for key, unit in (("a", "CNY/hour"), ("b", "share"), ("c", "USD/hour"))
    )
    agreed = Engagement(known, "ERP", "manufacturing", "CNY", date(2025, 9, 1), assumptions=(share, hour, foreign))
    found = answers(made("manufacturing", "en"), Filled(agreed))
    assert [(row[2], row[-1]) for row in found["prices"]] == [("an hour", "a")]
    assert [(row[1], row[2], row[-1]) for row in found["assumptions"]] == [
        (Share(1.0), "%", "b"),
        (1.0, "USD/hour", "c"),
    ]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, (None, None)),
        (0.0, (0.0, "seconds")),
        (0.1, (0.1, "seconds")),
        (90.0, (1.5, "minutes")),
        (5400.0, (1.5, "hours")),
        (129600.0, (1.5, "days")),
        (100.0, (100.0, "seconds")),
        (86400.0 / 7, (86400.0 / 7, "seconds")),
    ],
)
def test_a_duration_is_shown_in_the_largest_unit_in_which_it_is_short(
    seconds: float | None, shown: tuple[float | None, str | None]
) -> None:
    step = HandStep("p", "as_is", "s", touch=seconds)
    (row,) = answers(made("manufacturing", "en"), Filled(process=(step,)))["process"]
    assert row[4:6] == shown


def test_a_percentage_promise_is_shown_as_one() -> None:
    agreed = Engagement(
        Names.same("x"),
        "ERP",
        "manufacturing",
        "CNY",
        date(2025, 9, 1),
        promises=(Promise("month_close_days", "relative", -0.3), Promise("oee", "level", 0.3)),
    )
    rows = answers(made("manufacturing", "en"), Filled(agreed))["promises"]
    assert [row[2] for row in rows] == [Share(-0.3), 0.3]


def test_monthly_cells_are_blank_where_nothing_was_measured() -> None:
    line = MonthlyLine("oee", "P100", "survey", "2", ((MONTHS[0], 0.0), (MONTHS[2], -1.5)))
    cells = monthly_cells(made("manufacturing", "zh_CN"), line)
    assert cells == ("设备综合效率（OEE）（%）", "P100", "问卷调查", "2", None, 0.0, None, -1.5, None, None, None)


def test_the_hidden_sheet_remembers_what_cells_have_no_room_for() -> None:
    rows = memory(made("manufacturing", "zh_CN"), Filled(demo()))
    assert ("industry", "manufacturing") in rows
    assert ("control", "canteen_cost_per_meal") in rows
    assert ("name", "engagement.name", "华东示例精工", "Sample Precision Works") in rows
    assert ("metric", "oee", "设备综合效率（OEE）（%）", "percent") in rows


# Engagements as TOML ─────────────────────────────────────────────────────────


def test_the_engagement_of_the_demo_is_written_so_that_it_reads_the_same() -> None:
    assert read_engagement(write_engagement(demo()), file="again.toml") == demo()


@settings(max_examples=25)
@given(agreed=engagements(st.text(min_size=1, max_size=12)))
def test_any_engagement_is_written_so_that_it_reads_the_same(agreed: Engagement) -> None:
    text = write_engagement(agreed)
    assert read_engagement(text, file="again.toml") == agreed
    assert write_engagement(read_engagement(text, file="again.toml")) == text


def test_an_engagement_is_written_for_readers() -> None:
    agreed = Engagement(
        Names((("zh_CN", "海蓝制药"), ("en", "Ocean Pharma"))), 'MES "2"', "pharma", "CNY", date(2025, 9, 1)
    )
    assert write_engagement(agreed) == (
        'name = { zh_CN = "海蓝制药", en = "Ocean Pharma" }\nsystem = "MES \\"2\\""\nindustry = "pharma"\n'
        'currency = "CNY"\ngo_live = 2025-09-01\n'
    )
