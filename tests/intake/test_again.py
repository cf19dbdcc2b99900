"""The same places measured again: shown, decided by a person, remembered; and the way back from the command line."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from valueviz.catalog import read_engagement, read_mapping
from valueviz.cli import main
from valueviz.errors import DataError
from valueviz.intake import import_file
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import Overlap

ENGAGEMENT = """
name = { en = "Synthetic works", zh_CN = "示例工厂" }
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""

MAPPING = """
layout = "long"
[columns]
date = "date"
value = "days"
metric = "month_close_days"
"""

HEAD = "date,days\n"
FIRST = HEAD + "2025-01-01,6\n2025-02-01,5\n"
SECOND = HEAD + "2025-01-01,6\n2025-02-01,4.5\n2025-03-01,4\n"

Call = Callable[..., int]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with files and a workspace, whose client holds the first of them."""
    folder = tmp_path_factory.mktemp("planted")
    workspace = Workspace.open(folder / "workspace", create=True)
    engagement = read_engagement(ENGAGEMENT, file="e.toml")
    workspace.put_engagement("works", ENGAGEMENT.encode(), engagement, file="e.toml")
    for name, content in (("first.csv", FIRST), ("second.csv", SECOND), ("m.toml", MAPPING)):
        (folder / name).write_text(content, encoding="utf-8")
    import_file(workspace.client("works"), folder / "first.csv", mapping=read_mapping(MAPPING, file="m.toml"))
    return folder


@pytest.fixture
def client(planted: Path, tmp_path: Path, without_child: None) -> Client:
    """A copy of the client that a test may change."""
    shutil.copytree(planted, tmp_path, dirs_exist_ok=True)
    return Workspace.open(tmp_path / "workspace").client("works")


@pytest.fixture
def call(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """The command line, in the folder of the files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VALUEVIZ_LANG", "en")

    def run(*words: str) -> int:
        return main([*words])

    return run


def test_a_difference_nobody_decided_about_is_refused_and_nothing_is_written(client: Client, tmp_path: Path) -> None:
    before = client.entries()
    with pytest.raises(DataError) as refusal:
        import_file(client, tmp_path / "second.csv", mapping=read_mapping(MAPPING, file="m.toml"))
    assert (refusal.value.code, refusal.value.fields) == (
        "overlap_not_decided",
        {
            "file": "second.csv",
            "count": 1,
            "metric": "month_close_days",
            "day": "2025-02-01",
            "earlier": "5",
            "newer": "4.5",
            "files": "first.csv",
        },
    )
    assert client.entries() == before
    said = language("zh_CN").error(refusal.value)
    assert "first.csv" in said
    assert "4.5" in said


