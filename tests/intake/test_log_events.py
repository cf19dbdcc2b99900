"""Event logs as tables: columns understood, stamps and life cycles read, every bad row named and none lost."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.intake.logs import EVENTS, HEADER, at, canonical, out, taken, write
from valueviz.errors import DataError, UsageError
from valueviz.intake.log import LogColumns, read_log

NAMES = [
    ("case:concept:name", "concept:name", "start_timestamp", "time:timestamp", "org:resource"),
    ("Case ID", "Activity", "Start Time", "End Time", "User"),
    ("批号", "工序", "开始时间", "完成时间", "处理人"),
    ("工单号", "环节", "开始时间", "结束时间", "操作人"),
    ("申请单号", "节点", "开始时间", "操作时间", "审批人"),
    ("案例", "活动", "开始", "完成", "资源"),
]


def refused(path: Path, **options: object) -> DataError:
    with pytest.raises(DataError) as caught:
        taken(path, **options)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("names", NAMES, ids=lambda names: names[0])
def test_columns_are_known_by_their_names_in_both_languages(tmp_path: Path, names: tuple[str, ...]) -> None:
    path = write(tmp_path, ",".join(names), *EVENTS)
    read = taken(path)
    assert (read.cases, read.events) == (2, 4)
    found = read.columns
    assert (found.case, found.activity, found.start, found.complete, found.resource) == names
    assert canonical(path)[0] == ("A1", "open", at("2025-03-01 09:00"), at("2025-03-01 09:30"))


@pytest.mark.parametrize(
    ("lines", "code", "fields"),
    [
        pytest.param(("activity,complete,resource", "open,2025-03-01 09:00,ann"), "log_no_case", {}, id="no case"),
        pytest.param(("case,complete,kind,amount", "A,2025-03-01,x,1"), "log_no_activity", {}, id="no activity"),
        pytest.param(("case,activity,resource", "A,open,ann"), "log_no_time", {}, id="no time"),
        pytest.param(
            ("order_no,batch_no,activity,complete", "A,X,open,2025-03-01", "A,Y,check,2025-03-02"),
            "log_case_ambiguous",
            {"found": "order_no, batch_no"},
            id="two cases",
        ),
        pytest.param(
            ("case,activity,step,complete", "A,open,x,2025-03-01", "A,check,y,2025-03-02"),
            "log_activity_ambiguous",
            {"found": "activity, step"},
            id="two activities",
        ),
        pytest.param(
            ("case,activity,end_time,finish_time", "A,open,2025-03-01,2025-03-02", "A,x,2025-03-02,2025-03-03"),
            "log_time_ambiguous",
            {"found": "end_time, finish_time"},
            id="two times",
        ),
        pytest.param(
            (HEADER, EVENTS[0], "A1,check,2025-03-01 11:00,2025-03-01 10:10,bob"),
            "log_end_before_start",
            {"row": 3, "column": "complete", "found": "2025-03-01 10:10 < 2025-03-01 11:00"},
            id="end before start",
        ),
        pytest.param(
            (HEADER, EVENTS[0], "A1,check,,soon,bob"),
            "log_stamp_unreadable",
            {"row": 3, "column": "complete", "found": "soon"},
            id="no stamp",
        ),
        pytest.param(
            (HEADER, EVENTS[0], "A1,check,,2025-02-30 10:00,bob"),
            "log_stamp_unreadable",
            {"row": 3, "column": "complete", "found": "2025-02-30 10:00"},
            id="no such day",
        ),
        pytest.param(
            (HEADER, EVENTS[0], "A1,check,,9999-12-31 00:00,bob"),
            "log_stamp_unreadable",
            {"row": 3, "found": "9999-12-31 00:00"},
            id="default of a system",
        ),
        pytest.param((HEADER, EVENTS[0], "A1,check,,,bob"), "log_stamp_missing", {"row": 3}, id="stamp missing"),
        pytest.param(
            (HEADER, EVENTS[0], " ,check,,2025-03-01,bob"),
            "log_case_missing",
            {"row": 3, "column": "case"},
            id="case missing",
        ),
        pytest.param(
            (HEADER, EVENTS[0], "A1,,,2025-03-01,bob"),
            "log_activity_missing",
            {"row": 3, "column": "activity"},
            id="activity missing",
        ),
        pytest.param(
            (HEADER, EVENTS[0], "", "A1,check,,2025-03-01 10:00+08:00,bob"),
            "log_offsets_mixed",
            {"row": 2, "other_row": 4, "found": "2025-03-01 09:00", "other": "2025-03-01 10:00+08:00"},
            id="mixed time zones",
        ),
        pytest.param(
            ("case,activity,complete", "A,open,03/04/2025 10:00", "A,check,04/04/2025 10:00"),
            "ambiguous_date",
            {"column": "complete"},
            id="day and month",
        ),
        pytest.param(
            ("case,activity,complete,cost", "A,open,2025-03-01,5", "A,check,2025-03-02,much"),
            "log_cost_unreadable",
            {"row": 3, "column": "cost", "found": "much"},
            id="cost",
        ),
        pytest.param(
            ("case,activity,complete", "A,open,2025-03-01", "B,open,2025-03-02"),
            "log_one_activity",
            {"found": "open"},
            id="one activity",
        ),
        pytest.param((HEADER,), "header_only", {}, id="header only"),
        pytest.param((HEADER, EVENTS[0], "A1,check"), "wrong_cell_count", {"row": 3}, id="short row"),
        pytest.param((",case,activity,complete", "x,A,open,2025-03-01"), "missing_header", {}, id="nameless words"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    tmp_path: Path, lines: tuple[str, ...], code: str, fields: dict[str, object]
) -> None:
    error = refused(write(tmp_path, *lines))
    assert error.code == code
    assert error.fields["file"] == "log.csv"
    assert {key: error.fields.get(key) for key in fields} == fields


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(b"")
    assert refused(path).code == "empty_file"


def test_a_column_that_was_named_and_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    error = refused(write(tmp_path, HEADER, *EVENTS), columns=LogColumns(activity="activty"))
    assert (error.code, error.fields["nearest"]) == ("log_column_missing", "activity")


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, *EVENTS)
    with pytest.raises(UsageError, match="unknown_zone"):
        read_log(path, out=out(path), zone="Asia/Nowhere")


def test_a_tolerant_reading_lists_every_fault_and_loses_no_row(tmp_path: Path) -> None:
    bad = ("A1,,,2025-03-01,x", ",check,,soon,x", "B2,check,2025-03-09,2025-03-08,x", "B2,check,,,x", "short,row")
    path = write(tmp_path, HEADER, *EVENTS, *bad)
    read = taken(path, strict=False)
    assert (read.rows, read.accepted, read.rejected, read.events) == (9, 4, 5, 4)
    assert [(fault.row, fault.column, fault.reason) for fault in read.rejects] == [
        (6, "activity", "activity_missing"),
        (7, "case", "case_missing"),
        (7, "complete", "not_a_date"),
        (8, "complete", "end_before_start"),
        (9, "complete", "stamp_missing"),
        (10, None, "wrong_cell_count"),
    ]
    assert len(canonical(path)) == 4


def test_a_log_without_one_good_row_is_refused(tmp_path: Path) -> None:
    assert refused(write(tmp_path, HEADER, "A1,open,,soon,x"), strict=False).code == "no_row_accepted"


def test_case_numbers_are_trimmed_and_counted(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, EVENTS[0], " A1 ,check,,2025-03-01 10:10,bob", "　A1,close,,2025-03-01 10:20,bob")
    read = taken(path)
    assert read.cases == 1
    assert ("ids_trimmed", (("count", 2),)) in [(note.code, note.fields) for note in read.notes]
    assert [case for (case,) in canonical(path, '"case"')] == ["A1"] * 3


def test_offsets_become_utc_and_naive_stamps_stay(tmp_path: Path) -> None:
    path = write(tmp_path, "case,activity,complete", "A,open,2025-03-01T09:00:00+08:00", "A,check,2025-03-01T03:00:00Z")
    assert taken(path).zone == "utc"
    assert [moment for (moment,) in canonical(path, "complete")] == [at("2025-03-01 01:00"), at("2025-03-01 03:00")]
    path = write(tmp_path, "case,activity,complete", "A,open,2025-03-01T09:00:00", "A,check,2025-03-01T10:00:00.5")
    assert taken(path).zone == "naive"
    assert canonical(path, "complete")[0][0] == at("2025-03-01 09:00")


def test_a_time_zone_turns_naive_stamps_into_utc_through_the_change_of_clocks(tmp_path: Path) -> None:
    path = write(tmp_path, "case,activity,complete", "A,open,2025-03-29 12:00", "A,check,2025-03-30 12:00")
    read = taken(path, zone="Europe/Berlin")
    assert read.zone == "Europe/Berlin"
    assert [moment for (moment,) in canonical(path, "complete")] == [at("2025-03-29 11:00"), at("2025-03-30 10:00")]


STAMPS = [
    ("2025/3/1 9:05", "2025-03-01 09:05"),
    ("2025.3.1 9:05:06", "2025-03-01 09:05:06"),
    ("2025年3月1日 9:05", "2025-03-01 09:05"),
    ("20250301", "2025-03-01"),
    ("20250301090506", "2025-03-01 09:05:06"),
    ("25/03/2025 09:05", "2025-03-25 09:05"),
    ("03/25/2025 09:05", "2025-03-25 09:05"),
    ("2025-03-01 下午 2:05", "2025-03-01 14:05"),
    ("1 Mar 2025 09:05", "2025-03-01 09:05"),
    ("2025-03-01 09:05:06.1234567", "2025-03-01 09:05:06.123456"),
    ("25.03.2025 09:05 +02:00", "2025-03-25 07:05"),
]


@pytest.mark.parametrize(("text", "wanted"), STAMPS, ids=[text for text, _ in STAMPS])
def test_stamps_are_read_in_every_form_the_house_reads(tmp_path: Path, text: str, wanted: str) -> None:
    path = write(tmp_path, "case,activity,complete", f"A,open,{text}", f"A,check,{text}")
    taken(path)
    assert {moment for (moment,) in canonical(path, "complete")} == {at(wanted)}


def test_days_among_times_count_as_midnight_and_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, "case,activity,complete", "A,open,2025-03-01", "A,check,2025-03-01 10:00")
    assert ("days_and_times", (("count", 1),)) in [(note.code, note.fields) for note in taken(path).notes]
    assert canonical(path, "complete")[0][0] == at("2025-03-01")


def test_a_missing_start_is_unknown_and_a_lone_start_is_an_event(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, "A1,open,,2025-03-01 09:30,ann", "A1,check,2025-03-01 10:00,,bob")
    read = taken(path)
    assert canonical(path, "start, complete") == [(None, at("2025-03-01 09:30")), (None, at("2025-03-01 10:00"))]
    assert ("unpaired_starts", (("count", 1),)) in [(note.code, note.fields) for note in read.notes]


@pytest.mark.parametrize("word", ["-", "NaT", "N/A", "NULL", "无"])
def test_a_word_for_nothing_is_no_time(tmp_path: Path, word: str) -> None:
    path = write(tmp_path, HEADER, *EVENTS, f"B2,close,{word},2025-03-02 12:00,bob")
    taken(path)
    assert canonical(path)[-1] == ("B2", "close", None, at("2025-03-02 12:00"))


def test_a_life_cycle_is_paired_first_in_first_out(tmp_path: Path) -> None:
    lines = [
        ("A", "work", "09:00", "start"),
        ("A", "work", "09:10", "start"),
        ("A", "work", "09:20", "complete"),
        ("A", "work", "09:50", "complete"),
        ("A", "work", "09:55", "complete"),  # nothing began
        ("A", "plan", "08:00", "schedule"),  # neither
        ("A", "check", "10:00", "START"),  # never completed
        ("B", "work", "11:00", "start"),
        ("B", "check", "11:05", "complete"),
        ("B", "work", "11:10", "complete"),
    ]
    path = write(
        tmp_path,
        "case,activity,time,lifecycle:transition",
        *(f"{case},{activity},2025-03-01 {time},{word}" for case, activity, time, word in lines),
    )
    read = taken(path)
    times = [
        (case, activity, start and f"{start:%H:%M}", f"{end:%H:%M}") for case, activity, start, end in canonical(path)
    ]
    assert times == [
        ("A", "work", "09:00", "09:20"),
        ("A", "work", "09:10", "09:50"),
        ("A", "work", None, "09:55"),
        ("A", "check", None, "10:00"),
        ("B", "check", None, "11:05"),
        ("B", "work", "11:00", "11:10"),
    ]
    assert [row for (row,) in canonical(path, "row")] == [4, 5, 6, 8, 10, 11]
    counts = {note.code: dict(note.fields).get("count") for note in read.notes}
    assert (counts["unpaired_starts"], counts["rows_passed"]) == (1, 1)
    assert read.rows == read.accepted + read.rejected == 10


def test_instances_tell_overlapping_runs_apart(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "case,activity,time,lifecycle:transition,concept:instance",
        "A,work,2025-03-01 09:00,start,1",
        "A,work,2025-03-01 09:10,start,2",
        "A,work,2025-03-01 09:20,complete,2",
        "A,check,2025-03-01 09:40,complete,",
        "A,work,2025-03-01 09:50,complete,1",
    )
    taken(path)
    assert [f"{start:%H:%M}" for (start,) in canonical(path, "start") if start] == ["09:10", "09:00"]


def test_a_column_of_completions_alone_is_no_life_cycle(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "case,activity,time,lifecycle:transition",
        "A,open,2025-03-01 09:00,complete",
        "A,check,2025-03-01 09:10,complete",
    )
    assert taken(path).events == 2


def test_columns_that_say_the_same_are_one_and_the_standard_is_taken(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "Activity,case:concept:name,concept:name,time:timestamp,@@index,case:Amount,(case)_Site",
        "open,A,open,2025-03-01,0,5,x",
        "check,A,check,2025-03-02,1,5,x",
    )
    read = taken(path)
    assert read.columns.activity == "concept:name"
    assert read.attributes == ("Amount", "Site")
    assert canonical(path, '"@Amount", "@Site", "row"') == [("5", "x", 2), ("5", "x", 3)]


def test_a_nameless_column_that_numbers_the_rows_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, "," + HEADER, *(f"{at},{event}" for at, event in enumerate(EVENTS)))
    read = taken(path)
    assert read.events == 4
    assert "index_column" in read.warnings


def test_remarks_are_no_attribute_and_say_when_data_are_made_up(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER},渠道,备注（合成数据 Synthetic data）", *(f"{event},x," for event in EVENTS))
    read = taken(path)
    assert (read.attributes, read.synthetic) == (("渠道",), True)


def test_posts_stand_for_who_did_it_and_their_letters_for_the_role(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "批号,工序,完成时间,岗位,厂区",
        "A,取样,2025-03-01 09:00,QC01,E100",
        "A,检验,2025-03-01 10:00,QC02,E100",
        "A,放行,2025-03-01 11:00,QA01,E100",
    )
    taken(path)
    assert canonical(path, 'resource, role, site, "@厂区"') == [
        ("QC01", "QC", "E100", "E100"),
        ("QC02", "QC", "E100", "E100"),
        ("QA01", "QA", "E100", "E100"),
    ]


def test_the_only_times_are_taken_as_completions(tmp_path: Path) -> None:
    path = write(tmp_path, "case,activity,start", "A,open,2025-03-01", "A,check,2025-03-02")
    assert ("only_starts", (("column", "start"),)) in [(note.code, note.fields) for note in taken(path).notes]
    assert canonical(path, "start, complete")[0] == (None, at("2025-03-01"))


def test_what_names_do_not_say_contents_do(tmp_path: Path) -> None:
    path = write(tmp_path, "Vorgang,activity,Stempel", "A,open,2025-03-01 10:00", "A,check,2025-03-02 10:00")
    assert (taken(path).columns.case, taken(path).columns.complete) == ("Vorgang", "Stempel")


def test_events_at_equal_stamps_keep_the_order_of_their_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "case,activity,complete", *(f"A,{name},2025-03-01 10:00" for name in "dbca"))
    taken(path)
    assert canonical(path, "row, activity") == [(2, "d"), (3, "b"), (4, "c"), (5, "a")]


def test_a_cell_with_a_line_break_keeps_the_lines_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "case,activity,complete,kind", 'A,open,2025-03-01,"two\nlines"', "A,check,2025-03-02,x")
    taken(path)
    assert canonical(path, 'row, "@kind"') == [(2, "two lines"), (4, "x")]


@pytest.mark.parametrize("suffix", ["xlsx", "gb18030.csv", "tsv"])
def test_workbooks_and_texts_of_any_kind_give_the_same_log(tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame(
        {
            "批号": ["A1", "A1", "B2"],
            "工序": ["取样", "检验", "取样"],
            "完成时间": pd.to_datetime(
                ["2025-03-01 09:00", "2025-03-01 10:30", "2025-03-02 11:45:30"], format="ISO8601"
            ),
        }
    )
    path = tmp_path / f"log.{suffix}"
    if suffix == "xlsx":
        frame.to_excel(path, index=False)
    else:
        separator, encoding = ("\t", "utf-8") if suffix == "tsv" else (",", "gb18030")
        frame.to_csv(path, sep=separator, encoding=encoding, index=False)
    taken(path)
    assert canonical(path, '"row", "case", activity, complete') == [
        (2, "A1", "取样", at("2025-03-01 09:00")),
        (3, "A1", "检验", at("2025-03-01 10:30")),
        (4, "B2", "取样", at("2025-03-02 11:45:30")),
    ]


def test_the_account_survives_the_way_out_of_the_child(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + ",kind", *(f"{event},x" for event in EVENTS))
    inside = taken(path)
    assert json.loads(json.dumps(inside.plain()))["events"] == 4
    assert read_log(path, out=out(path)) == inside


def test_a_canonical_file_is_taken_as_it_is_and_a_foreign_one_refused(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, *EVENTS)
    taken(path)
    before = canonical(path, "*")
    own = tmp_path / "own.parquet"
    out(path).rename(own)
    read = taken(own)
    assert (read.cases, read.events, canonical(own, "*")) == (2, 4, before)
    pd.DataFrame({"case": ["A"]}).to_parquet(own)
    assert refused(own).code == "parquet_foreign"


COUNTS = [
    ("Production.csv", 225, 4953, 26),
    ("PurchasingExample.csv", 608, 9119, 21),
    ("running-example.csv", 6, 42, 8),
    ("kronos/manual_log_1.csv", 4, 12, 6),
]


@pytest.mark.parametrize(("name", "cases", "events", "activities"), COUNTS, ids=[name for name, *_ in COUNTS])
def test_shared_logs_have_their_published_counts(
    tmp_path: Path, shared: Path, *, name: str, cases: int, events: int, activities: int
) -> None:
    read = read_log(shared / "data" / "process" / name, out=tmp_path / "log.parquet")
    assert (read.cases, read.events, len(read.activities)) == (cases, events, activities)
    assert read.columns.resource in ("org:resource", "Resource")


@pytest.mark.parametrize("demo", ["pharma/batch_events.csv", "retail/approval_events.csv"])
def test_demo_logs_have_the_counts_their_truth_tells(tmp_path: Path, demo: str) -> None:
    path = Path(__file__).parents[2] / "datasets" / demo
    truth = json.loads((path.parent / "truth.json").read_text(encoding="utf-8"))["log"]
    read = read_log(path, out=tmp_path / "log.parquet")
    assert (read.cases, read.events) == (truth["cases"], truth["rows"])
    assert dict(read.activities) == truth["events_by_activity"]
    assert read.synthetic
