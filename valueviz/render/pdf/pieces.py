"""What a page is filled with: pieces of fixed height in one column, with the rules by which they stay together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from valueviz.render.pdf.text import Paragraph
from valueviz.story.blocks import ChartBlock

Draw = Callable[[Canvas, float, float], None]
"""Draws a piece whose left edge and upper edge are given."""

FEWEST_LINES: Final = 2
"""A paragraph leaves at least so many lines at the foot of a page and takes as many to the next."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A strip of the column.

    `before` is the space above it, lost at the top of a page. `keep` forbids a page break after it.
    `repeat` is drawn again above it where a page begins with it. `anchor` is the key of the section
    that starts here, `figure` the chart it shows. A `turned` piece stands on a landscape page. One that
    `roams` may come before what has no room on a page, and fill it.
    """

    height: float
    draw: Draw
    before: float = 0.0
    keep: bool = False
    repeat: tuple[Piece, ...] = ()
    anchor: str = ""
    figure: ChartBlock | None = None
    turned: bool = False
    roams: bool = False


Pieces = tuple[Piece, ...]


def of_paragraph(paragraph: Paragraph, *, before: float = 0.0, indent: float = 0.0, keep: bool = False) -> Pieces:
    """A paragraph as one piece where it is short, else as lines that break without widow or orphan."""
    lines = len(paragraph.spans)
    if lines == 0:
        return ()
    if lines < 2 * FEWEST_LINES:
        return (Piece(paragraph.height, partial(_draw_whole, paragraph, indent=indent), before=before, keep=keep),)
    return tuple(
        Piece(
            paragraph.style.leading,
            partial(_draw_line, paragraph, indent=indent, number=number),
            before=before if number == 0 else 0.0,
            keep=number < FEWEST_LINES - 1
            or lines - FEWEST_LINES <= number < lines - 1
            or (keep and number == lines - 1),
        )
        for number in range(lines)
    )


def together(pieces: Iterable[Piece], *, last: bool = False) -> Pieces:
    """The pieces with no page break between them, nor after the last one if asked."""
    chain = list(pieces)
    if not chain:
        return ()
    kept = [replace(piece, keep=True) for piece in chain[:-1]]
    return (*kept, replace(chain[-1], keep=last or chain[-1].keep))


def spaced(pieces: Pieces, before: float) -> Pieces:
    """The pieces with another space above the first."""
    return (replace(pieces[0], before=before), *pieces[1:]) if pieces else ()


def _draw_whole(paragraph: Paragraph, canvas: Canvas, x: float, top: float, *, indent: float) -> None:
    paragraph.draw(canvas, x + indent, top)


def _draw_line(paragraph: Paragraph, canvas: Canvas, x: float, top: float, *, indent: float, number: int) -> None:
    paragraph.draw_lines(canvas, x + indent, top, first=number, last=number + 1)
