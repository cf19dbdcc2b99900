"""Every expression of every shipped pack, run by the engine on a sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from valueviz.catalog import pack, packs
from valueviz.engine import Rolled, rollup
from valueviz.terms import Metric

METRICS = [(key, metric) for key in packs() for metric in pack(key).metrics]
BEGUN = datetime.fromisoformat("2026-03-02 08:00")
LASTED = timedelta(minutes=90)
IN_UNIT = {"second": 5400.0, "minute": 90.0, "hour": 1.5, "day": 0.0625}


@pytest.fixture(scope="module")
def sample(plant: Callable[..., Path], row: Any) -> dict[str, dict[str, Rolled]]:
    """By pack and metric: a series of two months, a stated 7.5 in March, 90 minutes from begin to end in April."""
    rolled = {}
    for key in packs():
        metrics = pack(key).metrics
        rows = [row(BEGUN, 7.5, metric=metric.key, volume=2.0) for metric in metrics]
        later = BEGUN + timedelta(days=31)
        rows += [row(later, None, metric=metric.key, end=later + LASTED) for metric in metrics]
        rolled[key] = {each.metric_key: each for each in rollup(plant(rows), metrics=metrics)}
    return rolled


@pytest.mark.parametrize(("key", "metric"), METRICS, ids=[f"{key}.{metric.key}" for key, metric in METRICS])
def test_a_stated_value_is_taken_as_it_is_and_a_duration_in_the_metrics_unit(
    sample: dict[str, dict[str, Rolled]], key: str, metric: Metric
) -> None:
    series = sample[key][metric.key].series
    stated, *timed = series.values
    assert stated == (1.0 if metric.aggregation == "count" else 7.5)
    if '"end"' in metric.expression:
        assert timed == [IN_UNIT[metric.unit]]
