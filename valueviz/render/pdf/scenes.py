"""Scenes as pieces: title, vector drawing and source line; a map as large as its page allows, else a panel a page."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from typing import Final, Literal

from reportlab.pdfgen.canvas import Canvas

from valueviz.render import scenes
from valueviz.render.palette import Palette
from valueviz.render.pdf import vega
from valueviz.render.pdf.fonts import printable
from valueviz.render.pdf.pieces import Piece, Pieces, of_paragraph, together
from valueviz.render.pdf.text import FIGURE_TITLE, LEAST_CHINESE, SOURCE, Look, plain
from valueviz.render.scenes.canvas import EM
from valueviz.story.blocks import EdgeForm, MapPanel, ProcessMap, SceneBlock

STEPS: Final = 12
"""Sizes tried between that of a label and the smallest that can be read."""


def scene(block: SceneBlock, *, look: Look, width: float, room: float, page: float, continued: str) -> Pieces:
    """A scene under its title, with its source line.

    Args:
        block: what to draw; a map whose panels do not fit beside each other has them one a page.
        look: colours and language.
        width: of the column in points.
        room: height that the page leaves for it.
        page: height of a page of its own.
        continued: what is said after the title of a further part.
    """
    free = room - _surroundings(block, look, width)
    scale = _scale(block, look.palette, width=width, free=free)
    if isinstance(block, ProcessMap) and len(block.panels) > 1 and not _beside(block, width, scale):
        parts = _apart(block, continued)
        heights = (room, *(page for _ in parts[1:]))
        return tuple(
            piece
            for part, height in zip(parts, heights, strict=True)
            for piece in scene(part, look=look, width=width, room=height, page=page, continued=continued)
        )
    title = of_paragraph(look.set(block.title, FIGURE_TITLE, width), before=12)
    source = of_paragraph(look.set(block.source, SOURCE, width), before=5)
    height = vega.extent(_svg(block, look.palette, width / scale))[1] * scale
    draw = partial(_draw, block, palette=look.palette, width=width, scale=scale)
    return together((*title, Piece(height, draw, before=5 if title else 12), *source))


def _surroundings(block: SceneBlock, look: Look, width: float) -> float:
    """The height of title and source with the gaps around them."""
    title = look.set(block.title, FIGURE_TITLE, width).height
    source = look.set(block.source, SOURCE, width).height
    return (title + 17 if title else 12) + (source + 5 if source else 0)


def _least(block: SceneBlock) -> float:
    """The smallest share of its natural size a scene may be set in."""
    return (block.least if isinstance(block, ProcessMap) else LEAST_CHINESE) / EM["print"]


def _scale(block: SceneBlock, palette: Palette, *, width: float, free: float) -> float:
    """The largest size at which a scene fits, by its height and, for a map, with its panels beside each other."""
    least = _least(block)
    sizes = [1.0 - (1.0 - least) * step / STEPS for step in range(STEPS + 1)]
    for scale in sizes:
        tall = vega.extent(_svg(block, palette, width / scale))[1] * scale
        if tall <= free and (not isinstance(block, ProcessMap) or _beside(block, width, scale)):
            return scale
    return least


def _beside(block: ProcessMap, width: float, scale: float) -> bool:
    """Whether the panels of a map stand beside each other."""
    return scenes.columns(block, width=width / scale, medium="print") == len(block.panels)


def _apart(block: ProcessMap, continued: str) -> tuple[ProcessMap, ...]:
    """A map a panel; the source stands under the last."""
    first = replace(block, panels=block.panels[:1], legend=_named(block, block.panels[0]), source=())
    rest = tuple(
        replace(
            block,
            panels=(panel,),
            legend=_named(block, panel),
            title=(*block.title, *plain(continued)) if block.title else (),
            source=(),
        )
        for panel in block.panels[1:]
    )
    return (first, *rest[:-1], replace(rest[-1], source=block.source))


def _named(block: ProcessMap, panel: MapPanel) -> tuple[tuple[EdgeForm | Literal["rework"], str], ...]:
    """The words of a legend that name what one panel draws."""
    forms: set[str] = {edge.form for edge in panel.edges}
    forms |= {"ghost" if node.form == "removed" else node.form for node in panel.nodes}
    forms |= {"rework"} if any(edge.rework for edge in panel.edges) else set()
    return tuple(entry for entry in block.legend if entry[0] in forms)


@lru_cache(maxsize=64)
def _svg(block: SceneBlock, palette: Palette, width: float) -> str:
    return scenes.svg(block, palette=palette, width=width, medium="print")


def _draw(
    block: SceneBlock, canvas: Canvas, x: float, top: float, *, palette: Palette, width: float, scale: float
) -> None:
    """Draw the scene as marked content whose alternate text says it in words (ISO 32000-1, 14.9.3)."""
    canvas.addLiteral(f"/Span <</Alt <FEFF{printable(block.alt).encode('utf-16-be').hex()}>>> BDC")
    vega.paint(canvas, _svg(block, palette, width / scale), x=x, top=top, width=width)
    canvas.addLiteral("EMC")
