"""Personal data is found where it is, however little of it, and numbers of documents are not taken for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from tests.intake.conftest import Gate
from valueviz.catalog import read_engagement, read_mapping
from valueviz.intake import import_file
from valueviz.intake.personal import personal_columns
from valueviz.store import Client, Workspace

# Numbers below are made up: region codes of counties with invented dates, check characters computed.


def card(first: str) -> str:
    """An identity card's number of the present form, its check character computed (GB 11643, ISO 7064 MOD 11-2)."""
    weights = [2 ** (17 - at) % 11 for at in range(17)]
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]


CARDS = [card(f"3205011985{month:02d}15{serial:03d}") for month, serial in ((1, 101), (3, 222), (7, 333), (11, 417))]
ORDERS_OF_18 = [f"32050120250{month}0100{serial:02d}" for month in (1, 2, 3, 4, 5) for serial in range(10, 30)]
NAMES_ZH = ["王小明", "李芳", "欧阳修文", "张伟", "刘洋", "陈静怡"]

FOUND: dict[str, tuple[str, list[str], str, int]] = {
    "identity cards": ("证件", CARDS, "identity_card", 4),
    "identity cards in small letters, as numbers of employees": (
        "工号",
        [each.lower() for each in CARDS],
        "identity_card",
        4,
    ),
    "one identity card in the remarks": ("备注", ["正常", "加急", f"身份证{CARDS[0]}待补", "正常"], "identity_card", 1),
    "cards of the first generation": ("身份证号", ["320501850115101", "320501790322222"], "identity_card", 2),
    "mobile numbers": ("联系", ["13800138000", "15912345678", "18688889999"], "mobile_number", 3),
    "mobile numbers, spaced and with the country": (
        "联系方式",
        ["+86 138 0013 8000", "86-159-1234-5678"],
        "mobile_number",
        2,
    ),
    "a mobile number in the remarks": ("说明", ["无", "请致电13800138000", "无"], "mobile_number", 1),
    "full width digits": ("电话", ["１３８００１３８０００"], "mobile_number", 1),
    "e-mail addresses": ("submitted via", ["li.wei@example.com", "ops@example.cn", "-"], "email_address", 2),
    "names by their header": ("姓名", ["Q", "W. Ng", "王小明"], "person_name", 3),
    "names of handlers": ("经办人", NAMES_ZH, "person_name", 6),
    "names without a header that says so": ("填写", NAMES_ZH, "person_name", 6),
    "names of people who count stock": ("盘点员", ["张三丰", "李芳", "李芳"], "person_name", 3),
    "names of people who handle things": ("经手人", ["张伟", "李芳"], "person_name", 2),
    "names under a german header": ("Sachbearbeiter", ["John Smith", "Hans Müller"], "person_name", 2),
    "telephones of another country": ("Mobile", ["+44 7700 900001", "+44 7700 900002"], "mobile_number", 2),
    "telephones without a country": ("Telefon", ["030 1234-5678", "(089) 123 456"], "mobile_number", 2),
    "telephones of eight digits": ("联系电话", ["2345 6789", "98765432"], "mobile_number", 2),
    "a telephone of another country in the remarks": (
        "Remark",
        ["call +49 170 1234567", "ok"],
        "mobile_number",
        1,
    ),
    "english names under a header of persons": (
        "Approved by",
        ["Ann Lee", "Bob R. Stone", "Ann Lee"],
        "person_name",
        3,
    ),
}

