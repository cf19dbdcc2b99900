"""The answers of a form as nouns: an engagement, a process typed by hand; faults are noted, nothing is guessed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, cast

from valueviz.catalog.form import SECONDS
from valueviz.catalog.pack import headers_of, pack_or_general, plain_header
from valueviz.intake.entry import Entry, Reader
from valueviz.intake.formbook import FormBook
from valueviz.intake.records import shown
from valueviz.language import language
from valueviz.terms import (
    NEVER,
    PHASES,
    Assumption,
    Baseline,
    Contract,
    Engagement,
    Event,
    HandStep,
    Metric,
    Names,
    Phase,
    Promise,
    Rival,
    Site,
    Step,
)

PERCENT = {"percent": 1.0, "pp": 1.0, "share": 0.01}
"""What a percent sign multiplies by in the unit of a metric; in any other unit it has no meaning."""

CURRENCY_LETTERS = 3


def engagement(form: FormBook) -> Engagement | None:
    """The engagement a form describes; None where `form.faults` holds what is wrong with it."""
    before = len(form.faults)
    top = _Items(form)
    go_live, currency = top.day("go_live"), _currency(top)
    found = {
        "name": top.names("name"),
        "system": top.text("system"),
        "baseline": _baseline(top, go_live),
        "contract": _contract(top),
        "transition_periods": top.whole("transition_periods") or 0,
        "language": top.choice("language"),
        "synthetic": top.choice("synthetic") == "yes",
        "sites": _sites(form),
        "phases": _phases(form),
        "steps": _steps(form),
        "promises": _promises(form),
        "assumptions": _all_assumptions(form, currency),
        "events": _events(form),
        "rivals": _rivals(form),
        "negative_controls": _controls(form),
    }
    if len(form.faults) > before or go_live is None or currency is None:
        return None
    return Engagement(industry=form.memory.industry, currency=currency, go_live=go_live, **cast("Any", found))


# The project ─────────────────────────────────────────────────────────────────


class _Items:
    """The answers of the sheet about the project."""

    def __init__(self, form: FormBook) -> None:
        self.form = form
        self.reader = form.reader("engagement")
        self.entries = form.items("engagement")

    def _entry(self, key: str) -> Entry:
        return self.entries.get(key) or Entry(0, {})

    def known(self, key: str) -> bool:
        return key in self.entries

    def text(self, key: str, *, longest: int = 200) -> str | None:
        return self.reader.text(self._entry(key), key, longest=longest) if self.known(key) else None

    def names(self, key: str) -> Names | None:
        return _names(self.form, self.reader, self._entry(key), key) if self.known(key) else None

    def day(self, key: str) -> date | None:
        return self.reader.day(self._entry(key), key) if self.known(key) else None

    def whole(self, key: str) -> int | None:
        return self.reader.whole(self._entry(key), key) if self.known(key) else None

    def number(self, key: str) -> float | None:
        return self.reader.number(self._entry(key), key) if self.known(key) else None

    def choice(self, key: str) -> str | None:
        return self.reader.choice(self._entry(key), key) if self.known(key) else None

    def fault(self, code: str, key: str, **fields: str) -> None:
        self.reader.fault(code, self._entry(key).row, key, **fields)

    def span(self, start: str, end: str) -> tuple[date, date] | None:
        """Two days in order, both or neither of which are given."""
        first, last = self.day(start), self.day(end)
        if first is None and last is None:
            return None
        for key, day, other in ((start, first, end), (end, last, start)):
            if day is None and not self._entry(key).cells.get(key) and self._entry(other).cells.get(other):
                self.fault("form_required", key)
        if first is None or last is None:
            return None
        if last < first:
            self.fault("form_order", end, found=last.isoformat(), needed=first.isoformat())
        return first, last


def _currency(top: _Items) -> str | None:
    found = top.text("currency")
    if found is None:
        return None
    code = found.upper()
    if not (len(code) == CURRENCY_LETTERS and code.isascii() and code.isalpha()):
        top.fault("form_not_currency", "currency", found=shown(found))
        return None
    return code


def _baseline(top: _Items, go_live: date | None) -> Baseline | None:
    span = top.span("baseline_start", "baseline_end")
    said = {key: top.names(key) for key in ("chosen_by", "signed_by")}
    dated = {key: top.day(key) for key in ("chosen_on", "signed_on")}
    if span is None:
        for key, value in {**said, **dated}.items():
            if value is not None and not top.entries["baseline_start"].cells.get("baseline_start"):
                top.fault("form_needs", "baseline_start", needed=top.reader.sheet.column(key).name)
                break
        return None
    if go_live is not None and span[1] >= go_live:
        top.fault("form_before_go_live", "baseline_end", found=span[1].isoformat(), needed=go_live.isoformat())
    return Baseline(*span, **cast("Any", said | dated))


def _contract(top: _Items) -> Contract | None:
    span, price = top.span("contract_start", "contract_end"), top.number("contract_price")
    if span is None:
        if price is not None:
            top.fault("form_needs", "contract_start", needed=top.reader.sheet.column("contract_price").name)
        return None
    return Contract(*span, price)


# Tables ──────────────────────────────────────────────────────────────────────


def _names(form: FormBook, reader: Reader, entry: Entry, key: str) -> Names | None:
    """A name; where the form was filled from a workspace and it was not changed, in every language as it was there."""
    found = reader.text(entry, key)
    if found is None:
        return None
    return form.memory.names.get((f"{reader.sheet.key}.{key}", found)) or Names.same(found)


def _sites(form: FormBook) -> tuple[Site, ...]:
    reader, entries = form.reader("sites"), form.entries("sites")
    read = [
        (entry, reader.text(entry, "key", longest=100), reader.day_or(entry, "go_live", NEVER)) for entry in entries
    ]
    reader.twice(((entry, key) for entry, key, _ in read), "key")
    return tuple(Site(key, day) for _, key, day in read if key is not None)


def _phases(form: FormBook) -> tuple[Phase, ...]:
    reader, phases = form.reader("phases"), {}
    for entry in form.entries("phases"):
        key = reader.choice(entry, "key")
        start, end = reader.day(entry, "start"), reader.day(entry, "end")
        for part in ("start", "end"):
            if not entry.cells.get(part):
                reader.fault("form_required", entry.row, part)
        if key is None or start is None or end is None:
            continue
        if end < start:
            reader.fault("form_order", entry.row, "end", found=end.isoformat(), needed=start.isoformat())
        if key in phases:
            reader.fault("form_twice", entry.row, "key", found=entry.cells["key"])
        phases[key] = Phase(cast("Any", key), start, end)
    return tuple(phases[key] for key in PHASES if key in phases)


def _steps(form: FormBook) -> tuple[Step, ...]:
    reader, entries = form.reader("steps"), form.entries("steps")
    keys = _keys(reader, entries, "step")
    steps = []
    for entry, key in zip(entries, keys, strict=True):
        name, day = _names(form, reader, entry, "name"), reader.day(entry, "date")
        phase = reader.choice(entry, "phase")
        by, mode = reader.choice(entry, "by") or "vendor", reader.choice(entry, "mode") or "human"
        if name is not None and day is not None and phase is not None:
            steps.append(Step(key, name, cast("Any", phase), day, cast("Any", by), cast("Any", mode)))
    return tuple(steps)


def _keys(reader: Reader, entries: list[Entry], stem: str) -> list[str]:
    """The codes of rows; rows without one are numbered, past the codes there are."""
    given = [reader.text(entry, "key", longest=100) for entry in entries]
    reader.twice(zip(entries, given, strict=True), "key")
    taken, number, keys = set(given), 0, []
    for key in given:
        while key is None and f"{stem}_{(number := number + 1)}" in taken:
            pass
        keys.append(key or f"{stem}_{number}")
    return keys


def _promises(form: FormBook) -> tuple[Promise, ...]:
    reader, promises, read = form.reader("promises"), [], []
    for entry in form.entries("promises"):
        metric, target = known_metric(form, reader, entry), reader.choice(entry, "target")
        read.append((entry, metric))
        signed_on = reader.day(entry, "signed_on")
        unit = _metric_unit(form, metric)
        if target == "relative":
            value = reader.share(entry, "value")
        else:
            value = reader.number(entry, "value", percent=PERCENT.get(unit))
        if metric is not None and target is not None and value is not None:
            promises.append(Promise(metric, cast("Any", target), value, signed_on))
    reader.twice(read, "metric")
    return tuple(promises)


def _metric_unit(form: FormBook, key: str | None) -> str:
    units = {metric.key: metric.unit for metric in own_metrics(form)}
    return (units | {each.key: each.unit for each in form.plan.metrics}).get(key or "", "")


def known_metric(form: FormBook, reader: Reader, entry: Entry) -> str | None:
    """The key of the metric a cell names: by its label, its name, its key."""
    found = reader.text(entry, "metric")
    if found is None:
        return None
    key = metric_key(form, found)
    if key is None:
        own = [metric.name[form.plan.locale] for metric in own_metrics(form)]
        reader.not_listed(entry, "metric", [*own, *(each.label for each in form.plan.metrics)])
    return key


def metric_key(form: FormBook, found: str) -> str | None:
    """The key of the metric a text names in a form, None where there is none."""
    wanted = plain_header(found)
    for each in form.plan.metrics:
        if found == each.key or wanted == plain_header(each.label):
            return each.key
    unit_of = language(form.plan.locale).unit
    for metric in (*pack_or_general(form.memory.industry).metrics, *own_metrics(form)):
        words = headers_of(metric)
        if wanted in {plain_header(word) for word in (*words, *(f"{word} {unit_of(metric.unit)}" for word in words))}:
            return metric.key
    return None


def own_metrics(form: FormBook) -> tuple[Metric, ...]:
    """The metrics a form defines itself. The key comes from name and unit: the same metric in the next form has it too."""
    if form.own is None:
        form.own = ()  # a name is looked up among the others first
        reader, read = form.reader("own"), []
        for entry in form.entries("own"):
            name, unit = reader.text(entry, "name", longest=100), reader.choice(entry, "unit", open_list=True)
            better, way = reader.choice(entry, "better"), reader.choice(entry, "aggregation")
            if name is not None and metric_key(form, name) is not None:
                reader.fault("form_metric_known", entry.row, "name", found=shown(name))
            elif name is not None and unit is not None and better is not None and way is not None:
                read.append((entry, _own_metric(name, unit, better, way)))
        reader.twice(((entry, metric.key) for entry, metric in read), "name")
        form.own = tuple(metric for _, metric in read)
    return form.own


def _own_metric(name: str, unit: str, better: str, aggregation: str) -> Metric:
    key = f"own_{hashlib.sha256(f'{name}|{unit}'.encode()).hexdigest()[:8]}"
    return Metric(
        key=key,
        name=Names.same(name),
        unit=unit,
        better=cast("Any", better),
        aggregation=cast("Any", aggregation),
        grain="month",
    )


def _all_assumptions(form: FormBook, currency: str | None) -> tuple[Assumption, ...]:
    """Prices and other assumptions, in the order in which the workspace had them, new ones behind."""
    read = [*_assumptions(form, "prices", currency), *_assumptions(form, "assumptions", currency)]
    order = {key: at for at, key in enumerate(form.memory.assumptions)}
    seen: set[str] = set()
    for at, (reader, entry, each) in enumerate(read):
        if each.key in seen and entry.cells.get("key"):
            reader.fault("form_twice", entry.row, "key", found=each.key)
        elif each.key in seen:
            read[at] = (reader, entry, replace(each, key=f"{each.key}_{at}"))
        seen.add(each.key)
    return tuple(sorted((each for _, _, each in read), key=lambda each: order.get(each.key, len(order))))


def _assumptions(form: FormBook, sheet: Any, currency: str | None) -> Iterable[tuple[Reader, Entry, Assumption]]:
    reader, entries = form.reader(sheet), form.entries(sheet)
    keys = _keys(reader, entries, sheet.removesuffix("s"))
    for entry, key in zip(entries, keys, strict=True):
        unit = _unit(reader, entry, sheet, currency)
        share = unit == "share"
        value, low, high = (
            reader.share(entry, part) if share else reader.number(entry, part) for part in ("value", "low", "high")
        )
        name, source, owner = (_names(form, reader, entry, part) for part in ("name", "source", "owner"))
        status = reader.choice(entry, "status")
        if value is None or unit is None or name is None or source is None or owner is None or status is None:
            continue
        if (low is not None and low > value) or (high is not None and high < value):
            part = "low" if low is not None and low > value else "high"
            reader.fault("form_range", entry.row, part, found=entry.cells[part], needed=entry.cells["value"])
        yield reader, entry, Assumption(key, name, value, low, high, unit, source, owner, cast("Any", status))


def _unit(reader: Reader, entry: Entry, sheet: str, currency: str | None) -> str | None:
    """The unit of an assumption; that of a price is the currency, for one of something or not."""
    if sheet != "prices":
        return reader.choice(entry, "unit", open_list=True)
    per = reader.choice(entry, "per", open_list=True)
    money = currency or "?"
    return f"{money}/{per}" if per else money


def _events(form: FormBook) -> tuple[Event, ...]:
    reader = form.reader("events")
    read = [(reader.day(entry, "date"), _names(form, reader, entry, "name")) for entry in form.entries("events")]
    return tuple(Event(day, name) for day, name in read if day is not None and name is not None)


def _rivals(form: FormBook) -> tuple[Rival, ...]:
    reader, rivals = form.reader("rivals"), []
    for entry in form.entries("rivals"):
        name, note = _names(form, reader, entry, "name"), _names(form, reader, entry, "note")
        kind, state = reader.choice(entry, "kind", open_list=True), reader.choice(entry, "state")
        if name is not None and kind is not None and state is not None:
            rivals.append(Rival(name, kind, cast("Any", state), note))
    return tuple(rivals)


def _controls(form: FormBook) -> tuple[str, ...]:
    """Metrics ticked as untouchable, in the order in which the workspace had them."""
    reader, found = form.reader("metrics"), []
    for entry in form.entries("metrics"):
        key = metric_key(form, entry.cells.get("name", ""))
        if reader.choice(entry, "control") == "yes" and key is not None:
            found.append(key)
    order = {key: at for at, key in enumerate(form.memory.controls)}
    return tuple(sorted(dict.fromkeys(found), key=lambda key: order.get(key, len(order))))


# The process ─────────────────────────────────────────────────────────────────


def process(form: FormBook) -> tuple[HandStep, ...]:
    """The steps of processes typed by hand, in their order."""
    reader, steps = form.reader("process"), []
    for entry in form.entries("process"):
        name, label, state = reader.text(entry, "process"), reader.text(entry, "name"), reader.choice(entry, "state")
        touch, wait = _duration(reader, entry, "touch"), _duration(reader, entry, "wait")
        role, volume = reader.text(entry, "role"), reader.number(entry, "volume")
        rework, value = reader.share(entry, "rework"), reader.choice(entry, "value")
        done, basis = reader.choice(entry, "automated"), cast("Any", reader.choice(entry, "basis"))
        owner = reader.text(entry, "owner")
        if name is not None and label is not None and state is not None:
            step = HandStep(name, cast("Any", state), label, touch, wait, role, volume, rework)
            steps.append(replace(step, value=cast("Any", value), automated=_yes(done), basis=basis, owner=owner))
    return tuple(steps)


def _yes(word: str | None) -> bool | None:
    return None if word is None else word == "yes"


def _duration(reader: Reader, entry: Entry, key: str) -> float | None:
    """Seconds, from a number and the unit beside it."""
    amount, unit = reader.number(entry, key), reader.choice(entry, f"{key}_unit")
    if amount is None:
        return None
    if unit is None:
        if not entry.cells.get(f"{key}_unit"):
            reader.fault("form_required", entry.row, f"{key}_unit")
        return None
    return float(Decimal(repr(amount)) * SECONDS[unit])
