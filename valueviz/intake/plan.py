"""A mapping laid over the header of one table: which column, by position, plays which part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from valueviz.catalog import Mapping, nearest, pack_or_general, priced
from valueviz.catalog.mapping import NO_METRIC
from valueviz.catalog.pack import SHIPPED_CURRENCY, headers_of, plain_header
from valueviz.errors import DataError
from valueviz.intake.dating import heading_moment, year_of
from valueviz.intake.heading import SITE_NAMES
from valueviz.intake.moment import Span
from valueviz.intake.reading import Source, find_column
from valueviz.intake.records import shown
from valueviz.intake.unit import conversion, with_stated_unit
from valueviz.terms import Metric


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of values (None: values follow from the dates), with metric and date where its name states them.

    `months` are added to the date of the row, where that names the year and the header only the month; `in_year`
    where the row names the month and the header the year.
    """

    place: int | None
    metric: str | None = None
    at: datetime | None = None
    span: Span = "month"
    months: int | None = None
    in_year: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Positions of the columns in their parts; `labels` pairs name and position of series and dimensions.

    `filters` are columns that are no labels, but whose words decide which rows count.
    `unit` is a column that may state the unit of each row, `currencies` are such as state its currency. `notes` are codes of what was left out.
    """

    header: tuple[str, ...]
    cells: tuple[ValueColumn, ...]
    metric: int | None
    key: str | None
    date: int | None
    end: int | None
    volume: int | None
    labels: tuple[tuple[str, int], ...]
    site: int | None
    instrument: int | None
    definition_version: int | None
    unit: int | None = None
    currencies: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    filters: tuple[tuple[str, int], ...] = ()

    @property
    def words(self) -> tuple[int, ...]:
        """Positions of all columns whose cells are names."""
        labels = (place for _, place in (*self.labels, *self.filters))
        places = (self.metric, *labels, self.instrument, self.definition_version, self.unit, *self.currencies)
        return tuple(dict.fromkeys(place for place in places if place is not None))


class Vocabulary:
    """The metrics a file may speak of, under every name they are known by."""

    def __init__(self, metrics: Iterable[Metric], *, names: Iterable[tuple[str, str]] = ()) -> None:
        """Later metrics win over earlier ones of the same key (a mapping over a pack).

        Args:
            metrics: everything a file may speak of.
            names: words a mapping declares to mean a metric, and its key, or that they mean none.
        """
        self.metrics: dict[str, Metric] = {metric.key: metric for metric in metrics}
        declared = {plain: key for word, key in names if (plain := plain_header(word))}
        self._left_out = frozenset(plain for plain, key in declared.items() if key == NO_METRIC)
        self._keys: dict[str, str] = {plain: key for plain, key in declared.items() if key in self.metrics}
        for metric in self.metrics.values():
            for word in headers_of(metric):
                self._keys.setdefault(plain_header(word), metric.key)

    def leaves_out(self, word: str) -> bool:
        """Whether a mapping says that rows under a word are left out."""
        return plain_header(word) in self._left_out

    def key(self, word: str) -> str | None:
        """The key of the metric a word names: its key, a name or a synonym; None where there is none.

        A unit behind a name must be one of the metric's kind: 采购审批周期(天) names one that is kept in hours,
        采购审批周期(元) names none.
        """
        key = word if word in self.metrics else self._keys.get(plain_header(word))
        if key is not None:
            return key
        bare, unit = with_stated_unit(word)
        key = self._keys.get(plain_header(bare)) if unit else None
        return key if key is not None and conversion(unit or "", self.metrics[key].unit) is not None else None

    def other_unit(self, word: str) -> tuple[str, str] | None:
        """The unit a word states behind a metric's name, and the metric's own, where one cannot be had from the other."""
        bare, unit = with_stated_unit(word)
        key = self._keys.get(plain_header(bare)) if unit and self.key(word) is None else None
        return None if key is None or unit is None else (unit, self.metrics[key].unit)

    def nearest(self, word: str) -> str | None:
        """The key or name most like a word that names no metric."""
        names = [name for metric in self.metrics.values() for name in headers_of(metric)]
        found = nearest(word, names)
        return self.key(found) if found else None


def vocabulary(
    industry: str | None, *, inline: Iterable[Metric], mapping: Mapping, currency: str = SHIPPED_CURRENCY
) -> Vocabulary:
    """The metrics of an industry's pack, in the currency of the engagement, of earlier mappings and of this one."""
    shipped = priced(pack_or_general(industry).metrics, currency)
    return Vocabulary((*shipped, *inline, *mapping.metrics), names=mapping.names)


