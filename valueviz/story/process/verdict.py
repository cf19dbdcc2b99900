"""What may be said of the wait before one step: the verdict of its weekly series, where the medians bear it out."""

from __future__ import annotations

from valueviz.analysis.process.result import StepChange
from valueviz.terms import Verdict

MATERIAL = 0.05
"""A change below this share of the median before is not told as one, as on the map."""


def wait_verdict(change: StepChange) -> Verdict:
    """Improved or worse where the test says so and the medians of the two periods differ the same way by enough."""
    before, after = change.step.before, change.step.after
    if change.wait is None or before is None or after is None:
        return "not_provable_yet"
    then, now = before.wait_median, after.wait_median
    if then is None or now is None or abs(now - then) < MATERIAL * then:
        return "not_provable_yet"
    shorter = now < then
    if change.wait.verdict == "improved" and shorter:
        return "improved"
    return "worse" if change.wait.verdict == "worse" and not shorter else "not_provable_yet"
