"""Chart blocks as plain Vega-Lite dicts and as SVG; sole owner of vl-convert and altair.

Charts place what the story wrote: no statistics, no number formats, no Vega transforms. One spec
serves page, PDF and notebook, so that a mark cannot differ between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never, cast

from valueviz.render.charts import curve, dumbbell, run, waterfall
from valueviz.render.charts.picture import picture
from valueviz.render.charts.sheet import Medium, Sheet
from valueviz.render.palette import Palette
from valueviz.story.blocks import ChartBlock, Curve, Dumbbell, RunChart, Waterfall

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["chart", "spec", "svg"]


def spec(block: ChartBlock, *, palette: Palette, width: float, scale: Medium) -> dict[str, object]:
    """The chart as a plain Vega-Lite dict, laid out for a width.

    Args:
        block: what to draw; its title and source are set around the chart by the renderer.
        palette: colours; the dark set is for screen alone.
        width: of the whole chart, points in print, pixels on screen (from about 300).
        scale: "print" sets labels at 8 pt, "screen" at 12 px.

    Returns:
        A spec of exactly `width`, with its `height`; text stands in the order of the block.
    """
    sheet = Sheet(palette, width, scale)
    match block:
        case RunChart():
            height = run.draw(block, sheet)
        case Dumbbell():
            height = dumbbell.draw(block, sheet)
        case Waterfall():
            height = waterfall.draw(block, sheet)
        case Curve():
            height = curve.draw(block, sheet)
        case _:
            assert_never(block)
    return sheet.spec(height=height, alt=block.alt)


def svg(block: ChartBlock, *, palette: Palette, width: float, scale: Medium = "print") -> str:
    """The chart as SVG text; arguments as of `spec`. Equal arguments give equal bytes."""
    return picture(spec(block, palette=palette, width=width, scale=scale))


def chart(block: ChartBlock, *, palette: Palette, width: float = 700) -> LayerChart:
    """The chart as an Altair chart for a notebook, on the ground of its palette; `width` in pixels."""
    # a second of imports that page and PDF do without
    import altair

    drawn = spec(block, palette=palette, width=width, scale="screen") | {"background": palette.paper}
    return cast("LayerChart", altair.Chart.from_dict(drawn))
