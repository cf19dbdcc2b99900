"""Small logs whose every number can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.engine.logs import Event, plain, write_log
from valueviz.analysis.process.log import Cut
from valueviz.engine.log import WorkTime, build_log, reading
from valueviz.errors import StoreError, UsageError
from valueviz.terms import Window, period_of

HOUR = 3600.0
NOON = datetime.fromisoformat("2024-03-04T12:00")
"""A Monday."""

Plant = Callable[..., Path]


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """Writes events as a log, or several of them as one, and codes it."""
    folder = tmp_path_factory.mktemp("日志 logs")
    made = iter(range(1_000_000))

    def write(*files: Iterable[Event]) -> Path:
        number = next(made)
        paths = [write_log(folder / f"{number} {at}.parquet", events) for at, events in enumerate(files)]
        build_log(folder / f"{number}.duckdb", paths)
        return folder / f"{number}.duckdb"

    return write


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def orders() -> list[Event]:
    """Three orders: one straight, one corrected once, one that skips the check; hours after noon of a Monday."""
    rows = [
        ("1", "enter", 0, 1, "Ann", "clerk"),
        ("1", "check", 2, 3, "Bob", "lead"),
        ("1", "ship", 5, 6, "SYSTEM", "system"),
        ("2", "enter", 0, 1, "Ann", "clerk"),
        ("2", "check", 1, 3, "Bob", "lead"),
        ("2", "enter", 4, 5, "Ann", "clerk"),
        ("2", "check", 5, 6, "Cid", "lead"),
        ("2", "ship", 9, 10, "SYSTEM", "system"),
        ("3", "enter", 0, 2, "Ann", "clerk"),
        ("3", "ship", 2, 4, "Ann", "clerk"),
    ]
    return [
        Event(case, activity, at(complete), start=at(start), resource=who, role=role)
        for case, activity, start, complete, who, role in rows
    ]


def test_edges_are_counted_and_timed_from_complete_to_start(plant: Plant) -> None:
    with reading(plant(orders()), Cut()) as log:
        edges = {(edge.source, edge.target): edge.overall for edge in log.edges()}
    told = {
        pair: (each.count, each.cases, (each.median or 0) / HOUR, (each.mean or 0) / HOUR)
        for pair, each in edges.items()
        if each
    }
    assert told == {
        ("", "enter"): (3, 3, 0, 0),
        ("enter", "check"): (3, 2, 0, 1 / 3),
        ("check", "ship"): (2, 2, 2.5, 2.5),
        ("check", "enter"): (1, 1, 1, 1),
        ("enter", "ship"): (1, 1, 0, 0),
        ("ship", ""): (3, 3, 0, 0),
    }
    assert {pair: each.share for pair, each in edges.items() if each}["enter", "check"] == pytest.approx(2 / 3)


def test_measures_are_those_of_their_definitions(plant: Plant) -> None:
    with reading(plant(orders()), Cut()) as log:
        overall = log.periods().overall
        rework = log.rework()
    measures = dict(overall.measures)
    assert (overall.cases, overall.events, overall.variants) == (3, 10, 3)
    assert (overall.lead_time.median, overall.lead_time.mean) == (6 * HOUR, 20 / 3 * HOUR)
    assert overall.lead_time.p90 == pytest.approx((6 + 0.8 * 4) * HOUR)
    assert measures["steps_per_case"] == pytest.approx(10 / 3)
    assert measures["rework_share"] == pytest.approx(1 / 3)
    assert measures["first_pass_yield"] == pytest.approx(2 / 3)
    assert measures["backward_share"] == pytest.approx(1 / 3)
    assert measures["handovers"] == pytest.approx((1 + 3 + 0) / 3)
    assert measures["ping_pong"] == pytest.approx(1 / 3)
    assert measures["automation_rate"] == pytest.approx(2 / 10)
    assert measures["touch_mean"] == pytest.approx((3 + 6 + 4) / 3 * HOUR)
    assert measures["wait_mean"] == pytest.approx((3 + 4 + 0) / 3 * HOUR)
    assert measures["cost_per_case"] is None
    assert measures["top_variants_share"] == 1
    assert {kind: count for kind, count in rework.items() if count} == {"repetition_repeat": 1, "repetition_redo": 1}


def test_rework_moves_no_activity_from_its_place(plant: Plant) -> None:
    paths = ["abd", "abcbd", "abcbcbcbd", "abcbd"]
    events = [
        Event(str(case), name, at(case + hour)) for case, path in enumerate(paths) for hour, name in enumerate(path)
    ]
    with reading(plant(events), Cut()) as log:
        # the second visits of b would pull it behind c, the step that sends cases back to it
        assert [step.activity for step in log.steps()] == ["a", "b", "c", "d"]
        assert log.summary().activities == ("a", "b", "c", "d")
        assert dict(log.periods().overall.measures)["backward_share"] == 3 / 4
        assert {
            (edge.source, edge.target): (edge.overall.count, edge.overall.cases) for edge in log.edges() if edge.overall
        }["b", "c"] == (5, 3)
        assert sorted(log.waits("b").visit) == [1, 1, 1, 1, 2, 2, 2, 3, 4]
        assert sorted(log.waits("c").visit) == [1, 1, 1, 2, 3]


def test_what_a_system_does_in_between_is_no_hand_over(plant: Plant) -> None:
    rows = [("1", who) for who in ("Ann", "SYS", "Ann", "Ann")] + [
        ("2", who) for who in ("Ann", "RPA-3", "Bob", "SYS", "Ann")
    ]
    events = [Event(case, f"step {at_}", at(at_), resource=who) for at_, (case, who) in enumerate(rows)]
    with reading(plant(events), Cut()) as log:
        measures = dict(log.periods().overall.measures)
    assert (measures["handovers"], measures["ping_pong"], measures["automation_rate"]) == (2 / 2, 1 / 2, 3 / 9)


def test_waits_end_at_the_frontier_even_where_events_overlap(plant: Plant) -> None:
    events = [
        Event("1", "pick", at(4), start=at(0)),
        Event("1", "label", at(2), start=at(1)),
        Event("1", "pack", at(6), start=at(3)),
        Event("1", "ship", at(9), start=at(8)),
    ]
    with reading(plant(events), Cut()) as log:
        parts = {part.activity: (part.waited / HOUR, part.worked / HOUR) for part in log.frontier()}
        waits = log.waits("pack")
        measures = dict(log.periods().overall.measures)
    assert parts == {"pick": (0, 4), "label": (0, 0), "pack": (0, 2), "ship": (2, 1)}
    assert sum(waited + worked for waited, worked in parts.values()) == 9
    assert waits.enabled[0] - waits.started[0] == HOUR
    assert waits.completed[0] - waits.enabled[0] == 2 * HOUR
    assert (measures["touch_mean"], measures["wait_mean"]) == (9 * HOUR, 2 * HOUR)


def test_without_starts_work_is_unknown_and_never_nothing(plant: Plant) -> None:
    with reading(
        plant(plain([("1", "a", "2024-03-04"), ("1", "b", "2024-03-06"), ("2", "a", "2024-03-05")])), Cut()
    ) as log:
        summary = log.summary()
        steps = {step.activity: step.overall for step in log.steps()}
        measures = dict(log.periods().overall.measures)
        causes = log.causes()
    assert (summary.started, summary.day_only, summary.resources, summary.roles) == (0, True, False, False)
    assert steps["b"] is not None
    assert (steps["b"].wait_mean, steps["b"].touch_mean) == (48 * HOUR, None)
    assert (measures["touch_mean"], measures["wait_mean"], measures["handovers"], measures["automation_rate"]) == (
        None,
    ) * 4
    assert causes == ()


def test_equal_stamps_stand_in_the_order_of_their_rows(plant: Plant) -> None:
    rows = [("1", name, "2024-03-04T08:00:00") for name in ("d", "a", "c", "b")]
    with reading(plant(plain(rows)), Cut()) as log:
        assert [event.activity for event in log.events("1")] == ["d", "a", "c", "b"]
        assert log.variants()[0].activities == ("d", "a", "c", "b")


def test_later_files_come_after_earlier_ones_at_equal_stamps(plant: Plant) -> None:
    erp = [Event("1", "order", at(0), system="ERP"), Event("2", "order", at(0), system="ERP")]
    mes = [Event("1", "produce", at(0), system="MES"), Event("3", "produce", at(1), system="MES")]
    for files, expected in (((erp, mes), ("order", "produce")), ((mes, erp), ("produce", "order"))):
        with reading(plant(*files), Cut()) as log:
            summary = log.summary()
            assert tuple(event.activity for event in log.events("1")) == expected
        assert (summary.systems, summary.orphans) == (("ERP", "MES"), (1, 1))


def test_one_case_with_one_event_is_a_log(plant: Plant) -> None:
    with reading(plant(plain([("1", "a", "2024-03-04T08:00:00")])), Cut()) as log:
        overall = log.periods().overall
        weekly = log.weekly("lead_median")
        assert [(edge.source, edge.target) for edge in log.edges()] == [("", "a"), ("a", "")]
        assert (overall.lead_time.median, overall.cases) == (0.0, 1)
        assert (weekly.values, weekly.counts) == ((0.0,), (1,))
        assert log.causes() == ()


def test_a_cut_without_cases_answers_with_nothing(plant: Plant) -> None:
    far = Window(date(1999, 1, 1), date(1999, 1, 2))
    with reading(plant(orders()), Cut(window=far)) as log:
        assert (log.summary().cases, log.summary().first, log.edges(), log.steps(), log.variants()) == (
            0,
            None,
            (),
            (),
            (),
        )
        assert log.periods().overall.lead_time.mean is None
        assert log.weekly("rework_share").ordinals == ()
        assert log.waits("ship").started.size == 0
        assert log.cases() == ()


def test_a_variant_has_the_same_fingerprint_in_every_log(plant: Plant) -> None:
    mine = plain([("x", "submit", "2024-03-04"), ("x", "pay", "2024-03-05")])
    other = plain(
        [
            ("1", "zzz", "2024-03-04"),
            ("7", "submit", "2025-01-01"),
            ("7", "pay", "2025-01-02"),
            ("1", "aaa", "2024-03-05"),
        ]
    )
    prints = []
    for events in (mine, other):
        with reading(plant(events), Cut()) as log:
            prints.append({each.activities: each.fingerprint for each in log.variants()}["submit", "pay"])
    assert prints == ["9e7833636051a794"] * 2
    with reading(plant(other), Cut(variant=prints[0])) as log:
        assert [case.case for case in log.cases()] == ["7"]


def test_an_order_of_activities_is_told_apart_from_another(plant: Plant) -> None:
    rows = [
        (case, name, f"2024-03-0{day}")
        for case, names in (("1", "abcab"), ("2", "abacb"), ("3", "abcab"))
        for day, name in enumerate(names, 1)
    ]
    with reading(plant(plain(rows)), Cut()) as log:
        assert [("".join(each.activities), each.overall) for each in log.variants()] == [("abcab", 2), ("abacb", 1)]


def test_a_segment_runs_from_the_first_to_the_last(plant: Plant) -> None:
    rows = [("1", "in", 0), ("1", "ask", 1), ("1", "in", 2), ("1", "pay", 5), ("1", "pay", 7), ("1", "file", 9)]
    rows += [("2", "in", 0), ("2", "file", 1), ("3", "pay", 0), ("3", "in", 1)]
    events = [Event(case, name, at(hour)) for case, name, hour in rows]
    cut = Cut(segment=("in", "pay"))
    with reading(plant(events), cut) as log:
        periods = log.periods()
        parts = log.frontier()
    assert (periods.outside_segment, periods.overall.cases) == (2, 3)
    assert (periods.overall.lead_time.mean, periods.overall.lead_time.median) == (7 * HOUR, 7 * HOUR)
    assert sum(part.waited + part.worked for part in parts) == 7 * HOUR
    with pytest.raises(UsageError) as refused, reading(plant(events), Cut(segment=("in", "payy"))):
        pass
    assert (refused.value.code, refused.value.fields["nearest"]) == ("unknown_activity", "pay")


def test_cases_of_a_site_are_placed_by_their_own_go_live(plant: Plant) -> None:
    events = [
        Event(f"{site}{day}", "a", NOON + timedelta(days=day), site=site, attributes={"门店": site})
        for site in ("N", "S")
        for day in range(28)
    ]
    first, late = date(2024, 3, 11), date(2024, 3, 18)
    cut = Cut(
        go_live=first,
        before=Window(date(2024, 3, 4), date(2024, 3, 10)),
        after=Window(first, date(2024, 3, 17)),
        go_lives=(("S", late),),
    )
    path = plant(events)
    with reading(path, cut) as log:
        weekly = log.weekly("steps_per_case")
        found = {case.case: case.after for case in log.cases(limit=99)}
        assert log.sites() == ("N", "S")
    assert [name for name in found if found[name] is False and name.startswith("S")] == [
        f"S{day}" for day in sorted(range(7, 14), key=str)
    ]
    assert found["N7"] is True
    assert found["S14"] is True
    assert found["S0"] is None
    week = period_of(first, "week")
    assert dict(zip(weekly.ordinals, weekly.counts, strict=True)) == {
        week - 2: 7,
        week - 1: 14,
        week: 14,
        week + 1: 14,
        week + 2: 7,
    }
    with reading(path, Cut(sites=("S",))) as log:
        assert log.summary().cases == 28
    with reading(path, Cut(attributes=(("门店", "N"), ("门店", "X")))) as log:
        assert log.summary().cases == 28
        assert log.levels("门店") == (("N", 28),)
    with pytest.raises(UsageError) as refused, reading(path, Cut(attributes=(("门店名", "N"),))):
        pass
    assert (refused.value.code, refused.value.fields["nearest"]) == ("unknown_attribute", "门店")


def test_weeks_are_mature_once_nearly_all_their_cases_can_have_ended(plant: Plant) -> None:
    events = []
    for week in range(10):
        begun = NOON + timedelta(weeks=week, hours=-3)
        events += [Event(str(week), "a", begun), Event(str(week), "b", begun + timedelta(days=15))]
    with reading(plant(events), Cut()) as log:
        weekly = log.weekly("lead_median")
    # every case takes 15 days and the last stamp is 15 days and 9 hours after the last Monday
    assert weekly.mature == (True,) * 10
    with reading(
        plant([*events, Event("10", "a", NOON + timedelta(weeks=10)), Event("11", "a", NOON + timedelta(weeks=11))]),
        Cut(),
    ) as log:
        weekly = log.weekly("lead_median")
    assert weekly.mature == (*(True,) * 10, False, False)


def test_columns_that_vary_within_a_case_are_no_attributes(plant: Plant) -> None:
    events = [
        Event("1", "a", at(0), attributes={"unit": "U1", "note": "x", "empty": None}),
        Event("1", "b", at(1), attributes={"unit": None, "note": "y", "empty": None}),
        Event("2", "a", at(0), attributes={"unit": "U2", "note": "x", "empty": None}),
        Event("2", "b", at(3), attributes={"unit": "U2", "note": "x", "empty": None}),
    ]
    cut = Cut(before=Window(NOON.date(), NOON.date()), after=Window(date(2025, 1, 1), date(2025, 1, 1)))
    with reading(plant(events), cut) as log:
        assert [(each.name, each.levels, each.cases) for each in log.summary().attributes] == [("unit", 2, 2)]
        assert {level: list(each.before) for level, each in log.lead_by("unit").items()} == {
            "U1": [HOUR],
            "U2": [3 * HOUR],
        }
        assert {level: list(each) for level, each in log.waits_by("b", "unit").items()} == {
            "U1": [HOUR],
            "U2": [3 * HOUR],
        }
        assert log.cases()[0].attributes == (("unit", "U2"),)


def test_the_share_within_a_limit_counts_cases_exactly_at_it(plant: Plant) -> None:
    cut = Cut(before=Window(NOON.date(), NOON.date()), after=Window(date(2025, 1, 1), date(2025, 1, 1)))
    with reading(plant(orders()), cut) as log:
        shares = log.shares(6 * HOUR)
        assert log.weekly_share(6 * HOUR).values == (2 / 3,)
        assert log.weekly_share(6 * HOUR - 1e-6).values == (1 / 3,)
        assert log.weekly_adoption(["check"]).values == (2 / 3,)
        assert log.weekly_conformance([("enter", "ship"), ("enter", "check", "ship")]).values == (2 / 3,)
    assert shares["before"] == shares["overall"]
    assert shares["overall"][0] == 2 / 3
    # Wilson's interval of 2 in 3
    assert shares["overall"][1:3] == pytest.approx((0.20765, 0.93851), abs=1e-5)


def test_working_time_is_never_mixed_with_elapsed_time(plant: Plant) -> None:
    friday = datetime.fromisoformat("2024-03-08T16:00")
    events = [Event("1", "a", friday), Event("1", "b", friday + timedelta(days=3))]
    cut = Cut(before=Window(friday.date(), friday.date()), after=Window(date(2025, 1, 1), date(2025, 1, 1)))
    with reading(plant(events), cut) as log:
        assert list(log.leads().before) == [72 * HOUR]
        assert list(log.leads(working=WorkTime()).before) == [8 * HOUR]
        waits = log.waits("b")
    assert waits.working is not None
    assert (waits.started - waits.enabled, waits.working) == (np.array([72 * HOUR]), np.array([8 * HOUR]))


def test_passages_are_thinned_evenly_and_in_order(plant: Plant) -> None:
    events = [
        Event(f"{case:03}", name, at(case * 0.5 + hour)) for case in range(100) for name, hour in (("a", 0), ("b", 24))
    ]
    path = plant(events)
    with reading(path, Cut(go_live=date(2024, 3, 5))) as log:
        every = log.passages([("a", "b")], around=date(2024, 3, 5), weeks=1, most=1000)["a", "b"]
        some = log.passages([("a", "b")], around=date(2024, 3, 5), weeks=1, most=10)["a", "b"]
        none = log.passages([("a", "b"), ("b", "x")], around=date(2023, 3, 5), weeks=1, most=10)
    assert len(every) == 100
    assert some == every[::10]
    assert {each.arrives - each.leaves for each in every} == {24 * HOUR}
    assert [each.after for each in every] == [case >= 24 for case in range(100)]
    assert none == {("a", "b"): (), ("b", "x"): ()}


def test_drilling_finds_the_slowest_cases_of_an_edge(plant: Plant) -> None:
    with reading(plant(orders()), Cut()) as log:
        assert [case.case for case in log.cases()] == ["2", "1", "3"]
        assert [case.case for case in log.cases(slowest=False, limit=2)] == ["3", "1"]
        assert [case.case for case in log.cases(edge=("check", "enter"))] == ["2"]
        assert [case.case for case in log.cases(edge=("", "enter"), limit=1)] == ["2"]
        assert [case.case for case in log.cases(edge=("ship", ""), limit=1)] == ["2"]
        (first, *_) = log.events("3")
    assert (first.activity, first.start, first.complete, first.resource, first.role, first.row) == (
        "enter",
        at(0),
        at(2),
        "Ann",
        "clerk",
        10,
    )


def test_hundreds_of_activities_are_told_apart(plant: Plant) -> None:
    rows = [
        (str(case), f"step {number:03}", f"2024-03-04T{number // 60:02}:{number % 60:02}:00")
        for case in range(2)
        for number in range(400)
    ]
    with reading(plant(plain([*rows, ("1", "step 000", "2024-03-05")])), Cut()) as log:
        assert (len(log.steps()), len(log.edges())) == (400, 402 + 1)
        assert dict(log.periods().overall.measures)["rework_share"] == 0.5
        assert [step.activity for step in log.steps()][:2] == ["step 000", "step 001"]


def test_a_damaged_log_is_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "log.duckdb"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError) as refused, reading(path, Cut()):
        pass
    assert refused.value.code == "cache_damaged"


def test_a_path_with_wildcards_is_one_path(tmp_path: Path) -> None:
    folder = tmp_path / "it's [1]"
    folder.mkdir()
    events = [Event("1", "a", at(0))]
    (file, _) = (write_log(folder / name, events) for name in ("a?.parquet", "ab.parquet"))
    build_log(folder / "log.duckdb", [file])
    with reading(folder / "log.duckdb", Cut()) as log:
        assert log.summary().events == 1


def test_a_failed_build_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 broken PAR1")
    import duckdb

    with pytest.raises(duckdb.Error):
        build_log(tmp_path / "log.duckdb", [broken])
    assert [path.name for path in tmp_path.iterdir()] == ["broken.parquet"]
