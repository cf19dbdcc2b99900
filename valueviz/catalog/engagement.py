"""Reads and writes an engagement file: one client, one system, what was agreed, done and promised."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Literal

from valueviz.catalog.definition import Table, in_order, parse
from valueviz.catalog.nearest import suggestion
from valueviz.catalog.writing import array, scalar
from valueviz.errors import DefinitionError
from valueviz.terms import (
    NEVER,
    PHASES,
    Assumption,
    Baseline,
    Contract,
    Engagement,
    Event,
    Locale,
    Names,
    Phase,
    Promise,
    Rival,
    Site,
    Step,
)

MOST_TRANSITION_PERIODS = 104
"""Two years of weeks: a longer run-in is no transition."""

_KEYS = (
    "name",
    "system",
    "industry",
    "currency",
    "go_live",
    "language",
    "transition_periods",
    "synthetic",
    "baseline",
    "site",
    "phase",
    "step",
    "contract",
    "promise",
    "assumption",
    "event",
    "rival",
    "negative_controls",
)
Value = str | bool | float | datetime.date | Names | None
"""What one key of an engagement file may hold."""

_INDUSTRY = re.compile(r"[a-z0-9_-]{1,40}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LANGUAGES: dict[str, Locale] = {
    "en": "en",
    "zh": "zh_CN",
    "zh-CN": "zh_CN",
    "zh_CN": "zh_CN",
    "zh-Hans": "zh_CN",
}
_TARGETS: tuple[Literal["level", "change", "relative"], ...] = ("level", "change", "relative")
_BY: tuple[Literal["vendor", "client"], ...] = ("vendor", "client")
_MODES: tuple[Literal["human", "assisted", "automated"], ...] = ("human", "assisted", "automated")
_STATES: tuple[Literal["measured", "judged", "not_examined"], ...] = ("measured", "judged", "not_examined")
_STATUSES: tuple[Literal["client_confirmed", "benchmark", "estimate"], ...] = (
    "client_confirmed",
    "benchmark",
    "estimate",
)


def read_engagement(text: str, *, file: str) -> Engagement:
    """The engagement a file describes.

    An industry without a pack is accepted (its metrics are then those of its mappings), and so is a
    promise about any metric: `check_promises` asks once the metrics are known.

    Args:
        text: the content of the file, TOML.
        file: its name, for errors.

    Raises:
        DefinitionError: names the file, the key, what was found, what is needed or nearest.
    """
    table = Table(parse(text, file=file), file=file, keys=_KEYS)
    language = table.maybe(table.choice, "language", tuple(_LANGUAGES))
    go_live = table.day("go_live")
    baseline = _baseline(table)
    if baseline is not None and baseline.end >= go_live:
        raise table.refuse(
            "baseline_after_go_live", "baseline.end", found=baseline.end.isoformat(), needed=go_live.isoformat()
        )
    return Engagement(
        name=table.names("name", one_for_all=True),
        system=table.text("system", longest=200),
        industry=table.word("industry", _INDUSTRY, needed="manufacturing"),
        currency=table.word("currency", _CURRENCY, needed="CNY"),
        go_live=go_live,
        language=_LANGUAGES[language] if language else None,
        transition_periods=table.maybe(table.whole, "transition_periods", minimum=0, maximum=MOST_TRANSITION_PERIODS)
        or 0,
        synthetic=table.maybe(table.flag, "synthetic") or False,
        baseline=baseline,
        sites=_sites(table),
        phases=_phases(table),
        steps=_steps(table),
        contract=_contract(table),
        promises=_promises(table),
        assumptions=_assumptions(table),
        events=tuple(
            Event(date=entry.day("date"), name=entry.names("name", one_for_all=True))
            for entry in table.tables("event", keys=("date", "name"))
        ),
        rivals=_rivals(table),
        negative_controls=table.maybe(table.texts, "negative_controls") or (),
    )


def check_promises(engagement: Engagement, metrics: Iterable[str], *, file: str) -> None:
    """Refuse a promise or a negative control about a metric that nobody defines.

    Args:
        engagement: what was agreed.
        metrics: keys of all metrics that are known: those of the pack and of the mappings.
        file: name of the engagement file, for errors.

    Raises:
        DefinitionError: `metric_undefined` with the nearest key.
    """
    known = tuple(metrics)
    named = [(f"promise[{index}].metric", promise.metric) for index, promise in enumerate(engagement.promises, 1)]
    named += [("negative_controls", metric) for metric in engagement.negative_controls]
    for key, metric in named:
        if metric not in known:
            raise DefinitionError(
                "metric_undefined", file=file, key=key, found=metric, nearest=suggestion(metric, known) or None
            )


def _baseline(table: Table) -> Baseline | None:
    if "baseline" not in table.values:
        return None
    entry = table.table("baseline", keys=("start", "end", "chosen_by", "chosen_on", "signed_by", "signed_on"))
    start, end = entry.day("start"), entry.day("end")
    in_order(entry, start, end)
    return Baseline(
        start=start,
        end=end,
        chosen_by=entry.maybe(entry.names, "chosen_by", one_for_all=True),
        chosen_on=entry.maybe(entry.day, "chosen_on"),
        signed_by=entry.maybe(entry.names, "signed_by", one_for_all=True),
        signed_on=entry.maybe(entry.day, "signed_on"),
    )


def _sites(table: Table) -> tuple[Site, ...]:
    sites = tuple(
        Site(key=entry.text("key", longest=100), go_live=entry.maybe(entry.day_or, "go_live", NEVER))
        for entry in table.tables("site", keys=("key", "go_live"))
    )
    table.unique("site", tuple(site.key for site in sites))
    return sites


def _phases(table: Table) -> tuple[Phase, ...]:
    phases = []
    for entry in table.tables("phase", keys=("key", "start", "end")):
        key = entry.choice("key", PHASES)
        start, end = entry.day("start"), entry.day("end")
        in_order(entry, start, end)
        phases.append(Phase(key=key, start=start, end=end))
    table.unique("phase", tuple(phase.key for phase in phases))
    return tuple(phases)


def _steps(table: Table) -> tuple[Step, ...]:
    steps = tuple(
        Step(
            key=entry.text("key", longest=100),
            name=entry.names("name", one_for_all=True),
            phase=entry.choice("phase", PHASES),
            date=entry.day("date"),
            by=entry.maybe(entry.choice, "by", _BY) or "vendor",
            mode=entry.maybe(entry.choice, "mode", _MODES) or "human",
        )
        for entry in table.tables("step", keys=("key", "name", "phase", "date", "by", "mode"))
    )
    table.unique("step", tuple(step.key for step in steps))
    return steps


def _contract(table: Table) -> Contract | None:
    if "contract" not in table.values:
        return None
    entry = table.table("contract", keys=("start", "end", "price"))
    start, end = entry.day("start"), entry.day("end")
    in_order(entry, start, end)
    return Contract(start=start, end=end, price=entry.maybe(entry.number, "price", minimum=0))


def _promises(table: Table) -> tuple[Promise, ...]:
    promises = tuple(
        _promise(entry) for entry in table.tables("promise", keys=("metric", "target", "value", "signed_on"))
    )
    table.unique("promise", tuple(promise.metric for promise in promises))
    return promises


def _promise(entry: Table) -> Promise:
    """One promise; `target` says what `value` means, and a number there is itself the level to reach.

    Beside such a number, `value` is what the promise was said to be worth: money, which stays in the file.
    """
    metric, signed_on = entry.text("metric", longest=100), entry.maybe(entry.day, "signed_on")
    if isinstance(entry.values.get("target", ""), str):
        target = entry.maybe(entry.choice, "target", _TARGETS) or "level"
        return Promise(metric=metric, target=target, value=entry.number("value"), signed_on=signed_on)
    entry.maybe(entry.number, "value")
    return Promise(metric=metric, target="level", value=entry.number("target"), signed_on=signed_on)


def _assumptions(table: Table) -> tuple[Assumption, ...]:
    keys = ("key", "name", "value", "low", "high", "unit", "source", "owner", "status")
    assumptions = tuple(_assumption(entry) for entry in table.tables("assumption", keys=keys))
    table.unique("assumption", tuple(assumption.key for assumption in assumptions))
    return assumptions


def _assumption(entry: Table) -> Assumption:
    value = entry.number("value")
    low, high = entry.maybe(entry.number, "low"), entry.maybe(entry.number, "high")
    if low is not None and low > value:
        raise entry.refuse("range_reversed", "low", found=low, needed=value)
    if high is not None and high < value:
        raise entry.refuse("range_reversed", "high", found=high, needed=value)
    return Assumption(
        key=entry.text("key", longest=100),
        name=entry.maybe(entry.names, "name", one_for_all=True) or Names.same(entry.text("key", longest=100)),
        value=value,
        low=low,
        high=high,
        unit=entry.text("unit", longest=40),
        source=entry.names("source", one_for_all=True),
        owner=entry.names("owner", one_for_all=True),
        status=entry.choice("status", _STATUSES),
    )


def _rivals(table: Table) -> tuple[Rival, ...]:
    return tuple(
        Rival(
            name=entry.names("name", one_for_all=True),
            kind=entry.text("kind"),
            state=entry.choice("state", _STATES),
            note=entry.maybe(entry.names, "note", one_for_all=True),
        )
        for entry in table.tables("rival", keys=("name", "kind", "state", "note"))
    )


# Writing ─────────────────────────────────────────────────────────────────────


def write_engagement(engagement: Engagement) -> str:
    """The TOML text of an engagement, such that `read_engagement` gives the engagement back."""
    top: dict[str, Value] = {
        "name": engagement.name,
        "system": engagement.system,
        "industry": engagement.industry,
        "currency": engagement.currency,
        "go_live": engagement.go_live,
        "language": engagement.language,
        "transition_periods": engagement.transition_periods or None,
        "synthetic": engagement.synthetic or None,
    }
    lines = _written(top)
    if engagement.negative_controls:
        lines.append(f"negative_controls = {array(engagement.negative_controls)}")
    for name, entry in (("baseline", engagement.baseline), ("contract", engagement.contract)):
        if entry is not None:
            lines += ["", f"[{name}]", *_written(_values(entry))]
    lists: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("site", engagement.sites),
        ("phase", engagement.phases),
        ("step", engagement.steps),
        ("promise", engagement.promises),
        ("assumption", engagement.assumptions),
        ("event", engagement.events),
        ("rival", engagement.rivals),
    )
    for name, entries in lists:
        for entry in entries:
            lines += ["", f"[[{name}]]", *_written(_values(entry))]
    return "\n".join(lines) + "\n"


def _values(noun: Any) -> dict[str, Value]:
    """The fields of a noun by their names, which are the keys of the file."""
    return {field.name: getattr(noun, field.name) for field in fields(noun)}


def _written(values: dict[str, Value]) -> list[str]:
    return [f"{key} = {scalar(value)}" for key, value in values.items() if value is not None]
