"""A look says what a file is understood as; what it cannot decide is a question whose answer settles it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import xlsxwriter

from valueviz.catalog import pack, read_engagement, read_mapping, write_mapping
from valueviz.cli import main
from valueviz.errors import DataError, DefinitionError
from valueviz.intake import Told, import_file
from valueviz.intake.look import Understanding, look
from valueviz.intake.own_metric import new_key, new_metric
from valueviz.intake.skeleton import draft
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import LOCALES

ENGAGEMENT = """
name = "Synthetic works"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""

pytestmark = pytest.mark.usefixtures("without_child")


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A client in a new workspace."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("works", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    return workspace.client("works")


def _file(tmp_path: Path, content: str, name: str = "rows.csv", *, encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding=encoding)
    return path


def _parts(looked: Understanding) -> dict[str, str]:
    """Of each column that plays a part: the metric it holds, else the part."""
    return {column.name: column.metric or column.part for column in looked.columns if column.part is not None}


# What is understood ──────────────────────────────────────────────────────────

UNDERSTOOD: dict[str, tuple[str, dict[str, str]]] = {
    "groups and units in two header rows": (
        "周起始日,工厂,单据数,采购,,库存\n,,,采购审批周期(小时),收货入库时长(小时),库存差异率(%)\n2025-01-06,P1,30,5.5,3,1.2\n2025-01-13,P1,31,5,4,1.1\n",
        {
            "周起始日": "date",
            "工厂": "dimension",
            "单据数": "volume",
            "采购/采购审批周期(小时)": "purchase_approval_hours",
            "采购/收货入库时长(小时)": "goods_receipt_hours",
            "库存/库存差异率(%)": "inventory_variance_rate",
        },
    ),
    "a group before the metric in one row": (
        "月份,采购-采购审批周期（小时）,KPI: OEE\n2025-01,5,60\n2025-02,4,61\n",
        {"月份": "date", "采购-采购审批周期（小时）": "purchase_approval_hours", "KPI: OEE": "oee"},
    ),
    "a row of units under the header": (
        "月份,采购审批周期,准时交付率\n,小时,%\n2025-01,5,60\n2025-02,4,61\n",
        {"月份": "date", "采购审批周期(小时)": "purchase_approval_hours", "准时交付率(%)": "on_time_delivery_rate"},
    ),
    "another unit of the same kind": (
        "日期,采购审批周期(天)\n2025-01-06,2\n2025-01-13,3\n",
        {"日期": "date", "采购审批周期(天)": "purchase_approval_hours"},
    ),
    "months across, metrics down, a column of units": (
        "指标名称,单位,2025年1月,2025年2月,2025年3月\n月结天数,天,5,6,4\n采购审批周期,小时,30,29,\n",
        {"指标名称": "metric", "单位": "unit", "2025年1月": "value", "2025年2月": "value", "2025年3月": "value"},
    ),
    "long with every part": (
        "统计周期,门店,考核指标,本期值,样本数,数据来源,统计口径\n2025-01,甲,OEE,60,20,系统日志,v1\n2025-02,甲,OEE,61,22,系统日志,v1\n",
        {
            "统计周期": "date",
            "门店": "dimension",
            "考核指标": "metric",
            "本期值": "value",
            "样本数": "volume",
            "数据来源": "instrument",
            "统计口径": "definition_version",
        },
    ),
    "one document a row": (
        "采购单号,部门,申请日期,采购审批时长\n"
        + "".join(f"PO{n:05d},采购部,2025-01-{n % 28 + 1:02d},{n % 9 + 1}\n" for n in range(40)),
        {"申请日期": "date", "部门": "dimension", "采购审批时长": "purchase_approval_hours"},
    ),
    "a name and its code tell the same apart": (
        "日期,门店编码,门店名称,OEE\n2025-01-01,S1,甲店,5\n2025-01-01,S2,乙店,6\n2025-01-02,S1,甲店,5\n",
        {"日期": "date", "门店编码": "dimension", "OEE": "oee"},
    ),
    "targets beside what was measured": (
        "月份,OEE,,\n,目标,实际,去年同期\n2025-01,80,60,58\n2025-02,80,61,58\n",
        {"月份": "date", "OEE/实际": "oee"},
    ),
    "a target beside the value": (
        "月份,指标,目标值,达成\n2025-01,OEE,80,60\n2025-02,OEE,80,61\n",
        {"月份": "date", "指标": "metric", "达成": "value"},
    ),
    "years and months apart": (
        "年度,月份,车间,设备综合效率\n2025,1月,一车间,60\n2025,2月,一车间,61\n2026,1,一车间,62\n",
        {"年度": "year", "月份": "date", "车间": "dimension", "设备综合效率": "oee"},
    ),
    "months across, each row with its year": (
        "年份,指标,1月,2月,3月\n2025,月结天数,5,6,5\n2026,月结天数,4,5,4\n",
        {"年份": "date", "指标": "metric", "1月": "value", "2月": "value", "3月": "value"},
    ),
    "one month across": (
        "指标,部门,2025年3月\n月结天数,财务部,5\nOEE,一车间,60\n",
        {"指标": "metric", "部门": "dimension", "2025年3月": "value"},
    ),
    "months across under a title that names the year": (
        "2025年经营指标\n指标,1月,2月,3月,合计\n月结天数,5,6,5,16\nOEE,60,61,62,183\n",
        {"指标": "metric", "1月": "value", "2月": "value", "3月": "value"},
    ),
    "serial numbers as dates": (
        "日期,OEE\n45726,60\n45727,61\n",
        {"日期": "date", "OEE": "oee"},
    ),
    "the only dates, under any header": ("跟踪,OEE\n2025/1/6,60\n2025/1/13,61\n", {"跟踪": "date", "OEE": "oee"}),
    "rows of totals among the dates": (
        "日期,OEE\n2025-01-06,60\n2025-01-13,61\n合计,121\n",
        {"日期": "date", "OEE": "oee"},
    ),
    "the file says the metric": (
        "月份,工厂,数值\n2025-01,A,5\n2025-02,A,6\n",
        {"月份": "date", "工厂": "dimension", "数值": "month_close_days"},
    ),
}


