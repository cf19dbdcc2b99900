"""One regression for all steps: a course each, one gradual component for the remainder, and what each brought.

It knows columns, their coefficients' joint posterior and the unit of the values; it knows no verdict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from valueviz.analysis.attribution import step
from valueviz.analysis.attribution.part import LeftOut, Reason
from valueviz.analysis.attribution.step import Group
from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect.core import Candidates, Fit, Mixture, Products, fit, products, solve_lower
from valueviz.analysis.effect.design import independent
from valueviz.analysis.effect.model import Answer, Model, finite, mean, shares, units
from valueviz.analysis.effect.noise import FloatArray

NEW = 1e-5
"""Share of a column's length that must lie outside the others for its coefficient to be found."""
MIN_DEGREES = 6
"""Points to spare in the regression below which a group of steps is held by one column."""
FOLLOWED = 0.98
"""Correlation with the remainder above which a step cannot be told from gradual change: five times wider than alone."""
SAME = 0.9
"""Correlation of two steps' contributions above which the data cannot tell them apart: their sum is known, and
which of them brought it is not."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns beside trend and season, unweighted: the gradual one first, then the groups' courses.

    `owners` is the position of the group each course belongs to; `reach` the periods over which the gradual column
    rises to 1.
    """

    groups: tuple[Group, ...]
    gradual: FloatArray
    reach: float
    courses: tuple[FloatArray, ...]
    owners: tuple[int, ...]

    def matrix(self) -> FloatArray:
        """All of them, (n, 1 + courses)."""
        return np.column_stack([self.gradual, *self.courses])


def columns(built: Model, groups: tuple[Group, ...], *, began: int) -> tuple[Columns, tuple[LeftOut, ...]]:
    """Columns whose coefficients can all be found, and the steps that had to be left out for it.

    A group whose courses cannot be told apart, or for which there are too few points, is held by one column; two
    groups that still cannot are put together; a course that trend, season or the gradual component follow is left out.

    Args:
        built: the model of the series.
        groups: the steps, those measured together in one group.
        began: the period in which the first of them began, and with it the gradual component.
    """
    left_out: list[LeftOut] = []
    held = [(group, step.distinct(group)) for group in groups]
    while True:
        trial = _columns(built, held, began=began)
        lost = _lost(built, trial)
        owner = trial.owners[lost] if lost is not None else _widest(built, trial, held)
        if owner is None:
            return trial, tuple(left_out)
        group, courses = held[owner]
        reason = None if lost is None else _followed(built, trial.gradual, trial.courses[lost])
        if len(courses) > 1:
            held[owner] = (group, (step.blended(group),))
        elif reason is not None:
            left_out += [LeftOut(each.key, reason) for each in group]
            del held[owner]
        else:
            # what two groups span between them belongs to both
            with_whom = owner - 1 if owner else 1
            first, second = sorted((owner, with_whom))
            both = held[first][0] + held[second][0]
            held[first : second + 1] = [(both, (step.blended(both),))]


def _columns(built: Model, held: list[tuple[Group, tuple[FloatArray, ...]]], *, began: int) -> Columns:
    owners = [owner for owner, (_, courses) in enumerate(held) for _ in courses]
    return Columns(
        tuple(group for group, _ in held),
        step.gradual(built.sample, began=began),
        max(1.0, float(built.sample.ordinals[-1] - began)),
        tuple(course for _, courses in held for course in courses),
        tuple(owners),
    )


def weighted(built: Model, unweighted: FloatArray) -> FloatArray:
    """Columns as they enter the regression: times the root of the volume where there is one."""
    roots = built.whole.root_weights
    return unweighted if roots is None else unweighted * roots[:, None]


def _lost(built: Model, trial: Columns) -> int | None:
    """The first course that adds nothing to trend, season, the gradual component and the courses before it."""
    size = built.whole.base.shape[1] + 1
    everything = np.column_stack([built.whole.base, weighted(built, trial.matrix())])
    kept = set(independent(everything, tolerance=NEW))
    return next((place for place in range(len(trial.courses)) if size + place not in kept), None)


def _followed(built: Model, gradual: FloatArray, course: FloatArray) -> Reason | None:
    """Why a course cannot be found even alone; None where only other steps stand in its way."""
    base = built.whole.base
    alone = np.column_stack([base, weighted(built, course[:, None])])
    if base.shape[1] not in independent(alone, tolerance=NEW):
        return "not_estimable"
    beside = np.column_stack([base, weighted(built, np.column_stack([gradual, course]))])
    return None if base.shape[1] + 1 in independent(beside, tolerance=NEW) else "gradual"


