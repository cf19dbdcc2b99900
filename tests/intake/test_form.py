"""Forms that come back: read whole, refused by cell, imported through the gate, the same after every round trip."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalog.engagements import engagements
from valueviz.catalog import pack, read_engagement, write_engagement
from valueviz.catalog.filling import Filled, MonthlyLine
from valueviz.catalog.form import FormPlan, months_from, plan
from valueviz.errors import DataError
from valueviz.intake import form as form_module
from valueviz.intake import import_file
from valueviz.intake.form import engagement_of, is_form, read_form
from valueviz.intake.known import known, plan_of
from valueviz.language import language
from valueviz.render.xlsx import workbook
from valueviz.store import Client, Workspace
from valueviz.terms import LOCALES, Engagement, HandStep, Locale, Names

MONTHS = months_from(12 * 2025, 12 * 2026 + 4)
AGREED = Engagement(Names.same("海蓝示例制药"), "MES", "manufacturing", "CNY", date(2025, 9, 1))
NAMES = {
    "zh_CN": {"monthly": "月度指标", "project": "项目", "process": "流程"},
    "en": {"monthly": "Monthly figures", "project": "Project", "process": "Process"},
}
FIRST = 7
"""The first line to fill in, below header, hints and example."""

Change = tuple[str, str, Any]


SMALL = replace(
    pack("manufacturing"),
    metrics=(
        *pack("manufacturing").metrics[:4],
        *map(pack("manufacturing").metric, ("month_close_days", "oee", "batch_trace_minutes", "incident_loss_amount")),
    ),
)
"""Eight of the metrics, so that another program writes the forms of these tests quickly."""


@cache
def planned(locale: Locale, agreed: Engagement = AGREED) -> FormPlan:
    """A form of few rows."""
    named = (*agreed.negative_controls, *(promise.metric for promise in agreed.promises))
    whole = plan(SMALL, locale, months=MONTHS, named=named)
    return replace(whole, sheets=tuple(replace(sheet, blank=min(sheet.blank, 5)) for sheet in whole.sheets))


@cache
def form(locale: Locale, filled: Filled | None = None) -> bytes:
    """A form of few rows, filled or blank."""
    return workbook(planned(locale), filled=filled)


def edited(content: bytes, changes: list[Change]) -> bytes:
    """A form with some cells changed and saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for sheet, cell, value in changes:
        book[sheet][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_here(path: Path, part: str = "all") -> dict[str, Any]:
    """What the child answers, in this process."""
    answer = form_module.read_in_child(progress=lambda stage, share: None, path=str(path), part=part)  # type: ignore[arg-type]
    told: dict[str, Any] = json.loads(json.dumps(answer))
    return told


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, without_child: None) -> None:
    """Forms are read in this process."""
    import valueviz.workers

    monkeypatch.setattr(form_module, "run", valueviz.workers.run)


@pytest.fixture
def client(tmp_path: Path) -> Client:
    workspace = Workspace.open(tmp_path / "工作区", create=True)
    text = write_engagement(AGREED)
    workspace.put_engagement("acme", text.encode(), AGREED, file="acme.toml")
    return workspace.client("acme")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def written(content: bytes, name: str = "填好的表.xlsx") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


# Recognised ──────────────────────────────────────────────────────────────────


def test_a_form_is_recognised_whatever_its_file_is_called(write: Callable[..., Path]) -> None:
    content = form("en")
    assert is_form(write(content, "回传.xlsx"))
    assert is_form(write(content, "return"))
    assert is_form(write(edited(content, []), "saved elsewhere.xlsm"))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"month,value\n_valueviz,1\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"],
    ids=["empty", "cut", "empty zip", "text", "compound"],
)
def test_other_files_are_no_forms(write: Callable[..., Path], content: bytes) -> None:
    assert not is_form(write(content))


def test_a_plain_workbook_is_refused_as_a_form(write: Callable[..., Path], here: None) -> None:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    path = write(stream.getvalue())
    assert not is_form(path)
    with pytest.raises(DataError, match="form_unknown"):
        engagement_of(path)


