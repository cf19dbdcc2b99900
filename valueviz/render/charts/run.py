"""The run chart: did it change? Observed points against what would have been expected without the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from valueviz.language import measure
from valueviz.render.charts import axes, band, labels, stretch, timeline
from valueviz.render.charts.lettering import spread
from valueviz.render.charts.sheet import Box, Frame, Shape, Sheet, Spot, Stroke, Word
from valueviz.story.blocks import Label, Point, RunChart

MARGIN_SHARE = 0.27
"""Labels at the end of a line may take this share of the width; wider ones move into the plot."""
GOLDEN = {"small": 0.25, "medium": 0.36, "large": 0.5}
"""Height of the plot as a share of the width, by the height a block asks for."""
LEAST = {"small": 9.0, "medium": 13.0, "large": 17.0}
"""Least height of the plot in type sizes: a phone is narrow, not flat."""


LOOSE = 2.8
"""Marks smaller than this many strokes would make a rope of a line and are left out."""

USED = frozenset({"used", "signal"})
"""States of points that count."""

HOLLOW = frozenset({"excluded", "immature"})
"""States of points that do not count, and are in no line."""


def draw(block: RunChart, sheet: Sheet) -> float:
    """Draws the chart on the sheet and returns its height."""
    em = sheet.em
    room = axes.margins(sheet, x=block.x, y=block.y)
    ending, inside = _by_place(block, sheet)
    right = max(
        (_word(block, label, sheet).width + (1.1 if _outlined(block) else 0.8) * em for label in ending),
        default=0.4 * em,
    )
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
    band.draw(block, sheet, frame)
    marked = timeline.draw(head, sheet, frame, origin=raised)
    _observations(block, sheet, frame)
    words += axes.baseline(sheet, frame, x=block.x)
    sheet.words(words)
    sheet.words(marked)
    _labels(block, sheet, frame, ending=ending, inside=inside)
    height = frame.box.bottom + room.bottom
    sheet.words(head.key_words(sheet, height + 0.2 * em))
    return height + head.key_height


def _ground(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """The span of the transition, shaded behind everything; what is not finished yet in a pale tint, dashed at its edge."""
    if block.transition:
        start, end = (min(max(place, block.x.low), block.x.high) for place in block.transition)
        box = Box(frame.x(start), frame.box.top, frame.x(end), frame.box.bottom)
        sheet.boxes([box], sheet.palette.unchanged, opacity=0.16)
    if block.pale:
        start, end = (frame.x(min(max(place, block.x.low), block.x.high)) for place in block.pale)
        sheet.boxes([Box(start, frame.box.top, end, frame.box.bottom)], sheet.palette.brand_deep, opacity=0.06)
        dashed = Stroke(sheet.palette.muted, 0.8 * sheet.unit, dash=(2.6 * sheet.unit, 2 * sheet.unit))
        sheet.rules([(start, frame.box.top, start, frame.box.bottom)], dashed)


# Observations ────────────────────────────────────────────────────────────────


def _observations(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """The line, broken at gaps and around excluded points, and its marks by state and verdict."""
    shown = [point for point in block.observed if point.state not in HOLLOW]
    start, size = band.go_live(block), _mark_size(block, sheet, frame)
    after = [point for point in shown if point.state in USED and start is not None and point.x >= start]
    _second(block, sheet, frame)
    if block.band_kind == "interval":
        _studied(block, shown, sheet, frame, size=size)
    else:
        _lines(block, shown, after, sheet, frame, loose=size >= LOOSE * sheet.unit)
        _dots(block, shown, after, sheet, frame, size=size)
    excluded = [point for point in block.observed if point.state in HOLLOW]
    hollow = Stroke(sheet.palette.muted, 0.9 * sheet.unit)
    breadth = max(1.15 * size, 3.4 * sheet.unit)
    sheet.points(frame, _places(excluded), shape="circle", size=breadth, fill=sheet.palette.paper, stroke=hollow)


def _second(block: RunChart, sheet: Sheet, frame: Frame) -> None:
    """The further line: thin and quiet, without marks; what does not count is left out of it."""
    shown = [point for point in block.second if point.state not in HOLLOW]
    for run in stretch.unbroken(shown, block.gap_after):
        for part in stretch.seen(_places(run), frame):
            sheet.line(frame, part, Stroke(sheet.palette.muted, 0.8 * sheet.unit, opacity=0.8))


def _lines(
    block: RunChart, shown: Sequence[Point], after: Sequence[Point], sheet: Sheet, frame: Frame, *, loose: bool
) -> None:
    """The line itself, and over it in the colour of the verdict what came after go-live."""
    unit = sheet.unit
    for run in stretch.unbroken(shown, block.gap_after):
        sheet.line(frame, _places(run), Stroke(sheet.palette.ink, (1.3 if loose else 1.0) * unit))
    if _stated(block):
        for run in stretch.unbroken(after, block.gap_after):
            sheet.line(frame, _places(run), Stroke(_colour(block, sheet), (2.0 if loose else 1.4) * unit))


def _dots(
    block: RunChart, shown: Sequence[Point], after: Sequence[Point], sheet: Sheet, frame: Frame, *, size: float
) -> None:
    """A mark at each observation; where they would stand too close the line alone tells, but for lone points and signals."""
    palette, unit = sheet.palette, sheet.unit
    loose = size >= LOOSE * unit
    lone = {run[0] for run in stretch.unbroken(shown, block.gap_after) if len(run) == 1}
    signals = [point for point in shown if point.state == "signal"]
    marked = [point for point in shown if loose or point in lone]
    later = set(after)
    plain = Stroke(palette.paper, 0.6 * unit if loose else 0.0)
    _signals(signals, sheet, frame, size=size, loose=loose)
    before = [point for point in marked if point.state in USED and point not in later]
    sheet.points(frame, _places(before), shape="circle", size=size, fill=palette.ink, stroke=plain)
    moving = [point for point in marked if point.state == "transition"]
    sheet.points(frame, _places(moving), shape="circle", size=size, fill=palette.muted, stroke=plain)
    shape: Shape = "square" if block.verdict == "worse" and _stated(block) else "circle"
    latest = [point for point in marked if point in later]
    larger = (1.25 if _stated(block) else 1.0) * size
    sheet.points(frame, _places(latest), shape=shape, size=larger, fill=_colour(block, sheet), stroke=plain)


def _signals(points: Sequence[Point], sheet: Sheet, frame: Frame, *, size: float, loose: bool) -> None:
    """A ring around each signal; where points stand too close for rings, a bold dot on the bare line."""
    palette, unit = sheet.palette, sheet.unit
    if loose:
        breadth, ring = 2.1 * max(size, 4 * unit), Stroke(palette.ink, 1.2 * unit)
        sheet.points(frame, _places(points), shape="circle", size=breadth, fill=palette.paper, stroke=ring)
    else:
        edge = Stroke(palette.paper, 0.6 * unit)
        sheet.points(frame, _places(points), shape="circle", size=4.2 * unit, fill=palette.ink, stroke=edge)


def _studied(block: RunChart, shown: Sequence[Point], sheet: Sheet, frame: Frame, *, size: float) -> None:
    """The points of an event study: hollow and calm where nothing is said yet, solid where the interval clears no change."""
    palette, unit = sheet.palette, sheet.unit
    calm_at = {point.x for point in block.band if band.is_calm(block, point)}
    calm = [point for point in shown if point.x in calm_at]
    firm = [point for point in shown if point.x not in calm_at]
    size = max(size, 4.4 * unit)
    hollow = Stroke(palette.muted, 1.1 * unit)
    sheet.points(frame, _places(calm), shape="circle", size=0.95 * size, fill=palette.paper, stroke=hollow)
    shape: Shape = "square" if block.verdict == "worse" else "circle"
    edge = Stroke(palette.paper, 0.6 * unit)
    sheet.points(frame, _places(firm), shape=shape, size=1.3 * size, fill=_colour(block, sheet), stroke=edge)


def _stated(block: RunChart) -> bool:
    """Whether the line after go-live takes the form of a verdict; a process chart judges by its limits alone."""
    return block.verdict in {"improved", "worse"} and block.band_kind != "limits"


def _colour(block: RunChart, sheet: Sheet) -> str:
    return sheet.palette.verdict(block.verdict) if _stated(block) else sheet.palette.ink


def _mark_size(block: RunChart, sheet: Sheet, frame: Frame) -> float:
    """Marks as large as neighbours allow: a year of days must not become a rope."""
    apart = (frame.box.right - frame.box.left) / max(1, len(block.observed))
    return max(1.6, min(4.4, 0.62 * apart / sheet.unit)) * sheet.unit


# Labels ──────────────────────────────────────────────────────────────────────


def _by_place(block: RunChart, sheet: Sheet) -> tuple[list[Label], list[Label]]:
    """Labels that stand right of the plot, at the end of a line or of the distance they state, and those inside it."""
    last = max([point.x for point in block.observed] + [point.x for point in block.band], default=block.x.high)
    ending = [
        label
        for label in block.labels
        if (label.align == "left" or label.run.kind == "fact")
        and label.x >= last
        and _word(block, label, sheet).width <= MARGIN_SHARE * sheet.width
    ]
    return ending, [label for label in block.labels if label not in ending]


def _word(block: RunChart, label: Label, sheet: Sheet) -> Word:
    """A label not placed yet; the limits of a process are no message and stay calm."""
    return labels.word(label, sheet, calm=block.band_kind == "limits")


def _labels(block: RunChart, sheet: Sheet, frame: Frame, *, ending: Sequence[Label], inside: Sequence[Label]) -> None:
    """Every label, in the order of the block; those inside get a bracket to what they measure."""
    em = sheet.em
    places = spread(
        [frame.y(label.y) for label in ending],
        gap=(1.75 if _outlined(block) else 1.4) * em,
        low=frame.box.top,
        high=frame.box.bottom - 0.4 * em,
    )
    words = {
        label: _word(block, label, sheet).moved(frame.box.right + 0.6 * em, place + 0.35 * em, "left")
        for label, place in zip(ending, places, strict=True)
    }
    ink = labels.inked(_curves(block), frame)
    for label in ending:
        _bracket(block, label, sheet, frame)
    for label in sorted(inside, key=lambda label: label.run.kind != "fact"):
        measured = _bracket(block, label, sheet, frame)
        taken = [word.box for word in words.values()] + measured
        words[label] = labels.settled(
            label, sheet, _after(block, label, frame), taken=taken, ink=ink, calm=block.band_kind == "limits"
        )
    labels.halo([words[label] for label in inside], sheet)
    if _outlined(block):
        labels.outline([words[label] for label in block.labels if label.run.kind == "fact"], sheet)
    sheet.words(words[label] for label in block.labels)


def _outlined(block: RunChart) -> bool:
    """Whether what the chart states stands in a dashed outline: it is not provable yet."""
    return block.verdict == "not_provable_yet" and block.band_kind != "limits"


def _curves(block: RunChart) -> list[list[Spot]]:
    """The lines that labels should not cover."""
    if block.band_kind == "interval":
        return [[(point.x, point.low), (point.x, point.high)] for point in block.band]
    return [_places(block.observed), _places(block.second), [(point.x, point.middle) for point in block.band]]


def _after(block: RunChart, label: Label, frame: Frame) -> Frame:
    """The part of the frame a label may use: what is said of the time after go-live stands after it."""
    start = band.go_live(block)
    if start is None or label.x < start:
        return frame
    box = Box(frame.x(start), frame.box.top, frame.box.right, frame.box.bottom)
    return Frame(box, start, block.x.high, block.y.low, block.y.high)


def _bracket(block: RunChart, label: Label, sheet: Sheet, frame: Frame) -> list[Box]:
    """Draws the distance a fact states, from the observation to the expectation nearest to its label."""
    near = min(
        (point for point in block.observed if point.state in USED), key=lambda p: abs(p.x - label.x), default=None
    )
    expected = band.middle(block.band, near.x) if near else None
    if label.run.kind != "fact" or near is None or expected is None or block.band_kind != "counterfactual":
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


def _places(points: Iterable[Point]) -> list[Spot]:
    return [(point.x, point.y) for point in points]
