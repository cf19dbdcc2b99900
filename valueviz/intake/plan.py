"""A mapping laid over the header of one table: which column, by position, plays which part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from valueviz.catalog import Mapping, nearest, pack_or_general
from valueviz.catalog.pack import headers_of, plain_header
from valueviz.errors import DataError, DefinitionError
from valueviz.intake.header import JOINT
from valueviz.intake.heading import SITE_NAMES, UNIT_WORDS, with_unit
from valueviz.intake.moment import read_moment
from valueviz.intake.reading import Source, find_column
from valueviz.intake.records import shown
from valueviz.terms import Metric


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of values (None: values follow from the dates), with metric and date where its name states them."""

    place: int | None
    metric: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Positions of the columns in their parts; `labels` pairs name and position of series and dimensions."""

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

    @property
    def words(self) -> tuple[int, ...]:
        """Positions of all columns whose cells are names."""
        places = (self.metric, *(place for _, place in self.labels), self.instrument, self.definition_version)
        return tuple(dict.fromkeys(place for place in places if place is not None))


class Vocabulary:
    """The metrics a file may speak of, under every name they are known by."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        """Later metrics win over earlier ones of the same key (a mapping over a pack)."""
        self.metrics: dict[str, Metric] = {metric.key: metric for metric in metrics}
        self._keys: dict[str, str] = {}
        for metric in self.metrics.values():
            for word in headers_of(metric):
                self._keys.setdefault(plain_header(word), metric.key)

    def key(self, word: str) -> str | None:
        """The key of the metric a word names: its key, a name or a synonym; None where there is none.

        A unit in brackets behind a name counts only where it is the metric's own: 采购审批周期(天) names no metric
        that is kept in hours.
        """
        key = word if word in self.metrics else self._keys.get(plain_header(word))
        if key is not None:
            return key
        bare, unit = with_unit(word)
        key = self._keys.get(plain_header(bare)) if unit else None
        return key if key is not None and self._measured_in(key, unit) else None

    def other_unit(self, word: str) -> tuple[str, str] | None:
        """The unit a word states behind a metric's name, and the metric's own, where the two differ."""
        bare, unit = with_unit(word)
        key = self._keys.get(plain_header(bare)) if unit and self.key(word) is None else None
        return None if key is None else (unit, self.metrics[key].unit)

    def _measured_in(self, key: str, unit: str) -> bool:
        own = self.metrics[key].unit
        return unit.casefold() in (own.casefold(), *UNIT_WORDS.get(own, ()))

    def nearest(self, word: str) -> str | None:
        """The key or name most like a word that names no metric."""
        names = [name for metric in self.metrics.values() for name in headers_of(metric)]
        found = nearest(word, names)
        return self.key(found) if found else None


def vocabulary(industry: str | None, *, inline: Iterable[Metric], mapping: Mapping) -> Vocabulary:
    """The metrics of an industry's pack, of earlier mappings and of this one."""
    return Vocabulary((*pack_or_general(industry).metrics, *inline, *mapping.metrics))


def wanted_columns(mapping: Mapping) -> tuple[str, ...]:
    """The names a header must hold for a mapping; the metric is left out, for it may be a key."""
    single = (mapping.date, mapping.value, mapping.volume, mapping.end, mapping.instrument, mapping.definition_version)
    several = (*mapping.series, *mapping.dimensions, *mapping.periods, *(column for column, _ in mapping.wide_metrics))
    return tuple(dict.fromkeys(name for name in (*single, *several) if name is not None))


def lay(mapping: Mapping, source: Source, words: Vocabulary) -> Plan:
    """The plan of one table.

    Raises:
        DataError: missing_column with the nearest, one_column_two_roles, unknown_metric, period_unreadable.
        DefinitionError: layout_not_available.
    """
    if mapping.layout not in ("long", "wide"):
        raise DefinitionError("layout_not_available", found=mapping.layout, needed="long, wide")
    places = _Places(source)
    metric = _metric_column(mapping, source)
    key = _known(mapping.metric, words, source) if mapping.metric and metric is None else None
    labels = tuple((name, places.of(name)) for name in dict.fromkeys((*mapping.series, *mapping.dimensions)))
    plan = Plan(
        header=source.header.names,
        cells=tuple(_cells(mapping, places, words, source)),
        metric=metric,
        key=key,
        date=places.maybe(mapping.date),
        end=places.maybe(mapping.end),
        volume=places.maybe(mapping.volume),
        labels=tuple((source.header.names[place], place) for _, place in labels),
        site=_site(labels),
        instrument=places.maybe(mapping.instrument),
        definition_version=places.maybe(mapping.definition_version),
    )
    _check_roles(plan, source)
    return plan


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
        same = [place for place, column in enumerate(names) if read_moment(column).at == at]
        return same[0] if find_column(names, name) is None and len(same) == 1 else self.of(name)

    def maybe(self, name: str | None) -> int | None:
        return None if name is None else self.of(name)


def _cells(mapping: Mapping, places: _Places, words: Vocabulary, source: Source) -> Iterator[ValueColumn]:
    if mapping.layout == "long":
        yield ValueColumn(places.maybe(mapping.value))
    for column, key in mapping.wide_metrics:
        yield ValueColumn(places.of(column), metric=_known(key, words, source))
    for column in mapping.periods:
        at = read_moment(column).at or read_moment(column.rpartition(JOINT)[2]).at
        if at is None:
            raise DataError("period_unreadable", file=source.file, sheet=source.sheet, column=column, needed="2025-03")
        yield ValueColumn(places.of_period(column, at), at=at)


def _metric_column(mapping: Mapping, source: Source) -> int | None:
    """The position of the column of metric keys; None where one key stands for all rows.

    A metric defined in the mapping, or named like its own value column, is a key even if a column has that name.
    """
    if mapping.metric is None or mapping.metric in {metric.key for metric in mapping.metrics}:
        return None
    place = find_column(source.header.names, mapping.metric)
    return None if mapping.metric in wanted_columns(mapping) else place


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
