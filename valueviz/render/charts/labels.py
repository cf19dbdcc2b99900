"""Direct labels inside a plot: each near its place, where it hides least and touches no other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from valueviz.render.charts.axes import kept_inside
from valueviz.render.charts.lettering import settle
from valueviz.render.charts.sheet import Align, Box, Frame, Sheet, Spot, Stroke, Word
from valueviz.story.blocks import Label, Tone

DOWN = (0, -1, 1, -2, 2, -3, 3, -4, 4, -6, 6, -8, 8, -12, 12, -16, 16)
"""Steps of half a type size tried above and below the wanted place."""
ACROSS = (0.0, -2.0, 2.0, -5.0, 5.0, -10.0, 10.0, -16.0, -24.0)
"""Steps in type sizes tried left and right of the wanted place."""


def word(label: Label, sheet: Sheet, *, calm: bool = False) -> Word:
    """The text of a label, not placed yet; a fact is the message and stands out by weight and size, unless `calm`."""
    fact = label.run.kind == "fact" and not calm
    size = sheet.em * (1.2 if fact else 1.0)
    return Word(label.run.text, 0.0, 0.0, size, tone(label.tone, sheet), bold=fact or label.run.strong)


def settled(
    label: Label, sheet: Sheet, frame: Frame, *, taken: Sequence[Box], ink: Sequence[Spot], calm: bool = False
) -> Word:
    """The label where it covers least, as near to its place as can be."""
    em, free = sheet.em, word(label, sheet, calm=calm)
    x, y = frame.x(label.x), frame.y(label.y) + 0.35 * free.size
    sides: dict[Align, tuple[Align, ...]] = {"left": ("left", "right", "center"), "right": ("right", "left", "center")}
    beside: dict[Align, float] = {"left": 0.95 * em, "center": 0.0, "right": -0.95 * em}
    candidates = [
        free.moved(x + beside[align] + across * em, y + 0.5 * em * down, align)
        for down in DOWN
        for across in ACROSS
        for align in sides.get(label.align, ("left", "right", "center"))
    ]

    def cost(box: Box) -> float:
        covered = box.grown(0.15 * em, 0.1 * em)
        hidden = sum(covered.left <= a <= covered.right and covered.top <= b <= covered.bottom for a, b in ink)
        away = abs((box.left + box.right) / 2 - x) * 0.4 + abs((box.top + box.bottom) / 2 - y)
        outside = 2.0 if box.right > frame.box.right else 0.0
        return 4.0 * hidden + away / em + outside

    room = Box(frame.box.left, frame.box.top, sheet.width, frame.box.bottom)
    found = settle(candidates, taken=taken, within=room, cost=cost)
    return found or kept_inside(free.moved(x, y, "center"), sheet)


def inked(curves: Iterable[Sequence[Spot]], frame: Frame) -> list[Spot]:
    """Places along some lines, given in data coordinates, that a label should not cover."""
    return [
        (frame.x(x0 + part / 4 * (x1 - x0)), frame.y(y0 + part / 4 * (y1 - y0)))
        for curve in curves
        for (x0, y0), (x1, y1) in pairwise(curve)
        for part in range(4)
    ]


def halo(words: Iterable[Word], sheet: Sheet) -> None:
    """Draws a pale ground behind words that stand on lines or areas."""
    em = sheet.em
    grounds = [placed.box.grown(0.25 * em, 0.1 * em) for placed in words]
    sheet.boxes(grounds, sheet.palette.paper, opacity=0.85, radius=0.25 * em)


def outline(words: Iterable[Word], sheet: Sheet) -> None:
    """Draws the dashed outline of what is not provable around words."""
    em, unit = sheet.em, sheet.unit
    dashed = Stroke(sheet.palette.muted, 0.8 * unit, dash=(2.4 * unit, 1.6 * unit))
    grounds = [placed.box.grown(0.35 * em, 0.15 * em) for placed in words]
    sheet.boxes(grounds, sheet.palette.paper, opacity=0.0, radius=0.3 * em, stroke=dashed)


def tone(name: Tone, sheet: Sheet) -> str:
    """The colour of a tone."""
    return str(getattr(sheet.palette, name))
