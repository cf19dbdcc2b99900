"""A sheet to draw on: collects plain Vega-Lite layers; it knows places and strokes, no meaning.

Every mark carries its own data, already computed: fields are named c0…cn, nothing is transformed,
aggregated, binned or fetched. Series stand in data coordinates, everything else in units of the sheet
(points on paper, pixels on screen) measured from its top left corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Literal

from valueviz.language import measure
from valueviz.render.palette import Palette

FONT = "Noto Sans SC"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
ASCENT = 0.88
"""Height of capitals and Chinese characters above the baseline, as a share of the type size."""
DESCENT = 0.18
"""Depth of descenders below the baseline, as a share of the type size."""

Medium = Literal["screen", "print"]
Align = Literal["left", "center", "right"]
Shape = Literal["circle", "square", "diamond"]
Spot = tuple[float, float]
Segment = tuple[float, float, float, float]
Layer = dict[str, object]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the sheet, `top` < `bottom`."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box, *, gap: float = 0.0) -> bool:
        """Whether both share an area, or come nearer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def within(self, other: Box) -> bool:
        """Whether `other` holds the whole of this box."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )

    def grown(self, across: float, down: float) -> Box:
        """The box with a margin."""
        return Box(self.left - across, self.top - down, self.right + across, self.bottom + down)


@dataclass(frozen=True, slots=True)
class Word:
    """A line of text at its anchor: `x` by `align`, `y` the baseline."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    bold: bool = False
    align: Align = "left"

    @property
    def width(self) -> float:
        """Its advance width."""
        return measure(self.text, self.size, self.bold)

    @property
    def box(self) -> Box:
        """The area it covers."""
        width = self.width
        left = self.x - {"left": 0.0, "center": width / 2, "right": width}[self.align]
        return Box(left, self.y - ASCENT * self.size, left + width, self.y + DESCENT * self.size)

    def moved(self, x: float, y: float, align: Align) -> Word:
        """The same text elsewhere."""
        return replace(self, x=x, y=y, align=align)


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot area and the two linear scales that fill it."""

    box: Box
    x_low: float
    x_high: float
    y_low: float = 0.0
    y_high: float = 1.0

    def x(self, value: float) -> float:
        """The place of a value across the sheet."""
        share = (value - self.x_low) / ((self.x_high - self.x_low) or 1.0)
        return self.box.left + share * (self.box.right - self.box.left)

    def y(self, value: float) -> float:
        """The place of a value down the sheet."""
        share = (value - self.y_low) / ((self.y_high - self.y_low) or 1.0)
        return self.box.bottom - share * (self.box.bottom - self.box.top)


@dataclass(frozen=True, slots=True)
class Stroke:
    """How a line is drawn; a `dash` alternates drawn and open lengths."""

    colour: str
    width: float = 1.0
    dash: tuple[float, ...] = ()
    opacity: float = 1.0

    def properties(self) -> Layer:
        """As Vega-Lite mark properties."""
        found: Layer = {"stroke": self.colour, "strokeWidth": _near(self.width), "opacity": self.opacity}
        return found | ({"strokeDash": [_near(length) for length in self.dash]} if self.dash else {})


@dataclass
class Sheet:
    """Collects layers in painting order; `em` is the type size of labels, `unit` scales every stroke."""

    palette: Palette
    width: float
    medium: Medium
    layers: list[Layer] = field(default_factory=list)

    @property
    def em(self) -> float:
        """The type size of a label: 8 pt on paper, 12 px on screen."""
        return 8.0 if self.medium == "print" else 12.0

    @property
    def unit(self) -> float:
        """The breadth of a hairline's step: strokes and gaps are multiples of it."""
        return 1.0 if self.medium == "print" else 1.35

    # In data coordinates ──────────────────────────────────────────────────────

    def line(self, frame: Frame, points: Sequence[Spot], stroke: Stroke, *, smooth: bool = False) -> None:
        """A line through points of a frame; a single point draws nothing."""
        if len(points) > 1:
            mark = {"type": "line", "interpolate": "monotone" if smooth else "linear", "strokeCap": "round"}
            self._add(
                mark | {"strokeJoin": "round"} | stroke.properties(),
                _spots(points),
                _scaled(frame, "x") | _scaled(frame, "y"),
            )

    def area(self, frame: Frame, points: Iterable[tuple[float, float, float]], colour: str, *, opacity: float) -> None:
        """The area between two values at each x of a frame."""
        values = [{"c0": x, "c1": low, "c2": high} for x, low, high in points]
        if len(values) > 1:
            channels = _scaled(frame, "x") | _scaled(frame, "y") | {"y2": {"field": "c2"}}
            self._add(
                {"type": "area", "color": colour, "opacity": 1, "fillOpacity": opacity, "line": False}, values, channels
            )

    def points(
        self, frame: Frame, points: Sequence[Spot], *, shape: Shape, size: float, fill: str, stroke: Stroke
    ) -> None:
        """Marks at points of a frame; `size` is the breadth of the mark."""
        if points:
            self._add(_symbol(shape, size, fill, stroke), _spots(points), _scaled(frame, "x") | _scaled(frame, "y"))

    # In units of the sheet ────────────────────────────────────────────────────

    def spots(self, spots: Sequence[Spot], *, shape: Shape, size: float, fill: str, stroke: Stroke) -> None:
        """Marks at places of the sheet."""
        if spots:
            self._add(_symbol(shape, size, fill, stroke), _placed(spots), _FREE)

    def rules(self, segments: Iterable[Segment], stroke: Stroke) -> None:
        """Straight lines from (x, y) to (x, y)."""
        values = _placed(segments)
        if values:
            self._add({"type": "rule"} | stroke.properties(), values, _FREE | _ENDS)

    def boxes(
        self,
        boxes: Iterable[Box],
        fill: str,
        *,
        opacity: float = 1.0,
        radius: float = 0.0,
        stroke: Stroke | None = None,
    ) -> None:
        """Filled rectangles; with a `stroke` also outlined."""
        values = _placed((box.left, box.top, box.right, box.bottom) for box in boxes)
        if values:
            mark: Layer = {"type": "rect", "cornerRadius": radius}
            mark |= (stroke.properties() if stroke else {}) | {"fill": fill, "fillOpacity": opacity}
            self._add(mark, values, _FREE | _ENDS)

    def words(self, words: Iterable[Word]) -> None:
        """Text in the given order, which is the order of reading."""
        present = [word for word in words if word.text]
        for (size, bold, align), group in groupby(present, key=lambda word: (word.size, word.bold, word.align)):
            values = [{"c0": _near(word.x), "c1": _near(word.y), "c2": word.text, "c3": word.colour} for word in group]
            mark: Layer = {
                "type": "text",
                "font": FONT,
                "fontSize": size,
                "fontWeight": 700 if bold else 400,
                "align": align,
                "baseline": "alphabetic",
                "limit": 0,
            }
            channels: Layer = {
                "text": {"field": "c2", "type": "nominal"},
                "color": {"field": "c3", "type": "nominal", "scale": None},
            }
            self._add(mark, values, _FREE | channels)

    def spec(self, *, height: float, alt: str) -> Layer:
        """The finished chart as a Vega-Lite dict, exactly `width` wide, `height` rounded up to a whole unit."""
        return {
            "$schema": SCHEMA,
            "description": alt,
            "width": _near(self.width),
            "height": math.ceil(_near(height)),
            "padding": 0,
            "autosize": {"type": "none"},
            "background": None,
            "config": {"view": {"stroke": None, "fill": None}, "font": FONT},
            "layer": self.layers,
        }

    def _add(self, mark: Layer, values: Sequence[Mapping[str, object]], encoding: Layer) -> None:
        hidden: Layer = {"aria": False, "tooltip": None, "clip": False}
        self.layers.append({"data": {"values": list(values)}, "mark": mark | hidden, "encoding": encoding})


