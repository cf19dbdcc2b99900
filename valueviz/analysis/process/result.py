"""What is found out about a process: changes with their tests, checks, diagnoses; words and pictures come later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from valueviz.analysis.effect import Effect
from valueviz.analysis.process.log import Cause, EdgeStats, Step, Weekly

Colour = Literal["faster", "slower", "faster_outline", "slower_outline", "unchanged", "added", "removed"]
Presence = Literal["kept", "added", "removed"]
CheckName = Literal["matched_cohort", "reweighted", "placebo"]
CheckVerdict = Literal["holds", "contradicts", "not_possible"]
Status = Literal["supported", "not_provable", "contradicted", "not_possible", "descriptive"]


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One edge, what became of it, and the tests behind its colour.

    `change` is the after median − before median in seconds. `p` is that of the step in the edge's weekly series, `q`
    that p after Benjamini–Hochberg over the drawn edges, `p_window` of Mann–Whitney between the two windows. `rework`
    edges lead back to an earlier activity or to the same. `weeks_needed` is how many more weeks would settle an
    outlined edge, None where nothing needs settling or nothing would. `drawn`: it is on the map.
    """

    source: str
    target: str
    overall: EdgeStats | None
    before: EdgeStats | None
    after: EdgeStats | None
    change: float | None
    p: float | None
    q: float | None
    p_window: float | None
    material: bool
    colour: Colour
    rework: bool = False
    drawn: bool = False
    weeks_needed: int | None = None


@dataclass(frozen=True, slots=True)
class StepChange:
    """One activity and whether it is in both periods; `wait` is the effect on its weekly median wait, where tested."""

    step: Step
    presence: Presence
    wait: Effect | None = None


@dataclass(frozen=True, slots=True)
class WaterfallPart:
    """An activity's part in the change of the mean lead time, seconds a case.

    `duration` because an event takes longer or shorter, `frequency` because there are more or fewer of them; None of
    both where the activity is (nearly) absent in one period: then only the sum means anything.
    """

    activity: str
    duration: float | None
    frequency: float | None
    change: float


@dataclass(frozen=True, slots=True)
class LeadWaterfall:
    """From one mean lead time to the other; the parts sum to the difference exactly."""

    before: float
    after: float
    parts: tuple[WaterfallPart, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A check of the lead time's change: medians in seconds over the `levels` of the case attribute `by`.

    `cases` are those behind the two medians. `at` is the Monday of the week of a made-up go-live.
    """

    name: CheckName
    by: str | None
    levels: tuple[str, ...]
    before: float | None
    after: float | None
    verdict: CheckVerdict
    reason: str | None = None
    cases: tuple[int, int] | None = None
    at: date | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of the process before and after, with the effect on its weekly series.

    `unit` is "second", "share", "count" or the engagement's currency; `better` is in the effect.
    """

    key: str
    unit: str
    before: float | None
    after: float | None
    effect: Effect | None
    weekly: Weekly | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number of a diagnosis; `unit` as of `Measure`, `threshold` what the rule compares it with.

    `key` is the rule and what it measured ("batching.run_size"); `of` holds words of the data the number is about (an
    attribute and its level).
    """

    key: str
    value: float
    unit: str
    threshold: float | None = None
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why cases wait before a step: the rule that fired, its evidence, and what would falsify it.

    `impact` is seconds waited before the step per 100 cases, `share` that of all lead time; `falsifier` is a code.
    `period` says of which period the evidence is.
    """

    step: str
    cause: str
    impact: float
    share: float
    evidence: tuple[Evidence, ...]
    falsifier: str
    period: Literal["overall", "before", "after"] = "overall"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A redesign that would meet a diagnosis: seconds of mean lead time saved a case, from `low` to `high`: a scenario."""

    pattern: str
    step: str
    cause: str
    low: float
    high: float
    assumption: str


@dataclass(frozen=True, slots=True)
class ProcessFinding:
    """One statement that may be made, with everything a sentence about it may quote.

    `values` pairs a name with a number (seconds, shares 0–1, counts) or a word of the data (a step's name).
    """

    id: str
    kind: str
    values: tuple[tuple[str, float | str | None], ...]
    status: Status
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the map shows: its activities, and the share (0–1) of all flow (walks along edges) on the drawn edges.

    `edges` are the drawn ones, most used first. `bridges` are ways through activities that are not drawn, where a drawn
    one would else hang loose; nothing is counted along them.
    """

    activities: tuple[str, ...]
    flow: float
    left_out: int
    edges: tuple[tuple[str, str], ...] = ()
    bridges: tuple[tuple[str, str], ...] = ()


__all__ = [
    "Cause",
    "Check",
    "CheckName",
    "CheckVerdict",
    "Colour",
    "Diagnosis",
    "Drawn",
    "EdgeChange",
    "Evidence",
    "LeadWaterfall",
    "Measure",
    "Presence",
    "ProcessFinding",
    "Status",
    "StepChange",
    "Suggestion",
    "WaterfallPart",
]
