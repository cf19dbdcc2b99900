"""A process as a person describes it, without an event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class HandStep:
    """One step of a process typed by hand, today or as it shall be.

    `touch` and `wait` are seconds a case; `volume` is cases a month; `rework` is the share (0-1) of cases
    that go through the step again.
    """

    process: str
    state: Literal["as_is", "to_be"]
    name: str
    touch: float | None = None
    wait: float | None = None
    role: str | None = None
    volume: float | None = None
    rework: float | None = None
