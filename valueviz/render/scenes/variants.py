"""Variants: the steps of each as chevrons, its shares of the cases as bars mirrored around an axis.

New steps are solid, dropped ones dashed outlines. Where the names do not fit into the chevrons of every row, all of
them bear numbers, and a key below names each number once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from valueviz.language import measure
from valueviz.render.charts.lettering import balanced
from valueviz.render.charts.sheet import Box
from valueviz.render.scenes.canvas import LEADING, MIDDLE, Canvas, breadth, polygon
from valueviz.story.blocks import Run, Text, VariantRow, Variants, VariantStep

NARROW: Final = 42.0
"""A canvas narrower than this many ems has the bars below the chevrons."""

BARS: Final = 0.31
"""Share of the width that the bars take beside the chevrons."""

CHEVRON: Final = 1.75
"""Height of a chevron in ems."""

LINE: Final = 2.15
"""Distance of two lines of chevrons in ems."""

NOTCH: Final = 0.5
"""Depth of the point of a chevron in ems."""

MOST_LINES: Final = 2
"""Chevrons bear names while no row needs more lines than these."""

LABEL: Final = 1.6
"""Room for the letter of a variant in ems."""

BAR: Final = 1.1
"""Breadth of a bar in ems."""


@dataclass(frozen=True, slots=True)
class Chevron:
    """A step measured: what it bears, its place along its line, and which line."""

    step: VariantStep
    words: str
    left: float
    width: float
    line: int


def draw(block: Variants, canvas: Canvas) -> float:
    """Draws rows, key and legend, and returns the height."""
    em = canvas.em
    stacked = canvas.width < NARROW * em
    bars = canvas.width if stacked else BARS * canvas.width
    room = canvas.width - LABEL * em - (0.0 if stacked else bars + 1.5 * em)
    numbers = _numbers(block)
    named = all(_lines(_named(row, room, canvas)) <= MOST_LINES for row in block.rows)
    y = _heads(block, canvas, left=0.0 if stacked else canvas.width - bars, width=bars)
    for row in block.rows:
        chevrons = _named(row, room, canvas) if named else _numbered(row, room, canvas, numbers)
        y = _row(block, row, chevrons, canvas, top=y, bars=bars, stacked=stacked)
    canvas.line((0.0, y), (canvas.width, y), stroke=canvas.palette.unchanged, width=0.1 * em)
    y += 0.4 * em
    if not named:
        y = _key(block, canvas, numbers, top=y)
    return _legend(block, canvas, top=y)


# Chevrons ────────────────────────────────────────────────────────────────────


def _numbers(block: Variants) -> dict[str, str]:
    """A number for every step, in order of the flow."""
    names = dict.fromkeys([step.name for step in block.steps] + [s.name for row in block.rows for s in row.steps])
    return {name: str(number) for number, name in enumerate((n for n in names if n != "…"), start=1)} | {"…": "…"}


def _named(row: VariantRow, room: float, canvas: Canvas) -> list[Chevron]:
    return _set([(step, step.name) for step in row.steps], room, canvas, least=0.0)


def _numbered(row: VariantRow, room: float, canvas: Canvas, numbers: Mapping[str, str]) -> list[Chevron]:
    return _set([(step, numbers[step.name]) for step in row.steps], room, canvas, least=_chip(canvas, numbers))


def _chip(canvas: Canvas, numbers: Mapping[str, str]) -> float:
    """The width of a chevron with a number: all of one chart have one width."""
    return max(measure(number, canvas.em, False) for number in numbers.values()) + 1.35 * canvas.em


def _set(steps: Sequence[tuple[VariantStep, str]], room: float, canvas: Canvas, *, least: float) -> list[Chevron]:
    """The chevrons one after another, on as many lines as they need."""
    em, left, line = canvas.em, 0.0, 0
    found = []
    for step, words in steps:
        width = max(least, measure(words, em, False) + 1.5 * em)
        if left and left + width > room:
            left, line = 0.0, line + 1
        found.append(Chevron(step, words, left, width, line))
        left += width - 0.18 * em
    return found


def _lines(chevrons: Sequence[Chevron]) -> int:
    """How many lines some chevrons take; too many where one is wider than its line."""
    return chevrons[-1].line + 1 if chevrons else 1


def _chevron(canvas: Canvas, step: VariantStep, words: str, *, left: float, middle: float, width: float) -> None:
    """One step: pale where it is in both periods, solid where it is new, a dashed outline where it was dropped."""
    em, palette = canvas.em, canvas.palette
    half, notch = CHEVRON * em / 2, NOTCH * em
    right = left + width - 0.32 * em
    outline = polygon(
        [
            (left, middle - half),
            (right - notch, middle - half),
            (right, middle),
            (right - notch, middle + half),
            (left, middle + half),
            (left + notch, middle),
        ]
    )
    colour = palette.text
    match step.form:
        case "added":
            canvas.path(outline, fill=palette.new)
            colour = palette.on_mark
        case "removed":
            canvas.path(outline, stroke=palette.unchanged, width=0.11 * em, dash=(0.35 * em, 0.22 * em))
            colour = palette.muted
        case _:
            canvas.path(outline, fill=palette.tint(palette.brand_deep, 0.13))
    centre = (left + right) / 2 + 0.12 * em
    with canvas.group(title=step.name):
        canvas.text((Run(words, kind="quotation"),), (centre, middle + MIDDLE * em), colour=colour, align="center")


# Rows ────────────────────────────────────────────────────────────────────────


def _heads(block: Variants, canvas: Canvas, *, left: float, width: float) -> float:
    """The names of the two sides over the bars; returns where the first row starts."""
    em, colour = canvas.em, canvas.palette.muted
    before, after = block.titles
    axis = _axis(block, left, width)
    if before:
        canvas.text((Run(before),), (axis - 0.6 * em, em), colour=colour, align="right")
    canvas.text((Run(after),), (axis + (0.6 if before else 0.0) * em, em), colour=colour)
    return 1.6 * em


def _axis(block: Variants, left: float, width: float) -> float:
    """Where the bars start: in the middle, or at the left where there is one period only."""
    return left + width / 2 if block.titles[0] else left


def _row(
    block: Variants,
    row: VariantRow,
    chevrons: Sequence[Chevron],
    canvas: Canvas,
    *,
    top: float,
    bars: float,
    stacked: bool,
) -> float:
    em, palette = canvas.em, canvas.palette
    canvas.line((0.0, top), (canvas.width, top), stroke=palette.hairline, width=0.08 * em)
    lines = _lines(chevrons)
    first = top + 0.45 * em + CHEVRON * em / 2
    height = (0.9 + CHEVRON + LINE * (lines - 1)) * em
    room = canvas.width if chevrons or stacked else canvas.width - bars - em
    label = balanced(row.label, size=em, width=room, most=2)
    canvas.lines(label, (0.0, first + MIDDLE * em - LEADING * em * (len(label) - 1) / 2), colour=palette.ink, bold=True)
    drawn = [(each, LABEL * em + each.left, first + LINE * em * each.line) for each in chevrons]
    for each, left, middle in drawn:
        _chevron(canvas, each.step, each.words, left=left, middle=middle, width=each.width)
    if stacked:
        _bars(block, row, canvas, left=0.0, width=bars, middle=top + height + 0.5 * em)
        return top + height + 1.5 * em
    _bars(block, row, canvas, left=canvas.width - bars, width=bars, middle=top + height / 2)
    return top + height


def _bars(block: Variants, row: VariantRow, canvas: Canvas, *, left: float, width: float, middle: float) -> None:
    """The two shares on one scale, their texts at the outer ends."""
    em, palette = canvas.em, canvas.palette
    axis, half = _axis(block, left, width), BAR * em / 2
    texts = [text for each in block.rows for text in (each.before_text, each.after_text)]
    room = (width / 2 if block.titles[0] else width) - max(breadth(text, em) for text in texts) - 0.9 * em
    largest = max(max(each.before, each.after) for each in block.rows) or 1.0
    ends = axis - row.before / largest * room, axis + row.after / largest * room
    if row.before > 0:
        canvas.rect(
            Box(ends[0], middle - half, axis, middle + half),
            fill=palette.tint(palette.unchanged, 0.55),
            stroke=palette.muted,
            width=0.07 * em,
        )
    if row.after > 0:
        canvas.rect(Box(axis, middle - half, ends[1], middle + half), fill=palette.brand_deep)
    canvas.line((axis, middle - 1.2 * em), (axis, middle + 1.2 * em), stroke=palette.ink, width=0.11 * em)
    base = middle + MIDDLE * em
    if row.before_text:
        canvas.text(row.before_text, (ends[0] - 0.45 * em, base), colour=palette.muted, align="right")
    canvas.text(row.after_text, (ends[1] + 0.45 * em, base), colour=palette.text)


# Key ─────────────────────────────────────────────────────────────────────────


def _key(block: Variants, canvas: Canvas, numbers: Mapping[str, str], *, top: float) -> float:
    """Every number with its name, in columns; returns where the next thing may start."""
    em = canvas.em
    forms = {step.name: step for row in block.rows for step in row.steps} | {step.name: step for step in block.steps}
    entries = [(forms[name], number) for name, number in numbers.items() if name in forms and name != "…"]
    chip = _chip(canvas, numbers)
    widest = max(measure(step.name, em, False) for step, _ in entries) + chip + 1.6 * em
    columns = max(1, min(4, int(canvas.width // widest)))
    width = canvas.width / columns
    y = top
    for start in range(0, len(entries), columns):
        deepest = 1
        for place, (step, number) in enumerate(entries[start : start + columns]):
            left = place * width
            middle = y + 1.1 * em
            _chevron(canvas, step, number, left=left, middle=middle, width=chip)
            name: Text = (Run(step.name, kind="quotation"),)
            words = balanced(name, size=em, width=width - chip - 0.8 * em, most=2)
            base = middle + MIDDLE * em - LEADING * em * (len(words) - 1) / 2
            canvas.lines(words, (left + chip + 0.2 * em, base), colour=canvas.palette.text)
            deepest = max(deepest, len(words))
        y += (0.95 + LEADING * deepest) * em
    return y + 0.3 * em


def _legend(block: Variants, canvas: Canvas, *, top: float) -> float:
    """What the forms of chevrons mean; returns the height of the picture."""
    em = canvas.em
    if not block.legend:
        return top + 0.3 * em
    x, y = 0.0, top + 1.1 * em
    for form, words in block.legend:
        width = 2.6 * em + measure(words, em, False)
        if x and x + width > canvas.width:
            x, y = 0.0, y + 1.9 * em
        _chevron(canvas, VariantStep(words, form), "", left=x, middle=y, width=2.3 * em)
        canvas.text((Run(words),), (x + 2.6 * em, y + MIDDLE * em), colour=canvas.palette.muted)
        x += width + 1.6 * em
    return y + 1.2 * em
