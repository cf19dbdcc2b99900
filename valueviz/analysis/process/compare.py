"""What changed on the edges and at the steps of a process: tested in time, material, or neither.

An edge is in full colour where the step in its weekly series is beyond what the process wanders by itself (false
discoveries over the drawn edges held at `RATE`) and material. It is outlined where only the two windows differ:
windows differ on half of the edges when nothing happened at all. Every other edge is unchanged, or came, or went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect import Design, Effect, estimate
from valueviz.analysis.process.jump import Jump, jump, weeks_needed
from valueviz.analysis.process.log import GATE, Edge, Samples, Step, Weekly
from valueviz.analysis.process.presence import LEAST, presence
from valueviz.analysis.process.result import Colour, Drawn, EdgeChange, StepChange
from valueviz.analysis.process.weeks import Weeks, mature_series

RATE = 0.10
"""False-discovery rate of full colour: on real logs at dates without any go-live it colours an edge in 2 % of maps."""
WINDOW_RATE = 0.05
"""False-discovery rate of the comparison of the two windows, behind an outline only."""
MATERIAL = 0.05
"""Share of the median before below which a change matters to nobody."""
MINIMUM = 60.0
"""Seconds below which a change matters to nobody."""

Pair = tuple[str, str]


def edge_changes(
    edges: Sequence[Edge],
    steps: Sequence[Step],
    *,
    weekly: Mapping[Pair, Weekly],
    samples: Mapping[Pair, Samples],
    drawn: Drawn,
    weeks: Weeks,
    cases: tuple[int, int],
    minimum: float = MINIMUM,
) -> tuple[EdgeChange, ...]:
    """Every edge with its change, tests and colour, in the order given.

    Tested are the drawn edges between activities with at least `LEAST` walks in both periods; q is adjusted over the
    p there are. An edge whose weekly step points the other way than its medians is at most outlined.

    Args:
        edges: all edges.
        steps: all activities, in order of their mean relative place.
        weekly: medians in seconds by the week the case starts, of the drawn edges.
        samples: all times of the drawn edges in the two periods.
        drawn: the map.
        weeks: the weeks of the two periods.
        cases: of the two periods.
        minimum: seconds below which a change is not material.
    """
    places = {step.activity: place for place, step in enumerate(steps)}
    tested = [_tested(edge, weekly=weekly, samples=samples, drawn=drawn, span=weeks, cases=cases) for edge in edges]
    steps_p = [None if test.jump is None else test.jump.p for test in tested]
    q = adjusted(steps_p)
    windows = adjusted([test.window for test in tested])
    shown = set(drawn.edges)
    changes = []
    for place, (edge, test) in enumerate(zip(edges, tested, strict=True)):
        change = _change(edge)
        material = is_material(edge, minimum=minimum)
        colour = _colour(edge, test, q=q[place], window=windows[place], material=material, cases=cases)
        changes.append(
            EdgeChange(
                source=edge.source,
                target=edge.target,
                overall=edge.overall,
                before=edge.before,
                after=edge.after,
                change=change,
                p=steps_p[place],
                q=q[place],
                p_window=test.window,
                material=material,
                colour=colour,
                rework=is_rework(edge.source, edge.target, places=places),
                drawn=(edge.source, edge.target) in shown,
                weeks_needed=_needed(test.jump, change, level=_level(steps_p, place))
                if colour.endswith("_outline")
                else None,
            )
        )
    return tuple(changes)


def adjusted(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Each p after Benjamini–Hochberg over those there are, in the order given.

    >>> adjusted([0.01, None, 0.04])
    (0.02, None, 0.04)
    """
    from scipy.stats import false_discovery_control

    there = [place for place, p in enumerate(p_values) if p is not None]
    found: list[float | None] = [None] * len(p_values)
    if there:
        values = false_discovery_control([float(p_values[place] or 0.0) for place in there])
        for place, value in zip(there, values, strict=True):
            found[place] = float(value)
    return tuple(found)


def windows_differ(samples: Samples) -> float | None:
    """The p of Mann–Whitney between the times of two windows, with ties corrected; None where one has too few.

    Source: Mann and Whitney (1947), Annals of Mathematical Statistics 18, 50–60.
    """
    from scipy.stats import mannwhitneyu

    before, after = samples.before, samples.after
    if min(len(before), len(after)) < LEAST:
        return None
    if min(before.min(), after.min()) == max(before.max(), after.max()):
        return 1.0  # nothing but ties: there is no rank to compare
    return float(mannwhitneyu(before, after, alternative="two-sided", method="asymptotic").pvalue)


