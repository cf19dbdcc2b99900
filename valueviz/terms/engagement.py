"""What was agreed, done and promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from valueviz.terms.naming import Locale, Names

PhaseKey = Literal["requirements", "deployment", "migration", "training", "operation"]

PHASES: tuple[PhaseKey, ...] = ("requirements", "deployment", "migration", "training", "operation")

NEVER: Literal["never"] = "never"
"""What stands instead of the go-live of a site that does not get the system."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The before window: who chose it and when, who signed it and when."""

    start: date
    end: date
    chosen_by: Names | None = None
    chosen_on: date | None = None
    signed_by: Names | None = None
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A place with its own go-live; None: that of the engagement, "never": a comparison site without the system."""

    key: str
    go_live: date | Literal["never"] | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """One of the five phases with its dates."""

    key: PhaseKey
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Step:
    """A dated piece of work in a phase, by vendor or client."""

    key: str
    name: Names
    phase: PhaseKey
    date: date
    by: Literal["vendor", "client"]
    mode: Literal["human", "assisted", "automated"]


@dataclass(frozen=True, slots=True)
class Contract:
    """Term and price of the contract that is up for renewal."""

    start: date
    end: date
    price: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """A frozen, signed target: the metric shall reach `value`, or change by it.

    `target` "level" means the value itself in the metric's unit, "change" an absolute change in that
    unit, "relative" a change as a share (−0.25 = a quarter less).
    """

    metric: str
    target: Literal["level", "change", "relative"]
    value: float
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number that is not measured, with its range, source, owner and status."""

    key: str
    name: Names
    value: float
    low: float | None
    high: float | None
    unit: str
    source: Names
    owner: Names
    status: Literal["client_confirmed", "benchmark", "estimate"]


@dataclass(frozen=True, slots=True)
class Event:
    """Anything else that happened."""

    date: date
    name: Names


@dataclass(frozen=True, slots=True)
class Rival:
    """Another explanation of the change, and whether it was examined."""

    name: Names
    kind: str
    state: Literal["measured", "judged", "not_examined"]
    note: Names | None = None


@dataclass(frozen=True, slots=True)
class Engagement:
    """One client, one system: what was agreed, done and promised."""

    name: Names
    system: str
    industry: str
    currency: str
    go_live: date
    language: Locale | None = None
    transition_periods: int = 0
    synthetic: bool = False
    baseline: Baseline | None = None
    sites: tuple[Site, ...] = ()
    phases: tuple[Phase, ...] = ()
    steps: tuple[Step, ...] = ()
    contract: Contract | None = None
    promises: tuple[Promise, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    events: tuple[Event, ...] = ()
    rivals: tuple[Rival, ...] = ()
    negative_controls: tuple[str, ...] = ()

    def went_live(self, site: str) -> date | None:
        """The day one site went live: its own, else that of the engagement; None for a comparison site."""
        own = next((each.go_live for each in self.sites if each.key == site), None)
        return None if own == "never" else own or self.go_live