def _widest(built: Model, trial: Columns, held: list[tuple[Group, tuple[FloatArray, ...]]]) -> int | None:
    """The group with most columns where there are too few points for all of them."""
    spare = len(built.times) - built.whole.base.shape[1] - 1 - len(trial.courses)
    sizes = [len(courses) for _, courses in held]
    return sizes.index(max(sizes)) if spare < MIN_DEGREES and max(sizes, default=1) > 1 else None


# The fit ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Joint:
    """The regression with all steps.

    `aside` are the positions of outliers, each with a column of its own; `found` the cross products of base, joint and
    outlier columns and the outcome, `kept` those that entered. Of the joint columns (the gradual one, then the
    courses): `after` their values at the points after, `coefficients` their posterior means, `shape` what they
    brought together at each point after, `contrasts` (columns, coefficients) what each brought on average.
    Everything is standardised.
    """

    built: Model
    columns: Columns
    aside: tuple[int, ...]
    found: Products
    fitted: Fit
    kept: tuple[int, ...]
    design: FloatArray
    after: FloatArray
    coefficients: FloatArray
    shape: FloatArray
    contrasts: FloatArray

    def mixtures(self, contrasts: FloatArray) -> Mixture:
        """The posterior of several contrasts (m, coefficients) at once, one mixture each."""
        rotated, centres = self._rotated(contrasts)
        variance = self.fitted.residual / self.fitted.degrees * np.sum(rotated**2, axis=1).T
        return Mixture(self.fitted.weights, centres.T, np.sqrt(variance), self.fitted.degrees)

    def correlations(self, contrasts: FloatArray) -> FloatArray:
        """How contrasts (m, coefficients) vary together in the posterior, (m, m)."""
        weights, degrees = self.fitted.weights, self.fitted.degrees
        rotated, centres = self._rotated(contrasts)
        away = centres - weights @ centres
        spread = weights * self.fitted.residual / max(degrees - 2, 1)
        together = np.einsum("kpm,kpl->ml", rotated * spread[:, None, None], rotated)
        together += np.einsum("km,kl->ml", away * weights[:, None], away)
        deviations = np.sqrt(np.diagonal(together))
        scale = np.where(deviations > 0, deviations, 1.0)
        table: FloatArray = together / scale[:, None] / scale
        return table

    def _rotated(self, contrasts: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Contrasts in the coordinates of the fit's factor, (kinds, p, m), and their centres, (kinds, m)."""
        factor = self.fitted.factor
        rotated = solve_lower(factor, np.broadcast_to(contrasts.T, (len(factor), *contrasts.T.shape)))
        return rotated, np.einsum("kpm,kp->km", rotated, self.fitted.rotated)


def joint(built: Model, held: Columns) -> Joint:
    """The regression of a sample on trend, season, all courses and the gradual component, outliers set aside."""
    raw = held.matrix()
    table = weighted(built, raw)
    aside = checks.spikes(_explained(built, table))
    alone = (np.arange(len(built.times))[:, None] == np.array(aside, dtype=np.int64)).astype(np.float64)
    design = np.column_stack([built.whole.base, table, alone])
    kept = independent(design, tolerance=NEW)
    found = products(
        built.times,
        np.column_stack([design, built.whole.outcome]),
        root_weights=built.whole.root_weights,
        candidates=Candidates(),
        floor=built.whole.floor,
    )
    fitted = fit(found, kept, outcome=design.shape[1])
    first, size = built.whole.base.shape[1], raw.shape[1]
    coefficients = (fitted.weights @ fitted.coefficients())[first : first + size]
    after = raw[built.sample.n_before :]
    shape = after @ coefficients
    contrasts = np.zeros((size, len(kept)))
    contrasts[np.arange(size), first + np.arange(size)] = shares(built, shape) @ after
    return Joint(built, held, aside, found, fitted, kept, design[:, list(kept)], after, coefficients, shape, contrasts)


def _explained(built: Model, table: FloatArray) -> Model:
    """The model with all joint columns but the last in its base and the last as its step, to look for outliers."""
    roots = built.whole.root_weights
    base = np.column_stack([built.whole.base, table[:, :-1]])
    last = table[:, -1] if roots is None else table[:, -1] / roots
    return replace(built, whole=replace(built.whole, base=base), step=last)


def told_apart(built: Model, groups: tuple[Group, ...]) -> tuple[Joint, tuple[LeftOut, ...]]:
    """The regression without the steps that it cannot tell from gradual change, and those steps.

    Args:
        built: the model of the series.
        groups: the steps, those measured together in one group; at least one.
    """
    began = min(each.began for group in groups for each in group)
    held, left_out = columns(built, groups, began=began)
    found = joint(built, held)
    while (position := _like_remainder(found)) is not None:
        group = held.groups[position]
        left_out += tuple(LeftOut(each.key, "gradual") for each in group)
        held, further = columns(built, tuple(other for other in held.groups if other is not group), began=began)
        left_out += further
        found = joint(built, held)
    return found, left_out


def _like_remainder(found: Joint) -> int | None:
    """The group whose contribution varies most with the remainder, where it does so too much."""
    groups = range(len(found.columns.groups))
    owners = np.array((-1, *found.columns.owners))
    sums = np.array([found.contrasts[owners == position].sum(axis=0) for position in (-1, *groups)])
    alike = np.abs(found.correlations(sums)[0, 1:])
    return int(np.argmax(alike)) if len(alike) and float(alike.max()) > FOLLOWED else None


# Contributions ───────────────────────────────────────────────────────────────


def total(found: Joint) -> Answer:
    """What all steps and the gradual component brought together, with its map into the unit of the values."""
    mixture = found.fitted.combination(found.contrasts.sum(axis=0))
    return Answer(mixture, units(found.built, found.shape, theta=float(mixture.mean())))


def nothing(answer: Answer) -> float:
    """The number on the model's scale at which a total is zero.

    On the log scale steps that oppose each other may cancel in logarithms and not in the unit of the values.
    """
    mapped = answer.units
    return 0.0 if mapped.scale == "identity" else math.log(mapped.anchor / mapped.observed) / mapped.unit


def merged(found: Joint) -> tuple[tuple[int, ...], ...]:
    """Positions of groups that are to be one part: pairs that vary together are joined, the closest first."""
    table = found.contrasts[1:]
    owners = np.array(found.columns.owners)
    parts: list[tuple[int, ...]] = [(group,) for group in range(len(found.columns.groups))]
    while len(parts) > 1:
        sums = np.array([table[np.isin(owners, part)].sum(axis=0) for part in parts])
        alike = np.triu(np.abs(found.correlations(sums)), k=1)
        if float(alike.max()) <= SAME:
            break
        first, second = np.unravel_index(int(np.argmax(alike)), alike.shape)
        both = tuple(sorted(parts[first] + parts[second]))
        parts = [part for place, part in enumerate(parts) if place not in (first, second)]
        parts = sorted([*parts, both])
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What some of the joint columns brought, in the unit of the values."""

    estimate: float
    low: float
    high: float


def contributions(found: Joint, parts: tuple[tuple[int, ...], ...], *, level: float) -> tuple[Contribution, ...]:
    """What each part of the groups brought, then the remainder.

    On the identity scale a contribution is its coefficient times the mean of its column. On the log scale the
    difference of each point after and its counterfactual is split in proportion to the parts' logarithms: part =
    L · its logarithm, L the logarithmic mean of the two (Ang 2004, Energy Policy 32, 1131–1139: no residual, and a
    block is the sum of its steps). The ends of an interval move one part and keep the others.
    """
    owners = np.array((-1, *found.columns.owners))
    chosen = [np.isin(owners, part) for part in (*parts, (-1,))]
    table = found.contrasts
    mixtures = found.mixtures(np.array([table[mask].sum(axis=0) for mask in chosen]))
    tail = (1 - level) / 2
    ends = np.stack([mixtures.quantile(tail), mixtures.quantile(1 - tail)], axis=1)
    means = mixtures.mean()
    return tuple(
        _contribution(found, mask, theta=float(mean), ends=(float(low), float(high)))
        for mask, mean, (low, high) in zip(chosen, means, ends, strict=True)
    )


def _contribution(
    found: Joint, mask: npt.NDArray[np.bool_], *, theta: float, ends: tuple[float, float]
) -> Contribution:
    built = found.built
    if built.scale == "identity":
        return Contribution(*(summable(end * built.unit) for end in (theta, *ends)))
    own = found.after[:, mask] @ found.coefficients[mask]
    course = found.after[:, mask].sum(axis=1)
    course = course / max(float(shares(built, found.shape) @ course), np.finfo(np.float64).tiny)
    others = found.shape - own
    estimate, *edges = (_log_part(built, own=own + (end - theta) * course, others=others) for end in (theta, *ends))
    return Contribution(estimate, min(estimate, *edges), max(estimate, *edges))


def summable(value: float) -> float:
    """The number itself, or one of its sign so large that some thousands of them still have a sum."""
    return finite(value * 2.0**12) / 2.0**12


def _log_part(built: Model, *, own: FloatArray, others: FloatArray) -> float:
    """Mean over the points after of the logarithmic mean of observed and counterfactual, times the part's logarithm."""
    values = np.array(built.sample.after_values)
    size = float(values.max())
    away = np.clip((own + others) * built.unit, -600.0, 600.0)
    ratio = np.where(np.abs(away) < 1e-9, 1 - away / 2, -np.expm1(-away) / np.where(away == 0, 1.0, away))
    return summable(size * mean(values / size * ratio * (own * built.unit)))
