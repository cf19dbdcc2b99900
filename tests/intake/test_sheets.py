"""Of a sheet as people make it, the one table is found, and every other line is accounted for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from openpyxl import Workbook

from tests.intake.conftest import Gate
from tests.intake.corpus import MAPPING, METRIC, TABLE, in_format, workbook
from valueviz.catalog.mapping import read_mapping, write_mapping
from valueviz.errors import DataError
from valueviz.intake.reading import TextTable, parse_text_table, sampled_sources, tables
from valueviz.language import language
from valueviz.terms import LOCALES

FULL = MAPPING + METRIC
Rows = list[list[Any]]
ROWS: Rows = TABLE[1:]


def _parsed(tmp_path: Path, rows: Rows, edit: Callable[[Any], None] | None = None, **options: Any) -> TextTable:
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(rows, edit=edit))
    return parse_text_table(path, **options)


def _refused(tmp_path: Path, rows: Rows, edit: Callable[[Any], None] | None = None) -> DataError:
    with pytest.raises(DataError) as refusal:
        _parsed(tmp_path, rows, edit)
    return refusal.value


def _merged(*ranges: str) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        for each in ranges:
            book.active.merge_cells(each)

    return edit


HEADERS: dict[str, tuple[Rows, tuple[str, ...], tuple[str, ...]]] = {
    "one row": ([["日期", "采购", "库存"]], (), ("日期", "采购", "库存")),
    "a title merged over the table": (
        [["二〇二五年度经营指标", None, None], ["日期", "采购", "库存"]],
        ("A1:C1",),
        ("日期", "采购", "库存"),
    ),
    "titles with labels": (
        [["经营月报", None, None], ["单位：万元", None, "制表：李"], ["日期", "采购", "库存"]],
        ("A1:C1", "A2:B2"),
        ("日期", "采购", "库存"),
    ),
    "two rows": (
        [["日期", "采购", None], [None, "周期", "单数"]],
        ("A1:A2", "B1:C1"),
        ("日期", "采购/周期", "采购/单数"),
    ),
    "two rows that are not merged": (
        [["日期", "采购", None], [None, "周期", "单数"]],
        (),
        ("日期", "采购/周期", "采购/单数"),
    ),
    "three rows": (
        [["日期", "运营", None], [None, "采购", None], [None, "周期", "单数"]],
        ("A1:A3", "B1:C1", "B2:C2"),
        ("日期", "运营/采购/周期", "运营/采购/单数"),
    ),
    "a row of units": ([["日期", "周期", "金额"], [None, "天", "万元"]], (), ("日期", "周期(天)", "金额(万元)")),
    "a row of units that calls itself so": (
        [["日期", "周期", "比率"], ["单位", "（小时）", "%"]],
        (),
        ("日期", "周期(小时)", "比率(%)"),
    ),
    "units below two rows": (
        [["日期", "采购", None], [None, "周期", "金额"], [None, "天", "元"]],
        ("B1:C1",),
        ("日期", "采购/周期(天)", "采购/金额(元)"),
    ),
    "units that the names state already": (
        [["日期", "周期(天)", "金额"], [None, "天", "元"]],
        (),
        ("日期", "周期(天)", "金额(元)"),
    ),
    "line breaks in names": ([["日期", "采购\n周期", "金额\n(万元)"]], (), ("日期", "采购 周期", "金额 (万元)")),
}


@pytest.mark.parametrize("case", HEADERS, ids=list(HEADERS))
def test_a_header_is_read_as_a_person_reads_it(case: str, tmp_path: Path) -> None:
    head, merged, names = HEADERS[case]
    table = _parsed(tmp_path, [*head, ["2025-01", 3, 4.5], ["2025-02", 4, 5.5]], _merged(*merged))
    assert table.header == names
    assert table.rows == (("2025-01", "3", "4.5"), ("2025-02", "4", "5.5"))
    assert table.numbers == (len(head) + 1, len(head) + 2)


def test_a_column_is_found_with_and_without_the_unit_its_header_states(gate: Gate) -> None:
    rows: Rows = [["date", "site", "value"], [None, None, "day"], *ROWS]
    for name in ("value", "value(day)"):
        taken = gate("units.xlsx", workbook(rows), FULL.replace('value = "value"', f'value = "{name}"'))
        assert (taken.rows, taken.accepted) == (3, 3)
        assert "unit_row" in taken.warnings


def test_declared_header_rows_may_count_the_row_of_units(tmp_path: Path) -> None:
    rows: Rows = [["日期", "周期"], [None, "天"], ["2025-01", 3], ["2025-02", 4]]
    for declared in (1, 2, None):
        table = _parsed(tmp_path, rows, header_rows=declared)
        assert (table.header, len(table.rows)) == (("日期", "周期(天)"), 2)


@pytest.mark.parametrize("twin", ["ＶＡＬＵＥ", "Value ", "va\u0301lue|v\u00e1lue"])
def test_names_that_differ_only_in_writing_are_one_name_twice(twin: str, tmp_path: Path) -> None:
    first, _, second = twin.rpartition("|")
    error = _refused(tmp_path, [["date", first or "value", second], ["2025-01", 1, 2]])
    assert (error.code, error.fields["row"], error.fields["column"]) == ("duplicate_header", 1, "C")


def test_departments_merged_down_stand_in_every_row(tmp_path: Path) -> None:
    rows: Rows = [["dept", "month", "value"], ["质检部", "2025-01", 3], [None, "2025-02", 4], ["采购部", "2025-01", 5]]
    table = _parsed(tmp_path, rows, _merged("A2:A3"))
    assert [row[0] for row in table.rows] == ["质检部", "质检部", "采购部"]


def test_numbers_merged_down_are_never_repeated(tmp_path: Path) -> None:
    rows: Rows = [["dept", "month", "value"], ["A", "2025-01", 3], ["A", "2025-02", None]]
    table = _parsed(tmp_path, rows, _merged("C2:C3"))
    assert [row[2] for row in table.rows] == ["3", ""]


AROUND: dict[str, tuple[list[Any], str]] = {
    "signature": (["制表人：张三", None, "审核：李四"], "note_row"),
    "remark": (["备注", None, None], "note_row"),
    "numbered note": (["注1：不含外协", None, None], "note_row"),
    "page number": ([None, "第 1 页，共 3 页", None], "note_row"),
    "time of printing": (["打印时间：2025-03-01 08:30", None, None], "note_row"),
    "sentence": (["以上数据由系统自动生成，未经审计。", None, None], "note_row"),
    "english note": (["Source: ERP, exported by finance", None, None], "note_row"),
    "heading of a section": (["二、库存", None, None], "note_row"),
    "header of the next page": (["date", "site", "value"], "repeated_header"),
}


@pytest.mark.parametrize("case", AROUND, ids=list(AROUND))
def test_lines_that_are_no_rows_are_rejected_with_their_reason(case: str, gate: Gate) -> None:
    line, reason = AROUND[case]
    taken = gate("book.xlsx", workbook([*TABLE, [], line]), FULL)
    assert (taken.rows, taken.accepted, taken.rejected) == (4, 3, 1)
    assert [(fault.row, fault.column, fault.reason) for fault in taken.rejects] == [(6, None, reason)]
    assert all(str(cell) in taken.rejects[0].value for cell in line if cell)


def test_a_sheet_of_printed_pages_is_one_table(gate: Gate) -> None:
    title: list[Any] = ["经营月报", None, None]
    rows: Rows = [title, *TABLE, [], title, TABLE[0], ["2025-01-27", "B", 1]]
    taken = gate("pages.xlsx", workbook(rows), FULL)
    assert [(fault.row, fault.reason) for fault in taken.rejects] == [(7, "repeated_header"), (8, "repeated_header")]
    assert (taken.rows, taken.accepted, taken.observations) == (6, 4, 4)


def test_a_row_whose_values_are_missing_is_no_note(gate: Gate) -> None:
    taken = gate("book.xlsx", workbook([*TABLE, ["2025-01-27", None, None]]), FULL)
    assert (taken.rows, taken.accepted, taken.missing) == (4, 4, 1)


BESIDE: Rows = [
    ["date", "site", "value", None, "date", "stock"],
    ["2025-01-06", "A", 3.5, None, "2025-01", 7],
    ["2025-01-13", "A", 4, None, "2025-02", 8],
    ["2025-01-20", "B", 5.25, None, None, None],
]


def test_two_tables_beside_each_other_are_refused_with_their_ranges(tmp_path: Path) -> None:
    error = _refused(tmp_path, BESIDE)
    assert (error.code, error.fields["found"]) == ("two_tables", "A1:C4, E1:F3")


def test_of_two_tables_beside_each_other_the_one_that_is_mapped_is_read(gate: Gate) -> None:
    taken = gate("book.xlsx", workbook(BESIDE), FULL)
    assert (taken.rows, taken.accepted) == (3, 3)
    assert "other_table_beside" in taken.warnings


def test_a_blank_column_inside_one_table_is_no_border(tmp_path: Path) -> None:
    table = _parsed(tmp_path, [["date", "site", None, "value", "more"], ["2025-01", "A", None, 1, 2]])
    assert (table.header, table.rows) == (("date", "site", "value", "more"), (("2025-01", "A", "1", "2"),))


BELOW: Rows = [
    *TABLE,
    [],
    ["库存", None, None],
    ["仓库", "盘点员", "差异数"],
    ["一号库", "张三", 7],
    ["二号库", "李四", 8],
]


def test_two_tables_below_each_other_are_refused_with_their_ranges(tmp_path: Path) -> None:
    error = _refused(tmp_path, BELOW)
    assert (error.code, error.fields["found"], error.fields["row"]) == ("two_tables", "A1:C4, A7:C9", 7)


def test_lines_of_another_table_below_are_rejected_where_columns_of_the_first_are_named(gate: Gate) -> None:
    taken = gate("book.xlsx", workbook(BELOW), FULL)
    assert (taken.rows, taken.accepted, taken.rejected) == (7, 3, 4)
    assert {fault.reason for fault in taken.rejects} == {"other_table"}


def test_hidden_rows_and_columns_are_read_counted_and_told(gate: Gate) -> None:
    def hide(book: Any) -> None:
        book.active.row_dimensions[3].hidden = True
        book.active.row_dimensions[4].hidden = True
        book.active.column_dimensions["B"].hidden = True

    taken = gate("book.xlsx", workbook(TABLE, edit=hide), FULL)
    assert (taken.rows, taken.accepted, taken.hidden_rows) == (3, 3, 2)
    assert {"hidden_rows", "hidden_columns"} <= set(taken.warnings)


# Several sheets ─────────────────────────────────────────────────────────────


def _sheets(**sheets: Rows) -> bytes:
    def edit(book: Workbook) -> None:
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
            if name.startswith("hidden"):
                sheet.sheet_state = "hidden"

    return workbook([["x"]], edit=edit)


COVER: Rows = [["经营分析"], ["某某公司"]]
OTHER: Rows = [["仓库", "差异数"], ["一号库", 7]]
LATER: Rows = [["value", "date", "site"], [1.5, "2025-02-03", "C"], [2.5, "2025-02-10", "C"]]


@pytest.mark.parametrize("order", ["cover first", "other table first", "hidden table first"])
def test_the_sheet_that_holds_the_wanted_columns_is_taken(order: str, gate: Gate) -> None:
    sheets = {"数据": TABLE}
    before = {
        "cover first": {"封面": COVER},
        "other table first": {"库存": OTHER},
        "hidden table first": {"hidden": TABLE},
    }
    taken = gate("book.xlsx", _sheets(**(before[order] | sheets)), FULL)
    assert (taken.rows, taken.sheets) == (3, ("数据",))
    assert ("hidden_sheets" if order.startswith("hidden") else "several_sheets") in taken.warnings


def test_a_hidden_sheet_is_read_where_it_is_named(gate: Gate) -> None:
    taken = gate("book.xlsx", _sheets(库存=OTHER, hidden=TABLE), in_format(sheet="hidden"))
    assert (taken.rows, taken.sheets) == (3, ("hidden",))


def test_sheets_named_together_are_one_table_and_faults_name_their_sheet(gate: Gate) -> None:
    bad: Rows = [*LATER, ["soon", "2025-02-17", "C"], ["备注：估计值", None, None]]
    together = MAPPING + '[format]\nsheet = ["一月", "二月"]\n' + METRIC
    taken = gate("book.xlsx", _sheets(一月=TABLE, 二月=bad), together)
    assert (taken.rows, taken.accepted, taken.sheets) == (7, 5, ("一月", "二月"))
    assert [(fault.row, fault.column, fault.reason) for fault in taken.rejects] == [
        (4, "二月!value", "not_a_number"),
        (5, "二月!", "note_row"),
    ]
    assert taken.periods == ("2025-01", "2025-02")
    assert write_mapping(read_mapping(together, file="m")).count('sheet = ["一月", "二月"]') == 1


def test_a_refusal_in_the_second_of_several_sheets_names_it(gate: Gate) -> None:
    swapped: Rows = [LATER[0], [1.5, "03/02/2025", "C"]]
    first: Rows = [TABLE[0], ["01/02/2025", "A", 1]]
    together = MAPPING + '[format]\nsheet = ["一月", "二月"]\n' + METRIC
    with pytest.raises(DataError) as refusal:
        gate("book.xlsx", _sheets(一月=first, 二月=[*swapped, [1, "04/13/2025x", "C"]]), together)
    assert refusal.value.fields["sheet"] in ("一月", "二月")
    assert refusal.value.fields["row"] == 2


def test_sheets_with_other_columns_are_not_read_together(gate: Gate) -> None:
    together = MAPPING + '[format]\nsheet = ["一月", "库存"]\n' + METRIC
    with pytest.raises(DataError) as refusal:
        gate("book.xlsx", _sheets(一月=TABLE, 库存=[["date", "site", "价值"], ["2025-01-06", "A", 1]]), together)
    fields = refusal.value.fields
    assert (refusal.value.code, fields["sheet"], fields["found"], fields["needed"]) == (
        "sheets_differ",
        "库存",
        "价值",
        "value",
    )


def test_every_sheet_with_a_table_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(_sheets(封面=COVER, 一月=TABLE, hidden=OTHER, 二月=LATER))
    offered = [(look.name, look.header.names, look.rows, look.hidden) for look in tables(path)]
    assert offered == [
        ("一月", ("date", "site", "value"), 3, False),
        ("hidden", ("仓库", "差异数"), 1, True),
        ("二月", ("value", "date", "site"), 2, False),
    ]
    assert [source.sheet for source in sampled_sources(path, at_most=100)] == ["一月", "二月"]
    assert [source.sheets for source in sampled_sources(path, sheets=("一月", "二月"), at_most=100)] == [
        ("一月", "二月")
    ]


def test_a_sample_is_the_beginning_of_the_table(tmp_path: Path) -> None:
    rows: Rows = [
        ["月报", None],
        ["日期", "采购"],
        [None, "周期"],
        *([f"2025-{at % 12 + 1:02d}", at] for at in range(3000)),
    ]
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook(rows, edit=_merged("A2:A3")))
    few, all_rows = parse_text_table(path, at_most=100), parse_text_table(path)
    assert few.header == all_rows.header == ("日期", "采购/周期")
    assert few.rows == all_rows.rows[:100]
    assert few.numbers == tuple(range(4, 104))


def test_a_cell_longer_than_the_engine_takes_is_rejected_by_its_row(gate: Gate) -> None:
    long = "很" * 30_000
    rows: Rows = [["date", "site", "value", *"abcd"], ["2025-01-06", "A", 3.5], ["2025-01-13", "A", 4, *[long] * 4]]
    taken = gate("book.xlsx", workbook(rows), FULL)
    assert (taken.rows, taken.accepted) == (2, 1)
    assert [(fault.row, fault.column, fault.reason) for fault in taken.rejects] == [(3, None, "cell_too_long")]


def test_cells_with_commas_quotes_and_line_breaks_come_through_whole(gate: Gate, tmp_path: Path) -> None:
    odd = ['a,b"c', "d\ne\r\nf", '"', "g\u2028h", "", "i"]
    rows: Rows = [TABLE[0], *([f"2025-01-{at + 1:02d}", word, at] for at, word in enumerate(odd))]
    taken = gate("book.xlsx", workbook(rows), FULL)
    assert (taken.rows, taken.accepted, taken.personal) == (6, 6, ())
    units = [
        json.loads(row["unit"]).get("site", "")
        for row in pyarrow.parquet.read_table(tmp_path / "snapshot.parquet").to_pylist()
    ]
    assert units == ['a,b"c', "d e f", '"', "g h", "", "i"]


def test_a_signature_below_a_column_without_a_name_does_not_give_it_data(gate: Gate) -> None:
    rows: Rows = [[*row, None, None] for row in TABLE] + [[None, None, None, None, "审核：李四"]]
    taken = gate("book.xlsx", workbook(rows), FULL)
    assert (taken.rows, taken.accepted) == (4, 3)
    assert [(fault.row, fault.reason) for fault in taken.rejects] == [(5, "note_row")]


def test_a_header_of_merged_groups_is_known_again_on_the_next_page(tmp_path: Path) -> None:
    head: Rows = [["日期", "采购", None], [None, "周期", "单数"]]
    rows: Rows = [*head, ["2025-01", 1, 2], *head, ["2025-02", 3, 4]]
    table = _parsed(tmp_path, rows, _merged("A1:A2", "B1:C1", "A4:A5", "B4:C4"))
    assert table.rows == (("2025-01", "1", "2"), ("2025-02", "3", "4"))
    assert [(fault.row, fault.reason) for fault in table.faults] == [(4, "repeated_header"), (5, "repeated_header")]


def test_a_signature_below_a_text_table_is_named_as_one(gate: Gate) -> None:
    text = "date,site,value\n2025-01-06,A,3.5\n2025-01-13,A,4\n制表人：张三,审核：李四\n2025-01-20,B\n"
    taken = gate("rows.csv", text.encode(), FULL)
    assert [(fault.row, fault.reason) for fault in taken.rejects] == [(4, "note_row"), (5, "wrong_cell_count")]


@pytest.mark.parametrize("code", ["note_row", "repeated_header", "other_table"])
def test_who_reads_strictly_is_told_of_a_line_that_is_no_row(code: str, tmp_path: Path) -> None:
    below: dict[str, Rows] = {
        "note_row": [["备注：x", None, None]],
        "repeated_header": [TABLE[0]],
        "other_table": BELOW[4:],
    }
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([*TABLE, *below[code]]))
    faults = parse_text_table(path, wanted=("date", "value")).faults
    assert faults[0].reason == code
    refusal = DataError(code, file=path.name, row=faults[0].row, found=faults[0].value)
    for locale in LOCALES:
        assert faults[0].value.split()[0] in language(locale).error(refusal)
