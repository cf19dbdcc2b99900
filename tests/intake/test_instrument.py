"""The words by which rows name how they were measured are taken as the instruments they mean."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow.parquet
import pytest

from tests.intake.conftest import Gate
from valueviz.catalog import instrument_of, pack, read_engagement, read_mapping
from valueviz.intake import import_file
from valueviz.store import Workspace
from valueviz.study import ask, run
from valueviz.study.evidence import instrument_grade
from valueviz.terms import Series

MEANT = {
    "time_study": "秒表 秒表测时 工时测定 时间研究 stopwatch time_study Ｓｔｏｐｗａｔｃｈ Zeitaufnahme",
    "sample": "抽样 抽查 Sample",
    "survey": "问卷 调查 SURVEY 问卷调查",
    "estimate": "估计 估算 手工估计 estimate",
    "system_log": "系统日志 系统 log System_Log",
    "export": "导出 系统导出 export report",
}
MAPPING = (
    'layout = "long"\n[columns]\ndate = "日期"\nvalue = "采购审批周期"\nmetric = "purchase_approval_hours"\n'
    'instrument = "测量方式"\n'
)


@pytest.mark.parametrize(("code", "word"), [(code, word) for code in MEANT for word in MEANT[code].split()])
def test_a_word_for_an_instrument_is_taken_as_it(code: str, word: str) -> None:
    assert instrument_of(word) == code


def test_a_row_keeps_the_instrument_it_means_and_a_word_nobody_knows(gate: Gate, tmp_path: Path) -> None:
    rows = "日期,采购审批周期,测量方式\n2025-01-01,5,秒 表\n2025-01-02,6,time study\n2025-01-03,7,手工记录\n2025-01-04,8,\n"
    gate("hours.csv", rows.encode(), MAPPING)
    found = pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").column("instrument").to_pylist()
    assert found == ["time_study", "time_study", "手工记录", None]


def test_a_metric_of_ones_own_may_name_its_instrument_in_words() -> None:
    text = (
        '[columns]\ndate = "d"\nvalue = "v"\nmetric = "own"\n[metric.own]\nname = "own"\nunit = "hour"\n'
        'better = "lower"\naggregation = "mean"\ninstrument = "{}"\n'
    )
    told = [read_mapping(text.format(word), file="m.toml").metrics[0].instrument for word in ("问卷", "目测")]
    assert told == ["survey", "目测"]


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize(("word", "grade"), [("秒表", "D"), ("手工估计", "E"), ("手工记录", "C")])
def test_an_effect_is_graded_by_the_instrument_its_rows_name(tmp_path: Path, word: str, grade: str) -> None:
    engagement = 'name = "厂"\nsystem = "ERP"\nindustry = "manufacturing"\ncurrency = "CNY"\ngo_live = 2024-01-01\n'
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("mill", engagement.encode(), read_engagement(engagement, file="e.toml"), file="e.toml")
    chance = random.Random(7)
    rows = [
        f"{2022 + at // 12}-{at % 12 + 1:02d},{chance.gauss(60 if at < 24 else 40, 1.5):.2f},{word}" for at in range(48)
    ]
    path = tmp_path / "hours.csv"
    path.write_text("\n".join(["日期,采购审批周期,测量方式", *rows, ""]), encoding="utf-8")
    client = workspace.client("mill")
    import_file(client, path, mapping=read_mapping(MAPPING, file="m.toml"))
    (outcome,) = run(workspace, ask(client)).outcomes
    assert (outcome.effect.verdict, outcome.grade) == ("improved", grade)


@pytest.mark.parametrize(("words", "grade"), [(("手工记录",), "C"), (("系统日志",), "A"), (("导出", "手工记录"), "C")])
def test_a_word_nobody_knows_allows_grade_c_at_best(words: tuple[str, ...], grade: str) -> None:
    metric = next(each for each in pack("manufacturing").metrics if each.key == "purchase_approval_hours")
    series = Series(metric.key, "month", tuple(range(len(words))), (1.0,) * len(words), instruments=words)
    assert instrument_grade(metric, series) == grade
