"""Diagnosis: a cause planted in simulated waits is found, nothing is found where nothing was planted, and the payments
of a public log read as batches, as they are known to be."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import iterparse

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.analysis.process.diagnosis import PRECEDENCE, diagnose, primary, signals
from valueviz.analysis.process.log import Cause, Seconds, Step, StepStats, StepWaits
from valueviz.analysis.process.redesign import MOST_A_STEP, PATTERNS, patterns, suggest
from valueviz.analysis.process.result import Diagnosis, Evidence
from valueviz.analysis.process.rules.batching import runs
from valueviz.analysis.process.rules.hours import learnt
from valueviz.analysis.process.rules.signal import Reading, Signal

HOUR, DAY = 3600.0, 86400.0
MONDAY = 1704067200.0
"""1 January 2024, a Monday."""

WEEKS = 52


# A step, simulated ──────────────────────────────────────────────────────────


def arrivals(rng: np.random.Generator, *, a_week: float = 40.0) -> Seconds:
    """Moments at which cases come, round the clock for a year."""
    return MONDAY + np.sort(rng.uniform(0, WEEKS * 7 * DAY, rng.poisson(a_week * WEEKS)))


def usual(rng: np.random.Generator, size: int, *, hours: float = 8.0) -> Seconds:
    """Waits without any cause: a median and a spread."""
    return hours * HOUR * np.exp(rng.normal(0.0, 0.5, size))


def step(
    enabled: Seconds,
    started: Seconds,
    *,
    resource: np.ndarray | None = None,
    previous: np.ndarray | None = None,
    visit: np.ndarray | None = None,
    case: np.ndarray | None = None,
    work: float = 0.0,
) -> StepWaits:
    """The events of a step in the order in which an engine gives them."""
    order = np.lexsort((enabled, started))
    none = np.full(started.size, -1)
    resource, previous = (none if each is None else each for each in (resource, previous))
    visit = np.ones(started.size) if visit is None else visit
    case = np.arange(started.size) if case is None else case
    return StepWaits(
        "step",
        enabled[order],
        started[order],
        started[order] + work,
        resource[order].astype(np.int32),
        previous[order].astype(np.int32),
        visit[order].astype(np.int32),
        none.astype(np.int8),
        case[order].astype(np.int64),
    )


def found(
    waits: StepWaits, *, causes: tuple[Cause, ...] = (), levels: Mapping[str, Seconds] | None = None
) -> Diagnosis:
    """The diagnosis of a process with this step alone."""
    wait = np.maximum(0.0, waits.started - waits.enabled)
    stats = StepStats(wait.size, wait.size, 1.0, float(wait.mean()), float(np.median(wait)), None, None, None)
    (diagnosis,) = diagnose(
        [Step("step", stats, None, None)],
        waits={"step": waits}.__getitem__,
        cases=len(set(waits.case.tolist())),
        causes=causes,
        attributes=("kind",) if levels else (),
        waits_by=(lambda _, __: levels) if levels else None,
    )
    return diagnosis


def of(diagnosis: Diagnosis, key: str) -> float:
    return next(each.value for each in diagnosis.evidence if each.key == key)


# Planted causes ─────────────────────────────────────────────────────────────


def batches(rng: np.random.Generator) -> StepWaits:
    """Done on Mondays and Thursdays at ten, one a minute, round the clock otherwise nothing."""
    enabled = arrivals(rng)
    times = np.sort(np.concatenate([MONDAY + (np.arange(WEEKS + 2) * 7 + day) * DAY + 10 * HOUR for day in (0, 3)]))
    run = np.searchsorted(times, enabled)
    place = np.arange(enabled.size) - np.searchsorted(run, run)
    return step(enabled, times[run] + 60.0 * place)


def office(rng: np.random.Generator) -> StepWaits:
    """Two working hours' wait, worked on from nine to five on weekdays only."""
    enabled = arrivals(rng)
    grid = MONDAY + np.arange((WEEKS + 2) * 168 + 1) * HOUR
    hour = np.arange(grid.size - 1)
    is_open = (hour // 24 % 7 < 5) & (hour % 24 >= 9) & (hour % 24 < 17)
    passed = np.concatenate(([0.0], np.cumsum(is_open) * HOUR))
    target = np.interp(enabled, grid, passed) + usual(rng, enabled.size, hours=2.0)
    at = np.searchsorted(passed, target, side="right") - 1
    return step(enabled, grid[at] + target - passed[at])


def loops(rng: np.random.Generator) -> StepWaits:
    """Four cases in ten come back once."""
    first = arrivals(rng)
    begun = first + usual(rng, first.size)
    again = rng.uniform(size=first.size) < 0.4
    second = begun[again] + usual(rng, int(again.sum()))
    number = np.arange(first.size)
    return step(
        np.concatenate((first, second)),
        np.concatenate((begun, second + usual(rng, second.size, hours=12.0))),
        visit=np.concatenate((np.ones(first.size), np.full(second.size, 2))),
        case=np.concatenate((number, number[again])),
    )


def handed_over(rng: np.random.Generator) -> StepWaits:
    """Half of the cases change hands, and wait four times as long."""
    enabled = arrivals(rng)
    changes = rng.uniform(size=enabled.size) < 0.5
    wait = usual(rng, enabled.size) * np.where(changes, 4.0, 1.0)
    previous = rng.integers(0, 5, enabled.size)
    return step(enabled, enabled + wait, resource=np.where(changes, 5 + previous, previous), previous=previous)


def growing(rng: np.random.Generator) -> StepWaits:
    """One desk that falls behind: a case every ninety minutes comes in, a hundred minutes each are needed."""
    enabled = MONDAY + np.sort(rng.uniform(0, WEEKS * 7 * DAY, int(WEEKS * 7 * 16)))
    started = np.empty(enabled.size)
    free = 0.0
    for at, moment in enumerate(enabled):
        started[at] = max(free, moment)
        free = started[at] + 94 * 60.0
    return step(enabled, started)


def exceptions(rng: np.random.Generator) -> StepWaits:
    """One case in eight waits twelve times as long."""
    enabled = arrivals(rng)
    rare = rng.uniform(size=enabled.size) < 0.125
    return step(enabled, enabled + usual(rng, enabled.size) * np.where(rare, 12.0, 1.0))


PLANTED: dict[str, Callable[[np.random.Generator], StepWaits]] = {
    "batching": batches,
    "calendar": office,
    "rework_loop": loops,
    "hand_over": handed_over,
    "queue_growth": growing,
    "heavy_tail": exceptions,
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("cause", PLANTED)
def test_a_planted_cause_is_found(cause: str, seed: int) -> None:
    diagnosis = found(PLANTED[cause](np.random.default_rng(seed)))
    assert diagnosis.cause == cause
    assert diagnosis.evidence[0].key.startswith(f"{cause}.")
    assert diagnosis.share == pytest.approx(1.0)


@pytest.mark.parametrize("cause", ["contention", "prioritisation", "unavailability"])
def test_a_cause_that_the_engine_measured_is_found(cause: str) -> None:
    rng = np.random.default_rng(1)
    enabled = arrivals(rng)
    parts = {"batching": 5.0, "prioritisation": 10.0, "contention": 10.0, "unavailability": 10.0, "extraneous": 30.0}
    split = Cause("before", "A", "step", "B", 100, **parts | {cause: 50.0})
    elsewhere = Cause("before", "A", "another step", "B", 100, 0.0, 0.0, 0.0, 0.0, 1000.0)
    diagnosis = found(step(enabled, enabled + usual(rng, enabled.size)), causes=(split, elsewhere))
    assert diagnosis.cause == cause
    assert of(diagnosis, f"{cause}.explains") == pytest.approx(50.0 / (sum(parts.values()) - parts[cause] + 50.0))


def test_a_kind_of_case_that_waits_longer_is_found_and_named() -> None:
    rng = np.random.default_rng(2)
    enabled = arrivals(rng)
    kind = rng.choice(3, enabled.size, p=(0.7, 0.2, 0.1))
    wait = usual(rng, enabled.size) * np.where(kind == 2, 6.0, 1.0)
    levels = {name: wait[kind == at] for at, name in enumerate(("small", "middling", "large"))}
    diagnosis = found(step(enabled, enabled + wait), levels=levels)
    fired = {each.key.partition(".")[0] for each in diagnosis.evidence}
    assert "attribute_driver" in fired
    assert {each.of for each in diagnosis.evidence if each.key == "attribute_driver.gap"} == {("kind", "large")}


def test_nothing_is_found_where_nothing_is_planted() -> None:
    wrong = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        enabled = arrivals(rng, a_week=15.0)
        wait = usual(rng, enabled.size)
        resource, previous, kind = rng.integers(0, 4, (3, enabled.size))
        levels = {str(at): wait[kind == at] for at in range(4)}
        wrong += (
            found(step(enabled, enabled + wait, resource=resource, previous=previous), levels=levels).cause
            != "unexplained"
        )
    assert wrong <= 2


def test_who_comes_later_and_goes_first_is_told_as_evidence_and_never_as_a_cause() -> None:
    rng = np.random.default_rng(3)
    enabled = arrivals(rng)
    at_random = found(step(enabled, enabled + usual(rng, enabled.size)))
    assert at_random.cause == "unexplained"
    assert of(at_random, "overtaking.out_of_order") > 0.2
    in_order = found(step(enabled, enabled + 8 * HOUR))
    assert "overtaking.out_of_order" not in {each.key for each in in_order.evidence}
    assert primary([Signal("overtaking", True, 0.0, (), "served_in_order")]) is None


# Rules ──────────────────────────────────────────────────────────────────────


def test_the_wait_that_a_batch_explains_is_that_since_the_batch_before() -> None:
    diagnosis = found(batches(np.random.default_rng(0)))
    assert of(diagnosis, "batching.in_runs") > 0.99
    assert of(diagnosis, "batching.explains") > 0.95
    assert of(diagnosis, "batching.twice_as_often") == pytest.approx(0.5, abs=0.03)
    assert of(diagnosis, "batching.interval") == pytest.approx(3.5 * DAY, rel=0.02)
    assert of(diagnosis, "batching.monday") + of(diagnosis, "batching.thursday") == pytest.approx(1.0)


def test_a_busy_desk_that_never_rests_is_no_batch() -> None:
    rng = np.random.default_rng(4)
    enabled = arrivals(rng, a_week=2000.0)
    diagnosis = found(step(enabled, enabled + usual(rng, enabled.size)))
    assert diagnosis.cause == "unexplained"


def test_closed_hours_are_no_cause_of_a_wait_of_weeks() -> None:
    rng = np.random.default_rng(5)
    waits = office(rng)
    shifted = step(waits.enabled - 21 * DAY * rng.uniform(0.5, 1.5, waits.enabled.size), waits.started)
    assert found(waits).cause == "calendar"
    assert found(shifted).cause != "calendar"


def test_working_hours_are_learnt_with_their_holidays() -> None:
    rng = np.random.default_rng(6)
    day = rng.choice([at for at in range(WEEKS * 7) if at % 7 < 5 and at != 100], 8000)
    hours = learnt(MONDAY + day * DAY + rng.uniform(9, 17, day.size) * HOUR, MONDAY)
    assert hours
    assert hours.weekdays == (0, 1, 2, 3, 4)
    assert hours.clock == tuple(range(9, 17))
    week, holiday = (
        hours.passed(MONDAY + np.array([0.0, 7.0]) * DAY),
        hours.passed(MONDAY + np.array([100.0, 101.0]) * DAY),
    )
    assert np.diff(week) == 40 * HOUR
    assert np.diff(holiday) == 0.0
    assert hours.until(hours.passed(np.array([MONDAY + 20 * HOUR]))) == MONDAY + DAY + 9 * HOUR
    assert np.diff(hours.with_weekend().passed(MONDAY + np.array([0.0, 7.0]) * DAY)) == 56 * HOUR


def test_the_clock_round_there_are_no_working_hours() -> None:
    moments = MONDAY + np.sort(np.random.default_rng(7).uniform(0, WEEKS * 7 * DAY, 3000))
    assert learnt(moments, MONDAY) is None


def test_a_run_goes_on_until_ten_minutes_after_the_last_end() -> None:
    started = np.array([0.0, 60.0, 500.0, 2000.0, 2000.0])
    completed = np.array([1500.0, 70.0, 510.0, 2000.0, 2000.0])
    assert runs(started, completed).sizes.tolist() == [5]
    assert runs(started, np.maximum(started, np.minimum(completed, 510.0))).sizes.tolist() == [3, 2]


def test_the_first_cause_that_explains_half_goes_before_one_that_explains_more() -> None:
    def signal(cause: str, explains: float, *, fires: bool = True) -> Signal:
        return Signal(cause, fires, explains, (), "")

    def chosen(*signals: Signal) -> str | None:
        found = primary(signals)
        return found.cause if found else None

    assert chosen(signal("calendar", 0.9), signal("batching", 0.5)) == "batching"
    assert chosen(signal("calendar", 0.9), signal("batching", 0.4)) == "calendar"
    assert chosen(signal("heavy_tail", 0.3), signal("rework_loop", 0.3)) == "rework_loop"
    assert primary([signal("calendar", 0.9, fires=False)]) is None


# Ranking ────────────────────────────────────────────────────────────────────


def test_steps_are_ranked_by_how_often_and_how_long_together() -> None:
    rng = np.random.default_rng(8)
    often, rare, first = (
        StepStats(900, 900, 0.9, 10.0, 10.0, None, None, 1.0),
        StepStats(10, 10, 0.01, 300.0, 300.0, None, None, 0.0),
        StepStats(1000, 1000, 1.0, 0.0, 0.0, None, None, 0.1),
    )
    waits = step(MONDAY + np.arange(20.0), MONDAY + 9.0 + np.arange(20.0) + rng.uniform(size=20))
    steps = [Step("first", first, None, first), Step("rare", rare, None, None), Step("often", often, None, None)]
    ranked = diagnose(steps, waits=lambda _: waits, cases=1000)
    assert [each.step for each in ranked] == ["often", "rare"]
    assert ranked[0].impact == pytest.approx(900.0)
    assert ranked[0].share == pytest.approx(9000.0 / (9000.0 + 900.0 + 3000.0 + 100.0))
    assert [each.cause for each in ranked] == ["unexplained", "unexplained"]
    assert diagnose(steps, waits=lambda _: waits, cases=1000, most=1) == ranked[:1]
    assert diagnose(steps, waits=lambda _: waits, cases=0, period="after") == ()


def test_a_period_reads_only_its_own_cases() -> None:
    rng = np.random.default_rng(9)
    both = batches(rng)
    after = both.started > MONDAY + 26 * 7 * DAY
    random = both.enabled + usual(rng, both.enabled.size)
    mixed = step(both.enabled, np.where(after, both.started, random))
    periods = StepWaits(
        **{name: getattr(mixed, name) for name in StepWaits.__dataclass_fields__}
        | {"after": (mixed.enabled > MONDAY + 26 * 7 * DAY).astype(np.int8)}
    )
    causes = {}
    for period in ("before", "after"):
        chosen = primary(signals(Reading(periods, period, 1000)))
        causes[period] = chosen.cause if chosen else None
    assert causes == {"before": None, "after": "batching"}


# Redesign ───────────────────────────────────────────────────────────────────


def test_every_cause_that_explains_waiting_has_a_pattern_and_no_other_has() -> None:
    assert {pattern.cause for pattern in PATTERNS} == set(PRECEDENCE) - {"overtaking"}
    assert len({pattern.key for pattern in PATTERNS}) == len(PATTERNS)
    assert all(0.0 <= pattern.low <= pattern.high <= 1.0 for pattern in PATTERNS)


@given(
    explains=st.dictionaries(st.sampled_from(PRECEDENCE[:-1]), st.floats(0, 1), min_size=1),
    replays=st.lists(st.floats(0, 1), min_size=3, max_size=3),
    impact=st.floats(0, 1e9),
)
def test_what_patterns_save_never_exceeds_the_wait(
    explains: dict[str, float], replays: list[float], impact: float
) -> None:
    evidence = tuple(Evidence(f"{cause}.explains", share, "share") for cause, share in explains.items())
    names = ("batching.twice_as_often", "calendar.weekend", "calendar.longer")
    evidence += tuple(Evidence(name, share, "share") for name, share in zip(names, replays, strict=True))
    suggestions = suggest([Diagnosis("step", next(iter(explains)), impact, 0.5, evidence, "")])
    assert all(0.0 <= each.low <= each.high for each in suggestions)
    assert sum(each.high for each in suggestions) <= impact / 100 * (1 + 1e-12)
    assert len(suggestions) <= MOST_A_STEP


def test_batches_twice_as_often_save_half_of_the_wait_for_them() -> None:
    diagnosis = found(batches(np.random.default_rng(0)))
    often, at_once = suggest([diagnosis])
    assert (often.pattern, at_once.pattern) == ("batch_more_often", "work_on_arrival")
    assert often.high == pytest.approx(diagnosis.impact / 100 * 0.5, rel=0.06)
    assert often.low == pytest.approx(often.high / 2)


def test_cover_at_weekends_saves_what_a_replay_of_the_same_work_shows() -> None:
    diagnosis = found(office(np.random.default_rng(0)))
    weekend = suggest([diagnosis])[0]
    assert weekend.pattern == "weekend_cover"
    # an arrival in the 64 closed hours from Friday to Monday waits 32 hours on average, in 16 closed hours 8
    saved = (64 * 32 - 16 * 8 - 2 * 16 * 8) / 168 * HOUR
    assert weekend.high == pytest.approx(saved, rel=0.15)


def test_nothing_is_suggested_where_nothing_is_explained() -> None:
    evidence = (Evidence("heavy_tail.explains", 0.1, "share"),)
    assert suggest([Diagnosis("step", "unexplained", 1.0, 1.0, evidence, "")]) == ()
    assert patterns("unexplained") == ()


# A public log ───────────────────────────────────────────────────────────────


def payments(path: Path) -> StepWaits:
    """The payments of the log, read plainly."""
    enabled, started = [], []
    with gzip.open(path) as stream:
        for _, trace in iterparse(stream):
            if not trace.tag.endswith("trace"):
                continue
            ends: list[float] = []
            for event in trace:
                about = {each.get("key"): each.get("value") or "" for each in event}
                if "time:timestamp" not in about:
                    continue
                moment = datetime.fromisoformat(about["time:timestamp"]).timestamp()
                if about["concept:name"] == "Payment Handled":
                    enabled.append(max(ends))
                    started.append(moment)
                ends.append(moment)
            trace.clear()
    return step(np.array(enabled), np.array(started))


def test_the_payments_of_the_domestic_declarations_are_batches_on_mondays_and_thursdays(shared: Path) -> None:
    diagnosis = found(payments(shared / "data" / "process" / "bpic2020_DomesticDeclarations.cleaned.xes.gz"))
    assert diagnosis.cause == "batching"
    assert of(diagnosis, "batching.events") == 9912
    assert of(diagnosis, "batching.runs") == 195
    assert of(diagnosis, "batching.run_size") == 36
    assert of(diagnosis, "batching.in_runs") == pytest.approx(0.9994, abs=5e-5)
    days = [each.key for each in diagnosis.evidence if each.key.endswith("day") and each.value >= 0.1]
    assert days == ["batching.monday", "batching.thursday"]
