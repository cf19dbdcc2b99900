"""Packs and cases: complete in every language, keyed once, and honest about where a figure is told."""

from __future__ import annotations

import re

import pytest

from valueviz.catalog import cases, headers_of, pack, pack_or_general, packs, plain_header
from valueviz.catalog.case import read_case
from valueviz.catalog.pack import Pack, read_pack
from valueviz.catalog.shipped import CATALOG, keys_in
from valueviz.errors import DefinitionError, UsageError
from valueviz.terms import LOCALES, PHASES, Metric, Names

HAN = re.compile(r"[\u4e00-\u9fff]")
FIELD = ["采购审批周期", "排产响应时间", "物料编码准确率", "库存差异率", "月结天数", "凭证自动生成率"]
FIELD += ["订单交付周期", "准时交付率", "OEE", "工单返工率", "库存周转天数", "BOM准确率", "计划达成率"]
TRACED = ["批次放行时间", "追溯演练时间", "偏差数", "电子记录率", "批记录审核时间", "批记录一次合格率", "偏差关闭时间"]
TRACED += ["赋码成功率", "上报及时率", "数据完整性缺陷", "检验周期", "变更控制周期", "培训按期完成率", "返工批次率"]
TRACED += ["CAPA逾期率", "审计准备工时", "近效期损耗", "退货处理时间"]
METRICS = [metric for key in packs() for metric in pack(key).metrics]


def every_text(industry: Pack) -> list[tuple[str, Names]]:
    texts = [(industry.key, industry.name)]
    for metric in industry.metrics:
        texts += [(metric.key, text) for text in (metric.name, metric.definition, metric.pitfalls) if text]
    for guide in industry.phases:
        sentences = (guide.name, guide.deliverable, guide.client_duty, guide.vendor_duty, guide.breaks_if_skipped)
        texts += [(guide.key, text) for text in sentences]
    texts += [(check.key, text) for check in industry.readiness for text in (check.topic, check.question, check.gap)]
    for entry in industry.recordings:
        texts += [(entry.key, text) for text in (entry.what, entry.how, entry.how_often, entry.who)]
    return texts


@pytest.mark.parametrize("key", packs())
def test_every_pack_has_all_phases_ten_checks_and_something_to_record(key: str) -> None:
    industry = pack(key)
    assert tuple(guide.key for guide in industry.phases) == PHASES
    assert len(industry.readiness) >= 10
    assert len(industry.recordings) >= 5


@pytest.mark.parametrize("key", packs())
def test_every_text_of_a_pack_is_chinese_in_chinese_and_free_of_chinese_in_english(key: str) -> None:
    for entry, names in every_text(pack(key)):
        assert HAN.search(names["zh_CN"]) or names["zh_CN"].isascii() is False, entry
        assert not HAN.search(names["en"]), entry
        assert names["en"] == names["en"].strip()


@pytest.mark.parametrize("key", packs())
def test_sentences_of_a_pack_hold_no_digits_because_numbers_are_facts(key: str) -> None:
    stray = [
        (entry, locale)
        for entry, names in every_text(pack(key))
        for locale in LOCALES
        if re.search(r"\d", names[locale])
    ]
    assert stray == []


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_every_metric_of_a_pack_is_complete(metric: Metric) -> None:
    assert {"definition", "pitfalls", "grain", "benefit_class", "instrument", "definition_version"} <= {
        name for name in Metric.__slots__ if getattr(metric, name)
    }
    low, high = metric.minimum, metric.maximum
    assert low is not None
    assert high is not None
    assert low < high
    chinese = [header for header in metric.synonyms if HAN.search(header)]
    assert len(chinese) >= 3
    assert len(metric.synonyms) - len(chinese) >= 3
    assert metric.season in (None, 1, 12, 52.18)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_percentages_are_bounded_and_weighed_by_what_they_are_taken_of(metric: Metric) -> None:
    if metric.unit == "percent":
        assert (metric.minimum, metric.maximum, metric.aggregation) == (0, 100, "ratio")
    else:
        assert metric.aggregation in ("mean", "sum")


def test_the_metrics_the_field_asks_for_are_in_the_manufacturing_pack() -> None:
    metrics = pack("manufacturing").metrics
    assert len(metrics) >= 20
    known = {plain_header(header) for metric in metrics for header in headers_of(metric)}
    assert [name for name in FIELD if plain_header(name) not in known] == []


def test_the_pharma_pack_has_a_metric_for_each_of_the_eighteen_words_the_field_uses() -> None:
    metrics = pack("pharma").metrics
    owners = {plain_header(header): metric.key for metric in metrics for header in headers_of(metric)}
    assert len({owners[plain_header(word)] for word in TRACED}) == len(metrics) == 18


def test_durations_are_computed_from_two_times_in_the_unit_of_the_metric() -> None:
    divisors = {
        "hour": '\'minute\', "date", "end") / 60.0',
        "day": "/ 1440.0",
        "minute": '\'second\', "date", "end") / 60.0',
    }
    computed = [metric for metric in METRICS if metric.expression != "value"]
    assert len(computed) >= 10
    for metric in computed:
        assert metric.expression.startswith("coalesce(value, date_diff(")
        assert divisors[metric.unit] in metric.expression


