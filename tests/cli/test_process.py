"""`valueviz process` and `valueviz.process`: the contract's JSON, refusals by name, one study behind both."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import valueviz
from tests.cli.calls import Said
from valueviz.cli import main

TOP = [
    *("cases", "events", "activities", "variants", "outside_segment", "overall", "before", "after", "change"),
    *("edges", "steps", "waterfall", "causes", "checks", "diagnoses", "findings"),
]
DEMO = Path(__file__).parents[2] / "datasets" / "pharma" / "batch_events.csv"


def events(cases: int = 240, *, halved: bool = True) -> pd.DataFrame:
    """Two cases a day through three steps; from 2 March 2025 on the middle one takes half as long, if so planted."""
    first, rows = datetime.fromisoformat("2025-01-01 08:00"), []
    for number in range(cases):
        begun = first + timedelta(days=number / 2, minutes=number * 7 % 50)
        hours = 20.0 + number * 13 % 9
        hours = hours / 2 if halved and begun >= datetime.fromisoformat("2025-03-02") else hours
        stamps = (begun, begun + timedelta(hours=hours), begun + timedelta(hours=hours + 2))
        names = ("open", "check", "close")
        rows += [(f"C{number}", name, at, f"P{number % 3}") for name, at in zip(names, stamps, strict=True)]
    return pd.DataFrame(rows, columns=["case", "activity", "timestamp", "channel"])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    events().to_csv(path, index=False)
    return path


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: object) -> Said:
        code = main(["process", *map(str, arguments)])
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


def told(said: Said) -> dict[str, Any]:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    assert said.code == 0, said.err
    found: dict[str, Any] = json.loads(said.out, parse_constant=refuse)
    return found


def test_json_has_the_keys_of_the_contract_in_its_order(call: Any, log: Path) -> None:
    found = told(call(log, "--go-live", "2025-03-02", "--json"))
    assert list(found) == TOP
    assert (found["cases"], found["events"], found["activities"], found["variants"]) == (240, 720, 3, 1)
    assert list(found["overall"]) == ["cases", "events", "variants", "lead_time"]
    assert list(found["overall"]["lead_time"]) == ["median", "mean", "p90"]
    assert list(found["change"]) == ["estimate", "low", "high", "level", "verdict", "reason"]
    edge = found["edges"][0]
    assert list(edge) == [
        *("from", "to", "overall", "before", "after", "change", "p", "q", "p_window", "material", "colour")
    ]
    assert list(edge["before"]) == ["count", "cases", "share", "median", "mean"]
    assert list(found["steps"][0]) == ["activity", "overall", "before", "after"]
    assert list(found["steps"][0]["overall"]) == ["events", "cases", "wait_mean", "touch_mean"]
    assert list(found["waterfall"]) == ["from", "to", "parts"]
    assert all(list(part) == ["activity", "duration", "frequency", "change"] for part in found["waterfall"]["parts"])
    assert all(list(check) == ["name", "by", "levels", "before", "after", "verdict"] for check in found["checks"])


def test_counts_and_times_are_those_of_the_rows(call: Any, log: Path) -> None:
    found = told(call(log, "--go-live", "2025-03-02", "--json"))
    frame = events()
    leads = frame.groupby("case")["timestamp"].agg(["min", "max"])
    seconds = (leads["max"] - leads["min"]).dt.total_seconds()
    after = leads["min"] >= "2025-03-02"
    assert found["overall"]["lead_time"]["median"] == pytest.approx(seconds.median(), rel=1e-9)
    assert found["before"]["cases"] == int((~after).sum())
    assert found["after"]["lead_time"]["mean"] == pytest.approx(seconds[after].mean(), rel=1e-9)
    walked = {(edge["from"], edge["to"]): edge["overall"]["count"] for edge in found["edges"]}
    assert walked == {("open", "check"): 240, ("check", "close"): 240}
    parts = [part["change"] for part in found["waterfall"]["parts"]]
    assert sum(parts) == pytest.approx(found["waterfall"]["to"] - found["waterfall"]["from"], abs=1e-4)
    assert all(step["overall"]["touch_mean"] is None for step in found["steps"])


def test_one_period_alone_has_nothing_to_compare(call: Any, log: Path) -> None:
    found = told(call(log, "--json"))
    assert (found["before"], found["after"], found["change"], found["waterfall"]) == (None, None, None, None)
    assert found["checks"] == []


def test_periods_include_both_days(call: Any, log: Path) -> None:
    found = told(call(log, "--before", "2025-01-01..2025-01-10", "--after", "2025-03-02..2025-03-02", "--json"))
    assert (found["before"]["cases"], found["after"]["cases"]) == (20, 2)


def test_a_segment_gives_its_own_lead_time_and_counts_the_cases_without_it(call: Any, tmp_path: Path) -> None:
    frame = events(60)
    path = tmp_path / "log.csv"
    frame[~((frame["case"] == "C7") & (frame["activity"] == "check"))].to_csv(path, index=False)
    found = told(call(path, "--from", "open", "--to", "check", "--json"))
    assert found["outside_segment"] == 1
    assert found["cases"] == 60
    assert found["overall"]["lead_time"]["median"] < told(call(path, "--json"))["overall"]["lead_time"]["median"]


def test_a_cohort_is_matched_by_the_attribute_that_is_named(call: Any, log: Path) -> None:
    found = told(call(log, "--go-live", "2025-03-02", "--match", "case:channel", "--json"))
    assert {check["by"] for check in found["checks"] if check["name"] == "matched_cohort"} == {"channel"}


def test_what_was_understood_is_said_besides(call: Any, log: Path) -> None:
    said = call(log, "--json", "--lang", "en")
    assert "case = case; activity = activity; completion of an event = timestamp" in said.err
    named = call(log, "--case", "case", "--activity", "activity", "--complete", "timestamp", "--json")
    assert named.err == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_json_sentences_tell_it(call: Any, log: Path, lang: str) -> None:
    said = call(log, "--go-live", "2025-03-02", "--lang", lang)
    assert said.code == 0
    assert ("lead time" if lang == "en" else "周期") in said.out


REFUSED = {
    "one period": (["--before", "2025-01-01..2025-01-31"], "--after"),
    "both ways": (
        ["--go-live", "2025-03-02", "--before", "2025-01-01..2025-01-02", "--after", "2025-03-02..2025-03-03"],
        "--go-live",
    ),
    "no date": (["--go-live", "soon"], "--go-live: soon"),
    "no period": (["--before", "2025-01-01", "--after", "2025-03-02..2025-03-03"], "--before: 2025-01-01"),
    "overlap": (["--before", "2025-01-01..2025-03-05", "--after", "2025-03-02..2025-03-08"], "2025-03-05"),
    "half a segment": (["--from", "open"], "--to"),
    "no seconds": (["--minimum", "-1"], "number of seconds"),
    "reversed": (
        ["--before", "2025-01-31..2025-01-01", "--after", "2025-03-02..2025-03-03"],
        "ends on 2025-01-01, before it begins on 2025-01-31",
    ),
    "no zone": (["--timezone", "Mars"], "Mars"),
    "no column": (["--case", "kase"], "Did you mean case?"),
    "no folder": (["--out", "/nowhere/report.pdf"], "/nowhere/report.pdf"),
}


@pytest.mark.parametrize(("options", "named"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_refused_in_one_line(call: Any, log: Path, options: list[str], named: str) -> None:
    said = call(log, *options, "--lang", "en")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert named in said.err


def test_an_unknown_activity_or_attribute_is_refused(call: Any, log: Path) -> None:
    assert "chek" in call(log, "--from", "open", "--to", "chek").err
    assert call(log, "--go-live", "2025-03-02", "--match", "colour").code == 2


def test_a_bad_row_is_named_with_file_row_and_column(call: Any, tmp_path: Path) -> None:
    frame = events(10).astype({"timestamp": str})
    frame.loc[4, "timestamp"] = "yesterday"
    path = tmp_path / "log.csv"
    frame.to_csv(path, index=False)
    said = call(path, "--lang", "en")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("log.csv, row 6, column timestamp:")


@pytest.mark.parametrize("kind", ["same", "link", "twin", "part"])
def test_a_report_never_overwrites_the_log(call: Any, log: Path, kind: str) -> None:
    out, content = log.with_name("report.pdf"), log.read_bytes()
    if kind == "same":
        out = log
    elif kind == "link":
        out.symlink_to(log)
    elif kind == "twin":
        out.hardlink_to(log)
    else:
        log = log.rename(out.with_name("report.pdf.part"))
    said = call(log, "--out", out, "--lang", "en")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "is the event log itself" in said.err
    assert log.read_bytes() == content
    assert sorted(path.name for path in log.parent.iterdir()) == sorted(
        {log.name, *([out.name] if kind[0] in "lt" else [])}
    )


def test_a_folder_or_a_ring_of_links_is_no_report(call: Any, log: Path) -> None:
    ring = log.with_name("ring")
    ring.symlink_to(ring)
    for out in (log.parent, ring, "/dev/null", log.with_name("n" * 300)):
        said = call(log, "--out", out, "--json")
        assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("cost", ["1e308", "1e400", "-1e16", "inf"])
def test_a_cost_that_is_none_is_refused_by_its_row(call: Any, tmp_path: Path, cost: str, lang: str) -> None:
    frame = events(20)
    path = tmp_path / "log.csv"
    frame.assign(cost=["12.5"] * 4 + [cost] + [""] * (len(frame) - 5)).to_csv(path, index=False)
    said = call(path, "--json", "--lang", lang)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert ("row 6, column cost" if lang == "en" else "行，“cost”列") in said.err
    assert cost in said.err


def test_costs_stored_earlier_that_are_none_do_not_count(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    costs = "CASE c WHEN 0 THEN 1e308 WHEN 1 THEN 'nan'::DOUBLE WHEN 2 THEN '-inf'::DOUBLE ELSE 10 END"
    duckdb.execute(
        f"""COPY (SELECT (c * 2 + s + 2)::BIGINT AS "row", NULL::VARCHAR AS "system", 'C' || c AS "case",
            ['open', 'close'][s + 1] AS activity, NULL::TIMESTAMP AS start,
            TIMESTAMP '2025-01-01' + to_days((c + s)::INTEGER) AS complete, NULL::VARCHAR AS resource,
            NULL::VARCHAR AS role, ({costs})::DOUBLE AS cost, NULL::VARCHAR AS site
            FROM range(20) AS a(c), range(2) AS b(s) ORDER BY 1) TO '{path}' (FORMAT parquet)"""
    )
    assert told(call(path, "--go-live", "2025-01-10", "--json"))["cases"] == 20


def test_errors_stand_alone_on_stderr_and_name_the_file_and_what_is_near(call: Any, log: Path) -> None:
    near = call(log, "--from", "opn", "--to", "close", "--lang", "en")
    assert near.err == "log.csv: The log has no activity opn. Did you mean open?\n"
    far = call(log, "--from", "nix", "--to", "close", "--lang", "en")
    assert far.err == "log.csv: The log has no activity nix; it has: check | close | open.\n"
    match = call(log, "--go-live", "2025-03-02", "--match", "regon", "--lang", "en")
    assert match.err.startswith("log.csv: The log has no case attribute regon; it has: channel.")
    assert call(log, "--match", "regon", "--lang", "en").err == match.err
    assert {said.code for said in (near, far, match)} == {2}
    assert [said.err.count("\n") for said in (near, far, match)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("options", "empty", "said"),
    [
        (["--go-live", "2024-01-01"], ("before",), "begins in the period before"),
        (["--go-live", "2030-01-01"], ("after",), "begins in the period after"),
        (
            ["--before", "2020-01-01..2020-02-01", "--after", "2030-01-01..2030-02-01"],
            ("before", "after"),
            "begins in either period",
        ),
    ],
    ids=["before", "after", "both"],
)
def test_an_empty_period_is_null_and_the_days_of_the_log_are_named(
    call: Any, log: Path, options: list[str], empty: tuple[str, ...], said: str
) -> None:
    answer = call(log, *options, "--json", "--lang", "en")
    found = told(answer)
    assert [key for key in ("before", "after") if found[key] is None] == list(empty)
    assert said in answer.err
    assert "2025-01-01" in answer.err
    assert "2025-05-0" in answer.err
    chinese = call(log, *options, "--json", "--lang", "zh").err
    assert all(part in chinese for part in ("没有开始的案例；日志始于", "2025-01-01"))


def test_a_swapped_day_is_refused_by_what_this_command_can_do(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("case,activity,complete\nA,x,01/02/2025 09:00\nA,y,03/02/2025 09:00\n", encoding="utf-8")
    assert "YYYY-MM-DD" in (english := call(path, "--lang", "en")).err
    assert "`date =" not in english.err
    assert "YYYY-MM-DD" in call(path, "--lang", "zh").err


def test_what_was_understood_is_parted_in_the_marks_of_the_language(call: Any, log: Path) -> None:
    assert "案例 = case；活动 = activity；" in call(log, "--json", "--lang", "zh").err


def test_a_path_in_chinese_is_found_under_a_locale_without_it(log: Path) -> None:
    folder = log.parent / "路径"
    folder.mkdir()
    path = log.rename(folder / "日志 一.csv")
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from valueviz.cli import main; raise SystemExit(main())",
            "process",
            os.fsencode(path),
            "--json",
            "--lang",
            "en",
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"},
    )
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["cases"] == 240


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such names")
def test_a_path_that_is_no_text_is_refused(log: Path) -> None:
    path = os.fsencode(log.parent) + b"/\xc8\xd5.csv"
    log.rename(os.fsdecode(path))
    with pytest.raises(ValueError, match="UTF-8"):
        valueviz.process(Path(os.fsdecode(path)))


def test_the_demo_log_names_its_planted_bottleneck_first(call: Any, tmp_path: Path) -> None:
    truth = json.loads((DEMO.parent / "truth.json").read_text(encoding="utf-8"))
    pdf = tmp_path / "report.pdf"
    found = told(call(DEMO, "--go-live", truth["go_live"], "--json", "--out", pdf))
    assert (found["cases"], found["events"]) == (truth["log"]["cases"], truth["log"]["rows"])
    first = found["diagnoses"][0]
    assert (first["step"], first["cause"]) == (truth["log"]["bottleneck"]["step"], truth["log"]["bottleneck"]["cause"])
    assert pdf.read_bytes().startswith(b"%PDF")


# The Python face ─────────────────────────────────────────────────────────────


def test_a_frame_gives_what_the_file_gives(call: Any, log: Path) -> None:
    found = told(call(log, "--go-live", "2025-03-02", "--json"))
    process = valueviz.process(events(), go_live="2025-03-02")
    assert process.overall.lead_time.median == found["overall"]["lead_time"]["median"]
    assert process.change is not None
    assert process.change.verdict == found["change"]["verdict"]
    frame = process.to_frame()
    assert list(frame["from"]) == [edge["from"] for edge in found["edges"]]
    assert list(frame["median_after"]) == [edge["after"]["median"] for edge in found["edges"]]
    assert list(process.steps()["activity"]) == ["open", "check", "close"]
    assert process.waterfall()["change"].sum() == pytest.approx(
        found["waterfall"]["to"] - found["waterfall"]["from"], abs=1e-4
    )
    assert (
        process.sentence("en").splitlines()[0]
        == call(log, "--go-live", "2025-03-02", "--lang", "en").out.splitlines()[0]
    )


def test_columns_of_a_frame_are_found_out_like_those_of_a_file() -> None:
    renamed = events(40).rename(columns={"case": "批号", "activity": "工序", "timestamp": "完成时间"})
    process = valueviz.process(renamed)
    assert (process.read.columns.case, process.read.columns.activity) == ("批号", "工序")
    assert process.overall.cases == 40


def test_a_process_shows_its_map_and_its_weeks() -> None:
    process = valueviz.process(events(), go_live="2025-03-02")
    drawn = process.map("zh")
    assert drawn is not None
    assert drawn._repr_svg_().startswith("<svg")
    assert "layer" in process.chart("en").to_dict()


def test_stamps_of_a_frame_keep_their_zone() -> None:
    frame = events(40)
    frame["timestamp"] = frame["timestamp"].dt.tz_localize("Asia/Shanghai")
    process = valueviz.process(frame)
    assert (process.read.zone, process.summary.first) == ("utc", datetime.fromisoformat("2025-01-01"))


def test_a_frame_that_cannot_be_taken_says_so_in_words() -> None:
    with pytest.raises(ValueError, match="case_id"):
        valueviz.process(events(10).rename(columns={"case": "case_id"}), case="kase_id")
    with pytest.raises(ValueError, match="int"):
        valueviz.process(3)
    with pytest.raises(ValueError, match="2025-01-31"):
        valueviz.process(events(10), before=("2025-01-31", "2025-01-01"), after=("2025-03-02", "2025-03-03"))
    with pytest.raises(ValueError, match="soon"):
        valueviz.process(events(10), go_live="soon")
