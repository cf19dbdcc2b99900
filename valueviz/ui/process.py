"""The process page beyond its report: the filters of its log, and below the document the cases and their events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import takewhile

import streamlit as st

from valueviz.story.process.duration import duration_digits, duration_unit, in_unit
from valueviz.study.cases import CaseRow, Choices, EventRow, Variant
from valueviz.terms import Question
from valueviz.ui import controls, kept
from valueviz.ui import desk as desks
from valueviz.ui.data.safe import label
from valueviz.ui.desk import Desk
from valueviz.ui.link import Link
from valueviz.ui.markup import escaped, page

VARIANT, CASE = "vv-variant", "vv-case"
ATTRIBUTE = "vv-attribute-{place}"
"""Keys of the widgets."""

MOST_ATTRIBUTES = 8
"""Attributes offered as filters: more would push everything else off the side of the page."""

SHOWN_CASES = 15
"""Cases in the table; all that are listed can be chosen."""

STEPS_SHOWN = 4
"""Activities of a way through the process that its name holds."""


def filters(here: Desk) -> None:
    """Sites, months, attributes and the way through the process, as far as the client's log knows them."""
    known = _choices(here)
    if known is None:
        return  # typed by hand: there are no cases to choose from
    with st.sidebar:
        if len(known.sites) > 1:
            controls.sites(here, known.sites)
        months = _months(known)
        if len(months) > 1:
            controls.period(here, months)
        for place, (name, levels) in enumerate(known.attributes[:MOST_ATTRIBUTES]):
            _attribute(here, name, levels, place=place)
        if len(known.variants) > 1:
            _variant(here, known.variants)


def nothing_left(here: Desk, question: Question) -> bool:
    """Whether the filters leave no case of the log: then a card with what was chosen and a way back to all cases."""
    known = _choices(here)
    if known is None or kept.cases_of(here.path, question).count:
        return False
    say = here.speaking.words
    title, lead = (escaped(say(f"ui.process.{part}")) for part in ("none", "none_lead"))
    body = f'<aside class="vv-callout vv-caution" role="status"><h4>{title}</h4><p>{lead}</p></aside>'
    st.html(page(body, tag=here.speaking.tag))
    st.button(
        say("ui.process.clear"),
        icon=":material/filter_alt_off:",
        key="vv-clear",
        on_click=desks.ask,
        args=(here.asked.of(here.asked.client),),
    )
    return True


def drill(here: Desk, question: Question) -> None:
    """The slowest cases of the current filters, and the events of the one that is chosen."""
    known = _choices(here)
    if known is None or question.client is None:
        return
    say, speaking = here.speaking.words, here.speaking
    found = kept.cases_of(here.path, question)
    title = f'<h2 class="vv-part">{escaped(say("ui.process.cases"))}</h2>'
    if not found.rows:
        return
    listed = min(SHOWN_CASES, len(found.rows))
    shown, count, rows = (speaking.grouped(each) for each in (len(found.rows), found.count, listed))
    lead = escaped(say("ui.process.cases_lead", count=count, rows=rows, shown=shown))
    with st.container(key="vv-cases"):
        table = _cases(here, found.rows[:SHOWN_CASES])
        st.html(page(f'{title}<p class="vv-note">{lead}</p>{table}', tag=speaking.tag))
        names = tuple(row.case for row in found.rows)
        if st.session_state.get(CASE) not in names:
            st.session_state[CASE] = None
        chosen: str | None = st.selectbox(
            say("ui.process.choose"),
            names,
            key=CASE,
            index=None,
            format_func=label,
            placeholder=say("ui.process.choose"),
        )
        if chosen is not None:
            _events(here, question, chosen, resources=known.resources)


# Filters ─────────────────────────────────────────────────────────────────────


def _choices(here: Desk) -> Choices | None:
    if here.workspace is None or here.link.client is None:
        return None
    return kept.choices_of(here.path, here.link.client, here.workspace.client(here.link.client).knowledge())


def _months(known: Choices) -> tuple[date, ...]:
    """The first days of the months from the first stamp of the log to the last."""
    if known.first is None or known.last is None:
        return ()
    first, last = (12 * day.year + day.month - 1 for day in (known.first, known.last))
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1))


def _attribute(here: Desk, name: str, levels: tuple[str, ...], *, place: int) -> None:
    key = ATTRIBUTE.format(place=place)
    current = dict(here.link.attributes).get(name)
    controls.synced(key, current if current in levels else None)
    st.selectbox(
        label(name),
        levels,
        key=key,
        index=None,
        format_func=label,
        placeholder=here.speaking.words("ui.process.all"),
        on_change=controls.changed(here, key, partial(_with_attribute, name=name)),
    )


def _with_attribute(asked: Link, value: str | None, *, name: str) -> Link:
    pairs = {key: level for key, level in asked.attributes if key != name}
    if value is not None:
        pairs[name] = value
    return replace(asked, attributes=tuple(sorted(pairs.items())))


