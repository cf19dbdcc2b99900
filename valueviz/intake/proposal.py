"""A mapping proposed for a table nobody described: names and contents must agree, and doubt is asked about.

A part is given to a column only when its name says so and its cells read so (or it is the only one that can be
meant). Two columns for one part are a question, never a choice. Columns that play no part are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valueviz.catalog import Format, Mapping, read_mapping, write_mapping
from valueviz.catalog.pack import plain_header
from valueviz.errors import DataError
from valueviz.intake.amount import read_amount
from valueviz.intake.header import JOINT
from valueviz.intake.heading import DIMENSIONS, NAMES
from valueviz.intake.moment import order_of, read_moment
from valueviz.intake.plan import Vocabulary, vocabulary
from valueviz.intake.reading import TextTable, parse_text_table
from valueviz.intake.records import shown
from valueviz.workers import Progress

SAMPLED_ROWS = 5000
"""Rows from which the content of a column is judged; what lies below is judged when it is imported."""

NAMES_SHOWN = 400
"""Characters of a list of columns in a refusal: a person has to choose from it."""

FITS = 0.9
"""Share of filled cells that must read as a part demands; the rest is rejected row by row later."""

MIN_PERIODS = 3
"""Columns named after periods from which on a sheet counts as wide."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A column, the part proposed for it (None: left out), and the share of its filled cells that read so."""

    column: str
    part: str | None
    fit: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to be confirmed, and what it rests on, column by column."""

    mapping: Mapping
    columns: tuple[Guess, ...]


def propose_in_child(*, progress: Progress, path: str, industry: str | None, inline: str) -> Any:
    """What `propose` returns, as JSON for the parent process."""
    progress("reading", 0.1)
    known = read_mapping(inline, file="mapping").metrics if inline else ()
    words = vocabulary(industry, inline=known, mapping=Mapping())
    table = parse_text_table(Path(path), at_most=SAMPLED_ROWS)
    proposal = propose(table, words, file=Path(path).name)
    columns = [[guess.column, guess.part, guess.fit] for guess in proposal.columns]
    return {"mapping": write_mapping(proposal.mapping), "columns": columns}


def propose_mapping(path: Path, *, industry: str | None = None, inline: str = "") -> Proposal:
    """The mapping proposed for a file, found in a capped child process.

    Args:
        path: CSV or XLSX.
        industry: whose pack names the metrics.
        inline: TOML of a mapping that holds further metrics.

    Raises:
        DataError: the file cannot be taken; ambiguous_mapping, dimension_needed (candidates named); no_mapping_found.
    """
    from typing import cast

    from valueviz.intake.reading import CPU_SECONDS, MEMORY_BYTES
    from valueviz.workers import Limits, run

    args = {"path": str(Path(path).absolute()), "industry": industry, "inline": inline}
    limits = Limits(memory=MEMORY_BYTES, cpu=CPU_SECONDS)
    answer = cast("dict[str, Any]", run("valueviz.intake.proposal:propose_in_child", args=args, limits=limits))
    mapping = read_mapping(answer["mapping"], file="mapping")
    return Proposal(mapping, tuple(Guess(*column) for column in answer["columns"]))


def propose(table: TextTable, words: Vocabulary, *, file: str) -> Proposal:
    """The mapping proposed for a table.

    Args:
        table: its first rows, as text.
        words: the metrics it may speak of.
        file: its name, for refusals.
    """
    return _Proposer(table, words, file, _columns(table)).proposal()


@dataclass(frozen=True, slots=True)
class _Column:
    """What the cells of a column look like: shares of the filled ones that read as moment and as number.

    `word` is what the column calls itself: of a name joined from two header rows the lower part.
    """

    name: str
    word: str
    texts: tuple[str, ...]
    moments: float
    numbers: float

    @property
    def plain(self) -> str:
        return plain_header(self.word)


def _columns(table: TextTable) -> tuple[_Column, ...]:
    joined = "header_rows_joined" in table.notes
    return tuple(
        _column(name, name.rpartition(JOINT)[2] if joined else name, [row[at] for row in table.rows])
        for at, name in enumerate(table.header)
    )


def _column(name: str, word: str, cells: Sequence[str]) -> _Column:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return _Column(name, word, (), 0.0, 0.0)
    texts = tuple(dict.fromkeys(filled))
    moment = {text: read_moment(text).at is not None or order_of([text]) is not None for text in texts}
    number = {
        text: read_amount(text).value is not None or read_amount(text, decimal=",").value is not None for text in texts
    }
    return _Column(
        name,
        word,
        texts,
        moments=sum(moment[text] for text in filled) / len(filled),
        numbers=sum(number[text] for text in filled) / len(filled),
    )


@dataclass(frozen=True, slots=True)
class _Proposer:
    table: TextTable
    words: Vocabulary
    file: str
    columns: tuple[_Column, ...]

    def proposal(self) -> Proposal:
        periods = tuple(column for column in self.columns if self._is_period(column))
        if len(periods) >= MIN_PERIODS:
            return self._told(self._by_periods(periods))
        date = self._date()
        end = self._named("end", among=[column for column in self._dated() if column != date])
        measured = self._measured(date, end)
        if measured:
            return self._told(self._by_metrics(date, end, measured))
        return self._told(self._by_metric_column(date, end))

    def _is_period(self, column: _Column) -> bool:
        return read_moment(column.word).at is not None and (column.numbers >= FITS or not column.texts)

    def _dated(self) -> list[_Column]:
        return [column for column in self.columns if column.moments >= FITS]

    def _date(self) -> _Column:
        """The date: the one column so named whose cells are dates, else the only one whose cells can be nothing else."""
        dated = self._dated()
        named = self._named("date", among=dated)
        if named is not None:
            return named
        certain = [column for column in dated if column.numbers < FITS]
        if len(certain) == 1:
            return certain[0]
        if certain:
            raise self._ambiguous("date", certain)
        raise self._not_found("date")

    def _named(self, part: str, *, among: Sequence[_Column]) -> _Column | None:
        wanted = {plain_header(name) for name in NAMES[part]}
        found = [column for column in among if column.plain in wanted]
        if len(found) > 1:
            raise self._ambiguous(part, found)
        return found[0] if found else None

    def _measured(self, date: _Column, end: _Column | None) -> list[tuple[_Column, str]]:
        """Columns of numbers that are headed by a metric; a metric under two columns is a question."""
        found: dict[str, _Column] = {}
        for column in self.columns:
            self._check_unit(column)
            key = self.words.key(column.word)
            if key is None or column in (date, end) or column.numbers < FITS:
                continue
            if key in found:
                raise self._ambiguous(key, [found[key], column])
            found[key] = column
        return [(column, key) for key, column in found.items()]

    def _check_unit(self, column: _Column) -> None:
        other = self.words.other_unit(column.word)
        if other is not None:
            raise DataError(
                "unit_differs",
                file=self.file,
                sheet=self.table.sheet,
                column=column.name,
                found=other[0],
                needed=other[1],
            )

    def _by_metrics(self, date: _Column, end: _Column | None, measured: list[tuple[_Column, str]]) -> dict[str, Any]:
        parts: dict[str, Any] = {"date": date.name, "end": end.name if end else None}
        if len(measured) == 1:
            column, key = measured[0]
            return parts | {"layout": "long", "value": column.name, "metric": key, "volume": self._volume()}
        return parts | {"layout": "wide", "wide_metrics": tuple((column.name, key) for column, key in measured)}

    def _by_metric_column(self, date: _Column, end: _Column | None) -> dict[str, Any]:
        metric = self._metric_column()
        numbers = [column for column in self.columns if column.numbers >= FITS and column not in (date, end, metric)]
        value = self._named("value", among=numbers)
        volume = self._volume()
        if value is None:
            rest = [column for column in numbers if column.name != volume]
            if len(rest) != 1:
                raise self._ambiguous("value", rest) if rest else self._not_found("value")
            value = rest[0]
        return {
            "layout": "long",
            "date": date.name,
            "end": end.name if end else None,
            "metric": metric.name,
            "value": value.name,
            "volume": volume,
        }

    def _by_periods(self, periods: tuple[_Column, ...]) -> dict[str, Any]:
        metric = self._metric_column()
        return {"layout": "wide", "metric": metric.name, "periods": tuple(column.name for column in periods)}

    def _metric_column(self) -> _Column:
        """The column whose cells are known metrics."""
        found = [column for column in self.columns if column.texts and self._known(column) >= FITS]
        if len(found) > 1:
            raise self._ambiguous("metric", found)
        if found:
            return found[0]
        raise self._not_found("metric")

    def _known(self, column: _Column) -> float:
        return sum(1 for text in column.texts if self.words.key(text)) / len(column.texts)

    def _volume(self) -> str | None:
        column = self._named("volume", among=[column for column in self.columns if column.numbers >= FITS])
        return column.name if column else None

    def _told(self, parts: dict[str, Any]) -> Proposal:
        """The proposal with its dimensions and tags, and every column accounted for."""
        taken = {name for name in parts.values() if isinstance(name, str)}
        taken |= {column for column, _ in parts.get("wide_metrics", ())} | set(parts.get("periods", ()))
        free = [column for column in self.columns if column.name not in taken]
        for part in ("instrument", "definition_version"):
            column = self._named(part, among=free)
            parts[part] = column.name if column else None
        names = {plain_header(name) for name in DIMENSIONS}
        used = (parts["instrument"], parts["definition_version"])
        dimensions = tuple(column.name for column in free if column.plain in names and column.name not in used)
        self._ask_for_dimensions(
            parts, dimensions, [column for column in free if column.name not in (*used, *dimensions)]
        )
        height = 2 if "header_rows_joined" in self.table.notes else None
        form = Format(sheet=self.table.sheet, header_rows=height)
        mapping = Mapping(**parts, dimensions=dimensions, format=form)
        return Proposal(mapping, tuple(self._guess(column, mapping) for column in self.columns))

    def _ask_for_dimensions(self, parts: dict[str, Any], dimensions: tuple[str, ...], left: list[_Column]) -> None:
        """Left-out names that tell apart what would otherwise be measured twice are a question, not a detail."""
        metric = parts.get("metric") if parts.get("metric") != parts.get("value") else None
        key = [parts.get("date"), metric, *dimensions]
        places = [at for at, name in enumerate(self.table.header) if name in key]
        words = [column for column in left if column.texts and max(column.numbers, column.moments) < FITS]
        more = [at for at, name in enumerate(self.table.header) if name in {column.name for column in words}]
        if more and self._repeats(places) and not self._repeats([*places, *more]):
            names = shown(" | ".join(column.name for column in words), width=NAMES_SHOWN)
            raise DataError("dimension_needed", file=self.file, sheet=self.table.sheet, candidates=names)

    def _repeats(self, places: list[int]) -> bool:
        keys = {tuple(row[at] for at in places) for row in self.table.rows}
        return len(keys) < len(self.table.rows)

    def _guess(self, column: _Column, mapping: Mapping) -> Guess:
        part = _part_of(column.name, mapping)
        fits = {"date": column.moments, "end": column.moments, "value": column.numbers, "volume": column.numbers}
        return Guess(column.name, part, fits.get("value" if part in self.words.metrics else part or "", 1.0))

    def _ambiguous(self, part: str, columns: Sequence[_Column]) -> DataError:
        names = shown(" | ".join(column.name for column in columns), width=NAMES_SHOWN)
        return DataError("ambiguous_mapping", file=self.file, sheet=self.table.sheet, part=part, candidates=names)

    def _not_found(self, part: str) -> DataError:
        names = shown(" | ".join(self.table.header), width=NAMES_SHOWN)
        return DataError("no_mapping_found", file=self.file, sheet=self.table.sheet, part=part, columns=names)


def _part_of(name: str, mapping: Mapping) -> str | None:
    for part in ("date", "end", "value", "volume", "metric", "instrument", "definition_version"):
        if getattr(mapping, part) == name:
            return part
    wide = dict(mapping.wide_metrics)
    if name in wide:
        return wide[name]
    if name in mapping.periods:
        return "value"
    return "dimension" if name in mapping.dimensions else None
