"""What a workspace keeps: clients, engagements, imports, and what it refuses."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from valueviz.errors import StoreError, UsageError, ValuevizError
from valueviz.store import Client, ImportRecord, Workspace, check

Put = Callable[..., Client]
Import = Callable[..., Any]


def code(refused: Callable[[], object], kind: type[ValuevizError] = StoreError) -> str:
    with pytest.raises(kind) as refusal:
        refused()
    return refusal.value.code


def content(folder: Path) -> dict[str, bytes]:
    """Every file that is kept, by its path: locks and unfinished work are not."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and not path.name.startswith("cache-")
    }


def test_what_was_put_is_read_back_by_a_workspace_opened_anew(
    workspace: Workspace, put: Put, take: Import, mapping: str
) -> None:
    client = put()
    committed = take(client, "1", mapping=mapping)
    again = Workspace.open(workspace.path).client("acme")
    assert again.engagement().name["zh_CN"] == "华东制造 (synthetic)"
    assert again.imports() == (committed.record,)
    assert again.snapshots() == (committed.record.snapshot,)
    assert [metric.key for metric in again.inline_metrics()] == ["own_days"]
    assert [(info.key, info.name, info.removed) for info in workspace.clients()] == [
        ("acme", "华东制造 (synthetic)", False)
    ]


