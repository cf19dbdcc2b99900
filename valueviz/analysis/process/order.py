"""The order of steps and bends in their layers, with few crossings."""

from __future__ import annotations

from collections.abc import Sequence

from valueviz.analysis.process.layout import Graph, Layers
from valueviz.analysis.process.placement import placed

ATTEMPTS = 4
"""First orders that are tried."""

FARTHEST = 10**6

WIDE = 0.004
"""What an em of width costs beside crossings of full weight: of two orders alike, the narrower one."""


def ordered(graph: Graph, *, lanes: Sequence[float]) -> Layers:
    """The layers from left to right: of several attempts the one with fewest crossings, then the narrowest."""
    found: list[tuple[float, Layers]] = []
    for start in range(ATTEMPTS):
        order = _Order(graph, start)
        order.settle()
        across, _ = placed(graph, order.layers, lanes=lanes, most=None)
        cost = order.cost() + WIDE * (max(across) - min(across)) + _bending(graph, across)
        found.append((round(cost, 9), order.layers))
    return min(found, key=lambda attempt: attempt[0])[1]


def _bending(graph: Graph, across: Sequence[float]) -> float:
    """How far ways lead aside, in crossings."""
    return 0.002 * sum((0.1 + weight) * abs(across[a] - across[b]) for a, b, weight, _ in graph.segments)


# Order ───────────────────────────────────────────────────────────────────────


