"""Starter flows: how a process of an industry often goes today and could go, drawn to be replaced by a client's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from valueviz.catalog.definition import Table
from valueviz.terms import VALUE_CLASSES, HandStep, Locale, Names, ProcessState, ValueClass

KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")

MINUTE, HOUR = 60.0, 3600.0

LONGEST_HOURS = 8784.0
"""Hours of a leap year: no step of a starter flow waits longer."""


@dataclass(frozen=True, slots=True)
class FlowTime:
    """A step in one state: seconds of touch and wait a pass, the share (0–1) done again, who does it."""

    touch: float
    wait: float
    rework: float
    role: Names
    automated: bool


@dataclass(frozen=True, slots=True)
class FlowStep:
    """A step of a starter flow; None for the state in which there is no such step."""

    name: Names
    value: ValueClass
    as_is: FlowTime | None
    to_be: FlowTime | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A process of an industry as it often is and as it could be: round figures about nobody, to be replaced.

    `system` is the kind of system that would carry it (erp, mes, crm …), `volume` cases a month.
    """

    key: str
    name: Names
    system: str
    volume: float
    flow_steps: tuple[FlowStep, ...]

    def steps(self, locale: Locale) -> tuple[HandStep, ...]:
        """The steps as a person would have typed them, today's first, every number an estimate nobody stands by."""
        return (*self._typed("as_is", locale), *self._typed("to_be", locale))

    def _typed(self, state: ProcessState, locale: Locale) -> tuple[HandStep, ...]:
        told = ((step, step.as_is if state == "as_is" else step.to_be) for step in self.flow_steps)
        return tuple(
            HandStep(
                process=self.name[locale],
                state=state,
                name=step.name[locale],
                touch=time.touch,
                wait=time.wait,
                role=time.role[locale],
                volume=self.volume,
                rework=time.rework,
                value=step.value,
                automated=time.automated,
                basis="estimated",
            )
            for step, time in told
            if time is not None
        )


def read_flows(top: Table) -> tuple[Flow, ...]:
    """The starter flows of a pack, from its `flow` tables; none where it has none.

    Raises:
        DefinitionError: a key is unknown, missing or wrong, a flow or a step stands twice, a state has no step.
    """
    entries = top.tables("flow", keys=("key", "name", "system", "cases_a_month", "step"))
    flows = tuple(_flow(entry) for entry in entries)
    top.unique("flow", tuple(flow.key for flow in flows))
    return flows


def _flow(entry: Table) -> Flow:
    flow = Flow(
        key=entry.word("key", KEY, needed="purchase_to_pay"),
        name=entry.names("name"),
        system=entry.text("system", longest=40),
        volume=entry.number("cases_a_month", minimum=1, maximum=1_000_000),
        flow_steps=tuple(
            _step(step) for step in entry.tables("step", keys=("name", "role", "value", "as_is", "to_be"))
        ),
    )
    for state in ("as_is", "to_be"):
        if all(getattr(step, state) is None for step in flow.flow_steps):
            raise entry.refuse("key_missing", f"step.{state}")
    for locale, _ in flow.name.texts:
        entry.unique("step", tuple(step.name[locale] for step in flow.flow_steps))
    return flow


def _step(entry: Table) -> FlowStep:
    role = entry.names("role")
    return FlowStep(
        name=entry.names("name"),
        value=entry.choice("value", VALUE_CLASSES),
        as_is=_time(entry, "as_is", role=role),
        to_be=_time(entry, "to_be", role=role),
    )


def _time(entry: Table, state: ProcessState, *, role: Names) -> FlowTime | None:
    """A step in one state; None where the state has no such step."""
    if state not in entry.values:
        return None
    told = entry.table(state, keys=("touch_minutes", "wait_hours", "rework", "role", "automated"))
    return FlowTime(
        touch=told.number("touch_minutes", minimum=0, maximum=LONGEST_HOURS * HOUR / MINUTE) * MINUTE,
        wait=told.number("wait_hours", minimum=0, maximum=LONGEST_HOURS) * HOUR,
        rework=told.number("rework", minimum=0, maximum=1),
        role=told.maybe(told.names, "role") or role,
        automated=told.maybe(told.flag, "automated") or False,
    )
