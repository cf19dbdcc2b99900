"""A mapping is read as it is written, and written as it is read."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valueviz.catalog import Format, Mapping, read_mapping, write_mapping
from valueviz.catalog.mapping import UNANSWERED
from valueviz.errors import DefinitionError
from valueviz.terms import Metric, Names

LONG = """
layout = "long"

[columns]
date = "period"
value = "attendances"
metric = "attendances"
series = ["org_code", "type"]
dimensions = "region"

[format]
encoding = "gb18030"
date = "%Y-%m-%d"
decimal = ","
sheet = "数据"
header_rows = 2

[allowed]
region = ["北", "南"]

[metric.attendances]
name = "Attendances"
unit = "count"
better = "lower"
aggregation = "sum"
grain = "month"
season = 12
minimum = 0
synonyms = ["visits"]
"""

ATTENDANCES = Metric(
    key="attendances",
    name=Names((("zh_CN", "Attendances"), ("en", "Attendances"))),
    unit="count",
    better="lower",
    aggregation="sum",
    grain="month",
    season=12.0,
    minimum=0.0,
    synonyms=("visits",),
)


def test_a_long_mapping_is_read_whole() -> None:
    assert read_mapping(LONG, file="m.toml") == Mapping(
        layout="long",
        date="period",
        value="attendances",
        metric="attendances",
        series=("org_code", "type"),
        dimensions=("region",),
        format=Format("gb18030", "%Y-%m-%d", ",", "数据", 2),
        allowed=(("region", ("北", "南")),),
        metrics=(ATTENDANCES,),
    )


@pytest.mark.parametrize(
    "text",
    [
        'layout = "wide"\nmetrics = {"月结天数" = "month_close_days"}\n[columns]\ndate = "月份"',
        'layout = "wide"\n[columns]\ndate = "月份"\nmetrics = {"月结天数" = "month_close_days"}',
    ],
    ids=["beside [columns]", "in [columns]"],
)
def test_the_metrics_of_a_wide_sheet_stand_in_columns_or_beside_them(text: str) -> None:
    mapping = read_mapping(text, file="m.toml")
    assert mapping.wide_metrics == (("月结天数", "month_close_days"),)


def test_periods_may_be_columns() -> None:
    mapping = read_mapping('layout = "wide"\nperiods = ["1月", "2月"]\n[columns]\nmetric = "指标"', file="m.toml")
    assert (mapping.periods, mapping.metric, mapping.date) == (("1月", "2月"), "指标", None)


def test_layouts_that_come_later_are_read_as_definitions() -> None:
    events = read_mapping(
        'layout = "events"\n[columns]\ncase = "单号"\nactivity = "动作"\ncomplete = "时间"', file="m.toml"
    )
    documents = read_mapping(
        'layout = "documents"\n[columns]\ncase = "单号"\nactivities = {"提交日期" = "提交"}', file="m.toml"
    )
    assert (events.case, events.activity, events.complete) == ("单号", "动作", "时间")
    assert documents.activities == (("提交日期", "提交"),)


METRIC = '\n[metric.x]\nname = "X"\nunit = "hour"\nbetter = "lower"\naggregation = "mean"\n'
COLUMNS = '[columns]\ndate = "d"\nvalue = "v"\nmetric = "x"\n'
BAD = {
    "no columns": ("layout = 'long'", "key_missing", {"key": "columns"}),
    "an unknown layout": (f"layout = 'longer'\n{COLUMNS}", "key_not_one_of", {"nearest": "long"}),
    "a column nobody knows": (
        f"{COLUMNS}volumes = 'n'",
        "key_unknown",
        {"key": "columns.volumes", "nearest": "volume"},
    ),
    "a column of another layout": (f"{COLUMNS}periods = ['1']", "key_unknown", {"key": "columns.periods"}),
    "no value and no end": (COLUMNS.replace('value = "v"', ""), "key_missing", {"key": "columns.value"}),
    "a wide sheet without metrics": (
        "layout = 'wide'\n[columns]\ndate = 'd'",
        "key_missing",
        {"key": "columns.metrics"},
    ),
    "metrics and periods together": (
        "layout = 'wide'\nperiods = ['1']\nmetrics = {a = 'b'}\n[columns]\nmetric = 'm'",
        "key_excludes",
        {"found": "metrics"},
    ),
    "periods twice": ("layout = 'wide'\nperiods = ['1']\n[columns]\nmetric = 'm'\nperiods = ['1']", "key_twice", {}),
    "a dimension twice": (f"{COLUMNS}dimensions = ['a', 'a']", "key_twice", {"found": "a"}),
    "a decimal mark of another kind": (
        f"{COLUMNS}[format]\ndecimal = ';'",
        "key_not_one_of",
        {"key": "format.decimal"},
    ),
    "no header rows": (f"{COLUMNS}[format]\nheader_rows = 0", "key_out_of_range", {"key": "format.header_rows"}),
    "an expression from a user": (
        COLUMNS + METRIC + 'expression = "(SELECT 1)"',
        "expression_not_allowed",
        {"key": "metric.x.expression"},
    ),
    "a metric without its unit": (
        COLUMNS + METRIC.replace('unit = "hour"', ""),
        "key_missing",
        {"key": "metric.x.unit"},
    ),
    "a metric whose bounds are reversed": (
        COLUMNS + METRIC + "minimum = 5\nmaximum = 1",
        "range_reversed",
        {"key": "metric.x.maximum"},
    ),
    "a metric key with a blank": (
        COLUMNS + METRIC.replace("metric.x", 'metric."a b"'),
        "key_wrong_form",
        {"found": "a b"},
    ),
    "a name in one language of two": (
        COLUMNS + METRIC.replace('"X"', '{ en = "X" }'),
        "key_missing",
        {"key": "metric.x.name.zh_CN"},
    ),
    "a season shorter than one period": (
        COLUMNS + METRIC + "season = 0.5",
        "key_out_of_range",
        {"key": "metric.x.season"},
    ),
}


@pytest.mark.parametrize(("text", "code", "fields"), BAD.values(), ids=BAD.keys())
def test_a_bad_mapping_is_refused_by_its_key(text: str, code: str, fields: dict[str, object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_mapping(text, file="m.toml")
    assert caught.value.code == code
    assert {key: caught.value.fields.get(key) for key in fields} == fields


def test_a_written_mapping_can_be_read_by_a_person() -> None:
    text = write_mapping(read_mapping(LONG, file="m.toml"))
    assert text.splitlines()[:6] == [
        'layout = "long"',
        "",
        "[columns]",
        'date = "period"',
        'value = "attendances"',
        'metric = "attendances"',
    ]
    assert "[metric.attendances]" in text


texts = st.text(min_size=1, max_size=12).filter(lambda text: text.strip() and text != UNANSWERED)
distinct = st.lists(texts, max_size=3, unique=True).map(tuple)
pairs = st.dictionaries(texts, texts, max_size=3).map(lambda found: tuple(found.items()))
optional = st.none() | texts
sheets = st.lists(texts, min_size=2, max_size=3, unique=True).map(tuple)
keys = st.text(string.ascii_letters, min_size=1, max_size=8)
numbers = st.none() | st.floats(-1e9, 1e9)
names = st.builds(lambda zh, en: Names((("zh_CN", zh), ("en", en))), texts, texts)


@st.composite
def metrics(draw: st.DrawFn) -> Metric:
    low, high = draw(numbers), draw(numbers)
    if low is not None and high is not None:
        low, high = sorted((low, high))
    return Metric(
        key=draw(keys),
        name=draw(names),
        unit=draw(texts),
        better=draw(st.sampled_from(("lower", "higher"))),
        aggregation=draw(st.sampled_from(("mean", "sum", "median", "count", "ratio"))),
        grain=draw(st.sampled_from((None, "day", "week", "month"))),
        instrument=draw(optional),
        definition_version=draw(optional),
        season=draw(st.none() | st.floats(1, 400)),
        minimum=low,
        maximum=high,
        definition=draw(st.none() | names),
        pitfalls=draw(st.none() | names),
        synonyms=draw(distinct),
    )


@st.composite
def mappings(draw: st.DrawFn) -> Mapping:
    common: dict[str, Any] = {
        "date": draw(texts),
        "year": draw(optional),
        "series": draw(distinct),
        "volume": draw(optional),
        "dimensions": draw(distinct),
        "instrument": draw(optional),
        "format": draw(st.builds(Format, optional, optional, st.sampled_from((None, ".", ",")), optional | sheets)),
        "units": draw(pairs),
        "names": draw(pairs),
        "allowed": draw(st.dictionaries(texts, distinct, max_size=2).map(lambda found: tuple(found.items()))),
        "metrics": tuple({metric.key: metric for metric in draw(st.lists(metrics(), max_size=2))}.values()),
    }
    if draw(st.booleans()):
        return Mapping(layout="long", value=draw(texts), metric=draw(texts), end=draw(optional), **common)
    columns = draw(pairs.filter(bool))
    return Mapping(layout="wide", wide_metrics=columns, **common)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(mappings())
def test_a_mapping_survives_being_written_and_read(mapping: Mapping) -> None:
    assert read_mapping(write_mapping(mapping), file="m.toml") == mapping


def test_sheets_units_and_names_are_read_and_told_apart_from_one_sheet() -> None:
    text = """[columns]
