"""Edges before and after: a planted change is found in full colour, a wandering process stays grey or outlined."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import false_discovery_control, mannwhitneyu

from valueviz.analysis.process.compare import adjusted, edge_changes, is_material, step_changes, windows_differ
from valueviz.analysis.process.jump import jump, weeks_needed
from valueviz.analysis.process.log import GATE, Edge, EdgeStats, Samples, Step, StepStats, Weekly
from valueviz.analysis.process.presence import presence
from valueviz.analysis.process.result import Drawn, EdgeChange
from valueviz.analysis.process.weeks import Weeks

SPAN = Weeks(first=1_000, go_live=1_024, transition=1, last=1_049)
"""24 weeks before, one left out, 25 after."""
HOUR = 3_600.0


def weekly(values: np.ndarray) -> Weekly:
    """A weekly series from the first week of before on, of thirty cases a week."""
    count = len(values)
    return Weekly(tuple(range(SPAN.first, SPAN.first + count)), tuple(values.tolist()), (30,) * count, (True,) * count)


def series(rng: np.random.Generator, *, factor: float = 1.0, noise: float = 0.15, walk: float = 0.0) -> Weekly:
    """Weekly medians about ten hours that change by a factor at go-live."""
    count = SPAN.last - SPAN.first + 1
    logs = np.log(10 * HOUR) + noise * rng.standard_normal(count) + walk * np.cumsum(rng.standard_normal(count))
    logs[SPAN.go_live - SPAN.first :] += np.log(factor)
    return weekly(np.exp(logs))


def stats(count: int, median: float, *, share: float = 0.5) -> EdgeStats:
    """An edge in one period."""
    return EdgeStats(count, count, share, median, median)


def edge(source: str, target: str, *, before: EdgeStats | None, after: EdgeStats | None) -> Edge:
    """An edge in two periods."""
    return Edge(source, target, before or after, before, after)


STEPS = tuple(Step(name, None, None, None) for name in "abcdefghij")


def changed(rows: dict[tuple[str, str], tuple[Weekly, Samples]], **options: float) -> dict[tuple[str, str], EdgeChange]:
    """The changes of edges with these weekly series and times."""
    edges = [
        edge(
            *pair,
            before=stats(len(times.before), float(np.median(times.before))),
            after=stats(len(times.after), float(np.median(times.after))),
        )
        for pair, (_, times) in rows.items()
    ]
    found = edge_changes(
        edges,
        STEPS,
        weekly={pair: row[0] for pair, row in rows.items()},
        samples={pair: row[1] for pair, row in rows.items()},
        drawn=Drawn(tuple("abcdefghij"), 1.0, 0, tuple(rows)),
        weeks=SPAN,
        cases=(1_000, 1_000),
        **options,
    )
    return {(row.source, row.target): row for row in found}


def times(rng: np.random.Generator, *, factor: float = 1.0, many: int = 600) -> Samples:
    """Times of single walks about ten hours."""
    before, after = (np.sort(10 * HOUR * np.exp(0.8 * rng.standard_normal(many))) for _ in range(2))
    return Samples(before, after * factor)


# Colours ─────────────────────────────────────────────────────────────────────


def test_a_planted_change_is_in_full_colour_and_its_neighbours_are_not() -> None:
    rng = np.random.default_rng(1)
    rows = {(one, other): (series(rng), times(rng)) for one, other in zip("abcdefg", "bcdefgh", strict=True)}
    rows["a", "b"] = series(rng, factor=0.5), times(rng, factor=0.5)
    rows["c", "d"] = series(rng, factor=2.0), times(rng, factor=2.0)
    found = changed(rows)
    assert (found["a", "b"].colour, found["c", "d"].colour) == ("faster", "slower")
    assert found["a", "b"].change == pytest.approx(-5 * HOUR, rel=0.2)
    others = {row.colour for pair, row in found.items() if pair not in {("a", "b"), ("c", "d")}}
    assert "faster" not in others
    assert "slower" not in others


def test_a_process_that_wanders_is_outlined_where_its_windows_differ() -> None:
    rng = np.random.default_rng(3)
    row = changed({("a", "b"): (series(rng, walk=0.3), times(rng, factor=1.4))})["a", "b"]
    assert row.colour == "slower_outline"
    assert row.p is not None
    assert row.p > 0.1
    assert row.p_window is not None
    assert row.p_window < 0.001


def test_outlined_edges_say_how_many_weeks_would_settle_them_or_that_none_would() -> None:
    rng = np.random.default_rng(3)
    rows = {}
    for place, (one, other) in enumerate(zip("abcdefgh", "bcdefghi", strict=True)):
        rows[one, other] = series(rng, factor=1.3, noise=0.3, walk=0.05 * place), times(rng, factor=1.3)
    found = changed(rows)
    outlined = [row for row in found.values() if row.colour == "slower_outline"]
    needed = {row.weeks_needed for row in outlined}
    assert None in needed
    assert any(weeks is not None and 1 <= weeks <= 104 for weeks in needed)
    assert all(row.weeks_needed is None for row in found.values() if not row.colour.endswith("_outline"))


def test_a_change_below_the_minimum_is_not_material() -> None:
    rng = np.random.default_rng(4)
    rows = {("a", "b"): (series(rng, factor=0.5), times(rng, factor=0.5))}
    assert changed(rows, minimum=10 * HOUR)["a", "b"].colour == "unchanged"
    assert changed(rows, minimum=HOUR)["a", "b"].colour == "faster"


@pytest.mark.parametrize(
    ("before", "after", "material"),
    [
        (stats(30, 1_000.0), stats(30, 1_060.0), True),
        (stats(30, 1_000.0), stats(30, 1_059.9), False),
        (stats(30, 2_000.0), stats(30, 2_099.9), False),
        (stats(30, 2_000.0), stats(30, 2_100.0), True),
        (stats(29, 1_000.0), stats(30, 2_000.0), False),
        (stats(30, 1_000.0), stats(29, 2_000.0), False),
        (None, stats(300, 2_000.0), False),
    ],
    ids=["a minute", "less than a minute", "less than 5 %", "5 %", "29 before", "29 after", "none before"],
)
def test_what_is_material(before: EdgeStats | None, after: EdgeStats | None, material: bool) -> None:
    assert is_material(edge("a", "b", before=before, after=after)) is material


@pytest.mark.parametrize(
    ("before", "after", "cases", "there"),
    [
        (stats(30, 1.0, share=0.02), stats(30, 1.0, share=0.02), (1_500, 1_500), "kept"),
        (None, stats(30, 1.0, share=0.02), (1_500, 1_500), "added"),
        (stats(29, 1.0, share=0.1), stats(30, 1.0, share=0.1), (290, 300), "added"),
        (stats(300, 1.0, share=0.019), stats(300, 1.0, share=0.02), (15_000, 15_000), "added"),
        (stats(300, 1.0), None, (600, 600), "removed"),
        (stats(5, 1.0), None, (600, 600), "kept"),
        (None, stats(300, 1.0), (1, 600), "kept"),
    ],
    ids=["both", "new", "too few before", "too rare before", "gone", "rare in both", "one case before go-live"],
)
def test_what_is_added_and_removed(
    before: EdgeStats | None, after: EdgeStats | None, cases: tuple[int, int], there: str
) -> None:
    assert presence(before, after, cases=cases) == there
    found = edge_changes(
        [edge("a", "b", before=before, after=after)],
        STEPS,
        weekly={},
        samples={},
        drawn=Drawn(("a", "b"), 1.0, 0, (("a", "b"),)),
        weeks=SPAN,
        cases=cases,
    )[0]
    assert found.colour == ("unchanged" if there == "kept" else there)


def test_edges_of_gates_take_no_time_and_are_not_tested() -> None:
    found = edge_changes(
        [edge(GATE, "a", before=stats(50, 0.0), after=stats(50, 0.0))],
        STEPS,
        weekly={},
        samples={},
        drawn=Drawn(("a",), 1.0, 0, ((GATE, "a"),)),
        weeks=SPAN,
        cases=(50, 50),
    )[0]
    assert (found.change, found.p, found.q, found.p_window, found.material) == (None, None, None, None, False)
    assert found.drawn
    assert not found.rework


@pytest.mark.parametrize(("pair", "back"), [(("a", "b"), False), (("b", "a"), True), (("c", "c"), True)])
def test_edges_that_lead_back_are_rework(pair: tuple[str, str], back: bool) -> None:
    rng = np.random.default_rng(5)
    assert changed({pair: (series(rng), times(rng))})[pair].rework is back


def test_only_drawn_edges_are_tested_and_only_they_count_for_false_discoveries() -> None:
    rng = np.random.default_rng(6)
    rows = {(one, other): (series(rng), times(rng)) for one, other in zip("abcd", "bcde", strict=True)}
    edges = [edge(*pair, before=stats(600, 10 * HOUR), after=stats(600, 11 * HOUR)) for pair in rows]
    shown = tuple(rows)[:2]
    found = edge_changes(
        edges,
        STEPS,
        weekly={pair: row[0] for pair, row in rows.items()},
        samples={pair: row[1] for pair, row in rows.items()},
        drawn=Drawn(tuple("abc"), 1.0, 0, shown),
        weeks=SPAN,
        cases=(1_000, 1_000),
    )
    assert [row.drawn for row in found] == [True, True, False, False]
    assert [row.p is None for row in found] == [False, False, True, True]
    assert [row.q for row in found[:2]] == pytest.approx(false_discovery_control([row.p or 0.0 for row in found[:2]]))


def test_an_edge_whose_weeks_point_the_other_way_is_at_most_outlined() -> None:
    rng = np.random.default_rng(7)
    row = changed({("a", "b"): (series(rng, factor=0.5), times(rng, factor=1.5))})["a", "b"]
    assert row.q is not None
    assert row.q < 0.01
    assert row.colour == "slower_outline"
    assert row.weeks_needed is None


# The step in the weekly series ───────────────────────────────────────────────


def test_the_size_of_a_planted_step_is_found() -> None:
    rng = np.random.default_rng(8)
    sizes = [found.size for _ in range(60) if (found := jump(series(rng, factor=0.7), SPAN)) is not None]
    assert np.mean(sizes) == pytest.approx(np.log(0.7), abs=0.03)


def test_without_a_step_the_p_of_white_noise_is_rarely_small() -> None:
    rng = np.random.default_rng(9)
    p = [found.p for _ in range(400) if (found := jump(series(rng), SPAN)) is not None]
    assert len(p) == 400
    assert np.mean(np.array(p) < 0.05) < 0.06


def test_immature_weeks_and_those_of_the_transition_do_not_count() -> None:
    rng = np.random.default_rng(10)
    clean = series(rng, factor=0.8)
    wild = list(clean.values)
    wild[SPAN.go_live - SPAN.first] = 1e9
    wild[-1] = 1e-9
    mature = tuple(place < len(wild) - 1 for place in range(len(wild)))
    spoiled = replace(clean, values=tuple(wild), mature=mature)
    shorter = replace(SPAN, last=SPAN.last - 1)
    found, expected = jump(spoiled, SPAN), jump(clean, shorter)
    assert found is not None
    assert expected is not None
    assert (found.size, found.p) == (expected.size, expected.p)


@pytest.mark.parametrize("weeks", [Weeks(1_013, 1_024, 0, 1_049), Weeks(1_000, 1_024, 0, 1_028)])
def test_too_few_weeks_are_not_tested(weeks: Weeks) -> None:
    assert jump(series(np.random.default_rng(11)), weeks) is None


@pytest.mark.parametrize("value", [0.0, 30.0, 86_400.0])
def test_a_constant_series_is_not_tested(value: float) -> None:
    assert jump(weekly(np.full(50, value)), SPAN) is None


def test_times_of_zero_have_a_logarithm() -> None:
    values = np.where(np.arange(50) % 2 == 0, 0.0, 86_400.0)
    found = jump(weekly(values), SPAN)
    assert found is not None
    assert 0.2 < found.p <= 1


def test_the_further_weeks_told_are_about_those_that_it_takes() -> None:
    rng = np.random.default_rng(12)
    told, enough = 0, 0
    for _ in range(60):
        long = 26 + 104
        logs = 0.3 * rng.standard_normal(SPAN.go_live - SPAN.first + long)
        logs[SPAN.go_live - SPAN.first :] += np.log(1.5)
        whole = weekly(np.exp(logs) * HOUR)
        found = jump(whole, SPAN)
        assert found is not None
        needed = weeks_needed(found, 0.01) if found.p > 0.01 else None
        if needed is not None:
            later = jump(whole, replace(SPAN, last=SPAN.last + needed))
            assert later is not None
            told += 1
            enough += later.p <= 0.01
    assert told > 20
    assert 0.35 < enough / told < 0.9


def test_nothing_settles_a_step_of_nothing() -> None:
    flat = series(np.random.default_rng(13))
    found = jump(flat, SPAN)
    assert found is not None
    assert weeks_needed(replace(found, size=0.0), 0.05) is None


# Windows ─────────────────────────────────────────────────────────────────────


def test_two_windows_are_compared_as_scipy_does_with_ties() -> None:
    rng = np.random.default_rng(14)
    before, after = (np.sort(rng.integers(0, 20, 80).astype(np.float64)) for _ in range(2))
    expected = mannwhitneyu(before, after, method="asymptotic").pvalue
    assert windows_differ(Samples(before, after)) == pytest.approx(float(expected))


def test_windows_of_one_value_do_not_differ_and_small_ones_are_not_compared() -> None:
    assert windows_differ(Samples(np.full(40, 5.0), np.full(50, 5.0))) == 1.0
    assert windows_differ(Samples(np.full(29, 5.0), np.full(50, 5.0))) is None


@pytest.mark.parametrize("p_values", [[], [None], [0.5], [0.01, None, 0.04, 0.03, None, 0.2]])
def test_adjusted_values_are_those_of_scipy_over_what_was_tested(p_values: list[float | None]) -> None:
    there = [p for p in p_values if p is not None]
    expected = iter(false_discovery_control(there) if there else ())
    assert adjusted(p_values) == tuple(None if p is None else pytest.approx(float(next(expected))) for p in p_values)


# Steps ───────────────────────────────────────────────────────────────────────


def test_steps_that_came_or_went_are_said_to_and_only_those_that_stayed_are_tested() -> None:
    rng = np.random.default_rng(15)

    def counted(many: int) -> StepStats | None:
        return StepStats(many, many, many / 1_000, HOUR, HOUR, None, None, None) if many else None

    steps = [Step("stays", counted(900), counted(450), counted(450)), Step("comes", counted(300), None, counted(300))]
    waits = {"stays": series(rng, factor=0.5), "comes": series(rng)}
    found = step_changes(steps, cases=(1_000, 1_000), weekly=waits, weeks=SPAN)
    assert [row.presence for row in found] == ["kept", "added"]
    assert found[0].wait is not None
    assert found[0].wait.verdict == "improved"
    assert found[1].wait is None


# Real logs ───────────────────────────────────────────────────────────────────


def test_the_roll_out_of_domestic_declarations_shows_its_new_and_its_lost_steps(shared: Path) -> None:
    from tests.analysis.domestic import compared  # reads a file

    found = compared(shared)
    colours = {(row.source, row.target): row.colour for row in found.edges}
    submitted, final = "Declaration SUBMITTED by EMPLOYEE", "Declaration FINAL_APPROVED by SUPERVISOR"
    assert colours[submitted, "Declaration APPROVED by ADMINISTRATION"] == "added"
    assert colours[submitted, "Declaration APPROVED by PRE_APPROVER"] == "removed"
    assert colours[submitted, final] == "removed"
    states = {row.step.activity: row.presence for row in found.steps}
    assert states["Declaration APPROVED by BUDGET OWNER"] == "added"
    assert states["Declaration APPROVED by PRE_APPROVER"] == "removed"
    assert states["Payment Handled"] == "kept"
    assert found.drawn.flow > 0.98
    assert found.lead.verdict in {"worse", "not_provable_yet"}
