"""A file goes into a workspace whole or not at all, through a child process, and is recognised when it comes again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow.parquet
import pytest

from tests.intake.corpus import GOOD, HEAD, MAPPING, METRIC, TABLE, text, workbook
from valueviz.catalog import Mapping, read_engagement, read_mapping
from valueviz.errors import DataError
from valueviz.intake import import_file, read_text_table
from valueviz.intake.reading import parse_text_table
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import Locale

ENGAGEMENT = """
name = "Synthetic works"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""

CONTRACT = ("file", "digest", "rows", "accepted", "rejected", "rejects", "metrics", "periods", "warnings", "snapshot")


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A client in a new workspace, under a path with Chinese and spaces."""
    workspace = Workspace.open(tmp_path / "工作区 one", create=True)
    content = ENGAGEMENT.encode()
    workspace.put_engagement("works", content, read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    return workspace.client("works")


@pytest.fixture
def mapping() -> Mapping:
    """The mapping of the corpus."""
    return read_mapping(MAPPING + METRIC, file="mapping.toml")


def _tree(folder: Path) -> str:
    """A digest over the names and bytes of a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.name != ".lock":
            found.update(str(path.relative_to(folder)).encode())
            found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()


def _file(tmp_path: Path, content: str, name: str = "等待.csv") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def test_a_file_is_imported_with_its_bad_rows_named(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD + "2025-02-30,A,1\n")
    result = import_file(client, path, mapping=mapping)
    told = result.contract()
    assert tuple(told) == CONTRACT
    assert json.loads(json.dumps(told, allow_nan=False))["rejects"] == [
        {"row": 5, "column": "date", "value": "2025-02-30", "reason": "not_a_date"}
    ]
    assert (result.rows, result.accepted, result.rejected) == (4, 3, 1)
    assert result.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert client.snapshots() == (result.snapshot,)
    assert client.inline_metrics()[0].key == "waiting_days"
    rolled = client.rollup(metrics=client.inline_metrics())
    assert rolled[0].units == ('{"site":"A"}',)


