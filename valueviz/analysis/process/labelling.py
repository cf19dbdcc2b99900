"""Where labels of ways stand: on or beside their own line, clear of steps, of other labels and of other lines."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from valueviz.analysis.process.layout import Layout, Pair, Route, Spot

STEP = 0.3
"""Distance of the places tried along a line, and of the samples of a line, in ems."""

CLEAR = 0.2
"""Least distance of a label from a step or another label."""

LINE_CLEAR = 0.22
"""Least distance of a label from a line that is not its own."""

HEAD = 1.25
"""The end of a line, where its arrow head is: no label covers it."""

HEAD_HALF = 0.36
"""How far an arrow head reaches beyond the edge of its line."""

MOST_HIDDEN = 0.5
"""Share of a line that its label may cover."""

START = 0.35
"""The beginning of a line, which shows where it comes from."""

BESIDE = 0.4
"""Distance of a label from the edge of its line when it stands beside it."""

INTERRUPTED = 0.15
"""What it costs to interrupt a line that yields, for each sample of it."""

NEAR = 0.2
"""What it costs to stand right beside another label: two labels in one place read as one."""

SLIDES = (0.0, -0.35, 0.35, -0.7, 0.7)
"""How far along itself a label on its line may slide, in halves of its width: its line still runs into it."""

LONG = 14.0
"""Ems from which a line is tried at every second sample only."""

CELL = 2.0

Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label to be placed: whose it is, its size, and its rank among all (larger first)."""

    link: Pair
    width: float
    height: float
    weight: float


def place_labels(
    layout: Layout,
    wanted: Sequence[Wanted],
    *,
    drawn: Iterable[Pair],
    taken: Sequence[Area],
    yielding: Collection[Pair] = (),
    beyond: float = 0.0,
    lines: Mapping[Pair, Sequence[Spot]] | None = None,
) -> dict[Pair, Spot]:
    """The centre of each label that has a place; the heaviest are placed first, what finds none is left out.

    Args:
        layout: steps and routes.
        wanted: the labels of one panel.
        drawn: the links whose lines are drawn in the panel.
        taken: areas of steps, badges and other words.
        yielding: links whose lines a label may interrupt where it has no better place.
        beyond: how far labels may reach beyond the layout to the left and right.
        lines: what `sampled` finds, where several panels share it.
    """
    routes = {(route.source, route.target): route for route in layout.routes}
    lines = sampled(layout) if lines is None else lines
    breadths = {link: route.breadth for link, route in routes.items()}
    crowd = _Crowd({link: lines[link] for link in drawn}, breadths, frozenset(yielding))
    steps, labels = _Areas(taken), _Areas(())
    placed: dict[Pair, Spot] = {}
    for label in sorted(wanted, key=lambda label: (-label.weight, label.link)):
        best: tuple[float, Spot] | None = None
        own = lines[label.link]
        rows = _by_row(own)
        for near, centre, on_line in _candidates(label, routes[label.link], own):
            if best is not None and near >= best[0]:
                break
            area = around(centre, label.width, label.height)
            if not _inside(area, layout, beyond) or steps.near(area, CLEAR) or labels.near(area, CLEAR):
                continue
            if _covers_head(area, own, half=breadths[label.link] / 2 + HEAD_HALF):
                continue
            if on_line and _hides(area, rows, of=len(own)):
                continue
            price = crowd.price(label.link, area)
            if price is None:
                continue
            cost = near + price + NEAR * labels.near(area, 3 * CLEAR)
            if best is None or cost < best[0]:
                best = cost, centre
        if best is not None:
            placed[label.link] = best[1]
            labels.add(around(best[1], label.width, label.height))
    return placed


