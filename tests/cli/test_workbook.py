"""`workbook`: what it writes, what it refuses, and how a form goes out and comes back on the command line."""

from __future__ import annotations

import argparse
import hashlib
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from valueviz.cli import client, import_, workbook
from valueviz.errors import DataError, UsageError, ValuevizError
from valueviz.intake.form import is_form
from valueviz.language import language
from valueviz.store import Workspace
from valueviz.terms import Locale

Call = Callable[..., int]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Runs a command in a workspace of its own, as the command line would."""

    def run(*words: str, locale: Locale = "en") -> int:
        tongue = language(locale)
        parser = argparse.ArgumentParser()
        commands = parser.add_subparsers()
        for module in (workbook, client, import_):
            module.add(commands, tongue)
        args = parser.parse_args([*words, "--workspace", str(tmp_path / "工作区 1")])
        code: int = args.run(args, tongue)
        return code

    return run


def fill(path: Path) -> None:
    """Fill in a Chinese form the way its reader would: in another program, text and cells mixed."""
    book = openpyxl.load_workbook(path)
    project, monthly = book["项目"], book["月度指标"]
    project["C5"], project["C6"], project["C7"], project["C8"] = "海蓝示例制药", "MES", "CNY", "2025年9月1日"
    monthly["C7"], monthly["G7"], monthly["H7"] = "一号厂", 41.5, "40.2"
    book.save(path)


def test_a_blank_form_offers_the_months_around_go_live_in_the_language_of_the_call(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "填报 form.xlsx"
    assert call("workbook", "manufacturing", "--go-live", "2025-09-01", "--out", str(out), locale="zh_CN") == 0
    assert is_form(out)
    assert capsys.readouterr().out.split("\n")[:2] == [str(out), hashlib.sha256(out.read_bytes()).hexdigest()]
    header = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(out.read_bytes()))["月度指标"][4]]
    months = [cell.date() for cell in header if hasattr(cell, "date")]
    assert (months[0], months[-1], len(months)) == (date(2023, 9, 1), date(2027, 9, 1), 49)


def test_a_form_goes_out_comes_back_and_goes_out_filled(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, again = tmp_path / "form.xlsx", tmp_path / "again.xlsx"
    call("workbook", "manufacturing", "--go-live", "2025-09-01", "--out", str(form), locale="zh_CN")
    fill(form)
    assert call("client", "acme", "--engagement", str(form)) == 0
    assert call("import", "acme", str(form)) == 0
    assert "1 of 1 rows accepted, 0 rejected" in capsys.readouterr().out
    assert call("workbook", "manufacturing", "--client", "acme", "--out", str(again)) == 0
    assert call("client", "acme", "--engagement", str(again)) == 0
    assert call("import", "acme", str(again)) == 0
    assert "already been imported" in capsys.readouterr().out
    kept = Workspace.open(tmp_path / "工作区 1").client("acme")
    state = kept.state()
    assert (len(state.imports), len(state.engagements)) == (1, 1)
    assert state.imports[0].source == "workbook"
    agreed = kept.engagement()
    assert (agreed.name["en"], agreed.go_live, agreed.industry) == ("海蓝示例制药", date(2025, 9, 1), "manufacturing")


def test_a_dry_run_of_a_form_writes_nothing(call: Call, tmp_path: Path) -> None:
    form = tmp_path / "form.xlsx"
    call("workbook", "manufacturing", "--go-live", "2025-09-01", "--out", str(form), locale="zh_CN")
    fill(form)
    call("client", "acme", "--engagement", str(form))
    assert call("import", "acme", str(form), "--dry-run") == 0
    with pytest.raises(UsageError, match="form_needs_no_mapping"):
        call("import", "acme", str(form), "--write-mapping", str(tmp_path / "mapping.toml"))
    assert Workspace.open(tmp_path / "工作区 1").client("acme").imports() == ()


def test_a_workbook_that_is_no_form_is_no_engagement(call: Call, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    with pytest.raises(DataError, match="form_unknown"):
        call("client", "acme", "--engagement", str(other))
    assert not (tmp_path / "工作区 1").exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["manufacturin"], "industry_unknown"),
        (["manufacturing", "--go-live", "1.9.2025"], "bad_option"),
        (["manufacturing", "--client", "acme", "--go-live", "2025-09-01"], "workbook_go_live"),
        (["general", "--client", "acme"], "workbook_industry"),
        (["manufacturing", "--client", "acm"], "unknown_client"),
    ],
)
def test_calls_that_cannot_be_answered_write_no_file(
    call: Call, tmp_path: Path, *, words: list[str], code: str
) -> None:
    engagement = tmp_path / "acme.toml"
    engagement.write_text(
        'name = "A"\nsystem = "ERP"\nindustry = "manufacturing"\ncurrency = "CNY"\ngo_live = 2025-07-01\n', "utf-8"
    )
    call("client", "acme", "--engagement", str(engagement))
    with pytest.raises(ValuevizError) as refusal:
        call("workbook", *words, "--out", str(tmp_path / "out.xlsx"))
    assert refusal.value.code == code
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize(("name", "code"), [("form.csv", "workbook_suffix"), ("nowhere/form.xlsx", "not_a_folder")])
def test_a_place_that_cannot_hold_a_workbook_is_refused(call: Call, tmp_path: Path, *, name: str, code: str) -> None:
    with pytest.raises(UsageError, match=code):
        call("workbook", "manufacturing", "--out", str(tmp_path / name))
