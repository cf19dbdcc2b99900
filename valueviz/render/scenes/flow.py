"""Process maps: panels on one layout, lines under steps under labels; a meaning has a form of its own beside its colour.

Faster is a solid line, slower a doubled one, new begins with a dot; what differs no more than the process wanders is
hollow, and what is gone is thin and dashed: in grey print they can still be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from valueviz.render.charts.sheet import Box, Medium, Spot
from valueviz.render.scenes import canvas as pen
from valueviz.render.scenes.canvas import MIDDLE, Canvas
from valueviz.render.scenes.strand import Strand, draw_strand
from valueviz.story.blocks import MapEdge, MapLane, MapNode, MapPanel, ProcessMap, Run, Text
from valueviz.story.voice import plain

BETWEEN: Final = 1.2
"""Ems between two panels."""

HEADING: Final = 3.3
"""Ems above the frame of a panel: its title and what it shows."""

LANE_HEAD: Final = 2.9
"""Ems inside the frame for the names of lanes."""

TITLE: Final = 1.2
"""Size of a panel's title, in ems."""

SMALLEST: Final = 0.91
"""On screen a map is set down to this size before its panels stand below each other: 11 px."""

LARGEST: Final[dict[Medium, float]] = {"print": 1.0, "screen": 1.1}
"""A map grows to this size where there is room; on paper no label is larger than another."""

LEADING: Final = 1.28
NODE_RADIUS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Fit:
    """How a map fits a width: units of an em, panels side by side, and the width the whole of it takes."""

    em: float
    columns: int
    width: float


def fit(block: ProcessMap, *, width: float, medium: Medium) -> Fit:
    """How a map is set into a width; on a screen that is too narrow it is wider, to be scrolled."""
    label = pen.EM[medium]
    smallest = block.least / label if medium == "print" else SMALLEST
    for columns in sorted({len(block.panels), 1}, reverse=True):
        scale = width / ((columns * block.width + (columns - 1) * BETWEEN) * label)
        if scale >= smallest:
            return Fit(label * min(scale, LARGEST[medium]), columns, width)
    if medium == "print":
        return Fit(width / block.width, 1, width)
    em = label * SMALLEST
    return Fit(em, 1, block.width * em)


def draw(block: ProcessMap, canvas: Canvas) -> float:
    """Draw the panels and the legend; returns the height."""
    found = fit(block, width=canvas.width, medium=canvas.medium)
    canvas.em, canvas.width = found.em, found.width
    em = found.em
    inner = (LANE_HEAD if block.lanes else 0.0) + block.height
    column = (found.width - (found.columns - 1) * BETWEEN * em) / found.columns
    top = 0.0
    for number, panel in enumerate(block.panels):
        place = number % found.columns
        if number and place == 0:
            top += (HEADING + inner + 1.6) * em
        left = place * (column + BETWEEN * em)
        frame = Box(left, top + HEADING * em, left + column, top + (HEADING + inner) * em)
        with canvas.group(name="vv-map-panel"):
            _panel(panel, block.lanes, _Ground(canvas, frame, block.width, inner - block.height), top=top)
    bottom = top + (HEADING + inner) * em
    return _legend(block, canvas, top=bottom + 0.9 * em) if block.legend else bottom


class _Ground:
    """Where a panel's drawing lies on the canvas."""

    def __init__(self, canvas: Canvas, frame: Box, width: float, head: float) -> None:
        self.canvas = canvas
        self.frame = frame
        self.em = canvas.em
        self.left = (frame.left + frame.right - width * canvas.em) / 2
        self.top = frame.top + head * canvas.em

    def spot(self, spot: Spot) -> Spot:
        return self.left + spot[0] * self.em, self.top + spot[1] * self.em


