"""One file with everything, verified; brought back whole or not at all, and never over what is there."""

from __future__ import annotations

import json
import random
import shutil
import stat
import zipfile
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.store.conftest import MAPPING, put_client, take_bytes
from valueviz.errors import StoreError, UsageError, ValuevizError
from valueviz.store import Client, Workspace, back_up, bring_back, check
from valueviz.terms import HandStep

Put = Callable[..., Client]
Import = Callable[..., Any]

CLIENTS = ("acme", "beta", "gamma", "delta")


def content(folder: Path) -> dict[str, bytes]:
    """Every file that is kept, by its path: locks and caches are not."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock") and not path.name.startswith("cache-")
    }


def code(refused: Callable[[], object], kind: type[ValuevizError] = StoreError) -> str:
    with pytest.raises(kind) as refusal:
        refused()
    return refusal.value.code


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of four clients, each with an amended engagement, imports, a reverted one, a process, a report."""
    folder = tmp_path_factory.mktemp("planted")
    workspace = Workspace.open(folder / "workspace", create=True)
    for number, key in enumerate(CLIENTS):
        client = put_client(workspace, key)
        first = take_bytes(folder, client, f"{number}", mapping=MAPPING).record.snapshot
        take_bytes(folder, client, f"{number} more", keep_raw=False)
        client = put_client(workspace, key, name=f"Client {number}")
        client.put_process([HandStep("审批", "as_is", f"步骤 {number}", touch=60.0)])
        client.report_issued(f"%PDF-{number}".encode(), template="renewal", locale="en")
        client.revert(first)
    return workspace.path


@pytest.fixture
def four(planted: Path, tmp_path: Path) -> Workspace:
    """A copy of the four clients that a test may change."""
    return Workspace.open(shutil.copytree(planted, tmp_path / "工作区 of ours"))


@pytest.fixture
def put(four: Workspace) -> Put:
    """Creates or amends one of the four clients."""
    return partial(put_client, four)


def test_a_client_is_erased_and_brought_back_and_the_other_three_never_change_a_byte(
    four: Workspace, tmp_path: Path
) -> None:
    before = {key: content(four.path / "clients" / key) for key in CLIENTS}
    state = four.client("gamma").state()
    back_up(four, tmp_path / "备份 1.zip")
    certificate = four.purge("gamma")
    assert bring_back(tmp_path / "备份 1.zip", four.path).fates == {
        "acme": "unchanged",
        "beta": "unchanged",
        "delta": "unchanged",
        "gamma": "erased",
    }
    assert code(lambda: four.client("gamma"), UsageError) == "client_purged"
    assert bring_back(tmp_path / "备份 1.zip", four.path, purged=["gamma"]).fates["gamma"] == "restored"
    after = {key: content(four.path / "clients" / key) for key in CLIENTS}
    assert [key for key in CLIENTS if after[key] != before[key]] == ["gamma"]
    assert four.client("gamma").state() == state
    changed = {path for path in after["gamma"] if after["gamma"][path] != before["gamma"].get(path)}
    assert changed == {"ledger.jsonl", "manifest.json"}
    told = four.client("gamma").entries()[-1]
    assert (told.kind, told.content["head"]) == ("restore", certificate_hash(told.content, certificate))
    assert all(each.ok for each in check(four.path))
    assert bring_back(tmp_path / "备份 1.zip", four.path).fates["gamma"] == "newer"


def certificate_hash(told: Any, certificate: Any) -> str:
    """The hash of the tombstone, if the line tells all that the certificate does."""
    stone = told["tombstone"]
    same = (tuple(stone["files"]), stone["entries"], stone["head"]) == (
        certificate.files,
        certificate.entries,
        certificate.head,
    )
    return str(told["head"]) if same and told["time"] == certificate.time else "differs"


def test_a_workspace_is_restored_into_a_new_folder_byte_by_byte(four: Workspace, tmp_path: Path) -> None:
    four.client("beta").remove()
    written = back_up(four, tmp_path / "b.zip")
    assert written.clients == tuple(sorted(CLIENTS))
    new = tmp_path / "新的 workspace"
    assert set(bring_back(tmp_path / "b.zip", new).fates.values()) == {"restored"}
    assert content(new) == content(four.path)
    assert [info.removed for info in Workspace.open(new).clients()] == [False, True, False, False]
    assert all(each.ok for each in check(new))


def test_equal_workspaces_give_equal_backups(four: Workspace, tmp_path: Path) -> None:
    first = back_up(four, tmp_path / "1.zip")
    bring_back(tmp_path / "1.zip", tmp_path / "copy")
    second = back_up(Workspace.open(tmp_path / "copy"), tmp_path / "2.zip")
    assert first.digest == second.digest
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_caches_and_leftovers_are_not_in_a_backup(four: Workspace, tmp_path: Path) -> None:
    first = back_up(four, tmp_path / "1.zip")
    folder = four.client("acme").folder
    (folder / "cache-7.duckdb").write_bytes(b"DUCK")
    (folder / "raw" / ("0" * 64)).write_bytes(b"left by a crash")
    assert back_up(four, tmp_path / "2.zip").digest == first.digest