def test_a_newer_form_and_one_without_memory_are_refused(write: Callable[..., Path], here: None) -> None:
    content = form("en")
    for value, code in ((99, "form_newer"), ("x", "form_damaged")):
        with pytest.raises(DataError, match=code):
            read_form(write(edited(content, [("_valueviz", "B1", value)])))


# Faults ──────────────────────────────────────────────────────────────────────

CASES: dict[str, tuple[list[Change], tuple[str, str, int, str], dict[str, Any]]] = {
    "no name": ([("Project", "C5", None)], ("form_required", "Project", 5, "Client name"), {}),
    "currency": ([("Project", "C7", "yuan")], ("form_not_currency", "Project", 7, "Currency"), {"found": "yuan"}),
    "swappable date": (
        [("Project", "C8", "03/04/2025")],
        ("form_not_date", "Project", 8, "Go-live date"),
        {"found": "03/04/2025"},
    ),
    "neither a day nor never": (
        [("Sites", "B7", "a"), ("Sites", "C7", "later")],
        ("form_not_date_or", "Sites", 7, "Its go-live date"),
        {"found": "later", "needed": "never"},
    ),
    "periods": ([("Project", "C11", 1.5)], ("form_not_whole", "Project", 11, "Periods left out after go-live"), {}),
    "end without start": ([("Project", "C19", date(2026, 1, 1))], ("form_required", "Project", 18, "Contract starts"), {}),
    "negative price": ([("Project", "C20", -1)], ("form_out_of_range", "Project", 20, "Contract price (a year)"), {}),
    "step without date": ([("Steps", "B7", "a"), ("Steps", "C7", "migration")], ("form_required", "Steps", 7, "Date"), {}),
    "phase slip": (
        [("Steps", "B8", "b"), ("Steps", "C8", "Training and suport"), ("Steps", "D8", "2025年3月5日")],
        ("form_not_in_list", "Steps", 8, "Phase"),
        {"nearest": "Training and support"},
    ),
    "code twice": (
        [
            *(("Steps", f"B{row}", "x") for row in (9, 10)),
            *(("Steps", f"C{row}", "migration") for row in (9, 10)),
            *(("Steps", f"D{row}", date(2025, 1, 1)) for row in (9, 10)),
            *(("Steps", f"G{row}", "k") for row in (9, 10)),
        ],
        ("form_twice", "Steps", 10, "Code"),
        {"found": "k", "other": 9},
    ),
    "metric": (
        [("Promises", "B7", "Month close tme (days)"), ("Promises", "C7", "level"), ("Promises", "D7", 4)],
        ("form_not_in_list", "Promises", 7, "Metric"),
        {"found": "Month close tme (days)"},
    ),
    "percent where none": (
        [("Promises", "B8", "month_close_days"), ("Promises", "C8", "change"), ("Promises", "D8", "-30%")],
        ("form_percent_not_allowed", "Promises", 8, "Value"),
        {"found": "-30%"},
    ),
    "doubtful share": (
        [("Promises", "B9", "oee"), ("Promises", "C9", "relative"), ("Promises", "D9", -0.3)],
        ("form_percent_doubtful", "Promises", 9, "Value"),
        {"found": "-0.3", "either": "-30%", "other": "-0.3%"},
    ),
    "text for a number": (
        [("Promises", "B10", "batch_trace_minutes"), ("Promises", "C10", "level"), ("Promises", "D10", "half")],
        ("form_not_number", "Promises", 10, "Value"),
        {"found": "half"},
    ),
    "low above value": (
        [
            ("Prices", cell + "7", value)
            for cell, value in zip("BCEGHI", ("hour", 95, 100, "payroll", "CFO", "estimate"), strict=True)
        ],
        ("form_range", "Prices", 7, "Low"),
        {"found": "100", "needed": "95"},
    ),
    "phase half": ([("Phases", "C6", date(2025, 1, 1))], ("form_required", "Phases", 6, "End"), {}),
    "phase reversed": (
        [("Phases", "C7", date(2025, 2, 1)), ("Phases", "D7", date(2025, 1, 1))],
        ("form_order", "Phases", 7, "End"),
        {"found": "2025-01-01", "needed": "2025-02-01"},
    ),
    "duration without unit": (
        [("Process", "B7", "p"), ("Process", "C7", "today"), ("Process", "D7", "s"), ("Process", "F7", 3)],
        ("form_required", "Process", 7, "Unit of work"),
        {},
    ),
    "rework beyond all": (
        [("Process", "B8", "p"), ("Process", "C8", "today"), ("Process", "D8", "s"), ("Process", "K8", 120)],
        ("form_out_of_range", "Process", 8, "Done again"),
        {"needed": "0 – 100"},
    ),
    "example changed": (
        [("Other events", "C6", "Our new hall opens")],
        ("form_example_changed", "Other events", 6, "What happened"),
        {"found": "Our new hall opens"},
    ),
    "long text": (
        [("Other explanations", "B7", "x" * 2001), ("Other explanations", "C7", "v"), ("Other explanations", "D7", "judged")],
        ("form_text_too_long", "Other explanations", 7, "Possible cause"),
        {"found": 2001, "needed": 2000},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """All faults of one form that holds every case, in the order told."""
    filled = [("Project", "C5", "Ocean"), ("Project", "C6", "MES"), ("Project", "C7", "CNY")]
    changes = [change for case, _, _ in CASES.values() for change in case]
    path = tmp_path_factory.mktemp("form") / "wrong.xlsx"
    path.write_bytes(edited(form("en"), [*filled, *changes]))
    return [(code, fields) for code, fields in read_here(path)["faults"]]


@pytest.mark.parametrize("case", CASES)
def test_a_wrong_cell_is_named_with_what_was_found_and_needed(
    faults: list[tuple[str, dict[str, Any]]], case: str
) -> None:
    _, (code, sheet, row, column), fields = CASES[case]
    (told,) = [
        found
        for kind, found in faults
        if (kind, found["sheet"], found["row"], found["column"]) == (code, sheet, row, column)
    ]
    assert told["file"] == "wrong.xlsx"
    assert {key: told[key] for key in fields} == fields


def test_nothing_else_is_found_wrong_and_faults_come_in_the_order_of_the_sheets(
    faults: list[tuple[str, dict[str, Any]]],
) -> None:
    assert len(faults) == len(CASES)
    order = [sheet.name for sheet in planned("en").sheets]
    places = [(order.index(fields["sheet"]), fields["row"]) for _, fields in faults]
    assert places == sorted(places)


def test_the_first_fault_is_the_refusal_and_counts_the_others(write: Callable[..., Path], here: None) -> None:
    path = write(form("zh_CN"))
    with pytest.raises(DataError) as refusal:
        engagement_of(path)
    assert language("zh_CN").error(refusal.value) == (
        "填好的表.xlsx，工作表“项目”，第\u20095\u2009行，“客户名称”列：这个单元格不能留空。此文件中另有\u20093\u2009处需要处理。"
    )
    back = read_form(path, strict=False)
    assert [fault.fields["row"] for fault in back.faults] == [5, 6, 7, 8]
    assert back.engagement is None


@pytest.mark.parametrize(
    ("change", "code", "fields"),
    [
        ([("Promises", "B4", "KPI")], "missing_column", {"sheet": "Promises", "row": 4, "needed": "Metric"}),
        ([("Project", "B8", "Start")], "form_item_missing", {"sheet": "Project", "needed": "Go-live date"}),
    ],
    ids=["header", "label"],
)
def test_a_header_that_was_changed_is_missed_by_name(
    write: Callable[..., Path], here: None, *, change: list[Change], code: str, fields: dict[str, Any]
) -> None:
    path = write(edited(form("en", Filled(AGREED)), change))
    (fault,) = read_form(path, strict=False).faults
    assert (fault.code, {key: fault.fields[key] for key in fields}) == (code, fields)


def test_a_renamed_sheet_is_missed_and_not_taken_for_an_empty_one(write: Callable[..., Path], here: None) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form("en", Filled(AGREED))))
    book["Steps"].title = "Steps 2025"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(DataError) as refusal:
        read_form(write(stream.getvalue()))
    assert (refusal.value.code, refusal.value.fields["nearest"]) == ("missing_sheet", "Steps 2025")