def test_an_industry_without_a_pack_gets_the_general_guidance_and_no_metrics() -> None:
    general = pack_or_general("shipbuilding")
    assert (general.key, general.metrics) == ("general", ())
    assert pack_or_general(None) == general
    assert pack_or_general("manufacturing").key == "manufacturing"


def test_an_unknown_industry_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        pack("manufacture")
    assert caught.value.fields == {"found": "manufacture", "nearest": "manufacturing"}


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        pack("manufacturing").metric("month_close_day")
    assert caught.value.fields["nearest"] == "month_close_days"


NAME = 'name = { zh_CN = "甲", en = "A" }\n'


def metric_text(key: str, *, synonym: str, more: str = "") -> str:
    return (
        f'[metric.{key}]\nname = {{ zh_CN = "指标{key}", en = "Metric {key}" }}\nunit = "hour"\nbetter = "lower"\n'
        f'aggregation = "mean"\nsynonyms = ["{synonym}"]\n{more}'
    )


BAD_PACKS = {
    "two metrics under one header, whatever its case and brackets": (
        NAME + metric_text("a", synonym="Lead time (h)") + metric_text("b", synonym="lead_time h"),
        "header_shared",
        {"key": "metric.b.synonyms", "found": "lead_time h", "nearest": "a"},
    ),
    "a synonym that is the name of another": (
        NAME + metric_text("a", synonym="指标b") + metric_text("b", synonym="x"),
        "header_shared",
        {"nearest": "a"},
    ),
    "a name in one language": (
        NAME + metric_text("a", synonym="x").replace('zh_CN = "指标a", ', ""),
        "key_missing",
        {"key": "metric.a.name.zh_CN"},
    ),
    "one name for all languages": (
        NAME + metric_text("a", synonym="x").replace('{ zh_CN = "指标a", en = "Metric a" }', '"A"'),
        "key_not_table",
        {"key": "metric.a.name"},
    ),
    "an instrument of another kind": (
        NAME + metric_text("a", synonym="x", more='instrument = "stopwatch"'),
        "key_not_one_of",
        {"key": "metric.a.instrument"},
    ),
    "an unknown table": (NAME + "[metrics]", "key_unknown", {"nearest": "metric"}),
    "an unknown key of a metric": (
        NAME + metric_text("a", synonym="x", more='agregation = "sum"'),
        "key_unknown",
        {"key": "metric.a.agregation", "nearest": "aggregation"},
    ),
    "a recording of a metric that is not there": (
        NAME
        + metric_text("a", synonym="x")
        + "[recording.r]\nmetrics = ['aa']\n"
        + "".join(f'{key} = {{ zh_CN = "甲", en = "A" }}\n' for key in ("what", "how", "how_often", "who")),
        "key_not_one_of",
        {"key": "recording.r.metrics", "found": "aa"},
    ),
    "a phase without its client duty": (
        NAME + '[phase.requirements]\nname = { zh_CN = "甲", en = "A" }\ndeliverable = { zh_CN = "甲", en = "A" }',
        "key_missing",
        {},
    ),
}


@pytest.mark.parametrize(("text", "code", "fields"), BAD_PACKS.values(), ids=BAD_PACKS.keys())
def test_a_bad_pack_is_refused_by_its_key(text: str, code: str, fields: dict[str, object]) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_pack(text, key="x", file="x.toml", general=pack("general"))
    assert caught.value.code == code
    assert {key: caught.value.fields.get(key) for key in fields} == fields


def test_a_pack_without_guidance_takes_that_of_every_industry() -> None:
    general = pack("general")
    industry = read_pack(NAME + metric_text("a", synonym="x"), key="x", file="x.toml", general=general)
    assert (industry.phases, industry.readiness, industry.recordings) == (
        general.phases,
        general.readiness,
        general.recordings,
    )


# Cases ───────────────────────────────────────────────────────────────────────


def test_the_two_cases_are_told_failure_first_each_of_one_firm_and_unverified() -> None:
    told = [(case.key, case.outcome, case.n, case.benefit_class) for case in cases()]
    assert told == [
        ("self_deployed_manufacturer", "lost", 1, "risk"),
        ("guided_drug_maker", "reached", 1, "compliance"),
    ]
    for case in cases():
        assert case.lineage.source == "a trade article on software implementation engineers, unverified, n = 1"
        assert "未经核实" in case.source["zh_CN"]


def test_the_only_figure_of_the_cases_is_the_one_that_was_told() -> None:
    figures = [(figure.key, figure.value, figure.unit, figure.bound) for case in cases() for figure in case.figures]
    assert figures == [("loss_in_half_a_year", 5_000_000.0, "CNY", "above")]


def test_no_number_stands_in_a_case_outside_its_figures() -> None:
    for case in cases():
        for names in (case.title, case.setting, case.summary, case.cause, case.lesson):
            assert [text for _, text in names.texts if re.search(r"\d", text)] == []


def test_a_figure_that_a_summary_leaves_out_is_refused() -> None:
    key = keys_in(CATALOG / "cases")[1]
    text = (CATALOG / "cases" / f"{key}.toml").read_text(encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_case(text.replace("超过 {loss_in_half_a_year}", "惨重"), key=key, file="case.toml")
    assert caught.value.code == "figures_not_placed"
    assert caught.value.fields["key"] == "summary.zh_CN"
