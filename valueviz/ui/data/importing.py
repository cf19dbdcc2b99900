"""The page on which a client's files become observations: dropped, understood, mapped, checked, confirmed."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from valueviz.errors import DataError
from valueviz.store import Client
from valueviz.ui import controls, start
from valueviz.ui.data import checked, history, mapped, settled, understood, waiting
from valueviz.ui.data.asked import away
from valueviz.ui.data.dropping import zone
from valueviz.ui.data.tray import Parcel, Tray, mine
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

STEPS = ("drop", "understand", "map", "check", "done")
"""What happens to a file, in order."""

REACHED = {"looking": 1, "asking": 2, "checking": 3, "ready": 3, "blocked": 2, "settling": 3, "settled": 4}
"""The step a file is at, by its stage."""

PASSING = ("input_missing", "input_unreadable", "overlap_not_decided")
"""Refusals of a file that another look may not meet; any other stays as long as the file is the same."""


def importing(here: Desk, pages: Mapping[str, st.Page]) -> None:
    """The page."""
    if here.workspace is None or not here.clients:
        start.nothing_yet(here, pages)
        return
    controls.client(here)
    if here.refusals:
        cards = "".join(problem(refusal, here.speaking, title="ui.error.link") for refusal in here.refusals)
        st.html(page(cards, tag=here.speaking.tag))
        start.way_out(here)
        return
    client = here.workspace.client(here.link.client or here.clients[0].key)
    tray = mine()
    tray.advance_all(client, here.workspace)
    parcels = tray.of(client.key)
    chosen = tray.shown(client.key)
    if chosen is not None:
        tray.hurry(chosen, client)
    _head(here, client, step=REACHED[chosen.stage] if chosen else 0)
    _drop(here, tray, client)
    if parcels:
        _list(here, tray, parcels=parcels, chosen=chosen)
    if chosen is not None:
        with st.container(key=f"vv-work-{chosen.token}"):
            _work(here, tray, parcel=chosen, client=client, pages=pages)
    history.history(here, client, first=not parcels)
    waiting.watch(tray, client, here.workspace)


# Inside ──────────────────────────────────────────────────────────────────────


def _head(here: Desk, client: Client, *, step: int) -> None:
    say = here.speaking.words
    engagement = here.engagement(client.key)
    name = here.speaking.names(engagement.name) if engagement else client.key
    steps = "".join(
        f'<li class="vv-step{" vv-past" * (number < step)}{" vv-here" * (number == step)}"'
        f'{" aria-current=step" * (number == step)}><i aria-hidden="true">{number + 1}</i>'
        f"{escaped(say(f'ui.import.step.{key}'))}</li>"
        for number, key in enumerate(STEPS)
    )
    body = (
        f'<header class="vv-top"><p class="vv-kicker">{escaped(say("ui.import.menu"))}</p>'
        f"<h1>{escaped(say('ui.import.title', client=name))}</h1>"
        f'<p class="vv-lead">{escaped(say("ui.import.lead"))}</p>'
        f'<ol class="vv-steps" aria-label="{escaped(say("ui.import.steps"))}">{steps}</ol></header>'
    )
    st.html(page(body, tag=here.speaking.tag))


def _drop(here: Desk, tray: Tray, client: Client) -> None:
    dropped = zone(here, key=f"vv-files-{tray.round}", what="files")
    if dropped:
        parcels = [tray.take(each.name, each, client=client.key) for each in dropped]
        for parcel in parcels:
            tray.look(parcel, client)
        tray.choose(parcels[0])
        tray.round += 1  # a new widget: Streamlit lets go of the copies it holds in memory
        st.rerun()


def _list(here: Desk, tray: Tray, *, parcels: list[Parcel], chosen: Parcel | None) -> None:
    """The files at hand, each with how far it has come."""
    say = here.speaking.words
    with st.container(key="vv-parcels", gap=None):
        for parcel in parcels:
            here_now = chosen is parcel
            with st.container(
                key=f"vv-parcel{'-chosen' * here_now}-{parcel.token}", horizontal=True, vertical_alignment="center"
            ):
                st.html(page(_line(here, parcel), tag=here.speaking.tag))
                if len(parcels) > 1 and not here_now:
                    st.button(
                        say("ui.import.list.open"),
                        key=f"vv-open-{parcel.token}",
                        on_click=tray.choose,
                        args=(parcel,),
                    )
                st.button(
                    say("ui.import.list.remove"),
                    key=f"vv-away-{parcel.token}",
                    type="tertiary",
                    icon=":material/close:",
                    on_click=tray.drop,
                    args=(parcel,),
                    disabled=parcel.stage == "settling",
                )
    ready = [
        parcel
        for parcel in parcels
        if parcel.stage == "ready" and not (parcel.undecided or parcel.known or parcel.rejected)
    ]
    if len(ready) > 1:
        count = here.speaking.grouped(len(ready))
        st.button(
            say("ui.import.list.all", count=count),
            key="vv-settle-all",
            icon=":material/done_all:",
            on_click=tray.queue_all,
            args=(ready,),
        )


def _line(here: Desk, parcel: Parcel) -> str:
    say = here.speaking.words
    stage: str = parcel.stage
    if parcel.stopped:
        stage = "stopped"
    if stage == "ready":
        told = {"known": parcel.known, "undecided": parcel.undecided, "rejects": parcel.rejected}
        stage = next((key for key, holds in told.items() if holds), stage)
    about = understood.in_short(here, parcel)
    small = f"<small>{escaped(about)}</small>" if about else ""
    return (
        f'<div class="vv-parcel"><b>{escaped(parcel.name)}</b>{small}'
        f'<span class="vv-state vv-state-{stage}">{escaped(say(f"ui.import.stage.{stage}"))}</span></div>'
    )


def _work(here: Desk, tray: Tray, *, parcel: Parcel, client: Client, pages: Mapping[str, st.Page]) -> None:
    """What is known about a file and what can be done with it."""
    if parcel.settled is not None:
        settled.settled(here, parcel, pages)
        return
    if parcel.stage == "settling":
        waiting.progress(here, parcel)
        return
    if parcel.refusal is not None:
        title = "ui.import.stopped" if parcel.stopped else "ui.import.refused"
        st.html(page(problem(parcel.refusal, here.speaking, title=title), tag=here.speaking.tag))
        if isinstance(parcel.refusal, DataError) and parcel.refusal.code not in PASSING:
            away(here, tray, parcel)
        else:
            st.button(
                here.speaking.words("ui.import.again"),
                key=f"vv-again-{parcel.token}",
                icon=":material/refresh:",
                on_click=tray.look,
                args=(parcel, client),
            )
    if parcel.understood is None and not parcel.form:
        if parcel.running is not None:
            waiting.progress(here, parcel)
            st.skeleton(height=320)
        return
    if parcel.form:
        understood.form(here, parcel, pages)
    else:
        understood.understood(here, parcel)
        mapped.mapped(here, tray, parcel=parcel, client=client)
    if parcel.checked is not None:
        checked.checked(here, tray, parcel=parcel, client=client)
    elif parcel.running is not None:
        waiting.progress(here, parcel)
        st.skeleton(height=180)