class _Areas:
    """Areas, to be asked how many come near another."""

    def __init__(self, areas: Sequence[Area]) -> None:
        self._rows: dict[int, list[Area]] = {}
        for area in areas:
            self.add(area)

    def add(self, area: Area) -> None:
        for row in range(int(area[1] // CELL), int(area[3] // CELL) + 1):
            self._rows.setdefault(row, []).append(area)

    def near(self, area: Area, gap: float) -> int:
        """How many areas come nearer than a gap; one that spans several rows counts in each."""
        left, top, right, bottom = area[0] - gap, area[1] - gap, area[2] + gap, area[3] + gap
        count = 0
        for row in range(int(top // CELL), int(bottom // CELL) + 1):
            for other in self._rows.get(row, ()):
                if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                    count += 1
        return count


def _covers_head(area: Area, line: Sequence[Spot], *, half: float) -> bool:
    """Whether a label covers its own arrow head."""
    left, top, right, bottom = area
    head = line[-round(HEAD / STEP) :]
    return any(left - half < x < right + half and top - 0.1 < y < bottom + 0.1 for x, y in head)


def _by_row(line: Sequence[Spot]) -> dict[int, list[Spot]]:
    """The spots of a line by the row of cells they lie in."""
    rows: dict[int, list[Spot]] = {}
    for spot in line:
        rows.setdefault(int(spot[1] // CELL), []).append(spot)
    return rows


def _hides(area: Area, rows: Mapping[int, Sequence[Spot]], *, of: int) -> bool:
    """Whether a label leaves too little of its own line, `of` so many spots, to be seen."""
    left, top, right, bottom = area
    under = 0
    for row in range(int(top // CELL), int(bottom // CELL) + 1):
        for x, y in rows.get(row, ()):
            if left < x < right and top < y < bottom:
                under += 1
    return under > MOST_HIDDEN * of


def around(centre: Spot, width: float, height: float) -> Area:
    """The area of a size around a centre."""
    x, y = centre
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def sampled(layout: Layout) -> dict[Pair, list[Spot]]:
    """Spots along every route of a layout."""
    return {(route.source, route.target): samples(route) for route in layout.routes}


def samples(route: Route) -> list[Spot]:
    """Spots along a route, about `STEP` apart."""
    bends = route.bends
    found = [bends[0]]
    for number in range(1, len(bends), 3):
        start, first, second, end = bends[number - 1], bends[number], bends[number + 1], bends[number + 2]
        length = math.dist(start, first) + math.dist(first, second) + math.dist(second, end)
        count = max(1, math.ceil(length / STEP))
        for part in range(1, count + 1):
            t = part / count
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
            found.append(
                (
                    a * start[0] + b * first[0] + c * second[0] + d * end[0],
                    a * start[1] + b * first[1] + c * second[1] + d * end[1],
                )
            )
    return found


def _candidates(label: Wanted, route: Route, line: Sequence[Spot]) -> list[tuple[float, Spot, bool]]:
    """Places for a label with what each costs, near the middle of its line, and whether it lies on it."""
    lengths = [0.0]
    for one, other in itertools.pairwise(line):
        lengths.append(lengths[-1] + math.dist(one, other))
    total = lengths[-1]
    found: list[tuple[float, Spot, bool]] = []
    thin = 2 if len(line) > LONG / STEP else 1
    half_width, half_height = label.width / 2, label.height / 2
    for number in range(0, len(line), thin):
        (x, y), at = line[number], lengths[number]
        before, after = line[max(0, number - 1)], line[min(len(line) - 1, number + 1)]
        upright = abs(after[1] - before[1]) >= 2.5 * abs(after[0] - before[0])
        away = abs(at - total / 2) / max(total, 1.0) + 0.012 * abs(at - total / 2)
        if route.kind == "loop":
            side = 1 if line[len(line) // 2][0] > line[0][0] else -1
            found.append((away, (x + side * (half_width + BESIDE), y), False))
            continue
        if upright:
            aside = half_width + route.breadth / 2 + BESIDE
            dear = 0.0 if route.breadth > 0.35 else 0.12
            if at >= START and total - at >= START:
                found += [(away + dear, (x + aside, y), False), (away + dear + 0.06, (x - aside, y), False)]
        elif abs(after[1] - before[1]) > 0.12 * abs(after[0] - before[0]):
            # above and below a slope, touching it with a corner
            down = 1 if (after[0] - before[0]) * (after[1] - before[1]) > 0 else -1
            across, up = half_width + 0.15, half_height + 0.1 + route.breadth / 2
            found += [
                (away + 0.2, (x + down * across, y - up), False),
                (away + 0.2, (x - down * across, y + up), False),
            ]
        if START + half_height <= at <= total - HEAD - half_height * upright:
            hidden = min(1.0, (label.height if upright else label.width) / max(total, 0.1))
            on_line = away + (0.1 if route.breadth > 0.35 else 0.0) + 0.3 * hidden
            found += [(on_line + 0.2 * abs(by), (x + by * half_width, y), True) for by in SLIDES]
    return sorted(found)


class _Crowd:
    """The lines of a panel, to be asked what runs near an area."""

    def __init__(
        self, lines: Mapping[Pair, Sequence[Spot]], breadths: Mapping[Pair, float], yielding: frozenset[Pair]
    ) -> None:
        self._yielding = yielding
        self._cells: dict[tuple[int, int], list[tuple[Pair, float, float, float]]] = {}
        for link, line in lines.items():
            last = len(line) - 1
            for number, (x, y) in enumerate(line):
                # the arrow head is broader than its line
                half = breadths[link] / 2 + (0.3 if last - number < HEAD / STEP else 0.0)
                self._cells.setdefault((int(x // CELL), int(y // CELL)), []).append((link, x, y, half))

    def price(self, link: Pair, area: Area) -> float | None:
        """What a label costs here, more the nearer other lines are; None where one runs through it."""
        left, top, right, bottom = area
        price = 0.0
        for column in range(int((left - 1) // CELL), int((right + 1) // CELL) + 1):
            for row in range(int((top - 1) // CELL), int((bottom + 1) // CELL) + 1):
                for other, x, y, half in self._cells.get((column, row), ()):
                    if other == link:
                        continue
                    away = max(left - x, x - right, top - y, y - bottom) - half
                    if away < LINE_CLEAR:
                        if other not in self._yielding:
                            return None
                        price += INTERRUPTED
                    if away < 0.8:
                        price += 0.01
        return price


def _inside(area: Area, layout: Layout, beyond: float) -> bool:
    across = area[0] >= 0.2 - beyond and area[2] <= layout.width - 0.2 + beyond
    return across and area[1] >= 0 and area[3] <= layout.height