def is_material(edge: Edge, *, minimum: float = MINIMUM) -> bool:
    """Whether the medians of an edge differ by enough, on enough walks, to matter."""
    change = _change(edge)
    if change is None or edge.before is None or edge.after is None:
        return False
    enough = min(edge.before.count, edge.after.count) >= LEAST
    return enough and abs(change) >= max(minimum, MATERIAL * (edge.before.median or 0.0))


def is_rework(source: str, target: str, *, places: Mapping[str, int]) -> bool:
    """Whether an edge leads back to an activity whose mean relative place is earlier, or to the same one."""
    if GATE in (source, target):
        return False
    return source == target or places.get(target, 0) < places.get(source, 0)


# Edges ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Tested:
    """The two tests of an edge, None where it is not tested."""

    jump: Jump | None
    window: float | None


def _tested(
    edge: Edge,
    *,
    weekly: Mapping[Pair, Weekly],
    samples: Mapping[Pair, Samples],
    drawn: Drawn,
    span: Weeks,
    cases: tuple[int, int],
) -> _Tested:
    pair = (edge.source, edge.target)
    if GATE in pair or pair not in drawn.edges or edge.before is None or edge.after is None:
        return _Tested(None, None)
    absent = presence(edge.before, edge.after, cases=cases) != "kept"
    if absent or min(edge.before.count, edge.after.count) < LEAST:
        return _Tested(None, None)
    return _Tested(
        jump=jump(weekly[pair], span) if pair in weekly else None,
        window=windows_differ(samples[pair]) if pair in samples else None,
    )


def _change(edge: Edge) -> float | None:
    if GATE in (edge.source, edge.target) or edge.before is None or edge.after is None:
        return None
    before, after = edge.before.median, edge.after.median
    return None if before is None or after is None else after - before


def _colour(
    edge: Edge, test: _Tested, *, q: float | None, window: float | None, material: bool, cases: tuple[int, int]
) -> Colour:
    there = presence(edge.before, edge.after, cases=cases)
    if there != "kept":
        return there
    change = _change(edge)
    if not material or change is None:
        return "unchanged"
    if q is not None and q < RATE and test.jump is not None and test.jump.size * change > 0:
        return "faster" if change < 0 else "slower"
    if window is not None and window < WINDOW_RATE:
        return "faster_outline" if change < 0 else "slower_outline"
    return "unchanged"


def _level(p_values: Sequence[float | None], place: int) -> float:
    """The largest p with which the test at `place` would pass, all others staying as they are."""
    others = sorted(p for other, p in enumerate(p_values) if p is not None and other != place)
    tests = len(others) + 1
    ranks = [1] + [rank + 1 for rank, p in enumerate(others, start=1) if p <= RATE * (rank + 1) / tests]
    return RATE * ranks[-1] / tests


def _needed(found: Jump | None, change: float | None, *, level: float) -> int | None:
    """Further weeks until an outlined edge would be settled, None where its weekly step says something else."""
    if found is None or change is None or found.size * change <= 0:
        return None
    return weeks_needed(found, level)


# Steps ───────────────────────────────────────────────────────────────────────


def step_changes(
    steps: Sequence[Step],
    *,
    cases: tuple[int, int],
    weekly: Mapping[str, Weekly] | None = None,
    weeks: Weeks | None = None,
) -> tuple[StepChange, ...]:
    """Every activity, whether it is in both periods, and the effect on its wait where weekly medians are given."""
    series = weekly or {}
    changes = []
    for step in steps:
        there = presence(step.before, step.after, cases=cases)
        tested = there == "kept" and weeks is not None and step.activity in series
        wait = _wait(step.activity, series[step.activity], span=weeks) if tested and weeks is not None else None
        changes.append(StepChange(step, there, wait))
    return tuple(changes)


def _wait(activity: str, weekly: Weekly, *, span: Weeks) -> Effect:
    series = mature_series(activity, weekly, span=span)
    positive = bool(np.all(np.array(series.values, dtype=np.float64) > 0))
    design = Design(
        go_live=span.go_live,
        better="lower",
        transition=span.transition,
        scale="auto" if positive else "identity",
    )
    return estimate(series, design, thorough=False)
