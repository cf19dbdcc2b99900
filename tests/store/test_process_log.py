"""The process log of a client: built from the logs that count, built anew on any doubt, never in the way of observations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.logs import Event, write_log
from valueviz.analysis.process.log import Cut, LogSummary
from valueviz.engine import log, log_export
from valueviz.engine.log import reading
from valueviz.errors import StoreError
from valueviz.store import Client, Commit, ImportRecord, Workspace, back_up, bring_back, check
from valueviz.store.manifest import Manifest
from valueviz.store.manifest import read as read_manifest
from valueviz.store.manifest import write as write_manifest
from valueviz.store.record import state_of

Put = Callable[..., Client]
Import = Callable[..., Commit]

BEGIN = datetime(2025, 3, 3, 9)  # noqa: DTZ001 - the log knows no time zones


def put_log(
    client: Client, folder: Path, cases: range, *, steps: str = "AB", system: str | None = None, mark: str = "header"
) -> ImportRecord:
    """The import of a planted log: case n begins n days after the first, its steps lie an hour apart."""
    path = folder / f"{steps}{cases.start}-{cases.stop}.parquet"
    write_log(
        path,
        [
            Event(f"C{case}", step, BEGIN + timedelta(days=case, hours=hour))
            for case in cases
            for hour, step in enumerate(steps)
        ],
    )
    record = ImportRecord(
        file=f"{path.stem}.csv",
        digest=path.stem.ljust(64, "0"),
        snapshot="",
        rows=len(cases) * len(steps),
        accepted=len(cases) * len(steps),
        rejected=0,
        fingerprint=mark,
        kind="log",
        system=system or mark,
    )
    with client.staging() as staged:
        kept = path.rename(staged / path.name)
        return client.commit_import(kept, record, raw=None, mapping=None).record


def summary(client: Client) -> LogSummary | None:
    def read(database: Path) -> LogSummary:
        with reading(database, Cut()) as found:
            return found.summary()

    return client.ask_process(read)


def test_without_a_log_there_is_none(put: Put, take: Import) -> None:
    client = put()
    take(client, "1")
    assert (client.process_log(), client.log_snapshots(), summary(client)) == (None, (), None)


def test_it_is_built_once_and_anew_when_another_log_counts(put: Put, tmp_path: Path) -> None:
    client = put()
    first = put_log(client, tmp_path, range(3))
    path = client.process_log()
    assert path == client.process_log() == client.folder / "process-1.duckdb"
    put_log(client, tmp_path, range(3, 5))
    assert client.process_log() == client.folder / "process-2.duckdb"
    found = summary(client)
    assert found is not None
    assert (found.cases, found.events) == (5, 10)
    client.revert(first.snapshot)
    found = summary(client)
    assert found is not None
    assert found.cases == 3


def test_each_snapshot_is_listed_once_with_its_record(put: Put, tmp_path: Path) -> None:
    client = put()
    records = [put_log(client, tmp_path, range(at, at + 2)) for at in (0, 2)]
    listed = client.log_snapshots()
    assert [(path.stem, record.file) for path, record in listed] == [(each.snapshot, each.file) for each in records]
    assert all(path.is_file() for path, _ in listed)


def test_observations_and_logs_do_not_build_each_others_caches(put: Put, tmp_path: Path) -> None:
    client = put()
    put_log(client, tmp_path, range(3))
    assert (client.snapshots(), client.state().snapshots()) == ((), ())
    before, known = client.process_log(), client.knowledge()
    cache = client.cache()
    put_log(client, tmp_path, range(3, 6))
    assert client.cache() == cache
    assert client.process_log() != before
    assert client.knowledge() != known


@pytest.mark.parametrize("harm", ["lost", "garbled", "truncated", "older make", "no manifest"])
def test_on_any_doubt_it_is_built_anew(harm: str, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = put()
    put_log(client, tmp_path, range(3))
    path = client.process_log()
    assert path is not None
    match harm:
        case "lost":
            path.unlink()
        case "garbled":
            path.write_bytes(b"nothing of a database" * 1000)
        case "truncated":
            path.write_bytes(path.read_bytes()[:9000])
        case "older make":
            monkeypatch.setattr(log, "VERSION", "older")
        case "no manifest":
            (client.folder / "manifest.json").unlink()
    found = summary(client)
    assert found is not None
    assert found.cases == 3
    assert client.process_log() == client.folder / "process-2.duckdb"


def test_a_damaged_snapshot_is_refused_and_found_by_doctor(put: Put, workspace: Workspace, tmp_path: Path) -> None:
    client = put()
    record = put_log(client, tmp_path, range(3))
    path = client.folder / "snapshots" / f"{record.snapshot}.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(StoreError) as refused:
        client.process_log()
    assert refused.value.code == "file_damaged"
    (digests,) = (each for each in check(workspace.path) if each.check == "digests")
    assert record.snapshot in digests.found


def test_old_generations_go_and_the_one_before_stays(put: Put, tmp_path: Path) -> None:
    client = put()
    for at in range(4):
        put_log(client, tmp_path, range(at, at + 1))
        client.process_log()
    put_log(client, tmp_path, range(9, 10))
    assert sorted(path.name for path in client.folder.glob("process-*")) == ["process-3.duckdb", "process-4.duckdb"]


def test_a_purge_erases_logs_and_what_was_built_from_them(put: Put, tmp_path: Path) -> None:
    client = put()
    record = put_log(client, tmp_path, range(3))
    client.process_log()
    assert record.snapshot in client.purge().files
    assert not [path for path in client.folder.rglob("*") if path.suffix in (".parquet", ".duckdb")]


def test_a_backup_brings_logs_back(put: Put, workspace: Workspace, tmp_path: Path) -> None:
    client = put()
    put_log(client, tmp_path, range(3))
    known = client.knowledge()
    back_up(workspace, tmp_path / "all.zip")
    bring_back(tmp_path / "all.zip", tmp_path / "again")
    again = Workspace.open(tmp_path / "again").client("acme")
    found = summary(again)
    assert found is not None
    assert (again.knowledge(), found.cases) == (known, 3)


def test_a_manifest_of_a_workspace_without_logs_is_as_it_always_was(put: Put, take: Import, tmp_path: Path) -> None:
    client = put()
    take(client, "1")
    assert b"process" not in (client.folder / "manifest.json").read_bytes()
    path = tmp_path / "manifest.json"
    write_manifest(path, Manifest(3, "head", 2, "of", 4, "log"))
    assert read_manifest(path) == Manifest(3, "head", 2, "of", 4, "log")


def test_lines_of_observations_say_nothing_of_logs_and_lines_without_a_kind_are_observations(
    put: Put, take: Import
) -> None:
    client = put()
    take(client, "1")
    content = client.entries()[-1].content
    assert not {"kind", "system", "cases", "events"} & set(content)
    (record,) = state_of(client.entries()).imports
    assert (record.kind, record.system) == ("observations", None)


# Several exports ─────────────────────────────────────────────────────────────


def test_systems_are_stitched_by_case_and_named(put: Put, tmp_path: Path) -> None:
    client = put()
    put_log(client, tmp_path, range(3), system="ERP", mark="erp")
    put_log(client, tmp_path, range(1, 5), steps="XY", mark="mes")
    found = summary(client)
    assert found is not None
    assert (found.cases, found.events) == (5, 14)
    assert dict(zip(found.systems, found.orphans, strict=True)) == {"ERP": 1, "XY1-5": 2}


def test_an_export_without_a_name_belongs_to_the_system_whose_header_it_has(put: Put, tmp_path: Path) -> None:
    client = put()
    put_log(client, tmp_path, range(4), system="ERP", mark="erp")
    put_log(client, tmp_path, range(2, 6), mark="erp")
    found = summary(client)
    assert found is not None
    assert (found.cases, found.events, found.systems) == (6, 12, ())


def test_a_newer_export_counts_for_its_days_whatever_came_in_between(tmp_path: Path) -> None:
    def export(name: str, *events: tuple[str, str, int]) -> Path:
        rows = [Event(case, step, BEGIN + timedelta(days=day)) for case, step, day in events]
        return write_log(tmp_path / f"{name}.parquet", rows)

    first = export("1", ("C1", "A", 0), ("C1", "B", 5), ("C2", "A", 5))
    second = export("2", ("C1", "B2", 5), ("C1", "C", 8))
    third = export("3", ("C1", "B3", 6), ("C3", "A", 8))
    merged = log_export.newest([first, second, third], tmp_path / "all.parquet", system="ERP")
    log.build_log(tmp_path / "all.duckdb", [merged])
    with reading(tmp_path / "all.duckdb", Cut()) as found:
        told = {case: [event.activity for event in found.events(case)] for case in ("C1", "C2", "C3")}
    assert told == {"C1": ["A", "B2", "B3"], "C2": ["A"], "C3": ["A"]}
    renewed = log_export.renewed(third, [first, second])
    assert (renewed.replaced, renewed.shortened, renewed.missing, renewed.kept) == (1, (), (), 1)
