"""Scenes as SVG text: maps, spectra, variants and ladders, drawn where the story placed them.

One picture serves page and PDF; a scene states no number and formats none.
"""

from __future__ import annotations

from typing import assert_never

from valueviz.render.charts.sheet import Medium
from valueviz.render.palette import Palette
from valueviz.render.scenes import flow, ladder, spectrum, variants
from valueviz.render.scenes.canvas import Canvas
from valueviz.story.blocks import Ladder, ProcessMap, SceneBlock, Spectrum, Variants

__all__ = ["columns", "svg"]


def columns(block: ProcessMap, *, width: float, medium: Medium) -> int:
    """How many panels of a map stand beside each other in a width."""
    return flow.fit(block, width=width, medium=medium).columns


def svg(block: SceneBlock, *, palette: Palette, width: float, medium: Medium) -> str:
    """The scene as SVG text, laid out for a width; equal arguments give equal bytes.

    Args:
        block: what to draw; its title and source are set around the scene by the renderer.
        palette: colours; the dark set is for screen alone.
        width: of the whole scene, points in print, pixels on screen (from about 300).
        medium: "print" sets labels at 8 pt, "screen" at 12 px.

    Returns:
        A picture of `width` (a map on a narrow screen may be wider, to be scrolled); words stand in it in the
        order of the block.
    """
    canvas = Canvas(palette, width=width, medium=medium)
    match block:
        case ProcessMap():
            height = flow.draw(block, canvas)
        case Spectrum():
            height = spectrum.draw(block, canvas)
        case Variants():
            height = variants.draw(block, canvas)
        case Ladder():
            height = ladder.draw(block, canvas)
        case _:
            assert_never(block)
    return canvas.svg(height=height, alt=block.alt)
