"""The plan of the workbook a client fills in: sheets, columns, lists, notes; one plan for writer and reader.

It knows neither how a workbook is written nor how one is read, only what stands where and in which words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from valueviz.catalog.pack import Pack, priced
from valueviz.catalog.sheet import (
    FORM_VERSION,
    Choice,
    Column,
    Example,
    FormPlan,
    Kind,
    MetricEntry,
    Need,
    Sheet,
    SheetKey,
)
from valueviz.language import Language, language
from valueviz.terms import BASES, PHASES, VALUE_CLASSES, Locale, Metric

__all__ = [
    "EXAMPLE_MONTHS",
    "FORM_VERSION",
    "HIDDEN_SHEET",
    "SECONDS",
    "Choice",
    "Column",
    "Example",
    "FormPlan",
    "MetricEntry",
    "Sheet",
    "SheetKey",
    "plan",
    "months_around",
    "months_from",
]

HIDDEN_SHEET = "_valueviz"
"""The sheet by which a form is recognised, whatever its file is called; people never see it."""

MONTHS_BEFORE, MONTHS_AFTER = 24, 24
"""Months offered around go-live where no baseline says more: two years show a season twice."""

MOST_MONTHS = 180
"""Months of the widest form: fifteen years."""

EXAMPLE_MONTHS = (41.5, 40.2, None, 42.0)
"""Values of the example row: one month was not measured and stays empty."""

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
"""Units in which a person states a duration."""


def plan(
    pack: Pack,
    locale: Locale,
    *,
    industry: str | None = None,
    metrics: Iterable[Metric] = (),
    named: Iterable[str] = (),
    currency: str | None = None,
    months: tuple[date, ...],
) -> FormPlan:
    """The plan of a form.

    Args:
        pack: whose metrics are offered.
        locale: the language of the form.
        industry: key of the industry, where it has no pack of its own.
        metrics: further metrics a client's mappings define.
        named: keys of metrics an engagement speaks of; one that nobody defines stands for itself.
        currency: of the engagement, where there is one already.
        months: first days of the months offered; see `months_around`.
    """
    spoken = language(locale)
    shipped = priced(pack.metrics, currency or MONEY)
    known = {each.key: each for each in (*shipped, *metrics)}
    strange = dict.fromkeys(key for key in named if key not in known)
    entries = (
        *(_entry(metric, spoken) for metric in known.values()),
        *(MetricEntry(key, key, key, "", "") for key in strange),
    )
    own = industry is not None and industry != pack.key
    return FormPlan(
        locale=locale,
        industry=industry or pack.key,
        industry_name=str(industry) if own else pack.name[locale],
        sheets=_Writer(spoken, entries).sheets(),
        metrics=entries,
        months=months,
    )


def months_around(go_live: date, *, baseline: date | None = None) -> tuple[date, ...]:
    """First days of the months from the start of the baseline to two years after go-live.

    >>> [len(months_around(date(2025, 9, 1))), months_around(date(2025, 9, 1))[0].isoformat()]
    [49, '2023-09-01']
    """
    live = _number(go_live)
    first = min(_number(baseline), live) if baseline is not None else live - MONTHS_BEFORE
    last = live + MONTHS_AFTER
    return months_from(max(first, last - MOST_MONTHS + 1), last)


def months_from(first: int, last: int) -> tuple[date, ...]:
    """First days of months, by their ordinals (12 × year + month − 1), both ends included."""
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(first, last + 1))


def _number(day: date) -> int:
    return 12 * day.year + day.month - 1


def _plain(words: str) -> str:
    """Words without thin spaces: a label is also typed, looked for and compared."""
    return words.replace("\u2009", "")


def _entry(metric: Metric, spoken: Language) -> MetricEntry:
    # a share is kept as 0 to 1: a percent sign in the label would have people write 40 for 0.4
    worded = {"share": "form.share", MONEY: "form.money"}.get(metric.unit)
    word = spoken.words(worded) if worded else spoken.unit(metric.unit)
    name = metric.name[spoken.locale]
    label = _plain(spoken.words("form.bracket", name=name, unit=word)) if word else name
    return MetricEntry(
        key=metric.key,
        label=label,
        name=name,
        unit=metric.unit,
        unit_word=word,
        better=spoken.words(f"better.{metric.better}"),
        definition=metric.definition[spoken.locale] if metric.definition else "",
        pitfalls=metric.pitfalls[spoken.locale] if metric.pitfalls else "",
    )


MONEY = "money"
"""The unit of money in a form for a project that has no currency yet: that which the form itself will say."""

CURRENCIES = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "KRW", "TWD", "AUD")
"""Currencies offered; any other code of three letters may be typed."""

PRICED_BY = ("hour", "day", "month", "year", "piece", "order", "batch", "document", "case", "person", "kg", "ton")
"""What a price may be for one of; anything else may be typed."""

ASSUMED_IN = ("share", "hour", "day", "week", "month", "year", "person", "piece", "order", "batch", "times")
"""Units of assumptions that are offered; anything else may be typed."""


OWN_UNITS = ("percent", "hour", "minute", "day", "times", "piece", "order", "line", "document", "person", "CNY", "kg")
"""Units offered for metrics of a client's own."""


