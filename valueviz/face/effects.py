"""The effect of a go-live in a notebook: numbers under the names of the command line, a sentence, a chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from valueviz import catalog, story, study
from valueviz.analysis.effect import Design, Panel
from valueviz.analysis.effect import Effect as Estimated
from valueviz.face.table import text_table
from valueviz.face.wording import tongue, worded
from valueviz.intake.inquiry import Answer, Inquiry, Question, check, questions
from valueviz.intake.series import Columns, read_series
from valueviz.intake.steps import DatedStep, read_steps
from valueviz.terms import Better, Grain, Measured, Series, period_start

if TYPE_CHECKING:
    from valueviz.analysis.attribution import Part
    from valueviz.analysis.effect import Method

CHART_WIDTH = 720
"""Pixels of a chart in a notebook."""


@dataclass(frozen=True, slots=True, repr=False)
class Effect:
    """What a go-live did to one series or panel: numbers, a sentence, a chart.

    Attributes of the estimate (estimate, low, high, verdict, reason, grade, …) are those of
    `valueviz effect --json`, by the same names. `series` is what was observed: of a panel the mean of the
    units with the change.
    """

    series: Series
    answered: Answer

    @property
    def design(self) -> Design:
        """How it was estimated."""
        return self.answered.question.design

    @property
    def estimated(self) -> Estimated:
        """The estimate."""
        return self.answered.effect

    @property
    def attribution(self) -> tuple[Part, ...] | None:
        """The parts of the effect, the remainder last; None where there were no steps."""
        return None if self.answered.attribution is None else self.answered.attribution.parts

    def __getattr__(self, name: str) -> Any:
        """An attribute of the estimate."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.estimated, name)

    def __repr__(self) -> str:
        """The sentence, in the language of the environment."""
        return self.sentence()

    def sentence(self, lang: str | None = None) -> str:
        """The verdict in words.

        Args:
            lang: "zh" or "en"; None takes that of the environment.
        """
        question = self.answered.question
        return story.effect_sentence(
            self.estimated,
            tongue(lang),
            design=question.design,
            steps=question.steps or (),
            attribution=self.answered.attribution,
            left_out=question.left_out,
            provisional=question.provisional,
        )

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

        design = replace(self.design, go_live=_first_go_live(self.answered.question))
        block = story.effect_chart(study.of_series(self.series, design, estimated=self.estimated), tongue(lang))
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


@worded
def effect(
    frame: Any,
    *,
    go_live: str | date | int | None = None,
    date: str = "date",
    value: str = "value",
    series: str | Sequence[str] = (),
    volume: str | None = None,
    instrument: str | None = None,
    definition_version: str | None = None,
    wide: bool = False,
    index: bool = False,
    grain: Grain | None = None,
    better: Better = "lower",
    transition: int = 0,
    scale: Literal["auto", "log", "identity", "count"] = "auto",
    exposure: str | None = None,
    season: float | Literal["auto"] = "auto",
    calendar: Literal["CN"] | None = None,
    control: str | Sequence[str] = (),
    treated: str | None = None,
    donors: str | Sequence[str] | None = None,
    panel: bool = False,
    method: Literal["auto", Method] = "auto",
    steps: Any = None,
    events: Sequence[str | date] = (),
) -> Effect | Effects:
    """The effect of a go-live on one series, on each series of a table, or on all of them as one roll-out.

    Args:
        frame: a pandas frame, a pandas series with a date index, or anything with the Arrow PyCapsule
            interface (polars, pyarrow, DuckDB relations). Columns as for `valueviz effect`.
        go_live: the first period after; a date, "2025-09-01", "2025-09", or a whole number for an index.
            A column `go_live` overrides it a series. With `steps` it defaults to the first of them.
        date: name of the column with dates or periods.
        value: name of the column with values.
        series: name or names of the columns that tell series apart.
        volume: name of a column of weights (variance ∝ 1/volume).
        instrument: name of the column that says how a value was measured.
        definition_version: name of the column that says by which definition.
        wide: every column but the date and those named here is a series.
        index: number the rows from 1, read no dates.
        grain: length of a period; None takes the coarsest that keeps all dates of a series apart.
        better: which way is better.
        transition: periods after go-live that are left out.
        scale: "log" for proportional effects, "identity" for absolute ones, "count" for counts.
        exposure: name of the column with the denominator of counts.
        season: periods of a cycle, 1 for none.
        calendar: "CN" adds the Spring Festival, and by the day all days off and make-up working days.
        control: name or names of columns that the change cannot have touched.
        treated: the one series with the change; the others are what it is compared with.
        donors: the series to compare with; None or "others" takes all.
        panel: take all series as one staggered roll-out.
        method: an estimator chosen by hand; the grade is C at best then.
        steps: dated steps to split the effect over: a frame or a list of dicts with step, date and, where known,
            phase, by, ramp.
        events: other things that happened.

    Returns:
        An Effect for one series or a panel, Effects for several series.

    Raises:
        ValueError: the table cannot be taken; the sentence names row and column.
    """
    controls = _names(control)
    inquiry = Inquiry(
        go_live=None if go_live is None else str(go_live),
        better=better,
        transition=transition,
        scale=scale,
        season=season,
        calendar=calendar,
        events=tuple(str(event) for event in events),
        method=method,
        controls=controls,
        exposure=exposure,
        panel=panel,
        treated=None if treated is None else str(treated),
        donors=donors if donors is None or isinstance(donors, str) else tuple(str(donor) for donor in donors),
        stepped=steps is not None,
        file="frame",
        mark="",
    )
    check(inquiry)
    columns = Columns(
        series=_names(series),
        date=date,
        value=value,
        volume=volume,
        instrument=instrument,
        definition_version=definition_version,
        controls=controls,
        exposure=exposure,
        wide=wide,
        index=index,
        grain=grain,
        together=inquiry.pooled,
    )
    table, digest = text_table(frame)
    found = read_series(table, file="frame", columns=columns)
    asked = questions(found, inquiry, steps=_steps(steps))
    items = tuple(Effect(_observed(question, digest=digest), question.answer()) for question in asked)
    return items[0] if len(items) == 1 else Effects(items)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _steps(given: Any) -> tuple[DatedStep, ...]:
    if given is None:
        return ()
    listed = isinstance(given, Sequence) and all(isinstance(step, Mapping) for step in given)
    table, _ = text_table(pd.DataFrame(list(given)) if listed else given)
    return read_steps(table, file="steps")


def _first_go_live(question: Question) -> int | None:
    if isinstance(question.subject, Series):
        return question.design.go_live
    return min((at for at in question.subject.go_lives if at is not None), default=None)


def _observed(question: Question, *, digest: str) -> Series:
    """What was observed, with its lineage; of a panel the mean of the treated units where all of them have a value."""
    subject = question.subject
    lineage = Measured("frame", (digest,), len(subject.ordinals))
    if isinstance(subject, Series):
        return replace(subject, lineage=lineage)
    rows = list(zip(*_treated_values(subject), strict=True))
    means = tuple(None if None in row else sum(value for value in row if value is not None) / len(row) for row in rows)
    return Series(subject.key, subject.grain, subject.ordinals, means, lineage=lineage)


def _treated_values(panel: Panel) -> list[tuple[float | None, ...]]:
    return [values for values, at in zip(panel.values, panel.go_lives, strict=True) if at is not None]