def _panel(panel: MapPanel, lanes: tuple[MapLane, ...], ground: _Ground, *, top: float) -> None:
    canvas, em, palette = ground.canvas, ground.em, ground.canvas.palette
    left = ground.frame.left
    canvas.text(panel.title, (left, top + 1.2 * em), colour=palette.ink, size=TITLE * em, bold=True)
    canvas.text(panel.subtitle, (left, top + 2.75 * em), colour=palette.muted)
    canvas.rect(ground.frame, fill=palette.paper, stroke=palette.hairline, width=0.08 * em, radius=0.6 * em)
    _lanes(lanes, ground)
    ordered = sorted(panel.edges, key=lambda edge: (edge.form != "ghost", edge.width))
    for edge in ordered:
        with canvas.group(title=_edge_title(edge, panel)):
            draw_strand(canvas, _strand(edge, ground))
    for node in panel.nodes:
        with canvas.group(title=node.key if node.name else ""):
            _node(node, ground)
    for edge in panel.edges:
        if edge.label and edge.label_at is not None:
            with canvas.group(title=_edge_title(edge, panel)):
                _label(edge, edge.label_at, ground)


def _edge_title(edge: MapEdge, panel: MapPanel) -> str:
    known = {node.key: plain(tuple(run for line in node.name for run in line)) for node in panel.nodes}
    if not (known.get(edge.source) and known.get(edge.target)):
        return ""
    said = f": {plain(edge.label)}" if edge.label else ""
    return f"{edge.source} → {edge.target}{said}"


def _strand(edge: MapEdge, ground: _Ground) -> Strand:
    points = tuple(ground.spot(point) for point in edge.points)
    return Strand(points, edge.width, edge.form, edge.rework)


def _lanes(lanes: tuple[MapLane, ...], ground: _Ground) -> None:
    canvas, em, frame = ground.canvas, ground.em, ground.frame
    palette = canvas.palette
    for number, lane in enumerate(lanes):
        left, right = ground.spot((lane.left, 0))[0], ground.spot((lane.right, 0))[0]
        left = frame.left if number == 0 else left
        right = frame.right if number == len(lanes) - 1 else right
        if number % 2 == 0:
            canvas.rect(Box(left, frame.top, right, frame.bottom), fill=palette.tint(palette.panel, 0.75), radius=0)
        if number:
            canvas.line((left, frame.top), (left, frame.bottom), stroke=palette.hairline, width=0.08 * em)
    for lane in lanes:
        left, right = ground.spot((lane.left, 0))[0], ground.spot((lane.right, 0))[0]
        y = frame.top + (LANE_HEAD / 2 + MIDDLE - LEADING * (len(lane.name) - 1) / 2) * em
        for line in lane.name:
            canvas.text(line, ((left + right) / 2, y), colour=palette.muted, bold=True, align="center")
            y += LEADING * em
    if lanes:
        y = frame.top + LANE_HEAD * em
        canvas.line((frame.left, y), (frame.right, y), stroke=palette.hairline, width=0.08 * em)
        canvas.rect(frame, stroke=palette.hairline, width=0.08 * em)


# Steps ───────────────────────────────────────────────────────────────────────


def _node(node: MapNode, ground: _Ground) -> None:
    if node.form in ("enter", "leave"):
        _gate(node, ground)
        return
    canvas, em, palette = ground.canvas, ground.em, ground.canvas.palette
    x, y = ground.spot((node.x, node.y))
    half_width, half_height = node.width * em / 2, node.height * em / 2
    box = Box(x - half_width, y - half_height, x + half_width, y + half_height)
    fill, line, ink, muted, width = palette.panel, palette.tint(palette.muted, 0.75), palette.ink, palette.muted, 0.09
    dash: tuple[float, ...] = ()
    match node.form:
        case "added":
            fill, line, width = palette.tint(palette.new, 0.1), palette.new, 0.16
            ink = muted = palette.new
        case "removed":
            fill, line, width, dash = palette.paper, palette.muted, 0.16, (0.5 * em, 0.3 * em)
        case "ghost":
            fill, line, dash = palette.paper, palette.unchanged, (0.4 * em, 0.35 * em)
            ink = muted = palette.muted
    canvas.rect(box, fill=fill, stroke=line, width=width * em, dash=dash, radius=NODE_RADIUS * em)
    _words(node, ground, (x, y), ink=ink, muted=muted)
    if node.badge:
        _badge(node.badge, ground, right=box.right + 0.5 * em, middle=box.top - 0.35 * em, colour=line)


