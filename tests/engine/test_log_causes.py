"""Waiting-time causes: the hand-made logs of another project, row by row, and what a definition demands."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.engine.logs import Event, shared_events, write_log
from valueviz.analysis.process.log import Cause, Cut
from valueviz.engine.log import build_log, reading
from valueviz.engine.log.shift import DAY, HOUR, Shift, available, hours, shift

COLUMNS = ("batching", "prioritization", "contention", "unavailability", "extraneous")


def seconds(text: str) -> float:
    """The seconds of "0 days 01:45:00" or "0 days"."""
    days, _, clock = text.partition(" days")
    hour, minute, second = (clock.strip() or "00:00:00").split(":")
    return ((float(days) * 24 + float(hour)) * 60 + float(minute)) * 60 + float(second)


def told(cause: Cause) -> tuple[float, ...]:
    return (
        cause.count,
        cause.batching,
        cause.prioritisation,
        cause.contention,
        cause.unavailability,
        cause.extraneous,
    )


def causes_of(path: Path, events: list[Event]) -> dict[tuple[str, str, str, str], tuple[float, ...]]:
    build_log(path / "log.duckdb", [write_log(path / "log.parquet", events)])
    with reading(path / "log.duckdb", Cut()) as log:
        found = {(c.source, c.source_resource, c.target, c.target_resource): told(c) for c in log.causes()}
        waited = sum(part.waited for part in log.frontier())
    assert sum(sum(row[1:]) for row in found.values()) == pytest.approx(waited, abs=1e-5)
    return found


@pytest.mark.parametrize(("number", "rows"), [(1, 8), (2, 8), (3, 14)])
def test_every_row_of_the_hand_made_logs_is_met(shared: Path, tmp_path: Path, number: int, rows: int) -> None:
    expected = {}
    with (shared / "data" / "process" / "kronos" / f"manual_log_{number}_expected.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = tuple(
                row[name] for name in ("source_activity", "source_resource", "target_activity", "target_resource")
            )
            expected[key] = (float(row["frequency"]), *(seconds(row[f"wt_{name}"]) for name in COLUMNS))
    assert len(expected) == rows
    assert causes_of(tmp_path, list(shared_events(shared, f"manual_log_{number}"))) == expected


def at(hour: float) -> datetime:
    return datetime.fromisoformat("2024-03-04") + timedelta(hours=hour)


def test_work_on_two_things_at_once_is_counted_once(tmp_path: Path) -> None:
    events = [
        Event("1", "ask", at(9), start=at(8), resource="Ann"),
        Event("1", "pay", at(16), start=at(15), resource="Bob"),
        # Bob is at two earlier things from 10 to 13 and at a later one from 12 to 14
        Event("2", "call", at(12), start=at(8.5), resource="Bob"),
        Event("3", "mail", at(13), start=at(8.75), resource="Bob"),
        Event("4", "walk", at(14), start=at(12), resource="Bob"),
    ]
    assert causes_of(tmp_path, events) == {("ask", "Ann", "pay", "Bob"): (1, 0, 3600, 4 * 3600, 0, 3600)}


def test_nights_of_a_resource_are_unavailability(tmp_path: Path) -> None:
    events = [
        Event("1", "ask", at(9), start=at(8), resource="Ann"),
        Event("1", "pay", at(24 + 10), start=at(24 + 9), resource="Ann"),
        Event("2", "file", at(17), start=at(16), resource="Ann"),
        Event("3", "file", at(12.5), start=at(11.5), resource="Ann"),
    ]
    # Monday from eight to five and Tuesday from nine on: off from five to nine the next day
    assert causes_of(tmp_path, events) == {("ask", "Ann", "pay", "Ann"): (1, 0, 7200, 0, 16 * 3600, 6 * 3600)}


def test_steps_without_resource_or_start_have_no_cause(tmp_path: Path) -> None:
    events = [
        Event("1", "a", at(9), start=at(8), resource="Ann"),
        Event("1", "b", at(11), start=at(10)),
        Event("1", "c", at(13), resource="Ann"),
        Event("1", "d", at(15), start=at(14), resource="Ann"),
    ]
    build_log(tmp_path / "log.duckdb", [write_log(tmp_path / "log.parquet", events)])
    with reading(tmp_path / "log.duckdb", Cut()) as log:
        assert [(cause.source, cause.target, cause.extraneous) for cause in log.causes()] == [("c", "d", 3600)]


def test_hours_come_from_the_stamps_and_exceptions_do_not_count() -> None:
    weekdays = np.array([day for day in range(200) if (day + 3) % 7 < 5]) * DAY  # from the epoch, a Thursday
    begins = np.concatenate((weekdays + 8 * HOUR, weekdays + 13 * HOUR, [weekdays[0] + 3 * HOUR]))
    ends = np.concatenate((weekdays + 12 * HOUR, weekdays + 17 * HOUR, [weekdays[0] + 4 * HOUR]))
    opens, closes = hours(begins, ends)
    assert list(opens // HOUR) == [8] * 5 + [0] * 2
    assert list(closes // HOUR) == [17] * 5 + [0] * 2
    found = shift(begins, ends, pooled=(opens, closes))
    assert found.pauses
    week = np.array([4 * DAY + 50 * 7 * DAY])
    assert available(week, week + 7 * DAY, found)[0] == 5 * (9 * HOUR - HOUR // 2)


def test_availability_adds_up_over_any_cutting() -> None:
    found = Shift(np.array([8, 8, 8, 8, 8, 10, 0]) * HOUR, np.array([17, 17, 17, 17, 12, 12, 0]) * HOUR, True)
    moments = np.sort(np.random.default_rng(7).integers(-30 * DAY, 30 * DAY, 500))
    parts = available(moments[:-1], moments[1:], found)
    assert parts.sum() == available(moments[:1], moments[-1:], found)[0]
    minutes = np.arange(4 * DAY, 11 * DAY, HOUR // 60)
    worked = available(minutes, minutes + HOUR // 60, found)
    assert set(worked) == {0, HOUR // 60}
    # Friday and Saturday end at twelve, so that their break at noon takes nothing
    assert worked.sum() == (4 * 9 + 4 + 2) * HOUR - 4 * HOUR // 2
