"""`valueviz process` and `valueviz.process`: the contract's JSON, refusals by name, one study behind both."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

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
    "no seconds": (["--minimum", "-1"], "--minimum"),
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
        valueviz.process(events(10).rename(columns={"case": "case_id"}))
    with pytest.raises(ValueError, match="int"):
        valueviz.process(3)
    with pytest.raises(ValueError, match="soon"):
        valueviz.process(events(10), go_live="soon")