# Taken as people write it ────────────────────────────────────────────────────


def test_rows_and_columns_a_person_added_do_no_harm(write: Callable[..., Path], here: None) -> None:
    book = openpyxl.load_workbook(io.BytesIO(form("en", Filled(AGREED))))
    steps = book["Steps"]
    steps.insert_rows(3)
    for cell, value in zip(
        "BCDHI", ("Codes agreed", "Data migration and integration", "2025.3.7", "mine", 5), strict=True
    ):
        steps[f"{cell}12"] = value
    steps["H5"] = "My own column"
    book.create_sheet("My notes")["A1"] = "anything"
    stream = io.BytesIO()
    book.save(stream)
    back = read_form(write(stream.getvalue()))
    assert back.engagement is not None
    (step,) = back.engagement.steps
    assert (step.key, step.name["en"], step.phase, step.date) == (
        "step_1",
        "Codes agreed",
        "migration",
        date(2025, 3, 7),
    )
    assert (step.by, step.mode) == ("vendor", "human")
    assert back.notes == ("form_columns_ignored",)


def test_codes_are_given_past_those_there_are(write: Callable[..., Path], here: None) -> None:
    changes: list[Change] = []
    for row, code in ((7, None), (8, "step_1"), (9, None)):
        cells = zip("BCDG", ("x", "training", date(2025, 1, row), code), strict=True)
        changes += [("Steps", f"{cell}{row}", value) for cell, value in cells]
    back = read_form(write(edited(form("en", Filled(AGREED)), changes)))
    assert back.engagement is not None
    assert [step.key for step in back.engagement.steps] == ["step_2", "step_1", "step_3"]


