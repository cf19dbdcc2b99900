"""The form of a client: six fields that must be filled in, and the parts that may follow, as widgets."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, cast

import streamlit as st

from valueviz import catalog
from valueviz.terms import LOCALES, NEVER, PHASES, Engagement, Locale
from valueviz.ui.controls import retold
from valueviz.ui.data import worded
from valueviz.ui.data.draft import Cells, Draft
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "TWD", "KRW", "INR")
"""Currencies offered; any other may be typed."""

MOST_TRANSITION = 24
"""Periods after go-live that may be left out of the comparison."""

BY, MODES, TARGETS = ("vendor", "client"), ("human", "assisted", "automated"), ("level", "change", "relative")


def form(here: Desk, before: Engagement | None, *, key: str | None, place: str) -> Draft:
    """The draft that a person has filled in.

    Args:
        here: the desk.
        before: what the form starts from.
        key: of the client, None where it is a new one.
        place: names the form among others.
    """
    draft = _who(here, before, place=place)
    draft = _terms(here, before, draft, place=place)
    draft = _sites(here, before, draft, place=place)
    draft = _work(here, before, draft, place=place)
    return _promised(here, before, draft, key=key, place=place)


# Parts ───────────────────────────────────────────────────────────────────────


def _who(here: Desk, before: Engagement | None, *, place: str) -> Draft:
    """The required part."""
    say = here.speaking.words
    _title(here, "who")
    note = escaped(say("ui.engagement.required_note"))
    st.html(page(f'<p class="vv-note">{note}</p>', tag=here.speaking.tag))
    names = _name_fields(here, before, place=place)
    one, two = st.columns(2)
    system = one.text_input(
        _required(here, "system"),
        value=before.system if before else "",
        key=f"{place}-system",
        max_chars=100,
        placeholder=say("ui.engagement.system_hint"),
    )
    known = [key for key in catalog.packs() if key != "general"]
    offered = list(dict.fromkeys([*known, "general", *((before.industry,) if before else ())]))
    retold(f"{place}-industry", before.industry if before else None)
    industry: str | None = two.selectbox(
        _required(here, "industry"),
        offered,
        index=None,
        placeholder=say("ui.please_choose"),
        key=f"{place}-industry",
        format_func=lambda key: here.speaking.names(catalog.pack(key).name) if key in catalog.packs() else key,
    )
    one, two, three = st.columns(3)
    go_live = one.date_input(
        _required(here, "go_live"),
        value=before.go_live if before else None,
        key=f"{place}-go-live",
        format="YYYY-MM-DD",
    )
    currency = before.currency if before else "CNY"
    currencies = list(dict.fromkeys([*CURRENCIES, currency]))
    currency = two.selectbox(
        _required(here, "currency"), currencies, index=currencies.index(currency), key=f"{place}-currency"
    )
    transition = three.number_input(
        say("ui.engagement.transition"),
        min_value=0,
        max_value=MOST_TRANSITION,
        value=before.transition_periods if before else 0,
        key=f"{place}-transition",
        help=say("ui.engagement.transition_help"),
    )
    language: Locale = (before.language if before else None) or here.locale
    nothing: Cells = {}
    return Draft(
        names=names,
        system=system.strip(),
        industry=industry or "",
        currency=currency,
        go_live=go_live,
        transition=int(transition),
        language=language,
        baseline=(None, None),
        chosen=("", None),
        signed=("", None),
        contract=(None, None, None),
        sites=nothing,
        phases=nothing,
        steps=nothing,
        promises=nothing,
        events=nothing,
        controls=before.negative_controls if before else (),
    )


def _name_fields(here: Desk, before: Engagement | None, *, place: str) -> dict[Locale, str]:
    """The display name in each language, that of the page first."""
    order = sorted(LOCALES, key=lambda locale: locale != here.locale)
    found: dict[Locale, str] = {}
    for column, locale in zip(st.columns(len(order)), order, strict=True):
        found[locale] = column.text_input(
            _required(here, f"name_{locale}"),
            value=before.name[locale] if before else "",
            key=f"{place}-name-{locale}",
            max_chars=100,
        ).strip()
    return found


def _terms(here: Desk, before: Engagement | None, draft: Draft, *, place: str) -> Draft:
    """Baseline and contract."""
    say = here.speaking.words
    old, contract = (before.baseline, before.contract) if before else (None, None)
    with _part(here, "terms", place=place):
        _lead(here, "baseline")
        one, two = st.columns(2)
        start = _day(one, here, "baseline_start", old.start if old else None, place)
        end = _day(two, here, "baseline_end", old.end if old else None, place)
        who = {}
        for what, by, on in (
            ("chosen", old.chosen_by if old else None, old.chosen_on if old else None),
            ("signed", old.signed_by if old else None, old.signed_on if old else None),
        ):
            one, two = st.columns(2)
            text = by[here.locale] if by is not None else ""
            name = one.text_input(say(f"ui.engagement.{what}_by"), value=text, key=f"{place}-{what}-by", max_chars=100)
            who[what] = (name.strip(), _day(two, here, f"{what}_on", on, place))
        _lead(here, "contract")
        one, two, three = st.columns(3)
        begins = _day(one, here, "contract_start", contract.start if contract else None, place)
        ends = _day(two, here, "contract_end", contract.end if contract else None, place)
        price = three.number_input(
            say("ui.engagement.price", currency=draft.currency),
            min_value=0.0,
            value=contract.price if contract else None,
            key=f"{place}-price",
            step=1000.0,
            format="%.2f",
        )
    return replace(
        draft, baseline=(start, end), chosen=who["chosen"], signed=who["signed"], contract=(begins, ends, price)
    )


def _sites(here: Desk, before: Engagement | None, draft: Draft, *, place: str) -> Draft:
    say = here.speaking.words
    sites = before.sites if before else ()
    with _part(here, "sites", place=place):
        cells = _table(
            here,
            {
                "key": [site.key for site in sites],
                "go_live": [None if site.go_live == NEVER else site.go_live for site in sites],
                "never": [site.go_live == NEVER for site in sites],
            },
            {
                "key": st.column_config.TextColumn(
                    say("ui.engagement.site"), max_chars=100, required=True, width="medium"
                ),
                "go_live": st.column_config.DateColumn(say("ui.engagement.site_go_live"), format="YYYY-MM-DD"),
                "never": st.column_config.CheckboxColumn(say("ui.engagement.site_never"), default=False),
            },
            key=f"{place}-sites",
        )
    return replace(draft, sites=cells)


def _work(here: Desk, before: Engagement | None, draft: Draft, *, place: str) -> Draft:
    """Phases, steps and other events."""
    say = here.speaking.words
    phases = {phase.key: phase for phase in (before.phases if before else ())}
    steps, events = (before.steps, before.events) if before else ((), ())
    with _part(here, "work", place=place):
        _lead(here, "phases")
        planned = _table(
            here,
            {
                "key": list(PHASES),
                "start": [phases[key].start if key in phases else None for key in PHASES],
                "end": [phases[key].end if key in phases else None for key in PHASES],
            },
            {"key": _choice(here, "phase", PHASES, disabled=True), **_dates(here, "start", "end")},
            key=f"{place}-phases",
            fixed=True,
        )
        _lead(here, "steps")
        taken = _table(
            here,
            {
                "name": [step.name[here.locale] for step in steps],
                "phase": [step.phase for step in steps],
                "date": [step.date for step in steps],
                "by": [step.by for step in steps],
                "mode": [step.mode for step in steps],
            },
            {
                "name": st.column_config.TextColumn(say("ui.engagement.step"), max_chars=100, width="medium"),
                "phase": _choice(here, "phase", PHASES),
                **_dates(here, "date"),
                "by": _choice(here, "by", BY),
                "mode": _choice(here, "mode", MODES),
            },
            key=f"{place}-steps",
        )
        _lead(here, "events")
        happened = _table(
            here,
            {"date": [event.date for event in events], "name": [event.name[here.locale] for event in events]},
            {**_dates(here, "date"), "name": st.column_config.TextColumn(say("ui.engagement.event"), width="large")},
            key=f"{place}-events",
        )
    return replace(draft, phases=planned, steps=taken, events=happened)


def _promised(here: Desk, before: Engagement | None, draft: Draft, *, key: str | None, place: str) -> Draft:
    """Promises, and metrics that the implementation cannot have touched."""
    say = here.speaking.words
    promises = before.promises if before else ()
    names = _metric_names(here, draft.industry, [*(promise.metric for promise in promises), *draft.controls], key=key)
    with _part(here, "promises", place=place):
        cells = _table(
            here,
            {
                "metric": [promise.metric for promise in promises],
                "target": [promise.target for promise in promises],
                "value": [
                    round(promise.value * 100, 10) if promise.target == "relative" else promise.value
                    for promise in promises
                ],
                "signed_on": [promise.signed_on for promise in promises],
            },
            {
                "metric": st.column_config.SelectboxColumn(
                    say("ui.engagement.promise_metric"),
                    options=list(names),
                    format_func=lambda key: names.get(str(key), str(key)),
                    width="medium",
                ),
                "target": st.column_config.SelectboxColumn(
                    say("ui.engagement.promise_target"),
                    options=list(TARGETS),
                    format_func=lambda key: say(f"ui.engagement.target_{key}"),
                    width="medium",
                ),
                "value": st.column_config.NumberColumn(say("ui.engagement.promise_value")),
                **_dates(here, "signed_on"),
            },
            key=f"{place}-promises",
        )
        controls = st.multiselect(
            say("ui.engagement.controls"),
            list(names),
            default=[key for key in draft.controls if key in names],
            key=f"{place}-controls",
            format_func=lambda key: names.get(key, key),
            placeholder=say("ui.choose"),
            help=say("ui.engagement.controls_help"),
        )
    return replace(draft, promises=cells, controls=tuple(controls))


# Inside ──────────────────────────────────────────────────────────────────────


def _title(here: Desk, key: str) -> None:
    say = here.speaking.words
    st.html(
        page(
            f'<h2 class="vv-part">{escaped(say(f"ui.engagement.part.{key}"))}</h2>'
            f'<p class="vv-note">{escaped(say(f"ui.engagement.lead.{key}"))}</p>',
            tag=here.speaking.tag,
        )
    )


def _part(here: Desk, key: str, *, place: str) -> AbstractContextManager[Any]:
    """A part that may be filled in later, folded away."""
    part = st.expander(here.speaking.words(f"ui.engagement.part.{key}"), key=f"{place}-part-{key}")
    part.html(
        page(
            f'<p class="vv-note">{escaped(here.speaking.words(f"ui.engagement.lead.{key}"))}</p>', tag=here.speaking.tag
        )
    )
    return cast("AbstractContextManager[Any]", part)


def _required(here: Desk, key: str) -> str:
    """The label of a field that must be filled in."""
    return here.speaking.words("ui.engagement.required", field=here.speaking.words(f"ui.engagement.{key}"))


def _lead(here: Desk, key: str) -> None:
    say = here.speaking.words
    st.html(
        page(
            f"<h4>{escaped(say(f'ui.engagement.part.{key}'))}</h4><p class='vv-note'>{escaped(say(f'ui.engagement.lead.{key}'))}</p>",
            tag=here.speaking.tag,
        )
    )


def _day(column: Any, here: Desk, key: str, value: Any, place: str) -> Any:
    return column.date_input(
        here.speaking.words(f"ui.engagement.{key}"), value=value, key=f"{place}-{key}", format="YYYY-MM-DD"
    )


def _dates(here: Desk, *keys: str) -> dict[str, Any]:
    return {
        key: st.column_config.DateColumn(here.speaking.words(f"ui.engagement.column.{key}"), format="YYYY-MM-DD")
        for key in keys
    }


def _choice(here: Desk, table: str, options: Sequence[str], *, disabled: bool = False) -> Any:
    """A column of codes, shown by their words."""
    return st.column_config.SelectboxColumn(
        here.speaking.words(f"ui.engagement.column.{table}"),
        options=list(options),
        format_func=lambda key: here.speaking.words(f"{table}.{key}"),
        disabled=disabled,
        width="medium",
    )


def _table(here: Desk, cells: dict[str, list[Any]], heads: dict[str, Any], *, key: str, fixed: bool = False) -> Cells:
    """A table to be edited, and what stands in it now; an empty one opens with a row to type into."""
    edited = st.data_editor(
        cells if any(cells.values()) else {column: [None] for column in cells},
        column_config=heads,
        num_rows="fixed" if fixed else "dynamic",
        hide_index=True,
        height="content",
        key=key,
        placeholder="",
        alt=here.speaking.words("ui.engagement.table"),
    )
    return {column: list(edited[column]) for column in cells}


def _metric_names(here: Desk, industry: str, extra: Sequence[str], *, key: str | None) -> dict[str, str]:
    """Metrics by name and unit: those of the industry and of the client, and what else an engagement speaks of."""
    known = {metric.key: metric for metric in catalog.pack_or_general(industry).metrics}
    known |= worded.metrics(here, key) if key is not None else {}
    names = {found.key: worded.with_unit(here, found) for found in known.values()}
    return names | {each: each for each in extra if each not in names}
