"""Sparklines as markup: two masks (before, after) that take their colour from the page."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

WIDTH = 120
HEIGHT = 28
MARGIN = 3


def spark(values: Sequence[float | None], *, split: int | None) -> str:
    """A line of values 0–1, grey before `split` and in brand after, broken at gaps; the words beside it say its meaning."""
    cut = split if split is not None and 0 < split < len(values) else 0
    before = _mask(values, keep=range(cut))
    after = _mask(values, keep=range(cut, len(values)))
    divide = f'<i class="vv-divide" style="left:{(cut - 0.5) / max(len(values) - 1, 1):.2%}"></i>' if cut else ""
    return (
        f'<span class="vv-spark" aria-hidden="true">{divide}{_layer("vv-was", before)}{_layer("vv-now", after)}</span>'
    )


def _layer(name: str, mask: str) -> str:
    return f'<i class="{name}" style="--vv-mask:url({mask})"></i>' if mask else ""


def _mask(values: Sequence[float | None], *, keep: range) -> str:
    """The stretches of some places as a picture, at the scale of the whole line."""
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    path = ""
    pen = "M"
    for place in keep:
        value = values[place]
        if value is None:
            pen = "M"
            continue
        x, y = MARGIN + place * step, HEIGHT - MARGIN - value * (HEIGHT - 2 * MARGIN)
        path += f"{pen}{x:.1f} {y:.1f}" + ("h.1" if pen == "M" else "")
        pen = "L"
    if not path:
        return ""
    picture = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
        f"<path d='{path}' fill='none' stroke='#000' stroke-width='1.6' stroke-linecap='round' "
        "stroke-linejoin='round' vector-effect='non-scaling-stroke'/></svg>"
    )
    return "data:image/svg+xml," + quote(picture, safe=":/=")