def test_an_import_that_was_overtaken_is_compared_anew(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping = read_mapping(MAPPING, file="m.toml")
    (tmp_path / "third.csv").write_text(HEAD + "2025-03-01,3\n2025-04-01,3\n", encoding="utf-8")
    looked = Client.overlap

    def overtaken(self: Client, snapshot: Path, *, monthly: bool) -> Overlap:
        found = looked(self, snapshot, monthly=monthly)
        monkeypatch.setattr(Client, "overlap", looked)
        import_file(client, tmp_path / "third.csv", mapping=mapping)
        return found

    monkeypatch.setattr(Client, "overlap", overtaken)
    result = import_file(client, tmp_path / "second.csv", mapping=mapping, overlap="new")
    assert (result.overlap.differing, result.overlap.files) == (2, ("first.csv", "third.csv"))
    assert client.imports()[-1].replaced == 2


def test_a_dry_run_shows_the_difference_and_asks_nothing(client: Client, tmp_path: Path) -> None:
    mapping = read_mapping(MAPPING, file="m.toml")
    looked = import_file(client, tmp_path / "second.csv", mapping=mapping, dry_run=True)
    assert (looked.overlap.equal, looked.overlap.differing, looked.overlap.files) == (1, 1, ("first.csv",))
    assert len(client.imports()) == 1


@pytest.mark.parametrize(("choice", "value"), [("new", 4.5), ("earlier", 5.0)])
def test_the_ledger_remembers_the_choice_and_the_series_follows_it(
    client: Client, call: Call, capsys: pytest.CaptureFixture[str], *, choice: str, value: float
) -> None:
    assert call("import", "works", "second.csv", "--mapping", "m.toml", "--overlap", choice) == 0
    said = capsys.readouterr().out
    assert "1 values differ from those of earlier imports (first.csv), 1 are the same." in said
    assert "Month-end close, 2025-02: 5 days → 4.5 days" in said
    record = client.imports()[-1]
    assert (record.overlap, record.replaced) == (choice, 1)
    from valueviz.catalog import pack

    (rolled,) = client.rollup(metrics=[pack("manufacturing").metric("month_close_days")])
    assert rolled.series.values == (6.0, value, 4.0)
    assert call("client", "show", "works") == 0
    assert "1 values differ from earlier imports" in capsys.readouterr().out


def test_yes_takes_the_new_values(client: Client, call: Call) -> None:
    assert call("import", "works", "second.csv", "--mapping", "m.toml", "--yes") == 0
    assert client.imports()[-1].overlap == "new"


@pytest.mark.parametrize(("typed", "code", "chosen"), [("e", 0, "earlier"), ("新", 0, "new"), ("maybe", 2, None)])
def test_a_person_at_a_terminal_is_asked(
    client: Client,
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    typed: str,
    code: int,
    chosen: str | None,
) -> None:
    monkeypatch.setattr("valueviz.cli.overlap.can_ask", lambda: True)
    monkeypatch.setattr(sys.stdin, "readline", lambda: f"{typed}\n", raising=False)
    assert call("import", "works", "second.csv", "--mapping", "m.toml") == code
    said = capsys.readouterr()
    assert "2025-02: 5 days → 4.5 days" in said.err
    assert (said.out == "") is (code == 2)
    assert [record.overlap for record in client.imports()[1:]] == ([chosen] if chosen else [])


def test_elsewhere_the_call_is_refused_in_one_line(
    client: Client, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("import", "works", "second.csv", "--mapping", "m.toml", "--json") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "--overlap earlier" in said.err


def test_the_note_about_a_known_file_names_the_earlier_one(
    client: Client, call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "copy.csv").write_text(FIRST, encoding="utf-8")
    assert call("import", "works", "copy.csv", "--mapping", "m.toml") == 0
    assert capsys.readouterr().out == "copy.csv had already been imported (as first.csv); nothing was changed.\n"
    assert call("import", "works", "copy.csv", "--mapping", "m.toml", "--dry-run") == 0
    assert "as first.csv" in capsys.readouterr().out


def test_one_goes_back_and_forward_by_the_beginning_of_a_snapshot(
    client: Client, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    call("import", "works", "second.csv", "--mapping", "m.toml", "--overlap", "new")
    first, second = client.snapshots()
    capsys.readouterr()
    assert call("revert", "works", first[:6]) == 0
    assert capsys.readouterr().out == (
        f"Client works, imports that count now: 1.\n  no longer: second.csv (snapshot {second[:12]})\n"
    )
    assert call("client", "show", "works") == 0
    assert "Taken back by a revert" in capsys.readouterr().out
    assert call("revert", "works", first, "--lang", "zh") == 0
    assert "这些导入已经生效，未作任何改动。" in capsys.readouterr().out
    assert call("revert", "works", second[:12], "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["client"], told["active"], told["reverted"]) == ("works", [first, second], [])
    assert call("revert", "works", "start") == 0
    assert client.imports() == ()
    assert call("revert", "works", "zzzzzz") == 2
    assert first[:12] in capsys.readouterr().err


def test_whether_a_file_is_kept_is_told_with_the_reason(
    client: Client, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    call("import", "works", "second.csv", "--mapping", "m.toml", "--yes", "--no-keep-raw")
    assert [record.raw_reason for record in client.imports()] == ["kept", "not_wanted"]
    capsys.readouterr()
    assert call("client", "show", "works", "--lang", "zh") == 0
    said = capsys.readouterr().out
    assert "文件已保留" in said
    assert "文件未保留（只留摘要）" in said


def test_a_list_of_clients_is_in_the_language_asked(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    for tongue, name in (("zh", "示例工厂"), ("en", "Synthetic works")):
        assert call("client", "list", "--lang", tongue) == 0
        assert capsys.readouterr().out == f"works\t{name}\n"
        assert call("client", "list", "--lang", tongue, "--json") == 0
        assert json.loads(capsys.readouterr().out) == [{"client": "works", "name": name, "removed": False}]


def test_a_workspace_is_backed_up_purged_and_restored_by_the_command_line(
    client: Client, call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("backup", "--out", "b.zip") == 0
    path, digest = capsys.readouterr().out.split()
    assert (path, len(digest)) == ("b.zip", 64)
    assert call("client", "purge", "works", "--yes") == 0
    assert "Backups made before still hold this client" in capsys.readouterr().err
    assert call("restore", "b.zip") == 0
    assert "it was erased after this backup (--purged works brings it back)" in capsys.readouterr().out
    assert call("restore", "b.zip", "--purged", "works", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"clients": {"works": "restored"}, "repaired": 0}
    assert [record.file for record in client.imports()] == ["first.csv"]
    assert call("restore", "b.zip", "--workspace", "new", "--lang", "zh") == 0
    assert capsys.readouterr().out == "works\t已恢复\n"
    assert call("restore", "m.toml", "--workspace", "third") == 2
    assert not (tmp_path / "third").exists()


def test_a_workspace_in_a_sync_folder_is_warned_about(
    tmp_path: Path, without_child: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, content in (("e.toml", ENGAGEMENT), ("m.toml", MAPPING), ("first.csv", FIRST)):
        (tmp_path / name).write_text(content, encoding="utf-8")
    there = ["--workspace", str(tmp_path / "坚果云" / "ws"), "--lang", "en"]
    assert main(["client", "works", "--engagement", "e.toml", *there]) == 0
    capsys.readouterr()
    assert main(["import", "works", "first.csv", "--mapping", "m.toml", "--json", *there]) == 0
    said = capsys.readouterr()
    assert "lies in a folder that 坚果云 (Nutstore) synchronises" in said.err
    assert json.loads(said.out)["accepted"] == 2
