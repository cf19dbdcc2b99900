"""Values that earlier files measured otherwise: whose shall count, and both beside each other, the doubtful ones first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from valueviz.ui.data import worded
from valueviz.ui.data.tray import Parcel
from valueviz.ui.desk import Desk
from valueviz.ui.markup import escaped, page

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult
    from valueviz.terms import Difference

SHOWN = 12
"""Differences on the page: enough to see which kind they are of."""

DIFFERENCE = {
    "metric": "left",
    "unit": "left",
    "day": "left",
    "earlier": "right",
    "newer": "right",
    "remark": "left",
}
"""What is shown of a difference, and how it is aligned."""


def overlapping(here: Desk, parcel: Parcel, found: ImportResult, *, on_change: Callable[..., None]) -> None:
    """How much differs, the choice, then the differences: those of values, and those of the rows behind them."""
    say, speaking = here.speaking.words, here.speaking
    overlap = found.overlap
    lead = say(
        "ui.import.overlap.lead",
        differing=speaking.grouped(overlap.differing),
        equal=speaking.grouped(overlap.equal),
        files=speaking.list_(list(overlap.files)),
    )
    title = escaped(say("ui.import.overlap.title"))
    callout = f'<aside class="vv-callout vv-caution"><h4>{title}</h4><p>{escaped(lead)}</p></aside>'
    st.html(page(callout, tag=speaking.tag))
    key = f"vv-overlap-{parcel.token}-{parcel.revision}"
    st.radio(
        say("ui.import.overlap.choose"),
        ("new", "earlier"),
        index=None if parcel.choices.overlap is None else ("new", "earlier").index(parcel.choices.overlap),
        key=key,
        format_func=lambda choice: say(f"ui.import.overlap.take_{choice}"),
        on_change=on_change,
        args=(parcel, key, "overlap"),
    )
    shown = overlap.differences[:SHOWN]
    body = _table(here, parcel, [each for each in shown if not each.level])
    level = [each for each in shown if each.level]
    if level:
        text = say("ui.import.overlap.level_lead", count=speaking.grouped(overlap.level))
        body += (
            f'<h4 class="vv-part">{escaped(say("ui.import.overlap.level"))}</h4><p class="vv-note">{escaped(text)}</p>'
        )
        body += _table(here, parcel, level)
    rest = overlap.differing - len(shown)
    if rest > 0:
        more = say("ui.import.overlap.more", count=speaking.grouped(rest))
        body += f'<p class="vv-source">{escaped(more)}</p>'
    st.html(page(body, tag=speaking.tag))


# Inside ──────────────────────────────────────────────────────────────────────


def _table(here: Desk, parcel: Parcel, differences: Sequence[Difference]) -> str:
    """Both values beside each other; columns nobody fills are left out."""
    if not differences:
        return ""
    cells = [_difference(here, parcel, each) for each in differences]
    heads = [key for key in DIFFERENCE if any(row[key] for row in cells)]
    columns = "".join(f'<th scope="col" class="vv-{DIFFERENCE[key]}">{escaped(_head(here, key))}</th>' for key in heads)
    rows = "".join(f"<tr>{''.join(_beside(here, key, row[key]) for key in heads)}</tr>" for row in cells)
    return (
        f'<div class="vv-sheet"><table class="vv-table"><thead><tr>{columns}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _difference(here: Desk, parcel: Parcel, each: Difference) -> dict[str, str]:
    """A difference in words."""
    say, speaking = here.speaking.words, here.speaking
    metric = worded.metrics(here, parcel.client, parcel=parcel).get(each.metric)
    unit = metric.unit if metric is not None else ""
    values = [_value(here, found, unit, rounds=True) for found in (each.earlier, each.newer)]
    if values[0] == values[1] and not each.level:
        values = [_value(here, found, unit, rounds=False) for found in (each.earlier, each.newer)]
    return {
        "metric": worded.metric(here, parcel.client, each.metric, parcel=parcel),
        "unit": worded.labels(each.unit),
        "day": speaking.month(each.day) if each.monthly else speaking.date(each.day),
        "earlier": values[0],
        "newer": values[1],
        "remark": say("ui.import.overlap.times", times=speaking.grouped(each.times)) if each.times else "",
    }


def _value(here: Desk, found: float | None, unit: str, *, rounds: bool) -> str:
    from valueviz.intake.written import converted

    if found is None:
        return here.speaking.words("cli.import.row_missing")
    return here.speaking.exact(found, unit, converted=rounds and converted(found))


def _head(here: Desk, key: str) -> str:
    return here.speaking.words(f"ui.import.overlap.{key}")


def _beside(here: Desk, key: str, text: str) -> str:
    return (
        f'<td class="vv-{DIFFERENCE[key]} vv-short{" vv-empty" * (not text)}" data-label="{escaped(_head(here, key))}">'
        f'<span class="vv-cell">{escaped(text)}</span></td>'
    )
