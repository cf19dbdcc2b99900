"""A process before and after in a notebook: numbers under the names of the command line, sentences, charts."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from valueviz import catalog
from valueviz.analysis.effect import Effect as Estimated
from valueviz.analysis.process.log import GATE, Cut
from valueviz.errors import DataError, UsageError
from valueviz.face.table import pandas_frame
from valueviz.face.wording import tongue, worded
from valueviz.intake.log import LogColumns, LogRead
from valueviz.intake.log.names import bare_attribute
from valueviz.study.log_file import coded_log
from valueviz.study.process import MINIMUM, Asked, ProcessStudy
from valueviz.terms import Window

if TYPE_CHECKING:
    from valueviz.render.palette import Palette

PERIODS = ("overall", "before", "after")

Day = str | datetime.date
"""A day, or its ISO 8601 form."""

CHART_WIDTH = 720
"""Pixels of a chart in a notebook."""

MAP_WIDTH = 960
"""Pixels of a map: its two panels beside each other."""


@dataclass(frozen=True, slots=True, repr=False)
class Picture:
    """A picture a notebook shows: SVG text."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True, repr=False)
class Process:
    """What became of a process: numbers, sentences, tables.

    Attributes of the study (overall, before, after, edges, waterfall, checks, diagnoses, findings, …) are at hand under
    the names of `valueviz process --json`. `read` is what became of the rows.
    """

    study: ProcessStudy
    read: LogRead

    def __getattr__(self, name: str) -> Any:
        """An attribute of the study."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.study, name)

    @property
    def change(self) -> Estimated | None:
        """What the go-live did to the lead time; None where only one period is looked at."""
        return self.study.change

    def __repr__(self) -> str:
        """The sentences, in the language of the environment."""
        return self.sentence()

    def sentence(self, lang: str | None = None) -> str:
        """The finding in words.

        Args:
            lang: "zh" or "en"; None takes that of the environment.
        """
        from valueviz.story.process.words import process_sentences

        return process_sentences(self.study, tongue(lang))

    def to_frame(self) -> pd.DataFrame:
        """One row an edge: from, to, and of each period count, cases, share, median, mean; change, p, q, colour."""
        keys = ("count", "cases", "share", "median", "mean")
        rows = [
            {"from": edge.source, "to": edge.target}
            | _by_period(edge, keys)
            | {key: getattr(edge, key) for key in ("change", "p", "q", "p_window", "material", "colour")}
            for edge in self.study.edges
            if GATE not in (edge.source, edge.target)
        ]
        return pd.DataFrame(rows)

    def steps(self) -> pd.DataFrame:
        """One row an activity, in order of the process: of each period events, cases, mean wait and mean work time."""
        keys = ("events", "cases", "wait_mean", "touch_mean")
        return pd.DataFrame(
            [{"activity": each.step.activity} | _by_period(each.step, keys) for each in self.study.steps]
        )

    def waterfall(self) -> pd.DataFrame:
        """One row a step: its part in the change of the mean lead time, in seconds; the parts sum to the change."""
        found = self.study.waterfall
        keys = ("activity", "duration", "frequency", "change")
        parts = found.parts if found else ()
        return pd.DataFrame([{key: getattr(part, key) for key in keys} for part in parts], columns=list(keys))

    def chart(self, lang: str | None = None) -> Any:
        """The run chart of the lead time by week as an `altair.Chart`; None where no week can be shown.

        Args:
            lang: "zh" or "en"; None takes that of the environment.
        """
        from valueviz.render import charts
        from valueviz.story.process.weeks import week_chart
        from valueviz.story.voice import Voice

        block = week_chart(self.study, Voice(tongue(lang)))
        return None if block is None else charts.chart(block, palette=_palette(), width=CHART_WIDTH)

    def map(self, lang: str | None = None) -> Picture | None:
        """The map of the process, before and after in one layout; None where there is nothing to draw.

        Args:
            lang: "zh" or "en"; None takes that of the environment.
        """
        from valueviz.render import scenes
        from valueviz.story.process.map import map_block
        from valueviz.story.voice import Voice

        block = map_block(self.study, Voice(tongue(lang)))
        if block is None:
            return None
        return Picture(scenes.svg(block, palette=_palette(), width=MAP_WIDTH, medium="screen"))

    def report(self, path: str | Path, *, lang: str | None = None) -> Path:
        """The path of a PDF report that was written.

        Args:
            path: where it goes.
            lang: "zh" or "en"; None takes that of the environment.
        """
        from valueviz.render import pdf
        from valueviz.story.process.document import log_document

        out = Path(path)
        out.write_bytes(pdf.render(log_document(self.study, locale=tongue(lang).locale)))
        return out


def _palette() -> Palette:
    from valueviz.render.palette import palette

    return palette(catalog.brand("valueviz"))


def _by_period(thing: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    """The numbers of each period as columns: median_before and so on."""
    found: dict[str, Any] = {}
    for period in PERIODS:
        stats = getattr(thing, period)
        found |= {f"{key}_{period}": None if stats is None else getattr(stats, key) for key in keys}
    return found


@worded
def process(
    frame: Any,
    *,
    case: str | None = None,
    activity: str | None = None,
    complete: str | None = None,
    start: str | None = None,
    resource: str | None = None,
    role: str | None = None,
    cost: str | None = None,
    go_live: Day | None = None,
    before: tuple[Day, Day] | None = None,
    after: tuple[Day, Day] | None = None,
    segment: tuple[str, str] | None = None,
    match: str | None = None,
    minimum: float = MINIMUM,
    timezone: str | None = None,
) -> Process:
    """What an implementation changed in a process, from the events of a frame or a file.

    Args:
        frame: a pandas frame, anything with the Arrow PyCapsule interface (polars, pyarrow, DuckDB relations), or the
            path of a log (CSV, XLSX, XES); a row is an event, or of a path also a document.
        case: name of the column that tells cases apart; None finds it.
        activity: name of the column that says what was done; None finds it.
        complete: name of the column with the time an event was completed; None finds it.
        start: name of the column with the time an event began; None finds it.
        resource: name of the column that says who did it; None finds it.
        role: name of the column with the role; None finds it.
        cost: name of the column with the cost; None finds it.
        go_live: the first day after.
        before: first and last day of the period before, instead of `go_live`.
        after: first and last day of the period after.
        segment: two activities; the lead time is from the first of the one to the last of the other.
        match: attribute of cases by which the two periods are matched; None takes each that can be.
        minimum: smallest change in seconds that matters.
        timezone: in which stamps without an offset were taken; None leaves them as they are.

    Returns:
        A Process.

    Raises:
        ValueError: the log cannot be taken; the sentence names row and column.
    """
    path = isinstance(frame, str | Path)
    columns = LogColumns(
        case=case,
        activity=activity,
        start=start,
        complete=complete,
        resource=resource,
        role=role,
        cost=cost,
    )
    cut = _cut(go_live=go_live, before=before, after=after, segment=segment)
    asked = Asked(minimum=minimum, match=None if match is None else bare_attribute(match))
    with _file(frame) as file, coded_log(file, columns=columns, zone=timezone) as log:
        return Process(log.study(cut, name=file.name if path else "frame", asked=asked), log.read)


@contextmanager
def _file(frame: Any) -> Iterator[Path]:
    """The file of a log: as it was given, or one with the rows of a frame."""
    if isinstance(frame, str | Path):
        yield Path(frame)
        return
    data = pandas_frame(frame)
    names = [str(name) for name in data.columns]
    twice = next((at for at, name in enumerate(names) if name in names[:at]), None)
    if twice is not None:
        raise DataError("duplicate_header", file="frame", row=0, column=twice + 1, found=names[twice])
    with TemporaryDirectory(prefix="valueviz-") as folder:
        file = Path(folder) / "frame.csv"
        data.to_csv(file, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S.%f%z")
        yield file


def _cut(
    *,
    go_live: Day | None,
    before: tuple[Day, Day] | None,
    after: tuple[Day, Day] | None,
    segment: tuple[str, str] | None,
) -> Cut:
    if (before is None) != (after is None) or (before is not None and go_live is not None):
        raise UsageError("periods_needed")
    then, now = _window(before, "before"), _window(after, "after")
    if then and now and then.end >= now.start:
        raise UsageError("periods_overlap", found=then.end.isoformat(), needed=now.start.isoformat())
    return Cut(go_live=None if go_live is None else _day(go_live, "go_live"), before=then, after=now, segment=segment)


def _window(days: tuple[Day, Day] | None, option: str) -> Window | None:
    if days is None:
        return None
    first, last = _day(days[0], option), _day(days[1], option)
    if last < first:
        raise UsageError("period_reversed", option=option, found=last.isoformat(), needed=first.isoformat())
    return Window(first, last)


def _day(given: Day, option: str) -> datetime.date:
    if isinstance(given, datetime.datetime):
        return given.date()
    if isinstance(given, datetime.date):
        return given
    try:
        return datetime.date.fromisoformat(given)
    except ValueError:
        raise UsageError("bad_date", option=option, found=given) from None