_FREE: Layer = {
    "x": {"field": "c0", "type": "quantitative", "scale": None, "axis": None},
    "y": {"field": "c1", "type": "quantitative", "scale": None, "axis": None},
}
_ENDS: Layer = {"x2": {"field": "c2"}, "y2": {"field": "c3"}}


def _scaled(frame: Frame, channel: Literal["x", "y"]) -> Layer:
    """The encoding of one direction by the scale of a frame."""
    box = frame.box
    across = channel == "x"
    scale: Layer = {
        "domain": [frame.x_low, frame.x_high] if across else [frame.y_low, frame.y_high],
        "range": [_near(box.left), _near(box.right)] if across else [_near(box.bottom), _near(box.top)],
        "nice": False,
        "zero": False,
    }
    return {channel: {"field": "c0" if across else "c1", "type": "quantitative", "scale": scale, "axis": None}}


def _symbol(shape: Shape, size: float, fill: str, stroke: Stroke) -> Layer:
    """A point mark `size` units broad: Vega measures symbols by area."""
    area = {"circle": 0.7854, "square": 1.0, "diamond": 0.5}[shape] * size * size
    return {"type": "point", "filled": True, "shape": shape, "size": _near(area)} | stroke.properties() | {"fill": fill}


def _spots(points: Iterable[Spot]) -> list[Layer]:
    return [{"c0": x, "c1": y} for x, y in points]


def _placed(places: Iterable[tuple[float, ...]]) -> list[Layer]:
    return [{f"c{number}": _near(value) for number, value in enumerate(place)} for place in places]


def _near(value: float) -> float:
    """A hundredth of a unit is finer than any eye and keeps the files short."""
    return round(float(value), 2)
