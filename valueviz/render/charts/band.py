"""What stands behind a line: what would have been expected, the limits of a process, or each point's own interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import assert_never

from valueviz.render.charts import stretch
from valueviz.render.charts.sheet import Box, Frame, Segment, Sheet, Stroke
from valueviz.story.blocks import BandPoint, RunChart


def draw(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """Draws the band of a run chart by its kind, and the line of no change where there is one."""
    if block.level is not None and block.y.low <= block.level <= block.y.high:
        y = frame.y(block.level)
        sheet.rules([(frame.box.left, y, frame.box.right, y)], Stroke(sheet.palette.ink, sheet.unit))
    match block.band_kind:
        case "counterfactual":
            _expectation(block, sheet, frame)
        case "limits":
            _limits(block, sheet, frame)
        case "interval":
            _intervals(block, sheet, frame)
        case _:
            assert_never(block.band_kind)


def go_live(block: RunChart) -> float | None:
    """Where the first go-live of a chart stands."""
    return next((rule.x for rule in block.rules if rule.kind == "go_live"), None)


def middle(band: Sequence[BandPoint], x: float) -> float | None:
    """The middle of the band at x, where it has one."""
    return next((point.middle for point in band if point.x == x), None)


# What would have been expected ───────────────────────────────────────────────


def _expectation(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """The counterfactual band with its middle, and the distance from it where a change is stated."""
    palette, unit = sheet.palette, sheet.unit
    for run in stretch.unbroken(block.band, block.gap_after):
        rows = stretch.clamped([(point.x, point.low, point.high) for point in run], frame)
        sheet.area(frame, rows, palette.brand_deep, opacity=0.12)
    if block.verdict in {"improved", "worse"}:
        _distance(block, sheet, frame)
    for run in stretch.unbroken(block.band, block.gap_after):
        dashed = Stroke(palette.brand_deep, 0.9 * unit, dash=(3 * unit, 2.2 * unit), opacity=0.75)
        for part in stretch.seen([(point.x, point.middle) for point in run], frame):
            sheet.line(frame, part, dashed)


def _distance(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """The area between line and expectation since go-live: plain where better, hatched where worse."""
    start = go_live(block)
    used = [
        point
        for point in block.observed
        if point.state in {"used", "signal"} and start is not None and point.x >= start
    ]
    for run in stretch.unbroken(used, block.gap_after):
        rows = [(point.x, point.y, expected) for point in run if (expected := middle(block.band, point.x)) is not None]
        rows = stretch.clamped(rows, frame)
        colour = sheet.palette.verdict(block.verdict)
        if block.verdict == "improved":
            sheet.area(frame, rows, colour, opacity=0.16)
        else:
            edges = [(frame.x(x), frame.y(low), frame.y(high)) for x, low, high in rows]
            sheet.rules(stretch.hatching(edges, step=4.2 * sheet.unit), Stroke(colour, 0.7 * sheet.unit, opacity=0.75))


# Limits of a process ─────────────────────────────────────────────────────────


def _limits(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """A level between two limits, flat along each stretch; where they are set anew they jump at the rule."""
    palette, unit = sheet.palette, sheet.unit
    spans = [(frame.x(start), frame.x(end), point) for start, end, point in _spans(block)]

    def inside(value: float) -> float:
        return frame.y(min(max(value, block.y.low), block.y.high))

    def flat(values: Iterable[tuple[float, float, float]]) -> list[Segment]:
        return [
            (left, frame.y(value), right, frame.y(value))
            for left, right, value in values
            if block.y.low <= value <= block.y.high
        ]

    sheet.boxes(
        [Box(left, inside(point.high), right, inside(point.low)) for left, right, point in spans],
        palette.brand_deep,
        opacity=0.07,
    )
    limits = flat((left, right, end) for left, right, point in spans for end in (point.low, point.high))
    sheet.rules(limits, Stroke(palette.brand_deep, 0.9 * unit, dash=(3.2 * unit, 2 * unit), opacity=0.8))
    levels = flat((left, right, point.middle) for left, right, point in spans)
    sheet.rules(levels, Stroke(palette.brand_deep, unit, opacity=0.8))


def _spans(block: RunChart) -> list[tuple[float, float, BandPoint]]:
    """Stretches of equal limits with their two ends: half a period on, no further than the rule that parts them."""
    if not block.band:
        return []
    half, jumps = block.gap_after / 2, sorted(rule.x for rule in block.rules)
    runs = [list(run) for _, run in groupby(block.band, key=lambda point: (point.low, point.middle, point.high))]
    parted = [_parting(one[-1].x, two[0].x, jumps) for one, two in pairwise(runs)]
    starts, ends = [block.x.low, *parted], [*parted, block.x.high]
    return [
        (max(start, run[0].x - half), min(end, run[-1].x + half), run[0])
        for run, start, end in zip(runs, starts, ends, strict=True)
    ]


def _parting(one: float, two: float, jumps: Sequence[float]) -> float:
    """Where the limits of one point end and those of the next begin."""
    return next((jump for jump in jumps if one < jump <= two), (one + two) / 2)


# Intervals of the points themselves ──────────────────────────────────────────


def _intervals(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """A bar of 95 % at each point: calm before go-live, in the colour of the verdict where it clears no change."""
    palette, unit = sheet.palette, sheet.unit
    breadth = max(1.6 * unit, min(4.2 * unit, 0.3 * _apart(block, frame)))
    for calm in (True, False):
        boxes = [
            Box(frame.x(point.x) - breadth / 2, frame.y(high), frame.x(point.x) + breadth / 2, frame.y(low))
            for point in block.band
            if is_calm(block, point) is calm
            for low, high in [[min(max(end, block.y.low), block.y.high) for end in (point.low, point.high)]]
        ]
        colour = palette.unchanged if calm else palette.verdict(block.verdict)
        sheet.boxes(boxes, colour, opacity=0.34, radius=breadth / 2)


def is_calm(block: RunChart, point: BandPoint) -> bool:
    """Whether a point of an event study says nothing yet: before go-live, or its interval holds the level of no change."""
    start, level = go_live(block), block.level if block.level is not None else 0.0
    return (start is not None and point.x < start) or point.low <= level <= point.high


def _apart(block: RunChart, frame: Frame) -> float:
    """The least distance of neighbours across the sheet."""
    return min((frame.x(two.x) - frame.x(one.x) for one, two in pairwise(block.band)), default=40.0)
