"""A mapping is proposed where names and contents agree, and asked for where they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.errors import DataError
from valueviz.intake.plan import vocabulary
from valueviz.intake.proposal import Proposal, understood
from valueviz.intake.question import refusal
from valueviz.intake.reading import parse_text_table
from valueviz.language import language
from valueviz.terms import Locale

PROPOSED: dict[str, tuple[str, dict[str, Any]]] = {
    "one metric in its own column": (
        "日期,工厂,采购审批周期,备注\n2024-01-01,A,3.5,x\n2024-01-08,A,3.5,y\n",
        {
            "layout": "long",
            "date": "日期",
            "value": "采购审批周期",
            "metric": "purchase_approval_hours",
            "dimensions": ("工厂",),
        },
    ),
    "headers in english": (
        "Date,Plant,OEE\n2024-01-01,A,55\n2024-01-08,A,56\n",
        {"layout": "long", "date": "Date", "value": "OEE", "metric": "oee", "dimensions": ("Plant",)},
    ),
    "metrics across": (
        "月份,工厂,采购审批周期,库存差异率\n2024-01,A,3.5,1\n2024-02,A,3.5,2\n",
        {
            "layout": "wide",
            "date": "月份",
            "wide_metrics": (("采购审批周期", "purchase_approval_hours"), ("库存差异率", "inventory_variance_rate")),
        },
    ),
    "periods across": (
        "指标,2024-01,2024-02,2024-03\n采购审批周期,1,2,3\n月结天数,4,5,\n",
        {"layout": "wide", "metric": "指标", "periods": ("2024-01", "2024-02", "2024-03")},
    ),
    "metric column with volume": (
        "date,metric,value,volume\n2024-01-02,oee,55,3\n2024-01-03,OEE,55,3\n",
        {"layout": "long", "date": "date", "metric": "metric", "value": "value", "volume": "volume"},
    ),
    "the only column of dates": (
        "when,oee\n2024-01-02,55\n2024-01-03,56\n",
        {"layout": "long", "date": "when", "value": "oee"},
    ),
    "numbers of a year are no date": (
        "year,date,oee\n2024,2024-01-02,55\n2024,2024-01-03,56\n",
        {"date": "date", "value": "oee"},
    ),
}

ASKED = {
    "two dates": (
        "date,created at,oee\n2024-01-02,2024-01-05,55\n2024-01-03,2024-01-05,55\n",
        "ambiguous_mapping",
        "date | created at",
    ),
    "one metric twice": (
        "date,OEE,设备综合效率\n2024-01-02,55,56\n2024-01-03,55,57\n",
        "ambiguous_mapping",
        "OEE | 设备综合效率",
    ),
    "two columns of metrics": (
        "date,metric,old metric,value\n2024-01-02,oee,oee,5\n2024-01-03,oee,oee,6\n",
        "ambiguous_mapping",
        "metric | old metric",
    ),
    "two values": (
        "date,metric,plan,fact\n2024-01-02,oee,5,6\n2024-01-03,oee,6,7\n",
        "ambiguous_mapping",
        "plan | fact",
    ),
    "a name that tells rows apart": ("date,oee,who\n2024-01-02,5,a\n2024-01-02,6,b\n", "dimension_needed", "who"),
    "no date": ("site,oee\nA,5\nB,6\n", "no_mapping_found", None),
    "no metric": ("date,foo\n2024-01-02,5\n2024-01-03,6\n", "unknown_metric", None),
}


def _proposal(content: str, tmp_path: Path) -> Proposal:
    path = tmp_path / "rows.csv"
    path.write_text(content, encoding="utf-8")
    words = vocabulary("manufacturing", inline=(), mapping=Mapping())
    table = parse_text_table(path)
    proposal = understood(table, words, file=path.name)
    for question in proposal.questions:
        raise refusal(question, file=path.name, sheet=None, header=table.header)
    return proposal


@pytest.mark.parametrize("case", PROPOSED)
def test_a_table_whose_names_and_contents_agree_is_understood(case: str, tmp_path: Path) -> None:
    content, wanted = PROPOSED[case]
    mapping = _proposal(content, tmp_path).mapping
    assert {key: getattr(mapping, key) for key in wanted} == wanted
    assert read_mapping(write_mapping(mapping), file="mapping.toml") == mapping


@pytest.mark.parametrize("case", ASKED)
def test_doubt_is_asked_about_with_the_candidates_named(case: str, tmp_path: Path) -> None:
    content, code, candidates = ASKED[case]
    with pytest.raises(DataError) as refusal:
        _proposal(content, tmp_path)
    assert refusal.value.code == code
    assert refusal.value.fields.get("candidates") == candidates


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
def test_one_column_that_tells_rows_apart_is_not_called_several(tongue: Locale, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refusal:
        _proposal("date,oee,org_code\n2024-01-02,5,a\n2024-01-02,6,b\n", tmp_path)
    sentence = language(tongue).error(refusal.value)
    assert "Several columns" not in sentence
    assert "org_code" in sentence
    assert "`dimensions`" in sentence


def test_a_two_row_header_is_written_into_the_mapping(tmp_path: Path) -> None:
    content = "日期,采购,\n,采购审批周期,备注\n2024-01-02,5,x\n2024-01-03,6,x\n"
    path = tmp_path / "rows.csv"
    path.write_text(content, encoding="utf-8")
    assert parse_text_table(path).header == ("日期", "采购/采购审批周期", "采购/备注")
    mapping = _proposal(content, tmp_path).mapping
    assert (mapping.value, mapping.metric, mapping.format.header_rows) == (
        "采购/采购审批周期",
        "purchase_approval_hours",
        2,
    )


def test_every_column_is_accounted_for_with_its_fit(tmp_path: Path) -> None:
    proposal = _proposal("日期,采购审批周期,备注\n2024-01-01,3,x\n2024-01-08,x,y\n" + "2024-01-15,4,z\n" * 18, tmp_path)
    assert [(guess.column, guess.part) for guess in proposal.columns] == [
        ("日期", "date"),
        ("采购审批周期", "value"),
        ("备注", None),
    ]
    assert proposal.columns[1].fit == pytest.approx(0.95)
