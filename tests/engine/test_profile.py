"""What stands out among the rows of one file: planted rows are found by their lines, long tails are left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from valueviz.engine.connection import query, workbench
from valueviz.engine.profile import Profile, profile

Row = tuple[datetime, float | None]
START = datetime(2024, 1, 1)  # noqa: DTZ001 - wall dates


def daily(values: Sequence[float | None], *, step: int = 1) -> list[Row]:
    return [(START + timedelta(days=step * at), value) for at, value in enumerate(values)]


def looked_at(*units: Sequence[Row], latest: date | None = None) -> Profile:
    """The profile of a file that holds one unit after the other; its first row stands on line 2."""
    rows: list[tuple[Any, ...]] = [
        (unit, at, None if value is None else float(value)) for unit, told in enumerate(units) for at, value in told
    ]
    with workbench() as connection:
        connection.execute(query("judged"))
        connection.execute("CREATE TABLE combination (combination INTEGER, unit VARCHAR)")
        connection.execute("INSERT INTO combination SELECT i, 'unit ' || i FROM range(?) AS t(i)", [len(units)])
        connection.execute("CREATE TABLE bound AS SELECT 0 AS bound, 'metric' AS metric")
        connection.execute(
            """INSERT INTO observed ("row", cell, combination, metric, bound, date, value, amount)
            SELECT row_number() OVER () + 1, 0, unit, 'metric', 0, moment, amount, amount
            FROM (SELECT unnest(?::INTEGER []) AS unit, unnest(?::TIMESTAMP []) AS moment, unnest(?::DOUBLE []) AS amount)""",
            [list(column) for column in zip(*rows, strict=True)],
        )
        return profile(lambda sql, named: connection.execute(sql, dict(named)).fetchall(), latest=latest)


def normal(count: int, seed: int = 1) -> list[float]:
    return [float(value) for value in 50 + 4 * np.random.default_rng(seed).normal(size=count)]


@pytest.mark.parametrize("factor", [0.0001, 0.001, 0.01, 0.1, 10, 100, 1000, 10_000])
def test_a_value_in_another_unit_is_found_with_its_power(factor: float) -> None:
    values = normal(40)
    values[17] *= factor
    found = looked_at(daily(values), daily(normal(40, 2)))
    assert [(each.row, each.power) for each in found.strays] == [(19, round(np.log10(factor)))]


def test_each_unit_is_compared_with_itself() -> None:
    small, large = normal(30), [1000 * value for value in normal(30, 2)]
    assert looked_at(daily(small), daily(large)).strays == ()


def test_a_value_far_away_that_no_unit_explains_is_found() -> None:
    values = normal(40)
    values[3] = 240
    assert [(each.row, each.power) for each in looked_at(daily(values)).strays] == [(5, None)]


TAILS = {
    "normal": lambda rng: rng.normal(50, 5, 3000),
    "around nothing": lambda rng: rng.normal(0, 5, 3000),
    "waiting times": lambda rng: rng.exponential(3, 3000),
    "long tails": lambda rng: np.exp(rng.normal(1, 1, 3000)),
    "some near nothing": lambda rng: np.abs(rng.normal(9, 2, 30_000)),
    "counts": lambda rng: rng.poisson(2, 3000).astype(float),
    "whole days": lambda rng: np.floor(rng.exponential(4, 3000)),
    "shares": lambda rng: rng.beta(30, 1, 3000),
    "a level that falls by half": lambda rng: np.where(np.arange(3000) < 1500, 50, 25) + rng.normal(0, 2, 3000),
}


@pytest.mark.parametrize("kind", TAILS)
def test_tails_of_ordinary_events_are_left_alone(kind: str) -> None:
    rng = np.random.default_rng(3)
    files = [looked_at([(START, float(value)) for value in TAILS[kind](rng)]) for _ in range(2)]
    assert sum(len(found.strays) for found in files) <= 1


def test_rows_that_repeat_or_contradict_others_are_told_apart() -> None:
    rows = daily(normal(30))
    rows += [rows[4], rows[4], (rows[9][0], 12.0), (rows[11][0], rows[11][1])]
    (found,) = looked_at(rows).repeats
    assert (found.same, found.same_lines) == (3, (33, 35))
    assert (found.differing, found.differing_lines) == (1, (34,))


def test_a_list_of_events_has_no_repeats() -> None:
    values = [float(at % 4) for at in range(60)]
    assert looked_at([(START + timedelta(days=at // 6), value) for at, value in enumerate(values)]).repeats == ()


def test_one_value_in_all_rows_is_found() -> None:
    assert looked_at(daily([7.0] * 12), daily([7.0] * 12)).constants == (("metric", 7.0, 24),)
    assert looked_at(daily([7.0] * 12), daily([8.0] * 12)).constants == ()


def test_dates_after_the_last_possible_day_are_found_and_that_day_is_none_of_them() -> None:
    rows = daily(normal(30))
    assert looked_at(rows, latest=date(2024, 1, 30)).future == ()
    assert looked_at(rows, latest=date(2024, 1, 27)).future == (("metric", 3, (29, 30, 31), date(2024, 1, 30)),)
    assert looked_at(rows).future == ()


def test_rows_without_a_value_are_nothing_to_look_at() -> None:
    assert looked_at(daily([None] * 20)) == Profile((), (), (), ())
