"""The value-stream ladder: waiting above a line, work below it, step by step, every period on one scale.

Blocks bear numbers, moved apart where they are thin; a list below tells name, waiting and work of each number.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from valueviz.language import measure
from valueviz.render.charts.lettering import balanced, spread
from valueviz.render.charts.sheet import Box
from valueviz.render.scenes.canvas import LEADING, Canvas, breadth
from valueviz.story.blocks import Ladder, LadderRow, LadderStep, Run

WAIT, WORK = 1.5, 0.9
"""Heights of the blocks above and below the line, in ems."""

THIN: Final = 0.09
"""A block is drawn at least this broad, in ems, so that minutes among days can be seen."""

NUMBER: Final = 1.7
"""Numbers over the blocks are at least so far apart, in ems."""

COLUMN: Final = 27.0
"""Least breadth in ems of a column of the list whose names may take two lines."""

MOST_COLUMNS: Final = 3
"""Columns of the list at most."""

LINE: Final = 1.42
"""Distance of two lines of the list in ems."""


def draw(block: Ladder, canvas: Canvas) -> float:
    """Draws a ladder for each period, one below the other, and returns the height."""
    em = canvas.em
    longest = max((_length(row) for row in block.rows), default=0.0) or 1.0
    y = 0.0
    for row in block.rows:
        y = _row(block, row, canvas, top=y, longest=longest) + 1.2 * em
    return _legend(block, canvas, y=y + 0.5 * em)


def _length(row: LadderRow) -> float:
    return sum(step.wait + (step.work or 0.0) for step in row.steps)


def _row(block: Ladder, row: LadderRow, canvas: Canvas, *, top: float, longest: float) -> float:
    em, palette = canvas.em, canvas.palette
    title = canvas.text(row.title, (0.0, top + em), colour=palette.ink, bold=True)
    ends = breadth(row.total, em, bold=True) + breadth(row.efficiency, em) + 1.8 * em
    beside = title.right + 2 * em + ends <= canvas.width
    start = top + (1.6 if beside else 1.6 + LEADING) * em
    foot = _steps(row, canvas, top=start, longest=longest)
    y = _list(block, row, canvas, top=foot + 0.5 * em)
    x = canvas.width - ends if beside else 0.0
    base = top + em if beside else top + (1 + LEADING) * em
    box = canvas.text(row.total, (x, base), colour=palette.ink, bold=True)
    canvas.text(row.efficiency, (box.right + 1.8 * em, base), colour=palette.muted)
    return y


# The ladder ──────────────────────────────────────────────────────────────────


def _steps(row: LadderRow, canvas: Canvas, *, top: float, longest: float) -> float:
    """The blocks along the line with their numbers above; returns where they end."""
    em, palette = canvas.em, canvas.palette
    scale = (canvas.width - 0.2 * em) / longest
    line = top + (2.0 + WAIT) * em
    starts = list(accumulate((scale * (step.wait + (step.work or 0.0)) for step in row.steps), initial=0.0))
    for step, left in zip(row.steps, starts, strict=False):
        middle = left + scale * step.wait
        if step.wait > 0:
            canvas.rect(
                Box(left, line - WAIT * em, max(middle, left + THIN * em), line),
                fill=palette.tint(palette.unchanged, 0.5),
                stroke=palette.paper,
                width=0.06 * em,
            )
        if step.work:
            right = max(middle + scale * step.work, middle + THIN * em)
            canvas.rect(Box(middle, line, right, line + WORK * em), fill=palette.brand_deep)
    canvas.line((0.0, line), (starts[-1], line), stroke=palette.ink, width=0.12 * em)
    _marks(row, canvas, starts, top=top, line=line)
    return line + WORK * em


def _marks(row: LadderRow, canvas: Canvas, starts: Sequence[float], *, top: float, line: float) -> None:
    """The number of every step over its block, moved apart and led to it where it is thin."""
    em, palette = canvas.em, canvas.palette
    centres = [(left + right) / 2 for left, right in pairwise(starts)]
    places = spread(centres, gap=NUMBER * em, low=0.8 * em, high=canvas.width - 0.8 * em)
    for step, centre, place in zip(row.steps, centres, places, strict=True):
        head = line - WAIT * em
        canvas.line((place, top + 1.15 * em), (centre, head), stroke=palette.muted, width=0.07 * em)
        canvas.text(
            (Run(str(step.number), kind="furniture"),), (place, top + 0.9 * em), colour=palette.muted, align="center"
        )


# The list ────────────────────────────────────────────────────────────────────


def _list(block: Ladder, row: LadderRow, canvas: Canvas, *, top: float) -> float:
    """Number, name, waiting and work of every step, in one column or two; returns where it ends."""
    em = canvas.em
    gap = 2.4 * em
    columns = _columns(block, canvas, gap=gap) if len(row.steps) > MOST_COLUMNS else 1
    width = (canvas.width - gap * (columns - 1)) / columns
    rows = -(-len(row.steps) // columns)
    edges = _edges(block, canvas)
    bottoms = [top]
    for column in range(columns):
        left, y = column * (width + gap), top
        for step in row.steps[column * rows : (column + 1) * rows]:
            y = _entry(step, canvas, Box(left, y, left + width, y), edges=edges)
        bottoms.append(y)
    return max(bottoms)


def _columns(block: Ladder, canvas: Canvas, *, gap: float) -> int:
    """How many columns fit: three where every name keeps to one line, two where it may take two."""
    em = canvas.em
    names = max(breadth(step.label, em) for each in block.rows for step in each.steps)
    edges = _edges(block, canvas)
    entry = names + sum(edges) + 5.5 * em + (1.5 * em if edges[1] else 0.0)
    if MOST_COLUMNS * (entry + gap) - gap <= canvas.width:
        return MOST_COLUMNS
    return 2 if canvas.width >= 2 * COLUMN * em else 1


def _edges(block: Ladder, canvas: Canvas) -> tuple[float, float]:
    """The widths of the two columns of times: alike in every period."""
    every = [step for each in block.rows for step in each.steps]
    waits = max((breadth(step.wait_text, canvas.em) for step in every), default=0.0)
    works = max((breadth(step.work_text, canvas.em) for step in every), default=0.0)
    return waits, works


def _entry(step: LadderStep, canvas: Canvas, place: Box, *, edges: tuple[float, float]) -> float:
    em, palette = canvas.em, canvas.palette
    waits, works = edges[0] + 1.5 * em, (edges[1] + 1.5 * em if edges[1] else 0.0)
    room = place.right - place.left - 2.0 * em - waits - works
    words = balanced(step.label, size=em, width=room, most=2)
    base = place.top + 1.15 * em
    canvas.text(
        (Run(str(step.number), kind="furniture"),), (place.left + 1.1 * em, base), colour=palette.muted, align="right"
    )
    canvas.lines(words, (place.left + 1.9 * em, base), colour=palette.text)
    middle = place.right - works
    _swatch(canvas, "wait", middle - edges[0] - 0.8 * em, base)
    canvas.text(step.wait_text, (middle, base), colour=palette.text, align="right")
    if edges[1]:
        _swatch(canvas, "work", place.right - edges[1] - 0.8 * em, base)
        canvas.text(step.work_text, (place.right, base), colour=palette.text, align="right")
    below = base + LEADING * em * (len(words) - 1) + (LINE - 1.15) * em
    canvas.line((place.left, below), (place.right, below), stroke=palette.hairline, width=0.06 * em)
    return below


def _swatch(canvas: Canvas, kind: str, x: float, base: float) -> None:
    """A small block of a kind beside its time."""
    em, palette = canvas.em, canvas.palette
    box = Box(x, base - 0.68 * em, x + 0.4 * em, base + 0.02 * em)
    canvas.rect(box, fill=palette.tint(palette.unchanged, 0.5) if kind == "wait" else palette.brand_deep)


def _legend(block: Ladder, canvas: Canvas, *, y: float) -> float:
    em, x = canvas.em, 0.0
    for kind, words in block.legend:
        _swatch(canvas, kind, x, y)
        canvas.text((Run(words),), (x + 0.8 * em, y), colour=canvas.palette.muted)
        x += 0.8 * em + measure(words, em, False) + 1.6 * em
    return y + 0.5 * em
