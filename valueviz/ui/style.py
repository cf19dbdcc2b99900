"""The page's own style sheet: faces, colours as variables in light and dark, forms of marks; one text.

Colours come from the palette alone. `light-dark()` follows the theme the visitor's browser is in, so that
nothing has to be drawn again when it changes.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from hashlib import sha256
from pathlib import Path

from valueviz import catalog
from valueviz.language import fonts
from valueviz.render.palette import Palette, palette
from valueviz.terms import GRADES

FAMILY = "Noto Sans SC"
"""Name of our subset in the browser, the same as in charts and PDF."""

REST = "Noto Sans SC Rest"
"""Name of the face for rare characters; a browser fetches it only when it meets one."""


@cache
def sheet() -> str:
    """The whole style sheet with the house colours; a page overrides the variables with its brand."""
    house = catalog.brand("valueviz")
    forms = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return f"{_faces()}\n{variables(palette(house, 'light'), palette(house, 'dark'))}\n{forms}"


@cache
def sheet_digest() -> str:
    """The start of the digest of the style sheet, by which a browser knows a new one."""
    return sha256(sheet().encode()).hexdigest()[:12]


@cache
def font_digests() -> dict[str, str]:
    """The start of the digest of each face by the name of its file."""
    return {path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in fonts()}


def variables(light: Palette, dark: Palette) -> str:
    """The colours of a brand as CSS variables, light and dark."""
    pairs = [
        (field.name.replace("_", "-"), getattr(light, field.name), getattr(dark, field.name))
        for field in fields(Palette)
        if field.name != "theme"
    ]
    for grade in GRADES:
        for what, one, other in zip(("ground", "letter"), light.grade(grade), dark.grade(grade), strict=True):
            pairs.append((f"grade-{grade}-{what}", one, other))
    pairs += [
        ("better-tint", light.tint(light.better, 0.45), dark.tint(dark.better, 0.45)),
        ("brand-tint", light.tint(light.brand, 0.10), dark.tint(dark.brand, 0.16)),
    ]
    body = "".join(f"--vv-{name}:light-dark({one},{other});" for name, one, other in pairs)
    return f":root{{{body}}}"


def text(words: str) -> str:
    """Words as a quoted string of a style sheet, whatever characters they hold."""
    return '"' + "".join(char if char.isalnum() or char in " -" else f"\\{ord(char):x} " for char in words) + '"'


def _faces() -> str:
    """The faces, fetched from our own route."""
    regular, bold, rest = (path.name for path in fonts())
    known = font_digests()
    return "\n".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
        f'src:url("font/{name}?v={known[name]}") format("truetype")}}'
        for family, weight, name in (
            (FAMILY, "400", regular),
            (FAMILY, "700", bold),
            (REST, "400 700", rest),
        )
    )
