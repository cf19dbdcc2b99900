"""What was planted is found: the total of each change and the part of each step, at the shipped seed and at others."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from math import fsum
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from datasets import generate, manufacturer, truth
from datasets.labels import LABELS, SUMMED
from datasets.series import Planted, observed
from valueviz import catalog, engine, intake
from valueviz.analysis import attribution
from valueviz.analysis.attribution import Attribution, Part
from valueviz.engine import Rolled
from valueviz.store import Workspace
from valueviz.study import design
from valueviz.terms import Engagement, Metric, Series, period_of

FOLDER = Path(manufacturer.FOLDER)
FRAME = manufacturer.frame()
TOGETHER = ("manufacturer", "pharma")
"""Engagements whose sites went live together: those of the others are judged from their files."""

STATED = ("improved", "worse")
SILENT = ("refused", "not_comparable")
PLANTED = {(name, planted.key): planted for name in TOGETHER for planted in generate.DATASETS[name].metrics}
ESTIMABLE = tuple(each for each, planted in PLANTED.items() if planted.expected not in SILENT)
NULLS = tuple(each for each in ESTIMABLE if not PLANTED[each].steps)
LATER = {
    ("manufacturer", "purchase_approval_hours"): "approval_escalation",
    ("manufacturer", "scheduling_response_hours"): "shift_leaders",
    ("manufacturer", "month_close_days"): "voucher_templates",
    ("manufacturer", "voucher_automation_rate"): "voucher_templates",
    ("pharma", "batch_release_days"): "review_by_exception",
    ("pharma", "batch_record_review_hours"): "review_by_exception",
    ("pharma", "right_first_time_rate"): "reviewers",
    ("pharma", "electronic_record_rate"): "granulation",
}
"""Steps after go-live that bring a part of what changed; two of them are the client's own work."""

Case = tuple[str, str]


@cache
def engagement(name: str) -> Engagement:
    folder = generate.DATASETS[name].folder
    return catalog.read_engagement((folder / "engagement.toml").read_text(encoding="utf-8"), file="engagement.toml")


@cache
def metrics(name: str) -> dict[str, Metric]:
    folder = generate.DATASETS[name].folder
    mappings = [path for path in folder.glob("*.toml") if path.name not in ("demo.toml", "engagement.toml")]
    read = [catalog.read_mapping(path.read_text(encoding="utf-8"), file=path.name) for path in sorted(mappings)]
    inline = [metric for mapping in read for metric in mapping.metrics]
    return {metric.key: metric for metric in (*catalog.pack(engagement(name).industry).metrics, *inline)}


def seeds(name: str) -> tuple[int, ...]:
    return (generate.DATASETS[name].seed, 101, 102)


def series(name: str, planted: Planted, *, seed: int) -> Series:
    """The pooled series, as a roll-up over all sites gives it."""
    cells = observed(planted, generate.DATASETS[name].frame(), seed=seed)
    pooled = [
        (day, value)
        for day, value in truth.pool(cells, total=planted.key in SUMMED)
        if planted.begins is None or day >= planted.begins
    ]
    instruments = {cell.start: cell.instrument for cell in cells}
    definitions = {cell.start: cell.definition for cell in cells}
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
        definition_versions=tuple(definitions[day] for day, _ in pooled),
    )


@cache
def split(case: Case, seed: int) -> Attribution:
    """The joint model of all dated steps, as the study declares it."""
    name, key = case
    pooled, agreed = series(name, PLANTED[case], seed=seed), engagement(name)
    whole = design.pooled(metrics(name)[key], pooled, engagement=agreed, sites=())
    return attribution.split(pooled, whole, design.steps(pooled, whole, engagement=agreed))


@cache
def told(case: Case, seed: int) -> dict[str, Any]:
    return truth.planted_truth(PLANTED[case], generate.DATASETS[case[0]].frame(), seed=seed)


def shipped(case: Case) -> Attribution:
    return split(case, seeds(case[0])[0])


def brought(case: Case, part: Part, *, seed: int) -> float:
    """What the steps of a part brought in truth: nothing for the remainder."""
    return fsum(told(case, seed)["steps"][step] for step in part.steps)


def every(cases: tuple[Case, ...]) -> Iterator[tuple[Case, int]]:
    return ((case, seed) for case in cases for seed in seeds(case[0]))


@pytest.mark.parametrize("case", PLANTED, ids="-".join)
def test_the_shipped_seed_gives_the_verdict_each_metric_was_planted_for(case: Case) -> None:
    assert shipped(case).effect.verdict == PLANTED[case].expected