def test_a_promise_means_what_its_kind_and_unit_say(write: Callable[..., Path], here: None) -> None:
    cases = (
        ("purchase_approval_hours", "relative", -30, "General", -0.3),
        ("goods_receipt_hours", "relative", "−30%", "General", -0.3),
        ("incident_loss_amount", "relative", -0.3, "0%", -0.3),
        ("emergency_purchase_rate", "relative", 0.005, "0.0%", 0.005),
        ("oee", "level", 0.63, "0%", 63.0),
        ("supplier_on_time_rate", "level", 0.63, "General", 0.63),
        ("month_close_days", "change", "(2.5)", "General", -2.5),
        ("batch_trace_minutes", "level", "１，２００．５", "General", 1200.5),
    )
    book = openpyxl.load_workbook(io.BytesIO(form("en", Filled(AGREED))))
    sheet = book["Promises"]
    for row, (metric, target, value, style, _) in enumerate(cases, start=FIRST):
        sheet[f"B{row}"], sheet[f"C{row}"], sheet[f"D{row}"] = metric, target, value
        sheet[f"D{row}"].number_format = style
    stream = io.BytesIO()
    book.save(stream)
    back = read_form(write(stream.getvalue()))
    assert back.engagement is not None
    assert [promise.value for promise in back.engagement.promises] == [case[-1] for case in cases]


# Round trips ─────────────────────────────────────────────────────────────────

PLAIN = st.text(
    st.one_of(st.sampled_from("海蓝ABcd =+@-#'\"<&>。，（）０１"), st.characters(categories=("L", "N", "P", "S"))),
    min_size=1,
    max_size=10,
).filter(lambda text: text == text.strip() and "_x" not in text)
"""What a person types into a cell, formulas and markup by chance included."""

