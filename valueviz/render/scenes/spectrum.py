"""The performance spectrum: a line a case between two steps, segment below segment, on one axis of time.

Slow cases stand out by weight, so that a grey print tells them too; batches show as lines that meet in a point.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from valueviz.language import measure
from valueviz.render.charts.lettering import balanced
from valueviz.render.charts.sheet import Box, Frame
from valueviz.render.scenes.canvas import LEADING, MIDDLE, Canvas, breadth, move, straight
from valueviz.story.blocks import Axis, Run, Spectrum, SpectrumBand, Tick

NAMES: Final = 0.24
"""Names of the steps take at most this share of the width, left of the lines."""

NARROW: Final = 40.0
"""A canvas narrower than this many ems has the names above and below the lines."""

BAND: Final = 4.7
"""Height of a segment in ems."""

APART: Final = 1.8
"""Distance of two segments in ems."""

USUAL, SLOW = 0.34, 0.95
"""Breadths of the lines of usual and of slow cases, in units of the canvas."""

PALE: Final = 0.38
"""How much colour a usual line has: hundreds of them make a tone, one of them can still be seen."""


def draw(block: Spectrum, canvas: Canvas) -> float:
    """Draws every segment, the axis below the last, the rules over all of them; returns the height."""
    em = canvas.em
    beside = canvas.width >= NARROW * em
    left = _names_width(block, canvas) + 1.2 * em if beside else 0.0
    top = 2.0 * em if block.rules else 0.4 * em
    room = 0.0 if beside else LEADING * em
    frames = []
    for number in range(len(block.bands)):
        start = top + room + number * (BAND + APART) * em + 2 * room * number
        box = Box(left, start, canvas.width - 0.3 * em, start + BAND * em)
        frames.append(Frame(box, block.x.low, block.x.high))
    for band, frame in zip(block.bands, frames, strict=True):
        _lines(band, frame, canvas)
    for band, frame in zip(block.bands, frames, strict=True):
        _names(band, frame, canvas, beside=beside)
    if not frames:
        return top
    foot = frames[-1].box.bottom + room
    _rules(block, canvas, frames, top=top)
    _axis(block.x, frames[-1], canvas, y=foot)
    return _legend(block, canvas, y=foot + 3.4 * em, left=left)


# Lines ───────────────────────────────────────────────────────────────────────


def _lines(band: SpectrumBand, frame: Frame, canvas: Canvas) -> None:
    """The cases of a segment: usual ones as one pale path, slow ones as one dark path over it."""
    palette, unit, box = canvas.palette, canvas.em / 8, frame.box
    for slow in (False, True):
        d = "".join(
            _stretch(line, frame) for line, is_slow in zip(band.lines, band.slow, strict=True) if is_slow is slow
        )
        if d:
            colour = palette.ink if slow else palette.tint(palette.brand_deep, PALE)
            canvas.path(d, stroke=colour, width=(SLOW if slow else USUAL) * unit)
    for y in (box.top, box.bottom):
        canvas.line((box.left, y), (box.right, y), stroke=palette.muted, width=0.8 * unit)


def _stretch(line: tuple[float, float], frame: Frame) -> str:
    """The part of a case's line that lies within the axis, as an outline; nothing where none does."""
    leaves, arrives = line
    low, high = frame.x_low, frame.x_high
    if arrives < low or leaves > high:
        return ""
    shares: list[float] = []
    for place in (max(leaves, low), min(arrives, high)):
        shares.append((place - leaves) / (arrives - leaves) if arrives > leaves else float(bool(shares)))
    box = frame.box
    spots = [
        (frame.x(min(max(leaves + share * (arrives - leaves), low), high)), box.top + share * (box.bottom - box.top))
        for share in shares
    ]
    return move(spots[0]) + straight(spots[1])


# Words ───────────────────────────────────────────────────────────────────────


def _names_width(block: Spectrum, canvas: Canvas) -> float:
    most = NAMES * canvas.width
    widest = max((breadth(name, canvas.em) for band in block.bands for name in (band.top, band.bottom)), default=0.0)
    return min(widest, most)


