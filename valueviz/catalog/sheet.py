"""The nouns of a form: what a sheet, a column, a list, a metric to pick consist of; they know no words and no file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from valueviz.terms import VERSION, Locale

FORM_VERSION = 2
"""Version of the plan; a reader refuses newer ones."""

Kind = Literal[
    "text",
    "date",
    "date_or",
    "number",
    "whole",
    "percent",
    "choice",
    "suggestion",
    "metric",
    "site",
    "target_value",
    "tick",
]
"""What a cell holds; `date_or` is a date or a word of a list, `suggestion` a list one may leave, `target_value` a
number or a percentage."""

SheetKey = Literal[
    "start",
    "engagement",
    "sites",
    "phases",
    "steps",
    "promises",
    "prices",
    "assumptions",
    "events",
    "rivals",
    "monthly",
    "process",
    "own",
    "metrics",
]

Need = Literal["required", "useful", "optional"]

Example = str | float | date | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list: its code, and its word in the language of the form."""

    code: str
    word: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, or one line of a list of items: what it holds, in which words, with which limits.

    `since` is the version of the form from which on there is such a column.
    """

    key: str
    kind: Kind
    name: str
    note: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    example: Example = None
    minimum: float | None = None
    maximum: float | None = None
    fill: bool = True
    since: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `items` (a label and a cell to fill a line), `table` (rows below a header) or `text`.

    `blank` rows are offered. A table with `fixed` first cells (the five phases, the metrics) has these rows only.
    """

    key: SheetKey
    layout: Literal["text", "items", "table"]
    name: str
    title: str
    lead: str
    need: Need
    columns: tuple[Column, ...] = ()
    blank: int = 0
    fixed: tuple[str, ...] | None = None

    def column(self, key: str) -> Column:
        """A column by its key."""
        return next(column for column in self.columns if column.key == key)


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """A metric as it is picked: its label holds name and unit."""

    key: str
    label: str
    name: str
    unit: str
    unit_word: str
    better: str = ""
    definition: str = ""
    pitfalls: str = ""


@dataclass(frozen=True, slots=True)
class FormPlan:
    """Everything a form consists of but the answers."""

    locale: Locale
    industry: str
    industry_name: str
    sheets: tuple[Sheet, ...]
    metrics: tuple[MetricEntry, ...]
    months: tuple[date, ...]
    version: int = FORM_VERSION
    product: str = VERSION

    def sheet(self, key: SheetKey) -> Sheet:
        """A sheet by its key."""
        return next(sheet for sheet in self.sheets if sheet.key == key)

    def label(self, metric: str) -> str:
        """The label under which a metric is picked; a key nobody defined stands for itself."""
        return next((entry.label for entry in self.metrics if entry.key == metric), metric)
