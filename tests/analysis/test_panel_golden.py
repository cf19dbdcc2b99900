"""Published panel figures, and another implementation on the same data (tests/oracles/diff_diff.py)."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.oracles import staggered
from valueviz.analysis.effect import Control, Design, Panel, estimate
from valueviz.analysis.effect.panel import as_panel
from valueviz.analysis.effect.synthetic import on_simplex
from valueviz.terms import Series

TESTS = Path(__file__).parents[1]
GOLDEN: dict[str, Any] = json.loads((TESTS / "golden" / "effects.json").read_text(encoding="utf-8"))["prop99_wide"]
ORACLE: dict[str, Any] = json.loads((TESTS / "oracles" / "diff_diff.json").read_text(encoding="utf-8"))
GO_LIVE = 1989


@pytest.fixture(scope="module")
def states(shared: Path) -> dict[str, tuple[float, ...]]:
    with (shared / "data" / "effects" / "prop99_wide.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: tuple(float(row[name]) for row in rows) for name in rows[0]}


@pytest.fixture(scope="module")
def smokers(states: dict[str, tuple[float, ...]]) -> Panel:
    names = tuple(name for name in states if name != "Year")
    return Panel(
        key="California",
        grain="year",
        ordinals=tuple(int(year) for year in states["Year"]),
        units=names,
        values=tuple(states[name] for name in names),
        go_lives=tuple(GO_LIVE if name == "California" else None for name in names),
    )


@pytest.mark.parametrize(
    ("method", "published", "tolerance"),
    [("sdid", -15.60, 0.02), ("sc", -19.51, 0.05), ("did", -27.35, 0.005)],
)
@pytest.mark.parametrize("scale", ["auto", "identity"])
def test_smoking_in_california_fell_as_published(
    smokers: Panel, method: Any, published: float, tolerance: float, scale: Any
) -> None:
    found = estimate(smokers, Design(None, method=method, scale=scale))
    assert found.estimate == pytest.approx(published, abs=tolerance)
    assert (found.method, found.scale, found.n_before, found.n_after) == (method, "identity", 19, 12)


def test_one_state_with_many_donors_is_answered_by_synthetic_did(smokers: Panel) -> None:
    found = estimate(smokers, Design(None))
    assert found.estimate is not None
    assert found.method == "sdid"
    assert found.estimate == pytest.approx(ORACLE["prop99"]["sdid"], abs=0.02)
    assert sum(weight for _, weight in found.donors) == pytest.approx(1, abs=0.01)
    assert found.donors[0][0] == "Nevada"


def test_the_gap_of_the_synthetic_control_in_2000_and_its_rank_are_the_published_ones(smokers: Panel) -> None:
    found = estimate(smokers, Design(None, method="sc"))
    last = found.counterfactual[-1]
    california = smokers.values[smokers.units.index("California")][-1]
    assert california is not None
    assert california - last.middle == pytest.approx(GOLDEN["reproduced"]["SC_gap2000"], abs=0.1)
    assert [name for name, _ in found.donors[:3]] == ["Utah", "Montana", "Nevada"]
    assert found.p_value == pytest.approx(3 / 39)


def test_placebo_spread_agrees_with_the_published_one(smokers: Panel) -> None:
    # Arkhangelsky et al. print a standard error of 8.4 for synthetic DiD, from groups drawn at random
    found = estimate(smokers, Design(None, method="sdid"))
    assert found.low is not None
    assert found.high is not None
    assert 7.5 < (found.high - found.low) / 2 / 2.026 < 10


def test_controls_of_a_series_become_its_donors(smokers: Panel, states: dict[str, tuple[float, ...]]) -> None:
    series = Series("California", "year", smokers.ordinals, states["California"])
    controls = tuple(Control(name, states[name]) for name in smokers.units if name != "California")
    design = Design(GO_LIVE, controls=controls)
    assert estimate(as_panel(series, design), Design(None)) == estimate(smokers, Design(None))


# Another implementation ──────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def rolled_out() -> Panel:
    units, periods = range(staggered.UNITS), range(staggered.PERIODS)
    return Panel(
        key="roll-out",
        grain="week",
        ordinals=tuple(periods),
        units=tuple(f"unit {unit}" for unit in units),
        values=tuple(tuple(staggered.value(unit, period) for period in periods) for unit in units),
        go_lives=tuple(staggered.go_live(unit) for unit in units),
    )


def test_imputation_agrees_with_another_implementation(rolled_out: Panel) -> None:
    found = estimate(rolled_out, Design(None, scale="identity"))
    recorded = ORACLE["staggered"]
    assert found.method == "imputation"
    assert found.estimate == pytest.approx(recorded["imputation"], abs=1e-9)
    ours = {str(point.distance): point.estimate for point in found.event_study if point.distance >= 0}
    assert len(ours) >= 10
    assert ours == pytest.approx({key: recorded["event_study"][key] for key in ours}, abs=1e-9)


def test_two_groups_agree_with_another_implementation(smokers: Panel) -> None:
    found = estimate(smokers, Design(None, method="did"))
    assert found.estimate == pytest.approx(ORACLE["prop99"]["did"], abs=1e-9)


def test_weights_on_the_simplex_are_the_best_there_are() -> None:
    rng = np.random.default_rng(7)
    columns, target = rng.normal(size=(20, 8)), rng.normal(size=20)

    def loss(weights: np.ndarray) -> float:
        return float(np.sum((columns @ weights - target) ** 2) + 20 * 0.3**2 * np.sum(weights**2))

    best = on_simplex(columns, target, penalty=0.3, level=False)
    assert best.sum() == pytest.approx(1)
    assert best.min() >= 0
    for other in rng.dirichlet(np.ones(8), size=500):
        for share in (1.0, 0.01):
            assert loss((1 - share) * best + share * other) >= loss(best) - 1e-12
