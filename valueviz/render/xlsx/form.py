"""The workbook a client fills in: every sheet of a plan, with its lists, notes, protection and print setup."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from valueviz.catalog import brand
from valueviz.catalog.filling import Filled, answers, memory
from valueviz.catalog.form import HIDDEN_SHEET, FormPlan
from valueviz.language import language
from valueviz.render.palette import palette
from valueviz.render.xlsx.canvas import FIRST, Canvas
from valueviz.render.xlsx.start import write_start
from valueviz.render.xlsx.style import Style
from valueviz.render.xlsx.table import write_items, write_monthly, write_table

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
"""The date a workbook states: a clock would change its bytes."""

LISTS_FROM = 8
"""Column of the hidden sheet at which its lists begin; what the reader looks for stands left of it."""


def workbook(plan: FormPlan, *, filled: Filled | None = None, brand_key: str = "valueviz") -> bytes:
    """The bytes of a form: the same plan and answers, the same bytes.

    Args:
        plan: what stands where, in which words.
        filled: what is known already; nothing where the form is blank.
        brand_key: whose two colours it wears.
    """
    known = filled or Filled()
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    spoken = language(plan.locale)
    say = spoken.words
    book.set_properties(
        {
            "title": say("form.file"),
            "subject": plan.industry_name,
            "author": "valueviz",
            "comments": say("form.synthetic"),
            "created": CREATED.replace(tzinfo=None),
        }
    )
    book.set_size(2400, 1600)
    papers = {sheet.key: book.add_worksheet(sheet.name) for sheet in plan.sheets}
    hidden = book.add_worksheet(HIDDEN_SHEET)
    lists = _hidden(plan, known, hidden)
    style = Style(book, palette(brand(brand_key)), plan.locale)
    rows = answers(plan, known)
    for sheet in plan.sheets:
        canvas = Canvas(sheet, papers[sheet.key], style, plan, spoken, lists)
        match sheet.layout, sheet.key:
            case "text", _:
                write_start(canvas)
            case "items", _:
                (values,) = rows.get(sheet.key) or ((None,) * len(sheet.columns),)
                write_items(canvas, values, industry=plan.industry_name)
            case _, "monthly":
                write_monthly(canvas, known.monthly, go_live=known.engagement.go_live if known.engagement else None)
            case _:
                write_table(canvas, rows.get(sheet.key, ()))
    papers["start"].activate()
    book.close()
    return _stored(stream.getvalue())


def _hidden(plan: FormPlan, known: Filled, paper: Worksheet) -> dict[str, str]:
    """Write what the form remembers and all lists of choices; where each list stands."""
    for row, words in enumerate(memory(plan, known)):
        for at, word in enumerate(words):
            paper.write_string(row, at, word)
    lists = {
        f"{sheet.key}.{column.key}": tuple(choice.word for choice in column.choices)
        for sheet in plan.sheets
        for column in sheet.columns
        if column.choices
    }
    lists["metric"] = tuple(entry.label for entry in plan.metrics)
    places = {}
    for at, (name, words) in enumerate(lists.items(), start=LISTS_FROM):
        for row, word in enumerate(words):
            paper.write_string(row, at, word)
        if words:
            places[name] = f"={HIDDEN_SHEET}!{xl_range_abs(0, at, len(words) - 1, at)}"
    sites = plan.sheet("sites")
    places["site"] = f"='{sites.name}'!{xl_range_abs(FIRST, 1, FIRST + sites.blank - 1, 1)}"
    paper.very_hidden()
    return places


def _stored(workbook: bytes) -> bytes:
    """The workbook with its parts in one order and at one date, packed the same way every time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as made, zipfile.ZipFile(stream, "w") as packed:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, made.read(name))
    return stream.getvalue()
