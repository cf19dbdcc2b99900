"""The workbook of an industry or a client: to download in either language, and to drop once it is filled in."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex

import streamlit as st

from valueviz import catalog
from valueviz.errors import ValuevizError
from valueviz.language import language
from valueviz.store import Client
from valueviz.terms import LOCALES, Engagement, Locale
from valueviz.ui.controls import retold
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

YEARS_BACK, YEARS_AHEAD = 2, 1
"""Years around this one that a blank form offers: nobody knows yet when its client goes live."""

FILLED, ROUND, REFUSED = "vv-filled", "vv-filled-round", "vv-filled-refused"
"""Where a session keeps what a dropped workbook says until it is saved, and which drop zone is next."""


def workbook(here: Desk, before: Engagement | None, key: str | None) -> Engagement | None:
    """The engagement a dropped workbook describes, None where none was dropped; blank and filled ones are offered."""
    say = here.speaking.words
    kept: tuple[str | None, str, Engagement] | None = st.session_state.get(FILLED)
    filled = kept if kept is not None and kept[0] == key else None
    with st.expander(say("ui.engagement.part.workbook"), key="vv-workbook"):
        lead = escaped(say("ui.engagement.lead.workbook"))
        st.html(page(f'<p class="vv-note">{lead}</p>', tag=here.speaking.tag))
        if key is not None and here.workspace is not None:
            _offer_known(here, here.workspace.client(key))
        else:
            _offer_blank(here)
        _drop(here, key)
    failed = st.session_state.pop(REFUSED, None)
    if isinstance(failed, ValuevizError):
        st.html(page(problem(failed, here.speaking, title="ui.engagement.refused"), tag=here.speaking.tag))
    if filled is None:
        return None
    text = escaped(say("ui.engagement.from_workbook", file=filled[1]))
    st.html(page(f'<aside class="vv-callout vv-info" role="status"><p>{text}</p></aside>', tag=here.speaking.tag))
    return filled[2]


def used() -> None:
    """Forget what a dropped workbook says: it is saved."""
    st.session_state.pop(FILLED, None)


# Inside ──────────────────────────────────────────────────────────────────────


def _locales(here: Desk) -> list[Locale]:
    return sorted(LOCALES, key=lambda each: each != here.locale)


def _offer_blank(here: Desk) -> None:
    known = [key for key in catalog.packs() if key != "general"]
    retold("vv-workbook-industry", known[0])
    industry = st.selectbox(
        here.speaking.words("ui.engagement.industry"),
        known,
        key="vv-workbook-industry",
        format_func=lambda key: here.speaking.names(catalog.pack(key).name),
    )
    with st.container(horizontal=True):
        for locale in _locales(here):
            st.download_button(
                here.speaking.words("ui.engagement.workbook_save", language=language(locale).words("language.name")),
                partial(_blank, industry, locale),
                file_name=f"valueviz-{industry}-{language(locale).tag}.xlsx",
                mime=MIME,
                icon=":material/table_view:",
                on_click="ignore",
                key=f"vv-workbook-{locale}",
            )


def _offer_known(here: Desk, client: Client) -> None:
    with st.container(horizontal=True):
        for locale in _locales(here):
            st.download_button(
                here.speaking.words("ui.engagement.workbook_known", language=language(locale).words("language.name")),
                partial(_known, client, locale),
                file_name=f"{client.key}-{language(locale).tag}.xlsx",
                mime=MIME,
                icon=":material/table_view:",
                on_click="ignore",
                key=f"vv-workbook-{client.key}-{locale}",
            )


def _blank(industry: str, locale: Locale) -> bytes:
    from valueviz.catalog.form import months_from, plan
    from valueviz.render import xlsx

    year = datetime.now(UTC).year
    months = months_from(12 * (year - YEARS_BACK), 12 * (year + YEARS_AHEAD) + 11)
    return xlsx.workbook(plan(catalog.pack(industry), locale, months=months))


def _known(client: Client, locale: Locale) -> bytes:
    from valueviz.intake.known import known, plan_of
    from valueviz.render import xlsx

    filled = known(client)
    return xlsx.workbook(plan_of(client, locale, filled=filled), filled=filled)


def _drop(here: Desk, key: str | None) -> None:
    """Read a dropped workbook in a child; only what it says is kept, and only in this session."""
    from valueviz.ui.data.dropping import zone

    dropped = zone(here, key=f"vv-form-{key or 'new'}-{st.session_state.get(ROUND, 0)}", what="form")
    for each in dropped[:1]:
        from valueviz.intake.form import engagement_of

        with tempfile.TemporaryDirectory(prefix="valueviz-form-") as folder:
            path = Path(folder) / f"{token_hex(8)}.xlsx"
            path.write_bytes(each.getbuffer())
            try:
                with st.spinner(here.speaking.words("ui.engagement.reading")):
                    st.session_state[FILLED] = (key, each.name, engagement_of(path))
            except ValuevizError as refusal:
                fields = {name: each.name if found == path.name else found for name, found in refusal.fields.items()}
                st.session_state[REFUSED] = type(refusal)(refusal.code, **fields)
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        st.rerun()
