"""Counts and times of real logs against another implementation and against published figures."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.engine.logs import Event, shared_events, write_log
from valueviz.analysis.process.log import Cut, Edge, EdgeStats
from valueviz.engine.log import build_log, reading
from valueviz.terms import Window

REPOSITORY = Path(__file__).resolve().parents[2]
RECORDED: Mapping[str, Any] = json.loads(
    (REPOSITORY / "tests" / "oracles" / "pm4py_counts.json").read_text(encoding="utf-8")
)["logs"]
DEMOS = {
    "pharma": ("pharma/batch_events.csv", ("批号", "工序", "开始时间", "完成时间")),
    "retail": ("retail/approval_events.csv", ("申请单号", "环节", None, "操作时间")),
}
SHARED = [name for name in RECORDED if name not in DEMOS]
DOMESTIC, INTERNATIONAL = "bpic2020_DomesticDeclarations", "bpic2020_InternationalDeclarations"
DAY = 86400.0
YEARS = Cut(
    go_live=date(2018, 1, 1),
    before=Window(date(2017, 1, 1), date(2017, 12, 31)),
    after=Window(date(2018, 1, 1), date(2018, 12, 31)),
)
SUBMITTED, HANDLED = "Declaration SUBMITTED by EMPLOYEE", "Payment Handled"

Coded = Callable[[str], Path]


def demo_events(name: str) -> Iterator[Event]:
    """The events of a demonstration log."""
    file, (case, activity, start, complete) = DEMOS[name]
    with (REPOSITORY / "datasets" / file).open(encoding="gb18030", newline="") as text:
        for row in csv.DictReader(text):
            begun = moment(row[start]) if start else None
            yield Event(row[case], row[activity], moment(row[complete]), start=begun)


def moment(text: str) -> datetime:
    day, clock = text.split(" ")
    year, month, number = (int(part) for part in day.replace("/", "-").split("-"))
    hour, minute = (int(part) for part in clock.split(":")[:2])
    return datetime.fromisoformat(f"{year:04}-{month:02}-{number:02}T{hour:02}:{minute:02}")


@pytest.fixture(scope="session")
def coded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Coded:
    """A real log by name, coded once."""
    folder = tmp_path_factory.mktemp("real")

    @cache
    def code(name: str) -> Path:
        events = demo_events(name) if name in DEMOS else shared_events(request.getfixturevalue("shared"), name)
        build_log(folder / f"{name}.duckdb", [write_log(folder / f"{name}.parquet", events)])
        return folder / f"{name}.duckdb"

    return code


@pytest.mark.parametrize("name", RECORDED)
def test_counts_are_exactly_and_times_nearly_those_of_another_implementation(coded: Coded, name: str) -> None:
    recorded = RECORDED[name]
    with reading(coded(name), Cut()) as log:
        edges = {(edge.source, edge.target): edge.overall for edge in log.edges() if edge.source and edge.target}
        overall, leads = log.periods().overall, log.periods().overall.lead_time
        variants = {each.activities: each.overall for each in log.variants(top=40)}
        activities = log.summary().activities
    assert (overall.cases, overall.events, len(activities)) == tuple(
        recorded[key] for key in ("cases", "events", "activities")
    )
    assert overall.variants == recorded["variant_count"]
    for path, count in recorded["variants"]:
        assert count == 1 or variants[tuple(path)] == count
    found = {pair: stats for pair, stats in edges.items() if stats}
    assert {pair: stats.count for pair, stats in found.items()} == {(a, b): n for a, b, n, _, _ in recorded["edges"]}
    for source, target, _, median, mean in recorded["edges"]:
        assert (found[source, target].median, found[source, target].mean) == pytest.approx((median, mean), rel=1e-6)
    durations = recorded["durations"]
    assert leads.median == pytest.approx(durations["median"], rel=1e-6)
    assert (leads.mean or 0) * overall.cases == pytest.approx(durations["sum"], rel=1e-6)


@pytest.mark.parametrize(
    ("name", "sizes", "days"),
    [
        (DOMESTIC, (10357, 55628, 14, 90), (7.312, 11.087)),
        (INTERNATIONAL, (6323, 70727, 33, 727), (65.269, 84.905)),
    ],
)
def test_published_sizes_and_lead_times_are_met(
    coded: Coded, name: str, sizes: tuple[int, ...], days: tuple[float, float]
) -> None:
    with reading(coded(name), Cut()) as log:
        overall, summary = log.periods().overall, log.summary()
    assert (overall.cases, overall.events, len(summary.activities), overall.variants) == sizes
    leads = (overall.lead_time.median or 0) / DAY, (overall.lead_time.mean or 0) / DAY
    assert leads == pytest.approx(days, abs=0.0006)


@pytest.mark.parametrize(
    ("name", "paid", "submissions"),
    [
        (DOMESTIC, None, {1: 8945, 2: 845, 3: 109, 4: 12}),
        (INTERNATIONAL, 6078, {1: 4709, 2: 1110, 3: 220, 4: 39}),
    ],
)
def test_published_resubmissions_of_paid_declarations_are_met(
    coded: Coded, name: str, paid: int | None, submissions: dict[int, int]
) -> None:
    with reading(coded(name), Cut()) as log:
        counts: dict[int, int] = {}
        for variant in log.variants(top=100_000):
            if {HANDLED, SUBMITTED} <= set(variant.activities):
                times = min(variant.activities.count(SUBMITTED), 4)
                counts[times] = counts.get(times, 0) + variant.overall
    assert counts == submissions
    assert paid is None or sum(counts.values()) == paid


def test_published_pairs_and_rejections_are_met(coded: Coded) -> None:
    with reading(coded(DOMESTIC), Cut()) as log:
        edges: dict[tuple[str, str], Edge] = {(edge.source, edge.target): edge for edge in log.edges()}
        steps = {step.activity: step.overall for step in log.steps()}

    def count(stats: EdgeStats | None) -> int:
        assert stats is not None
        return stats.count

    assert count(edges["Declaration FINAL_APPROVED by SUPERVISOR", "Request Payment"].overall) == 9912
    assert count(edges["Request Payment", HANDLED].overall) == 9911
    rejected = {name: steps[f"Declaration REJECTED by {name}"] for name in ("ADMINISTRATION", "SUPERVISOR", "MISSING")}
    rejected |= {name: steps[f"Declaration REJECTED by {name}"] for name in ("PRE_APPROVER", "BUDGET OWNER")}
    assert {name: stats.events for name, stats in rejected.items() if stats} == {
        "ADMINISTRATION": 936,
        "SUPERVISOR": 286,
        "MISSING": 89,
        "PRE_APPROVER": 86,
        "BUDGET OWNER": 57,
    }


def test_published_figures_of_two_years_are_met(coded: Coded) -> None:
    with reading(coded(DOMESTIC), YEARS) as log:
        periods = log.periods()
    assert periods.before is not None
    assert periods.after is not None
    for period, median, steps, rework in ((periods.before, 7.06, 4.49, 0.076), (periods.after, 7.38, 5.61, 0.103)):
        measures = dict(period.measures)
        assert (period.lead_time.median or 0) / DAY == pytest.approx(median, abs=0.006)
        assert measures["steps_per_case"] == pytest.approx(steps, abs=0.006)
        assert measures["rework_share"] == pytest.approx(rework, abs=0.0006)


def test_published_medians_from_submission_to_payment_are_met(coded: Coded) -> None:
    cut = replace(YEARS, segment=(SUBMITTED, HANDLED))
    units = tuple(f"organizational unit {number}" for number in (65454, 65455, 65458))
    name = "Permit_OrganizationalEntity"
    matched = replace(cut, attributes=tuple((name, unit) for unit in units))
    medians = []
    for each in (cut, matched):
        with reading(coded(INTERNATIONAL), each) as log:
            periods = log.periods()
        medians += [(part.lead_time.median or 0) / DAY for part in (periods.before, periods.after) if part]
    assert medians == pytest.approx([8.31, 10.35, 8.14, 8.13], abs=0.006)
    with reading(coded(INTERNATIONAL), cut) as log:
        levels = log.lead_by(name)
    assert {unit for unit, each in levels.items() if min(len(each.before), len(each.after)) >= 30} == set(units)


def test_published_means_of_international_declarations_are_met(coded: Coded) -> None:
    with reading(coded(INTERNATIONAL), YEARS) as log:
        periods = log.periods()
    medians = [(part.lead_time.median or 0) / DAY for part in (periods.before, periods.after) if part]
    assert medians == pytest.approx([77.1, 62.9], abs=0.06)


@pytest.mark.parametrize("name", RECORDED)
def test_what_the_steps_add_is_the_mean_lead_time(coded: Coded, name: str) -> None:
    for cut in (Cut(), YEARS, replace(YEARS, segment=(SUBMITTED, HANDLED)) if name == INTERNATIONAL else YEARS):
        with reading(coded(name), cut) as log:
            for period in ("overall", "before", "after"):
                summary = getattr(log.periods(), period)
                mean = summary.lead_time.mean if summary else None
                if mean is None:
                    continue
                cases = (
                    sum(log.weekly("lead_mean").counts) if period == "overall" else len(getattr(log.leads(), period))
                )
                parts = sum(part.waited + part.worked for part in log.frontier(period)) / cases
                assert abs(parts - mean) / DAY < 1e-9


def test_answers_are_the_same_with_any_number_of_threads(coded: Coded, tmp_path: Path) -> None:
    answers = []
    source = coded(INTERNATIONAL).with_suffix(".parquet")
    for threads in (1, 2, 5):
        build_log(tmp_path / f"{threads}.duckdb", [source], threads=threads)
        with reading(tmp_path / f"{threads}.duckdb", YEARS, threads=threads) as log:
            pairs = [(edge.source, edge.target) for edge in log.edges()[:20]]
            answers.append(
                repr(
                    (
                        log.summary(),
                        log.periods(),
                        log.edges(),
                        log.steps(),
                        log.frontier("after"),
                        log.weekly("automation_rate"),
                        log.weekly_edges(pairs),
                        log.variants(top=50),
                        log.passages(pairs, around=date(2018, 1, 1), weeks=6, most=50),
                        log.cases(limit=20),
                        log.leads(),
                    )
                )
            )
    assert answers[0] == answers[1] == answers[2]
