"""Any log at all: what the engine says equals what a few plain loops say."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.logs import Event, write_log
from valueviz.analysis.process.log import Cut
from valueviz.engine.log import build_log, reading

EPOCH = datetime.fromisoformat("2024-03-04")

events = st.builds(
    lambda case, activity, begin, minutes, timed, who: Event(
        case,
        activity,
        EPOCH + timedelta(minutes=begin + minutes),
        start=EPOCH + timedelta(minutes=begin) if timed else None,
        resource=who,
    ),
    st.sampled_from(["1", "2", "十", "x'y"]),
    st.sampled_from(["a", "b", "c", "d"]),
    st.integers(0, 40),
    st.integers(0, 30),
    st.booleans(),
    st.sampled_from([None, "Ann", "Bob"]),
)
logs = st.lists(events, min_size=1, max_size=30)
"""Events that overlap, stand at equal stamps, lack starts and resources."""


def ordered(rows: Sequence[Event]) -> dict[str, list[Event]]:
    """The events of each case by complete, ties by row."""
    cases: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(rows, key=lambda each: each.complete):
        cases[event.case].append(event)
    return cases


def begin(event: Event) -> datetime:
    return event.start or event.complete


def seconds(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds()


def busy(rows: Sequence[Event]) -> float:
    """The minutes in which anything is worked on, one by one, in seconds."""
    minutes = {
        (begin(event) - EPOCH) // timedelta(minutes=1) + at
        for event in rows
        for at in range((event.complete - begin(event)) // timedelta(minutes=1))
    }
    return 60.0 * len(minutes)


@settings(max_examples=25)
@given(logs)
def test_plain_loops_say_the_same(rows: list[Event]) -> None:
    cases = ordered(rows)
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    walkers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for case, mine in cases.items():
        for one, other in pairwise(mine):
            times[one.activity, other.activity].append(seconds(begin(other), one.complete))
            walkers[one.activity, other.activity].add(case)
    leads = [seconds(max(e.complete for e in mine), min(map(begin, mine))) for mine in cases.values()]
    paths = Counter(tuple(event.activity for event in mine) for mine in cases.values())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.duckdb"
        build_log(path, [write_log(path.with_suffix(".parquet"), rows)])
        with reading(path, Cut()) as log:
            edges = {(e.source, e.target): e.overall for e in log.edges() if e.source and e.target}
            overall, parts, causes = log.periods().overall, log.frontier(), log.causes()
            variants = {each.activities: each.overall for each in log.variants(top=99)}
            revisits = log.rework()
            steps = {step.activity: step.overall for step in log.steps()}
    assert {pair: (e.count, e.cases, e.median) for pair, e in edges.items() if e} == {
        pair: (len(each), len(walkers[pair]), median(each)) for pair, each in times.items()
    }
    assert variants == paths
    assert overall.lead_time.median == median(leads)
    assert overall.lead_time.mean == pytest.approx(sum(leads) / len(leads))
    # waiting and work beyond the frontier tile every case from its first start to its last complete
    total = sum(part.waited + part.worked for part in parts)
    assert abs(total / len(cases) - sum(leads) / len(leads)) / 86400 < 1e-9
    assert sum(part.worked for part in parts) == pytest.approx(sum(busy(mine) for mine in cases.values()))
    assert sum(revisits.values()) == sum(len(mine) - len({e.activity for e in mine}) for mine in cases.values())
    visits = Counter((case, event.activity) for case, mine in cases.items() for event in mine)
    assert {name: (s.events, s.cases) for name, s in steps.items() if s} == {
        name: (sum(n for (_, a), n in visits.items() if a == name), sum(a == name for _, a in visits))
        for name in {event.activity for event in rows}
    }
    for cause in causes:
        shares = (cause.batching, cause.prioritisation, cause.contention, cause.unavailability, cause.extraneous)
        assert min(shares) >= 0


@settings(max_examples=5)
@given(logs)
def test_names_and_their_spelling_change_nothing_but_themselves(rows: list[Event]) -> None:
    renamed = [
        Event(f"case {e.case}", f"步骤 {e.activity} 'of' \"it\"", e.complete, start=e.start, resource=e.resource)
        for e in rows
    ]
    told = []
    for each in (rows, renamed):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log.duckdb"
            build_log(path, [write_log(path.with_suffix(".parquet"), each)])
            with reading(path, Cut()) as log:
                told.append(
                    (log.periods(), [edge.overall for edge in log.edges()], [step.overall for step in log.steps()])
                )
    assert told[0] == told[1]