@pytest.mark.usefixtures("without_child")
def test_a_snapshot_holds_the_line_the_unit_and_the_site(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    result = import_file(client, _file(tmp_path, GOOD), mapping=mapping)
    snapshot = pyarrow.parquet.read_table(client.folder / "snapshots" / f"{result.snapshot}.parquet").to_pylist()
    assert [row["row"] for row in snapshot] == [2, 3, 4]
    assert [row["unit"] for row in snapshot] == ['{"site":"A"}', '{"site":"A"}', '{"site":"B"}']
    assert [row["site"] for row in snapshot] == ["A", "A", "B"]
    assert list(snapshot[0]) == [
        "row",
        "metric",
        "date",
        "end",
        "value",
        "volume",
        "unit",
        "site",
        "instrument",
        "definition_version",
    ]


@pytest.mark.usefixtures("without_child")
def test_the_same_file_twice_is_recognised(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD)
    first = import_file(client, path, mapping=mapping)
    before = _tree(client.folder)
    again = import_file(client, path, mapping=mapping)
    assert again.warnings == (*first.warnings, "already_imported")
    assert again.snapshot == first.snapshot
    assert _tree(client.folder) == before


@pytest.mark.usefixtures("without_child")
def test_the_same_table_as_a_workbook_gives_the_same_snapshot(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    first = import_file(client, _file(tmp_path, GOOD), mapping=mapping)
    path = tmp_path / "等待.xlsx"
    path.write_bytes(workbook(TABLE))
    again = import_file(client, path, mapping=mapping)
    assert again.snapshot == first.snapshot
    assert "already_imported" in again.warnings


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(50)),
        ("cut.csv", text(GOOD[:-9])),
        ("nothing.csv", text("date,site,value\n2025-01-06,A,x\n")),
        ("book.xlsx", workbook(TABLE)[:700]),
        ("text.xlsx", text(GOOD)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refused_file_changes_no_byte_of_the_workspace(
    name: str, content: bytes, client: Client, mapping: Mapping, tmp_path: Path
) -> None:
    import_file(client, _file(tmp_path, GOOD), mapping=mapping)
    before = _tree(client.folder)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as refusal:
        import_file(client, tmp_path / name, mapping=mapping)
    assert refusal.value.fields["file"] == name
    assert _tree(client.folder) == before


@pytest.mark.usefixtures("without_child")
def test_a_dry_run_finds_everything_and_changes_nothing(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    before = _tree(client.folder)
    looked = import_file(client, _file(tmp_path, GOOD), mapping=mapping, dry_run=True)
    assert _tree(client.folder) == before
    assert client.imports() == ()
    assert looked.snapshot == import_file(client, _file(tmp_path, GOOD), mapping=mapping).snapshot
    assert looked.sample[0] == ("2", "waiting_days", "2025-01-06", "3.5", "site=A")


@pytest.mark.usefixtures("without_child")
def test_only_the_digest_is_kept_when_asked(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    result = import_file(client, _file(tmp_path, GOOD), mapping=mapping, keep_raw=False)
    assert not (client.folder / "raw" / result.digest).exists()
    assert client.imports()[0].raw is False


@pytest.mark.usefixtures("without_child")
def test_a_metric_defined_once_is_known_to_later_files(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    import_file(client, _file(tmp_path, GOOD), mapping=mapping)
    later = read_mapping(MAPPING, file="later.toml")
    result = import_file(client, _file(tmp_path, GOOD.replace("2025", "2026")), mapping=later)
    assert result.metrics == ("waiting_days",)


@pytest.mark.usefixtures("without_child")
def test_without_a_mapping_nothing_is_imported_unasked(client: Client, tmp_path: Path) -> None:
    path = _file(tmp_path, "日期,工厂,月结天数\n2025-01-01,上海,6\n2025-02-01,上海,5\n")
    with pytest.raises(DataError) as refusal:
        import_file(client, path)
    assert refusal.value.code == "mapping_not_confirmed"
    assert "value = 月结天数" in str(refusal.value.fields["mapping"])
    assert import_file(client, path, propose=True).metrics == ("month_close_days",)


@pytest.mark.usefixtures("without_child")
def test_progress_is_told_by_stages(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    import_file(
        client, _file(tmp_path, GOOD), mapping=mapping, progress=lambda stage, share: told.append((stage, share))
    )
    assert [stage for stage, _ in told] == ["reading", "staging", "casting", "writing"]
    assert [share for _, share in told] == sorted(share for _, share in told)


def test_a_text_table_crosses_from_its_child_whole(tmp_path: Path) -> None:
    path = _file(tmp_path, 'date,site,value\n2025-01-06,"A\nB",3\n\n2025-01-13,A,4\n')
    table = read_text_table(path)
    assert table.header == ("date", "site", "value")
    assert table.rows == (("2025-01-06", "A\nB", "3"), ("2025-01-13", "A", "4"))
    assert table.numbers == (2, 5)
    assert (table.first_row, table.encoding, table.delimiter) == (2, "utf-8", ",")


def test_a_child_refuses_as_a_whole_and_changes_no_byte(client: Client, mapping: Mapping, tmp_path: Path) -> None:
    before = _tree(client.folder)
    with pytest.raises(DataError) as refusal:
        import_file(client, _file(tmp_path, GOOD[:-9]), mapping=mapping)
    assert refusal.value.code == "truncated_file"
    assert _tree(client.folder) == before


@pytest.mark.usefixtures("without_child")
def test_a_strict_text_table_names_its_first_fault(tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD + "2025-01-27,A\n2025-02-03\n")
    with pytest.raises(DataError) as refusal:
        read_text_table(path)
    assert (refusal.value.code, refusal.value.fields["row"]) == ("wrong_cell_count", 5)
    assert [fault.row for fault in read_text_table(path, strict=False).faults] == [5, 6]


def test_a_workbook_is_read_as_a_person_sees_it(tmp_path: Path) -> None:
    from datetime import datetime, time

    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([["a", "b", "c", "d", "e"], [1.0, 0.1, datetime(2025, 3, 5), True, time(8, 30)]]))  # noqa: DTZ001
    assert parse_text_table(path).rows[0] == ("1", "0.1", "2025-03-05", "TRUE", "08:30:00")


WIDE = """
layout = "wide"
[columns]
date = "month"
metrics = { "waiting" = "waiting_days", "again" = "rework_days" }
"""


@pytest.mark.usefixtures("without_child")
def test_the_good_cells_of_a_rejected_row_are_kept(client: Client, tmp_path: Path) -> None:
    other = METRIC.replace("waiting_days", "rework_days")
    mapping = read_mapping(WIDE + METRIC + other, file="mapping.toml")
    path = _file(tmp_path, "month,waiting,again\n2025-01,1,2\n2025-02,x,4\n2025-03,y,z\n")
    result = import_file(client, path, mapping=mapping)
    assert (result.rows, result.accepted, result.rejected, result.partly) == (3, 1, 2, 1)
    assert {fault.row for fault in result.rejects} == {3, 4}
    snapshot = pyarrow.parquet.read_table(client.folder / "snapshots" / f"{result.snapshot}.parquet").to_pylist()
    assert [(row["row"], row["value"]) for row in snapshot] == [(2, 1.0), (2, 2.0), (3, 4.0)]


@pytest.mark.usefixtures("without_child")
def test_a_file_whose_every_row_has_a_bad_cell_is_imported_while_one_observation_is_good(
    client: Client, tmp_path: Path
) -> None:
    other = METRIC.replace("waiting_days", "rework_days")
    mapping = read_mapping(WIDE + METRIC + other, file="mapping.toml")
    result = import_file(client, _file(tmp_path, "month,waiting,again\n2025-01,x,2\n"), mapping=mapping)
    assert (result.accepted, result.rejected, result.partly) == (0, 1, 1)
    with pytest.raises(DataError, match="no_row_accepted"):
        import_file(client, _file(tmp_path, "month,waiting,again\n2025-02,x,y\n"), mapping=mapping)


AS_WRITTEN = ("-1", "-1.50", "001001", "+1001", " 2000 ")
"""Values outside the range, which the engine could cast by itself."""


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize("break_", ["\n", "\r\n", "\n,,\n"])
def test_a_rejected_value_is_told_as_the_file_writes_it(
    break_: str, client: Client, mapping: Mapping, tmp_path: Path
) -> None:
    rows = [*(f"2025-01-06,A,{value}" for value in AS_WRITTEN), "2025-01-13,A,1", "2025-02-30,A,2"]
    path = _file(tmp_path, break_.join(["date,site,value", *rows, ""]))
    told = [fault.value for fault in import_file(client, path, mapping=mapping).rejects]
    assert told == [*AS_WRITTEN, "2025-02-30"]


@pytest.mark.usefixtures("without_child")
def test_rejected_volumes_ends_and_totals_are_told_as_the_file_writes_them(client: Client, tmp_path: Path) -> None:
    columns = MAPPING.replace('metric = "waiting_days"', 'metric = "what"\nend = "end"\nvolume = "n"')
    content = (
        "date,end,site,what,value,n\n2025-01-06,2025-01-07,A,waiting_days,1,2\n"
        "2020-01-01,2019-12-31,A,waiting_days,1,2\n2025-01-06,,A,waiting_days,1,-2.0\n2025-01-06,,A, TOTAL,1,2\n"
    )
    mapping = read_mapping(columns + METRIC, file="mapping.toml")
    result = import_file(client, _file(tmp_path, content), mapping=mapping)
    assert [(fault.row, fault.column, fault.value) for fault in result.rejects] == [
        (3, "end", "2019-12-31"),
        (4, "n", "-2.0"),
        (5, "what", " TOTAL"),
    ]


REPEATED: dict[str, tuple[str, int]] = {
    "one row a period": ("2025-01-06,A,1\n2025-01-13,A,2\n2025-01-20,A,3\n", 0),
    "two values for one date": ("2025-01-06,A,1\n2025-01-13,A,2\n2025-01-13,A,4\n2025-01-20,A,3\n", 1),
    "the same value twice": ("2025-01-06,A,1\n2025-01-13,A,2\n2025-01-13,A,2\n2025-01-20,A,3\n", 0),
    "another unit": ("2025-01-06,A,1\n2025-01-13,A,2\n2025-01-13,B,4\n2025-01-20,A,3\n", 0),
    "a list of events": ("2025-01-06,A,1\n2025-01-06,A,2\n2025-01-13,A,4\n2025-01-13,A,3\n", 0),
    "events with a time": (
        "2025-01-06 08:00:00,A,1\n2025-01-06 09:00:00,A,1\n" + "2025-01-06 10:00:00,A,1\n2025-01-06 10:00:00,A,2\n",
        0,
    ),
}


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize(("rows", "count"), REPEATED.values(), ids=REPEATED.keys())
def test_rows_that_differ_about_one_period_are_pointed_out(
    rows: str, count: int, client: Client, mapping: Mapping, tmp_path: Path
) -> None:
    result = import_file(client, _file(tmp_path, HEAD + rows), mapping=mapping)
    assert result.repeated == count
    assert ("repeated_rows" in result.warnings) is (count > 0)
    assert result.accepted == rows.count("\n")


@pytest.mark.parametrize("tongue", ["en", "zh_CN"])
def test_who_has_no_mapping_is_not_told_to_write_one(tongue: Locale, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text("date,value,site\n2025-01,1,Zürich\n", "latin-1"))
    with pytest.raises(DataError) as refusal:
        read_text_table(path)
    assert refusal.value.fields["row"] == 2
    sentence = language(tongue).error(refusal.value)
    assert "UTF-8" in sentence
    assert "mapping" not in sentence
    assert "映射" not in sentence


@pytest.mark.usefixtures("without_child")
def test_text_under_a_workbook_name_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not_what_its_name_says"):
        read_text_table(_file(tmp_path, GOOD, "rows.xlsx"))
    assert "text_named_workbook" in read_text_table(_file(tmp_path, GOOD, "rows.xls")).notes


def test_rows_are_counted_without_a_value_column(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("at,step\n2025-01-06 08:00,a\n2025-01-06 09:30,b\n2025-02-03 07:15,a\n", encoding="utf-8")
    mapping = read_mapping(
        '[columns]\ndate = "at"\nmetric = "events"\n[metric.events]\nname = "Events"\nunit = "count"\n'
        'better = "higher"\naggregation = "count"\ngrain = "day"\n',
        file="events.toml",
    )
    result = import_file(client, file, mapping=mapping, propose=False)
    assert (result.rows, result.accepted, result.rejected) == (3, 3, 0)
    assert result.periods == ("2025-01", "2025-02")
    (rolled,) = client.rollup(metrics=mapping.metrics)
    assert [value for value in rolled.series.values if value is not None] == [2.0, 1.0]
