"""Attribute drivers: kinds of cases that wait longer than the others. Associated with, never: because of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import false_discovery_control, mannwhitneyu

from valueviz.analysis.process.log import Seconds
from valueviz.analysis.process.result import Evidence
from valueviz.analysis.process.rules.signal import FEWEST, Reading, Signal

FALSE_DISCOVERIES = 0.05
"""Share of the levels named that may be named by chance, over all levels of all attributes of a step."""

OF_THE_WAIT = 0.15
"""Share of the waiting that the levels of one attribute must carry beyond the usual."""

MOST = 3
"""Levels named at most."""


@dataclass(frozen=True, slots=True)
class _Level:
    attribute: str
    level: str
    events: int
    gap: float
    carried: float
    p: float


def attribute_driver(reading: Reading) -> Signal | None:
    """The attribute whose levels differ most: mean wait of a level less that of all, times its share of the events."""
    levels = [found for attribute in reading.attributes for found in _levels(reading, attribute)]
    if not levels:
        return None
    q = false_discovery_control([each.p for each in levels])
    longer = [each for each, adjusted in zip(levels, q, strict=True) if adjusted < FALSE_DISCOVERIES and each.gap > 0]
    carried: dict[str, float] = {}
    for each in longer:
        carried[each.attribute] = carried.get(each.attribute, 0.0) + each.carried
    if not carried:
        return None
    attribute = max(carried, key=lambda name: (carried[name], name))
    named = sorted(
        (each for each in longer if each.attribute == attribute), key=lambda each: (-each.carried, each.level)
    )
    explains = min(1.0, carried[attribute])
    evidence = [Evidence("attribute_driver.explains", explains, "share", OF_THE_WAIT, (attribute,))]
    for each in named[:MOST]:
        of = (attribute, each.level)
        evidence += [
            Evidence("attribute_driver.gap", each.gap, "second", None, of),
            Evidence("attribute_driver.events", float(each.events), "count", FEWEST, of),
        ]
    return Signal("attribute_driver", explains >= OF_THE_WAIT, explains, tuple(evidence), "levels_wait_alike")


def _levels(reading: Reading, attribute: str) -> list[_Level]:
    """Every level with enough waits on both sides, against all others."""
    waits = dict(reading.levels(attribute)) if reading.levels else {}
    every = sum(each.size for each in waits.values())
    total = float(sum(each.sum() for each in waits.values()))
    found = []
    for level, own in sorted(waits.items()):
        rest: list[Seconds] = [each for other, each in sorted(waits.items()) if other != level]
        others = np.concatenate(rest) if rest else np.empty(0)
        if min(own.size, others.size) < FEWEST or total <= 0:
            continue
        p = float(mannwhitneyu(own, others, alternative="two-sided", method="asymptotic").pvalue)
        gap = float(own.mean()) - float(others.mean())
        carried = (float(own.sum()) - total / every * own.size) / total
        found.append(_Level(attribute, level, int(own.size), gap, carried, p if np.isfinite(p) else 1.0))
    return found
