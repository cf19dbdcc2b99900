"""What was planted is found: the estimator on the pooled series of the shipped seed and of five others."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest

from datasets import manufacturer, truth
from datasets.labels import LABELS, SUMMED
from datasets.series import Planted, observed
from valueviz import catalog, engine, intake
from valueviz.analysis import effect
from valueviz.analysis.effect import Design, Effect
from valueviz.catalog import calendars
from valueviz.engine import Rolled
from valueviz.store import Workspace
from valueviz.terms import Engagement, Metric, Series, period_of

FOLDER = Path(manufacturer.FOLDER)
FRAME = manufacturer.frame()
SEEDS = (manufacturer.SEED, 101, 102, 103, 104, 105)
STATED = ("improved", "worse")


@cache
def engagement() -> Engagement:
    return catalog.read_engagement((FOLDER / "engagement.toml").read_text(encoding="utf-8"), file="engagement.toml")


@cache
def metrics() -> dict[str, Metric]:
    inline = catalog.read_mapping((FOLDER / "facility.toml").read_text(encoding="utf-8"), file="facility.toml").metrics
    return {metric.key: metric for metric in (*catalog.pack("manufacturing").metrics, *inline)}


def series(planted: Planted, *, seed: int) -> Series:
    """The pooled series, as a roll-up over the three sites gives it."""
    cells = observed(planted, FRAME, seed=seed)
    pooled = [
        (day, value)
        for day, value in truth.pool(cells, total=planted.key in SUMMED)
        if planted.begins is None or day >= planted.begins
    ]
    instruments = {cell.start: cell.instrument for cell in cells}
    weights: dict[object, float] = {}
    for cell in cells:
        weights[cell.start] = weights.get(cell.start, 0.0) + (cell.volume or 0)
    return Series(
        key=planted.key,
        grain=planted.grain,
        ordinals=tuple(period_of(day, planted.grain) for day, _ in pooled),
        values=tuple(value for _, value in pooled),
        volumes=tuple(weights[day] if value is not None else None for day, value in pooled)
        if planted.volumes
        else None,
        instruments=tuple(instruments[day] for day, _ in pooled),
    )


def design(planted: Planted, ordinals: tuple[int, ...]) -> Design:
    metric = metrics()[planted.key]
    return Design(
        go_live=period_of(FRAME.go_live, planted.grain),
        better=metric.better,
        transition=FRAME.transition,
        season=metric.season if metric.season is not None else "auto",
        holiday=calendars.spring_festival_share(ordinals, planted.grain),
        events=tuple(period_of(event.date, planted.grain) for event in engagement().events),
        share=metric.unit == "percent",
    )


@cache
def found(key: str, seed: int) -> Effect:
    planted = next(planted for planted in manufacturer.METRICS if planted.key == key)
    rolled = series(planted, seed=seed)
    return effect.estimate(rolled, design(planted, rolled.ordinals))


@cache
def planted_effect(key: str, seed: int) -> float:
    planted = next(planted for planted in manufacturer.METRICS if planted.key == key)
    entry = truth.planted_truth(planted, FRAME, seed=seed)["effect"]
    assert isinstance(entry, float)
    return entry


ESTIMABLE = tuple(planted for planted in manufacturer.METRICS if planted.expected not in ("refused", "not_comparable"))
NULLS = tuple(planted for planted in ESTIMABLE if not planted.steps)


@pytest.mark.parametrize("planted", manufacturer.METRICS, ids=lambda planted: planted.key)
def test_the_shipped_seed_gives_the_verdict_each_metric_was_planted_for(planted: Planted) -> None:
    assert found(planted.key, manufacturer.SEED).verdict == planted.expected


def test_the_reasons_of_refusal_are_those_planted() -> None:
    assert found("batch_trace_minutes", manufacturer.SEED).reason == "instrument_changed"
    assert found("engineering_change_days", manufacturer.SEED).reason == "too_few_periods"


@pytest.mark.slow
def test_planted_effects_lie_in_their_intervals_as_often_as_stated() -> None:
    inside = 0
    for seed in SEEDS:
        for planted in ESTIMABLE:
            answer, true = found(planted.key, seed), planted_effect(planted.key, seed)
            assert answer.estimate is not None
            assert answer.low is not None
            assert answer.high is not None
            half = (answer.high - answer.low) / 2
            assert abs(answer.estimate - true) <= 2 * half, (planted.key, seed)
            inside += answer.low <= true <= answer.high
    assert inside >= 0.9 * len(SEEDS) * len(ESTIMABLE)


@pytest.mark.slow
def test_nulls_are_stated_as_a_change_in_at_most_one_of_twenty_cases() -> None:
    stated = [(planted.key, seed) for seed in SEEDS for planted in NULLS if found(planted.key, seed).verdict in STATED]
    assert len(stated) <= 0.05 * len(SEEDS) * len(NULLS), stated


@pytest.mark.slow
def test_no_change_is_stated_in_the_wrong_direction() -> None:
    for seed in SEEDS:
        for planted in ESTIMABLE:
            if planted.steps and found(planted.key, seed).verdict in STATED:
                gain = planted_effect(planted.key, seed) * (1 if LABELS[planted.key][2] == "higher" else -1)
                assert found(planted.key, seed).verdict == ("improved" if gain > 0 else "worse"), (planted.key, seed)


# Through the gate ────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rolled]:
    """The roll-ups of the shipped files, imported as any user's files are."""
    workspace = Workspace.open(tmp_path_factory.mktemp("workspace") / "w", create=True)
    text = (FOLDER / "engagement.toml").read_bytes()
    demo = tomllib.loads((FOLDER / "demo.toml").read_text(encoding="utf-8"))
    workspace.put_engagement(demo["client"], text, engagement(), file="engagement.toml")
    for entry in demo["file"]:
        mapping = catalog.read_mapping((FOLDER / entry["mapping"]).read_text(encoding="utf-8"), file=entry["mapping"])
        answer = intake.import_file(workspace.client(demo["client"]), FOLDER / entry["name"], mapping=mapping)
        assert (answer.rejected, answer.rows) == (0, answer.accepted), entry["name"]
    cache_path = workspace.client(demo["client"]).cache()
    assert engine.site_keys(cache_path) == FRAME.sites
    return {each.metric_key: each for each in engine.rollup(cache_path, metrics=tuple(metrics().values()))}


@pytest.mark.parametrize("planted", manufacturer.METRICS, ids=lambda planted: planted.key)
def test_the_imported_files_roll_up_to_the_pooled_series(planted: Planted, rolled: dict[str, Rolled]) -> None:
    expected = series(planted, seed=manufacturer.SEED)
    measured = {ordinal: value for ordinal, value in zip(expected.ordinals, expected.values, strict=True) if value}
    answer = rolled[planted.key].series
    found_values = {ordinal: value for ordinal, value in zip(answer.ordinals, answer.values, strict=True) if value}
    assert len(rolled[planted.key].units) == len(FRAME.sites)
    assert answer.grain == planted.grain
    assert found_values == pytest.approx(measured)


@pytest.mark.parametrize("planted", manufacturer.METRICS, ids=lambda planted: planted.key)
def test_the_imported_files_give_the_planted_verdicts(planted: Planted, rolled: dict[str, Rolled]) -> None:
    answer = rolled[planted.key].series
    assert effect.estimate(answer, design(planted, answer.ordinals)).verdict == planted.expected
