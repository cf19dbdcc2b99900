"""Text on the page: styles by name, paragraphs set to a width, lines drawn as few text operations.

Runs are drawn as they are; there is no markup, so nothing a user writes can be anything but text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

from valueviz.render.palette import Palette
from valueviz.render.pdf import paint
from valueviz.render.pdf.breaking import Measured, Spans, balanced, broken, measure
from valueviz.render.pdf.fonts import ASCENT, FACES, face_and_width, printable
from valueviz.story.blocks import Run, Text

LEAST_LATIN: Final = 6.5
LEAST_CHINESE: Final = 7.5
"""No type is smaller, in points."""

LOOSEST: Final = 180
"""The most a gap between characters grows when a line is justified, thousandths of an em; beyond it stays ragged."""


@dataclass(frozen=True, slots=True)
class Style:
    """Size and leading in points, weight, tone, alignment; `tone` names a colour of the palette or is one.

    `even` balances the lines of a title.
    """

    size: float
    leading: float
    bold: bool = False
    tone: str = "text"
    align: Literal["left", "right", "center"] = "left"
    justify: bool = False
    even: bool = False


TITLE: Final = Style(20, 27, bold=True, tone="ink", even=True)
LEAD: Final = Style(11.5, 18, tone="muted", even=True)
HEADING: Final = Style(12, 17, bold=True, tone="ink", even=True)
KICKER: Final = Style(9.6, 14, bold=True, tone="brand")
FIGURE_TITLE: Final = Style(10, 14.5, bold=True, tone="ink")
NOTE: Final = Style(8.6, 13, tone="muted")
SOURCE: Final = Style(7.5, 10.5, tone="muted")
TABLE: Final = Style(8.6, 13)
TABLE_HEAD: Final = Style(8, 11.5, tone="muted")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text set to a width: `height` is the sum of its leadings."""

    line: Measured
    spans: Spans
    style: Style
    width: float
    colour: str

    @property
    def height(self) -> float:
        """Points from the top of the first line to the bottom of the last."""
        return len(self.spans) * self.style.leading

    @property
    def measure(self) -> float:
        """The width of the widest line in points."""
        scale = self.style.size / 1000
        return max((self.line.width(*span) for span in self.spans), default=0) * scale

    def draw(self, canvas: Canvas, x: float, top: float) -> None:
        """Draw every line below `top`."""
        self.draw_lines(canvas, x, top, first=0, last=len(self.spans))

    def draw_lines(self, canvas: Canvas, x: float, top: float, *, first: int, last: int) -> None:
        """Draw lines `first` up to `last` below `top`, as one text object."""
        if first >= last:
            return
        style = self.style
        paint.fill(canvas, self.colour)
        pen = _Pen(canvas.beginText(), size=style.size)
        baseline = top - (style.leading - style.size) / 2 - ASCENT * style.size
        for number in range(first, last):
            self._draw_line(pen, x, baseline, number=number)
            baseline -= style.leading
        pen.space(0)
        canvas.drawText(pen.text)

    def _draw_line(self, pen: _Pen, x: float, y: float, *, number: int) -> None:
        start, end = self.spans[number]
        line, scale = self.line, self.style.size / 1000
        free = self.width - line.width(start, end) * scale
        extra = self._growth(start, end, number=number, free=free)
        x += {"left": 0.0, "center": free / 2, "right": free}[self.style.align]
        at = x - line.lead(start) * scale
        i = start
        set_anew = True
        while i < end:
            stop = i + 1
            while stop < end and _joined(line, stop, justified=extra > 0):
                stop += 1
            pen.face(line.face[i])
            if set_anew or line.moved[i]:
                pen.move(at + line.shift[i] * scale, y)
            loose = extra if line.loose[i] else 0
            pen.space(loose)
            pen.write(line.chars[i:stop])
            at += (line.prefix[stop] - line.prefix[i]) * scale + loose * (stop - i)
            i, set_anew = stop, False

    def _growth(self, start: int, end: int, *, number: int, free: float) -> float:
        """Points each loose gap of a line grows by, 0 where the line stays as it is."""
        if not self.style.justify or number + 1 == len(self.spans) or free <= 0:
            return 0
        gaps = sum(self.line.loose[start : end - 1])
        extra = free / gaps if gaps else 0
        return extra if extra <= LOOSEST * self.style.size / 1000 else 0


