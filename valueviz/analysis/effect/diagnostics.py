"""What a sceptic checks on every effect: each check is a number and whether it passes.

A check that fails lowers the grade and changes no estimate; the only one that can silence an effect
is the change date, through the refusal of `verdict.other_date`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from valueviz.analysis.effect import verdict
from valueviz.analysis.effect.controls import ordinary
from valueviz.analysis.effect.core import (
    FLOOR_SHARE,
    Candidates,
    Fit,
    Mixture,
    Products,
    extend,
    extended,
    fit,
    posterior,
    products,
    solve_lower,
)
from valueviz.analysis.effect.model import Fits, Model, slope_contrast
from valueviz.analysis.effect.noise import GRID, KEPT_POINTS, FloatArray, filtered, standard

WANDERING_MASS = 0.6
"""Posterior of slow errors (walk 0.1, or rho of at least 0.9) above which a series wanders: reached by 1 % of
stationary series and 18 % of true random walks; intervals there cover about 93 % instead of 95."""
LJUNG_BOX_LEVEL = 0.01
"""Smaller p and the whitened residuals still hang together."""
PLACEBO_SHARE = 0.10
"""Share of fake go-lives before the real one that may be stated."""
PLACEBO_DATES = 40
"""Fake dates at most, evenly spread: enough to see 10 %."""
LEFT_OUT_POINTS = 40
"""On long series only this many points are left out in turn: those that pull most."""
SCAN_DATES = 200
"""On long series the change date is searched on about this many dates, then on every one around the best."""
DECLARED = 0.5
"""Prior probability that the change, if there is one, came at the declared go-live. With all dates alike a long series would have hundreds of chances to disagree with its declared date:
one in twenty of S4, and one in ten of S7, would be refused though nothing else happened."""
EDGE = 3
"""Points that must lie on either side of a change date: fewer are an outlier, not a change."""
OUTLIER_SPREADS = 4.5
"""Distance from the median, in robust standard deviations, beyond which a residual is an outlier."""
MOST_SPIKES = 0.05
"""Share of points that may stand alone; where more do, that is how the series behaves."""
MOST_ASIDE = 20
"""Points that get a column of their own in the search for a change date: with more its cost would grow with their
number, and a single one of so many moves nothing."""
BAD_PATCH = 2.0
"""Standard errors by which the last periods before go-live must be worse than the rest to be a bad patch."""
BAD_PATCH_PERIODS = 3
"""Periods that make the patch that may have triggered the go-live."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One check: its number and whether it passes; `ok` None is information only, or not computable."""

    name: str
    value: float | None
    ok: bool | None


NAMES = (
    "wandering",
    "step_slope_disagrees",
    "residual_autocorrelation",
    "pre_trend",
    "placebo",
    "leave_one_out",
    "change_date",
    "xmr",
    "minimum_detectable",
    "periods_needed",
)
"""All checks, in the order in which they are printed."""


def wandering(weights: FloatArray) -> float:
    """The posterior of slow errors."""
    slow = (max(GRID.walk) == GRID.walk) | (GRID.rho >= 0.9)
    return float(np.sum(weights[slow]))


# Change date ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ChangeDate:
    """Where the series changed: the posterior near go-live, the largest elsewhere, the mode's distance.

    `offset` is in periods, negative before go-live, 0 anywhere in the transition.
    """

    near: float
    elsewhere: float
    offset: int


