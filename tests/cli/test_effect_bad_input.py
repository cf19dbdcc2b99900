"""What is wrong with one series is a verdict with exit code 0, in every design: never a crash, never a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.calls import Call, caller, months, written

NOISE = np.random.default_rng(9).normal(size=48)
COUNTS = np.random.default_rng(9).poisson(6, size=48)
SILENT = ("estimate", "low", "high", "relative", "grade", "claim_interval", "step_slope", "forecast")
"""Keys that hold nothing where nothing can be stated."""


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(capsys)


def values(level: float = 50.0, *, count: int = 36) -> list[float]:
    return [round(level + float(each), 3) for each in NOISE[:count]]


CASES: dict[str, tuple[list[Any], str, tuple[str, str]]] = {
    "too short before": (values(count=17), "--go-live 2021-12", ("refused", "too_few_periods")),
    "too short after": (values(count=29), "--go-live 2023-01", ("refused", "too_few_periods")),
    "all before": (values(), "--go-live 2031-01", ("refused", "too_few_periods")),
    "all after": (values(), "--go-live 2011-01", ("refused", "too_few_periods")),
    "constant before": ([5.0] * 24 + values(count=12), "--go-live 2023-01", ("refused", "constant")),
    "nothing but zeros": ([0] * 36, "--go-live 2023-01", ("refused", "constant")),
    "a long season": (values(), "--go-live 2023-01 --season 30", ("refused", "season_too_short")),
    "much missing": ([*values(count=14), *[""] * 10, *values(count=12)], "--go-live 2023-01", ("refused", "missing")),
    "another event": (values(), "--go-live 2023-01 --event 2022-11", ("refused", "other_event")),
    "negative counts": (
        [*COUNTS[:24], -3, *COUNTS[25:36]],
        "--go-live 2023-01 --scale count",
        ("refused", "scale"),
    ),
    "zeros in logarithms": (
        [*values(count=20), 0, *values(count=15)],
        "--go-live 2023-01 --scale log",
        ("refused", "scale"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_series_that_says_nothing_is_refused_by_verdict(
    tmp_path: Path, call: Call, case: tuple[list[Any], str, tuple[str, str]]
) -> None:
    cells, options, expected = case
    rows = [{"date": month, "value": cell} for month, cell in zip(months(len(cells)), cells, strict=True)]
    said = call(written(tmp_path / "series.csv", rows), "--json", *options.split())
    (effect,) = said.effects
    assert (said.code, said.err) == (0, "")
    assert (effect["verdict"], effect["reason"]) == expected
    assert [effect[key] for key in SILENT] == [None] * len(SILENT)


LABELS: dict[str, tuple[str, str, str]] = {
    "two instruments": ("tool", "--instrument", "instrument_changed"),
    "two definitions": ("rule", "--definition-version", "definition_changed"),
}
OPTIONS: dict[str, str] = {
    "alone": "",
    "with a control": "--control x",
    "as counts": "--scale count",
    "with an exposure": "--exposure n",
    "with steps": "--steps",
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS.keys())
def test_another_yardstick_since_go_live_is_not_comparable_in_every_design(
    tmp_path: Path, call: Call, label: tuple[str, str, str], options: str
) -> None:
    column, option, reason = label
    rows = [
        {"date": month, "value": COUNTS[at], "x": NOISE[at], "n": 50 + at, column: "old" if at < 24 else "new"}
        for at, month in enumerate(months(36))
    ]
    given = options.split()
    if options == "--steps":
        given.append(str(written(tmp_path / "steps.csv", [{"step": "s", "date": "2023-01"}])))
    said = call(written(tmp_path / "series.csv", rows), "--go-live", "2023-01", option, column, "--json", *given)
    (effect,) = said.effects
    assert (said.code, effect["verdict"], effect["reason"]) == (0, "not_comparable", reason)
    assert [effect[key] for key in SILENT] == [None] * len(SILENT)
    assert effect.get("attribution", []) == []


def test_more_controls_than_a_third_of_the_periods_before_become_donors(tmp_path: Path, call: Call) -> None:
    rng = np.random.default_rng(4)
    common = np.cumsum(rng.normal(size=36))
    names = [f"x{k}" for k in range(9)]
    rows: list[dict[str, Any]] = [
        {
            "date": month,
            "value": round(60 + common[at] + NOISE[at] - 7 * (at >= 24), 3),
            **{name: round(50 + common[at] + float(rng.normal()), 3) for name in names},
        }
        for at, month in enumerate(months(36))
    ]
    path = written(tmp_path / "many.csv", rows)
    (many,) = call(path, "--go-live", "2023-01", "--control", *names, "--json").effects
    assert (many["method"] in ("sc", "sdid"), many["series"]) == (True, "many")
    assert many["low"] <= -7 <= many["high"]
    (few,) = call(path, "--go-live", "2023-01", "--control", *names[:2], "--json").effects
    assert few["method"] == "segmented_step"
    assert few["verdict"] == "improved"
    by_hand = call(path, "--go-live", "2023-01", "--control", *names[:6], "--method", "sc", "--json")
    assert (by_hand.code, by_hand.effects[0]["method"], by_hand.effects[0]["grade"]) == (0, "sc", "C")
