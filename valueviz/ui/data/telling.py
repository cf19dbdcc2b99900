"""What a person tells about a file: answers are put together here, each makes the file be looked at again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from valueviz.store import Client
from valueviz.terms import Aggregation, Better, Names
from valueviz.ui.data import worded
from valueviz.ui.data.tray import Parcel, Tray
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

if TYPE_CHECKING:
    from valueviz.intake.question import Told

AGGREGATIONS: tuple[Aggregation, ...] = ("mean", "sum", "median")
"""How the values of a metric of one's own may be rolled up; counts and ratios need a definition of their own."""

BETTER: tuple[Better, ...] = ("lower", "higher")


def told_of(parcel: Parcel) -> Told:
    """What the owner of a file has told so far."""
    from valueviz.intake.question import Told

    return parcel.told or Told()


def tell(tray: Tray, parcel: Parcel, client: Client, **changed: object) -> None:
    """Take an answer and look again."""
    parcel.told = replace(told_of(parcel), **changed)  # type: ignore[arg-type]  # fields of Told
    tray.look(parcel, client)


def with_part(parcel: Parcel, column: str, part: str) -> tuple[tuple[str, str], ...]:
    """What was told about the parts of columns, with one answer more."""
    return (*((name, said) for name, said in told_of(parcel).parts if name != column), (column, part))


def metric_form(here: Desk, tray: Tray, *, parcel: Parcel, client: Client, header: str, place: str) -> None:
    """Define a metric that no pack knows: name, unit, which way is better, how its values are rolled up."""
    say = here.speaking.words
    with st.form(key=f"vv-metric-{parcel.token}-{place}-{parcel.revision}"):
        st.html(page(f"<h4>{escaped(say('ui.import.metric_new.title', column=header))}</h4>", tag=here.speaking.tag))
        name = st.text_input(say("ui.import.metric_new.name"), value=header, max_chars=100)
        one, two = st.columns(2)
        unit = one.text_input(say("ui.import.metric_new.unit"), value=_unit_of(parcel, header), max_chars=40)
        aggregation = two.selectbox(
            say("ui.import.metric_new.aggregation"),
            AGGREGATIONS,
            format_func=lambda key: say(f"ui.import.metric_new.{key}"),
        )
        better = st.radio(
            say("ui.import.metric_new.better"),
            BETTER,
            index=None,
            horizontal=True,
            format_func=lambda key: say(f"better.{key}"),
        )
        if not st.form_submit_button(say("ui.import.metric_new.take"), type="primary"):
            return
        if better is None or not name.strip() or not unit.strip():
            st.html(
                page(
                    f'<p class="vv-wrong">{escaped(say("ui.import.metric_new.incomplete"))}</p>', tag=here.speaking.tag
                )
            )
            return
    _define(
        here, tray, parcel, client, header=header, name=name.strip(), unit=unit.strip(), better=better, how=aggregation
    )
    st.rerun()


# Inside ──────────────────────────────────────────────────────────────────────


def _define(
    here: Desk,
    tray: Tray,
    parcel: Parcel,
    client: Client,
    *,
    header: str,
    name: str,
    unit: str,
    better: Better,
    how: Aggregation,
) -> None:
    """Define the metric and say that the header means it."""
    from valueviz.intake.own_metric import new_metric

    told = told_of(parcel)
    known = worded.metrics(here, client.key, parcel=parcel)
    taken = [key for key in known if key not in {metric.key for metric in told.metrics}]
    made = new_metric(header, better=better, aggregation=how, unit=unit or "count", taken=taken)
    made = replace(made, name=Names.same(name))
    parcel.notes.pop("defining", None)
    columns = {column.name for column in parcel.understood.columns} if parcel.understood else set()
    others = tuple(metric for metric in told.metrics if metric.key != made.key)
    answer: dict[str, object] = {"metrics": (*others, made)}
    if header in columns:
        answer["parts"] = with_part(parcel, header, made.key)
    else:
        answer["names"] = (*((text, key) for text, key in told.names if text != header), (header, made.key))
    tell(tray, parcel, client, **answer)


def _unit_of(parcel: Parcel, header: str) -> str:
    columns = parcel.understood.columns if parcel.understood else ()
    return next((column.stated or "" for column in columns if column.name == header), "")