def _joined(line: Measured, i: int, *, justified: bool) -> bool:
    """Whether character i is drawn in the same operation as the one before it."""
    same = line.face[i] == line.face[i - 1] and not line.moved[i]
    return same and (not justified or line.loose[i] == line.loose[i - 1])


class _Pen:
    """A text object that changes its state only where it differs."""

    def __init__(self, text: PDFTextObject, *, size: float) -> None:
        self.text = text
        self._size = size
        self._face = -1
        self._space = 0.0

    def face(self, index: int) -> None:
        if index != self._face:
            self.text.setFont(FACES[index], self._size)
            self._face = index

    def move(self, x: float, y: float) -> None:
        self.text.setTextOrigin(x, y)

    def space(self, points: float) -> None:
        if points != self._space:
            self.text.setCharSpace(points)
            self._space = points

    def write(self, chars: str) -> None:
        self.text.textOut(chars)


@dataclass(frozen=True, slots=True)
class Look:
    """How a document is set: its colours and whether it is written in Latin letters."""

    palette: Palette
    latin: bool

    @property
    def body(self) -> Style:
        """Running text: Chinese is justified on a wider leading."""
        return Style(9.6, 14.6) if self.latin else Style(9.6, 16.2, justify=True)

    def set(self, text: Text, style: Style, width: float) -> Paragraph:
        """Text set to a width in points."""
        colour = style.tone if style.tone.startswith("#") else getattr(self.palette, style.tone)
        line = measure(
            tuple(_printable(run) for run in text), strong=style.bold, latin=self.latin, faces=face_and_width
        )
        room = width * 1000 / style.size
        spans = balanced(line, room) if style.even else broken(line, room)
        return Paragraph(line, spans, style, width, colour)

    def title(self, text: Text, style: Style, width: float, *, most: int = 2) -> Paragraph:
        """A title over at most two lines (or `most`): set smaller, down to three quarters, where it would take more."""
        for share in (1.0, 0.9, 0.82, 0.75):
            smaller = replace(style, size=style.size * share, leading=style.leading * share)
            paragraph = self.set(text, smaller, width)
            if len(paragraph.spans) <= most:
                return paragraph
        return paragraph if most > 1 else self.title(text, style, width)

    def one_line(self, text: Text, style: Style, width: float) -> Paragraph:
        """A single line: set smaller where it must be, cut with an ellipsis where even that is too wide."""
        least = LEAST_LATIN if self.latin else LEAST_CHINESE
        paragraph = self.label(text, style, width, least=min(least, style.size))
        if len(paragraph.spans) < 2:
            return paragraph
        words = "".join(run.text for run in text)
        cut = paragraph.spans[0][1] - 1
        shortened = self.set(plain(words[:cut].rstrip() + "…"), paragraph.style, width)
        return replace(shortened, spans=shortened.spans[:1])

    def label(self, text: Text, style: Style, width: float, *, least: float) -> Paragraph:
        """One line where it can be: set smaller, down to `least` points, else broken over lines."""
        natural = self.set(text, style, 1e6).measure
        size = max(least, style.size * min(1.0, width / natural if natural else 1.0) - 0.01)
        size = style.size if natural <= width else size
        return self.set(text, replace(style, size=size), width)


def _printable(run: Run) -> Run:
    kept = printable(run.text)
    return run if kept == run.text else replace(run, text=kept)


def plain(text: str, *, strong: bool = False) -> Text:
    """Furniture: text of the page itself."""
    return (Run(text, kind="furniture", strong=strong),) if text else ()
