"""The mapping of a source file onto observations: read from TOML, written back as readable TOML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from valueviz.catalog.definition import Table, parse
from valueviz.catalog.metric import read_metrics
from valueviz.terms import LOCALES, Metric, Names

Layout = Literal["long", "wide", "events", "documents"]

MOST_HEADER_ROWS = 10
"""More rows than this are no header but a cover page."""


@dataclass(frozen=True, slots=True)
class Format:
    """How cells are written: what is None is found out from the file."""

    encoding: str | None = None
    date: str | None = None
    decimal: Literal[".", ","] | None = None
    sheet: str | None = None
    header_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column means what.

    `metric` is a column, or one metric's key for all rows where no column has that name. In layout wide
    `wide_metrics` pairs columns with metric keys, or `periods` names the columns that are periods. The
    columns of events (case … cost) and documents (case, activities) are kept for those layouts.
    `allowed` pairs a dimension with its values; `metrics` are those defined inline.
    """

    layout: Layout = "long"
    date: str | None = None
    value: str | None = None
    metric: str | None = None
    series: tuple[str, ...] = ()
    volume: str | None = None
    dimensions: tuple[str, ...] = ()
    end: str | None = None
    instrument: str | None = None
    definition_version: str | None = None
    wide_metrics: tuple[tuple[str, str], ...] = ()
    periods: tuple[str, ...] = ()
    case: str | None = None
    activity: str | None = None
    start: str | None = None
    complete: str | None = None
    resource: str | None = None
    role: str | None = None
    cost: str | None = None
    activities: tuple[tuple[str, str], ...] = ()
    format: Format = Format()
    allowed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    metrics: tuple[Metric, ...] = ()


_LAYOUTS: tuple[Layout, ...] = ("long", "wide", "events", "documents")
_DECIMALS: tuple[Literal[".", ","], ...] = (".", ",")
_LONG = ("date", "value", "metric", "series", "volume", "dimensions", "end", "instrument", "definition_version")
_EVENTS = ("case", "activity", "start", "complete", "resource", "role", "cost", "dimensions")
_COLUMNS: dict[Layout, tuple[str, ...]] = {
    "long": _LONG,
    "wide": (*_LONG, "metrics", "periods"),
    "events": _EVENTS,
    "documents": ("case", "activities", "dimensions"),
}
_SINGLE = tuple(key for key in dict.fromkeys((*_LONG, *_EVENTS)) if key not in ("series", "dimensions"))


def read_mapping(text: str, *, file: str) -> Mapping:
    """The mapping a file describes.

    Args:
        text: the content of the file, TOML.
        file: its name, for errors.

    Raises:
        DefinitionError: names the file, the key, what was found, what is needed or nearest.
    """
    top = Table(
        parse(text, file=file),
        file=file,
        keys=("layout", "columns", "metrics", "periods", "format", "allowed", "metric"),
    )
    layout = top.maybe(top.choice, "layout", _LAYOUTS) or "long"
    columns = top.table("columns", keys=_COLUMNS[layout])
    singles = {key: columns.maybe(columns.text, key) for key in _SINGLE if key in columns.keys}
    wide_metrics, periods = _wide(top, columns) if layout == "wide" else ((), ())
    mapping = Mapping(
        layout=layout,
        **singles,
        series=_several(columns, "series"),
        dimensions=_several(columns, "dimensions"),
        wide_metrics=wide_metrics,
        periods=periods,
        activities=_pairs(columns, "activities") if layout == "documents" else (),
        format=_format(top),
        allowed=_allowed(top),
        metrics=read_metrics(top.open_table("metric"), shipped=False) if "metric" in top.values else (),
    )
    _complete(columns, mapping)
    return mapping


def _several(columns: Table, key: str) -> tuple[str, ...]:
    return columns.text_or_texts(key) if key in columns.values else ()


def _pairs(table: Table, key: str) -> tuple[tuple[str, str], ...]:
    entries = table.open_table(key)
    return tuple((column, entries.text(column)) for column in entries.values)


