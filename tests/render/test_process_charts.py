"""Charts of processes: every fact is on them whole, nothing collides or is cut, and grey tells what colour does."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any, Literal, cast
from xml.etree import ElementTree

import pypdf
import pytest
import vl_convert
from PIL import Image, ImageStat
from reportlab.pdfgen.canvas import Canvas

from tests.render import specimen
from tests.render import specimen_process_charts as process
from valueviz.language import measure
from valueviz.render import charts, scenes
from valueviz.render.charts.sheet import Box
from valueviz.render.palette import palette
from valueviz.render.pdf import vega
from valueviz.render.pdf.fonts import register
from valueviz.story.blocks import (
    ChartBlock,
    Curve,
    Dumbbell,
    DumbbellRow,
    Ladder,
    Run,
    RunChart,
    SceneBlock,
    Spectrum,
    Text,
    Variants,
    VariantStep,
    Waterfall,
)
from valueviz.terms import Locale

LIGHT = palette(specimen.BRAND)
LOCALES: tuple[Locale, ...] = ("zh_CN", "en")
SIZES: tuple[tuple[float, Literal["print", "screen"]], ...] = ((482, "print"), (1100, "screen"), (350, "screen"))
CASES = [
    pytest.param(block, width, medium, id=f"{locale}-{key}-{width:.0f}")
    for locale in LOCALES
    for key, block in process.pictures(locale).items()
    for width, medium in SIZES
]


def _svg(block: ChartBlock | SceneBlock, width: float = 482.0, medium: Literal["print", "screen"] = "print") -> str:
    if isinstance(block, process.SCENES):
        return scenes.svg(block, palette=LIGHT, width=width, medium=medium)
    return charts.svg(cast("ChartBlock", block), palette=LIGHT, width=width, scale=medium)


def _words(svg: str) -> list[tuple[str, Box]]:
    """Every text of a picture with its box, in the order of the file."""
    found = []
    for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        place = re.fullmatch(r"translate\(([-\d.]+),([-\d.]+)\)", node.attrib["transform"])
        assert place is not None
        x, y = float(place[1]), float(place[2])
        size = float(node.attrib["font-size"].removesuffix("px"))
        text = node.text or ""
        width = measure(text, size, node.get("font-weight") == "700")
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor", "start")] * width
        found.append((text, Box(left, y - 0.78 * size, left + width, y + 0.1 * size)))
    return found


def _facts(block: ChartBlock | SceneBlock) -> list[str]:
    """The facts a picture must show, in the order of reading."""
    texts: list[Text] = []
    match block:
        case Waterfall():
            texts = [cell for row in block.rows for cell in row.values]
        case Dumbbell():
            texts = [row.values for row in block.rows]
        case RunChart() | Curve():
            texts = [(label.run,) for label in block.labels]
        case Variants():
            texts = [text for row in block.rows for text in (row.label, row.before_text, row.after_text)]
        case Ladder():
            for row in block.rows:
                texts += [text for step in row.steps for text in (step.wait_text, step.work_text)]
                texts += [row.total, row.efficiency]
        case _:
            pass
    return [run.text for text in texts for run in text if run.kind == "fact"]


# Every picture ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("block", "width", "medium"), CASES)
def test_no_words_of_a_picture_collide_or_leave_it(
    block: ChartBlock | SceneBlock, width: float, medium: Literal["print", "screen"]
) -> None:
    svg = _svg(block, width, medium)
    root = ElementTree.fromstring(svg)
    words = _words(svg)
    sheet = Box(-0.5, -0.5, float(root.attrib["width"]) + 0.5, float(root.attrib["height"]) + 0.5)
    assert [text for text, box in words if not box.within(sheet)] == []
    inner = [(text, box.grown(-0.3, 0.0)) for text, box in words]
    assert [(one[0], two[0]) for one, two in combinations(inner, 2) if one[1].overlaps(two[1])] == []


@pytest.mark.parametrize(("block", "width", "medium"), CASES)
def test_a_picture_shows_every_fact_of_its_block_in_the_order_of_the_block(
    block: ChartBlock | SceneBlock, width: float, medium: Literal["print", "screen"]
) -> None:
    shown = " | ".join(text for text, _ in _words(_svg(block, width, medium)))
    at = 0
    for fact in _facts(block):
        found = shown.find(fact, at)
        assert found >= 0, (fact, shown)
        # stacked rows set the first number of a row in bold, so that a pair is one stretch with its arrow
        at = found


@pytest.mark.parametrize("locale", LOCALES)
def test_the_same_scene_gives_the_same_bytes_and_is_painted_as_text_that_can_be_read_back(locale: Locale) -> None:
    register()
    for block in process.pictures(locale).values():
        svg = _svg(block)
        assert svg == _svg(block)
        file = io.BytesIO()
        canvas = Canvas(file, pagesize=(520, 1200))
        height = vega.paint(canvas, svg, x=19, top=1180, width=482)
        canvas.showPage()
        canvas.save()
        assert height < 760
        page = pypdf.PdfReader(file).pages[0]
        assert len(page.images) == 0
        text = page.extract_text()
        assert [fact for fact in _facts(block) if fact not in text] == []


# Waterfall ───────────────────────────────────────────────────────────────────


def _picture(key: str, locale: Locale = "en") -> Any:
    return process.pictures(locale)[key]


def _layers(block: ChartBlock) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", charts.spec(block, palette=LIGHT, width=482, scale="print")["layer"])


def test_the_bars_of_a_lead_time_lead_from_the_mean_before_to_the_mean_after() -> None:
    rows = _picture("proven-process_time").rows
    whole = process.waterfall()
    assert [row.kind for row in rows] == ["from", *["part"] * (len(rows) - 2), "total"]
    assert rows[0].end == pytest.approx(whole.before / process.DAY)
    assert all(one.end == two.start for one, two in pairwise(rows[:-1]))
    assert rows[-2].end == pytest.approx(rows[-1].end, abs=1e-9)
    assert rows[-1].end == pytest.approx(whole.after / process.DAY)


def test_every_form_of_a_bar_has_a_grey_or_a_pattern_of_its_own() -> None:
    row = replace(_picture("proven-process_time").rows[1], start=1.0, end=7.0)
    greys = {}
    for form in ("sure", "worse", "unsure", "added", "removed", "stated_better", "stated_worse"):
        block = replace(_picture("proven-process_time"), rows=(replace(row, form=form),), legend=())
        greys[form] = _grey(_svg(block), charts.spec(block, palette=LIGHT, width=482, scale="print"))
    assert greys["sure"][1] < 3 < greys["worse"][1]
    assert greys["unsure"][0] > 250
    assert greys["added"][0] + 15 < greys["removed"][0] < 230
    assert greys["stated_worse"][1] > greys["stated_better"][1] + 3


def _grey(svg: str, spec: dict[str, Any]) -> tuple[float, float]:
    """Mean and spread of the greys inside the one bar of a waterfall."""
    ground = svg.replace("<g ", '<rect width="482" height="400" fill="#ffffff"/><g ', 1)
    image = Image.open(io.BytesIO(vl_convert.svg_to_png(ground, scale=4))).convert("L")
    boxes = [
        value
        for layer in spec["layer"]
        if layer["mark"]["type"] == "rect"
        for value in layer["data"]["values"]
        if abs(value["c3"] - value["c1"] - 9.2) < 0.02
    ]
    box = boxes[0]
    inside = (box["c0"] + 1.2, box["c1"] + 1.2, box["c2"] - 1.2, box["c3"] - 1.2)
    found = ImageStat.Stat(image.crop(tuple(round(4 * place) for place in inside)))
    return found.mean[0], found.stddev[0]


# Dumbbell ────────────────────────────────────────────────────────────────────


def test_a_wait_is_coloured_only_where_its_change_is_proven() -> None:
    verdicts = {"".join(run.text for run in row.label): row.verdict for row in _picture("proven-process_waits").rows}
    assert verdicts["部门经理审批"] == "improved"
    assert verdicts["Budget check by the finance department"] == "worse"
    assert {verdict for name, verdict in verdicts.items() if name not in ("部门经理审批", "Budget check by the finance department")} == {"not_provable_yet"}  # fmt: skip
    colours = {
        value
        for layer in _layers(_picture("unproven-process_waits"))
        for key, value in layer["mark"].items()
        if key in ("fill", "stroke")
    }
    assert not colours & {LIGHT.better, LIGHT.worse}


def test_the_marks_of_waits_differ_by_shape() -> None:
    row = DumbbellRow(label=(Run("A step"),), verdict="not_provable_yet", values=(Run("1"),), before=0.4, after=0.9)
    whole = _picture("proven-process_waits")
    shapes = {}
    for name, drawn in {
        "improved": replace(row, verdict="improved"),
        "worse": replace(row, verdict="worse"),
        "added": replace(row, before=None, presence="added"),
        "open": row,
    }.items():
        layers = _layers(replace(whole, rows=(drawn,), legend=()))
        shapes[name] = [layer["mark"]["shape"] for layer in layers if layer["mark"]["type"] == "point"][-1]
        dashes = [layer for layer in layers if layer["mark"]["type"] == "rule" and "strokeDash" in layer["mark"]]
        assert bool(dashes) is (name == "open")
    assert shapes == {"improved": "circle", "worse": "square", "added": "diamond", "open": "circle"}


def test_the_scale_of_waits_says_zero_and_does_not_stress_it() -> None:
    block = _picture("proven-process_waits")
    assert block.x.ticks[0].position == 0.0
    bold = [
        value["c2"]
        for layer in _layers(block)
        if layer["mark"]["type"] == "text" and layer["mark"]["fontWeight"] == 700
        for value in layer["data"]["values"]
    ]
    assert "0" not in bold


# Weeks and curve ─────────────────────────────────────────────────────────────


def test_unfinished_weeks_are_hollow_in_a_pale_span_and_in_no_line() -> None:
    block = _picture("proven-process_weeks")
    immature = [point for point in block.observed if point.state == "immature"]
    assert len(immature) == 4
    assert block.pale is not None
    assert block.pale[0] < min(point.x for point in immature)
    lines = [layer for layer in _layers(block) if layer["mark"]["type"] == "line"]
    assert max(value["c0"] for layer in lines for value in layer["data"]["values"]) < block.pale[0]
    hollow = [
        value["c0"]
        for layer in _layers(block)
        if layer["mark"]["type"] == "point" and layer["mark"]["fill"] == LIGHT.paper
        for value in layer["data"]["values"]
    ]
    assert hollow == [point.x for point in immature]


def test_a_curve_rises_in_steps_to_the_share_it_states_at_the_limit() -> None:
    block = _picture("proven-process_curve")
    shares = [label.run.fact for label in block.labels if label.run.fact is not None]
    limit = block.rules[0].x
    assert limit == 7.0
    for line, fact in zip(block.lines, shares, strict=True):
        below = max(y for x, y in line.points if x <= limit)
        assert fact.value == pytest.approx(below, abs=0.006)
    drawn = [layer for layer in _layers(block) if layer["mark"]["type"] == "line"]
    for layer in drawn:
        spots = [(value["c0"], value["c1"]) for value in layer["data"]["values"]]
        assert all(x0 == x1 or y0 == y1 for (x0, y0), (x1, y1) in pairwise(spots))


# Scenes ──────────────────────────────────────────────────────────────────────


def test_a_spectrum_is_two_paths_a_segment_and_emphasises_the_slow_by_weight() -> None:
    block = _picture("proven-process_spectrum")
    root = ElementTree.fromstring(_svg(block))
    paths = [node for node in root.iter("{http://www.w3.org/2000/svg}path") if node.attrib["d"].count("M") > 4]
    assert len(paths) <= 2 * len(block.bands)
    assert all(len(band.lines) <= 2000 for band in block.bands)
    widths = {float(node.attrib["stroke-width"]) for node in paths}
    assert max(widths) > 2 * min(widths)


def test_the_lines_of_a_spectrum_end_at_its_edges() -> None:
    block = _picture("proven-process_spectrum")
    for node in ElementTree.fromstring(_svg(block)).iter("{http://www.w3.org/2000/svg}path"):
        places = [float(x) for x, _ in re.findall(r"[ML]([-\d.]+),([-\d.]+)", node.attrib["d"])]
        assert 0 <= min(places) <= max(places) <= 482


def test_chevrons_bear_names_where_they_fit_and_else_numbers_with_a_key() -> None:
    block = _picture("proven-process_variants", "zh_CN")
    wide = [text for text, _ in _words(_svg(replace(block, rows=block.rows[4:5]), 1100, "screen"))]
    assert wide.count("部门经理审批") == 1
    narrow = [text for text, _ in _words(_svg(block))]
    names = {step.name for row in block.rows for step in row.steps}
    assert [narrow.count(name) for name in names] == [1] * len(names)
    assert {str(number + 1) for number in range(len(names))} <= set(narrow)


def test_new_and_dropped_steps_of_variants_differ_without_colour() -> None:
    block = _picture("proven-process_variants")
    greys = {}
    for form in ("kept", "added", "removed"):
        row = replace(block.rows[0], steps=(VariantStep("A", form),), before=0.0, after=0.0, before_text=(), after_text=())  # fmt: skip
        svg = _svg(replace(block, rows=(row,), steps=(), legend=()))
        outline = next(n for n in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"))
        greys[form] = (outline.attrib["fill"], "stroke-dasharray" in outline.attrib)
    assert greys["removed"] == ("none", True)
    assert not greys["kept"][1]
    assert _lightness(greys["added"][0]) + 100 < _lightness(greys["kept"][0])


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_ladder_keeps_one_scale_and_one_number_a_step_in_every_period() -> None:
    block = _picture("proven-process_ladder")
    numbers = [{"".join(run.text for run in step.label): step.number for step in row.steps} for row in block.rows]
    common = numbers[0].keys() & numbers[1].keys()
    assert len(common) >= 6
    assert all(numbers[0][name] == numbers[1][name] for name in common)
    lengths = [sum(step.wait + (step.work or 0.0) for step in row.steps) for row in block.rows]
    lines = [
        float(node.attrib["x2"])
        for node in ElementTree.fromstring(_svg(block)).iter("{http://www.w3.org/2000/svg}line")
        if node.attrib["stroke"] == LIGHT.ink
    ]
    assert lines[1] / lines[0] == pytest.approx(lengths[1] / lengths[0], abs=0.002)


def test_a_ladder_without_work_times_draws_no_work() -> None:
    svg = _svg(_picture("unproven-process_ladder"))
    fills = [node.attrib["fill"] for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect")]
    assert LIGHT.brand_deep not in fills


def test_a_scene_is_of_a_kind_the_renderer_knows() -> None:
    kinds = {type(block) for block in process.pictures("en").values()}
    assert {Spectrum, Variants, Ladder, Waterfall, Dumbbell, RunChart, Curve} == kinds
