"""A process typed by hand, as the numbers of a study: nothing is counted or tested, and what nobody stated is unknown.

A step takes its wait and its touch time once a pass; with a rework share r a case passes it 1 + r times on average.
Without a number no sum is made of it: it is named among what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import Literal

from valueviz.analysis.process.log import GATE, EdgeStats, LeadTime, PeriodSummary, Step, StepStats
from valueviz.analysis.process.result import (
    Colour,
    Drawn,
    EdgeChange,
    LeadWaterfall,
    Measure,
    ProcessFinding,
    StepChange,
    WaterfallPart,
)
from valueviz.terms import HandStep, ProcessState

MATERIAL_SHARE = 0.05
"""A stated wait that changes by less than this share of itself is drawn as unchanged, as an edge of a log is."""

MINIMUM = 60.0
"""Seconds by which a stated wait has to change to be drawn as changed."""

HOUR = 3600.0

UNITS = {
    "lead_mean": "second",
    "wait_mean": "second",
    "touch_mean": "second",
    "touch_share": "share",
    "cycle_efficiency": "share",
    "steps_per_case": "count",
    "handovers": "count",
    "automation_rate": "share",
    "hours_month": "hour",
}
"""The measures of a process typed by hand and their units, in their order."""

Part = Literal["touch", "wait", "rework", "volume"]


@dataclass(frozen=True, slots=True)
class Missing:
    """A number nobody stated and something was to be computed from; `step` is None where it lacks for the whole state."""

    state: ProcessState
    step: str | None
    part: Part


@dataclass(frozen=True, slots=True)
class HandNumbers:
    """What the steps of one process add up to.

    With one state only, `overall` is that, `before` and `after` are None, and each measure is its `after`. `once`: no rework share is stated
    anywhere, so that every time is that of going through once.
    """

    overall: PeriodSummary
    before: PeriodSummary | None
    after: PeriodSummary | None
    steps: tuple[StepChange, ...]
    edges: tuple[EdgeChange, ...]
    drawn: Drawn
    waterfall: LeadWaterfall | None
    measures: tuple[Measure, ...]
    findings: tuple[ProcessFinding, ...]
    missing: tuple[Missing, ...]
    once: bool


NOTHING = PeriodSummary(0, 0, 0, LeadTime(None, None, None))
"""Of two states there is no common figure: one is not yet so."""


def add_up(steps: Sequence[HandStep], *, minimum: float = MINIMUM) -> HandNumbers:
    """What the steps of one process add up to.

    Args:
        steps: of one process, in the order in which they were typed; at least one.
        minimum: seconds by which a wait has to change to be drawn as changed.
    """
    once = all(step.rework is None for step in steps)
    states = {state: _State.of(state, steps, once=once) for state in _stated(steps)}
    before, after = states.get("as_is"), states.get("to_be")
    only = None if before and after else before or after
    order = _order(before.names if before else (), after.names if after else ())
    sides = (None, None) if only else (before, after)
    summary = {state: each.summary() for state, each in states.items()}
    return HandNumbers(
        overall=only.summary() if only else NOTHING,
        before=None if only else summary["as_is"],
        after=None if only else summary["to_be"],
        steps=tuple(_step_change(name, sides, only=only) for name in order),
        edges=_edge_changes(sides, only=only, order=order, minimum=minimum),
        drawn=Drawn(order, 1.0, 0),
        waterfall=_waterfall(before, after, order=order) if before and after else None,
        measures=_measures(*((None, only) if only else (before, after))),
        findings=_findings(before, after, only=only),
        missing=tuple(lack for each in states.values() for lack in each.missing()),
        once=once,
    )


def _stated(steps: Sequence[HandStep]) -> tuple[ProcessState, ...]:
    found = {step.state for step in steps}
    both: tuple[ProcessState, ...] = ("as_is", "to_be")
    return tuple(state for state in both if state in found)


def _order(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """All steps once: those of today in their order, each new one after the step it follows."""
    order = list(dict.fromkeys(before))
    for at, name in enumerate(after):
        if name not in order:
            order.insert(order.index(after[at - 1]) + 1 if at else 0, name)
    return tuple(order)


# One state ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Pass:
    """One typed step: how often a case passes it, and what every pass takes in seconds."""

    step: HandStep
    passes: float | None
    volume: float | None

    def total(self, part: Literal["touch", "wait"]) -> float | None:
        """Seconds a case spends on a part of the step, over all its passes."""
        return _product(self.step.touch if part == "touch" else self.step.wait, self.passes)

    def people(self) -> float | None:
        """Seconds people work on the step a case: none where the system does it."""
        return 0.0 if self.step.automated else self.total("touch")


@dataclass(frozen=True, slots=True)
class _State:
    """A process today or as it shall be."""

    state: ProcessState
    passes: tuple[_Pass, ...]
    asked: bool

    @classmethod
    def of(cls, state: ProcessState, steps: Sequence[HandStep], *, once: bool) -> _State:
        """The steps of one state; one volume stated anywhere in it is that of all its steps."""
        own = [step for step in steps if step.state == state]
        volumes = {step.volume for step in own if step.volume is not None}
        common = volumes.pop() if len(volumes) == 1 else None
        passes = tuple(
            _Pass(
                step,
                1.0 if once else None if step.rework is None else 1.0 + step.rework,
                common if step.volume is None else step.volume,
            )
            for step in own
        )
        return cls(state, passes, not once)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the steps as typed; one that is passed twice stands twice."""
        return tuple(each.step.name for each in self.passes)

    def total(self, part: Literal["touch", "wait"], name: str | None = None) -> float | None:
        """Seconds a case spends touched or waiting, at one step or at all; None where a number lacks."""
        return _sum(each.total(part) for each in self.passes if name in (None, each.step.name))

    def lead(self, name: str | None = None) -> float | None:
        """Σ (wait + touch) × (1 + rework) in seconds, at one step or over all."""
        return _sum((self.total("wait", name), self.total("touch", name)))

    def passed(self, name: str) -> float | None:
        """How often a case passes a step."""
        return _sum(each.passes for each in self.passes if each.step.name == name)

    def measures(self) -> dict[str, float | None]:
        """The measures by key."""
        lead, touch = self.lead(), self.total("touch")
        adding = [each for each in self.passes if each.step.value == "adding"]
        classed = all(each.step.value is not None for each in self.passes)
        automated = _sum(
            None if each.step.automated is None else _product(float(each.step.automated), each.passes)
            for each in self.passes
        )
        passes = _sum(each.passes for each in self.passes)
        roles = [each.step.role for each in self.passes]
        hours = _sum(_product(each.people(), each.volume) for each in self.passes)
        return {
            "lead_mean": lead,
            "wait_mean": self.total("wait"),
            "touch_mean": touch,
            "touch_share": _ratio(touch, lead),
            "cycle_efficiency": _ratio(_sum(each.total("touch") for each in adding), lead) if classed else None,
            "steps_per_case": passes,
            "handovers": None if None in roles else float(sum(one != two for one, two in pairwise(roles))),
            "automation_rate": _ratio(automated, passes),
            "hours_month": None if hours is None else hours / HOUR,
        }

    def summary(self) -> PeriodSummary:
        """The state as a period in which no case was counted."""
        measures = tuple((key, value) for key, value in self.measures().items() if key != "lead_mean")
        return PeriodSummary(0, 0, 0, LeadTime(None, self.lead(), None), measures)

    def step(self, name: str) -> StepStats | None:
        """A step of this state, None where it has none of this name."""
        own = [each for each in self.passes if each.step.name == name]
        if not own:
            return None
        wait, touch = (_mean(own, part) for part in ("wait", "touch"))
        role = next((each.step.role for each in own if each.step.role), None)
        return StepStats(0, 0, 1.0, wait, wait, None, None, touch, role)

    def edges(self) -> dict[tuple[str, str], EdgeStats]:
        """The ways from step to step in typed order, and a loop at each step that is done again."""
        found: dict[tuple[str, str], list[_Pass]] = {}
        loops: dict[str, float] = {}
        for one, two in pairwise((None, *self.passes)):
            if two is not None:
                found.setdefault((one.step.name if one else GATE, two.step.name), []).append(two)
        for each in self.passes:
            if each.step.rework:
                loops[each.step.name] = max(loops.get(each.step.name, 0.0), each.step.rework)
                found.setdefault((each.step.name, each.step.name), []).append(each)
        stats = {
            pair: _edge(0.0 if pair[0] == GATE else _mean(targets, "wait"), share=1.0)
            for pair, targets in found.items()
        }
        for name, share in loops.items():
            typed = any(one == two == name for one, two in pairwise(self.names))
            if not typed:
                stats[name, name] = _edge(stats[name, name].mean, share=share)
        return stats | {(self.names[-1], GATE): _edge(0.0, share=1.0)}

    def missing(self) -> Iterable[Missing]:
        """Every number that was needed and not stated."""
        for each in self.passes:
            if each.step.wait is None:
                yield Missing(self.state, each.step.name, "wait")
            if each.step.touch is None:
                yield Missing(self.state, each.step.name, "touch")
            if self.asked and each.step.rework is None:
                yield Missing(self.state, each.step.name, "rework")
        lacking = [each.step.name for each in self.passes if each.volume is None]
        if len(lacking) == len(self.passes):
            yield Missing(self.state, None, "volume")
        else:
            yield from (Missing(self.state, name, "volume") for name in lacking)


