"""The places of steps and bends across, without overlap, near what they are joined to; and the bands of lanes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from valueviz.analysis.process.layout import LINE_GAP, MARGIN, NODE_GAP, SWEEPS, Bands, Graph, Layers


def placed(graph: Graph, layers: Layers, *, lanes: Sequence[float], most: float | None) -> tuple[list[float], Bands]:
    """The place of every item across, none overlapping, near what it is joined to; and the bands of the lanes."""
    near = _neighbours(graph)
    bands = _bands(graph, layers, lanes) if lanes else ()
    across = _packed(graph, layers, bands)
    reach = (float("inf"), float("inf"))
    for attempt in range(2):
        for sweep in range(SWEEPS):
            both = sweep >= SWEEPS - 2
            downward = sweep % 2 == 0
            for rank in range(len(layers)) if downward else range(len(layers) - 1, -1, -1):
                _place_layer(
                    graph, layers[rank], near, across, reach=reach, bands=bands, way=0 if both else 1 if downward else 2
                )
        left, right = _extent(graph, across)
        if bands or attempt or most is None or right - left <= most - 2 * MARGIN:
            break
        reach = _reach(graph, layers, most - 2 * MARGIN, left=-left, right=right)
    for _ in range(2):
        _straighten(graph, layers, across, reach=reach, bands=bands)
    return _shifted(graph, across, bands)


def _straighten(graph: Graph, layers: Layers, across: list[float], *, reach: tuple[float, float], bands: Bands) -> None:
    """Put the bends of each way below each other as far as their neighbours leave room, the heaviest way first."""
    beside: dict[int, tuple[int | None, int | None]] = {}
    for layer in layers:
        for number, item in enumerate(layer):
            left = layer[number - 1] if number else None
            beside[item] = left, layer[number + 1] if number + 1 < len(layer) else None

    def room(item: int) -> tuple[float, float]:
        left, right = beside[item]
        low = across[left] + apart(graph, left, item) if left is not None else -reach[0]
        high = across[right] - apart(graph, item, right) if right is not None else reach[1]
        if bands:
            low = max(low, bands[graph.lane[item]][0] + LINE_GAP)
            high = min(high, bands[graph.lane[item]][1] - LINE_GAP)
        return low, high

    order = sorted(range(len(graph.chains)), key=lambda index: -graph.links[index].weight)
    for index in order:
        chain = [item for item in graph.chains[index] if item not in graph.spine]
        while len(chain) > 1:
            low, high, run = *room(chain[0]), 1
            for item in chain[1:]:
                least, most = room(item)
                if max(low, least) > min(high, most) + 1e-9:
                    break
                low, high, run = max(low, least), min(high, most), run + 1
            wanted = sum(across[item] for item in chain[:run]) / run
            for item in chain[:run]:
                across[item] = min(max(wanted, low), high)
            chain = chain[run:]


def _neighbours(graph: Graph) -> list[list[tuple[int, float, int]]]:
    """The items each is joined to, how strongly, and whether above (1) or below (2); bends pull straight."""
    near: list[list[tuple[int, float, int]]] = [[] for _ in graph.ranks]
    for upper, lower, weight, _ in graph.segments:
        bends = (upper >= graph.steps) + (lower >= graph.steps)
        strength = (0.1 + weight) * (1.0, 2.0, 8.0)[bends]
        near[upper].append((lower, strength, 2))
        near[lower].append((upper, strength, 1))
    return near


def apart(graph: Graph, left: int, right: int) -> float:
    """The least distance of two neighbours of a layer."""
    steps = (left < graph.steps) + (right < graph.steps)
    air = graph.air.get(left, 0.0) + graph.air.get(right, 0.0)
    return graph.half[left] + graph.half[right] + (NODE_GAP if steps == 2 else LINE_GAP) + air


def _offsets(graph: Graph, layer: Sequence[int]) -> tuple[list[float], int | None]:
    """Least places of a layer's items from its item on the spine (from its first where there is none)."""
    spine = next((number for number, item in enumerate(layer) if item in graph.spine), None)
    found = [0.0]
    for left, right in pairwise(layer):
        found.append(found[-1] + apart(graph, left, right))
    origin = found[spine] if spine is not None else 0.0
    return [place - origin for place in found], spine


def _packed(graph: Graph, layers: Layers, bands: Bands) -> list[float]:
    across = [0.0] * len(graph.ranks)
    for layer in layers:
        offsets, spine = _offsets(graph, layer)
        middle = 0.0 if spine is not None else (offsets[-1] / 2 if offsets else 0.0)
        for item, offset in zip(layer, offsets, strict=True):
            across[item] = sum(bands[graph.lane[item]]) / 2 if bands else offset - middle
    return across