SHORT = st.one_of(
    st.sampled_from([0.0, 0.1, -2.5, 0.07, 1680000.0, -0.35]), st.integers(-(10**6), 10**6).map(lambda n: n / 1000)
)

STEPS = st.builds(
    HandStep,
    PLAIN,
    st.sampled_from(("as_is", "to_be")),
    PLAIN,
    st.none() | SHORT.map(abs),
    st.none() | SHORT.map(abs),
    st.none() | PLAIN,
    st.none() | SHORT.map(abs),
    st.none() | st.integers(0, 1000).map(lambda number: number / 1000),
)


@settings(max_examples=6)
@given(
    agreed=engagements(PLAIN, numbers=SHORT),
    steps=st.lists(STEPS, max_size=3),
    locale=st.sampled_from(LOCALES),
)
def test_what_a_form_is_filled_with_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, agreed: Engagement, *, steps: list[HandStep], locale: Locale
) -> None:
    path = tmp_path_factory.mktemp("round") / "form.xlsx"
    path.write_bytes(workbook(planned(locale, agreed), filled=Filled(agreed, process=tuple(steps))))
    told = read_here(path)
    assert told["faults"] == []
    assert read_engagement(told["engagement"], file="form.xlsx") == agreed
    assert form_module.steps_of(told["process"]) == tuple(steps)


LINES = (
    MonthlyLine("month_close_days", "一号厂 A", "time_study", "1", tuple((m, 7.5) for m in MONTHS[:5])),
    MonthlyLine("month_close_days", "一号厂 A", "system_log", "1", tuple((m, 0.1 + 0.2 * 3) for m in MONTHS[8:14])),
    MonthlyLine("month_close_days", "二号厂", None, None, ((MONTHS[0], 0.0), (MONTHS[3], 1e-7))),
    MonthlyLine("incident_loss_amount", None, "export", "v2 新", ((MONTHS[1], 123456.789), (MONTHS[13], 0.1))),
)


def test_import_export_import_changes_nothing_in_either_language(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    locale, other = LOCALES
    step = HandStep("采购审批", "as_is", "提交", 360.0, 129600.0, "采购员", 420.0, 0.15)
    first = write(form(locale, Filled(AGREED, LINES, (step,))))
    result = import_file(client, first)
    assert (result.rows, result.accepted, result.rejected) == (4, 4, 0)
    assert (result.periods[0], result.periods[-1]) == ("2025-01", "2026-02")
    filled = known(client)
    typed = [tuple((month, round(value, 15)) for month, value in line.values) for line in LINES]
    assert sorted(line.values for line in filled.monthly) == sorted(typed)
    again = write(workbook(plan_of(client, other, filled=filled), filled=filled), "again.xlsx")
    second = import_file(client, again)
    assert (second.snapshot, "already_imported" in second.warnings) == (result.snapshot, True)
    assert engagement_of(again) == client.engagement() == AGREED
    assert (len(client.imports()), client.hand_steps()) == (1, (step,))


def test_months_added_to_a_form_that_was_given_back_are_taken(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    import_file(client, write(form("en", Filled(AGREED, LINES))))
    filled = known(client)
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan_of(client, "en", filled=filled), filled=filled)))
    sheet = book["Monthly figures"]
    months = {cell.value: cell.column for cell in sheet[4] if isinstance(cell.value, datetime)}
    row = next(cell.row for cell in sheet["C"] if cell.value == "二号厂")
    sheet.cell(row, months[datetime(2026, 3, 1)]).value = 4.25  # noqa: DTZ001 - cells know no time zone
    stream = io.BytesIO()
    book.save(stream)
    result = import_file(client, write(stream.getvalue(), "with march.xlsx"))
    assert (result.rows, result.rejected, result.periods[-1]) == (4, 0, "2026-03")
    lines = {(line.site, line.instrument): dict(line.values) for line in known(client).monthly}
    assert lines["二号厂", None] == {MONTHS[0]: 0.0, MONTHS[3]: 1e-7, date(2026, 3, 1): 4.25}


