"""Real event logs as arrays, read by a small parser of its own, so that the comparison is tested without the engine."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from valueviz.analysis.process.log import (
    GATE,
    Edge,
    EdgeStats,
    Frontier,
    Samples,
    Step,
    StepStats,
    Weekly,
)
from valueviz.terms import Window

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Pair = tuple[str, str]
DAY = 86_400.0
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Log:
    """Events in order of case, time and row: `case` and `activity` are codes, `at` seconds since the epoch."""

    case: Whole
    activity: Whole
    at: Floats
    names: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def first(self) -> Whole:
        """The position of the first event of each case."""
        return np.flatnonzero(np.r_[True, np.diff(self.case) != 0])

    @property
    def last(self) -> Whole:
        """The position of the last event of each case."""
        return np.append(self.first[1:], len(self.case)) - 1

    @property
    def starts(self) -> Floats:
        """When each case begins."""
        return self.at[self.first]


def read_xes(path: Path, *, attributes: Iterable[str] = ()) -> Log:
    """The log in a gzipped XES file; `attributes` are keys of events with one value a case."""
    rows: list[tuple[int, float, str]] = []
    wanted = {name: [] for name in attributes}  # type: dict[str, list[str]]
    state: dict[str, str] | None = None
    case = -1

    def opened(tag: str, given: dict[str, str]) -> None:
        nonlocal state, case
        if tag == "trace":
            case += 1
            for values in wanted.values():
                values.append("")
        elif tag == "event":
            state = {}
        elif state is not None and "key" in given:
            state[given["key"]] = given["value"]

    def closed(tag: str) -> None:
        nonlocal state
        if tag == "event" and state is not None:
            rows.append((case, datetime.fromisoformat(state["time:timestamp"]).timestamp(), state["concept:name"]))
            for name, values in wanted.items():
                values[case] = state.get(name, values[case])
            state = None

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    with gzip.open(path, "rb") as file:
        parser.ParseFile(file)
    cases = np.array([row[0] for row in rows])
    at = np.array([row[1] for row in rows])
    names, codes = np.unique(np.array([row[2] for row in rows]), return_inverse=True)
    order = np.lexsort((np.arange(len(rows)), at, cases))
    return Log(
        cases[order],
        codes[order].astype(np.int64),
        at[order],
        tuple(str(name) for name in names),
        {name: tuple(values) for name, values in wanted.items()},
    )


# Cut ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Walks:
    """Every way from one event of a case to the next: which pair, how long, whose case."""

    pair: Whole
    seconds: Floats
    case: Whole
    pairs: tuple[Pair, ...]


def walks(log: Log) -> Walks:
    """The walks between activities, gates left out."""
    inside = np.flatnonzero(log.case[1:] == log.case[:-1])
    coded = log.activity[inside] * len(log.names) + log.activity[inside + 1]
    kinds, pair = np.unique(coded, return_inverse=True)
    pairs = tuple((log.names[kind // len(log.names)], log.names[kind % len(log.names)]) for kind in kinds)
    return Walks(pair.astype(np.int64), log.at[inside + 1] - log.at[inside], log.case[inside], pairs)


def week(at: Floats) -> Whole:
    """The ordinal of the week of each moment, as `period_of(…, "week")` counts."""
    return (np.floor(at / DAY).astype(np.int64) + date(1970, 1, 1).toordinal() - 1) // 7


def inside(at: Floats, window: Window) -> npt.NDArray[np.bool_]:
    """Which moments lie in a window of days."""
    day = np.floor(at / DAY) + date(1970, 1, 1).toordinal()
    chosen: npt.NDArray[np.bool_] = (day >= window.start.toordinal()) & (day <= window.end.toordinal())
    return chosen


def _stats(seconds: Floats, cases: Whole, *, total: int) -> EdgeStats | None:
    if len(seconds) == 0:
        return None
    many = len(np.unique(cases))
    return EdgeStats(len(seconds), many, many / total, float(np.median(seconds)), float(np.mean(seconds)))


def edges(log: Log, found: Walks, *, sides: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]) -> tuple[Edge, ...]:
    """Every edge with its numbers in each period, gates included, most walked first; `sides` choose cases."""
    rows: list[Edge] = []
    groups = [np.ones(len(log.first), dtype=bool), *sides]
    order = np.argsort(found.pair, kind="stable")
    bounds = np.searchsorted(found.pair[order], np.arange(len(found.pairs) + 1))
    for place, pair in enumerate(found.pairs):
        at = order[bounds[place] : bounds[place + 1]]
        stats = []
        for group in groups:
            kept = at[group[found.case[at]]]
            stats.append(_stats(found.seconds[kept], found.case[kept], total=max(1, int(group.sum()))))
        rows.append(Edge(*pair, stats[0], stats[1], stats[2]))
    for gate in ("in", "out"):
        met = log.activity[log.first if gate == "in" else log.last]
        for code in (int(each) for each in np.unique(met)):
            stats = []
            for group in groups:
                cases = np.flatnonzero((met == code) & group)
                stats.append(_stats(np.zeros(len(cases)), cases, total=max(1, int(group.sum()))))
            ends = (GATE, log.names[code]) if gate == "in" else (log.names[code], GATE)
            rows.append(Edge(*ends, stats[0], stats[1], stats[2]))
    return tuple(
        sorted(rows, key=lambda edge: (-(edge.overall.count if edge.overall else 0), edge.source, edge.target))
    )


def steps(log: Log, *, sides: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]) -> tuple[Step, ...]:
    """Every activity with its numbers in each period, in order of its mean relative place."""
    length = log.last - log.first + 1
    place = (np.arange(len(log.case)) - log.first[log.case]) / np.maximum(1, length[log.case] - 1)
    waited = np.r_[0.0, np.where(log.case[1:] == log.case[:-1], np.diff(log.at), 0.0)]
    groups = [np.ones(len(log.first), dtype=bool), *sides]
    found = []
    for code, name in enumerate(log.names):
        at = np.flatnonzero(log.activity == code)
        stats: list[StepStats | None] = []
        for group in groups:
            kept = at[group[log.case[at]]]
            cases = len(np.unique(log.case[kept]))
            waits = waited[kept]
            stats.append(
                StepStats(
                    events=len(kept),
                    cases=cases,
                    share=cases / max(1, int(group.sum())),
                    wait_mean=float(waits.mean()),
                    wait_median=float(np.median(waits)),
                    wait_low=None,
                    wait_high=None,
                    touch_mean=None,
                )
                if len(kept)
                else None
            )
        found.append((float(place[at].mean()), Step(name, stats[0], stats[1], stats[2])))
    return tuple(step for _, step in sorted(found, key=lambda row: (row[0], row[1].activity)))


def frontiers(log: Log, *, side: npt.NDArray[np.bool_]) -> tuple[Frontier, ...]:
    """The frontier of the cases of one period, of events without a start: all time is waiting."""
    waited = np.r_[0.0, np.where(log.case[1:] == log.case[:-1], np.diff(log.at), 0.0)]
    chosen = side[log.case]
    return tuple(
        Frontier(name, int(at.sum()), float(waited[at].sum()), 0.0)
        for code, name in enumerate(log.names)
        if (at := (log.activity == code) & chosen).any()
    )


def weekly_median(values: Floats, weeks: Whole, *, fewest: int = 1, last: int | None = None) -> Weekly:
    """Medians by week, weeks with fewer than `fewest` values left out; weeks from `last` on are immature."""
    order = np.lexsort((values, weeks))
    values, weeks = values[order], weeks[order]
    at, first, counts = np.unique(weeks, return_index=True, return_counts=True)
    low, high = values[first + (counts - 1) // 2], values[first + counts // 2]
    kept = counts >= fewest
    return Weekly(
        tuple(int(week) for week in at[kept]),
        tuple(float(value) for value in ((low + high) / 2)[kept]),
        tuple(int(count) for count in counts[kept]),
        tuple(last is None or int(week) < last for week in at[kept]),
    )


def weekly_edges(log: Log, found: Walks, pairs: Iterable[Pair]) -> dict[Pair, Weekly]:
    """The weekly median of each edge by the week its case begins."""
    weeks = week(log.starts)[found.case]
    places = {pair: place for place, pair in enumerate(found.pairs)}
    series = {}
    for pair in pairs:
        at = np.flatnonzero(found.pair == places[pair])
        series[pair] = weekly_median(found.seconds[at], weeks[at], fewest=FEWEST)
    return series


def samples(
    found: Walks, pairs: Iterable[Pair], *, sides: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]
) -> dict[Pair, Samples]:
    """The times of each edge in the two periods, in rising order."""
    places = {pair: place for place, pair in enumerate(found.pairs)}
    taken = {}
    for pair in pairs:
        at = np.flatnonzero(found.pair == places[pair])
        both = [np.sort(found.seconds[at[side[found.case[at]]]]) for side in sides]
        taken[pair] = Samples(*both)
    return taken


def segment(log: Log, *, source: str, target: str) -> tuple[Whole, Floats]:
    """The cases with a segment, and the seconds from the first `source` to the last `target` of each."""
    begin, end = (log.names.index(name) for name in (source, target))
    cases, seconds = [], []
    for case, (first, last) in enumerate(zip(log.first, log.last, strict=True)):
        codes = log.activity[first : last + 1]
        starts, ends = np.flatnonzero(codes == begin), np.flatnonzero(codes == end)
        if len(starts) and len(ends) and ends[-1] > starts[0]:
            cases.append(case)
            seconds.append(float(log.at[first + ends[-1]] - log.at[first + starts[0]]))
    return np.array(cases), np.array(seconds)


def by_level(values: Floats, level: Iterable[str], *, sides: tuple[npt.NDArray[np.bool_], ...]) -> dict[str, Samples]:
    """Values by level of an attribute in the two periods, each in rising order."""
    names = np.array(list(level))
    return {
        str(name): Samples(*(np.sort(values[side & (names == name)]) for side in sides)) for name in np.unique(names)
    }


def scaled(found: Walks, pair: Pair, *, cases: npt.NDArray[np.bool_], factor: float) -> Walks:
    """The walks with one edge's times multiplied in the chosen cases."""
    seconds = found.seconds.copy()
    seconds[(found.pair == found.pairs.index(pair)) & cases[found.case]] *= factor
    return replace(found, seconds=seconds)
