"""How the event logs of the datasets are made: flows of steps, cases that walk them, and the planted truth.

A case follows the flow of the day on which it begins, so what is under way at go-live ends on the old one. Waits
and touch times are medians times a near-lognormal draw and a slow wander of the weeks, round the clock except where
the planted bottleneck is: a step whose wait passes only in office hours, or that is done in rounds on fixed days. It
knows no firm and no file: who works, and what a line looks like, stands with each dataset.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from heapq import heapify, heappop, heappush
from itertools import pairwise, product
from math import fsum
from statistics import median
from typing import NamedTuple

from datasets.series import FESTIVAL_DAYS, FESTIVAL_EVES, Frame, Noise, deviates, uniforms, wander

SPREAD = 0.5
"""Standard deviation of a wait in log points."""

WEEKS = Noise(common=0.07, own=0.0)
"""The wander that all cases of a week share, a wait each."""

TWICE = 1 / 3
"""The share of the cases in a loop that go through it a second time."""


FESTIVAL = frozenset(eve + timedelta(days=day) for eve in FESTIVAL_EVES for day in range(FESTIVAL_DAYS))
"""The days on which no office works and no round takes place, whatever the weekday."""


@dataclass(frozen=True, slots=True)
class Office:
    """Working time: the spans of a working day in minutes since midnight, on Mondays to Fridays, not in the festival."""

    spans: tuple[tuple[int, int], ...]

    def after(self, moment: datetime, minutes: int) -> datetime:
        """The moment when so many minutes of working time have passed since a moment."""
        day, since = moment.date(), moment.hour * 60 + moment.minute
        while True:
            for first, last in self.spans if day.weekday() < 5 and day not in FESTIVAL else ():
                begins = max(first, since)
                if begins + minutes <= last:
                    return datetime.combine(day, time()) + timedelta(minutes=begins + minutes)
                minutes -= max(0, last - begins)
            day, since = day + timedelta(days=1), 0


@dataclass(frozen=True, slots=True)
class Rounds:
    """A step done in rounds: the weekday (Monday = 0) of each site's round, the minute of the day, the minutes it lasts.

    What is ready by then is done one after the other, in the order in which it became ready, by whoever is free; whose
    turn does not come waits for the next round.
    """

    weekdays: Mapping[str, int]
    minute: int
    length: int

    def next(self, moment: datetime, site: str) -> datetime:
        """When the first round of a site begins at or after a moment."""
        day = moment.date()
        while True:
            begins = datetime.combine(day, time()) + timedelta(minutes=self.minute)
            if day.weekday() == self.weekdays[site] and day not in FESTIVAL and begins >= moment:
                return begins
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a flow: what it is called, who does it, the median minutes waited before it and worked on it.

    A step without touch time is an entry at one moment. The minutes waited are working time where there is an
    `office`; a step in `rounds` is waited for until its round and for those in front.
    """

    activity: str
    role: str
    people: int
    wait: float
    touch: float = 0.0
    office: Office | None = None
    rounds: Rounds | None = None

    @property
    def timetabled(self) -> bool:
        """Whether the clock and the calendar decide how long is waited, so that the wait has no planted median."""
        return self.office is not None or self.rounds is not None


@dataclass(frozen=True, slots=True)
class Loop:
    """Steps that a share of the cases go through after an activity, once or twice; `name` names the draw."""

    name: str
    after: str
    share: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """One way through the process: its steps, its loops, and the share of the cases that take it."""

    key: str
    steps: tuple[Step, ...]
    loops: tuple[Loop, ...]
    weight: float = 1.0

    def walked(self, times: Mapping[str, int]) -> list[Step]:
        """The steps of a case that goes through each loop so many times."""
        steps = []
        for step in self.steps:
            steps.append(step)
            for loop in self.loops:
                if loop.after == step.activity:
                    steps += loop.steps * times[loop.name]
        return steps


class Event(NamedTuple):
    """One event: the case, what was done from when to when, by which number of which role, and where."""

    case: str
    activity: str
    start: datetime
    complete: datetime
    role: str
    number: int
    site: str


Cases = Sequence[Sequence[Event]]

