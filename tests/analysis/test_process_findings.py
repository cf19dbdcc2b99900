"""The evidence pack: the same log gives the same ids, and no statement is stronger than its test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from valueviz.analysis.process.findings import effect_status, findings
from valueviz.analysis.process.log import EdgeStats, LeadTime, PeriodSummary, Step, StepStats, Weekly
from valueviz.analysis.process.measures import lead_change, measure_effect, stated
from valueviz.analysis.process.result import (
    Check,
    Colour,
    Diagnosis,
    Drawn,
    EdgeChange,
    Evidence,
    LeadWaterfall,
    ProcessFinding,
    StepChange,
    WaterfallPart,
)
from valueviz.analysis.process.weeks import Weeks

DAY = 86_400.0
SPAN = Weeks(first=1_000, go_live=1_040, transition=0, last=1_079)


def halved() -> Weekly:
    """A lead time that halves at go-live."""
    values = DAY * 10 * np.exp(0.05 * np.random.default_rng(1).standard_normal(80))
    values[40:] /= 2
    return Weekly(tuple(range(1_000, 1_080)), tuple(values.tolist()), (25,) * 80, (True,) * 80)


def period(cases: int, days: float) -> PeriodSummary:
    """A period of so many cases."""
    return PeriodSummary(cases, 5 * cases, 7, LeadTime(days * DAY, 1.2 * days * DAY, 3 * days * DAY))


def edge(colour: Colour, *, drawn: bool = True) -> EdgeChange:
    """An edge of a colour."""
    before, after = EdgeStats(600, 600, 0.6, 5 * DAY, 6 * DAY), EdgeStats(500, 500, 0.5, 3 * DAY, 4 * DAY)
    return EdgeChange("a", "b", before, before, after, -2 * DAY, 0.01, 0.04, 0.001, True, colour, drawn=drawn)


def pack(*checks: Check) -> tuple[ProcessFinding, ...]:
    """A pack with one of everything."""
    counted = StepStats(400, 400, 0.4, DAY, DAY, None, None, None)
    return findings(
        overall=period(2_000, 8),
        before=period(1_000, 10),
        after=period(1_000, 5),
        lead=stated(lead_change(halved(), SPAN), checks),
        measures=[measure_effect("lead_median", halved(), weeks=SPAN, before=10 * DAY, after=5 * DAY)],
        edges=[edge("faster"), edge("slower_outline"), edge("unchanged"), edge("faster", drawn=False)],
        steps=[
            StepChange(Step("stays", counted, counted, counted), "kept"),
            StepChange(Step("comes", counted, None, counted), "added"),
        ],
        waterfall=LeadWaterfall(10 * DAY, 5 * DAY, (WaterfallPart("comes", None, None, -5 * DAY),)),
        checks=checks,
        diagnoses=[Diagnosis("b", "batching", 30 * DAY, 0.3, (Evidence("runs", 195.0, "count"),), "no_runs")],
        drawn=Drawn(("a", "b"), 0.98, 3),
    )


HOLDS = Check("matched_cohort", "unit", ("x",), 10 * DAY, 5 * DAY, "holds")
AGAINST = Check("placebo", None, (), 10 * DAY, 8 * DAY, "contradicts")


def test_ids_and_order_are_those_of_the_data() -> None:
    found = pack(HOLDS)
    assert [one.id for one in found] == ["P1", "P2", "L1", "M01", "S01", "E01", "E02", "E03", "W01", "C1", "D01"]
    assert found == pack(HOLDS)


def test_every_id_names_one_finding() -> None:
    ids = [one.id for one in pack(HOLDS, AGAINST)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("checks", "status"),
    [((), "supported"), ((HOLDS,), "supported"), ((HOLDS, AGAINST), "contradicted")],
)
def test_the_lead_time_is_as_strong_as_its_checks_allow(checks: tuple[Check, ...], status: str) -> None:
    lead = next(one for one in pack(*checks) if one.kind == "lead_time")
    assert lead.status == status
    assert lead.checks == tuple(f"C{place}" for place in range(1, len(checks) + 1))
    values = dict(lead.values)
    assert (values["before"], values["after"]) == (10 * DAY, 5 * DAY)
    assert values["verdict"] == ("not_provable_yet" if status == "contradicted" else "improved")


def test_measures_of_the_lead_time_name_the_checks_about_them() -> None:
    found = next(one for one in pack(HOLDS, AGAINST) if one.kind == "measure")
    assert found.checks == ("C1", "C2")


def test_edges_are_supported_in_full_colour_only() -> None:
    found = [one for one in pack() if one.kind == "edge"]
    assert [one.status for one in found] == ["supported", "not_provable", "descriptive"]
    values = dict(found[0].values)
    assert (values["from"], values["to"], values["change"], values["before_count"]) == ("a", "b", -2 * DAY, 600.0)


def test_a_step_that_came_has_no_number_before() -> None:
    values = dict(next(one for one in pack() if one.kind == "step_added").values)
    assert (values["before_share"], values["after_share"]) == (None, 0.4)


@pytest.mark.parametrize(
    ("verdict", "reason", "status"),
    [
        ("improved", None, "supported"),
        ("worse", None, "supported"),
        ("not_provable_yet", "primary_includes_zero", "not_provable"),
        ("not_provable_yet", "check_contradicts", "contradicted"),
        ("refused", "too_few_periods", "not_possible"),
        ("not_comparable", "instrument_changed", "not_possible"),
    ],
)
def test_the_status_of_an_effect(verdict: str, reason: str | None, status: str) -> None:
    effect = replace(lead_change(halved(), SPAN), verdict=verdict, reason=reason)  # type: ignore[arg-type]
    assert effect_status(effect) == status


def test_of_one_period_there_is_no_change() -> None:
    found = findings(overall=period(2_000, 8), drawn=Drawn(("a",), 1.0, 0))
    assert [one.kind for one in found] == ["process", "map"]
    assert dict(found[0].values)["lead_median"] == 8 * DAY
