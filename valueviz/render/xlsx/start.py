"""The first sheet of a form: what it is, how it is filled in, what becomes of it, and its other sheets."""

from __future__ import annotations

from valueviz.render.xlsx.canvas import TITLE, Canvas
from valueviz.render.xlsx.style import height_of

WIDTHS = [3.0, 26.0, 96.0, 34.0, 16.0]
"""Margin, sheet, purpose, who knows it, whether it is needed."""

ACROSS = sum(WIDTHS[1:])


def write_start(canvas: Canvas) -> None:
    """Write the first sheet."""
    paper, style, say = canvas.paper, canvas.style, canvas.say
    for at, width in enumerate(WIDTHS):
        paper.set_column(at, at, width)
    paper.set_row(TITLE, 38)
    paper.write_string(TITLE, 1, canvas.sheet.title, style.of(bold=True, font_size=22, font_color=style.palette.ink))
    row = _paragraph(canvas, 1, canvas.sheet.lead)
    row = _points(canvas, row + 1, "how", ("how1", "how2", "how3", "how4", "how5", "how6"))
    row = _sheets(canvas, row + 1)
    row = _points(canvas, row + 1, "after", ("after1", "after2", "after3", "after4"))
    version = say(
        "version", version=canvas.plan.product, form=str(canvas.plan.version), industry=canvas.plan.industry_name
    )
    paper.write_string(row + 1, 1, say("synthetic"), style.of(font_size=8.5, font_color=style.palette.muted))
    paper.write_string(row + 2, 1, version, style.of(font_size=8.5, font_color=style.palette.muted))
    paper.fit_to_pages(1, 1)
    canvas.finish(frozen=(1, 0))


def _paragraph(canvas: Canvas, row: int, text: str) -> int:
    canvas.paper.set_row(row, height_of(text, width=ACROSS))
    canvas.paper.merge_range(row, 1, row, len(WIDTHS) - 1, text, canvas.style.lead())
    return row + 1


def _points(canvas: Canvas, row: int, title: str, keys: tuple[str, ...]) -> int:
    style = canvas.style
    canvas.paper.set_row(row, 24)
    canvas.paper.write_string(row, 1, canvas.say(f"start.{title}_title"), style.heading())
    for at, key in enumerate(keys, start=row + 1):
        text = f"{at - row}. {canvas.say(f'start.{key}')}"
        canvas.paper.set_row(at, height_of(text, width=ACROSS) + 2)
        form = style.of(text_wrap=True, **({"bg_color": _tint(canvas)} if key == "how1" else {}))
        canvas.paper.merge_range(at, 1, at, len(WIDTHS) - 1, text, form)
    return row + 1 + len(keys)


def _tint(canvas: Canvas) -> str:
    return canvas.style.palette.tint(canvas.style.palette.brand, 0.07)


def _sheets(canvas: Canvas, row: int) -> int:
    """The table of all sheets, each with a link to it."""
    style, paper = canvas.style, canvas.paper
    paper.set_row(row, 24)
    paper.write_string(row, 1, canvas.say("start.sheets_title"), style.heading())
    row += 1
    paper.set_row(row, 20)
    for at, key in enumerate(("column_sheet", "column_purpose", "column_who", "column_need"), start=1):
        paper.write_string(row, at, canvas.say(f"start.{key}"), style.header())
    link = style.fixed(font_color=style.palette.brand, bold=True)
    for sheet in canvas.plan.sheets[1:]:
        row += 1
        who = canvas.say(f"start.who.{sheet.key}")
        paper.set_row(row, max(20.0, height_of(sheet.title, width=WIDTHS[2]), height_of(who, width=WIDTHS[3])))
        paper.write_url(row, 1, f"internal:'{sheet.name}'!A1", link, sheet.name)
        paper.write_string(row, 2, sheet.title, style.fixed())
        paper.write_string(row, 3, who, style.fixed())
        paper.write_string(row, 4, canvas.say(f"start.need_{sheet.need}"), style.fixed())
    return row + 1
