"""Process maps and swimlanes as pictures: every fact whole and in order, legible, on the page that suits them."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from io import BytesIO
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.render import specimen_process as specimen
from tests.render.specimen import BRAND
from valueviz.language import language, measure
from valueviz.render import scenes
from valueviz.render.palette import palette
from valueviz.render.pdf.report import render
from valueviz.story.blocks import MapPanel, ProcessMap, Text
from valueviz.story.compose import block_texts, scene_texts
from valueviz.story.process.map import map_block, process_map
from valueviz.story.process.roles import process_roles, roles_block
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy
from valueviz.terms import LOCALES, Locale

LIGHT = palette(BRAND, "light")
CHINESE = re.compile("[\u4e00-\u9fff]")
SVG = "{http://www.w3.org/2000/svg}"

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
needs_qpdf = pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")

STUDIES = ("domestic", "purchase", "crowded", "one period")


def _map(study: ProcessStudy, locale: Locale) -> ProcessMap:
    block = map_block(study, Voice(language(locale)))
    assert block is not None
    return block


@pytest.fixture(params=[(name, locale) for name in STUDIES for locale in LOCALES], ids=lambda p: f"{p[0]} {p[1]}")
def block(request: pytest.FixtureRequest) -> ProcessMap:
    return _specimen(*request.param)


@cache
def _specimen(name: str, locale: Locale) -> ProcessMap:
    return _map(_study(name, locale), locale)


def _study(name: str, locale: Locale) -> ProcessStudy:
    match name:
        case "domestic":
            return specimen.domestic(locale)
        case "purchase":
            return specimen.purchase(locale)
        case "crowded":
            return specimen.crowded(1, locale=locale)
        case _:
            return specimen.one_period(specimen.domestic(locale))


def _words(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("medium", ["print", "screen"])
def test_words_stand_in_the_order_of_the_block_and_facts_are_whole(block: ProcessMap, medium: str) -> None:
    svg = scenes.svg(block, palette=LIGHT, width=984.0, medium=medium)  # type: ignore[arg-type]
    runs = [run.text.strip(" ") for text in scene_texts(block) for run in text]
    wanted = [words for words in runs if words.strip()]
    assert _words(svg)[: len(wanted)] == wanted
    assert _words(svg)[len(wanted) :] == [words for _, words in block.legend]


def test_equal_blocks_give_equal_bytes(block: ProcessMap) -> None:
    assert scenes.svg(block, palette=LIGHT, width=728.0, medium="print") == scenes.svg(
        block, palette=LIGHT, width=728.0, medium="print"
    )


def test_print_holds_only_what_the_painter_knows(block: ProcessMap) -> None:
    root = ElementTree.fromstring(scenes.svg(block, palette=LIGHT, width=728.0, medium="print"))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {"svg", "g", "path", "rect", "line", "text"}
    assert not any(key.startswith("data-") for element in root.iter() for key in element.attrib)


def test_the_screen_names_steps_and_ways_on_hovering(block: ProcessMap) -> None:
    root = ElementTree.fromstring(scenes.svg(block, palette=LIGHT, width=984.0, medium="screen"))
    titles = {element.text for element in root.iter(f"{SVG}title")}
    assert {node.key for panel in block.panels for node in panel.nodes if node.name} <= titles
    assert root.get("aria-label") == block.alt


def _areas(panel: MapPanel) -> list[tuple[str, tuple[float, float, float, float]]]:
    boxes = [
        (
            node.key,
            (node.x - node.width / 2, node.y - node.height / 2, node.x + node.width / 2, node.y + node.height / 2),
        )
        for node in panel.nodes
    ]
    for edge in panel.edges:
        if edge.label_at is not None:
            half = measure(plain(edge.label), 1.0, edge.form in ("faster", "slower")) / 2
            x, y = edge.label_at
            boxes.append((plain(edge.label), (x - half, y - 0.6, x + half, y + 0.6)))
    return boxes


def test_steps_and_labels_never_overlap_and_stay_inside(block: ProcessMap) -> None:
    for panel in block.panels:
        for (name, one), (other_name, other) in combinations(_areas(panel), 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (name, other_name)
        for name, (left, top, right, bottom) in _areas(panel):
            assert min(left, top, block.width - right, block.height - bottom) >= 0, name


def test_words_fit_into_their_steps(block: ProcessMap) -> None:
    for panel in block.panels:
        for node in panel.nodes:
            widths = [measure(plain(line), 1.0, node.form != "ghost") for line in node.name]
            widths.append(measure(plain(node.details), 1.0))
            if node.inline:
                widths.append(sum(widths[-2:]) + 0.6)
            assert max(widths) <= node.width


def test_both_panels_share_one_layout(block: ProcessMap) -> None:
    places: dict[str, tuple[float, float]] = {}
    for panel in block.panels:
        for node in panel.nodes:
            assert places.setdefault(node.key, (node.x, node.y)) == (node.x, node.y)


def test_the_legend_names_what_is_drawn_and_nothing_else(block: ProcessMap) -> None:
    drawn: set[str] = {edge.form for panel in block.panels for edge in panel.edges}
    drawn |= {"rework" for panel in block.panels for edge in panel.edges if edge.rework}
    named = {form for form, _ in block.legend}
    assert named == drawn


def test_labels_without_room_are_counted() -> None:
    study = specimen.crowded(4, locale="zh_CN")
    found = _map(study, "zh_CN")
    lost = sum(edge.label_at is None for panel in found.panels for edge in panel.edges if edge.label)
    assert lost > 0
    counts = {run.fact.key: run.text for run in found.source if run.fact is not None}
    assert counts["process_map.unlabelled"] == str(lost)


def test_changes_have_a_form_beside_their_colour() -> None:
    found = _map(specimen.purchase("en"), "en")
    after = {(edge.source, edge.target): edge for edge in found.panels[1].edges}
    slower, faster = after["Create order", "Receive goods"], after["Manager approves", "Create order"]
    assert (slower.form, faster.form) == ("slower", "faster")
    assert "▲" in plain(slower.label)
    assert "▼" in plain(faster.label)
    grey = replace(LIGHT, better="#777777", worse="#777777")
    alike = [
        scenes.svg(_only(found, edge.source, edge.target, form), palette=grey, width=728.0, medium="print")
        for edge in (slower,)
        for form in ("faster", "slower", "faster_outline", "slower_outline", "plain")
    ]
    assert len(set(alike)) == len(alike)


def _only(block: ProcessMap, source: str, target: str, form: str) -> ProcessMap:
    """The map with one way in one form and nothing else."""
    panel = block.panels[1]
    edges = tuple(
        replace(edge, form=form, label=(), label_at=None)  # type: ignore[arg-type]
        for edge in panel.edges
        if (edge.source, edge.target) == (source, target)
    )
    return replace(block, panels=(MapPanel((), (), (), edges),), legend=())


def test_a_step_that_is_gone_stands_as_a_ghost_after_and_a_new_one_has_a_badge() -> None:
    found = _map(specimen.purchase("zh_CN"), "zh_CN")
    before, after = ({node.key: node for node in panel.nodes} for panel in found.panels)
    assert (before["转录台账"].form, after["转录台账"].form) == ("removed", "ghost")
    assert plain(before["转录台账"].badge) == "取消"
    assert "自动匹配" not in before
    assert plain(after["自动匹配"].badge) == "新增"


@pytest.mark.parametrize("locale", LOCALES)
def test_one_period_gives_one_panel_without_verdicts(locale: Locale) -> None:
    found = _map(specimen.one_period(specimen.purchase(locale)), locale)
    assert len(found.panels) == 1
    assert {form for form, _ in found.legend} <= {"plain", "rework", "bridge"}


@pytest.mark.parametrize("locale", LOCALES)
def test_lanes_hold_the_steps_of_their_role(locale: Locale) -> None:
    study = specimen.purchase(locale)
    found = roles_block(study, Voice(language(locale)))
    assert found is not None
    role = {change.step.activity: change.step.role for change in study.steps}
    for panel in found.panels:
        for node in panel.nodes:
            if node.name:
                lane = next(lane for lane in found.lanes if lane.left <= node.x <= lane.right)
                name = "".join(plain(line) for line in lane.name).replace(" ", "")
                assert name in {str(role[node.key]).replace(" ", ""), "otherroles", "其他角色"}


def test_without_roles_there_is_no_swimlane() -> None:
    study = specimen.purchase("en")
    bare = replace(study, steps=tuple(replace(change, step=replace(change.step, role=None)) for change in study.steps))
    assert process_roles(bare, Voice(language("en"))) == ()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_narrow_screen_has_its_panels_below_each_other_at_a_legible_size(locale: Locale) -> None:
    found = _map(specimen.domestic(locale), locale)
    assert scenes.columns(found, width=350.0, medium="screen") == 1
    svg = scenes.svg(found, palette=LIGHT, width=350.0, medium="screen")
    assert min(float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)) >= 10.5


# On paper ────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module", params=LOCALES)
def printed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Locale, Path]:
    locale: Locale = request.param
    document = specimen.document(locale, specimen.domestic(locale), specimen.purchase(locale))
    path = tmp_path_factory.mktemp("scenes") / "map.pdf"
    path.write_bytes(render(document))
    return locale, path


@needs_poppler
def test_facts_come_out_of_the_pdf_whole_and_in_order(printed: tuple[Locale, Path]) -> None:
    locale, path = printed
    said = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, text=True).stdout
    said = re.sub(r"\s+", " ", said.replace("\u2009", " "))
    document = specimen.document(locale, specimen.domestic(locale), specimen.purchase(locale))
    at = 0
    for section in document.sections[1:]:
        for each in section.blocks:
            for text in block_texts(each):
                at = _found(text, said, at)


def _found(text: Text, said: str, at: int) -> int:
    for run in text:
        if run.fact is not None:
            words = run.text.replace("\u2009", " ")
            place = said.find(words, at)
            assert place >= 0, (words, said[at : at + 200])
            at = place + len(words)
    return at


@needs_qpdf
def test_the_pdf_is_sound_and_the_same_twice(printed: tuple[Locale, Path]) -> None:
    locale, path = printed
    assert subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False).returncode == 0
    document = specimen.document(locale, specimen.domestic(locale), specimen.purchase(locale))
    assert render(document) == path.read_bytes()


def test_a_map_that_needs_the_width_lies_on_a_turned_page(printed: tuple[Locale, Path]) -> None:
    import pikepdf

    locale, path = printed
    wide, _ = process_map(specimen.domestic(locale), Voice(language(locale)))[0], None
    assert wide.orientation == "landscape"
    with pikepdf.open(BytesIO(path.read_bytes())) as document:
        turned = [float(page.mediabox[2]) > float(page.mediabox[3]) for page in document.pages]
    assert any(turned)
    assert not turned[0]


@needs_poppler
def test_nothing_on_paper_is_too_small_to_read(printed: tuple[Locale, Path]) -> None:
    locale, path = printed
    said = subprocess.run(
        ["pdftotext", "-bbox-layout", "-f", "4", str(path), "-"], capture_output=True, check=True, text=True
    ).stdout
    heights = [
        (float(bottom) - float(top), word)
        for top, bottom, word in re.findall(r'<word [^>]*yMin="([\d.]+)"[^>]*yMax="([\d.]+)">([^<]*)<', said)
    ]
    least = {"zh_CN": 7.5, "en": 6.5}[locale]
    furniture = {"草稿", "Draft"}
    sizes = [height for height, word in heights if word not in furniture and (locale == "en" or CHINESE.search(word))]
    assert min(sizes) >= least - 0.01
