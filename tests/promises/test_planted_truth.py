"""What was planted in the shipped sample is found, on the way every user's files take."""

from __future__ import annotations

import json
from math import fsum
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from valueviz.study import Study


@pytest.fixture(scope="module")
def truth(sample_folder: Path) -> dict[str, dict[str, Any]]:
    loaded = json.loads((sample_folder / "truth.json").read_text(encoding="utf-8"))
    return {entry["metric"]: entry for entry in loaded["metrics"]}


def test_planted_effects_lie_inside_their_intervals(answered: Study, truth: dict[str, dict[str, Any]]) -> None:
    inside = total = 0
    for outcome in answered.outcomes:
        effect = outcome.effect
        if effect.estimate is None or effect.low is None or effect.high is None:
            continue
        planted = truth[outcome.metric.key]["effect"]
        total += 1
        inside += effect.low <= planted <= effect.high
        half = max(effect.estimate - effect.low, effect.high - effect.estimate)
        assert abs(planted - effect.estimate) <= 2 * half, outcome.metric.key
    assert total >= 20
    assert inside / total >= 0.9


def test_every_metric_gets_the_verdict_it_was_planted_for(answered: Study, truth: dict[str, dict[str, Any]]) -> None:
    verdicts = {outcome.metric.key: outcome.effect.verdict for outcome in answered.outcomes}
    assert verdicts == {key: entry["expected_verdict"] for key, entry in truth.items()}


def test_nulls_are_not_stated_as_change(answered: Study, truth: dict[str, dict[str, Any]]) -> None:
    nulls = [outcome for outcome in answered.outcomes if truth[outcome.metric.key]["is_null"]]
    assert len(nulls) >= 4
    assert all(outcome.effect.verdict not in ("improved", "worse") for outcome in nulls)


def test_a_change_of_instrument_at_go_live_is_not_comparable(answered: Study) -> None:
    outcome = answered.outcome("batch_trace_minutes")
    assert (outcome.effect.verdict, outcome.effect.reason) == ("not_comparable", "instrument_changed")
    assert outcome.effect.estimate is None
    assert outcome.grade is None


STEPS = {
    "purchase_approval_hours": "approval_escalation",
    "scheduling_response_hours": "shift_leaders",
    "month_close_days": "voucher_templates",
    "voucher_automation_rate": "voucher_templates",
}
"""Steps after go-live that bring a part of what changed."""


@pytest.mark.parametrize("metric", STEPS)
def test_what_a_later_step_brought_is_told_apart_from_the_switch(
    answered: Study, truth: dict[str, dict[str, Any]], metric: str
) -> None:
    found = answered.outcome(metric).attribution
    assert found is not None
    (part,) = (each for each in found.parts if STEPS[metric] in each.steps)
    assert (part.kind, part.steps) == ("step", (STEPS[metric],))
    assert part.low <= truth[metric]["steps"][STEPS[metric]] <= part.high
    assert part.low > 0 or part.high < 0


def test_the_parts_of_each_change_hold_what_its_steps_brought_and_nothing_remains(
    answered: Study, truth: dict[str, dict[str, Any]]
) -> None:
    inside: dict[str, list[bool]] = {"total": [], "step": [], "remainder": []}
    for outcome in answered.outcomes:
        found, entry = outcome.attribution, truth[outcome.metric.key]
        if found is None or found.effect.low is None or found.effect.high is None:
            continue
        inside["total"].append(found.effect.low <= entry["effect"] <= found.effect.high)
        for part in found.parts:
            true = fsum(entry["steps"][step] for step in part.steps)
            inside["remainder" if part.kind == "remainder" else "step"].append(part.low <= true <= part.high)
        assert fsum(part.estimate for part in found.parts) == found.effect.estimate
    assert len(inside["total"]) >= 10
    assert {kind: mean(hits) >= 0.85 for kind, hits in inside.items()} == dict.fromkeys(inside, True), inside
