"""What stands on every page beside the column: header, footer, contents; and where the column is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from valueviz.render.pdf import marks, paint
from valueviz.render.pdf.logo import SYMBOL, logo
from valueviz.render.pdf.pieces import Piece, Pieces, of_paragraph
from valueviz.render.pdf.text import TITLE, Look, Paragraph, Style, plain
from valueviz.story.blocks import Document, Section

PAGE_WIDTH: Final = 595.276
PAGE_HEIGHT: Final = 841.89
MARGIN: Final = 56.693
"""20 mm."""

COLUMN: Final = PAGE_WIDTH - 2 * MARGIN
COLUMN_TOP: Final = PAGE_HEIGHT - 74
COLUMN_HEIGHT: Final = 704.0


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page's size and its column in points; `above` is what lies above its column."""

    width: float
    height: float
    column_height: float
    above: float = PAGE_HEIGHT - COLUMN_TOP

    @property
    def column(self) -> float:
        """Breadth of the column."""
        return self.width - 2 * MARGIN

    @property
    def column_top(self) -> float:
        """Upper edge of the column."""
        return self.height - self.above


PORTRAIT: Final = Leaf(PAGE_WIDTH, PAGE_HEIGHT, COLUMN_HEIGHT)
LANDSCAPE: Final = Leaf(PAGE_HEIGHT, PAGE_WIDTH, 475.0, above=67.0)
"""A4 turned; its column comes a little nearer to header and footer, so that a map has the height."""

HEADER: Final = Style(8, 11, tone="muted")
NAME: Final = Style(8.8, 12, bold=True, tone="ink")
FOOTER: Final = Style(7.5, 10, tone="muted")
ENTRY: Final = Style(11, 16, bold=True, tone="ink")
ENTRY_NOTE: Final = Style(8.8, 13, tone="muted")
FEWEST_LISTED: Final = 3
"""A document of fewer sections needs no contents."""

CLOSEST, FURTHEST = 31.0, 84.0
"""Least and most distance between entries of the contents."""


def header_and_footer(
    canvas: Canvas, document: Document, *, look: Look, page: int, pages: int, leaf: Leaf = PORTRAIT
) -> None:
    """Draw what surrounds the column of one page."""
    palette, words = look.palette, document.furniture
    top = leaf.height - 36
    left = MARGIN + _identity(canvas, document, look=look, x=MARGIN, top=top)
    if document.synthetic:
        left += 9 + tag(canvas, document.cover.status, look=look, x=left + 9, middle=top - 6, colour=palette.caution)
    right = replace(HEADER, align="right")
    room = MARGIN + leaf.column - left - 20
    look.one_line(plain(words.header_right), right, room).draw(canvas, left + 20, top - 0.5)
    paint.rule(canvas, palette.hairline, x=MARGIN, y=leaf.height - 55, length=leaf.column)
    foot = 46.0
    paint.rule(canvas, palette.hairline, x=MARGIN, y=foot, length=leaf.column)
    look.one_line(plain(words.footer), FOOTER, leaf.column * 0.82).draw(canvas, MARGIN, foot - 6)
    stated = words.page.format(page=page, pages=pages)
    look.set(plain(stated), replace(FOOTER, align="right"), leaf.column).draw(canvas, MARGIN, foot - 6)


def _identity(canvas: Canvas, document: Document, *, look: Look, x: float, top: float) -> float:
    """Draw logo or mark with the name beside it; returns the width taken."""
    picture = logo(document.brand)
    if picture is not None:
        taken = picture.draw(canvas, x=x, y=top - 14, height=16, most=120)
        if picture.aspect >= SYMBOL:
            return taken
    else:
        marks.product_mark(canvas, x=x, y=top - 10.5, size=11, bars=look.palette.ink, tallest=look.palette.brand)
        taken = 11.0
    name = look.one_line(plain(document.furniture.header_left), NAME, COLUMN * 0.36)
    name.draw(canvas, x + taken + 5, top)
    return taken + 5 + name.measure


def tag(canvas: Canvas, words: str, *, look: Look, x: float, middle: float, colour: str, size: float = 7.2) -> float:
    """Draw words in an outline with round ends, left edge at `x`; returns the width taken."""
    text = look.set(plain(words), Style(size, size * 1.5, tone=colour), COLUMN / 2)
    if not text.spans:
        return 0
    width, height = text.measure + size * 1.5, size * 1.9
    paint.stroke(canvas, colour, 0.7)
    canvas.roundRect(x, middle - height / 2, width, height, height / 2, stroke=1, fill=0)
    text.draw(canvas, x + size * 0.75, middle + size * 0.75)
    return width


# Contents ────────────────────────────────────────────────────────────────────


def contents(document: Document, *, look: Look, pages: Mapping[str, int], share: float) -> Pieces:
    """The list of sections with their pages, linked.

    Args:
        document: its sections are listed by number and name, with their question where they have one.
        look: colours and language.
        pages: page by key of the section; filled before anything is drawn.
        share: how much of the column the list may take, 0–1; its lines move apart to use it.
    """
    if len(document.sections) < FEWEST_LISTED:
        return ()
    title = of_paragraph(look.set(plain(document.furniture.contents), TITLE, COLUMN), keep=True)
    room = COLUMN_HEIGHT * share - title[0].height - 14
    noted = any(section.question for section in document.sections)
    least = CLOSEST + (8 if noted else 0)
    pitch = max(least, min(FURTHEST, room / len(document.sections)))
    entries = [_entry(section, look, pages, pitch) for section in document.sections]
    entries[0] = replace(entries[0], before=14)
    entries[-1] = replace(entries[-1], keep=False)
    return (*title, *entries)


def _entry(section: Section, look: Look, pages: Mapping[str, int], pitch: float) -> Piece:
    name = look.set(plain(section.name), ENTRY, COLUMN - 90)
    note = look.set(plain(section.question), ENTRY_NOTE, COLUMN - 90)
    height = max(pitch, name.height + note.height + 10)
    return Piece(height, partial(_draw_entry, section, look=look, pages=pages, texts=(name, note, height)), keep=True)


def _draw_entry(
    section: Section,
    canvas: Canvas,
    x: float,
    top: float,
    *,
    look: Look,
    pages: Mapping[str, int],
    texts: tuple[Paragraph, Paragraph, float],
) -> None:
    name, note, pitch = texts
    number = look.set(plain(section.number), replace(ENTRY, tone="brand"), 34)
    page = look.set(plain(str(pages[section.key])), replace(ENTRY, bold=False, align="right"), 50)
    upper = top - (pitch - name.height - note.height) / 2
    number.draw(canvas, x, upper)
    name.draw(canvas, x + 34, upper)
    note.draw(canvas, x + 34, upper - name.height)
    page.draw(canvas, x + COLUMN - 50, upper)
    paint.rule(canvas, look.palette.hairline, x=x, y=top - pitch, length=COLUMN)
    area = (x, top - pitch, x + COLUMN, top)
    canvas.linkRect(section.name, f"section-{section.key}", area, relative=0, thickness=0)
