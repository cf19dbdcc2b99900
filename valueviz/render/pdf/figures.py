"""Charts as pieces: title, vector drawing and source line that no page break parts; larger where a page has room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import zip_longest
from typing import Final, Literal

from reportlab.pdfgen.canvas import Canvas

from valueviz.render import charts
from valueviz.render.palette import Palette
from valueviz.render.pdf import vega
from valueviz.render.pdf.flow import Placed
from valueviz.render.pdf.fonts import printable
from valueviz.render.pdf.furniture import COLUMN_HEIGHT
from valueviz.render.pdf.pieces import Piece, Pieces, of_paragraph, together
from valueviz.render.pdf.text import FIGURE_TITLE, SOURCE, Look, plain
from valueviz.story.blocks import ChartBlock, Curve, Dumbbell, RunChart, Section, Waterfall

NEXT_HEIGHT: Final[dict[str, Literal["medium", "large"]]] = {"small": "medium", "medium": "large"}

SMALLEST: Final = 0.94
"""A chart too tall for its page is set down to this size: its 8 pt labels stay above 7.5 pt."""

CAPTION: Final = 60
"""Room for the title of a part."""

FEWEST_ROWS: Final = 3
"""A part of a chart in parts shows at least so many rows."""


def figure(block: ChartBlock, *, look: Look, width: float, room: float, continued: str) -> Pieces:
    """A chart under its title, with its source line; in parts where it is taller than `room`."""
    title = of_paragraph(look.set(block.title, FIGURE_TITLE, width), before=16)
    source = of_paragraph(look.set(block.source, SOURCE, width), before=5)
    free = room - sum(piece.height + piece.before for piece in (*title, *source)) - 5
    scale = 1.0 if _height(block, look.palette, width) <= free else SMALLEST
    height = _height(block, look.palette, width / scale) * scale
    if isinstance(block, Dumbbell | Waterfall) and height > free:
        return _in_parts(block, look=look, width=width, room=room, continued=continued)
    draw = partial(_draw, block, palette=look.palette, width=width, scale=scale)
    figure = block if scale == 1 else None
    picture = Piece(height, draw, before=5 if title else 16, figure=figure, roams=isinstance(block, Curve))
    return together((*title, picture, *source))


def _in_parts(block: Dumbbell | Waterfall, *, look: Look, width: float, room: float, continued: str) -> Pieces:
    """A chart of many rows as two charts or more on one scale, the first as tall as `room` allows."""
    fits = max(
        (
            count
            for count in range(FEWEST_ROWS, len(block.rows) - FEWEST_ROWS + 1)
            if _height(_part(block, slice(count)), look.palette, width) <= room - CAPTION
        ),
        default=0,
    )
    if not fits:
        return figure(block, look=look, width=width, room=float("inf"), continued=continued)
    first = replace(_part(block, slice(fits)), source=())
    rest = replace(_part(block, slice(fits, None)), title=(*block.title, *plain(continued)))
    return (
        *figure(first, look=look, width=width, room=float("inf"), continued=continued),
        *figure(rest, look=look, width=width, room=COLUMN_HEIGHT, continued=""),
    )


def _part(block: Dumbbell | Waterfall, rows: slice) -> Dumbbell | Waterfall:
    """The chart with some of its rows."""
    if isinstance(block, Dumbbell):
        return replace(block, rows=block.rows[rows])
    return replace(block, rows=block.rows[rows])


def enlarged(
    sections: Sequence[Section], pages: Sequence[Sequence[Placed]], *, look: Look, width: float, height: float
) -> tuple[Section, ...]:
    """The sections with run charts one size larger where their page ends a section and has the room to spare."""
    larger: dict[ChartBlock, ChartBlock] = {}
    for page, following in zip_longest(pages, pages[1:]):
        if not page or (following and not following[0].piece.anchor):
            continue
        free = height - page[-1].offset - page[-1].piece.height
        for placed in page:
            block = placed.piece.figure
            if placed.piece.turned:
                continue
            if not isinstance(block, RunChart) or block.height not in NEXT_HEIGHT:
                continue
            wider = replace(block, height=NEXT_HEIGHT[block.height])
            growth = _height(wider, look.palette, width) - placed.piece.height
            if growth <= free:
                larger[block] = wider
                free -= growth
    return tuple(
        replace(
            section,
            blocks=tuple(
                larger.get(block, block) if isinstance(block, RunChart) else block for block in section.blocks
            ),
        )
        for section in sections
    )


@lru_cache(maxsize=512)
def _height(block: ChartBlock, palette: Palette, width: float) -> float:
    height = charts.spec(block, palette=palette, width=width, scale="print")["height"]
    return float(str(height))


@lru_cache(maxsize=128)
def _svg(block: ChartBlock, palette: Palette, width: float) -> str:
    return charts.svg(block, palette=palette, width=width)


def _draw(
    block: ChartBlock, canvas: Canvas, x: float, top: float, *, palette: Palette, width: float, scale: float
) -> None:
    """Draw the chart as marked content whose alternate text says it in words (ISO 32000-1, 14.9.3)."""
    canvas.addLiteral(f"/Span <</Alt <FEFF{printable(block.alt).encode('utf-16-be').hex()}>>> BDC")
    vega.paint(canvas, _svg(block, palette, width / scale), x=x, top=top, width=width)
    canvas.addLiteral("EMC")
