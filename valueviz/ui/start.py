"""The start page: what this is, the clients of the workspace, what to do next; and what to do when there is nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from valueviz.errors import ValuevizError
from valueviz.store import Client
from valueviz.terms import Engagement
from valueviz.ui import desk, kept, link
from valueviz.ui.desk import Desk
from valueviz.ui.link import Link
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

COMMANDS_WITHOUT_WORKSPACE = "valueviz demo"
COMMANDS_WITHOUT_CLIENT = (
    "valueviz client acme --engagement acme.toml\n"
    "valueviz import acme export.csv --yes\n"
    "valueviz report acme --template renewal --out acme.pdf"
)


def start(here: Desk, pages: Mapping[str, st.Page]) -> None:
    """The start page."""
    say = here.speaking.words
    body = (
        f'<header class="vv-top vv-welcome"><p class="vv-kicker">{escaped(say("ui.start.kicker"))}</p>'
        f"<h1>{escaped(say('ui.start.title'))}</h1>"
        f'<p class="vv-answer">{escaped(say("ui.start.lead"))}</p></header>'
    )
    st.html(page(body, tag=here.speaking.tag))
    if here.refusals:
        cards = "".join(problem(refusal, here.speaking, title="ui.error.link") for refusal in here.refusals)
        st.html(page(cards, tag=here.speaking.tag))
    if here.workspace is None or not here.clients:
        nothing_yet(here, pages)
    else:
        _heading(here, "ui.start.clients")
        with st.container(key="vv-clients"):
            for info in here.clients:
                _client(here, here.workspace.client(info.key), pages)
        _another(here, pages)
    _heading(here, "ui.start.without_data")
    _education(here, pages)
    _promises(here)


def nothing_yet(here: Desk, pages: Mapping[str, st.Page]) -> None:
    """No workspace, or one without clients: what is missing and the commands that bring it."""
    say = here.speaking.words
    key = "no_workspace" if here.workspace is None else "no_client"
    with st.container(key="vv-empty", border=True):
        st.html(page(f"<h3>{escaped(say(f'ui.empty.{key}.title'))}</h3>", tag=here.speaking.tag))
        if here.closed is not None:
            st.html(page(f'<p class="vv-note">{escaped(here.speaking.error(here.closed))}</p>', tag=here.speaking.tag))
        if "client" in pages:
            st.html(page(f"<p>{escaped(say('ui.empty.register'))}</p>", tag=here.speaking.tag))
            _another(here, pages)
        st.html(page(f"<p>{escaped(say('ui.empty.demo'))}</p>", tag=here.speaking.tag))
        st.code(COMMANDS_WITHOUT_WORKSPACE, language="shell")
        st.html(page(f"<p>{escaped(say('ui.empty.own'))}</p>", tag=here.speaking.tag))
        st.code(COMMANDS_WITHOUT_CLIENT, language="shell", wrap_lines=True)


def no_process(here: Desk, pages: Mapping[str, st.Page]) -> bool:
    """Whether the client has no process yet: then what is missing, and the two ways to bring it."""
    key = here.link.client
    if key is None or here.workspace is None or has_process(here.workspace.client(key)):
        return False
    say = here.speaking.words
    with st.container(key="vv-empty", border=True):
        title, lead = (escaped(say(f"ui.empty.no_process.{part}")) for part in ("title", "lead"))
        st.html(page(f"<h3>{title}</h3><p>{lead}</p>", tag=here.speaking.tag))
        for name, icon in (("import", ":material/upload_file:"), ("client", ":material/edit_note:")):
            st.page_link(
                pages[name],
                label=say(f"ui.empty.no_process.{name}"),
                icon=icon,
                query_params=link.write(here.asked.of(key)),
            )
    return True


def only_process(here: Desk, error: ValuevizError, pages: Mapping[str, st.Page]) -> bool:
    """Whether a report lacks metrics although nothing was filtered and the process is known: then it is said so."""
    key, asked = here.link.client, here.link
    if error.code != "nothing_measured" or key is None or here.workspace is None or asked.sites or asked.window():
        return False
    if not has_process(here.workspace.client(key)):
        return False
    say = here.speaking.words
    with st.container(key="vv-empty", border=True):
        title, lead = (escaped(say(f"ui.empty.only_process.{part}")) for part in ("title", "lead"))
        st.html(page(f"<h3>{title}</h3><p>{lead}</p>", tag=here.speaking.tag))
        for name, words in (("process", "ui.start.process"), ("import", "ui.start.import")):
            st.page_link(
                pages[name],
                label=say(words),
                icon=":material/arrow_forward:",
                query_params=link.write(here.asked.of(key)),
            )
    return True


def has_process(client: Client) -> bool:
    """Whether a client's process is known from a log or was typed by hand."""
    return bool(client.log_snapshots() or client.hand_steps())


