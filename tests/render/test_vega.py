"""The painter of charts on PDF pages: the same picture, real text, and no guess at what it does not know."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
import vl_convert
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from tests.render import specimen
from valueviz.errors import DefinitionError
from valueviz.render import charts
from valueviz.render.palette import palette
from valueviz.render.pdf import vega
from valueviz.render.pdf.fonts import register
from valueviz.render.pdf.outline import outline
from valueviz.story.blocks import ChartBlock, Dumbbell, Waterfall

LIGHT = palette(specimen.BRAND)
BLOCKS = [
    pytest.param(block, id=f"{locale}-{key}")
    for locale in ("zh_CN", "en")
    for key, block in specimen.charts(locale).items()
]


def _page(svg: str) -> bytes:
    """A PDF of one page that is the picture."""
    register()
    width, height = vega.extent(svg)
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(width, height), invariant=1)
    assert vega.paint(canvas, svg, x=0, top=height, width=width) == height
    canvas.save()
    return file.getvalue()


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} of poppler-utils is not installed")
    return found


def _raster(page: bytes, folder: Path) -> Image.Image:
    (folder / "page.pdf").write_bytes(page)
    command = [_tool("pdftoppm"), "-r", "144", "-png", "-singlefile", str(folder / "page.pdf"), str(folder / "page")]
    subprocess.run(command, check=True)
    return Image.open(folder / "page.png").convert("RGB")


def _reference(svg: str) -> Image.Image:
    drawn = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=2))).convert("RGBA")
    ground = Image.new("RGBA", drawn.size, "white")
    ground.alpha_composite(drawn)
    return ground.convert("RGB")


@pytest.mark.parametrize("block", BLOCKS)
def test_a_painted_chart_looks_as_vegas_own_picture(block: ChartBlock, tmp_path: Path) -> None:
    svg = charts.svg(block, palette=LIGHT, width=482)
    mine, theirs = _raster(_page(svg), tmp_path), _reference(svg)
    assert mine.size == theirs.size
    difference = ImageChops.difference(mine, theirs).convert("L")
    assert float(ImageStat.Stat(difference).mean[0]) < 5
    # no tile of 12 × 12 points differs by more than edges do: nothing is missing, moved or of another colour
    tiles = difference.resize((difference.width // 24, difference.height // 24), Image.Resampling.BOX)
    assert max(tiles.tobytes()) < 60


@pytest.mark.parametrize("block", BLOCKS)
def test_facts_are_read_back_whole_and_in_order(block: ChartBlock, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(_page(charts.svg(block, palette=LIGHT, width=482)))
    command = [_tool("pdftotext"), "-raw", str(tmp_path / "page.pdf"), "-"]
    read = "".join(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout.split())
    if isinstance(block, Dumbbell):
        facts = [run.text for row in block.rows for run in row.values if run.kind == "fact"]
    elif isinstance(block, Waterfall):
        facts = [run.text for row in block.rows for cell in row.values for run in cell if run.kind == "fact"]
    else:
        facts = [label.run.text for label in block.labels if label.run.kind == "fact"]
    at = 0
    for fact in facts:
        at = read.find("".join(fact.split()), at)
        assert at >= 0, fact


def test_the_same_picture_gives_the_same_bytes() -> None:
    svg = charts.svg(specimen.charts("zh_CN")["scorecard"], palette=LIGHT, width=482)
    assert _page(svg) == _page(svg)


def test_a_chart_is_vectors_and_text_without_images() -> None:
    page = PdfReader(io.BytesIO(_page(charts.svg(specimen.charts("en")["worse"], palette=LIGHT, width=482)))).pages[0]
    assert list(page.images) == []


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" viewBox="0 0 10 10">{}</svg>'
UNKNOWN = {
    "an element": '<image width="5" height="5" href="x.png"/>',
    "a filter": '<filter id="f"/>',
    "an attribute": '<path d="M0,0L1,1" filter="url(#f)"/>',
    "a link": '<a href="https://example.org"><path d="M0,0"/></a>',
    "a path command": '<path d="M0,0Q1,1,2,2"/>',
    "a sign in a path": '<path d="M0,0L1;1"/>',
    "a transform": '<g transform="skewX(20)"><path d="M0,0"/></g>',
    "a colour": '<path d="M0,0L1,1" stroke="rebeccapurple"/>',
    "a gradient": '<path d="M0,0L1,1" fill="url(#g)"/>',
    "a line cap": '<path d="M0,0L1,1" stroke="#000000" stroke-linecap="arrow"/>',
    "a clip that is not there": '<g clip-path="url(#c)"/>',
    "text in parts": '<text font-size="8px"><tspan>a</tspan></text>',
}


@pytest.mark.parametrize("inside", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_not_in_the_dialect_is_refused(inside: str) -> None:
    with pytest.raises(DefinitionError, match="unknown_svg"):
        _page(SVG.format(inside))


def test_a_file_that_is_no_svg_is_refused() -> None:
    with pytest.raises(DefinitionError, match="unknown_svg"):
        vega.extent("<html/>")


def test_short_colours_mean_what_they_mean_on_the_page(tmp_path: Path) -> None:
    drawn = _raster(_page(SVG.format('<rect width="10" height="10" fill="#d00"/>')), tmp_path)
    assert drawn.getpixel((10, 10)) == (0xDD, 0, 0)


def test_a_clip_hides_what_is_outside(tmp_path: Path) -> None:
    inside = (
        '<defs><clipPath id="c"><rect width="5" height="10"/></clipPath></defs>'
        '<g clip-path="url(#c)"><rect width="10" height="10" fill="#000000"/></g>'
    )
    drawn = _raster(_page(SVG.format(inside)), tmp_path)
    assert (drawn.getpixel((4, 10)), drawn.getpixel((15, 10))) == ((0, 0, 0), (255, 255, 255))


def test_a_hidden_element_is_not_painted(tmp_path: Path) -> None:
    drawn = _raster(_page(SVG.format('<rect width="10" height="10" fill="#000000" display="none"/>')), tmp_path)
    assert drawn.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("path", "pieces"),
    [
        ("M1,2L3,4Z", [("M", (1, 2)), ("L", (3, 4)), ("Z", ())]),
        ("M1 2 3 4", [("M", (1, 2)), ("L", (3, 4))]),
        ("m1,2l1,1h2v-1z", [("M", (1, 2)), ("L", (2, 3)), ("L", (4, 3)), ("L", (4, 2)), ("Z", ())]),
        ("M0,0C1,1,2,2,3,3c1,0,1,0,1,1", [("M", (0, 0)), ("C", (1, 1, 2, 2, 3, 3)), ("C", (4, 3, 4, 3, 4, 4))]),
        ("M1e1,-.5H2", [("M", (10, -0.5)), ("L", (2, -0.5))]),
        ("", []),
    ],
)
def test_paths_are_read_as_svg_means_them(path: str, pieces: list[object]) -> None:
    assert list(outline(path)) == pieces


def test_an_arc_runs_along_its_circle() -> None:
    pieces = outline("M5,0A5,5,0,1,1,-5,0A5,5,0,1,1,5,0")
    assert len(pieces) == 5
    start = (5.0, 0.0)
    for _, (x1, y1, x2, y2, x3, y3) in pieces[1:]:
        middle = ((start[0] + 3 * x1 + 3 * x2 + x3) / 8, (start[1] + 3 * y1 + 3 * y2 + y3) / 8)
        assert (middle[0] ** 2 + middle[1] ** 2) ** 0.5 == pytest.approx(5, abs=0.002)
        assert (x3**2 + y3**2) ** 0.5 == pytest.approx(5)
        start = (x3, y3)


def test_an_arc_with_radii_too_small_is_stretched_to_its_ends() -> None:
    assert outline("M0,0A1,1,0,0,1,10,0")[-1][1][-2:] == (10, 0)
    assert outline("M0,0A0,1,0,0,1,10,0")[-1] == ("L", (10, 0))
