"""What intake found, in the words of the page: names of metrics, exact amounts, notes, units."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from valueviz.store import ImportRecord
from valueviz.story.log_note import log_note
from valueviz.terms import Metric
from valueviz.ui import kept
from valueviz.ui.data.tray import Parcel
from valueviz.ui.desk import Desk

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult
    from valueviz.intake.look import Column, Understanding

ASIDE = (
    "missing_values",
    "mapping_remembered",
    "already_imported",
    "personal_data",
    "form_engagement_differs",
    "units_converted",
)
"""Notes that have a place of their own."""


def metrics(here: Desk, client: str, *, parcel: Parcel | None = None) -> dict[str, Metric]:
    """The metrics that may be spoken of: those of the client, and those a file's owner has just defined."""
    known: dict[str, Metric] = {}
    if here.workspace is not None:
        knowledge = here.workspace.client(client).knowledge()
        known = {metric.key: metric for metric in kept.metrics_of(here.path, client, knowledge)}
    if parcel is not None and parcel.told is not None:
        known |= {metric.key: metric for metric in parcel.told.metrics}
    mapping = parcel.understood.mapping if parcel is not None and parcel.understood is not None else None
    if parcel is not None and parcel.given is not None:
        mapping = parcel.given[1]
    return known | ({metric.key: metric for metric in mapping.metrics} if mapping is not None else {})


def metric(here: Desk, client: str, key: str, *, parcel: Parcel | None = None) -> str:
    """The name of a metric; its key where nobody defines it."""
    found = metrics(here, client, parcel=parcel).get(key)
    return here.speaking.names(found.name) if found is not None else key


def with_unit(here: Desk, found: Metric) -> str:
    """A metric as a choice: its name and the unit it is kept in."""
    unit = here.speaking.unit(found.unit)
    name = here.speaking.names(found.name)
    return here.speaking.words("ui.import.metric", name=name, unit=unit) if unit else name


def amount(here: Desk, parcel: Parcel, *, metric: str, value: str) -> str:
    """A decoded value with its unit; nothing where there is none."""
    if not value:
        return ""
    from valueviz.intake.written import converted, written

    found = metrics(here, parcel.client, parcel=parcel).get(metric)
    known = written(parcel.understood.columns) if parcel.understood is not None else frozenset()
    number = float(value)
    return here.speaking.exact(number, found.unit if found is not None else "", converted=converted(number, known))


def read_as(here: Desk, parcel: Parcel, column: Column, *, raw: str, read: str) -> str:
    """What a cell is read as: a number that it does not hold itself with its unit, to four significant digits."""
    from valueviz.intake.written import number

    if column.part == "metric":
        return metric(here, parcel.client, read, parcel=parcel)
    value = number(read) if column.part == "value" or column.metric is not None else None
    if value is None or value == number(raw):
        return read
    found = metrics(here, parcel.client, parcel=parcel).get(column.metric or "")
    return here.speaking.exact(value, column.kept or (found.unit if found is not None else ""), converted=True)


def values(here: Desk, count: int) -> str:
    """A number of values."""
    return here.speaking.quantity(count, "value", 0)


def rows(here: Desk, count: int) -> str:
    """A number of rows."""
    return here.speaking.quantity(count, "row", 0)


def equation(here: Desk, found: ImportResult | ImportRecord) -> str:
    """Rows in = accepted + rejected."""
    return here.speaking.words(
        "ui.import.equation",
        rows=rows(here, found.rows),
        accepted=here.speaking.grouped(found.accepted),
        rejected=here.speaking.grouped(found.rejected),
    )


def header(here: Desk, found: Understanding) -> str:
    """Where the header stands."""
    say, grouped = here.speaking.words, here.speaking.grouped
    if found.header_rows > 1:
        last = found.header_row + found.header_rows - 1
        return say("ui.import.header.rows", first=grouped(found.header_row), last=grouped(last))
    return say("ui.import.header.row", row=grouped(found.header_row))


def columns(here: Desk, found: Understanding) -> str:
    """How many columns there are and how many play a part."""
    used = sum(column.part not in {None, "ignore"} or column.metric is not None for column in found.columns)
    grouped = here.speaking.grouped
    return here.speaking.words("ui.import.columns", used=grouped(used), count=grouped(len(found.columns)))


def units(here: Desk, found: Understanding) -> str:
    """Columns whose values are multiplied into the unit their metric is kept in."""
    say = here.speaking.words
    said = [
        say(
            "ui.import.conversion",
            column=column.name,
            stated=column.stated,
            kept=here.speaking.unit(column.kept),
            factor=here.speaking.exact(column.factor, ""),
        )
        for column in found.columns
        if column.stated and column.kept and column.factor is not None and column.factor != 1.0
    ]
    return say("ui.import.separator").join(said)


def totals(here: Desk, parcel: Parcel) -> str:
    """Totals that were left out and hidden rows that were read; nothing before the rows were counted."""
    found = parcel.checked
    if found is None:
        return ""
    said = [
        here.speaking.words(f"ui.import.{key}", count=here.speaking.grouped(count))
        for key, count in (("totals", found.total_rows), ("hidden", found.hidden_rows))
        if count
    ]
    return here.speaking.words("ui.import.separator").join(said)


def personal(parcel: Parcel) -> dict[str, str]:
    """The columns with personal data, and the kind of each: as the whole file shows, else its first rows."""
    found = (parcel.checked.personal if parcel.checked else ()) or (
        parcel.understood.personal if parcel.understood else ()
    )
    return {each.column: each.kind for each in found}


def month(text: str) -> date:
    """The first day of a month written as 2025-01."""
    year, number = text.split("-")[:2]
    return date(int(year), int(number), 1)


def labels(unit: str) -> str:
    """The labels of a unit of observation (a site, a product) as one reads them."""
    try:
        found = json.loads(unit)
    except ValueError:
        return unit
    return ", ".join(f"{name}={value}" for name, value in found.items()) if isinstance(found, dict) else unit


def notes(here: Desk, parcel: Parcel) -> list[str]:
    """What else is to be known about how a file is written."""
    codes: Iterable[str] = (
        *(parcel.understood.notes if parcel.understood else ()),
        *(parcel.checked.warnings if parcel.checked else ()),
    )
    told = {*ASIDE, *(found.code for found in (parcel.checked.findings if parcel.checked else ()))}
    return [note(here, code, parcel) for code in dict.fromkeys(codes) if code not in told]


def note(here: Desk, code: str, parcel: Parcel) -> str:
    """One note as a sentence."""
    log = parcel.checked.log if parcel.checked else None
    if log is not None and (said := log_note(code, log, here.speaking)) is not None:
        return said
    repeated = parcel.checked.repeated if parcel.checked else 0
    fields = {"count": here.speaking.grouped(repeated)} if code == "repeated_rows" else {}
    try:
        return here.speaking.words(f"cli.import.note.{code}", **fields)
    except KeyError:
        return code