def scan_candidates(built: Model) -> tuple[int, ...]:
    """The points at which a change is looked for; thinned on long series, never around go-live."""
    count = len(built.times)
    every = range(EDGE, count - EDGE + 1)
    if count <= 2 * SCAN_DATES:
        return tuple(every)
    spacing = max(1, count // SCAN_DATES)
    split = built.sample.n_before
    return tuple(point for point in every if point % spacing == 0 or abs(point - split) <= verdict.DATE_WINDOW + 1)


def change_date(built: Model, found: Products, *, fitted: Fits, candidates: Candidates) -> ChangeDate:
    """The posterior of the date of one change.

    Beforehand the declared go-live is as likely as all other dates together (`DECLARED`), and points that
    stand alone are set aside: neither the number of dates nor one wild day may date a change.
    """
    points = candidates.steps
    alone = spikes(built)
    if alone:
        log_likelihood = _scan(built, points=points, alone=alone)
    else:
        log_likelihood = _date_likelihood(
            found, fitted.level, columns=built.level_columns, outcome=built.outcome_column
        )
    if max(_spacing(points)) > 1:
        points, log_likelihood = _refined(built, points, log_likelihood, alone=alone)
    spacing = _spacing(points)
    offsets = np.array([_offset(built, point) for point in points])
    near = np.abs(offsets) <= verdict.DATE_WINDOW
    declared = offsets == 0
    prior = np.where(declared, DECLARED, (1 - DECLARED) / max(1.0, spacing[~declared].sum()))
    mass = posterior(log_likelihood + np.log(prior * spacing))
    single = mass / spacing
    return ChangeDate(
        near=float(mass[near].sum()),
        elsewhere=float(single[~near].max(initial=0.0)),
        offset=int(offsets[int(np.argmax(single))]),
    )


def _refined(
    built: Model, points: tuple[int, ...], log_likelihood: FloatArray, *, alone: tuple[int, ...]
) -> tuple[tuple[int, ...], FloatArray]:
    """The thinned dates with every date around the best of them."""
    best = points[int(np.argmax(log_likelihood + np.log(_spacing(points))))]
    count, reach = len(built.times), len(built.times) // SCAN_DATES
    window = range(max(EDGE, best - reach), min(count - EDGE, best + reach) + 1)
    fine = tuple(point for point in window if point not in set(points))
    if not fine:
        return points, log_likelihood
    together = np.concatenate([log_likelihood, _scan(built, points=fine, alone=alone)])
    order = np.argsort((*points, *fine))
    return tuple(int((*points, *fine)[i]) for i in order), together[order]


def _scan(built: Model, *, points: tuple[int, ...], alone: tuple[int, ...]) -> FloatArray:
    """The log likelihood of a change at each point, with points that stand alone set aside.

    Each has a column of its own; where they are many, on long series, they are put where their neighbours are.
    """
    whole, outcome = built.whole, built.whole.outcome
    if len(alone) > MOST_ASIDE:
        outcome = outcome.copy()
        outcome[list(alone)] -= _apart(built)[1][list(alone)]
        alone = ()
    aside = (np.arange(len(built.times))[:, None] == np.array(alone, dtype=np.int64)).astype(np.float64)
    columns = np.column_stack([whole.base, aside, outcome])
    found = products(
        built.times,
        columns,
        root_weights=whole.root_weights,
        candidates=Candidates(steps=points),
        floor=whole.floor,
    )
    size = columns.shape[1] - 1
    base = fit(found, tuple(range(size)), outcome=size)
    return _date_likelihood(found, base, columns=tuple(range(size)), outcome=size)


def _date_likelihood(found: Products, base: Fit, *, columns: tuple[int, ...], outcome: int) -> FloatArray:
    extension = extend(base, found, sort="steps", columns=columns, outcome=outcome)
    highest = extension.log_likelihood.max(axis=0)
    total: FloatArray = highest + np.log(np.sum(np.exp(extension.log_likelihood - highest), axis=0))
    return total


def spikes(built: Model) -> tuple[int, ...]:
    """The points far from the median of the five around them, once trend, season and step are removed.

    A change of level is no spike: its neighbours on one side are where it is.
    """
    rest, away = _apart(built)
    spread = 1.4826 * float(np.median(np.abs(rest - np.median(rest))))
    found = np.flatnonzero(np.abs(away) > OUTLIER_SPREADS * spread) if spread > 0 else np.empty(0)
    return tuple(int(i) for i in found) if len(found) <= MOST_SPIKES * len(rest) else ()


def _apart(built: Model) -> tuple[FloatArray, FloatArray]:
    """What trend, season and step leave of the outcome, and how far that is from the median of the five around."""
    columns = np.column_stack([built.whole.base, built.step * _weights(built)])
    orthonormal, _ = np.linalg.qr(columns)
    rest = built.whole.outcome - orthonormal @ (orthonormal.T @ built.whole.outcome)
    level = rest / _weights(built)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(level, 2, mode="reflect"), 5)
    away: FloatArray = (level - np.median(windows, axis=1)) * _weights(built)
    return rest, away


def _spacing(points: tuple[int, ...]) -> FloatArray:
    """How many dates each candidate stands for."""
    edges = np.array(points, dtype=np.float64)
    gaps = np.diff(edges, prepend=edges[0] - 1)
    return np.maximum(1.0, gaps)


def _offset(built: Model, point: int) -> int:
    """Periods between go-live and a change at a usable point; a change anywhere in the transition is at go-live."""
    split = built.sample.n_before
    ordinals = built.sample.ordinals
    if point == split:
        return 0
    return ordinals[point] - (ordinals[split] if point > split else ordinals[split - 1] + 1)


# Placebo and leave-one-out ───────────────────────────────────────────────────


