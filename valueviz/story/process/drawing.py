"""A map put together: steps measured and named, ways labelled, both periods on one layout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from valueviz.analysis.process.labelling import Wanted, around, place_labels, sampled
from valueviz.analysis.process.layout import GAP, Layout, Link, Plan, Shape, plan
from valueviz.analysis.process.log import GATE
from valueviz.analysis.process.result import EdgeChange
from valueviz.language import measure
from valueviz.story.blocks import EdgeForm, MapEdge, MapLane, MapNode, MapPanel, NodeForm, Run, Spot, Text
from valueviz.story.process.duration import (
    SECONDS,
    duration_digits,
    duration_unit,
    in_unit,
    pair_units,
    spoken,
    telling_digits,
)
from valueviz.story.process.naming import WIDEST, name_lines, shared_head, without_head
from valueviz.story.process.subject import ENTER, LEAVE, Pair, Period, Subject, edge_stats, share_fact, step_stats
from valueviz.story.voice import Voice, plain
from valueviz.terms import Derived, Fact

LINE = 1.28
"""Distance of two lines of a step, in ems."""

PADDING = (1.3, 0.75)
"""Room around the words of a step: across and down, both sides together."""

DENSE_PADDING = 0.6
DENSE_WIDEST = 17.0
"""A step on one line: room across its words, and ems its name may take."""

DENSE_GAP = 1.75
DENSEST = 2
BESIDE_NAME = 0.6
"""Between the name of a step and its share beside it."""

NARROWEST = 6.0
GATE_SIZE = 2.1
LABEL_HEIGHT = 1.24
BADGE_HEIGHT = 1.36

THINNEST, BROADEST = 0.12, 0.62
"""Breadths of a way of no case and of every case, in ems."""

LABELLED = 0.025
"""A way of fewer cases bears no label, unless its colour says something."""

WHOLE = 9.95
"""From this many of a unit on a time has no decimals: labels are read at a glance."""

REPEATED = 1.05
"""Visits a case from which a step tells them."""

ORDER: tuple[EdgeForm, ...] = (
    "added",
    "faster",
    "slower",
    "faster_outline",
    "slower_outline",
    "plain",
    "ghost",
    "bridge",
)
"""Forms in the order of the legend; rework comes after plain."""

TELLING: frozenset[EdgeForm] = frozenset({"faster", "slower", "faster_outline", "slower_outline"})


Page = Literal["portrait", "landscape"]
Legend = tuple[tuple[EdgeForm | Literal["rework"], str], ...]


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes of a swimlane: the lines of their names, and the lane of each step."""

    names: tuple[tuple[str, ...], ...]
    of: Mapping[str, int]


NO_LANES = Lanes((), {})


@dataclass(frozen=True, slots=True)
class Laid:
    """A map ready to be drawn, how many labels found no room, the page it suits, and whether it is too wide for any."""

    width: float
    height: float
    panels: tuple[MapPanel, ...]
    legend: Legend
    lanes: tuple[MapLane, ...]
    unlabelled: int
    head: str
    page: Page
    over: bool


