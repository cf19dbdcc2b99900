"""Work that is going on: its step, how far it is, how long it will take, and a way to stop it."""

from __future__ import annotations

import time

import streamlit as st

from valueviz.store import Client, Workspace
from valueviz.ui.data.tray import Parcel, Tray
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

PULSE_SECONDS = 0.4
"""How often a page that waits looks: quick enough to feel alive, and an empty look costs almost nothing."""

CALM_SECONDS = 2.0
"""While other files than the one looked at come to their end, the page is drawn no more often than this."""

CHECKING = ("reading", "staging", "casting", "writing")
"""What happens when a file is looked at or checked, in order."""

SETTLING = ("comparing", *CHECKING, "estimating")
"""What happens when it is imported: the reports are read before and after."""


def watch(tray: Tray, client: Client, workspace: Workspace) -> None:
    """Begin what follows as soon as something has ended, and show the page anew when there is something to see."""
    if any(parcel.running is not None for parcel in tray.of(client.key)):
        stages = tuple(parcel.stage for parcel in tray.of(client.key))
        st.fragment(_pulse, run_every=PULSE_SECONDS)(tray, client, workspace, stages, time.monotonic())


def _pulse(tray: Tray, client: Client, workspace: Workspace, seen: tuple[str, ...], drawn: float) -> None:
    shown = tray.shown(client.key)
    before = shown.stage if shown is not None else None
    tray.advance_all(client, workspace)
    parcels = tray.of(client.key)
    if tuple(parcel.stage for parcel in parcels) == seen:
        return
    after = shown.stage if shown is not None else None
    at_rest = not any(parcel.running is not None for parcel in parcels)
    if before != after or at_rest or time.monotonic() - drawn > CALM_SECONDS:
        st.rerun()


def progress(here: Desk, parcel: Parcel) -> None:
    """The step a file is at, with a button that stops it."""
    st.fragment(_progress, run_every=PULSE_SECONDS)(here, parcel)


def _progress(here: Desk, parcel: Parcel) -> None:
    task = parcel.running
    if task is None:
        return
    say = here.speaking.words
    stages = SETTLING if parcel.settling is not None else CHECKING
    number = stages.index(task.stage) + 1 if task.stage in stages else 0
    said = say("ui.import.waiting.queued")
    if number:
        said = say(
            "ui.import.waiting.step",
            step=str(number),
            steps=str(len(stages)),
            stage=say(f"cli.import.stage.{task.stage}"),
        )
    left = task.seconds_left()
    rest = say("ui.import.waiting.left", time=here.speaking.quantity(round(left), "second")) if left else ""
    with st.container(key=f"vv-waiting-{parcel.token}", horizontal=True, vertical_alignment="center"):
        share = f"{task.share:.0%}"
        st.html(
            page(
                f'<div class="vv-waiting" role="status"><p><b>{escaped(said)}</b><span>{escaped(rest)}</span></p>'
                f'<span class="vv-progress" role="progressbar" aria-valuenow="{escaped(share[:-1])}">'
                f'<i style="width:{share}"></i></span></div>',
                tag=here.speaking.tag,
            )
        )
        st.button(
            say("ui.import.waiting.cancel"),
            key=f"vv-cancel-{parcel.token}",
            icon=":material/stop_circle:",
            on_click=task.stop,
        )
