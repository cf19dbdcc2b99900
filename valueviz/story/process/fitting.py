"""Which page a map suits: both panels beside each other upright or turned, else one panel a page; and its best layout there.

Room is made beside ways and in the gaps they cross until every label has a place or the page is full; of all pages the
one with the least loss is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valueviz.analysis.process.layout import Layout, Pair, Plan
from valueviz.story.blocks import MapEdge, MapPanel
from valueviz.story.process.drawing import DENSEST, NO_LANES, TELLING, Drawing, Laid, Lanes, Page
from valueviz.story.process.space import Space, Surroundings, spaces
from valueviz.story.process.subject import Subject
from valueviz.story.voice import Voice

ROUNDS = 12
"""How often room is made for labels that lack a place, by turns beside their ways and in the gaps they cross."""

LANE_ROUNDS = 4
"""The same of a swimlane, whose bands leave less to be moved."""

IDLE = 9
"""Rounds without gain after which no more is tried."""

MOST_WIDENED = 4
"""Ways that room is made beside in one round."""

AIR = 0.6
"""Ems of room made at a time on both sides of a way."""

MOST_AIR = 4.0
"""Ems of room on a side at most."""

ROOM = 0.8
"""Ems a gap is opened by at a time."""

BEYOND = 9.0
"""Ems a label may reach beyond the outermost line or step."""

EXCESS = 100.0
"""What a map as much again as its page costs: more than any labels."""

DENSE = 2.0
"""What it costs to draw layers nearer, and as much again to set each step on one line."""


def fitted(
    subject: Subject, voice: Voice, *, place: str, around: Surroundings, lanes: Lanes = NO_LANES, latin: bool
) -> Laid:
    """The map on the page that suits it best.

    Panels beside each other are what it is for: before they are parted, steps are set on one line each, and labels of
    rare ways are left out.
    """
    drawings = [Drawing(subject, voice, place=place, lanes=lanes, density=density) for density in range(DENSEST + 1)]
    plans = [drawing.plan() for drawing in drawings[:1]]
    found: list[_Found] = []
    legend = drawings[0].legend_widths()
    for group in spaces(len(subject.periods), around, legend=legend, lanes=bool(lanes.names), latin=latin):
        for number, drawing in enumerate(drawings):
            if number == len(plans):
                plans.append(drawing.plan())
            for space in group:
                price, layout, panels = _settled(drawing, plans[number], space)
                price += space.cost + DENSE * number
                found.append(
                    _Found(
                        price, _excess(layout, space), layout.width > space.width, drawing, layout, panels, space.page
                    )
                )
                if price <= 0.0:
                    break
            if any(each.over <= 0.0 for each in found):
                best = min((each for each in found if each.over <= 0.0), key=lambda each: each.price)
                return _finished(best)
    return _finished(min(found, key=lambda each: each.price))


@dataclass(frozen=True, slots=True)
class _Found:
    """A layout on a page: what it lacks, and by how much it is over the page, and whether in width."""

    price: float
    over: float
    wide: bool
    drawing: Drawing
    layout: Layout
    panels: tuple[MapPanel, ...]
    page: Page


def _finished(found: _Found) -> Laid:
    """The finished map of a layout."""
    return found.drawing.finished(found.layout, found.panels, found.page, over=found.wide)


def _settled(drawing: Drawing, plan: Plan, space: Space) -> tuple[float, Layout, tuple[MapPanel, ...]]:
    """The best layout in a space, and what its labels without a place cost."""
    fit = _Fit(drawing, plan, space)
    best = fit.price(), fit.layout, fit.panels
    idle = 0
    for number in range(LANE_ROUNDS if drawing.lanes else ROUNDS):
        lacking = _lacking(fit.panels)
        if not lacking or idle == IDLE or _excess(fit.layout, space) > 0:
            break
        changed = fit.widen(lacking) if number % 2 == 0 else fit.open(lacking)
        idle += 1
        if changed and fit.price() < best[0] - 1e-9:
            best, idle = (fit.price(), fit.layout, fit.panels), 0
    return best


class _Fit:
    """A layout that is given room bit by bit, as far as its space allows."""

    def __init__(self, drawing: Drawing, plan: Plan, space: Space) -> None:
        self._drawing = drawing
        self._plan = plan
        self._space = space
        self._gaps: dict[int, float] = {}
        self._air: dict[Pair, float] = {}
        self.layout = self._made(self._gaps, self._air)
        self.panels = self._labelled()

    def price(self) -> float:
        """What the layout lacks."""
        return _lost(self.panels) + _excess(self.layout, self._space)

    def widen(self, lacking: Sequence[Pair]) -> bool:
        """Make room beside each of some ways where the width allows; whether any was made."""
        changed = False
        for pair in lacking[:MOST_WIDENED]:
            air = self._air | {pair: self._air.get(pair, 0.0) + AIR}
            tried = self._made(self._gaps, air)
            if tried.width <= self._space.width and air[pair] <= MOST_AIR:
                self._air, self.layout, changed = air, tried, True
        if changed:
            self.panels = self._labelled()
        return changed

    def open(self, lacking: Sequence[Pair]) -> bool:
        """Open the gaps that some ways cross first, where the height allows; whether any was opened."""
        ranks = {key: rank for rank, layer in enumerate(self.layout.layers) for key in layer}
        free = self._space.height - self.layout.height
        changed = False
        for rank in dict.fromkeys(min(ranks[source], ranks[target]) for source, target in lacking):
            if free >= ROOM:
                self._gaps = self._gaps | {rank: self._gaps.get(rank, 0.0) + ROOM}
                free, changed = free - ROOM, True
        if changed:
            self.layout = self._made(self._gaps, self._air)
            self.panels = self._labelled()
        return changed

    def _made(self, gaps: dict[int, float], air: dict[Pair, float]) -> Layout:
        return self._plan.layout(most=self._space.width, gaps=gaps, air=air, gap=self._drawing.gap)

    def _labelled(self) -> tuple[MapPanel, ...]:
        beyond = min(BEYOND, max(0.0, (self._space.width - self.layout.width) / 2))
        return self._drawing.panels(self.layout, beyond=beyond)


def _lost(panels: tuple[MapPanel, ...]) -> float:
    """What the labels without a place cost."""
    return sum(_worth(edge) for panel in panels for edge in panel.edges if edge.label and edge.label_at is None)


def _worth(edge: MapEdge) -> float:
    """What a label is worth: more the more cases it tells of, most where it tells a change."""
    return 0.3 + edge.width + (2.0 if edge.form in TELLING else 0.0)


def _excess(layout: Layout, space: Space) -> float:
    """What does not fit the page costs more than any label."""
    over = max(0.0, layout.width - space.width) / space.width + max(0.0, layout.height - space.height) / space.height
    return EXCESS * over


def _lacking(panels: tuple[MapPanel, ...]) -> list[Pair]:
    """The ways whose labels lack a place, the worthiest first."""
    found: dict[Pair, float] = {}
    for panel in panels:
        for edge in panel.edges:
            if edge.label and edge.label_at is None:
                pair = (edge.source, edge.target)
                found[pair] = max(found.get(pair, 0.0), _worth(edge))
    return sorted(found, key=lambda pair: (-found[pair], pair))
