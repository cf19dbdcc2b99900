"""Paragraphs, lists and panels as pieces of a column."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final, assert_never

from reportlab.pdfgen.canvas import Canvas

from valueviz.render.pdf import marks, paint
from valueviz.render.pdf.pieces import Piece, Pieces, of_paragraph, together
from valueviz.render.pdf.text import HEADING, LEAD, NOTE, SOURCE, Look, Paragraph, plain
from valueviz.story.blocks import Bullets, Callout, Prose, Text

INDENT: Final = 16.0
PADDING: Final = 11.0
BAR: Final = 3.0
TALLEST_PANEL: Final = 400.0
"""A panel above this height is cut into lines that may cross a page."""


def prose(block: Prose, *, look: Look, width: float) -> Pieces:
    """A paragraph in its style; a heading keeps with what follows."""
    match block.style:
        case "lead":
            return of_paragraph(look.set(block.text, LEAD, width), before=8)
        case "body":
            return of_paragraph(look.set(block.text, look.body, width), before=8)
        case "note":
            return of_paragraph(look.set(block.text, NOTE, width), before=7)
        case "source":
            return of_paragraph(look.set(block.text, SOURCE, width), before=7)
        case "heading":
            return of_paragraph(look.title(block.text, HEADING, width), before=18, keep=True)
        case "so_what":
            return _so_what(block.text, look=look, width=width)
        case _:
            assert_never(block.style)


def _so_what(text: Text, *, look: Look, width: float) -> Pieces:
    """What follows from the evidence: a rule in brand at its left, set in bold ink."""
    style = replace(look.body, size=10.2, bold=True, tone="ink", justify=False, even=True)
    paragraph = look.set(text, style, width - INDENT)
    return (
        (Piece(paragraph.height + 4, partial(_draw_so_what, paragraph, look=look), before=13),)
        if paragraph.spans
        else ()
    )


def _draw_so_what(paragraph: Paragraph, canvas: Canvas, x: float, top: float, *, look: Look) -> None:
    paint.box(canvas, look.palette.brand, x=x, top=top, width=2.4, height=paragraph.height + 4, radius=1.2)
    paragraph.draw(canvas, x + INDENT, top - 2)


def bullets(block: Bullets, *, look: Look, width: float) -> Pieces:
    """A list; each item breaks as a paragraph does, its marker stands with its first line."""
    indent = INDENT + (4 if block.marker == "check" else 0)
    pieces: list[Piece] = []
    for number, item in enumerate(block.items):
        paragraph = look.set(item, look.body, width - indent)
        lines = of_paragraph(paragraph, before=9 if number == 0 else 4.5, indent=indent)
        if lines:
            first = replace(
                lines[0], draw=partial(_draw_item, lines[0], marker=block.marker, number=number + 1, look=look)
            )
            pieces += [first, *lines[1:]]
    return (*together(pieces[:2]), *pieces[2:]) if len(pieces) > 2 else together(pieces)


def _draw_item(line: Piece, canvas: Canvas, x: float, top: float, *, marker: str, number: int, look: Look) -> None:
    middle = top - look.body.leading / 2
    match marker:
        case "check":
            marks.check_box(canvas, x=x + 3, y=middle, palette=look.palette)
        case "number":
            style = replace(look.body, bold=True, tone="brand", justify=False)
            look.set(plain(f"{number}"), replace(style, align="right"), 9.5).draw(canvas, x, top)
        case _:
            paint.fill(canvas, look.palette.brand)
            canvas.circle(x + 5.5, middle, 1.7, stroke=0, fill=1)
    line.draw(canvas, x, top)


@dataclass(frozen=True, slots=True)
class _Panel:
    """A callout with its texts set, its colours and its width."""

    ground: str
    bar: str
    title: Paragraph
    text: Paragraph
    width: float

    @property
    def height(self) -> float:
        return self.title.height + self.text.height + 2 * PADDING - 3

    def lay(self, canvas: Canvas, x: float, top: float, *, height: float) -> None:
        """Draw the ground and the bar."""
        paint.box(canvas, self.ground, x=x, top=top, width=self.width, height=height)
        paint.box(canvas, self.bar, x=x, top=top, width=BAR, height=height)


def callout(block: Callout, *, look: Look, width: float) -> Pieces:
    """A panel with a bar at its left; caution is amber, information is calm."""
    style = replace(look.body, size=9.2, leading=look.body.leading - 0.8)
    inner = width - BAR - 2 * PADDING
    palette = look.palette
    ground, bar = (
        (palette.caution_panel, palette.caution) if block.tone == "caution" else (palette.panel, palette.brand_deep)
    )
    title = look.set(block.title, replace(style, bold=True, tone="ink", justify=False), inner)
    panel = _Panel(ground, bar, title, look.set(block.text, style, inner), width)
    if panel.height <= TALLEST_PANEL:
        return (Piece(panel.height, partial(_draw_callout, panel), before=13),)
    return _long_callout(panel)


def _draw_callout(panel: _Panel, canvas: Canvas, x: float, top: float) -> None:
    panel.lay(canvas, x, top, height=panel.height)
    left, upper = x + BAR + PADDING, top - PADDING + 1.5
    panel.title.draw(canvas, left, upper)
    panel.text.draw(canvas, left, upper - panel.title.height)


def _long_callout(panel: _Panel) -> Pieces:
    """A panel as strips, one a line, that overlap by a hair so that no seam shows."""
    strips = [(panel.title, number) for number in range(len(panel.title.spans))]
    strips += [(panel.text, number) for number in range(len(panel.text.spans))]
    last = len(strips) - 1
    return tuple(
        Piece(
            paragraph.style.leading + (PADDING if place in {0, last} else 0),
            partial(_draw_strip, panel, line=(paragraph, number), padding=PADDING if place == 0 else 0.0),
            before=13 if place == 0 else 0,
            keep=place < 3 or last - 2 <= place < last,
        )
        for place, (paragraph, number) in enumerate(strips)
    )


def _draw_strip(
    panel: _Panel, canvas: Canvas, x: float, top: float, *, line: tuple[Paragraph, int], padding: float
) -> None:
    paragraph, number = line
    panel.lay(canvas, x, top, height=paragraph.style.leading + PADDING)
    paragraph.draw_lines(canvas, x + BAR + PADDING, top - padding, first=number, last=number + 1)
