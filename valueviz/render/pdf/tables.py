"""Tables: widths by measure, hairlines instead of boxes, the head again on every page, bars and marks in cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise, zip_longest
from math import ceil
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from valueviz.render.pdf import marks, paint
from valueviz.render.pdf.pieces import Piece, Pieces, of_paragraph, together
from valueviz.render.pdf.text import FIGURE_TITLE, SOURCE, TABLE, TABLE_HEAD, Look, Paragraph, Style, plain
from valueviz.story.blocks import Cell, Column, Row, Table

SETTINGS: Final = ((8.6, 10.0), (8.2, 8.0), (7.8, 7.0), (7.5, 6.0))
"""Size of the type and space between columns, from comfortable to crowded."""

LATIN_SETTINGS: Final = ((7.1, 5.0), (6.7, 4.0))
"""Further sizes for Latin letters, which stay legible below the smallest of Chinese."""

COMFORT: Final = 76.0
"""A text up to this length stays on one line while the page allows it."""

PAD: Final = 3.9
"""Space above and below the text of a row."""

CLOSE_PAD: Final = 2.4
FOLLOWS: Final = 44.0
"""Room kept below a table for the sentence that says what follows from it."""

CLOSE: Final = 1.14
"""How much taller than its page a table may be to be set closer instead of being broken."""

BAR_WIDTH: Final = 96.0
BAR_LEAST: Final = 48.0
SIGN_GAP: Final = 4.0
MOST_WORD: Final = 150.0
"""A longer word may be broken, lest one cell take the table."""

STEP: Final = 4.0
"""Points a column is narrowed by at a time."""

WEIGHED_ROWS: Final = 80
"""The widths are found on the first rows: the rest of a long table is like them."""

RAGGED: Final = 1.06
"""Text broken over lines needs this much more than its length."""

ENDLESS: Final = 1e6
"""A width no text reaches."""

TALLEST_ROW: Final = 24
"""Lines of a row before it is cut, so that no row is taller than a page."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """Left edge and width of each column, the columns, the width of the whole, and the type it is set in."""

    columns: tuple[Column, ...]
    body: Style
    head: Style
    lefts: tuple[float, ...]
    widths: tuple[float, ...]
    width: float
    pad: float = PAD


def table(block: Table, *, look: Look, width: float, room: float, continued: str) -> Pieces:
    """A table under its title, with its source line; the head is drawn again where a page begins with a row.

    A table that is a little taller than `room` sets its rows closer.
    """
    grid = _grid(block, look, width)
    loose = _pieces(block, grid, look, continued)
    height = sum(piece.height + piece.before for piece in loose) + FOLLOWS
    return _pieces(block, replace(grid, pad=CLOSE_PAD), look, continued) if room < height <= room * CLOSE else loose


def _pieces(block: Table, grid: _Grid, look: Look, continued: str) -> Pieces:
    width = grid.width
    title = of_paragraph(look.set(block.title, FIGURE_TITLE, width), before=16)
    again = of_paragraph(look.set((*block.title, *plain(continued)), FIGURE_TITLE, width))
    head = _head(grid, look)
    rows = _rows(block, grid, look, repeat=(*again, replace(head, before=0)))
    source = of_paragraph(look.set(block.source, SOURCE, width), before=6)
    rest = rows[2:]  # two rows at least stand on either side of a break
    start = together((*title, head, *rows[:2]), last=len(rest) == 1 or (not rest and bool(source)))
    return (*start, *rest[:-2], *together((*rest[-2:], *source)))


# Columns ─────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Need:
    """What a column asks for: room for its longest word, for its longest text, and the length of each text by row."""

    wish: float
    least: float = 0.0
    natural: float = 0.0
    lengths: list[float] = field(default_factory=list)

    @property
    def comfort(self) -> float:
        """The width below which a column looks squeezed: its longest word, and its longest text if that is short."""
        return max(self.least, min(self.natural, COMFORT))

    def text(self, paragraph: Paragraph, *, beside: float) -> None:
        """Make room for one more text with something `beside` it."""
        line, start, longest = paragraph.line, 0, 0
        for end, may_break in enumerate(line.breaks, start=1):
            if may_break or end == len(line.breaks):
                longest = max(longest, line.width(start, end))
                start = end
        word = min(longest * paragraph.style.size / 1000, MOST_WORD)
        self.least = max(self.least, word + beside + 0.5)
        self.lengths.append(paragraph.measure + beside + 0.5)
        self.natural = max(self.natural, self.lengths[-1])

    def bar(self) -> None:
        """Make room for an interval bar."""
        self.natural = max(self.natural, BAR_WIDTH * max(1.0, self.wish / 2))
        self.least = max(self.least, BAR_LEAST)


def _grid(block: Table, look: Look, width: float) -> _Grid:
    """Columns as wide as their longest line where all fit, in smaller type where they are crowded.

    Type shrinks further only where a word would have to be broken.
    """
    for number, (size, gutter) in enumerate((*SETTINGS, *(LATIN_SETTINGS if look.latin else ()))):
        body = replace(TABLE, size=size, leading=size * TABLE.leading / TABLE.size)
        head = replace(TABLE_HEAD, size=min(TABLE_HEAD.size, size))
        needs = _needs(block, look, body=body, head=head)
        gutters = _gutters(block.columns, gutter)
        room = width - sum(gutters)
        if sum(need.comfort for need in needs) <= room:
            break
        if number >= len(SETTINGS) - 1 and sum(need.least for need in needs) <= room:
            break
    widths = _shared(needs, room)
    lefts = [sum(widths[:i]) + sum(gutters[:i]) for i in range(len(needs))]
    return _Grid(block.columns, body, head, tuple(lefts), tuple(widths), width)


def _gutters(columns: Sequence[Column], gutter: float) -> list[float]:
    """The space after each column but the last: wider where a number is followed by text."""
    return [
        gutter * (1.7 if left.align == "right" and right.align == "left" else 1) for left, right in pairwise(columns)
    ]


def _needs(block: Table, look: Look, *, body: Style, head: Style) -> list[_Need]:
    needs = [_Need(max(column.width, 0.01)) for column in block.columns]
    for need, column in zip(needs, block.columns, strict=True):
        need.text(look.set(column.title, head, ENDLESS), beside=0)
    for row in block.rows:
        if row.kind == "group":
            continue
        for need, cell in zip(needs, row.cells, strict=False):
            style = replace(body, bold=row.kind == "total" or cell.verdict in {"improved", "worse"})
            need.text(look.set(cell.text, style, ENDLESS), beside=_sign_width(cell))
            if cell.bar is not None:
                need.bar()
    return needs


def _shared(needs: Sequence[_Need], room: float) -> list[float]:
    """Widths that fill `room`: spare goes by the wishes; what is wanting is taken where it costs the least."""
    widths = [need.natural for need in needs]
    spare = room - sum(widths)
    if spare >= 0:
        squares = [need.wish**2 for need in needs]
        return [width + spare * square / sum(squares) for width, square in zip(widths, squares, strict=True)]
    floors = [need.comfort for need in needs]
    if room <= sum(floors):
        floors = [need.least for need in needs]
    if room <= sum(floors):
        return [floor * room / sum(floors) for floor in floors]
    return _narrowed(needs, widths, floors, room=room)


def _narrowed(needs: Sequence[_Need], widths: list[float], floors: Sequence[float], *, room: float) -> list[float]:
    """The widths taken back step by step to `room`, each time where the rows grow least, never below the floors."""
    texts = [need.lengths[:WEIGHED_ROWS] for need in needs]
    lines = [[_lines(length, width) for length in column] for column, width in zip(texts, widths, strict=True)]
    while sum(widths) > room + 0.01:
        step = min(STEP, sum(widths) - room)
        tallest = [max(row) for row in zip_longest(*lines, fillvalue=0)]
        narrower = [
            (_cost(texts[i], lines[i], tallest, width=widths[i] - step), -widths[i] / needs[i].wish, i)
            for i, floor in enumerate(floors)
            if widths[i] - step >= floor
        ]
        if not narrower:
            return [width * room / sum(widths) for width in widths]
        _, _, cheapest = min(narrower)
        widths[cheapest] -= step
        lines[cheapest] = [_lines(length, widths[cheapest]) for length in texts[cheapest]]
    return widths


def _cost(texts: Sequence[float], lines: Sequence[int], tallest: Sequence[int], *, width: float) -> float:
    """How many lines the rows grow by, and a little for each cell that does, if a column gets this narrow."""
    cost = 0.0
    for length, before, row in zip(texts, lines, tallest, strict=False):
        after = before if length <= width else _lines(length, width)
        if after > before:
            cost += max(0, after - row) + 0.2 * (after - before)
    return cost


def _lines(length: float, width: float) -> int:
    """About how many lines a text takes: words do not fill their lines to the end."""
    return 1 if length <= width + 0.01 else ceil(length * RAGGED / width)


def _sign_width(cell: Cell) -> float:
    """What badge and mark take beside the text of a cell."""
    badge = marks.BADGE_WIDTH + (SIGN_GAP if cell.text or cell.verdict else 0) if cell.grade else 0.0
    return badge + (marks.MARK + SIGN_GAP if cell.verdict else 0.0)


# Rows ────────────────────────────────────────────────────────────────────────


def _head(grid: _Grid, look: Look) -> Piece:
    cells = [
        look.set(column.title, replace(grid.head, align=column.align), width)
        for column, width in zip(grid.columns, grid.widths, strict=True)
    ]
    height = max(cell.height for cell in cells) + grid.pad + 5
    return Piece(height, partial(_draw_head, cells, height=height, grid=grid, look=look), before=4, keep=True)


def _draw_head(
    cells: Sequence[Paragraph], canvas: Canvas, x: float, top: float, *, height: float, grid: _Grid, look: Look
) -> None:
    for left, cell in zip(grid.lefts, cells, strict=True):
        cell.draw(canvas, x + left, top - (height - grid.pad - cell.height))
    paint.rule(canvas, look.palette.ink, x=x, y=top - height, length=grid.width, width=0.9)


def _rows(block: Table, grid: _Grid, look: Look, *, repeat: Pieces) -> Pieces:
    """Every row as a piece; a group keeps with its first row, a total with the row before."""
    pieces: list[Piece] = []
    for number, row in enumerate(block.rows):
        follows = block.rows[number + 1].kind if number + 1 < len(block.rows) else "plain"
        made = _group(row, grid, look) if row.kind == "group" else _plain(row, grid, look)
        made = [replace(piece, repeat=repeat) for piece in made]
        if row.kind == "group" or follows == "total":
            made[-1] = replace(made[-1], keep=True)
        pieces += made
    return tuple(pieces)


def _group(row: Row, grid: _Grid, look: Look) -> list[Piece]:
    text = tuple(run for cell in row.cells for run in cell.text)
    paragraph = look.set(text, replace(grid.body, bold=True, tone="ink"), grid.width)
    height = paragraph.height + 2 * grid.pad
    return [Piece(height + 4, partial(_draw_group, paragraph, height=height, grid=grid, look=look))]


def _draw_group(
    paragraph: Paragraph, canvas: Canvas, x: float, top: float, *, height: float, grid: _Grid, look: Look
) -> None:
    paragraph.draw(canvas, x, top - 4 - grid.pad)
    paint.rule(canvas, look.palette.hairline, x=x, y=top - 4 - height, length=grid.width)


def _plain(row: Row, grid: _Grid, look: Look) -> list[Piece]:
    """A row, cut into strips of lines where it is too tall for a page."""
    total = row.kind == "total"
    paragraphs: list[Paragraph] = []
    for cell, column, width in zip(row.cells, grid.columns, grid.widths, strict=False):
        tone = look.palette.verdict_text(cell.verdict) if cell.verdict else "ink" if total else "text"
        bold = total or cell.verdict in {"improved", "worse"}
        style = replace(grid.body, bold=bold, tone=tone, align=column.align)
        if cell.grade or cell.verdict:
            style = replace(style, align="left")
        paragraphs.append(look.set(cell.text, style, max(width - _sign_width(cell), 8)))
    lines = max([1, *(len(paragraph.spans) for paragraph in paragraphs)])
    direction = marks.direction_of(*(cell.text for cell in row.cells))
    strips = []
    for first in range(0, lines, TALLEST_ROW):
        last = min(first + TALLEST_ROW, lines)
        strip = _Strip(row, paragraphs, first=first, last=last, direction=direction, ends=last == lines)
        height = (last - first) * grid.body.leading + 2 * grid.pad
        strips.append(Piece(height, partial(_draw_row, strip, height=height, grid=grid, look=look)))
    return strips


@dataclass(frozen=True, slots=True)
class _Strip:
    """Lines `first` up to `last` of a row; `ends` draws the hairline below."""

    row: Row
    paragraphs: Sequence[Paragraph]
    first: int
    last: int
    direction: marks.Direction
    ends: bool


def _draw_row(strip: _Strip, canvas: Canvas, x: float, top: float, *, height: float, grid: _Grid, look: Look) -> None:
    if strip.row.kind == "total":
        paint.rule(canvas, look.palette.ink, x=x, y=top, length=grid.width, width=0.7)
    for i, paragraph in enumerate(strip.paragraphs):
        cell, left, width = strip.row.cells[i], x + grid.lefts[i], grid.widths[i]
        signs = _sign_width(cell)
        if signs:
            free = width - signs - paragraph.measure
            left += {"left": 0.0, "center": free / 2, "right": free}[grid.columns[i].align]
        if strip.first == 0:
            _draw_signs(
                cell, canvas, left, top - grid.pad - grid.body.leading / 2, direction=strip.direction, look=look
            )
            if cell.bar is not None:
                marks.interval_bar(canvas, cell.bar, x=left, y=top - height / 2, width=width, palette=look.palette)
        last = min(strip.last, len(paragraph.spans))
        paragraph.draw_lines(canvas, left + signs, top - grid.pad, first=strip.first, last=last)
    if strip.ends:
        paint.rule(canvas, look.palette.hairline, x=x, y=top - height, length=grid.width)


def _draw_signs(cell: Cell, canvas: Canvas, x: float, middle: float, *, direction: marks.Direction, look: Look) -> None:
    """Badge and mark before the text of a cell."""
    if cell.grade:
        marks.badge(canvas, cell.grade, x=x, y=middle, palette=look.palette)
        x += marks.BADGE_WIDTH + SIGN_GAP
    if cell.verdict:
        marks.verdict(canvas, cell.verdict, x=x, y=middle, palette=look.palette, direction=direction)
