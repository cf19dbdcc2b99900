"""A canvas for scenes: writes the small SVG dialect that browsers show inline and the PDF painter paints.

It knows paths, rectangles, lines, circles and text, in points on paper and pixels on screen; it knows no meaning.
Text is placed by measure: one element a run, so that a fact comes out whole when it is read back. Names on hovering
and keys of facts are written for the screen alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Final, Literal

from valueviz.language import measure
from valueviz.render.charts.sheet import ASCENT, DESCENT, FONT, Box, Medium, Spot
from valueviz.render.palette import Palette
from valueviz.story.blocks import Run, Text

EM: Final[dict[Medium, float]] = {"print": 8.0, "screen": 12.0}
"""The size of labels: 8 pt on paper, 12 px on screen."""

LEADING: Final = 1.35
"""Distance of two baselines, in type sizes."""

MIDDLE: Final = 0.36
"""From the middle of a line of text down to its baseline, in type sizes."""

ROUND: Final = 0.5523
"""How far the control points of a quarter circle reach, as a share of its radius."""

Align = Literal["left", "center", "right"]
Cap = Literal["butt", "round"]
Join = Literal["miter", "round"]

_ANCHORS: Final[dict[Align, float]] = {"left": 0.0, "center": 0.5, "right": 1.0}


class Canvas:
    """Collects elements in drawing order; x grows to the right, y downwards, from the top left corner.

    `em` is the size of a label in units of the canvas: whatever is given in ems is multiplied by it.
    """

    def __init__(self, palette: Palette, *, width: float, medium: Medium) -> None:
        """A canvas `width` units wide; its height is known when it is finished."""
        self.palette = palette
        self.width = width
        self.medium: Medium = medium
        self.em = EM[medium]
        self._parts: list[str] = []

    def svg(self, *, height: float, alt: str) -> str:
        """The whole picture as SVG text; equal drawings give equal bytes."""
        size = f'width="{_number(self.width)}" height="{_number(height)}"'
        view = f'viewBox="0 0 {_number(self.width)} {_number(height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" class="vv-scene" role="img" aria-label="{_escaped(alt)}"'
        return f'{head} {size} {view} font-family="{FONT}">{"".join(self._parts)}</svg>'

    @contextmanager
    def group(self, *, title: str = "", name: str = "") -> Iterator[None]:
        """What is drawn inside belongs together; on screen `title` shows on hovering, `name` is its class."""
        kind = f' class="{_escaped(name)}"' if name else ""
        self._parts.append(f"<g{kind}>")
        if title and self.medium == "screen":
            self._parts.append(f"<title>{_escaped(title)}</title>")
        yield
        self._parts.append("</g>")

    # Marks ───────────────────────────────────────────────────────────────────

    def path(
        self,
        d: str,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        width: float = 1.0,
        dash: Sequence[float] = (),
        cap: Cap = "butt",
        join: Join = "miter",
    ) -> None:
        """An outline in the SVG path language (M L H V C A Z); `width` is that of the stroke."""
        self._parts.append(f'<path d="{d}"{_style(fill, stroke, width=width, dash=dash, cap=cap, join=join)}/>')

    def rect(
        self,
        box: Box,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        width: float = 1.0,
        dash: Sequence[float] = (),
        radius: float = 0.0,
    ) -> None:
        """A rectangle, with round corners where `radius` is given."""
        if radius > 0:
            self.path(rounded(box, radius), fill=fill, stroke=stroke, width=width, dash=dash)
            return
        place = f'x="{_number(box.left)}" y="{_number(box.top)}"'
        size = f'width="{_number(box.right - box.left)}" height="{_number(box.bottom - box.top)}"'
        self._parts.append(f"<rect {place} {size}{_style(fill, stroke, width=width, dash=dash)}/>")

    def line(
        self, start: Spot, end: Spot, *, stroke: str, width: float = 1.0, dash: Sequence[float] = (), cap: Cap = "butt"
    ) -> None:
        """A straight line."""
        ends = f'x1="{_number(start[0])}" y1="{_number(start[1])}" x2="{_number(end[0])}" y2="{_number(end[1])}"'
        self._parts.append(f"<line {ends}{_style(None, stroke, width=width, dash=dash, cap=cap)}/>")

    def circle(
        self, centre: Spot, radius: float, *, fill: str | None = None, stroke: str | None = None, width: float = 1.0
    ) -> None:
        """A circle."""
        x, y = centre
        box = Box(x - radius, y - radius, x + radius, y + radius)
        self.path(rounded(box, radius), fill=fill, stroke=stroke, width=width)

    # Words ───────────────────────────────────────────────────────────────────

    def text(
        self,
        text: Text,
        at: Spot,
        *,
        colour: str,
        size: float | None = None,
        bold: bool = False,
        align: Align = "left",
    ) -> Box:
        """One line of text whose baseline starts (or is centred, or ends) at a spot; returns the area it covers.

        Args:
            text: its runs stand beside each other, one element each; spaces at their ends become distance.
            at: x by `align`, y the baseline.
            colour: of every run.
            size: of the type in units of the canvas; None: a label's.
            bold: every run; a strong run is bold anyway.
            align: which end `at` is.
        """
        size = self.em if size is None else size
        width = breadth(text, size, bold=bold)
        left = at[0] - _ANCHORS[align] * width
        x = left
        for run in text:
            self._run(run, (x, at[1]), size=size, bold=bold or run.strong, colour=colour)
            x += measure(run.text, size, bold or run.strong)
        return Box(left, at[1] - ASCENT * size, left + width, at[1] + DESCENT * size)

    def lines(
        self,
        texts: Iterable[Text],
        at: Spot,
        *,
        colour: str,
        size: float | None = None,
        bold: bool = False,
        align: Align = "left",
    ) -> float:
        """Lines below each other, the first with its baseline at `at`; returns the baseline of the next one."""
        size = self.em if size is None else size
        y = at[1]
        for text in texts:
            self.text(text, (at[0], y), colour=colour, size=size, bold=bold, align=align)
            y += LEADING * size
        return y

    def _run(self, run: Run, at: Spot, *, size: float, bold: bool, colour: str) -> None:
        words = run.text.strip(" ")
        if not words.strip():
            return
        x = at[0] + measure(run.text[: len(run.text) - len(run.text.lstrip(" "))], size, bold)
        weight = ' font-weight="700"' if bold else ""
        key = f' data-key="{_escaped(run.fact.key)}"' if run.fact is not None and self.medium == "screen" else ""
        self._parts.append(
            f'<text transform="translate({_number(x)},{_number(at[1])})" font-size="{_number(size)}px"{weight}'
            f' fill="{colour}"{key}>{_escaped(words)}</text>'
        )


# Measures and outlines ───────────────────────────────────────────────────────


def breadth(text: Text, size: float, *, bold: bool = False) -> float:
    """The width of a text on one line."""
    return sum(measure(run.text, size, bold or run.strong) for run in text)


def rounded(box: Box, radius: float) -> str:
    """The outline of a rectangle with round corners."""
    radius = min(radius, (box.right - box.left) / 2, (box.bottom - box.top) / 2)
    reach = radius * (1 - ROUND)
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    return (
        move((left + radius, top))
        + straight((right - radius, top))
        + curve((right - reach, top), (right, top + reach), (right, top + radius))
        + straight((right, bottom - radius))
        + curve((right, bottom - reach), (right - reach, bottom), (right - radius, bottom))
        + straight((left + radius, bottom))
        + curve((left + reach, bottom), (left, bottom - reach), (left, bottom - radius))
        + straight((left, top + radius))
        + curve((left, top + reach), (left + reach, top), (left + radius, top))
        + "Z"
    )


def move(to: Spot) -> str:
    """The start of an outline."""
    return f"M{_number(to[0])},{_number(to[1])}"


def straight(to: Spot) -> str:
    """A straight piece of an outline."""
    return f"L{_number(to[0])},{_number(to[1])}"


def curve(first: Spot, second: Spot, to: Spot) -> str:
    """A Bézier piece of an outline, by its two control points and its end."""
    return "C" + ",".join(_number(value) for spot in (first, second, to) for value in spot)


def polygon(spots: Sequence[Spot]) -> str:
    """A closed outline through spots."""
    return polyline(spots) + "Z"


def polyline(spots: Sequence[Spot]) -> str:
    """An open outline through spots."""
    return move(spots[0]) + "".join(straight(spot) for spot in spots[1:])


# Writing ─────────────────────────────────────────────────────────────────────


def _style(
    fill: str | None,
    stroke: str | None,
    *,
    width: float = 1.0,
    dash: Sequence[float] = (),
    cap: Cap = "butt",
    join: Join = "miter",
) -> str:
    found = f' fill="{fill or "none"}"'
    if stroke is None:
        return found
    found += f' stroke="{stroke}" stroke-width="{_number(width)}"'
    if dash:
        found += f' stroke-dasharray="{",".join(_number(length) for length in dash)}"'
    if cap != "butt":
        found += f' stroke-linecap="{cap}"'
    return found + (f' stroke-linejoin="{join}"' if join != "miter" else "")


def _number(value: float) -> str:
    """A length to a hundredth of a unit, without zeros at its end."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _escaped(text: str) -> str:
    """Text as it stands in markup, on one line: a line break would end the piece of a page that holds the picture."""
    return escape(text.replace("\x00", "\ufffd").replace("\r", " ").replace("\n", " "), quote=True)