NOT_FOUND: dict[str, tuple[str, list[str]]] = {
    "order numbers shaped like cards": ("采购单号", ORDERS_OF_18),
    "order numbers shaped like cards under another header": ("单据", ORDERS_OF_18),
    "a card with a wrong check character": ("备注", [CARDS[0][:-1] + ("1" if CARDS[0][-1] != "1" else "2")]),
    "a card born on 30 February": ("备注", [card("32050119850230101")]),
    "lot numbers of eleven digits": ("批号", ["13800138000", "13900138001", "15000138002"]),
    "articles of eleven digits": ("SKU", ["13800138000", "13900138001"]),
    "order numbers of eleven digits": ("订单号", ["18800138000", "18900138001"]),
    "numbers of eleven digits, few of them like mobiles": (
        "code of unit",
        ["12000138000", "11900138001", "13800138002"],
    ),
    "long decimals": ("比值", ["0.13800138000", "3.15912345678"]),
    "calls taken": ("电话量", ["12345678", "23456789"]),
    "sales by telephone": ("Mobile sales", ["12345678", "23456789"]),
    "signed amounts": ("差额", ["+1234567890", "+2345678901"]),
    "teams headed as people": ("责任人", ["财务部", "采购部"]),
    "departments": ("部门", ["财务部", "采购部", "金工车间", "马达班组", "高压组", "方案科"]),
    "cities whose names begin like surnames": ("城市", ["苏州", "常州", "徐州", "温州", "金华", "江门"]),
    "products": ("产品", ["白糖", "金枪鱼", "黄豆", "马铃薯", "江米", "毛豆"]),
    "names of articles": ("物料名称", ["白糖", "金枪鱼", "黄豆", "马铃薯", "江米", "毛豆"]),
    "names of firms under a header of customers": ("Customer", ["Acme Works Ltd", "Blue Steel Co", "Contoso Company"]),
    "names of metrics": ("name", ["order lead time", "OEE", "rework rate"]),
    "states": ("状态", ["已完成", "已关闭", "处理中", "待审批", "已驳回", "已撤销"]),
    "time stamps": ("created", ["20250305143000", "2025-03-05 14:30:00"]),
    "nothing": ("备注", ["", "  "]),
}


@pytest.mark.parametrize("case", FOUND)
def test_personal_data_is_found_with_its_kind_and_count(case: str) -> None:
    header, cells, kind, count = FOUND[case]
    filler = ["x"] * len(cells)
    (found,) = personal_columns(["部门", header], [filler, cells])
    assert (found.column, found.kind, found.count) == (header, kind, count)
    assert found.share == pytest.approx(count / len([cell for cell in cells if cell.strip()]))


@pytest.mark.parametrize("case", NOT_FOUND)
def test_numbers_of_things_and_names_of_places_are_not_personal(case: str) -> None:
    header, cells = NOT_FOUND[case]
    assert personal_columns([header], [cells]) == ()


def test_a_column_that_measures_is_not_searched_for_mobile_numbers() -> None:
    assert personal_columns(["销售额"], [["13800138000", "15912345678"]], measuring=["销售额"]) == ()


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("13812345678", "mobile_number"),
        ("张伟 zhang.wei@example.com", "email_address"),
        (CARDS[0], "identity_card"),
    ],
)
def test_one_number_of_a_person_among_measured_ones_is_found(cell: str, kind: str) -> None:
    (found,) = personal_columns(["时长"], [["8", "8.1", cell, "8.3"]], valued=["时长"])
    assert (found.kind, found.count) == (kind, 1)


def test_large_amounts_are_no_mobile_numbers() -> None:
    cells = ["13,800,138,000.5", "15912345678", "18612345678", "9912345678"]
    assert personal_columns(["销售额"], [cells], valued=["销售额"]) == ()


# In a file ───────────────────────────────────────────────────────────────────

MAPPING = """
[columns]
date = "日期"
metric = "month_close_days"
value = "天数"
dimensions = ["工厂", "经办人"]
"""