def test_a_client_that_went_on_is_left_as_it_is(four: Workspace, take: Import, tmp_path: Path) -> None:
    back_up(four, tmp_path / "b.zip")
    take(four.client("acme"), "later")
    four.rename("beta", "beta-2")
    before = content(four.path)
    fates = bring_back(tmp_path / "b.zip", four.path).fates
    assert fates == {"acme": "newer", "beta": "newer", "delta": "unchanged", "gamma": "unchanged"}
    assert content(four.path) == before


def test_another_client_of_the_same_key_is_never_overwritten(
    four: Workspace, put: Put, take: Import, tmp_path: Path
) -> None:
    back_up(four, tmp_path / "b.zip")
    four.purge("acme")
    take(put("acme", name="Another"), "another")
    before = content(four.path)
    assert code(lambda: bring_back(tmp_path / "b.zip", four.path)) == "client_differs"
    assert code(lambda: bring_back(tmp_path / "b.zip", four.path, purged=["acme"])) == "client_differs"
    assert content(four.path) == before


def test_a_client_that_was_renamed_and_erased_stays_erased(four: Workspace, tmp_path: Path) -> None:
    back_up(four, tmp_path / "b.zip")
    four.rename("acme", "other")
    four.purge("other")
    assert bring_back(tmp_path / "b.zip", four.path).fates["acme"] == "erased"
    assert bring_back(tmp_path / "b.zip", four.path, purged=["acme"]).fates["acme"] == "restored"
    assert [info.key for info in four.clients()] == ["acme", "beta", "delta", "gamma"]


def test_a_tombstone_is_backed_up_and_comes_back(four: Workspace, tmp_path: Path) -> None:
    certificate = four.purge("acme")
    back_up(four, tmp_path / "b.zip")
    bring_back(tmp_path / "b.zip", tmp_path / "new")
    assert Workspace.open(tmp_path / "new").purge("acme") == certificate


def test_an_unknown_client_is_refused_with_the_nearest(four: Workspace, tmp_path: Path) -> None:
    back_up(four, tmp_path / "b.zip")
    with pytest.raises(UsageError) as refusal:
        bring_back(tmp_path / "b.zip", tmp_path / "new", purged=["gama"])
    assert refusal.value.fields == {"client": "gama", "nearest": "gamma"}
    assert not (tmp_path / "new").exists()


def test_damaged_and_missing_files_are_put_right(four: Workspace, take: Import, tmp_path: Path) -> None:
    back_up(four, tmp_path / "b.zip")
    before = content(four.path)
    (raw, *_), (snapshot, *_) = (sorted((four.client("acme").folder / room).iterdir()) for room in ("raw", "snapshots"))
    raw.write_bytes(b"?")
    snapshot.unlink()
    assert not all(each.ok for each in check(four.path))
    done = bring_back(tmp_path / "b.zip", four.path)
    assert (done.repaired, set(done.fates.values())) == (2, {"unchanged"})
    assert content(four.path) == before


def test_a_damaged_workspace_makes_no_backup_and_spares_the_one_there_is(four: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "b.zip"
    back_up(four, out)
    before = out.read_bytes()
    raw = next((four.client("delta").folder / "raw").iterdir())
    raw.write_bytes(b"?")
    assert code(lambda: back_up(four, out)) == "file_damaged"
    raw.unlink()
    assert code(lambda: back_up(four, out)) == "file_missing"
    assert out.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.is_file() and path != out and "zip" in path.name] == []


# What is not a backup ────────────────────────────────────────────────────────


def test_a_flipped_bit_anywhere_is_noticed_or_harmless(four: Workspace, tmp_path: Path) -> None:
    back_up(four, tmp_path / "b.zip")
    whole, draw = (tmp_path / "b.zip").read_bytes(), random.Random(5)
    noticed = harmless = 0
    expected = content(four.path)
    for turn in range(40):
        changed = bytearray(whole)
        changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
        (tmp_path / "f.zip").write_bytes(changed)
        new = tmp_path / f"new {turn}"
        try:
            bring_back(tmp_path / "f.zip", new)
        except StoreError as refusal:
            noticed += refusal.code.startswith("backup_") and not new.exists()
        else:
            harmless += content(new) == expected  # a bit of a date or another attribute that nobody reads
    assert noticed + harmless == 40
    assert noticed > 30


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_file_cut_short_is_refused(four: Workspace, tmp_path: Path, *, share: float) -> None:
    back_up(four, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[: int(len(whole) * share)])
    assert code(lambda: bring_back(tmp_path / "b.zip", tmp_path / "new")) == "backup_unreadable"
    assert not (tmp_path / "new").exists()


