"""A process as a person describes it, without an event log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProcessState = Literal["as_is", "to_be"]
ValueClass = Literal["adding", "necessary", "waste"]
Basis = Literal["measured", "estimated"]

STATES: tuple[ProcessState, ...] = ("as_is", "to_be")
VALUE_CLASSES: tuple[ValueClass, ...] = ("adding", "necessary", "waste")
BASES: tuple[Basis, ...] = ("measured", "estimated")


@dataclass(frozen=True, slots=True)
class HandStep:
    """One step of a process typed by hand, today or as it shall be.

    `touch` and `wait` are seconds a case; `volume` is cases a month; `rework` is the share (0-1) of cases
    that go through the step again. `value` says whether the step adds value, is necessary without adding any, or is
    waste; `automated` whether the system does it; `basis` and `owner` how its numbers were found and by whom. What
    nobody stated is None.
    """

    process: str
    state: ProcessState
    name: str
    touch: float | None = None
    wait: float | None = None
    role: str | None = None
    volume: float | None = None
    rework: float | None = None
    value: ValueClass | None = None
    automated: bool | None = None
    basis: Basis | None = None
    owner: str | None = None


MACHINES = (
    r"(?i)^(system|sys|auto|automatic|robot|rpa|bot|batch|job|scheduler|interface|api|service|edi)([^a-z]|$)"
    r"|系统|自动|机器人|接口|定时"
)
"""Resources that are no persons, as regular expression: they keep their names, and what they do is automated."""