@dataclass(frozen=True, slots=True)
class _Writer:
    """Words the sheets in one language."""

    spoken: Language
    metrics: tuple[MetricEntry, ...]

    def sheets(self) -> tuple[Sheet, ...]:
        """All sheets in their order."""
        return (
            self._sheet("start", "text", "useful"),
            self._sheet("engagement", "items", "required", self._engagement()),
            self._sheet("monthly", "table", "required", self._monthly(), blank=40),
            self._sheet("promises", "table", "useful", self._promises(), blank=24),
            self._sheet("steps", "table", "useful", self._steps(), blank=40),
            self._sheet("phases", "table", "useful", self._phases(), fixed=PHASES),
            self._sheet("sites", "table", "optional", self._sites(), blank=40),
            self._sheet("prices", "table", "useful", self._priced("prices", "per", PRICED_BY), blank=20),
            self._sheet("assumptions", "table", "optional", self._priced("assumptions", "unit", ASSUMED_IN), blank=20),
            self._sheet("events", "table", "useful", self._events(), blank=20),
            self._sheet("rivals", "table", "useful", self._rivals(), blank=16),
            self._sheet("process", "table", "optional", self._process(), blank=80),
            self._sheet("own", "table", "optional", self._own(), blank=12),
            self._sheet("metrics", "table", "optional", self._list(), fixed=tuple(entry.key for entry in self.metrics)),
        )

    def _sheet(
        self,
        key: SheetKey,
        layout: Literal["text", "items", "table"],
        need: Need,
        columns: tuple[Column, ...] = (),
        *,
        blank: int = 0,
        fixed: tuple[str, ...] | None = None,
    ) -> Sheet:
        say = self.spoken.words
        name, title, lead = (say(f"form.{key}.{part}") for part in ("name", "title", "lead"))
        return Sheet(key, layout, _plain(name), title, lead, need, columns, blank, fixed)

    def _column(
        self,
        key: str,
        kind: Kind,
        *,
        required: bool = False,
        choices: tuple[Choice, ...] = (),
        example: Example = None,
        minimum: float | None = None,
        maximum: float | None = None,
        fill: bool = True,
        since: int = 1,
    ) -> Column:
        """A column `sheet.key`: its name, its note and, unless given, its example are those of the language file."""
        sheet, _, own = key.partition(".")
        name = _plain(self.spoken.words(f"form.{sheet}.column.{own}"))
        note = self._maybe(f"form.{sheet}.note", own)
        shown = self._maybe(f"form.{sheet}.example", own) or None if example is None else example
        return Column(own, kind, name, note, required, choices, shown, minimum, maximum, fill, since)

    def _maybe(self, table: str, key: str) -> str:
        known = self.spoken.keys(table.rpartition(".")[0])
        leaf = table.rpartition(".")[2]
        return self.spoken.words(f"{table}.{key}") if leaf in known and key in self.spoken.keys(table) else ""

    def _choices(self, table: str, codes: Iterable[str] = ()) -> tuple[Choice, ...]:
        return tuple(
            Choice(code, _plain(self.spoken.words(f"{table}.{code}")))
            for code in tuple(codes) or self.spoken.keys(table)
        )

    def _units(self, codes: Iterable[str]) -> tuple[Choice, ...]:
        return tuple(Choice(code, _plain(self.spoken.unit(code))) for code in codes)

    def _word(self, table: str, code: str) -> str:
        return _plain(self.spoken.words(f"{table}.{code}"))

    def _label(self, at: int) -> str | None:
        return self.metrics[at].label if at < len(self.metrics) else None

    def _engagement(self) -> tuple[Column, ...]:
        column = self._column
        yes = (Choice("yes", self.spoken.words("form.yes")),)
        return (
            column("engagement.name", "text", required=True),
            column("engagement.system", "text", required=True),
            column("engagement.currency", "suggestion", required=True, choices=self._currencies()),
            column("engagement.go_live", "date", required=True, example=date(2025, 9, 1)),
            column("engagement.industry", "text", fill=False),
            column("engagement.language", "choice", choices=self._choices("form.language")),
            column("engagement.transition_periods", "whole", example=2, minimum=0, maximum=104),
            column("engagement.baseline_start", "date", example=date(2024, 8, 1)),
            column("engagement.baseline_end", "date", example=date(2025, 8, 31)),
            column("engagement.chosen_by", "text"),
            column("engagement.chosen_on", "date", example=date(2025, 3, 10)),
            column("engagement.signed_by", "text"),
            column("engagement.signed_on", "date", example=date(2025, 3, 14)),
            column("engagement.contract_start", "date", example=date(2025, 1, 1)),
            column("engagement.contract_end", "date", example=date(2026, 12, 31)),
            column("engagement.contract_price", "number", example=980000, minimum=0),
            column("engagement.synthetic", "tick", choices=yes),
        )

    def _currencies(self) -> tuple[Choice, ...]:
        return tuple(Choice(code, code) for code in CURRENCIES)

    def _sites(self) -> tuple[Column, ...]:
        return (
            self._column("sites.key", "text", required=True),
            self._column("sites.go_live", "date_or", choices=self._choices("form.never"), example=date(2025, 9, 1)),
        )

    def _phases(self) -> tuple[Column, ...]:
        return (
            self._column("phases.key", "choice", choices=self._choices("phase", PHASES), fill=False),
            self._column("phases.start", "date"),
            self._column("phases.end", "date"),
        )

    def _steps(self) -> tuple[Column, ...]:
        column, word = self._column, self._word
        phases = self._choices("phase", PHASES)
        return (
            column("steps.name", "text", required=True),
            column("steps.phase", "choice", required=True, choices=phases, example=word("phase", "deployment")),
            column("steps.date", "date", required=True, example=date(2025, 6, 16)),
            column("steps.by", "choice", choices=self._choices("by"), example=word("by", "vendor")),
            column("steps.mode", "choice", choices=self._choices("mode"), example=word("mode", "assisted")),
            column("steps.key", "text"),
        )

    def _promises(self) -> tuple[Column, ...]:
        column = self._column
        targets = self._choices("form.target")
        relative = self._word("form.target", "relative")
        return (
            column("promises.metric", "metric", required=True, example=self._label(0)),
            column("promises.target", "choice", required=True, choices=targets, example=relative),
            column("promises.value", "target_value", required=True, example="-30%"),
            column("promises.signed_on", "date", example=date(2025, 3, 14)),
        )

    def _priced(self, sheet: Literal["prices", "assumptions"], unit: str, codes: tuple[str, ...]) -> tuple[Column, ...]:
        column = self._column
        priced = sheet == "prices"
        per = self._choices("form.per", codes) if priced else self._units(codes)
        value, low, high = (95, 85, 110) if priced else ("50%", "30%", "70%")
        kind: Kind = "number" if priced else "target_value"
        status = self._choices("assumption_status")
        return (
            column(f"{sheet}.name", "text", required=True),
            column(f"{sheet}.value", kind, required=True, example=value),
            column(f"{sheet}.{unit}", "suggestion", required=not priced, choices=per, example=per[0].word),
            column(f"{sheet}.low", kind, example=low),
            column(f"{sheet}.high", kind, example=high),
            column(f"{sheet}.source", "text", required=True),
            column(f"{sheet}.owner", "text", required=True),
            column(f"{sheet}.status", "choice", required=True, choices=status, example=status[0].word),
            column(f"{sheet}.key", "text"),
        )

    def _events(self) -> tuple[Column, ...]:
        return (
            self._column("events.date", "date", required=True, example=date(2025, 5, 6)),
            self._column("events.name", "text", required=True),
        )

    def _rivals(self) -> tuple[Column, ...]:
        column, kinds, states = self._column, self._choices("form.rival_kind"), self._choices("rival_state")
        return (
            column("rivals.name", "text", required=True),
            column("rivals.kind", "suggestion", required=True, choices=kinds, example=kinds[0].word),
            column("rivals.state", "choice", required=True, choices=states, example=states[0].word),
            column("rivals.note", "text"),
        )

    def _monthly(self) -> tuple[Column, ...]:
        column, instruments = self._column, self._choices("instrument")
        return (
            column("monthly.metric", "metric", required=True, example=self._label(0)),
            column("monthly.site", "site"),
            column("monthly.instrument", "choice", choices=instruments, example=instruments[2].word),
            column("monthly.definition_version", "text", example="1"),
            column("monthly.note", "text"),
        )

    def _process(self) -> tuple[Column, ...]:
        column, states, units = self._column, self._choices("form.state"), self._units(SECONDS)
        classes, bases = self._choices("form.value_class", VALUE_CLASSES), self._choices("form.basis", BASES)
        done = self._choices("form.automated", ("no", "yes"))
        return (
            column("process.process", "text", required=True),
            column("process.state", "choice", required=True, choices=states, example=states[0].word),
            column("process.name", "text", required=True),
            column("process.role", "text"),
            column("process.touch", "number", example=6, minimum=0),
            column("process.touch_unit", "choice", choices=units, example=units[1].word),
            column("process.wait", "number", example=1.5, minimum=0),
            column("process.wait_unit", "choice", choices=units, example=units[3].word),
            column("process.volume", "number", example=420, minimum=0),
            column("process.rework", "percent", example="15%", minimum=0, maximum=100),
            column("process.value", "choice", choices=classes, example=classes[1].word, since=2),
            column("process.automated", "choice", choices=done, example=done[0].word, since=2),
            column("process.basis", "choice", choices=bases, example=bases[0].word, since=2),
            column("process.owner", "text", since=2),
        )

    def _own(self) -> tuple[Column, ...]:
        column, units = self._column, self._units(OWN_UNITS)
        ways, combined = self._choices("better"), self._choices("aggregation", ("mean", "sum"))
        return (
            column("own.name", "text", required=True),
            column("own.unit", "suggestion", required=True, choices=units, example=units[1].word),
            column("own.better", "choice", required=True, choices=ways, example=ways[0].word),
            column("own.aggregation", "choice", required=True, choices=combined, example=combined[0].word),
        )

    def _list(self) -> tuple[Column, ...]:
        column = self._column
        return (
            column("metrics.name", "text", fill=False),
            column("metrics.unit", "text", fill=False),
            column("metrics.better", "text", fill=False),
            column("metrics.definition", "text", fill=False),
            column("metrics.pitfalls", "text", fill=False),
            column("metrics.control", "tick", choices=(Choice("yes", self.spoken.words("form.yes")),)),
        )
