"""Where the steps of a process stand on a map and how its ways run: layers, order, places, curves.

Everything is in ems of the label; y grows downwards. The same input gives the same layout, to the last bit. Nothing
here knows words, colours or periods: two panels share one layout.

Source: layered drawing after K. Sugiyama, S. Tagawa, M. Toda, IEEE Trans. SMC 11(2), 1981; places in a layer by
isotonic regression (pool adjacent violators).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Spot = tuple[float, float]
Pair = tuple[str, str]
Layers = list[list[int]]
Bands = tuple[tuple[float, float], ...]

GAP = 2.25
"""Between two layers: room for a line, a label and an arrow head."""

GATE_GAP = 1.5
"""Below the first layer and above the last, where no label stands."""

NODE_GAP = 1.1
"""Between two steps of a layer."""

LINE_GAP = 0.75
"""Between a line and its neighbour in a layer."""

MARGIN = 0.55
"""Around everything."""

SWEEPS = 10
"""Rounds of placing; later ones move nothing that shows."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A step: its size, and the lane it stands in where there are lanes."""

    key: str
    width: float
    height: float
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """A way from one step to another: its weight (share of cases, 0–1) and the breadth of its line."""

    source: str
    target: str
    weight: float
    breadth: float = 0.2


@dataclass(frozen=True, slots=True)
class Route:
    """How a way runs: a start, then three points a piece (two controls and an end) of Bézier curves.

    A `back` way leads to an earlier step and enters it from the side; a `loop` leads to its own step.
    """

    source: str
    target: str
    kind: Literal["forward", "back", "loop"]
    bends: tuple[Spot, ...]
    breadth: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres of the steps, routes of the ways, left and right of the lanes, and the size of all of it.

    `layers` are the steps of each layer from left to right, `spine` those of the heaviest way through.
    """

    width: float
    height: float
    places: Mapping[str, Spot]
    routes: tuple[Route, ...]
    lanes: tuple[tuple[float, float], ...]
    layers: tuple[tuple[str, ...], ...]
    spine: tuple[str, ...]


@dataclass(slots=True)
class Graph:
    """Steps and the bends of long ways as numbered items of layers.

    `segments` joins items of neighbouring layers: upper, lower, weight, number of the link. A `side` item stands beside
    the step its way enters from the side. `air` is room kept free on both sides of an item.
    """

    shapes: Sequence[Shape]
    links: Sequence[Link]
    ranks: list[int]
    spine: frozenset[int]
    half: list[float]
    lane: list[int]
    chains: list[tuple[int, ...]]
    kinds: list[Literal["forward", "back", "loop"]]
    segments: list[tuple[int, int, float, int]] = field(default_factory=list)
    side: dict[int, int] = field(default_factory=dict)
    air: dict[int, float] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """How many items are steps; the rest are bends."""
        return len(self.shapes)


@dataclass(frozen=True, slots=True)
class Plan:
    """The order of everything, from which layouts of different sizes are made."""

    graph: Graph
    order: list[list[int]]
    lanes: tuple[float, ...]

    def layout(
        self,
        *,
        gaps: Mapping[int, float] | None = None,
        air: Mapping[Pair, float] | None = None,
        most: float | None = None,
        gap: float = GAP,
    ) -> Layout:
        """The layout with some room.

        Args:
            gaps: what is added to the room below a layer, by its number.
            air: room kept free on both sides of a way: of its middle bend, else of an end that is not on the spine.
            most: the width everything should keep within; it is exceeded where a layer needs more.
            gap: least room between two layers.
        """
        from valueviz.analysis.process.placement import placed
        from valueviz.analysis.process.route import routed

        graph = replace(self.graph, air=self._aired(air or {}))
        across, bands = placed(graph, self.order, lanes=self.lanes, most=most)
        heights = [max(graph.shapes[item].height for item in layer if item < graph.steps) for layer in self.order]
        tops: list[float] = []
        y = MARGIN
        for number, height in enumerate(heights):
            tops.append(y)
            outer = number in (0, len(heights) - 2)
            y += height + (min(GATE_GAP, gap) if outer else gap) + (gaps or {}).get(number, 0.0)
        bottom = tops[-1] + heights[-1] + MARGIN
        return routed(graph, self.order, across, tops=tops, heights=heights, bands=bands, bottom=bottom)

    def _aired(self, air: Mapping[Pair, float]) -> dict[int, float]:
        """The room to be kept free of each item, from that of ways."""
        found: dict[int, float] = {}
        number = {shape.key: item for item, shape in enumerate(self.graph.shapes)}
        for link, chain in zip(self.graph.links, self.graph.chains, strict=True):
            room = air.get((link.source, link.target), 0.0)
            if not room:
                continue
            ends = [number[link.target], number[link.source]]
            if chain:
                item = chain[len(chain) // 2]
            else:
                item = next((end for end in ends if end not in self.graph.spine), ends[0])
            found[item] = max(found.get(item, 0.0), room)
        return found


def plan(shapes: Sequence[Shape], links: Sequence[Link], *, lanes: Sequence[float] = ()) -> Plan:
    """The plan of a process's layouts.

    Args:
        shapes: the steps in order of their mean place in a case; where cases enter comes first, where they leave last.
        links: ways between them; a way to an earlier step leads back, one to its own step is a loop.
        lanes: least width of each lane from left to right; none: the heaviest way runs straight down.
    """
    from valueviz.analysis.process.order import ordered

    graph = layered(shapes, links, lanes=bool(lanes))
    return Plan(graph, ordered(graph, lanes=lanes), tuple(lanes))


def lay_out(
    shapes: Sequence[Shape], links: Sequence[Link], *, lanes: Sequence[float] = (), most: float | None = None
) -> Layout:
    """The closest layout of a process; arguments as of `plan` and `Plan.layout`."""
    return plan(shapes, links, lanes=lanes).layout(most=most)


# Layers ──────────────────────────────────────────────────────────────────────


def layered(shapes: Sequence[Shape], links: Sequence[Link], *, lanes: bool) -> Graph:
    """Steps in layers by the longest way to them, with a bend in every layer that a way passes."""
    number = {shape.key: index for index, shape in enumerate(shapes)}
    ends = [(number[link.source], number[link.target]) for link in links]
    ranks = _ranks(len(shapes), ends)
    spine = [] if lanes else _spine(ends, links)
    graph = Graph(
        shapes=shapes,
        links=links,
        ranks=ranks,
        spine=frozenset(),
        half=[shape.width / 2 for shape in shapes],
        lane=[shape.lane for shape in shapes],
        chains=[],
        kinds=[],
    )
    straight = set(spine)
    on_spine = {item for pair in spine for item in pair}
    for index, (source, target) in enumerate(ends):
        chain = _chain(graph, index, source, target)
        if (source, target) in straight:
            on_spine.update(chain)
            straight.discard((source, target))
    graph.spine = frozenset(on_spine)
    return graph


def _ranks(count: int, ends: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each step: below everything it follows, and below everything that leads back from it."""
    above: list[list[int]] = [[] for _ in range(count)]
    for source, target in ends:
        if source != target:
            above[max(source, target)].append(min(source, target))
    ranks = [0] * count
    for item in range(1, count):
        ranks[item] = max((ranks[other] + 1 for other in above[item]), default=1)
    if count > 1:
        ranks[-1] = max(ranks[:-1]) + 1
    return ranks