def _mean(passes: Sequence[_Pass], part: Literal["touch", "wait"]) -> float | None:
    """Seconds a pass; over several passes of one name weighted by how often each happens."""
    if len(passes) == 1:
        return passes[0].step.touch if part == "touch" else passes[0].step.wait
    return _ratio(_sum(each.total(part) for each in passes), _sum(each.passes for each in passes))


def _edge(time: float | None, *, share: float) -> EdgeStats:
    return EdgeStats(0, 0, share, time, time)


def _sum(numbers: Iterable[float | None]) -> float | None:
    """The exact sum; None as soon as one number is unknown."""
    known: list[float] = []
    for number in numbers:
        if number is None:
            return None
        known.append(number)
    return fsum(known)


def _product(one: float | None, two: float | None) -> float | None:
    if one == 0.0 or two == 0.0:
        return 0.0
    return None if one is None or two is None else one * two


def _ratio(one: float | None, two: float | None) -> float | None:
    return None if one is None or not two else one / two


# Two states ──────────────────────────────────────────────────────────────────

_Sides = tuple[_State | None, _State | None]


def _step_change(name: str, sides: _Sides, *, only: _State | None) -> StepChange:
    if only is not None:
        stats = only.step(name)
        return StepChange(Step(name, stats, None, None, stats.role if stats else None), "kept")
    before, after = (side.step(name) if side else None for side in sides)
    role = next((side.role for side in (after, before) if side is not None and side.role is not None), None)
    common = StepStats(0, 0, (bool(before) + bool(after)) / 2, None, None, None, None, None)
    step = Step(name, common, before, after, role)
    return StepChange(step, "removed" if after is None else "added" if before is None else "kept")


