"""`valueviz import` keeps the contract of the command line: data on stdout, talk on stderr, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.intake.corpus import GOOD, MAPPING, METRIC
from valueviz.catalog import read_mapping
from valueviz.cli import main
from valueviz.intake.amount import read_amount
from valueviz.intake.moment import read_moment
from valueviz.language import language

ENGAGEMENT = """
name = "Synthetic works"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-01-13
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with a client, a mapping and files; it is the workspace's parent and the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VALUEVIZ_LANG", "en")
    (tmp_path / "engagement.toml").write_text(ENGAGEMENT, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(MAPPING + METRIC, encoding="utf-8")
    (tmp_path / "rows.csv").write_text(GOOD + "2025-02-30,A,1\n", encoding="utf-8")
    (tmp_path / "close.csv").write_text("日期,工厂,月结天数\n2025-01-01,上海,6\n2025-02-01,上海,5\n", encoding="gbk")
    assert main(["client", "works", "--engagement", "engagement.toml"]) == 0
    capsys.readouterr()
    return tmp_path


def test_json_holds_the_ten_keys_and_nothing_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "works", "rows.csv", "--mapping", "mapping.toml", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [
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
    assert (told["rows"], told["accepted"], told["rejected"]) == (4, 3, 1)
    assert told["rejects"] == [{"row": 5, "column": "date", "value": "2025-02-30", "reason": "not_a_date"}]
    assert told["periods"] == ["2025-01"]
    assert main(["import", "works", "rows.csv", "--mapping", "mapping.toml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == told | {"warnings": ["already_imported"]}


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize(
    ("tongue", "words"), [("en", "3 of 4 rows would be accepted, 1 rejected"), ("zh", "接受 3 行")]
)
def test_a_reader_is_told_what_became_of_the_rows(
    tongue: str, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "works", "rows.csv", "--mapping", "mapping.toml", "--lang", tongue, "--dry-run"]) == 0
    told = capsys.readouterr()
    assert words in told.out.replace("\u2009", " ")
    assert "2025-02-30" in told.out
    assert told.err == ""


@pytest.mark.usefixtures("without_child")
def test_without_yes_and_nobody_to_ask_the_proposal_is_the_refusal_and_nothing_imported(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "works", "close.csv", "--write-mapping", "proposed.toml"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert "月结天数" in told.err
    assert "--yes" in told.err
    proposed = read_mapping((folder / "proposed.toml").read_text(encoding="utf-8"), file="proposed.toml")
    assert (proposed.value, proposed.metric) == ("月结天数", "month_close_days")


@pytest.mark.usefixtures("without_child")
def test_an_import_that_went_on_tells_the_proposal_and_where_the_mapping_was_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "works", "close.csv", "--yes", "--write-mapping", "proposed.toml"]) == 0
    told = capsys.readouterr().err
    assert "  日期: date" in told
    assert "2025-01-01" in told
    assert "Mapping written to proposed.toml." in told
    assert (folder / "proposed.toml").is_file()


@pytest.mark.usefixtures("without_child")
def test_with_yes_the_proposal_is_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "works", "close.csv", "--yes", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["metrics"], told["accepted"]) == (["month_close_days"], 2)


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody", "rows.csv", "--mapping", "mapping.toml"], "nobody"),
        (["works", "none.csv", "--mapping", "mapping.toml"], "none.csv"),
        (["works", "rows.csv", "--mapping", "none.toml"], "none.toml"),
        (["works", "engagement.toml", "--mapping", "mapping.toml"], "engagement.toml"),
        (["works", "plan.csv", "--yes", "--write-mapping", "draft.toml"], "计划 | 实际"),
        (["works", "mixed.csv", "--yes"], "$300"),
        (["works", "mixed.csv", "--mapping", "loss.toml", "--write-mapping", "draft.toml"], "$300"),
        (["works", "--sql", "postgresql://u:s3cret@127.0.0.1:1/x", "--query", "none.sql"], "none.sql"),
    ],
)
def test_what_cannot_be_taken_is_one_line_on_stderr(
    arguments: list[str], words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "plan.csv").write_text("月份,类型,月结天数\n2025-01,计划,5\n2025-01,实际,6\n", encoding="utf-8")
    (folder / "mixed.csv").write_text("月份,异常损失\n2025-01,￥1200\n2025-02,$300\n", encoding="utf-8")
    (folder / "loss.toml").write_text(
        '[columns]\ndate = "月份"\nvalue = "异常损失"\nmetric = "incident_loss_amount"\n', encoding="utf-8"
    )
    assert main(["import", *arguments, "--json"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert words in told.err


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize(
    ("tongue", "kept", "repeated"),
    [
        (
            "en",
            "In 1 of the rejected rows only some cells are wrong; the other cells of these rows were taken.",
            "in 1 places rows give different values",
        ),
        ("zh", "1 行只有部分单元格有误；这些行的其他单元格已被接受", "有 1 处"),
    ],
)
def test_a_reader_is_told_of_cells_that_were_kept_and_of_rows_that_differ(
    tongue: str, kept: str, repeated: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = 'layout = "wide"\n[columns]\ndate = "month"\nmetrics = { "a" = "waiting_days", "b" = "oee" }\n'
    (folder / "wide.toml").write_text(wide + METRIC, encoding="utf-8")
    rows = "month,a,b\n2025-01,1,50\n2025-02,x,51\n2025-03,3,52\n2025-03,4,52\n2025-04,5,53\n"
    (folder / "wide.csv").write_text(rows, encoding="utf-8")
    assert main(["import", "works", "wide.csv", "--mapping", "wide.toml", "--lang", tongue]) == 0
    told = capsys.readouterr().out.replace("\u2009", " ")
    assert kept in told
    assert repeated in told


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_reason_of_a_reject_has_a_word(locale: str) -> None:
    reasons = {
        *("wrong_cell_count", "bad_quoting", "cell_too_long"),
        *("not_allowed", "total_row", "missing_value", "end_before_date", "out_of_range", "ambiguous_date"),
        *(str(read_amount(text).reason) for text in ("x", "nan")),
        *(str(read_moment(text).reason) for text in ("x", "0000-01-01", "合计")),
    }
    for reason in reasons:
        assert language("en" if locale == "en" else "zh_CN").words(f"cli.import.reason.{reason}")
