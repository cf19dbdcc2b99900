"""The form as a workbook: the same bytes twice, opened clean by others, protected, with lists, notes and a print setup."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from datetime import date
from functools import cache

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from valueviz.catalog import pack
from valueviz.catalog.filling import Filled, MonthlyLine
from valueviz.catalog.form import HIDDEN_SHEET, FormPlan, months_from, plan
from valueviz.language import measure
from valueviz.render.xlsx import workbook
from valueviz.render.xlsx.style import POINTS_PER_WIDTH
from valueviz.terms import LOCALES, Engagement, Event, HandStep, Locale, Names

MONTHS = months_from(12 * 2024 + 2, 12 * 2026 + 7)
AGREED = Engagement(
    Names.same('=HYPERLINK("http://example.com")'),
    "MES",
    "manufacturing",
    "CNY",
    date(2025, 9, 1),
    events=(Event(date(2025, 5, 6), Names.same("+1 packing line <b>")),),
)
LINE = MonthlyLine("oee", "P100", "survey", "1", ((MONTHS[0], 0.1 + 0.2), (MONTHS[1], -2.5)), row=9)
HEADER, HINT, FIRST = 4, 5, 7


@cache
def planned(locale: Locale) -> FormPlan:
    return plan(pack("manufacturing"), locale, months=MONTHS)


@cache
def made(locale: Locale) -> bytes:
    return workbook(planned(locale), filled=Filled(AGREED, (LINE,), (HandStep("p", "as_is", "s", 90.0),)))


@cache
def opened(locale: Locale) -> Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(io.BytesIO(made(locale)))


def sheet(locale: Locale, key: str) -> Worksheet:
    return opened(locale)[planned(locale).sheet(key).name]  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_plan_gives_the_same_bytes(locale: Locale) -> None:
    assert made(locale) == workbook(
        planned(locale), filled=Filled(AGREED, (LINE,), (HandStep("p", "as_is", "s", 90.0),))
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_other_readers_find_every_sheet_and_only_ours_is_hidden(locale: Locale) -> None:
    names = [each.name for each in planned(locale).sheets]
    parsed = CalamineWorkbook.from_filelike(io.BytesIO(made(locale)))
    seen = {each.name: each.visible for each in parsed.sheets_metadata}
    assert [name for name, visible in seen.items() if visible == SheetVisibleEnum.Visible] == names
    assert seen[HIDDEN_SHEET] == SheetVisibleEnum.VeryHidden
    assert opened(locale).sheetnames == [*names, HIDDEN_SHEET]
    assert opened(locale).active.title == names[0]


@pytest.mark.parametrize("locale", LOCALES)
def test_there_is_no_formula_no_macro_and_no_link_outside(locale: Locale) -> None:
    with zipfile.ZipFile(io.BytesIO(made(locale))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    assert not [name for name, text in parts.items() if re.search(r"<f[ >]", text) and "worksheets" in name]
    assert not [name for name, text in parts.items() if 'TargetMode="External"' in text]
    assert not [name for name in parts if "externalLink" in name or "vbaProject" in name]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    cell = sheet("en", "engagement")["C5"]
    assert (cell.value, cell.data_type) == ('=HYPERLINK("http://example.com")', "s")
    assert sheet("en", "events")["C7"].value == "+1 packing line <b>"


def test_numbers_keep_all_their_digits() -> None:
    row = [cell.value for cell in sheet("zh_CN", "monthly")[9]]
    assert (0.1 + 0.2) in row
    assert row[1:5] == ["设备综合效率（OEE）（%）", "P100", "问卷调查", "1"]


@pytest.mark.parametrize("locale", LOCALES)
def test_cells_to_fill_are_open_and_all_others_are_locked_without_a_password(locale: Locale) -> None:
    for each in planned(locale).sheets:
        paper = sheet(locale, each.key)
        assert paper.protection.sheet
        assert not paper.protection.password
        if each.layout == "table":
            fixed = each.fixed is not None
            first = FIRST - 1 if fixed else FIRST
            for at, column in enumerate(each.columns, start=2):
                assert paper.cell(first, at).protection.locked is not column.fill, (each.key, column.key)
                assert paper.cell(HEADER, at).protection.locked, (each.key, column.key)
                assert fixed or paper.cell(FIRST - 1, at).protection.locked, (each.key, column.key)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_list_is_offered_and_holds_the_words_of_the_plan(locale: Locale) -> None:
    hidden = opened(locale)[HIDDEN_SHEET]
    for each in planned(locale).sheets:
        rules = sheet(locale, each.key).data_validations.dataValidation
        for at, column in enumerate(each.columns, start=2):
            words = [choice.word for choice in column.choices]
            words = [entry.label for entry in planned(locale).metrics] if column.kind == "metric" else words
            if not (words and column.fill):
                continue
            place = f"C{5 + at - 2}" if each.layout == "items" else sheet(locale, each.key).cell(FIRST, at).coordinate
            (rule,) = [rule for rule in rules if place in rule.sqref]
            assert rule.type == "list", (each.key, column.key)
            cells = hidden[rule.formula1.partition("!")[2].replace("$", "")]
            found = [cells.value] if not isinstance(cells, tuple) else [cell.value for (cell,) in cells]
            assert found == words, (each.key, column.key)
            assert rule.showErrorMessage is not (column.kind in {"suggestion", "date_or"}), (each.key, column.key)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_date_and_number_is_checked_and_every_header_explains_itself(locale: Locale) -> None:
    kinds = {"date": "date", "number": "decimal", "whole": "whole", "percent": "decimal", "target_value": "decimal"}
    for each in planned(locale).sheets:
        if each.layout != "table":
            continue
        paper = sheet(locale, each.key)
        for at, column in enumerate(each.columns, start=2):
            place = paper.cell(FIRST, at).coordinate
            types = [rule.type for rule in paper.data_validations.dataValidation if place in rule.sqref]
            if column.kind in kinds:
                assert types == [kinds[column.kind]], (each.key, column.key)
            comment = paper.cell(HEADER, at).comment
            assert (comment.text if comment else "") == column.note, (each.key, column.key)


@pytest.mark.parametrize("locale", LOCALES)
def test_sheets_print_on_a4_across_with_their_header_repeated(locale: Locale) -> None:
    for each in planned(locale).sheets:
        paper = sheet(locale, each.key)
        assert (paper.page_setup.paperSize, paper.page_setup.orientation) == (9, "landscape")
        if each.key != "monthly":
            assert paper.page_setup.fitToWidth in (None, 1)
            assert paper.sheet_properties.pageSetUpPr.fitToPage
        if each.layout != "text":
            assert paper.print_title_rows, each.key
            assert paper.freeze_panes, each.key


@pytest.mark.parametrize("locale", LOCALES)
def test_headers_labels_and_lists_fit_their_columns(locale: Locale) -> None:
    for each in planned(locale).sheets:
        paper = sheet(locale, each.key)
        for at, column in enumerate(each.columns, start=2):
            if each.layout != "table":
                continue
            width = paper.column_dimensions[paper.cell(HEADER, at).column_letter].width
            room = (width - 1.2) * POINTS_PER_WIDTH
            words = column.name.split() if locale == "en" else ()  # Chinese breaks anywhere
            assert all(measure(word, 10, True) <= room for word in words), (each.key, column.key)
            assert measure(column.name, 10, True) / room <= 2.2, (each.key, column.key)
            for word in (choice.word for choice in column.choices if column.fill):
                assert measure(word, 10) <= room, (each.key, column.key, word)


def test_months_before_and_after_go_live_are_told_apart() -> None:
    paper = sheet("en", "monthly")
    heads = {cell.value.date(): cell for cell in paper[HEADER] if hasattr(cell.value, "date")}
    assert list(heads) == list(MONTHS)
    before, after = (heads[day].fill.fgColor.rgb for day in (date(2025, 8, 1), date(2025, 9, 1)))
    assert before != after
    assert paper.cell(HEADER - 1, heads[date(2025, 9, 1)].column).value == "From go-live on"


def test_a_line_stands_on_the_row_it_was_read_from_and_unused_metrics_fill_the_others() -> None:
    paper = sheet("en", "monthly")
    labels = [paper.cell(row, 2).value for row in range(FIRST, FIRST + 29)]
    known = [entry.label for entry in planned("en").metrics]
    assert labels[2] == "Overall equipment effectiveness (OEE) (%)"
    assert sorted(labels) == sorted(known)


def test_the_file_says_that_its_examples_are_invented() -> None:
    properties = opened("zh_CN").properties
    assert "虚构" in properties.description
    assert properties.created.isoformat() == "2026-01-01T00:00:00"
