"""`valueviz effect --steps`: one effect split over dated steps, with a remainder, adding up to the last bit."""

from __future__ import annotations

from math import fsum
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.calls import caller, months, written
from tests.cli.test_effect import KEYS

STEP_CUT, TRAINING = 12.0, 8.0
"""What the planted steps bring."""


@pytest.fixture
def stepped(tmp_path: Path) -> tuple[Path, Path]:
    """48 months that fall by 12 from month 24 and by 8 more from month 33 on, and the list of those steps."""
    noise = np.random.default_rng(11).normal(size=48)
    values = 100 + 2 * noise - STEP_CUT * (np.arange(48) >= 24) - TRAINING * (np.arange(48) >= 33)
    series = [{"date": month, "value": round(float(value), 4)} for month, value in zip(months(48), values, strict=True)]
    steps: list[dict[str, Any]] = [
        {"step": "cutover", "date": "2023-01", "phase": "deployment", "by": "vendor", "ramp": ""},
        {"step": "training", "date": "2023-10", "phase": "training", "by": "client", "ramp": "0"},
    ]
    return written(tmp_path / "days.csv", series), written(tmp_path / "steps.csv", steps)


def test_parts_and_remainder_follow_the_diagnostics_and_add_up(
    stepped: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    series, steps = stepped
    (effect,) = caller(capsys)(series, "--steps", steps, "--season", "1", "--json").effects
    assert list(effect) == [*KEYS, "attribution"]
    parts = effect["attribution"]
    assert [list(part) for part in parts] == [["kind", "steps", "estimate", "low", "high", "share"]] * 3
    assert [(part["kind"], part["steps"]) for part in parts] == [
        ("step", ["cutover"]),
        ("step", ["training"]),
        ("remainder", []),
    ]
    assert fsum(part["estimate"] for part in parts) == effect["estimate"]
    assert fsum(part["share"] for part in parts) == pytest.approx(1, abs=1e-12)
    weight = 15 / 24  # of the 24 months after the second step counts in 15
    assert parts[0]["low"] <= -STEP_CUT <= parts[0]["high"]
    assert parts[1]["low"] <= -TRAINING * weight <= parts[1]["high"]
    assert (effect["n_before"], effect["n_after"], effect["method"]) == (24, 24, "segmented_step")


def test_the_first_step_is_the_go_live_unless_another_one_is_named(
    stepped: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    series, steps = stepped
    call = caller(capsys)
    said = call(series, "--steps", steps, "--json")
    assert said == call(series, "--steps", steps, "--go-live", "2023-01-31", "--json")
    (later,) = call(series, "--steps", steps, "--go-live", "2023-03", "--json").effects
    assert (later["n_before"], later["n_after"]) == (26, 22)


def test_without_steps_there_is_no_attribution(stepped: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    (effect,) = caller(capsys)(stepped[0], "--go-live", "2023-01", "--json").effects
    assert "attribution" not in effect


def test_steps_in_any_order_and_rows_in_any_order_give_the_same_bytes(
    stepped: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shuffled = []
    for path in stepped:
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        order = np.random.default_rng(5).permutation(len(rows))
        (tmp_path / "other").mkdir(exist_ok=True)
        other = tmp_path / "other" / path.name
        other.write_text("\n".join([header, *(rows[at] for at in order)]) + "\n", encoding="utf-8")
        shuffled.append(other)
    call = caller(capsys)
    first = call(stepped[0], "--steps", stepped[1], "--json")
    assert first.code == 0
    assert first == call(shuffled[0], "--steps", shuffled[1], "--json")


CLOSE: dict[str, tuple[str, str]] = {
    "on one date": ("2023-01", "2023-01"),
    "a month apart": ("2023-01", "2023-02"),
}


@pytest.mark.parametrize("dates", CLOSE.values(), ids=CLOSE.keys())
def test_steps_too_close_to_tell_apart_are_one_block(
    stepped: tuple[Path, Path], tmp_path: Path, dates: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    steps = written(tmp_path / "close.csv", [{"step": f"s{at}", "date": date} for at, date in enumerate(dates)])
    (effect,) = caller(capsys)(stepped[0], "--steps", steps, "--json").effects
    assert [(part["kind"], part["steps"]) for part in effect["attribution"]] == [
        ("block", ["s0", "s1"]),
        ("remainder", []),
    ]
    assert fsum(part["estimate"] for part in effect["attribution"]) == effect["estimate"]


OUTSIDE: dict[str, str] = {"all after": "2031-01", "all before": "2011-01"}


@pytest.mark.parametrize("date", OUTSIDE.values(), ids=OUTSIDE.keys())
def test_steps_outside_the_data_are_refused_by_verdict(
    stepped: tuple[Path, Path], tmp_path: Path, date: str, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = written(tmp_path / "far.csv", [{"step": "far", "date": date}])
    said = caller(capsys)(stepped[0], "--steps", steps, "--json")
    (effect,) = said.effects
    assert (said.code, effect["verdict"], effect["reason"]) == (0, "refused", "too_few_periods")
    assert (effect["estimate"], effect["grade"], effect["attribution"]) == (None, None, [])


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("cutover (Deployment and configuration, vendor)", "what no dated step explains", "of the total")),
        ("zh", ("cutover（部署与配置；实施方）", "没有任何有日期的步骤可以解释的部分", "占总变化的")),
    ],
)
def test_parts_are_told_with_phase_and_doer(
    stepped: tuple[Path, Path], lang: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    said = caller(capsys)(stepped[0], "--steps", stepped[1], "--lang", lang)
    assert [word for word in words if word not in said.out] == []


@pytest.mark.parametrize(("lang", "words"), [("en", "which the data cannot tell apart"), ("zh", "数据无法区分")])
def test_a_block_is_told_as_one(
    stepped: tuple[Path, Path], tmp_path: Path, lang: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = written(tmp_path / "close.csv", [{"step": name, "date": "2023-01"} for name in ("left", "right")])
    said = caller(capsys)(stepped[0], "--steps", steps, "--lang", lang)
    assert words in said.out
    assert "left" in said.out
    assert "right" in said.out


def test_the_steps_split_every_series_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise = np.random.default_rng(2).normal(size=(2, 40))
    rows = [
        {"series": key, "date": month, "value": round(float(50 + noise[k, at] - 6 * (at >= 20)), 3)}
        for k, key in enumerate("ab")
        for at, month in enumerate(months(40))
    ]
    steps = written(tmp_path / "steps.csv", [{"step": "only", "date": "2022-09"}])
    found = caller(capsys)(written(tmp_path / "two.csv", rows), "--steps", steps, "--json").effects
    assert [(effect["series"], effect["attribution"][0]["steps"]) for effect in found] == [
        ("a", ["only"]),
        ("b", ["only"]),
    ]


def test_small_counts_are_split_like_other_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = np.random.default_rng(3).poisson(np.where(np.arange(48) < 24, 9, 4))
    drawn[5] = 0  # positive ones would be taken as logarithms
    rows = [{"date": month, "value": int(value)} for month, value in zip(months(48), drawn, strict=True)]
    steps = written(tmp_path / "steps.csv", [{"step": "s", "date": "2023-01"}])
    path = written(tmp_path / "errors.csv", rows)
    call = caller(capsys)
    (effect,) = call(path, "--steps", steps, "--json").effects
    assert (effect["method"], effect["grade"] in ("B", "C")) == ("segmented_step", True)
    assert [part["kind"] for part in effect["attribution"]] == ["step", "remainder"]
    assert fsum(part["estimate"] for part in effect["attribution"]) == effect["estimate"]
    assert call(path, "--go-live", "2023-01", "--json").effects[0]["method"] == "count_step"


def test_a_total_without_a_measurable_step_is_all_remainder(
    stepped: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = written(tmp_path / "late.csv", [{"step": "late", "date": "2024-12"}])
    call = caller(capsys)
    (effect,) = call(stepped[0], "--steps", steps, "--go-live", "2023-01", "--json").effects
    (rest,) = effect["attribution"]
    assert (rest["kind"], rest["steps"], rest["estimate"]) == ("remainder", [], effect["estimate"])
    assert (
        "too few measured periods follow"
        in call(stepped[0], "--steps", steps, "--go-live", "2023-01", "--lang", "en").out
    )


def test_a_series_that_never_went_live_is_refused_with_steps_too(
    stepped: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, *rows = stepped[0].read_text(encoding="utf-8").splitlines()
    path = tmp_path / "never.csv"
    path.write_text("\n".join([f"{header},go_live", *(f"{row}," for row in rows)]) + "\n", encoding="utf-8")
    (effect,) = caller(capsys)(path, "--steps", stepped[1], "--json").effects
    assert (effect["verdict"], effect["reason"], effect["attribution"]) == ("refused", "too_few_periods", [])


def test_each_line_is_written_before_the_next_series_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from valueviz.cli import effect as command
    from valueviz.intake.inquiry import Answer, Question

    happened: list[str] = []
    answer = Question.answer

    def answered(self: Question) -> Answer:
        happened.append("answered")
        return answer(self)

    monkeypatch.setattr(Question, "answer", answered)
    monkeypatch.setattr(command, "emit", lambda _value: happened.append("written"))
    wide = [{"date": month, "a": 5 + at % 3, "b": 7 + at % 4} for at, month in enumerate(months(24))]
    assert caller(capsys)(written(tmp_path / "w.csv", wide), "--wide", "--go-live", "2022-01", "--json").code == 0
    assert happened == ["answered", "written"] * 2