def _spine(ends: Sequence[tuple[int, int]], links: Sequence[Link]) -> list[tuple[int, int]]:
    """The heaviest way out of each step from the first on; of equal ones, the one to the nearer step."""
    found: list[tuple[int, int]] = []
    here = 0
    while True:
        onward = [
            (-round(link.weight, 6), target) for (source, target), link in zip(ends, links, strict=True)
            if source == here and target > here
        ]  # fmt: skip
        if not onward:
            return found
        target = min(onward)[1]
        found.append((here, target))
        here = target


def _chain(graph: Graph, index: int, source: int, target: int) -> tuple[int, ...]:
    """Add the bends of a link and its segments; returns the bends from its source on."""
    link = graph.links[index]
    upper, lower = min(source, target), max(source, target)
    if source == target:
        graph.kinds.append("loop")
        bends = [_bend(graph, graph.ranks[source], link, lane=graph.lane[source])]
        graph.half[bends[0]] = 0.9
        graph.side[bends[0]] = source
        graph.chains.append(tuple(bends))
        return tuple(bends)
    back = source > target
    graph.kinds.append("back" if back else "forward")
    first = graph.ranks[upper] + (0 if back else 1)
    bends = [
        _bend(graph, rank, link, lane=graph.lane[upper if rank == graph.ranks[upper] else lower])
        for rank in range(first, graph.ranks[lower])
    ]
    if back:
        graph.side[bends[0]] = upper
    whole = [*([] if back else [upper]), *bends, lower]
    for above, below in itertools.pairwise(whole):
        graph.segments.append((above, below, link.weight, index))
    chain = tuple(reversed(bends)) if back else tuple(bends)
    graph.chains.append(chain)
    return chain


def _bend(graph: Graph, rank: int, link: Link, *, lane: int) -> int:
    graph.ranks.append(rank)
    graph.half.append(link.breadth / 2)
    graph.lane.append(lane)
    return len(graph.ranks) - 1