@pytest.mark.parametrize("case", UNDERSTOOD)
def test_a_real_header_is_understood_and_imported_without_a_mapping(case: str, client: Client, tmp_path: Path) -> None:
    content, wanted = UNDERSTOOD[case]
    path = _file(tmp_path, content, "月结天数.csv" if case == "the file says the metric" else "rows.csv")
    looked = look(client, path)
    assert looked.questions == ()
    assert _parts(looked) == wanted
    assert looked.mapping is not None
    for text in (write_mapping(looked.mapping), *(draft(looked, language(tongue)) for tongue in LOCALES)):
        assert read_mapping(text, file="m.toml") == looked.mapping
    result = import_file(client, path, looked=looked)
    assert result.rows == result.accepted + result.rejected
    assert result.accepted >= 2


def test_the_rows_shown_are_the_rows_imported(client: Client, tmp_path: Path) -> None:
    content = (
        "日期;工厂;指标;数值\n04.03.2025;P1;采购审批周期;1.203,4\n15.03.2025;P1;OEE;６１,5\n16.03.2025;P1;OEE;60,5\n"
    )
    path = _file(tmp_path, content, encoding="gb18030")
    looked = look(client, path)
    assert looked.rows == (
        ("2", "purchase_approval_hours", "2025-03-04", "1203.4", "工厂=P1"),
        ("3", "oee", "2025-03-15", "61.5", "工厂=P1"),
        ("4", "oee", "2025-03-16", "60.5", "工厂=P1"),
    )
    assert import_file(client, path, looked=looked).sample == looked.rows
    assert (looked.encoding, looked.delimiter, looked.header_row) == ("gb18030", ";", 1)
    value = looked.columns[3]
    assert (value.samples, value.decoded) == (("1.203,4", "６１,5", "60,5"), ("1203.4", "61.5", "60.5"))


