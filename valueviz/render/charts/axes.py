"""Grid, ticks and axis titles, all from what the story wrote; labels that do not fit are left out evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from valueviz.language import measure
from valueviz.render.charts.sheet import Frame, Sheet, Stroke, Word
from valueviz.story.blocks import Axis, Tick


@dataclass(frozen=True, slots=True)
class Margins:
    """What the words of an axis pair take from the plot: units of the sheet."""

    left: float
    bottom: float


def margins(sheet: Sheet, *, x: Axis, y: Axis) -> Margins:
    """The room for the labels left of and below a plot."""
    widest = max((measure(tick.label, sheet.em, False) for tick in y.ticks), default=0.0)
    below = 1.75 * sheet.em + (1.35 * sheet.em if x.title else 0.0)
    return Margins(left=widest + 0.7 * sheet.em if widest else 0.3 * sheet.em, bottom=below)


def grid(sheet: Sheet, frame: Frame, *, y: Axis) -> list[Word]:
    """Draws the horizontal grid and returns the labels at its left and the title above it."""
    box, em = frame.box, sheet.em
    inside = [tick for tick in y.ticks if y.low <= tick.position <= y.high]
    hairline = Stroke(sheet.palette.hairline, 0.6 * sheet.unit)
    sheet.rules(((box.left, frame.y(tick.position), box.right, frame.y(tick.position)) for tick in inside), hairline)
    apart = abs(frame.y(0.0) - frame.y(1.0)) * min(
        (abs(one.position - two.position) for one, two in pairwise(inside)), default=1.0
    )
    every = max(1, -int(-1.25 * em // apart)) if apart else 1
    return [
        Word(
            tick.label, box.left - 0.6 * em, frame.y(tick.position) + 0.35 * em, em, sheet.palette.muted, align="right"
        )
        for tick in inside[::every]
    ]


def title(y: Axis, sheet: Sheet, base: float) -> list[Word]:
    """The title of the vertical axis, upright above it; nothing where it has none."""
    return [Word(y.title, 0.0, base, sheet.em, sheet.palette.muted)] if y.title else []


def baseline(sheet: Sheet, frame: Frame, *, x: Axis) -> list[Word]:
    """Draws the line under a plot with its ticks and returns their labels and the title below them."""
    box, em, palette = frame.box, sheet.em, sheet.palette
    stroke = Stroke(palette.unchanged, 0.8 * sheet.unit)
    shown = fitting(sheet, frame, x.ticks)
    sheet.rules([(box.left, box.bottom, box.right, box.bottom)], stroke)
    sheet.rules(
        ((frame.x(tick.position), box.bottom, frame.x(tick.position), box.bottom + 0.35 * em) for tick in shown), stroke
    )
    words = [
        kept_inside(
            Word(tick.label, frame.x(tick.position), box.bottom + 1.4 * em, em, palette.muted, align="center"), sheet
        )
        for tick in shown
    ]
    if x.title:
        words.append(Word(x.title, box.right, box.bottom + 2.8 * em, em, palette.muted, align="right"))
    return words


def fitting(sheet: Sheet, frame: Frame, ticks: Sequence[Tick]) -> list[Tick]:
    """As many of the ticks as can be labelled without collision: all, every second, every third and so on."""
    for every in range(1, len(ticks) + 1):
        shown = [tick for tick in ticks[::every] if frame.x_low <= tick.position <= frame.x_high]
        boxes = [
            kept_inside(Word(tick.label, frame.x(tick.position), 0.0, sheet.em, "", align="center"), sheet).box
            for tick in shown
        ]
        if not any(one.overlaps(two, gap=0.5 * sheet.em) for one, two in pairwise(boxes)):
            return shown
    return []


def kept_inside(word: Word, sheet: Sheet) -> Word:
    """The word moved sideways as far as needed to stay on the sheet."""
    box = word.box
    shift = max(0.0, -box.left) - max(0.0, box.right - sheet.width)
    return word.moved(word.x + shift, word.y, word.align) if shift else word
