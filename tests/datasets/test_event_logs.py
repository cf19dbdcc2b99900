"""The event logs: what truth.json says of a flow before and after is what a plain reading of the file gives."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from statistics import mean, median
from typing import Any, NamedTuple

import pytest

from datasets import event_log, generate, pharma_log, retail, retail_log
from datasets.series import Frame


class Event(NamedTuple):
    case: str
    activity: str
    start: datetime
    complete: datetime
    resource: str
    site: str
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Log:
    """How one log is read, and which activities end a case."""

    name: str
    encoding: str
    last: tuple[str, ...]
    read: Callable[[Sequence[str]], Event]

    def frame(self) -> Frame:
        return generate.DATASETS[self.name].frame()

    def truth(self) -> dict[str, Any]:
        return told(self.name)


def pharma_event(row: Sequence[str]) -> Event:
    case, activity, start, complete, resource, site, _ = row
    return Event(case, activity, datetime.fromisoformat(start), datetime.fromisoformat(complete), resource, site)


def retail_event(row: Sequence[str]) -> Event:
    case, activity, stamp, resource, channel, site, region, band, _ = row
    at = moment(stamp)
    return Event(case, activity, at, at, resource, site, (channel, region, band))


def moment(stamp: str) -> datetime:
    day, _, clock = stamp.partition(" ")
    year, month, number = map(int, day.split("/"))
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, number, hour, minute)  # noqa: DTZ001 - the log knows no time zones


LOGS = (
    Log("pharma", "gbk", ("追溯码上报", "追溯码自动上报"), pharma_event),
    Log("retail", "gb18030", ("通知门店",), retail_event),
)
EACH = pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)


@cache
def told(name: str) -> dict[str, Any]:
    path = generate.DATASETS[name].folder / "truth.json"
    truth: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["log"]
    return truth


EDGES = [(log, edge) for log in LOGS for edge in log.truth()["edges"]]


@cache
def cases(log: Log) -> dict[str, list[Event]]:
    path = generate.DATASETS[log.name].folder / log.truth()["file"]
    by_case: dict[str, list[Event]] = defaultdict(list)
    with path.open(encoding=log.encoding, newline="") as stream:
        rows = csv.reader(stream)
        assert "Synthetic" in next(rows)[-1]
        for event in map(log.read, rows):
            by_case[event.case].append(event)
    return by_case


@cache
def halves(log: Log) -> tuple[list[list[Event]], list[list[Event]]]:
    """The cases that began before the go-live of their site, and those that began since."""
    days: dict[str, date] = {site: log.frame().go_live_of(site) for site in log.frame().sites}
    split: tuple[list[list[Event]], list[list[Event]]] = ([], [])
    for events in cases(log).values():
        split[events[0].start.date() >= days[events[0].site]].append(events)
    return split


@cache
def waits(log: Log, *, after: bool) -> dict[tuple[str, str], list[float]]:
    """Minutes between a step's end and the next one's start, by edge; planted ones as if nothing were slower."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    slower = log.truth()["slower_by_site"]
    planted = {(edge["from"], edge["to"]) for edge in log.truth()["edges"] if edge["wait"] == "planted"}
    for events in halves(log)[after]:
        for one, two in pairwise(events):
            minutes = (two.start - one.complete).total_seconds() / 60
            edge = (one.activity, two.activity)
            found[edge].append(minutes / slower[one.site] if edge in planted else minutes)
    return found


def closed(log: Log, *, after: bool) -> Iterator[list[Event]]:
    return (events for events in halves(log)[after] if events[-1].activity in log.last)


def minutes_of(found: Sequence[Sequence[Event]]) -> list[float]:
    return [(events[-1].complete - events[0].start).total_seconds() / 60 for events in found]


@EACH
def test_rows_cases_and_open_cases_are_those_told(log: Log) -> None:
    truth = log.truth()
    assert sum(map(len, cases(log).values())) == truth["rows"]
    assert 25_000 < truth["rows"] < 35_000
    assert len(cases(log)) == truth["cases"]
    assert sum(events[-1].activity not in log.last for events in cases(log).values()) == truth["open_cases"] > 0


