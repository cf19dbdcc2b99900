"""What a staged table says: its dates, numbers, units and words read column by column, its totals told from data.

Each column is decided as a whole, then the engine judges row by row; nothing of a row is guessed from that row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from valueviz.analysis.quality.rule import finding
from valueviz.catalog import Mapping
from valueviz.engine.judgement import ROW_PLACE, Cell, Combination, Judged
from valueviz.engine.staging import Staging
from valueviz.intake.addition import MOST_ROWS, Line, Mismatch, mismatches, unlabelled_totals, wholes
from valueviz.intake.beside import totals_beside
from valueviz.intake.currency import reject_others
from valueviz.intake.dating import DateColumn, Dates, far_years, read_dates, refusal, year_of
from valueviz.intake.header import plain
from valueviz.intake.label import Labeller
from valueviz.intake.measure import Measures, measures
from valueviz.intake.plan import Plan, Vocabulary
from valueviz.intake.quantity import Quantities
from valueviz.intake.reading import Source
from valueviz.intake.total import is_odd, is_whole
from valueviz.terms.finding import Conversion, Finding

FEW_ROWS = 3
"""Fewer values of a percentage may all be small by chance."""

LEAP_YEAR = 2000
"""A year in which every day of every year exists."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What was multiplied into another unit, how many rows sum others, and what was found about them."""

    conversions: tuple[Conversion, ...]
    total_rows: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Reads one staged table; `notes` gains codes of what was understood. `again` stages it under another mark."""

    stage: Staging
    again: Callable[[str], None]
    plan: Plan
    mapping: Mapping
    words: Vocabulary
    source: Source
    notes: list[str]

    def interpret(self) -> Interpretation:
        """Judge all rows, and say what was understood on the way.

        Raises:
            DataError: a column as a whole cannot be read with certainty, or names what nobody defined.
        """
        measured = measures(self.plan, self.words, self.source, self.stage, units=self.mapping.units)
        cells = measured.cells()
        labeller = Labeller(self.plan, self.mapping, self.words, self.source, measured, self.notes)
        combinations = labeller.combinations(self.stage)
        quantities = Quantities(self.stage, measured, self._metrics(combinations), self.notes)
        quantities.explain(self._again, declared=self.mapping.format.decimal)
        far = self._explain_moments()
        spoken = {each.metric for each in combinations} | {cell.metric for cell in self.plan.cells}
        self.stage.judge(
            date=self.plan.date,
            end=self.plan.end,
            volume=self.plan.volume,
            cells=cells,
            combinations=combinations,
            bounds=quantities.bounds(spoken),
            far=far,
        )
        self._doubt_shares(quantities, cells, spoken)
        reject_others(self.stage, self.plan, self.words, cells=cells, combinations=combinations)
        self.notes.extend(self.plan.notes)
        found, totals = self._totals(measured, combinations)
        conversions = self._conversions(measured, labeller, cells)
        self.notes.extend(["units_converted"] if conversions else [])
        return Interpretation(conversions, totals, (*found, *self._small_percentages(cells)))

    def _again(self, mark: str) -> None:
        self.again(mark)
        self.stage.narrow(self.plan.words)

    def _metrics(self, combinations: list[Combination]) -> dict[int, tuple[str, ...]]:
        spoken = tuple(dict.fromkeys(each.metric for each in combinations if each.metric is not None))
        columns = (cell for cell in self.plan.cells if cell.place is not None)
        return {cell.place: (cell.metric,) if cell.metric else spoken for cell in columns if cell.place is not None}

    def _doubt_shares(self, quantities: Quantities, cells: list[Cell], spoken: set[str | None]) -> None:
        """Tell where some cells of a column carry a percent sign and others none, and reject what that makes unclear."""
        for number, cell in enumerate(cells):
            if cell.value is None or not quantities.is_mixed(cell.value):
                continue
            self.notes.append("percent_mixed")
            for metric in sorted(key for key in ({cell.metric} if cell.metric else spoken) if key is not None):
                unit = self.words.metrics[metric].unit
                if unit in ("percent", "share"):
                    self.stage.doubt_shares(number, cell.value, metric=metric, as_percent=unit == "percent")

    # Dates ───────────────────────────────────────────────────────────────────

    def _explain_moments(self) -> dict[int, frozenset[int]]:
        """Read the dates the engine did not; of each column the years before 1990 that are slips."""
        far = {}
        for place in dict.fromkeys(at for at in (self.plan.date, self.plan.end) if at is not None):
            texts, cast = self.stage.unread("moment", place), self.stage.days(place)
            dates = read_dates(texts, self._column(place), cast=cast, file=self.source.file)
            if dates.unclear is not None:
                raise self._unclear(place, *dates.unclear)
            self.notes.extend(note for note in dates.notes if note != "year_from_title" or not self._in_years())
            told = self._told(dates, needed=place == self.plan.date)
            self.stage.explain_moments(place, told)
            far[place] = far_years((*cast, *(at for _, at, _ in told if at is not None)))
        return far

    def _column(self, place: int) -> DateColumn:
        name = self.plan.header[place]
        return DateColumn(
            header=name,
            declared=self.mapping.format.date,
            in_workbook=self.source.sheet is not None,
            calendar_1904="calendar_1904" in self.source.notes,
            # where headers name the year, that of the rows is no more than a place for the month
            year=LEAP_YEAR if self._in_years() else year_of([name, self.source.sheet, *self.source.above]),
        )

    def _in_years(self) -> bool:
        return any(cell.in_year for cell in self.plan.cells)

    @staticmethod
    def _told(dates: Dates, *, needed: bool) -> list[tuple[str, datetime | None, str | None]]:
        told = []
        for text, each in dates.meanings.items():
            empty = each.at is None and each.reason is None
            told.append((text, each.at, "missing_value" if empty and needed else each.reason))
        return told

    def _unclear(self, place: int, text: str, code: str) -> Exception:
        return refusal(
            text,
            code,
            file=self.source.file,
            sheet=self.source.sheet,
            row=self.stage.first_row("moment", place, text),
            column=self.plan.header[place],
        )

    # Totals ──────────────────────────────────────────────────────────────────

    def _totals(self, measured: Measures, combinations: list[Combination]) -> tuple[tuple[Finding, ...], int]:
        """Reject the rows that sum others without saying so; tell where labelled totals do not add up."""
        columns = [cell.place for cell in self.plan.cells if cell.place is not None]
        labelled = frozenset(self.stage.rejected_for("total_row"))
        if measured.row is not None:
            self.stage.reject([Judged(measured.row, ROW_PLACE, "", "unit_row")])
        if not columns or self.stage.count() > MOST_ROWS:
            return (), len(labelled)
        lines = self._lines(columns, combinations, labelled, without=measured.row)
        if not lines:
            return (), len(labelled)
        named, beside = wholes(lines), totals_beside(lines)
        found = unlabelled_totals(lines) | beside.rows
        self.stage.reject([self._whole(line, combinations) for line in lines if line.row in named])
        self.stage.reject([Judged(row, columns[0], None, "total_by_arithmetic") for row in sorted(found - named)])
        found |= named
        wrong = mismatches(
            [replace(line, labelled=True) if line.row in found else line for line in lines],
            additive=self._additive(combinations),
        )
        # what adds up beside its parts was compared already, and parts of several labels are not those of one date
        compared = beside.rows if len(self.plan.labels) > 1 else beside.agreed
        wrong = tuple(each for each in wrong if each.row not in compared)
        if wrong:
            self.notes.append("total_does_not_add_up")
        metric = next((line.metric for line in lines if line.metric), self.plan.key)
        return tuple(self._mismatch(each, columns, metric) for each in wrong), len(labelled) + len(found)

    def _whole(self, line: Line, combinations: list[Combination]) -> Judged:
        """The fault of a row whose label names the whole."""
        words = dict(zip(self.plan.words, combinations[line.unit].words, strict=True))
        place = next(place for _, place in self.plan.labels if is_whole(words[place]))
        return Judged(line.row, place, words[place], "total_row")

    def _lines(
        self, columns: list[int], combinations: list[Combination], labelled: frozenset[int], *, without: int | None
    ) -> list[Line]:
        """The rows as sums are looked for; of the rejected ones only those that say that they sum."""
        names = [place for _, place in self.plan.labels]
        places = [self.plan.words.index(place) for place in names]
        odd = [any(is_odd(each.words[at]) for at in places) for each in combinations]
        whole = [any(is_whole(each.words[at]) for at in places) for each in combinations]
        own = all(cell.metric is not None for cell in self.plan.cells)
        rejected = self.stage.rejected_rows()
        dated = self.plan.date is not None
        lines = []
        volume = [] if self.plan.volume is None else [self.plan.volume]
        for row, combination, at, *numbers in self.stage.figures(date=self.plan.date, numbers=[*columns, *volume]):
            if row == without or (row in rejected and row not in labelled and (at is not None or not dated)):
                continue
            known = combination is not None
            metric = None if own or not known else combinations[combination].metric
            strange = (known and odd[combination]) or (dated and at is None)
            entire = known and whole[combination]
            unit = combination if known else -1
            labels = tuple(combinations[combination].words[at] for at in places) if known else ()
            weight = numbers[-1] if volume else None
            values = tuple(numbers[: len(columns)])
            lines.append(Line(row, metric, unit, at, values, strange, entire, row in labelled, labels, weight))
        return lines

    def _additive(self, combinations: list[Combination]) -> frozenset[int]:
        """The columns whose values may be added up: of metrics that are summed themselves."""
        spoken = {each.metric for each in combinations if each.metric is not None}
        found = []
        for number, cell in enumerate(cell for cell in self.plan.cells if cell.place is not None):
            keys = {cell.metric} if cell.metric else spoken
            if keys and all(self.words.metrics[key].aggregation in ("sum", "count") for key in keys if key):
                found.append(number)
        return frozenset(found)

    def _mismatch(self, each: Mismatch, columns: list[int], metric: str | None) -> Finding:
        return finding(
            "total_does_not_add_up",
            metric=self.plan.cells[each.column].metric or metric,
            rows=(each.row,),
            count=1,
            column=self.plan.header[columns[each.column]],
            stated=each.stated,
            computed=each.computed,
        )

    def _small_percentages(self, cells: list[Cell]) -> tuple[Finding, ...]:
        """Metrics kept as a percentage whose values are all at most 1: perhaps they are shares.

        Not where cells carry a percent sign or a person stated the unit; a header is no proof, for it stays when
        cells lose their format.
        """
        declared = {plain(column) for column, _ in self.mapping.units}
        certain = {metric for _, metric, _ in self.stage.own_units(cells)}
        for cell in cells:
            if cell.value is not None and plain(self.plan.header[cell.value]) in declared:
                certain |= {cell.metric} if cell.metric else set(self.words.metrics)
        found = []
        for metric, rows, largest in self.stage.largest():
            percent = self.words.metrics[metric].unit == "percent" and metric not in certain
            if percent and rows >= FEW_ROWS and 0 < largest <= 1:
                found.append(finding("percent_or_share", metric=metric, count=rows, value=largest))
        return tuple(found)

    # Units ───────────────────────────────────────────────────────────────────

    def _conversions(self, measured: Measures, labeller: Labeller, cells: list[Cell]) -> tuple[Conversion, ...]:
        found = list(labeller.conversions)
        for cell in cells:
            if cell.value is not None and cell.metric is not None:
                record = measured.converted(cell.value, cell.metric, measured.rate(cell.value, cell.metric))
                found += [record] if record else []
        for place, metric, unit in self.stage.own_units(cells):
            record = measured.converted_cell(place, metric, unit)
            found += [record] if record else []
        if self.mapping.periods:  # one column a period: that of the first stands for all
            return tuple({(each.metric, each.stated): each for each in reversed(found)}.values())[::-1]
        return tuple(dict.fromkeys(found))