def _words(node: MapNode, ground: _Ground, centre: Spot, *, ink: str, muted: str) -> None:
    """Name and details, line by line, or the details beside the last line of the name."""
    canvas, em, bold = ground.canvas, ground.em, node.form != "ghost"
    x, y = centre
    *upper, last = node.name
    count = len(node.name) + (1 if node.details and not node.inline else 0)
    baseline = y + (MIDDLE - LEADING * (count - 1) / 2) * em
    for line in upper:
        canvas.text(line, (x, baseline), colour=ink, bold=bold, align="center")
        baseline += LEADING * em
    if node.inline and node.details:
        wide = pen.breadth(last, em, bold=bold)
        left = x - (wide + 0.6 * em + pen.breadth(node.details, em)) / 2
        canvas.text(last, (left, baseline), colour=ink, bold=bold)
        canvas.text(node.details, (left + wide + 0.6 * em, baseline), colour=muted)
        return
    canvas.text(last, (x, baseline), colour=ink, bold=bold, align="center")
    canvas.text(node.details, (x, baseline + LEADING * em), colour=muted, align="center")


def _badge(text: Text, ground: _Ground, *, right: float, middle: float, colour: str) -> None:
    canvas, em = ground.canvas, ground.em
    size = em
    width = pen.breadth(text, size, bold=True) + 1.1 * em
    box = Box(right - width, middle - 0.68 * em, right, middle + 0.68 * em)
    canvas.rect(box, fill=colour, radius=0.68 * em)
    at = ((box.left + box.right) / 2, middle + MIDDLE * size)
    canvas.text(text, at, colour=canvas.palette.on_mark, size=size, bold=True, align="center")


def _gate(node: MapNode, ground: _Ground) -> None:
    """Where cases come in, a triangle in a ring; where they go out, a square in a disc."""
    canvas, em, palette = ground.canvas, ground.em, ground.canvas.palette
    x, y = ground.spot((node.x, node.y))
    radius = node.width * em / 2
    if node.form == "enter":
        canvas.circle((x, y), radius - 0.08 * em, fill=palette.panel, stroke=palette.muted, width=0.16 * em)
        reach = radius * 0.42
        spots = [(x - reach * 0.7, y - reach), (x + reach * 1.1, y), (x - reach * 0.7, y + reach)]
        canvas.path(pen.polygon(spots), fill=palette.muted)
        return
    canvas.circle((x, y), radius, fill=palette.muted)
    side = radius * 0.32
    canvas.rect(Box(x - side, y - side, x + side, y + side), fill=palette.paper)


# Labels ──────────────────────────────────────────────────────────────────────


def _label(edge: MapEdge, at: Spot, ground: _Ground) -> None:
    canvas, em, palette = ground.canvas, ground.em, ground.canvas.palette
    x, y = ground.spot(at)
    told = edge.form in ("added", "faster", "slower", "faster_outline", "slower_outline")
    colours = {
        "added": palette.new,
        "faster": palette.better,
        "faster_outline": palette.better,
        "slower": palette.worse,
        "slower_outline": palette.worse,
    }
    bold = edge.form in ("faster", "slower")
    width = pen.breadth(edge.label, em, bold=bold)
    area = Box(x - width / 2 - 0.2 * em, y - 0.62 * em, x + width / 2 + 0.2 * em, y + 0.62 * em)
    canvas.rect(area, fill=palette.paper)
    colour = colours[edge.form] if told else palette.muted
    canvas.text(edge.label, (x, y + MIDDLE * em), colour=colour, bold=bold, align="center")


# Legend ──────────────────────────────────────────────────────────────────────


def _legend(block: ProcessMap, canvas: Canvas, *, top: float) -> float:
    """Samples with their words, in as many lines as the width needs; returns the lower edge."""
    em, palette = canvas.em, canvas.palette
    x, y = 0.0, top + 0.7 * em
    for form, words in block.legend:
        text = (Run(words),)
        width = (2.9 + 0.5) * em + pen.breadth(text, em)
        if x and x + width > canvas.width:
            x, y = 0.0, y + 1.6 * em
        start, end = (x + 0.2 * em, y), (x + 2.9 * em, y)
        bends = (start, start, end, end)
        sample = Strand(bends, 0.3, "plain" if form == "rework" else form, form == "rework", headless=True)
        draw_strand(canvas, sample)
        canvas.text(text, (x + 3.4 * em, y + MIDDLE * em), colour=palette.muted)
        x += width + 1.6 * em
    return y + 0.7 * em