class _Order:
    """The layers while they are sorted; `at` is the place of an item counted from the spine."""

    def __init__(self, graph: Graph, start: int) -> None:
        self.graph = graph
        count = max(graph.ranks) + 1
        self.up: list[list[tuple[int, float]]] = [[] for _ in graph.ranks]
        self.down: list[list[tuple[int, float]]] = [[] for _ in graph.ranks]
        self.between: list[list[tuple[int, int, float]]] = [[] for _ in range(count)]
        for upper, lower, weight, _ in graph.segments:
            self.down[upper].append((lower, weight))
            self.up[lower].append((upper, weight))
            self.between[graph.ranks[upper]].append((upper, lower, 0.3 + weight))
        self.sides: dict[int, list[int]] = {}
        for item, owner in graph.side.items():
            self.sides.setdefault(owner, []).append(item)
        self.right: dict[int, bool] = dict.fromkeys(graph.side, start % 2 == 0)
        self.heads: Layers = [[] for _ in range(count)]
        for item, rank in enumerate(graph.ranks):
            if item not in graph.side:
                self.heads[rank].append(item)
        for rank, heads in enumerate(self.heads):
            self.heads[rank] = self._divided(heads, start)
        self.layers: Layers = [[] for _ in range(count)]
        self.at: list[float] = [0.0] * len(graph.ranks)
        for rank in range(count):
            self._spread(rank)

    def _divided(self, heads: list[int], start: int) -> list[int]:
        """A first order: all to the right of the spine, all to the left, or by turns."""
        spine = [item for item in heads if item in self.graph.spine]
        rest = [item for item in heads if item not in self.graph.spine]
        if start == 0:
            found = [*spine, *rest]
        elif start == 1:
            found = [*reversed(rest), *spine]
        else:
            found = [*reversed(rest[start % 2 :: 2]), *spine, *rest[1 - start % 2 :: 2]]
        return sorted(found, key=lambda item: self.graph.lane[item])

    def settle(self) -> None:
        """Sort the layers up and down, swap neighbours, then move whole ways, while that saves crossings."""
        best, least = self._kept(), self.cost()
        for sweep in range(8):
            ranks = range(len(self.heads))
            for rank in ranks if sweep % 2 == 0 else reversed(ranks):
                self._sort(rank, self.up if sweep % 2 == 0 else self.down)
            self._swap()
            cost = self.cost()
            if cost < least - 1e-9:
                best, least = self._kept(), cost
        self._restore(best)
        self._move_ways(least)

    def cost(self) -> float:
        """All crossings, each by the weights of the two ways."""
        return sum(self._crossings(rank) for rank in range(len(self.layers) - 1))

    # Steps of sorting ─────────────────────────────────────────────────────────

    def _spread(self, rank: int) -> None:
        """Put the side items beside their steps, and count places from the spine."""
        layer: list[int] = []
        for head in self.heads[rank]:
            beside = self.sides.get(head, ())
            layer += sorted((item for item in beside if not self.right[item]), key=lambda i: (self._pull(i), i))
            layer.append(head)
            layer += sorted((item for item in beside if self.right[item]), key=lambda i: (self._pull(i), i))
        self.layers[rank] = layer
        middle = next((n for n, item in enumerate(layer) if item in self.graph.spine), (len(layer) - 1) / 2)
        for number, item in enumerate(layer):
            self.at[item] = number - middle if self.graph.spine else 100 * self.graph.lane[item] + number

    def _pull(self, item: int) -> float:
        """Where a side item leads: loops keep nearest to their step."""
        below = self.down[item]
        if not below:
            return -FARTHEST if self.right[item] else FARTHEST
        return self.at[below[0][0]]

    def _sort(self, rank: int, neighbours: Sequence[Sequence[tuple[int, float]]]) -> None:
        for item in [item for head in self.heads[rank] for item in self.sides.get(head, ())]:
            if self.down[item]:
                pull = self.at[self.down[item][0][0]] - self.at[self.graph.side[item]]
                self.right[item] = pull > 0 or (pull == 0 and self.right[item])
        keys: dict[int, tuple[float, float, float]] = {}
        for head in self.heads[rank]:
            near = [(self.at[other], 0.1 + weight) for other, weight in neighbours[head]]
            mean = (
                sum(at * weight for at, weight in near) / sum(weight for _, weight in near) if near else self.at[head]
            )
            side = 0.0
            if head not in self.graph.spine and self.graph.spine:
                side = 0.5 if mean > 0 or (mean == 0 and self.at[head] > 0) else -0.5
                mean = mean if mean else side / 10
            elif self.graph.spine:
                mean = 0.0
            keys[head] = (float(self.graph.lane[head] if not self.graph.spine else side), mean, self.at[head])
        self.heads[rank].sort(key=lambda head: keys[head])
        self._spread(rank)

    def _swap(self) -> None:
        """Swap neighbours while that saves crossings."""
        for _ in range(3):
            better = False
            for rank, heads in enumerate(self.heads):
                for place in range(len(heads) - 1):
                    if self.graph.lane[heads[place]] != self.graph.lane[heads[place + 1]] and not self.graph.spine:
                        continue
                    before = self._around(rank)
                    heads[place], heads[place + 1] = heads[place + 1], heads[place]
                    self._spread(rank)
                    if self._around(rank) < before - 1e-9:
                        better = True
                    else:
                        heads[place], heads[place + 1] = heads[place + 1], heads[place]
                        self._spread(rank)
                better |= self._turn(rank)
            if not better:
                return

    def _turn(self, rank: int) -> bool:
        """Let side items change sides where that saves crossings."""
        better = False
        for head in self.heads[rank]:
            for item in self.sides.get(head, ()):
                if not self.down[item]:
                    continue
                before = self._around(rank)
                self.right[item] = not self.right[item]
                self._spread(rank)
                if self._around(rank) < before - 1e-9:
                    better = True
                else:
                    self.right[item] = not self.right[item]
                    self._spread(rank)
        return better

    def _move_ways(self, least: float) -> None:
        """Move all bends of a way, or a step with them, to another side of everything while that saves crossings."""
        if not self.graph.spine:
            return
        groups = [chain for chain in self.graph.chains if len(chain) > 1]
        groups += [self._family(item) for item in range(self.graph.steps) if item not in self.graph.spine]
        for group in groups:
            movable = [item for item in group if item not in self.graph.spine]
            if not movable:
                continue
            for side in (-1, 1):
                for outer in (True, False):
                    kept = self._kept()
                    self._shift(movable, side, outer=outer)
                    self._swap_near(movable)
                    cost = self.cost()
                    if cost < least - 1e-9:
                        least = cost
                    else:
                        self._restore(kept)

    def _family(self, step: int) -> tuple[int, ...]:
        """A step with the bends of all ways from and to it."""
        found = [step]
        for link, chain in zip(self.graph.links, self.graph.chains, strict=True):
            if self.graph.shapes[step].key in (link.source, link.target):
                found += chain
        return tuple(found)

    def _shift(self, items: Sequence[int], side: int, *, outer: bool) -> None:
        for item in items:
            rank = self.graph.ranks[item]
            if item in self.graph.side:
                self.right[item] = side > 0
                continue
            heads = self.heads[rank]
            heads.remove(item)
            middle = next((n for n, head in enumerate(heads) if head in self.graph.spine), len(heads) // 2)
            if side < 0:
                heads.insert(0 if outer else middle, item)
            else:
                heads.insert(len(heads) if outer else min(len(heads), middle + 1), item)
        for rank in sorted({self.graph.ranks[item] for item in items}):
            self._spread(rank)

    def _swap_near(self, items: Sequence[int]) -> None:
        for rank in sorted({self.graph.ranks[item] for item in items}):
            heads = self.heads[rank]
            for place in range(len(heads) - 1):
                before = self._around(rank)
                heads[place], heads[place + 1] = heads[place + 1], heads[place]
                self._spread(rank)
                if self._around(rank) >= before - 1e-9:
                    heads[place], heads[place + 1] = heads[place + 1], heads[place]
                    self._spread(rank)

    def _around(self, rank: int) -> float:
        found = self._crossings(rank) if rank + 1 < len(self.layers) else 0.0
        return found + (self._crossings(rank - 1) if rank else 0.0)

    def _crossings(self, rank: int) -> float:
        """Crossings between a layer and the next, by weight."""
        at = self.at
        lines = sorted([(at[upper], at[lower], weight) for upper, lower, weight in self.between[rank]])
        found = 0.0
        for number, (left, end, weight) in enumerate(lines):
            for other, its_end, its_weight in lines[number + 1 :]:
                if its_end < end and other > left:
                    found += weight * its_weight
        return found

    def _kept(self) -> tuple[Layers, dict[int, bool]]:
        return [list(heads) for heads in self.heads], dict(self.right)

    def _restore(self, kept: tuple[Layers, dict[int, bool]]) -> None:
        self.heads, self.right = [list(heads) for heads in kept[0]], dict(kept[1])
        for rank in range(len(self.heads)):
            self._spread(rank)