@pytest.mark.parametrize("industry", ["logistics"])
def test_a_metric_that_no_list_holds_is_defined_in_the_form_and_picked_from_the_next(
    tmp_path: Path, write: Callable[..., Path], here: None, industry: str
) -> None:
    from valueviz.catalog import pack_or_general

    blank = plan(
        replace(pack_or_general(industry), metrics=SMALL.metrics[:2]), "zh_CN", industry=industry, months=MONTHS
    )
    changes: list[Change] = [
        *(
            ("自有指标", f"{cell}7", word)
            for cell, word in zip("BCDE", ("客诉处理时长", "小时", "越低越好", "平均值"), strict=True)
        ),
        *(("月度指标", f"{cell}20", value) for cell, value in (("B", "客诉处理时长（小时）"), ("G", 30), ("H", 0.1))),
        *(("承诺", f"{cell}7", value) for cell, value in (("B", "客诉处理时长"), ("C", "按百分比增减"), ("D", "-20%"))),
    ]
    agreed = replace(AGREED, industry=industry)
    path = write(edited(workbook(blank, filled=Filled(agreed)), changes))
    workspace = Workspace.open(tmp_path / "工作区", create=True)
    described = engagement_of(path)
    workspace.put_engagement("acme", write_engagement(described).encode(), described, file=path.name)
    client = workspace.client("acme")
    result = import_file(client, path)
    (metric,) = client.inline_metrics()
    assert (result.metrics, result.accepted) == ((metric.key,), 1)
    assert (metric.name["zh_CN"], metric.unit, metric.better, metric.aggregation) == (
        "客诉处理时长",
        "hour",
        "lower",
        "mean",
    )
    assert [(promise.metric, promise.value) for promise in described.promises] == [(metric.key, -0.2)]
    filled = known(client)
    again = write(workbook(plan_of(client, "en", filled=filled), filled=filled), "again.xlsx")
    assert "already_imported" in import_file(client, again).warnings
    assert engagement_of(again) == described


def test_a_metric_of_the_list_is_not_defined_again(write: Callable[..., Path], here: None) -> None:
    cells = zip("BCDE", ("Month-end close", "hours", "lower is better", "mean"), strict=True)
    changes: list[Change] = [("Own metrics", f"{cell}7", word) for cell, word in cells]
    changes += [("Monthly figures", "B16", "own thing"), ("Monthly figures", "G16", 1)]
    back = read_form(write(edited(form("en", Filled(AGREED)), changes)), strict=False)
    assert [(fault.code, fault.fields["found"]) for fault in back.faults] == [
        ("form_not_in_list", "own thing"),
        ("form_metric_known", "Month-end close"),
    ]


# Through the gate ────────────────────────────────────────────────────────────