def _wide(top: Table, columns: Table) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The pairs of column and metric, and the columns that are periods: in [columns] or beside it."""
    for key in ("metrics", "periods"):
        if key in top.values and key in columns.values:
            raise top.refuse("key_twice", key, found=key)
    metrics = next((_pairs(table, "metrics") for table in (columns, top) if "metrics" in table.values), ())
    periods = next((table.texts("periods") for table in (columns, top) if "periods" in table.values), ())
    return metrics, periods


def _complete(columns: Table, mapping: Mapping) -> None:
    """Refuse a mapping that lacks a column its layout cannot do without."""
    needed: tuple[str, ...]
    match mapping.layout:
        case "long":
            counted = bool(mapping.metrics) and all(metric.aggregation == "count" for metric in mapping.metrics)
            needed = ("date", "metric") if mapping.end or counted else ("date", "metric", "value")
        case "wide":
            needed = ("metric",) if mapping.periods else ("date",)
            if mapping.periods and mapping.wide_metrics:
                raise columns.refuse("key_excludes", "periods", found="metrics")
            if not mapping.periods and not mapping.wide_metrics:
                raise columns.refuse("key_missing", "metrics")
        case "events":
            needed = ("case", "activity", "complete")
        case "documents":
            needed = ("case", "activities")
    for key in needed:
        if key not in columns.values:
            raise columns.refuse("key_missing", key)


def _format(top: Table) -> Format:
    if "format" not in top.values:
        return Format()
    table = top.table("format", keys=("encoding", "date", "decimal", "sheet", "header_rows"))
    return Format(
        encoding=table.maybe(table.text, "encoding", longest=40),
        date=table.maybe(table.text, "date", longest=40),
        decimal=table.maybe(table.choice, "decimal", _DECIMALS),
        sheet=table.maybe(table.text, "sheet", longest=200),
        header_rows=table.maybe(table.whole, "header_rows", minimum=1, maximum=MOST_HEADER_ROWS),
    )


def _allowed(top: Table) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if "allowed" not in top.values:
        return ()
    table = top.open_table("allowed")
    return tuple((dimension, table.texts(dimension)) for dimension in table.values)


# Writing ─────────────────────────────────────────────────────────────────────

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_mapping(mapping: Mapping) -> str:
    """The TOML text of a mapping, such that `read_mapping` gives the mapping back."""
    lines = [f"layout = {_quoted(mapping.layout)}", "", "[columns]"]
    single = {key: getattr(mapping, key) for key in _SINGLE}
    lines += [f"{key} = {_quoted(column)}" for key, column in single.items() if column is not None]
    lines += [f"{key} = {_list(columns)}" for key, columns in _lists(mapping) if columns]
    lines += [f"{key} = {_inline(pairs)}" for key, pairs in _inlines(mapping) if pairs]
    lines += _format_lines(mapping.format)
    if mapping.allowed:
        lines += ["", "[allowed]"]
        lines += [f"{_key(dimension)} = {_list(values)}" for dimension, values in mapping.allowed]
    for metric in mapping.metrics:
        lines += ["", f"[metric.{_key(metric.key)}]", *_metric_lines(metric)]
    return "\n".join(lines) + "\n"


def _lists(mapping: Mapping) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("series", mapping.series), ("dimensions", mapping.dimensions), ("periods", mapping.periods)


def _inlines(mapping: Mapping) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return ("metrics", mapping.wide_metrics), ("activities", mapping.activities)


def _format_lines(form: Format) -> list[str]:
    words = {"encoding": form.encoding, "date": form.date, "decimal": form.decimal, "sheet": form.sheet}
    lines = [f"{key} = {_quoted(word)}" for key, word in words.items() if word is not None]
    if form.header_rows is not None:
        lines.append(f"header_rows = {form.header_rows}")
    return ["", "[format]", *lines] if lines else []


def _metric_lines(metric: Metric) -> list[str]:
    texts = {
        "unit": metric.unit,
        "better": metric.better,
        "aggregation": metric.aggregation,
        "grain": metric.grain,
        "class": metric.benefit_class,
        "instrument": metric.instrument,
        "definition_version": metric.definition_version,
    }
    numbers = {"season": metric.season, "minimum": metric.minimum, "maximum": metric.maximum}
    names = {"definition": metric.definition, "pitfalls": metric.pitfalls}
    lines = [f"name = {_names(metric.name)}"]
    lines += [f"{key} = {_quoted(text)}" for key, text in texts.items() if text is not None]
    lines += [f"{key} = {number!r}" for key, number in numbers.items() if number is not None]
    lines += [f"{key} = {_names(text)}" for key, text in names.items() if text is not None]
    return [*lines, f"synonyms = {_list(metric.synonyms)}"] if metric.synonyms else lines


def _names(names: Names) -> str:
    return _inline((locale, names[locale]) for locale in LOCALES)


def _inline(pairs: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{_key(key)} = {_quoted(text)}" for key, text in pairs) + " }"


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    """A TOML basic string: the escapes of JSON, and DELETE, which TOML refuses bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
