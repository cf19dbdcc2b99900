"""The part of a client's page in which a process is typed: today and as a target, from scratch or a starter flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st

from valueviz import catalog
from valueviz.catalog import Flow
from valueviz.catalog.form import SECONDS
from valueviz.errors import DataError, ValuevizError
from valueviz.store import Workspace
from valueviz.terms import BASES, STATES, VALUE_CLASSES, HandStep, ProcessState
from valueviz.ui import link
from valueviz.ui.controls import retold
from valueviz.ui.data import hand
from valueviz.ui.data.hand import Typed
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

ROUND = "vv-flow-round"
"""Where a session keeps which round of the tables it is: after a save or a starter flow they open anew."""

STARTED = "vv-flow-started"
"""Where a session keeps the starter flow a person began with: client and steps."""

SAVED = "vv-flow-saved"

MOST_NAME = 100
"""Characters of a process's name."""

WIDTHS = {
    "name": 124,
    "role": 116,
    "touch": 128,
    "touch_unit": 128,
    "wait": 128,
    "wait_unit": 148,
    "rework": 140,
    "volume": 146,
    "value": 172,
    "automated": 176,
    "basis": 168,
    "owner": 128,
}
"""Pixels of each column, as wide as its head in either language; the first stays in sight on a phone."""

MOST_FAULTS = 8
"""Faults that are listed at once; the others follow when these are mended."""


def flow(here: Desk, workspace: Workspace, key: str, pages: Mapping[str, st.Page]) -> None:
    """The processes of a client, to be typed, corrected or taken away.

    Args:
        here: the desk.
        workspace: where the client is kept.
        key: of the client.
        pages: the pages of the app, for the way to the comparison.
    """
    say = here.speaking.words
    kept = workspace.client(key).hand_steps()
    _said(here, key, pages)
    with st.expander(say("ui.flow.title"), key=f"vv-flow-{key}", expanded=bool(_started(key))):
        st.html(page(f'<p class="vv-note">{escaped(say("ui.flow.lead"))}</p>', tag=here.speaking.tag))
        chosen = _chosen(here, key, kept)
        _starter(here, key)
        _editor(here, key, kept, chosen)


# Inside ──────────────────────────────────────────────────────────────────────


def _round() -> int:
    return int(st.session_state.get(ROUND, 0))


def _started(key: str) -> tuple[HandStep, ...]:
    """The starter flow this client's tables began with, until it is saved."""
    client, steps = st.session_state.get(STARTED, (None, ()))
    return steps if client == key else ()


def _chosen(here: Desk, key: str, kept: Sequence[HandStep]) -> str | None:
    """The process that is edited; None for a new one."""
    names = list(dict.fromkeys(step.process for step in kept))
    if not names:
        return None
    say = here.speaking.words
    new = ""
    found = st.selectbox(
        say("ui.flow.which"),
        [*names, new],
        index=len(names) if _started(key) else 0,
        key=f"vv-flow-which-{key}-{_round()}",
        format_func=lambda name: name or say("ui.flow.new"),
    )
    return found or None


def _starter(here: Desk, key: str) -> None:
    """The starter flows of the client's industry: an illustration to begin with."""
    say, engagement = here.speaking.words, here.engagement(key)
    flows = catalog.pack_or_general(engagement.industry if engagement else None).flows
    if not flows:
        return
    names = {each.key: here.speaking.names(each.name) for each in flows}
    one, two = st.columns([3, 2], vertical_alignment="bottom")
    retold(f"vv-flow-starter-{key}", flows[0].key)
    picked = one.selectbox(
        say("ui.flow.starter"),
        list(names),
        key=f"vv-flow-starter-{key}",
        format_func=lambda each: names.get(str(each), str(each)),
        help=say("ui.flow.starter_help"),
    )
    begun = next((each for each in flows if each.key == picked), None)
    two.button(
        say("ui.flow.start"),
        key=f"vv-flow-start-{key}",
        icon=":material/draft:",
        width="stretch",
        disabled=begun is None,
        on_click=_start,
        args=(key, begun, here),
    )


def _start(key: str, begun: Flow, here: Desk) -> None:
    st.session_state[STARTED] = (key, begun.steps(here.locale))
    st.session_state[ROUND] = _round() + 1


def _editor(here: Desk, key: str, kept: Sequence[HandStep], chosen: str | None) -> None:
    """Name, two tables, what is wrong in them, and the buttons."""
    say = here.speaking.words
    started = _started(key) if chosen is None else ()
    basis = started or tuple(step for step in kept if step.process == chosen)
    place = f"vv-flow-{key}-{_round()}-{chosen or 'new'}"
    if started:
        st.html(page(_callout(say("ui.flow.illustration"), "caution"), tag=here.speaking.tag))
    name = st.text_input(
        say("ui.flow.name"), value=basis[0].process if basis else "", key=f"{place}-name", max_chars=MOST_NAME
    ).strip()
    tables = [_table(here, basis, name, state, place=place) for state in STATES]
    steps = tuple(step for each in tables for step in each.steps)
    faults = [fault for each in tables for fault in each.faults]
    if name and name != chosen and any(step.process == name for step in kept):
        faults.insert(0, DataError("form_twice", column=say("ui.flow.name"), found=name))
    if faults:
        st.html(page(_faults(here, faults), tag=here.speaking.tag))
    elif steps and not name:
        st.html(page(f'<p class="vv-note">{escaped(say("ui.flow.nameless"))}</p>', tag=here.speaking.tag))
    after = hand.replaced(kept, steps, process=chosen)
    st.button(
        say("ui.flow.save"),
        type="primary",
        icon=":material/check:",
        key=f"{place}-save",
        disabled=bool(faults) or not steps or not name or after == tuple(kept),
        on_click=_put,
        args=(here, key, after, "saved"),
    )
    if chosen is not None:
        st.button(
            say("ui.flow.remove"),
            type="tertiary",
            icon=":material/delete:",
            key=f"{place}-remove",
            on_click=_put,
            args=(here, key, hand.replaced(kept, (), process=chosen), "removed"),
        )


