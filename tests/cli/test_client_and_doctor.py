"""`client` and `doctor`: what they print, what they refuse, what they leave alone."""

from __future__ import annotations

import argparse
import errno
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from valueviz.cli import client, doctor
from valueviz.errors import DefinitionError, UsageError, ValuevizError
from valueviz.language import language
from valueviz.store import Workspace
from valueviz.terms import Locale

ENGAGEMENT = """\
name = "华东制造 (synthetic)"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-07-01
"""

Call = Callable[..., int]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Runs one of the two commands in a workspace of its own, as the command line would."""

    def run(*words: str, locale: Locale = "en") -> int:
        tongue = language(locale)
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers()
        for module in (client, doctor):
            module.add(commands, tongue)
        args = parser.parse_args([*words, "--workspace", str(tmp_path / "工作区 1")])
        code: int = args.run(args, tongue)
        return code

    return run


@pytest.fixture
def engagement(tmp_path: Path) -> str:
    path = tmp_path / "项目 acme.toml"
    path.write_text(ENGAGEMENT, encoding="utf-8")
    return str(path)


def shown(call: Call, capsys: pytest.CaptureFixture[str], *words: str) -> object:
    capsys.readouterr()
    assert call(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_a_client_is_created_listed_renamed_hidden_and_erased(
    call: Call, engagement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("client", "acme", "--engagement", engagement) == 0
    name = "华东制造 (synthetic)"
    assert shown(call, capsys, "client", "list") == [{"client": "acme", "name": name, "removed": False}]
    assert call("client", "rename", "acme", "acme-east") == 0
    assert call("client", "remove", "acme-east") == 0
    assert shown(call, capsys, "client", "list") == [{"client": "acme-east", "name": name, "removed": True}]
    certificate = shown(call, capsys, "client", "purge", "acme-east", "--yes")
    assert isinstance(certificate, dict)
    assert (certificate["client"], certificate["entries"]) == ("acme-east", 3)
    assert shown(call, capsys, "client", "list") == []


def test_show_names_engagement_and_imports(call: Call, engagement: str, capsys: pytest.CaptureFixture[str]) -> None:
    call("client", "acme", "--engagement", engagement)
    told = shown(call, capsys, "client", "show", "acme")
    assert isinstance(told, dict)
    assert (told["go_live"], told["industry"], told["imports"]) == ("2025-07-01", "manufacturing", [])


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        (["acme"], UsageError, "client_engagement"),
        (["acme", "more"], UsageError, "client_engagement"),
        (["show"], UsageError, "client_words"),
        (["rename", "acme"], UsageError, "client_words"),
        (["acme", "--engagement", "nowhere.toml"], UsageError, "file_unreadable"),
        (["acme", "--engagement", "book.xlsx"], UsageError, "file_unreadable"),
    ],
)
def test_calls_that_cannot_be_answered_are_refused_and_make_nothing(
    call: Call, tmp_path: Path, *, words: list[str], kind: type[ValuevizError], code: str
) -> None:
    with pytest.raises(kind) as refusal:
        call("client", *words)
    assert refusal.value.code == code
    assert not (tmp_path / "工作区 1").exists()


def test_a_wrong_engagement_makes_no_workspace(call: Call, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(ENGAGEMENT + 'golive = "x"\n', encoding="utf-8")
    with pytest.raises(DefinitionError):
        call("client", "acme", "--engagement", str(wrong))
    assert not (tmp_path / "工作区 1").exists()


def test_doctor_finds_this_machine_and_workspace_well(
    call: Call, engagement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call("client", "acme", "--engagement", engagement)
    checks = shown(call, capsys, "doctor")
    assert isinstance(checks, list)
    assert [each["check"] for each in checks if each["ok"]] == [
        *("python", "versions", "fonts", "duckdb", "charts", "workers", "disk"),
        *("workspace_format", "workspace_place", "workspace_lock", "ledger_chain", "digests"),
    ]
    assert all(list(each) == ["check", "ok", "found", "needed", "repair"] for each in checks)


def test_doctor_leaves_with_one_and_names_the_file_that_was_flipped(
    call: Call, engagement: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call("client", "acme", "--engagement", engagement)
    raw = next((Workspace.open(tmp_path / "工作区 1").client("acme").folder / "raw").iterdir())
    raw.write_bytes(raw.read_bytes().replace(b"ERP", b"ERQ"))
    monkeypatch.setattr(doctor, "_charts", doctor._python)  # a chart takes two seconds and is not the matter here
    assert call("doctor", locale="zh_CN") == 1
    said = capsys.readouterr().out
    assert f"raw/{raw.name}: file_damaged" in said
    assert "请从备份恢复工作区" in said


def test_doctor_tells_of_a_workspace_that_can_only_be_read(
    call: Call, engagement: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call("client", "acme", "--engagement", engagement)

    def closed(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(sys.modules["valueviz.store.check"], "FileLock", closed)
    monkeypatch.setattr(doctor, "_charts", doctor._python)
    assert call("doctor", locale="en") == 1
    said = capsys.readouterr().out
    assert "NOT OK\tWorkspace: lock\tacme/.lock: Read-only file system" in said
    assert "make its folder writable" in said