def _place_layer(
    graph: Graph,
    layer: Sequence[int],
    near: Sequence[Sequence[tuple[int, float, int]]],
    across: list[float],
    *,
    reach: tuple[float, float],
    bands: Bands,
    way: int,
) -> None:
    """Move the items of a layer towards what they are joined to, in their order."""
    offsets, spine = _offsets(graph, layer)
    wanted, weights = [], []
    for item, offset in zip(layer, offsets, strict=True):
        joined = [(across[other], weight) for other, weight, side in near[item] if way in (0, side)]
        if bands and item < graph.steps:
            joined = [(sum(bands[graph.lane[item]]) / 2, 1.0)]
        total = sum(weight for _, weight in joined)
        place = sum(at * weight for at, weight in joined) / total if total else across[item]
        wanted.append(place - offset)
        weights.append(total or 0.05)
    if bands:
        found = _in_lanes(graph, layer, list(zip(wanted, weights, offsets, strict=True)), bands)
    elif spine is None:
        found = isotone(wanted, weights)
    else:
        least = reach[0] + offsets[0] - graph.half[layer[0]]
        largest = reach[1] - offsets[-1] - graph.half[layer[-1]]
        left = [max(-max(least, 0.0), min(0.0, place)) for place in isotone(wanted[:spine], weights[:spine])]
        right = [
            min(max(largest, 0.0), max(0.0, place)) for place in isotone(wanted[spine + 1 :], weights[spine + 1 :])
        ]
        found = [*left, 0.0, *right]
    for item, offset, place in zip(layer, offsets, found, strict=True):
        across[item] = place + offset


def _in_lanes(
    graph: Graph,
    layer: Sequence[int],
    wishes: Sequence[tuple[float, float, float]],
    bands: Bands,
) -> list[float]:
    """Places inside the lanes, in order; wishes are places without offsets, weights and offsets."""
    found: list[float] = []
    for lane, (left, right) in enumerate(bands):
        mine = [number for number, item in enumerate(layer) if graph.lane[item] == lane]
        if not mine:
            continue
        low = left + LINE_GAP + graph.half[layer[mine[0]]] - wishes[mine[0]][2]
        high = right - LINE_GAP - graph.half[layer[mine[-1]]] - wishes[mine[-1]][2]
        places = isotone([wishes[number][0] for number in mine], [wishes[number][1] for number in mine])
        found += [min(max(place, low), max(low, high)) for place in places]
    return found


def isotone(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The rising numbers nearest to those wanted, by weighted squares (pool adjacent violators).

    >>> isotone([1.0, 3.0, 2.0], [1.0, 1.0, 1.0])
    [1.0, 2.5, 2.5]
    """
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(wanted, weights, strict=True):
        mean, total, count = value, weight, 1
        while pools and pools[-1][0] > mean:
            other, its_weight, its_count = pools.pop()
            mean = (mean * total + other * its_weight) / (total + its_weight)
            total, count = total + its_weight, count + its_count
        pools.append((mean, total, count))
    return [mean for mean, _, count in pools for _ in range(count)]


def _extent(graph: Graph, across: Sequence[float]) -> tuple[float, float]:
    left = min(place - half for place, half in zip(across, graph.half, strict=True))
    return left, max(place + half for place, half in zip(across, graph.half, strict=True))


def _reach(graph: Graph, layers: Layers, width: float, *, left: float, right: float) -> tuple[float, float]:
    """How far the sides may reach from the spine to keep a width: what they need, and of the rest their share."""
    need_left = need_right = 0.0
    for layer in layers:
        offsets, _ = _offsets(graph, layer)
        need_left = max(need_left, graph.half[layer[0]] - offsets[0])
        need_right = max(need_right, graph.half[layer[-1]] + offsets[-1])
    spare = max(0.0, width - need_left - need_right)
    more_left, more_right = max(0.0, left - need_left), max(0.0, right - need_right)
    share = more_left / (more_left + more_right) if more_left + more_right > 0 else 0.5
    return need_left + spare * share, need_right + spare * (1 - share)


def _bands(graph: Graph, layers: Layers, lanes: Sequence[float]) -> Bands:
    """Lanes side by side, each as wide as its fullest layer needs."""
    widths = list(lanes)
    for layer in layers:
        for lane in range(len(widths)):
            mine = [item for item in layer if graph.lane[item] == lane]
            if mine:
                needed = sum(apart(graph, left, right) for left, right in pairwise(mine))
                needed += graph.half[mine[0]] + graph.half[mine[-1]] + 2 * LINE_GAP
                widths[lane] = max(widths[lane], needed)
    bands, left = [], 0.0
    for width in widths:
        bands.append((left, left + width))
        left += width
    return tuple(bands)


def _shifted(graph: Graph, across: list[float], bands: Bands) -> tuple[list[float], Bands]:
    """Everything moved so that it begins at the margin; lanes begin at the left edge."""
    if bands:
        return across, bands
    by = MARGIN - _extent(graph, across)[0]
    return [place + by for place in across], bands
