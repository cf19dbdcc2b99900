"""The imports of a client: what counts, what was taken back, and the way to any of those states."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from valueviz.errors import ValuevizError
from valueviz.store import Client, ImportRecord
from valueviz.store.record import State
from valueviz.ui.data import worded
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page
from valueviz.ui.pieces import problem

SHOWN = 8
"""Imports shown at once; older ones are one click away."""

MOST_METRICS = 3
"""Metrics named with an import; more are counted."""

FAILED, WANTED = "vv-revert-failed", "vv-revert"
"""Where a session keeps a refusal, and the state it wants, between two runs."""


def history(here: Desk, client: Client, *, first: bool) -> None:
    """Every import that was ever acknowledged, the latest first."""
    state = client.state()
    records = [each.record for each in state.history]
    if not records:
        if first:
            text = escaped(here.speaking.words("ui.import.history.empty"))
            st.html(page(f'<p class="vv-note">{text}</p>', tag=here.speaking.tag))
        return
    title = escaped(here.speaking.words("ui.import.history.title"))
    lead = escaped(here.speaking.words("ui.import.history.lead"))
    st.html(page(f'<h2 class="vv-part">{title}</h2><p class="vv-note">{lead}</p>', tag=here.speaking.tag))
    failed = st.session_state.pop(FAILED, None)
    if isinstance(failed, ValuevizError):
        st.html(page(problem(failed, here.speaking), tag=here.speaking.tag))
    shown = list(reversed(range(len(records))))
    with st.container(key="vv-history", gap=None):
        for place in shown[:SHOWN]:
            _record(here, client, state, place)
    if shown[SHOWN:]:
        older = here.speaking.words("ui.import.history.older", count=here.speaking.grouped(len(shown) - SHOWN))
        with st.expander(older), st.container(key="vv-history-older", gap=None):
            for place in shown[SHOWN:]:
                _record(here, client, state, place)
    _asked(here, client)


# Inside ──────────────────────────────────────────────────────────────────────


def _record(here: Desk, client: Client, state: State, place: int) -> None:
    """One import; the last that counts can be taken back, to any other one can go."""
    say = here.speaking.words
    record = state.history[place].record
    active = any(each == record for each in state.imports)
    what = "undo" if place == state.last else "back" if active else "forward"
    target: str | None = record.snapshot
    if place == state.last:
        follows = state.history[place].follows
        target = None if follows is None else state.history[follows].record.snapshot
    with st.container(key=f"vv-import-{place}", horizontal=True, vertical_alignment="center"):
        st.html(page(_line(here, client, record, kind="latest" if what == "undo" else what), tag=here.speaking.tag))
        st.button(
            say(f"ui.import.history.{what}"),
            key=f"vv-revert-{place}",
            type="tertiary",
            icon=ICONS[what],
            on_click=_ask,
            args=(what, target, record.file, len(state.imports) - state.imports.index(record) - 1 if active else 0),
        )


ICONS = {"undo": ":material/undo:", "back": ":material/history:", "forward": ":material/redo:"}


def _line(here: Desk, client: Client, record: ImportRecord, *, kind: str) -> str:
    say, speaking = here.speaking.words, here.speaking
    when = speaking.date(datetime.fromisoformat(record.imported_on).date()) if record.imported_on else ""
    details = [
        when,
        *_about(here, client, record),
        worded.equation(here, record),
        say(f"ui.import.raw.{record.raw_reason}") if record.raw_reason not in {None, "kept"} else "",
    ]
    if record.overlap is not None:
        details.append(say(f"ui.import.history.overlap_{record.overlap}", count=speaking.grouped(record.replaced)))
    rest = say("ui.import.separator").join(text for text in details if text)
    return (
        f'<div class="vv-parcel{" vv-reverted" * (kind == "forward")}"><b>{escaped(record.file)}</b>'
        f'<small>{escaped(rest)}</small><span class="vv-state vv-state-{kind}">'
        f"{escaped(say(f'ui.import.history.state_{kind}'))}</span></div>"
    )


def _about(here: Desk, client: Client, record: ImportRecord) -> tuple[str, ...]:
    """The sheets that were read and the metrics they hold: files of one name are told apart by them."""
    names = [worded.metric(here, client.key, key) for key in record.metrics]
    rest = len(names) - MOST_METRICS
    if rest > 0:
        more = here.speaking.words("ui.import.history.metrics", count=here.speaking.grouped(rest))
        names = [*names[:MOST_METRICS], more]
    try:
        sheets = client.sheets(record)
    except ValuevizError:
        sheets = ()  # a damaged mapping is told where it is needed, and by `doctor`
    months = ""
    if record.periods:
        first, last = (worded.month(record.periods[at]) for at in (0, -1))
        months = here.speaking.words(
            "ui.import.periods",
            first=here.speaking.month(first, short=True),
            last=here.speaking.month(last, short=True),
            count=here.speaking.grouped(len(record.periods)),
        )
    held = ""
    if record.kind == "log":
        grouped = here.speaking.grouped
        held = here.speaking.words("ui.import.history.log", cases=grouped(record.cases), events=grouped(record.events))
    return (*sheets, here.speaking.list_(names) if names else held, months)


def _ask(what: str, target: str | None, file: str, later: int) -> None:
    st.session_state[WANTED] = (what, target, file, later)


def _asked(here: Desk, client: Client) -> None:
    """The question before another state counts."""
    wanted = st.session_state.get(WANTED)
    if wanted is None:
        return
    what, target, file, later = wanted
    count = {"count": _later(here, later)} if what == "back" else {}
    say = here.speaking.words

    def ask() -> None:
        st.html(
            page(f"<p>{escaped(say(f'ui.import.history.ask_{what}', file=file, **count))}</p>", tag=here.speaking.tag)
        )
        if st.button(say("ui.import.history.yes"), type="primary", key="vv-revert-yes"):
            _forget()
            try:
                client.revert(target)
            except ValuevizError as refusal:
                st.session_state[FAILED] = refusal
            st.rerun()

    st.dialog(say(f"ui.import.history.{what}"), on_dismiss=_forget)(ask)()


def _later(here: Desk, count: int) -> str:
    """How many imports no longer count."""
    return here.speaking.quantity(count, "import", 0)


def _forget() -> None:
    st.session_state.pop(WANTED, None)
