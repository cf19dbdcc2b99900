"""The study of a log from file to findings: the planted changes in full colour, nothing else, and sums that close."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from math import fsum
from pathlib import Path
from typing import Any

import pytest

from valueviz.analysis.process.log import GATE, Cut
from valueviz.study.log_file import CodedLog, coded_log
from valueviz.study.process import Asked, ProcessStudy
from valueviz.terms import Window

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
LOGS = {"pharma": "batch_events.csv", "retail": "approval_events.csv"}
LATER, EARLIER = Window(date(2018, 1, 1), date(2018, 12, 31)), Window(date(2017, 1, 1), date(2017, 12, 31))


def truth(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DATASETS / name / "truth.json").read_text(encoding="utf-8"))["log"]
    return told


def planted_cut(name: str) -> Cut:
    agreed = tomllib.loads((DATASETS / name / "engagement.toml").read_text(encoding="utf-8"))
    own = tuple((site["key"], site["go_live"]) for site in agreed.get("site", ()) if "go_live" in site)
    return Cut(go_live=agreed["go_live"], go_lives=tuple(each for each in own if each[1] != agreed["go_live"]))


@pytest.fixture(scope="module", params=sorted(LOGS))
def planted(request: pytest.FixtureRequest) -> tuple[str, ProcessStudy]:
    name = request.param
    with coded_log(DATASETS / name / LOGS[name]) as log:
        return name, log.study(planted_cut(name), name=name, asked=Asked())


def test_coloured_edges_are_the_planted_ones_and_no_other(planted: tuple[str, ProcessStudy]) -> None:
    name, found = planted
    told = {(edge["from"], edge["to"]): edge["change"] for edge in truth(name)["edges"]}
    full = {(edge.source, edge.target): edge.colour for edge in found.edges if edge.colour in ("faster", "slower")}
    assert full
    assert {pair: told[pair] for pair in full} == full


def test_null_edges_are_never_in_full_colour_and_busy_planted_ones_always(planted: tuple[str, ProcessStudy]) -> None:
    name, found = planted
    told = {(edge["from"], edge["to"]): edge for edge in truth(name)["edges"]}
    for edge in found.edges:
        change = told.get((edge.source, edge.target), {}).get("change")
        if change == "unchanged":
            assert edge.colour not in ("faster", "slower")
        if change in ("faster", "slower") and edge.after and edge.after.share > 0.1:
            assert edge.colour == change


def test_the_planted_bottleneck_comes_first_with_its_cause(planted: tuple[str, ProcessStudy]) -> None:
    name, found = planted
    bottleneck = truth(name)["bottleneck"]
    assert (found.diagnoses[0].step, found.diagnoses[0].cause) == (bottleneck["step"], bottleneck["cause"])


def test_the_lead_time_is_stated_and_no_check_contradicts(planted: tuple[str, ProcessStudy]) -> None:
    _, found = planted
    assert found.change
    assert found.change.verdict == "improved"
    assert {check.verdict for check in found.checks} <= {"holds", "not_possible"}


def test_parts_of_the_waterfall_add_up_to_the_change_of_the_mean(planted: tuple[str, ProcessStudy]) -> None:
    _, found = planted
    assert found.waterfall
    assert found.before
    assert found.after
    assert found.waterfall.before == pytest.approx(found.before.lead_time.mean, abs=1e-4)
    assert found.waterfall.after == pytest.approx(found.after.lead_time.mean, abs=1e-4)
    parts = fsum(part.change for part in found.waterfall.parts)
    assert parts == pytest.approx(found.waterfall.after - found.waterfall.before, abs=1e-9 * 86400)


def test_everything_that_is_found_has_an_identity_of_its_own(planted: tuple[str, ProcessStudy]) -> None:
    _, found = planted
    ids = [finding.id for finding in found.findings]
    assert ids
    assert len(set(ids)) == len(ids)


@pytest.fixture(scope="module")
def international(shared: Path) -> Iterator[CodedLog]:
    with coded_log(shared / "data/process/bpic2020_InternationalDeclarations.cleaned.xes.gz") as log:
        yield log


def segment(log: CodedLog) -> ProcessStudy:
    ends = ("Declaration SUBMITTED by EMPLOYEE", "Payment Handled")
    return log.study(Cut(before=EARLIER, after=LATER, segment=ends), name="international", asked=Asked())


def test_a_change_of_the_mix_is_not_stated_as_one_of_the_process(international: CodedLog) -> None:
    found = segment(international)
    assert found.change
    assert (found.change.verdict, found.change.reason) == ("not_provable_yet", "check_contradicts")
    matched = next(check for check in found.checks if check.name == "matched_cohort" and check.verdict == "contradicts")
    assert matched.by == "Permit_OrganizationalEntity"
    assert (matched.before or 0) / 86400 == pytest.approx(8.14, abs=0.005)
    assert (matched.after or 0) / 86400 == pytest.approx(8.13, abs=0.005)


def test_the_waterfall_of_a_segment_is_that_of_the_cases_that_have_it(international: CodedLog) -> None:
    found = segment(international)
    assert found.waterfall
    assert found.before
    assert found.outside_segment
    assert found.waterfall.before == pytest.approx(found.before.lead_time.mean, abs=1e-4)


def test_without_two_periods_a_process_is_described_and_nothing_compared() -> None:
    with coded_log(DATASETS / "pharma" / LOGS["pharma"]) as log:
        found = log.study(Cut(), name="pharma", asked=Asked())
    assert (found.before, found.after, found.change, found.waterfall, found.checks) == (None, None, None, None, ())
    assert {edge.colour for edge in found.edges} == {"unchanged"}
    assert any(edge.drawn and GATE not in (edge.source, edge.target) for edge in found.edges)
