"""A file like one that came before is read as that one was, and said so; a changed header keeps what it shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from valueviz.catalog import Mapping, read_engagement, read_mapping
from valueviz.cli import main
from valueviz.errors import DataError
from valueviz.intake import Told, import_file
from valueviz.intake.header import Header
from valueviz.intake.look import look
from valueviz.intake.memory import Remembered, fingerprint, fingerprint_of, likest
from valueviz.store import Client, Workspace

ENGAGEMENT = """
name = "Synthetic works"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""

FIRST = "统计周期,部门,工单关闭时长(小时),备注\n2025-01,财务部,6,x\n2025-02,财务部,5,y\n"
LATER = "统计周期,部门,工单关闭时长(小时),备注\n2025-03,财务部,4,x\n2025-04,财务部,3,y\n"

MAPPING = """
[columns]
date = "统计周期"
value = "工单关闭时长(小时)"
metric = "closing_hours"
dimensions = ["部门"]

[allowed]
"部门" = ["财务部", "采购部"]

[metric.closing_hours]
name = "工单关闭时长"
unit = "hour"
better = "lower"
aggregation = "mean"
"""


@pytest.fixture
def client(tmp_path: Path, without_child: None) -> Client:
    """A client whose first file has been imported by a mapping of its own."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("works", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    made = workspace.client("works")
    import_file(made, _file(tmp_path, FIRST, "一季度.csv"), mapping=read_mapping(MAPPING, file="m.toml"))
    return made


def _file(tmp_path: Path, content: str, name: str) -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def test_the_fingerprint_knows_names_and_order_and_not_how_they_are_typed() -> None:
    one = fingerprint(["Ｄａｔｅ", "采购/审批周期"], rows=2)
    assert one == fingerprint([" date ", "采购/审批周期"], rows=2)
    others = (["采购/审批周期", "date"], ["date"], ["date", "采购/审批周期", ""])
    assert (
        len({one, fingerprint(["date", "采购/审批周期"], rows=1), *(fingerprint(each, rows=2) for each in others)}) == 5
    )
    assert fingerprint_of(Header(("date", "采购/审批周期"), 1, 2, (), (("date", "采购"), ("", "审批周期")))) == one


def test_a_file_with_the_same_header_needs_no_mapping_and_says_where_it_is_from(client: Client, tmp_path: Path) -> None:
    result = import_file(client, _file(tmp_path, LATER, "二季度.csv"))
    assert (result.accepted, result.metrics, result.remembered) == (2, ("closing_hours",), "一季度.csv")
    assert "mapping_remembered" in result.warnings
    assert result.mapping.allowed == (("部门", ("财务部", "采购部")),)
    assert {column.why for column in result.columns if column.part} == {"remembered"}


def test_a_mapping_that_is_given_wins_over_the_one_remembered(client: Client, tmp_path: Path) -> None:
    other = read_mapping(MAPPING.replace('dimensions = ["部门"]\n', "").split("[allowed]")[0], file="m.toml")
    result = import_file(client, _file(tmp_path, LATER, "二季度.csv"), mapping=other)
    assert (result.mapping.dimensions, result.remembered) == ((), None)
    assert "mapping_remembered" not in result.warnings


def test_one_column_more_is_another_header_that_keeps_the_parts_it_shares(client: Client, tmp_path: Path) -> None:
    content = LATER.replace("备注", "备注,门店").replace(",x", ",x,甲").replace(",y", ",y,甲")
    path = _file(tmp_path, content, "二季度.csv")
    with pytest.raises(DataError, match="mapping_not_confirmed"):
        import_file(client, path)
    looked = look(client, path)
    assert (looked.questions, looked.remembered, looked.like) == ((), None, "一季度.csv")
    parts = {column.name: (column.part, column.metric, column.why) for column in looked.columns}
    assert parts["工单关闭时长(小时)"] == ("value", "closing_hours", "remembered")
    assert parts["门店"] == ("dimension", None, "name")
    assert looked.mapping is not None
    assert looked.mapping.allowed == (("部门", ("财务部", "采购部")),)


def test_what_a_person_tells_wins_over_what_is_remembered(client: Client, tmp_path: Path) -> None:
    looked = look(client, _file(tmp_path, LATER, "二季度.csv"), told=Told(parts=(("部门", "ignore"),)))
    assert looked.mapping is not None
    assert (looked.mapping.dimensions, looked.remembered) == ((), None)


def test_a_like_header_must_hold_most_of_what_was_mapped() -> None:
    mapping = Mapping(
        layout="wide", date="日期", dimensions=("门店",), wide_metrics=(("a", "oee"), ("b", "rework_rate"))
    )
    known = (Remembered("1", "old.csv", mapping),)
    assert likest(known, ["日期", "a", "c"]) == known[0]
    assert likest(known, ["日期", "c"]) is None
    assert likest((*known, Remembered("2", "new.csv", mapping)), ["日期", "a"]).file == "new.csv"  # type: ignore[union-attr]


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize(("tongue", "words"), [("en", "Mapping of first.csv"), ("zh", "沿用其映射")])
def test_the_command_line_says_whose_mapping_is_used(
    tongue: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VALUEVIZ_LANG", tongue)
    (tmp_path / "e.toml").write_text(ENGAGEMENT, encoding="utf-8")
    (tmp_path / "m.toml").write_text(MAPPING, encoding="utf-8")
    _file(tmp_path, FIRST, "first.csv")
    _file(tmp_path, LATER, "second.csv")
    assert main(["client", "works", "--engagement", "e.toml"]) == 0
    assert main(["import", "works", "first.csv", "--mapping", "m.toml"]) == 0
    capsys.readouterr()
    assert main(["import", "works", "second.csv"]) == 0
    said = capsys.readouterr()
    assert words in said.err
    assert "first.csv" in said.out


AMOUNTS = 'layout = "long"\n[columns]\ndate = "Month"\nvalue = "OEE"\nmetric = "oee"\n[format]\n'


@pytest.mark.parametrize(
    ("mark", "later", "values"),
    [
        (",", ["1.215", "2.5", "3.75"], ["1.215", "2.5", "3.75"]),
        (".", ["1,5", "2,25"], ["1.5", "2.25"]),
        (",", ["2,225", "3,235"], ["2.225", "3.235"]),
    ],
    ids=["points after commas", "commas after points", "nothing that contradicts"],
)
def test_a_remembered_decimal_mark_gives_way_to_the_cells(
    mark: str, later: list[str], values: list[str], client: Client, tmp_path: Path
) -> None:
    def table(cells: list[str], year: int) -> str:
        return "Month;OEE\n" + "".join(f"{year}-{at:02d};{cell}\n" for at, cell in enumerate(cells, start=1))

    mapping = read_mapping(f'{AMOUNTS}decimal = "{mark}"', file="m")
    import_file(client, _file(tmp_path, table([f"1{mark}215"], 2024), "one.csv"), mapping=mapping)
    result = import_file(client, _file(tmp_path, table(later, 2025), "two.csv"))
    assert result.remembered == "one.csv"
    assert [row[3] for row in result.sample] == values


def test_a_remembered_order_of_day_and_month_gives_way_to_the_dates(client: Client, tmp_path: Path) -> None:
    mapping = read_mapping(AMOUNTS + 'date = "%d/%m/%Y"', file="m")
    import_file(client, _file(tmp_path, "Month;OEE\n03/04/2024;50\n05/04/2024;51\n", "one.csv"), mapping=mapping)
    result = import_file(client, _file(tmp_path, "Month;OEE\n04/03/2025;50\n12/25/2025;51\n", "two.csv"))
    assert [row[2] for row in result.sample] == ["2025-04-03", "2025-12-25"]
