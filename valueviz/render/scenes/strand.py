"""Lines of a process map with their arrow heads, each meaning in its form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from valueviz.render.charts.sheet import Spot
from valueviz.render.scenes import canvas as pen
from valueviz.render.scenes.canvas import Canvas
from valueviz.story.blocks import EdgeForm

LEAST: Final[dict[EdgeForm, float]] = {
    "slower": 0.36,
    "faster": 0.2,
    "faster_outline": 0.36,
    "slower_outline": 0.46,
    "added": 0.16,
}
"""Least breadth in ems at which a form can be told from others."""

RIM: Final = 0.11
"""Breadth of the rim of a hollow line, in ems: about one point."""


@dataclass(frozen=True, slots=True)
class Strand:
    """A line to draw: its bends in units of the canvas (a start, then Bézier pieces), its breadth in ems, its form."""

    bends: tuple[Spot, ...]
    breadth: float
    form: EdgeForm
    rework: bool
    headless: bool = False


def breadth_of(form: EdgeForm, width: float) -> float:
    """The breadth a line is drawn with, in ems."""
    return max(LEAST.get(form, 0.1), width)


def draw_strand(canvas: Canvas, strand: Strand) -> None:
    """Draw one line with its head."""
    em, palette = canvas.em, canvas.palette
    colours: dict[EdgeForm, str] = {
        "plain": palette.unchanged,
        "added": palette.new,
        "removed": palette.unchanged,
        "ghost": palette.tint(palette.unchanged, 0.75),
        "bridge": palette.unchanged,
        "faster": palette.better,
        "slower": palette.worse,
        "faster_outline": palette.better,
        "slower_outline": palette.worse,
    }
    colour = colours[strand.form]
    ghost = strand.form in ("ghost", "bridge")
    breadth = 0.09 if ghost else breadth_of(strand.form, strand.breadth)
    length = 0.0 if strand.headless else 0.55 + 0.55 * min(breadth, 0.7)
    line = outline(_shortened(strand.bends, length * 0.92 * em))
    dash: tuple[float, ...] = ()
    if strand.rework or strand.form in ("ghost", "bridge", "removed"):
        dash = (0.09 * em, 0.28 * em) if strand.form == "bridge" else (0.35 * em, 0.3 * em)
        dash = dash if ghost else (max(0.55, 1.1 * breadth) * em, max(0.3, 0.55 * breadth) * em)
    canvas.path(line, stroke=colour, width=breadth * em, dash=dash)
    hollow = strand.form in ("faster_outline", "slower_outline")
    if hollow:
        canvas.path(line, stroke=palette.paper, width=(breadth - 2 * RIM) * em)
    if strand.form == "slower":
        canvas.path(line, stroke=palette.paper, width=0.3 * breadth * em)
    if strand.form == "slower_outline":
        canvas.path(line, stroke=colour, width=RIM * 0.8 * em)
    if strand.form == "added":
        _tail(canvas, strand.bends, radius=(breadth / 2 + 0.2) * em, colour=colour)
    if not strand.headless:
        half = (0.32 if ghost else 0.38 + 0.5 * breadth) * em
        spots = _head(strand.bends, length * em, half)
        if hollow:
            canvas.path(pen.polygon(spots), fill=palette.paper, stroke=colour, width=RIM * em, join="round")
        else:
            canvas.path(pen.polygon(spots), fill=colour)


def outline(bends: tuple[Spot, ...]) -> str:
    """Bends as an outline; a piece whose controls lie on its ends is straight."""
    found = pen.move(bends[0])
    for number in range(1, len(bends), 3):
        start, first, second, end = bends[number - 1], bends[number], bends[number + 1], bends[number + 2]
        if first == start and second == end:
            found += pen.straight(end)
        else:
            found += pen.curve(first, second, end)
    return found


def _heading(bends: tuple[Spot, ...]) -> Spot:
    """The direction in which a line ends."""
    end = bends[-1]
    for other in reversed(bends[:-1]):
        length = math.dist(end, other)
        if length > 1e-6:
            return (end[0] - other[0]) / length, (end[1] - other[1]) / length
    return 0.0, 1.0


def _shortened(bends: tuple[Spot, ...], by: float) -> tuple[Spot, ...]:
    """The line without its last stretch, which the head covers."""
    if not by:
        return bends
    dx, dy = _heading(bends)
    *kept, first, second, end = bends
    moved = (end[0] - dx * by, end[1] - dy * by)
    if second == end:
        straight = first == kept[-1]
        # a straight piece shorter than the head gives way altogether
        if straight and math.dist(kept[-1], end) <= by and len(kept) >= 4:
            return _shortened(tuple(kept), by - math.dist(kept[-1], end))
        return (*kept, first, moved, moved)
    return (*kept, first, (second[0] - dx * by * 0.5, second[1] - dy * by * 0.5), moved)


def _head(bends: tuple[Spot, ...], length: float, half: float) -> list[Spot]:
    (x, y), (dx, dy) = bends[-1], _heading(bends)
    back = (x - dx * length, y - dy * length)
    return [(x, y), (back[0] - dy * half, back[1] + dx * half), (back[0] + dy * half, back[1] - dx * half)]


def _tail(canvas: Canvas, bends: tuple[Spot, ...], *, radius: float, colour: str) -> None:
    """The dot a new way begins with."""
    (x, y), (dx, dy) = bends[0], _leaving(bends)
    canvas.circle((x + dx * radius * 0.6, y + dy * radius * 0.6), radius, fill=colour)


def _leaving(bends: tuple[Spot, ...]) -> Spot:
    """The direction in which a line begins."""
    back = _heading(tuple(reversed(bends)))
    return -back[0], -back[1]
