"""The dry run: every row accounted for, what is rejected and why, what earlier files say otherwise, and the confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from valueviz.store import Client
from valueviz.ui.data import safe, worded
from valueviz.ui.data.tray import Choices, Parcel, Tray, decided
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult
    from valueviz.intake.records import Fault
    from valueviz.terms import Difference

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
            _overlap(here, parcel, found)
        _confirm(here, tray, parcel=parcel, client=client, found=found)


# Inside ──────────────────────────────────────────────────────────────────────


def _account(here: Desk, parcel: Parcel, found: ImportResult) -> str:
    """The equation of the rows, then what they hold."""
    say, speaking = here.speaking.words, here.speaking
    terms = [
        f'<span class="vv-term vv-term-{key}"><b>{escaped(speaking.grouped(count))}</b>'
        f"<small>{escaped(say(f'ui.import.rows_{key}'))}</small></span>"
        for key, count in (("in", found.rows), ("accepted", found.accepted), ("rejected", found.rejected))
    ]
    signs = ("<i>=</i>", "<i>+</i>", "")
    equation = "".join(f"{term}{sign}" for term, sign in zip(terms, signs, strict=True))
    names = [worded.metric(here, parcel.client, key, parcel=parcel) for key in found.metrics]
    facts = {"metrics": speaking.list_(names)}
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
    partly = (
        f'<p class="vv-note">{escaped(say("ui.import.partly", count=speaking.grouped(found.partly)))}</p>'
        if found.partly
        else ""
    )
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


def _overlap(here: Desk, parcel: Parcel, found: ImportResult) -> None:
    """Values that earlier files measured otherwise, both beside each other, and whose shall count."""
    say, speaking = here.speaking.words, here.speaking
    overlap = found.overlap
    shown = [_difference(here, parcel, each) for each in overlap.differences[:SHOWN]]
    heads = [key for key in DIFFERENCE if any(cells[key] for cells in shown)]
    columns = "".join(
        f'<th scope="col" class="vv-{DIFFERENCE[key]}">{escaped(say(f"ui.import.overlap.{key}"))}</th>' for key in heads
    )
    rows = "".join(f"<tr>{''.join(_beside(here, key, cells[key]) for key in heads)}</tr>" for cells in shown)
    lead = say(
        "ui.import.overlap.lead",
        differing=speaking.grouped(overlap.differing),
        equal=speaking.grouped(overlap.equal),
        files=speaking.list_(list(overlap.files)),
    )
    st.html(
        page(
            f'<aside class="vv-callout vv-caution"><h4>{escaped(say("ui.import.overlap.title"))}</h4>'
            f"<p>{escaped(lead)}</p></aside>"
            f'<div class="vv-sheet"><table class="vv-table"><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div>',
            tag=speaking.tag,
        )
    )
    key = f"vv-overlap-{parcel.token}-{parcel.revision}"
    st.radio(
        say("ui.import.overlap.choose"),
        ("new", "earlier"),
        index=None if parcel.choices.overlap is None else ("new", "earlier").index(parcel.choices.overlap),
        key=key,
        format_func=lambda choice: say(f"ui.import.overlap.take_{choice}"),
        on_change=_decide,
        args=(parcel, key, "overlap"),
    )


DIFFERENCE = {"metric": "left", "unit": "left", "day": "left", "earlier": "right", "newer": "right"}
"""What is shown of a difference, and how it is aligned."""


def _difference(here: Desk, parcel: Parcel, each: Difference) -> dict[str, str]:
    """A difference in words."""
    speaking = here.speaking
    metric = worded.metrics(here, parcel.client, parcel=parcel).get(each.metric)

    def value(found: float | None) -> str:
        return (
            speaking.words("cli.import.row_missing")
            if found is None
            else speaking.exact(found, metric.unit if metric else "")
        )

    return {
        "metric": worded.metric(here, parcel.client, each.metric, parcel=parcel),
        "unit": worded.labels(each.unit),
        "day": speaking.date(each.day),
        "earlier": value(each.earlier),
        "newer": value(each.newer),
    }


def _beside(here: Desk, key: str, text: str) -> str:
    head = escaped(here.speaking.words(f"ui.import.overlap.{key}"))
    return (
        f'<td class="vv-{DIFFERENCE[key]} vv-short{" vv-empty" * (not text)}" data-label="{head}">'
        f'<span class="vv-cell">{escaped(text)}</span></td>'
    )


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
                say("ui.import.confirm", rows=worded.rows(here, found.accepted))
                if found.rows
                else say("ui.import.form.confirm"),
                key=f"vv-settle-{parcel.token}",
                type="primary",
                icon=":material/check:",
                disabled=parcel.undecided or parcel.running is not None or here.workspace is None,
                on_click=tray.confirm,
                args=(parcel, here.workspace),
            )
            key = "undecided" if parcel.undecided else "blocked" if blocked else "nothing"
            st.html(page(f'<p class="vv-note">{escaped(say(f"ui.import.confirm_{key}"))}</p>', tag=here.speaking.tag))


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