def test_files_lie_where_the_layout_says(workspace: Workspace, put: Put, take: Import, mapping: str) -> None:
    record = take(put(), "1", mapping=mapping).record
    folder = workspace.path / "clients" / "acme"
    kept = set(content(folder))
    engagement = Workspace.open(workspace.path).client("acme").state().engagement
    assert kept == {
        "ledger.jsonl",
        "manifest.json",
        f"raw/{engagement}",
        f"raw/{record.digest}",
        f"raw/{record.mapping}",
        f"snapshots/{record.snapshot}.parquet",
    }
    assert (workspace.path / "format").read_text(encoding="utf-8") == "1\n"
    lines = [json.loads(line) for line in (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in lines] == ["client", "import"]
    assert lines[1]["previous"] == lines[0]["hash"]


def test_the_same_again_is_recognised_and_changes_nothing(workspace: Workspace, put: Put, take: Import) -> None:
    client = put()
    first = take(client, "1")
    before = content(workspace.path)
    put()
    second = take(client, "1")
    assert (first.known, second.known) == (False, True)
    assert second.record == first.record
    assert content(workspace.path) == before


def test_the_same_rows_under_a_corrected_metric_are_a_new_entry_of_one_snapshot(
    put: Put, take: Import, mapping: str
) -> None:
    client = put()
    take(client, "1", mapping=mapping)
    corrected = mapping.replace('better = "lower"', 'better = "higher"')
    assert not take(client, "1", mapping=corrected).known
    assert [metric.better for metric in client.inline_metrics()] == ["higher"]
    assert len(client.imports()) == 2
    assert len(client.snapshots()) == 1
    assert take(client, "1", mapping=corrected + "# a remark\n").known


def test_an_amended_engagement_is_a_new_version_and_the_old_one_is_kept(workspace: Workspace, put: Put) -> None:
    client = put(name="Before")
    knowledge = client.knowledge()
    client = put(name="After")
    assert client.engagement().name["en"] == "After"
    assert client.knowledge() != knowledge
    assert len(list((client.folder / "raw").iterdir())) == 2


def test_knowledge_depends_on_engagement_and_imports_alone(
    tmp_path: Path, workspace: Workspace, put: Put, take: Import
) -> None:
    client = put()
    take(client, "1")
    knowledge = client.knowledge()
    client.report_issued(b"%PDF-", template="renewal", locale="en")
    workspace.rename("acme", "acme-2")
    renamed = workspace.client("acme-2")
    assert renamed.knowledge() == knowledge
    take(renamed, "2")
    assert renamed.knowledge() != knowledge


def test_a_raw_file_is_kept_only_when_asked_for(put: Put, take: Import) -> None:
    client = put()
    record = take(client, "1", keep_raw=False).record
    assert not record.raw
    assert not (client.folder / "raw" / record.digest).exists()


def test_a_file_that_changed_since_it_was_read_is_refused(tmp_path: Path, workspace: Workspace, put: Put) -> None:
    client = put()
    before = content(workspace.path)
    raw = tmp_path / "moving.csv"
    raw.write_text("later", encoding="utf-8")
    record = ImportRecord(raw.name, "0" * 64, "", rows=1, accepted=1, rejected=0)
    with client.staging() as folder:
        snapshot = folder / "snapshot.parquet"
        snapshot.write_text("earlier", encoding="utf-8")
        assert code(lambda: client.commit_import(snapshot, record, raw=raw, mapping=None)) == "file_changed"
    with client.changing():
        pass
    assert content(workspace.path) == before


@pytest.mark.parametrize(
    ("key", "refusal"),
    [
        ("list", "client_reserved"),
        ("purge", "client_reserved"),
        ("Acme", "client_key"),
        ("../acme", "client_key"),
        ("", "client_key"),
        ("a" * 41, "client_key"),
        ("客户", "client_key"),
    ],
)
def test_keys_that_are_no_folder_names_or_words_of_the_command_are_refused(
    workspace: Workspace, put: Put, key: str, refusal: str
) -> None:
    assert code(lambda: put(key), UsageError) == refusal
    assert workspace.clients() == ()


def test_an_unknown_client_is_refused_with_the_nearest(workspace: Workspace, put: Put) -> None:
    assert code(lambda: workspace.client("acme"), UsageError) == "no_clients"
    put("acme")
    put("zenith")
    with pytest.raises(UsageError) as refusal:
        workspace.client("acne")
    assert refusal.value.fields == {"client": "acne", "nearest": "acme"}
    assert code(lambda: workspace.client("../acme"), UsageError) == "unknown_client"


def test_a_removed_client_is_hidden_until_its_engagement_is_put_again(
    workspace: Workspace, put: Put, take: Import
) -> None:
    client = put()
    take(client, "1")
    knowledge = client.knowledge()
    client.remove()
    assert [info.removed for info in workspace.clients()] == [True]
    assert code(lambda: workspace.client("acme"), UsageError) == "client_removed"
    put()
    assert workspace.client("acme").knowledge() == knowledge
    assert len(workspace.client("acme").imports()) == 1


def test_a_renamed_client_keeps_everything_and_never_takes_anothers_place(
    workspace: Workspace, put: Put, take: Import
) -> None:
    record = take(put("acme"), "1").record
    put("zenith")
    assert code(lambda: workspace.rename("acme", "zenith"), UsageError) == "client_exists"
    assert code(lambda: workspace.rename("acme", "list"), UsageError) == "client_reserved"
    assert workspace.rename("acme", "acme-group").imports() == (record,)
    assert [info.key for info in workspace.clients()] == ["acme-group", "zenith"]


def test_a_purged_client_leaves_digests_and_nothing_else(
    workspace: Workspace, put: Put, take: Import, mapping: str
) -> None:
    client = put()
    record = take(client, "1", mapping=mapping).record
    certificate = workspace.purge("acme")
    assert {record.digest, record.snapshot} < set(certificate.files)
    assert certificate.entries == 2
    left = content(client.folder)
    assert set(left) == {"ledger.jsonl", "manifest.json"}
    assert "华东" not in left["ledger.jsonl"].decode()
    assert "导出" not in left["ledger.jsonl"].decode()
    assert code(lambda: workspace.client("acme"), UsageError) == "client_purged"
    assert workspace.purge("acme") == certificate
    assert put().imports() == ()
    assert workspace.purge("acme").entries == 2


def test_an_interrupted_purge_is_finished_by_the_next_one(
    workspace: Workspace, put: Put, take: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = put()
    take(client, "1")
    with monkeypatch.context() as patched:
        patched.setattr("valueviz.store.manifest.write", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            workspace.purge("acme")
    assert code(lambda: Workspace.open(workspace.path).client("acme"), UsageError) == "client_purged"
    workspace.purge("acme")
    assert set(content(client.folder)) == {"ledger.jsonl", "manifest.json"}


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_a_killed_import_left_behind_is_swept_by_the_next_change(put: Put, take: Import) -> None:
    client = put()
    take(client, "1")
    kept = content(client.folder)
    (client.folder / "raw" / ("0" * 64)).touch()
    (client.folder / "snapshots" / ".half.parquet.1.part").touch()
    for name, age in ((".staging-old", 2), (".staging-new", 0)):
        (client.folder / name).mkdir()
        os.utime(client.folder / name, (time.time() - age * 86_400,) * 2)
    with client.changing():
        pass
    assert content(client.folder) == kept
    assert [path.name for path in client.folder.glob(".staging-*")] == [".staging-new"]


def test_clients_do_not_see_each_other(workspace: Workspace, put: Put, take: Import) -> None:
    for number in range(3):
        take(put(f"client-{number}"), str(number))
    seen = [workspace.client(f"client-{number}").imports()[0].file for number in range(3)]
    assert seen == [f"导出 {number}.csv" for number in range(3)]


@pytest.mark.parametrize(
    ("prepare", "refusal"),
    [
        (lambda folder: None, "workspace_missing"),
        (lambda folder: folder.mkdir(), "workspace_missing"),
        (lambda folder: folder.write_text("a file"), "workspace_foreign"),
        (lambda folder: (folder.mkdir(), (folder / "photo.png").touch()), "workspace_foreign"),
        (lambda folder: (folder.mkdir(), (folder / "format").write_text("2")), "workspace_newer"),
        (lambda folder: (folder.mkdir(), (folder / "format").write_text("one")), "workspace_format"),
        (lambda folder: (folder.mkdir(), (folder / "format").write_text("")), "workspace_format"),
    ],
    ids=["nothing", "empty", "a file", "other things", "newer", "words", "emptied"],
)
def test_what_is_no_workspace_of_this_version_is_refused_and_left_alone(
    tmp_path: Path, prepare: Callable[[Path], object], refusal: str
) -> None:
    folder = tmp_path / "有 空格"
    prepare(folder)
    before = content(tmp_path)
    assert code(lambda: Workspace.open(folder)) == refusal
    assert content(tmp_path) == before
    if refusal == "workspace_missing":
        assert Workspace.open(folder, create=True).clients() == ()
    else:
        assert code(lambda: Workspace.open(folder, create=True)) == refusal


def test_a_workspace_can_be_moved(tmp_path: Path, workspace: Workspace, put: Put, take: Import) -> None:
    record = take(put(), "1").record
    shutil.move(workspace.path, tmp_path / "moved")
    assert Workspace.open(tmp_path / "moved").client("acme").imports() == (record,)


def test_a_whole_workspace_passes_its_check(workspace: Workspace, put: Put, take: Import) -> None:
    take(put(), "1")
    before = content(workspace.path)
    assert [(each.check, each.ok, each.found) for each in check(workspace.path)] == [
        ("workspace_format", True, "1"),
        ("workspace_place", True, "-"),
        ("workspace_lock", True, "0"),
        ("ledger_chain", True, "1"),
        ("digests", True, "3"),
    ]
    assert content(workspace.path) == before
