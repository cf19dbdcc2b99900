"""What a file leaves open, as choices a person can make without knowing anything of mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from valueviz.catalog.mapping import NO_METRIC
from valueviz.store import Client
from valueviz.ui.data import worded
from valueviz.ui.data.safe import label
from valueviz.ui.data.telling import metric_form, tell, told_of, with_part
from valueviz.ui.data.tray import Parcel, Tray
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

if TYPE_CHECKING:
    from valueviz.intake.question import Open

IGNORE, NEW, OTHER, ALL = "ignore", "vv-new-metric", "vv-other", "vv-all"
"""Answers besides the candidates: leave the column out, define a metric, take one from the whole list, all sheets."""

SAMPLES = 3
"""Cells shown with a column that is offered as an answer."""

MOST_RADIOS = 7
"""Answers laid out side by side; more fold into a list."""


def asked(here: Desk, tray: Tray, *, parcel: Parcel, client: Client) -> None:
    """Every open question of a file."""
    found = parcel.understood
    if found is None:
        return
    if any(_dateless(parcel, each) for each in found.questions):
        _no_date(here, tray, parcel)
        return
    say = here.speaking.words
    count = here.speaking.grouped(len(found.questions))
    st.html(
        page(
            f'<h2 class="vv-part">{escaped(say("ui.import.asked.title", count=count))}</h2>'
            f'<p class="vv-note">{escaped(say("ui.import.asked.lead"))}</p>',
            tag=here.speaking.tag,
        )
    )
    for place, question in enumerate(found.questions):
        with st.container(key=f"vv-asked-{parcel.token}-{place}", border=True):
            _question(here, tray, parcel=parcel, client=client, question=question, place=place)


def _dateless(parcel: Parcel, question: Open) -> bool:
    """Whether a date is asked for and no column that is offered shows as much as a digit."""
    columns = parcel.understood.columns if parcel.understood is not None else ()
    offered = {each.value for each in question.candidates}
    samples = "".join(text for column in columns if column.name in offered for text in column.samples)
    return (question.code, question.part) == ("no_mapping_found", "date") and not any(map(str.isdigit, samples))


def away(here: Desk, tray: Tray, parcel: Parcel) -> None:
    """A button that lets a file go nothing can be done with."""
    st.button(
        here.speaking.words("ui.import.list.remove"),
        key=f"vv-let-go-{parcel.token}",
        icon=":material/close:",
        on_click=tray.drop,
        args=(parcel,),
    )


def _no_date(here: Desk, tray: Tray, parcel: Parcel) -> None:
    """That no column can be a date: questions about the others would lead nowhere."""
    say = here.speaking.words
    title, text = (escaped(say(f"ui.import.asked.{key}")) for key in ("no_date", "no_date_text"))
    st.html(
        page(
            f'<aside class="vv-callout vv-caution" role="alert"><h4>{title}</h4><p>{text}</p></aside>',
            tag=here.speaking.tag,
        )
    )
    away(here, tray, parcel)


def _question(here: Desk, tray: Tray, *, parcel: Parcel, client: Client, question: Open, place: int) -> None:
    st.html(page(f"<h3>{escaped(_sentence(here, parcel, question))}</h3>", tag=here.speaking.tag))
    options = _options(here, parcel, question)
    key = f"vv-answer-{parcel.token}-{parcel.revision}-{place}"
    choose: Any = st.radio if len(options) <= MOST_RADIOS else st.selectbox
    answer: str | None = choose(
        label(_sentence(here, parcel, question)),
        tuple(options),
        index=None,
        key=key,
        format_func=lambda value: options[value],
        label_visibility="collapsed",
    )
    if answer is None:
        return
    if answer == NEW:
        header = question.part if _is_text(parcel, question) else question.column
        metric_form(here, tray, parcel=parcel, client=client, header=header or "", place=f"q{place}")
        return
    if answer == OTHER:
        answer = _any_metric(here, parcel, client, key=key)
        if answer is None:
            return
    tell(tray, parcel, client, **_answer(parcel, question, answer))
    st.rerun()


def _answer(parcel: Parcel, question: Open, value: str) -> dict[str, object]:
    """What an answer tells, in the terms of `Told`."""
    told = told_of(parcel)
    whole = {"ambiguous_date": "date", "ambiguous_decimal": "decimal", "which_sheet": "sheets"}
    if question.code in whole:
        sheets = tuple(each.value for each in question.candidates) if value == ALL else (value,)
        return {whole[question.code]: sheets if question.code == "which_sheet" else value}
    pairs = {"unit_differs": "units", "ambiguous_duration": "units", "which_scenario": "scenarios"}
    if question.code in pairs and value not in {IGNORE, ALL}:
        key = pairs[question.code]
        return {key: _with(getattr(told, key), question.column, value)}
    if _is_text(parcel, question):
        return {"names": _with(told.names, question.part, NO_METRIC if value == IGNORE else value)}
    if question.part == "metric" and not _is_column(parcel, value):
        return {"metric": value}
    if question.code in {"ambiguous_mapping", "no_mapping_found", "dimension_needed"}:
        part = "dimension" if question.code == "dimension_needed" else question.part
        return {"parts": with_part(parcel, value, part or IGNORE)}
    part = "dimension" if question.code == "which_scenario" else value
    return {"parts": with_part(parcel, question.column or "", part)}


def _with(pairs: tuple[tuple[str, str], ...], name: str | None, value: str) -> tuple[tuple[str, str], ...]:
    return (*((one, other) for one, other in pairs if one != name), (name or "", value))


def _is_column(parcel: Parcel, value: str) -> bool:
    return parcel.understood is not None and any(column.name == value for column in parcel.understood.columns)


def _is_text(parcel: Parcel, question: Open) -> bool:
    """Whether a metric is asked for a text in a column of metrics, not for a whole column."""
    return question.code == "unknown_metric" and question.part not in {None, "value", "metric"}


def _options(here: Desk, parcel: Parcel, question: Open) -> dict[str, str]:
    """The choices of a question with their words."""
    say = here.speaking.words
    known = worded.metrics(here, parcel.client, parcel=parcel)
    options = {}
    for candidate in question.candidates:
        value = candidate.value
        if question.code == "which_scenario":
            options[value] = label(value)
        elif value in known and question.code not in {"ambiguous_mapping", "dimension_needed"}:
            options[value] = label(worded.with_unit(here, known[value]))
        elif question.code in {"ambiguous_date", "ambiguous_decimal", "ambiguous_duration"}:
            options[value] = label(say(f"ui.import.answer.{_way(value)}"))
        else:
            options[value] = _column(here, parcel, value)
    if question.code == "unknown_metric":
        options |= {OTHER: say("ui.import.answer.other"), NEW: say("ui.import.answer.new")}
    if question.code == "which_sheet" and len(options) > 1:
        options[ALL] = say("ui.import.answer.all")
    if question.code == "which_scenario":
        options[ALL] = say("ui.import.answer.groups")
    if question.code in {"unknown_metric", "unit_differs"}:
        rows = "_rows" if _is_text(parcel, question) else ""
        options[IGNORE] = say(f"ui.import.answer.ignore{rows}")
    return options


def _way(value: str) -> str:
    """The word for a way of writing that may have to be asked about: a form of dates or a decimal mark."""
    marks = {".": "point", ",": "comma", "h:mm": "hours_minutes", "m:ss": "minutes_seconds"}
    return marks.get(value) or ("day_first" if value.startswith("%d") else "month_first")


def _column(here: Desk, parcel: Parcel, name: str) -> str:
    """A column as a choice, with the first of its cells."""
    columns = parcel.understood.columns if parcel.understood else ()
    samples = next((column.samples for column in columns if column.name == name), ())
    if not samples:
        return label(name)
    cells = here.speaking.words("ui.import.separator").join(samples[:SAMPLES])
    return here.speaking.words("ui.import.answer.column", column=label(name), samples=label(cells))


def _any_metric(here: Desk, parcel: Parcel, client: Client, *, key: str) -> str | None:
    known = worded.metrics(here, client.key, parcel=parcel)
    chosen: str | None = st.selectbox(
        here.speaking.words("ui.import.answer.which"),
        tuple(known),
        index=None,
        key=f"{key}-any",
        format_func=lambda value: worded.with_unit(here, known[value]),
        placeholder=here.speaking.words("ui.choose"),
    )
    return chosen


def _sentence(here: Desk, parcel: Parcel, question: Open) -> str:
    """A question in words; what is asked about stands in it as its owner wrote it."""
    say = here.speaking.words
    fields = {
        "part": _part(here, parcel, question.part),
        "column": question.column or "",
        "found": getattr(question, "found", None) or "",
        "needed": getattr(question, "needed", None) or "",
    }
    key = f"ui.import.ask.{question.code}{'_text' if _is_text(parcel, question) else ''}"
    wanted = {part.name for part in here.speaking.parts(key) if not isinstance(part, str)}
    return say(key, **{name: text for name, text in fields.items() if name in wanted})


def _part(here: Desk, parcel: Parcel, part: str | None) -> str:
    if part is None:
        return ""
    known = worded.metrics(here, parcel.client, parcel=parcel)
    if part in known:
        return here.speaking.names(known[part].name)
    try:
        return here.speaking.words(f"ui.import.part.{part}")
    except KeyError:
        return part
