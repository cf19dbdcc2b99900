"""Event logs into a workspace: proposed, read by a mapping, pseudonymous, renewed by newer exports, taken back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from valueviz.catalog import read_engagement, read_mapping, write_mapping
from valueviz.cli import main
from valueviz.errors import DataError, DefinitionError
from valueviz.intake import import_file
from valueviz.intake.intake import ImportResult
from valueviz.intake.look import look
from valueviz.intake.question import Told
from valueviz.language import language
from valueviz.store import Client, Workspace

ENGAGEMENT = """
name = { en = "Synthetic works", zh_CN = "示例工厂" }
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""

HEADER = ("Order", "Step", "Completed", "Handler", "Plant", "Remark")
STEPS = ("Entered", "Checked", "Released")
PEOPLE = ("Wang Fang", "Li Na", "SYSTEM")
BEGIN = datetime(2025, 1, 6, 8, 0)  # noqa: DTZ001 - the log knows no time zones

EVENTS = 'layout = "events"\n[columns]\ncase = "Order"\nactivity = "Step"\ncomplete = "Completed"\n'

Row = tuple[str, ...]


POSTS = (("取样", "WH"), ("检验", "QC"))
"""Steps and the letters of the posts that do them."""


def planted(cases: Sequence[int], *, steps: Sequence[str] = STEPS) -> list[Row]:
    """Three events a case: case n begins n days after the first, its steps lie a day apart."""
    return [
        (
            f"O{case}",
            step,
            f"{BEGIN + timedelta(days=case + place):%Y-%m-%d %H:%M}",
            PEOPLE[place],
            "A" if case % 2 else "B",
            "",
        )
        for case in cases
        for place, step in enumerate(steps)
    ]


def table(rows: Sequence[Row], header: Row = HEADER) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