def rewritten(
    path: Path, *, add: dict[str, bytes] | None = None, drop: str = "", how: int = zipfile.ZIP_STORED
) -> None:
    """A backup with files more or less; its list is made to fit where a file is added."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    listed = json.loads(files.pop("backup.json"))
    for name, text in (add or {}).items():
        files[name] = text
        listed["files"] = [each for each in listed["files"] if each["path"] != name]
        listed["files"].append({"path": name, "size": len(text), "digest": sha256(text).hexdigest()})
    if drop:
        gone = next(name for name in files if drop in name)
        del files[gone]
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, text in {**files, "backup.json": json.dumps(listed).encode()}.items():
            archive.writestr(name, text)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"add": {"../../evil.txt": b"x"}}, "backup_hostile"),
        ({"add": {"/etc/passwd": b"x"}}, "backup_hostile"),
        ({"add": {"clients/acme/raw/../../../x": b"x"}}, "backup_hostile"),
        ({"add": {"clients\\acme\\raw\\" + "0" * 64: b"x"}}, "backup_hostile"),
        ({"add": {"clients/CON/ledger.jsonl": b"x"}}, "backup_hostile"),
        ({"add": {"clients/acme/cache-9.duckdb": b"DUCK"}}, "backup_hostile"),
        ({"how": zipfile.ZIP_DEFLATED}, "backup_hostile"),
        ({"add": {f"clients/acme/raw/{'0' * 64}": b"x"}}, "backup_damaged"),
        ({"add": {"clients/new/ledger.jsonl": b""}}, "backup_damaged"),
        ({"add": {"clients/acme/ledger.jsonl": b'{"number": 1}\n'}}, "backup_damaged"),
        ({"drop": "snapshots/"}, "backup_damaged"),
        ({"drop": "ledger.jsonl"}, "backup_damaged"),
    ],
    ids=lambda value: json.dumps(value, default=repr)[:60] if isinstance(value, dict) else value,
)
def test_what_no_backup_holds_is_refused_before_anything_is_written(
    four: Workspace, tmp_path: Path, *, change: dict[str, Any], refusal: str
) -> None:
    back_up(four, tmp_path / "b.zip")
    rewritten(tmp_path / "b.zip", **change)
    assert code(lambda: bring_back(tmp_path / "b.zip", tmp_path / "new")) == refusal
    assert not (tmp_path / "new").exists()


def test_a_link_a_twin_and_a_bomb_are_refused(four: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    back_up(four, path)
    whole = path.read_bytes()
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo(f"clients/acme/raw/{'1' * 64}")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc")
    assert code(lambda: bring_back(path, tmp_path / "new")) == "backup_hostile"
    path.write_bytes(whole)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("clients/acme/ledger.jsonl", b"")
    assert code(lambda: bring_back(path, tmp_path / "new")) == "backup_hostile"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("backup.json", b" " * 50_000_000)
    assert code(lambda: bring_back(path, tmp_path / "new")) == "backup_hostile"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (b"", "backup_unreadable"),
        (b"[]", "backup_unreadable"),
        (b"[" * 100_000, "backup_unreadable"),
        (b'{"backup": 2}', "backup_newer"),
        (b'{"backup": 1, "format": 2, "clients": {}, "files": []}', "backup_newer"),
        (b'{"backup": 1, "format": 1, "clients": {"acme": 3}, "files": []}', "backup_unreadable"),
    ],
)
def test_a_list_that_is_none_or_of_a_newer_make_is_refused(tmp_path: Path, *, text: bytes, refusal: str) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("backup.json", text)
    assert code(lambda: bring_back(tmp_path / "b.zip", tmp_path / "new")) == refusal


def test_a_folder_with_other_things_in_it_is_left_alone(four: Workspace, tmp_path: Path) -> None:
    back_up(four, tmp_path / "b.zip")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.png").touch()
    assert code(lambda: bring_back(tmp_path / "b.zip", tmp_path / "photos")) == "workspace_foreign"
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["one.png"]
    assert code(lambda: bring_back(tmp_path / "nowhere.zip", tmp_path / "new")) == "backup_unreadable"
    assert code(lambda: bring_back(tmp_path / "photos", tmp_path / "new")) == "backup_unreadable"


def test_a_full_disk_is_noticed_before_anything_is_written(
    four: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(four, tmp_path / "b.zip")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type(usage)(usage.total, usage.total, 10))
    assert code(lambda: bring_back(tmp_path / "b.zip", tmp_path / "new")) == "disk_full"
    assert not (tmp_path / "new").exists()


def test_a_backup_is_for_its_owner_alone(four: Workspace, tmp_path: Path) -> None:
    back_up(four, tmp_path / "b.zip")
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) & 0o077 == 0
