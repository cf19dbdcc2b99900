"""What charts of rows share: words set beside marks, tick labels above the rows, the light grid behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from valueviz.language import measure
from valueviz.render.charts import axes
from valueviz.render.charts.sheet import Frame, Sheet, Word
from valueviz.story.blocks import Axis, Text

LEADING = 1.3
"""Distance of two baselines of one row, in type sizes."""
LEAST_PLOT = 15.0
"""A plot narrower than this many type sizes goes under the words of its row instead of between them."""


def trimmed(text: Text) -> Text:
    """The text without spaces at its two ends (inside facts nothing is touched)."""
    runs = [run for run in text if run.text.strip()]
    if not runs:
        return ()
    runs[0] = runs[0] if runs[0].kind == "fact" else replace(runs[0], text=runs[0].text.lstrip())
    last = runs[-1] if runs[-1].kind == "fact" else replace(runs[-1], text=runs[-1].text.rstrip())
    return (*runs[:-1], last)


def centred(middle: float, count: int, em: float) -> float:
    """The first baseline of so many lines around the middle of a row."""
    return middle + 0.35 * em - LEADING * em * (count - 1) / 2


def words(text: Sequence[Text], sheet: Sheet, *, x: float, y: float, colour: str) -> list[Word]:
    """Lines of text as words, one for each stretch of a weight; spaces at its ends move it, for SVG drops them."""
    found: list[Word] = []
    for rank, line in enumerate(text):
        place = x
        for strong, runs in groupby(line, key=lambda run: run.strong):
            written = "".join(run.text for run in runs)
            indent = measure(written[: len(written) - len(written.lstrip())], sheet.em, strong)
            base = y + LEADING * sheet.em * rank
            found.append(Word(written.strip(), place + indent, base, sheet.em, colour, bold=strong))
            place += measure(written, sheet.em, strong)
    return found


def ticks(
    axis: Axis, sheet: Sheet, frame: Frame, *, title_x: float, raised: float = 0.0, level: float | None = 0.0
) -> list[Word]:
    """The title of an axis over its tick labels over a plot; the place of no change stands out."""
    em, palette = sheet.em, sheet.palette
    base = frame.box.top - 0.6 * em
    found = [Word(axis.title, title_x, base - 1.45 * em - raised, em, palette.muted)] if axis.title else []
    for tick in axes.fitting(sheet, frame, axis.ticks):
        zero = tick.position == level
        colour = palette.ink if zero else palette.muted
        word = Word(tick.label, frame.x(tick.position), base, em, colour, bold=zero, align="center")
        found.append(axes.kept_inside(word, sheet))
    return found


def headroom(axis: Axis, em: float) -> float:
    """The height that `ticks` takes above a plot."""
    return (1.4 * em if axis.title else 0.0) + 2.1 * em
