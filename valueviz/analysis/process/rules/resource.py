"""What resources make cases wait for: others in front, others preferred, absence, and handing over."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import mannwhitneyu

from valueviz.analysis.process.log import Cause
from valueviz.analysis.process.result import Evidence
from valueviz.analysis.process.rules.signal import FEWEST, Reading, Signal

OF_THE_WAIT = 0.3
"""Share of the waiting from which on one of the engine's causes is the step's."""

FALSIFIERS = {
    "contention": "capacity_added",
    "prioritisation": "order_of_arrival",
    "unavailability": "absence_covered",
}

PREMIUM = 1.5
"""How many times as long the median wait must be with a change of resource as without."""

FEWEST_RESOURCES = 3
"""Resources at a step below which their names are those of groups, within which hand-overs cannot be seen."""

LEVEL = 0.05
"""Mann–Whitney p below which two sets of waits differ."""

HAND_OVER_SHARE = 0.15
"""Share of the waiting from which on hand-overs are worth saying."""


def by_cause(reading: Reading) -> tuple[Signal, ...]:
    """The causes that the engine splits the wait into, where starts and resources are known."""
    waited = {
        cause: sum(getattr(each, cause) for each in reading.causes) for cause in (*FALSIFIERS, "batching", "extraneous")
    }
    total = sum(waited.values())
    if total <= 0 or reading.wait.size < FEWEST:
        return ()
    found = []
    for cause, falsifier in FALSIFIERS.items():
        share = float(waited[cause] / total)
        evidence = (Evidence(f"{cause}.explains", share, "share", OF_THE_WAIT),)
        found.append(Signal(cause, share >= OF_THE_WAIT, share, evidence, falsifier))
    return tuple(found)


def into(causes: Sequence[Cause], activity: str) -> tuple[Cause, ...]:
    """The causes of the waits before one activity."""
    return tuple(each for each in causes if each.target == activity)


def hand_over(reading: Reading) -> Signal | None:
    """Whether cases wait longer where somebody else goes on than where the same resource does."""
    resource = reading.step.resource[reading.waiting]
    previous = reading.step.previous[reading.waiting]
    if np.unique(resource[resource >= 0]).size < FEWEST_RESOURCES:
        return None
    known = (resource >= 0) & (previous >= 0)
    changed, same = reading.wait[known & (resource != previous)], reading.wait[known & (resource == previous)]
    if min(changed.size, same.size) < FEWEST:
        return None
    with_change, without = float(np.median(changed)), float(np.median(same))
    p = float(mannwhitneyu(changed, same, alternative="greater", method="asymptotic").pvalue)
    explains = reading.share((float(changed.mean()) - float(same.mean())) * changed.size)
    longer = with_change > 0 and with_change >= PREMIUM * without
    evidence = (
        Evidence("hand_over.with_change", with_change, "second", PREMIUM * without),
        Evidence("hand_over.without", without, "second"),
        Evidence("hand_over.events", float(changed.size), "count", FEWEST),
        Evidence("hand_over.p", p, "probability", LEVEL),
        Evidence("hand_over.explains", explains, "share", HAND_OVER_SHARE),
    )
    fires = longer and p < LEVEL and explains >= HAND_OVER_SHARE
    return Signal("hand_over", fires, explains, evidence, "same_hands_wait_as_long")