class Drawing:
    """The parts of one map."""

    def __init__(self, subject: Subject, voice: Voice, *, place: str, lanes: Lanes, density: int = 0) -> None:
        """Prepare the map of a subject; `density` 1 draws layers nearer, 2 also sets each step on one line with its share."""
        self.subject = subject
        self.voice = voice
        self.place = place
        self.study = subject.study
        self.head = shared_head(list(subject.activities))
        self.dense = density == DENSEST
        widest = DENSE_WIDEST if self.dense else WIDEST
        self.names = {name: name_lines(without_head(name, self.head), widest=widest) for name in subject.activities}
        self.number = {name: number for number, name in enumerate(subject.activities)}
        self.lanes = lanes.names
        self.lane_of = lanes.of
        self.gap = DENSE_GAP if density else GAP
        self._labels: dict[tuple[Pair, Period], Text] = {}
        self._told: dict[tuple[str, Period, NodeForm], Text] = {}
        self._heads = {period: (self._title(period), self._subtitle(period)) for period in subject.periods}

    # Put together ─────────────────────────────────────────────────────────────

    def plan(self) -> Plan:
        """The order of steps and ways."""
        widths = [max((measure(line, 1.0, True) for line in lane), default=0.0) + 1.6 for lane in self.lanes]
        return plan(list(self.shapes.values()), self._links(), lanes=widths)

    def panels(self, layout: Layout, *, beyond: float) -> tuple[MapPanel, ...]:
        """Every panel on a layout; labels without room have no place."""
        lines = sampled(layout)
        return tuple(self._panel(period, layout, beyond, lines) for period in self.subject.periods)

    def finished(self, layout: Layout, panels: Sequence[MapPanel], page: Page, *, over: bool) -> Laid:
        """The map cut to what is drawn, with its legend."""
        left, right = self._extent(layout, panels)
        width = max(right - left, 0.0 if self.lanes else self._heading_width())
        by = (width - right - left) / 2
        moved = tuple(panels) if self.lanes else tuple(_moved(panel, by) for panel in panels)
        lanes = tuple(
            MapLane(tuple((self.voice.quote(line),) for line in lane), *band)
            for lane, band in zip(self.lanes, layout.lanes, strict=True)
        )
        unlabelled = sum(edge.label_at is None for panel in panels for edge in panel.edges if edge.label)
        return Laid(width, layout.height, moved, self._legend(panels), lanes, unlabelled, self.head, page, over)

    def _extent(self, layout: Layout, panels: Sequence[MapPanel]) -> tuple[float, float]:
        if self.lanes:
            return 0.0, layout.width
        areas = [
            (edge.label_at[0] - self.breadth(edge) / 2 - 0.4, edge.label_at[0] + self.breadth(edge) / 2 + 0.4)
            for panel in panels
            for edge in panel.edges
            if edge.label_at is not None
        ]
        return min([0.0, *(left for left, _ in areas)]), max([layout.width, *(right for _, right in areas)])

    def _heading_width(self) -> float:
        """The narrowest panel that the words above it fit into."""
        widths = []
        for period in self.subject.periods:
            widths += [
                1.2 * measure(plain(self._title(period)), 1.0, True),
                measure(plain(self._subtitle(period)), 1.0),
            ]
        return max(widths)

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Every step with its size, the gates included, by its key."""
        return {shape.key: shape for shape in self._shapes()}

    def _shapes(self) -> list[Shape]:
        found = [Shape(ENTER, GATE_SIZE, GATE_SIZE, self.lane_of.get(ENTER, 0))]
        for name in self.subject.activities:
            told = max(measure(plain(self._details(name, period)), 1.0) for period in self.subject.periods)
            if self._presence_told(name):
                told = max(told, measure(self.voice.word("process_map.gone"), 1.0))
            *upper, last = (measure(line, 1.0, True) for line in self.names[name])
            width = max([*upper, last + BESIDE_NAME + told]) if self.dense else max([*upper, last, told])
            lines = len(self.names[name]) + (0 if self.dense else 1)
            height = lines * LINE + (DENSE_PADDING if self.dense else PADDING[1])
            found.append(Shape(name, max(NARROWEST, width + PADDING[0]), height, self.lane_of.get(name, 0)))
        return [*found, Shape(LEAVE, GATE_SIZE, GATE_SIZE, self.lane_of.get(LEAVE, 0))]

    def _presence_told(self, name: str) -> bool:
        """Whether a panel says that the step is gone."""
        return any(self.subject.node_form(name, period) == "ghost" for period in self.subject.periods)

    def _links(self) -> list[Link]:
        found = []
        for edge in self.subject.edges:
            shares = [stats.share for period in self.subject.periods if (stats := edge_stats(edge, period))]
            source, target = ends((edge.source, edge.target))
            found.append(Link(source, target, self.subject.weight(edge), breadth(max(shares, default=0.0))))
        for pair in self.subject.bridges:
            found.append(Link(*ends(pair), 0.001, THINNEST))
        return found

    # Panels ───────────────────────────────────────────────────────────────────

    def _panel(self, period: Period, layout: Layout, beyond: float, lines: dict[Pair, list[Spot]]) -> MapPanel:
        nodes = self._nodes(period, layout)
        edges = self._edges(period, layout)
        drawn = [(edge.source, edge.target) for edge in edges]
        taken = [around((node.x, node.y), node.width, node.height) for node in nodes]
        taken += [self._badge_area(node) for node in nodes if node.badge]
        wanted = [
            Wanted(
                (edge.source, edge.target),
                self.breadth(edge),
                LABEL_HEIGHT,
                edge.width + (10.0 if edge.form in TELLING else 0.0),
            )
            for edge in edges
            if edge.label
        ]
        gone = {(edge.source, edge.target) for edge in edges if edge.form == "ghost"}
        places = place_labels(layout, wanted, drawn=drawn, taken=taken, yielding=gone, beyond=beyond, lines=lines)
        placed = tuple(replace(edge, label_at=places.get((edge.source, edge.target))) for edge in edges)
        return MapPanel(*self._heads[period], nodes, placed)

    def breadth(self, edge: MapEdge) -> float:
        """The width of a label."""
        return measure(plain(edge.label), 1.0, edge.form in ("faster", "slower")) + 0.3

    def _badge_area(self, node: MapNode) -> tuple[float, float, float, float]:
        width = measure(plain(node.badge), 1.0, True) + 1.1
        right, top = node.x + node.width / 2 + 0.5, node.y - node.height / 2 - 0.35
        return right - width, top - BADGE_HEIGHT / 2, right, top + BADGE_HEIGHT / 2

    def _nodes(self, period: Period, layout: Layout) -> tuple[MapNode, ...]:
        found = [_gate(ENTER, "enter", layout)]
        for name in self.subject.activities:
            form = self.subject.node_form(name, period)
            if form is None:
                continue
            x, y = layout.places[name]
            badge = self.voice.say(f"process_map.badge.{form}") if form in ("added", "removed") else ()
            found.append(
                MapNode(
                    key=name,
                    x=x,
                    y=y,
                    width=self.shapes[name].width,
                    height=self.shapes[name].height,
                    form=form,
                    name=tuple((self.voice.quote(line),) for line in self.names[name]),
                    details=self._details(name, period, form),
                    badge=badge,
                    inline=self.dense,
                )
            )
        return (*found, _gate(LEAVE, "leave", layout))

    def _details(self, name: str, period: Period, form: NodeForm = "plain") -> Text:
        """What a step says below its name, worded once."""
        if (name, period, form) not in self._told:
            self._told[name, period, form] = self._worded(name, period, form)
        return self._told[name, period, form]

    def _worded(self, name: str, period: Period, form: NodeForm) -> Text:
        """Share of cases, and visits a case where above one; that a step is gone."""
        if form == "ghost":
            return self.voice.say("process_map.gone")
        change = self.subject.changes.get(name)
        stats = step_stats(change, period) if change is not None else None
        if stats is None:
            return ()
        key = f"{self.place}.{period}.step{self.number[name]}"
        share = share_fact(self.voice, self.study, f"{key}.share", stats.share, formula="step_share")
        visits = stats.events / stats.cases if stats.cases else 1.0
        if visits < REPEATED:
            return self.voice.say("process_map.details", share=share)
        fact = Fact(f"{key}.visits", visits, "ratio", Derived("visits_per_case", (self.study.lineage,)))
        run = self.voice.fact(fact, "×" + self.voice.language.number(visits, 2))
        return self.voice.say("process_map.details_visits", share=share, visits=run)

    def _edges(self, period: Period, layout: Layout) -> tuple[MapEdge, ...]:
        routes = {(route.source, route.target): route.bends for route in layout.routes}
        found = []
        for edge in self.subject.edges:
            form = self.subject.edge_form(edge, period)
            if form is None:
                continue
            stats = edge_stats(edge, period)
            pair = ends((edge.source, edge.target))
            width = breadth(stats.share if stats and form != "ghost" else 0.0)
            if ((edge.source, edge.target), period) not in self._labels:
                self._labels[(edge.source, edge.target), period] = self._label(edge, period, form)
            label = self._labels[(edge.source, edge.target), period]
            found.append(MapEdge(*pair, routes[pair], width, form, edge.rework, label))
        for bridge in self.subject.bridges:
            pair = ends(bridge)
            found.append(MapEdge(*pair, routes[pair], THINNEST, "bridge"))
        return tuple(found)

    def _label(self, edge: EdgeChange, period: Period, form: EdgeForm) -> Text:
        """Share and median time; of a changed way the change as well."""
        stats = edge_stats(edge, period)
        if stats is None or form == "ghost" or GATE in (edge.source, edge.target):
            return ()
        if stats.share < LABELLED and form not in TELLING:
            return ()
        source, target = self.number[edge.source], self.number[edge.target]
        key = f"{self.place}.{period}.step{source}_step{target}"
        share = share_fact(self.voice, self.study, f"{key}.share", stats.share, formula="edge_share")
        if stats.median is None:
            return (share,)
        time = self._time(f"{key}.median", stats.median, formula="edge_median")
        if form not in TELLING or edge.change is None or period != "after":
            return self.voice.say("process_map.label", share=share, time=time)
        mark = "▼" if edge.change < 0 else "▲"
        change = self._time(f"{key}.change", edge.change, formula="edge_change", mark=mark)
        return self.voice.say("process_map.label_change", share=share, time=time, change=change)

    def _time(self, key: str, seconds: float, *, formula: str, mark: str = "") -> Run:
        """A time in its unit, written short; a change with an arrow instead of a sign."""
        unit = duration_unit([seconds])
        value = in_unit(abs(seconds) if mark else seconds, unit)
        digits = 0 if abs(value) >= WHOLE else duration_digits([seconds], unit)
        text = self.voice.language.quantity(value, self.voice.word(f"process_map.unit.{unit}"), digits=digits)
        fact = Fact(key, seconds / SECONDS[unit], unit, Derived(formula, (self.study.lineage,)))
        return self.voice.fact(fact, mark + text)

    # Heads and legend ─────────────────────────────────────────────────────────

    def _title(self, period: Period) -> Text:
        name = self.voice.word(f"process_map.panel.{self.subject.panel_key(period)}")
        window = {"before": self.study.cut.before, "after": self.study.cut.after}.get(period)
        if window is None or self.study.kind == "hand":
            return self.voice.words(name)
        first, last = (self.voice.language.date(day) for day in (window.start, window.end))
        dated = self.voice.word("process_map.panel.dated", name=name, window=f"{first} – {last}")
        return self.voice.words(dated)

    def _subtitle(self, period: Period) -> Text:
        """Cases and lead time of a period."""
        summary = {"before": self.study.before, "after": self.study.after}.get(period) or self.study.overall
        lead, key = summary.lead_time, f"{self.place}.{period}"
        if self.study.kind == "hand":
            if lead.mean is None:
                return ()
            mean = self._lead_time(f"{key}.lead", period, "mean")
            return self.voice.say("process_map.panel.hand_lead", mean=mean)
        fact = Fact(f"{key}.cases", float(summary.cases), "case", self.study.lineage)
        cases = self.voice.fact(fact, self.voice.language.quantity(summary.cases, "case", digits=0))
        if lead.median is None or lead.p90 is None:
            return self.voice.say("process_map.panel.cases", cases=cases)
        median, p90 = (self._lead_time(f"{key}.lead", period, name) for name in ("median", "p90"))
        return self.voice.say("process_map.panel.lead", cases=cases, median=median, p90=p90)

    def _lead_time(self, key: str, period: Period, name: str) -> Run:
        """A figure of the lead time as the first page writes it: both periods with the same decimals."""
        study = self.study
        every = (study.before, study.after) if study.before and study.after else (study.overall,)
        times = [getattr(each.lead_time, name) for each in every]
        seconds = times[-1] if period != "before" else times[0]
        unit = pair_units(times[0], times[-1])[0 if period == "before" else -1]
        alike = len(set(pair_units(times[0], times[-1]))) == 1
        digits = telling_digits(times if alike else [seconds], unit)
        text = spoken(self.voice, seconds, unit=unit, digits=digits)
        fact = Fact(f"{key}.{name}", in_unit(seconds, unit), unit, Derived(f"lead_{name}", (study.lineage,)))
        return self.voice.fact(fact, text)

    def _legend(self, panels: Sequence[MapPanel]) -> Legend:
        """Words for every form that is drawn, and for no other."""
        forms = {edge.form for panel in panels for edge in panel.edges}
        forms |= {"added" for panel in panels for node in panel.nodes if node.form == "added"}
        forms |= {"ghost" for panel in panels for node in panel.nodes if node.form in ("ghost", "removed")}
        found: list[tuple[EdgeForm | Literal["rework"], str]] = []
        for form in ORDER:
            if form in forms:
                found.append((form, self._word(form)))
            if form == "plain" and any(edge.rework for panel in panels for edge in panel.edges):
                found.append(("rework", self._word("rework")))
        return tuple(found)

    def legend_widths(self) -> list[float]:
        """The ems of each entry of the legend, before anything is laid out."""
        forms: set[str] = {"bridge"} if self.subject.bridges else set()
        for period in self.subject.periods:
            forms |= {form for edge in self.subject.edges if (form := self.subject.edge_form(edge, period))}
            forms |= {"ghost"} if self.subject.removed else set()
        forms |= {"rework"} if any(edge.rework for edge in self.subject.edges) else set()
        return [measure(self._word(form), 1.0) + 3.4 for form in sorted(forms)]

    def _word(self, form: str) -> str:
        if form == "plain" and len(self.subject.periods) == 1:
            form = "plain_one"
        if self.study.kind == "hand" and form.endswith("_outline"):
            form = form.removesuffix("_outline") + "_stated"
        return self.voice.word(f"process_map.legend.{form}")


def breadth(share: float) -> float:
    """The breadth of a way by its share of cases, in ems.

    >>> breadth(0.0), breadth(1.0)
    (0.12, 0.62)
    """
    return round(THINNEST + (BROADEST - THINNEST) * min(1.0, share), 3)


def ends(pair: Pair) -> Pair:
    """The keys of a way's ends on the map: gates have keys of their own."""
    return (ENTER if pair[0] == GATE else pair[0]), (LEAVE if pair[1] == GATE else pair[1])


def _gate(key: str, form: NodeForm, layout: Layout) -> MapNode:
    x, y = layout.places[key]
    return MapNode(key=key, x=x, y=y, width=GATE_SIZE, height=GATE_SIZE, form=form)


def _moved(panel: MapPanel, by: float) -> MapPanel:
    """The panel's drawing further to the right."""
    nodes = tuple(replace(node, x=node.x + by) for node in panel.nodes)
    edges = tuple(
        replace(
            edge,
            points=tuple((x + by, y) for x, y in edge.points),
            label_at=None if edge.label_at is None else (edge.label_at[0] + by, edge.label_at[1]),
        )
        for edge in panel.edges
    )
    return replace(panel, nodes=nodes, edges=edges)
