"""Words, cards and tables: text already worded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from valueviz.terms import Fact, Grade, Verdict

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
