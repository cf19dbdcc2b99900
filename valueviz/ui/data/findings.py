"""What the gate found in a file, grouped by what a person can do about it; what blocks stands apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

from valueviz.terms import Finding
from valueviz.ui.data import worded
from valueviz.ui.data.tray import Parcel
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult

ROWS_SHOWN = 8
"""Lines of a file named with a finding: enough to look at, few enough to read."""


def findings(here: Desk, parcel: Parcel) -> None:
    """The findings; a calm sentence where there are none."""
    say = here.speaking.words
    checked = parcel.checked
    body = f'<h2 class="vv-part">{escaped(say("ui.import.findings.title"))}</h2>'
    if checked is None:
        open_yet = parcel.understood is not None and bool(parcel.understood.questions)
        key = "waiting" if parcel.running is not None else "open" if open_yet else "unchecked"
        waiting = say(f"ui.import.findings.{key}")
        st.html(page(f'{body}<p class="vv-note">{escaped(waiting)}</p>', tag=here.speaking.tag))
        return
    blocking = [found for found in checked.findings if found.consequence == "blocks"]
    others = [found for found in checked.findings if found.consequence != "blocks"]
    body += _group(here, parcel, blocking, blocks=True) + _group(here, parcel, others, blocks=False)
    if checked.missing:
        missing = say("cli.import.missing", count=here.speaking.grouped(checked.missing))
        body += f'<p class="vv-note">{escaped(missing)}</p>'
    if checked.rejected:
        body += f'<p class="vv-note">{escaped(_rejected(here, checked))}</p>'
    none = "ui.import.findings.none" if checked.log is None else "ui.import.findings.none_log"
    if not (checked.findings or checked.missing or checked.rejected):
        body += f'<p class="vv-note">{escaped(say(none))}</p>'
    st.html(page(body, tag=here.speaking.tag))


def _rejected(here: Desk, checked: ImportResult) -> str:
    """How many rows were rejected, and of how many the other cells are taken."""
    say, grouped = here.speaking.words, here.speaking.grouped
    told = {"rejected": grouped(checked.rejected), "rows": worded.rows(here, checked.rows)}
    if not checked.partly:
        return say("ui.import.findings.rejected", **told)
    return say("ui.import.findings.rejected_partly", partly=grouped(checked.partly), **told)


def _group(here: Desk, parcel: Parcel, found: Iterable[Finding], *, blocks: bool) -> str:
    """Findings under the repair they share."""
    by_repair: dict[str, list[Finding]] = {}
    for each in found:
        by_repair.setdefault(each.repair, []).append(each)
    if not by_repair:
        return ""
    say = here.speaking.words
    groups = "".join(
        f"<h4>{escaped(say(f'repair.{repair}'))}</h4><ul class='vv-notes'>"
        + "".join(f"<li>{_item(here, parcel, each)}</li>" for each in members)
        + "</ul>"
        for repair, members in by_repair.items()
    )
    title = say("ui.import.findings.blocks" if blocks else "ui.import.findings.warns")
    tone = "vv-caution" if blocks else "vv-info"
    return f'<aside class="vv-callout {tone} vv-findings"><p class="vv-kicker">{escaped(title)}</p>{groups}</aside>'


def _item(here: Desk, parcel: Parcel, found: Finding) -> str:
    text = escaped(sentence(here, parcel, found))
    if found.rows:
        rows = here.speaking.list_([here.speaking.grouped(row) for row in found.rows[:ROWS_SHOWN]])
        text += f"<small>{escaped(here.speaking.words('ui.import.findings.rows', rows=rows))}</small>"
    return text


def sentence(here: Desk, parcel: Parcel, found: Finding) -> str:
    """A finding in words."""
    from valueviz.story.finding import plain_sentence

    known = worded.metrics(here, parcel.client, parcel=parcel)
    names = {key: here.speaking.names(metric.name) for key, metric in known.items()}
    return plain_sentence(found, here.speaking, names=names)
