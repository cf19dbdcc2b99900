"""`valueviz effect` from file to output, as another program or a person sees it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook

from valueviz.cli import main

KEYS = [
    "series",
    "estimate",
    "low",
    "high",
    "level",
    "relative",
    "relative_low",
    "relative_high",
    "verdict",
    "reason",
    "method",
    "grade",
    "claim_interval",
    "step_slope",
    "forecast",
    "n_before",
    "n_after",
    "better",
    "scale",
    "season",
    "grain",
    "warnings",
    "diagnostics",
]
CHECKS = [
    "wandering",
    "step_slope_disagrees",
    "residual_autocorrelation",
    "pre_trend",
    "placebo",
    "leave_one_out",
    "change_date",
    "xmr",
    "minimum_detectable",
    "periods_needed",
]
NOISE = np.random.default_rng(3).normal(size=(3, 36))


def months() -> list[str]:
    return [f"{2021 + i // 12}-{i % 12 + 1:02d}" for i in range(36)]


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    """Three series: one falls by 20 in 2023, one stays, one has another instrument from then on."""
    lines = ["series,date,value,instrument"]
    for i, month in enumerate(months()):
        after = i >= 24
        values = [100 + 3 * NOISE[k, i] - (20 if after and k == 0 else 0) for k in range(3)]
        tools = ["log", "log", "export" if after else "log"]
        lines += [
            f"{key},{month},{value!r},{tool}"
            for key, value, tool in zip("abc", (round(float(v), 4) for v in values), tools, strict=True)
        ]
    path = tmp_path / "series.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["effect", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_one_json_line_a_series_with_the_keys_in_contract_order(
    long_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, str(long_file), "--go-live", "2023-01-15", "--json")
    assert code == 0
    assert err.startswith("3 series, 2 tested, 1 changed")
    effects = [json.loads(line) for line in out.splitlines()]
    assert [list(effect) for effect in effects] == [KEYS] * 3
    assert [list(effect["diagnostics"]) for effect in effects] == [CHECKS] * 3
    assert [(e["series"], e["verdict"], e["reason"]) for e in effects] == [
        ("a", "improved", None),
        ("b", "not_provable_yet", "primary_includes_zero"),
        ("c", "not_comparable", "instrument_changed"),
    ]
    first, _, silent = effects
    assert (first["level"], first["claim_interval"]["level"], first["season"], first["grain"]) == (
        0.95,
        0.97,
        12,
        "month",
    )
    assert first["low"] <= -20 <= first["high"]
    assert all(math.isfinite(first[key]) for key in ("estimate", "low", "high", "relative"))
    numbers = (
        "estimate",
        "low",
        "high",
        "relative",
        "relative_low",
        "relative_high",
        "grade",
        "claim_interval",
        "step_slope",
        "forecast",
    )
    assert [silent[key] for key in numbers] == [None] * len(numbers)
    assert "NaN" not in out
    assert "Infinity" not in out


def test_floats_come_in_their_shortest_round_trip_form(long_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, str(long_file), "--go-live", "2023-01", "--json")
    for line in out.splitlines():
        for text in (token.strip(" :,}") for token in line.replace("{", " ").split()):
            if text.startswith(("-", *"0123456789")) and "." in text:
                assert repr(float(text)) == text


def test_a_workbook_is_read_as_the_text_file_is(
    long_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in long_file.read_text(encoding="utf-8").splitlines():
        series, date, value, tool = line.split(",")
        sheet.append([series, date, value if value == "value" else float(value), tool])
    path = tmp_path / "series.xlsx"
    book.save(path)
    assert run(capsys, str(path), "--go-live", "2023-01", "--json") == run(
        capsys, str(long_file), "--go-live", "2023-01", "--json"
    )


@pytest.mark.parametrize(("lang", "words"), [("en", ("improved", "not comparable")), ("zh", ("改善", "不可比"))])
def test_without_json_sentences_say_the_same(
    long_file: Path, lang: str, words: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(capsys, str(long_file), "--go-live", "2023-01", "--lang", lang)
    assert code == 0
    assert all(word in out for word in words)
    assert "{" not in out


def test_the_options_reach_the_design(long_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        *("--go-live", "2023-01", "--better", "higher", "--transition", "2", "--season", "1", "--scale", "identity"),
        *("--calendar", "CN", "--method", "segmented_step", "--json"),
    )
    _, out, _ = run(capsys, str(long_file), *arguments)
    effect = json.loads(out.splitlines()[0])
    assert (effect["verdict"], effect["better"], effect["n_after"]) == ("worse", "higher", 10)
    assert (effect["season"], effect["scale"], effect["grade"]) == (1, "identity", "C")
    _, out, _ = run(capsys, str(long_file), "--go-live", "2023-01", "--event", "2022-11", "2021-02", "--json")
    assert json.loads(out.splitlines()[0])["reason"] == "other_event"


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "an unknown control": (("--go-live", "2023-01", "--control", "instrumen"), "instrument"),
    "an unknown exposure": (("--go-live", "2023-01", "--exposure", "orders"), "orders"),
    "steps that are nowhere": (("--steps", "steps.csv"), "steps.csv"),
    "an unknown treated series": (("--go-live", "2023-01", "--treated", "z"), "z"),
    "no go-live": ((), "--go-live"),
    "a go-live of another kind": (("--go-live", "5"), "--go-live"),
    "a bad season": (("--go-live", "2023-01", "--season", "0.5"), "--season"),
    "a bad transition": (("--go-live", "2023-01", "--transition", "-1"), "--transition"),
    "a bad calendar": (("--go-live", "2023-01", "--calendar", "XX"), "--calendar"),
    "an unknown column": (("--go-live", "2023-01", "--value", "valu"), "value"),
    "an unknown method": (("--go-live", "2023-01", "--method", "magic"), "magic"),
}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("arguments", "named"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_answered_is_one_line_on_stderr(
    long_file: Path, arguments: tuple[str, ...], named: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, str(long_file), *arguments, "--json", "--lang", lang)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert named in err


def test_a_bad_cell_is_an_error_that_names_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "date,value\n" + "".join(f"{month},{i}\n" for i, month in enumerate(months())) + "2024-01,oops\n",
        encoding="utf-8",
    )
    code, out, err = run(capsys, str(path), "--go-live", "2023-01", "--json")
    assert (code, out) == (2, "")
    assert all(part in err for part in ("bad.csv", "38", "value", "oops"))


def test_many_series_are_answered_with_a_control_of_false_discoveries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    lines = [",".join(["date", *(f"s{k}" for k in range(12))])]
    drawn: Any = 50 + rng.normal(size=(36, 12))
    lines += [",".join([month, *(repr(float(v)) for v in row)]) for month, row in zip(months(), drawn, strict=True)]
    path = tmp_path / "wide.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    code, out, _ = run(capsys, str(path), "--wide", "--go-live", "2023-01", "--lang", "en")
    assert code == 0
    assert "12 series, 12 tested" in out.replace("\u2009", " ")