def test_a_unit_that_is_converted_is_told_with_its_factor(client: Client, tmp_path: Path) -> None:
    looked = look(client, _file(tmp_path, "日期,采购审批周期(天)\n2025-01-06,2\n2025-01-13,1.5\n"))
    column = looked.columns[1]
    assert (column.stated, column.kept, column.factor, column.decoded) == ("天", "hour", 24.0, ("48", "36"))
    assert [row[3] for row in looked.rows] == ["48", "36"]


def test_a_unit_stated_row_by_row_is_converted_in_what_is_shown(client: Client, tmp_path: Path) -> None:
    content = "指标,单位,2025-01,2025-02,2025-03\n采购审批周期,天,2,3,4\n采购审批周期,小时,30,29,28\n"
    path = _file(tmp_path, content)
    looked = look(client, path)
    assert looked.columns[2].decoded == ("48", "30")
    assert [row[3] for row in looked.rows] == ["48", "30"]
    sample = import_file(client, path, looked=looked, dry_run=True).sample
    assert (sample[0][0], sample[0][3]) == ("2", "48")


def test_years_and_months_apart_are_shown_and_imported_as_one_date(client: Client, tmp_path: Path) -> None:
    path = _workbook(
        tmp_path, {"台账": [["年度", "月份", "OEE"], [2025, 12, 60], [2026, 1, 61], ["2026年", "2月", 62]]}
    )
    looked = look(client, path)
    assert looked.columns[1].samples == ("12", "1", "2月")
    assert looked.columns[1].decoded == ("2025-12-01", "2026-01-01", "2026-02-01")
    result = import_file(client, path, looked=looked)
    assert result.sample == looked.rows
    assert result.periods == ("2025-12", "2026-01", "2026-02")


# What is asked, and how the answer settles it ────────────────────────────────

ASKED: dict[str, tuple[str, tuple[str, str | None, str | None], tuple[str, ...], Told]] = {
    "two dates": (
        "date,created at,oee\n2025-01-02,2025-01-05,55\n2025-01-03,2025-01-06,55\n",
        ("ambiguous_mapping", "date", None),
        ("date", "created at"),
        Told(parts=(("date", "date"),)),
    ),
    "one metric under two headers": (
        "日期,OEE,设备综合效率\n2025-01-02,55,56\n2025-01-03,55,57\n",
        ("ambiguous_mapping", "oee", None),
        ("OEE", "设备综合效率"),
        Told(parts=(("设备综合效率", "oee"),)),
    ),
    "two columns of numbers": (
        "日期,指标,plan,fact\n2025-01-02,oee,5,6\n2025-01-03,oee,6,7\n",
        ("ambiguous_mapping", "value", None),
        ("plan", "fact"),
        Told(parts=(("fact", "value"),)),
    ),
    "an unknown header like a known one": (
        "月份,Close days\n2025-01,5\n2025-02,6\n",
        ("unknown_metric", None, "Close days"),
        ("month_close_days", "order_lead_time_days"),
        Told(parts=(("Close days", "month_close_days"),)),
    ),
    "an unknown text in the column of metrics": (
        "日期,指标,数值\n2025-01-02,采购审批用时长,5\n2025-01-03,OEE,6\n",
        ("unknown_metric", "采购审批用时长", "指标"),
        ("purchase_approval_hours",),
        Told(names=(("采购审批用时长", "purchase_approval_hours"),)),
    ),
    "what tells rows apart": (
        "日期,OEE,谁的\n2025-01-02,5,a\n2025-01-02,6,b\n",
        ("dimension_needed", "dimension", None),
        ("谁的",),
        Told(parts=(("谁的", "dimension"),)),
    ),
    "no column of dates": (
        "工厂,批次,OEE\nA,2025,5\nA,2026,6\n",
        ("no_mapping_found", "date", None),
        ("工厂", "批次", "OEE"),
        Told(parts=(("批次", "date"),)),
    ),
    "day and month": (
        "日期,OEE\n03/04/2025,5\n05/06/2025,6\n",
        ("ambiguous_date", "date", "日期"),
        ("%d/%m/%Y", "%m/%d/%Y"),
        Told(date="%d/%m/%Y"),
    ),
    "months across without a metric": (
        "门店,2025-01,2025-02,2025-03\n甲,5,6,7\n乙,5,6,7\n",
        ("no_mapping_found", "metric", None),
        tuple(metric.key for metric in pack("manufacturing").metrics),
        Told(metric="month_close_days"),
    ),
    "two dates and no number": (
        "申请时间,审批完成时间,单号,部门\n2025-01-02 10:00,2025-01-02 12:30,A1,采购\n2025-01-03 10:00,2025-01-03 15:30,A2,采购\n",
        ("no_mapping_found", "metric", None),
        tuple(metric.key for metric in pack("manufacturing").metrics if '"end"' in metric.expression),
        Told(metric="purchase_approval_hours"),
    ),
    "the parts of a duration": (
        "日期,采购审批周期\n2025-01-02,4:30\n2025-01-03,5:15\n",
        ("ambiguous_duration", "value", "采购审批周期"),
        ("h:mm", "m:ss"),
        Told(units=(("采购审批周期", "h:mm"),)),
    ),
    "two units of a title that fit one column": (
        "单位：元、万元,\n月份,异常损失金额\n2025-01,5\n2025-02,6\n",
        ("unit_differs", None, "异常损失金额"),
        ("元", "万元"),
        Told(units=(("异常损失金额", "万元"),)),
    ),
    "a column in a unit named nearly like a metric": (
        "月份,OEE,月结周期耗时(天)\n2025-01,55,5\n2025-02,56,6\n",
        ("unknown_metric", None, "月结周期耗时(天)"),
        ("month_close_days",),
        Told(parts=(("月结周期耗时(天)", "month_close_days"),)),
    ),
    "amounts under a metric that is a share": (
        "月份,OEE,盘点差异率\n2025-01,55,1.5万\n2025-02,56,8000\n",
        ("unknown_metric", None, "盘点差异率"),
        (),
        Told(parts=(("盘点差异率", "ignore"),)),
    ),
    "a unit of another kind": (
        "日期,采购审批周期(元)\n2025-01-02,5\n2025-01-03,6\n",
        ("unit_differs", None, "采购审批周期(元)"),
        ("second", "minute", "hour", "day"),
        Told(units=(("采购审批周期(元)", "小时"),)),
    ),
}


