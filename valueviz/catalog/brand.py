"""A brand: two colours, a logo, names, a cover style; read from report_templates/brands/<key>.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal, get_args

from valueviz.catalog.definition import SMALL, Table, parse
from valueviz.catalog.nearest import suggestion
from valueviz.catalog.shipped import digest_of, keys_in, read_shipped, shipped
from valueviz.errors import DefinitionError, UsageError
from valueviz.terms import Names

Cover = Literal["full", "light"]

CONTRAST = 4.5
"""Least contrast of text, WCAG 2.1 AA (success criterion 1.4.3)."""

LARGEST_LOGO = 2 * 1024 * 1024
"""Bytes of a logo file: it is embedded in every report."""

MOST_PIXELS = 20_000_000
"""Pixels of a logo: a bound on the memory its decoding takes."""

_COVERS: tuple[Cover, ...] = get_args(Cover)
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_LOGO = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._/-]{0,99}")
_KEYS = ("name", "brand", "brand_deep", "cover", "confidentiality", "logo")


@dataclass(frozen=True, slots=True)
class Brand:
    """The two colours a brand may replace, its logo (PNG or JPEG beside the file) and its words."""

    key: str
    name: Names
    brand: str
    brand_deep: str
    cover: Cover
    confidentiality: Names
    logo: Path | None
    digest: str


def brands() -> tuple[str, ...]:
    """The keys of all brands."""
    return keys_in(shipped("report_templates", "brands"))


@cache
def brand(key: str) -> Brand:
    """The brand of a key.

    Args:
        key: one of `brands()`.

    Raises:
        UsageError: `brand_unknown` with the nearest key.
    """
    if key not in brands():
        raise UsageError("brand_unknown", found=key, nearest=suggestion(key, brands()))
    folder = shipped("report_templates", "brands")
    return read_brand(read_shipped(folder / f"{key}.toml"), key=key, folder=folder, file=f"{key}.toml")


def read_brand(text: str, *, key: str, folder: Path, file: str) -> Brand:
    """The brand a file describes.

    Args:
        text: the content of the file, TOML.
        key: key of the brand.
        folder: where its logo lies; nothing outside is read.
        file: its name, for errors.

    Raises:
        DefinitionError: a key is unknown, missing or wrong, a colour too pale, a logo no picture of ours.
    """
    table = Table(parse(text, file=file, limit=SMALL), file=file, keys=_KEYS)
    logo = _logo(table, folder) if "logo" in table.values else None
    return Brand(
        key=key,
        name=table.names("name"),
        brand=_colour(table, "brand"),
        brand_deep=_colour(table, "brand_deep"),
        cover=table.choice("cover", _COVERS),
        confidentiality=table.names("confidentiality"),
        logo=logo,
        digest=digest_of(text, logo.read_bytes() if logo else b""),
    )


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours `#RRGGBB`, 1 to 21.

    Source: WCAG 2.1, definitions of contrast ratio and relative luminance.

    >>> round(contrast("#FFFFFF", "#000000"), 6)
    21.0
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colour(table: Table, key: str) -> str:
    """A colour that carries white text and is legible as text on white."""
    colour = table.word(key, _COLOUR, needed="#0E7C74").upper()
    ratio = contrast(colour, "#FFFFFF")
    if ratio < CONTRAST:
        raise table.refuse("contrast_too_low", key, found=f"{ratio:.2f}", needed=f"{CONTRAST}")
    return colour


def _logo(table: Table, folder: Path) -> Path:
    """The path of the logo: a picture inside the folder, small enough to embed."""
    # a trust boundary: the path and the picture may come from a stranger's brand
    name = table.word("logo", _LOGO, needed="logo.png")
    if ".." in PurePosixPath(name).parts or "//" in name:
        raise table.refuse("logo_outside", "logo", found=name)
    path = folder / name
    if not path.is_file():
        raise table.refuse("logo_missing", "logo", found=name)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise table.refuse("logo_outside", "logo", found=name)
    _check_picture(table, path)
    return path


def _check_picture(table: Table, path: Path) -> None:
    from PIL import Image

    size = path.stat().st_size
    if size > LARGEST_LOGO:
        raise table.refuse("logo_too_large", "logo", found=size, needed=LARGEST_LOGO)
    try:
        with Image.open(path, formats=("PNG", "JPEG")) as picture:
            pixels = picture.width * picture.height
            if pixels > MOST_PIXELS:
                raise table.refuse("logo_too_many_pixels", "logo", found=pixels, needed=MOST_PIXELS)
            picture.verify()
    except DefinitionError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):  # what Pillow raises on a bad picture
        raise table.refuse("logo_not_a_picture", "logo", found=path.name) from None
