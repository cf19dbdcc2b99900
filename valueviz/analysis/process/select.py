"""What a process map shows of a log: the activities most cases go through, joined to the gates, and how much is left out."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence

from valueviz.analysis.process.log import GATE, Edge, EdgeStats, Step, StepStats
from valueviz.analysis.process.presence import SCARCE_SHARE, presence
from valueviz.analysis.process.result import Drawn

MOST_NODES = 14
"""Activities on a map: more cannot be read on a printed page."""
MOST_EDGES = 30
"""Edges on a map; two an activity are enough to join every one of them to both gates."""
LEAST_SHARE = 0.01
"""Share of cases, in the period where it is larger, below which an activity is not drawn."""
MATERIAL_SHARE = 0.05
"""Share of cases from which an activity that came or went is drawn before any other."""

Pair = tuple[str, str]
Size = Callable[[Edge], float]


def select(
    edges: Sequence[Edge],
    steps: Sequence[Step],
    *,
    cases: tuple[int, int] = (0, 0),
    most_nodes: int = MOST_NODES,
    most_edges: int = MOST_EDGES,
) -> Drawn:
    """The activities and edges to draw, in order of the activities' places and by use.

    Activities go by the share of cases in the period where it is larger; those that came or went with at least
    `MATERIAL_SHARE` come first, on up to half of the places. Of edges, first those on the most used way from the
    beginning to each drawn activity and on to the end (of all cases, then of each period where they fit), then
    those with at least `SCARCE_SHARE` of the cases of a period, by that share. A way through activities that are
    not drawn becomes a bridge.

    Args:
        edges: all edges, those of the gates included.
        steps: all activities, in order of their mean relative place.
        cases: of the two periods; (0, 0) where there is one period only.
        most_nodes: activities at most.
        most_edges: edges and bridges at most, as long as all activities stay joined.
    """
    activities = _activities(steps, cases=cases, most=most_nodes)
    shown = {*activities, GATE}
    bonds = _Bonds(edges, shown)
    chosen = bonds.spanning(_most)
    periods: tuple[Size, ...] = (lambda edge: _share(edge.before), lambda edge: _share(edge.after))
    for size in periods:
        for bond in bonds.spanning(size, present_only=True):
            if bond not in chosen and bond in bonds.direct and len(chosen) < most_edges:
                chosen.append(bond)
    for edge in sorted(edges, key=_by_use):
        pair = (edge.source, edge.target)
        if len(chosen) >= most_edges:
            break
        if pair in bonds.direct and pair not in chosen and _most(edge) >= SCARCE_SHARE:
            chosen.append(pair)
    return _drawn(edges, activities=activities, chosen=chosen, direct=bonds.direct, known=len(steps))


def _drawn(
    edges: Sequence[Edge], *, activities: tuple[str, ...], chosen: list[Pair], direct: set[Pair], known: int
) -> Drawn:
    flow = sum(_count(edge) for edge in edges)
    shown = direct.intersection(chosen)
    kept = [edge for edge in sorted(edges, key=_by_use) if (edge.source, edge.target) in shown]
    return Drawn(
        activities=activities,
        flow=sum(_count(edge) for edge in kept) / flow if flow else 1.0,
        left_out=known - len(activities),
        edges=tuple((edge.source, edge.target) for edge in kept),
        bridges=tuple(pair for pair in chosen if pair not in direct),
    )


def _activities(steps: Sequence[Step], *, cases: tuple[int, int], most: int) -> tuple[str, ...]:
    """The activities to draw, in the order given."""

    def urgency(step: Step) -> tuple[bool, float, int, str]:
        moved = presence(step.before, step.after, cases=cases) != "kept" and _step_share(step) >= MATERIAL_SHARE
        return not moved, -_step_share(step), -(step.overall.events if step.overall else 0), step.activity

    ranked = sorted((step for step in steps if _step_share(step) >= LEAST_SHARE), key=urgency)
    ranked = ranked or sorted(steps, key=urgency)
    first = [step for step in ranked if not urgency(step)[0]][: max(1, most // 2)]
    rest = sorted((step for step in ranked if step not in first), key=lambda step: urgency(step)[1:])
    chosen = {step.activity for step in [*first, *rest][:most]}
    return tuple(step.activity for step in steps if step.activity in chosen)


def _share(stats: EdgeStats | StepStats | None) -> float:
    return 0.0 if stats is None else stats.share


def _most(edge: Edge) -> float:
    """The share of cases on an edge in the period where it is larger."""
    two = max(_share(edge.before), _share(edge.after))
    return two if two > 0 else _share(edge.overall)


def _step_share(step: Step) -> float:
    two = max(_share(step.before), _share(step.after))
    return two if two > 0 else _share(step.overall)


def _count(edge: Edge) -> int:
    return 0 if edge.overall is None else edge.overall.count


def _by_use(edge: Edge) -> tuple[float, int, str, str]:
    return -_most(edge), -_count(edge), edge.source, edge.target


class _Bonds:
    """The graph of all activities, and which of its ways can be drawn."""

    def __init__(self, edges: Sequence[Edge], shown: set[str]) -> None:
        """The graph of `edges`; `shown` are the ends between which an edge is drawn as it is."""
        self.edges = [edge for edge in edges if edge.source != edge.target]
        self.shown = shown
        self.direct = {(edge.source, edge.target) for edge in edges if {edge.source, edge.target} <= shown}

    def spanning(self, size: Size, *, present_only: bool = False) -> list[Pair]:
        """The bonds of the widest way from the beginning to each drawn activity and on to the end, widest first.

        The width of a way is the smallest of the sizes along it; with `present_only` edges of size 0 carry nothing.
        """
        forward: dict[str, list[tuple[str, float]]] = {}
        back: dict[str, list[tuple[str, float]]] = {}
        for edge in self.edges:
            share = size(edge)
            if share > 0 or not present_only:
                forward.setdefault(edge.source, []).append((edge.target, share))
                back.setdefault(edge.target, []).append((edge.source, share))
        found = [(width, (source, target)) for target, source, width in self._joined(forward)]
        found += [(width, (source, target)) for source, target, width in self._joined(back)]
        ranked = sorted(set(found), key=lambda row: (-row[0], row[1]))
        return list(dict.fromkeys(pair for _, pair in ranked))

    def _joined(self, ways: Mapping[str, list[tuple[str, float]]]) -> list[tuple[str, str, float]]:
        """Each drawn activity with the drawn one (or gate) nearest to it on its widest way from the gate, and its width."""
        parents = _widest(ways, self.shown)
        joined = []
        for node in sorted(self.shown - {GATE}):
            if node not in parents:
                continue
            near, width = parents[node]
            while near not in self.shown:
                near = parents[near][0]
            joined.append((node, near, width))
        return joined


def _widest(ways: Mapping[str, list[tuple[str, float]]], shown: set[str]) -> dict[str, tuple[str, float]]:
    """The neighbour towards the gate of each activity on its widest way, and that width.

    Ways that pass fewer activities that are not drawn come first, then wider ones: what can be drawn is.
    """
    parents: dict[str, tuple[str, float]] = {}
    queue: list[tuple[int, float, int, str, str]] = [
        (int(node not in shown), -size, 1, node, GATE) for node, size in ways.get(GATE, []) if node != GATE
    ]
    heapq.heapify(queue)
    while queue:
        hidden, width, length, node, parent = heapq.heappop(queue)
        if node in parents:
            continue
        parents[node] = (parent, -width)
        for following, size in ways.get(node, []):
            if following not in parents and following != GATE:
                further = hidden + int(following not in shown)
                heapq.heappush(queue, (further, max(width, -size), length + 1, following, node))
    return parents
