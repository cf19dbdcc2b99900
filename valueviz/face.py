"""The Python face: workspaces and effects in a notebook, as data frames, charts and sentences.

It words refusals as ValueError and knows pandas; everything else it asks of the rooms below.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeVar

import pandas as pd

from valueviz import catalog, story, study
from valueviz.analysis.effect import Design, estimate
from valueviz.analysis.effect import Effect as Estimated
from valueviz.catalog.calendars import spring_festival_share
from valueviz.errors import UsageError, ValuevizError
from valueviz.intake.reading import TextTable
from valueviz.intake.series import Columns, DatedSeries, option_ordinal, read_series
from valueviz.language import Language, language, resolve_locale
from valueviz.store import Client as StoredClient
from valueviz.store import Workspace as StoredWorkspace
from valueviz.terms import Better, Measured, Series, period_start

Given = ParamSpec("Given")
Result = TypeVar("Result")

CHART_WIDTH = 720
"""Pixels of a chart in a notebook."""


def _worded(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a refusal reach the user as a ValueError with its sentence."""

    @wraps(function)
    def worded(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except ValuevizError as refusal:
            raise ValueError(_tongue().error(refusal)) from refusal

    return worded


def _tongue() -> Language:
    return language(resolve_locale(None, dict(os.environ)))


# Effects ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, repr=False)
class Effect:
    """What a go-live did to one series: numbers, a sentence, a chart.

    Attributes of the estimate (estimate, low, high, verdict, reason, grade, …) are those of
    `valueviz effect --json`, by the same names.
    """

    series: Series
    design: Design
    estimated: Estimated

    def __getattr__(self, name: str) -> Any:
        """An attribute of the estimate."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.estimated, name)

    def __repr__(self) -> str:
        """The sentence, in the language of the environment."""
        return story.effect_sentence(self.estimated, _tongue())

    def sentence(self, lang: str | None = None) -> str:
        """The verdict in words.

        Args:
            lang: "zh" or "en"; None takes that of the environment.
        """
        return story.effect_sentence(self.estimated, language(resolve_locale(lang, dict(os.environ))))

    def to_frame(self) -> pd.DataFrame:
        """One row a period: date (or index), value, and the counterfactual with its band."""
        band = {point.ordinal: point for point in self.estimated.counterfactual}
        known = dict(zip(self.series.ordinals, self.series.values, strict=True))
        rows = [
            {
                "period": ordinal if self.series.grain == "index" else period_start(ordinal, self.series.grain),
                "value": known.get(ordinal),
                "counterfactual": band[ordinal].middle if ordinal in band else None,
                "low": band[ordinal].low if ordinal in band else None,
                "high": band[ordinal].high if ordinal in band else None,
            }
            for ordinal in sorted({*known, *band})
        ]
        return pd.DataFrame(rows, columns=["period", "value", "counterfactual", "low", "high"])

    def chart(self, lang: str | None = None) -> Any:
        """The run chart as an `altair.Chart`: observed, counterfactual band, go-live.

        Args:
            lang: "zh" or "en"; None takes that of the environment.
        """
        from valueviz.render import charts
        from valueviz.render.palette import palette

        spoken = language(resolve_locale(lang, dict(os.environ)))
        block = story.effect_chart(study.of_series(self.series, self.design, estimated=self.estimated), spoken)
        return charts.chart(block, palette=palette(catalog.brand("valueviz")), width=CHART_WIDTH)


@dataclass(frozen=True, slots=True, repr=False)
class Effects(Sequence[Effect]):
    """The effects of many series, in order of first appearance."""

    items: tuple[Effect, ...]

    def __getitem__(self, position: Any) -> Any:
        """An effect by position or by the name of its series."""
        if isinstance(position, str):
            return next(item for item in self.items if item.series.key == position)
        return self.items[position]

    def __len__(self) -> int:
        """How many series there are."""
        return len(self.items)

    def __iter__(self) -> Iterator[Effect]:
        """The effects one by one."""
        return iter(self.items)

    def __repr__(self) -> str:
        """A sentence a series."""
        return "\n".join(repr(item) for item in self.items)

    def to_frame(self) -> pd.DataFrame:
        """One row a series: estimate, interval, verdict, reason, grade, points."""
        names = ("estimate", "low", "high", "relative", "verdict", "reason", "grade", "n_before", "n_after", "grain")
        return pd.DataFrame(
            [
                {"series": item.series.key, **{name: getattr(item.estimated, name) for name in names}}
                for item in self.items
            ],
            columns=["series", *names],
        )


@_worded
def effect(
    frame: Any,
    *,
    go_live: str | date | int | None = None,
    date: str = "date",
    value: str = "value",
    series: str | Sequence[str] = (),
    volume: str | None = None,
    better: Better = "lower",
    transition: int = 0,
    scale: Literal["auto", "log", "identity"] = "auto",
    season: float | Literal["auto"] = "auto",
    calendar: Literal["CN"] | None = None,
    events: Sequence[str | date] = (),
) -> Effect | Effects:
    """The effect of a go-live on one series, or on each series of a long table.

    Args:
        frame: a pandas frame, a pandas series with a date index, or anything with the Arrow PyCapsule
            interface (polars, pyarrow, DuckDB relations). Columns as for `valueviz effect`.
        go_live: the first period after; a date, "2025-09-01", "2025-09", or a whole number for an index.
            A column `go_live` overrides it a series.
        date: name of the column with dates or periods.
        value: name of the column with values.
        series: name or names of the columns that tell series apart.
        volume: name of a column of weights (variance ∝ 1/volume).
        better: which way is better.
        transition: periods after go-live that are left out.
        scale: "log" for proportional effects, "identity" for absolute ones.
        season: periods of a cycle, 1 for none.
        calendar: "CN" adds the Spring Festival.
        events: other things that happened.

    Returns:
        An Effect for one series, Effects for several.

    Raises:
        ValueError: the table cannot be taken; the sentence names row and column.
    """
    keys = (series,) if isinstance(series, str) else tuple(series)
    table, digest = _table(frame)
    found = read_series(table, file="frame", columns=Columns(series=keys, date=date, value=value, volume=volume))
    if go_live is None and not any(dated.own_go_live for dated in found):
        raise UsageError("go_live_needed")
    items = tuple(
        _estimated(
            dated,
            go_live=go_live,
            events=events,
            digest=digest,
            calendar=calendar,
            settings={"better": better, "transition": transition, "scale": scale, "season": season},
        )
        for dated in found
    )
    return items[0] if len(items) == 1 else Effects(items)


def _estimated(
    dated: DatedSeries,
    *,
    go_live: str | date | int | None,
    events: Sequence[str | date],
    digest: str,
    calendar: str | None,
    settings: dict[str, Any],
) -> Effect:
    from dataclasses import replace

    grain = dated.series.grain
    at = dated.go_live
    if not dated.own_go_live and go_live is not None:
        at = option_ordinal(str(go_live), grain=grain, option="go_live")
    measured = replace(dated.series, lineage=Measured("frame", (digest,), len(dated.series.ordinals)))
    design = Design(
        go_live=at,
        holiday=spring_festival_share(measured.ordinals, grain, country=calendar) if calendar else None,
        events=tuple(option_ordinal(str(event), grain=grain, option="events") for event in events),
        **settings,
    )
    return Effect(measured, design, estimate(measured, design))


def _table(frame: Any) -> tuple[TextTable, str]:
    """A frame as the text table every reader takes, and the digest of that text."""
    data = _pandas(frame)
    columns = [_texts(data.iloc[:, position]) for position in range(data.shape[1])]
    header = tuple(str(name) for name in data.columns)
    rows = tuple(zip(*columns, strict=True))
    digest = sha256(repr((header, rows)).encode()).hexdigest()
    return TextTable(header, rows, None, None, 1, (), numbers=tuple(range(1, len(rows) + 1))), digest


def _pandas(frame: Any) -> pd.DataFrame:
    if isinstance(frame, pd.DataFrame):
        return frame
    if isinstance(frame, pd.Series):
        return frame.rename("value").rename_axis("date").reset_index()
    if hasattr(frame, "__arrow_c_stream__"):
        import pyarrow

        converted: pd.DataFrame = pyarrow.table(frame).to_pandas()
        return converted
    raise UsageError("frame_unknown", found=type(frame).__name__)


def _texts(column: pd.Series) -> list[str]:
    """The cells of a column as text: ISO dates, numbers in full, nothing where nothing is."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return ["" if cell is pd.NaT else str(cell.start_time.date()) for cell in column]
    return [_text(cell) for cell in column.astype(object)]


def _text(cell: Any) -> str:
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:  # noqa: PLR0124 - NaN alone differs from itself
        return ""
    if isinstance(cell, pd.Timestamp):
        return str(cell.date()) if cell == cell.normalize() else str(cell)
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    return str(cell)


# Workspaces ──────────────────────────────────────────────────────────────────


@_worded
def open(workspace: str | Path = "workspace") -> Workspace:  # noqa: A001 - as gzip.open and others have it
    """The workspace in a folder.

    Args:
        workspace: the folder.

    Raises:
        ValueError: there is none, or it is of a newer format.
    """
    return Workspace(StoredWorkspace.open(Path(workspace)))


@dataclass(frozen=True, slots=True, repr=False)
class Workspace:
    """The clients of a workspace."""

    stored: StoredWorkspace

    def __repr__(self) -> str:
        """Where it is and who is in it."""
        keys = ", ".join(info.key for info in self.stored.clients())
        return f"valueviz.open({str(self.stored.path)!r}): {keys}"

    def clients(self) -> pd.DataFrame:
        """One row a client: key, name, system, industry, go-live, imports."""
        rows = []
        for info in self.stored.clients():
            if info.removed:
                continue
            client = self.stored.client(info.key)
            engagement = client.engagement()
            rows.append(
                (info.key, info.name, engagement.system, engagement.industry, engagement.go_live, len(client.imports()))
            )
        return pd.DataFrame(rows, columns=["client", "name", "system", "industry", "go_live", "imports"])

    @_worded
    def client(self, key: str) -> Client:
        """A client by its key; ValueError with the nearest one where it is unknown."""
        return Client(self.stored, self.stored.client(key))


@dataclass(frozen=True, slots=True, repr=False)
class Client:
    """What is known about one client."""

    workspace: StoredWorkspace
    stored: StoredClient

    def __repr__(self) -> str:
        """Key, name and what was imported."""
        return (
            f"{self.stored.key}: {_tongue().names(self.stored.engagement().name)}, {len(self.stored.imports())} imports"
        )

    def _study(self) -> study.Study:
        return study.run(self.workspace, study.ask(self.stored))

    @_worded
    def metrics(self) -> pd.DataFrame:
        """One row a metric: name, unit, means before and after, effect with interval, verdict, grade."""
        tongue = _tongue()
        rows = [
            {
                "metric": outcome.metric.key,
                "name": tongue.names(outcome.metric.name),
                "unit": outcome.metric.unit,
                "better": outcome.metric.better,
                "before": outcome.before,
                "after": outcome.after,
                "estimate": outcome.effect.estimate,
                "low": outcome.effect.low,
                "high": outcome.effect.high,
                "verdict": outcome.effect.verdict,
                "reason": outcome.effect.reason,
                "grade": outcome.grade,
            }
            for outcome in self._study().outcomes
        ]
        return pd.DataFrame(rows)

    @_worded
    def series(self, metric: str | None = None) -> pd.DataFrame:
        """One row a metric and period: metric, period, value; of one metric or of all."""
        rows = [
            (outcome.metric.key, period_start(ordinal, outcome.series.grain), value)
            for outcome in self._study().outcomes
            if metric in (None, outcome.metric.key)
            for ordinal, value in zip(outcome.series.ordinals, outcome.series.values, strict=True)
        ]
        return pd.DataFrame(rows, columns=["metric", "period", "value"])

    @_worded
    def facts(self, template: str = "renewal", *, lang: str | None = None) -> pd.DataFrame:
        """One row a fact of a report, in document order: section, key, text, value, unit, interval, grade, verdict."""
        locale = resolve_locale(lang, dict(os.environ))
        document = story.compose(self._study(), story.view(template, locale=locale))
        rows = [
            (
                section,
                fact.key,
                text,
                fact.value,
                fact.unit,
                fact.interval.low if fact.interval else None,
                fact.interval.high if fact.interval else None,
                fact.grade,
                fact.verdict,
            )
            for section, fact, text in story.facts(document)
        ]
        names = ["section", "key", "text", "value", "unit", "low", "high", "grade", "verdict"]
        return pd.DataFrame(rows, columns=names)
