"""Tables of documents: a date column a step, chains of approvals in a cell as text or JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.intake.logs import HEADER, at, canonical, taken, write
from valueviz.catalog import Mapping, read_mapping, write_mapping
from valueviz.errors import DataError
from valueviz.intake.log import LogColumns, recognise, take_log
from valueviz.intake.log.chain import Entry, read_chain

ORDERS = (
    "订单号,客户,下单日期,审核日期,发货日期,签收日期",
    "D1,甲,2025-03-01,2025-03-02,2025-03-02,2025-03-05",
    "D2,乙,2025-03-01,,2025-03-04,",
    "D3,甲,2025-03-03,2025-03-03,2025-03-03,2025-03-04",
)


def test_a_date_column_a_step_is_understood_and_an_empty_cell_is_a_step_not_done(tmp_path: Path) -> None:
    path = write(tmp_path, *ORDERS)
    read = taken(path)
    assert (read.cases, read.events, read.rows, read.accepted) == (3, 10, 3, 3)
    assert read.mapping.layout == "documents"
    assert dict(read.mapping.activities) == {
        "下单日期": "下单",
        "审核日期": "审核",
        "发货日期": "发货",
        "签收日期": "签收",
    }
    assert [note.code for note in read.notes] == ["documents"]
    assert canonical(path, '"row", "case", activity, complete, "@客户"')[:6] == [
        (2, "D1", "下单", at("2025-03-01"), "甲"),
        (2, "D1", "审核", at("2025-03-02"), "甲"),
        (2, "D1", "发货", at("2025-03-02"), "甲"),
        (2, "D1", "签收", at("2025-03-05"), "甲"),
        (3, "D2", "下单", at("2025-03-01"), "乙"),
        (3, "D2", "发货", at("2025-03-04"), "乙"),
    ]


def test_a_mapping_names_the_steps_and_its_words_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path, *ORDERS)
    mapping = Mapping(
        layout="documents",
        case="订单号",
        activities=(("发货日期", "发货"), ("下单日期", "下单")),
        dimensions=("客户",),
    )
    out = tmp_path / "canonical.parquet"
    read = take_log(path, mapping=mapping, out=out, folder=tmp_path, strict=True, progress=lambda *_: None)
    assert read.activities == (("下单", 3), ("发货", 3))
    assert [activity for (activity,) in canonical(path, "activity")][:2] == ["发货", "下单"]
    assert read.mapping == mapping
    assert read_mapping(write_mapping(read.mapping), file="mapping") == mapping


def test_an_unreadable_date_rejects_the_whole_document(tmp_path: Path) -> None:
    path = write(tmp_path, *ORDERS, "D4,甲,2025-03-01,soon,2025-03-02,", "D5,甲,,,,")
    with pytest.raises(DataError) as caught:
        taken(path, columns=LogColumns(case="订单号"))
    assert (caught.value.code, caught.value.fields["row"], caught.value.fields["column"]) == (
        "log_stamp_unreadable",
        5,
        "审核日期",
    )
    read = taken(path, strict=False)
    assert (read.rows, read.accepted, read.rejected, read.events) == (5, 4, 1, 10)
    assert [(fault.row, fault.column, fault.value) for fault in read.rejects] == [(5, "审核日期", "soon")]
    assert ("documents_undated", (("count", 1),)) in [(note.code, note.fields) for note in read.notes]


def test_a_document_on_several_rows_is_told(tmp_path: Path) -> None:
    read = taken(write(tmp_path, *ORDERS, "D1,甲,2025-03-01,2025-03-02,2025-03-02,2025-03-06"))
    assert (read.cases, read.events) == (3, 14)
    assert ("documents_again", (("count", 1),)) in [(note.code, note.fields) for note in read.notes]


CHAINS = [
    (
        "张三 提交 2025-03-01 09:12; 李四 同意 2025-03-01 10:40",
        [("提交", "张三", "2025-03-01 09:12"), ("同意", "李四", "2025-03-01 10:40")],
    ),
    (
        "张三|已同意|2025-03-01 09:12:00|好的；李四|驳回|2025-03-02 10:40:00|",
        [("已同意", "张三", "2025-03-01 09:12:00"), ("驳回", "李四", "2025-03-02 10:40:00")],
    ),
    (
        "1. 部门经理审批 李四 同意 2025/3/1 9:12\n2. 财务审批 王五 同意 2025/3/2 9:12",
        [("部门经理审批 同意", "李四", "2025/3/1 9:12"), ("财务审批 同意", "王五", "2025/3/2 9:12")],
    ),
    (
        "提交(张三) 2025-03-01 → 审批(李四) 2025-03-02",
        [("提交", "张三", "2025-03-01"), ("审批", "李四", "2025-03-02")],
    ),
    (
        "2025-03-01 09:12 Ann submit -> 2025-03-01 10:40 Bob approved",
        [("submit", "Ann", "2025-03-01 09:12"), ("approved", "Bob", "2025-03-01 10:40")],
    ),
    ("下单 2025年3月1日; 发货 2025年3月4日", [("下单", "", "2025年3月1日"), ("发货", "", "2025年3月4日")]),
]


@pytest.mark.parametrize(("text", "wanted"), CHAINS, ids=[text[:12] for text, _ in CHAINS])
def test_a_chain_is_told_apart(text: str, wanted: list[tuple[str, str, str]]) -> None:
    assert read_chain(text) == tuple(Entry(*each) for each in wanted)


@pytest.mark.parametrize(
    "text",
    [
        "张三 提交; 李四 同意 2025-03-01",
        "张三 李四 王五 2025-03-01",
        "2025-03-01",
        "张三 提交 2025-02-30 09:00",
        "[]",
        "[1, 2]",
        '{"user": "Ann"}',
        "[" * 5000,
    ],
)
def test_what_is_no_chain_is_none(text: str) -> None:
    assert read_chain(text) is None


JSON_CHAINS = [
    [
        {"activity": "submit", "user": "Ann", "time": "2025-03-01 09:12"},
        {"activity": "approve", "user": "Bob", "time": "2025-03-01 10:40"},
    ],
    [
        {"环节": "提交", "处理人": "张三", "操作时间": "2025-03-01 09:12"},
        {"环节": "审批", "处理人": "李四", "操作时间": "2025-03-01 10:40"},
    ],
]


def test_dates_beside_a_chain_are_named_as_left_out(tmp_path: Path) -> None:
    chain = "张三 提交 2025-03-0{} 09:12; 李四 同意 2025-03-0{} 10:40"
    rows = [f"A{day},2025-03-0{day} 09:00,{chain.format(day, day + 1)}" for day in (1, 2, 3)]
    read = taken(write(tmp_path, "单号,创建日期,审批记录", *rows))
    assert (read.cases, read.events) == (3, 6)
    notes = {note.code: dict(note.fields) for note in read.notes}
    assert notes["dates_left_out"] == {"found": "创建日期"}


@pytest.mark.parametrize("chain", JSON_CHAINS, ids=["en", "zh"])
def test_a_chain_as_json_is_exploded_into_events(tmp_path: Path, chain: list[dict[str, str]]) -> None:
    cell = json.dumps(chain, ensure_ascii=False).replace('"', '""')
    path = write(tmp_path, "审批单号,部门,审批记录", f'S1,销售,"{cell}"', f'S2,采购,"{cell}"')
    read = taken(path)
    assert (read.cases, read.events, read.rows) == (2, 4, 2)
    assert read.mapping.activities == (("审批记录", "*"),)
    people = [next(iter(value for key, value in each.items() if key in ("user", "处理人"))) for each in chain]
    assert [person for (person,) in canonical(path, "resource")] == people * 2
    assert canonical(path, '"row", complete, "@部门"')[1] == (2, at("2025-03-01 10:40"), "销售")


def test_a_chain_that_cannot_be_told_apart_is_named_or_listed(tmp_path: Path) -> None:
    good = "张三 提交 2025-03-01 09:12; 李四 同意 2025-03-01 10:40"
    path = write(tmp_path, "审批单号,审批记录", *(f"S{at},{good}" for at in range(9)), "S9,张三 提交 昨天")
    with pytest.raises(DataError) as caught:
        taken(path)
    assert (caught.value.code, caught.value.fields["row"], caught.value.fields["column"]) == (
        "log_chain_unclear",
        11,
        "审批记录",
    )
    read = taken(path, strict=False)
    assert (read.rows, read.accepted, read.rejected, read.events) == (10, 9, 1, 18)


def test_dates_and_chains_of_one_document_come_together(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "审批单号,创建日期,审批记录,付款日期,归档日期",
        *(
            f"S{at},2025-03-01,张三 同意 2025-03-02 09:12; 李四 同意 2025-03-02 10:40,2025-03-05,2025-03-06"
            for at in "12"
        ),
    )
    read = taken(path)
    assert (read.cases, read.events) == (2, 10)
    assert {name for name, _ in read.activities} == {"创建", "同意", "付款", "归档"}


def test_registers_are_no_logs(tmp_path: Path) -> None:
    register = ["单号", "发现日期", "关闭日期", "类别"]
    rows = [[f"Q{at}", f"2025-03-{at + 1:02d}", f"2025-04-{at + 1:02d}", "x"] for at in range(9)]
    assert recognise(register, rows) is None
    assert recognise(HEADER.split(","), [[f"C{at}", "open", "", "2025-03-01", "ann"] for at in range(9)]) is None
    assert recognise(["date", "metric", "value"], [["2025-03", "oee", "0.8"]] * 9) is None


def test_logs_and_documents_are_recognised_with_their_parts() -> None:
    events = [["C1", "open", "2025-03-01 09:00", "ann", "x"], ["C1", "check", "2025-03-01 10:00", "bob", "x"]]
    found = recognise(["案例", "活动", "完成时间", "处理人", "渠道"], events)
    assert found == Mapping(
        layout="events", case="案例", activity="活动", complete="完成时间", resource="处理人", dimensions=("渠道",)
    )
    lines = [line.split(",") for line in ORDERS]
    documents = recognise(lines[0], lines[1:])
    assert documents is not None
    assert (documents.layout, documents.case, documents.dimensions) == ("documents", "订单号", ("客户",))
