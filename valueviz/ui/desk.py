"""What a run of the page stands on: workspace, clients, link, language, theme; read once, then frozen.

The address is the one truth about what is asked: controls write it, every run reads it. Streamlit drops
it on a change of page, so that the session remembers the last link.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from valueviz.catalog import brands
from valueviz.catalog.nearest import suggestion
from valueviz.errors import UsageError, ValuevizError
from valueviz.language import Language, language, resolve_locale
from valueviz.render.palette import Theme
from valueviz.store import ClientInfo, Workspace
from valueviz.terms import Engagement, Locale
from valueviz.ui import kept, link
from valueviz.ui.link import Link
from valueviz.ui.request import HOUSE_BRAND

REMEMBERED = "vv-link"
"""Where a session keeps its last address."""

WORKSPACES = ("workspace", "valueviz-demo")
"""Folders looked for beside the current one when VALUEVIZ_WORKSPACE is not set: that of `serve`, that of `demo`."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One run: `asked` is what the address says, `link` the same with the choices it leaves open made.

    `refusals` are what in the address cannot be understood; `closed` says why there is no workspace, `place`
    where it is or would be.
    """

    workspace: Workspace | None
    closed: ValuevizError | None
    clients: tuple[ClientInfo, ...]
    asked: Link
    link: Link
    refusals: tuple[ValuevizError, ...]
    locale: Locale
    theme: Theme
    place: Path = Path(WORKSPACES[0])

    @property
    def speaking(self) -> Language:
        """The language of the page."""
        return language(self.locale)

    @property
    def path(self) -> str:
        """The workspace as part of a cache key; empty where there is none."""
        return str(self.workspace.path) if self.workspace is not None else ""

    def engagement(self, client: str) -> Engagement | None:
        """What was agreed with a client; None where there is no workspace.

        Raises:
            ValuevizError: the client or its engagement cannot be read.
        """
        if self.workspace is None:
            return None
        return kept.engagement_of(self.path, client, self.workspace.client(client).knowledge())

    def name(self, info: ClientInfo) -> str:
        """The name of a client in the language of the page; its stored name where the engagement cannot be read."""
        try:
            engagement = self.engagement(info.key)
        except ValuevizError:
            engagement = None
        return self.speaking.names(engagement.name) if engagement else self.speaking.typeset(info.name)


def desk() -> Desk:
    """The desk of this run."""
    reading = link.read(_address())
    asked = reading.link
    locale = asked.locale or _guess(os.environ)
    refusals: list[ValuevizError] = list(reading.refusals)
    place = _place(os.environ)
    workspace, closed = _workspace(place)
    clients = _clients(workspace)
    if asked.brand is not None and asked.brand not in brands():
        refusals.append(UsageError("brand_unknown", found=asked.brand, nearest=suggestion(asked.brand, brands())))
    chosen = replace(
        asked,
        client=asked.client or (clients[0].key if clients else None),
        brand=asked.brand if asked.brand in brands() else HOUSE_BRAND,
        locale=locale,
    )
    if workspace is not None and asked.client is not None:
        try:
            workspace.client(asked.client)
        except ValuevizError as refusal:
            refusals.append(refusal)
    return Desk(workspace, closed, clients, asked, chosen, tuple(refusals), locale, _theme(), place)


def ask(changed: Link) -> None:
    """Put a link into the address; the next run reads it."""
    said = link.write(changed)
    st.session_state[REMEMBERED] = said
    st.query_params.from_dict(said)


def _address() -> Mapping[str, str]:
    """The address of this page, or the last one of this session where Streamlit has dropped it."""
    present = {key: st.query_params[key] for key in link.KEYS if key in st.query_params}
    if present:
        st.session_state[REMEMBERED] = present
        return present
    remembered: dict[str, str] = st.session_state.get(REMEMBERED, {})
    if remembered:
        st.query_params.from_dict(remembered)
    return remembered


def _guess(environment: Mapping[str, str]) -> Locale:
    """The language of a visitor who has not chosen: of the command line, else of the browser."""
    said = environment.get("VALUEVIZ_LANG") or st.context.locale or ""
    try:
        return resolve_locale(said or None, {})
    except UsageError:  # a browser may speak any language
        return resolve_locale(None, {})


def _theme() -> Theme:
    return "dark" if st.context.theme.type == "dark" else "light"


def _place(environment: Mapping[str, str]) -> Path:
    """Where the workspace is, or would be made."""
    named = environment.get("VALUEVIZ_WORKSPACE")
    found = next((Path(each) for each in WORKSPACES if (Path(each) / "format").is_file()), Path(WORKSPACES[0]))
    return (Path(named) if named else found).resolve()


def _workspace(place: Path) -> tuple[Workspace | None, ValuevizError | None]:
    try:
        return Workspace.open(place), None
    except ValuevizError as refusal:
        return None, refusal


def _clients(workspace: Workspace | None) -> tuple[ClientInfo, ...]:
    return tuple(info for info in workspace.clients() if not info.removed) if workspace is not None else ()