def _variant(here: Desk, variants: tuple[Variant, ...]) -> None:
    names = {each.fingerprint: _named(here, each, variants[:place]) for place, each in enumerate(variants)}
    controls.synced(VARIANT, here.link.variant if here.link.variant in names else None)
    st.selectbox(
        here.speaking.words("ui.process.variant"),
        tuple(names),
        key=VARIANT,
        index=None,
        format_func=lambda fingerprint: names.get(fingerprint, fingerprint),
        placeholder=here.speaking.words("ui.process.all"),
        on_change=controls.changed(here, VARIANT, lambda asked, value: replace(asked, variant=value)),
    )
    chosen = next((each for each in variants if each.fingerprint == here.link.variant), None)
    if chosen is not None:
        path = escaped(" → ".join(chosen.activities))
        st.html(page(f'<p class="vv-source">{path}</p>', tag=here.speaking.tag))


def _named(here: Desk, variant: Variant, before: Sequence[Variant]) -> str:
    """A way through the process by how many cases took it, and by the steps from where it leaves the ways before it."""
    whole = variant.activities
    begin = min(max((_shared(whole, other.activities) for other in before), default=0), len(whole) - 1)
    end = begin + STEPS_SHOWN
    steps = [*(("…",) if begin else ()), *whole[begin:end], *(("…",) if len(whole) > end else ())]
    count = here.speaking.grouped(variant.overall)
    return here.speaking.words("ui.process.variant_choice", count=count, steps=label(" → ".join(steps)))


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Steps with which two ways begin alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


# Cases and events ────────────────────────────────────────────────────────────


def _cases(here: Desk, rows: Iterable[CaseRow]) -> str:
    listed = tuple(rows)
    say = here.speaking.words
    lead = _durations(here, [row.lead for row in listed])
    attributes = sorted({name for row in listed for name, _ in row.attributes})
    parted = any(row.after is not None for row in listed)
    heads = [
        (say("ui.process.case"), "left"),
        (say("ui.process.began"), "left"),
        *(((say("ui.process.period"), "left"),) if parted else ()),
        (say("ui.process.lead"), "right"),
        (say("ui.process.steps"), "right"),
        *((name, "left") for name in attributes),
    ]
    body = []
    for row in listed:
        own = dict(row.attributes)
        side = "left_out" if row.after is None else "after" if row.after else "before"
        period = say(f"ui.process.{side}")
        body.append(
            (
                row.case,
                _stamp(row.start),
                *((period,) if parted else ()),
                lead(row.lead),
                here.speaking.grouped(row.events),
                *(own.get(name, "") for name in attributes),
            )
        )
    return _table(heads, body)


def _events(here: Desk, question: Question, case: str, *, resources: bool) -> None:
    say = here.speaking.words
    rows = kept.events_of(here.path, question.client or "", question.knowledge, case)
    started, done, role = (any(getattr(row, key) is not None for row in rows) for key in ("start", "resource", "role"))
    heads = [
        (say("ui.process.line"), "right"),
        (say("ui.process.activity"), "left"),
        *(((say("ui.process.start"), "left"),) if started else ()),
        (say("ui.process.complete"), "left"),
        *(((say("ui.process.resource"), "left"),) if done else ()),
        *(((say("ui.process.role"), "left"),) if role else ()),
    ]
    body = [_event(row, started=started, done=done, role=role) for row in rows]
    title = f"<h3>{escaped(say('ui.process.chosen', case=case))}</h3>"
    note = f'<p class="vv-source">{escaped(say("ui.process.pseudonyms"))}</p>' if resources and done else ""
    st.html(page(f"{title}{_table(heads, body)}{note}", tag=here.speaking.tag))


def _event(row: EventRow, *, started: bool, done: bool, role: bool) -> tuple[str, ...]:
    return (
        str(row.row),
        row.activity,
        *((_stamp(row.start) if row.start else "",) if started else ()),
        _stamp(row.complete),
        *((row.resource or "",) if done else ()),
        *((row.role or "",) if role else ()),
    )


def _table(heads: list[tuple[str, str]], rows: Iterable[tuple[str, ...]]) -> str:
    """A table whose cells are texts of a user's file: each is escaped."""
    head = "".join(f'<th scope="col" class="vv-{side}">{escaped(text)}</th>' for text, side in heads)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="vv-{side}" data-label="{escaped(name)}"><span class="vv-cell">{escaped(text)}</span></td>'
            for text, (name, side) in zip(row, heads, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="vv-sheet"><table class="vv-table vv-decoded"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _durations(here: Desk, seconds: list[float]) -> Callable[[float], str]:
    """How times of one column are written: all in one unit, with as many decimals."""
    unit = duration_unit(seconds)
    digits = duration_digits(seconds, unit)
    return lambda value: here.speaking.quantity(in_unit(value, unit), unit, digits)


def _stamp(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
