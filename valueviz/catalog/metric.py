"""Reads one metric, from a shipped pack or from a mapping; it knows no data."""

from __future__ import annotations

import re
from typing import get_args

from valueviz.catalog.definition import Table
from valueviz.catalog.instrument import instrument_of
from valueviz.terms import Aggregation, BenefitClass, Better, Grain, Instrument, Metric

METRIC_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
"""Form of a metric's key: it becomes part of the language-free keys of facts."""

KEYS = (
    "name",
    "unit",
    "better",
    "aggregation",
    "grain",
    "class",
    "instrument",
    "definition_version",
    "season",
    "minimum",
    "maximum",
    "definition",
    "pitfalls",
    "synonyms",
)
"""Keys of an inline metric; a shipped one has an `expression` besides."""

_GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
_BETTER: tuple[Better, ...] = get_args(Better)
_AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)
_CLASSES: tuple[BenefitClass, ...] = get_args(BenefitClass)
_INSTRUMENTS: tuple[Instrument, ...] = get_args(Instrument)


def read_metrics(table: Table, *, shipped: bool) -> tuple[Metric, ...]:
    """The metrics of a table [metric] with one table a key.

    Args:
        table: the table that holds one table for each metric.
        shipped: a shipped pack, which may hold expressions and must be complete in every language.

    Raises:
        DefinitionError: a key, a type or a range is wrong.
    """
    return tuple(_read_metric(table, key, shipped=shipped) for key in table.values)


def _read_metric(parent: Table, key: str, *, shipped: bool) -> Metric:
    if not METRIC_KEY.fullmatch(key):
        raise parent.refuse("key_wrong_form", key, found=key, needed="month_close_days")
    if not shipped and "expression" in parent.open_table(key).values:
        # an expression is SQL: from a shipped pack, never from a user
        raise parent.refuse("expression_not_allowed", f"{key}.expression")
    table = parent.table(key, keys=(*KEYS, "expression"))
    minimum, maximum = table.maybe(table.number, "minimum"), table.maybe(table.number, "maximum")
    if minimum is not None and maximum is not None and maximum < minimum:
        raise table.refuse("range_reversed", "maximum", found=maximum, needed=minimum)
    return Metric(
        key=key,
        name=table.names("name", one_for_all=not shipped),
        unit=table.text("unit", longest=40),
        better=table.choice("better", _BETTER),
        aggregation=table.choice("aggregation", _AGGREGATIONS),
        grain=table.maybe(table.choice, "grain", _GRAINS),
        expression=table.maybe(table.text, "expression") or "value",
        benefit_class=table.maybe(table.choice, "class", _CLASSES),
        instrument=_instrument(table, shipped=shipped),
        definition_version=table.maybe(table.text, "definition_version", longest=100),
        season=table.maybe(table.number, "season", minimum=1, maximum=400),
        minimum=minimum,
        maximum=maximum,
        definition=table.maybe(table.names, "definition", one_for_all=not shipped),
        pitfalls=table.maybe(table.names, "pitfalls", one_for_all=not shipped),
        synonyms=table.maybe(table.texts, "synonyms") or (),
    )


def _instrument(table: Table, *, shipped: bool) -> str | None:
    """The typical way of measuring: a word of ours in a pack, a mapping may use the field's own words."""
    if shipped:
        return table.maybe(table.choice, "instrument", _INSTRUMENTS)
    stated = table.maybe(table.text, "instrument", longest=100)
    return None if stated is None else instrument_of(stated)