def placebo_candidates(n_before: int) -> tuple[int, ...]:
    """Fake go-lives inside the points before, with as many points on either side as a real one needs."""
    dates = range(verdict.MIN_BEFORE, n_before - verdict.MIN_AFTER + 1)
    if len(dates) <= PLACEBO_DATES:
        return tuple(dates)
    picked = np.linspace(dates[0], dates[-1], PLACEBO_DATES)
    return tuple(sorted({round(float(point)) for point in picked}))


def placebo(built: Model, found: Products, *, candidates: Candidates) -> float | None:
    """The share of fake go-lives before the real one at which a change would be stated."""
    if not candidates.ramps:
        return None
    size = built.before.base.shape[1]
    columns = tuple(range(size))
    base = fit(found, columns, outcome=size)
    limit = found.floor + FLOOR_SHARE * found.base[:, size, size]
    steps_cross, ramps_cross = found.cross["ramp_steps"], found.cross["ramps"]
    at = np.array(built.before.times)
    # the ramp centred over the fake after window: its step's coefficient is then the average effect
    middle = np.array([float(np.mean(at[start:] - at[start])) for start in candidates.ramps])
    ramps = ramps_cross - middle * steps_cross
    square = found.square["ramps"] - 2 * middle * found.pair + middle**2 * found.square["ramp_steps"]
    across = found.pair - middle * found.square["ramp_steps"]
    step = extended(
        base,
        rotated=solve_lower(base.factor, steps_cross[:, :size]),
        square=found.square["ramp_steps"],
        outcome=steps_cross[:, size],
        limit=limit,
    )
    # step + slope: the step's own coefficient after both columns are rid of the base and of each other
    ramp_rotated = solve_lower(base.factor, ramps[:, :size])
    ramp_norm = np.maximum(square - np.sum(ramp_rotated**2, axis=1), 1e-12 * square)
    ramp_along = ramps[:, size] - np.einsum("kpm,kp->km", ramp_rotated, base.rotated)
    between = across - np.sum(ramp_rotated * step.rotated, axis=1)
    rest = np.maximum(ramp_norm - between**2 / step.norm, 1e-12 * ramp_norm)
    slope = (ramp_along - between * step.coefficient) / rest
    residual = np.maximum(step.residual - slope**2 * rest, limit[:, None])
    degrees = step.degrees - 1
    log_likelihood = step.log_likelihood + step.degrees * np.log(step.residual) / 2
    log_likelihood = log_likelihood - (np.log(rest) + degrees * np.log(residual)) / 2
    average = step.coefficient - between / step.norm * slope
    sensitivity = np.sum(posterior(log_likelihood.T) * average.T, axis=1)
    return float(np.mean(_stated(step.own(), sensitivity) != 0))


def _stated(primary: Mixture, sensitivity: FloatArray) -> FloatArray:
    """The sign that would be stated, 0 where none, for each of many estimates."""
    tail = (1 - verdict.CLAIM_LEVEL) / 2
    below = primary.below(0.0)
    sign = np.where(below > 1 - tail, -1.0, np.where(below < tail, 1.0, 0.0))
    agreed: FloatArray = np.where(sign * np.sign(sensitivity) > 0, sign, 0.0)
    return agreed


def left_out_candidates(built: Model) -> tuple[int, ...]:
    """The points to leave out in turn: all, or on long series those that pull the estimate most."""
    count = len(built.times)
    if count <= KEPT_POINTS:
        return tuple(range(count))
    columns = np.column_stack([built.whole.base, built.step * (_weights(built))])
    orthonormal, _ = np.linalg.qr(columns)
    rest = built.whole.outcome - orthonormal @ (orthonormal.T @ built.whole.outcome)
    pull = np.abs(rest * orthonormal[:, -1])
    return tuple(sorted(int(i) for i in np.argsort(-pull, kind="stable")[:LEFT_OUT_POINTS]))


def _weights(built: Model) -> FloatArray | float:
    return 1.0 if built.whole.root_weights is None else built.whole.root_weights


def leave_one_out(built: Model, found: Products, *, fitted: Fits, sign: int) -> int:
    """The number of points without any one of which the verdict would be another.

    A point is left out by a column of its own; `sign` is the direction stated with all points, 0 for none.
    """
    size = len(built.level_columns)
    outcome = built.outcome_column
    step_columns, slope_columns = (*built.level_columns, size), (*built.level_columns, size, size + 1)
    one = np.zeros(size + 1)
    one[-1] = 1.0
    primary = extend(fitted.step, found, sort="points", columns=step_columns, outcome=outcome)
    both = extend(fitted.slope, found, sort="points", columns=slope_columns, outcome=outcome)
    sensitivity = both.shifted(fitted.slope, slope_contrast(built, fitted.slope)).mean()
    return int(np.sum(_stated(primary.shifted(fitted.step, one), sensitivity) != sign))