date = "日期"
metric = "指标"
value = "数值"

[format]
sheet = ["2024", "2025"]

[units]
"数值" = "万元"

[names]
"审批用时" = "purchase_approval_hours"
"""
    mapping = read_mapping(text, file="m.toml")
    assert mapping.format.sheets == ("2024", "2025")
    assert mapping.units == (("数值", "万元"),)
    assert mapping.names == (("审批用时", "purchase_approval_hours"),)
    alone = read_mapping(text.replace('["2024", "2025"]', '["2024"]'), file="m.toml")
    assert (alone.format.sheet, alone.format.sheets) == ("2024", ("2024",))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('better = "?"  # lower, higher', {"key": "metric.waiting.better", "row": 6, "choices": "lower, higher"}),
        ('better = "?"', {"key": "metric.waiting.better", "row": 6}),
    ],
    ids=["with its choices", "without"],
)
def test_a_mapping_with_an_open_question_is_refused_until_it_is_answered(line: str, wanted: dict[str, object]) -> None:
    text = f"""[columns]
date = "日期"
value = "数值"
metric = "waiting"
[metric.waiting]
{line}
name = "Waiting"
unit = "hour"
aggregation = "mean"
"""
    with pytest.raises(DefinitionError) as refusal:
        read_mapping(text, file="m.toml")
    assert refusal.value.code == "mapping_unanswered"
    assert {key: refusal.value.fields[key] for key in wanted} == wanted
    assert read_mapping(text.replace('"?"', '"lower"'), file="m.toml").metrics[0].better == "lower"


def test_a_question_mark_is_an_allowed_value() -> None:
    text = LONG.replace('"北"', '"?"')
    assert read_mapping(text, file="m.toml").allowed == (("region", ("?", "南")),)