Turns = Mapping[str, tuple[datetime, int]]
"""When the case's turn came in a round, and the number of whoever took it."""


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The step that cases wait for longest, before and after, and the true cause."""

    step: str
    cause: str


@dataclass(frozen=True, slots=True)
class Process:
    """A process before and after: its flows, its loop that is rework, how much slower each site is, its bottleneck."""

    before: tuple[Flow, ...]
    after: tuple[Flow, ...]
    rework: str
    slower: Mapping[str, float]
    bottleneck: Bottleneck


class Draws:
    """All random numbers of one site's cases, drawn by name, so that one step more changes no other."""

    def __init__(self, seed: int, site: str, *, often: int, weeks: int, slower: float) -> None:
        self.seed, self.site, self.count = seed, site, weeks * often
        self._often, self._weeks, self._slower = often, weeks, slower
        self._made: dict[str, tuple[float, ...]] = {}

    def events(
        self, case: str, number: int, *, flow: Flow, begins: datetime, turns: Turns | None = None
    ) -> list[Event]:
        """The events of one case of the site, by its number; without `turns` nothing waits for a round."""
        events: list[Event] = []
        at = begins
        times = {loop.name: self._times(loop, number) for loop in flow.loops}
        for place, step in enumerate(flow.walked(times)):
            name = f"{flow.key}:{place}:{step.activity}"
            who = int(self.uniform(f"who:{name}", number) * step.people) + 1
            if step.rounds is not None:
                starts, who = turns[case] if turns is not None else (at, who)
            else:
                minutes = round(step.wait * self._factor(f"wait:{name}", number))
                starts = step.office.after(at, minutes) if step.office else at + timedelta(minutes=minutes)
            at = starts
            if step.touch:
                at += timedelta(minutes=max(1, round(step.touch * self._factor(f"touch:{name}", number))))
            events.append(Event(case, step.activity, starts, at, step.role, who, self.site))
        return events

    def uniform(self, name: str, number: int) -> float:
        """The draw between 0 and 1 that one case has under a name."""
        if name not in self._made:
            self._made[name] = uniforms(self.seed, stream=f"log:{name}:{self.site}", count=self.count)
        return self._made[name][number]

    def _times(self, loop: Loop, number: int) -> int:
        drawn = self.uniform(loop.name, number)
        return (drawn < loop.share) + (drawn < loop.share * TWICE)

    def _factor(self, name: str, number: int) -> float:
        if name not in self._made:
            own = deviates(self.seed, stream=f"log:{name}:{self.site}", count=self.count)
            slow = _shared(self.seed, f"log:{name}", self._weeks)
            self._made[name] = tuple(
                self._slower * math.exp(SPREAD * draw + WEEKS.common * slow[at // self._often])
                for at, draw in enumerate(own)
            )
        return self._made[name][number]


@cache
def _shared(seed: int, stream: str, weeks: int) -> tuple[float, ...]:
    return wander(seed, stream=stream, count=weeks, noise=WEEKS)


def turns(ready: Sequence[Event], rounds: Rounds, *, people: int) -> dict[str, tuple[datetime, int]]:
    """When the turn of each case comes, from the events as if nobody had to wait for a round."""
    free: dict[int, datetime] = {}
    found: dict[str, tuple[datetime, int]] = {}
    queue = [(rounds.next(event.start, event.site), event.start, event) for event in ready]
    heapify(queue)
    while queue:
        begins, since, event = heappop(queue)
        starts, number = min((max(free.get(number, begins), begins), number) for number in range(1, people + 1))
        if starts >= begins + timedelta(minutes=rounds.length):
            heappush(queue, (rounds.next(starts, event.site), since, event))
        else:
            free[number] = starts + (event.complete - event.start)
            found[event.case] = (starts, number)
    return found


# What has happened by the end, and the truth ────────────────────────────────


def last_moment(frame: Frame) -> datetime:
    """The last moment of the data: what ends after it has not happened yet, and its cases are open."""
    return datetime.combine(frame.end, datetime.max.time())


def happened(cases: Cases, frame: Frame) -> list[Event]:
    """The events that ended by the last day, case by case."""
    last = last_moment(frame)
    return [event for case in cases for event in case if event.complete <= last]


def is_new(case: Sequence[Event], frame: Frame) -> bool:
    """Whether a case began at or after the go-live of its site."""
    return case[0].start.date() >= frame.go_live_of(case[0].site)


def truth(cases: Cases, frame: Frame, *, process: Process, file: str) -> dict[str, object]:
    """What truth.json says of a log."""
    events = happened(cases, frame)
    before, after = ({step.activity for step in _every(flows)} for flows in (process.before, process.after))
    closed = [case for case in cases if case[-1].complete <= last_moment(frame)]
    return {
        "file": file,
        "rows": len(events),
        "cases": len(cases),
        "open_cases": len(cases) - len(closed),
        "removed_activities": sorted(before - after),
        "added_activities": sorted(after - before),
        "bottleneck": {"step": process.bottleneck.step, "cause": process.bottleneck.cause},
        "edges": _edges(process, _measured(cases, frame)),
        "rework_share": {
            "before": _share(process.before, process.rework),
            "after": _share(process.after, process.rework),
        },
        "lead_minutes": {
            "before": lead([case for case in closed if not is_new(case, frame)]),
            "after": lead([case for case in closed if is_new(case, frame)]),
        },
        "events_by_activity": dict(sorted(Counter(event.activity for event in events).items())),
        "spread_log_points": SPREAD,
        "weekly_wander_log_points": WEEKS.common,
        "slower_by_site": dict(process.slower),
    }


def lead(cases: Cases) -> dict[str, float | int]:
    """Number, mean and median minutes from the first start to the last completion."""
    minutes = [(case[-1].complete - case[0].start).total_seconds() / 60 for case in cases]
    return {"cases": len(cases), "mean": fsum(minutes) / len(minutes), "median": float(median(minutes))}


def _every(flows: Sequence[Flow]) -> Iterator[Step]:
    for flow in flows:
        yield from flow.steps
        for loop in flow.loops:
            yield from loop.steps


def _share(flows: Sequence[Flow], rework: str) -> float:
    return fsum(flow.weight * loop.share for flow in flows for loop in flow.loops if loop.name == rework)


Medians = Mapping[tuple[str, str], float]


def _edges(process: Process, measured: tuple[Medians, Medians]) -> list[dict[str, object]]:
    """Every edge before and after: its median wait in minutes, and what became of it.

    A planted wait is that where nothing is slower; that for a timetabled step is the one measured at all sites.
    """
    timetabled = {step.activity for step in _every((*process.before, *process.after)) if step.timetabled}
    before, after = _waits(process.before), _waits(process.after)
    edges: list[dict[str, object]] = []
    for start, end in dict.fromkeys((*before, *after)):
        then, now = (
            waits.get((start, end)) if end not in timetabled else medians.get((start, end))
            for waits, medians in zip((before, after), measured, strict=True)
        )
        if then is None or now is None:
            change = "added" if then is None else "removed"
        else:
            change = "unchanged" if then == now else "faster" if now < then else "slower"
        wait = "measured" if end in timetabled else "planted"
        edges.append({"from": start, "to": end, "wait": wait, "wait_before": then, "wait_after": now, "change": change})
    return edges


def _measured(cases: Cases, frame: Frame) -> tuple[Medians, Medians]:
    """The median minutes between every two steps of the cases before and of those after."""
    minutes: tuple[dict[tuple[str, str], list[float]], dict[tuple[str, str], list[float]]] = ({}, {})
    last = last_moment(frame)
    for case in cases:
        for one, two in pairwise(case):
            if two.complete <= last:
                found = minutes[is_new(case, frame)].setdefault((one.activity, two.activity), [])
                found.append((two.start - one.complete).total_seconds() / 60)
    before, after = ({edge: float(median(waits)) for edge, waits in side.items()} for side in minutes)
    return before, after


def _waits(flows: Sequence[Flow]) -> dict[tuple[str, str], float]:
    """The wait of every edge that some walk takes; an edge has one wait, whatever the walk."""
    waits: dict[tuple[str, str], float] = {}
    for flow in flows:
        for times in product((0, 1, 2), repeat=len(flow.loops)):
            steps = flow.walked(dict(zip((loop.name for loop in flow.loops), times, strict=True)))
            waits.update({(one.activity, two.activity): two.wait for one, two in pairwise(steps)})
    return waits