def way_on(here: Desk, error: ValuevizError, pages: Mapping[str, st.Page]) -> None:
    """The next step after a refusal of a page."""
    if error.code != "no_data" or here.link.client is None:
        way_out(here)
        return
    st.html(page(f"<p>{escaped(here.speaking.words('ui.empty.import'))}</p>", tag=here.speaking.tag))
    st.page_link(
        pages["import"],
        label=here.speaking.words("ui.start.import"),
        icon=":material/arrow_forward:",
        query_params=link.write(here.asked.of(here.link.client)),
    )


def way_out(here: Desk) -> None:
    """A link to the same page with what could be understood of its address."""
    understood = replace(here.asked.of(here.asked.client), brand=None)
    if understood.client not in {info.key for info in here.clients}:
        understood = replace(understood, client=None)
    st.button(
        here.speaking.words("ui.error.reset"),
        icon=":material/restart_alt:",
        key="vv-reset",
        on_click=_reset,
        args=(understood,),
    )


def _reset(understood: Link) -> None:
    desk.ask(understood)


# Inside ──────────────────────────────────────────────────────────────────────


def _heading(here: Desk, key: str) -> None:
    st.html(page(f'<h2 class="vv-part">{escaped(here.speaking.words(key))}</h2>', tag=here.speaking.tag))


def _client(here: Desk, client: Client, pages: Mapping[str, st.Page]) -> None:
    """A client as a card: name, system, go-live, what is imported, the next step."""
    say = here.speaking.words
    with st.container(key=f"vv-client-{client.key}", border=True, height="stretch"):
        try:
            engagement = kept.engagement_of(here.path, client.key, client.knowledge())
        except ValuevizError as error:
            st.html(page(problem(error, here.speaking), tag=here.speaking.tag))
            return
        st.html(page(_about(here, client, engagement), tag=here.speaking.tag))
        ways = {"renewal": "ui.start.open"} if client.snapshots() else {}
        ways |= {"process": "ui.start.process"} if "process" in pages and has_process(client) else {}
        with st.container(horizontal=True, key=f"vv-ways-{client.key}"):
            for name, words in (ways | {"import": "ui.start.import", "client": "ui.start.agreed"}).items():
                st.page_link(
                    pages[name],
                    label=say(words),
                    icon=":material/arrow_forward:" if name == next(iter(ways), "import") else None,
                    query_params=link.write(here.asked.of(client.key)),
                )


def _another(here: Desk, pages: Mapping[str, st.Page]) -> None:
    """The way to one client more."""
    st.page_link(
        pages["client"],
        label=here.speaking.words("ui.start.new"),
        icon=":material/add:",
        query_params=link.write(here.asked.of(None)),
    )


def _about(here: Desk, client: Client, engagement: Engagement) -> str:
    speaking = here.speaking
    chip = (
        f'<span class="vv-chip vv-synthetic">{escaped(speaking.words("ui.start.synthetic"))}</span>'
        if engagement.synthetic
        else ""
    )
    imports = client.imports()
    rows = {
        "ui.start.system": speaking.typeset(engagement.system),
        "ui.start.go_live": speaking.date(engagement.go_live),
        "ui.start.imported": speaking.words(
            "ui.start.files" if imports else "ui.start.no_files",
            **({"files": speaking.grouped(len(imports))} if imports else {}),
        ),
    }
    if engagement.contract is not None:
        rows["ui.start.contract"] = speaking.date(engagement.contract.end)
    listed = "".join(
        f"<div><dt>{escaped(speaking.words(key))}</dt><dd>{escaped(text)}</dd></div>" for key, text in rows.items()
    )
    return f'<h3>{escaped(speaking.names(engagement.name))}{chip}</h3><dl class="vv-meta">{listed}</dl>'


def _education(here: Desk, pages: Mapping[str, st.Page]) -> None:
    say = here.speaking.words
    with st.container(key="vv-education", border=True):
        st.html(
            page(
                f"<h3>{escaped(say('ui.start.education'))}</h3><p>{escaped(say('ui.start.education_lead'))}</p>",
                tag=here.speaking.tag,
            )
        )
        st.page_link(
            pages["education"],
            label=say("ui.start.read"),
            icon=":material/arrow_forward:",
            query_params=link.write(here.asked.of(here.asked.client)),
        )


def _promises(here: Desk) -> None:
    """Three rules every number here keeps."""
    items = "".join(
        f"<div><h4>{escaped(here.speaking.words(f'ui.start.rule.{key}.title'))}</h4>"
        f"<p>{escaped(here.speaking.words(f'ui.start.rule.{key}.text'))}</p></div>"
        for key in ("range", "trace", "local")
    )
    st.html(page(f'<div class="vv-rules">{items}</div>', tag=here.speaking.tag))
