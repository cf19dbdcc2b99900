"""What was understood of a file: how it is written, where its table lies, units, totals, what was left out."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from valueviz.ui import link
from valueviz.ui.data import findings, worded
from valueviz.ui.data.tray import Parcel
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

CELLS = {"line": "right", "metric": "left", "date": "left", "value": "right", "labels": "left"}
"""What is shown of a decoded row, and how it is aligned."""

LOG_HEADS = {"metric": "ui.process.activity", "date": "ui.process.complete"}
"""What stands above these cells where the rows are events."""

SHORT = ("line", "date", "value")
"""What stands side by side where the page is narrow."""


def in_short(here: Desk, parcel: Parcel) -> str:
    """A file on one line: its size, or its rows once they are counted."""
    say, speaking = here.speaking.words, here.speaking
    if parcel.checked is not None:
        equation = worded.equation(here, parcel.checked)
        if not parcel.checked.partly:
            return equation
        partly = say("ui.import.in_part", count=speaking.grouped(parcel.checked.partly))
        return say("ui.import.separator").join((equation, partly))
    return say("ui.import.kilobytes", size=speaking.grouped(max(1, round(parcel.size / 1024))))


def understood(here: Desk, parcel: Parcel) -> None:
    """The account of how a file was read."""
    found = parcel.understood
    if found is None:
        return
    say = here.speaking.words
    facts = {
        "container": _container(here, parcel),
        "header": worded.header(here, found),
        "columns": worded.columns(here, found),
        "units": worded.units(here, found),
        "totals": worded.totals(here, parcel),
    }
    listed = "".join(
        f"<div><dt>{escaped(say(f'ui.import.fact.{key}'))}</dt><dd>{escaped(text)}</dd></div>"
        for key, text in facts.items()
        if text
    )
    notes = "".join(f"<li>{escaped(text)}</li>" for text in worded.notes(here, parcel))
    remembered = (
        f'<p class="vv-remembered">{escaped(say("ui.import.remembered", file=found.remembered))}</p>'
        if found.remembered
        else ""
    )
    body = (
        f'<section class="vv-understood"><h2 class="vv-part">{escaped(say("ui.import.understood"))}</h2>{remembered}'
        f'<dl class="vv-meta">{listed}</dl>'
        f"{f'<ul class=vv-notes>{notes}</ul>' if notes else ''}{_rows(here, parcel)}{_personal(here, parcel)}</section>"
    )
    st.html(page(body, tag=here.speaking.tag))


def form(here: Desk, parcel: Parcel, pages: Mapping[str, st.Page]) -> None:
    """The account of a filled-in workbook, which needs no mapping, and the way to take over what it says was agreed."""
    say = here.speaking.words
    notes = "".join(f"<li>{escaped(text)}</li>" for text in worded.notes(here, parcel))
    body = (
        f'<section class="vv-understood"><h2 class="vv-part">{escaped(say("ui.import.form.title"))}</h2>'
        f'<p class="vv-note">{escaped(say("ui.import.form.lead"))}</p>'
        f"{f'<ul class=vv-notes>{notes}</ul>' if notes else ''}{_rows(here, parcel)}</section>"
    )
    st.html(page(body, tag=here.speaking.tag))
    if parcel.checked is not None and "form_engagement_differs" in parcel.checked.warnings and "client" in pages:
        st.page_link(
            pages["client"],
            label=say("ui.import.form.agreed"),
            icon=":material/arrow_forward:",
            query_params=link.write(here.asked.of(parcel.client)),
        )
    findings.findings(here, parcel)


def _container(here: Desk, parcel: Parcel) -> str:
    found = parcel.understood
    say = here.speaking.words
    if found is None:
        return ""
    if not found.sheets:
        return say("ui.import.container.text", encoding=(found.encoding or "UTF-8").upper().removesuffix("-SIG"))
    taken = [sheet.name for sheet in found.sheets if sheet.taken]
    return say(
        "ui.import.container.sheets",
        taken=here.speaking.list_(taken) if taken else say("ui.import.none"),
        count=here.speaking.grouped(len(found.sheets)),
    )


def _rows(here: Desk, parcel: Parcel) -> str:
    """Three rows as they will be taken."""
    found = parcel.understood
    rows = (parcel.checked.sample if parcel.checked else ()) or (found.rows if found else ())
    if not rows:
        return ""
    say = here.speaking.words
    shown = [_cells(here, parcel, row) for row in rows]
    keys = [key for key in CELLS if any(cells[key] for cells in shown)]
    of_log = LOG_HEADS if found is not None and found.draft.is_log else {}
    names = {key: say(of_log.get(key, f"ui.import.row.{key}")) for key in keys}
    heads = "".join(f'<th scope="col" class="vv-{CELLS[key]}">{escaped(names[key])}</th>' for key in keys)
    body = "".join(f"<tr>{''.join(_cell(key, cells[key], head=names[key]) for key in keys)}</tr>" for cells in shown)
    return (
        f'<div class="vv-sheet"><table class="vv-table vv-decoded"><caption class="vv-title">'
        f"{escaped(say('ui.import.rows'))}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cells(here: Desk, parcel: Parcel, row: tuple[str, ...]) -> dict[str, str]:
    """A decoded row in words."""
    found = parcel.understood
    line, metric, date, value, labels = row
    return {
        "line": line,
        "metric": worded.metric(here, parcel.client, metric, parcel=parcel),
        "date": date,
        "value": ""
        if found is not None and found.draft.is_log
        else worded.amount(here, parcel, metric=metric, value=value) or here.speaking.words("cli.import.row_missing"),
        "labels": labels,
    }


def _cell(key: str, text: str, *, head: str) -> str:
    return (
        f'<td class="vv-{CELLS[key]}{" vv-short" * (key in SHORT)}{" vv-empty" * (not text)}" data-label="{escaped(head)}">'
        f'<span class="vv-cell">{escaped(text)}</span></td>'
    )


def _personal(here: Desk, parcel: Parcel) -> str:
    """Columns with personal data, plainly."""
    found = worded.personal(parcel)
    if not found:
        return ""
    say = here.speaking.words
    log = parcel.understood is not None and parcel.understood.draft.is_log
    text = "ui.import.personal.text_log" if log else "ui.import.personal.text"
    items = "".join(
        f"<li>{escaped(say('ui.import.personal.column', column=column, kind=say(f'ui.import.personal.{kind}')))}</li>"
        for column, kind in found.items()
    )
    return (
        f'<aside class="vv-callout vv-caution"><h4>{escaped(say("ui.import.personal.title"))}</h4>'
        f'<ul class="vv-notes">{items}</ul><p>{escaped(say(text))}</p></aside>'
    )