@EACH
def test_no_event_ends_before_it_starts_or_starts_before_the_last_one_ended(log: Log) -> None:
    for events in cases(log).values():
        assert all(event.start <= event.complete for event in events)
        assert all(one.complete <= two.start for one, two in pairwise(events))
        assert len({(event.site, event.attributes) for event in events}) == 1


@EACH
def test_the_activities_that_went_and_came_are_those_told(log: Log) -> None:
    before, after = ({event.activity for events in half for event in events} for half in halves(log))
    assert sorted(before - after) == log.truth()["removed_activities"]
    assert sorted(after - before) == log.truth()["added_activities"]


@pytest.mark.parametrize(("log", "edge"), EDGES, ids=[f"{log.name}-{edge['from']}-{edge['to']}" for log, edge in EDGES])
def test_the_median_wait_of_every_edge_is_the_one_told(log: Log, edge: dict[str, Any]) -> None:
    for after, planted in ((False, edge["wait_before"]), (True, edge["wait_after"])):
        found = waits(log, after=after).get((edge["from"], edge["to"]), [])
        assert bool(found) == (planted is not None)
        if edge["wait"] == "measured":
            assert (median(found) if found else None) == planted
        elif planted is not None:
            error = 1.25 * event_log.SPREAD / len(found) ** 0.5 + 0.01
            assert median(found) == pytest.approx(planted, rel=3 * error, abs=0.5)


@EACH
def test_every_edge_of_the_file_is_told_with_what_became_of_it(log: Log) -> None:
    before, after = set(waits(log, after=False)), set(waits(log, after=True))
    edges = log.truth()["edges"]
    assert {(edge["from"], edge["to"]) for edge in edges} == before | after
    kinds = {(edge["from"], edge["to"]): edge["change"] for edge in edges}
    assert {edge for edge, kind in kinds.items() if kind == "removed"} == before - after
    assert {edge for edge, kind in kinds.items() if kind == "added"} == after - before
    assert {"faster", "slower", "unchanged"} <= set(kinds.values())


@EACH
def test_lead_times_and_the_share_sent_back_are_those_told(log: Log) -> None:
    for period, after in (("before", False), ("after", True)):
        ended = list(closed(log, after=after))
        lead, entry = minutes_of(ended), log.truth()["lead_minutes"][period]
        assert (len(lead), median(lead)) == (entry["cases"], entry["median"])
        assert mean(lead) == pytest.approx(entry["mean"])
        sent_back = mean(any(event.activity == "退回补正" for event in events) for events in ended)
        assert sent_back == pytest.approx(log.truth()["rework_share"][period], abs=0.04)


@pytest.mark.parametrize("process", [pharma_log.PROCESS, retail_log.PROCESS], ids=["pharma", "retail"])
def test_the_ways_through_a_process_share_all_cases_and_agree_on_every_edge(process: event_log.Process) -> None:
    for flows in (process.before, process.after):
        assert sum(flow.weight for flow in flows) == pytest.approx(1.0)
        found: dict[tuple[str, str], set[float]] = defaultdict(set)
        for flow in flows:
            for one in (0, 1, 2):
                for two in (0, 1, 2):
                    steps = flow.walked({loop.name: (one, two)[at % 2] for at, loop in enumerate(flow.loops)})
                    for first, second in pairwise(steps):
                        found[first.activity, second.activity].add(second.wait)
        assert {edge: waits for edge, waits in found.items() if len(waits) > 1} == {}


# The bottlenecks ─────────────────────────────────────────────────────────────


@EACH
def test_cases_wait_longest_for_the_bottleneck_before_and_after(log: Log) -> None:
    step = log.truth()["bottleneck"]["step"]
    for half in halves(log):
        waited: dict[str, float] = defaultdict(float)
        for events in half:
            for one, two in pairwise(events):
                waited[two.activity] += (two.start - one.complete).total_seconds()
        first, second = sorted(waited.values(), reverse=True)[:2]
        assert waited[step] == first > 1.1 * second


