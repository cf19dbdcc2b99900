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

MOST_SHEETS = 400
"""Sheets one mapping may take together: a sheet a month for a working life."""

NO_METRIC = "-"
"""What stands under [names] instead of a metric's key: rows under that name are left out, each with its reason."""

UNANSWERED = "?"
"""What stands in a written mapping where a person has to choose; beside it the choices, as a comment."""


@dataclass(frozen=True, slots=True)
class Format:
    """How cells are written: what is None is found out from the file. Several sheets are taken together."""

    encoding: str | None = None
    date: str | None = None
    decimal: Literal[".", ","] | None = None
    sheet: str | tuple[str, ...] | None = None
    header_rows: int | None = None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets named, none where they are to be found out."""
        return (self.sheet,) if isinstance(self.sheet, str) else self.sheet or ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column means what.

    `year` is the column of the year of dates that name none. `metric` is a column, or one metric's key for all rows where no column has that name. In layout wide
    `wide_metrics` pairs columns with metric keys, or `periods` names the columns that are periods. The
    columns of events (case … cost) and documents (case, activities) are kept for those layouts, of which `system` names
    the system the log comes from.
    `allowed` pairs a column with the words in it whose rows count, all others are left out; `metrics` are those defined inline. `units` pairs a column with
    the unit its values have, where the header does not say so; `names` pairs a word of the file (a header, a text
    in the column of metrics) with the metric it means.
    """

    layout: Layout = "long"
    date: str | None = None
    year: str | None = None
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
    units: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    system: str | None = None

    @property
    def is_log(self) -> bool:
        """Whether rows are events of cases, not observations."""
        return self.layout in ("events", "documents")


_LAYOUTS: tuple[Layout, ...] = ("long", "wide", "events", "documents")
_DECIMALS: tuple[Literal[".", ","], ...] = (".", ",")
_LONG = ("date", "year", "value", "metric", "series", "volume", "dimensions", "end", "instrument", "definition_version")
_EVENTS = ("case", "activity", "start", "complete", "resource", "role", "cost", "dimensions")
_COLUMNS: dict[Layout, tuple[str, ...]] = {
    "long": _LONG,
    "wide": (*_LONG, "metrics", "periods"),
    "events": _EVENTS,
    "documents": ("case", "activities", "dimensions"),
}
_SINGLE = tuple(key for key in dict.fromkeys((*_LONG, *_EVENTS)) if key not in ("series", "dimensions"))


def read_mapping(text: str, *, file: str, unfinished: bool = False) -> Mapping:
    """The mapping a file describes.

    Args:
        text: the content of the file, TOML.
        file: its name, for errors.
        unfinished: take a draft: choices may be open in it and columns missing.

    Raises:
        DefinitionError: names the file, the key, what was found, what is needed or nearest.
    """
    keys = ("layout", "columns", "metrics", "periods", "format", "units", "names", "allowed", "metric", "system")
    top = Table(parse(text, file=file), file=file, keys=keys)
    if not unfinished:
        _answered(top, text)
    layout = top.maybe(top.choice, "layout", _LAYOUTS) or "long"
    if "system" in top.values and layout not in ("events", "documents"):
        raise top.refuse("key_excludes", "system", found=f"layout = {layout}")
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
        units=_pairs(top, "units") if "units" in top.values else (),
        names=_pairs(top, "names") if "names" in top.values else (),
        system=top.maybe(top.text, "system", longest=80),
    )
    if not unfinished:
        _complete(columns, mapping)
    return mapping


_OPEN_LINE = re.compile(r"""\s*(?P<key>.+?)\s*=\s*\[?\s*["']\?["']\s*\]?\s*(?:#\s*(?P<choices>.*))?""")


def _answered(top: Table, text: str) -> None:
    """Refuse a mapping in which a choice is still open: it names the line and the choices written beside it.

    Raises:
        DefinitionError: `mapping_unanswered`.
    """
    allowed = top.values.get("allowed")
    pairs = allowed.items() if isinstance(allowed, dict) else ()
    asked = {column: words for column, words in pairs if words == [UNANSWERED]}
    path = _open_path({key: value for key, value in top.values.items() if key != "allowed"} | {"allowed": asked})
    if path is None:
        return
    found = ((row, _OPEN_LINE.fullmatch(line)) for row, line in enumerate(text.splitlines(), start=1))
    row, choices = next(((row, line["choices"]) for row, line in found if line), (None, None))
    raise top.refuse("mapping_unanswered", ".".join(path), row=row, choices=choices)


