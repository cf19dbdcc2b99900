"""Which column means what: open questions as choices, a row a column with its samples, and what the gate found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from valueviz.store import Client
from valueviz.ui.controls import synced
from valueviz.ui.data import asked, findings, given, worded
from valueviz.ui.data.safe import label
from valueviz.ui.data.telling import metric_form, tell, told_of, with_part
from valueviz.ui.data.tray import Parcel, Tray
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

if TYPE_CHECKING:
    from valueviz.intake.look import Column

IGNORE, NEW = "ignore", "vv-new-metric"
"""Choices that are neither a part nor a metric: the column stays outside; a metric that nobody has defined yet."""

LOG_PARTS = ("case", "activity", "complete", "start", "resource", "role", "cost", "step")
"""The parts of an event log, and of documents with a column of dates a step, in the order in which a person looks."""

CHOSEN_PARTS = (
    "date",
    "value",
    "metric",
    "dimension",
    "volume",
    "end",
    "year",
    "instrument",
    "definition_version",
    "period",
)
"""The parts in the order in which a person looks for them."""

MOST_ROWS = 60
"""Columns shown one by one: beyond this a sheet is wide by accident, and the mapping file is the better tool."""

SAMPLES = 3
"""Cells shown of each column."""

FITS = 0.95
"""A smaller share of readable cells is drawn as a doubt."""


def mapped(here: Desk, tray: Tray, *, parcel: Parcel, client: Client) -> None:
    """The mapping, beside what was found in the data."""
    found = parcel.understood
    if found is None:
        return
    given.in_use(here, tray, parcel=parcel, client=client)
    if found.questions and parcel.looking is None and parcel.given is None:
        asked.asked(here, tray, parcel=parcel, client=client)
    left, right = st.columns([7, 4], gap="large")
    with left:
        _heading(here, "ui.import.mapping.title", "ui.import.mapping.lead")
        _columns(here, tray, parcel=parcel, client=client)
    with right:
        findings.findings(here, parcel)


# Inside ──────────────────────────────────────────────────────────────────────


def _heading(here: Desk, title: str, lead: str) -> None:
    say = here.speaking.words
    st.html(
        page(
            f'<h2 class="vv-part">{escaped(say(title))}</h2><p class="vv-note">{escaped(say(lead))}</p>',
            tag=here.speaking.tag,
        )
    )


def _columns(here: Desk, tray: Tray, *, parcel: Parcel, client: Client) -> None:
    found = parcel.understood
    if found is None:
        return
    names = worded.metrics(here, client.key, parcel=parcel)
    say = here.speaking.words
    log = found.draft.is_log
    parts = (*LOG_PARTS, *_parts(found.columns)) if log else (*_parts(found.columns), *LOG_PARTS)
    choices = {
        **{part: say(f"ui.import.part.{part}") for part in parts},
        **{key: worded.with_unit(here, metric) for key, metric in names.items()},
        NEW: say("ui.import.part.new"),
        IGNORE: say("ui.import.part.ignore"),
    }
    periods = [column for column in found.columns if column.name in found.draft.periods]
    shown = [column for column in found.columns if column.name not in found.draft.periods]
    with st.container(key=f"vv-mapping-{parcel.token}", gap=None):
        for place, column in enumerate(shown[:MOST_ROWS]):
            _column(here, tray, parcel=parcel, client=client, column=column, place=place, choices=choices)
            if parcel.notes.get("defining") == column.name:
                metric_form(here, tray, parcel=parcel, client=client, header=column.name, place=f"c{place}")
        if periods:
            st.html(page(_periods(here, periods), tag=here.speaking.tag))
        if len(shown) > MOST_ROWS:
            rest = here.speaking.grouped(len(shown) - MOST_ROWS)
            st.html(
                page(
                    f'<p class="vv-note">{escaped(say("ui.import.mapping.rest", count=rest))}</p>',
                    tag=here.speaking.tag,
                )
            )
    given.mapping_file(here, tray, parcel=parcel, client=client, found=found)


def _parts(columns: Sequence[Column]) -> tuple[str, ...]:
    """The parts a column can be given; a column of units is known by itself, and is one only where it is."""
    return (*CHOSEN_PARTS, *(("unit",) if any(column.part == "unit" for column in columns) else ()))


def _column(
    here: Desk, tray: Tray, *, parcel: Parcel, client: Client, column: Column, place: int, choices: dict[str, str]
) -> None:
    """One column: what it holds at the left, what it is taken for at the right."""
    say = here.speaking.words
    with st.container(key=f"vv-column-{parcel.token}-{place}"):
        about, choice = st.columns(2, vertical_alignment="center")
        about.html(page(_about(here, parcel, column), tag=here.speaking.tag))
        key = f"vv-part-{parcel.token}-{place}"
        current = _current(parcel, column)
        synced(key, current)
        choice.selectbox(
            say("ui.import.mapping.choice", column=label(column.name)),
            tuple(choices),
            key=key,
            index=None,
            placeholder=say("ui.import.part.open"),
            format_func=lambda part: choices.get(part, part),
            label_visibility="collapsed",
            required=True,
            on_change=_chosen,
            args=(tray, parcel, client, column.name, key),
            disabled=parcel.given is not None,
        )


def _chosen(tray: Tray, parcel: Parcel, client: Client, column: str, key: str) -> None:
    """A person says what a column is."""
    part = st.session_state[key]
    parcel.notes.pop("defining", None)
    if part == NEW:
        parcel.notes["defining"] = column
    elif part is not None:
        tell(tray, parcel, client, parts=with_part(parcel, column, part))


def _current(parcel: Parcel, column: Column) -> str | None:
    """What a column is taken for: as told, else as proposed; None where that is open."""
    if parcel.notes.get("defining") == column.name:
        return NEW
    told = dict(told_of(parcel).parts).get(column.name)
    if told is not None:
        return told
    if column.metric is not None:
        return column.metric
    questions = parcel.understood.questions if parcel.understood is not None else ()
    asked_about = any(
        column.name == each.column or column.name in {candidate.value for candidate in each.candidates}
        for each in questions
    )
    return column.part or (None if asked_about else IGNORE)


def _about(here: Desk, parcel: Parcel, column: Column) -> str:
    """A column: its name, raw cells beside what they are read as, and how well they fit as a bar."""
    say = here.speaking.words
    used = column.part not in {None, IGNORE} or column.metric is not None
    kind = worded.personal(parcel).get(column.name)
    if kind is not None and not used:
        chip = f'<span class="vv-state vv-state-blocked">{escaped(say(f"ui.import.personal.{kind}"))}</span>'
        return f'<div class="vv-column vv-unused"><b>{escaped(column.name)}</b> {chip}</div>'
    read_as = [
        worded.read_as(here, parcel, column, raw=raw, read=read)
        for raw, read in zip(column.samples, (*column.decoded, "", "", ""), strict=False)
    ]
    pairs = "".join(
        f"<li><code>{escaped(raw)}</code>{_read_as(read) if used and read != raw else ''}</li>"
        for raw, read in zip(column.samples[:SAMPLES], read_as, strict=False)
    )
    return (
        f'<div class="vv-column{" vv-unused" * (not used)}"><b>{escaped(column.name)}</b>'
        f'{_fit(here, column) if used and column.samples else ""}<ul class="vv-samples">{pairs}</ul></div>'
    )


def _fit(here: Desk, column: Column) -> str:
    share = here.speaking.percent(column.fit, 0)
    said = here.speaking.words("ui.import.mapping.fit", share=share)
    return (
        f'<span class="vv-fit{" vv-low" * (column.fit < FITS)}" title="{escaped(said)}">'
        f'<i style="width:{column.fit:.0%}"></i></span><span class="vv-why">{escaped(share)}</span>'
    )


def _read_as(text: str) -> str:
    return f'<i aria-hidden="true">→</i><span>{escaped(text)}</span>' if text else ""


def _periods(here: Desk, periods: list[Column]) -> str:
    """Columns that are periods, as one row: there may be dozens."""
    said = here.speaking.words(
        "ui.import.mapping.periods",
        first=periods[0].name,
        last=periods[-1].name,
        count=here.speaking.grouped(len(periods)),
    )
    return f'<div class="vv-column"><b>{escaped(said)}</b></div>'