def wanted_columns(mapping: Mapping) -> tuple[str, ...]:
    """The names a header must hold for a mapping; the metric is left out, for it may be a key."""
    single: tuple[str | None, ...] = (
        mapping.date,
        mapping.year,
        mapping.value,
        mapping.volume,
        mapping.end,
        mapping.instrument,
        mapping.definition_version,
    )
    wide, allowed = ([column for column, _ in pairs] for pairs in (mapping.wide_metrics, mapping.allowed))
    single += (mapping.case, mapping.activity, mapping.start, mapping.complete)
    single += (mapping.resource, mapping.role, mapping.cost)
    steps = (column for column, _ in mapping.activities)
    several = (*mapping.series, *mapping.dimensions, *mapping.periods, *wide, *allowed, *steps)
    return tuple(dict.fromkeys(name for name in (*single, *several) if name is not None))


def lay(mapping: Mapping, source: Source, words: Vocabulary) -> Plan:
    """The plan of one table.

    Raises:
        DataError: missing_column with the nearest, one_column_two_roles, unknown_metric, period_unreadable.
    """
    for _, named in mapping.names:
        if named != NO_METRIC:
            _known(named, words, source)
    places = _Places(source)
    places.maybe(mapping.year)
    metric = _metric_column(mapping, source)
    key = _known(mapping.metric, words, source) if mapping.metric and metric is None else None
    labels = tuple((name, places.of(name)) for name in dict.fromkeys((*mapping.series, *mapping.dimensions)))
    undated = any(heading_moment(column).reason == "year_missing" for column in mapping.periods)
    cells, notes = _one_grain(tuple(_cells(mapping, places, words, source)))
    plan = Plan(
        header=source.header.names,
        cells=cells,
        metric=metric,
        key=key,
        date=places.maybe(mapping.date),
        end=places.maybe(mapping.end),
        volume=places.maybe(mapping.volume),
        labels=tuple((source.header.names[place], place) for _, place in labels),
        site=_site(labels),
        instrument=places.maybe(mapping.instrument),
        definition_version=places.maybe(mapping.definition_version),
        unit=_unit_column(source) if mapping.layout == "long" or mapping.periods else None,
        notes=notes + (("year_from_title",) if undated and all(cell.at for cell in cells) else ()),
        filters=_filters(mapping, places, {place for _, place in labels}),
    )
    _check_roles(plan, source)
    _check_twice(plan, source)
    return plan


def _filters(mapping: Mapping, places: _Places, labels: set[int]) -> tuple[tuple[str, int], ...]:
    """The columns besides the labels by whose words rows are left out."""
    found = ((name, places.of(name)) for name, _ in mapping.allowed)
    return tuple((name, place) for name, place in found if place not in labels)


@dataclass(frozen=True, slots=True)
class _Places:
    source: Source

    def of(self, name: str) -> int:
        place = find_column(self.source.header.names, name)
        if place is None:
            names = [column for column in self.source.header.names if column]
            raise DataError(
                "missing_column",
                file=self.source.file,
                sheet=self.source.sheet,
                row=self.source.header.row,
                needed=name,
                nearest=nearest(name, names) or shown(", ".join(names)),
            )
        return place

    def of_period(self, name: str, at: datetime) -> int:
        """The column of a period: by its name, else the one column that names the same period in another form."""
        names = self.source.header.names
        same = [place for place, column in enumerate(names) if heading_moment(column, among=names).at == at]
        return same[0] if find_column(names, name) is None and len(same) == 1 else self.of(name)

    def maybe(self, name: str | None) -> int | None:
        return None if name is None else self.of(name)


