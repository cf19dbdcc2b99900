"""From a spec to SVG, by vl-convert with the fonts of the package; the same spec gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from valueviz.language import fonts

KEPT = 256
"""Pictures kept in memory: about twenty documents of a dozen charts, some 10 MB."""


def picture(spec: dict[str, object]) -> str:
    """The spec as SVG text, from memory where it was drawn before."""
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _drawn(text, _font_digest())


@lru_cache(maxsize=KEPT)
def _drawn(spec: str, font_digest: str) -> str:
    """The SVG of a spec in the fonts of a digest (part of the key alone)."""
    import vl_convert

    _registered(fonts().regular.parent)
    # specs come from this room alone; nothing may be fetched all the same
    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


@lru_cache(maxsize=4)
def _registered(folder: Path) -> Path:
    """Makes the fonts of a folder known to vl-convert, which silently loses text without them."""
    import vl_convert

    vl_convert.register_font_directory(str(folder))
    return folder


@lru_cache(maxsize=1)
def _font_digest() -> str:
    faces = fonts()
    joined = hashlib.sha256()
    for path in (faces.regular, faces.bold):
        joined.update(hashlib.sha256(path.read_bytes()).digest())
    return joined.hexdigest()
