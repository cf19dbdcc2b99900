"""The page on which a client is registered or corrected: a form, or a filled-in workbook; hiding and erasing too."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from valueviz.catalog import read_engagement
from valueviz.catalog.engagement import write_engagement
from valueviz.errors import UsageError, ValuevizError
from valueviz.store import Workspace
from valueviz.terms import Engagement
from valueviz.ui import desk, link
from valueviz.ui.data import draft as drafts
from valueviz.ui.data import ending, workbook
from valueviz.ui.data.difference import differences
from valueviz.ui.data.draft import Draft
from valueviz.ui.data.flow import flow
from valueviz.ui.data.form import form
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

FILE = "engagement.toml"
"""What the ledger calls an engagement that was typed into the page."""

NEW = "vv-new-client"
"""Where a session keeps that a new client is wanted, and which round of the form it is."""

SAVED = "vv-client-saved"


def registering(here: Desk, pages: Mapping[str, st.Page]) -> None:
    """The page: a new client unless the address names one."""
    before = _known(here)
    key = here.asked.client if before is not None else None
    _head(here, before)
    if before is None:
        ending.erased(here)
    saved = st.session_state.pop(SAVED, None)
    if saved is not None:
        _said(here, saved, pages)
    filled = workbook.workbook(here, before, key)
    basis = filled or before
    place = f"vv-client-{key or 'new'}-{st.session_state.get(NEW, 0)}{f'-{st.session_state.get(workbook.ROUND, 0)}' * (filled is not None)}"
    typed = form(here, basis, key=key, place=place)
    _save(here, typed, before=before, basis=basis, key=key, place=place)
    if before is not None and key is not None and here.workspace is not None:
        flow(here, here.workspace, key, pages)
        ending.ending(here, here.workspace, key)


# Inside ──────────────────────────────────────────────────────────────────────


def _known(here: Desk) -> Engagement | None:
    """The engagement that is to be corrected; None where a new client is registered."""
    if here.asked.client is None or here.workspace is None:
        return None
    if here.asked.client not in {info.key for info in here.clients}:
        return None
    return here.engagement(here.asked.client)


def _head(here: Desk, before: Engagement | None) -> None:
    say = here.speaking.words
    kind = "new" if before is None else "known"
    name = here.speaking.names(before.name) if before else ""
    title = say("ui.engagement.title_new") if before is None else say("ui.engagement.title_known", client=name)
    body = (
        f'<header class="vv-top"><p class="vv-kicker">{escaped(say(f"ui.engagement.menu_{kind}"))}</p>'
        f'<h1>{escaped(title)}</h1><p class="vv-lead">{escaped(say(f"ui.engagement.lead_{kind}"))}</p></header>'
    )
    st.html(page(body, tag=here.speaking.tag))
    if before is not None:
        st.button(
            say("ui.engagement.another"),
            icon=":material/add:",
            type="tertiary",
            key="vv-another",
            on_click=desk.ask,
            args=(here.asked.of(None),),
        )


def _save(
    here: Desk, typed: Draft, *, before: Engagement | None, basis: Engagement | None, key: str | None, place: str
) -> None:
    """What lacks, what would change, and the button that saves."""
    say = here.speaking.words
    with st.container(key="vv-client-save", border=True):
        name = key
        if key is None:
            name = _key(here, typed, place=place)
        missing = drafts.lacking(typed)
        if missing:
            fields = here.speaking.list_([say(f"ui.engagement.lacking.{each}") for each in missing])
            st.html(
                page(
                    f'<p class="vv-note">{escaped(say("ui.engagement.lacking_lead", fields=fields))}</p>',
                    tag=here.speaking.tag,
                )
            )
        changed: tuple[tuple[str, str, str], ...] = ()
        if not missing:
            after = drafts.engagement_of(typed, basis)
            changed = differences(here, before, after) if before is not None else ()
            if before is not None:
                st.html(page(_changes(here, changed), tag=here.speaking.tag))
        st.button(
            say("ui.engagement.save_new" if before is None else "ui.engagement.save_known"),
            type="primary",
            icon=":material/check:",
            key=f"{place}-save",
            disabled=bool(missing) or (before is not None and not changed),
            on_click=_put,
            args=(here, typed, basis, name, before is None),
        )
        failed = st.session_state.pop(f"{SAVED}-refused", None)
        if isinstance(failed, ValuevizError):
            st.html(page(problem(failed, here.speaking, title="ui.engagement.refused"), tag=here.speaking.tag))


def _key(here: Desk, typed: Draft, *, place: str) -> str:
    """The key of a new client: proposed from its name, and its owner's to change."""
    known = {info.key for info in here.workspace.clients()} if here.workspace is not None else set()
    names = (typed.names.get("en", ""), typed.names.get("zh_CN", ""))
    proposed = drafts.key_of(names, taken=known)
    said: str = st.text_input(
        here.speaking.words("ui.engagement.key"),
        value="",
        placeholder=proposed,
        key=f"{place}-key",
        max_chars=drafts.LONGEST_KEY,
        help=here.speaking.words("ui.engagement.key_help"),
    )
    return said.strip() or proposed


def _changes(here: Desk, changed: tuple[tuple[str, str, str], ...]) -> str:
    say = here.speaking.words
    if not changed:
        return f'<p class="vv-note">{escaped(say("ui.engagement.unchanged"))}</p>'
    heads = "".join(
        f'<th scope="col">{escaped(say(f"ui.engagement.change.{key}"))}</th>' for key in ("field", "was", "now")
    )
    rows = "".join(
        f'<tr><th scope="row"><span class="vv-cell">{escaped(field)}</span></th>'
        f'<td data-label="{escaped(say("ui.engagement.change.was"))}"><span class="vv-cell">{escaped(was or "–")}</span></td>'
        f'<td data-label="{escaped(say("ui.engagement.change.now"))}"><span class="vv-cell">{escaped(now or "–")}</span></td></tr>'
        for field, was, now in changed
    )
    return (
        f'<div class="vv-sheet"><table class="vv-table"><caption class="vv-title">{escaped(say("ui.engagement.change.title"))}'
        f"</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _put(here: Desk, typed: Draft, basis: Engagement | None, key: str, new: bool) -> None:
    """Write the engagement: read back first, so that nothing is kept that could not be read again."""
    try:
        text = write_engagement(drafts.engagement_of(typed, basis))
        engagement = read_engagement(text, file=FILE)
        workspace = Workspace.open(here.place, create=True)
        if new and any(info.key == key and not info.removed for info in workspace.clients()):
            raise UsageError("client_exists", client=key)
        workspace.put_engagement(key, text.encode(), engagement, file=FILE)
    except ValuevizError as refusal:
        st.session_state[f"{SAVED}-refused"] = refusal
        return
    workbook.used()
    st.session_state[SAVED] = (key, new)
    st.session_state[NEW] = st.session_state.get(NEW, 0) + 1
    desk.ask(here.asked.of(key))


def _said(here: Desk, saved: tuple[str, bool], pages: Mapping[str, st.Page]) -> None:
    """What was saved, and the next step."""
    key, new = saved
    say = here.speaking.words
    text = escaped(say("ui.engagement.saved_new" if new else "ui.engagement.saved_known"))
    st.html(page(f'<aside class="vv-callout vv-info" role="status"><p>{text}</p></aside>', tag=here.speaking.tag))
    if "import" in pages:
        st.page_link(
            pages["import"],
            label=say("ui.start.import"),
            icon=":material/arrow_forward:",
            query_params=link.write(here.asked.of(key)),
        )
