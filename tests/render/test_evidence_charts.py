"""Waterfall, process limits, event study and the dense run chart: forms that need no colour, ends that meet."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any, Literal, cast

import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageStat

from tests.render import specimen
from tests.render.test_charts import SIZES, words_of
from valueviz.render import charts
from valueviz.render.charts.sheet import Box
from valueviz.render.palette import palette
from valueviz.render.pdf.figures import figure
from valueviz.render.pdf.fonts import register
from valueviz.render.pdf.furniture import COLUMN_HEIGHT
from valueviz.render.pdf.text import Look
from valueviz.story.blocks import BandPoint, ChartBlock, Point, Run, RunChart, Waterfall, WaterfallRow

LIGHT = palette(specimen.BRAND)
WIDTH = 482.0
Layer = dict[str, Any]


def _layers(block: ChartBlock, *, width: float = WIDTH, scale: Literal["print", "screen"] = "print") -> list[Layer]:
    return cast("list[Layer]", charts.spec(block, palette=LIGHT, width=width, scale=scale)["layer"])


def _values(layers: list[Layer], mark: str, **wanted: object) -> Iterator[Layer]:
    """The data of every mark of a kind whose properties are as wanted."""
    for layer in layers:
        if layer["mark"]["type"] == mark and all(layer["mark"].get(key) == value for key, value in wanted.items()):
            yield from layer["data"]["values"]


def _waterfall(key: str = "where_from", **changes: object) -> Waterfall:
    block = specimen.charts("en")[key]
    assert isinstance(block, Waterfall)
    return replace(block, **changes)  # type: ignore[arg-type]


def _run_chart(key: str, **changes: object) -> RunChart:
    block = specimen.charts("en")[key]
    assert isinstance(block, RunChart)
    return replace(block, **changes)  # type: ignore[arg-type]


def _row(**changes: object) -> WaterfallRow:
    plain = WaterfallRow(label=(Run("A step"),), kind="part", start=1.0, end=3.0, values=((Run("+2"),),), sure=True)
    return replace(plain, **changes)  # type: ignore[arg-type]


# Waterfall ───────────────────────────────────────────────────────────────────


def _bars(block: Waterfall) -> list[tuple[float, float]]:
    """Left and right end of every bar from top to bottom: the rectangles as tall as a bar is."""
    spans = [
        (value["c1"], value["c0"], value["c2"])
        for value in _values(_layers(replace(block, legend=())), "rect")
        if abs(value["c3"] - value["c1"] - 1.15 * 8) < 0.02
    ]
    return [(left, right) for _, left, right in sorted(spans)]


@pytest.mark.parametrize("key", ["where_from", "where_from_few"])
def test_every_bar_starts_where_the_one_before_ends_and_the_total_ends_where_they_all_lead(key: str) -> None:
    block = _waterfall(key)
    bars = _bars(block)
    ends = [right if row.end >= row.start else left for row, (left, right) in zip(block.rows, bars, strict=True)]
    starts = [left if row.end >= row.start else right for row, (left, right) in zip(block.rows, bars, strict=True)]
    assert starts[1:-1] == ends[:-2]
    assert ends[-1] == ends[-2]
    assert starts[-1] == starts[0]


def test_the_ends_of_the_parts_are_joined_by_lines() -> None:
    block = _waterfall()
    bars = _bars(block)
    ends = [right if row.end >= row.start else left for row, (left, right) in zip(block.rows, bars, strict=True)]
    upright = {
        value["c0"]
        for value in _values(_layers(block), "rule", stroke=LIGHT.muted, strokeWidth=0.7)
        if value["c0"] == value["c2"]
    }
    assert upright == set(ends[:-1])


FORMS: dict[str, WaterfallRow] = {
    "sure": _row(),
    "worse": _row(start=3.0, end=1.0),
    "unsure": _row(sure=False),
    "remainder": _row(kind="remainder", sure=False),
}


def _grey_bar(row: WaterfallRow) -> tuple[float, float]:
    """Mean and spread of the greys inside the bar of a row."""
    block = _waterfall(rows=(row,), legend=())
    svg = charts.svg(block, palette=LIGHT, width=WIDTH)
    ground = svg.replace("<g ", f'<rect width="{WIDTH}" height="400" fill="#ffffff"/><g ', 1)
    image = Image.open(io.BytesIO(vl_convert.svg_to_png(ground, scale=4))).convert("L")
    (value,) = [value for value in _values(_layers(block), "rect") if abs(value["c3"] - value["c1"] - 1.15 * 8) < 0.02]
    inside = (value["c0"] + 1.5, value["c1"] + 1.5, value["c2"] - 1.5, value["c3"] - 1.5)
    found = ImageStat.Stat(image.crop(tuple(round(4 * place) for place in inside)))
    return found.mean[0], found.stddev[0]


def test_in_grey_a_gain_is_solid_a_loss_is_striped_and_what_is_not_sure_is_empty() -> None:
    greys = {form: _grey_bar(row) for form, row in FORMS.items()}
    assert greys["sure"][0] < 130
    assert greys["sure"][1] < 1
    assert greys["worse"][1] > 25
    # a grid line may cross an empty bar
    assert greys["unsure"][0] > 245
    assert greys["remainder"][0] > 245


def test_what_is_not_sure_is_dashed_and_the_remainder_dotted() -> None:
    dashes = {}
    for form, row in FORMS.items():
        layers = _layers(_waterfall(rows=(row,), legend=()))
        dashes[form] = [layer["mark"].get("strokeDash") for layer in layers if layer["mark"]["type"] == "rect"]
    assert dashes["sure"] == [None]
    assert dashes["worse"] == [None]
    assert dashes["unsure"][0][0] > dashes["unsure"][0][1]
    assert dashes["remainder"][0][0] < dashes["unsure"][0][0] / 2


def test_steps_that_cannot_be_told_apart_are_named_inside_a_bracket() -> None:
    members = ((Run("Item master cleaned"),), (Run("History migrated"),))
    block = _waterfall(rows=(_row(kind="block", members=members),), legend=())
    layers = _layers(block)
    bracket = list(_values(layers, "rule", stroke=LIGHT.text, strokeWidth=1.1))
    (upright,) = [value for value in bracket if value["c0"] == value["c2"]]
    places = dict(words_of(charts.svg(block, palette=LIGHT, width=WIDTH)))
    for text in ("A step", "Item master cleaned", "History migrated"):
        (box,) = [box for shown, box in places.items() if shown.endswith(text)]
        assert upright["c1"] <= box.top + 1
        assert box.bottom - 1 <= upright["c3"]
        assert upright["c0"] < box.left
    assert len(bracket) == 3


def test_a_part_alone_has_no_bracket() -> None:
    layers = _layers(_waterfall(rows=(_row(),), legend=()))
    assert list(_values(layers, "rule", stroke=LIGHT.text, strokeWidth=1.1)) == []


def test_a_long_title_of_values_breaks_and_leaves_its_width_to_the_bars() -> None:
    block = _waterfall("where_from_few", legend=())
    long = replace(block, values_titles=("improvement (days), interval", *block.values_titles[1:]))
    texts = [text for text, _ in words_of(charts.svg(long, palette=LIGHT, width=WIDTH))]
    assert "improvement (days), interval" not in texts
    assert [text for text in texts if text in {"improvement", "(days), interval"}] != []
    one = replace(block, values_titles=("improvement", *block.values_titles[1:]))
    assert _bars(long)[0][1] - _bars(long)[0][0] > 0.85 * (_bars(one)[0][1] - _bars(one)[0][0])


@pytest.mark.parametrize(("width", "scale"), SIZES)
def test_each_phase_is_named_once_above_its_rows(width: float, scale: Literal["print", "screen"]) -> None:
    block = _waterfall()
    texts = [text for text, _ in words_of(charts.svg(block, palette=LIGHT, width=width, scale=scale))]
    for group in {row.group for row in block.rows if row.group}:
        assert texts.count(group) == 1
    assert texts.index("Blueprint") < texts.index("Go-live") < texts.index("After-care")


def test_values_stand_right_aligned_in_columns_under_their_titles() -> None:
    block = _waterfall(legend=())
    places = words_of(charts.svg(block, palette=LIGHT, width=WIDTH))
    for column, title in enumerate(block.values_titles):
        edge = next(box.right for text, box in places if text == title)
        for row in block.rows:
            texts = ["".join(run.text for run in row.values[column])] if row.values[column] else []
            for text in texts:
                assert any(shown == text and box.right == pytest.approx(edge, abs=0.05) for shown, box in places)


def test_on_a_phone_values_are_named_where_they_stand() -> None:
    block = _waterfall("where_from_few", legend=())
    texts = [text for text, _ in words_of(charts.svg(block, palette=LIGHT, width=350, scale="screen"))]
    assert any(text.startswith("95% interval\u00a0") and "Share\u00a0109%" in text for text in texts)


WORDS = st.text(alphabet="订单交付周期审批 abcdefgh，（）", min_size=1, max_size=60).filter(
    lambda text: bool(text.strip())
)


@st.composite
def _rows(draw: st.DrawFn) -> tuple[WaterfallRow, ...]:
    gains = draw(st.lists(st.floats(-3, 3), min_size=0, max_size=14))
    ends = [math.fsum(gains[: number + 1]) for number in range(len(gains))]
    return tuple(
        WaterfallRow(
            label=(Run(draw(WORDS)),),
            kind=draw(st.sampled_from(("part", "block", "remainder", "total"))),
            start=end - gain,
            end=end,
            values=((Run(f"{gain:+.1f}"),), (Run("−1.2 – +0.4"),) if draw(st.booleans()) else ()),
            low=end - 1,
            high=end + 1,
            sure=draw(st.booleans()),
            group=draw(st.sampled_from(("", "Phase one", "上线切换与数据迁移阶段"))),
            members=tuple((Run(draw(WORDS)),) for _ in range(draw(st.integers(0, 3)))),
        )
        for gain, end in zip(gains, ends, strict=True)
    )


@given(rows=_rows(), size=st.sampled_from(SIZES))
@settings(max_examples=15, deadline=None)
def test_whatever_the_rows_no_text_collides_is_cut_or_shortened(
    rows: tuple[WaterfallRow, ...], size: tuple[float, Literal["print", "screen"]]
) -> None:
    width, scale = size
    block = _waterfall(rows=rows, values_titles=("Days", "95% interval"))
    svg = charts.svg(block, palette=LIGHT, width=width, scale=scale)
    words = words_of(svg)
    assert all(box.within(Box(-0.5, -0.5, width + 0.5, 1e6)) for text, box in words)
    assert [(one, two) for (one, a), (two, b) in combinations(words, 2) if a.overlaps(b, gap=-0.5)] == []
    shown = "".join("".join(text.split()) for text, _ in words)
    assert "…" not in shown
    for row in rows:
        for text in (row.label, *row.members):
            assert "".join("".join(run.text.split()) for run in text) in shown


def test_a_waterfall_taller_than_its_page_is_cut_between_rows_and_keeps_its_scale() -> None:
    register()
    rows = tuple(
        _row(label=(Run(f"Step {number}, told at some length"),), start=number, end=number + 1.0)
        for number in range(60)
    )
    pieces = figure(
        _waterfall(rows=rows), look=Look(LIGHT, latin=True), width=WIDTH, room=500, continued=" (continued)"
    )
    tall = [piece.height for piece in pieces if piece.height > 100]
    assert len(tall) > 1
    assert tall[0] <= 500
    assert max(tall) <= COLUMN_HEIGHT


# Limits of a process ─────────────────────────────────────────────────────────


def _flat(block: RunChart) -> list[tuple[float, float, float]]:
    """Left end, right end and height of every limit and level of a process chart."""
    return sorted(
        (value["c0"], value["c2"], value["c1"])
        for value in _values(_layers(block), "rule", stroke=LIGHT.brand_deep, opacity=0.8)
    )


def test_limits_are_flat_and_jump_at_the_rule_that_sets_them_anew() -> None:
    block = _run_chart("limits")
    lines = _flat(block)
    assert len(lines) == 6
    (jump,) = {right for _, right, _ in lines[:3]}
    assert {left for left, _, _ in lines[3:]} == {jump}
    (rule,) = {value["c0"] for value in _values(_layers(block), "rule", stroke=LIGHT.ink) if value["c0"] == value["c2"]}
    assert jump == rule


def test_limits_run_on_over_missing_months_and_stop_before_a_transition() -> None:
    block = _run_chart("limits")
    missing = replace(block, band=tuple(point for point in block.band if point.x not in {5.0, 6.0}))
    assert _flat(missing) == _flat(block)
    moving = replace(block, band=tuple(point for point in block.band if not 20 <= point.x < 24))
    lines = _flat(moving)
    assert min(left for left, _, _ in lines[3:]) > max(right for _, right, _ in lines[:3])


def test_the_level_is_a_plain_line_between_two_dashed_ones() -> None:
    layers = [
        layer
        for layer in _layers(_run_chart("limits"))
        if layer["mark"]["type"] == "rule" and layer["mark"].get("stroke") == LIGHT.brand_deep
    ]
    assert [("strokeDash" in layer["mark"], len(layer["data"]["values"])) for layer in layers] == [
        (True, 4),
        (False, 2),
    ]


def test_a_signal_wears_a_ring_that_no_other_point_has() -> None:
    block = _run_chart("limits")
    quiet = replace(block, observed=tuple(replace(point, state="used") for point in block.observed))
    rings = [
        layer for layer in _layers(block) if layer["mark"]["type"] == "point" and layer["mark"]["fill"] == LIGHT.paper
    ]
    assert [len(layer["data"]["values"]) for layer in rings] == [3]
    largest = max(layer["mark"]["size"] for layer in _layers(quiet) if layer["mark"]["type"] == "point")
    assert rings[0]["mark"]["size"] > 3 * largest


def test_signals_of_a_dense_chart_are_the_only_dots_on_its_line() -> None:
    block = _run_chart("weekly", band=(), rules=(), labels=(), transition=None, band_kind="limits", verdict=None)
    observed = tuple(Point(point.x, point.y, "signal" if 40 <= point.x < 48 else "used") for point in block.observed)
    dots = list(_values(_layers(replace(block, observed=observed)), "point"))
    assert [value["c0"] for value in dots] == [float(x) for x in range(40, 48)]


def test_a_process_chart_draws_no_distance_and_judges_no_line() -> None:
    layers = _layers(_run_chart("limits"))
    assert [layer for layer in layers if layer["mark"]["type"] == "area"] == []
    assert LIGHT.better not in {layer["mark"].get("stroke") for layer in layers}


# Event study ─────────────────────────────────────────────────────────────────


def test_a_period_is_solid_only_after_go_live_and_where_its_interval_clears_no_change() -> None:
    band = tuple(
        BandPoint(float(x), low, low + 1.0, low + 2.0)
        for x, low in ((-2, 0.5), (-1, -1.0), (0, -0.5), (1, 0.4), (2, 1.0))
    )
    observed = tuple(Point(point.x, point.middle) for point in band)
    block = _run_chart("event_study", band=band, observed=observed, labels=(), verdict="improved")
    marks = {
        layer["mark"]["fill"]: [value["c0"] for value in layer["data"]["values"]]
        for layer in _layers(block)
        if layer["mark"]["type"] == "point"
    }
    assert marks == {LIGHT.paper: [-2.0, -1.0, 0.0], LIGHT.better: [1.0, 2.0]}


def test_each_point_of_an_event_study_stands_inside_its_own_interval() -> None:
    block = _run_chart("event_study")
    rises = sorted(
        (value["c0"] + value["c2"], value["c3"] - value["c1"])
        for value in _values(_layers(block), "rect", fillOpacity=0.34)
    )
    assert len(rises) == len(block.band)
    scale = rises[0][1] / (block.band[0].high - block.band[0].low)
    for (_, tall), point in zip(rises, block.band, strict=True):
        assert tall == pytest.approx(scale * (point.high - point.low), abs=0.03)


def test_the_level_of_no_change_runs_across_the_plot() -> None:
    with_level = list(_values(_layers(_run_chart("event_study")), "rule", stroke=LIGHT.ink))
    without = list(_values(_layers(_run_chart("event_study", level=None)), "rule", stroke=LIGHT.ink))
    (line,) = [value for value in with_level if value not in without]
    assert line["c1"] == line["c3"]
    assert line["c2"] - line["c0"] > 0.7 * WIDTH


# Many weeks, many steps ──────────────────────────────────────────────────────


def test_two_years_of_weeks_are_a_line_without_beads_but_what_was_left_out_is_still_marked() -> None:
    block = _run_chart("weekly")
    marks = [layer for layer in _layers(block) if layer["mark"]["type"] == "point"]
    excluded = [point for point in block.observed if point.state == "excluded"]
    assert [len(layer["data"]["values"]) for layer in marks] == [len(excluded)]
    assert sum(len(layer["data"]["values"]) for layer in _layers(block) if layer["mark"]["type"] == "line") > 130


def test_a_lone_week_between_gaps_is_marked_for_no_line_would_show_it() -> None:
    block = _run_chart("weekly")
    lone = tuple(point for point in block.observed if point.x not in {29.0, 31.0})
    marked = [value["c0"] for value in _values(_layers(replace(block, observed=lone)), "point", fill=LIGHT.ink)]
    assert marked == [30.0]


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_change_stands_beside_the_distance_it_states(locale: Literal["zh_CN", "en"]) -> None:
    block = specimen.charts(locale)["weekly"]
    assert isinstance(block, RunChart)
    for width, scale in SIZES:
        places = dict(words_of(charts.svg(block, palette=LIGHT, width=width, scale=scale)))
        change, expected, observed = (places[label.run.text] for label in block.labels)
        assert expected.bottom <= change.top + 0.5
        assert change.bottom <= observed.top + 0.5
        assert change.left == expected.left == observed.left


def test_numbered_steps_keep_their_order_on_both_sides_of_the_go_live() -> None:
    block = _run_chart("weekly")
    for width, scale in SIZES:
        words = words_of(charts.svg(block, palette=LIGHT, width=width, scale=scale))
        numbers = [next(box for text, box in words if text == sign) for sign in "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"]
        assert all(one.right <= two.left for one, two in pairwise(numbers))
        live = next(rule for rule in block.rules if rule.kind == "go_live")
        before = sum(rule.x < live.x for rule in block.rules if rule.kind == "step")
        (name,) = [box for text, box in words if text == live.label]
        assert numbers[before - 1].right <= name.left + 8
