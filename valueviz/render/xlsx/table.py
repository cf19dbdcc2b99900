"""Sheets that are filled in: lists of items, tables with a row each, and the wide table of monthly figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from valueviz.catalog.filling import Cell, MonthlyLine, Row, monthly_cells
from valueviz.catalog.form import EXAMPLE_MONTHS, Column, FormPlan
from valueviz.render.xlsx.canvas import BAND, EXAMPLE, FIRST, HEADER, HINT, Canvas
from valueviz.render.xlsx.style import (
    SIZE,
    Format,
    height_of,
    number_format,
    width_of,
    wrapped_width,
)

MARK_WIDTH = 8.0
"""Width of the first column, which marks rows that are not read."""

MONTH_WIDTH = 8.0

SPARE = 12
"""Blank rows below those that are filled already."""

PAGE_POINTS = 670.0
"""Width of a page of A4 across within its margins, a seventh spared: other faces make wider columns."""

POINTS_PER_COLUMN, POINTS_BESIDE = 5.25, 3.75
"""Points of a column on paper: so many for each unit of its width, and so many for its padding."""

PRINT_SCALE = 75
"""Percent at which months are printed: ten points become seven and a half, the least for Chinese."""

PRINTED_BLANK, PRINTED_LEAST = 8, 24
"""Blank rows printed below the last row of monthly figures, and the least rows printed in all: a page."""

TALLEST = 400.0
"""Points of a row: programs allow 409."""

_WIDEST = {"text": 36.0, "metric": 46.0, "choice": 40.0, "suggestion": 30.0}
_NARROWEST = {
    "date": 17.0,
    "date_or": 17.0,
    "number": 12.0,
    "whole": 12.0,
    "percent": 12.0,
    "target_value": 13.0,
    "site": 16.0,
    "tick": 16.0,
    "metric": 30.0,
}
_BRIEF = ("key", "definition_version")
_LONG = {"definition": 62.0, "pitfalls": 62.0, "note": 34.0, "source": 34.0}


def column_width(column: Column, plan: FormPlan, values: Iterable[Cell] = ()) -> float:
    """The width of a column: what its list, its head and the texts in it need, up to a bound."""
    words = [choice.word for choice in column.choices]
    if column.kind == "metric" or (column.key == "name" and not column.fill):
        words += [entry.label for entry in plan.metrics]
    needed = max([_NARROWEST.get(column.kind, 10.0), *(width_of(word) + 2.4 for word in words)])
    if column.kind == "text" and column.fill:
        texts = (value for value in values if isinstance(value, str))
        needed = max(12.0 if column.key in _BRIEF else 28.0, *(width_of(text) for text in texts), 0.0)
    head = wrapped_width(_headline(column), lines=2, bold=True)
    return _LONG.get(column.key, max(head, min(needed, _WIDEST.get(column.kind, needed))))


def _headline(column: Column) -> str:
    return f"{column.name} *" if column.required else column.name


# Items ───────────────────────────────────────────────────────────────────────


def write_items(canvas: Canvas, values: Row, *, industry: str) -> None:
    """Write a sheet of items: label, cell to fill, what it means, example."""
    paper, style, say = canvas.paper, canvas.style, canvas.say
    columns = canvas.sheet.columns
    widths = [3.0, max(width_of(_headline(column), bold=True) for column in columns) + 1, 40.0, 78.0, 32.0]
    canvas.head(widths)
    paper.set_row(BAND, 8)
    paper.set_row(HEADER, 24)
    for at, key in enumerate(("label", "answer", "explained", "sample"), start=1):
        paper.write_string(HEADER, at, say(key), style.header())
    for row, (column, value) in enumerate(zip(columns, values, strict=True), start=HEADER + 1):
        paper.set_row(row, max(24.0, height_of(column.note, width=widths[3])))
        paper.write_string(row, 1, _headline(column), style.fixed(bold=column.required))
        if column.fill:
            canvas.put(row, 2, value, canvas.fill_format(column, value))
            canvas.checked(column, first=row, last=row, at=2)
        else:
            paper.write_string(row, 2, industry, style.fixed())
        paper.write_string(row, 3, column.note, style.fixed(font_color=style.palette.muted))
        canvas.put(row, 4, column.example, _example_format(canvas, column))
    paper.fit_to_pages(1, 0)
    canvas.finish(frozen=(HEADER + 1, 0), repeated=(HEADER, HEADER))


# Tables ──────────────────────────────────────────────────────────────────────


def write_table(canvas: Canvas, rows: Sequence[Row]) -> None:
    """Write a table: header, hints, an example, and rows to fill in below."""
    columns = canvas.sheet.columns
    written = [[column.example, *(row[at] for row in rows)] for at, column in enumerate(columns)]
    widths = [
        MARK_WIDTH,
        *(column_width(column, canvas.plan, values) for column, values in zip(columns, written, strict=True)),
    ]
    canvas.head(widths)
    _heads(canvas, widths)
    fixed = canvas.sheet.fixed
    if fixed is None:
        _example(canvas, widths, [column.example for column in canvas.sheet.columns])
    first = FIRST if fixed is None else EXAMPLE
    count = max(canvas.sheet.blank, len(rows) + SPARE) if fixed is None else len(fixed)
    for at in range(count):
        values = rows[at] if at < len(rows) else (None,) * len(canvas.sheet.columns)
        _row(canvas, first + at, values, None if fixed is None else fixed[at], widths)
    last = first + max(count, 1) - 1
    for at, column in enumerate(canvas.sheet.columns, start=1):
        if column.fill:
            canvas.checked(column, first=first, last=last, at=at)
    canvas.paper.fit_to_pages(1, 0)
    canvas.finish(frozen=(HINT + 1, 2 if len(widths) > 6 else 1), repeated=(HEADER, HINT))


def _heads(canvas: Canvas, widths: Sequence[float]) -> None:
    """The header with its notes, and below it what goes into each column."""
    paper, style = canvas.paper, canvas.style
    columns = canvas.sheet.columns
    hints = [_hint(canvas, column) for column in columns]
    paper.set_row(BAND, 14)
    paper.set_row(
        HEADER, max(height_of(_headline(c), width=w, bold=True) for c, w in zip(columns, widths[1:], strict=False)) + 4
    )
    paper.set_row(HINT, max(height_of(hint, width=w, size=8.5) for hint, w in zip(hints, widths[1:], strict=False)))
    paper.write_blank(HEADER, 0, None, style.header())
    paper.write_string(HINT, 0, canvas.say("how"), style.hint())
    for at, (column, hint) in enumerate(zip(columns, hints, strict=True), start=1):
        paper.write_string(HEADER, at, _headline(column), style.header())
        paper.write_string(HINT, at, hint, style.hint())
        if column.note:
            paper.write_comment(HEADER, at, column.note, _comment(canvas, column.note))


def _hint(canvas: Canvas, column: Column) -> str:
    if not column.fill:
        return ""
    return canvas.say(f"hint.{column.kind}")


def _comment(canvas: Canvas, note: str) -> dict[str, object]:
    face = canvas.style.of().font_name
    return {
        "author": "valueviz",
        "x_scale": 1.9,
        "height": max(30.0, height_of(note, width=46, size=9) * 1.3),
        "font_name": face,
        "font_size": 9,
        "color": canvas.style.palette.paper,
    }


def _example(canvas: Canvas, widths: Sequence[float], values: Sequence[Cell]) -> None:
    canvas.paper.write_string(EXAMPLE, 0, canvas.say("example"), canvas.style.example(font_size=8.5))
    for at, (column, value) in enumerate(zip(canvas.sheet.columns, values, strict=False), start=1):
        canvas.put(EXAMPLE, at, value, _example_format(canvas, column))
    canvas.paper.set_row(EXAMPLE, _tall(values, widths[1:]))


def _example_format(canvas: Canvas, column: Column) -> Format:
    if column.kind in ("date", "date_or"):
        return canvas.style.example(num_format="yyyy-mm-dd", align="left", text_wrap=True)
    right = column.kind in ("number", "target_value", "percent") and canvas.sheet.layout == "table"
    shown = number_format(column.example)
    return canvas.style.example(num_format=shown, text_wrap=True, align="right" if right else "left")


def _tall(values: Sequence[Cell], widths: Sequence[float]) -> float:
    """The height of a row: that of its longest text."""
    heights = [
        height_of(value, width=width, size=SIZE)
        for value, width in zip(values, widths, strict=False)
        if isinstance(value, str)
    ]
    return min(TALLEST, max([20.0, *heights]))


def _row(canvas: Canvas, row: int, values: Sequence[Cell], fixed: str | None, widths: Sequence[float]) -> None:
    """One row to fill in; the cells of a fixed row that are not filled say what it is about."""
    paper, style = canvas.paper, canvas.style
    paper.write_blank(row, 0, None, style.of())
    told = _told(canvas, fixed) if fixed is not None else ()
    shown: list[Cell] = []
    for at, (column, value) in enumerate(zip(canvas.sheet.columns, values, strict=True), start=1):
        if column.fill:
            canvas.put(row, at, value, canvas.fill_format(column, value))
            shown.append(value)
        else:
            shown.append(told[at - 1])
            paper.write_string(row, at, told[at - 1], style.fixed(bold=at == 1))
    paper.set_row(row, _tall(shown, widths[1:]))


def _told(canvas: Canvas, key: str) -> tuple[str, ...]:
    """What a fixed row says: a phase, or everything about a metric."""
    if canvas.sheet.key == "phases":
        column = canvas.sheet.column("key")
        return (next(choice.word for choice in column.choices if choice.code == key),)
    entry = next(each for each in canvas.plan.metrics if each.key == key)
    return entry.label, entry.unit_word, entry.better, entry.definition, entry.pitfalls


# Monthly figures ─────────────────────────────────────────────────────────────


def write_monthly(canvas: Canvas, lines: Sequence[MonthlyLine], *, go_live: date | None) -> None:
    """Write the table of monthly figures: metrics down, months across."""
    plan, paper, style = canvas.plan, canvas.paper, canvas.style
    columns, months = canvas.sheet.columns, plan.months
    widths = [MARK_WIDTH, *(column_width(column, plan) for column in columns), *(MONTH_WIDTH for _ in months)]
    canvas.head(widths)
    _heads(canvas, widths)
    left = 1 + len(columns)
    after = next((at for at, month in enumerate(months) if go_live and month >= go_live.replace(day=1)), len(months))
    _months(canvas, left, split=after if go_live else None)
    _example(canvas, widths, [column.example for column in columns])
    for at in range(len(months)):
        shown = EXAMPLE_MONTHS[at] if at < len(EXAMPLE_MONTHS) else None
        canvas.put(EXAMPLE, left + at, shown, style.example(align="right"))
    placed = _placed(plan, lines, blank=canvas.sheet.blank)
    number = Column("value", "number", "")
    for offset, line in enumerate(placed):
        row = FIRST + offset
        cells = monthly_cells(plan, line) if line else (None,) * (len(columns) + len(months))
        paper.set_row(row, 20)
        paper.write_blank(row, 0, None, style.of())
        for at, (column, value) in enumerate(zip((*columns, *(number for _ in months)), cells, strict=True), start=1):
            canvas.put(row, at, value, canvas.fill_format(column, value))
    last = FIRST + len(placed) - 1
    for at, column in enumerate(columns, start=1):
        canvas.checked(column, first=FIRST, last=last, at=at)
    if months:
        paper.data_validation(FIRST, left, last, left + len(months) - 1, canvas.rule(number))
    used = len(placed) - canvas.sheet.blank
    printed = min(len(placed), max(used + PRINTED_BLANK, PRINTED_LEAST))
    _print_months(canvas, widths, left, last=FIRST + printed - 1)
    canvas.finish(frozen=(HINT + 1, 2), repeated=(HEADER, HINT))


def _months(canvas: Canvas, left: int, *, split: int | None) -> None:
    """The months in the header, before and after go-live told apart."""
    paper, style, months = canvas.paper, canvas.style, canvas.plan.months
    for at, month in enumerate(months):
        live = split is not None and at >= split
        colour = {"bg_color": style.palette.brand} if live else {}
        head = style.header(num_format="yyyy-mm", align="center", locked=False, **colour)
        paper.write_datetime(HEADER, left + at, month, head)
        paper.write_blank(HINT, left + at, None, style.hint())
    if split is None or not months:
        return
    band = style.of(font_size=8.5, bold=True, font_color=style.palette.brand_deep)
    if split > 0:
        paper.write_string(BAND, left, canvas.say("before"), band)
    if split < len(months):
        live_band = style.of(font_size=8.5, bold=True, font_color=style.palette.brand)
        paper.write_string(BAND, left + split, canvas.say("after"), live_band)


def _placed(plan: FormPlan, lines: Sequence[MonthlyLine], *, blank: int) -> list[MonthlyLine | None]:
    """The rows in order: a line on the row it was read from; around them the others and unused metrics, as planned."""
    at_home = {line.row - FIRST - 1: line for line in lines if line.row is not None and line.row > FIRST}
    homeless = [line for line in lines if line not in at_home.values()]
    known = {line.metric for line in lines}
    waiting: list[MonthlyLine] = []
    for entry in plan.metrics:
        waiting += [line for line in homeless if line.metric == entry.key]
        waiting += [] if entry.key in known else [MonthlyLine(entry.key)]
    rows: list[MonthlyLine | None] = []
    while waiting or any(at >= len(rows) for at in at_home):
        rows.append(at_home.get(len(rows)) or (waiting.pop(0) if waiting else None))
    return rows + [None] * blank


def _print_months(canvas: Canvas, widths: Sequence[float], left: int, *, last: int) -> None:
    """Break pages between months, with the metrics repeated on each; of the blank rows only a few are printed."""
    paper = canvas.paper
    paper.print_area(0, 0, last, len(widths) - 1)
    paper.print_across()
    paper.set_print_scale(PRINT_SCALE)
    paper.repeat_columns(0, 1)
    points = [POINTS_PER_COLUMN * width + POINTS_BESIDE for width in widths]
    breaks, used = [], sum(points[:2])
    for at in range(2, len(widths)):
        if used + points[at] > PAGE_POINTS * 100 / PRINT_SCALE:
            breaks.append(at)
            used = sum(points[:2])
        used += points[at]
    paper.set_v_pagebreaks(breaks)
