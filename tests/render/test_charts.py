"""Charts: what they contain, what they never contain, and that nothing on them collides or is cut."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Literal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render import specimen
from valueviz.language import measure
from valueviz.render import charts
from valueviz.render.charts.lettering import balanced, lines, spread, written
from valueviz.render.charts.sheet import Box
from valueviz.render.palette import palette
from valueviz.story.blocks import ChartBlock, Curve, Dumbbell, Point, Rule, Run, RunChart, Waterfall
from valueviz.terms import Locale

LIGHT = palette(specimen.BRAND)
FORBIDDEN = {
    "transform",
    "aggregate",
    "bin",
    "timeUnit",
    "url",
    "href",
    "image",
    "expr",
    "signal",
    "calculate",
    "lookup",
}
SIZES: tuple[tuple[float, Literal["print", "screen"]], ...] = (
    (482, "print"),
    (314, "print"),
    (700, "screen"),
    (350, "screen"),
)
CASES = [
    pytest.param(block, width, scale, id=f"{locale}-{key}-{width:.0f}-{scale}")
    for locale in ("zh_CN", "en")
    for key, block in specimen.charts(locale).items()
    for width, scale in SIZES
]
EVERY_BLOCK = [block for locale in ("zh_CN", "en") for block in specimen.charts(locale).values()]


def _walk(node: object) -> Iterator[tuple[str, object]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield key, value
            yield from _walk(value)
    elif isinstance(node, list):
        for item in node:
            yield from _walk(item)


def words_of(svg: str) -> list[tuple[str, Box]]:
    """Every text of a picture with its box, in the order of the file."""
    found = []
    for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        place = re.fullmatch(r"translate\(([-\d.]+),([-\d.]+)\)", node.attrib["transform"])
        assert place is not None
        x, y = float(place[1]), float(place[2])
        size = float(node.attrib["font-size"].removesuffix("px"))
        text = node.text or ""
        width = measure(text, size, node.attrib["font-weight"] == "700")
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[node.attrib["text-anchor"]] * width
        found.append((text, Box(left, y - 0.88 * size, left + width, y + 0.18 * size)))
    return found


def _expected(block: ChartBlock) -> list[str]:
    """The texts of a block that its picture must show whole, in order."""
    match block:
        case Dumbbell():
            return [run.text.strip() for row in block.rows for run in row.values if run.kind == "fact"]
        case Waterfall():
            return [run.text for row in block.rows for cell in row.values for run in cell]
        case Curve():
            return [label.run.text for label in block.labels] + [line.label for line in block.lines]
        case _:
            return [label.run.text for label in block.labels]


# What a spec contains ────────────────────────────────────────────────────────


@pytest.mark.parametrize("block", EVERY_BLOCK, ids=lambda block: block.key)
def test_a_spec_computes_nothing_and_fetches_nothing(block: ChartBlock) -> None:
    spec = charts.spec(block, palette=LIGHT, width=482, scale="print")
    assert not FORBIDDEN & {key for key, _ in _walk(spec)}
    assert {value for key, value in _walk(spec) if key == "type" and value in {"image", "geoshape"}} == set()


@pytest.mark.parametrize("block", EVERY_BLOCK, ids=lambda block: block.key)
def test_fields_are_renamed_and_human_names_stand_in_texts_only(block: ChartBlock) -> None:
    spec = charts.spec(block, palette=LIGHT, width=482, scale="print")
    assert {value for key, value in _walk(spec) if key == "field"} <= {f"c{number}" for number in range(6)}
    rows = [row for key, value in _walk(spec) if key == "values" and isinstance(value, list) for row in value]
    assert {field for row in rows for field in row} <= {f"c{number}" for number in range(6)}
    assert {field for row in rows for field, value in row.items() if isinstance(value, str)} <= {"c2", "c3"}


def test_a_spec_is_plain_json_of_the_stated_size() -> None:
    for block in EVERY_BLOCK:
        spec = charts.spec(block, palette=LIGHT, width=482, scale="print")
        assert json.loads(json.dumps(spec)) == spec
        root = ElementTree.fromstring(charts.svg(block, palette=LIGHT, width=482))
        assert (float(root.attrib["width"]), float(root.attrib["height"])) == (spec["width"], spec["height"])
        assert spec["description"] == block.alt


def test_altair_accepts_a_spec_as_a_layered_chart() -> None:
    block = specimen.charts("en")["dip"]
    chart = charts.chart(block, palette=LIGHT)
    assert (type(chart).__name__, chart.description) == ("LayerChart", block.alt)


def test_a_chart_is_drawn_without_importing_altair_or_pandas() -> None:
    program = (
        "import sys\nfrom tests.render import specimen\nfrom valueviz.render import charts\n"
        "from valueviz.render.palette import palette\n"
        "block = specimen.charts('en')['dip']\n"
        "charts.svg(block, palette=palette(specimen.BRAND), width=482)\n"
        "print(sorted({'altair', 'pandas', 'reportlab'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


# What a picture shows ────────────────────────────────────────────────────────


@pytest.mark.parametrize(("block", "width", "scale"), CASES)
def test_no_two_texts_collide_and_none_is_cut(
    block: ChartBlock, width: float, scale: Literal["print", "screen"]
) -> None:
    svg = charts.svg(block, palette=LIGHT, width=width, scale=scale)
    height = float(ElementTree.fromstring(svg).attrib["height"])
    words = words_of(svg)
    outside = [text for text, box in words if not box.within(Box(-0.5, -0.5, width + 0.5, height + 0.5))]
    colliding = [(one, two) for (one, a), (two, b) in combinations(words, 2) if a.overlaps(b, gap=-0.5)]
    assert (outside, colliding) == ([], [])


@pytest.mark.parametrize(("block", "width", "scale"), CASES)
def test_every_label_and_value_is_shown_whole_and_in_order(
    block: ChartBlock, width: float, scale: Literal["print", "screen"]
) -> None:
    shown = "".join(text for text, _ in words_of(charts.svg(block, palette=LIGHT, width=width, scale=scale)))
    at = 0
    for text in _expected(block):
        at = shown.find(text, at)
        assert at >= 0, text
        at += len(text)


@pytest.mark.parametrize(("scale", "least"), [("print", 6.5), ("screen", 10.0)])
def test_no_letter_is_smaller_than_a_reader_can_take(scale: Literal["print", "screen"], least: float) -> None:
    for block in EVERY_BLOCK:
        svg = charts.svg(block, palette=LIGHT, width=482, scale=scale)
        sizes = {(float(size), text) for size, text in re.findall(r'font-size="([\d.]+)px"[^>]*>([^<]*)<', svg)}
        assert min(size for size, _ in sizes) >= least
        label = {"print": 8.0, "screen": 12.0}[scale]
        assert min(size for size, text in sizes if text != "?") == label


def test_the_same_block_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys\nfrom tests.render import specimen\nfrom valueviz.render import charts\n"
        "from valueviz.render.palette import palette\n"
        "light = palette(specimen.BRAND)\n"
        "drawn = [charts.svg(b, palette=light, width=482) for b in specimen.charts('zh_CN').values()]\n"
        "sys.stdout.buffer.write(''.join(drawn).encode())"
    )
    here = "".join(charts.svg(block, palette=LIGHT, width=482) for block in specimen.charts("zh_CN").values())
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == here.encode()


def test_dark_pictures_place_every_mark_as_light_ones_do() -> None:
    dark = palette(specimen.BRAND, "dark")
    for block in specimen.charts("zh_CN").values():
        pictures = [charts.svg(block, palette=colours, width=700, scale="screen") for colours in (LIGHT, dark)]
        assert len({re.sub("#[0-9A-Fa-f]{6}", "", picture) for picture in pictures}) == 1
        assert pictures[0] != pictures[1]


# Verdicts have a form of their own ───────────────────────────────────────────


def _marks(block: ChartBlock) -> list[dict[str, object]]:
    layers = charts.spec(block, palette=LIGHT, width=482, scale="print")["layer"]
    assert isinstance(layers, list)
    return [layer["mark"] for layer in layers]


def _row(verdict: str) -> Dumbbell:
    block = specimen.charts("en")["scorecard"]
    assert isinstance(block, Dumbbell)
    return replace(block, rows=tuple(row for row in block.rows if row.verdict == verdict)[:1], legend=())


def test_verdicts_differ_by_form_where_colour_is_not_seen() -> None:
    forms = {}
    for verdict in ("improved", "worse", "not_provable_yet"):
        marks = [mark for mark in _marks(_row(verdict)) if mark["type"] in {"point", "rect"}]
        forms[verdict] = [(mark["type"], mark.get("shape"), "strokeDash" in mark) for mark in marks]
    assert forms["improved"] == [("rect", None, False), ("point", "circle", False), ("point", "circle", False)]
    assert forms["worse"] == [
        ("rect", None, False),
        ("rect", None, False),
        ("point", "circle", False),
        ("point", "square", False),
    ]
    assert forms["not_provable_yet"] == [("rect", None, True), ("point", "circle", False), ("point", "circle", True)]


def test_a_metric_without_a_number_has_words_and_no_mark() -> None:
    marks = _marks(_row("not_comparable"))
    assert {mark["type"] for mark in marks} == {"rule", "text"}


def test_a_worse_run_is_hatched_and_a_better_one_is_plain() -> None:
    found = specimen.charts("en")
    segments = {}
    for key in ("improved", "worse"):
        layers = charts.spec(found[key], palette=LIGHT, width=482, scale="print")["layer"]
        assert isinstance(layers, list)
        colour = {"improved": LIGHT.better, "worse": LIGHT.worse}[key]
        rules = [layer for layer in layers if layer["mark"]["type"] == "rule" and layer["mark"]["stroke"] == colour]
        segments[key] = max(len(layer["data"]["values"]) for layer in rules)
    assert segments["improved"] <= 2
    assert segments["worse"] > 30


# Lines tell what was measured ────────────────────────────────────────────────


def _run_chart(**changes: object) -> RunChart:
    block = specimen.charts("en")["improved"]
    assert isinstance(block, RunChart)
    return replace(block, **changes)  # type: ignore[arg-type]


def test_a_line_is_broken_at_a_gap_and_at_an_excluded_point() -> None:
    whole = tuple(Point(float(x), 5.0) for x in range(10))
    excluded = tuple(replace(point, state="excluded" if point.x == 4 else "used") for point in whole)
    missing = tuple(point for point in whole if point.x not in {4, 5})
    counts = []
    for observed in (whole, excluded, missing):
        block = _run_chart(observed=observed, band=(), rules=(), labels=(), transition=None)
        counts.append(sum(mark["type"] == "line" for mark in _marks(block)))
    assert counts == [1, 2, 2]


def test_an_excluded_point_is_hollow() -> None:
    observed = (Point(1.0, 5.0), Point(2.0, 5.0, "excluded"), Point(3.0, 5.0))
    block = _run_chart(observed=observed, band=(), rules=(), labels=(), transition=None)
    hollow = [mark for mark in _marks(block) if mark["type"] == "point" and mark["fill"] == LIGHT.paper]
    assert len(hollow) == 1


@pytest.mark.parametrize("count", [0, 1, 4, 9, 14])
def test_any_number_of_steps_in_neighbouring_months_can_be_told_apart(count: int) -> None:
    block = _run_chart()
    live = block.rules[0] if not block.rules else next(rule for rule in block.rules if rule.kind == "go_live")
    steps = tuple(Rule(live.x - 5 + number, f"A step with a name, {number}", "step") for number in range(count))
    block = replace(block, rules=(live, *steps))
    for width, scale in SIZES:
        svg = charts.svg(block, palette=LIGHT, width=width, scale=scale)
        words = words_of(svg)
        colliding = [(one, two) for (one, a), (two, b) in combinations(words, 2) if a.overlaps(b, gap=-0.5)]
        assert colliding == []
        assert all(any(rule.label in text for text, _ in words) for rule in block.rules)


def test_steps_far_apart_are_named_where_they_stand() -> None:
    block = _run_chart()
    low = block.x.low
    rules = (Rule(low + 5, "Survey", "step"), Rule(low + 30, "Training", "step"))
    texts = [text for text, _ in words_of(charts.svg(replace(block, rules=rules), palette=LIGHT, width=482))]
    assert {"Survey", "Training"} <= set(texts)


def test_a_block_without_points_rows_or_labels_is_still_a_chart() -> None:
    found = specimen.charts("en")
    scorecard, dip = found["scorecard"], found["dip"]
    assert isinstance(scorecard, Dumbbell)
    assert isinstance(dip, Curve)
    empty: list[ChartBlock] = [
        _run_chart(observed=(), band=(), rules=(), labels=(), transition=None),
        replace(scorecard, rows=()),
        replace(dip, lines=(), labels=(), shade=None),
    ]
    for block in empty:
        svg = charts.svg(block, palette=LIGHT, width=482)
        assert float(ElementTree.fromstring(svg).attrib["height"]) > 20


def test_markup_in_a_label_is_text() -> None:
    hostile = '<b>& "x"</b>'
    block = _run_chart(labels=(replace(_run_chart().labels[0], run=Run(hostile)),))
    assert hostile in [text for text, _ in words_of(charts.svg(block, palette=LIGHT, width=482))]


# Lettering ───────────────────────────────────────────────────────────────────

LETTERS = st.text(alphabet="订单交付周期 abcdefg ，。（）12.5%", min_size=1, max_size=60)


@given(text=LETTERS, width=st.floats(30, 200))
@settings(max_examples=60, deadline=None)
def test_lines_keep_every_letter_and_the_width(text: str, width: float) -> None:
    found = lines((Run(text),), size=8, width=width, most=99)
    assert "".join(written(line) for line in found).replace(" ", "") == text.replace(" ", "")
    for line in found:
        # a word that no break allows may stand out
        assert measure(written(line), 8) <= width + 0.02 or not re.search(r"[\u4e00-\u9fff ]", written(line)[1:-1])


def test_a_fact_is_never_broken_or_shortened() -> None:
    fact = Run("12.5 → 10.2 working days", "fact")
    for most in (1, 2):
        found = lines((Run("Lead time in the second plant "), fact), size=8, width=40, most=most)
        assert fact.text in [run.text for line in found for run in line]


def test_a_text_that_exceeds_its_lines_ends_in_an_ellipsis() -> None:
    found = lines((Run("采购申请至下单的平均审批等待时间"),), size=8, width=40, most=2)
    assert len(found) == 2
    assert written(found[-1]).endswith("…")
    assert all(measure(written(line), 8) <= 40 for line in found)


def test_two_lines_are_of_about_equal_length() -> None:
    one, two = balanced((Run("采购申请至下单的平均审批等待时间"),), size=8, width=124, most=2)
    assert abs(len(written(one)) - len(written(two))) <= 2


def test_no_line_starts_with_closing_punctuation() -> None:
    found = lines((Run("订单、交付（天），准时；退货。" * 4),), size=8, width=50, most=99)
    assert not {written(line)[0] for line in found} & set("，。、；：？！）")


@given(places=st.lists(st.floats(0, 100), max_size=8))
@settings(max_examples=100, deadline=None)
def test_places_moved_apart_keep_their_order_and_distance(places: list[float]) -> None:
    moved = spread(places, gap=5, low=0, high=100)
    order = sorted(range(len(places)), key=lambda number: places[number])
    settled = [moved[number] for number in order]
    assert all(later - earlier >= 5 - 1e-6 for earlier, later in pairwise(settled))
    assert all(-1e-6 <= place <= 100 + 1e-6 for place in settled)


def test_places_that_are_apart_stay_where_they_are() -> None:
    assert spread([30.0, 10.0], gap=5, low=0, high=100) == [30.0, 10.0]


def test_the_specimen_speaks_both_languages_with_the_same_numbers() -> None:
    locales: tuple[Locale, ...] = ("zh_CN", "en")
    values = []
    for locale in locales:
        scorecard = specimen.charts(locale)["scorecard"]
        assert isinstance(scorecard, Dumbbell)
        values.append([(row.after, row.low, row.high) for row in scorecard.rows])
    assert values[0] == values[1]


def test_values_that_fit_their_column_stay_on_one_line() -> None:
    block = specimen.charts("en")["scorecard"]
    assert isinstance(block, Dumbbell)
    # three runs a row and no verdict word: the widest row sets the column and must fit it
    values = (Run("42.8 minutes", "fact"), Run(" → "), Run("42.2 minutes", "fact"))
    block = replace(block, rows=tuple(replace(row, values=values) for row in block.rows[:3]))
    texts = [text for text, _ in words_of(charts.svg(block, palette=LIGHT, width=482))]
    assert texts.count("42.8 minutes → 42.2 minutes") == 3
