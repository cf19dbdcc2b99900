"""Charts: marks already placed, labels already worded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valueviz.story.blocks.word import Align, Run, Text
from valueviz.terms import Verdict


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis and its label, written by the story."""

    position: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A linear axis: title with unit (set above the axis, never rotated), domain and at most seven ticks."""

    title: str
    low: float
    high: float
    ticks: tuple[Tick, ...]


State = Literal["used", "transition", "excluded", "signal", "immature"]
BandKind = Literal["counterfactual", "limits", "interval"]
Mark = Literal[
    "before", "after", "interval", "whisker", "promise", "beyond", "span", "unproven", "better", "worse", "added"
]
WaterfallMark = Literal[
    "sure", "worse", "unsure", "block", "remainder", "interval", "added", "removed", "stated_better", "stated_worse"
]
Presence = Literal["kept", "added", "removed"]
Tone = Literal["ink", "muted", "better", "worse", "new", "brand"]


@dataclass(frozen=True, slots=True)
class Label:
    """A direct label at a place of the chart, in data coordinates."""

    x: float
    y: float
    run: Run
    tone: Tone = "muted"
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Point:
    """An observation: used, inside the transition, excluded with a reason or immature (drawn hollow), or a signal (ringed)."""

    x: float
    y: float
    state: State = "used"


@dataclass(frozen=True, slots=True)
class BandPoint:
    """The counterfactual at one x: middle and the two ends of its band."""

    x: float
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A vertical rule at a date: go-live (solid, labelled), step (dotted, short mark) or event; or at a limit."""

    x: float
    label: str
    kind: Literal["go_live", "step", "event", "limit"]


@dataclass(frozen=True, slots=True)
class RunChart:
    """Did it change? Observed points, counterfactual band, go-live and step rules, transition shaded.

    The band is the counterfactual, or the process `limits` (a level between two lines, which may jump), or the
    `interval` of each point itself (an event study; `level` is then the line of no change).
    `alt` is made of the same facts. Lines break where neighbouring x differ by more than `gap_after`. `second` is a
    further quiet line (such as a high percentile) of the same axis; `pale` is a span that is not finished yet.
    """

    key: str
    title: Text
    alt: str
    x: Axis
    y: Axis
    observed: tuple[Point, ...]
    band: tuple[BandPoint, ...]
    rules: tuple[Rule, ...]
    transition: tuple[float, float] | None
    labels: tuple[Label, ...]
    gap_after: float = 1.0
    verdict: Verdict | None = None
    height: Literal["small", "medium", "large"] = "medium"
    source: Text = ()
    band_kind: BandKind = "counterfactual"
    level: float | None = None
    second: tuple[Point, ...] = ()
    pale: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One bar of a waterfall, from `start` to `end` in data coordinates; better to the right, as gains.

    `kind` part: one step; block: steps that data cannot separate, its `members` by name (bracketed); remainder:
    dotted; total: from zero, as is `from`, the level the parts start at. `low`–`high` is the 95 % interval of the bar's end, given its start. `sure` says that
    the interval of the bar excludes zero. `group` is the phase the row stands under. `values` is one text a column
    at the right, () for an empty cell. `form` says how the bar is drawn where its direction does not (such as a
    shorter time, which is better and points left).
    """

    label: Text
    kind: Literal["part", "block", "remainder", "total", "from"]
    start: float
    end: float
    values: tuple[Text, ...]
    low: float | None = None
    high: float | None = None
    sure: bool = False
    group: str = ""
    members: tuple[Text, ...] = ()
    form: WaterfallMark | None = None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Where it came from: one bar a step, in order of time, a remainder, a total; connectors between the bars.

    Rows of one `group` are neighbours and stand under its name once; `legend` names only what is drawn.
    """

    key: str
    title: Text
    alt: str
    x: Axis
    rows: tuple[WaterfallRow, ...]
    values_titles: tuple[str, ...]
    legend: tuple[tuple[WaterfallMark, str], ...]
    source: Text = ()


@dataclass(frozen=True, slots=True)
class DumbbellRow:
    """Before → after of one metric on a common axis: hollow at `before`, solid at `after` (dashed where not provable).

    `low`–`high` is the 95 % bar, `whisker_low`–`whisker_high` the 97 % whisker, `promise` a tick. `values`
    is the text column at the right. An `after` outside the axis stands at its end, with an arrow. Positions are None for a metric that has no number (its values cell says why).
    `spans` are thin intervals of the two marks themselves. `presence` says that it exists in one period only. `stated`:
    two numbers somebody names, neither measured nor tested.
    """

    label: Text
    verdict: Verdict
    values: Text
    before: float | None = None
    after: float | None = None
    low: float | None = None
    high: float | None = None
    whisker_low: float | None = None
    whisker_high: float | None = None
    promise: float | None = None
    spans: tuple[tuple[float, float], ...] = ()
    presence: Presence = "kept"
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """Before → after over many metrics, sorted by size; `legend` names hollow, solid, bar, whisker, tick.

    `level` is the place of no change on an axis of gains, None on an axis of levels.
    """

    key: str
    title: Text
    alt: str
    x: Axis
    rows: tuple[DumbbellRow, ...]
    values_title: str
    legend: tuple[tuple[Mark, str], ...]
    source: Text = ()
    level: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: points, a label at its end, and how it is drawn; `stepped` rises at its points, as counts do."""

    points: tuple[tuple[float, float], ...]
    label: str
    tone: Tone
    dashed: bool = False
    stepped: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """Curves over one axis (such as go-live dip and recovery, or shares by time); `shade` marks a span with a label.

    `rules` stand upright at places of the axis, labelled at their top.
    """

    key: str
    title: Text
    alt: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    shade: tuple[float, float, str] | None
    labels: tuple[Label, ...] = ()
    source: Text = ()
    rules: tuple[Rule, ...] = ()
    height: Literal["small", "medium"] = "medium"


ChartBlock = RunChart | Dumbbell | Waterfall | Curve
