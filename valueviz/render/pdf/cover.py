"""The first page, in two styles: `full` on a dark ground for screens, `light` on white for office printers.

Both set the same content in the same places; only the skin differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import pi, sin
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from valueviz.render.palette import Palette, mix, palette
from valueviz.render.pdf import marks, paint
from valueviz.render.pdf.furniture import COLUMN, MARGIN, PAGE_HEIGHT, PAGE_WIDTH, tag
from valueviz.render.pdf.logo import SYMBOL, logo
from valueviz.render.pdf.text import Look, Paragraph, Style, plain
from valueviz.story.blocks import Card, Document

CODE_SIZE: Final = 70.0
FOOT: Final = 62.0
"""Lower edge of meta list and code."""

NAME_STYLE: Final = Style(15, 20, bold=True)
CARDS_IN_ROW: Final = 3
MEASURE: Final = COLUMN * 0.97
SCALES: Final = (1.0, 0.88, 0.76, 0.66, 0.58, 0.5)
MOST_WORDS: Final = 330.0
"""Height for title, client, subtitle and answer, so that cards and motif keep their place."""

CARD_ROW: Final = 112.0
"""Height a second row of cards takes from the words."""

LEAST_MOTIF: Final = 64.0
"""With less height to spare the motif is left out."""


@dataclass(frozen=True, slots=True)
class _Skin:
    """Colours of one style: ground (one or two), words, lines of the motif, and the palette of small marks."""

    ground: tuple[str, str]
    title: str
    text: str
    muted: str
    accent: str
    lines: str
    rule: str
    marks: Palette


def draw(canvas: Canvas, document: Document, *, look: Look) -> None:
    """Draw the cover on the current page."""
    skin = _full(document, look) if document.brand.cover == "full" else _light(look)
    _ground(canvas, skin)
    below = _words(canvas, document, skin, look)
    top_of_meta = _meta(canvas, document, skin, look)
    low, high = top_of_meta + 26, below - 20
    if high - low >= LEAST_MOTIF:
        _motif(canvas, skin, low=low, height=min(high - low, 250))


def _full(document: Document, look: Look) -> _Skin:
    own = look.palette
    dark = replace(palette(document.brand, "dark"), muted=own.cover_muted, paper=own.cover)
    return _Skin(
        ground=(own.cover_deep, own.cover),
        title=own.cover_text,
        text=own.cover_text,
        muted=own.cover_muted,
        accent=own.cover_accent,
        lines=own.cover_accent,
        rule=mix(own.cover_text, own.cover, share=0.25),
        marks=dark,
    )


def _light(look: Look) -> _Skin:
    own = look.palette
    return _Skin(
        ground=(own.paper, own.paper),
        title=own.ink,
        text=own.ink,
        muted=own.muted,
        accent=own.brand,
        lines=own.brand_deep,
        rule=own.hairline,
        marks=own,
    )


def _ground(canvas: Canvas, skin: _Skin) -> None:
    first, last = skin.ground
    if first == last:
        paint.box(canvas, skin.accent, x=0, top=PAGE_HEIGHT, width=PAGE_WIDTH, height=5)
        return
    canvas.linearGradient(0, PAGE_HEIGHT, PAGE_WIDTH, 0, (HexColor(first), HexColor(last)), extend=True)


# Words ───────────────────────────────────────────────────────────────────────


def _words(canvas: Canvas, document: Document, skin: _Skin, look: Look) -> float:
    """Draw everything above the motif; returns the lower edge of what was drawn."""
    cover = document.cover
    _identity(canvas, document, skin, look)
    synthetic = skin.marks.caution if document.synthetic else skin.muted
    width = look.set(plain(cover.status), Style(9, 13.5), COLUMN / 2).measure + 13.5
    tag(
        canvas,
        cover.status,
        look=look,
        x=PAGE_WIDTH - MARGIN - width,
        middle=PAGE_HEIGHT - 74,
        colour=synthetic,
        size=9,
    )
    top = PAGE_HEIGHT - (176 if cover.answer else 236)
    paint.box(canvas, skin.accent, x=MARGIN, top=top, width=34, height=3.4)
    top -= 18
    for paragraph, gap in _sentences(document, skin, look):
        paragraph.draw(canvas, MARGIN, top)
        top -= paragraph.height + gap
    for start in range(0, len(cover.cards), CARDS_IN_ROW):
        top = _cards(canvas, cover.cards[start : start + CARDS_IN_ROW], skin, look, top=top) - 12
    return top


def _sentences(document: Document, skin: _Skin, look: Look) -> list[tuple[Paragraph, float]]:
    """Title, client, subtitle and answer with the space below each, set smaller together where they are long."""
    cover = document.cover
    room = MOST_WORDS - CARD_ROW * max(0, -(-len(cover.cards) // CARDS_IN_ROW) - 1)
    for scale in SCALES:
        styled = (
            (plain(cover.kind), Style(34 * scale, 42 * scale, bold=True, tone=skin.title, even=True), 8.0),
            (cover.client, Style(15 * scale, 22 * scale, bold=True, tone=skin.title, even=True), 3.0),
            (cover.subtitle, Style(11.5, 18, tone=skin.muted, even=True), 34.0 * scale),
            (cover.answer, Style(18 * scale, 27.5 * scale, bold=True, tone=skin.text, even=True), 26.0 * scale),
        )
        sets = [(look.set(text, style, MEASURE), gap) for text, style, gap in styled if text]
        if sum(paragraph.height + gap for paragraph, gap in sets) <= room:
            break
    return sets


def _identity(canvas: Canvas, document: Document, skin: _Skin, look: Look) -> None:
    """Draw the logo, on a plate where the ground is dark, or our mark; the name beside what is a mere symbol."""
    middle = PAGE_HEIGHT - 74
    picture = logo(document.brand)
    if picture is None:
        marks.product_mark(canvas, x=MARGIN, y=middle - 11, size=23, bars=skin.title, tallest=skin.accent)
        taken = 23.0
    elif skin.ground[0] != skin.ground[1]:
        width = min(28 * picture.aspect, 180)
        paint.box(canvas, "#FFFFFF", x=MARGIN, top=middle + 21, width=width + 14, height=42, radius=4)
        picture.draw(canvas, x=MARGIN + 7, y=middle - 14, height=28, most=180)
        taken = width + 14
    else:
        taken = picture.draw(canvas, x=MARGIN, y=middle - 17, height=34, most=200)
    if picture is None or picture.aspect < SYMBOL:
        name = look.one_line(plain(document.furniture.header_left), NAME_STYLE, COLUMN * 0.6)
        replace(name, colour=skin.title).draw(canvas, MARGIN + taken + 10, middle + 10)


def _cards(canvas: Canvas, cards: tuple[Card, ...], skin: _Skin, look: Look, *, top: float) -> float:
    """Draw key figures in columns under a thin rule each; returns their lower edge."""
    gap = 16.0
    each = (COLUMN - gap * (CARDS_IN_ROW - 1)) / CARDS_IN_ROW
    lowest = top
    for number, card in enumerate(cards):
        x, y = MARGIN + number * (each + gap), top
        paint.rule(canvas, skin.rule, x=x, y=y, length=each, width=0.8)
        y -= 9
        beside = marks.BADGE_WIDTH + 6 if card.grade else 0
        label = look.set(card.label, Style(9, 13, tone=skin.muted), each - beside)
        label.draw(canvas, x, y)
        if card.grade:
            marks.badge(canvas, card.grade, x=x + each - marks.BADGE_WIDTH, y=y - 6.5, palette=skin.marks)
        y -= label.height + 1
        figure = look.label(card.number, Style(23, 31, bold=True, tone=skin.title), each, least=13)
        figure.draw(canvas, x, y)
        y -= figure.height + 1
        detail = look.set(card.detail, Style(8.6, 12.6, tone=skin.muted), each)
        detail.draw(canvas, x, y)
        y -= detail.height + 3
        if card.verdict is not None and card.verdict_word:
            word = look.set(card.verdict_word, Style(9, 13, bold=True, tone=skin.text), each - 14)
            direction = marks.direction_of(card.number)
            marks.verdict(canvas, card.verdict, x=x, y=y - 6.5, palette=skin.marks, direction=direction)
            word.draw(canvas, x + marks.MARK + 5, y)
            y -= word.height
        lowest = min(lowest, y)
    return lowest


def _meta(canvas: Canvas, document: Document, skin: _Skin, look: Look) -> float:
    """Draw the list of what identifies the document, and its code; returns their upper edge."""
    cover = document.cover
    style = Style(8.6, 14.6, tone=skin.muted)
    names = [look.set(plain(name), style, 150) for name, _ in cover.meta]
    indent = max((name.measure for name in names), default=0) + 16
    top = upper = FOOT + max(len(names) * style.leading, CODE_SIZE if cover.code else 0)
    for name, (_, value) in zip(names, cover.meta, strict=True):
        name.draw(canvas, MARGIN, top)
        stated = look.set(plain(value), replace(style, tone=skin.text), COLUMN - indent - CODE_SIZE - 20)
        stated.draw(canvas, MARGIN + indent, top)
        top -= max(name.height, stated.height)
    if cover.code:
        x = PAGE_WIDTH - MARGIN - CODE_SIZE
        plate = skin.ground[0] != skin.ground[1]
        marks.qr(canvas, cover.code, x=x, y=FOOT, size=CODE_SIZE, plate=plate)
    return upper


# Motif ───────────────────────────────────────────────────────────────────────


TURN: Final = 0.4
"""Where the line ends and the fan opens, as a share of the width: the go-live of the motif."""

BEFORE: Final = 37
"""Ninetieths of the width that the line takes: as far as the go-live."""


def _motif(canvas: Canvas, skin: _Skin, *, low: float, height: float) -> None:
    """A line up to go-live and the open fan of what may follow: the question, never an answer, drawn from fixed sines."""
    ground = skin.ground[1]
    for reach, share in ((1.0, 0.08), (0.76, 0.1), (0.52, 0.13), (0.28, 0.17)):
        band = [_expected(i / 60, side) for side in (-reach, reach) for i in _steps(side)]
        paint.fill(canvas, mix(skin.lines, ground, share=share))
        paint.polygon(canvas, [(x * PAGE_WIDTH, low + y * height) for x, y in band])
    paint.stroke(canvas, mix(skin.lines, ground, share=0.4), 0.6)
    canvas.setDash([2, 3])
    paint.polyline(canvas, [_at(_expected(i / 60, 0.0), low, height) for i in range(24, 61)])
    turn = TURN * PAGE_WIDTH
    canvas.line(turn, low - 6, turn, low + height * 0.62)
    canvas.setDash([])
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    paint.stroke(canvas, skin.accent, 1.8)
    paint.polyline(canvas, [_at(_measured(i / 90), low, height) for i in range(BEFORE)])
    paint.fill(canvas, skin.accent)
    for i in range(2, BEFORE, 4):
        canvas.circle(*_at(_measured(i / 90), low, height), 2.1, stroke=0, fill=1)
    canvas.setLineCap(0)
    canvas.setLineJoin(0)


def _steps(side: float) -> range:
    return range(24, 61) if side < 0 else range(60, 23, -1)


def _at(place: tuple[float, float], low: float, height: float) -> tuple[float, float]:
    return place[0] * PAGE_WIDTH, low + place[1] * height


def _expected(x: float, side: float) -> tuple[float, float]:
    """The path without the change at `x`, and how far its range reaches to a `side` (−1 to 1)."""
    since = max(x - TURN, 0) / (1 - TURN)
    return x, 0.36 + 0.04 * x + side * (0.03 + 0.34 * since**0.8)


def _measured(x: float) -> tuple[float, float]:
    """The line before: it wanders about its level."""
    wander = 0.022 * sin(9 * pi * x) + 0.014 * sin(23 * pi * x + 1)
    return x, 0.36 + 0.04 * x + wander
