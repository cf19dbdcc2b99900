"""What a sceptic checks on a split: the checks of a single effect, made on the model that holds every step.

A check lowers the grade and changes no estimate; only a change at a date that no step names silences a split.
"""

from __future__ import annotations

import numpy as np

from valueviz.analysis.attribution.joint import Joint
from valueviz.analysis.attribution.step import Group
from valueviz.analysis.effect import diagnostics as checks
from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.controls import ordinary
from valueviz.analysis.effect.core import Candidates, Mixture, extend, fit, posterior, products
from valueviz.analysis.effect.diagnostics import ChangeDate
from valueviz.analysis.effect.noise import GRID, KEPT_POINTS, FloatArray, filtered, standard


def change_date(found: Joint, groups: tuple[Group, ...]) -> ChangeDate:
    """The posterior of the date of one change that no step names: at none, near a step, elsewhere.

    The model holds every declared step, and one step more at each date in turn. Beforehand no further change is as
    likely as all dates together; a further step pays for its column as under a prior that says as much as one point.
    Outliers are set aside.

    Source: Kass and Wasserman (1995), JASA 90, 928–934 (the unit information prior).
    """
    built = found.built
    starts = sorted({each.start for group in groups for each in group})
    points = _candidates(found, starts)
    columns = np.column_stack([found.design, built.whole.outcome])
    last = columns.shape[1] - 1
    crossed = products(
        built.times,
        columns,
        root_weights=built.whole.root_weights,
        candidates=Candidates(steps=points),
        floor=built.whole.floor,
    )
    base = fit(crossed, tuple(range(last)), outcome=last)
    extension = extend(base, crossed, sort="steps", columns=tuple(range(last)), outcome=last)
    gained = base.degrees / 2 * np.log(base.residual[:, None] / extension.residual) - np.log(len(built.times)) / 2
    both = np.column_stack([base.log_likelihood, base.log_likelihood[:, None] + gained])
    highest = both.max(axis=0)
    log_likelihood = highest + np.log(np.sum(np.exp(both - highest), axis=0))
    stands_for = np.diff(np.array(points, dtype=np.float64), prepend=points[0] - 1.0)
    prior = np.concatenate([[checks.DECLARED], (1 - checks.DECLARED) * stands_for / stands_for.sum()])
    mass = posterior(log_likelihood + np.log(prior))
    single = mass[1:] / stands_for
    offsets = np.array([_offset(found, point, starts=starts) for point in points])
    near = np.abs(offsets) <= verdict.DATE_WINDOW
    return ChangeDate(
        near=float(mass[0] + mass[1:][near].sum()),
        elsewhere=float(single[~near].max(initial=0.0)),
        offset=0 if mass[0] >= single.max() else int(offsets[int(np.argmax(single))]),
    )


def _candidates(found: Joint, starts: list[int]) -> tuple[int, ...]:
    """The points at which a change is looked for, those around every step among them."""
    count = len(found.built.times)
    around = {
        point
        for start in starts
        for point in range(start - verdict.DATE_WINDOW - 1, start + verdict.DATE_WINDOW + 2)
        if checks.EDGE <= point <= count - checks.EDGE
    }
    return tuple(sorted(around | set(checks.scan_candidates(found.built))))


def _offset(found: Joint, point: int, *, starts: list[int]) -> int:
    """Periods between a change at a point and the nearest step, negative before it."""
    ordinals = found.built.sample.ordinals
    gaps = [
        ordinals[point] - ordinals[start] if point >= start else ordinals[point] - (ordinals[start - 1] + 1)
        for start in starts
    ]
    return min(gaps, key=abs)


def residuals(found: Joint, *, spikes: bool = False) -> FloatArray:
    """The whitened residuals under the likeliest kind of error; those of outliers are zero unless `spikes`."""
    kind, times = int(np.argmax(found.fitted.log_likelihood)), found.built.times
    explained = found.design.shape[1] if not spikes else found.built.whole.base.shape[1] + found.after.shape[1]
    rest = found.built.whole.outcome - found.design[:, :explained] @ found.fitted.coefficients()[kind, :explained]
    if len(rest) <= KEPT_POINTS:
        kept: FloatArray = standard(times).points[kind] @ rest
        return kept
    return np.concatenate([rows[kind, :, 0] for _, rows, _, _ in filtered(times, rest[:, None])])


def flips(found: Joint, *, sign: int, zero: float, sensitivity: float) -> int:
    """The number of points without any one of which the total would be stated otherwise.

    Args:
        found: the regression.
        sign: the direction stated with all points, 0 for none.
        zero: where the total is zero, standardised.
        sensitivity: the estimate whose sign a statement must share.
    """
    built, last = found.built, found.design.shape[1]
    points = tuple(point for point in checks.left_out_candidates(built) if point not in found.aside)
    crossed = products(
        built.times,
        np.column_stack([found.design, built.whole.outcome]),
        root_weights=built.whole.root_weights,
        candidates=Candidates(points=points),
        floor=built.whole.floor,
    )
    extension = extend(found.fitted, crossed, sort="points", columns=tuple(range(last)), outcome=last)
    tail = (1 - verdict.CLAIM_LEVEL) / 2
    below = extension.shifted(found.fitted, found.contrasts.sum(axis=0)).below(zero)
    stated = np.where(below > 1 - tail, -1.0, np.where(below < tail, 1.0, 0.0))
    agreed = np.where(stated * np.sign(sensitivity) > 0, stated, 0.0)
    return int(np.sum(agreed != sign))


def periods_needed(found: Joint, *, theta: float) -> int | None:
    """How many more periods would make a total of `theta` (standardised) provable; None: more than are tried.

    Every course stays where it is at the last point, the gradual component goes on, and further periods are ordinary.
    """
    built, fitted = found.built, found.fitted
    first = built.sample.ordinals[-1] + 1
    most = checks.LOOK_AHEAD[-1]
    ahead = np.arange(first, first + most, dtype=np.float64)
    raw = built.raw_rows(ahead, further=ordinary(built, most))
    # a column that was dropped or stands for an outlier is zero in what follows
    rows = np.zeros((most, found.design.shape[1]))
    size = built.whole.base.shape[1]
    rows[:, :size] = built.whole.rows(raw)
    rows[:, size] = found.columns.gradual[-1] * (1 + (ahead - built.sample.ordinals[-1]) / found.columns.reach)
    rows[:, size + 1 : size + 1 + len(found.columns.courses)] = [course[-1] for course in found.columns.courses]
    times = (*built.times, *(float(at) for at in ahead - built.sample.ordinals[0]))
    whitened = np.concatenate([block for _, block, _, _ in filtered(times, np.vstack([found.design, rows]))], axis=1)
    split = len(built.times)
    gram = whitened[:, :split].transpose(0, 2, 1) @ whitened[:, :split]
    contrast = found.contrasts.sum(axis=0)
    variance = fitted.residual / fitted.degrees
    tail, done = (1 - verdict.CLAIM_LEVEL) / 2, 0
    for further in checks.LOOK_AHEAD:
        added = whitened[:, split + done : split + further]
        gram = gram + added.transpose(0, 2, 1) @ added
        done = further
        scales = np.sqrt(variance * (np.linalg.solve(gram, contrast[:, None])[..., 0] @ contrast))
        imagined = Mixture(fitted.weights, np.full(len(GRID), abs(theta)), scales, fitted.degrees + further)
        if float(imagined.below(0.0)) < tail:
            return further
    return None