def _cells(mapping: Mapping, places: _Places, words: Vocabulary, source: Source) -> Iterator[ValueColumn]:
    if mapping.layout == "long":
        yield ValueColumn(places.maybe(mapping.value))
    for column, key in mapping.wide_metrics:
        yield ValueColumn(places.of(column), metric=_known(key, words, source))
    year = year_of([source.sheet, *source.above])
    names = source.header.names
    for column in mapping.periods:
        # where a column of dates names the year of each row, no title does
        found = heading_moment(column, year=None if mapping.date else year, among=names)
        if found.reason == "year_missing" and mapping.date is not None:
            month = heading_moment(column, year=2000).at
            yield ValueColumn(places.of(column), span=found.span, months=month.month - 1 if month else 0)
            continue
        if found.at is None:
            needed = "2025-03"
            code = "year_needed" if found.reason == "year_missing" else "period_unreadable"
            raise DataError(
                code,
                file=source.file,
                sheet=source.sheet,
                row=source.header.row,
                column=column,
                found=column,
                needed=needed,
            )
        in_year = mapping.date is not None and found.span == "year"
        yield ValueColumn(places.of_period(column, found.at), at=found.at, span=found.span, in_year=in_year)


def _one_grain(cells: tuple[ValueColumn, ...]) -> tuple[tuple[ValueColumn, ...], tuple[str, ...]]:
    """The columns without those of a longer period among shorter ones: a year beside its months sums them up."""
    spans: tuple[Span, ...] = ("day", "week", "month", "quarter", "year")
    dated = [cell for cell in cells if cell.at is not None]
    if not dated:
        return cells, ()
    finest = min(dated, key=lambda cell: spans.index(cell.span)).span
    kept = tuple(cell for cell in cells if cell.at is None or cell.span == finest)
    return kept, ("total_columns",) if len(kept) < len(cells) else ()


UNIT_COLUMNS = frozenset({"单位", "计量单位", "指标单位", "数值单位", "unit", "units", "uom", "unitofmeasure"})
"""Headers of a column that states the unit of each row."""


def _unit_column(source: Source) -> int | None:
    found = [place for place, name in enumerate(source.header.names) if plain_header(name) in UNIT_COLUMNS]
    return found[0] if len(found) == 1 else None


def _check_twice(plan: Plan, source: Source) -> None:
    """One column for one metric, one for one period: of two, nobody can tell which is meant."""
    seen: dict[object, str] = {}
    for cell in plan.cells:
        what = cell.metric or cell.at or cell.months
        if cell.place is None or what is None:
            continue
        name = plan.header[cell.place]
        if what in seen:
            code = "metric_twice" if cell.metric else "period_twice"
            raise DataError(
                code,
                file=source.file,
                sheet=source.sheet,
                row=source.header.row,
                column=name,
                found=cell.metric or name,
                other=seen[what],
            )
        seen[what] = name


def _metric_column(mapping: Mapping, source: Source) -> int | None:
    """The position of the column of metric keys; None where one key stands for all rows.

    A metric defined in the mapping, or named like its own value column, is a key even if a column has that name.
    """
    if mapping.metric is None or mapping.metric in {metric.key for metric in mapping.metrics}:
        return None
    place = find_column(source.header.names, mapping.metric)
    return None if place in {find_column(source.header.names, name) for name in wanted_columns(mapping)} else place


def _known(word: str, words: Vocabulary, source: Source) -> str:
    key = words.key(word)
    if key is None:
        raise unknown_metric(word, words, file=source.file, sheet=source.sheet)
    return key


def unknown_metric(
    word: str, words: Vocabulary, *, file: str, sheet: str | None, row: int | None = None, column: str | None = None
) -> DataError:
    """The refusal of a metric nobody defined, with the nearest one that is."""
    near = words.nearest(word) or shown(", ".join(words.metrics)) or "[metric.KEY]"
    return DataError("unknown_metric", file=file, sheet=sheet, row=row, column=column, found=shown(word), nearest=near)


def _site(labels: tuple[tuple[str, int], ...]) -> int | None:
    named = [place for name, place in labels if plain_header(name) in SITE_NAMES]
    return named[0] if len(named) == 1 else None


def _check_roles(plan: Plan, source: Source) -> None:
    """A column holds one kind of thing: it cannot be both the date and a value."""
    measuring = [plan.date, plan.end, plan.volume, *(cell.place for cell in plan.cells)]
    places = [place for place in measuring if place is not None]
    for place in places:
        if places.count(place) > 1 or place in plan.words:
            raise DataError("one_column_two_roles", file=source.file, sheet=source.sheet, column=plan.header[place])
