"""The edges of the command line: one line and a code for whatever surrounds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CALL = [sys.executable, "-c", "import sys; from valueviz.cli import main; sys.exit(main())"]


def call(*arguments: str, stdout: int | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """One call in a process of its own, in English unless told otherwise."""
    told = {key: value for key, value in os.environ.items() if not key.startswith("VALUEVIZ_")}
    return subprocess.run(
        [*CALL, *arguments],
        env=told | {"VALUEVIZ_LANG": "en"} | environment,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        check=False,
    )


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit 2, nothing on stdout, one line on stderr that holds some words."""
    assert done.returncode == 2, done.stderr
    assert not done.stdout
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize("arguments", [("doctor",), ("--help",), ("report", "--lang", "fr")])
def test_an_unknown_language_is_one_line(arguments: tuple[str, ...]) -> None:
    refused(call(*arguments, VALUEVIZ_LANG="xx"), "zh, en")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("COMMAND",)),
        (("blah",), ("blah", "demo")),
        (("report", "--template", "renewal"), ("--out",)),
        (("report", "--template", "education", "--out", "x.pdf", "--as-of", "2026-02-30"), ("--as-of", "2026-02-30")),
        (("report", "--template", "educatoin", "--out", "x.pdf"), ("education",)),
        (("report", "--template", "education", "--brand", "habour", "--out", "x.pdf"), ("harbour",)),
        (("report", "--template", "renewal", "--out", "x.pdf"), ("CLIENT",)),
        (("serve", "--host", "0.0.0.0"), ("127.0.0.1",)),
    ],
    ids=["nothing", "command", "option", "date", "template", "brand", "client", "host"],
)
def test_a_wrong_call_is_one_line_that_says_what_is_needed(
    arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    refused(call(*arguments, VALUEVIZ_WORKSPACE=str(tmp_path / "none")), *words)


def test_a_wrong_call_is_refused_in_chinese_too() -> None:
    done = call("report", "--template", "education", VALUEVIZ_LANG="zh-CN")
    refused(done, "缺少参数", "--out")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_stdout_is_one_line() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = call("facts", "--template", "education", stdout=full.fileno())
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "space" in done.stderr


def test_a_report_goes_through_a_link_and_replaces_no_folder(tmp_path: Path) -> None:
    target, link, folder = tmp_path / "real.pdf", tmp_path / "link.pdf", tmp_path / "folder.pdf"
    target.write_bytes(b"old")
    link.symlink_to(target)
    folder.mkdir()
    done = call("report", "--template", "education", "--out", str(link))
    assert done.returncode == 0, done.stderr
    assert link.is_symlink()
    assert target.read_bytes().startswith(b"%PDF")
    refused(call("report", "--template", "education", "--out", str(folder)), "folder.pdf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.pdf", "link.pdf", "real.pdf"]


def test_json_is_utf_8_under_any_code_page() -> None:
    done = subprocess.run(
        [*CALL, "facts", "--template", "education", "--json"],
        env=os.environ | {"PYTHONIOENCODING": "gbk", "VALUEVIZ_LANG": "zh"},
        capture_output=True,
        check=True,
    )
    assert "cases." in done.stdout.decode("utf-8")
