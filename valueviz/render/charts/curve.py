"""Curves over one axis: smooth or stepped lines, named at their end or beside them, a span shaded, limits ruled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from valueviz.language import measure
from valueviz.render.charts import axes, labels
from valueviz.render.charts.lettering import plain_lines, spread
from valueviz.render.charts.sheet import Box, Frame, Shape, Sheet, Spot, Stroke, Word
from valueviz.story.blocks import Curve, Line

GOLDEN = {"small": 0.27, "medium": 0.4}
"""Height of the plot as a share of the width, by the height a block asks for."""
LEAST = 15.0
"""Least height of the plot in type sizes."""
SPARSE = 6
"""Of the many points of a stepped line, one in so many is enough to keep labels off it."""
UPRIGHT = 40
"""Labels keep clear of a rule for this many type sizes down."""
RULED = 1.4
"""Room for the names of rules above the plot, in type sizes."""
MARGIN_SHARE = 0.27
"""Names of lines may take this share of the width; longer ones are set in two lines."""


def draw(block: Curve, sheet: Sheet) -> float:
    """Draws the illustration on the sheet and returns its height."""
    em = sheet.em
    room = axes.margins(sheet, x=block.x, y=block.y)
    names = [
        plain_lines(line.label, size=em, width=MARGIN_SHARE * sheet.width, most=3, bold=True) for line in block.lines
    ]
    right = max((measure(part, em, True) for name in names for part in name), default=0.0) + 1.2 * em
    top = (2.0 if block.y.title else 0.6) * em + (RULED * em if block.rules else 0.0)
    tall = max(GOLDEN[block.height] * sheet.width, LEAST * em)
    frame = Frame(
        Box(room.left, top, sheet.width - right, top + tall), block.x.low, block.x.high, block.y.low, block.y.high
    )
    shaded = _shade(block, sheet, frame) + _rules(block, sheet, frame)
    words = axes.title(block.y, sheet, em) + axes.grid(sheet, frame, y=block.y) + shaded
    for line in block.lines:
        _line(line, sheet, frame)
    sheet.words(words + axes.baseline(sheet, frame, x=block.x))
    named = _names(block, names, sheet, frame)
    sheet.words(_labels(block, sheet, frame, taken=[word.box for word in [*shaded, *named]]))
    sheet.words(named)
    return frame.box.bottom + room.bottom


def _shade(block: Curve, sheet: Sheet, frame: Frame) -> list[Word]:
    """The shaded span behind the lines; its name stands at its top, on its own where it is wider."""
    if block.shade is None:
        return []
    start, end, label = block.shade
    box = Box(frame.x(start), frame.box.top, frame.x(end), frame.box.bottom)
    sheet.boxes([box], sheet.palette.unchanged, opacity=0.16)
    em = sheet.em
    word = Word(label, box.left + 0.4 * em, box.top + 1.3 * em, em, sheet.palette.muted)
    if word.width < box.right - box.left:
        word = word.moved((box.left + box.right) / 2, word.y, "center")
    return [axes.kept_inside(word, sheet)]


def _rules(block: Curve, sheet: Sheet, frame: Frame) -> list[Word]:
    """Upright rules with their names above the plot."""
    em, unit, palette = sheet.em, sheet.unit, sheet.palette
    found = []
    for rule in block.rules:
        x = frame.x(rule.x)
        dashed = Stroke(palette.ink, unit, dash=(3 * unit, 2 * unit))
        sheet.rules([(x, frame.box.top - 0.35 * em, x, frame.box.bottom)], dashed)
        word = Word(rule.label, x, frame.box.top - 0.65 * em, em, palette.ink, align="center")
        found.append(axes.kept_inside(word, sheet))
    return found


def _risers(points: Sequence[Spot]) -> list[Spot]:
    """A line that keeps its height until the next point and rises there."""
    found = list(points[:1])
    for (_, y), (x, higher) in pairwise(points):
        found += [(x, y), (x, higher)]
    return found


def _line(line: Line, sheet: Sheet, frame: Frame) -> None:
    """A line with a mark at its end where it has a name: a square says worse, as colour alone must not."""
    unit, colour = sheet.unit, labels.tone(line.tone, sheet)
    dash = (4.5 * unit, 3 * unit) if line.dashed else ()
    if line.stepped:
        sheet.line(frame, _risers(line.points), Stroke(colour, (1.2 if line.dashed else 1.8) * unit, dash))
    else:
        sheet.line(frame, line.points, Stroke(colour, 2 * unit, dash), smooth=True)
    if not line.label:
        return
    shape: Shape = "square" if line.tone == "worse" else "circle"
    edge = Stroke(sheet.palette.paper, 0.8 * unit)
    sheet.points(
        frame,
        line.points[-1:],
        shape=shape,
        size=6 * unit,
        fill=colour,
        stroke=edge,
    )


def _names(block: Curve, names: list[list[str]], sheet: Sheet, frame: Frame) -> list[Word]:
    """The names right of the ends of their lines, moved apart."""
    em = sheet.em
    ends = [frame.y(line.points[-1][1]) if line.points else frame.box.bottom for line in block.lines]
    tallest = max((len(name) for name in names), default=1)
    moved = spread(ends, gap=1.3 * em * tallest, low=frame.box.top, high=frame.box.bottom - 0.4 * em)
    return [
        Word(
            part,
            frame.box.right + 0.8 * em,
            place + 0.35 * em + 1.25 * em * (rank - (len(name) - 1) / 2),
            em,
            labels.tone(line.tone, sheet),
            bold=True,
        )
        for line, name, place in zip(block.lines, names, moved, strict=True)
        for rank, part in enumerate(name)
    ]


def _labels(block: Curve, sheet: Sheet, frame: Frame, *, taken: Sequence[Box]) -> list[Word]:
    """Labels inside the plot, near their places."""
    ink = labels.inked([line.points[:: SPARSE if line.stepped else 1] for line in block.lines], frame)
    ink += [(frame.x(rule.x), frame.box.top + n * sheet.em / 2) for rule in block.rules for n in range(2 * UPRIGHT)]
    found: list[Word] = []
    for label in block.labels:
        found.append(labels.settled(label, sheet, frame, taken=[*taken, *(word.box for word in found)], ink=ink))
    labels.halo(found, sheet)
    return found