def _edge_changes(
    sides: _Sides, *, only: _State | None, order: Sequence[str], minimum: float
) -> tuple[EdgeChange, ...]:
    """Every way of either state; none is tested, so that none is in full colour."""
    place = {name: at for at, name in enumerate(order)}

    def change(pair: tuple[str, str], *stats: EdgeStats | None) -> EdgeChange:
        overall, before, after = stats
        shift, material = _shift(before, after, minimum=minimum)
        back = GATE not in pair and place[pair[1]] <= place[pair[0]]
        colour: Colour = "unchanged"
        if (before is None) != (after is None):
            colour = "removed" if after is None else "added"
        if material and shift is not None:
            colour = "faster_outline" if shift < 0 else "slower_outline"
        return EdgeChange(*pair, overall, before, after, shift, None, None, None, material, colour, back, drawn=True)

    if only is not None:
        return tuple(change(pair, stats, None, None) for pair, stats in only.edges().items())
    before, after = (side.edges() if side else {} for side in sides)
    pairs = dict.fromkeys((*before, *after))
    return tuple(change(pair, _common(pair, before, after), before.get(pair), after.get(pair)) for pair in pairs)


def _common(pair: tuple[str, str], *sides: Mapping[tuple[str, str], EdgeStats]) -> EdgeStats:
    """The mean share of both states; a time they have in common there is none."""
    return _edge(None, share=fsum(side[pair].share for side in sides if pair in side) / len(sides))


