"""One run of the page: the desk is read, the controls stand beside, the chosen page is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from valueviz import catalog
from valueviz.errors import ValuevizError
from valueviz.render.palette import palette
from valueviz.terms import Request
from valueviz.ui import controls, kept, process, start
from valueviz.ui.desk import Desk, desk
from valueviz.ui.download import download
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem
from valueviz.ui.request import HOUSE_BRAND, PROCESS, request
from valueviz.ui.show import place
from valueviz.ui.style import text, variables

ICON = Path(__file__).with_name("icon.png")
"""A local picture: a named icon would be fetched from a font server."""

TEMPLATES = {
    "renewal": ":material/fact_check:",
    "evidence": ":material/query_stats:",
    "process": ":material/account_tree:",
    "quality": ":material/rule:",
    "education": ":material/school:",
}
"""The reports that are pages, in the order of the menu, each with its icon."""


def main() -> None:
    """Show the page the address names."""
    here = desk()
    say = here.speaking.words
    st.set_page_config(page_title=say("ui.name"), page_icon=str(ICON), layout="wide", initial_sidebar_state="auto")
    pages: dict[str, st.Page] = {}
    pages |= {name: _page(name, icon, here, pages) for name, icon in TEMPLATES.items() if name in catalog.templates()}
    pages["import"] = st.Page(
        partial(_guarded, here, partial(_importing, here, pages), pages),
        title=say("ui.import.menu"),
        icon=":material/upload_file:",
        url_path="import",
    )
    pages["client"] = st.Page(
        partial(_guarded, here, partial(_registering, here, pages), pages),
        title=say("ui.engagement.menu_known" if here.asked.client else "ui.engagement.menu_new"),
        icon=":material/domain_add:",
        url_path="client",
        visibility="hidden",
    )
    home = st.Page(
        partial(_guarded, here, partial(start.start, here, pages), pages),
        title=say("ui.start.menu"),
        icon=":material/home:",
        url_path="start",
        default=True,
    )
    reports = [pages[name] for name in TEMPLATES if name in pages]
    chosen = st.navigation([home, pages["import"], *reports, pages["client"]])
    _dress(here)
    controls.mark(here)
    controls.common(here)
    chosen.run()


def report(here: Desk, template: str, pages: Mapping[str, st.Page]) -> None:
    """A report as a page: its controls, its document, its PDF."""
    if catalog.template(template).needs_client:
        if here.workspace is None or not here.clients:
            start.nothing_yet(here, pages)
            return
        controls.client(here)
    if template == PROCESS and start.no_process(here, pages):
        return
    if here.refusals:
        _refused(here)
        return
    if template == PROCESS:
        process.filters(here)
    elif catalog.template(template).needs_client:
        controls.filters(here)
    controls.brand(here)
    asked = request(here.workspace, template=template, link=here.link, locale=here.locale)
    if template == PROCESS and process.nothing_left(here, asked.question):
        return
    with st.spinner(here.speaking.words("ui.computing")):
        panels = kept.panels_of(here.path, asked, here.theme)
    head, *sections = panels
    place([head])
    for hint in controls.hints(here):
        st.html(_hint(hint, here))
    _download(here, asked)
    place(sections)
    if template == PROCESS:
        process.drill(here, asked.question)


def _importing(here: Desk, pages: dict[str, st.Page]) -> None:
    """The page of imports; who only reads reports never loads it."""
    from valueviz.ui.data.importing import importing

    importing(here, pages)


def _registering(here: Desk, pages: dict[str, st.Page]) -> None:
    """The page of a client's agreement; loaded by who needs it."""
    from valueviz.ui.data.registering import registering

    registering(here, pages)


# Inside ──────────────────────────────────────────────────────────────────────


def _page(name: str, icon: str, here: Desk, pages: Mapping[str, st.Page]) -> st.Page:
    title = here.speaking.names(catalog.template(name).title)
    return st.Page(
        partial(_guarded, here, partial(report, here, name, pages), pages), title=title, icon=icon, url_path=name
    )


def _guarded(here: Desk, show: Callable[[], None], pages: Mapping[str, st.Page]) -> None:
    """Run a page; a refusal becomes a card with what happened and a way on."""
    try:
        show()
    except ValuevizError as error:
        if start.only_process(here, error, pages):
            return
        st.html(page(problem(error, here.speaking), tag=here.speaking.tag))
        start.way_on(here, error, pages)


def _refused(here: Desk) -> None:
    """What in the address cannot be understood, each with the nearest that can."""
    cards = "".join(problem(refusal, here.speaking, title="ui.error.link") for refusal in here.refusals)
    st.html(page(cards, tag=here.speaking.tag))
    start.way_out(here)


def _hint(text: str, here: Desk) -> str:
    title = escaped(here.speaking.words("ui.hint.title"))
    return page(
        f'<aside class="vv-callout vv-caution" role="status"><h4>{title}</h4><p>{escaped(text)}</p></aside>',
        tag=here.speaking.tag,
    )


def _download(here: Desk, asked: Request) -> None:
    document = kept.document_of(here.path, asked)
    download(here, asked, digest=document.digest, name=_file_name(asked, document.id, document.language_tag))


def _file_name(asked: Request, number: str, tag: str) -> str:
    parts = (asked.view.template, asked.question.client, tag, number)
    return "-".join(part for part in parts if part) + ".pdf"


def _dress(here: Desk) -> None:
    """The brand's colours, light and dark, and its name as variables of the page."""
    chosen = catalog.brand(here.link.brand or HOUSE_BRAND)
    colours = variables(palette(chosen, "light"), palette(chosen, "dark"))
    st.html(f"<style>{colours}:root{{--vv-brand-name:{text(here.speaking.names(chosen.name))}}}</style>")
