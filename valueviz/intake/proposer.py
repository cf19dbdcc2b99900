"""The way from a table to a mapping: which column plays which part, and what has to be asked.

It decides by what a person told, what was remembered, what headers say and what cells are; see `proposal`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from valueviz.catalog import Format, Mapping
from valueviz.catalog.mapping import UNANSWERED
from valueviz.catalog.pack import plain_header
from valueviz.intake import apart
from valueviz.intake.column import FITS, FITS_NAMED, Seen, contradicts, header_readings
from valueviz.intake.dating import heading_moment, year_of
from valueviz.intake.declared import fitting, table_units
from valueviz.intake.given import Given
from valueviz.intake.heading import DIMENSIONS, NAMES, compares
from valueviz.intake.likeness import likely_metrics
from valueviz.intake.own_metric import OFFERED_UNITS
from valueviz.intake.proposal import SINGLE, Guess, Proposal, part_of
from valueviz.intake.question import MOST_CANDIDATES, Candidate, Open
from valueviz.intake.reading import find_column
from valueviz.intake.total import is_total
from valueviz.intake.unit import clock_of, conversion, with_stated_unit
from valueviz.intake.yearly import is_year, lacks_year

MIN_PERIODS = 3
"""Columns named after periods from which on a sheet counts as wide."""

ANY_YEAR = 2000
"""Stands for the year of months across where each row names its own."""

MOST_UNKNOWN = 40
"""Unknown names asked about one by one; a table with more of them is about something else."""

_DIMENSIONS = frozenset(plain_header(name) for name in DIMENSIONS)
_NAMES = {part: frozenset(plain_header(name) for name in names) for part, names in NAMES.items()}


@dataclass(slots=True)
class Proposer:
    """One table on its way to a mapping, which fills up; `questions` are what could not be decided."""

    given: Given
    mapping: Mapping = field(default_factory=Mapping)
    why: dict[str, str] = field(default_factory=dict)
    questions: list[Open] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def proposal(self) -> Proposal:
        """The proposal, with every column accounted for."""
        self.why |= {name: why for name, (_, why) in self.given.fixed.items()}
        periods = [column for column in self.given.columns if self._is_period(column)]
        metric = self._metric_column()
        if len(periods) >= MIN_PERIODS or (periods and metric is not None and not self._has_dates()):
            self._by_periods(periods, metric)
        else:
            self._dates()
            measured = self._measured()
            if metric is not None and (not measured or self._named("value", ask=False)):
                self._by_metric_column(metric)
            elif measured:
                self._by_metrics(measured)
            else:
                self._by_unknown()
        self._tags()
        self._dimensions()
        self._formats()
        guesses = tuple(self._guess(column) for column in self.given.seen)
        return Proposal(self.mapping, guesses, tuple(self.questions))

    def _has_dates(self) -> bool:
        """Whether any column can be the date."""
        return any(each.moments >= FITS_NAMED for each in self.given.columns if not self._is_period(each))

    # Which column plays a part ───────────────────────────────────────────────

    def _free(self) -> list[Seen]:
        """Columns without a part: neither taken nor fixed to one."""
        return [
            column
            for column in self.given.columns
            if column.name not in self.taken and column.name not in self.given.fixed
        ]

    def _fixed_to(self, part: str) -> list[Seen]:
        return [column for column in self.given.columns if self.given.part(column) == part]

    def _take(self, part: str, column: Seen | None, why: str) -> None:
        if column is None:
            return
        self.taken.add(column.name)
        self.why.setdefault(column.name, why)
        if part in SINGLE:
            changed: dict[str, Any] = {part: column.name}
            self.mapping = replace(self.mapping, **changed)

    def _named(self, part: str, *, ask: bool = True) -> Seen | None:
        """The column of a part by what was told or what names say; two of them are a question."""
        told = self._fixed_to(part)
        found = told or [each for each in self._free() if each.plain in _NAMES[part] and self._reads(each, part)]
        if len(found) > 1 and ask:
            self._ask(part, found)
        return found[0] if len(found) == 1 or (found and not ask) else None

    def _reads(self, column: Seen, part: str) -> bool:
        match part:
            case "date" | "end":
                return column.moments >= FITS_NAMED
            case "value" | "volume":
                return column.numbers >= FITS_NAMED
            case _:
                return column.texts != () and max(column.numbers, column.moments) < FITS

    def _ask(self, part: str, columns: Sequence[Seen]) -> None:
        candidates = tuple(Candidate(column.name) for column in columns)
        self.questions.append(Open("ambiguous_mapping", part=part, candidates=candidates))
        self.taken |= {column.name for column in columns}

    def _miss(self, part: str, columns: Sequence[Seen]) -> None:
        """A part nobody plays; the columns that could are named."""
        candidates = tuple(Candidate(column.name) for column in columns)
        self.questions.append(Open("no_mapping_found", part=part, candidates=candidates))

    def _dates(self) -> None:
        """The date: the one column so named whose cells are dates, else the only one whose cells can be nothing else."""
        before = len(self.questions)
        month = self._by_year()
        if month is not None:
            return self._dated(month, "name")
        date = self._named("date")
        if date is None and len(self.questions) == before:
            certain = [each for each in self._free() if each.moments >= FITS > each.numbers]
            certain = [each for each in certain if each.plain not in _NAMES["end"]] or certain
            if len(certain) == 1:
                return self._dated(certain[0], "only_one")
            if certain:
                self._ask("date", certain)
            else:
                self._miss("date", self._free())
        self._dated(date, "name")
        return None

    def _year_column(self) -> Seen | None:
        """The column of years, where there is exactly one."""
        named = [each for each in self._free() if each.plain in _NAMES["year"]]
        found = self._fixed_to("year") or [each for each in named if each.texts and all(map(is_year, each.texts))]
        return found[0] if len(found) == 1 else None

    def _by_year(self) -> Seen | None:
        """The column of months beside one of years; None where dates have their years."""
        year = self._year_column()
        named = [each for each in self._free() if each.plain in _NAMES["date"] and each is not year]
        among = [each for each in self._fixed_to("date") or named if each.texts]
        months = [each for each in among if all(lacks_year(text) for text in each.texts)]
        if year is None or len(months) != 1:
            return None
        self._take("year", year, "name")
        return months[0]

    def _dated(self, date: Seen | None, why: str) -> None:
        self.mapping = replace(self.mapping, date=UNANSWERED)
        self._take("date", date, why)
        self._take("end", self._named("end"), "name")

    def _metric_column(self) -> Seen | None:
        """The column whose cells are known metrics, or one so named: then each unknown text is a question."""
        told = self._fixed_to("metric")
        named = [each for each in self._free() if each.plain in _NAMES["metric"] and each.are_words]
        knowing = [each for each in self._free() if each.are_words and self._known(each) >= FITS_NAMED]
        found = told or knowing or named
        if len(found) > 1:
            self._ask("metric", found)
            return None
        return found[0] if found else None

    def _known(self, column: Seen) -> float:
        return sum(1 for text in column.texts if not self._is_unknown(text)) / len(column.texts)

    # What is measured ────────────────────────────────────────────────────────

    def _is_period(self, column: Seen) -> bool:
        told = self.given.part(column)
        if told:
            return told == "period"
        year = year_of([self.given.table.sheet, *self.given.titles])
        year = self.given.year or (ANY_YEAR if self._year_column() is not None else None)
        stated = heading_moment(column.name, year=year).at is not None
        return stated and (column.numbers >= FITS_NAMED or not column.texts)

    def metric_of(self, column: Seen) -> str | None:
        """The metric a header names: as a whole, by its lower part, or by the last of several words in it."""
        part = self.given.part(column)
        if part in self.given.words.metrics:
            return part
        if part:
            return None
        for word in header_readings(column):
            key = self.given.words.key(word) or self.given.words.key(with_stated_unit(word)[0])
            if key is not None:
                return None if compares(column.name.replace(word, "")) else key
        return None

    def _measured(self) -> list[tuple[Seen, str]]:
        """Columns of numbers that are headed by a metric; a metric under two columns is a question."""
        found: dict[str, list[Seen]] = {}
        for column in self.given.columns:
            if column.name in self.taken or column.numbers < FITS_NAMED:
                continue
            key = self.metric_of(column)
            if key is not None:
                found.setdefault(key, []).append(column)
        measured = []
        for key, columns in found.items():
            told = [each for each in columns if self.given.part(each)] or columns
            if len(told) == 1 and not self.given.part(told[0]) and contradicts(told[0], self._unit_of(key)):
                self._ask_which(told[0], self._fitting_cells(told[0]))
                continue
            if len(told) > 1:
                self._ask(key, told)
            else:
                self._check_unit(told[0], key)
                measured.append((told[0], key))
        return measured

    def _unit_of(self, key: str) -> str:
        return self.given.words.metrics[key].unit

    def _ask_which(self, column: Seen, likely: tuple[Candidate, ...]) -> None:
        self.questions.append(Open("unknown_metric", column=column.name, candidates=likely))
        self.taken.add(column.name)

    def _fitting_cells(self, column: Seen) -> tuple[Candidate, ...]:
        """The metrics a column is like in whose unit its cells can be."""
        likely = likely_metrics(column.word, self.given.words)
        return tuple(each for each in likely if not contradicts(column, self._unit_of(each.value)))

    def _ask_for_likely(self, measured: Sequence[tuple[Seen, str]]) -> None:
        """A column of numbers in a unit, named nearly like a metric of that unit, is asked about, never left out."""
        keys = {key for _, key in measured}
        for column in self._free():
            bare, unit = with_stated_unit(column.word)
            if unit is None or column.numbers < FITS or column.is_code or compares(bare):
                continue
            likely = [each for each in likely_metrics(column.word, self.given.words) if each.value not in keys]
            near = tuple(each for each in likely if conversion(unit, self._unit_of(each.value)) is not None)
            if near:
                self._ask_which(column, near)

    def _check_unit(self, column: Seen, key: str) -> None:
        """A unit the header states that is not the metric's and cannot be converted into it is a question."""
        own = self.given.words.metrics[key].unit
        declared = dict(self.given.told.units).get(column.name)
        stated = declared or with_stated_unit(column.word)[1] or self.given.words.other_unit(column.word)
        unit = stated if isinstance(stated, str) or stated is None else stated[0]
        if unit is not None and conversion(unit, own) is None and clock_of(unit) is None:
            likely = tuple(Candidate(each) for each in OFFERED_UNITS if conversion(each, own) is not None)
            self.questions.append(Open("unit_differs", None, column.name, likely, unit, own))
        if unit is None:
            self._check_table_unit(column, own)

    def _check_table_unit(self, column: Seen, own: str) -> None:
        """Of the units stated for the whole table, one fits a column that states none: of two, a person chooses."""
        over = fitting(table_units(self.given.titles, self.given.below), own)
        if len(over) > 1 or (over and over[0][0] is None):
            words = tuple(unit for _, unit in over)
            offered = words if len(over) > 1 else OFFERED_UNITS
            likely = tuple(Candidate(each) for each in offered if conversion(each, own) is not None)
            self.questions.append(Open("unit_differs", None, column.name, likely, "、".join(words), own))

    def _by_metrics(self, measured: list[tuple[Seen, str]]) -> None:
        for column, _ in measured:
            self._take("", column, "name" if self.given.words.key(column.word) else "synonym")
        self._take("volume", self._named("volume"), "name")
        self._ask_for_likely(measured)
        column, key = measured[0]
        if len(measured) == 1 and not self.questions and self._means_all_rows(key, column):
            self.mapping = replace(self.mapping, layout="long", value=column.name, metric=key)
        else:
            pairs = tuple((column.name, key) for column, key in measured)
            self.mapping = replace(self.mapping, layout="wide", wide_metrics=pairs)

    def _means_all_rows(self, key: str, value: Seen) -> bool:
        """Whether a key stands for all rows in a mapping: no other column may have that name."""
        header = self.given.table.header
        place = find_column(header, key)
        return place is None or header[place] == value.name

    def _by_metric_column(self, metric: Seen) -> None:
        self._take("metric", metric, "cells")
        self._ask_for_names(metric)
        self._take("volume", self._named("volume"), "name")
        before = len(self.questions)
        value = self._named("value")
        self.mapping = replace(self.mapping, layout="long", value=UNANSWERED)
        if value is None and len(self.questions) == before:
            rest = [each for each in self._free() if each.numbers >= FITS and not each.is_code]
            rest = [each for each in rest if not compares(each.word)]
            if len(rest) == 1:
                return self._take("value", rest[0], "only_one")
            if rest:
                self._ask("value", rest)
            else:
                self._miss("value", self._free())
        self._take("value", value, "name")
        return None

    def _is_unknown(self, text: str) -> bool:
        words = self.given.words
        return words.key(text) is None and not words.leaves_out(text) and not is_total(text)

    def _ask_for_names(self, metric: Seen) -> None:
        unknown = [each for each in metric.texts if self._is_unknown(each)]
        for text in unknown[:MOST_UNKNOWN]:
            likely = likely_metrics(text, self.given.words)
            self.questions.append(Open("unknown_metric", text, metric.name, likely, found=text))

    def _by_periods(self, periods: Sequence[Seen], metric: Seen | None) -> None:
        names = tuple(column.name for column in periods)
        self.mapping = replace(self.mapping, layout="wide", periods=names, metric=UNANSWERED)
        for column in periods:
            self._take("", column, "period")
        if self.given.year is None and any(heading_moment(name).reason == "year_missing" for name in names):
            self._take("date", self._year_column(), "name")
        if metric is not None:
            self._take("metric", metric, "cells")
            self._ask_for_names(metric)
        elif (key := self._stated_metric()) is not None:
            self.mapping = replace(self.mapping, metric=key)
        elif not self.questions:
            self._ask_for_metric()
        self._take("volume", self._named("volume"), "name")

    def _stated_metric(self) -> str | None:
        """The metric of all rows: told, or the name of the sheet or of the file."""
        stem = self.given.file.rpartition(".")[0] or self.given.file
        stated = (self.given.told.metric, self.given.table.sheet, stem)
        return next((key for word in stated if word and (key := self.given.words.key(word))), None)

    def _ask_for_metric(self, *, among: Iterable[str] | None = None) -> None:
        """Which metric all rows are of; those come first that the titles are like."""
        said = [self.given.file, self.given.table.sheet or "", *self.given.titles]
        likely = {each.value for word in said for each in likely_metrics(word, self.given.words)}
        keys = sorted(self.given.words.metrics if among is None else among, key=lambda key: key not in likely)
        self.questions.append(Open("no_mapping_found", part="metric", candidates=tuple(map(Candidate, keys))))

    def _by_unknown(self) -> None:
        """No header and no cell names a metric: each column that may hold one is a question."""
        numbers = [each for each in self._free() if each.numbers >= FITS and not each.is_code]
        values = [each for each in numbers if each.plain not in (*_NAMES["volume"], *_DIMENSIONS)]
        key = self._stated_metric()
        if len(values) == 1 and key is not None:
            self.mapping = replace(self.mapping, value=values[0].name, metric=key)
            self._check_unit(values[0], key)
            return self._take("value", values[0], "only_one")
        if not values and self.mapping.end is not None:
            return self._by_durations(key)
        for column in values[:MOST_UNKNOWN]:
            likely = likely_metrics(column.word, self.given.words)
            self.questions.append(Open("unknown_metric", column=column.name, candidates=likely))
        if not values and not self.questions:
            self._miss("value", self._free())
        self.mapping = replace(self.mapping, layout="wide")
        self._take("volume", self._named("volume"), "name")
        return None

    def _by_durations(self, key: str | None) -> None:
        """No numbers, but two dates a row: the metric is one that is computed from them."""
        metrics = self.given.words.metrics.values()
        computed = [metric.key for metric in metrics if '"end"' in metric.expression]
        self.mapping = replace(self.mapping, layout="long", metric=key if key in computed else UNANSWERED)
        if key not in computed:
            self._ask_for_metric(among=computed)

    # What tells rows apart ───────────────────────────────────────────────────

    def _tags(self) -> None:
        for part in ("instrument", "definition_version"):
            self._take(part, self._named(part), "name")

    def _dimensions(self) -> None:
        doubted = [question for question in self.questions if question.code == "ambiguous_mapping"]
        asked = {each.value for question in doubted for each in question.candidates}
        free = [each for each in self._free() if each.name not in self.given.personal]
        found = apart.dimensions(self.given.table, [each for each in free if each.name not in asked])
        chosen = [each for each in self.given.columns if each in (*self._fixed_to("dimension"), *found)]
        for column in chosen:
            self._take("dimension", column, "name")
        self.mapping = replace(self.mapping, dimensions=tuple(each.name for each in chosen))
        if not self.questions:
            left = [each for each in free if each not in chosen]
            needed = apart.needed(self.given.table, keys=self._keys(), among=left)
            if needed:
                candidates = tuple(Candidate(column.name) for column in needed)
                self.questions.append(Open("dimension_needed", part="dimension", candidates=candidates))

    def _keys(self) -> set[str]:
        """The columns by which rows are told apart so far."""
        metric = self.mapping.metric if self.mapping.metric != self.mapping.value else None
        names = (*self.mapping.dimensions, self.mapping.date, self.mapping.end, metric)
        return {name for name in names if name not in (None, UNANSWERED)}

    # The whole ───────────────────────────────────────────────────────────────

    def _formats(self) -> None:
        """How cells are written, and what was declared: as told, else as for a file with a like header."""
        given, told = self.given, self.given.told
        before = given.remembered or Mapping()
        form = Format(
            encoding=told.encoding,
            date=told.date or before.format.date,
            decimal=told.decimal or before.format.decimal,
            sheet=given.table.sheet,
            header_rows=2 if "header_rows_joined" in given.table.notes else None,
        )
        units = dict(before.units) | dict(told.units)
        self.mapping = replace(
            self.mapping,
            format=form,
            units=tuple(pair for pair in units.items() if pair[0] in given.table.header),
            names=tuple((dict(before.names) | dict(told.names)).items()),
            allowed=tuple(
                pair
                for pair in (dict(before.allowed) | dict(given.allowed)).items()
                if pair in given.allowed or pair[0] in self.mapping.dimensions
            ),
            metrics=told.metrics,
        )

    def _guess(self, column: Seen) -> Guess:
        part = part_of(column.name, self.mapping)
        place = part or ""
        if place in self.given.words.metrics:
            place = "value"
        fits = {"date": column.moments, "end": column.moments, "value": column.numbers, "volume": column.numbers}
        likely: tuple[Candidate, ...] = ()
        if part is None and column.numbers >= FITS and not column.is_code and not compares(column.name):
            likely = likely_metrics(column.word, self.given.words)
        why = self.why.get(column.name, "none") if part else "none"
        return Guess(column.name, part, fits.get(place, 1.0), why, likely[:MOST_CANDIDATES])
