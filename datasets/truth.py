"""The planted truth: what each metric would have been without the implementation, and the mean difference.

The truth is that of the figures as a report sees them: pooled over sites, over the usable periods after
go-live and transition, free of noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import fsum

from datasets.labels import LABELS, SUMMED
from datasets.series import Cell, Frame, Planted, course, observed, periods

Pooled = tuple[tuple[date, float | None], ...]


def pool(cells: Sequence[Cell], *, total: bool) -> Pooled:
    """The figures over all sites, period by period: sums, or means weighted by volume.

    A period in which a site has no figure is None: the mix of sites would differ.
    """
    together: dict[date, list[Cell]] = {}
    for cell in cells:
        together.setdefault(cell.start, []).append(cell)
    return tuple(
        (day, _pooled([(cell.value, cell.volume) for cell in row], total=total)) for day, row in together.items()
    )


def planted_truth(planted: Planted, frame: Frame, *, seed: int) -> dict[str, object]:
    """The truth about one metric, as written to truth.json; effects are null where none can be stated."""
    cells = observed(planted, frame, seed=seed)
    total = planted.key in SUMMED
    usable = _usable(pool(cells, total=total), planted=planted, frame=frame)
    volumes = {(cell.start, cell.site): cell.volume for cell in cells}
    stages = [_mean_over(planted, frame, in_force=(), usable=usable, volumes=volumes, total=total)]
    for index in range(len(planted.steps)):
        keys = tuple(key for key, _ in planted.steps[: index + 1])
        stages.append(_mean_over(planted, frame, in_force=keys, usable=usable, volumes=volumes, total=total))
    moved = {key: after - before for (key, _), before, after in zip(planted.steps, stages, stages[1:], strict=False)}
    label, unit, better = LABELS[planted.key]
    return {
        "metric": planted.key,
        "name": label,
        "unit": unit,
        "better": better,
        "grain": planted.grain,
        "effect": stages[-1] - stages[0],
        "relative": stages[-1] / stages[0] - 1,
        "counterfactual_mean": stages[0],
        "is_null": not planted.steps,
        "negative_control": planted.control,
        "expected_verdict": planted.expected,
        "usable_after": len(usable),
        "steps": {key: moved.get(key, 0.0) for key, _ in frame.steps},
        "dip": list(planted.dip),
        "dip_is": "log points" if planted.kind == "multiply" else unit,
        "instruments": list(planted.instruments),
    }


def document(metrics: Iterable[Planted], frame: Frame, *, seed: int) -> dict[str, object]:
    """All truths of an engagement, with what they mean."""
    return {
        "synthetic": True,
        "note": "合成数据 Synthetic data. effect = mean over the usable periods after go-live and transition of "
        "(with implementation - without), noise-free, pooled over sites.",
        "seed": seed,
        "go_live": frame.go_live.isoformat(),
        "transition_periods": frame.transition,
        "metrics": [planted_truth(planted, frame, seed=seed) for planted in metrics],
    }


def _usable(pooled: Pooled, *, planted: Planted, frame: Frame) -> tuple[date, ...]:
    last = max(frame.go_live_of(site) for site in frame.sites)
    after = [day for day in periods(frame, planted.grain) if day >= last][frame.transition :]
    measured = {day for day, value in pooled if value is not None}
    return tuple(day for day in after if day in measured)


def _mean_over(
    planted: Planted,
    frame: Frame,
    *,
    in_force: tuple[str, ...],
    usable: tuple[date, ...],
    volumes: Mapping[tuple[date, str], int | None],
    total: bool,
) -> float:
    days = periods(frame, planted.grain)
    smooth = course(planted, frame, in_force=in_force)
    means = []
    for day in usable:
        place = days.index(day)
        row = [(values[place], volumes[day, site]) for values, site in zip(smooth, frame.sites, strict=True)]
        mean = _pooled(row, total=total)
        means.append(mean if mean is not None else 0.0)
    return fsum(means) / len(means)


def _pooled(row: Sequence[tuple[float | None, int | None]], *, total: bool) -> float | None:
    values = [value for value, _ in row if value is not None]
    if len(values) < len(row):
        return None
    if total:
        return fsum(values)
    weights = [1 if volume is None else volume for _, volume in row]
    return fsum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
