"""What was planted in the shipped sample is found, on the way every user's files take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from valueviz.study import Study


@pytest.fixture(scope="module")
def truth(sample_folder: Path) -> dict[str, dict[str, object]]:
    loaded = json.loads((sample_folder / "truth.json").read_text(encoding="utf-8"))
    return {entry["metric"]: entry for entry in loaded["metrics"]}


def test_planted_effects_lie_inside_their_intervals(answered: Study, truth: dict[str, dict[str, object]]) -> None:
    inside = total = 0
    for outcome in answered.outcomes:
        effect = outcome.effect
        if effect.estimate is None or effect.low is None or effect.high is None:
            continue
        planted = float(str(truth[outcome.metric.key]["effect"]))
        total += 1
        inside += effect.low <= planted <= effect.high
        half = max(effect.estimate - effect.low, effect.high - effect.estimate)
        assert abs(planted - effect.estimate) <= 2 * half, outcome.metric.key
    assert total >= 20
    assert inside / total >= 0.9


def test_nulls_are_not_stated_as_change(answered: Study, truth: dict[str, dict[str, object]]) -> None:
    nulls = [outcome for outcome in answered.outcomes if truth[outcome.metric.key]["is_null"]]
    assert len(nulls) >= 4
    assert all(outcome.effect.verdict not in ("improved", "worse") for outcome in nulls)


def test_a_change_of_instrument_at_go_live_is_not_comparable(answered: Study) -> None:
    outcome = answered.outcome("batch_trace_minutes")
    assert (outcome.effect.verdict, outcome.effect.reason) == ("not_comparable", "instrument_changed")
    assert outcome.effect.estimate is None
    assert outcome.grade is None
