"""How the event logs of the datasets are made: flows of steps, cases that walk them, and the planted truth.

A case follows the flow of the day on which it begins, so what is under way at go-live ends on the old one. Waits
and touch times are medians times a near-lognormal draw and a slow wander of the weeks, round the clock. It knows
no firm and no file: who works, and what a line looks like, stands with each dataset.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise, product
from math import fsum
from statistics import median
from typing import NamedTuple

from datasets.series import Frame, Noise, deviates, uniforms, wander

SPREAD = 0.5
"""Standard deviation of a wait in log points."""

WEEKS = Noise(common=0.07, own=0.0)
"""The wander that all cases of a week share, a wait each."""

TWICE = 1 / 3
"""The share of the cases in a loop that go through it a second time."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a flow: what it is called, who does it, the median minutes waited before it and worked on it.

    A step without touch time is an entry at one moment.
    """

    activity: str
    role: str
    people: int
    wait: float
    touch: float = 0.0


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


@dataclass(frozen=True, slots=True)
class Process:
    """A process before and after: its flows, the name of the loop that is rework, how much slower each site is."""

    before: tuple[Flow, ...]
    after: tuple[Flow, ...]
    rework: str
    slower: Mapping[str, float]


class Draws:
    """All random numbers of one site's cases, drawn by name, so that one step more changes no other."""

    def __init__(self, seed: int, site: str, *, often: int, weeks: int, slower: float) -> None:
        self.seed, self.site, self.count = seed, site, weeks * often
        self._often, self._weeks, self._slower = often, weeks, slower
        self._made: dict[str, tuple[float, ...]] = {}

    def events(self, case: str, number: int, *, flow: Flow, begins: datetime) -> list[Event]:
        """The events of one case of the site, by its number."""
        events: list[Event] = []
        at = begins
        times = {loop.name: self._times(loop, number) for loop in flow.loops}
        for place, step in enumerate(flow.walked(times)):
            name = f"{flow.key}:{place}:{step.activity}"
            starts = at + timedelta(minutes=round(step.wait * self._factor(f"wait:{name}", number)))
            at = starts
            if step.touch:
                at += timedelta(minutes=max(1, round(step.touch * self._factor(f"touch:{name}", number))))
            who = int(self.uniform(f"who:{name}", number) * step.people) + 1
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
        "edges": _edges(process),
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


def _edges(process: Process) -> list[dict[str, object]]:
    """Every edge before and after: the planted median wait in minutes where nothing is slower, and what became of it."""
    before, after = _waits(process.before), _waits(process.after)
    edges: list[dict[str, object]] = []
    for start, end in dict.fromkeys((*before, *after)):
        then, now = before.get((start, end)), after.get((start, end))
        if then is None or now is None:
            change = "added" if then is None else "removed"
        else:
            change = "unchanged" if then == now else "faster" if now < then else "slower"
        edges.append({"from": start, "to": end, "wait_before": then, "wait_after": now, "change": change})
    return edges


def _waits(flows: Sequence[Flow]) -> dict[tuple[str, str], float]:
    """The wait of every edge that some walk takes; an edge has one wait, whatever the walk."""
    waits: dict[tuple[str, str], float] = {}
    for flow in flows:
        for times in product((0, 1, 2), repeat=len(flow.loops)):
            steps = flow.walked(dict(zip((loop.name for loop in flow.loops), times, strict=True)))
            waits.update({(one.activity, two.activity): two.wait for one, two in pairwise(steps)})
    return waits
