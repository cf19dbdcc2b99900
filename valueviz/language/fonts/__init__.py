"""The faces text is set in: where they lie, how wide a text is, which characters no face holds."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent

ONLY_REST = 0xFFFF
"""Stands for the bold width of a character that only Rest holds."""

EM = 1000
"""Units of an em in the faces, and the width assumed for a character no face holds."""


class FontFiles(NamedTuple):
    """The faces as files: Regular and Bold for all text, Rest (Regular) for rare characters only."""

    regular: Path
    bold: Path
    rest: Path


class _Widths(NamedTuple):
    """Advance widths by character in thousandths of an em, and the characters that only Rest holds."""

    regular: dict[str, int]
    bold: dict[str, int]
    rest: frozenset[str]


def fonts() -> FontFiles:
    """The font files that travel with the package."""
    return FontFiles(*(FOLDER / f"NotoSansSC-{name}.ttf" for name in ("Regular", "Bold", "Rest")))


def measure(text: str, size: float, bold: bool = False) -> float:
    """The width of a text on one line, in points.

    Args:
        text: any text; a rare character is set in Rest, which has one weight.
        size: size of the type in points.
        bold: whether it is set in Bold.
    """
    widths = _widths().bold if bold else _widths().regular
    return size * sum(widths.get(char, EM) for char in text) / EM


def missing(text: str) -> tuple[str, ...]:
    """The characters of a text that no face holds, in order of appearance, each once."""
    regular = _widths().regular
    return tuple(dict.fromkeys(char for char in text if char not in regular))


def rare(text: str) -> tuple[str, ...]:
    """The characters of a text that only Rest holds, in order of appearance, each once."""
    rest = _widths().rest
    return tuple(dict.fromkeys(char for char in text if char in rest))


@cache
def _widths() -> _Widths:
    import zlib
    from array import array

    packed = zlib.decompress((FOLDER / "widths.bin").read_bytes())
    count = len(packed) // 8
    codes, regular, bold = array("I"), array("H"), array("H")
    codes.frombytes(packed[: 4 * count])
    regular.frombytes(packed[4 * count : 6 * count])
    bold.frombytes(packed[6 * count :])
    if sys.byteorder == "big":
        for numbers in (codes, regular, bold):
            numbers.byteswap()
    chars = [chr(code) for code in codes]
    rest = frozenset(char for char, width in zip(chars, bold, strict=True) if width == ONLY_REST)
    return _Widths(
        dict(zip(chars, regular, strict=True)),
        {char: plain if wide == ONLY_REST else wide for char, wide, plain in zip(chars, bold, regular, strict=True)},
        rest,
    )
