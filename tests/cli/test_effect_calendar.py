"""`valueviz effect --calendar CN`: days off, make-up working days, and years nobody has arranged yet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.cli.calls import Call, caller, months, written
from valueviz.catalog import moved_days
from valueviz.catalog.calendars import LAST_ARRANGED_YEAR

GO_LIVE = date(2024, 7, 1)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    return caller(capsys)


def orders(path: Path, *, everyday: bool) -> Path:
    """Orders a day of a plant that works when China works, 6 fewer from July 2024 on.

    `everyday` records zero work on days off as 20 orders; else such a day has no row.
    """
    rng = np.random.default_rng(3)
    days = [date(2023, 9, 1) + timedelta(days=offset) for offset in range(480)]
    off, worked = moved_days(tuple(day.toordinal() for day in days), "day")
    rows = []
    for day, holiday, made_up in zip(days, off, worked, strict=True):
        working = bool(made_up) or (day.weekday() < 5 and not holiday)
        level = (100 if working else 20) - 6 * (day >= GO_LIVE) + 3 * rng.normal()
        if working or everyday:
            rows.append({"date": day.isoformat(), "value": round(float(level), 3)})
    return written(path, rows)


def test_days_off_and_make_up_days_are_explained_by_the_calendar(tmp_path: Path, call: Call) -> None:
    path = orders(tmp_path / "orders.csv", everyday=True)
    arguments = (path, "--go-live", GO_LIVE.isoformat(), "--scale", "identity", "--json")
    (plain,), (aware,) = call(*arguments).effects, call(*arguments, "--calendar", "CN").effects
    assert aware["high"] - aware["low"] < 0.6 * (plain["high"] - plain["low"])
    assert aware["low"] <= -6 <= aware["high"]
    assert aware["verdict"] == "improved"


def test_a_few_saturdays_worked_do_not_make_all_others_missing(tmp_path: Path, call: Call) -> None:
    path = orders(tmp_path / "orders.csv", everyday=False)
    arguments = (path, "--go-live", GO_LIVE.isoformat(), "--scale", "identity", "--json")
    (effect,) = call(*arguments, "--calendar", "CN").effects
    assert (effect["verdict"], effect["reason"]) == ("improved", None)
    assert effect["low"] <= -6 <= effect["high"]


@pytest.mark.parametrize(("lang", "words"), [("en", "not announced yet"), ("zh", "尚未公布")])
def test_years_not_arranged_yet_are_said_to_be_provisional(tmp_path: Path, call: Call, lang: str, words: str) -> None:
    first = LAST_ARRANGED_YEAR - 1
    rows = [{"date": month, "value": 10 + (7 * at) % 5} for at, month in enumerate(months(36, first=first))]
    path = written(tmp_path / "future.csv", rows)
    arguments = (path, "--go-live", f"{LAST_ARRANGED_YEAR + 1}-01", "--lang", lang)
    counted = call(*arguments, "--calendar", "CN", "--json")
    assert counted.code == 0
    assert words in counted.err
    assert str(LAST_ARRANGED_YEAR + 1) in counted.err
    assert str(LAST_ARRANGED_YEAR) not in counted.err
    told = call(*arguments, "--calendar", "CN")
    assert words in told.out
    assert told.err == ""
    assert words not in call(*arguments).out
