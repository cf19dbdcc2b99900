"""Why cases wait: steps ranked by what waiting before them costs, each with one primary cause and its evidence.

Steps are ranked by impact, the seconds waited before them per 100 cases, so by how often and how long together. Of the
rules that find their cause, the primary one is the first in `PRECEDENCE` that explains at least half of the wait;
where none does, the one that explains most, ties by `PRECEDENCE`. The order goes from the particular to the general:
batches are a kind of closed hours, closed hours a kind of absence, and absence shows as contention. The evidence of the
primary rule stands first, then that of the others that found theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from valueviz.analysis.process.log import Cause, Seconds, Step, StepStats, StepWaits
from valueviz.analysis.process.result import Diagnosis, Evidence
from valueviz.analysis.process.rules.batching import batching
from valueviz.analysis.process.rules.calendar import calendar
from valueviz.analysis.process.rules.driver import attribute_driver
from valueviz.analysis.process.rules.flow import heavy_tail, overtaking, queue_growth, rework
from valueviz.analysis.process.rules.resource import by_cause, hand_over, into
from valueviz.analysis.process.rules.signal import Period, Reading, Signal

PRECEDENCE = (
    "batching",
    "calendar",
    "unavailability",
    "contention",
    "prioritisation",
    "rework_loop",
    "hand_over",
    "queue_growth",
    "attribute_driver",
    "heavy_tail",
    "overtaking",
)
"""Causes from the particular to the general; overtaking moves waits and makes none, so that it is never primary."""

UNEXPLAINED = "unexplained"
"""The cause of a step at which no rule finds its own."""

MOST_OF_IT = 0.5
"""Share of the wait from which on a cause is primary by precedence, even if a more general one explains more."""

MOST = 8
"""Steps diagnosed at most, those that cost most."""


def diagnose(
    steps: Sequence[Step],
    *,
    waits: Callable[[str], StepWaits],
    cases: int,
    lead: float | None = None,
    causes: Sequence[Cause] = (),
    attributes: Sequence[str] = (),
    waits_by: Callable[[str, str], Mapping[str, Seconds]] | None = None,
    period: Period = "overall",
    most: int = MOST,
) -> tuple[Diagnosis, ...]:
    """The steps that cost most, in order of impact, each with its primary cause.

    Args:
        steps: all activities with their waits by period.
        waits: gives the events of an activity.
        cases: how many the period has, which impact is per.
        lead: mean lead time of a case in seconds, which shares are of; None: the waits and work of all steps.
        causes: the five-cause split of all waits, empty where starts or resources are missing.
        attributes: case attributes that may drive waits.
        waits_by: gives the waits before an activity by level of an attribute.
        period: of which cases; causes and attributes are always of all.
        most: steps at most.
    """
    stats = {step.activity: found for step in steps if (found := _of(step, period)) is not None}
    both = sum(found.events * ((found.wait_mean or 0.0) + (found.touch_mean or 0.0)) for found in stats.values())
    every = lead * cases if lead else both
    waited = {activity: found.events * (found.wait_mean or 0.0) for activity, found in stats.items()}
    ranked = sorted((activity for activity in waited if waited[activity] > 0), key=lambda name: (-waited[name], name))
    diagnoses = []
    for activity in ranked[:most] if cases > 0 else ():
        reading = Reading(
            waits(activity),
            period,
            cases,
            into(causes, activity),
            attributes,
            partial(waits_by, activity) if waits_by else None,
        )
        impact, share = waited[activity] / cases * 100, waited[activity] / every
        diagnoses.append(_diagnosis(activity, signals(reading), impact=impact, share=share, period=period))
    return tuple(diagnoses)


def signals(reading: Reading) -> tuple[Signal, ...]:
    """What every rule that can say something says of one step, in order of precedence."""
    single = (batching, calendar, rework, hand_over, queue_growth, attribute_driver, heavy_tail, overtaking)
    found = [signal for rule in single if (signal := rule(reading)) is not None]
    return tuple(sorted((*found, *by_cause(reading)), key=lambda signal: PRECEDENCE.index(signal.cause)))


def primary(found: Sequence[Signal]) -> Signal | None:
    """The signal that names the cause: see above; None where none that explains anything fires."""
    fired = sorted(
        (signal for signal in found if signal.fires and signal.explains > 0),
        key=lambda signal: PRECEDENCE.index(signal.cause),
    )
    most = next((signal for signal in fired if signal.explains >= MOST_OF_IT), None)
    return most or max(fired, key=lambda signal: signal.explains, default=None)


def _of(step: Step, period: Period) -> StepStats | None:
    return {"overall": step.overall, "before": step.before, "after": step.after}[period]


def _diagnosis(activity: str, found: Sequence[Signal], *, impact: float, share: float, period: Period) -> Diagnosis:
    chosen = primary(found)
    if chosen is None:
        fired = [each for signal in found if signal.fires for each in signal.evidence]
        tried = (*fired, *(_largest(signal) for signal in found if not signal.fires))
        return Diagnosis(activity, UNEXPLAINED, impact, share, tried, "a_cause_is_recorded", period)
    others = [signal for signal in found if signal.fires and signal is not chosen]
    evidence = (*chosen.evidence, *(each for signal in others for each in signal.evidence))
    return Diagnosis(activity, chosen.cause, impact, share, evidence, chosen.falsifier, period)


def _largest(signal: Signal) -> Evidence:
    """The evidence of a rule that did not fire: what it compared first."""
    return next((each for each in signal.evidence if each.threshold is not None), signal.evidence[0])
