"""Pictures of processes: maps, spectra, variants and ladders, already laid out and worded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valueviz.story.blocks.chart import Axis, Rule
from valueviz.story.blocks.word import Text

EdgeForm = Literal[
    "plain", "added", "removed", "ghost", "bridge", "faster", "slower", "faster_outline", "slower_outline"
]
NodeForm = Literal["plain", "added", "removed", "ghost", "enter", "leave"]
Spot = tuple[float, float]


@dataclass(frozen=True, slots=True)
class MapNode:
    """A step of a map: centre and size in ems of the label, its name in lines, a line of details, a badge.

    `ghost`: it does not exist in this panel's period. `enter` and `leave` are where cases come in and go out. `inline`:
    the details stand beside the last line of the name.
    """

    key: str
    x: float
    y: float
    width: float
    height: float
    form: NodeForm
    name: tuple[Text, ...] = ()
    details: Text = ()
    badge: Text = ()
    inline: bool = False


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A way from one step to the next: its breadth in ems, and a label whose centre stands at `label_at`.

    `points` are a start and three points a piece of Bézier curves (two controls and an end). A `bridge` stands for a
    way through steps that are not drawn; a label without place is not drawn.
    """

    source: str
    target: str
    points: tuple[Spot, ...]
    width: float
    form: EdgeForm
    rework: bool = False
    label: Text = ()
    label_at: Spot | None = None


@dataclass(frozen=True, slots=True)
class MapPanel:
    """One period of a map."""

    title: Text
    subtitle: Text
    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]


@dataclass(frozen=True, slots=True)
class MapLane:
    """A role's lane of a swimlane: a band across every panel, in ems from the left; its name in lines."""

    name: tuple[Text, ...]
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """Process then and now: panels of one size on one layout, side by side where they fit, else one below the other.

    `width` and `height` are those of one panel in ems of the label. With `lanes` it is a swimlane. `least` is the
    smallest type its labels may be set in on paper, in points: Chinese needs more than Latin letters. `page` is how the
    page lies that it was laid out for.
    """

    key: str
    title: Text
    alt: str
    width: float
    height: float
    panels: tuple[MapPanel, ...]
    legend: tuple[tuple[EdgeForm | Literal["rework"], str], ...]
    lanes: tuple[MapLane, ...] = ()
    source: Text = ()
    least: float = 7.5
    page: Literal["portrait", "landscape"] = "portrait"


@dataclass(frozen=True, slots=True)
class SpectrumBand:
    """One segment of a performance spectrum: a line a case, from where it leaves to where it arrives on the axis."""

    top: Text
    bottom: Text
    lines: tuple[tuple[float, float], ...]
    slow: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Spectrum:
    """When cases passed from step to step around go-live: batches, freezes and the dip itself become visible."""

    key: str
    title: Text
    alt: str
    x: Axis
    bands: tuple[SpectrumBand, ...]
    rules: tuple[Rule, ...]
    legend: tuple[tuple[Literal["usual", "slow"], str], ...]
    source: Text = ()


@dataclass(frozen=True, slots=True)
class VariantStep:
    """A step of a variant, drawn as a chevron."""

    name: str
    form: Literal["kept", "added", "removed"]


@dataclass(frozen=True, slots=True)
class VariantRow:
    """One variant: its steps (none for all others together) and its share (0–1) of the cases before and after."""

    label: Text
    steps: tuple[VariantStep, ...]
    before: float
    after: float
    before_text: Text
    after_text: Text


@dataclass(frozen=True, slots=True)
class Variants:
    """Which ways cases take: shares as bars mirrored around the middle, before to the left, after to the right.

    `titles` are those of the two sides; where the first is empty there is one period only, drawn to the right. `steps`
    are all that occur, each once; chevrons bear the numbers of the steps where the names do not fit.
    """

    key: str
    title: Text
    alt: str
    titles: tuple[str, str]
    rows: tuple[VariantRow, ...]
    legend: tuple[tuple[Literal["kept", "added", "removed"], str], ...]
    source: Text = ()
    steps: tuple[VariantStep, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A step of a value-stream ladder: waiting before it and work on it, on one scale for all rows.

    `work` is None where it is not known how long the step takes. `number` leads from a block to its words; a step has
    the same in every row.
    """

    label: Text
    wait: float
    work: float | None
    wait_text: Text
    work_text: Text
    number: int = 0


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One period of a ladder, with its sum and its process cycle efficiency."""

    title: Text
    steps: tuple[LadderStep, ...]
    total: Text
    efficiency: Text


@dataclass(frozen=True, slots=True)
class Ladder:
    """The value-stream ladder: waiting above, work below, step by step."""

    key: str
    title: Text
    alt: str
    rows: tuple[LadderRow, ...]
    legend: tuple[tuple[Literal["wait", "work"], str], ...]
    source: Text = ()


SceneBlock = ProcessMap | Spectrum | Variants | Ladder
