"""The planted truth: what each metric would have been without the implementation, and the mean difference.

The truth is that of the figures as a report sees them: pooled over sites, over the usable periods after
go-live and transition, free of noise. Where sites went live one by one it is told in two more ways: site by
site while others were still without the system, and over the whole roll-out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import permutations
from math import factorial, fsum

from datasets.labels import LABELS, SUMMED
from datasets.series import Cell, Frame, Planted, course, holding, observed, periods

Pooled = tuple[tuple[date, float | None], ...]

FEWEST_AFTER = 6
"""Periods after go-live below which no effect is stated."""

UNDECIDED = ("refused", "not_comparable")
"""Verdicts that do not depend on how large the effect is."""


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
    """The truth about one metric, as written to truth.json.

    `steps` are order-averaged: what a step brings on top of others depends on the others where effects multiply,
    so it is the mean over all orders in which they could have been taken. They add up to the effect.
    """
    about = _About(planted, frame, seed)
    usable = about.usable(since=max(about.starts))
    effect, without = about.effect(usable)
    label, unit, better = LABELS[planted.key]
    return {
        "metric": planted.key,
        "name": label,
        "unit": unit,
        "better": better,
        "grain": planted.grain,
        "effect": effect,
        "relative": effect / without,
        "counterfactual_mean": without,
        "is_null": not planted.steps,
        "negative_control": planted.control,
        "expected_verdict": planted.expected,
        "usable_after": len(usable),
        "steps": about.steps(usable),
        **about.one_by_one(),
        "dip": list(planted.dip),
        "dip_is": "log points" if planted.kind == "multiply" else unit,
        "instruments": list(planted.instruments),
    }


def document(metrics: Iterable[Planted], frame: Frame, *, seed: int) -> dict[str, object]:
    """All truths of an engagement, with what they mean."""
    note = (
        "合成数据 Synthetic data. effect = mean over the usable periods after go-live and transition of "
        "(with implementation - without), noise-free, pooled over sites. steps = what each step brings of it, "
        "averaged over all orders of the steps."
    )
    if frame.go_lives:
        note += (
            " panel = mean over sites and periods after a site's own go-live and transition, while at least one site "
            "was still without the system, by volume (of a sum: times the number of sites)."
        )
    return {
        "synthetic": True,
        "note": note,
        "seed": seed,
        "go_live": frame.go_live.isoformat(),
        "transition_periods": frame.transition,
        "metrics": [planted_truth(planted, frame, seed=seed) for planted in metrics],
    }


@dataclass(frozen=True)
class _About:
    """One metric of one engagement, with and without its steps."""

    planted: Planted
    frame: Frame
    seed: int

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The first days of all periods."""
        return periods(self.frame, self.planted.grain)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The place of the first period after go-live, the one that holds it, of every site."""
        return tuple(self.days.index(holding(self.days, self.frame.go_live_of(site))) for site in self.frame.sites)

    @property
    def total(self) -> bool:
        """Whether the metric of the whole is the sum over sites."""
        return self.planted.key in SUMMED

    @property
    def keys(self) -> tuple[str, ...]:
        """The steps that move the metric."""
        return tuple(key for key, _ in self.planted.steps)

    @cached_property
    def cells(self) -> Mapping[tuple[date, str], Cell]:
        """The observations by first day and site."""
        return {(cell.start, cell.site): cell for cell in observed(self.planted, self.frame, seed=self.seed)}

    def usable(self, *, since: int) -> tuple[date, ...]:
        """The periods measured at every site, from the transition after a place on."""
        measured = {day for day, value in pool(tuple(self.cells.values()), total=self.total) if value is not None}
        return tuple(day for day in self.days[since + self.frame.transition :] if day in measured)

    def effect(self, usable: Sequence[date]) -> tuple[float, float]:
        """The mean difference over some periods, and the mean without the implementation."""
        without = self._mean((), usable=usable)
        return self._mean(self.keys, usable=usable) - without, without

    def steps(self, usable: Sequence[date]) -> dict[str, float]:
        """What each step of the engagement brings of the effect, averaged over all orders of those that bring any."""
        means: dict[frozenset[str], float] = {}
        found = {key: 0.0 for key, _ in self.frame.steps}
        for order in permutations(self.keys):
            for place, key in enumerate(order):
                before, after = frozenset(order[:place]), frozenset(order[: place + 1])
                for named in (before, after):
                    if named not in means:
                        means[named] = self._mean(tuple(sorted(named)), usable=usable)
                found[key] += (means[after] - means[before]) / factorial(len(self.keys))
        return found

    def one_by_one(self) -> dict[str, object]:
        """The truth of a roll-out; nothing where all sites went live together."""
        if len(set(self.starts)) < 2:
            return {}
        return {"panel": self._panel()}

    def _panel(self) -> dict[str, object]:
        """The mean difference over sites and periods, by volume, while at least one site was without the system."""
        with_it = course(self.planted, self.frame, in_force=self.keys)
        without = course(self.planted, self.frame, in_force=())
        moved, bases, weights, seen = [], [], [], set()
        for site, (key, start) in enumerate(zip(self.frame.sites, self.starts, strict=True)):
            for place in range(start + self.frame.transition, max(self.starts)):
                cell = self.cells[self.days[place], key]
                if cell.value is None:
                    continue
                weight = 1 if self.total or cell.volume is None else cell.volume
                moved.append(weight * (with_it[site][place] - without[site][place]))
                bases.append(weight * without[site][place])
                weights.append(weight)
                seen.add(place)
        effect = fsum(moved) / sum(weights)
        return {
            "effect": effect * len(self.frame.sites) if self.total else effect,
            "relative": fsum(moved) / fsum(bases),
            "cells": len(weights),
            "periods": len(seen),
            "expected_verdict": self._expected(moved=effect != 0.0, after=len(seen)),
        }

    def _expected(self, *, moved: bool, after: int) -> str:
        if self.planted.expected in UNDECIDED:
            return self.planted.expected
        if after < FEWEST_AFTER:
            return "refused"
        return self.planted.expected if moved else "not_provable_yet"

    def _mean(self, in_force: tuple[str, ...], *, usable: Sequence[date]) -> float:
        """The mean over some periods of the figures over all sites, without noise."""
        smooth = course(self.planted, self.frame, in_force=in_force)
        means = []
        for day in usable:
            place = self.days.index(day)
            row = [
                (values[place], self.cells[day, site].volume)
                for values, site in zip(smooth, self.frame.sites, strict=True)
            ]
            mean = _pooled(row, total=self.total)
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
