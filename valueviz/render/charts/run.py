"""The run chart: did it change? Observed points against what would have been expected without the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from valueviz.language import measure
from valueviz.render.charts import axes, labels, stretch, timeline
from valueviz.render.charts.lettering import spread
from valueviz.render.charts.sheet import Box, Frame, Shape, Sheet, Spot, Stroke
from valueviz.story.blocks import BandPoint, Label, Point, RunChart

MARGIN_SHARE = 0.27
"""Labels at the end of a line may take this share of the width; wider ones move into the plot."""
GOLDEN = {"small": 0.25, "medium": 0.36, "large": 0.5}
"""Height of the plot as a share of the width, by the height a block asks for."""
LEAST = {"small": 9.0, "medium": 13.0, "large": 17.0}
"""Least height of the plot in type sizes: a phone is narrow, not flat."""


def draw(block: RunChart, sheet: Sheet) -> float:
    """Draws the chart on the sheet and returns its height."""
    em = sheet.em
    room = axes.margins(sheet, x=block.x, y=block.y)
    ending, inside = _by_place(block, sheet)
    right = max((labels.word(label, sheet).width + 0.8 * em for label in ending), default=0.4 * em)
    tall = max(GOLDEN[block.height] * sheet.width, LEAST[block.height] * em)
    across = Frame(Box(room.left, 0.0, sheet.width - right, tall), block.x.low, block.x.high, block.y.low, block.y.high)
    head = timeline.plan(block.rules, sheet, across)
    base, extra = head.title_place(measure(block.y.title, em, False), em) if block.y.title else (em, 0.0)
    raised = max(0.0, em - base)
    top = max(0.2 * em, raised + head.height + extra)
    frame = Frame(
        Box(room.left, top, sheet.width - right, top + tall), block.x.low, block.x.high, block.y.low, block.y.high
    )
    _ground(block, sheet, frame)
    words = axes.title(block.y, sheet, base + raised) + axes.grid(sheet, frame, y=block.y)
    _expectation(block, sheet, frame)
    marked = timeline.draw(head, sheet, frame, origin=raised)
    _observations(block, sheet, frame)
    words += axes.baseline(sheet, frame, x=block.x)
    sheet.words(words)
    sheet.words(marked)
    _labels(block, sheet, frame, ending=ending, inside=inside)
    height = frame.box.bottom + room.bottom
    sheet.words(head.key_words(sheet, height + 0.2 * em))
    return height + head.key_height


# Ground and expectation ──────────────────────────────────────────────────────


def _ground(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """The span of the transition, shaded behind everything."""
    if block.transition:
        start, end = (min(max(place, block.x.low), block.x.high) for place in block.transition)
        box = Box(frame.x(start), frame.box.top, frame.x(end), frame.box.bottom)
        sheet.boxes([box], sheet.palette.unchanged, opacity=0.16)


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
    start = _go_live(block)
    used = [point for point in block.observed if point.state == "used" and start is not None and point.x >= start]
    for run in stretch.unbroken(used, block.gap_after):
        rows = [(point.x, point.y, expected) for point in run if (expected := _middle(block.band, point.x)) is not None]
        rows = stretch.clamped(rows, frame)
        colour = sheet.palette.verdict(block.verdict)
        if block.verdict == "improved":
            sheet.area(frame, rows, colour, opacity=0.16)
        else:
            edges = [(frame.x(x), frame.y(low), frame.y(high)) for x, low, high in rows]
            sheet.rules(stretch.hatching(edges, step=4.2 * sheet.unit), Stroke(colour, 0.7 * sheet.unit, opacity=0.75))


# Observations ────────────────────────────────────────────────────────────────


def _observations(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """The line, broken at gaps and around excluded points, and its marks by state and verdict."""
    palette, unit = sheet.palette, sheet.unit
    start, size = _go_live(block), _mark_size(block, sheet, frame)
    loose = size >= 3 * unit
    shown = [point for point in block.observed if point.state != "excluded"]
    for run in stretch.unbroken(shown, block.gap_after):
        sheet.line(frame, _places(run), Stroke(palette.ink, (1.3 if loose else 1.0) * unit))
    after = [point for point in shown if point.state == "used" and start is not None and point.x >= start]
    colour = palette.verdict(block.verdict) if block.verdict in {"improved", "worse"} else palette.ink
    for run in stretch.unbroken(after, block.gap_after):
        sheet.line(frame, _places(run), Stroke(colour, (2.0 if loose else 1.4) * unit))
    before = [point for point in shown if point.state == "used" and (start is None or point.x < start)]
    shape: Shape = "square" if block.verdict == "worse" else "circle"
    plain = Stroke(palette.paper, 0.6 * unit if loose else 0.0)
    sheet.points(frame, _places(before), shape="circle", size=size, fill=palette.ink, stroke=plain)
    moving = [point for point in shown if point.state == "transition"]
    sheet.points(frame, _places(moving), shape="circle", size=size, fill=palette.muted, stroke=plain)
    sheet.points(frame, _places(after), shape=shape, size=1.25 * size, fill=colour, stroke=plain)
    excluded = [point for point in block.observed if point.state == "excluded"]
    hollow = Stroke(palette.muted, 0.9 * unit)
    sheet.points(
        frame, _places(excluded), shape="circle", size=max(1.15 * size, 3.4 * unit), fill=palette.paper, stroke=hollow
    )


def _mark_size(block: RunChart, sheet: Sheet, frame: Frame) -> float:
    """Marks as large as neighbours allow: a year of days must not become a rope."""
    apart = (frame.box.right - frame.box.left) / max(1, len(block.observed))
    return max(1.6, min(4.4, 0.62 * apart / sheet.unit)) * sheet.unit


# Labels ──────────────────────────────────────────────────────────────────────


def _by_place(block: RunChart, sheet: Sheet) -> tuple[list[Label], list[Label]]:
    """Labels that stand right of the plot, at the end of a line, and those inside it."""
    last = max([point.x for point in block.observed] + [point.x for point in block.band], default=block.x.high)
    ending = [
        label
        for label in block.labels
        if label.align == "left" and label.x >= last and labels.word(label, sheet).width <= MARGIN_SHARE * sheet.width
    ]
    return ending, [label for label in block.labels if label not in ending]


def _labels(block: RunChart, sheet: Sheet, frame: Frame, *, ending: Sequence[Label], inside: Sequence[Label]) -> None:
    """Every label, in the order of the block; those inside get a bracket to what they measure."""
    em = sheet.em
    places = spread(
        [frame.y(label.y) for label in ending], gap=1.25 * em, low=frame.box.top, high=frame.box.bottom - 0.4 * em
    )
    words = {
        label: labels.word(label, sheet).moved(frame.box.right + 0.6 * em, place + 0.35 * em, "left")
        for label, place in zip(ending, places, strict=True)
    }
    shown = [(point.x, point.y) for point in block.observed]
    middle = [(point.x, point.middle) for point in block.band]
    ink = labels.inked((shown, middle), frame)
    for label in sorted(inside, key=lambda label: label.run.kind != "fact"):
        measured = _bracket(block, label, sheet, frame)
        taken = [word.box for word in words.values()] + measured
        words[label] = labels.settled(label, sheet, _after(block, label, frame), taken=taken, ink=ink)
    labels.halo([words[label] for label in inside], sheet)
    if block.verdict == "not_provable_yet":
        labels.outline([words[label] for label in inside if label.run.kind == "fact"], sheet)
    sheet.words(words[label] for label in block.labels)


def _after(block: RunChart, label: Label, frame: Frame) -> Frame:
    """The part of the frame a label may use: what is said of the time after go-live stands after it."""
    start = _go_live(block)
    if start is None or label.x < start:
        return frame
    box = Box(frame.x(start), frame.box.top, frame.box.right, frame.box.bottom)
    return Frame(box, start, block.x.high, block.y.low, block.y.high)


def _bracket(block: RunChart, label: Label, sheet: Sheet, frame: Frame) -> list[Box]:
    """Draws the distance a fact states, from the observation to the expectation nearest to its label."""
    near = min(
        (point for point in block.observed if point.state == "used"), key=lambda p: abs(p.x - label.x), default=None
    )
    expected = _middle(block.band, near.x) if near else None
    if label.run.kind != "fact" or near is None or expected is None:
        return []
    expected = min(max(expected, block.y.low), block.y.high)
    if not min(near.y, expected) <= label.y <= max(near.y, expected):
        return []
    x, ends, cap = frame.x(near.x), sorted((frame.y(near.y), frame.y(expected))), 2.2 * sheet.unit
    dash = (2 * sheet.unit, 1.6 * sheet.unit) if block.verdict == "not_provable_yet" else ()
    stroke = Stroke(labels.tone(label.tone, sheet), 1.1 * sheet.unit, dash=dash)
    sheet.rules([(x, ends[0], x, ends[1])], stroke)
    sheet.rules([(x - cap, end, x + cap, end) for end in ends], Stroke(stroke.colour, stroke.width))
    return [Box(x - cap, ends[0], x + cap, ends[1])]


# Series ──────────────────────────────────────────────────────────────────────


def _go_live(block: RunChart) -> float | None:
    return next((rule.x for rule in block.rules if rule.kind == "go_live"), None)


def _middle(band: Sequence[BandPoint], x: float) -> float | None:
    """The expectation at x, where the block states one."""
    return next((point.middle for point in band if point.x == x), None)


def _places(points: Iterable[Point]) -> list[Spot]:
    return [(point.x, point.y) for point in points]