def _open_path(value: object) -> tuple[str, ...] | None:
    """The keys that lead to the first open choice; None where all are made."""
    if isinstance(value, dict):
        inside = ((str(key), _open_path(inner)) for key, inner in value.items())
        return next(((key, *path) for key, path in inside if path is not None), None)
    if isinstance(value, list):
        return next((path for inner in value if (path := _open_path(inner)) is not None), None)
    return () if value == UNANSWERED else None


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
        sheet=_sheet(table),
        header_rows=table.maybe(table.whole, "header_rows", minimum=1, maximum=MOST_HEADER_ROWS),
    )


def _sheet(table: Table) -> str | tuple[str, ...] | None:
    """One sheet, or several to be taken together."""
    if "sheet" not in table.values:
        return None
    if isinstance(table.values["sheet"], str):
        return table.text("sheet", longest=200)
    sheets = table.texts("sheet")
    if len(sheets) > MOST_SHEETS:
        raise table.refuse("key_too_long", "sheet", found=len(sheets), needed=MOST_SHEETS)
    return sheets if len(sheets) > 1 else next(iter(sheets), None)


def _allowed(top: Table) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if "allowed" not in top.values:
        return ()
    table = top.open_table("allowed")
    return tuple((dimension, table.texts(dimension)) for dimension in table.values)


# Writing ─────────────────────────────────────────────────────────────────────

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def write_mapping(mapping: Mapping) -> str:
    """The TOML text of a mapping, such that `read_mapping` gives the mapping back."""
    lines = [f"layout = {toml_text(mapping.layout)}"]
    lines += [f"system = {toml_text(mapping.system)}"] if mapping.system is not None else []
    lines += ["", "[columns]"]
    single = {key: getattr(mapping, key) for key in _SINGLE}
    lines += [f"{key} = {toml_text(column)}" for key, column in single.items() if column is not None]
    lines += [f"{key} = {_list(columns)}" for key, columns in _lists(mapping) if columns]
    lines += [f"{key} = {_inline(pairs)}" for key, pairs in _inlines(mapping) if pairs]
    lines += _format_lines(mapping.format)
    for table, pairs in (("units", mapping.units), ("names", mapping.names)):
        lines += ["", f"[{table}]", *(f"{toml_key(word)} = {toml_text(text)}" for word, text in pairs)] if pairs else []
    if mapping.allowed:
        lines += ["", "[allowed]"]
        lines += [f"{toml_key(dimension)} = {_list(values)}" for dimension, values in mapping.allowed]
    for metric in mapping.metrics:
        lines += ["", f"[metric.{toml_key(metric.key)}]", *_metric_lines(metric)]
    return "\n".join(lines) + "\n"


def _lists(mapping: Mapping) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return ("series", mapping.series), ("dimensions", mapping.dimensions), ("periods", mapping.periods)


def _inlines(mapping: Mapping) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    return ("metrics", mapping.wide_metrics), ("activities", mapping.activities)


def _format_lines(form: Format) -> list[str]:
    words = {"encoding": form.encoding, "date": form.date, "decimal": form.decimal}
    lines = [f"{key} = {toml_text(word)}" for key, word in words.items() if word is not None]
    if form.sheet is not None:
        lines.append(f"sheet = {toml_text(form.sheet) if isinstance(form.sheet, str) else _list(form.sheet)}")
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
    lines += [f"{key} = {toml_text(text)}" for key, text in texts.items() if text is not None]
    lines += [f"{key} = {number!r}" for key, number in numbers.items() if number is not None]
    lines += [f"{key} = {_names(text)}" for key, text in names.items() if text is not None]
    return [*lines, f"synonyms = {_list(metric.synonyms)}"] if metric.synonyms else lines


def _names(names: Names) -> str:
    return _inline((locale, names[locale]) for locale in LOCALES)


def _inline(pairs: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{toml_key(key)} = {toml_text(text)}" for key, text in pairs) + " }"


def _list(texts: tuple[str, ...]) -> str:
    return "[" + ", ".join(toml_text(text) for text in texts) + "]"


def toml_key(key: str) -> str:
    """A key as TOML writes it: bare where it may be."""
    return key if _BARE.fullmatch(key) else toml_text(key)


def toml_text(text: str) -> str:
    """A TOML basic string: the escapes of JSON, and DELETE, which TOML refuses bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
