"""Small signs: grade badges, verdict marks, interval bars, sparklines, the product's mark, QR codes.

A verdict shows by form first, so that it survives a grey printer: solid triangle, doubled triangle,
dashed ring with a question mark, crossed ring, barred ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from reportlab.pdfgen.canvas import Canvas

from valueviz.render.palette import Palette
from valueviz.render.pdf import paint
from valueviz.render.pdf.fonts import BOLD, CAP_HEIGHT
from valueviz.story.blocks import CellBar, Text
from valueviz.terms import Grade, Verdict

BADGE_WIDTH: Final = 17.0
BADGE_HEIGHT: Final = 12.0
MARK: Final = 8.0
"""Side of a verdict mark in points."""

Direction = Literal["up", "down", "none"]


def direction_of(*texts: Text) -> Direction:
    """Which way the change stated in some texts points: by the first fact with a verdict, else the first sign."""
    facts = [run for text in texts for run in text if run.kind == "fact"]
    for run in facts:
        if run.fact is not None and run.fact.verdict is not None and run.fact.value:
            return "up" if run.fact.value > 0 else "down"
    for run in facts:
        if run.text[:1] in {"+", "\u2212"}:
            return "up" if run.text[0] == "+" else "down"
    return "none"


def badge(canvas: Canvas, grade: Grade, *, x: float, y: float, palette: Palette) -> None:
    """A grade in a round box whose left edge is `x` and whose middle is `y`."""
    ground, letter = palette.grade(grade)
    paint.box(
        canvas, ground, x=x, top=y + BADGE_HEIGHT / 2, width=BADGE_WIDTH, height=BADGE_HEIGHT, radius=BADGE_HEIGHT / 2
    )
    paint.fill(canvas, letter)
    canvas.setFont(BOLD, 8)
    canvas.drawCentredString(x + BADGE_WIDTH / 2, y - CAP_HEIGHT * 4, grade)


def verdict(
    canvas: Canvas, value: Verdict, *, x: float, y: float, palette: Palette, direction: Direction = "none"
) -> None:
    """The mark of a verdict, MARK wide, left edge at `x`, middle at `y`."""
    match value:
        case "improved":
            paint.fill(canvas, palette.better)
            if direction == "none":
                canvas.circle(x + MARK / 2, y, MARK * 0.42, stroke=0, fill=1)
            else:
                paint.polygon(canvas, _triangle(x, y, half=MARK * 0.46, up=direction == "up"))
        case "worse":
            paint.fill(canvas, palette.worse)
            paint.stroke(canvas, palette.worse, 1)
            if direction == "none":
                canvas.rect(x + 0.7, y - 3.3, 6.6, 6.6, stroke=1, fill=0)
                canvas.rect(x + 2.5, y - 1.5, 3, 3, stroke=0, fill=1)
            else:
                _doubled(canvas, palette.worse, x=x, y=y, up=direction == "up")
        case "not_provable_yet":
            _ring(canvas, x, y, palette, dashed=True)
            paint.fill(canvas, palette.muted)
            canvas.setFont(BOLD, 6.5)
            canvas.drawCentredString(x + MARK / 2, y - CAP_HEIGHT * 3.25, "?")
        case "not_comparable":
            _ring(canvas, x, y, palette, dashed=False)
            canvas.line(x + 1.4, y - 2.6, x + MARK - 1.4, y + 2.6)
        case "refused":
            _ring(canvas, x, y, palette, dashed=False)
            canvas.line(x + 2, y, x + MARK - 2, y)


def _triangle(x: float, y: float, *, half: float, up: bool) -> list[tuple[float, float]]:
    rise = half * 0.88 if up else -half * 0.88
    middle = x + MARK / 2
    return [(middle - half, y - rise), (middle + half, y - rise), (middle, y + rise)]


def _doubled(canvas: Canvas, colour: str, *, x: float, y: float, up: bool) -> None:
    """Two chevrons, one over the other."""
    paint.stroke(canvas, colour, 1.3)
    rise = 2.6 if up else -2.6
    for offset in (-2.9, 0.4) if up else (2.9, -0.4):
        paint.polyline(canvas, [(x + 0.6, y + offset), (x + MARK / 2, y + offset + rise), (x + MARK - 0.6, y + offset)])


def _ring(canvas: Canvas, x: float, y: float, palette: Palette, *, dashed: bool) -> None:
    paint.stroke(canvas, palette.muted, 0.8)
    if dashed:
        canvas.setDash([1.5, 1.1])
    canvas.circle(x + MARK / 2, y, MARK * 0.46, stroke=1, fill=0)
    canvas.setDash([])


# In cells and cards ──────────────────────────────────────────────────────────


def interval_bar(canvas: Canvas, bar: CellBar, *, x: float, y: float, width: float, palette: Palette) -> None:
    """An interval on the common scale of its column: zero line, bar by verdict, tick at the point."""
    paint.rule(canvas, palette.hairline, x=x, y=y, length=width, width=0.5)
    if bar.zero is not None:
        paint.stroke(canvas, palette.muted, 0.7)
        canvas.line(x + bar.zero * width, y - 7, x + bar.zero * width, y + 7)
    low, high = x + bar.low * width, x + bar.high * width
    low, high = max(x, low), min(x + width, high)
    span = max(high - low, 1.2)
    colour = palette.verdict(bar.verdict)
    match bar.verdict:
        case "improved":
            paint.box(canvas, palette.tint(colour, 0.45), x=low, top=y + 3, width=span, height=6)
        case "worse":
            _hatched(canvas, colour, palette, x=low, y=y, width=span)
        case _:
            paint.fill(canvas, palette.paper)
            paint.stroke(canvas, palette.muted, 0.8)
            canvas.setDash([2, 1.4])
            canvas.rect(low, y - 3, span, 6, stroke=1, fill=1)
            canvas.setDash([])
    mark = colour if bar.verdict in {"improved", "worse"} else palette.muted
    paint.stroke(canvas, mark, 1.6)
    canvas.line(x + bar.point * width, y - 4.6, x + bar.point * width, y + 4.6)


def _hatched(canvas: Canvas, colour: str, palette: Palette, *, x: float, y: float, width: float) -> None:
    """A bar with diagonal lines, told apart from a solid one without colour."""
    canvas.saveState()
    paint.fill(canvas, palette.paper)
    paint.stroke(canvas, colour, 0.8)
    canvas.rect(x, y - 3, width, 6, stroke=1, fill=1)
    path = canvas.beginPath()
    path.rect(x, y - 3, width, 6)
    canvas.clipPath(path, stroke=0, fill=0)
    step = x - 6
    while step < x + width:
        canvas.line(step, y - 3, step + 6, y + 3)
        step += 2.6
    canvas.restoreState()


def sparkline(
    canvas: Canvas,
    values: Sequence[float | None],
    *,
    split: int | None,
    x: float,
    y: float,
    width: float,
    height: float,
    palette: Palette,
) -> None:
    """A line of values 0–1 over `width`, grey before `split` and in brand after, broken at gaps."""
    step = width / max(len(values) - 1, 1)
    places = [None if value is None else (x + i * step, y + value * height) for i, value in enumerate(values)]
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    if split is not None and 0 < split < len(values):
        paint.stroke(canvas, palette.unchanged, 0.6)
        canvas.setDash([1.2, 1.6])
        canvas.line(x + (split - 0.5) * step, y - 1, x + (split - 0.5) * step, y + height + 1)
        canvas.setDash([])
        parts = ((places[:split], palette.unchanged), (places[split:], palette.brand))
    else:
        parts = ((places, palette.brand), ([], palette.brand))
    for part, colour in parts:
        paint.stroke(canvas, colour, 1.2)
        paint.fill(canvas, colour)
        for stretch in _stretches(part):
            if len(stretch) > 1:
                paint.polyline(canvas, stretch)
            else:
                canvas.circle(*stretch[0], 0.8, stroke=0, fill=1)
    ends = [place for place in places if place is not None]
    if ends:
        canvas.circle(*ends[-1], 1.8, stroke=0, fill=1)
    canvas.setLineCap(0)
    canvas.setLineJoin(0)


def _stretches(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The places without gaps, cut where one is missing."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            stretches.append([])
        else:
            stretches[-1].append(place)
    return [stretch for stretch in stretches if stretch]


# Identity ────────────────────────────────────────────────────────────────────


def product_mark(canvas: Canvas, *, x: float, y: float, size: float, bars: str, tallest: str) -> None:
    """Three rising columns on the line `y`, `size` high: the mark of a brand without a logo."""
    width, gap = size * 0.25, size * 0.115
    for i, share in enumerate((0.38, 0.64, 1.0)):
        colour = tallest if share == 1 else bars
        left = x + i * (width + gap)
        paint.box(canvas, colour, x=left, top=y + size * share, width=width, height=size * share, radius=size * 0.06)


def check_box(canvas: Canvas, *, x: float, y: float, palette: Palette) -> None:
    """An empty box to tick on paper, left edge at `x`, middle at `y`."""
    paint.stroke(canvas, palette.muted, 0.9)
    canvas.roundRect(x, y - 4, 8, 8, 1.4, stroke=1, fill=0)


def qr(canvas: Canvas, content: str, *, x: float, y: float, size: float, plate: bool) -> None:
    """A QR code as one vector path, lower left corner at `x`, `y`; on a white `plate` where the page is dark."""
    import segno

    rows = segno.make(content, error="m", micro=False).matrix
    quiet = 3 if plate else 0
    module = size / (len(rows) + 2 * quiet)
    if plate:
        paint.box(canvas, "#FFFFFF", x=x, top=y + size, width=size, height=size, radius=size * 0.06)
    path = canvas.beginPath()
    for number, row in enumerate(rows):
        bottom = y + size - (number + 1 + quiet) * module
        start = 0
        while start < len(row):
            end = start + 1
            while end < len(row) and row[end] == row[start]:
                end += 1
            if row[start]:
                path.rect(x + (start + quiet) * module, bottom, (end - start) * module, module)
            start = end
    paint.fill(canvas, "#0B1B30")
    canvas.drawPath(path, stroke=0, fill=1)
