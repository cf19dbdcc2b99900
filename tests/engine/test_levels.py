"""Units that are one site in several spellings, units that are the whole of others, and rows pasted twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from valueviz.engine import rollup, site_keys
from valueviz.engine.levels import Spelling, mixed, respelled


def spelled(*units: tuple[int, str, str]) -> list[tuple[str, str]]:
    told = [Spelling(unit, site, snapshot) for snapshot, unit, site in units]
    return [(unit, one) for unit, _, one, _ in respelled(told)]


def test_a_site_is_one_whatever_its_case_width_and_spaces() -> None:
    units = ((0, '{"site":"P1"}', "P1"), (0, '{"site":"ｐ 1"}', "ｐ 1"), (0, '{"site":"ｐ1"}', "ｐ1"))
    assert spelled(*units) == [('{"site":"ｐ1"}', '{"site":"P1"}')]


def test_the_first_name_of_the_column_of_sites_is_kept_and_other_dimensions_stay() -> None:
    units = (
        (0, '{"工厂":"P1"}', "P1"),
        (1, '{"Plant":"P1","line":"p1"}', "P1"),
        (1, '{"Plant":"P2","line":"a"}', "P2"),
        (2, '{"site":"p2","工厂":"x"}', "p2"),
    )
    assert spelled(*units) == [
        ('{"Plant":"P1","line":"p1"}', '{"line":"p1","工厂":"P1"}'),
        ('{"Plant":"P2","line":"a"}', '{"line":"a","工厂":"P2"}'),
        ('{"site":"p2","工厂":"x"}', '{"site":"P2","工厂":"x"}'),
    ]


def test_units_of_one_spelling_stay_as_they_are() -> None:
    assert spelled((0, '{"site":"P1"}', "P1"), (1, '{"site":"P1"}', "P1"), (1, '{"site":"P2"}', "P2")) == []


@pytest.mark.parametrize(
    ("units", "count"),
    [
        (("{}", '{"site":"P1"}'), 1),
        (('{"site":"P1"}', '{"line":"1","site":"P1"}', '{"line":"2","site":"P1"}'), 1),
        (('{"site":"P2"}', '{"line":"1","site":"P1"}'), 0),
        (('{"site":"P1"}', '{"line":"1"}'), 0),
        (("{}",), 0),
    ],
)
def test_a_unit_that_is_the_whole_of_others_is_found(units: tuple[str, ...], count: int) -> None:
    assert mixed(units) == count


def month(at: int) -> datetime:
    return datetime(2023 + at // 12, at % 12 + 1, 1)  # noqa: DTZ001 - wall dates


def test_sites_in_several_spellings_are_rolled_up_as_one(plant: Any, row: Any, define: Any) -> None:
    earlier = [row(month(at), 5.0, unit='{"工厂":"P1"}', site="P1") for at in range(12)]
    newer = [row(month(at), 7.0, unit='{"Plant":"ｐ1"}', site="ｐ1") for at in range(6, 12)]
    cache = plant(earlier, newer)
    (told,) = rollup(cache, metrics=[define("sum", "month")])
    assert told.series.values == (5.0,) * 6 + (7.0,) * 6
    assert (told.units, site_keys(cache)) == (('{"工厂":"P1"}',), ("P1",))


@pytest.mark.parametrize(
    ("values", "times"),
    [
        ([(at, float(at)) for at in range(12)] * 2, 2),
        ([(at, float(at)) for at in range(12)] * 3, 3),
        ([(at, float(at)) for at in range(12)] * 2 + [(12, 3.0)], 2),
        ([(at, at + day / 10) for at in range(12) for day in range(3)] * 2, 2),
        ([(at, float(at)) for at in range(12)], 1),
        ([(at, float(at)) for at in range(12)] + [(3, 3.0)], 1),
        ([(at, float(at + again)) for at in range(12) for again in range(2)], 1),
        ([(at, 1.0) for at in range(12)] * 2, 1),
        ([(at, float(at)) for at in range(12) for _ in range(2 + 2 * (at % 3))], 1),
    ],
    ids=["twice", "three times", "but one", "events", "once", "one row", "other values", "ones", "unequally often"],
)
def test_rows_that_all_stand_equally_often_were_pasted(
    plant: Any, row: Any, define: Any, *, values: list[tuple[int, float]], times: int
) -> None:
    (told,) = rollup(plant([row(month(at), value) for at, value in values]), metrics=[define("sum", "month")])
    assert told.pasted == times
