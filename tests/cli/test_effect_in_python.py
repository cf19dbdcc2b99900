"""`valueviz.effect(frame, …)`: the options and the answers of the command line, under the same names."""

from __future__ import annotations

import json
from datetime import date
from math import fsum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import valueviz
from tests.cli.calls import Call, caller
from tests.cli.test_effect import KEYS

asked: Any = valueviz.effect
"""Typed loosely: an Effect or Effects, by what the frame holds."""

MONTHS = pd.date_range("2021-01-01", periods=48, freq="MS")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(capsys)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUEVIZ_LANG", "en")


def table() -> pd.DataFrame:
    """Six sites with a control and a denominator; site a falls by 8 after 24 months and by 5 more after 33."""
    rng = np.random.default_rng(6)
    common = np.cumsum(rng.normal(size=48))
    at = np.arange(48)
    frames = []
    for place, site in enumerate("abcdef"):
        values = 80 + 3 * place + common + rng.normal(size=48)
        if site == "a":
            values = values - 8 * (at >= 24) - 5 * (at >= 33)
        columns = {"series": site, "date": MONTHS, "value": values.round(3), "x": common.round(3), "n": 100 + at}
        frames.append(pd.DataFrame(columns))
    return pd.concat(frames, ignore_index=True)


STEPS = [
    {"step": "cutover", "date": date(2023, 1, 1), "by": "vendor"},
    {"step": "training", "date": "2023-10-01", "phase": "training", "ramp": 2},
]

CASES: dict[str, tuple[bool, dict[str, Any], list[str]]] = {
    "a control": (True, {"control": "x"}, ["--control", "x"]),
    "counts": (True, {"exposure": "n", "scale": "count"}, ["--exposure", "n", "--scale", "count"]),
    "a method": (True, {"method": "segmented_step", "season": 1}, ["--method", "segmented_step", "--season", "1"]),
    "a calendar": (True, {"calendar": "CN", "transition": 2}, ["--calendar", "CN", "--transition", "2"]),
    "one treated": (False, {"treated": "a"}, ["--treated", "a"]),
    "donors": (False, {"treated": "a", "donors": ["b", "c", "d"]}, ["--treated", "a", "--donors", "b,c,d"]),
    "events": (True, {"events": [date(2022, 11, 1)]}, ["--event", "2022-11-01"]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_answers_are_those_of_the_command_line(
    tmp_path: Path, call: Call, case: tuple[bool, dict[str, Any], list[str]]
) -> None:
    single, options, arguments = case
    frame = table()
    frame = frame[frame["series"] == "a"] if single else frame
    path = tmp_path / "frame.csv"
    frame.to_csv(path, index=False)
    (expected,) = call(path, "--go-live", "2023-01-01", "--json", *arguments).effects
    answered = asked(frame, go_live="2023-01-01", **options)
    plain = ("estimate", "low", "high", "relative", "verdict", "reason", "method", "grade", "n_before", "n_after")
    assert {name: getattr(answered, name) for name in plain} == {name: expected[name] for name in plain}
    assert [name for name in KEYS if name != "series" and not hasattr(answered, name)] == []
    assert list(answered.warnings) == expected["warnings"]
    assert answered.attribution is None


def test_a_roll_out_of_a_wide_frame(tmp_path: Path, call: Call) -> None:
    wide = table().pivot_table(index="date", columns="series", values="value").reset_index()
    path = tmp_path / "wide.csv"
    wide.to_csv(path, index=False)
    (expected,) = call(path, "--wide", "--treated", "a", "--go-live", "2023-01-01", "--json").effects
    answered = asked(wide, wide=True, treated="a", go_live="2023-01-01")
    assert (answered.estimate, answered.method) == (expected["estimate"], expected["method"])
    assert len(answered.to_frame()) == 48


@pytest.mark.parametrize("steps", [STEPS, pd.DataFrame(STEPS)], ids=["dicts", "a frame"])
def test_steps_split_the_effect(steps: Any) -> None:
    frame = table()
    answered = asked(frame[frame["series"] == "a"], steps=steps, control=["x"])
    assert [part.steps for part in answered.attribution] == [("cutover",), ("training",), ()]
    assert fsum(part.estimate for part in answered.attribution) == answered.estimate
    assert "training (Training and support)" in answered.sentence("en")
    assert "没有任何有日期的步骤" in answered.sentence("zh").replace("\u2009", "")


def test_a_panel_is_shown_as_the_mean_of_its_treated_units() -> None:
    frame = table()
    answered = asked(frame, treated="a", go_live="2023-01-01")
    shown = answered.to_frame()
    assert list(shown["value"]) == list(frame[frame["series"] == "a"]["value"])
    spec = json.loads(answered.chart("en").to_json())
    assert "layer" in spec or "vconcat" in spec or "mark" in spec


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "an unknown control": ({"control": "xx"}, ("frame", "xx", "Did you mean x?")),
    "an unknown treated": ({"treated": "aa"}, ("frame", "treated", "aa", "Did you mean a?")),
    "an unknown donor": ({"treated": "a", "donors": ["z"]}, ("frame", "donors", "z")),
    "a panel and one treated": ({"treated": "a", "panel": True}, ("panel", "treated")),
    "an unknown method": ({"method": "magic"}, ("method", "magic", "sdid")),
    "an unknown scale": ({"scale": "sqrt"}, ("scale", "sqrt", "identity")),
    "an unknown calendar": ({"calendar": "DE"}, ("calendar", "DE", "CN")),
    "a negative transition": ({"transition": -1}, ("transition", "-1")),
    "a bad season": ({"season": 0.5}, ("0.5",)),
    "a step twice": ({"steps": [STEPS[0], STEPS[0]]}, ("steps", "row 2", "cutover")),
    "a step without a date": ({"steps": [{"step": "x"}]}, ("steps", "date")),
    "no table": ({"steps": 5}, ("int",)),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_answered_is_a_value_error_without_dashes(case: tuple[dict[str, Any], tuple[str, ...]]) -> None:
    options, named = case
    with pytest.raises(ValueError, match=r"\w") as caught:
        asked(table(), go_live="2023-01", **options)
    sentence = str(caught.value)
    assert [word for word in named if word not in sentence] == []
    assert "--" not in sentence
    assert "\n" not in sentence


def test_what_the_command_line_spells_with_dashes_is_spelled_without() -> None:
    with pytest.raises(ValueError, match=r"by go_live, or by a column go_live"):
        asked(table())
    doubled = pd.DataFrame([["2021-01", 1, 2]], columns=["date", "a", "a"])
    with pytest.raises(ValueError, match=r"column 3: The header a stands over two columns"):
        asked(doubled, wide=True, go_live="2021-01")


@pytest.mark.parametrize(("name", "given"), [("transition", 1.5), ("transition", True), ("season", "x")])
def test_a_value_no_option_has_is_named(name: str, given: Any) -> None:
    frame = pd.DataFrame({"date": pd.date_range("2020-01-01", periods=40, freq="MS"), "value": range(40)})
    with pytest.raises(ValueError, match=name):
        valueviz.effect(frame, go_live="2022-01", **{name: given})
