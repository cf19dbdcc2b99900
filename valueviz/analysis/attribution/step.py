"""Dated steps and the courses they take over the usable points of a series; which of them can be told apart.

It decides from dates and usable points alone; what the values say about it is `joint`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from valueviz.analysis.attribution.part import LeftOut
from valueviz.analysis.effect.design import Sample
from valueviz.analysis.effect.noise import FloatArray
from valueviz.analysis.effect.verdict import MIN_BEFORE
from valueviz.errors import UsageError
from valueviz.terms import Series

APART = 3
"""Usable points that must lie between two steps, and after one, to tell what it brought: fewer are an outlier."""


@dataclass(frozen=True, slots=True)
class StepAt:
    """A dated piece of work, and how it comes into force.

    From the period `ordinal` on it holds in full; with `ramp` it rises in a straight line to full force that many
    periods later. A `profile` overrides both: the share in force (0–1) a period, aligned with `Series.ordinals`.
    """

    key: str
    ordinal: int
    ramp: int = 0
    profile: tuple[float, ...] | None = None


def checked(series: Series, steps: Sequence[StepAt]) -> tuple[StepAt, ...]:
    """The steps in order of date, then key.

    Raises:
        UsageError: `step_twice`, `step_ramp` (negative), `step_profile_length` (not one share a period),
            `step_profile_share` (not within 0–1).
    """
    seen: set[str] = set()
    for step in steps:
        if step.key in seen:
            raise UsageError("step_twice", key=step.key)
        seen.add(step.key)
        if step.ramp < 0:
            raise UsageError("step_ramp", key=step.key, found=step.ramp)
        if step.profile is None:
            continue
        if len(step.profile) != len(series.ordinals):
            raise UsageError("step_profile_length", key=step.key, found=len(step.profile), needed=len(series.ordinals))
        odd = next((share for share in step.profile if not 0 <= share <= 1), None)
        if odd is not None:
            raise UsageError("step_profile_share", key=step.key, found=float(odd))
    return tuple(sorted(steps, key=lambda step: (begins(series, step), step.key)))


def begins(series: Series, step: StepAt) -> int:
    """The first period in which a step is in force."""
    if step.profile is None:
        return step.ordinal
    held = (ordinal for ordinal, share in zip(series.ordinals, step.profile, strict=True) if share > 0)
    return next(held, series.ordinals[-1] + 1 if series.ordinals else step.ordinal)


@dataclass(frozen=True, slots=True)
class Course:
    """A step over the usable points: its force at each, the first of them, and the period in which it began."""

    key: str
    force: FloatArray
    start: int
    began: int


def course(series: Series, step: StepAt, *, found: Sample) -> Course:
    """The course of a step over the usable points; `start` is their number where it never comes into force."""
    at = np.array(found.ordinals, dtype=np.float64)
    if step.profile is None:
        force = np.clip((at - step.ordinal + 1) / (step.ramp + 1), 0.0, 1.0)
    else:
        shares = dict(zip(series.ordinals, step.profile, strict=True))
        force = np.array([shares[ordinal] for ordinal in found.ordinals], dtype=np.float64)
    held = np.flatnonzero(force > 0)
    return Course(step.key, force, int(held[0]) if len(held) else len(at), begins(series, step))


Group = tuple[Course, ...]
"""Steps that are measured together, in order of date."""


def groups(
    series: Series, steps: tuple[StepAt, ...], *, found: Sample
) -> tuple[tuple[Group, ...], tuple[LeftOut, ...]]:
    """The steps that can be measured, those too close together in one group; and the others with the reason.

    Steps fewer than `APART` usable points after the one before them join its group, by turns. A group needs
    `MIN_BEFORE` usable points before its last step and `APART` from its first step on.
    """
    courses = sorted((course(series, step, found=found) for step in steps), key=lambda each: (each.start, each.began))
    last = len(found.ordinals)
    chained: list[list[Course]] = []
    for each in (each for each in courses if each.start < last):
        if chained and each.start - chained[-1][-1].start < APART:
            chained[-1].append(each)
        else:
            chained.append([each])
    kept: list[Group] = []
    left_out = [LeftOut(each.key, "too_few_after") for each in courses if each.start == last]
    for group in chained:
        if group[-1].start < MIN_BEFORE:
            left_out += [LeftOut(each.key, "too_few_before") for each in group]
        elif last - group[0].start < APART:
            left_out += [LeftOut(each.key, "too_few_after") for each in group]
        else:
            kept.append(tuple(group))
    return tuple(kept), tuple(left_out)


def distinct(group: Group) -> tuple[FloatArray, ...]:
    """The different courses of a group, in order of date."""
    courses = {each.force.tobytes(): each.force for each in group}
    return tuple(courses.values())


def blended(group: Group) -> FloatArray:
    """One course for a whole group: the mean of its steps' courses."""
    total: FloatArray = np.sum([each.force for each in group], axis=0) / len(group)
    return total


def gradual(found: Sample, *, began: int) -> FloatArray:
    """The gradual component: zero up to the first step, rising in a straight line from it; 1 at the last point."""
    away = np.maximum(np.array(found.ordinals, dtype=np.float64) - began, 0.0)
    return away / max(1.0, float(away[-1]))
