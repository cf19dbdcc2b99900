"""What a mean over sites hides: one site in another unit, one whose values stand still."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from valueviz.analysis.effect import Design
from valueviz.analysis.quality import stretch, unit
from valueviz.analysis.quality.setting import Setting
from valueviz.terms import Finding, Series

MOST_NAMED = 3
"""Parts of which the same kind of thing was found that are named one by one; of more it is said of the metric."""


def findings(series: Series, design: Design, known: Setting, *, whole: Sequence[Finding]) -> Iterator[Finding]:
    """What was found about single parts of a series and not about the whole.

    Args:
        series: the whole.
        design: go-live, transition and holidays.
        known: holds the parts.
        whole: what was found about the whole; that is not said again.
    """
    said = {each.code for each in whole}
    found: dict[str, list[Finding]] = {}
    levels = [_level(values) for _, values in known.parts]
    for (name, values), level in zip(known.parts, levels, strict=True):
        part = replace(series, values=values)
        weight = level / sum(levels) if sum(levels) else 1 / len(levels)
        for each in (
            *unit.findings(part, design, weight=weight),
            *stretch.findings(part, design, known, tries=len(known.parts)),
        ):
            if each.code not in said:
                found.setdefault(each.code, []).append(replace(each, site=name))
    for several in found.values():
        yield from several if len(several) <= MOST_NAMED else [_together(several)]


def _level(values: Sequence[float | None]) -> float:
    measured = [abs(value) for value in values if value is not None]
    return median(measured) if measured else 0.0


def _together(several: Sequence[Finding]) -> Finding:
    """One finding for many parts: all their periods, the largest of their numbers."""
    first = several[0]
    periods = tuple(sorted({period for each in several for period in each.periods}))
    numbers: list[dict[str, Any]] = [dict(each.fields) for each in several]
    fields = tuple((name, max(own[name] for own in numbers)) for name, _ in first.fields)
    return replace(first, site=None, periods=periods, count=len(periods), fields=fields)