def test_batches_wait_for_the_half_day_on_which_those_of_their_plant_are_released() -> None:
    assert LOGS[0].truth()["bottleneck"] == {"step": "受权人放行", "cause": "batching"}
    rounds: dict[tuple[str, date], list[tuple[datetime, datetime]]] = defaultdict(list)
    for events in cases(LOGS[0]).values():
        for one, two in pairwise(events):
            if two.activity == "受权人放行":
                rounds[two.site, two.start.date()].append((one.complete, two.start))
    assert {(site, day.weekday()) for site, day in rounds} == {("E100", 1), ("W200", 3)}
    assert median(map(len, rounds.values())) >= 9
    for turns in rounds.values():
        begun = min(start for _, start in turns)
        assert begun.hour == 13
        assert all(ready <= begun for ready, _ in turns)
        assert [start for _, start in sorted(turns)] == sorted(start for _, start in turns)


def test_requests_wait_for_head_office_mostly_while_it_is_closed() -> None:
    assert RETAIL.truth()["bottleneck"] == {"step": "总部审批", "cause": "calendar"}
    for half in halves(RETAIL):
        closed = waited = 0.0
        for events in half:
            for one, two in pairwise(events):
                if two.activity == "总部审批":
                    waited += (two.start - one.complete).total_seconds() / 60
                    closed += outside_office(one.complete, two.start)
                    assert two.start.weekday() < 5
                    assert 9 <= two.start.hour <= 18
        assert closed / waited > 0.7


def outside_office(start: datetime, end: datetime) -> float:
    """Minutes between two moments that lie outside 9–12 and 13:30–18 o'clock on Mondays to Fridays."""
    inside = 0.0
    day = start.date()
    while day <= end.date():
        for first, last in ((540, 720), (810, 1080)) if day.weekday() < 5 else ():
            opens, closes = (datetime.combine(day, time()) + timedelta(minutes=at) for at in (first, last))
            inside += max(0.0, (min(closes, end) - max(opens, start)).total_seconds() / 60)
        day += timedelta(days=1)
    return (end - start).total_seconds() / 60 - inside


# The retail chain's ──────────────────────────────────────────────────────────

RETAIL = LOGS[1]


def test_each_store_follows_the_new_flow_from_its_own_go_live_and_finishes_the_old_one() -> None:
    old, new = halves(RETAIL)
    assert all("店长签字" not in {event.activity for event in events} for events in new)
    assert all("系统校验" not in {event.activity for event in events} for events in old)
    days = {site: RETAIL.frame().go_live_of(site) for site in RETAIL.frame().sites}
    assert len(set(days.values())) == 5
    assert {events[0].site for events in old} == {events[0].site for events in new} == set(days)
    assert any(events[-1].complete.date() >= days[events[0].site] for events in old)


def test_small_amounts_end_at_the_store_and_large_ones_at_head_office() -> None:
    desks = {"小额": {"店长移动审批"}, "中额": {"区域经理移动审批"}, "大额": {"区域经理审批", "总部审批"}}
    for events in closed(RETAIL, after=True):
        passed = {event.activity for event in events}
        assert passed & set().union(*desks.values()) == desks[events[0].attributes[2]]


def test_the_gain_of_each_band_is_the_one_told() -> None:
    for band, entry in RETAIL.truth()["lead_minutes_by_band"].items():
        for period, after in (("before", False), ("after", True)):
            lead = minutes_of([events for events in closed(RETAIL, after=after) if events[0].attributes[2] == band])
            assert (len(lead), median(lead)) == (entry[period]["cases"], entry[period]["median"])
        assert entry["after"]["median"] < entry["before"]["median"]


def test_channels_are_in_use_on_both_sides_and_regions_are_those_of_the_stores() -> None:
    channels = [{events[0].attributes[0] for events in half} for half in halves(RETAIL)]
    assert channels == [{"纸质", "群聊"}, {"手机", "群聊"}]
    for events in cases(RETAIL).values():
        assert events[0].attributes[1] == retail.region_of(events[0].site)


def test_no_store_makes_a_request_while_it_is_closed() -> None:
    made = {(events[0].site, events[0].start.date().isocalendar()[:2]) for events in cases(RETAIL).values()}
    assert not made & {(site, monday.isocalendar()[:2]) for site, monday in retail.RENOVATED}
    assert not {week for _, week in made} & {monday.isocalendar()[:2] for _, monday in retail.NEW_YEAR}
