"""How ways run between steps that have their places: from ports, through bends, as smooth curves."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from valueviz.analysis.process.layout import MARGIN, Graph, Layout, Route, Spot

PORT_GAP = 0.75
"""Between two ways at the edge of a step, beside their breadths."""

NEARLY = 1.1
"""A way that leads so little aside runs straight down."""

STIFF = 0.52
"""How far the controls of a curve reach, as a share of its height."""

LOOP = 1.5
"""How far a loop leads away from its step."""


def routed(
    graph: Graph,
    layers: Sequence[Sequence[int]],
    across: Sequence[float],
    *,
    tops: Sequence[float],
    heights: Sequence[float],
    bands: tuple[tuple[float, float], ...],
    bottom: float,
) -> Layout:
    """The layout of a graph whose items have their layers and places."""
    router = _Router(graph, across, tops, heights)
    routes = tuple(router.route(index) for index in range(len(graph.links)))
    right = max(place + half for place, half in zip(across, graph.half, strict=True)) + MARGIN
    right = max([right, *(x + MARGIN for route in routes for x, _ in route.bends)])
    places = {shape.key: (across[item], router.middle(item)) for item, shape in enumerate(graph.shapes)}
    return Layout(
        width=bands[-1][1] if bands else right,
        height=bottom,
        places=places,
        routes=routes,
        lanes=bands,
        layers=tuple(tuple(graph.shapes[item].key for item in layer if item < graph.steps) for layer in layers),
        spine=tuple(shape.key for item, shape in enumerate(graph.shapes) if item in graph.spine),
    )


class _Router:
    """Knows where every item stands and at which ports ways leave and enter."""

    def __init__(self, graph: Graph, across: Sequence[float], tops: Sequence[float], heights: Sequence[float]) -> None:
        self.graph = graph
        self.across = across
        self.tops = tops
        self.heights = heights
        number = {shape.key: item for item, shape in enumerate(graph.shapes)}
        self.ends = [(number[link.source], number[link.target]) for link in graph.links]
        self.ports: dict[tuple[int, int, str], float] = {}
        self.entries: dict[int, float] = {}
        for item in range(graph.steps):
            self._spread(item, "bottom")
            self._spread(item, "top")
            self._enter_aside(item)

    def middle(self, item: int) -> float:
        rank = self.graph.ranks[item]
        return self.tops[rank] + self.heights[rank] / 2

    # Ports ───────────────────────────────────────────────────────────────────

    def _beyond(self, index: int, item: int) -> int:
        """The item a way leads to next, seen from one of its ends."""
        source, target = self.ends[index]
        chain = self.graph.chains[index]
        if item == source:
            return chain[0] if chain else target
        return chain[-1] if chain else source

    def _spread(self, item: int, edge: str) -> None:
        """Ports of the ways at the upper or lower edge of a step: in order of where they lead, the heaviest centred."""
        mine = []
        for index, kind in enumerate(self.graph.kinds):
            source, target = self.ends[index]
            leaves, enters = source == item, target == item
            upward = (kind == "forward" and enters) or (kind == "back" and leaves)
            downward = kind == "forward" and leaves
            if (edge == "top" and upward) or (edge == "bottom" and downward):
                mine.append(index)
        if not mine:
            return
        here = self.across[item]
        mine.sort(key=lambda index: (self.across[self._beyond(index, item)], index))
        centre = max(range(len(mine)), key=lambda n: (self._straight(mine[n], item), self.graph.links[mine[n]].weight))
        steps = [0.0]
        for left, right in itertools.pairwise(mine):
            gap = PORT_GAP + (self.graph.links[left].breadth + self.graph.links[right].breadth) / 2
            steps.append(steps[-1] + gap)
        places = [step - steps[centre] for step in steps]
        room = max(0.3, self.graph.half[item] - 1.0)
        tight = min(1.0, room / max(abs(places[0]), abs(places[-1]), 1e-9))
        for index, place in zip(mine, places, strict=True):
            self.ports[index, item, edge] = here + place * tight
        if len(mine) == 1:
            aside = self.across[self._beyond(mine[0], item)] - here
            if abs(aside) <= min(NEARLY, room) and not self._straight(mine[0], item):
                self.ports[mine[0], item, edge] = here + aside

    def _straight(self, index: int, item: int) -> bool:
        """Whether a way runs along the spine."""
        other = self._beyond(index, item)
        return item in self.graph.spine and other in self.graph.spine

    def _enter_aside(self, item: int) -> None:
        """How far above or below the middle of a step each way enters from the side: outer ones higher."""
        beside = [bend for bend, owner in self.graph.side.items() if owner == item]
        for side in (-1, 1):
            mine = [bend for bend in beside if (self.across[bend] - self.across[item]) * side > 0]
            mine.sort(key=lambda bend: (abs(self.across[bend] - self.across[item]), bend))
            gap = min(0.9, (self.graph.shapes[item].height - 1.2) / max(1, len(mine)))
            for number, bend in enumerate(mine):
                self.entries[bend] = ((len(mine) - 1) / 2 - number) * gap

    # Curves ──────────────────────────────────────────────────────────────────

    def route(self, index: int) -> Route:
        """The whole way of one link."""
        link, kind = self.graph.links[index], self.graph.kinds[index]
        match kind:
            case "forward":
                bends = self._forward(index)
            case "back":
                bends = self._back(index)
            case _:
                bends = self._loop(index)
        return Route(link.source, link.target, kind, tuple(bends), link.breadth)

    def _forward(self, index: int) -> list[Spot]:
        source, target = self.ends[index]
        pen = _Pen((self.ports[index, source, "bottom"], self._edge(source, 1)))
        pen.down(self._band(source, 1))
        for bend in self.graph.chains[index]:
            pen.curve((self.across[bend], self._band(bend, 0)))
            pen.down(self._band(bend, 1))
        pen.curve((self.ports[index, target, "top"], self._band(target, 0)))
        pen.down(self._edge(target, 0))
        return pen.bends

    def _back(self, index: int) -> list[Spot]:
        source, target = self.ends[index]
        pen = _Pen((self.ports[index, source, "top"], self._edge(source, 0)))
        pen.down(self._band(source, 0))
        *through, last = self.graph.chains[index]
        for bend in through:
            pen.curve((self.across[bend], self._band(bend, 1)))
            pen.down(self._band(bend, 0))
        side = 1 if self.across[last] > self.across[target] else -1
        entry = self.middle(target) + self.entries[last]
        x, edge = self.across[last], self.across[target] + side * self.graph.half[target]
        radius = min(abs(x - edge), 1.2)
        pen.curve((x, max(self._band(last, 1), entry + radius)))
        pen.down(entry + radius)
        pen.turn((x, entry + radius * 0.45), (x - side * radius * 0.55, entry), (x - side * radius, entry))
        pen.turn((x - side * radius, entry), (edge, entry), (edge, entry))
        return pen.bends

    def _loop(self, index: int) -> list[Spot]:
        step, _ = self.ends[index]
        bend = self.graph.chains[index][0]
        side = 1 if self.across[bend] > self.across[step] else -1
        edge = self.across[step] + side * self.graph.half[step]
        y = self.middle(step) + self.entries[bend]
        out = edge + side * LOOP
        pen = _Pen((edge, y + 0.75))
        pen.turn((edge + side * LOOP * 0.6, y + 0.95), (out, y + 0.7), (out, y))
        pen.turn((out, y - 0.7), (edge + side * LOOP * 0.75, y - 0.75), (edge, y - 0.75))
        return pen.bends

    def _band(self, item: int, end: int) -> float:
        """Upper (0) or lower (1) end of the layer of an item."""
        rank = self.graph.ranks[item]
        return self.tops[rank] + end * self.heights[rank]

    def _edge(self, item: int, end: int) -> float:
        """Upper or lower edge of a step."""
        return self.middle(item) + (end - 0.5) * self.graph.shapes[item].height


class _Pen:
    """Writes a way piece by piece; upright at the ends of every curve."""

    def __init__(self, start: Spot) -> None:
        self.bends: list[Spot] = [start]

    def down(self, y: float) -> None:
        """Straight up or down."""
        x, here = self.bends[-1]
        if abs(y - here) > 1e-6:
            self.turn((x, here), (x, y), (x, y))

    def curve(self, to: Spot) -> None:
        """An S from the last spot."""
        x, y = self.bends[-1]
        reach = STIFF * (to[1] - y)
        if abs(to[0] - x) < 1e-6:
            self.down(to[1])
        elif abs(to[1] - y) > 1e-6:
            self.turn((x, y + reach), (to[0], to[1] - reach), to)

    def turn(self, first: Spot, second: Spot, to: Spot) -> None:
        self.bends += [first, second, to]