# Residuals ───────────────────────────────────────────────────────────────────


def whitened_residuals(built: Model, fitted: Fit) -> FloatArray:
    """The residuals of the step model under the likeliest kind of error, free of its autocorrelation."""
    kind = int(np.argmax(fitted.log_likelihood))
    columns = np.column_stack([built.whole.base, built.step * _weights(built)])
    rest = built.whole.outcome - columns @ fitted.coefficients()[kind]
    if len(rest) <= KEPT_POINTS:
        kept: FloatArray = standard(built.times).points[kind] @ rest
        return kept
    return np.concatenate([rows[kind, :, 0] for _, rows, _, _ in filtered(built.times, rest[:, None])])


def ljung_box(residuals: FloatArray) -> float:
    """The p-value of no autocorrelation over the first lags (ten, or a fifth of the points).

    Source: Ljung and Box (1978), Biometrika 65, 297–303.
    """
    from scipy.special import chdtrc

    count = len(residuals)
    lags = max(1, min(10, count // 5))
    centred = residuals - residuals.mean()
    total = float(centred @ centred)
    if total <= 0:
        return 1.0
    correlations = [float(centred[lag:] @ centred[:-lag]) / total for lag in range(1, lags + 1)]
    statistic = count * (count + 2) * sum(r * r / (count - lag) for lag, r in enumerate(correlations, start=1))
    return float(chdtrc(lags, statistic))


def outliers(residuals: FloatArray) -> tuple[int, ...]:
    """The positions of residuals far from their median."""
    distance = np.abs(residuals - np.median(residuals))
    typical = 1.4826 * float(np.median(distance))
    return tuple(int(i) for i in np.flatnonzero(distance > OUTLIER_SPREADS * typical)) if typical > 0 else ()


def bad_patch(built: Model, residuals: FloatArray, *, lower_is_better: bool) -> bool:
    """Whether the last periods before go-live were unusually bad, so that some recovery was to be expected."""
    split = built.sample.n_before
    last, rest = residuals[split - BAD_PATCH_PERIODS : split], residuals[: split - BAD_PATCH_PERIODS]
    spread = float(np.std(rest, ddof=1))
    worse = float(last.mean() - rest.mean()) * (1 if lower_is_better else -1)
    return spread > 0 and worse > BAD_PATCH * spread / BAD_PATCH_PERIODS**0.5


# How much more it would take ─────────────────────────────────────────────────

LOOK_AHEAD = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 24, 30, 36, 48)
"""Further periods that are tried, in turn."""
POWER = 0.8
"""Chance of a statement that a detectable effect has."""


def detectable(mixture: Mixture) -> float:
    """The smallest effect that would be stated four times out of five, on the model's scale."""
    from scipy.special import stdtrit

    tail = (1 - verdict.CLAIM_LEVEL) / 2
    half = float(mixture.quantile(1 - tail) - mixture.quantile(tail)) / 2
    return half + float(stdtrit(mixture.degrees, POWER)) * float(mixture.standard_error())


def periods_needed(built: Model, fitted: Fit, *, theta: float) -> int | None:
    """How many more periods like those after would make the present estimate provable; None: more than tried.

    The errors keep their size, the estimate stays, further periods follow without gaps at mean volume, without
    holidays and with the controls where they were on average after go-live.
    """
    last = built.sample.ordinals[-1]
    most = LOOK_AHEAD[-1]
    further = np.arange(last + 1, last + most + 1, dtype=np.float64)
    raw = built.raw_rows(further, further=ordinary(built, most))
    rows = np.column_stack([built.whole.rows(raw), np.ones(most)])
    present = np.column_stack([built.whole.base, built.step * _weights(built)])
    times = (*built.times, *(float(at) for at in further - built.sample.ordinals[0]))
    blocks = [block for _, block, _, _ in filtered(times, np.vstack([present, rows]))]
    whitened = np.concatenate(blocks, axis=1)
    split = len(built.times)
    gram = whitened[:, :split].transpose(0, 2, 1) @ whitened[:, :split]
    variance = fitted.residual / fitted.degrees
    tail = (1 - verdict.CLAIM_LEVEL) / 2
    done = 0
    for ahead in LOOK_AHEAD:
        added = whitened[:, split + done : split + ahead]
        gram = gram + added.transpose(0, 2, 1) @ added
        done = ahead
        last_pivot = np.linalg.cholesky(gram)[:, -1, -1]
        scales = np.sqrt(variance) / last_pivot
        imagined = Mixture(fitted.weights, np.full(len(GRID), abs(theta)), scales, fitted.degrees + ahead)
        if float(imagined.below(0.0)) < tail:
            return ahead
    return None