def _table(here: Desk, basis: Sequence[HandStep], name: str, state: ProcessState, *, place: str) -> Typed:
    """One state: a table to type into, and what stands in it."""
    say = here.speaking.words
    title = say(f"ui.flow.state.{state}")
    words = {column: say(f"form.process.column.{column}") for column in hand.COLUMNS}
    st.html(page(f"<h4>{escaped(title)}</h4>", tag=here.speaking.tag))
    edited = st.data_editor(
        hand.cells_of([step for step in basis if step.state == state]),
        column_config=_columns(here, words),
        num_rows="dynamic",
        hide_index=True,
        height="content",
        key=f"{place}-{state}",
        placeholder="",
        alt=title,
    )
    cells = cast("Mapping[str, Sequence[Any]]", {column: list(edited[column]) for column in hand.COLUMNS})
    return hand.typed(cells, process=name, state=state, words=words, table=title)


def _columns(here: Desk, words: Mapping[str, str]) -> dict[str, Any]:
    """The columns: texts, numbers that are never negative, and lists of words."""
    config, say = st.column_config, here.speaking.words

    def note(column: str) -> str:
        return say(f"form.process.note.{column}")

    def chosen(column: str, options: Sequence[str], table: str | None) -> Any:
        return config.SelectboxColumn(
            words[column],
            options=list(options),
            format_func=lambda code: say(f"{table}.{code}") if table else here.speaking.unit(str(code)),
            help=note(column),
            width=WIDTHS[column],
        )

    def number(column: str, most: float | None = None) -> Any:
        return config.NumberColumn(words[column], min_value=0, max_value=most, help=note(column), width=WIDTHS[column])

    return {
        "name": config.TextColumn(words["name"], help=note("name"), width=WIDTHS["name"], pinned=True),
        "role": config.TextColumn(words["role"], help=note("role"), width=WIDTHS["role"]),
        "touch": number("touch"),
        "touch_unit": chosen("touch_unit", list(SECONDS), None),
        "wait": number("wait"),
        "wait_unit": chosen("wait_unit", list(SECONDS), None),
        "rework": config.NumberColumn(
            say("ui.flow.percent", column=words["rework"]),
            min_value=0,
            max_value=100,
            help=note("rework"),
            width=WIDTHS["rework"],
        ),
        "volume": number("volume"),
        "value": chosen("value", VALUE_CLASSES, "form.value_class"),
        "automated": chosen("automated", ("no", "yes"), "form.automated"),
        "basis": chosen("basis", BASES, "form.basis"),
        "owner": config.TextColumn(words["owner"], help=note("owner"), width=WIDTHS["owner"]),
    }


def _faults(here: Desk, faults: Sequence[DataError]) -> str:
    """What is wrong, each with its table, row and column."""
    say = here.speaking.words
    lines = "".join(f"<li>{escaped(here.speaking.error(fault))}</li>" for fault in faults[:MOST_FAULTS])
    more = len(faults) - MOST_FAULTS
    rest = f"<p>{escaped(say('ui.flow.more', count=here.speaking.grouped(more)))}</p>" if more > 0 else ""
    title = escaped(say("ui.flow.faults"))
    return f'<aside class="vv-callout vv-caution" role="alert"><h4>{title}</h4><ul>{lines}</ul>{rest}</aside>'


def _callout(text: str, tone: str) -> str:
    return f'<aside class="vv-callout vv-{tone}"><p>{escaped(text)}</p></aside>'


def _put(here: Desk, key: str, steps: Sequence[HandStep], what: str) -> None:
    """Keep the steps; what is refused is said on the next run."""
    try:
        Workspace.open(here.place).client(key).put_process(steps)
    except ValuevizError as refusal:
        st.session_state[SAVED] = (key, refusal)
        return
    st.session_state.pop(STARTED, None)
    st.session_state[ROUND] = _round() + 1
    st.session_state[SAVED] = (key, what)


def _said(here: Desk, key: str, pages: Mapping[str, st.Page]) -> None:
    """What became of the last save, and the way to the comparison."""
    client, what = st.session_state.pop(SAVED, (None, None))
    if client != key or what is None:
        return
    say = here.speaking.words
    if isinstance(what, ValuevizError):
        st.html(page(problem(what, here.speaking, title="ui.engagement.refused"), tag=here.speaking.tag))
        return
    text = escaped(say(f"ui.flow.{what}"))
    st.html(page(f'<aside class="vv-callout vv-info" role="status"><p>{text}</p></aside>', tag=here.speaking.tag))
    if what == "saved" and "process" in pages:
        st.page_link(
            pages["process"],
            label=say("ui.flow.open"),
            icon=":material/arrow_forward:",
            query_params=link.write(here.asked),
        )
