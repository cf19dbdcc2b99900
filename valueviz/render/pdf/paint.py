"""The few strokes everything is drawn with: colours, boxes, rules; y grows upwards, `top` is the upper edge."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from reportlab.pdfgen.canvas import Canvas

Points = Iterable[tuple[float, float]]


@lru_cache(maxsize=256)
def channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue, 0–1, of `#RRGGBB`."""
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def fill(canvas: Canvas, colour: str) -> None:
    """Set the colour of areas and text."""
    canvas.setFillColorRGB(*channels(colour))


def stroke(canvas: Canvas, colour: str, width: float) -> None:
    """Set the colour and width of lines."""
    canvas.setStrokeColorRGB(*channels(colour))
    canvas.setLineWidth(width)


def box(canvas: Canvas, colour: str, *, x: float, top: float, width: float, height: float, radius: float = 0) -> None:
    """Fill a rectangle, with round corners if asked."""
    fill(canvas, colour)
    if radius:
        canvas.roundRect(x, top - height, width, height, radius, stroke=0, fill=1)
    else:
        canvas.rect(x, top - height, width, height, stroke=0, fill=1)


def rule(canvas: Canvas, colour: str, *, x: float, y: float, length: float, width: float = 0.5) -> None:
    """Draw a horizontal rule."""
    stroke(canvas, colour, width)
    canvas.line(x, y, x + length, y)


def polygon(canvas: Canvas, points: Points, *, filled: bool = True, stroked: bool = False) -> None:
    """Draw a closed polygon in the current colours."""
    path = canvas.beginPath()
    first, *rest = points
    path.moveTo(*first)
    for point in rest:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path, stroke=int(stroked), fill=int(filled))


def polyline(canvas: Canvas, points: Points) -> None:
    """Draw an open line through points in the current colour."""
    path = canvas.beginPath()
    first, *rest = points
    path.moveTo(*first)
    for point in rest:
        path.lineTo(*point)
    canvas.drawPath(path, stroke=1, fill=0)
