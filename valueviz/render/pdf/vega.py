"""Paints the small SVG dialect that Vega writes for our charts onto a ReportLab canvas, as vectors and real text.

It knows the elements, attributes and units our own charts give rise to and refuses everything else: a
chart that is painted in part would be a chart that says something else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final
from xml.etree import ElementTree

from reportlab.pdfgen.canvas import Canvas

from valueviz.errors import DefinitionError
from valueviz.language import measure
from valueviz.render.pdf import paint as strokes
from valueviz.render.pdf.fonts import FACES, face_and_width, printable
from valueviz.render.pdf.outline import Outline, outline

_SILENT = frozenset({"class", "role", "version", "viewBox", "stroke-miterlimit", "xmlns", "id", "font-family"})
"""Attributes that draw nothing, or what is drawn anyway: there is one font family."""
_STYLE = frozenset(
    {"fill", "stroke", "opacity", "fill-opacity", "stroke-opacity", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin"}
)  # fmt: skip
_PLACE = {
    "svg": {"width", "height"},
    "g": {"transform", "clip-path"},
    "path": {"transform", "d"},
    "line": {"transform", "x1", "y1", "x2", "y2"},
    "rect": {"transform", "x", "y", "width", "height"},
    "text": {"transform", "text-anchor", "font-size", "font-weight"},
    "defs": set(),
    "clipPath": set(),
}
"""The attributes of place and form each element may carry; elements outside are unknown."""
_CAPS = {"butt": 0, "round": 1, "square": 2}
_JOINS = {"miter": 0, "round": 1, "bevel": 2}
_TRANSFORMS = {"translate": (1, 2), "scale": (1, 2), "rotate": (1,)}
"""How many numbers each transform may carry."""
_TRANSFORM = re.compile(r"\s*(translate|rotate|scale)\(([^)]*)\)")


_Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Pen:
    """The style in force, as far as SVG hands it down."""

    fill: str | None = "#000000"
    stroke: str | None = None
    alpha: float = 1.0
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    width: float = 1.0
    dash: tuple[float, ...] = ()
    cap: int = 0
    join: int = 0


def extent(svg: str) -> tuple[float, float]:
    """Width and height of a picture in its own units, which for print are points."""
    root = _parsed(svg)
    return float(root.attrib["width"]), float(root.attrib["height"])


def paint(canvas: Canvas, svg: str, *, x: float, top: float, width: float) -> float:
    """Paint a picture with its upper left corner at (x, top), `width` points wide; returns its height.

    Args:
        canvas: its state is left as it was; it is opaque.
        svg: what `render.charts.svg` wrote.
        x: left edge in points.
        top: upper edge in points, counted from the foot of the page.
        width: breadth on the page; equal to the picture's own, one unit is one point.

    Raises:
        DefinitionError: `unknown_svg` where the picture holds an element, attribute or form it does not know.
    """
    root = _parsed(svg)
    scale = width / float(root.attrib["width"])
    clips = {clip.attrib["id"]: clip for clip in root.iter() if _name(clip) == "clipPath"}
    canvas.saveState()
    canvas.transform(scale, 0, 0, -scale, x, top)
    _Painter(canvas, clips).element(root, _Pen(), (0.0, 0.0))
    canvas.restoreState()
    return float(root.attrib["height"]) * scale


# Elements ────────────────────────────────────────────────────────────────────


class _Painter:
    """Walks a picture; moves are added up in numbers, and the state of the canvas is set only where it differs."""

    def __init__(self, canvas: Canvas, clips: Mapping[str, ElementTree.Element]) -> None:
        self._canvas = canvas
        self._clips = clips
        self._state: dict[str, object] = dict(_OPAQUE)

    def element(self, node: ElementTree.Element, pen: _Pen, at: _Spot) -> None:
        """Paint an element and what it holds; `display="none"` paints nothing."""
        name = _name(node)
        _known(node, name)
        if node.get("display") == "none" or name in {"defs", "clipPath"}:
            return
        pen = _styled(node, pen)
        steps = _steps(node)
        if all(kind == "translate" for kind, _ in steps) and node.get("clip-path") is None:
            self._inside(node, name, pen, _moved(at, steps))
            return
        self._canvas.saveState()
        self._canvas.translate(*at)
        for kind, numbers in steps:
            match kind:
                case "translate":
                    self._canvas.translate(*numbers)
                case "scale":
                    self._canvas.scale(*numbers)
                case _:
                    self._canvas.rotate(numbers[0])
        self._clip(node)
        before, self._state = self._state, dict(self._state)
        self._inside(node, name, pen, (0.0, 0.0))
        self._state = before
        self._canvas.restoreState()

    def _inside(self, node: ElementTree.Element, name: str, pen: _Pen, at: _Spot) -> None:
        match name:
            case "svg" | "g":
                for child in node:
                    self.element(child, pen, at)
            case "path":
                self._path(outline(node.get("d", "")), pen, at)
            case "rect":
                self._path(_rectangle(node), pen, at)
            case "line":
                ends = [float(node.get(key, "0")) for key in ("x1", "y1", "x2", "y2")]
                self._path((("M", tuple(ends[:2])), ("L", tuple(ends[2:]))), replace(pen, fill=None), at)
            case _:
                self._text(node, pen, at)

    def _clip(self, node: ElementTree.Element) -> None:
        """Restrict painting to the clip of a group."""
        reference = node.get("clip-path")
        if reference is None:
            return
        clip = self._clips.get(reference.removeprefix("url(#").removesuffix(")"))
        shapes = list(clip) if clip is not None else []
        if len(shapes) != 1 or _name(shapes[0]) not in {"rect", "path"}:
            raise DefinitionError("unknown_svg", element="clipPath", found=reference)
        shape = shapes[0]
        pieces = _rectangle(shape) if _name(shape) == "rect" else outline(shape.get("d", ""))
        self._write(f"{_operators(pieces, (0.0, 0.0))} W n")

    # Marks ───────────────────────────────────────────────────────────────────

    def _use(self, **wanted: object) -> None:
        """Set what of the graphics state differs from what is set already."""
        for key, value in wanted.items():
            if self._state.get(key) != value:
                self._state[key] = value
                _SETTERS[key](self._canvas, value)

    def _path(self, pieces: Outline, pen: _Pen, at: _Spot) -> None:
        """Fill and stroke an outline; what has neither colour is not written."""
        fill_alpha, stroke_alpha = pen.alpha * pen.fill_alpha, pen.alpha * pen.stroke_alpha
        filled = pen.fill is not None and fill_alpha > 0
        stroked = pen.stroke is not None and stroke_alpha > 0 and pen.width > 0
        if not pieces or not (filled or stroked):
            return
        if filled:
            self._use(fill=pen.fill, fill_alpha=fill_alpha)
        if stroked:
            self._use(stroke=pen.stroke, stroke_alpha=stroke_alpha, width=pen.width)
            self._use(dash=pen.dash, cap=pen.cap, join=pen.join)
        ending = {(True, True): "B", (True, False): "f", (False, True): "S"}[filled, stroked]
        self._write(f"{_operators(pieces, at)} {ending}")

    def _write(self, operators: str) -> None:
        """Write operators as they are: a path object of ReportLab takes several times as long."""
        self._canvas._code.append(operators)

    def _text(self, node: ElementTree.Element, pen: _Pen, at: _Spot) -> None:
        """Write a line of text upright, from one text object, so that it comes out whole when it is read back."""
        if len(node):
            raise DefinitionError("unknown_svg", element="text", found=_name(node[0]))
        text = printable(node.text or "")
        if not text or pen.fill is None:
            return
        size = float(node.get("font-size", "11px").removesuffix("px"))
        bold = node.get("font-weight", "400") in {"700", "bold"}
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor", "start")]
        self._use(fill=pen.fill, fill_alpha=pen.alpha * pen.fill_alpha)
        writing = self._canvas.beginText()
        writing.setTextTransform(1, 0, 0, -1, at[0] - shift * measure(text, size, bold), at[1])
        for face, part in _faces(text, bold):
            writing.setFont(FACES[face], size)
            writing.textOut(part)
        self._canvas.drawText(writing)


_OPAQUE: Final[dict[str, object]] = {"fill_alpha": 1.0, "stroke_alpha": 1.0}
"""What a canvas is known to be before anything is painted."""

_SETTERS: Final[dict[str, Callable[[Canvas, Any], object]]] = {
    "fill": strokes.fill,
    "stroke": lambda canvas, colour: canvas.setStrokeColorRGB(*strokes.channels(colour)),
    "fill_alpha": lambda canvas, alpha: canvas.setFillAlpha(alpha),
    "stroke_alpha": lambda canvas, alpha: canvas.setStrokeAlpha(alpha),
    "width": lambda canvas, width: canvas.setLineWidth(width),
    "dash": lambda canvas, dash: canvas.setDash(list(dash)),
    "cap": lambda canvas, cap: canvas.setLineCap(cap),
    "join": lambda canvas, join: canvas.setLineJoin(join),
}


def _operators(pieces: Outline, at: _Spot) -> str:
    """An outline as PDF path operators, to a hundredth of a point."""
    dx, dy = at
    found = []
    for name, numbers in pieces:
        if name == "Z":
            found.append("h")
            continue
        places = " ".join(f"{numbers[k] + dx:.2f} {numbers[k + 1] + dy:.2f}" for k in range(0, len(numbers), 2))
        found.append(f"{places} {name.lower()}")
    return " ".join(found)


def _parsed(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)  # noqa: S314  # written by our own charts, never by a user
    if _name(root) != "svg":
        raise DefinitionError("unknown_svg", element=_name(root), found=root.tag)
    return root


def _known(node: ElementTree.Element, name: str) -> None:
    """Refuse an element or attribute that is not in the dialect."""
    if name not in _PLACE:
        raise DefinitionError("unknown_svg", element=name, found=name)
    for key in node.attrib:
        plain = key in _SILENT or key in _STYLE or key in _PLACE[name] or key.startswith("aria-")
        if not plain and not (key == "display" and node.attrib[key] == "none"):
            raise DefinitionError("unknown_svg", element=name, found=key)


def _steps(node: ElementTree.Element) -> list[tuple[str, list[float]]]:
    """The transforms of an element, first to last, each with as many numbers as the canvas takes."""
    text, at = node.get("transform", ""), 0
    found = []
    while at < len(text):
        step = _TRANSFORM.match(text, at)
        numbers = [float(number) for number in step[2].replace(",", " ").split()] if step else []
        if step is None or len(numbers) not in _TRANSFORMS[step[1]]:
            raise DefinitionError("unknown_svg", element=_name(node), found=text[at:])
        at = step.end()
        if len(numbers) < max(_TRANSFORMS[step[1]]):
            numbers.append(0.0 if step[1] == "translate" else numbers[0])
        found.append((step[1], numbers))
    return found


def _moved(at: _Spot, steps: list[tuple[str, list[float]]]) -> _Spot:
    return at[0] + sum(numbers[0] for _, numbers in steps), at[1] + sum(numbers[1] for _, numbers in steps)


def _rectangle(node: ElementTree.Element) -> Outline:
    x, y, width, height = (float(node.get(key, "0")) for key in ("x", "y", "width", "height"))
    corners = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return (*(("M" if number == 0 else "L", corner) for number, corner in enumerate(corners)), ("Z", ()))


def _faces(text: str, bold: bool) -> Iterator[tuple[int, str]]:
    """The text in stretches of one face: rare characters stand in the rest of the family."""
    for face, part in groupby(text, key=lambda char: face_and_width(char, bold)[0]):
        yield face, "".join(part)


def _name(node: ElementTree.Element) -> str:
    """The name of an element without its namespace."""
    return str(node.tag).rpartition("}")[2]


# Style ───────────────────────────────────────────────────────────────────────


def _styled(node: ElementTree.Element, pen: _Pen) -> _Pen:
    """The pen with what an element says about it."""
    dash = node.get("stroke-dasharray")
    return _Pen(
        fill=_colour(node, "fill", pen.fill),
        stroke=_colour(node, "stroke", pen.stroke),
        alpha=pen.alpha * float(node.get("opacity", "1")),
        fill_alpha=float(node.get("fill-opacity", pen.fill_alpha)),
        stroke_alpha=float(node.get("stroke-opacity", pen.stroke_alpha)),
        width=float(node.get("stroke-width", pen.width)),
        dash=pen.dash if dash is None else tuple(float(part) for part in dash.replace(",", " ").split()),
        cap=_keyword(node, "stroke-linecap", _CAPS, pen.cap),
        join=_keyword(node, "stroke-linejoin", _JOINS, pen.join),
    )


def _colour(node: ElementTree.Element, key: str, inherited: str | None) -> str | None:
    """A colour as `#RRGGBB`; None paints nothing."""
    value = node.get(key)
    if value is None:
        return inherited
    if value in {"none", "transparent"}:
        return None
    if re.fullmatch("#[0-9A-Fa-f]{3}", value):
        return "#" + "".join(2 * digit for digit in value[1:])
    if re.fullmatch("#[0-9A-Fa-f]{6}", value):
        return value
    raise DefinitionError("unknown_svg", element=_name(node), found=f"{key}={value}")


def _keyword(node: ElementTree.Element, key: str, known: Mapping[str, int], inherited: int) -> int:
    value = node.get(key)
    if value is None:
        return inherited
    if value not in known:
        raise DefinitionError("unknown_svg", element=_name(node), found=f"{key}={value}")
    return known[value]
