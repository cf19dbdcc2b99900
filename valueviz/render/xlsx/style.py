"""How cells of a workbook look: formats from the palette, faces, widths and heights measured from the text."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import xlsxwriter

from valueviz.catalog.filling import Share
from valueviz.language import measure
from valueviz.render.palette import Palette
from valueviz.terms import Locale

FACES: dict[Locale, str] = {"zh_CN": "Microsoft YaHei", "en": "Calibri"}
"""Faces every office has or replaces by its own: a workbook names one, the program falls back by itself."""

FAMILY, CHINESE = 2, 134
"""Sans serif, and the Chinese character set: what a program without the face chooses another by."""

SIZE = 10
"""Points of the text in cells."""

POINTS_PER_WIDTH = 5.4
"""Points of one unit of column width: about the width of a digit at eleven points."""

PADDING = 3.0
"""What a cell keeps free, in units of column width: the indent before its text and a little behind it."""

LINE = 1.5
"""Height of a line, in sizes of its type: Chinese needs air."""

Format = Any
"""A format of XlsxWriter, which ships no types."""


class Style:
    """The formats of one workbook, each made once."""

    def __init__(self, book: xlsxwriter.Workbook, palette: Palette, locale: Locale) -> None:
        """Formats are made when first asked for."""
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._face = {"font_name": FACES[locale], "font_family": FAMILY, "font_size": SIZE}
        if locale == "zh_CN":
            self._face["font_charset"] = CHINESE
        self.palette = palette

    def of(self, **properties: Any) -> Format:
        """A format with the face of the workbook and some more properties; text in a frame keeps off its left edge."""
        whole = {"font_color": self.palette.text, "valign": "vcenter", **self._face, **properties}
        if "border" in whole and whole.setdefault("align", "left") == "left":
            whole["indent"] = 1
        key = tuple(sorted(whole.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(whole)
        return self._made[key]

    def title(self) -> Format:
        """The title of a sheet."""
        return self.of(bold=True, font_size=18, font_color=self.palette.ink)

    def heading(self) -> Format:
        """A heading inside a sheet."""
        return self.of(bold=True, font_size=12, font_color=self.palette.brand)

    def lead(self) -> Format:
        """A paragraph."""
        return self.of(text_wrap=True, valign="top")

    def small(self) -> Format:
        """A remark."""
        return self.of(font_size=8.5, font_color=self.palette.muted, text_wrap=True)

    def header(self, **properties: Any) -> Format:
        """The head of a column."""
        deep = self.palette.brand_deep
        return self.of(
            **{"bold": True, "font_color": "#FFFFFF", "bg_color": deep, "text_wrap": True, "border": 1} | properties,
            border_color=self.palette.tint(deep, 0.75),
        )

    def hint(self) -> Format:
        """What goes into a column, in small letters below its head."""
        palette = self.palette
        return self.of(
            font_size=8.5,
            font_color=palette.muted,
            bg_color=palette.panel,
            text_wrap=True,
            border=1,
            border_color=palette.hairline,
        )

    def example(self, **properties: Any) -> Format:
        """A cell of an example: grey, and not to be filled in."""
        palette = self.palette
        return self.of(
            font_color=palette.muted, bg_color=palette.panel, border=1, border_color=palette.hairline, **properties
        )

    def fixed(self, **properties: Any) -> Format:
        """A cell that says what its row is about."""
        return self.of(**{"text_wrap": True, "border": 1} | properties, border_color=self.palette.hairline)

    def fill(self, **properties: Any) -> Format:
        """A cell to fill in: lightly tinted and not locked."""
        palette = self.palette
        ground = palette.tint(palette.brand, 0.07)
        return self.of(
            **{"bg_color": ground, "border": 1, "locked": False, "text_wrap": True} | properties,
            border_color=palette.tint(palette.brand, 0.28),
        )


def number_format(value: object) -> str:
    """The number format of a cell by what it holds.

    >>> number_format(Share(-0.3)), number_format(Share(0.125)), number_format(1680000.0), number_format(0.1)
    ('0%', '0.0##%', '#,##0', 'General')
    """
    if isinstance(value, Share):
        return "0%" if (Decimal(repr(value.value)) * 100) % 1 == 0 else "0.0##%"
    whole = isinstance(value, int | float) and float(value).is_integer() and abs(value) >= 1000
    return "#,##0" if whole else "General"


class Exact(float):
    """A number written with all of its digits: XlsxWriter cuts after the sixteenth."""

    def __format__(self, spec: str) -> str:
        """The shortest text that stands for the number."""
        return repr(float(self))


def width_of(text: str, *, size: float = SIZE, bold: bool = False) -> float:
    """The width of a text on one line, in units of column width, with the padding of a cell."""
    return measure(text, size, bold) / POINTS_PER_WIDTH + PADDING


def wrapped_width(text: str, *, lines: int, size: float = SIZE, bold: bool = False) -> float:
    """The column width at which a text needs so many lines: no narrower than its longest word."""
    words = text.split() if text.isascii() else [text[at : at + 4] for at in range(0, len(text), 4)]
    longest = max((width_of(word, size=size, bold=bold) for word in words), default=0.0)
    return max(longest, width_of(text, size=size, bold=bold) / lines + 1.0)


def height_of(text: str, *, width: float, size: float = SIZE, bold: bool = False) -> float:
    """The height of a wrapped text in points.

    Args:
        text: may hold line breaks.
        width: in units of column width.
        size: points of its type.
        bold: whether it is bold.
    """
    usable = max(1.0, (width - PADDING) * POINTS_PER_WIDTH)
    # a line rarely fills to the end: words are not cut
    lines = sum(max(1, math.ceil(measure(part, size, bold) * 1.06 / usable)) for part in text.split("\n"))
    return lines * size * LINE + 4