@pytest.mark.parametrize("case", ASKED)
def test_doubt_is_one_question_and_its_answer_settles_it(case: str, client: Client, tmp_path: Path) -> None:
    content, (code, part, column), candidates, told = ASKED[case]
    path = _file(tmp_path, content)
    looked = look(client, path)
    (question,) = looked.questions
    assert (question.code, question.part, question.column) == (code, part, column)
    assert tuple(candidate.value for candidate in question.candidates) == candidates
    assert looked.mapping is None
    with pytest.raises(DataError, match=code):
        import_file(client, path, propose=True)
    answered = look(client, path, told=told)
    assert answered.questions == ()
    assert answered.mapping is not None
    assert import_file(client, path, mapping=answered.mapping).accepted >= 2


def test_a_metric_of_ones_own_settles_an_unknown_header(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, "月份,门店,店长巡店次数(次)\n2025-01,甲,5\n2025-02,甲,6\n")
    (question,) = look(client, path).questions
    assert (question.code, question.column, question.candidates) == ("unknown_metric", "店长巡店次数(次)", ())
    metric = new_metric("店长巡店次数(次)", better="higher", aggregation="sum")
    assert (metric.key, metric.unit, metric.name["zh_CN"]) == ("metric_1", "count", "店长巡店次数")
    looked = look(client, path, told=Told(parts=(("店长巡店次数(次)", metric.key),), metrics=(metric,)))
    assert looked.mapping is not None
    assert import_file(client, path, mapping=looked.mapping).metrics == ("metric_1",)


def test_a_metric_whose_unit_nobody_says_is_not_made() -> None:
    with pytest.raises(DefinitionError, match="key_missing"):
        new_metric("Score", better="higher", aggregation="mean")
    assert new_key("Score (adjusted)", taken=["score_adjusted"]) == "score_adjusted_2"


# Sheets ──────────────────────────────────────────────────────────────────────