ENGAGEMENT = """
name = "Synthetic works"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""


def _content(rows: int, *, remark_at: int | None = None) -> str:
    lines = ["日期,工厂,经办人,天数,备注"]
    for row in range(rows):
        remark = f"证件 {CARDS[0]}" if row == remark_at else "无"
        year, month = 2010 + row // 12 % 15, row % 12 + 1
        lines.append(f"{year}-{month:02d}-01,P{row // 180},{NAMES_ZH[row % 6]},{3 + row % 4},{remark}")
    return "\n".join(lines) + "\n"


def test_a_label_with_names_is_left_out_of_the_snapshot_and_the_rest_is_taken(gate: Gate, tmp_path: Path) -> None:
    account = gate("rows.csv", _content(40).encode(), MAPPING)
    assert (account.rows, account.accepted) == (40, 40)
    assert [(each.column, each.kind, each.part, each.left_out) for each in account.personal] == [
        ("经办人", "person_name", "dimension", True)
    ]
    assert read_mapping(account.mapping, file="m.toml").dimensions == ("工厂",)
    assert {row[-1] for row in account.sample} == {"工厂=P0"}
    assert "王小明".encode() not in (tmp_path / "snapshot.parquet").read_bytes()


def test_one_number_far_below_the_first_rows_is_found(gate: Gate) -> None:
    account = gate(
        "rows.csv",
        _content(6000, remark_at=5990).replace(",经办人", ",班").encode(),
        MAPPING.replace('"经办人"', '"班"'),
    )
    remark = next(each for each in account.personal if each.column == "备注")
    assert (remark.kind, remark.count, remark.part, remark.left_out) == ("identity_card", 1, None, False)
    assert remark.share == pytest.approx(1 / 6000)


@pytest.mark.parametrize(
    ("content", "column", "kind"),
    [
        ("制表：13800138000\n" + _content(12), "制表:…", "mobile_number"),
        (_content(12) + "联系 ops@example.com\n", "联系 …", "email_address"),
    ],
    ids=["above the table", "below it"],
)
def test_what_stands_around_the_table_is_looked_at_and_masked(content: str, column: str, kind: str, gate: Gate) -> None:
    personal = {each.column: each.kind for each in gate("rows.csv", content.encode(), MAPPING).personal}
    assert personal == {"经办人": "person_name", column: kind}


@pytest.mark.parametrize(
    ("old", "new", "column", "kind"),
    [
        ("备注", "张伟13812345678", "张伟…", "mobile_number"),
        ("P0,5,", "P0,13812345678,", "天数", "mobile_number"),
    ],
    ids=["in a header", "in the column of values"],
)
def test_a_number_of_a_person_is_found_where_nobody_expects_it(
    old: str, new: str, column: str, kind: str, gate: Gate
) -> None:
    content = _content(12).replace(",经办人", ",班")
    for name in NAMES_ZH:
        content = content.replace(f",{name},", ",")
    content = content.replace(",班", "").replace(old, new, 1)
    mapping = MAPPING.replace(', "经办人"', "")
    personal = gate("rows.csv", content.encode(), mapping).personal
    assert [(each.column, each.kind) for each in personal] == [(column, kind)]


def test_a_comment_on_a_cell_is_looked_at(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("数据")
        for row, line in enumerate(_content(12).replace("经办人", "班").splitlines()):
            sheet.write_row(row, 0, line.split(","))
        sheet.write_comment("D3", "请致电13812345678确认")
    personal = gate("book.xlsx", path.read_bytes(), MAPPING.replace("经办人", "班")).personal
    assert ("请致电…确认", "mobile_number") in [(each.column, each.kind) for each in personal]


def test_a_list_of_people_on_another_sheet_is_found(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "made.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        data, people = book.add_worksheet("数据"), book.add_worksheet("通讯录")
        for row, line in enumerate(_content(12).replace("经办人", "班").splitlines()):
            data.write_row(row, 0, line.split(","))
        for row, entry in enumerate([("姓名", "手机"), ("王小明", "13800138000"), ("李芳", "13900138001")]):
            people.write_row(row, 0, entry)
        people.hide()
    mapping = MAPPING.replace(', "经办人"', "") + '[format]\nsheet = "数据"\n'
    account = gate("rows.xlsx", path.read_bytes(), mapping)
    assert [(each.column, each.kind) for each in account.personal if "!" in each.column] == [
        ("通讯录!姓名", "person_name"),
        ("通讯录!手机", "mobile_number"),
    ]


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A client in a new workspace."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("works", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    return workspace.client("works")


@pytest.mark.usefixtures("without_child")
def test_the_file_is_kept_only_where_nobody_is_named_or_the_user_insists(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(_content(24), encoding="utf-8")
    mapping = read_mapping(MAPPING, file="m.toml")
    left = import_file(client, path, mapping=mapping)
    assert (left.raw_kept, "personal_data" in left.warnings) == (False, True)
    assert client.imports()[-1].raw_reason == "personal_data"
    assert not [
        each
        for each in tmp_path.rglob("*")
        if each.is_file() and each != path and "王小明".encode() in each.read_bytes()
    ]
    kept = import_file(client, path, mapping=mapping, personal="keep")
    assert kept.raw_kept
    assert kept.mapping.dimensions == ("工厂", "经办人")
    assert [each.left_out for each in kept.personal] == [False]
    assert json.loads(json.dumps(kept.contract()))["warnings"].count("personal_data") == 1