@pytest.fixture
def client(tmp_path: Path, without_child: None) -> Client:
    workspace = Workspace.open(tmp_path / "工作区", create=True)
    workspace.put_engagement("works", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e"), file="e.toml")
    return workspace.client("works")


def take(client: Client, rows: Sequence[Row] | bytes, *, name: str = "log.csv", **told: Any) -> ImportResult:
    path = client.folder.parents[2] / name
    path.write_bytes(rows if isinstance(rows, bytes) else table(rows))
    return import_file(client, path, propose="mapping" not in told, **told)


def events(client: Client, result: ImportResult | None = None) -> list[dict[str, Any]]:
    """The events of one snapshot, else of the process log."""
    snapshot = client.folder / "snapshots" / f"{result.snapshot if result else ''}.parquet"
    found: list[dict[str, Any]] = pq.read_table(snapshot).to_pylist()
    return found


def walked(client: Client) -> set[tuple[str, str, str]]:
    """Every event of the process log: case, activity, day."""
    from valueviz import study
    from valueviz.study import cases

    question = study.ask(client, process=True)
    return {
        (row.case, event.activity, f"{event.complete:%m-%d}")
        for row in cases.cases(client, question).rows
        for event in cases.events(client, row.case)
    }


# Taken in ────────────────────────────────────────────────────────────────────


def test_a_log_without_a_mapping_is_recognised_and_every_event_arrives(client: Client) -> None:
    result = take(client, planted(range(8)))
    mapping = result.mapping
    assert (mapping.layout, mapping.case, mapping.activity, mapping.complete) == (
        "events",
        "Order",
        "Step",
        "Completed",
    )
    assert (mapping.resource, mapping.dimensions) == ("Handler", ("Plant",))
    assert (result.rows, result.accepted, result.rejected, result.metrics) == (24, 24, 0, ())
    assert result.periods == ("2025-01",)
    assert result.log is not None
    assert (result.log.cases, result.log.events, dict(result.log.activities)) == (8, 24, dict.fromkeys(STEPS, 8))
    assert [event["activity"] for event in events(client, result)][:3] == list(STEPS)
    (record,) = client.imports()
    assert (record.kind, record.cases, record.events) == ("log", 8, 24)


def test_bad_rows_are_listed_and_the_rest_is_taken(client: Client) -> None:
    rows = [
        *planted(range(4)),
        ("O9", "Entered", "someday", "Li Na", "A", ""),
        ("", "Checked", "2025-01-09 10:00", "Li Na", "A", ""),
    ]
    result = take(client, rows, mapping=read_mapping(EVENTS, file="m"))
    assert (result.rows, result.accepted, result.rejected) == (14, 12, 2)
    assert [(fault.row, fault.column) for fault in result.rejects] == [(14, "Completed"), (15, "Order")]
    assert result.contract()["rows"] == 14


def test_a_table_of_documents_becomes_one_event_a_date(client: Client) -> None:
    mapping = read_mapping(
        'layout = "documents"\n[columns]\ncase = "Order"\n'
        'activities = { "Ordered on" = "Ordered", "Received on" = "Received", "Paid on" = "Paid" }\n',
        file="m",
    )
    rows = [("P1", "2025-01-06", "2025-01-10", "2025-02-01"), ("P2", "2025-01-07", "", "2025-02-03")]
    result = take(client, table(rows, ("Order", "Ordered on", "Received on", "Paid on")), mapping=mapping)
    assert (result.rows, result.accepted) == (2, 2)
    assert [(e["case"], e["activity"]) for e in events(client, result)] == [
        ("P1", "Ordered"),
        ("P1", "Received"),
        ("P1", "Paid"),
        ("P2", "Ordered"),
        ("P2", "Paid"),
    ]
    assert read_mapping(write_mapping(result.mapping), file="m") == result.mapping


def test_a_person_may_say_which_column_is_what_and_is_asked_for_what_nobody_plays(
    client: Client, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(table(planted(range(8))))
    swapped = look(client, path, told=Told(parts=(("Handler", "role"), ("Plant", "ignore"))))
    assert swapped.mapping is not None
    assert (swapped.mapping.resource, swapped.mapping.role, swapped.mapping.dimensions) == (None, "Handler", ())
    for part in ("ignore", "dimension"):
        lost = look(client, path, told=Told(parts=(("Order", part), ("Step", "activity"))))
        assert [(each.code, each.part) for each in lost.questions] == [("no_mapping_found", "case")]


def test_a_header_seen_before_is_read_as_before(client: Client) -> None:
    take(client, planted(range(4)), mapping=read_mapping(EVENTS + 'role = "Handler"\n', file="m"))
    again = take(client, planted(range(4, 8)), name="later.csv")
    assert again.remembered == "log.csv"
    assert (again.mapping.role, again.mapping.resource) == ("Handler", None)


def test_a_system_is_named_in_mappings_of_logs_only() -> None:
    assert read_mapping('system = "MES"\n' + EVENTS, file="m").system == "MES"
    with pytest.raises(DefinitionError) as refused:
        read_mapping('system = "MES"\n[columns]\ndate = "d"\nvalue = "v"\nmetric = "m"\n', file="m")
    assert refused.value.code == "key_excludes"


def test_no_row_at_all_is_refused_and_nothing_is_written(client: Client) -> None:
    with pytest.raises(DataError):
        take(client, [("O1", "Entered", "someday", "", "", "")], mapping=read_mapping(EVENTS, file="m"))
    assert client.imports() == ()


# People ──────────────────────────────────────────────────────────────────────


def test_persons_get_pseudonyms_that_stay_the_same_and_systems_keep_their_names(client: Client) -> None:
    first = take(client, planted(range(6)))
    second = take(client, planted(range(6, 12)), name="next.csv")
    names = [{event["resource"] for event in events(client, each)} for each in (first, second)]
    assert names[0] == names[1]
    assert "SYSTEM" in names[0]
    assert not names[0] & {"Wang Fang", "Li Na"}
    assert all(name == "SYSTEM" or name.startswith("R-") for name in names[0])
    kept = b"".join(path.read_bytes() for path in client.folder.rglob("*") if path.is_file())
    assert b"Wang Fang" not in kept or client.imports()[0].raw


def test_codes_of_posts_become_pseudonyms_and_their_letters_stay_as_the_role(client: Client) -> None:
    day = "2025-01-{:02d} 09:00"
    rows = [(f"C{at}", step, day.format(at + 1), f"{post}{at % 3:02d}") for at in range(9) for step, post in POSTS]
    lines = ["批号,工序,完成时间,岗位", *(",".join(row) for row in rows)]
    found = events(client, take(client, "\n".join(lines).encode()))
    assert {row["role"] for row in found} == {"WH", "QC"}
    assert all(str(row["resource"]).startswith("R-") for row in found)


def test_names_are_kept_where_a_person_wants_them(client: Client) -> None:
    result = take(client, planted(range(6)), personal="keep")
    assert {event["resource"] for event in events(client, result)} == set(PEOPLE)
    assert result.log is not None
    assert not result.log.pseudonyms


def test_pseudonyms_are_those_of_one_client(client: Client) -> None:
    workspace = Workspace.open(client.folder.parents[1])
    text = ENGAGEMENT.replace("Synthetic works", "Other works")
    workspace.put_engagement("other", text.encode(), read_engagement(text, file="e"), file="e.toml")
    found = [
        {event["resource"] for event in events(each, take(each, planted(range(6))))}
        for each in (client, workspace.client("other"))
    ]
    assert found[0] & found[1] == {"SYSTEM"}


def test_the_key_of_pseudonyms_survives_a_new_agreement_and_a_rename(client: Client) -> None:
    workspace, key = Workspace.open(client.folder.parents[1]), client.pseudonym_key()
    text = ENGAGEMENT.replace('system = "ERP"', 'system = "MES"')
    for each in (text, ENGAGEMENT):
        workspace.put_engagement("works", each.encode(), read_engagement(each, file="e"), file="e.toml")
        assert client.pseudonym_key() == key
    assert client.rename("renamed").pseudonym_key() == key


def test_attributes_with_personal_data_are_left_out_and_the_file_is_not_kept(client: Client) -> None:
    rows = [(*row[:5], f"1391234{int(row[0][1:]):04d}") for row in planted(range(12))]
    result = take(client, table(rows, (*HEADER[:5], "手机号")))
    assert [(each.column, each.kind) for each in result.personal] == [
        ("Handler", "person_name"),
        ("手机号", "mobile_number"),
    ]
    assert not any("手机号" in name for name in events(client, result)[0])
    assert (result.raw_kept, client.imports()[0].raw_reason) == (False, "personal_data")


# Again ───────────────────────────────────────────────────────────────────────


def test_the_same_file_again_changes_nothing(client: Client) -> None:
    take(client, planted(range(6)))
    known = client.knowledge()
    again = take(client, planted(range(6)), name="copy.csv")
    assert (again.known_as, client.knowledge(), len(client.imports())) == ("log.csv", known, 1)


def test_a_newer_export_counts_for_the_days_it_covers_and_says_what_it_lacks(client: Client) -> None:
    take(client, planted(range(6)))
    known = client.knowledge()
    newer = [row for row in planted((2, 3, 5, 6)) if row[:2] != ("O3", "Checked")]
    result = take(client, newer, name="newer.csv")
    assert result.log is not None
    assert (result.log.replaced, result.log.shortened, result.log.missing) == (3, ("O3",), ("O4",))
    assert {"log_cases_replaced", "log_events_fewer", "log_cases_missing"} <= set(result.warnings)
    assert client.knowledge() != known
    expected = {(row[0], row[1], row[2][5:10]) for row in (*planted((0, 1, 4)), *newer)}
    assert walked(client) == expected


def test_exports_of_one_month_each_add_up_to_whole_cases(client: Client) -> None:
    rows = planted(range(20, 32))
    for month in ("2025-01", "2025-02"):
        take(client, [row for row in rows if row[2].startswith(month)], name=f"{month}.csv")
    assert walked(client) == {(row[0], row[1], row[2][5:10]) for row in rows}


def test_logs_of_two_systems_are_stitched_and_orphans_named(client: Client) -> None:
    for system, cases, steps in (("ERP", range(6), STEPS), ("MES", range(4, 9), ("Produced", "Packed"))):
        mapping = read_mapping(f'system = "{system}"\n{EVENTS}', file="m")
        result = take(client, planted(cases, steps=steps), name=f"{system}.csv", mapping=mapping)
    assert result.log is not None
    assert (result.log.systems, result.log.orphans, result.log.orphan_count) == (("ERP",), ("O6", "O7", "O8"), 3)
    assert {activity for case, activity, _ in walked(client) if case == "O5"} == {*STEPS, "Produced", "Packed"}


def test_a_log_is_taken_back_and_counts_again(client: Client) -> None:
    first = take(client, planted(range(6)))
    whole = walked(client)
    second = take(client, planted(range(6, 9)), name="next.csv")
    client.revert(first.snapshot)
    assert walked(client) == whole
    client.revert(second.snapshot)
    assert len(walked(client)) == 27
    client.revert(None)
    assert client.process_log() is None


def test_observations_never_see_a_log(client: Client, tmp_path: Path) -> None:
    take(client, planted(range(6)))
    values = tmp_path / "values.csv"
    values.write_text("date,days\n2025-01-01,6\n2025-02-01,5\n", encoding="utf-8")
    mapping = read_mapping(
        'layout = "long"\n[columns]\ndate = "date"\nvalue = "days"\nmetric = "month_close_days"\n', file="m"
    )
    result = import_file(client, values, mapping=mapping)
    assert client.snapshots() == (result.snapshot,)
    assert [record.file for _, record in client.log_snapshots()] == ["log.csv"]
    from valueviz import engine

    assert engine.counts(client.cache()) == {"month_close_days": 2}


# The command ─────────────────────────────────────────────────────────────────


@pytest.fixture
def call(client: Client, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, str, str]:
        code = main([*words, "--workspace", str(client.folder.parents[1])])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_says_what_a_log_holds_and_that_people_are_pseudonymous(
    lang: str, call: Any, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_bytes(table(planted(range(8))))
    code, out, _ = call("import", "works", str(tmp_path / "log.csv"), "--yes", "--lang", lang)
    words = language("en" if lang == "en" else "zh_CN").words
    assert code == 0
    assert words("cli.import.log_pseudonyms") in out
    assert "Released" in out
    again = call("import", "works", str(tmp_path / "log.csv"), "--yes", "--json")
    answer = json.loads(again[1])
    assert (answer["rows"], answer["metrics"], answer["periods"]) == (24, [], ["2025-01"])
    assert list(answer) == [
        "file",
        "digest",
        "rows",
        "accepted",
        "rejected",
        "rejects",
        "metrics",
        "periods",
        "warnings",
        "snapshot",
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_beside_json_orphans_are_counted_and_named_on_stderr(
    lang: str, call: Any, client: Client, tmp_path: Path
) -> None:
    for system, cases in (("ERP", range(6)), ("MES", range(4, 13))):
        (tmp_path / f"{system}.csv").write_bytes(table(planted(cases)))
        (tmp_path / "m.toml").write_text(f'system = "{system}"\n{EVENTS}', encoding="utf-8")
        files = (str(tmp_path / f"{system}.csv"), "--mapping", str(tmp_path / "m.toml"))
        code, out, err = call("import", "works", *files, "--json", "--lang", lang)
    assert (code, "log_orphans" in json.loads(out)["warnings"]) == (0, True)
    assert all(text in err for text in ("7", "O10", "O11", "O12", "O6", "O7"))
    assert "O9" not in err


def test_a_cost_that_is_none_is_rejected_and_named(call: Any, client: Client, tmp_path: Path) -> None:
    rows = [(*row[:5], "1e308" if at == 2 else "7") for at, row in enumerate(planted(range(4)))]
    (tmp_path / "log.csv").write_bytes(table(rows, (*HEADER[:5], "Cost")))
    (tmp_path / "m.toml").write_text(f'{EVENTS}cost = "Cost"\n', encoding="utf-8")
    files = (str(tmp_path / "log.csv"), "--mapping", str(tmp_path / "m.toml"))
    for lang, reason in (("en", "not finite, or too large for a cost"), ("zh", "不是有限的数")):
        code, out, _ = call("import", "works", *files, "--dry-run", "--lang", lang)
        assert code == 0
        assert reason in out
        assert "1e308" in out
    _, out, _ = call("import", "works", *files, "--json")
    assert [(each["row"], each["reason"]) for each in json.loads(out)["rejects"]] == [(4, "cost_out_of_range")]


def test_a_written_mapping_has_the_layout_of_events_and_reads_the_file_again(
    call: Any, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_bytes(table(planted(range(8))))
    target = tmp_path / "m.toml"
    call("import", "works", str(tmp_path / "log.csv"), "--dry-run", "--write-mapping", str(target), "--lang", "en")
    mapping = read_mapping(target.read_text(encoding="utf-8"), file="m.toml")
    assert (mapping.layout, mapping.case, mapping.resource) == ("events", "Order", "Handler")
    code, _, _ = call("import", "works", str(tmp_path / "log.csv"), "--mapping", str(target))
    assert (code, client.imports()[0].kind) == (0, "log")