def _workbook(tmp_path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def _rows(year: int) -> list[list[object]]:
    return [["月份", "工厂", "月结天数"], *([f"{year}-{month:02d}", "A", 4 + month % 3] for month in range(1, 7))]


OTHER: list[list[object]] = [["编码", "名称"], ["A1", "铝"], ["A2", "铜"]]


@pytest.mark.parametrize(
    ("sheets", "taken"),
    [
        ({"说明": [["读我"], ["请勿修改"]], "数据": _rows(2025)}, ("数据",)),
        ({"编码表": OTHER, "数据": _rows(2025)}, ("数据",)),
        ({"2024年": _rows(2024), "2025年": _rows(2025), "编码表": OTHER}, ("2024年", "2025年")),
    ],
    ids=["the only table", "the only one that measures", "one table over two years"],
)
def test_the_sheets_that_can_be_meant_are_taken(
    sheets: dict[str, list[list[object]]], taken: tuple[str, ...], client: Client, tmp_path: Path
) -> None:
    path = _workbook(tmp_path, sheets)
    looked = look(client, path)
    assert looked.questions == ()
    assert tuple(sheet.name for sheet in looked.sheets if sheet.taken) == taken
    assert looked.mapping is not None
    assert looked.mapping.format.sheets == taken
    assert import_file(client, path, mapping=looked.mapping).accepted == 6 * len(taken)


def _months(year: int, *, across: bool = False) -> list[list[object]]:
    months = [f"{month}月" for month in range(1, 13)]
    values: list[object] = [4 + year % 10 + month % 3 for month in range(12)]
    if across:
        return [["指标", *months], ["月结天数", *values]]
    return [["月份", "月结天数"], *([month, value] for month, value in zip(months, values, strict=True))]


@pytest.mark.parametrize("across", [False, True], ids=["months down", "months across"])
def test_the_name_of_each_sheet_gives_its_months_their_year(across: bool, client: Client, tmp_path: Path) -> None:
    names = {"2024": 2024, "2025年": 2025}
    path = _workbook(tmp_path, {name: _months(year, across=across) for name, year in names.items()})
    looked = look(client, path)
    assert looked.questions == ()
    assert looked.mapping is not None
    assert looked.mapping.format.sheets == tuple(names)
    result = import_file(client, path, looked=looked)
    assert result.sample[0][1:] == looked.rows[0][1:]
    assert (result.rejected, result.periods[0], result.periods[-1], len(result.periods)) == (
        0,
        "2024-01",
        "2025-12",
        24,
    )
    assert import_file(client, path, mapping=looked.mapping, dry_run=True).periods == result.periods
    later = _workbook(tmp_path, {name: _months(year, across=across) for name, year in (("2025", 2025), ("2026", 2026))})
    looked = look(client, later)
    assert (looked.remembered, looked.questions) == (path.name, ())
    assert import_file(client, later, looked=looked, overlap="new").periods[-1] == "2026-12"


@pytest.mark.parametrize("names", [("P100", "P200"), ("实际", "预算")], ids=["sites", "plan and fact"])
def test_sheets_of_one_header_that_say_different_things_are_asked_about(
    names: tuple[str, str], client: Client, tmp_path: Path
) -> None:
    path = _workbook(tmp_path, {name: _rows(2025) for name in names})
    looked = look(client, path)
    assert [(question.code, tuple(each.value for each in question.candidates)) for question in looked.questions] == [
        ("which_sheet", names)
    ]
    with pytest.raises(DataError, match="which_sheet") as refusal:
        import_file(client, path, propose=True)
    assert refusal.value.fields["candidates"] == " | ".join(names)
    chosen = look(client, path, told=Told(sheets=(names[1],)))
    assert chosen.mapping is not None
    assert chosen.mapping.format.sheets == (names[1],)
    assert [(sheet.name, sheet.taken) for sheet in chosen.sheets] == [(names[0], False), (names[1], True)]


# The skeleton ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", ASKED)
def test_a_skeleton_is_refused_until_its_question_is_answered(case: str, client: Client, tmp_path: Path) -> None:
    looked = look(client, _file(tmp_path, ASKED[case][0]))
    for tongue in LOCALES:
        text = draft(looked, language(tongue))
        tomllib.loads(text)
        with pytest.raises(DefinitionError) as refusal:
            read_mapping(text, file="m.toml")
        assert refusal.value.code == "mapping_unanswered"
        row = refusal.value.fields["row"]
        assert '"?"' in text.splitlines()[int(str(row)) - 1]


def test_a_skeleton_for_a_known_metric_needs_its_key_alone(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, "月份,Close days\n2025-01,5\n2025-02,6\n")
    text = draft(look(client, path), language("en"))
    mapping = read_mapping(text.replace('"Close days" = "?"', '"Close days" = "month_close_days"'), file="m.toml")
    assert import_file(client, path, mapping=mapping).metrics == ("month_close_days",)


def test_a_skeleton_for_an_unknown_header_needs_unit_direction_and_roll_up(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, "月份,Visits by managers\n2025-01,5\n2025-02,6\n")
    text = draft(look(client, path), language("en"))
    for key, answer in (("unit", "count"), ("better", "higher"), ("aggregation", "sum")):
        with pytest.raises(DefinitionError) as refusal:
            read_mapping(text, file="m.toml")
        assert refusal.value.fields["key"] == f"metric.visits_by_managers.{key}"
        text = text.replace(f'{key} = "?"', f'{key} = "{answer}"')
    result = import_file(client, path, mapping=read_mapping(text, file="m.toml"))
    assert (result.metrics, result.mapping.metrics[0].name["en"]) == (("visits_by_managers",), "Visits by managers")


def test_a_name_that_means_no_known_metric_is_refused(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, "日期,指标,数值\n2025-01-02,审批用时,5\n2025-01-03,OEE,6\n")
    text = draft(look(client, path), language("en"))
    mapping = read_mapping(text.replace('"审批用时" = "?"', '"审批用时" = "purchase_hours"'), file="m.toml")
    assert mapping.names == (("审批用时", "purchase_hours"),)
    with pytest.raises(DataError, match="unknown_metric") as refusal:
        import_file(client, path, mapping=mapping)
    assert refusal.value.fields["found"] == "purchase_hours"


def test_rows_of_a_metric_nobody_wants_are_left_out_and_accounted_for(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, "日期,指标,数值\n2025-01-02,食堂满意度,5\n2025-01-03,OEE,6\n")
    assert [question.found for question in look(client, path).questions] == ["食堂满意度"]
    looked = look(client, path, told=Told(names=(("食堂满意度", "-"),)))
    assert looked.questions == ()
    result = import_file(client, path, looked=looked)
    assert (result.accepted, result.rejected, result.metrics) == (1, 1, ("oee",))
    assert [(fault.row, fault.value, fault.reason) for fault in result.rejects] == [
        (2, "食堂满意度", "metric_left_out")
    ]


def test_names_of_persons_do_not_stand_in_a_skeleton(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, "日期,经办人,OEE\n2025-01-02,王小明,5\n2025-01-03,李芳,6\n")
    looked = look(client, path)
    assert [each.column for each in looked.personal] == ["经办人"]
    assert "王小明" not in draft(looked, language("zh_CN"))


def test_the_command_line_writes_the_skeleton_and_says_what_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VALUEVIZ_LANG", "en")
    _file(tmp_path, ENGAGEMENT, "e.toml")
    _file(tmp_path, "月份,Close days\n2025-01,5\n2025-02,6\n")
    assert main(["client", "works", "--engagement", "e.toml"]) == 0
    capsys.readouterr()
    assert main(["import", "works", "rows.csv", "--dry-run", "--write-mapping", "m.toml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "month_close_days" in said.err.splitlines()[-1]
    assert main(["import", "works", "rows.csv", "--mapping", "m.toml"]) == 2
    assert "m.toml, line 9" in capsys.readouterr().err
    text = (tmp_path / "m.toml").read_text("utf-8")
    _file(tmp_path, text.replace('= "?"', '= "month_close_days"', 1), "m.toml")
    assert main(["import", "works", "rows.csv", "--mapping", "m.toml"]) == 0
