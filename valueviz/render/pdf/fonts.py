"""Our faces inside ReportLab: registration, advance widths, and the refusal of characters no face holds.

Regular and Bold are loaded once a process; the rest of the family only when a rare character needs it.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from valueviz import language
from valueviz.errors import DataError
from valueviz.story.blocks import Document

REGULAR: Final = "VV"
BOLD: Final = "VV-Bold"
REST: Final = "VV-Rest"
FACES: Final = (REGULAR, BOLD, REST)

ASCENT: Final = 0.88
"""Height of the em box above the baseline, in em; the rest of it hangs below."""

CAP_HEIGHT: Final = 0.733
"""Height of capitals and digits, in em."""


@lru_cache(maxsize=1)
def register() -> tuple[dict[int, int], dict[int, int]]:
    """The advance widths of Regular and Bold in thousandths of an em, by code point; registers both faces.

    ReportLab's own Helvetica is replaced wherever it would be chosen by default.
    """
    files = language.fonts()
    rl_config.canvas_basefontname = REGULAR
    rl_config.useA85 = 0
    rl_config.trustedSchemes = []
    rl_config.trustedHosts = None
    return _registered(REGULAR, files.regular), _registered(BOLD, files.bold)


@lru_cache(maxsize=1)
def register_rest() -> dict[int, int]:
    """The advance widths of the rest of the family, registered when first asked for."""
    return _registered(REST, language.fonts().rest)


@lru_cache(maxsize=1 << 16)
def face_and_width(char: str, bold: bool) -> tuple[int, int]:
    """The index into FACES that can draw a character, and its advance in thousandths of an em."""
    code = ord(char)
    first = register()[bold]
    if code in first:
        return int(bold), first[code]
    rest = register_rest()
    if code in rest:
        return 2, rest[code]
    raise _refusal(char, "")


def printable(text: str) -> str:
    """`text` without control, zero-width and direction characters; line breaks and tabs become spaces."""
    if text.isascii() and text.isprintable():
        return text
    plain = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return "".join(char for char in plain if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"})


def require_glyphs(document: Document) -> None:
    """Refuse a document with a character that no face holds, before anything is built.

    Raises:
        DataError: `missing_glyph` with the character, its code point and the text it stands in.
    """
    seen: set[str] = set()
    for text in _texts(document):
        new = set(printable(text)) - seen
        if not new:
            continue
        seen |= new
        missing = language.missing("".join(sorted(new)))
        if missing:
            raise _refusal(missing[0], text)


def _refusal(char: str, text: str) -> DataError:
    return DataError("missing_glyph", character=char, point=f"U+{ord(char):04X}", text=text[:60] or char)


def _registered(name: str, path: Path) -> dict[int, int]:
    """The advance widths of a face, after it is registered."""
    font = TTFont(name, str(path), shapable=False)
    pdfmetrics.registerFont(font)
    widths: dict[int, int] = font.face.charWidths
    return widths


_UNPRINTED: Final = frozenset({"request", "fact", "brand", "digest", "key", "observed", "band", "points", "spark"})
"""Fields of the document that no page shows as text."""


def _texts(node: object) -> Iterator[str]:
    """Every text below a frozen node, in the order of its fields."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _texts(item)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            if field.name not in _UNPRINTED:
                yield from _texts(getattr(node, field.name))
