"""An import that is in the workspace: what it changed in the reports, and where to read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from valueviz.story.blocks import Prose, Table
from valueviz.ui import link
from valueviz.ui.data import logged, worded
from valueviz.ui.data.tray import Parcel
from valueviz.ui.desk import Desk
from valueviz.ui.markup import block, escaped, page
from valueviz.ui.pieces import problem

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult
    from valueviz.intake.log_import import LogTaken


def settled(here: Desk, parcel: Parcel, pages: Mapping[str, st.Page]) -> None:
    """What came of an import."""
    done = parcel.settled
    if done is None:
        return
    say, speaking = here.speaking.words, here.speaking
    result = done.result
    known = "already_imported" in result.warnings
    said = say("ui.import.known") if known else _done(here, result)
    raw = _raw(here, parcel)
    kept = "" if known else f'<p class="vv-note">{escaped(raw[:1].upper() + raw[1:])}</p>'
    body = f'<section class="vv-arrived"><h2 class="vv-part">{escaped(said)}</h2>{kept}</section>'
    st.html(page(body, tag=speaking.tag))
    if result.log is not None:
        st.html(page(_held(here, result.log), tag=speaking.tag))
    elif done.after is not None and not known:
        _changes(here, parcel)
    elif done.unknown is None and not known:
        text = escaped(say("ui.import.together"))
        st.html(page(f'<p class="vv-note">{text}</p>', tag=speaking.tag))
    if done.unknown is not None:
        st.html(page(problem(done.unknown, speaking, title="ui.import.no_study"), tag=speaking.tag))
    _ways(here, parcel, pages)


def _held(here: Desk, log: LogTaken) -> str:
    """What a log holds."""
    listed = "".join(
        f"<div><dt>{escaped(here.speaking.words(f'ui.import.fact.{key}'))}</dt><dd>{escaped(text)}</dd></div>"
        for key, text in logged.facts(here, log).items()
    )
    return f'<dl class="vv-meta">{listed}</dl>'


def _done(here: Desk, result: ImportResult) -> str:
    """How many rows went in: whole, and in part where some did."""
    say, grouped = here.speaking.words, here.speaking.grouped
    told = {"accepted": grouped(result.accepted), "rows": worded.rows(here, result.rows)}
    if not result.partly:
        return say("ui.import.done", rejected=grouped(result.rejected), **told)
    return say(
        "ui.import.done_partly",
        partly=grouped(result.partly),
        none=grouped(result.rejected - result.partly),
        **told,
    )


def _raw(here: Desk, parcel: Parcel) -> str:
    """Whether the file itself is kept, and why not."""
    done = parcel.settled
    if done is None or done.result.raw_kept:
        return here.speaking.words("ui.import.raw.kept")
    return here.speaking.words(
        "ui.import.raw.personal_data"
        if done.result.personal and not parcel.choices.keep_personal
        else "ui.import.raw.not_wanted"
    )


def _changes(here: Desk, parcel: Parcel) -> None:
    from valueviz.story.arrival import arrival
    from valueviz.story.voice import Voice

    done = parcel.settled
    if done is None or done.after is None:
        return
    blocks = arrival(done.before, done.after, Voice(here.speaking))
    body = "".join(block(each, here.speaking) for each in blocks if isinstance(each, Prose | Table))
    title = escaped(here.speaking.words("ui.import.changed"))
    st.html(page(f'<h2 class="vv-part">{title}</h2>{body}', tag=here.speaking.tag))


def _ways(here: Desk, parcel: Parcel, pages: Mapping[str, st.Page]) -> None:
    say = here.speaking.words
    address = link.write(here.asked.of(parcel.client))
    with st.container(key="vv-ways-on", horizontal=True):
        log = parcel.settled is not None and parcel.settled.result.log is not None
        for name in ("process",) if log else ("renewal", "quality"):
            if name in pages:
                st.page_link(
                    pages[name],
                    label=say(f"ui.import.open.{name}"),
                    icon=":material/arrow_forward:",
                    query_params=address,
                )
