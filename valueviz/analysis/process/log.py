"""What the engine hands over about an event log: counts, times and arrays; nothing here is judged.

Times are seconds. An edge leads from one activity of a case to the next; `GATE` stands for the beginning of a case as
a source and for its end as a target. A case belongs to the period of its first event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from valueviz.terms import Window

GATE = ""
"""Where cases come in (as a source) and go out (as a target); no activity has this name."""

Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """Which cases are looked at, and where before ends and after begins.

    `before` and `after` are the two periods, both days of each included; None of both: one period only. `go_lives`
    pairs a site with its own day where sites went live on different days: a case of such a site is placed by its
    distance from that day, as if it had been `go_live`. `segment` measures from the first event of one activity to the
    last of another. `attributes` pairs names with the values that count; `variant` is a fingerprint of `Variant`.
    """

    go_live: date | None = None
    before: Window | None = None
    after: Window | None = None
    go_lives: tuple[tuple[str, date], ...] = ()
    segment: tuple[str, str] | None = None
    window: Window | None = None
    sites: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class CaseAttribute:
    """An attribute with one value a case: how many different ones, and how many cases have it."""

    name: str
    levels: int
    cases: int


@dataclass(frozen=True, slots=True)
class LogSummary:
    """What a log holds; `activities` in order of their mean relative place in a case.

    `started` is the share of events with a start stamp. `day_only`: every stamp is a whole day. `systems` are the
    sources stitched together, `orphans` how many cases of each occur in no other.
    """

    cases: int
    events: int
    activities: tuple[str, ...]
    variants: int
    first: datetime | None
    last: datetime | None
    started: float
    resources: bool
    roles: bool
    costs: bool
    day_only: bool
    attributes: tuple[CaseAttribute, ...]
    systems: tuple[str, ...] = ()
    orphans: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Last complete − first start over cases; None where there is no case."""

    median: float | None
    mean: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class PeriodSummary:
    """The cases of one period; `measures` pairs a key of `MEASURES` with its number, None where it cannot be known."""

    cases: int
    events: int
    variants: int
    lead_time: LeadTime
    measures: tuple[tuple[str, float | None], ...] = ()


MEASURES = (
    "steps_per_case",
    "rework_share",
    "first_pass_yield",
    "backward_share",
    "handovers",
    "ping_pong",
    "automation_rate",
    "touch_mean",
    "wait_mean",
    "cost_per_case",
    "top_variants_share",
)
"""Numbers a case, or shares of cases (0–1), of a period; times in seconds."""


@dataclass(frozen=True, slots=True)
class Periods:
    """All cases and those of each period; `outside_segment` is how many of all lack the segment of the cut."""

    overall: PeriodSummary
    before: PeriodSummary | None
    after: PeriodSummary | None
    outside_segment: int


@dataclass(frozen=True, slots=True)
class EdgeStats:
    """How often an edge was walked, by how many cases (`share` of the period's), and how long it took.

    Of a process typed by hand nothing is counted (`count` and `cases` are 0), and a time nobody stated is None.
    """

    count: int
    cases: int
    share: float
    median: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Edge:
    """One edge in each period; an edge of a gate takes no time."""

    source: str
    target: str
    overall: EdgeStats | None
    before: EdgeStats | None
    after: EdgeStats | None


@dataclass(frozen=True, slots=True)
class StepStats:
    """One activity in one period: the wait before it and the work on it, by the frontier of the case.

    `share` is that of the period's cases. `wait_mean` and `touch_mean` are per event; touch is None without start
    stamps. `wait_low`–`wait_high` is the 95 % interval of the median wait, by order statistics. Of a process typed by
    hand nothing is counted (`events` and `cases` are 0), and a time nobody stated is None; `role` is who does the step
    in that state.
    """

    events: int
    cases: int
    share: float
    wait_mean: float | None
    wait_median: float | None
    wait_low: float | None
    wait_high: float | None
    touch_mean: float | None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One activity in each period, and the role that does it most (None without roles)."""

    activity: str
    overall: StepStats | None
    before: StepStats | None
    after: StepStats | None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Frontier:
    """One activity's part of the lead time of a period: sums over its cases, additive over activities.

    `waited` + `worked` over all activities, divided by the cases of the period, is the mean lead time.
    """

    activity: str
    events: int
    waited: float
    worked: float


@dataclass(frozen=True, slots=True)
class Weekly:
    """A quantity by the week in which cases start, in rising order; `counts` are the observations behind each.

    Ordinals are those of `period_of(…, "week")`. Weeks without observations are absent. `mature` says whether nearly
    all cases of the week have ended by the last stamp of the log.
    """

    ordinals: tuple[int, ...]
    values: tuple[float, ...]
    counts: tuple[int, ...]
    mature: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """All times of an edge (or leads of cases) in the two periods, each in rising order, with the week of each."""

    before: Seconds
    after: Seconds


@dataclass(frozen=True, slots=True)
class Variant:
    """One way through the process, with the cases that took it in each period; `fingerprint` names it."""

    fingerprint: str
    activities: tuple[str, ...]
    overall: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Cause:
    """The waiting between two activities by who did them, in seconds over all cases, split into five causes."""

    source: str
    source_resource: str
    target: str
    target_resource: str
    count: int
    batching: float
    prioritisation: float
    contention: float
    unavailability: float
    extraneous: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One case's way along one edge: when it left the source and reached the target, seconds since the epoch."""

    leaves: float
    arrives: float
    after: bool


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case: when it began, how long it took, how many events, which variant, its attributes."""

    case: str
    start: datetime
    lead: float
    events: int
    after: bool | None
    fingerprint: str
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a case, as it stands in its source (`row` is the line there)."""

    activity: str
    start: datetime | None
    complete: datetime
    resource: str | None
    role: str | None
    row: int


@dataclass(frozen=True, slots=True)
class StepWaits:
    """Every event of one activity in order of `started`, ties by `completed`, case and row: who waited how long.

    Moments are seconds since the epoch (naive stamps as if UTC). `enabled` is the frontier before the event (the latest
    complete of the case's earlier events), NaN for the first event of a case. `started` is the start stamp, the
    complete where there is none. `resource` and `previous` index `resources`, −1 where there is none; `previous` is that
    of the event before in the case. `visit` counts the activity within the case from 1. `after` is 1 for cases of the
    period after, 0 for before, −1 for neither. `case` only groups. `working` is the part of each wait inside working
    time, seconds; the engine always gives it.
    """

    activity: str
    enabled: Seconds
    started: Seconds
    completed: Seconds
    resource: NDArray[np.int32]
    previous: NDArray[np.int32]
    visit: NDArray[np.int32]
    after: NDArray[np.int8]
    case: NDArray[np.int64]
    resources: tuple[str, ...] = ()
    working: Seconds | None = None
