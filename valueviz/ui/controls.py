"""The controls beside a page: language, client, sites, months, brand; they only ever change the link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from valueviz import catalog, study
from valueviz.language import language
from valueviz.study import Study
from valueviz.terms import LOCALES, Locale, period_end, period_start
from valueviz.ui import desk as desks
from valueviz.ui import kept
from valueviz.ui.desk import Desk
from valueviz.ui.link import Link
from valueviz.ui.request import HOUSE_BRAND

LANGUAGE, CLIENT, SITES, BRAND = ("vv-language", "vv-client", "vv-sites", "vv-brand")
FROM, TO = ("vv-from", "vv-to")
"""Keys of the widgets, the same in every language."""

SPOKEN = "{key}-spoken"
"""Where a session keeps the language in which a widget was last told its choice."""


def common(desk: Desk) -> None:
    """Language and brand: on every page, below the pages' names."""
    say = desk.speaking.words
    with st.sidebar:
        synced(LANGUAGE, desk.locale)
        st.segmented_control(
            say("ui.language"),
            LOCALES,
            required=True,
            key=LANGUAGE,
            format_func=_own_name,
            label_visibility="collapsed",
            width="stretch",
            on_change=changed(desk, LANGUAGE, lambda asked, value: replace(asked, locale=value)),
        )


def brand(desk: Desk) -> None:
    """Whose colours and logo the report wears."""
    with st.sidebar:
        synced(BRAND, desk.link.brand)
        st.selectbox(
            desk.speaking.words("ui.brand"),
            catalog.brands(),
            key=BRAND,
            format_func=lambda key: desk.speaking.names(catalog.brand(key).name),
            on_change=changed(
                desk, BRAND, lambda asked, value: replace(asked, brand=None if value == HOUSE_BRAND else value)
            ),
        )


def client(desk: Desk) -> None:
    """Which client; a new one starts without filters."""
    names = {info.key: desk.name(info) for info in desk.clients}
    with st.sidebar:
        known = desk.link.client in names
        synced(CLIENT, desk.link.client if known else None)
        st.selectbox(
            desk.speaking.words("ui.client"),
            tuple(names),
            index=0 if known else None,
            key=CLIENT,
            format_func=lambda key: names.get(key, key),
            placeholder=desk.speaking.words("ui.choose"),
            on_change=changed(desk, CLIENT, lambda asked, value: asked.of(value)),
        )


def filters(desk: Desk) -> None:
    """Sites and months of the client's data, as far as there is something to choose."""
    workspace = desk.workspace
    if workspace is None or desk.link.client is None:
        return
    client = workspace.client(desk.link.client)
    if not client.snapshots():
        return
    with st.sidebar:
        known = study.sites(client)
        if len(known) > 1:
            sites(desk, known)
        months = _months(kept.study_of(desk.path, study.ask(client)))
        if len(months) > 1:
            period(desk, months)


def hints(desk: Desk) -> tuple[str, ...]:
    """What the months chosen leave out, in words: no baseline, or nothing after go-live."""
    window = desk.link.window()
    engagement = desk.engagement(desk.link.client) if desk.link.client is not None else None
    if window is None or engagement is None:
        return ()
    go_live = engagement.go_live
    keys = []
    if window.start >= go_live:
        keys.append("ui.hint.no_baseline")
    if window.end < go_live:
        keys.append("ui.hint.no_after")
    return tuple(desk.speaking.words(key, go_live=desk.speaking.date(go_live)) for key in keys)


def mark(desk: Desk) -> None:
    """The logo of the brand above the pages' names; its name is a variable of the style."""
    chosen = catalog.brand(desk.link.brand or HOUSE_BRAND)
    if chosen.logo is not None:
        st.logo(str(chosen.logo), size="large")


# Inside ──────────────────────────────────────────────────────────────────────


def sites(desk: Desk, known: tuple[str, ...]) -> None:
    """Which of the sites count."""
    synced(SITES, [site for site in desk.link.sites if site in known])
    st.multiselect(
        desk.speaking.words("ui.sites"),
        known,
        key=SITES,
        placeholder=desk.speaking.words("ui.all_sites"),
        select_all=False,
        on_change=changed(
            desk,
            SITES,
            lambda asked, value: replace(asked, sites=() if set(value) == set(known) else tuple(sorted(value))),
        ),
    )


def period(desk: Desk, months: Sequence[date]) -> None:
    """First and last month; an end at the edge of the data is left open in the address."""
    first = min(max(desk.link.start or months[0], months[0]), months[-1])
    last = max(first, min(desk.link.end or months[-1], months[-1]))
    for key, options, shown in zip(
        (FROM, TO),
        ([month for month in months if month <= last], [month for month in months if month >= first]),
        (first, last),
        strict=True,
    ):
        synced(key, shown)
        st.selectbox(
            desk.speaking.words("ui.from" if key == FROM else "ui.to"),
            options,
            key=key,
            format_func=lambda month: desk.speaking.month(month, short=True),
            on_change=changed(desk, key, partial(_with_month, key=key, months=months)),
        )


def _with_month(asked: Link, chosen: date, *, key: str, months: Sequence[date]) -> Link:
    if key == FROM:
        return replace(asked, start=None if chosen == months[0] else chosen)
    return replace(asked, end=None if chosen == months[-1] else chosen)


def _months(answered: Study) -> tuple[date, ...]:
    """The first days of the months from the first period of any metric to the last."""
    series = [outcome.series for outcome in answered.outcomes if outcome.series.grain != "index"]
    if not series:
        return ()
    first = min(period_start(each.ordinals[0], each.grain) for each in series)
    last = max(period_end(each.ordinals[-1], each.grain) for each in series)
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    from_zero = first.year * 12 + first.month - 1
    return tuple(date(month // 12, month % 12 + 1, 1) for month in range(from_zero, from_zero + count))


def _own_name(locale: Locale) -> str:
    """A language by its own name."""
    return language(locale).words("language.name")


def synced(key: str, value: object) -> None:
    """Let a widget show what the link says, whatever it was told before.

    The browser sends back the words of the choice: after another language was chosen it is told the choice anew, or it
    would go on showing, and sending, words of the language before.
    """
    said, spoken = SPOKEN.format(key=key), st.session_state.get(LANGUAGE)
    if st.session_state.get(key) != value or st.session_state.get(said) != spoken:
        st.session_state[key] = value
        st.session_state[said] = spoken


def retold(key: str, default: object) -> None:
    """Let a widget that belongs to no link keep its choice, told anew after another language was chosen."""
    synced(key, st.session_state.get(key, default))


def changed(desk: Desk, key: str, change: Callable[[Link, Any], Link]) -> Callable[[], None]:
    """What happens when a control moves: its value goes into the address."""

    def write() -> None:
        desks.ask(change(desk.asked, st.session_state[key]))

    return write
