"""A brand's logo: decoded within limits, made small, written anew; or the product's own mark."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from valueviz.catalog.brand import Brand
from valueviz.errors import DefinitionError

MOST_PIXELS: Final = 20_000_000
"""A logo with more pixels is refused: far above any logo, far below what exhausts memory."""

MOST_BYTES: Final = 10_000_000
SYMBOL: Final = 1.8
"""A logo less wide than this is a symbol, which the name stands beside; a wider one says the name itself."""

KEPT_PIXELS: Final = (1200, 480)
"""What is embedded: 600 dpi at the size of the cover."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture ready to be drawn, and its width as a share of its height."""

    picture: ImageReader
    aspect: float

    def draw(self, canvas: Canvas, *, x: float, y: float, height: float, most: float) -> float:
        """Draw it `height` high (less where it would be wider than `most`), lower left at `x`, `y`; returns its width."""
        width = min(height * self.aspect, most)
        tall = width / self.aspect
        canvas.drawImage(self.picture, x, y + (height - tall) / 2, width, tall, mask="auto")
        return width


def logo(brand: Brand) -> Logo | None:
    """The logo of a brand; None where it has none."""
    return _decoded(brand.logo, brand.digest, brand.key) if brand.logo else None


@lru_cache(maxsize=16)
def _decoded(path: Path, digest: str, key: str) -> Logo:
    """The logo of a file, cached under the digest of its brand.

    Raises:
        DefinitionError: `brand_logo` where the file is missing, no PNG or JPEG, or too large.
    """
    del digest
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise _refusal(path, key, found=f"{len(content)} bytes")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            # from a brand file, so from a user: header first, pixels only within limits
            with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as source:
                if source.width * source.height > MOST_PIXELS:
                    raise _refusal(path, key, found=f"{source.width} × {source.height}")
                picture = source.convert("RGBA")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise _refusal(path, key, found=type(error).__name__) from error
    picture.thumbnail(KEPT_PIXELS)
    buffer = BytesIO()
    picture.save(buffer, format="PNG")
    return Logo(ImageReader(BytesIO(buffer.getvalue())), picture.width / picture.height)


def _refusal(path: Path, key: str, *, found: str) -> DefinitionError:
    return DefinitionError("brand_logo", brand=key, file=path.name, found=found)