def _shift(before: EdgeStats | None, after: EdgeStats | None, *, minimum: float) -> tuple[float | None, bool]:
    """After − before of the stated time, and whether that is worth a colour."""
    if before is None or after is None or before.mean is None or after.mean is None:
        return None, False
    shift = after.mean - before.mean
    return shift, shift != 0 and abs(shift) >= max(minimum, MATERIAL_SHARE * before.mean)


def _waterfall(before: _State, after: _State, *, order: Sequence[str]) -> LeadWaterfall | None:
    """From one stated lead time to the other by step: Δ(t·f) = Δt·f̄ + Δf·t̄, exactly; None where a number lacks."""
    start, end = before.lead(), after.lead()
    if start is None or end is None:
        return None
    return LeadWaterfall(start, end, tuple(_part(name, before, after) for name in order))


def _part(name: str, before: _State, after: _State) -> WaterfallPart:
    totals = [(side.lead(name) or 0.0) for side in (before, after)]
    often = [(side.passed(name) or 0.0) for side in (before, after)]
    change = totals[1] - totals[0]
    if not all(often):
        return WaterfallPart(name, None, None, change)
    times = [total / passes for total, passes in zip(totals, often, strict=True)]
    frequency = (often[1] - often[0]) * (times[0] + times[1]) / 2
    return WaterfallPart(name, change - frequency, frequency, change)


def _measures(before: _State | None, after: _State | None) -> tuple[Measure, ...]:
    """Every measure that is known on a side."""
    old, new = (side.measures() if side else dict.fromkeys(UNITS) for side in (before, after))
    return tuple(
        Measure(key, unit, old[key], new[key], None)
        for key, unit in UNITS.items()
        if old[key] is not None or new[key] is not None
    )


def _findings(before: _State | None, after: _State | None, *, only: _State | None) -> tuple[ProcessFinding, ...]:
    """What may be said, all of it descriptive: the stated lead times, and where a case waits longest today."""
    found = []
    start, end = before.lead() if before else None, after.lead() if after else None
    if start is not None or end is not None:
        change = None if start is None or end is None else end - start
        values = (("before", start), ("after", end), ("change", change))
        found.append(ProcessFinding("hand.lead_stated", "lead_stated", values, "descriptive"))
    longest = _longest(only or before)
    if longest is not None:
        found.append(ProcessFinding("hand.longest_wait", "longest_wait", longest, "descriptive"))
    return tuple(found)


def _longest(state: _State | None) -> tuple[tuple[str, float | str | None], ...] | None:
    if state is None:
        return None
    waits = [(state.total("wait", name), name) for name in dict.fromkeys(state.names)]
    known = [(wait, name) for wait, name in waits if wait]
    if not known or len(known) + sum(wait == 0 for wait, _ in waits) < len(waits):
        return None
    wait, name = max(known, key=lambda each: each[0])
    return (("step", name), ("wait", wait), ("share", _ratio(wait, state.lead())))
