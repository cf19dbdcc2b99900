"""The dry run: every row accounted for, what is rejected and why, what earlier files say otherwise, and the confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from valueviz.store import Client
from valueviz.ui.data import logged, overlapping, safe, worded
from valueviz.ui.data.tray import Choices, Parcel, Tray, decided
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult
    from valueviz.intake.records import Fault

SHOWN = 12
"""Rejected cells on the page; the download holds all of them."""


def checked(here: Desk, tray: Tray, *, parcel: Parcel, client: Client) -> None:
    """What would become of every row, and the button that makes it so."""
    found = parcel.checked
    if found is None:
        return
    with st.container(key=f"vv-checked-{parcel.token}"):
        st.html(page(_account(here, parcel, found), tag=here.speaking.tag))
        if found.rejects:
            _rejects(here, parcel, found)
        if found.overlap.differing:
            overlapping.overlapping(here, parcel, found, on_change=_decide)
        _confirm(here, tray, parcel=parcel, client=client, found=found)


# Inside ──────────────────────────────────────────────────────────────────────


def _account(here: Desk, parcel: Parcel, found: ImportResult) -> str:
    """The equation of the rows, then what they hold."""
    say, speaking = here.speaking.words, here.speaking
    counts = {"in": found.rows, "accepted": found.accepted, "rejected": found.rejected}
    if found.partly:
        none = found.rejected - found.partly
        counts = {"in": found.rows, "whole": found.accepted, "part": found.partly, "none": none}
    terms = [
        f'<span class="vv-term vv-term-{key}"><b>{escaped(speaking.grouped(count))}</b>'
        f"<small>{escaped(say(f'ui.import.rows_{key}'))}</small></span>"
        for key, count in counts.items()
    ]
    signs = ("<i>=</i>", *("<i>+</i>",) * (len(terms) - 2), "")
    equation = "".join(f"{term}{sign}" for term, sign in zip(terms, signs, strict=True))
    names = [worded.metric(here, parcel.client, key, parcel=parcel) for key in found.metrics]
    facts = {"metrics": speaking.list_(names)} if found.log is None else logged.facts(here, found.log)
    if found.periods:
        facts["periods"] = say(
            "ui.import.periods",
            first=speaking.month(worded.month(found.periods[0]), short=True),
            last=speaking.month(worded.month(found.periods[-1]), short=True),
            count=speaking.grouped(len(found.periods)),
        )
    listed = "".join(
        f"<div><dt>{escaped(say(f'ui.import.fact.{key}'))}</dt><dd>{escaped(text)}</dd></div>"
        for key, text in facts.items()
    )
    partly = ""
    if found.partly:
        said = (worded.equation(here, found), say("ui.import.partly", count=speaking.grouped(found.partly)))
        partly = "".join(f'<p class="vv-note">{escaped(text)}</p>' for text in said)
    return (
        f'<h2 class="vv-part">{escaped(say("ui.import.check.title"))}</h2>'
        f'<p class="vv-equation">{equation}</p><dl class="vv-meta">{listed}</dl>{partly}'
    )


def _rejects(here: Desk, parcel: Parcel, found: ImportResult) -> None:
    say = here.speaking.words
    heads = [say(f"ui.import.reject.{key}") for key in ("row", "column", "value", "reason")]
    columns = "".join(
        f'<th scope="col" class="vv-{align}">{escaped(head)}</th>'
        for head, (align, _) in zip(heads, REJECT, strict=True)
    )
    rows = "".join(_reject(here, fault, heads) for fault in found.rejects[:SHOWN])
    more = len(found.rejects) - SHOWN
    note = (
        f'<p class="vv-source">{escaped(say("ui.import.reject.more", count=here.speaking.grouped(more)))}</p>'
        if more > 0
        else ""
    )
    st.html(
        page(
            f'<div class="vv-sheet"><table class="vv-table vv-rejects"><caption class="vv-title">'
            f"{escaped(say('ui.import.reject.title'))}</caption><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody>"
            f"</table></div>{note}",
            tag=here.speaking.tag,
        )
    )
    st.download_button(
        say("ui.import.reject.save"),
        lambda: safe.table(heads, [_words(here, fault) for fault in found.rejects]),
        file_name=f"rejected-{parcel.client}.csv",
        mime="text/csv",
        key=f"vv-rejects-{parcel.token}-{parcel.revision}",
        icon=":material/download:",
        on_click="ignore",
    )


def _reject(here: Desk, fault: Fault, heads: list[str]) -> str:
    cells = "".join(
        f'<td class="vv-{align}{" vv-short" * short}{" vv-empty" * (not text)}" data-label="{escaped(head)}">'
        f'<span class="vv-cell">{escaped(text)}</span></td>'
        for text, head, (align, short) in zip(_words(here, fault), heads, REJECT, strict=True)
    )
    return f"<tr>{cells}</tr>"


REJECT = (("right", True), ("left", True), ("left", True), ("left", False))
"""How row, column, value and reason are aligned, and which stand side by side where the page is narrow."""


def _words(here: Desk, fault: Fault) -> tuple[str, str, str, str]:
    try:
        reason = here.speaking.words(f"cli.import.reason.{fault.reason}")
    except KeyError:
        reason = fault.reason
    return str(fault.row), fault.column or "", fault.value, reason


def _confirm(here: Desk, tray: Tray, *, parcel: Parcel, client: Client, found: ImportResult) -> None:
    """What shall be kept, then the one button that writes."""
    say = here.speaking.words
    with st.container(key=f"vv-confirm-{parcel.token}", border=True):
        if parcel.known:
            st.html(page(f"<p><strong>{escaped(say('ui.import.known'))}</strong></p>", tag=here.speaking.tag))
            return
        _options(here, tray, parcel=parcel, client=client, found=found)
        blocked = any(each.consequence == "blocks" for each in found.findings)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _button(here, found),
                key=f"vv-settle-{parcel.token}",
                type="primary",
                icon=":material/check:",
                disabled=parcel.undecided or parcel.running is not None or here.workspace is None,
                on_click=tray.confirm,
                args=(parcel, here.workspace),
            )
            key = "undecided" if parcel.undecided else "blocked" if blocked else "nothing"
            st.html(page(f'<p class="vv-note">{escaped(say(f"ui.import.confirm_{key}"))}</p>', tag=here.speaking.tag))


def _button(here: Desk, found: ImportResult) -> str:
    """What the button says goes in."""
    say = here.speaking.words
    rows = worded.rows(here, found.accepted + found.partly)
    if found.log is not None:
        return say("ui.import.confirm_log", events=here.speaking.grouped(found.log.events), rows=rows)
    if not found.rows:
        return say("ui.import.form.confirm")
    return say("ui.import.confirm", values=worded.values(here, found.values), rows=rows)


def _options(here: Desk, tray: Tray, *, parcel: Parcel, client: Client, found: ImportResult) -> None:
    say = here.speaking.words
    personal = bool(found.personal) and not parcel.choices.keep_personal
    key = f"vv-raw-{parcel.token}"
    st.checkbox(
        say("ui.import.keep_raw"),
        value=parcel.choices.keep_raw and not personal,
        key=f"{key}-{int(personal)}",
        disabled=personal,
        help=say("ui.import.keep_raw_help"),
        on_change=_decide,
        args=(parcel, f"{key}-{int(personal)}", "keep_raw"),
    )
    if personal:
        st.html(page(f'<p class="vv-note">{escaped(say("ui.import.raw_personal"))}</p>', tag=here.speaking.tag))
    if found.personal:
        key = f"vv-personal-{parcel.token}"
        st.checkbox(
            say("ui.import.keep_personal"),
            value=parcel.choices.keep_personal,
            key=key,
            on_change=_decide_personal,
            args=(tray, parcel, client, key),
        )
        if parcel.choices.keep_personal:
            warning = escaped(say("ui.import.keep_personal_warning"))
            st.html(page(f'<aside class="vv-callout vv-caution"><p>{warning}</p></aside>', tag=here.speaking.tag))


def _decide(parcel: Parcel, key: str, what: str) -> None:
    parcel.choices = decided(parcel.choices, **{what: st.session_state[key]})


def _decide_personal(tray: Tray, parcel: Parcel, client: Client, key: str) -> None:
    """Whether personal data are taken changes the rows: the file is looked at again."""
    from valueviz.ui.data.telling import tell

    keep = bool(st.session_state[key])
    parcel.choices = Choices(parcel.choices.keep_raw, keep, parcel.choices.overlap)
    tell(tray, parcel, client, personal="keep" if keep else "leave_out")
