"""The planted bottleneck of each event log ranks first with its true cause, over all cases, before and after."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.datasets.test_event_logs import EACH, Log, cases
from tests.engine.logs import Event, write_log
from valueviz.analysis.process.diagnosis import diagnose
from valueviz.analysis.process.log import Cut
from valueviz.analysis.process.redesign import suggest
from valueviz.analysis.process.result import Diagnosis
from valueviz.analysis.process.rules.signal import Period
from valueviz.engine.log import build_log, reading
from valueviz.terms import Window

PERIODS: tuple[Period, ...] = ("overall", "before", "after")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bottlenecks")


@cache
def diagnoses(log: Log, folder: Path) -> dict[str, tuple[Diagnosis, ...]]:
    """What the diagnosis of each period says, by the engine."""
    source, coded = folder / f"{log.name}.parquet", folder / f"{log.name}.duckdb"
    starts = log.name == "pharma"  # the other log knows completions only
    write_log(
        source,
        (
            Event(
                event.case,
                event.activity,
                event.complete,
                start=event.start if starts else None,
                resource=event.resource,
                site=event.site,
            )
            for events in cases(log).values()
            for event in events
        ),
    )
    build_log(coded, [source])
    frame = log.frame()
    day = timedelta(days=1)
    cut = Cut(
        go_live=frame.go_live,
        before=Window(frame.start, frame.go_live - day),
        after=Window(frame.go_live, frame.end),
        go_lives=frame.go_lives,
    )
    found: dict[str, tuple[Diagnosis, ...]] = {}
    with reading(coded, cut) as read:
        periods = read.periods()
        for period, about in zip(PERIODS, (periods.overall, periods.before, periods.after), strict=True):
            assert about is not None
            found[period] = diagnose(
                read.steps(),
                waits=read.waits,
                cases=about.cases,
                lead=about.lead_time.mean,
                causes=read.causes(period),
                period=period,
            )
    return found


@EACH
@pytest.mark.parametrize("period", PERIODS)
def test_the_planted_bottleneck_ranks_first_with_its_true_cause(log: Log, period: str, folder: Path) -> None:
    first = diagnoses(log, folder)[period][0]
    assert {"step": first.step, "cause": first.cause} == log.truth()["bottleneck"]
    assert first.period == period


@EACH
def test_no_other_step_has_the_planted_cause(log: Log, folder: Path) -> None:
    _, *others = diagnoses(log, folder)["overall"]
    assert log.truth()["bottleneck"]["cause"] not in {each.cause for each in others}


@EACH
def test_what_could_be_done_about_it_never_saves_more_than_was_waited(log: Log, folder: Path) -> None:
    first = diagnoses(log, folder)["overall"][0]
    suggestions = suggest([first])
    assert suggestions
    assert sum(each.high for each in suggestions) < first.impact / 100
