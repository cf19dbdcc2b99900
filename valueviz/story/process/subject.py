"""What a map of a process is about: which steps and ways of a study are drawn, in which periods, in which form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from valueviz.analysis.process.log import GATE, EdgeStats, StepStats
from valueviz.analysis.process.result import EdgeChange, StepChange
from valueviz.story.blocks import EdgeForm, NodeForm, Run, Text
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

Period = Literal["overall", "before", "after"]
Pair = tuple[str, str]

ENTER, LEAVE = "\x00enter", "\x00leave"
"""Keys of the two gates; no activity has such a name."""


BEFORE: dict[str, NodeForm | None] = {"kept": "plain", "added": None, "removed": "removed"}
AFTER: dict[str, NodeForm | None] = {"kept": "plain", "added": "added", "removed": "ghost"}
"""How a step is drawn in the two panels by what became of it."""


@dataclass(frozen=True)
class Subject:
    """A study seen as a map."""

    study: ProcessStudy

    @staticmethod
    def of(study: ProcessStudy) -> Subject:
        """The subject of a study."""
        return Subject(study)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The panels: before and after, or all cases."""
        both = self.study.before is not None and self.study.after is not None
        return ("before", "after") if both else ("overall",)

    def panel_key(self, period: Period) -> str:
        """The key of a panel's name."""
        return f"{period}_hand" if self.study.kind == "hand" else period

    @cached_property
    def activities(self) -> tuple[str, ...]:
        """The drawn steps in order of their mean place."""
        if self.study.drawn is not None:
            return self.study.drawn.activities
        return tuple(change.step.activity for change in self.study.steps)

    @cached_property
    def changes(self) -> dict[str, StepChange]:
        """Each step of the study by its name."""
        return {change.step.activity: change for change in self.study.steps}

    @cached_property
    def edges(self) -> tuple[EdgeChange, ...]:
        """The drawn ways between drawn steps, those of the gates included."""
        drawn = self.study.drawn
        chosen = set(drawn.edges) if drawn is not None else set()
        shown = {*self.activities, GATE}
        return tuple(
            edge
            for edge in self.study.edges
            if {edge.source, edge.target} <= shown and ((edge.source, edge.target) in chosen if chosen else edge.drawn)
        )

    @cached_property
    def walked(self) -> tuple[EdgeChange, ...]:
        """The drawn ways from step to step."""
        return tuple(edge for edge in self.edges if GATE not in (edge.source, edge.target))

    @cached_property
    def bridges(self) -> tuple[Pair, ...]:
        """Ways through steps that are not drawn."""
        known = {(edge.source, edge.target) for edge in self.edges}
        drawn = self.study.drawn
        return tuple(pair for pair in (drawn.bridges if drawn else ()) if pair not in known)

    @cached_property
    def added(self) -> tuple[str, ...]:
        """Drawn steps that are new."""
        return tuple(name for name in self.activities if self._presence(name) == "added")

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """Drawn steps that are gone."""
        return tuple(name for name in self.activities if self._presence(name) == "removed")

    def _presence(self, name: str) -> str:
        change = self.changes.get(name)
        return change.presence if change is not None and len(self.periods) > 1 else "kept"

    def node_form(self, name: str, period: Period) -> NodeForm | None:
        """How a step is drawn in a panel; None where it is not drawn there."""
        presence = self._presence(name)
        forms = BEFORE if period == "before" else AFTER
        return forms[presence]

    def edge_form(self, edge: EdgeChange, period: Period) -> EdgeForm | None:
        """How a way is drawn in a panel; None where it is not drawn there."""
        stats = edge_stats(edge, period)
        ends = [self._presence(name) for name in (edge.source, edge.target)]
        if period == "overall":
            return "plain" if stats is not None else None
        if period == "before":
            hidden = stats is None or edge.colour == "added" or "added" in ends
            return None if hidden else "plain"
        if edge.colour == "removed" or "removed" in ends or stats is None:
            return "ghost"
        if edge.colour == "unchanged":
            return "plain"
        return edge.colour

    def weight(self, edge: EdgeChange) -> float:
        """How heavy a way is for the layout: its shares of both panels, the later one first among equals."""
        shares = [stats.share if stats else 0.0 for stats in (edge_stats(edge, period) for period in self.periods)]
        return sum(shares) / len(shares) + 1e-3 * shares[-1]

    def flow(self, voice: Voice, key: str) -> Run:
        """The share of all walks that is drawn."""
        share = self.study.drawn.flow if self.study.drawn else 1.0
        return share_fact(voice, self.study, key, share, formula="flow_drawn")

    def path(self, period: Period) -> tuple[str, ...]:
        """The busiest way of a period from where cases enter on, no step twice."""
        here, found = GATE, list[str]()
        while True:
            onward = [
                (-stats.share, edge.target)
                for edge in self.edges
                if edge.source == here and edge.target not in found and (stats := edge_stats(edge, period)) is not None
            ]
            if not onward or min(onward)[1] == GATE:
                return tuple(found)
            here = min(onward)[1]
            found.append(here)


def edge_stats(edge: EdgeChange, period: Period) -> EdgeStats | None:
    """The numbers of a way in a period."""
    match period:
        case "before":
            return edge.before
        case "after":
            return edge.after
        case _:
            return edge.overall


def step_stats(change: StepChange, period: Period) -> StepStats | None:
    """The numbers of a step in a period."""
    match period:
        case "before":
            return change.step.before
        case "after":
            return change.step.after
        case _:
            return change.step.overall


def share_fact(voice: Voice, study: ProcessStudy, key: str, share: float, *, formula: str) -> Run:
    """A share as a fact, in whole percent; below one percent with a digit."""
    fact = Fact(key, share, "share", Derived(formula, (study.lineage,)))
    return voice.fact(fact, voice.language.percent(share, 0 if share >= 0.01 or not share else 1))


def counted_as(voice: Voice, study: ProcessStudy, key: str, count: int, unit: str) -> Text:
    """A number of things as a fact with their word."""
    fact = Fact(key, float(count), "count", Derived("count_drawn", (study.lineage,)))
    text = voice.language.quantity(count, unit, digits=0) if unit else voice.language.grouped(count)
    return (voice.fact(fact, text),)


def listed(voice: Voice, names: Sequence[str]) -> Text:
    """Names of the data, listed as the language does."""
    return (voice.quote(voice.language.list_(list(names))),)
