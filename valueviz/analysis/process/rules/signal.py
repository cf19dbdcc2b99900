"""What a rule reads, the waits before one step in one period, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from valueviz.analysis.process.log import Cause, Seconds, StepWaits
from valueviz.analysis.process.result import Evidence
from valueviz.analysis.process.rules.hours import FEWEST_EVENTS, Hours, learnt

Period = Literal["overall", "before", "after"]

FEWEST = 30
"""Waits below which no rule says anything."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What one rule found: the cause, whether it is there, and the share (0–1) of all waiting that it explains.

    `falsifier` is the code of what would show the finding to be wrong.
    """

    cause: str
    fires: bool
    explains: float
    evidence: tuple[Evidence, ...]
    falsifier: str


@dataclass(frozen=True)
class Reading:
    """The events of one step in one period, those with a wait before them among them; arrays in order of `started`.

    `causes` are those of the waits before the step where the log knows starts and resources; `levels` gives the waits
    by level of a case attribute. Both are of all cases, whatever the period.
    """

    step: StepWaits
    period: Period
    cases: int
    causes: Sequence[Cause] = ()
    attributes: Sequence[str] = ()
    levels: Callable[[str], Mapping[str, Seconds]] | None = None

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """Which events belong to the period."""
        if self.period == "overall":
            return np.ones(self.step.started.size, dtype=np.bool_)
        return np.asarray(self.step.after == (1 if self.period == "after" else 0))

    @cached_property
    def waiting(self) -> NDArray[np.bool_]:
        """Which events of the period were waited for: all but the first of a case."""
        return self.inside & np.isfinite(self.step.enabled)

    @cached_property
    def enabled(self) -> Seconds:
        """When each wait began."""
        return np.minimum(self.step.enabled[self.waiting], self.step.started[self.waiting])

    @cached_property
    def started(self) -> Seconds:
        """When each wait ended."""
        return self.step.started[self.waiting]

    @cached_property
    def wait(self) -> Seconds:
        """Seconds waited."""
        return self.started - self.enabled

    @cached_property
    def total(self) -> float:
        """Seconds waited altogether."""
        return float(self.wait.sum())

    @cached_property
    def hours(self) -> Hours | None:
        """The hours in which the step is worked on; None where it is round the clock or nothing can be learnt.

        Where the period has too few events to show them, they are those of the whole log.
        """
        since = float(self.enabled.min(initial=np.inf))
        enough = int(self.inside.sum()) >= FEWEST_EVENTS
        return learnt(self.step.started[self.inside] if enough else self.step.started, since)

    def share(self, seconds: float) -> float:
        """A part of the waiting as a share of all of it."""
        return min(1.0, max(0.0, seconds / self.total)) if self.total > 0 else 0.0