def test_the_reasons_of_refusal_are_those_planted() -> None:
    assert shipped(("manufacturer", "batch_trace_minutes")).effect.reason == "instrument_changed"
    assert shipped(("manufacturer", "engineering_change_days")).effect.reason == "too_few_periods"
    assert shipped(("pharma", "lab_cycle_days")).effect.reason == "definition_changed"


@pytest.mark.slow
def test_planted_effects_lie_in_their_intervals_as_often_as_stated() -> None:
    inside = []
    for case, seed in every(ESTIMABLE):
        found, true = split(case, seed).effect, told(case, seed)["effect"]
        assert found.estimate is not None
        assert found.low is not None
        assert found.high is not None
        inside.append(found.low <= true <= found.high)
        assert abs(found.estimate - true) <= found.high - found.low, (case, seed)
    assert mean(inside) >= 0.9


@pytest.mark.slow
def test_nulls_are_stated_as_a_change_in_at_most_one_of_twenty_cases() -> None:
    stated = [each for each in every(NULLS) if split(*each).effect.verdict in STATED]
    assert len(stated) <= 0.05 * len(list(every(NULLS))), stated


@pytest.mark.slow
def test_no_change_is_stated_in_the_wrong_direction() -> None:
    for case, seed in every(ESTIMABLE):
        if PLANTED[case].steps and split(case, seed).effect.verdict in STATED:
            gain = told(case, seed)["effect"] * (1 if LABELS[case[1]][2] == "higher" else -1)
            assert split(case, seed).effect.verdict == ("improved" if gain > 0 else "worse"), (case, seed)


# Steps ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", LATER, ids="-".join)
def test_what_a_step_after_go_live_brought_is_told_apart_from_the_switch(case: Case) -> None:
    (part,) = (each for each in shipped(case).parts if LATER[case] in each.steps)
    assert (part.kind, part.steps) == ("step", (LATER[case],))
    assert part.low <= brought(case, part, seed=seeds(case[0])[0]) <= part.high
    assert part.low > 0 or part.high < 0
    assert 0.1 < abs(told(case, seeds(case[0])[0])["steps"][LATER[case]] / shipped(case).effect.estimate) < 0.6


@pytest.mark.slow
def test_parts_hold_what_their_steps_brought_and_the_remainder_holds_nothing() -> None:
    inside: dict[bool, list[bool]] = {False: [], True: []}
    for case, seed in every(ESTIMABLE):
        for part in split(case, seed).parts:
            inside[part.kind == "remainder"].append(part.low <= brought(case, part, seed=seed) <= part.high)
    assert {remains: mean(hits) >= 0.85 for remains, hits in inside.items()} == {False: True, True: True}


# Through the gate ────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rolled]:
    """The roll-ups of the manufacturer's shipped files, imported as any user's files are."""
    workspace = Workspace.open(tmp_path_factory.mktemp("workspace") / "w", create=True)
    text = (FOLDER / "engagement.toml").read_bytes()
    demo = tomllib.loads((FOLDER / "demo.toml").read_text(encoding="utf-8"))
    workspace.put_engagement(demo["client"], text, engagement("manufacturer"), file="engagement.toml")
    for entry in demo["file"]:
        named = entry.get("mapping")
        told = (FOLDER / named).read_text(encoding="utf-8") if named else ""
        mapping = catalog.read_mapping(told, file=named) if named else None  # a form needs none
        answer = intake.import_file(workspace.client(demo["client"]), FOLDER / entry["name"], mapping=mapping)
        assert (answer.rejected, answer.rows) == (0, answer.accepted), entry["name"]
    cache_path = workspace.client(demo["client"]).cache()
    assert engine.site_keys(cache_path) == FRAME.sites
    every_metric = tuple(metrics("manufacturer").values())
    return {each.metric_key: each for each in engine.rollup(cache_path, metrics=every_metric)}


@pytest.mark.parametrize("planted", manufacturer.METRICS, ids=lambda planted: planted.key)
def test_the_imported_files_roll_up_to_the_pooled_series(planted: Planted, rolled: dict[str, Rolled]) -> None:
    expected = series("manufacturer", planted, seed=manufacturer.SEED)
    measured = {ordinal: value for ordinal, value in zip(expected.ordinals, expected.values, strict=True) if value}
    answer = rolled[planted.key].series
    found_values = {ordinal: value for ordinal, value in zip(answer.ordinals, answer.values, strict=True) if value}
    units = [tuple(json.loads(unit).values()) for unit in rolled[planted.key].units]
    assert units == [(site,) for site in FRAME.sites]
    assert answer.grain == planted.grain
    assert found_values == pytest.approx(measured)
