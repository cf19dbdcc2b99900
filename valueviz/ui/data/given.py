"""The mapping as a file: to keep, and to drop again in place of the proposed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from valueviz.catalog import definition_text, read_mapping, write_mapping
from valueviz.errors import ValuevizError
from valueviz.store import Client
from valueviz.ui.data.dropping import zone
from valueviz.ui.data.tray import Parcel, Tray
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

if TYPE_CHECKING:
    from valueviz.intake.look import Understanding

LARGEST = 1 << 20
"""Bytes of a mapping: a page of text; a larger file is something else."""

REFUSED = "mapping-refused"
"""Where a parcel keeps why a dropped mapping could not be taken."""


def mapping_file(here: Desk, tray: Tray, *, parcel: Parcel, client: Client, found: Understanding) -> None:
    """A button that saves the mapping, and a place to drop one."""
    say = here.speaking.words
    used = parcel.given[1] if parcel.given is not None else found.mapping or found.draft
    st.download_button(
        say("ui.import.mapping.save"),
        lambda: write_mapping(used).encode(),
        file_name="mapping.toml",
        mime="application/toml",
        key=f"vv-mapping-file-{parcel.token}-{parcel.revision}",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
    with st.expander(say("ui.import.mapping.own"), key=f"vv-given-{parcel.token}"):
        dropped = zone(here, key=f"vv-given-file-{parcel.token}-{parcel.revision}", what="mapping")
        refusal = parcel.notes.get(REFUSED)
        if isinstance(refusal, ValuevizError):
            st.html(page(problem(refusal, here.speaking, title="ui.import.mapping.refused"), tag=here.speaking.tag))
    for each in dropped[:1]:
        _take(parcel, each.name, each.getvalue()[: LARGEST + 1])
        tray.look(parcel, client)
        st.rerun()


def in_use(here: Desk, tray: Tray, *, parcel: Parcel, client: Client) -> None:
    """That a dropped mapping is used, and the way back to the proposed one."""
    if parcel.given is None:
        return
    say = here.speaking.words
    text = escaped(say("ui.import.mapping.given", file=parcel.given[0]))
    st.html(page(f'<aside class="vv-callout vv-info" role="status"><p>{text}</p></aside>', tag=here.speaking.tag))
    st.button(
        say("ui.import.mapping.back"),
        key=f"vv-given-back-{parcel.token}",
        icon=":material/undo:",
        type="tertiary",
        on_click=_forget,
        args=(tray, parcel, client),
    )


# Inside ──────────────────────────────────────────────────────────────────────


def _take(parcel: Parcel, name: str, content: bytes) -> None:
    parcel.notes.pop(REFUSED, None)
    try:
        parcel.given = (name, read_mapping(definition_text(content, file=name), file=name))
    except ValuevizError as refusal:
        parcel.notes[REFUSED] = refusal


def _forget(tray: Tray, parcel: Parcel, client: Client) -> None:
    parcel.given = None
    tray.look(parcel, client)
