"""The end of a client: another key, out of sight with its data kept, or erased behind a typed confirmation."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from valueviz.errors import ValuevizError
from valueviz.store import Workspace
from valueviz.ui import desk
from valueviz.ui.data.safe import label
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

FAILED, ERASED = "vv-ending-failed", "vv-erased"


def ending(here: Desk, workspace: Workspace, key: str) -> None:
    """Rename, hide, erase."""
    say = here.speaking.words
    failed = st.session_state.pop(FAILED, None)
    if isinstance(failed, ValuevizError):
        st.html(page(problem(failed, here.speaking, title="ui.engagement.refused"), tag=here.speaking.tag))
    with st.expander(say("ui.engagement.part.ending"), key="vv-ending"):
        one, two = st.columns([3, 1], vertical_alignment="bottom")
        other = one.text_input(say("ui.engagement.rename"), value=key, key=f"vv-rename-{key}", max_chars=40).strip()
        two.button(
            say("ui.engagement.rename_do"),
            key=f"vv-rename-do-{key}",
            disabled=other in {"", key},
            on_click=_rename,
            args=(here, workspace, key, other),
        )
        st.html(page(f'<p class="vv-note">{escaped(say("ui.engagement.hide_lead"))}</p>', tag=here.speaking.tag))
        st.button(
            say("ui.engagement.hide"),
            key=f"vv-hide-{key}",
            icon=":material/visibility_off:",
            on_click=_hide,
            args=(here, workspace, key),
        )
        st.html(page(f'<p class="vv-note">{escaped(say("ui.engagement.erase_lead"))}</p>', tag=here.speaking.tag))
        typed = st.text_input(say("ui.engagement.erase_type", key=label(key)), key=f"vv-erase-{key}", max_chars=40)
        st.button(
            say("ui.engagement.erase"),
            key=f"vv-erase-do-{key}",
            icon=":material/delete_forever:",
            disabled=typed.strip() != key,
            on_click=_erase,
            args=(here, workspace, key),
        )


def erased(here: Desk) -> None:
    """The certificate of what was erased a moment ago."""
    certificate = st.session_state.pop(ERASED, None)
    if certificate is None:
        return
    say = here.speaking.words
    text = say(
        "cli.client.certificate",
        client=certificate["client"],
        time=certificate["time"],
        files=here.speaking.grouped(len(certificate["files"])),
        entries=here.speaking.grouped(certificate["entries"]),
        head=certificate["head"],
    )
    digests = "".join(f"<li><code>{escaped(digest)}</code></li>" for digest in certificate["files"])
    st.html(
        page(
            f'<aside class="vv-callout vv-info" role="status"><p>{escaped(text)}</p>'
            f'<ul class="vv-notes">{digests}</ul></aside>',
            tag=here.speaking.tag,
        )
    )


# Inside ──────────────────────────────────────────────────────────────────────


def _away(here: Desk, key: str | None) -> None:
    desk.ask(here.asked.of(key))


def _rename(here: Desk, workspace: Workspace, key: str, other: str) -> None:
    try:
        workspace.rename(key, other)
    except ValuevizError as refusal:
        st.session_state[FAILED] = refusal
        return
    _away(here, other)


def _hide(here: Desk, workspace: Workspace, key: str) -> None:
    try:
        workspace.client(key).remove()
    except ValuevizError as refusal:
        st.session_state[FAILED] = refusal
        return
    _away(here, None)


def _erase(here: Desk, workspace: Workspace, key: str) -> None:
    try:
        st.session_state[ERASED] = asdict(workspace.purge(key))
    except ValuevizError as refusal:
        st.session_state[FAILED] = refusal
        return
    _away(here, None)
