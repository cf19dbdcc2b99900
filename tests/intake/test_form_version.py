"""Forms given out before a column existed are still read, and forms newer than this product are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from valueviz.catalog import pack
from valueviz.catalog.filling import Filled, answers
from valueviz.catalog.form import FORM_VERSION, FormPlan, months_from, plan
from valueviz.errors import DataError
from valueviz.intake import answers as reading
from valueviz.intake.formbook import open_form
from valueviz.render.xlsx import form as writing
from valueviz.terms import LOCALES, HandStep, Locale

STEP = HandStep("采购审批", "as_is", "提交", 360.0, 129600.0, "采购员", 420.0, 0.15)
TOLD = replace(STEP, value="necessary", automated=False, basis="measured", owner="采购主管")


def planned(locale: Locale) -> FormPlan:
    """A form of today."""
    return plan(pack("manufacturing"), locale, months=months_from(12 * 2026, 12 * 2026 + 3))


def as_it_was(form: FormPlan, version: int) -> FormPlan:
    """The same form as an earlier version had it: without the columns that came later."""
    sheets = tuple(
        replace(sheet, columns=tuple(column for column in sheet.columns if column.since <= version))
        for sheet in form.sheets
    )
    return replace(form, sheets=sheets, version=version)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_form_of_the_first_version_is_read_without_its_later_columns(
    locale: Locale, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = as_it_was(planned(locale), 1)
    width = len(old.sheet("process").columns)
    assert width < len(planned(locale).sheet("process").columns)
    monkeypatch.setattr(
        writing,
        "answers",
        lambda form, filled: {key: tuple(row[:width] for row in rows) for key, rows in answers(form, filled).items()},
    )
    monkeypatch.setattr("valueviz.catalog.filling._Filler._listed", lambda self, column, code: None)
    path = tmp_path / "form.xlsx"
    path.write_bytes(writing.workbook(old, filled=Filled(process=(TOLD,))))
    form = open_form(path)
    assert (reading.process(form), form.faults, form.notes) == ((STEP,), [], [])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_form_of_today_keeps_everything_that_is_stated_of_a_step(locale: Locale, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(writing.workbook(planned(locale), filled=Filled(process=(TOLD, STEP))))
    form = open_form(path)
    assert (reading.process(form), form.faults) == ((TOLD, STEP), [])


def test_a_form_of_today_without_a_column_of_today_is_refused(tmp_path: Path) -> None:
    damaged = replace(as_it_was(planned("en"), 1), version=FORM_VERSION)
    path = tmp_path / "form.xlsx"
    path.write_bytes(writing.workbook(damaged))
    form = open_form(path)
    assert reading.process(form) == ()
    assert {fault.code for fault in form.faults} == {"missing_column"}


def test_a_form_newer_than_this_product_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(writing.workbook(replace(planned("en"), version=FORM_VERSION + 1)))
    with pytest.raises(DataError) as refused:
        open_form(path)
    assert refused.value.code == "form_newer"
