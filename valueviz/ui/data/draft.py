"""An engagement while it is being filled in: from widgets and tables to the frozen noun, and what still lacks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, cast

from valueviz.terms import (
    LOCALES,
    NEVER,
    PHASES,
    Baseline,
    Contract,
    Engagement,
    Event,
    Locale,
    Names,
    Phase,
    Promise,
    Site,
    Step,
)

LONGEST_KEY = 40
"""Characters of a client's key."""

Cells = Mapping[str, Sequence[Any]]
"""An edited table, column by column."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has filled in so far; None and empty texts where there is nothing yet."""

    names: Mapping[Locale, str]
    system: str
    industry: str
    currency: str
    go_live: date | None
    transition: int
    language: Locale
    baseline: tuple[date | None, date | None]
    chosen: tuple[str, date | None]
    signed: tuple[str, date | None]
    contract: tuple[date | None, date | None, float | None]
    sites: Cells
    phases: Cells
    steps: Cells
    promises: Cells
    events: Cells
    controls: tuple[str, ...]


def lacking(draft: Draft) -> tuple[str, ...]:
    """The required fields that are still empty, and pairs of dates of which one is missing."""
    missing = [
        key
        for key, value in (
            ("name", any(draft.names.values())),
            ("system", draft.system),
            ("industry", draft.industry),
            ("go_live", draft.go_live),
        )
        if not value
    ]
    for key, pair in (("baseline", draft.baseline), ("contract", draft.contract[:2])):
        if sum(day is not None for day in pair) == 1:
            missing.append(key)
    if any(not _text(row, "name") or row["phase"] is None or _day(row, "date") is None for row in _rows(draft.steps)):
        missing.append("steps")
    if any(row["metric"] is None or row["value"] is None for row in _rows(draft.promises)):
        missing.append("promises")
    if any((_day(row, "start") is None) != (_day(row, "end") is None) for row in _rows(draft.phases)):
        missing.append("phases")
    return tuple(missing)


def engagement_of(draft: Draft, before: Engagement | None) -> Engagement:
    """The engagement a complete draft describes; what the form does not show stays as it was.

    Raises:
        ValueError: the draft lacks something (see `lacking`).
    """
    if lacking(draft) or draft.go_live is None:
        raise ValueError("an incomplete draft")
    start, end, price = draft.contract
    whole = Engagement(
        name=_names(draft.names),
        system=draft.system,
        industry=draft.industry,
        currency=draft.currency,
        go_live=draft.go_live,
        language=draft.language,
        transition_periods=draft.transition,
        baseline=_baseline(draft, before),
        sites=tuple(
            Site(_text(row, "key"), NEVER if row["never"] else _day(row, "go_live"))
            for row in _rows(draft.sites)
            if _text(row, "key")
        ),
        phases=_phases(draft.phases),
        steps=_steps(draft.steps, before),
        contract=Contract(start, end, price) if start and end else None,
        promises=tuple(_promise(row) for row in _rows(draft.promises)),
        events=_events(draft.events, before),
        negative_controls=draft.controls,
    )
    if before is None:
        return whole
    return replace(whole, synthetic=before.synthetic, assumptions=before.assumptions, rivals=before.rivals)


def key_of(names: Iterable[str], *, taken: Iterable[str]) -> str:
    """A key proposed for a client: its name in Latin letters, else a number that is free.

    >>> key_of(["华东精工", "East Works (Ltd.)"], taken=[])
    'east-works-ltd'
    >>> key_of(["华东精工"], taken=["client-1"])
    'client-2'
    """
    used = set(taken)
    words = (re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:LONGEST_KEY].strip("-") for name in names)
    word = next((word for word in words if len(word) > 1), "")
    if word and word not in used:
        return word
    stem = word[: LONGEST_KEY - 4] or "client"
    return next(f"{stem}-{number}" for number in range(1 if not word else 2, 10_000) if f"{stem}-{number}" not in used)


# Inside ──────────────────────────────────────────────────────────────────────


def _names(texts: Mapping[Locale, str]) -> Names:
    """A name in every language; where only one is given, it stands for all."""
    some = next(text for text in texts.values() if text)
    return Names(tuple((locale, texts.get(locale, "") or some) for locale in LOCALES))


def _kept(text: str, before: Names | None) -> Names | None:
    """A name typed in one field: the old one in all languages where it was not changed."""
    if not text:
        return None
    return before if before is not None and text in dict(before.texts).values() else Names.same(text)


def _baseline(draft: Draft, before: Engagement | None) -> Baseline | None:
    start, end = draft.baseline
    if start is None or end is None:
        return None
    old = before.baseline if before is not None else None
    return Baseline(
        start=start,
        end=end,
        chosen_by=_kept(draft.chosen[0], old.chosen_by if old else None),
        chosen_on=draft.chosen[1],
        signed_by=_kept(draft.signed[0], old.signed_by if old else None),
        signed_on=draft.signed[1],
    )


def _phases(cells: Cells) -> tuple[Phase, ...]:
    found = []
    for row in _rows(cells):
        start, end = _day(row, "start"), _day(row, "end")
        if start is not None and end is not None:
            found.append(Phase(row["key"], start, end))
    return tuple(sorted(found, key=lambda phase: PHASES.index(phase.key)))


def _steps(cells: Cells, before: Engagement | None) -> tuple[Step, ...]:
    """The steps, each under the key it had; a new one gets a key from its name."""
    old = {name: step for step in (before.steps if before else ()) for _, name in step.name.texts}
    steps: list[Step] = []
    for row in _rows(cells):
        name, day = _text(row, "name"), _day(row, "date")
        if day is None:
            continue
        known = old.get(name)
        key = known.key if known else key_of([name], taken=[step.key for step in steps]).replace("-", "_")
        steps.append(
            Step(
                key,
                known.name if known else Names.same(name),
                row["phase"],
                day,
                row["by"] or "vendor",
                row["mode"] or "human",
            )
        )
    return tuple(steps)


def _promise(row: Mapping[str, Any]) -> Promise:
    """A promise; a relative one is typed in percent."""
    target = cast("Literal['level', 'change', 'relative']", row["target"] or "level")
    value = float(row["value"])
    return Promise(
        metric=cast("str", row["metric"]),
        target=target,
        value=round(value / 100, 12) if target == "relative" else value,
        signed_on=_day(row, "signed_on"),
    )


def _events(cells: Cells, before: Engagement | None) -> tuple[Event, ...]:
    old = {name: event.name for event in (before.events if before else ()) for _, name in event.name.texts}
    found = []
    for row in _rows(cells):
        name, day = _text(row, "name"), _day(row, "date")
        if name and day is not None:
            found.append(Event(day, old.get(name, Names.same(name))))
    return tuple(found)


def _rows(cells: Cells) -> list[dict[str, Any]]:
    """The rows of an edited table in which anything stands."""
    height = max((len(column) for column in cells.values()), default=0)
    rows = [{key: _plain(column[at]) for key, column in cells.items()} for at in range(height)]
    return [row for row in rows if any(value not in (None, "") for value in row.values())]


def _plain(value: Any) -> Any:
    """A cell as a plain value: what a table calls not a number or not a time is nothing."""
    if value is None or value != value:  # noqa: PLR0124  # only what is no number differs from itself
        return None
    return value.date() if isinstance(value, datetime) else value


def _text(row: Mapping[str, Any], key: str) -> str:
    return str(row[key]).strip() if row[key] is not None else ""


def _day(row: Mapping[str, Any], key: str) -> date | None:
    value = row[key]
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return cast("date | None", value)