def _names(band: SpectrumBand, frame: Frame, canvas: Canvas, *, beside: bool) -> None:
    """The steps at the two ends of a segment."""
    em, colour, box = canvas.em, canvas.palette.text, frame.box
    if not beside:
        for name, y in ((band.top, box.top - 0.5 * em), (band.bottom, box.bottom + 1.15 * em)):
            canvas.text(balanced(name, size=em, width=canvas.width, most=1)[0], (box.left, y), colour=colour)
        return
    width = box.left - 1.2 * em
    upper = balanced(band.top, size=em, width=width, most=2)
    lower = balanced(band.bottom, size=em, width=width, most=2)
    right = box.left - 0.8 * em
    canvas.lines(upper, (right, box.top + MIDDLE * em), colour=colour, align="right")
    base = box.bottom + MIDDLE * em - LEADING * em * (len(lower) - 1)
    canvas.lines(lower, (right, base), colour=colour, align="right")
    gap = (box.top + (LEADING * len(upper) - 0.3) * em, base - 1.35 * em)
    if gap[1] - gap[0] > 1.2 * em:
        _arrow(canvas, right - 0.5 * em, *gap)


def _arrow(canvas: Canvas, x: float, top: float, bottom: float) -> None:
    """From the one step to the other."""
    unit, colour = canvas.em / 8, canvas.palette.unchanged
    canvas.line((x, top), (x, bottom), stroke=colour, width=unit)
    reach = 2.2 * unit
    canvas.path(
        move((x - reach, bottom - reach)) + straight((x, bottom)) + straight((x + reach, bottom - reach)),
        stroke=colour,
        width=unit,
    )


def _rules(block: Spectrum, canvas: Canvas, frames: Sequence[Frame], *, top: float) -> None:
    """Upright rules over all segments, named above the first; the name stays on the canvas."""
    em, unit, palette = canvas.em, canvas.em / 8, canvas.palette
    for rule in block.rules:
        x = frames[0].x(rule.x)
        canvas.line((x, top - 1.9 * em), (x, frames[-1].box.bottom), stroke=palette.paper, width=3.2 * unit)
        canvas.line((x, top - 1.9 * em), (x, frames[-1].box.bottom), stroke=palette.ink, width=1.2 * unit)
        width = measure(rule.label, em, True)
        right = x + 0.5 * em + width <= canvas.width
        at = (x + 0.5 * em, top - em) if right else (x - 0.5 * em, top - em)
        canvas.text(
            (Run(rule.label, kind="furniture"),), at, colour=palette.ink, bold=True, align="left" if right else "right"
        )


def _axis(axis: Axis, frame: Frame, canvas: Canvas, *, y: float) -> None:
    """Marks below the last segment, as many as fit beside each other."""
    em, unit, palette = canvas.em, canvas.em / 8, canvas.palette
    for tick in _fitting(axis.ticks, frame, canvas):
        x = frame.x(tick.position)
        canvas.line((x, y), (x, y + 0.35 * em), stroke=palette.unchanged, width=0.8 * unit)
        half = measure(tick.label, em, False) / 2
        middle = min(max(x, half), canvas.width - half)
        canvas.text((Run(tick.label, kind="scale"),), (middle, y + 1.45 * em), colour=palette.muted, align="center")


def _fitting(ticks: Sequence[Tick], frame: Frame, canvas: Canvas) -> list[Tick]:
    inside = [tick for tick in ticks if frame.x_low <= tick.position <= frame.x_high]
    for every in range(1, len(inside) + 1):
        shown = inside[::every]
        ends = [(frame.x(t.position), measure(t.label, canvas.em, False) / 2) for t in shown]
        if all(b[0] - b[1] - a[0] - a[1] >= canvas.em for a, b in pairwise(ends)):
            return shown
    return []


def _legend(block: Spectrum, canvas: Canvas, *, y: float, left: float) -> float:
    """What the two weights of line mean; returns where the picture ends."""
    em, unit, palette = canvas.em, canvas.em / 8, canvas.palette
    x = left
    for kind, words in block.legend:
        width = 2.6 * em + measure(words, em, False)
        if x + width > canvas.width and x > left:
            x, y = left, y + LEADING * em
        colour = palette.ink if kind == "slow" else palette.tint(palette.brand_deep, PALE)
        breadth_ = (SLOW if kind == "slow" else 2 * USUAL) * unit
        canvas.line((x, y - 0.75 * em), (x + 1.8 * em, y + 0.05 * em), stroke=colour, width=breadth_)
        canvas.text((Run(words),), (x + 2.4 * em, y), colour=palette.muted)
        x += width + 1.6 * em
    return y + 0.5 * em
