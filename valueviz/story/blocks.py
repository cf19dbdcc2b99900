"""What a document is made of: text already worded, marks already placed; no statistics, no pixels.

Every run of text is prose, fact, scale (axis ticks), furniture (page numbers, dates, section numbers)
or quotation (user text). Renderers place blocks and end each `match` in `assert_never`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valueviz.catalog.brand import Brand
from valueviz.terms import Fact, Grade, Request, Verdict

RunKind = Literal["prose", "fact", "scale", "furniture", "quotation"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one kind; a fact run carries its fact and is never broken over lines."""

    text: str
    kind: RunKind = "prose"
    fact: Fact | None = None
    strong: bool = False


Text = tuple[Run, ...]


# Words ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph. `source` is the line under a figure; `so_what` says what follows; `heading` is a level below the action title."""

    text: Text
    style: Literal["lead", "body", "note", "so_what", "source", "heading"] = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short paragraphs; `checks` draws an empty box before each (a self-check on paper)."""

    items: tuple[Text, ...]
    marker: Literal["dot", "check", "number"] = "dot"


@dataclass(frozen=True, slots=True)
class Callout:
    """A panel that says what limits the claim (caution) or explains (info)."""

    title: Text
    text: Text
    tone: Literal["caution", "info"] = "caution"


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure: label, number, interval or remark, badge, and a sparkline of values 0–1 (None = gap)."""

    label: Text
    number: Text
    detail: Text = ()
    grade: Grade | None = None
    verdict: Verdict | None = None
    verdict_word: Text = ()
    spark: tuple[float | None, ...] = ()
    spark_split: int | None = None


@dataclass(frozen=True, slots=True)
class Cards:
    """At most four cards in a row, all of one height."""

    items: tuple[Card, ...]


Align = Literal["left", "right", "center"]


# Tables ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head (with the unit), alignment and relative width."""

    title: Text
    align: Align = "left"
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class CellBar:
    """An interval drawn inside a cell: positions 0–1 along the column, `zero` the place of no change."""

    low: float
    high: float
    point: float
    zero: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: text, or a bar, or a grade badge, or a verdict mark before its text."""

    text: Text = ()
    bar: CellBar | None = None
    grade: Grade | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A table row; `total` is set in bold over a rule, `group` spans the table as a sub-heading."""

    cells: tuple[Cell, ...]
    kind: Literal["plain", "total", "group"] = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a title with a source line; `key` names it in tests."""

    key: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: Text = ()


# Charts ──────────────────────────────────────────────────────────────────────


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


State = Literal["used", "transition", "excluded", "signal"]
BandKind = Literal["counterfactual", "limits", "interval"]
Mark = Literal["before", "after", "interval", "whisker", "promise", "beyond"]
WaterfallMark = Literal["sure", "worse", "unsure", "block", "remainder", "interval"]
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
    """An observation: used, inside the transition, excluded with a reason (drawn hollow), or a signal (ringed)."""

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
    """A vertical rule at a date: go-live (solid, labelled), step (dotted, short mark) or event."""

    x: float
    label: str
    kind: Literal["go_live", "step", "event"]


@dataclass(frozen=True, slots=True)
class RunChart:
    """Did it change? Observed points, counterfactual band, go-live and step rules, transition shaded.

    The band is the counterfactual, or the process `limits` (a level between two lines, which may jump), or the
    `interval` of each point itself (an event study; `level` is then the line of no change).
    `alt` is made of the same facts. Lines break where neighbouring x differ by more than `gap_after`.
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


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One bar of a waterfall, from `start` to `end` in data coordinates; better to the right, as gains.

    `kind` part: one step; block: steps that data cannot separate, its `members` by name (bracketed); remainder:
    dotted; total: from zero. `low`–`high` is the 95 % interval of the bar's end, given its start. `sure` says that
    the interval of the bar excludes zero. `group` is the phase the row stands under. `values` is one text a column
    at the right, () for an empty cell.
    """

    label: Text
    kind: Literal["part", "block", "remainder", "total"]
    start: float
    end: float
    values: tuple[Text, ...]
    low: float | None = None
    high: float | None = None
    sure: bool = False
    group: str = ""
    members: tuple[Text, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Dumbbell:
    """Before → after over many metrics, gains to the right, sorted by size; `legend` names hollow, solid, bar, whisker, tick."""

    key: str
    title: Text
    alt: str
    x: Axis
    rows: tuple[DumbbellRow, ...]
    values_title: str
    legend: tuple[tuple[Mark, str], ...]
    source: Text = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A curve of an illustration: points, a label at its end, and how it is drawn."""

    points: tuple[tuple[float, float], ...]
    label: str
    tone: Tone
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """An illustration over time (such as go-live dip and recovery); `shade` marks a span with a label."""

    key: str
    title: Text
    alt: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]
    shade: tuple[float, float, str] | None
    labels: tuple[Label, ...] = ()
    source: Text = ()


ChartBlock = RunChart | Dumbbell | Waterfall | Curve
Block = Prose | Bullets | Callout | Cards | Table | RunChart | Dumbbell | Waterfall | Curve


# Document ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Section:
    """One message: number and short name (kicker, contents, outline), action title, lead, evidence.

    `question` is the title on screen where it differs. `breaks` is how the section starts on paper:
    a new page unless the last one is too empty, wherever it fits the rest of the page, or a new page always.
    """

    key: str
    number: str
    name: str
    title: Text
    lead: Text
    blocks: tuple[Block, ...]
    question: str = ""
    breaks: Literal["page", "flow", "new"] = "page"


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page: what it is, for whom, period, status, and the answer in one sentence with its range."""

    kind: str
    client: Text
    subtitle: Text
    status: str
    answer: Text
    cards: tuple[Card, ...]
    meta: tuple[tuple[str, str], ...]
    code: str


@dataclass(frozen=True, slots=True)
class Furniture:
    """Words on every page: header, footer, `page` with {page} and {pages}, contents and continuation titles."""

    header_left: str
    header_right: str
    footer: str
    page: str
    contents: str
    continued: str


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is shown, in order, in one language: the same for page and PDF."""

    request: Request
    id: str
    digest: str
    title: str
    question: str
    subject: str
    author: str
    keywords: str
    language_tag: str
    brand: Brand
    cover: Cover
    furniture: Furniture
    sections: tuple[Section, ...]
    synthetic: bool = False
