"""In which unit the bare numbers of a column are, and how many of a metric's own unit one of them is.

A unit is stated by the mapping, by a column of units beside the metric, by the header, by a line of units under
the header, by a title over the whole table or a note below it. What contradicts a metric's unit is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from valueviz.engine.judgement import Cell
from valueviz.engine.staging import Staging
from valueviz.errors import DataError
from valueviz.intake.amount import Clock
from valueviz.intake.declared import TableUnit, fitting, table_units
from valueviz.intake.header import plain
from valueviz.intake.plan import Plan, Vocabulary
from valueviz.intake.reading import Source
from valueviz.intake.unit import clock_of, conversion, is_doubtful, is_unit, plain_unit, stated_unit
from valueviz.terms.finding import Conversion

UNIT_COLUMN_SHARE = 0.5
"""Share of the words of a column named 单位 that must be units: else it names organisations."""

_CLOCK_OF_HEADER: dict[str, Clock] = {"hour": "h:mm", "minute": "m:ss"}


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of a metric's own unit one bare number is (None: it cannot be said), and where that is stated."""

    factor: Fraction | None = Fraction(1)
    stated: str | None = None
    place: int | None = None

    @property
    def pair(self) -> tuple[float | None, float | None]:
        """Numerator and denominator."""
        return (None, None) if self.factor is None else (float(self.factor.numerator), float(self.factor.denominator))


@dataclass(frozen=True, slots=True)
class Measures:
    """The units of one table: stated for each column by place, for the whole table, and the row they stand in.

    What stands behind the header of a `doubtful` column may be no unit: it counts only where nothing is converted.
    """

    plan: Plan
    words: Vocabulary
    source: Source
    columns: tuple[tuple[int, str], ...]
    table: tuple[TableUnit, ...]
    row: int | None = None
    doubtful: frozenset[int] = frozenset()

    def stated(self, place: int) -> str | None:
        """The unit stated for a column."""
        return dict(self.columns).get(place)

    def rate(self, place: int, metric: str, *, own: str = "") -> Rate:
        """How bare numbers of a column count for a metric.

        Args:
            place: of the column.
            metric: its key.
            own: the unit its row states in a column of units, empty where it states none.
        """
        kept = self.words.metrics[metric].unit
        if own and self.plan.unit is not None:
            return Rate(conversion(own, kept), own, self.plan.unit)
        stated = self.stated(place)
        if stated is not None:
            factor = conversion(stated, kept)
            return Rate(None if place in self.doubtful and factor != 1 else factor, stated, place)
        over = fitting(self.table, kept)
        if len(over) > 1:
            return Rate(None, "、".join(unit for _, unit in over), place)
        return Rate(*over[0], place) if over else Rate()

    def cells(self) -> list[Cell]:
        """The columns of values as the engine judges them.

        Raises:
            DataError: unit_differs, where the unit of a column fits the metric of no row.
        """
        cells = []
        for each in self.plan.cells:
            rate = Rate()
            if each.place is not None and each.metric is not None:
                rate = self.rate(each.place, each.metric)
                self._check(rate, each.place, each.metric)
            elif each.place is not None and self.plan.key is not None and self.plan.unit is None:
                self._check(self.rate(each.place, self.plan.key), each.place, self.plan.key)
            times, per = rate.pair
            cells.append(
                Cell(each.place, each.metric, each.at, months=each.months, in_year=each.in_year, times=times, per=per)
            )
        return cells

    def _check(self, rate: Rate, place: int, metric: str) -> None:
        if rate.factor is None and clock_of(rate.stated) is None:
            raise DataError(
                "unit_differs",
                file=self.source.file,
                sheet=self.source.sheet,
                row=self.source.header.row,
                column=self.plan.header[place],
                found=rate.stated,
                needed=self.words.metrics[metric].unit,
            )

    def clock(self, place: int) -> Clock | None:
        """What the parts of 4:30 are in a column, where the unit stated for it says so."""
        return clock_stated(self.stated(place))

    def converted(self, place: int, metric: str, rate: Rate) -> Conversion | None:
        """The record of a conversion, None where there is none."""
        if rate.factor in (None, Fraction(1)) or rate.stated is None:
            return None
        kept = self.words.metrics[metric].unit
        return Conversion(self.plan.header[place], metric, rate.stated, kept, float(rate.factor or 1))

    def converted_cell(self, place: int, metric: str, unit: str) -> Conversion | None:
        """The record of the conversion of cells that state their unit themselves, None where there is none."""
        return self.converted(place, metric, Rate(conversion(unit, self.words.metrics[metric].unit), unit))


def measures(
    plan: Plan, words: Vocabulary, source: Source, stage: Staging, *, units: Iterable[tuple[str, str]]
) -> Measures:
    """The units of one staged table.

    Args:
        plan: its columns.
        words: the metrics it may speak of.
        source: where it comes from.
        stage: where it is staged.
        units: pairs of column and unit, as a mapping declares them.
    """
    declared = {plain(column): unit for column, unit in units}
    places = list(dict.fromkeys(cell.place for cell in plan.cells if cell.place is not None))
    row, below = _unit_row(stage, [*places, *((plan.volume,) if plan.volume is not None else ())], date=plan.date)
    found, doubtful = {}, set()
    joined = "header_rows_joined" in source.header.notes
    for place in places:
        name = plan.header[place]
        certain = declared.get(plain(name)) or below.get(place)
        unit = certain or _of_header(name, plan.header)
        if unit:
            found[place] = unit
        if unit and not certain and is_doubtful(name, joined=joined):
            doubtful.add(place)
    table = table_units(source.above, source.below)
    return Measures(plan, words, source, tuple(found.items()), table, row, frozenset(doubtful))


def _of_header(name: str, names: tuple[str, ...]) -> str | None:
    """The unit a header states; "(min)" beside a header that ends in "(max)" states the smaller of two values."""
    unit = stated_unit(name)
    if unit is not None and plain_unit(unit) == "min" and any("max" in plain(other) for other in names):
        return None
    return unit


def _unit_row(stage: Staging, places: list[int], *, date: int | None) -> tuple[int | None, dict[int, str]]:
    """The first line where it states units under the header instead of values: its number, and the units by place."""
    first = stage.first_line()
    if date is not None and any(letter.isdigit() for letter in stage.text_on("moment", first, date)):
        return None, {}
    found = {}
    for place in places:
        text = stage.text_on("number", first, place)
        unit = text.strip().strip("()（）[]【】")
        if text.strip() and not is_unit(unit):
            return None, {}
        if unit:
            found[place] = unit
    return (first, found) if found else (None, {})


def is_unit_column(words: Iterable[str]) -> bool:
    """Whether the distinct words of a column are units of the values beside them."""
    filled = [word for word in words if word.strip()]
    return bool(filled) and sum(map(is_unit, filled)) >= UNIT_COLUMN_SHARE * len(filled)


def clock_stated(stated: str | None) -> Clock | None:
    """What the parts of 4:30 are, where a stated unit says so."""
    declared = clock_of(stated)
    if declared is not None or stated is None:
        return None if declared is None else "m:ss" if declared == "m:ss" else "h:mm"
    return next((clock for unit, clock in _CLOCK_OF_HEADER.items() if conversion(stated, unit) == 1), None)