def test_bad_months_are_rejected_by_sheet_line_and_month_and_the_rest_is_taken(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    cells = [("G7", 30), ("H7", "abc"), ("I7", 28), ("G9", 140), ("G8", "55%"), ("H8", 0.5)]
    content = edited(form("en"), [("Monthly figures", cell, value) for cell, value in cells])
    result = import_file(client, write(content))
    assert (result.rows, result.accepted, result.rejected, result.partly) == (3, 1, 2, 2)
    assert [(fault.row, fault.column, fault.value, fault.reason) for fault in result.rejects] == [
        (7, "2025-02", "abc", "not_a_number"),
        (9, "2025-01", "140", "out_of_range"),
    ]
    assert result.sheets == ("Monthly figures",)


def test_a_site_that_is_not_listed_and_a_metric_nobody_knows_are_refused(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    changes: list[Change] = [
        ("Sites", "B7", "P100"),
        ("Monthly figures", "C7", "P10O"),
        ("Monthly figures", "G7", 30),
        ("Monthly figures", "B8", "Approval speed"),
        ("Monthly figures", "G8", 30),
    ]
    with pytest.raises(DataError) as refusal:
        import_file(client, write(edited(form("en"), changes)))
    told = refusal.value.fields
    assert refusal.value.code == "form_not_in_list"
    assert (told["sheet"], told["row"], told["column"], told["nearest"], told["more"]) == (
        "Monthly figures",
        7,
        "Site",
        "P100",
        1,
    )
    assert client.imports() == ()


def test_a_form_of_another_industry_or_with_nothing_to_import_is_refused(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    with pytest.raises(DataError, match="form_nothing"):
        import_file(client, write(form("en", Filled(AGREED))))
    other = plan(pack("general"), "en", industry="logistics", months=MONTHS)
    with pytest.raises(DataError) as refusal:
        import_file(client, write(workbook(other)))
    assert refusal.value.fields | {"file": ""} == {"file": "", "found": "logistics", "needed": "manufacturing"}


def test_a_dry_run_writes_nothing_and_a_process_alone_is_taken(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    step = HandStep("p", "to_be", "s")
    path = write(form("en", Filled(None, LINES[:1], (step,))))
    assert import_file(client, path, dry_run=True).accepted == 1
    assert (client.imports(), client.hand_steps()) == ((), ())
    alone = import_file(client, write(form("en", Filled(process=(step,)))))
    assert (alone.rows, alone.snapshot, alone.warnings) == (0, "", ("process_taken",))
    assert (client.imports(), client.hand_steps()) == ((), (step,))


def test_a_form_that_describes_the_project_otherwise_says_so(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    other = replace(AGREED, system="MES 2")
    result = import_file(client, write(form("en", Filled(other, LINES[:1]))))
    assert "form_engagement_differs" in result.warnings
    assert client.engagement() == AGREED


def test_a_row_without_a_site_is_the_client_as_a_whole_as_in_a_file_that_knows_no_sites(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    from valueviz.catalog import read_mapping

    values = tuple((month, 5.0) for month in MONTHS[:3])
    import_file(client, write(form("en", Filled(AGREED, (MonthlyLine("oee", values=values),)))))
    table = "month,value\n" + "".join(f"{month:%Y-%m},5\n" for month in MONTHS[:3])
    mapping = read_mapping('[columns]\ndate = "month"\nvalue = "value"\nmetric = "oee"\n', file="mapping.toml")
    result = import_file(client, write(table.encode(), "oee.csv"), mapping=mapping)
    assert (result.overlap.equal, result.overlap.differing) == (3, 0)


def test_figures_of_an_export_are_not_offered_again(client: Client, write: Callable[..., Path], here: None) -> None:
    from valueviz.catalog import read_mapping

    mapping = read_mapping('[columns]\ndate = "month"\nvalue = "value"\nmetric = "oee"\n', file="mapping.toml")
    import_file(client, write(b"month,value\n2025-01,5\n2025-02,6\n", "oee.csv"), mapping=mapping)
    assert known(client).monthly == ()


def test_the_child_reads_a_form_and_refuses_as_this_process_does(write: Callable[..., Path]) -> None:
    good = read_form(write(form("en", Filled(AGREED, LINES))))
    assert (good.engagement, good.lines, good.months[0], good.months[-1]) == (AGREED, 4, "2025-01", "2026-02")
    with pytest.raises(DataError) as refusal:
        engagement_of(write(form("en")))
    assert refusal.value.fields["more"] == 3


def test_another_way_of_measuring_on_its_own_row_is_seen_as_one(
    client: Client, write: Callable[..., Path], here: None
) -> None:
    before = MonthlyLine(
        "oee", None, "time_study", "1", tuple((month, 60.0 + at) for at, month in enumerate(MONTHS[:8]))
    )
    after = MonthlyLine("oee", None, "system_log", "1", tuple((month, 66.0) for month in MONTHS[8:]))
    import_file(client, write(form("zh_CN", Filled(AGREED, (before, after)))))
    (rolled,) = client.rollup(metrics=[pack("manufacturing").metric("oee")])
    assert rolled.series.instruments == (*("time_study",) * 8, *("system_log",) * (len(MONTHS) - 8))
