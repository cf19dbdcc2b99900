"""Key figures side by side: at most four in a row, all of one height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Final

from reportlab.pdfgen.canvas import Canvas

from valueviz.render.pdf import marks, paint
from valueviz.render.pdf.pieces import Piece, Pieces
from valueviz.render.pdf.text import Look, Paragraph, Style
from valueviz.story.blocks import Card, Cards

MOST: Final = 4
GAP: Final = 10.0
PADDING: Final = 11.0
SPARK_HEIGHT: Final = 20.0
SPARK_GAP: Final = 8.0
NARROWEST_SHARE: Final = 3
"""One or two cards are as wide as if there were three: a lone figure does not fill the page."""

LABEL: Final = Style(8.4, 12, tone="muted")
NUMBER: Final = Style(21, 28, bold=True, tone="ink")
LEAST_NUMBER: Final = 11.5
DETAIL: Final = Style(7.8, 11.2, tone="text")
WORD: Final = Style(8.2, 12, bold=True)


@dataclass(frozen=True, slots=True)
class _Set:
    """A card with its texts set."""

    card: Card
    label: Paragraph
    number: Paragraph
    detail: Paragraph
    word: Paragraph
    width: float


def cards(block: Cards, *, look: Look, width: float) -> Pieces:
    """Rows of cards, as even as can be: five are three and two."""
    count = len(block.items)
    if not count:
        return ()
    rows = -(-count // MOST)
    bounds = [count * i // rows for i in range(rows + 1)]
    in_row = max(NARROWEST_SHARE, *(end - start for start, end in pairwise(bounds)))
    each = (width - GAP * (in_row - 1)) / in_row
    pieces = []
    for start, end in pairwise(bounds):
        row = [_set(card, look, each) for card in block.items[start:end]]
        heights = _heights(row)
        pieces.append(
            Piece(sum(heights), partial(_draw_row, row, heights=heights, look=look), before=14 if start == 0 else GAP)
        )
    return tuple(pieces)


def _set(card: Card, look: Look, width: float) -> _Set:
    inner = width - 2 * PADDING
    beside = marks.BADGE_WIDTH + 4 if card.grade else 0
    tone = look.palette.verdict_text(card.verdict)
    return _Set(
        card,
        look.set(card.label, LABEL, inner - beside),
        look.label(card.number, NUMBER, inner, least=LEAST_NUMBER),
        look.set(card.detail, DETAIL, inner),
        look.set(card.verdict_word, replace(WORD, tone=tone), inner - marks.MARK - 4),
        width,
    )


def _heights(row: Sequence[_Set]) -> tuple[float, ...]:
    """Heights of the bands of a row, equal in all its cards: label, number, detail, verdict, sparkline and foot."""
    label = max(each.label.height for each in row) + PADDING
    number = max(each.number.height for each in row) + 2
    detail = max(each.detail.height for each in row)
    word = max(each.word.height for each in row)
    spark = SPARK_HEIGHT + SPARK_GAP if any(each.card.spark for each in row) else 0
    return label, number, detail, word + 4 if word else 0, spark + PADDING - 1


def _draw_row(
    row: Sequence[_Set], canvas: Canvas, x: float, top: float, *, heights: tuple[float, ...], look: Look
) -> None:
    for number, each in enumerate(row):
        _draw(each, canvas, x + number * (each.width + GAP), top, heights=heights, look=look)


def _draw(each: _Set, canvas: Canvas, x: float, top: float, *, heights: tuple[float, ...], look: Look) -> None:
    palette, card = look.palette, each.card
    height = sum(heights)
    paint.box(canvas, palette.panel, x=x, top=top, width=each.width, height=height, radius=3)
    paint.box(canvas, palette.brand, x=x, top=top, width=each.width, height=2)
    left, right = x + PADDING, x + each.width - PADDING
    each.label.draw(canvas, left, top - PADDING)
    if card.grade:
        middle = top - PADDING - LABEL.leading / 2
        marks.badge(canvas, card.grade, x=right - marks.BADGE_WIDTH, y=middle, palette=palette)
    below = top - heights[0]
    each.number.draw(canvas, left, below - (heights[1] - 2 - each.number.height) / 2)
    each.detail.draw(canvas, left, below - heights[1])
    below -= heights[1] + heights[2] + 4
    if card.verdict is not None and each.word.spans:
        direction = marks.direction_of(card.number)
        middle = below - WORD.leading / 2
        marks.verdict(canvas, card.verdict, x=left, y=middle, palette=palette, direction=direction)
    each.word.draw(canvas, left + marks.MARK + 4, below)
    if card.spark:
        marks.sparkline(
            canvas,
            card.spark,
            split=card.spark_split,
            x=left,
            y=top - height + PADDING + 1,
            width=right - left - 2,
            height=SPARK_HEIGHT - 2,
            palette=palette,
        )
